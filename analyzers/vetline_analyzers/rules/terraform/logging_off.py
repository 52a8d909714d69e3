"""A record of what happens that is switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import resource
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_SWITCHES = {
    "aws_cloudtrail": (
        "enable_logging",
        "enable_log_file_validation",
        "include_global_service_events",
    ),
    "aws_redshift_cluster": ("logging",),
    "aws_guardduty_detector": ("enable",),
    "aws_config_configuration_recorder_status": ("is_enabled",),
    "google_compute_subnetwork": ("enable_flow_logs",),
    "azurerm_mssql_server_extended_auditing_policy": ("enabled", "log_monitoring_enabled"),
}


def _check(document: Document) -> Iterator[Report]:
    for kind, keys in _SWITCHES.items():
        for block in resource.blocks(document, kind):
            for key in keys:
                node = block.get(key)
                if node is not None and block.is_false(key):
                    yield Report(
                        f"With {key} off nobody can tell later what happened here: leave it on.",
                        node.span,
                        fix=put(node, "true", f"Turn {key} on", safe=False),
                    )


RULE = ConfigurationRule(
    id="terraform/logging-off",
    title="Record of events that is switched off",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    cwe=(778, 223),
    page="""
The record of who did what in the account, or the check that nobody changed that record, is switched off. After
an intrusion there is no way to tell what was read, what was changed, and whether the intruder is still there.
""",
    attack="Works in the account for weeks; nothing tells what was done, and nobody can prove what "
    "was taken.",
    advice="Leave the record and its validation on, and keep it where the account's own users cannot delete it.",
    bad=(
        """\
resource "aws_cloudtrail" "a" {
  name = "main"
  enable_logging = false
}
""",
        """\
resource "aws_cloudtrail" "a" {
  name = "main"
  enable_log_file_validation = false
}
""",
        """\
resource "aws_guardduty_detector" "a" {
  enable = false
}
""",
    ),
    good=(
        """\
resource "aws_cloudtrail" "a" {
  name = "main"
  enable_log_file_validation = true
}
""",
        """\
resource "aws_guardduty_detector" "a" {
  enable = var.enable
}
""",
    ),
    language="terraform",
    path=resource.PATH,
    kinds=("terraform",),
    check=_check,
)
