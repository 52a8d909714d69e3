"""What becomes of a fix beside its document: lines for other files, and a word on secrets that are out already."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, NamedTuple

from lsprotocol import types

from vetline import files
from vetline.doors import additions
from vetline.git import GitError
from vetline.history import exposed
from vetline_analyzers.core.text import Snapshot, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from vetline.doors.lsp.server import Server
    from vetline.doors.lsp.units import Units
    from vetline_analyzers.core.finding import Addition, Finding
    from vetline_analyzers.core.universe import Universe

log = logging.getLogger(__name__)

_REMEMBERED = 64  # secrets whose fix was offered


class Reach(NamedTuple):
    """What an edit of a project may touch beside the document at hand.

    Attributes:
        root: the project's folder.
        shown: gives the text of a document that is open, by its URI.
        creates: the client can make a file as part of an edit.
        settings: the project's config file; None where it has none.
        python: its environment, where a setting names one.
        universe: the names of the public registries; None where nothing is known of them.
        open: gives the project's documents that are open, each with its findings; not those of notebooks, whose cells
            are documents of their own.
    """

    root: Path
    shown: Callable[[str], Snapshot | None]
    creates: bool
    settings: Path | None
    python: Path | None
    universe: Universe | None
    open: Callable[[], Iterable[tuple[Snapshot, Sequence[Finding]]]]


def reach(server: Server, uri: str) -> Reach:
    """What an edit of the document may touch elsewhere."""
    workspace = server.capabilities.workspace
    edits = workspace.workspace_edit if workspace else None
    kinds = (edits.resource_operations or ()) if edits and edits.document_changes else ()

    def shown(uri: str) -> Snapshot | None:
        document = server.documents.open.get(uri)
        return document.snapshot if document is not None else None

    def around() -> list[tuple[Snapshot, list[Finding]]]:
        return [
            (unit.snapshot, [sighting.finding for sighting in server.display.sightings(unit)])
            for unit in server.documents.units.values()
            if server.projects.of(unit.uri) is project and len(unit.parts) == 1
        ]

    project = server.projects.of(uri)
    creates = types.ResourceOperationKind.Create in kinds
    config = project.config
    return Reach(
        project.root,
        shown,
        creates,
        config.file,
        config.path(config.settings.python),
        project.facts.universe if project.facts else None,
        around,
    )


def extended(
    changes: dict[str, Any],
    versions: Mapping[str, int],
    lines: Iterable[Addition],
    reach: Reach,
    units: Units,
) -> dict[str, Any]:
    """A workspace edit of documents that also adds lines to other files.

    A file that is not there is made where the client can; where it cannot, and where a file cannot be read or
    lies outside of the project, the lines are left out.

    Args:
        changes: the edit, with its `changes` of these documents.
        versions: theirs, by URI.
        lines: what is to be added.
        reach: what may be touched.
        units: how the client counts.
    """
    made: dict[str, list[dict[str, Any]]] = {}
    new: list[str] = []
    for place, wanted in additions.by_file(lines).items():
        try:
            found = additions.look(reach.root, place)
        except OSError:
            continue
        uri = files.uri_of(found.path)
        shown = reach.shown(uri)
        if found.raw is None and shown is None:
            if not reach.creates:
                continue
            new.append(uri)
        snapshot = shown or Snapshot(uri, "text", 0, found.text, place)
        if more := additions.missing(snapshot.text, wanted):
            end = Span(len(snapshot.text), len(snapshot.text))
            made[uri] = [{"range": units.range(snapshot, end), "newText": more}]
    return together(changes["changes"], versions, made, new)


def together(
    own: Mapping[str, list[dict[str, Any]]],
    versions: Mapping[str, int],
    others: Mapping[str, list[dict[str, Any]]],
    new: Iterable[str],
) -> dict[str, Any]:
    """The workspace edit of documents and of other files.

    Args:
        own: the documents' edits, by URI.
        versions: theirs.
        others: the other files' edits.
        new: those that are to be made.
    """
    steps: list[dict[str, Any]] = [
        {"kind": "create", "uri": uri, "options": {"ignoreIfExists": True}} for uri in new
    ]
    if not steps:  # `changes`: every client has it
        return {"changes": {**own, **others}}
    # What is open elsewhere may have another version by the time it is edited.
    steps += [_step(uri, None, edits) for uri, edits in others.items()]
    steps += [_step(uri, versions.get(uri), edits) for uri, edits in own.items()]
    return {"documentChanges": steps}


def _step(uri: str, version: int | None, edits: list[dict[str, Any]]) -> dict[str, Any]:
    return {"textDocument": {"uri": uri, "version": version}, "edits": edits}


class Exposure:
    """Tells whether a secret that is taken out of a document stands in a commit.

    The client asks when it has made the edit. The secret is gone from the text then, so it is remembered, in
    memory only, from when the edit was offered.
    """

    def __init__(self, server: Server) -> None:
        """Remember nothing yet."""
        self._server = server
        self._offered: dict[tuple[str, str], tuple[str, str, str]] = {}

    def offer(self, uri: str, fingerprint: str, unit_uri: str, rule: str, secret: str) -> None:
        """Remember a secret whose fix is offered, and the file that it stands in."""
        self._offered.pop((uri, fingerprint), None)
        self._offered[uri, fingerprint] = (unit_uri, rule, secret)
        while len(self._offered) > _REMEMBERED:
            del self._offered[next(iter(self._offered))]

    async def tell(self, uri: str, fingerprint: str) -> dict[str, Any] | None:
        """Say where the secret of a fix is, to the user and as the command's answer; None for nowhere known."""
        offered = self._offered.pop((uri, fingerprint), None)
        path = files.path_of(offered[0]) if offered else None
        if offered is None or path is None:
            return None
        _, rule, secret = offered
        folder, name = path.parent, path.name
        try:
            found = await asyncio.to_thread(exposed.exposed, folder, name, (secret,))
        except GitError as error:
            log.warning("the commits of a file were not searched for a secret: %s", error)
            return None
        if (commit := found.get(secret)) is None:
            return None
        page = await self._server.page(rule)
        title = page.partition("\n")[0].removeprefix("# ") if page else "Secret"
        self._server.say(commit.sentence(title), types.MessageType.Warning)
        return {"commit": commit.commit, "date": commit.day} if commit.commit else None
