"""`--online`: registries are asked about the names that look wrong, and the files with them are looked at again.

Two looks, because the first tells which few names there is a doubt about; no others leave the machine.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from vetline import disk, files, registries
from vetline.doors.options import tell
from vetline.doors.survey import renewed, survey
from vetline.formats import number
from vetline.registries import where
from vetline.registries.asking import look_up
from vetline_analyzers.core.universe import Ecosystem, Package
from vetline_analyzers.supply import rules

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from vetline.doors.survey import Plan, Survey
    from vetline.gate import Sighting
    from vetline.settings import Settings
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.universe import Answer

# What a registry may have more to say of.
_DOUBTS = frozenset(
    rule.id
    for rule in (rules.NONEXISTENT, rules.TYPOSQUAT, rules.UNVERIFIED, rules.YOUNG, rules.OBSCURE)
)


def asked(
    plan: Plan, seen: Survey, counting: Iterable[Sighting] | None = None
) -> tuple[Plan, Survey]:
    """Ask about what was seen; gives the plan with the answers, and what is seen with them.

    Args:
        plan: what was looked at.
        seen: what was seen.
        counting: the sightings, those marked that are accepted and not asked about; as seen when not given.
    """
    doubts: dict[str, set[Package]] = {}
    for sighting in seen.sightings if counting is None else counting:
        if not sighting.accepted and (one := doubted(sighting.finding)):
            doubts.setdefault(sighting.path, set()).add(one)
    if not doubts:
        return plan, seen
    config = plan.config
    names = sorted(set[Package]().union(*doubts.values()))
    answers = answered(
        names, config.root, [config.root / place for place in doubts], config.settings
    )
    unknown = [answer.reason for answer in answers.values() if answer.exists is None]
    if unknown:
        tell(
            "check",
            f"--online: {len(unknown)} of {number(len(names), 'name')} not verified: {unknown[0]}",
        )
    plan = replace(plan, answers=answers)
    texts = _texts(plan, doubts)
    return plan, renewed(seen, survey(replace(plan, again=texts)), texts)


def answered(
    names: Iterable[Package], root: Path, files: Iterable[Path], settings: Settings
) -> dict[Package, Answer]:
    """What the registries of a project say of names.

    Args:
        names: which.
        root: the project's folder.
        files: where they were found; settings beside those files hold, too.
        settings: `internal_packages` is heeded.
    """
    files = list(files)
    known = registries.facts(root, files, internal=settings.internal_packages)
    return look_up(names, where.of(root, files), internal=known.internal if known else ())


def _texts(plan: Plan, places: Iterable[str]) -> dict[str, bytes]:
    """What the files hold that are to be looked at again; one that is gone by now is left as it was."""
    if plan.standard:
        return dict.fromkeys(places, plan.standard.raw)
    found: dict[str, bytes] = {}
    for place in places:
        with contextlib.suppress(OSError):
            limit = files.bound(place, plan.config.settings.max_file_size)
            found[place] = disk.read(plan.config.root / place, limit)
    return found


def doubted(finding: Finding) -> Package | None:
    """The package that a finding is about, if a registry may have more to say of it."""
    if finding.rule not in _DOUBTS or finding.suppression is not None or not finding.package:
        return None
    ecosystem, _, name = finding.package.removeprefix("pkg:").partition("/")
    return Package(Ecosystem(ecosystem), name.partition("@")[0].replace("%40", "@", 1))
