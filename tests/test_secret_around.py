"""What is asked again after an edit, what of a long line is not asked at all, and that answers stay the same."""

import random
import re
from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vetline_analyzers import secrets, tokens
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Edit, Snapshot, Span
from vetline_analyzers.secret import format as formats
from vetline_analyzers.secret import search
from vetline_analyzers.secret.detector import AROUND, Detector, Hit, Passage
from vetline_analyzers.syntax import tree

AWS = "AKIA" + "Q7RZ2MQX5TBW4VLP"
RANDOM = "q7Rz2mQx9" + "TbW4vLp8Nf3"
FAR = "# " + "far away, " * 900  # two of them are farther than a detector sees back
LINES = [
    *(
        "- name: DB_PASSWORD",
        f"  value: {RANDOM}",
        f'  "value": "{RANDOM}"',
        "db_password: >",
        f"  {RANDOM}",
    ),
    *(
        "kind: Secret",
        "stringData:",
        f"  password: {RANDOM}",
        "---",
        "machine shop.example login a",
        f"  password {RANDOM}",
    ),
    *(
        f"-----BEGIN {'PRIVATE'} KEY-----",
        "MIIEvQ" * 10,
        f"-----END {'PRIVATE'} KEY-----",
        FAR,
        "",
        "x",
    ),
]


def look(snapshot, memo):
    return list(secrets.analyze(snapshot, Facts(), memo))


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.sampled_from(LINES), max_size=24),
    st.lists(
        st.tuples(
            st.floats(0, 1),
            st.sampled_from([0, 0, 1, 30]),
            st.sampled_from(["", "a", "\n", *LINES[:9]]),
        ),
        max_size=5,
    ),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_typed_before_changes_no_answer(lines, edits, end):
    memo = {}
    snapshot = Snapshot("u", "yaml", 1, end.join(lines), "deploy.yaml")
    look(snapshot, memo)
    for version, (part, size, new) in enumerate(edits, 2):
        start = int(part * len(snapshot.text))
        stop = min(start + size, len(snapshot.text))
        snapshot = snapshot.edited(Edit(Span(start, stop), new), version)
        assert look(snapshot, memo) == look(snapshot, {})


@pytest.fixture
def asked(monkeypatch):
    """The lines that a detector with a short view was asked about."""
    lines = []

    def find(passage):
        lines.append(passage.line)
        if "yes" in passage.text[passage.end :]:
            yield Hit("private-key", passage.start, passage.end)

    detector = Detector(("mark",), find, beyond=True, ahead=100)
    monkeypatch.setattr(search, "detectors", lambda: {"mark": (detector,)})
    search._machine.cache_clear()
    yield lines
    search._machine.cache_clear()


def test_only_what_may_see_an_edit_is_asked_again(asked):
    filler = f"{'y' * 99}\n" * (AROUND // 50)
    text = f"mark 1\n{filler}mark 2\nyes\n{filler}mark 3\n"
    memo = {}
    first = Snapshot("u", "text", 1, text, "a.txt")
    assert [text[slice(*f.span)] for f in look(first, memo)] == ["mark 2"]
    assert asked == ["mark 1", "mark 2", "mark 3"]
    asked.clear()
    at = text.index("mark 2")
    second = first.edited(Edit(Span(at - 20, at - 20), "new"), 2)
    assert [second.slice(f.span) for f in look(second, memo)] == ["mark 2"]
    assert asked == ["mark 2"]
    asked.clear()
    third = second.edited(Edit(Span(0, 0), "yes\n"), 3)
    assert [third.slice(f.span) for f in look(third, memo)] == ["mark 2"]
    assert asked == ["mark 1"]
    asked.clear()
    end = len(third.text)
    fourth = third.edited(Edit(Span(end, end), "yes"), 4)
    assert [fourth.slice(f.span) for f in look(fourth, memo)] == ["mark 2", "mark 3"]
    assert asked == ["mark 3"]
    asked.clear()
    assert len(look(fourth, memo)) == 2
    assert asked == []


def test_deep_in_an_image_nothing_is_asked_and_behind_it_all():
    image = b64encode(random.Random(5).randbytes(90_000)).decode()
    asked = search._parts('{"image/png": "' + image + '"}')
    assert not [ask for ask in asked if 1_500 < ask.start < len(image) - 1_000]
    for text in (f'{{"a": "{image}", "key": "{AWS}"}}', f'{{"key": "{AWS}", "a": "{image}"}}'):
        (found,) = look(Snapshot("u", "json", 1, text, "a.ipynb"), {})
        assert text[slice(*found.span)] == AWS


def test_what_repeats_in_a_long_line_is_found_each_time():
    text = f'f("{AWS}"); ' * 2_000
    found = look(Snapshot("u", "javascript", 1, text, "a.min.js"), {})
    assert {text[slice(*f.span)] for f in found} == {AWS}
    assert len(found) == 2_000


BOUNDED = [kind for kind in tokens.formats() if kind.bounded]


def test_what_stands_before_a_token_is_the_same_looked_at_first_or_last():
    dice = random.Random(3)
    before = ["", "a", "9", "\\n", "%3D", "%3d", "_", "-", '"', " ", "é", "\n"]
    behind = ["", '"', "a", "_", "-", " ", "é", ".", "9"]
    for kind in BOUNDED:
        first = [re.compile(f"{formats._BEFORE}(?:{p}){formats._AFTER}") for p in kind.patterns]
        for _ in range(12):
            text = "".join(
                dice.choice(before) + kind.sample[dice.choice((0, 0, 1, 3)) :] + dice.choice(behind)
                for _ in range(3)
            )
            expected = [
                match.span("secret" if "secret" in pattern.groupindex else 0)
                for pattern in first
                for match in pattern.finditer(text)
                if not kind.fits or kind.fits(match)
            ]
            found = kind.detector.find(Passage(text, 0, len(text)))
            assert [(hit.start, hit.end) for hit in found] == expected


def test_two_who_read_the_same_text_share_its_tree():
    snapshot = Snapshot("u", "python", 1, "a = 1  # shared\n", "a.py")
    first = tree.parse(snapshot, {})
    assert tree.parse(snapshot, {}) is first
    other = Snapshot("u", "python", 2, "a = 2  # shared\n", "a.py")
    memo = {}
    assert tree.parse(other, memo) is not first
    assert memo["tree"].text == other.text
