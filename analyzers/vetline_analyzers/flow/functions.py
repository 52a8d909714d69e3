"""Functions and classes of the analysed program, run with the values they are given."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.containers import sequence
from vetline_analyzers.flow.predicates import together
from vetline_analyzers.flow.state import State, joined
from vetline_analyzers.flow.value import (
    GENERATOR,
    UNKNOWN,
    Closure,
    Value,
    carrying,
    join,
    shown_harmless,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vetline_analyzers.flow.machine import Frame, Machine
    from vetline_analyzers.flow.rule import Called
    from vetline_analyzers.flow.value import Key


def inlined(m: Machine, e: ir.Call, callee: Value, called: Called, s: State) -> Value:
    """Run a function of the program with the values it is given."""
    closure = callee.closure
    assert closure is not None  # noqa: S101 - asked before
    if m.is_deep:
        return carrying((*called.arguments, *called.keywords.values()))
    bound = closure.bound
    if bound is None and isinstance(e.function, ir.Attr) and _takes_object(closure.function):
        bound = called.receiver
    this = m.world.library.this
    arguments = called.arguments if bound is None or this else (bound, *called.arguments)
    m.shown.pop(id(e), None)
    result, end = bind_and_run(m, closure, arguments, called.keywords, s, bound, e)
    if isinstance(e.function, ir.Function):
        m.ran(e.function)
    if end is not None:
        s.guarded.update(end.guarded)
        if bound is not None and isinstance(e.function, ir.Attr):
            changed = end.env.get(this_of(m, closure))
            if changed is not None and changed is not bound and changed.items is not None:
                settle_in(m, e.function.base, changed, s)
    return result


def _takes_object(function: ir.Function) -> bool:
    """Whether it is a method whose first parameter is what it is called on."""
    names = (d.id for d in function.decorators if isinstance(d, ir.Name))
    return bool(function.owner) and "staticmethod" not in names


def bind_and_run(  # noqa: PLR0917 - what a call is
    m: Machine,
    closure: Closure,
    arguments: tuple[Value, ...],
    keywords: Mapping[str, Value],
    s: State,
    bound: Value | None = None,
    call: ir.Call | None = None,
) -> tuple[Value, State | None]:
    """Run a function with these arguments: what it gives, and the state at its end.

    Where methods do not take their object as a parameter, `bound` is that object. What the outcome shows is kept with
    `call`.
    """
    if id(closure.function) in m.running:
        return carrying((*arguments, *keywords.values())), None
    env: dict[str, Value] = {}
    if bound is not None and (this := m.world.library.this):
        env[this] = bound
    left = list(arguments)
    names = {p.name for p in closure.function.parameters}
    for parameter in closure.function.parameters:
        if parameter.kind == "*":
            value = sequence(left)
            left = []
        elif parameter.kind == "**":
            items: dict[Key, Value] = {k: v for k, v in keywords.items() if k not in names}
            value = Value(items=items)
        elif left and not parameter.keyword:
            value = left.pop(0)
        elif parameter.name in keywords:
            value = keywords[parameter.name]
        elif parameter.default is not None:
            value = _default(m, closure, parameter.default, env)
        else:
            value = keywords.get("**", UNKNOWN)
        bind(m, parameter, value, env)
    m.running.add(id(closure.function))
    try:
        frame = m.run_body(closure, State(env, {**(closure.guarded or {}), **s.guarded}))
    finally:
        m.running.discard(id(closure.function))
    if call is not None:
        m.shown[id(call)] = together(frame.outcomes, s.guarded)
    return _ended(frame, s)


def _ended(frame: Frame, s: State) -> tuple[Value, State | None]:
    """What a function gave that was called in a state, and the state at its end."""
    result: Value | None = None
    end: State | None = None
    for value, state in frame.returned:
        shown = {k: v for k, v in state.guarded.items() if s.guarded.get(k) != v}
        value = shown_harmless(value, shown)  # noqa: PLW2901 - as its own way out leaves it
        result = value if result is None else join(result, value)
        end = joined(end, state)
    if frame.yielded:
        result = Value(items={}, rest=reduce(join, frame.yielded), names=(GENERATOR,))
    return result or UNKNOWN, end


def _default(m: Machine, closure: Closure, default: ir.Expr, env: dict[str, Value]) -> Value:
    before, m.block = m.block, closure.block
    try:
        return m.evaluate(default, State(dict(env)))
    finally:
        m.block = before


def this_of(m: Machine, closure: Closure) -> str:
    """The name by which a method knows its object."""
    parameters = closure.function.parameters
    return m.world.library.this or (parameters[0].name if parameters else "")


def bind(m: Machine, parameter: ir.Parameter, value: Value, env: dict[str, Value]) -> None:
    """Bind a parameter, and what it is unpacked into."""
    from vetline_analyzers.flow.targets import assign  # noqa: PLC0415 - the two know each other

    if parameter.name:
        env[parameter.name] = value
    if parameter.pattern is not None:
        inside = State(env)
        assign(m, parameter.pattern, value, inside)


def instance(m: Machine, callee: Value, called: Called, s: State) -> Value | None:
    """What a class of the program gives when it is called: an object with its members."""
    items = callee.items
    if items is None or not any(isinstance(k, str) and k.startswith(".") for k in items):
        return None
    made = Value(items=items, names=callee.names)
    start = items.get(".__init__") or items.get(".constructor")
    if start is None or start.closure is None or m.is_deep:
        rest = carrying((*called.arguments, *called.keywords.values()))
        return replace(made, rest=rest if rest.taints else None)
    arguments = called.arguments if m.world.library.this else (made, *called.arguments)
    _, end = bind_and_run(m, start.closure, arguments, called.keywords, s, made)
    return made if end is None else end.env.get(this_of(m, start.closure), made)


def settle_in(m: Machine, target: ir.Expr, value: Value | None, s: State) -> None:
    """Put what a method made of its object in the object's place."""
    from vetline_analyzers.flow.targets import assign  # noqa: PLC0415 - the two know each other

    if value is not None and isinstance(target, ir.Name | ir.Attr | ir.Item):
        assign(m, target, value, s)
