"""Settings that ask nobody any more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import agent_settings
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node, Pair
    from vetline_analyzers.syntax.document.rule import Document

_FLAG = re.compile(
    r"(?<![\w-])--(?:(?:allow-)?dangerously-(?:skip-permissions|bypass-approvals-and-sandbox|auto-approve[\w-]{0,20}|allow-all)"
    r"|yolo|trust-all-tools|allow-all-tools|yes-always)(?![\w-])"
)
_MODES = {
    "defaultMode": {"bypassPermissions"},
    "initialPermissionMode": {"bypassPermissions"},
    "permissionMode": {"bypassPermissions"},
    "permission_mode": {"bypassPermissions"},
    "approvalMode": {"yolo", "unrestricted"},
    "defaultApprovalMode": {"yolo"},
    "GOOSE_MODE": {"auto"},
}
_SWITCHES = frozenset(
    {"skipDangerousModePermissionPrompt", "allowDangerouslySkipPermissions", "bypassPermissions"}
    | {
        "dangerouslySkipPermissions",
        "always_allow_tool_actions",
        "alwaysAllowExecute",
        "yes-always",
    }
    | {
        "yolo",
        "yoloMode",
        "yoloModeToggled",
        "chat.tools.autoApprove",
        "chat.tools.global.autoApprove",
    }
)
_MESSAGE = (
    "Nobody is asked any more before the agent acts: take this out, and allow single commands."
)


def _check(document: Document) -> Iterator[Report]:
    for node in document.root.walk():
        yield from _codex(node)
        for match in _FLAG.finditer(node.text[:5_000]):
            yield Report(_MESSAGE, node.part(match))
        yield from (Report(_MESSAGE, pair.whole) for pair in node.pairs if _is_off(pair))


def _is_off(pair: Pair) -> bool:
    name = pair.key.rpartition(".")[2]
    if pair.value.text in _MODES.get(name, ()):
        return True
    return not {name, pair.key}.isdisjoint(_SWITCHES) and pair.value.text.lower() == "true"


def _codex(node: Node) -> Iterator[Report]:
    sandbox = node.pair("sandbox_mode")
    if sandbox is None or sandbox.value.text != "danger-full-access":
        return
    if node.string("approval_policy") == "never":
        yield Report(
            "Commands run outside any sandbox and nobody is asked: use workspace-write.",
            sandbox.whole,
        )
    else:
        yield Report(
            "Commands run outside any sandbox: use workspace-write.",
            sandbox.whole,
            severity=Severity.MEDIUM,
        )


RULE = ConfigurationRule(
    id="agent/approval-off",
    title="Agent that asks nobody",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(250, 306, 693),
    page="""
The settings switch off the question that comes before an agent runs a command, writes a file or calls a tool,
or the sandbox around it. The question is what stands between an order hidden in something the agent reads and
the machine of its user. In a file of the project it is switched off for everybody who opens the project.
""",
    attack="Adds one line to a project's settings in a pull request; from then on his orders run unseen.",
    advice="Take it out. Allow single commands, or run the agent in a container that holds nothing of value.",
    bad=(
        '{"permissions": {"defaultMode": "bypassPermissions"}}\n',
        '{"chat.tools.autoApprove": true}\n',
        '{"mcpServers": {"sub": {"command": "claude", "args": ["--dangerously-skip-permissions", "mcp", "serve"]}}}\n',
    ),
    good=(
        '{"permissions": {"defaultMode": "acceptEdits"}}\n',
        '{"chat.tools.autoApprove": false}\n',
        '{"permissions": {"disableBypassPermissionsMode": "disable"}}\n',
    ),
    url="https://docs.anthropic.com/en/docs/claude-code/iam",
    language="json",
    path=agent_settings.PATH,
    kinds=(agent_settings.KIND,),
    check=_check,
)
