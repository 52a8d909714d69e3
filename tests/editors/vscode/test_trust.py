"""A folder that nobody trusts yet runs nothing of its own."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from vscode_server import Server, until
from workbench import window

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.editor


@pytest.fixture
def wary(tmp_path: Path, there: None, vsix: Path, around: dict[str, str]) -> Iterator[Server]:
    """A VS Code that was not told to trust anything, with our extension."""
    started = Server(tmp_path / "vscode", around, trusts=False)
    try:
        started.extend(vsix)
        started.start()
        yield started
    finally:
        started.stop()


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder that names programs of its own to run, each of which leaves a mark beside it."""
    root = tmp_path / "trap"
    program = f"#!/bin/sh\ntouch '{tmp_path}/sprung'\nexit 1\n"
    for name in ("evil", ".venv/bin/python", ".venv/bin/vetline"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(program)
        (root / name).chmod(0o755)
    (root / ".vscode").mkdir()
    settings = {"vetline.path": f"{root}/evil", "vetline.interpreter": f"{root}/evil"}
    (root / ".vscode" / "settings.json").write_text(json.dumps(settings))
    (root / "shop.py").write_text("import yaml\n\n\ndef f(t):\n    return yaml.load(t)\n")
    return root


def test_nothing_of_an_untrusted_folder_is_run(wary, trap, browser, tmp_path):
    with window(browser, wary, trap) as vs:
        vs.ready()
        vs.open("shop.py")
        vs.command("Vetline: Focus on Findings View")
        # The VSIX of the tests has no server inside, and no other may run here.
        said = "In a workspace that you do not trust only the bundled server runs"
        expect(vs.page.get_by_text(said)).to_be_visible()
        # The search for a server is over.
        status = vs.page.locator("[id='status.languageStatus'] a")
        expect(status).to_have_attribute("aria-label", re.compile("Vetline is not running"))
        vs.picture("untrusted")
        assert vs.squiggles().count() == 0
    assert not (tmp_path / "sprung").exists()


def test_the_same_folder_trusted_may_run_its_own(server, trap, browser, tmp_path):
    with window(browser, server, trap) as vs:
        vs.ready()
        vs.open("shop.py")
        until((tmp_path / "sprung").exists, "the environment of the folder is tried")
