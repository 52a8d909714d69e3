"""Packages whose signature a build does not check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import shell, stage
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    for run in stage.named(document, "RUN"):
        for found in shell.unsigned(run.text):
            yield Report(
                "Packages are installed here whoever signed them: add the repository's key and leave the "
                "check on.",
                stage.place(run, found),
                fix=stage.taken_out(run.at, found, "Check signatures", safe=False),
            )


RULE = ConfigurationRule(
    id="dockerfile/unsigned-packages",
    title="Packages installed without checking signatures",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(347, 494),
    page="""
The package manager is told to accept packages that nobody signed. Mirrors speak plain HTTP because the
signature protects what they send; without it, whoever sits between the build and the mirror decides what is
installed as root.
""",
    attack="Answers for the mirror and sends a package with its own install script; it runs as root "
    "in the build.",
    advice="Install the repository's key (`signed-by=` for apt, `/etc/apk/keys` for apk) and remove the switch.",
    bad=(
        """\
FROM debian:12
RUN apt-get install -y --allow-unauthenticated vendor-tool
""",
        """\
FROM ubuntu:24.04
RUN apt-get update && apt-get -y --force-yes install vendor-tool
""",
        """\
FROM alpine:3.20
RUN apk add --no-cache --allow-untrusted /tmp/tool.apk
""",
        """\
FROM fedora:41
RUN dnf install -y --nogpgcheck https://pkg.example.com/tool.rpm
""",
        """\
FROM debian:12
RUN echo "deb [arch=amd64 trusted=yes] http://pkg.example.com stable main" > /etc/apt/x.list
""",
    ),
    good=(
        """\
FROM debian:12
RUN apt-get install -y vendor-tool
""",
        """\
FROM alpine:3.20
RUN apk add --no-cache tool
""",
        """\
FROM debian:12
RUN echo "deb [signed-by=/etc/apt/keyrings/v.gpg] http://pkg.example.com stable main" > /x
""",
    ),
    language="dockerfile",
    path="Dockerfile",
    kinds=("dockerfile",),
    check=_check,
)
