"""Where texts, findings and authors meet: no secret is quoted, however findings lie."""

from __future__ import annotations

import pytest

from vetline import session
from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Analyzer, Facts, NotChecked, Pace
from vetline_analyzers.core.finding import Confidence, Finding, Severity
from vetline_analyzers.core.text import Snapshot, Span
from vetline_analyzers.engine.identity import MASK


def secret(start: int, end: int) -> Finding:
    return Finding(
        rule="secret/x",
        span=Span(start, end),
        message="m",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        analyzer="secrets",
        secret=True,
    )


@pytest.fixture
def searched(monkeypatch):
    """Puts a function in the place of the search for secrets."""

    def put(analyze) -> None:
        found = Analyzer("secrets", Pace.SAVE, lambda: (), analyze)
        monkeypatch.setattr(engine, "chosen", lambda _: {"secrets": found})

    return put


@pytest.mark.parametrize(
    ("spans", "kept"),
    [
        ([(4, 8), (6, 12)], f"abcd{MASK}mnop"),
        ([(4, 12), (6, 8)], f"abcd{MASK}mnop"),
        ([(4, 8), (4, 12)], f"abcd{MASK}mnop"),
        ([(4, 8), (6, 10), (9, 12)], f"abcd{MASK}mnop"),
        ([(0, 4), (4, 16)], MASK + MASK),
        ([], "abcdefghijklmnop"),
    ],
)
def test_of_secrets_that_overlap_nothing_is_kept_of_either(searched, spans, kept):
    searched(lambda *_: [secret(*span) for span in spans])
    assert session.without_secrets("abcdefghijklmnop") == kept


def test_words_not_searched_to_their_end_are_masked_whole(searched):
    def partial(*_):
        yield secret(0, 4)
        raise NotChecked("too long")

    def broken(*_):
        raise ValueError

    for analyze in (partial, broken, lambda *_: [secret(0, 4)] * (engine.MOST + 1)):
        searched(analyze)
        assert session.without_secrets("abcdefghijklmnop") == MASK
    assert session.without_secrets("") == ""


def test_excerpts_mask_what_overlaps():
    snapshot = Snapshot("u", "python", 1, "abcdefghijklmnop\n", "x.py")
    seen = session.sight(snapshot, [secret(4, 8), secret(6, 12)])
    assert all(not set(s.excerpt) & set("efghijkl") for s in seen)


def test_a_text_with_more_secrets_than_are_told_is_not_quoted():
    value = "Zk39dk3a" + "Qw"
    text = "".join(f'password = "{value}{number:05}"\n' for number in range(engine.MOST + 1))
    snapshot = Snapshot("u", "python", 1, text + "eval(x)\n", "x.py")
    ask = [engine.analyzers()[name] for name in ("secrets", "patterns")]
    analysis = engine.examine(snapshot, Facts(), ask)
    assert "secrets" in [failure.analyzer for failure in analysis.failures]
    found = engine.conclude(snapshot, analysis.findings)
    assert value not in repr(session.sight(snapshot, found))
