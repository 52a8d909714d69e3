"""From paths to sightings: what `check` and `baseline` do alike."""

from __future__ import annotations

import os
import sys
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from secrets import token_bytes
from typing import TYPE_CHECKING, NamedTuple

from vetline import baseline, files, git, session, worker
from vetline.doors import progress
from vetline.doors.options import UsageError, tell
from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.engine import Failure
from vetline_analyzers.supply import tally

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from vetline.config import Config
    from vetline.dossier import Dossier
    from vetline.gate import Sighting
    from vetline.session import Recorded, Who
    from vetline.settings import Settings
    from vetline_analyzers.core.analyzer import Neighbour
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.core.universe import Answer, Package
    from vetline_analyzers.engine import Analysis
    from vetline_analyzers.manifests import Reading
    from vetline_analyzers.supply.tally import Tally

_FILES_A_WORKER = 10  # fewer do not pay for the start of one more process
_TOGETHER = 64  # files whose reviews are verified together
_DEPENDENCIES = "dependencies"  # the analyzer that looks packages up in the advisories
_MEMBERS = "members"  # the analyzer that takes a type checker's word
_OF_PROJECTS = {"imports", _MEMBERS, _DEPENDENCIES}  # those that want to know the project
_PATTERNS = "patterns"  # the analyzer that follows data
_BASE = "base:"  # before the URI of a text that another is compared with


class Standard(NamedTuple):
    """What standard input held, and the file it stands for."""

    raw: bytes
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to look at and how.

    Attributes:
        config: the settings and the root.
        paths: files and folders.
        standard: standard input, in the place of paths.
        jobs: processes at most; None means one a processor.
        ref: the commit to compare with, or rather the one where HEAD branched off from it; "" means
            none.
        authors: gives who wrote what in a text, as `session.recorded` has it; asked about texts in which
            something was found. None when nothing is known of any.
        again: by place, what some of the files would hold: only these are looked at. None means all, as
            they are.
        quoting: lines in which something is found are to be shown.
        kind: what somebody says the texts are to an agent, of `steering.DECLARED`; "" for what they look like.
        answers: what registries said of names of packages.
        reviews: gives people's reviews, None where they cannot be read; None when nobody wants to know them.
        tracked: files, relative to the root, that are looked at whatever git is told to ignore.
        accepted: the digests of secrets that a `.secrets.baseline` may accept; None means whichever it does.
        reviewed: each finding's review is looked up; else only of those whose suppression waits for one.
    """

    config: Config
    paths: Sequence[Path]
    standard: Standard | None = None
    jobs: int | None = None
    ref: str = ""
    authors: Recorded | None = None
    again: Mapping[str, bytes] | None = None
    tracked: Sequence[str] = ()
    accepted: frozenset[str] | None = None
    quoting: bool = True
    kind: str = ""
    answers: Mapping[Package, Answer] = field(default_factory=dict)
    reviews: Callable[[], Dossier | None] | None = None
    reviewed: bool = False


class Survey(NamedTuple):
    """What a look at many files gave.

    Attributes:
        sightings: by path and place; those that the commit compared with has are accepted.
        failures: what could not be checked, by path, each reason once a file.
        places: the files that were looked at, relative to the root.
        authors: whether something is known of who wrote what was found; where nothing was found, of any
            file of the project.
        texts: by place, the texts in which something was found that has a fix.
        audit: how many dependencies were looked up in the advisories; None where there are none, or nobody asked.
    """

    sightings: tuple[Sighting, ...]
    failures: tuple[Failure, ...]
    places: tuple[str, ...]
    authors: bool
    texts: Mapping[str, Snapshot]
    audit: Tally | None = None


def found(plan: Plan) -> tuple[list[files.Found], list[Failure]]:
    """The files that the paths mean, and what is not there."""
    settings, root = plan.config.settings, plan.config.root
    items = list(files.discover(plan.paths, root, settings.exclude, plan.tracked))
    failures = [item for item in items if isinstance(item, Failure)]
    return [item for item in items if not isinstance(item, Failure)], failures


def survey(plan: Plan) -> Survey:
    """Look at everything that was asked for.

    Raises:
        UsageError: the commit to compare with or the key for fingerprints cannot be read.
    """
    try:
        return _survey(plan)
    except git.GitError as error:
        raise UsageError(f"cannot compare with {plan.ref!r}: {error}") from None
    except baseline.BaselineError as error:
        raise UsageError(str(error)) from None


def _survey(plan: Plan) -> Survey:
    asked, failures = found(plan)
    if plan.again is not None:
        asked, failures = [item for item in asked if item.place in plan.again], []
    known = git.tree(plan.config.root, plan.ref) if plan.ref else None
    if known:
        # What is named is looked at as it is, for it may be an answer to "what of this file?".
        asked = [item for item in asked if item.named or not git.is_same(known, item.place)]
    places: list[str] = []
    sightings: list[Sighting] = []
    join = partial(session.reviewed_together, dossier=plan.reviews, all_of_them=plan.reviewed)
    due: list[tuple[list[Sighting], Snapshot]] = []
    texts: dict[str, Snapshot] = {}
    facts = replace(_facts(plan), answers=plan.answers)
    if (may := plan.accepted) is not None:
        facts = replace(facts, accepted={p: some & may for p, some in facts.accepted.items()})
    manifests: list[tuple[str, Reading]] = []
    with progress.bar(len(asked) + bool(plan.standard)) as step, closing(_Masker(plan)) as masker:
        for snapshot, analysis, base in _pairs(_examined(plan, facts, asked, failures, known)):
            seen = list(_without_known(masker.sight(snapshot, analysis, base), base))
            due.append((seen, snapshot))
            if plan.reviews is None or len(due) >= _TOGETHER:
                sightings += join(due)
                due = []
            failures += analysis.failures
            places.append(snapshot.path)
            manifests += _manifest(plan, snapshot)
            if any(sighting.finding.fix for sighting in seen):
                texts[snapshot.path] = snapshot
            step()
    sightings += join(due)
    once = {(f.path, f.reason): f for f in sorted(failures, key=lambda f: (f.path, f.reason))}
    sightings.sort(key=_order)
    known_authors = bool(plan.authors) and (not sightings or any(s.origin for s in sightings))
    audit = tally.count(manifests, facts)
    return Survey(
        tuple(sightings), tuple(once.values()), tuple(places), known_authors, texts, audit
    )


def audits(plan: Plan) -> bool:
    """Whether dependencies are looked up."""
    return not plan.config.settings.analyzers or _DEPENDENCIES in plan.config.settings.analyzers


def _manifest(plan: Plan, snapshot: Snapshot) -> Iterator[tuple[str, Reading]]:
    """What a text says of dependencies, with its path, if it is a manifest or a lock file."""
    if audits(plan):
        from vetline_analyzers import manifests

        form = manifests.of_path(snapshot.path)
        if form is not None and len(snapshot.text) <= form.limit:  # else the analyzer says so
            yield snapshot.path, form.read(snapshot.text)


def _facts(plan: Plan) -> Facts:
    """What analyzers may know of the project beyond its texts."""
    config = plan.config
    # Without a key of the repository one for this run tells a replaced secret from the one before.
    key = baseline.key(config.root) or token_bytes(32)
    from vetline import project

    if config.settings.analyzers and _OF_PROJECTS.isdisjoint(config.settings.analyzers):
        # Nobody else asks for the rest, and the walk costs.
        return Facts(key=key, accepted=project.accepted(config.root))
    facts = replace(project.facts(config.root, config.settings), key=key)
    missed = partial(tell, "check")
    return session.approving(facts, config.root, config.settings, missed, plan.reviews)


class _Masker:
    """Sights findings so that no secret is quoted, also when nobody asked for secrets.

    Who asked for other analyzers only gets no findings of secrets; the one process that looks for
    them starts with the first text that is to be quoted.
    """

    def __init__(self, plan: Plan) -> None:
        self._settings = settings = plan.config.settings
        self._quoting = plan.quoting
        self._has_asked = not settings.analyzers or {*engine.MASKERS} <= {*settings.analyzers}
        self._timeout = settings.timeout
        self._authors = plan.authors
        self._keep = plan.again is None and plan.standard is None
        self._worker = worker.Worker()

    def sight(self, snapshot: Snapshot, analysis: Analysis, base: _Base) -> list[Sighting]:
        """The findings of an analysis in their places, and what is to be said of who wrote the text."""
        who: Who = session.nobody
        strange: list[Finding] = []
        if self._authors and (self._settings.gate_agents or self._settings.gate_models):
            who = self._authors(snapshot, keep=self._keep)
            strange = session.unlisted(snapshot, who, self._settings, base.lines)
        findings = engine.conclude(snapshot, [*analysis.findings, *strange])
        if not findings:
            return []
        if self._authors and who is session.nobody:
            who = self._authors(snapshot, keep=self._keep)
        fixes = any(finding.fix for finding in findings)
        if not self._has_asked and (self._quoting or fixes):
            analysis = self._worker.examine(snapshot, engine.MASKERS, self._timeout)
        lost = any(engine.is_blind(failure) for failure in analysis.failures)
        # One of those that mask may have been merged into another finding: it goes in beside them.
        known = {finding.span for finding in findings if finding.secret}
        masks = [f for f in analysis.findings if f.secret and f.span not in known]
        seen = session.sight(snapshot, [*findings, *masks], who, quoting=self._quoting, blind=lost)
        return seen[: len(findings)]

    def close(self) -> None:
        """End the process."""
        self._worker.close()


def _examined(
    plan: Plan,
    facts: Facts,
    asked: list[files.Found],
    failures: list[Failure],
    known: git.Tree | None,
) -> Iterator[tuple[Snapshot, Analysis]]:
    settings = plan.config.settings
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    snapshots = _snapshots(plan, asked, failures, known)
    second = None
    if not settings.analyzers or _MEMBERS in settings.analyzers:
        from vetline import project, types

        root = plan.config.root
        checker = types.Checker(project.python_of(root, settings), settings.timeout, root=root)
        snapshots, second = checker.through(snapshots), checker.of
    return worker.examine_all(
        snapshots,
        settings.analyzers or None,
        facts,
        workers=plan.jobs or min(processors, 1 + len(asked) // _FILES_A_WORKER),
        timeout=settings.timeout,
        beside=_beside(plan),
        second=second,
    )


def _beside(plan: Plan) -> Callable[[Snapshot], Mapping[str, Neighbour]] | None:
    """Gives the modules that a text imports, so that data is followed into them; None when nobody asks.

    What a file held in the commit compared with goes with its neighbours as they are now: it is this file's change
    that is looked at, and with others, or none, what was there before would be told as new.
    """
    analyzers = plan.config.settings.analyzers
    if analyzers and _PATTERNS not in analyzers:
        return None
    from vetline.neighbours import Neighbours

    return Neighbours(plan.config.root, plan.again).of


def _snapshots(
    plan: Plan, asked: list[files.Found], failures: list[Failure], known: git.Tree | None
) -> Iterator[Snapshot]:
    """Each text, before it the text of the same file in the commit compared with, if it is there."""
    new = [item.place for item in asked if known and item.place not in known.blobs]
    old_names = git.renamed(known, new) if known else {}
    for reading in _readings(plan, asked):
        failures += reading.failures
        if reading.snapshot is None:
            continue
        # A kind takes the place of the language: it says how the text is read, goes wherever the text goes, and
        # leaves the path true, which reports name.
        snapshot = replace(reading.snapshot, language=plan.kind or reading.snapshot.language)
        if known:
            yield from _before(known, snapshot, old_names, plan.config.settings)
        yield snapshot


def _readings(plan: Plan, asked: Iterable[files.Found]) -> Iterator[files.Reading]:
    limit, again = plan.config.settings.max_file_size, plan.again or {}
    if plan.standard:
        raw, path = plan.standard
        place = files.relative(path, plan.config.root)
        raw = again.get(place, raw)
        most = files.bound(place, limit)
        if len(raw) > most:
            reason = f"is over the limit of {most / 1e6:.1f} MB: raise max-file-size"
            yield files.Reading(failures=(Failure(place, reason),))
        else:
            yield files.of_bytes(raw, files.uri_of(path), place, named=True)
    for item in asked:
        if item.place in again:
            uri = files.uri_of(item.path)
            yield files.of_bytes(again[item.place], uri, item.place, named=item.named)
        else:
            yield files.read(item, limit)


def _before(
    known: git.Tree, snapshot: Snapshot, old_names: Mapping[str, str], settings: Settings
) -> Iterator[Snapshot]:
    path = old_names.get(snapshot.path, snapshot.path)
    raw = git.content(known, path, files.bound(path, settings.max_file_size))
    if raw is not None:
        text = files.decode(raw, snapshot.language)[0]
        yield replace(snapshot, uri=_BASE + snapshot.uri, text=text)


class _Base(NamedTuple):
    """What a file held before: its findings, and its lines without the space around them."""

    findings: Sequence[Finding] = ()
    lines: frozenset[str] = frozenset()


def _pairs(
    examined: Iterable[tuple[Snapshot, Analysis]],
) -> Iterator[tuple[Snapshot, Analysis, _Base]]:
    """Each text with its analysis and what its file held before."""
    base = _Base()
    for snapshot, analysis in examined:
        if snapshot.uri.startswith(_BASE):
            for failure in analysis.failures:
                if not failure.partial:
                    why = f"{failure.reason}; what it held before counts as new"
                    tell("check", f"{snapshot.path} as it was: {why}")
            findings = engine.conclude(snapshot, analysis.findings)
            base = _Base(findings, frozenset(map(str.strip, snapshot.text.splitlines())))
        else:
            yield snapshot, analysis, base
            base = _Base()


def _without_known(seen: Iterable[Sighting], base: _Base) -> Iterator[Sighting]:
    """The sightings, those that were there before accepted: a silenced one also if nothing silenced it then."""
    silenced = Counter(f.exact for f in base.findings if f.suppression is not None)
    free = Counter(f.exact for f in base.findings if f.suppression is None)
    for sighting in seen:
        mark = sighting.finding.exact
        pools = (free,) if sighting.finding.suppression is None else (silenced, free)
        pool = next((pool for pool in pools if pool[mark] > 0), None)
        if pool is None:
            yield sighting
        else:
            pool[mark] -= 1
            yield replace(sighting, accepted=True)


def renewed(seen: Survey, again: Survey, places: Collection[str]) -> Survey:
    """What was seen, but of some files what a look at them gave again."""
    both = ((s, old) for look, old in ((seen, True), (again, False)) for s in look.sightings)
    sightings = [s for s, old in both if (s.path in places) is not old]
    failures = [f for f in seen.failures if f.path not in places]
    failures += [f for f in again.failures if f.path in places]
    texts = {place: text for place, text in seen.texts.items() if place not in places}
    texts |= {place: text for place, text in again.texts.items() if place in places}
    return Survey(
        tuple(sorted(sightings, key=_order)),
        tuple(sorted(failures, key=lambda f: (f.path, f.reason))),
        seen.places,
        seen.authors or again.authors,
        texts,
        seen.audit,
    )


def _order(sighting: Sighting) -> tuple[object, ...]:
    return sighting.path, sighting.start, sighting.end, sighting.finding.rule
