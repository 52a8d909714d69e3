"""The ledger's word of an insertion: digests, names and places, and nothing that was written."""

from __future__ import annotations

import json

from vetline import insertions
from vetline.ledger import Kind
from vetline.provenance import Origin, Tier
from vetline_analyzers.core.text import Snapshot, Span

KEY = b"k" * 32
AI = Origin(
    Tier.OBSERVED, agent="copilot", model="gpt", session="s1", turn="t1", source="completion"
)
ABOVE = "import os\n\n\n"
BLOCK = "def find(db, name):\n    rows = db.execute(name)\n\n    return rows\n"


def snap(text: str) -> Snapshot:
    return Snapshot("file:///x.py", "python", 1, text, "x.py")


def drafted(text: str, inserted: str, key: bytes = KEY):
    start = text.index(inserted)
    span = Span(start, start + len(inserted))
    return insertions.insertion(snap(text), span, AI, key=key, subject="x.py")


def test_who_and_where_are_told_and_what_is_not():
    draft = drafted(ABOVE + BLOCK, BLOCK)
    assert draft.kind is Kind.INSERTION
    assert draft.subject == "x.py"
    told = draft.payload
    assert [told[n] for n in ("agent", "model", "session", "turn", "source", "first")] == [
        "copilot", "gpt", "s1", "t1", "completion", 4]  # fmt: skip
    assert told["digest"] == snap(ABOVE + BLOCK).digest
    assert len(told["lines"]) == 3
    assert all(word not in json.dumps(told) for word in ("find", "rows", "return", "kkkk"))


def test_a_digest_is_of_the_line_without_the_spaces_at_its_edges_and_of_the_key():
    digests = drafted(ABOVE + BLOCK, BLOCK).payload["lines"]
    assert drafted("  " + BLOCK.replace("    ", "\t"), "def").payload["lines"] == digests[:1]
    assert set(drafted(BLOCK, BLOCK, b"x" * 32).payload["lines"]).isdisjoint(digests)


def test_blank_lines_are_no_insertion():
    assert drafted("x = 1\n \n\n", " \n\n") is None


def test_the_line_on_which_a_span_ends_without_a_character_of_it_is_not_inserted():
    text = "one = 1\ntwo = 2\nthree = 3\n"
    draft = insertions.insertion(snap(text), Span(0, 8), AI, key=KEY, subject="x.py")
    assert draft is not None
    assert len(draft.payload["lines"]) == 1


def test_lines_that_are_not_blank_have_their_numbers():
    lines = list(insertions.lines_of(snap("a\n\n  b\n"), KEY, range(4)))
    assert [line.number for line in lines] == [0, 2]
