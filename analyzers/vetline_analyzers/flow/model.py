"""What libraries do with text: where it comes in, what makes it harmless, what ends a function. Data only.

One `Model` describes one library or framework and lies on the shelf of its language (`models/`). The machine asks the
`Models` of a language, which are all of them as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from vetline_analyzers.core import shelf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vetline_analyzers.flow.value import Source

ALL = frozenset({"*"})  # every kind of sink
NAMES = 4_096  # of called functions whose look is remembered: a project calls the same ones again and again
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A library as data. Names are dotted, as seen through imports; of a call's result with "()" behind.

    Attributes:
        sources: what brings text in: name → whose it is.
        frameworks: modules of which one is imported where requests are a visitor's.
        request_names: names of a variable or parameter that holds a request, when nothing else says so.
        request_parts: attributes and methods of a request that bring a stranger's text.
        vague_parts: those of them that the requests of a client have too; they count only where a framework is
            imported, or nothing is.
        request_types: annotations of a parameter that is a request, with the name it stands for.
        routes: last names of decorators that make a function a handler, whose parameters are a stranger's.
        data_routes: frameworks whose handlers give back data and no pages.
        handler_bases: base classes whose methods are handlers, by the last part of the name.
        bases_without: those of them whose methods are given nothing: what a request brings is found on `self`.
        injected: matches the default or annotation of a handler's parameter that is no stranger's.
        sanitizers: a function's name (dotted, or plain for whoever defines it) → kinds of sinks its result cannot harm.
        passes: functions whose result holds the text of their arguments.
        harmless: functions and attributes whose result holds no text of their argument.
        ends: functions that do not return.
        handed: what a framework gives to a function that is passed to it: the callee, dotted, with ":" and the first
            argument where that decides → a name for each parameter, which may be that of a source.
        handlers: the same by the name of the function itself, where a framework calls it by that, or by its name with
            those of its parameters: "fetch(request, env)".
        resolvers: dotted names of decorators, with or without a call, of functions that are given a stranger's text and
            give back no page.
        commands: last names of decorators that give a function the arguments of the command line.
        shapes: matches "NAME(PARAMETER, PARAMETER)" of functions that are given a stranger's text.
        given: names of parameters of all these functions that bring no text.
        properties: properties by which a parameter that is taken apart is known → what it is.
        own_parameters: names of parameters that a framework gives and that bring no text.
        parameter_decorators: decorator of a parameter → what the parameter is.
        cleaning: matches the names of functions that are not seen → kinds of sinks their result cannot harm.
        closed: types, classes above enumerations and what declares a field, by the last part of the name, whose values
            are free of text that somebody chose.
        checks: base classes that check what they are made of against the fields of a class → where the result is: "" in
            the object, a name in that mapping of it, "*.name" in that attribute of each field, "name()" in the object
            that a method of the class gives, "name()[]" in such a mapping.
        converters: functions that check what they are given against a type → their argument that is the type.
    """

    sources: Mapping[str, Source] = field(default_factory=dict)
    frameworks: tuple[str, ...] = ()
    request_names: tuple[str, ...] = ()
    request_parts: tuple[str, ...] = ()
    vague_parts: tuple[str, ...] = ()
    request_types: Mapping[str, str] = field(default_factory=dict)
    routes: tuple[str, ...] = ()
    data_routes: tuple[str, ...] = ()
    handler_bases: tuple[str, ...] = ()
    bases_without: tuple[str, ...] = ()
    injected: str = ""
    sanitizers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    passes: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    handed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    handlers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    resolvers: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    shapes: str = ""
    given: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    own_parameters: tuple[str, ...] = ()
    parameter_decorators: Mapping[str, str] = field(default_factory=dict)
    cleaning: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    closed: tuple[str, ...] = ()
    checks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    converters: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Models:
    """All models of a language."""

    sources: Mapping[str, Source]
    frameworks: frozenset[str]
    request_names: frozenset[str]
    request_parts: frozenset[str]
    vague_parts: frozenset[str]
    request_types: Mapping[str, str]
    routes: frozenset[str]
    data_routes: frozenset[str]
    handler_bases: frozenset[str]
    bases_without: frozenset[str]
    injected: re.Pattern[str]
    sanitizers: Mapping[str, frozenset[str]]
    passes: frozenset[str]
    harmless: frozenset[str]
    ends: frozenset[str]
    last_parts: frozenset[str]
    handed: Mapping[str, tuple[str, ...]]
    handlers: Mapping[str, tuple[str, ...]]
    resolvers: frozenset[str]
    last_resolvers: frozenset[str]
    commands: frozenset[str]
    shapes: re.Pattern[str]
    given: frozenset[str]
    properties: Mapping[str, str]
    own_parameters: frozenset[str]
    parameter_decorators: Mapping[str, str]
    cleaning: tuple[tuple[re.Pattern[str], frozenset[str]], ...]
    closed: frozenset[str]
    checks: Mapping[str, tuple[str, ...]]
    checking: frozenset[str]
    converters: Mapping[str, int | str]

    def of_request(self, name: str, *, is_web: bool) -> bool:
        """Whether a thing of that dotted name is a part of a request, as far as its name says."""
        base, _, part = name.rpartition(".")
        if part not in self.request_parts or base.rpartition(".")[2] not in self.request_names:
            return False
        return is_web or (part not in self.vague_parts and "." not in base)

    def sanitizer(self, names: Iterable[str], last: str) -> frozenset[str] | None:
        """The kinds of sinks that the result of such a function cannot harm; None when it is no sanitizer."""
        for name in names:
            if (kinds := self.sanitizers.get(name)) is not None:
                return kinds
        return self.sanitizers.get(last)

    @lru_cache(maxsize=NAMES)  # noqa: B019 - there is one of each language, for good
    def cleans(self, last: str) -> frozenset[str]:
        """The kinds of sinks that the result of a function that is not seen cannot harm, going by its name."""
        found = (kinds for pattern, kinds in self.cleaning if pattern.search(last))
        return frozenset().union(*found)

    def given_to(self, callee: Iterable[str], first: str | None) -> tuple[str, ...]:
        """What the parameters are of a function that is passed to that callee; empty when that is not known."""
        for name in callee:
            parts = name.rsplit(".", 2)
            for each in (name, ".".join(parts[-2:])):
                known = self.handed.get(f"{each}:{first}") or self.handed.get(each)
                if known is not None:
                    return known
        return ()


@cache
def models(language: str) -> Models:
    """The models of a language: the shelf `models/LANGUAGE`, all as one."""
    found: list[Model] = list(shelf.load(f"vetline_analyzers.models.{language}", "MODEL").values())
    sources = {name: source for model in found for name, source in model.sources.items()}
    injected = "|".join(f"(?:{model.injected})" for model in found if model.injected)
    shapes = "|".join(f"(?:{model.shapes})" for model in found if model.shapes)
    return Models(
        sources=sources,
        frameworks=_all(model.frameworks for model in found),
        request_names=_all(model.request_names for model in found),
        request_parts=_all(model.request_parts for model in found),
        vague_parts=_all(model.vague_parts for model in found),
        request_types={k: v for model in found for k, v in model.request_types.items()},
        routes=_all(model.routes for model in found),
        data_routes=_all(model.data_routes for model in found),
        handler_bases=_all(model.handler_bases for model in found),
        bases_without=_all(model.bases_without for model in found),
        injected=re.compile(injected or r"(?!)"),
        sanitizers={k: frozenset(v) for model in found for k, v in model.sanitizers.items()},
        passes=_all(model.passes for model in found),
        harmless=_all(model.harmless for model in found),
        ends=_all(model.ends for model in found),
        last_parts=frozenset(name.rpartition(".")[2] for name in sources),
        handed={k: v for model in found for k, v in model.handed.items()},
        handlers={k: v for model in found for k, v in model.handlers.items()},
        resolvers=_all(model.resolvers for model in found),
        last_resolvers=frozenset(
            name.rpartition(".")[2] for model in found for name in model.resolvers
        ),
        commands=_all(model.commands for model in found),
        shapes=re.compile(shapes or r"(?!)"),
        given=_all(model.given for model in found),
        properties={k: v for model in found for k, v in model.properties.items()},
        own_parameters=_all(model.own_parameters for model in found),
        parameter_decorators={
            k: v for model in found for k, v in model.parameter_decorators.items()
        },
        cleaning=tuple(
            (re.compile(k), frozenset(v)) for model in found for k, v in model.cleaning.items()
        ),
        closed=_all(model.closed for model in found),
        checks={k: v for model in found for k, v in model.checks.items()},
        checking=_all(
            (place.removesuffix("[]") for place in places)
            for model in found
            for places in model.checks.values()
        ),
        converters={k: v for model in found for k, v in model.converters.items()},
    )


def _all(parts: Iterable[Iterable[str]]) -> frozenset[str]:
    return frozenset(name for part in parts for name in part)
