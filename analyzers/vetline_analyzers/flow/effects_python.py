"""What Python's methods make of the object they are called on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vetline_analyzers.flow.checks import declare_option
from vetline_analyzers.flow.containers import items_of, sequence, with_any, with_item
from vetline_analyzers.flow.methods_python import (
    is_config,
)
from vetline_analyzers.flow.texts import text_of
from vetline_analyzers.flow.value import (
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from vetline_analyzers.flow.rule import Called
from vetline_analyzers.flow.methods_python import BUFFER


def _appended(called: Called) -> Value | None:
    receiver, arguments = called.receiver, called.arguments
    if not arguments:
        return None
    value = arguments[-1]
    if receiver.is_list and receiver.items is not None:
        return sequence([*receiver.items.values(), value], receiver.names)
    if receiver.items is None and not value.every():
        return None
    return with_any(replace(receiver, items=receiver.items or {}), value)


def _emptied(called: Called) -> Value | None:
    receiver = called.receiver
    return None if receiver.items is None else Value(items={}, is_list=receiver.is_list)


def _extended(called: Called) -> Value | None:
    if not called.arguments:
        return None
    value = called.arguments[0]
    receiver = called.receiver
    if (
        receiver.is_list
        and value.is_list
        and receiver.items is not None
        and value.items is not None
    ):
        return sequence([*receiver.items.values(), *value.items.values()])
    if receiver.items is None and not value.every():
        return None
    return with_any(replace(receiver, items=receiver.items or {}), items_of(value))


def _inserted(called: Called) -> Value | None:
    receiver, arguments = called.receiver, called.arguments
    if len(arguments) < 2 or not receiver.is_list or receiver.items is None:  # noqa: PLR2004 - place and value
        return _appended(called)
    values = list(receiver.items.values())
    at = arguments[0].constants[0] if arguments[0].constants else None
    if not isinstance(at, int):
        return _appended(called)
    values.insert(at, arguments[1])
    return sequence(values)


def _removed(called: Called) -> Value | None:
    receiver = called.receiver
    if not receiver.is_list or receiver.items is None:
        return None
    values = list(receiver.items.values())
    if called.method == "pop":
        at = (
            called.arguments[0].constants[0]
            if called.arguments and called.arguments[0].constants
            else -1
        )
    else:
        wanted = called.arguments[0].constants if called.arguments else None
        at = next(
            (n for n, v in enumerate(values) if v.constants is not None and v.constants == wanted),
            None,
        )
    if not isinstance(at, int) or not -len(values) <= at < len(values):
        return None
    del values[at]
    return sequence(values)


def _updated(called: Called) -> Value | None:
    made = (
        called.receiver if called.receiver.items is not None else replace(called.receiver, items={})
    )
    for value in called.arguments:
        if value.items is not None:
            for key, item in value.items.items():
                made = with_item(made, key, item)
        if value.rest is not None or value.taints:
            made = with_any(made, items_of(value))
    for name, value in called.keywords.items():
        made = with_item(made, name, value)
    return made


def _written(called: Called) -> Value | None:
    items = called.receiver.items
    if items is None or BUFFER not in items or not called.arguments:
        return None
    return replace(
        called.receiver, items={**items, BUFFER: text_of((items[BUFFER], called.arguments[0]))}
    )


def _set(called: Called) -> Value | None:
    """`config.set(section, option, value)`, `cache.set(key, value)`."""
    receiver, arguments = called.receiver, called.arguments
    if is_config(receiver) and len(arguments) == 3:  # noqa: PLR2004 - section, option and value
        texts = [value.text for value in arguments[:2]]
        return with_item(receiver, "\0".join(t or "" for t in texts), arguments[2])
    return None


def _set_default(called: Called) -> Value | None:
    if len(called.arguments) < 2 or called.receiver.items is None:  # noqa: PLR2004 - key and value
        return None
    key = called.arguments[0].constants
    if key is None or len(key) != 1:
        return with_any(called.receiver, called.arguments[1])
    return with_item(called.receiver, key[0], called.arguments[1], may=True)


SETTLE: dict[str, Callable[[Called], Value | None]] = {
    **dict.fromkeys(("append", "add", "appendleft", "put", "put_nowait"), _appended),
    "extend": _extended,
    "clear": _emptied,
    "insert": _inserted,
    "pop": _removed,
    "remove": _removed,
    "update": _updated,
    "write": _written,
    "set": _set,
    "setdefault": _set_default,
    "add_argument": declare_option,
}
