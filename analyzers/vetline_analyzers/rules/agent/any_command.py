"""Permission to run whatever an agent thinks of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax.document import agent_settings
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node, Pair
    from vetline_analyzers.syntax.document.rule import Document

_SHELL = r"(?:bash|shell|powershell|run_shell_command|execute_bash|execute_command|run_in_terminal|shelltool)"
_ANY = re.compile(
    rf"(?:@?\*|@builtin/{_SHELL}|{_SHELL}|{_SHELL}\(\s*:?\s*[*:.]{{0,4}}\s*\))", re.IGNORECASE
)
_ASKS = re.compile(rf"{_SHELL}\(\s*:?[*:.]{{1,4}}\s*\)", re.IGNORECASE)
_AS_GOOD = re.compile(
    rf"{_SHELL}\(\s*(?:/?(?:usr/)?bin/)?(?:sudo|su|(?:ba|z|da|fi)?sh|eval|exec|env|xargs|doas|nohup|ssh)(?:\s+-c)?\s*(?::?\s*\*+)\s*\)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\s,\[\]()]{1,99}(?:\([^)]{0,200}\))?")
_LISTS = (
    "allow",
    "allowed",
    "allowedTools",
    "allowed_tools",
    "allowedCommands",
)
_EVERYTHING = re.compile(r"\*|/?\^?\.\*\$?/?[a-z]?")
_MESSAGE = "Any command may be run without a question: allow the few that are needed, such as `Bash(npm test:*)`."


def _check(document: Document) -> Iterator[Report]:
    for node in document.root.walk():
        for pair in node.pairs:
            name = pair.key.rpartition(".")[2]
            if name in _LISTS and pair.value.items:
                yield from (r for one in pair.value.items if (r := _entry(one)))
            elif pair.key in {"allowed-tools", "allowedTools"}:
                yield from _front(pair.value)
            elif pair.key == "permission":
                yield from _opencode(pair)
            elif pair.key.endswith("terminal.autoApprove"):
                yield from (
                    Report(_MESSAGE, one.whole)
                    for one in pair.value.pairs
                    if _EVERYTHING.fullmatch(one.key)
                    and (one.value.text == "true" or one.value.is_true("approve"))
                )


def _entry(node: Node) -> Report | None:
    text = node.text.strip()
    if _ANY.fullmatch(text):
        return Report(_MESSAGE, node.span)
    if _AS_GOOD.fullmatch(text):
        return Report(
            "This program runs any other, so that any command is allowed: allow the few that are needed.",
            node.span,
            severity=Severity.MEDIUM,
        )
    return None


def _front(value: Node) -> Iterator[Report]:
    """The tools of a skill or a command: words in one scalar, or a list."""
    for node in value.items or (value,):
        for match in _WORD.finditer(node.text[:2_000]):
            if _ASKS.fullmatch(match[0]):
                yield Report(_MESSAGE, node.part(match), severity=Severity.MEDIUM)
            elif _ANY.fullmatch(match[0]):
                yield Report(
                    _MESSAGE, node.part(match), severity=Severity.LOW, persona=Persona.PEDANTIC
                )


def _opencode(pair: Pair) -> Iterator[Report]:
    if pair.value.text == "allow":
        yield Report(_MESSAGE, pair.whole)
    for one in pair.value.pairs:
        if one.key not in {"bash", "*"}:
            continue
        if one.value.text == "allow":
            yield Report(_MESSAGE, one.whole)
        yield from (
            Report(_MESSAGE, two.whole)
            for two in one.value.pairs
            if two.key in {"*", "**"} and two.value.text == "allow"
        )


RULE = ConfigurationRule(
    id="agent/any-command",
    title="Agent that may run any command",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(250, 732, 78),
    page="""
The settings let an agent run every command without asking: `Bash(*)`, `*`, a pattern that matches all. Whatever
it reads, a ticket, a web page, a dependency's README, can then bring it to run a program on this machine, with
all rights of the person at it, and on every machine of those who check the settings out.
""",
    attack="Writes an order into an issue; the agent that is asked to look at it runs it.",
    advice="List the commands that are needed, with fixed beginnings: `Bash(npm run test:*)`; let the rest ask.",
    bad=(
        '{"permissions": {"allow": ["Read", "Bash(*)"]}}\n',
        '{"permissions": {"allow": ["Bash"], "deny": []}}\n',
        '{\n  // every session\n  "permissions": {"allow": ["Bash(sudo:*)"],},\n}\n',
        '{"permission": {"bash": {"*": "allow", "rm *": "deny"}}}\n',
    ),
    good=(
        '{"permissions": {"allow": ["Read", "Bash(npm run test:*)"]}}\n',
        '{"permissions": {"allow": [], "deny": ["Bash(*)"]}}\n',
        '{"permission": {"bash": {"*": "ask", "git status": "allow"}}}\n',
    ),
    url="https://docs.anthropic.com/en/docs/claude-code/settings#permission-settings",
    language="json",
    path=agent_settings.PATH,
    kinds=(agent_settings.KIND,),
    check=_check,
)
