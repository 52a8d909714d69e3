"""An Azure storage whose files everybody can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import resource
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_ALLOWS = ("allow_blob_public_access", "allow_nested_items_to_be_public")


def _check(document: Document) -> Iterator[Report]:
    for account in resource.blocks(document, "azurerm_storage_account"):
        for key in _ALLOWS:
            node = account.get(key)
            if node is not None and account.is_true(key):
                yield Report(
                    f"With {key} one setting of a container makes its files public: turn it off.",
                    node.span,
                    fix=put(node, "false", "Allow nothing public", safe=False),
                )
    for container in resource.blocks(document, "azurerm_storage_container"):
        node = container.get("container_access_type")
        if node is not None and node.text in {"blob", "container"}:
            yield Report(
                "Everybody can read the files in this container: make it private and hand out signed links.",
                node.span,
                severity=Severity.HIGH,
                fix=put(node, "private", "Make it private", safe=False),
            )


RULE = ConfigurationRule(
    id="terraform/public-blob",
    title="Azure storage that everybody can read",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(732, 200, 284),
    page="""
The container's files are open to everybody who knows or guesses the address, or the account allows its
containers to be made so. With the access type `container` even the list of the files is open.
""",
    attack="Guesses the account's name, lists the container, and downloads what is in it.",
    advice="Use `private` and `allow_nested_items_to_be_public = false`; hand out signed links that expire.",
    bad=(
        """\
resource "azurerm_storage_account" "a" {
  allow_nested_items_to_be_public = true
}
""",
        """\
resource "azurerm_storage_account" "a" {
  allow_blob_public_access = true
}
""",
        """\
resource "azurerm_storage_container" "a" {
  name = "x"
  container_access_type = "blob"
}
""",
    ),
    good=(
        """\
resource "azurerm_storage_account" "a" {
  allow_nested_items_to_be_public = false
}
""",
        """\
resource "azurerm_storage_container" "a" {
  name = "x"
  container_access_type = "private"
}
""",
    ),
    language="terraform",
    path=resource.PATH,
    kinds=("terraform",),
    check=_check,
)
