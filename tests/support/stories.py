"""Stories: Markdown whose fenced blocks are steps that a driver plays; tests/stories/README.md is the grammar."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import pytest

from vetline import stores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = Path(__file__).parents[1] / "stories"
# What looks like a secret is put together here, so that no scanner finds one in the story.
SECRETS = {"<aws-key>": "AKIA" + "Q5XJ3VNT7LWB" + "2HKD"}
WORDS = ("file", "open", "type", "write", "see", "do", "text", "run", "ledger", "never")
WORDS += ("signer", "lenses", "press")
_FENCE = re.compile(r"```(?P<word>\w+)(?: +(?P<args>.*\S))?\s*")
_PLACE = re.compile(r"(?P<name>[^\s:]+):(?P<line>\d+)(?::(?P<column>\d+))?")
_PATIENCE = 30.0  # seconds in which what is to be seen must come


class Step(NamedTuple):
    """A fenced block: where it opens, its first word, the words after it, what is inside."""

    path: Path
    line: int
    word: str
    args: str
    body: str

    @property
    def lines(self) -> list[str]:
        """The lines inside that say something."""
        return [line.strip() for line in self.body.splitlines() if line.strip()]


class Seen(NamedTuple):
    """A diagnostic as a person sees it: a line from 1, a severity's word, a rule, a message."""

    line: int
    severity: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.line} {self.severity} {self.rule} {self.message}"


class Place(NamedTuple):
    """A place in a document; line and column from 1, no column when whole lines are meant."""

    name: str
    line: int
    column: int | None


def stories() -> list[Path]:
    """The stories there are."""
    return sorted(path for path in FOLDER.glob("*.md") if path.stem != "README")


def steps(path: Path) -> Iterator[Step]:
    """The steps of a story.

    Raises:
        ValueError: a block's first word is no step's.
    """
    lines = path.read_text("utf-8").splitlines()
    number = 0
    while number < len(lines):
        fence = _FENCE.fullmatch(lines[number])
        number += 1
        if not fence:
            continue
        if fence["word"] not in WORDS:
            raise ValueError(f"{path}:{number}: no step is called {fence['word']!r}")
        end = lines.index("```", number)
        body = "".join(f"{line}\n" for line in lines[number:end])
        for mark, secret in SECRETS.items():
            body = body.replace(mark, secret)
        yield Step(path, number, fence["word"], fence["args"] or "", body)
        number = end + 1


class Driver:
    """Plays steps in a folder that is a git repository of its own."""

    cannot: ClassVar[re.Pattern[str]] = re.compile(r"(?!)")

    def __init__(self, folder: Path) -> None:
        """Begin a story in an empty folder."""
        self.folder = folder
        self.said: list[str] = []  # everything that anybody was told

    @classmethod
    def plays(cls, step: Step) -> bool:
        """Whether this driver's door can do it; the other driver plays the rest."""
        return not cls.cannot.match(f"{step.word} {step.args}")

    def play(self, step: Step) -> None:
        """Play a step; fails with its place in the story and with what was seen instead."""
        getattr(self, f"_{step.word}")(step)

    # -- what a driver must bring

    def show(self, name: str, text: str) -> None:
        """Open a document."""
        raise NotImplementedError

    def insert(self, at: Place, text: str, agent: str, model: str) -> None:
        """Insert text; an agent's when one is named."""
        raise NotImplementedError

    def look(self, name: str) -> list[Seen]:
        """The diagnostics of a document by now."""
        raise NotImplementedError

    def act(self, title: str, at: Place) -> None:
        """Do the code action whose title begins so."""
        raise NotImplementedError

    def content(self, name: str) -> str:
        """A document's text."""
        raise NotImplementedError

    def write(self, name: str, text: str, agent: str) -> None:
        """Have an agent write a file, which its hook reports."""
        raise NotImplementedError

    def lenses(self, name: str) -> list[str]:
        """A document's code lenses by now: line and title."""
        raise NotImplementedError

    def press(self, title: str, at: Place) -> None:
        """Do what the code lens says whose title begins so."""
        raise NotImplementedError

    def trust(self) -> None:
        """Commit that the signature counts of who sits at the editor."""
        raise NotImplementedError

    def settle(self) -> None:
        """Wait until what was begun is written down."""

    def run(self, words: list[str]) -> tuple[int, str]:
        """Run a command in the folder; gives its exit code and its output."""
        raise NotImplementedError

    # -- steps

    def _file(self, step: Step) -> None:
        path = self.folder / step.args
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(step.body, "utf-8")

    def _open(self, step: Step) -> None:
        if not step.args.endswith(".ipynb"):
            self._file(step)
        self.show(step.args, step.body)

    def _type(self, step: Step) -> None:
        where, _, who = step.args.partition(" by ")
        at = place(step, where)
        agent, _, model = who.partition(" ")
        text = step.body if at.column is None else step.body.removesuffix("\n")
        self.insert(at, text, agent, model)

    def _write(self, step: Step) -> None:
        name, _, agent = step.args.partition(" by ")
        self.write(name, step.body, agent)

    def _see(self, step: Step) -> None:
        wanted = [line.split(None, 3) for line in step.lines if line != "nothing"]
        wanted.sort(key=lambda words: (int(words[0]), words[2]))

        def same(seen: list[Seen]) -> bool:
            seen.sort(key=lambda one: (one.line, one.rule))
            return len(seen) == len(wanted) and all(
                want[:3] == [str(one.line), one.severity, one.rule]
                and (want[3:] or [""])[0] in one.message
                for want, one in zip(wanted, seen, strict=True)
            )

        self._until(step, lambda: self.look(step.args), same)

    def _do(self, step: Step) -> None:
        title, _, where = step.args.rpartition(" at ")
        self.act(title, place(step, where))

    def _signer(self, step: Step) -> None:
        self.trust()

    def _lenses(self, step: Step) -> None:
        wanted = [line for line in step.lines if line != "nothing"]
        self._until(step, lambda: self.lenses(step.args), lambda seen: seen == wanted)

    def _press(self, step: Step) -> None:
        title, _, where = step.args.rpartition(" at ")
        self.press(title, place(step, where))

    def _text(self, step: Step) -> None:
        self._until(step, lambda: self.content(step.args), lambda text: text == step.body)

    def _run(self, step: Step) -> None:
        command, _, code = step.args.partition(" exits ")
        got, output = self.run(command.split())
        self.said.append(output)
        missing, at = [], 0
        for line in step.lines:
            found = output.find(line, at)
            at = max(at, found + len(line))
            missing += [line] if found < 0 else []
        if missing or got != int(code or 0):
            what = f"missing: {missing[0]}\n" if missing else ""
            fail(step, f"exit code {code or 0} and the lines", f"{what}exit code {got}\n{output}")

    def _ledger(self, step: Step) -> None:
        self.settle()
        events = stores.read(stores.locate(self.folder))
        got = [f"{event.kind} {event.subject}" for event in events]
        if got != step.lines:
            fail(step, "the events", "\n".join(got) or "no event")

    def _never(self, step: Step) -> None:
        kept = self.folder.rglob(".git/vetline/**/*")
        told = [path.read_bytes() for path in kept if path.is_file()]
        told += [said.encode() for said in self.said if "said" in step.args]
        for said in told:
            if any(text.encode() in said for text in step.lines):
                fail(step, "that nobody finds it", repr(said))

    def _until(self, step: Step, look: Callable, good: Callable) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not good(seen := look()):
            if time.monotonic() > deadline or not self.more(deadline):
                listed = "\n".join(map(str, seen)) if isinstance(seen, list) else seen
                fail(step, "to see what the block says", listed or "nothing")

    def more(self, deadline: float) -> bool:
        """Wait for news until a deadline; False when there can be none."""
        del deadline
        return False


def place(step: Step, words: str) -> Place:
    """A place as a story writes it: NAME:LINE or NAME:LINE:COLUMN."""
    match = _PLACE.fullmatch(words)
    if not match:
        raise ValueError(f"{step.path}:{step.line}: {words!r} is not NAME:LINE[:COLUMN]")
    return Place(match["name"], int(match["line"]), int(match["column"] or 0) or None)


def fail(step: Step, expected: str, seen: str) -> None:
    """End the test with the step's place in the story."""
    pytest.fail(
        f"{step.path}:{step.line}: `{step.word} {step.args}` expected {expected}:\n"
        f"{step.body}but what was seen is:\n{seen}",
        pytrace=False,
    )
