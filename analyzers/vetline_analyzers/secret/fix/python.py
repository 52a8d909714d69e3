"""How a Python program reads from the environment what a literal holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.secret.fix.place import Place, apart, up, whole_lines
from vetline_analyzers.secret.fix.python_import import importing

if TYPE_CHECKING:
    from tree_sitter import Node

    from vetline_analyzers.syntax.tree import Source

# Where an expression cannot stand, or would be evaluated once and for all callers.
_CLOSED = frozenset(
    {"type", "case_pattern", "default_parameter", "typed_default_parameter", "format_specifier"}
)
_SETTER = late(
    r"(?:os\.)?environ(?:\[|\.setdefault\()\s{0,9}[\"']([A-Za-z_]\w{0,60})[\"']\s{0,9}(?:\]\s{0,9}=|,)"
)
_GETTERS = frozenset({"os.getenv", "os.environ.get", "environ.get", "getenv"})
_OTHERS = late(r"(?:.*\.)?(?:config|env|getenv|get|str|setdefault|get_secret|pop)")
_UPPER = late(r"[A-Za-z_]\w{0,60}")
_PREFIX = late(r"[A-Za-z]*")


def place(source: Source, node: Node, span: Span) -> Place | None:
    """Where a secret stands; None where the literal cannot be replaced.

    Args:
        source: the text and its tree.
        node: the smallest node around the secret.
        span: the secret.
    """
    literal = _literal(node)
    if literal is None or literal.children[-1].type != "string_end":
        return None
    around = list(up(literal))
    if around[0].type == "expression_statement" or any(at.type in _CLOSED for at in around):
        return None
    start, end = _inside(source, literal)
    whole = span == (start, end) and around[0].type != "concatenated_string"
    if not whole and any(at.type == "interpolation" for at in around):
        return None
    if whole and (set_here := _sets(source, literal, around)):
        return Place(set_here[1], span, whole, variable=set_here[0])
    found = _fallback(source, literal, around)
    if found is not None:
        variable, call = found
        return Place(call, span, whole, variable=variable) if variable and whole else None
    return Place(literal, span, whole, _called(source, literal, around))


def edits(source: Source, place: Place, name: str) -> tuple[Edit, ...] | None:
    """What puts the variable in the place of the secret, with an import where one is needed.

    A statement that does nothing but set the variable goes.
    """
    if place.node.type == "expression_statement":
        return (_without(source, place.node),)
    imported = importing(source, place.node)
    if imported is None:
        return None
    if place.variable:
        return _with(imported, Edit(source.span(place.node), f'os.environ["{name}"]'))
    start, end = source.span(place.node)
    opening = source.read(place.node.children[0])
    prefix = _PREFIX.match(opening)
    letters = prefix[0].lower() if prefix else ""
    quote = opening[-1]
    if place.whole:
        read = f"os.environ[{quote}{name}{quote}]" + (".encode()" if "b" in letters else "")
        return _with(imported, Edit(Span(start, end), apart(source, Span(start, end), read)))
    template = _template(source, place, letters)
    if "b" in letters or template is None:
        return None
    other = "'" if quote == '"' else '"'
    hole = Edit(place.secret, f"{{os.environ[{other}{name}{other}]}}")
    return _with(imported, *template, hole)


def _with(imported: tuple[Edit, ...], first: Edit, *others: Edit) -> tuple[Edit, ...]:
    """The edits with an import; one that goes right before the first of them becomes a part of it."""
    if imported and imported[0].span.end == first.span.start:
        return (Edit(first.span, imported[0].text + first.text), *others)
    return (*imported, first, *others)


def _template(source: Source, place: Place, letters: str) -> tuple[Edit, ...] | None:
    """What makes a plain literal one with holes: a letter before it, and its own braces doubled.

    None where it names a character in braces that stay single.
    """
    if "f" in letters:
        return ()
    start = source.span(place.node).start
    first = Edit(Span(start, start + len(letters)), "fr" if "r" in letters else "f")
    inside = Span(*_inside(source, place.node))
    if "r" not in letters and "\\N{" in source.text[slice(*inside)]:
        return None
    return (
        first,
        *(
            Edit(Span(at, at + 1), source.text[at] * 2)
            for at in range(*inside)
            if source.text[at] in "{}" and not place.secret.start <= at < place.secret.end
        ),
    )


def _literal(node: Node) -> Node | None:
    for at in (node, *up(node)):
        if at.type == "string":
            return at
        if at.type not in {"string_content", "escape_sequence"}:
            return None
    return None


def _inside(source: Source, literal: Node) -> tuple[int, int]:
    first, last = literal.children[0], literal.children[-1]
    return source.offset(first.end_byte), source.offset(last.start_byte)


def _called(source: Source, literal: Node, around: list[Node]) -> str:
    """What the program calls the value."""
    below = literal
    for at in around:
        if at.type in {"assignment", "named_expression"}:
            left = at.child_by_field_name("left") or at.child_by_field_name("name")
            return _last(source, left)
        if at.type == "keyword_argument":
            return _last(source, at.child_by_field_name("name"))
        if at.type == "pair":
            key = at.child_by_field_name("key")
            return _last(source, key) if key != below else ""
        if at.type not in {"parenthesized_expression", "concatenated_string", "binary_operator"}:
            return ""
        below = at
    return ""


def _last(source: Source, node: Node | None) -> str:
    """The last name of a target: of `self.key`, of `config["key"]`, of a quoted key."""
    if node is None:
        return ""
    if node.type == "attribute":
        node = node.child_by_field_name("attribute")
    elif node.type == "subscript":
        node = node.child_by_field_name("subscript")
    if node is None or node.type not in {"identifier", "string"}:
        return ""
    return source.read(node).strip("rbufRBUF\"'") if node.type == "string" else source.read(node)


def _sets(source: Source, literal: Node, around: list[Node]) -> tuple[str, Node] | None:
    """The variable of the environment that a statement sets to the literal, and that statement."""
    depth = 1 if around[0].type == "argument_list" else 0
    if len(around) < depth + 2 or around[depth + 1].type != "expression_statement":
        return None
    setting, match = around[depth], _SETTER.match(source.read(around[depth]))
    if match is None or setting.type not in {"assignment", "call"}:
        return None
    value = around[0].named_children[-1] if depth else setting.child_by_field_name("right")
    return (match[1], around[depth + 1]) if value == literal else None


def _without(source: Source, statement: Node) -> Edit:
    """What takes a statement out; `pass` stands in for it where a block would have none left."""
    span = source.span(statement)
    block = statement.parent
    stays = block is not None and (
        block.type == "module"
        or any(
            node.type != "expression_statement" or "environ" not in source.read(node)
            for node in block.named_children
            if node.type != "comment"
        )
    )
    lines = whole_lines(source, span) if stays else None
    return Edit(lines, "") if lines else Edit(span, "pass")


def _fallback(source: Source, literal: Node, around: list[Node]) -> tuple[str, Node] | None:
    """The variable that the literal stands in for, and all that reads it.

    The variable is "" where somebody's own function reads it; None where the literal is no such default.
    """
    at = around[0]
    if at.type == "boolean_operator" and at.child_by_field_name("right") == literal:
        call = at.child_by_field_name("left")
        return _reads(source, call, at) if call is not None and call.type == "call" else None
    arguments = around[1] if at.type == "keyword_argument" else at
    if arguments.type != "argument_list" or arguments.parent is None:
        return None
    given = [node for node in arguments.named_children if node.type != "comment"]
    own = at if at.type == "keyword_argument" else literal
    if len(given) != 2 or given[1] != own:  # noqa: PLR2004 - the variable's name and the default
        return None
    return _reads(source, arguments.parent, arguments.parent)


def _reads(source: Source, call: Node, all_of_it: Node) -> tuple[str, Node] | None:
    function = call.child_by_field_name("function")
    arguments = call.child_by_field_name("arguments")
    given = arguments.named_children if arguments is not None else []
    if function is None or not given or given[0].type != "string":
        return None
    called, variable = source.read(function), source.read(given[0]).strip("\"'")
    if not _UPPER.fullmatch(variable):
        return None
    if called in _GETTERS:
        return variable, all_of_it
    return ("", all_of_it) if _OTHERS.fullmatch(called) and variable.isupper() else None
