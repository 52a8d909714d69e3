"""What web code in Python shows around a place: the function, its decorators and its route.

Questions are answered from the block alone, as everything a rule may know.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tree_sitter import Query, QueryCursor

from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Language, Node

    from vetline_analyzers.syntax.rule import Hit

TRUE = frozenset({"True", "1"})
FALSE = frozenset({"False", "0"})
_VERBS = frozenset({"get", "post", "put", "patch", "delete"})
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_QUOTED = re.compile(r"['\"](GET|POST|PUT|PATCH|DELETE)['\"]", re.IGNORECASE)
_VIEW = re.compile(r"request\.(?:method|POST|FILES|GET|body|user)\b")


class Route(NamedTuple):
    """What a view answers to.

    Attributes:
        path: the route's path, "" when it stands elsewhere.
        methods: HTTP methods in capitals; empty when nothing says which.
    """

    path: str
    methods: frozenset[str]

    @property
    def writes(self) -> bool:
        """Whether one of its methods is for changing things."""
        return bool(self.methods & _WRITES)


def inside(hit: Hit, node: Node, *kinds: str) -> list[Node]:
    """The nodes of those kinds inside `node`, itself included, in the order of the text."""
    language = hit.scope.source.tree.language
    found = QueryCursor(_kinds(language, kinds)).captures(node).get("found", [])
    hit.scope.spend(1 + len(found) // 20 + (node.end_byte - node.start_byte) // 400)
    return sorted(found, key=lambda n: (n.start_byte, -n.end_byte))


def code(hit: Hit, node: Node | None) -> str:
    """The text of a node without its comments and docstrings, which tell what was meant, not what is done."""
    if node is None:
        return ""
    data, at, parts = hit.scope.source.data, node.start_byte, []
    for found in inside(hit, node, "comment", "expression_statement"):
        inner = found.named_children[:1]
        if found.start_byte < at or (
            found.type != "comment" and (not inner or inner[0].type != "string")
        ):
            continue
        parts.append(data[at : found.start_byte])
        at = found.end_byte
    parts.append(data[at : node.end_byte])
    return b"".join(parts).decode("utf-8", "replace")


@cache
def _kinds(language: Language, kinds: tuple[str, ...]) -> Query:
    return Query(language, "\n".join(f"({kind}) @found" for kind in kinds))


def last_part(hit: Hit) -> str:
    """The last name of what a call calls: "extract" for `archive.extract(…)`."""
    function = callee(hit.node)
    return hit.text(function).rpartition(".")[2] if function is not None else ""


def definition(hit: Hit, node: Node | None = None) -> Node | None:
    """The innermost `def` around a node, the hit's when none is named."""
    around = hit.scope.up(node or hit.node)
    return next((n for n in around if n.type == "function_definition"), None)


def called(hit: Hit, function: Node | None) -> str:
    """The name of a `def`, "" for none."""
    name = function.child_by_field_name("name") if function is not None else None
    return hit.text(name) if name is not None else ""


def parameters(hit: Hit, function: Node) -> dict[str, Node]:
    """The parameters of a `def` by name, without `self` and `cls`."""
    holder = function.child_by_field_name("parameters")
    found: dict[str, Node] = {}
    for node in holder.named_children if holder is not None else ():
        name = node if node.type == "identifier" else node.child_by_field_name("name")
        if name is None:  # a typed parameter without a default has no field for it
            name = next((n for n in node.named_children if n.type == "identifier"), None)
        if name is not None and (text := hit.text(name)) not in {"self", "cls"}:
            found[text] = node
    return found


def decorators(hit: Hit, function: Node) -> Iterator[tuple[str, Node]]:
    """The names and expressions of a `def`'s decorators that stand in the same block."""
    holder = next(iter(hit.scope.up(function)), None)
    if holder is None or holder.type != "decorated_definition":
        return
    for node in holder.named_children:
        if node.type == "decorator" and node.named_child_count:
            expression = node.named_children[0]
            yield hit.resolve(callee(expression) or expression), expression


def route(hit: Hit, function: Node) -> Route | None:
    """What a view answers to, None for a function that is no view as far as one can see."""
    for name, expression in decorators(hit, function):
        last = name.rpartition(".")[2]
        if last in {"require_POST", "require_safe", "require_GET"}:
            return Route("", frozenset({"POST"} if last == "require_POST" else {"GET"}))
        if last in {"api_view", "require_http_methods"}:
            return Route("", _methods(hit.text(expression)))
        path = _first_string(hit, expression)
        if path is None or (path and not path.startswith(("/", "<", "{"))):
            continue
        if last in {"route", "api_route"}:
            return Route(path, _methods(hit.text(expression)) or frozenset({"GET"}))
        if last in _VERBS and "." in name:
            return Route(path, frozenset({last.upper()}))
    first = next(iter(parameters(hit, function)), "")
    if first == "request" and _VIEW.search(text := hit.text(function)):
        return Route("", frozenset({"POST"}) if "request.POST" in text else _methods(text))
    return None


def _methods(text: str) -> frozenset[str]:
    return frozenset(found.upper() for found in _QUOTED.findall(text))


def _first_string(hit: Hit, expression: Node) -> str | None:
    found = hit.scope.dialect.argument_nodes(expression)
    return hit.string(found[0]) if found else None


def call_around(hit: Hit, node: Node | None = None) -> Node | None:
    """The innermost call that the node is an argument of."""
    return next((n for n in hit.scope.up(node or hit.node) if n.type == "call"), None)
