"""How a project stands, as the page that `vetline dashboard` writes, for a panel of the editor."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pygls.exceptions import JsonRpcInvalidParams

from vetline import ledger, stores
from vetline.doors.options import UsageError
from vetline.ledger import LedgerError

if TYPE_CHECKING:
    from vetline.doors.lsp.server import Server
    from vetline.doors.lsp.workspace import Project


async def of_project(ls: Server, uri: str | None) -> str:
    """The page on the project of a document, without one on the first of the workspace.

    Raises:
        JsonRpcInvalidParams: there is no project, or its ledger cannot be read; says which.
    """
    projects = ls.projects.workspace.projects
    project = ls.projects.of(uri) if uri else next(iter(projects), None)
    if project is None:
        raise JsonRpcInvalidParams("no folder is open")
    try:
        return await asyncio.to_thread(_page, project)
    except (LedgerError, UsageError) as error:
        raise JsonRpcInvalidParams(str(error)) from error


def _page(project: Project) -> str:
    """The page. Blocks on disk."""
    from vetline.doors.dashboard import board, page
    from vetline.doors.metrics import bounds_of

    now = ledger.timestamp(datetime.now(UTC))
    location = stores.locate(project.root)
    shown = board.gather(location, now=now, bounds=bounds_of(project.config))
    return page.rendered(shown, live=True).html
