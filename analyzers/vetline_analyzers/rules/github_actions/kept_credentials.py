"""A token that lies in the work tree and leaves with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Persona, Severity
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.syntax.document import workflow
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, indent_at, is_flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document
    from vetline_analyzers.syntax.document.workflow import Step

_WHOLE = re.compile(r"\s*(?:\.|\./|\*\*?|\./\*\*?|\$\{\{\s*github\.workspace\s*\}\}/?)\s*")
_EARLY = re.compile(r"@v?[1-3](?:\.|$)")
_PUSHES = re.compile(
    r"\bgit\b|\bgh\b|\bpush|commit|release|publish|pull-request|deploy|submodule", re.IGNORECASE
)


def _check(document: Document) -> Iterator[Report]:
    if document.kind == "action":
        return
    for job in workflow.jobs(document):
        steps = list(workflow.steps_of(job.value))
        leaves = any(_uploads_all(step) for step in steps)
        for step in steps:
            uses = step.node.get("uses")
            if uses is None or not uses.text.startswith("actions/checkout@"):
                continue
            if step.node.is_false("with", "persist-credentials"):
                continue
            yield Report(
                "The token stays in .git/config, and the artifact made of this folder carries it out: set "
                "persist-credentials: false."
                if leaves
                else "The token stays in .git/config for all that runs later: set persist-credentials: "
                "false where nothing pushes.",
                uses.span,
                fix=_fix(document, step, steps),
                severity=None if leaves else Severity.LOW,
                persona=None if leaves else Persona.PEDANTIC,
            )


def _uploads_all(step: Step) -> bool:
    """Whether a step makes an artifact of the whole folder; from version 4 on not of hidden files."""
    if not workflow.uses(step).startswith("actions/upload-artifact@"):
        return False
    hidden = step.node.is_true("with", "include-hidden-files") or _EARLY.search(workflow.uses(step))
    return bool(hidden and _WHOLE.fullmatch(step.node.string("with", "path")))


def _fix(document: Document, step: Step, steps: list[Step]) -> Fix | None:
    """Says that nothing stays; safe where no other step can need it: a script may well."""
    text = document.text
    safe = all(other == step or _is_known(other, text) for other in steps)
    given, uses = step.node.pair("with"), step.node.pair("uses")
    if uses is None or step.node.get("with", "persist-credentials") is not None:
        return None
    if is_flow(document, step.node):
        return None
    if given is None:
        indent = indent_at(text, uses.span.start)
        end = _line_end(text, uses.value.span.end)
        new = f"\n{indent}with:\n{indent}  persist-credentials: false"
    elif given.value.pairs and not is_flow(document, given.value):
        first = given.value.pairs[0].span.start
        end = first
        new = f"persist-credentials: false\n{indent_at(text, first)}"
    else:
        return None
    return Fix("Leave no token behind", (Edit(Span(end, end), new),), safe=safe)


def _is_known(step: Step, text: str) -> bool:
    """Whether a step is one of GitHub's own actions and does not look as if it pushed."""
    span = step.node.span
    return workflow.uses(step).startswith("actions/") and not _PUSHES.search(
        text[span.start : span.end]
    )


def _line_end(text: str, at: int) -> int:
    match = re.compile(r"[^\r\n]*").match(text, at)
    return match.end() if match else at


RULE = ConfigurationRule(
    id="github-actions/kept-credentials",
    title="Token left in the work tree",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(522, 200, 312),
    page="""
`actions/checkout` writes the job's token into `.git/config` unless it is told not to. Everything that runs
later can read it there, and an artifact made of the whole folder takes it along to everybody who may download
it while the job still runs.
""",
    attack="Downloads the artifact while the job runs, takes the token from `.git/config`, and pushes "
    "with it.",
    advice="Set `persist-credentials: false`, and upload only the files that are wanted.",
    bad=(
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: make
      - uses: actions/upload-artifact@v4
        with:
          path: .
          include-hidden-files: true
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - name: code
        uses: actions/checkout@v4  # the code
        with:
          fetch-depth: 0
      - uses: actions/upload-artifact@v3
        with: {path: "${{ github.workspace }}"}
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: true
      - run: npm ci
""",
    ),
    good=(
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - run: make
      - uses: actions/upload-artifact@v4
        with:
          path: .
          include-hidden-files: true
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: make
""",
    ),
    language="yaml",
    path=workflow.PATH,
    kinds=("workflow",),
    check=_check,
)
