"""Dependencies that an AI brought in and no person approved.

Who wrote a line is not known here: the finding stands in each line that nobody approved, and the gate lets it count in
an AI's lines only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.core.analyzer import Facts
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.manifests import Reading

NOT_APPROVED = Rule(
    id="dependency/not-approved",
    title="Dependency of an AI's that nobody approved",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(1357,),
    tentative=True,
    of_ai=True,
    page="The setting `dependencies.approval` asks that a person approves each dependency that an AI writes into a manifest, "
    "and nobody approved this one. Lines that people wrote, and lock files, need no approval.",
    attack="Has an agent take up a package of theirs, by a page it reads or a name it invents.",
    advice="Look the package up: who publishes it, since when, is it what the code needs? Then `vetline review approve PURL "
    "--note WHY`, or ask somebody who may: `vetline review request PURL`.",
    language="text",
    path="requirements.txt",
    bad=("unapproved==1.0\n",),
    good=("approved==1.0\n",),
)


def findings(reading: Reading, facts: Facts, analyzer: str) -> Iterator[Finding]:
    """What needs an approval in a manifest and has none.

    Args:
        reading: what the manifest says.
        facts: `dependency_policy` and `own_packages` are heeded.
        analyzer: who read it.
    """
    policy = facts.dependency_policy
    if not policy.approval or reading.locks:
        return
    for requirement in reading.requirements:
        package = requirement.package
        if package.purl in policy.approved or package in facts.own_packages:
            continue
        message = f"{package.name!r} needs a person's approval where an AI brought it in."
        evidence = (f"no approval of {package.purl} in the ledger",)
        found = NOT_APPROVED.found(analyzer, requirement.span, message)
        yield replace(found, package=package.purl, evidence=evidence)
