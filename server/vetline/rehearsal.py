"""A ledger of a project that there is not, to look at figures and pages before one's own ledger has any.

Every event is by somebody at `demo@vetline.invalid`, by which `chronicle` knows it, and nothing in it is true: neither
the people nor what it says of agents and models. The same seed and the same last day give the same ledger. Pure.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from vetline import ledger, recorder, review, statement
from vetline.chronicle import INVENTED
from vetline.ledger import GENESIS, Draft, Kind
from vetline.statement import Statement
from vetline.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline.ledger import AuditEvent

MOST_DAYS = 3650
_PEOPLE = tuple(
    f"{name} <{INVENTED}>" for name in ("Ada Invented", "Ben Invented", "Cleo Invented")
)
_SECURITY = f"Sol Invented <{INVENTED}>"
# Agent, model, share of the sessions, findings in a thousand lines. What is said of them is made up.
_AGENTS = (
    ("claude-code", "example-large", 5, 6),
    ("cursor", "example-fast", 3, 11),
    ("codex", "example-small", 2, 14),
)
_JUMPED, _JUMP_DAYS, _JUMP = "example-fast", 6, 5  # this model got worse lately
_RULES = (
    ("python/sql-from-string", "high", 4),
    ("python/command-from-string", "high", 2),
    ("secret/alchemy-key", "critical", 1),
    ("package/nonexistent", "high", 2),
    ("python/cleartext-url", "medium", 3),
    ("python/insecure-temp-file", "medium", 3),
    ("python/flask-debug", "medium", 2),
    ("python/assert-as-check", "low", 4),
)
_TRIGGERS = ("trigger/authentication", "trigger/cryptography", "trigger/database")
_FILES = tuple(
    f"{folder}/{name}.py"
    for folder in ("shop", "shop/api", "billing", "tools")
    for name in ("orders", "cart", "users", "mail", "export", "search")
)
# Percent of an AI's lines that go on each of the first days; then one every third day.
_DECAY = (8, 8, 4, 4, 3, 2, 2)
_HUMAN_LINES, _UNKNOWN_LINES = 9000, 4000
_WEEKEND = 5
_HOURS = 3600


@dataclass(slots=True)
class _World:
    """How things stand while the days go by.

    Attributes:
        chance: where all that happens comes from.
        todo: what is still to happen: when, in which order, by whom, what.
        alive: lines of AIs that are there, by agent, model and day.
        others: lines of people, and of nobody knows whom.
        number: how many things have a name already.
    """

    chance: random.Random
    todo: list[tuple[datetime, int, str, Draft]] = field(default_factory=list)
    alive: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    others: list[int] = field(default_factory=lambda: [_HUMAN_LINES, _UNKNOWN_LINES])
    number: int = 0

    def name(self) -> str:
        """A digest that nothing else has."""
        self.number += 1
        return hashlib.sha256(f"demo {self.number}".encode()).hexdigest()

    def at(self, when: datetime, who: str, draft: Draft) -> None:
        """Let something happen."""
        self.number += 1
        self.todo.append((when, self.number, who, draft))


def events(*, until: datetime, days: int, seed: int = 1) -> Iterator[AuditEvent]:
    """The events of some days, up to an instant, as a chain from its first one on.

    Args:
        until: nothing is dated after it.
        days: how many, 1 to `MOST_DAYS`.
        seed: which of many such ledgers.
    """
    # vetline: allow[python/weak-random] reason="nothing of it is a secret: it is to be the same each time"
    world = _World(random.Random(seed))  # noqa: S311 - nothing of it is a secret
    midnight = until.replace(hour=0, minute=0, second=0, microsecond=0)
    last = (0, GENESIS)
    for ago in range(days - 1, -1, -1):
        today = midnight - timedelta(days=ago)
        _day(world, today, ago)
        tomorrow = today + timedelta(days=1)
        due = sorted(one for one in world.todo if one[0] < min(tomorrow, until))
        world.todo = [one for one in world.todo if one[0] >= tomorrow]
        for when, _, who, draft in due:
            event = ledger.seal(draft, after=last, at=ledger.timestamp(when), actor=who)
            last = (event.seq, event.hash)
            yield event


def _day(world: _World, today: datetime, ago: int) -> None:
    chance = world.chance
    quiet = today.weekday() >= _WEEKEND
    for _ in range(chance.randint(0, 1) if quiet else chance.randint(4, 8)):
        begins = today + timedelta(seconds=chance.randint(8 * _HOURS, 17 * _HOURS))
        _session(world, begins, ago)
    for number in range(0 if quiet else chance.randint(3, 6)):
        _change(world, today + timedelta(hours=10 + number, minutes=chance.randint(0, 59)))
    _night(world, today)


def _session(world: _World, when: datetime, ago: int) -> None:
    """A person has an agent write something."""
    chance = world.chance
    agent, model, _, rate = chance.choices(_AGENTS, [each[2] for each in _AGENTS])[0]
    rate *= _JUMP if model == _JUMPED and ago < _JUMP_DAYS else 1
    who, session = chance.choice(_PEOPLE), world.name()[:12]
    head: dict[str, Any] = {"agent": agent, "model": model, "session": session, "turn": ""}
    asked = {**head, "prompt": world.name(), "record": world.name()[:16]}
    refused = chance.random() < 0.02  # noqa: PLR2004 - a figure of this invention
    kind = Kind.PROMPT_DENIED if refused else Kind.PROMPT_SUBMITTED
    world.at(when, who, Draft(kind, "", asked))
    for _ in range(0 if refused else chance.randint(2, 7)):
        when += timedelta(seconds=chance.randint(20, 300))
        _edit(world, when, who, head, rate)


def _edit(world: _World, when: datetime, who: str, head: dict[str, Any], rate: int) -> None:
    """An agent writes lines into a file, or is told no."""
    chance = world.chance
    path, lines = chance.choice(_FILES), chance.randint(3, 60)
    payload = {**head, "record": world.name()[:16], "tool": "edit", "tool_call": world.name()[:12]}
    payload |= {"before": "", "after": f"sha256:{world.name()}", "modified": False, "lines": lines}
    if chance.random() < 0.03:  # noqa: PLR2004 - a figure of this invention
        world.at(when, who, Draft(Kind.EDIT_DENIED, path, payload))
        return
    world.at(when, who, Draft(Kind.EDIT_REPORTED, path, payload))
    author = (head["agent"], head["model"], ledger.timestamp(when)[:10])
    world.alive[author] += lines
    origin = {"state": "ai", **{name: head[name] for name in ("agent", "model", "session")}}
    for _ in range(sum(chance.random() < rate / 1000 for _ in range(lines))):
        _finding(world, when + timedelta(seconds=chance.randint(2, 90)), who, path, origin)
    if chance.random() < 0.05:  # noqa: PLR2004 - a figure of this invention
        _escalation(world, when + timedelta(seconds=30), who, path, origin)
    if chance.random() < 0.02:  # noqa: PLR2004 - a figure of this invention
        unmatched = {name: payload[name] for name in (*head, "tool_call", "record")}
        world.at(when + timedelta(minutes=5), who, Draft(Kind.CLAIM_UNMATCHED, path, unmatched))


def _finding(
    world: _World, when: datetime, who: str, path: str, origin: dict[str, str] | None
) -> None:
    """Something wrong is seen, and mostly mended."""
    chance = world.chance
    rule, severity, _ = chance.choices(_RULES, [each[2] for each in _RULES])[0]
    mark, line = world.name()[:16], chance.randint(1, 200)
    opened = {
        "fingerprint": mark, "rule": rule, "severity": severity, "symbol": "", "line": line, "origin": origin,
    }  # fmt: skip
    world.at(when, who, Draft(Kind.FINDING_OPENED, path, opened))
    why = chance.choices(("gone", "suppressed", "approved", ""), (80, 7, 3, 10))[0]
    if not why:
        return
    ends = when + timedelta(seconds=round(chance.lognormvariate(10.2, 1.3)))
    closed = {"fingerprint": mark, "rule": rule, "opened": "", "why": why}
    world.at(ends, who, Draft(Kind.FINDING_CLOSED, path, closed))
    if why == "suppressed":
        expires = (ends + timedelta(days=60)).date().isoformat() if chance.random() < 0.7 else ""  # noqa: PLR2004 - a figure of this invention
        told = {
            "mark": world.name()[:32], "rule": rule, "fingerprint": mark, "kind": "comment", "line": line,
            "owner": "", "expires": expires, "reason": world.name()[:32], "origin": None,
        }  # fmt: skip
        world.at(ends, who, Draft(Kind.SUPPRESSION, path, told))


def _escalation(world: _World, when: datetime, who: str, path: str, origin: dict[str, str]) -> None:
    """Something sensitive is seen, a review asked for, and somebody else decides."""
    chance, rule, digest = world.chance, world.chance.choice(_TRIGGERS), world.name()
    mark, first = world.name()[:16], world.chance.randint(1, 200)
    told = {
        "rule": rule, "symbol": "", "fingerprint": mark, "lines": [first, first + 9], "digest": digest, "origin": origin,
    }  # fmt: skip
    world.at(when, who, Draft(Kind.ESCALATION, path, told))
    asked = when + timedelta(minutes=chance.randint(2, 40))
    about = Subject(path, "", digest, first, first + 9, (mark,), (rule,))
    wish = statement.identified(
        Statement(
            request="",
            subject=about,
            requester=who,
            requested=ledger.timestamp(asked),
            reasons=("This is invented.",),
            authors=(who,),
        )
    )
    world.at(asked, who, review.draft(wish))
    state = chance.choices(("approved", "rejected", "withdrawn", ""), (80, 8, 4, 8))[0]
    if state:
        ends = asked + timedelta(seconds=round(chance.lognormvariate(9.6, 1.1)))
        by = who if state == "withdrawn" else _SECURITY
        said = replace(wish, decision=state, reviewer=INVENTED, at=ledger.timestamp(ends))
        world.at(ends, by, review.draft(said))


def _change(world: _World, when: datetime) -> None:
    """A merge request comes to the gate, sometimes twice."""
    chance = world.chance
    name, who = f"!{world.number}", chance.choice(_PEOPLE)
    severe = chance.choices((0, 1, 2, 4), (80, 12, 6, 2))[0]
    escalated = chance.choices((0, 1, 2), (84, 12, 4))[0]
    for attempt in range(2 if severe and chance.random() < 0.6 else 1):  # noqa: PLR2004 - a figure of this invention
        left = 0 if attempt else severe
        verdict = "block" if left else chance.choices(("pass", "warn"), (3, 1))[0]
        reasons = [{"rule": "python/sql-from-string", "count": left}] if left else []
        payload = {
            "verdict": verdict, "reasons": reasons, "policy": world.name(), "commit": world.name()[:40],
            "base": world.name()[:40], "files": chance.randint(2, 30),
            "failures": int(chance.random() < 0.03), "change": name,  # noqa: PLR2004 - a figure of this invention
            "severities": {"high": left} if left else {}, "escalated": escalated,
        }  # fmt: skip
        world.at(when + timedelta(minutes=25 * attempt), who, Draft(Kind.GATE_JUDGED, ".", payload))


def _night(world: _World, today: datetime) -> None:
    """Lines go, people write some, and all are counted."""
    for author in list(world.alive):
        age = (today - datetime.fromisoformat(author[2]).replace(tzinfo=today.tzinfo)).days
        percent = _DECAY[age - 1] if 0 < age <= len(_DECAY) else int(age > 0 and age % 3 == 0)
        world.alive[author] -= world.alive[author] * percent // 100
    chance = world.chance
    world.others[0] += chance.randint(0, 120)
    when = today + timedelta(hours=22)
    lines = {"ai": world.alive.total(), "mixed": 0, "suspect_ai": 0}
    lines |= {"human": world.others[0], "unknown": world.others[1]}
    for _ in range(chance.choices((0, 1), (2, 1))[0]):
        human = {"state": "human", "agent": "", "model": "", "session": ""}
        _finding(world, when - timedelta(hours=6), chance.choice(_PEOPLE), "shop/cart.py", human)
    draft = recorder.counted(".", lines, world.alive, len(_FILES), today=today.date().isoformat())
    world.at(when, _SECURITY, draft)
