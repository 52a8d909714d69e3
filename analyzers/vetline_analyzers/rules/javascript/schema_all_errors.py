"""Checks of input that go on after the first fault."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, is_text, option, options
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    value = option(hit, options(hit), "allErrors")
    if value is None or not is_text(hit, value, "true"):
        return None
    return Report(
        "With allErrors a large wrong input is checked to its end and makes a list as large: leave "
        "it to development.",
        fix=Fix("Stop at the first error", (hit.edit(value, "false"),), safe=False),
    )


RULE = PatternRule(
    id="javascript/schema-all-errors",
    title="Check of input that never stops",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(400, 770),
    page="""
With `allErrors: true` Ajv does not stop at the first fault of an input. A visitor who sends a list of a
million wrong items makes the server check each of them, with every pattern, and keep an error for each: the
library's makers warn against it for input from outside.
""",
    attack="Sends ten megabytes of items that are all wrong, a few times a second.",
    advice="Leave `allErrors` out where strangers send the data, and limit the size of the body.",
    bad=(
        'const Ajv = require("ajv");\n\nconst ajv = new Ajv({ allErrors: true });\n',
        'import Ajv2020 from "ajv/dist/2020";\n\nexport const ajv = new Ajv2020({ allErrors: true, strict: true });\n',
        "function checker() {\n  const how = { allErrors: true };\n  return new Ajv(how);\n}\n",
    ),
    good=(
        'const Ajv = require("ajv");\n\nconst ajv = new Ajv({ strict: true });\n',
        "const ajv = new Ajv({ allErrors: development });\n",
    ),
    url="https://ajv.js.org/security.html#security-risks-of-trusted-schemas",
    language="javascript",
    languages=LANGUAGES,
    names=("ajv", "ajv.default", "ajv.Ajv", "ajv/dist/2020", "ajv/dist/2019", "Ajv"),
    check=_check,
)
