"""What the methods of JavaScript's texts, arrays, maps and promises give."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from vetline_analyzers.flow.containers import items_of, sequence, with_any
from vetline_analyzers.flow.functions import bind_and_run
from vetline_analyzers.flow.model import ALL
from vetline_analyzers.flow.state import State
from vetline_analyzers.flow.texts import text_of
from vetline_analyzers.flow.texts_javascript import (
    bare,
    between,
    counted,
    cut_text,
    padded,
    repeated,
    shown,
    sign_text,
)
from vetline_analyzers.flow.value import (
    LONGEST,
    NUMBER,
    UNKNOWN,
    Value,
    carrying,
    cleared,
    constant,
    join,
    named,
    part,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from vetline_analyzers.flow.machine import Machine
    from vetline_analyzers.flow.rule import Called
    from vetline_analyzers.flow.value import Constant

    Does = Callable[[Machine, Called], Value | None]


def _pure(does: Callable[..., Constant], _m: Machine, called: Called) -> Value | None:
    """A method of a constant text, computed; of another, the text it keeps."""
    receiver = called.receiver
    given = [a.constants[0] for a in called.arguments if a.constants and len(a.constants) == 1]
    if receiver.constants is None or len(given) != len(called.arguments):
        return None
    made: Value | None = None
    for text in receiver.constants:
        if not isinstance(text, str) or len(text) > LONGEST:
            return None
        try:
            value = constant(does(text, *given))
        except (TypeError, ValueError, LookupError):
            return None
        made = value if made is None else join(made, value)
    return made


def _text(does: Callable[..., Constant], m: Machine, called: Called) -> Value | None:
    known = _pure(does, m, called)
    if known is not None:
        return known
    receiver = called.receiver
    if receiver.items is not None or receiver.rest is not None:
        return None
    return text_of((receiver,)) if receiver.every() or receiver.pieces is not None else None


def _asked(does: Callable[..., Constant], m: Machine, called: Called) -> Value | None:
    known = _pure(does, m, called)
    return known if known is not None else NUMBER


@lru_cache(maxsize=256)
def _taken_out(pattern: str) -> frozenset[str]:
    """The kinds of sinks that a text without what a pattern matches cannot harm."""
    if len(pattern) > _MOST:
        return frozenset()
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return frozenset()
    kinds = {kind for kind, signs in _SIGNS if all(compiled.search(sign) for sign in signs)}
    return ALL if len(kinds) == len(_SIGNS) else frozenset(kinds)


def _replaced(m: Machine, called: Called) -> Value | None:
    """`text.replace(pattern, other)`: it takes out what would harm some sinks, when it takes out all of it."""
    receiver, arguments = called.receiver, called.arguments
    if not arguments:
        return None
    old = arguments[0]
    is_pattern = PATTERN in old.names
    other = arguments[1] if len(arguments) > 1 else UNKNOWN
    if not is_pattern and old.text is not None and other.text is not None and old.text:
        count = -1 if called.method == "replaceAll" else 1
        known = _pure(lambda text, a, b: text.replace(a, b, count), m, called)
        if known is not None:
            return known
    if not receiver.every() and not other.every():
        return (
            receiver
            if receiver.pieces is not None
            else string_of(m, called._replace(arguments=(receiver,)))
        )
    everywhere = called.method == "replaceAll" or EVERY in old.names
    kinds: frozenset[str] = frozenset()
    if everywhere and old.text:
        kinds = _taken_out(old.text if is_pattern else re.escape(old.text))
    if kinds >= ALL:
        return Value(number=True)
    if kinds:
        made = cleared(receiver, kinds)
        return text_of((made,)) if not other.every() else text_of((made, other))
    return text_of((receiver, other)) if other.every() else text_of((bare(receiver),))


def _matched(_m: Machine, called: Called) -> Value | None:
    """`text.match(pattern)`: parts of the text; `pattern.exec(text)`, which is no shell's."""
    if called.method == "exec" and PATTERN not in called.receiver.names:
        return None
    value = called.receiver if called.method != "exec" else carrying(called.arguments)
    return Value(taints=value.every(), names=("match()",))


def _split(_m: Machine, called: Called) -> Value | None:
    receiver = called.receiver
    by = called.arguments[0].text if called.arguments else None
    if receiver.text is not None and by and PATTERN not in called.arguments[0].names:
        return sequence(map(constant, receiver.text.split(by)))
    if receiver.every():
        return Value(items={}, rest=text_of((carrying((receiver,)),)))
    return Value(items={}, rest=NUMBER) if receiver.is_known else None


def _concatenated(_m: Machine, called: Called) -> Value | None:
    receiver = called.receiver
    if receiver.text is not None or receiver.pieces is not None:
        return text_of((receiver, *map(bare, called.arguments)))
    if receiver.items is None:
        given = (receiver, *called.arguments)
        return carrying(given) if any(v.every() for v in given) else None
    values = list(receiver.items.values())
    rest = receiver.rest
    for value in called.arguments:
        if value.is_list and value.items is not None:
            values += value.items.values()
        else:
            rest = items_of(value) if rest is None else join(rest, items_of(value))
    made = sequence(values)
    return made if rest is None else with_any(made, rest)


def _joined(_m: Machine, called: Called) -> Value | None:
    receiver = called.receiver
    by: str | Value = called.arguments[0] if called.arguments else ","
    if receiver.is_list and receiver.items is not None:
        parts: list[str | Value] = []
        for number, item in enumerate(receiver.items.values()):
            parts += [by, bare(item)] if number else [bare(item)]
        return text_of(parts) if parts else constant("")
    if receiver.items is None and receiver.rest is None:
        return text_of((receiver,)) if receiver.every() else None
    each = items_of(receiver)
    return NUMBER if each.is_known else text_of((bare(each), by, bare(each)))


def _as_text(m: Machine, called: Called) -> Value | None:
    if called.receiver.items is not None:
        return text_of((bare(called.receiver),))
    return string_of(m, called._replace(arguments=(called.receiver,)))


def _run(m: Machine, called: Called, *arguments: Value, at: int = 0) -> Value | None:
    """What a function that was passed gives for these values; None when there is none."""
    closure = called.arguments[at].closure if at < len(called.arguments) else None
    if closure is None or m.is_deep:
        return None
    result, _ = bind_and_run(m, closure, arguments, {}, State())
    m.ran(closure.function)
    return result


def _then(m: Machine, called: Called) -> Value | None:
    """`promise.then(use)`: a promise is what it will be."""
    result = _run(m, called, called.receiver)
    if len(called.arguments) > 1:
        _run(m, called, named("Error()"), at=1)
    return result if result is not None else carrying((called.receiver,))


def _caught(m: Machine, called: Called) -> Value | None:
    result = _run(m, called, named("Error()"))
    return called.receiver if result is None else join(called.receiver, result)


def _finally(m: Machine, called: Called) -> Value | None:
    _run(m, called)
    return called.receiver


def _mapped(m: Machine, called: Called) -> Value | None:
    receiver = called.receiver
    if not called.arguments:
        return None
    if receiver.is_list and receiver.items and len(receiver.items) <= _WHOLE:
        made = [_run(m, called, item, NUMBER, receiver) for item in receiver.items.values()]
        if all(value is not None for value in made):
            return sequence(value for value in made if value is not None)
    result = _run(m, called, items_of(receiver), NUMBER, receiver)
    if result is None:
        return Value(items={}, rest=items_of(receiver)) if receiver.every() else None
    if result.is_list and called.method == "flatMap":
        result = items_of(result)
    return Value(items={}, rest=result)


def _each(m: Machine, called: Called) -> Value | None:
    _run(m, called, items_of(called.receiver), NUMBER, called.receiver)
    return NUMBER


def _kept(m: Machine, called: Called) -> Value | None:
    """`list.filter(test)`: some of its items."""
    _run(m, called, items_of(called.receiver), NUMBER, called.receiver)
    receiver = called.receiver
    if receiver.items is None and receiver.rest is None:
        return Value(items={}, rest=items_of(receiver)) if receiver.every() else None
    return Value(items={}, rest=items_of(receiver))


def _found(m: Machine, called: Called) -> Value | None:
    _run(m, called, items_of(called.receiver), NUMBER, called.receiver)
    return items_of(called.receiver)


def _reduced(m: Machine, called: Called) -> Value | None:
    start = called.arguments[1] if len(called.arguments) > 1 else items_of(called.receiver)
    result = _run(m, called, start, items_of(called.receiver), NUMBER, called.receiver)
    return carrying((start, called.receiver)) if result is None else result


def _called_with(m: Machine, called: Called) -> Value | None:
    """`f.call(this, a)`, `f.apply(this, list)`."""
    closure = called.receiver.closure
    if closure is None or m.is_deep:
        return None
    arguments = called.arguments[1:]
    if called.method == "apply":
        given = arguments[0] if arguments else UNKNOWN
        arguments = (
            tuple(given.items.values())
            if given.is_list and given.items is not None
            else (items_of(given),) * len(closure.function.parameters)
        )
    return bind_and_run(m, closure, arguments, {}, State())[0]


def _get(m: Machine, called: Called) -> Value | None:
    """`map.get(key)`."""
    from vetline_analyzers.flow import ir  # noqa: PLC0415 - for a place only
    from vetline_analyzers.flow.expressions import item_at  # noqa: PLC0415 - the two know each other

    receiver = called.receiver
    if (receiver.items is None and receiver.rest is None) or len(called.arguments) != 1:
        return None
    return item_at(m, ir.Name(0, 0, ""), receiver, called.arguments[0])


def _sliced(m: Machine, called: Called) -> Value | None:
    receiver = called.receiver
    if receiver.items is not None or receiver.rest is not None:
        return Value(items={}, rest=items_of(receiver))
    return _text(cut_text, m, called)


def _at(m: Machine, called: Called) -> Value | None:
    receiver = called.receiver
    return _get(m, called) if receiver.items is not None else _text(sign_text, m, called)


def _popped(_m: Machine, called: Called) -> Value | None:
    receiver = called.receiver
    if receiver.items is None and receiver.rest is None:
        return None
    if receiver.is_list and receiver.items:
        values = list(receiver.items.values())
        return values[-1] if called.method == "pop" else values[0]
    return items_of(receiver)


def _own_values(_m: Machine, called: Called) -> Value | None:
    receiver = called.receiver
    if receiver.items is None and receiver.rest is None:
        return None
    return Value(items={}, rest=items_of(receiver))


def _own_entries(m: Machine, called: Called) -> Value | None:
    return entries_of(m, called._replace(arguments=(called.receiver,)))


PATTERN = "RegExp()"  # what the constants of a value are the pattern of


EVERY = "RegExp().g"  # one that is looked for all over a text


_MOST = 200  # characters of a pattern that is tried


_WHOLE = 6  # items that are each gone through


# The signs without which a text harms no sink of a kind.
_SIGNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("html", ("<",)),
    ("sql", ("'",)),
    ("xpath", ("'",)),
    ("command", (";", "|", "&", "$", "`")),
    ("path", ("../",)),
    ("header", ("\r\n",)),
    ("log", ("\n",)),
    ("ldap", ("(",)),
    ("regex", (".", "*", "+", "(")),
    ("template", ("{", "<")),
    ("code", ("(", "'", "`", ".")),
    ("url", ("/", ":", "@")),
    ("redirect", ("/", ":")),
)


def string_of(_m: Machine, called: Called) -> Value | None:
    """`String`."""
    value = called.arguments[0] if called.arguments else constant("")
    if value.constants is not None:
        return Value(constants=tuple(shown(c) for c in value.constants))
    return value if value.number else text_of((bare(value),))


def entries_of(_m: Machine, called: Called) -> Value | None:
    """`Object.entries`."""
    value = called.arguments[0] if called.arguments else UNKNOWN
    key = UNKNOWN if value.items is None else NUMBER
    if value.every() and (value.items is None or value.rest is not None):
        key = carrying((value,))  # whoever chose the values chose the names
    return Value(items={}, rest=sequence([part(key, "#"), part(items_of(value), "*")]))


METHODS: dict[str, Does] = {
    "toUpperCase": partial(_text, str.upper),
    "toLowerCase": partial(_text, str.lower),
    "toLocaleLowerCase": partial(_text, str.lower),
    "toLocaleUpperCase": partial(_text, str.upper),
    "trim": partial(_text, str.strip),
    "trimStart": partial(_text, str.lstrip),
    "trimEnd": partial(_text, str.rstrip),
    "normalize": partial(_text, str.__str__),
    "substring": partial(_text, between),
    "substr": partial(_text, counted),
    "charAt": partial(_text, sign_text),
    "repeat": partial(_text, repeated),
    "padStart": partial(_text, partial(padded, right=False)),
    "padEnd": partial(_text, partial(padded, right=True)),
    "slice": _sliced,
    "at": _at,
    "includes": partial(_asked, lambda text, part: part in text),
    "startsWith": partial(_asked, str.startswith),
    "endsWith": partial(_asked, str.endswith),
    "indexOf": partial(_asked, str.find),
    "lastIndexOf": partial(_asked, str.rfind),
    **dict.fromkeys(("replace", "replaceAll"), _replaced),
    **dict.fromkeys(("match", "matchAll", "exec"), _matched),
    "split": _split,
    "concat": _concatenated,
    "join": _joined,
    "toString": _as_text,
    "then": _then,
    "catch": _caught,
    "finally": _finally,
    **dict.fromkeys(("map", "flatMap"), _mapped),
    **dict.fromkeys(("forEach", "some", "every", "findIndex"), _each),
    "filter": _kept,
    **dict.fromkeys(("find", "findLast"), _found),
    **dict.fromkeys(("reduce", "reduceRight"), _reduced),
    **dict.fromkeys(("sort", "reverse", "flat", "bind", "valueOf"), lambda _, c: c.receiver),
    **dict.fromkeys(("call", "apply"), _called_with),
    "get": _get,
    "values": _own_values,
    "entries": _own_entries,
    **dict.fromkeys(("pop", "shift"), _popped),
}
