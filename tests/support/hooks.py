"""Git's hooks, answered in this process: a shell script writes to a pipe and waits for a word."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from vetline import history

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vetline.provenance import Attribution
    from vetline_analyzers.core.text import Snapshot

HOOKS = ("prepare-commit-msg", "post-commit", "post-rewrite", "post-merge")


class Hooks:
    """The hooks of a repository; `live` is what is known of a text when it is committed."""

    def __init__(self, root: Path, live: Callable[[Snapshot], list[Attribution]]) -> None:
        self.root, self.live = root, live
        self.folder = root / ".git" / "pipes"
        self.folder.mkdir()
        self.error: BaseException | None = None
        for name in ("ask", "done"):
            os.mkfifo(self.folder / name)
        for name in HOOKS:
            path = root / ".git" / "hooks" / name
            path.parent.mkdir(exist_ok=True)
            read = "cat" if name == "post-rewrite" else ":"
            path.write_text(
                f"#!/bin/sh\n{{ echo {name} $*; {read}; }} > '{self.folder}/ask'\n"
                f"read -r x < '{self.folder}/done'\n"
            )
            path.chmod(0o700)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            first, *rest = (self.folder / "ask").read_text().splitlines()
            if first == "end":
                return
            try:
                self.answer(first.split(), rest)
            except BaseException as error:  # noqa: BLE001 - told by the main thread
                self.error = error
            (self.folder / "done").write_text("x\n")

    def close(self) -> None:
        (self.folder / "ask").write_text("end\n")

    def answer(self, words: list[str], told: list[str]) -> None:
        if words[0] == "prepare-commit-msg" or words == ["post-merge", "1"]:
            history.prepare(self.root)
        elif words[0] == "post-commit":
            history.record(self.root, "HEAD", self.live)
        elif words[0] == "post-rewrite":
            history.rewritten(self.root, [tuple(line.split()[:2]) for line in told])
