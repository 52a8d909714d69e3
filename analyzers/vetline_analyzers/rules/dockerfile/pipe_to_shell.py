"""A script from the network that a build runs unseen."""

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
        for found, plain in shell.piped(run.text):
            yield Report(
                "A script is downloaded and run unseen, over plain HTTP: anybody on the way can replace it."
                if plain
                else "A script is downloaded and run unseen: pin its version and check its digest first.",
                stage.place(run, found),
                severity=Severity.HIGH if plain else None,
                tentative=not plain,
            )


RULE = ConfigurationRule(
    id="dockerfile/pipe-to-shell",
    title="Downloaded script run unseen in a build",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(494, 829),
    page="""
What `curl` or `wget` brings goes straight into a shell. The build runs whatever the server, or over plain
HTTP anybody between, sends at that moment; two builds of one Dockerfile can differ, and nobody has a copy of
what ran.
""",
    attack="Takes over the server or the line to it, and every image built from then on runs another script.",
    advice="Download a fixed version to a file, compare it with a known digest (`sha256sum -c`), then run it; "
    "or install the tool from a signed package.",
    bad=(
        """\
FROM debian:12
RUN curl -fsSL https://get.example.com/install.sh | sh
""",
        """\
FROM debian:12
RUN apt-get update && \\
    wget -qO- http://get.example.com/i.sh \\
    | sudo -E bash -
""",
        """\
FROM debian:12
RUN bash -c "$(curl -fsSL https://get.example.com/install.sh)"
""",
        """\
FROM debian:12
RUN bash <(curl -s https://get.example.com/install.sh) --yes
""",
        """\
FROM debian:12
RUN <<EOF
set -e
curl -sSL https://get.example.com/setup.py | python3 -
EOF
""",
    ),
    good=(
        """\
FROM debian:12
RUN curl -fsSLo i.sh https://get.example.com/1.2/install.sh \\
 && echo "$DIGEST  i.sh" | sha256sum -c && sh i.sh
""",
        """\
FROM debian:12
RUN curl -fsSL https://get.example.com/tool.tar.gz | tar -xz -C /opt
""",
        """\
FROM debian:12
RUN curl -fsSL https://get.example.com/key.asc | gpg --dearmor -o /etc/k.gpg; sh x.sh
""",
        """\
FROM debian:12
RUN curl -s http://localhost:8080/health | python3 -m json.tool
""",
    ),
    language="dockerfile",
    path="Dockerfile",
    kinds=("dockerfile",),
    check=_check,
)
