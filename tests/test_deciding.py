"""`vetline review approve` and `reject`: who may decide, what they are shown, what is signed and kept."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import persons
import pytest
import signers
from repositories import sh, tree
from reviewed import CODE, PATH, SIGNERS

from vetline import agents, ledger, review, statement, stores
from vetline.doors import review as door
from vetline.doors.review import filing
from vetline.ledger import LedgerUnwritableError

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "AKIA" + "Q5XJ3VNT7LWB" + "2HKD"


class Desk:
    """A project in which Ada asked for a review and Bo, whose key has a passphrase, is to decide."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.root, self.patch = folder / "project", patch
        self.bo = signers.person(folder / "keys", "bo@example.org", signers.PASSPHRASE)
        tree(self.root, ".vetline/")
        sh(self.root, "init", "-q", "-b", "main")
        (self.root / SIGNERS).write_text(self.bo.line())
        (self.root / PATH).write_text(CODE)
        sh(self.root, "add", "-A")
        sh(self.root, "commit", "-q", "-m", "base")
        patch.chdir(self.root)
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        self.sits_there()
        patch.setattr(sys, "stdin", io.StringIO())
        self.asked = signers.answers(patch, folder)
        patch.setenv("VETLINE_GATE_SIGNING_KEY", str(self.bo.key))
        self.named("Ada", "ada@example.org")
        assert door.main(["request", f"{PATH}:5"]) == 0
        self.named("Bo", "bo@example.org")
        self.id = self.listed()["id"]

    def sits_there(self) -> None:
        persons.sits_there(self.patch)

    def named(self, name: str, address: str) -> None:
        sh(self.root, "config", "user.name", name)
        sh(self.root, "config", "user.email", address)

    def listed(self) -> dict:
        from datetime import UTC, datetime

        from vetline import config, dossier

        (known,) = dossier.load(
            self.root, config.load(self.root).settings, now=datetime.now(UTC)
        ).requests
        return {"id": known.id, "decisions": known.decisions, "request": known}

    def files(self) -> list[Path]:
        return sorted((self.root / ".vetline/reviews").rglob("*.json"))


@pytest.fixture
def desk(tmp_path, monkeypatch, capsys):
    made = Desk(tmp_path, monkeypatch)
    capsys.readouterr()
    return made


def test_a_person_is_asked_for_the_passphrase_and_signs_what_stands_there(desk, capsys):
    assert door.main(["approve", desk.id, "--note", f"fine {TOKEN}"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"Approved: {PATH}:4-5 (pay)\nCommit .vetline/reviews/{desk.id}/")
    assert "python/command-from-string" in err, "the reviewer sees what they sign"
    assert desk.asked.read_text() == "x\n"
    (decision,) = desk.listed()["decisions"]
    assert (decision.state, decision.signer, decision.problem) == ("approved", "bo@example.org", "")
    assert TOKEN not in decision.note
    assert len(decision.subject.fingerprints) == 1
    events = stores.read(stores.locate(desk.root), review.KINDS)
    assert [event.kind for event in events] == ["review.requested", "review.approved"]
    assert TOKEN not in json.dumps([event.payload for event in events])


def test_a_rejection_likewise(desk):
    assert door.main(["reject", desk.id[:6], "--note", "no shell"]) == 0
    assert desk.listed()["request"].state == "rejected"


@pytest.mark.parametrize("agent", [agent.TITLE for agent in agents.all_agents() if agent.SIGNS])
def test_an_agent_does_not_decide(desk, agent, capsys):
    sign = next(one.SIGNS[0] for one in agents.all_agents() if agent == one.TITLE)
    desk.patch.setenv(sign, "1")
    assert door.main(["approve", desk.id]) == 2
    assert f"this runs under {agent}" in capsys.readouterr().err
    assert desk.listed()["decisions"] == ()


def test_who_does_not_know_the_passphrase_does_not_decide(desk, tmp_path, capsys):
    signers.answers(desk.patch, tmp_path, "guess")
    before = desk.files()
    assert door.main(["approve", desk.id]) == 2
    assert "the passphrase was wrong" in capsys.readouterr().err
    assert (desk.files(), desk.listed()["decisions"]) == (before, ())


def test_a_key_without_a_passphrase_is_refused_unless_its_owner_says_otherwise(
    desk, tmp_path, capsys
):
    bare = signers.person(tmp_path / "bare", "bo@example.org")
    desk.patch.setenv("VETLINE_GATE_SIGNING_KEY", str(bare.key))
    assert door.main(["approve", desk.id]) == 2
    assert f"ssh-keygen -p -f {bare.key}" in capsys.readouterr().err
    (desk.root / "vetline.toml").write_text("[gate]\nunprotected-keys = true\n")
    assert door.main(["approve", desk.id]) == 2, "it is not for the project to say"
    (desk.root / "vetline.toml").unlink()
    desk.patch.setenv("VETLINE_GATE_UNPROTECTED_KEYS", "true")
    assert door.main(["approve", desk.id]) == 2
    assert "is no terminal" in capsys.readouterr().err
    desk.sits_there()
    assert door.main(["approve", desk.id]) == 2
    line = f'bo@example.org namespaces="vetline" {bare.public}'
    assert capsys.readouterr().err.strip().endswith(f"have this line merged into {SIGNERS}: {line}")
    (desk.root / SIGNERS).write_text(line)
    assert door.main(["approve", desk.id]) == 0
    assert "it does not count yet" in capsys.readouterr().err, "main does not have it"


def test_without_a_key_it_is_said_how_to_set_one_up(desk, capsys):
    desk.patch.delenv("VETLINE_GATE_SIGNING_KEY")
    desk.sits_there()
    assert door.main(["approve", desk.id]) == 2
    assert "ssh-keygen -t ed25519-sk" in capsys.readouterr().err
    (desk.root / "vetline.toml").write_text("[gate]\nunsigned = true\n")
    assert door.main(["approve", desk.id]) == 0
    (decision,) = desk.listed()["decisions"]
    assert (decision.by, decision.signer) == ("Bo <bo@example.org>", "")


def test_who_asked_does_not_decide(desk, capsys):
    sh(desk.root, "config", "user.name", "Bo")
    assert door.main(["withdraw", desk.id]) == 2
    (desk.root / "other.py").write_text(CODE)
    assert door.main(["request", "other.py:5"]) == 0
    mine = capsys.readouterr().out.split()[1]
    assert door.main(["approve", mine]) == 2
    assert "would be approved by bo@example.org, who asked for it" in capsys.readouterr().err
    assert not desk.asked.exists(), "nobody is bothered for what does not count"
    assert door.main(["reject", mine, "--note", "no shell"]) == 0


def test_what_changed_is_shown_and_agreed_to(desk, capsys):
    (desk.root / PATH).write_text(
        CODE.replace("return subprocess", "eval(command)\n    return subprocess")
    )
    assert door.main(["approve", desk.id]) == 2
    err = capsys.readouterr().err
    assert "changed since it was asked for: pay was changed since" in err
    assert "is not decided" in err
    for answer, code in (("\n", 2), ("y\n", 0)):
        desk.sits_there()
        sys.stdin.write(answer)
        sys.stdin.seek(0)
        assert door.main(["approve", desk.id]) == code
    (decision,) = desk.listed()["decisions"]
    assert decision.subject.last == 6
    assert len(decision.subject.fingerprints) == 2, "it lists what the reviewer saw"


def test_what_is_gone_cannot_be_decided_on(desk, capsys):
    (desk.root / PATH).write_text("x = 1\n")
    assert door.main(["approve", desk.id]) == 2
    assert "pay is no longer there: ask for a review" in capsys.readouterr().err


def test_what_changes_while_the_person_types_is_not_signed_for(desk, tmp_path, capsys):
    script = tmp_path / "askpass"
    script.write_text(
        f"#!/bin/sh\necho 'x = 1' > '{desk.root / PATH}'\necho '{signers.PASSPHRASE}'\n"
    )
    before = desk.files()
    assert door.main(["approve", desk.id]) == 2
    assert (
        "nothing is decided, for while you did, pay is no longer there" in capsys.readouterr().err
    )
    assert (desk.files(), desk.listed()["decisions"]) == (before, ())


def test_what_ends_it_while_the_person_types_leaves_nothing(desk, tmp_path):
    fifo, script = tmp_path / "asked-now", tmp_path / "askpass"
    os.mkfifo(fifo)
    script.write_text(f"#!/bin/sh\necho x > '{fifo}'\nexec sleep 60\n")
    before = desk.files()
    running = subprocess.Popen(
        [sys.executable, "-m", "vetline", "review", "approve", desk.id],
        cwd=desk.root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with fifo.open() as stream:
        assert stream.read() == "x\n"
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode not in {0, None}
    assert (desk.files(), desk.listed()["decisions"]) == (before, ())


def test_a_decision_whose_file_cannot_be_written_is_not_recorded(desk, capsys):
    def fails(*_: object) -> str:
        raise OSError(28, "No space left on device")

    desk.patch.setattr(filing.disk, "write", fails)
    assert door.main(["approve", desk.id]) == 2
    assert "no space left" in capsys.readouterr().err.lower()
    assert desk.listed()["decisions"] == ()


def test_a_decision_that_the_ledger_does_not_take_still_counts_and_that_is_said(desk, capsys):
    def fails(*_: object, **__: object) -> None:
        raise LedgerUnwritableError("the ledger is locked")

    desk.patch.setattr(stores, "append", fails)
    assert door.main(["approve", desk.id]) == 3
    assert "the ledger is locked" in capsys.readouterr().err
    (decision,) = desk.listed()["decisions"]
    assert decision.problem == ""


def test_it_holds_for_as_long_as_was_said(desk):
    assert door.main(["approve", desk.id, "--expires", "30"]) == 0
    (decision,) = desk.listed()["decisions"]
    assert decision.expires > decision.at


def test_a_package_is_signed_for(desk, capsys):
    assert door.main(["approve", "pkg:pypi/requests", "--note", "ours"]) == 0
    assert capsys.readouterr().out.startswith(
        "Approved: pkg:pypi/requests\nCommit .vetline/reviews/"
    )
    assert desk.asked.read_text() == "x\n"
    signed = [
        statement.from_file(p.relative_to(desk.root).as_posix(), p.read_bytes())
        for p in desk.files()
    ]
    (said,) = [one for one in signed if one.statement.decision]
    assert (said.statement.subject.package, bool(said.signature)) == ("pkg:pypi/requests", True)
    from vetline import session

    assert session is not None
    requests = review.fold(stores.read(stores.locate(desk.root), review.KINDS))
    assert review.approved(requests) == {"pkg:pypi/requests"}
    assert ledger.actor(desk.root) == "Bo <bo@example.org>"
