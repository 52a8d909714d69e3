"""Where values are put: names, attributes, items, patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.containers import items_of, sequence, with_any, with_item
from vetline_analyzers.flow.expressions import attribute
from vetline_analyzers.flow.rule import Called
from vetline_analyzers.flow.value import part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vetline_analyzers.flow.machine import Machine
    from vetline_analyzers.flow.state import State
    from vetline_analyzers.flow.value import Value

from dataclasses import replace

_DEEP = 8  # members of members that are assigned


def assign(m: Machine, target: ir.Expr, value: Value, state: State, depth: int = 0) -> None:
    """Put a value where a target says."""
    match target:
        case ir.Name():
            state.env[target.id] = _through(m, target, value)
            state.tests.pop(target.id, None)
        case ir.Attr():
            _assign_attribute(m, target, value, state, depth)
        case ir.Item():
            _assign_item(m, target, value, state, depth)
        case ir.Display():
            _unpack(m, target.items, value, state)
        case ir.Table():
            for key, inner in target.pairs:
                name = key.value if isinstance(key, ir.Const) else None
                found = (
                    attribute(m, target, value, name)
                    if isinstance(name, str)
                    else part(items_of(value), f"?{inner.start}")
                )
                assign(m, inner, found, state)
        case ir.Star():
            assign(m, target.value, value, state)
        case ir.Other():
            for inner in target.parts:
                assign(m, inner, value, state)
        case _:
            m.evaluate(target, state)


def _through(m: Machine, target: ir.Name, value: Value) -> Value:
    """The value, its taints a step further."""
    if not value.taints:
        return value
    step = m.step(target, f"{target.id} holds it")
    return replace(value, taints=tuple(t.through(step) for t in value.taints))


def _assign_attribute(m: Machine, target: ir.Attr, value: Value, state: State, depth: int) -> None:
    if found := m.world.sinks.by_attribute.get(target.name):
        base = m.evaluate(target.base, state)
        names = tuple(f"{name}.{target.name}" for name in base.names)
        called = Called(names, target.name, base, (value,), {})
        met = tuple((rule, sink) for rule, sink in found if sink.when is None or sink.when(called))
        m.arrive(met, target, value, state, called)
    if _may_go_on(m, target, value, depth):
        base = m.evaluate(target.base, state)
        assign(m, target.base, with_item(base, f".{target.name}", value), state, depth + 1)


def _assign_item(m: Machine, target: ir.Item, value: Value, state: State, depth: int) -> None:
    base, key = m.evaluate(target.base, state), m.evaluate(target.key, state)
    for last, found in m.world.sinks.by_item.items():
        if any(name.lower().endswith(last) for name in base.names):
            m.arrive(found, target, value, state, key=key)
            m.arrive(found, target, key, state)
    if not _may_go_on(m, target, value, depth):
        return
    if key.constants is not None and len(key.constants) == 1:
        made = with_item(base, key.constants[0], value)
    else:
        made = with_any(base, value)
    assign(m, target.base, made, state, depth + 1)


def _may_go_on(m: Machine, target: ir.Attr | ir.Item, value: Value, depth: int) -> bool:
    """Whether what the target is a member of is changed as well."""
    if depth >= _DEEP and value.every():
        m.too_deep()
    return depth < _DEEP and isinstance(target.base, ir.Name | ir.Attr | ir.Item)


def _unpack(m: Machine, targets: Sequence[ir.Expr], value: Value, state: State) -> None:
    known = list(value.items.values()) if value.is_list and value.items is not None else []
    star = next((n for n, t in enumerate(targets) if isinstance(t, ir.Star)), len(targets))
    behind = len(targets) - star - 1  # targets behind the one that takes the rest
    if behind >= 0 and len(known) >= len(targets) - 1:
        end = len(known) - behind
        known = [*known[:star], sequence(known[star:end]), *known[end:]]
    for number, target in enumerate(targets):
        one = known[number] if number < len(known) else part(items_of(value), str(number))
        assign(m, target, one, state)
