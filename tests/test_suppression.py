"""What a suppression comment says, and what it must say to count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vetline import session
from vetline.provenance import Attribution, State
from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.engine.identity import MASK

if TYPE_CHECKING:
    from vetline_analyzers.core.finding import Suppression

LOAD = "import yaml\nyaml.load(x)"
RULE = "python/unsafe-yaml-load"
TOKEN = "ghp_" + "a7Bc9dE2fG4hJ6kL8mN0pQ1rS3tU5v" + "W1xYzA"


def concluded(text: str, *names: str):
    snapshot = Snapshot("u", "python", 0, text, "a.py")
    asked = [engine.analyzers()[name] for name in names or ("patterns",)]
    return snapshot, engine.conclude(snapshot, engine.examine(snapshot, Facts(), asked).findings)


def silencing(text: str, *names: str, rule: str = RULE) -> tuple[Suppression | None, str]:
    """The suppression of the rule's finding, and the text of its comment."""
    snapshot, findings = concluded(text, *names)
    (found,) = (finding for finding in findings if rule in {finding.rule, *finding.also})
    said = found.suppression
    return said, snapshot.slice(said.span) if said and said.span else ""


def ours(words: str) -> str:
    return f"# vetline: allow[{RULE}]{words}"


@pytest.mark.parametrize(
    ("words", "owner", "expires"),
    [
        (' reason="r"', "", ""),
        (' reason="r" owner="ana"', "ana", ""),
        (" owner='ana' expires = '2026-12-31' reason='r'", "ana", "2026-12-31"),
        (' expires="2026-12-31" reason="r"', "", "2026-12-31"),
        (' reason="r" owner="a" owner="b"', "a", ""),
        (' reason="r" expires=""', "", ""),
    ],
)
def test_a_comment_says_why_and_may_say_who_answers_and_until_when(words, owner, expires):
    said, comment = silencing(f"{LOAD}  {ours(words)}\n")
    assert said is not None
    assert (said.kind, said.reason, said.owner, said.expires) == ("vetline", "r", owner, expires)
    assert comment == ours(words)


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("", "suppression/no-reason"),
        (' owner="ana"', "suppression/no-reason"),
        (' reason=""', "suppression/no-reason"),
        (' reason="r" expires="soon"', "suppression/no-date"),
        (' reason="r" expires="2026-02-30"', "suppression/no-date"),
        (' reason="r" expires="20261231"', "suppression/no-date"),
        (' reason="r" expires="2026-W10-1"', "suppression/no-date"),
    ],
)
def test_one_that_is_incomplete_silences_nothing_and_is_a_finding(words, rule):
    _, findings = concluded(f"{LOAD}  {ours(words)}\n")
    assert {finding.rule: finding.suppression for finding in findings} == {RULE: None, rule: None}


def test_a_value_holds_no_other_key():
    said, _ = silencing(LOAD + "  " + ours(''' reason="owner='eve' expires='2020-01-01'"''') + "\n")
    assert said is not None
    assert (said.owner, said.expires) == ("", "")


@pytest.mark.parametrize(
    ("text", "names", "rule", "comment"),
    [
        ("hashlib.md5(x)  # noqa: S324", ("patterns",), "python/weak-hash", "# noqa: S324"),
        ("hashlib.md5(x)  # nosec B324", ("patterns",), "python/weak-hash", "# nosec B324"),
        (
            f'token = "{TOKEN}"  # pragma: allowlist secret', ("secrets",), "secret/github-token",
            "# pragma: allowlist secret",
        ),
        (
            "hashlib.md5(x)  # nosec", ("bandit",), "bandit/B324",
            "hashlib.md5(x)  # nosec",
        ),  # its analyzer tells the line only
    ],
)  # fmt: skip
def test_other_tools_comments_have_a_place_too(text, names, rule, comment):
    said, told = silencing(f"import hashlib\n{text}\n", *names, rule=rule)
    assert said is not None
    assert told == comment


def test_who_wrote_the_comment_is_asked_of_its_own_line():
    text = f"import yaml\n{ours(' reason=' + repr('r'))}\nyaml.load(x)\n"
    snapshot, findings = concluded(text)

    def who(span):
        return Attribution(State.AI if snapshot.position(span.start).line == 1 else State.HUMAN)

    (seen,) = session.sight(snapshot, findings, who)
    assert (seen.origin.state, seen.silencer.state) == (State.HUMAN, State.AI)


def test_a_secret_in_a_reason_is_not_told():
    text = f"{LOAD}  {ours(f' reason={chr(34)}{TOKEN}{chr(34)} owner={chr(34)}ana{chr(34)}')}\n"
    snapshot, findings = concluded(text, "patterns", "secrets")
    seen = session.sight(snapshot, findings)
    (said,) = (s.finding.suppression for s in seen if s.finding.rule == RULE)
    assert (said.reason, said.owner) == (MASK, "")
    (blind,) = (
        s.finding.suppression
        for s in session.sight(snapshot, findings, blind=True)
        if s.finding.rule == RULE
    )
    assert blind.reason == MASK
