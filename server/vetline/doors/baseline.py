"""`vetline baseline`: accept the findings there are, so that only new ones count.

Exit codes: 0 written; 2 wrong usage or settings; 3 written, but something could not be checked.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import baseline, files, formats
from vetline.doors import options as words
from vetline.doors.survey import Plan, Survey, survey
from vetline.gate import Fate, Scope, fate, policy_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from vetline.baseline import Entry
    from vetline.config import Config

_DONE, _USAGE, _NOT_CHECKED = 0, 2, 3


def main(argv: list[str]) -> int:
    """Write the baseline and say what came and went; gives the exit code."""
    try:
        return _main(_parser().parse_args(argv))
    except (words.UsageError, baseline.BaselineError) as error:
        words.tell("baseline", str(error))
        return _USAGE


def _main(options: argparse.Namespace) -> int:
    paths = options.paths or ["."]
    file = os.path.abspath(options.baseline) if options.baseline else None  # noqa: PTH100 - ".." goes without following links
    config = words.load_config(options, {"baseline": file}, paths)
    target = config.path(config.settings.baseline) or config.root / baseline.DEFAULT
    old = _old(target, create=options.command == "create", force=options.force)
    baseline.make_key(config.root)
    plan = Plan(
        config=config, paths=[Path(path) for path in paths], jobs=options.jobs, quoting=False
    )
    seen = survey(plan)
    if config.settings.online:
        from vetline.doors.online import asked

        _, seen = asked(plan, seen)
    new = Counter(_entries(config, seen))
    if options.command == "update":
        new |= _not_looked_at(old, config, seen, paths)
    baseline.save(target, new.elements())
    added, removed = (new - old).total(), (old - new).total()
    words.write(
        f"{formats.visible(files.relative(target, Path.cwd()))}: {new.total()} accepted "
        f"({added} added, {removed} removed)\n"
    )
    for failure in seen.failures:
        words.tell("baseline", f"not checked: {formats.not_checked(failure)}")
    return _NOT_CHECKED if seen.failures else _DONE


def _old(target: Path, *, create: bool, force: bool) -> Counter[Entry]:
    """What the baseline holds so far.

    Raises:
        UsageError: `create` would overwrite it.
        BaselineError: there is none to update, or it is malformed.
    """
    if not create:
        if not target.exists():
            raise words.UsageError(f"{target}: there is none yet: use `vetline baseline create`")
        return baseline.load(target)
    if target.exists() and not force:
        raise words.UsageError(
            f"{target} is there already: use `vetline baseline update`, or --force to start anew"
        )
    return Counter()


def _entries(config: Config, seen: Survey) -> Iterable[Entry]:
    """What counts under the settings, whoever wrote it."""
    policy = replace(policy_of(config.settings), scope=Scope.ALL)
    for sighting in seen.sightings:
        if fate(sighting, policy) in (Fate.SHOWN, Fate.TENTATIVE):
            finding = sighting.finding
            yield baseline.Entry(finding.exact, finding.rule, sighting.path)


def _not_looked_at(
    old: Counter[Entry], config: Config, seen: Survey, paths: list[str]
) -> Counter[Entry]:
    """The entries this look cannot forget: of other folders, and of files not checked as asked."""
    asked = [files.relative(Path(path), config.root) for path in paths]
    failed = {failure.path for failure in seen.failures}
    return Counter(
        {
            entry: count
            for entry, count in old.items()
            if entry.path in failed or not any(_under(entry.path, place) for place in asked)
        }
    )


def _under(path: str, place: str) -> bool:
    return place in {".", path} or path.startswith(f"{place}/")


def _parser() -> argparse.ArgumentParser:
    parser = words.Parser(prog="vetline baseline", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    create = commands.add_parser("create", help="accept every finding there is")
    update = commands.add_parser("update", help="accept what is there now, forget what is gone")
    for command in (create, update):
        words.add_source(command)
        command.add_argument("--baseline", metavar="FILE", help="(.vetline/baseline)")
    create.add_argument("--force", action="store_true", help="overwrite the file")
    update.set_defaults(force=True)
    return parser
