"""The facts of a project: its own modules, what it declares, what its environment has."""

from __future__ import annotations

import json
import logging
import sys
import time
from pathlib import Path

import pytest

from vetline import project
from vetline.project import declared, environment
from vetline.settings import Settings

SETTINGS = Settings()


def put(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def facts(root: Path, settings: Settings = SETTINGS, **environ: str):
    return project.facts(root, settings, environ)


def make_environment(root: Path, **distributions: dict[str, str]) -> Path:
    """An environment with these distributions: name → files below site-packages."""
    site = root / "lib/python3.11/site-packages"
    put(root, {"pyvenv.cfg": "home = /nowhere/bin\nversion = 3.11.7\n"})
    site.mkdir(parents=True, exist_ok=True)
    for name, files in distributions.items():
        put(site, files)
        info = site / f"{name}-1.0.dist-info"
        record = [file for file in files if "top_level.txt" not in file]
        put(info, {"RECORD": "".join(f"{file},sha256=x,1\n" for file in record), "METADATA": ""})
    return root


class TestModules:
    def test_own_modules_are_seen_wherever_they_lie(self, tmp_path):
        files = (
            "top.py pkg/__init__.py pkg/inner.py pkg/sub/__init__.py src/lib_a/__init__.py "
            "space/part/code.py tests/__init__.py tests/helpers.py scripts/run.py api/v1.proto "
            "native/fast.cpython-311-x86_64-linux-gnu.so members/one/src/one/__init__.py stubs/s.pyi "
            "docs/text.md .hidden/h.py node_modules/n/n.py v/pyvenv.cfg v/lib/x.py v/bin/python lone/pyvenv.cfg lone/y.py"
        )
        put(tmp_path, dict.fromkeys(files.split(), ""))
        modules = facts(tmp_path).modules
        seen = "top pkg lib_a src space part code tests run scripts v1_pb2 v1_pb2_grpc fast one members s y"
        assert set(seen.split()) <= modules
        assert {"pkg/inner", "pkg/sub", "tests/helpers"} <= modules
        assert modules.isdisjoint({"inner", "helpers", "docs", "text", "h", "n", "x", "v"})

    def test_above_the_project_within_the_repository(self, tmp_path):
        put(tmp_path, {".git/HEAD": "", "common.py": "", "shared/__init__.py": "", "a/b/x.py": ""})
        put(tmp_path, {"requirements.txt": "flask\n", "a/requirements.txt": "rich"})
        found = facts(tmp_path / "a/b")
        assert {"common", "shared", "x"} <= found.modules
        assert found.declared == {"flask", "rich"}

    def test_a_root_with_dots_in_it(self, tmp_path):
        put(tmp_path, {".git/HEAD": "", "a/b/x.py": "", "y.py": ""})
        assert facts(tmp_path / "a/b/../..") == facts(tmp_path)

    def test_a_root_that_is_a_package(self, tmp_path):
        put(tmp_path, {"thing/__init__.py": "", "thing/x.py": ""})
        assert {"thing", "x"} <= facts(tmp_path / "thing").modules

    def test_names_that_are_only_told(self, tmp_path):
        put(tmp_path, {"pyproject.toml": "[project]\nname = 'My.Built-Thing'"})
        found = facts(tmp_path, Settings(own_modules=("generated",)))
        assert {"my_built_thing", "generated"} <= found.modules

    def test_links_are_named_but_not_walked(self, tmp_path):
        put(tmp_path, {"a/pkg/__init__.py": ""})
        (tmp_path / "linked").symlink_to(tmp_path)
        assert {"linked", "pkg"} <= facts(tmp_path).modules

    def test_the_standard_library_of_other_versions(self, tmp_path):
        assert {"os", "distutils", "asyncore", "imp", "tomllib", "test"} <= facts(tmp_path).stdlib

    def test_a_large_tree_is_bounded(self, tmp_path, monkeypatch):
        monkeypatch.setattr(project, "MAX_ENTRIES", 5)
        put(tmp_path, {f"d{n}/e/f/x{n}.py": "" for n in range(9)})
        assert facts(tmp_path).modules == set()


DECLARATIONS = {
    "pyproject.toml": (
        """
        [build-system]
        requires = ["hatchling"]
        [project]
        dependencies = ["Flask>=2", "zope.interface", "old ; python_version < '3.9'", 3]
        [project.optional-dependencies]
        fast = ["orjson[x]==1", "flask"]
        [dependency-groups]
        dev = ["pytest", {include-group = "x"}]
        [tool.poetry.dependencies]
        python = "^3.11"
        httpx = "*"
        maybe = {version = "1", optional = true}
        [tool.poetry.group.docs.dependencies]
        sphinx = "*"
        [tool.uv]
        dev-dependencies = ["tox"]
        index-url = ["no"]
        [tool.hatch.envs.x]
        dependencies = ["coverage"]
        """,
        {"flask", "zope-interface", "hatchling", "httpx", "python"},
        {"old", "orjson", "pytest", "maybe", "sphinx", "tox", "coverage"},
    ),
    "requirements-dev.txt": (
        (
            "# no\nA==1 # why\n-r more/base.txt\n-e git+https://x.example/r.git#egg=edit_me\n--index-url x\n"
            "./local\nb @ https://x.example/b.whl\nhttps://x.example/c.zip\nd \\\n  >= 1\ne; os_name == 'nt'\n"
            "-r requirements-dev.txt\n-r missing.txt\n--requirement=more/base.txt\nf[x,y]~=1\n\0\n"
        ),
        {"a", "edit-me", "b", "d", "f", "base-one"},
        {"e"},
    ),
    "setup.cfg": (
        (
            "[options]\ninstall_requires =\n  one>=1\n  two\ntests_require = three\n"
            "[options.extras_require]\nx =\n  four\n"
        ),
        {"one", "two"},
        {"three", "four"},
    ),
    "setup.py": (
        (
            "raise SystemExit('\\d')\nREQUIRES: list = [\n 'one>=1',  # 'no'\n \"two[x]\"]\nurl = 'no'\n"
            "setup(install_requires=REQUIRES + ['no'], extras_require={'extra': ['three']}, name='no')"
        ),
        {"one", "two"},
        {"three"},
    ),
    "Pipfile": (
        "[packages]\none = '*'\n[dev-packages]\ntwo = {version = '1'}",
        {"one", "two"},
        set(),
    ),
    "environment.yml": (
        "name: x\ndependencies:\n  - python=3.11\n  - conda-forge::one>=1\n  - pip:\n    - two==1\n",
        {"python", "one", "two"},
        set(),
    ),
}


class TestDeclared:
    @pytest.mark.parametrize("name", DECLARATIONS)
    def test_what_each_kind_of_file_declares(self, tmp_path, name):
        text, firm, optional = DECLARATIONS[name]
        lines = [line.strip() for line in text.splitlines()] if name == "pyproject.toml" else [text]
        put(tmp_path, {name: "\n".join(lines), "more/base.txt": "base.One\n-r ../" + name})
        found = facts(tmp_path)
        assert found.declared == firm | optional
        assert found.optional == optional

    def test_monorepo_members_declare_too(self, tmp_path):
        put(
            tmp_path,
            {"a/pyproject.toml": "[project]\ndependencies=['one']", "b/requirements.txt": "two"},
        )
        assert facts(tmp_path).declared == {"one", "two"}

    @pytest.mark.parametrize(
        "text", ["[project\n", "\0\xff", "project = 3\ntool = 'x'", "x = " + "[" * 9999]
    )
    def test_broken_files_declare_nothing(self, tmp_path, text):
        for name in ("pyproject.toml", "Pipfile", "setup.cfg"):
            (tmp_path / name).write_text(text)
        assert facts(tmp_path).declared == set()

    def test_includes_are_bounded(self, tmp_path):
        put(tmp_path, {f"r/{n}.txt": f"p{n}\n-r {n + 1}.txt" for n in range(200)})
        put(tmp_path, {"requirements.txt": "-r r/0.txt"})
        assert 10 < len(facts(tmp_path).declared) < 100

    def test_names_of_files(self):
        yes = ("requirements.txt", "requirements-dev.txt", "dev_requirements.in", "constraints.txt")
        assert all(map(declared.is_declaration, yes))
        assert not any(
            map(declared.is_declaration, ("requirements.md", "myrequirements.txt", "x.py"))
        )


class TestEnvironment:
    def test_none(self, tmp_path):
        assert facts(tmp_path).installed is None

    def test_what_distributions_provide(self, tmp_path):
        make_environment(
            tmp_path / ".venv",
            PyYAML={"yaml/__init__.py": "", "_yaml/__init__.py": "", "PyYAML-1.0.dist-info/top_level.txt": "_yaml\nyaml\n"},
            six={"six.py": "", "__pycache__/six.cpython-311.pyc": ""},
            native={"fast.cpython-311-x86_64-linux-gnu.so": "", "../../../bin/tool": ""},
            google_cloud_x={"google/cloud/x/__init__.py": "", "google/cloud/x/y.py": ""},
            protobuf={"google/protobuf/__init__.py": "", "google/one.py": ""},
        )  # fmt: skip
        put(tmp_path / ".venv/lib/python3.11/site-packages", {"by_hand.py": ""})
        assert facts(tmp_path).installed == {
            "yaml": ("pyyaml",),
            "_yaml": ("pyyaml",),
            "six": ("six",),
            "fast": ("native",),
            "google": ("google-cloud-x", "protobuf"),
            "google.cloud.x": ("google-cloud-x",),
            "google.protobuf": ("protobuf",),
            "google.one": ("protobuf",),
            "by_hand": (),
        }

    def test_editable_installs(self, tmp_path):
        env = make_environment(tmp_path / ".venv", one={}, two={}, three={})
        site = env / "lib/python3.11/site-packages"
        put(tmp_path, {"w/one/src/uno/__init__.py": "", "w/two/dos.py": "", "w/four/quatro.py": ""})
        trap = tmp_path / "sprung"
        told = {"url": f"file://{tmp_path}/w/one", "dir_info": {"editable": True}}
        put(site, {
            "one-1.0.dist-info/direct_url.json": json.dumps(told),
            "two.pth": f"import pathlib; pathlib.Path({str(trap)!r}).touch()\n# no\n{tmp_path}/w/two\n",
            "__editable___three_1_0_finder.py": "MAPPING: dict[str, str] = {'tres': '/x/tres'}\n",
            "four.egg-link": f"{tmp_path}/w/four\n.",
        })  # fmt: skip
        installed = facts(tmp_path).installed
        assert {
            "uno": ("one",),
            "dos": (),
            "tres": (),
            "quatro": ("four",),
        }.items() <= installed.items()
        assert not trap.exists()

    def test_broken_metadata(self, tmp_path):
        env = make_environment(tmp_path / ".venv", one={"one.py": ""})
        site = env / "lib/python3.11/site-packages"
        put(
            site,
            {
                "a.dist-info/direct_url.json": "[" * 99999,
                "b.pth": "\0\n/nowhere\n",
                "c.egg-link": "/a\0b",
                "f.dist-info/direct_url.json": '{"dir_info": {"editable": true}, "url": "file:///%00"}',
                "g.dist-info/direct_url.json": '{"dir_info": {"editable": true}, "url": "file://[/"}',
            },
        )
        put(site, {"d-1.dist-info/direct_url.json": '{"dir_info": 3, "url": 4}'})
        (site / "e-1.dist-info").mkdir()
        (site / "e-1.dist-info/RECORD").write_bytes(b"\xff\xfe,,\n")
        assert facts(tmp_path).installed == {"one": ("one",)}

    def test_the_systems_packages_count_when_the_environment_says_so(self, tmp_path):
        system = make_environment(tmp_path / "usr", tool={"tool.py": ""})
        (system / "pyvenv.cfg").unlink()
        env = make_environment(tmp_path / "p/.venv")
        assert facts(tmp_path / "p").installed == {}
        cfg = f"home = {system}/bin\ninclude-system-site-packages = TRUE\nversion_info = 3.11.2.final.0\n"
        put(env, {"pyvenv.cfg": cfg})
        assert facts(tmp_path / "p").installed == {"tool": ("tool",)}
        put(env, {"pyvenv.cfg": cfg.replace("3.11", "3.9")})
        assert facts(tmp_path / "p").installed == {}

    def test_which_environment(self, tmp_path, monkeypatch):
        root = put(tmp_path / "repo", {".git/HEAD": "", "a/x.py": ""})

        def found(python="", **environ):
            named = root / "a" / python if python else None
            return environment.find(root / "a", root, named, environ)

        elsewhere = make_environment(tmp_path / "elsewhere")
        assert found() is None
        assert found(VIRTUAL_ENV=str(elsewhere)) == elsewhere
        monkeypatch.setattr(sys, "prefix", str(elsewhere))
        assert found(VIRTUAL_ENV=str(elsewhere)) is None, "our own says nothing of the project"
        monkeypatch.undo()
        above = make_environment(root / "venv")
        assert found(VIRTUAL_ENV=str(elsewhere)) == above
        near = make_environment(root / "a/.venv")
        assert found() == near
        active = make_environment(root / "odd-name")
        assert found(VIRTUAL_ENV=str(active)) == active
        assert found(VIRTUAL_ENV=str(tmp_path / "gone")) == near
        assert found(python=str(elsewhere), VIRTUAL_ENV=str(active)) == elsewhere
        assert found(python="../odd-name") == root / "a/../odd-name"

    def test_an_interpreter_means_its_environment(self, tmp_path, caplog):
        env = make_environment(tmp_path / "env-x", one={"one.py": ""})
        (env / "bin").mkdir()
        (env / "bin/python").symlink_to("/usr/bin/env")
        assert facts(tmp_path, Settings(python="env-x/bin/python")).installed == {"one": ("one",)}
        with caplog.at_level(logging.WARNING):
            assert facts(tmp_path, Settings(python="nope")).installed is None
        assert "nope is no Python environment" in caplog.text

    def test_our_own_environment_can_be_read(self):
        installed = environment.read(Path(sys.prefix))
        assert installed["yaml"] == ("pyyaml",)
        assert installed["attr"] == ("attrs",)
        assert "pytest" in installed


MANY = 200_000
HOSTILE = {
    "environment.yml": ["\n" * MANY, "- " + " " * MANY + "x y", "- " + "a-" * (MANY // 2) + "!"],
    "setup.py": [
        "requires" * (MANY // 8),
        "requires=[" * (MANY // 10),
        "requires" + " " * MANY + "x",
        "requires=['" + "\\'" * (MANY // 2),
        "a:" * (MANY // 2),
    ],
    "setup.cfg": ["[options]\na" + " " * MANY + "b\n", "[options]\na" + "\x0b" * MANY + "b\n"],
    "requirements.txt": [" " * MANY + "x", "a-" * (MANY // 2), "x" + " " * MANY + "y", "#" * MANY],
    "pyproject.toml": [
        "a" + ".a" * (MANY // 2) + "=1",
        '[project]\n"="' + '."="' * (MANY // 4) + "=1",
        "a = " + "[" * MANY,
    ],
    ".venv/pyvenv.cfg": ["home = /usr x" + " " * MANY + "x", "home" + " " * MANY + "x"],
    ".venv/lib/python3.11/site-packages/__editable___x_finder.py": [
        "MAPPING={\n" * (MANY // 10),
        "MAPPING=" + "\n" * MANY,
    ],
    ".venv/lib/python3.11/site-packages/x-1.dist-info/RECORD": [
        "x/" + ".a" * (MANY // 2),
        "x/" + "a." * (MANY // 2) + "py",
    ],
}


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in HOSTILE.items() for text in texts],
    ids=lambda value: value[-20:].strip() if value in HOSTILE else "",
)  # fmt: skip
def test_no_file_of_a_project_takes_long(tmp_path, name, text):
    put(tmp_path, {".venv/pyvenv.cfg": "", ".venv/lib/python3.11/site-packages/x/y.py": ""})
    put(tmp_path, {name: text})
    start = time.process_time()
    facts(tmp_path)
    assert time.process_time() - start < 5  # measured: 0.1 at most; the square of it is minutes


def test_all_declarations_together_are_bounded(tmp_path, caplog):
    put(tmp_path, {f"{n:02}/requirements.txt": f"p{n}\n#".ljust(990_000, "x") for n in range(15)})
    with caplog.at_level(logging.WARNING):
        assert facts(tmp_path).declared == {f"p{n}" for n in range(10)}
    assert "there are too many" in caplog.text


def test_it_is_quick(tmp_path):
    put(tmp_path, {f"p{n % 30}/s{n % 300}/m{n}.py": "" for n in range(3_000)})
    start = time.process_time()
    facts(tmp_path)
    assert time.process_time() - start < 5  # measured: 0.03; a shared machine is slower


def test_links_that_lead_nowhere_stop_nothing(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "long").symlink_to("x" * 255 + "/" + "y" * 255)
    (tmp_path / "own.py").write_text("")
    assert "own" in project.facts(tmp_path, Settings()).modules
