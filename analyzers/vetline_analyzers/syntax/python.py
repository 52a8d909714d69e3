"""Python, as the rules' helpers see it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.syntax.dialect import Binding, Dialect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from vetline_analyzers.syntax.dialect import Piece, Read

# Methods of a string that give a string made of the same text.
_SAME_TEXT = frozenset(
    {"strip", "lstrip", "rstrip", "lower", "upper", "encode", "replace", "title"}
)
_LONGEST_IMPORT = 200  # bytes of `__import__("…")`


def _bindings(node: Node, read: Read) -> Iterator[Binding]:
    if node.type == "assignment":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None and left.type == "identifier":
            yield Binding(read(left), "".join(read(right).split()))
        return
    module = node.child_by_field_name("module_name")
    prefix = "" if module is None else read(module)
    if prefix and not prefix.endswith("."):
        prefix += "."
    for named in node.children_by_field_name("name"):
        alias = named.child_by_field_name("alias")
        target = named.child_by_field_name("name") if alias is not None else named
        dotted = "" if target is None else "".join(read(target).split())
        if alias is not None:
            yield Binding(read(alias), prefix + dotted)
        elif prefix:
            yield Binding(dotted, prefix + dotted)
        else:
            top = dotted.partition(".")[0]
            yield Binding(top, top)


def _assigned(node: Node, read: Read) -> tuple[str, Node, bool] | None:
    left = node.child_by_field_name("left") or node.child_by_field_name("name")
    right = node.child_by_field_name("right") or node.child_by_field_name("value")
    if left is None or right is None or left.type != "identifier":
        return None
    return read(left), right, node.type == "augmented_assignment"


def _expand(node: Node, read: Read) -> list[Piece] | None:
    kind = node.type
    if kind == "string":
        return _string(node, read)
    if kind == "concatenated_string":
        return list(node.named_children)
    if kind == "binary_operator":
        return _operator(node)
    if kind == "conditional_expression":
        return [*node.named_children[:1], *node.named_children[2:]]
    if kind == "call":
        return _method(node, read)
    return None


def _string(node: Node, read: Read) -> list[Piece]:
    pieces: list[Piece] = [""]
    for child in node.named_children:
        if child.type == "interpolation":
            pieces.append(child.child_by_field_name("expression"))
        elif child.type == "string_content":
            pieces.append(read(child))
    return pieces


def _operator(node: Node) -> list[Piece] | None:
    left, operator = node.child_by_field_name("left"), node.child_by_field_name("operator")
    right = node.child_by_field_name("right")
    if left is None or right is None or operator is None:
        return None
    if operator.type == "+":
        return [left, right]
    if operator.type == "%":
        return [left, *(_values(right) if right.type in {"tuple", "dictionary"} else [right])]
    if operator.type == "*":
        return [left]
    return None


def _values(node: Node) -> list[Node]:
    """The members of a tuple, the values of a dictionary."""
    found = (child.child_by_field_name("value") or child for child in node.named_children)
    return [child for child in found if child.type != "comment"]


def _method(node: Node, read: Read) -> list[Piece] | None:
    function = node.child_by_field_name("function")
    if function is None or function.type != "attribute":
        return None
    base, name = _member(function, read) or (None, "")
    if base is None:
        return None
    if name in {"format", "join"}:
        arguments = node.child_by_field_name("arguments")
        if arguments is None:
            return None
        return [base, *(_values(arguments) if arguments.type == "argument_list" else [arguments])]
    return [base] if name in _SAME_TEXT else None


def _member(node: Node, read: Read) -> tuple[Node, str] | None:
    base, name = node.child_by_field_name("object"), node.child_by_field_name("attribute")
    return None if base is None or name is None else (base, read(name))


def _arguments(node: Node) -> list[Node]:
    arguments = node.child_by_field_name("arguments")
    if arguments is None:
        return []
    if arguments.type != "argument_list":  # a lone generator: f(x for x in y)
        return [arguments]
    return [n for n in arguments.named_children if n.type not in {"keyword_argument", "comment"}]


def _keyword(node: Node, name: str, read: Read) -> Node | None:
    arguments = node.child_by_field_name("arguments")
    for argument in arguments.named_children if arguments is not None else ():
        key = argument.child_by_field_name("name")
        if argument.type == "keyword_argument" and key is not None and read(key) == name:
            return argument.child_by_field_name("value")
    return None


_IMPORTER = re.compile(
    r"(?:__import__|import_module|importlib\.import_module)\(\s*['\"]([\w.]+)['\"]\s*\)"
)


def _root(node: Node, read: Read) -> str:
    if node.type != "call" or node.end_byte - node.start_byte > _LONGEST_IMPORT:
        return ""
    found = _IMPORTER.fullmatch(read(node))
    return found[1] if found else ""


DIALECT = Dialect(
    calls=frozenset({"call"}),
    bindings_query="""
        (import_statement) @binding
        (import_from_statement) @binding
        (assignment left: (identifier) right: (attribute)) @binding
    """,
    assignments_query="""
        (assignment) @assignment
        (augmented_assignment) @assignment
        (named_expression) @assignment
    """,
    opened=frozenset({"decorated_definition", "class_definition", "block"}),
    classes=frozenset({"class_definition"}),
    functions=frozenset({"function_definition", "lambda"}),
    literals=frozenset(
        {"integer", "float", "true", "false", "none", "ellipsis", "comment", "type_conversion"}
        | {"string_start", "string_content", "string_end", "escape_interpolation"}
    ),
    composed=frozenset(
        {"string", "concatenated_string", "tuple", "list", "set", "dictionary", "pair"}
        | {"parenthesized_expression", "binary_operator", "unary_operator", "not_operator"}
        | {"conditional_expression", "boolean_operator", "comparison_operator", "interpolation"}
        | {"format_specifier", "expression_list"}
    ),
    identifiers=frozenset({"identifier"}),
    members=frozenset({"attribute"}),
    wrappers=frozenset({"parenthesized_expression", "await"}),
    harmless=frozenset(
        {"int", "float", "len", "bool", "id", "hash", "abs", "round", "ord"} | {"sys.executable"}
    ),
    requests=re.compile(
        r"(?:(?:self\.|flask\.)?request\.(?:args|form|values|cookies|headers|files|json|data"
        r"|query_string|get_json|get_data|GET|POST|COOKIES|META|body|FILES|query_params"
        r"|path_params|match_info|rel_url|query)\b)",
    ),
    prompts=re.compile(r"(?:builtins\.)?(?:raw_)?input\(|sys\.argv\b"),
    sanitizers=re.compile(
        r"(?i)(?:.*\.)?(?:int|float|len|bool|uuid|secure_filename|basename|safe_join|escape|quote"
        r"|shlex\.quote|quote_plus|urlencode|\w*(?:sanit|escape|valid|allow|check|clean)\w*)"
    ),
    bindings=_bindings,
    assigned=_assigned,
    expand=_expand,
    member=_member,
    argument_nodes=_arguments,
    keyword=_keyword,
    root=_root,
)
