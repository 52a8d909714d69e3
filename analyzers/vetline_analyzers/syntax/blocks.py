"""Blocks: the pieces of a file that are looked at, and remembered, one by one.

A block is a top-level statement or a member of a top-level class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from vetline_analyzers.syntax.dialect import Dialect
    from vetline_analyzers.syntax.tree import Source


class Block(NamedTuple):
    """A block and what it is known by: equal keys mean equal trees.

    Attributes:
        node: its tree.
        key: the type of what holds it, its own type, its text and what was changed in that; None when
            it has errors, since a broken tree depends on its surroundings.
    """

    node: Node
    key: tuple[object, ...] | None


def split(source: Source, dialect: Dialect) -> Iterator[Block]:
    """The blocks of a text, in its order."""
    stack = [(source.root.type, node) for node in reversed(source.root.children)]
    while stack:
        holder, node = stack.pop()
        if node.type in dialect.opened and _holds_class(node, holder, dialect):
            stack += [(node.type, child) for child in reversed(node.children)]
            continue
        if not node.is_named:
            continue
        text = source.data[node.start_byte : node.end_byte]
        changes = source.changes(node.start_byte, node.end_byte)
        key = None if node.has_error else (holder, node.type, text, *changes)
        yield Block(node, key)


def _holds_class(node: Node, holder: str, dialect: Dialect) -> bool:
    """Whether it is a class, the body of one, or a decorator or export around one."""
    if node.type in dialect.classes:
        return True
    if holder in dialect.classes:
        return node.type in dialect.opened
    return any(child.type in dialect.classes for child in node.children[-1:]) or (
        node.type == "export_statement"
        and any(child.type in dialect.classes for child in node.children)
    )
