"""Words with letters of another script that look like Latin ones."""

from __future__ import annotations

import re
import string
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from vetline_analyzers import languages
from vetline_analyzers.core.finding import Confidence, Fix, Rule, Severity
from vetline_analyzers.core.regex import late
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.hidden import confusables
from vetline_analyzers.hidden.excerpt import shown
from vetline_analyzers.hidden.source import Carrier, Trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.hidden.source import Source

_LETTERS = "".join({**confusables.SCRIPTS, **confusables.RESEMBLING})
_FOREIGN = f"{_LETTERS}{confusables.FORMS}"
_RUN = late(f"[{_FOREIGN}]+")
_ALONE = late(rf"(?<![^\W_])[{''.join(confusables.CYRILLIC)}]{{1,40}}(?![^\W_])")
_FORMS = late(f"[{confusables.FORMS}]{{3,40}}")
_CYRILLIC = late("[\u0400-\u052f]")
_OWN_CYRILLIC = late(f"(?![{''.join(confusables.CYRILLIC)}])[\u0400-\u052f]")
_ASIAN = late("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MARK = late(
    "(?<=[\\w)])[ ]?(?P<bang>\u01c3)(?=[ \\w=;)])|(?P<semicolon>\u037e)"
    "|https?://[\\w.-]{1,80}(?P<slash>[\u2044\u2215\u29f8\u2571\uff0f\u3002\uff0e\u2024])"
)
_ODD_MARKS = "\u01c3\u037e\u2044\u2215\u29f8\u2571\uff0f\u3002\uff0e\u2024"
_MARKS = {"bang": "!", "semicolon": ";", "slash": "/"}
_QUOTES = ("'", '"', "`")
_ALPHABET = string.ascii_letters + string.digits
_BESIDE = 300  # characters on both sides of a word that tell its language
_LONGEST = 60  # letters of a word
_SHORTEST = 4  # letters of a word that only resembles another
# Latin letters that a Russian keyboard has a twin of: in a Russian word they are slips.
_TWINS = frozenset("aceopxyABCEHKMOPTXYisISjJ")

_RULE = Rule(
    id="text/look-alike-letters",
    title="A word with letters that only look right",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(1007,),
    page="""
A word looks like one in Latin letters, and one of its letters is of another script: a Cyrillic a, a Greek
omicron. For a person it is the same name, for a computer another one: a function that shadows the real one, a
domain that somebody else owns, a word that no filter finds. Words that are wholly of another script, and the
letters of science (a delta before t, an ohm behind k) are left alone.
""",
    attack="Defines a second function whose name looks like the real one, and calls that in the place that matters.",
    advice="Write the word in letters of one script.",
    bad=(
        "def is_\u0430dmin(user):\n    return True\n",
        'HOST = "p\u0430yp\u0430l.com"\n',
        "def say\u041dello():\n    pass\n",
        "\uff45val(text)\n",
    ),
    good=(
        "def is_admin(user):\n    return True\n",
        "\u0394t = 0.1  # \u00b5s, \u03b1max, k\u03a9\n",
        "# \u042d\u0442\u043e API-\u043a\u043b\u044e\u0447 \u0438 JSON-\u0444\u0430\u0439\u043b\n",
    ),
    url="https://www.unicode.org/reports/tr39/",
)


def _find(source: Source) -> Iterator[Trace]:
    text, after = source.text, 0
    for match in _RUN.finditer(text):
        if match.start() >= after and _touches_latin(text, *match.span()):
            start, after = _word(text, match.start())
            if _is_spoofed(source, start, after):
                yield _trace(source, start, after)
    yield from _whole_words(source)
    if (source.is_prose and not source.is_document) or not any(c in text for c in _ODD_MARKS):
        return
    for match in _MARK.finditer(text):
        kind = match.lastgroup or ""
        at = match.start(kind)
        if kind == "slash" or (not source.is_prose and source.inside(at) is None):
            yield _trace(source, at, at + 1, _MARKS[kind])


CARRIER = Carrier(_RULE, _find)


def _touches_latin(text: str, start: int, end: int) -> bool:
    beside = (text[start - 1 : start] if start else "", text[end : end + 1])
    return any(c.isascii() and c.isalnum() for c in beside)


def _word(text: str, at: int) -> tuple[int, int]:
    """The letters and digits around an offset."""
    start, end = at, at + 1
    while start > 0 and at - start < _LONGEST and text[start - 1].isalnum():
        start -= 1
    if start and text[start - 1] == "\\" and start < at:  # the letter of an escape
        start += 1
    while end < len(text) and end - at < _LONGEST and text[end].isalnum():
        end += 1
    return start, end


def _trace(source: Source, start: int, end: int, looks: str = "") -> Trace:
    word = source.text[start:end]
    looks = looks or confusables.skeleton(word)
    odd = next(c for c in word if not c.isascii())
    name = unicodedata.name(odd, "an unnamed letter").lower()
    message = (
        f"This looks like {shown(looks)} and is not: it holds “{odd}”, {name} (U+{ord(odd):04X})."
    )
    fix = Fix("Write it in Latin letters", (Edit(Span(start, end), looks),), safe=False)
    return Trace(start, end, message, fix)


def _is_spoofed(source: Source, start: int, end: int) -> bool:
    word = source.text[start:end]
    latin = {c for c in word if c.isascii() and c.isalpha()}
    foreign = [c for c in word if not c.isascii()]
    looks = confusables.skeleton(word)
    if not latin or not looks.isalnum():
        return False
    if all(c in confusables.CYRILLIC for c in foreign):
        return _is_latin_word(source, start, end, latin)
    if len(word) < _SHORTEST or len(word) < 2 * len(foreign):
        return False
    if all(c in confusables.SCRIPTS for c in foreign):
        own = unicodedata.name(foreign[0], "").partition(" ")[0]
        return not any(
            own in unicodedata.name(c, "") for c in _around(source, start, end) if not c.isascii()
        )
    if all(c in confusables.SCRIPTS or c in confusables.RESEMBLING for c in foreign):
        return looks in _plain_words(source.text)
    is_data = source.is_prose and not source.is_document
    return not is_data and not _ASIAN.search(_around(source, start, end))


def _around(source: Source, start: int, end: int) -> str:
    """What stands on both sides of a word on its line."""
    text = source.text
    before = text[max(0, start - _BESIDE) : start].rpartition("\n")[2]
    return f"{before} {text[end : end + _BESIDE].partition(chr(10))[0]}"


def _is_latin_word(source: Source, start: int, end: int, latin: set[str]) -> bool:
    """Whether it is a Latin word with Cyrillic letters in it, and no Russian one with a slip or an ending."""
    word = source.text[start:end]
    is_long = len(word) >= _SHORTEST
    if latin <= _TWINS:
        if not is_long:
            return False
        is_name = not source.is_prose and confusables.skeleton(word) in _plain_words(source.text)
        return is_name or not _has_own_cyrillic(source.text)
    tail = word.lstrip(_ALPHABET)
    is_ending = len(word) - len(tail) > 1 and not any(c.isascii() for c in tail)
    return not (is_ending and _CYRILLIC.search(_around(source, start, end)))


@lru_cache(maxsize=2)
def _has_own_cyrillic(text: str) -> bool:
    """Whether there is a letter that no Latin one looks like."""
    return bool(_OWN_CYRILLIC.search(text))


@lru_cache(maxsize=2)
def _plain_words(text: str) -> frozenset[str]:
    return frozenset(re.findall("[A-Za-z0-9]{4,60}", text))


def _is_in_a_text(source: Source, start: int, end: int) -> bool:
    """Whether a letter is part of a longer string or a comment."""
    text = source.text
    if text[start - 1 : start] in _QUOTES and text[end : end + 1] in _QUOTES:
        return False
    return not languages.named(source.snapshot.language).opaque or source.inside(start) is not None


def _whole_words(source: Source) -> Iterator[Trace]:
    """Words that consist of nothing but look-alikes, in a text without any other word of their script."""
    text = source.text
    if not source.is_prose and not _has_own_cyrillic(text):
        found = list(_ALONE.finditer(text))
        # Several letters by themselves are a table of them.
        is_table = len({match[0] for match in found if len(match[0]) == 1}) > 1
        for match in found:
            if len(match[0]) > 1 or not (is_table or _is_in_a_text(source, *match.span())):
                yield _trace(source, *match.span())
    if source.snapshot.language == "python":
        for match in _FORMS.finditer(text):
            if source.inside(match.start()) is None:
                yield _trace(source, *match.span())
