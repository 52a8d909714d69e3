"""Commits that were made of others: what is known of those lines is carried to these.

A line of a source survives where git's own difference between the two commits leaves it as it is and
the new commit adds it to its parents. A gap is acceptable, a wrong author is not.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from vetline import disk, notes
from vetline.history import asking, changes, lines
from vetline.notes import NoteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from vetline.history.asking import Repository
    from vetline.history.changes import Change
    from vetline.history.shelf import Shelf
    from vetline.notes import Note
    from vetline.provenance import Attribution

_MOST = 1_000  # sources of a commit
_LIMIT = 8_000_000  # bytes of what git says of a squash, or of a file
_SQUASHED = re.compile(r"^commit ([0-9a-f]{40,64})$", re.MULTILINE)
_NAME = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")

Lines = dict[int, "Attribution"]


class Added(NamedTuple):
    """What a commit added to all its parents.

    Attributes:
        blob: the name of the file's content.
        lines: line (from 1) → its text.
        old: what the file was called before; "" when it is new.
    """

    blob: str
    lines: dict[int, bytes]
    old: str


# -- what a commit is about to be made of


def remember(repository: Repository) -> None:
    """Keep what git is in the middle of, which it forgets before the commit is there.

    That is a cherry-pick, also one of a rebase, and `git merge --squash`.

    Raises:
        GitError: git does not answer.
        OSError: it cannot be kept.
    """
    place = _memory(repository)
    folder = asking.own_dir(repository.root)
    picked = disk.text(folder / "CHERRY_PICK_HEAD", 256).strip()
    found = [picked] if _NAME.fullmatch(picked) else []
    found = found or _SQUASHED.findall(disk.text(folder / "SQUASH_MSG", _LIMIT))[:_MOST]
    if not found:
        place.unlink(missing_ok=True)
        return
    head = repository.git("rev-parse", "--verify", "--quiet", "HEAD", ok=(0, 1)).decode().strip()
    place.parent.mkdir(mode=0o700, exist_ok=True)
    written = place.with_suffix(f".{os.getpid()}")
    written.write_text(json.dumps({"parent": head, "sources": found}), "utf-8")
    written.replace(place)


def remembered(repository: Repository, parents: Sequence[str]) -> list[str]:
    """What the commit that was just made on `parents` was made of; it is forgotten with that."""
    place = _memory(repository)
    with suppress(OSError, ValueError):
        known = json.loads(disk.read(place, _LIMIT))
        place.unlink()
        if known["parent"] == (parents[0] if parents else ""):
            return [name for name in known["sources"] if _NAME.fullmatch(name)]
    return []


def _memory(repository: Repository) -> Path:
    """Each work tree has one."""
    name = sha256(os.fsencode(repository.root)).hexdigest()[:16]
    return repository.common / "vetline" / f"sources-{name}.json"


# -- what it adds, and what is known of that


def added(parents: Iterable[Mapping[str, Change]]) -> dict[str, Added]:
    """Path → what a commit added, by its changes against each parent."""
    found: dict[str, Added] | None = None
    for changed in parents:
        new = {
            path: Added(change.blob, change.added(), change.old) for path, change in changed.items()
        }
        if found is not None:
            new = {
                path: both._replace(
                    lines={line: text for line, text in has.lines.items() if line in both.lines}
                )
                for path, has in new.items()
                if (both := found.get(path))
            }
        found = new
    return {path: has for path, has in (found or {}).items() if has.lines}


class Source(NamedTuple):
    """What a commit was made of.

    Attributes:
        tips: the sources that no other source comes after.
        all: all of them.
        notes: commit → its note, of those that have one.
    """

    tips: list[str]
    all: list[str]
    notes: Mapping[str, Note]


def source(
    repository: Repository, made_of: Sequence[str], noted: Mapping[str, Note]
) -> Source | None:
    """The commits of these names as a source; None when no note says anything of their lines.

    Raises:
        GitError: git does not answer.
    """
    made_of = made_of[:_MOST]
    found = {name: noted[name] for name in made_of if name in noted}
    if not any(note.files for note in found.values()):
        return None
    tips = list(made_of)
    if len(made_of) > 1:
        told = repository.git("merge-base", "--independent", *made_of, ok=(0, 1, 128))
        tips = told.decode().split()
    return Source(tips, list(made_of), found)


def carried(
    repository: Repository,
    has: Mapping[str, Added],
    of: Source,
    differences: Sequence[Mapping[str, Change]],
    shelved: Sequence[Shelf],
) -> tuple[dict[str, Lines], dict[str, int]]:
    """What is known of the lines that a commit added, from what it was made of.

    Args:
        repository: where.
        has: what the commit added.
        of: what it was made of.
        differences: of each tip of `of` what the commit changed against it.
        shelved: where notes may be.

    Returns:
        Path → what is known of its lines, and path → how many lines came from the source, known or not.

    Raises:
        GitError: git does not answer.
    """
    noted = {path for note in of.notes.values() for path in note.files}
    found: dict[str, Lines] = {}
    disputed: set[tuple[str, int]] = set()
    kept: dict[str, set[int]] = {}
    for tip, changed in zip(of.tips, differences, strict=True):
        for path, (_, texts, _) in has.items():
            change = changed.get(path)
            old = change.old if change else path
            pairs = _surviving(change, texts)
            kept.setdefault(path, set()).update(pairs)
            if not old or not pairs or (old not in noted and len(of.all) == 1):
                continue
            there = _known_at(repository, tip, old, pairs.values(), of=of, shelved=shelved)
            for line, number in pairs.items():
                if number in there:
                    said = there[number]
                    first = found.setdefault(path, {}).setdefault(line, said)
                    if first.state is not said.state:  # then none is believed, whoever comes third
                        disputed.add((path, line))
    for path, line in disputed:
        del found[path][line]
    return found, {path: len(numbers) for path, numbers in kept.items()}


def _surviving(change: Change | None, texts: Mapping[int, bytes]) -> dict[int, int]:
    """New line → old line of added lines that a source has, and that cannot be mistaken for others."""
    found = lines.surviving(change, texts)
    if change is not None:
        touched = {text for hunk in change.hunks or () for part in hunk[2:] for text in part}
        counts = Counter(texts.values())
        found |= {
            line: old
            for line, old in change.unchanged(texts).items()
            if texts[line] not in touched and lines.is_rare(texts[line], counts)
        }
    return found


def _known_at(
    repository: Repository,
    tip: str,
    path: str,
    wanted: Iterable[int],
    *,
    of: Source,
    shelved: Sequence[Shelf],
) -> Lines:
    """What is known of a file's lines at a source: by its own note, or by those of all that led to it."""
    if len(of.all) == 1:
        with suppress(NoteError):
            return notes.lines(of.notes[tip], path, wanted)
        return {}
    (blob,) = asking.named(repository, [f"{tip}:{path}"])
    raw = asking.contents(repository, [blob], _LIMIT).get(blob[0])
    if raw is None:
        return {}
    texts = lines.of_text(raw)
    base = repository.git("merge-base", "--octopus", *of.all, ok=(0, 1)).decode().strip()
    since = f"{base}^@" if base in of.all else base
    known = lines.known(repository, tip, path, texts, shelved, since=since, only=of.all)
    return known.lines


def commit_changes(
    repository: Repository, made: Mapping[str, Sequence[str]], against: Sequence[tuple[str, str]]
) -> tuple[dict[str, dict[str, Added]], dict[tuple[str, str], dict[str, Change]]]:
    """What commits add to their parents, and what they change against others, in one go.

    Args:
        repository: where.
        made: commit → its parents.
        against: pairs of a commit and another.

    Raises:
        GitError: git does not answer.
    """
    pairs = [(commit, parent) for commit, all_ in made.items() for parent in all_ or ("",)]
    told = changes.between(repository, [*pairs, *against])
    sections = dict(zip([*pairs, *against], told, strict=True))
    adds = {
        commit: added(sections[commit, parent] for parent in all_ or ("",))
        for commit, all_ in made.items()
    }
    return adds, {pair: sections[pair] for pair in against}
