"""The stage of the play: what is shown of it on a terminal, or in a picture."""

from __future__ import annotations

import inspect
import io
import os
import re
import shutil
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, NamedTuple

from editor import WAIT, Diagnostic, Editor
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

WIDTH, PROSE, LEAST = 96, 88, 60  # columns
INDENT = "   "
INFO, HINT = 3, 4  # LSP's numbers
LEVELS = {
    1: ("error", "bold red"),
    2: ("warning", "yellow"),
    3: ("info", "blue"),
    HINT: ("hint", "cyan"),
}
TAIL = re.compile(r"(?: \[[^\]]*\])+$")
NO_BREAK = "\N{NO-BREAK SPACE}"


class Stage(NamedTuple):
    """Where the play is shown, and who takes part."""

    console: Console
    editor: Editor
    shop: Path
    environment: dict[str, str]

    def headline(self, number: int, text: str) -> None:
        """Say what happens."""
        self.say("")
        self.say(f"{number}  {text}", "bold")

    def explain(self, text: str) -> None:
        """Say why it matters."""
        for line in textwrap.wrap(text, min(PROSE, self.console.width) - len(INDENT)):
            self.say(INDENT + line)

    def say(self, text: str | Text, style: str = "") -> None:
        """Show a line as it is."""
        line = text if isinstance(text, Text) else Text(text, style)
        self.console.print(line, soft_wrap=True)

    def show(self, diagnostics: Iterable[Diagnostic], *, brief: bool = False) -> None:
        """Show diagnostics: severity, line, rule, code; and what they say."""
        for item in diagnostics:
            word, style = LEVELS[item["severity"]]
            bar = (f" {item['range']['start']['line'] + 1:>3} | ", "dim")
            if brief:
                rule = f"{item['code']:<23}"
                line = Text.assemble(
                    INDENT, (f"{word:<7}", style), f" {rule}", bar, self._code(item)
                )
                line.truncate(self.console.width, overflow="ellipsis")
                self.say(line)
            else:
                self.say(Text.assemble(INDENT, (word, style), f" {item['code']}"))
                self.say(Text.assemble(INDENT, bar, self._code(item)))
                self._message(item["message"])

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `vetline` in the shop and show what it says."""
        self.say("")
        self.say(f"{INDENT}$ vetline {' '.join(words)}", "bold green")
        done = subprocess.run(
            [sys.executable, "-m", "vetline", *words],
            cwd=self.shop,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            timeout=WAIT,
            check=False,
        )
        for line in done.stdout.splitlines():
            shown = Text(INDENT) + Text.from_ansi(line)
            shown.truncate(self.console.width, overflow="ellipsis")
            self.say(shown)
        return done

    def _code(self, item: Diagnostic) -> Text:
        """The line of code, the place of the finding made to stand out."""
        start, end = item["range"]["start"], item["range"]["end"]
        line = self.editor.line(start["line"])
        code = Text(line.strip())
        shift = len(line) - len(line.lstrip())
        last = end["character"] if end["line"] == start["line"] else len(line)
        code.stylize("underline", start["character"] - shift, last - shift)
        return code

    def _message(self, message: str) -> None:
        """What a diagnostic says; the author in its tail stands out and is not broken."""
        tail = TAIL.search(message)
        body = message[: tail.start()] if tail else message
        whole = f"{body} {tail[0].strip().replace(' ', NO_BREAK)}" if tail else body
        margin = f"{INDENT}     | "
        for line in textwrap.wrap(whole, min(PROSE, self.console.width) - len(margin)):
            shown = Text(line.replace(NO_BREAK, " "))
            shown.highlight_regex(r"\[(?:AI|review)[^\]]*\]", "magenta")
            self.say(Text.assemble((margin, "dim"), shown))


def terminal(*, recording: bool) -> Console:
    """Where it is shown: the terminal as it is, or a picture of one."""
    if recording:
        return Console(
            file=io.StringIO(), record=True, width=WIDTH, force_terminal=True,
            color_system="truecolor", highlight=False, _environ={},
        )  # fmt: skip
    is_terminal = sys.stdout.isatty()
    colour = is_terminal and not os.environ.get("NO_COLOR")
    columns = shutil.get_terminal_size((WIDTH, 24)).columns if is_terminal else WIDTH
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    return Console(
        color_system="auto" if colour else None,
        force_terminal=colour,
        highlight=False,
        width=max(LEAST, min(WIDTH, columns)),
    )


def picture() -> str:
    """The picture's frame: without the fonts it would fetch from elsewhere, with leading blanks."""
    frame = str(inspect.signature(Console.save_svg).parameters["code_format"].default)
    frame = frame.replace("<svg ", '<svg xml:space="preserve" ', 1)
    return re.sub(r"@font-face \{\{.*?\}\}\s*", "", frame, flags=re.DOTALL)
