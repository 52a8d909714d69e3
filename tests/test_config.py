"""Settings: precedence, config files, and what is said of mistakes in them."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from vetline import config, settings, toml
from vetline.config import load
from vetline.doors import config as door
from vetline_analyzers.core.finding import Persona, Severity

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


def loaded(start: Path, *layers: tuple[str, object], **options):
    options.setdefault("environ", {})
    return load(start, layers=layers, **options)


def test_the_defaults(root):
    found = loaded(root)
    assert found.settings == config.Settings()
    assert set(found.origins.values()) == {"default"}
    assert (found.problems, found.file, found.root) == ((), None, root)


def test_each_layer_beats_the_one_below_it(root):
    (root / "vetline.toml").write_text('scope = "changed"\n')
    layers = [
        ("editor initializationOptions", {"vetline": {"scope": "ai"}}),
        ("editor workspace/configuration", {"scope": "changed"}),
        ("command line", {"scope": "all"}),
    ]
    seen = []
    environ = {"VETLINE_SCOPE": "all"}
    seen.append(loaded(root, isolated=True, defaults={"scope": "ai"}))
    seen.append(loaded(root, defaults={"scope": "ai"}))
    seen += [loaded(root, *layers[:n], environ=environ) for n in range(4)]
    assert [(f.settings.scope, f.origins["scope"]) for f in seen] == [
        ("ai", "default"),
        ("changed", "vetline.toml"),
        ("all", "environment VETLINE_SCOPE"),
        ("ai", "editor initializationOptions"),
        ("changed", "editor workspace/configuration"),
        ("all", "command line"),
    ]


def test_a_start_with_dots_in_it(root):
    (root / "a/b").mkdir(parents=True)
    (root / "a/vetline.toml").write_text('scope = "ai"')
    (root / "a/b/vetline.toml").write_text("")
    assert loaded(root / "a/b/..").file == root / "a/vetline.toml"


def test_isolated_reads_neither_file_nor_environment(root):
    (root / "vetline.toml").write_text('scope = "ai"\n')
    found = loaded(root, isolated=True, environ={"VETLINE_SCOPE": "ai"})
    assert found.settings.scope == "all"
    assert found.file is None


def test_a_setting_in_a_table_is_told_in_each_layer(root):
    def of(found):
        names = ("hook.block", "hook.prompt-secrets", "store-text")
        values = (getattr(found.settings, name.translate(_AS_FIELD)) for name in names)
        return [(value, found.origins[name]) for name, value in zip(names, values, strict=True)]

    assert of(loaded(root)) == [(None, "default"), ("deny", "default"), (True, "default")]
    (root / "vetline.toml").write_text('store-text = false\n[hook]\nblock = "high"\n')
    assert of(loaded(root)) == [
        (Severity.HIGH, "vetline.toml"), ("deny", "default"), (False, "vetline.toml")
    ]  # fmt: skip
    environ = {
        "VETLINE_HOOK_BLOCK": "low",
        "VETLINE_HOOK_PROMPT_SECRETS": "mask",
        "VETLINE_STORE_TEXT": "true",
    }
    found = loaded(root, environ=environ)
    assert found.problems == ()
    assert of(found) == [
        (value, f"environment {name}")
        for name, value in zip(environ, (Severity.LOW, "mask", True), strict=True)
    ]
    for editor in ({"hook": {"block": "info", "promptSecrets": None}}, {"hook.block": "info"}):
        found = loaded(root, (config.WORKSPACE, editor), environ=environ)
        assert found.problems == ()
        assert of(found)[0] == (Severity.INFO, config.WORKSPACE)
        assert of(found)[1] == ("mask", "environment VETLINE_HOOK_PROMPT_SECRETS")
    found = loaded(root, environ={"VETLINE_HOOK_BLOKK": "low", "VETLINE_STORE_TEXT": "perhaps"})
    assert [str(problem) for problem in found.problems] == [
        "environment VETLINE_HOOK_BLOKK: unknown setting 'hook-blokk': did you mean 'hook.block'?",
        "environment VETLINE_STORE_TEXT: store-text: expected true or false, not 'perhaps'",
    ]


_AS_FIELD = str.maketrans("-.", "__")


@pytest.mark.parametrize(
    ("files", "start", "expected"),
    [
        ({"vetline.toml": "", "pyproject.toml": "[tool.vetline]"}, ".", "vetline.toml"),
        ({"pyproject.toml": "[tool.vetline]"}, "a/b", "pyproject.toml"),
        ({"pyproject.toml": "[project]\nname='x'"}, "a/b", None),
        ({"vetline.toml": "", "a/pyproject.toml": "[tool.vetline]"}, "a/b", "a/pyproject.toml"),
        ({"vetline.toml": "", "a/pyproject.toml": "[tool.ruff]"}, "a/b", "vetline.toml"),
        ({"vetline.toml": "", "a/.git/HEAD": ""}, "a/b", None),
        ({"vetline.toml": ""}, "a/b/file.py", "vetline.toml"),
    ],
)
def test_the_nearest_config_file_is_read(root, files, start, expected):
    (root / "a/b").mkdir(parents=True)
    (root / "a/b/file.py").touch()
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    found = loaded(root / start)
    assert found.file == (root / expected if expected else None)
    assert found.problems == ()
    if expected:
        assert found.root == (root / expected).parent


def test_a_given_file_elsewhere_does_not_move_the_root(root, tmp_path_factory):
    file = tmp_path_factory.mktemp("elsewhere") / "strict.toml"
    file.write_text('persona = "auditor"\npython = "env"\n')
    found = loaded(root, file=file)
    assert (found.settings.persona, found.origins["persona"]) == (Persona.AUDITOR, "strict.toml")
    assert found.root == root
    assert found.path(found.settings.python) == root / "env"
    assert found.path(found.settings.baseline) is None


def test_editors_write_keys_as_they_like(root):
    for key in ("failOn", "fail-on", "fail_on"):
        found = loaded(root, ("editor", {key: "high", "trace": {"server": "off"}, "scope": None}))
        assert found.settings.fail_on is Severity.HIGH
        assert found.problems == ()


def test_the_environment_speaks_in_strings(root):
    environ = {
        "VETLINE_ANALYZERS": "",
        "VETLINE_EXCLUDE": "a/, *.gen.py,",
        "VETLINE_MAX_FILE_SIZE": "1000",
        "VETLINE_TIMEOUT": "2.5",
        "VETLINE_SOMETHING_ELSE": "1",
        "VETLINE_FAIL_ONN": "low",
        "OTHER": "x",
    }
    found = loaded(root, environ=environ)
    assert found.settings.exclude == ("a/", "*.gen.py")
    assert (found.settings.max_file_size, found.settings.timeout) == (1000, 2.5)
    assert found.settings.analyzers == ()
    assert [str(problem) for problem in found.problems] == [
        "environment VETLINE_FAIL_ONN: unknown setting 'fail-onn': did you mean 'fail-on'?"
    ]


# The text, the words said, and the characters they are said of.
MISTAKES = [
    ('fail_on = "high"', "unknown setting 'fail_on': did you mean 'fail-on'?", "fail_on"),
    ("[book]\nx = 1", "unknown setting 'book'", "[book]"),
    ("[book.deep]\nx = 1", "unknown setting 'book'", "[book.deep]"),
    ("hook = 1", "hook: expected a table, not 1", "1"),
    ("hook.blok = 1", "unknown setting 'hook.blok': did you mean 'hook.block'?", "hook.blok"),
    ("hook = {fail = 'shut'}", "hook.fail: 'shut' is not one of open, closed", "'shut'"),
    ("store-text = 'no'", "store-text: expected true or false, not 'no'", "'no'"),
    ('scope = "al"', "scope: 'al' is not one of all, ai, changed", '"al"'),
    ("fail-on = 3", "fail-on: 3 is not one of info, low, medium, high, critical", "3"),
    ("fail-on = ['low']", "fail-on: ['low'] is not one of info", "['low']"),
    ('exclude = "a"', "exclude: expected a list of strings", '"a"'),
    ("exclude = [\n 'a', # ]\n 1]", "exclude: expected a list of strings", "[\n 'a', # ]\n 1]"),
    ("max-file-size = true", "max-file-size: expected a number, not True", "true"),
    ("max-file-size = 1.5", "max-file-size: expected a whole number, not 1.5", "1.5"),
    ("timeout = 0", "timeout: 0 is not between 0.1 and 3,600", "0"),
    ("timeout = nan", "timeout: expected a number, not nan", "nan"),
    ("'python' = 3", "python: expected a string, not 3", "3"),
    ("ignore = ['B101']", "ignore: 'B101' is not a rule like 'bandit/B101' or 'bandit/*'", "['B101']"),
    ("own-modules = ['a b']", "own-modules: 'a b' is not a module's name", "['a b']"),
    ("analyzers = []", "analyzers: name at least one, or leave it out for all", "[]"),
    ("a = '''\nscope = 1\n'''", "unknown setting 'a'", "a"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "place"), MISTAKES)
@pytest.mark.parametrize("name", ["vetline.toml", "pyproject.toml"])
def test_a_mistake_is_said_where_it_stands_and_the_default_holds(root, name, text, message, place):
    if name == "pyproject.toml":
        text = text.replace("[book", "[tool.vetline.book")
        place = place.replace("[book", "[tool.vetline.book")
        text = '[project]\nname = "é"\n[tool.vetline]\n' + text
    (root / name).write_text(f"{text}\nbaseline = 'b.json'\n" if "[book" not in text else text)
    found = loaded(root)
    (problem,) = found.problems
    assert problem.message.startswith(message)
    assert problem.path == root / name
    lines = (root / name).read_text().split("\n")
    if problem.line == problem.end_line:
        said = lines[problem.line][problem.column : problem.end_column]
    else:
        inner = lines[problem.line + 1 : problem.end_line]
        said = "\n".join(
            [lines[problem.line][problem.column :], *inner, lines[problem.end_line][: problem.end_column]]
        )  # fmt: skip
    assert said == place
    expected = "" if "book" in text else "b.json"
    assert found.settings == config.Settings(baseline=expected)


def test_a_bad_value_keeps_the_next_lower_layers_value(root):
    (root / "vetline.toml").write_text('fail-on = "low"\n')
    found = loaded(root, ("command line", {"fail-on": "hihg", "exclude": 3}))
    assert found.settings.fail_on is Severity.LOW
    assert found.origins["fail-on"] == "vetline.toml"
    assert [(p.key, p.path, p.origin) for p in found.problems] == [
        ("fail-on", None, "command line"),
        ("exclude", None, "command line"),
    ]


@pytest.mark.parametrize("layer", [[], "x", 3, {"vetline": 3}, {3: 4}])
def test_an_odd_layer_is_said_and_never_raises(root, layer):
    assert loaded(root, ("editor", layer)).problems


def test_a_syntax_error_is_said_where_toml_says_it_is(root):
    (root / "vetline.toml").write_bytes(b'scope = "ai"\r\npersona = \r\n')
    (problem,) = loaded(root).problems
    assert problem.message.startswith("not valid TOML: invalid value")
    assert (problem.line, problem.column) == (1, 10)
    (root / "vetline.toml").write_text('scope = """ai')
    (problem,) = loaded(root).problems
    assert (problem.line, problem.column) == (0, 13)
    (root / "vetline.toml").write_bytes('persona = "é'.encode("latin-1"))
    (problem,) = loaded(root).problems
    assert (problem.message, problem.line, problem.column) == ("not valid UTF-8", 0, 11)


def test_a_broken_pyproject_concerns_us_only_when_it_names_us(root):
    (root / "pyproject.toml").write_text("[tool.ruff]\nx = \n")
    assert loaded(root).problems == ()
    (root / "pyproject.toml").write_text("[tool.vetline]\nx = \n")
    found = loaded(root)
    assert (len(found.problems), found.file) == (1, root / "pyproject.toml")


@pytest.mark.parametrize(
    "text",
    [
        "scope = " + "[" * 50_000,
        "timeout = " + "9" * 5000,
        "a" + ".a" * 50_000 + " = 1",
        "#" * 2_000_000,
    ],
)
def test_a_hostile_config_file_is_one_problem(root, text):
    (root / "vetline.toml").write_text(text)
    assert len(loaded(root).problems) == 1


def test_dots_that_are_no_key_are_no_reason(root):
    dots = "." * 200
    text = f"exclude = ['{dots}', \"\\\"{dots}\", '''\n{dots}''', \"\"\"{dots}\"\"\"]  # {dots}\nscope = 'ai'"
    (root / "vetline.toml").write_text(text)
    assert loaded(root).settings.scope == "ai"
    (root / "vetline.toml").write_text(text + '\n"\\"" . ' + "'a'." * 200 + "a = 1")
    (problem,) = loaded(root).problems
    assert problem.message == "nested too deeply"


def test_a_broken_file_of_blank_lines_is_read_at_once(root):
    (root / "pyproject.toml").write_text("[" + "\n" * 200_000)
    start = time.process_time()
    loaded(root)
    assert time.process_time() - start < 5  # measured: 0.05; the square of it is minutes


def test_what_is_not_a_file_is_not_opened(root):
    os.mkfifo(root / "vetline.toml")
    (problem,) = loaded(root).problems
    assert problem.message == "vetline.toml is not a regular file"
    (problem,) = loaded(root, file=root / "nope.toml").problems
    assert problem.message == "nope.toml cannot be read: no such file or directory"
    (root / "pyproject.toml").write_text("[project]")
    (problem,) = loaded(root, file=root / "pyproject.toml").problems
    assert problem.message == "there is no [tool.vetline] table in this file"


def test_places_in_inline_tables_and_dotted_keys():
    document = toml.parse(b"tool.vetline = {scope = 'ai', 'fail-on' = [1, {a = 2}]}\na.\"b c\" = 1")
    key, value = document.place("tool", "vetline", "fail-on")
    assert (key.column, key.end_column) == (30, 39)
    assert (value.column, value.end_column) == (42, 54)
    assert document.place("a", "b c")[1] == (1, 10, 1, 11)
    assert document.place("nope") == (toml.START, toml.START)


def test_a_mark_at_the_start_of_a_config_file_is_no_key(root):
    (root / "vetline.toml").write_bytes(b'\xef\xbb\xbfscope = "ai"')
    assert loaded(root).settings.scope == "ai"


def test_every_setting_is_documented():
    for setting in settings.SETTINGS:
        assert setting.summary.endswith(".")
        assert setting.variable == "VETLINE_" + setting.field.upper()


class TestDoor:
    @pytest.fixture(autouse=True)
    def _nothing_set(self, monkeypatch):
        for setting in settings.SETTINGS:
            monkeypatch.delenv(setting.variable, raising=False)

    def test_text(self, root, capsys):
        (root / "pyproject.toml").write_text('[tool.vetline]\nfail-on = "high"\n')
        assert door.main(["show", str(root)]) == 0
        out = capsys.readouterr().out
        rows = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line}
        assert rows["fail-on"] == ['"high"', "pyproject.toml"]
        assert rows["timeout"] == ["20", "default"]
        assert f"config file: {root / 'pyproject.toml'}" in out

    def test_json(self, root, capsys):
        (root / "vetline.toml").write_text('exclude = ["a"]\nnope = 1\n')
        assert door.main(["show", "--output-format", "json", str(root)]) == 2
        captured = capsys.readouterr()
        shown = json.loads(captured.out)
        assert shown["settings"]["exclude"] == {"value": ["a"], "origin": "vetline.toml"}
        assert shown["problems"][0]["line"] == 2
        assert captured.err.count("\n") == 1

    @pytest.mark.parametrize(
        "argv", [[], ["nope"], ["show", "--output-format", "xml"], ["show", "--nope"]]
    )
    def test_wrong_usage_is_one_line_and_exit_2(self, argv, capsys):
        assert door.main(argv) == 2
        assert capsys.readouterr().err.count("\n") == 1

    def test_a_path_that_is_not_there(self, root, capsys):
        assert door.main(["show", str(root / "nope")]) == 2
        assert capsys.readouterr().err.endswith("nope: no such file or folder\n")
