"""Python's trees, lowered to what the flow machine runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.flow.lowering import Grammar, Lowering
from vetline_analyzers.flow.python.broken import broken
from vetline_analyzers.flow.python.chains import CHAINS, SKIPPED
from vetline_analyzers.flow.python.expressions import EXPRESSIONS
from vetline_analyzers.flow.python.statements import STATEMENTS

if TYPE_CHECKING:
    from tree_sitter import Node

    from vetline_analyzers.flow import ir

_GRAMMAR = Grammar(EXPRESSIONS, CHAINS, STATEMENTS, broken, SKIPPED)


def lower(node: Node, data: bytes, owner: str = "") -> tuple[ir.Stmt, ...]:
    """The statements of a tree: of a module, a top-level statement, a member of a class.

    Args:
        node: the tree.
        data: the text of its file.
        owner: the class it is a member of.
    """
    low = Lowering(_GRAMMAR, data, node.start_byte, owner)
    return low.body((node,))
