"""What the classes and type names of a file, and of those that it imports, declare."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.types import Declared, Type, read
from vetline_analyzers.flow.units import class_around, definition, divisions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tree_sitter import Node

    from vetline_analyzers.flow.language import Language
    from vetline_analyzers.flow.program import Program
    from vetline_analyzers.syntax.blocks import Block
    from vetline_analyzers.syntax.dialect import Dialect
    from vetline_analyzers.syntax.tree import Source

_ENUMERATION = Type("Enum")
_MEANT = frozenset({"type_alias_declaration", "type_alias_statement"})


class Declarations:
    """The declarations of a file, read when somebody asks for one."""

    def __init__(  # noqa: PLR0917 - what a file is
        self,
        source: Source,
        dialect: Dialect,
        language: Language,
        blocks: Sequence[Block],
        body: Callable[[int], tuple[ir.Stmt, ...]],
        aliases: Mapping[str, tuple[str, ...]],
        neighbour: Callable[[str], Program | None],
    ) -> None:
        """Keep what is needed to read them.

        Args:
            source: the text.
            dialect: its language as the tree is read.
            language: its language as data flows in it.
            blocks: its pieces.
            body: gives what a block was lowered to.
            aliases: what its names stand for through imports.
            neighbour: gives another file of the project, when its text is known.
        """
        self._source, self._dialect, self._blocks, self._body = source, dialect, blocks, body
        self._aliases, self._neighbour = aliases, neighbour
        self._quoted = bool(language.library.this)
        self._members: dict[str, list[int]] | None = None
        self._heads: dict[str, Node] = {}
        self._known: dict[str, Declared | None] = {}

    def find(self, name: str) -> Declared | None:
        """The class or type of that dotted name, as the file knows it."""
        if name not in self._known:
            self._known[name] = None  # files may import each other in a circle
            self._known[name] = self._own(name) or self._imported(name)
        return self._known[name]

    def _imported(self, name: str) -> Declared | None:
        head, dot, tail = name.partition(".")
        for target in self._aliases.get(head, ()):
            for module, rest in divisions(f"{target}{dot}{tail}"):
                program = self._neighbour(module) if rest else None
                found = program.declared(rest) if program is not None else None
                if found is not None and program is not None:
                    return replace(found, find=found.find or program.declared)
        return None

    def _own(self, name: str) -> Declared | None:
        if self._members is None:
            self._members = self._sorted()
        node = self._heads.get(name)
        if node is None:
            return None
        if node.type in self._dialect.classes:
            return Declared(self._bases(node), self._fields(self._members.get(name, [])))
        if node.type == "enum_declaration":
            return Declared((_ENUMERATION,), {})
        meant = node.child_by_field_name("value") or node.child_by_field_name("right")
        found = self._read(meant) if meant is not None else ()
        return Declared(found, {}) if found else None

    def _sorted(self) -> dict[str, list[int]]:
        """The numbers of the fields of each class; classes and type names are set aside."""
        members: dict[str, list[int]] = {}
        for number, block in enumerate(self._blocks):
            owner = class_around(block.node, self._dialect)
            node = definition(block.node) if owner is None else owner
            if owner is None and node.type == "expression_statement" and node.named_children:
                node = node.named_children[0]
            name_node = node.child_by_field_name("name") or node.child_by_field_name("left")
            name = self._source.read(name_node) if name_node is not None else ""
            if owner is not None:
                members.setdefault(name, []).append(number)
            if owner is not None or node.type in {*_MEANT, "enum_declaration", "assignment"}:
                self._heads.setdefault(name, node)
        return members

    def _bases(self, node: Node) -> tuple[Type, ...]:
        for child in node.named_children:
            if child.type == "argument_list":
                named = [c for c in child.named_children if c.type != "keyword_argument"]
                return tuple(kind for each in named for kind in self._read(each))
            if child.type == "class_heritage":
                return self._read(child.named_children[0]) if child.named_children else ()
        return ()

    def _read(self, node: Node) -> tuple[Type, ...]:
        text = self._source.read(node).removeprefix("extends").strip()
        kind = read(text, quoted=self._quoted)
        return (kind,) if kind.name != "?" else ()

    def _fields(self, numbers: list[int]) -> dict[str, tuple[str, ir.Expr | None]]:
        found: dict[str, tuple[str, ir.Expr | None]] = {}
        for number in numbers:
            for statement in self._body(number):
                if isinstance(statement, ir.Assign) and isinstance(statement.targets[0], ir.Name):
                    annotation = self._annotation(self._blocks[number].node)
                    found[statement.targets[0].id] = (annotation, statement.value)
        return found

    def _annotation(self, node: Node) -> str:
        """The type of a field as written."""
        if node.type == "expression_statement" and node.named_children:
            node = node.named_children[0]
        kind = node.child_by_field_name("type")
        return self._source.read(kind).removeprefix(":").strip() if kind is not None else ""
