"""A secret that every step of a workflow sees."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax.document import workflow
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_SECRET = re.compile(r"\bsecrets\s*[.\[]", re.IGNORECASE)


def _check(document: Document) -> Iterator[Report]:
    jobs = list(workflow.jobs(document))
    for holder in (document.root, *(job.value for job in jobs)):
        if holder is not document.root and len(holder.each("steps")) < 2:  # noqa: PLR2004 - one step is the job
            continue
        env = holder.get("env")
        for pair in env.pairs if env is not None else ():
            for expression in workflow.expressions(pair.value):
                if _SECRET.search(expression.inner):
                    yield Report(
                        f"{pair.key} is there for every step and action below: set it at the step that "
                        "needs it.",
                        expression.span,
                    )


RULE = ConfigurationRule(
    id="github-actions/wide-secret",
    title="Secret that every step sees",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    persona=Persona.PEDANTIC,
    cwe=(272, 668),
    page="""
A secret is set in the environment of the whole workflow or job. Every step sees it, also the actions of other
people and the install scripts of every dependency, though only one step needs it.
""",
    attack="Publishes a new version of a dependency whose install script sends its environment away.",
    advice="Set the variable at the one step that needs it.",
    bad=(
        """\
on: push
env:
  TOKEN: ${{ secrets.TOKEN }}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: npm ci
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    env: {KEY: "${{ secrets.KEY }}"}
    steps:
      - run: npm ci
      - run: ./deploy.sh
""",
        """\
on: push
env:
  URL: https://x:${{ secrets['PASS'] }}@example.com
jobs: {}
""",
    ),
    good=(
        """\
on: push
env:
  LEVEL: info
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: npm ci
      - run: ./deploy.sh
        env:
          TOKEN: ${{ secrets.TOKEN }}
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    env:
      TOKEN: ${{ secrets.TOKEN }}
    steps:
      - run: ./deploy.sh
""",
    ),
    language="yaml",
    path=workflow.PATH,
    kinds=("workflow",),
    check=_check,
)
