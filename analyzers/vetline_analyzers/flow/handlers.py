"""How a function starts that nobody is known to call: what a framework, or anybody, gives it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.calls import SELF, last_name, names_in
from vetline_analyzers.flow.functions import bind, this_of
from vetline_analyzers.flow.state import State
from vetline_analyzers.flow.types import of_parameter
from vetline_analyzers.flow.value import (
    NUMBER,
    Closure,
    Key,
    Source,
    Value,
    named,
    tainted,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.flow.machine import Machine
    from vetline_analyzers.flow.model import Models

_MIDDLEWARE = frozenset(
    {"handler", "call_next", "get_response", "next", "next_handler", "app", "response"}
)


_CONVERTED = re.compile(
    r"<(?:int|float|uuid|bool|any|slug)(?:\([^)]*\))?:(\w+)>|\{(\w+):(?:int|float|uuid)\}"
)


_COMES = {
    Source.REQUEST: "{} is a part of the request",
    Source.INPUT: "{} is given with the command",
}
_LAST_WORD = re.compile(r"(?<=[a-z\d])[A-Z][a-z]+$")
_SERVED = "use server"  # the directive of functions that any visitor may call


class _Role(NamedTuple):
    """What a function is to those who call it.

    Attributes:
        source: whose text its parameters are.
        is_page: what it gives back is shown to a visitor.
        fixed: its parameters that bring no text.
        given: the names of such ones that the framework gives of its own.
    """

    source: Source = Source.PARAMETER
    is_page: bool = False
    fixed: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()


def entry(m: Machine, closure: Closure, base: str) -> tuple[State, bool]:
    """The state in which a function starts when nobody is known to call it, and whether it gives back a page.

    Args:
        m: the machine.
        closure: the function.
        base: the class above that of a method, when requests are given to its methods.
    """
    function = closure.function
    role = _role(m, closure, base)
    handed = _handed(m, function)
    env: dict[str, Value] = {}
    for number, parameter in enumerate(function.parameters):
        name = handed[number] if number < len(handed) else ""
        value = _given(m, parameter, name)
        if value is None:
            value = _parameter(m, parameter, role)
        bind(m, parameter, value, env)
    this = this_of(m, closure)
    if function.owner and this in SELF:
        instance = m.world.instance(function.owner)
        names = (base.rpartition(".")[2], *instance.names) if base else instance.names
        env[this] = replace(instance, names=names)
    return State(env, dict(closure.guarded or {})), role.is_page and not m.world.gives_data


def _handed(m: Machine, function: ir.Function) -> tuple[str, ...]:
    """What a framework gives for each parameter, as far as that is known."""
    models = m.world.models
    known = (
        m.handed.get(id(function))
        or _by_name(models, function.name)
        or models.handlers.get(_shape(function), ())
    )
    # Express gives an error first to a function that takes one more.
    return ("error", *known) if known and len(function.parameters) == len(known) + 1 > 3 else known  # noqa: PLR2004 - an error, a request, a response


def _by_name(models: Models, name: str) -> tuple[str, ...]:
    """What a framework gives to a function of that name, which it may begin with words of its own: `ProductPage`."""
    kind = _LAST_WORD.search(name)
    return models.handlers.get(name) or models.handlers.get(kind[0] if kind else "", ())


def note(m: Machine, target: ir.Expr, value: ir.Expr) -> None:
    """Note what a framework gives to a function without a name that is bound to one, be it wrapped in a call."""
    known = _by_name(m.world.models, target.id) if isinstance(target, ir.Name) else ()
    if known:
        for each in value.arguments if isinstance(value, ir.Call) else (value,):
            if isinstance(each, ir.Function):
                m.handed.setdefault(id(each), known)


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
    if not name or name in models.request_names:  # what is less known than by its own name
        name = _request_of(m, parameter) or name
    if parameter.name in models.own_parameters and not parameter.decorators:
        name = parameter.name
    if not name:
        return None
    if (source := m.source(name)) is not None:
        given = replace(tainted(m.taint(parameter, source, name)), names=(name,))
        return of_parameter(m, parameter, given)
    return named(name)


def _is_view(m: Machine, function: ir.Function) -> bool:
    """Whether it looks like a view: it takes a request, and no other function to go on with."""
    names = [parameter.name for parameter in function.parameters]
    if not m.world.library.address_arguments:
        return False
    if not names or _MIDDLEWARE.intersection(names):
        return False
    return _request_of(m, function.parameters[0]) != ""


def _role(m: Machine, closure: Closure, base: str) -> _Role:
    """What a function is, by its class, decorators, directives and look."""
    models, function = m.world.models, closure.function
    source, is_page = Source.PARAMETER, False
    given: frozenset[str] = frozenset()
    if base:
        hands = base.rpartition(".")[2] not in models.bases_without
        if hands and not function.name.startswith("_"):
            source, is_page = Source.REQUEST, True
    elif _serves(m, closure) or models.shapes.match(_shape(function)):
        source, given = Source.REQUEST, models.given
    elif m.world.is_web and not function.owner and _is_view(m, function):
        source = Source.REQUEST
    fixed: set[str] = set()
    for decorator in function.decorators:
        last = _last(decorator)
        if last in models.commands:
            source, given = Source.INPUT, models.given
        elif not models.resolvers.isdisjoint(_names(m, decorator, last)):
            source, given = Source.REQUEST, models.given
        elif last in models.routes and isinstance(decorator, ir.Call):
            source, is_page = Source.REQUEST, True
        if isinstance(decorator, ir.Call):
            fixed.update(_converted(decorator))
    return _Role(source, is_page, frozenset(fixed), given)


def _last(decorator: ir.Expr) -> str:
    """The last part of a decorator's name."""
    if isinstance(decorator, ir.Call):
        return last_name(decorator)
    return decorator.name if isinstance(decorator, ir.Attr) else ""


def _names(m: Machine, decorator: ir.Expr, last: str) -> tuple[str, ...]:
    """The dotted names of a decorator whose last part is one of those that are asked for."""
    if last not in m.world.models.last_resolvers:
        return ()
    return names_in(m, decorator.function if isinstance(decorator, ir.Call) else decorator, State())


def _converted(decorator: ir.Call) -> Iterator[str]:
    """The parameters to which a route or an option gives something else than text."""
    texts = [
        argument.value
        for argument in decorator.arguments
        if isinstance(argument, ir.Const) and isinstance(argument.value, str)
    ]
    if texts:
        yield from (a or b for a, b in _CONVERTED.findall(texts[0]))
    if any(_is_fixed(name, value) for name, value in decorator.keywords):
        yield from (text.lstrip("-").replace("-", "_") for text in texts)


def _is_fixed(name: str, value: ir.Expr) -> bool:
    """Whether a keyword of an option says that it brings no text."""
    if name in {"is_flag", "count"}:
        return isinstance(value, ir.Const) and value.value is True
    shown = _shown(value).rstrip("(")
    return name == "type" and shown in {
        *("int", "float", "bool", "INT", "FLOAT", "BOOL", "UUID", "Choice", "DateTime"),
        *("IntRange", "FloatRange"),
    }


def _serves(m: Machine, closure: Closure) -> bool:
    """Whether any visitor may call a function, as a directive in it or above its file says."""
    first = closure.function.body[:1]
    if first and isinstance(first[0], ir.Do) and isinstance(first[0].value, ir.Const):
        return first[0].value.value == _SERVED
    is_outer = closure.env is m.frames[0].env
    return is_outer and closure.function.is_async and m.world.serves(closure.block)


def _shape(function: ir.Function) -> str:
    """The function's name with those of its parameters."""
    return f"{function.name}({', '.join(p.name for p in function.parameters)})"


def _request_of(m: Machine, parameter: ir.Parameter) -> str:
    """The name of the request that a parameter is, "" for none."""
    models = m.world.models
    if parameter.annotation:
        kind = re.split(r"[<\[|&\s]", parameter.annotation.strip("'\""))[0].rpartition(".")[2]
        if kind in models.request_types:
            return models.request_types[kind]
    return parameter.name if parameter.name in models.request_names else ""


def _parameter(m: Machine, parameter: ir.Parameter, role: _Role) -> Value:
    models = m.world.models
    if parameter.name in SELF or parameter.name in role.given:
        return named(parameter.name)
    annotation = parameter.annotation
    if parameter.name in role.fixed:
        return NUMBER
    injected = (
        annotation + " " + (_shown(parameter.default) if parameter.default is not None else "")
    )
    if models.injected.search(injected):
        return named(parameter.name)
    label = parameter.name or "an argument"
    words = _COMES.get(role.source, "the caller gives {}").format(label)
    taint = m.taint(parameter, role.source, label, parameter.name)
    taint = replace(taint, steps=(taint.steps[0]._replace(words=words),))
    made = Value(taints=(taint,), names=(parameter.name,) if parameter.name else ())
    made = of_parameter(m, parameter, made)
    if parameter.kind:
        return Value(items={}, rest=made)
    return _taken_apart(m, parameter, made)


def _taken_apart(m: Machine, parameter: ir.Parameter, made: Value) -> Value:
    """A parameter, some of whose properties tell by their names that they are parts of a request."""
    pairs = parameter.pattern.pairs if isinstance(parameter.pattern, ir.Table) else ()
    keys = [k.value for k, _ in pairs if isinstance(k, ir.Const) and isinstance(k.value, str)]
    properties = m.world.models.properties
    name = next((properties[key] for key in keys if key in properties), "")
    if not name:
        return made
    items: dict[Key, Value] = dict.fromkeys(keys, made)
    for key in keys:
        full = f"{name}.{key}"
        if (source := m.source(full)) is not None:
            items[key] = replace(tainted(m.taint(parameter, source, full)), names=(full,))
        elif key in properties:
            items[key] = named(full)
    return Value(items=items, rest=made)


def _shown(expr: ir.Expr) -> str:
    """The name of what a default calls."""
    if isinstance(expr, ir.Call):
        return f"{_shown(expr.function)}("
    if isinstance(expr, ir.Attr):
        return expr.name
    return expr.id if isinstance(expr, ir.Name) else ""
