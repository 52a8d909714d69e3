"""What people, editors and agents do to a text, and what is said of its lines then.

Most tests run for each way in which editors tell of edits. The text on the desk is a person's where a
test does not say otherwise; `told()` has a letter for each line that is
not blank: a(i), m(ixed), h(uman), u(nknown), s(uspect).
"""

from __future__ import annotations

import pytest
from desk import PERSON, Desk, agent

from vetline.provenance import Origin, Tier

OURS = "import csv\n\nlog = open_log()\n"
THEIRS = (
    "def total(rows):\n    amount = sum(row.price for row in rows)\n\n    return round(amount, 2)"
)
GHOST = Origin(Tier.OBSERVED, agent="ghost", source="completion")

syncs = pytest.mark.parametrize("sync", ["incremental", "minimal", "whole"])
ends = pytest.mark.parametrize("ends", ["\n", "\r\n"])


def with_block(block=THEIRS, **how) -> Desk:
    """An agent's block between a person's lines, reported before it came."""
    desk = Desk(OURS, **how)
    desk.report("one", added=block)
    desk.insert_lines(1, block)
    return desk


@syncs
@ends
@pytest.mark.parametrize(
    "block", [THEIRS, THEIRS.replace("    ", "\t"), THEIRS.replace("rows", "行𠀀")]
)
def test_1_a_report_comes_before_its_change(sync, ends, block):
    desk = with_block(block, sync=sync, ends=ends)
    assert desk.told() == "h3ah"
    assert set(desk.agents()[1:5]) == {"one"}


REPORTS = {
    "what was added": {"added": THEIRS},
    "a pair with its context": {"pairs": [("import csv\n", "import csv\n" + THEIRS + "\n")]},
    "pairs, each a part": {"pairs": [("", THEIRS[:60]), ("", THEIRS[60:])]},
    "before and after": {"before": OURS, "after": OURS.replace("\n", "\n" + THEIRS + "\n", 1)},
    "the file whole": {"after": OURS.replace("\n", "\n" + THEIRS + "\n", 1)},
    "with carriage returns": {"added": THEIRS.replace("\n", "\r\n")},
}


@syncs
@pytest.mark.parametrize("report", [r for k, r in REPORTS.items() if k != "pairs, each a part"])
@pytest.mark.parametrize("first", [True, False])
def test_2_a_report_says_it_in_any_way_before_or_after(sync, report, first):
    desk = Desk(OURS, sync=sync)
    if first:
        desk.report("one", **report)
    desk.insert_lines(1, THEIRS)
    if not first:
        assert desk.told() == "h3uh"
        assert desk.report("one", **report)
    assert desk.told() == "h3ah"


@syncs
def test_3_a_person_types_a_line_into_the_block(sync):
    desk = with_block(sync=sync)
    desk.type(desk.at(2, -1), "\n    seen = 1")
    assert desk.told() == "haahah"


@syncs
def test_4_one_literal_is_typed_anew(sync):
    desk = with_block(sync=sync)
    start, end = desk.find("2)")
    desk.erase(start, end - 1)
    desk.type(start, "4")
    assert desk.told() == "haamh"


def test_5_two_of_fifty_lines_are_edited():
    desk = Desk("")
    desk.report("one", added="\n".join(f"step_{n}(engine)" for n in range(50)))
    desk.edit(0, 0, "\n".join(f"step_{n}(engine)" for n in range(50)))
    for line in (40, 7):
        desk.type(desk.at(line, -1), "  # ok")
    states = desk.states()
    assert (states.count("ai"), states[7], states[40]) == (48, "mixed", "mixed")


def test_6_a_blank_line_in_a_block_is_the_blocks():
    assert with_block().states()[3] == "ai"


@syncs
@pytest.mark.parametrize("by", ["    ", "\t", " "])
def test_7_a_formatter_reindents(sync, by):
    desk = with_block(sync=sync)
    desk.become("\n".join(by + line if line else line for line in desk.lines))
    assert desk.told() == "h3ah"


def test_7b_a_formatter_splits_a_line():
    line = "handler = build_handler(registry, timeout, retries)"
    desk = with_block(line)
    desk.become(
        desk.text.replace(
            line, "handler = build_handler(\n    registry,\n    timeout,\n    retries,\n)"
        )
    )
    assert desk.told() == "h5ah"


@pytest.mark.parametrize("together", [True, False])
def test_7b_a_formatter_runs_before_the_report_comes(together):
    line = "handler = build_handler('registry', timeout)"
    split = 'handler = build_handler(\n    "registry",\n    timeout,\n)'
    desk = Desk(OURS)
    desk.insert_lines(1, line + "\n" + THEIRS)
    desk.become(desk.text.replace(line, split))
    assert desk.report("one", added=line + "\n" + THEIRS)
    assert desk.told() == "h7ah"


@syncs
@pytest.mark.parametrize("expired", [False, True])
def test_8_and_8b_an_undo_gives_owners_back(sync, expired):
    desk = with_block(sync=sync)
    desk.delete_lines(1, 5)
    desk.now += 1000 if expired else 0
    desk.undo()
    assert desk.told() == "h3ah"


@syncs
@pytest.mark.parametrize("together", [True, False])
def test_8_undo_and_redo_in_small_steps_and_in_one(sync, together):
    desk = with_block(sync=sync)
    desk.type(desk.at(1, -1), "  # why?")
    desk.delete_lines(2, 4)
    desk.insert_lines(0, "note = copied_from_elsewhere()")
    said = desk.told()
    desk.undo(3, together=together)
    desk.redo(3, together=together)
    assert desk.told() == said


@syncs
def test_9_a_person_cuts_and_pastes_their_own_lines(sync):
    desk = Desk("first = 1\nsecond = 2\nlast = 3\n", sync=sync)
    desk.move_lines(0, 2, 1)
    assert desk.told() == "3h"


@syncs
def test_10_a_paste_from_outside_is_nobodys(sync):
    desk = Desk(OURS, sync=sync)
    desk.insert_lines(2, "found = on_a_page()\nkept = found")
    assert desk.told() == "huuh"


@syncs
def test_11_a_person_selects_a_line_and_writes_it_anew(sync):
    desk = with_block(sync=sync)
    desk.edit(desk.at(2, 4), desk.at(2, -1), "")
    desk.type(desk.at(2, 4), "pass  # later")
    assert desk.states()[2] == "human"


@syncs
def test_11_what_is_erased_key_by_key_and_typed_otherwise_is_a_persons(sync):
    desk = with_block("return rows", sync=sync)
    desk.erase(desk.at(1), desk.at(1, -1))
    desk.type(desk.at(1), "raise Later")
    assert desk.states()[1] == "human"


@syncs
def test_12_an_agent_writes_the_half_of_a_persons_line(sync):
    desk = Desk("if ready:\n    send(parcel)\n", sync=sync)
    desk.report("one", pairs=[("    send(parcel)", "    send(parcel, retries=limit, log=journal)")])
    at = desk.find("parcel)").end - 1
    desk.edit(at, at, ", retries=limit, log=journal")
    assert desk.told() == "hm"


@pytest.mark.parametrize("first", [True, False])
def test_13_a_file_is_written_whole_with_two_lines_that_differ(first):
    lines = [f"setting_{n} = {n}" for n in range(20)]
    desk = Desk("\n".join(lines))
    lines[4] = "setting_4 = os.environ"
    lines.insert(11, "subprocess.run(command)")
    if first:
        desk.report("one", after="\n".join(lines))
    desk.become("\n".join(lines))
    if not first:
        desk.report("one", after="\n".join(lines))
    states = desk.states()
    assert states.count("human") == 19
    assert states[4] in {"ai", "mixed"}
    assert states[11] == "ai"


def test_13_a_copy_of_an_old_line_is_not_the_agents_who_wrote_the_file_whole():
    desk = Desk("alpha_beta = 1\ngamma_delta = 2\n")
    desk.report("one", after="alpha_beta = 1\ngamma_delta = 2\nomega_psi = 3\n")
    desk.insert_lines(2, "omega_psi = 3")
    desk.insert_lines(2, "alpha_beta = 1")
    assert desk.told() == "hhua"


def test_14_the_disk_is_read_anew_before_the_report_comes():
    desk = Desk(OURS)
    after = OURS.replace("\n\n", "\nimport shutil\n\n")
    desk.become(after)
    assert desk.report("one", after=after)
    assert desk.told() == "hah"


@syncs
def test_21_only_the_inserted_one_of_two_equal_lines(sync):
    desk = Desk("def one():\n    return None\n", sync="incremental")
    block = "\n\ndef two():\n    return None"
    desk.report("one", added=block)
    desk.edit(desk.at(1, -1), desk.at(1, -1), block)
    assert desk.told() == "hhaa"


def test_22_what_a_person_changed_of_a_proposal_is_mixed():
    desk = Desk(OURS)
    written = "keep = as_proposed()\nchanged = by_a_person()"
    desk.report(
        agent("one", modified=True),
        added=written,
        proposed="keep = as_proposed()\nchanged = by_the_agent()",
    )
    desk.insert_lines(1, written)
    assert desk.told() == "hamh"


@syncs
def test_23_line_ends_change_and_change_back(sync):
    desk = with_block(sync=sync)
    for end in ("\r\n", "\n"):
        desk.ends = end
        desk.become("\n".join(desk.lines))
        assert desk.told() == "h3ah"


@syncs
def test_24_characters_of_two_units(sync):
    desk = Desk("行 = '🜂🜁'\nlast = 1\n", sync=sync)
    desk.report("one", added="middle = '🜃' + name")
    desk.insert_lines(1, "middle = '🜃' + name")
    desk.type(desk.at(0, -1), "🜄a")
    assert desk.told() == "hah"


@syncs
def test_25_several_cursors(sync):
    desk = with_block(sync=sync)
    for line in (4, 2, 1):  # editors tell the last one first
        desk.edit(desk.at(line, 4), desk.at(line, 4), "x")
    assert desk.told() == "h3mh"


@syncs
def test_26_and_27_much_at_once_is_suspect_until_it_is_explained(sync):
    desk = Desk(OURS, sync=sync)
    block = "\n".join(f"row_{n} = table[{n}]" for n in range(8))
    desk.insert_lines(1, block)
    assert desk.told() == "h8sh"
    desk.tracker.mark(
        desk.snapshot, desk.find(block), Origin(Tier.OBSERVED, source="paste", ai=False)
    )
    assert desk.told() == "h8uh"


def test_28_a_completion_is_accepted_word_by_word():
    desk = Desk("rate = \n")
    desk.report("one", added="exchange(currency, day)")
    for part in ("exchange", "(currency, ", "day)"):
        desk.edit(desk.at(0, -1), desk.at(0, -1), part)
    assert desk.states()[0] == "mixed"


@syncs
def test_29_ghost_text_over_what_was_typed(sync):
    desk = Desk("", sync=sync)
    desk.type(0, "def re")
    text = "def repeat(word, times):\n    return word * times"
    desk.report("one", added=text)
    desk.edit(0, 6, text)
    assert desk.told() == "ma"


@syncs
def test_30_deleted_lines_leave_nothing(sync):
    desk = with_block(sync=sync)
    desk.delete_lines(1, 5)
    assert desk.told() == "hh"


@syncs
@pytest.mark.parametrize(
    "paste", ["evaluation = other_thing(now)", "x = 1", "rows = amount", "price"]
)
def test_31_a_report_does_not_swallow_what_has_nothing_to_do_with_it(sync, paste):
    desk = Desk(OURS, sync=sync)
    desk.report("one", added=THEIRS)
    desk.insert_lines(1, paste)
    assert desk.states()[1] == "unknown"


@syncs
@pytest.mark.parametrize("to", [0, 1, 2])
def test_32_an_agents_lines_are_moved(sync, to):
    desk = Desk("", sync=sync)
    desk.report("one", added="p = 1\nq = 2\nr = 3")
    desk.edit(0, 0, "p = 1\nq = 2\nr = 3")
    desk.move_lines(0, 1, to)
    assert desk.told() == "3a"


@syncs
@pytest.mark.parametrize("line", [1, 2, 4, 5])
def test_32_a_line_goes_up_with_alt_and_an_arrow_in_one_change(sync, line):
    desk = with_block(sync=sync)
    was = dict(zip(desk.lines, desk.states(), strict=True))
    above, moved = desk.lines[line - 1 : line + 1]
    desk.edit(desk.at(line - 1), desk.at(line, -1), moved + "\n" + above)
    now = dict(zip(desk.lines, desk.states(), strict=True))
    assert {k: v for k, v in now.items() if k} == {k: v for k, v in was.items() if k}


@syncs
def test_32_lines_are_sorted(sync):
    desk = Desk("delta = 4\nalpha = 1\n", sync=sync)
    desk.report("one", added="charlie = 3\nbravo = 2")
    desk.insert_lines(1, "charlie = 3\nbravo = 2")
    desk.edit(0, desk.at(3, -1), "\n".join(sorted(desk.lines[:4])))
    assert desk.told() == "haah"


def test_34_two_sessions_in_one_file():
    desk = Desk(OURS)
    one, two = "first_session = work()", "second_session = other()"
    desk.insert_lines(1, one)
    desk.insert_lines(2, two)
    desk.report("two", added=two)
    desk.report("one", added=one)
    assert desk.agents()[1:3] == ["one", "two"]


@pytest.mark.parametrize(("seconds", "state"), [(200, "ai"), (400, "unknown")])
def test_37_a_report_expires(seconds, state):
    desk = Desk(OURS)
    desk.report("one", added="late = arrival(of_text)")
    desk.now += seconds
    desk.insert_lines(1, "late = arrival(of_text)")
    assert desk.states()[1] == state


@syncs
def test_45_a_burst_of_typing_stays_a_persons(sync):
    desk = Desk(OURS, sync=sync)
    desk.edit(desk.at(1), desk.at(1), "\n")
    desk.burst(desk.at(1), "for row in csv.reader(stream): keep(row)")
    assert desk.states()[1] == "human"


def test_45_a_burst_that_begins_like_what_an_agent_left_over_is_a_persons():
    desk = Desk("def f(a):\n    return a\n\n", source=PERSON)
    desk.report("one", pairs=[("    return a", "    return a + first_offset + second_offset")])
    at = desk.at(1, -1)
    desk.edit(at, at, " + first_offset + second_offset")
    desk.burst(desk.at(2), "    return")
    assert desk.told() == "hmh"


@syncs
def test_a_suggestion_is_accepted_and_edited_at_once(sync):
    desk = Desk(OURS, sync=sync)
    desk.insert_lines(1, THEIRS)
    desk.type(desk.find("round").start, "int(")
    desk.tracker.mark(desk.snapshot, desk.find("def total(rows):"), GHOST)
    assert desk.report("one", added=THEIRS)
    assert desk.told() == "haamh"
    assert desk.agents()[1:3] == ["ghost", "one"]


@syncs
def test_an_agent_streams_line_by_line_while_a_person_types_elsewhere(sync):
    desk = Desk(OURS, sync=sync)
    for number, line in enumerate(THEIRS.split("\n")):
        desk.insert_lines(1 + number, line)
        desk.type(desk.at(0, -1), "#")
    assert desk.report("one", added=THEIRS)
    assert desk.told() == "h3ah"


@syncs
def test_an_agent_reports_a_whole_file_that_a_person_had_typed_in(sync):
    desk = Desk(OURS, sync=sync)
    desk.type(desk.at(1), "fresh = thought\n")
    after = desk.text.replace("\n\n", "\nimport shutil\n\n")
    desk.insert_lines(2, "import shutil")
    desk.report("one", after=after)
    assert desk.states()[1] == "human"
    assert desk.state_of("shutil") == "ai"


@syncs
def test_a_name_is_changed_everywhere(sync):
    desk = with_block(sync=sync)
    for line in (4, 2):
        span = desk.at(line), desk.at(line, -1)
        at = desk.text.index("amount", *span)
        desk.edit(at, at + 6, "cost")
    assert desk.told() == "hammh"


@syncs
def test_another_branch_and_back(sync):
    desk = with_block(sync=sync)
    kept = desk.text
    desk.become("import json\n\ndata = json.load(source)\nlog = open_log()\n")
    desk.become(kept)
    assert desk.told() == "h3ah"


@syncs
def test_brackets_close_themselves(sync):
    desk = Desk(OURS, sync=sync)
    at = desk.at(1)
    for keys in ("()", "[]", "''"):
        desk.edit(at, at, keys)
        at += 1
    desk.type(at, "key")
    desk.edit(desk.at(1, -1), desk.at(1, -1), "\n    ")
    desk.type(desk.at(2, -1), "then")
    assert desk.told() == "4h"
