"""Registries: which ones the settings of package managers name, and what they say when they are asked."""

from __future__ import annotations

import json
import pickle
import stat

import pytest
from households import House
from index_server import serving

from vetline.registries import RegistryError, configured, whole_list
from vetline.registries import where as places
from vetline.registries.asking import Bounds, look_up
from vetline.registries.index import filled, index
from vetline.registries.names import Names
from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.supply import public

PYPI, NPM = Ecosystem.PYPI, Ecosystem.NPM
PUBLIC = public.ADDRESS[PYPI]
SECRET = "s9Kq" + "2vLx7wQ8zT4m"
BASIC = "Basic bWU6" + "czlLcTJ2THg3d1E4elQ0bQ=="  # me:SECRET


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.setattr(places.Where, "systems", lambda _: [])
    return House(tmp_path)


@pytest.fixture
def server():
    with serving() as one:
        yield one


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


# -- which registries there are


def test_without_settings_the_public_registries_are_asked(house):
    assert house.urls("pypi/flask") == [PUBLIC]
    assert house.urls("npm/express") == [public.ADDRESS[NPM]]


def test_pip(house):
    house.mine(".config/pip/pip.conf", "[global]\nindex-url = https://a.example/simple/\n")
    assert house.urls("pypi/flask") == ["https://a.example/simple"]
    house.mine(".pip/pip.conf", "[global]\nindex-url = https://old.example/simple\n")
    assert house.urls("pypi/flask") == ["https://a.example/simple"]
    house.mine(
        ".config/pip/pip.conf",
        "[install]\nindex-url = https://b.example/simple\n"
        "[global]\nindex-url = https://a.example/simple\n"
        "extra-index-url =\n    https://c.example/simple\n    https://d.example/simple\n",
    )
    wanted = ["https://b.example/simple", "https://c.example/simple", "https://d.example/simple"]
    assert house.urls("pypi/flask") == wanted
    house.env = {"PIP_INDEX_URL": "https://e.example/simple", "PIP_EXTRA_INDEX_URL": PUBLIC}
    assert house.urls("pypi/flask") == ["https://e.example/simple", PUBLIC]
    house.env = {"PIP_CONFIG_FILE": "/dev/null"}
    assert house.urls("pypi/flask") == [PUBLIC]
    assert house.urls("npm/express") == [public.ADDRESS[NPM]]


def test_pip_in_an_environment_of_the_project_or_elsewhere(house):
    house.projects(".venv/pip.conf", "[global]\nindex-url = https://a.example/simple\n")
    assert house.indexes("pypi/flask") == [("https://a.example/simple", False, "")]
    house.mine("env/pip.conf", "[global]\nindex-url = https://b.example/simple\n")
    house.env = {"VIRTUAL_ENV": str(house.home / "env")}
    assert house.indexes("pypi/flask") == [("https://b.example/simple", True, "")]


def test_options_in_requirements_files(house):
    house.projects(
        "requirements.txt",
        "-i https://a.example/simple\nflask\n--extra-index-url=https://b.example/simple # ours\n",
    )
    house.projects("requirements-dev.txt", "--extra-index-url https://c.example/simple\n")
    house.projects("notes.txt", "--index-url https://d.example/simple\n")
    wanted = {"https://a.example/simple", "https://b.example/simple", "https://c.example/simple"}
    # What the list for development asks for comes from the public registry, too.
    assert set(house.urls("pypi/flask")) == {*wanted, PUBLIC}
    (house.root / "requirements-dev.txt").unlink()
    assert set(house.urls("pypi/flask")) == wanted - {"https://c.example/simple"}


def test_settings_hold_for_what_lies_below_them(house):
    house.projects("services/api/requirements.txt", "-i https://a.example/simple\n")
    house.projects("services/web/requirements.txt", "-i https://b.example/simple\n")
    file = house.root / "services" / "api" / "src" / "deep" / "x.py"
    where = places.of(house.root, [file], house.environ())
    found = configured.read(where).of(package(PYPI, "flask"))
    assert [one.url for one in found] == ["https://a.example/simple"]


def test_uv(house):
    house.projects(
        "pyproject.toml",
        "[[tool.uv.index]]\nname = 'corp'\nurl = 'https://corp.example/simple'\nexplicit = true\n"
        "[[tool.uv.index]]\nname = 'more'\nurl = 'https://more.example/simple'\n"
        "[tool.uv.sources]\nAcme_Core = { index = 'corp' }\nlocal = { path = 'x' }\n",
    )
    assert house.urls("pypi/flask") == [PUBLIC, "https://more.example/simple"]
    assert house.urls("pypi/acme-core") == ["https://corp.example/simple"]
    house.env = {"UV_DEFAULT_INDEX": "https://mirror.example/simple"}
    wanted = ["https://mirror.example/simple", "https://more.example/simple"]
    assert house.urls("pypi/flask") == wanted
    house.env = {"UV_INDEX": "corp=https://else.example/simple https://f.example/simple"}
    assert "https://f.example/simple" in house.urls("pypi/flask")
    house.env = {"UV_NO_CONFIG": "1"}
    assert house.urls("pypi/acme-core") == [PUBLIC]


def test_uv_toml_goes_before_pyproject_and_the_users_comes_last(house):
    house.projects("pyproject.toml", "[tool.uv]\nindex-url = 'https://a.example/simple'\n")
    house.mine(".config/uv/uv.toml", "index-url = 'https://c.example/simple'\n")
    assert house.urls("pypi/flask") == ["https://a.example/simple"]
    house.projects("uv.toml", "index-url = 'https://b.example/simple'\n")
    assert house.urls("pypi/flask") == ["https://b.example/simple"]
    (house.root / "uv.toml").unlink()
    (house.root / "pyproject.toml").unlink()
    assert house.indexes("pypi/flask") == [("https://c.example/simple", True, "")]


def test_poetry(house):
    source = "[[tool.poetry.source]]\nname = '{0}'\nurl = 'https://{0}.example/simple'\npriority = '{1}'\n"
    depends = (
        "[tool.poetry.dependencies]\nflask = '*'\nacme-core = { version = '1', source = 'corp' }\n"
    )
    house.projects("pyproject.toml", source.format("corp", "explicit") + depends)
    assert house.urls("pypi/flask") == [PUBLIC]
    assert house.urls("pypi/acme-core") == ["https://corp.example/simple"]
    house.projects("pyproject.toml", source.format("corp", "supplemental"))
    assert house.urls("pypi/flask") == [PUBLIC, "https://corp.example/simple"]
    house.projects("pyproject.toml", source.format("corp", "primary"))
    assert house.urls("pypi/flask") == ["https://corp.example/simple"]
    named = "[[tool.poetry.source]]\nname = 'PyPI'\npriority = 'primary'\n"
    house.projects("pyproject.toml", named + source.format("corp", "primary"))
    assert house.urls("pypi/flask") == [PUBLIC, "https://corp.example/simple"]


def test_pdm_and_pipenv(house):
    house.projects(
        "pyproject.toml",
        "[[tool.pdm.source]]\nname = 'corp'\nurl = 'https://corp.example/simple'\ninclude_packages = ['acme-*']\n",
    )
    assert house.urls("pypi/flask") == [PUBLIC, "https://corp.example/simple"]
    assert house.urls("pypi/acme-core") == ["https://corp.example/simple"]
    (house.root / "pyproject.toml").unlink()
    pipfile = (
        "[[source]]\nname = 'a'\nurl = 'https://a.example/simple'\n"
        "[[source]]\nname = 'b'\nurl = 'https://b.example/simple'\n"
        "[packages]\nflask = '*'\nacme = { version = '*', index = 'b' }\n"
    )
    house.projects("Pipfile", pipfile)
    assert house.urls("pypi/flask") == ["https://a.example/simple"]
    assert house.urls("pypi/acme") == ["https://b.example/simple"]
    house.projects("Pipfile", pipfile + "[pipenv]\ninstall_search_all_sources = true\n")
    assert house.urls("pypi/flask") == ["https://a.example/simple", "https://b.example/simple"]


def test_npm(house):
    house.mine(
        ".npmrc", "registry=https://mirror.example/npm/\n@acme:registry=https://corp.example\n"
    )
    assert house.urls("npm/express") == ["https://mirror.example/npm"]
    assert house.urls("npm/@acme/core") == ["https://corp.example"]
    assert house.urls("npm/@types/node") == ["https://mirror.example/npm"]
    house.projects(".npmrc", "; ours\nregistry = https://shop.example/npm\n")
    assert house.urls("npm/express") == ["https://shop.example/npm"]
    house.env = {"npm_config_registry": "https://env.example"}
    assert house.urls("npm/express") == ["https://env.example"]
    house.env = {"NPM_CONFIG_USERCONFIG": str(house.home / "other")}
    house.mine("other", "@acme:registry=https://other.example\n")
    assert house.urls("npm/@acme/core") == ["https://other.example"]


def test_npm_on_the_whole_machine(house, tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "npmrc").write_text("registry=https://all.example\n")
    house.env = {"PREFIX": str(tmp_path)}
    assert house.urls("npm/express") == ["https://all.example"]


def test_pnpm_yarn_and_bun(house):
    house.projects("pnpm-workspace.yaml", "registries:\n  '@p': https://p.example\n")
    house.projects(
        ".yarnrc.yml",
        "npmRegistryServer: https://y.example\nnpmScopes:\n  y:\n    npmRegistryServer: https://ys.example\n",
    )
    house.projects(
        ".yarnrc", 'registry "https://one.example"\n"@one:registry" "https://ones.example"\n'
    )
    house.projects(
        "bunfig.toml",
        "[install]\nregistry = 'https://b.example'\n[install.scopes]\nb = { url = 'https://bs.example', token = 't' }\n",
    )
    assert house.urls("npm/@p/x") == ["https://p.example"]
    assert house.urls("npm/@y/x") == ["https://ys.example"]
    assert house.urls("npm/@one/x") == ["https://ones.example"]
    assert house.indexes("npm/@b/x") == [("https://bs.example", False, "Bearer t")]
    assert set(house.urls("npm/express")) == {"https://one.example", "https://b.example"}


@pytest.mark.parametrize(
    "name", [".npmrc", ".yarnrc.yml", "bunfig.toml", "Pipfile", "uv.toml", "pyproject.toml"]
)
@pytest.mark.parametrize(
    "text", ["", "\0", "[", "{{{{", "a: &a [*a, *a]", "[[source]]\nurl = 3\n", "[tool]\nuv = 1\npoetry=2\npdm = []\n",
             "[[tool.uv.index]]\nurl = 'http://[::1'\n", "registry=\n//:_auth=\n=\n", "npmScopes: [1]\nnpmRegistries: 2"],
)  # fmt: skip
def test_bad_settings_say_nothing_and_break_nothing(house, name, text):
    house.projects(name, text)
    house.mine(name, text)
    assert house.urls("pypi/flask") == [PUBLIC]
    assert house.urls("npm/express") == [public.ADDRESS[NPM]]


# -- credentials


def test_credentials_are_used_and_not_shown(house):
    house.mine(
        ".config/pip/pip.conf", f"[global]\nindex-url = https://me:{SECRET}@a.example/simple\n"
    )
    [one] = configured.read(house.where).of(package(PYPI, "flask"))
    assert one.authorization == BASIC
    assert one.host == "a.example"
    for shown in (repr(one), str(one), repr(configured.read(house.where).told)):
        assert SECRET not in shown
        assert BASIC not in shown


def test_netrc_is_for_its_hosts_and_not_for_an_address_without_tls_that_a_project_names(house):
    house.mine(
        ".netrc", f"machine a.example login me password {SECRET}\ndefault login x password y\n"
    )
    for scheme, login in (("https", BASIC), ("http", "")):
        house.projects("requirements.txt", f"-i {scheme}://a.example/simple\n")
        assert house.indexes("pypi/x") == [(f"{scheme}://a.example/simple", False, login)]
    house.env = {"PIP_INDEX_URL": "http://a.example/simple"}
    (house.root / "requirements.txt").unlink()
    assert house.indexes("pypi/x") == [("http://a.example/simple", True, BASIC)]
    house.env = {"PIP_INDEX_URL": "https://b.example/simple"}
    assert house.indexes("pypi/x") == [("https://b.example/simple", True, "")]


def test_npms_logins_go_where_they_are_for(house):
    house.mine(".npmrc", "//a.example/npm/:_authToken=${TOKEN}\n//b.example/:_authToken=t\n")
    house.env = {"TOKEN": SECRET}
    for address, login in (
        ("https://a.example/npm/deep", f"Bearer {SECRET}"),
        ("https://a.example/other", ""),
        ("https://b.example", "Bearer t"),
        ("http://b.example", ""),
        ("https://c.example", ""),
    ):
        house.projects(".npmrc", f"registry={address}\n")
        assert house.indexes("npm/express") == [(address, False, login)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".npmrc", "registry=https://evil.example\n//evil.example/:_authToken=${TOKEN}\n"),
        (".npmrc", "registry=https://evil.example/${TOKEN}\n"),
        (".npmrc", "registry=https://${TOKEN}.evil.example\n"),
        (".npmrc", "registry=https://${TOKEN}@evil.example\n"),
        (".yarnrc.yml", "npmRegistryServer: https://evil.example\nnpmAuthToken: ${TOKEN}\n"),
        (".yarnrc.yml", "npmRegistryServer: https://evil.example/${TOKEN:-x}\n"),
        ("bunfig.toml", "[install]\nregistry = { url = 'https://evil.example', token = '$TOKEN' }\n"),
        ("pnpm-workspace.yaml", "registries:\n  default: https://${TOKEN}.evil.example\n"),
        ("requirements.txt", "--index-url https://${TOKEN}@evil.example/simple\n"),
        (".venv/pip.conf", "[global]\nindex-url = https://${TOKEN}@evil.example/simple\n"),
        ("Pipfile", "[[source]]\nname = 'x'\nurl = 'https://me:${TOKEN}@evil.example/simple'\n"),
        ("uv.toml", "index-url = 'https://${TOKEN}@evil.example/simple'\n"),
        ("pyproject.toml", "[[tool.pdm.source]]\nname = 'pypi'\nurl = 'https://${TOKEN}@evil.example/simple'\n"),
        ("pyproject.toml", "[[tool.uv.index]]\nname = 'corp'\ndefault = true\nurl = 'https://evil.example/simple'\n"),
        ("pyproject.toml", "[[tool.poetry.source]]\nname = 'corp'\nurl = 'https://evil.example/simple'\n"),
    ],
)  # fmt: skip
def test_a_project_gets_no_variable_and_no_login_by_a_name_that_it_chose(house, name, text):
    house.projects(name, text)
    house.env = {
        "TOKEN": SECRET, "UV_INDEX_CORP_PASSWORD": SECRET, "UV_INDEX_CORP_USERNAME": "me",
        "POETRY_HTTP_BASIC_CORP_PASSWORD": SECRET,
    }  # fmt: skip
    told = house.indexes("pypi/x") + house.indexes("npm/x")
    assert any("evil" in url or "variable" in url for url, _, _ in told)
    assert not any(login for _, _, login in told)
    assert SECRET not in str(told)


def test_the_users_own_files_have_variables_filled_in(house):
    house.mine(".yarnrc.yml", "npmRegistryServer: https://a.example\nnpmAuthToken: ${TOKEN}\n")
    house.mine(".config/uv/uv.toml", "index-url = 'https://me:${TOKEN}@b.example/simple'\n")
    house.env = {"TOKEN": SECRET}
    assert house.indexes("npm/x") == [("https://a.example", True, f"Bearer {SECRET}")]
    assert house.indexes("pypi/x") == [("https://b.example/simple", True, BASIC)]
    assert filled("${A}${B:-c}${D?}${E}", {"A": "1"}) == "1c${E}"
    house.env = {}
    assert house.urls("pypi/x") == ["its address names a variable of the environment"]


@pytest.mark.parametrize(
    "raw", ["", "flask", "ssh://a/b", "https://", "https://a:x/", "git+https://a/b", "http://[::1", "x" * 3000, 7, None]
)  # fmt: skip
def test_what_is_no_address_is_no_index(raw):
    assert index(raw, "x", own=True) is None
    assert index("file:///etc", "x", own=False) is None


def test_names_and_globs_are_looked_up_and_pickled():
    one = Names(
        {package(PYPI, "a-b"): "x", package(PYPI, "acme-open"): ""}, ((PYPI, "acme-*", "y"),)
    )
    names = ("A_b", "acme-core", "acme-open", "other")
    wanted = ["x", "y", None, None]
    for known in (one, pickle.loads(pickle.dumps(one))):
        assert [known.get(package(PYPI, name)) for name in names] == wanted
        assert known == one
        assert list(known) == [package(PYPI, "a-b")]
    assert package(NPM, "acme-core") not in one


# -- asking


def asked(house, *names, now=1e9, **bounds):
    packages = [package(Ecosystem(n.partition("/")[0]), n.partition("/")[2]) for n in names]
    answers = look_up(packages, house.where, now=now, bounds=Bounds(**bounds))
    return [answers.get(one) for one in packages]


@pytest.fixture
def shop(house, server, cache):
    house.env = {"PIP_INDEX_URL": f"{server.url}/simple", "npm_config_registry": server.url}
    return house


@pytest.mark.parametrize("kind", ["", "html"])
def test_what_is_there_and_what_is_not(shop, server, kind):
    server.kinds["*"] = kind
    server.has("flask", "1.0", "2.0", day="2020-05-06", yanked="1.0")
    [flask, nothing] = asked(shop, "pypi/Flask", "pypi/nothing-here")
    assert (flask.exists, flask.releases, nothing.exists) == (True, 2, False)
    if not kind:
        assert (flask.first_release, flask.yanked) == ("2020-05-06", {"1.0"})
    assert sorted(server.paths) == ["/simple/flask/", "/simple/nothing-here/"]


def test_npm_with_scopes(shop, server):
    times = {
        "created": "2021-02-03T04:05:06Z",
        "1.0.0": "2021-02-03T04:05:06Z",
        "modified": "2011-01-01",
    }
    server.npm["@acme/core"] = {"name": "@acme/core", "versions": {"1.0.0": {}}, "time": times}
    server.npm["gone"] = {"name": "gone", "time": {"unpublished": {}}}
    [core, gone, nothing] = asked(shop, "npm/@acme/core", "npm/gone", "npm/nothing")
    assert (core.exists, core.first_release, core.releases) == (True, "2021-02-03", 1)
    assert (gone.exists, nothing.exists) == (False, False)
    assert "/@acme%2Fcore" in server.paths


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (401, "asks for a login (401)"), (403, "asks for a login (403)"), (429, "asked too often"),
        (500, "failed (500)"), (503, "failed (503)"), (418, "answered 418"), (204, "answered 204"),
        ("portal", "did not answer as an index does"), ("loop", "redirects without end"),
        ("downgrade", "without encryption"), ("broken", "did not answer as an index does"),
        ("hang", "did not answer in time"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_not_known(shop, server, kind, why):
    server.kinds["*"] = kind
    for answer in asked(shop, "pypi/flask", "npm/flask", each=2 if kind != "hang" else 0.2):
        assert answer.exists is None
        assert why in answer.reason
        assert server.url.removeprefix("http://") in answer.reason


def test_a_registry_that_cannot_be_reached(shop, server):
    shop.env["PIP_INDEX_URL"] = "http://127.0.0.1:9/simple"
    [answer] = asked(shop, "pypi/flask")
    assert (answer.exists, answer.reason) == (None, "127.0.0.1:9 could not be reached")


def test_a_registry_that_fails_again_and_again_is_asked_no_more(shop, server):
    server.kinds["*"] = "hang"
    answers = asked(shop, *(f"pypi/n{number}" for number in range(9)), each=0.2, at_once=1)
    assert [answer.exists for answer in answers] == [None] * 9
    assert len(server.paths) == 3


def test_all_time_together_is_bounded(shop, server):
    server.kinds["slow"] = "hang"
    server.has("flask")
    [flask, slow] = asked(shop, "pypi/flask", "pypi/slow", each=30, whole=1)
    assert (flask.exists, slow.exists) == (True, None)
    assert "within 1 s" in slow.reason


def test_a_huge_page_is_read_to_a_bound(shop, server):
    server.kinds["*"] = "huge"
    [answer] = asked(shop, "pypi/flask")
    assert (answer.exists, answer.releases) == (True, 0)


def test_the_budget(shop, server):
    answers = asked(shop, *(f"pypi/n{number}" for number in range(5)), names=3)
    assert [answer.exists for answer in answers] == [False] * 3 + [None] * 2
    assert "more than 3 names" in answers[-1].reason
    assert len(server.paths) == 3
    again = asked(shop, *(f"pypi/n{number}" for number in range(5)), names=3)
    assert [answer.exists for answer in again] == [False] * 5


@pytest.mark.parametrize("value", ["socks5://127.0.0.1:9", "nonsense://x"])
def test_proxies_that_cannot_be_used(shop, server, monkeypatch, value):
    monkeypatch.setenv("ALL_PROXY", value)
    [answer] = asked(shop, "pypi/flask")
    assert answer.exists is None
    assert "proxies" in answer.reason
    with pytest.raises(RegistryError, match="proxies"):
        list(whole_list(PYPI, shop.environ()))


def test_a_project_that_names_many_indexes_makes_no_flood(shop, server):
    lines = "".join(f"--extra-index-url {server.url}/{number}/simple\n" for number in range(50))
    shop.projects("requirements.txt", lines)
    [answer] = asked(shop, "pypi/flask")
    assert (answer.exists, server.paths) == (None, [])
    assert "more than 12 indexes" in answer.reason


def test_a_name_without_files_is_neither_there_nor_absent(shop, server):
    server.simple["flask"] = []
    [answer] = asked(shop, "pypi/flask")
    assert answer.exists is None
    assert "has no file of it" in answer.reason


def test_names_that_cannot_be_are_not_asked_for(shop, server):
    assert (
        asked(shop, "pypi/..", "npm/../x", "pypi/a b", "npm/@x/../y", "pypi/" + "a" * 300)
        == [None] * 5
    )
    assert server.paths == []


def test_absent_means_absent_from_all_of_them(shop, server):
    with serving() as second:
        shop.env["PIP_EXTRA_INDEX_URL"] = f"{second.url}/simple"
        second.has("acme")
        second.kinds["flaky"] = 503
        [acme, flaky, nothing] = asked(shop, "pypi/acme", "pypi/flaky", "pypi/nothing")
        assert (acme.exists, flaky.exists, nothing.exists) == (True, None, False)
        assert (
            acme.where
            == f"{second.url.removeprefix('http://')} (environment PIP_EXTRA_INDEX_URL: extra-index-url)"
        )
        server.has("flaky")
        assert asked(shop, "pypi/flaky", now=1e9 + 4000)[0].exists is True


def test_internal_names_go_to_no_public_registry(house, server, cache):
    one = package(PYPI, "acme-core")
    # Were the public registry asked, the answer would be about that.
    answers = look_up([one], house.where, internal={one})
    assert answers[one].exists is None
    assert "internal" in answers[one].reason
    house.env["PIP_EXTRA_INDEX_URL"] = f"{server.url}/simple"
    answers = look_up([one], house.where, internal={one})
    assert answers[one].exists is False
    assert server.paths == ["/simple/acme-core/"]


def test_what_was_said_is_remembered_for_a_time(shop, server, cache):
    server.has("flask")
    names = ("pypi/flask", "pypi/nothing")
    first = asked(shop, *names, now=1e9)
    server.forget()
    assert asked(shop, *names, now=1e9 + 3000) == first
    assert server.paths == []
    asked(shop, *names, now=1e9 + 4000)
    assert server.paths == ["/simple/nothing/"]
    asked(shop, *names, now=1e9 + 90_000)
    assert sorted(server.paths[1:]) == ["/simple/flask/", "/simple/nothing/"]
    [file] = (cache / "vetline" / "registries").iterdir()
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert server.url not in file.read_text()
    server.forget()
    with serving() as second:  # another registry has its own memory
        shop.env["PIP_INDEX_URL"] = f"{second.url}/simple"
        assert asked(shop, "pypi/flask", now=1e9 + 90_000)[0].exists is False


def test_what_is_not_known_is_not_remembered(shop, server):
    server.kinds["*"] = 503
    asked(shop, "pypi/flask")
    server.kinds.clear()
    server.has("flask")
    assert asked(shop, "pypi/flask")[0].exists is True


@pytest.mark.parametrize("text", ["", "[", "[]", '{"flask": 1}', '{"flask": [1e9, "x", 1, 2, 3]}', '{"flask": [9e9, true, "", 0, []]}'])  # fmt: skip
def test_a_broken_memory_is_none(shop, server, cache, text):
    server.has("flask")
    asked(shop, "pypi/flask")
    [file] = (cache / "vetline" / "registries").iterdir()
    file.write_text(text)
    server.forget()
    assert asked(shop, "pypi/flask")[0].exists is True
    assert server.paths == ["/simple/flask/"]
    assert json.loads(file.read_text())["flask"][1] is True


def test_without_a_place_to_remember_it_is_asked_each_time(shop, server, cache):
    cache.write_text("a file where the folder would be")
    server.has("flask")
    assert [asked(shop, "pypi/flask")[0].exists for _ in range(2)] == [True, True]
    assert len(server.paths) == 2


def test_a_login_goes_to_its_registry_and_not_where_that_leads(shop, server):
    server.login = BASIC
    server.has("flask")
    shop.env["PIP_INDEX_URL"] = server.url.replace("//", f"//me:{SECRET}@") + "/simple"
    assert asked(shop, "pypi/flask")[0].exists is True
    with serving() as second:
        second.has("other")
        server.kinds["other"], server.away = "away", second.url
        assert asked(shop, "pypi/other")[0].exists is True
        [(_, headers)] = second.asked
        assert "Authorization" not in headers
    sent = [headers["Authorization"] for _, headers in server.asked]
    assert sent == [BASIC] * 2


def test_nothing_but_the_name_is_sent(shop, server):
    asked(shop, "pypi/flask")
    [(path, headers)] = server.asked
    assert path == "/simple/flask/"
    assert set(headers) == {"Host", "Accept", "Accept-Encoding", "Connection", "User-Agent"}
    assert headers["User-Agent"].startswith("vetline/")


def test_an_index_that_is_a_folder(house, tmp_path, cache):
    (tmp_path / "simple" / "flask").mkdir(parents=True)
    house.env["PIP_INDEX_URL"] = f"file://{tmp_path}/simple"
    assert [one.exists for one in asked(house, "pypi/flask", "pypi/nothing")] == [True, False]
    house.env["PIP_INDEX_URL"] = f"file://{tmp_path}/gone"
    assert asked(house, "pypi/flask")[0].exists is None


# -- whole lists


@pytest.mark.parametrize("kind", ["", "html"])
def test_the_whole_list(shop, server, kind):
    server.kinds["simple"] = kind
    names = [f"pack-age-{number:05}" for number in range(40_000)]
    for name in names:
        server.simple[name.replace("pack-age", "Pack_age")] = []
    assert list(whole_list(PYPI, shop.environ())) == names


@pytest.mark.parametrize(
    ("kind", "why"),
    [(503, "failed (503)"), (404, "answered 404"), ("portal", "gave no list"), ("broken", "broke its list off"),
     ("loop", "redirects without end")],
)  # fmt: skip
def test_a_list_that_is_not_whole_is_an_error(shop, server, kind, why):
    server.kinds["simple"] = kind
    with pytest.raises(RegistryError, match=f"{server.url[7:]} .*") as caught:
        list(whole_list(PYPI, shop.environ()))
    assert why in str(caught.value)


def test_npm_offers_no_list(shop):
    with pytest.raises(RegistryError, match="npm registries offer no list"):
        list(whole_list(NPM, shop.environ()))


def test_the_whole_list_is_not_a_projects_to_choose(house, server, monkeypatch):
    house.projects("requirements.txt", f"-i {server.url}/simple\n")
    monkeypatch.chdir(house.root)
    house.env["PIP_INDEX_URL"] = "http://127.0.0.1:9/simple"
    with pytest.raises(RegistryError, match="could not be reached"):
        list(whole_list(PYPI, house.environ()))
    assert server.paths == []
