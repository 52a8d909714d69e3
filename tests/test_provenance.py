"""Regions against a model in which every character has an author."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vetline import provenance
from vetline.provenance import Origin, Region, State
from vetline_analyzers.core.text import Edit, Span

A = Origin(State.AI, "one", "m", "chat")
B = Origin(State.AI, "two", "m", "completion")
C = Origin(State.UNKNOWN)
AUTHORS = (A, B, C)


@st.composite
def histories(draw):
    """A length to start with and steps: edits and marks, at places that exist by then."""
    length = start = draw(st.integers(0, 30))
    steps = []
    for _ in range(draw(st.integers(0, 25))):
        one, two = sorted((draw(st.integers(0, length)), draw(st.integers(0, length))))
        span = Span(one, two)
        if draw(st.booleans()):
            steps.append((span, draw(st.sampled_from(AUTHORS))))
        else:
            edit = Edit(span, "x" * draw(st.integers(0, 6)))
            length += len(edit.text) - (two - one)
            steps.append(edit)
    return start, steps


def play(start, steps):
    """The regions and the authors, character by character, after the steps."""
    authors: list[Origin | None] = [None] * start
    regions: provenance.Regions = ()
    for step in steps:
        if isinstance(step, Edit):
            authors[step.span.start : step.span.end] = [None] * len(step.text)
            regions = provenance.carry(regions, step)
        else:
            span, origin = step
            authors[span.start : span.end] = [origin] * (span.end - span.start)
            regions = provenance.mark(regions, span, origin)
    return regions, authors


def painted(regions, length):
    authors: list[Origin | None] = [None] * length
    for span, origin in ((region.span, region.origin) for region in regions):
        authors[span.start : span.end] = [origin] * (span.end - span.start)
    return authors


def lawful(regions):
    assert all(region.span.start < region.span.end for region in regions)
    for one, two in itertools.pairwise(regions):
        assert one.span.end <= two.span.start


@settings(deadline=None, max_examples=500)
@given(histories())
def test_every_character_keeps_its_author(history):
    regions, authors = play(*history)
    lawful(regions)
    assert painted(regions, len(authors)) == authors


@settings(deadline=None)
@given(histories(), st.data())
def test_the_origin_of_a_span_is_that_of_its_first_known_character(history, data):
    regions, authors = play(*history)
    length = len(authors)
    start, end = sorted((data.draw(st.integers(0, length)), data.draw(st.integers(0, length))))
    # An empty span has no characters: it asks the two that it touches.
    reach = authors[start:end] if start < end else authors[max(0, start - 1) : start + 1]
    expected = next((origin for origin in reach if origin is not None), None)
    assert provenance.origin_of(regions, Span(start, end)) == expected


@settings(deadline=None)
@given(histories())
def test_join_changes_no_author_and_leaves_nothing_to_join(history):
    regions, authors = play(*history)
    joined = provenance.join(reversed(regions))
    lawful(joined)
    assert painted(joined, len(authors)) == authors
    assert provenance.join(joined) == joined
    for one, two in itertools.pairwise(joined):
        assert one.origin != two.origin or one.span.end < two.span.start


@settings(deadline=None)
@given(histories(), st.sampled_from(AUTHORS), st.integers(0, 10))
def test_marking_nothing_changes_nothing(history, origin, at):
    regions, _ = play(*history)
    assert provenance.mark(regions, Span(at, at), origin) == regions


def test_what_is_typed_inside_a_region_belongs_to_nobody():
    typed = provenance.carry((Region(Span(2, 8), A),), Edit(Span(5, 5), "xyz"))
    assert typed == (Region(Span(2, 5), A), Region(Span(8, 11), A))


@pytest.mark.parametrize(("at", "expected"), [(2, Span(5, 11)), (8, Span(2, 8))])
def test_what_is_typed_at_its_edges_does_not_split_it(at, expected):
    typed = provenance.carry((Region(Span(2, 8), A),), Edit(Span(at, at), "xyz"))
    assert typed == (Region(expected, A),)


def test_replacing_all_of_it_leaves_nothing():
    assert provenance.carry((Region(Span(2, 8), A),), Edit(Span(0, 9), "the same")) == ()


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        (Origin(State.AI, "copilot", "gpt", "chat"), "AI: copilot (gpt)"),
        (Origin(State.AI, "copilot"), "AI: copilot"),
        (Origin(State.AI, "", "gpt"), "AI: (gpt)"),
        (Origin(State.AI), "AI"),
        (Origin(State.UNKNOWN), "UNKNOWN"),
    ],
)
def test_an_origin_reads_well(origin, words):
    assert str(origin) == words
