"""XML that may name files of the server."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, is_text, of, option, options
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_SWITCHES = (
    "noent",
    "noEnt",
    "replaceEntities",
    "resolveExternalEntities",
    "dtdload",
    "explicitEntities",
)
_EXPANDS = ("xml2json.toJson", "xml2json.toXml", "xml2json")


def _check(hit: Hit) -> Report | None:
    if hit.name in _EXPANDS:
        text = hit.argument(0)
        return _bomb() if text is not None and hit.from_request(text) else None
    if not hit.name:
        return _expat(hit)
    found = options(hit)
    for name in _SWITCHES:
        value = option(hit, found, name)
        if value is not None and is_text(hit, value, "true"):
            fix = Fix("Leave entities alone", (hit.edit(value, "false"),), safe=False)
            return Report(
                "Entities in this XML are replaced by the files they name: leave the option off.",
                value,
                fix=fix,
            )
    return None


def _bomb() -> Report:
    return Report(
        "expat, which reads this XML, expands entities without a bound: use a parser that has none, "
        "such as fast-xml-parser.",
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
    )


def _expat(hit: Hit) -> Report | None:
    """`parser.write(text)`, where the parser was made by node-expat."""
    function = callee(hit.node)
    base = function.child_by_field_name("object") if function is not None else None
    text = hit.argument(0)
    if base is None or text is None or base.type != "identifier":
        return None
    made = [callee(hit.scope.bare(value)) for value in hit.scope.values(base)]
    if not any("expat" in hit.resolve(each) or "expat" in hit.text(each) for each in made if each):
        return None
    return _bomb() if hit.from_request(text) else None


RULE = PatternRule(
    id="javascript/xml-external-entities",
    title="XML that may name files of the server",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(611, 776, 827),
    page="""
A document type in XML may define entities, and an entity may name a file or an address. With `noent: true`
libxmljs puts the file's content in its place, and the answer shows it. Parsers built on expat expand
entities within entities, and a kilobyte becomes gigabytes.
""",
    attack="Sends a document whose entity names /etc/passwd, and reads it in the answer.",
    advice="Leave `noent` off, and read XML from outside with a parser that knows no entities.",
    bad=(
        'const libxmljs = require("libxmljs");\n\nconst page = libxmljs.parseXml(text, { noent: true });\n',
        """\
import { parseXml } from "libxmljs2";

function read(text) {
  const how = { noblanks: true, noent: true };
  return parseXml(text, how);
}
""",
        'const xml2json = require("xml2json");\n\napp.post("/", (req, res) => res.send(xml2json.toJson(req.body)));\n',
        """\
const expat = require("node-expat");

app.post("/", (req, res) => {
  const parser = new expat.Parser("UTF-8");
  parser.write(req.body);
});
""",
    ),
    good=(
        'const libxmljs = require("libxmljs");\n\nconst page = libxmljs.parseXml(text, { noblanks: true });\n',
        'import { parseXml } from "libxmljs2";\n\nconst page = parseXml(text, { noent: false });\n',
        'const xml2json = require("xml2json");\n\nconst settings = xml2json.toJson(readFileSync("settings.xml"));\n',
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/XML_External_Entity_Prevention_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    names=(
        *(
            name
            for member in (
                "parseXml",
                "parseXmlString",
                "parseXmlAsync",
                "parseHtml",
                "XmlDocument.fromXml",
            )
            for name in (*of("libxmljs", member), f"libxmljs2.{member}")
        ),
        *_EXPANDS,
    ),
    methods=("parse", "write"),
    check=_check,
)
