"""The dashboard in a real browser: nobody is shut out, nothing is asked of the outside, and what is new is shown."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import chromium
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from vetline import rehearsal, stores
from vetline.doors.dashboard import board, page, serving
from vetline.ledger import Draft, Kind
from vetline.metrics import NO_BOUNDS, Bounds
from vetline.stores import sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.editor

NOW = "2026-03-31T12:00:00.000Z"
LOUD = Bounds(
    {"gate-pass-rate": 0.99, "time-to-remediate": 60.0}, {"false-positive-rate": 0.01}, {}
)
_MOST = 20_000  # milliseconds
# What VS Code gives the page of a webview.
_EDITOR = """globalThis.kept = {};
globalThis.acquireVsCodeApi = () => ({ getState: () => undefined, setState: state => { kept = state } })"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not chromium.program():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(chromium.MISSING)
    with chromium.launched() as launched:
        yield launched


@pytest.fixture
def location(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> stores.Location:
    """The ledger of an invented project."""
    for name in ("HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    root = tmp_path / "shop"
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    found = stores.locate(root)
    path = found.folders[0] / "ledger.db"
    path.parent.mkdir()
    sqlite.put(path, rehearsal.events(until=datetime.fromisoformat(NOW), days=90, seed=3))
    return found


def written(location: stores.Location, into: Path, bounds: Bounds = NO_BOUNDS, **how: bool) -> str:
    """The page as a file; gives its address."""
    found = board.gather(location, now=NOW, bounds=bounds)
    path = into / "posture.html"
    path.write_text(page.rendered(found, **how).html, "utf-8")
    return path.as_uri()


@contextmanager
def opened(
    browser: Browser, url: str, *, width: int = 1280, editor: bool = False, **how: Any
) -> Iterator[Page]:
    """A page that writes nothing to its console and asks nobody for anything but `url`'s own place."""
    context = browser.new_context(viewport={"width": width, "height": 900}, **how)
    trouble: list[str] = []
    context.route(
        lambda asked: not asked.startswith(url),
        lambda route: (trouble.append(route.request.url), route.abort()),
    )
    one = context.new_page()
    one.set_default_timeout(_MOST)
    if editor:
        one.add_init_script(_EDITOR)
    one.on("console", lambda message: trouble.append(f"{message.type}: {message.text}"))
    one.on("pageerror", lambda error: trouble.append(str(error)))
    one.goto(url)
    try:
        yield one
        assert trouble == []
    finally:
        context.close()


def shuts_nobody_out(shown: Page) -> None:
    """No violation that axe knows, and nothing to be scrolled sideways, with everything open."""
    shown.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    found = Axe().run(shown)
    assert found.violations_count == 0, found.generate_report()
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("light", {"color_scheme": "light"}),
        ("dark", {"color_scheme": "dark"}),
        ("narrow", {"color_scheme": "light", "width": 320}),
        ("contrast", {"color_scheme": "dark", "forced_colors": "active"}),
    ],
)
def test_the_page_shuts_nobody_out(browser, location, tmp_path, name, how):
    for bounds, kept in ((NO_BOUNDS, f"dashboard-{name}"), (LOUD, f"dashboard-{name}-loud")):
        with opened(browser, written(location, tmp_path, bounds), **how) as shown:
            shown.screenshot(path=str(chromium.kept(kept)))
            shown.screenshot(path=str(chromium.kept(f"{kept}-whole")), full_page=True)
            shuts_nobody_out(shown)


def test_a_page_of_nothing_shuts_nobody_out(browser, tmp_path):
    root = tmp_path / "new"
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    with opened(browser, written(stores.locate(root), tmp_path)) as shown:
        shown.screenshot(path=str(chromium.kept("dashboard-empty")), full_page=True)
        shuts_nobody_out(shown)


def test_a_figure_is_opened_by_the_keyboard_alone(browser, location, tmp_path):
    with opened(browser, written(location, tmp_path, LOUD)) as shown:
        inside = shown.locator("#is-gate-pass-rate")
        expect(inside).to_be_hidden()
        shown.locator("#s-gate-pass-rate").focus()
        shown.keyboard.press("Enter")
        expect(inside).to_be_visible()
        for said in ("How often the gate lets a change pass.", "vetline metrics --explain gate-pass-rate", "gate.judged", "99.0 %"):  # fmt: skip
            expect(inside).to_contain_text(said)
        table = inside.locator("table", has_text="Week up to")
        expect(table).to_be_hidden()
        shown.keyboard.press("Tab")
        shown.keyboard.press("Enter")
        expect(table).to_be_visible()
        assert table.locator("tbody tr").count() == 12
        focused = shown.evaluate("""() => {
            const seen = new Set();
            document.querySelectorAll('a, summary, [tabindex]').forEach(one => { one.focus(); seen.add(document.activeElement) });
            return seen.size;
        }""")
        assert focused > 20


def test_a_link_leads_to_the_figure_and_opens_it(browser, location, tmp_path):
    with opened(browser, written(location, tmp_path, LOUD)) as shown:
        shown.get_by_role("link", name="False-positive rate").press("Enter")
        expect(shown.locator("#is-false-positive-rate")).to_be_visible()


def test_it_is_printed(browser, location, tmp_path):
    with opened(browser, written(location, tmp_path), color_scheme="dark") as shown:
        shown.emulate_media(media="print")
        assert shown.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        shown.emulate_media()
        made = shown.pdf(path=str(chromium.kept("dashboard").with_suffix(".pdf")))
        assert made.startswith(b"%PDF")
        assert 1 <= len(re.findall(rb"/Type\s*/Page\b", made)) <= 3


def test_editors_lend_it_their_colours(browser, location, tmp_path):
    with opened(
        browser, written(location, tmp_path, live=True), editor=True, color_scheme="dark"
    ) as shown:
        for kind, paper, ink in (("vscode-light", "#fff8e7", "#332200"), ("vscode-dark", "#101820", "#eef2f6")):  # fmt: skip
            shown.evaluate(
                """([kind, paper, ink]) => {
                    document.body.className = kind;
                    document.documentElement.style.setProperty('--vscode-editor-background', paper);
                    document.documentElement.style.setProperty('--vscode-editor-foreground', ink);
                }""",
                [kind, paper, ink],
            )
            style = "getComputedStyle(document.body)"
            shown.wait_for_function(f"({style}.colorScheme === '{kind.removeprefix('vscode-')}')")
            colours = shown.evaluate(f"[{style}.backgroundColor, {style}.color]")
            want = [tuple(bytes.fromhex(c[1:])) for c in (paper, ink)]
            assert [tuple(map(int, re.findall(r"\d+", c))) for c in colours] == want
            shuts_nobody_out(shown)


def test_what_is_sent_to_it_is_shown_and_what_was_open_stays_so(browser, location, tmp_path):
    with opened(browser, written(location, tmp_path, live=True), editor=True) as shown:
        shown.locator("#s-refusals").click()
        shown.locator("#s-open-findings").focus()
        draft = Draft(Kind.FINDING_OPENED, "a.py", {"rule": "python/new", "severity": "high", "fingerprint": "n"})  # fmt: skip
        stores.append(location, [draft], at=NOW, actor="Ada")
        fresh = page.rendered(board.gather(location, now=NOW, bounds=NO_BOUNDS), live=True)
        before = shown.locator("main").get_attribute("data-digest")
        pause = shown.locator("#pause")
        pause.click()
        shown.evaluate("html => postMessage({ html })", fresh.html)
        expect(shown.locator("main")).to_have_attribute("data-digest", before)
        pause.click()
        expect(shown.locator("main")).to_have_attribute("data-digest", fresh.digest)
        assert fresh.digest != before
        expect(shown.locator("#is-refusals")).to_be_visible()
        expect(shown.locator("#is-open-findings")).to_be_hidden()
        expect(shown.get_by_role("status")).to_contain_text("Updated at")
        shown.wait_for_function("kept.opened?.join() === 'f-refusals'")


def test_the_page_on_loopback_follows_the_ledger(browser, location, monkeypatch):
    monkeypatch.setattr(serving, "_PAUSE", 0.0)
    source = serving.Source(location, lambda: board.gather(location, now=NOW, bounds=NO_BOUNDS))
    server = serving.Server(source, 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with opened(browser, server.url) as shown:
            shuts_nobody_out(shown)
            shown.evaluate("document.querySelectorAll('details').forEach(one => { one.open = false })")  # fmt: skip
            draft = Draft(Kind.FINDING_OPENED, "a.py", {"rule": "python/new", "severity": "high", "fingerprint": "n"})  # fmt: skip
            stores.append(location, [draft], at=NOW, actor="Ada")
            expect(shown.get_by_role("status")).to_contain_text("Updated at", timeout=_MOST)
            shown.locator("#s-open-findings").click()
            expect(shown.locator("#is-open-findings")).to_contain_text("a.py high python/new")
    finally:
        server.shutdown()
        server.server_close()
        thread.join(_MOST / 1000)
