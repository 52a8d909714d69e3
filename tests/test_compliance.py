"""Evidence for controls: what the shelf says, what is counted, which gaps are told, and what never is."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import audited
import chromium
import pytest
import reviewed

from vetline import compliance, frameworks
from vetline.compliance import Decided, Period, Proof
from vetline.doors import compliance as door
from vetline.ledger import AuditEvent, Kind
from vetline.review import Decision, ReviewRequest, State
from vetline.statement import Signed
from vetline.subject import Subject
from vetline_analyzers import engine

PERIOD = Period("2026-03-01T00:00:00.000Z", "2026-04-01T00:00:00.000Z")
BEFORE, WITHIN, LATER, AFTER = (
    f"2026-{day}T09:05:00.000Z" for day in ("02-10", "03-10", "03-20", "04-01")
)
HOSTILE = "</td><script>alert(1)</script>|`x`\u202e\x1b[31m"
ALL = tuple(frameworks.all_frameworks())
WHOLE = Proof(whole=True, anchored=True)


def event(
    kind: str, at: str = WITHIN, seq: int = 1, subject: str = "a.py", **payload
) -> AuditEvent:
    return AuditEvent(seq, at, "Ana <ana@example.com>", kind, subject, payload, "0", f"{seq:064x}")


def opened(mark: str = "f1", at: str = WITHIN, rule: str = "python/sql-from-string", **more) -> AuditEvent:  # fmt: skip
    said = {"severity": "high", "origin": {"state": "ai"}, **more}
    return event("finding.opened", at, fingerprint=mark, rule=rule, **said)


def closed(mark: str = "f1", at: str = LATER, why: str = "gone") -> AuditEvent:
    return event("finding.closed", at, fingerprint=mark, rule="python/sql-from-string", why=why)


def assessed(key: str, control: str, *events, reviews: Decided | None = None, proof: Proof = WHOLE):
    evidence = compliance.gather(events, PERIOD)
    found = compliance.assess(
        frameworks.all_frameworks()[key], evidence, reviews or Decided(), proof
    )
    return next(one for one in found if one.control.id == control)


# -- the shelf


def test_the_frameworks_that_were_asked_for_are_there():
    assert {
        "soc2", "iso27001-2013", "iso27001-2022", "pci-dss-3.2.1", "pci-dss-4.0.1", "gdpr", "owasp-asvs-5.0",
        "nist-ssdf-1.1", "owasp-llm-2025", "eu-ai-act",
    } == set(ALL)  # fmt: skip
    has = {key: {one.id for one in found.controls} for key, found in frameworks.all_frameworks().items()}  # fmt: skip
    assert {"CC6.1", "CC7.1"} <= has["soc2"]
    assert {"A.14.2.1", "A.12.6.1"} <= has["iso27001-2013"]
    assert {"A.8.25", "A.8.8"} <= has["iso27001-2022"]
    assert {"6.3.1", "6.5.1"} <= has["pci-dss-3.2.1"]
    assert {"6.2.4", "6.3.1"} <= has["pci-dss-4.0.1"]
    assert {"Art. 25(1)", "Art. 32(1)(d)"} <= has["gdpr"]


@pytest.mark.parametrize("key", ALL)
def test_a_control_names_what_there_is(key):
    rules = engine.rules()
    numbers = {number for rule in rules.values() for number in rule.cwe}
    families = {name.partition("/")[0] for name in rules}
    found = frameworks.all_frameworks()[key]
    assert found.url.startswith("https://")
    assert len({one.id for one in found.controls}) == len(found.controls)
    for one in found.controls:
        assert set(one.events) <= {kind.value for kind in Kind}, one.id
        assert set(one.cwe) <= numbers, one.id
        assert set(one.families) <= families, one.id
        assert one.events, one.id
        assert one.asks.endswith("."), one.id
        assert one.beyond, one.id
        assert not one.beyond.endswith("."), one.id
        assert bool(one.rules(rules.values())) is one.asks_for_rules, one.id


@pytest.mark.parametrize("key", ALL)
def test_controls_stand_in_the_order_of_their_numbers(key):
    controls = frameworks.all_frameworks()[key].controls
    order = [[int(n) for n in re.findall(r"\d+", one.id)] + re.findall(r"\(([a-z])\)", one.id) for one in controls]  # fmt: skip
    if key != "nist-ssdf-1.1":  # its groups come before their numbers
        assert all(a < b for a, b in pairwise(order))


def test_the_page_names_each_framework_and_field():
    page = (Path(__file__).parents[1] / "docs/compliance.md").read_text("utf-8")
    assert re.findall(r"^\| `([a-z0-9.-]+)` \|", page, re.MULTILINE)[1 : len(ALL) + 1] == sorted(
        ALL
    )
    for fields in (compliance.Findings._fields, compliance.Tally._fields, Decided._fields):
        assert not [name for name in fields if f"`{name}`" not in page]


def test_a_control_is_joined_to_rules_by_category_number_and_family():
    soc2 = {one.id: one for one in frameworks.all_frameworks()["soc2"].controls}
    rules = engine.rules().values()
    assert "python/sql-from-string" in soc2["CC7.1"].rules(rules)
    assert "python/sql-from-string" not in soc2["CC6.7"].rules(rules)
    assert "python/tls-verify-off" in soc2["CC6.7"].rules(rules)
    assert "package/typosquat" in soc2["CC6.8"].rules(rules)
    assert "secret/github-token" in soc2["CC6.1"].rules(rules)
    assert soc2["CC8.1"].rules(rules) == frozenset()


# -- what is counted


def test_findings_are_counted_by_when_they_came_and_went():
    events = (
        opened("old", BEFORE), opened("older", BEFORE), closed("older", BEFORE), opened("f1"),
        opened("f2", severity="low", origin={"state": "human"}), opened("f3"), closed("f1"),
        closed("f2", why="suppressed"), opened("next", AFTER), closed("f3", AFTER),
    )  # fmt: skip
    found = assessed("pci-dss-4.0.1", "6.2.4", *events).findings
    # Independently: of the period are f1, f2, f3; at its end "old" and f3 are open.
    assert found == compliance.Findings(opened=3, of_ai=2, mended=1, accepted=1, open=2, severe=2)


def test_a_finding_of_another_kind_does_not_count():
    assert assessed("pci-dss-4.0.1", "8.6.2", opened()).findings.opened == 0
    assert assessed("pci-dss-4.0.1", "8.6.2", opened(rule="secret/github-token")).findings.opened == 1  # fmt: skip
    assert assessed("pci-dss-4.0.1", "6.2.4", opened(rule="x/of-a-later-version")).findings.opened == 0  # fmt: skip


def test_events_are_counted_with_the_first_and_the_last():
    events = [event("gate.judged", seq=n, verdict="pass", failures=0) for n in (4, 7, 9)]
    early, late = event("gate.judged", BEFORE, 1), event("gate.judged", AFTER, 12)
    one = assessed("soc2", "CC8.1", early, *events, late)
    assert one.events == {"gate.judged": compliance.Tally(3, f"4:{4:064x}", f"9:{9:064x}")}
    evidence = compliance.gather([early, *events, late], PERIOD)
    assert (evidence.events, evidence.verdicts) == (3, {"pass": 3})


def decision(state: State, at: str = WITHIN, signer: str = "bo@x", problem: str = "") -> Decision:
    return Decision(state, "bo@x", at, signer=signer, problem=problem)


def test_decisions_are_counted_by_what_they_are_worth():
    approved, rejected = State.APPROVED, State.REJECTED
    made = [
        (WITHIN, [decision(approved)]),
        (WITHIN, [decision(approved, signer="")]),
        (BEFORE, [decision(rejected)]),
        (BEFORE, [decision(approved, problem="is not signed")]),
        (WITHIN, [decision(approved, AFTER)]),
        (AFTER, []),
    ]
    requests = [
        ReviewRequest(f"{n:012x}", Subject("a.py"), (), "Ana", at, "", decisions=tuple(told))
        for n, (at, told) in enumerate(made)
    ]
    assert compliance.decided(requests, PERIOD) == Decided(
        requested=3, signed=1, unsigned=1, rejected=1, refused=1, waiting=2
    )


# -- which gaps are told


def test_nothing_recorded_is_no_evidence_and_says_so():
    for key in ALL:
        for one in compliance.assess(
            frameworks.all_frameworks()[key], compliance.gather((), PERIOD), Decided(), WHOLE
        ):
            assert one.evidence == "none"
            assert one.events == {}
            silent = {"ledger.exported", "ledger.imported", "text.erased", "suppression"}
            assert one.gaps or set(one.control.events) & (silent | {"escalation", "finding.opened", "insertion", "prompt.denied"})  # fmt: skip


def test_a_gap_is_told_for_what_is_missing_open_or_unproved():
    judged = event("gate.judged", verdict="pass", failures=2)
    gaps = assessed("soc2", "CC7.1", judged, opened()).gaps
    assert "1 of 1 verdicts rest on something that could not be checked." in gaps
    assert "1 critical or high finding was open at the end of the period." in gaps
    assert "No policy was recorded, or it was recorded before the period." in gaps
    reviews = Decided(requested=4, signed=1, unsigned=2, refused=1, waiting=1)
    gaps = assessed("soc2", "CC8.1", judged, reviews=reviews, proof=Proof(whole=True)).gaps
    assert any("2 of 3 approvals bear no signature" in gap for gap in gaps)
    assert any("1 decisions on reviews do not count" in gap for gap in gaps)
    assert any("1 reviews were not decided" in gap for gap in gaps)
    assert any("No anchor in git" in gap for gap in gaps)
    assert any("No agent reported what it wrote" in gap for gap in gaps)
    assert "The ledger is not whole." in assessed("soc2", "CC8.1", judged, proof=Proof(whole=False)).gaps  # fmt: skip


def test_evidence_without_a_gap_is_found_and_still_names_what_is_not_seen():
    one = assessed("soc2", "CC6.1", event("gate.judged", verdict="pass", failures=0), opened(), closed())  # fmt: skip
    assert (one.evidence, one.gaps) == ("found", ())
    assert one.control.beyond


def test_what_somebody_damaged_is_passed_over():
    odd = (
        event("finding.opened", fingerprint=1, rule=[], origin="x"),
        event("finding.closed", fingerprint=None),
        event("gate.judged", verdict=3, failures="many"),
        event("gate.judged", failures=True),
        event("a.kind.of.later"),
    )
    evidence = compliance.gather(odd, PERIOD)
    assert evidence.events == 5
    assert [one.rule for one in evidence.faults] == [""]


# -- the door


@pytest.fixture
def repo(tmp_path, monkeypatch):
    return audited.repository(tmp_path, monkeypatch)


@pytest.fixture
def told(repo):
    """A ledger with something of everything, some of it hostile."""
    audited.recorded(
        repo,
        (Kind.FINDING_OPENED, "shop/area.py", {**audited.opened("f1", 3), "symbol": HOSTILE}),
        (Kind.GATE_JUDGED, ".", audited.verdict(HOSTILE, failures=1)),
        (Kind.GATE_JUDGED, ".", audited.verdict("pass")),
        (Kind.REVIEW_APPROVED, "/srv/ana/secret.py", {"request": HOSTILE}),
        at="2026-03-10T09:05:00.000Z",
        by=f"{HOSTILE} <x@y>",
    )
    return repo


def run(capsys, *argv: str) -> tuple[int, str, str]:
    code = door.main(list(argv))
    return code, *capsys.readouterr()


def data(capsys, *argv: str) -> dict:
    code, out, err = run(capsys, "--output-format", "json", *argv)
    assert (code, err) == (0, "")
    return json.loads(out)


def test_the_frameworks_are_listed(repo, capsys):
    code, out, err = run(capsys, "--list")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == list(ALL)


def test_an_empty_ledger_gives_a_sane_page(repo, capsys):
    for form in ("markdown", "html"):
        code, out, err = run(capsys, "--output-format", form)
        assert (code, err) == (0, "")
        assert "Nothing was ever recorded here." in out
        assert "Evidence: none." in out
        assert "Evidence: found." not in out
    assert not (repo / ".git/vetline").exists(), "looking makes nothing"


@pytest.mark.parametrize(
    ("word", "since", "until"),
    [
        ("2026", "2026-01-01", "2027-01-01"), ("2026-Q1", "2026-01-01", "2026-04-01"),
        ("2025-Q4", "2025-10-01", "2026-01-01"), ("2025-12", "2025-12-01", "2026-01-01"),
        ("2026-02", "2026-02-01", "2026-03-01"), ("2026-01-15..2026-03-31", "2026-01-15", "2026-04-01"),
    ],
)  # fmt: skip
def test_periods_are_those_of_a_calendar(repo, capsys, word, since, until):
    midnight = "T00:00:00.000Z"
    period = data(capsys, "--framework", "soc2", "--period", word)["period"]
    assert period == {"since": since + midnight, "until": until + midnight}


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--framework", "soc"], "did you mean 'soc2'?"),
        (["--framework", "\x1b[31m"], "choose from eu-ai-act"),
        (["--period", "2026-13"], "there is no such month"),
        (["--period", "9999"], "there is no such month"),
        (["--period", "0000"], "there is no such month"),
        (["--period", "2026-02-01..2026-01-01"], "give when it begins"),
        (["--period", "..2026-01-01"], "give when it begins"),
        (["--period", "2026-Q5"], "--period 2026-Q5: give a date"),
        (["--period", "2999-01-01.."], "give when it begins"),
        (["--period", "2999-01-01..2999-02-01"], "it has not begun yet"),
        (["--period="], "is empty"),
        (["--output-format", "pdf"], "invalid choice"),
        (["-o", "no/such/folder/x.md"], "cannot write no/such/folder/x.md"),
    ],
)
def test_wrong_usage_is_one_line(repo, capsys, argv, says):
    code, out, err = run(capsys, *argv)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert says in err
    assert "\x1b" not in err


def test_the_figures_of_the_page_are_those_of_the_events(told, capsys):
    found = data(capsys, "--framework", "soc2", "--period", "2026-Q1")
    by_id = {one["id"]: one for one in found["frameworks"][0]["controls"]}
    assert found["ledger"]["events"] == 4
    assert found["ledger"]["whole"] is True
    assert found["verdicts"]["words"]["pass"] == 1
    assert found["verdicts"]["not_wholly_checked"] == 1
    assert by_id["CC7.1"]["findings"]["severe"] == 1
    judged = by_id["CC7.1"]["events"]["gate.judged"]
    assert judged["total"] == 2
    assert judged["first"].startswith("2:")
    assert by_id["CC7.1"]["evidence"] == "with gaps"
    assert data(capsys, "--framework", "soc2", "--period", "2026-Q2")["ledger"]["events"] == 0


def test_a_decision_is_shown_with_its_signature_or_with_what_is_wrong(tmp_path, monkeypatch, capsys):  # fmt: skip
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    stage = reviewed.Stage(tmp_path)
    asked = stage.request()
    stage.decide(asked)
    stage.put(Signed(stage.decision(asked, "rejected", reviewer=stage.cy.address)))
    stage.commit()
    monkeypatch.chdir(stage.root)
    found = data(capsys, "--framework", "pci-dss-4.0.1", "--period", "2026")
    assert {name: found["reviews"][name] for name in Decided._fields} == {
        "requested": 1, "signed": 1, "unsigned": 0, "rejected": 0, "refused": 1, "waiting": 0,
    }  # fmt: skip
    good, bad = sorted(found["reviews"]["decisions"], key=lambda one: one["problem"])
    assert (good["by"], good["signer"], good["key"][:7]) == (stage.bo.address, stage.bo.address, "SHA256:")  # fmt: skip
    assert (bad["decision"], bad["signer"], bad["problem"]) == ("rejected", "", "is not signed")
    text = run(capsys, "--framework", "pci-dss-4.0.1", "--period", "2026")[1]
    assert f"| {stage.bo.address}, {good['key']} |" in text.replace("\\", "")
    assert "does not count: is not signed" in text


def test_invented_events_are_no_evidence(repo, capsys):
    audited.recorded(
        repo, (Kind.GATE_JUDGED, ".", audited.verdict("pass")), by="Ada <demo@vetline.invalid>"
    )
    assert data(capsys, "--period", "2026")["ledger"]["invented"] == 1
    out = run(capsys, "--period", "2026")[1]
    assert "NOT EVIDENCE: vetline demo invented 1 of these events." in out


def test_a_changed_ledger_is_told_of_and_fails(told, capsys):
    import sqlite3

    with sqlite3.connect(told / ".git/vetline/ledger.db") as db:
        for (name,) in db.execute("select name from sqlite_master where type='trigger'").fetchall():
            db.execute(f"drop trigger {name}")
        db.execute("update event set payload = replace(payload, 'pass', 'warn')")
    code, out, _ = run(capsys, "--framework", "soc2", "--period", "2026")
    assert code == 1
    assert "The ledger is NOT whole" in out
    assert "Gap: The ledger is not whole." in out


class Read(HTMLParser):
    """Which elements a page has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)


def test_nothing_hostile_and_no_path_of_a_machine_is_in_a_page(told, capsys):
    html = run(capsys, "--output-format", "html", "--period", "2026")[1]
    text = run(capsys, "--period", "2026")[1]
    assert "script" not in Read(html).tags
    for page in (html, text, run(capsys, "--output-format", "json", "--period", "2026")[1]):
        assert "\x1b" not in page
        assert "/srv/ana" not in page
        assert str(told) not in page
        assert "\u202e" not in page
    assert "<script>" not in text


def test_it_never_says_that_anything_complies(told, capsys):
    text = run(capsys, "--period", "2026")[1]
    assert "does not say that anything complies" in text
    said = text.replace("does not say that anything complies with anything", "")
    assert not re.search(r"\b(?:compl(?:y|ies|iant)|is met|fulfil\w*|satisf\w*|certif\w*)\b", said)


def test_a_report_goes_into_a_file(told, capsys, tmp_path):
    file = tmp_path / "report.html"
    assert run(capsys, "--output-format", "html", "-o", str(file)) == (0, "", "")
    assert file.read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.editor
def test_the_page_is_accessible_in_a_browser(told, capsys, tmp_path):
    if chromium.program() is None:
        pytest.skip(chromium.MISSING)
    from axe_playwright_python.sync_playwright import Axe

    file = tmp_path / "report.html"
    run(capsys, "--framework", "soc2", "--period", "2026", "--output-format", "html", "-o", str(file))  # fmt: skip
    with chromium.launched() as browser:
        page = browser.new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(file.as_uri())
        for scheme, width in (("light", 1100), ("dark", 1100), ("light", 360)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
    assert (asked, said) == ([file.as_uri()], [])


def test_no_control_without_evidence_is_without_a_gap(repo, capsys):
    found = data(capsys, "--period", "90d")
    controls = [one for framework in found["frameworks"] for one in framework["controls"]]
    bare = [one for one in controls if one["evidence"] == "none"]
    assert bare, "nothing is recorded here"
    assert not [one["id"] for one in bare if not one["gaps"]]
