"""Servers that are fetched anew at each start."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.document import agent_settings, image
from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node
    from vetline_analyzers.syntax.document.rule import Document

_RUNNERS = {"npx", "bunx", "pnpx", "uvx", "pipx"}
_TWO_WORDS = {
    ("npm", "exec"),
    ("pnpm", "dlx"),
    ("yarn", "dlx"),
    ("bun", "x"),
    ("uv", "tool"),
    ("uv", "run"),
    ("pipx", "run"),
}
_PINNED = re.compile(
    r"@(?:v?\d[\w.+-]{0,60}|[0-9a-f]{7,40})$|===?\s{0,2}\d|#[0-9a-f]{7,40}$|@sha256:", re.IGNORECASE
)
_PATH = re.compile(
    r"(?:\.{0,2}/|~|\$|[A-Za-z]:[\\/]|file:|[\w./-]{1,200}\.(?:py|js|mjs|cjs|ts|sh|tgz|whl)$)"
)
_PACKAGE = re.compile(
    r"(?:@[\w.~-]{1,99}/)?[A-Za-z0-9][\w.~-]{0,99}(?:\[[\w,.-]{0,99}\])?(?:@[\w.^~*-]{0,60})?|git\+\S{1,300}|github:\S{1,300}"
)
_VALUED = {
    "--python",
    "--with",
    "--index",
    "--index-url",
    "--directory",
    "--project",
    "--registry",
    "-p",
    "--cache",
}
_DOCKER_VALUED = re.compile(
    r"-(?:e|v|p|w|u|h|l|m|a|c)|--(?:env|volume|mount|name|network|user|workdir|publish|entrypoint|env-file|platform|pull|label|hostname|add-host|memory|cpus|gpus|cap-add|cap-drop|security-opt|tmpfs|ulimit|restart|ipc|pid)"
)


def _check(document: Document) -> Iterator[Report]:
    for server in agent_settings.servers(document):
        words = [*_split(server.words())]
        if words:
            yield from _started(words)


def _split(words: list[Node]) -> Iterator[Node]:
    """The words of a command, where some write all of them into one text."""
    for word in words:
        parts = list(re.finditer(r"\S{1,500}", word.text[:2_000]))
        if len(parts) <= 1 or (word is not words[0]):
            yield word
            continue
        for part in parts:
            yield type(word)(word.part(part), part[0], word.at + part.start(), quoted=True)


def _started(words: list[Node]) -> Iterator[Report]:
    if [w.text.lower() for w in words[:2]] == ["cmd", "/c"]:
        words = words[2:]
    names = [re.sub(r"\.(?:cmd|exe)$", "", w.text.rpartition("/")[2]) for w in words[:3]]
    if not names:
        return
    if names[0] in {"docker", "podman"} and "run" in names[1:]:
        yield from _image(words[names.index("run") + 1 :])
        return
    if names[:2] == ["uv", "tool"] and names[2:] != ["run"]:
        return
    if len(names) > 1 and (names[0], names[1]) in _TWO_WORDS:
        if names[0] == "uv" and names[1] == "run":
            yield from _given(words[2:], only={"--with", "--from"})
            return
        rest = words[3:] if names[:3] == ["uv", "tool", "run"] else words[2:]
    elif names[0] in _RUNNERS - {"pipx"}:
        rest = words[1:]
    else:
        return
    yield from _package(rest)


def _package(words: list[Node]) -> Iterator[Report]:
    named = list(_given(words, only={"--from", "--spec", "--package", "-p"}))
    if named or any(
        w.text in {"--from", "--spec", "--package"} or w.text.startswith("--package=")
        for w in words[:20]
    ):
        yield from named
        return
    skip = False
    for word in words[:20]:
        if skip:
            skip = False
        elif word.text in _VALUED:
            skip = True
        elif not word.text.startswith("-"):
            yield from _unless_pinned(word)
            return


def _given(words: list[Node], only: set[str]) -> Iterator[Report]:
    """What is named behind options: `--from PACKAGE`."""
    for option, word in pairwise(words[:21]):
        if option.text in only:
            yield from _unless_pinned(word)


def _unless_pinned(word: Node) -> Iterator[Report]:
    text = word.text
    if _PINNED.search(text) or _PATH.match(text) or not _PACKAGE.fullmatch(text):
        return
    # An address may hold a token.
    name = "package" if "://" in text else text.partition("@latest")[0][:80]
    yield Report(
        f"The newest {name} is fetched and run at each start: name a version.",
        agent_settings.value_span(word),
    )


def _image(words: list[Node]) -> Iterator[Report]:
    skip = False
    for word in words[:60]:
        if skip:
            skip = False
        elif _DOCKER_VALUED.fullmatch(word.text):
            skip = True
        elif not word.text.startswith("-"):
            if image.floating(word.text):
                yield Report(
                    "The newest image is fetched and run at each start: name a version or a digest.",
                    agent_settings.value_span(word),
                )
            return


RULE = ConfigurationRule(
    id="agent/unpinned-server",
    title="Server of an agent without a version",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(1357, 829, 494),
    page="""
`npx -y package`, `uvx package` or an image without a tag fetches whatever is newest each time an agent starts,
and runs it with the rights of the person at the machine and with the secrets of its settings. Who takes over
the package, or publishes under a name somebody mistyped, runs code on all these machines the same day.
""",
    attack="Takes over a maintainer's account and publishes a version that forwards each mail the server sends.",
    advice="Name a version: `package@1.2.3`, `package==1.2.3`, `image:1.2.3` or a digest; raise it after a look.",
    bad=(
        '{"mcpServers": {"files": {"command": "npx", "args": ["-y", "@example/server-files", "/data"]}}}\n',
        '{"mcpServers": {"git": {"command": "uvx", "args": ["example-mcp-git@latest"]}}}\n',
        '{"mcpServers": {"db": {"command": "docker", "args": ["run", "-i", "--rm", "-e", "KEY", "example/mcp:latest"]}}}\n',
        '{"servers": {"web": {"type": "stdio", "command": "cmd", "args": ["/c", "npx", "-y", "example-web"]}}}\n',
    ),
    good=(
        '{"mcpServers": {"files": {"command": "npx", "args": ["-y", "@example/server-files@1.4.2", "/data"]}}}\n',
        '{"mcpServers": {"git": {"command": "uvx", "args": ["--from", "example-mcp-git==2.0.1", "mcp-git"]}}}\n',
        '{"mcpServers": {"own": {"command": "node", "args": ["./tools/server.js"]}}}\n',
        '{"mcpServers": {"db": {"command": "docker", "args": ["run", "-i", "example/mcp:1.2.0"]}}}\n',
    ),
    language="json",
    path=agent_settings.SERVERS,
    kinds=(agent_settings.KIND,),
    check=_check,
)
