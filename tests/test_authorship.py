"""An open document's authors: nothing is lost before they are known, and order does not matter where it must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetline.doors.lsp.authorship import Authorship, Edited, came, left
from vetline.provenance import Origin, Tier, Tracker
from vetline.provenance import parts as trackers
from vetline_analyzers.core.text import Edit, Snapshot, Span

AI = Origin(Tier.OBSERVED, agent="copilot", source="completion")
TEXT = "import os\n\nprint(os.name)\n"
NOW = 1000.0


def snap(text, uri="file:///a.py"):
    return Snapshot(uri, "python", 1, text, "a.py")


def states(authors, snapshot):
    return [str(said.state) for said in authors.tracker.attributions(snapshot)]


def typed(authors, before, *edits, at=NOW):
    """Give edits one by one; the text after them."""
    for edit in edits:
        after = before.edited(edit, before.version + 1)
        authors.edits([Edited(before, edit, after)], at)
        before = after
    return before


def test_what_happens_before_the_authors_are_known_is_told_to_them():
    opened = snap(TEXT)
    authors = Authorship(opened)
    text = typed(authors, opened, Edit(Span(0, 0), "x"), Edit(Span(1, 1), "\n"))
    authors.mark(text, [Span(2, 11)], AI)
    remembered = Tracker.fresh(opened)
    remembered.human = "Ada"
    remembered.mark(opened, Span(11, 27), AI)
    assert authors.is_awaited
    authors.know(remembered)
    assert not authors.is_awaited
    assert authors.is_whole
    assert authors.tracker is remembered
    assert states(authors, text) == ["human", "ai", "ai", "ai", "unknown"]
    assert authors.tracker.touching(text, Span(2, 3)).origin.human == "Ada"
    authors.know(Tracker.fresh(opened))
    assert authors.tracker is remembered, "what comes later is of an older text"


def test_a_file_that_was_read_anew_was_not_typed():
    opened = snap(TEXT)
    authors = Authorship(opened)
    text = typed(authors, opened, Edit(Span(10, 10), "y"), Edit(Span(11, 11), "z"))
    assert states(authors, text)[1] == "human"
    authors.know(Tracker.fresh(opened))
    assert authors.read_anew(text)
    assert states(authors, text)[1] == "unknown"
    assert authors.since_disk == []
    assert not authors.read_anew(text)


def test_long_typing_and_what_has_no_file_are_not_looked_for_on_the_disk():
    authors = Authorship(snap(""))
    typed(authors, snap(""), *(Edit(Span(n, n), "x") for n in range(30)))
    assert authors.since_disk is None
    authors.saved_to_disk()
    assert authors.since_disk == []
    assert Authorship(snap("", "untitled:1")).since_disk is None


@st.composite
def disjoint_edits(draw):
    """A text, and edits of it from its end to its start that do not touch the same characters."""
    text = draw(st.text("ab\n", max_size=20))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))[::-1]
    return text, [Edit(Span(*pair), draw(st.text("xy\n", max_size=4))) for pair in pairs]


@given(disjoint_edits())
def test_edits_told_at_once_give_the_text_they_give(given_):
    text, edits = given_
    authors = Authorship(snap(text))
    done = []
    before = snap(text)
    for edit in edits:
        after = before.edited(edit, 2)
        done.append(Edited(before, edit, after))
        before = after
    authors.edits(done, NOW)
    lengths = [sum(run[0] for run in line.runs) for line in authors.tracker.lines]
    assert lengths == [len(line) for line in before.text.split("\n")]


def test_a_line_that_is_put_elsewhere_before_it_is_taken_away_is_moved():
    before = snap("value = compute(1)\nother\n")
    authors = Authorship(before)
    authors.mark(before, [Span(0, 18)], AI)
    middle = before.edited(Edit(Span(25, 25), "value = compute(1)\n"), 2)
    after = middle.edited(Edit(Span(0, 19), ""), 2)
    authors.edits(
        [
            Edited(before, Edit(Span(25, 25), "value = compute(1)\n"), middle),
            Edited(middle, Edit(Span(0, 19), ""), after),
        ],
        NOW,
    )
    assert states(authors, after)[:2] == ["unknown", "ai"]


@given(st.data())
def test_what_is_left_of_spans_is_what_no_edit_touched(data):
    marks = data.draw(st.lists(st.booleans(), max_size=30))
    spans = [Span(n, n + 1) for n, marked in enumerate(marks) if marked]
    for _ in range(data.draw(st.integers(0, 5))):
        start = data.draw(st.integers(0, len(marks)))
        end = data.draw(st.integers(start, len(marks)))
        new = data.draw(st.integers(0, 4))
        spans = left(spans, Edit(Span(start, end), "x" * new))
        marks[start:end] = [False] * new
    assert {n for span in spans for n in range(*span)} == {n for n, m in enumerate(marks) if m}


def test_a_new_cell_came_at_once():
    snapshot = snap("value = compute(3)\n")
    authors = came(snapshot, NOW)
    assert not authors.is_awaited
    assert states(authors, snapshot) == ["unknown", "unknown"]
    assert len(authors.tracker.sources) == 1


@pytest.mark.parametrize("texts", [["a = 1\n", "b = 2"], ["", "x\n\n"], ["one"], []])
def test_cells_are_a_whole_and_come_apart_again(texts):
    own = []
    for number, text in enumerate(texts):
        own.append(Tracker.fresh(snap(text)))
        own[-1].mark(snap(text), Span(0, len(text)), Origin(Tier.OBSERVED, agent=str(number)))
    whole = trackers.whole(own)
    text = snap("".join(f"{text}\n" for text in texts))
    assert len(whole.lines) == len(text.line_starts)
    first = 0
    for number, (each, cell) in enumerate(zip(own, texts, strict=True)):
        part = trackers.part(whole, first, len(each.lines))
        first += len(each.lines)
        said = {line.agent for line in part.attributions(snap(cell)) if line.agent}
        assert said <= {str(number)}
        assert [len(line.runs) for line in part.lines] == [len(line.runs) for line in each.lines]
