"""A tracker stored and read again."""

from __future__ import annotations

import json

import pytest
from desk import NOON, PERSON, Desk, agent

from vetline.provenance import Change, Tracker, from_json, to_json
from vetline_analyzers.core.text import Snapshot

BLOCK = "def area(w, h):\n    return w * h"


def desk() -> Desk:
    made = Desk("one = 1\ntwo = 2\n")
    made.report(agent("one", model="m", session="s", turn="t"), added=BLOCK)
    made.insert_lines(1, BLOCK)
    made.type(made.at(2, -1), "  # why")
    made.insert_lines(0, "unknown = from_somewhere()")
    return made


def test_17_nothing_is_lost_over_a_restart():
    before = desk()
    data = json.loads(json.dumps(to_json(before.tracker)))
    after = from_json(data, before.snapshot)
    assert after.attributions(before.snapshot) == before.tracker.attributions(before.snapshot)
    assert to_json(after) == data


def test_a_report_may_come_after_the_restart():
    before = desk()
    before.tracker = from_json(to_json(before.tracker), before.snapshot)
    assert before.report("late", added="unknown = from_somewhere()")
    assert before.agents()[0] == "late"


def test_what_is_owned_by_nobody_any_more_is_not_stored():
    made = desk()
    made.become("nothing = is_left")
    assert len(to_json(made.tracker)["sources"]) == 1


def test_a_change_since_ever_is_read_again():
    snapshot = Snapshot("u", "text", 0, "a")
    tracker = Tracker.fresh(snapshot, Change(float("-inf"), NOON))
    assert from_json(json.loads(json.dumps(to_json(tracker))), snapshot).sources == tracker.sources


def damaged():
    whole = to_json(desk().tracker)
    yield "no lines", {"version": whole["version"], "sources": {}}
    yield "no source", {**whole, "sources": {}}
    yield "newer", {**whole, "version": 99}
    yield "too few lines", {**whole, "lines": whole["lines"][:-1]}
    yield "not a list", {**whole, "lines": 7}
    yield "not a source", {**whole, "sources": dict.fromkeys(whole["sources"], 1)}
    yield "not pairs", {**whole, "lines": [[1, 2, 3]]}


@pytest.mark.parametrize(("what", "data"), list(damaged()))
def test_damage_is_told(what, data):
    with pytest.raises(ValueError, match="stored origins"):
        from_json(data, desk().snapshot)


def test_another_text_is_told():
    with pytest.raises(ValueError, match="another text"):
        from_json(to_json(desk().tracker), Snapshot("u", "text", 0, "other"))


def test_a_text_of_one_person_is_told_in_a_line():
    made = Desk("a\n" * 5000, source=PERSON)
    assert len(to_json(made.tracker)["lines"]) == 1
