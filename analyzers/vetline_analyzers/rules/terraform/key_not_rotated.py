"""A key that stays the same for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax.document import resource
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_NAME = "enable_key_rotation"
_OTHER_KEYS = ("customer_master_key_spec", "key_usage", "custom_key_store_id")


def _check(document: Document) -> Iterator[Report]:
    for key in resource.blocks(document, "aws_kms_key"):
        if any(key.get(name) is not None for name in _OTHER_KEYS):
            continue  # only a symmetric key can be rotated
        node = key.get(_NAME)
        if node is None:
            yield Report(
                "This key is never changed: set enable_key_rotation = true.",
                key.span._replace(end=key.span.start + len("resource")),
                persona=Persona.PEDANTIC,
            )
        elif key.is_false(_NAME):
            yield Report(
                "This key is never changed: set enable_key_rotation = true.",
                node.span,
                fix=put(node, "true", "Rotate the key", safe=False),
            )


RULE = ConfigurationRule(
    id="terraform/key-not-rotated",
    title="Key that is never changed",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    tentative=True,
    cwe=(324,),
    page="""
A KMS key without rotation encrypts everything for its whole life. If its material is ever misused or leaks,
all that was encrypted in years is open at once. With rotation AWS makes new material every year and keeps the
old for what it encrypted, so nothing breaks.
""",
    attack="Gets the use of the key once, and reads everything that was ever encrypted with it.",
    advice="Set `enable_key_rotation = true`.",
    bad=(
        """\
resource "aws_kms_key" "a" {
  description = "files"
  enable_key_rotation = false
}
""",
        """\
resource "aws_kms_key" "a" {
  enable_key_rotation = "false"
}
""",
        """\
resource "aws_kms_key" "a" {
  description = "files"
}
""",
    ),
    good=(
        """\
resource "aws_kms_key" "a" {
  description = "files"
  enable_key_rotation = true
}
""",
        """\
resource "aws_kms_key" "a" {
  key_usage = "SIGN_VERIFY"
}
""",
    ),
    language="terraform",
    path=resource.PATH,
    kinds=("terraform",),
    check=_check,
)
