"""Code as it may be shown in an editor's panel: secrets masked, no more than anybody would read."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from vetline.doors.lsp.desk import Terms
from vetline.formats import whole
from vetline_analyzers import engine
from vetline_analyzers.engine.identity import everywhere, masked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vetline.doors.lsp.server import Server
    from vetline.doors.lsp.workspace import Project
    from vetline_analyzers.core.text import Snapshot, Span
    from vetline_analyzers.engine import Analysis

LINES = 2_000  # that are shown
_LONGEST = 2_000  # characters of one of them


async def hidden_in(ls: Server, project: Project, snapshot: Snapshot) -> list[Span] | None:
    """Where secrets stand in a text; None when that is not known, so that nothing of it may be shown."""
    terms = Terms(project.key, engine.MASKERS, project.config.settings.timeout)
    analysis = await ls.slow.examined(snapshot, terms)
    return await asyncio.to_thread(hidden_by, snapshot, analysis)


def hidden_by(snapshot: Snapshot, analysis: Analysis | None) -> list[Span] | None:
    """The same, when all that mask were asked already."""
    hidden = engine.to_mask(analysis) if analysis is not None else None
    return None if hidden is None else everywhere(snapshot.text, hidden)


def shown(snapshot: Snapshot, lines: tuple[int, int], hidden: Sequence[Span]) -> list[str]:
    """Lines of a text, first and last from 1: as many, and as much of each, as anybody would read."""
    numbers = range(lines[0], min(lines[1], lines[0] + LINES - 1) + 1)
    told = (masked(snapshot, snapshot.line_span(number - 1), hidden) for number in numbers)
    return [whole(one if len(one) <= _LONGEST else f"{one[:_LONGEST]}…") for one in told]
