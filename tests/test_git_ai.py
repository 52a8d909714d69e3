"""git-ai's notes: what is handed over says no more than theirs do, and what is taken over wins over nothing."""

from __future__ import annotations

import json

import pytest

from vetline import notes
from vetline.exchanges import git_ai
from vetline.notes import NoteError
from vetline.provenance import Attribution, Origin, State, Tier

COMMIT = "a1" * 20
CLAUDE = Origin(
    Tier.REPORTED,
    agent="claude-code",
    model="claude-opus-4-8",
    session="7c1f03ab",
    turn="turn-1",
    prompt="ab" * 32,
    source="hook",
    human="Ana Roe <ana@example.com>",
)
CODEX = Origin(Tier.IMPORTED, agent="codex", model="gpt-5", session="019ca", source="agent-trace")
ANA = Origin(Tier.OBSERVED, source="typed", human="Ana Roe <ana@example.com>", ai=False)
AI, MIXED, HUMAN = (
    Attribution(State.AI, CLAUDE),
    Attribution(State.MIXED, CLAUDE),
    Attribution(State.HUMAN, ANA),
)
OTHER, OTHER_MIXED = Attribution(State.AI, CODEX), Attribution(State.MIXED, CODEX)
OURS = notes.compose(COMMIT, {"f.py": {1: AI, 2: MIXED, 4: HUMAN}}, "")


def states(said):
    return {
        path: {line: str(known.state) for line, known in lines.items()}
        for path, lines in said.items()
    }


def test_what_is_handed_over_is_valid_and_has_nothing_of_our_own():
    out = git_ai.outgoing(OURS)
    text = notes.render(out)
    assert out.metadata["schema_version"] == "authorship/3.0.0"
    assert out.metadata["base_commit_sha"] == COMMIT
    assert out.metadata["prompts"] == {}
    for word in ('vetline"', CLAUDE.prompt, "turn-1", "mixed"):
        assert word not in text
    # The form has no mixed lines.
    assert states(git_ai.said(notes.parse(text))) == {"f.py": {1: "ai", 2: "ai", 4: "human"}}


def test_what_is_taken_over_is_imported_whatever_it_says_of_itself():
    said = git_ai.incoming(notes.parse(notes.render(OURS)))
    assert states(said) == {"f.py": {1: "ai", 2: "mixed", 4: "human"}}
    for known in said["f.py"].values():
        assert (known.origin.tier, known.origin.source) == (Tier.IMPORTED, "git-ai")


def test_a_note_of_theirs_is_read():
    session, person = "s_c9883b05a2487d", "h_31dce776f88375"
    metadata = {
        "schema_version": "authorship/3.0.0",
        "prompts": {},
        "humans": {person: {"author": "Dev <dev@example.com>"}},
        "sessions": {session: {"agent_id": {"tool": "cursor", "id": "conv", "model": "m"}}},
    }
    text = f'"my file.py"\n  {session}::t_9f8e7d6c5b4a32 1-2,4\n  {person} 3\n---\n'
    said = git_ai.incoming(notes.parse(text + json.dumps(metadata)))
    assert states(said) == {"my file.py": {1: "ai", 2: "ai", 4: "ai", 3: "human"}}
    origin = said["my file.py"][4].origin
    assert (origin.agent, origin.session, origin.model) == ("cursor", "conv", "m")


def test_what_is_new_stands_beside_what_is_there():
    more = {"f.py": {1: OTHER, 2: OTHER, 3: OTHER_MIXED, 4: OTHER, 5: OTHER}, "g.py": {7: OTHER}}
    note, count = git_ai.joined(OURS, COMMIT, more)
    assert count == 3
    said = git_ai.said(notes.parse(notes.render(note)))
    assert states(said) == {
        "f.py": {1: "ai", 2: "mixed", 3: "mixed", 4: "human", 5: "ai"},
        "g.py": {7: "ai"},
    }
    assert said["f.py"][1].origin.tier is Tier.REPORTED
    assert said["f.py"][1].origin.prompt == CLAUDE.prompt
    assert said["f.py"][5].origin == CODEX
    again, count = git_ai.joined(note, COMMIT, more)
    assert (again, count) == (note, 0)


def test_without_a_note_there_is_one_afterwards():
    note, count = git_ai.joined(None, COMMIT, {"f.py": {2: OTHER}})
    assert count == 1
    assert states(git_ai.said(note)) == {"f.py": {2: "ai"}}
    assert git_ai.joined(None, COMMIT, {}) == (None, 0)


def test_what_others_put_into_our_note_is_kept():
    metadata = {**OURS.metadata, "extra": {"a": 1}, "git_ai_version": "9.9"}
    theirs = notes.Note(OURS.files, metadata)
    note, _ = git_ai.joined(theirs, COMMIT, {"f.py": {9: OTHER}})
    assert note.metadata["extra"] == {"a": 1}
    assert note.metadata["git_ai_version"] == "9.9"


@pytest.mark.parametrize("listed", ["1-999999999", "1-400000\n  h_31dce776f88375 1-400000"])
def test_a_note_that_names_too_many_lines_is_refused(listed):
    metadata = {"schema_version": "authorship/3.0.0"}
    note = notes.parse(f"f.py\n  h_31dce776f88375 {listed}\n---\n{json.dumps(metadata)}")
    with pytest.raises(NoteError):
        git_ai.incoming(note)
    with pytest.raises(NoteError):
        git_ai.joined(note, COMMIT, {"f.py": {1: OTHER}})
