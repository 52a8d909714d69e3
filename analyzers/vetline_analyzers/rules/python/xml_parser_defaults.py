"""XML from outside, read with whatever the parser's version does by default."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around import extended, splatted
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_LXML = ("lxml.etree", "etree")
_OBJECTIFY = "lxml.objectify"
_READERS = ("parse", "fromstring", "XML", "fromstringlist", "iterparse")
_PARSERS = ("XMLParser", "ETCompatXMLParser", "XMLPullParser")


def _check(hit: Hit) -> Report | None:
    owner, _, function = hit.name.rpartition(".")
    if owner == "etree" and not hit.uses("lxml") and not hit.is_excerpt():
        return None
    if owner not in {*_LXML, _OBJECTIFY}:
        return _standard(hit)
    if hit.keyword("resolve_entities") is not None or splatted(hit):
        return None
    if function in _PARSERS:
        add = extended(hit, "resolve_entities=False")
        fix = Fix("Leave entities alone", (add,), safe=False) if add is not None else None
        return Report(_OLD_LXML, fix=fix)
    data = hit.argument(0)
    if data is None or hit.argument(1) is not None or hit.keyword("parser") is not None:
        return None  # the parser is judged where it is made
    if hit.constant(data):
        return None
    sure = hit.from_outside(data)
    return Report(_OLD_LXML, severity=Severity.MEDIUM if sure else Severity.LOW)


def _standard(hit: Hit) -> Report | None:
    data = hit.argument(0)
    if data is None or hit.argument(1) is not None or not hit.from_outside(data):
        return None
    return Report(
        f"{hit.name} expands nested entities: a few lines from a stranger can take all memory. "
        "Parse them with defusedxml.",
        severity=Severity.LOW,
    )


_OLD_LXML = (
    "lxml before 5 reads files that the document names as entities: pass "
    "etree.XMLParser(resolve_entities=False)."
)

RULE = PatternRule(
    id="python/xml-parser-defaults",
    title="XML read with the parser's defaults",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    tentative=True,
    cwe=(611, 776, 827),
    page="""
Until version 5, lxml resolves external entities unless it is told not to, so a document from outside can
pull in local files. The parsers of the standard library do not, but expand nested entities, which older
expat versions do without a limit. Which of these holds depends on where the program runs.
""",
    attack="Uploads a document whose entity is the content of a file on the server.",
    advice="Pass `parser=etree.XMLParser(resolve_entities=False, no_network=True)`, or use defusedxml.",
    bad=(
        """\
from lxml import etree

def read(text):
    return etree.fromstring(text)
""",
        """\
from lxml import etree as e

parser = e.XMLParser(remove_blank_text=True)
""",
        """\
import lxml.etree

def read(file):
    return lxml.etree.parse(file).getroot()
""",
        """\
import xml.etree.ElementTree as ET
from flask import request

def read():
    return ET.fromstring(request.get_data())
""",
        """\
def read(text):
    return etree.fromstring(text)
""",
    ),
    good=(
        """\
from lxml import etree

def read(text):
    return etree.fromstring(text, parser=etree.XMLParser(resolve_entities=False))
""",
        """\
from lxml import etree

tree = etree.fromstring("<a/>")
""",
        """\
import xml.etree.ElementTree as ET

tree = ET.parse("settings.xml")
""",
        """\
from flask import request
from defusedxml import ElementTree as ET

def read():
    return ET.fromstring(request.get_data())
""",
    ),
    same_as=tuple(f"bandit/B{n}" for n in range(313, 321)),
    url="https://lxml.de/FAQ.html#how-do-i-use-lxml-safely-as-a-web-service-endpoint",
    names=(
        *(f"{m}.{f}" for m in _LXML for f in (*_READERS, *_PARSERS)),
        *(f"lxml.objectify.{f}" for f in ("parse", "fromstring", "XML")),
        *(f"xml.etree.{m}.{f}" for m in ("ElementTree", "cElementTree") for f in _READERS),
        *(f"xml.{m}.{f}" for m in ("dom.minidom", "dom.pulldom") for f in ("parse", "parseString")),
        *("xml.sax.parse", "xml.sax.parseString", "xmltodict.parse"),
    ),
    fed=(0, "source", "text", "string"),
    check=_check,
)
