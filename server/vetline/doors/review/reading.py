"""What the doors on reviews read: the requests, where each stands now, and which one a person means."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from vetline import dossier, files, git, ledger, review, stores, subject
from vetline.doors import options as words
from vetline.review import Status
from vetline.subject import Place
from vetline_analyzers.core.universe import Ecosystem, of_purl

if TYPE_CHECKING:
    from pathlib import Path

    from vetline.config import Config
    from vetline.review import ReviewRequest, Standing
    from vetline.settings import Settings
    from vetline.stores import Location
    from vetline.subject import Subject
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.core.universe import Package

_ID = re.compile("[0-9a-f]{4,12}")


class Row(NamedTuple):
    """A request as it stands now.

    Attributes:
        request: it.
        place: where what it is about stands.
        standing: what it is worth.
    """

    request: ReviewRequest
    place: Place
    standing: Standing

    @property
    def is_open(self) -> bool:
        """Whether it waits for a person's decision, in the text as it is."""
        return self.standing.status in {Status.PENDING, Status.INVALID} and bool(self.place.lines)


def requests(root: Path, settings: Settings) -> tuple[ReviewRequest, ...]:
    """The requests of a project, oldest first. Without the commit that is trusted, those of the ledger only.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    try:
        return dossier.load(root, settings, now=datetime.now(UTC)).requests
    except git.GitError as error:
        words.tell("review", f"review files are not read: {error}")
        return tuple(review.fold(stores.read(stores.locate(root), review.KINDS)))


class Reader:
    """Tells where requests stand; each file is read once.

    Args:
        config: the project's settings and root.
    """

    def __init__(self, config: Config) -> None:
        """Read nothing yet."""
        self._settings = config.settings
        self._location = stores.locate(config.root)
        self._texts: dict[str, Snapshot | None] = {}

    def row(self, found: ReviewRequest) -> Row:
        """A request as it stands now."""
        standing = review.standing(
            found,
            self.place,
            now=datetime.now(UTC),
            unsigned=self._settings.gate_unsigned,
            days=self._settings.gate_review_days,
        )
        return Row(found, self.place(found.covered), standing)

    def place(self, what: Subject) -> Place:
        """Where a subject stands now."""
        if what.package:
            return Place((0, 0))
        snapshot = self.text(what.path)
        if snapshot is None:
            return Place(None, "its file is gone or cannot be read")
        return subject.find(what, snapshot)

    def text(self, path: str) -> Snapshot | None:
        """The text of a file that a request names, which may be anybody's word; None when there is none in the project."""
        if path not in self._texts:
            self._texts[path] = _text(self._location, path, self._settings.max_file_size)
        return self._texts[path]


def _text(location: Location, path: str, limit: int) -> Snapshot | None:
    file, base = location.base / path, location.base.resolve()
    try:
        if "\0" in path or not file.resolve().is_relative_to(base):
            return None
    except (OSError, RuntimeError):  # a loop of links
        return None
    return files.read(files.found_at(file, location.base), limit).snapshot


def one(known: tuple[ReviewRequest, ...], word: str) -> ReviewRequest:
    """The request that a person means by its id, or the beginning of it, or by a package's URL.

    Raises:
        UsageError: there is none, or several.
    """
    purl = chosen.purl if (chosen := package(word)) else ""
    if purl:
        found = [each for each in known if each.subject.package == purl][-1:]
    else:
        fits = _ID.fullmatch(word)
        found = [each for each in known if fits and each.id.startswith(word)]
    if len(found) != 1:
        which = "several requests have ids that begin so" if found else "there is no such request"
        raise words.UsageError(f"{word}: {which} (see `vetline review list`)")
    return found[0]


def package(word: str) -> Package | None:
    """The package of a package URL; None for what is no such URL.

    Raises:
        UsageError: it is one, but not of a package as a whole.
    """
    if not word.startswith("pkg:"):  # a file of that name is ./pkg:…
        return None
    if found := of_purl(word):
        return found
    kinds = " or ".join(f"pkg:{each}/NAME" for each in Ecosystem)
    raise words.UsageError(f"{word}: a package is named {kinds}, without a version")


def me(location: Location) -> str:
    """Who works here, "Name <address>" where git knows it."""
    return ledger.actor(location.base)


def is_of(found: ReviewRequest, person: str) -> bool:
    """Whether somebody asked for it or is to look at it."""
    names = {person.casefold(), _address(person)}
    return any(
        {one.casefold(), _address(one)} & names for one in (found.requester, *found.assigned)
    )


def _address(person: str) -> str:
    return person.rpartition("<")[2].rstrip(">").strip().casefold()
