"""Passwords kept or compared as they were typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_TYPED_TWICE = re.compile(
    r"(?i)confirm|repeat|again|retype|re_?enter|verif|password_?2|password_?1|new_|old_|2\b|cleaned_data"
)
_STORED = re.compile(
    r"(?i)(?:row|result|record|user|account|member|customer|data|db|stored|saved|users|admin)\b|fetchone|(?:row|result|record|res|data|rows)\[\d\]"
)
_HASHED = re.compile(r"(?i)hash|crypt|digest|encode[dr]?_|pbkdf|argon|salt|set_password")
_MODEL = re.compile(
    r"(?:.*\.)?(?:User|Account|Member|Customer|Admin|Person|Employee|Student|NewUser|UserModel|DBUser)(?:Model|DB)?"
)
_DECODED = frozenset({"base64.b64decode", "base64.b64encode", "b64decode", "b64encode"})
_PIPE = re.compile(
    r"(?i)std(?:in|out|err)|sock|pipe|proc|conn|channel|shell|term|tty|writer|stream|child"
)
_MESSAGE = "The password is kept as it was typed: whoever sees the table has them all. Keep an argon2 or bcrypt hash."


def _check(hit: Hit) -> Report | None:
    kind = hit.node.type
    if kind == "comparison_operator":
        return _compared(hit)
    if kind == "call":
        return _encoded(hit) if hit.name else _written(hit)
    name, value = hit.node.child_by_field_name("name"), hit.node.child_by_field_name("value")
    if kind == "keyword_argument" and name is not None and value is not None:
        return _kept(hit, hit.text(name), value) if _is_model(hit) else None
    left, right = hit.node.child_by_field_name("left"), hit.node.child_by_field_name("right")
    if left is None or right is None or hit.text(left).startswith("self."):
        return None
    field = hit.text(left).rpartition(".")[2]
    owner = hit.text(left).partition(".")[0]
    return (
        _kept(hit, field, right) if re.search(r"(?i)user|account|member|customer", owner) else None
    )


def _is_model(hit: Hit) -> bool:
    call = hit.node.parent.parent if hit.node.parent is not None else None
    function = call.child_by_field_name("function") if call is not None else None
    return function is not None and bool(_MODEL.fullmatch(hit.text(function)))


def _kept(hit: Hit, field: str, value: Node) -> Report | None:
    """A field of an account that is given what was typed."""
    if not around.is_password(field) or not _typed(hit, value):
        return None
    return Report(_MESSAGE)


def _typed(hit: Hit, value: Node, depth: int = 3) -> bool:
    """Whether an expression is a password that came from somebody, unchanged."""
    text = hit.text(value)
    if _HASHED.search(text) or value.type in {"string", "none"}:
        return False
    if hit.from_request(value):
        return around.mentions(hit, value, around.is_password)
    if value.type == "identifier" and around.is_password(text):
        values = hit.scope.values(value)
        if not values:  # a parameter: hashed, if at all, before it came here
            return not _HASHED.search(around.function_text(hit))
        return depth > 0 and all(_typed(hit, each, depth - 1) for each in values)
    if value.type == "attribute" and around.is_password(text.rpartition(".")[2]):
        return not _HASHED.search(around.function_text(hit))
    return False


def _compared(hit: Hit) -> Report | None:
    sides = hit.node.named_children if around.small(hit.node) else []
    if len(sides) != len(("left", "right")) or hit.node.children[1].type not in {"==", "!="}:
        return None
    texts = [hit.text(side)[-80:] for side in sides]
    if any(
        side.type == "string" or (hit.constant(side) and side.type != "identifier")
        for side in sides
    ):
        return None
    if around.function_name(hit) in {"__eq__", "__ne__"} or "pwd." in hit.text(hit.node):
        return None
    if _TYPED_TWICE.search(hit.text(hit.node)) or _HASHED.search(hit.text(hit.node)):
        return None
    passwords = [around.mentions(hit, side, around.is_password) for side in sides]
    stored = any(_STORED.search(text) for text in texts)
    if not (all(passwords) or (any(passwords) and stored)) or texts[0] == texts[1]:
        return None
    if _HASHED.search(around.function_text(hit)):
        return None
    return Report(
        "The stored password can be compared with a typed one, so it is kept in clear: keep an argon2 or "
        "bcrypt hash and verify that."
    )


def _written(hit: Hit) -> Report | None:
    """A password in a cookie or a file."""
    function = hit.node.child_by_field_name("function")
    last = "" if function is None else hit.text(function).rpartition(".")[2]
    given = [
        node
        for node in (hit.argument(0), hit.argument(1), hit.keyword("value"))
        if node is not None
    ]
    if last.startswith("write"):
        given = [] if _PIPE.search(_receiver(hit)) else given[:1]
    for node in given:
        known = [node, *hit.scope.values(node)] if node.type == "identifier" else [node]
        for each in known:
            if each.type in {
                "string",
                "identifier",
                "binary_operator",
                "call",
                "attribute",
                "subscript",
            } and _holds(hit, each):
                where = "a cookie" if last.endswith("cookie") else "a file"
                return Report(
                    f"The password goes into {where} as it was typed: keep an argon2 or bcrypt hash."
                )
    return None


def _receiver(hit: Hit) -> str:
    receiver = around.owner(hit)
    return hit.text(receiver) if receiver is not None and around.small(receiver) else ""


def _holds(hit: Hit, node: Node) -> bool:
    """Whether a password's text is put into an expression."""
    text = hit.text(node)
    if _HASHED.search(text) or _HASHED.search(around.function_text(hit)) or "getpass" in text:
        return False
    return around.mentions(hit, node, around.is_password)


def _encoded(hit: Hit) -> Report | None:
    """Base64 where protection was meant."""
    if not around.mentions(hit, hit.argument(0), around.is_password):
        return None
    if any(part.how == "keyword" or "auth" in part.name.lower() for part in around.purposes(hit)):
        return None  # HTTP's basic authentication is made like this
    if re.search(
        r"(?i)authoriz|basic|auth\b|:|header|crypt|hash",
        hit.text(hit.node) + around.function_name(hit),
    ):
        return None
    if re.search(r"(?i)basic |authorization|encrypt|decrypt|hash", around.function_text(hit)):
        return None
    return Report(
        "Base64 protects nothing: whoever sees this reads the password. Keep an argon2 or bcrypt hash."
    )


RULE = PatternRule(
    id="python/password-in-clear",
    title="Password kept in clear",
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
    cwe=(256, 257, 522, 312, 315, 208, 261),
    page="""
A password that can be compared with `==` is stored as it was typed. Whoever gets a copy of the table, a backup or a
log then has every password, and with them the accounts that the same people have elsewhere. Base64 and the like
change nothing about that.
""",
    attack="Reads a backup of the table and logs in everywhere as everybody.",
    advice="Store `argon2.PasswordHasher().hash(password)` and check with `verify`; in Django use "
    "`set_password` and `check_password`.",
    bad=(
        """\
def login(user, password):
    return user.password == password
""",
        """\
from flask import request

def register(user):
    user.password = request.form["password"]
    user.save()
""",
        """\
def register(session, name, password):
    session.add(User(name=name, password=password))
""",
        """\
def remember(response, request):
    response.set_cookie("login", request.form["password"], secure=True, httponly=True)
""",
        """\
import base64

def check(row, password):
    return base64.b64decode(row[0]) == password
""",
    ),
    good=(
        """\
def login(user, password):
    return hasher.verify(user.password, password)
""",
        """\
from flask import request

def register(user):
    user.password = generate_password_hash(request.form["password"])
    user.save()
""",
        """\
def change(form):
    return form.password == form.password_confirm
""",
        """\
def register(session, name, password):
    password = bcrypt.hashpw(password, bcrypt.gensalt())
    session.add(User(name=name, password=password))
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html",
    tentative=True,
    names=tuple(sorted(_DECODED)),
    methods=("set_cookie", "write", "writelines"),
    query="""
        (comparison_operator) @hit
        ((keyword_argument name: (identifier) @_key) @hit (#match? @_key "(?i)passw|pwd"))
        ((assignment left: (attribute attribute: (identifier) @_key)) @hit (#match? @_key "(?i)passw|pwd"))
    """,
    check=_check,
)
