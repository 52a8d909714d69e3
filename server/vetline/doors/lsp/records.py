"""What the editor writes to the ledger and reads from it. Blocks on disk: not for the event loop."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from vetline import files, insertions, ledger, review, session, stores
from vetline.doors.review import asking
from vetline_analyzers.core.universe import of_purl

if TYPE_CHECKING:
    from pathlib import Path

    from vetline.doors.review.asking import Wish
    from vetline.ledger import Draft
    from vetline.provenance import Origin
    from vetline.review import ReviewRequest
    from vetline.settings import Settings
    from vetline.stores import Location, Receipt
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot, Span

_author = cache(ledger.actor)  # of insertions, which come often; who asks for a review is looked up


def subject(root: Path, uri: str) -> str:
    """A document's path as events name it, relative to the repository."""
    path = files.path_of(uri.partition("#")[0])
    return stores.locate(root).subject(path) if path else uri


def request(root: Path, settings: Settings, wanted: Wish) -> tuple[dict[str, Any], str]:
    """Ask for a review; gives the request, and a notice where it is kept elsewhere.

    Args:
        root: the project.
        settings: its settings.
        wanted: what is to be reviewed.

    Raises:
        LedgerError: it cannot be written; says what to do.
        UsageError: its file cannot be written.
    """
    asked = asking.ask(root, settings, wanted)
    return _answer(asked.request), asked.notice


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
