"""What the editor writes to the ledger and reads from it. Blocks on disk: not for the event loop."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from vetline import files, insertions, ledger, review, stores
from vetline.doors.review import asking

if TYPE_CHECKING:
    from pathlib import Path

    from vetline.doors.review.asking import Wish
    from vetline.provenance import Origin
    from vetline.settings import Settings
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
    found = asked.request
    return {"id": found.id, "requester": review.display_name(found.requester)}, asked.notice


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
        now = ledger.timestamp(datetime.now(UTC))
        stores.append(location, [draft], at=now, actor=_author(root))
