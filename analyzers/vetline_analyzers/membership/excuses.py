"""What shows that the code itself reckons with a member that is not there, or makes it."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from vetline_analyzers.syntax.python_names import Names
    from vetline_analyzers.syntax.tree import Source

_CAUGHT = re.compile(
    r"except\s*\*?\s*(?::|[^:\n]{0,300}\b(?:AttributeError|ImportError|ModuleNotFoundError|NameError"
    r"|(?:Base)?Exception)\b)"
)
_CONDITION = re.compile(
    r"hasattr|getattr|[vV]ersion|VERSION|\bPY_?[23]|PYTHON_?[23]|platform|\bos\.name|IS_?(?:WIN|LINUX|MAC|PYPY)|HAS_"
    r"|HAVE_|is_py|[Pp]y[Pp]y|PYPY|PY3|TYPE_CHECKING|issubclass|isinstance|\bsys\.|WINDOWS|LINUX|MACOS|_available|\bdir\("
)
# Methods that only Python 2 calls.
_OLD = re.compile(
    r"def\s+__(?:[ir]?div|nonzero|cmp|unicode|[gs]etslice|delslice|coerce|long|oct|hex)__\b"
)
# Libraries that give the tables of pandas more methods.
_EXTENDERS = re.compile(
    r"(?:janitor|pandas_\w+|pandarallel|swifter|tqdm|hvplot|ydata_profiling|cufflinks|modin|dask|geopandas|siuba|dfply"
    r"|sweetviz|mapply|pyspark|databricks|sketch|dtale|missingno|sidetable|skimpy|great_expectations|pingouin|\w*_ta)\b"
)
_EXPECTED = re.compile(r"suppress\(|raises|assertRaises|warns|skip")
_ASKS = re.compile(r"attr\w{0,10}\(|patch\w{0,10}(?:\.\w{1,20})?\(|setitem\(")
_BEFORE = 160  # characters before a quoted name in which a call may begin
_QUOTED = 50  # places where a name stands in quotes
_HEAD = 400  # bytes of a condition or header that are looked at
_UP = 300  # levels


def excused(node: Node, member: str, names: Names, source: Source) -> bool:
    """Whether a member that is not there is expected, asked for first, or made by the text.

    Args:
        node: the attribute or the name in an import.
        member: its name.
        names: the names of the text.
        source: the text.
    """
    if names.is_old or member in names.patched or _asked_for(member, source.text):
        return True
    return any(_excuses(around, inside, source) for inside, around in _up(node))


def extended(names: Names) -> bool:
    """Whether the text imports what gives the tables of pandas more methods."""
    return any(_EXTENDERS.match(each.module) for each in names.imports)


def _asked_for(member: str, text: str) -> bool:
    """Whether its name stands in quotes in a call that asks for attributes, sets or patches them."""
    if f"{member}'" not in text and f'{member}"' not in text:
        return False
    for match in islice(re.finditer(rf"\b{re.escape(member)}['\"]", text), _QUOTED):
        before = text[max(match.start() - _BEFORE, 0) : match.start()]
        if _ASKS.search(before.rpartition("\n\n")[2]):
            return True
    return False


def _up(node: Node) -> Iterator[tuple[Node, Node]]:
    at, left = node, _UP
    while left and (parent := at.parent) is not None:
        yield at, parent
        at, left = parent, left - 1


def _excuses(around: Node, inside: Node, source: Source) -> bool:
    kind = around.type
    if kind == "try_statement":
        clauses = [child for child in around.named_children if child.type.startswith("except")]
        return inside.type != "finally_clause" and any(
            _CAUGHT.match(_head(clause, source)) for clause in clauses
        )
    if kind in {"if_statement", "elif_clause", "while_statement", "conditional_expression"}:
        condition = around.child_by_field_name("condition")
        at = condition if condition is not None else around
        return bool(_CONDITION.search(_head(at, source)))
    if kind in {"boolean_operator", "assert_statement"}:
        return bool(_CONDITION.search(_head(around, source)))
    if kind == "with_statement":
        return bool(_EXPECTED.search(_head(around, source)))
    if kind == "function_definition":
        return bool(_OLD.match(_head(around, source)))
    if kind == "decorated_definition":
        marks = [child for child in around.named_children if child.type == "decorator"]
        return any(_EXPECTED.search(_head(mark, source)) for mark in marks)
    if kind == "argument_list" and around.parent is not None:
        return bool(_EXPECTED.search(_head(around.parent, source)))
    return False


def _head(node: Node, source: Source) -> str:
    end = min(node.end_byte, node.start_byte + _HEAD)
    return source.data[node.start_byte : end].decode("utf-8", "replace")
