"""JavaScript that the parser could not put together: what can still be understood of it.

Such a stretch is a row of statements, expressions and loose tokens. They are read once from left to right: brackets
that are still open are closed at the end, braces after parameters hold the body of a function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.javascript.chains import CHAINS, SKIPPED
from vetline_analyzers.flow.javascript.expressions import EXPRESSIONS
from vetline_analyzers.flow.javascript.literals import substituted
from vetline_analyzers.flow.javascript.statements import STATEMENTS
from vetline_analyzers.flow.javascript.targets import parameters, target
from vetline_analyzers.flow.lowering import LEVELS, flat, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from vetline_analyzers.flow.lowering import Lowering

_CLOSES = frozenset({")", "]", "}"})
_ENDS = _CLOSES | {",", ";", ":", "=>"}
_DECLARES = frozenset({"const", "let", "var"})
_TARGETS = frozenset(
    {"object_pattern", "array_pattern", "identifier", "member_expression", "subscript_expression"}
)
_PREFIXES = frozenset(
    {"await", "new", "async", "typeof", "void", "delete", "!", "-", "+", "~", "..."}
)
_NAMES = frozenset({"identifier", "property_identifier", "private_property_identifier"})
_TYPE_NAMES = _NAMES | {"type_identifier"}


def broken(low: Lowering, nodes: list[Node], found: list[ir.Stmt]) -> None:
    """Adds the statements of a broken stretch."""
    row = _Row(low, flat(nodes))
    while row.kind():
        row.statements(found)
        row.at += 1  # a brace that was never opened


@dataclass(slots=True)
class _Row:
    """Nodes and loose tokens, and where we are in them."""

    low: Lowering
    nodes: list[Node]
    at: int = 0

    def kind(self, ahead: int = 0) -> str:
        """The kind of the node `ahead` of here, "" behind the last."""
        at = self.at + ahead
        return self.nodes[at].type if at < len(self.nodes) else ""

    def place(self, begin: int) -> tuple[int, int]:
        """From the node at `begin` to the one before this."""
        last = self.nodes[min(max(begin, self.at - 1), len(self.nodes) - 1)]
        return self.nodes[begin].start_byte - self.low.base, last.end_byte - self.low.base

    def statements(self, found: list[ir.Stmt]) -> None:
        """Adds statements up to the brace that closes them."""
        open_braces = 0
        while kind := self.kind():
            if kind == "{":
                open_braces += 1
                self.at += 1
            elif kind == "}":
                if not open_braces:
                    return
                open_braces -= 1
                self.at += 1
            else:
                self.statement(found)

    def statement(self, found: list[ir.Stmt]) -> None:
        """Adds what begins here; takes at least one node."""
        begin = self.at
        kind = self.kind()
        if kind in {"return", "throw"}:
            self.at += 1
            value = self.expression()
            make: Callable[..., ir.Stmt] = ir.Return if kind == "return" else ir.Raise
            found.append(make(*self.place(begin), value))
        elif kind == "class" and self.kind(1) in _TYPE_NAMES:
            self.a_class(found)
        elif kind in {"function", "async"} and self.kind(1) == "function":
            self.at += 1
        elif self.kind(kind == "function") in _NAMES and (
            self.kind(1 + (kind == "function")) == "formal_parameters"
        ):
            self.named_function(found, kind)
        elif kind in STATEMENTS and kind not in EXPRESSIONS and kind not in CHAINS:
            self.low.statement(self.nodes[self.at], found)
            self.at += 1
        else:
            self.assignment(found, begin)

    def named_function(self, found: list[ir.Stmt], kind: str) -> None:
        """Adds a function or method whose body is open."""
        self.at += kind == "function"
        name = self.low.read(self.nodes[self.at])
        self.at += 1
        made = self.function(name, self.low.owner)
        found.append(ir.Define(made.start, made.end, made))

    def function(self, name: str, owner: str) -> ir.Function:
        """A function that begins with its parameters."""
        begin = self.at
        first: list[ir.Stmt] = []
        taken = parameters(self.low, self.nodes[begin], first)
        self.at += 1
        while self.kind() in {"=>", "type_annotation"}:
            self.at += 1
        outer, self.low.owner = self.low.owner, ""
        body = self.block()
        self.low.owner = outer
        whole = (*first, *body)
        return ir.Function(
            *self.place(begin), name, taken, whole, (), is_async=False, owner=owner, returns=""
        )

    def block(self) -> tuple[ir.Stmt, ...]:
        """A body in braces or a single expression; nothing when there are too many levels."""
        if self.kind() == "{" and self.low.depth < LEVELS:
            self.at += 1
            body = self.low.gathered(self.statements)
            self.at += 1
            return body
        if self.kind() == "statement_block":
            self.at += 1
            return self.low.body(self.nodes[self.at - 1].named_children)
        value = self.expression()
        return (ir.Return(value.start, value.end, value),) if value is not None else ()

    def a_class(self, found: list[ir.Stmt]) -> None:
        """Adds a class whose body is open."""
        begin = self.at
        name = self.low.read(self.nodes[self.at + 1])
        self.at += 2
        bases: tuple[ir.Expr, ...] = ()
        if self.kind() == "class_heritage":
            bases = self.low.expressions(self.low.told(self.nodes[self.at].children))
            self.at += 1
        outer, self.low.owner = self.low.owner, name
        body = self.block() if self.kind() == "{" else ()
        self.low.owner = outer
        found.append(ir.Class(*self.place(begin), name, bases, body, ()))

    def assignment(self, found: list[ir.Stmt], begin: int) -> None:
        """Adds an expression, or what it assigns; a token that begins neither is passed over."""
        self.at += self.kind() in _DECLARES
        if self.kind() in _TARGETS and self.kind(1) == "=":
            later: list[ir.Stmt] = []
            left = target(self.low, self.nodes[self.at], later)
            self.at += 2
            value = self.expression()
            found.append(ir.Assign(*self.place(begin), (left,), value, ""))
            found += later
            return
        value = self.expression()
        if value is not None:
            found.append(ir.Do(value.start, value.end, value))
        if self.at == begin:
            self.at += 1

    def expression(self) -> ir.Expr | None:
        """An expression with what is called, read, added on its right; None when none begins here."""
        begin = self.at
        value = self.first()
        parts: list[ir.Expr] = []
        while value is not None and (kind := self.kind()) and kind not in _ENDS and kind != "{":
            start = self.nodes[begin].start_byte - self.low.base
            if kind == "(":
                self.at += 1
                arguments = self.items()
                value = ir.Call(start, self.place(begin)[1], value, arguments, (), new=False)
            elif kind in {".", "?.", "optional_chain"} and self.kind(1) in _NAMES:
                self.at += 2
                end = self.place(begin)[1]
                value = ir.Attr(start, end, value, self.low.read(self.nodes[self.at - 1]))
            elif not self.nodes[self.at].is_named and kind not in _WORDS:
                self.at += 1  # an operator
                parts.append(value)
                begin = self.at
                value = self.first()
            else:
                break
        whole = [*parts, value] if value is not None else parts
        if len(whole) < 2:  # noqa: PLR2004 - a single part is the whole
            return whole[0] if whole else None
        return ir.Other(whole[0].start, whole[-1].end, tuple(whole))

    def first(self) -> ir.Expr | None:
        """What an expression begins with."""
        while self.kind() in _PREFIXES:
            self.at += 1
        kind = self.kind()
        if not kind or kind in _CLOSES or self.low.depth >= LEVELS:
            return None
        node = self.nodes[self.at]
        if kind in {"(", "[", "{"}:
            begin = self.at
            self.at += 1
            parts = self.items()
            return parts[0] if len(parts) == 1 else ir.Other(*self.place(begin), parts)
        if kind in {"`", '"', "'"}:
            return self.string(kind)
        if kind == "formal_parameters":
            return self.function("", "")
        if kind == "identifier" and self.kind(1) == "=>":
            return self.function("", "")
        if not node.is_named or (kind in SKIPPED and not node.has_error):
            return None
        self.at += 1
        return self.low.expression(node)

    def string(self, quote: str) -> ir.Expr:
        """A string or template whose end is missing."""
        begin = self.at
        parts: list[str | ir.Expr] = []
        self.at += 1
        while (kind := self.kind()) and kind != quote:
            node = self.nodes[self.at]
            self.at += 1
            if kind == "${":
                parts += self.items()
            elif kind in {"string_fragment", "escape_sequence"}:
                parts.append(self.low.read(node))
            elif node.is_named:
                parts += self.low.expressions(substituted(node))
        self.at += 1
        return text(*self.place(begin), parts)

    def items(self) -> tuple[ir.Expr, ...]:
        """The expressions up to the bracket that closes them; statements among them are set aside."""
        found: list[ir.Expr] = []
        self.low.depth += 1
        while (kind := self.kind()) and kind not in _CLOSES:
            begin = self.at
            if kind in STATEMENTS and kind not in EXPRESSIONS and kind not in CHAINS:
                astray: list[ir.Stmt] = []
                self.low.statement(self.nodes[self.at], astray)
                self.low.stray += astray
                self.at += 1
            elif (value := self.expression()) is not None:
                found.append(value)
            if self.at == begin:
                self.at += 1
        self.at += 1
        self.low.depth -= 1
        return tuple(found)


_WORDS = (
    _DECLARES
    | {"return", "throw", "class", "function", "async", "if", "else", "for", "while"}
    | {
        "try",
        "catch",
        "finally",
        "switch",
        "case",
        "default",
        "do",
        "import",
        "export",
    }
)
