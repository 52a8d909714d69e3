"""What expressions give."""

from __future__ import annotations

import re
from collections import ChainMap
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from vetline_analyzers.flow import calls, guards, ir
from vetline_analyzers.flow.containers import (
    each_of,
    item_of,
    items_of,
    sequence,
    with_any,
    with_item,
)
from vetline_analyzers.flow.operators import COMPARE, arithmetic, contained, operated
from vetline_analyzers.flow.texts import text_of
from vetline_analyzers.flow.value import (
    FOREIGN,
    NOWHERE,
    NUMBER,
    UNKNOWN,
    Closure,
    Value,
    carrying,
    constant,
    join,
    part,
    shown_harmless,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vetline_analyzers.flow.machine import Machine
    from vetline_analyzers.flow.state import State

_CONSTANT = re.compile(r"_*[A-Z][A-Z0-9_]+")
_LONG_NAME = 120


def _const(_m: Machine, e: ir.Const, _s: State) -> Value:
    return constant(e.value)  # type: ignore[arg-type]


def _name(m: Machine, e: ir.Name, s: State) -> Value:
    return m.lookup(e.id, s)


def _attr(m: Machine, e: ir.Attr, s: State) -> Value:
    return as_shown(attribute(m, e, m.evaluate(e.base, s), e.name), s)


def as_shown(value: Value, s: State) -> Value:
    """The value as guards have shown a thing of its name to be: `request.args` is read anew each time."""
    if not value.taints or not s.guarded:
        return value
    kinds = frozenset().union(*(s.guarded.get((NOWHERE, name, ()), ()) for name in value.names))
    return shown_harmless(value, {taint.key: kinds for taint in value.taints}) if kinds else value


def attribute(m: Machine, node: ir.Node, base: Value, name: str) -> Value:
    """What `base.name` gives, at that node."""
    if (known := _member(m, base, name)) is not None:
        return known
    models = m.world.models
    names = tuple(f"{each}.{name}" for each in base.names if len(each) < _LONG_NAME)
    for each in names:
        if (source := m.source(each)) is not None:
            return Value(taints=(m.taint(node, source, each),), names=names)
        if each in models.harmless:
            return Value(number=True, names=names)
    if _CONSTANT.fullmatch(name) and not base.taints:
        return Value(number=True, names=names)
    if base.taints and name not in models.harmless:
        return replace(part(Value(taints=base.taints), name), names=names, resolved=base.resolved)
    if not names:
        return Value(number=True) if base.number else UNKNOWN
    return (
        m.world.outer(names[0], m)
        if base.closure is None and _is_module(base)
        else Value(names=names)
    )


def _member(m: Machine, base: Value, name: str) -> Value | None:
    if base.items is None:
        return None
    if "self" in base.names or "this" in base.names:
        m.asked.add(f".{name}")
    for key in (f".{name}", name):
        if (known := base.items.get(key)) is not None:
            return known
    return None


def _is_module(base: Value) -> bool:
    """Whether a thing is nothing but a name that an import may have bound."""
    return base.items is None and base.rest is None and base.pieces is None and len(base.names) == 1


def _item(m: Machine, e: ir.Item, s: State) -> Value:
    base, key = m.evaluate(e.base, s), m.evaluate(e.key, s)
    return as_shown(item_at(m, e, base, key), s)


def item_at(m: Machine, node: ir.Node, base: Value, key: Value) -> Value:
    """What `base[key]` gives, at that node."""
    one = key.constants[0] if key.constants is not None and len(key.constants) == 1 else None
    if base.items is not None or base.rest is not None:
        found = item_of(base, one) if one is not None else items_of(base)
        is_certain = one in (base.items or ()) or (base.is_list and base.rest is None)
        return found if is_certain else part(found, element(m, node, key))
    if isinstance(one, int) and base.constants is not None:
        texts = [
            c for c in base.constants if isinstance(c, str | bytes) and -len(c) <= one < len(c)
        ]
        if texts:
            return reduce(join, (constant(text[one]) for text in texts))
    if base.taints:
        names = base.names if isinstance(one, str) else ()
        names = tuple(f"{n}.{one!s}" for n in names if len(n) < _LONG_NAME)
        return replace(part(Value(taints=base.taints), element(m, node, key)), names=names)
    if base.number:
        return NUMBER
    if isinstance(one, str):
        return attribute(m, node, replace(base, names=tuple(f"{n}[]" for n in base.names)), one)
    return Value(names=tuple(f"{name}[]" for name in base.names if len(name) < _LONG_NAME))


def element(m: Machine, node: ir.Node, key: Value) -> str:
    """What the part of a container is called that lies at a key; where that is not known, by the expression."""
    if key.constants is not None and len(key.constants) == 1:
        return str(key.constants[0])
    expr = node.key if isinstance(node, ir.Item) else node
    name = expr.id if isinstance(expr, ir.Name) else f"{m.block}:{expr.start}"
    origin = key.taints[0].key if key.taints else ""
    return f"?{name}{origin}"


def _slice(m: Machine, e: ir.Slice, s: State) -> Value:
    base = m.evaluate(e.base, s)
    bounds = [None if part is None else m.evaluate(part, s) for part in (e.low, e.high, e.step)]
    if base.text is not None:
        known = [None if b is None else b.constants[0] if b.constants else UNKNOWN for b in bounds]
        if all(b is None or isinstance(b, int) for b in known) and 0 not in known[2:]:
            return constant(base.text[slice(*known)])  # type: ignore[arg-type] # each is None or a number
    if base.items is not None or base.rest is not None:
        return (
            Value(items={}, rest=items_of(base)) if base.every() else replace(base, is_list=False)
        )
    # Without its first or last sign a text is still all of it.
    ends = [None if bound is None else bound.constants for bound in bounds]
    if ends[0] in {None, (0,), (1,)} and ends[1] in {None, (-1,)} and ends[2] is None:
        return Value(taints=base.taints)
    return part(Value(taints=base.taints), f"[{e.start}:]")


def _text(m: Machine, e: ir.Text, s: State) -> Value:
    return text_of([part if isinstance(part, str) else m.evaluate(part, s) for part in e.parts])


def _binary(m: Machine, e: ir.Binary, s: State) -> Value:
    # A chain of additions leans to the left: it is gone down without recursion.
    chain = [e]
    while isinstance(chain[-1].left, ir.Binary):
        chain.append(chain[-1].left)
    value = m.evaluate(chain[-1].left, s)
    if e.op == "+" and len(chain) > 2 and all(each.op == "+" for each in chain):  # noqa: PLR2004 - worth it
        parts = [value, *(m.evaluate(each.right, s) for each in reversed(chain))]
        if any(part.text is not None or part.pieces is not None for part in parts):
            return text_of(parts)
        for part in parts[1:]:
            value = arithmetic("+", value, part)
        return value
    for each in reversed(chain):
        value = operated(m, each.op, value, m.evaluate(each.right, s))
    return value


def _compare(m: Machine, e: ir.Compare, s: State) -> Value:
    left, right = m.evaluate(e.left, s), m.evaluate(e.right, s)
    if e.op in {"in", "not in"}:
        return contained(left, right, wanted=e.op == "in")
    if left.constants is None or right.constants is None or e.op not in COMPARE:
        return NUMBER
    found: set[bool] = set()
    for a in left.constants:
        for b in right.constants:
            try:
                found.add(bool(COMPARE[e.op](a, b)))
            except TypeError:
                return NUMBER
    return Value(constants=tuple(found), number=True)


def _logic(m: Machine, e: ir.Logic, s: State) -> Value:
    found: Value | None = None
    state = s
    for number, each in enumerate(e.values):
        value = m.evaluate(each, state)
        last = number == len(e.values) - 1
        truth = value.truth
        stops = truth is (e.op == "or") if truth is not None and e.op in {"and", "or"} else False
        if not last and not stops and truth is not None and e.op in {"and", "or"}:
            continue  # it is passed over
        if e.op == "and" and not last and not stops:
            value = value if value.constants else Value(number=True)
        found = value if found is None else join(found, value)
        if stops:
            break
        if not last and e.op in {"and", "or"}:
            true, false = guards.facts(m, each, state)
            facts = true if e.op == "and" else false
            if facts:
                state = state.narrowed(facts)
    return found or UNKNOWN


def _not(m: Machine, e: ir.Not, s: State) -> Value:
    truth = m.evaluate(e.value, s).truth
    return NUMBER if truth is None else constant(not truth)


def _unary(m: Machine, e: ir.Unary, s: State) -> Value:
    value = m.evaluate(e.value, s)
    if e.op == "yield":
        m.frames[-1].yielded.append(shown_harmless(value, s.guarded))
        return value
    if e.op == "-" and value.constants and all(isinstance(c, int | float) for c in value.constants):
        return Value(constants=tuple(-c for c in value.constants), number=True)  # type: ignore[operator]
    return NUMBER


def _choice(m: Machine, e: ir.Choice, s: State) -> Value:
    truth = m.evaluate(e.test, s).truth
    if truth is True:
        return m.evaluate(e.then, s)
    if truth is False:
        return m.evaluate(e.other, s)
    true, false = guards.facts(m, e.test, s)
    then = shown_harmless(m.evaluate(e.then, s.narrowed(true)), true)
    other = shown_harmless(m.evaluate(e.other, s.narrowed(false)), false)
    return join(then, other)


def _display(m: Machine, e: ir.Display, s: State) -> Value:
    items: list[Value] = []
    rest: Value | None = None
    for item in e.items:
        if isinstance(item, ir.Star):
            each = items_of(m.evaluate(item.value, s))
            rest = each if rest is None else join(rest, each)
        else:
            items.append(m.evaluate(item, s))
    made = sequence(items)
    return made if rest is None else with_any(made, rest)


def _table(m: Machine, e: ir.Table, s: State) -> Value:
    made = Value(items={})
    for key, each in e.pairs:
        value = m.evaluate(each, s)
        if key is None:
            if value.items is not None:
                made = replace(made, items={**(made.items or {}), **value.items})
            if value.rest is not None or value.taints or value.items is None:
                made = with_any(made, items_of(value))
            continue
        at = m.evaluate(key, s)
        if at.text is not None and (found := m.world.sinks.by_key.get(at.text)):
            m.arrive(found, each, value, s)
        if at.constants is not None and len(at.constants) == 1:
            made = with_item(made, at.constants[0], value)
        else:
            made = with_any(made, join(value, carrying((at,))) if at.taints else value)
    return made


def _generator(m: Machine, e: ir.Generator, s: State) -> Value:
    from vetline_analyzers.flow.targets import assign  # noqa: PLC0415 - the two know each other

    inside = m.fork(s)
    for target, iterable, conditions in e.clauses:
        assign(m, target, each_of(m.evaluate(iterable, inside)), inside)
        for condition in conditions:
            m.evaluate(condition, inside)
            true, _ = guards.facts(m, condition, inside)
            inside.show(true)
    shown = {key: kinds for key, kinds in inside.guarded.items() if s.guarded.get(key) != kinds}
    element = shown_harmless(m.evaluate(e.element, inside), shown)
    if e.key is not None:
        m.evaluate(e.key, inside)
    return Value(items={}, rest=element)


def _function(m: Machine, e: ir.Function, s: State) -> Value:
    closure = closure_of(m, e, s)
    m.pending.append((closure, ""))
    return Value(closure=closure)


def closure_of(m: Machine, function: ir.Function, s: State) -> Closure:
    """The function as it is written there: with the names around it, and what guards have shown."""
    around = m.frames[-1].env
    env: Mapping[str, Value] = s.env
    if around:
        env = ChainMap(s.env, *(around.maps if isinstance(around, ChainMap) else (around,)))
    world = m.world if m.block >= FOREIGN else None
    return Closure(function, m.block, env, dict(s.guarded) or None, world)


def _store(m: Machine, e: ir.Store, s: State) -> Value:
    from vetline_analyzers.flow.targets import assign  # noqa: PLC0415 - the two know each other

    value = m.evaluate(e.value, s)
    if e.op:
        value = operated(m, e.op, m.evaluate(e.target, s), value)
        m.put_around(e.target, value, s)
    assign(m, e.target, value, s)
    return value


def _star(m: Machine, e: ir.Star, s: State) -> Value:
    return items_of(m.evaluate(e.value, s))


def _other(m: Machine, e: ir.Other, s: State) -> Value:
    values = [m.evaluate(part, s) for part in e.parts]
    return values[0] if len(values) == 1 else carrying(values)


def _cut(m: Machine, _e: ir.Cut, _s: State) -> Value:
    return m.too_deep()


EVALUATE: dict[type, Callable[[Machine, Any, State], Value]] = {
    ir.Const: _const,
    ir.Name: _name,
    ir.Attr: _attr,
    ir.Item: _item,
    ir.Slice: _slice,
    ir.Call: calls.call,
    ir.Star: _star,
    ir.Text: _text,
    ir.Binary: _binary,
    ir.Compare: _compare,
    ir.Logic: _logic,
    ir.Not: _not,
    ir.Unary: _unary,
    ir.Choice: _choice,
    ir.Display: _display,
    ir.Table: _table,
    ir.Generator: _generator,
    ir.Function: _function,
    ir.Store: _store,
    ir.Other: _other,
    ir.Cut: _cut,
}
