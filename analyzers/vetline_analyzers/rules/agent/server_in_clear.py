"""Servers that are spoken to without encryption."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import agent_settings
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node
    from vetline_analyzers.syntax.document.rule import Document

_PLAIN = re.compile(r"(?:http|ws)://[^\s\"']{1,500}", re.IGNORECASE)
_KEYS = ("url", "httpUrl", "serverUrl", "endpoint")


def _check(document: Document) -> Iterator[Report]:
    for server in agent_settings.servers(document):
        named = [found for key in _KEYS if (found := server.node.get(key))]
        for node in [*named, *_remote(server.words())]:
            match = _PLAIN.match(node.text)
            if (
                match
                and not agent_settings.is_local(node.text)
                and "$" not in node.text.partition("//")[2][:2]
            ):
                yield Report(
                    "What the agent and this server say to each other goes over the net in the clear: use https.",
                    agent_settings.value_span(node),
                )


def _remote(words: list[Node]) -> list[Node]:
    """The address in the words of a command that only passes on: `npx mcp-remote http://…`."""
    if not any("mcp-remote" in word.text or "mcp-proxy" in word.text for word in words[:6]):
        return []
    return [word for word in words[:20] if _PLAIN.match(word.text)]


RULE = ConfigurationRule(
    id="agent/server-in-clear",
    title="Server of an agent without encryption",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(319, 345),
    page="""
The agent speaks to a server on another machine over plain HTTP. Anybody on the way reads the token and the
data, and can change what comes back: the descriptions of tools and their results, which the agent takes for
instructions.
""",
    attack="Sits in the same network and adds an order to a tool's result, which the agent carries out.",
    advice="Use `https://`; plain HTTP is for `localhost`.",
    bad=(
        '{"mcpServers": {"docs": {"url": "http://mcp.example.com/sse"}}}\n',
        '{"servers": {"docs": {"type": "http", "url": "http://203.0.113.7:8080/mcp"}}}\n',
    ),
    good=(
        '{"mcpServers": {"docs": {"url": "https://mcp.example.com/sse"}}}\n',
        '{"mcpServers": {"docs": {"url": "http://localhost:3000/sse"}}}\n',
    ),
    language="json",
    path=agent_settings.SERVERS,
    kinds=(agent_settings.KIND,),
    check=_check,
)
