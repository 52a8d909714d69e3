"""Secrets that every script on the page can read."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, last_name, secretive
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_STORES = re.compile(r"(?:window\.)?(?:localStorage|sessionStorage|AsyncStorage)")
_HARMLESS = re.compile(r"(?i).*(?:csrf|expir|type|nonce|design).*")


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "assignment_expression":
        left = hit.node.child_by_field_name("left")
        base = left.child_by_field_name("object") if left is not None else None
        name, value = last_name(hit, left), hit.node.child_by_field_name("right")
    else:
        function = callee(hit.node)
        base = function.child_by_field_name("object") if function is not None else None
        name, value = (
            hit.string(hit.argument(0)) or last_name(hit, hit.argument(0)),
            hit.argument(1),
        )
    if base is None or value is None or not _STORES.fullmatch(hit.text(base)):
        return None
    told = name if secretive(name) else last_name(hit, value)
    if not secretive(told) or _HARMLESS.fullmatch(told) or hit.constant(value):
        return None
    return Report(
        "Every script on the page can read this, one that was injected too: keep it in a cookie with "
        "httpOnly."
    )


RULE = PatternRule(
    id="javascript/secret-in-local-storage",
    title="Secret that every script on the page can read",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(922, 312, 522),
    page="""
A token or a password is kept in `localStorage`. Every script on the page reads it, an advertisement, a
package that was taken over, or one that a visitor injected, and it stays there after the tab is closed. A
cookie with `httpOnly` is sent along and cannot be read.
""",
    attack="Injects one line of script that sends localStorage home, and uses the token elsewhere.",
    advice="Let the server set a cookie with `httpOnly`, `secure` and `sameSite`, or keep the token in a variable.",
    bad=(
        'localStorage.setItem("token", response.token);\n',
        "window.localStorage.accessToken = answer.jwt;\n",
        """\
function remember(name, password) {
  sessionStorage.setItem("login", password);
}
""",
    ),
    good=(
        'localStorage.setItem("theme", theme);\n',
        'localStorage.removeItem("token");\n',
        'cache.setItem("token", response.token);\n',
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/HTML5_Security_Cheat_Sheet.html#local-storage",
    language="javascript",
    languages=LANGUAGES,
    methods=("setItem",),
    query="""
        ((assignment_expression left: [(member_expression) (subscript_expression)] @_l) @hit
          (#match? @_l "^(window[.])?(localStorage|sessionStorage)"))
    """,
    check=_check,
)
