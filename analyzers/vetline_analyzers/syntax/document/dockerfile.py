"""Dockerfiles: a list of instructions. The format is one of lines, so no grammar is needed."""

from __future__ import annotations

import re

from vetline_analyzers.core.text import Span
from vetline_analyzers.syntax.document.rule import Instruction

_NAMES = (
    "FROM|RUN|CMD|LABEL|MAINTAINER|EXPOSE|ENV|ADD|COPY|ENTRYPOINT|VOLUME|USER|WORKDIR|ARG|ONBUILD"
    "|STOPSIGNAL|HEALTHCHECK|SHELL"
)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_INSTRUCTION = re.compile(
    rf"[ \t]*(?:ONBUILD[ \t]+)?(?P<name>{_NAMES})(?=\s|$)[ \t]*", re.IGNORECASE
)
_COMMENT = re.compile(r"[ \t]*#")
_DIRECTIVE = re.compile(r"#[ \t]*(\w+)[ \t]*=[ \t]*(\S+)")
_HEREDOC = re.compile(r"<<-?(?P<quote>[\"']?)(?P<word>[A-Za-z_]\w{0,99})(?P=quote)")
_HEREDOCS = frozenset({"RUN", "COPY", "ADD"})
_MOST = 10  # here-documents of one instruction


def read(text: str) -> tuple[Instruction, ...]:
    """The instructions of a Dockerfile; a line that is none is passed over."""
    lines = [match.span() for match in _LINE.finditer(text)]
    escape = _escape(text, lines)
    found: list[Instruction] = []
    stage, number = -1, 0
    while number < len(lines):
        match = _INSTRUCTION.match(text, *lines[number])
        first = number
        number += 1
        if match is None:
            continue
        name = match["name"].upper()
        pieces: list[str] = []
        number = _continued(text, lines, first, escape, pieces)
        body = "".join(pieces)[match.end() - lines[first][0] :]
        if name in _HEREDOCS:
            number, more = _heredocs(text, lines, number, body)
            body += more
        body = body.rstrip()
        stage += name == "FROM"
        span = Span(match.start("name"), match.end() + len(body))
        found.append(Instruction(name, body, match.end(), span, stage))
    return tuple(found)


def _escape(text: str, lines: list[tuple[int, int]]) -> str:
    """The character that continues a line: a backslash, unless the head of the file says otherwise."""
    for start, end in lines:
        match = _DIRECTIVE.match(text, start, end)
        if match is None:
            break
        if match[1].lower() == "escape":
            return "`" if match[2] == "`" else "\\"
    return "\\"


def _continued(
    text: str, lines: list[tuple[int, int]], number: int, escape: str, pieces: list[str]
) -> int:
    """Adds the lines of an instruction to `pieces`, and gives the number of the line behind it."""
    while number < len(lines):
        line = text[slice(*lines[number])]
        number += 1
        if pieces and (_COMMENT.match(line) or not line.strip()):
            pieces.append(" " * len(line))
            continue
        bare = line.rstrip()
        if not bare.endswith(escape):
            pieces.append(line)
            break
        pieces.append(bare[:-1].ljust(len(line)))
    return number


def _heredocs(text: str, lines: list[tuple[int, int]], number: int, body: str) -> tuple[int, str]:
    """The lines of an instruction's here-documents, and the number of the line behind them."""
    start = lines[number][0] if number < len(lines) else len(text)
    end = start
    for match in list(_HEREDOC.finditer(body))[:_MOST]:
        while number < len(lines):
            begin, end = lines[number]
            number += 1
            if text[begin:end].strip() == match["word"]:
                break
    return number, text[start:end]
