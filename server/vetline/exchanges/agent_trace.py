"""Agent Trace 0.1.0: records of who wrote which lines of a commit, written strictly and read leniently.

The format leaves open what a `content_hash` is a hash of; ours says it in the record's metadata. What is
read is checked against the text itself, since the reference implementation names the commit before the
change and writes versions that its own schema refuses.
"""

from __future__ import annotations

import hashlib
import json
import re
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from vetline.provenance import Origin, State, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vetline.provenance import Attribution

VERSION = "0.1.0"
METADATA = "dev.vetline"
RULE = "SHA-256 of the range's lines without their line ends, joined with LF, as UTF-8"
_READ = frozenset({"0.1.0", "1.0", "1.0.0"})  # the last two are the reference implementation's
_LONGEST_MODEL = 250
_MOST_HASHED = 5_000_000  # lines, when a range is looked for in all places of a text
_DISTINCT = 20  # letters and digits by which lines are known again at another place
_PROVIDERS = {
    "claude": "anthropic",
    "gpt": "openai",
    "o1": "openai",
    "o3": "openai",
    "o4": "openai",
    "codex": "openai",
    "gemini": "google",
    "grok": "xai",
}
_TYPES = {State.AI: "ai", State.MIXED: "mixed", State.HUMAN: "human", State.SUSPECT_AI: "unknown"}
_STATES = {"ai": State.AI, "mixed": State.MIXED, "human": State.HUMAN}
_ADDRESS = re.compile(r"https?://[\w.~:/?#@!$&'()*+,;=%-]+", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Written(NamedTuple):
    """A file of a commit: its lines without line ends, and what is known of them by number, from 1."""

    path: str
    lines: Sequence[str]
    known: Mapping[int, Attribution]


class Statement(NamedTuple):
    """What a record says of some lines of a file.

    Attributes:
        path: POSIX, relative to the repository's root.
        first: the first line, from 1.
        last: the last line, inclusive.
        state: ai, mixed, human or unknown.
        origin: who, as the record says.
        revision: the commit in which the lines have these numbers; "" when none is named.
        digest: the range's `content_hash`; "" without one.
    """

    path: str
    first: int
    last: int
    state: State
    origin: Origin
    revision: str = ""
    digest: str = ""


# -- out


def records(commit: str, at: str, files: Iterable[Written]) -> list[dict[str, Any]]:
    """The records of a commit, one for each session that has lines in it.

    The same commit and session give the same id each time. Lines of which nothing is known are left out.

    Args:
        commit: the commit's whole name.
        at: when, as RFC 3339.
        files: its files.
    """
    sessions: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for file in sorted(files):
        for who, conversations in _conversations(file).items():
            told = {"path": file.path, "conversations": conversations}
            sessions.setdefault(who, []).append(told)
    return [_record(commit, at, who, told) for who, told in sorted(sessions.items())]


def _record(
    commit: str, at: str, who: tuple[str, str], files: list[dict[str, Any]]
) -> dict[str, Any]:
    agent, session = who
    ours = {"content_hash": RULE} | ({"session": session} if session else {})
    record: dict[str, Any] = {
        "version": VERSION,
        "id": str(uuid5(NAMESPACE_URL, "\0".join((METADATA, commit, *who)))),
        "timestamp": at,
        "vcs": {"type": "git", "revision": commit},
        "files": files,
        "metadata": {METADATA: ours},
    }
    return record | ({"tool": {"name": agent}} if agent else {})


def _conversations(file: Written) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """(agent, session) → its conversations in a file, one for each kind of contributor."""
    found: dict[tuple[str, str], dict[tuple[str, str], list[dict[str, Any]]]] = {}
    for (origin, kind), first, last in _ranges(file.known):
        who = (origin.agent, origin.session) if origin and kind != "human" else ("", "")
        model = origin.model if origin and kind != "human" else ""
        content = file.lines[first - 1 : last]
        told = {"start_line": first, "end_line": last, "content_hash": content_hash(content)}
        found.setdefault(who, {}).setdefault((kind, model), []).append(told)
    return {
        who: [
            {**_address(who[1]), "contributor": _contributor(*contributor), "ranges": ranges}
            for contributor, ranges in sorted(by_contributor.items())
        ]
        for who, by_contributor in found.items()
    }


def _ranges(
    known: Mapping[int, Attribution],
) -> Iterator[tuple[tuple[Origin | None, str], int, int]]:
    """Lines that stand together and have one origin: it and what it makes of them, first, last."""
    told = [
        (number, (attribution.origin, _TYPES[attribution.state]))
        for number, attribution in sorted(known.items())
        if attribution.state in _TYPES
    ]
    # What is one behind the other has the same difference to its place in the list.
    for (_, what), group in groupby(
        enumerate(told), lambda item: (item[1][0] - item[0], item[1][1])
    ):
        numbers = [number for _, (number, _) in group]
        yield what, numbers[0], numbers[-1]


def _contributor(kind: str, model: str) -> dict[str, str]:
    name = model_id(model)
    return {"type": kind} | ({"model_id": name} if name else {})


def _address(session: str) -> dict[str, str]:
    """Where a conversation can be looked up, for sessions that are addresses."""
    return {"url": session} if _ADDRESS.fullmatch(session) else {}


def model_id(model: str) -> str:
    """The model as "provider/model"; "" when its provider is not known."""
    if "/" not in model:
        provider = _provider(model)
        model = f"{provider}/{model}" if provider else ""
    return model if len(model) <= _LONGEST_MODEL else ""


def _provider(model: str) -> str:
    return _PROVIDERS.get(re.split(r"[-.\d ]", model.lower(), maxsplit=1)[0]) or _PROVIDERS.get(
        model.lower()[:2], ""
    )


def content_hash(lines: Iterable[str]) -> str:
    """The hash of a range by our rule, `RULE`."""
    return f"sha256:{_sha256(chr(10).join(lines))}"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# -- in


def read(text: str) -> tuple[list[Statement], list[str]]:
    """What records state, and what could not be read of them, one line each.

    Args:
        text: a record, a list of records, or a record a line.
    """
    found: list[Statement] = []
    problems: list[str] = []
    for place, record in _documents(text):
        try:
            found += _statements(record)
        except ValueError as error:
            problems.append(f"{place}: {error}")
    return found, problems


def _documents(text: str) -> Iterator[tuple[str, Any]]:
    """Each record with the place it stands at; what is not JSON is given as a ValueError."""
    try:
        whole = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield f"line {number}", _parsed(line)
        return
    several = whole if isinstance(whole, list) else [whole]
    for number, record in enumerate(several, 1):
        yield f"record {number}", record


def _parsed(line: str) -> Any:
    try:
        return json.loads(line, strict=False)
    except (ValueError, RecursionError):
        return ValueError("is not JSON")


def _statements(record: Any) -> list[Statement]:
    """The statements of a record.

    Raises:
        ValueError: it is not one that we read; says why.
    """
    if isinstance(record, ValueError):
        raise record
    if not isinstance(record, dict):
        raise ValueError("is not an object")  # noqa: TRY004 - bad content, not a caller's mistake
    version = _text(record, "version")
    if version not in _READ:
        raise ValueError(f"is of version {version[:20]!r}; 0.1.0 is read")
    if not isinstance(record.get("files"), list):
        raise ValueError("has no list of files")  # noqa: TRY004 - bad content, as above
    revision = _revision(record.get("vcs"))
    return [
        statement
        for file in _objects(record, "files")
        for conversation in _objects(file, "conversations")
        for told in _objects(conversation, "ranges")
        if (statement := _statement(record, file, conversation, told, revision))
    ]


def _revision(vcs: Any) -> str:
    if not isinstance(vcs, dict):
        return ""
    if vcs.get("type") != "git":
        raise ValueError(f"is of a {_text(vcs, 'type')[:20] or 'nameless'} repository, not of git")
    revision = _text(vcs, "revision").lower()
    if not _COMMIT.fullmatch(revision):
        raise ValueError("names no whole commit")
    return revision


def _statement(
    record: dict[str, Any],
    file: dict[str, Any],
    conversation: dict[str, Any],
    told: dict[str, Any],
    revision: str,
) -> Statement | None:
    """What one range states; None when nothing that could be checked."""
    path = file.get("path")
    path = path.removeprefix("./") if isinstance(path, str) else ""
    first, last = told.get("start_line"), told.get("end_line")
    if not _is_inside(path) or type(first) is not int or type(last) is not int:
        return None
    if not 1 <= first <= last:
        return None
    who = told.get("contributor") or conversation.get("contributor")
    who = who if isinstance(who, dict) else {}
    tool = record.get("tool")
    origin = Origin(
        Tier.IMPORTED,
        agent=_text(tool, "name"),
        model=_model(_text(who, "model_id")),
        session=_session(record, conversation),
        source="agent-trace",
        at=_text(record, "timestamp"),
        event=_text(record, "id"),
    )
    state = _STATES.get(_text(who, "type"), State.UNKNOWN)
    return Statement(path, first, last, state, origin, revision, _text(told, "content_hash"))


def _session(record: dict[str, Any], conversation: dict[str, Any]) -> str:
    """The session: ours by name, another's by address, at worst the record's own id."""
    metadata = record.get("metadata")
    ours = metadata.get(METADATA) if isinstance(metadata, dict) else None
    address = _text(conversation, "url")
    return _text(ours, "session") or address or _text(record, "id")


def _model(name: str) -> str:
    """A model as agents name it: without the provider that we would put before it."""
    provider, _, model = name.partition("/")
    return model if model and _provider(model) == provider else name


def _is_inside(path: str) -> bool:
    parts = path.split("/")
    return bool(path) and path.isprintable() and not {"", ".", "..", ".git"}.intersection(parts)


def _objects(of: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = of.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _text(of: Any, key: str) -> str:
    """A text of an object, on one line; "" when it is none."""
    found = of.get(key) if isinstance(of, dict) else None
    return " ".join(found.split()) if isinstance(found, str) else ""


# -- against the text


def is_hashed(told: Statement) -> bool:
    """Whether it has a hash that can be checked: SHA-256."""
    return told.digest.lower().startswith("sha256:")


def found_at(told: Statement, lines: Sequence[str], *, numbered: bool = True) -> int:
    """The first line, from 1, of the lines whose hash is given; 0 when they are not there.

    They are where it says, or at the only other place in the file with these lines, if there is enough
    on them to know them again.

    Args:
        told: a statement with a hash that can be checked.
        lines: a file's, without line ends.
        numbered: the statement's line numbers are those of this very text.
    """
    wanted = told.digest.partition(":")[2]
    count = told.last - told.first + 1
    if not is_hashed(told) or count > len(lines):
        return 0
    if numbered and told.last <= len(lines) and _is_at(told.first, count, lines, wanted):
        return told.first
    others = range(1, len(lines) - count + 2)
    if count * len(others) > _MOST_HASHED:
        return 0
    found = [first for first in others if _is_at(first, count, lines, wanted)]
    if len(found) != 1:
        return 0
    letters = sum(map(str.isalnum, "".join(lines[found[0] - 1 : found[0] - 1 + count])))
    return found[0] if letters >= _DISTINCT else 0


def _is_at(first: int, count: int, lines: Sequence[str], wanted: str) -> bool:
    content = "\n".join(lines[first - 1 : first - 1 + count])
    # Others may count the last line's end in; which they do is said nowhere.
    return wanted.lower() in {_sha256(content), _sha256(content + "\n")}
