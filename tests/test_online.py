"""`--online`: names that look wrong are asked for, nothing else leaves the machine, and what is said counts."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from households import House
from index_server import serving
from lsp_client import Client
from servers import SERVER, environment

from vetline import config

if TYPE_CHECKING:
    from pathlib import Path

MADE_UP, SLIP, RARE = "flask_secure_login_zq", "reqeusts", "express-turbo-guard-zq"
SECRET = "s9Kq" + "2vLx7wQ8zT4m"
PYTHON = f"import json\nimport helper\nimport {MADE_UP}\n"


class Shop(House):
    """A project whose packages come from a local server, and what the command says of it."""

    def __init__(self, folder, server):
        super().__init__(folder)
        self.server = server
        self.env = {
            "PIP_INDEX_URL": f"{server.url}/simple",
            "npm_config_registry": server.url,
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "PIP_CONFIG_FILE": "/dev/null",
        }
        self.projects("helper.py", "")
        self.projects("a.py", PYTHON)

    def run(self, *words, given=""):
        return subprocess.run(
            [sys.executable, "-m", "vetline", *words],
            cwd=self.root,
            env={**environment(self.home), **self.env},
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def check(self, *words, given="", code=None):
        """The findings on packages: rule, package and evidence of each."""
        done = self.run("check", "--output-format", "json", *words, given=given)
        assert "Traceback" not in done.stderr
        if code is not None:
            assert done.returncode == code, done.stderr
        told = json.loads(done.stdout)["findings"]
        return [
            (item["rule"], item["package"], " | ".join(item["evidence"]))
            for item in told
            if item["rule"].startswith("package/")
        ]

    def rules(self, *words, **more):
        return [rule for rule, _, _ in self.check(*words, **more)]


@pytest.fixture
def server():
    with serving() as one:
        yield one


@pytest.fixture
def shop(tmp_path: Path, server):
    return Shop(tmp_path, server)


def test_without_asking_for_it_nothing_leaves_the_machine(shop, server):
    assert shop.rules(code=1) == ["package/nonexistent"]
    shop.run("check", "--fix")
    shop.run("baseline", "create")
    assert server.paths == []


def test_what_is_nowhere_is_confirmed_and_only_that_name_was_sent(shop, server):
    [(rule, package, evidence)] = shop.check("--online", code=1)
    assert (rule, package) == ("package/nonexistent", "pkg:pypi/flask-secure-login-zq")
    assert "unverified" not in evidence
    assert server.paths == ["/simple/flask-secure-login-zq/"]


def test_what_is_there_after_all_is_not_called_invented(shop, server):
    server.has("flask-secure-login-zq", "1.0", "1.1", day="2015-01-01")
    assert "package/nonexistent" not in shop.rules("--online", "--persona", "auditor")
    server.has("flask-secure-login-zq", "0.1", day="2199-01-01")
    shop.env["XDG_CACHE_HOME"] += "-fresh"
    assert shop.rules("--online") == ["package/obscure-or-young"]


def test_a_slip_that_is_nowhere_stays_a_slip(shop, server):
    shop.projects("a.py", f"import {SLIP}\n")
    assert shop.rules("--online", code=1) == shop.rules() == ["package/typosquat"]
    assert server.paths == ["/simple/reqeusts/"]


def test_npm_is_asked_what_its_partial_list_does_not_tell(shop, server):
    (shop.root / "a.py").unlink()
    shop.projects("a.js", f'import x from "{RARE}";\n')
    assert shop.rules("--persona", "auditor") == ["package/unverified"]
    assert shop.rules("--online", code=1) == ["package/nonexistent"]
    server.npm[RARE] = {
        "name": RARE,
        "versions": {"1.0.0": {}},
        "time": {"1.0.0": "2015-01-01T00:00:00Z"},
    }
    shop.env["XDG_CACHE_HOME"] += "-fresh"
    told = shop.rules("--online", "--persona", "auditor")
    assert not {"package/nonexistent", "package/unverified"} & {*told}


@pytest.mark.parametrize("kind", [401, 503, "portal", "cut"])
def test_when_nobody_can_say_the_verdict_is_the_same_and_says_so(shop, server, kind):
    [offline] = shop.check()
    server.kinds["*"] = kind
    if kind == "cut":
        shop.env["PIP_INDEX_URL"] = "http://127.0.0.1:9/simple"
    [(rule, package, evidence)] = shop.check("--online", code=1)
    assert (rule, package) == offline[:2]
    assert "unverified as of 20" in evidence
    assert "127.0.0.1:" in evidence
    done = shop.run("check", "--online")
    assert "--online: 1 of 1 name not verified: 127.0.0.1:" in done.stderr


def test_what_was_said_is_remembered_between_runs(shop, server):
    for _ in range(2):
        assert shop.rules("--online", code=1) == ["package/nonexistent"]
    assert len(server.paths) == 1


def test_what_is_accepted_or_suppressed_is_not_asked_for(shop, server):
    shop.run("baseline", "create")
    shop.check("--online", code=0)
    (shop.root / ".vetline" / "baseline").unlink()
    reason = "vetline: allow[package/nonexistent] reason='the build makes it before tests run'"
    shop.projects("a.py", f"import {MADE_UP}  # {reason}\n")
    assert server.paths == []
    shop.check("--online")
    assert server.paths == []


def test_internal_names_are_not_told_to_anybody_else(shop, server):
    shop.env["PIP_INDEX_URL"] = "http://127.0.0.1:9/simple"
    shop.projects(
        "pyproject.toml",
        f"[[tool.uv.index]]\nname = 'corp'\nurl = '{server.url}/simple'\nexplicit = true\n"
        "[tool.uv.sources]\nflask-secure-login-zq = { index = 'corp' }\n",
    )
    server.has("flask-secure-login-zq")
    assert shop.rules("--online") == []


def test_the_environment_may_ask_for_it_and_a_projects_file_may_not(shop, server):
    shop.projects("vetline.toml", "online = true\n")
    done = shop.run("check")
    assert done.returncode == 2
    assert (
        "online: a config file cannot set it: use the command line, VETLINE_ONLINE" in done.stderr
    )
    assert server.paths == []
    (shop.root / "vetline.toml").unlink()
    shop.projects("pyproject.toml", "[tool.vetline]\nonline = true\n")
    assert shop.run("check").returncode == 2
    assert server.paths == []
    (shop.root / "pyproject.toml").unlink()
    shop.env["VETLINE_ONLINE"] = "true"
    assert shop.rules(code=1) == ["package/nonexistent"]
    assert len(server.paths) == 1


def test_standard_input(shop, server):
    server.has("flask-secure-login-zq", day="2015-01-01")
    told = shop.rules("--online", "-", "--stdin-filename", "b.py", given=PYTHON)
    assert "package/nonexistent" not in told
    assert server.paths == ["/simple/flask-secure-login-zq/"]


def test_credentials_are_used_and_never_shown(shop, server):
    server.login = "Basic bWU6" + "czlLcTJ2THg3d1E4elQ0bQ=="
    server.has("flask-secure-login-zq", day="2015-01-01")
    shop.env["PIP_INDEX_URL"] = server.url.replace("//", f"//me:{SECRET}@") + "/simple"
    out = shop.home / "out"
    out.mkdir()
    formats = ("json", "sarif", "full", "junit")
    files = [f"--output={name}:{out / name}" for name in formats]
    done = shop.run("check", "--online", "--persona", "auditor", *files)
    assert "package/nonexistent" not in done.stdout
    assert server.asked[0][1]["Authorization"] == server.login
    said = [done.stdout, done.stderr]
    server.login = "another"
    shop.env["XDG_CACHE_HOME"] += "-fresh"
    for words in (("--online",), ("--online", "--output-format", "json")):
        done = shop.run("check", *words)
        said += [done.stdout, done.stderr]
    assert "asks for a login (401)" in said[-3]
    written = [path for path in shop.home.rglob("*") if path.is_file()]
    assert len(written) > len(formats)
    said += [path.read_bytes().decode("utf-8", "replace") for path in written]
    for form in (SECRET, SECRET[2:], "bWU6czl", "czlLcTJ2THg3d1E4"):
        assert not any(form in text for text in said)


def test_who_does_not_ask_loads_no_client(shop):
    code = (
        "import sys\nfrom vetline.__main__ import main\nmain(['check', 'a.py'])\n"
        "assert 'httpx' not in sys.modules and 'vetline.registries.asking' not in sys.modules\n"
    )
    environ = {**environment(shop.home), **shop.env}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=shop.root,
        env=environ,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("where", ["vetline.toml", "pyproject.toml", "given.toml"])
def test_only_a_persons_own_layers_turn_it_on(tmp_path, where):
    text = "online = true\n"
    (tmp_path / where).write_text("[tool.vetline]\n" + text if where == "pyproject.toml" else text)
    file = tmp_path / where if where == "given.toml" else None
    found = config.load(tmp_path, file=file, environ={})
    assert found.settings.online is False
    assert [(problem.key, problem.line) for problem in found.problems] == [
        ("online", int(where == "pyproject.toml"))
    ]
    layers = [
        (name, {"online": True})
        for name in (config.INITIALIZATION, config.WORKSPACE, config.COMMAND_LINE)
    ]
    for layer in layers:
        assert config.load(tmp_path, file=file, layers=[layer], environ={}).settings.online is True
    assert config.load(tmp_path, file=file, environ={"VETLINE_ONLINE": "1"}).settings.online is True


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("acme-core,@acme/*,acme_*,b?", ""), ("*", "fits every package"), ("@*/*", "fits every package"),
        ("a b", "is not a package"), ("a/b", "is not a package"), ("x" * 300, "is not a package"),
    ],
)  # fmt: skip
def test_names_of_internal_packages(tmp_path, raw, problem):
    found = config.load(tmp_path, environ={"VETLINE_INTERNAL_PACKAGES": raw})
    assert [problem in str(one) for one in found.problems] == [True] * bool(problem)
    assert found.settings.internal_packages == (() if problem else tuple(raw.split(",")))


# -- in an editor


@pytest.fixture
def editor(shop):
    client = Client(SERVER, env={**environment(shop.home), **shop.env}, cwd=shop.root)
    yield client
    client.kill()


def _shown(items):
    return {item["code"] for item in items if item["code"].startswith("package/")}


def test_an_editor_asks_when_its_user_wants_it_and_takes_back_what_is_wrong(shop, server, editor):
    server.has("flask-secure-login-zq", day="2015-01-01")
    editor.initialize(shop.root, initializationOptions={"scope": "all", "online": True})
    uri = (shop.root / "a.py").as_uri()
    editor.open(uri, PYTHON, "python")
    editor.diagnosed(uri, lambda items: "package/nonexistent" in _shown(items), 60)
    editor.diagnosed(uri, lambda items: "package/nonexistent" not in _shown(items), 60)
    assert server.paths == ["/simple/flask-secure-login-zq/"]
    editor.leave()


def test_an_editor_asks_nobody_because_a_project_says_so(shop, server, editor):
    shop.projects("vetline.toml", "online = true\n")
    editor.initialize(shop.root, initializationOptions={"scope": "all"})
    settings = (shop.root / "vetline.toml").as_uri()
    uri = (shop.root / "a.py").as_uri()
    editor.open(uri, PYTHON, "python")
    editor.diagnosed(uri, lambda items: "package/nonexistent" in _shown(items), 60)
    [problem] = editor.diagnosed(settings, bool, 60)
    assert "a config file cannot set it" in problem["message"]
    editor.edit(uri, (0, 0), (0, 0), "\n")
    editor.diagnosed(uri, lambda items: any(i["range"]["start"]["line"] == 3 for i in items), 60)
    editor.leave()
    assert server.paths == []
