"""What clears an import that nothing provides: where it is looked for, what is declared, and what does neither."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from vetline_analyzers import imports
from vetline_analyzers.core.analyzer import Facts, NodePackage, NotChecked
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.core.universe import Sample
from vetline_analyzers.languages import of_path

UNIVERSE = Sample(
    (
        *("pypi/requests", "pypi/auto-gptq", "pypi/psycopg2-binary", "pypi/psycopg2"),
        *("pypi/opencv-python", "pypi/opencv-python-headless", "pypi/google-cloud-storage"),
        *("pypi/llama-index-core", "pypi/llama-index-llms-x", "pypi/acme-tools?", "npm/express"),
    ),
    {
        "requests": ("requests",),
        "auto_gptq": ("auto-gptq",),
        "psycopg2": ("psycopg2", "psycopg2-binary"),
        "cv2": ("opencv-python", "opencv-python-headless"),
        "google.cloud.storage": ("google-cloud-storage",),
        "llama_index": ("llama-index-core", "llama-index-llms-x"),
    },
)
FACTS = Facts(
    stdlib=frozenset({"os", "sys", "site", "pathlib"}),
    universe=UNIVERSE,
    files=frozenset({"app/", "app/main.py", "lib/", "app/vendor/", "README.md"}),
)


def rules(text, facts=FACTS, path="app/main.py"):
    snapshot = Snapshot("file:///x", of_path(path).name, 1, text, path)
    return [finding.rule for finding in imports.analyze(snapshot, facts, {})]


def timed(text, path):
    """The seconds that a text takes, the least of three, and what it is said not to have been checked for."""
    best, reason = 9.0, ""
    for _ in range(3):
        begun = time.perf_counter()
        try:
            rules(text, path=path)
        except NotChecked as error:
            reason = str(error)
        best = min(best, time.perf_counter() - begun)
    return best, reason


@pytest.mark.parametrize(
    "line",
    [
        "sys.path.insert(0, os.path.dirname(__file__))",
        "sys.path.append(os.getcwd())",
        "sys.path += [str(pathlib.Path(__file__).parent)]",
        "sys.path[:0] = [os.path.join(os.getcwd(), 'x')]",
        "here = pathlib.Path(__file__)\nroot = here.parent\nsys.path.insert(0, str(root))",
        "for one in (os.getcwd(), 'x'):\n    sys.path.append(one)",
        "sys.path.insert(\n    0,\n    # where it lies\n    'lib',\n)",
        "sys.path.insert(0, 'vendor')",
        "sys.path.insert(0, '..')",
        "site.addsitedir('lib')",
        "sys.meta_path.append(Finder())",
    ],
)
def test_a_place_of_the_project_makes_it_doubtful(line):
    assert rules(f"{line}\nimport made_up_name\n") == ["package/unverified"]
    assert rules(f"{line}\nimport reqests\n") == ["package/typosquat"]


@pytest.mark.parametrize(
    "line",
    [
        "# sys.path.insert(0, os.getcwd())",
        "# syspath",
        "x = 'meta_path'",
        "'''\nsys.path.append(os.getcwd())\n'''",
        "sys.path.insert(0, '/opt/nowhere')",
        "sys.path.insert(0, 'nowhere')",
        "sys.path.append('x')  # __file__",
        "sys.path.append('__file__')",
        "where = '/opt'\nsys.path.append(where)",
        "print(sys.path)",
        "sys.path == [os.getcwd()]",
        "meta_path = addsitedir = None",
    ],
)
def test_what_leads_nowhere_clears_nothing(line):
    assert rules(f"{line}\nimport made_up_name\n") == ["package/nonexistent"]


def test_tests_make_modules_where_they_like():
    text = "def test(monkeypatch, tmp_path):\n    monkeypatch.syspath_prepend(tmp_path)\n    import made_up_name\n"
    assert rules(text, path="tests/test_x.py") == ["package/unverified"]
    assert rules(text) == ["package/nonexistent"]
    text = "def test(tmp_path):\n    sys.path.append(str(tmp_path))\n    import made_up_name\n"
    assert rules(text, path="tests/test_x.py") == ["package/unverified"]


@pytest.mark.parametrize(
    ("module", "declared", "expected"),
    [
        ("auto", "auto-gptq", ["package/nonexistent"]),
        ("auto_gptq", "auto-gptq", []),
        ("psycopg2", "psycopg2-binary", []),
        ("cv2", "opencv-python-headless", []),
        ("google.cloud.storage", "google-cloud-storage", []),
        ("google.cloud", "google-cloud-storage", []),
        ("llama_index", "llama-index-llms-x", []),
        # Nobody knows what somebody's own package brings; a slip it does not clear.
        ("acme", "acme-tools", ["package/unverified"]),
        ("acme", "acme-inhouse", ["package/unverified"]),
        ("reqests", "reqests-tools", ["package/typosquat"]),
    ],
)
def test_what_is_declared_clears_what_it_brings(module, declared, expected):
    facts = replace(FACTS, declared=frozenset({declared}))
    assert rules(f"import {module}\n", facts) == expected


def test_a_lock_vouches_for_what_it_has_a_hash_of():
    locked = replace(FACTS, locked=frozenset({"made-up-name"}))
    assert rules("import made_up_name\n", locked) == ["import/not-declared"]
    unproved = replace(locked, unproved=locked.locked)
    assert rules("import made_up_name\n", unproved) == ["package/nonexistent"]
    node = NodePackage("", "shop", locked=frozenset({"made-up-name"}))
    text, path = 'import "made-up-name";\n', "app/main.js"
    assert rules(text, replace(FACTS, node=(node,)), path) == ["import/not-declared"]
    node = node._replace(unproved=node.locked)
    assert rules(text, replace(FACTS, node=(node,)), path) == ["package/unverified"]


def test_what_is_too_long_is_no_name():
    assert rules("import " + "quorf" * 41 + "\n") == []
    assert rules("import " + "quorf" * 20 + "\n") == ["package/nonexistent"]
    for size, expected in ((215, []), (200, ["package/unverified"])):
        assert rules('import "' + ("quorf" * 50)[:size] + '";\n', path="app/main.js") == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("x.js", "import('abcdef');" * 12_000),
        ("x.js", "require('made-up-name');" * 8_000),
        ("x.js", "".join(f"require('made-up-{n}');" for n in range(9_000))),
        ("x.py", "import " + "a," * 100_000 + "a\n"),
        ("x.py", "import made_up_name\n" * 10_000),
        ("x.py", "import_module('made_up_name');" * 7_000),
        ("x.py", "from google.cloud import made_up\n" * 6_000),
        ("x.py", "".join(f"import made_up_{n}\n" for n in range(10_000))),
    ],
)
def test_a_text_of_imports_alone_costs_little_and_says_that_it_was_cut(path, text):
    seconds, reason = timed(text, path)
    assert "not looked" in reason
    assert seconds < 0.25  # unloaded it is a fifth of that


def test_one_import_that_must_work_outweighs_many_that_need_not():
    text = "try:\n    import made_up_name\nexcept ImportError:\n    pass\n" * 100
    snapshot = Snapshot("file:///x", "python", 1, text + "import made_up_name\n", "app/main.py")
    (finding,) = imports.analyze(snapshot, FACTS, {})
    assert finding.span.start > len(text)
