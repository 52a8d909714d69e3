"""Agent Trace: what we write is valid and can be checked; what others write is read and not believed."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from vetline.exchanges import agent_trace
from vetline.exchanges.agent_trace import Statement, Written
from vetline.provenance import Attribution, Origin, State, Tier

SCHEMA = json.loads(
    (Path(__file__).parent / "schemas" / "agent-trace-0.1.0.json").read_text("utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
COMMIT = "a1" * 20
AT = "2026-03-01T09:05:00+01:00"
CLAUDE = Origin(Tier.REPORTED, "claude-code", "claude-opus-4-8", "7c1f03ab", source="hook")
CODEX = Origin(Tier.IMPORTED, "codex", "gpt-5.3-codex", "019ca", source="notes")
LINES = ("import os", "def f(a):", "    x = a + 1", "", "    return x", "print(1)")

# As the specification shows them, with values of our own.
MINIMAL = {
    "version": "0.1.0",
    "id": "550e8400-e29b-41d4-a716-446655440000",
    "timestamp": "2026-01-25T10:00:00Z",
    "files": [
        {
            "path": "src/shop.ts",
            "conversations": [
                {"contributor": {"type": "ai"}, "ranges": [{"start_line": 1, "end_line": 50}]}
            ],
        }
    ],
}
FULL = {
    **MINIMAL,
    "vcs": {"type": "git", "revision": COMMIT},
    "tool": {"name": "cursor", "version": "2.4.0"},
    "files": [
        {
            "path": "src/parser.ts",
            "conversations": [
                {
                    "url": "https://example.com/v1/conversations/12345",
                    "contributor": {"type": "ai", "model_id": "anthropic/claude-opus-4-5"},
                    "ranges": [
                        {"start_line": 4, "end_line": 6, "content_hash": "murmur3:9f2e8a1b"},
                        {
                            "start_line": 9,
                            "end_line": 9,
                            "contributor": {"type": "mixed", "model_id": "openai/gpt-4o"},
                        },
                    ],
                    "related": [{"type": "session", "url": "https://example.com/v1/sessions/6"}],
                }
            ],
        }
    ],
    "metadata": {"confidence": 0.95, "dev.cursor": {"workspace_id": "ws-1"}},
}


def written(**known: Attribution) -> Written:
    """A file of LINES, of which `l2=…` says something of line 2."""
    return Written("app/f.py", LINES, {int(name[1:]): told for name, told in known.items()})


def ai(origin: Origin = CLAUDE) -> Attribution:
    return Attribution(State.AI, origin)


def stated(record: object) -> list[Statement]:
    found, problems = agent_trace.read(json.dumps(record))
    assert problems == []
    return found


def problem(record: object) -> str:
    found, (said,) = agent_trace.read(json.dumps(record))
    assert found == []
    return said


# -- scenario 41


@pytest.mark.parametrize("record", [MINIMAL, FULL])
def test_examples_like_those_of_the_specification_validate(record):
    VALIDATOR.validate(record)
    assert stated(record)


def test_the_schema_refuses_what_the_reference_store_writes():
    assert not VALIDATOR.is_valid({**MINIMAL, "version": "1.0"})
    assert not VALIDATOR.is_valid({**MINIMAL, "id": "one"})


@given(
    st.dictionaries(
        st.integers(1, len(LINES)),
        st.builds(
            Attribution,
            st.sampled_from(list(State)),
            st.sampled_from([None, CLAUDE, CODEX, Origin(Tier.SUSPECTED, agent="kimi\x00\n")]),
        ),
    )
)
def test_what_is_written_validates_and_is_read_back(known):
    records = agent_trace.records(COMMIT, AT, [Written("a b.py", LINES, known)])
    back = []
    for record in records:
        VALIDATOR.validate(record)
        datetime.fromisoformat(record["timestamp"])
        back += stated(record)
    told = {n: a for n, a in known.items() if a.state is not State.UNKNOWN}
    lines = sorted(n for each in back for n in range(each.first, each.last + 1))
    assert lines == sorted(told)
    for each in back:
        assert (each.path, each.revision) == ("a b.py", COMMIT)
        assert agent_trace.found_at(each, LINES) == each.first
        for number in range(each.first, each.last + 1):
            wanted = told[number].state
            assert each.state == (State.UNKNOWN if wanted is State.SUSPECT_AI else wanted)


# -- out


def test_a_session_has_one_record_with_its_ranges():
    file = written(l2=ai(), l3=ai(), l4=ai(), l6=ai(CODEX))
    claude, codex = agent_trace.records(COMMIT, AT, [file])
    assert claude["vcs"] == {"type": "git", "revision": COMMIT}
    assert claude["tool"] == {"name": "claude-code"}
    assert claude["metadata"]["dev.vetline"]["session"] == "7c1f03ab"
    (conversation,) = claude["files"][0]["conversations"]
    assert conversation["contributor"] == {"type": "ai", "model_id": "anthropic/claude-opus-4-8"}
    content = hashlib.sha256(b"def f(a):\n    x = a + 1\n").hexdigest()
    assert conversation["ranges"] == [
        {"start_line": 2, "end_line": 4, "content_hash": f"sha256:{content}"}
    ]
    (conversation,) = codex["files"][0]["conversations"]
    assert conversation["contributor"]["model_id"] == "openai/gpt-5.3-codex"


def test_a_session_that_is_an_address_can_be_looked_up():
    address = "https://example.com/v1/conversations/12345"
    origins = [Origin(Tier.IMPORTED, "cursor", session=name) for name in (address, "https://a b")]
    file = written(l2=ai(origins[0]), l3=ai(origins[1]))
    records = agent_trace.records(COMMIT, AT, [file])
    conversations = [record["files"][0]["conversations"][0] for record in records]
    assert [each.get("url") for each in conversations] == [None, address]
    assert [each.origin.session for record in records for each in stated(record)] == [
        "https://a b",
        address,
    ]


def test_mixed_human_and_suspected_lines_are_told_apart():
    human = Attribution(State.HUMAN, Origin(Tier.OBSERVED, human="Ana <a@example.com>", ai=False))
    mixed = Attribution(State.MIXED, CLAUDE)
    suspect = Attribution(State.SUSPECT_AI, Origin(Tier.SUSPECTED))
    file = written(l1=human, l2=ai(), l3=mixed, l5=suspect)
    nobody, claude = agent_trace.records(COMMIT, AT, [file])
    assert "tool" not in nobody
    assert "Ana" not in json.dumps(nobody)
    types = [
        [c["contributor"]["type"] for c in record["files"][0]["conversations"]]
        for record in (nobody, claude)
    ]
    assert types == [["human", "unknown"], ["ai", "mixed"]]


def test_the_same_export_has_the_same_ids():
    one, two = (agent_trace.records(COMMIT, AT, [written(l2=ai())])[0]["id"] for _ in range(2))
    other = agent_trace.records("b2" * 20, AT, [written(l2=ai())])[0]["id"]
    assert one == two != other


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("claude-sonnet-5", "anthropic/claude-sonnet-5"),
        ("gpt-5", "openai/gpt-5"),
        ("o3-mini", "openai/o3-mini"),
        ("gemini-3-pro", "google/gemini-3-pro"),
        ("groq/llama-9", "groq/llama-9"),
        ("llama-9", ""),
        ("", ""),
        ("claude-" + "x" * 250, ""),
    ],
)
def test_a_model_is_named_with_its_provider_where_that_is_known(model, name):
    assert agent_trace.model_id(model) == name


# -- in


@pytest.mark.parametrize("version", ["0.1.0", "1.0", "1.0.0"])
def test_versions_that_are_about_are_read(version):
    assert len(stated({**MINIMAL, "version": version})) == 1


def test_a_range_says_more_than_its_conversation():
    one, two = stated(FULL)
    assert (one.first, one.last, one.state) == (4, 6, State.AI)
    assert (one.origin.agent, one.origin.model) == ("cursor", "claude-opus-4-5")
    assert one.origin.session == "https://example.com/v1/conversations/12345"
    assert one.origin.tier is Tier.IMPORTED
    assert (two.state, two.origin.model) == (State.MIXED, "gpt-4o")


def test_a_file_may_hold_one_record_a_list_or_a_record_a_line():
    line = json.dumps(MINIMAL)
    for text in (line, f"[{line}, {line}]", f"{line}\n\n{line}\n"):
        found, problems = agent_trace.read(text)
        assert problems == []
        assert {each.path for each in found} == {"src/shop.ts"}


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({**MINIMAL, "version": "2.0.0"}, "record 1: is of version '2.0.0'; 0.1.0 is read"),
        ({**MINIMAL, "version": 1}, "record 1: is of version ''; 0.1.0 is read"),
        ({**MINIMAL, "files": 3}, "record 1: has no list of files"),
        ({**FULL, "vcs": {"type": "hg", "revision": "1"}}, "record 1: is of a hg repository, not of git"),
        ({**FULL, "vcs": {"type": "git", "revision": "HEAD"}}, "record 1: names no whole commit"),
        (7, "record 1: is not an object"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(record, said):
    assert problem(record) == said


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "\x00", '{"a": 1'])
def test_what_is_not_json_is_said(text):
    assert agent_trace.read(text) == ([], ["line 1: is not JSON"])


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../x.py", "a/../../x", "", "a\nb", ".git/config", "a//b", "\ud800"]
)
def test_a_path_that_leads_outside_states_nothing(path):
    assert stated({**MINIMAL, "files": [{**MINIMAL["files"][0], "path": path}]}) == []


@pytest.mark.parametrize("range_", [(0, 3), (3, 2), (True, 3), ("1", 2), (1.0, 2), (1, None)])
def test_a_range_that_is_none_states_nothing(range_):
    first, last = range_
    conversation = {"ranges": [{"start_line": first, "end_line": last}, 5, None]}
    assert stated({**MINIMAL, "files": [{"path": "a", "conversations": [conversation]}]}) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["vcs", "tool", "files", "metadata", "id", "timestamp", "version"]), JSON)
def test_no_record_is_too_odd(key, value):
    agent_trace.read(json.dumps({**FULL, key: value}))


# -- content


def statement(first: int, last: int, digest: str) -> Statement:
    return Statement("f.py", first, last, State.AI, CLAUDE, COMMIT, digest)


def test_content_is_found_where_it_is():
    digest = agent_trace.content_hash(LINES[1:3])
    assert agent_trace.found_at(statement(2, 3, digest), LINES) == 2
    assert agent_trace.found_at(statement(4, 5, digest), LINES) == 0
    moved = ("x", *LINES[:1], "y", "def f(a, bcdefghijkl):", "    return a + 1 + bcdefghijkl")
    digest = agent_trace.content_hash(moved[3:5])
    assert agent_trace.found_at(statement(1, 2, digest), moved) == 4
    # Nothing says which of two it is, and a bracket is anybody's.
    assert agent_trace.found_at(statement(1, 2, digest), (*moved, *moved[3:5])) == 0
    assert agent_trace.found_at(statement(1, 1, agent_trace.content_hash(["}"])), ("x", "}")) == 0


def test_the_last_line_end_may_be_counted_in():
    digest = "sha256:" + hashlib.sha256(b"def f(a):\n    x = a + 1\n").hexdigest().upper()
    assert agent_trace.found_at(statement(2, 3, digest), LINES) == 2


@pytest.mark.parametrize("digest", ["", "murmur3:9f2e8a1b", "sha256:", "9f2e8a1b", "sha256:0"])
def test_another_hash_proves_nothing(digest):
    assert agent_trace.found_at(statement(2, 3, digest), LINES) == 0


def test_a_range_beyond_the_file_is_not_there():
    assert agent_trace.found_at(statement(2, 10**12, "sha256:0"), LINES) == 0
    assert agent_trace.found_at(statement(10**12, 10**12, agent_trace.content_hash([])), LINES) == 0
