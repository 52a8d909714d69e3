"""A registry's password that is written into a workflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import workflow
from vetline_analyzers.syntax.document.literal import is_secret_name, is_written_out
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node
    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    for node in _passwords(document):
        if is_written_out(node.text):
            yield Report(
                "This password is readable by everybody who can read the repository: make it a secret and "
                "write ${{ secrets.NAME }}.",
                node.span._replace(start=node.at, end=node.at + len(node.text)),
                secret=True,
            )


def _passwords(document: Document) -> Iterator[Node]:
    """The scalars that are passwords: of registries, and what is handed to actions by such a name."""
    for job in workflow.jobs(document):
        services = job.value.get("services")
        holders = [
            job.value.get("container"),
            *(p.value for p in (services.pairs if services else ())),
        ]
        for holder in holders:
            node = holder.get("credentials", "password") if holder is not None else None
            if node is not None:
                yield node
    for step in workflow.steps(document):
        given = step.node.get("with")
        for pair in given.pairs if given is not None else ():
            if is_secret_name(pair.key) and pair.key != "token_format":
                yield pair.value


RULE = ConfigurationRule(
    id="github-actions/written-out-credentials",
    title="Password written into a workflow",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(798, 259, 312),
    page="""
The password of a registry, or one that is handed to an action, stands in the workflow itself. Everybody who
can read the repository, all its history and all its forks has it, and logs do not mask it.
""",
    attack="Reads the workflow and logs in.",
    advice="Store it as a secret of the repository and write `${{ secrets.NAME }}`; change the password that "
    "was here.",
    bad=(
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    container:
      image: registry.example.com/x
      credentials:
        username: bot
        password: correcthorse
    steps: []
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    services:
      db:
        image: registry.example.com/db
        credentials: {username: bot, password: 'batterystaple'}
    steps: []
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: example/login@v3
        with:
          username: bot
          password: correcthorse
""",
    ),
    good=(
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    container:
      image: registry.example.com/x
      credentials:
        username: bot
        password: ${{ secrets.REGISTRY }}
    steps: []
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: example/login@v3
        with:
          username: bot
          password: ${{ secrets.REGISTRY }}
""",
    ),
    language="yaml",
    path=workflow.PATH,
    kinds=workflow.KINDS,
    check=_check,
)
