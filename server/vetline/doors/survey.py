"""From paths to sightings: what `check` and `baseline` do alike."""

from __future__ import annotations

import os
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from vetline import baseline, files, git, session, worker
from vetline.doors.options import UsageError, tell
from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.engine import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from vetline.config import Config
    from vetline.gate import Sighting
    from vetline.provenance import Regions
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.engine import Analysis

_PROGRESS_AFTER = 1.0  # seconds
_FILES_A_WORKER = 10  # fewer do not pay for the start of one more process
_IMPORTS = "imports"  # the analyzer that wants to know the project
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
        ref: the commit to compare with; "" means none.
        regions: gives who wrote what in a text.
    """

    config: Config
    paths: Sequence[Path]
    standard: Standard | None = None
    jobs: int | None = None
    ref: str = ""
    regions: Callable[[Snapshot], Regions] = lambda _: ()


class Survey(NamedTuple):
    """What a look at many files gave.

    Attributes:
        sightings: by path and place; those that the commit compared with has are accepted.
        failures: what could not be checked, by path, each reason once a file.
        places: the files that were looked at, relative to the root.
        authors: whether anything is known of who wrote any of them.
    """

    sightings: tuple[Sighting, ...]
    failures: tuple[Failure, ...]
    places: tuple[str, ...]
    authors: bool


def found(plan: Plan) -> tuple[list[files.Found], list[Failure]]:
    """The files that the paths mean, and what is not there."""
    settings, root = plan.config.settings, plan.config.root
    items = list(files.discover(plan.paths, root, settings.exclude))
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
    if plan.ref:
        asked = _changed(plan, asked)
    total = len(asked) + bool(plan.standard)
    places: list[str] = []
    sightings: list[Sighting] = []
    authors = False
    with _progress(total) as step:
        for snapshot, analysis, base in _pairs(_examined(plan, asked, failures)):
            regions = plan.regions(snapshot)
            authors = authors or bool(regions)
            findings = engine.conclude(snapshot, analysis.findings)
            seen = session.sight(snapshot, findings, regions)
            sightings += _without_known(seen, base) if base else seen
            failures += analysis.failures
            places.append(snapshot.path)
            step()
    once = {(f.path, f.reason): f for f in sorted(failures, key=lambda f: (f.path, f.reason))}
    sightings.sort(key=lambda s: (s.path, s.start, s.end, s.finding.rule))
    return Survey(tuple(sightings), tuple(once.values()), tuple(places), authors)


def _facts(config: Config) -> Facts:
    """What analyzers may know of the project beyond its texts."""
    key = baseline.key(config.root)
    if config.settings.analyzers and _IMPORTS not in config.settings.analyzers:
        return Facts(key=key)  # nobody else asks, and the walk costs
    from vetline import project

    return replace(project.facts(config.root, config.settings), key=key)


def _changed(plan: Plan, asked: list[files.Found]) -> list[files.Found]:
    changed = set(git.changed_files(plan.config.root, plan.ref))
    # What is named is looked at whatever git thinks of it, for it may be ignored: then git says nothing.
    return [item for item in asked if item.named or item.place in changed]


def _examined(
    plan: Plan, asked: list[files.Found], failures: list[Failure]
) -> Iterator[tuple[Snapshot, Analysis]]:
    settings = plan.config.settings
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return worker.examine_all(
        _snapshots(plan, asked, failures),
        settings.analyzers or None,
        _facts(plan.config),
        workers=plan.jobs or min(processors, 1 + len(asked) // _FILES_A_WORKER),
        timeout=settings.timeout,
    )


def _snapshots(
    plan: Plan, asked: Iterable[files.Found], failures: list[Failure]
) -> Iterator[Snapshot]:
    """Each text, before it the text of the same file in the commit compared with, if it is there."""
    old_names = _renamed(plan)
    for reading in _readings(plan, asked):
        failures += reading.failures
        if reading.snapshot is None:
            continue
        if plan.ref and (before := _before(plan, reading.snapshot, old_names)):
            yield before
        yield reading.snapshot


def _readings(plan: Plan, asked: Iterable[files.Found]) -> Iterator[files.Reading]:
    limit = plan.config.settings.max_file_size
    if plan.standard:
        raw, path = plan.standard
        place = files.relative(path, plan.config.root)
        if len(raw) > limit:
            reason = f"is over the limit of {limit / 1e6:.1f} MB: raise max-file-size"
            yield files.Reading(failures=(Failure(place, reason),))
        else:
            yield files.of_bytes(raw, files.uri_of(path), place, named=True)
    for item in asked:
        yield files.read(item, limit)


def _renamed(plan: Plan) -> dict[str, str]:
    """New path → old path of the files that the commit compared with has under another name."""
    return git.renamed(plan.config.root, plan.ref) if plan.ref else {}


def _before(plan: Plan, snapshot: Snapshot, old_names: Mapping[str, str]) -> Snapshot | None:
    path = old_names.get(snapshot.path, snapshot.path)
    text = files.at_ref(plan.config.root, plan.ref, path)
    if text is None or len(text) > plan.config.settings.max_file_size:
        return None
    return replace(snapshot, uri=_BASE + snapshot.uri, text=text)


def _pairs(
    examined: Iterable[tuple[Snapshot, Analysis]],
) -> Iterator[tuple[Snapshot, Analysis, list[str]]]:
    """Each text with its analysis and the fingerprints that its file had before."""
    base: list[str] = []
    for snapshot, analysis in examined:
        if snapshot.uri.startswith(_BASE):
            for failure in analysis.failures:
                if not failure.partial:
                    why = f"{failure.reason}; what it held before counts as new"
                    tell("check", f"{snapshot.path} as it was: {why}")
            findings = engine.conclude(snapshot, analysis.findings)
            base = [f.fingerprint for f in findings if f.suppression is None]
        else:
            yield snapshot, analysis, base
            base = []


def _without_known(seen: Iterable[Sighting], base: Iterable[str]) -> Iterator[Sighting]:
    """The sightings, those that were there before accepted."""
    left = Counter(base)
    for sighting in seen:
        mark = sighting.finding.fingerprint
        known = sighting.finding.suppression is None and left[mark] > 0
        left[mark] -= known
        yield replace(sighting, accepted=True) if known else sighting


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on the terminal when it takes over a second; gives what to call after each file."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task("checking", total=total)
    lock = threading.Lock()
    done = False

    def show() -> None:
        with lock:
            if not done:
                bar.start()

    timer = threading.Timer(_PROGRESS_AFTER, show)
    timer.daemon = True
    timer.start()
    try:
        yield lambda: bar.advance(task)
    finally:
        with lock:
            done = True
        timer.cancel()
        bar.stop()
