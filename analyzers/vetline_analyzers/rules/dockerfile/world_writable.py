"""Files that everybody in a container may change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.syntax.document import shell, stage
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_CHMOD = re.compile(
    r"\bchmod\s+(?:-\S+\s+){0,5}(?P<mode>0?[0-7]?[0-7]{2}[2367]|[ugo]*[ao][ugo]*[+=][rxX]*w[rwxXst]*)"
    r"\s+(?P<target>\S+)"
)
_FLAG = re.compile(r"--chmod=(?P<mode>0?[0-7]{2}[2367])\b")
_SHARED = re.compile(r"/(?:var/)?tmp/?$|/dev/\S+")
_STICKY = re.compile(r"0?1[0-7]{3}")


def _check(document: Document) -> Iterator[Report]:
    for each in stage.named(document, "RUN", "COPY", "ADD"):
        pattern = _CHMOD if each.name == "RUN" else _FLAG
        for match in pattern.finditer(shell.joined(each.text)):
            mode = match["mode"]
            if _STICKY.fullmatch(mode) or (each.name == "RUN" and _SHARED.match(match["target"])):
                continue
            span = Span(each.at + match.start("mode"), each.at + match.end("mode"))
            fix = None
            if mode.isdigit():
                edit = Edit(span, mode[:-1] + ("5" if int(mode[-1]) % 2 else "4"))
                fix = Fix("Let only the owner's group write", (edit,), safe=False)
            yield Report(
                "Everybody in the container may change this: give it to the user who needs it (chown) "
                "and let others only read.",
                span,
                fix=fix,
            )


RULE = ConfigurationRule(
    id="dockerfile/world-writable",
    title="Files that everybody may change",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(732, 276),
    page="""
The mode lets every user write. Whatever process is taken over in the container, however few rights it has, can
replace these files: the program itself, its libraries, a script that root runs later.
""",
    attack="Takes over any process in the container and overwrites what root or another user will run.",
    advice="Give the files to the user who needs them (`COPY --chown=app`, `chown -R app`) and use 755 or 750.",
    bad=(
        """\
FROM debian:12
RUN mkdir /data && chmod -R 777 /data
""",
        """\
FROM debian:12
COPY --chmod=0777 run.sh /run.sh
""",
        """\
FROM debian:12
RUN chmod a+rwx /opt/app
""",
        """\
FROM debian:12
RUN chmod 666 /etc/app.conf
""",
    ),
    good=(
        """\
FROM debian:12
RUN mkdir /data && chmod -R 755 /data
""",
        """\
FROM debian:12
COPY --chmod=0755 run.sh /run.sh
""",
        """\
FROM debian:12
RUN chmod a+rx /opt/app && chmod 1777 /scratch && chmod 777 /tmp
""",
    ),
    language="dockerfile",
    path="Dockerfile",
    kinds=("dockerfile",),
    check=_check,
)
