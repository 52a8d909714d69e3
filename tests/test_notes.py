"""Notes in git-ai's authorship format: read leniently, written strictly, the same both ways."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from vetline import notes
from vetline.notes import NoteError
from vetline.provenance import Attribution, Origin, State, Tier

COMMIT = "c" * 40
SESSION = "s_c9883b05a2487d"
CANONICAL = """\
src/main.py
  s_c9883b05a2487d::t_9f8e7d6c5b4a32 1-10,15-20
  h_31dce776f88375 35-40
"src/my file.py"
  d9978a8723e02b52 1-4,9
---
{
  "schema_version": "authorship/3.0.0",
  "git_ai_version": "1.4.5",
  "base_commit_sha": "7734793b756b3921c88db5375a8c156e9532447b",
  "prompts": {
    "d9978a8723e02b52": {
      "agent_id": {
        "tool": "cursor",
        "id": "6ef2299e-a67f-432b-aa80-3d2fb4d28999",
        "model": "claude 4.5 opus"
      },
      "human_author": "Jo Lee <jo@example.com>",
      "total_additions": 25,
      "overriden_lines": 0
    }
  },
  "humans": {
    "h_31dce776f88375": {
      "author": "Dev <dev@example.com>"
    }
  },
  "sessions": {
    "s_c9883b05a2487d": {
      "agent_id": {
        "tool": "codex",
        "id": "conversation",
        "model": "gpt-5.3"
      },
      "human_author": "dev@example.com",
      "custom_attributes": {
        "team": "é"
      }
    }
  },
  "later": [
    1,
    {}
  ]
}
"""
AI = Origin(
    Tier.REPORTED,
    agent="claude-code",
    model="opus",
    session="one",
    turn="t1",
    tool_call="call",
    prompt="a" * 64,
    source="hook",
    human="Ana <ana@example.org>",
    at="2026-03-01T09:05:00.123Z",
)
OTHER = Origin(Tier.OBSERVED, agent="copilot", source="completion", modified=True)


def said(note: notes.Note, path: str, count: int = 50) -> dict[int, Attribution]:
    return notes.lines(note, path, range(1, count + 1))


def document(body: str, **metadata: object) -> str:
    return f"{body}---\n{json.dumps({'schema_version': 'authorship/3.0.0', **metadata})}"


def test_a_note_of_git_ai_comes_back_byte_for_byte():  # scenario 40
    assert notes.render(notes.parse(CANONICAL)) == CANONICAL


def test_what_a_note_of_git_ai_says():
    note = notes.parse(CANONICAL)
    known = said(note, "src/main.py")
    assert sorted(known) == [*range(1, 11), *range(15, 21), *range(35, 41)]
    assert known[1].state is State.AI
    origin = known[1].origin
    assert (origin.tier, origin.agent, origin.model) == (Tier.IMPORTED, "codex", "gpt-5.3")
    assert (origin.session, origin.human) == ("conversation", "dev@example.com")
    assert known[35].state is State.HUMAN
    assert (known[35].origin.human, known[35].origin.ai) == ("Dev <dev@example.com>", False)
    assert sorted(said(note, "src/my file.py")) == [1, 2, 3, 4, 9]
    assert said(note, "src/my file.py")[9].agent == "cursor"
    assert said(note, "other.py") == {}


def test_of_entries_that_overlap_the_last_holds():  # scenario 40
    body = f"a.py\n  {SESSION}::t_1 1-9\n  h_31dce776f88375 4-6\n  {SESSION}::t_2 5\n"
    sessions = {SESSION: {"agent_id": {"tool": "x", "id": "y"}}}
    known = said(notes.parse(document(body, sessions=sessions)), "a.py")
    human = [line for line, one in known.items() if one.state is State.HUMAN]
    assert (sorted(known), human) == ([*range(1, 10)], [4, 6])
    text = document(f"a.py\n  {SESSION}::t_1 1-9\n  s_unknown::t_2 5\n", sessions=sessions)
    assert 5 not in said(notes.parse(text), "a.py"), "somebody else, of whom nothing is known"


@pytest.mark.parametrize("key", ["d9978a8723e02b52", "d9978a8"])
def test_old_notes_name_prompts(key):
    prompts = {key: {"agent_id": {"tool": "cursor", "id": "1", "model": "m"}}}
    note = notes.parse(document(f"a.py\n  {key} 2\n", prompts=prompts))
    assert said(note, "a.py")[2].agent == "cursor"


def test_a_reader_is_lenient():
    text = document(f"\r\n\na.py  \r\n  {SESSION}::t_1  3 , 5-4 \n\nempty.py\n").replace(
        "\n", "\r\n"
    )
    note = notes.parse(text)
    assert list(note.files) == ["a.py"]
    assert note.files["a.py"][0].ranges == ((3, 3), (5, 5))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "divider"),
        ("a.py\n  x 1\n", "divider"),
        ("---\n{", "no JSON"),
        ("---\n" + "[" * 100_000, "no JSON"),
        ("---\n[]", "another format"),
        ("---\n{}", "another format"),
        ('---\n{"schema_version": 3}', "another format"),
        (document("  x 1\n"), "no file"),
        (document("a.py\n  x\n"), "names lines"),
        (document("a.py\n  x 0\n"), "names lines"),
        (document("a.py\n  x 1,-2\n"), "names lines"),
        (document("a.py\n  x 99999999999\n"), "names lines"),
        (document("a.py\n  x ٣\n"), "names lines"),
        (" " * 1_000_001, "too large"),
    ],
)
def test_a_damaged_note_is_told(text, why):
    with pytest.raises(NoteError, match=why):
        notes.parse(text)


def test_a_note_that_names_each_line_over_and_over_is_refused():
    ranges = ",".join(["1-999999999"] * 20_000)
    note = notes.parse(document(f"a.py\n  {SESSION}::t_1 {ranges}\n"))
    with pytest.raises(NoteError, match="too often"):
        said(note, "a.py", 10_000)


@pytest.mark.parametrize("part", ["sessions", "prompts", "humans", "vetline"])
@pytest.mark.parametrize(
    "value", [None, [], "x", 1, {SESSION: None}, {SESSION: {"agent_id": 1}}, {"mixed": {"a.py": "x"}},
              {"mixed": {"a.py": "1-999999999"}}, {"traces": {"t_1": 3}},
              {"traces": {"t_1": {"tier": "x", "prompt": "a prompt's text", "modified": 1}}}],
)  # fmt: skip
def test_metadata_of_any_shape_is_read(part, value):
    metadata = {"sessions": {SESSION: {"agent_id": {"tool": "x"}}}} | {part: value}
    body = f"a.py\n  {SESSION}::t_1 1\n  h_1 2\n  abcdefa 3\n"
    known = said(notes.parse(document(body, **metadata)), "a.py")
    assert known[2].state is State.HUMAN
    assert all(one.origin.prompt == "" and one.state is not State.MIXED for one in known.values())


# -- writing


def compose(**known: dict[int, Attribution]) -> notes.Note | None:
    files = {name.replace("_", "."): lines for name, lines in known.items()}
    return notes.compose(COMMIT, files, "Ben <ben@example.org>")


def test_what_is_written_is_read_again():
    known = {
        1: Attribution(State.AI, AI),
        2: Attribution(State.MIXED, AI),
        3: Attribution(State.AI, OTHER),
        7: Attribution(State.MIXED, OTHER),
        8: Attribution(State.HUMAN),
    }
    note = compose(a_py=known)
    again = notes.parse(notes.render(note))
    assert again == note
    back = said(again, "a.py")
    person = Origin(Tier.IMPORTED, human="Ben <ben@example.org>", source="notes", ai=False)
    assert back == known | {8: Attribution(State.HUMAN, person)}
    assert notes.compose(COMMIT, {"a.py": back}, "") == note, "and written again the same"


def test_others_read_the_parts_they_know():
    known = {1: Attribution(State.AI, AI), 2: Attribution(State.MIXED, AI)}
    note = compose(a_py=known)
    session = "s_" + hashlib.sha256(b"claude-code:one").hexdigest()[:14]
    ((key, ranges),) = note.files["a.py"]
    assert key.startswith(f"{session}::t_")
    assert ranges == ((1, 2),), "a line of both is the AI's where there is no word for it"
    assert note.metadata["sessions"][session] == {
        "agent_id": {"tool": "claude-code", "id": "one", "model": "opus"},
        "human_author": "Ana <ana@example.org>",
        "custom_attributes": {},
    }
    assert note.metadata["base_commit_sha"] == COMMIT
    assert note.metadata["vetline"]["mixed"] == {"a.py": "2"}
    person = "h_" + hashlib.sha256(b"Ben <ben@example.org>").hexdigest()[:14]
    note = compose(a_py={4: Attribution(State.HUMAN)})
    assert note.metadata["humans"] == {person: {"author": "Ben <ben@example.org>"}}


def test_no_evidence_is_no_entry():
    assert compose() is None
    nothing = [Attribution(state, None) for state in State if state is not State.HUMAN]
    suspect = Attribution(State.SUSPECT_AI, Origin(Tier.SUSPECTED))
    pasted = Attribution(State.AI, Origin(Tier.OBSERVED, source="paste", ai=False))
    assert compose(a_py=dict(enumerate([*nothing, suspect, pasted], 1))) is None


def test_no_prompt_is_in_a_note():
    origin = Origin(Tier.REPORTED, agent="x", prompt="please write a login page")
    assert "login" not in notes.render(compose(a_py={1: Attribution(State.AI, origin)}))


def test_two_models_in_one_session():
    other = Origin(Tier.REPORTED, agent="claude-code", model="haiku", session="one", source="hook")
    known = {1: Attribution(State.AI, AI), 2: Attribution(State.AI, other)}
    assert said(compose(a_py=known), "a.py") == known


@pytest.mark.parametrize("path", ["a b.py", "---", "tab\tb", "é.py", "a  b", "x\xa0y\u2028z"])
def test_paths_with_blanks_are_quoted(path):
    note = notes.compose(COMMIT, {path: {1: Attribution(State.AI, AI)}}, "")
    assert list(notes.parse(notes.render(note)).files) == [path]


@pytest.mark.parametrize("path", ['a"b.py', "a\nb", "a\rb", " a", "a ", "\udcff.py"])
def test_a_path_that_the_format_cannot_hold_is_left_out(path):
    one = {1: Attribution(State.AI, AI)}
    assert notes.compose(COMMIT, {path: one}, "") is None
    assert list(notes.compose(COMMIT, {path: one, "a": one}, "").files) == ["a"]


word = some.text(some.characters(codec="utf-8"), max_size=8)
origin = some.builds(
    Origin,
    some.sampled_from([Tier.REPORTED, Tier.OBSERVED, Tier.IMPORTED]),
    agent=word,
    model=word,
    session=word,
    turn=word,
    human=word,
    source=some.sampled_from(["hook", "chat", "notes"]),
    modified=some.booleans(),
)
attribution = some.builds(Attribution, some.sampled_from([State.AI, State.MIXED]), origin)


@given(some.dictionaries(some.sampled_from(["a.py", "b c.py"]),
                         some.dictionaries(some.integers(1, 40), attribution, min_size=1)))  # fmt: skip
def test_every_note_says_what_was_written(known):
    note = notes.compose(COMMIT, known, "")
    if note is None:
        assert not known
        return
    again = notes.parse(notes.render(note))
    assert {path: said(again, path) for path in known} == known


@given(some.text())
def test_nothing_but_a_note_error_comes_of_any_text(text):
    for body in (text, document(f"a.py\n{text}"), f"a.py\n  x 1\n---\n{text}"):
        try:
            note = notes.parse(body)
        except NoteError:
            continue
        for path in note.files:
            said(note, path)
        assert notes.parse(notes.render(note)).metadata == note.metadata
