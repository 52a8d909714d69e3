"""A stranger's code in a workflow that has secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import workflow
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.core.text import Span
    from vetline_analyzers.syntax.document.rule import Document
    from vetline_analyzers.syntax.document.workflow import Step

_TRIGGERS = frozenset({"pull_request_target", "workflow_run", "issue_comment"})
_HEAD = re.compile(
    r"github\.(?:head_ref|event\.(?:pull_request\.(?:head\.(?:sha|ref|repo)|merge_commit_sha)"
    r"|workflow_run\.(?:head_(?:sha|branch|repository)|pull_requests)))"
    r"|refs/pull/|steps\.[\w-]+\.outputs\.head_(?:sha|ref)",
    re.IGNORECASE,
)
_BY_HAND = re.compile(
    r"\bgh\s+pr\s+checkout\b|\bgit\s+(?:fetch|pull)\s[^\n;|&]{0,200}\bpull/[^\n;|&]{0,100}"
    r"|\bgit\s+checkout\s[^\n;|&]{0,100}(?:github\.head_ref|pull_request\.head\.(?:sha|ref))"
)
_VETTED = re.compile(
    r"author_association|labels|github\.event\.label|head\.repo\.full_name\s*==\s*github\.repository"
    r"|permission|environment|\.fork\b|github\.event\.workflow_run\.event\s*==\s*'(?:push|schedule)'"
)


def _check(document: Document) -> Iterator[Report]:
    triggers = workflow.triggers(document) & _TRIGGERS
    if not triggers:
        return
    for step in workflow.steps(document):
        span = _checkout(step)
        if span is None:
            continue
        conditions = " ".join(
            node.string("if") for node in (step.node, *([step.job] if step.job else ()))
        )
        guarded = bool(_VETTED.search(conditions)) or (
            step.job is not None and step.job.get("environment")
        )
        yield Report(
            f"This brings a stranger's code into a workflow that {min(triggers)} starts with secrets "
            "and a token that may write: use pull_request for what runs that code.",
            span,
            severity=Severity.MEDIUM if guarded else None,
            tentative=True if guarded else None,
        )


def _checkout(step: Step) -> Span | None:
    """Where a step says that it takes the head of a pull request."""
    if workflow.uses(step).lower().startswith("actions/checkout@"):
        for key in ("ref", "repository"):
            node = step.node.get("with", key)
            if node is not None and _HEAD.search(node.text):
                return node.span
    run = step.node.get("run")
    match = _BY_HAND.search(run.text) if run is not None else None
    return run.part(match) if run is not None and match else None


RULE = ConfigurationRule(
    id="github-actions/untrusted-checkout",
    title="Stranger's code checked out where there are secrets",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(829, 269, 913),
    page="""
`pull_request_target`, `workflow_run` and `issue_comment` run with the repository's secrets and a token that
may write, also for a pull request from a fork. This workflow then checks out the code of that pull request. A
build script, a test, a package's install hook or a linter's configuration in it runs with those rights.
""",
    attack="Opens a pull request whose build script sends the secrets away or pushes to the main branch.",
    advice="Build and test in a `pull_request` workflow without secrets; let a second workflow, started by "
    "`workflow_run`, only use its results, never its code.",
    bad=(
        """\
on: pull_request_target
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          ref: ${{ github.event.pull_request.head.sha }}
      - run: npm ci && npm test
""",
        """\
on:
  workflow_run:
    workflows: [ci]
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: {ref: "${{ github.event.workflow_run.head_branch }}"}
      - run: make
""",
        """\
on: [issue_comment]
jobs:
  bench:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: |
          gh pr checkout ${{ github.event.issue.number }}
          make bench
""",
    ),
    good=(
        """\
on: pull_request
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          ref: ${{ github.event.pull_request.head.sha }}
      - run: npm ci && npm test
""",
        """\
on: pull_request_target
jobs:
  label:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: ./label.sh
""",
    ),
    url="https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/",
    language="yaml",
    path=workflow.PATH,
    kinds=("workflow",),
    check=_check,
)
