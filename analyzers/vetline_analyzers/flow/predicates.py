"""What the outcome of a function of the program shows of the values it was given: `if not ok(name): return`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.flow.state import both

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline_analyzers.flow.state import Guarded, State
    from vetline_analyzers.flow.value import Value

    # What holds where a function gave something true and something false; None where it never does.
    Outcome = tuple[Guarded | None, Guarded | None]


def outcome(shown: tuple[Guarded, Guarded], value: Value, state: State) -> Outcome:
    """What one way out of a function shows.

    Args:
        shown: what the expression it gives back shows, where that is true and where it is false.
        value: what that gives.
        state: what is known there.
    """
    truth = value.truth
    true, false = shown
    return (
        None if truth is False else _more(state.guarded, true),
        None if truth is True else _more(state.guarded, false),
    )


def _more(a: Guarded, b: Guarded) -> Guarded:
    found = dict(a)
    for key, kinds in b.items():
        found[key] = found.get(key, frozenset()) | kinds
    return found


def together(outcomes: Iterable[Outcome], known: Guarded) -> tuple[Guarded, Guarded]:
    """What all ways out show that is not known before: those that give something true, and those that do not."""
    sides = tuple(zip(*outcomes, strict=True)) or ((), ())
    found = (_common([each for each in side if each is not None]) for side in sides)
    true, false = ({k: v for k, v in each.items() if known.get(k) != v} for each in found)
    return true, false


def _common(shown: list[Guarded]) -> Guarded:
    found = dict(shown[0]) if shown else {}
    for other in shown[1:]:
        found = {key: both(kinds, other[key]) for key, kinds in found.items() if key in other}
    return found
