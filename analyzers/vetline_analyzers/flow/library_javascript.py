"""What JavaScript's own functions and methods do with values."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from vetline_analyzers.flow.calls import Library
from vetline_analyzers.flow.containers import items_of, sequence, with_any, with_item
from vetline_analyzers.flow.methods_javascript import EVERY, METHODS, PATTERN, entries_of, string_of
from vetline_analyzers.flow.schemas_javascript import of_schema
from vetline_analyzers.flow.texts import text_of
from vetline_analyzers.flow.texts_javascript import bare
from vetline_analyzers.flow.value import (
    UNKNOWN,
    Value,
    cleared,
    constant,
    named,
)
from vetline_analyzers.syntax.javascript import module

if TYPE_CHECKING:
    from collections.abc import Callable

    from vetline_analyzers.flow.machine import Machine
    from vetline_analyzers.flow.rule import Called
    from vetline_analyzers.flow.value import Key

    Does = Callable[[Machine, Called], Value | None]


# -- functions


def _first(_m: Machine, called: Called) -> Value | None:
    return called.arguments[0] if called.arguments else None


def _required(_m: Machine, called: Called) -> Value | None:
    name = called.arguments[0].text if called.arguments else None
    return named(module(name)) if name else None


def _written_out(_m: Machine, called: Called) -> Value | None:
    """`JSON.stringify(value)`: a text in which line ends and quotes are escaped."""
    if not called.arguments:
        return None
    taints = cleared(called.arguments[0], frozenset({"log", "header", "nosql", "code"}))
    return text_of((taints,)) if taints.taints else Value(names=("JSON.stringify()",))


def _pattern(_m: Machine, called: Called) -> Value | None:
    if not called.arguments:
        return None
    pattern = called.arguments[0]
    flags = called.arguments[1].text if len(called.arguments) > 1 else ""
    names = (PATTERN, *((EVERY,) if "g" in (flags or "") else ()))
    if pattern.text is None:
        return Value(taints=pattern.every(), names=names)
    return Value(constants=(pattern.text,), names=names)


def _merged(_m: Machine, called: Called) -> Value | None:
    """`Object.assign(target, source, …)`."""
    made = Value(items={})
    for value in called.arguments:
        if value.items is not None:
            made = replace(made, items={**(made.items or {}), **value.items})
        if value.rest is not None or value.taints or value.items is None:
            made = with_any(made, items_of(value))
    return made


def _keys(_m: Machine, called: Called) -> Value | None:
    value = called.arguments[0] if called.arguments else UNKNOWN
    if value.items is None or value.taints or value.rest is not None:
        return None
    return sequence(constant(key) for key in value.items if not str(key).startswith("."))


def _values(_m: Machine, called: Called) -> Value | None:
    value = called.arguments[0] if called.arguments else UNKNOWN
    return Value(items={}, rest=items_of(value), names=("Object.values()",))


def _listed(_m: Machine, called: Called) -> Value | None:
    """`Array.from(x)`, `new Set(x)`, `Promise.all(x)`."""
    if not called.arguments:
        return Value(items={}, is_list=True)
    value = called.arguments[0]
    if value.items is not None or value.rest is not None:
        return value
    return Value(items={}, rest=items_of(value)) if value.every() else None


def _mapped_table(_m: Machine, called: Called) -> Value | None:
    """`new Map([[key, value], …])`, `Object.fromEntries(…)`."""
    made = Value(items={})
    for pair in ((called.arguments[0].items or {}) if called.arguments else {}).values():
        parts = pair.items or {}
        key, value = parts.get(0, UNKNOWN), parts.get(1, UNKNOWN)
        if key.constants is not None and len(key.constants) == 1:
            made = with_item(made, key.constants[0], value)
        else:
            made = with_any(made, value)
    rest = called.arguments[0].rest if called.arguments else None
    if rest is not None:
        made = with_any(made, (rest.items or {}).get(1, rest))
    return made


def _joined_path(_m: Machine, called: Called) -> Value | None:
    parts: list[str | Value] = []
    for number, value in enumerate(called.arguments):
        parts += ["/", value] if number else [value]
    return text_of(parts) if parts else None


def _resolved(m: Machine, called: Called) -> Value | None:
    made = _joined_path(m, called)
    return None if made is None else made if made.constants else replace(made, resolved=True)


def _formatted(_m: Machine, called: Called) -> Value | None:
    """`util.format(text, value, …)`."""
    if not called.arguments or called.arguments[0].text is None:
        return None
    parts: list[str | Value] = []
    values = list(called.arguments[1:])
    for number, piece in enumerate(re.split(r"%[sdifjoO]", called.arguments[0].text)):
        if number:
            parts.append(bare(values.pop(0)) if values else "")
        parts.append(piece)
    for value in values:
        parts += [" ", bare(value)]
    return text_of(parts)


def _raw(_m: Machine, called: Called) -> Value | None:
    """A tagged template that only puts its parts together."""
    return text_of(bare(value) for value in called.arguments) if called.arguments else None


# -- methods of texts


# -- methods that call back


# -- methods of containers


# -- effects on the object


def _pushed(called: Called) -> Value | None:
    receiver, arguments = called.receiver, called.arguments
    if receiver.is_list and receiver.items is not None:
        old = list(receiver.items.values())
        new = [*arguments, *old] if called.method == "unshift" else [*old, *arguments]
        return sequence(new, receiver.names)
    made = replace(receiver, items=receiver.items or {})
    if receiver.items is None and not any(value.every() for value in arguments):
        return None
    for value in arguments:
        made = with_any(made, value)
    return made


def _shortened(called: Called) -> Value | None:
    receiver = called.receiver
    if not receiver.is_list or not receiver.items:
        return None
    values = list(receiver.items.values())
    return sequence(values[:-1] if called.method == "pop" else values[1:], receiver.names)


def _put(called: Called) -> Value | None:
    """`map.set(key, value)`."""
    receiver, arguments = called.receiver, called.arguments
    if receiver.items is None or len(arguments) != 2:  # noqa: PLR2004 - key and value
        return None
    key: tuple[Key, ...] | None = arguments[0].constants
    if key is not None and len(key) == 1:
        return with_item(receiver, key[0], arguments[1])
    return with_any(receiver, arguments[1])


_FUNCTIONS: dict[str, Does] = {
    **dict.fromkeys(("require", "import"), _required),
    **dict.fromkeys(("String", "Buffer.from().toString"), string_of),
    "JSON.stringify": _written_out,
    "RegExp": _pattern,
    **dict.fromkeys(
        (
            *("util.promisify", "Promise.resolve", "structuredClone", "Object.freeze", "Object"),
            *("Object.seal", "promisify", "bluebird.promisify", "React.memo", "useCallback"),
        ),
        _first,
    ),
    "Object.assign": _merged,
    "Object.keys": _keys,
    "Object.values": _values,
    "Object.entries": entries_of,
    **dict.fromkeys(("Map", "Object.fromEntries"), _mapped_table),
    **dict.fromkeys(
        ("Set", "Array.from", "Promise.all", "Promise.allSettled", "Promise.race"), _listed
    ),
    **dict.fromkeys(("path.join", "path.posix.join", "path.win32.join"), _joined_path),
    **dict.fromkeys(("path.resolve", "path.posix.resolve"), _resolved),
    **dict.fromkeys(("fs.realpathSync", "fs.realpath", "fs.promises.realpath"), _resolved),
    "util.format": _formatted,
    "String.raw": _raw,
}


LIBRARY = Library(
    functions=_FUNCTIONS,
    methods=METHODS,
    settle={
        **dict.fromkeys(("push", "unshift", "add"), _pushed),
        **dict.fromkeys(("pop", "shift"), _shortened),
        "set": _put,
    },
    calls_back=frozenset(),
    this="this",
    options=True,
    address_arguments=False,
    schema=of_schema,
    numeric=frozenset({"%", "/", "*", "-", "**"}),
)
