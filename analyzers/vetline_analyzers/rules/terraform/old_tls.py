"""A service that still speaks old TLS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import resource
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_KEYS = frozenset(
    {"min_tls_version", "minimum_tls_version", "minimum_protocol_version", "tls_security_policy"}
    | {
        "ssl_policy",
        "security_policy",
        "ssl_minimal_tls_version_enforced",
        "tls_version",
        "tls_policy",
    }
)
_OLD = re.compile(
    r"TLS_?1_0|TLS_?1_1|TLSv1(?:[._]1)?(?:_2016)?|SSLv3|1\.[01]|TLS10|TLS11"
    r"|TLSEnforcementDisabled|Policy-Min-TLS-1-0-2019-07"
    r"|ELBSecurityPolicy-(?:2015-\d\d|2016-08|TLS-1-[01]-\d{4}-\d\d|FS-(?:2018-06|1-1-2019-08))"
    r"|ELBSecurityPolicy-TLS13-1-[01]-2021-06"
)
_NEW = {
    "TLS1_0": "TLS1_2",
    "TLS1_1": "TLS1_2",
    "TLS_1_0": "TLS_1_2",
    "TLS_1_1": "TLS_1_2",
    "1.0": "1.2",
    "1.1": "1.2",
}


def _check(document: Document) -> Iterator[Report]:
    for block in resource.blocks(document):
        for node in block.walk():
            for pair in node.pairs:
                value = pair.value
                if pair.key not in _KEYS or not _OLD.fullmatch(value.text):
                    continue
                new = _NEW.get(value.text)
                yield Report(
                    "This still accepts versions of TLS that are broken and withdrawn: ask for 1.2 at least.",
                    value.span,
                    fix=put(value, new, "Ask for TLS 1.2", safe=False) if new else None,
                )


RULE = ConfigurationRule(
    id="terraform/old-tls",
    title="Service that accepts old TLS",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(326, 327, 757),
    page="""
The service accepts TLS 1.0 or 1.1, which were withdrawn in 2021 (RFC 8996): they rest on MD5 and SHA-1 and on
modes of encryption that have known attacks. Whoever sits between can talk both sides down to them.
""",
    attack="Sits between client and server, has them agree on TLS 1.0, and uses its known attacks.",
    advice='Ask for 1.2 or 1.3: `min_tls_version = "TLS1_2"`, `minimum_protocol_version = "TLSv1.2_2021"`, '
    '`ssl_policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"`.',
    bad=(
        """\
resource "azurerm_storage_account" "a" {
  min_tls_version = "TLS1_0"
}
""",
        """\
resource "aws_lb_listener" "a" {
  protocol   = "HTTPS"
  ssl_policy = "ELBSecurityPolicy-2016-08"
}
""",
        """\
resource "aws_cloudfront_distribution" "a" {
  viewer_certificate {
    minimum_protocol_version = "TLSv1"
  }
}
""",
        """\
resource "google_compute_ssl_policy" "a" {
  min_tls_version = "TLS_1_1"
}
""",
    ),
    good=(
        """\
resource "azurerm_storage_account" "a" {
  min_tls_version = "TLS1_2"
}
""",
        """\
resource "aws_lb_listener" "a" {
  ssl_policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"
}
""",
        """\
resource "aws_cloudfront_distribution" "a" {
  viewer_certificate {
    minimum_protocol_version = "TLSv1.2_2021"
  }
}
""",
    ),
    language="terraform",
    path=resource.PATH,
    kinds=("terraform",),
    check=_check,
)
