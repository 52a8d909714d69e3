"""The agents' sessions that are known: who, when, how often asked, and what they wrote that is still there."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import files, git, places
from vetline.authors import Authors
from vetline.doors import trace
from vetline.doors.trace import Found, Wanted
from vetline.formats import visible
from vetline.git import GitError
from vetline.ledger import LedgerError
from vetline.stores import sessions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vetline.doors.lsp.server import Server
    from vetline.provenance import Attribution, Origin, Tracker
    from vetline.settings import Settings
    from vetline_analyzers.core.text import Snapshot

log = logging.getLogger(__name__)

_MOST = 100  # sessions
_DIGESTS = 20  # of the prompts of one
_FILES = 200  # of one
_LONGEST = 300  # characters of a name
_LOOKED_INTO = 20_000  # files of one repository


class _Open(NamedTuple):
    """A document that is open: its file, what its client calls it, its text, who owns which characters of that."""

    path: Path
    uri: str
    snapshot: Snapshot
    tracker: Tracker


@dataclass(slots=True)
class _Sitting:
    """A session, as far as it is known by now."""

    agent: str = ""
    model: str = ""
    human: str = ""
    first: str = ""
    last: str = ""
    prompts: int = 0
    digests: dict[str, None] = field(default_factory=dict)
    lines: Counter[str] = field(default_factory=Counter)

    def meet(self, agent: str, model: str, human: str, *times: str) -> None:
        """Learn something of it; what is known already stays."""
        self.agent = self.agent or agent
        self.model = self.model or model
        self.human = self.human or human
        if known := sorted(filter(None, (self.first, self.last, *times))):
            self.first, self.last = known[0], known[-1]


class Sittings:
    """The sessions that a server knows of. Disks and git are asked in a thread of their own."""

    def __init__(self, server: Server) -> None:
        """Know of none."""
        self._server = server
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sessions")
        self._repositories: dict[Path, _Repository] = {}  # used in the thread only

    def close(self) -> None:
        """Look no more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def known(self, uri: str | None) -> list[dict[str, Any]]:
        """The sessions of a document's project, or of all, the latest first, as docs/protocol.md has them."""
        server = self._server
        meant = [server.projects.of(uri)] if uri else server.projects.workspace.projects
        shown = [
            _Open(path, unit.uri, unit.snapshot, unit.tracker())
            for unit in server.documents.units.values()
            if (path := files.path_of(unit.uri)) is not None
        ]
        settings = {project.root: project.config.settings for project in meant}
        look = partial(self._look, settings, shown)
        return await asyncio.get_running_loop().run_in_executor(self._thread, look)

    def _look(
        self, settings: Mapping[Path, Settings], shown: Sequence[_Open]
    ) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = []
        bases: dict[Path, list[Settings]] = {}
        for root, own in settings.items():
            bases.setdefault(
                Path(places.place_of(str(root)).base or os.path.realpath(root)), []
            ).append(own)
        for base, owns in bases.items():
            repository = self._repositories.setdefault(base, _Repository(base))
            open_ = repository.named(shown)
            keeps = all(own.store_text for own in owns)
            limit = max(own.max_file_size for own in owns)
            try:
                found = repository.sessions(open_, Authors(base, store_text=keeps), limit)
            except (LedgerError, GitError) as error:
                log.warning("%s", error)
                continue
            told += [_data(base, id_, one, open_) for id_, one in found.items()]
        told.sort(key=lambda one: (one["last"], one["session"]), reverse=True)
        return told[:_MOST]


class _Repository:
    """A repository, and what was seen of its files: those that changed are looked into again. Blocks on disk and git."""

    def __init__(self, base: Path) -> None:
        """See nothing yet."""
        self._base = base
        self._place = places.place_of(str(base))
        self._inside = os.path.join(os.path.realpath(base), "")  # noqa: PTH118 - with its last separator
        self._past: tuple[str, set[str]] = ("", set())
        self._seen: dict[str, tuple[object, Counter[Origin]]] = {}

    def named(self, shown: Iterable[_Open]) -> dict[str, _Open]:
        """Those of the documents that lie in it, by the names that records have for them."""
        found = {places.subject(self._place, str(one.path)): one for one in shown}
        return {subject: one for subject, one in found.items() if self._is_inside(subject)}

    def sessions(
        self, shown: Mapping[str, _Open], authors: Authors, limit: int
    ) -> dict[str, _Sitting]:
        """The sessions that are known, by id.

        Args:
            shown: the documents that are open, as `named` has them.
            authors: of the repository.
            limit: a larger file is not looked into, in bytes.

        Raises:
            LedgerError, GitError: what is recorded cannot be read.
        """
        authors.drain()
        found: dict[str, _Sitting] = {}
        folders = [Path(folder) for folder in (*self._place.folders, *self._place.former)]
        # Outside of repositories one database has the files of all folders.
        under = "" if self._place.base else self._inside
        asked = (sessions.heard(folder, _MOST, _DIGESTS, under) for folder in folders)
        for one in itertools.chain.from_iterable(asked):
            sitting = found.setdefault(one.id, _Sitting())
            sitting.meet(one.agent, one.model, one.human, one.first, one.last)
            sitting.prompts += one.prompts
            sitting.digests |= dict.fromkeys(one.digests)
        for subject, origin, lines in self._left(folders, shown, authors, limit):
            sitting = found.setdefault(origin.session, _Sitting())
            sitting.meet(origin.agent, origin.model, origin.human, origin.at)
            sitting.lines[subject] += lines
            if origin.prompt:
                sitting.digests.setdefault(origin.prompt)
        return found

    def _left(
        self, folders: list[Path], shown: Mapping[str, _Open], authors: Authors, limit: int
    ) -> Iterator[tuple[str, Origin, int]]:
        """What is left of sessions: file, whose, how many lines."""
        marks: dict[str, list[tuple[int, int]]] = {}
        for folder in folders:
            for subject, mark in sessions.marks(folder).items():
                marks.setdefault(subject, []).append(mark)
        state, noted = self._noted()
        named = filter(self._is_inside, {*marks, *noted, *shown})
        for subject in sorted(named)[:_LOOKED_INTO]:
            if one := shown.get(subject):
                counted = _count(one.tracker.attributions(one.snapshot))
            else:
                key = (_stamp(self._base / subject), marks.get(subject), state)
                if (before := self._seen.get(subject)) is None or before[0] != key:
                    counted = _count(self._attributed(authors, subject, limit))
                    self._seen[subject] = before = (key, counted)
                counted = before[1]
            yield from ((subject, origin, lines) for origin, lines in counted.items())

    def _attributed(self, authors: Authors, subject: str, limit: int) -> list[Attribution]:
        path = self._base / subject
        if not os.path.isfile(path):  # noqa: PTH113 - never raises
            return []
        snapshot = files.read(files.found_at(path, self._base), limit).snapshot
        if snapshot is None:
            return []
        known = authors.attributions(snapshot, keep=False)
        return known if snapshot.line_text(len(known) - 1) else known[:-1]

    def _is_inside(self, subject: str) -> bool:
        return str(Path(self._inside, subject)).startswith(self._inside)

    def _noted(self) -> tuple[str, set[str]]:
        """What changes when git's notes or what they are on do, and the files that they name."""
        if not self._place.base or git.git_dir(self._base) is None:
            return "", set()
        asked = ("for-each-ref", "--format=%(objectname)", "refs/notes")
        head = git.run(self._base, "rev-parse", "--verify", "--quiet", "HEAD", ok=(0, 1, 128))
        state = (head + git.run(self._base, *asked)).decode("ascii", "replace")
        if state != self._past[0]:
            self._past = (state, trace.noted(Wanted(), Found(), self._base) if head else set())
        return self._past


def _count(known: Iterable[Attribution]) -> Counter[Origin]:
    """How many lines are of each origin that names a session."""
    touched = (said.origin for said in known if said.state.touched)
    return Counter(origin for origin in touched if origin is not None and origin.session)


def _stamp(path: Path) -> tuple[int, int] | None:
    """What changes when a file does; None when it is not there."""
    try:
        known = path.stat()
    except (OSError, ValueError):
        return None
    return known.st_mtime_ns, known.st_size


def _data(base: Path, id_: str, one: _Sitting, shown: Mapping[str, _Open]) -> dict[str, Any]:
    """A session as docs/protocol.md has it."""
    listed = []
    for path, lines in sorted(one.lines.items(), key=lambda item: (-item[1], item[0]))[:_FILES]:
        there = shown.get(path)
        uri = there.uri if there else files.uri_of(base / path)
        listed.append(
            {"uri": uri, "path": visible(files.relative(base / path, base)), "lines": lines}
        )
    return {
        "session": _word(id_),
        "agent": _word(one.agent),
        "model": _word(one.model),
        "human": _word(one.human),
        "first": _word(one.first),
        "last": _word(one.last),
        "prompts": max(one.prompts, len(one.digests)),
        "promptDigests": [_word(digest) for digest in list(one.digests)[:_DIGESTS]],
        "lines": one.lines.total(),
        "files": listed,
    }


def _word(said: str) -> str:
    """A word from a hook, a note or an editor, which may be anybody's."""
    return visible(said[:_LONGEST])
