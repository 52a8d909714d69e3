"""A build that does not look whom it downloads from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import shell, stage
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    for each in stage.named(document, "RUN", "ENV", "ARG"):
        for found in shell.unverified(each.text):
            yield Report(
                "Certificates are not checked here, so anybody on the way can send something else: "
                "add the missing authority to the trust store and leave the check on.",
                stage.place(each, found),
                fix=stage.taken_out(each.at, found, "Check certificates", safe=False),
            )


RULE = ConfigurationRule(
    id="dockerfile/tls-check-off",
    title="Certificate check switched off in a build",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(295, 494),
    page="""
A download or package tool of the build is told not to check certificates. Then anybody between the build and
the server can put another file in the place of the right one, and it becomes part of the image. Set as an
environment variable, the switch stays on for everything that runs in the container.
""",
    attack="Answers the build's download from a machine on its network, and puts other code into the image.",
    advice="Add the authority's certificate to the image (`ca-certificates`, `update-ca-certificates`) and leave "
    "the check on.",
    bad=(
        """\
FROM debian:12
RUN curl -fsSLk https://pkg.example.com/tool -o /bin/tool
""",
        """\
FROM debian:12
RUN wget -q --no-check-certificate https://pkg.example.com/tool.tgz
""",
        """\
FROM python:3.12
RUN pip install --trusted-host pkg.example.com -r requirements.txt
""",
        """\
FROM node:22
ENV NODE_TLS_REJECT_UNAUTHORIZED=0
""",
        """\
FROM node:22
RUN npm config set strict-ssl false \\
 && npm ci
""",
        """\
FROM debian:12
RUN git config --global http.sslVerify false && git clone https://git.example.com/x
""",
    ),
    good=(
        """\
FROM debian:12
RUN curl -fsSL https://pkg.example.com/tool -o /bin/tool
""",
        """\
FROM debian:12
RUN curl -fsSL https://pkg.example.com/tool -o k
""",
        """\
FROM debian:12
RUN curl -k https://localhost:8443/health
""",
        """\
FROM python:3.12
RUN pip install -r requirements.txt
""",
        """\
FROM node:22
ENV NODE_TLS_REJECT_UNAUTHORIZED=1
RUN npm config set strict-ssl true
""",
    ),
    language="dockerfile",
    path="Dockerfile",
    kinds=("dockerfile",),
    check=_check,
)
