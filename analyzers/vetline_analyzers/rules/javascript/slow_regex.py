"""Patterns that a short text keeps busy for hours."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, shaped
from vetline_analyzers.syntax.backtracking import exponential
from vetline_analyzers.syntax.regex_text import simplified
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "regex":
        found = hit.node.child_by_field_name("pattern")
        pattern = hit.text(found) if found is not None else ""
    else:
        first = hit.argument(0)
        if first is None or shaped(hit, first, "regex") is not None:
            return None  # the literal has its own finding
        pattern = (hit.string(first) or "").replace("\\\\", "\\")
    if not exponential(pattern):
        return None
    return Report(
        "A text of forty characters keeps this pattern busy for hours: a repetition in it can match "
        "the same text in many ways.",
        fix=_fix(hit, pattern) if hit.node.type == "regex" else None,
    )


def _fix(hit: Hit, pattern: str) -> Fix | None:
    """The same pattern with one repetition, which matches the same texts and groups."""
    flags = hit.node.child_by_field_name("flags")
    found, plain = hit.node.child_by_field_name("pattern"), simplified(pattern)
    sets_in_sets = flags is not None and "v" in hit.text(flags)
    if found is None or sets_in_sets or plain == pattern or exponential(plain):
        return None
    return Fix("Repeat once", (hit.edit(found, plain),), safe=True)


RULE = PatternRule(
    id="javascript/slow-regex",
    title="Pattern that takes exponential time",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(1333, 400, 185),
    page="""
A repetition inside a repetition, `(a+)+`, or with branches that overlap, `(\\w|\\d)*`, matches one text in
very many ways. When the rest of the pattern then fails, the engine tries them all: each further character
doubles the time, and Node answers nobody meanwhile.
""",
    attack="Sends forty letters and an exclamation mark to the form that checks its input with this pattern.",
    advice="Write the repetition so that each text fits in one way only, `a+` for `(a+)+`; limit the length first, or use RE2.",
    bad=(
        "const name = /^([a-z]+)+$/;\n",
        'const words = new RegExp("^(\\\\w+\\\\s?)*$");\n',
        "if (/^(\\d|[0-9a-f])*$/i.test(text)) accept();\n",
    ),
    good=(
        "const name = /^[a-z]+$/;\n",
        'const words = new RegExp("^(\\\\w+\\\\s)*\\\\w*$");\n',
        "if (/^[0-9a-f]*$/i.test(text)) accept();\n",
        'const quoted = /"([^"\\\\]|\\\\.)*"/;\n',
    ),
    url="https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS",
    language="javascript",
    languages=LANGUAGES,
    names=("RegExp",),
    query="(regex) @hit",
    check=_check,
)
