"""Regular expressions that a visitor writes."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import PEOPLE, FlowRule, Sink

_FUNCTIONS = (
    "compile",
    "match",
    "fullmatch",
    "search",
    "sub",
    "subn",
    "split",
    "findall",
    "finditer",
)

RULE = FlowRule(
    id="python/regex-from-input",
    title="Regular expression written by a visitor",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(1333, 400, 625),
    page="""
A pattern is taken from a request. Python's matcher goes back and tries again, so that a short pattern such as `(a+)+$`
keeps a processor busy for years; and a pattern may match what the program means to keep apart.
""",
    advice="Put the text through `re.escape`, or search for it as it is; for patterns of visitors use an engine without "
    "backtracking (`google-re2`).",
    attack="The search `(a+)+$` stops the worker that runs it.",
    bad=(
        """\
import re
from flask import request

def find(text):
    return re.search(request.args["pattern"], text)
""",
        """\
import re

def find(request, text):
    pattern = "^" + request.GET["q"] + ".*$"
    return re.compile(pattern).match(text)
""",
        """\
import re

pattern = input("pattern: ")
print(re.findall(pattern, "text"))
""",
    ),
    good=(
        """\
import re
from flask import request

def find(text):
    return re.search(re.escape(request.args["word"]), text)
""",
        """\
import re
from flask import request

def find():
    return re.search("[a-z]+", request.args["text"])
""",
        """\
import re

def find(pattern, text):
    return re.search(pattern, text)
""",
    ),
    url="https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS",
    kind="regex",
    sinks=(
        Sink(
            names=tuple(f"{m}.{f}" for m in ("re", "regex") for f in _FUNCTIONS),
            arguments=(0, "pattern"),
        ),
    ),
    traced="{label} is run as a regular expression: one that backtracks stops the server. Use re.escape.",
    sources=PEOPLE,
)
