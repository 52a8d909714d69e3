"""What is remembered of a file: hooks' reports, stored states and alignment, on disk and without a server."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from repositories import sh

from vetline import authors, ledger, places, spool, stores
from vetline.authors import Authors
from vetline.ledger import Kind
from vetline.provenance.tracker import WINDOW
from vetline.stores import origins, tables
from vetline_analyzers.core.text import Snapshot

BASE = "import os\n\nprint(os.name)\n"
BLOCK = "def area(side):\n    twice = side * side\n\n    return twice\n"
FULL = "import os\n" + BLOCK + "\nprint(os.name)\n"
CLAUDE = {"agent": "claude-code", "session": "sess-1", "turn": "turn-1", "tool": "Edit"}
FOUR = ["unknown", "ai", "ai", "ai", "ai", "unknown", "unknown", "unknown"]


@pytest.fixture(autouse=True)
def _own_state(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def root(tmp_path):
    sh(tmp_path, "init", "-q", "-b", "main")
    sh(tmp_path, "config", "user.name", "Ada")
    sh(tmp_path, "config", "user.email", "ada@example.org")
    return tmp_path


def stamp(ago=0.0):
    return ledger.timestamp(datetime.now(UTC) - timedelta(seconds=ago))


def report(root, path="app.py", *, ago=0.0, call="call-1", event=CLAUDE, **edit):
    """What a hook leaves in the spool when an agent has edited a file."""
    place = places.place_of(str(root / path))
    edit.setdefault("changes", [])
    made = {"kind": "post-edit", "cwd": str(root), "tool_call": call, "prompt": "", **event}
    made["edits"] = [{"path": str(root / path), **edit}]
    record = {"v": 1, "at": stamp(ago), "base": place.base, "event": made, "prompt": {"digest": ""}}
    return spool.write(place.folders, record)


def snapshot(root, path="app.py"):
    text = (root / path).read_bytes().decode()
    return Snapshot((root / path).as_uri(), "python", 0, text, path)


def states(root, path="app.py", **options):
    said = Authors(root, **options).attributions(snapshot(root, path))
    return [str(line.state) for line in said]


def written(root, text, path="app.py"):
    (root / path).write_bytes(text.encode())


def inserted(root, **more):
    """An agent has put the block behind the first line."""
    written(root, FULL)
    report(root, before=BASE, changes=[["import os\n", "import os\n" + BLOCK]], **more)


def events(root):
    return list(stores.read(stores.locate(root)))


def kinds(root):
    return [event.kind for event in events(root)]


def test_a_report_about_a_file_nobody_opened_is_known(root):
    inserted(root)
    assert states(root) == FOUR
    line = Authors(root).attributions(snapshot(root))[2]
    assert (line.agent, line.origin.session, line.origin.turn) == (
        "claude-code",
        "sess-1",
        "turn-1",
    )
    assert line.origin.human == "Ada <ada@example.org>"


def test_nothing_reported_is_nothing_known_and_nothing_is_made(root):
    written(root, FULL)
    assert set(states(root)) == {"unknown"}
    assert not Authors(root).known
    assert not (root / ".git/vetline").exists()


def test_reports_of_whole_files(root):
    written(root, "import sys\nrun(sys.argv)\n", "new.py")
    report(root, "new.py", after="import sys\nrun(sys.argv)\n")
    assert states(root, "new.py")[:2] == ["ai", "ai"]


def test_a_person_edits_while_nobody_watches(root):
    inserted(root)
    assert states(root) == FOUR
    changed = FULL.replace("side * side", "side ** 2").replace("print(os", "answer = 42\nprint(os")
    written(root, changed)
    assert states(root) == ["unknown", "ai", "mixed", "ai", "ai", *["unknown"] * 4]


def test_a_person_edits_before_the_report_was_ever_looked_at(root):
    inserted(root)
    written(root, FULL.replace("side * side", "side ** 2"))
    assert states(root)[1:5] == ["ai", "mixed", "ai", "ai"]


def test_reformatted_while_nobody_watched(root):
    inserted(root)
    states(root)
    written(root, "\n".join("  " + line if line else line for line in FULL.split("\n")))
    assert states(root)[1:5] == ["ai"] * 4


def test_another_branch_and_back_restores_exactly(root):
    inserted(root)
    before = states(root)
    written(root, "something = 'else'\nentirely()\n")
    assert set(states(root)) == {"unknown"}
    written(root, FULL)
    assert states(root) == before


def test_a_renamed_file_keeps_its_authors(root):
    inserted(root)
    states(root)
    (root / "app.py").rename(root / "moved.py")
    assert states(root, "moved.py") == FOUR
    written(root, FULL + "more()\n", "moved.py")
    assert states(root, "moved.py")[1:5] == ["ai"] * 4


def test_several_reports_of_two_sessions(root):
    first, second = "one = load('first')\n", "two = load('second')\n"
    written(root, BASE + first + second)
    report(root, before=BASE, changes=[[BASE, BASE + first]])
    other = {**CLAUDE, "agent": "codex", "session": "sess-2"}
    report(root, call="call-2", event=other, changes=[[first, first + second]])
    said = Authors(root).attributions(snapshot(root))
    assert [line.agent for line in said[3:5]] == ["claude-code", "codex"]


def test_without_the_text_before_an_edit_is_found_where_it_stands(root):
    written(root, "alpha = 1\nbeta = compute(alpha)\ngamma = 3\n")
    report(root, changes=[["beta = 2\n", "beta = compute(alpha)\n"]])
    found = states(root)
    assert found[1] in {"ai", "mixed"}
    assert found[0] == found[2] == "unknown"


def test_an_edit_that_was_found_where_it_stands_waits_no_more(root, monkeypatch):
    written(root, "alpha = 1\nbeta = compute(alpha)\ngamma = 3\n")
    report(root, changes=[["beta = 2\n", "beta = compute(alpha)\n"]])
    once = states(root)
    assert states(root) == once
    later = time.time() + WINDOW + 1
    monkeypatch.setattr(authors.time, "time", lambda: later)
    written(root, "alpha = 1\nbeta = compute(alpha)\ngamma = 3\ndelta = 4\n")
    assert states(root)[:3] == once[:3]
    assert Kind.CLAIM_UNMATCHED not in kinds(root)


def test_lines_a_report_does_not_hold_are_nobodys(root):
    written(root, FULL + "pasted = from_elsewhere()\nand_this = too()\n")
    report(root, changes=[["import os\n", "import os\n" + BLOCK]])
    assert states(root)[1:5] == ["ai"] * 4
    assert states(root)[7:9] == ["unknown", "unknown"]


def test_a_line_that_stands_everywhere_is_not_an_agents_for_that(root):
    written(root, "def one():\n    return None\n\n\ndef two():\n    return None  # changed since\n")
    report(root, changes=[["", "\n\ndef two():\n    return None\n"]])
    assert states(root)[:2] == ["unknown", "unknown"]


def test_what_a_commit_held_before_the_report_is_not_the_agents(root):
    written(root, "first = 1\nsecond = 2\n")
    sh(root, "add", ".")
    sh(root, "commit", "-qm", "by hand")
    after = "first = 1\nsecond = 2\nthird = load()\n"
    written(root, after)
    report(root, after=after)
    sh(root, "commit", "-qam", "by the agent")
    assert states(root)[:3] == ["unknown", "unknown", "ai"]


def test_a_word_is_anybodys(root):
    written(root, "result = human_thing(1)\nother = 2\n")
    report(root, changes=[["alpha_total", "result"]])
    assert states(root)[:2] == ["unknown", "unknown"]


def test_a_commit_of_the_same_second_has_what_an_edit_replaced(root):
    written(root, "human_total = first + second\nother = 2\n")
    sh(root, "add", ".")
    sh(root, "commit", "-qm", "by hand")
    written(root, "human_total = first + second\nagent_total = other_value(3)\n")
    report(root, changes=[["other = 2\n", "agent_total = other_value(3)\n"]])
    assert states(root)[:2] == ["unknown", "ai"]


def test_a_copy_of_an_agents_file_has_its_own_story(root):
    written(root, "first = compute()\nsecond = compute()\n")
    report(root, after="first = compute()\nsecond = compute()\n")
    states(root)
    written(root, "first = compute()\nsecond = compute()\n", "copy.py")
    report(root, "copy.py", before="first = compute()\n", call="c9",
           changes=[["first = compute()\n", "first = compute()\nsecond = compute()\n"]])  # fmt: skip
    assert states(root, "copy.py")[:2] == ["unknown", "ai"]


def test_what_another_work_tree_takes_in_belongs_to_the_tree_it_was_reported_in(
    root, tmp_path_factory
):
    sh(root, "commit", "-q", "--allow-empty", "-m", "first")
    other = tmp_path_factory.mktemp("trees") / "other"
    sh(root, "worktree", "add", "-q", str(other))
    for tree in (root, other):
        written(tree, FULL)
    report(other, changes=[["", BLOCK]])
    assert set(states(root)) == {"unknown"}
    assert states(other) == FOUR
    assert [event.subject for event in events(root)] == ["app.py"]


def test_a_repository_in_the_projects_has_reports_of_its_own(root):
    (root / "inner").mkdir()
    sh(root / "inner", "init", "-q")
    written(root, BASE, "inner/app.py")
    remembered = Authors(root)
    remembered.tracker(snapshot(root, "inner/app.py"))
    report(root, "inner/app.py", changes=[["", BLOCK]])
    remembered.drain()
    assert len(remembered.reports(snapshot(root, "inner/app.py"))) == 1


def test_without_texts_one_file_does_not_use_up_what_was_reported_of_another(root):
    for number, name in enumerate(("a.py", "b.py")):
        written(root, FULL, name)
        report(root, name, call=f"c{number}", changes=[["", BLOCK]])
    assert states(root, "b.py", store_text=False) == FOUR
    assert states(root, "a.py", store_text=False) == FOUR


@pytest.mark.parametrize(
    "event",
    [
        {"edits": [{"changes": []}, 7, {"path": "a\0b"}, {"path": 1}]},
        {"edits": {"path": "app.py"}},
        {"edits": [{"path": "app.py", "changes": [["x"], 3], "after": 5, "moved_from": 6}]},
        {"cwd": 1, "agent": None, "session": [], "edits": [{"path": "app.py", "changes": 1}]},
    ],
)
@pytest.mark.parametrize("at", [{}, {"at": 3}])
def test_a_record_that_no_hook_wrote_stops_nobody(root, event, at):
    written(root, FULL)
    made = {"kind": "post-edit", "cwd": str(root), **event}
    spool.write(places.place_of(str(root)).folders, {"v": 1, "prompt": 4, **at, "event": made})
    report(root, changes=[["", BLOCK]])
    assert states(root) == FOUR


def test_a_large_spool_is_taken_in_parts_and_each_report_is_told_once(root, monkeypatch):
    monkeypatch.setattr(spool, "AT_ONCE", 100)
    written(root, FULL)
    ids = [report(root, call=f"c{n}", changes=[["", BLOCK]]) for n in range(3)]
    assert len(spool.pending(places.place_of(str(root)).folders)) == 1
    assert states(root) == FOUR
    assert [event.payload["record"] for event in events(root)] == ids


def test_what_was_not_written_after_all_is_noted_once(root):
    written(root, BASE)
    states(root)
    report(root, ago=400, changes=[["nowhere to be found", "eval(anything)\n"]])
    states(root)
    assert Kind.CLAIM_UNMATCHED in kinds(root)
    states(root)
    assert kinds(root).count(Kind.CLAIM_UNMATCHED) == 1


def test_the_file_may_come_later_than_its_report(root):
    written(root, BASE)
    report(root, before=BASE, changes=[["import os\n", "import os\n" + BLOCK]])
    assert set(states(root)) == {"unknown"}  # VS Code tells before the file is on disk
    written(root, FULL)
    assert states(root) == FOUR
    assert Kind.CLAIM_UNMATCHED not in kinds(root)


def test_a_person_who_changed_the_proposal(root):
    inserted(root, modified=True)
    assert states(root)[1:5] == ["mixed"] * 4


def test_what_the_model_proposed_is_told_from_what_a_person_changed(root):
    after = "value = load()\nother = save(value, now=True)\n"
    written(root, after, "new.py")
    proposed = after.replace("now=True", "now=False")
    report(root, "new.py", after=after, proposed=proposed, modified=True)
    assert states(root, "new.py")[:2] == ["ai", "mixed"]


def test_one_call_told_by_two_agents_is_one_origin(root):
    written(root, FULL)
    report(root, before=BASE, changes=[["import os\n", "import os\n" + BLOCK]])
    replay = {**CLAUDE, "agent": "cursor"}
    report(root, event=replay, before=BASE, changes=[["import os\n", "import os\n" + BLOCK]])
    assert states(root) == FOUR
    assert kinds(root) == [Kind.EDIT_REPORTED]


def test_the_ledger_holds_digests_and_no_code(root):
    inserted(root)
    states(root)
    (event,) = stores.read(stores.locate(root))
    assert event.kind == Kind.EDIT_REPORTED
    assert event.actor == "Ada <ada@example.org>"
    assert event.payload["before"].startswith("sha256:")
    assert event.payload["after"].startswith("keyed:")
    assert "side" not in json.dumps(event.payload)


def test_the_prompt_and_the_model_come_from_the_session(root):
    place = places.place_of(str(root))
    head = {"v": 1, "at": stamp(9), "base": place.base}
    start = {**CLAUDE, "kind": "other", "model": "opus", "turn": "", "edits": []}
    spool.write(place.folders, {**head, "event": start})
    asked = {**CLAUDE, "kind": "prompt", "edits": []}
    spool.write(
        place.folders, {**head, "event": asked, "prompt": {"digest": "d1", "text": "do it"}}
    )
    inserted(root)
    origin = Authors(root).attributions(snapshot(root))[1].origin
    assert (origin.model, origin.prompt) == ("opus", "d1")
    assert Kind.PROMPT_SUBMITTED in kinds(root)


def test_without_stored_texts_unchanged_lines_are_known_again(root):
    inserted(root)
    assert states(root, store_text=False) == FOUR
    raw = (root / ".git/vetline" / tables.NAME).read_bytes()
    wal = root / ".git/vetline" / (tables.NAME + "-wal")
    raw += wal.read_bytes() if wal.exists() else b""
    assert b"twice = side" not in raw
    written(root, "# new head\n" + FULL.replace("side * side", "side ** 2"))
    assert states(root, store_text=False)[:6] == ["unknown", "unknown", "ai", "unknown", "ai", "ai"]


def test_outside_a_repository(tmp_path):  # scenario 43
    inserted(tmp_path)
    assert states(tmp_path) == FOUR
    written(tmp_path, FULL + "more()\n")
    assert states(tmp_path)[1:5] == ["ai"] * 4


@pytest.mark.skipif(os.name != "posix", reason="links need no rights here")
def test_a_linked_root_is_the_same_root(root, tmp_path_factory):
    link = tmp_path_factory.mktemp("links") / "shop"
    link.symlink_to(root, target_is_directory=True)
    written(root, FULL)
    report(link, before=BASE, changes=[["import os\n", "import os\n" + BLOCK]])
    assert states(root) == FOUR
    assert states(link) == FOUR


def test_line_ends_of_another_system(root):
    inserted(root)
    states(root)
    written(root, FULL.replace("\n", "\r\n"))
    assert states(root)[1:5] == ["ai"] * 4


def test_a_crash_between_the_database_and_the_ledger_loses_nothing(root, monkeypatch):
    inserted(root)

    def broken(*_args, **_more):
        raise ledger.LedgerBusyError("locked")

    with monkeypatch.context() as patch:
        patch.setattr(stores, "append", broken)
        with pytest.raises(ledger.LedgerBusyError):
            states(root)
    assert states(root) == FOUR
    assert kinds(root) == [Kind.EDIT_REPORTED]


def test_two_who_drain_at_once_tell_the_ledger_once(root):
    inserted(root)
    one, two = Authors(root), Authors(root)
    assert one.drain()
    assert not two.drain()
    assert kinds(root) == [Kind.EDIT_REPORTED]


def test_a_damaged_state_is_not_believed(root):
    inserted(root)
    states(root)
    folder = Path(places.place_of(str(root)).folders[0])
    saved = origins.latest(folder, "app.py", str(root))
    data = json.loads(saved.state)
    data["tracker"]["lines"] = [[3, 1]]
    origins.save(folder, saved._replace(state=json.dumps(data)))
    assert set(states(root)) == {"unknown"}


def test_marks_are_keyed(root):
    inserted(root)
    states(root)
    folder = Path(places.place_of(str(root)).folders[0])
    saved = origins.latest(folder, "app.py", str(root))
    key = stores.key(stores.locate(root))
    marks = authors.marks(snapshot(root), key)
    assert saved.lines == marks
    assert marks != authors.marks(snapshot(root), b"another key")
