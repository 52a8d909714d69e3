"""The spool: what is written is read in order, once, whatever else lies there."""

from __future__ import annotations

import errno
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vetline import ledger, spool


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, ...]:
    return (str(tmp_path / "first"), str(tmp_path / "second"))


def record(n: int) -> dict[str, int]:
    return {"v": 1, "n": n}


def numbers(folders) -> list[int]:
    return [found["n"] for _, found in spool.pending(folders)]


def test_records_come_back_in_their_order_and_are_removed(folders):
    ids = [spool.write(folders, record(n)) for n in range(20)]
    assert [name for name, _ in spool.pending(folders)] == ids
    assert numbers(folders) == list(range(20))
    spool.done(folders, ids[:5])
    spool.done(folders, ids[:6])
    assert numbers(folders) == list(range(6, 20))


def test_only_their_user_may_read_them(folders):
    spool.write(folders, record(1))
    spool.note(folders, "x")
    first = Path(folders[0])
    modes = {
        p.relative_to(first).parts[0]: stat.S_IMODE(p.stat().st_mode) for p in first.rglob("*")
    }
    assert modes["hook.log"] == 0o600
    assert stat.S_IMODE((first / "spool").stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in (first / "spool").iterdir()} == {0o600}


def test_the_first_folder_that_can_be_written_is_taken(folders, tmp_path):
    (tmp_path / "first").write_text("in the way")
    name = spool.write(folders, record(1))
    assert (tmp_path / "second" / "spool" / f"{name}.json").is_file()
    assert spool.note(folders, "x")
    assert (tmp_path / "second" / "hook.log").is_file()
    assert numbers(folders) == [1]
    (tmp_path / "third").write_text("")
    with pytest.raises(OSError, match="File exists"):
        spool.write([str(tmp_path / "third")], record(1))
    with pytest.raises(OSError, match="no folder"):
        spool.write([], record(1))
    assert not spool.note([], "x")


def test_records_of_two_folders_are_one_row(folders):
    for n in range(4):
        spool.write(folders[n % 2 :], record(n))
    assert numbers(folders) == [0, 1, 2, 3]


def test_what_is_no_record_is_put_aside_and_noted(folders, tmp_path):
    spool.write(folders, record(1))
    inside = tmp_path / "first" / "spool"
    bad = {
        "1.json": b"{",
        "2.json": b"[1]",
        "3.json": b"\xff",
        "4.json": b"[" * 100_000,
        "5.json": b"{}",
    }
    for name, text in bad.items():
        (inside / name).write_bytes(text)
    with (inside / "6.json").open("wb") as stream:
        stream.truncate(spool.LARGEST + 1)
    assert numbers(folders) == [1]
    assert {p.name for p in (inside / "rejected").iterdir()} == {*bad, "6.json"}
    lines = (tmp_path / "first" / "hook.log").read_text().splitlines()
    assert len(lines) == 6
    assert all("moved to rejected" in line for line in lines)
    assert numbers(folders) == [1]


def test_what_is_not_ours_to_read_stays(folders, tmp_path):
    spool.write(folders, {"v": 2})
    inside = tmp_path / "first" / "spool"
    os.mkfifo(inside / "0.json")
    (inside / "note.txt").write_text("")
    assert spool.pending(folders) == []
    assert len(list(inside.iterdir())) == 3


def test_a_file_that_was_never_finished_goes_after_a_while(folders, tmp_path):
    spool.write(folders, record(1))
    young, old = (tmp_path / "first" / "spool" / f"{name}.part" for name in ("young", "old"))
    for path in (young, old):
        path.write_text("{")
    os.utime(old, (0, 0))
    assert numbers(folders) == [1]
    assert (young.exists(), old.exists()) == (True, False)


def test_a_record_that_nobody_would_read_is_not_written(folders, tmp_path):
    with pytest.raises(OSError, match="bytes") as raised:
        spool.write(folders, {"v": 1, "text": "x" * spool.LARGEST})
    assert raised.value.errno == errno.EFBIG
    assert not (tmp_path / "first").exists()


def test_a_failed_write_leaves_nothing(folders, tmp_path, monkeypatch):
    def fail(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        spool.write(folders, record(1))
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


def test_the_log_is_one_line_a_note_and_does_not_grow_for_ever(folders, tmp_path):
    spool.note(folders, "two\nlines and \x1b[31m\udcff")
    log = tmp_path / "first" / "hook.log"
    (line,) = log.read_text().splitlines()
    assert line.endswith("Z two?lines and ?[31m?")
    log.write_bytes(b"x" * 999_990)
    spool.note(folders, "next")
    assert log.read_text().endswith(" next\n")
    assert log.stat().st_size < 100
    assert log.with_name("hook.log.1").stat().st_size == 999_990


def test_the_log_does_not_follow_a_link(folders, tmp_path):
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "hook.log").symlink_to(tmp_path / "profile")
    assert spool.note(folders, "x")
    assert not (tmp_path / "profile").exists()
    assert (tmp_path / "second" / "hook.log").exists()


def test_moments_are_written_as_the_ledger_does():
    for ns in (0, 1_771_000_000_123_456_789, 1_999_999_999_999_999_999):
        when = datetime.fromtimestamp(ns // 10**9, UTC).replace(microsecond=ns // 1000 % 10**6)
        assert spool.timestamp(ns) == ledger.timestamp(when)
