"""An agent that can write every file of the change wants its code approved: each way is caught, and said."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import timedelta

import pytest
import signers
from repositories import sh
from reviewed import CODE, NOW, PATH, SIGNERS

from vetline import ledger, signatures, statement
from vetline.dossier import people
from vetline.provenance import Attribution, Origin, State, Tier
from vetline.review import Status
from vetline.settings import Settings
from vetline.statement import FOLDER, Signed
from vetline.subject import Subject

LATER = ledger.timestamp(NOW)


@pytest.fixture
def mallory(stage):
    """The agent's own key."""
    return signers.person(stage.keys, "mallory@example.org")


def rewritten(stage, signed, **fields):
    """A review file edited in place."""
    path = stage.root / signed.path
    data = json.loads(path.read_text())
    data["statement"]["predicate"].update(fields)
    path.write_text(json.dumps(data))
    return path


def refused(stage, *, why, status=Status.INVALID, **how):
    found = stage.standing(**how)
    assert (found.status, why in found.why) == (status, True), found


# -- signatures that are not what they seem


def test_an_approval_without_a_signature(stage):
    stage.put(Signed(stage.decision(stage.request())))
    refused(stage, why="is not signed")


def test_its_own_key(stage, mallory):
    stage.decide(stage.request(), by=mallory)
    refused(stage, why="was not signed by an allowed signer: its key SHA256:")


def test_its_own_key_in_a_reviewers_name(stage, mallory):
    stage.decide(stage.request(), by=mallory, reviewer="bo@example.org")
    refused(stage, why="is not listed")


def test_a_reviewers_signature_under_another_reviewers_name(stage):
    stage.decide(stage.request(), by=stage.bo, reviewer="cy@example.org")
    refused(stage, why="was not signed by cy@example.org, whom it names: its key")


def test_a_signature_from_a_commit(stage):
    """People sign commits with the same key; what they sign there is no review."""
    asked = stage.request()
    said = stage.decision(asked)
    stage.put(Signed(said, stage.bo.sign(statement.payload(said), "git")))
    refused(stage, why="was signed for 'git', not for vetline")


def test_a_signature_over_something_else(stage):
    said = stage.decision(stage.request())
    stage.put(Signed(said, stage.bo.sign(b"thanks for the fish")))
    refused(stage, why="was changed after it was signed")


def test_an_expired_key(stage):
    until = 'namespaces="vetline",valid-before="20260531"'
    trusted(stage, stage.bo.line(until))
    stage.decide(stage.request())
    refused(stage, why="key has expired")


def test_an_expired_key_that_dates_back(stage):
    trusted(stage, stage.bo.line('valid-before="20260101"'))
    day = "2025-12-01T00:00:00.000Z"
    stage.decide(stage.request(requested=day), at=day)
    refused(stage, why="key has expired")


def test_what_was_merged_while_the_key_was_good_goes_on_counting(stage):
    """No attack: keys are replaced, and what they approved is not looked at again."""
    day = "2025-12-01T00:00:00.000Z"
    stage.decide(stage.request(requested=day), at=day)
    stage.commit()
    trusted(stage, stage.bo.line('valid-before="20260101"'))
    assert stage.standing().status is Status.APPROVED


def test_a_revoked_key(stage):
    trusted(stage, stage.cy.line())
    stage.decide(stage.request())
    refused(stage, why="is not listed")


def test_a_key_for_another_purpose(stage):
    trusted(stage, stage.bo.line('namespaces="git,file"'))
    stage.decide(stage.request())
    refused(stage, why="not permitted")


def test_a_hardware_key_that_nobody_touched(stage):
    token = signers.Token()
    trusted(stage, f"bo@example.org {token.public}\n")
    said = stage.decision(stage.request())
    stage.put(Signed(said, token.sign(statement.payload(said), touched=False)))
    refused(stage, why="a hardware key that nobody touched")
    stage.put(Signed(said, token.sign(statement.payload(said))))
    assert stage.standing().status is Status.APPROVED


def test_a_signature_in_which_a_person_is_named_as_an_option(stage):
    for name in ("-Oprint-pubkey", "*", "bo@example.org,x", "bo@example.org\nx"):
        said = stage.decision(stage.request(), reviewer=name)
        stage.put(Signed(said, stage.bo.sign(statement.payload(said))))
        refused(stage, why="names no reviewer")


def trusted(stage, listed):
    """Let main hold this list of signers, and the change start from there."""
    stage.write(SIGNERS, listed)
    stage.commit()
    stage.trust_head()
    stage.write(PATH, CODE)


# -- an old approval for new code


def test_new_code_under_an_old_approval(stage):
    stage.decide(stage.request())
    stage.write(PATH, CODE.replace("subprocess.call(", "print(command) or subprocess.call("))
    refused(stage, status=Status.STALE, why="pay was changed since")


def test_the_approval_edited_to_fit_the_new_code(stage):
    signed = stage.decide(stage.request())
    stage.write(PATH, CODE.replace("subprocess.call(", "print(command) or subprocess.call("))
    new = stage.request().subject
    said = replace(signed.statement, subject=new)
    stage.put(Signed(said, signed.signature))
    path = rewritten(stage, signed, subject=new.to_json())
    (stage.root / signed.path).unlink()
    assert not path.exists()
    refused(stage, why="was changed after it was signed")


def test_the_file_edited_in_place(stage):
    signed = stage.decide(stage.request())
    stage.commit()
    rewritten(stage, signed, reviewer="cy@example.org")
    text, blocks = stage.told()["gate/review-unreadable"]
    assert blocks
    assert signed.path in text


def test_a_finding_added_to_what_was_approved(stage):
    signed = stage.decide(stage.request())
    subject = replace(signed.statement.subject, fingerprints=("fother():", "fshell=True"))
    stage.put(Signed(replace(signed.statement, subject=subject), signed.signature))
    refused(stage, needle="other():", why="was changed after it was signed")


def test_a_finding_nobody_was_shown(stage):
    stage.decide(stage.request())
    assert stage.standing(needle="other():") is None


def test_the_same_code_again_in_the_file(stage):
    stage.decide(stage.request())
    stage.write(
        PATH, CODE + "\n\ndef pay(command):\n    return subprocess.call(command, shell=True)\n"
    )
    text = stage.snapshot().text
    finding = stage.finding()
    length = finding.span.end - finding.span.start
    at = text.rindex("shell=True")
    copy = replace(finding, span=finding.span._replace(start=at, end=at + length))
    known = stage.dossier()
    assert known.standing(finding, PATH, stage.snapshot(), None).status is Status.APPROVED
    found = known.standing(copy, PATH, stage.snapshot(), None)
    assert (found.status, found.why) == (
        Status.STALE,
        "what was reviewed stands on the lines 4 to 5",
    )


def test_the_same_code_in_another_file(stage):
    stage.decide(stage.request())
    stage.write("admin.py", CODE)
    refused(
        stage,
        path="admin.py",
        status=Status.STALE,
        why="it was reviewed in shop.py, which this is not",
    )


def test_the_same_code_in_two_other_files(stage):
    stage.decide(stage.request())
    (stage.root / PATH).unlink()
    stage.write("admin.py", CODE)
    stage.write("root.py", CODE)
    known = stage.dossier()
    worth = {
        path: known.standing(stage.finding(path), path, stage.snapshot(path), None)
        for path in ("admin.py", "root.py")
    }
    assert worth["admin.py"].status is Status.APPROVED, "it moved there"
    assert worth["root.py"].status is Status.STALE
    assert worth["root.py"].why == "it was reviewed in shop.py and stands in admin.py now"


def test_an_approval_for_a_path_outside(stage, tmp_path):
    (tmp_path / "secret.py").write_text(CODE)
    asked = stage.request()
    for path in ("../secret.py", str(tmp_path / "secret.py")):
        stage.put(Signed(stage.decision(asked, subject=replace(asked.subject, path=path))))
    refused(stage, why="is not signed")


def test_the_same_code_in_another_repository(stage, tmp_path):
    stage.decide(stage.request())
    other = type(stage)(tmp_path / "other")
    other.write(SIGNERS, (stage.root / SIGNERS).read_text())
    other.commit()
    sh(other.root, "commit", "-q", "--amend", "--allow-empty", "-m", "a shop of its own")
    other.trust_head()
    sh(other.root, "checkout", "-q", "--orphan", "own")
    other.commit()
    other.trust_head()
    for path in (stage.root / FOLDER).rglob("*.json"):
        other.write(path.relative_to(stage.root).as_posix(), path.read_text())
    refused(other, why="was made in another repository")


def test_a_renamed_symbol(stage):
    stage.decide(stage.request())
    stage.write(PATH, CODE.replace("def pay", "def pay_all"))
    refused(stage, status=Status.STALE, why="pay is no longer there")


def test_another_symbol_under_the_old_name(stage):
    stage.decide(stage.request())
    stage.write(PATH, CODE.replace("def pay(command)", "def pay(command, *more)"))
    refused(stage, status=Status.STALE, why="pay was changed since")


def test_characters_that_look_alike(stage):
    stage.decide(stage.request())
    stage.write(PATH, CODE.replace("return subprocess", "return\u00a0subprocess"))
    refused(stage, status=Status.STALE, why="pay was changed since")
    stage.write(PATH, CODE.replace("shell=True)", "shell=True)\u2028"))
    refused(stage, status=Status.STALE, why="pay was changed since")


# -- dates, ids and names


def test_dated_before_it_was_asked_for(stage):
    stage.decide(stage.request(), at="2026-01-01T00:00:00.000Z")
    refused(stage, why="is dated before it was asked for")


def test_dated_ahead_to_outlive_a_rejection(stage):
    asked = stage.request()
    stage.decide(asked, at="2027-01-01T00:00:00.000Z")
    stage.decide(asked, "rejected", stage.cy, at=LATER)
    refused(stage, status=Status.REJECTED, why="")
    asked = stage.request(note="again", requested=LATER)
    stage.decide(asked, at="2027-01-01T00:00:00.000Z")
    found = [one.problem for known in stage.dossier().requests for one in known.decisions]
    assert "is dated 2027-01-01, which is yet to come" in found


def test_an_expired_approval_with_a_later_date(stage):
    signed = stage.decide(stage.request(), expires=LATER)
    said = replace(signed.statement, expires="2030-01-01T00:00:00.000Z")
    stage.put(Signed(said, signed.signature))
    (stage.root / signed.path).unlink()
    refused(stage, why="was changed after it was signed", now=NOW + timedelta(days=1))


def test_a_copied_request_id(stage):
    """An approval of one thing does not count for another under its id."""
    first = stage.decide(stage.request(needle="return 1"))
    second = stage.request()
    said = replace(first.statement, request=second.request)
    stage.put(Signed(said, first.signature))
    refused(stage, status=Status.PENDING, why="nobody has decided yet")
    copied = stage.root / FOLDER / second.request / first.path.rpartition("/")[2]
    copied.write_text((stage.root / first.path).read_text())
    text, blocks = stage.told()["gate/review-unreadable"]
    assert blocks
    assert "its name is not that of the review in it" in text


def test_a_request_rewritten_under_its_id(stage):
    """So that who asked seems to be somebody else."""
    asked = stage.request(requester="Bo <bo@example.org>")
    stage.decide(asked)
    path = stage.root / FOLDER / asked.request / "request.json"
    data = json.loads(path.read_text())
    data["statement"]["predicate"]["requester"] = "Eve <eve@example.org>"
    path.write_text(json.dumps(data))
    assert "the request's id is not its own" in stage.told()["gate/review-unreadable"][0]
    refused(stage, why="who asked for it")


def test_who_asked_left_out_of_the_decision(stage):
    asked = stage.request(requester="Bo <bo@example.org>")
    stage.decide(asked, requester="Eve <eve@example.org>")
    refused(stage, why="who asked for it")


def test_the_author_left_out_of_the_decision(stage):
    asked = stage.request(authors=("Bo <bo@example.org>",))
    stage.decide(asked, authors=())
    refused(stage, why="for whom it was written")


def test_code_approved_under_a_request_for_a_package(stage):
    """A package may be decided on by whoever wrote for it; what is decided here is code."""
    written = Attribution(State.AI, Origin(Tier.REPORTED, agent="x", human="Bo <bo@example.org>"))
    about = stage.request().subject
    package = Subject("", package="pkg:pypi/requests")
    asked = stage.request(subject=package, requester="Eve <eve@example.org>")
    stage.decide(asked, subject=about)
    refused(stage, origin=written, why="for whom it was written")


@pytest.mark.parametrize("principals", ["*@example.org", "?da@example.org,bo@*"])
def test_a_key_that_may_sign_for_whoever_it_names(stage, principals):
    ada = signers.person(stage.keys, "ada@example.org")
    stage.write(SIGNERS, ada.line(principals=principals))
    stage.commit()
    stage.trust_head()
    stage.decide(stage.request(), by=ada, reviewer="bo@example.org")
    refused(stage, why="who asked for it")
    stage.decide(
        stage.request(requester="Eve <eve@example.com>"), by=ada, reviewer="bo@example.org"
    )
    assert stage.standing().status is Status.APPROVED


def test_an_authority_vouches_for_several_people():
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBo2jwaJIh+8VBQm4TBEPIXB9jjfGLQYYQk+zoeDy1uk"
    line = f'*@example.org cert-authority,namespaces="vetline" {key}\n'
    known = people.of_signers(signatures.signers(line.encode()))
    assert not known.same("bo@example.org", "ada@example.org")
    known = people.of_signers(signatures.signers(line.replace("cert-authority,", "").encode()))
    assert known.same("Bo <BO@example.org>", "ada@example.org")
    known = people.of_signers(
        signatures.signers(f"*@example.org,!ada@example.org {key}\n".encode())
    )
    assert not known.same("bo@example.org", "ada@example.org")


# -- taking away what speaks against it


def test_a_rejection_deleted(stage):
    asked = stage.request()
    rejected = stage.decide(asked, "rejected")
    stage.commit()
    stage.trust_head()
    (stage.root / rejected.path).unlink()
    text, blocks = stage.told()["gate/review-deleted"]
    assert blocks
    assert text == f"this change deletes or rewrites a rejection: {rejected.path}"
    refused(stage, status=Status.REJECTED, why="")


@pytest.mark.parametrize("how", ["deleted", "reset by a merge"])
def test_a_rejection_that_only_the_change_ever_had(stage, how):
    rejected = stage.decide(stage.request(), "rejected")
    stage.commit()
    if how == "deleted":
        (stage.root / rejected.path).unlink()
        stage.commit()
    else:
        tip = sh(stage.root, "rev-parse", "HEAD").strip()
        sh(stage.root, "reset", "-q", "--hard", "main")
        stage.write(PATH, CODE)
        stage.commit()
        sh(stage.root, "merge", "-q", "-s", "ours", "-m", "merge", tip)
    assert stage.told()["gate/review-deleted"][1]
    refused(stage, status=Status.REJECTED, why="")


def test_a_rejection_rewritten_with_a_broken_signature(stage):
    rejected = stage.decide(stage.request(), "rejected")
    stage.commit()
    stage.put(Signed(rejected.statement, ""))
    assert stage.told()["gate/review-deleted"][1]
    refused(stage, status=Status.REJECTED, why="")


def test_the_folder_of_reviews_deleted_or_linked_away(stage, tmp_path):
    stage.decide(stage.request(), "rejected")
    stage.commit()
    stage.trust_head()
    elsewhere = tmp_path / "elsewhere"
    (stage.root / FOLDER).rename(elsewhere)
    assert stage.told()["gate/review-deleted"][1]
    refused(stage, status=Status.REJECTED, why="")
    (stage.root / FOLDER).symlink_to(elsewhere)
    assert stage.told()["gate/review-unreadable"][1]
    refused(stage, status=Status.REJECTED, why="")


def test_a_file_among_reviews_that_is_a_pipe_or_a_link(stage):
    folder = stage.root / FOLDER / "0123456789ab"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "0123456789ab.json")
    assert "is not a regular file" in stage.told()["gate/review-unreadable"][0]


def test_a_withdrawal_lets_nothing_pass(stage):
    """Anybody can write one: it takes an approval away, and a rejection it does not turn into an approval."""
    asked = stage.request()
    stage.decide(asked, "rejected")
    stage.put(Signed(stage.decision(asked, "withdrawn", at=LATER)))
    refused(stage, status=Status.WITHDRAWN, why="")


# -- changing who may sign


def test_its_key_among_the_signers_of_the_same_change(stage, mallory):
    stage.write(SIGNERS, stage.bo.line() + stage.cy.line() + mallory.line())
    stage.decide(stage.request(), by=mallory)
    for _ in range(2):
        text, blocks = stage.told()["gate/signers-changed"]
        assert blocks
        assert text.startswith(f"{SIGNERS} is changed here; whose signature counts is what commit ")
        refused(stage, why="is not listed")
        stage.commit()


def test_signers_changed_with_an_approval_of_the_new_one(stage, mallory):
    stage.write(SIGNERS, stage.bo.line() + mallory.line())
    asked = stage.request_whole(SIGNERS)
    stage.decide(asked, by=mallory)
    text, blocks = stage.told()["gate/signers-changed"]
    assert blocks
    assert "was not signed by an allowed signer" in text


def test_signers_changed_with_an_approval_of_an_old_one(stage, mallory):
    """No attack: this is how somebody new comes in."""
    stage.write(SIGNERS, stage.bo.line() + stage.cy.line() + mallory.line())
    asked = stage.request_whole(SIGNERS)
    stage.decide(asked)
    text, blocks = stage.told()["gate/signers-changed"]
    assert (blocks, text.endswith("bo@example.org approved the change")) == (False, True)
    stage.decide(stage.request(), by=mallory)
    refused(stage, why="is not listed")


def test_the_approval_of_one_line_for_all_of_the_list(stage, mallory):
    stage.write(SIGNERS, stage.bo.line() + "\n\n" + stage.cy.line() + mallory.line())
    stage.decide(stage.request(SIGNERS, stage.bo.public))
    text, blocks = stage.told()["gate/signers-changed"]
    assert (blocks, text.endswith("only a part of it was reviewed")) == (True, True)


def test_another_list_named_in_the_settings(stage, mallory):
    """What the gate passes are the settings of the base; and a list that is not there lets nobody sign."""
    stage.write("docs/signers", mallory.line())
    stage.settings = Settings(gate_allowed_signers="docs/signers")
    stage.decide(stage.request(), by=mallory)
    refused(stage, why="is not listed")


def test_a_list_that_a_link_leads_to(stage, mallory, tmp_path):
    (tmp_path / "signers").write_text(mallory.line())
    (stage.root / SIGNERS).unlink()
    (stage.root / SIGNERS).symlink_to(tmp_path / "signers")
    stage.decide(stage.request(), by=mallory)
    refused(stage, why="is not listed")


def test_a_base_of_its_own_choice_in_the_environment(stage, mallory):
    stage.write(SIGNERS, mallory.line())
    stage.commit()
    sh(stage.root, "branch", "mine")
    stage.decide(stage.request(), by=mallory)
    with pytest.raises(Exception, match=r"origin/mine \(GITHUB_BASE_REF\) is not here"):
        stage.dossier(environ={"GITHUB_BASE_REF": "mine"})


def test_a_replaced_commit(stage, mallory):
    """`git replace` would put another commit in the place of the one that is trusted."""
    base = sh(stage.root, "rev-parse", "main").strip()
    stage.write(SIGNERS, mallory.line())
    mine = stage.commit()
    sh(stage.root, "replace", base, mine)
    stage.decide(stage.request(repository=base), by=mallory)
    refused(stage, why="is not listed")


# -- many and hostile files


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ('{"statement": ' + '{"a":' * 30_000, "is no JSON"),
        ("x" * 300_000, "is 0.3 MB, over the limit"),
        ("[]", "holds no statement"),
        ('{"statement": {"_type": 1}}', "is no statement"),
        ('{"statement": {}, "signature": 7}', "its signature is no text"),
        ("\ud83d".encode("utf-8", "surrogatepass"), "is no JSON"),
        ('{"statement": NaN}', "holds no statement"),
    ],
)
def test_a_hostile_file_is_named_and_quoted_nowhere(stage, content, why):
    path = stage.root / FOLDER / "0123456789ab" / "0123456789ab.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    text, blocks = stage.told()["gate/review-unreadable"]
    assert blocks
    assert why in text
    assert len(text) < 300


def test_thousands_of_files(stage, monkeypatch):
    from vetline import signatures
    from vetline.dossier import papers

    monkeypatch.setattr(papers, "MOST", 500)
    stage.decide(stage.request())
    asked = stage.request()
    for number in range(600):
        stage.put(
            Signed(stage.decision(asked, note=str(number)), "-----BEGIN SSH SIGNATURE-----\nx")
        )
    runs = []
    real = signatures._ask
    monkeypatch.setattr(signatures, "_ask", lambda *words: runs.append(1) or real(*words))
    signatures.verify.cache_clear()
    text, blocks = stage.told()["gate/review-unreadable"]
    assert blocks
    assert text == "there are 602 review files, more than the 500 that are read"
    stage.standing()
    assert len(runs) <= 1, "what is no signature costs no run of ssh-keygen"


def test_names_that_would_steer_a_screen(stage):
    folder = stage.root / FOLDER / "0123456789ab"
    folder.mkdir(parents=True)
    (folder / "\x1b[2Jx.json").write_text("{}")
    assert stage.told()["gate/review-unreadable"][1]


# -- the ledger


def test_an_approval_written_into_the_ledger(stage):
    asked = stage.request()
    stage.record(asked)
    stage.record(stage.decision(asked), "Bo <bo@example.org>")
    refused(stage, why="is not signed")


def test_a_ledger_that_contradicts_a_signed_file(stage):
    asked = stage.request()
    stage.decide(asked, "rejected")
    stage.record(asked)
    stage.record(stage.decision(asked, at=LATER), "Bo <bo@example.org>")
    refused(stage, status=Status.REJECTED, why="")
