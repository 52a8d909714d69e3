"""The policy in force: the settings at hand, and what holds at the least, whatever they say.

A change must not be judged by a policy that it brings along or by one that is no longer in force, nor a project escape
its organisation's. So beside its own settings hold those of the commit that the work at hand branched off from, those of
the commit that it goes to, and those of the organisation's file: of each setting the stricter.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from vetline import config as configs
from vetline import files, git, policy, toml, trust
from vetline.notices import Notice
from vetline_analyzers.engine import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from vetline.config import Config

    Read = Callable[[Path], toml.Document | None]

_COMMIT = "the commit compared with"  # what a failure to read it is about
_FILE = "gate/organisation-changed"
_FETCH = "fetch it again, or name the digest of its new version"
_SELF = {"gate.organisation", "gate.organisation-digest"}  # who is asked does not say whom to ask


class Ruling(NamedTuple):
    """The policy in force and what it rests on.

    Attributes:
        config: the settings, each the stricter of those that hold; `origins` says whose it is.
        notices: what the gate has to be told of them.
        failures: why it is not known what held before.
        fork: the full name of the commit that the work at hand branched off from; "" without one.
        base: that of the commit that is trusted, where it branched off; "" without one.
    """

    config: Config
    notices: tuple[Notice, ...] = ()
    failures: tuple[Failure, ...] = ()
    fork: str = ""
    base: str = ""


def rule(
    config: Config,
    load: Callable[[Read], Config],
    *,
    given: str = "",
    environ: Mapping[str, str] | None = None,
) -> Ruling:
    """What holds for a check at a gate.

    Args:
        config: the settings as they are.
        load: gives them as they would be, did the config files hold something else.
        given: it was said which commit to compare with.
        environ: the environment, where CI says what a merge request goes to; the process's own when not given.
    """
    notices: list[Notice] = []
    failures: list[Failure] = []
    base = fork = ""
    try:
        base = trust.base(config.root, given, environ)
        fork = trust.fork(config.root, base)
        config = _kept(config, load, fork, notices)
        config = _joined(config, load, base, fork)
        config = _organised(config, fork, notices)
    except git.GitError as error:
        failures.append(Failure(_COMMIT, str(error)))
    return Ruling(config, tuple(notices), tuple(failures), fork, base)


def documents(root: Path, rev: str) -> Read:
    """Gives config files as they were in a commit; those outside the repository as they are.

    What it gives raises GitError when git does not answer.
    """

    def read(path: Path) -> toml.Document | None:
        raw = trust.text(root, rev, path.as_posix())
        return None if raw is None else toml.parse(raw)

    return read


def _kept(
    config: Config, load: Callable[[Read], Config], fork: str, notices: list[Notice]
) -> Config:
    """The settings, none looser than in the commit that the work branched off from."""
    if not fork:
        return config
    before = load(documents(config.root, fork)).settings
    looser = policy.loosened(config.settings, before)
    if looser:
        notices.append(
            Notice(
                "gate/policy-loosened",
                f"this change makes the policy looser ({', '.join(looser)}), and the one before it still holds",
                "let a person merge the settings in a change of their own",
                blocks=False,
                path=files.relative(config.file, config.root) if config.file else "",
            )
        )
    return _tightened(config, policy.stricter(config.settings, before), f"commit {fork[:12]}")


def _joined(config: Config, load: Callable[[Read], Config], base: str, fork: str) -> Config:
    """The settings, none looser than where the change goes to: who branches off from before the policy is judged by it.

    Of the baseline only what the change itself adds is kept out.
    """
    if base == fork:
        return config
    there = load(documents(config.root, base)).settings
    keys = policy.values(there).keys() - {"baseline"}
    return _tightened(config, policy.stricter(config.settings, there, keys), f"commit {base[:12]}")


def _organised(config: Config, fork: str, notices: list[Notice]) -> Config:
    """The settings, none looser than the organisation's file has them."""
    path = config.path(config.settings.gate_organisation)
    if path is None:
        return config
    place = config.settings.gate_organisation
    raw = trust.text(config.root, fork, path.as_posix())
    if raw is None and fork:  # it comes with this change, and can only make the policy stricter
        raw = trust.text(config.root, "", path.as_posix())
    if raw is None:
        notices.append(Notice(_FILE, f"there is no organisation's policy at {place}", _FETCH))
        return config
    digest = config.settings.gate_organisation_digest
    if digest and hashlib.sha256(raw).hexdigest() != digest:
        text = f"the organisation's policy at {place} is not the one that gate.organisation-digest names"
        notices.append(Notice(_FILE, text, _FETCH))
        return config
    floor = configs.load(path, file=path, environ={}, read=lambda _: toml.parse(raw))
    if floor.problems:
        text = f"the organisation's policy has a fault: {floor.problems[0]}"
        notices.append(Notice(_FILE, text, "mend it where the organisation keeps it"))
    keys = {key for key, origin in floor.origins.items() if origin != "default"} - _SELF
    return _tightened(
        config, policy.stricter(config.settings, floor.settings, keys), f"organisation {path.name}"
    )


def _tightened(config: Config, settings: configs.Settings, whose: str) -> Config:
    """The config with these settings; where they differ they are somebody's."""
    changed = {
        setting.key: whose
        for setting in configs.SETTINGS
        if getattr(settings, setting.field) != getattr(config.settings, setting.field)
    }
    return replace(config, settings=settings, origins={**config.origins, **changed})
