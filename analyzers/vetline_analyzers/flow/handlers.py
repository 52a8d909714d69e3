"""How a function starts that nobody is known to call: what a framework, or anybody, gives it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.state import State
from vetline_analyzers.flow.value import (
    Closure,
    Source,
    Taint,
    Value,
    named,
    tainted,
)

if TYPE_CHECKING:
    from vetline_analyzers.flow.machine import Machine
from vetline_analyzers.flow.calls import SELF, last_name
from vetline_analyzers.flow.functions import bind, this_of

_NUMERIC = re.compile(
    r"\b(?:int|float|bool|complex|Decimal|UUID|UUID4|date|datetime|timedelta|number|boolean|bigint|Date|Literal|Enum)\b"
)


_TEXTUAL = re.compile(r"\b(?:str|bytes|Any|string|any|unknown|object|Path)\b")


_MIDDLEWARE = frozenset(
    {"handler", "call_next", "get_response", "next", "next_handler", "app", "response"}
)


_CONVERTED = re.compile(
    r"<(?:int|float|uuid|bool)(?:\([^)]*\))?:(\w+)>|\{(\w+):(?:int|float|uuid)\}"
)


def entry(m: Machine, closure: Closure, base: str) -> tuple[State, bool]:
    """The state in which a function starts when nobody is known to call it, and whether it gives back a page.

    Args:
        m: the machine.
        closure: the function.
        base: the class above that of a method, when requests are given to its methods.
    """
    function = closure.function
    handler, numeric = _handles(m, function, base)
    is_view = m.world.is_web and not function.owner and _is_view(m, function)
    handed = _handed(m, function)
    env: dict[str, Value] = {}
    for number, parameter in enumerate(function.parameters):
        name = handed[number] if number < len(handed) else ""
        value = _given(m, parameter, name)
        if value is None:
            value = _parameter(m, parameter, numeric, handler=handler or is_view)
        bind(m, parameter, value, env)
    this = this_of(m, closure)
    if function.owner and this in SELF:
        instance = m.world.instance(function.owner)
        names = (base.rpartition(".")[2], *instance.names) if base else instance.names
        env[this] = replace(instance, names=names)
    return State(env, dict(closure.guarded or {})), handler and not m.world.gives_data


def _handed(m: Machine, function: ir.Function) -> tuple[str, ...]:
    """What a framework gives for each parameter, as far as that is known."""
    models = m.world.models
    known = m.handed.get(id(function)) or models.handlers.get(function.name, ())
    # Express gives an error first to a function that takes one more.
    return ("error", *known) if known and len(function.parameters) == len(known) + 1 > 3 else known  # noqa: PLR2004 - an error, a request, a response


def _given(m: Machine, parameter: ir.Parameter, name: str) -> Value | None:
    """What a framework gives for a parameter, by decorator, type, name or place; None when nobody knows."""
    models = m.world.models
    for decorator in parameter.decorators:
        inner = decorator.function if isinstance(decorator, ir.Call) else decorator
        last = (
            inner.name
            if isinstance(inner, ir.Attr)
            else inner.id
            if isinstance(inner, ir.Name)
            else ""
        )
        name = models.parameter_decorators.get(last, name)
    name = _request_of(m, parameter) or name
    if parameter.name in models.own_parameters and not parameter.decorators:
        name = parameter.name
    if not name:
        return None
    if (source := m.source(name)) is not None:
        numeric = _NUMERIC.search(parameter.annotation) and not _TEXTUAL.search(
            parameter.annotation
        )
        return (
            Value(number=True)
            if numeric
            else replace(tainted(m.taint(parameter, source, name)), names=(name,))
        )
    return named(name)


def _is_view(m: Machine, function: ir.Function) -> bool:
    """Whether it looks like a view: it takes a request, and no other function to go on with."""
    names = [parameter.name for parameter in function.parameters]
    if not m.world.library.address_arguments:
        return False
    if not names or _MIDDLEWARE.intersection(names):
        return False
    return _request_of(m, function.parameters[0]) != ""


def _handles(m: Machine, function: ir.Function, base: str) -> tuple[bool, frozenset[str]]:
    """Whether decorators make a function a handler, and its parameters that are numbers by the route."""
    models = m.world.models
    numeric: set[str] = set()
    found = bool(base) and not function.name.startswith("_")
    for decorator in function.decorators:
        if not isinstance(decorator, ir.Call):
            continue
        if last_name(decorator) in models.routes:
            found = True
            for argument in decorator.arguments[:1]:
                if isinstance(argument, ir.Const) and isinstance(argument.value, str):
                    numeric |= {a or b for a, b in _CONVERTED.findall(argument.value)}
    return found, frozenset(numeric)


def _request_of(m: Machine, parameter: ir.Parameter) -> str:
    """The name of the request that a parameter is, "" for none."""
    models = m.world.models
    if parameter.annotation:
        kind = re.split(r"[<\[|&\s]", parameter.annotation.strip("'\""))[0].rpartition(".")[2]
        if kind in models.request_types:
            return models.request_types[kind]
    return parameter.name if parameter.name in models.request_names else ""


def _parameter(
    m: Machine, parameter: ir.Parameter, numeric: frozenset[str], *, handler: bool
) -> Value:
    models = m.world.models
    if parameter.name in SELF:
        return named(parameter.name)
    annotation = parameter.annotation
    if parameter.name in numeric or (
        _NUMERIC.search(annotation) and not _TEXTUAL.search(annotation)
    ):
        return Value(number=True)
    injected = (
        annotation + " " + (_shown(parameter.default) if parameter.default is not None else "")
    )
    if models.injected.search(injected):
        return named(parameter.name)
    source = Source.REQUEST if handler else Source.PARAMETER
    label = parameter.name or "an argument"
    words = f"{label} is a part of the request" if handler else f"the caller gives {label}"
    taint = m.taint(parameter, source, label, parameter.name)
    taint = Taint(source, (taint.steps[0]._replace(words=words),), label, parameter=parameter.name)
    made = Value(taints=(taint,), names=(parameter.name,) if parameter.name else ())
    if parameter.kind:
        return Value(items={}, rest=made)
    return made


def _shown(expr: ir.Expr) -> str:
    """The name of what a default calls."""
    if isinstance(expr, ir.Call):
        return f"{_shown(expr.function)}("
    if isinstance(expr, ir.Attr):
        return expr.name
    return expr.id if isinstance(expr, ir.Name) else ""
