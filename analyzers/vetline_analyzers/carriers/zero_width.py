"""Characters that take no room, and others that nothing shows."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Rule, Severity
from vetline_analyzers.core.text import Span
from vetline_analyzers.hidden import decoding
from vetline_analyzers.hidden.excerpt import shown
from vetline_analyzers.hidden.removal import without
from vetline_analyzers.hidden.source import Carrier, Trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.hidden.source import Source

_RUN = 3  # invisible characters in a row that no script needs
_JOINERS = frozenset("\u200c\u200d")
_LONG_RUN = 8  # so many of one kind are no slip
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
_MATHEMATICAL = frozenset("\u2061\u2062\u2063\u2064")
_UNASSIGNED = frozenset(map(chr, (0x2065, *range(0xFDD0, 0xFDF0), *range(0xFFF0, 0xFFF9))))
_QUOTES = "\"'`"
_SCRIPTS = (
    *(
        "ARABIC",
        "SYRIAC",
        "MONGOLIAN",
        "DEVANAGARI",
        "BENGALI",
        "GURMUKHI",
        "GUJARATI",
        "ORIYA",
        "TAMIL",
    ),
    *(
        "TELUGU",
        "KANNADA",
        "MALAYALAM",
        "SINHALA",
        "THAI",
        "LAO",
        "TIBETAN",
        "MYANMAR",
        "KHMER",
        "THAANA",
    ),
    *(
        "BALINESE",
        "JAVANESE",
        "TAI ",
        "NEW TAI",
        "CHAM",
        "HEBREW",
        "MUSICAL SYMBOL",
        "DUPLOYAN",
        "NKO",
    ),
)

_RULE = Rule(
    id="text/zero-width",
    title="Characters without width",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(1007,),
    page="""
The text holds characters that take no room: zero-width spaces and joiners, fillers, invisible operators,
marks of annotations, music and shorthand. Two names that look the
same are then different ones, a filter misses a word, and a run of them can carry a message to a model that
no reader sees. Emoji sequences, a mark at the start of a file, and the scripts that need joiners are left
alone.
""",
    attack="Defines a second name that looks like the first, and has the reviewer read the harmless one.",
    advice="Remove them; in a string that needs one, write the escape (`\\u200b`).",
    bad=(
        "is_ad\u200bmin = True\n",
        "# Be kind.\u200b\u200c\u200b\u200c\u200d\u200b\n",
        'name = "pay\u2060pal"\n',
        "\u3164 = input()\n",
        'key = "to\u034fken"\n',
    ),
    good=(
        "is_admin = True\n",
        "\ufeffx = 1\n",
        'family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"\n',
        'word = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"\n',
        'word = "\u0915\u094d\u200d\u0937"\n',
        'escaped = "\\u200b"\n',
    ),
)


def _find(source: Source) -> Iterator[Trace]:
    text = source.text
    for match in source.runs("zero"):
        run, (start, end) = match[0], match.span()
        before, after = text[start - 1 : start] if start else "", text[end : end + 1]
        if not _is_honest(source, run, before, after):
            yield Trace(start, end, _message(run), without(source, Span(start, end)))


def _message(run: str) -> str:
    if said := decoding.from_bits(run):
        return f"{len(run)} characters without width say {shown(said)}: remove them."
    if len(run) == 1:
        return "A character without width hides here: remove it."
    return f"{len(run)} characters without width hide here: remove them."


def _is_honest(source: Source, run: str, before: str, after: str) -> bool:
    """Whether such characters have business between these two."""
    if (
        set(run) == {"\ufeff"} and before in "\r\n"
    ):  # the head of a file, or of one that was appended
        return True
    if len(set(run)) == 1 and len(run) < _LONG_RUN and _is_script(before, after):
        return True  # a writer of a script that needs it pressed the key more than once
    if run[0] in _FILLERS and _is_filler_honest(source, run, before + after):
        return True
    if len(run) >= _RUN:
        return False
    if source.is_prose:
        return _is_honest_in_prose(run, before, after)
    quoted = before in _QUOTES and after in _QUOTES and bool(before and after)
    return not quoted and _is_honest_in_prose(run, before, after)


def _is_honest_in_prose(run: str, before: str, after: str) -> bool:
    plain = before.isascii() and after.isascii()
    if (
        set(run) <= _JOINERS
    ):  # scripts that join letters and emoji need them, also behind a Latin word
        return not (plain and (_is_latin(before) or _is_latin(after)))
    if set(run) == {"\u200b"}:  # a line may break here, in Thai or in a long Latin word of prose
        return not (_is_word(before) and _is_word(after))
    if set(run) <= _MATHEMATICAL:  # MathML writes them as elements
        return before == ">" and after == "<"
    if set(run) == {"\u034f"}:
        return not (_is_word(before) and _is_word(after))
    if set(run) <= {"\u2060", "\ufeff"}:
        return not plain
    return set(run) <= _UNASSIGNED


def _is_script(before: str, after: str) -> bool:
    """Whether a letter beside it is of a script that joins, breaks or varies by invisible characters."""
    return any(unicodedata.name(c, "").startswith(_SCRIPTS) for c in (before, after) if c)


def _is_filler_honest(source: Source, run: str, around: str) -> bool:
    """Whether it stands for a part of a Korean syllable, or for a blank in prose."""
    if any("HANGUL" in unicodedata.name(c, "") for c in around):
        return True
    return source.is_prose and set(run) <= {"\u3164", "\uffa0"}


def _is_latin(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")


def _is_word(character: str) -> bool:
    return bool(character) and character.isascii() and (character.isalnum() or character in "_./-")


CARRIER = Carrier(_RULE, _find)
