"""What an AI inserted is found again by its lines, and nothing else is taken for it."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vetline import insertions, ledger, provenance
from vetline.ledger import GENESIS, Draft, Kind
from vetline.provenance import Origin, State
from vetline_analyzers.core.text import Edit, Snapshot, Span

KEY = b"k" * 32
AI = Origin(State.AI, "copilot", "gpt", "completion")
OTHER = Origin(State.AI, "claude", "", "agent")

ABOVE = "import os\nimport sqlite3\n\n\n"
BLOCK = (
    "def find(db, name):\n"
    "    rows = db.execute(name)\n"
    "    if not rows:\n"
    "        return None\n"
    "    return [\n"
    "        row for row in rows\n"
    "    ]\n"
)
BELOW = "\n\ndef main():\n    print(find(db, 'ana'))\n"


def snap(text: str) -> Snapshot:
    return Snapshot("file:///x.py", "python", 1, text, "x.py")


def event(text: str, inserted: str, origin: Origin = AI, at: int | None = None):
    start = text.index(inserted) if at is None else at
    draft = insertions.insertion(
        snap(text), Span(start, start + len(inserted)), origin, key=KEY, subject="x.py"
    )
    assert draft is not None
    return ledger.seal(draft, after=(0, GENESIS), at="t", actor="a")


def recalled(events, text: str) -> list[tuple[str, str]]:
    """The stretches that the events claim in the text, each with its agent."""
    regions = insertions.recall(events, KEY, snap(text))
    return [(text[r.span.start : r.span.end], r.origin.agent) for r in regions]


def lines(events, text: str) -> list[str]:
    told = [line.strip() for stretch, _ in recalled(events, text) for line in stretch.splitlines()]
    return [line for line in told if line]


WHOLE = ABOVE + BLOCK + BELOW
BLOCK_LINES = [line.strip() for line in BLOCK.splitlines()]


def test_the_same_text_gives_the_same_regions():
    assert recalled([event(WHOLE, BLOCK)], WHOLE) == [(BLOCK.strip(), "copilot")]


def test_no_line_and_no_key_is_in_the_event():
    payload = json.dumps(event(WHOLE, BLOCK).payload)
    assert all(word not in payload for word in ("find", "rows", "return", "kkkk"))
    assert event(WHOLE, BLOCK).payload["lines"] != [
        line.digest for line in insertions.lines_of(snap(BLOCK), b"x" * 32, range(7))
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# new\n" * 50 + WHOLE,
        WHOLE + "# new\n",
        ABOVE + BELOW + "\n\n" + BLOCK,
        ABOVE
        + "class A:\n"
        + "".join(f"    {line}" for line in BLOCK.splitlines(keepends=True))
        + BELOW,
        WHOLE.replace("\n", "\r\n"),
        WHOLE.replace("\n", "\n\n"),
        BLOCK,
        WHOLE.replace("    ]\n", "    ]  # a human's\n"),
    ],
    ids=["above", "below", "moved", "indented", "crlf", "blank lines", "alone", "tail"],
)
def test_it_is_found_after_edits_around_it(text):
    assert lines([event(WHOLE, BLOCK)], text)[:6] == BLOCK_LINES[:6]


def test_a_line_that_a_human_changed_or_added_is_not_the_ais():
    changed = WHOLE.replace("if not rows:", "if rows is None:")
    assert lines([event(WHOLE, BLOCK)], changed) == [*BLOCK_LINES[:2], *BLOCK_LINES[3:]]
    added = WHOLE.replace("    if not rows:\n", "    check(rows)\n    if not rows:\n")
    assert lines([event(WHOLE, BLOCK)], added) == BLOCK_LINES
    little = WHOLE.replace("    if not rows:\n", "    )\n    if not rows:\n")
    assert lines([event(WHOLE, BLOCK)], little) == BLOCK_LINES


@pytest.mark.parametrize("before", [True, False])
def test_a_humans_equal_line_elsewhere_stays_the_humans(before):
    stray = "def other():\n    pass_by(1)\n        return None\n    done(2)\n"
    text = stray + WHOLE if before else WHOLE + stray
    regions = insertions.recall([event(WHOLE, BLOCK)], KEY, snap(text))
    at = text.index("return None", 0 if before else len(WHOLE))
    assert provenance.origin_of(regions, Span(at, at + 11)) is None
    assert lines([event(WHOLE, BLOCK)], text) == BLOCK_LINES


def test_a_stray_line_is_nobodys_when_the_block_is_gone():
    assert recalled([event(WHOLE, BLOCK)], ABOVE + "def f():\n    return None\n" + BELOW) == []
    single = "def f(x):\n    return None\n\n\ndef g(y):\n    other(y)\n"
    told = [event(single, "    return None\n")]
    assert lines(told, single) == ["return None"]
    assert recalled(told, "def h(z):\n    return None\n    more(z)\n") == []


def test_a_single_line_among_equal_ones_is_found_by_its_neighbours():
    text = "one = 1\nreturn None\ntwo = 2\nreturn None\nthree = 3\nreturn None\nfour = 4\n"
    told = [event(text, "return None", at=text.index("return None", 20))]
    regions = insertions.recall(told, KEY, snap("# above\n" + text))
    assert [r.span.start for r in regions] == [8 + text.index("return None", 20)]


def test_a_single_line_between_brackets_is_found_by_the_lines_beyond():
    text = "function save(x) {\n  {\n    store(x, true)\n  }\n}\n\nfunction load(y) {\n}\n"
    told = [event(text, "    store(x, true)\n")]
    assert lines(told, "// above\n" + text) == ["store(x, true)"]


def test_part_of_a_line_is_restored_to_the_character():
    text = "start()\n    result = fetch(url, timeout=3)  # mine\nfinish()\n"
    told = [event(text, "fetch(url, timeout=3)")]
    moved = "# above\n" + text.replace("    result", "  result")
    assert recalled(told, moved) == [("fetch(url, timeout=3)", "copilot")]
    over = "value = compute(\n    one,\n    three_more) + mine\n"
    told = [event(over, "compute(\n    one,\n    three_more)")]
    assert recalled(told, over) == [("compute(\n    one,\n    three_more)", "copilot")]


def test_of_two_insertions_the_later_one_holds():
    first, second = event(WHOLE, BLOCK), event(WHOLE, BLOCK_LINES[1], OTHER)
    agents = [agent for _, agent in recalled([first, second], WHOLE)]
    assert agents == ["copilot", "claude", "copilot"]


def test_what_tells_nothing_is_not_recorded():
    text = "f(\n)\n})\n\n"
    for span in (Span(3, 9), Span(0, 0), Span(4, 4)):
        assert insertions.insertion(snap(text), span, AI, key=KEY, subject="x") is None


@pytest.mark.parametrize("text", ["", "\n", "\r", "x", "\x0c\u2028"])
def test_little_texts_are_no_trouble(text):
    assert insertions.recall([event(WHOLE, BLOCK)], KEY, snap(text)) == ()
    assert insertions.insertion(snap(text), Span(0, len(text)), AI, key=KEY, subject="x") is None


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"lines": "abc"},
        {"lines": [1, None, {}]},
        {"lines": [], "before": {}, "after": []},
        {"lines": ["a"], "head": "x", "tail": -3, "agent": 7},
        {"": "{"},
    ],
)
def test_a_damaged_event_is_passed_over(payload):
    bad = ledger.seal(Draft(Kind.INSERTION, "x.py", payload), after=(0, GENESIS), at="", actor="")
    assert recalled([bad], WHOLE) == []
    assert lines([bad, event(WHOLE, BLOCK)], WHOLE) == BLOCK_LINES


def test_another_key_finds_nothing():
    assert insertions.recall([event(WHOLE, BLOCK)], b"x" * 32, snap(WHOLE)) == ()


LINE = st.sampled_from(["alpha()", "bravo()", "charlie()", "return None", "}", "", "  alpha()"])


@settings(deadline=None)
@given(st.lists(LINE, max_size=12), st.lists(LINE, min_size=1, max_size=8), st.data())
def test_restoring_an_unchanged_text_claims_no_line_that_was_not_inserted(around, block, data):
    at = data.draw(st.integers(0, len(around)))
    head, inserted = "".join(f"{x}\n" for x in around[:at]), "".join(f"{x}\n" for x in block)
    text = head + inserted + "".join(f"{x}\n" for x in around[at:])
    span = Span(len(head), len(head) + len(inserted))
    draft = insertions.insertion(snap(text), span, AI, key=KEY, subject="x")
    if draft is None:
        return
    told = [ledger.seal(draft, after=(0, GENESIS), at="", actor="")]
    for region in insertions.recall(told, KEY, snap(text)):
        assert span.contains(region.span)


@settings(deadline=None)
@given(st.integers(0, 3), st.lists(st.tuples(st.integers(0, 200), st.text("ab})\n", max_size=6))))
def test_with_lines_unlike_each_other_only_the_ais_are_claimed(seed, edits):
    """Every line names its author, as long as nobody edits within it."""
    text = "".join(f"human {seed} {n:04}\n" for n in range(10))
    block = "".join(f"robot {seed} {n:04}\n" for n in range(5))
    text = text[:78] + block + text[78:]
    told = [event(text, block)]
    for where, words in edits:
        at = min(where, len(text))
        text = snap(text).edited(Edit(Span(at, at), words), 2).text
    for stretch, _ in recalled(told, text):
        own = [line.strip() for line in stretch.splitlines()]
        assert all(line in block.splitlines() for line in own if line)


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"line_number_{n}()\n" for n in range(10_000)),
        "return None\n" * 10_000,
        "alpha()\nbravo()\n" * 5_000,
        "word " * 200_000,
        "a" + " " * 1_000_000,
    ],
    ids=["unlike", "equal", "pairs", "long line", "blank line"],
)
def test_long_texts_cost_linear_time(text):
    snapshot = snap(text)
    start = time.process_time()
    draft = insertions.insertion(snapshot, Span(0, len(text)), AI, key=KEY, subject="x")
    if draft is not None:
        told = [ledger.seal(draft, after=(0, GENESIS), at="", actor="")] * 20
        insertions.recall(told, KEY, snapshot)
    assert time.process_time() - start < 5
