"""VS Code as a person has it before them: a window of its server in a browser, and what they do there."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import chromium
from playwright.sync_api import expect
from vscode_server import SECONDS, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page
    from vscode_server import Server

expect.set_options(timeout=SECONDS * 1000)


@contextlib.contextmanager
def window(
    browser: Browser,
    server: Server,
    workspace: Path,
    *,
    payload: Mapping[str, str] | None = None,
    exposed: Mapping[str, Callable[..., Any]] | None = None,
    dark: bool = True,
) -> Iterator[Workbench]:
    """A window on a folder.

    Args:
        browser: it gets a context of its own.
        server: where VS Code is.
        workspace: the folder.
        payload: what a page tells the extension host, as `extensionTestsPath`.
        exposed: functions that the page finds.
        dark: which theme; `Workbench.theme` changes it.
    """
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        permissions=["clipboard-read", "clipboard-write"],
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    outside: list[str] = []

    def refuse(route: Any) -> None:
        outside.append(route.request.url)
        route.abort()

    context.route(lambda url: not chromium.is_local(url), refuse)
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    console: list[str] = []

    def written(message: Any) -> None:
        # It does without native modules, and says so many times.
        without = "Cannot find module" in message.text or "bindings file" in message.text
        if message.type in {"error", "warning"} and not without:
            console.append(f"{message.type}: {message.text:.1000}")

    page.on("console", written)
    page.on("pageerror", lambda error: console.append(f"pageerror: {error}"))
    for name, function in (exposed or {}).items():
        page.expose_function(name, function)
    told = f"&payload={quote(json.dumps(list((payload or {}).items())))}" if payload else ""
    workbench = Workbench(page, workspace, server, console, outside)
    try:
        page.goto(f"{server.url}/?folder={quote(str(workspace))}{told}")
        yield workbench
    finally:
        context.close()


def inside(
    browser: Browser, server: Server, workspace: Path, *, file: Path, beside: Path, seconds: int
) -> list[dict[str, Any]]:
    """Run a file of tests in the extension host of a window of its own, and give how each went.

    Args:
        browser: it gets a context of its own.
        server: where VS Code is.
        workspace: the folder that is open.
        file: it exports `run`, made by `suite` of harness.js.
        beside: an extension under development; without one VS Code runs no tests.
        seconds: after which they are given up.
    """
    results = workspace.parent / "results.json"
    results.unlink(missing_ok=True)
    ended: list[Any] = []
    told = {
        "extensionDevelopmentPath": server.remote(beside),
        "extensionTestsPath": server.remote(file),
    }
    heard = {
        "codeAutomationExit": lambda *code: ended.append(code),
        "codeAutomationLog": lambda *_: None,
    }
    with window(browser, server, workspace, payload=told, exposed=heard) as opened:

        def over() -> bool:
            opened.page.wait_for_timeout(50)  # what the page calls is heard while playwright waits
            return bool(ended)

        try:
            until(over, f"the tests in {file.name} end", seconds, pause=0)
            assert results.exists(), "\n".join([f"{file.name} ran no test", *opened.console[-20:]])
        except AssertionError:
            opened.picture(f"failed-{file.stem}")
            raise
    return list(json.loads(results.read_text("utf-8")))


@dataclass
class Workbench:
    """One window, and what a person does in it.

    Attributes:
        page: the browser's page.
        workspace: the folder that is open.
        console: what the page wrote to its console.
        outside: addresses that something asked for outside this machine; they were refused.
    """

    page: Page
    workspace: Path
    server: Server
    console: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def ready(self) -> Workbench:
        """Wait until the window is drawn and its files are shown."""
        self.page.wait_for_selector(".monaco-workbench .part.statusbar")
        self.page.wait_for_selector(".explorer-folders-view .monaco-list-row")
        return self

    def theme(self, scheme: str) -> None:
        """Be `dark`, `light` or `contrast`."""
        forced = "active" if scheme == "contrast" else "none"
        colours = "light" if scheme == "light" else "dark"
        self.page.emulate_media(color_scheme=colours, forced_colors=forced)  # type: ignore[arg-type]
        shown = {"dark": "vs-dark", "light": "vs", "contrast": "hc-black"}[scheme]
        self.page.wait_for_selector(f".monaco-workbench.{shown}")

    def picture(self, name: str) -> Path:
        """Keep a picture of the window."""
        path = chromium.kept(name)
        self.page.screenshot(path=str(path), animations="disabled", caret="hide")
        return path

    def pictures(self, name: str) -> None:
        """Keep a picture of the window in light and one in dark, for the documentation."""
        for scheme in ("light", "dark"):
            self.theme(scheme)
            self.picture(f"vscode-{name}-{scheme}")

    # -- by keyboard and palette

    def press(self, keys: str) -> None:
        self.page.keyboard.press(keys)

    def _quick_input(self, open_with: str, text: str, wanted: str) -> Locator:
        """A row of the list that a key opens; pressed again, since a key that comes while a window settles is lost."""
        box = self.page.locator(".quick-input-widget .quick-input-box input")
        row = self.page.locator(".quick-input-list .monaco-list-row", has_text=wanted).first

        def opened() -> bool:
            with contextlib.suppress(Exception):
                self.press("Escape")
                self.press(open_with)
                box.wait_for(timeout=3000)
                box.fill(text)
                row.wait_for(timeout=5000)
                return True
            return False

        until(opened, f"{open_with} offers {wanted!r} for {text!r}")
        return row

    def open(self, name: str) -> None:
        """Open a file of the workspace by its name, and be in its editor."""
        last = name.rpartition("/")[2]
        self._quick_input("Control+P", name, last).click()
        self.page.wait_for_selector(f".tab.active[data-resource-name='{last}']")
        self.page.wait_for_selector(".editor-instance .monaco-editor .view-line")
        self.focus()

    def command(self, title: str) -> None:
        """Run a command by its whole title in the palette: `Vetline: Restart Server`."""
        self._quick_input("F1", f">{title}", title.rpartition(": ")[2]).click()

    def answer(self, text: str) -> None:
        """Type into the box that the extension opened, and press Enter."""
        box = self.page.locator(".quick-input-widget .quick-input-box input")
        box.wait_for()
        box.fill(text)
        self.press("Enter")

    # -- the editor

    @property
    def editor(self) -> Locator:
        return self.page.locator(
            ".editor-group-container.active .editor-instance .monaco-editor"
        ).first

    def focus(self) -> None:
        """Put the caret into the editor."""
        self.command("View: Focus Active Editor Group")
        self.page.wait_for_selector(".editor-instance .monaco-editor.focused")

    def caret(self, line: int, column: int = 1) -> None:
        """Move the caret, by the command that asks for a line."""
        self.focus()
        self._quick_input("Control+G", f":{line}:{column}", "Line").click()
        self.page.wait_for_selector(".editor-instance .monaco-editor.focused")

    def type(self, text: str) -> None:
        """Type where the caret is, key by key."""
        self.page.keyboard.type(text)

    def paste(self, text: str) -> None:
        """Paste where the caret is."""
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.press("Control+V")

    def save(self) -> None:
        """Save, and wait until nothing is unsaved."""
        self.press("Control+S")
        self.page.wait_for_selector(".tab.active:not(.dirty)")

    def numbered(self) -> dict[int, str]:
        """The lines that the editor shows, by their numbers."""
        shown = """editor => {
          const tops = selector => [...editor.querySelectorAll(selector)].map(row => [parseFloat(row.style.top), row]);
          const texts = new Map(tops('.view-lines .view-line').map(([top, row]) => [top, row.textContent]));
          return tops('.margin-view-overlays > div').flatMap(([top, row]) => {
            const number = row.querySelector('.line-numbers');
            return number && texts.has(top) ? [[Number(number.textContent), texts.get(top)]] : [];
          });
        }"""
        return {number: text.replace("\u00a0", " ") for number, text in self.editor.evaluate(shown)}

    def signs(self) -> set[int]:
        """The numbers of the lines that are shown and have a sign in the gutter."""
        tops = "all => all.map(sign => parseFloat(sign.style.top))"
        signs = set(self.editor.locator(".glyph-margin-widgets .cgmr").evaluate_all(tops))
        numbers = """rows => rows.filter(row => row.querySelector('.line-numbers')).map(
          row => [parseFloat(row.style.top), Number(row.querySelector('.line-numbers').textContent)])"""
        rows = self.editor.locator(".margin-view-overlays > div").evaluate_all(numbers)
        return {number for top, number in rows if top in signs}

    def lines(self) -> list[str]:
        """The lines that the editor shows, from the top."""
        return [text for _, text in sorted(self.numbered().items())]

    def line_of(self, text: str) -> int:
        """The number of the first line that is shown and holds a text."""
        return until(
            lambda: min((at for at, line in self.numbered().items() if text in line), default=0),
            f"{text!r} is shown",
        )

    def squiggles(self, severity: str = "") -> Locator:
        """What is underlined: all, or `error`, `warning`, `info`, `hint`."""
        kinds = [severity] if severity else ["error", "warning", "info", "hint"]
        return self.editor.locator(",".join(f".squiggly-{kind}" for kind in kinds))

    def lenses(self) -> list[str]:
        """The words of code lenses that are shown."""
        texts = self.editor.locator(".codelens-decoration").all_text_contents()
        return [part.strip() for text in texts for part in text.split("|") if part.strip()]

    def lens(self, title: str | re.Pattern[str]) -> Locator:
        """One word of a lens, to click."""
        return self.editor.locator(".codelens-decoration a", has_text=title)

    def quick_fix(self, title: str) -> None:
        """Choose the code action where the caret is whose title starts so."""
        rows = self.page.locator(".action-widget .monaco-list-row.action")
        row = rows.filter(has_text=re.compile(rf"^\s*{re.escape(title)}")).first

        def offered() -> bool:
            with contextlib.suppress(Exception):
                self.press("Control+.")
                row.wait_for(timeout=4000)
                return True
            self.press("Escape")
            return False

        until(offered, f"the action {title!r} is offered")
        row.click()

    def hovered(self, word: str) -> str:
        """What is said when the pointer rests on the first place with a word."""
        text = self.editor.locator(".view-line span", has_text=word).last
        shown = self.page.locator(".monaco-hover:not(.hidden) .monaco-hover-content").first

        def rests() -> bool:
            with contextlib.suppress(Exception):
                self.page.mouse.move(1, 1)
                text.hover()
                shown.wait_for(timeout=5000)
                return True
            return False

        until(rests, f"something is said of {word!r}")
        return shown.inner_text()

    # -- around it

    def problems(self) -> list[str]:
        """The rows of the Problems panel."""
        if not self.page.locator(".markers-panel").is_visible():
            self.command("View: Focus Problems")
            self.page.wait_for_selector(".markers-panel")
        return self.page.locator(".markers-panel .monaco-list-row").all_text_contents()

    def notices(self) -> list[str]:
        """What notifications say."""
        return self.page.locator(
            ".notifications-toasts .notification-list-item-message"
        ).all_text_contents()

    def tree(self, view: str) -> Locator:
        """The rows of a tree view, by the view's title, in whichever container it is."""
        pane = self.page.locator(
            ".pane", has=self.page.locator(f".pane-header[aria-label^='{view}']")
        )
        return pane.locator(".monaco-list-row")

    def frame(self, title: str) -> Any:
        """What is inside a webview's tab, by the tab's title."""
        self.page.wait_for_selector(f".tab.active[aria-label*='{title}']")
        outer = self.page.frame_locator("iframe.webview.ready").last
        return outer.frame_locator("iframe#active-frame")
