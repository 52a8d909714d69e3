"""`vetline hook`: what an agent's hook calls, with its JSON on stdin.

It runs for every edit of an agent, so it imports next to nothing, writes down what happened and is gone.
Only what can be refused is looked at here: a prompt, and an edit before it is made where the settings
ask for it. Its exit code is 0 and it prints nothing, unless it refuses or could not do what was asked.
"""

from __future__ import annotations

import _thread
import contextlib
import errno
import hashlib
import json
import os
import time
from typing import TYPE_CHECKING, Any

from vetline import agents, places, spool

if TYPE_CHECKING:
    from vetline.agents import Agent, Answer, Event
    from vetline.doors.vetting import Judged
    from vetline.places import Place

# ruff: noqa: PTH109, PTH112, PTH117, PTH118, PTH120 - pathlib costs a hook 5 ms
_USAGE = """usage: vetline hook [AGENT] < EVENT

Takes one event from an agent's hook, as JSON on standard input. Agents are told apart by what they send;
AGENT says who is meant where that does not tell. `vetline install-hooks` sets hooks up.
"""
_PATIENCE = 5.0  # seconds for standard input to end
_LARGEST = 64_000_000  # bytes of it
_LARGE = 1_000_000  # bytes; worth a line in the log
_CONFIG_FILES = ("vetline.toml", "pyproject.toml")
_CONFIG_SIZE = 1_000_000  # bytes looked at; a larger file is read by `config`, which says so
_IN, _OUT, _ERR = 0, 1, 2
_REFUSED = 2


def main(argv: list[str]) -> int:
    """Take one event. Exit 0, or as the agent's protocol refuses; 2 when a person calls it by hand."""
    if argv in (["--help"], ["-h"]):
        _say(_OUT, _USAGE)
        return 0
    if os.isatty(_IN):
        _say(_ERR, _USAGE)
        return 2
    try:
        return _take(argv[0] if argv else "")
    except Exception as error:  # noqa: BLE001 - an agent must not stop for a fault of ours; its words may quote what was sent
        _note(_here(), f"the hook failed ({type(error).__name__})")
        return 0


def _take(hint: str) -> int:
    raw, why = _standard_input()
    try:
        payload, remark = _payload(raw)
    except (ValueError, RecursionError) as error:
        _note(_here(), why or f"{len(raw):,} bytes that are no JSON ({type(error).__name__})")
        return 0
    agent = agents.recognise(payload) or _named(hint)
    if agent is None or not isinstance(payload, dict):
        _note(_here(), f"{len(raw):,} bytes of JSON from an agent we do not know")
        return 0
    event = _absolute(agent.read(payload))
    if remarks := [words for words in (why, remark) if words]:
        _note(event.cwd, f"{agent.NAME}: {'; '.join(remarks)}")
    if event.kind == agents.PROMPT:
        return _prompt(agent, event)
    if event.kind == agents.PRE_EDIT:
        return _before(agent, event)
    if event.edits:
        _record(event)
    elif event.model:
        _record(event._replace(kind=agents.OTHER))
    else:
        _note(event.cwd, f"{agent.NAME}: an event that says nothing we keep")
    return 0


# -- what came in


def _named(name: str) -> Agent | None:
    """The agent of that name, for what has no shape of its own."""
    known = agents.all_agents() if name else ()
    return next((agent for agent in known if name == agent.NAME), None)


def _standard_input() -> tuple[bytes, str]:
    """Standard input, as much as came in time, and what was wrong with it.

    A thread reads: nothing else can be given up on every system.
    """
    parts: list[bytes] = []
    ended = _thread.allocate_lock()
    ended.acquire()
    size = 0

    def pump() -> None:
        nonlocal size
        try:
            # What is too much is read all the same: whoever writes it need not fail for it.
            while chunk := os.read(_IN, 1 << 20):
                size += len(chunk)
                if size <= _LARGEST:
                    parts.append(chunk)
        except OSError:
            pass
        finally:
            ended.release()

    _thread.start_new_thread(pump, ())
    if not ended.acquire(timeout=_PATIENCE):
        return b"".join(parts), f"standard input did not end within {_PATIENCE:g} s"
    if size > _LARGEST:
        return b"", f"{size:,} bytes, more than we take"
    return b"".join(parts), "" if size else "nothing on standard input"


def _payload(raw: bytes) -> tuple[object, str]:
    """The JSON that was sent and what is remarkable about it.

    Raises:
        ValueError: it is none.
        RecursionError: it is nested too deeply.
    """
    remark = f"{len(raw):,} bytes" if len(raw) > _LARGE else ""
    text = raw.decode("utf-8-sig", "surrogateescape")
    try:
        return json.loads(text), remark
    except json.JSONDecodeError:
        found = json.loads(text, strict=False)
        return found, remark or "raw control characters in the JSON"


def _absolute(event: Event) -> Event:
    """The event with a folder and with absolute paths; edits of impossible ones are left out."""
    cwd = places.spelled(event.cwd)
    if not os.path.isabs(cwd) or not _is_possible(cwd):
        cwd = _here()
    edits = []
    for edit in event.edits:
        path = os.path.join(cwd, places.spelled(edit.path))
        origin = os.path.join(cwd, places.spelled(edit.moved_from)) if edit.moved_from else ""
        if edit.path and _is_possible(path) and _is_possible(origin):
            edits.append(edit._replace(path=path, moved_from=origin))
    if lost := len(event.edits) - len(edits):
        _note(cwd, f"{event.agent}: {lost} paths that cannot be")
    return event._replace(cwd=cwd, edits=tuple(edits))


def _is_possible(path: str) -> bool:
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeError:
        return False


# -- what is done


def _prompt(agent: Agent, event: Event) -> int:
    judged = _judged(agent, event)
    # A short secret could be guessed from a digest of it: what is not masked has none of its own.
    masked = judged.masked if judged else None
    known = os.urandom(32) if masked is None else masked.encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(known).hexdigest()
    told: dict[str, Any] = {"prompt": {"digest": digest, "text": judged.text if judged else None}}
    if judged and judged.reason:
        told["denied"] = True
    _write(places.place_of(event.cwd), event, told)
    return _answer(agent, event, judged)


def _before(agent: Agent, event: Event) -> int:
    """An edit is about to be made. Nothing is kept of it unless it is refused."""
    if agents.PRE_EDIT not in agent.DENIES or not any(map(_may_block, _folders(event))):
        return 0
    judged = _judged(agent, event)
    if judged and judged.reason:
        # The text is nowhere afterwards and may hold a secret: its paths tell enough.
        bare = [agents.FileEdit(edit.path) for edit in event.edits]
        _record(event._replace(edits=tuple(bare)), {"denied": list(judged.rules)})
    return _answer(agent, event, judged)


def _judged(agent: Agent, event: Event) -> Judged | None:
    """The decision; None when the prompt or the edit could not even be looked at, which is said."""
    try:
        from vetline.doors import vetting

        if event.kind == agents.PROMPT:
            return vetting.prompt(agent, event)
        return vetting.edits(event)
    except Exception as error:  # noqa: BLE001 - not decided, and that is said; its words may quote what was sent
        why = f"{event.kind} could not be looked at ({type(error).__name__})"
        _say(_ERR, f"vetline hook: {why}\n")
        _note(event.cwd, f"{agent.NAME}: {why}")
        return None


def _answer(agent: Agent, event: Event, judged: Judged | None) -> int:
    if judged is None:
        return 0
    for line in judged.noted:
        _note(event.cwd, f"{agent.NAME}: {line}")
    for line in judged.told:
        _say(_ERR, f"vetline hook: {line}\n")
    answer: Answer = agent.deny(event, judged.reason) if judged.reason else agents.Answer()
    _say(_ERR, answer.stderr)
    if not _say(_OUT, answer.stdout):
        # Nobody can read the refusal; agents take this code for one.
        _say(_ERR, f"{judged.reason}\n")
        return _REFUSED
    return answer.code


def _folders(event: Event) -> set[str]:
    return {os.path.dirname(edit.path) for edit in event.edits}


def _may_block(folder: str) -> bool:
    """Whether the settings that hold in a folder could ask for a verdict; spares reading most of them.

    A key can be written with escapes, which is why a backslash is suspicious.
    """
    if os.environ.get("VETLINE_HOOK_BLOCK"):
        return True
    parent = ""
    while parent != folder:
        for name in _CONFIG_FILES:
            raw = _head(os.path.join(folder, name))
            if b"block" in raw or b"\\" in raw or len(raw) > _CONFIG_SIZE:
                return True
        if os.path.lexists(os.path.join(folder, ".git")):
            return False
        folder, parent = os.path.dirname(folder), folder
    return False


def _head(path: str) -> bytes:
    from vetline import disk

    try:
        return disk.head(path, _CONFIG_SIZE + 1)
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError:
        return b"block"  # `config` will say what is wrong with it


# -- what is kept


def _record(event: Event, more: dict[str, Any] | None = None) -> None:
    """Write an event down, once in each place that its edits belong to."""
    by_place: dict[Place, list[agents.FileEdit]] = {}
    for edit in event.edits:
        by_place.setdefault(places.place_of(edit.path), []).append(edit)
    if not by_place:
        by_place[places.place_of(event.cwd)] = []
    for place, edits in by_place.items():
        _write(place, event._replace(edits=tuple(edits)), more or {})


def _write(place: Place, event: Event, more: dict[str, Any]) -> None:
    edits = [edit._asdict() for edit in event.edits]
    record = {
        "v": spool.VERSION,
        "at": spool.timestamp(time.time_ns()),
        "base": place.base,
        "event": {**event._asdict(), "prompt": "", "edits": edits},
        "prompt": None,
        **more,
    }
    try:
        try:
            spool.write(place.folders, record)
        except OSError as error:
            if error.errno != errno.EFBIG:
                raise
            for edit in edits:
                edit["before"] = None  # the rest tells what was written, and what it replaced
            spool.write(place.folders, record)
    except OSError as error:
        _note(event.cwd, f"{event.agent}: {event.kind} was not kept: {error.strerror}", place)
        return
    if any(os.path.isdir(os.path.join(folder, "servers")) for folder in place.folders):
        from vetline.doors import running

        running.poke(place.folders)


def _note(cwd: str, line: str, place: Place | None = None) -> None:
    """Write a line to the log; to standard error where there is no place for one."""
    with contextlib.suppress(OSError, ValueError):
        if spool.note((place or places.place_of(cwd)).folders, line):
            return
    _say(_ERR, f"vetline hook: {line}\n")


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:
        return os.path.abspath(os.sep)  # noqa: PTH100 - as above


def _say(stream: int, words: str) -> bool:
    """Write to a standard stream; whether there was anybody at its other end."""
    raw = words.encode("utf-8", "backslashreplace")
    with contextlib.suppress(OSError):
        while raw:
            raw = raw[os.write(stream, raw) :]
    return not raw
