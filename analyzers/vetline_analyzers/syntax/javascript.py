"""JavaScript and its relatives, as the rules' helpers see them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.syntax.dialect import Binding, Dialect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from vetline_analyzers.syntax.dialect import Piece, Read

_SAME_TEXT = frozenset({"trim", "toString", "toLowerCase", "toUpperCase", "replace", "slice"})
_REQUIRE = re.compile(r"(?:await\s+import|require)\(\s*(['\"`])([^'\"`]+)\1\s*\)")
_LONGEST_IMPORT = 200  # bytes of `require("…")`
# Modules whose functions are taken out of a name: `const { exec } = cp`.
_TAKEN_APART = frozenset(
    {"cp", "child_process", "childProcess", "crypto", "jwt", "jsonwebtoken", "vm", "fs"}
    | {"CryptoJS", "forge", "bcrypt"}
)
_PROMISIFY = re.compile(r"(?:\w+\.)?promisify\(\s*([\w.$]+)\s*\)")


def module(name: str) -> str:
    """The name of a module as the rules write it."""
    return name.removeprefix("node:").replace("/promises", "")


def _bindings(node: Node, read: Read) -> Iterator[Binding]:
    if node.type == "variable_declarator":
        yield from _required(node, read)
        return
    clause = next((n for n in node.named_children if n.type.startswith("import_")), None)
    source = node.child_by_field_name("source")
    if clause is not None and source is None:
        source = clause.child_by_field_name("source")
    if clause is None or source is None:
        return
    name = module(read(source)[1:-1])
    for child in clause.named_children:
        if child.type == "identifier":
            yield Binding(read(child), name)
        elif child.type == "namespace_import":
            yield from (Binding(read(n), name) for n in child.named_children)
        elif child.type == "named_imports":
            for one in child.named_children:
                if one.type == "import_specifier":
                    yield _renamed(one, "name", "alias", name, read)


def _renamed(node: Node, old: str, new: str, prefix: str, read: Read) -> Binding:
    target = node.child_by_field_name(old)
    alias = node.child_by_field_name(new) or target
    member = "" if target is None else read(target)
    return Binding(member if alias is None else read(alias), f"{prefix}.{member}")


def _required(node: Node, read: Read) -> Iterator[Binding]:
    """What `const x = require("m")`, `const {a: b} = require("m")` and `promisify(x)` bind."""
    left, right = node.child_by_field_name("name"), node.child_by_field_name("value")
    if left is None or right is None:
        return
    if right.type == "identifier":
        target = read(right) if read(right) in _TAKEN_APART else ""
    elif right.type == "call_expression" and (wrapped := _PROMISIFY.fullmatch(read(right))):
        yield Binding(read(left), wrapped[1])
        return
    else:
        target = _dotted_require(right, read)
    if not target:
        return
    if left.type == "identifier":
        yield Binding(read(left), target)
    elif left.type == "object_pattern":
        for child in left.named_children:
            if child.type == "shorthand_property_identifier_pattern":
                yield Binding(read(child), f"{target}.{read(child)}")
            elif child.type == "pair_pattern":
                yield _renamed(child, "key", "value", target, read)


def _dotted_require(node: Node, read: Read) -> str:
    members: list[str] = []
    while node.type == "member_expression":
        base, name = _member(node, read) or (None, "")
        if base is None:
            return ""
        members.append(name)
        node = base
    base_name = _root(node, read)
    return ".".join([base_name, *reversed(members)]) if base_name else ""


def _assigned(node: Node, read: Read) -> tuple[str, Node, bool] | None:
    left = node.child_by_field_name("left") or node.child_by_field_name("name")
    right = node.child_by_field_name("right") or node.child_by_field_name("value")
    if left is None or right is None or left.type != "identifier":
        return None
    return read(left), right, node.type == "augmented_assignment_expression"


def _expand(node: Node, read: Read) -> list[Piece] | None:
    kind = node.type
    if kind in {"string", "template_string"}:
        pieces: list[Piece] = [""]
        for child in node.named_children:
            if child.type == "template_substitution":
                pieces += child.named_children[:1]
            else:
                pieces.append(read(child))
        return pieces
    if kind == "binary_expression":
        operator = node.child_by_field_name("operator")
        if operator is None or operator.type != "+":
            return None
        return [node.child_by_field_name("left"), node.child_by_field_name("right")]
    if kind == "ternary_expression":
        return [node.child_by_field_name("consequence"), node.child_by_field_name("alternative")]
    if kind == "call_expression":
        return _method(node, read)
    return None


def _method(node: Node, read: Read) -> list[Piece] | None:
    function = node.child_by_field_name("function")
    if function is None or function.type != "member_expression":
        return None
    base, name = _member(function, read) or (None, "")
    if base is None:
        return None
    if name == "concat":
        return [base, *_arguments(node)]
    if name == "join":
        return _placeholders(base, read)
    return [base] if name in _SAME_TEXT else None


def _placeholders(node: Node, read: Read) -> list[Piece] | None:
    """What `ids.map(() => "?")` or `Array(n).fill("?")` puts at each place."""
    function = node.child_by_field_name("function")
    if function is None or not read(function).endswith((".map", ".fill")):
        return None
    arguments = _arguments(node)
    if not arguments:
        return None
    body = arguments[0].child_by_field_name("body") or arguments[0]
    return [""] if read(body).startswith("`$$") else [body]


def _member(node: Node, read: Read) -> tuple[Node, str] | None:
    base, name = node.child_by_field_name("object"), node.child_by_field_name("property")
    return None if base is None or name is None else (base, read(name))


def _arguments(node: Node) -> list[Node]:
    arguments = node.child_by_field_name("arguments")
    if arguments is None or arguments.type != "arguments":  # a tagged template has none
        return []
    return [n for n in arguments.named_children if n.type != "comment"]


def _keyword(node: Node, name: str, read: Read) -> Node | None:
    """The value of a property in one of the object literals that a call is given."""
    for argument in _arguments(node) if node.type != "object" else [node]:
        if argument.type != "object":
            continue
        for pair in argument.named_children:
            key = pair.child_by_field_name("key")
            if key is not None and read(key).strip("'\"") == name:
                return pair.child_by_field_name("value")
            if pair.type == "shorthand_property_identifier" and read(pair) == name:
                return pair
    return None


def _root(node: Node, read: Read) -> str:
    while node.type == "parenthesized_expression" and node.named_child_count == 1:
        node = node.named_children[0]
    if node.type not in {"call_expression", "await_expression"}:
        return ""
    if node.end_byte - node.start_byte > _LONGEST_IMPORT:
        return ""
    found = _REQUIRE.fullmatch(read(node))
    return module(found[2]) if found else ""


DIALECT = Dialect(
    calls=frozenset({"call_expression", "new_expression"}),
    bindings_query="""
        (import_statement) @binding
        (variable_declarator value: [
            (call_expression) (await_expression) (member_expression)]) @binding
        (variable_declarator name: (object_pattern) value: (identifier)) @binding
    """,
    assignments_query="""
        (variable_declarator) @assignment
        (assignment_expression) @assignment
        (augmented_assignment_expression) @assignment
    """,
    opened=frozenset({"export_statement", "class_declaration", "class_body"}),
    classes=frozenset({"class_declaration"}),
    functions=frozenset(
        {"function_declaration", "function_expression", "arrow_function", "method_definition"}
        | {"generator_function", "generator_function_declaration"}
    ),
    literals=frozenset(
        {"number", "true", "false", "null", "undefined", "regex", "comment", "string"}
        | {"string_fragment", "escape_sequence", "property_identifier"}
    ),
    composed=frozenset(
        {"template_string", "template_substitution", "array", "object", "pair"}
        | {"parenthesized_expression", "binary_expression", "unary_expression"}
        | {"ternary_expression"}
    ),
    identifiers=frozenset({"identifier", "shorthand_property_identifier"}),
    members=frozenset({"member_expression"}),
    wrappers=frozenset(
        {"parenthesized_expression", "as_expression", "satisfies_expression", "await_expression"}
        | {"non_null_expression"}
    ),
    harmless=frozenset({"Number", "parseInt", "parseFloat", "Boolean", "BigInt"}),
    requests=re.compile(
        r"(?:(?:ctx\.|event\.|this\.)?(?:req|request)\??\.(?:query|params|body|headers|cookies|url"
        r"|originalUrl|param|get)\b"
        r"|ctx\.(?:query|params)\b"
        r"|(?:window\.|document\.)?location\.(?:search|hash|href)\b"
        r"|document\.(?:URL|referrer|cookie)\b|window\.name\b|event\.data\b)",
    ),
    prompts=re.compile(r"process\.argv\b|(?:window\.)?prompt\("),
    sanitizers=re.compile(
        r"(?i)(?:.*\.)?(?:Number|parseInt|parseFloat|Boolean|encodeURI\w*|basename"
        r"|\w*(?:sanit|escape|purify|valid|allow|check|clean|encode)\w*)"
    ),
    bindings=_bindings,
    assigned=_assigned,
    expand=_expand,
    member=_member,
    argument_nodes=_arguments,
    keyword=_keyword,
    root=_root,
)
