"""A list of what is allowed, beside a function that does not look at it."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.python_web import called, code, inside, parameters
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_LIST = re.compile(
    r"(?:ALLOWED|PERMITTED|APPROVED|TRUSTED|EDITABLE|VALID|SAFE|WHITELIST|ALLOWLIST)(?:ED)?_\w*?"
)
_HOSTS = re.compile(rf"{_LIST.pattern}(?:HOST|DOMAIN|URL|ORIGIN|SITE)\w*")
_FIELDS = re.compile(rf"{_LIST.pattern}(?:FIELD|KEY|COLUMN|ATTR|PROPERT)\w*")
_ADDRESS = re.compile(r"(?i)url|uri|host|domain|redirect|webhook|callback|link|next_\w*")
_GOES = re.compile(
    r"(?:urljoin|urlparse|urlopen|redirect|urlretrieve|urlsplit|requests\.\w+|httpx\.\w+)\("
)
_CHECKS = re.compile(
    r"(?i)valid|allow|check|safe|verif|sanit|permit|trust|whitelist|ensure|require"
)


def _check(hit: Hit) -> Report | None:
    lists = [name for name in hit.scope.context.strings if _LIST.match(name)]
    if not lists or not called(hit, hit.node):
        return None
    body = hit.node.child_by_field_name("body")
    text = code(hit, body)
    if body is None or _CHECKS.search(text) or any(name in text for name in lists):
        return None  # it asks a list, or somebody who does
    given = set(parameters(hit, hit.node))
    follows = _GOES.search(text) and any(_ADDRESS.search(name) for name in given)
    if follows and (name := next((n for n in lists if _HOSTS.fullmatch(n)), "")):
        return _report(hit, name)
    if (name := next((n for n in lists if _FIELDS.fullmatch(n)), "")) and _copies(hit, given):
        return _report(hit, name)
    return None


def _report(hit: Hit, name: str) -> Report:
    at = hit.node.child_by_field_name("name")
    return Report(
        f"{name} says what is allowed, and {called(hit, hit.node)} does not look at it.", at
    )


def _copies(hit: Hit, given: set[str]) -> bool:
    """Whether it puts all that a parameter holds into something else."""
    for call in inside(hit, hit.node, "call"):
        function = callee(call)
        argument = next(iter(hit.scope.dialect.argument_nodes(call)), None)
        whole = argument is not None and hit.text(argument) in given
        if whole and function is not None and hit.text(function).endswith(".update"):
            return True
    for loop in inside(hit, hit.node, "for_statement"):
        right, text = loop.child_by_field_name("right"), hit.text(loop)
        source = hit.text(right).partition(".")[0] if right is not None else ""
        if source in given and re.search(r"\w\[\w+\]\s*=[^=]|setattr\(", text):
            return True
    return False


RULE = PatternRule(
    id="python/allow-list-unused",
    title="Allow-list that the function beside it ignores",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    tentative=True,
    cwe=(20, 915, 601, 918),
    page="""
The file has a list of the hosts or fields that are allowed, and a function that follows an address or
copies fields without a look at the list, or a call of something that checks. The list then only looks
like a protection; the check was planned, and is missing here.
""",
    attack="Names a host or a field that is not in the list; nothing asks.",
    advice="Compare with the list before the value is used, and refuse what is not in it.",
    bad=(
        """\
EDITABLE_FIELDS = ["name", "city"]

def change(user, data):
    user.update(data)
    return user
""",
        """\
from urllib.parse import urljoin

ALLOWED_DOMAINS = {"example.com", "example.org"}

def target(base_url, path):
    return urljoin(base_url, path)
""",
        """\
PERMITTED_KEYS = ("name", "city")

def change(user, sent):
    for key, value in sent.items():
        user[key] = value
""",
    ),
    good=(
        """\
EDITABLE_FIELDS = ["name", "city"]

def change(user, data):
    user.update({key: data[key] for key in EDITABLE_FIELDS if key in data})
    return user
""",
        """\
from urllib.parse import urljoin, urlparse

ALLOWED_DOMAINS = {"example.com", "example.org"}

def target(base_url, path):
    url = urljoin(base_url, path)
    if urlparse(url).hostname not in ALLOWED_DOMAINS:
        raise ValueError(url)
    return url
""",
        """\
def change(user, data):
    user.update(data)
    return user
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Input_Validation_Cheat_Sheet.html",
    query="(function_definition) @hit",
    check=_check,
)
