"""What an editor shows of a data flow, and of what is too uncertain for everybody's lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from vetline import session
from vetline.doors.lsp import diagnostics
from vetline.doors.lsp.documents import Document, Part, Unit, carried
from vetline.doors.lsp.units import Units
from vetline.gate import Policy, Scope
from vetline.provenance import Attribution, State
from vetline_analyzers.core.finding import Confidence, Finding, Persona, Related, Severity
from vetline_analyzers.core.text import Edit, Snapshot, Span

TEXT = "a = request.args\nb = a['é']; run(b)\n"
SINK = Span(TEXT.index("run"), TEXT.index("run") + 6)
FLOW = (
    Related(Span(4, 16), "what a client sends"),
    Related(Span(0, 0), "it is handed on", "shop/helpers.py", 12),
    Related(SINK, "it is run"),
)
ROOT = Path("/shop")


def finding(**more) -> Finding:
    return Finding(
        **{
            "rule": "python/x",
            "span": SINK,
            "message": "m",
            "severity": Severity.HIGH,
            "confidence": Confidence.HIGH,
            "analyzer": "patterns",
            "flow": FLOW,
            **more,
        }
    )


def shown(found: Finding, texts: list[str], policy: Policy | None = None, state=State.AI) -> list:
    parts: list[Part] = []
    for number, text in enumerate(texts):
        start = sum(map(len, texts[:number]))
        parts.append(Part(Document(Snapshot(f"cell:{number}", "python", 1, text)), start))
    unit = Unit(
        "file:///shop/a.py", parts, Snapshot("file:///shop/a.py", "python", 1, "".join(texts))
    )
    said = Attribution(state)
    sightings = session.sight(unit.snapshot, [found], lambda _: said, quoting=False)
    view = diagnostics.View(Units("utf-16"), policy or Policy(), {}, related=True, root=ROOT)
    return [one for _, items in diagnostics.of_unit(unit, sightings, view) for one in items]


def test_the_steps_of_a_value_are_related_information_in_their_files():
    (one,) = shown(finding(related=(Related(Span(17, 18), "b is made here"),)), [TEXT])
    told = one["relatedInformation"]
    assert [note["message"] for note in told] == [
        "what a client sends", "it is handed on", "it is run", "b is made here"]  # fmt: skip
    assert told[0]["location"]["range"]["start"] == {"line": 0, "character": 4}
    assert told[1]["location"] == {
        "uri": "file:///shop/shop/helpers.py",
        "range": {"start": {"line": 11, "character": 0}, "end": {"line": 11, "character": 0}},
    }
    assert told[2]["location"]["range"] == one["range"]
    assert one["data"]["tier"] == "traced"


def test_in_a_notebook_each_step_is_in_its_cell():
    first, second = TEXT.split("\n", 1)
    (one,) = shown(finding(), [first + "\n", second])
    told = one["relatedInformation"]
    assert [note["location"]["uri"] for note in told] == [
        "cell:0", "file:///shop/shop/helpers.py", "cell:1"]  # fmt: skip
    assert told[2]["location"]["range"]["start"] == {"line": 0, "character": 12}


def test_steps_move_with_edits_and_those_in_other_files_stay():
    moved = carried(finding(), Edit(Span(0, 0), "# above\n"))
    assert moved is not None
    assert [step.span for step in moved.flow] == [Span(12, 24), Span(0, 0), SINK.shifted(8)]
    # What an edit touches says no more what it said.
    cut = carried(finding(), Edit(Span(6, 8), "xx"))
    assert cut is not None
    assert [step.message for step in cut.flow] == ["it is handed on", "it is run"]
    assert carried(finding(), Edit(Span(len(TEXT), len(TEXT)), "x")) == finding()


@pytest.mark.parametrize(
    ("state", "persona", "count"),
    [
        (State.AI, Persona.REGULAR, 1),
        (State.SUSPECT_AI, Persona.REGULAR, 1),
        (State.UNKNOWN, Persona.REGULAR, 0),
        (State.HUMAN, Persona.REGULAR, 0),
        (State.HUMAN, Persona.PEDANTIC, 1),
    ],
)
@pytest.mark.parametrize("scope", [Scope.ALL, Scope.AI])
def test_what_is_tentative_is_not_even_a_hint_in_other_lines(state, persona, count, scope):
    policy = Policy(persona=persona, scope=scope)
    told = shown(finding(tentative=True), [TEXT], policy, state)
    assert len(told) == count
    assert all(one["data"]["tier"] == "possible" for one in told)
