"""How a project stands, in the real VS Code: a panel that keyboards reach, that has the theme's colours, and that stays new."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import expect

from vetline import rehearsal, stores
from vetline.ledger import Draft, Kind
from vetline.stores import sqlite

if TYPE_CHECKING:
    from pathlib import Path

    from workbench import Workbench

pytestmark = pytest.mark.editor

TITLE = "Security Posture"
_AXE = "async () => (await axe.run()).violations.map(one => `${one.id}: ${one.nodes.map(each => each.html)}`)"


@pytest.fixture(scope="module")
def stands(shop: Path, workbench: Workbench) -> Workbench:
    """A window on a project with an invented ledger, and its panel."""
    path = stores.locate(shop).folders[0] / "ledger.db"
    path.parent.mkdir(exist_ok=True)
    sqlite.put(path, rehearsal.events(until=datetime.now(UTC), days=60, seed=5))
    workbench.open("shop.py")
    workbench.squiggles().first.wait_for()  # the server is up
    workbench.command("Vetline: Show How the Project Stands")
    return workbench


def violations(vs: Workbench) -> list[str]:
    inner = vs.frame(TITLE).locator("body").element_handle().owner_frame()
    # VS Code has the debugging protocol put it there: the page itself allows no script but its own.
    inner.evaluate(AXE_FILE_PATH.read_text("utf-8"))
    return inner.evaluate(_AXE)


def test_the_panel_shows_the_page_and_shuts_nobody_out(stands: Workbench):
    frame = stands.frame(TITLE)
    expect(frame.get_by_role("heading", name="Security posture: shop")).to_be_visible()
    expect(frame.locator("#f-gate-pass-rate")).to_be_visible()
    for scheme in ("light", "dark", "contrast"):
        stands.theme(scheme)
        kind = {"light": "vscode-light", "dark": "vscode-dark", "contrast": "vscode-high-contrast"}
        expect(frame.locator(f"body.{kind[scheme]}")).to_be_visible()
        assert violations(stands) == []
        stands.picture(f"posture-{scheme}")
    stands.theme("dark")
    assert stands.outside == []


def test_a_figure_is_opened_by_the_keyboard(stands: Workbench):
    frame = stands.frame(TITLE)
    frame.locator("#s-gate-pass-rate").focus()
    stands.press("Enter")
    expect(frame.locator("#is-gate-pass-rate")).to_be_visible()
    expect(frame.locator("#is-gate-pass-rate")).to_contain_text("vetline metrics --explain")


def test_what_is_recorded_is_shown_after_a_save_and_what_was_open_stays_so(
    stands: Workbench, shop: Path
):
    frame = stands.frame(TITLE)
    before = frame.locator("main").get_attribute("data-digest")
    told = {"rule": "python/sql-from-string", "severity": "high", "fingerprint": "new"}
    location = stores.locate(shop)
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    stores.append(location, [Draft(Kind.FINDING_OPENED, "late.py", told)], at=at, actor="Ada")
    stands.command("Vetline: Show How the Project Stands")
    expect(frame.locator("main")).not_to_have_attribute("data-digest", before or "")
    expect(frame.locator("#is-gate-pass-rate")).to_be_visible()
    frame.locator("#s-open-findings").click()
    expect(frame.locator("#is-open-findings")).to_contain_text("late.py")
    # Hidden and shown again it is drawn anew: as new as it was, and as open.
    stands.open("shop.py")
    stands.command("Vetline: Show How the Project Stands")
    frame = stands.frame(TITLE)
    expect(frame.locator("#is-open-findings")).to_contain_text("late.py")
    expect(frame.locator("#is-gate-pass-rate")).to_be_visible()
