"""A key or a file of secrets that is copied into an image."""

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

_WORD = re.compile(r"[^\s\"',\[\]]+")
_SECRET = re.compile(
    r"(?:.*/)?(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.env(?:\.(?:prod|production|local|live))?|\.git-credentials"
    r"|\.pypirc|\.netrc|\.ssh/?|\.aws/?|\.aws/credentials|\.gnupg/?|\.kube/?|\.kube/config|kubeconfig"
    r"|\.docker/config\.json|service[-_]account\.json|credentials\.json)"
)


def _check(document: Document) -> Iterator[Report]:
    for copy in stage.named(document, "COPY", "ADD"):
        operands = stage.behind_flags(copy)
        if "--from=" in copy.text[:operands]:
            continue
        words = list(_WORD.finditer(copy.text.partition("\n")[0], operands))
        for match in words[:-1]:
            if _SECRET.fullmatch(match[0]):
                yield Report(
                    "This file holds secrets, and everybody who can pull the image can read it: mount it "
                    "for the step that needs it, or give it to the container when it starts.",
                    Span(copy.at + match.start(), copy.at + match.end()),
                )


RULE = ConfigurationRule(
    id="dockerfile/secret-file-copied",
    title="File of secrets copied into an image",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(538, 522, 200),
    page="""
A private key, a file of credentials or an `.env` is copied into the image. It stays in that layer even when
a later step deletes it, and everybody who can pull the image can take it out.
""",
    attack="Pulls the image, unpacks its layers, and takes the key.",
    advice="Mount it for the one step that needs it (`RUN --mount=type=secret,…`), and list the file in "
    "`.dockerignore`.",
    bad=(
        """\
FROM debian:12
COPY id_rsa /srv/app/.ssh/id_rsa
""",
        """\
FROM node:22
COPY --chown=node:node .env.production package.json ./
""",
        """\
FROM debian:12
ADD ["deploy/.aws/credentials", "/srv/app/.aws/credentials"]
""",
    ),
    good=(
        """\
FROM debian:12
COPY id_rsa.pub /srv/app/.ssh/authorized_keys
""",
        """\
FROM node:22
COPY .env.example package.json ./
""",
        """\
FROM debian:12
RUN --mount=type=ssh git clone git@example.com:team/x
""",
        """\
FROM debian:12
COPY --from=build /app/.env /app/
""",
    ),
    language="dockerfile",
    path="Dockerfile",
    kinds=("dockerfile",),
    check=_check,
)
