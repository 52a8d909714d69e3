"""What a declared type says of a value: that it is free of text, which of its parts are, or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.model import ALL, NAMES
from vetline_analyzers.flow.state import both
from vetline_analyzers.flow.value import FOREIGN, NUMBER, Value, cleared, part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from vetline_analyzers.flow.machine import Machine
    from vetline_analyzers.flow.model import Models
    from vetline_analyzers.flow.value import Key

NOTHING: frozenset[str] = frozenset()
_DEEP = 8  # types inside types, classes above classes
_LONG = 2_000  # characters of a type as written
_TOKEN = re.compile(
    r"""\s*(?:(?P<name>[A-Za-z_$][\w$]*(?:\.[\w$]+)*)(?!["'])|(?P<text>[rbuRBU]{0,2}(?:"[^"]*"|'[^']*'))"""
    r"|(?P<number>-?\d[\w.]*|\.\.\.)|(?P<sign>\S))"
)
_NONE = frozenset({"None", "NoneType", "null", "undefined"})
_LISTS = frozenset(
    {"list", "List", "Sequence", "set", "Set", "frozenset", "FrozenSet", "tuple", "Tuple"}
    | {"Iterable", "Collection", "deque", "Array", "ReadonlyArray", "conlist", "conset"}
)
_PATTERN = re.compile(
    r"""\b(?:pattern|regex|regexp)\s*=\s*r?(?P<quote>["'])(?P<text>.*?)(?P=quote)"""
)
_CLASS = re.compile(r"\[(?:\\.|[^\]\\])*\]|\\.")
_BY_PATTERN = frozenset({"RegexField", "RegexValidator", "Regexp", "constr"})
_PATTERNS = frozenset({"pattern", "regex", "regexp"})
_VALIDATORS = frozenset({"validators", "validate", "validator"})
# A path needs dots or slashes, and so does an address; other sinks need what no plain class of characters holds.
_NO_PATH = frozenset(
    {"sql", "command", "html", "code", "log", "header", "xpath", "ldap", "template", "nosql"}
)


# -- as written


class Type(NamedTuple):
    """A type as written.

    Attributes:
        name: dotted; "|" for any of its arguments, "''" for a literal, "?" for what cannot be read.
        arguments: in its brackets.
        given: in the parentheses behind it.
    """

    name: str
    arguments: tuple[Type, ...] = ()
    given: str = ""

    @property
    def last(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]


UNREAD = Type("?")
_LITERAL = Type("''")


@lru_cache(maxsize=NAMES)
def read(text: str, *, quoted: bool = False) -> Type:
    """The type that a text says.

    Args:
        text: as it stands in the program.
        quoted: a text in quotes is a literal, not a type that is defined further down.
    """
    if len(text) > _LONG:
        return UNREAD
    tokens = list(_TOKEN.finditer(text))[::-1]
    try:
        found = _any(tokens, _DEEP, quoted=quoted)
    except (IndexError, ValueError):
        return UNREAD
    return UNREAD if tokens else found


def _any(tokens: list[re.Match[str]], depth: int, *, quoted: bool) -> Type:
    """`a | b`."""
    if tokens and tokens[-1]["sign"] == "|":  # TypeScript writes a long union so
        tokens.pop()
    parts = [_one(tokens, depth, quoted=quoted)]
    while tokens and tokens[-1]["sign"] == "|":
        tokens.pop()
        parts.append(_one(tokens, depth, quoted=quoted))
    return parts[0] if len(parts) == 1 else Type("|", tuple(parts))


def _one(tokens: list[re.Match[str]], depth: int, *, quoted: bool) -> Type:
    token = tokens.pop()
    if token["text"]:
        inside = token["text"].strip("rbuRBU").strip("\"'")
        return _LITERAL if quoted or depth < 1 else read(inside)
    if token["number"]:
        return _LITERAL
    if not token["name"] or depth < 1:
        raise ValueError
    made = Type(token["name"])
    while tokens and tokens[-1]["sign"] in {"[", "<", "("}:
        sign = tokens.pop()["sign"]
        if sign == "(":
            made = made._replace(given=_passed_over(tokens))
        elif tokens[-1]["sign"] == "]":
            tokens.pop()
            made = Type("Array", (made,))
        else:
            is_literal = quoted or made.last == "Literal"
            arguments = _several(tokens, "]" if sign == "[" else ">", depth - 1, quoted=is_literal)
            made = made._replace(arguments=arguments)
    return made


def _several(
    tokens: list[re.Match[str]], end: str, depth: int, *, quoted: bool
) -> tuple[Type, ...]:
    found: list[Type] = []
    while True:
        found.append(_any(tokens, depth, quoted=quoted))
        sign = tokens.pop()["sign"]
        if sign == "," and tokens[-1]["sign"] == end:
            sign = tokens.pop()["sign"]
        if sign == end:
            return tuple(found)
        if sign != ",":
            raise ValueError


def _passed_over(tokens: list[re.Match[str]]) -> str:
    """What stands in parentheses, which are not a type."""
    start, level = tokens[-1].start(), 1
    while True:
        token = tokens.pop()
        level += {"(": 1, ")": -1}.get(token["sign"] or "", 0)
        if not level:
            return token.string[start : token.start("sign")]


# -- what the program declares


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """A class of the program, or another name for a type.

    Attributes:
        bases: the types it stands for when it is another name, the classes above it otherwise.
        fields: of each the type as written, and what it is set to.
        find: what a name means where it is declared, when that is another file.
    """

    bases: tuple[Type, ...]
    fields: Mapping[str, tuple[str, ir.Expr | None]]
    find: Callable[[str], Declared | None] | None = None


class Types(NamedTuple):
    """What types are asked of.

    Attributes:
        models: of the language.
        find: what a name means in the file at hand.
        quoted: a text in quotes is a type of its own.
    """

    models: Models
    find: Callable[[str], Declared | None]
    quoted: bool = False

    def read(self, text: str) -> Type:
        """The type that a text says."""
        return read(text, quoted=self.quoted)

    def inside(self, declared: Declared) -> Types:
        """The same where that is declared."""
        return self if declared.find is None else self._replace(find=declared.find)


def above(
    types: Types, declared: Declared, depth: int = _DEEP
) -> Iterator[tuple[str, Declared | None, Types]]:
    """The names of the classes above a class, with what is known of each, and where."""
    types = types.inside(declared)
    for base in declared.bases:
        further = types.find(base.name)
        yield base.last, further, types
        if further is not None and depth:
            yield from above(types, further, depth - 1)


def fields_of(types: Types, declared: Declared) -> dict[str, tuple[str, ir.Expr | None, Types]]:
    """The fields of a class, those of the classes above it too, each with where it is declared."""
    inside = types.inside(declared)
    found = {name: (*each, inside) for name, each in declared.fields.items()}
    for _, further, where in above(types, declared):
        if further is not None:
            for name, each in further.fields.items():
                found.setdefault(name, (*each, where.inside(further)))
    return found


# -- what it says


def harmless(types: Types, kind: Type, depth: int = _DEEP) -> frozenset[str]:
    """The kinds of sinks that a value of a type cannot harm."""
    if depth < 1 or kind is UNREAD:
        return NOTHING
    if kind is _LITERAL or kind.name in _NONE:
        return ALL
    declared = types.find(kind.name)
    if declared is not None:
        inside = types.inside(declared)
        bases = [base for base in declared.bases if not (base.arguments and declared.fields)]
        return _union(tuple(harmless(inside, base, depth - 1) for base in bases))
    if kind.last in types.models.closed:
        return ALL
    if (pattern := _PATTERN.search(kind.given)) is not None:
        return by_pattern(pattern["text"])
    if not kind.arguments:
        return NOTHING
    first = harmless(types, kind.arguments[0], depth - 1)
    if kind.last == "Annotated":
        more = (harmless(types, each, depth - 1) for each in kind.arguments[1:] if each.given)
        return _union((first, *more))
    for each in kind.arguments[1:]:
        first = both(first, harmless(types, each, depth - 1))
    return first


def _union(found: Iterable[frozenset[str]]) -> frozenset[str]:
    every = NOTHING.union(*found)
    return ALL if "*" in every else every


def by_call(types: Types, call: ir.Expr | None, depth: int = _DEEP) -> frozenset[str]:
    """The kinds of sinks that a value cannot harm which such a call declares: `IntegerField()`, `Query(pattern=…)`."""
    if not isinstance(call, ir.Call) or depth < 1:
        return NOTHING
    name = dotted(call.function)
    last = name.rpartition(".")[2]
    if last in types.models.closed and types.find(name) is None:
        return ALL
    found = [by_argument(types, key, value, depth - 1) for key, value in call.keywords]
    if last in _BY_PATTERN and call.arguments:
        found.append(by_argument(types, "pattern", call.arguments[0], depth - 1))
    for_each = (by_argument(types, "validators", value, depth - 1) for value in call.arguments[:4])
    return _union((*found, *for_each))


def by_argument(types: Types, key: str, value: ir.Expr, depth: int = _DEEP) -> frozenset[str]:
    """What an argument of such a call says: `choices=`, `type=int`, `pattern=`, `validators=[…]`."""
    if key == "choices":
        return ALL
    if key in _PATTERNS:
        text = value.value if isinstance(value, ir.Const) else None
        return by_pattern(text) if isinstance(text, str) else NOTHING
    if key == "type":
        name = dotted(value)
        return harmless(types, Type(name)) if name else by_call(types, value, depth - 1)
    if key in _VALIDATORS:
        items = value.items if isinstance(value, ir.Display) else (value,)
        return _union(tuple(by_call(types, item, depth - 1) for item in items))
    return NOTHING


def by_pattern(text: str) -> frozenset[str]:
    """The kinds of sinks that a text cannot harm which such a regular expression describes from end to end."""
    if not text.startswith(("^", r"\A")) or not text.endswith(("$", r"\Z", r"\z")):
        return NOTHING
    inner = text.removeprefix("^").removeprefix(r"\A").removesuffix("$")
    classes = "".join(_CLASS.findall(inner))
    bare = _CLASS.sub("", inner)
    if "." in bare or "|" in re.sub(r"\(.*\)", "", bare) or re.search(r"[\"'`;&$]", bare):
        return NOTHING
    if re.search(r"\[\^|\\[SWDs]|[\"'`;&|$<>\s]", classes):
        return NOTHING
    return _NO_PATH if "." in classes or "/" in inner else ALL


def dotted(expr: ir.Expr | None) -> str:
    """The name that an expression writes, "" for any other."""
    parts: list[str] = []
    while isinstance(expr, ir.Attr):
        parts.append(expr.name)
        expr = expr.base
    return ".".join((expr.id, *reversed(parts))) if isinstance(expr, ir.Name) else ""


# -- what values it makes


def typed(types: Types, kind: Type, value: Value, depth: int = _DEEP) -> Value:
    """A value that was checked to be of a type; itself when that says nothing."""
    kinds = harmless(types, kind)
    if kinds >= ALL:
        return NUMBER
    if kinds:
        return replace(cleared(value, kinds), names=value.names)
    several = tuple(k for k in kind.arguments if k.name not in _NONE)
    if depth < 1:
        return value
    if kind.last == "Annotated" or (kind.last in {"|", "Union", "Optional"} and len(several) == 1):
        return typed(types, several[0], value, depth - 1)
    if kind.last in _LISTS and several:
        each = typed(types, several[0], part(value, "*"), depth - 1)
        known = each.number or each.items is not None or each.rest is not None
        return Value(items={}, rest=each, names=value.names) if known else value
    declared = types.find(kind.name)
    if declared is None:
        return value
    if not declared.fields and len(declared.bases) == 1:
        return typed(types.inside(declared), declared.bases[0], value, depth - 1)
    fields = checked(types, declared, value, depth - 1)
    items: dict[Key, Value] = {f".{name}": each for name, each in fields.items()}
    return replace(value, items={**(value.items or {}), **items}) if items else value


def checked(types: Types, declared: Declared, value: Value, depth: int = _DEEP) -> dict[str, Value]:
    """The fields of which their declaration says something, when `value` was checked by it."""
    found: dict[str, Value] = {}
    for name, (annotation, default, inside) in fields_of(types, declared).items():
        raw = part(Value(taints=value.taints), name)
        kinds = by_call(inside, default)
        if kinds:
            made = NUMBER if kinds >= ALL else cleared(raw, kinds)
        else:
            made = typed(inside, inside.read(annotation), raw, depth - 1) if annotation else raw
        if made is not raw:
            found[name] = made
    return found


# -- asked by the machine


def types_of(m: Machine) -> Types:
    """What types mean at the point where the machine is."""

    def find(name: str) -> Declared | None:
        if m.block < FOREIGN:
            m.asked.add(name.partition(".")[0])
        return m.world.declared(name)

    return Types(m.world.models, find, bool(m.world.library.this))


def _by_pipes(types: Types, call: ir.Call) -> frozenset[str]:
    """What a default or a decorator says of a parameter: `Query(pattern=…)`, `@Param("id", ParseIntPipe)`."""
    pipes = (harmless(types, Type(name)) for each in call.arguments if (name := dotted(each)))
    return _union((by_call(types, call), *pipes))


def of_parameter(m: Machine, parameter: ir.Parameter, value: Value) -> Value:
    """What a framework, or a caller, gives for a parameter, as its type and its default say."""
    calls = [
        each for each in (parameter.default, *parameter.decorators) if isinstance(each, ir.Call)
    ]
    if not parameter.annotation and not calls:
        return value
    types = types_of(m)
    if kinds := _union(_by_pipes(types, call) for call in calls):
        return NUMBER if kinds >= ALL else replace(cleared(value, kinds), names=value.names)
    return typed(types, types.read(parameter.annotation), value)
