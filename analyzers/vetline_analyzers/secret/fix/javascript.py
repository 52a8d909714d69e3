"""How a JavaScript or TypeScript program reads from the environment what a literal holds.

In TypeScript an environment variable is `string | undefined`. Under `strict` the plain read does not compile where a
string is wanted, which is nearly everywhere a secret stands; with `!` it does wherever an expression may stand.
In a template both do, and the mark is left out.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.secret.fix.place import Place, apart, up, whole_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from vetline_analyzers.syntax.tree import Source

# Where no expression can stand, or one that is not constant.
_CLOSED = frozenset(
    {
        "literal_type",
        "enum_assignment",
        "import_statement",
        "export_specifier",
        "property_signature",
    }
    | {"expression_statement", "import_attribute", "ambient_declaration", "template_literal_type"}
)
_PARTS = frozenset({"string_fragment", "escape_sequence"})
_NAMED = {
    "pair": ("value", "key"),
    "variable_declarator": ("value", "name"),
    "assignment_expression": ("right", "left"),
    "public_field_definition": ("value", "name"),
    "field_definition": ("value", "property"),
    "assignment_pattern": ("right", "left"),
    "required_parameter": ("value", "pattern"),
    "optional_parameter": ("value", "pattern"),
}
_READ = late(r"process\.env(?:\.|\[[\"'])([A-Za-z_]\w{0,60})(?:[\"']\])?")
_OCTAL = late(r"(?<!\\)(?:\\\\){0,20}\\[0-7]")
_OWN = late(r"[&\\]")  # in an attribute `&amp;` is one character, and `\n` are two
_GOES_ON = late(r"\s*[\[(`+\-*/.,?]")  # what would be read as a part of the line before
_PROCESS = late(rb"\bprocess\b")
_BINDING = frozenset(
    {
        "formal_parameters",
        "array_pattern",
        "pair_pattern",
        "namespace_import",
        "rest_pattern",
        "catch_clause",
        "import_clause",
    }
)
_BOUND = ("name", "pattern", "parameter", "left", "alias")
_THE_MODULE = late(r"""["'](?:node:)?process["']""")
_TO_ESCAPE = late(r"(?<!\\)`|(?<!\\)\$(?=\{)")


def place(source: Source, node: Node, span: Span) -> Place | None:
    """Where a secret stands; None where the literal cannot be replaced.

    Args:
        source: the text and its tree.
        node: the smallest node around the secret.
        span: the secret.
    """
    literal = _literal(node)
    if literal is None or literal.parent is None:
        return None
    parent = literal.parent
    if parent.type in _CLOSED or _is_key(literal, parent) or _is_constant(source, parent):
        return None
    if literal.type == "template_string" and parent.type == "call_expression":
        return None  # a tag gets its template in pieces
    if _is_another(source):
        return None
    start, end = source.span(literal)
    whole = span == (start + 1, end - 1)
    if whole and (set_here := _sets(source, literal, parent)):
        return Place(set_here[1], span, whole, variable=set_here[0])
    if parent.type == "binary_expression" and parent.child_by_field_name("right") == literal:
        left = parent.child_by_field_name("left")
        read = _READ.fullmatch(source.read(left)) if left is not None else None
        if read and whole and _operator(source, parent) in {"||", "??"}:
            return Place(parent, span, whole, variable=read[1])
    return Place(literal, span, whole, _called(source, literal))


def edits(source: Source, place: Place, name: str) -> tuple[Edit, ...] | None:
    """What puts the variable in the place of the secret."""
    return _edits(source, place, name, "")


def typed_edits(source: Source, place: Place, name: str) -> tuple[Edit, ...] | None:
    """The same in TypeScript."""
    return _edits(source, place, name, "!")


def _edits(source: Source, place: Place, name: str, sure: str) -> tuple[Edit, ...] | None:
    span = source.span(place.node)
    if place.node.type == "expression_statement":  # it does nothing but set the variable
        return (_without(source, place.node),)
    attribute = place.node.parent is not None and place.node.parent.type == "jsx_attribute"
    if place.whole:
        read = f"process.env.{name}{sure}"
        text = f"{{{read}}}" if attribute else apart(source, span, read)
        return (Edit(span, text),)
    read_in = Edit(place.secret, f"${{process.env.{name}}}")
    if place.node.type == "template_string":
        return (read_in,)
    content = source.text[span.start + 1 : span.end - 1]
    if _OCTAL.search(content) or (attribute and _OWN.search(content)):
        return None
    opening, closing = ("{`", "`}") if attribute else ("`", "`")
    return (
        Edit(Span(span.start, span.start + 1), opening),
        *_escapes(source, span, place.secret),
        read_in,
        Edit(Span(span.end - 1, span.end), closing),
    )


def _sets(source: Source, literal: Node, parent: Node) -> tuple[str, Node] | None:
    """The variable of the environment that a statement sets to the literal, and that statement."""
    if parent.type != "assignment_expression" or parent.child_by_field_name("right") != literal:
        return None
    left, statement = parent.child_by_field_name("left"), parent.parent
    match = _READ.fullmatch(source.read(left)) if left is not None else None
    if match is None or statement is None or statement.type != "expression_statement":
        return None
    return match[1], statement


def _without(source: Source, statement: Node) -> Edit:
    """What takes a statement out; an empty one stands in for it where it would be missed."""
    block = statement.parent
    lines = whole_lines(source, source.span(statement))
    in_block = block is not None and block.type in {"program", "statement_block"}
    if lines and in_block and not _GOES_ON.match(source.text, lines.end):
        return Edit(lines, "")
    return Edit(source.span(statement), ";")


@lru_cache(maxsize=2)
def _is_another(source: Source) -> bool:
    """Whether the program gives the name `process` to something of its own."""
    for match in _PROCESS.finditer(source.data):
        node = source.root.descendant_for_byte_range(*match.span())
        if node is None or node.text != b"process" or node.parent is None:
            continue
        around = node.parent
        bound = around.type in _BINDING or any(
            around.child_by_field_name(name) == node for name in _BOUND
        )
        if node.type == "shorthand_property_identifier_pattern" or (
            node.type == "identifier" and bound
        ):
            ends = ("statement", "declaration")
            whole = next((at for at in up(node) if at.type.endswith(ends)), node)
            if not _THE_MODULE.search(source.read(whole)):
                return True
    return False


def _escapes(source: Source, literal: Span, secret: Span) -> Iterator[Edit]:
    """What a template would take for its own end, or for a hole."""
    for match in _TO_ESCAPE.finditer(source.text, literal.start + 1, literal.end - 1):
        if not secret.start <= match.start() < secret.end:
            yield Edit(Span(match.start(), match.start()), "\\")


def _literal(node: Node) -> Node | None:
    for at in (node, *up(node)):
        if at.type in {"string", "template_string"}:
            return at
        if at.type not in _PARTS:
            return None
    return None


def _is_key(literal: Node, parent: Node) -> bool:
    keys = (
        ("key", "source") if parent.type in {"pair", "export_statement"} else ("name", "property")
    )
    return any(parent.child_by_field_name(key) == literal for key in keys)


def _is_constant(source: Source, parent: Node) -> bool:
    return parent.type == "as_expression" and source.read(parent.children[-1]) == "const"


def _operator(source: Source, node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return source.read(operator) if operator is not None else ""


def _called(source: Source, literal: Node) -> str:
    """What the program calls the value."""
    below = literal
    for at in up(literal):
        if at.type == "jsx_attribute":
            return source.read(at.children[0])
        if at.type in _NAMED:
            value, name = (at.child_by_field_name(field) for field in _NAMED[at.type])
            return _last(source, name) if name is not None and value == below else ""
        if at.type not in {"parenthesized_expression", "binary_expression", "as_expression"}:
            return ""
        below = at
    return ""


def _last(source: Source, node: Node) -> str:
    if node.type == "member_expression":
        node = node.child_by_field_name("property") or node
    elif node.type == "subscript_expression":
        node = node.child_by_field_name("index") or node
    simple = {"identifier", "property_identifier", "private_property_identifier", "string"}
    return source.read(node).strip("#\"'`") if node.type in simple else ""
