"""Who wrote the lines of a file at a commit: git's blame, the notes, and where they are to be believed.

Differences tell lines by their text. Where a text occurs twice, git may take one for the other, and a
person's `return None` for the AI's above it. So what a note says of a line is believed where the lines
around it are those that were around it in its commit. A line that is like no other in the file, and does
not consist of words that everybody writes, is believed also where no commit since has added or removed
such a line.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from vetline import notes
from vetline.history import changes, shelf
from vetline.notes import NoteError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from vetline.history.asking import Repository
    from vetline.history.shelf import Shelf
    from vetline.notes import Note
    from vetline.provenance import Attribution

_HEAD = re.compile(r"([0-9a-f]{40,64}) ([0-9]+) ([0-9]+) ([0-9]+)")
_WORD = re.compile(rb"\w+")
_COMMON = frozenset(
    b"begin break case catch class const continue default do done else end endif esac except false fi "
    b"finally for func function if in let loop nil none null ok or pass private public raise return self "
    b"static super switch then this throw true try undefined var void while with yield".split()
)
_ESCAPE = re.compile(rb"\\([0-3][0-7]{2}|[abtnvfr\"\\])")
_ESCAPES = dict(
    zip(b'a b t n v f r " \\'.split(), map(bytes, zip(b'\a\b\t\n\v\f\r"\\')), strict=True)
)
_ENOUGH = 4  # letters of other words that make a line tell itself from others
_MOST = 100  # commits that one text is compared with
_PLAIN = ("--no-ext-diff", "--no-textconv", "--no-color")


class Blamed(NamedTuple):
    """Where a line came from: the commit, the file's path there, its number there."""

    commit: str
    path: str
    line: int


class Known(NamedTuple):
    """What is known of a file's lines.

    Attributes:
        blamed: of each line where it came from.
        lines: line (from 1) → what notes say of it.
    """

    blamed: Sequence[Blamed | None]
    lines: dict[int, Attribution]


def known(
    repository: Repository,
    at: str,
    path: str,
    texts: Sequence[bytes],
    shelved: Iterable[Shelf],
    *,
    since: str = "",
    only: Collection[str] = (),
) -> Known:
    """What notes say of the lines of a file.

    Args:
        repository: where.
        at: the commit.
        path: the file's there.
        texts: its lines.
        shelved: where notes may be.
        since: a revision up to which history is of no interest.
        only: the commits whose notes count; none means all.

    Raises:
        GitError: git does not answer.
    """
    blamed = blame(repository, at, path, len(texts), since)
    commits = {each.commit for each in blamed if each and (not only or each.commit in only)}
    found: dict[int, Attribution] = {}
    for commit, note in shelf.read(repository, shelved, sorted(commits)).items():
        found |= _said(note, commit, blamed)
    doubtful = {
        line for line in found if not _came_along(blamed, line) and _of(blamed, line).commit != at
    }
    counts = Counter(texts)
    if rare := [line for line in doubtful if is_rare(texts[line - 1], counts)]:
        since = since or _before(repository, {_of(blamed, line).commit for line in rare})
        paths = {each.path for each in blamed if each} | {path}
        touched = _Touched.of(repository, at, since, sorted(paths))
        for line in rare:
            if not touched.after(_of(blamed, line).commit, texts[line - 1]):
                doubtful.remove(line)
    doubtful -= _in_place(repository, at, path, {line: _of(blamed, line) for line in doubtful})
    return Known(blamed, {line: said for line, said in found.items() if line not in doubtful})


def is_rare(text: bytes, counts: Mapping[bytes, int]) -> bool:
    """Whether a line is like no other in a text, and says more than what everybody writes."""
    words = {word.lower() for word in _WORD.findall(text)} - _COMMON
    return sum(map(len, words)) >= _ENOUGH and counts[text] == 1


def surviving(change: changes.Change | None, wanted: Iterable[int]) -> dict[int, int]:
    """New line → old line of those wanted that a change left where they were, between the same lines."""
    wanted = set(wanted)
    if change is None:
        return {line: line for line in wanted}
    around = change.unchanged({near for line in wanted for near in (line - 1, line, line + 1)})
    around[0] = 0  # before the first line is before the first line
    return {
        line: old
        for line in wanted
        if (old := around.get(line, 0))
        and around.get(line - 1) == old - 1
        and around.get(line + 1) == old + 1
    }


def _in_place(repository: Repository, at: str, path: str, lines: Mapping[int, Blamed]) -> set[int]:
    """The lines that stand between the same lines as in their commits; not of many commits at once."""
    counted = Counter(each.commit for each in lines.values()).most_common(_MOST)
    commits = [commit for commit, _ in counted]
    paths = sorted({each.path for each in lines.values()} | {path})
    pairs = [(at, commit) for commit in commits]
    found: set[int] = set()
    for commit, changed in zip(commits, changes.between(repository, pairs, paths), strict=True):
        here = {line: each for line, each in lines.items() if each.commit == commit}
        change = changed.get(path)
        old = change.old if change else path
        for line, number in surviving(change, here).items():
            if here[line] == (commit, old, number):
                found.add(line)
    return found


def of_text(raw: bytes) -> list[bytes]:
    """The lines of a text as git counts them, without their ends."""
    texts = raw.split(b"\n")
    return texts[:-1] if not texts[-1] else texts


def _said(note: Note, commit: str, blamed: Sequence[Blamed | None]) -> dict[int, Attribution]:
    """What a note says of the lines that came from its commit."""
    there: dict[str, dict[int, int]] = {}
    for line, each in enumerate(blamed, 1):
        if each and each.commit == commit and each.path in note.files:
            there.setdefault(each.path, {})[each.line] = line
    found: dict[int, Attribution] = {}
    for path, lines in there.items():
        try:
            said = notes.lines(note, path, lines)
        except NoteError as error:
            shelf.log.warning("the note on commit %s %s; passed over", commit[:12], error)
        else:
            found |= {lines[line]: attribution for line, attribution in said.items()}
    return found


def _of(blamed: Sequence[Blamed | None], line: int) -> Blamed:
    return blamed[line - 1] or Blamed("", "", 0)


def _came_along(blamed: Sequence[Blamed | None], line: int) -> bool:
    """Whether the lines around a line are those that were around it in its commit."""
    commit, path, number = _of(blamed, line)
    before = _of(blamed, line - 1) if line > 1 else Blamed(commit, path, 0)
    after = _of(blamed, line + 1) if line < len(blamed) else None
    return before == (commit, path, number - 1) and after == (commit, path, number + 1)


def blame(
    repository: Repository, at: str, path: str, count: int, since: str = ""
) -> list[Blamed | None]:
    """Where each of the `count` lines of a file at a commit came from, as git blames them.

    Never of the file in the work tree: for that git would run the repository's filters.

    Raises:
        GitError: git does not answer.
    """
    found: list[Blamed | None] = [None] * count
    # A file of commits to pass over would be the repository's to choose.
    words = ("-c", "blame.ignoreRevsFile=", "blame", "--no-textconv", "--incremental")
    told = repository.git(*words, at, *([f"^{since}"] if since else []), "--", path)
    run = None
    for row in told.decode("utf-8", "surrogateescape").split("\n"):
        if match := _HEAD.fullmatch(row):
            run = match.groups()
        elif row.startswith("filename ") and run:
            commit, old, new, length = run[0], int(run[1]), int(run[2]), int(run[3])
            name = _unquoted(row.removeprefix("filename "))
            for index in range(min(length, count - new + 1)):
                found[new - 1 + index] = Blamed(commit, name, old + index)
    return found


def _unquoted(name: str) -> str:
    """A path as git tells it: one with a quote, a backslash or a control character in quotes, as in C."""
    if len(name) < 2 or name[0] != '"' or name[-1] != '"':  # noqa: PLR2004 - the quotes
        return name
    told = os.fsencode(name[1:-1])
    return os.fsdecode(
        _ESCAPE.sub(lambda found: _ESCAPES.get(found[1]) or bytes([int(found[1], 8)]), told)
    )


def _before(repository: Repository, commits: Collection[str]) -> str:
    """A commit that all these have in their past, or are; "" for none."""
    base = repository.git("merge-base", "--octopus", *sorted(commits)[:1000], ok=(0, 1))
    return base.decode().strip() if len(commits) <= 1000 else ""  # noqa: PLR2004 - a command line is short


class _Touched(NamedTuple):
    """The texts of lines that commits added or removed, and what came before which.

    Attributes:
        by: text → commits.
        parents: commit → those before it.
        pasts: commit → all before it, of those that were asked for.
    """

    by: dict[bytes, set[str]]
    parents: dict[str, tuple[str, ...]]
    pasts: dict[str, set[str]]

    @classmethod
    def of(cls, repository: Repository, at: str, since: str, paths: Sequence[str]) -> _Touched:
        """What commits did to files, after `since` and up to `at`."""
        told = repository.git(
            *("log", "-c", "-M", "-U0", "--parents", "--format=%x00%H %P", *_PLAIN),
            *(
                at,
                *([f"^{since}"] if since else []),
                "--",
                *(f":(literal){path}" for path in paths),
            ),
        )
        by: dict[bytes, set[str]] = {}
        parents: dict[str, tuple[str, ...]] = {}
        commit, columns = "", 0
        for row in told.split(b"\n"):
            if row.startswith(b"\0"):
                commit, *before = row[1:].decode("ascii", "replace").split()
                parents[commit], columns = tuple(before), 0
            elif row.startswith(b"diff "):
                columns = 0
            elif row.startswith(b"@@"):
                columns = len(row) - len(row.lstrip(b"@")) - 1
            elif columns and row[:columns] in (b"+" * columns, b"-" * columns):
                by.setdefault(row[columns:], set()).add(commit)
        return cls(by, parents, {})

    def after(self, commit: str, text: bytes) -> bool:
        """Whether a commit that is not in the past of `commit`, nor itself, touched such a line."""
        there = self.by.get(text)
        return there is not None and not there <= self._past(commit)

    def _past(self, commit: str) -> set[str]:
        """A commit and all that came before it."""
        if commit not in self.pasts:
            past, waiting = {commit}, [commit]
            while waiting:
                for parent in self.parents.get(waiting.pop(), ()):
                    if parent not in past:
                        past.add(parent)
                        waiting.append(parent)
            self.pasts[commit] = past
        return self.pasts[commit]
