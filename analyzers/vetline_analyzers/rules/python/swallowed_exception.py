"""An error that nobody hears of."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_ALL = re.compile(
    r"except(?:\s+\(?\s*(?:BaseException|Exception)\s*\)?(?:\s+as\s+\w+)?)?\s*:\s*(?:#[^\n]*\n\s*)*(?:pass|continue|\.\.\.)\s*"
)


def _check(hit: Hit) -> Report | None:
    if not _ALL.fullmatch(hit.text(hit.node)):
        return None
    return Report(
        "Every error is swallowed here, also those nobody thought of: name the ones you mean, or log."
    )


RULE = PatternRule(
    id="python/swallowed-exception",
    title="Every error swallowed",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    persona=Persona.PEDANTIC,
    cwe=(390, 703, 755),
    page="""
`except: pass` hides every fault: a misspelt name, a check that could not be made, an attack that failed
half-way. The program goes on with whatever it has, and nothing in the logs says that something happened.
""",
    attack="Makes a step of the program fail, and nobody is told.",
    advice="Catch the exceptions that are expected, and log the rest: `contextlib.suppress(FileNotFoundError)`.",
    bad=(
        """\
try:
    check(token)
except Exception:
    pass
""",
        """\
for item in items:
    try:
        store(item)
    except:
        continue
""",
        """\
try:
    check(token)
except BaseException as error:
    ...
""",
    ),
    good=(
        """\
try:
    check(token)
except FileNotFoundError:
    pass
""",
        """\
try:
    check(token)
except Exception:
    logger.exception("check")
""",
    ),
    same_as=("bandit/B110", "bandit/B112"),
    url="https://docs.python.org/3/library/contextlib.html#contextlib.suppress",
    query="(except_clause) @hit",
    check=_check,
)
