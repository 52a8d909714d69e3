"""Hooks in files of JSON: put in beside what is there, taken out to the byte."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetline import json_edits

HOOK = {"type": "command", "command": "/opt/venv/bin/vetline hook"}
ENTRIES = {"Pre": {"matcher": "Edit", "hooks": [HOOK]}, "Post": {"hooks": [HOOK]}}
FLAT = {"pre": {"command": "'/a b/vetline' hook"}, "post": {"command": "vetline hook"}}
THEIRS = {"hooks": [{"type": "command", "command": "lint"}]}


def put(text, entries=ENTRIES, top=None):
    """The text with our hooks, which must be what a reader of JSON finds, and stay when put again."""
    done = json_edits.added(text, top or {}, entries)
    assert json_edits.added(done, top or {}, entries) == done
    before = json.loads(text or "{}")
    after = json.loads(done)
    hooks = after.pop("hooks")
    for event, entry in entries.items():
        assert hooks[event] == [*before.get("hooks", {}).get(event, []), entry]
    assert list(after) == [key for key in ({**(top or {}), **before}) if key != "hooks"]
    return done


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "{}\n",
        "{ \n }",
        '{"a": [1, 2], "b": {"c": 1}}\n',
        '{\n  "a": [1, 2]\n}\n',
        '{\r\n\t"a": 1,\r\n\t"hooks": {}\r\n}\r\n',
        '{"hooks":{"Pre":[]}}',
        '{"hooks": {"Pre": [ {"hooks":[{"command":"x"}]} ], "Post": [\n]}}',
        '{\n    "hooks": {\n        "Pre": [\n            {"hooks": []}\n        ]\n    }, "z": 1\n}',
        '{"hooks": {"Other": [{"hooks": [{"command": "my-vetline hooked"}]}]}, "é\\"{[": "]}\\\\"}',
    ],
)
def test_what_was_there_comes_back_to_the_byte(text):
    assert json_edits.removed(put(text), {}) == text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)
THEIR_HOOKS = st.dictionaries(
    st.sampled_from(["Pre", "Post", "Stop"]), st.lists(st.just(THEIRS) | VALUES, max_size=2)
)


@given(
    st.dictionaries(st.text(max_size=5).filter(lambda key: key != "hooks"), VALUES, max_size=3),
    st.none() | THEIR_HOOKS,
    st.sampled_from([None, 0, 1, 2, 4, "\t"]),
    st.sampled_from([False, True]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_file_in_any_layout_comes_back(data, hooks, indent, to_ascii, line_end):
    if hooks is not None:
        data = {**data, "hooks": hooks}
    text = json.dumps(data, indent=indent, ensure_ascii=to_ascii).replace("\n", line_end)
    assert json_edits.removed(put(text), {}) == text


def test_a_new_file_is_laid_out_for_people():
    done = put("", FLAT, {"version": 1})
    assert json.loads(done)["version"] == 1
    assert done.startswith('{\n  "version": 1,\n  "hooks": {\n    "pre": [\n')
    assert done.endswith("}\n")
    assert json_edits.removed(done, {"version": 1}) == ""


def test_indentation_is_what_it_is_beside():
    done = put('{\n    "hooks": {\n        "Pre": [\n            {"a": 1}\n        ]\n    }\n}\n')
    assert '{"a": 1},\n            {\n                "matcher": "Edit",' in done
    assert '],\n        "Post": [\n            {\n' in done


def test_a_hook_of_theirs_in_our_group_stays():
    mixed = {"hooks": {"Pre": [{"matcher": "Edit", "hooks": [HOOK, *THEIRS["hooks"]]}]}}
    left = json.loads(json_edits.removed(json.dumps(mixed, indent=2), {}))
    assert left == {"hooks": {"Pre": [{"matcher": "Edit", "hooks": THEIRS["hooks"]}]}}


def test_another_path_of_our_command_replaces_the_old_one():
    moved = {"Pre": {"matcher": "Edit", "hooks": [{**HOOK, "command": "vetline hook"}]}}
    text = '{\n  "a": 1\n}\n'
    assert json_edits.added(put(text), {}, moved) == json_edits.added(text, {}, moved)
    assert json_edits.added(put(""), {}, moved) == json_edits.added("", {}, moved)


def test_what_a_person_changed_of_our_hook_stays():
    slower = put("").replace('"command",', '"command", "timeout": 99,', 1)
    assert json_edits.added(slower, {}, ENTRIES) == slower


@pytest.mark.parametrize(
    "command",
    [
        "vetline hook",
        "/usr/bin/vetline hook",
        "'/a b/vetline' hook",
        '"C:\\Program Files\\vetline.exe" hook',
        "python -m vetline hook",
        "! command -v vetline >/dev/null || vetline hook",
        "if (Get-Command vetline) { vetline hook; exit $LASTEXITCODE }",
    ],
)
def test_our_command_is_known_however_it_is_spelled(command):
    text = json.dumps({"hooks": {"Pre": [{"command": command}]}})
    assert json_edits.removed(text, {}) == '{"hooks": {"Pre": []}}'


@pytest.mark.parametrize(
    "command", ["vetline check", "my-vetline hook", "vetline hooks", "echo vetline; hook", 1, None]
)
def test_other_commands_are_not_ours(command):
    text = json.dumps({"hooks": {"Pre": [{"command": command}, command]}})
    assert json_edits.removed(text, {}) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not plain JSON (line 1"),
        ('{\n  // note\n  "a": 1\n}', "not plain JSON (line 2"),
        ('{"a": 1,}', "not plain JSON"),
        ("[]", "not an object"),
        ("3", "not an object"),
        ('{"hooks": []}', '"hooks" that is not an object'),
        ('{"hooks": {"Pre": {}}}', '"Pre" in its "hooks" that is not a list'),
        ("[" * 200_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_not_understood_is_refused_in_a_line(text, said):
    with pytest.raises(ValueError, match=r".") as caught:
        json_edits.added(text, {}, ENTRIES)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_other_things_among_the_hooks_stay():
    text = '{"hooks": {"enabled": true, "disabled": ["x"]}}'
    assert json_edits.removed(json_edits.added(text, {}, ENTRIES), {}) == text
