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
    from vetline.provenance import Origin, Regions
    from vetline.stores import Location, Receipt
    from vetline_analyzers.core.text import Snapshot, Span

_location = cache(stores.locate)
_actor = cache(ledger.actor)


@cache
def subject(root: Path, uri: str) -> str:
    """A document's path as events name it, relative to the repository."""
    path = files.path_of(uri.partition("#")[0])
    return _location(root).subject(path) if path else uri


def reviews(root: Path) -> dict[str, dict[str, str]]:
    """Who asked for a review: by subject, then by fingerprint, the name.

    Raises:
        LedgerError: the ledger is there and cannot be read.
    """
    asked: dict[str, dict[str, str]] = {}
    for request in review.fold(stores.read(_location(root), [Kind.REVIEW_REQUESTED])):
        of_path = asked.setdefault(request.subject.path, {})
        for fingerprint in request.subject.fingerprints:
            of_path.setdefault(fingerprint, _name(request.requester))
    return asked


def request(
    root: Path, document: Snapshot, span: Span, sighting: Sighting, note: str
) -> tuple[dict[str, Any], str]:
    """Ask for a review of a finding; gives the request, and a notice where it is kept elsewhere.

    Args:
        root: the project.
        document: the document's text.
        span: the finding's place in it.
        sighting: the finding.
        note: what the requester wrote.

    Raises:
        LedgerError: it cannot be written; says what to do.
    """
    location = _location(root)
    finding = sighting.finding
    draft = review.request(
        document,
        span,
        key=stores.key(location),
        subject=subject(root, document.uri),
        findings=[finding],
        reasons=[finding.message],
        note=session.without_secrets(note),
    )
    receipt = _append(root, location, draft)
    found = review.fold(stores.read(location, [Kind.REVIEW_REQUESTED], draft.subject))
    asked = review.of_finding(found, draft.subject, finding)
    answer = {"id": asked.id, "requester": _name(asked.requester)} if asked else {}
    return answer, receipt.why


def describe(root: Path, uri: str, fingerprint: str) -> list[str]:
    """The requests for a finding, a line each.

    Raises:
        LedgerError: the ledger is there and cannot be read.
    """
    path = subject(root, uri)
    found = review.fold(stores.read(_location(root), [Kind.REVIEW_REQUESTED], path))
    return [
        f"{asked.id}: review of {', '.join(asked.subject.rules)} requested by "
        f"{_name(asked.requester)} at {asked.at}" + (f": {asked.note}" if asked.note else "")
        for asked in found
        if fingerprint in asked.subject.fingerprints
    ]


def remember(root: Path, document: Snapshot, span: Span, origin: Origin) -> None:
    """Note an AI's insertion.

    Raises:
        LedgerError: it cannot be written.
    """
    location = _location(root)
    draft = insertions.insertion(
        document, span, origin, key=stores.key(location), subject=subject(root, document.uri)
    )
    if draft is not None:
        _append(root, location, draft)


def regions(root: Path, document: Snapshot) -> Regions:
    """What the ledger knows of who wrote a document.

    Raises:
        LedgerError: the ledger is there and cannot be read.
    """
    return session.recorded(root)(document)


def _append(root: Path, location: Location, draft: Draft) -> Receipt:
    now = ledger.timestamp(datetime.now(UTC))
    return stores.append(location, [draft], at=now, actor=_actor(root))


def _name(actor: str) -> str:
    return actor.partition("<")[0].strip() or actor
