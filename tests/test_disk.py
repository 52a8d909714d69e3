"""Files of anybody's are read to a bound, and nothing but files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vetline import disk


def test_a_file_is_read_to_the_limit_and_not_beyond(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"\xef\xbb\xbfx\xff")
    assert disk.read(path, 5) == b"\xef\xbb\xbfx\xff"
    assert disk.text(path, 5) == "x\ufffd"
    assert disk.head(path, 3) == b"\xef\xbb\xbf"
    with pytest.raises(disk.TooLargeError, match=r"is 0\.0 MB, over the limit of 0\.0 MB"):
        disk.read(path, 4)
    assert disk.text(path, 4) == ""


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("/dev/zero", "is not a regular file"),
        ("/", "is a folder"),
        ("a\0b", "is not a possible file name"),
        ("/nowhere/at/all", "cannot be read: no such file or directory"),
    ],
)
def test_what_is_no_file_is_not_read(name, says):
    with pytest.raises(OSError) as said:  # noqa: PT011 - the words are compared below
        disk.read(Path(name), 10)
    assert disk.reason(said.value) == says
    assert disk.text(Path(name), 10) == ""


def test_a_pipe_is_not_waited_for(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="is not a regular file"):
        disk.read(tmp_path / "pipe", 10)
    # It took the place of a file between the look and the opening.
    monkeypatch.setattr(disk.stat, "S_ISREG", lambda _: True)
    assert disk.head(tmp_path / "pipe", 10) == b""


@pytest.mark.parametrize(
    ("names", "is_one"),
    [
        ("pyvenv.cfg bin lib", True),
        ("pyvenv.cfg Scripts Lib a.py", True),
        ("pyvenv.cfg", False),
        ("pyvenv.cfg lib", False),
        ("bin lib", False),
    ],
)
def test_a_virtual_environment_is_told_by_all_it_has(names, is_one):
    assert disk.is_virtualenv(set(names.split())) is is_one


def test_a_file_is_written_whole_and_keeps_its_mode_and_its_links(tmp_path):
    path, link = tmp_path / "a", tmp_path / "link"
    disk.write(path, b"one")
    path.chmod(0o640)
    link.symlink_to(path)
    disk.write(link, b"two")
    assert (path.read_bytes(), link.is_symlink()) == (b"two", True)
    assert path.stat().st_mode & 0o777 == 0o640
    umask = os.umask(0o022)
    try:
        disk.write(tmp_path / "b", b"")
    finally:
        os.umask(umask)
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("there", [False, True])
def test_what_cannot_be_written_leaves_all_as_it_was(tmp_path, monkeypatch, there):
    path = tmp_path / "a"
    if there:
        path.write_bytes(b"one")

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        disk.write(path, b"two" * 1000)
    assert [each.name for each in tmp_path.iterdir()] == ["a"] * there
    assert not there or path.read_bytes() == b"one"


def test_what_may_not_be_written_is_said(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"one")
    path.chmod(0o444)
    with pytest.raises(OSError, match="is read-only"):
        disk.write(path, b"two")
    with pytest.raises(OSError, match="directory"):
        disk.write(tmp_path / "nowhere" / "a", b"two")
    with pytest.raises(OSError, match="directory"):
        disk.write(tmp_path, b"two")


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no files of open files")
def test_devices_and_what_a_shell_has_open_are_written_to(tmp_path):
    disk.write("/dev/null", b"x")
    path = tmp_path / "a"
    with path.open("wb") as stream:
        number = path.stat().st_ino
        disk.write(f"/dev/fd/{stream.fileno()}", b"x")
    assert (path.stat().st_ino, path.read_bytes()) == (number, b"x")
