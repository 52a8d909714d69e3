"""What git's history knows of who wrote which line: notes on commits, read, written and carried along.

A note says of the lines that its commit added who wrote them. Git's blame leads from a line of a file to
its commit and so to the note. Commits that are made of others (amended, rebased, picked, squashed) get
what is known of the lines that they have from there; see `sources`.
"""

from __future__ import annotations

import dataclasses
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from vetline import files, git, notes
from vetline.git import GitError
from vetline.history import asking, lines, shelf, sources
from vetline.history.earlier import Earlier, earlier
from vetline.history.remotes import sync
from vetline.history.trailers import Trailer, trailers
from vetline.notes import NoteError
from vetline.provenance import State, Tier, align
from vetline.provenance.window import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from vetline.history.asking import Repository
    from vetline.history.sources import Added, Lines
    from vetline.notes import Note
    from vetline.provenance import Attribution
    from vetline_analyzers.core.text import Snapshot

__all__ = [
    "Committed",
    "Earlier",
    "Trailer",
    "brought",
    "committed",
    "earlier",
    "has_notes",
    "is_cut",
    "noted",
    "prepare",
    "record",
    "rewritten",
    "sync",
    "trailers",
]
SECONDS = 10.0  # that git may be asked for one thing
_MOST = 5_000  # rewritten commits at once
_KNOWN = (State.AI, State.MIXED, State.HUMAN)


class Committed(NamedTuple):
    """A file at a commit.

    Attributes:
        text: its text.
        lines: of each line of the text what notes say of it; None when nothing.
        commits: of each line the commit it came from; "" when not known.
        flags: commit → by which trailer an agent says it took part; it makes no line an AI's.
    """

    text: str
    lines: tuple[Attribution | None, ...]
    commits: tuple[str, ...]
    flags: Mapping[str, Trailer]


def committed(
    tree: Path, subject: str, rev: str = "HEAD", *, seconds: float = SECONDS
) -> Committed | None:
    """What is known of a file at a commit; None when there is no such file, or not a single note.

    Without notes git is not run.

    Args:
        tree: the root of the work tree.
        subject: the file's path relative to it, POSIX.
        rev: the commit.
        seconds: how long git may be asked.

    Raises:
        GitError: git does not answer.
    """
    repository = asking.opened(tree, seconds)
    shelved = shelf.shelves(repository.common)
    if not shelved or any("\n" in word for word in (subject, rev)):
        return None
    there = _at(repository, subject, rev)
    if there is None:
        return None
    commit, raw, snapshot = there
    known = lines.known(repository, commit, subject, lines.of_text(raw), shelved)
    blamed = {each.commit for each in known.blamed if each}
    numbers = _numbers(snapshot)
    came = [known.blamed[n - 1] if n <= len(known.blamed) else None for n in numbers]
    return Committed(
        snapshot.text,
        tuple(_imported(known.lines.get(number)) for number in numbers),
        tuple(each.commit if each else "" for each in came),
        {
            name: said[0]
            for name, made in asking.commits(repository, sorted(blamed)).items()
            if (said := trailers(made.message))
        },
    )


def brought(tree: Path, subject: str, snapshot: Snapshot, *, seconds: float = SECONDS) -> list[str]:
    """Of each line of a text the commit that brought it; "" for one that is not in HEAD as it stands.

    Args:
        tree: the root of the work tree.
        subject: the file's path relative to it, POSIX.
        snapshot: the file as it is now.
        seconds: how long git may be asked.

    Raises:
        GitError: git does not answer.
    """
    now = texts(snapshot)
    found = [""] * len(now)
    repository = asking.opened(tree, seconds)
    there = None if "\n" in subject else _at(repository, subject, "HEAD")
    if there is None:
        # In a partial clone a file may be in HEAD that cannot be read.
        listed = repository.git("ls-tree", "-z", "HEAD", "--", subject, ok=(0, 128))
        if listed.startswith(b"100"):  # not a link, not a submodule
            raise GitError("git does not give what it is in HEAD")
        return found
    commit, raw, known = there
    blamed = lines.blame(repository, commit, subject, len(lines.of_text(raw)))
    numbers, before = _numbers(known), texts(known)
    for hunk in align.hunks(before, now):
        for old, new in zip(range(hunk.a, hunk.b), range(hunk.c, hunk.d), strict=False):
            each = blamed[numbers[old] - 1] if numbers[old] <= len(blamed) else None
            if each and before[old] == now[new]:  # not so where it was indented anew
                found[new] = each.commit
    return found


def _at(repository: Repository, subject: str, rev: str) -> tuple[str, bytes, Snapshot] | None:
    """A commit's full name, and a file in it: its bytes and its text; None when there is no such file."""
    commit, blob = asking.named(repository, [f"{rev}^{{commit}}", f"{rev}:{subject}"])
    if commit[1] != "commit" or blob[1] != "blob":
        return None
    raw = asking.contents(repository, [blob], files.LIMIT).get(blob[0])
    snapshot = None if raw is None else files.of_bytes(raw, "", subject, named=True).snapshot
    return None if raw is None or snapshot is None else (commit[0], raw, snapshot)


def _imported(known: Attribution | None) -> Attribution | None:
    """What a note says, as somebody else's word."""
    if known is None or known.origin is None:
        return known
    # Of people nothing is noted but what they typed.
    source = "notes" if known.origin.ai else "typed"
    origin = dataclasses.replace(known.origin, tier=Tier.IMPORTED, source=source)
    return known._replace(origin=origin)


def _numbers(snapshot: Snapshot) -> list[int]:
    """Of each line of a text its number for git, which knows one kind of line end; from 1."""
    text, at, number, found = snapshot.text, 0, 1, []
    for start in snapshot.line_starts:
        number += text.count("\n", at, start)
        at = start
        found.append(number)
    return found


def has_notes(tree: Path) -> bool:
    """Whether there are notes in the repository of a work tree. Git is not run, nothing raised."""
    common = git.git_dir(tree)
    try:
        return common is not None and bool(shelf.shelves(common))
    except GitError:
        return False


def is_cut(tree: Path) -> bool:
    """Whether there are notes, and a shallow clone that lacks commits they may be on. Git is not run."""
    common = git.git_dir(tree)
    return common is not None and (common / "shallow").is_file() and has_notes(tree)


def noted(tree: Path, *, seconds: float = SECONDS) -> set[str]:
    """The paths of all files of which notes say something, as they were called at the time.

    Raises:
        GitError: git does not answer.
    """
    repository = asking.opened(tree, seconds)
    shelved = shelf.shelves(repository.common)
    found: set[str] = set()
    for each in shelved:
        commits = shelf.noted(repository, each)
        for note in shelf.read(repository, [each], commits).values():
            found.update(note.files)
    return found


# -- as commits are made


def prepare(tree: Path, *, seconds: float = SECONDS) -> None:
    """Before a commit: keep what it is made of, which git forgets.

    Raises:
        GitError: git does not answer.
        OSError: it cannot be kept.
    """
    sources.remember(asking.opened(tree, seconds))


def record(
    tree: Path,
    commit: str,
    attributions: Callable[[Snapshot], Sequence[Attribution]],
    *,
    seconds: float = SECONDS,
) -> bool:
    """After a commit: note who wrote the lines that it adds to all its parents.

    What `attributions` knows of a line holds; else what the commits know that it was made of. Where it
    is nothing but a replay of one of them, nothing was written and `attributions` is not asked.

    Args:
        tree: the root of the work tree.
        commit: the commit.
        attributions: what is known of the lines of a text, one attribution a line.
        seconds: how long git may be asked.

    Returns:
        Whether there was anything to note.

    Raises:
        GitError: git does not answer, or the note could not be written.
    """
    repository = asking.opened(tree, seconds)
    ((name, kind, _),) = asking.named(repository, [f"{commit}^{{commit}}"])
    if kind != "commit":
        raise GitError(f"{commit!r} is not a commit here")
    made = asking.commits(repository, [name])[name]
    shelved = shelf.shelves(repository.common)
    made_of = sources.remembered(repository, made.parents)
    noted = shelf.read(repository, shelved, [name, *made_of])
    of = sources.source(repository, made_of, noted)
    against = [(name, tip) for tip in (of.tips if of else ())]
    adds, changed = sources.commit_changes(repository, {name: made.parents}, against)
    has = adds[name]
    known = _already(noted.get(name), has)
    kept: dict[str, int] = {}
    if of:
        told = [changed[pair] for pair in against]
        carried, kept = sources.carried(repository, has, of, told, shelved)
        known = _joined(carried, known)
    replayed = len(made_of) == 1 and all(kept.get(path) == len(has[path].lines) for path in has)
    if not replayed:
        live = _live(repository, has, attributions)
        known = _joined(known, live)
    return _write(repository, {name: known}, {name: made}, noted)


def _live(
    repository: Repository,
    has: Mapping[str, Added],
    attributions: Callable[[Snapshot], Sequence[Attribution]],
) -> dict[str, Lines]:
    """What is known of added lines from when they were written; for as many files as time allows."""
    blobs = asking.named(repository, [added.blob for added in has.values()])
    raws = asking.contents(repository, blobs, files.LIMIT)
    found: dict[str, Lines] = {}
    for path, added in has.items():
        if time.monotonic() > repository.until - 1:
            break  # a gap is acceptable, and what is known so far is to be written
        raw = raws.get(added.blob)
        uri = files.uri_of(repository.root / path)
        snapshot = None if raw is None else files.of_bytes(raw, uri, path).snapshot
        if snapshot is None:
            continue
        # What was renamed since it was written was reported under the name that it had.
        former = dataclasses.replace(snapshot, path=added.old or path)
        found[path] = {} if former.path == path else _said(former, added, attributions)
        found[path] |= _said(snapshot, added, attributions)
    return found


def _said(
    snapshot: Snapshot, added: Added, attributions: Callable[[Snapshot], Sequence[Attribution]]
) -> Lines:
    """What is known of the added lines of a text."""
    said: dict[int, set[Attribution]] = {}
    for number, each in zip(_numbers(snapshot), attributions(snapshot), strict=False):
        said.setdefault(number, set()).add(each)
    return {
        number: each
        for number, (each, *others) in said.items()
        if number in added.lines and not others and each.state in _KNOWN
    }


def rewritten(tree: Path, pairs: Iterable[tuple[str, str]], *, seconds: float = SECONDS) -> int:
    """After commits were rewritten: carry what is known of the old ones to the new.

    What is noted on a new commit already holds.

    Args:
        tree: the root of the work tree.
        pairs: full names of an old and the new commit; of several old ones of one commit, all.
        seconds: how long git may be asked.

    Returns:
        How many commits have a note now that had none, or another.

    Raises:
        GitError: git does not answer, or the notes could not be written.
    """
    repository = asking.opened(tree, seconds)
    shelved = shelf.shelves(repository.common)
    made_of: dict[str, list[str]] = {}
    for old, new in pairs:
        if old != new and len(made_of) < _MOST:
            made_of.setdefault(new, []).append(old)
    if not shelved or not made_of:
        return 0
    made = asking.commits(repository, made_of)
    names = dict.fromkeys(name for new in made for name in (*made_of[new], new))
    noted = shelf.read(repository, shelved, names)
    found = {
        new: of
        for new in made
        if (of := sources.source(repository, made_of[new], noted)) is not None
    }
    against = [(new, tip) for new, of in found.items() for tip in of.tips]
    parents = {new: made[new].parents for new in found}
    adds, changed = sources.commit_changes(repository, parents, against)
    written: dict[str, dict[str, Lines]] = {}
    for new, of in found.items():
        told = [changed[new, tip] for tip in of.tips]
        known, _ = sources.carried(repository, adds[new], of, told, shelved)
        written[new] = _joined(known, _already(noted.get(new), adds[new]))
    _write(repository, written, made, noted)
    return len(written)


def _already(note: Note | None, has: Mapping[str, Added]) -> dict[str, Lines]:
    """What a note on a commit says of the lines that the commit adds; one made twice has one."""
    if note is None:
        return {}
    with suppress(NoteError):
        return {path: notes.lines(note, path, added.lines) for path, added in has.items()}
    return {}


def _joined(known: Mapping[str, Lines], better: Mapping[str, Lines]) -> dict[str, Lines]:
    """By path what is known of lines; what `better` knows holds."""
    return {path: known.get(path, {}) | better.get(path, {}) for path in {*known, *better}}


def _write(
    repository: Repository,
    known: Mapping[str, Mapping[str, Lines]],
    made: Mapping[str, asking.Commit],
    noted: Mapping[str, Note],
) -> bool:
    """Write notes on commits, unless they are there; False when there is nothing to say of any."""
    texts, person = {}, ""
    for name, paths in known.items():
        note = notes.compose(name, paths, made[name].author)
        text = notes.render(note) if note else ""
        if len(text.encode("utf-8", "replace")) > notes.LIMIT:
            shelf.log.warning("what is known of commit %s is too much for a note", name[:12])
        elif text:
            texts[name], person = text, made[name].committer
    new = {
        name: text
        for name, text in texts.items()
        if name not in noted or notes.render(noted[name]) != text
    }
    shelf.write(repository, new, person=person)
    return bool(texts)
