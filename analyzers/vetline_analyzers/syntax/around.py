"""What stands around a place in Python: what a value is for, how an edit fits in.

All of it is read from the hit's own block and the file's context, so that a block's findings stay a
function of these two.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.syntax.python_web import inside
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from vetline_analyzers.syntax.rule import Hit

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# Words whose value an attacker must not guess.
_SECRET = re.compile(
    r"_(?:token|otp|totp|nonce|salt|iv|secret|credential|captcha|csrf|xsrf|csrftoken|voucher"
    r"|passwd|password|passphrase|passcode|pwd|pass|apikey|authkey|pin|pincode|sid"
    r"|session_?(?:id|key|token|identifier)|sessionid"
    r"|(?:reset|recovery|auth|access|activation|verification|verify|confirm|confirmation|invite"
    r"|invitation|security|login|sms|otp|coupon|referral|gift|backup)_?(?:code|key|id|link|number)"
    r"|(?:api|secret|private|encryption|crypto|cipher|signing|signature|master|aes|hmac|licen[cs]e"
    r"|symmetric|shared|rsa|public|des)_?key)s?_"
)
_PASSWORD = re.compile(
    r"_(?:passwd|password|passphrase|passcode|pwd|pw|passw|pswd|psw|pass|userpass|userpassword"
    r"|passwort|motdepasse)s?(?:\d+)?_"
)
_NO_PASSWORD = re.compile(
    r"_(?:hash|hashed|digest|reset|length|len|min|max|field|form|file|path|url|policy|strength|hint"
    r"|prompt|label|name|error|message|msg|column|context|validators?|count|type|id|mechanism|update|mode|policy|option"
    r"|state|method|manager|store|provider|expired|changed|required|enabled|age|expiry)_"
)
_CHOICE = re.compile(r"(?i)verif|valid|insecure|cert|check|trust|secure|unsafe|allow|skip|ignore")
_SMALL = 1_000  # bytes
_WALKED = 20_000  # bytes of a block that are looked through for a name
_REST = 200  # characters of a line


class Part(NamedTuple):
    """A name that says what a value is for, and how it says so.

    Attributes:
        name: as it is written: "session['id']", "reset_token".
        how: "target", "keyword", "callee" or "function".
    """

    name: str
    how: str


def words(name: str) -> str:
    """The words of a name in lower case: `_reset_token_` for resetToken, `reset_token` and RESET_TOKEN."""
    return f"_{'_'.join(_WORD.findall(name)).lower()}_"


def is_secret(name: str) -> bool:
    """Whether a name says that its value must not be guessed."""
    return bool(_SECRET.search(words(name)))


def is_password(name: str) -> bool:
    """Whether a name says that its value is a password, as a person types it."""
    spoken = words(name)
    return bool(_PASSWORD.search(spoken)) and not _NO_PASSWORD.search(spoken)


def purposes(hit: Hit, node: Node | None = None) -> Iterator[Part]:
    """The names that say what the value of an expression is for, the nearest first.

    They are what it is assigned or passed to, the functions that take it and the function that stands
    around it.
    """
    for at in hit.scope.up(node or hit.node):
        kind = at.type
        if kind == "function_definition":
            yield Part(_field(hit, at, "name"), "function")
            return
        if kind in {"assignment", "augmented_assignment"}:
            yield Part(_field(hit, at, "left"), "target")
        elif kind in {"named_expression", "default_parameter", "typed_default_parameter"}:
            yield Part(_field(hit, at, "name"), "target")
        elif kind == "keyword_argument":
            yield Part(_field(hit, at, "name"), "keyword")
        elif kind == "pair":
            yield Part(_field(hit, at, "key"), "keyword")
        elif kind == "call" and (called := last_name(hit, at)):
            yield Part(called, "callee")


def returned(hit: Hit, node: Node | None = None) -> bool:
    """Whether the expression is part of what a function gives back."""
    for at in hit.scope.up(node or hit.node):
        if at.type == "return_statement":
            return True
        if at.type.endswith(("_statement", "_definition")) or at.type == "block":
            return False
    return False


def function_name(hit: Hit) -> str:
    """The name of the function around the place, "" at module level."""
    function = hit.scope.function(hit.node)
    return _field(hit, function, "name") if function is not None else ""


def function_text(hit: Hit) -> str:
    """The text of the function around the place, of the block at module level."""
    return wide_text(hit, hit.scope.function(hit.node) or hit.scope.block)


def wide_text(hit: Hit, node: Node) -> str:
    """The text of something that may be large and be asked for by many hits: it costs by its size."""
    hit.scope.spend(1 + (node.end_byte - node.start_byte) // 1_000)
    return hit.text(node)


def last_name(hit: Hit, call: Node) -> str:
    """The name of the function or method that is called, without what it is called on."""
    function = callee(call)
    if function is None:
        return ""
    member = function.child_by_field_name("attribute")
    if member is None and function.type != "identifier":
        return ""
    return hit.text(member or function)


def is_named(hit: Hit, definition: Node, name: str) -> bool:
    """Whether a class or function has that name."""
    return _field(hit, definition, "name") == name


def small(node: Node) -> bool:
    """Whether an expression is of a size that people write, so that its text may be looked at."""
    return node.end_byte - node.start_byte <= _SMALL


def _field(hit: Hit, node: Node, name: str) -> str:
    found = node.child_by_field_name(name)
    return hit.text(found) if found is not None else ""


def owner(hit: Hit) -> Node | None:
    """What a method is called on."""
    function = callee(hit.node)
    return function.child_by_field_name("object") if function is not None else None


def mentions(hit: Hit, node: Node | None, test: Callable[[str], bool]) -> bool:
    """Whether a name, a member, or the constant key of one, in an expression passes the test."""
    stack = [node] if node is not None else []
    while stack:
        hit.scope.spend()
        at = stack.pop()
        if at.type == "identifier" and test(hit.text(at)):
            return True
        if at.type == "string":
            around = at.parent
            key = around is not None and around.type in {"subscript", "argument_list"}
            if key and test(hit.text(at)):
                return True
        stack += at.named_children if at.type != "keyword_argument" else at.named_children[1:]
    return False


def setting(hit: Hit) -> tuple[str, Node] | None:
    """The name and value of what `settings_query` found."""
    left, value = hit.node.child_by_field_name("left"), hit.node.child_by_field_name("right")
    if left is None:
        left = hit.node.child_by_field_name("key") or hit.node.child_by_field_name("name")
        value = hit.node.child_by_field_name("value")
    if left is None or value is None:
        return None
    if left.type == "subscript":
        left = left.child_by_field_name("subscript") or left
    elif left.type == "attribute":
        left = left.child_by_field_name("attribute") or left
    return hit.text(left).strip("\"'"), value


def settings_query(*names: str) -> str:
    """A query for each place that gives a setting a value.

    `NAME = 1`, `app.config["NAME"] = 1`, `settings.NAME = 1`, `{"NAME": 1}`, `update(NAME=1)`.
    """
    quoted = " ".join(f'"{name}"' for name in names)
    forms = (
        "(assignment left: (identifier) @_key)",
        "(assignment left: (attribute attribute: (identifier) @_key))",
        "(assignment left: (subscript subscript: (string (string_content) @_key)))",
        "(pair key: (string (string_content) @_key))",
        "(keyword_argument name: (identifier) @_key)",
    )
    return "\n".join(f"({form} @hit (#any-of? @_key {quoted}))" for form in forms)


def chosen(hit: Hit) -> bool:
    """Whether the place stands under a condition that asks for less verification: somebody chose it."""
    for at in hit.scope.up(hit.node):
        condition = at.child_by_field_name("condition") if at.type == "if_statement" else None
        if condition is not None and small(condition) and _CHOICE.search(hit.text(condition)):
            return True
    return False


def splatted(hit: Hit) -> bool:
    """Whether a call is given arguments that cannot be seen: `f(**options)`."""
    arguments = hit.node.child_by_field_name("arguments")
    nodes = arguments.named_children if arguments is not None else []
    return any(n.type in {"dictionary_splat", "list_splat"} for n in nodes)


def off(hit: Hit, node: Node | None) -> bool:
    """Whether an expression is the literal False, 0 or None."""
    return node is not None and hit.text(node) in {"False", "0", "None"}


def without(hit: Hit, argument: Node) -> Edit | None:
    """An edit that takes an argument out of its call, with the comma that goes with it."""
    around = argument.parent
    if around is None or around.type != "argument_list":
        return None
    source = hit.scope.source
    start, end = source.span(argument)
    following, previous = argument.next_sibling, argument.prev_sibling
    if following is not None and following.type == ",":
        end = source.span(following).end
        after = following.next_sibling
        if (
            after is not None
            and after.type != "comment"
            and after.start_point[0] == argument.end_point[0]
        ):
            end = source.span(after).start if after.type != ")" else end
        elif previous is not None and previous.start_point[0] < argument.start_point[0]:
            start = source.span(previous).end
            if previous.type == "comment":
                return None
    elif previous is not None and previous.type == ",":
        start = source.span(previous).start
    return Edit(Span(start, end), "")


def extended(hit: Hit, text: str) -> Edit | None:
    """An edit that gives a call one more argument at its end, None where one cannot be added."""
    arguments = hit.node.child_by_field_name("arguments")
    if arguments is None or arguments.type != "argument_list" or arguments.has_error:
        return None
    inside = [node for node in arguments.named_children if node.type != "comment"]
    if not inside:
        start, end = hit.scope.source.span(arguments)
        return Edit(Span(start + 1, start + 1), text) if end - start >= len("()") else None
    if inside[-1].type == "generator_expression":
        return None
    at = hit.scope.source.span(inside[-1]).end
    return Edit(Span(at, at), f", {text}")


def importing(hit: Hit, module: str) -> tuple[Edit, ...] | None:
    """What makes a module's name known at the place: nothing, or an import before its statement.

    The import cannot go to the top of the file: edits stay in the block. None where it does not fit.
    """
    if module in hit.scope.context.aliases.get(module, ()):
        return ()
    if module in hit.scope.context.aliases:
        return None
    statement = hit.node
    for at in hit.scope.up(hit.node):
        if at.type in {"block", "module"}:
            break
        statement = at
    else:
        if hit.scope.block.parent is None or hit.scope.block.parent.type != "module":
            return None
        statement = hit.scope.block
    start = hit.scope.source.offset(statement.start_byte)
    line = hit.scope.source.text.rfind("\n", 0, start) + 1
    indent = hit.scope.source.text[line:start]
    if indent.strip() or statement.type in {"elif_clause", "else_clause"}:
        return None
    return (Edit(Span(start, start), f"import {module}\n{indent}"),)


def unshadowed(hit: Hit, module: str) -> bool:
    """Whether a module's name means the module at the place, and an import there changes no other name.

    At module level other functions may mean something else by it, which is not seen from here.
    """
    imported = module in hit.scope.context.aliases.get(module, ())
    block = hit.scope.block
    if block.end_byte - block.start_byte > _WALKED:
        return False
    if not imported and hit.scope.function(hit.node) is None:
        return False
    for node in inside(hit, block, "identifier"):
        around = node.parent
        if around is None or hit.text(node) != module:
            continue
        reads = around.type == "attribute" and around.child_by_field_name("object") == node
        if around.child_by_field_name("attribute") == node:
            continue
        if around.type == "keyword_argument" and around.child_by_field_name("name") == node:
            continue
        if not (imported and reads):
            return False
    return True


def removed(hit: Hit) -> Edit | None:
    """An edit that takes the hit out as a statement of its own, None where it is a part of one."""
    statement = hit.node.parent
    if statement is None or statement.type != "expression_statement":
        return None
    span = hit.scope.source.span
    start, end = span(statement)
    suite = statement.parent
    if suite is None or suite.type not in {"block", "module"}:
        return None
    if statement == hit.scope.block:  # what stands beside it is another block
        bare = suite.type == "module" and alone(hit, statement)
        return Edit(Span(start, end), "" if bare else "pass")
    before, after = statement.prev_named_sibling, statement.next_named_sibling
    if before is not None and before.type != "comment":
        return Edit(Span(span(before).end, end), "")
    if before is None and after is not None and after.type != "comment":
        return Edit(Span(start, span(after).start), "")
    return Edit(Span(start, end), "pass")


def alone(hit: Hit, statement: Node) -> bool:
    """Whether a statement has its lines to itself, comments apart."""
    start, end = hit.scope.source.span(statement)
    text = hit.scope.source.text
    line, rest = text.rfind("\n", 0, start) + 1, text[end : end + _REST].lstrip(" \t")
    return not text[line:start].strip() and rest[:1] in {"", "\n", "\r", "#"}
