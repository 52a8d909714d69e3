"""No text, and no size of a project, makes it slow to find and judge what is imported and asked for."""

import gc
import time
from itertools import chain

import pytest

from vetline_analyzers import dependencies, imports, manifests, members
from vetline_analyzers.core.analyzer import Facts, NodePackage, NotChecked
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.core.universe import Ecosystem, Package, Sample
from vetline_analyzers.sites import commands, javascript, notebook, python, script

SIZE = 48_000
ENOUGH = 0.05  # seconds of CPU below which nothing is asked
GROWTH = 9  # times as long, for four times the text; a square is 16


@pytest.fixture(autouse=True)
def _rarely_collected():
    """Looks for cycles as seldom as a worker does: they cost more the more there is in memory."""
    was = gc.get_threshold()
    gc.set_threshold(50_000, 20, 20)
    yield
    gc.set_threshold(*was)


def taken(work, text):
    """Seconds of CPU, the least of three tries: others use this machine, too."""
    return min(_once(work, text) for _ in range(3))


def _once(work, text):
    start = time.process_time()
    work(text)
    return time.process_time() - start


def filled(unit, size):
    return (unit * (size // len(unit) + 1))[:size]


def is_linear(work, unit):
    if (whole := _once(work, filled(unit, SIZE))) < ENOUGH:
        return True
    return whole < GROWTH * taken(work, filled(unit, SIZE // 4)) or (
        taken(work, filled(unit, SIZE)) < GROWTH * taken(work, filled(unit, SIZE // 4))
    )


def of_python(text):
    is_code = python.code(text)
    found = list(python.found(text, is_code))
    return list(python.guarded(Snapshot("u", "python", 1, text, "a.py"), found, is_code))


def of_javascript(text):
    is_code = javascript.code(text)
    return list(javascript.guarded(text, javascript.found(text, is_code), is_code))


SITES = {
    "commands": (lambda text: list(commands.found(text)), ("npx ", "pip install \\\n", "uv add /* ", '"pip", "install", ', "pip install a; ", "npm i ", "A=b ", "sudo ")),
    "script": (script.read, ("# /// script\n", "# /// script\n#\n", "# ///\n", "# dependencies = [\n", "# /// script\n# dependencies = ['a']\n")),
    "python": (of_python, ("import a;", "\timport a\n", "try:\n import a\nexcept ImportError:\n", "if x:\n import a\n", "find_spec('a')", "try:\n ", "from a import (")),
    "javascript": (of_javascript, ('import"a";', "import {", "`${", 'require("a")', "export {a} from 'b';", "</a>", "/[/", "try{require('a')}")),
    "notebook": (notebook.read, ('"', '{"source":["import a"],"cell_type":"code"},', '"source": ["', "[[[[")),
}  # fmt: skip


@pytest.mark.parametrize(
    ("site", "unit"), [(site, unit) for site, (_, units) in SITES.items() for unit in units]
)
def test_no_text_makes_it_slow_to_find_names(site, unit):
    assert is_linear(SITES[site][0], unit)


@pytest.mark.parametrize(
    "path", ["requirements.txt", "pyproject.toml", "setup.py", "package.json", "pnpm-lock.yaml"]
)
@pytest.mark.parametrize(
    "unit", ["a==1 --hash=sha256:a \\\n", "[[", '{"a":', "a[b,", "install_requires=["]
)
def test_no_text_makes_a_manifest_slow(path, unit):
    assert is_linear(manifests.of_path(path).read, unit)


@pytest.mark.parametrize("unit", ["x = json\n", "x: y = z\n", "import json as x\n", "x = x.y\n"])
def test_a_name_that_is_bound_again_and_again_is_not_slow(unit):
    def work(text):
        snapshot = Snapshot("u", "python", 1, text, "a.py")
        return list(members.ANALYZER.analyze(snapshot, KNOWING, {}))

    assert is_linear(work, unit)


class _NoMembers:
    """An index that knows modules and says nothing of them."""

    as_of = "2026-01-01"

    def versions(self, top):
        return ()

    def find(self, name):
        return ""

    def is_class(self, owner):
        return False

    def names(self, owner, *, called=False):
        return None

    def member(self, owner, name):
        return ""


KNOWING = Facts(members=_NoMembers())
UNIVERSE = Sample(("pypi/requests", "npm/react"), {})
SMALL = Facts(universe=UNIVERSE, installed={"mod0": ("dist-0",)}, node=(NodePackage("", "app"),))
LARGE = Facts(
    universe=UNIVERSE,
    installed={f"mod{n}": (f"dist-{n}",) for n in range(4_000)}
    | {f"ns{n % 50}.sub{n}": (f"dist-{n}",) for n in range(4_000, 5_000)}
    | {f"ns{n}": () for n in range(50)},
    own_packages=frozenset(Package(Ecosystem.PYPI, f"own-{n}") for n in range(2_000)),
    node=(
        NodePackage("", "app"),
        *(NodePackage(f"packages/p{n}", f"@acme/p{n}") for n in range(2_000)),
    ),
)
TEXTS = {
    "imports": (imports, "python", "src/a.py", lambda n: f"import unkn{n}\nfrom ns{n % 50}.sub{n} import x\n"),
    "requirements": (dependencies, "text", "requirements.txt", lambda n: f"unknown-{n}==1\n"),
    "commands": (dependencies, "text", "README.md", lambda n: f"pip install unknown-{n}\nnpm install unkn-{n}\n"),
}  # fmt: skip


def judged(analyzer, snapshot, facts):
    """Seconds of CPU, without what is made once for a project."""

    def work(_):
        try:
            return list(analyzer.ANALYZER.analyze(snapshot, facts, {}))
        except NotChecked:
            return []

    work("")
    return taken(work, "")


@pytest.mark.parametrize("name", TEXTS)
def test_each_name_costs_the_same_in_a_large_project(name):
    analyzer, language, path, line = TEXTS[name]
    text = "".join(map(line, range(200)))
    snapshot = Snapshot("u", language, 1, text, path)
    assert judged(analyzer, snapshot, LARGE) < 6 * judged(analyzer, snapshot, SMALL) + ENOUGH / 5


def test_each_name_of_a_package_json_costs_the_same_in_a_large_workspace():
    names = chain((f'"unkn-{n}":"^1"' for n in range(200)), (f'"@x/u{n}":"^1"' for n in range(50)))
    text = '{"dependencies":{' + ",".join(names) + "}}"
    snapshot = Snapshot("u", "text", 1, text, "packages/p7/package.json")
    assert judged(dependencies, snapshot, LARGE) < (
        6 * judged(dependencies, snapshot, SMALL) + ENOUGH / 2
    )
