"""What a value may be and where it came from: constants, text with holes, containers, taint."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vetline_analyzers.flow import ir

FOREIGN = 1_000_000  # the number of the first block of another file
CONSTANTS = 8  # of one value; more means that it is not known
_TAINTS = 16  # cleared alike
_JOINS = 500  # containers in containers that two values may hold before only their taints are told
_NAMES = 4
_FUNCTIONS = 7  # beside the first one
_STEPS = 12
_PATH = 6  # parts of parts
OPEN = "…"  # a part of which no guard can speak
LONGEST = 10_000  # characters of a constant that is still computed with


class Source(StrEnum):
    """Whose text it is."""

    REQUEST = "request"  # a stranger's, over the network
    INPUT = "input"  # of the person who runs the program: a prompt, the command line
    ENVIRONMENT = "environment"
    FILE = "file"  # of a file or a data base: it was stored, perhaps by a stranger
    PARAMETER = "parameter"  # whatever the caller gives


class Place(NamedTuple):
    """A stretch of a block: its number among those a run looked at, and byte offsets in it."""

    block: int
    start: int
    end: int


NOWHERE = Place(
    -1, 0, 0
)  # of what is known by its name: `request.args` is the same wherever it is read


Way = tuple[str, ...]
TaintKey = tuple[Place, str, Way]
Shown = dict[TaintKey, frozenset[str]]


class Step(NamedTuple):
    """A place that a value came through, and what happened there.

    Attributes:
        place: where.
        words: what happened.
        path: of a place in another file that file's, POSIX, relative to the project's root.
        line: the line there, from 1.
    """

    place: Place
    words: str
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Taint:
    """Text that somebody else chose.

    Attributes:
        source: whose it is.
        steps: the way it came, the first being where it came in.
        label: what it is called there: "request.args".
        cleared: kinds of sinks it cannot harm any more.
        parameter: which one, of a PARAMETER.
        path: the part of what came in that it is: keys, attributes, positions.
    """

    source: Source
    steps: tuple[Step, ...]
    label: str = ""
    cleared: frozenset[str] = frozenset()
    parameter: str = ""
    path: Way = ()

    @property
    def key(self) -> TaintKey:
        """What tells it from other taints, however far it went."""
        return self.steps[0].place, self.label, self.path

    def within(self, element: str) -> Taint:
        """That of a part of the same."""
        if len(self.path) >= _PATH:
            element, path = OPEN, self.path[:-1]
        else:
            path = self.path
        return replace(self, path=(*path, element))

    def shown(self, facts: Mapping[TaintKey, frozenset[str]]) -> frozenset[str]:
        """What facts say of it: those of its own part, and of the parts that this one is in."""
        place, label, path = self.key
        if path[:1] == (OPEN,):
            return frozenset()
        ways = (path[:length] for length in range(len(path) + 1))
        return frozenset().union(*(facts.get((place, label, way), ()) for way in ways))

    def through(self, step: Step) -> Taint:
        """The same, a step further."""
        if len(self.steps) >= _STEPS or self.steps[-1].place == step.place:
            return self
        steps = (*self.steps, step)
        return Taint(self.source, steps, self.label, self.cleared, self.parameter, self.path)


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """A function of the analysed program.

    Attributes:
        function: its code.
        block: the number of the block that holds it.
        world: the file that holds it, when it is another one.
        env: the names around it where it is not at the module's level.
        guarded: what guards had shown of taints where it was written.
        bound: what its first parameter is bound to, of a method.
    """

    function: ir.Function
    block: int
    env: Mapping[str, Value] | None = None
    guarded: Mapping[TaintKey, frozenset[str]] | None = None
    world: object = None
    bound: Value | None = None


Constant = str | bytes | int | float | bool | None
Key = str | int | float | bytes | bool | None
Seen = dict[tuple[int, int], tuple["Value", "Value", "Value"]]


@dataclass(slots=True, eq=False)
class Value:
    """What an expression may give. Nobody changes one; it is not frozen, as that makes it dear to make.

    Attributes:
        constants: everything it may be; None when it may be something else.
        taints: of the value itself; what its items carry is in them.
        pieces: of a text that was put together: literal text, and the values put in.
        items: of a container what is known at each key; of an object "." and a name for each attribute.
        rest: of a container what may stand at any other key, None for nothing.
        names: dotted names of what it is: "flask.request.args", "sqlite3.connect().cursor()".
        closure: the function it is.
        others: further functions that it may be.
        is_list: its integer keys are positions, with nothing unknown between them.
        number: it is a number, a truth value or otherwise free of text.
        resolved: a path that was made absolute.
    """

    constants: tuple[Constant, ...] | None = None
    taints: tuple[Taint, ...] = ()
    pieces: tuple[str | Value, ...] | None = None
    items: Mapping[Key, Value] | None = None
    rest: Value | None = None
    names: tuple[str, ...] = ()
    closure: Closure | None = None
    others: tuple[Closure, ...] = ()
    is_list: bool = False
    number: bool = False
    resolved: bool = False

    _every: tuple[Taint, ...] | None = field(default=None, init=False, repr=False)
    _known: bool | None = field(default=None, init=False, repr=False)

    def every(self) -> tuple[Taint, ...]:
        """The taints of the value and of all it holds."""
        if self.items is None and self.rest is None:
            return self.taints
        if self._every is None:
            found = list(self.taints)
            for item in (self.items or {}).values():
                found += item.every()
            if self.rest is not None:
                found += self.rest.every()
            self._every = distinct(found)
        return self._every

    @property
    def text(self) -> str | None:
        """The one string it is."""
        if self.constants and len(self.constants) == 1 and isinstance(self.constants[0], str):
            return self.constants[0]
        return None

    @property
    def truth(self) -> bool | None:
        """Whether it counts as true, None when that is not known."""
        if self.constants:
            found = {bool(constant) for constant in self.constants}
            return found.pop() if len(found) == 1 else None
        if self.items is not None and self.rest is None and self.is_list:
            return bool(self.items)
        return True if self.closure is not None else None

    @property
    def is_known(self) -> bool:
        """Whether nothing in it is decided at run time by somebody else."""
        if self.constants is not None or self.number:
            return True
        if self._known is None:
            self._known = self._is_known()
        return self._known

    def _is_known(self) -> bool:
        if self.taints:
            return False
        if self.pieces is not None:
            return all(isinstance(piece, str) or piece.is_known for piece in self.pieces)
        if self.items is not None:
            return (self.rest is None or self.rest.is_known) and all(
                v.is_known for v in self.items.values()
            )
        return False

    def parts(self) -> tuple[str | Value, ...]:
        """The text it is, with itself as the only hole where nothing of it is known."""
        if self.pieces is not None:
            return self.pieces
        if self.text is not None:
            return (self.text,)
        return (self,)


GENERATOR = "a generator"  # the name of what a function gives one after the other
UNKNOWN = Value()
NUMBER = Value(number=True)
FIXED = Value(number=True, names=("constant",))  # a text that is put together from constants


def constant(value: Constant) -> Value:
    """The value of a literal."""
    return Value(constants=(value,), number=not isinstance(value, str | bytes))


def named(*names: str) -> Value:
    """A thing of which only its name is known."""
    return Value(names=names)


def tainted(*taints: Taint) -> Value:
    """A text that others chose."""
    return Value(taints=distinct(taints))


def carrying(values: Iterable[Value], names: tuple[str, ...] = ()) -> Value:
    """A value that is made of others in a way that is not known: it has the taints of all."""
    taints = [taint for value in values for taint in value.every()]
    return Value(taints=distinct(taints), names=names) if taints or names else UNKNOWN


def distinct(taints: Iterable[Taint]) -> tuple[Taint, ...]:
    """One taint for each source and each way of having been cleared; of too many a few of each way."""
    found: dict[object, Taint] = {}
    for taint in taints:
        found.setdefault((taint.key, taint.cleared), taint)
    if len(found) <= _TAINTS:
        return tuple(found.values())
    alike: dict[object, list[Taint]] = {}
    for taint in found.values():
        alike.setdefault((taint.source, taint.cleared), []).append(taint)
    kept: list[Taint] = []
    for group in alike.values():
        kept += group[: _TAINTS - 1]
        if len(group) >= _TAINTS:  # one that no guard can speak of stands for the rest
            kept.append(replace(group[_TAINTS - 1], path=(OPEN,)))
    return tuple(sorted(kept, key=_tameness)[: _TAINTS * 4])


def _tameness(taint: Taint) -> tuple[bool, int]:
    """How little harm may be expected of a taint."""
    return "*" in taint.cleared, len(taint.cleared)


def join(a: Value, b: Value, seen: Seen | None = None) -> Value:
    """What may be either; `seen` are the containers inside that were joined already, as one may be in many places."""
    if a is b:
        return a
    if a.items is None and b.items is None:
        return _join(a, b, seen)
    seen = {} if seen is None else seen
    if (known := seen.get((id(a), id(b)))) is None:
        if len(seen) >= _JOINS:
            return carrying((a, b))
        known = seen[id(a), id(b)] = (_join(a, b, seen), a, b)  # which keeps the numbers theirs
    return known[0]


def _join(a: Value, b: Value, seen: Seen | None) -> Value:
    constants = None
    if a.constants is not None and b.constants is not None:
        union = tuple(dict.fromkeys((*a.constants, *b.constants)))
        constants = union if len(union) <= CONSTANTS else None
        if not (a.taints or b.taints or a.names or b.names):
            if constants is None:
                return NUMBER if a.number and b.number else FIXED
            return Value(constants=constants, number=a.number and b.number)
    items: Mapping[Key, Value] | None = None
    rest = None
    if a.items is not None and b.items is not None:
        items = joined(a.items, b.items, seen)
    elif a.items is not None or b.items is not None:
        one, other = (a, b) if a.items is not None else (b, a)
        items = one.items
        if not other.is_known and other.rest is None:
            rest = UNKNOWN
    for each in (a.rest, b.rest):
        if each is not None:
            rest = each if rest is None else join(rest, each, seen)
    closure, others = _functions(a, b)
    return Value(
        constants=constants,
        taints=distinct((*a.taints, *b.taints)) if a.taints or b.taints else (),
        pieces=_richer(a, b),
        items=items,
        rest=rest,
        names=tuple(dict.fromkeys((*a.names, *b.names)))[:_NAMES],
        closure=closure,
        others=others,
        is_list=a.is_list and b.is_list and len(a.items or ()) == len(b.items or ()),
        number=(a.number or a.constants is not None) and (b.number or b.constants is not None),
        resolved=a.resolved and b.resolved,
    )


def _functions(a: Value, b: Value) -> tuple[Closure | None, tuple[Closure, ...]]:
    """The functions that either may be."""
    if a.closure is None or b.closure is None:
        one = b if a.closure is None else a
        return one.closure, one.others
    closures = (a.closure, *a.others, b.closure, *b.others)
    first, *others = {id(closure.function): closure for closure in closures}.values()
    return first, tuple(others[:_FUNCTIONS])


def joined(
    a: Mapping[Key, Value], b: Mapping[Key, Value], seen: Seen | None = None
) -> dict[Key, Value]:
    """What may be at each key of either."""
    found = dict(a)
    for key, value in b.items():
        found[key] = join(found[key], value, seen) if key in found else value
    return found


def _richer(a: Value, b: Value) -> tuple[str | Value, ...] | None:
    """Of two texts the one into which more is put: what is wrong with it is wrong with both."""
    if a.pieces is None or b.pieces is None:
        one, other = (a, b) if a.pieces is not None else (b, a)
        if (other.taints and other.constants is None) or (one.is_known and not other.is_known):
            return None
        return one.pieces
    holes = [sum(isinstance(piece, Value) for piece in pieces) for pieces in (a.pieces, b.pieces)]
    return a.pieces if (holes[0], len(a.pieces)) >= (holes[1], len(b.pieces)) else b.pieces


def cleared(value: Value, kinds: frozenset[str]) -> Value:
    """The same value, which harms sinks of these kinds no more; its pieces are not told apart."""
    taints = distinct(replace(t, cleared=t.cleared | kinds) for t in value.every())
    return Value(taints=taints, names=value.names if not taints else ())


def part(value: Value, element: str) -> Value:
    """A part of a value: what a guard shows of it says nothing of the rest."""
    if not value.taints:
        return value
    pieces = value.pieces and tuple(
        piece if isinstance(piece, str) else part(piece, element) for piece in value.pieces
    )
    taints = tuple(taint.within(element) for taint in value.taints)
    return replace(value, taints=taints, pieces=pieces)


def shown_harmless(value: Value, facts: Mapping[TaintKey, frozenset[str]]) -> Value:
    """The value whose taints carry with them what a guard showed of them."""
    if not facts or not value.taints:
        return value
    taints = tuple(
        replace(t, cleared=t.cleared | kinds) if (kinds := t.shown(facts)) else t
        for t in value.taints
    )
    return value if taints == value.taints else replace(value, taints=taints, pieces=None)
