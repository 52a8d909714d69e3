"""What the extension shows in the real VS Code: signs, who wrote a line, the status, the trees, the panel of a review."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import signers
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from vscode_server import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Frame
    from vscode_server import Server
    from workbench import Workbench

BIN = Path(sys.executable).parent
pytestmark = [
    pytest.mark.editor,
    pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no OpenSSH here"),
]
WRITTEN = """import yaml


def load(text):
    return yaml.load(text)


def find(db, name):
    query = f"SELECT * FROM users WHERE name = '{name}'"
    return db.execute(query).fetchall()
"""
FIRST, LAST = 1, 10  # lines of it
TYPED = "\n\nLIMIT = 1\n"
NOTE = "is the <b>name</b> safe & sound?"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Path:
    """A repository in which an agent wrote most of a file, a review waits, and Bo has the key to sign with."""
    root = tmp_path_factory.mktemp("view") / "shop"
    root.mkdir()
    bo = signers.person(tmp_path_factory.mktemp("keys"), "bo@example.org", signers.PASSPHRASE)
    file = root / "shop.py"
    file.write_text(WRITTEN)

    def run(*words: object, told: object = None) -> None:
        subprocess.run(
            [str(word) for word in words], cwd=root, env=dict(server.environ), timeout=60, check=True,
            input=json.dumps(told).encode(), capture_output=True,
        )  # fmt: skip

    run("git", "init", "-q", "-b", "main")
    own = {"user.name": "Ada", "user.email": "ada@example.org", "gpg.format": "ssh"}
    for name, value in {**own, "user.signingkey": bo.key}.items():
        run("git", "config", name, value)
    common = {
        "session_id": "7c1f03ab-55aa", "prompt_id": "0d2f", "cwd": str(root),
        "transcript_path": str(root.parent / "7c1f.jsonl"),
    }  # fmt: skip
    asked = {"hook_event_name": "UserPromptSubmit", "prompt": "search users by name"}
    given = {"file_path": str(file), "content": WRITTEN}
    wrote = {
        "hook_event_name": "PostToolUse",
        "tool_name": "Write",
        "tool_use_id": "t",
        "tool_input": given,
    }
    for event in (asked, {**wrote, "tool_response": {"type": "create"}}):
        run(BIN / "vetline", "hook", "claude-code", told={**common, **event})
    file.write_text(WRITTEN + TYPED)
    (root / ".vetline").mkdir()
    (root / ".vetline" / "allowed_signers").write_text(bo.line())
    run("git", "add", "-A")
    run("git", "commit", "-q", "-m", "work")
    run(BIN / "vetline", "review", "request", "shop.py:9", "--note", NOTE)
    return root


@pytest.fixture(scope="module")
def vs(window: Callable[..., Workbench], project: Path) -> Workbench:
    """A window on the project, its file open."""
    opened: Workbench = window(project)
    opened.open("shop.py")
    return opened


def signs(vs: Workbench) -> list[str]:
    """The shapes of the signs in the gutter, from the top."""
    found = vs.editor.locator(".glyph-margin-widgets .cgmr").evaluate_all(
        "all => all.map(one => [parseFloat(one.style.top), getComputedStyle(one).backgroundImage])"
        ".filter(([, image]) => image.includes('svg+xml')).sort((a, b) => a[0] - b[0]).map(([, image]) => image)"
    )
    return [base64.b64decode(one.partition("base64,")[2].rstrip('")')).decode() for one in found]


def kinds(vs: Workbench) -> list[str]:
    """What the signs stand for: `#` an AI's first line, `|` more of it, `%` partly an AI's."""
    table = (('stroke-width="1.5"', "%"), ("V16", "|"), ("L", "?"), ("fill=", "#"))
    return [next((mark for part, mark in table if part in one), one) for one in signs(vs)]


def shown(vs: Workbench) -> Frame:
    """The document in the review panel's webview."""
    outer = vs.page.wait_for_selector("iframe.webview.ready").content_frame()
    assert outer
    inner = outer.wait_for_selector("iframe#active-frame").content_frame()
    assert inner
    inner.wait_for_selector("h1")
    return inner


def faults(where: Any) -> list[str]:
    """What axe finds wrong."""
    return [
        f"{one['id']}: {node['html'][:200]}"
        for one in Axe().run(where).response["violations"]
        for node in one["nodes"]
    ]


def test_signs_stand_beside_what_an_agent_wrote_and_nowhere_else(vs):
    expected = ["#", *"|" * (LAST - FIRST)]
    until(lambda: kinds(vs) == expected, "the signs stand there")
    vs.command("Vetline: Toggle the Signs of Lines That an AI Wrote")
    until(lambda: signs(vs) == [], "they are gone")
    vs.command("Vetline: Toggle the Signs of Lines That an AI Wrote")
    until(lambda: kinds(vs) == expected, "they are back")
    vs.theme("light")
    until(lambda: "#8250df" in "".join(signs(vs)), "they have the theme's colour")
    vs.theme("contrast")
    until(lambda: "#d9b3ff" in "".join(signs(vs)), "they have the colour of high contrast")
    vs.theme("dark")


def test_what_a_person_changes_gets_another_sign(vs):
    vs.caret(5, 18)
    vs.type("safe_")
    until(lambda: kinds(vs)[4:5] == ["%"], "the line is partly an AI's")
    for _ in "safe_":
        vs.press("Backspace")
    vs.save()


def test_all_that_is_known_of_a_line_is_listed(vs):
    vs.caret(2)
    vs.command("Vetline: Show Who Wrote This Line")
    rows = vs.page.locator(".quick-input-list .monaco-list-row")
    rows.first.wait_for()
    told = " ".join(rows.all_text_contents())
    assert "Agentclaude-code" in told
    assert "Session7c1f03ab-55aa" in told
    assert "Prompt digest" in told
    vs.press("Escape")


def test_the_language_status_tells_lines_and_reviews(vs):
    vs.focus()
    vs.page.locator(".statusbar-item[id='status.languageStatus']").hover()
    hover = vs.page.locator(".monaco-hover .hover-language-status")
    hover.first.wait_for()
    told = until(
        lambda: "waiting" in (text := " | ".join(hover.all_text_contents())) and text, "all is told"
    )
    assert "10 of 13 lines by an AI" in told
    assert "1 review waiting" in told
    vs.picture("view-status")
    vs.press("Escape")


def test_the_trees_hold_findings_reviews_and_sessions(vs):
    vs.command("Vetline: Focus on Findings View")
    expect(vs.tree("Findings").filter(has_text="High")).to_have_count(1)
    expect(vs.tree("Findings").filter(has_text="shop.py:5").first).to_be_visible()
    vs.command("Vetline: Focus on Pending Reviews View")
    expect(vs.tree("Pending Reviews").filter(has_text="find")).to_have_count(1)
    expect(vs.tree("Sessions").filter(has_text="claude-code")).to_have_count(1)
    vs.picture("view-trees")


def test_what_goes_wrong_with_a_decision_is_said_once(vs):
    vs.focus()
    vs.lens("Approve…").click()
    vs.answer("fine")
    vs.page.wait_for_selector(".quick-input-box input[type=password]")
    vs.press("Escape")
    vs.command("Notifications: Show Notifications")
    said = vs.page.locator(".notifications-center .notification-list-item")
    expect(said).to_have_count(1)
    vs.command("Notifications: Clear All Notifications")
    assert "review requested by Ada" in vs.lenses()


def test_a_review_is_asked_for_in_the_tree_of_a_file_that_is_not_open(vs, project):
    (project / "other.py").write_text(
        "import yaml\n\n\ndef read(text):\n    return yaml.load(text)\n"
    )
    vs.command("Vetline: Scan Workspace")
    vs.command("Vetline: Focus on Findings View")
    group = vs.tree("Findings").filter(has_text="Outside the Scope")
    group.click()
    row = vs.tree("Findings").filter(has_text="other.py:5").first
    row.hover()
    row.locator(".action-label[aria-label*='Request Human Security Review']").click()
    vs.page.wait_for_selector(".tab.active[data-resource-name='other.py']")
    until(lambda: "review requested by Ada" in vs.lenses(), "its lens is there")
    expect(vs.tree("Pending Reviews").filter(has_text="other.py")).to_have_count(1)
    expect(vs.page.locator(".statusbar-item", has_text="requested")).to_have_count(1)
    expect(vs.page.locator(".notification-toast")).to_have_count(0)
    vs.press("Control+F4")


def test_a_review_is_read_and_decided_by_keyboard_in_its_panel(vs, project, server):
    vs.command("Vetline: Open Review…")
    vs.page.locator(".quick-input-list .monaco-list-row", has_text="find").click()
    page = shown(vs)
    assert NOTE in page.locator("main").inner_text()
    assert page.locator("main b").count() == 0
    for part in (
        "claude-code",
        "7c1f03ab-55aa",
        "Prompt digest",
        "python/sql-from-string",
        "trigger/database",
    ):
        assert part in page.locator("main").inner_text(), part
    for scheme in ("dark", "light", "contrast"):
        vs.theme(scheme)
        page.wait_for_selector(
            {"dark": ".vscode-dark", "light": ".vscode-light", "contrast": ".vscode-high-contrast"}[
                scheme
            ]
        )
        assert faults(page) == [], scheme
        vs.picture(f"view-review-{scheme}")
    vs.theme("dark")

    page.locator("[data-act=reject]").focus()
    vs.press("Enter")
    expect(page.locator("#outcome")).to_contain_text("Say in the note what is wrong")
    expect(page.locator("#note")).to_be_focused()
    vs.type("names come from a fixed list")
    vs.press("Tab")
    expect(page.locator("[data-act=approve]")).to_be_focused()
    vs.press("Enter")
    vs.page.wait_for_selector(".quick-input-box input[type=password]")
    vs.answer(signers.PASSPHRASE)
    # The document is another one by now.
    page = vs.page.frame_locator("iframe.webview.ready").frame_locator("iframe#active-frame")
    expect(page.locator(".status")).to_contain_text("Approved")
    expect(page.locator("ol")).to_contain_text("names come from a fixed list")
    expect(page.locator("#outcome")).to_contain_text("The review is approved now")
    expect(page.locator("#note")).to_have_value("")
    expect(vs.tree("Pending Reviews").filter(has_text="Decided")).to_have_count(1)
    listed = subprocess.run(
        [BIN / "vetline", "review", "list", "--output-format", "json"],
        cwd=project, env=dict(server.environ), capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    requests = json.loads(listed.stdout)["requests"]
    (request,) = [one for one in requests if one["symbol"] == "find"]
    assert (request["status"], request["signed"]) == ("approved", True)


def test_the_walkthrough_has_its_four_steps(vs):
    vs.command("Welcome: Open Walkthrough...")
    row = vs.page.locator(".quick-input-list .monaco-list-row", has_text="Get Started with Vetline")
    row.first.click()
    steps = vs.page.locator(".gettingStartedContainer .step-list-container .getting-started-step")
    expect(steps).to_have_count(4)
    vs.picture("view-walkthrough")
    vs.press("Control+F4")


def test_nothing_was_asked_of_the_outside(vs):
    assert vs.outside == []
