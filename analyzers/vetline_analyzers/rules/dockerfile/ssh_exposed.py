"""A container that people log in to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.core.text import Span
from vetline_analyzers.syntax.document import stage
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_PORT = re.compile(r"(?<![\d/-])(?:22|23)(?:/tcp)?(?![\d/-])")


def _check(document: Document) -> Iterator[Report]:
    for expose in stage.named(document, "EXPOSE"):
        for match in _PORT.finditer(expose.text):
            yield Report(
                "A remote shell is one more way in, with keys and accounts of its own: leave it out and "
                "use `docker exec` or `kubectl exec`.",
                Span(expose.at + match.start(), expose.at + match.end()),
            )


RULE = ConfigurationRule(
    id="dockerfile/ssh-exposed",
    title="Remote shell in a container",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(668, 284),
    page="""
The image offers the port of SSH or telnet. A login server in a container is one more thing to patch, brings
accounts and keys that every copy of the image shares, and gives whoever gets in a full shell.
""",
    attack="Tries the passwords and keys that are in the image against every container that is reachable.",
    advice="Leave the server out; `docker exec` and `kubectl exec` give a shell to those who may have one.",
    bad=(
        """\
FROM debian:12
EXPOSE 22
""",
        """\
FROM debian:12
EXPOSE 8080 22/tcp
""",
        """\
FROM debian:12
RUN apt-get install -y telnetd
EXPOSE 23
""",
    ),
    good=(
        """\
FROM debian:12
EXPOSE 8080
""",
        """\
FROM debian:12
EXPOSE 2222 8022 22000-22010
""",
    ),
    language="dockerfile",
    path="Dockerfile",
    kinds=("dockerfile",),
    check=_check,
)
