"""The project's own modules that a text imports: which files they are, what is refused, data followed into them."""

from __future__ import annotations

import json
import os
import time

import pytest

from vetline import neighbours
from vetline.__main__ import main
from vetline.neighbours import Neighbours
from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Facts, Neighbour
from vetline_analyzers.core.text import Snapshot

posix = pytest.mark.skipif(os.name != "posix", reason="needs what only POSIX has")


def put(root, files):
    """Files in a folder: path → text; those without a suffix are Python's."""
    for name, text in files.items():
        path = root / (name if "." in name else f"{name}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def beside(root, text, place="app.py", language="python"):
    """What a text imports: name → the text of the module."""
    snapshot = Snapshot("file:///x", language, 0, text, place)
    return {name: found.text for name, found in Neighbours(root).of(snapshot).items()}


class TestPython:
    @pytest.mark.parametrize(
        ("statement", "names"),
        [
            ("import helpers", ["helpers"]),
            ("import os, helpers as h, lib.db", ["helpers", "lib.db"]),
            ("from lib import db", ["lib.db"]),
            ("from lib.db import query", ["lib.db"]),
            (
                "from lib import (  # a (note\n    web,\n    db as d,  # another)\n)",
                ["lib.web", "lib.db"],
            ),
            ("from lib import web, \\\n    db", ["lib.web", "lib.db"]),
            ("    if x: import helpers; import lib.db", ["helpers", "lib.db"]),
            ("import flask\nimport nothing.here\nfrom lib import nothing", []),
            ("import helpers\nimport helpers", ["helpers"]),
            ("important = 1\nfrom_ = helpers", []),
        ],
    )
    def test_every_form_of_import(self, tmp_path, statement, names):
        put(tmp_path, {"helpers": "# helpers", "lib/db": "# lib.db", "lib/web": "# lib.web"})
        assert beside(tmp_path, statement) == {name: f"# {name}" for name in names}

    @pytest.mark.parametrize(
        ("statement", "found"),
        [
            ("from . import near", {".": "# a/b", ".near": "# near"}),
            ("from .near import x", {".near": "# near"}),
            ("from .. import far", {"..": "# a", "..far": "# far"}),
            ("from ..far import x", {"..far": "# far"}),
            ("from ...top import x", {"...top": "# top"}),
            ("from ....above import x", {}),
            ("from a.b import near", {"a.b": "# a/b", "a.b.near": "# near"}),
            ("import near", {}),  # what lies in a package is not found by itself
            ("import top", {"top": "# top"}),
        ],
    )
    def test_names_are_those_that_the_file_writes(self, tmp_path, statement, found):
        packages = {"a/__init__": "# a", "a/b/__init__": "# a/b"}
        put(tmp_path / "in", packages | {"top": "# top", "a/far": "# far", "a/b/near": "# near"})
        put(tmp_path, {"above": "# outside"})
        assert beside(tmp_path / "in", statement, "a/b/it.py") == found

    @pytest.mark.parametrize("place", ["run.py", "tests/test_x.py", "src/pkg/other.py"])
    def test_a_source_folder(self, tmp_path, place):
        put(tmp_path, {"src/pkg/__init__": "", "src/pkg/db": "# db"})
        assert beside(tmp_path, "import pkg.db", place) == {"pkg.db": "# db"}

    def test_a_script_finds_what_lies_beside_it_first(self, tmp_path):
        put(tmp_path, {"util": "# top", "tools/util": "# beside"})
        assert beside(tmp_path, "import util", "tools/run.py") == {"util": "# beside"}
        assert beside(tmp_path, "import util", "other/run.py") == {"util": "# top"}

    def test_the_standard_library_is_nobodys(self, tmp_path):
        put(tmp_path, {"logging": "# own", "random": "# own"})
        assert beside(tmp_path, "import random\nfrom logging import x") == {}

    def test_a_package_comes_before_a_module_and_a_folder_is_none(self, tmp_path):
        put(tmp_path, {"both/__init__": "# both", "both": "# module", "plain": "# plain"})
        put(tmp_path, {"folder/x": "# x"})
        (tmp_path / "plain").mkdir()
        (tmp_path / "odd.py").mkdir()
        found = beside(tmp_path, "import both, plain, folder, odd")
        assert found == {"both": "# both", "plain": "# plain"}

    def test_what_a_module_imports_comes_along_and_no_further(self, tmp_path):
        put(tmp_path, {"pkg/__init__": "# pkg", "pkg/a": "from . import b"})
        put(tmp_path, {"pkg/b": "import pkg.c", "pkg/c": "# c"})
        (found,) = (
            Neighbours(tmp_path).of(Snapshot("", "python", 0, "import pkg.a", "x.py")).items()
        )
        package = Neighbour("# pkg", path="pkg/__init__.py")
        b = Neighbour("import pkg.c", path="pkg/b.py")
        a = Neighbour("from . import b", ((".", package), (".b", b)), "pkg/a.py")
        assert found == ("pkg.a", a)


class TestScripts:
    @pytest.mark.parametrize(
        ("statement", "name", "place"),
        [
            ("const db = require('./db')", "./db", "web/db.js"),
            ("const db = require( `./db` )", "./db", "web/db.cjs"),
            ('import { x } from "../lib/db.js"', "../lib/db.js", "lib/db.js"),
            ('import { x } from "../lib/db.js"', "../lib/db.js", "lib/db.ts"),
            ("import '../lib'", "../lib", "lib/index.ts"),
            ("const x = await import('./view')", "./view", "web/view.tsx"),
            ("export * from './a.b'", "./a.b", "web/a.b.mjs"),
            ("import up from '..'", "..", "index.js"),
        ],
    )
    def test_paths(self, tmp_path, statement, name, place):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text("// it")
        for language in ("javascript", "typescript", "tsx"):
            assert beside(tmp_path, statement, "web/app.js", language) == {name: "// it"}

    def test_packages_and_what_lies_outside_are_left_alone(self, tmp_path):
        put(tmp_path, {"out.js": "x", "in/node_modules/x.js": "x", "in/express.js": "x"})
        text = "require('../out'); require('./node_modules/x'); require('express'); require('./in.txt')"
        assert beside(tmp_path / "in", text, "app.js", "javascript") == {}


class TestLimits:
    def test_so_many_modules(self, tmp_path):
        put(tmp_path, {f"m{n}": f"import n{n}" for n in range(50)})
        put(tmp_path, {f"n{n}": "# n" for n in range(50)})
        lines = [f"import m{n}" for n in range(20)]
        found = Neighbours(tmp_path).of(Snapshot("", "python", 0, "\n".join(lines), "x.py"))
        assert len(found) == 20
        assert sum(len(each.imports) for each in found.values()) == neighbours.MODULES - 20
        assert (
            len(beside(tmp_path, "\n".join(f"import m{n}" for n in range(50))))
            == neighbours.MODULES
        )

    def test_so_much_text(self, tmp_path):
        big = "#" * neighbours.FILE
        put(tmp_path, {"over": big + "#", "small": "# small", **{f"m{n}": big for n in range(9)}})
        text = "import over\n" + "".join(f"import m{n}\n" for n in range(9)) + "import small\n"
        assert [*beside(tmp_path, text)] == ["m0", "m1", "m2", "m3", "m4"]
        assert sum(map(len, beside(tmp_path, text).values())) <= neighbours.SIZE

    def test_other_languages_and_places_outside_have_none(self, tmp_path):
        put(tmp_path, {"helpers": "# helpers"})
        assert beside(tmp_path, "import helpers", language="yaml") == {}
        assert beside(tmp_path / "in", "import helpers", "../app.py") == {}

    def test_each_file_is_read_once(self, tmp_path, monkeypatch):
        put(tmp_path, {"helpers": "# helpers"})
        read, names = neighbours.disk.read, []
        monkeypatch.setattr(neighbours.disk, "read", lambda n, k: names.append(n) or read(n, k))
        run = Neighbours(tmp_path)
        for number in range(5):
            run.of(Snapshot("", "python", 0, "import helpers, nothing", f"{number}.py"))
        assert sum(name.endswith("helpers.py") for name in names) == 1

    def test_a_text_that_is_not_written_yet_is_read_in_place_of_the_file(self, tmp_path):
        put(tmp_path, {"helpers": "# old"})
        run = Neighbours(tmp_path, {"helpers.py": b"# new"})
        found = run.of(Snapshot("", "python", 0, "import helpers", "x.py"))
        assert found["helpers"].text == "# new"


class TestHostile:
    def test_circles(self, tmp_path):
        put(tmp_path, {"a": "import b, a", "b": "import a"})
        put(tmp_path, {"pkg/__init__": "# pkg", "pkg/me": "from . import me\nimport pkg.me"})
        circle = Neighbours(tmp_path).of(Snapshot("", "python", 0, "import a, b, pkg.me", "a.py"))
        assert {name: [n for n, _ in each.imports] for name, each in circle.items()} == {
            "b": ["a"],
            "pkg.me": ["."],
        }

    @pytest.mark.parametrize("name", ["m{}", "pkg.m{}", ".m{}"])
    def test_ten_thousand_imports(self, tmp_path, name):
        put(tmp_path, {"pkg/__init__": "# pkg"})
        text = "\n".join("import " + name.format(n) for n in range(10_000))
        text += "\nfrom . import " + ", ".join(f"x{n}" for n in range(10_000))
        start = time.process_time()
        beside(tmp_path, text, "pkg/a.py")
        assert time.process_time() - start < 3

    @pytest.mark.parametrize(
        "text",
        [
            "from " + " " * 200_000,
            "from " + "." * 200_000 + "x import y",
            "from a import " + "\\\n" * 100_000,
            "from a import (" + "x," * 100_000,
            "from a import (" * 20_000,
            "import " + "a." * 100_000,
            "import" + "\t" * 200_000,
            "require(" * 50_000 + "'" + "./" * 100_000,
            "from '" * 50_000,
            "\0import \0helpers",
            "import " + "\u0130" * 100_000,
        ],
    )
    @pytest.mark.parametrize("language", ["python", "javascript"])
    def test_texts_that_would_take_ages(self, tmp_path, text, language):
        start = time.process_time()
        beside(tmp_path, text, "a/" * 1_500 + "a.py", language)
        assert time.process_time() - start < 3

    @posix
    def test_what_is_no_file_of_the_project(self, tmp_path):
        root = tmp_path / "in"
        put(root, {"real": "# real", "bad": ""})
        put(tmp_path, {"outside": "# secret", "elsewhere/x": "# secret"})
        (root / "bad.py").write_bytes(b"# caf\xe9\n")
        (root / "out.py").symlink_to(tmp_path / "outside.py")
        (root / "away").symlink_to(tmp_path / "elsewhere")
        (root / "loop.py").symlink_to("loop.py")
        (root / "round").symlink_to(".")
        (root / "link.py").symlink_to("real.py")
        os.mkfifo(root / "pipe.py")
        text = "import out, away.x, loop, round.round.real, link, pipe, bad"
        found = beside(root, text)
        assert found == {"round.round.real": "# real", "link": "# real", "bad": "# caf\ufffd\n"}


APP = """
import os
from flask import Flask
{imports}

app = Flask(__name__)

@app.route("/ping")
def ping():
    os.system("ping " + {call})
    return ""
"""
READ = 'from flask import request\ndef read():\n    return request.args.get("host")\n'
CONSTANT = 'HOST = "localhost"\ndef read():\n    return HOST\n'
QUOTED = (
    "import shlex\nfrom flask import request\n"
    'def read():\n    return shlex.quote(request.args.get("host"))\n'
)


@pytest.fixture
def commands(tmp_path, monkeypatch, capsys):
    """A folder, and what checks it: of the commands made of text in its app.py, whether they are tentative."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)

    def check(*words):
        main(["check", "--output-format", "json", "--assume-origin", "ai", *words])
        told = json.loads(capsys.readouterr().out)
        assert not told["not_checked"]
        return [
            f["tentative"]
            for f in told["findings"]
            if f["rule"] == "python/command-from-string" and f["path"] == "app.py"
        ]

    return root, check


class TestFlow:
    @pytest.mark.parametrize(
        ("imports", "call", "place"),
        [
            ("from helpers import read", "read()", "helpers.py"),
            ("import helpers", "helpers.read()", "helpers.py"),
            ("from lib import web as w", "w.read()", "lib/web.py"),
            ("import lib.web", "lib.web.read()", "lib/web.py"),
            ("from .web import read", "read()", "web.py"),
            ("from . import web", "web.read()", "web.py"),
        ],
    )
    def test_a_helper_that_reads_the_request(self, commands, imports, call, place):
        root, check = commands
        for helper, found in (READ, [False]), (CONSTANT, []), (QUOTED, []):
            put(root, {"app": APP.format(imports=imports, call=call), place: helper})
            assert check() == found

    def test_a_package_that_hands_on_what_a_module_of_it_has(self, commands):
        root, check = commands
        put(root, {"app": APP.format(imports="from lib import read", call="read()")})
        put(root, {"lib/__init__": "from .web import read\n", "lib/web": READ})
        assert check() == [False]
        put(root, {"lib/web": CONSTANT})
        assert check() == []

    def test_what_is_asked_for_alone_follows_as_well(self, commands):
        root, check = commands
        put(root, {"app": APP.format(imports="import helpers", call="helpers.read()")})
        put(root, {"helpers": READ})
        assert check("--analyzer", "patterns") == [False]

    def test_equal_facts_give_equal_findings_whatever_was_asked_before(self):
        ask = [engine.analyzers()["patterns"]]
        text = APP.format(imports="import helpers", call="helpers.read()")
        snapshot = Snapshot("file:///app.py", "python", 0, text, "app.py")
        memo = {}

        def look(memos, **texts):
            beside = {name: Neighbour(text) for name, text in texts.items()}
            return engine.examine(snapshot, Facts(neighbours=beside), ask, memos).findings

        for helper in ({"helpers": READ}, {"helpers": CONSTANT}, {}, {"helpers": QUOTED}) * 2:
            assert look(memo, **helper) == look(None, **helper)
        assert look(None, helpers=READ) != look(None, helpers=CONSTANT)
