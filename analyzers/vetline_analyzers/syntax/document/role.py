"""Which file steers an agent: by its path, by what its front matter says, or because it speaks to one."""

from __future__ import annotations

import re
from enum import StrEnum

from vetline_analyzers.core.regex import late

_ANY_CASE = re.IGNORECASE
_INSTRUCTIONS = late(
    r"(?:^|/)(?:"
    r"(?:agents?|claude|claude\.local|gemini|qwen|codex|skill|warp|crush|copilot-instructions)\.md"
    r"|\.(?:cursor|windsurf|cline|roo|trae|goose)(?:rules|hints)"
    r"|[^/]{1,200}\.(?:instructions|prompt|chatmode|agent|mdc)(?:\.md)?"
    r"|\.cursor/(?:rules|commands)/.{1,300}"
    r"|\.(?:windsurf|amazonq|augment|continue|trae)/rules/.{1,300}"
    r"|\.clinerules/.{1,300}|\.roo(?:rules)?(?:-[\w-]{1,40})?(?:/.{1,300}\.(?:md|txt))?"
    r"|\.(?:junie|kiro/steering|github/(?:instructions|prompts|chatmodes|agents))/.{1,300}\.md"
    r"|\.(?:claude|codex|gemini|agents|opencode|factory)/.{0,200}"
    r"(?:agents?|commands?|skills|rules|prompts|output-styles)/.{1,200}\.(?:md|toml)"
    r")$",
    _ANY_CASE,
)
_SETTINGS = late(
    r"(?:^|/)(?:"
    r"\.?(?:mcp|mcp[_-]config|(?:cline_)?mcp_settings|claude_desktop_config|claude)\.json"
    r"|\.claude/(?:settings|settings\.[\w-]{1,40})\.json|\.codex/(?:config|[\w-]{1,40}\.config)\.toml"
    r"|(?:managed-settings|opencode)\.jsonc?|\.opencode/[\w-]{1,40}\.jsonc?"
    r"|\.(?:gemini|qwen|vscode|zed)/settings\.json|\.vscode/mcp\.json|[^/]{1,100}\.code-workspace"
    r"|\.cursor/(?:cli|cli-config|hooks|permissions)\.json|\.claude-plugin/[\w-]{1,40}\.json"
    r"|(?:\.claude|hooks)/hooks\.json"
    r"|\.(?:amazonq|kiro)/(?:cli-agents|agents|settings)/[\w.-]{1,80}\.json"
    r"|\.aider(?:\.conf|\.model\.settings)?\.ya?ml|\.continue/[\w./-]{1,80}\.(?:ya?ml|json)"
    r"|\.?goose/config\.ya?ml"
    r")$",
    _ANY_CASE,
)
_PROSE = late(r"(?:\.(?:md|mdx|mdc|markdown|txt)|(?:^|/)[^/.]+)$", _ANY_CASE)
_OTHER = late(
    r"(?:^|/)(?:readme|changelog|changes|license|contributing|security|history)\b", _ANY_CASE
)
_FRONT = late(
    r"\ufeff?\s{0,9}---[ \t]*\r?\n(?P<body>(?:(?!---)[^\n]{0,5000}\n){1,200})---[ \t]*(?:\r?\n|$)"
)
_KEY = late(r"^([A-Za-z][\w-]{0,40})[ \t]*:", re.MULTILINE)
_OF_RULES = frozenset(
    {"globs", "alwaysapply", "applyto", "allowed-tools", "allowed_tools", "inclusion"}
)
_OF_AGENTS = frozenset({"name", "description"})
_OF_PROMPTS = frozenset({"tools", "mode", "model", "agent", "argument-hint"})
_HEAD = 20_000  # characters in which a text says to whom it speaks
_WHO = r"(?:agents?|assistants?|claude|copilot|cursor|gemini|codex|the model|llm|my ai)"
_ROLE = late(
    r"^[ \t>*#-]{0,9}(?:\*\*)?(?:you are|act as) (?:now )?(?:an?|the|our|my) [^\n.]{0,80}?"
    r"(?:expert|engineer|developer|assistant|agent|\bai\b|specialist|architect|reviewer|programmer|analyst|tutor"
    r"|copilot|designer|writer|tester|auditor|consultant|coder|chatbot|mentor|maintainer)",
    _ANY_CASE | re.MULTILINE,
)
_TITLE = late(
    r"^#{1,3} [^\n]{0,60}?\b(?:copilot|cursor|claude|gemini|codex|windsurf|ai (?:assistants?|agents?|coding)|coding agents?)\b"
    r"[^\n]{0,40}?\b(?:instructions|guidelines|rules|guidance|conventions|prompt)\b",
    _ANY_CASE | re.MULTILINE,
)
_ADDRESSED = tuple(
    late(pattern, _ANY_CASE)
    for pattern in (
        rf"\b(?:the |an? )?(?:ai |coding )?{_WHO} (?:should|must|shall|may not|will)\b",
        r"\bwhen(?:ever)? (?:the|a) user (?:asks|says|wants|requests|mentions|needs|types|provides)\b",
        rf"\b(?:instructions|guidelines|guidance|rules|context|conventions) (?:for|to) (?:ai |coding |the ){{0,2}}{_WHO}\b",
        r"\bhow i want my ai\b",
        r"\b(?:use this (?:skill|agent|tool) (?:when|whenever|to|for)|when to use this skill)\b",
        r"\b(?:ask|tell|inform|confirm with|return to|show) the user\b",
        r"\byour (?:task|role|goal|job|responses?|answers?|output) (?:is|are|should|must)\b",
        r"<(?:instructions|system|role|task)>",
    )
)
_ENOUGH = 2  # ways of speaking to an agent; one of them any text may use


class Role(StrEnum):
    """What a text is to an agent.

    The values of the last four are the words of `check --as` and the language of a snapshot that is looked at as one.
    """

    NONE = ""
    SETTINGS = "settings"
    INSTRUCTIONS = "instructions"
    PROMPT = "prompt"
    TICKET = "ticket"
    DOC = "doc"


DECLARED = (Role.TICKET, Role.PROMPT, Role.INSTRUCTIONS, Role.DOC)


def role_of(path: str, text: str, language: str = "text") -> Role:
    """What a text is to an agent.

    Args:
        path: where it lies, POSIX.
        text: what it says, of which the beginning is looked at when the path does not tell.
        language: that of its snapshot; one of `DECLARED` when somebody said what it is.
    """
    if language in DECLARED:
        return Role(language)
    if by_path := of_path(path):
        return by_path
    if not _PROSE.search(path) or _OTHER.search(path):
        return Role.NONE
    return Role.INSTRUCTIONS if speaks_to_agent(text) else Role.NONE


def of_path(path: str) -> Role:
    """What a path tells of a text: settings, instructions, or nothing."""
    if _SETTINGS.search(path):
        return Role.SETTINGS
    return Role.INSTRUCTIONS if _INSTRUCTIONS.search(path) else Role.NONE


def front_matter(text: str) -> tuple[int, int] | None:
    """Where the YAML at the head of a Markdown text starts and ends; None without one."""
    match = _FRONT.match(text)
    return match.span("body") if match else None


def speaks_to_agent(text: str) -> bool:
    """Whether a text is instructions by its front matter, or because it addresses an agent."""
    head = text[:_HEAD]
    if place := front_matter(head):
        keys = {key.lower() for key in _KEY.findall(head[slice(*place)])}
        if keys & _OF_RULES or keys >= _OF_AGENTS or (keys & _OF_AGENTS and keys & _OF_PROMPTS):
            return True
    if _ROLE.search(head) or _TITLE.search(head):
        return True
    return sum(bool(pattern.search(head)) for pattern in _ADDRESSED) >= _ENOUGH
