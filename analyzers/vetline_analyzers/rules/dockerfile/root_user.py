"""A container whose main process is root."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import stage
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document, Instruction

_ROOT = re.compile(r"[\"']?(?:root|0)(?::\S*)?[\"']?\s*(?:#.*)?")
_UNPRIVILEGED = re.compile(
    r"nonroot|rootless|unprivileged|distroless.*:(?:debug-)?nonroot", re.IGNORECASE
)
_DROPS = re.compile(r"\b(?:gosu|su-exec|setpriv|s6-setuidgid|chpst|runuser)\b")
_ELSEWHERE = re.compile(r"(?:^|/)(?:\.devcontainer|\.gitpod|\.github|tests?)/|\.gitpod")


def _check(document: Document) -> Iterator[Report]:
    bases = stage.bases(document)
    if not bases or _DROPS.search(document.text) or _ELSEWHERE.search(document.path):
        return
    number: int | None = len(bases) - 1
    starts = {"CMD", "ENTRYPOINT"}
    if not any(each.name in starts for each in document.instructions if each.stage == number):
        return  # an image that others build on
    while number is not None:
        if user := _last_user(document, number):
            if _ROOT.fullmatch(user.text):
                yield Report(
                    "The container runs as root from here on: switch to a user of its own behind the "
                    "steps that need root.",
                    user.span,
                )
            return
        base = bases[number]
        if _UNPRIVILEGED.search(base.image):
            return
        earlier = (
            n for n, b in enumerate(bases[:number]) if b.name and b.name == base.image.lower()
        )
        last, number = number, next(earlier, None)
    if not bases[last].image.startswith("$"):
        yield Report(
            "No USER is set, so the container runs as root: make a user and name it before CMD.",
            bases[-1].span,
        )


def _last_user(document: Document, number: int) -> Instruction | None:
    users = [each for each in stage.named(document, "USER") if each.stage == number]
    return users[-1] if users else None


RULE = ConfigurationRule(
    id="dockerfile/root-user",
    title="Container that runs as root",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(250, 269),
    page="""
The process in the container is root. Whoever takes it over may change all files in the image, install tools,
and needs only one flaw of the kernel or the runtime, or one mounted socket, to be root on the machine itself.
Base images are root unless they say otherwise.
""",
    attack="Breaks into the application, then uses root in the container to break out of it.",
    advice="Add a user (`RUN useradd --system app`) and switch to it (`USER app`) before CMD or ENTRYPOINT.",
    bad=(
        """\
FROM python:3.12-slim
COPY . /app
CMD ["python", "/app/main.py"]
""",
        """\
FROM node:22
USER node
RUN npm ci
USER root
CMD ["node", "server.js"]
""",
        """\
FROM golang:1.23 AS build
USER app
RUN go build -o /x
FROM debian:12
USER 0:0
ENTRYPOINT ["/x"]
""",
    ),
    good=(
        """\
FROM python:3.12-slim
COPY . /app
USER app
CMD ["python", "/app/main.py"]
""",
        """\
FROM node:22
USER root
RUN npm ci
USER node
CMD ["node", "server.js"]
""",
        """\
FROM gcr.io/distroless/static:nonroot
COPY x /x
ENTRYPOINT ["/x"]
""",
        """\
FROM debian:12 AS base
USER 1000
FROM base
CMD ["x"]
""",
        """\
FROM debian:12
RUN apt-get update
""",
    ),
    url="https://docs.docker.com/build/building/best-practices/#user",
    language="dockerfile",
    path="Dockerfile",
    kinds=("dockerfile",),
    check=_check,
)
