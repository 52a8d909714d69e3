"""secret/prefilter.py: hyperscan, the automaton and a plain search say the same of every line."""

import builtins
import random
import sys
import threading
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vetline_analyzers.secret import prefilter, search
from vetline_analyzers.secret.prefilter import Prefilter

ENGINES = ("by_hyperscan", "by_automaton", "one_by_one")
LINES = st.lists(
    st.text(
        st.one_of(
            st.sampled_from("abkiABKI-_=İß\u017f\u212aK\0\x85\u2028"),
            st.characters(exclude_characters="\r\n"),
        )
    )
)
ANCHORS = st.lists(st.text("abki-_=", min_size=1, max_size=4), min_size=1, max_size=8, unique=True)
SMALL = str.maketrans({letter: letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})


def plainly(anchors, lines):
    small = [line.translate(SMALL) for line in lines]
    held = {
        n: {i for i, anchor in enumerate(anchors) if anchor in line} for n, line in enumerate(small)
    }
    return {number: anchors for number, anchors in held.items() if anchors}


def only(engine, anchors, monkeypatch):
    """A prefilter that has that engine and no other."""
    with monkeypatch.context() as patch:
        patch.setattr(prefilter, "by_automaton", getattr(prefilter, engine))
        return Prefilter(anchors, patience=sys.maxsize)


def present(engine):
    return getattr(prefilter, engine)(("a",)) is not None


@pytest.mark.parametrize("engine", [e for e in ENGINES if present(e)])
@given(anchors=ANCHORS, lines=LINES)
@example(anchors=["a", "ab", "abk", "b"], lines=["", "ABK", "", "ab", ""])
@example(anchors=["ki", "i"], lines=["Kİ", "İi", "Ki", "KI", "ßki", "\u017fki", "\u212ai"])
@example(anchors=["aa"], lines=["aaaa", "a", "a"])
@example(anchors=["k"], lines=["\ud800k", "\U0001f600", "\ud800"])
@settings(deadline=None)
def test_every_engine_finds_what_a_plain_search_finds(engine, anchors, lines):
    with pytest.MonkeyPatch.context() as patch:
        assert only(engine, anchors, patch).lines_with(lines) == plainly(anchors, lines)


def test_hyperscan_and_the_automaton_are_both_compared_here():
    assert present("by_automaton")
    if sys.platform == "linux":
        assert present("by_hyperscan")


def test_the_anchors_in_use_are_found_alike_in_a_large_text():
    anchors = tuple(search.detectors())
    assert all(anchor and anchor.isascii() and anchor == anchor.lower() for anchor in anchors)
    assert not any(end in anchor for anchor in anchors for end in "\r\n")
    dice = random.Random(3)
    parts = [*anchors, *map(str.upper, anchors), *"abc =:'\"é\U0001f600İ"]
    lines = ["".join(dice.choices(parts, k=dice.randrange(12))) for _ in range(3_000)]
    expected = plainly(anchors, lines)
    for engine in ENGINES:
        if present(engine):
            with pytest.MonkeyPatch.context() as patch:
                assert only(engine, anchors, patch).lines_with(lines) == expected


def test_hyperscan_is_started_only_where_it_pays(monkeypatch):
    started = []
    real = prefilter.by_hyperscan
    monkeypatch.setattr(
        prefilter, "by_hyperscan", lambda anchors: started.append(1) or real(anchors)
    )
    made = Prefilter(("key", "ey"), patience=1_000)
    assert made.lines_with(["a Key"] * 100) == {key: {0, 1} for key in range(100)}
    assert started == []
    assert made.lines_with(["a Key"] * 100) == {key: {0, 1} for key in range(100)}
    assert made.lines_with(["é Key"] * 900) == {key: {0, 1} for key in range(900)}
    assert started == [1]


def test_what_is_not_installed_or_broken_is_done_without(monkeypatch):
    real = builtins.__import__

    def lacking(*names):
        def load(name, *more, **how):
            if name in names:
                raise ImportError(name)
            return real(name, *more, **how)

        return load

    expected = {1: {0}}
    for names in (("hyperscan",), ("ahocorasick",), ("hyperscan", "ahocorasick")):
        with monkeypatch.context() as patch:
            patch.setattr(builtins, "__import__", lacking(*names))
            assert (prefilter.by_hyperscan(("key",)) is None) is (
                "hyperscan" in names or not present("by_hyperscan")
            )
            made = Prefilter(("key",), patience=0)
            assert made.lines_with(["x", "my KEY"]) == expected

    if present("by_hyperscan"):
        import hyperscan

        def refuse(*_args, **_more):
            raise hyperscan.ArchitectureError

        monkeypatch.setattr(hyperscan, "Database", refuse)
        assert Prefilter(("key",), patience=0).lines_with(["x", "my KEY"]) == expected


def test_several_threads_may_ask_at_once():
    made = Prefilter(("key",), patience=0)
    lines = ["key", "", "x"] * 20_000
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(made.lines_with(lines))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [{key: {0} for key in range(0, 60000, 3)}] * 4


def test_an_automaton_is_ready_at_once():
    anchors = [f"{number:x}-{number * 7919:x}" for number in range(1_000)]
    times = []
    for _ in range(3):
        start = time.process_time()
        Prefilter(anchors).lines_with(["a line"] * 40)
        times.append(time.process_time() - start)
    assert min(times) < 0.05
