"""A service that is not kept apart from its host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import compose
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_SHARED = {
    "pid": "sees and may signal every process of the host",
    "ipc": "shares the memory of the host's processes",
    "userns_mode": "has the host's users, so its root is the host's",
    "network_mode": "reaches all that listens on the host itself",
}


def _check(document: Document) -> Iterator[Report]:
    for service in compose.services(document):
        for key, what in _SHARED.items():
            node = service.value.get(key)
            if node is not None and node.text == "host":
                yield Report(
                    f"This service {what}: leave {key} out and share only what it needs.",
                    node.span,
                    tentative=key == "network_mode",
                    severity=Severity.LOW if key == "network_mode" else None,
                )


RULE = ConfigurationRule(
    id="compose/host-namespace",
    title="Service that shares a namespace with its host",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(668, 653, 250),
    page="""
A container is kept apart from its host by namespaces. With `pid: host` it sees the environment of every
process there, with `ipc: host` their shared memory, with `network_mode: host` all services that trust the
local machine, such as databases that listen on 127.0.0.1 only.
""",
    attack="Breaks into the service and reads the secrets of other processes in `/proc`, or talks to "
    "local services.",
    advice="Remove the line, publish single ports with `ports:` and connect services by a network.",
    bad=(
        """\
services:
  app:
    image: app:1
    pid: host
""",
        """\
services:
  app:
    image: app:1
    network_mode: "host"
""",
        """\
services:
  app: {image: app:1, ipc: host, userns_mode: host}
""",
    ),
    good=(
        """\
services:
  app:
    image: app:1
    ports: ["127.0.0.1:8080:80"]
""",
        """\
services:
  app:
    image: app:1
    network_mode: bridge
    pid: "service:db"
""",
    ),
    language="yaml",
    path=compose.PATH,
    kinds=("compose",),
    check=_check,
)
