"""A language as the flow machine needs it: how it is lowered, its library, its models, the sinks of its rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vetline_analyzers.flow import (
    library_javascript,
    library_python,
    lower_javascript,
    lower_python,
)
from vetline_analyzers.flow.machine import Sinks
from vetline_analyzers.flow.model import models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tree_sitter import Node

    from vetline_analyzers.flow import ir
    from vetline_analyzers.flow.calls import Library
    from vetline_analyzers.flow.model import Models
    from vetline_analyzers.flow.rule import FlowRule, Sink

    Lower = Callable[[Node, bytes, str], tuple[ir.Stmt, ...]]
    Table = dict[str, list[tuple[FlowRule, Sink]]]


@dataclass(frozen=True, slots=True)
class Language:
    """What the machine must know of a language.

    Attributes:
        lower: makes its trees into what the machine runs.
        models: what its libraries do with text.
        library: what its own functions do with values.
        sinks: where its rules look.
        words: the last parts of the names of all sinks that are calls.
        roots: for words that many things are called by, the first parts of the names that are sinks.
    """

    lower: Lower
    models: Models
    library: Library
    sinks: Sinks
    words: frozenset[str]
    roots: Mapping[str, frozenset[str]]


def language(
    name: str, rules: Iterable[FlowRule], fed: Mapping[str, tuple[int | str, ...]]
) -> Language | None:
    """A language and the rules on data flow for it; None for one that has no flow.

    Args:
        name: the language.
        rules: its rules.
        fed: arguments on which the harm of a call depends that another rule sees, by the callee's name.
    """
    if name not in _LOWERED:
        return None
    lower, library, shelf = _LOWERED[name]
    sinks = _sinks(rules, fed)
    words = {n.rpartition(".")[2] for n in (*sinks.by_name, *sinks.by_method, *fed)}
    roots: dict[str, set[str]] = {}
    for full in (*sinks.by_name, *fed):
        roots.setdefault(full.rpartition(".")[2], set()).add(full.partition(".")[0])
    generic = {
        word: frozenset(found)
        for word, found in roots.items()
        if word not in sinks.by_method and word not in sinks.by_name and word not in fed
    }
    return Language(lower, models(shelf), library, sinks, frozenset(words), generic)


def _sinks(rules: Iterable[FlowRule], fed: Mapping[str, tuple[int | str, ...]]) -> Sinks:
    names: Table = {}
    methods: Table = {}
    attributes: Table = {}
    items: Table = {}
    keyed: Table = {}
    returned: list[tuple[FlowRule, Sink]] = []
    like: list[tuple[re.Pattern[str], FlowRule, Sink]] = []
    for rule in rules:
        for sink in rule.sinks:
            for table, keys in (
                (names, sink.names),
                (methods, sink.methods),
                (attributes, sink.attributes),
                (items, sink.items),
                (keyed, sink.keys),
            ):
                for key in keys:
                    table.setdefault(key, []).append((rule, sink))
            if sink.like:
                like.append((re.compile(sink.like), rule, sink))
            if sink.returned:
                returned.append((rule, sink))
    return Sinks(
        _frozen(names),
        _frozen(methods),
        _frozen(attributes),
        _frozen(items),
        _frozen(keyed),
        tuple(returned),
        fed,
        tuple(like),
    )


def _frozen(table: Table) -> dict[str, tuple[tuple[FlowRule, Sink], ...]]:
    return {key: tuple(found) for key, found in table.items()}


_LOWERED: dict[str, tuple[Lower, Library, str]] = {
    "python": (lower_python.lower, library_python.LIBRARY, "python"),
    **dict.fromkeys(
        ("javascript", "typescript", "tsx"),
        (lower_javascript.lower, library_javascript.LIBRARY, "javascript"),
    ),
}
