"""The server's dealings with reviews: what is known of them, and what each is worth for a text as it is now.

Ledgers, files, signatures and trees of syntax are looked at in one thread, in order. A keystroke asks none of them:
until the thread has spoken of the new text, what was said of a finding stays with the finding.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import unquote

from vetline import dossier, git, review, session, stores
from vetline.doors.lsp import lenses
from vetline.doors.lsp.messages import REVIEWS_CHANGED
from vetline.doors.options import UsageError
from vetline.doors.review.reading import Reader
from vetline.ledger import LedgerError
from vetline.statement import FOLDER
from vetline_analyzers.core.finding import TRIGGERS
from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from vetline.doors.lsp.documents import Part, Unit
    from vetline.doors.lsp.lenses import Mark
    from vetline.doors.lsp.server import Server
    from vetline.doors.lsp.workspace import Project
    from vetline.dossier import Dossier
    from vetline.gate import Sighting
    from vetline.review import ReviewRequest, Standing
    from vetline.settings import Settings
    from vetline_analyzers.core.text import Snapshot

T = TypeVar("T")

log = logging.getLogger(__name__)

# As clients take them (LSP 3.17, `Pattern`), any folder before them: review files, and whose signatures count.
GLOBS = (f"{FOLDER}/**", "allowed_signers")
_PAUSE = 0.25  # seconds without a new answer after which a text's reviews are looked at
_PATIENCE = 5.0  # seconds to wait for them where somebody asks
_MOST = 200  # reviews of one text that are shown, the latest
_TOGETHER = 0.05  # seconds in which changes of the list of reviews are told as one
_ANSWER = 5.0  # seconds a client has to take a notice


def concerns(uri: str) -> bool:
    """Whether a change of the file on disk may change what reviews there are, or what they are worth."""
    path = unquote(uri).rstrip("/")
    return f"/{FOLDER}/" in path or path.endswith((f"/{FOLDER}", "/allowed_signers"))


class Known(NamedTuple):
    """What the reviews come to for one text.

    Attributes:
        snapshot: the text.
        standings: by fingerprint, of the findings that somebody asked for a review of.
        repeated: the fingerprints of triggers for which another one speaks.
        marks: the reviews of it.
    """

    snapshot: Snapshot
    standings: Mapping[str, Standing]
    repeated: frozenset[str]
    marks: tuple[Mark, ...]


class Placed(NamedTuple):
    """A review, and where it stands.

    Attributes:
        mark: it.
        snapshot: the text of its file; None when it has none or that cannot be read.
        uri: of the document, when the text is an editor's; else "".
    """

    mark: Mark
    snapshot: Snapshot | None
    uri: str = ""


class Reviews:
    """The reviewing side of a server."""

    def __init__(self, server: Server) -> None:
        """Know of no review yet."""
        self._server = server
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reviews")
        self._known: dict[str, Known] = {}
        self._due: dict[str, asyncio.TimerHandle] = {}
        self._loading: dict[Path, asyncio.Task[None]] = {}
        self._again: set[Path] = set()
        self._signing: asyncio.Future[Any] | None = None
        self._news: asyncio.TimerHandle | None = None

    def close(self) -> None:
        """Look no more."""
        for due in (*self._due.values(), self._news):
            if due is not None:
                due.cancel()
        self._due.clear()
        self._thread.shutdown(wait=False, cancel_futures=True)

    # -- what is known

    def refresh(self, project: Project) -> None:
        """Have a project's reviews read soon; of several wishes while that is done one is kept."""
        if (task := self._loading.get(project.root)) is not None and not task.done():
            self._again.add(project.root)
            return
        self._loading[project.root] = self._server.spawn(self._refresh(project))

    async def refreshed(self, project: Project) -> None:
        """Read a project's reviews, and wait for a bounded time until that is done."""
        self.refresh(project)
        await asyncio.wait([self._loading[project.root]], timeout=_PATIENCE)

    async def _refresh(self, project: Project) -> None:
        while True:
            self._again.discard(project.root)
            try:
                await self._read(project)
            except (LedgerError, git.GitError) as error:
                log.warning("%s", error)
            if project.root not in self._again:
                return

    async def _read(self, project: Project) -> None:
        server, asked = self._server, project.reviews
        work = partial(_load, project.root, project.config.settings)
        before = project.dossier.requests if project.dossier is not None else ()
        project.dossier = await self._beside(work)
        if project.dossier.requests != before:
            self._changed()
        project.reviews = review.requesters(project.dossier.requests)
        for unit in list(server.documents.units.values()):
            if server.projects.workspace.project_of(unit.uri) is project:
                await self._settle(unit)
                if project.reviews != asked:
                    server.display.publish(unit)
        if project.reviews != asked:
            self._refresh_lenses()

    async def _beside(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    # -- what it is worth for a text

    def apply(self, unit: Unit, sightings: Sequence[Sighting]) -> list[Sighting]:
        """The sightings with what was last known of their reviews."""
        known = self._known.get(unit.uri)
        if known is None:
            return list(sightings)
        return [
            replace(one, review=known.standings.get(mark), repeated=mark in known.repeated)
            if (mark := one.finding.fingerprint) in known.standings or mark in known.repeated
            else one
            for one in sightings
        ]

    def looked(self, unit: Unit) -> None:
        """A text was looked at: its reviews are, too, when nobody types for a moment."""
        if (due := self._due.pop(unit.uri, None)) is not None:
            due.cancel()
        loop = asyncio.get_running_loop()
        self._due[unit.uri] = loop.call_later(_PAUSE, self._begin, unit)

    def forget(self, unit_uri: str) -> None:
        """A unit was closed."""
        self._known.pop(unit_uri, None)
        if (due := self._due.pop(unit_uri, None)) is not None:
            due.cancel()

    async def marks(self, unit: Unit) -> tuple[Mark, ...]:
        """The reviews of a unit in its text as it is now."""
        known = self._known.get(unit.uri)
        if known is None or known.snapshot is not unit.snapshot:
            # Not ended when it takes longer: who asks next finds it done.
            await asyncio.wait([self._server.spawn(self._settle(unit))], timeout=_PATIENCE)
            known = self._known.get(unit.uri)
        return known.marks if known is not None and known.snapshot is unit.snapshot else ()

    async def lenses(self, unit: Unit, part: Part) -> list[dict[str, Any]]:
        """The code lenses of a document: above what waits for a decision, and on packages that do."""
        server, snapshot, uri = self._server, part.document.snapshot, part.document.snapshot.uri
        view = server.display.view(server.projects.of(unit.uri), unit.uri)
        inside = Span(part.start, part.start + len(snapshot.text))
        found: list[dict[str, Any]] = []
        for mark in await self.marks(unit):
            line = unit.snapshot.line_span(mark.lines[0] - 1)
            if mark.is_open and inside.contains(line):
                place = server.units.range(snapshot, line.shifted(-part.start))
                found += lenses.of_mark(mark, uri, place)
        for sighting in server.display.sightings(unit):
            finding = sighting.finding
            asker = view.reviews.get(finding.package) if finding.package else None
            if asker and inside.contains(finding.span):
                place = server.units.range(snapshot, finding.span.shifted(-part.start))
                found.append(lenses.of_package(uri, finding.fingerprint, asker, place))
        return found

    async def every(self, project: Project) -> list[Mark]:
        """All reviews of a project, oldest first, each as it stands in its file now, as the editor has that."""
        if project.dossier is None:
            return []
        requests = project.dossier.requests[-_MOST:]
        placed = await self._beside(partial(_placed, project, requests, self._shown(project)))
        return [one.mark for one in placed]

    async def one(self, project: Project, id_: str, *, saved: bool = False) -> Placed | None:
        """A review of a project and the text it stands in, as the editor has that or as it is saved; None without it."""
        requests = project.dossier.requests if project.dossier is not None else ()
        meant = [one for one in requests if one.id == id_]
        shown = [] if saved else self._shown(project)
        placed = await self._beside(partial(_placed, project, meant, shown))
        return placed[0] if placed else None

    def _shown(self, project: Project) -> list[Snapshot]:
        """The texts of a project that are open."""
        server = self._server
        return [
            unit.snapshot
            for unit in server.documents.units.values()
            if server.projects.workspace.project_of(unit.uri) is project
        ]

    async def signing(self, work: Callable[[], T]) -> T:
        """What `work` gives, which may wait for a person; one at a time, for they have one pair of hands.

        Raises:
            UsageError: another one waits.
        """
        if self._signing is not None and not self._signing.done():
            raise UsageError("another decision waits for your signature: finish that one first")
        self._signing = future = asyncio.get_running_loop().run_in_executor(None, work)
        return await asyncio.shield(future)  # who cancels the command does not end the question

    def _begin(self, unit: Unit) -> None:
        self._due.pop(unit.uri, None)
        self._server.spawn(self._settle(unit))

    async def _settle(self, unit: Unit) -> None:
        """Find out what the reviews are worth for a unit, and show it when that is news."""
        server = self._server
        project, snapshot, before = (
            server.projects.of(unit.uri),
            unit.snapshot,
            self._known.get(unit.uri),
        )
        sightings = server.display.sightings(unit)
        known = Known(snapshot, {}, frozenset(), ())
        if project.dossier is not None and _concerns(project.dossier, sightings):
            work = partial(_look, project, project.dossier, snapshot, sightings)
            known = await self._beside(work)
        if server.documents.units.get(unit.uri) is not unit:
            return
        self._known[unit.uri] = known
        was = before or Known(snapshot, {}, frozenset(), ())
        if (was.standings, was.repeated) != (known.standings, known.repeated):
            server.display.publish(unit)
        if was.marks != known.marks:
            self._refresh_lenses()
            self._changed()

    def _changed(self) -> None:
        """Tell the client that the list of reviews may be another one, once for all that changes together."""

        def tell() -> None:
            self._news = None
            self._server.protocol.push(REVIEWS_CHANGED, {})

        if self._news is None:
            self._news = asyncio.get_running_loop().call_later(_TOGETHER, tell)

    def _refresh_lenses(self) -> None:
        workspace = self._server.capabilities.workspace
        if workspace and workspace.code_lens and workspace.code_lens.refresh_support:
            refresh = self._server.workspace_code_lens_refresh_async(None)
            self._server.spawn(asyncio.wait_for(refresh, _ANSWER))


def _concerns(known: Dossier, sightings: Sequence[Sighting]) -> bool:
    """Whether there is anything to find out: a review, or triggers of which one may speak for others."""
    if known.requests:
        return True
    triggers = sum(one.finding.rule.startswith(TRIGGERS) for one in sightings)
    return triggers > 1


def _load(root: Path, settings: Settings) -> Dossier:
    found = dossier.load(root, settings, now=datetime.now(UTC))
    found.requests  # noqa: B018 - the signatures are verified here, in the thread
    return found


def _look(
    project: Project, known: Dossier, snapshot: Snapshot, sightings: Sequence[Sighting]
) -> Known:
    """What the reviews come to for a text. Blocks on trees of syntax."""
    seen = session.reviewed(sightings, snapshot, lambda: known)
    standings = {one.finding.fingerprint: one.review for one in seen if one.review is not None}
    worth = _worth(project)
    path = stores.locate(project.root).subject(project.root / snapshot.path)
    moved = {standing.review for standing in standings.values()}
    about = [
        one
        for one in known.requests
        if not one.subject.package
        and (path in (one.subject.path, one.covered.path) or one.id in moved)
    ]
    return Known(
        snapshot,
        standings,
        frozenset(one.finding.fingerprint for one in seen if one.repeated) - {""},
        tuple(lenses.mark(one, snapshot, worth) for one in about[-_MOST:]),
    )


def _placed(
    project: Project, requests: Iterable[ReviewRequest], shown: Sequence[Snapshot]
) -> list[Placed]:
    """Where reviews stand now. Blocks on disk."""
    reader, worth = Reader(project.config), _worth(project)
    where, root = stores.locate(project.root), project.root
    texts = {where.subject(root / snapshot.path): snapshot for snapshot in shown}
    found = []
    for request in requests:
        path = request.covered.path
        shown_ = texts.get(path) if path else None
        snapshot = shown_ or reader.text(path) if path else None
        mark = lenses.mark(request, snapshot, worth) if snapshot else lenses.bare(request, worth)
        found.append(Placed(mark, snapshot, shown_.uri if shown_ else ""))
    return found


def _worth(project: Project) -> Callable[..., Standing]:
    """Gives what a review of the project is worth, when told where a subject stands."""
    settings = project.config.settings
    return partial(
        review.standing,
        now=datetime.now(UTC),
        unsigned=settings.gate_unsigned,
        days=settings.gate_review_days,
    )
