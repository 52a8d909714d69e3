"""A condition on who acts last, which a stranger can arrange."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.syntax.document import workflow
from vetline_analyzers.syntax.document.node import NOTHING
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_ACTOR = re.compile(
    r"\b(?P<actor>github\.(?:triggering_)?actor)\s*==\s*'[^']{1,99}\[bot\]'"
    r"|'[^']{1,99}\[bot\]'\s*==\s*(?P<second>github\.(?:triggering_)?actor)\b"
)
_AUTHORS = {
    "pull_request_target": "github.event.pull_request.user.login",
    "issue_comment": "github.event.comment.user.login",
    "workflow_run": "github.event.workflow_run.actor.login",
}


def _check(document: Document) -> Iterator[Report]:
    triggers = workflow.triggers(document)
    risky = sorted(triggers & _AUTHORS.keys())
    if not risky:
        return
    holders = [
        *(j.value for j in workflow.jobs(document)),
        *(s.node for s in workflow.steps(document)),
    ]
    for holder in holders:
        condition = holder.get("if") or NOTHING
        for match in _ACTOR.finditer(condition.text):
            group = "actor" if match["actor"] else "second"
            span = Span(condition.at + match.start(group), condition.at + match.end(group))
            fix = None
            if triggers == {"pull_request_target"}:
                edit = Edit(span, _AUTHORS["pull_request_target"])
                fix = Fix("Ask who opened the pull request", (edit,), safe=False)
            yield Report(
                f"{match[group]} is whoever acted last, and a stranger can let the bot act on their pull "
                f"request: ask {_AUTHORS[risky[0]]}.",
                span,
                fix=fix,
            )


RULE = ConfigurationRule(
    id="github-actions/spoofable-actor",
    title="Condition on an actor that can be arranged",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(290, 345, 284),
    page="""
`github.actor` is who caused this very event, not who wrote the pull request. A stranger can have a bot act on
a pull request of theirs, for instance by asking it to rebase a branch it made in a fork; then the condition
holds and the job runs the stranger's changes with its secrets.
""",
    attack="Forks the repository, adds a commit to a branch of the bot, lets the bot act on it, and "
    "the check passes.",
    advice="Ask for the author: `github.event.pull_request.user.login == 'dependabot[bot]'`.",
    bad=(
        """\
on: pull_request_target
jobs:
  merge:
    if: github.actor == 'dependabot[bot]'
    runs-on: ubuntu-latest
    steps:
      - run: gh pr merge --auto
""",
        """\
on: pull_request_target
jobs:
  merge:
    runs-on: ubuntu-latest
    steps:
      - if: ${{ github.triggering_actor == 'renovate[bot]' && github.base_ref == 'main' }}
        run: gh pr merge --auto
""",
        """\
on: [workflow_run]
jobs:
  merge:
    if: "'dependabot[bot]' == github.actor"
    runs-on: ubuntu-latest
    steps:
      - run: gh pr merge --auto
""",
    ),
    good=(
        """\
on: pull_request_target
jobs:
  merge:
    if: github.event.pull_request.user.login == 'dependabot[bot]'
    runs-on: ubuntu-latest
    steps:
      - run: gh pr merge --auto
""",
        """\
on: pull_request_target
jobs:
  merge:
    if: github.actor != 'dependabot[bot]'
    runs-on: ubuntu-latest
    steps:
      - run: echo hello
""",
        """\
on: push
jobs:
  a:
    if: github.actor == 'dependabot[bot]'
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
