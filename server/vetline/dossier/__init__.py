"""All reviews of a project, from its ledger and its review files, and what each is worth for what is found now."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from vetline import (
    files,
    ledger,
    review,
    signatures,
    statement,
    stores,
    subject,
)
from vetline.dossier import grounds, papers, people, tampering
from vetline.review import State, Status
from vetline.ssh import SigningError
from vetline.statement import Verified
from vetline.subject import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from vetline.dossier.grounds import Grounds
    from vetline.dossier.papers import Paper, Papers
    from vetline.dossier.people import People
    from vetline.ledger import AuditEvent
    from vetline.notices import Notice
    from vetline.provenance import Attribution
    from vetline.review import Decision, ReviewRequest, Standing
    from vetline.settings import Settings
    from vetline.statement import Signed
    from vetline.subject import Subject
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot

_MOST_AT_ONCE = 8  # programs that verify
_AHEAD = timedelta(minutes=5)  # that the clocks of two machines may differ
# Of several reviews of one finding the one that says most; those that let it pass or forbid it go before all others.
_ORDER = (Status.INVALID, Status.PENDING, Status.EXPIRED, Status.STALE, Status.WITHDRAWN)


class _Group:
    """What is told of the requests about one path or package."""

    def __init__(self) -> None:
        self.events: list[AuditEvent] = []
        self.papers: list[Paper] = []


class Dossier:
    """What is known of reviews; made by `load`.

    Signatures are verified when a finding they are about is first asked for. A file is read when code was reviewed in
    it that stands elsewhere now. Nothing else is read.
    """

    def __init__(self, held: Grounds, found: Papers, events: Sequence[AuditEvent]) -> None:
        """Sort what was read; verify nothing yet."""
        self._held = held
        self._papers = found
        self._people = people.of_signers(signatures.signers(held.allowed))
        self._groups, self._listed = _grouped(found.all, events)
        self._worth: dict[Paper, Verified] = {}
        self._folded: dict[str, list[ReviewRequest]] = {}
        self._texts: dict[str, Snapshot | None] = {}
        self._moved: dict[tuple[str, str], str] = {}

    @cached_property
    def requests(self) -> tuple[ReviewRequest, ...]:
        """Every request, oldest first, the signatures of its decisions verified."""
        self._verify(self._groups)
        every = [one for name in self._groups for one in self._of(name)]
        return tuple(sorted(every, key=lambda one: (one.at, one.id)))

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """What was tampered with, or cannot be trusted, as the gate has to know it."""
        return tampering.notices(self._held, self._papers, self.of_file)

    @cached_property
    def packages(self) -> frozenset[str]:
        """The packages, by their URLs, on which the last decision that counts was to approve.

        While nobody is listed who may sign, what this machine's ledger says counts without a signature; a file does not.
        """
        if not self._held.allowed:
            events = [event for group in self._groups.values() for event in group.events]
            return review.approved(review.fold(events))
        return review.approved(self.requests, unsigned=self._held.settings.gate_unsigned)

    @property
    def trusted(self) -> Grounds:
        """What decisions are judged by."""
        return self._held

    @property
    def people(self) -> People:
        """Who may sign, and who of them goes by several addresses."""
        return self._people

    def judged(self, signed: Signed) -> Verified:
        """What a decision is worth that was just made, and is in no file yet."""
        return self._verified(papers.Paper(signed))

    def expect(self, fingerprints: Iterable[str]) -> None:
        """Verify the signatures that `standing` needs for these findings, several at a time."""
        self._verify({name for mark in fingerprints for name in self._listed.get(mark, ())})

    def standing(
        self, finding: Finding, path: str, snapshot: Snapshot, origin: Attribution | None
    ) -> Standing | None:
        """What people's reviews of a finding are worth now.

        Args:
            finding: the finding or trigger, with its fingerprint.
            path: its file, relative to the project's root, as `Sighting.path` of a survey has it.
            snapshot: the text it was found in.
            origin: who wrote its lines, as far as known: its human may not approve it.

        Returns:
            None when nobody asked for a review of it.
        """
        names = self._listed.get(finding.fingerprint)
        if not names:
            return None
        full = self._held.prefix + path
        human = origin.origin.human if origin and origin.origin else ""
        first, last = (snapshot.position(at).line + 1 for at in finding.span)

        def place(about: Subject) -> Place:
            found = self._place(about, full, snapshot)
            if found.lines and not found.lines[0] <= first <= last <= found.lines[1]:
                start, end = found.lines
                return Place(None, f"what was reviewed stands on the lines {start} to {end}")
            return found

        requests = [one for name in sorted(names) for one in self._of(name)]
        return self._best(requests, place, finding.fingerprint, human)

    def of_file(self, path: str, snapshot: Snapshot) -> Standing | None:
        """What people's reviews of a whole file are worth; None when nobody asked for one.

        Args:
            path: the file, relative to the repository's root.
            snapshot: its text.
        """

        def place(about: Subject) -> Place:
            found = subject.find(about, snapshot)
            if found.lines is None or about.path != path:
                return Place(None, found.why or f"{about.path} was reviewed, which is another file")
            if not _is_all(found.lines, snapshot):
                return Place(None, "only a part of it was reviewed")
            return found

        whole = [one for one in self._of(path) if not one.subject.package]
        return self._best(whole, place, "", "")

    # -- from what was read to requests

    def _of(self, name: str) -> list[ReviewRequest]:
        """The requests about a path or a package, folded once."""
        if name not in self._folded:
            self._verify([name])
            group = self._groups.get(name) or _Group()
            verified = [self._worth[paper] for paper in group.papers]
            self._folded[name] = [
                self._without_conflicts(one, "") for one in review.fold(group.events, verified)
            ]
        return self._folded[name]

    def _verify(self, names: Iterable[str]) -> None:
        """Find out what the papers about paths or packages are worth, each once, those that are signed together."""
        new = [name for name in names if name in self._groups and name not in self._folded]
        left = [
            paper for name in new for paper in self._groups[name].papers if paper not in self._worth
        ]
        several = sum(bool(paper.signed.signature) for paper in left) > 1
        self._worth.update(
            zip(left, (_together if several else map)(self._verified, left), strict=True)
        )

    def _verified(self, paper: Paper) -> Verified:
        said, held = paper.signed.statement, self._held
        if not said.decision:
            return Verified(paper.signed)
        if not paper.signed.signature and (
            held.settings.gate_unsigned or said.decision == State.WITHDRAWN
        ):
            return Verified(paper.signed, problem=self._doubt(paper))
        # What is trusted already was judged when it came in; what is new must be by a key that is valid today, so that
        # nobody dates back what an expired key signs.
        when = said.at if paper.settled else ledger.timestamp(held.now)
        try:
            seal = signatures.verify(
                statement.payload(said),
                paper.signed.signature,
                allowed=held.allowed,
                principal=said.reviewer,
                namespace=statement.NAMESPACE,
                when=signatures.moment(_instant(when)),
                root=held.root,
            )
        except SigningError as error:
            return Verified(paper.signed, problem=f"cannot be verified: {error}")
        problem = seal.problem or self._doubt(paper)
        return Verified(paper.signed, "" if problem else seal.principal, seal.key, problem)

    def _doubt(self, paper: Paper) -> str:
        """What is wrong with a decision whatever its signature is worth; "" when nothing is."""
        said, held = paper.signed.statement, self._held
        if self._repositories is None:
            return "cannot be told from one of another repository: fetch the whole history (fetch-depth: 0)"
        if said.repository not in (self._repositories or {""}):
            return "was made in another repository, or in none"
        if said.at > ledger.timestamp(held.now + _AHEAD):
            return f"is dated {said.at[:10]}, which is yet to come"
        if said.at < said.requested:
            return "is dated before it was asked for"
        state = State(said.decision)
        if said.subject.package:  # nobody's code, and decided on without having been asked for
            return ""
        return people.objection(
            state, said.reviewer, self._people, requester=said.requester, authors=said.authors
        )

    @cached_property
    def _repositories(self) -> frozenset[str] | None:
        return grounds.repositories(self._held.root)

    def _without_conflicts(self, found: ReviewRequest, human: str) -> ReviewRequest:
        """The request, no decision in it that counts by somebody who wrote the code or asked."""

        def checked(one: Decision) -> Decision:
            # A package is decided on, often without having been asked for, by whoever keeps the list: it is nobody's
            # code. What the decision is about tells, for who asked may have asked for something else.
            if one.subject.package:
                return one
            authors = (*found.authors, human) if human else found.authors
            why = people.objection(
                one.state, one.by, self._people, requester=found.requester, authors=authors
            )
            return replace(one, signer="", problem=why) if why and not one.problem else one

        return replace(found, decisions=tuple(map(checked, found.decisions)))

    # -- from requests to what they are worth

    def _best(
        self,
        requests: Iterable[ReviewRequest],
        place: Callable[[Subject], Place],
        fingerprint: str,
        human: str,
    ) -> Standing | None:
        """Of several reviews the one decided on last, be it for or against; else the one that says most."""
        settings, known = self._held.settings, []
        for one in requests:
            about = [one.subject, *(decision.subject for decision in one.decisions)]
            if fingerprint and not any(fingerprint in each.fingerprints for each in about):
                continue
            found = self._without_conflicts(one, human) if human else one
            worth = review.standing(
                found, place, now=self._held.now, unsigned=settings.gate_unsigned,
                days=settings.gate_review_days, fingerprint=fingerprint,
            )  # fmt: skip
            known.append((_rank(worth, found), worth))
        return max(known, key=lambda one: one[0])[1] if known else None

    def _place(self, about: Subject, path: str, snapshot: Snapshot) -> Place:
        """Where what was reviewed stands in a file: in its own, or in the one that it was moved to whole."""
        found = subject.find(about, snapshot)
        if about.path == path or found.lines is None:
            return found
        if self._holds(about.path, about):
            return Place(None, f"it was reviewed in {about.path}, which this is not")
        before = self._moved.setdefault((about.path, about.digest), path)
        if before != path and self._holds(before, about):
            return Place(None, f"it was reviewed in {about.path} and stands in {before} now")
        self._moved[about.path, about.digest] = path
        return found

    def _holds(self, path: str, about: Subject) -> bool:
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            return False
        if path not in self._texts:
            root = self._held.root
            self._texts[path] = files.read(files.found_at(root / path, root)).snapshot
        text = self._texts[path]
        return text is not None and subject.find(about, text).lines is not None


def load(
    root: Path,
    settings: Settings,
    *,
    base: str = "",
    now: datetime,
    environ: Mapping[str, str] | None = None,
    start: tuple[str, str] = ("", ""),
) -> Dossier:
    """The reviews of the project at `root`, read once.

    Args:
        root: the project's root, as `Config.root`.
        settings: its settings.
        base: the commit whose allowed signers are trusted; "" for what `trust.base` makes of the environment.
        now: when; decisions expire.
        environ: the environment; the process's own when not given.
        start: what `trust.base` and `trust.fork` say, where somebody asked them already.

    Raises:
        LedgerError: the ledger is there and cannot be read.
        git.GitError: the base is no commit here, or cannot be read.
    """
    location = stores.locate(root)
    held = grounds.of(location, root, settings, base=base, now=now, environ=environ, start=start)
    found = papers.read(held.root, held.rev, held.fork)
    return Dossier(held, found, stores.read(location, review.KINDS))


def _together(judge: Callable[[Paper], Verified], some: Iterable[Paper]) -> list[Verified]:
    """What a function that waits for other programs gives, in order; it waits for several at once."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - one signature needs no threads

    with ThreadPoolExecutor(min(_MOST_AT_ONCE, (os.cpu_count() or 1) + 2)) as threads:
        return list(threads.map(judge, some))


def _grouped(
    found: Sequence[Paper], events: Sequence[AuditEvent]
) -> tuple[dict[str, _Group], dict[str, set[str]]]:
    """What is told by the path or package that each request is about, and by fingerprint which those are."""
    names = _names(found, events)
    groups: dict[str, _Group] = defaultdict(_Group)
    listed: dict[str, set[str]] = defaultdict(set)
    for paper in found:
        said = paper.signed.statement
        groups[names[said.request]].papers.append(paper)
        for mark in said.subject.fingerprints:
            listed[mark].add(names[said.request])
    for event in events:
        name = names.get(str(event.payload.get("request", "")), event.subject)
        groups[name].events.append(event)
        about = event.payload.get("subject")
        marks = about.get("fingerprints") if isinstance(about, dict) else None
        for mark in marks if isinstance(marks, list) else ():
            listed[str(mark)].add(name)
    return dict(groups), dict(listed)


def _names(found: Sequence[Paper], events: Sequence[AuditEvent]) -> dict[str, str]:
    """By a request's id the path or package it is about: as it says itself, else as a decision on it does."""
    asked: dict[str, str] = {}
    decided: dict[str, str] = {}
    for paper in found:
        said = paper.signed.statement
        (decided if said.decision else asked)[said.request] = said.subject.name
    for event in events:
        if request := str(event.payload.get("request", "")):
            asks = event.kind == ledger.Kind.REVIEW_REQUESTED
            (asked if asks else decided)[request] = event.subject
    return decided | asked


def _is_all(lines: tuple[int, int], snapshot: Snapshot) -> bool:
    """Whether nothing but blanks stands before and after the lines."""
    start, end = snapshot.line_starts[lines[0] - 1], snapshot.line_span(lines[1] - 1).end
    return not snapshot.text[:start].strip() and not snapshot.text[end:].strip()


def _rank(worth: Standing, found: ReviewRequest) -> tuple[int, str]:
    """Which of several standings speaks: the higher."""
    if worth.status in {Status.APPROVED, Status.REJECTED}:
        last = max((one.at for one in found.decisions if not one.problem), default="")
        return len(_ORDER), last
    return len(_ORDER) - 1 - _ORDER.index(worth.status), found.at


def _instant(at: str) -> datetime:
    return datetime.fromisoformat(at)
