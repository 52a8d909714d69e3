"""The type checker beside us: what it says of texts, and what happens when it says nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vetline import types
from vetline.index import members as member_index
from vetline.worker import Worker
from vetline_analyzers.core.analyzer import Complaint, Facts
from vetline_analyzers.core.text import Snapshot

needed = pytest.mark.skipif(types._program() is None, reason=f"ty {types.VERSION} is not installed")


def said(text, environment=None):
    """What is said of one text."""
    found = types.complaints({"x": text}, environment, 60)
    assert found is not None
    return plain(found["x"])


def plain(complaints):
    """Complaints, after a look at whose they are."""
    assert all(each.by == f"ty {types.VERSION}" for each in complaints)
    return tuple(each._replace(by="") for each in complaints)


@pytest.fixture
def environment(tmp_path):
    """An environment with one small library in it."""
    folder = tmp_path / "environment"
    site = folder / "lib" / "python3.12" / "site-packages"
    site.mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.1\n")
    (site / "small.py").write_text("class Thing:\n    def known(self) -> None: ...\n")
    return folder


@needed
class TestAsked:
    def test_members_of_the_standard_library(self):
        assert said("import os\nos.get_env('a')\nos.getenv('a')\n") == (
            Complaint(1, 3, "os", "get_env"),
        )

    def test_imports_and_columns_in_code_points(self):
        assert said("from json import (\n    parse,\n)\n'éß'; 'é'.foo\n") == (
            Complaint(1, 4, "json", "parse"),
            Complaint(3, 10, "str", "foo"),
        )

    def test_a_library_that_is_installed(self, environment):
        text = "import small\nsmall.absent\nsmall.Thing().unknown()\nsmall.Thing().known()\n"
        assert said(text, environment) == (
            Complaint(1, 6, "small", "absent"),
            Complaint(2, 14, "Thing", "unknown"),
        )
        assert said(text) == ()

    def test_unions_imports_and_what_is_not_known_are_passed_over(self):
        text = "import nothing.there\nnothing.there.x\ndef f(a: str | None):\n    a.foo\n    a.strip()\n"
        assert said(text) == ()

    def test_one_text_does_not_see_another(self):
        texts = {"json": "x = 1\n", "b": "import json\njson.x\n", "c": "from json import loads\n"}
        found = types.complaints(texts, None, 60) or {}
        assert {key: plain(each) for key, each in found.items()} == {
            "json": (),
            "b": (Complaint(1, 5, "json", "x"),),
            "c": (),
        }

    def test_a_text_that_does_not_parse_or_cannot_be_written(self):
        assert said("def (:\n") == ()
        assert said("x = '\ud800'\n") == ()

    def test_settings_of_the_project_and_of_the_shell_are_not_heeded(self, tmp_path, monkeypatch):
        (tmp_path / "pyproject.toml").write_text("[tool.ty]\nno = 1\n")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("TY_CONFIG_FILE", str(tmp_path / "pyproject.toml"))
        monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))
        assert said("import os\nos.get_env\n")

    def test_a_bunch_goes_through_in_its_order(self):
        texts = ["import os\nos.get_env\n", "let x = 1;", "import os\nos.getenv\n"]
        snapshots = [
            Snapshot(f"file:///{n}", "javascript" if "let" in text else "python", 1, text, f"{n}")
            for n, text in enumerate(texts)
        ]
        checker = types.Checker(None, 60)
        assert list(checker.through(iter(snapshots))) == snapshots
        first, second, third = [checker.of(snapshot) for snapshot in snapshots]
        assert (plain(first), second, third) == ((Complaint(1, 3, "os", "get_env"),), None, ())


def stand_in(tmp_path, monkeypatch, body):
    """A program in the place of `ty`."""
    program = tmp_path / "ty"
    program.write_text(f"#!{sys.executable} -I\n{body}\n")
    program.chmod(0o755)
    types._say_once.cache_clear()
    monkeypatch.setattr(types, "_program", lambda _root=None: str(program))


@pytest.mark.skipif(sys.platform == "win32", reason="scripts are no programs there")
@pytest.mark.parametrize(
    "body",
    [
        "raise SystemExit(2)",
        "print('no JSON')",
        "print('{}')",
        "import time; time.sleep(60)",
        "import os; os.kill(os.getpid(), 9)",
    ],
)
def test_one_that_fails_is_silent_and_logged_once(body, tmp_path, monkeypatch, caplog):
    stand_in(tmp_path, monkeypatch, body)
    for _ in range(2):
        assert types.complaints({"x": "import os\n"}, None, 1.0) is None
    assert len(caplog.records) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="scripts are no programs there")
def test_entries_of_another_shape_are_passed_over(tmp_path, monkeypatch):
    body = (
        'print(\'[1, {}, {"description": 3}, {"description": "missing-attribute: Module `a` has no member `b`",'
        ' "location": {"path": "x/9-text.py", "positions": {"end": {"line": 1, "column": 2}}}}]\')'
    )
    stand_in(tmp_path, monkeypatch, body)
    assert types.complaints({"x": ""}, None, 30) == {"x": ()}


def test_without_it_nothing_is_asked(monkeypatch):
    monkeypatch.setattr(types, "_program", lambda _root=None: None)
    monkeypatch.setattr(subprocess, "run", lambda *_a, **_k: pytest.fail("it was run"))
    assert types.complaints({"x": ""}, None, 1) is None
    snapshots = [Snapshot("file:///x", "python", 1, "", "x.py")]
    checker = types.Checker(None, 1)
    assert list(checker.through(snapshots)) == snapshots
    assert checker.of(snapshots[0]) is None


def script(folder, version):
    """A program `ty` that says a version, and notes that it was run."""
    folder.mkdir()
    (folder / "ty").write_text(f"#!/bin/sh\ntouch {folder}/ran\necho ty {version}\n")
    (folder / "ty").chmod(0o755)
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="scripts are no programs there")
def test_another_version_is_not_taken(tmp_path, monkeypatch):
    ours = script(tmp_path / "ours", "9.9.9")
    monkeypatch.setattr(types.sysconfig, "get_path", lambda _name: str(ours))
    assert types._program() is None
    assert (ours / "ran").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="scripts are no programs there")
def test_none_is_taken_from_path_nor_from_where_we_stand(tmp_path, monkeypatch):
    """The folders of an activated environment, and of `npm run`, are the project's."""
    theirs = script(tmp_path / "theirs", types.VERSION)
    (tmp_path / "ours").mkdir()
    monkeypatch.setattr(types.sysconfig, "get_path", lambda _name: str(tmp_path / "ours"))
    monkeypatch.setenv("PATH", os.pathsep.join([".", str(theirs)]), prepend=os.pathsep)
    monkeypatch.chdir(theirs)
    assert types._program() is None
    assert not (theirs / "ran").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="scripts are no programs there")
@pytest.mark.parametrize("linked", ["", "program", "folder"])
def test_none_is_taken_from_below_the_project(tmp_path, monkeypatch, linked):
    """Not even when the interpreter beside it is ours, nor by a link that leads there."""
    theirs = script(tmp_path / "project", types.VERSION)
    ours = theirs
    if linked == "program":
        ours = tmp_path / "ours"
        ours.mkdir()
        (ours / "ty").symlink_to(theirs / "ty")
    elif linked == "folder":
        ours = tmp_path / "ours"
        ours.symlink_to(theirs, target_is_directory=True)
    monkeypatch.setattr(types.sysconfig, "get_path", lambda _name: str(ours))
    assert types.complaints({"x": "x = 1\n"}, None, 9, root=theirs) is None
    assert not types.Checker(None, 9, root=theirs)._is_there
    assert not (theirs / "ran").exists()
    assert types._program(tmp_path / "another") == str(ours / "ty")


@pytest.mark.skipif(sys.platform == "win32", reason="scripts are no programs there")
def test_after_a_rest_it_is_asked_again(tmp_path, monkeypatch):
    clock = [5.0]
    monkeypatch.setattr(types, "now", lambda: clock[0])
    stand_in(tmp_path, monkeypatch, "import time; time.sleep(60)")
    assert types.complaints({"x": ""}, None, 0.5) is None
    stand_in(tmp_path, monkeypatch, "print('[]')")
    clock[0] += 599
    assert types.complaints({"x": ""}, None, 30) is None
    assert types.complaints({"x": ""}, tmp_path, 30) == {"x": ()}, (
        "another environment is another question"
    )
    clock[0] += 2
    assert types.complaints({"x": ""}, None, 30) == {"x": ()}


@pytest.mark.skipif(sys.platform == "win32", reason="scripts are no programs there")
def test_one_that_is_slow_to_tell_its_version_is_asked_again_after_a_rest(tmp_path, monkeypatch):
    clock = [5.0]
    monkeypatch.setattr(types, "now", lambda: clock[0])
    ours = script(tmp_path / "ours", types.VERSION)
    monkeypatch.setattr(types.sysconfig, "get_path", lambda _name: str(ours))
    with monkeypatch.context() as slow:
        slow.setattr(types.subprocess, "run", _expires)
        assert types._program() is None
    clock[0] += 599
    assert types._program() is None
    clock[0] += 2
    assert types._program() == str(ours / "ty")


def _expires(command, **_):
    raise subprocess.TimeoutExpired(command, 1)


@needed
def test_an_editable_install_is_read_and_not_run(tmp_path, environment):
    """What the module says of `.pth` lines."""
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "mine.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nx = 1\n")
    site = environment / "lib" / "python3.12" / "site-packages"
    (site / "mine.pth").write_text(
        f"{sources}\nimport pathlib; pathlib.Path({str(tmp_path / 'ran')!r}).touch()\n"
    )
    text = "import mine\nmine.x\nmine.absent\n"
    assert said(text, environment) == (Complaint(2, 5, "mine", "absent"),)
    assert not (tmp_path / "ran").exists()


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(types.tempfile, "tempdir", str(tmp_path))
    types.complaints({"x": "import os\n"}, None, 60)
    assert not list(Path(tmp_path).iterdir())


def test_what_it_said_reaches_the_analyzer_in_its_process():
    worker = Worker()
    worker.know("", Facts(members=member_index.load()))
    snapshot = Snapshot("file:///x", "python", 1, "import lib\nlib.absent\n", "x.py")
    try:
        said = (Complaint(1, 4, "lib", "absent"),)
        (finding,) = worker.examine(snapshot, ("members",), 30, complaints=said).findings
        assert finding.rule == "member/unknown"
        assert not worker.examine(snapshot, ("members",), 30).findings, "it is of one question"
    finally:
        worker.close()
