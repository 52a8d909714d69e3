"""What statements do to a state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vetline_analyzers.flow import calls, guards, handlers, ir
from vetline_analyzers.flow.containers import each_of, items_of
from vetline_analyzers.flow.expressions import closure_of
from vetline_analyzers.flow.model import ALL
from vetline_analyzers.flow.operators import operated
from vetline_analyzers.flow.predicates import outcome
from vetline_analyzers.flow.state import State, joined
from vetline_analyzers.flow.targets import assign
from vetline_analyzers.flow.value import GENERATOR, UNKNOWN, Value, carrying, named, part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from vetline_analyzers.flow.machine import Machine

_TESTS = (ir.Call, ir.Compare, ir.Logic, ir.Not, ir.Name, ir.Store, ir.Other)


# -- simple statements


def _do(m: Machine, statement: ir.Do, state: State) -> State | None:
    m.evaluate(statement.value, state)
    call = statement.value
    if isinstance(call, ir.Call):
        if any(name in m.world.models.ends for name in calls.names_of(m, call, state)):
            return None
        state.show(guards.passed(m, call, state))
    return state


def _assign(m: Machine, statement: ir.Assign, state: State) -> State:
    value = UNKNOWN if statement.value is None else m.evaluate(statement.value, state)
    for target in statement.targets:
        if statement.op:
            old = m.evaluate(target, state)
            made = operated(m, statement.op, old, value)
            m.put_around(target, made, state)
        elif statement.value is None:
            continue
        else:
            made = value
        assign(m, target, made, state)
        if statement.value is not None and not statement.op:
            handlers.note(m, target, statement.value)
            guards.keep(m, target, statement.value, state)
    return state


def _return(m: Machine, statement: ir.Return, state: State) -> None:
    value = named() if statement.value is None else m.evaluate(statement.value, state)
    frame = m.frames[-1]
    if frame.handler and statement.value is not None and m.world.sinks.returned:
        m.arrive(m.world.sinks.returned, statement.value, value, state)
    frame.returned.append((value, state))
    if m.running:
        test = statement.value
        if isinstance(test, ir.Display) and test.items and value.is_list:
            test, value = (
                test.items[0],
                (value.items or {}).get(0, value),
            )  # `return False, "too long"`
        shown = guards.facts(m, test, state) if isinstance(test, _TESTS) else ({}, {})
        frame.outcomes.append(outcome(shown, value, state))


def _raise(m: Machine, statement: ir.Raise, state: State) -> None:
    if statement.value is not None:
        m.evaluate(statement.value, state)


def _leave(m: Machine, statement: ir.Leave, state: State) -> None:
    if loops := m.frames[-1].loops:
        left, went_on = loops[-1]
        (left if statement.kind == "break" else went_on).append(state)


def _define(m: Machine, statement: ir.Define, state: State) -> State:
    function = statement.function
    for decorator in function.decorators:
        m.evaluate(decorator, state)
    closure = closure_of(m, function, state)
    state.env[function.name] = Value(closure=closure, names=(function.name,))
    m.pending.append((closure, ""))
    return state


def _class(m: Machine, statement: ir.Class, state: State) -> State:
    bases = [m.evaluate(base, state) for base in statement.bases]
    inside = m.execute(statement.body, State(dict(state.env), state.guarded))
    members: dict[object, Value] = {}
    handlers = m.world.models.handler_bases
    names = (name for value in bases for name in value.names)
    base = next((name for name in names if name.rpartition(".")[2] in handlers), "")
    for name, value in (inside.env if inside is not None else {}).items():
        if state.env.get(name) is not value:
            members[f".{name}"] = value
    m.pending = [
        (closure, base if closure.function.owner == statement.name else owner)
        for closure, owner in m.pending
    ]
    state.env[statement.name] = Value(items=members, names=(statement.name,))  # type: ignore[arg-type]
    return state


def _delete(m: Machine, statement: ir.Delete, state: State) -> State:
    for target in statement.targets:
        if isinstance(target, ir.Name):
            state.env.pop(target.id, None)
        else:
            m.evaluate(target, state)
    return state


def _import(m: Machine, statement: ir.Import, state: State) -> State:
    for name, target in statement.bindings:
        state.env[name] = m.world.outer(target, m)
    return state


# -- branches


def _if(m: Machine, statement: ir.If, state: State) -> State | None:
    value = m.evaluate(statement.test, state)
    truth = value.truth
    if_true, if_false = guards.facts(m, statement.test, state)
    then = other = None
    if truth is not False:
        then = m.execute(statement.then, m.fork(state, if_true))
    if truth is not True:
        other = m.execute(statement.other, m.fork(state, if_false))
    return joined(then, other)


def _match(m: Machine, statement: ir.Match, state: State) -> State | None:
    subject = m.evaluate(statement.subject, state)
    left: list[State] = []
    if statement.falls:
        m.frames[-1].loops.append((left, left))
    done: State | None = None
    falling: State | None = None
    unsure = True  # whether the subject may be none of those so far
    for patterns, guard, body in statement.cases:
        may, must = _matches(m, patterns, subject, state)
        must = must and guard is None
        if not (unsure and may) and falling is None:
            continue
        inside = m.fork(state) if unsure and may else None
        if inside is not None:
            _bind(m, patterns, subject, inside)
            if guard is not None:
                m.evaluate(guard, inside)
                inside.show(guards.facts(m, guard, inside)[0])
            if patterns and all(isinstance(p, ir.Const) for p in patterns):
                inside.show({t.key: ALL for t in subject.every()})
        after = m.execute(body, joined(inside, falling))
        falling = after if statement.falls else None
        if not statement.falls:
            done = joined(done, after)
        unsure = unsure and not must
    if statement.falls:
        m.frames[-1].loops.pop()
    for end in (*left, falling):
        done = joined(done, end)
    return joined(done, state) if unsure else done


def _matches(
    m: Machine, patterns: Sequence[ir.Expr], subject: Value, state: State
) -> tuple[bool, bool]:
    """Whether a case may fit, and whether it must."""
    if not patterns:
        return True, True
    may = must = False
    for pattern in patterns:
        if isinstance(pattern, ir.Name):
            return True, True
        if isinstance(pattern, ir.Const) and subject.constants is not None:
            may = may or pattern.value in subject.constants
            must = must or (len(subject.constants) == 1 and pattern.value == subject.constants[0])
        else:
            m.evaluate(pattern, state)
            may = True
    return may, must


def _bind(m: Machine, patterns: Iterable[ir.Expr], subject: Value, state: State) -> None:
    for pattern in patterns:
        if isinstance(pattern, ir.Name):
            state.env[pattern.id] = subject
        elif isinstance(pattern, ir.Other):
            for inner in pattern.parts:
                _bind(m, (inner,), part(items_of(subject), f"?{inner.start}"), state)


# -- loops


def _for(m: Machine, statement: ir.For, state: State) -> State | None:
    iterable = m.evaluate(statement.iterable, state)
    each = each_of(iterable)
    if statement.keys:
        each = carrying((iterable,))

    def bind(inside: State) -> None:
        assign(m, statement.target, each, inside)

    return _loop(m, statement, state, bind)


def _while(m: Machine, statement: ir.While, state: State) -> State | None:
    truth = None
    if statement.test is None:
        truth = True
    elif (value := m.evaluate(statement.test, state)).truth is not None:
        truth = value.truth
    if truth is False and not statement.first:
        return m.execute(statement.other, state)
    endless = truth is True and (statement.test is None or isinstance(statement.test, ir.Const))

    def bind(inside: State) -> None:
        if statement.test is not None:
            m.evaluate(statement.test, inside)
            true, _ = guards.facts(m, statement.test, inside)
            inside.show(true)

    def leave(after: State) -> None:
        if statement.test is not None:
            _, false = guards.facts(m, statement.test, after)
            after.show(false)

    return _loop(m, statement, state, bind, None if endless else leave)


def _loop(
    m: Machine,
    loop: ir.For | ir.While,
    state: State,
    bind: Callable[[State], None],
    leave: Callable[[State], None] | None = lambda _: None,
) -> State | None:
    """Run a loop's body twice, after which what it does to values is known well enough.

    Args:
        m: the machine.
        loop: the loop.
        state: what is known before it.
        bind: what is done before the body is run.
        leave: what is done when it is not run again; None when it always is.
    """
    for name in _assigned(loop.body):
        if (value := state.env.get(name)) is not None and value.constants is not None:
            state.env[name] = _widened(value)
    around: State | None = state
    left: list[State] = []
    for _ in range(2):
        inside = m.fork(around or state)
        bind(inside)
        went_on: list[State] = []
        m.frames[-1].loops.append((left, went_on))
        after = m.execute(loop.body, inside)
        m.frames[-1].loops.pop()
        for end in (after, *went_on):
            around = joined(around, end)
    done = None
    if leave is not None and around is not None:
        leave(around)
        done = m.execute(loop.other, around)
    for end in left:
        done = joined(done, end)
    return done


def _widened(value: Value) -> Value:
    """The value of a variable that a loop changes: which constant it is is not known."""
    if value.number or all(not isinstance(c, str) for c in value.constants or ()):
        return Value(number=True)
    return Value(pieces=(value.text or "",), taints=value.taints)


def _assigned(body: Sequence[ir.Stmt], depth: int = 12) -> set[str]:
    """The plain names that statements assign to."""
    found: set[str] = set()
    for statement in body:
        if isinstance(statement, ir.Assign):
            found |= {t.id for t in statement.targets if isinstance(t, ir.Name)}
        elif isinstance(statement, ir.Do) and isinstance(statement.value, ir.Store):
            target = statement.value.target
            found |= {target.id} if isinstance(target, ir.Name) else set()
        elif depth:
            for part in _bodies(statement):
                found |= _assigned(part, depth - 1)
    return found


def _bodies(statement: ir.Stmt) -> Iterable[Sequence[ir.Stmt]]:
    match statement:
        case ir.If():
            return (statement.then, statement.other)
        case ir.For() | ir.While():
            return (statement.body, statement.other)
        case ir.Try():
            handlers = (body for _, _, body in statement.handlers)
            return (statement.body, *handlers, statement.other, statement.final)
        case ir.With() | ir.Suite():
            return (statement.body,)
        case ir.Match():
            return tuple(body for _, _, body in statement.cases)
    return ()


# -- the rest


def _try(m: Machine, statement: ir.Try, state: State) -> State | None:
    before, last = m.fork(state), state
    after: State | None = state
    for inner in statement.body:
        after = m.execute((inner,), last)
        if after is None:
            break  # what its last statement knew is what a handler may see
        last = after
    thrown = joined(before, last) or before
    done = m.execute(statement.other, after)
    for types, name, body in statement.handlers:
        inside = m.fork(thrown)
        if types is not None:
            m.evaluate(types, inside)
        if name:
            inside.env[name] = named("Exception()")
        done = joined(done, m.execute(body, inside))
    if statement.final:
        if done is None:
            m.execute(statement.final, m.fork(thrown))
            return None
        return m.execute(statement.final, done)
    return done


def _with(m: Machine, statement: ir.With, state: State) -> State | None:
    for context, target in statement.items:
        value = m.evaluate(context, state)
        if GENERATOR in value.names:
            value = items_of(value)  # of a context manager what it yields
        if target is not None:
            assign(m, target, value, state)
    return m.execute(statement.body, state)


def _suite(m: Machine, statement: ir.Suite, state: State) -> State | None:
    after = m.execute(statement.body, state)
    return after if after is not None else state


EXECUTE: dict[type, Callable[[Machine, Any, State], State | None]] = {
    ir.Do: _do,
    ir.Assign: _assign,
    ir.Return: _return,
    ir.Raise: _raise,
    ir.Leave: _leave,
    ir.Define: _define,
    ir.Class: _class,
    ir.Delete: _delete,
    ir.Import: _import,
    ir.If: _if,
    ir.Match: _match,
    ir.For: _for,
    ir.While: _while,
    ir.Try: _try,
    ir.With: _with,
    ir.Suite: _suite,
}
