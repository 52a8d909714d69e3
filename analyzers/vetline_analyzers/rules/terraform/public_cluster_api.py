"""A cluster whose API the whole internet can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import resource
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node
    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    for node in _admitted(document):
        if node.text in resource.ANYBODY:
            yield Report(
                "The whole internet can reach the cluster's API: name the networks that need it, or make it "
                "private.",
                node.span,
            )


def _admitted(document: Document) -> Iterator[Node]:
    for network in resource.inside(document, "aws_eks_cluster", "vpc_config"):
        if not network.is_false("endpoint_public_access"):
            yield from network.each("public_access_cidrs")
    for module in resource.blocks(document, kind="module"):
        for key in ("cluster_endpoint_public_access_cidrs", "endpoint_public_access_cidrs"):
            yield from module.each(key)
    listed = ("master_authorized_networks_config", "cidr_blocks")
    for network in resource.inside(document, "google_container_cluster", *listed):
        yield from network.each("cidr_block")
    for cluster in resource.blocks(document, "azurerm_kubernetes_cluster"):
        yield from cluster.each("api_server_authorized_ip_ranges")
    for profile in resource.inside(
        document, "azurerm_kubernetes_cluster", "api_server_access_profile"
    ):
        yield from profile.each("authorized_ip_ranges")


RULE = ConfigurationRule(
    id="terraform/public-cluster-api",
    title="Cluster whose API is on the internet",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(284, 668),
    page="""
Every address of the internet may talk to the API server of the Kubernetes cluster. A token that leaks from a
laptop or a pipeline can then be used from anywhere, and the next flaw in the server's login is open to all.
""",
    attack="Uses a leaked token from anywhere, or a flaw of the API server before it is patched.",
    advice="List the networks in `public_access_cidrs` (or `authorized_ip_ranges`), or switch the public endpoint "
    "off.",
    bad=(
        """\
resource "aws_eks_cluster" "a" {
  vpc_config {
    endpoint_public_access = true
    public_access_cidrs    = ["0.0.0.0/0"]
  }
}
""",
        """\
resource "google_container_cluster" "a" {
  master_authorized_networks_config {
    cidr_blocks {
      cidr_block = "0.0.0.0/0"
    }
  }
}
""",
        """\
resource "azurerm_kubernetes_cluster" "a" {
  api_server_access_profile {
    authorized_ip_ranges = ["198.51.100.0/24", "0.0.0.0/0"]
  }
}
""",
    ),
    good=(
        """\
resource "aws_eks_cluster" "a" {
  vpc_config {
    endpoint_public_access = true
    public_access_cidrs    = ["198.51.100.0/24"]
  }
}
""",
        """\
resource "aws_eks_cluster" "a" {
  vpc_config {
    endpoint_public_access = false
    public_access_cidrs    = ["0.0.0.0/0"]
  }
}
""",
    ),
    language="terraform",
    path=resource.PATH,
    kinds=("terraform",),
    check=_check,
)
