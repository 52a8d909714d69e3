"""One payload of each agent and event, with values of our own."""

from __future__ import annotations

from typing import Any

OLD, NEW = "total = 0\n", "total = sum(prices)\n"
PATH = "/repo/shop/cart.py"
PATCH = """*** Begin Patch
*** Update File: shop/cart.py
@@ def bill(prices):
-total = 0
+total = sum(prices)
*** End Patch"""

CLAUDE = {
    "session_id": "c-1",
    "transcript_path": "/u/ana/.claude/projects/repo/c-1.jsonl",
    "cwd": "/repo",
    "prompt_id": "turn-1",
}
CURSOR = {
    "conversation_id": "k-1",
    "generation_id": "turn-1",
    "model": "sonnet",
    "cursor_version": "2.4",
    "workspace_roots": ["/repo"],
    "transcript_path": None,
}
CODEX = {
    "session_id": "x-1",
    "turn_id": "turn-1",
    "transcript_path": None,
    "cwd": "/repo",
    "model": "gpt-5",
    "permission_mode": "default",
}
GEMINI = {
    "session_id": "g-1",
    "transcript_path": "/u/ana/.gemini/tmp/session.json",
    "cwd": "/repo",
    "timestamp": "2026-01-02T03:04:05Z",
}
VSCODE = {
    "timestamp": "2026-01-02T03:04:05Z",
    "session_id": "v-1",
    "transcript_path": "/u/ana/Code/User/workspaceStorage/7/GitHub.copilot-chat/v-1.jsonl",
    "cwd": "/repo",
}
CLI = {"sessionId": "i-1", "timestamp": 1767322800000, "cwd": "/repo"}
CLI_PASCAL = {"session_id": "i-1", "timestamp": "2026-01-02T03:04:05Z", "cwd": "/repo"}
WINDSURF = {"trajectory_id": "w-1", "execution_id": "turn-1", "model_name": "swe"}
PAIR = {"file_path": PATH, "old_string": OLD, "new_string": NEW}
CAMEL = {"filePath": PATH, "oldString": OLD, "newString": NEW}
MODEL = {"providerID": "p", "modelID": "m"}


def tool(
    base: dict[str, Any], event: str, name: str, given: object, **more: object
) -> dict[str, Any]:
    """The call of a tool, in the words of most agents."""
    return {**base, "hook_event_name": event, "tool_name": name, "tool_input": given, **more}


def prompt(base: dict[str, Any], event: str) -> dict[str, Any]:
    return {**base, "hook_event_name": event, "prompt": "add the prices up"}


# name → (the sender, the kind, the payload)
ALL: dict[str, tuple[str, str, dict[str, Any]]] = {
    "claude prompt": ("claude-code", "prompt", prompt(CLAUDE, "UserPromptSubmit")),
    "claude pre": ("claude-code", "pre-edit", tool(CLAUDE, "PreToolUse", "Edit", PAIR)),
    "claude post": ("claude-code", "post-edit", tool(CLAUDE, "PostToolUse", "Edit", PAIR)),
    "claude read": (
        "claude-code",
        "other",
        tool(CLAUDE, "PreToolUse", "Read", {"file_path": PATH}),
    ),
    "claude start": ("claude-code", "other", {**CLAUDE, "hook_event_name": "SessionStart"}),
    "claude changed": (
        "claude-code",
        "other",
        {**CLAUDE, "hook_event_name": "FileChanged", "file_path": PATH, "event": "change"},
    ),
    "cursor prompt": ("cursor", "prompt", prompt(CURSOR, "beforeSubmitPrompt")),
    "cursor pre": (
        "cursor",
        "pre-edit",
        tool(CURSOR, "preToolUse", "Write", {"file_path": PATH, "content": NEW}),
    ),
    "cursor post": ("cursor", "post-edit", tool(CURSOR, "postToolUse", "StrReplace", PAIR)),
    "cursor edit": (
        "cursor",
        "post-edit",
        {**CURSOR, "hook_event_name": "afterFileEdit", "file_path": PATH, "edits": [PAIR]},
    ),
    "cursor tab": (
        "cursor",
        "post-edit",
        {**CURSOR, "hook_event_name": "afterTabFileEdit", "file_path": PATH, "edits": [PAIR]},
    ),
    "codex prompt": ("codex", "prompt", prompt(CODEX, "UserPromptSubmit")),
    "codex pre": (
        "codex",
        "pre-edit",
        tool(CODEX, "PreToolUse", "apply_patch", {"command": PATCH}),
    ),
    "codex post": (
        "codex",
        "post-edit",
        tool(
            CODEX, "PostToolUse", "apply_patch", {"command": PATCH}, tool_response='{"output":"M"}'
        ),
    ),
    "codex shell": ("codex", "other", tool(CODEX, "PreToolUse", "Bash", {"command": "ls"})),
    "gemini prompt": ("gemini-cli", "prompt", prompt(GEMINI, "BeforeAgent")),
    "gemini pre": ("gemini-cli", "pre-edit", tool(GEMINI, "BeforeTool", "replace", PAIR)),
    "gemini post": ("gemini-cli", "post-edit", tool(GEMINI, "AfterTool", "replace", PAIR)),
    "gemini start": ("gemini-cli", "other", {**GEMINI, "hook_event_name": "SessionStart"}),
    "vscode prompt": ("copilot-vscode", "prompt", prompt(VSCODE, "UserPromptSubmit")),
    "vscode pre": (
        "copilot-vscode",
        "pre-edit",
        tool(VSCODE, "PreToolUse", "replace_string_in_file", CAMEL, tool_use_id="t__vscode-1"),
    ),
    "vscode post": (
        "copilot-vscode",
        "post-edit",
        tool(VSCODE, "PostToolUse", "replace_string_in_file", CAMEL, tool_response="done"),
    ),
    "vscode as documented": (
        "copilot-vscode",
        "pre-edit",
        {
            "hookEventName": "PreToolUse",
            "sessionId": "v-1",
            "timestamp": "2026-01-02T03:04:05Z",
            "cwd": "/repo",
            "tool_name": "replace_string_in_file",
            "tool_input": CAMEL,
        },
    ),
    "cli prompt": ("copilot-cli", "prompt", {**CLI, "prompt": "add the prices up"}),
    "cli pre": (
        "copilot-cli",
        "pre-edit",
        {**CLI, "toolName": "edit", "toolArgs": {"path": PATH, "old_str": OLD, "new_str": NEW}},
    ),
    "cli post": (
        "copilot-cli",
        "post-edit",
        {
            **CLI,
            "toolName": "edit",
            "toolArgs": {"path": PATH, "old_str": OLD, "new_str": NEW},
            "toolResult": {"resultType": "success", "textResultForLlm": "done"},
        },
    ),
    "cli pascal prompt": ("copilot-cli", "prompt", prompt(CLI_PASCAL, "UserPromptSubmit")),
    "cli pascal pre": ("copilot-cli", "pre-edit", tool(CLI_PASCAL, "PreToolUse", "Edit", PATCH)),
    "cli pascal post": (
        "copilot-cli",
        "post-edit",
        tool(CLI_PASCAL, "PostToolUse", "Edit", PATCH, tool_result={"result_type": "success"}),
    ),
    "windsurf prompt": (
        "windsurf",
        "prompt",
        {
            **WINDSURF,
            "agent_action_name": "pre_user_prompt",
            "tool_info": {"user_prompt": "add the prices up"},
        },
    ),
    "windsurf pre": (
        "windsurf",
        "pre-edit",
        {
            **WINDSURF,
            "agent_action_name": "pre_write_code",
            "tool_info": {"file_path": PATH, "edits": [PAIR]},
        },
    ),
    "windsurf post": (
        "windsurf",
        "post-edit",
        {
            **WINDSURF,
            "agent_action_name": "post_write_code",
            "tool_info": {"file_path": PATH, "edits": [PAIR]},
        },
    ),
    "opencode prompt": (
        "opencode",
        "prompt",
        {
            "hook": "chat.message",
            "input": {"sessionID": "o-1", "messageID": "turn-1", "model": MODEL},
            "output": {
                "parts": [
                    {"type": "text", "text": "add the prices up"},
                    {"type": "text", "text": "a file's text", "synthetic": True},
                ]
            },
        },
    ),
    "opencode pre": (
        "opencode",
        "pre-edit",
        {
            "input": {"tool": "edit", "sessionID": "o-1", "callID": "call-1"},
            "output": {"args": CAMEL},
        },
    ),
    "opencode post": (
        "opencode",
        "post-edit",
        {
            "hook": "tool.execute.after",
            "cwd": "/repo",
            "input": {"tool": "edit", "sessionID": "o-1", "callID": "call-1", "args": CAMEL},
            "output": {"title": "cart.py", "output": "", "metadata": {}},
        },
    ),
    "generic": (
        "agent-v1",
        "post-edit",
        {
            "type": "ai_agent",
            "repo_working_dir": "/repo",
            "edited_filepaths": ["shop/cart.py"],
            "dirty_files": {"shop/cart.py": NEW},
            "agent_name": "kimi",
            "model": "k2",
            "conversation_id": "a-1",
        },
    ),
    "generic person": (
        "agent-v1",
        "seen",
        {"type": "human", "repo_working_dir": "/repo", "dirty_files": {"shop/cart.py": NEW}},
    ),
    "generic save": (
        "agent-v1",
        "other",
        {
            "editor": "vscode",
            "cwd": "/repo",
            "edited_filepaths": [PATH],
            "dirty_files": {PATH: NEW},
        },
    ),
}
