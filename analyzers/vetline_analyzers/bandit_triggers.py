"""What must stand in a text before one of bandit's tests can report anything there.

A test reports a node only when a word that it cannot do without stands on one of the lines of the node's
statement. The words come from bandit's own data where it has any, else from the tables below. A line too
many costs time and no more; one too few would cost a finding, so whatever may hide a word (an escape, a
literal in pieces, a letter outside ASCII) makes its line count.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline_analyzers.core.text import line_starts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# The releases whose tests the tables were read from. Of any other, each test sees each node.
RELEASES = frozenset({"1.9.0", "1.9.1", "1.9.2", "1.9.3", "1.9.4"})

_VERBS = ("get", "options", "head", "post", "put", "patch", "delete")
_HTTPX = (*_VERBS, "request", "stream", "Client", "AsyncClient")
_HASHES = ("md4", "md5", "sha", "sha1", "new")
_SAFE = ("mark_safe", "SafeText", "SafeUnicode", "SafeString", "SafeBytes")


class Named(NamedTuple):
    """Calls that a test may report, by the last part of their name.

    Attributes:
        last: what that part is.
        within: what stands in the whole name as well.
        needs: what stands in the text as well; "" means the first part of `within`.
    """

    last: tuple[str, ...]
    within: str = ""
    needs: str = ""


# Tests that look for a call by its name, and have the name in their code.
_NAMED = {
    "B102": (Named(("exec",)),),
    "B113": (Named(_VERBS, "requests"), Named(_HTTPX, "httpx")),
    "B201": (Named(("run",), needs="flask"),),
    "B324": (Named(_HASHES, "hashlib"), Named(("crypt", "mksalt"), "crypt")),
    "B501": (Named(_VERBS, "requests"), Named(_HTTPX, "httpx")),
    "B502": (Named(("wrap_socket",), "ssl"), Named(("Context",), "pyOpenSSL")),
    "B504": (Named(("wrap_socket",), "ssl"),),
    "B505": (
        Named(("generate_private_key",), "cryptography"),
        Named(("generate",), "Crypto"),  # Cryptodome begins with it
    ),
    "B506": (Named(("load",), "yaml"),),
    "B507": (Named(("set_missing_host_key_policy",), needs="paramiko"),),
    "B508": (Named(("CommunityData",), "pysnmp"),),
    "B509": (Named(("UsmUserData",), "pysnmp"),),
    "B601": (Named(("exec_command",), needs="paramiko"),),
    "B610": (Named(("extra",)),),
    "B611": (Named(("RawSQL",), needs="django"),),
    "B612": (Named(("listen",), "logging"),),
    "B614": (Named(("load",), "torch"),),
    "B615": (
        Named(("from_pretrained",), "transformers"),
        Named(("load_dataset",), "datasets"),
        Named(("hf_hub_download", "snapshot_download", "repository_id"), "huggingface_hub"),
    ),
    "B701": (Named(("Environment",), "jinja2"),),
    "B702": (Named(("Template",), "mako"),),
    "B703": (Named(_SAFE, needs="safestring"),),
    "B704": (Named(("Markup",), "markupsafe"), Named(("Markup",), "flask")),
}
# Tests that are content with a part of the last part, and what stands in the text as well.
_PARTS = {"B103": ("chmod", ""), "B202": ("extractall", "tarfile")}
# Tests that find their names under these words of their configuration.
_CONFIGURED = {
    "B602": ("subprocess",),
    "B603": ("subprocess",),
    "B605": ("shell",),
    "B606": ("no_shell",),
    "B607": ("subprocess", "shell", "no_shell"),
    "B609": ("subprocess", "shell"),
    "B704": ("extend_markup_names",),
}
# Tests that look for an argument of any call. B106 looks for one with a password's name.
_KEYWORDS = {"B502": ("method", "ssl_version"), "B604": ("shell",)}
# B001 calls a module by the name in these functions' first argument, too.
_IMPORTERS = (Named(("__import__",)), Named(("import_module", "__import__"), "importlib"))
# Tests that have a trigger of their own below. B613 reads the text, not the tree.
_OWN = "B001 B101 B104 B105 B106 B107 B108 B110 B112 B503 B608 B613"
TESTS = frozenset({*_NAMED, *_PARTS, *_CONFIGURED, *_KEYWORDS, *_OWN.split()})

PARTS = tuple(part for part, _ in _PARTS.values())
KEYWORDS = frozenset(word for words in _KEYWORDS.values() for word in words)
_SHELL = _KEYWORDS["B604"]  # B502's count with a version, which is a trigger
_EDGES = ("_", '"', "'")
ADDRESS = "0.0.0.0"  # noqa: S104 - B104 looks for it

_ASSERT = re.compile(r"assert(?!\w)")
_IMPORT = re.compile(r"import(?!\w)")
_EXCEPT = re.compile(r"except(?!\w)[\s\\(*]*(?:[:#]|Exception(?!\w))")  # of all exceptions
_ANY_EXCEPT = re.compile(r"except(?!\w)")
# B608's first words; in the parts of a sum or an f-string the blank behind one may stand in the next.
_SQL = re.compile(r"(?:select|delete|insert|update)[\s\"'{\\]")
_SQL_WORDS = ("select", "delete", "insert", "update")
_SQL_HEADS = tuple({word[:n] for word in _SQL_WORDS for n in range(1, len(word))})
# A field of an f-string, behind what may be the head of such a word.
_FIELD = re.compile(r"\{(?<=[acdeilnprstu]\{)")
# What hides a word in a literal: an escape, a line that goes on within a word, and pieces with nothing
# but quotes, blanks and comments between them. Repeats are bounded: a text may be made to hurt.
_HIDDEN = re.compile(
    r"\\(?:[xuUN0-7]|(?<=\S\\)(?:\r?\n|\r)(?=\S))"
    r"|[\"'](?<=[\w./][\"'])(?:[\s\\\"']|[rRbBuUfF]{1,2}(?=[\"'])|\#[^\r\n]{0,120}+(?=[\r\n])){1,20}+"
    r"(?:(?<=[\"'])[\w./]|[\#\s\\\"'])"
)
_FOREIGN = re.compile(r"[^\x00-\x7f][^\r\n]*")
_DOTTED = re.compile("[\u0130\u0131]")  # but for their case, both are an i
# Behind the name of a call: a bracket, or a comment, or the name it is imported as.
_BEHIND = r"[\s\\]*+(?:[()]|(?P<comment>\#)|as(?!\w)[\s\\]*+(?:(?P<alias>\w+)|(?P<hidden>\#)))"
_GOES_ON = re.compile(r"[\s\\]*+(?:\#|as(?!\w))")
_COMMENT = re.compile(r"[^\r\n]{0,200}+[\r\n]")  # behind a longer one nobody looks for what follows
_HEAD = 4  # letters of a word


class Lines(NamedTuple):
    """Where to look in a text.

    Attributes:
        numbers: the lines that count, from 1, sorted.
        sql: a query may be put together somewhere.
    """

    numbers: list[int]
    sql: bool


@dataclass(frozen=True, slots=True)
class Triggers:
    """The triggers of bandit's tests.

    Attributes:
        calls: by the last part of a call's name: the call counts when one of these is within it.
        words: by what a text needs: by their first letters, the last parts to look for then.
        imports: what the name of a module begins with whose import counts.
        imported: what the first parts of these begin with.
        folders: what a literal begins with (B108).
        versions: names of protocols (B502, B503).
        literal: what stands in a text as it is (B104, B108, B502, B503).
        password: what of a lower-case text may be, or be a part of, a password's name.
        handler: how a handler begins (B110, B112).
    """

    calls: Mapping[str, frozenset[str]]
    words: Mapping[str, Mapping[str, frozenset[str]]]
    imports: tuple[str, ...]
    imported: frozenset[str]
    folders: tuple[str, ...]
    versions: frozenset[str]
    literal: re.Pattern[str]
    password: re.Pattern[str]
    handler: re.Pattern[str]


def make(tests: Iterable[Any], words: str) -> Triggers | None:
    """The triggers of tests; None when one of them is not known.

    Args:
        tests: bandit's tests.
        words: how bandit writes the word for a password.
    """
    every = {test._test_id: test for test in tests}  # noqa: SLF001 - bandit's mark
    if not (
        TESTS.issuperset(every) and all(t.__module__.startswith("bandit.") for t in every.values())
    ):
        return None
    config = {number: getattr(test, "_config", None) or {} for number, test in every.items()}
    lists = config.get("B001", {})
    if not {"Call", "Import", "ImportFrom"}.issuperset(lists):
        return None
    calls: dict[str, set[str]] = {}
    needed: dict[str, set[str]] = {}
    for name in (*(n for names in _NAMED.values() for n in names), *_IMPORTERS, *_told(config)):
        for last in name.last:
            calls.setdefault(last, set()).add(name.within)
            needed.setdefault(name.needs or name.within.partition(".")[0], set()).add(last)
    imports = {q for kind in ("Import", "ImportFrom") for q in _names(lists.get(kind, ()))}
    typed = any(config.get(n, {}).get("check_typed_exception") for n in ("B110", "B112"))
    folders = tuple(config.get("B108", {}).get("tmp_dirs", ()))
    versions = frozenset(config.get("B502", {}).get("bad_protocol_versions", ()))
    return Triggers(
        calls={last: frozenset(within) for last, within in calls.items()},
        words={need: _by_head(lasts) for need, lasts in needed.items()},
        imports=tuple(sorted(imports)),
        imported=frozenset(name.partition(".")[0] for name in imports),
        folders=folders,
        versions=versions,
        literal=re.compile("|".join(map(re.escape, sorted({ADDRESS, *folders, *versions})))),
        password=re.compile(rf"(?:{words})(?![^\W_])"),
        handler=_ANY_EXCEPT if typed else _EXCEPT,
    )


def _by_head(words: Iterable[str]) -> dict[str, frozenset[str]]:
    heads: dict[str, set[str]] = {}
    for word in words:
        heads.setdefault(word[:_HEAD], set()).add(word)
    return {head: frozenset(group) for head, group in heads.items()}


def _told(config: Mapping[str, Any]) -> Iterator[Named]:
    """The names of calls in bandit's lists and configurations."""
    names = list(_names(config.get("B001", {}).get("Call", ())))
    for number, words in _CONFIGURED.items():
        names += (name for word in words for name in config.get(number, {}).get(word, ()))
    for name in names:
        within, _, last = name.rpartition(".")
        yield Named((last,), within)


def _names(entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    return (name for entry in entries for name in entry["qualnames"])


def lines(triggers: Triggers, text: str) -> Lines:
    """Where in a text that parses one of the tests may report something, and where it imports."""
    starts = line_starts(text)
    lower = text.lower()
    # Python reads names so, whatever letters they are written with.
    names = text if text.isascii() else unicodedata.normalize("NFKC", text)
    called = _called(triggers, text, names) if len(lower) == len(text) else None
    if called is None:
        return Lines(list(range(1, len(starts) + 1)), sql=True)
    hidden = _starts(_HIDDEN, text)
    sql = [*_starts(_SQL, lower), *_heads(lower)]
    places = [*called, *hidden, *sql, *_passwords(triggers, lower), *_foreign(text)]
    places += (*_starts(_ASSERT, text), *_starts(triggers.handler, text))
    places += _starts(triggers.literal, text)
    if called or any(name in names for name in triggers.imported):
        places += _starts(_IMPORT, text)
    numbers = sorted({bisect_right(starts, place) for place in places})
    return Lines(numbers, sql=bool(sql or hidden))


def _starts(pattern: re.Pattern[str], text: str) -> list[int]:
    return [match.start() for match in pattern.finditer(text)]


def _called(triggers: Triggers, text: str, names: str) -> list[int] | None:
    """Where a call may stand that a test looks for; None when an import may hide its name."""
    patterns = [_part(part) for part, need in _PARTS.values() if part in names and need in names]
    for need, groups in triggers.words.items():
        if need in names:
            heads = (words for head, words in groups.items() if head in names)
            patterns += (_word(word) for words in heads for word in words if word in names)
    places = [at for word in _SHELL if word in text for at in _starts(_argument(word), text)]
    renamed: set[str] = set()
    # A place in `names` is not quite one in `text`; it is the names of imports that matter there.
    for match in _matches(patterns, (text,) if names is text else (text, names)):
        places.append(match.start())
        if match["hidden"] or (match["comment"] and _goes_on(match.string, match.end())):
            return None
        if match["alias"]:
            renamed.add(unicodedata.normalize("NFKC", match["alias"]))
    for name in renamed:
        places += _starts(re.compile(rf"{name}(?!\w)(?:{_BEHIND})"), text)
    return places


def _matches(patterns: Iterable[re.Pattern[str]], texts: Iterable[str]) -> Iterator[re.Match[str]]:
    return (match for text in texts for pattern in patterns for match in pattern.finditer(text))


@cache
def _word(word: str) -> re.Pattern[str]:
    """A name of a call; the word first, and what stands before it second, finds it sooner."""
    return re.compile(rf"{word}(?<!\w{word})(?!\w)(?:{_BEHIND})")


@cache
def _part(part: str) -> re.Pattern[str]:
    return re.compile(rf"{part}\w*(?:{_BEHIND})")


@cache
def _argument(word: str) -> re.Pattern[str]:
    return re.compile(rf"{word}(?=[\s\\]*[=#])")


def _goes_on(text: str, comment: int) -> bool:
    """Whether an import may go on behind a comment."""
    end = _COMMENT.match(text, comment)
    return end is None or bool(_GOES_ON.match(text, end.end()))


def _passwords(triggers: Triggers, lower: str) -> Iterator[int]:
    for match in triggers.password.finditer(lower):
        at, end = match.span()
        before = lower[at - 1 : at]
        if before.isalnum():
            continue
        # The keyword is no name. As a key it stands in quotes, as a part between underscores.
        if match[0] == "pass" and before not in _EDGES and lower[end : end + 1] not in _EDGES:
            continue
        yield at


def _heads(lower: str) -> Iterator[int]:
    for match in _FIELD.finditer(lower):
        at = match.start()
        if lower[max(0, at - _HEAD - 1) : at].endswith(_SQL_HEADS):
            yield at


def _foreign(text: str) -> Iterator[int]:
    if text.isascii():
        return
    for match in _FOREIGN.finditer(text):
        if not unicodedata.is_normalized("NFKC", match[0]) or _DOTTED.search(match[0]):
            yield match.start()
