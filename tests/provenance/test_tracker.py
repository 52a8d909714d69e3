"""Laws of the tracker, for texts and edits of any kind."""

from __future__ import annotations

import itertools
import json

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
