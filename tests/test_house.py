"""Our own tidy: what the house rules promise, checked by a machine."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
import pkgutil
import re
import subprocess
import sys
import tokenize
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest
from stories import WORDS

from vetline import session
from vetline.__main__ import COMMANDS
from vetline.doors.lsp import actions, diagnostics, features, messages
from vetline.doors.lsp.documents import Document, Part, Unit
from vetline.doors.lsp.server import Server
from vetline.doors.lsp.units import Units
from vetline.gate import Policy
from vetline.ledger import Kind
from vetline.provenance import Attribution, Origin, State, Tier
from vetline.settings import SETTINGS
from vetline_analyzers import engine, rules
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[1]
SOURCES = ("server", "analyzers")
EVERYTHING = (*SOURCES, "tests", "benchmarks", "demo", "docs")
MAY_NAME_REGISTRIES = ("analyzers/vetline_analyzers/supply/public.py", "tests/test_sbom.py")
MAY_PRINT = ("server/vetline/doors", "tests", "benchmarks", "demo")
LONGEST_FILE, LONGEST_FUNCTION = 400, 70

# Put together, so that this file does not find itself.
TO_DO = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b(?!\(#\d+\))")
MACHINE = re.compile(
    r"(?<![\w.~*])/(?:ho" + r"me|ro" + r"ot|wo" + r"rk|Us" + r"ers)/[\w.]+"
    r"|\b(?:py" + r"pi\.org|pythonho" + r"sted\.org|registry\.np" + r"mjs|artif" + r"actory\.\w+\.)"
)


@cache
def files() -> list[Path]:
    """Every file of the repository that git would keep."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    found = (ROOT / os.fsdecode(name) for name in listed.split(b"\0") if name)
    return [path for path in found if path.is_file()]


def modules(*folders: str) -> list[Path]:
    """The Python files under some folders."""
    return [
        p
        for p in files()
        if p.suffix == ".py" and name(p).startswith(tuple(f"{f}/" for f in folders))
    ]


def name(path: Path) -> str:
    """A path as a message shows it."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(path.read_text("utf-8"))


def page(path: str) -> str:
    """The text of a page of documentation."""
    return (ROOT / path).read_text("utf-8")


def shelf(package: str) -> list[str]:
    """The modules on a shelf."""
    path = importlib.import_module(package).__path__
    return [info.name for info in pkgutil.iter_modules(path) if not info.ispkg]


def none(found: Iterable[object]) -> None:
    """Fail with what was found, a line each."""
    listed = "\n".join(map(str, found))
    assert not listed, f"\n{listed}"


# -- code


def test_each_module_says_in_a_sentence_what_lives_there():
    wrong = []
    for path in modules(*EVERYTHING):
        first = (ast.get_docstring(parsed(path)) or "").partition("\n")[0]
        if not first.endswith(".") and path.read_text("utf-8").strip():
            wrong.append(f"{name(path)}: {first!r}")
    none(wrong)


def test_no_file_is_longer_than_a_person_reads():
    # A test file is a list, and may be as long as what it lists.
    long = {
        name(p): n
        for p in modules(*EVERYTHING)
        if (n := p.read_text("utf-8").count("\n")) > LONGEST_FILE
    }
    none(f"{path} has {n} lines" for path, n in long.items() if not path.startswith("tests/"))


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{name(path)}:{node.lineno}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in modules(*EVERYTHING)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    none(long)


def test_only_doors_print():
    prints = [
        f"{name(path)}:{node.lineno}"
        for path in modules(*EVERYTHING)
        if not name(path).startswith(MAY_PRINT)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Name) and node.id == "print"
    ]
    none(prints)


def test_what_is_to_be_done_has_an_issue():
    none(_lines_with(TO_DO))


def test_no_linter_is_silenced_without_a_reason():
    silences = re.compile(r"#\s*(?:noqa|nosec)\b")
    reason = re.compile(r"# noqa: [A-Z0-9, ]+ - \S")
    bare = []
    for path in modules(*SOURCES, "docs"):
        with path.open("rb") as stream:
            for token in tokenize.tokenize(stream.readline):
                mark = token.type == tokenize.COMMENT and silences.match(token.string)
                if mark and not reason.match(token.string):
                    bare.append(f"{name(path)}:{token.start[0]}: {token.string}")
    none(bare)


def _lines_with(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in files():
        try:
            lines = path.read_text("utf-8").split("\n")
        except UnicodeDecodeError:
            continue  # a picture
        found += [
            f"{name(path)}:{n}: {x.strip()[:99]}"
            for n, x in enumerate(lines, 1)
            if pattern.search(x)
        ]
    return found


def test_nothing_tells_of_a_machine_or_a_registry():
    told = _lines_with(MACHINE)
    none(line for line in told if not line.startswith(MAY_NAME_REGISTRIES))


def test_the_pins_hold_no_address():
    for path in (ROOT / "requirements").glob("*.txt"):
        lines = path.read_text("utf-8").splitlines()
        none(line for line in lines if re.search(r"://|^-|@", line.split("#")[0]))
        assert any("--hash=sha256:" in line for line in lines), path.name


def test_ci_runs_what_a_person_runs():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


# -- shelves


@pytest.mark.parametrize("name", [info.name for info in pkgutil.iter_modules(rules.__path__)])
def test_a_rule_is_named_after_its_file(name):
    package = f"vetline_analyzers.rules.{name}"
    for module in shelf(package):
        rule = importlib.import_module(f"{package}.{module}").RULE
        assert rule.id == f"{name}/{module}".replace("_", "-")
        assert engine.rules()[rule.id] is rule, "its shelf is not read"


def test_an_analyzer_is_named_after_its_file():
    for module, analyzer in engine.analyzers().items():
        assert analyzer.name == module


def test_a_language_is_named_after_its_file():
    for module in shelf("vetline_analyzers.languages"):
        language = importlib.import_module(f"vetline_analyzers.languages.{module}").LANGUAGE
        assert language.name == module


def test_each_format_is_one():
    for module in shelf("vetline.formats"):
        found = importlib.import_module(f"vetline.formats.{module}").FORMAT
        assert callable(found.render), module


# -- documentation


def test_rendered_pages_are_fresh():
    spec = importlib.util.spec_from_file_location("render", ROOT / "docs" / "render.py")
    render = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(render)
    made = render.pages()
    there = {p.relative_to(render.DOCS).as_posix() for p in render.DOCS.glob("rules/**/*.md")}
    stale = [path for path, text in made.items() if not _reads(render.DOCS / path, text)]
    none(f"{path}: run `make docs`" for path in stale)
    assert there <= made.keys(), "run `make docs`"


def _reads(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def test_every_rule_and_setting_has_its_place():
    names = ("README", "bandit", "detect-secrets", "tokens")
    index = "".join(page(f"docs/rules/{name}.md") for name in names)
    none([rule for rule in engine.rules() if f"`{rule}`" not in index])
    settings = page("docs/settings.md")
    keys = [f"## `{setting.key}`" for setting in SETTINGS]
    none(key for key in keys if key not in settings)


def test_every_scenario_of_provenance_is_a_test():
    """Tests name the acceptance scenarios, 1 to 45, that they play."""
    told = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py"))
    marks = re.findall(r"# (?:-- )?scenarios? ([\d, ]+)|def test_(?:scenario_)?(\d+)b?_", told)
    played = {int(number) for pair in marks for number in re.findall(r"\d+", " ".join(pair))}
    none(sorted(set(range(1, 46)) - played))


def test_every_command_is_in_the_readme():
    shown = [command for command, (module, _) in COMMANDS.items() if module]
    none([command for command in shown if f"vetline {command}" not in page("README.md")])


def test_every_format_is_in_its_page():
    formats = [module.replace("_", "-") for module in shelf("vetline.formats")]
    words = re.findall(r"[\w-]+", page("docs/json-output.md"))
    assert set(formats) <= set(words)


def test_every_kind_of_event_is_told_of():
    none([kind for kind in Kind if f"`{kind}`" not in page("SECURITY.md")])


def test_every_step_of_a_story_is_explained():
    grammar = page("tests/stories/README.md")
    none([word for word in WORDS if f"| `{word}" not in grammar])


def test_every_message_and_command_is_in_the_protocol_page():
    text = page("docs/protocol.md")
    for method, message in messages.TYPES.items():
        assert f"`{method}`" in text
        (params,) = [
            f.type for f in attrs.fields(attrs.resolve_types(message)) if f.name == "params"
        ]
        fields = [_camel(field.name) for field in attrs.fields(params)]
        none([field for field in fields if f"| `{field}` |" not in text])
    server = Server()
    features.register(server)
    commands = list(server.protocol.fm.commands)
    assert actions.REQUEST_REVIEW in commands
    none([command for command in commands if f"| `{command}` |" not in text])


def _camel(words: str) -> str:
    first, *rest = words.split("_")
    return first + "".join(map(str.capitalize, rest))


def test_the_data_of_diagnostics_is_in_the_protocol_page():
    snapshot = Snapshot("file:///a.py", "python", 1, "import yaml\nyaml.load(x)\n", "a.py")
    found = engine.examine(snapshot, Facts(), [engine.analyzers()["patterns"]]).findings
    said = Attribution(State.AI, Origin(Tier.OBSERVED, session="s"))
    unit = Unit(snapshot.uri, [Part(Document(snapshot), 0)], snapshot)
    view = diagnostics.View(Units("utf-16"), Policy(), {}, related=True, root=ROOT)
    ((_, [item]),) = diagnostics.of_unit(unit, session.sight(snapshot, found, lambda _: said), view)
    text = page("docs/protocol.md")
    none([key for key in item["data"] if f"| `{key}` |" not in text])
    none([key for key in item["data"]["origin"] if f'"{key}"' not in text])
    assert diagnostics.NOT_CHECKED in text
    assert f"{diagnostics.MOST:,} diagnostics" in text


def test_what_the_architecture_names_is_there():
    text = page("ARCHITECTURE.md")
    tests = "\n".join(path.read_text("utf-8") for path in modules("tests"))
    named = re.findall(r"`(test_\w+)`", text)
    assert named
    none(test for test in named if f"def {test}(" not in tests)
    contracts = re.findall(r'^name = "(.*)"', page("pyproject.toml"), re.MULTILINE)
    quoted = [" ".join(words.split()) for words in re.findall(r'\*contract\*\s+"([^"]*)"', text)]
    assert quoted
    none(one for one in quoted if one not in contracts)


# -- our own medicine


def test_vetline_lets_its_own_code_pass():
    command = [
        sys.executable,
        "-m",
        "vetline",
        "check",
        "--no-baseline",
        "--output-format",
        "concise",
    ]
    done = subprocess.run(
        [*command, *SOURCES], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_check_door_loads_no_protocol():
    code = (
        "import sys, vetline.doors.check; print(*sorted(m.partition('.')[0] for m in sys.modules))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    heavy = {"pygls", "lsprotocol", "bandit", "detect_secrets", "tree_sitter", "asyncio"}
    none(sorted(heavy & set(done.stdout.split())))
