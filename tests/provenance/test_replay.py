"""What happened while nobody watched, told again from reports."""

from __future__ import annotations

import pytest
from desk import NOON, PERSON, Desk, agent

from vetline.agents import FileEdit
from vetline.provenance import Tracker, claim, from_json, replay, to_json
from vetline_analyzers.core.text import Snapshot

KNOWN = "def rate(day):\n    return table[day]\n\n\nprint(rate(0))"
BODY = "    checked = verify(day)\n    return table[checked]"


def away(known: str, now: str, *edits: FileEdit, source=PERSON, state=None):
    """The states after an absence, and the reports that explain nothing."""
    before = Snapshot("u", "python", 0, known)
    after = Snapshot("u", "python", 1, now)
    tracker = from_json(state, before) if state else Tracker.fresh(before, source)
    reports = [claim(NOON, agent(f"agent {n}"), edit) for n, edit in enumerate(edits)]
    left = replay(tracker, before, reports, after, (NOON - 60, NOON + 60))
    said = tracker.attributions(after)
    return [(str(a.state), a.agent) for a in said], [report.origin.agent for report in left]


def states(said):
    return [state for state, _ in said]


def test_18_a_line_is_edited_and_one_inserted_offline():
    desk = Desk("", source=None)
    desk.report("one", added=KNOWN)
    desk.edit(0, 0, KNOWN)
    now = KNOWN.replace("table[day]", "table[day + 7]").replace(
        "\nprint", "\nlog = open_log()\nprint"
    )
    said, _ = away(KNOWN, now, state=to_json(desk.tracker))
    assert states(said)[:2] == ["ai", "mixed"]
    assert states(said)[4:] == ["unknown", "ai"]


@pytest.mark.parametrize("by", ["  ", "\t"])
def test_19_a_text_is_reformatted_offline(by):
    desk = Desk("", source=None)
    desk.report("one", added=KNOWN)
    desk.edit(0, 0, KNOWN)
    now = "\n".join(by + line for line in KNOWN.split("\n"))
    said, _ = away(KNOWN, now, state=to_json(desk.tracker))
    assert states(said) == ["ai"] * 5


@pytest.mark.parametrize(
    "edit",
    [
        FileEdit("x", changes=(("    return table[day]", BODY),)),
        FileEdit("x", changes=(("", BODY),)),
        FileEdit("x", after=KNOWN.replace("    return table[day]", BODY)),
        FileEdit("x", before=KNOWN, after=KNOWN.replace("    return table[day]", BODY)),
        FileEdit(
            "x", changes=(("    return table[day]\r\n", BODY.replace("\n", "\r\n") + "\r\n"),)
        ),
    ],
)
@pytest.mark.parametrize("more", ["", "\nadded = by_nobody_we_know()"])
def test_15_a_reported_edit_of_a_file_that_was_not_open(edit, more):
    said, left = away(KNOWN, KNOWN.replace("    return table[day]", BODY) + more, edit)
    assert left == []
    assert states(said)[:2] == ["human", "ai"]
    assert states(said)[2] in {"ai", "mixed"}
    assert states(said)[5] == "human"
    if more:
        assert states(said)[6] == "unknown"


def test_reports_are_applied_one_behind_the_other():
    one = FileEdit("x", changes=(("print(rate(0))", "print(rate(1), flush=always)"),))
    two = FileEdit("x", changes=(("rate(1), flush=always", "rate(2), flush=never, end=nothing"),))
    now = KNOWN.replace("print(rate(0))", "print(rate(2), flush=never, end=nothing)")
    said, left = away(KNOWN, now, one, two)
    assert left == []
    assert said[4] == ("mixed", "agent 1")


def test_a_report_of_what_is_gone_explains_nothing():
    said, left = away(KNOWN, KNOWN, FileEdit("x", changes=(("print", "gone = forever(and_ever)"),)))
    assert states(said) == ["human"] * 5
    assert left == ["agent 0"]


def test_what_stood_there_before_is_not_the_agents_who_reports_the_same():
    said, _ = away(KNOWN, KNOWN, FileEdit("x", changes=(("", "    return table[day]"),)))
    assert states(said) == ["human"] * 5
