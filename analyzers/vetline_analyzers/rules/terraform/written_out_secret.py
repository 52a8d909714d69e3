"""A secret that is written into a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import resource
from vetline_analyzers.syntax.document.literal import is_secret_name, is_written_out
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node, Pair
    from vetline_analyzers.syntax.document.rule import Document

_VALUE = "correcthorse"  # of the examples: our own file must not hold a secret
_KINDS = ("provider", "resource", "data", "module")


def _check(document: Document) -> Iterator[Report]:
    for pair in _given(document):
        value = pair.value
        if value.quoted and is_written_out(value.text) and "\n" not in value.text:
            yield Report(
                f"The value of {pair.key} stands in the configuration and in its state: take it from a secret "
                "store or a variable without a default.",
                value.span._replace(start=value.at, end=value.at + len(value.text)),
                secret=True,
            )


def _given(document: Document) -> Iterator[Pair]:
    """What is given to names that mean a secret."""
    for kind in _KINDS:
        for block in resource.blocks(document, kind=kind):
            for node in block.walk():
                yield from (pair for pair in node.pairs if is_secret_name(pair.key))
    for block in resource.blocks(document, kind="variable"):
        default = block.pair("default")
        if default is not None and (is_secret_name(block.labels[0]) or _is_sensitive(block)):
            yield default._replace(key=block.labels[0])


def _is_sensitive(block: Node) -> bool:
    return block.is_true("sensitive")


RULE = ConfigurationRule(
    id="terraform/written-out-secret",
    title="Secret written into a configuration",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(798, 259, 312),
    page="""
A password or key stands in the configuration, or as a variable's default. Everybody who can read the
repository has it, its history keeps it, and what forgets to set the variable runs with it.
""",
    attack="Reads the repository and logs in.",
    advice="Read it from a secret store (`data`), or declare a variable with `sensitive = true` and no default; "
    "change the one that was here.",
    bad=(
        f"""\
provider "aws" {{
  region     = "eu-west-1"
  secret_key = "{_VALUE}"
}}
""",
        f"""\
resource "aws_db_instance" "a" {{
  username = "app"
  password = "{_VALUE}"
}}
""",
        """\
variable "db_password" {
  type    = string
  default = "correcthorse"
}
""",
    ),
    good=(
        """\
provider "aws" {
  region     = "eu-west-1"
  secret_key = var.secret_key
}
""",
        """\
resource "aws_db_instance" "a" {
  username = "app"
  password = random_password.a.result
}
""",
        """\
variable "db_password" {
  type      = string
  sensitive = true
}
""",
        """\
resource "x" "a" {
  password = "${var.password}"
  password_policy = "strict"
  token = ""
}
""",
    ),
    language="terraform",
    path=resource.PATH,
    kinds=("terraform",),
    check=_check,
)
