"""From paths to sightings: what `check` and `baseline` do alike."""

from __future__ import annotations

import os
import sys
import threading
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from secrets import token_bytes
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
    from vetline.session import Who
    from vetline.settings import Settings
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.engine import Analysis

_PROGRESS_AFTER = 1.0  # seconds
_FILES_A_WORKER = 10  # fewer do not pay for the start of one more process
_IMPORTS = "imports"  # the analyzer that wants to know the project
_SECRETS = "secrets"  # the analyzer that knows what must not be quoted
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
        authors: gives who wrote what in a text; asked about texts in which something was found. None when
            nothing is known of any.
    """

    config: Config
    paths: Sequence[Path]
    standard: Standard | None = None
    jobs: int | None = None
    ref: str = ""
    authors: Callable[[Snapshot], Who] | None = None


class Survey(NamedTuple):
    """What a look at many files gave.

    Attributes:
        sightings: by path and place; those that the commit compared with has are accepted.
        failures: what could not be checked, by path, each reason once a file.
        places: the files that were looked at, relative to the root.
        authors: whether something is known of who wrote what was found; where nothing was found, of any
            file of the project.
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
    known = git.tree(plan.config.root, plan.ref) if plan.ref else None
    if known:
        # What is named is looked at as it is, for it may be an answer to "what of this file?".
        asked = [item for item in asked if item.named or not git.is_same(known, item.place)]
    places: list[str] = []
    sightings: list[Sighting] = []
    with _progress(len(asked) + bool(plan.standard)) as step, closing(_Masker(plan)) as masker:
        for snapshot, analysis, base in _pairs(_examined(plan, asked, failures, known)):
            seen = masker.sight(snapshot, analysis)
            sightings += _without_known(seen, base) if base else seen
            failures += analysis.failures
            places.append(snapshot.path)
            step()
    once = {(f.path, f.reason): f for f in sorted(failures, key=lambda f: (f.path, f.reason))}
    sightings.sort(key=lambda s: (s.path, s.start, s.end, s.finding.rule))
    known_authors = bool(plan.authors) and (not sightings or any(s.origin for s in sightings))
    return Survey(tuple(sightings), tuple(once.values()), tuple(places), known_authors)


def _facts(config: Config) -> Facts:
    """What analyzers may know of the project beyond its texts."""
    # Without a key of the repository one for this run tells a replaced secret from the one before.
    key = baseline.key(config.root) or token_bytes(32)
    if config.settings.analyzers and _IMPORTS not in config.settings.analyzers:
        return Facts(key=key)  # nobody else asks, and the walk costs
    from vetline import project

    return replace(project.facts(config.root, config.settings), key=key)


class _Masker:
    """Sights findings so that no secret is quoted, also when nobody asked for secrets.

    Who asked for other analyzers only gets no findings of secrets; the one process that looks for
    them starts with the first text that is to be quoted.
    """

    def __init__(self, plan: Plan) -> None:
        settings = plan.config.settings
        self._has_asked = not settings.analyzers or _SECRETS in settings.analyzers
        self._timeout = settings.timeout
        self._authors = plan.authors
        self._worker = worker.Worker()

    def sight(self, snapshot: Snapshot, analysis: Analysis) -> list[Sighting]:
        """The findings of an analysis in their places."""
        findings = engine.conclude(snapshot, analysis.findings)
        if not findings:
            return []
        if not self._has_asked:
            analysis = self._worker.examine(snapshot, (_SECRETS,), self._timeout)
        lost = any(failure.analyzer == _SECRETS for failure in analysis.failures)
        # One of those that mask may have been merged into another finding: it goes in beside them.
        known = {finding.span for finding in findings if finding.secret}
        masks = [f for f in analysis.findings if f.secret and f.span not in known]
        who = self._authors(snapshot) if self._authors else session.nobody
        seen = session.sight(snapshot, [*findings, *masks], who, quoting=not lost)
        return seen[: len(findings)]

    def close(self) -> None:
        """End the process."""
        self._worker.close()


def _examined(
    plan: Plan, asked: list[files.Found], failures: list[Failure], known: git.Tree | None
) -> Iterator[tuple[Snapshot, Analysis]]:
    settings = plan.config.settings
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return worker.examine_all(
        _snapshots(plan, asked, failures, known),
        settings.analyzers or None,
        _facts(plan.config),
        workers=plan.jobs or min(processors, 1 + len(asked) // _FILES_A_WORKER),
        timeout=settings.timeout,
    )


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
        if known:
            yield from _before(known, reading.snapshot, old_names, plan.config.settings)
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


def _before(
    known: git.Tree, snapshot: Snapshot, old_names: Mapping[str, str], settings: Settings
) -> Iterator[Snapshot]:
    path = old_names.get(snapshot.path, snapshot.path)
    raw = git.content(known, path, settings.max_file_size)
    if raw is not None:
        text = files.decode(raw, snapshot.language)[0]
        yield replace(snapshot, uri=_BASE + snapshot.uri, text=text)


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
            base = [f.exact for f in findings if f.suppression is None]
        else:
            yield snapshot, analysis, base
            base = []


def _without_known(seen: Iterable[Sighting], base: Iterable[str]) -> Iterator[Sighting]:
    """The sightings, those that were there before accepted."""
    left = Counter(base)
    for sighting in seen:
        mark = sighting.finding.exact
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
