"""`vetline trace`: the lines that a session, a model, an agent or a prompt wrote and that are still there.

Every file of the repository that is known to hold, or to have held, an AI's lines is attributed anew as
it is on disk. Exit codes: 0 told, also when no line is left; 2 wrong usage; 3 something cannot be read.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.cells import cell_len, set_cell_size

from vetline import config, files, notes, places, provenance
from vetline.authors import Authors
from vetline.doors import options as words
from vetline.doors.blame import STYLES, count_of, day, short
from vetline.formats import visible, whole
from vetline.git import GitError
from vetline.history import asking, shelf
from vetline.ledger import LedgerError
from vetline.stores import origins

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from vetline.formats import Screen
    from vetline.places import Place
    from vetline.provenance import Attribution, Origin

VERSION = 1  # of the JSON
_USAGE, _UNREADABLE = 2, 3
_SECONDS = 60.0  # for git
_PREFIX = 6  # characters that stand for a whole name
_SHOWN = 4  # names in a message about several


class Wanted(NamedTuple):
    """What a line must be of; "" means any. Sessions and digests may be the start of one."""

    session: str = ""
    prompt: str = ""
    model: str = ""
    agent: str = ""

    def holds(self, origin: Origin | None) -> bool:
        """Whether all that is wanted is true of a line's origin."""
        return origin is not None and all(
            not wanted or _matches(name, wanted, getattr(origin, name))
            for name, wanted in self._asdict().items()
        )


class Range(NamedTuple):
    """Lines, from 1 and inclusive, that stand together and of which the same is known."""

    path: str
    first: int
    last: int
    attribution: Attribution


@dataclass(slots=True)
class Found:
    """What a look through the repository gave.

    Attributes:
        ranges: by path and place.
        gone: files that were written in and are no longer there.
        unread: path and why it cannot be read.
        seen: what lines there are of, for those who mistype it: field of Wanted → values.
    """

    ranges: list[Range] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    seen: dict[str, set[str]] = field(
        default_factory=lambda: {name: set() for name in Wanted._fields}
    )

    def see(self, origin: Origin | None) -> None:
        """Remember that something is of an origin."""
        for name, values in self.seen.items():
            if value := getattr(origin, name, ""):
                values.add(value)

    @property
    def lines(self) -> int:
        """How many lines are left."""
        return sum(found.last - found.first + 1 for found in self.ranges)


def main(argv: list[str]) -> int:
    """Tell what is left of somebody's lines; gives the exit code."""
    try:
        return _main(_parser().parse_args(argv))
    except words.UsageError as error:
        words.tell("trace", str(error))
        return _USAGE
    except (LedgerError, GitError) as error:
        words.tell("trace", str(error))
        return _UNREADABLE


def _parser() -> argparse.ArgumentParser:
    parser = words.Parser(prog="vetline trace", description=__doc__)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="only in these files and folders")
    parser.add_argument("--session", default="", metavar="ID", help=f"or its first {_PREFIX}")
    parser.add_argument("--model", default="", metavar="NAME")
    parser.add_argument("--agent", default="", metavar="NAME")
    parser.add_argument(
        "--prompt-digest",
        default="",
        dest="prompt",
        metavar="SHA256",
        help=f"of the prompt's text, or its first {_PREFIX} digits",
    )
    parser.add_argument("--output-format", choices=("text", "json"), default="text")
    parser.add_argument("--no-color", action="store_true", help="no colours")
    return parser


def _main(options: argparse.Namespace) -> int:
    wanted = Wanted(*(getattr(options, name).strip() for name in Wanted._fields))
    if not any(wanted):
        raise words.UsageError("of what? give --session, --model, --agent or --prompt-digest")
    place, root, under = _where(options.paths)
    found = look(wanted, place, root, under)
    _one_of_each(wanted, found)
    prompts = _prompts(found, place) if wanted.prompt else {}
    if options.output_format == "json":
        words.write(_as_json(found, prompts))
    elif found.ranges or found.gone:
        screen = words.screen(sys.stdout, no_color=options.no_color)
        words.write(as_text(found, screen, lambda path: files.relative(root / path, Path.cwd())))
        for text in filter(None, prompts.values()):
            words.write(f"prompt: {visible(' '.join(text.split()))}\n")
    for path, reason in found.unread:
        words.tell("trace", f"not looked into: {path} {reason}")
    if not found.ranges:
        words.tell("trace", _nothing(wanted, found))
    return _UNREADABLE if found.unread else 0


def _where(paths: Sequence[str]) -> tuple[Place, Path, list[str]]:
    """The repository, its root, and the subjects that were asked for, each with all under it.

    Raises:
        UsageError: they are of several repositories.
    """
    asked = paths or ["."]
    found = [places.place_of(path) for path in asked]
    if len({place.base for place in found}) > 1:
        raise words.UsageError("these paths are of several repositories: name those of one")
    place = found[0]
    root = Path(place.base) if place.base else config.load(Path(asked[0])).root
    whole_repository = not paths and place.base
    return place, root, [] if whole_repository else [places.subject(place, p) for p in asked]


def look(wanted: Wanted, place: Place, root: Path, under: Sequence[str]) -> Found:
    """What is left of somebody's lines in a repository; `under` are the subjects to look into, none means all.

    Raises:
        UsageError: one of them never was.
        LedgerError, GitError: what is recorded cannot be read.
    """
    settings = config.load(root).settings
    authors = Authors(root, store_text=settings.store_text)
    authors.drain()
    folders = [Path(folder) for folder in (*place.folders, *place.former)]
    found = Found()
    subjects = _subjects(wanted, found, folders, place)
    for each in under:
        # What is deleted may be asked for, but not what never was.
        if not os.path.lexists(root / each) and not any(_lies_in(s, each) for s in subjects):
            raise words.UsageError(f"{each}: no such file or folder")
    for subject in sorted(subjects):
        if under and not any(_lies_in(subject, each) for each in under):
            continue
        path = root / subject
        if not os.path.lexists(path):
            if was_written(wanted, folders, subject):
                found.gone.append(subject)
            continue
        reading = files.read(files.found_at(path, root), settings.max_file_size)
        if reading.snapshot is None:
            reasons = (failure.reason for failure in reading.failures)
            found.unread.append((subject, "; ".join(reasons) or "is a binary file"))
            continue
        known = authors.attributions(reading.snapshot)[: count_of(reading.snapshot)]
        take(wanted, found, subject, known)
    return found


def _subjects(wanted: Wanted, found: Found, folders: Iterable[Path], place: Place) -> set[str]:
    """Every file in which something wanted may be.

    Raises:
        GitError: git does not tell which files notes speak of.
    """
    known: set[str] = set()
    for folder in folders:
        known |= {*origins.subjects(folder), *origins.touched_since(folder, 0)}
    return known | (noted(wanted, found, Path(place.base)) if place.base else set())


def noted(wanted: Wanted, found: Found, root: Path) -> set[str]:
    """The files that notes name with somebody wanted, under the names they have by now too."""
    repository = asking.opened(root, _SECONDS)
    named: set[str] = set()
    for each in shelf.shelves(repository.common):
        commits = shelf.noted(repository, each)
        for note in shelf.read(repository, [each], commits).values():
            named |= {path for path in _named(wanted, found, note) if _is_inside(path)}
    if all(os.path.lexists(root / path) for path in named):
        return named
    asked = ("log", "--reverse", "-M", "--diff-filter=R", "--name-status", "-z", "--format=")
    plain = ("--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-color")
    told = repository.git(*asked, *plain, "HEAD").decode("utf-8", "surrogateescape")
    renames = told.strip("\0").split("\0")
    for old, new in zip(renames[1::3], renames[2::3], strict=False):
        if old in named:
            named.add(new)
    return named


def _named(wanted: Wanted, found: Found, note: notes.Note) -> Iterator[str]:
    """The files in which a note names lines of somebody wanted."""
    for path, entries in note.files.items():
        for entry in entries:
            alone = notes.Note({path: (entry,)}, note.metadata)
            for told in notes.lines(alone, path, [entry.ranges[0][0]]).values():
                found.see(told.origin)
                if wanted.holds(told.origin):
                    yield path


def _is_inside(path: str) -> bool:
    """Whether a path in a note, which anybody may have written, stays in the repository."""
    return not os.path.isabs(path) and ".." not in Path(path).parts  # noqa: PTH117 - a plain question


def was_written(wanted: Wanted, folders: Iterable[Path], subject: str) -> bool:
    """Whether something that was reported for a file that is gone, or known of it, is wanted."""
    for folder in folders:
        if subject in origins.subjects(folder, **wanted._asdict()):
            return True
        for taken in origins.claims(folder, subject):
            event = taken.record.get("event")
            event = event if isinstance(event, dict) else {}
            session, model, agent, turn = (
                str(event.get(name) or "") for name in ("session", "model", "agent", "turn")
            )
            prompt = origins.prompt_of(folder, session, turn, before=taken.seq)
            if _all_match(wanted, Wanted(session, prompt, model, agent)):
                return True
    return False


def take(wanted: Wanted, found: Found, subject: str, known: Sequence[Attribution]) -> None:
    """Keep what is wanted of a file's lines, those that stand together as one."""
    for number, attribution in enumerate(known, 1):
        origin = attribution.origin
        if origin is None or not attribution.state.touched:
            continue
        found.see(origin)
        if not wanted.holds(origin):
            continue
        last = found.ranges[-1] if found.ranges else None
        if last and (last.path, last.last, last.attribution) == (subject, number - 1, attribution):
            found.ranges[-1] = last._replace(last=number)
        else:
            found.ranges.append(Range(subject, number, number, attribution))


def _all_match(wanted: Wanted, told: Wanted) -> bool:
    pairs = zip(Wanted._fields, wanted, told, strict=True)
    return all(not asked or _matches(name, asked, value) for name, asked, value in pairs)


def _matches(name: str, wanted: str, value: str) -> bool:
    if value == wanted:
        return True
    if name in {"session", "prompt"}:
        end = value.rpartition("/")[2]  # some sessions are addresses
        return end == wanted or (
            len(wanted) >= _PREFIX and (value.startswith(wanted) or end.startswith(wanted))
        )
    # Records of others have the provider before the model.
    return name == "model" and "/" not in wanted and value.endswith(f"/{wanted}")


def _lies_in(subject: str, under: str) -> bool:
    return under in {".", subject} or subject.startswith(under.rstrip("/") + "/")


def _one_of_each(wanted: Wanted, found: Found) -> None:
    """Keep the ranges of the one session and the one prompt that are meant.

    Raises:
        UsageError: the start of a name is that of several.
    """
    for name, flag in (("session", "--session"), ("prompt", "--prompt-digest")):
        asked = getattr(wanted, name)
        told = sorted({getattr(each.attribution.origin, name) for each in found.ranges})
        if asked and asked in told:
            found.ranges = [
                each for each in found.ranges if getattr(each.attribution.origin, name) == asked
            ]
        elif asked and len(told) > 1:
            more = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
            several = ", ".join(told[:_SHOWN]) + more
            raise words.UsageError(f"{flag} {asked} is ambiguous: {several}")


def _prompts(found: Found, place: Place) -> dict[str, str | None]:
    """Digest → the text of the prompts that asked for the lines; None where it is not kept."""
    origins_ = (each.attribution.origin for each in found.ranges)
    digests = sorted({origin.prompt for origin in origins_ if origin and origin.prompt})
    texts = [
        {digest: origins.prompt_text(Path(folder), digest) for digest in digests}
        for folder in place.folders
    ]
    return {digest: next(filter(None, (t[digest] for t in texts)), None) for digest in digests}


def _nothing(wanted: Wanted, found: Found) -> str:
    """Why there is no line, as far as it can be told."""
    for name, flag in zip(Wanted._fields, _FLAGS, strict=True):
        asked, seen = getattr(wanted, name), found.seen[name]
        if not asked or any(_matches(name, asked, value) for value in seen):
            continue
        if name in {"session", "prompt"} and len(asked) < _PREFIX:
            return f"no line is of {flag} {asked}: give it whole, or its first {_PREFIX} characters"
        return f"no line is known to be of {flag} {asked}{words.did_you_mean(asked, seen)}"
    return "no line is known to be of all of these"


_FLAGS = ("--session", "--prompt-digest", "--model", "--agent")


def _as_json(found: Found, prompts: Mapping[str, str | None]) -> str:
    by_path: dict[str, list[dict[str, Any]]] = {}
    for path, first, last, attribution in found.ranges:
        told = provenance.line_json(first, attribution)
        told.pop("line")
        by_path.setdefault(path, []).append({"start": first, "end": last, **told})
    files_ = [{"path": whole(path), "ranges": ranges} for path, ranges in by_path.items()]
    data = {
        "version": VERSION,
        "files": files_,
        "lines": found.lines,
        "prompts": prompts,
        "gone": [whole(path) for path in found.gone],
        "not_checked": [{"path": whole(path), "reason": reason} for path, reason in found.unread],
    }
    return json.dumps(data, indent=2) + "\n"


def as_text(found: Found, screen: Screen, named: Callable[[str], str]) -> str:
    """A row a range, files that are gone, and how many lines there are.

    Args:
        found: what was found.
        screen: whether there are colours.
        named: a file's name for the reader, from its subject.
    """
    rows = [_row(each, named) for each in found.ranges]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for each, row in zip(found.ranges, rows, strict=True):
        cells = [set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True)]
        style = STYLES[each.attribution.state]
        cells[1] = screen.paint(cells[1], style) if style else cells[1]
        lines.append("  ".join(cell for cell, width in zip(cells, widths, strict=True) if width))
    lines += [f"{visible(named(path))}  gone" for path in found.gone]
    in_files = len({each.path for each in found.ranges})
    summary = f"{_counted(found.lines, 'line')} in {_counted(in_files, 'file')}"
    if found.gone:
        summary += f"; {_counted(len(found.gone), 'file')} gone"
    return "".join(f"{line.rstrip()}\n" for line in [*lines, screen.paint(summary, "bold")])


def _row(each: Range, named: Callable[[str], str]) -> list[str]:
    origin = each.attribution.origin
    place = f"{named(each.path)}:{each.first}"
    if each.last != each.first:
        place += f"-{each.last}"
    about = (origin.agent, origin.model, short(origin.session), day(origin.at)) if origin else ()
    return [visible(cell) for cell in (place, each.attribution.state, *about)]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
