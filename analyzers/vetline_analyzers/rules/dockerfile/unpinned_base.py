"""A base image that is another one tomorrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import stage
from vetline_analyzers.syntax.document.image import floating
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    stages: set[str] = set()
    for base in stage.bases(document):
        if base.image.lower() not in stages | {"scratch", ""} and floating(base.image):
            yield Report(
                "This base image has no fixed version: name a tag, or better a digest.", base.span
            )
        stages.add(base.name)


RULE = ConfigurationRule(
    id="dockerfile/unpinned-base",
    title="Base image without a version",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    tentative=True,
    cwe=(1357, 829),
    page="""
The base image is named without a tag, or with `latest`. Each build takes what the registry gives that day: a
release with breaking changes, or an image that somebody else pushed over it. Which one an old build held
cannot be told afterwards.
""",
    attack="Pushes a new image under the moving tag, and the next build of everybody who uses it "
    "carries its code.",
    advice="Name a version (`python:3.12.7-slim`), better with its digest (`@sha256:…`), and let a bot update it.",
    bad=(
        """\
FROM python
USER app
CMD ["python"]
""",
        """\
FROM ubuntu:latest
RUN true
""",
        """\
FROM --platform=linux/amd64 registry.example.com:5000/team/base AS build
RUN make
""",
    ),
    good=(
        """\
FROM python:3.12-slim
USER app
CMD ["python"]
""",
        f"FROM ubuntu@sha256:{'0123456789abcdef' * 4}\nRUN true\n",
        """\
FROM debian:12 AS build
RUN make
FROM build
RUN make install
""",
        """\
ARG BASE
FROM ${BASE}
RUN true
""",
        """\
FROM scratch
COPY x /
""",
    ),
    language="dockerfile",
    path="Dockerfile",
    kinds=("dockerfile",),
    check=_check,
)
