"""What calls give, and what they bring to sinks: functions of the program, of its libraries, and unknown ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import TYPE_CHECKING

from vetline_analyzers.flow import checks, ir
from vetline_analyzers.flow.containers import items_of
from vetline_analyzers.flow.functions import bind_and_run, inlined, instance, settle_in
from vetline_analyzers.flow.model import ALL, NAMES
from vetline_analyzers.flow.rule import Called
from vetline_analyzers.flow.state import State
from vetline_analyzers.flow.value import (
    FOREIGN,
    UNKNOWN,
    Value,
    carrying,
    cleared,
    join,
    part,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vetline_analyzers.flow.machine import Machine

_LONG_NAME = 120
_SANITIZING = lru_cache(maxsize=NAMES)(
    re.compile(
        r"(?i)sanit|(?<!un)escape(?!d)|purif|(?:^|_)clean|secure_?(?:file|path|name)|(?<!un)quote|neutrali[sz]e|strip_?(?:tags|html)"
    ).search
)
# What gives the item of a mapping at a key, and what gives a part of a text.
_GETTERS = frozenset(
    {"get", "getlist", "getfirst", "getAll", "get_all", "getvalue", "pop", "setdefault", "header"}
)
_PARTS = frozenset(
    {"basename", "dirname", "splitext", "charAt", "substring", "substr", "slice", "at"}
)
SELF = frozenset({"self", "cls", "this", "mcs"})


@dataclass(frozen=True, slots=True)
class Library:
    """What the functions and methods of a language's own library do with values.

    Attributes:
        functions: by dotted name; each gives the result, None when it does not know.
        methods: by name, on any value.
        settle: a method's effect on what it is called on, by name: the new value of that, None for the old one.
        calls_back: methods that call their argument with their own items.
        this: the name by which a method knows its object; "" where that is its first parameter.
        options: the properties of an object that is passed count as named arguments.
        numeric: operators that give numbers only.
        schema: what a call gives that makes a schema, or checks a value against one.
        address_arguments: the further parameters of a function that takes a request are parts of the address.
    """

    functions: Mapping[str, Callable[[Machine, Called], Value | None]]
    methods: Mapping[str, Callable[[Machine, Called], Value | None]]
    settle: Mapping[str, Callable[[Called], Value | None]]
    calls_back: frozenset[str]
    this: str = ""
    options: bool = False
    address_arguments: bool = True
    schema: Callable[[Machine, Called], Value | None] = lambda _m, _called: None
    numeric: frozenset[str] = frozenset()


# -- names


def last_name(call: ir.Call) -> str:
    """The last part of a callee's name."""
    function = call.function
    if isinstance(function, ir.Attr):
        return function.name
    return function.id if isinstance(function, ir.Name) else ""


def names_of(m: Machine, call: ir.Call, state: State) -> tuple[str, ...]:
    """The dotted names of a callee."""
    return names_in(m, call.function, state)


def names_in(m: Machine, expr: ir.Expr, state: State) -> tuple[str, ...]:
    """The dotted names an expression stands for, those in a display too."""
    if isinstance(expr, ir.Display):
        return tuple(name for item in expr.items for name in names_in(m, item, state))
    value = m.again(expr, state)
    inside = (name for item in (value.items or {}).values() for name in item.names)
    return (*value.names, *inside)


# -- a call


def call(m: Machine, e: ir.Call, s: State) -> Value:
    """What a call gives."""
    function = e.function
    receiver = UNKNOWN
    if isinstance(function, ir.Attr):
        from vetline_analyzers.flow.expressions import attribute  # noqa: PLC0415 - the two know each other

        receiver = m.evaluate(function.base, s)
        callee = attribute(m, function, receiver, function.name)
    else:
        callee = m.evaluate(function, s)
    called = _called(m, e, s, callee, receiver)
    _hand_over(m, called)
    _to_sinks(m, e, called, s, own=callee.closure is not None)
    m.feed(e, called, s)
    if m.block < FOREIGN:
        m.site = m.place(e)
    result = _result(m, e, called, callee, s)
    if called.method in _GETTERS:
        from vetline_analyzers.flow.expressions import as_shown  # noqa: PLC0415 - the two know each other

        result = as_shown(result, s)
    if called.method in _PARTS and callee.closure is None:
        which = ",".join(str(value.constants) for value in called.arguments)
        result = part(result, f"{called.method}({which})")
    if callee.closure is not None:
        return result
    if isinstance(function, ir.Attr) and (settle := m.world.library.settle.get(function.name)):
        settle_in(m, function.base, settle(called), s)
    return result


def _hand_over(m: Machine, called: Called) -> None:
    """Note what a framework gives to functions that are passed to it."""
    if not m.world.models.handed:
        return
    closures = [v.closure for v in called.arguments if v.closure is not None]
    for value in called.arguments:
        if value.is_list:
            closures += [v.closure for v in (value.items or {}).values() if v.closure is not None]
    if not closures:
        return
    first = called.arguments[0].text
    if names := m.world.models.given_to(called.names, first):
        for closure in closures:
            m.handed[id(closure.function)] = names


def _called(m: Machine, e: ir.Call, s: State, callee: Value, receiver: Value) -> Called:
    arguments = _positional(m, e, s)
    keywords = _named(m, e, s)
    if m.world.library.options and callee.closure is None:
        for value in arguments:
            if value.items and not value.is_list:
                keywords |= {k: v for k, v in value.items.items() if isinstance(k, str)}
    return Called(callee.names, last_name(e), receiver, tuple(arguments), keywords)


def _positional(m: Machine, e: ir.Call, s: State) -> list[Value]:
    found: list[Value] = []
    for argument in e.arguments:
        if not isinstance(argument, ir.Star):
            found.append(m.evaluate(argument, s))
            continue
        value = m.evaluate(argument.value, s)
        known = value.items if value.is_list else None
        found += [items_of(value)] if known is None else known.values()
    return found


def _named(m: Machine, e: ir.Call, s: State) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, given in e.keywords:
        value = m.evaluate(given, s)
        if name:
            found[name] = value
            continue
        found |= {str(key): item for key, item in (value.items or {}).items()}
        if value.rest is not None or value.items is None:
            found["**"] = items_of(value)
    return found


def _to_sinks(m: Machine, e: ir.Call, called: Called, s: State, *, own: bool) -> None:
    sinks = m.world.sinks
    found = list(sinks.by_method.get(called.method, ())) if called.method else []
    for name in () if own else called.names:
        found += sinks.by_name.get(name, ())
    if called.method and not found:
        found = sinks.alike(called.method)
    for rule, sink in found:
        if sink.when is not None and not sink.when(called):
            continue
        for which in sink.arguments:
            for value, node in _arguments(e, called, which):
                m.arrive(((rule, sink),), node, value, s, called)


def _arguments(e: ir.Call, called: Called, which: int | str) -> list[tuple[Value, ir.Node]]:
    """The values a sink speaks of, and where the finding is shown: at the argument."""
    if which == "self":
        return [(called.receiver, e)]
    if which == "*":
        found: list[tuple[Value, ir.Node]] = list(zip(called.arguments, e.arguments, strict=False))
        return [
            *found,
            *(
                (called.keywords[name], part)
                for name, part in e.keywords
                if name in called.keywords
            ),
        ]
    value = called.argument(which)
    if value is None:
        return []
    if isinstance(which, str):
        node = next((part for name, part in e.keywords if name == which), None)
        return [(value, node or e)]
    before = e.arguments[: which + 1]
    if len(before) <= which or any(isinstance(argument, ir.Star) for argument in before):
        return [(value, e)] if value.every() else []
    return [(value, e.arguments[which])]


# -- its result


def _result(m: Machine, e: ir.Call, called: Called, callee: Value, s: State) -> Value:
    models, library = m.world.models, m.world.library
    names = tuple(f"{name}()" for name in called.names if len(name) < _LONG_NAME)
    kinds = models.sanitizer(called.names, called.method)
    if (made := checks.result(m, e, called, callee)) is not None:
        return made
    if callee.closure is not None and kinds is None:
        return _one_of(m, e, callee, called, s)
    if kinds is not None or (callee.closure is None and (kinds := models.cleans(called.method))):
        return _sanitized(called, kinds, names)
    if (made := instance(m, callee, called, s)) is not None:
        return made
    for does in (library.functions.get(name) for name in called.names):
        if does is not None and (made := does(m, called)) is not None:
            return made
    for name in names:
        if (source := m.source(name)) is not None and not checks.is_typed(m, called):
            options = checks.options(m, called)
            return Value(taints=(m.taint(e, source, name),), names=names, items=options)
    method = library.methods.get(called.method) if isinstance(e.function, ir.Attr) else None
    if method is not None and (made := method(m, called)) is not None:
        return made
    _call_back(m, called)
    return _unknown(m, e, called, callee, names)


def _one_of(m: Machine, e: ir.Call, callee: Value, called: Called, s: State) -> Value:
    """What a function of the program gives; of several that it may be, any."""
    if not callee.others:
        return inlined(m, e, callee, called, s)
    found = [
        inlined(m, e, Value(closure=closure), called, m.fork(s))
        for closure in (callee.closure, *callee.others)
    ]
    m.shown[id(e)] = {}, {}  # which one it is decides
    return reduce(join, found)


def _sanitized(called: Called, kinds: frozenset[str], names: tuple[str, ...]) -> Value:
    """What a sanitizer gives: the text of its arguments, harmless to some sinks; to all it is no text any more."""
    if kinds >= ALL:
        return Value(number=True, names=names)
    given = (*called.arguments, *called.keywords.values(), called.receiver)
    taints = cleared(carrying(given), kinds).taints
    return Value(taints=taints, names=names, resolved="path" in kinds)


def _unknown(
    m: Machine, e: ir.Call, called: Called, callee: Value, names: tuple[str, ...]
) -> Value:
    """The result of a function of which nothing is known.

    What is called on a tainted text gives such a text. A function gives its arguments' text back when the models say
    so, or when it is one of the program's own; a look-up in something of the program's does not.
    """
    models = m.world.models
    if any(name in models.harmless for name in called.names) or called.method in models.harmless:
        return Value(number=True, names=names)
    given = (*called.arguments, *called.keywords.values())
    if called.receiver.number and all(value.is_known for value in given):
        return Value(number=True)
    if callee.taints or called.receiver.every():
        if checks.is_typed(m, called):
            return Value(number=True)
        base = called.receiver if called.receiver.every() else callee
        if called.method in _GETTERS and called.arguments and e.arguments:
            from vetline_analyzers.flow.expressions import element  # noqa: PLC0415 - the two know each other

            key = element(m, e.arguments[0], called.arguments[0])
            names += tuple(f"{n}.{key}" for n in base.names if len(n) < _LONG_NAME)
            base = part(carrying((base,)), key)
        taints = carrying((base, *_passing(m, called))).taints
        return Value(taints=taints, names=names, resolved=called.receiver.resolved)
    passing = _passing(m, called)
    own = any(m.world.is_own(name) for name in called.names)
    if _SANITIZING(called.method):
        return cleared(carrying((*called.arguments, called.receiver)), ALL)
    if passing and all(value.is_known and not (own and value.constants) for value in passing):
        return Value(number=True, names=names)
    if not isinstance(e.function, ir.Attr) or passing:
        return carrying(passing or called.arguments, names)
    return Value(names=names)


def _passing(m: Machine, called: Called) -> tuple[Value, ...]:
    """The arguments whose text the result holds for certain."""
    passes = m.world.models.passes
    if called.method in passes or any(n in passes or m.world.is_own(n) for n in called.names):
        return (*called.arguments, *called.keywords.values())
    return ()


def _call_back(m: Machine, called: Called) -> None:
    """Run functions that are given to a method with what it gives them."""
    if called.method not in m.world.library.calls_back or m.is_deep:
        return
    for argument in called.arguments:
        if argument.closure is not None:
            each = items_of(called.receiver)
            bind_and_run(m, argument.closure, (each,), {}, State())
