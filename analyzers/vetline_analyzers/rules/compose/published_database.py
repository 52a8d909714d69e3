"""A database that the whole network reaches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.syntax.document import compose
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_PORTS = "1433|1521|2375|2379|3306|5432|5984|6379|9042|9200|11211|27017"
_PUBLISHED = re.compile(rf"(?:0\.0\.0\.0:|\[::\]:)?(?P<host>\d+):(?:{_PORTS})(?:/tcp)?")


def _check(document: Document) -> Iterator[Report]:
    for service in compose.services(document):
        for node in service.value.each("ports"):
            match = _PUBLISHED.fullmatch(node.text)
            if match is None:
                continue
            edit = Edit(Span(node.at, node.at + match.start("host")), "127.0.0.1:")
            yield Report(
                "This port is open on every address of the machine, past its firewall: write 127.0.0.1 before "
                "it, or leave it to the services' own network.",
                node.span,
                fix=Fix("Publish it on this machine only", (edit,), safe=False),
            )


RULE = ConfigurationRule(
    id="compose/published-database",
    title="Database published to the whole network",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(668, 284, 1327),
    page="""
A port that is published without an address is open on every address of the machine. Docker writes its own
firewall rules before those of `ufw` and others, so a database that was meant for the machine itself is open
to the network it happens to be in.
""",
    attack="Scans the network for the database's port and tries the passwords that example files have.",
    advice='Write `"127.0.0.1:5432:5432"`, or publish nothing: services reach each other by name.',
    bad=(
        """\
services:
  db:
    image: postgres:16
    ports: ["5432:5432"]
""",
        """\
services:
  cache:
    image: redis:7
    ports:
      - 6379:6379
""",
        """\
services:
  db:
    image: mysql:8
    ports:
      - 0.0.0.0:13306:3306
""",
    ),
    good=(
        """\
services:
  db:
    image: postgres:16
    ports: ["127.0.0.1:5432:5432"]
""",
        """\
services:
  web:
    image: nginx:1
    ports: ["80:80"]
""",
        """\
services:
  db:
    image: postgres:16
    expose: ["5432"]
""",
    ),
    language="yaml",
    path=compose.PATH,
    kinds=("compose",),
    check=_check,
)
