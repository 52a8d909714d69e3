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
