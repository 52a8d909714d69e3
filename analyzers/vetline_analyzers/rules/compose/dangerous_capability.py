"""A service with a capability that is as good as root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import compose
from vetline_analyzers.syntax.document.container import DANGEROUS, STRONG, capability
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    for service in compose.services(document):
        for node in service.value.each("cap_add"):
            name = capability(node.text)
            if name in STRONG:
                yield Report(
                    f"With {name} the service can take over its host or its network: leave it out, or name "
                    "a narrower capability.",
                    node.span,
                    tentative=name not in DANGEROUS,
                    severity=None if name in DANGEROUS else Severity.LOW,
                )


RULE = ConfigurationRule(
    id="compose/dangerous-capability",
    title="Service with a capability that is as good as root",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(250, 269),
    page="""
Capabilities are the pieces that root's power was cut into, and some of them give back all the rest: with
`SYS_ADMIN` a process mounts disks, with `SYS_MODULE` it loads code into the kernel, with `SYS_PTRACE` it
enters other processes, and `ALL` is all of them.
""",
    attack="Breaks into the service and uses the capability to mount the host's disk or to load a "
    "kernel module.",
    advice="Start with `cap_drop: [ALL]` and add the narrow ones that are needed, such as `NET_BIND_SERVICE`.",
    bad=(
        """\
services:
  app:
    image: app:1
    cap_add:
      - SYS_ADMIN
""",
        """\
services:
  app:
    image: app:1
    cap_add: [ALL]
""",
        """\
services:
  app:
    image: app:1
    cap_add: [CAP_SYS_PTRACE, NET_ADMIN]
""",
    ),
    good=(
        """\
services:
  app:
    image: app:1
    cap_drop: [ALL]
    cap_add: [NET_BIND_SERVICE]
""",
        """\
services:
  app:
    image: app:1
    cap_drop:
      - SYS_ADMIN
""",
    ),
    language="yaml",
    path=compose.PATH,
    kinds=("compose",),
    check=_check,
)
