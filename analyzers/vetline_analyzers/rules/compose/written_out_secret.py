"""A secret that is written into a compose file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.core.text import Span
from vetline_analyzers.syntax.document import compose
from vetline_analyzers.syntax.document.literal import is_secret_name, is_written_out
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document


def _check(document: Document) -> Iterator[Report]:
    for service in compose.services(document):
        for name, value, span in compose.environment(service.value):
            if is_secret_name(name) and is_written_out(value):
                yield Report(
                    f"The value of {name} stands in the file for everybody who can read it: take it from the "
                    "environment or from a secret.",
                    Span(*span),
                    secret=True,
                )


RULE = ConfigurationRule(
    id="compose/written-out-secret",
    title="Secret written into a compose file",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(798, 259, 312),
    page="""
A password or key stands in the file itself. It is in the history of the repository for everybody who can
read it, and what began as a password for one's own machine is still there when the file is deployed.
""",
    attack="Reads the file in the repository and logs in to the service wherever it runs.",
    advice="Write `${NAME:?}` and set it outside, or use `secrets:` and the image's `NAME_FILE` variable.",
    bad=(
        """\
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: hunter2
""",
        """\
services:
  db:
    image: mysql:8
    environment:
      - MYSQL_ROOT_PASSWORD=root
""",
        """\
services:
  app:
    build: .
    environment: {JWT_SECRET: s3cr3t}
""",
    ),
    good=(
        """\
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}
""",
        """\
services:
  db:
    image: mysql:8
    environment:
      - MYSQL_ROOT_PASSWORD_FILE=/run/secrets/db
""",
        """\
services:
  db:
    image: postgres:16
    environment: [POSTGRES_PASSWORD]
""",
    ),
    language="yaml",
    path=compose.PATH,
    kinds=("compose",),
    check=_check,
)
