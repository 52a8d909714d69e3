"""A secret that stays in an image's history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import stage
from vetline_analyzers.syntax.document.literal import is_secret_name, is_written_out
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    for each in stage.named(document, "ENV", "ARG"):
        for variable in stage.variables(each):
            if not is_secret_name(variable.name):
                continue
            if is_written_out(variable.value):
                yield Report(
                    f"The value of {variable.name} is in the image for everybody who can pull it: "
                    "mount a build secret, or give it to the container when it starts.",
                    variable.value_span,
                    secret=True,
                )
            elif each.name == "ARG" and not variable.value:
                yield Report(
                    f"What is passed as {variable.name} stays in the image's history: mount it with "
                    "RUN --mount=type=secret instead.",
                    variable.name_span,
                    severity=Severity.MEDIUM,
                    tentative=True,
                )


RULE = ConfigurationRule(
    id="dockerfile/secret-in-image",
    title="Secret in an image",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(798, 522, 538),
    page="""
`ENV` and `ARG` are kept in the image: its configuration and its history show them to everybody who can pull
it. That holds for a value written here, and for one that is passed to an `ARG` at build time.
""",
    attack="Pulls the image, runs `docker history --no-trunc`, and reads the secret.",
    advice="Use `RUN --mount=type=secret,id=…` for what the build needs, and give the container its secrets when "
    "it starts.",
    bad=(
        f"""\
FROM debian:12
ENV DB_PASSWORD={"tr"}{"0ub4dor"}
""",
        f"""\
FROM debian:12
ENV APP_HOME=/app \\
    API_KEY={"9f8"}{"6d081884c7d65"}
""",
        """\
FROM debian:12
ENV SECRET_KEY correct horse
""",
        """\
FROM node:22
ARG NPM_TOKEN
RUN npm ci
""",
    ),
    good=(
        """\
FROM debian:12
ENV DB_PASSWORD_FILE=/run/secrets/db
""",
        """\
FROM debian:12
ARG VERSION
ENV APP_VERSION=$VERSION TOKEN_TTL=3600
""",
        """\
FROM debian:12
ENV DB_PASSWORD=""
""",
        """\
FROM node:22
RUN --mount=type=secret,id=npm,env=NPM_TOKEN npm ci
""",
    ),
    url="https://docs.docker.com/build/building/secrets/",
    language="dockerfile",
    path="Dockerfile",
    kinds=("dockerfile",),
    check=_check,
)
