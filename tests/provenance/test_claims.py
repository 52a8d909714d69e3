"""Which text a report explains, and which it does not."""

from __future__ import annotations

import pytest
from desk import Desk, agent

OURS = "start = begin()\n\nstop = end_of(start)\n"


@pytest.mark.parametrize(
    ("said", "came"),
    [
        ("call(alpha, beta)", "call(\n    alpha,\n    beta,\n)"),
        ("text = 'quoted' + other", 'text = "quoted" + other'),
        ("items = [one,two,three]", "items = [\n  one,\n  two,\n  three,\n]"),
        ("if ready:\n\tgo_on(now)", "if ready:\n    go_on(now)"),
    ],
)
def test_white_space_and_marks_are_a_formatters(said, came):
    desk = Desk(OURS)
    desk.insert_lines(1, came)
    assert desk.report("one", added=said)
    assert "unknown" not in desk.states()


@pytest.mark.parametrize("came", ["alpha, beta", "beta, gamma", "alpha", "gammadelta", "al = pha1"])
def test_a_line_that_is_only_a_part_of_what_was_said_is_not_the_agents(came):
    desk = Desk(OURS)
    desk.report("one", added="run(alpha, beta, gamma, delta)")
    desk.insert_lines(1, came)
    assert desk.states()[1] != "ai"


def test_what_was_said_once_explains_one_of_two():
    desk = Desk(OURS)
    desk.report("one", added="twice = the_same(line)")
    desk.insert_lines(1, "twice = the_same(line)")
    desk.insert_lines(3, "twice = the_same(line)")
    assert [desk.states()[1], desk.states()[3]] == ["ai", "unknown"]


def test_an_agent_does_not_take_what_a_person_typed_key_by_key():
    desk = Desk(OURS)
    desk.type(desk.at(1), "mine = typed()")
    desk.report("one", added="mine = typed()")
    assert desk.states()[1] == "human"


def test_an_agent_does_not_take_what_an_editor_saw_pasted():
    from vetline.provenance import Origin, Tier

    desk = Desk(OURS)
    desk.insert_lines(1, "pasted = from_a_page()")
    paste = Origin(Tier.OBSERVED, source="paste", ai=False)
    desk.tracker.mark(desk.snapshot, desk.find("pasted = from_a_page()"), paste)
    assert not desk.report("one", added="pasted = from_a_page()")


def test_a_claim_knows_whether_it_explained_something():
    desk = Desk(OURS)
    assert not desk.report("one", added="never = came()")
    desk.insert_lines(1, "there = already()")
    assert desk.report("two", added="there = already()")


def test_a_pasted_line_beside_an_agents_stays_nobodys():
    desk = Desk(OURS)
    desk.insert_lines(1, "nobody = knows(this)")
    desk.insert_lines(2, "agent = wrote(that)")
    desk.report("one", added="agent = wrote(that)")
    assert desk.states()[1:3] == ["unknown", "ai"]


def test_of_two_agents_who_say_the_same_the_one_closer_in_time():
    desk = Desk(OURS)
    desk.report("early", added="same = words(here)")
    desk.now += 100
    desk.report(agent("late"), added="same = words(here)")
    desk.insert_lines(1, "same = words(here)")
    assert desk.agents()[1] == "late"
