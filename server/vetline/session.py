"""Where findings meet their authors: the join of a text, what was found and who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline import insertions, provenance, stores
from vetline.gate import Place, Sighting
from vetline.ledger import Kind
from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Snapshot, Span
from vetline_analyzers.engine.identity import MASK, join, masked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from vetline.ledger import AuditEvent
    from vetline.provenance import Regions
    from vetline_analyzers.core.finding import Finding

_AROUND = 200  # characters of a line kept on each side of a finding; a minified file is one line


def recorded(root: Path) -> Callable[[Snapshot], Regions]:
    """Gives who wrote what in a text of the project at `root`, as its ledger remembers.

    Raises:
        LedgerError: the ledger is there and cannot be read.
    """
    location = stores.locate(root)
    told: dict[str, list[AuditEvent]] = {}
    for event in stores.read(location, [Kind.INSERTION]):
        told.setdefault(event.subject, []).append(event)
    if not told:
        return lambda _: ()
    key = stores.key(location)

    def regions(snapshot: Snapshot) -> Regions:
        events = told.get(location.subject(root / snapshot.path))
        return insertions.recall(events, key, snapshot) if events else ()

    return regions


def without_secrets(words: str) -> str:
    """What a person wrote, each secret in it masked, so that it may be kept.

    Where the search for secrets does not come to its end, all of it is masked.
    """
    if not words:
        return words
    snapshot = Snapshot("", "text", 0, words)
    found = engine.examine(snapshot, Facts(), [engine.analyzers()["secrets"]])
    if found.failures:
        return MASK
    return masked(snapshot, Span(0, len(words)), join(f.span for f in found.findings))


def sight(
    snapshot: Snapshot, findings: Sequence[Finding], regions: Regions, *, quoting: bool = True
) -> list[Sighting]:
    """The findings in their places, each with its origin and a line to show with secrets masked.

    Args:
        snapshot: the text.
        findings: what `engine.conclude` gave for it.
        regions: who wrote what in it.
        quoting: also give what a report shows of the text; an editor shows the text itself. A text
            with so many secrets that some were left out is not quoted.
    """
    secrets = [finding.span for finding in findings if finding.secret]
    if not quoting or len(secrets) >= engine.MOST:
        return [
            Sighting(
                path=snapshot.path,
                finding=finding,
                start=snapshot.position(finding.span.start),
                end=snapshot.position(finding.span.end),
                origin=provenance.origin_of(regions, finding.span),
            )
            for finding in findings
        ]
    hidden = join(secrets)
    return [_sighting(snapshot, finding, hidden, regions) for finding in findings]


def _sighting(
    snapshot: Snapshot, finding: Finding, secrets: Sequence[Span], regions: Regions
) -> Sighting:
    excerpt, caret = _excerpt(snapshot, finding.span, secrets)
    edits = finding.fix.edits if finding.fix else ()
    return Sighting(
        path=snapshot.path,
        finding=finding,
        start=snapshot.position(finding.span.start),
        end=snapshot.position(finding.span.end),
        excerpt=excerpt,
        caret=caret,
        edits=tuple(_place(snapshot, edit.span, edit.text) for edit in edits),
        related=tuple(_place(snapshot, r.span, r.message) for r in finding.related),
        ascii=_ascii(snapshot, [finding.span, *(edit.span for edit in edits)]),
        origin=provenance.origin_of(regions, finding.span),
    )


def _place(snapshot: Snapshot, span: Span, text: str) -> Place:
    return Place(snapshot.position(span.start), snapshot.position(span.end), text)


def _ascii(snapshot: Snapshot, spans: Sequence[Span]) -> bool:
    if snapshot.text.isascii():
        return True
    first = snapshot.position(min(span.start for span in spans)).line
    last = snapshot.position(max(span.end for span in spans)).line
    return snapshot.text[snapshot.line_starts[first] : snapshot.line_span(last).end].isascii()


def _excerpt(snapshot: Snapshot, span: Span, secrets: Sequence[Span]) -> tuple[str, Span]:
    """The line `span` starts on, masked and cut, and the part of it that `span` is."""
    line = snapshot.line_span(snapshot.position(span.start).line)
    at, until = min(span.start, line.end), min(span.end, line.end, span.start + _AROUND)
    first, last = max(line.start, at - _AROUND), min(line.end, until + _AROUND)
    before = ("…" if first > line.start else "") + masked(snapshot, Span(first, at), secrets)
    inside = masked(snapshot, Span(at, until), secrets)
    after = masked(snapshot, Span(until, last), secrets) + ("…" if last < line.end else "")
    return before + inside + after, Span(len(before), len(before) + len(inside))
