"""TLS that takes a certificate of any name."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax import around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_NAME = re.compile(r"(?i)not\s+[\w.]*host|host\w*\s+is\s+None|socket|unix")
_MESSAGE = "A valid certificate of any other site is accepted here: leave the check of the name on."


def _check(hit: Hit) -> Report | None:
    found = around.setting(hit)
    if found is None:
        return None
    key, value = found
    if key == "match_hostname":  # ssl.match_hostname = lambda cert, name: True
        return Report(_MESSAGE) if value.type == "lambda" or hit.text(value) == "None" else None
    left = hit.node.child_by_field_name("left")
    if left is not None and (left.type != "attribute" or hit.text(left).startswith("self.")):
        return None
    if hit.text(value) != "False" or hit.node.type == "pair":
        return None
    if hit.node.type == "keyword_argument":
        edit = around.without(hit, hit.node)
        return Report(_MESSAGE, fix=Fix("Check the name", (edit,), safe=False) if edit else None)
    fix = Fix("Check the name", (hit.edit(value, "True"),), safe=False)
    return Report(_MESSAGE, fix=fix, tentative=around.chosen(hit) or _is_nameless(hit))


def _is_nameless(hit: Hit) -> bool:
    """Whether it is done where there is no name to check: `if not server_hostname`."""
    for at in hit.scope.up(hit.node):
        condition = at.child_by_field_name("condition") if at.type == "if_statement" else None
        if condition is not None and around.small(condition) and _NAME.search(hit.text(condition)):
            return True
    return False


RULE = PatternRule(
    id="python/tls-hostname-unchecked",
    title="TLS without a check of the name",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(297, 295),
    page="""
The certificate is checked, but not whose it is. Anybody can have a valid certificate for a name of his own; with
the check of the name off, it serves to stand in the middle of a connection to yours.
""",
    attack="Answers in your server's place with a valid certificate for a domain of his own.",
    advice="Leave `check_hostname` on. Where the address differs from the name, pass `server_hostname=`.",
    bad=(
        """\
import ssl

c = ssl.create_default_context()
c.check_hostname = False
""",
        """\
import urllib3

pool = urllib3.HTTPSConnectionPool("10.0.0.5", assert_hostname=False)
""",
        """\
import ssl

ssl.match_hostname = lambda cert, hostname: True
""",
        """\
from elasticsearch import Elasticsearch as Search

search = Search(hosts, ssl_assert_hostname=False)
""",
    ),
    good=(
        """\
import ssl

c = ssl.create_default_context()
c.check_hostname = True
""",
        """\
import urllib3

pool = urllib3.HTTPSConnectionPool("10.0.0.5", assert_hostname="db.example.com")
""",
        """\
class Options:
    def __init__(self):
        self.check_hostname = False
""",
    ),
    same_as=("bandit/B501",),
    url="https://docs.python.org/3/library/ssl.html#ssl.SSLContext.check_hostname",
    query=around.settings_query(
        "check_hostname",
        "assert_hostname",
        "ssl_assert_hostname",
        "ssl_check_hostname",
        "match_hostname",
    ),
    check=_check,
)
