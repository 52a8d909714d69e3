"""A case: all that is known of some lines, findings or commits, and of whoever wrote them.

What `vetline audit trace` tells and an incident's report holds: who asked for the lines and with which prompt, the model
and the agent, what people and the gate decided, and what else those sessions wrote that is still there.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import config, dossier, files, notes, places, review, stores
from vetline.authors import Authors
from vetline.doors import options as words
from vetline.doors import trace
from vetline.doors.audit import choosing, commits
from vetline.doors.blame import count_of
from vetline.doors.trace import Found, Range, Wanted
from vetline.git import GitError
from vetline.history import asking, shelf
from vetline.ledger import Kind
from vetline.provenance import UNKNOWN
from vetline.stores import origins

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from vetline.doors.audit.commits import Brought
    from vetline.ledger import AuditEvent
    from vetline.provenance import Origin
    from vetline.review import ReviewRequest
    from vetline.settings import Settings
    from vetline.stores import Location

_SECONDS = 60.0  # for git
_LINES = 200_000  # that a note may name of a file
_ASKED = (Kind.PROMPT_SUBMITTED, Kind.PROMPT_DENIED)
# Kinds of events that are about a file and need not name a session.
_FAMILIES = ("finding", "escalation", "suppression", "review")


class Lines(NamedTuple):
    """Lines of a file, from 1 and inclusive; of the whole file when `last` is 0."""

    path: str
    first: int = 1
    last: int = 0

    def meets(self, path: str, first: int, last: int) -> bool:
        """Whether other lines are among these."""
        return path == self.path and (not self.last or (first <= self.last and last >= self.first))


class Seeds(NamedTuple):
    """What a case begins with.

    Attributes:
        findings: fingerprints of findings and triggers.
        lines: lines of files as they are now.
        commits: full names.
        sessions: of agents.
    """

    findings: tuple[str, ...] = ()
    lines: tuple[Lines, ...] = ()
    commits: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()


@dataclass(slots=True)
class Case:
    """What is known.

    Attributes:
        ranges: the lines it is about and who wrote them: of findings and commits as far as they are known.
        sessions: the agents' sessions that wrote them.
        prompts: the digests of prompts that asked for them, and their texts with secrets masked; None where none is kept.
        asked: the digests of all prompts of the sessions, the oldest first.
        events: those about it, the oldest first.
        reviews: the requests for a review that cover it.
        gates: the verdicts since the lines were written on what they are part of, and those on their commits or, where
            these were not let pass themselves, on what contains them; the oldest first.
        commits: those that brought the lines as they are now, and those that were asked about.
        incidents: that name the finding, a line's file, a commit or a session of these, the oldest first.
        left: what else the sessions wrote that is still there.
    """

    ranges: list[Range] = field(default_factory=list)
    sessions: tuple[str, ...] = ()
    prompts: dict[str, str | None] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    events: list[AuditEvent] = field(default_factory=list)
    reviews: list[ReviewRequest] = field(default_factory=list)
    gates: list[AuditEvent] = field(default_factory=list)
    commits: list[Brought] = field(default_factory=list)
    incidents: list[AuditEvent] = field(default_factory=list)
    left: Found = field(default_factory=Found)

    @property
    def origins(self) -> list[Origin]:
        """Where the lines came from, each once."""
        found = (each.attribution.origin for each in self.ranges)
        return list(dict.fromkeys(origin for origin in found if origin is not None))

    @property
    def passed(self) -> AuditEvent | None:
        """The first verdict that let it pass."""
        return next(filter(choosing.lets_pass, self.gates), None)


def gather(seeds: Seeds, root: Path) -> Case:
    """All that is known of what a case begins with, in the project at `root`.

    Raises:
        UsageError: a file or a commit is not there.
        LedgerError: what is recorded cannot be read.
        GitError: git does not answer.
    """
    location, settings = stores.locate(root), config.load(root).settings
    Authors(root, store_text=settings.store_text).drain()
    case, wanted = Case(), set(seeds.findings)
    for lines in seeds.lines:
        case.ranges += written(location.base, lines)
    standing = [*case.ranges]
    for commit in seeds.commits:
        case.ranges += _noted(location.base, commit)
    # The ledger may be larger than memory: it is gone through twice, and what matters is kept.
    told = [
        event for event in stores.stream(location) if wanted and fingerprints_of(event) & wanted
    ]
    sessions = [*seeds.sessions, *map(choosing.session_of, told)]
    sessions += [origin.session for origin in case.origins]
    case.sessions = tuple(dict.fromkeys(filter(None, sessions)))
    case.left = _left(case.sessions, root)
    seen = _of_findings(told, case)
    case.ranges += seen
    case.commits, unread = commits.of_lines(location.base, [*standing, *seen])
    case.commits += commits.of_commits(location.base, seeds.commits)
    case.left.unread += unread
    prompts = (origin.prompt for origin in case.origins if origin.prompt)
    case.prompts = _texts(dict.fromkeys(prompts), root)
    paths, verdicts, asked = {each.path for each in case.ranges}, [], []
    subjects = {*paths, *(event.subject for event in told), *(one.path for one in seeds.lines)} - {
        ""
    }
    for event in stores.stream(location):
        if _is_about(event, seeds, case, paths):
            case.events.append(event)
        if event.kind == Kind.GATE_JUDGED:
            verdicts.append(event)
        elif event.kind in _ASKED and choosing.session_of(event) in case.sessions:
            asked.append(choosing.word(event, "prompt"))
        elif event.kind == Kind.INCIDENT_OPENED and _is_of(event, seeds, case, subjects):
            case.incidents.append(event)
    case.asked = tuple(dict.fromkeys(filter(None, asked)))
    case.reviews = [one for one in _reviews(root, settings, location) if _covers(one, seeds, case)]
    case.gates = _verdicts(verdicts, _judged(location.base, verdicts, case), case, subjects)
    return case


def fingerprints_of(event: AuditEvent) -> set[str]:
    """The findings that an event names."""
    inner = event.payload.get("subject")
    parts: list[Mapping[str, Any]] = [event.payload, inner if isinstance(inner, dict) else {}]
    found = [part.get("fingerprint") for part in parts]
    for part in parts:
        many = part.get("fingerprints")
        found += many if isinstance(many, list) else []
    return {one for one in found if isinstance(one, str) and one}


# -- who wrote it


def written(root: Path, lines: Lines) -> list[Range]:
    """Who wrote lines of a file as it is now.

    Raises:
        UsageError: it has no such lines.
    """
    # The path may come from a ledger, which may be anybody's.
    path = Path(os.path.realpath(root / lines.path)) if "\0" not in lines.path else root
    if not os.path.isfile(path):  # noqa: PTH113 - never raises
        raise words.UsageError(f"{lines.path}: no such file")
    if not path.is_relative_to(os.path.realpath(root)):
        raise words.UsageError(f"{lines.path} lies outside of {root}")
    found = config.load(path)
    reading = files.read(files.found_at(path, found.root), found.settings.max_file_size)
    if reading.snapshot is None:
        reasons = "; ".join(failure.reason for failure in reading.failures)
        raise words.UsageError(f"{lines.path}: {reasons or 'is a binary file'}")
    count = count_of(reading.snapshot)
    last = lines.last or count
    if not 1 <= lines.first <= last <= max(count, 1):
        raise words.UsageError(f"{lines.path} has the lines 1 to {count}")
    authors = Authors(found.root, store_text=found.settings.store_text)
    known = authors.attributions(reading.snapshot)
    ranges: list[Range] = []
    for number in range(lines.first, min(last, len(known)) + 1):
        before = ranges[-1] if ranges else None
        if before and before.attribution == known[number - 1]:
            ranges[-1] = before._replace(last=number)
        else:
            ranges.append(Range(lines.path, number, number, known[number - 1]))
    return ranges


def _noted(root: Path, commit: str) -> list[Range]:
    """Who wrote the lines that a commit brought, as its note has it."""
    repository = asking.opened(root, _SECONDS)
    note = shelf.read(repository, shelf.shelves(repository.common), [commit]).get(commit)
    found = Found()
    for path, entries in note.files.items() if note else ():
        ranges = [each for entry in entries for each in entry.ranges]
        if sum(last - first + 1 for first, last in ranges) > _LINES:
            raise GitError(f"the note on commit {commit[:12]} names too many lines")
        named = {number for first, last in ranges for number in range(first, last + 1)}
        if note and named and max(named) <= _LINES:
            said = notes.lines(note, path, named)
            known = [said.get(number, UNKNOWN) for number in range(1, max(named) + 1)]
            trace.take(Wanted(), found, path, known)
    return found.ranges


def _of_findings(told: Iterable[AuditEvent], case: Case) -> list[Range]:
    """Those of the sessions' lines on which findings were seen, else all that they have in the same file."""
    ranges: list[Range] = []
    for event in told:
        here = [each for each in case.left.ranges if each.path == event.subject]
        line = event.payload.get("line")
        at = [each for each in here if type(line) is int and each.first <= line <= each.last]
        ranges += at or here
    return [each for each in dict.fromkeys(ranges) if each not in case.ranges]


def _left(sessions: Collection[str], root: Path) -> Found:
    """What sessions wrote that is still there."""
    if not sessions:
        return Found()
    place = places.place_of(str(root))
    base = Path(place.base) if place.base else root
    found = trace.look(Wanted(), place, base, [])
    found.ranges = [
        each
        for each in found.ranges
        if each.attribution.origin and each.attribution.origin.session in sessions
    ]
    folders = [Path(folder) for folder in (*place.folders, *place.former)]
    found.gone = [
        path
        for path in found.gone
        if any(trace.was_written(Wanted(session=one), folders, path) for one in sessions)
    ]
    return found


# -- what it was asked with


def _texts(digests: Iterable[str], root: Path) -> dict[str, str | None]:
    place = places.place_of(str(root))
    return {
        digest: next(
            filter(None, (origins.prompt_text(Path(one), digest) for one in place.folders)), None
        )
        for digest in digests
    }


def texts(digests: Sequence[str], root: Path) -> dict[str, str]:
    """The texts of prompts, secrets masked, as far as they are kept.

    Raises:
        LedgerError: what is stored cannot be read.
    """
    return {digest: text for digest, text in _texts(digests, root).items() if text}


# -- what was decided


def _is_about(event: AuditEvent, seeds: Seeds, case: Case, paths: Collection[str]) -> bool:
    if fingerprints_of(event) & set(seeds.findings) or choosing.word(event, "commit") in {
        *seeds.commits
    }:
        return True
    family = event.kind.partition(".")[0]
    if family in _FAMILIES and any(_meets(event, lines) for lines in seeds.lines):
        return True
    if choosing.session_of(event) not in case.sessions:
        return False
    return event.subject in paths or choosing.word(event, "prompt") in case.prompts


def _meets(event: AuditEvent, lines: Lines) -> bool:
    """Whether an event is about lines of a file, as far as it says which."""
    inner = event.payload.get("subject")
    told = event.payload.get("lines", inner.get("lines") if isinstance(inner, dict) else None)
    line = event.payload.get("line")
    if isinstance(told, list) and [type(each) for each in told] == [int, int]:
        first, last = told
    elif type(line) is int:
        first, last = line, line
    else:
        first, last = 1, _LINES
    return lines.meets(event.subject, first, last)


def _reviews(root: Path, settings: Settings, location: Location) -> Sequence[ReviewRequest]:
    """All reviews, their signatures verified; as the ledger alone tells them where nothing can be verified."""
    try:
        return dossier.load(root, settings, now=datetime.now(UTC)).requests
    except GitError:
        return review.fold(stores.read(location, review.KINDS))


def _covers(found: ReviewRequest, seeds: Seeds, case: Case) -> bool:
    subject = found.subject
    if set(subject.fingerprints) & set(seeds.findings):
        return True
    if any(lines.meets(subject.path, subject.first, subject.last) for lines in seeds.lines):
        return True
    return bool(seeds.commits) and subject.path in {each.path for each in case.ranges}


def _is_of(incident: AuditEvent, seeds: Seeds, case: Case, paths: Collection[str]) -> bool:
    """Whether an incident names any of this."""
    named = {
        "findings": set(seeds.findings),
        "commits": {each.commit for each in case.commits} - {""},
        "sessions": set(case.sessions),
    }
    told = {name: incident.payload.get(name) for name in (*named, "lines")}
    there = {name: many if isinstance(many, list) else [] for name, many in told.items()}
    subjects = [one[0] for one in there["lines"] if isinstance(one, list) and one]
    return any(
        one in paths for one in (incident.subject, *subjects) if isinstance(one, str)
    ) or any(
        one in known for name, known in named.items() for one in there[name] if isinstance(one, str)
    )


def _judged(base: Path, verdicts: Sequence[AuditEvent], case: Case) -> set[str]:
    """The judged commits that tell of those that brought the lines."""
    try:
        return commits.judged(base, (each.commit for each in case.commits), verdicts)
    except GitError as error:
        case.left.unread.append((".", f"for what contains its commits: {error}"))
        return {each.commit for each in case.commits} - {""}


def _verdicts(
    events: Iterable[AuditEvent], judged: Collection[str], case: Case, paths: Collection[str]
) -> list[AuditEvent]:
    """The gate's verdicts on these commits, and those since the lines were written on what they are part of."""
    times = [origin.at for origin in case.origins if origin.at] or [one.at for one in case.events]
    since = min(times, default="")
    return [
        event
        for event in events
        if event.kind == Kind.GATE_JUDGED
        and (
            choosing.word(event, "commit") in judged
            or (
                bool(since)
                and event.at >= since
                and any(choosing.lies_in(path, event.subject or ".") for path in paths)
            )
        )
    ]
