"""Insecure patterns: what a syntax tree shows, block by block, and where data flows.

What the rules on syntax remember is said in `syntax/blockwise.py`. What data flow remembers
is said in `flow/program.py`: a function runs again when what it asked for outside changed, the module level always.
"""

from __future__ import annotations

from functools import cache, partial
from itertools import count
from typing import TYPE_CHECKING

from vetline_analyzers.core import shelf
from vetline_analyzers.core.analyzer import Analyzer, Pace
from vetline_analyzers.core.text import Snapshot, Span
from vetline_analyzers.flow.findings import findings, span_of, told_once
from vetline_analyzers.flow.language import language
from vetline_analyzers.flow.program import Program
from vetline_analyzers.flow.rule import FlowRule
from vetline_analyzers.flow.value import FOREIGN
from vetline_analyzers.syntax import blockwise, tree
from vetline_analyzers.syntax.blocks import split
from vetline_analyzers.syntax.blockwise import LIMIT, context_of, facts_of
from vetline_analyzers.syntax.query import DIALECTS, merge
from vetline_analyzers.syntax.rule import PatternRule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from vetline_analyzers.core.analyzer import Facts, Memo, Neighbour
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.flow.language import Language
    from vetline_analyzers.syntax.blockwise import Look
    from vetline_analyzers.syntax.query import Merged

NAME = "patterns"
_NUMBERS = count(1)  # of the files that others import: their blocks are numbered apart
_HELD = 2_000_000  # characters of files that others import; what is known of them takes a hundred times as much
_KEPT: dict[tuple[str, Neighbour, frozenset[str]], Program | None] = {}


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
    blockwise.refuse(snapshot, memo, "insecure patterns")
    found = blockwise.look(snapshot, memo, merged(snapshot.language), NAME)
    around = facts.neighbours, facts.modules
    if found.is_new or around != memo.get("around"):
        memo["around"] = around
        memo.pop("flows", None)
    flows, unfed, cut = _flows(snapshot, facts, found, memo)
    fed = _fed(snapshot.language)
    patterns = [
        each
        for block in range(len(found.blocks))
        for each in found.findings(block)
        if each.span not in unfed or each.rule not in fed
    ]
    yield from sorted(told_once(flows, patterns), key=lambda f: (f.span, f.rule))
    blockwise.say_what_is_missing(snapshot, found, cut)


@cache
def _fed(language: str) -> frozenset[str]:
    """The rules whose harm comes through an argument."""
    return frozenset(r.id for r in _rules_for(language) if isinstance(r, PatternRule) and r.fed)


def _flows(
    snapshot: Snapshot, facts: Facts, found: Look, memo: Memo
) -> tuple[list[Finding], set[Span], Collection[int]]:
    """What data flow finds, the calls that it shows to be harmless, and the blocks it could not run to the end."""
    flow = flowing(snapshot.language)
    if flow is None:
        return [], set(), ()
    program = Program(
        found.source,
        merged(snapshot.language).dialect,
        flow,
        found.context.aliases,
        found.blocks,
        memo,
        facts.modules,
        partial(_neighbour, snapshot.language, facts.neighbours, facts.modules),
        around=facts.neighbours,
    )
    outcome = program.run()
    unfed = {span_of(found.source, found.blocks, place) for place in outcome.unfed}
    faults = findings(NAME, found.source, found.blocks, outcome.faults)
    return list(faults), unfed, outcome.cut


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
    if flow is None or len(text) > LIMIT or blockwise.CONTINUED.search(text):
        return None
    memo: Memo = {}
    source = tree.parse(Snapshot("", language, 0, text), memo)
    machine = merged(language)
    blocks = list(split(source, machine.dialect))
    known = [facts_of(source, machine, block, machine.look(block.node)) for block in blocks]
    aliases = context_of(known).aliases
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


ANALYZER = Analyzer(
    name=NAME,
    pace=Pace.KEYSTROKE,
    rules=rules,
    analyze=_analyze,
    languages=frozenset(DIALECTS),
)
