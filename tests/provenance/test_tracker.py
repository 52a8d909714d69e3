"""Laws of the tracker, for texts and edits of any kind."""

from __future__ import annotations

import itertools
import json

import pytest
from desk import PERSON, Desk
from hypothesis import given
from hypothesis import strategies as st

from vetline.provenance import Tracker, align, from_json, to_json
from vetline.provenance.runs import flat, lines_of
from vetline_analyzers.core.text import Edit, Snapshot, Span

PIECES = [
    "a",
    "b = 1",
    "\n",
    "\n",
    "\r\n",
    "\r",
    "    ",
    "\t",
    "return value",
    "🜂🜁",
    "}",
    "\f",
    "\u2028",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
LINES = st.lists(
    st.sampled_from(["", "  ", "one(1)", "  one(1)", "two, three", "}", "x"]), max_size=25
)


def lawful(desk: Desk) -> None:
    lines = desk.tracker.lines
    texts = [desk.snapshot.line_text(n) for n in range(len(desk.snapshot.line_starts))]
    assert [sum(run[0] for run in line.runs) for line in lines] == [len(text) for text in texts]
    for line in lines:
        owners = [owner for _, owner in line.runs]
        assert all(one != two for one, two in itertools.pairwise(owners))
        assert all(o == 0 or o in desk.tracker.sources for o in [*owners, line.end])
    assert len(desk.states()) == len(texts)


@st.composite
def histories(draw):
    text = draw(TEXTS)
    steps, size = [], len(text)
    for _ in range(draw(st.integers(0, 12))):
        start, end = sorted((draw(st.integers(0, size)), draw(st.integers(0, size))))
        steps.append((start, end, draw(TEXTS)))
        size += len(steps[-1][2]) - (end - start)
    return text, steps, draw(st.sampled_from(["incremental", "minimal", "whole"]))


@given(histories())
def test_every_character_has_one_owner_after_any_edit(history):
    text, steps, sync = history
    desk = Desk(text, sync=sync)
    for start, end, new in steps:
        desk.report("one", added=new)
        desk.edit(start, end, new)
        lawful(desk)
    desk.undo(len(steps))
    lawful(desk)
    restored = from_json(json.loads(json.dumps(to_json(desk.tracker))), desk.snapshot)
    assert restored.attributions(desk.snapshot) == desk.tracker.attributions(desk.snapshot)


@given(histories())
def test_a_change_without_an_agent_makes_nothing_an_agents(history):
    text, steps, sync = history
    desk = Desk(text, sync=sync)
    for start, end, new in steps:
        desk.edit(start, end, new)
        assert not {"ai", "mixed"} & set(desk.states())


@given(TEXTS, TEXTS)
def test_a_larger_range_that_says_the_same_ends_the_same(head, tail):
    new = "inserted = by_somebody(1)"
    text = head + "\n" + tail
    at = len(head) + 1
    small, large = Desk(text, source=PERSON), Desk(text, source=PERSON)
    small.edit(at, at, new + "\n")
    large.edit(0, len(text), head + "\n" + new + "\n" + tail)
    assert (small.text, small.told()) == (large.text, large.told())


@given(LINES, LINES)
def test_hunks_cover_both_texts(old, new):
    found = align.hunks(old, new)
    a = c = 0
    for hunk in found:
        assert (hunk.a, hunk.c) == (a, c)
        a, c = hunk.b, hunk.d
        if hunk.same:
            assert [line.strip() for line in old[hunk.a : hunk.b]] == [
                line.strip() for line in new[hunk.c : hunk.d]
            ]
    assert (a, c) == (len(old), len(new))
    assert all(one.same != two.same for one, two in itertools.pairwise(found))


@given(LINES, LINES)
def test_survivors_are_the_same_words_on_both_sides(old, new):
    before, after = "\n".join(old), "\n".join(new)
    at = 0
    for start, was, length in align.survivors(old, new):
        assert start >= at
        assert before[was : was + length] == after[start : start + length]
        at = start + length
    assert at <= len(after)


@given(LINES.filter(bool), st.data())
def test_lines_are_made_of_what_they_are_flattened_to(texts, data):
    snapshot = Snapshot("u", "text", 0, "\n".join(texts))
    tracker = Tracker.fresh(snapshot)
    start, end = sorted(data.draw(st.integers(0, len(snapshot.text))) for _ in range(2))
    tracker.repaint(snapshot, Span(start, end), lambda _: 7)
    assert lines_of(flat(tracker.lines), texts) == tracker.lines


def test_an_edit_that_changes_nothing_changes_nothing():
    snapshot = Snapshot("u", "text", 0, "one\ntwo")
    tracker = Tracker.fresh(snapshot, PERSON)
    was = list(tracker.lines)
    edit = Edit(Span(0, 3), "one")
    assert tracker.edit(snapshot, snapshot.edited(edit, 1), edit, 1.0) == 0
    assert tracker.lines == was


# -- what the fuzzer found

syncs = pytest.mark.parametrize("sync", ["incremental", "minimal", "whole"])


@syncs
def test_an_undo_told_as_the_part_that_differs_gives_the_line_its_owner_back(sync):
    desk = Desk("first\nlast", source=PERSON, sync=sync)
    desk.report("one", added="total(alpha)")
    desk.insert_lines(1, "total(alpha)")
    desk.edit(*desk.find("alpha"), "more_than_anybody_types(at=once)")
    assert desk.told() == "hmh"
    desk.undo()
    assert desk.told() == "hah"


@syncs
def test_a_key_that_is_pressed_where_an_agents_was_is_a_persons(sync):
    desk = Desk("first\nlast", source=PERSON, sync=sync)
    desk.report("one", added="    return None")
    desk.insert_lines(1, "    return None")
    start, end = desk.find("return None")
    desk.erase(end - 1, end)
    desk.edit(start, end - 1, "")
    desk.type(start, "return None")
    assert desk.told() == "3h"


@syncs
def test_a_line_of_spaces_that_an_agent_fills_is_the_agents(sync):
    desk = Desk("first\n    \nlast", source=PERSON, sync=sync)
    block = "    begin = at(0)\n\n    until = at(1)"
    desk.edit(desk.at(1), desk.at(1, -1), block)
    assert desk.report("one", pairs=[("    ", block)])
    assert desk.told() == "haah"


@syncs
def test_spaces_left_of_a_paste_do_not_make_the_rest_of_it_an_agents(sync):
    desk = Desk("first\nlast", source=PERSON, sync=sync)
    desk.insert_lines(1, "    pasted = value(1)")
    desk.edit(desk.at(1) + 4, desk.at(2), "")
    desk.insert_lines(1, "begin = by_agent(0)")
    assert desk.report("one", added="begin = by_agent(0)")
    assert desk.told() == "hah"
    desk.undo(2)
    assert desk.told() == "huh"
