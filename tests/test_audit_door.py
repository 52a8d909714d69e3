"""`vetline audit`: what was recorded is found, verified, proved, exported and traced; texts go, the chain stays."""

from __future__ import annotations

import base64
import contextlib
import csv
import hashlib
import io
import json
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime

import audited
import pytest
from audited import (
    ANA,
    ASKED,
    BO,
    PROMPT_DIGEST,
    SESSION,
    commit,
    located,
    now,
    opened,
    recorded,
    verdict,
)
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given
from hypothesis import strategies as st
from repositories import sh

from vetline import ledger, stores
from vetline.authors import Authors
from vetline.doors import audit, git_hook
from vetline.doors import provenance as provenance_door
from vetline.doors.audit import attesting, exporting, telling
from vetline.ledger import GENESIS, AuditEvent, Draft, Kind
from vetline.stores import database, origins, tables

HOSTILE = 'a\x1b[31m\u202e<img src=x>\n=cmd|"/c calc"!A1'
FINDING = "f1" * 10


@pytest.fixture
def repo(tmp_path, monkeypatch):
    return audited.repository(tmp_path, monkeypatch)


@pytest.fixture
def told(repo):
    """A ledger of eight events of two people and two sessions."""
    recorded(repo, (Kind.PROMPT_SUBMITTED, "", {"session": SESSION, "prompt": PROMPT_DIGEST}))
    recorded(repo, (Kind.FINDING_OPENED, "shop/area.py", opened(FINDING, 5)))
    at = "2026-03-02T10:00:00.000Z"
    recorded(repo, (Kind.REVIEW_REQUESTED, "shop/area.py", {"lines": [1, 2]}), at=at, by=BO)
    recorded(
        repo,
        (Kind.REVIEW_COMMENTED, "shop/area.py", {"request": "3f9a0c1d22be", "note": "ok?"}),
        at=at,
        by=BO,
    )
    at = "2026-03-03T10:00:00.000Z"
    recorded(repo, (Kind.EDIT_REPORTED, "shop/pay.py", {"session": "other-session"}), at=at)
    recorded(repo, (Kind.GATE_JUDGED, "", verdict("block", commit="ab" * 20)), at=at)
    recorded(repo, (Kind.GATE_JUDGED, "", verdict("pass")), at=at)
    recorded(repo, (Kind.CONFIG_CHANGED, "vetline.toml", {"policy": "ee" * 32}), at=at)
    return repo


def run(capsys, *argv: str) -> tuple[int, str, str]:
    code = audit.main([*argv])
    out, err = capsys.readouterr()
    return code, out, err


def queried(capsys, *argv: str) -> list[int]:
    code, out, err = run(capsys, "query", *argv)
    found = [json.loads(line)["seq"] for line in out.splitlines()]
    assert (code, err) == (0 if found else 1, "")
    return found


def edit(repo, query: str, *values: object) -> None:
    """Change the database behind everybody's back."""
    database.close_kept()
    with sqlite3.connect(repo / ".git/vetline/ledger.db") as db:
        for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute(query, values)
    db.close()


# -- log, query, show


def test_the_log_has_the_newest_first_and_says_how_much_is_left(capsys, told):
    code, out, err = run(capsys, "log", "--limit", "3")
    assert [line.split()[0] for line in out.splitlines()] == ["8", "7", "6"]
    assert (code, err) == (0, "vetline audit: 5 older: --limit 0 shows all\n")
    assert len(run(capsys, "log", "--limit", "0")[1].splitlines()) == 8
    row = run(capsys, "log", "--kind", "finding.opened")[1]
    assert "finding.opened" in row
    assert "shop/area.py  python/sql-from-string  high  codex" not in row, (
        "an origin is not told in full"
    )
    assert "Ana Roe  shop/area.py  python/sql-from-string  high  line 5" in row


def test_the_log_as_json(capsys, told):
    data = json.loads(run(capsys, "log", "--limit", "2", "--output-format", "json")[1])
    assert (data["version"], data["more"], [e["seq"] for e in data["events"]]) == (1, 6, [8, 7])
    event = data["events"][0]
    assert ledger.digest(AuditEvent(**event)) == event["hash"], (
        "all that the hash is made of is there"
    )


@pytest.mark.parametrize(
    ("argv", "found"),
    [
        (["--kind", "review"], [3, 4]),
        (["--kind", "review.requested"], [3]),
        (["--kind", "gate.judged", "--kind", "finding"], [2, 6, 7]),
        (["--actor", "bo d"], [3, 4]),
        (["--path", "shop"], [2, 3, 4, 5]),
        (["--path", "shop/area.py"], [2, 3, 4]),
        (["--path", "shop/are"], []),
        (["--since", "2026-03-02"], [3, 4, 5, 6, 7, 8]),
        (["--until", "2026-03-01"], [1, 2]),
        (["--since", "2026-03-02", "--until", "2026-03-02"], [3, 4]),
        (["--since", "2026-03-02T11:00+01:00", "--until", "2026-03-02T10:00:00.001"], [3, 4]),
        (["--since", "1d"], []),
        (["--session", "7c1f03"], [1, 2]),
        (["--session", "other-session"], [5]),
        (["--session", "oth"], []),
        (["--request", "3f9a0c"], [4]),
        (["--kind", "review", "--actor", "ana"], []),
    ],
)
def test_filters_are_combined(capsys, told, argv, found):
    assert queried(capsys, *argv) == found


def test_paths_are_those_of_where_one_stands(capsys, told, monkeypatch):
    monkeypatch.chdir(told / "shop")
    assert queried(capsys, "--path", "area.py") == [2, 3, 4]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["log", "--kind", "revew"], "did you mean 'review'?"),
        (["log", "--kind", "<x>"], "give a kind of event"),
        (["log", "--since", "tomorrow"], "give a date as 2026-03-01"),
        (["log", "--until", "9999-12-31T23:59-14:00"], "--until 9999-12-31"),
        (["log", "--limit", "-1"], "--limit"),
        (["show", "99"], "no such event"),
        (["show", "\x1b[31m"], "no such event"),
        (["show", "abc"], "no such event"),
        (["verify", "--anchor", "x"], "give an event's number and its hash"),
        (["verify", "--proof", "none.json"], "none.json"),
        (["prove", "1"], "no anchor lies behind event 1"),
        (["export", "--format", "csv", "--sign"], "--sign is for --format in-toto"),
        (["export", "--format", "csv", "--actor", "nobody"], "no such event to export"),
        (["export", "--format", "csv", "-o", "none/there/x.csv"], "cannot write"),
        (["import"], "set `ledger.url`"),
        (["erase"], "erase what?"),
        (["erase", "--expired"], "ledger.retention-days is not set"),
        (["erase", "--prompt", "ab", "--before", "1d"], "--prompt names one prompt"),
        (["erase", "--session", "nobody"], "no text of it is kept"),
        (["trace", "x" * 5000], "is no file, no commit"),
        (["trace", "\0:1"], "no such file"),
        (["trace", "nothing"], "is no file, no commit, and no finding"),
        (["trace", "shop/area.py:99"], "has the lines 1 to 5"),
        (["trace", "none.py:1"], "none.py: no such file"),
        (["trace", "--help-me"], "see `vetline audit trace --help`"),
        (["trace", "-x"], "see `vetline audit"),
        ([], "see `vetline audit --help`"),
    ],
)
def test_what_is_asked_wrongly(capsys, told, argv, said):
    code, out, err = run(capsys, *argv)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err
    assert err.isprintable() or err.rstrip("\n").isprintable()


def test_an_event_is_shown_whole_by_its_number_or_its_hash(capsys, told):
    code, out, _ = run(capsys, "show", "2")
    assert code == 0
    digest = stores.read(located(told))[1].hash
    assert f"hash   {digest}" in out
    assert '"fingerprint": "f1f1' in out
    assert run(capsys, "show", digest[:6])[1] == out
    data = json.loads(run(capsys, "show", digest, "--output-format", "json")[1])
    assert (data["seq"], data["intact"]) == (2, True)


def test_an_empty_word_limits_not_nothing_but_is_refused(capsys, told):
    """As from a script whose variable is not set: `erase --before 1d --session "$ID"`."""
    for argv in (
        ["query", "--session", ""],
        ["query", "--session="],
        ["log", "--path", " "],
        ["erase", "--before", "2030-01-01", "--session", ""],
        ["verify", "--proof", ""],
        ["show", ""],
    ):
        code, out, err = run(capsys, *argv)
        assert (code, out, err.count("\n")) == (2, "", 1), argv
        assert "is empty: give it a value" in err


def test_a_kind_that_is_not_known_is_said_and_asked_for(capsys, told):
    code, out, err = run(capsys, "query", "--kind", "review.requestd")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "did you mean" in err
    recorded(told, ("later.kind", "x", {}))
    assert json.loads(run(capsys, "query", "--kind", "later.kind")[1])["seq"] == 9


def test_the_last_day_there_is_may_be_asked_for(capsys, told):
    assert len(queried(capsys, "--until", "9999-12-31")) == 8


def test_an_event_that_was_changed_is_shown_with_exit_code_1(capsys, told):
    edit(told, "UPDATE event SET actor = 'Eve' WHERE seq = 2")
    code, out, err = run(capsys, "show", "2")
    assert (code, "Eve" in out) == (1, True)
    assert "not what its hash was made of" in err
    assert run(capsys, "show", "2", "--output-format", "json")[0] == 1


def test_where_nothing_is_recorded_that_is_said(capsys, repo):
    assert run(capsys, "log") == (0, "", "vetline audit: nothing is recorded here yet\n")
    assert run(capsys, "query") == (1, "", "")
    assert run(capsys, "verify")[:2] == (0, "Nothing is recorded here yet.\n")
    assert run(capsys, "anchor")[0] == 2
    assert run(capsys, "export", "--format", "jsonl")[0] == 2
    assert not (repo / ".git/vetline/ledger.db").exists(), "looking makes nothing"
    assert not (repo / ".git/vetline/key").exists()


def test_outside_of_a_repository_it_works_as_well(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    alone = tmp_path / "alone"
    alone.mkdir()
    monkeypatch.chdir(alone)
    recorded(alone, (Kind.CONFIG_CHANGED, "", {"policy": "x"}))
    assert run(capsys, "verify")[0] == 0
    assert queried(capsys) == [1]
    assert run(capsys, "anchor") == (
        2,
        "",
        "vetline audit: this is no git repository: an anchor is a note on a commit\n",
    )
    assert run(capsys, "trace", "x")[0] == 2


# -- hostile ledgers


@pytest.fixture
def hostile(repo):
    big = {
        "rule": "x" * 1_000_000,
        "rules": ["y" * 1000] * 1000,
        "n": 10**4000,
        "deep": {"a": [[[]]]},
    }
    recorded(
        repo,
        (Kind.FINDING_OPENED, HOSTILE, {HOSTILE: HOSTILE, "note": HOSTILE}),
        by=f"{HOSTILE} <x@y>",
    )
    recorded(repo, (Kind.GATE_JUDGED, "=1+1", big), by="=HYPERLINK()")
    at = ledger.timestamp(datetime.now(UTC))
    draft = Draft(
        "later.kind", "x", {"lines": "odd", "subject": [], "origin": 3, "fingerprints": {"a": 1}}
    )
    stores.append(located(repo), [draft], at=at, actor="")
    recorded(
        repo,
        (
            Kind.REVIEW_REQUESTED,
            "shop/area.py",
            {"subject": {"fingerprints": [1, None, {}]}, "lines": [1, "x"]},
        ),
    )
    return repo


def test_a_hostile_ledger_steers_no_terminal(capsys, hostile):
    for argv in (
        ["log"],
        ["show", "1"],
        ["show", "2"],
        ["show", "3"],
        ["verify"],
        ["query"],
        ["trace", "shop/area.py:1"],
    ):
        code, out, err = run(capsys, *argv)
        assert code == 0, (argv, err)
        assert all(line.isprintable() for line in (out + err).splitlines()), argv
    assert max(map(len, run(capsys, "log")[1].splitlines())) < 1_000


def test_a_hostile_ledger_is_exported_as_text(capsys, hostile):
    csv.field_size_limit(1 << 30)
    run(capsys, "export", "--format", "csv", "-o", "out.csv")
    rows = [*csv.reader(io.StringIO((hostile / "out.csv").read_text("utf-8"), newline=""))]
    assert len(rows) == 5
    for row in rows:
        assert len(row) == 8
        for cell in row:
            assert cell.isprintable()
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    for form in ("in-toto", "cyclonedx"):
        assert run(capsys, "export", "--format", form, "-o", "out.json")[0] == 0
        json.loads((hostile / "out.json").read_text("ascii"))


@given(st.text(st.characters()))
def test_no_cell_is_a_formula(text):
    event = AuditEvent(1, "", text, "x", text, {text: text}, "", "")
    _, row = csv.reader(io.StringIO(exporting.table([event]), newline=""))
    assert all(
        not cell.lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "\r", "|")) for cell in row
    )
    assert all(cell.isprintable() for cell in row)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from([*telling._ABOUT, "subject", "origin", "x"]), JSON), st.text()
)
def test_any_event_can_be_told(payload, kind):
    event = AuditEvent(1, "", "", kind, "", payload, "", "")
    assert len(telling.about(event)) < 1_000
    text = telling.table([event], telling.words.screen(sys.stdout, no_color=True), 0)
    assert text.count("\n") == 1
    assert text[:-1].isprintable()
    attesting.cyclonedx([event], "")
    attesting.in_toto([event])


# -- verify, anchor


def test_a_whole_ledger_is_told_with_its_head(capsys, told):
    head = stores.read(located(told))[-1]
    code, out, err = run(capsys, "verify")
    assert (code, err) == (0, "")
    assert f"8 events, whole; the last is 8:{head.hash}" in out
    assert "No anchor bears it out" in out
    assert run(capsys, "verify", "--require-anchor")[0] == 1
    assert run(capsys, "verify", "--anchor", f"8:{head.hash}")[:1] == (0,)
    code, out, err = run(capsys, "anchor")
    assert (code, err) == (0, "")
    assert out.startswith(f"8:{head.hash} in the note on commit ")
    code, out, err = run(capsys, "verify", "--require-anchor")
    assert (code, err) == (0, "")
    assert "1 anchor bears it out, the last of event 8" in out


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("UPDATE event SET payload = '{}' WHERE seq = 3", "event 3"),
        ("UPDATE event SET actor = 'Eve' WHERE seq = 1", "event 1"),
        ("UPDATE event SET at = '2020-01-01T00:00:00.000Z' WHERE seq = 8", "event 8"),
        ("DELETE FROM event WHERE seq = 4", "event 4 is missing"),
        ("UPDATE event SET seq = 99 WHERE seq = 2", "event 2 is missing"),
        ("DELETE FROM event WHERE seq > 6", "2 events were cut off its end: it has 6, and had 8"),
        ("DELETE FROM event", "is gone"),
    ],
)
def test_what_somebody_did_to_the_ledger_is_named(capsys, told, query, said):
    run(capsys, "anchor")
    edit(told, query)
    code, _, err = run(capsys, "verify")
    assert code == 1
    assert said in err
    data = json.loads(run(capsys, "verify", "--output-format", "json")[1])
    assert (data["version"], data["whole"]) == (1, False)
    assert any(said in problem for problem in data["problems"])


def test_times_that_run_back_or_are_yet_to_come_are_noted_and_no_fault(capsys, told):
    assert run(capsys, "verify")[::2] == (0, "")
    for at in ("2026-03-02T11:00:00.000Z", "2026-02-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z"):
        recorded(told, (Kind.CONFIG_CHANGED, "", {}), at=at)
    code, _, err = run(capsys, "verify")
    assert code == 0
    assert "event 10 is of 2026-02-01T00:00:00.000Z, the one before of 2026-03-02T11" in err
    assert "event 9 " not in err, "less than a day"
    assert "yet to come, as when a clock was wrong: event 11 is of 2999-01-01" in err
    data = json.loads(run(capsys, "verify", "--output-format", "json")[1])
    assert data["whole"]
    assert len(data["ledgers"][0]["notes"]) == 2


def test_of_many_times_that_run_back_three_are_told(capsys, told):
    for number in range(10):
        at = ("2026-01-01T00:00:00.000Z", "2026-05-01T00:00:00.000Z")[number % 2]
        recorded(told, (Kind.CONFIG_CHANGED, "", {}), at=at)
    err = run(capsys, "verify")[2]
    assert err.count("\n") == 1
    assert "; and 2 more" in err


def test_a_ledger_that_was_removed_is_missed(capsys, told):
    run(capsys, "anchor")
    database.close_kept()
    for path in (told / ".git/vetline").glob("ledger.db*"):
        path.unlink()
    code, _, err = run(capsys, "verify")
    assert code == 1
    assert "is gone, or was written anew" in err


def test_an_anchor_given_by_hand_is_asked(capsys, told):
    digest = stores.read(located(told))[6].hash
    assert run(capsys, "verify", "--anchor", f"7:{digest[:12]}")[0] == 0
    assert "is not the one" in run(capsys, "verify", "--anchor", f"6:{digest}")[2]
    code, _, err = run(capsys, "verify", "--anchor", f"9:{digest}")
    assert code == 1
    assert "there is no event 9" in err


def test_a_broken_ledger_is_not_anchored(capsys, told):
    edit(told, "UPDATE event SET payload = '{}' WHERE seq = 3")
    code, out, err = run(capsys, "anchor")
    assert (code, out) == (1, "")
    assert "no anchor is set" in err


# -- prove


def test_a_proof_needs_no_ledger(capsys, told, tmp_path, monkeypatch):
    run(capsys, "anchor")
    digest = stores.read(located(told))[-1].hash
    assert run(capsys, "prove", "2", "-o", "proof.json")[0] == 0
    code, out, _ = run(capsys, "verify", "--proof", "proof.json")
    assert code == 0
    assert "Event 2 (finding.opened" in out
    assert "stands in the note on commit" in out
    made = (told / "proof.json").read_text()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "proof.json").write_text(made)
    monkeypatch.chdir(elsewhere)
    code, out, err = run(capsys, "verify", "--proof", "proof.json")
    assert code == 3
    assert "nothing here knows that anchor" in err
    assert run(capsys, "verify", "--proof", "proof.json", "--anchor", f"8:{digest[:12]}")[0] == 0
    assert run(capsys, "verify", "--proof", "proof.json", "--anchor", f"8:{'0' * 64}")[0] == 1
    (elsewhere / "proof.json").write_text(made.replace('"severity": "high"', '"severity": "low"'))
    assert run(capsys, "verify", "--proof", "proof.json")[0] == 1
    (elsewhere / "proof.json").write_text("[" * 100_000)
    assert run(capsys, "verify", "--proof", "proof.json")[0] == 2


# -- export


def test_an_export_is_an_event_with_the_digest_of_what_was_written(capsys, told):
    events = stores.read(located(told))
    assert run(capsys, "export", "--format", "jsonl", "-o", "out.jsonl", "--kind", "gate")[:2] == (
        0,
        "2 exported to out.jsonl\n",
    )
    raw = (told / "out.jsonl").read_bytes()
    assert [AuditEvent(**json.loads(line)) for line in raw.splitlines()] == events[5:7]
    last = stores.read(located(told))[-1]
    assert last.kind == Kind.LEDGER_EXPORTED
    assert last.payload == {
        "format": "jsonl",
        "count": 2,
        "first": events[5].hash,
        "last": events[6].hash,
        "digest": hashlib.sha256(raw).hexdigest(),
    }


def test_the_cyclonedx_document_fits_its_schema(capsys, told):
    assert run(capsys, "export", "--format", "cyclonedx", "-o", "bom.json")[0] == 0
    text = (told / "bom.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    said = json.loads(text)["declarations"]
    refs = {one["bom-ref"] for one in said["evidence"]}
    named = {
        ref for claim in said["claims"] for ref in claim["evidence"] + claim["counterEvidence"]
    }
    assert refs == named
    (gate,) = [
        one for one in said["attestations"][0]["map"] if one["requirement"] == "requirement-gate"
    ]
    assert gate["conformance"] == {
        "score": 1,
        "rationale": "The last of 2 verdicts let it pass; 1 blocked",
    }


def test_the_in_toto_statement_names_the_commits_and_the_last_event(capsys, told):
    data = json.loads(run(capsys, "export", "--format", "in-toto")[1])
    assert data["_type"] == "https://in-toto.io/Statement/v1"
    events = stores.read(located(told))[:-1]
    assert data["subject"] == [
        {"name": "vetline-event-8", "digest": {"sha256": events[-1].hash}},
        {"name": "commit-abababababab", "digest": {"gitCommit": "ab" * 20}},
    ]
    assert [AuditEvent(**one) for one in data["predicate"]["events"]] == events


@pytest.fixture
def key(tmp_path, monkeypatch):
    """A signing key of Ana's without a passphrase, which she allows."""
    path = tmp_path / "key"
    made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ana@example.com", "-f", str(path)]
    subprocess.run(made, check=True, timeout=60)
    monkeypatch.setenv("VETLINE_GATE_SIGNING_KEY", str(path))
    monkeypatch.setenv("VETLINE_GATE_UNPROTECTED_KEYS", "true")
    (tmp_path / "signers").write_text(f"ana@example.com {path.with_suffix('.pub').read_text()}")
    return path


def is_signed(tmp_path, signature: str, payload: bytes) -> bool:
    (tmp_path / "sig").write_text(signature)
    asked = ["ssh-keygen", "-Y", "verify", "-f", str(tmp_path / "signers"), "-I", "ana@example.com"]
    command = [*asked, "-n", "vetline", "-s", str(tmp_path / "sig")]
    return (
        subprocess.run(
            command, input=payload, capture_output=True, check=False, timeout=60
        ).returncode
        == 0
    )


def test_an_envelope_bears_a_signature_over_what_is_in_it(capsys, told, key, tmp_path):
    data = json.loads(run(capsys, "export", "--format", "in-toto", "--sign")[1])
    body = base64.b64decode(data["payload"])
    kind = data["payloadType"].encode()
    signed = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)
    signature = base64.b64decode(data["signatures"][0]["sig"]).decode()
    assert is_signed(tmp_path, signature, signed)
    assert not is_signed(tmp_path, signature, signed + b" ")
    assert json.loads(body)["_type"] == "https://in-toto.io/Statement/v1"


def test_an_anchor_can_be_signed(capsys, told, key, tmp_path):
    from vetline import anchors

    assert run(capsys, "anchor", "--sign")[0] == 0
    (one,) = anchors.read(told)
    assert is_signed(tmp_path, one.signature, anchors.payload(one))
    code, _, err = run(capsys, "verify", "--require-signed")
    assert code == 1
    assert "is not by an allowed signer: its key is SHA256:" in err
    (told / ".vetline").mkdir()
    (told / ".vetline/allowed_signers").write_text((tmp_path / "signers").read_text())
    commit(told)
    code, out, err = run(capsys, "verify", "--require-signed")
    assert (code, err) == (0, "")
    assert "The anchor of event 8 is signed by ana@example.com." in out
    said = {**anchors.to_json(one), "signature": one.signature, "at": "2026-03-01T09:05:00.000Z"}
    sh(told, "notes", "--ref", anchors.REF, "add", "-f", "-m", json.dumps(said), one.commit)
    code, out, err = run(capsys, "verify", "--require-signed")
    assert code == 1
    assert "does not count: it was changed after it was signed" in err


def test_without_a_signed_anchor_none_is_taken_for_one(capsys, told):
    run(capsys, "anchor")
    code, _, err = run(capsys, "verify", "--require-signed")
    assert code == 1
    assert "no signed anchor bears this ledger out" in err


def test_a_key_that_any_program_could_use_is_refused(capsys, told, key, monkeypatch):
    monkeypatch.delenv("VETLINE_GATE_UNPROTECTED_KEYS")
    code, out, err = run(capsys, "anchor", "--sign")
    assert (code, out) == (2, "")
    assert "has no passphrase" in err
    monkeypatch.delenv("VETLINE_GATE_SIGNING_KEY")
    assert "no signing key is set up" in run(capsys, "anchor", "--sign")[2]


# -- erase


@pytest.fixture
def written(repo):
    """Two sessions wrote a file each, and what they did is kept."""
    audited.written(repo, "shop/pay.py", "def pay():\n    return 'pay-text'\n")
    audited.written(
        repo,
        "shop/tax.py",
        "def tax():\n    return 'tax-text'\n",
        session="9e9e9e-2",
        prompt="cd" * 32,
        asked="the tax",
    )
    Authors(repo).drain()
    commit(repo)
    git_hook.main(["post-commit"])  # looks at both files, and keeps what it saw
    return repo


def kept(repo) -> list[bytes]:
    """Which texts are still in the database's files, compressed or not."""
    database.close_kept()
    found = []
    with sqlite3.connect(repo / ".git/vetline" / tables.NAME) as db:
        texts = [
            tables.inflated(t)
            for (t,) in db.execute("SELECT text FROM saved WHERE text IS NOT NULL")
        ]
        texts += [str(tables.unpacked(b)) for (b,) in db.execute("SELECT body FROM record")]
        texts += [tables.text(t) for (t,) in db.execute("SELECT text FROM prompt")]
    db.close()
    for word in ("pay-text", "tax-text", ASKED, "the tax"):
        found += [word] * any(word in text for text in texts)
    return found


def erased(repo) -> dict:
    event = stores.read(located(repo))[-1]
    assert event.kind == Kind.TEXT_ERASED
    assert ledger.verify(stores.read(located(repo))) is None
    return event.payload


def test_the_texts_of_a_session_go_and_those_of_others_stay(capsys, written):
    assert kept(written) == ["pay-text", "tax-text", ASKED, "the tax"]
    code, out, err = run(capsys, "erase", "--session", SESSION[:6])
    assert (code, err) == (0, "")
    assert out == "Texts erased: 1 of prompts, 1 of edits, 1 of files; their digests stay.\n"
    assert kept(written) == ["tax-text", "the tax"]
    assert erased(written) == {
        "session": SESSION, "prompt": "", "before": "", "only_prompts": False, "why": "asked",
        "prompts": 1, "edits": 1, "files": 1,
    }  # fmt: skip
    assert run(capsys, "verify")[0] == 0
    count = len(stores.read(located(written)))
    assert "nothing to erase" in run(capsys, "erase", "--session", SESSION)[1]
    assert len(stores.read(located(written))) == count, "what changes nothing is no event"


def test_who_wrote_what_is_known_all_the_same(capsys, written):
    run(capsys, "erase", "--session", SESSION)
    out = run(capsys, "trace", "shop/pay.py:2")[1]
    assert f"session {SESSION}" in out
    assert "its text is not kept" in out
    assert ASKED not in out


def test_one_prompt_goes_alone(capsys, written):
    assert run(capsys, "erase", "--prompt", "cdcdcd")[0] == 0
    assert kept(written) == ["pay-text", "tax-text", ASKED]
    assert erased(written)["prompt"] == "cd" * 32


def test_what_is_older_than_a_day_goes(capsys, written):
    assert "nothing to erase" in run(capsys, "erase", "--before", "1d")[1]
    assert run(capsys, "erase", "--before", "2099-01-01")[0] == 0
    assert kept(written) == []
    assert erased(written)["before"] == "2099-01-01T00:00:00.000Z"


def test_what_waits_in_the_spool_is_erased_as_well(capsys, written):
    audited.written(written, "shop/new.py", "x = 'pay-text'\n", asked="the newest")
    assert run(capsys, "erase", "--before", "2099-01-01")[0] == 0
    assert kept(written) == []
    assert origins.prompt_text(written / ".git/vetline", PROMPT_DIGEST) is None


def aged(repo, at: str) -> None:
    with sqlite3.connect(repo / ".git/vetline" / tables.NAME) as db:
        for set_ in ("prompt SET at", "record SET at", "saved SET seen"):
            db.execute(f"UPDATE {set_} = ?", (at.encode(),))
    db.close()


@pytest.mark.parametrize("way", ["by hand", "at a commit"])
def test_texts_go_when_the_settings_let_them_be_no_older(capsys, written, way):
    (written / "vetline.toml").write_text("[ledger]\nretention-days = 30\n")
    if way == "by hand":
        assert "nothing to erase" in run(capsys, "erase", "--expired")[1]
    else:
        commit(written)
        git_hook.main(["post-commit"])
    assert len(kept(written)) == 4
    aged(written, "2026-01-01T00:00:00.000Z")
    if way == "by hand":
        assert run(capsys, "erase", "--expired")[0] == 0
    else:
        sh(written, "commit", "-q", "--allow-empty", "-m", "y")
        assert git_hook.main(["post-commit"]) == 0
    assert kept(written) == []
    assert erased(written)["why"] == "retention"


def test_texts_go_when_no_anchor_can_be_set(capsys, written):
    (written / "vetline.toml").write_text("[ledger]\nretention-days = 30\n")
    recorded(written, (Kind.CONFIG_CHANGED, "", {}))
    commit(written)
    aged(written, "2026-01-01T00:00:00.000Z")
    (written / ".git/refs/notes").mkdir(exist_ok=True)
    (written / ".git/refs/notes/vetline-anchors.lock").touch()
    assert git_hook.main(["post-commit"]) == 0
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "vetline-anchors" in err
    assert kept(written) == []
    assert erased(written)["why"] == "retention"


def test_what_goes_wrong_with_the_anchor_and_with_the_texts_is_both_told(capsys, written):
    (written / "vetline.toml").write_text("[ledger]\nretention-days = 30\n")
    recorded(written, (Kind.CONFIG_CHANGED, "", {}))
    commit(written)
    aged(written, "2026-01-01T00:00:00.000Z")
    database.close_kept()
    (written / ".git/vetline/ledger.db").write_bytes(b"no database, but long enough" * 99)
    assert git_hook.main(["post-commit"]) == 0
    out, err = capsys.readouterr()
    assert (out, err.count("vetline git-hook post-commit: ")) == ("", 2)


def test_that_texts_went_is_an_event_also_when_traces_may_be_left(capsys, written, monkeypatch):
    monkeypatch.setattr(tables, "BUSY_SECONDS", 0.05)
    database.close_kept()
    with contextlib.closing(
        sqlite3.connect(written / ".git/vetline" / tables.NAME, isolation_level=None)
    ) as db:
        db.execute("BEGIN")
        db.execute("SELECT * FROM prompt").fetchall()
        code, _, err = run(capsys, "erase", "--session", SESSION)
        assert code == 3
        assert "try again" in err
        assert erased(written)["prompts"] == 1
    assert run(capsys, "erase", "--before", "2000-01-01")[0] == 0
    assert kept(written) == ["tax-text", "the tax"]


def test_forgetting_prompts_is_the_same_and_an_event(capsys, written):
    assert provenance_door.main(["forget", "--prompts"]) == 0
    assert capsys.readouterr().out == "2 prompt texts erased; their digests stay.\n"
    assert kept(written) == ["pay-text", "tax-text"]
    assert erased(written)["only_prompts"] is True


# -- trace


@pytest.fixture
def case(written):
    """A session's line with a finding, which the gate blocked first and then let pass."""
    recorded(written, (Kind.FINDING_OPENED, "shop/pay.py", opened(FINDING, 2)), at=now())
    recorded(written, (Kind.GATE_JUDGED, "", verdict("block")), at=now())
    head = sh(written, "rev-parse", "HEAD").strip()
    recorded(written, (Kind.GATE_JUDGED, "", verdict("pass", commit=head)), at=now())
    return written


@pytest.mark.parametrize("target", ["shop/pay.py:2", FINDING, FINDING[:6], "HEAD"])
def test_who_asked_with_what_and_who_let_it_pass(capsys, case, target):
    code, out, err = run(capsys, "trace", target)
    assert (code, err) == (0, "")
    for said in (
        "AI: codex (gpt-5.3-codex)", "asked for by Ana Roe", f"session {SESSION}", f"prompt abababababab: “{ASKED}”",
        "pass", "(the first to let it pass)", "finding.opened", "Still there", "shop/pay.py:1-2",
    ):  # fmt: skip
        assert said in out, said
    data = json.loads(run(capsys, "trace", target, "--output-format", "json")[1])
    assert data["sessions"][0] == SESSION
    assert data["prompts"][PROMPT_DIGEST] == ASKED
    assert [gate["payload"]["verdict"] for gate in data["gates"]] == ["block", "pass"]
    assert data["passed_by"] == data["gates"][1]["seq"]
    assert {"shop/pay.py"} <= {each["path"] for each in data["still_there"]}


def test_what_else_the_session_wrote_is_told_where_it_is_by_now(capsys, case):
    audited.written(case, "shop/more.py", "def more():\n    return 2\n")
    audited.written(case, "shop/lost.py", "def lost():\n    return 3\n")
    Authors(case).drain()
    (case / "shop/more.py").write_text("# mine\n" + (case / "shop/more.py").read_text())
    (case / "shop/lost.py").unlink()
    data = json.loads(run(capsys, "trace", FINDING, "--output-format", "json")[1])
    there = {(each["path"], each["start"], each["end"]) for each in data["still_there"]}
    assert ("shop/more.py", 2, 3) in there
    assert data["gone"] == ["shop/lost.py"]


def test_a_line_of_nobody_is_told_as_such(capsys, case):
    code, out, _ = run(capsys, "trace", "shop/area.py:1")
    assert code == 0
    assert "shop/area.py:1  UNKNOWN" in out
    assert "nothing is known" in out


def test_reports_that_wait_are_taken_in_first(capsys, repo):
    audited.written(repo, "shop/pay.py", "def pay():\n    return 1\n")
    assert "asked for by Ana Roe" in run(capsys, "trace", "shop/pay.py:1")[1]


# -- what it costs others


def test_looking_at_the_log_loads_nothing_heavy(told):
    code = "import sys; from vetline.doors import audit; audit.main(['log']); print('\\n', *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert not {"pygls", "lsprotocol", "bandit", "cyclonedx", "psycopg"} & loaded
    assert GENESIS not in done.stdout
    assert ANA not in done.stderr
