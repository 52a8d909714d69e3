"""The machine: runs lowered code on what values may be, and tells what arrives at sinks.

It follows every path at once: branches are run apart and joined, loops twice, a function of the same program where it
is called. A block that asks for too many steps ends with `OutOfBudget`, and is said not to be checked to the end.
"""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from vetline_analyzers.core.finding import Confidence
from vetline_analyzers.flow import elsewhere, expressions, handlers, statements
from vetline_analyzers.flow.ir import Define, Name
from vetline_analyzers.flow.model import NAMES
from vetline_analyzers.flow.rule import Arrival, Opinion
from vetline_analyzers.flow.value import (
    FOREIGN,
    UNKNOWN,
    Closure,
    Place,
    Source,
    Step,
    Taint,
    Value,
    named,
)
from vetline_analyzers.syntax.scope import OutOfBudget

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

    from vetline_analyzers.flow import ir
    from vetline_analyzers.flow.calls import Library
    from vetline_analyzers.flow.model import Models
    from vetline_analyzers.flow.predicates import Outcome
    from vetline_analyzers.flow.rule import Called, FlowRule, Sink
    from vetline_analyzers.flow.state import Guarded, State
    from vetline_analyzers.flow.types import Declared

STEPS = 60_000  # expressions of one run: an ordinary function needs some hundreds
DEEP = 5  # functions called from functions
_NESTED = 120  # expressions inside expressions
_DEAR = 64  # names; to copy so many is as dear as an expression
_NOTHING: Guarded = {}


class World(Protocol):
    """What a run may ask about the rest of the program."""

    models: Models
    library: Library
    sinks: Sinks
    is_web: bool
    gives_data: bool

    def instance(self, name: str) -> Value:
        """What `self` is in a method of a class."""

    def outer(self, name: str, machine: Machine) -> Value:
        """What a name means that no function around binds: an import, a function or variable of the module."""

    def serves(self, block: int) -> bool:
        """Whether any visitor may call the functions of that block."""

    def declared(self, name: str) -> Declared | None:
        """What the class or type of that name declares."""

    def is_own(self, name: str) -> bool:
        """Whether a dotted name is one of the analysed project's own modules or something in them."""


class Fault(NamedTuple):
    """An arrival that a rule takes for a fault.

    Attributes:
        rule: the rule.
        place: where.
        opinion: what it says.
        steps: the way of the value, from the source to the sink; empty in the second tier.
        traced: it is of the first tier.
        doubted: a guard makes harm unlikely, but does not rule it out.
    """

    rule: FlowRule
    place: Place
    opinion: Opinion
    steps: tuple[Step, ...]
    traced: bool
    doubted: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Sinks:
    """The sinks of all rules of a language, by what they are found by.

    Attributes:
        fed: the arguments on which the harm of a call depends that a pattern rule sees, by the callee's name.
    """

    by_name: Mapping[str, tuple[tuple[FlowRule, Sink], ...]]
    by_method: Mapping[str, tuple[tuple[FlowRule, Sink], ...]]
    by_attribute: Mapping[str, tuple[tuple[FlowRule, Sink], ...]]
    by_item: Mapping[str, tuple[tuple[FlowRule, Sink], ...]]
    by_key: Mapping[str, tuple[tuple[FlowRule, Sink], ...]]
    returned: tuple[tuple[FlowRule, Sink], ...]
    fed: Mapping[str, tuple[int | str, ...]]
    like: tuple[tuple[re.Pattern[str], FlowRule, Sink], ...] = ()

    @lru_cache(maxsize=NAMES)  # noqa: B019 - there is one of each language, for good
    def alike(self, name: str) -> list[tuple[FlowRule, Sink]]:
        """The sinks that are known by what their name looks like."""
        return [(rule, sink) for pattern, rule, sink in self.like if pattern.search(name)]


@dataclass(slots=True)
class Frame:
    """A function that is being run.

    Attributes:
        returned: what it gave so far, and the states it gave it in.
        yielded: what it gave one after the other, as a generator.
        handler: its result goes to a stranger.
        loops: of each loop around the current point, the states that left it and that went on.
        env: the names around it.
        outcomes: what each way out of it shows, where it is run for a call.
    """

    returned: list[tuple[Value, State]] = field(default_factory=list)
    yielded: list[Value] = field(default_factory=list)
    handler: bool = False
    loops: list[tuple[list[State], list[State]]] = field(default_factory=list)
    env: Mapping[str, Value] | None = None
    outcomes: list[Outcome] = field(default_factory=list)


class Machine:
    """One run over one block.

    Attributes:
        world: the rest of the program.
        block: the number of the block that is being run.
        frames: the functions that are being run, the innermost last.
        pending: functions that were met and not yet run by themselves.
        faults: what was found, the best of each rule at each place.
        asked: the names that were looked for outside.
        running: the functions that are being run, by identity of their code.
        steps: how many it may still take.
        cut: the blocks in which an expression was too deep to be gone into.
        site: the last call in the file at hand from which another file was gone into.
        fed: calls that do harm only by what they are given, and whether it may be anything.
        shown: what the outcome of a call shows, by identity of its code.
        handed: what the parameters of functions are that were handed to a framework, by identity of their code.
    """

    def __init__(self, world: World, block: int, steps: int = STEPS, deep: int = DEEP) -> None:
        """A machine that starts in that block and may take so many steps, and go so many calls deep."""
        self.world = world
        self._deep = deep
        self.block = block
        self.frames: list[Frame] = [Frame()]
        self.pending: list[tuple[Closure, str]] = []
        self.faults: dict[tuple[str, Place], Fault] = {}
        self.asked: set[str] = set()
        self.steps = steps
        self.cut: set[int] = set()
        self._nested = 0
        self._last: dict[int, Value] = {}
        self.site: Place | None = None
        self._outer: dict[tuple[int, str], Value] = {}
        self._known: set[int] = set()
        self.running: set[int] = set()
        self.fed: dict[Place, bool] = {}
        self.handed: dict[int, tuple[str, ...]] = {}
        self.shown: dict[int, tuple[Guarded, Guarded]] = {}

    # -- running

    def evaluate(self, expr: ir.Expr, state: State) -> Value:
        """What an expression gives; raises OutOfBudget."""
        self.steps -= 1
        if self.steps < 0:
            raise OutOfBudget
        if self._nested > _NESTED:
            return self.too_deep()
        self._nested += 1
        try:
            value = expressions.EVALUATE[type(expr)](self, expr, state)
        finally:
            self._nested -= 1
        self._last[id(expr)] = value
        return value

    def too_deep(self) -> Value:
        """Note that what stands here is not gone into; of another file, where that was gone into."""
        here = self.block if self.block < FOREIGN or self.site is None else self.site.block
        self.cut.add(here)
        return UNKNOWN

    def again(self, expr: ir.Expr, state: State) -> Value:
        """What an expression gave when it was evaluated just now; it is, when it was not."""
        value = self._last.get(id(expr))
        return self.evaluate(expr, state) if value is None else value

    def fork(self, state: State, facts: Guarded = _NOTHING) -> State:
        """A copy of a state for a branch, where these facts hold as well; raises OutOfBudget."""
        self.steps -= len(state.env) // _DEAR
        if self.steps < 0:
            raise OutOfBudget
        made = state.copy()
        made.show(facts)
        return made

    def execute(self, body: Sequence[ir.Stmt], state: State | None) -> State | None:
        """The state after some statements, None when their end is not reached."""
        for statement in body:
            if state is None:
                return None
            state = statements.EXECUTE[type(statement)](self, statement, state)
        return state

    def run_pending(self) -> None:
        """Run by themselves the functions that were met."""
        while self.pending:
            closure, owner = self.pending.pop(0)
            self.run_alone(closure, owner)

    def run_alone(self, closure: Closure, base: str = "") -> None:
        """Run a function as its callers may call it: its parameters are theirs to choose."""
        if id(closure.function) in self._known or closure.block >= FOREIGN:
            return
        self._known.add(id(closure.function))
        before, self.block = self.block, closure.block
        state, is_handler = handlers.entry(self, closure, base)
        self.block = before
        self.run_body(closure, state, handler=is_handler)

    def ran(self, function: ir.Function) -> None:
        """Note that a function was run with all that it will be given."""
        self._known.add(id(function))

    def run_body(self, closure: Closure, state: State, *, handler: bool = False) -> Frame:
        """Run a function's body in a state that binds its parameters."""
        before, self.block = self.block, closure.block
        world = self.world
        if closure.world is not None:
            self.world = closure.world  # type: ignore[assignment]
        frame = Frame(handler=handler, env=closure.env)
        self.frames.append(frame)
        for statement in closure.function.body:  # a function may be called above where it stands
            if isinstance(statement, Define):
                inner = statement.function
                state.env[inner.name] = Value(closure=expressions.closure_of(self, inner, state))
        try:
            end = self.execute(closure.function.body, state)
        finally:
            self.frames.pop()
            self.block, self.world = before, world
        if end is not None:
            frame.returned.append((named(), end))
            frame.outcomes.append((None, end.guarded))  # nothing is false
        return frame

    @property
    def is_deep(self) -> bool:
        """Whether no more functions should be gone into."""
        return len(self.frames) > self._deep

    # -- names

    def lookup(self, name: str, state: State) -> Value:
        """What a name holds."""
        value = state.env.get(name)
        if value is not None:
            return value
        env = self.frames[-1].env
        if env is not None and (value := env.get(name)) is not None:
            return value
        key = id(self.world), name
        if key not in self._outer:
            if self.block < FOREIGN:
                self.asked.add(name)
            self._outer[key] = self.world.outer(name, self)
        return self._outer[key]

    def put_around(self, target: ir.Expr, value: Value, state: State) -> None:
        """Put a value into a variable of a function around this one: `text += part` in a callback."""
        env = self.frames[-1].env
        if not isinstance(target, Name) or target.id in state.env or env is None:
            return
        for each in env.maps if isinstance(env, ChainMap) else (env,):
            if target.id in each:
                each[target.id] = value  # type: ignore[index]
                return

    def source(self, name: str) -> Source | None:
        """Whose text the thing of that dotted name is, None when it is nobody's."""
        models = self.world.models
        known = models.sources.get(name)
        if known is None and models.of_request(name, is_web=self.world.is_web):
            return Source.REQUEST
        return known

    def place(self, node: ir.Node) -> Place:
        """Where a node stands."""
        return Place(self.block, node.start, node.end)

    def taint(self, node: ir.Node, source: Source, label: str, parameter: str = "") -> Taint:
        """A taint that comes in at a node."""
        step = self.step(node, f"{label} comes in here")
        return Taint(source, (step,), label, parameter=parameter)

    def step(self, node: ir.Node, words: str) -> Step:
        """What happens at a node."""
        place = self.place(node)
        return Step(place, words, *elsewhere.where(place))

    # -- sinks

    def arrive(  # noqa: PLR0917 - what an arrival is
        self,
        found: tuple[tuple[FlowRule, Sink], ...],
        node: ir.Node,
        value: Value,
        state: State,
        call: Called | None = None,
        key: Value | None = None,
    ) -> None:
        """Ask the rules about a value that reached their sinks."""
        for rule, sink in found:
            self._judge(rule, sink, node, value, state, call, key)

    def feed(self, node: ir.Node, called: Called, state: State) -> None:
        """Note whether a call is given anything that may do harm."""
        for name in called.names:
            which = self.world.sinks.fed.get(name)
            if which is None:
                continue
            values = [value for each in which if (value := called.argument(each)) is not None]
            open_ = any(
                not value.is_known
                and (not value.every() or any(state.harms(t, "data") for t in value.every()))
                for value in values
            )
            place = self.place(node)
            if place.block >= FOREIGN:
                return
            self.fed[place] = self.fed.get(place, False) or open_ or not values

    def _judge(  # noqa: PLR0917 - what an arrival is
        self,
        rule: FlowRule,
        sink: Sink,
        node: ir.Node,
        value: Value,
        state: State,
        call: Called | None,
        key: Value | None,
    ) -> None:
        kinds = (rule.kind, *rule.fixed_kinds)
        alive = [t for t in value.every() if all(state.harms(t, kind) for kind in kinds)]
        doubted = [t for t in alive if any(state.doubts(t, kind) for kind in kinds)]
        alive = [t for t in alive if t.source in rule.sources or t not in doubted]
        traced = tuple(t for t in alive if t.source in rule.sources)
        parameters = tuple(t for t in alive if t.source is Source.PARAMETER)
        if value.constants is not None or value.number:
            return
        said = rule.judge(Arrival(value, sink, call, traced, parameters, tuple(alive), key))
        if not said:
            return
        place = self.place(node)
        there: tuple[Step, ...] = ()
        if place.block >= FOREIGN:
            if self.site is None or not traced:
                return  # what another file does by itself is said there
            place, there = self.site, (self.step(node, "it arrives here"),)
        sure = [t for t in traced if t not in doubted]
        known = self.faults.get((rule.id, place))
        if known is not None and not (traced and (not known.traced or (sure and known.doubted))):
            return
        if traced:
            first = (sure or traced)[0]
            usual = Opinion(rule.traced.format(label=first.label))
            opinion = said if isinstance(said, Opinion) else usual
            if not sure:
                opinion = opinion._replace(tentative=True, confidence=Confidence.LOW)
            here = Step(place, "it is handed over here" if there else "it arrives here")
            into = elsewhere.entered(first.steps, here)
            way = (*into, *there) if there else (*first.steps, here)
            fault = Fault(rule, place, opinion, way, traced=True, doubted=not sure)
            self.faults[rule.id, place] = fault
        elif rule.possible:
            opinion = said if isinstance(said, Opinion) else Opinion(rule.possible)
            steps = parameters[0].steps if parameters else ()
            steps = (*steps, Step(place, "it is put together here")) if steps else ()
            self.faults[rule.id, place] = Fault(rule, place, opinion, steps, traced=False)
