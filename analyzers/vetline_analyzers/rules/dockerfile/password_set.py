"""A password that a build gives to an account."""

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

_CHPASSWD = re.compile(
    r"\b(?:echo|printf)\s+(?:-\w+\s+)?[\"']?[\w.-]+:(?P<value>[^\s\"'|$:\\]{1,200})(?:\\n)?[\"']?\s*\|"
    r"\s*(?:sudo\s+)?chpasswd\b"
)
_STDIN = re.compile(
    r"\becho\s+(?:-\w+\s+)?[\"']?(?P<value>[^\s\"'|$\\]{1,200})[\"']?\s*\|\s*passwd\s+--stdin\b"
)
_NONE = re.compile(r"\bpasswd\s+(?:-d|--delete)\s+\w+|\bPermitEmptyPasswords\s+yes\b")


def _check(document: Document) -> Iterator[Report]:
    for run in stage.named(document, "RUN"):
        for pattern in (_CHPASSWD, _STDIN):
            for match in pattern.finditer(run.text):
                yield Report(
                    "This password is the same in every container and readable in the image: use keys, "
                    "or set it when the container starts.",
                    Span(run.at + match.start("value"), run.at + match.end("value")),
                    secret=True,
                )
        for match in _NONE.finditer(run.text):
            yield Report(
                "An account without a password is open to everybody in the container: lock it instead.",
                Span(run.at + match.start(), run.at + match.end()),
                severity=Severity.MEDIUM,
            )


RULE = ConfigurationRule(
    id="dockerfile/password-set",
    title="Password set in a build",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(798, 259, 258),
    page="""
The build gives an account a fixed password, or takes it away. Every container of the image has the same one,
and everybody who can read the Dockerfile or pull the image knows it.
""",
    attack="Reads the password in the image's history and logs in to any container that is reachable.",
    advice="Lock the account (`passwd -l`), log in with keys, or set the password when the container starts.",
    bad=(
        f"""\
FROM debian:12
RUN echo 'root:{"toor"}' | chpasswd
""",
        f"""\
FROM fedora:41
RUN echo {"toor"} | passwd --stdin root
""",
        """\
FROM debian:12
RUN useradd -m app && passwd -d app
""",
    ),
    good=(
        """\
FROM debian:12
RUN passwd -l root
""",
        """\
FROM debian:12
RUN --mount=type=secret,id=pw,env=PW echo "root:$PW" | chpasswd
""",
    ),
    language="dockerfile",
    path="Dockerfile",
    kinds=("dockerfile",),
    check=_check,
)
