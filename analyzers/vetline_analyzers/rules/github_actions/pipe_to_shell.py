"""A script from the network that a workflow runs unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.core.text import Span
from vetline_analyzers.syntax.document import shell, workflow
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    for step in workflow.steps(document):
        run = step.node.get("run")
        if run is None:
            continue
        for found, plain in shell.piped(shell.without_comments(run.text)):
            yield Report(
                "A script is downloaded and run unseen, over plain HTTP: anybody on the way can replace it."
                if plain
                else "A script is downloaded and run unseen: pin its version and check its digest first.",
                Span(run.at + found.start, run.at + found.end),
                severity=Severity.HIGH if plain else None,
                tentative=not plain,
            )


RULE = ConfigurationRule(
    id="github-actions/pipe-to-shell",
    title="Downloaded script run unseen in a workflow",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(494, 829),
    page="""
What `curl` or `wget` brings goes straight into a shell, next to the workflow's token and secrets. The job runs
whatever the server sends at that moment, and there is no copy of it afterwards.
""",
    attack="Takes over the server of the script, as happened to Codecov's in 2021, and collects the "
    "secrets of every job that runs it.",
    advice="Use a pinned action that installs the tool, or download a fixed version and compare its digest "
    "(`sha256sum -c`) before running it.",
    bad=(
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: curl -sSL https://get.example.com/install.sh | bash
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: |
          # install
          bash <(curl -s http://get.example.com/upload)
""",
        """\
on: push
jobs:
  a:
    runs-on: windows-latest
    steps:
      - shell: pwsh
        run: irm https://get.example.com/install.ps1 | iex
""",
    ),
    good=(
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: |
          curl -sSLo i.sh https://get.example.com/1.2/install.sh
          echo "$DIGEST  i.sh" | sha256sum -c
          bash i.sh
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: |
          # never: curl https://get.example.com/install.sh | bash
          curl -s https://api.example.com/x | jq .name
""",
    ),
    language="yaml",
    path=workflow.PATH,
    kinds=workflow.KINDS,
    check=_check,
)
