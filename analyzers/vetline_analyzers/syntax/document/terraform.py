"""Terraform as plain trees: blocks and attributes as pairs, expressions as far as they are written out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.syntax import tree
from vetline_analyzers.syntax.document.node import Node, Pair

if TYPE_CHECKING:
    from tree_sitter import Node as Grown

    from vetline_analyzers.core.analyzer import Memo
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.syntax.tree import Source

_DEPTH = 500  # levels of the syntax tree, which has some eight for each one a person sees
_TRANSPARENT = frozenset({"expression", "literal_value", "collection_value", "template_expr"})
_ENCODERS = frozenset({"jsonencode", "yamlencode", "sensitive", "nonsensitive", "toset", "tolist"})


def parse(snapshot: Snapshot, memo: Memo) -> Source | None:
    """The syntax tree of a text, None when it is too deep to be looked at."""
    source = tree.parse(snapshot, memo)
    return None if tree.deeper_than(source.root, _DEPTH) else source


def read(source: Source) -> Node:
    """The attributes and blocks of a text, each as a pair."""
    return _body(source, source.root)


def _body(source: Source, node: Grown) -> Node:
    pairs: list[Pair] = []
    for child in node.named_children:
        if child.type == "attribute":
            name, value = child.named_children[0], child.named_children[-1]
            if value.type == "expression":
                pairs.append(Pair(source.read(name), source.span(name), _value(source, value)))
        elif child.type == "block":
            pairs.append(_block(source, child))
        elif child.type in {"body", "ERROR"}:
            pairs += _body(source, child).pairs
    return Node(source.span(node), pairs=tuple(pairs))


def _block(source: Source, node: Grown) -> Pair:
    name, *others = node.named_children
    labels = tuple(
        source.read(child).strip('"')
        for child in others
        if child.type in {"string_lit", "identifier"}
    )
    body = _body(source, node)
    return Pair(
        source.read(name), source.span(name), Node(body.span, pairs=body.pairs, labels=labels)
    )


def _value(source: Source, node: Grown) -> Node:
    while node.type in _TRANSPARENT and node.named_child_count == 1:
        node = node.named_children[0]
    kind = node.type
    if kind in {"string_lit", "quoted_template"}:
        at = source.offset(node.start_byte) + 1
        return Node(source.span(node), source.read(node)[1:-1], at, quoted=True)
    if kind == "heredoc_template":
        return _heredoc(source, node)
    if kind == "tuple":
        items = (child for child in node.named_children if child.type == "expression")
        return Node(source.span(node), items=tuple(_value(source, child) for child in items))
    if kind == "object":
        elements = (child for child in node.named_children if child.type == "object_elem")
        return Node(source.span(node), pairs=tuple(_element(source, one) for one in elements))
    if kind == "function_call" and source.read(node.named_children[0]) in _ENCODERS:
        arguments = node.named_children[-1].named_children
        if len(arguments) == 1:
            return _value(source, arguments[0])
    known = kind in {"numeric_lit", "bool_lit", "null_lit"}
    span = source.span(node)
    return Node(span, source.read(node), span.start, known=known)


def _element(source: Source, node: Grown) -> Pair:
    key, value = node.named_children[0], node.named_children[-1]
    return Pair(source.read(key).strip('"'), source.span(key), _value(source, value))


def _heredoc(source: Source, node: Grown) -> Node:
    marks = [child for child in node.named_children if child.type == "heredoc_identifier"]
    start = marks[0].end_byte if marks else node.start_byte
    end = marks[-1].start_byte if len(marks) > 1 else node.end_byte
    text = source.data[start:end].decode("utf-8", "replace")
    return Node(source.span(node), text, source.offset(start), quoted=True)
