"""A firewall that lets everybody in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import resource
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node
    from vetline_analyzers.syntax.document.rule import Document

_LAST = 65535
_MOST = 20  # ranges of ports in one rule
_WEB = frozenset({80, 443, 8080, 8443})
_INNER = {
    22: "SSH",
    23: "telnet",
    135: "Windows RPC",
    445: "SMB",
    1433: "SQL Server",
    1521: "Oracle",
    2375: "Docker",
    2379: "etcd",
    3306: "MySQL",
    3389: "RDP",
    5432: "PostgreSQL",
    5601: "Kibana",
    5900: "VNC",
    5985: "WinRM",
    6379: "Redis",
    9042: "Cassandra",
    9092: "Kafka",
    9200: "Elasticsearch",
    11211: "memcached",
    27017: "MongoDB",
}


class _Opening(NamedTuple):
    """From where, and to which ports; None when they are not written out."""

    sources: tuple[Node, ...]
    ports: tuple[tuple[int, int], ...] | None


def _check(document: Document) -> Iterator[Report]:
    for opening in _openings(document):
        everybody = next((node for node in opening.sources if node.text in resource.ANYBODY), None)
        if everybody is None or opening.ports is None:
            continue
        if all(first == last and first in _WEB for first, last in opening.ports):
            continue
        name = _worst(opening.ports)
        what = f"{name} is open" if name else "This port is open"
        yield Report(
            f"{what} to the whole internet: name the networks that need it, or go through a VPN or a bastion.",
            everybody.span,
            severity=None if name else Severity.MEDIUM,
            tentative=not name,
        )


def _worst(ports: tuple[tuple[int, int], ...]) -> str:
    """What makes an opening a serious one, "" for nothing."""
    if any(first == 0 and last == _LAST for first, last in ports):
        return "Every port"
    for first, last in ports:
        for port, name in _INNER.items():
            if first <= port <= last:
                return f"{name} (port {port})"
    return ""


def _openings(document: Document) -> Iterator[_Opening]:
    yield from map(_amazon, _amazon_rules(document))
    yield from map(_azure, resource.blocks(document, "azurerm_network_security_rule"))
    yield from map(
        _azure, resource.inside(document, "azurerm_network_security_group", "security_rule")
    )
    for block in resource.blocks(document, "google_compute_firewall"):
        if block.string("direction") != "EGRESS" and not block.is_true("disabled"):
            for allow in resource.nested(block, "allow"):
                yield _Opening(block.each("source_ranges"), _google(allow))
    for one in resource.inside(document, "digitalocean_firewall", "inbound_rule"):
        yield _Opening(one.each("source_addresses"), _ranges(one.each("port_range")))


def _amazon_rules(document: Document) -> Iterator[Node]:
    for kind in ("aws_security_group", "aws_default_security_group"):
        yield from resource.inside(document, kind, "ingress")
    for rule in resource.blocks(
        document, "aws_security_group_rule", "aws_vpc_security_group_ingress_rule"
    ):
        if rule.string("type") in {"", "ingress"}:
            yield rule
    for module in resource.blocks(document, kind="module"):
        for pair in module.pairs:
            for one in pair.value.walk():
                if "ingress" in pair.key or one.string("type") == "ingress":
                    yield one


def _amazon(rule: Node) -> _Opening:
    keys = ("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6")
    sources = tuple(node for key in keys for node in rule.each(key))
    protocol = rule.string("protocol") or rule.string("ip_protocol")
    if protocol in {"-1", "all"}:
        return _Opening(sources, ((0, _LAST),))
    first, last = rule.string("from_port"), rule.string("to_port")
    if protocol.startswith("icmp") or not (first.isdecimal() and last.isdecimal()):
        return _Opening(sources, None)
    both = (int(first[:6]), int(last[:6]))
    return _Opening(sources, (both,))


def _azure(rule: Node) -> _Opening:
    inward = (
        rule.string("direction").lower() == "inbound" and rule.string("access").lower() == "allow"
    )
    if not inward or rule.string("protocol").lower() == "icmp":
        return _Opening((), None)
    sources = (*rule.each("source_address_prefix"), *rule.each("source_address_prefixes"))
    ports = (*rule.each("destination_port_range"), *rule.each("destination_port_ranges"))
    return _Opening(sources, _ranges(ports))


def _google(allow: Node) -> tuple[tuple[int, int], ...] | None:
    protocol = allow.string("protocol").lower()
    if protocol == "all" or (protocol in {"tcp", "udp"} and allow.get("ports") is None):
        return ((0, _LAST),)
    return _ranges(allow.each("ports")) if protocol in {"tcp", "udp"} else None


def _ranges(nodes: tuple[Node, ...]) -> tuple[tuple[int, int], ...] | None:
    """Ports as they are written, "22", "1-1024" or "*"; None when one is not."""
    found: list[tuple[int, int]] = []
    for node in nodes[:_MOST]:
        first, _, last = node.text.partition("-")
        if node.text in {"*", "all"}:
            found.append((0, _LAST))
        elif first.isdecimal() and (last or first).isdecimal():
            found.append((int(first[:6]), int((last or first)[:6])))
        else:
            return None
    return tuple(found) or None


RULE = ConfigurationRule(
    id="terraform/open-to-the-world",
    title="Firewall that lets everybody in",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(284, 668, 1327),
    page="""
The rule admits every address of the internet to a port that is not a web server's: remote login, a database,
or all ports at once. Such ports are scanned within minutes, and one weak password, one unpatched flaw behind
them is enough.
""",
    attack="Scans the internet for the port, and tries passwords and known flaws on whatever answers.",
    advice="Name the networks or security groups that need it; let people in through a VPN, a bastion or a session "
    "manager.",
    bad=(
        """\
resource "aws_security_group" "db" {
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
""",
        """\
resource "aws_vpc_security_group_ingress_rule" "all" {
  security_group_id = aws_security_group.a.id
  cidr_ipv6         = "::/0"
  ip_protocol       = "-1"
}
""",
        """\
resource "azurerm_network_security_rule" "rdp" {
  direction              = "Inbound"
  access                 = "Allow"
  protocol               = "Tcp"
  source_address_prefix  = "*"
  destination_port_range = "3000-4000"
}
""",
        """\
resource "google_compute_firewall" "ssh" {
  network       = "default"
  source_ranges = ["10.0.0.0/8", "0.0.0.0/0"]
  allow {
    protocol = "tcp"
    ports    = ["80", "22"]
  }
}
""",
        """\
module "group" {
  source = "terraform-aws-modules/security-group/aws"
  ingress_with_cidr_blocks = [
    { from_port = 22, to_port = 22, protocol = "tcp", cidr_blocks = "0.0.0.0/0" },
  ]
  rules = {
    database = {
      type        = "ingress"
      from_port   = 5432
      to_port     = 5432
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}
""",
        """\
resource "aws_security_group" "a" {
  dynamic "ingress" {
    for_each = var.ports
    content {
      from_port   = 0
      to_port     = 65535
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}
""",
    ),
    good=(
        """\
module "group" {
  source = "terraform-aws-modules/security-group/aws"
  ingress_with_cidr_blocks = [
    { from_port = 443, to_port = 443, protocol = "tcp", cidr_blocks = "0.0.0.0/0" },
  ]
  egress_with_cidr_blocks = [
    { from_port = 0, to_port = 65535, protocol = "-1", cidr_blocks = "0.0.0.0/0" },
  ]
}
""",
        """\
resource "aws_security_group" "db" {
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
""",
        """\
resource "aws_security_group_rule" "https" {
  type        = "ingress"
  from_port   = 443
  to_port     = 443
  protocol    = "tcp"
  cidr_blocks = ["0.0.0.0/0"]
}
""",
        """\
resource "azurerm_network_security_rule" "rdp" {
  direction              = "Inbound"
  access                 = "Deny"
  protocol               = "Tcp"
  source_address_prefix  = "*"
  destination_port_range = "3389"
}
""",
    ),
    language="terraform",
    path=resource.PATH,
    kinds=("terraform",),
    check=_check,
)
