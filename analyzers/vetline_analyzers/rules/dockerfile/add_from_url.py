"""A file from the network that goes into an image unchecked."""

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

_URL = re.compile(r"(?P<scheme>https?|ftp)://[^\s\"',\]]+", re.IGNORECASE)
_COMMIT = re.compile(r"#[0-9a-f]{40}\b")


def _check(document: Document) -> Iterator[Report]:
    for add in stage.named(document, "ADD"):
        operands = stage.behind_flags(add)
        if "--checksum=" in add.text[:operands]:
            continue
        for match in _URL.finditer(add.text, operands):
            if _COMMIT.search(match[0]):
                continue
            plain = match["scheme"].lower() != "https"
            yield Report(
                "This file is put into the image whatever the server sends: add --checksum=sha256:… .",
                Span(add.at + match.start(), add.at + match.end()),
                severity=Severity.HIGH if plain else None,
                tentative=not plain,
            )


RULE = ConfigurationRule(
    id="dockerfile/add-from-url",
    title="File added to an image from the network unchecked",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(494, 829),
    page="""
`ADD` takes a file from a URL and nothing says which file it must be. What the server sends at build time, or
over plain HTTP anybody between, becomes part of the image; a later build can hold another one.
""",
    attack="Replaces the file at its source or on its way, and it is in the next image.",
    advice="Say what the file must be: `ADD --checksum=sha256:… https://…`, or for a repository its full commit.",
    bad=(
        """\
FROM debian:12
ADD https://dl.example.com/tool-1.2.tar.gz /opt/
""",
        """\
FROM debian:12
ADD --chown=app:app http://dl.example.com/tool /usr/local/bin/tool
""",
        """\
FROM debian:12
ADD ["https://dl.example.com/a b.zip", "/opt/"]
""",
    ),
    good=(
        f"FROM debian:12\nADD --checksum=sha256:{'0123456789abcdef' * 4} https://dl.example.com/t.tar.gz /opt/\n",
        """\
FROM debian:12
ADD tool-1.2.tar.gz /opt/
""",
        f"FROM debian:12\nADD https://git.example.com/tool.git#{'0123456789' * 4} /src\n",
    ),
    url="https://docs.docker.com/reference/dockerfile/#add---checksum",
    language="dockerfile",
    path="Dockerfile",
    kinds=("dockerfile",),
    check=_check,
)
