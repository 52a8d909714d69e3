"""What a person who decides on a review is shown: the code, who wrote it, what is found in it, what changed since."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from vetline import files, provenance, stores, subject
from vetline.doors.lsp import former, inspection, masking, reviewing
from vetline.doors.lsp.lenses import NOTEBOOK
from vetline.doors.review import deciding, listing, reading, showing
from vetline.formats import visible, whole
from vetline.review import State
from vetline_analyzers.core.finding import TRIGGERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vetline.doors.lsp.inspection import Seen
    from vetline.doors.lsp.lenses import Mark
    from vetline.doors.lsp.reviews import Placed
    from vetline.doors.lsp.server import Server
    from vetline.doors.lsp.workspace import Project
    from vetline.gate import Sighting
    from vetline.provenance import Attribution
    from vetline_analyzers.core.text import Snapshot, Span

_TRIES = 5  # for somebody may type meanwhile
_FINDINGS = 200
_SAID = 200  # comments and decisions, the latest
_BLIND = "the search for secrets in it did not finish"
_NO_TEXT = "its file is gone or cannot be read"
_TYPING = "the text changes all the time: ask again"


async def of_review(ls: Server, request: str, uri: str | None) -> dict[str, Any]:
    """A review with all that a reviewer has to see, as docs/protocol.md has it.

    Raises:
        JsonRpcInvalidParams: there is no such review.
        JsonRpcException: its text changes all the time.
    """
    projects = await reviewing.projects_meant(ls, {"uri": uri} if uri else {})
    for _ in range(_TRIES):
        for project in projects:
            if found := await ls.reviews.one(project, request):
                break
        else:
            raise JsonRpcInvalidParams("there is no such review request any more")
        if (told := await _told(ls, project, found)) is not None:
            return told
    raise JsonRpcException(_TYPING, types.LSPErrorCodes.ContentModified)


async def _told(ls: Server, project: Project, found: Placed) -> dict[str, Any] | None:
    """The same; None when the text is another one by now."""
    mark, snapshot, _ = found
    request = mark.request
    told = _plain(mark) | {
        "uri": None,
        "code": None,
        "notShown": "" if request.subject.package else _NO_TEXT,
        "origins": [],
        "findings": [],
        "notChecked": [],
        "changes": "",
        "suggested": [],
    }
    authors: Sequence[Attribution] = ()
    if snapshot is not None:
        unit = ls.documents.units.get(found.uri) if found.uri else None
        if found.uri and (unit is None or unit.snapshot is not snapshot):
            return None
        looking = inspection.of_open(ls, project, unit) if unit else _of_file(ls, project, snapshot)
        if (seen := await looking) is None:
            return None
        authors = seen.authors[mark.lines[0] - 1 : mark.lines[1]]
        path = stores.locate(project.root).base / request.covered.path
        told["uri"] = found.uri or files.uri_of(path)
        told |= await _text(ls, project, mark, snapshot, seen)
    if path_ := request.covered.path:
        people = await asyncio.to_thread(showing.suggested, stores.locate(project.root), path_)
        told["suggested"] = [visible(one) for one in people]
    return told | await _decisions(ls, project, mark, authors)


async def _of_file(ls: Server, project: Project, snapshot: Snapshot) -> Seen | None:
    return await inspection.of_file(ls, project, snapshot)


def _plain(mark: Mark) -> dict[str, Any]:
    """The review as `vetline review` has it, with the place and the digest of what stands there now."""
    place = subject.Place(mark.lines if mark.current else None)
    told = listing.as_json(reading.Row(mark.request, place, mark.standing))
    told["comments"], told["decisions"] = told["comments"][-_SAID:], told["decisions"][-_SAID:]
    plain: dict[str, Any] = _flat(told)
    return plain | {
        "by": _flat(mark.standing.by),
        "lines": {"start": mark.lines[0], "end": mark.lines[1]},
        "digest": mark.digest,
    }


def _flat(value: Any) -> Any:
    """What came from files and ledgers, each text of it one line without anything that hides or steers."""
    if isinstance(value, str):
        return visible(" ".join(whole(value).split()))
    if isinstance(value, dict):
        return {key: _flat(one) for key, one in value.items()}
    return [_flat(one) for one in value] if isinstance(value, list | tuple) else value


async def _text(
    ls: Server, project: Project, mark: Mark, snapshot: Snapshot, seen: Seen
) -> dict[str, Any]:
    """The code, who wrote it, what is found in it, what changed in it."""
    first, last = mark.lines
    inside = [one for one in seen.sightings if first <= one.start.line + 1 <= last]
    authors = seen.authors[first - 1 : min(last, first + masking.LINES - 1)]
    return {
        **_code(snapshot, mark.lines, seen.hidden),
        "origins": [_flat(provenance.line_json(at, one)) for at, one in enumerate(authors, first)],
        "findings": [await _finding(ls, one) for one in inside[:_FINDINGS]],
        "notChecked": _flat(seen.unchecked),
        "changes": await former.changes(ls, project, mark, snapshot, seen.hidden),
    }


def _code(snapshot: Snapshot, lines: tuple[int, int], hidden: list[Span] | None) -> dict[str, Any]:
    if hidden is None:
        return {"code": None, "notShown": _BLIND}
    left = max(0, lines[1] - lines[0] + 1 - masking.LINES)
    text = "\n".join(masking.shown(snapshot, lines, hidden))
    code = {"text": text, "start": lines[0], "language": snapshot.language}
    return {"code": code, "notShown": f"{left} more lines" if left else ""}


async def _finding(ls: Server, sighting: Sighting) -> dict[str, Any]:
    finding = sighting.finding
    return {
        "rule": finding.rule,
        "title": await ls.title(finding.rule),
        "severity": str(finding.severity),
        "message": visible(finding.message),
        "line": sighting.start.line + 1,
        "fingerprint": finding.fingerprint,
        "trigger": finding.rule.startswith(TRIGGERS),
        "suppressed": finding.suppression is not None,
    }


async def _decisions(
    ls: Server, project: Project, mark: Mark, authors: Sequence[Attribution]
) -> dict[str, Any]:
    """Whether who works here may approve it from an editor, and reject it."""
    request, known = mark.request, project.dossier
    why = ""
    if request.covered.path.endswith(NOTEBOOK):
        why = reviewing.CELLS
    elif not request.subject.package:
        saved = await ls.reviews.one(project, request.id, saved=True)
        why = "" if saved and saved.mark.digest == mark.digest else reviewing.UNSAVED
    touched = (one.origin for one in authors if one.origin and one.state.touched)
    humans = tuple(dict.fromkeys(origin.human for origin in touched if origin.human))
    told = {}
    for name, state in (("decide", State.APPROVED), ("reject", State.REJECTED)):
        no = why
        if not why and known is not None:
            ask = partial(deciding.refusal, project.config, request, known, state, humans)
            no = await asyncio.to_thread(ask)
        told[name] = {"may": not no, "why": _flat(no)}
    return told
