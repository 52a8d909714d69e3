"""Where things belong: work trees, names of files in them, folders for what we keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from repositories import sh, tree

from vetline import places, stores
from vetline.places import place_of, resolved, spelled, subject

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = tree(tmp_path / "shop", "app/db.py")
    sh(root, "init", "-q")
    return root


def test_a_file_belongs_to_its_work_tree(shop, tmp_path):
    place = place_of(str(shop / "app" / "new" / "deep.py"))
    assert place.base == str(shop)
    assert place.folders[0] == str(shop / ".git" / "vetline")
    assert place.folders[1:] == places.state_folder(str(shop / ".git"))
    assert place.former == places.state_folder(str(shop))
    assert place_of(str(shop)) == place
    assert subject(place, str(shop / "app/db.py")) == "app/db.py"
    assert subject(place, str(tmp_path / "shopping.py")) == f"{tmp_path.as_posix()}/shopping.py"
    assert not list(tmp_path.glob("**/vetline"))


def test_the_ledger_lies_in_the_same_place(shop):
    place, location = place_of(str(shop)), stores.locate(shop / "app")
    assert tuple(map(str, location.folders)) == place.folders
    assert tuple(map(str, location.former)) == place.former
    assert str(location.base) == place.base


def test_work_trees_share_a_folder_and_not_a_base(shop, tmp_path):
    sh(shop, "commit", "-q", "--allow-empty", "-m", "x")
    sh(shop, "worktree", "add", "-q", str(tmp_path / "other"))
    ours, other = place_of(str(shop)), place_of(str(tmp_path / "other" / "app"))
    assert ours.folders == other.folders
    assert other.base == str(tmp_path / "other")


def test_a_file_outside_any_repository_is_named_whole(tmp_path):
    place = place_of(str(tmp_path / "notes" / "a.py"))
    assert place == ("", (str(tmp_path / "state" / "vetline" / "files"),), ())
    assert subject(place, str(tmp_path / "notes/a.py")) == (tmp_path / "notes/a.py").as_posix()


def test_scenario_44_links_lead_to_one_name(shop, tmp_path):
    (tmp_path / "link").symlink_to(shop)
    place = place_of(str(tmp_path / "link" / "app" / "new.py"))
    assert place == place_of(str(shop / "app" / "new.py"))
    for path in ("link/app/new.py", "shop/app/../app/new.py", "shop//app/new.py"):
        assert subject(place, str(tmp_path / path)) == "app/new.py"


def test_scenario_44_a_drive_is_spelled_in_one_way():
    for path in ("/c:/shop/a.py", "c:/shop/a.py", "\\c:/shop/a.py"):
        assert spelled(path, windows=True) == "c:/shop/a.py"
    assert spelled("/c:/shop/a.py", windows=False) == "/c:/shop/a.py"
    assert spelled("/", windows=True) == "/"
    assert spelled("//server/share", windows=True) == "//server/share"


def test_a_path_that_cannot_be_is_a_value_error(shop):
    for ask in (place_of, resolved, lambda path: subject(place_of(str(shop)), path)):
        with pytest.raises(ValueError, match="null"):
            ask("a\0b")


def test_who_has_no_home_has_no_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert place_of(str(tmp_path / "a.py")).folders == ()
    assert places.state_folder("x") == ()
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "")
    assert places.state_folder("x") == ()


def test_a_pointer_to_no_repository_is_passed_over(shop):
    (shop / "app" / ".git").write_text("gitdir: /nowhere\n")
    assert place_of(str(shop / "app" / "db.py")).base == str(shop)
    (shop / "loop").symlink_to("loop")
    assert place_of(str(shop / "loop" / "x.py")).base == str(shop)
