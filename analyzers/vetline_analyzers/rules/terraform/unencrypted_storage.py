"""Data that lies on a disk as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax.document import resource
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node
    from vetline_analyzers.syntax.document.rule import Document

# What is off unless it is said, by the type of the resource.
_SWITCHES = {
    "aws_db_instance": "storage_encrypted",
    "aws_rds_cluster": "storage_encrypted",
    "aws_docdb_cluster": "storage_encrypted",
    "aws_neptune_cluster": "storage_encrypted",
    "aws_ebs_volume": "encrypted",
    "aws_efs_file_system": "encrypted",
    "aws_redshift_cluster": "encrypted",
    "aws_elasticache_replication_group": "at_rest_encryption_enabled",
}
_ELSEWHERE = (
    "snapshot_identifier",
    "replicate_source_db",
    "global_cluster_identifier",
    "snapshot_id",
)
_DISKS = ("root_block_device", "ebs_block_device", "encrypt_at_rest", "server_side_encryption")


def _check(document: Document) -> Iterator[Report]:
    for block in resource.blocks(document):
        key = _SWITCHES.get(block.labels[0])
        if key is not None:
            yield from _switch(block, key)
        for name in _DISKS:
            for inner in resource.nested(block, name):
                for inner_key in ("encrypted", "enabled"):
                    yield from _off(inner, inner_key)


def _switch(block: Node, key: str) -> Iterator[Report]:
    if block.get(key) is not None:
        yield from _off(block, key)
    elif all(block.get(other) is None for other in _ELSEWHERE):
        yield Report(
            f"This is not encrypted on disk, since {key} is not set: set it to true before there is data.",
            block.span._replace(end=block.span.start + len("resource")),
            severity=Severity.LOW,
            persona=Persona.PEDANTIC,
        )


def _off(block: Node, key: str) -> Iterator[Report]:
    node = block.get(key)
    if node is not None and block.is_false(key):
        yield Report(
            "What is stored here lies on the disk as it is: turn encryption on before there is data, since "
            "it cannot be turned on later without a copy.",
            node.span,
            fix=put(node, "true", "Encrypt what is stored", safe=False),
        )


RULE = ConfigurationRule(
    id="terraform/unencrypted-storage",
    title="Storage that is not encrypted",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(311, 312),
    page="""
Encryption of a disk or database is switched off. Snapshots, backups and copies of it are readable by whoever
gets hold of them, with no key to withhold; and a database that holds data already cannot be encrypted
without making a new one.
""",
    attack="Gets at a snapshot that is shared too widely and reads the database from it.",
    advice="Set `storage_encrypted = true` (or `encrypted`, `at_rest_encryption_enabled`), with a key of your own "
    "where access must be recorded.",
    bad=(
        """\
resource "aws_db_instance" "a" {
  engine = "postgres"
  storage_encrypted = false
}
""",
        """\
resource "aws_instance" "a" {
  ami = var.ami
  root_block_device {
    encrypted = false
  }
}
""",
        """\
resource "aws_elasticache_replication_group" "a" {
  at_rest_encryption_enabled = false
}
""",
        """\
resource "aws_ebs_volume" "a" {
  size = 40
}
""",
    ),
    good=(
        """\
resource "aws_db_instance" "a" {
  engine = "postgres"
  storage_encrypted = true
}
""",
        """\
resource "aws_ebs_volume" "a" {
  size = 40
  encrypted = var.encrypted
}
""",
        """\
resource "aws_db_instance" "a" {
  replicate_source_db = aws_db_instance.b.arn
}
""",
    ),
    language="terraform",
    path=resource.PATH,
    kinds=("terraform",),
    check=_check,
)
