"""Provenance to and from other tools: Agent Trace records, git-ai's notes."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import disk, ledger, notes
from vetline.doors import options as words
from vetline.exchanges import agent_trace, git_ai
from vetline.exchanges.agent_trace import Written
from vetline.formats import visible
from vetline.history import asking, lines, shelf
from vetline.provenance import Attribution, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vetline.exchanges.agent_trace import Statement
    from vetline.history.asking import Repository
    from vetline.history.lines import Blamed
    from vetline.notes import Note
    from vetline.places import Place

_DONE, _UNREADABLE = 0, 3
_SECONDS = 120.0  # for all that git is asked in one run
_LARGEST = 64_000_000  # bytes of a file of records
_TEXT = 4_000_000  # bytes of a file in a commit
_STORE = Path(".agent-trace", "traces.jsonl")
_SAID = 20  # statements not applied that are told one by one


# -- Agent Trace, out


def to_agent_trace(place: Place, rev: str, output: str | None) -> int:
    """Write the records of a commit; gives the exit code.

    Raises:
        UsageError: there is no such commit, or nothing can be written there.
        GitError: git does not answer.
    """
    root = Path(place.base)
    repository = asking.opened(root, _SECONDS)
    commit = _commit(repository, rev)
    note = shelf.read(repository, shelf.shelves(repository.common), [commit]).get(commit)
    records = _records(repository, commit, note) if note else []
    if not records:
        words.tell("provenance", f"nothing is known of the lines that {commit[:12]} brought")
    text = "".join(json.dumps(record) + "\n" for record in records)
    if output == "-":
        words.write(text)
    elif output:
        _save(Path(output), text, "w")
        words.write(f"{_counted(len(records), 'record')} written to {visible(output)}\n")
    elif records:
        new = _append(root, records)
        there = len(records) - new
        more = f"; {_counted(there, 'record')} there already" if there else ""
        words.write(f"{_counted(new, 'record')} appended to {_STORE.as_posix()}{more}\n")
    return _DONE


def _records(repository: Repository, commit: str, note: Note) -> list[dict[str, Any]]:
    at = (
        repository.git("log", "-1", "--no-show-signature", "--format=%cI", commit)
        .decode("ascii", "replace")
        .strip()
    )
    texts = _Texts(repository)
    files = [
        Written(path, text, {number: told for number, told in known.items() if number <= len(text)})
        for path, known in git_ai.said(note).items()
        if (text := texts.of(commit, path)) is not None
    ]
    return agent_trace.records(commit, at, files)


def _append(root: Path, records: Sequence[dict[str, Any]]) -> int:
    """Append the records that are not in the store yet; gives how many those are."""
    store = root / _STORE
    if any(path.is_symlink() for path in (store, store.parent)):
        raise words.UsageError(f"{_STORE.as_posix()} is a link: use --output")
    try:
        old = disk.read(store, _LARGEST).decode("utf-8", "replace")
    except FileNotFoundError:
        old = ""
    except OSError as error:
        raise words.UsageError(f"{_STORE.as_posix()} {disk.reason(error)}") from None
    new = [json.dumps(record) for record in records if f'"{record["id"]}"' not in old]
    start = "\n" if old and not old.endswith("\n") else ""
    if new:
        text = start + "".join(f"{line}\n" for line in new)
        try:
            store.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise words.UsageError(f"cannot make {store.parent}: {error.strerror}") from None
        _save(store, text, "a")
    return len(new)


def _save(path: Path, text: str, mode: str) -> None:
    try:
        with path.open(mode, encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise words.UsageError(f"cannot write {path}: {error.strerror}") from None


# -- Agent Trace, in


class _Settled(NamedTuple):
    """The lines that a statement is borne out for, as their commits know them, or why for none."""

    lines: tuple[Blamed, ...] = ()
    why: str = ""


def from_file(place: Place, file: str) -> int:
    """Take in what a file of records states and the text bears out; gives the exit code.

    Raises:
        UsageError: the file cannot be read.
        GitError: git does not answer.
    """
    try:
        text = disk.read(Path(file), _LARGEST).decode("utf-8-sig", "replace")
    except OSError as error:
        raise words.UsageError(f"{file} {disk.reason(error)}") from None
    statements, problems = agent_trace.read(text)
    repository = asking.opened(Path(place.base), _SECONDS)
    texts = _Texts(repository)
    head = _full(repository, "HEAD")
    more: dict[str, dict[str, dict[int, Attribution]]] = {}
    refused = []
    for told in statements:
        if told.state not in (State.AI, State.MIXED):
            continue
        if time.monotonic() > repository.until:
            raise words.UsageError(f"{file} takes too long: import fewer records at once")
        settled = _settle(texts, told, head)
        for commit, path, number in settled.lines:
            known = more.setdefault(commit, {}).setdefault(path, {})
            known.setdefault(number, Attribution(told.state, told.origin))
        if not settled.lines:
            refused.append(f"{told.path}:{told.first}-{told.last} {settled.why}")
    _report_taken(*_take(repository, more, shelf.shelves(repository.common)))
    for why in refused[:_SAID]:
        words.tell("provenance", f"not applied: {why}")
    if len(refused) > _SAID:
        words.tell("provenance", f"not applied: {len(refused) - _SAID} more")
    for problem in problems:
        words.tell("provenance", f"not read: {file}: {problem}")
    return _UNREADABLE if problems else _DONE


def _settle(texts: _Texts, told: Statement, head: str) -> _Settled:
    """What the text bears out of a statement."""
    if not agent_trace.is_hashed(told):
        return _by_number(texts, told)
    for rev in filter(None, (told.revision, head)):
        text = texts.of(rev, told.path) or ()
        if first := agent_trace.found_at(told, text, numbered=rev == told.revision):
            blamed = texts.blamed(rev, told.path)[first - 1 : first + told.last - told.first]
            return _Settled(tuple(filter(None, blamed)))
    return _Settled(why="has lines that are not in that file")


def _by_number(texts: _Texts, told: Statement) -> _Settled:
    """A statement without a hash: the lines of its range that its commit brought."""
    if not told.revision:
        return _Settled(why="has neither a hash that can be checked nor a commit")
    text = texts.of(told.revision, told.path)
    if text is None:
        return _Settled(why=f"is no file of a commit {told.revision[:12]} here")
    if told.last > len(text):
        return _Settled(why=f"is beyond the {len(text)} lines it has in {told.revision[:12]}")
    blamed = texts.blamed(told.revision, told.path)[told.first - 1 : told.last]
    brought = tuple(each for each in blamed if each and each.commit == told.revision)
    return _Settled(brought, "" if brought else f"was not brought by {told.revision[:12]}")


# -- git-ai


def to_git_ai(place: Place, rev: str | None) -> int:
    """Write notes of ours to git-ai's ref where it has none; gives the exit code.

    Raises:
        UsageError: there is no such commit.
        GitError: git does not answer, or the notes cannot be written.
    """
    repository = asking.opened(Path(place.base), _SECONDS)
    ours, theirs = _shelf(repository, shelf.OURS), _shelf(repository, shelf.FOREIGN)
    noted = shelf.noted(repository, ours[0]) if ours else {}
    commits = [_commit(repository, rev)] if rev else sorted(noted)
    there = shelf.noted(repository, theirs[0]) if theirs else {}
    found = shelf.read(repository, ours, [commit for commit in commits if commit not in there])
    written = {commit: notes.render(git_ai.outgoing(note)) for commit, note in found.items()}
    shelf.write(repository, written, ref=shelf.FOREIGN, person=_person(repository.root))
    kept = sum(commit in there for commit in commits)
    more = f"; {_counted(kept, 'commit')} had one already, which stays" if kept else ""
    words.write(f"{_counted(len(written), 'note')} written to {shelf.FOREIGN}{more}\n")
    return _DONE


def from_git_ai(place: Place) -> int:
    """Take in what git-ai's notes say of lines that ours say nothing of; gives the exit code.

    Raises:
        GitError: git does not answer, or the notes cannot be written.
    """
    repository = asking.opened(Path(place.base), _SECONDS)
    theirs = _shelf(repository, shelf.FOREIGN)
    if not theirs:
        words.tell("provenance", f"there is no {shelf.FOREIGN}: fetch it first")
        return _DONE
    commits = sorted(shelf.noted(repository, theirs[0]))
    found = shelf.read(repository, theirs, commits)
    more, damaged = {}, len(commits) - len(found)
    for commit, note in found.items():
        try:
            more[commit] = git_ai.incoming(note)
        except notes.NoteError:
            damaged += 1
    ours = [each for each in shelf.shelves(repository.common) if each not in theirs]
    _report_taken(*_take(repository, more, ours))
    if damaged:
        words.tell("provenance", f"{_counted(damaged, 'note')} could not be read")
    return _UNREADABLE if damaged else _DONE


# -- what both share


class _Texts:
    """The files of commits: their lines, and where each came from; each asked for once."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._raw: dict[tuple[str, str], list[bytes] | None] = {}
        self._texts: dict[tuple[str, str], list[str]] = {}
        self._blamed: dict[tuple[str, str], Sequence[Blamed | None]] = {}

    def of(self, commit: str, path: str) -> list[str] | None:
        """A file's lines, as git counts them and without line ends; None when it is not there."""
        key = (commit, path)
        if (raw := self._lines(commit, path)) is not None and key not in self._texts:
            self._texts[key] = [_decoded(line) for line in raw]
        return self._texts.get(key)

    def blamed(self, commit: str, path: str) -> Sequence[Blamed | None]:
        """Where each line of a file came from."""
        key = (commit, path)
        if key not in self._blamed:
            raw = self._lines(commit, path) or []
            self._blamed[key] = lines.known(self._repository, commit, path, raw, ()).blamed
        return self._blamed[key]

    def _lines(self, commit: str, path: str) -> list[bytes] | None:
        key = (commit, path)
        if key not in self._raw:
            found = asking.named(self._repository, [f"{commit}:{path}"])[0]
            raw = asking.contents(self._repository, [found], _TEXT).get(found[0])
            usable = raw is not None and found[1] == "blob"
            self._raw[key] = raw.removesuffix(b"\n").split(b"\n") if usable and raw else None
        return self._raw[key]


def _decoded(line: bytes) -> str:
    return line.removesuffix(b"\r").decode("utf-8", "replace")


def _take(
    repository: Repository,
    more: dict[str, dict[str, dict[int, Attribution]]],
    shelved: Sequence[shelf.Shelf],
) -> tuple[int, int]:
    """Put what is known into our notes; gives how many lines of how many commits that is.

    Of several notes on a commit the first one speaks, so ours begins with what `shelved` says.
    """
    there = shelf.read(repository, shelved, more)
    written, count = {}, 0
    for commit, known in more.items():
        note, added = git_ai.joined(there.get(commit), commit, known)
        if note and added:
            written[commit] = notes.render(note)
            count += added
    shelf.write(repository, written, person=_person(repository.root))
    return count, len(written)


def _report_taken(count: int, commits: int) -> None:
    words.write(f"{_counted(count, 'line')} of {_counted(commits, 'commit')} taken in.\n")


def _person(root: Path) -> str:
    """Who writes notes; "" where git knows no name and address, as notes want them."""
    person = ledger.actor(root)
    return person if "<" in person else ""


def _shelf(repository: Repository, ref: str) -> list[shelf.Shelf]:
    return [each for each in shelf.shelves(repository.common) if each.ref == ref]


def _commit(repository: Repository, rev: str) -> str:
    found = _full(repository, rev)
    if not found:
        raise words.UsageError(f"{rev!r} is not a commit here")
    return found


def _full(repository: Repository, rev: str) -> str:
    """A commit's full name; "" when there is none."""
    ((name, kind, _),) = asking.named(repository, [f"{rev}^{{commit}}"])
    return name if kind == "commit" else ""


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
