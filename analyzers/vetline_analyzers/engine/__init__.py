"""The machine: runs analyzers over a snapshot and makes one list of what they say.

`examine` asks the analyzers, `conclude` joins their answers. Both are functions of their arguments;
an answer may be concluded again with others that came later, which is how quick and slow analyzers
meet in an editor.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from heapq import nsmallest
from typing import TYPE_CHECKING

from vetline_analyzers.core import shelf
from vetline_analyzers.core.analyzer import NotChecked, Unreadable
from vetline_analyzers.engine import gate_rules, identity, pages, suppression
from vetline_analyzers.engine.merge import merge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline_analyzers.core.analyzer import Analyzer, Facts, Memo
    from vetline_analyzers.core.finding import Finding, Rule
    from vetline_analyzers.core.text import Snapshot, Span

log = logging.getLogger(__name__)

# The analyzers to ask where a text is shown: what any other marks as a secret, one of these finds too.
_SEARCHERS = ("secrets", "detect_secrets")
MASKERS = (*_SEARCHERS, "configuration")

# Of one analyzer in one text. Nobody reads more, and an editor would stand still over them.
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Failure:
    """Something asked for that could not be checked. A gate that sees one fails closed.

    Attributes:
        path: the file, relative to the project's root.
        reason: one line for a person, never with text of the file in it.
        analyzer: who could not, "" when nobody could.
        partial: the text itself stands in the way (it does not parse, it has too many faults); the
            rest was checked.
    """

    path: str
    reason: str
    analyzer: str = ""
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """What analyzers said of one snapshot."""

    findings: tuple[Finding, ...] = ()
    failures: tuple[Failure, ...] = ()


def analyzers() -> dict[str, Analyzer]:
    """The analyzers on the shelf, by name."""
    return chosen(None)


@cache
def chosen(names: tuple[str, ...] | None) -> dict[str, Analyzer]:
    """The analyzers of these names, or all, by name; no other is loaded."""
    return shelf.load("vetline_analyzers", "ANALYZER", names)


@cache
def rules() -> dict[str, Rule]:
    """Every rule there is, by id. Slow on first use: it loads each analyzer's libraries."""
    found = [rule for analyzer in analyzers().values() for rule in analyzer.rules()]
    own = [*suppression.RULES, *gate_rules.RULES]
    return {rule.id: rule for rule in sorted([*found, *own], key=lambda r: r.id)}


def page(rule: Rule) -> str:
    """A rule's page in Markdown, its examples fit to be shown."""
    return pages.page(rule, chosen(_SEARCHERS).values())


def brief(rule: Rule) -> str:
    """The page as an editor shows it beside the code."""
    return pages.brief(rule, chosen(_SEARCHERS).values())


def examine(
    snapshot: Snapshot,
    facts: Facts,
    ask: Iterable[Analyzer],
    memos: dict[str, Memo] | None = None,
) -> Analysis:
    """What each analyzer of `ask` finds in `snapshot`.

    One that raises costs its own findings only, and is said: never a clean answer in its place. So is
    one that finds more than `MOST`, of which those stay that most readers see, the severest first.

    Args:
        snapshot: the text.
        facts: what is known beyond it.
        ask: the analyzers; those that do not serve the language are passed over.
        memos: a dictionary that the caller keeps for this document, to make the next call faster.

    Returns:
        Findings with their fingerprints, not yet merged across analyzers or suppressed.
    """
    memos = {} if memos is None else memos
    findings: list[Finding] = []
    failures: list[Failure] = []
    asked = [analyzer for analyzer in ask if analyzer.serves(snapshot.language)]
    for analyzer in asked:
        own: list[Finding] = []
        try:
            own.extend(analyzer.analyze(snapshot, facts, memos.setdefault(analyzer.name, {})))
        except Unreadable as why:
            # The stand-in says by itself what it cannot read. Who asks for one analyzer only wants to know.
            if not analyzer.stand_in or len(asked) == 1:
                failures.append(Failure(snapshot.path, str(why), analyzer.name, partial=True))
        except NotChecked as why:
            failures.append(Failure(snapshot.path, str(why), analyzer.name, partial=True))
        except (Exception, RecursionError) as error:  # noqa: BLE001 - said, not swallowed
            # The type only: an exception's words may quote the file.
            log.warning("%s failed on %s: %s", analyzer.name, snapshot.path, type(error).__name__)
            memos.pop(analyzer.name, None)
            reason = f"{analyzer.name} failed ({type(error).__name__})"
            failures.append(Failure(snapshot.path, reason, analyzer.name))
        if len(own) > MOST:
            own = nsmallest(MOST, own, key=_urgency)
            reason = f"{analyzer.name} found over {MOST:,} faults; the lesser ones are left out"
            failures.append(Failure(snapshot.path, reason, analyzer.name, partial=True))
        findings += own
    return Analysis(tuple(identity.identify(snapshot, facts, findings)), tuple(failures))


def to_mask(analysis: Analysis) -> list[Span] | None:
    """What must not be shown of a text, sorted and joined.

    Args:
        analysis: what `MASKERS` said of it, or they and others.

    Returns:
        None when the search for secrets did not come to its end, so that nothing of the text may be shown.
    """
    if any(is_blind(failure) for failure in analysis.failures):
        return None
    return identity.join(finding.span for finding in analysis.findings if finding.secret)


def is_blind(failure: Failure) -> bool:
    """Whether secrets may have gone unseen by it. What does not parse as a document is searched as a text all the same."""
    searching = _SEARCHERS if failure.partial else ("", *MASKERS)
    return not set(failure.analyzer.split(", ")).isdisjoint(searching)


def _urgency(finding: Finding) -> tuple[object, ...]:
    return (finding.persona, -finding.severity, finding.span, finding.rule, finding.message)


def conclude(snapshot: Snapshot, findings: Iterable[Finding]) -> list[Finding]:
    """One list for people: the same fault once, suppressions honoured, in the order of the text.

    Args:
        snapshot: the text the findings were made of.
        findings: what `examine` gave, from one call or several.

    Returns:
        All findings; those that a comment silences carry their `suppression`.
    """
    merged = merge(snapshot, findings)
    return sorted(suppression.apply(snapshot, merged), key=lambda f: (f.span, f.rule))
