"""A regular expression that lets more pass than it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.python_web import called, definition, last_part
from vetline_analyzers.syntax.regex_text import outside_sets
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_TLD = r"(?:com|org|net|io|edu|gov|info|dev|app|cloud|co|ai|internal|local)"
_BARE_DOT = re.compile(
    rf"(?:[\w)\]])(?<!\\[dwsDWS])\.(?:{_TLD})(?![\w])|[a-z0-9)]\.[a-z0-9-]+(?:\\?\.){_TLD}(?!\w)"
)
_OPEN_END = re.compile(rf"(?:https?|\^)[^|]*\\\.{_TLD}\)?$")
_RAW = re.compile(r"[bB]?[rR][bB]?['\"]")
_DOTS = 20  # of one pattern
_LONGEST = 1_000  # characters
_SLASHED = re.compile(r"/\^.+\$/[a-z]*")
_VALIDATOR = re.compile(
    r"(?i)valid|check|verify|^is_|_is_|^match_|allowed|sanit|^matches|permitted|safe|isvalid"
)
_SEPARATOR = re.compile(r"[+*)\]}]\.(?:\[|\\[wd]|\()")
_ENDS = re.compile(r"(?:\$|\\[Zz]|\)\$?|\.\*|\|)$")


def _check(hit: Hit) -> Report | None:
    given = hit.either(0, "pattern")
    pattern = hit.string(given)
    if (
        given is None
        or pattern is None
        or len(pattern) > _LONGEST
        or "\n" in pattern
        or "%" in hit.text(given)
    ):
        return None
    if _SLASHED.fullmatch(pattern):
        return Report(
            "The slashes belong to the pattern in Python, so nothing ever matches: leave them out.",
            confidence=Confidence.HIGH,
            tentative=False,
        )
    if "://" not in pattern[8:] and _BARE_DOT.search(outside_sets(pattern)):
        return Report(
            r"The dot in this host matches any character: write \. so that wwwXexample is another name.",
            fix=_escaped(hit, given),
        )
    if _OPEN_END.search(pattern):
        return Report(
            "What follows the host is not looked at, so example.com.evil.example passes: end it with / or $."
        )
    return _unanchored(hit, pattern)


def _escaped(hit: Hit, given: Node) -> Fix | None:
    """The dot of the host, written as one."""
    text = hit.text(given)
    if given.type != "string" or not _RAW.match(text):
        return None
    for _ in range(_DOTS):
        dot = _BARE_DOT.search(outside_sets(text))
        if dot is None:
            return Fix("Escape the dot", (hit.edit(given, text),), safe=True)
        at = dot.start() + 1
        text = f"{text[:at]}\\{text[at:]}"
    return None


def _unanchored(hit: Hit, pattern: str) -> Report | None:
    """A validator that looks only at how a text begins."""
    function = definition(hit)
    name = called(hit, function)
    if function is None or not _VALIDATOR.search(name) or _ENDS.search(pattern):
        return None
    if "://" in pattern or pattern.endswith("/"):
        return None
    text = hit.text(function)
    used = last_part(hit)
    if used == "compile" and ".match(" not in text:
        return None
    if (
        ".group" in text
        or "fullmatch" in text
        or (not _SEPARATOR.search(pattern) and "^" not in pattern[:1])
    ):
        return None
    return Report(
        "The end of the text is not looked at, so anything may follow: use re.fullmatch.",
        confidence=Confidence.LOW,
    )


RULE = PatternRule(
    id="python/regex-loose",
    title="Regular expression that lets too much pass",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(20, 625, 185, 601, 918),
    page="""
In a pattern a dot is any character, and `re.match` looks only at how a text begins. A check for
`www.example.com` then lets `wwwXexample.com` pass, and a check for digits `1; rm -rf`. What the check
guards, a redirect, a request or a command, is open.
""",
    attack="Registers a name that differs only where the dot stands, and passes the check.",
    advice="Escape dots (`re.escape` does), match to the end with `re.fullmatch`, and compare hosts with "
    "`urlparse` instead of a pattern.",
    bad=(
        """\
import re

HOST = re.compile(r"(www|beta).example.com/")
""",
        """\
import re

def valid_number(text):
    return re.match(r"/^\\d+$/", text)
""",
        """\
import re

def allowed(url):
    return re.match(r"^https://example\\.com", url)
""",
        """\
import re

def is_version(text):
    return re.match("^[0-9]+.[0-9]+", text) is not None
""",
    ),
    good=(
        """\
import re

HOST = re.compile(r"^(www|beta)\\.example\\.com/")
""",
        """\
import re

def valid_number(text):
    return re.fullmatch(r"\\d+", text)
""",
        """\
import re

def allowed(url):
    return re.match(r"^https://example\\.com/", url)
""",
        """\
import re

def is_version(text):
    return re.match(r"^[0-9]+\\.[0-9]+$", text) is not None
""",
        """\
import re

parts = re.split("[a-z]+.[a-z]+", text)
""",
    ),
    url="https://docs.python.org/3/library/re.html#search-vs-match",
    names=tuple(
        f"{m}.{f}" for m in ("re", "regex") for f in ("compile", "match", "search", "fullmatch")
    ),
    check=_check,
)
