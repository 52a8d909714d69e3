"""All secrets of a repository in one value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import workflow
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_ALL = re.compile(r"\btojson\s*\(\s*secrets\s*\)", re.IGNORECASE)


def _check(document: Document) -> Iterator[Report]:
    if not _ALL.search(document.text):
        return
    for node in document.root.walk():
        for expression in workflow.expressions(node):
            if _ALL.search(expression.inner):
                yield Report(
                    "This hands over every secret there is: name the one that is needed.",
                    expression.span,
                )


RULE = ConfigurationRule(
    id="github-actions/all-secrets",
    title="All secrets in one value",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(272, 200, 532),
    page="""
`toJSON(secrets)` is every secret of the repository and its organisation in one text. One step needs one or
two of them; the rest is there for whoever takes over that step. The log masks single secrets, not always a
document made of them.
""",
    attack="Takes over the step or reads its log, and has all secrets instead of one.",
    advice="Name the secrets that the step needs: `${{ secrets.DEPLOY_KEY }}`.",
    bad=(
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: ./deploy.sh
        env:
          ALL: ${{ toJSON(secrets) }}
""",
        """\
on: push
env:
  SECRETS: "${{ tojson( secrets ) }}"
jobs: {}
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: example/load@v1
        with: {secrets: '${{ toJSON(secrets) }}'}
""",
    ),
    good=(
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: ./deploy.sh
        env:
          KEY: ${{ secrets.DEPLOY_KEY }}
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: echo "$EVENT"
        env:
          EVENT: ${{ toJSON(github.event) }}
""",
    ),
    language="yaml",
    path=workflow.PATH,
    kinds=workflow.KINDS,
    check=_check,
)
