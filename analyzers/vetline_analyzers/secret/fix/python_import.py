"""Whether a Python program may say `os`, and where its import goes."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.secret.fix.place import up

if TYPE_CHECKING:
    from tree_sitter import Node

    from vetline_analyzers.syntax.tree import Source

_BINDS = frozenset({"import_statement", "import_from_statement"})
_OS = late(rb"\bos\b")
_LINE_END = late(r"[ \t]*(?:#[^\r\n]*)?\r?\n")


class _Module(NamedTuple):
    """What a program says of `os`; places are bytes.

    Attributes:
        other: the name is given to something else, or may be.
        local: functions that import it for themselves.
        imports: where imports of it at module level end.
        ends: where the statements of the module end, and which of them are functions.
        where: the import it lacks, and the byte before which that stands; None where none fits.
    """

    other: bool
    local: tuple[range, ...]
    imports: tuple[int, ...]
    ends: tuple[int, ...]
    functions: tuple[bool, ...]
    where: tuple[Edit, int] | None


def importing(source: Source, at: Node) -> tuple[Edit, ...] | None:
    """What makes `os` known at a place: nothing, or an import. None where the name means something else."""
    module = _read(source)
    if module.other or any(at.start_byte in each for each in module.local):
        return None
    index = bisect_left(module.ends, at.end_byte)
    late = index < len(module.functions) and module.functions[index]  # runs when all is imported
    if any(late or end <= at.start_byte for end in module.imports):
        return ()
    if module.where is None or module.where[1] > at.start_byte:
        return None
    return (module.where[0],)


@lru_cache(maxsize=2)
def _read(source: Source) -> _Module:
    top = [node for node in source.root.named_children if node.type != "comment"]
    other, local = _uses(source)
    imports = (n for n in top if n.type == "import_statement" and "os" in _modules(source, n))
    return _Module(
        other,
        tuple(local),
        tuple(node.end_byte for node in imports),
        tuple(node.end_byte for node in top),
        tuple(node.type == "function_definition" for node in top),
        _where(source, top),
    )


def _uses(source: Source) -> tuple[bool, list[range]]:
    """Whether `os` is given to anything but the module, and the functions that import it."""
    local: list[range] = []
    for match in _OS.finditer(source.data):
        node = source.root.descendant_for_byte_range(*match.span())
        if node is None or node.type != "identifier" or node.text != b"os":
            continue
        parent = node.parent
        if parent is None or not _is_plain(node, parent):
            return True, []
        if parent.type == "dotted_name" and (
            function := next((n for n in up(parent) if n.type == "function_definition"), None)
        ):
            local.append(range(function.start_byte, function.end_byte))
    return False, local


def _is_plain(node: Node, parent: Node) -> bool:
    if parent.type == "attribute":
        return True
    if parent.type == "keyword_argument":
        return parent.child_by_field_name("name") == node
    around = parent.parent
    return (
        parent.type == "dotted_name"
        and around is not None
        and around.type in {"aliased_import", *_BINDS}
    )


def _modules(source: Source, statement: Node) -> set[str]:
    """The names that `import a, b.c` binds, without those that are given another one."""
    names = (source.read(n) for n in statement.named_children if n.type == "dotted_name")
    return {name.partition(".")[0] for name in names}


def _where(source: Source, top: list[Node]) -> tuple[Edit, int] | None:
    """An import behind those that sort before it, else before the first statement."""
    index = 0
    if top and top[0].type == "expression_statement" and top[0].named_children[0].type == "string":
        index = 1
    while index < len(top) and top[index].type == "future_import_statement":
        index += 1
    if index >= len(top):
        return None
    first = top[index]
    last = None
    while index < len(top) and _sorts_before(source, top[index]):
        last = top[index]
        index += 1
    if last is not None and (end := _LINE_END.match(source.text, source.span(last).end)):
        # Not behind a semicolon, where a statement may go on over lines.
        return Edit(Span(end.end(), end.end()), "import os\n"), last.end_byte
    if first.start_point[1] or (
        first.prev_sibling and first.prev_sibling.end_point[0] == first.start_point[0]
    ):
        return None
    start = source.span(first).start
    blank = "" if first.type in _BINDS else "\n"
    return Edit(Span(start, start), f"import os\n{blank}"), first.start_byte


def _sorts_before(source: Source, node: Node) -> bool:
    return node.type == "import_statement" and all(name < "os" for name in _modules(source, node))
