"""Hidden text: what a person does not see and a compiler or a model reads.

The ways to hide it stand on the shelf `carriers/`, a file each. A text without the marks of a carrier costs
next to nothing; one that is all ASCII is never searched for invisible characters.
"""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from vetline_analyzers.carriers import all_carriers
from vetline_analyzers.core.analyzer import Analyzer, Pace
from vetline_analyzers.core.text import Span
from vetline_analyzers.hidden.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.core.analyzer import Facts, Memo
    from vetline_analyzers.core.finding import Finding, Rule
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.hidden.source import Carrier

NAME = "hidden_text"
_MOST = 500  # findings of a rule in one text: more would tell nobody more


@cache
def rules() -> tuple[Rule, ...]:
    """The rule of each carrier."""
    return tuple(carrier.rule for carrier in all_carriers())


def _analyze(snapshot: Snapshot, _facts: Facts, _memo: Memo) -> Iterator[Finding]:
    source = Source(snapshot)
    is_ascii = snapshot.text.isascii()
    asked = [c for c in all_carriers() if _may_hold(c, source, is_ascii=is_ascii)]
    found = [
        carrier.rule.found(NAME, Span(start, end), message, fix=fix)
        for carrier in asked
        for start, end, message, fix in islice(carrier.find(source), _MOST)
    ]
    yield from sorted(found, key=lambda finding: finding.span)


def _may_hold(carrier: Carrier, source: Source, *, is_ascii: bool) -> bool:
    if carrier.documents and not source.is_document:
        return False
    if not carrier.marks:
        return not is_ascii
    return any(mark in source.text for mark in carrier.marks)


ANALYZER = Analyzer(name=NAME, pace=Pace.KEYSTROKE, rules=rules, analyze=_analyze)
