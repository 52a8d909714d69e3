"""A stranger's code on a machine of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import workflow
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_OUTSIDE = frozenset({"pull_request", "pull_request_target", "issue_comment"})


def _check(document: Document) -> Iterator[Report]:
    if not workflow.triggers(document) & _OUTSIDE:
        return
    for job in workflow.jobs(document):
        node = job.value.get("runs-on")
        for one in node.walk() if node is not None else ():
            if one.text == "self-hosted":
                yield Report(
                    "In a public repository a stranger's pull request runs on this machine and can stay "
                    "there: use a hosted or a throw-away runner for it.",
                    one.span,
                )


RULE = ConfigurationRule(
    id="github-actions/self-hosted-runner",
    title="Pull requests on a self-hosted runner",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    tentative=True,
    cwe=(668, 250),
    page="""
A pull request runs its own code on a runner of one's own. Unless that machine is thrown away after each job,
what the code leaves behind waits for the next job and its secrets, and the machine's network is open to it.
In a public repository everybody can open a pull request.
""",
    attack="Opens a pull request whose test installs a service on the runner, and reads the next "
    "job's secrets.",
    advice="Use GitHub's runners for pull requests, or runners that live for one job (`--ephemeral`).",
    bad=(
        """\
on: pull_request
jobs:
  a:
    runs-on: self-hosted
    steps:
      - run: make
""",
        """\
on:
  pull_request:
  push:
jobs:
  a:
    runs-on: [self-hosted, linux, gpu]
    steps:
      - run: make
""",
        """\
on: [issue_comment]
jobs:
  a:
    runs-on:
      labels: [self-hosted]
    steps:
      - run: make
""",
    ),
    good=(
        """\
on: push
jobs:
  a:
    runs-on: self-hosted
    steps:
      - run: make
""",
        """\
on: pull_request
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
