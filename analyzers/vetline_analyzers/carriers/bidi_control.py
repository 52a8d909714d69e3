"""Characters that turn the order of what is shown, and not of what is read."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Rule, Severity
from vetline_analyzers.core.regex import late
from vetline_analyzers.core.text import Span
from vetline_analyzers.hidden.removal import without
from vetline_analyzers.hidden.source import Carrier, Trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.hidden.source import Source

_RIGHT_TO_LEFT = late("[\u05d0-\u05ea\u0620-\u07ff\u0840-\u08c7\ufb1d-\ufdcf\ufe70-\ufefc]")
_FEW = 30  # characters that an override turns for sure
_OVERRIDES = frozenset("\u202d\u202e")
_EMBEDDINGS, _ISOLATES = frozenset("\u202a\u202b\u202d\u202e"), frozenset("\u2066\u2067\u2068")

_RULE = Rule(
    id="text/bidi-control",
    title="Text that is shown in another order than it is read",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(1007, 94),
    page="""
The text holds a bidirectional control character. What follows is shown in another order than the compiler
reads it: a line that looks like a comment can be code, and the other way round ("Trojan Source",
CVE-2021-42574). Text in Arabic or Hebrew does not need these characters to be shown rightly.
""",
    attack="Writes a check so that it looks done while the compiler reads it as a comment.",
    advice="Remove the character; in a string that needs it, write the escape (`\\u202e`).",
    bad=(
        'access = "user\u202e \u2066# only for admins\u2069 \u2066"\n',
        "x = 1  # check \u202d done\n",
    ),
    good=(
        'access = "user"  # only for admins\n',
        'greeting = "\u0645\u0631\u062d\u0628\u0627"  # \u05e9\u05dc\u05d5\u05dd\n',
        'mark = "\\u202e"\n',
    ),
    same_as=("bandit/B613",),
    url="https://trojansource.codes/",
)


def _find(source: Source) -> Iterator[Trace]:
    is_translation = source.is_prose and not source.is_document
    told = is_translation and bool(_RIGHT_TO_LEFT.search(source.text))
    line, is_honest = Span(0, 0), told
    for control in source.runs("bidi"):
        at = control.start()
        if at >= line.end:
            line = source.line_of(at)
            is_honest = told or _is_honest_line(source, source.text[line.start : line.end])
        if _turns_nothing(source, at) if control[0] in _OVERRIDES else is_honest:
            continue
        name = unicodedata.name(control[0]).lower()
        message = f"A {name} makes this line look different from what is read: remove it or write its escape."
        yield Trace(at, at + 1, message, without(source, Span(at, at + 1)))


def _turns_nothing(source: Source, at: int) -> bool:
    """Whether an override stands before nothing but dots and quotes, as in some translations."""
    if source.text[at + 1 : at + 2] in "\r\n":
        return source.is_prose
    turned = re.split("[\r\n\u202c]", source.text[at + 1 : at + 40], maxsplit=1)[0]
    return source.is_prose and len(turned) < _FEW and not any(map(str.isalnum, turned))


def _is_honest_line(source: Source, line: str) -> bool:
    """Whether embeddings and isolates are closed, or belong to a text in a right-to-left script."""
    if source.is_prose and _RIGHT_TO_LEFT.search(line):
        return True  # what is not closed ends with the line
    return (source.is_prose or bool(_RIGHT_TO_LEFT.search(line))) and _is_balanced(line)


def _is_balanced(line: str) -> bool:
    """Whether what a line opens it closes, so that nothing else is turned round."""
    embeddings = sum(map(line.count, _EMBEDDINGS)) == line.count("\u202c")
    return embeddings and sum(map(line.count, _ISOLATES)) == line.count("\u2069")


CARRIER = Carrier(_RULE, _find)
