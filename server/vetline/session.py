"""Where findings meet their authors: the join of a text, what was found and who wrote it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from vetline import review, stores
from vetline.authors import Authors
from vetline.gate import Place, Sighting
from vetline.ledger import LedgerError
from vetline.provenance import Attribution, State
from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Position, Snapshot, Span
from vetline_analyzers.engine.identity import MASK, everywhere, masked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from vetline.settings import Settings
    from vetline_analyzers.core.finding import Finding, Related

    Who = Callable[[Span], Attribution | None]


class Recorded(Protocol):
    """Gives who wrote what in a text; `keep` says that the text is the file as it is."""

    def __call__(self, snapshot: Snapshot, *, keep: bool) -> Who:
        """Gives it for one text.

        Raises:
            LedgerError: what is recorded cannot be read.
        """


_SHOWN = 4  # characters; what a fix writes and is shorter holds no secret
_AROUND = 200  # characters of a line kept on each side of a finding; a minified file is one line


def nobody(_: Span) -> None:
    """Who wrote a stretch of a text of which nothing is known."""


def recorded(root: Path, settings: Settings) -> Recorded | None:
    """Gives who wrote what in a text of the project at `root`; None when nothing is known of any.

    What it gives reads the disk, and runs git, when a text is first asked about; it raises LedgerError
    as this does. It is also told whether the text is the file as it is, so that what is found out may
    be remembered.

    Raises:
        LedgerError: what is recorded is there and cannot be read.
    """
    authors = Authors(root, store_text=settings.store_text)
    if not authors.known:
        return None
    authors.drain()

    def who(snapshot: Snapshot, *, keep: bool) -> Who:
        return partial(authors.tracker(snapshot, keep=keep).touching, snapshot)

    return who


def approving(
    facts: Facts, root: Path, settings: Settings, missed: Callable[[str], object]
) -> Facts:
    """The facts of the project at `root`, with the packages that a person approved where the settings ask for that.

    Args:
        facts: what else is known.
        root: the project.
        settings: its settings.
        missed: told in one line why a ledger that is there cannot be read; then nothing is approved.
    """
    if not settings.dependencies_approval:
        return facts
    purls: frozenset[str] = frozenset()
    try:
        purls = review.approved(review.fold(stores.read(stores.locate(root), review.KINDS)))
    except LedgerError as error:
        missed(str(error))
    policy = facts.dependency_policy._replace(approval=True, approved=purls)
    return replace(facts, dependency_policy=policy)


def assuming(who: Who, settings: Settings) -> Who:
    """The same `who`, but lines of unknown origin are what the settings take them for."""
    if not settings.assume_origin:
        return who
    taken = Attribution(State(settings.assume_origin))

    def told(span: Span) -> Attribution:
        said = who(span)
        return taken if said is None or said.state is State.UNKNOWN else said

    return told


def without_secrets(words: str) -> str:
    """What a person wrote, each secret in it masked, so that it may be kept.

    Where the search for secrets does not come to its end, all of it is masked.
    """
    if not words:
        return words
    snapshot = Snapshot("", "text", 0, words)
    hidden = engine.to_mask(
        engine.examine(snapshot, Facts(), engine.chosen(engine.MASKERS).values())
    )
    if hidden is None:
        return MASK
    return masked(snapshot, Span(0, len(words)), everywhere(words, hidden))


def sight(
    snapshot: Snapshot,
    findings: Sequence[Finding],
    who: Who = nobody,
    *,
    quoting: bool = True,
    blind: bool = False,
) -> list[Sighting]:
    """The findings in their places, each with its origin and a line to show with secrets masked.

    Args:
        snapshot: the text.
        findings: what `engine.conclude` gave for it.
        who: gives who wrote a stretch of it.
        quoting: also give the line to show; an editor shows the text itself. A text with so many
            secrets that some were left out is not quoted.
        blind: not all of its secrets are known, so nothing of it may be shown.
    """
    secrets = [finding.span for finding in findings if finding.secret]
    blind = blind or len(secrets) >= engine.MOST
    hidden = everywhere(snapshot.text, secrets) if quoting and not blind else None
    values = {snapshot.slice(span) for span in secrets}
    return [
        replace(
            _sighting(snapshot, finding, hidden, who),
            edits=_edits(snapshot, finding, values, blind=blind),
        )
        for finding in findings
    ]


def _edits(
    snapshot: Snapshot, finding: Finding, secrets: Collection[str], *, blind: bool
) -> tuple[Place, ...]:
    """What a fix does, to be shown; nothing where it writes a secret down again."""
    edits = finding.fix.edits if finding.fix else ()
    written = [edit.text for edit in edits if len(edit.text) >= _SHOWN]
    if written and (blind or any(secret in text for text in written for secret in secrets)):
        return ()
    return tuple(_place(snapshot, edit.span, edit.text) for edit in edits)


def _sighting(
    snapshot: Snapshot, finding: Finding, secrets: Sequence[Span] | None, who: Who
) -> Sighting:
    excerpt, caret = "", Span(0, 0)
    if secrets is not None:
        excerpt, caret = _excerpt(snapshot, finding.span, secrets)
    edits = finding.fix.edits if finding.fix else ()
    return Sighting(
        path=snapshot.path,
        finding=finding,
        start=snapshot.position(finding.span.start),
        end=snapshot.position(finding.span.end),
        excerpt=excerpt,
        caret=caret,
        related=tuple(_related(snapshot, other) for other in finding.related),
        flow=tuple(_related(snapshot, step) for step in finding.flow),
        ascii=_ascii(snapshot, [finding.span, *(edit.span for edit in edits)]),
        origin=who(finding.span),
    )


def _place(snapshot: Snapshot, span: Span, text: str) -> Place:
    return Place(snapshot.position(span.start), snapshot.position(span.end), text)


def _related(snapshot: Snapshot, other: Related) -> Place:
    if not other.path:
        return _place(snapshot, other.span, other.message)
    there = Position(max(other.line - 1, 0), 0)
    return Place(there, there, other.message, other.path)


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
