"""The key that signs an application's sessions, written in its settings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around, known
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_UPPER = (
    "SECRET_KEY",
    "JWT_SECRET_KEY",
    "JWT_SECRET",
    "WTF_CSRF_SECRET_KEY",
    "SECURITY_PASSWORD_SALT",
    "SIGNING_KEY",
)
_LOWER = ("secret_key", "cookie_secret")
_READERS = re.compile(r"(?:.*\.)?(?:get|getenv|config|env|str|setdefault|get_secret|pop)")
_TEMPLATE = re.compile(r"\{\{|\{%|^<.*>$|^\$\{?\w+\}?$|^%\(")


def _check(hit: Hit) -> Report | None:
    found = around.setting(hit)
    if found is None:
        return None
    key, value = found
    left = hit.node.child_by_field_name("left")
    if key == "secret_key" and (
        left is None or left.type != "attribute" or hit.text(left).startswith("self.")
    ):
        return None
    text = known.fixed(hit, value)
    if text is not None:
        if not text.strip() or _TEMPLATE.search(text):
            return None
        return Report(
            "Whoever reads this code can sign sessions in anybody's name: read the key from the environment.",
            node=value,
        )
    fallback = _fallback(hit, value)
    if fallback is None:
        return None
    return Report(
        "Where the environment says nothing, the key is one that everybody can read here: stop instead.",
        node=fallback,
        tentative=True,
    )


def _fallback(hit: Hit, value: Node) -> Node | None:
    """The constant that stands in for a key that is not set."""
    if value.type == "boolean_operator":
        right = value.child_by_field_name("right")
        return right if known.fixed(hit, right) else None
    function = callee(value) if value.type == "call" else None
    if function is None or not _READERS.fullmatch(hit.text(function)):
        return None
    other = hit.scope.dialect.keyword(value, "default", hit.text)
    arguments = hit.scope.dialect.argument_nodes(value)
    if other is None and len(arguments) > 1:
        other = arguments[1]
    return other if known.fixed(hit, other) else None


RULE = PatternRule(
    id="python/fixed-secret-key",
    title="Session key in the settings",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(798, 321, 547),
    page="""
Flask, Django and others sign sessions, reset links and tokens with one key. When it stands in the code, everybody
who ever saw the code writes a session that says he is admin; with a pickling session he runs code. A fallback for
an unset variable is such a key as well.
""",
    attack="Signs a session with the key from the repository and is logged in as the administrator.",
    advice='`SECRET_KEY = os.environ["SECRET_KEY"]`, without a fallback.',
    bad=(
        """\
from flask import Flask

app = Flask(__name__)
app.secret_key = "development"
""",
        """\
SECRET_KEY = b"some" + b"thing"
""",
        """\
def create_app(app):
    app.config["SECRET_KEY"] = "dev"
""",
        """\
import os

SECRET_KEY = os.environ.get("SECRET_KEY", "not so secret")
""",
        """\
app.config.update(DEBUG=False, SECRET_KEY="dev")
""",
    ),
    good=(
        """\
import os
from flask import Flask

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
""",
        """\
SECRET_KEY = ""
""",
        """\
import os

SECRET_KEY = os.environ.get("SECRET_KEY")
""",
        """\
SECRET_KEY = "{{ secret_key }}"
""",
    ),
    url="https://flask.palletsprojects.com/en/stable/config/#SECRET_KEY",
    query=around.settings_query(*_UPPER, *_LOWER),
    check=_check,
)
