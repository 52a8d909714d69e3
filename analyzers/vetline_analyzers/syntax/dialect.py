"""What the machinery must know of a language: its node types and how its strings and names are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable

    from tree_sitter import Node

    Read = Callable[[Node], str]
    # A part of a string: literal text, None for a constant whose text is not known, or an
    # expression that is put in at run time.
    Piece = str | None | Node


class Binding(NamedTuple):
    """A name that a file gives to something of another module: `l` for "yaml.load"."""

    name: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A language, as the rules' helpers see it.

    Attributes:
        calls: node types of calls.
        bindings_query: captures nodes that bind names as @binding, for `bindings`.
        assignments_query: captures assignments as @assignment, for `assigned`.
        opened: node types that are split into their children to make blocks, at the top level.
        classes: node types of classes; one of `opened` that holds none stays whole.
        functions: node types of functions.
        literals: node types that are constants by themselves.
        composed: node types that are constant when all their named children are.
        identifiers: node types of plain names.
        members: node types of `object.member`.
        wrappers: node types that mean the expression inside them: parentheses, type assertions.
        harmless: callees whose result carries no text of its argument, `int`, and members that no
            stranger sets.
        requests: matches the text of an expression that brings in what a stranger sent.
        prompts: the same for what the person who runs the program gives.
        sanitizers: matches the name of a callee that makes a stranger's text fit for a sink.
        bindings: what a captured node binds.
        assigned: name, value and whether it adds to the old value, of an assignment; None when it
            assigns to something else than a plain name.
        expand: the parts of a string expression, None for an expression that is no string by itself.
        member: object and member name of one of `members`.
        argument_nodes: the positional arguments of a call.
        keyword: the value of a named argument of a call.
        root: dotted name of what an expression that ends a chain of members gives: `require("x")`.
    """

    calls: frozenset[str]
    bindings_query: str
    assignments_query: str
    opened: frozenset[str]
    classes: frozenset[str]
    functions: frozenset[str]
    literals: frozenset[str]
    composed: frozenset[str]
    identifiers: frozenset[str]
    members: frozenset[str]
    wrappers: frozenset[str]
    harmless: frozenset[str]
    requests: re.Pattern[str]
    prompts: re.Pattern[str]
    sanitizers: re.Pattern[str]
    bindings: Callable[[Node, Read], Iterable[Binding]]
    assigned: Callable[[Node, Read], tuple[str, Node, bool] | None]
    expand: Callable[[Node, Read], list[Piece] | None]
    member: Callable[[Node, Read], tuple[Node, str] | None]
    argument_nodes: Callable[[Node], list[Node]]
    keyword: Callable[[Node, str, Read], Node | None]
    root: Callable[[Node, Read], str]
