"""A check that says yes when it fails."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.python_web import called, definition, inside
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_CHECKS = re.compile(
    r"(?i)^(?:_*)(?:is_|has_|can_|may_)?(?:\w*_)?(?:verif\w*|authenticat\w*|authori[sz]\w*|check_(?:password|token|auth"
    r"|permission|signature|access|login|license|csrf|role)\w*|valid(?:ate)?_(?:token|password|signature|session|user"
    r"|login|jwt|cert\w*|csrf|access|api_key|origin)\w*|permitted|has_perm\w*|has_access|can_access|is_admin"
    r"|is_allowed|allowed|login|signature_valid|token_valid|is_safe\w*|valid_(?:token|signature|session|user))$"
)
_SWALLOWS = re.compile(
    r"except(?:\s+(?:Exception|BaseException)(?:\s+as\s+\w+)?)?\s*:\s*(?:#[^\n]*\n\s*)*pass\s*"
)
_BODY = re.compile(
    r"except\b[^:]*:\s*(?:#[^\n]*\n\s*|(?:log|print|warn|_log|self\.log|app\.log)[\w.]*\([^\n]*\)[^\S\n]*\n\s*)*return\s+True\s*"
)


def _check(hit: Hit) -> Report | None:
    if _SWALLOWS.fullmatch(hit.text(hit.node)) and _checks(hit):
        return Report(
            "When this check fails, nothing happens and the program goes on as if it had passed.",
            tentative=True,
        )
    name = called(hit, definition(hit))
    if not _CHECKS.search(name) or not _BODY.fullmatch(hit.text(hit.node)):
        return None
    node = next((n for n in reversed(hit.node.named_children) if n.type == "block"), hit.node)
    value = next((n for n in reversed(node.named_children) if n.type == "return_statement"), None)
    fix = None
    if value is not None:
        fix = Fix("Say no", (hit.edit(value, "return False"),), safe=False)
    return Report(
        f"When {name} fails it says yes, so who makes it fail gets in: return False.",
        value,
        fix=fix,
    )


def _checks(hit: Hit) -> bool:
    """Whether what is tried is nothing but a check."""
    around = hit.node.parent
    body = around.child_by_field_name("body") if around is not None else None
    if body is None or body.named_child_count != 1:
        return False
    call = next(iter(inside(hit, body.named_children[0], "call")), None)
    if call is None or call.parent != body.named_children[0]:
        return False
    return bool(_CHECKS.search(hit.text(call).partition("(")[0].rpartition(".")[2]))


RULE = PatternRule(
    id="python/fails-open",
    title="Check that says yes when it fails",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(636, 755, 703, 390),
    page="""
A function that decides whether somebody may do a thing catches an exception and answers yes. Broken
input, a server that does not answer or a full disk is then as good as a password, and whoever can cause
one of them is let in.
""",
    attack="Sends a token that cannot be decoded; the exception is caught and the answer is yes.",
    advice="Answer no, or let the exception through.",
    bad=(
        """\
def verify_token(token):
    try:
        return decode(token)["ok"]
    except Exception:
        return True
""",
        """\
def is_allowed(user, page):
    try:
        return page in rights[user]
    except KeyError as error:
        logger.warning("no rights for %s", user)
        return True
""",
        """\
def check_password(name, given):
    try:
        return compare(stored(name), given)
    except:
        return True
""",
        """\
def handle(message):
    try:
        verify_signature(message)
    except Exception:
        pass
    run(message)
""",
    ),
    good=(
        """\
def verify_token(token):
    try:
        return decode(token)["ok"]
    except Exception:
        return False
""",
        """\
def exists(path):
    try:
        look(path)
    except PermissionError:
        return True
    return False
""",
        """\
def is_allowed(user, page):
    return page in rights.get(user, ())
""",
    ),
    url="https://cwe.mitre.org/data/definitions/636.html",
    query="(except_clause) @hit",
    check=_check,
)
