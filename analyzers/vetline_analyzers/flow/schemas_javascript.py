"""Schemas that JavaScript checks values against at run time: zod, yup, joi.

A schema is a value by itself: a number where what it lets through is free of text, with items where it describes an
object, with a rest where it describes a list.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vetline_analyzers.flow.model import ALL
from vetline_analyzers.flow.types import by_pattern
from vetline_analyzers.flow.value import NUMBER, UNKNOWN, Value, carrying, cleared, part

if TYPE_CHECKING:
    from vetline_analyzers.flow.machine import Machine
    from vetline_analyzers.flow.rule import Called
    from vetline_analyzers.flow.value import Key

_SCHEMA = "schema()"
_LIBRARIES = frozenset({"z", "zod", "yup", "Yup", "joi", "Joi", "@hapi/joi"})
_CLOSED = frozenset(
    {"number", "boolean", "bool", "bigint", "date", "enum", "nativeEnum", "literal", "int"}
    | {"uuid", "guid", "uuidv4", "uuidv7", "ulid", "cuid", "cuid2", "nanoid", "null", "undefined"}
    | {"valid", "oneOf", "alphanum", "hex", "isoDate", "datetime"}
)
_PATTERNS = frozenset({"regex", "pattern", "matches"})
_FIELDS = frozenset({"object", "extend", "keys", "shape", "merge", "append", "strictObject"})
_OPEN = frozenset({"transform", "preprocess", "or", "custom", "pipe", "union"})
_CHECKS = frozenset({"parse", "parseAsync", "validateSync", "cast", "safeParse", "safeParseAsync"})
_WRAPPED = frozenset({"safeParse", "safeParseAsync"})
_SHAPED = frozenset(
    {"nosql", "assignment", "prototype"}
)  # what an object of a known shape cannot do
_DEEP = 8


def of_schema(_m: Machine, called: Called) -> Value | None:
    """What a call makes of a schema, or gives by one; None when there is none."""
    receiver, method = called.receiver, called.method
    if _SCHEMA not in receiver.names:
        is_library = any(n.partition(".")[0] in _LIBRARIES for n in receiver.names)
        return _refined(called, Value(names=(_SCHEMA,))) if is_library else None
    if method in _CHECKS:
        value = _checked(receiver, carrying(called.arguments[:1]), _DEEP)
        items: dict[Key, Value] = {"data": value, "success": NUMBER}
        return Value(items=items) if method in _WRAPPED else value
    if method in {"validate", "validateAsync"}:  # yup gives the value, joi an object that holds it
        value = _checked(receiver, carrying(called.arguments[:1]), _DEEP)
        return replace(value, items={**(value.items or {}), "value": value, "error": UNKNOWN})
    return _refined(called, receiver)


def _refined(called: Called, schema: Value) -> Value:
    """The schema after another word: `.string()`, `.optional()`, `.regex(/^[a-z]+$/)`."""
    method = called.method
    given = called.arguments[0] if called.arguments else UNKNOWN
    if method in _CLOSED or (method in _PATTERNS and by_pattern(given.text or "") >= ALL):
        return Value(number=True, names=schema.names)
    if method in _FIELDS:
        items = {**(schema.items or {}), **(given.items or {})}
        return Value(items=items, names=schema.names)
    if method in {"array", "of"}:
        each = given if _SCHEMA in given.names else schema
        return Value(items={}, rest=each, names=schema.names)
    return Value(names=schema.names) if method in _OPEN else schema


def _checked(schema: Value, value: Value, depth: int) -> Value:
    """A value that a schema let through."""
    if schema.number:
        return NUMBER
    if schema.rest is not None and depth:
        return Value(items={}, rest=_checked(schema.rest, part(value, "*"), depth - 1))
    taints = cleared(value, _SHAPED).taints
    if schema.items is None or not depth:
        return Value(taints=taints)
    items: dict[Key, Value] = {
        key: _checked(each, part(value, str(key)), depth - 1) for key, each in schema.items.items()
    }
    return Value(taints=taints, items=items)
