"""Fixes put into texts, and texts put into files: nothing is damaged, whatever the fixes say."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetline import disk, files
from vetline.worker import Worker
from vetline_analyzers.core.finding import Fix
from vetline_analyzers.core.text import Edit, Snapshot, Span, apply
from vetline_analyzers.engine.mending import errors, fitting, mend


def snap(text: str, language: str = "python") -> Snapshot:
    return Snapshot("file:///x", language, 0, text, "x")


def fix(*edits: tuple[int, int, str]) -> Fix:
    return Fix("t", tuple(Edit(Span(start, end), text) for start, end, text in edits), safe=True)


def test_of_fixes_that_overlap_the_first_by_place_is_made():
    snapshot = snap("abcdef", "text")
    assert mend(snapshot, [fix((3, 5, "X")), fix((0, 2, "Y")), fix((4, 6, "Z"))]) == (
        "YcXf",
        (1, 0),
        (),
    )
    # One whose second edit does not fit stays out as a whole.
    assert mend(snapshot, [fix((0, 1, "X")), fix((1, 2, "Y"), (0, 1, "Z"))]).text == "Xbcdef"


def test_one_edit_that_two_fixes_make_is_made_once():
    both = [fix((0, 0, "import os\n"), (4, 5, "A")), fix((0, 0, "import os\n"), (2, 3, "B"))]
    assert mend(snap("f(x,y)", "text"), both) == ("import os\nf(B,A)", (0, 1), ())
    others = [fix((0, 0, "import os\n"), (2, 3, "B")), fix((0, 0, "import re\n"), (4, 5, "A"))]
    assert mend(snap("f(x,y)", "text"), others).done == (0,)


def test_what_would_parse_worse_is_left_out_and_nothing_else():
    text = "a = f(1)\nb = g(2)\nc = h(3)\n"
    at = [text.index(word) for word in "fgh"]
    fixes = [
        fix((at[0], at[0] + 1, "F")),
        fix((at[1], at[1] + 2, "G")),
        fix((at[2], at[2] + 1, "H")),
    ]
    mended = mend(snap(text), fixes)
    assert mended == ("a = F(1)\nb = g(2)\nc = H(3)\n", (0, 2), (1,))
    # Where there is no grammar nobody can tell.
    assert mend(snap(text, "text"), fixes).spoiling == ()


def test_a_text_that_does_not_parse_can_be_mended():
    broken = "def f(:\n    x = (\nyaml.load(y)\n"
    at = broken.index("load")
    assert errors(snap(broken), broken) > 0
    assert mend(snap(broken), [fix((at, at + 4, "safe_load"))]).done == (0,)


def test_line_ends_are_those_of_the_text():
    assert mend(snap("a\r\nb", "text"), [fix((0, 0, "x\ny\n"))]).text == "x\r\ny\r\na\r\nb"
    assert mend(snap("a\nb", "text"), [fix((0, 0, "x\r\n"))]).text == "x\na\nb"


EDITS = st.tuples(st.integers(0, 30), st.integers(0, 4), st.text("xy\n", max_size=3)).map(
    lambda made: Edit(Span(made[0], made[0] + made[1]), made[2])
)
FIXES = st.lists(
    st.lists(EDITS, max_size=3).map(lambda edits: Fix("t", tuple(edits), safe=True)), max_size=12
)


@given(FIXES)
def test_fixes_that_fit_are_apart_and_of_the_others_none_would(fixes):
    snapshot = snap("abcdefghijklmnopqrstuvwxyz0123456789", "text")
    numbers, native = fitting(snapshot, fixes)
    made = {edit for number in numbers for edit in native[number]}
    spans = sorted(edit.span for edit in made)
    assert not any(one.overlaps(two) for one, two in pairwise(spans))
    for number, other in enumerate(fixes):
        new = {*other.edits} - made
        apart = not any(one.span.overlaps(two.span) for one, two in pairwise(sorted(new)))
        free = not any(span.overlaps(edit.span) for edit in new for span in spans)
        if number not in numbers and other.edits and apart:
            assert not free
    assert mend(snapshot, fixes).text == apply(snapshot.text, made)


def test_a_worker_mends():
    worker = Worker()
    try:
        assert worker.mend(snap("f(x)\n"), [fix((0, 1, "g"))], 20.0) == ("g(x)\n", (0,), ())
        worker.close()
        assert worker.mend(snap("f(x)\n"), [fix((0, 1, "g"))], 20.0) == "closed"
    finally:
        worker.close()


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "cp1252"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(st.text("aé\r\n", max_size=20))
def test_a_text_that_is_not_changed_keeps_its_bytes(encoding, text):
    head = f"# coding: {encoding}\n" if encoding in {"latin-1", "cp1252"} else ""
    raw = (head + text).encode(encoding)
    decoded, _ = files.decode(raw, "python")
    assert files.encode(decoded, raw, "python") == raw
    assert files.decode(files.encode(decoded + "é", raw, "python"), "python")[0] == decoded + "é"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"\xff", "is not plain UTF-8"),
        (b"# coding: klingon\n", "declares an encoding we do not know"),
        (b"# coding: ascii\n", "is not plain ASCII"),
    ],
)
def test_what_cannot_be_written_back_is_refused(raw, why):
    with pytest.raises(ValueError, match=why):
        files.encode("é", raw, "python")


def test_a_file_is_replaced_at_once_and_keeps_its_mode(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o640)
    inode = path.stat().st_ino
    disk.replace(path, b"old", b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.stat().st_ino != inode
    assert [*tmp_path.iterdir()] == [path]


def test_what_others_may_not_read_they_cannot_read_meanwhile(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o600)
    seen: list[int] = []
    sync = os.fsync

    def look(handle: int) -> None:
        seen.append(os.fstat(handle).st_mode & 0o777)
        sync(handle)

    monkeypatch.setattr(os, "fsync", look)
    disk.replace(path, b"old", b"new")
    assert seen == [0o600]


@pytest.mark.parametrize("now", [b"other", b"old and more", b"ol"])
def test_a_file_that_has_changed_is_not_replaced(tmp_path, now):
    path = tmp_path / "a"
    path.write_bytes(now)
    with pytest.raises(OSError, match="is another text by now"):
        disk.replace(path, b"old", b"new")
    assert path.read_bytes() == now
    assert [*tmp_path.iterdir()] == [path]


def test_a_file_in_a_folder_that_is_gone_or_locked_is_said(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError):
        disk.replace(tmp_path / "x" / "a", b"", b"")
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        disk.replace(path, b"old", b"new")
    assert path.read_bytes() == b"old"
    assert [*Path(tmp_path).iterdir()] == [path]
