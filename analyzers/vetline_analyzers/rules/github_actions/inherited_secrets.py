"""All secrets handed to somebody else's workflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax.document import workflow
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    for job in workflow.jobs(document):
        node = job.value.get("secrets")
        if node is None or node.text != "inherit":
            continue
        own = job.value.string("uses").startswith("./")
        yield Report(
            "The called workflow gets every secret there is: hand over the ones it needs by name.",
            node.span,
            persona=Persona.PEDANTIC if own else None,
            severity=Severity.LOW if own else None,
        )


RULE = ConfigurationRule(
    id="github-actions/inherited-secrets",
    title="All secrets handed to another workflow",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    tentative=True,
    cwe=(272, 200, 668),
    page="""
`secrets: inherit` gives the called workflow every secret of this repository and its organisation, those that
exist today and those that are added later. Whoever can change that workflow, or one action in it, can read
them all.
""",
    attack="Changes the called workflow so that it prints what it was given.",
    advice="List the secrets that are needed: `secrets: {DEPLOY_KEY: ${{ secrets.DEPLOY_KEY }}}`.",
    bad=(
        """\
on: push
jobs:
  a:
    uses: example/workflows/.github/workflows/build.yml@v1
    secrets: inherit
""",
        """\
on: push
jobs:
  a:
    secrets: "inherit"
    uses: example/shared/.github/workflows/release.yml@main
""",
        """\
on: push
jobs:
  a: {uses: example/x/.github/workflows/y.yml@v1, secrets: inherit}
""",
    ),
    good=(
        """\
on: push
jobs:
  a:
    uses: example/workflows/.github/workflows/build.yml@v1
    secrets:
      KEY: ${{ secrets.KEY }}
""",
        """\
on: push
jobs:
  a:
    uses: example/workflows/.github/workflows/build.yml@v1
""",
    ),
    language="yaml",
    path=workflow.PATH,
    kinds=("workflow",),
    check=_check,
)
