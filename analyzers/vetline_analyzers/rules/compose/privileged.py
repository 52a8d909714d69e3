"""A service with all the rights of its host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import compose
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    for service in compose.services(document):
        node = service.value.get("privileged")
        if node is not None and service.value.is_true("privileged"):
            yield Report(
                "This service has every right on its host: name the devices or capabilities that it needs.",
                node.span,
                fix=put(node, "false", "Run without privileges", safe=False),
            )


RULE = ConfigurationRule(
    id="compose/privileged",
    title="Service with all the rights of its host",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(250, 269, 276),
    page="""
`privileged: true` gives the container every capability and every device of the host and takes away the
profiles that confine it. Whoever breaks into the service mounts the host's disk and is root there.
""",
    attack="Breaks into the service, mounts the host's disk from `/dev`, and writes a key into root's "
    "account.",
    advice="Remove it, and give the single device (`devices:`) or capability (`cap_add:`) that is needed.",
    bad=(
        """\
services:
  app:
    image: app:1
    privileged: true
""",
        """\
services:
  app: {build: ., privileged: "true"}
""",
        """\
x-base: &base
  privileged: yes
services:
  app:
    <<: *base
    image: app:1
""",
    ),
    good=(
        """\
services:
  app:
    image: app:1
    privileged: false
""",
        """\
services:
  app:
    image: app:1
    devices: [/dev/ttyUSB0]
""",
    ),
    url="https://docs.docker.com/reference/compose-file/services/#privileged",
    language="yaml",
    path=compose.PATH,
    kinds=("compose",),
    check=_check,
)
