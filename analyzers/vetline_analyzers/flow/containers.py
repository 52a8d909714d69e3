"""Values that hold others: lists, mappings, objects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

from vetline_analyzers.flow.value import (
    FIXED,
    UNKNOWN,
    Key,
    Value,
    carrying,
    constant,
    join,
    part,
)


def with_item(value: Value, key: Key, item: Value, *, may: bool = False) -> Value:
    """A container with `item` at `key`; with `may` perhaps."""
    items = dict(value.items or {})
    if value.is_list and isinstance(key, int):
        key = key if key >= 0 else key + len(items)
        if not 0 <= key <= len(items):
            return with_any(value, item)
    items[key] = join(items[key], item) if may and key in items else item
    if len(items) > _ITEMS:
        return with_any(value, item)
    return replace(
        value, items=items, constants=None, is_list=value.is_list and isinstance(key, int)
    )


def with_any(value: Value, item: Value) -> Value:
    """A container with `item` somewhere."""
    rest = item if value.rest is None else join(value.rest, item)
    return replace(value, rest=rest, constants=None, is_list=False)


def items_of(value: Value) -> Value:
    """What an item of a container may be, where it is not known which."""
    if value.items is None and value.rest is None:
        return carrying((value,), tuple(f"{name}[]" for name in value.names))
    found = value.rest
    for key, item in (value.items or {}).items():
        if not (isinstance(key, str) and key.startswith(".")):
            found = item if found is None else join(found, item)
    if value.taints:
        found = join(found, Value(taints=value.taints)) if found else Value(taints=value.taints)
    return found or UNKNOWN


def each_of(value: Value) -> Value:
    """What a loop over a value gives: of a mapping that was written out the keys."""
    keys = list(value.items or ()) if value.rest is None and not value.is_list else []
    if not keys or not all(isinstance(key, str) and not key.startswith(".") for key in keys):
        return part(items_of(value), "*")
    found = constant(keys[0])
    for key in keys[1:]:
        found = join(found, constant(key))
    return join(found, Value(taints=value.taints)) if value.taints else found


def sequence(items: Iterable[Value], names: tuple[str, ...] = ()) -> Value:
    """A list of known items."""
    listed = list(items)
    if len(listed) > _ITEMS:
        rest = FIXED if all(item.is_known for item in listed) else carrying(listed)
        return Value(items={}, rest=rest, names=names)
    return Value(items=dict(enumerate(listed)), is_list=True, names=names)


def item_of(base: Value, key: object) -> Value:
    """What a container holds at a key that is known."""
    items = base.items or {}
    if base.is_list and isinstance(key, int) and key < 0:
        key += len(items)
    if key in items:
        return items[key]  # type: ignore[index]
    if base.rest is not None or base.taints:
        return items_of(replace(base, items={}))
    return UNKNOWN


_ITEMS = 60
