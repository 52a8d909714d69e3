"""Outlines by the tree: which functions and classes a text defines, and which statements stand between them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from tree_sitter import Query, QueryCursor

from vetline_analyzers.core.text import Span
from vetline_analyzers.syntax import tree
from vetline_analyzers.syntax.enclosing import Outline, Region, whole_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.syntax.tree import Source

_DEPTH = 500  # levels of a tree; a deeper one, which nobody writes, is outlined by indentation
_NAME = 200  # characters; what is longer is no name that a person reads
_VALUES = "[(arrow_function) (function_expression) (generator_function) (class)]"
_PYTHON = """
    (function_definition name: (_) @name) @whole
    (class_definition name: (_) @name) @whole
"""
_JAVASCRIPT = f"""
    (function_declaration name: (_) @name) @whole
    (generator_function_declaration name: (_) @name) @whole
    (class_declaration name: (_) @name) @whole
    (method_definition name: (_) @name) @whole
    (variable_declarator name: (identifier) @name value: {_VALUES}) @whole
    (assignment_expression left: (_) @name right: {_VALUES}) @whole
"""
_QUERIES = {
    "python": _PYTHON,
    "javascript": _JAVASCRIPT + f"(field_definition property: (_) @name value: {_VALUES}) @whole",
} | dict.fromkeys(
    ("typescript", "tsx"),
    _JAVASCRIPT
    + "(abstract_class_declaration name: (_) @name) @whole"
    + f"(public_field_definition name: (_) @name value: {_VALUES}) @whole",
)
# What belongs to a definition that stands alone in it.
_WRAPPERS = frozenset(
    {"decorated_definition", "export_statement", "lexical_declaration", "variable_declaration"}
    | {"expression_statement"}
)
_IMPORTS = frozenset({"import_statement", "import_from_statement", "future_import_statement"})
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function"})


@cache
def _query(language: str) -> Query:
    return Query(tree.grammar(language), _QUERIES[language])


def outline(snapshot: Snapshot) -> Outline | None:
    """What a text of Python, JavaScript or one of its relatives consists of; None when it does not parse.

    Not for several threads at once, as no parser is.
    """
    source = tree.parse(snapshot, {})
    if source.root.has_error or tree.deeper_than(source.root, _DEPTH):
        return None
    found = []
    for _, captures in QueryCursor(_query(snapshot.language)).matches(source.root):
        (whole,), (name,) = captures["whole"], captures["name"]
        word = re.sub(r"\s", "", source.read(name))
        if len(word) > _NAME:
            continue
        outermost = _with_wrappers(whole)
        start, end = source.span(_with_decorators(outermost)).start, source.span(outermost).end
        found.append((Span(start, end), word))
    definitions: list[Region] = []
    open_: list[tuple[Span, str]] = []
    for span, word in sorted(found, key=lambda one: (one[0].start, -one[0].end)):
        while open_ and not open_[-1][0].contains(span):
            open_.pop()
        symbol = f"{open_[-1][1]}.{word}" if open_ else word
        open_.append((span, symbol))
        definitions.append(Region(symbol, whole_lines(snapshot, span)))
    return Outline(tuple(definitions), tuple(_runs(snapshot, source, definitions)))


def _with_wrappers(node: Node) -> Node:
    """What a definition stands alone in: `export`, `const`, its decorators."""
    while (parent := node.parent) is not None and parent.type in _WRAPPERS:
        declared = [child for child in parent.named_children if child.type == node.type]
        if len(declared) != 1:
            break
        node = parent
    return node


def _with_decorators(node: Node) -> Node:
    """The first of the decorators that stand before a method, where the grammar does not put them around it."""
    before = node.prev_named_sibling
    while before is not None and before.type in {"decorator", "comment"}:
        if before.type == "decorator":
            node = before
        before = before.prev_named_sibling
    return node


def _runs(snapshot: Snapshot, source: Source, definitions: list[Region]) -> Iterator[Span]:
    """The runs of top-level statements that are no definitions."""
    heads = {one.span for one in definitions}
    kind, run = "", None
    for node in source.root.named_children:
        if node.type == "comment":
            continue
        span = whole_lines(snapshot, source.span(node))
        now = "" if span in heads else _kind(node)
        if run is not None and now == kind and now in {"import", "statement"}:
            run = Span(run.start, max(run.end, span.end))
            continue
        if run is not None:
            yield run
        kind, run = now, span if now else None
    if run is not None:
        yield run


def _kind(node: Node) -> str:
    if node.type in _IMPORTS:
        return "import"
    return "callback" if node.type == "expression_statement" and _takes_block(node) else "statement"


def _takes_block(node: Node) -> bool:
    """Whether a statement hands a function over, as `app.get("/", (request) => {…})` does."""
    stack, steps = [node], 200
    while stack and steps:
        steps -= 1
        top = stack.pop()
        if top.type in _FUNCTIONS:
            return True
        stack += top.named_children
    return False
