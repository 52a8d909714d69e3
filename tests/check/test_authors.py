"""`--scope ai`: whose lines count, as agents reported and as is remembered."""

from __future__ import annotations

import json
import subprocess

import pytest
from origins import report

from vetline import spool
from vetline.authors import Authors
from vetline.provenance import Origin, Tier, Tracker
from vetline_analyzers.core.text import Snapshot


@pytest.fixture
def checked(project, run):
    """Runs a check of the AI's lines; gives the exit code, what was found and what was said."""

    def check(*words):
        code, out, err = run("check", "--scope", "ai", "--output-format", "json", *words)
        return code, json.loads(out), err

    subprocess.run(["git", "init", "-q", str(project)], check=True)
    return check


def test_what_an_agent_reported_counts_and_what_it_did_not_is_left_out(project, checked):
    path = project / "a.py"
    path.write_text("MEH(x)\nvalue = BAD(y)\n")
    report(path, before="MEH(x)\n", after="MEH(x)\nvalue = BAD(y)\n")
    code, told, err = checked()
    assert code == 1
    (finding,) = told["findings"]
    assert finding["rule"] == "fake/bad"
    assert finding["origin"] == {
        "state": "ai", "agent": "claude-code", "model": "opus", "session": "s1"}  # fmt: skip
    assert told["counts"]["out_of_scope"] == 1
    assert "nothing here is known" not in err


@pytest.mark.parametrize(
    ("source", "ai", "code"),
    [("completion", True, 1), ("typed", False, 0), ("paste", False, 0)],
)
def test_what_an_editor_saw_is_remembered(project, checked, source, ai, code):
    text = "value = BAD(y)\n"
    (project / "a.py").write_text(text)
    snapshot = Snapshot((project / "a.py").as_uri(), "python", 1, text, "a.py")
    tracker = Tracker.fresh(snapshot, Origin(Tier.OBSERVED, source=source, ai=ai))
    Authors(project).save(snapshot, tracker)
    assert checked()[0] == code
    told = checked()[1]
    assert told["counts"]["out_of_scope"] == (0 if ai else 1)
    assert ("nothing is known to be an AI's" in told["reasons"]) == (source == "paste")


def test_what_a_person_is_known_to_have_written_is_not_assumed_to_be_an_ais(project, checked):
    text = "value = BAD(y)\n"
    (project / "a.py").write_text(text)
    (project / "b.py").write_text(f"more = 1\n{text}")
    snapshot = Snapshot((project / "a.py").as_uri(), "python", 1, text, "a.py")
    tracker = Tracker.fresh(snapshot, Origin(Tier.OBSERVED, source="typed", ai=False))
    Authors(project).save(snapshot, tracker)
    _, told, _ = checked("--assume-origin", "ai")
    assert [finding["path"] for finding in told["findings"]] == ["b.py"]
    assert told["counts"]["out_of_scope"] == 1


def test_a_damaged_store_is_a_failure_where_it_decides_and_a_word_elsewhere(
    project, checked, run, monkeypatch
):
    (project / "a.py").write_text("BAD(y)\n")
    (project / ".git" / "vetline").mkdir()
    (project / ".git" / "vetline" / "provenance.db").write_bytes(b"not a database" * 100)
    code, told, _ = checked()
    assert code == 3
    (failure,) = told["not_checked"]
    assert "provenance.db" in failure["reason"]
    code, _, err = run("check", "--scope", "all")
    assert code == 1
    assert err.count("provenance.db") == 1


def test_nobody_is_asked_about_a_text_without_findings(project, checked, monkeypatch):
    (project / "a.py").write_text("x = 1\n")
    report(project / "a.py", ("", "x = 1\n"))
    monkeypatch.setattr(Authors, "tracker", lambda *_: pytest.fail("it was asked"))
    assert checked()[1]["verdict"] == "pass"
    assert not spool.pending([str(project / ".git" / "vetline")])
