"""A service that is spoken to without encryption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import resource
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_MUST_BE_ON = (
    "enable_https_traffic_only",
    "https_traffic_only_enabled",
    "https_only",
    "enforce_https",
    "transit_encryption_enabled",
    "ssl_enforcement_enabled",
    "require_ssl",
)
_MUST_BE_OFF = ("enable_non_ssl_port", "non_ssl_port_enabled")
_MESSAGE = (
    "Whoever is on the way can read and change what is sent here: allow encrypted connections only."
)


def _check(document: Document) -> Iterator[Report]:
    for block in resource.blocks(document):
        for node in block.walk():
            for pair in node.pairs:
                value = pair.value.text.lower()
                if pair.key in _MUST_BE_ON and value == "false":
                    fix = put(pair.value, "true", "Allow encrypted connections only", safe=False)
                    yield Report(_MESSAGE, pair.value.span, fix=fix)
                elif pair.key in _MUST_BE_OFF and value == "true":
                    fix = put(pair.value, "false", "Close the plain port", safe=False)
                    yield Report(_MESSAGE, pair.value.span, fix=fix)
                elif pair.key == "viewer_protocol_policy" and value == "allow-all":
                    fix = put(pair.value, "redirect-to-https", "Redirect to HTTPS", safe=False)
                    yield Report(_MESSAGE, pair.value.span, fix=fix)
    for listener in resource.blocks(document, "aws_lb_listener", "aws_alb_listener"):
        protocol = listener.get("protocol")
        if protocol is None or protocol.text != "HTTP":
            continue
        if any(
            action.string("type") == "forward"
            for action in resource.nested(listener, "default_action")
        ):
            yield Report(
                "This listener passes on what comes over plain HTTP: redirect to HTTPS instead.",
                protocol.span,
                tentative=True,
            )


RULE = ConfigurationRule(
    id="terraform/plain-http",
    title="Service that is spoken to without encryption",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(319, 311),
    page="""
The service accepts connections without TLS. Passwords, session cookies and data go over the network as they
are, and whoever is on the way can read them and send something else back.
""",
    attack="Listens on a network between the client and the service and takes the session cookie.",
    advice="Allow HTTPS only, and redirect port 80 to it (`redirect-to-https`, an action of type `redirect`).",
    bad=(
        """\
resource "azurerm_storage_account" "a" {
  https_traffic_only_enabled = false
}
""",
        """\
resource "aws_cloudfront_distribution" "a" {
  default_cache_behavior {
    viewer_protocol_policy = "allow-all"
  }
}
""",
        """\
resource "aws_lb_listener" "a" {
  port = 80
  protocol = "HTTP"
  default_action {
    type = "forward"
  }
}
""",
        """\
resource "azurerm_redis_cache" "a" {
  non_ssl_port_enabled = true
}
""",
    ),
    good=(
        """\
resource "azurerm_storage_account" "a" {
  https_traffic_only_enabled = true
}
""",
        """\
resource "aws_cloudfront_distribution" "a" {
  default_cache_behavior {
    viewer_protocol_policy = "redirect-to-https"
  }
}
""",
        """\
resource "aws_lb_listener" "a" {
  port = 80
  protocol = "HTTP"
  default_action {
    type = "redirect"
  }
}
""",
    ),
    language="terraform",
    path=resource.PATH,
    kinds=("terraform",),
    check=_check,
)
