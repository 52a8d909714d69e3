"""What rules on syntax find in a text, block by block, and what is remembered of it between edits.

The rules look again only at blocks whose text changed; the others keep their findings, moved along. When the
file's imports, aliases or module-level strings change, all blocks are looked at again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.analyzer import NotChecked
from vetline_analyzers.core.finding import Related
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.syntax import unfinished
from vetline_analyzers.syntax.blocks import split
from vetline_analyzers.syntax.scope import Context, OutOfBudget, Scope

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from tree_sitter import Node

    from vetline_analyzers.core.analyzer import Memo
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.syntax.blocks import Block
    from vetline_analyzers.syntax.dialect import Binding, Piece
    from vetline_analyzers.syntax.query import Merged
    from vetline_analyzers.syntax.rule import Hit, PatternRule
    from vetline_analyzers.syntax.tree import Source

LIMIT = 2_000_000  # characters; a larger file is data or a bundle, and would take seconds
CONTINUED = re.compile(r"(?:\\\r?\n){1000}")  # the parser's time grows with their square
_STRING = 4_000  # bytes; what is longer is a table or a text, not a query
_SHORT = 200  # bytes of a constant whose text the rules may ask for: a key, an address
_NAMED = 5  # lines that a message lists


@dataclass(frozen=True, slots=True)
class Known:
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

    def is_missed(self) -> bool:
        """Whether something of it was not looked at."""
        return self.cut or not self.whole


class Look(NamedTuple):
    """A text that the rules have looked at.

    Attributes:
        source: its tree.
        blocks: its blocks.
        known: what is known of each.
        context: what they share.
        is_new: they share something else than the last time.
    """

    source: Source
    blocks: list[Block]
    known: list[Known]
    context: Context
    is_new: bool

    def findings(self, block: int) -> Iterator[Finding]:
        """The findings in a block, in their places."""
        found = self.known[block].findings
        start = self.source.offset(self.blocks[block].node.start_byte) if found else 0
        return (moved(finding, start) for finding in found or ())


def refuse(snapshot: Snapshot, memo: Memo, what: str) -> None:
    """Leave alone what would take too long.

    Raises:
        NotChecked: it is such a text; says that `what` "were not looked for".
    """
    reason = ""
    if len(snapshot.text) > LIMIT:
        reason = f"larger than {LIMIT:,} characters"
    elif CONTINUED.search(snapshot.text):
        reason = "has over 1,000 empty continued lines"
    if reason:
        memo.clear()
        raise NotChecked(f"{reason}: {what} were not looked for")


def look(snapshot: Snapshot, memo: Memo, machine: Merged, analyzer: str) -> Look:
    """Have the rules look at a text.

    Args:
        snapshot: the text.
        memo: the analyzer's memory of the document.
        machine: the rules.
        analyzer: its name.
    """
    source = unfinished.parse(snapshot, memo)
    blocks = list(split(source, machine.dialect))
    old: dict[object, Known] = memo.get("blocks", {})
    captures: dict[int, dict[str, list[Node]] | None] = {}
    known: list[Known] = []
    for number, block in enumerate(blocks):
        if block.key is not None and block.key in old:
            known.append(old[block.key])
        else:
            captures[number] = found = machine.look(block.node)
            known.append(facts_of(source, machine, block, found))
    context = context_of(known)
    is_new = context != memo.get("context")
    if is_new:
        known = [replace(each, findings=None) for each in known]
    for number, (block, each) in enumerate(zip(blocks, known, strict=True)):
        if each.findings is None:
            seen = captures[number] if number in captures else machine.look(block.node)
            scope = Scope(source, machine.dialect, context, block.node)
            known[number] = _judged(analyzer, machine, scope, each, seen)
    memo["context"] = context
    memo["blocks"] = {b.key: k for b, k in zip(blocks, known, strict=True) if b.key is not None}
    return Look(source, blocks, known, context, is_new)


def facts_of(
    source: Source, machine: Merged, block: Block, found: dict[str, list[Node]] | None
) -> Known:
    """What a block shares with the others; the rules have not looked at it."""
    if found is None:
        return Known((), (), cut=True)
    scope = Scope(source, machine.dialect, Context(), block.node)
    bindings = machine.bindings(source, found)
    try:
        return Known(bindings, tuple(_module_strings(scope)))
    except OutOfBudget:
        return Known(bindings, (), cut=True)


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


def context_of(known: Iterable[Known]) -> Context:
    """What the blocks share."""
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
    analyzer: str,
    machine: Merged,
    scope: Scope,
    known: Known,
    captures: dict[str, list[Node]] | None,
) -> Known:
    """The block with what the rules find in it."""
    if captures is None:
        return replace(known, findings=(), whole=False)
    start = scope.source.offset(scope.block.start_byte)
    found: dict[tuple[Span, str], Finding] = {}
    whole = True
    try:
        for rule, hit in machine.hits(scope, captures):
            if finding := _asked(analyzer, rule, hit):
                found.setdefault((finding.span, finding.rule), moved(finding, -start))
    except OutOfBudget:
        whole = False
    return replace(known, findings=tuple(found[key] for key in sorted(found)), whole=whole)


def _asked(analyzer: str, rule: PatternRule, hit: Hit) -> Finding | None:
    report = rule.check(hit)
    if report is None:
        return None
    span = hit.scope.source.span(report.node or hit.node)
    finding = rule.found(analyzer, span, report.message, fix=report.fix)
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


def moved(finding: Finding, by: int) -> Finding:
    """The same finding, with its places that much further on."""
    fix = finding.fix
    if fix is not None:
        fix = fix._replace(edits=tuple(Edit(e.span.shifted(by), e.text) for e in fix.edits))
    related = tuple(other.shifted(by) for other in finding.related)
    flow = tuple(step.shifted(by) for step in finding.flow)
    return replace(finding, span=finding.span.shifted(by), fix=fix, related=related, flow=flow)


def say_what_is_missing(snapshot: Snapshot, found: Look, cut: Collection[int] = ()) -> None:
    """Name the lines that were not, or not wholly, checked.

    Args:
        snapshot: the text.
        found: what was looked at.
        cut: numbers of further blocks that were not looked at to the end.

    Raises:
        NotChecked: there are such lines.
    """
    reasons = []
    if lines := _lines(snapshot, found.source.gaps()):
        reasons.append(f"{lines} could not be parsed")
    missed = {number for number, known in enumerate(found.known) if known.is_missed()}
    skipped = (found.blocks[number].node for number in sorted(missed.union(cut)))
    starts = (found.source.offset(node.start_byte) for node in skipped)
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
