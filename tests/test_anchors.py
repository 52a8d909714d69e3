"""Anchors and proofs: what a chain alone does not show, and what can be shown without the ledger."""

from __future__ import annotations

import copy
import io
import json
import subprocess
import sys
from dataclasses import replace

import audited
import pytest
from audited import commit, located, now, recorded
from hypothesis import given
from hypothesis import strategies as st
from repositories import sh

from vetline import anchors, git, history, ledger, proof, stores
from vetline.anchors import Anchor, Known
from vetline.doors import git_hook
from vetline.ledger import GENESIS, Draft, Kind
from vetline.proof import ProofError
from vetline.stores import database

AT = "2026-03-01T09:05:00.000Z"
OWN = "0123456789abcdef"


def chain(count: int, said: str = "x", after=(0, GENESIS)):
    events = []
    for number in range(count):
        draft = Draft(Kind.INSERTION, "a.py", {"said": f"{said}{number}"})
        events.append(ledger.seal(draft, after=after, at=AT, actor="Ana"))
        after = (events[-1].seq, events[-1].hash)
    return events


def anchor(events, seq: int, **more) -> Anchor:
    known = Anchor(OWN, events[0].hash, seq, events[seq - 1].hash, AT)
    return replace(known, **more)


def held(events, *found: Anchor, own: str = OWN):
    return anchors.hold([known(events)] if events else [], own, found)


def known(events) -> Known:
    return Known(events[0].hash, events[-1].seq, {event.seq: event.hash for event in events})


# -- what they are good for


def test_an_anchor_bears_out_the_ledger_it_was_set_on_and_the_events_since():
    events = chain(5)
    assert held(events, anchor(events, 3)).borne
    assert held(events[:3], anchor(events, 3)).borne


def test_an_end_that_was_cut_off_is_told():
    events = chain(5)
    (_, why), *rest = held(events[:3], anchor(events, 5)).broken
    assert "2 events were cut off its end: it has 3, and had 5" in why
    assert not rest


@given(st.integers(1, 6), st.integers(0, 5), st.data())
def test_a_ledger_written_anew_from_any_event_is_told(count, at, data):
    events = chain(count + 1)
    at = min(at, count)
    after = (at, events[at - 1].hash) if at else (0, GENESIS)
    anew = [*events[:at], *chain(count + 1 - at, "y", after)]
    assert ledger.verify(anew) is None, "the chain alone shows nothing"
    seq = data.draw(st.integers(at + 1, count + 1))
    assert held(anew, anchor(events, seq)).broken
    assert not at or held(anew, anchor(events, at)).borne


def test_a_ledger_that_is_gone_is_told_and_that_of_another_clone_is_not_missed():
    events = chain(3)
    assert "is gone" in held([], anchor(events, 2)).broken[0][1]
    assert held([], anchor(events, 2, ledger="f" * 16)).foreign
    assert held(chain(3, "z"), anchor(events, 2, ledger="f" * 16)).foreign


def test_an_anchor_that_somebody_else_set_on_the_same_chain_counts():
    events = chain(3)
    assert held(events, anchor(events, 2, ledger="f" * 16)).borne
    assert held(events[:1], anchor(events, 2, ledger="f" * 16)).broken


def test_of_ledgers_that_begin_alike_one_has_to_bear_an_anchor_out():
    events = chain(5)
    short, long = known(events[:2]), known(events)
    for both in ((short, long), (long, short)):
        assert anchors.hold(both, OWN, [anchor(events, 4), anchor(events, 1)]).broken == ()
        (_, why), *_ = anchors.hold(both, OWN, [replace(anchor(events, 5), seq=6)]).broken
        assert "it has 5, and had 6" in why


def test_a_second_anchor_of_the_same_number_does_not_hide_the_first():
    events, anew = chain(3), chain(3, "y")
    forged = anchor(events, 3, hash=anew[2].hash)
    for pair in ((anchor(events, 3), forged), (forged, anchor(events, 3))):
        assert len(held(events, *pair).broken) == 1


# -- their form


def test_an_anchor_survives_its_note():
    events = chain(2)
    one, two = anchor(events, 1), anchor(events, 2, signature="-----BEGIN SSH SIGNATURE-----\n…")
    note = "".join(ledger.canonical(anchors.to_json(each)) + "\n" for each in (one, two))
    assert anchors.parse(note) == [one, two]
    assert anchors.parse(note + note) == [one, two]


@pytest.mark.parametrize(
    "line",
    [
        "", "x", "{}", "[]", "null", "1", '{"version": 1}', '{"version": 2}', "[" * 10_000, '"\\ud800"',
        '{"version":1,"ledger":"x","chain":"y","seq":1,"hash":"z","at":"now"}', "9" * 6_000,
    ],
)  # fmt: skip
def test_lines_of_others_are_passed_over(line):
    good = ledger.canonical(anchors.to_json(anchor(chain(1), 1)))
    assert len(anchors.parse(f"{line}\n{good}\n{line}")) == 1


@given(st.text(st.characters()))
def test_any_note_can_be_read(note):
    assert anchors.parse(note) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seq", 0), ("seq", -1), ("seq", True), ("seq", "1"), ("seq", 1 << 70), ("hash", "ab"), ("hash", "AB" * 32),
        ("chain", None), ("ledger", "x" * 16), ("at", "\x1b[31m2026-03-01"), ("at", "2026-99-01T00:00:00.000Z"), ("signature", 1), ("commit", []),
        ("version", 2),
    ],
)  # fmt: skip
def test_what_is_no_anchor_is_refused(name, value):
    with pytest.raises(ValueError, match="is no anchor"):
        anchors.of_json({**anchors.to_json(anchor(chain(1), 1)), name: value})


# -- in git


@pytest.fixture
def repo(tmp_path, monkeypatch):
    return audited.repository(tmp_path, monkeypatch)


def test_anchors_are_notes_on_commits_beside_those_of_others(repo):
    assert anchors.write(repo, located(repo), at=AT) == []
    recorded(repo, (Kind.CONFIG_CHANGED, "", {}))
    sh(repo, "notes", "--ref", anchors.REF, "add", "-m", "somebody's own words")
    (first,) = anchors.write(repo, located(repo), at=AT)
    recorded(repo, (Kind.CONFIG_CHANGED, "", {"policy": "x"}))
    (second,) = anchors.write(repo, located(repo), at=now())
    assert [one.seq for one in anchors.read(repo)] == [1, 2]
    assert anchors.read(repo) == [first, second]
    assert first.ledger == second.ledger
    assert first.commit == second.commit == sh(repo, "rev-parse", "HEAD").strip()
    assert "somebody's own words" in sh(repo, "notes", "--ref", anchors.REF, "show")


def test_fetched_anchors_are_read_and_notes_in_folders(repo):
    recorded(repo, (Kind.CONFIG_CHANGED, "", {}))
    for _ in range(3):
        commit(repo)
        anchors.write(repo, located(repo), at=now())
    sh(repo, "update-ref", "refs/notes/remotes/origin/vetline-anchors", anchors.REF)
    sh(repo, "update-ref", "-d", anchors.REF)
    assert len(anchors.read(repo)) == 3


def test_anchors_of_two_clones_come_together_at_a_remote(repo, tmp_path):
    sh(tmp_path, "clone", "-q", "--bare", str(repo), "remote.git")
    sh(repo, "remote", "add", "origin", str(tmp_path / "remote.git"))
    sh(tmp_path, "clone", "-q", str(tmp_path / "remote.git"), "other")
    other = tmp_path / "other"
    for root in (repo, other):
        recorded(root, (Kind.CONFIG_CHANGED, "", {"policy": root.name}))
        anchors.write(root, located(root), at=AT)
        history.sync(root, "origin")
    history.sync(repo, "origin")
    assert {*anchors.read(repo)} == {*anchors.read(other)}
    assert len(anchors.read(repo)) == 2
    chain = known(stores.read(located(repo)))
    found = anchors.hold([chain], anchors.identity(stores.key(located(repo))), anchors.read(repo))
    assert (len(found.borne), len(found.foreign), found.broken) == (1, 1, ())


def test_without_a_commit_there_is_nothing_to_write_on(tmp_path):
    sh(tmp_path, "init", "-q")
    recorded(tmp_path, (Kind.CONFIG_CHANGED, "", {}))
    with pytest.raises(git.GitError, match="no commit to anchor"):
        anchors.write(tmp_path, located(tmp_path), at=AT)


def test_each_commit_is_an_anchor_once_there_is_a_ledger(repo, capsys):
    commit(repo)
    git_hook.main(["post-commit"])
    assert anchors.read(repo) == []
    recorded(repo, (Kind.CONFIG_CHANGED, "", {}))
    commit(repo)
    assert git_hook.main(["post-commit"]) == 0
    (one,) = anchors.read(repo)
    assert (one.seq, one.commit) == (1, sh(repo, "rev-parse", "HEAD").strip())
    assert capsys.readouterr() == ("", "")


def test_a_rebase_is_anchored_once_at_its_end(repo, monkeypatch):
    recorded(repo, (Kind.CONFIG_CHANGED, "", {}))
    (repo / ".git/rebase-merge").mkdir()
    git_hook.main(["post-commit"])
    assert anchors.read(repo) == []
    (repo / ".git/rebase-merge").rmdir()
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    git_hook.main(["post-rewrite", "amend"])
    assert anchors.read(repo) == []
    git_hook.main(["post-rewrite", "rebase"])
    assert len(anchors.read(repo)) == 1


def test_a_note_that_is_too_large_is_not_replaced(repo):
    recorded(repo, (Kind.CONFIG_CHANGED, "", {}))
    (repo / "large").write_text("x" * 1_000_001)
    sh(repo, "notes", "--ref", anchors.REF, "add", "-F", "large")
    with pytest.raises(git.GitError, match="too large to be added to"):
        anchors.write(repo, located(repo), at=AT)
    assert "xxx" in sh(repo, "notes", "--ref", anchors.REF, "show")


def test_a_commit_does_not_fail_for_a_ledger_that_cannot_be_read(repo, capsys):
    recorded(repo, (Kind.CONFIG_CHANGED, "", {}))
    database.close_kept()  # and with it the log, which has all of it again
    (repo / ".git/vetline/ledger.db").write_bytes(
        b"not a database, but long enough to be looked at" * 99
    )
    assert git_hook.main(["post-commit"]) == 0
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "ledger" in err


def test_a_commit_lets_go_of_texts_that_are_too_old(repo):
    audited.written(repo, "shop/pay.py", "def pay():\n    return 1\n")
    (repo / "vetline.toml").write_text("[ledger]\nretention-days = 30\n")
    commit(repo)
    git_hook.main(["post-commit"])
    kinds = [event.kind for event in stores.read(located(repo))]
    assert Kind.TEXT_ERASED not in kinds, "nothing is that old"


def test_the_hook_loads_nothing_of_it_where_nothing_is_recorded(repo):
    code = "import sys; from vetline.doors import git_hook; git_hook.main(['post-commit']); print('vetline.anchors' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "False"


# -- proofs


@given(st.integers(1, 8), st.data())
def test_a_proof_shows_its_event_without_the_ledger(count, data):
    events = chain(count)
    seq = data.draw(st.integers(1, count))
    under = anchor(events, data.draw(st.integers(seq, count)))
    made = json.loads(json.dumps(proof.make(events, seq, under)))
    assert proof.check(made) == (events[seq - 1], under)


def places(value, path=()):
    """Every place in JSON where something may be changed."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from places(item, (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*path, number))
    else:
        yield path


@given(st.data())
def test_no_part_of_a_proof_can_be_changed(data):
    events = chain(4)
    made = json.loads(json.dumps(proof.make(events, 2, anchor(events, 4))))
    path = data.draw(st.sampled_from([*places(made)]))
    changed = copy.deepcopy(made)
    *way, last = path
    inner = changed
    for step in way:
        inner = inner[step]
    inner[last] = data.draw(st.one_of(st.none(), st.integers(), st.text(), st.lists(st.integers())))
    try:
        shown = proof.check(changed)
    except ProofError:
        return
    # Of an anchor only the number and the hash carry a proof; the rest is for who knows the anchor.
    assert shown.event == events[1]
    assert (shown.anchor.seq, shown.anchor.hash) == (4, events[3].hash)


@pytest.mark.parametrize(
    "damage", [None, [], {}, "x", 1, {"type": proof.TYPE}, {"type": proof.TYPE, "version": 1}]
)
def test_what_is_no_proof_is_refused(damage):
    with pytest.raises(ProofError):
        proof.check(damage)


def test_a_deep_proof_is_refused():
    events = chain(2)
    made = proof.make(events, 1, anchor(events, 2))
    deep: list = []
    for _ in range(5_000):
        deep = [deep]
    made["event"]["payload"] = {"x": deep}
    with pytest.raises(ProofError):
        proof.check(made)


def test_of_anchors_the_nearest_is_taken_and_a_signed_one_first():
    events = chain(9)
    signed = anchor(events, 5, signature="s")
    found = [
        anchor(events, 9),
        anchor(events, 5),
        signed,
        anchor(events, 2),
        anchor(chain(9, "z"), 4),
    ]
    assert proof.under(3, events[0].hash, found) == signed
    assert proof.under(10, events[0].hash, found) is None


def test_no_proof_is_made_of_a_broken_chain():
    events = chain(4)
    events[2] = replace(events[2], payload={"said": "another"})
    with pytest.raises(ProofError, match="do not lead to its anchor"):
        proof.make(events, 1, anchor(events, 4))


def test_of_two_who_anchor_at_once_neither_is_lost(tmp_path, monkeypatch):
    repo = audited.repository(tmp_path, monkeypatch)
    recorded(repo, (Kind.CONFIG_CHANGED, "", {}))
    real = anchors._note

    def slow(repository, at, name):
        there = real(repository, at, name)
        monkeypatch.setattr(anchors, "_note", real)
        anchors.write(repo, located(repo), at="2026-03-03T09:05:00.000Z")  # another comes first
        return there

    anchors.write(repo, located(repo), at=AT)
    monkeypatch.setattr(anchors, "_note", slow)
    anchors.write(repo, located(repo), at="2026-03-04T09:05:00.000Z")
    assert len(anchors.read(repo)) == 3
