"""Insecure patterns: what a syntax tree shows, block by block.

The rules on syntax look again only at blocks whose text changed; the others keep their findings, moved along. When
the file's imports, aliases or module-level strings change, all blocks are looked at again. What data flow remembers
is said in `flow/program.py`: a function runs again when what it asked for outside changed, the module level always.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import count
from typing import TYPE_CHECKING

from vetline_analyzers.core import shelf
from vetline_analyzers.core.analyzer import Analyzer, NotChecked, Pace
from vetline_analyzers.core.finding import Related
from vetline_analyzers.core.text import Edit, Snapshot, Span
from vetline_analyzers.flow.findings import findings, span_of, told_once
from vetline_analyzers.flow.language import language
from vetline_analyzers.flow.program import Program
from vetline_analyzers.flow.rule import FlowRule
from vetline_analyzers.flow.value import FOREIGN
from vetline_analyzers.syntax import tree, unfinished
from vetline_analyzers.syntax.blocks import split
from vetline_analyzers.syntax.query import DIALECTS, merge
from vetline_analyzers.syntax.rule import PatternRule
from vetline_analyzers.syntax.scope import Context, OutOfBudget, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tree_sitter import Node

    from vetline_analyzers.core.analyzer import Facts, Memo, Neighbour
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.flow.language import Language
    from vetline_analyzers.syntax.blocks import Block
    from vetline_analyzers.syntax.dialect import Binding, Piece
    from vetline_analyzers.syntax.query import Merged
    from vetline_analyzers.syntax.rule import Hit
    from vetline_analyzers.syntax.tree import Source

NAME = "patterns"
LIMIT = 2_000_000  # characters; a larger file is data or a bundle, and would take seconds
_CONTINUED = re.compile(r"(?:\\\r?\n){1000}")  # the parser's time grows with their square
_STRING = 4_000  # bytes; what is longer is a table or a text, not a query
_SHORT = 200  # bytes of a constant whose text the rules may ask for: a key, an address
_NUMBERS = count(1)  # of the files that others import: their blocks are numbered apart
_HELD = 2_000_000  # characters of files that others import; what is known of them takes a hundred times as much
_KEPT: dict[tuple[str, Neighbour, frozenset[str]], Program | None] = {}
_NAMED = 5  # lines that a message lists


@dataclass(frozen=True, slots=True)
class _Known:
    """What is remembered of a block; places count from its start.

    Attributes:
        bindings: names it binds to things of other modules.
        strings: what it gives to the module's strings.
        findings: what the rules found in it; None until they have looked.
        whole: False when it was too deep or too costly to look at to the end.
        cut: its bindings and strings could not be read to the end.
    """

    bindings: tuple[Binding, ...]
    strings: tuple[tuple[str, tuple[str | None, ...] | None], ...]
    findings: tuple[Finding, ...] | None = None
    whole: bool = True
    cut: bool = False


@cache
def merged(language: str) -> Merged:
    """The rules of a language as one query."""
    return merge(language, (r for r in _rules_for(language) if isinstance(r, PatternRule)))


@cache
def flowing(name: str) -> Language | None:
    """What follows data in a language, None when nothing does."""
    found = _rules_for(name)
    fed = {n: r.fed for r in found if isinstance(r, PatternRule) and r.fed for n in r.names}
    return language(name, [r for r in found if isinstance(r, FlowRule)], fed)


def _rules_for(language: str) -> list[PatternRule | FlowRule]:
    shelf_ = "python" if language == "python" else "javascript"
    return [rule for rule in _shelf(shelf_) if language in (rule.languages or (rule.language,))]


def rules() -> tuple[PatternRule | FlowRule, ...]:
    """The rules on the shelves, by language, then by file name."""
    return (*_shelf("python"), *_shelf("javascript"))


@cache
def _shelf(name: str) -> tuple[PatternRule | FlowRule, ...]:
    """The rules of one shelf: who looks at Python only need not load those for JavaScript."""
    return tuple(shelf.load(f"vetline_analyzers.rules.{name}", "RULE").values())


def _analyze(snapshot: Snapshot, facts: Facts, memo: Memo) -> Iterator[Finding]:
    if len(snapshot.text) > LIMIT:
        memo.clear()
        raise NotChecked(f"larger than {LIMIT:,} characters: insecure patterns were not looked for")
    if _CONTINUED.search(snapshot.text):
        memo.clear()
        raise NotChecked(
            "has over 1,000 empty continued lines: insecure patterns were not looked for"
        )
    source = unfinished.parse(snapshot, memo)
    machine = merged(snapshot.language)
    blocks = list(split(source, machine.dialect))
    old: dict[object, _Known] = memo.get("blocks", {})
    captures: dict[int, dict[str, list[Node]] | None] = {}
    known: list[_Known] = []
    for number, block in enumerate(blocks):
        if block.key is not None and block.key in old:
            known.append(old[block.key])
        else:
            captures[number] = found = machine.look(block.node)
            known.append(_facts_of(source, machine, block, found))
    context = _context(known)
    around = facts.neighbours, facts.modules
    if around != memo.get("around"):
        memo["around"] = around
        memo.pop("flows", None)
    if context != memo.get("context"):
        memo.pop("flows", None)
        known = [replace(each, findings=None) for each in known]
    for number, (block, each) in enumerate(zip(blocks, known, strict=True)):
        if each.findings is None:
            seen = captures[number] if number in captures else machine.look(block.node)
            scope = Scope(source, machine.dialect, context, block.node)
            known[number] = _judged(machine, scope, each, seen)
    memo["context"] = context
    memo["blocks"] = {b.key: k for b, k in zip(blocks, known, strict=True) if b.key is not None}
    flows, unfed = _flows(snapshot, facts, source, context, blocks, known, memo)
    patterns: list[Finding] = []
    for block, each in zip(blocks, known, strict=True):
        start = source.offset(block.node.start_byte) if each.findings else 0
        moved = (_moved(finding, start) for finding in each.findings or ())
        patterns += (
            f for f in moved if f.span not in unfed or f.rule not in _fed(snapshot.language)
        )
    yield from sorted(told_once(flows, patterns), key=lambda f: (f.span, f.rule))
    _say_what_is_missing(snapshot, source, blocks, known)


@cache
def _fed(language: str) -> frozenset[str]:
    """The rules whose harm comes through an argument."""
    return frozenset(r.id for r in _rules_for(language) if isinstance(r, PatternRule) and r.fed)


def _flows(  # noqa: PLR0917 - what a file is
    snapshot: Snapshot,
    facts: Facts,
    source: Source,
    context: Context,
    blocks: list[Block],
    known: list[_Known],
    memo: Memo,
) -> tuple[list[Finding], set[Span]]:
    """What data flow finds, and the calls that it shows to be harmless; notes what it could not run to the end."""
    flow = flowing(snapshot.language)
    if flow is None:
        return [], set()
    program = Program(
        source,
        merged(snapshot.language).dialect,
        flow,
        context.aliases,
        blocks,
        memo,
        facts.modules,
        partial(_neighbour, snapshot.language, facts.neighbours, facts.modules),
        around=facts.neighbours,
    )
    outcome = program.run()
    for number in outcome.cut:
        known[number] = replace(known[number], whole=False)
    unfed = {span_of(source, blocks, place) for place in outcome.unfed}
    return list(findings(NAME, source, blocks, outcome.faults)), unfed


def _neighbour(
    language: str, neighbours: Mapping[str, Neighbour], modules: frozenset[str], name: str
) -> Program | None:
    """One of the project's own modules, when its text is known."""
    found = neighbours.get(name)
    if found is None:
        return None
    key = (language, found, modules)
    if key not in _KEPT:
        _KEPT[key] = _foreign(*key)
        held = sum(len(other.text) for _, other, _ in _KEPT)
        for oldest in list(_KEPT)[:-1]:
            if held <= _HELD:
                break
            held -= len(oldest[1].text)
            del _KEPT[oldest]
    return _KEPT[key]


def _foreign(language: str, neighbour: Neighbour, modules: frozenset[str]) -> Program | None:
    flow, text = flowing(language), neighbour.text
    if flow is None or len(text) > LIMIT or _CONTINUED.search(text):
        return None
    memo: Memo = {}
    source = tree.parse(Snapshot("", language, 0, text), memo)
    machine = merged(language)
    blocks = list(split(source, machine.dialect))
    known = [_facts_of(source, machine, block, machine.look(block.node)) for block in blocks]
    aliases = _context(known).aliases
    first = FOREIGN * next(_NUMBERS)
    further = dict(neighbour.imports)
    known_ = partial(_neighbour, language, further, modules)
    return Program(
        source,
        machine.dialect,
        flow,
        aliases,
        blocks,
        memo,
        modules,
        known_,
        first,
        further,
        neighbour.path,
    )


def _facts_of(
    source: Source, machine: Merged, block: Block, found: dict[str, list[Node]] | None
) -> _Known:
    if found is None:
        return _Known((), (), cut=True)
    scope = Scope(source, machine.dialect, Context(), block.node)
    bindings = machine.bindings(source, found)
    try:
        return _Known(bindings, tuple(_module_strings(scope)))
    except OutOfBudget:
        return _Known(bindings, (), cut=True)


def _module_strings(scope: Scope) -> Iterator[tuple[str, tuple[str | None, ...] | None]]:
    """What a top-level assignment makes of a name: parts of a string, () for another constant, else None."""
    statement = scope.block
    if statement.parent is None or statement.parent.parent is not None:
        return
    for node in [statement, *statement.named_children]:
        found = scope.dialect.assigned(node, scope.read)
        if found is None or found[2]:
            continue
        name, value, _ = found
        if value.end_byte - value.start_byte > _STRING:
            continue
        pieces = scope.pieces(value)
        if pieces is not None and value.end_byte - value.start_byte <= _SHORT and _known(pieces):
            yield name, _known(pieces)
        elif scope.constant(value):
            yield name, ()
        elif pieces is not None:
            yield name, tuple(piece if isinstance(piece, str) else None for piece in pieces)
        else:
            yield name, None


def _known(pieces: tuple[Piece, ...]) -> tuple[str, ...]:
    """The parts when all are literal text."""
    texts = tuple(piece for piece in pieces if isinstance(piece, str))
    return texts if len(texts) == len(pieces) else ()


def _context(known: Iterable[_Known]) -> Context:
    aliases: dict[str, tuple[str, ...]] = {}
    strings: dict[str, tuple[str | None, ...]] = {}
    other: set[str] = set()  # names that hold something else as well
    for each in known:
        for name, target in each.bindings:
            if target not in aliases.get(name, ()):
                aliases[name] = (*aliases.get(name, ()), target)
        for name, parts in each.strings:
            if parts is None or name in other:
                other.add(name)
                strings.pop(name, None)
                continue
            old = strings.get(name, ())
            strings[name] = old if None in old and None not in parts else parts or old
    return Context(aliases, strings)


def _judged(
    machine: Merged, scope: Scope, known: _Known, captures: dict[str, list[Node]] | None
) -> _Known:
    """The block with what the rules find in it."""
    if captures is None:
        return replace(known, findings=(), whole=False)
    start = scope.source.offset(scope.block.start_byte)
    found: dict[tuple[Span, str], Finding] = {}
    whole = True
    try:
        for rule, hit in machine.hits(scope, captures):
            if finding := _asked(rule, hit):
                found.setdefault((finding.span, finding.rule), _moved(finding, -start))
    except OutOfBudget:
        whole = False
    return replace(known, findings=tuple(found[key] for key in sorted(found)), whole=whole)


def _asked(rule: PatternRule, hit: Hit) -> Finding | None:
    report = rule.check(hit)
    if report is None:
        return None
    span = hit.scope.source.span(report.node or hit.node)
    finding = rule.found(NAME, span, report.message, fix=report.fix)
    if report.made:
        places = (hit.scope.source.span(node) for node in report.made)
        related = tuple(Related(place, "it is put together here") for place in places)
        finding = replace(finding, related=related)
    for name in ("severity", "confidence", "persona", "tentative"):
        if (own := getattr(report, name)) is not None:
            finding = replace(finding, **{name: own})
    return _as_far_as_written(finding, report.node or hit.node, hit.scope)


def _as_far_as_written(finding: Finding, node: Node, scope: Scope) -> Finding | None:
    """A finding in what is not finished: tentative where its own end is missing, and never with a fix."""
    source, block = scope.source, scope.block
    if not source.changes(block.start_byte, block.end_byte):
        return finding
    if finding.span.start == finding.span.end:
        return None  # it speaks of what we put in
    cut = bool(source.changes(node.start_byte, node.end_byte))
    return replace(finding, fix=None, tentative=finding.tentative or cut)


def _moved(finding: Finding, by: int) -> Finding:
    fix = finding.fix
    if fix is not None:
        fix = fix._replace(edits=tuple(Edit(e.span.shifted(by), e.text) for e in fix.edits))
    related = tuple(other.shifted(by) for other in finding.related)
    flow = tuple(step.shifted(by) for step in finding.flow)
    return replace(finding, span=finding.span.shifted(by), fix=fix, related=related, flow=flow)


def _say_what_is_missing(
    snapshot: Snapshot, source: Source, blocks: list[Block], known: list[_Known]
) -> None:
    """Names the lines that were not, or not wholly, checked.

    Raises:
        NotChecked: there are such lines.
    """
    reasons = []
    if lines := _lines(snapshot, source.gaps()):
        reasons.append(f"{lines} could not be parsed")
    skipped = (b.node for b, k in zip(blocks, known, strict=True) if k.cut or not k.whole)
    starts = (source.offset(node.start_byte) for node in skipped)
    if lines := _lines(snapshot, (Span(at, at) for at in starts)):
        reasons.append(f"what starts at {lines} is too deep or too large to be checked")
    if reasons:
        raise NotChecked("; ".join(reasons) + "; the rest was checked")


def _lines(snapshot: Snapshot, spans: Iterable[Span]) -> str:
    """The lines of the spans: "line 3", "lines 3, 5-7 and 12 more"."""
    ranges: list[tuple[int, int]] = []
    for span in sorted(spans):
        first, last = (snapshot.position(at).line + 1 for at in span)
        if ranges and first <= ranges[-1][1] + 1:
            ranges[-1] = ranges[-1][0], max(last, ranges[-1][1])
        else:
            ranges.append((first, last))
    if not ranges:
        return ""
    named = [f"{first}" if first == last else f"{first}-{last}" for first, last in ranges]
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    one = len(named) == 1 and "-" not in named[0]
    return f"line{'' if one else 's'} {', '.join(named[:_NAMED])}{more}"


ANALYZER = Analyzer(
    name=NAME,
    pace=Pace.KEYSTROKE,
    rules=rules,
    analyze=_analyze,
    languages=frozenset(DIALECTS),
)
