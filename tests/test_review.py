"""Reviews: folded from the ledger and from files alike, one for one wish, and worth only what they are about."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vetline import ledger, review, statement, subject
from vetline.ledger import GENESIS, Draft, Kind
from vetline.review import State, Status
from vetline.statement import Signed, Statement, Verified, identified
from vetline.subject import Place, Subject
from vetline_analyzers.core.text import Snapshot, Span
from vetline_analyzers.core.universe import Ecosystem, package

CODE = "import os\n\n\ndef run(name):\n    os.system(name)\n    return name\n\n\nA = 1\n"
ANA, BO, CY = "Ana <ana@example.org>", "bo@example.org", "cy@example.org"
NOW = datetime(2026, 4, 1, tzinfo=UTC)
HERE = Place((4, 6))


def at(second: int) -> str:
    return f"2026-03-01T09:{second // 60:02}:{second % 60:02}.000Z"


def snap(text: str = CODE) -> Snapshot:
    return Snapshot("", "python", 1, text, "x.py")


def about(word: str = "os.system", *marks: str, path: str = "a/x.py", text: str = CODE) -> Subject:
    start = text.index(word)
    found = subject.of_span(snap(text), Span(start, start + len(word)), path)
    return replace(found, fingerprints=marks, rules=("python/os-system",) if marks else ())


def asked(what: Subject | None = None, second: int = 0, **more) -> Statement:
    known = {"requester": ANA, "requested": at(second), "note": "please"} | more
    return identified(Statement(request="", subject=what or about("os.system", "f1"), **known))


def decided(request: Statement, decision: str = "approved", second: int = 10, **more) -> Statement:
    known = {"reviewer": BO, "at": at(second), "note": "looked"} | more
    return replace(request, decision=decision, **known)


def events(*drafts: Draft | Statement, actor: str = ANA) -> list[ledger.AuditEvent]:
    after, found = (0, GENESIS), []
    for number, one in enumerate(drafts):
        draft = review.draft(one) if isinstance(one, Statement) else one
        found.append(ledger.seal(draft, after=after, at=at(number), actor=actor))
        after = (found[-1].seq, found[-1].hash)
    assert ledger.verify(found) is None
    return found


def signed(said: Statement, signer: str = BO, problem: str = "") -> Verified:
    mark = "SHA256:x" if signer else ""
    return Verified(Signed(said, "signature" if signer else ""), signer, mark, problem)


def one_of(*carriers, files=()) -> review.ReviewRequest:
    (found,) = review.fold(events(*carriers), files)
    return found


# -- folding


def test_a_request_says_who_wants_what_reviewed_and_why():
    said = asked(reasons=("A shell runs a text.",), authors=("Di <di@x>",), origins=("a m s",))
    for found in (one_of(said), review.fold((), [Verified(Signed(said))])[0]):
        assert (found.id, found.requester, found.at) == (said.request, ANA, at(0))
        assert (found.note, found.reasons) == ("please", ("A shell runs a text.",))
        assert (found.authors, found.origins) == (("Di <di@x>",), ("a m s",))
        assert (found.state, found.decision, found.decisions) == (State.REQUESTED, None, ())
        assert found.subject == found.covered == said.subject


def test_no_code_is_in_the_event():
    said = asked(about("os.system", "f1"))
    payload = json.dumps([review.draft(one).payload for one in (said, decided(said))])
    assert not any(word in payload for word in ("os.system", "return", "import"))


def test_a_decision_answers_its_request():
    said = asked()
    found = one_of(said, decided(said, note="fine", expires=at(900)))
    (only,) = found.decisions
    assert found.decision is only
    assert (found.state, only.state, only.by, only.at) == (
        State.APPROVED,
        State.APPROVED,
        BO,
        at(10),
    )
    assert (only.note, only.expires, only.signer, only.problem) == ("fine", at(900), "", "")
    assert only.subject == said.subject


def test_all_decisions_are_kept_in_order_and_the_last_without_a_problem_speaks():
    said = asked()
    no, yes = decided(said, "rejected", 20, reviewer=CY), decided(said, second=10)
    forged = signed(decided(said, second=30), "", "the signature is not by an allowed signer")
    found = one_of(said, no, yes, files=[forged])
    assert [one.state for one in found.decisions] == ["approved", "rejected", "approved"]
    assert (found.state, found.decision.by) == (State.REJECTED, CY)
    assert one_of(said, files=[forged]).state is State.REQUESTED


def test_a_decision_covers_what_it_lists_itself():
    said = asked(about("os.system", "f1"))
    more = replace(decided(said), subject=about("os.system", "f1", "f2"))
    found = one_of(said, more)
    assert found.subject.fingerprints == ("f1",)
    assert found.covered.fingerprints == ("f1", "f2")


def test_a_decision_tells_of_its_request_where_nothing_else_does():
    said = asked()
    (found,) = review.fold((), [signed(decided(said))])
    assert (found.id, found.requester, found.at, found.note) == (said.request, ANA, at(0), "")
    assert found.state is State.APPROVED


def test_what_a_file_says_of_its_signature_goes_before_the_ledger():
    said = asked()
    yes = decided(said)
    good, bad = signed(yes), signed(yes, "", "the signature is not by an allowed signer")
    for files in ([good], [good, bad], [bad, good]):
        found = one_of(said, yes, files=files)
        assert [(one.signer, one.problem) for one in found.decisions] == [(BO, "")]
    (only,) = one_of(said, yes, files=[bad]).decisions
    assert (only.signer, only.problem) == ("", bad.problem)


def test_people_and_comments_are_told_by_the_ledger():
    said = asked()
    found = one_of(said)
    steps = [
        said,
        review.assigned(found, [BO, CY]),
        review.commented(found, " why? "),
        review.assigned(found, [CY]),
        review.commented(found, "because"),
    ]
    found = one_of(*steps)
    assert found.assigned == (CY,)
    assert [(one.by, one.note) for one in found.comments] == [(ANA, "why?"), (ANA, "because")]


def test_asking_twice_is_asking_once():
    def count(*subjects: Subject) -> int:
        said = [asked(one, number) for number, one in enumerate(subjects)]
        return len(review.fold(events(*said)))

    one, both, lines = about("os.system", "f1"), about("os.system", "f1", "f2"), about("A = 1")
    assert count(one, one) == 1
    assert count(both, one) == 1
    assert count(one, both) == 2
    assert count(one, replace(one, path="b.py")) == 2
    assert count(one, about("os.system")) == 1
    assert count(about("os.system"), one) == 2
    assert count(one, lines) == 2
    moved = about("os.system", "f1", text="# above\n" + CODE)
    assert count(one, moved) == 1
    changed = about("os.system", "f1", text=CODE.replace("(name)\n", "(name, 1)\n"))
    assert count(one, changed) == 2
    (kept,) = review.fold(events(asked(one, note="first"), asked(one, 1, note="second")))
    assert kept.note == "first"


def test_after_a_decision_a_request_is_a_new_one():
    first = asked()
    again = asked(second=20)
    assert len(review.fold(events(first, decided(first, second=10), again))) == 2
    assert len(review.fold(events(first, decided(first, second=30), again))) == 1
    forged = signed(decided(first, second=10), "", "forged")
    assert len(review.fold(events(first, again), [forged])) == 1


def test_who_asked_again_and_was_answered_keeps_their_request():
    first, again = asked(), asked(second=5)
    found = review.fold(events(first, again, decided(again)))
    assert [(one.id, one.state) for one in found] == [
        (first.request, State.REQUESTED),
        (again.request, State.APPROVED),
    ]


def test_a_word_about_who_asked_again_belongs_to_the_first():
    first, again = asked(), asked(second=5)
    (other,) = review.fold(events(again))
    (found,) = review.fold(events(first, again, review.commented(other, "hm")))
    assert (found.id, found.comments[0].note) == (first.request, "hm")


DAMAGED = [
    {},
    {"request": 3},
    {"request": "x", "subject": {}},
    {"subject": []},
    {"lines": [1, 2], "digest": "x"},  # as versions before any release had it
    {"package": "pkg:pypi/foo"},
]


@pytest.mark.parametrize("payload", DAMAGED)
@pytest.mark.parametrize("kind", [*review.KINDS, Kind.INSERTION])
def test_a_damaged_event_is_passed_over(payload, kind):
    found = review.fold(events(asked(), Draft(kind, "a/x.py", payload)))
    assert [(one.state, one.assigned, one.comments) for one in found] == [(State.REQUESTED, (), ())]


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (Kind.REVIEW_REQUESTED, {**statement.to_json(asked()), "note": "another"}),
        (Kind.REVIEW_REQUESTED, {**statement.to_json(asked()), "requested": "soon"}),
        (Kind.REVIEW_REQUESTED, {**statement.to_json(asked()), "decision": "approved"}),
        (Kind.REVIEW_REQUESTED, statement.to_json(decided(asked()))),
        (Kind.REVIEW_APPROVED, statement.to_json(asked())),
        (Kind.REVIEW_COMMENTED, {"request": "0" * 12}),
        (Kind.REVIEW_COMMENTED, {"request": "0" * 12, "note": "of no request"}),
        (Kind.REVIEW_ASSIGNED, {"request": "0" * 12, "assigned": "everybody"}),
    ],
)
def test_what_says_something_else_than_it_is_asks_for_nothing(kind, payload):
    if kind == Kind.REVIEW_APPROVED:
        assert one_of(asked(), Draft(kind, "a/x.py", payload)).decisions == ()
    else:
        assert review.fold(events(Draft(kind, "a/x.py", payload))) == []


def test_a_decision_in_an_event_of_another_kind_is_none():
    said = asked()
    draft = Draft(Kind.REVIEW_REJECTED, "a/x.py", statement.to_json(decided(said)))
    assert one_of(said, draft).decisions == ()


def test_a_long_note_is_cut():
    assert len(review.cut("x" * 100_000)) == 2000


# -- the same from any carrier, in any order


FOO, UI = package(Ecosystem.PYPI, "foo"), package(Ecosystem.NPM, "@shop/ui")


@st.composite
def histories(draw) -> tuple[list[ledger.AuditEvent], list[Statement]]:
    """What happened: events of the ledger, and the statements that files may carry, too."""
    subjects = (about("os.system", "f1"), about("os.system", "f1", "f2"), about("A = 1"))
    subjects += (Subject("", package=FOO.purl), Subject("", package=UI.purl))
    said: list[Statement] = []
    drafts: list[Draft | Statement] = []
    for _ in range(draw(st.integers(1, 9))):
        second = draw(st.integers(0, 99))
        step = draw(st.integers(0, 5))
        requests = [one for one in said if not one.decision]
        if step <= 1 or not requests:
            said.append(asked(draw(st.sampled_from(subjects)), second))
            drafts.append(said[-1])
        elif step <= 3:
            decision = draw(st.sampled_from(statement.DECISIONS))
            who = draw(st.sampled_from((BO, CY)))
            one = draw(st.sampled_from(requests))
            said.append(decided(one, decision, second, reviewer=who))
            drafts.append(said[-1])
        else:
            one = draw(st.sampled_from(requests))
            (found,) = review.fold((), [Verified(Signed(one))])
            made = (review.commented(found, "hm"), review.assigned(found, [BO]))
            drafts.append(draw(st.sampled_from(made)))
    return events(*drafts), said


@given(histories(), st.randoms(use_true_random=False), st.data())
@settings(max_examples=200, deadline=None)
def test_replaying_gives_the_same_reviews(history, chance, data):
    told, said = history
    files = [signed(one) if one.decision else Verified(Signed(one)) for one in said]
    expected = review.fold(told, files)
    shuffled, more = [*told, *told], [*files, *files]
    chance.shuffle(shuffled)
    chance.shuffle(more)
    assert review.fold(shuffled, more) == expected
    # What files carry the ledger need not tell.
    carried = {statement.digest(one) for one in said}

    def is_carried(event: ledger.AuditEvent) -> bool:
        try:
            return statement.digest(statement.from_json(event.payload)) in carried
        except ValueError:
            return False

    kept = [event for event in told if not (is_carried(event) and data.draw(st.booleans()))]
    assert review.fold(kept, files) == expected


@given(histories(), st.data())
@settings(max_examples=100, deadline=None)
def test_without_signatures_it_does_not_matter_either_which_carrier_tells(history, data):
    told, said = history
    expected = review.fold(told)
    some = [one for one in said if data.draw(st.booleans())]
    assert review.fold(told, [Verified(Signed(one)) for one in some]) == expected


# -- what it is worth


def worth(found: review.ReviewRequest, place: Place = HERE, **policy) -> review.Standing:
    return review.standing(found, lambda _: place, now=policy.pop("now", NOW), **policy)


def test_while_nobody_decided_it_is_pending():
    said = asked()
    assert worth(one_of(said)) == (
        Status.PENDING,
        said.request,
        "Ana",
        "nobody has decided yet",
        False,
    )


def test_a_signed_approval_counts():
    said = asked()
    found = one_of(said, files=[signed(decided(said))])
    assert worth(found) == (Status.APPROVED, said.request, BO, "", True)
    assert worth(found, fingerprint="f1").status is Status.APPROVED
    assert worth(found, fingerprint="f2").status is Status.PENDING


def test_an_unsigned_one_counts_where_the_policy_says_so_and_is_labelled():
    said = asked()
    found = one_of(said, decided(said))
    assert worth(found) == (Status.INVALID, said.request, BO, "is not signed", False)
    assert worth(found, unsigned=True) == (Status.APPROVED, said.request, BO, "", False)


def test_a_forged_one_is_invalid_and_says_why():
    said = asked()
    found = one_of(said, files=[signed(decided(said), "", "was signed by nobody")])
    assert worth(found)[::3] == (Status.INVALID, "was signed by nobody")
    assert worth(found, unsigned=True).status is Status.INVALID


def test_a_worthless_decision_takes_nothing_away():
    said = asked()
    good = signed(decided(said))
    later = decided(said, "rejected", 50, reviewer=CY)
    found = one_of(said, later, files=[good])
    assert worth(found).status is Status.APPROVED
    assert worth(found, unsigned=True).status is Status.REJECTED
    forged = signed(later, "", "forged")
    assert worth(one_of(said, files=[good, forged])).status is Status.APPROVED


def test_the_last_that_counts_holds():
    said = asked()
    yes, no = (
        signed(decided(said)),
        signed(decided(said, "rejected", 20, reviewer=CY, note="no"), CY),
    )
    assert worth(one_of(said, files=[yes, no]))[::3] == (Status.REJECTED, "no")
    again = signed(decided(said, second=30))
    assert worth(one_of(said, files=[yes, no, again])).status is Status.APPROVED


def test_a_withdrawal_takes_away_without_a_signature():
    said = asked()
    gone = decided(said, "withdrawn", 20, reviewer=ANA)
    found = one_of(said, gone, files=[signed(decided(said))])
    assert worth(found).status is Status.WITHDRAWN
    assert worth(found, fingerprint="f1").status is Status.WITHDRAWN
    assert worth(one_of(said, gone)).status is Status.WITHDRAWN


@pytest.mark.parametrize("state", ["approved", "rejected"])
def test_it_falls_stale_with_its_text(state):
    said = asked()
    found = one_of(said, files=[signed(decided(said, state))])
    gone = Place(None, "run was changed since")
    assert worth(found, gone)[::3] == (Status.STALE, "run was changed since")
    assert worth(one_of(said), gone)[::3] == (Status.STALE, "run was changed since")


def test_it_is_looked_for_as_what_was_decided_on():
    said = asked()
    newer = CODE.replace("(name)\n", "(name or '')\n")
    yes = replace(decided(said), subject=about("os.system", "f1", text=newer))
    found = one_of(said, files=[signed(yes)])
    for text, status in ((newer, Status.APPROVED), (CODE, Status.STALE)):
        place = partial(subject.find, snapshot=snap(text))
        assert review.standing(found, place, now=NOW).status is status


@pytest.mark.parametrize(
    ("expires", "days", "now", "status"),
    [
        ("", 0, "2036-03-01", Status.APPROVED),
        ("2026-03-31T00:00:00.000Z", 0, "2026-03-30", Status.APPROVED),
        ("2026-03-31T00:00:00.000Z", 0, "2026-04-01", Status.EXPIRED),
        ("", 30, "2026-03-30", Status.APPROVED),
        ("", 30, "2026-04-01", Status.EXPIRED),
        ("2026-03-10T00:00:00.000Z", 30, "2026-03-11", Status.EXPIRED),
        ("2027-03-10T00:00:00.000Z", 30, "2026-04-11", Status.EXPIRED),
    ],
)
def test_it_expires_by_itself_or_by_the_policy_whichever_is_sooner(expires, days, now, status):
    said = asked()
    found = one_of(said, files=[signed(decided(said, expires=expires))])
    when = datetime.fromisoformat(now).replace(tzinfo=UTC)
    standing = worth(found, now=when, days=days)
    assert standing.status is status
    assert standing.why.startswith("it held until 2026-03-") is (status is Status.EXPIRED)


# -- who asked


def test_who_asked_is_known_by_path_and_fingerprint():
    first, both = (
        asked(about("os.system", "f1")),
        asked(about("os.system", "f1", "f2"), 1, requester="Bo"),
    )
    third = asked(about("os.system", "f3", path="b.py"), 2)
    requests = review.fold(events(first, both, third))
    assert review.requesters(requests) == {
        "a/x.py": {"f1": "Ana", "f2": "Bo"},
        "b.py": {"f3": "Ana"},
    }
    answered = review.fold(events(first, decided(first)))
    assert review.requesters(answered) == {"a/x.py": {}}


@pytest.mark.parametrize(
    ("actor", "name"),
    [("Ada <a@b>", "Ada"), ("Ada", "Ada"), ("<a@b>", "<a@b>"), ("", ""), ("A B <a<b>", "A B")],
)
def test_people_are_shown_by_name(actor, name):
    assert review.display_name(actor) == name
