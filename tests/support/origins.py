"""An editor's document of which is asked who wrote its lines, and agents that report what they did."""

from __future__ import annotations

import itertools
import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lsp_client import span

from vetline import agents, ledger, places, spool
from vetline_analyzers.core.text import line_starts

if TYPE_CHECKING:
    from pathlib import Path

    from lsp_client import Client

CHANGED = "vetline/provenanceChanged"
SHORT = {"ai": "A", "mixed": "M", "human": "H", "unknown": ".", "suspect_ai": "S"}
_PATIENCE = 20.0  # seconds
_calls = itertools.count(1)


def states(client: Client, uri: str) -> str:
    """A letter a line: A an AI's, M mixed, H a person's, S suspected, a dot unknown."""
    return "".join(SHORT[line["state"]] for line in lines(client, uri))


def lines(client: Client, uri: str) -> list[dict[str, Any]]:
    """What the server says of each line."""
    asked = {"textDocument": {"uri": uri}}
    found: list[dict[str, Any]] = client.result("vetline/provenance", asked)["lines"]
    return found


class Shown:
    """A document in an editor; offsets are code points."""

    def __init__(self, client: Client, path: Path, text: str = "") -> None:
        """Write the file and open it."""
        self.client, self.path, self.text, self.uri = client, path, text, path.as_uri()
        path.write_text(text, "utf-8", newline="")
        client.open(self.uri, text)
        lines(client, self.uri)  # what is remembered has come when this is answered

    def replace(self, old: str, new: str, nth: int = 0) -> None:
        """Put `new` in the place of `old`."""
        start = -1
        for _ in range(nth + 1):
            start = self.text.index(old, start + 1)
        self._put(start, start + len(old), new)

    def insert(self, before: str, new: str) -> None:
        """Put text in before some other; before "" at the end."""
        start = self.text.index(before) if before else len(self.text)
        self._put(start, start, new)

    def type(self, before: str, new: str) -> None:
        """Type text, a key at a time; a line feed is Enter."""
        start = self.text.index(before) if before else len(self.text)
        for at, key in enumerate(new, start):
            self._put(at, at, key)

    def whole(self, text: str) -> None:
        """Send the whole text anew, as clients without incremental changes do."""
        self.client.change(self.uri, [{"text": text}])
        self.text = text

    def save(self) -> None:
        """Write the text to the disk."""
        self.path.write_text(self.text, "utf-8", newline="")
        self.client.notify("textDocument/didSave", {"textDocument": {"uri": self.uri}})

    def close(self) -> None:
        """Close the document."""
        self.client.notify("textDocument/didClose", {"textDocument": {"uri": self.uri}})

    def inserted(self, text: str, **more: Any) -> None:
        """Send `vetline/didInsert` for a text that is there."""
        start = self.text.index(text)
        place = span(self._position(start), self._position(start + len(text)))
        document = {"uri": self.uri, "version": None}
        self.client.notify("vetline/didInsert", {"textDocument": document, "range": place, **more})

    def _put(self, start: int, end: int, text: str) -> None:
        self.client.edit(self.uri, self._position(start), self._position(end), text)
        self.text = self.text[:start] + text + self.text[end:]

    def _position(self, offset: int) -> tuple[int, int]:
        starts = line_starts(self.text)
        line = max(n for n, start in enumerate(starts) if start <= offset)
        return line, len(self.text[starts[line] : offset].encode("utf-16-le")) // 2

    @property
    def states(self) -> str:
        """A letter a line."""
        return states(self.client, self.uri)

    def becomes(self, wanted: str) -> None:
        """Wait until the lines' states are these; fails with what they stayed."""
        deadline = time.monotonic() + _PATIENCE
        while (seen := self.states) != wanted:
            try:
                self.client.notes(CHANGED, max(0.01, deadline - time.monotonic()))
            except TimeoutError:
                break
        assert seen == wanted, "\n" + "\n".join(
            f"{state} {line}" for state, line in zip(seen, self.text.splitlines(), strict=False)
        )


def report(
    path: Path,
    *changes: tuple[str, str],
    ago: float = 0.0,
    agent: str = "claude-code",
    session: str = "s1",
    **more: Any,
) -> None:
    """Write down, as `vetline hook` does, that an agent edited a file.

    Args:
        path: the file.
        changes: what was replaced by what.
        ago: seconds since it happened.
        agent: who.
        session: its conversation.
        more: further fields of the edit, and `tool_call`.
    """
    place = places.place_of(str(path))
    call = more.pop("tool_call", f"call{os.getpid()}-{next(_calls)}")
    edit = agents.FileEdit(str(path), changes=changes, **more)
    event = agents.Event(
        agent,
        agents.POST_EDIT,
        session,
        "turn1",
        "Edit",
        call,
        "opus",
        str(path.parent),
        "",
        (edit,),
    )
    at = ledger.timestamp(datetime.fromtimestamp(time.time() - ago, UTC))
    told = {**event._asdict(), "edits": [edit._asdict()]}
    record = {"v": 1, "at": at, "base": place.base, "event": told, "prompt": None}
    spool.write(place.folders, record)
