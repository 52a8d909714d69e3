"""Root without a password inside a container."""

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

_OPEN = re.compile(r"NOPASSWD:\s{0,9}ALL\b")
_ELSEWHERE = re.compile(r"(?:^|/)\.(?:devcontainer|gitpod)")


def _check(document: Document) -> Iterator[Report]:
    if _ELSEWHERE.search(document.path):
        return
    for run in stage.named(document, "RUN"):
        for match in _OPEN.finditer(run.text):
            yield Report(
                "Whoever takes over this user is root with one word: do what needs root in the build, "
                "before USER, and leave sudo out.",
                Span(run.at + match.start(), run.at + match.end()),
            )


RULE = ConfigurationRule(
    id="dockerfile/sudo",
    title="Root without a password in a container",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    tentative=True,
    cwe=(250, 269),
    page="""
The user of the container may run anything as root with `sudo`, without a password. Then running as that user
protects nothing: whoever breaks into the application has root at once.
""",
    attack="Breaks into the application as its user, and types `sudo sh`.",
    advice="Do what needs root in the build, before `USER`, and leave sudo out of the image.",
    bad=(
        """\
FROM debian:12
RUN echo "app ALL=(ALL) NOPASSWD:ALL" >> /etc/sudoers
USER app
""",
        """\
FROM debian:12
RUN useradd app \\
 && echo 'app ALL=(root) NOPASSWD: ALL' > /etc/sudoers.d/app
""",
        """\
FROM debian:12
RUN sed -i 's/%sudo.*/%sudo ALL=(ALL) NOPASSWD:ALL/' /etc/sudoers
""",
    ),
    good=(
        """\
FROM debian:12
RUN echo "app ALL=(root) NOPASSWD: /usr/sbin/nginx -s reload" > /etc/sudoers.d/app
""",
        """\
FROM debian:12
RUN apt-get install -y tini
USER app
""",
    ),
    language="dockerfile",
    path="Dockerfile",
    kinds=("dockerfile",),
    check=_check,
)
