"""Secrets in any text: providers' tokens, private keys, values with a secret's name.

The patterns are those of detect-secrets' plugins, asked in process on the lines that could match, and
some of our own. Its scan functions are left alone: they read files, and one of their filters drops
every line of the shape `client = Client("…")`. Nothing is ever verified over the network.
"""

from __future__ import annotations

import importlib
import re
import sys
from bisect import bisect_right
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import accumulate, pairwise
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline_analyzers import assignments, credentials, pem, places, tokens
from vetline_analyzers.core.analyzer import Analyzer, NotChecked, Pace
from vetline_analyzers.core.finding import Confidence, Finding, Persona, Rule, Severity
from vetline_analyzers.core.text import Span
from vetline_analyzers.credentials import Strength
from vetline_analyzers.secret_rules import ENTROPY, KEY, PASSWORD, by_name, message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vetline_analyzers.core.analyzer import Facts, Memo
    from vetline_analyzers.core.text import Snapshot

    _Detect = Callable[[str, bool], Iterable["_Hit"]]

NAME = "secrets"

# A line is looked at in pieces of _STEP characters. A piece also shows what stands before and after,
# so that no secret is cut; it answers for those that start in its own characters.
_STEP, _BEFORE, _AFTER = 4_000, 200, 1_200
_LONGEST = 1_000_000


def analyze(snapshot: Snapshot, facts: Facts, memo: Memo) -> Iterator[Finding]:
    """The secrets in a text, each span exactly the secret's characters.

    The memo keeps what was found in each line, so that only lines never seen cost something.

    Raises:
        NotChecked: a line is too long to be looked at to its end.
    """
    del facts
    if places.is_lock(snapshot.path):
        return
    pieces, cut = _pieces(snapshot)
    bare = assignments.takes_bare_values(snapshot.path)
    known: dict[str, tuple[_Hit, ...]] = memo.get("pieces", {})
    fresh = [text for text in dict.fromkeys(piece.text for piece in pieces) if text not in known]
    found = dict(zip(fresh, _search(fresh, bare=bare), strict=True))
    memo["pieces"] = {p.text: found[p.text] if p.text in found else known[p.text] for p in pieces}
    hits = [
        hit._replace(start=hit.start + piece.offset, end=hit.end + piece.offset)
        for piece in pieces
        for hit in memo["pieces"][piece.text]
        if piece.first <= hit.start < piece.last
    ]
    public = list(pem.find_public(snapshot.text)) if hits else []
    for hit in _best([*(_Hit(KEY, *span) for span in pem.find(snapshot.text)), *hits]):
        at = bisect_right(public, hit.start, key=lambda span: span.start)
        if at and hit.start < public[at - 1].end:
            continue
        yield _finding(hit, is_test=places.is_test(snapshot.path))
    if cut:
        lines = ", ".join(map(str, cut))
        raise NotChecked(
            f"too long to be searched for secrets beyond its first {_LONGEST:,} characters: line {lines}"
        )


def rules() -> tuple[Rule, ...]:
    """A rule for each format of token, and those for keys, passwords and random strings."""
    return tuple(by_name().values())


ANALYZER = Analyzer(name=NAME, pace=Pace.SAVE, rules=rules, analyze=analyze)


class _Piece(NamedTuple):
    """A line, or a part of one: its text and offset, and where the hits that are its own start."""

    text: str
    offset: int
    first: int
    last: int


class _Hit(NamedTuple):
    """A secret: the rule's name and where it stands."""

    rule: str
    start: int
    end: int
    strength: Strength = Strength.REAL
    doubtful: bool = False


def _pieces(snapshot: Snapshot) -> tuple[list[_Piece], list[int]]:
    """The pieces of a text, and the numbers of the lines of which some is left out."""
    pieces: list[_Piece] = []
    cut: list[int] = []
    text = snapshot.text
    for number, (start, end) in enumerate(pairwise([*snapshot.line_starts, len(text)]), 1):
        if end - start <= _STEP:
            pieces.append(_Piece(text[start:end].rstrip("\r\n"), start, 0, _STEP))
            continue
        if end - start > _LONGEST:
            cut.append(number)
        for at in range(start, min(end, start + _LONGEST), _STEP):
            begin = max(start, at - _BEFORE)
            piece = text[begin : min(end, at + _STEP + _AFTER)].rstrip("\r\n")
            pieces.append(_Piece(piece, begin, at - begin, at - begin + _STEP))
    return pieces, cut


def _search(lines: list[str], *, bare: bool) -> Iterator[tuple[_Hit, ...]]:
    """What is found in each line."""
    for line, detectors in zip(lines, _candidates(lines), strict=True):
        yield tuple(_best(hit for detect in detectors for hit in detect(line, bare)))


def _candidates(lines: list[str]) -> list[list[_Detect]]:
    """For each line the detectors that could find something in it.

    All lines are searched at once for what the detectors need, which is what makes a scan cheap.
    """
    chosen: list[dict[_Detect, None]] = [{} for _ in lines]
    folded = [line.casefold() for line in lines]
    text, low = "\n".join(lines), "\n".join(folded)
    after, low_after = _starts(lines), _starts(folded)
    for anchor, detectors in _by_anchor().items():
        for index in _lines_of(low, anchor, low_after):
            chosen[index].update(dict.fromkeys(detectors))
    for hint, detect in _by_hint():
        # A pattern that ignores case costs five times as much as one on text that has none.
        where, ends = (low, low_after) if hint is _NAMES else (text, after)
        for index in _lines_at((match.end() for match in hint.finditer(where)), ends):
            chosen[index][detect] = None
    return [list(detectors) for detectors in chosen]


def _starts(lines: list[str]) -> list[int]:
    """Where in the joined text the line after each starts."""
    return list(accumulate(len(line) + 1 for line in lines))


def _lines_of(text: str, anchor: str, after: list[int]) -> Iterator[int]:
    """Indices of the lines that hold an anchor."""
    line, at = 0, text.find(anchor)
    while at >= 0:
        while after[line] <= at:
            line += 1
        yield line
        at = text.find(anchor, after[line])


def _lines_at(offsets: Iterable[int], after: list[int]) -> Iterator[int]:
    """Indices of the lines in which the offsets lie, which come in their order."""
    line = 0
    for offset in offsets:
        while after[line] <= offset:
            line += 1
        yield line


@cache
def _by_anchor() -> dict[str, tuple[_Detect, ...]]:
    groups: dict[str, tuple[_Detect, ...]] = {}
    for format_ in tokens.formats():
        for anchor in format_.anchors:
            groups[anchor] = (*groups.get(anchor, ()), _detector(format_))
    for anchor in ("bearer", "basic"):
        groups[anchor] = (*groups.get(anchor, ()), _passwords)
    return groups


_NAMES = re.compile(f"{assignments.NAMES}|{assignments.CALLS}")


@cache
def _by_hint() -> tuple[tuple[re.Pattern[str], _Detect], ...]:
    return (
        *((re.compile(f.hint), _detector(f)) for f in tokens.formats() if f.hint),
        (_NAMES, _passwords),
        (re.compile(r"[\"'](?:[0-9a-fA-F]{9}|[A-Za-z0-9+/_=\\-]{23})"), _random),
    )


@cache
def _detector(format_: tokens.Format) -> _Detect:
    """A function that finds tokens of that format."""

    def detect(line: str, _bare: bool) -> Iterator[_Hit]:  # noqa: FBT001 - the signature of all detectors
        for span in _matches(format_, line):
            if hit := _token(format_, line, *span):
                yield hit

    return detect


def _matches(format_: tokens.Format, line: str) -> Iterator[tuple[int, int]]:
    """Where our patterns and the plugin's match, of groups the one that is the secret."""
    for pattern in format_.compiled:
        for match in pattern.finditer(line):
            yield match.span(1 if match.lastindex else 0)
    if not format_.plugin:
        return
    plugin = _plugin(format_.plugin)
    valid = getattr(plugin, "is_formally_valid", None)
    for pattern in plugin.denylist:
        for match in pattern.finditer(line):
            if valid is None or valid(match[0]):
                yield match.span(0 if format_.whole or not match.lastindex else 1)


def _token(format_: tokens.Format, line: str, start: int, end: int) -> _Hit | None:
    """The hit of a token, without what a pattern caught around it and with what it left behind."""
    while start < end and line[start] in " \t:=\"'":
        start += 1
    if line[start:end].lower().startswith("accountkey="):
        start += len("accountkey=")
    while end > start and line[end - 1] in " \t\"'":
        end -= 1
    if format_.name == "url-password":
        strength = _in_url(line, start, end)
        return _Hit(format_.name, start, end, strength) if strength is not Strength.NONE else None
    if start and line[start - 1].isalnum() and line[start - 2 : start - 1] != "\\":
        return None  # the tail of something longer, a digest or an image
    if format_.digit and (not any(map(str.isdigit, line[start:end])) or _BASE64.match(line, end)):
        return None
    tail = _TAIL_JWT if format_.name == "json-web-token" else _TAIL
    if match := tail.match(line, end):
        end = match.end()
    weak = credentials.is_sample(line[start : min(end, start + 200)])
    return _Hit(format_.name, start, end, Strength.WEAK if weak else Strength.REAL)


_USER = re.compile(r"(?P<scheme>[a-z+]{0,20})://(?P<user>[^:/@\s]{0,60}):$", re.IGNORECASE)
_LOCAL = re.compile(r"@(?:localhost|127\.|0\.0\.0\.0|\[::1\]|example\.(?:com|org|net)\b)")
_SERVED = re.compile(
    r"(?:postgres|mysql|maria|mongo|redis|amqp|mssql|oracle|cockroach|clickhouse|smtp)"
)


def _in_url(line: str, start: int, end: int) -> Strength:
    """What a password in a URL is worth: a word counts when it opens a database on another machine."""
    value = line[start:end]
    strength = credentials.judge(value)
    match = _USER.search(line, max(0, start - 90), start)
    if strength in {Strength.NONE, Strength.REAL} or match is None:
        return strength
    if (
        value == match["user"]
        or _LOCAL.match(line, end)
        or credentials.is_placeholder(value)
        or not _SERVED.match(match["scheme"].lower())
    ):
        return Strength.WEAK
    return (
        Strength.FAIR if strength is Strength.FAIR or not credentials.is_common(value) else strength
    )


# Patterns of fixed length leave the rest of a longer token in clear.
_TAIL = re.compile(r"[A-Za-z0-9_-]{0,1000}")
_BASE64 = re.compile(r"[A-Za-z0-9]{0,100}[+/][A-Za-z0-9+/]{8}")
_TAIL_JWT = re.compile(r"[A-Za-z0-9_.=+/-]{0,1000}")


def _passwords(line: str, bare: bool) -> Iterator[_Hit]:  # noqa: FBT001 - the signature of all detectors
    """Values with a secret's name: ours, then what detect-secrets' keyword plugin adds."""
    hits = [_Hit(PASSWORD, *value) for value in assignments.find(line, bare=bare)]
    yield from hits
    if hits or not any(quote in line for quote in "\"'`"):
        return
    # It knows reversed comparisons and odd grammars, but also `password_field = "…"`: a second opinion.
    for value in _plugin("keyword.KeywordDetector").analyze_string(line):
        if credentials.judge(value) is Strength.REAL and not re.search(r"[\"'`\s]", value):
            start = line.find(value)
            yield _Hit(PASSWORD, start, start + len(value), doubtful=True)


def _random(line: str, _bare: bool) -> Iterator[_Hit]:  # noqa: FBT001 - the signature of all detectors
    """Quoted strings that look random."""
    for match in _STRING.finditer(line):
        # So many different characters it takes to reach the plugins' limits of 3.0 and 4.5 bits.
        name = "Hex" if set(match["value"]) <= _HEX else "Base64"
        if len(set(match["value"])) > (8 if name == "Hex" else 22):
            plugin = _plugin(f"high_entropy_strings.{name}HighEntropyString")
            if plugin.calculate_shannon_entropy(match["value"]) > plugin.entropy_limit:
                yield _Hit(ENTROPY, *match.span("value"), doubtful=True)


_STRING = re.compile(r"(?P<quote>[\"'])(?P<value>[A-Za-z0-9+/_=\\-]{9,1000})(?P=quote)")
_HEX = frozenset("0123456789abcdefABCDEF")


@cache
def _plugin(name: str) -> Any:
    """One of detect-secrets' plugins, "module.Class", imported when the first line needs it."""
    module, _, kind = name.partition(".")
    with _without_http():
        return getattr(importlib.import_module(f"detect_secrets.plugins.{module}"), kind)()


@contextmanager
def _without_http() -> Iterator[None]:
    """While it lasts, an empty module stands in for `requests`, unless that is loaded already.

    The plugins import it to ask a provider whether a token lives. That does not exist here, so nothing
    that can speak HTTP is even loaded, and a start is shorter by 70 ms.
    """
    stand_in = ModuleType("requests")
    stand_in.Response = object  # type: ignore[attr-defined]  # an annotation of one of theirs
    if sys.modules.setdefault("requests", stand_in) is not stand_in:
        yield
        return
    try:
        yield
    finally:
        sys.modules.pop("requests", None)


def _best(hits: Iterable[_Hit]) -> list[_Hit]:
    """The hits in their order, of those that overlap only the one that says most."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=_rank):
        at = bisect_right(kept, hit.start, key=lambda other: other.start)
        # Those kept never overlap, so the neighbours decide.
        if (at == 0 or kept[at - 1].end <= hit.start) and (
            at == len(kept) or hit.end <= kept[at].start
        ):
            kept.insert(at, hit)
    return kept


def _rank(hit: _Hit) -> tuple[bool, int, int, int]:
    order = {KEY: 0, PASSWORD: 2, "url-password": 2, ENTROPY: 3}
    return (hit.doubtful, order.get(hit.rule, 1), hit.start - hit.end, hit.start)


def _finding(hit: _Hit, *, is_test: bool) -> Finding:
    rule = by_name()[hit.rule]
    found = rule.found(NAME, Span(hit.start, hit.end), message(hit.rule))
    named = hit.rule in {PASSWORD, "url-password"}
    if hit.strength is Strength.WEAK or (named and (hit.doubtful or is_test)):
        # A placeholder, a demo's word, a test's fixture: seldom worth a look, never a secret for long.
        found = replace(found, severity=Severity.LOW, confidence=Confidence.LOW)
        found = replace(found, persona=Persona.PEDANTIC)
    elif hit.strength is Strength.FAIR:
        found = replace(found, severity=Severity.MEDIUM, confidence=Confidence.MEDIUM)
    return replace(found, secret=True)
