"""A database with an address on the internet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import resource
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_MESSAGE = "This database has an address on the internet: keep it in the private network."
_AZURE = ("mssql", "mysql", "postgresql", "mariadb", "cosmosdb", "redis", "key_vault")


def _check(document: Document) -> Iterator[Report]:
    for block in resource.blocks(document):
        kind = block.labels[0]
        node = block.get("publicly_accessible")
        if node is not None and block.is_true("publicly_accessible"):
            yield Report(_MESSAGE, node.span, fix=put(node, "false", "Keep it private", safe=False))
        node = block.get("public_network_access_enabled")
        if (
            node is not None
            and node.text == "true"
            and kind.startswith("azurerm_")
            and any(w in kind for w in _AZURE)
        ):
            fix = put(node, "false", "Keep it private", safe=False)
            yield Report(_MESSAGE, node.span, severity=Severity.MEDIUM, tentative=True, fix=fix)
    path = ("settings", "ip_configuration", "authorized_networks")
    for network in resource.inside(document, "google_sql_database_instance", *path):
        value = network.get("value")
        if value is not None and value.text in resource.ANYBODY:
            yield Report(
                "The whole internet may connect to this database: name the networks that need it.",
                value.span,
            )


RULE = ConfigurationRule(
    id="terraform/public-database",
    title="Database on the internet",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(284, 668),
    page="""
The database gets an address that the whole internet can reach. Only its own passwords, and the next flaw in
its login, stand between its data and everybody who scans for such ports.
""",
    attack="Finds the address in the provider's range and tries passwords, old and leaked ones first.",
    advice="Set `publicly_accessible = false` (Azure: `public_network_access_enabled = false`) and connect from "
    "inside the network.",
    bad=(
        """\
resource "aws_db_instance" "a" {
  engine = "mysql"
  publicly_accessible = true
}
""",
        """\
resource "aws_redshift_cluster" "a" {
  node_type = "ra3.large"
  publicly_accessible = "true"
}
""",
        """\
resource "azurerm_mssql_server" "a" {
  version = "12.0"
  public_network_access_enabled = true
}
""",
        """\
resource "google_sql_database_instance" "a" {
  settings {
    ip_configuration {
      authorized_networks {
        value = "0.0.0.0/0"
      }
    }
  }
}
""",
    ),
    good=(
        """\
resource "aws_db_instance" "a" {
  engine = "mysql"
  publicly_accessible = false
}
""",
        """\
resource "aws_db_instance" "a" {
  engine = "mysql"
}
""",
        """\
resource "google_sql_database_instance" "a" {
  settings {
    ip_configuration {
      authorized_networks {
        value = "192.0.2.7/32"
      }
    }
  }
}
""",
    ),
    language="terraform",
    path=resource.PATH,
    kinds=("terraform",),
    check=_check,
)
