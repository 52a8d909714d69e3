"""LDAP filters and names that are built from strings."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import PEOPLE, Arrival, FlowRule, Sink

if TYPE_CHECKING:
    from vetline_analyzers.flow.rule import Called


def _is_directory(called: Called) -> bool:
    """Whether a `search` asks a directory: its filter is in parentheses, or its object is one of LDAP's.

    What is known to be of the standard library is no directory: `re.search("(a)" + name, text)`.
    """
    if any("ldap" in name.lower() for name in called.names):
        return True
    if any(name.partition(".")[0] in sys.stdlib_module_names for name in called.names):
        return False
    given = (*called.arguments, *called.keywords.values())
    heads = (value.parts()[0] for value in given if value.parts())
    return any(isinstance(head, str) and head.lstrip().startswith("(") for head in heads)


def _judge(arrival: Arrival) -> bool:
    return bool(arrival.traced) or (bool(arrival.parameters) and arrival.is_built)


RULE = FlowRule(
    id="python/ldap-from-input",
    title="LDAP query built from a string",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(90,),
    page="""
A filter or a distinguished name is put together with values in it. Parentheses and asterisks in a value become part of
the filter, so a visitor widens a search to everybody or tests passwords letter by letter.
""",
    advice="Escape each value: `ldap.filter.escape_filter_chars(name)`, `ldap3.utils.conv.escape_filter_chars(name)`; "
    "in a distinguished name `ldap.dn.escape_dn_chars(name)`.",
    attack="The user name `*)(uid=*` matches everybody.",
    bad=(
        """\
import ldap
from flask import request

def find():
    connection = ldap.initialize("ldaps://directory.example")
    name = request.args["name"]
    return connection.search_s("dc=example", ldap.SCOPE_SUBTREE, f"(uid={name})")
""",
        """\
from flask import request
from ldap3 import Connection

def find(connection: Connection):
    who = request.form["who"]
    connection.search("dc=example", "(&(objectclass=person)(uid=" + who + "))")
""",
        """\
def find(connection, name):
    return connection.search_s("dc=example", 2, "(uid=%s)" % name)
""",
    ),
    good=(
        """\
import ldap
from flask import request
from ldap.filter import escape_filter_chars

def find():
    connection = ldap.initialize("ldaps://directory.example")
    name = escape_filter_chars(request.args["name"])
    return connection.search_s("dc=example", ldap.SCOPE_SUBTREE, f"(uid={name})")
""",
        """\
def find(index, words):
    return index.search(f"title:{words}")
""",
        """\
import re

def find(name, text):
    return re.search(f"(uid={name})", text) or re.compile("a").search("(uid=" + name)
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/LDAP_Injection_Prevention_Cheat_Sheet.html",
    kind="ldap",
    sinks=(
        Sink(
            methods=("search_s", "search_st", "search_ext", "search_ext_s", "modify_s", "delete_s"),
            arguments=(0, 2, "base", "filterstr"),
        ),
        Sink(
            methods=("search", "paged_search"),
            arguments=(0, 1, "search_base", "search_filter"),
            when=_is_directory,
        ),
    ),
    traced="{label} becomes part of an LDAP query here: whoever sends it can widen it. Escape it.",
    possible="An LDAP query is built from a string: a value in it becomes part of the filter. Escape it.",
    sources=PEOPLE,
    judge=_judge,
)
