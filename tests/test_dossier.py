"""All reviews of a project: what is read where, and what each is worth for what is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import signers
from repositories import sh
from reviewed import ADA, CODE, NOW, PATH, SIGNERS, Stage

from vetline import ledger, ssh, statement
from vetline.dossier import people
from vetline.provenance import Attribution, Origin, State, Tier
from vetline.review import Status
from vetline.settings import Settings
from vetline.statement import Signed
from vetline.subject import Subject


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path)


def test_nobody_asked(stage):
    assert stage.standing() is None
    assert stage.dossier().requests == ()
    assert stage.dossier().notices == ()


def test_a_request_waits(stage):
    asked = stage.request()
    assert stage.standing() == (
        Status.PENDING,
        asked.request,
        "Ada",
        "nobody has decided yet",
        False,
    )


def test_a_signed_approval_counts(stage):
    asked = stage.request()
    stage.decide(asked)
    assert stage.standing() == (Status.APPROVED, asked.request, "bo@example.org", "", True)
    (known,) = stage.dossier().requests
    (decision,) = known.decisions
    key = ssh.fingerprint(ssh.parsed(stage.bo.sign(b"")).blob)
    assert (decision.signer, decision.key, decision.problem) == ("bo@example.org", key, "")
    assert stage.dossier().notices == ()


def test_the_file_of_a_decision_is_enough(stage):
    asked = stage.request()
    stage.decide(asked)
    (stage.root / f".vetline/reviews/{asked.request}/request.json").unlink()
    assert stage.standing().status is Status.APPROVED
    assert [one.requester for one in stage.dossier().requests] == [ADA]


def test_the_ledger_and_the_files_are_one(stage):
    asked = stage.request()
    made = stage.decide(asked)
    stage.record(asked)
    stage.record(made.statement, "Bo <bo@example.org>")
    (known,) = stage.dossier().requests
    assert (known.id, len(known.decisions)) == (asked.request, 1)
    assert stage.standing().signed


def test_only_what_it_lists_is_covered(stage):
    stage.write(PATH, CODE.replace("return subprocess", "eval(command)\n    return subprocess"))
    asked = stage.request()
    stage.decide(asked)
    assert stage.standing().status is Status.APPROVED
    assert stage.standing(needle="eval(command)") is None


def test_what_the_reviewer_was_shown_beside_what_was_asked_for_is_covered(stage):
    stage.write(PATH, CODE.replace("return subprocess", "eval(command)\n    return subprocess"))
    asked = stage.request()
    marks = (*asked.subject.fingerprints, "feval(command)")
    stage.decide(asked, subject=replace(asked.subject, fingerprints=tuple(sorted(marks))))
    assert stage.standing(needle="eval(command)").status is Status.APPROVED


def test_elsewhere_in_the_file_it_may_move(stage):
    asked = stage.request()
    stage.decide(asked)
    stage.write(PATH, "x = 1\n\n\n" + CODE)
    assert stage.standing().status is Status.APPROVED


def test_it_falls_stale_when_its_text_changes_and_comes_back_with_it(stage):
    asked = stage.request()
    stage.decide(asked)
    stage.write(PATH, CODE.replace("return subprocess", "print(1)\n    return subprocess"))
    found = stage.standing()
    assert (found.status, found.why) == (Status.STALE, "pay was changed since")
    stage.write(PATH, CODE)
    assert stage.standing().status is Status.APPROVED


def test_it_moves_with_its_file(stage):
    asked = stage.request()
    stage.decide(asked)
    (stage.root / PATH).rename(stage.root / "till.py")
    assert stage.standing("till.py").status is Status.APPROVED


def test_the_last_decision_holds(stage):
    asked = stage.request()
    stage.decide(asked)
    stage.decide(asked, "rejected", stage.cy, at=ledger.timestamp(NOW), note="no")
    found = stage.standing()
    assert (found.status, found.by, found.why) == (Status.REJECTED, "cy@example.org", "no")


def test_a_second_request_does_not_hide_a_rejection_but_a_later_approval_lifts_it(stage):
    first = stage.request()
    stage.decide(first, "rejected")
    stage.record(first)
    second = stage.request(requested=ledger.timestamp(NOW))
    assert stage.standing().status is Status.REJECTED
    stage.decide(second, by=stage.cy, at=ledger.timestamp(NOW))
    assert stage.standing().status is Status.APPROVED


def test_an_approval_expires(stage):
    asked = stage.request()
    stage.decide(asked, expires=ledger.timestamp(NOW + timedelta(days=1)))
    assert stage.standing().status is Status.APPROVED
    assert stage.standing(now=NOW + timedelta(days=2)).status is Status.EXPIRED
    stage.settings = Settings(gate_review_days=1)
    assert stage.standing(now=NOW + timedelta(hours=30)).status is Status.EXPIRED


def test_unsigned_counts_where_the_policy_says_so_and_is_labelled(stage):
    asked = stage.request()
    said = stage.decision(asked)
    stage.put(Signed(said))
    assert stage.standing().why == "is not signed"
    stage.settings = Settings(gate_unsigned=True)
    assert stage.standing() == (Status.APPROVED, asked.request, "bo@example.org", "", False)


def test_unsigned_in_the_ledger_alone_likewise(stage):
    asked = stage.request()
    stage.record(asked)
    stage.record(stage.decision(asked))
    assert stage.standing().status is Status.INVALID
    stage.settings = Settings(gate_unsigned=True)
    assert stage.standing().status is Status.APPROVED


def test_a_project_in_a_folder_of_the_repository(stage):
    stage.write("part/shop.py", CODE)
    asked = stage.request("part/shop.py")
    stage.decide(asked)
    found = stage.finding("part/shop.py")
    from vetline import dossier

    known = dossier.load(
        stage.root / "part", Settings(gate_allowed_signers=f"../{SIGNERS}"), now=NOW, environ={}
    )
    assert (
        known.standing(found, PATH, stage.snapshot("part/shop.py"), None).status is Status.APPROVED
    )


def test_outside_a_repository_files_are_as_they_are(stage, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(stage.root, copy, ignore=shutil.ignore_patterns(".git"))
    stage.root = copy
    assert stage.dossier().requests == ()
    said = statement.identified(
        statement.Statement(
            request="", requester=ADA, requested=ledger.timestamp(NOW),
            subject=Subject("", package="pkg:pypi/requests"),
        )
    )  # fmt: skip
    stage.put(Signed(said))
    stage.decide(said, at=ledger.timestamp(NOW))
    assert stage.dossier().packages == {"pkg:pypi/requests"}


def test_a_package_is_approved_with_a_signature(stage):
    purl = "pkg:pypi/requests"
    asked = statement.identified(
        statement.Statement(
            request="", requester="", requested=ledger.timestamp(NOW),
            subject=Subject("", package=purl), repository=sh(stage.root, "rev-parse", "main").strip(),
        )
    )  # fmt: skip
    stage.put(Signed(stage.decision(asked, at=ledger.timestamp(NOW))))
    assert stage.dossier().packages == frozenset()
    stage.decide(asked, at=ledger.timestamp(NOW))
    assert stage.dossier().packages == {purl}


# -- separation of duties


@pytest.mark.parametrize(
    "requester", ["Bo <bo@example.org>", "Robert <BO@Example.ORG>", "bo@example.org"]
)
def test_who_asked_does_not_approve(stage, requester):
    asked = stage.request(requester=requester)
    stage.decide(asked)
    found = stage.standing()
    assert found.status is Status.INVALID
    assert found.why == "was approved by bo@example.org, who asked for it: somebody else has to"
    stage.decide(asked, by=stage.cy)
    assert stage.standing().status is Status.APPROVED


def test_for_whom_it_was_written_does_not_approve(stage):
    stage.decide(stage.request(authors=("Bo <bo@example.org>",)))
    assert (
        stage.standing().why
        == "was approved by bo@example.org, for whom it was written: somebody else has to"
    )


def test_who_git_knows_as_the_author_does_not_approve(stage):
    stage.decide(stage.request())
    origin = Origin(Tier.REPORTED, agent="claude-code", human="Bo <bo@example.org>")
    found = stage.standing(origin=Attribution(State.AI, origin))
    assert (found.status, "for whom it was written" in found.why) == (Status.INVALID, True)


def test_two_addresses_of_one_key_are_one_person(stage):
    stage.write(
        SIGNERS, stage.bo.line(principals="bo@example.org,bo@home.example") + stage.cy.line()
    )
    sh(stage.root, "stash", "-q", "-u")
    sh(stage.root, "checkout", "-q", "main")
    sh(stage.root, "stash", "pop", "-q")
    stage.commit()
    stage.trust_head()
    stage.decide(stage.request(requester="Bo <bo@home.example>"))
    assert "who asked for it" in stage.standing().why


def test_who_asked_may_reject_and_anybody_may_withdraw(stage):
    asked = stage.request(requester="Bo <bo@example.org>")
    stage.decide(asked, "rejected")
    assert stage.standing().status is Status.REJECTED
    stage.put(Signed(stage.decision(asked, "withdrawn", at=ledger.timestamp(NOW))))
    assert stage.standing().status is Status.WITHDRAWN


def test_no_machine_approves():
    for name in ("noreply@anthropic.com", "49699333+dependabot[bot]@users.noreply.github.com"):
        why = people.objection(
            people.State.APPROVED, name, people.People({}), requester="a@b", authors=()
        )
        assert why.endswith("which is no person")


def test_whose_key_may_sign_for_a_pattern_may_be_anybody_it_fits():
    from vetline.signatures import Signer

    who = people.of_signers(
        [Signer(("*@example.org",), b"k"), Signer(("a@example.org", "b@x"), b"k")]
    )
    assert who.same("Ada <A@example.org>", "b@X")
    assert who.same("c@example.org", "a@example.org")
    assert not who.same("c@example.org", "b@y")


# -- what is trusted


def test_a_list_that_grew_where_the_change_goes_to_is_no_change_of_it(stage):
    stage.commit()
    sh(stage.root, "checkout", "-q", "main")
    dee = signers.person(stage.keys, "dee@example.org")
    stage.write(SIGNERS, stage.bo.line() + stage.cy.line() + dee.line())
    stage.commit()
    stage.trust_head()
    sh(stage.root, "checkout", "-q", "change")
    asked = stage.request()
    stage.decide(asked, by=dee)
    assert stage.standing().status is Status.APPROVED
    assert stage.dossier().notices == ()


def test_a_shallow_clone_tells_that_it_cannot_tell(stage, tmp_path):
    stage.decide(stage.request())
    stage.commit()
    stage.write("more", "x")
    stage.commit()
    sh(tmp_path, "clone", "-q", "--depth", "1", "-b", "change", f"file://{stage.root}", "shallow")
    stage.root = tmp_path / "shallow"
    sh(stage.root, "update-ref", "refs/remotes/origin/main", "HEAD")
    assert "fetch the whole history" in stage.standing(base="HEAD").why


def test_where_nothing_tells_the_base_that_is_said(stage):
    sh(stage.root, "symbolic-ref", "-d", "refs/remotes/origin/HEAD")
    sh(stage.root, "update-ref", "-d", "refs/remotes/origin/main")
    stage.decide(stage.request())
    stage.commit()
    assert stage.told()["gate/no-base"][1] is False
    assert "gate/no-base" not in stage.told(base="main")


def test_a_signature_is_verified_once_and_only_when_it_is_asked_for(stage, monkeypatch):
    from vetline import signatures

    stage.decide(stage.request())
    asked = []
    real = signatures._ask
    monkeypatch.setattr(signatures, "_ask", lambda *words: asked.append(1) or real(*words))
    signatures.verify.cache_clear()
    known = stage.dossier()
    known.standing(replace(stage.finding(), fingerprint="other"), PATH, stage.snapshot(), None)
    assert known.notices == ()
    assert asked == []
    for _ in range(3):
        known.standing(stage.finding(), PATH, stage.snapshot(), None)
        stage.standing()
    assert asked == [1]


@pytest.mark.parametrize("how", ["one path", "expected", "requests"])
def test_signatures_are_verified_several_at_a_time_and_each_keeps_its_verdict(
    stage, monkeypatch, how
):
    from threading import Barrier

    from vetline import signatures

    stage.decide(stage.request())
    path = PATH if how == "one path" else "b.py"
    stage.write(path, stage.snapshot().text + "eval(x)\n")
    forged = stage.request(path, "eval(x)")
    stage.decide(forged, by=stage.cy, reviewer=stage.bo.address)
    both, real = Barrier(2), signatures.verify.__wrapped__

    def verify(*words, **named):
        both.wait(30)  # breaks unless the other one is under way
        return real(*words, **named)

    monkeypatch.setattr(signatures, "verify", verify)
    known, finding = stage.dossier(), stage.finding(path, "eval(x)")
    if how == "expected":
        known.expect(["nobody", stage.finding().fingerprint, finding.fingerprint])
    elif how == "requests":
        assert len(known.requests) == 2
    good = known.standing(stage.finding(), PATH, stage.snapshot(), None)
    bad = known.standing(finding, path, stage.snapshot(path), None)
    assert (good.status, bad.status) == (Status.APPROVED, Status.INVALID)
    assert "cy@example.org" in bad.why


def test_what_is_expected_and_was_never_reviewed_costs_nothing(stage, monkeypatch):
    from vetline import signatures

    stage.decide(stage.request())
    monkeypatch.delattr(signatures, "verify")
    stage.dossier().expect(["other", ""])
    stage.dossier().expect([])


def test_while_nobody_may_sign_the_ledger_alone_decides_on_packages(stage):
    from vetline import review, stores

    purl, now = "pkg:pypi/requests", ledger.timestamp(NOW)
    asked = statement.Statement(
        request="", subject=Subject("", package=purl), requester=ADA, requested=now
    )
    said = replace(statement.identified(asked), decision="approved", reviewer=ADA, at=now)
    stores.append(stores.locate(stage.root), [review.draft(said)], at=now, actor=ADA)
    assert stage.dossier().packages == frozenset(), "there are people who may sign"
    stage.settings = Settings(gate_allowed_signers=".vetline/none")
    assert stage.dossier().packages == {purl}
