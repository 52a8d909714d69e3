"""Secrets that stand in the settings of a server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.core.text import Span
from vetline_analyzers.syntax.document import agent_settings, literal
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_HEADER = re.compile(
    r"(?:proxy-)?authorization|x-(?:api|auth)-?(?:key|token)|api-?key|cookie", re.IGNORECASE
)
_SCHEME = re.compile(r"(?:bearer|basic|token|apikey)\s{1,3}", re.IGNORECASE)
_FILLED_IN = re.compile(
    r"x{3,}|\*{3,}|\.{3}|…|<[^>]{0,60}>|\b(?:todo|changeme|none|null)\b|_here\b|[-_ ](?:key|token)[-_ ]?$",
    re.IGNORECASE,
)
_OPTION = re.compile(
    r"--(?:[\w-]{0,40}-)?(?:password|token|secret|api-?key|access-?key)(?:=(?P<value>\S{6,300}))?",
    re.IGNORECASE,
)
_LEAST = 6  # characters


def _check(document: Document) -> Iterator[Report]:
    for pair in agent_settings.variables(document):
        value, text = pair.value, pair.value.text
        start = match.end() if (match := _SCHEME.match(text)) else 0
        if not (literal.is_secret_name(pair.key) or _HEADER.fullmatch(pair.key)):
            continue
        if _is_literal(text[start:]):
            yield _report(pair.key, value.at + start, value.at + len(text))
    for server in agent_settings.servers(document):
        words = server.words()[:200]
        for word, after in zip(words, [*words[1:], None], strict=False):
            option = _OPTION.fullmatch(word.text)
            if option is None:
                continue
            if option["value"] is not None and _is_literal(option["value"]):
                yield _report(
                    option[0].partition("=")[0],
                    word.at + option.start("value"),
                    word.at + option.end(),
                )
            elif option["value"] is None and after is not None and _is_literal(after.text):
                yield _report(option[0], after.at, after.at + len(after.text))


def _is_literal(text: str) -> bool:
    if len(text) < _LEAST or text.startswith("-") or " " in text.strip():
        return False
    return literal.is_written_out(text) and not _FILLED_IN.search(text)


def _report(name: str, start: int, end: int) -> Report:
    return Report(
        f"The secret of {name[:60]} stands in the file: refer to a variable, and replace the secret.",
        Span(start, end),
        secret=True,
    )


RULE = ConfigurationRule(
    id="agent/secret-in-settings",
    title="Secret in an agent's settings",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(798, 312),
    page="""
A secret is written into the settings of a server that an agent starts, in its environment, its headers or its
arguments. Such files are checked in, copied from machine to machine, shown to support, and read by the agent
itself, which may quote them in an answer or hand them to a tool.
""",
    attack="Finds the file in the repository's history, or asks the agent what its settings are.",
    advice="Write a reference that the agent fills in (`${API_KEY}`, `${input:key}`), and replace the secret.",
    bad=tuple(
        text % made_up
        for text, made_up in (
            (
                '{"mcpServers": {"db": {"command": "./serve", "env": {"DB_PASSWORD": "%s"}}}}\n',
                "kR7vq2Lm9x",
            ),
            (
                '{"servers": {"api": {"url": "https://mcp.example.com", "headers": {"Authorization": "Bearer %s"}}}}\n',
                "f83kd02mz7qp",
            ),
            (
                '{"mcpServers": {"db": {"command": "./serve", "args": ["--api-key", "%s"]}}}\n',
                "q8Zr41bT0w",
            ),
        )
    ),
    good=(
        '{"mcpServers": {"db": {"command": "./serve", "env": {"DB_PASSWORD": "${DB_PASSWORD}"}}}}\n',
        '{"servers": {"api": {"url": "https://mcp.example.com", "headers": {"Authorization": "Bearer ${input:token}"}}}}\n',
        '{"mcpServers": {"db": {"command": "./serve", "env": {"API_KEY": "<your key here>", "LOG_LEVEL": "debug"}}}}\n',
    ),
    language="json",
    path=agent_settings.SERVERS,
    kinds=(agent_settings.KIND,),
    check=_check,
)
