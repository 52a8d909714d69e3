"""Makes a copy of the index from lists of names, and from the copy before it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import marisa_trie

from vetline.index import layout, names
from vetline.index.layout import MODULES, OBSCURE, Counts, Manifest, Source
from vetline.index.modules import Known, Tables, tables
from vetline_analyzers.core.universe import Ecosystem, Package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from vetline.index.lists import Row
    from vetline.index.opened import Index

PART = ".vetline-"  # how the name of a folder begins that is being filled
RANKED = 15_000  # names of each registry that count as much downloaded
_WHOLE = frozenset({Ecosystem.PYPI})  # registries whose lists have every name
_YOUNG = timedelta(days=365)  # from the day of the list that has a name first
_OLD = timedelta(days=730)
_RECOGNISED = 0.8  # of the names that are known, at least, are in a list of all of them
_FILES = ("marisa", "ranks", "young", "since", "held", "near")

# A package that says of itself that nothing is in it. A tool against such packages says other things of itself.
_HOLDS = re.compile(
    r"place[- ]?holder|reserv(?:ed|ing|ation)\b.{0,40}\bnames?\b|\bnames?\b.{0,20}\breserv(?:ed|ation)|"
    r"^\W{0,3}reserved\b|security[- ]hold|holding package|squatting (?:research|protection)|"
    r"(?:benign|example of an?|demonstrat\w{0,5}|research|poc\b).{0,40}(?:slop|typo)?squat|"
    r"(?:dependency|package)[- ](?:confusion|hallucination)|(?:prevent|avoid|protect|defen)\w{0,8}.{0,40}squat",
    re.IGNORECASE,
)


class BuildError(Exception):
    """An index cannot be made of what was given; one line."""


class Before(NamedTuple):
    """An earlier list, by which the young names are known.

    Attributes:
        day: when it was made.
        has: whether it has a name.
        copy: the copy of the index that it is; None for a mere list.
    """

    day: str
    has: Callable[[Package], bool]
    copy: Index | None = None


class Given(NamedTuple):
    """What an index is made of.

    Attributes:
        day: the day of the lists.
        rows: the packages of each registry that is given; of another one the copy before is kept.
        before: an earlier list.
        pairs: import names and distributions; None keeps what the copy before says.
        sources: where all this comes from.
        measure: an index most of whose names a whole list has; None takes the list's giver at his word.
        partial: take a list that lacks more than that as a part of one, which says nothing of a name it lacks.
    """

    day: str
    rows: Mapping[Ecosystem, Iterable[Row]]
    before: Before | None = None
    pairs: Iterable[tuple[str, str]] | None = None
    sources: tuple[Source, ...] = ()
    measure: Index | None = None
    partial: bool = False


class _Read(NamedTuple):
    """One registry's list, sorted out.

    Attributes:
        young: with the days of the lists that had them first.
        months: those of the last releases, as far as they are told.
    """

    names: list[str]
    ranked: list[str]
    young: dict[str, str]
    held: list[str]
    months: dict[str, str]
    whole: bool


def build(given: Given, out: Path) -> Manifest:
    """Make an index; it is there whole or not at all.

    Args:
        given: what of.
        out: the folder, which is not there yet.

    Raises:
        BuildError: something is missing, a list is only a part, or `out` cannot be written.
        DataError: the copy before is damaged.
        ListError: a list cannot be read.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=PART, dir=out.parent))
    except OSError as error:
        raise BuildError(f"{out.parent}: cannot be written: {error.strerror}") from None
    try:
        manifest = _fill(part, given)
        part.chmod(0o755)
        part.rename(out)  # refused where something is there already
    except OSError as error:
        raise BuildError(f"{out}: cannot be written: {error.strerror}") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return manifest


def _fill(folder: Path, given: Given) -> Manifest:
    before = given.before.copy if given.before else None
    counts: dict[str, Counts] = {}
    read: _Read | None = None
    for eco in Ecosystem:
        rows = given.rows.get(eco)
        if rows is not None:
            one = _read(eco, rows, given)
            counts[eco] = _write(folder, eco, one, given.day)
            read = one if eco is Ecosystem.PYPI else read
        elif before is not None:
            for name in (f"{eco}.{kind}" for kind in _FILES):
                if (before.folder / name).exists():  # not each has the days
                    shutil.copyfile(before.folder / name, folder / name)
            counts[eco] = before.manifest.counts[eco]
        else:
            raise BuildError(f"there is no list of {eco}, and no index before that has one")
    if read is None and before is not None:
        for name in (MODULES, OBSCURE):
            shutil.copyfile(before.folder / name, folder / name)
        found = (before.manifest.namespaces, before.manifest.modules, before.manifest.obscure)
    else:
        made = _tables(read or _Read([], [], {}, [], {}, whole=False), given)
        _write_modules(folder, made)
        found = (made.namespaces, made.modules, len(made.obscure))
    manifest = Manifest(given.day, counts, *found, layout.described(folder), given.sources)
    (folder / layout.MANIFEST).write_text(manifest.as_json(), encoding="utf-8")
    return manifest


def _read(eco: Ecosystem, rows: Iterable[Row], given: Given) -> _Read:
    before = given.before
    index = before.copy if before else None
    found: set[str] = set()
    ranks: dict[str, int] = {}
    downloads: dict[str, int] = {}
    months: dict[str, str] = {}
    held: set[str] = set()
    for row in rows:
        found.add(row.name)
        if row.rank:
            ranks[row.name] = row.rank
        if row.downloads:
            downloads[row.name] = row.downloads
        if row.month:
            months[row.name] = row.month
        if row.version.endswith("-security") or _HOLDS.search(row.summary):
            held.add(row.name)
    ranked = sorted(ranks, key=lambda name: (ranks[name], name))
    ranked = ranked or sorted(downloads, key=lambda name: (-downloads[name], name))[:RANKED]
    if index is not None:
        known = list(index.names(eco).by_rank())
        ranked = ranked or [name for name in known if name in found]
        held |= {name for name in found if index.names(eco).is_held(name)}
    if len(ranked) > names.MOST:
        raise BuildError(f"more than {names.MOST} names of {eco} have a rank")
    young = _young(eco, found.difference(ranked), months, given)
    whole = _is_whole(eco, found, given)
    return _Read(sorted(found), ranked, young, sorted(held.difference(ranked)), months, whole)


def _is_whole(eco: Ecosystem, found: set[str], given: Given) -> bool:
    """Whether a list has every name of its registry, or nearly so.

    Raises:
        BuildError: it is an index of one's own, or half of a list, and no part is taken.
    """
    before, measure = given.before.copy if given.before else None, given.measure
    tests: list[tuple[str, list[str]]] = []
    if before is not None:
        tests.append(("most downloaded names", list(before.names(eco).by_rank())))
    if measure is not None:
        tests.append(("known names", list(measure.names(eco))))
    for what, known in tests:
        there = sum(name in found for name in known)
        if there >= _RECOGNISED * len(known):
            continue
        if given.partial:
            return False
        raise BuildError(
            f"the list of {len(found)} names has only {there} of the {len(known)} {what} of {eco}: "
            "it is not the whole registry's"
        )
    return eco in _WHOLE


def _young(
    eco: Ecosystem, found: Iterable[str], months: Mapping[str, str], given: Given
) -> dict[str, str]:
    """The names that are new since the list before, and those that were new in it and are not a year old.

    With the day of the list that had each first.
    """
    before = given.before
    if before is None:
        return {}
    index = before.copy
    since = index.since(eco) if index else {}
    day = index.day(eco) if index else before.day
    told = index is None or index.is_whole(eco)  # what a part of a list lacks need not be new
    border = (date.fromisoformat(given.day) - _YOUNG).isoformat()
    young: dict[str, str] = {}
    for name in found:
        if before.has(Package(eco, name)):
            first = since.get(name, "")
        else:
            # Not even a list is whole: what had its last release before it is only missing from it.
            first = given.day if told and months.get(name, day) >= day[:7] else ""
        if first > border:
            young[name] = first
    return young


def _write(folder: Path, eco: Ecosystem, read: _Read, day: str) -> Counts:
    if not read.names:
        raise BuildError(f"the list of {eco} has no names")
    names.write(folder, eco, read.names, read.ranked, young=read.young, held=read.held)
    counted = (len(read.names), len(read.ranked), len(read.young), len(read.held))
    return Counts(*counted, read.whole, day)


def _tables(read: _Read, given: Given) -> Tables:
    ranks = {name: rank for rank, name in enumerate(read.ranked, 1)}
    if given.pairs is not None:
        has = frozenset(read.names).__contains__
        border = (date.fromisoformat(given.day) - _OLD).isoformat()[:7]
        return tables(
            given.pairs, Known(has, ranks, lambda name: read.months.get(name, "") < border)
        )
    index = given.before.copy if given.before else None
    if index is None:
        return Tables({}, 0, [], {})
    renamed = {
        key: sorted(ranks[name] for name in known if name in ranks) for key, known in index.mapped()
    }
    kept = {key: found for key, found in renamed.items() if found}
    return Tables(
        kept, index.manifest.modules, list(index.obscure()), dict(index.manifest.namespaces)
    )


def _write_modules(folder: Path, made: Tables) -> None:
    records = [(key, (rank,)) for key, ranks in made.providers.items() for rank in ranks]
    marisa_trie.RecordTrie("<H", records).save(os.fspath(folder / MODULES))
    marisa_trie.Trie(made.obscure).save(os.fspath(folder / OBSCURE))
