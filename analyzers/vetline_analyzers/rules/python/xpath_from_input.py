"""XPath that is built from a string."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import PEOPLE, Arrival, FlowRule, Sink

if TYPE_CHECKING:
    from vetline_analyzers.flow.rule import Called


def _is_query(called: Called) -> bool:
    """Whether a `find` is one of a tree, as far as its argument looks like a path with a condition."""
    value = called.arguments[0] if called.arguments else None
    pieces = value.pieces if value is not None else None
    return pieces is not None and any(isinstance(p, str) and ("[" in p or "/" in p) for p in pieces)


def _judge(arrival: Arrival) -> bool:
    return bool(arrival.traced) or (bool(arrival.parameters) and arrival.is_built)


RULE = FlowRule(
    id="python/xpath-from-input",
    title="XPath built from a string",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(643, 91),
    page="""
An XPath query is put together with values in it. A quote in a value ends the string it stands in, and what follows is
part of the query: a login that looks for `user[name='…' and password='…']` lets everybody in.
""",
    advice="Pass values as XPath variables: `tree.xpath('//user[@name=$name]', name=name)`.",
    attack="The name `' or '1'='1` selects every user.",
    bad=(
        """\
from flask import request
from lxml import etree

def find():
    tree = etree.parse("users.xml")
    name = request.args["name"]
    return tree.xpath(f"//user[@name='{name}']/text()")
""",
        """\
def find(tree, name):
    return tree.xpath("//user[name='" + name + "']")
""",
        """\
from flask import request
import elementpath

def find(root):
    query = "/users/user[@id='%s']" % request.form.get("id")
    return elementpath.select(root, query)
""",
    ),
    good=(
        """\
from flask import request
from lxml import etree

def find():
    tree = etree.parse("users.xml")
    return tree.xpath("//user[@name=$name]/text()", name=request.args["name"])
""",
        """\
def find(tree, number):
    return tree.xpath(f"//user[@id='{int(number)}']")
""",
    ),
    url="https://owasp.org/www-community/attacks/XPATH_Injection",
    kind="xpath",
    sinks=(
        Sink(methods=("xpath", "iterfind", "xpathEval"), arguments=(0, "path", "_path")),
        Sink(methods=("find", "findall", "findtext"), when=_is_query),
        Sink(names=("lxml.etree.XPath", "etree.XPath", "lxml.etree.ETXPath")),
        Sink(
            names=("elementpath.select", "elementpath.iter_select", "elementpath.Selector"),
            arguments=(0, 1, "path"),
        ),
    ),
    traced="{label} becomes XPath here: whoever sends it can change the query. Pass values as variables.",
    possible="XPath is built from a string: a value in it becomes part of the query. Pass values as variables.",
    sources=PEOPLE,
    judge=_judge,
)
