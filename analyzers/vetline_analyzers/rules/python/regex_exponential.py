"""A regular expression that a short text can keep busy for hours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.backtracking import exponential
from vetline_analyzers.syntax.python_web import last_part
from vetline_analyzers.syntax.regex_text import simplified
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_REPEATED = re.compile(r"\)\s?(?:[*+]|\{\d*,?\d*\})")
_RAW = re.compile(r"[bB]?[rR]")
_FUNCTIONS = (
    "compile",
    "match",
    "fullmatch",
    "search",
    "findall",
    "finditer",
    "sub",
    "subn",
    "split",
)


def _check(hit: Hit) -> Report | None:
    given = hit.either(0, "regex") or hit.keyword("pattern")
    pattern = hit.string(given)
    if given is None or pattern is None or not _REPEATED.search(pattern):
        return None
    if given.type == "string" and not _RAW.match(hit.text(given)):
        pattern = pattern.replace("\\\\", "\\")
    if "VERBOSE" in hit.text(hit.node) or "re.X" in hit.text(hit.node):
        return None
    if not exponential(pattern, whole=last_part(hit) == "fullmatch"):
        return None
    return Report(
        "A repetition inside a repetition matches the same text in many ways: some thirty characters can "
        "keep this busy for hours. Make the parts exclude each other.",
        given,
        fix=_fix(hit, given, pattern),
    )


def _fix(hit: Hit, given: Node, pattern: str) -> Fix | None:
    """The same pattern with one repetition, which matches the same texts and groups."""
    text = hit.text(given)
    plain = simplified(text)
    raw = bool(_RAW.match(text)) or "\\" not in text
    if given.type != "string" or not raw or plain == text or exponential(simplified(pattern)):
        return None
    return Fix("Repeat once", (hit.edit(given, plain),), safe=True)


RULE = PatternRule(
    id="python/regex-exponential",
    title="Regular expression of exponential time",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(1333, 400),
    page="""
Python tries every way a pattern can match before it gives up. Where a repeated group can match one text
in two ways, as in `(a+)+` or `(\\w|\\d)*`, the ways double with each character; a text of thirty that
does not match in the end stops the process, which holds its lock meanwhile.
""",
    attack="Sends thirty letters and an exclamation mark as an e-mail address; a worker hangs for each.",
    advice="Write the group so that each text has one reading: `a+` for `(a+)+`, `[\\w-]+` for `(\\w+-?)+`; "
    "limit the length first, or use the `re2` library.",
    bad=(
        """\
import re

re.match(r"^(a+)+$", text)
""",
        """\
import re

EMAIL = re.compile(r"^([a-zA-Z0-9]+[-_.]?)*@example\\.com$")
""",
        """\
from re import fullmatch

def valid(name):
    return fullmatch("(\\\\w|\\\\d)+", name)
""",
    ),
    good=(
        """\
import re

re.match(r"^a+$", text)
""",
        """\
import re

EMAIL = re.compile(r"^[a-zA-Z0-9]+([-_.][a-zA-Z0-9]+)*@example\\.com$")
""",
        """\
import re

WORDS = re.compile(r"^(\\w+ )*\\w+$")
""",
        """\
import re

prefix = re.match(r"(a+)+", text)
""",
    ),
    url="https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS",
    names=(
        *(f"re.{name}" for name in _FUNCTIONS),
        *(f"regex.{name}" for name in _FUNCTIONS),
        *("django.core.validators.RegexValidator", "RegexValidator", "wtforms.validators.Regexp"),
        *(
            "pydantic.constr",
            "pydantic.Field",
            "marshmallow.validate.Regexp",
            "django.urls.re_path",
        ),
    ),
    check=_check,
)
