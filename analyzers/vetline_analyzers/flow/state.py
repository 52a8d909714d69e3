"""What is known at one point of a program: the names, and what a guard has shown to be harmless."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vetline_analyzers.flow.model import ALL
from vetline_analyzers.flow.signs import doubts, settles
from vetline_analyzers.flow.value import Value, join, shown_harmless

if TYPE_CHECKING:
    from vetline_analyzers.flow.value import Shown, Taint, TaintKey

    Guarded = Shown


@dataclass(slots=True)
class State:
    """Names and guards at one point.

    Attributes:
        env: what each name holds.
        guarded: kinds of sinks that a taint, by its key, cannot harm beyond this point.
        tests: of names that hold the outcome of a test what it shows where it is true, and where it is not.
    """

    env: dict[str, Value] = field(default_factory=dict)
    guarded: dict[TaintKey, frozenset[str]] = field(default_factory=dict)

    tests: dict[str, tuple[Guarded, Guarded]] = field(default_factory=dict)

    def copy(self) -> State:
        """The same, to be changed apart."""
        return State(dict(self.env), dict(self.guarded), dict(self.tests))

    def show(self, facts: Guarded) -> None:
        """Note that those facts hold from here on."""
        for key, kinds in facts.items():
            self.guarded[key] = self.guarded.get(key, frozenset()) | kinds

    def narrowed(self, facts: Guarded) -> State:
        """The same names where those facts hold as well: a part of an expression, which may still assign."""
        if not facts:
            return self
        made = State(self.env, dict(self.guarded), self.tests)
        made.show(facts)
        return made

    def harms(self, taint: Taint, kind: str) -> bool:
        """Whether a taint can harm a sink of that kind here."""
        facts = self._of(taint)
        return not facts or not settles(facts, kind)

    def doubts(self, taint: Taint, kind: str) -> bool:
        """Whether a taint is unlikely to do harm at a sink of that kind here."""
        facts = self._of(taint)
        return bool(facts) and doubts(facts, kind)

    def _of(self, taint: Taint) -> frozenset[str]:
        return taint.cleared | taint.shown(self.guarded) if self.guarded else taint.cleared


def joined(a: State | None, b: State | None) -> State | None:
    """What holds after either; None is a point that is never reached."""
    if a is None or b is None:
        return a if b is None else b
    if a is b:
        return a
    guarded = {
        key: both(kinds, b.guarded[key]) for key, kinds in a.guarded.items() if key in b.guarded
    }
    only_a = {key: kinds for key, kinds in a.guarded.items() if guarded.get(key) != kinds}
    only_b = {key: kinds for key, kinds in b.guarded.items() if guarded.get(key) != kinds}
    env = dict(a.env)
    for name, value in b.env.items():
        if (known := env.get(name)) is None:
            env[name] = shown_harmless(value, only_b)
        elif known is not value:
            env[name] = join(shown_harmless(known, only_a), shown_harmless(value, only_b))
    tests = {name: shown for name, shown in a.tests.items() if b.tests.get(name) is shown}
    return State(env, guarded, tests)


def both(a: frozenset[str], b: frozenset[str]) -> frozenset[str]:
    """The kinds that both stand for."""
    if a >= ALL:
        return b
    return a if b >= ALL else a & b
