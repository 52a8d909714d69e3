"""Python's parameters, lowered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.python.chains import SKIPPED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node

    from vetline_analyzers.flow.lowering import Lowering


def parameters(low: Lowering, nodes: Iterable[Node]) -> tuple[ir.Parameter, ...]:
    """The parameters of a function."""
    found: list[ir.Parameter] = []
    keyword = False
    for node in nodes:
        if node.type == "keyword_separator":
            keyword = True
        elif node.type == "ERROR":
            low.set_aside(node)
        elif node.type not in SKIPPED:
            one = _parameter(low, node, keyword=keyword)
            keyword = keyword or one.kind == "*"
            found.append(one)
    return tuple(found)


_STARS = {"list_splat_pattern": "*", "dictionary_splat_pattern": "**"}
_WHOLE = frozenset({"default_parameter", "typed_parameter", "typed_default_parameter"})


def _parameter(low: Lowering, node: Node, *, keyword: bool) -> ir.Parameter:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    one = ir.Parameter(start, end, "", "", "", None, None, keyword)
    named, *rest = (low.told(node.children) if node.type in _WHOLE else []) or [node]
    for part in rest:
        if part.type == "type":
            one.annotation = low.read(part)
        else:
            one.default = low.expression(part)
    if named.type in _STARS:
        one.kind = _STARS[named.type]
        named = next(iter(low.told(named.children)), named)
    if named.type == "identifier":
        one.name = low.read(named)
    else:  # only Python 2 unpacks here
        one.pattern = low.expression(named)
    return one
