"""A service that reaches into its host's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import compose
from vetline_analyzers.syntax.document.container import is_control, is_socket
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    for service in compose.services(document):
        for mount in compose.mounts(service.value):
            if is_socket(mount.source):
                yield Report(
                    "Whoever can talk to this socket starts containers with any rights, and is root on the "
                    "host: leave it out, or put a filtering proxy before it.",
                    mount.span,
                    tentative=True,
                )
            elif is_control(mount.source):
                yield Report(
                    "This part of the host decides who is root there: mount only the file that is needed, "
                    "read-only.",
                    mount.span,
                    severity=Severity.MEDIUM if mount.read_only else None,
                    tentative=mount.read_only or mount.source.startswith(("/dev", "/home")),
                )


RULE = ConfigurationRule(
    id="compose/host-mount",
    title="Service with its host's socket or system folders",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(250, 668, 732),
    page="""
The service sees the socket of the container runtime, or folders that the host's own safety rests on. With the
socket it starts a container that mounts the host's disk; with `/`, `/etc` or `/root` it does not even need
that. Read-only does not help with the socket: it is talked to, not written.
""",
    attack="Breaks into the service and asks the socket for a container with the host's disk in it.",
    advice="Remove the mount. Where the runtime must be asked, put a proxy in between that lets single questions "
    "through.",
    bad=(
        """\
services:
  app:
    image: app:1
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock:ro
""",
        """\
services:
  app:
    image: app:1
    volumes: ["/:/host"]
""",
        """\
services:
  app:
    image: app:1
    volumes:
      - type: bind
        source: /etc
        target: /host/etc
""",
    ),
    good=(
        """\
services:
  app:
    image: app:1
    volumes:
      - data:/var/lib/data
      - ./conf:/etc/app:ro
""",
        """\
services:
  app:
    image: app:1
    volumes:
      - /etc/localtime:/etc/localtime:ro
      - /srv/x:/x
""",
    ),
    language="yaml",
    path=compose.PATH,
    kinds=("compose",),
    check=_check,
)
