"""The whole way in the real VS Code: AI code comes in, is marked, mended, reviewed, signed for, and quiet."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import signers
from playwright.sync_api import expect
from workbench import until

if TYPE_CHECKING:
    from vscode_server import Server
    from workbench import Workbench

BIN = Path(sys.executable).parent
pytestmark = [
    pytest.mark.editor,
    pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no OpenSSH here"),
]

LOAD, SQL = "python/unsafe-yaml-load", "python/sql-from-string"
BLOCK = """

def rows(db, name):
    return db.execute(f"SELECT * FROM orders WHERE name = '{name}' {input()}")


def settings(path):
    return yaml.load(open(path))
"""
PASTED = """

def again(text):
    return yaml.load(text)
"""


@pytest.fixture(scope="module")
def bo(shop: Path, tmp_path_factory) -> signers.Person:
    """Somebody who may sign, as what is committed says, and whose key is the one to sign with here."""
    someone = signers.person(tmp_path_factory.mktemp("keys"), "bo@example.org", signers.PASSPHRASE)
    (shop / ".vetline").mkdir()
    (shop / ".vetline" / "allowed_signers").write_text(someone.line())
    for words in (
        ("config", "gpg.format", "ssh"),
        ("config", "user.signingkey", str(someone.key)),
        ("add", "-A"),
        ("commit", "-q", "-m", "work"),
    ):
        subprocess.run(["git", "-C", str(shop), *words], check=True, timeout=60)
    return someone


def listed(shop: Path, server: Server) -> dict[str, Any]:
    """The one review there is, as the command line tells it."""
    done = subprocess.run(
        [BIN / "vetline", "review", "list", "--output-format", "json"],
        cwd=shop, env=server.environ, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    (request,) = json.loads(done.stdout)["requests"]
    return request


def accept(vs: Workbench, text: str) -> None:
    """Have the assistant offer a text where the caret is, and accept it with Tab."""
    offer = vs.workspace.parent / "offer"
    offer.write_text(text)
    vs.command("Trigger Inline Suggestion")
    vs.page.wait_for_selector(".ghost-text-decoration, .ghost-text")
    vs.press("Tab")
    offer.unlink()
    until(lambda: text.strip().splitlines()[-1] in vs.lines(), "the completion is in the text")


def test_the_whole_way(workbench, shop, server, bo):
    vs = workbench
    vs.open("shop.py")
    expect(vs.squiggles("hint")).to_have_count(1)
    vs.caret(99)
    vs.type("\n\nTOTAL = 1")
    accept(vs, BLOCK)
    vs.paste(PASTED)
    what_the_assistant_wrote_is_marked(vs)

    vs.caret(vs.line_of("yaml.load(open"), 14)
    vs.quick_fix("Fix: Use yaml.safe_load")
    until(lambda: "    return yaml.safe_load(open(path))" in vs.lines(), "the fix is in the text")
    expect(vs.squiggles("error")).to_have_count(1)
    vs.save()
    assert "return yaml.safe_load(open(path))\n" in (shop / "shop.py").read_text()

    a_review_is_asked_for(vs)
    it_is_signed_for(vs)
    request = listed(shop, server)
    assert (request["status"], request["signed"], request["symbol"]) == ("approved", True, "rows")
    assert request["decision"]["note"] == "names come from a fixed list"
    assert vs.outside == [], "nothing is asked for outside this machine"


def what_the_assistant_wrote_is_marked(vs: Workbench) -> None:
    """It counts in full and has a sign; what was typed and pasted is a hint without one."""
    expect(vs.squiggles("error")).to_have_count(2)
    expect(vs.squiggles("hint")).to_have_count(2)
    first, last = vs.line_of("def rows") - 1, vs.line_of("yaml.load(open")
    until(lambda: vs.signs() == set(range(first, last + 1)), "the block has its signs")
    problems = until(lambda: [text for text in vs.problems() if "[AI: " in text], "Problems has it")
    assert [rule for rule in (SQL, LOAD) if sum(rule in text for text in problems) == 1] == [
        SQL,
        LOAD,
    ]
    assert all("[AI: example.assistant]" in text for text in problems), "who wrote it is said"
    for scheme in ("light", "dark"):
        vs.theme(scheme)
        said = vs.hovered("rows")
        assert "example.assistant" in said, said
        assert "Ada" in said, "for whom"
        vs.picture(f"vscode-findings-{scheme}")


def a_review_is_asked_for(vs: Workbench) -> None:
    vs.caret(vs.line_of("db.execute"), 30)
    vs.quick_fix("Request human security review")
    asked = ["review requested by Ada", "Approve…", "Reject…"]
    until(lambda: vs.lenses() == asked, "the lenses say so")
    vs.command("Vetline: Focus on Pending Reviews View")
    waiting = vs.tree("Pending Reviews").filter(has_text="rows")
    expect(waiting).to_contain_text("pending · Ada")
    vs.picture("flow-review")

    waiting.click()
    panel = vs.frame("rows")
    expect(panel.get_by_text("db.execute").first).to_be_visible()
    expect(panel.get_by_role("button", name="Approve")).to_be_visible()
    vs.press("Control+J")  # the Problems make room
    vs.page.wait_for_selector(".markers-panel", state="hidden")
    vs.pictures("panel")
    vs.command("View: Close Editor")
    vs.page.wait_for_selector(".tab.active[data-resource-name='shop.py']")


def it_is_signed_for(vs: Workbench) -> None:
    """The person gives a note and their passphrase, and it is quiet."""
    vs.lens("Approve…").click()
    vs.answer("names come from a fixed list")
    vs.page.wait_for_selector(".quick-input-box input[type=password]")
    vs.answer(signers.PASSPHRASE)
    until(lambda: vs.lenses() == [], "the lenses are gone")
    expect(vs.squiggles("error")).to_have_count(0)
    expect(vs.squiggles("info")).to_have_count(0)
    expect(vs.tree("Pending Reviews").filter(has_text="pending")).to_have_count(0)
    expect(vs.tree("Pending Reviews").filter(has_text="Decided")).to_have_count(1)
    vs.picture("flow-approved")
    said = "\n".join([*vs.console, *vs.notices(), vs.server.log.read_text("utf-8")])
    assert signers.PASSPHRASE not in said
