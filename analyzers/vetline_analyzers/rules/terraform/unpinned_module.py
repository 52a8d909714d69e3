"""A module whose code can change under its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import resource
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_REPOSITORY = re.compile(r"git::|git@|ssh://|(?:https?://)?(?:github|gitlab|bitbucket)\.\w+/")
_BRANCH = re.compile(r"[?&]ref=(?:main|master|develop|HEAD)(?:&|$)")


def _check(document: Document) -> Iterator[Report]:
    for module in resource.blocks(document, kind="module"):
        source = module.get("source")
        if source is None or not source.quoted:
            continue
        if source.text.startswith("http://"):
            yield Report(
                "This module comes over plain HTTP: whoever is on the way decides what is applied.",
                source.span,
                severity=Severity.HIGH,
                tentative=False,
            )
        elif _REPOSITORY.match(source.text) and (
            "ref=" not in source.text or _BRANCH.search(source.text)
        ):
            yield Report(
                "This module is whatever its repository holds that day: add ?ref= with a tag or a commit.",
                source.span,
            )


RULE = ConfigurationRule(
    id="terraform/unpinned-module",
    title="Module that can change under its name",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    tentative=True,
    cwe=(829, 494, 1357),
    page="""
The module is taken from a repository without a version, or from a branch. Terraform runs what it finds there
with credentials that can change the whole account; who may push to that repository decides what is applied.
""",
    attack="Pushes to the module's repository a resource that makes an outsider administrator, and "
    "waits for an `init`.",
    advice="Add `?ref=` with a tag, better a full commit, or use a registry with `version`.",
    bad=(
        """\
module "a" {
  source = "git::https://git.example.com/modules/network.git"
}
""",
        """\
module "a" {
  source = "github.com/example/terraform-network"
}
""",
        """\
module "a" {
  source = "git@github.com:example/network.git?ref=main"
}
""",
        """\
module "a" {
  source = "http://modules.example.com/network.zip"
}
""",
    ),
    good=(
        """\
module "a" {
  source = "git::https://git.example.com/modules/network.git?ref=v1.4.0"
}
""",
        """\
module "a" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.1.0"
}
""",
        """\
module "a" {
  source = "./network"
}
""",
    ),
    language="terraform",
    path=resource.PATH,
    kinds=("terraform",),
    check=_check,
)
