"""What a hook decides: may the prompt be sent, may the edit be made.

A running server is asked first, for it is warm; without one, or without an answer in time, a process of
our own looks. What cannot be decided is said, and the settings say what becomes of it.
"""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import agents, config, files, places
from vetline.doors import running, verdict
from vetline.doors.verdict import Examined, Proposal, Redacted
from vetline_analyzers.core.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline.agents import Agent, Event, FileEdit
    from vetline.config import Config
    from vetline.doors.verdict import Objection
    from vetline.worker import Worker

NOT_CHECKED = "gate/not-checked"  # in the place of a rule, where an edit is refused unseen
_BUDGET = 0.3  # seconds in all for the running server
_SEARCH = 3.0  # seconds for the secrets of a prompt
_TOLD = 2  # objections named in a reason


class Judged(NamedTuple):
    """A decision.

    Attributes:
        reason: why it is refused, one line; "" when it is not.
        rules: what it is refused for.
        text: of a prompt what may be kept.
        masked: of a prompt its text with secrets masked, whatever may be kept; None when they are not known.
        told: what the user must hear though nothing is refused, a line each.
        noted: the same for the log, which names nothing that somebody wrote.
    """

    reason: str = ""
    rules: tuple[str, ...] = ()
    text: str | None = None
    masked: str | None = None
    told: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()


def prompt(agent: Agent, event: Event) -> Judged:
    """Whether a prompt may be sent. It may not with a secret in it, unless the settings allow it.

    When it could not be searched it is sent, and nothing of it is kept.
    """
    found = config.load(Path(event.cwd))
    told = tuple(str(problem) for problem in found.problems)
    redacted = _redacted(event, found)
    text = redacted.text if found.settings.store_text else None
    if redacted.unsure:
        why = f"the prompt could not be searched for secrets ({redacted.unsure})"
        return Judged(told=(*told, why), noted=("a prompt could not be searched; not kept",))
    judged = Judged(text=text, masked=redacted.text, told=told)
    if not redacted.kinds:
        return judged
    what = f"the prompt holds a secret ({redacted.told}): {redacted.excerpt}"
    noted = (f"a prompt with a secret in it ({', '.join(redacted.kinds)})",)
    if found.settings.hook_prompt_secrets == "mask":
        return judged._replace(noted=noted)
    if agents.PROMPT not in agent.DENIES:
        told = (*told, f"{what}; {agent.TITLE} does not let a hook refuse it")
        return judged._replace(told=told, noted=noted)
    reason = f"Vetline: {what}. Take it out and send the prompt again."
    return judged._replace(reason=reason, rules=redacted.kinds, noted=(*noted, "refused"))


def edits(event: Event) -> Judged:
    """Whether the edits of an event may be made."""
    judge = _Judge()
    with closing(judge):
        return judge.judge(event)


class _Judge:
    """Judges the edits of one event within one deadline."""

    def __init__(self) -> None:
        self._asked_until = time.monotonic() + _BUDGET
        self._started = time.monotonic()
        self._worker: Worker | None = None
        self._known: set[Path] = set()
        self._unread: dict[Path, str] = {}
        self._missed: list[str] = []

    def judge(self, event: Event) -> Judged:
        blocking: list[str] = []
        rules: list[str] = []
        told: dict[str, None] = {}
        noted: list[str] = []
        for edit in event.edits:
            found = config.load(Path(edit.path).parent)
            told |= dict.fromkeys(map(str, found.problems))
            least = found.settings.hook_block
            if least is None or edit.deleted:
                continue
            name = files.relative(Path(edit.path), found.root)
            examined = self._examined(edit, found)
            objections = [o for o in examined.objections if _severity(o) >= least]
            if objections:
                blocking.append(_sentence(name, objections))
                rules += [objection.rule for objection in objections]
            elif examined.unsure and found.settings.hook_fail == "closed":
                blocking.append(f"{name} could not be checked ({examined.unsure})")
                rules.append(NOT_CHECKED)
            elif examined.unsure:
                told[f"{name} was not checked before the edit ({examined.unsure})"] = None
                noted.append("an edit could not be checked and was let pass (hook.fail is open)")
        told |= dict.fromkeys(self._missed)
        if not blocking:
            return Judged(told=tuple(told), noted=tuple(noted))
        names = tuple(dict.fromkeys(rules))
        noted.append(f"an edit was refused ({', '.join(names)})")
        reason = "Vetline: " + " ".join(blocking)
        return Judged(reason, names, told=tuple(told), noted=tuple(noted))

    def close(self) -> None:
        if self._worker is not None:
            self._worker.close()

    def _examined(self, edit: FileEdit, found: Config) -> Examined:
        try:
            limit = files.bound(Path(edit.path).as_posix(), found.settings.max_file_size)
            proposal = proposed(edit, limit)
            left = self._asked_until - time.monotonic()
            folders = places.place_of(edit.path).folders
            answer = running.ask(folders, {"examine": proposal._asdict()}, left)
            examined = Examined.from_json(answer) if answer else None
            # A server that is unsure may only be busy.
            if examined and (examined.objections or not examined.unsure):
                return examined
            return self._examined_here(proposal, found)
        except OSError as error:
            return Examined(unsure=error.strerror or type(error).__name__)
        except Exception as error:  # noqa: BLE001 - not decided, and that is said; its words may quote the file
            return Examined(unsure=type(error).__name__)

    def _examined_here(self, proposal: Proposal, found: Config) -> Examined:
        import threading

        from vetline.worker import Worker

        if self._worker is None:
            self._worker = Worker()
        timeout = found.settings.hook_timeout
        until = self._started + timeout
        if found.root not in self._known:
            facts = threading.Thread(target=self._know, args=(found, self._worker), daemon=True)
            facts.start()
            facts.join(max(0.0, until - time.monotonic()))
        if found.root not in self._known:
            slow = f"the project was not read within {timeout:g} s"
            return Examined(unsure=self._unread.get(found.root, slow))
        left = until - time.monotonic()
        if left <= 0:
            return Examined(unsure=f"took over {timeout:g} s")
        analyzers = found.settings.analyzers or None
        # The watchdog's limit is for one text; of two, both must be done in what is left.
        ask = verdict.asking(self._worker, analyzers, left / 2, str(found.root))
        return verdict.examine(proposal, found, ask)

    def _know(self, found: Config, worker: Worker) -> None:
        from dataclasses import replace
        from secrets import token_bytes

        from vetline import baseline, project, session

        try:
            facts = project.facts(found.root, found.settings)
            missed = self._missed.append
            facts = session.approving(facts, found.root, found.settings, missed)
            key = baseline.key(found.root) or token_bytes(32)
        except Exception as error:  # noqa: BLE001 - a thread's exception would be printed; the type says enough
            self._unread[found.root] = f"the project could not be read ({type(error).__name__})"
            return
        worker.know(str(found.root), replace(facts, key=key))
        self._known.add(found.root)


def proposed(edit: FileEdit, limit: int) -> Proposal:
    """What a file would hold after an edit, and what it holds now.

    Where the text that is to be replaced is not found, only the new parts are told.

    Raises:
        OSError: the file is there and cannot be read, or has more than `limit` bytes.
    """
    before = _current(edit.moved_from or edit.path, limit)
    if edit.after is not None:
        return Proposal(edit.path, edit.after, before)
    text = before
    for old, new in edit.changes:
        found = next((t for t in (text, text.replace("\r\n", "\n")) if old and old in t), None)
        if found is not None:
            text = found.replace(old, new, 1)
        elif not old and not text:
            text = new
        else:
            olds, news = zip(*edit.changes, strict=True)
            return Proposal(edit.path, "\n".join(news), "\n".join(olds), whole=False)
    return Proposal(edit.path, text, before)


def _current(path: str, limit: int) -> str:
    if not os.path.lexists(path):
        return ""
    from vetline import disk

    return files.decode(disk.read(path, limit), "")[0]


def _redacted(event: Event, found: Config) -> Redacted:
    from vetline.worker import Worker
    from vetline_analyzers.engine import MASKERS

    folders = places.place_of(event.cwd).folders
    answer = running.ask(folders, {"secrets": event.prompt}, _BUDGET)
    if answer and not (told := Redacted.from_json(answer)).unsure:
        return told
    with closing(Worker()) as worker:
        ask = verdict.asking(worker, MASKERS, _SEARCH)
        return verdict.redact(event.prompt, found.settings, ask)


def _severity(objection: Objection) -> int:
    return Severity.parse(objection.severity)


def _sentence(name: str, objections: list[Objection]) -> str:
    return f"{name}: " + " ".join(_parts(objections))


def _parts(objections: list[Objection]) -> Iterator[str]:
    for rule, severity, line, message in objections[:_TOLD]:
        where = f", line {line}" if line else ""
        yield f"{rule} ({severity}{where}): {message}"
    if len(objections) > _TOLD:
        yield f"And {len(objections) - _TOLD} more."
