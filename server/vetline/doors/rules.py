"""`vetline rules export`: tell coding agents what the gate will ask of their code, in the file that they read.

Renders a short section from the rules, for the languages and frameworks found here and with what AI code got wrong here
lately, and puts it between two marks into the instructions of each agent; what stands outside of them stays. Without
--agent it is done for the agents that the project has files or settings of.

Exit codes: 0 done, or all is fresh; 1 with --check: something is behind, or not approved; 2 wrong usage; 3 a file or the
ledger could not be read or written, the others are done.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import agents, disk, instructions, ledger, stores, subject
from vetline import stack as stacks
from vetline.doors import hook_files
from vetline.doors import options as words
from vetline.formats import visible
from vetline.git import GitError
from vetline.instructions import libraries, section
from vetline.ledger import Kind, LedgerError
from vetline.review import Status

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from vetline.agents import Instructions
    from vetline.config import Config
    from vetline.instructions import Stack

_DONE, _BEHIND, _USAGE, _LEFT = 0, 1, 2, 3
_DOOR = "rules"
_DAYS = 90  # of which what went wrong is told


class _Job(NamedTuple):
    """What is asked for.

    Attributes:
        base: the repository's root, or the project's.
        stack: what the project is written in.
        lately: what its AI code got wrong.
        options: as they were given.
        found: the project's settings and root.
    """

    base: Path
    stack: Stack
    lately: tuple[str, ...]
    options: argparse.Namespace
    found: Config

    def section(self, *texts: str) -> str:
        """The section for files that hold these texts; what they tell of as gone wrong stays where there is room."""
        kept = [key for text in texts for key in instructions.keys_in(text)]
        keys = tuple(dict.fromkeys((*self.lately, *kept)))[: instructions.LATELY]
        return instructions.render(self.stack, keys, self.options.max_bytes)


def main(argv: list[str]) -> int:
    """Write the section, or look whether it is fresh; gives the exit code."""
    try:
        return _main(_parser().parse_args(argv))
    except words.UsageError as error:
        words.tell(_DOOR, str(error))
        return _USAGE
    except (LedgerError, GitError) as error:
        words.tell(_DOOR, str(error))
        return _LEFT


def _parser() -> words.Parser:
    parser = words.Parser(prog="vetline rules", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    about = "put what the gate asks of code into the instructions of agents"
    export = commands.add_parser("export", help=about, description=about)
    export.add_argument(
        "--agent", action="append", default=[], metavar="NAME",
        help=f"this one only (repeatable): {', '.join(_known())}",
    )  # fmt: skip
    how = export.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="write nothing; exit 1 when it is behind")
    how.add_argument("--dry-run", action="store_true", help="show what would change as a diff")
    how.add_argument("--stdout", action="store_true", help="print the section and write no file")
    export.add_argument(
        "--approved",
        action="store_true",
        help="with --check: exit 1 too when no review approves the section as it stands",
    )
    export.add_argument(
        "--forget",
        action="store_true",
        help="leave out what the files tell of as gone wrong and this ledger does not know",
    )
    export.add_argument(
        "--max-bytes",
        type=_size,
        default=instructions.LIMIT,
        metavar="N",
        help=f"size of the section at most ({instructions.LIMIT})",
    )
    words.add_config(export)
    return parser


def _size(word: str) -> int:
    least, most = instructions.LEAST, instructions.MOST
    if not word.isdecimal() or not least <= int(word) <= most:
        raise words.UsageError(f"--max-bytes {word}: give a number from {least} to {most}")
    return int(word)


def _main(options: argparse.Namespace) -> int:
    if options.approved and not options.check:
        raise words.UsageError("--approved goes with --check")
    for name in options.agent:
        if name not in _known():
            hint = words.did_you_mean(name, _known()) or f": choose from {', '.join(_known())}"
            raise words.UsageError(f"there is no agent {name!r}{hint}")
    options.analyzer = None
    found = words.load_config(options, {}, ())
    location = stores.locate(found.root)
    since = ledger.timestamp(datetime.now(UTC) - timedelta(days=_DAYS))
    events = stores.stream(location, (Kind.FINDING_OPENED, Kind.FINDING_CLOSED))
    keys = instructions.keys_of(instructions.wrong(events, since))
    written = stacks.read(location.base, found.settings.exclude)
    stack = instructions.Stack(written.families, libraries.used(written.packages))
    job = _Job(location.base, stack, keys, options, found)
    files = _files(location.base, options)
    if options.stdout:
        texts = (
            [disk.text(path, instructions.MOST * 100) for path in files] if options.agent else []
        )
        words.write(job.section(*texts) + "\n")
        return _DONE
    do = _check if options.check else _write
    return max((do(job, path, meant) for path, meant in files.items()), default=_DONE)


def _known() -> dict[str, Instructions]:
    """Where each agent reads its instructions, by the word for it."""
    found = (agent.INSTRUCTIONS for agent in agents.all_agents())
    return {one.name: one for one in sorted(found, key=lambda one: one.name)}


def _files(base: Path, options: argparse.Namespace) -> Mapping[Path, Instructions]:
    """The files that are meant, each once.

    Raises:
        UsageError: none is, because no agent is named and none was found.
    """
    chosen: Sequence[str] = options.agent or _used(base, fresh=options.check)
    known = _known()
    files: dict[Path, Instructions] = {}
    for name in chosen:
        path = _file(base, known[name])
        if os.path.realpath(path) not in map(os.path.realpath, files):
            files[path] = known[name]
    if not files and not options.stdout:
        why = "has the section" if options.check else "of an agent was found here"
        raise words.UsageError(f"no file {why}: name one with --agent: {', '.join(known)}")
    return files


def _used(base: Path, *, fresh: bool) -> list[str]:
    """The agents that the project has something of; when the section is to be `fresh`, those whose file has it."""
    found = []
    for agent in agents.all_agents():
        meant = agent.INSTRUCTIONS
        file = _file(base, meant)
        if fresh:
            is_used = "vetline:rules:" in disk.text(file, instructions.MOST * 100)
        else:
            # Never raises, unlike pathlib's.
            is_used = file.is_file() or any(os.path.isdir(base / one) for one in agent.FOLDERS)  # noqa: PTH112 - see above
        if is_used:
            found.append(meant.name)
    return found


def _file(base: Path, meant: Instructions) -> Path:
    """Of an agent's files the one that has the section, else one that is there, else the first."""
    paths = [base / path for path in meant.paths]
    there = [path for path in paths if path.is_file()]
    having = [
        path for path in there if "vetline:rules:" in disk.text(path, instructions.MOST * 100)
    ]
    return (having or there or paths)[0]


def _change(job: _Job, path: Path, meant: Instructions) -> hook_files.Change:
    """What becomes of a file.

    Raises:
        OSError: it cannot be read, or leads out of the project.
        SectionError: its marks are not one pair.
    """
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(os.path.realpath(job.base)):
        raise OSError(0, "is a link that leads out of the project: it is left alone")
    old = hook_files.load(real)
    if "\0" in (old or ""):
        raise OSError(0, "is not UTF-8")
    place = section.place_of(old or "")
    kept = (old or "")[slice(*place)] if place and not job.options.forget else ""
    return hook_files.Change(real, old, section.put(old or "", job.section(kept), meant.front))


def _write(job: _Job, path: Path, meant: Instructions) -> int:
    """Put the section into one file, or show that; gives the exit code."""
    shown = visible(path.relative_to(job.base).as_posix())
    try:
        change = _change(job, path, meant)
        if change.new != change.old and not job.options.dry_run:
            hook_files.apply(change)
    except section.SectionError as error:
        words.tell(_DOOR, f"{shown} {error}")
        return _LEFT
    except OSError as error:
        words.tell(_DOOR, f"{shown} {disk.reason(error)}")
        return _LEFT
    new = change.new or ""
    if change.new == change.old:
        words.write(f"{shown}: fresh\n")
    elif job.options.dry_run:
        words.write(hook_files.diff(change, shown))
    else:
        first, last = _lines(new)
        words.write(f"{shown}: written, lines {first}-{last}\n")
        words.write(
            f"  `vetline review request {shown}:{first}-{last}` has a person sign it off.\n"
        )
    size = len(new.encode("utf-8", "surrogateescape"))
    if meant.most and size > meant.most:
        words.tell(
            _DOOR, f"{shown} has {size:,} bytes; of more than {meant.most:,} not all may be read"
        )
    return _DONE


def _check(job: _Job, path: Path, meant: Instructions) -> int:
    """Say whether one file's section is fresh and, where that is asked, approved; gives the exit code."""
    shown = visible(path.relative_to(job.base).as_posix())
    try:
        change = _change(job, path, meant)
    except (OSError, section.SectionError) as error:
        why = disk.reason(error) if isinstance(error, OSError) else str(error)
        words.tell(_DOOR, f"{shown} {why}")
        return _LEFT
    if change.new != change.old:
        words.write(f"{shown}: behind; run `vetline rules export --agent {meant.name}`\n")
        return _BEHIND
    if job.options.approved and not _is_approved(job, change):
        first, last = _lines(change.old or "")
        words.write(
            f"{shown}: fresh, not approved; `vetline review request {shown}:{first}-{last}`\n"
        )
        return _BEHIND
    words.write(f"{shown}: fresh{', approved' * job.options.approved}\n")
    return _DONE


def _is_approved(job: _Job, change: hook_files.Change) -> bool:
    """Whether a review that counts approves the whole section, and exactly this text."""
    from vetline.doors.review import reading

    text = change.old or ""
    place = section.place_of(text) or (0, 0)
    digest = subject.digest_of(text[slice(*place)])
    path = stores.locate(job.found.root).subject(change.path)
    reader = reading.Reader(job.found)
    return any(
        reader.row(one).standing.status is Status.APPROVED
        for one in reading.requests(job.found.root, job.found.settings)
        if one.covered.path == path and one.covered.digest == digest
    )


def _lines(text: str) -> tuple[int, int]:
    """The section's first and last line, from 1."""
    start, end = section.place_of(text) or (0, 0)
    return text.count("\n", 0, start) + 1, text.count("\n", 0, end) + 1
