"""What the client is shown of each document, kept in step with its text."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

from lsprotocol import types

from vetline.doors.lsp import diagnostics, records
from vetline_analyzers import engine

if TYPE_CHECKING:
    from vetline.doors.lsp.documents import Part, Unit
    from vetline.doors.lsp.server import Server
    from vetline.doors.lsp.workspace import Project
    from vetline.gate import Sighting
    from vetline_analyzers.core.text import Snapshot

_STALE = 1.0  # seconds after which even an outdated answer is better than none


class _Seen(NamedTuple):
    """Sightings, and the text and what was known of its authors that they were made of."""

    snapshot: Snapshot
    revision: tuple[int, ...]
    sightings: list[Sighting]


class Display:
    """The showing side of a server."""

    def __init__(self, server: Server) -> None:
        """Show nothing yet."""
        self._server = server
        self._seen: dict[str, _Seen] = {}
        self._published: dict[str, float] = {}
        self._due: dict[str, Unit] = {}
        # Diagnostics that come from reading a config file, not from analysing it.
        self.problems: dict[str, list[dict[str, Any]]] = {}

    def sightings(self, unit: Unit) -> list[Sighting]:
        """The findings of a unit in its text as it is now, also between two publications."""
        seen = self._seen.get(unit.uri)
        if seen and seen.snapshot is unit.snapshot and seen.revision == unit.revision:
            return seen.sightings
        return self._see(unit)

    def finding(self, uri: str, fingerprint: str) -> tuple[Unit, Part, Sighting] | None:
        """A document's finding of that identity, with its unit; None when it is not there any more."""
        found = self._server.documents.part_of(uri)
        if found is None:
            return None
        unit, part = found
        for sighting in self.sightings(unit):
            if sighting.finding.fingerprint == fingerprint:
                return unit, part, sighting
        return None

    def fresh(self, unit: Unit) -> bool:
        """Whether the unit was published a moment ago."""
        now = asyncio.get_running_loop().time()
        return now - self._published.get(unit.uri, 0.0) < _STALE

    def publish(self, unit: Unit) -> None:
        """Show what is known of a unit, once for all that happens in this turn of the loop."""
        if not self._due:
            asyncio.get_running_loop().call_soon(self._flush)
        self._due[unit.uri] = unit
        self._seen.pop(unit.uri, None)

    def forget(self, unit_uri: str, uris: list[str]) -> None:
        """Take down what was shown of a closed unit."""
        self._seen.pop(unit_uri, None)
        self._published.pop(unit_uri, None)
        self._server.reviews.forget(unit_uri)
        self._due.pop(unit_uri, None)
        for uri in uris:
            self.push(uri, None, self.problems.get(uri, []))

    def view(self, project: Project, uri: str) -> diagnostics.View:
        """How this client sees a document of a project."""
        reviews = project.reviews.get(records.subject(project.root, uri), {})
        reviews = {**project.reviews.get("", {}), **reviews}
        document = self._server.capabilities.text_document
        publishing = document.publish_diagnostics if document else None
        related = bool(publishing and publishing.related_information)
        units = self._server.units
        return diagnostics.View(units, project.policy, reviews, related, project.root)

    def push(self, uri: str, version: int | None, items: list[dict[str, Any]]) -> None:
        """Send a document's diagnostics, all of them."""
        params: dict[str, Any] = {"uri": uri, "diagnostics": items}
        if version is not None:
            params["version"] = version
        self._server.protocol.push(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    def _flush(self) -> None:
        due, self._due = self._due, {}
        for unit in due.values():
            if self._server.documents.units.get(unit.uri) is unit:
                self._publish(unit)

    def _publish(self, unit: Unit) -> None:
        view = self.view(self._server.projects.of(unit.uri), unit.uri)
        sightings = self._see(unit)
        self._published[unit.uri] = asyncio.get_running_loop().time()
        for part, items in diagnostics.of_unit(unit, sightings, view):
            snapshot = part.document.snapshot
            own = self.problems.get(snapshot.uri, [])
            self.push(snapshot.uri, snapshot.version, [*own, *items])

    def _see(self, unit: Unit) -> list[Sighting]:
        found = engine.conclude(unit.snapshot, itertools.chain.from_iterable(unit.answers.values()))
        project = self._server.projects.of(unit.uri)
        sightings = project.sight(unit.snapshot, found, unit.who)
        sightings = self._server.reviews.apply(unit, sightings)
        self._seen[unit.uri] = _Seen(unit.snapshot, unit.revision, sightings)
        return sightings
