"""An action whose code can change under its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax.document import workflow
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node
    from vetline_analyzers.syntax.document.rule import Document

_FIXED = re.compile(r"@(?:[0-9a-f]{40}|[0-9a-f]{64}|sha256:[0-9a-f]{64})$")
_OFFICIAL = ("actions/", "github/")


def _check(document: Document) -> Iterator[Report]:
    for node in _used(document):
        name = node.text
        if not name or name.startswith((".", "$")) or "${{" in name or _FIXED.search(name):
            continue
        official = name.startswith(_OFFICIAL)
        what = "image" if name.startswith("docker://") else "action"
        yield Report(
            f"Whoever can move this {what}'s tag or branch runs code here: name the full "
            f"{'digest' if what == 'image' else 'commit'}, with the version as a comment.",
            node.span,
            severity=Severity.LOW if official else None,
            persona=Persona.PEDANTIC if official else None,
        )


def _used(document: Document) -> Iterator[Node]:
    """What steps use, and jobs as reusable workflows."""
    for holder in (
        *(step.node for step in workflow.steps(document)),
        *(job.value for job in workflow.jobs(document)),
    ):
        node = holder.get("uses")
        if node is not None:
            yield node


RULE = ConfigurationRule(
    id="github-actions/unpinned-action",
    title="Action that can change under its name",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    tentative=True,
    cwe=(829, 494, 1357),
    page="""
An action is named by a tag or a branch, and both can be moved. Who takes over its repository, as happened to
`tj-actions/changed-files` in March 2025, moves the tag, and every workflow that names it runs their code with
its secrets. A full commit cannot be moved.
""",
    attack="Takes over the action's repository, moves its tags to code that prints the secrets, and waits.",
    advice="Name the full commit and the version behind it (`uses: owner/name@<40 digits> # v1.2.3`); a bot can "
    "keep both up to date.",
    bad=(
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: example/deploy@v2
""",
        """\
on: push
jobs:
  a:
    uses: example/workflows/.github/workflows/build.yml@main
""",
        """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: docker://registry.example.com/tool:1.2
""",
    ),
    good=(
        f"""\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: example/deploy@{"0123456789" * 4} # v2.1.0
      - uses: ./.github/actions/own
      - uses: docker://registry.example.com/tool@sha256:{"0123456789abcdef" * 4}
""",
        """\
on: push
jobs:
  a:
    uses: ./.github/workflows/build.yml
""",
    ),
    language="yaml",
    path=workflow.PATH,
    kinds=workflow.KINDS,
    check=_check,
)
