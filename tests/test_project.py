"""The facts of a project: its own modules, what it declares, what its environment has."""

from __future__ import annotations

import json
import logging
import sys
import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from vetline import project
from vetline.project import conventions, declared, environment, tree
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
        site = tmp_path / ".venv/lib/python3.12/site-packages"
        put(tmp_path, {".venv/pyvenv.cfg": "version = 3.12.1"})
        site.mkdir(parents=True)
        found = facts(tmp_path).stdlib
        assert {"os", "cgi", "telnetlib"} <= found
        assert not found & {"distutils", "imp", "asyncore"}

    def test_a_large_tree_is_bounded(self, tmp_path, monkeypatch):
        put(tmp_path, {f"d{n}/e/f/x{n}.py": "" for n in range(9)})
        assert len(facts(tmp_path).files) == 36
        monkeypatch.setattr(tree, "MAX_ENTRIES", 5)
        found = facts(tmp_path)
        assert found.modules == set()
        assert found.files == set(), "an incomplete list would make modules look missing"

    def test_files_are_what_an_import_may_lead_to(self, tmp_path):
        put(tmp_path, {
            "src/pkg/__init__.py": "", "src/pkg/_fast.pyx": "", "src/pkg/api.proto": "", "web/style.css": "",
            ".hidden/x.py": "", "node_modules/n/index.js": "",
            ".gitignore": "/src/pkg/_version.py\nbuild/\nmade.py\n*.pyc\n!kept\n# no\nsrc/gen/\n",
            "web/.gitignore": "/dist/bundle.js\n",
        })  # fmt: skip
        (tmp_path / "link").symlink_to("src")
        assert facts(tmp_path).files == {
            *("src/", "src/pkg/", "web/", ".gitignore", "web/.gitignore", "link", ".hidden", "node_modules"),
            *("src/pkg/__init__.py", "src/pkg/_fast.pyx", "src/pkg/api.proto", "web/style.css"),
            *("src/pkg/api_pb2.py", "src/pkg/api_pb2_grpc.py"),
            *("src/pkg/_version.py", "**/build", "**/made.py", "src/gen/", "web/dist/bundle.js"),
        }  # fmt: skip


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
        {"flask", "zope-interface", "hatchling", "httpx"},
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

    def test_what_is_locked_and_what_the_project_is(self, tmp_path):
        put(tmp_path, {
            "pyproject.toml": "[project]\nname = 'My.Root'\n[tool.uv.workspace]\nmembers = ['packages/*']\n",
            "packages/a/pyproject.toml": "[project]\nname = 'member-a'\ndependencies = ['httpx']\n",
            "uv.lock": 'version = 1\n[[package]]\nname = "httpx"\nversion = "1"\nsource = { registry = "https://index.example/simple" }\n'
            '[[package]]\nname = "h11"\nversion = "1"\nsource = { registry = "https://index.example/simple" }\n',
            "package.json": '{"name": "web", "dependencies": {"express": "1"}}',
        })  # fmt: skip
        found = facts(tmp_path)
        assert {"httpx", "h11"} <= found.locked
        assert found.declared == {"httpx"}
        assert {one.purl for one in found.own_packages} >= {"pkg:pypi/my-root", "pkg:pypi/member-a"}
        assert {"my_root", "member_a"} <= found.modules
        assert [one.name for one in found.node] == ["web"]

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

    def test_editable_installs_of_hatch_and_pdm(self, tmp_path):
        env = make_environment(tmp_path / ".venv")
        put(env / "lib/python3.11/site-packages", {
            "_editable_impl_one.py": "from editables.redirector import RedirectingFinder as F\nF.install()\nF.map_module('uno', '/x/uno.py')\n"
        })  # fmt: skip
        assert "uno" in facts(tmp_path).installed

    def test_import_names_that_metadata_tells(self, tmp_path):
        env = make_environment(tmp_path / ".venv")
        info = env / "lib/python3.11/site-packages/one-1.0.dist-info"
        put(
            info,
            {
                "METADATA": "Metadata-Version: 2.5\nName: one\nImport-Name: uno\nImport-Namespace: corp.two\n\nImport-Name: prose\n"
            },
        )
        installed = facts(tmp_path).installed
        assert (installed["uno"], installed["corp"]) == (("one",), ("one",))
        assert "prose" not in installed

    def test_stubs_are_not_the_packages_they_describe(self, tmp_path):
        make_environment(tmp_path / ".venv", types_requests={"requests-stubs/__init__.pyi": ""})
        assert "requests" not in facts(tmp_path).installed

    def test_conda(self, tmp_path):
        env = tmp_path / "envs/science"
        make_environment(env, torch={"torch/__init__.py": ""})
        (env / "pyvenv.cfg").unlink()
        site = "lib/python3.11/site-packages"
        put(env, {f"{site}/by_conda/__init__.py": "", f"{site}/osgeo/__init__.py": ""})
        listed = {
            "name": "libgdal-core",
            "files": [f"{site}/osgeo/__init__.py", f"{site}/osgeo/gdal.py"],
        }
        put(
            env,
            {
                "conda-meta/libgdal-core-3.9.1-h123_0.json": json.dumps(listed),
                "conda-meta/history": "",
            },
        )
        root = put(tmp_path / "p", {"x.py": ""})
        assert facts(root, CONDA_PREFIX=str(env), CONDA_DEFAULT_ENV="base").installed is None
        found = facts(root, CONDA_PREFIX=str(env), CONDA_DEFAULT_ENV="science")
        assert found.installed == {"torch": ("torch",), "by_conda": (), "osgeo": ("libgdal-core",)}
        put(root, {"environment.yml": "name: science\n"})
        home = put(tmp_path / "home", {".conda/environments.txt": f"/elsewhere\n{env}\n"})
        assert facts(root, HOME=str(home)).installed == found.installed
        assert environment.version(env) == (3, 11)

    def test_pdm(self, tmp_path):
        put(tmp_path, {"__pypackages__/3.12/lib/one.py": "", "__pypackages__/3.12/bin/x": ""})
        found = facts(tmp_path)
        assert found.installed == {"one": ()}
        other = put(tmp_path / "other", {"x.py": ""})
        env = make_environment(tmp_path / "made/by-pdm", two={"two.py": ""})
        put(other, {".pdm-python": f"{env}/bin/python\n"})
        assert facts(other).installed == {"two": ("two",)}

    def test_environments_that_tools_keep_elsewhere(self, tmp_path, monkeypatch):
        monkeypatch.setattr(conventions.sys, "platform", "linux")
        root = put(
            tmp_path / "My Project",
            {"pyproject.toml": "[project]\nname = 'My.Thing'", "Pipfile": ""},
        )
        home = tmp_path / "home"
        digest = lambda text: urlsafe_b64encode(sha256(text.encode()).digest()).decode()[:8]  # noqa: E731 - as the tools do it
        places = [
            home / f".local/share/virtualenvs/My_Project-{digest(f'{root}/Pipfile')}",
            home / f".local/share/hatch/env/virtual/my-thing/{digest(str(root))}/my-thing",
            home / f".cache/pypoetry/virtualenvs/my-thing-{digest(str(root.resolve()))}-py3.9",
            home / f".cache/pypoetry/virtualenvs/my-thing-{digest(str(root.resolve()))}-py3.11",
        ]
        assert environment.find(root, root, None, {"HOME": str(home)}) is None
        for place in places:  # the later ones are asked first
            make_environment(place)
            assert environment.find(root, root, None, {"HOME": str(home)}) == place
        told = {"HOME": str(home), "POETRY_VIRTUALENVS_PATH": str(tmp_path / "v")}
        assert environment.find(root, root, None, told) == places[1]
        told["HATCH_DATA_DIR"] = str(tmp_path / "h")
        assert environment.find(root, root, None, told) == places[0]
        told["WORKON_HOME"] = str(tmp_path / "w")
        assert environment.find(root, root, None, told) is None
        named = make_environment(tmp_path / "w/chosen")
        put(root, {".venv": "chosen\n"})
        assert environment.find(root, root, None, told) == named
        put(root, {".venv": f"{places[2]}\n"})
        assert environment.find(root, root, None, {}) == places[2]
        uv = make_environment(root / "uv-env")
        assert environment.find(root, root, None, {"UV_PROJECT_ENVIRONMENT": "uv-env"}) == uv

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


def test_one_large_declaration_hides_no_other(tmp_path):
    put(tmp_path, {f"a{n}/requirements.txt": f"p{n}\n#".ljust(990_000, "x") for n in range(11)})
    put(tmp_path, {"z/requirements.txt": "small\n", "requirements.txt": "outermost\n"})
    told = facts(tmp_path)
    assert {"small", "outermost"} <= told.declared
    assert told.is_cut


def test_the_outermost_declarations_are_read_first(tmp_path):
    put(tmp_path, {f"a/b/{n:03}/requirements.txt": f"p{n}\n" for n in range(520)})
    put(tmp_path, {"requirements.txt": "outermost\n", "setup.py": ""})
    told = facts(tmp_path)
    assert "outermost" in told.declared
    assert told.is_cut


def test_what_tells_of_scripts_takes_no_place_of_what_tells_of_python(tmp_path):
    put(tmp_path, {f"a{n:03}/package.json": '{"name": "a"}' for n in range(520)})
    put(tmp_path, {"requirements.txt": "flask\n"})
    told = facts(tmp_path)
    assert (told.declared, told.is_cut) == ({"flask"}, False)


def test_the_packages_of_a_workspace_are_the_projects_own(tmp_path):
    put(tmp_path, {"package.json": "{}", "packages/ui/package.json": '{"name": "@Acme/ui"}'})
    assert {one.purl for one in facts(tmp_path).own_packages} == {"pkg:npm/%40acme/ui"}


def test_the_versions_of_what_is_locked_and_installed_are_known(tmp_path):
    make_environment(tmp_path / ".venv", yaml={"yaml/__init__.py": ""})
    locked = '[[package]]\nname = "{}"\nversion = "{}"\n'
    put(tmp_path, {"uv.lock": locked.format("yaml", "0.9") + locked.format("h11", "0.16.0")})
    assert facts(tmp_path).versions == {"yaml": "1.0", "h11": "0.16.0"}


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
