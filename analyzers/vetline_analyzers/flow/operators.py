"""What operators give: arithmetic, formatting, comparison."""

from __future__ import annotations

import operator
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from vetline_analyzers.flow.containers import (
    item_of,
    items_of,
    sequence,
)
from vetline_analyzers.flow.texts import text_of
from vetline_analyzers.flow.value import (
    FIXED,
    LONGEST,
    NUMBER,
    Value,
    carrying,
    constant,
    join,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from vetline_analyzers.flow.machine import Machine


_BIG = 1 << 64  # numbers that are computed with


_FORMAT = re.compile(
    r"%(?:\((?P<key>\w*)\))?[-#0 +]*(?:\d+|\*)?(?:\.(?:\d+|\*))?[hlL]?(?P<kind>[a-zA-Z%])"
)


_NUMERIC = frozenset("diouxXeEfFgGc")


COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "is": operator.eq,
    "is not": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


_COMPUTE: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "|": operator.or_,
    "&": operator.and_,
    "^": operator.xor,
}


def operated(m: Machine, op: str, left: Value, right: Value) -> Value:
    """What an operator gives in the language at hand."""
    if op in m.world.library.numeric:
        return _computed(op, left, right) or NUMBER
    return arithmetic(op, left, right)


def arithmetic(op: str, left: Value, right: Value) -> Value:
    """What an operator gives."""
    if op in {"??", "||", "&&"}:
        return join(left, right)
    if (computed := _computed(op, left, right)) is not None:
        return computed
    if op in _MEANT and (made := _MEANT[op](left, right)) is not None:
        return made
    if left.number or right.number or op in {"-", "**", "//", "<<", ">>", "/"}:
        return NUMBER
    return carrying((left, right))


def _added(left: Value, right: Value) -> Value:
    if left.is_list or right.is_list or left.items is not None:
        return _concatenated(left, right)
    return NUMBER if left.number and right.number else text_of((left, right))


def _path(left: Value, right: Value) -> Value | None:
    """`folder / name`."""
    if left.number or right.number:
        return None
    return replace(text_of((left, "/", right), is_path=True), names=left.names)


def _times(left: Value, right: Value) -> Value:
    text = left if not left.number else right
    if text.items is not None:
        return Value(items={}, rest=items_of(text))
    return FIXED if text.is_known else Value(taints=text.taints, pieces=text.pieces)


def _united(left: Value, right: Value) -> Value | None:
    return _concatenated(left, right) if left.items is not None or right.items is not None else None


def _computed(op: str, left: Value, right: Value) -> Value | None:
    if left.constants is None or right.constants is None or op not in _COMPUTE:
        return None
    made = []
    for a in left.constants:
        for b in right.constants:
            if op == "*" and (isinstance(a, str | bytes) or isinstance(b, str | bytes)):
                return None
            if op == "%" and isinstance(a, str | bytes):
                return None
            try:
                result = _COMPUTE[op](a, b)
            except (TypeError, ValueError, ArithmeticError):
                return None
            too_long = isinstance(result, str | bytes) and len(result) > LONGEST
            if too_long or (isinstance(result, int) and abs(result) > _BIG):
                return None
            made.append(result)
    found = constant(made[0])
    for result in made[1:]:
        found = join(found, constant(result))
    return found


def _concatenated(left: Value, right: Value) -> Value:
    if left.is_list and right.is_list and left.items is not None and right.items is not None:
        return sequence([*left.items.values(), *right.items.values()])
    items = (
        {**(left.items or {}), **(right.items or {})} if not (left.is_list or right.is_list) else {}
    )
    rest = join(items_of(left), items_of(right))
    return Value(items=items, rest=rest)


def _formatted(left: Value, right: Value) -> Value:
    """`text % values`."""
    values = list(right.items.values()) if right.is_list and right.items is not None else [right]
    parts: list[str | Value] = []
    for piece in left.parts():
        if isinstance(piece, Value):
            parts.append(piece)
            continue
        at = 0
        for match in _FORMAT.finditer(piece):
            parts.append(piece[at : match.start()])
            at = match.end()
            if match["kind"] == "%":
                parts.append("%")
            elif match["kind"] in _NUMERIC:
                values[:1] = []
                parts.append(NUMBER)
            elif match["key"]:
                parts.append(item_of(right, match["key"]) if right.items else right)
            else:
                parts.append(values.pop(0) if values else NUMBER)
        parts.append(piece[at:])
    if left.pieces is None and left.text is None and right.every():
        parts.append(carrying((right,)))
    return text_of(parts)


def contained(left: Value, right: Value, *, wanted: bool) -> Value:
    """Whether `left` is in `right`, or with `wanted` false that it is not."""
    whole = right.items is not None and right.rest is None and not right.taints
    inside = [v.constants for v in (right.items or {}).values()] if right.is_list else []
    if left.constants is None or len(left.constants) != 1:
        return NUMBER
    needle = left.constants[0]
    if right.text is not None and isinstance(needle, str):
        return constant((needle in right.text) is wanted)
    if whole and not right.is_list and right.items:
        return constant((needle in right.items) is wanted)
    if whole and all(c is not None and len(c) == 1 for c in inside):
        return constant(any(c is not None and c[0] == needle for c in inside) is wanted)
    return NUMBER


# What operators mean for other things than numbers.
_MEANT: dict[str, Callable[[Value, Value], Value | None]] = {
    "+": _added,
    "%": lambda left, right: None if left.number else _formatted(left, right),
    "/": _path,
    "*": _times,
    "|": _united,
    "&": _united,
}
