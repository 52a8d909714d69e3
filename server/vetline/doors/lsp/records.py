"""What the editor writes to the ledger and reads from it. Blocks on disk: not for the event loop."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from vetline import files, insertions, ledger, review, session, stores
from vetline_analyzers.core.universe import of_purl

if TYPE_CHECKING:
    from pathlib import Path

    from vetline.gate import Sighting
    from vetline.ledger import Draft
    from vetline.provenance import Origin
    from vetline.review import ReviewRequest
    from vetline.stores import Location, Receipt
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot, Span

_author = cache(ledger.actor)  # of insertions, which come often; who asks for a review is looked up


def subject(root: Path, uri: str) -> str:
    """A document's path as events name it, relative to the repository."""
    path = files.path_of(uri.partition("#")[0])
    return stores.locate(root).subject(path) if path else uri


def reviews(root: Path) -> dict[str, dict[str, str]]:
    """Who asked for a review: by subject, then by fingerprint, the name; of packages as `review.requesters` has it.

    Raises:
        LedgerError: the ledger is there and cannot be read.
    """
    return review.requesters(review.fold(stores.read(stores.locate(root), review.KINDS)))


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
    found = review.fold(stores.read(location, review.KINDS, draft.subject))
    asked = next(one for one in found if finding.fingerprint in one.subject.fingerprints)
    return _answer(asked), receipt.why


def vet(root: Path, finding: Finding, note: str) -> tuple[dict[str, Any], str]:
    """Ask for a review of the package that a finding is about; gives and raises what `request` does.

    Raises:
        ValueError: the finding is about none.
    """
    package = of_purl(finding.package)
    if package is None:
        raise ValueError("this finding is not about a package")
    location = stores.locate(root)
    note = session.without_secrets(note)
    draft = review.vetting(package, rules=[finding.rule], reasons=[finding.message], note=note)
    receipt = _append(location, draft, ledger.actor(root))
    found = review.fold(stores.read(location, review.KINDS, draft.subject))
    return _answer(found[-1]), receipt.why


def _answer(asked: ReviewRequest) -> dict[str, Any]:
    return {"id": asked.id, "requester": review.display_name(asked.requester)}


def describe(root: Path, uri: str, fingerprint: str, package: str = "") -> list[str]:
    """The open requests for a finding, and for the package that it is about, a line each.

    Raises:
        LedgerError: the ledger is there and cannot be read.
    """
    location = stores.locate(root)
    found = review.fold(stores.read(location, review.KINDS, subject(root, uri)))
    if package:
        found += review.fold(stores.read(location, review.KINDS, package))
    return [
        f"{asked.id}: review of {asked.subject.package or ', '.join(asked.subject.rules)} requested by "
        f"{review.display_name(asked.requester)} at {asked.at}"
        + (f": {asked.note}" if asked.note else "")
        for asked in found
        if asked.decision is None
        and (fingerprint in asked.subject.fingerprints or asked.subject.package)
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
