"""Copies of the index that are damaged or lie, and dates and names that were made up."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date

import pytest

from vetline import index
from vetline.__main__ import main
from vetline.index import layout
from vetline.index.update import update
from vetline_analyzers.core.universe import Ecosystem


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A refreshed copy in the user's cache, newer than what comes with the program."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(index, "_told", set())
    for eco, names in (("pypi", "requests\nflask\n"), ("npm", "express\nreact\n")):
        (tmp_path / eco).write_text(names)
    folder = tmp_path / "cache" / "vetline" / "index" / "2098-01-01-00000000"
    lists = [f"--{eco}={tmp_path / eco}" for eco in ("pypi", "npm")]
    assert main(["index", "build", *lists, "--date", "2098-01-01", "-o", str(folder)]) == 0
    assert index.load().folder == folder
    yield folder
    index._check.cache_clear()
    index.opened.at.cache_clear()


def lying(folder, change):
    """A copy beside another one, with another manifest."""
    other = folder.with_name("2099-01-01-00000000")
    shutil.copytree(folder, other)
    manifest = json.loads((other / layout.MANIFEST).read_bytes())
    manifest["as_of"] = "2099-01-01"
    change(manifest)
    (other / layout.MANIFEST).write_text(json.dumps(manifest))
    return other


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.update(as_of="2099-99-99"),
        lambda m: m.update(namespaces={"google": 5}),
        lambda m: m.update(namespaces=[1]),
        lambda m: m.update(modules="many"),
        lambda m: m["counts"].pop("npm"),
        lambda m: m["counts"]["npm"].update(ranked="all"),
        lambda m: m["counts"]["npm"].update(whole="yes"),
        lambda m: m["counts"]["npm"].update(as_of="2026-77-77"),
        lambda m: m.update(sources=[{"what": "names", "origin": 1, "licence": []}]),
        lambda m: m["files"]["npm.young"].update(size=-1),
    ],
)  # fmt: skip
def test_a_manifest_that_lies_is_passed_over(copy, change, caplog, capsys):
    other = lying(copy, change)
    assert index.load().folder == copy
    assert str(other) in caplog.text
    assert main(["index", "status"]) == 0


@pytest.mark.parametrize("name", ["pypi.marisa", "pypi.ranks", "npm.near", "modules.marisa"])
def test_a_damaged_file_of_the_right_size_is_found_before_it_is_asked(copy, name, caplog):
    other = lying(copy, lambda _: None)
    assert index.load().folder == other
    index._check.cache_clear()
    index.opened.at.cache_clear()
    raw = bytearray((other / name).read_bytes() or b"\0")
    raw[-1] ^= 0xFF
    (other / name).write_bytes(raw)
    assert index.load().folder == copy
    assert str(other) in caplog.text


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2026-13-01", "now"])
def test_a_day_without_registries_is_wrong_usage(tmp_path, day, capsys):
    (tmp_path / "npm").write_text("a\n")
    words = ["--npm", str(tmp_path / "npm"), "--date", day, "-o", str(tmp_path / "out")]
    assert main(["index", "build", *words]) == 2
    assert repr(day) in capsys.readouterr().err


def test_a_place_that_steers_the_screen_is_made_visible(tmp_path, capsys):
    (tmp_path / "list").write_text("a\n")
    lists = [f"--{eco}={tmp_path / 'list'}" for eco in ("pypi", "npm")]
    out = tmp_path / "\x1b[31m"
    assert main(["index", "build", *lists, "--date", "2026-01-01", "-o", str(out)]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_what_a_killed_update_left_is_swept_away_and_what_is_at_work_is_not(copy, monkeypatch):
    monkeypatch.setattr(index, "EMBEDDED", copy)
    left, busy = copy.with_name(".vetline-left"), copy.with_name(".vetline-busy")
    for folder in (left, busy):
        folder.mkdir()
        (folder / "npm.marisa").write_bytes(b"half")
    os.utime(left, (1, 1))
    update({Ecosystem.PYPI: ["requests", "flask"]}, index.load(), date(2098, 2, 1))
    assert not left.exists()
    assert busy.exists()
    assert not copy.exists()
