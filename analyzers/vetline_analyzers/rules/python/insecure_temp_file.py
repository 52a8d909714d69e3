"""A temporary file whose name is known before it is there."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    return Report(
        f"{hit.name} gives a name, not a file: somebody may put a link there first. "
        "Use tempfile.NamedTemporaryFile or mkstemp."
    )


RULE = PatternRule(
    id="python/insecure-temp-file",
    title="Temporary file by name only",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(377, 379, 367),
    page="""
`tempfile.mktemp` returns a name that was free a moment ago. Between that and the opening, another user
of the machine puts a link of that name to a file of yours, and the program overwrites it.
""",
    attack="Watches /tmp and puts a link of the chosen name there before the program opens it.",
    advice="Use `tempfile.NamedTemporaryFile`, `TemporaryDirectory` or `mkstemp`, which make the file.",
    bad=(
        """\
import tempfile

path = tempfile.mktemp()
""",
        """\
from tempfile import mktemp as name

path = name(suffix='.txt')
""",
        """\
import os

path = os.tempnam()
""",
    ),
    good=(
        """\
import tempfile

handle, path = tempfile.mkstemp()
""",
        """\
import tempfile

with tempfile.NamedTemporaryFile() as file:
    file.write(b'x')
""",
    ),
    same_as=("bandit/B306", "bandit/B325"),
    url="https://docs.python.org/3/library/tempfile.html#tempfile.mktemp",
    names=("tempfile.mktemp", "os.tempnam", "os.tmpnam"),
    check=_check,
)
