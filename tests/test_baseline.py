"""The baseline file: its grammar, its matching, its key."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetline import baseline
from vetline.baseline import BaselineError, Entry

ONE = Entry("0123456789abcdef0123", "python/yaml-load", "shop/app.py")
TWO = Entry("fedcba98765432100000", "bandit/B608", "shop/a b.py")


def test_the_file_is_sorted_and_the_same_for_the_same_findings():
    text = baseline.render([TWO, ONE])
    assert text == baseline.render([ONE, TWO])
    assert text.split("\n")[1:] == [
        "0123456789abcdef0123 python/yaml-load shop/app.py",
        "fedcba98765432100000 bandit/B608 shop/a b.py",
        "",
    ]


paths = st.text(st.characters(exclude_characters="\0"), min_size=1)


@given(st.lists(st.builds(lambda path: ONE._replace(path=path), paths)))
def test_whatever_a_file_is_called_is_read_back(entries):
    assert baseline.parse(baseline.render(entries), "b") == Counter(entries)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "b:1: this is not a baseline"),
        ("# vetline baseline 2: later\n", "b:1: version 2"),
        ("# vetline baseline 1\n\nnonsense\n", "b:3: expected 'fingerprint rule path'"),
        ("# vetline baseline 1\n<<<<<<< HEAD\n", "b:2: .* resolve the merge conflict"),
        ('# vetline baseline 1\n0123456789abcdef0123 a/b "x\n', "b:2: expected"),
    ],
)
def test_a_malformed_file_says_which_line(text, says):
    with pytest.raises(BaselineError, match=says):
        baseline.parse(text, "b")


def test_line_ends_of_windows_and_comments_are_read():
    text = baseline.render([ONE]).replace("\n", "\r\n") + "# a note\r\n"
    assert baseline.parse(text, "b") == Counter([ONE])


def test_each_entry_accepts_one_finding():
    assert baseline.accept(Counter([ONE]), [ONE, ONE, TWO], lambda _: True) == [True, False, False]


def test_a_renamed_file_keeps_what_was_accepted_and_a_copy_does_not():
    moved = ONE._replace(path="shop/new.py")
    assert baseline.accept(Counter([ONE]), [moved], lambda _: False) == [True]
    assert baseline.accept(Counter([ONE]), [moved], lambda _: True) == [False]


def test_what_stays_goes_before_what_moved():
    moved = ONE._replace(path="a_new.py")
    assert baseline.accept(Counter([ONE]), [moved, ONE], lambda _: False) == [False, True]


def test_no_baseline_no_merge_marker_no_binary(tmp_path):
    with pytest.raises(BaselineError, match="the baseline cannot be read: no such file"):
        baseline.load(tmp_path / "none")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BaselineError, match="not UTF-8"):
        baseline.load(tmp_path / "binary")


def test_the_key_is_made_once(tmp_path):
    assert baseline.key(tmp_path) == b""
    made = baseline.make_key(tmp_path)
    assert len(made) == 32
    assert baseline.key(tmp_path) == baseline.make_key(tmp_path) == made
    assert [path.name for path in (tmp_path / ".vetline").iterdir()] == ["fingerprint-key"]


@pytest.mark.parametrize("content", ["", "not hex", "00ff", "\u00e9"])
def test_a_broken_key_is_said(tmp_path, content):
    (tmp_path / ".vetline").mkdir()
    (tmp_path / ".vetline" / "fingerprint-key").write_text(content, "utf-8")
    with pytest.raises(BaselineError, match="not a key of 32 bytes"):
        baseline.key(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="pipes and devices of POSIX")
def test_what_has_no_end_is_not_read(tmp_path):
    (tmp_path / ".vetline").mkdir()
    os.mkfifo(tmp_path / ".vetline" / "fingerprint-key")
    os.mkfifo(tmp_path / ".vetline" / "baseline")
    with pytest.raises(BaselineError, match="the key is not a regular file"):
        baseline.key(tmp_path)
    for path in (tmp_path / ".vetline" / "baseline", Path("/dev/zero")):
        with pytest.raises(BaselineError, match="the baseline is not a regular file"):
            baseline.load(path)
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(BaselineError, match="over the limit of 50"):
        baseline.load(tmp_path / "huge")


def test_a_folder_in_the_way_is_said(tmp_path):
    (tmp_path / ".vetline" / "fingerprint-key").mkdir(parents=True)
    with pytest.raises(BaselineError, match="the key is a folder"):
        baseline.key(tmp_path)
    with pytest.raises(BaselineError, match="cannot write the baseline"):
        baseline.save(tmp_path / ".vetline" / "fingerprint-key", [ONE])
    assert [path.name for path in (tmp_path / ".vetline").iterdir()] == ["fingerprint-key"]
