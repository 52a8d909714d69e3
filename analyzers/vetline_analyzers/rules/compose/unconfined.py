"""A service that no profile confines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import compose
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_OFF = re.compile(r"(?:seccomp|apparmor|systempaths)[:=]unconfined|label[:=]disable")


def _check(document: Document) -> Iterator[Report]:
    for service in compose.services(document):
        for node in service.value.each("security_opt"):
            if _OFF.fullmatch(node.text):
                yield Report(
                    "The profile that keeps the service from dangerous calls of the kernel is off: leave it "
                    "on, or write one that allows what is missing.",
                    node.span,
                )


RULE = ConfigurationRule(
    id="compose/unconfined",
    title="Service that no profile confines",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    tentative=True,
    cwe=(693, 250),
    page="""
The runtime's profiles forbid some hundred calls of the kernel and paths of the host that no ordinary program
needs. This service runs without them, so a flaw of the kernel in one of those calls is open to whoever breaks
into it.
""",
    attack="Breaks into the service and uses a kernel call that the profile would have refused.",
    advice="Remove the option; where one call is missing, copy the default profile and allow that one.",
    bad=(
        """\
services:
  app:
    image: app:1
    security_opt:
      - seccomp:unconfined
""",
        """\
services:
  app:
    image: app:1
    security_opt: ["apparmor=unconfined"]
""",
        """\
services:
  app:
    build: .
    security_opt: [label:disable]
""",
    ),
    good=(
        """\
services:
  app:
    image: app:1
    security_opt:
      - no-new-privileges:true
""",
        """\
services:
  app:
    image: app:1
    security_opt: [seccomp:./profile.json]
""",
    ),
    language="yaml",
    path=compose.PATH,
    kinds=("compose",),
    check=_check,
)
