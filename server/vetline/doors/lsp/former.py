"""What a review's code was when somebody asked for it, as far as git knows, and how it differs from what it is now."""

from __future__ import annotations

import asyncio
import difflib
import time
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from vetline import history, stores, subject
from vetline.doors.lsp import masking
from vetline.git import GitError
from vetline_analyzers.engine.identity import everywhere

if TYPE_CHECKING:
    from pathlib import Path

    from vetline.doors.lsp.lenses import Mark
    from vetline.doors.lsp.server import Server
    from vetline.doors.lsp.workspace import Project
    from vetline.review import ReviewRequest
    from vetline_analyzers.core.text import Snapshot, Span

    Lines = tuple[int, int]
    _Text = tuple[Snapshot, Lines, list[Span]]

_SECONDS = 5.0  # that git may be asked


async def changes(
    ls: Server, project: Project, mark: Mark, now: Snapshot, hidden: list[Span] | None
) -> str:
    """A unified diff of a review's code since it was asked for, secrets masked; "" when none can be shown."""
    what = mark.request.subject
    if what.package or what.digest == mark.digest or hidden is None:
        return ""
    base = stores.locate(project.root).base
    found = await asyncio.to_thread(_found, base, mark.request, now)
    if found is None:
        return ""
    before, lines = found
    then = await masking.hidden_in(ls, project, before)
    if then is None:
        return ""
    return await asyncio.to_thread(_diff, (before, lines, then), (now, mark.lines, hidden))


def _diff(old: _Text, new: _Text) -> str:
    # What is a secret in one of them is none to be shown in the other.
    known = [text.slice(span) for text, _, spans in (old, new) for span in spans]
    then, now = (
        masking.shown(text, lines, everywhere(text.text, spans, known))
        for text, lines, spans in (old, new)
    )
    told = difflib.unified_diff(then, now, "when it was asked for", "now", lineterm="")
    return "\n".join(told)


def _found(base: Path, request: ReviewRequest, now: Snapshot) -> tuple[Snapshot, Lines] | None:
    """The text of a commit in which the code stands as it was asked for, and its lines there. Blocks on git."""
    what = request.subject
    try:
        asked = datetime.fromisoformat(request.at).timestamp()
    except ValueError:
        asked = 0.0
    for at in (asked, time.time()):  # it was committed before, or soon after
        try:
            known = history.earlier(base, what.path, at, seconds=_SECONDS)
        except GitError:
            return None
        for one in known:
            before = replace(now, text=one.text)
            if lines := subject.find(what, before).lines:
                return before, lines
    return None
