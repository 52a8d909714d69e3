"""What `check` needs at a gate: the policy in force, people's reviews, and what it may trust of the rest."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from vetline import baseline, config, git, policy
from vetline.doors import check_options
from vetline.doors import options as words
from vetline.ledger import LedgerError
from vetline.notices import Notice
from vetline.provenance import State
from vetline_analyzers.core.finding import Persona
from vetline_analyzers.engine import Failure

if TYPE_CHECKING:
    import argparse
    from collections import Counter
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from vetline.baseline import Entry
    from vetline.config import Config
    from vetline.dossier import Dossier
    from vetline.gate import Policy, Sighting
    from vetline.ruling import Read

_REVIEWS = ".vetline/reviews"
_GROWN = "let a person merge the baseline in a change of its own, or have the findings reviewed"
_WHO = 'fetch refs/notes/vetline, or have what is unknown count as an AI\'s: assume-origin = "ai"'
_NAMED = 3  # rules that a notice names


class Gate(NamedTuple):
    """What a verdict rests on beside what is found.

    Attributes:
        config: the settings in force.
        gated: somebody asked for a gate: with `--gate` or `--policy`, or in the settings.
        now: when it is judged.
        fork: the commit that the work at hand branched off from, whose files are trusted; "" when there is none, or
            nobody asked for a gate.
        reviews: gives people's reviews; None where they cannot be read, which `failures` tells then.
        notices: what the policy and the baseline have to say.
        failures: what could not be read; complete once everything was looked at.
        unseen: what the change brings and cannot be looked at; complete once `tracked` was asked.
    """

    config: Config
    gated: bool
    now: datetime
    fork: str
    reviews: Callable[[], Dossier | None]
    notices: list[Notice]
    failures: list[Failure]
    unseen: list[Failure]

    @property
    def policy(self) -> Policy:
        """What is asked for."""
        today = self.now.date().isoformat()
        settings = self.config.settings
        # On a screen or in CI a trigger is told to who must do something about it, or likes to know; an editor shows it.
        curious = settings.persona > Persona.REGULAR
        return policy.policy_of(settings, today, gated=self.gated, escalates=curious)

    @property
    def asks_for_authors(self) -> bool:
        """Whether it depends on who wrote a line what may pass."""
        settings = self.config.settings
        listed = settings.gate_review or settings.gate_agents or settings.gate_models
        return self.gated and bool(listed or self.policy.by_origin)

    @property
    def reviewed(self) -> bool:
        """Whether each finding's review is looked up: at a gate, and where reviews lie beside the code."""
        return self.gated or os.path.isdir(self.config.root / _REVIEWS)  # noqa: PTH112 - never raises

    def tracked(self, paths: Iterable[Path]) -> list[str]:
        """The files of the change as git has them: it may bring a `.gitignore` along that hides some of them from a walk.

        What cannot be looked at of them, and lies under the paths that are asked about, is in `unseen` then.
        """
        if not self.fork:
            return []
        from vetline.doors.brought import brought

        try:
            told = brought(self.config.root, self.fork)
        except git.GitError as error:
            self.failures.append(Failure("what git tracks", str(error)))
            return []
        tops = tuple(os.path.join(os.path.abspath(path), "") for path in paths)  # noqa: PTH100, PTH118 - links stay
        root = os.path.abspath(self.config.root)  # noqa: PTH100 - as above
        self.unseen.extend(
            one
            for one in told.unseen
            if os.path.join(root, one.path, "").startswith(tops)  # noqa: PTH118 - as above
        )
        return told.files

    def told(self) -> tuple[Notice, ...]:
        """All that the gate has to be told; asks for the reviews, at a gate only."""
        reviews = self.reviews() if self.gated else None
        return (*self.notices, *(reviews.notices if reviews else ()))


def open_gate(options: argparse.Namespace, paths: Iterable[str]) -> Gate:
    """The gate for a check with these words.

    Raises:
        UsageError: something is wrong with the settings.
    """
    paths = tuple(paths)
    flags = check_options.flags(options)
    found = words.load_config(options, flags, paths)
    gated = bool(options.gate) or policy.is_set(found.origins)
    notices: list[Notice] = []
    failures: list[Failure] = []
    base = fork = ""
    if gated:
        from vetline import ruling

        ruled = ruling.rule(
            found,
            lambda read: _before(options, flags, paths, read),
            given=options.diff_base or "",
        )
        found, base, fork = ruled.config, ruled.base, ruled.fork
        notices += ruled.notices
        failures += ruled.failures
    now = datetime.now(UTC)

    @cache
    def reviews() -> Dossier | None:
        from vetline import dossier

        try:
            given = options.diff_base or ""
            return dossier.load(found.root, found.settings, base=given, now=now, start=(base, fork))
        except (LedgerError, git.GitError) as error:
            if gated:
                failures.append(Failure("the reviews", str(error)))
            else:
                words.tell("check", f"nothing counts as approved: {error}")
            return None

    return Gate(found, gated, now, fork, reviews, notices, failures, [])


def _before(
    options: argparse.Namespace,
    flags: dict[str, object],
    paths: tuple[str, ...],
    read: Read,
) -> Config:
    """The settings of another time; what was wrong with them then, nobody can mend now."""
    return config.load(
        words.common(paths),
        layers=[(config.COMMAND_LINE, {**flags, "analyzers": options.analyzer})],
        file=options.config,
        isolated=options.isolated,
        read=read,
    )


def known(gate: Gate) -> Counter[Entry] | None:
    """What the baseline accepts: at a gate no more than it did in the commit compared with. None without one.

    Raises:
        BaselineError: it cannot be read.
    """
    root = gate.config.root
    path = baseline.find(root, gate.config.path(gate.config.settings.baseline))
    if path is None:
        return None
    entries = baseline.load(path)
    if not gate.fork:
        return entries
    from vetline import trust

    try:
        raw = trust.text(root, gate.fork, path.as_posix())
    except git.GitError as error:
        gate.failures.append(Failure("the baseline", str(error)))
        return None
    before = baseline.parse((raw or b"").decode("utf-8", "replace"), str(path)) if raw else None
    kept = entries & before if before else None
    grown = entries.total() - (kept.total() if kept else 0)
    if grown:
        gate.notices.append(_grown_by(grown, "the baseline"))
    return kept


def accepted(gate: Gate) -> frozenset[str] | None:
    """The digests of secrets that `.secrets.baseline` may accept: those that it did in the commit compared with.

    Under whatever path, so that a file may be moved. None where nothing is compared, or it accepts nothing.
    """
    root = gate.config.root
    from vetline import project

    now = project.accepted(root) if gate.fork else {}
    if not now:
        return None
    from vetline import trust

    before: dict[str, frozenset[str]] = {}
    try:
        before = project.accepted(root, lambda path: trust.text(root, gate.fork, path.as_posix()))
    except git.GitError as error:
        gate.failures.append(Failure("the accepted secrets", str(error)))
    held = frozenset[str]().union(*before.values())
    if grown := sum(len(digests - held) for digests in now.values()):
        gate.notices.append(_grown_by(grown, ".secrets.baseline"))
    return held


def _grown_by(count: int, of: str) -> Notice:
    noun = "entry" if count == 1 else "entries"
    text = f"{count} {noun} of {of} came with this change, and do not count for it"
    return Notice("gate/baseline-grown", text, _GROWN, blocks=False)


def unasked(gate: Gate, sightings: Iterable[Sighting]) -> tuple[Notice, ...]:
    """What a change brings that a person would have to review if an AI wrote it, in lines whose author is not known.

    Where something is known of others: notes may have been left out, or taken away.
    """
    policy_ = gate.policy
    open_ = [
        sighting.finding.rule
        for sighting in sightings
        if sighting.finding.of_ai
        and not sighting.accepted
        and (sighting.origin is None or sighting.origin.state is State.UNKNOWN)
        and policy.names(sighting.finding.rule, policy_.review)
    ]
    if not gate.gated or not open_:
        return ()
    few, noun = sorted(set(open_)), "place" if len(open_) == 1 else "places"
    more = f" and {len(few) - _NAMED} more" if len(few) > _NAMED else ""
    text = (
        f"nobody knows who wrote {len(open_)} {noun} that a person reviews where an AI did "
        f"({', '.join(few[:_NAMED])}{more}), so no review was asked for"
    )
    return (Notice("gate/authors-unknown", text, _WHO, blocks=False),)
