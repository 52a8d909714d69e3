"""Settings of agents and of the servers they start, as rules ask for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.text import Span
from vetline_analyzers.syntax.document import jsonc, toml, yaml
from vetline_analyzers.syntax.document.role import Role, front_matter
from vetline_analyzers.syntax.document.rule import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node, Pair

KIND = "agent"
PATH = ".claude/settings.json"  # where the rules' examples stand
SERVERS = ".mcp.json"
_TABLES = ("mcpServers", "servers", "mcp_servers", "mcp", "context_servers", "mcp.servers")
_COMMANDS = frozenset(
    {"apiKeyHelper", "awsAuthRefresh", "awsCredentialExport", "otelHeadersHelper", "notify"}
)
_MANY = 2_000  # servers or hooks of a file
_LOCAL = re.compile(
    r"[a-z+]{2,9}://(?:[^/@\s]{0,99}@)?(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|host\.docker\.internal"
    r"|[\w-]+|[\w.-]+\.(?:local|localhost|internal|test))(?=[:/?#]|$)",
    re.IGNORECASE,
)


class Reading(NamedTuple):
    """The documents of a text, and what could not be read of it: why, and which lines, from 0."""

    documents: tuple[Document, ...]
    missing: str = ""
    broken: tuple[int, ...] = ()


class Server(NamedTuple):
    """A server that an agent starts or calls: its name and what is said of it."""

    pair: Pair

    @property
    def node(self) -> Node:
        """What is said of it."""
        return self.pair.value

    def words(self) -> list[Node]:
        """The words of the command that starts it."""
        command = self.node.get("command")
        if command is not None and command.pairs:  # Zed's `{"path": …, "args": …}`
            return [one for key in ("path", "args") for one in command.each(key)]
        return [*self.node.each("command"), *self.node.each("args")]


def read(text: str, path: str, role: Role) -> Reading:
    """The settings in a text: all of it in a file of settings, the front matter of instructions."""
    try:
        if role is not Role.SETTINGS:
            return _front(text, path)
        if path.lower().endswith(".toml"):
            table, broken = toml.read(text)
            return Reading((Document(KIND, text, path, table),), broken=broken)
        is_yaml = path.lower().endswith((".yml", ".yaml"))
        found = yaml.read(text) if is_yaml else jsonc.read(text)
    except (yaml.TooLargeError, toml.TooLargeError):
        return Reading((), "nests too deeply or is too large to be checked")
    documents = tuple(Document(KIND, text, path, root) for root in found.documents)
    return Reading(documents, "", found.broken)


def _front(text: str, path: str) -> Reading:
    place = front_matter(text)
    if place is None:
        return Reading(())
    # What is broken in it is read by no agent either.
    found = yaml.read(text[slice(*place)], place[0])
    return Reading(tuple(Document(KIND, text, path, root) for root in found.documents))


def servers(document: Document) -> Iterator[Server]:
    """The servers of a document, wherever its tables of them stand."""
    seen = 0
    for node in document.root.walk():
        for pair in node.pairs:
            if pair.key not in _TABLES:
                continue
            for entry in pair.value.pairs[:_MANY]:
                named = (
                    entry.value.get("command")
                    or entry.value.get("url")
                    or entry.value.get("httpUrl")
                )
                seen += 1
                if (named is not None or entry.value.get("serverUrl")) and seen <= _MANY:
                    yield Server(entry)


def commands(document: Document) -> Iterator[Node]:
    """What the settings have run by a shell: hooks, helpers, the status line."""
    for node in document.root.walk():
        for pair in node.pairs:
            if pair.key in {"hooks", "statusLine"}:
                yield from _below(pair.value)
            elif pair.key in _COMMANDS:
                yield from pair.value.items or (pair.value,)


def _below(node: Node) -> Iterator[Node]:
    for one in node.walk():
        for pair in one.pairs:
            if pair.key in {"command", "bash", "powershell", "run"}:
                yield from pair.value.items or (pair.value,)


def variables(document: Document) -> Iterator[Pair]:
    """The environment variables and HTTP headers that the settings give."""
    for node in document.root.walk():
        for pair in node.pairs:
            if pair.key in {"env", "environment", "headers", "http_headers", "requestInit", "set"}:
                yield from (one for one in pair.value.pairs if one.value.text)


def value_span(node: Node) -> Span:
    """The place of a scalar's characters, without quotes."""
    return Span(node.at, node.at + len(node.text))


def is_local(address: str) -> bool:
    """Whether an address leads to this machine, or into its own network by a bare name."""
    return bool(_LOCAL.match(address))
