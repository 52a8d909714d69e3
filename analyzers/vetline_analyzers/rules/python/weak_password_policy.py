"""Rules for passwords that allow too little."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax import around, known
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_LEAST = 8  # characters, NIST SP 800-63B
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_LENGTHS = re.compile(
    r"(?i)(?:min_?)?(?:pass(?:word|wd)?|pwd)_?(?:min(?:imum)?_?)?(?:length|len)(?:_?min)?|min_?(?:pass(?:word|wd)?|pwd)_?len\w*"
)


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "comparison_operator":
        return _compared(hit)
    found = around.setting(hit)
    if found is None:
        return None
    key, value = found
    if key == "AUTH_PASSWORD_VALIDATORS":
        empty = value.type == "list" and not [
            n for n in value.named_children if n.type != "comment"
        ]
        return (
            Report("Django accepts any password, also an empty one: name the validators.")
            if empty
            else None
        )
    if not _of_password(hit, key):
        return None
    return _short(hit, value, known.number(hit, value))


def _of_password(hit: Hit, key: str) -> bool:
    """Whether a least length is that of a password."""
    if _LENGTHS.fullmatch(key):
        return True
    if key == "min_length" and "MinimumLengthValidator" in _grandparent(hit):
        return True
    for part in around.purposes(hit):
        if part.how in {"target", "keyword"} and around.is_password(part.name):
            return True
    return False


def _grandparent(hit: Hit) -> str:
    at = next(
        (
            n
            for n in hit.scope.up(hit.node)
            if n.type == "dictionary" and "NAME" in around.wide_text(hit, n)
        ),
        None,
    )
    return around.wide_text(hit, at) if at is not None else ""


def _compared(hit: Hit) -> Report | None:
    """`len(password) < 6`."""
    sides = hit.node.named_children if around.small(hit.node) else []
    if len(sides) != len(("left", "right")):
        return None
    operator = hit.node.children[1].type
    left, right = sides
    for length, limit, sign in (
        (left, right, operator),
        (right, left, _MIRRORED.get(operator, "")),
    ):
        if length.type != "call" or not hit.text(length).startswith("len("):
            continue
        inside = hit.scope.dialect.argument_nodes(length)
        if not inside or not around.mentions(hit, inside[0], around.is_password):
            continue
        number = known.number(hit, limit)
        if number is None or sign not in {"<", "<=", ">", ">="}:
            return None
        # What is refused below, or accepted from, says the least length.
        least = number + 1 if sign in {"<=", ">"} else number
        return _short(hit, limit, least) if number else None
    return None


def _short(hit: Hit, node: Node, least: int | None) -> Report | None:
    if least is None or not 1 <= least < _LEAST:
        return None
    fix = Fix("Ask for 12 characters", (hit.edit(node, "12"),), safe=False)
    return Report(
        f"Passwords of {least} characters are tried in minutes: ask for at least 12.",
        node=node,
        fix=fix if node.type == "integer" else None,
    )


RULE = PatternRule(
    id="python/weak-password-policy",
    title="Weak password policy",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(521,),
    page="""
What a program accepts is what people use. Eight random characters take a graphics card some hours, six take minutes,
and people do not choose at random. Length helps most; lists of characters that must occur help little.
""",
    attack="Tries all short passwords against the stolen hashes.",
    advice="Ask for at least 12 characters and refuse known leaked ones; in Django keep "
    "`AUTH_PASSWORD_VALIDATORS` with `min_length` 12.",
    bad=(
        """\
def check(password):
    if len(password) < 6:
        raise ValueError("too short")
""",
        """\
AUTH_PASSWORD_VALIDATORS = []
""",
        """\
from wtforms import Form, PasswordField
from wtforms.validators import Length as Size

class Register(Form):
    password = PasswordField("Password", [Size(min=4)])
""",
        """\
MIN_PASSWORD_LENGTH = 5
""",
        """\
def valid(form):
    return 4 <= len(form["password"])
""",
    ),
    good=(
        """\
def check(password):
    if len(password) < 12:
        raise ValueError("too short")
""",
        """\
AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}]
""",
        """\
class Register(Form):
    name = StringField("Name", [Size(min=4)])
""",
        """\
def masked(password):
    return password[:1] + "*" * 7 if len(password) > 0 else ""
""",
    ),
    url="https://pages.nist.gov/800-63-4/sp800-63b.html",
    query=around.settings_query(
        *("AUTH_PASSWORD_VALIDATORS", "min", "min_length", "minlength", "minLength", "min_len"),
        *(
            "MIN_PASSWORD_LENGTH",
            "PASSWORD_MIN_LENGTH",
            "PASSWORD_LENGTH_MIN",
            "SECURITY_PASSWORD_LENGTH_MIN",
        ),
        *(
            "min_password_length",
            "password_min_length",
            "minimum_password_length",
            "MINIMUM_PASSWORD_LENGTH",
        ),
    )
    + "\n(comparison_operator) @hit",
    check=_check,
)
