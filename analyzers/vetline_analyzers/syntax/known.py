"""What is known of an expression's value in Python: its text, its number, what made it.

Like `around`, it reads the hit's own block and the file's context only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.syntax.around import last_name
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from vetline_analyzers.syntax.rule import Hit

_WRAPPERS = frozenset(
    {"bytes", "bytearray", "str", "memoryview", "bytes.fromhex", "bytearray.fromhex", "unhexlify"}
    | {"binascii.unhexlify", "binascii.a2b_hex", "a2b_hex", "b64decode", "base64.b64decode"}
    | {"base64.urlsafe_b64decode", "base64.standard_b64decode", "base64.b64encode"}
    | {"base64.urlsafe_b64encode", "urlsafe_b64decode", "b64encode", "codecs.decode"}
    | {"base64.b32decode", "base64.b16decode", "six.b", "force_bytes", "to_bytes"}
)
_NUMBERS = 64  # bits: what is larger is no setting
_DEPTH = 12  # of an expression that makes a constant


def maker(hit: Hit, node: Node | None) -> str:
    """The full name of what was called to make an expression's value, also through a name; "" if none."""
    if node is None:
        return ""
    for at in (node, *(hit.scope.values(node) if node.type == "identifier" else ())):
        function = callee(at) if at.type == "call" else None
        if function is not None and (name := hit.resolve(function)):
            return name
    return ""


def made_by(hit: Hit, node: Node | None, test: Callable[[str], bool], depth: int = 5) -> bool:
    """Whether an expression is what a function gives whose full name passes the test.

    It is seen through names, through methods of the result (`h(x).hexdigest()`) and through a function
    that takes it first (`str(h(x))`).
    """
    hit.scope.spend()
    if node is None or not depth:
        return False
    if node.type == "identifier":
        return any(made_by(hit, value, test, depth - 1) for value in hit.scope.values(node))
    function = callee(node) if node.type == "call" else None
    if function is None:
        return False
    if test(hit.resolve(function)):
        return True
    if made_by(hit, function.child_by_field_name("object"), test, depth - 1):
        return True
    first = hit.scope.dialect.argument_nodes(node)[:1]
    return any(made_by(hit, argument, test, depth - 1) for argument in first)


def fixed(hit: Hit, node: Node | None, depth: int = _DEPTH) -> str | None:
    """The text that a string or bytes expression always has, None when it may differ from run to run.

    It sees through decoding and `bytes([...])`; the zeros of `bytes(16)` are told as one.
    """
    hit.scope.spend()
    if node is None or not depth:
        return None
    text = hit.string(node)
    if text is not None:
        return text
    node = hit.scope.bare(node)
    if node.type == "identifier":
        values = [fixed(hit, value, depth - 1) for value in hit.scope.values(node)]
        return values[-1] if values and None not in values else None
    if node.type == "binary_operator":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        head = fixed(hit, left, depth - 1)
        if hit.scope.read(node.children[1]) == "*":
            return head
        tail = fixed(hit, right, depth - 1)
        return head + tail if head is not None and tail is not None else None
    function = callee(node) if node.type == "call" else None
    if function is None:
        return None
    arguments = hit.scope.dialect.argument_nodes(node)
    name = hit.resolve(function)
    if name in _WRAPPERS and arguments:
        plain = arguments[0].type in {"integer", "list", "tuple"} and hit.constant(arguments[0])
        bare = plain and name in {"bytes", "bytearray"}
        return "\0" if bare else fixed(hit, arguments[0], depth - 1)
    if last_name(hit, node) in {"encode", "decode"}:
        return fixed(hit, function.child_by_field_name("object"), depth - 1)
    return None


def number(hit: Hit, node: Node | None, depth: int = _DEPTH) -> int | None:
    """The whole number an expression always is, None when it is not known or absurdly large.

    Of several that a name may hold, it is the smallest.
    """
    hit.scope.spend()
    if node is None or not depth:
        return None
    node = hit.scope.bare(node)
    if node.type == "integer":
        try:
            return int(hit.text(node).rstrip("lL"), 0)
        except ValueError:  # `0777`, or over the digits that int() reads
            return None
    if node.type == "identifier":
        values = [number(hit, value, depth - 1) for value in hit.scope.values(node)]
        known = [value for value in values if value is not None]
        return min(known) if known and len(known) == len(values) else None
    if node.type != "binary_operator":
        return None
    left = number(hit, node.child_by_field_name("left"), depth - 1)
    right = number(hit, node.child_by_field_name("right"), depth - 1)
    return _reckoned(hit.text(node.children[1]), left, right)


def _reckoned(operator: str, left: int | None, right: int | None) -> int | None:
    if (
        left is None
        or right is None
        or abs(left) >= 1 << _NUMBERS
        or not 0 <= right < 1 << _NUMBERS
    ):
        return None
    if operator in {"**", "<<"} and right > _NUMBERS:
        return None
    results = {"+": left.__add__, "-": left.__sub__, "*": left.__mul__}
    results |= {"**": left.__pow__, "<<": left.__lshift__}
    return results[operator](right) if operator in results else None


def choices(hit: Hit, node: Node | None) -> tuple[str, ...]:
    """The constant strings that an expression may be: each value of a name, each branch of an `if`."""
    if node is None:
        return ()
    found: list[str] = []
    stack = [node]
    while stack:
        hit.scope.spend()
        at = hit.scope.bare(stack.pop())
        if at.type == "conditional_expression":
            stack += [at.named_children[0], at.named_children[-1]]
        elif at.type == "identifier" and (values := hit.scope.values(at)):
            stack += values
        elif (text := hit.string(at)) is not None:
            found.append(text)
    return tuple(found)
