"""What the editor writes to the ledger and reads from it. Blocks on disk: not for the event loop."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from vetline import files, insertions, ledger, review, session, stores
from vetline.ledger import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from vetline.gate import Sighting
    from vetline.ledger import Draft
    from vetline.provenance import Origin
    from vetline.stores import Location, Receipt
    from vetline_analyzers.core.text import Snapshot, Span

_author = cache(ledger.actor)  # of insertions, which come often; who asks for a review is looked up


def subject(root: Path, uri: str) -> str:
    """A document's path as events name it, relative to the repository."""
    path = files.path_of(uri.partition("#")[0])
    return stores.locate(root).subject(path) if path else uri


def reviews(root: Path) -> dict[str, dict[str, str]]:
    """Who asked for a review: by subject, then by fingerprint, the name.

    Raises:
        LedgerError: the ledger is there and cannot be read.
    """
    events = stores.read(stores.locate(root), [Kind.REVIEW_REQUESTED])
    return review.requesters(review.fold(events))


def request(
    root: Path, snapshot: Snapshot, sighting: Sighting, note: str
) -> tuple[dict[str, Any], str]:
    """Ask for a review of a finding; gives the request, and a notice where it is kept elsewhere.

    Args:
        root: the project.
        snapshot: the text the finding is in.
        sighting: the finding.
        note: what the requester wrote.

    Raises:
        LedgerError: it cannot be written; says what to do.
    """
    location = stores.locate(root)
    finding = sighting.finding
    draft = review.request(
        snapshot,
        finding.span,
        key=stores.key(location),
        subject=subject(root, snapshot.uri),
        findings=[finding],
        reasons=[finding.message],
        note=session.without_secrets(note),
    )
    receipt = _append(location, draft, ledger.actor(root))
    found = review.fold(stores.read(location, [Kind.REVIEW_REQUESTED], draft.subject))
    asked = next(one for one in found if finding.fingerprint in one.subject.fingerprints)
    answer = {"id": asked.id, "requester": review.display_name(asked.requester)}
    return answer, receipt.why


def describe(root: Path, uri: str, fingerprint: str) -> list[str]:
    """The requests for a finding, a line each.

    Raises:
        LedgerError: the ledger is there and cannot be read.
    """
    path = subject(root, uri)
    found = review.fold(stores.read(stores.locate(root), [Kind.REVIEW_REQUESTED], path))
    return [
        f"{asked.id}: review of {', '.join(asked.subject.rules)} requested by "
        f"{review.display_name(asked.requester)} at {asked.at}"
        + (f": {asked.note}" if asked.note else "")
        for asked in found
        if fingerprint in asked.subject.fingerprints
    ]


def remember(root: Path, document: Snapshot, span: Span, origin: Origin) -> None:
    """Note an AI's insertion.

    Raises:
        LedgerError: it cannot be written.
    """
    location = stores.locate(root)
    draft = insertions.insertion(
        document, span, origin, key=stores.key(location), subject=subject(root, document.uri)
    )
    if draft is not None:
        _append(location, draft, _author(root))


def _append(location: Location, draft: Draft, actor: str) -> Receipt:
    return stores.append(location, [draft], at=ledger.timestamp(datetime.now(UTC)), actor=actor)
