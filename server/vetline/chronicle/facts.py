"""What a chronicle is made of: what is kept of findings, verdicts, reviews and counts of lines, and a day as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


AI = frozenset({"ai", "mixed", "suspect_ai"})  # whose lines count as an AI's, as gates count them
SEVERE = frozenset({"critical", "high"})


class Label(NamedTuple):
    """Of a finding how bad it is, which rule it is of, and whose the line was: a state, an agent and a model."""

    severity: str
    rule: str
    whose: str
    agent: str
    model: str


class Author(NamedTuple):
    """An agent and a model, "" for what is not known."""

    agent: str
    model: str


class Change(NamedTuple):
    """What the last verdict of a day on a change was.

    Attributes:
        verdict: pass, warn or block.
        compared: it is a verdict on what is new since another commit.
        severe: how many critical and high findings were shown; None where the event does not tell.
        escalated: how many places needed a person.
        files: how many files were looked at.
        unchecked: how many things could not be checked.
    """

    verdict: str
    compared: bool
    severe: int | None
    escalated: int
    files: int
    unchecked: int


class Closed(NamedTuple):
    """How a finding ended: its severity, whose the line was, why, and after how many seconds; -1 where clocks contradict."""

    severity: str
    whose: str
    why: str
    seconds: int


class Census(NamedTuple):
    """A count of all lines of a project, and of the findings that were open then, each by whose they are.

    Attributes:
        at: when.
        lines: by state.
        open: findings by state.
        authors: lines of AIs by agent and model, as `author_key` has it.
        found: findings in them, likewise.
    """

    at: str
    lines: Mapping[str, int]
    open: Mapping[str, int]
    authors: Mapping[str, int]
    found: Mapping[str, int]


class Open(NamedTuple):
    """A finding that is open: since when, and what is known of it."""

    at: str
    label: Label


class Silenced(NamedTuple):
    """A suppression in force: since when it is known, until when it says it holds ("" for ever), and of which kind it is."""

    at: str
    expires: str
    kind: str


@dataclass(slots=True)
class Day:
    """What happened on a day.

    Attributes:
        kinds: how many events of each kind.
        changes: by the merge request, else the commit, the last verdict on it.
        opened: findings.
        closed: findings.
        written: lines that agents and editors say an AI wrote.
        decided: for each review that was decided the seconds since it was asked for; -1 where clocks contradict.
        census: the last count of lines.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    changes: dict[str, Change] = field(default_factory=dict)
    opened: Counter[Label] = field(default_factory=Counter)
    closed: list[Closed] = field(default_factory=list)
    written: Counter[Author] = field(default_factory=Counter)
    decided: list[int] = field(default_factory=list)
    census: Census | None = None


@dataclass(slots=True)
class Cohort:
    """The AI's lines of one day: how many there were at most in the counts of the first week, and after thirty days.

    Attributes:
        first: the most that a count of the first week found.
        last: what the first count after thirty days found; -1 before there is one.
        counted: the day of that count.
    """

    first: int = 0
    last: int = -1
    counted: str = ""


def author_key(agent: str, model: str) -> str:
    """An agent and a model as one word."""
    return f"{agent}\n{model}"


def day_to_json(day: Day) -> list[Any]:
    """A day as JSON."""
    return [
        day.kinds, day.changes, [[*label, n] for label, n in day.opened.items()], day.closed,
        [[*author, n] for author, n in day.written.items()], day.decided, day.census,
    ]  # fmt: skip


def day_of_json(data: Iterable[Any]) -> Day:
    """The day that `day_to_json` gave.

    Raises:
        ValueError, TypeError, AttributeError: it is none.
    """
    kinds, changes, opened, closed, written, decided, census = data
    return Day(
        Counter(kinds),
        {key: Change(*rest) for key, rest in changes.items()},
        Counter({Label(*label): n for *label, n in opened}),
        [Closed(*one) for one in closed],
        Counter({Author(*author): n for *author, n in written}),
        decided,
        Census(*census) if census else None,
    )
