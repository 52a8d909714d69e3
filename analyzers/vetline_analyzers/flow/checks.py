"""What checks a value against a declared type: classes of the program that are called, their methods, converters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vetline_analyzers.flow.model import ALL
from vetline_analyzers.flow.types import Type, above, checked, dotted, harmless, typed, types_of
from vetline_analyzers.flow.value import NUMBER, Value, carrying

if TYPE_CHECKING:
    from vetline_analyzers.flow import ir
    from vetline_analyzers.flow.machine import Machine
    from vetline_analyzers.flow.rule import Called
    from vetline_analyzers.flow.types import Declared, Types
    from vetline_analyzers.flow.value import Key


def result(m: Machine, e: ir.Call, called: Called, callee: Value) -> Value | None:
    """What a call gives that checks its arguments against a declared type; None when it does not."""
    models = m.world.models
    if (made := m.world.library.schema(m, called)) is not None or not models.checks:
        return made
    for name in called.names:
        if (which := models.converters.get(name)) is not None:
            return _converted(m, e, called, which)
    name = dotted(e.function)
    owner, _, method = name.rpartition(".")
    method = method or called.method
    if method[:1].isupper() or f"{method}()" in models.checking:
        types = types_of(m)
        declared = types.find(name)
        if declared is not None:
            return _made(types, declared, called, callee)
        found = [types.find(each) for each in dict.fromkeys((owner, *called.receiver.names))]
        for declared in found:
            if declared is not None and (given := _given(types, declared, method, called)):
                return given
    return None


def _converted(m: Machine, e: ir.Call, called: Called, which: int | str) -> Value | None:
    """`msgspec.json.decode(text, type=Order)`."""
    if isinstance(which, str):
        expr = next((value for key, value in e.keywords if key == which), None)
    else:
        expr = e.arguments[which] if which < len(e.arguments) else None
    name = dotted(expr)
    value = carrying((*called.arguments, *called.keywords.values()))
    return typed(types_of(m), Type(name), value) if name and value.taints else None


def _places(types: Types, declared: Declared) -> tuple[str, ...]:
    """Where a class has what it was made of, after it was checked."""
    for name, further, _ in above(types, declared):
        if further is None and (found := types.models.checks.get(name)):
            return found
    return ()


def _made(types: Types, declared: Declared, called: Called, callee: Value) -> Value | None:
    """An object of a class: a member of an enumeration, or what was checked."""
    if is_closed(types, declared):
        return NUMBER
    places = _places(types, declared)
    if not places:
        return None
    named = {name: value for name, value in called.keywords.items() if name != "**"}
    rest = [value for name, value in called.keywords.items() if name == "**"]
    value = carrying((*called.arguments, *rest, *(() if "" in places else named.values())))
    fields = checked(types, declared, value)
    items: dict[Key, Value] = dict(callee.items or {})
    if "" in places:
        items |= {f".{name}": each for name, each in {**named, **fields}.items()}
    for place in places:
        if place.startswith("*."):
            for name, each in fields.items():
                items[f".{name}"] = Value(items={place[1:]: each})
        elif place and not place.endswith((")", "]")):
            inside: dict[Key, Value] = {}
            inside.update(fields.items())
            items[f".{place}"] = Value(taints=value.taints, items=inside)
    return Value(taints=value.taints, items=items, names=callee.names)


def is_closed(types: Types, declared: Declared) -> bool:
    """Whether it is an enumeration, or another class whose objects hold no text."""
    over = above(types, declared)
    return any(further is None and name in types.models.closed for name, further, _ in over)


def _given(types: Types, declared: Declared, method: str, called: Called) -> Value | None:
    """What a method of a class gives that checks its argument: `Order.model_validate(data)`."""
    value = carrying((*called.arguments, *called.keywords.values()))
    for place in _places(types, declared) if value.taints else ():
        if place.removesuffix("[]") == f"{method}()":
            fields = checked(types, declared, value)
            dot = "" if place.endswith("[]") else "."
            items: dict[Key, Value] = {f"{dot}{name}": each for name, each in fields.items()}
            return replace(value, items=items) if items else None
    return None


_TYPES_AT = {"get": 2, "getlist": 1}  # the argument that is the type, after the key and the default
_OPTION = "option "  # before the name of an option in a parser of the command line


def is_typed(m: Machine, called: Called) -> bool:
    """Whether a request is asked for something else than text: `args.get("n", type=int)`."""
    kind = called.keywords.get("type")
    if kind is None and (at := _TYPES_AT.get(called.method)) is not None:
        kind = called.arguments[at] if at < len(called.arguments) else None
    return kind is not None and _is_closed(types_of(m), kind)


def _is_closed(types: Types, kind: Value) -> bool:
    return kind.number or any(
        harmless(types, Type(name.rstrip("()"))) >= ALL for name in kind.names
    )


def declare_option(called: Called) -> Value | None:
    """The parser of a command line after `add_argument("-n", type=int)`."""
    texts = [value.text for value in called.arguments if value.text]
    given = called.keywords.get("dest")
    name = next((text for text in texts if text.startswith("--")), texts[0] if texts else "")
    name = (given.text if given is not None else None) or name.lstrip("-").replace("-", "_")
    action = called.keywords.get("action")
    is_flag = action is not None and (action.text or "").startswith(("store_", "count"))
    is_closed = is_flag or "choices" in called.keywords
    kind = NUMBER if is_closed else called.keywords.get("type")
    if kind is None or not name:
        return None
    items = {**(called.receiver.items or {}), f"{_OPTION}{name}": kind}
    return replace(called.receiver, items=items)


def options(m: Machine, called: Called) -> dict[Key, Value] | None:
    """What is known of the options that a parser of a command line gives."""
    found: dict[Key, Value] = {}
    types = types_of(m)
    for key, kind in (called.receiver.items or {}).items():
        if isinstance(key, str) and key.startswith(_OPTION) and _is_closed(types, kind):
            found[f".{key.removeprefix(_OPTION)}"] = NUMBER
    return found or None
