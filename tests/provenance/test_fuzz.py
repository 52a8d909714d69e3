"""Random sessions against an independent model. Every letter is unlike every other, so nothing is in doubt."""

from __future__ import annotations

import json
import random

import pytest
from authorship import LOST, NOBODY, PERSON, Page, allowed, authors_of, written
from chance import OPERATIONS, SEED
from desk import PERSON as BEFORE
from desk import Desk, agent

from vetline.agents import FileEdit
from vetline.provenance import Origin, Tier, claim, from_json, replay, to_json
from vetline_analyzers.core.text import Span

SESSIONS = max(OPERATIONS // 250, 1)
# Ideographs: letters to Python, each a character of the Basic Multilingual Plane or of another.
_LETTERS = [
    chr(n)
    for part in ((0x3400, 0x4DB0), (0x4E00, 0x9F00), (0x20000, 0x2A600))
    for n in range(*part)
]
ALIKE = ["return None", "    return None", "x = 1", "pass  # nothing"]
COMPLETION = Origin(Tier.OBSERVED, agent="ghost", source="completion")
PASTE = Origin(Tier.OBSERVED, source="paste", ai=False)


class Writer:
    """A desk and the model of it, led by chance through the same operations."""

    def __init__(self, seed: int, *, sync: str, alike: bool = False):
        self.chance = random.Random(seed)
        self.alike = alike
        self.letters = iter(self.chance.sample(_LETTERS, len(_LETTERS)))
        self.log: list[str] = []
        lines = "\n".join(self.line() for _ in range(self.chance.randrange(1, 30)))
        self.page = Page(lines, PERSON if alike else NOBODY)
        self.desk = Desk(lines, source=BEFORE if alike else None, sync=sync)
        self.agents = 0
        self.pending: list[tuple[str, dict]] = []
        self.pages: list[list] = []  # what undo goes back to
        self.undone: list[list] = []

    # -- words

    def word(self, length: int = 4) -> str:
        return "".join(next(self.letters) for _ in range(length))

    def line(self) -> str:
        if self.alike and self.chance.random() < 0.5:
            return self.chance.choice(ALIKE)
        shapes = ("{} = {}({})", "    ({}): {}[{}]", "\t{}.{} += {}", "{}, {}, {} ;")
        return self.chance.choice(shapes).format(self.word(), self.word(), self.word())

    def block(self, most: int = 6) -> str:
        lines = [self.line() for _ in range(self.chance.randrange(1, most))]
        if len(lines) > 2 and self.chance.random() < 0.3:
            lines[1] = ""
        return "\n".join(lines)

    # -- both sides at once

    def put(self, start: int, end: int, text: str, author: str) -> None:
        self.put_all(start, end, written(text, author))

    def put_all(self, start: int, end: int, what: list) -> None:
        self.pages.append(list(self.page.characters))
        self.undone.clear()
        self.page.put(start, end, what)
        self.desk.edit(self.place(start), self.place(end), "".join(char for char, _ in what))

    def place(self, at: int) -> int:
        """The desk's offset of the model's."""
        breaks = sum(char == "\n" for char, _ in self.pages[-1][:at])
        return at + breaks * (len(self.desk.ends) - 1)

    def somewhere(self) -> int:
        return self.chance.choice([at for line in self.page.bounds() for at in line])

    def some_lines(self, most: int = 5) -> tuple[int, int]:
        bounds = self.page.bounds()
        first = self.chance.randrange(len(bounds))
        return first, min(len(bounds), first + self.chance.randrange(1, most))

    def put_lines(self, line: int, what: list) -> None:
        bounds = self.page.bounds()
        if line < len(bounds):
            start = bounds[line][0]
            self.put_all(start, start, [*what, *written("\n", what[-1].author)])
        else:
            end = len(self.page.characters)
            self.put_all(end, end, [*written("\n", what[0].author), *what])

    def cut_lines(self, first: int, behind: int) -> list:
        bounds = self.page.bounds()
        gone = self.page.characters[bounds[first][0] : bounds[behind - 1][1]]
        if behind < len(bounds):
            self.put_all(bounds[first][0], bounds[behind][0], [])
        else:
            self.put_all(bounds[first - 1][1] if first else 0, bounds[-1][1], [])
        return gone

    # -- what people do

    def types(self):
        at = self.chance.choice([at for a, b in self.page.bounds() for at in range(a, b + 1)])
        for key in self.word(self.chance.randrange(1, 6)):
            self.put(at, at, key, PERSON)
            at += 1

    def bursts(self):
        at = self.somewhere()
        self.put(at, at, self.word(self.chance.randrange(3, 9)), PERSON)

    def presses_enter(self):
        at = self.chance.choice(self.page.bounds())[1]
        self.put(at, at, "\n    ", PERSON)
        for key in self.word(4):
            at += 5 if self.page.characters[at].char == "\n" else 1
            self.put(at, at, key, PERSON)

    def erases(self):
        self.deliver()
        bounds = [(a, b) for a, b in self.page.bounds() if b > a]
        if bounds:
            a, b = self.chance.choice(bounds)
            start = self.chance.randrange(a, b)
            self.put_all(start, min(b, start + self.chance.randrange(2, 6)), [])

    def erases_far(self):
        self.deliver()
        start = self.chance.randrange(len(self.page.characters) + 1)
        self.put_all(start, min(len(self.page.characters), start + self.chance.randrange(80)), [])

    def deletes_lines(self):
        self.deliver()
        self.cut_lines(*self.some_lines())

    def moves_lines(self):
        self.deliver()
        gone = self.cut_lines(*self.some_lines())
        if gone:
            self.put_lines(self.chance.randrange(len(self.page.bounds()) + 1), gone)

    def swaps_lines(self):
        """Alt and an arrow, as an editor tells it that makes one change of it."""
        self.deliver()
        lines = self.page.bounds()
        if len(lines) < 3:
            return
        n = self.chance.randrange(len(lines) - 2)
        (a, b), (c, d) = lines[n : n + 2]
        was = self.page.characters
        self.put_all(a, d, [*was[c:d], was[b], *was[a:b]])

    def pastes(self):
        text = self.block()
        at = self.page.bounds()[self.some_lines()[0]][0]
        self.put(at, at, text + "\n", NOBODY)
        if self.chance.random() < 0.5:
            start = self.place(at)
            span = Span(start, start + len(text.replace("\n", self.desk.ends)))
            self.desk.tracker.mark(self.desk.snapshot, span, PASTE)

    def undoes(self):
        self.deliver()
        for _ in range(min(self.chance.randrange(1, 6), len(self.pages))):
            self.undone.append(list(self.page.characters))
            self.page.characters = self.pages.pop()
            self.desk.undo()

    def redoes(self):
        self.deliver()
        for _ in range(min(self.chance.randrange(1, 6), len(self.undone))):
            self.pages.append(list(self.page.characters))
            self.page.characters = self.undone.pop()
            self.desk.redo()

    # -- what agents do

    def reports(self, name: str, **edit) -> None:
        """Now, or after some more operations."""
        if self.chance.random() < 0.5:
            self.pending.append((name, edit))
        else:
            self.desk.report(name, **edit)

    def deliver(self):
        for name, edit in self.pending:
            self.desk.report(name, **edit)
        self.pending.clear()

    def name(self) -> str:
        self.agents += 1
        return f"agent {self.agents}"

    def agent_inserts(self):
        name, text = self.name(), self.block(8)
        line = self.chance.randrange(len(self.page.bounds()) + 1)
        how = self.chance.randrange(4)
        if how == 0:
            self.desk.report(name, added=text)
        before = self.desk.text
        self.put_lines(line, written(text, name))
        if how == 1:
            self.reports(name, added=text)
        elif how == 2:
            self.reports(name, before=before, after=self.desk.text)
        elif how == 3:
            lines = self.desk.lines
            above = "\n".join(lines[max(line - 1, 0) : line])
            self.reports(name, pairs=[(above, (above + "\n" if above else "") + text)])

    def agent_completes(self):
        name, text = self.name(), f"{self.word(6)}({self.word(6)})"
        at = self.somewhere()
        if ahead := self.chance.random() < 0.5:
            self.desk.report(name, added=text)
        self.put(at, at, text, name)
        if not ahead:
            self.reports(name, added=text)

    def agent_replaces(self):
        self.deliver()
        name, text = self.name(), self.block(8)
        first, behind = self.some_lines()
        bounds = self.page.bounds()
        old = "\n".join(self.desk.lines[first:behind])
        pairs = [(old, text)]
        if ahead := self.chance.random() < 0.5:
            self.desk.report(name, pairs=pairs)
        self.put(bounds[first][0], bounds[behind - 1][1], text, name)
        if not ahead:
            self.reports(name, pairs=pairs)

    def agent_writes(self):
        """The file as a whole: some lines new, the others as they were."""
        self.deliver()
        self.desk.now += 60  # what came just before is not told apart from what an agent wrote
        name = self.name()
        first, behind = self.some_lines()
        bounds = self.page.bounds()
        text = self.block()
        before = self.page.text
        start, end = bounds[first][0], bounds[behind - 1][1]
        after = before[:start] + text + before[end:]
        if ahead := self.chance.random() < 0.5:
            self.desk.report(name, after=after)
        self.pages.append(list(self.page.characters))
        self.undone.clear()
        self.page.put(start, end, written(text, name))
        self.desk.become(after)
        if not ahead:
            self.reports(name, after=after)

    def accepts(self):
        """A completion that the editor saw."""
        text = f"{self.word(3)}.{self.word(3)}"
        at = self.somewhere()
        self.put(at, at, text, "ghost")
        self.desk.tracker.mark(self.desk.snapshot, self.desk.find(text), COMPLETION)

    # -- what tools do

    def reindents(self):
        by = self.chance.choice(["  ", "\t", ""])
        made: list = []
        for number, line in enumerate(self.page.lines()):
            made += written("\n", NOBODY) if number else []
            core = [
                c
                for k, c in enumerate(line)
                if not line[: k + 1] or any(x.char.strip() for x in line[: k + 1])
            ]
            made += [*(written(by, NOBODY) if core else []), *core]
        self.pages.append(list(self.page.characters))
        self.undone.clear()
        self.page.characters = made
        self.desk.become(self.page.text)

    def flips_line_ends(self):
        self.deliver()
        self.desk.ends = "\r\n" if self.desk.ends == "\n" else "\n"
        self.desk.become("\n".join(self.desk.lines))
        self.forget()

    def forget(self):
        self.pages.clear()
        self.undone.clear()
        self.desk._back.clear()
        self.desk._forth.clear()

    def restarts(self):
        self.deliver()
        self.desk.tracker = from_json(
            json.loads(json.dumps(to_json(self.desk.tracker))), self.desk.snapshot
        )
        self.forget()

    def goes_to_another_branch_and_back(self):
        self.deliver()
        kept = self.desk.text
        self.desk.become(self.block(20))
        self.desk.become(kept.replace("\r\n", "\n"))
        self.forget()

    def is_away(self):
        """Lines come and go while nobody watches, some with a report."""
        self.deliver()
        known, reports = self.desk.snapshot, []
        state = json.loads(json.dumps(to_json(self.desk.tracker)))
        for _ in range(self.chance.randrange(1, 4)):
            line = self.chance.randrange(len(self.page.bounds()) + 1)
            text = self.block()
            if self.chance.random() < 0.5:
                name = self.name()
                before = self.page.text
                self.put_lines(line, written(text, name))
                edit = FileEdit("x", before=before, after=self.page.text)
                if self.chance.random() < 0.5:
                    edit = FileEdit("x", changes=(("", text),))
                reports.append(claim(self.desk.now, agent(name), edit))
            else:
                self.put_lines(line, written(text, NOBODY))
        now = self.desk.snapshot
        tracker = from_json(state, known)
        left = replay(tracker, known, reports, now, (self.desk.now - 60, self.desk.now))
        # Where lines are alike, what an agent wrote may be told from nobody's no more.
        assert self.alike or not left, [report.edit for report in left]
        self.desk.tracker = tracker
        self.forget()

    # -- the law

    def step(self):
        operation = self.chance.choices(list(OFTEN), OFTEN.values())[0]
        self.log.append(operation.__name__)
        operation(self)
        if self.pending and self.chance.random() < 0.3:
            self.log.append("deliver")
            self.deliver()
        if len(self.page.characters) > 1500:
            half = len(self.page.bounds()) // 2
            self.deliver()
            self.cut_lines(half, len(self.page.bounds()))

    def check(self):
        assert "\n".join(self.desk.lines) == self.page.text
        waiting = {name for name, _ in self.pending}
        said = self.desk.tracker.attributions(self.desk.snapshot)
        for number, (line, own) in enumerate(zip(self.page.lines(), said, strict=True)):
            authors = authors_of(line)
            if authors & waiting:
                continue
            ok = str(own.state) in allowed(authors)
            agents = authors - {PERSON, NOBODY, LOST}
            if ok and str(own.state) in {"ai", "mixed"} and authors and LOST not in authors:
                ok = own.agent in agents
            assert ok, (
                number,
                str(own.state),
                own.agent,
                authors,
                "".join(c for c, _ in line),
                self.log[-6:],
            )

    def types_what_agents_write(self):
        """A line that is known from agents, by keys: which of equal lines is whose is certain here."""
        number = self.chance.randrange(len(self.page.bounds()))
        at = self.page.bounds()[number][1]
        for key in "\n" + self.chance.choice(ALIKE).strip():
            self.put(at, at, key, PERSON)
            at += 1
        assert self.desk.states()[number + 1] == "human", (number + 1, self.log[-6:])


OFTEN = {
    Writer.types: 10,
    Writer.bursts: 4,
    Writer.presses_enter: 3,
    Writer.erases: 4,
    Writer.erases_far: 1,
    Writer.deletes_lines: 3,
    Writer.moves_lines: 4,
    Writer.swaps_lines: 2,
    Writer.pastes: 3,
    Writer.undoes: 5,
    Writer.redoes: 2,
    Writer.agent_inserts: 8,
    Writer.agent_completes: 3,
    Writer.agent_replaces: 3,
    Writer.agent_writes: 2,
    Writer.accepts: 2,
    Writer.reindents: 1,
    Writer.flips_line_ends: 0.5,
    Writer.restarts: 0.5,
    Writer.goes_to_another_branch_and_back: 0.5,
    Writer.is_away: 0.5,
}


def session(seed: int, steps: int, *, alike: bool = False) -> None:
    sync = ("incremental", "minimal", "whole")[seed % 3]
    writer = Writer(seed, sync=sync, alike=alike)
    try:
        for _ in range(steps):
            writer.step()
            if alike:
                writer.types_what_agents_write()
            else:
                writer.check()
    except Exception:
        print(f"VETLINE_FUZZ_SEED={seed} VETLINE_FUZZ_OPERATIONS={steps}")
        raise


@pytest.mark.fuzz
@pytest.mark.parametrize("number", range(SESSIONS))
def test_every_line_is_its_authors(number):  # scenario 42
    session(SEED + number, min(OPERATIONS, 250))


@pytest.mark.fuzz
@pytest.mark.parametrize("number", range(max(SESSIONS // 16, 1)))
def test_what_a_person_types_is_theirs_whatever_agents_wrote(number):
    session(SEED + number, min(OPERATIONS, 250), alike=True)
