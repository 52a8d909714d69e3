"""The provenance database: each report once, each text as it was, and erased is erased."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import stat
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vetline.ledger import LedgerBusyError, LedgerError, LedgerUnwritableError
from vetline.stores import erasing, origins, tables
from vetline.stores.origins import Saved, Taken

if TYPE_CHECKING:
    from pathlib import Path

AT = "2026-03-01T09:05:00.000Z"
TREE = "/repo/shop"
SUBJECTS = ("shop/db.py",)
WORDS = st.text(st.characters(), max_size=12)  # lone surrogates too, as names of files may have


def record(number: int = 0, *, at: str = AT, kind: str = "post-edit", prompt=None, **event) -> dict:
    edit = {"path": "/repo/shop/shop/db.py", "changes": [["", f"x = {number}\n"]], "before": None}
    edit |= {"after": None, "proposed": None, "modified": False, "deleted": False, "moved_from": ""}
    said = {"agent": "claude-code", "kind": kind, "session": "s", "turn": "", "tool": "Edit"}
    said |= {"tool_call": f"call-{number}", "model": "", "cwd": TREE, "prompt": ""}
    said |= {"edits": [edit] if kind == "post-edit" else [], "transcript": ""}
    digest = hashlib.sha256(prompt.encode()).hexdigest() if prompt else ""
    shown = {"digest": digest, "text": prompt}
    return {"v": 1, "at": at, "base": TREE, "event": said | event, "prompt": shown}


def asked(words: str, *, at: str = AT, **event) -> dict:
    return record(kind="prompt", at=at, prompt=words, **({"tool_call": ""} | event))


def take(folder: Path, **records: dict) -> list[Taken]:
    return origins.take(folder, list(records.items()), dict.fromkeys(records, SUBJECTS))


def forget_prompts(folder: Path, before: str = "") -> int:
    erased = erasing.erase(folder, before=before, only_prompts=True).prompts
    erasing.scrub(folder)
    return erased


def saved(number: int = 0, **fields) -> Saved:
    text = f"x = {number}\n"
    digest = hashlib.sha256(text.encode()).hexdigest()
    made = Saved(SUBJECTS[0], TREE, digest, AT, number, '{"runs":[]}', b"12345678", text)
    return made._replace(**fields)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vetline"


def tell(folder: Path) -> None:
    with origins.telling(folder):
        pass


def raw_files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


# -- records


def test_a_record_is_given_back_as_it_was_reported(folder):
    (taken,) = take(folder, a=record(1))
    assert taken == Taken(1, "a", record(1) | {"prompt": {"digest": ""}})
    assert origins.claims(folder, SUBJECTS[0]) == [taken]
    assert origins.claims(folder, "shop/other.py") == []


def test_taking_again_gives_nothing_and_changes_nothing(folder):
    take(folder, a=record(1), b=record(2))
    assert take(folder, b=record(2), c=record(3), a=record(1))[0].id == "c"
    assert [taken.id for taken in origins.claims(folder, SUBJECTS[0])] == ["a", "b", "c"]


def test_claims_are_asked_for_from_a_number_on(folder):
    take(folder, a=record(1), b=record(2))
    origins.take(folder, [("c", record(3))], {"c": ["shop/a.py", "shop/a.py", "shop/b.py"]})
    assert [taken.seq for taken in origins.claims(folder, SUBJECTS[0], after=1)] == [2]
    assert origins.touched_since(folder, 1) == {SUBJECTS[0], "shop/a.py", "shop/b.py"}
    assert origins.touched_since(folder, 2) == {"shop/a.py", "shop/b.py"}
    assert origins.touched_since(folder, 3) == set()


@pytest.mark.parametrize("agent", ["claude-code", "cursor", "copilot-vscode"])
def test_a_call_that_several_hooks_report_is_one_record(folder, agent):  # scenario 33
    replay = record(1, agent=agent, cwd="/", transcript="/t", at="2026-03-01T09:05:09.000Z")
    assert len(take(folder, a=record(1), b=replay)) == 1
    assert take(folder, c=replay) == []


@pytest.mark.parametrize(
    "other",
    [
        record(1, session="t"),
        record(1, kind="pre-edit"),
        record(1, tool_call="call-2"),
        record(1, edits=[{**record(1)["event"]["edits"][0], "path": "/repo/shop/y.py"}]),
        record(1, edits=[{**record(1)["event"]["edits"][0], "changes": [["", "y"]]}]),
        record(1, edits=[{**record(1)["event"]["edits"][0], "after": "y"}]),
        record(1) | {"base": "/repo/other-tree"},
    ],
)
def test_what_differs_in_what_was_done_is_another_record(folder, other):
    assert len(take(folder, a=record(1), b=other)) == 2


@pytest.mark.parametrize(
    ("at", "count"),
    [
        (AT, 1),
        ("2026-03-01T09:05:02.000Z", 1),
        ("2026-03-01T09:04:58.000Z", 1),
        ("2026-03-01T09:05:02.001Z", 2),
        ("2026-03-01T09:04:57.999Z", 2),
        ("yesterday", 2),
    ],
)
def test_without_a_call_equal_events_within_two_seconds_are_one(folder, at, count):
    first, second = record(1, tool_call=""), record(1, tool_call="", at=at)
    assert len(take(folder, a=first, b=second)) == count
    assert take(folder, c=record(1, tool_call="", agent="cursor", at=AT))


def test_two_prompts_at_once_are_two(folder):
    assert len(take(folder, a=asked("one"), b=asked("two"))) == 2


def test_all_or_none_are_taken(folder):
    with pytest.raises(TypeError):
        take(folder, a=record(1), b=record(2) | {"what": object()})
    assert origins.untold(folder) == []
    assert len(take(folder, a=record(1), b=record(2))) == 2


@settings(deadline=None, max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    ),
    st.sampled_from(["at", "base", "event", "prompt", "agent", "session", "tool_call", "edits"]),
    WORDS,
)
def test_whatever_is_in_a_record_it_is_taken_and_given_back(tmp_path_factory, odd, name, subject):
    folder = tmp_path_factory.mktemp("odd")
    good = record(1)
    bad = good | ({name: odd} if name in good else {"event": good["event"] | {name: odd}})
    taken = origins.take(folder, [("a", bad)], {"a": [subject]})
    assert origins.claims(folder, subject) == taken
    assert origins.take(folder, [("a", bad)], {"a": [subject]}) == []


def test_the_ledger_is_told_of_each_record_once(folder):
    taken = take(folder, a=record(1), b=record(2), c=record(3))
    with pytest.raises(ZeroDivisionError), origins.telling(folder):
        raise ZeroDivisionError
    with origins.telling(folder) as untold:
        assert untold == origins.untold(folder) == taken
    assert origins.untold(folder) == []
    (fourth,) = take(folder, d=record(4))
    assert origins.untold(folder) == [fourth]


def test_while_one_tells_the_ledger_no_other_does(folder, monkeypatch):
    monkeypatch.setattr(tables, "BUSY_SECONDS", 0.01)
    take(folder, a=record(1))
    with origins.telling(folder), pytest.raises(LedgerBusyError), origins.telling(folder):
        raise AssertionError
    assert origins.untold(folder) == []


def test_the_model_of_a_session_is_the_last_that_it_said(folder):
    take(folder, a=record(1, model="m1"), b=record(2, model="m2"), c=record(3))
    take(folder, d=record(4, model="m4", session=""), e=record(5, model="m5", session="t"))
    assert origins.model_of(folder, "s") == "m2"
    assert origins.model_of(folder, "") == origins.model_of(folder, "other") == ""


# -- prompts


def test_the_prompt_of_a_turn_and_the_last_of_a_session_are_known(folder):
    take(folder, a=asked("one", turn="1"), b=record(1), c=asked("two", turn="2"), d=record(2))
    one, two = (hashlib.sha256(words).hexdigest() for words in (b"one", b"two"))
    assert origins.prompt_of(folder, "s") == two
    assert origins.prompt_of(folder, "s", "1") == one
    assert origins.prompt_of(folder, "s", before=2) == one
    assert origins.prompt_of(folder, "s", "3") == ""
    assert origins.prompt_of(folder, "other") == ""
    assert origins.prompt_text(folder, one) == "one"


def test_a_prompt_that_was_refused_set_nothing_off(folder):
    refused = asked("two", at="2026-03-01T09:06:00.000Z") | {"denied": True}
    _, second = take(folder, a=asked("one"), b=refused)
    assert origins.prompt_of(folder, "s") == hashlib.sha256(b"one").hexdigest()
    assert second.record["prompt"]["digest"] == hashlib.sha256(b"two").hexdigest()


def test_an_event_without_a_session_has_no_prompt(folder):
    take(folder, a=asked("one", session=""))
    assert origins.prompt_of(folder, "") == ""


def test_the_text_of_a_prompt_is_nowhere_but_where_it_can_be_erased(folder):
    words = "a prompt of some length"
    careless = asked(words)
    careless["event"]["prompt"] = words
    (taken,) = take(folder, a=careless)
    assert words not in json.dumps(taken.record)
    assert taken.record["prompt"] == {"digest": hashlib.sha256(words.encode()).hexdigest()}
    assert raw_files(folder).count(words.encode()) == 1


def test_an_erased_prompt_is_not_left_in_the_files(folder):
    old, new = "2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"
    words = [f"prompt {n} " + f"words-{n:04d} " * (n % 700) for n in range(300)]
    ages = [new if n % 3 else old for n in range(300)]
    numbered = enumerate(zip(words, ages, strict=True))
    take(folder, **{f"r{n}": asked(said, at=at) for n, (said, at) in numbered})
    digests = [hashlib.sha256(said.encode()).hexdigest() for said in words]
    assert all(said.encode()[:14] in raw_files(folder) for said in words[::3])
    assert forget_prompts(folder, before=new) == 100
    left = raw_files(folder)
    for n in range(300):
        known = origins.prompt_text(folder, digests[n])
        assert known == (words[n] if n % 3 else None)
        assert (f"prompt {n} ".encode() in left) == bool(n % 3)
        assert n == 0 or n % 3 or f"words-{n:04d}".encode() not in left
    assert origins.prompt_of(folder, "s") == digests[-1]
    assert forget_prompts(folder) == 200
    assert b"prompt 1 " not in raw_files(folder)
    assert origins.prompt_of(folder, "s") == digests[-1]
    assert take(folder, r1=asked(words[1], at=new)) == []
    assert origins.prompt_text(folder, digests[1]) is None


def test_a_prompt_submitted_again_is_as_old_as_its_last_time(folder):
    take(folder, a=asked("go on"), b=asked("go on", at="2026-04-01T00:00:00.000Z"))
    assert forget_prompts(folder, before="2026-03-15T00:00:00.000Z") == 0


def test_traces_that_a_reader_holds_on_to_are_told(folder, monkeypatch):
    monkeypatch.setattr(tables, "BUSY_SECONDS", 0.05)
    take(folder, a=asked("one"))
    with contextlib.closing(sqlite3.connect(folder / tables.NAME, isolation_level=None)) as db:
        db.execute("BEGIN")
        db.execute("SELECT * FROM prompt").fetchall()
        with pytest.raises(LedgerBusyError, match="try again"):
            forget_prompts(folder)
    assert forget_prompts(folder) == 0
    assert b"one" not in raw_files(folder).replace(b"NONE", b"")


# -- saved states


@settings(deadline=None, max_examples=60)
@given(
    st.builds(
        Saved,
        subject=WORDS,
        tree=WORDS,
        digest=WORDS,
        seen=WORDS,
        seq=st.integers(0, 2**63 - 1),
        state=WORDS,
        lines=st.binary(),
        text=st.none() | st.text(st.characters()),
        authors=st.lists(st.tuples(WORDS, WORDS, WORDS, WORDS), max_size=4).map(tuple),
    )
)
def test_what_was_saved_is_given_back(tmp_path_factory, state):
    folder = tmp_path_factory.mktemp("saved")
    origins.save(folder, saved(1))
    origins.save(folder, state)
    assert origins.exact(folder, state.subject, state.digest, state.tree) == state
    assert origins.latest(folder, state.subject, state.tree) == state
    for agent, model, session, prompt in state.authors:
        who = {"agent": agent, "model": model, "session": session, "prompt": prompt}
        assert state.subject in origins.subjects(folder, **who)


def test_a_state_saved_again_replaces_what_was_known_of_the_text(folder):
    origins.save(folder, saved(1, authors=(("a", "m", "s", "p"),)))
    origins.save(folder, saved(2))
    again = saved(1, state="{}", seq=7, authors=(("b", "", "", ""),))
    origins.save(folder, again)
    assert origins.latest(folder, again.subject, TREE) == again
    assert origins.exact(folder, again.subject, again.digest, TREE) == again
    assert origins.subjects(folder, agent="a") == []
    assert origins.subjects(folder, agent="b") == [again.subject]


def test_the_last_twenty_texts_of_a_file_are_kept(folder):
    origins.save(folder, saved(0, tree="/repo/other"))
    origins.save(folder, saved(0, subject="shop/other.py"))
    for number in range(25):
        origins.save(folder, saved(number, authors=((f"a{number}", "", "", ""),)))
    known = [origins.exact(folder, SUBJECTS[0], saved(n).digest, TREE) for n in range(1, 25)]
    assert [state.seq if state else None for state in known] == [None] * 4 + list(range(5, 25))
    assert origins.latest(folder, SUBJECTS[0], "/repo/other") is not None
    assert origins.latest(folder, "shop/other.py", TREE) is not None
    assert origins.subjects(folder, agent="a4") == []
    assert origins.subjects(folder, agent="a5") == [SUBJECTS[0]]


def test_an_exact_text_is_known_from_another_tree_but_the_own_comes_first(folder):
    own, other = saved(1), saved(1, tree="/repo/other", seq=9)
    origins.save(folder, own)
    origins.save(folder, other)
    assert origins.exact(folder, own.subject, own.digest, TREE) == own
    assert origins.exact(folder, own.subject, own.digest, "/repo/third") == other
    assert origins.latest(folder, own.subject, "/repo/third") is None
    assert origins.exact(folder, "", own.digest, TREE) == own


def test_files_are_found_by_all_of_what_is_asked_of_one_author(folder):
    two = (("claude-code", "m1", "s1", "p1"), ("cursor", "m2", "s2", "p2"))
    origins.save(folder, saved(1, subject="b.py", authors=two))
    origins.save(folder, saved(2, subject="a.py", authors=two[:1]))
    assert origins.subjects(folder) == ["a.py", "b.py"]
    assert origins.subjects(folder, agent="claude-code") == ["a.py", "b.py"]
    assert origins.subjects(folder, session="s2") == ["b.py"]
    assert origins.subjects(folder, prompt="p1", model="m1") == ["a.py", "b.py"]
    assert origins.subjects(folder, agent="claude-code", model="m2") == []


def test_a_large_text_is_not_kept_and_its_state_is(folder):
    for number, size in enumerate((1_000_000, 1_000_001)):
        origins.save(folder, saved(number, text="x" * size))
    just, over = (origins.exact(folder, SUBJECTS[0], saved(n).digest, TREE) for n in range(2))
    assert just.text == "x" * 1_000_000
    assert over == saved(1, text=None)


# -- without texts


def test_texts_that_are_not_to_be_kept_are_dropped_once_applied(folder):
    token = "zq" * 12
    edit = record(1)["event"]["edits"][0]
    edit |= {"changes": [["", token]], "before": token, "after": token, "proposed": token}
    origins.take(folder, [("keep", record(9))], {"keep": SUBJECTS})
    for number in (1, 2):
        one = record(number, edits=[edit])
        origins.take(folder, [(f"r{number}", one)], {f"r{number}": SUBJECTS}, keep_text=False)
    assert len(origins.claims(folder, SUBJECTS[0])) == 3
    assert origins.drop_texts(folder) == 0
    origins.save(folder, saved(2))
    assert origins.drop_texts(folder) == 1
    assert origins.drop_texts(folder) == 0
    assert [taken.id for taken in origins.claims(folder, SUBJECTS[0])] == ["keep", "r2"]
    assert origins.touched_since(folder, 1) == set(SUBJECTS)
    assert origins.take(folder, [("r1", record(1, edits=[edit]))], {"r1": SUBJECTS}) == []
    with contextlib.closing(sqlite3.connect(folder / tables.NAME)) as db:
        bodies = [tables.inflated(row[0]) for row in db.execute("SELECT body FROM record")]
    assert [token in body for body in bodies] == [False, False, True]


def test_the_texts_of_a_record_stay_until_each_of_its_files_has_been_saved(folder):
    both = [("r1", record(1)), ("r2", record(2))]
    origins.take(folder, both, {"r1": ["a.py"], "r2": ["a.py", "b.py"]}, keep_text=False)
    origins.save(folder, saved(2, subject="b.py"))
    assert origins.drop_texts(folder) == 0
    origins.save(folder, saved(2, subject="a.py"))
    assert origins.drop_texts(folder) == 2


def test_dropped_texts_are_not_left_in_the_files(folder):
    token = "".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(20))
    edit = record(1)["event"]["edits"][0] | {"after": token}
    for n in range(1, 31):
        origins.take(folder, [(f"r{n}", record(n, edits=[edit]))], {}, keep_text=False)
    with contextlib.closing(sqlite3.connect(folder / tables.NAME)) as db:
        bodies = dict(db.execute("SELECT seq, body FROM record"))
    middles = [body[len(body) // 2 :][:40] for body in bodies.values()]
    assert all(middle in raw_files(folder) for middle in middles)
    assert origins.drop_texts(folder) == 30
    assert not any(middle in raw_files(folder) for middle in middles)


# -- pruning


NOW = datetime(2026, 3, 31, 10, tzinfo=UTC)  # a little over thirty days after AT


def test_old_records_go_once_every_file_they_touched_has_been_saved(folder):
    records = [(f"r{n}", record(n)) for n in (1, 2, 3)]
    origins.take(folder, records, {"r1": ["a.py"], "r2": ["a.py", "b.py"], "r3": ["a.py"]})
    take(folder, last=record(4, at="2026-03-31T00:00:00.000Z"))
    assert origins.prune(folder, NOW) == 0
    origins.save(folder, saved(2, subject="a.py"))
    assert origins.prune(folder, NOW) == 0
    tell(folder)
    origins.save(folder, saved(9, subject="b.py", tree="/repo/other"))
    assert origins.prune(folder, datetime(2026, 3, 31, 9, 5, tzinfo=UTC)) == 0
    assert origins.prune(folder, NOW) == 1
    assert [taken.id for taken in origins.claims(folder, "a.py")] == ["r2", "r3"]
    origins.save(folder, saved(2, subject="b.py"))
    assert origins.prune(folder, NOW) == 1
    assert [taken.id for taken in origins.claims(folder, "a.py")] == ["r3"]
    assert origins.claims(folder, "b.py") == []


def test_the_last_event_of_an_agent_outlives_its_age(folder):
    take(folder, a=asked("one"), b=record(1, kind="other", agent="cursor"))
    take(folder, c=record(2, kind="other", at="2026-03-02T00:00:00.000Z", agent="cursor"))
    newest = {"claude-code": ("prompt", AT), "cursor": ("other", "2026-03-02T00:00:00.000Z")}
    assert origins.last_events(folder) == newest
    origins.save(folder, saved(9))
    tell(folder)
    assert origins.prune(folder, datetime(2027, 1, 1, tzinfo=UTC)) == 1
    assert origins.last_events(folder) == newest
    assert origins.prompt_text(folder, hashlib.sha256(b"one").hexdigest()) == "one"


def test_a_number_is_never_given_twice(folder):
    take(folder, a=record(1), b=record(2))
    with contextlib.closing(sqlite3.connect(folder / tables.NAME)) as db, db:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("DELETE FROM record")
    assert take(folder, c=record(3))[0].seq == 3


# -- the file

READS = {
    "claims": lambda folder: origins.claims(folder, SUBJECTS[0]),
    "touched_since": lambda folder: origins.touched_since(folder, 0),
    "exact": lambda folder: origins.exact(folder, SUBJECTS[0], saved().digest, TREE),
    "latest": lambda folder: origins.latest(folder, SUBJECTS[0], TREE),
    "subjects": origins.subjects,
    "prompt_of": lambda folder: origins.prompt_of(folder, "s"),
    "prompt_text": lambda folder: origins.prompt_text(folder, "d"),
    "last_events": origins.last_events,
    "untold": origins.untold,
    "model_of": lambda folder: origins.model_of(folder, "s"),
    "forget_prompts": forget_prompts,
    "drop_texts": origins.drop_texts,
    "prune": lambda folder: origins.prune(folder, NOW),
    "take nothing": lambda folder: origins.take(folder, [], {}),
}
WRITES = {
    "take": lambda folder: take(folder, a=record()),
    "save": lambda folder: origins.save(folder, saved()),
}


@pytest.mark.parametrize("use", READS.values(), ids=READS)
def test_where_there_is_nothing_there_is_nothing_to_tell_and_nothing_is_made(folder, use):
    assert not use(folder)
    assert not folder.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_the_owner_may_read_it(folder, umask):
    before = os.umask(umask)
    try:
        take(folder, a=record(1))
        with contextlib.closing(sqlite3.connect(folder / tables.NAME)) as db:
            db.execute("SELECT * FROM record").fetchall()  # its side files stay while it is open
            origins.save(folder, saved())
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys([tables.NAME + end for end in ("", "-wal", "-shm")], 0o600)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("content", [b"x", b"not a database but long enough to look at" * 99])
@pytest.mark.parametrize("use", [*WRITES.values(), READS["claims"], READS["forget_prompts"]])
def test_a_file_that_is_no_database_is_told_and_kept(folder, content, use):
    folder.mkdir()
    (folder / tables.NAME).write_bytes(content)
    with pytest.raises(LedgerError, match="move it away") as caught:
        use(folder)
    assert "\n" not in str(caught.value)
    assert "provenance database" in str(caught.value)
    assert raw_files(folder) == content


def test_a_damaged_database_is_told_and_another_is_begun_when_it_is_gone(folder):
    take(folder, **{f"r{n}": record(n) for n in range(200)})
    path = folder / tables.NAME
    raw = bytearray(path.read_bytes())
    raw[4096:] = b"\xa5" * (len(raw) - 4096)
    path.write_bytes(raw)
    for use in (*WRITES.values(), READS["claims"]):
        with pytest.raises(LedgerError, match=r"damaged .*; move it away to start anew"):
            use(folder)
    path.rename(folder / "away.db")
    assert take(folder, a=record(1))[0].seq == 1


@pytest.mark.parametrize(
    ("change", "use"),
    [
        ("UPDATE record SET body = x'00'", "claims"),
        ("UPDATE record SET body = 7", "claims"),
        ("UPDATE record SET id = x'ff'", "claims"),
        ("UPDATE saved SET state = x'78'", "latest"),
        ("UPDATE saved SET digest = 'word'", "latest"),
        ("UPDATE saved SET text = 'word'", "latest"),
    ],
)
def test_a_value_that_is_not_ours_is_told(folder, change, use):
    for write in WRITES.values():
        write(folder)
    with contextlib.closing(sqlite3.connect(folder / tables.NAME)) as db, db:
        db.execute(change)
    with pytest.raises(LedgerError, match=r"damaged .*; move it away to start anew"):
        READS[use](folder)


def test_a_newer_database_is_told_and_a_ledger_is_not_taken_for_one(folder):
    take(folder, a=record(1))
    path = folder / tables.NAME
    for pragma, words in (("user_version", "newer Vetline"), ("application_id", "is not a Vetl")):
        with contextlib.closing(sqlite3.connect(path)) as db, db:
            db.execute(f"PRAGMA {pragma} = 99")
        for use in (*WRITES.values(), READS["claims"]):
            with pytest.raises(LedgerError, match=words):
                use(folder)


def test_a_locked_database_is_read_and_says_so_to_writers(folder, monkeypatch):
    monkeypatch.setattr(tables, "BUSY_SECONDS", 0.05)
    take(folder, a=record(1))
    with contextlib.closing(sqlite3.connect(folder / tables.NAME, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        assert len(origins.claims(folder, SUBJECTS[0])) == 1
        for use in WRITES.values():
            with pytest.raises(LedgerBusyError, match="try again"):
                use(folder)


def test_a_place_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "vetline").write_text("in the way")
    for use in WRITES.values():
        with pytest.raises(LedgerUnwritableError, match="cannot use"):
            use(tmp_path / "vetline")


# -- several at once

EDITOR = """
    import json, sys
    from pathlib import Path
    from vetline.ledger import LedgerBusyError
    from vetline.stores import origins

    folder, name = Path(sys.argv[1]), sys.argv[2]

    def patiently(call):
        while True:
            try:
                return call()
            except LedgerBusyError:
                pass

    print("ready", flush=True)
    sys.stdin.readline()
    new = []
    for n in range(50):
        records = [
            (id_, {"at": "t", "event": {"tool_call": id_, "edits": []}})
            for id_ in (f"{name}-{n}", f"shared-{n}")
        ]
        subjects = {id_: ["f.py"] for id_, _ in records}
        new += [taken.id for taken in patiently(lambda: origins.take(folder, records, subjects))]
        for subject in (name, "shared"):
            state = origins.Saved(subject, "", f"{name}{n}", "t", n, "{}", b"", None)
            patiently(lambda: origins.save(folder, state._replace(authors=((name, "", "", ""),))))
    print(json.dumps(new))
"""


def test_four_editors_at_once_lose_and_double_nothing(folder):
    words = [sys.executable, "-c", textwrap.dedent(EDITOR), str(folder)]
    pipe = subprocess.PIPE
    crew = [
        subprocess.Popen([*words, f"p{n}"], stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        for n in range(4)
    ]
    new: list[str] = []
    try:
        for process in crew:
            assert process.stdout.readline() == "ready\n"
        for process in crew:
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in crew:
            out, errors = process.communicate(timeout=120)
            assert process.returncode == 0, errors
            new += json.loads(out)
    finally:
        for process in crew:
            process.kill()
            process.communicate(timeout=30)
    expected = sorted(
        f"{name}-{n}" for name in ("p0", "p1", "p2", "p3", "shared") for n in range(50)
    )
    assert sorted(new) == expected
    stored = origins.claims(folder, "f.py")
    assert sorted(taken.id for taken in stored) == expected
    assert [taken.seq for taken in stored] == list(range(1, 251))
    for name in ("p0", "p1", "p2", "p3"):
        kept = [origins.exact(folder, name, f"{name}{n}", "") for n in range(50)]
        assert [bool(state) for state in kept] == [False] * 30 + [True] * 20
        assert origins.latest(folder, name, "").seq == 49
    with contextlib.closing(sqlite3.connect(folder / tables.NAME)) as db:
        assert db.execute("SELECT count(*) FROM saved").fetchone() == (100,)
        assert db.execute("SELECT count(*) FROM author").fetchone() == (100,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
