"""Writes into the ledger what a look came to: for `check`, and for the editor when a file is saved."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vetline import config, files, git, ledger, policy, recorder, session, stores, subject
from vetline.doors import options as words
from vetline.ledger import LedgerError
from vetline.recorder import Judged, Look

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from vetline.config import Config
    from vetline.doors.gating import Gate
    from vetline.doors.survey import Plan, Survey
    from vetline.gate import GateResult, Policy, Report, Sighting
    from vetline.ledger import Draft
    from vetline.recorder import Known
    from vetline.stores import Location
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.engine import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look came to.

    Attributes:
        config: the settings that held, and the root.
        policy: what was asked for.
        places: the files that were looked at, relative to the root.
        sightings: everything found in them.
        failures: what could not be checked; where that is something of a file, nothing is said to be gone from it.
        texts: by place, the texts as they were looked at, as far as they are at hand; others are read again.
        whole: all analyzers looked, so what was not found is not there.
    """

    config: Config
    policy: Policy
    places: Sequence[str]
    sightings: Sequence[Sighting]
    failures: Sequence[Failure] = ()
    texts: Mapping[str, Snapshot] = field(default_factory=dict)
    whole: bool = True


def checked(
    options: argparse.Namespace, gate: Gate, plan: Plan, seen: Survey, report: Report
) -> None:
    """Tell the ledger what a check came to; that it cannot be told is said and changes nothing.

    Nothing is told of what is not the project as it lies there: standard input, a text that somebody calls something
    else, settings that are not the project's.
    """
    if options.no_record or options.isolated or plan.standard or plan.kind:
        return
    told = Seen(
        config=gate.config,
        policy=replace(report.policy, escalates=True),
        places=seen.places,
        sightings=report.sightings,
        failures=(*report.failures, *report.unchecked),
        texts=seen.texts,
        whole=not gate.config.settings.analyzers,
    )
    try:
        record(told, report.result, gate.fork)
    except LedgerError as error:
        words.tell("check", f"not recorded: {error}")


def record(seen: Seen, result: GateResult | None = None, base: str = "") -> None:
    """Tell the ledger of the project what it does not know yet, and the verdict, if there is one.

    Blocks on disk, and on git where there is a verdict.

    Args:
        seen: what was seen.
        result: the verdict on it.
        base: the commit compared with; "" for none.

    Raises:
        LedgerError: the ledger cannot be read or written; says what to do.
    """
    root = seen.config.root
    where = stores.locate(root)
    one = where.subject(root / seen.places[0]) if result is None and seen.places else None
    before = recorder.known(stores.read(where, recorder.KINDS, one))
    drafts = list(_of_files(seen, where, before))
    if result is not None:
        drafts += recorder.vanished(before, lambda path: (where.base / path).is_file())
        drafts += _of_project(seen, where, before, result, base)
    if drafts:
        now = ledger.timestamp(datetime.now(UTC))
        stores.append(where, drafts, at=now, actor=ledger.actor(root))


def _of_files(seen: Seen, where: Location, before: Known) -> Iterator[Draft]:
    found: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in seen.sightings:
        found[sighting.path].append(sighting)
    partly = {failure.path for failure in seen.failures}
    silent = {path for path, _ in before.suppressed}
    keyed = silent or any(s.finding.suppression for s in seen.sightings)
    key = stores.key(where) if keyed else b""
    for place in seen.places:
        path = where.subject(seen.config.root / place)
        if place not in found and path not in before.open and path not in silent:
            continue
        look = Look(path, found[place], whole=seen.whole and place not in partly)
        texts = _Texts(seen, place)
        yield from recorder.suppressions(look, before, key, session.without_secrets)
        yield from recorder.unsuppressed(look, before, key)
        yield from recorder.escalations(look, seen.policy, before, texts.digest)
        yield from recorder.findings(look, seen.policy, before)


class _Texts:
    """The text of one file that was looked at, read again when it is first asked about and not at hand."""

    def __init__(self, seen: Seen, place: str) -> None:
        self._seen, self._place = seen, place
        self._snapshot: Snapshot | None = seen.texts.get(place)

    def digest(self, finding: Finding) -> str:
        """Of what a review of a finding would cover; "" when the text is another one by now."""
        if self._snapshot is None:
            root = self._seen.config.root
            found = files.found_at(root / self._place, root)
            self._snapshot = files.read(found, self._seen.config.settings.max_file_size).snapshot
        if self._snapshot is None or finding.span.end > len(self._snapshot.text):
            return ""
        return subject.of_span(self._snapshot, finding.span, self._place).digest


def _of_project(
    seen: Seen, where: Location, before: Known, result: GateResult, base: str
) -> Iterator[Draft]:
    root, file = seen.config.root, seen.config.file
    # Without flags and variables, which come and go with each run.
    lasting = policy.digest(config.load(root, file=file, environ={}).settings)
    project = where.subject(root)
    yield from recorder.configured(lasting, before, where.subject(file) if file else project)
    severities, escalated = recorder.shown(seen.sightings, seen.policy)
    about = Judged(
        subject=project,
        policy=policy.digest(seen.config.settings),
        commit=_commit(root, seen.places),
        base=base,
        files=len(seen.places),
        failures=len(seen.failures),
        change=_change(os.environ),
        severities=severities,
        escalated=escalated,
    )
    yield recorder.judged(result, about)


def _change(environ: Mapping[str, str]) -> str:
    """The merge request that a CI job is about, "!7" of GitLab's or "#7" of GitHub's; "" where there is none."""
    if (number := environ.get("CI_MERGE_REQUEST_IID", "")).isdecimal():
        return f"!{number}"
    ref = environ.get("GITHUB_REF", "").split("/")
    return f"#{ref[2]}" if ref[:2] == ["refs", "pull"] and ref[2:3] and ref[2].isdecimal() else ""


def _commit(root: Path, places: Sequence[str]) -> str:
    """The commit that is checked out, when these files are as they are in it; else ""."""
    if git.git_dir(root) is None:
        return ""
    try:
        known = git.tree(root, "HEAD")
    except git.GitError:
        return ""
    return known.commit if all(git.is_same(known, place) for place in places) else ""
