"""What the gate asks for: a policy made of settings, and which of two settings is the stricter. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from vetline.provenance import State
from vetline.settings import BY_KEY, SETTINGS, Settings
from vetline_analyzers.core.finding import TRIGGERS, Persona, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

NOBODY: Final = ("(none)",)  # of two lists of allowed names nothing is left
# The settings that make a check a gate.
KEYS = tuple(s.key for s in SETTINGS if s.key.startswith("gate.") and not s.personal)


class Scope(StrEnum):
    """Whose lines count in full."""

    ALL = "all"
    AI = "ai"
    CHANGED = "changed"


_WIDTHS = (Scope.AI, Scope.CHANGED, Scope.ALL)


@dataclass(frozen=True, slots=True)
class Policy:
    """What blocks.

    Attributes:
        fail_on: the least severity that blocks.
        persona: findings for stricter readers are neither shown nor judged.
        scope: findings outside it are neither shown nor judged.
        ignore: rules, or families like "bandit/*", whose findings are neither shown nor judged.
        by_origin: the least severity that blocks in lines of some origin, where it is not `fail_on`.
        block: rules and families whose findings block whatever their severity.
        review: rules and families whose findings block until a person approved the code.
        suppression_days: a comment silences only with a date that is no further off; 0 asks for none.
        unchecked: patterns, as in `.gitignore`, of files that may pass although they could not be checked.
        today: the day, "2026-12-31"; a comment silences until its own. "" when nobody asks.
        gated: somebody asked for a gate, and wants to hear the way out of each reason.
        escalates: triggers are shown, also those for which no review is asked.
    """

    fail_on: Severity = Severity.MEDIUM
    persona: Persona = Persona.REGULAR
    scope: Scope = Scope.ALL
    ignore: tuple[str, ...] = ()
    by_origin: tuple[tuple[State, Severity], ...] = ()
    block: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    suppression_days: int = 0
    unchecked: tuple[str, ...] = ()
    today: str = ""
    gated: bool = False
    escalates: bool = True

    def hears(self, rule: str) -> bool:
        """Whether a rule's findings are for this policy's reader: of triggers, what must be reviewed or what they like to know."""
        return (
            self.escalates
            or not rule.startswith(TRIGGERS)
            or names(rule, (*self.review, *self.block))
        )

    def least(self, state: State) -> Severity:
        """The least severity that blocks in lines of that origin."""
        return dict(self.by_origin).get(state, self.fail_on)


# The settings that say it for lines of some origin.
_BARS = {
    State.AI: BY_KEY["gate.fail-on-ai"],
    State.MIXED: BY_KEY["gate.fail-on-mixed"],
    State.SUSPECT_AI: BY_KEY["gate.fail-on-suspect"],
    State.UNKNOWN: BY_KEY["gate.fail-on-unknown"],
    State.HUMAN: BY_KEY["gate.fail-on-human"],
}


def policy_of(
    settings: Settings, today: str = "", *, gated: bool = False, escalates: bool = True
) -> Policy:
    """The policy that the settings ask for; `today`, `gated` and `escalates` as of Policy."""
    own = ((state, getattr(settings, bar.field)) for state, bar in _BARS.items())
    return Policy(
        settings.fail_on,
        settings.persona,
        Scope(settings.scope),
        settings.ignore,
        tuple((state, least) for state, least in own if least is not None),
        settings.gate_block,
        settings.gate_review,
        settings.gate_suppression_days,
        settings.gate_unchecked,
        today,
        gated,
        escalates,
    )


def is_set(origins: Mapping[str, str]) -> bool:
    """Whether somebody set a gate's policy; `origins` as of `config.Config`."""
    return any(origins.get(key, "default") != "default" for key in KEYS)


def names(rule: str, listed: Iterable[str]) -> bool:
    """Whether the rule is listed, itself or with its family ("bandit/*")."""
    return rule in (listed := tuple(listed)) or f"{rule.partition('/')[0]}/*" in listed


def allows(listed: tuple[str, ...], name: str) -> bool:
    """Whether an agent or a model may write code; where none is listed each may. One without a name fits "*" only."""
    return not listed or any(fnmatchcase(name.lower(), glob.lower()) for glob in listed)


def values(settings: Settings) -> dict[str, object]:
    """The settings that decide what passes, by their keys and as JSON has them."""
    return {s.key: _plain(getattr(settings, s.field)) for s in SETTINGS if s.key in _JOINS}


def digest(settings: Settings) -> str:
    """SHA-256 of the settings that decide what passes: equal for equal policies, on every machine."""
    told = json.dumps(values(settings), separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def stricter(one: Settings, floor: Settings, keys: Iterable[str] | None = None) -> Settings:
    """The first settings, nothing in them looser than in the second; whatever passes then passes by either.

    Args:
        one: the settings.
        floor: what holds at the least.
        keys: of these settings only; None means all that decide what passes, and no other ever.
    """
    wanted = set(_JOINS if keys is None else keys)
    changes: dict[str, Any] = {}
    for key in wanted & _JOINS.keys():
        field = BY_KEY[key].field
        changes[field] = _JOINS[key](getattr(one, field), getattr(floor, field))
    for bar in _BARS.values():
        if not wanted.isdisjoint({bar.key, "fail-on"}):  # where a bar is not set that one holds
            changes[bar.field] = _least(one, floor, bar.field)
    return replace(one, **changes)


def loosened(one: Settings, floor: Settings, keys: Iterable[str] | None = None) -> tuple[str, ...]:
    """The settings of `one` that are looser than the floor, in the order of the table; the arguments as of `stricter`."""
    tight = stricter(one, floor, keys)
    return tuple(
        setting.key
        for setting in SETTINGS
        if _plain(getattr(tight, setting.field)) != _plain(getattr(one, setting.field))
    )


def _plain(value: object) -> object:
    """A value as JSON has it; the order of a list says nothing."""
    if isinstance(value, tuple):
        return sorted(value)
    return value if value is None or type(value) in (bool, int) else str(value)


def _least(one: Settings, floor: Settings, field: str) -> Severity | None:
    """The lower bar of two; a bar that is not set is that of `fail-on`."""
    own, least = getattr(one, field), getattr(floor, field)
    if own is None and least is None:
        return None
    return min(own if own is not None else one.fail_on, floor.fail_on if least is None else least)


def _wider(one: str, floor: str) -> str:
    return str(max(Scope(one), Scope(floor), key=_WIDTHS.index))


def _both(one: tuple[str, ...], floor: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *floor)))


def _common(
    covers: Callable[[tuple[str, ...], str], bool],
) -> Callable[[tuple[str, ...], tuple[str, ...]], tuple[str, ...]]:
    """Gives what both of two lists cover."""

    def join(one: tuple[str, ...], floor: tuple[str, ...]) -> tuple[str, ...]:
        kept = [name for name in one if covers(floor, name)]
        return tuple(dict.fromkeys((*kept, *(name for name in floor if covers(one, name)))))

    return join


_listed = _common(lambda others, name: name in others)
_ignored = _common(lambda others, name: names(name, others))


def _allowed(one: tuple[str, ...], floor: tuple[str, ...]) -> tuple[str, ...]:
    """Names that both allow; none named allows all."""
    if not one or not floor:
        return one or floor
    return _common(allows)(one, floor) or NOBODY


def _asked(one: tuple[str, ...], floor: tuple[str, ...]) -> tuple[str, ...]:
    """Of lists of which an empty one means all: all, or what either names."""
    return _both(one, floor) if one and floor else ()


def _sources(one: tuple[str, ...], floor: tuple[str, ...]) -> tuple[str, ...]:
    """Of lists of which an empty one asks for nothing: what both name, else the floor's."""
    return (_listed(one, floor) or floor) if one and floor else one or floor


def _excluded(one: tuple[str, ...], floor: tuple[str, ...]) -> tuple[str, ...]:
    """Patterns that leave no more out; where a `!` takes some back only the floor's are sure to."""
    plain = not any(pattern.startswith("!") for pattern in (*one, *floor))
    return one if one == floor or (plain and set(one) <= set(floor)) else floor


def _days(one: int, floor: int) -> int:
    return min(one, floor) if one and floor else one or floor


def _floors(one: object, floor: object) -> object:  # noqa: ARG001 - every join takes two
    return floor


def _given(one: str, floor: str) -> str:
    return floor or one


# What of two values is the stricter, for each setting that decides what passes.
_JOINS: dict[str, Callable[[Any, Any], Any]] = {
    "scope": _wider,
    "assume-origin": _given,
    "persona": max,
    "fail-on": min,
    "analyzers": _asked,
    "ignore": _ignored,
    "exclude": _excluded,
    "own-modules": _listed,
    "internal-packages": _listed,
    "baseline": _floors,
    "dependencies.approval": max,
    "dependencies.pinned": max,
    "dependencies.hashed": max,
    "dependencies.sources": _sources,
    **{
        bar.key: _floors for bar in _BARS.values()
    },  # and then `_least`, which sees `fail-on` as well
    "gate.block": _both,
    "gate.review": _both,
    "gate.agents": _allowed,
    "gate.models": _allowed,
    "gate.suppression-days": _days,
    "gate.unchecked": _listed,
    "gate.review-days": _days,
    "gate.unsigned": min,
    "gate.allowed-signers": _floors,
    "gate.organisation": _given,
    "gate.organisation-digest": _given,
}
assert _JOINS.keys() >= set(KEYS)  # noqa: S101 - what decides can be compared
