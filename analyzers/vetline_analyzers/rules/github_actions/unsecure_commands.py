"""Commands in a log that set a job's environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import workflow
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_NAME = "ACTIONS_ALLOW_UNSECURE_COMMANDS"


def _check(document: Document) -> Iterator[Report]:
    holders = [
        document.root,
        *(job.value for job in workflow.jobs(document)),
        *(step.node for step in workflow.steps(document)),
    ]
    for holder in holders:
        node = holder.get("env", _NAME)
        if node is not None and holder.is_true("env", _NAME):
            yield Report(
                "Whatever prints a line here may set variables and the path: write to $GITHUB_ENV and "
                "$GITHUB_PATH instead.",
                node.span,
                fix=put(node, "false", "Forbid commands in the log", safe=False),
            )


RULE = ConfigurationRule(
    id="github-actions/unsecure-commands",
    title="Environment set by what is printed",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(94, 77, 749),
    page="""
`ACTIONS_ALLOW_UNSECURE_COMMANDS` brings back `::set-env::` and `::add-path::`, which GitHub switched off in
2020. Any text that a step prints, a commit's message or the name of a test, can then set a variable such as
`LD_PRELOAD` for the steps behind it.
""",
    attack="Has the job print `::set-env name=NODE_OPTIONS::--require /tmp/x.js`, for instance in a "
    "file name.",
    advice="Remove the variable and write to the files `$GITHUB_ENV` and `$GITHUB_PATH`.",
    bad=(
        """\
on: push
env:
  ACTIONS_ALLOW_UNSECURE_COMMANDS: true
jobs: {}
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    env: {ACTIONS_ALLOW_UNSECURE_COMMANDS: 'true'}
    steps: []
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: echo "::set-env name=A::b"
        env:
          ACTIONS_ALLOW_UNSECURE_COMMANDS: "true"
""",
    ),
    good=(
        """\
on: push
env:
  ACTIONS_ALLOW_UNSECURE_COMMANDS: false
jobs: {}
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: echo "A=b" >> "$GITHUB_ENV"
""",
    ),
    language="yaml",
    path=workflow.PATH,
    kinds=workflow.KINDS,
    check=_check,
)
