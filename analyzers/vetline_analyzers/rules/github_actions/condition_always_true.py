"""A condition that holds whatever it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.core.text import Edit
from vetline_analyzers.syntax.document import workflow
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node
    from vetline_analyzers.syntax.document.rule import Document

_PART = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_KEPT_LINE = re.compile(r"[|>][+]?\d?\s*(?:#[^\n]*)?\n")
_QUOTED = re.compile(r"'[^']*'")
_OPERAND = r"(?:[a-z]\w*(?:\.[\w*-]+)*(?:\([\w.*', /-]*\))?|'[^'#:]*'|\d+)"
_COMPARISON = re.compile(rf"{_OPERAND}(?:\s*[=!]=\s*{_OPERAND})?")
_SAID = r"(?:(?:github|env|steps|needs|inputs|matrix|runner|job|vars|strategy)\.|(?:true|false|null)\b|\w+\(|'|\d)"
_CONDITION = re.compile(
    rf"(?=[a-z])(?:(?={_SAID}){_COMPARISON.pattern})(?:\s*(?:&&|\|\|)\s*(?={_SAID}){_COMPARISON.pattern})*",
)


def _check(document: Document) -> Iterator[Report]:
    holders = [
        *(j.value for j in workflow.jobs(document)),
        *(s.node for s in workflow.steps(document)),
    ]
    for holder in holders:
        condition = holder.get("if")
        if condition is None or "${{" not in condition.text:
            continue
        around = _PART.sub("", condition.text)
        block = _KEPT_LINE.match(document.text, condition.span.start, condition.at + 1)
        if around.strip() or block:
            yield Report(
                "Text stands around the expression, so this is a text that is not empty, and the condition "
                "always holds: put all of it into one ${{ … }}, or none of it.",
                condition.span,
                fix=_fix(condition) if around.strip() else None,
            )


def _fix(condition: Node) -> Fix | None:
    """Takes the marks away: a condition is an expression without them."""
    masked = _PART.sub("$", condition.text)
    if condition.quoted or any("$" in text for text in _QUOTED.findall(masked)):
        return None  # a text that something is put into
    bare = _PART.sub(lambda match: match[0][3:-2].strip(), condition.text)
    parts = (part[3:-2].strip() for part in _PART.findall(condition.text))
    if not _CONDITION.fullmatch(bare) or not all(map(_COMPARISON.fullmatch, parts)):
        return None  # it would be no expression, no plain scalar, or its parts would bind otherwise
    return Fix("Make it one expression", (Edit(condition.span, bare),), safe=True)


RULE = ConfigurationRule(
    id="github-actions/condition-always-true",
    title="Condition that always holds",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(670, 697, 284),
    page="""
In `if`, what stands between `${{` and `}}` is worked out and put back into the text around it. With other
words around it, or the line end that `|` keeps, the result is a text that is not empty, and that counts as
true. The step or job runs whatever the condition says, also the one that was to keep strangers out.
""",
    attack="Does what the condition seems to forbid: nothing is checked.",
    advice="Write the whole condition without `${{ }}`, or all of it inside one; use `>-` for several lines.",
    bad=(
        """\
on: push
jobs:
  a:
    if: ${{ github.ref == 'refs/heads/main' }} && github.event_name == 'push'
    runs-on: ubuntu-latest
    steps:
      - run: ./deploy.sh
""",
        """\
on: pull_request_target
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - if: |
          ${{ github.event.pull_request.user.login == 'me' }}
        run: ./deploy.sh
""",
        """\
on: push
jobs:
  a:
    if: "${{ github.ref_protected }} == true"
    runs-on: ubuntu-latest
    steps: []
""",
    ),
    good=(
        """\
on: push
jobs:
  a:
    if: ${{ github.ref == 'refs/heads/main' && github.event_name == 'push' }}
    runs-on: ubuntu-latest
    steps:
      - run: ./deploy.sh
""",
        """\
on: pull_request_target
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - if: >-
          ${{ github.event.pull_request.user.login == 'me' }}
        run: ./deploy.sh
      - if: |
          github.ref == 'refs/heads/main' ||
          github.event_name == 'push'
        run: ./deploy.sh
""",
    ),
    language="yaml",
    path=workflow.PATH,
    kinds=workflow.KINDS,
    check=_check,
)
