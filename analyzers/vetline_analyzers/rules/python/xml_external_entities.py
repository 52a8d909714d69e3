"""An XML parser that is told to fetch what a document names."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around import function_text
from vetline_analyzers.syntax.python_web import FALSE, TRUE
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_SWITCHES = {"resolve_entities": True, "load_dtd": True, "no_network": False, "huge_tree": True}
_FEATURES = ("feature_external_ges", "feature_external_pes")
_ADDRESSES = ("features/external-general-entities", "features/external-parameter-entities")
_TEXTS = ("xml.dom.minidom.parseString", "xml.dom.pulldom.parseString")
_ON = r"(?:[\w.]*\bfeature_external_[gp]es|['\"]http://xml\.org/sax/features/external-\w+-entities['\"])"
_MESSAGE = (
    "This parser follows external entities: a document can name a local file or an address, and gets its "
    "content. Leave it off."
)


def _check(hit: Hit) -> Report | None:
    if not hit.name:
        return _feature(hit)
    if hit.name in _TEXTS:
        return _parsed(hit)
    edits = []
    for name, dangerous in _SWITCHES.items():
        value = hit.keyword(name)
        if value is not None and hit.text(value) in (TRUE if dangerous else FALSE):
            edits.append(hit.edit(value, str(not dangerous)))
    if not edits:
        return None
    return Report(_MESSAGE, fix=Fix("Leave entities alone", tuple(edits), safe=False))


def _parsed(hit: Hit) -> Report | None:
    """A text read with a parser whose external features were turned on before."""
    parser = hit.either(1, "parser")
    if parser is None or parser.type != "identifier":
        return None
    on = re.search(rf"\b{hit.text(parser)}\.setFeature\(\s*{_ON}\s*,\s*(?:True|1)\b", hit.before())
    return Report(_MESSAGE) if on else None


def _feature(hit: Hit) -> Report | None:
    feature, on = hit.argument(0), hit.argument(1)
    if feature is None:
        return None
    if hit.text(feature).endswith("XML_PARAM_ENTITY_PARSING_ALWAYS"):
        return Report(_MESSAGE)
    address = hit.string(feature) or ""
    function = callee(hit.node)
    owner = hit.text(function).partition(".")[0] if function is not None else ""
    if re.search(
        rf"\.parseString\([^()]{{0,200}},\s*(?:parser\s*=\s*)?{re.escape(owner)}\b",
        function_text(hit),
    ):
        return None  # told where the text comes in, of which something may be known
    named = hit.text(feature).endswith(_FEATURES) or address.endswith(_ADDRESSES)
    if not named or on is None or hit.text(on) not in TRUE:
        return None
    return Report(_MESSAGE, fix=Fix("Leave entities alone", (hit.edit(on, "False"),), safe=False))


RULE = PatternRule(
    id="python/xml-external-entities",
    title="XML parser that resolves external entities",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(611, 827, 776),
    page="""
A document type can declare an entity as the content of a file or a URL. A parser that resolves entities
puts that content into the tree, so a document that somebody sends reads the server's files, calls
addresses behind the firewall, or swells one line to gigabytes.
""",
    attack='Sends `<!ENTITY x SYSTEM "file:///etc/passwd">` and reads the answer.',
    advice="Use `etree.XMLParser(resolve_entities=False, no_network=True)`, leave SAX's external features "
    "off, or parse with defusedxml.",
    bad=(
        """\
from lxml import etree

parser = etree.XMLParser(resolve_entities=True)
tree = etree.parse("x.xml", parser)
""",
        """\
import lxml.etree as e

def read(text):
    return e.fromstring(text, e.XMLParser(no_network=False, load_dtd=True))
""",
        """\
import xml.sax
from xml.sax.handler import feature_external_ges

parser = xml.sax.make_parser()
parser.setFeature(feature_external_ges, True)
""",
        """\
import xml.sax

parser = xml.sax.make_parser()
parser.setFeature("http://xml.org/sax/features/external-general-entities", 1)
""",
        """\
import xml.dom.minidom
import xml.sax.handler

def read(text):
    parser = xml.sax.make_parser()
    parser.setFeature(xml.sax.handler.feature_external_ges, True)
    return xml.dom.minidom.parseString(text, parser)
""",
    ),
    good=(
        """\
from lxml import etree

parser = etree.XMLParser(resolve_entities=False, no_network=True)
tree = etree.parse("x.xml", parser)
""",
        """\
import xml.sax
from xml.sax.handler import feature_external_ges

parser = xml.sax.make_parser()
parser.setFeature(feature_external_ges, False)
""",
        """\
import xml.sax
from xml.sax.handler import feature_namespaces

parser = xml.sax.make_parser()
parser.setFeature(feature_namespaces, True)
""",
    ),
    url="https://docs.python.org/3/library/xml.html#xml-vulnerabilities",
    names=(
        *(
            f"{module}.{name}"
            for module in ("lxml.etree", "etree")
            for name in ("XMLParser", "ETCompatXMLParser", "iterparse", "XMLPullParser")
        ),
        *_TEXTS,
    ),
    fed=(0, "string"),
    methods=("setFeature", "SetParamEntityParsing"),
    check=_check,
)
