"""The shape of a rule on data flow: which values, arriving where, are at fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.finding import Confidence, Rule, Severity
from vetline_analyzers.flow.value import Source, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vetline_analyzers.core.finding import Persona
    from vetline_analyzers.flow.value import Taint

STRANGERS = frozenset({Source.REQUEST})
PEOPLE = frozenset({Source.REQUEST, Source.INPUT})


class Called(NamedTuple):
    """A call, its parts evaluated.

    Attributes:
        names: dotted names of what is called.
        method: the last part of the callee.
        receiver: what the method is called on.
        arguments: positional ones.
        keywords: named ones; of JavaScript the properties of an object literal that is passed.
    """

    names: tuple[str, ...]
    method: str
    receiver: Value
    arguments: tuple[Value, ...]
    keywords: Mapping[str, Value]

    def argument(self, which: int | str) -> Value | None:
        """An argument by position or name, None when it is not given."""
        if isinstance(which, str):
            return self.keywords.get(which)
        return self.arguments[which] if which < len(self.arguments) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """Where a value does harm: arguments of calls, what is stored at a place, what a handler gives back.

    Attributes:
        names: dotted names of callees.
        methods: names of methods, whatever they are called on.
        arguments: which of the call's, by position or name; "*" all of them, "self" what the method is called on.
        when: tells of a call whether it is a sink at all.
        attributes: names of attributes whose assignment is one: "innerHTML".
        items: last names of things whose items are: "headers" of `response.headers["X"] = value`.
        keys: keys in displays whose values are: "__html" of `{__html: value}`.
        returned: what a handler of requests gives back.
        like: matches the last names of further callees, for sinks that people wrap.
    """

    names: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    arguments: tuple[int | str, ...] = (0,)
    when: Callable[[Called], bool] | None = None
    attributes: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    returned: bool = False
    like: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A value at a sink.

    Attributes:
        value: what arrives.
        sink: where.
        call: the call, when it is one; of an assigned attribute its names, what it is of, and the value.
        traced: the taints by which somebody the rule listens to can do harm here.
        parameters: those of parameters.
        alive: all that can do harm here, whoever's they are.
        key: the key of an assigned item.
    """

    value: Value
    sink: Sink
    call: Called | None
    traced: tuple[Taint, ...]
    parameters: tuple[Taint, ...]
    alive: tuple[Taint, ...] = ()
    key: Value | None = None

    @property
    def pieces(self) -> tuple[str | Value, ...]:
        """The text, with values where something is put in."""
        return self.value.parts()

    @property
    def is_built(self) -> bool:
        """Whether it is a text that something not known is put into."""
        pieces = self.value.pieces or ()
        return any(isinstance(piece, Value) and self.is_open(piece) for piece in pieces)

    @property
    def is_composed(self) -> bool:
        """Whether something is put into it that is not written here, be it only a number."""
        return self.is_built or any(
            isinstance(piece, Value)
            and piece.number
            and not piece.names
            and piece.constants is None
            for piece in self.value.pieces or ()
        )

    def is_open(self, piece: Value) -> bool:
        """Whether a part may be anything: nothing is known of it, and no guard or sanitizer made it harmless."""
        if piece.is_known:
            return False
        taints = piece.every()
        alive = {(taint.key, taint.cleared) for taint in self.alive}
        return not taints or any((taint.key, taint.cleared) in alive for taint in taints)

    @property
    def head(self) -> str:
        """The text that stands in front of the first hole."""
        first = self.pieces[0]
        return first if isinstance(first, str) else ""


class Opinion(NamedTuple):
    """What a rule says of an arrival.

    Attributes:
        message: one sentence.
        severity, confidence, persona, tentative: where they differ from what the tier has.
    """

    message: str
    severity: Severity | None = None
    confidence: Confidence | None = None
    persona: Persona | None = None
    tentative: bool | None = None


def _judge(arrival: Arrival) -> bool:
    return bool(arrival.traced) or (bool(arrival.parameters) and arrival.is_built)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRule(Rule):
    """A rule on data flow.

    There are two tiers. *Traced*: a source the rule listens to reaches the sink; the rule's own severity. *Possible*: a
    parameter, or something unknown, is put into a text there; a warning, tentative.

    Attributes:
        kind: what sanitizers and guards call the harm: "sql".
        sinks: where it is done.
        traced: the message of the first tier; "{label}" stands for the source.
        possible: that of the second; "" means that the rule has only one.
        sources: whose text it listens to.
        judge: whether an arrival is a fault, or what to say of it.
        languages: the languages it is for; empty means the language of its examples.
        fixed_kinds: further kinds whose sanitizers do as well.
    """

    kind: str
    sinks: tuple[Sink, ...]
    traced: str
    possible: str = ""
    sources: frozenset[Source] = STRANGERS
    judge: Callable[[Arrival], bool | Opinion | None] = _judge
    languages: tuple[str, ...] = ()
    fixed_kinds: tuple[str, ...] = field(default=())
