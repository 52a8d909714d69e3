"""What the methods of Python's texts, lists, mappings and paths give."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from vetline_analyzers.flow.containers import items_of, sequence
from vetline_analyzers.flow.texts import text_of
from vetline_analyzers.flow.value import (
    FIXED,
    LONGEST,
    NUMBER,
    UNKNOWN,
    Value,
    carrying,
    cleared,
    constant,
    join,
    part,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from vetline_analyzers.flow.machine import Machine
    from vetline_analyzers.flow.rule import Called
    from vetline_analyzers.flow.value import Constant

_HOLES = 8  # of one text that a replacement is put into
_FIELD = re.compile(r"\{(?P<name>[^{}:!]*)(?:![rsa])?(?P<spec>:[^{}]*)?\}")


_ENCODINGS = frozenset(
    {"utf-8", "utf8", "utf_8", "ascii", "us-ascii", "latin-1", "latin1", "iso-8859-1"}
)


_PURE = frozenset(
    {
        "upper",
        "lower",
        "strip",
        "lstrip",
        "rstrip",
        "title",
        "capitalize",
        "casefold",
        "swapcase",
        "replace",
    }
    | {
        "removeprefix",
        "removesuffix",
        "zfill",
        "startswith",
        "endswith",
        "find",
        "rfind",
        "count",
        "isdigit",
    }
    | {
        "isalnum",
        "isalpha",
        "index",
        "splitlines",
        "split",
        "rsplit",
        "partition",
        "rpartition",
        "isupper",
        "islower",
    }
    | {"encode", "decode"}
)


_SAME_TEXT = frozenset(
    {
        "strip",
        "lstrip",
        "rstrip",
        "encode",
        "decode",
        "title",
        "lower",
        "upper",
        "capitalize",
        "casefold",
        "expandtabs",
    }
    | {
        "ljust",
        "rjust",
        "center",
        "zfill",
        "removeprefix",
        "removesuffix",
        "translate",
        "swapcase",
        "as_posix",
        "__str__",
    }
)


def _pure(name: str, _m: Machine, called: Called) -> Value | None:
    """A method of a constant string, computed; of another that keeps its text, the text."""
    receiver = called.receiver
    arguments = [
        a.constants[0]
        for a in called.arguments
        if a.constants is not None and len(a.constants) == 1
    ]
    if (
        receiver.constants is not None
        and len(arguments) == len(called.arguments)
        and not called.keywords
    ):
        made: Value | None = None
        for text in receiver.constants:
            if not isinstance(text, str | bytes) or _is_dear(name, text, arguments):
                return None
            try:
                result = getattr(text, name)(*arguments)
            except (TypeError, ValueError, AttributeError, LookupError):
                return None
            value = (
                sequence(map(constant, result))
                if isinstance(result, list | tuple)
                else constant(result)
            )
            made = value if made is None else join(made, value)
        return made
    if name in _SAME_TEXT:
        return (
            receiver
            if receiver.pieces is not None or receiver.every() or receiver.is_known
            else None
        )
    if name == "replace" and receiver.pieces is not None:
        return _replaced(called)
    return None


def _is_dear(name: str, text: str | bytes, arguments: list[Constant]) -> bool:
    """Whether a method's result may be large, or it may take long: `"a".zfill(10**9)`."""
    if len(text) > LONGEST or any(isinstance(a, int) and abs(a) > LONGEST for a in arguments):
        return True
    if name in {"encode", "decode"}:
        return any(str(a).lower() not in _ENCODINGS for a in arguments[:1])
    longest = max((len(a) for a in arguments if isinstance(a, str | bytes)), default=0)
    return name == "replace" and (len(text) + 1) * longest > LONGEST * 10


_SAFER: tuple[tuple[str, frozenset[str]], ...] = (
    ("\n", frozenset({"log", "header"})),
    ("\r", frozenset({"log", "header"})),
    ("<", frozenset({"html"})),
    ("'", frozenset({"xpath"})),
    ("(", frozenset({"ldap"})),
)


def _replaced(called: Called) -> Value:
    """`text.replace(old, new)`: it takes out what would harm some sinks."""
    receiver = called.receiver
    old = called.arguments[0].text if called.arguments else None
    kinds = frozenset().union(*(kinds for part, kinds in _SAFER if old == part))
    if kinds and receiver.every():
        return cleared(receiver, kinds)
    return (
        Value(taints=receiver.taints, pieces=receiver.pieces)
        if receiver.pieces
        else carrying((receiver,))
    )


def _put_in(called: Called, new: Value) -> Value:
    """`template.replace("{name}", new)`: the text with what is known to be somebody's in it."""
    receiver, old = called.receiver, called.arguments[0].text
    if receiver.text is None or not old:
        return text_of((_replaced(called) if receiver.every() else receiver, new))
    first, *others = receiver.text.split(old, maxsplit=_HOLES)
    return text_of((first, *(piece for other in others for piece in (new, other))))


def _replace_method(m: Machine, called: Called) -> Value | None:
    if len(called.arguments) > 1 and called.arguments[1].every():
        return _put_in(called, called.arguments[1])
    known = _pure("replace", m, called)
    if known is not None or not called.receiver.every():
        return known
    return _replaced(called)


def _format(_m: Machine, called: Called) -> Value | None:
    """`text.format(…)`."""
    if called.receiver.constants is None and called.receiver.pieces is None:
        return None
    parts: list[str | Value] = []
    count = 0
    for piece in called.receiver.parts():
        if isinstance(piece, Value):
            parts.append(piece)
            continue
        at = 0
        for match in _FIELD.finditer(piece):
            parts.append(piece[at : match.start()].replace("{{", "{").replace("}}", "}"))
            at = match.end()
            name = re.split(r"[.\[]", match["name"])[0]
            if not name:
                parts.append(called.argument(count) or called.keywords.get("**", NUMBER))
                count += 1
            else:
                which = int(name) if name.isdigit() else name
                parts.append(called.argument(which) or called.keywords.get("**", NUMBER))
        parts.append(piece[at:].replace("{{", "{").replace("}}", "}"))
    return text_of(parts)


def _format_map(m: Machine, called: Called) -> Value | None:
    """`text.format_map(mapping)`."""
    if not called.arguments:
        return None
    mapping = called.arguments[0]
    named = {key: value for key, value in (mapping.items or {}).items() if isinstance(key, str)}
    if mapping.taints or mapping.rest is not None:
        named["**"] = mapping.rest or replace(mapping, items=None)
    return _format(m, called._replace(arguments=(), keywords=named))


def _join(_m: Machine, called: Called) -> Value | None:
    if not called.arguments:
        return None
    value = called.arguments[0]
    if value.is_list and value.items is not None:
        parts: list[str | Value] = []
        for number, item in enumerate(value.items.values()):
            parts += [called.receiver, item] if number else [item]
        return text_of(parts) if parts else constant("")
    each = items_of(value)
    if each.number or (each.constants is not None and not each.taints):
        return FIXED
    return text_of([each, called.receiver, each]) if each.every() or each.pieces else None


def _get(m: Machine, called: Called) -> Value | None:
    """`mapping.get(key, default)`, of a ConfigParser too."""
    receiver = called.receiver
    if receiver.items is None and receiver.rest is None:
        return None
    texts = [value.text for value in called.arguments[:2]]
    if is_config(receiver):
        known = (receiver.items or {}).get("\0".join(t or "" for t in texts))
        return known if known is not None else receiver.rest or UNKNOWN
    from vetline_analyzers.flow import ir  # noqa: PLC0415 - for a place only
    from vetline_analyzers.flow.expressions import item_at  # noqa: PLC0415 - the two know each other

    if not called.arguments:
        return None
    key = called.arguments[0]
    found = item_at(m, ir.Name(0, 0, ""), receiver, key)
    if len(called.arguments) == 1 or (key.constants is not None and found is not UNKNOWN):
        return found
    return called.arguments[1] if found is UNKNOWN else join(found, called.arguments[1])


def is_config(value: Value) -> bool:
    """Whether it is a parser of configuration files."""
    return any("ConfigParser" in name for name in value.names)


def _pop(m: Machine, called: Called) -> Value | None:
    receiver = called.receiver
    if receiver.is_list and receiver.items is not None:
        at = (
            called.arguments[0].constants[0]
            if called.arguments and called.arguments[0].constants
            else -1
        )
        values = list(receiver.items.values())
        return (
            values[at]
            if isinstance(at, int) and -len(values) <= at < len(values)
            else items_of(receiver)
        )
    return _get(m, called)


def _items(_m: Machine, called: Called) -> Value | None:
    if called.receiver.items is None and called.receiver.rest is None:
        return None
    each = items_of(called.receiver)
    return Value(items={}, rest=sequence([Value(), part(each, "*")]))


def _values(_m: Machine, called: Called) -> Value | None:
    if called.receiver.items is None and called.receiver.rest is None:
        return None
    return Value(items={}, rest=items_of(called.receiver))


def _keys(_m: Machine, called: Called) -> Value | None:
    items = called.receiver.items
    if items is None or called.receiver.taints:
        return None
    return sequence([constant(key) for key in items])


def _content(_m: Machine, called: Called) -> Value | None:
    return (called.receiver.items or {}).get(BUFFER)


def _split(m: Machine, called: Called) -> Value | None:
    known = _pure(called.method, m, called)
    if known is not None:
        return known
    return Value(items={}, rest=carrying((called.receiver,))) if called.receiver.every() else None


def _resolve(_m: Machine, called: Called) -> Value | None:
    receiver = called.receiver
    return replace(receiver, resolved=True) if receiver.every() or receiver.pieces else None


def _joinpath(m: Machine, called: Called) -> Value | None:
    made = joined_path(m, called._replace(arguments=(called.receiver, *called.arguments)))
    return None if made is None else replace(made, names=called.receiver.names)


BUFFER = ".buffer"


def joined_path(_m: Machine, called: Called) -> Value | None:
    """A path put together from its parts."""
    parts: list[str | Value] = []
    for number, value in enumerate(called.arguments):
        parts += ["/", value] if number else [value]
    made = text_of(parts, is_path=True) if parts else UNKNOWN
    return replace(made, names=("os.path.join()",)) if made.constants is None else made


METHODS: dict[str, Callable[[Machine, Called], Value | None]] = {
    **{
        name: partial(_pure, name)
        for name in (_PURE | _SAME_TEXT) - {"replace", "split", "rsplit", "splitlines"}
    },
    "replace": _replace_method,
    **dict.fromkeys(("split", "rsplit", "splitlines"), _split),
    "format": _format,
    "format_map": _format_map,
    "join": _join,
    "get": _get,
    "pop": _pop,
    "items": _items,
    "values": _values,
    "keys": _keys,
    "getvalue": _content,
    "read": _content,
    "resolve": _resolve,
    "absolute": _resolve,
    "joinpath": _joinpath,
    "setdefault": _get,
    "copy": lambda _m, called: called.receiver,
}
