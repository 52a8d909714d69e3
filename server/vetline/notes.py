"""Notes on commits that say who wrote which line: git-ai's authorship format 3.0.0, as text and as data.

A note has the files with their lines, a divider and metadata as JSON. The format knows an AI's and a
person's lines; what it has no word for (a line that both wrote, how an origin is known, its turn, the
digest of its prompt) stands in the metadata under a key of our own, which other readers pass over. No
prompt and no code is ever in a note.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import __version__
from vetline.provenance import Attribution, Origin, State, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

LIMIT = 1_000_000  # bytes of a note
SCHEMA = "authorship/3.0.0"
_OURS = "vetline"  # our key in the metadata
_SOURCE = "notes"  # of what says nothing better
_DIVIDER = "---"
_STEPS = 2_000_000  # lines that the entries of one file may name, one line counted each time
_LONGEST = 1_000  # characters of a name
_RANGE = re.compile(r"([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?")
_SESSION = re.compile(r"(s_\w+)::(t_\w+)", re.ASCII)
_PROMPT = re.compile(r"[0-9a-f]{64}")
_DIGITS = 14  # of an id
# What a trace keeps of an origin; the rest stands in the session's record, or stays at home.
_TRACED_WORDS = ("model", "turn", "tool_call", "prompt", "source", "human", "at")
_TRACED = ("tier", *_TRACED_WORDS, "modified")


class NoteError(ValueError):
    """A note is damaged or too large; the message says how, as the end of a sentence about it."""


class Entry(NamedTuple):
    """Lines of one author.

    Attributes:
        key: "s_…::t_…" for an AI's session, "h_…" for a person, bare hexadecimal digits in old notes.
        ranges: first and last line, from 1, inclusive.
    """

    key: str
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """What a note says.

    Attributes:
        files: path → its entries; of entries that name one line the last holds.
        metadata: the JSON below the divider, whatever is in it.
    """

    files: Mapping[str, tuple[Entry, ...]]
    metadata: Mapping[str, Any] = field(repr=False)


def parse(text: str) -> Note:
    """The note that `text` is; lenient, since others write notes too.

    Raises:
        NoteError: it is damaged or over the limit.
    """
    if len(text) > LIMIT:
        raise NoteError("is too large")
    head, divider, tail = f"\n{text}".replace("\r\n", "\n").partition(f"\n{_DIVIDER}\n")
    if not divider:
        raise NoteError("has no divider")
    try:
        metadata = json.loads(tail)
    except (ValueError, RecursionError):
        raise NoteError("has metadata that is no JSON") from None
    schema = metadata.get("schema_version") if isinstance(metadata, dict) else None
    if not isinstance(schema, str) or not schema.startswith("authorship/"):
        raise NoteError("is of another format")
    files: dict[str, list[Entry]] = {}
    path = ""
    for line in head.split("\n"):
        row = line.rstrip()
        if row.startswith("  "):
            if not path:
                raise NoteError("has lines of no file")
            files[path].append(_entry(row))
        elif row:
            path = row[1:-1] if len(row) > 2 and row[0] == row[-1] == '"' else row  # noqa: PLR2004 - quotes
            files.setdefault(path, [])
    return Note({name: tuple(entries) for name, entries in files.items() if entries}, metadata)


def _entry(row: str) -> Entry:
    key, _, listed = row.strip().partition(" ")
    return Entry(key, _ranges(listed))


def _ranges(listed: str) -> tuple[tuple[int, int], ...]:
    found = []
    for part in listed.split(","):
        match = _RANGE.fullmatch(part.strip())
        if match is None:
            raise NoteError("names lines in a way we do not know")
        first = int(match[1])
        found.append((first, max(first, int(match[2] or first))))
    return tuple(found)


def render(note: Note) -> str:
    """The text of a note."""
    rows = []
    for path, entries in note.files.items():
        rows.append(f'"{path}"' if re.search(r"[ \t\n]", path) or path == _DIVIDER else path)
        rows += (f"  {key} {_listed(ranges)}" for key, ranges in entries)
    metadata = json.dumps(note.metadata, indent=2, ensure_ascii=False)
    return "\n".join([*rows, _DIVIDER, metadata, ""])


def _listed(ranges: Iterable[tuple[int, int]]) -> str:
    return ",".join(f"{first}-{last}" if last > first else f"{first}" for first, last in ranges)


def lines(note: Note, path: str, wanted: Iterable[int]) -> dict[int, Attribution]:
    """What a note says of some lines (from 1) of a file; those of which it says nothing are left out.

    Raises:
        NoteError: its entries overlap beyond measure.
    """
    wanted = sorted(set(wanted))
    entries = note.files.get(path, ())
    if sum(len(entry.ranges) for entry in entries) * len(wanted) > _STEPS:
        _refuse_overlaps(entries)
    found: dict[int, Attribution] = {}
    for key, ranges in entries:
        known = _of_key(note, key)
        for line in _within(ranges, wanted):
            if known is None:
                found.pop(line, None)  # somebody of whom nothing is known
            else:
                found[line] = known
    for line in _within(_both(note, path), wanted):
        if line in found and found[line].state is State.AI:
            found[line] = found[line]._replace(state=State.MIXED)
    return found


def _within(ranges: Iterable[tuple[int, int]], wanted: Sequence[int]) -> Iterator[int]:
    for first, last in ranges:
        yield from wanted[bisect_left(wanted, first) : bisect_right(wanted, last)]


def _refuse_overlaps(entries: Iterable[Entry]) -> None:
    """Some overlap is the format's; a small note that names each line a million times is an attack."""
    total = sum(last - first + 1 for _, ranges in entries for first, last in ranges)
    if total > _STEPS:
        raise NoteError("names lines too often")


def _of_key(note: Note, key: str) -> Attribution | None:
    """Who a key stands for."""
    if key.startswith("h_"):
        person = _word(_record(note.metadata, "humans", key), "author")
        origin = Origin(Tier.IMPORTED, human=person, source=_SOURCE, ai=False)
        return Attribution(State.HUMAN, origin)
    match = _SESSION.fullmatch(key)
    name = match[1] if match else key
    record = _record(note.metadata, "sessions" if match else "prompts", name)
    if not record:
        return None
    agent = _record(record, "agent_id")
    origin = Origin(
        Tier.IMPORTED,
        agent=_word(agent, "tool"),
        model=_word(agent, "model"),
        session=_word(agent, "id"),
        human=_word(record, "human_author"),
        source=_SOURCE,
    )
    return Attribution(State.AI, _traced(origin, note, match[2]) if match else origin)


def _traced(origin: Origin, note: Note, trace: str) -> Origin:
    """An origin with what our own key says more of it."""
    known = _record(note.metadata, _OURS, "traces", trace)
    words = {name: _word(known, name) for name in _TRACED_WORDS if isinstance(known.get(name), str)}
    tier = known.get("tier")
    if not _PROMPT.fullmatch(words.get("prompt", "")):
        words.pop("prompt", None)
    return replace(
        origin,
        tier=Tier(tier) if tier in (Tier.REPORTED, Tier.OBSERVED) else Tier.IMPORTED,
        modified=known.get("modified") is True,
        **words,  # type: ignore[arg-type]  # names of text fields only
    )


def _both(note: Note, path: str) -> tuple[tuple[int, int], ...]:
    """The lines of a file that an AI and a person wrote."""
    listed = _record(note.metadata, _OURS, "mixed").get(path)
    try:
        found = _ranges(listed) if isinstance(listed, str) else ()
        _refuse_overlaps([Entry("", found)])
    except NoteError:
        return ()  # a key of ours that somebody else damaged
    return found
    return found


def _record(data: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """An object inside of others; an empty one where there is none."""
    for name in names:
        found = data.get(name)
        if not isinstance(found, dict):
            return {}
        data = found
    return data


def _word(data: Mapping[str, Any], name: str) -> str:
    found = data.get(name)
    return found[:_LONGEST] if isinstance(found, str) else ""


# -- writing


def compose(
    commit: str, known: Mapping[str, Mapping[int, Attribution]], person: str
) -> Note | None:
    """The note on a commit; None when there is nothing to say.

    Lines that are neither an AI's, by an origin, nor typed by a person are left out: no evidence is no
    entry. So are files with a name that the format cannot hold.

    Args:
        commit: the commit's full name.
        known: path → line (from 1) → what is known of it.
        person: who typed what a person typed, where the attribution does not say: "Name <address>".
    """
    metadata: dict[str, Any] = {
        "schema_version": SCHEMA,
        "git_ai_version": f"vetline-{__version__}",
        "base_commit_sha": commit,
        "prompts": {},
        "humans": {},
        "sessions": {},
        _OURS: {"mixed": {}, "traces": {}},
    }
    files = {}
    for path in sorted(known):
        if not _nameable(path):
            continue
        keys: dict[str, list[int]] = {}
        mixed = []
        for line, (state, origin) in sorted(known[path].items()):
            if state is State.HUMAN:
                key = _human(metadata, (origin and origin.human) or person)
            elif origin and origin.ai and state in (State.AI, State.MIXED):
                key = _session(metadata, origin)
                mixed += [line] if state is State.MIXED else []
            else:
                continue
            keys.setdefault(key, []).append(line)
        if keys:
            files[path] = tuple(Entry(key, runs(listed)) for key, listed in keys.items())
        if mixed:
            metadata[_OURS]["mixed"][path] = _listed(runs(mixed))
    return Note(files, metadata) if files else None


def _nameable(path: str) -> bool:
    """Whether the format, which knows no escapes, can hold a path."""
    text = path.encode("utf-8", "replace").decode()
    return text == path and not re.search(r'["\r\n]', path) and path == path.strip()


def runs(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Ascending numbers as ranges, first and last."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return tuple(found)


def session_key(tool: str, conversation: str) -> str:
    """The id of an agent's conversation."""
    return "s_" + _digest(f"{tool}:{conversation}")


def _human(metadata: dict[str, Any], person: str) -> str:
    key = "h_" + _digest(person)
    metadata["humans"].setdefault(key, {"author": person})
    return key


def _session(metadata: dict[str, Any], origin: Origin) -> str:
    key = session_key(origin.agent, origin.session)
    agent = {"tool": origin.agent, "id": origin.session, "model": origin.model}
    record = {"agent_id": agent, "human_author": origin.human, "custom_attributes": {}}
    record = metadata["sessions"].setdefault(key, record)
    told = origin.to_json()
    if not _PROMPT.fullmatch(origin.prompt):
        told.pop("prompt", None)
    trace = {name: told[name] for name in _TRACED if name in told}
    if trace.get("source") == _SOURCE:
        del trace["source"]
    name = "t_" + _digest(json.dumps([key, trace], sort_keys=True))
    # What the session's record says need not be said twice, but an id tells one trace from another.
    for word, said in (("model", record["agent_id"]["model"]), ("human", record["human_author"])):
        if trace.get(word, "") == said:
            trace.pop(word, None)
        else:
            trace.setdefault(word, "")
    metadata[_OURS]["traces"].setdefault(name, trace)
    return f"{key}::{name}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
