"""Servers whose every tool is trusted unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import agent_settings
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document

_LISTS = ("autoApprove", "alwaysAllow", "auto_approve", "always_allow")
_MESSAGE = "Every tool of this server runs without a question, also those it adds later: name the harmless ones."


def _check(document: Document) -> Iterator[Report]:
    for node in document.root.walk():
        pair = node.pair("enableAllProjectMcpServers")
        if pair is not None and pair.value.text == "true":
            yield Report(
                "Every server that a project names is started unseen: list them in enabledMcpjsonServers.",
                pair.whole,
            )
    for server in agent_settings.servers(document):
        for pair in server.node.pairs:
            values = {one.text for one in (pair.value.items or (pair.value,))}
            everything = pair.key in _LISTS and not values.isdisjoint({"*", "true", "all"})
            if everything or (pair.key == "trust" and values == {"true"}):
                yield Report(_MESSAGE, pair.whole)


RULE = ConfigurationRule(
    id="agent/tools-trusted",
    title="Server whose every tool is trusted",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(732, 829, 250),
    page="""
All tools of a server, or all servers that a project names, run without a question. What a tool does is said by
its server, and may be said otherwise tomorrow; a project's list of servers comes with whatever is checked out.
Consent that is given once for everything is given for what nobody has seen.
""",
    attack="Publishes a new version of a server with one more tool, which runs wherever all of them are trusted.",
    advice="Name the tools that only read, and let the rest ask.",
    bad=(
        '{"mcpServers": {"files": {"command": "./serve", "alwaysAllow": ["*"]}}}\n',
        '{"enableAllProjectMcpServers": true}\n',
        '{"mcpServers": {"db": {"url": "https://mcp.example.com", "trust": true}}}\n',
    ),
    good=(
        '{"mcpServers": {"files": {"command": "./serve", "alwaysAllow": ["read_file"]}}}\n',
        '{"enableAllProjectMcpServers": false}\n',
    ),
    language="json",
    path=agent_settings.SERVERS,
    kinds=(agent_settings.KIND,),
    check=_check,
)
