"""A provider that does not look whom it talks to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import resource
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_KEYS = frozenset(
    {
        "insecure",
        "skip_tls_verify",
        "skip_tls_verification",
        "tls_skip_verify",
        "insecure_skip_verify",
    }
    | {
        "allow_unverified_ssl",
        "insecure_https",
        "pm_tls_insecure",
        "insecure_skip_tls_verify",
        "tls_insecure",
    }
)


def _check(document: Document) -> Iterator[Report]:
    blocks = [
        *resource.blocks(document, kind="provider"),
        *resource.blocks(document, "http", "helm_release", kind="data"),
        *resource.blocks(document, kind="resource"),
    ]
    for block in blocks:
        for node in block.walk():
            for pair in node.pairs:
                if pair.key in _KEYS and pair.value.text.lower() == "true":
                    yield Report(
                        "Certificates are not checked here, so anybody on the way can answer in the server's "
                        "place and take the credentials: name the authority instead.",
                        pair.value.span,
                        fix=put(pair.value, "false", "Check certificates", safe=False),
                    )


RULE = ConfigurationRule(
    id="terraform/tls-check-off",
    title="Certificate check switched off in a configuration",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(295,),
    page="""
A provider or resource is told not to check the server's certificate. Terraform sends it administrators'
credentials: whoever is between and answers in the server's place has them.
""",
    attack="Answers in the server's place from a machine on the way and keeps the token that is sent.",
    advice="Remove the line and name the authority (`ca_cert`, `cluster_ca_certificate`, `ca_file`).",
    bad=(
        """\
provider "kubernetes" {
  host     = var.host
  insecure = true
}
""",
        """\
provider "vault" {
  skip_tls_verify = true
}
""",
        """\
provider "vsphere" {
  allow_unverified_ssl = "true"
}
""",
        """\
provider "helm" {
  kubernetes {
    insecure = true
  }
}
""",
    ),
    good=(
        """\
provider "kubernetes" {
  host                   = var.host
  cluster_ca_certificate = var.ca
}
""",
        """\
provider "vault" {
  skip_tls_verify = false
}
""",
    ),
    language="terraform",
    path=resource.PATH,
    kinds=("terraform",),
    check=_check,
)
