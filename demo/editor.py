"""What an editor knows of a document that it shows, in a page: the text, and a server's word on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsp_client import span

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lsp_client import Client

Diagnostic = dict[str, Any]

WAIT = 20.0  # seconds for anything that is waited for


class UnexpectedError(Exception):
    """What came back is not what the words around it say."""


class Editor:
    """What an editor knows of one open document, in code points."""

    def __init__(self, client: Client, path: Path) -> None:
        """Open a file."""
        self.client, self.path, self.uri = client, path, path.as_uri()
        self.text = path.read_text("utf-8")
        client.open(self.uri, self.text)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        before = self.text[:offset]
        return before.count("\n"), offset - (before.rfind("\n") + 1)

    def offset(self, position: dict[str, int]) -> int:
        """The offset of a position that the server names."""
        lines = self.text.splitlines(keepends=True)[: position["line"]]
        return sum(map(len, lines)) + position["character"]

    def line(self, number: int) -> str:
        """A line, counted from 0."""
        return self.text.splitlines()[number]

    def replace(self, start: int, end: int, new: str) -> int:
        """Edit the text and tell the server; gives the document's version."""
        version = self.client.edit(self.uri, self.place(start), self.place(end), new)
        self.text = self.text[:start] + new + self.text[end:]
        return version

    def insert(self, offset: int, block: str, **origin: str) -> None:
        """Insert what an assistant wrote, and say who it was."""
        version = self.replace(offset, offset, block)
        place = span(self.place(offset), self.place(offset + len(block)))
        document = {"uri": self.uri, "version": version}
        told = {"textDocument": document, "range": place, **origin}
        self.client.notify("vetline/didInsert", told)

    def wait(self, wanted: Callable[[list[Diagnostic]], object]) -> list[Diagnostic]:
        """The diagnostics, once they are as wanted, from top to bottom."""
        shown = self.client.diagnosed(self.uri, wanted, WAIT)
        return sorted(shown, key=lambda item: item["range"]["start"]["line"])

    def action(self, diagnostic: Diagnostic, title: str) -> dict[str, Any]:
        """The code action on a diagnostic whose title starts so."""
        start = diagnostic["range"]["start"]
        offered = self.client.actions(self.uri, (start["line"], start["character"]))
        for action in offered:
            if action["title"].startswith(title):
                return action
        titles = [action["title"] for action in offered]
        raise UnexpectedError(f"no action {title!r} on {diagnostic['code']}, only {titles}")

    def save(self) -> None:
        """Write the file and tell the server."""
        self.path.write_text(self.text, "utf-8")
        self.client.notify("textDocument/didSave", {"textDocument": {"uri": self.uri}})
