"""What Python's own functions and methods do with values."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from vetline_analyzers.flow.calls import Library
from vetline_analyzers.flow.containers import items_of, sequence, with_any, with_item
from vetline_analyzers.flow.effects_python import SETTLE
from vetline_analyzers.flow.expressions import attribute
from vetline_analyzers.flow.functions import bind_and_run
from vetline_analyzers.flow.methods_python import (
    BUFFER,
    METHODS,
    joined_path,
)
from vetline_analyzers.flow.state import State
from vetline_analyzers.flow.value import (
    NUMBER,
    Value,
    carrying,
    cleared,
    constant,
    join,
    named,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from vetline_analyzers.flow.machine import Machine
    from vetline_analyzers.flow.rule import Called

_TEXT = frozenset({"nosql"})  # what a text cannot do that an object can


# -- functions


def _same(_m: Machine, called: Called) -> Value | None:
    return called.arguments[0] if called.arguments else constant("")


def _str(_m: Machine, called: Called) -> Value | None:
    if not called.arguments:
        return constant("")
    value = called.arguments[0]
    if value.constants is not None:
        return Value(constants=tuple(str(c) for c in value.constants))
    return (
        value if value.number or value.pieces else cleared(carrying((value,), value.names), _TEXT)
    )


def _list(_m: Machine, called: Called) -> Value | None:
    if not called.arguments:
        return sequence([])
    value = called.arguments[0]
    if value.is_list:
        return value
    return Value(items={}, rest=items_of(value))


def _dict(_m: Machine, called: Called) -> Value | None:
    made = Value(items={})
    for value in called.arguments[:1]:
        made = (
            value
            if value.items is not None and not value.is_list
            else with_any(made, items_of(items_of(value)))
        )
    for name, value in called.keywords.items():
        made = with_item(made, name, value)
    return made


def _zip(_m: Machine, called: Called) -> Value | None:
    return Value(items={}, rest=sequence([items_of(value) for value in called.arguments]))


def _enumerate(_m: Machine, called: Called) -> Value | None:
    return (
        Value(items={}, rest=sequence([NUMBER, items_of(called.arguments[0])]))
        if called.arguments
        else None
    )


def _map(m: Machine, called: Called) -> Value | None:
    if len(called.arguments) < 2:  # noqa: PLR2004 - function and items
        return None
    function, each = called.arguments[0], items_of(called.arguments[1])
    if function.closure is not None and not m.is_deep:
        result, _ = bind_and_run(m, function.closure, (each,), {}, State())
        return Value(items={}, rest=result)
    if any(name in {"int", "float", "len", "bool"} for name in function.names):
        return Value(items={}, rest=NUMBER)
    kinds = m.world.models.sanitizer(function.names, "")
    return Value(items={}, rest=each if kinds is None else cleared(each, kinds))


def _filter(_m: Machine, called: Called) -> Value | None:
    return Value(items={}, rest=items_of(called.arguments[-1])) if called.arguments else None


def _next(_m: Machine, called: Called) -> Value | None:
    if not called.arguments:
        return None
    found = items_of(called.arguments[0])
    return join(found, called.arguments[1]) if len(called.arguments) > 1 else found


def _getattr(m: Machine, called: Called) -> Value | None:
    if len(called.arguments) < 2:  # noqa: PLR2004 - object and name
        return None
    base, name = called.arguments[0], called.arguments[1].text
    if name is None:
        return carrying((base,), tuple(f"{each}.?" for each in base.names))
    from vetline_analyzers.flow import ir  # noqa: PLC0415 - for a place only

    return attribute(m, ir.Name(0, 0, ""), base, name)


def _imported(_m: Machine, called: Called) -> Value | None:
    name = called.arguments[0].text if called.arguments else None
    return named(name) if name else None


def _resolved(_m: Machine, called: Called) -> Value | None:
    if not called.arguments:
        return None
    value = called.arguments[0]
    return value if value.constants is not None else replace(value, resolved=True)


def _path(_m: Machine, called: Called) -> Value | None:
    made = joined_path(_m, called)
    return None if made is None else replace(made, names=("pathlib.Path()",))


def _compiled(_m: Machine, called: Called) -> Value | None:
    """`re.compile(pattern)`: the pattern, as far as no flags change its meaning."""
    if len(called.arguments) != 1 or called.keywords or called.arguments[0].text is None:
        return None
    return replace(called.arguments[0], names=("re.compile()",))


def _buffer(name: str, _m: Machine, called: Called) -> Value | None:
    start = called.arguments[0] if called.arguments else constant("")
    return Value(items={BUFFER: start}, names=(name,))


def _config(_m: Machine, _called: Called) -> Value | None:
    return Value(items={}, names=("configparser.ConfigParser()",))


def _shown(_m: Machine, called: Called) -> Value | None:
    return cleared(called.arguments[0], frozenset({"log", "header"})) if called.arguments else None


# -- methods


# -- effects on the object


_FUNCTIONS: dict[str, Callable[[Machine, Called], Value | None]] = {
    "str": _str,
    **dict.fromkeys(
        ("copy.copy", "copy.deepcopy", "iter", "typing.cast", "memoryview", "bytearray", "bytes"),
        _same,
    ),
    **dict.fromkeys(
        ("list", "tuple", "set", "frozenset", "sorted", "reversed", "collections.deque"), _list
    ),
    **dict.fromkeys(("dict", "collections.OrderedDict"), _dict),
    "zip": _zip,
    "enumerate": _enumerate,
    "map": _map,
    "filter": _filter,
    "next": _next,
    "getattr": _getattr,
    **dict.fromkeys(("__import__", "importlib.import_module"), _imported),
    "re.compile": _compiled,
    "repr": _shown,
    "ascii": _shown,
    "os.path.join": joined_path,
    "posixpath.join": joined_path,
    **dict.fromkeys(("os.path.realpath", "os.path.abspath", "os.path.normpath"), _resolved),
    **dict.fromkeys(("pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath"), _path),
    **{
        name: partial(_buffer, f"{name}()")
        for name in ("io.StringIO", "io.BytesIO", "StringIO.StringIO")
    },
    **dict.fromkeys(
        ("configparser.ConfigParser", "configparser.RawConfigParser", "ConfigParser.ConfigParser"),
        _config,
    ),
}


LIBRARY = Library(
    functions=_FUNCTIONS,
    methods=METHODS,
    settle=SETTLE,
    calls_back=frozenset(),
)
