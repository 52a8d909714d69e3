"""`vetline sbom` on projects without measure and on disks without space; and settings that steer a screen."""

from __future__ import annotations

import json
import sys

import pytest
from cyclonedx.model.bom import Bom

from vetline.__main__ import main


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "requirements.txt").write_text("".join(f"part-{n}==1.0\n" for n in range(300)))
    return folder


def test_no_part_is_looked_for_among_all(shop, monkeypatch):
    """The library would do so of each one, and 10,000 would take minutes."""
    monkeypatch.setattr(Bom, "register_dependency", lambda *_a, **_k: pytest.fail("looked for"))
    assert main(["sbom", "-o", "bill.json"]) == 0
    bill = json.loads((shop / "bill.json").read_bytes())
    assert len(bill["components"]) == 300
    assert {one["ref"] for one in bill["dependencies"]} == {
        "root", *(one["bom-ref"] for one in bill["components"])
    }  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on files there")
def test_a_full_disk_costs_no_bill_that_is_there(shop, capsys):
    import resource

    (shop / "bill.json").write_text("the one before")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        assert main(["sbom", "-o", "bill.json"]) == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "cannot write bill.json" in capsys.readouterr().err
    assert (shop / "bill.json").read_text() == "the one before"
    assert sorted(path.name for path in shop.iterdir()) == ["bill.json", "requirements.txt"]


@pytest.mark.parametrize("key", ["python", "baseline"])
def test_a_path_that_steers_the_screen_is_no_setting(shop, key, capsys):
    (shop / "vetline.toml").write_text(f'{key} = "\\u001b]0;x\\u0007"\n')
    assert main(["check", "."]) == 2
    error = capsys.readouterr().err
    assert "no control characters" in error
    assert "\x1b" not in error
