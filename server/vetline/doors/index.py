"""`vetline index`: the list of public packages' names that verdicts rest on; what it is, and how it is made new.

    vetline index status                    its day, its age, its size, where it lies, whether it is whole
    vetline index update                    fetch the names anew from your own package indexes
    vetline index build --pypi FILE ...     make one of lists of names

`update` asks for whole lists, never for single names, so that nobody learns what you use. Exit codes: 0 done, and nothing is
wrong; 2 wrong usage; 3 the list cannot be read or is damaged, or could not be fetched.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import disk, formats, index
from vetline.doors import options as words
from vetline.formats import visible
from vetline.index.layout import DataError, Source
from vetline_analyzers.core.universe import Ecosystem

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from vetline.index.build import Before
    from vetline.index.layout import Manifest
    from vetline.index.opened import Index
    from vetline_analyzers.core.universe import Package

VERSION = 1  # of the JSON
_USAGE, _FAILED = 2, 3
_NOTICE_LIMIT = 100_000
_FIRST = date(2000, 1, 1)  # of the lists
_REGISTRY = {Ecosystem.PYPI: "PyPI", Ecosystem.NPM: "npm"}


class _Failed(Exception):  # noqa: N818 - it ends the command
    """What was asked for could not be done; one line."""


def main(argv: list[str]) -> int:
    """Show, fetch or make the index; gives the exit code."""
    parser = _parser()
    try:
        options = parser.parse_args(argv)
        code: int = options.run(options)
    except words.UsageError as error:
        words.tell("index", str(error))
        return _USAGE
    except (_Failed, DataError) as error:
        words.tell("index", str(error))
        return _FAILED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = words.Parser(prog="vetline index", description=__doc__)
    doors = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=words.Parser)
    status = doors.add_parser("status", help="what the list is, and whether it is whole")
    status.add_argument("--output-format", choices=("text", "json"), default="text")
    status.set_defaults(run=_status)
    update = doors.add_parser("update", help="fetch the names anew from your own package indexes")
    update.set_defaults(run=_update)
    build = doors.add_parser("build", help="make an index of lists of names")
    for eco in Ecosystem:
        build.add_argument(
            f"--{eco}",
            type=Path,
            metavar="FILE",
            help="a name a line, or columns between tabs that the first line names: name, version, month, rank, "
            "downloads, summary",
        )
    build.add_argument(
        "--previous", type=Path, metavar="DIR|FILE", help="an earlier index, or list of PyPI"
    )
    build.add_argument("--previous-date", type=_day, metavar="D", help="of an earlier list")
    build.add_argument(
        "--modules", type=Path, metavar="FILE", help="import names: name, tab, distribution"
    )
    build.add_argument(
        "--notice",
        type=Path,
        metavar="FILE",
        help="whose import names: a line, their licence, its notice",
    )
    build.add_argument(
        "--date", type=_day, required=True, metavar="D", help="of the lists: 2026-11-22"
    )
    build.add_argument(
        "--whole",
        action="store_true",
        help="the list of PyPI has every name, although it lacks a fifth of those that come with vetline",
    )
    build.add_argument("-o", dest="out", type=Path, required=True, metavar="DIR", help="where to")
    build.set_defaults(run=_build)
    return parser


def _day(word: str) -> date:
    import argparse

    try:
        found = date.fromisoformat(word)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word!r} is not a day as in 2026-11-22") from None
    if found < _FIRST:
        raise argparse.ArgumentTypeError(f"{word!r} is before there were registries")
    return found


# -- status


def _status(options: argparse.Namespace) -> int:
    found = _newest()
    from vetline.index import layout

    damaged = layout.damaged(found.folder, found.manifest)
    write = _as_json if options.output_format == "json" else _as_text
    write(found, damaged)
    return _FAILED if damaged else 0


def _newest() -> Index:
    found = index.load()
    if found is None:
        raise _Failed(
            "there is no list of names that can be used: reinstall vetline, or see the log above"
        )
    return found


def _as_json(found: Index, damaged: list[str]) -> None:
    from vetline.index import members

    manifest, known = found.manifest, members.load()
    document = {
        "version": VERSION,
        "as_of": manifest.as_of,
        "age_days": _age(manifest),
        "stale": any(map(found.is_stale, Ecosystem)),
        "place": str(found.folder),
        "embedded": found.folder == index.EMBEDDED,
        "registries": {name: counts._asdict() for name, counts in manifest.counts.items()},
        "modules": manifest.modules,
        "obscure_modules": manifest.obscure,
        "members": known and {"as_of": known.as_of, "libraries": known.libraries},
        "damaged": damaged,
        "sources": [source._asdict() for source in manifest.sources],
    }
    words.write(json.dumps(document, indent=2) + "\n")


def _as_text(found: Index, damaged: list[str]) -> None:
    manifest = found.manifest
    which = {index.EMBEDDED: " (comes with the program)", index.home(): " (your refreshed copy)"}
    whose = which.get(found.folder) or which.get(found.folder.parent, "")
    lines = [
        f"as of     {manifest.as_of}, {formats.number(_age(manifest), 'day')} old",
        f"place     {visible(str(found.folder))}{whose}",
    ]
    for name, counts in manifest.counts.items():
        whole = "all" if counts.whole else "not all"
        day = "" if counts.as_of == manifest.as_of else f", as of {counts.as_of}"
        old = "; old: `vetline index update`" if found.is_stale(Ecosystem(name)) else ""
        lines.append(
            f"{name:<9} {counts.names} names ({whole}{day}), {counts.ranked} ranked, {counts.young} young, "
            f"{counts.placeholders} placeholders{old}"
        )
    lines.append(f"modules   {manifest.modules} import names mapped, {manifest.obscure} more known")
    lines.append(f"members   {_members()}")
    lines.append(f"digests   {'DAMAGED: ' + ', '.join(damaged) if damaged else 'all right'}")
    words.write("\n".join(lines) + "\n")


def _members() -> str:
    from vetline.index import members

    known = members.load()
    if known is None:
        return "none: reinstall vetline"
    return f"of the standard library and {known.libraries} more libraries, as of {known.as_of}"


def _age(manifest: Manifest) -> int:
    from vetline.index.opened import today

    return (today() - date.fromisoformat(manifest.as_of)).days


# -- update


def _update(_: argparse.Namespace) -> int:
    from vetline.index.build import BuildError
    from vetline.index.opened import at, today
    from vetline.index.update import update
    from vetline.registries import RegistryError, whole_list

    before = _newest()
    lists: dict[Ecosystem, Iterable[str]] = {}
    for eco in Ecosystem:
        try:
            lists[eco] = list(_counted(whole_list(eco), eco))
        except RegistryError as error:
            words.tell(
                "index",
                f"{_REGISTRY[eco]}: {error}; the list of {before.manifest.counts[eco].as_of} stays",
            )
    if not lists:
        raise _Failed("no list could be fetched; nothing was changed")
    try:
        folder = update(lists, before, today())
    except BuildError as error:
        raise _Failed(f"{error}; nothing was changed") from None
    _as_text(at(folder), [])
    return 0


def _counted(names: Iterable[str], eco: Ecosystem) -> Iterator[str]:
    """The names, with their number told now and then to who waits at a terminal."""
    step = 100_000
    for number, name in enumerate(names, 1):
        yield name
        if number % step == 0 and sys.stderr.isatty():
            words.tell("index", f"{_REGISTRY[eco]}: {number} names ...")


# -- build


def _build(options: argparse.Namespace) -> int:
    from vetline.index import lists
    from vetline.index.build import BuildError, Given, build

    given = {eco: getattr(options, str(eco)) for eco in Ecosystem}
    if not any(given.values()):
        raise words.UsageError(
            "name a list: --pypi FILE or --npm FILE (see `vetline index build --help`)"
        )
    rows = {eco: lists.rows(path, eco) for eco, path in given.items() if path}
    pairs = lists.pairs(options.modules) if options.modules else None
    sources = [Source(f"names of {eco}", path.name, "facts") for eco, path in given.items() if path]
    if options.notice:
        sources.append(_notice(options.notice))
    try:
        day = options.date.isoformat()
        before = _before(options)
        kept = before.copy.manifest.sources if before and before.copy else ()
        new = {source.what for source in sources}
        sources += [source for source in kept if source.what not in new]
        measure = None if options.whole else index.open_at(index.EMBEDDED)
        build(
            Given(day, rows, before, pairs, tuple(sources), measure, partial=not options.whole),
            options.out,
        )
        made = index.open_at(options.out)
    except (BuildError, lists.ListError) as error:
        raise _Failed(str(error)) from None
    _as_text(made, [])
    _say_use(made)
    return 0


def _say_use(made: Index) -> None:
    """Tell how far a list goes that was made, and how it comes into use: `index.load` takes the newest there is."""
    if not made.is_whole(Ecosystem.PYPI):
        words.tell("index", "the list of PyPI is a part: a name that it lacks is unverified (--whole says otherwise)")  # fmt: skip
    home, place = index.home(), visible(str(made.folder.absolute()))
    used = index.load()
    if used is not None and used.folder == made.folder.absolute():
        words.tell("index", "it is in use, as the newest list there is")
    elif used is not None and used.as_of >= made.as_of:
        words.tell("index", f"it is not used: the list of {used.as_of} is as new ({visible(str(used.folder))})")  # fmt: skip
    elif home is not None:
        name = f"{made.as_of}-{next(iter(made.manifest.files.values())).sha256[:8]}"
        words.tell("index", f"to use it, move {place} to {visible(str(home / name))}: the newest list is used")  # fmt: skip


def _before(options: argparse.Namespace) -> Before | None:
    from vetline.index import lists
    from vetline.index.build import Before

    place = options.previous
    if place is None:
        return None
    if place.is_dir():
        copy = index.open_at(place)
        return Before(copy.as_of, copy.has, copy)
    if options.previous_date is None:
        raise words.UsageError("say of which day the earlier list is: --previous-date D")
    known = frozenset(row.name for row in lists.rows(place, Ecosystem.PYPI))

    def has(package: Package) -> bool:
        return package.ecosystem is not Ecosystem.PYPI or package.name in known

    return Before(options.previous_date.isoformat(), has)


def _notice(path: Path) -> Source:
    try:
        text = disk.read(path, _NOTICE_LIMIT).decode("utf-8", "replace")
    except OSError as error:
        raise words.UsageError(f"{path} {disk.reason(error)}") from None
    origin, _, rest = text.partition("\n")
    licence, _, notice = rest.partition("\n")
    return Source("import names", origin.strip(), licence.strip(), notice.strip())
