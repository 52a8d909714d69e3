"""Data that is code when it is read."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, of, option, options
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_RUNS = (
    *of("node-serialize", "unserialize"),
    *("serialize-to-js.deserialize", "serialize-to-js.deserializeUnsafe", "serialize-to-js"),
    *(
        "funcster.deepDeserialize",
        "cryo.parse",
        "serialijse.deserialize",
        "jest-serializer.deserialize",
    ),
    *("v8.deserialize", "bson.deserialize"),
)
_FULL = ("DEFAULT_FULL_SCHEMA", "UNSAFE_SCHEMA")
_TYPES = ("js-yaml-js-types", "yamlTypes")


def _check(hit: Hit) -> Report | None:
    if hit.name in _RUNS:
        data = hit.argument(0)
        if data is None or hit.constant(data):
            return None
        if hit.name.startswith(("v8", "bson")) and not hit.from_request(data):
            return None
        return Report("Reading this data can run code that is in it: use JSON.parse.")
    schema = option(hit, options(hit), "schema")
    text = hit.text(schema) if schema is not None else ""
    if not text.endswith(_FULL) and not any(each in text for each in _TYPES):
        return None
    return Report(
        "With this schema YAML makes functions of what it reads: use the default one.", schema
    )


RULE = PatternRule(
    id="javascript/unsafe-deserialization",
    title="Data that is code when it is read",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(502,),
    page="""
`node-serialize`, `serialize-to-js`, `funcster` and `cryo` bring functions back to life, and js-yaml does with
the full schema. A function that calls itself runs while the data is read, so that whoever writes the data
runs code on the server.
""",
    attack="Puts a function that calls itself into the cookie that the server unserializes.",
    advice="Use `JSON.parse`, or `yaml.load(text)` of js-yaml 4 with its default schema.",
    bad=(
        'const serialize = require("node-serialize");\n\nconst user = serialize.unserialize(req.cookies.user);\n',
        'import { deserialize } from "serialize-to-js";\n\nexport const read = (text) => deserialize(text);\n',
        "const settings = yaml.load(text, { schema: yaml.DEFAULT_FULL_SCHEMA });\n",
    ),
    good=(
        "const user = JSON.parse(req.cookies.user);\n",
        'import { deserialize } from "./wire";\n\nexport const read = (text) => deserialize(text);\n',
        "const settings = yaml.load(text, { schema: yaml.JSON_SCHEMA });\n",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Deserialization_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    names=(*_RUNS, *of("js-yaml", "load", "loadAll")),
    check=_check,
)
