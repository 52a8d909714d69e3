"""The library detect-secrets, a second opinion on secrets over texts that need not be saved.

Its plugins are asked through its own settings, which are entered once in a process and never left: they are
global, and a scan that shares them with one that changes them is silently empty. The verdict on a line is the
library's; where the secret stands and what it is worth is told here. It is imported on first use.

Its filter for indirect references drops every line of the shape `client = Client("…")` and is not among the
settings, nor is the one that asks a provider whether a token lives. Its comment `pragma: allowlist secret` is the
engine's business, which knows comments from strings and counts what they silence.
"""

from __future__ import annotations

import logging
import re
import sys
import warnings
from bisect import bisect_right
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import accumulate
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline_analyzers import places
from vetline_analyzers.core.analyzer import Analyzer, NotChecked, Pace
from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.core.text import Span
from vetline_analyzers.detect_secrets_plugins import PLUGINS, Plugin
from vetline_analyzers.secret import accepted, values
from vetline_analyzers.secret.prefilter import Prefilter
from vetline_analyzers.secret.search import LONGEST
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from vetline_analyzers.core.analyzer import Facts, Memo
    from vetline_analyzers.core.finding import Finding, Rule
    from vetline_analyzers.core.text import Snapshot

NAME = "detect_secrets"

FILTERS = (
    "detect_secrets.filters.heuristic.is_sequential_string",
    "detect_secrets.filters.heuristic.is_templated_secret",
    "detect_secrets.filters.heuristic.is_not_alphanumeric_string",
    "detect_secrets.filters.heuristic.is_potential_uuid",
)

# Longer lines are looked at in pieces, which also show what stands before and after. A piece with more than _DENSE of
# the strings from which a plugin's patterns walk on would take the time of the square of its length.
_STEP, _BEFORE, _AFTER = 1_000, 100, 600
_DENSE = 40
_WORDS = 8

_BEFORE_IT, _BEHIND_IT = " \t:=\"'", " \t\"'"  # what patterns catch around a secret
_BASELINE = ".secrets.baseline"  # digests, which look random
# With more random strings than this a text is a table of digests, and none of them is told.
_MOST_RANDOM = 200
_SILENT = logging.CRITICAL + 1
_LOCK = Lock()


def analyze(snapshot: Snapshot, facts: Facts, memo: Memo) -> Iterator[Finding]:
    """What detect-secrets' plugins find in a text; what its baseline accepts carries its suppression.

    The memo keeps what was found in each line, so that only lines never seen cost something.

    Raises:
        NotChecked: a line was made so that the library's patterns would take too long on it, or is too long.
    """
    if places.is_lock(snapshot.path) or snapshot.path.rpartition("/")[2] == _BASELINE:
        return
    lines = [snapshot.line_text(number).rstrip() for number in range(len(snapshot.line_starts))]
    path, known = memo.get("lines", ("", {}))
    if path != snapshot.path:  # of which it depends what a plugin finds in a line
        known = {}
    fresh = [line for line in dict.fromkeys(lines) if line not in known]
    found = dict(zip(fresh, _search(fresh, snapshot.path), strict=True))
    now: dict[str, _Seen] = {line: found[line] if line in found else known[line] for line in lines}
    memo["lines"] = snapshot.path, now
    seen = [now[line] for line in lines]
    yield from _findings(snapshot, facts, zip(snapshot.line_starts, lines, seen, strict=True))
    if long := [str(number) for number, line in enumerate(lines, 1) if len(line) > LONGEST]:
        # In the words of our own analyzer, so that it is said once.
        raise NotChecked(
            f"too long to be searched for secrets beyond its first {LONGEST:,} characters: line {', '.join(long)}"
        )
    if dense := [str(number) for number, one in enumerate(seen, 1) if not one.whole]:
        raise NotChecked(
            f"made so that detect-secrets would take too long on it: line {', '.join(dense[:9])}"
        )


def _findings(
    snapshot: Snapshot, facts: Facts, found: Iterable[tuple[int, str, _Seen]]
) -> Iterator[Finding]:
    """The findings of hits in lines, each with its offset."""
    told = [(at, line, hit) for at, line, seen in found for hit in seen.hits]
    is_table = (
        sum(PLUGINS[hit.plugin].persona is Persona.AUDITOR for *_, hit in told) > _MOST_RANDOM
    )
    is_test = places.is_test(snapshot.path)
    digests = facts.accepted.get(snapshot.path, frozenset())
    for at, line, hit in told:
        if is_table and PLUGINS[hit.plugin].persona is Persona.AUDITOR:
            continue
        why = accepted.suppression(facts, snapshot.path, line[hit.start : hit.end])
        if why is None and hit.digest in digests:
            why = accepted.SUPPRESSION
        yield replace(_finding(hit, at, is_test=is_test), suppression=why)


def rules() -> tuple[Rule, ...]:
    """A rule for each plugin that is asked."""
    return tuple(plugin.rule for plugin in PLUGINS)


ANALYZER = Analyzer(name=NAME, pace=Pace.SAVE, rules=rules, analyze=analyze)


class _Hit(NamedTuple):
    """What a plugin, by its number, found in a line; the digest is "" where it tells it from no other."""

    plugin: int
    start: int
    end: int
    strength: Strength
    digest: str


class _Seen(NamedTuple):
    """What a line holds, and whether all of it was looked at."""

    hits: tuple[_Hit, ...] = ()
    whole: bool = True


def _search(lines: list[str], path: str) -> Iterator[_Seen]:
    """What is found in each line."""
    pieces = [list(_pieces(line)) for line in lines]
    texts = [line[p.start : p.end] for line, own in zip(lines, pieces, strict=True) for p in own]
    chosen = zip(texts, candidates(texts), strict=True)
    for line, own in zip(lines, pieces, strict=True):
        hits: list[_Hit] = []
        whole = True
        for piece, (text, numbers) in zip(own, chosen, strict=False):
            numbers -= {n for n in numbers if _is_beyond(PLUGINS[n], line)}
            dense = _dense(numbers, text) if len(own) > 1 else set()
            whole = whole and not dense
            hits += (
                hit._replace(start=hit.start + piece.start, end=hit.end + piece.start)
                for hit in _ask(sorted(numbers - dense), text, path)
                if piece.first <= hit.start + piece.start < piece.last
            )
        yield _Seen(tuple(_best(hits)), whole) if hits or not whole else _NOTHING


_NOTHING = _Seen()


class _Piece(NamedTuple):
    """A part of a line, and where the secrets that are its own start."""

    start: int
    end: int
    first: int
    last: int


def _pieces(line: str) -> Iterator[_Piece]:
    length = min(len(line), LONGEST)
    if length <= _STEP:
        yield _Piece(0, length, 0, length)
        return
    for at in range(0, length, _STEP):
        last = at + _STEP
        yield _Piece(max(0, at - _BEFORE), min(length, last + _AFTER), at, last)


def _is_beyond(plugin: Plugin, line: str) -> bool:
    """Whether a plugin of limited reach is not to be asked of a line."""
    if not plugin.reach:
        return False
    text = line.lower()
    return len(line) > plugin.reach or sum(map(text.count, plugin.steep)) > _WORDS


def _dense(numbers: set[int], text: str) -> set[int]:
    """Those of the plugins that would take too long on a piece."""
    text = text.lower()
    return {n for n in numbers if any(text.count(word) > _DENSE for word in PLUGINS[n].steep)}


def candidates(lines: list[str]) -> list[set[int]]:
    """For each line the numbers of the plugins that could find something in it; `_ask` asks them.

    All lines are searched at once for what the plugins need, which is what makes a scan cheap.
    """
    chosen: list[set[int]] = [set() for _ in lines]
    prefilter, numbers = _anchors()
    for line, anchors in prefilter.lines_with(lines).items():
        for anchor in anchors:
            chosen[line].update(numbers[anchor])
    text = "\n".join(lines)
    after = list(accumulate(len(line) + 1 for line in lines))
    for number, hint in _hints():
        for match in hint.finditer(text):
            chosen[bisect_right(after, match.start())].add(number)
    return chosen


@cache
def _anchors() -> tuple[Prefilter, tuple[tuple[int, ...], ...]]:
    """A search for the plugins' anchors, and by an anchor's number those of the plugins that have it."""
    groups: dict[str, tuple[int, ...]] = {}
    for number, plugin in enumerate(PLUGINS):
        for anchor in plugin.anchors:
            groups[anchor] = (*groups.get(anchor, ()), number)
    return Prefilter(tuple(groups)), tuple(groups.values())


@cache
def _hints() -> tuple[tuple[int, re.Pattern[str]], ...]:
    return tuple((n, re.compile(plugin.hint)) for n, plugin in enumerate(PLUGINS) if plugin.hint)


def _ask(numbers: Sequence[int], line: str, path: str) -> Iterator[_Hit]:
    """What these plugins find in a line."""
    if not numbers:
        return
    library = _library()
    # A plugin digests what it finds, and half a character cannot be.
    clean = line.encode("utf-8", "replace").decode()
    for number in numbers:
        plugin = PLUGINS[number]
        own = library.plugins[plugin.name]
        try:
            with _LOCK:
                given = own.analyze_line(filename=path, line=clean, line_number=1)
        except RecursionError:  # what a token should hold is nested more deeply than any token's
            continue
        kept = [
            one for one in given if not any(f(secret=one.secret_value) for f in library.filters)
        ]
        at = 0
        for start, end, digest in sorted(
            (*place, one.secret_hash)
            for one in kept
            for place in _places(own, one.secret_value, clean, partial=plugin.partial)
        ):
            # What starts within the last one's tail is a part of it.
            if start >= at and (hit := _hit(number, line, start, end, digest)):
                at = hit.end
                yield hit


def _places(plugin: Any, value: str, line: str, *, partial: bool) -> Iterator[tuple[int, int]]:
    """Where in a line the plugin's patterns give the value; where that is partial, their whole match."""
    if not value:
        return
    patterns = getattr(plugin, "denylist", ())
    for match in (m for pattern in patterns for m in pattern.finditer(line)):
        if match.re.groups == 0 and match[0] == value:
            yield match.span()
            continue
        for group in range(1, match.re.groups + 1):
            if match[group] == value:
                yield match.span(0 if partial else group)
                break
    if not patterns:
        at = line.find(value)
        while at >= 0:
            yield at, at + len(value)
            at = line.find(value, at + len(value))


def _hit(number: int, line: str, start: int, end: int, digest: str) -> _Hit | None:
    """The hit of a secret, without what a pattern caught around it and with what it left behind."""
    plugin = PLUGINS[number]
    while start < end and line[start] in _BEFORE_IT:
        start += 1
    while end > start and line[end - 1] in _BEHIND_IT:
        end -= 1
    if plugin.shape and (match := re.compile(plugin.shape).search(line, start, end)):
        start, end = match.span()
    if start == end:
        return None
    if plugin.tail and (match := re.compile(plugin.tail).match(line, end)):
        end = match.end()
    strength = _strength(plugin, line[start:end])
    if strength is Strength.NONE:
        return None
    return _Hit(number, start, end, strength, "" if plugin.partial else digest)


def _strength(plugin: Plugin, value: str) -> Strength:
    if plugin.named:
        return values.judge(value)
    return Strength.WEAK if values.is_sample(value[:200]) else Strength.REAL


def _best(hits: Iterable[_Hit]) -> list[_Hit]:
    """The hits in their order, of those that overlap only that of the plugin listed first."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda h: (h.plugin, h.start - h.end, h.start)):
        at = bisect_right(kept, hit.start, key=lambda other: other.start)
        # Those kept never overlap, so the neighbours decide.
        before = at == 0 or kept[at - 1].end <= hit.start
        if before and (at == len(kept) or hit.end <= kept[at].start):
            kept.insert(at, hit)
    return kept


def _finding(hit: _Hit, offset: int, *, is_test: bool) -> Finding:
    plugin = PLUGINS[hit.plugin]
    what = f"{plugin.title[0].upper()}{plugin.title[1:]}"
    message = f"{what}, says detect-secrets: revoke it, and read it from the environment."
    found = _rule(hit.plugin).found(NAME, Span(hit.start + offset, hit.end + offset), message)
    if hit.strength is Strength.WEAK or (plugin.named and is_test):
        found = replace(found, severity=Severity.LOW, confidence=Confidence.LOW)
        found = replace(found, persona=max(found.persona, Persona.PEDANTIC))
    elif hit.strength is Strength.FAIR:
        found = replace(found, severity=min(found.severity, Severity.MEDIUM))
    return replace(found, secret=True)


@cache
def _rule(number: int) -> Rule:
    return PLUGINS[number].rule


class _Library(NamedTuple):
    """What of detect-secrets is needed: its plugins by name, and its filters of values."""

    plugins: dict[str, Any]
    filters: tuple[Callable[..., bool], ...]


def _library() -> _Library:
    """The library with our settings, which are entered by the first who asks."""
    with _LOCK:
        return _entered(tuple(plugin.name for plugin in PLUGINS))


@cache
def _entered(names: tuple[str, ...]) -> _Library:
    """Enter the settings block of the process, and undo what the library's import does to it.

    Raises:
        LookupError: there is no plugin of one of the names, or no such filter; the library itself would find nothing.
    """
    before = warnings.showwarning
    with _without_http():
        from detect_secrets import settings  # noqa: PLC0415 - only a process that analyses pays for it
        from detect_secrets.core.plugins.util import (  # noqa: PLC0415 - as above
            get_mapping_from_secret_type_to_class,
        )

        logging.getLogger("detect-secrets").setLevel(_SILENT)  # it quotes paths and secrets
        if warnings.showwarning is not before:  # its import sends warnings to the log
            logging.captureWarnings(capture=False)
        kinds: Iterable[type] = get_mapping_from_secret_type_to_class().values()
        known = {kind.__name__ for kind in kinds}
        if unknown := set(names) - known:
            raise LookupError(f"detect-secrets has no plugin {', '.join(sorted(unknown))}")
        settings.cache_bust()
        active = settings.configure_settings_from_baseline(
            {
                "plugins_used": [{"name": name} for name in names],
                "filters_used": [{"path": path} for path in FILTERS],
            }
        )
        active.disable_filters(*settings.Settings.DEFAULT_FILTERS)  # they ask the disk
        plugins = {type(plugin).__name__: plugin for plugin in settings.get_plugins()}
        filters = tuple(settings.get_filters())
    if {filter_.path for filter_ in filters} != set(FILTERS) or plugins.keys() != set(names):
        raise LookupError("detect-secrets did not take its settings")
    return _Library(plugins, filters)


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
