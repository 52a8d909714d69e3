"""A workflow's token that may do more than it needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Persona, Severity
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.syntax.document import workflow
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_TOKEN = re.compile(r"\bsecrets\.GITHUB_TOKEN\b|\bgithub\.token\b")


def _check(document: Document) -> Iterator[Report]:
    jobs = list(workflow.jobs(document))
    for holder in (document.root, *(job.value for job in jobs)):
        node = holder.get("permissions")
        if node is not None and node.text == "write-all":
            yield Report(
                "This token may change everything in the repository: list the permissions that are needed.",
                node.span,
            )
    pair = document.root.pair("jobs")
    if pair is None or document.root.get("permissions") is not None:
        return
    without = [
        job for job in jobs if job.value.get("permissions") is None and job.value.get("steps")
    ]
    if not without:
        return
    uses_token = any(
        _TOKEN.search(document.text[job.value.span.start : job.value.span.end]) for job in without
    )
    edit = Edit(Span(pair.span.start, pair.span.start), "permissions:\n  contents: read\n")
    yield Report(
        "No permissions are given, so the token has the repository's default, which may be to write "
        "everything: list those that are needed.",
        without[0].span,
        fix=Fix("Give the token read access only", (edit,), safe=False),
        severity=Severity.LOW,
        confidence=Confidence.LOW,
        tentative=True,
        persona=None if uses_token else Persona.PEDANTIC,
    )


RULE = ConfigurationRule(
    id="github-actions/excessive-permissions",
    title="Token with more permissions than needed",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(250, 269, 272),
    page="""
The token of a workflow is handed to every step and every action in it. With `write-all`, or with the default
of older repositories, whoever gets hold of one step may push code, change releases and packages, and approve
pull requests.
""",
    attack="Takes over one action or one dependency of the build, and pushes to the repository with "
    "its token.",
    advice="Set `permissions: {contents: read}` at the top and give single jobs what they need beyond it.",
    bad=(
        """\
on: push
permissions: write-all
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: make
""",
        """\
on: push
permissions: {}
jobs:
  a:
    permissions: write-all
    runs-on: ubuntu-latest
    steps:
      - run: make
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: gh release create v1
        env:
          GH_TOKEN: ${{ secrets.GITHUB_TOKEN }}
""",
    ),
    good=(
        """\
on: push
permissions:
  contents: read
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: make
""",
        """\
on: push
jobs:
  a:
    permissions:
      contents: write
    runs-on: ubuntu-latest
    steps:
      - run: gh release create v1
        env:
          GH_TOKEN: ${{ secrets.GITHUB_TOKEN }}
""",
    ),
    url="https://docs.github.com/en/actions/writing-workflows/choosing-what-your-workflow-does/controlling-permissions-for-github_token",
    language="yaml",
    path=workflow.PATH,
    kinds=("workflow",),
    check=_check,
)
