"""Dependency confusion: what is internal, what mixes, and when nothing is said."""

from __future__ import annotations

import json

import pytest
from households import House

from vetline import registries
from vetline.registries import where as places
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Span
from vetline_analyzers.core.universe import Ecosystem, Sample, package
from vetline_analyzers.supply import public, rules
from vetline_analyzers.supply.verdict import of_name

CORP, OTHER = "https://pip.corp.example/simple", "https://other.corp.example/simple"
PUBLIC = public.ADDRESS[Ecosystem.PYPI]
NPM_PUBLIC = public.ADDRESS[Ecosystem.NPM]
TORCH = "https://download.pytorch.org/whl/cu130"
MIRROR = "https://mirrors.aliyun.com/pypi/simple"
EXTRA = f"[global]\nextra-index-url = {CORP}\n"


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.setattr(places.Where, "systems", lambda _: [])
    return House(tmp_path)


def of(house, name, *setting):
    """Why a package is internal, and what lets a public registry answer for it."""
    known = registries.facts(house.root, internal=setting, environ=house.environ())
    if known is None:
        return None, None
    ecosystem, _, bare = name.partition("/")
    one = package(Ecosystem(ecosystem), bare)
    return known.internal.get(one), known.mixed.get(one)


def test_a_project_that_says_nothing_has_nothing_internal(house):
    assert registries.facts(house.root, environ=house.environ()) is None


# -- by the setting


def test_the_setting_with_an_extra_index_of_pips(house):
    house.mine(".config/pip/pip.conf", EXTRA)
    for name in ("pypi/acme-core", "pypi/Acme_Core"):
        assert of(house, name, "acme-*") == (
            "setting internal-packages",
            "pip.conf: extra-index-url",
        )
    assert of(house, "pypi/flask", "acme-*") == (None, None)


def test_the_setting_with_an_index_of_ones_own_in_the_public_ones_place_is_safe(house):
    house.mine(".config/pip/pip.conf", f"[global]\nindex-url = {CORP}\n")
    assert of(house, "pypi/acme-core", "acme-*") == ("setting internal-packages", None)
    house.mine(".config/pip/pip.conf", f"[global]\nindex-url = {CORP}\nextra-index-url = {OTHER}\n")
    assert of(house, "pypi/acme-core", "acme-*")[1] is None
    house.mine(
        ".config/pip/pip.conf", f"[global]\nindex-url = {CORP}\nextra-index-url = {PUBLIC}\n"
    )
    assert of(house, "pypi/acme-core", "acme-*")[1] == "pip.conf: extra-index-url"


@pytest.mark.parametrize("address", ["", PUBLIC, TORCH, MIRROR])
def test_the_setting_where_only_public_indexes_are_configured(house, address):
    if address:
        house.mine(".config/pip/pip.conf", f"[global]\nindex-url = {address}\n")
    assert of(house, "pypi/acme-core", "acme-*")[1] == "no index of one's own is configured for it"


def test_an_internal_scope_without_a_registry(house):
    wanted = ("setting internal-packages", "no index of one's own is configured for it")
    assert of(house, "npm/@acme/core", "@acme/*") == wanted
    assert of(house, "pypi/acme-core", "@acme/*") == (None, None)
    house.mine(".npmrc", f"@acme:registry={NPM_PUBLIC}\n")
    assert of(house, "npm/@acme/core", "@other/*", "@acme/*") == ("setting internal-packages", None)
    for text in (
        "@acme:registry=https://npm.corp.example\n",
        "registry=https://npm.corp.example\n",
    ):
        house.mine(".npmrc", text)
        assert of(house, "npm/@acme/core", "@acme/*")[1] is None


# -- by what tools' settings pin


UV = f"[[tool.uv.index]]\nname = 'corp'\nurl = '{CORP}'\n"
PIN = "[tool.uv.sources]\nacme-core = { index = 'corp' }\n"


def test_what_uv_pins_is_internal_and_safe(house):
    house.projects("pyproject.toml", UV + PIN)
    assert of(house, "pypi/acme-core") == ("pyproject.toml: index (uv)", None)
    house.projects("pyproject.toml", UV + PIN + "[tool.uv]\nindex-strategy = 'unsafe-best-match'\n")
    assert of(house, "pypi/acme-core")[1] is None
    house.mine(".config/pip/pip.conf", EXTRA)  # which uv does not read
    assert of(house, "pypi/acme-core")[1] is None
    house.projects("requirements.txt", f"--extra-index-url {CORP}\nacme-core\n")
    assert of(house, "pypi/acme-core")[1] == "requirements.txt: --extra-index-url"


def test_a_package_of_a_public_index_beside_the_registry_is_not_internal(house):
    house.projects("pyproject.toml", (UV + PIN).replace(CORP, TORCH))
    house.projects("requirements.txt", f"--extra-index-url {TORCH}\nacme-core\n")
    assert of(house, "pypi/acme-core") == (None, None)


def test_uvs_order_and_strategy(house):
    house.projects("pyproject.toml", UV)
    assert of(house, "pypi/acme-core", "acme-*")[1] is None  # the first index that has it answers
    house.env = {"UV_INDEX_STRATEGY": "unsafe-first-match"}
    assert (
        of(house, "pypi/acme-core", "acme-*")[1]
        == "environment: index-strategy = unsafe-first-match"
    )
    house.env = {}
    first = f"[[tool.uv.index]]\nname = 'pypi'\nurl = '{PUBLIC}'\n"
    house.projects("pyproject.toml", first + UV)
    said = of(house, "pypi/acme-core", "acme-*")[1]
    assert said == "pyproject.toml: index: a public index before pip.corp.example"
    house.projects("pyproject.toml", UV + first)
    assert of(house, "pypi/acme-core", "acme-*")[1] is None


SOURCE = f"[[tool.poetry.source]]\nname = 'corp'\nurl = '{CORP}'\npriority = '{{}}'\n"


@pytest.mark.parametrize(
    ("priority", "mixed"),
    [("supplemental", True), ("secondary", True), ("primary", False), ("explicit", False)],
)
def test_poetrys_sources(house, priority, mixed):
    house.projects("pyproject.toml", SOURCE.format(priority))
    wanted = "pyproject.toml: tool.poetry.source 'corp'" if mixed else None
    assert of(house, "pypi/acme-core", "acme-*")[1] == (
        wanted if priority != "explicit" else "no index of one's own is configured for it"
    )
    pinned = (
        "[tool.poetry.group.dev.dependencies]\nacme-core = { version = '1', source = 'corp' }\n"
    )
    house.projects("pyproject.toml", SOURCE.format(priority) + pinned)
    internal, exposed = of(house, "pypi/acme-core")
    assert internal == "pyproject.toml: tool.poetry.source 'corp' (Poetry)"
    assert exposed is None


def test_pdms_and_pipenvs_sources(house):
    source = f"[[tool.pdm.source]]\nname = 'corp'\nurl = '{CORP}'\n"
    house.projects("pyproject.toml", source)
    assert of(house, "pypi/acme-core", "acme-*")[1] == "pyproject.toml: tool.pdm.source 'corp'"
    house.projects(
        "pyproject.toml", source + "[tool.pdm.resolution]\nrespect-source-order = true\n"
    )
    assert of(house, "pypi/acme-core", "acme-*")[1] is None
    house.projects("pyproject.toml", source + "include_packages = ['acme-*']\n")
    assert of(house, "pypi/acme-core") == ("pyproject.toml: tool.pdm.source 'corp' (PDM)", None)
    (house.root / "pyproject.toml").unlink()
    pipfile = f"[[source]]\nname='a'\nurl='{PUBLIC}'\n[[source]]\nname='b'\nurl='{CORP}'\n"
    pins = "[packages]\nacme-core = { index = 'b' }\n"
    house.projects("Pipfile", pipfile + pins)
    assert of(house, "pypi/acme-core") == ("Pipfile: source 'b' (Pipenv)", None)
    house.projects("Pipfile", pipfile + "[pipenv]\ninstall_search_all_sources = true\n")
    assert of(house, "pypi/acme-core", "acme-*")[1] == "Pipfile: install_search_all_sources"


def test_a_scope_with_its_own_registry_is_internal_and_safe(house):
    house.projects(".npmrc", "@acme:registry=https://npm.corp.example\n")
    assert of(house, "npm/@acme/core") == (".npmrc: @acme:registry (npm)", None)
    assert of(house, "npm/@acme/core", "@acme/*") == of(house, "npm/@acme/core")
    assert of(house, "npm/express") == (None, None)


# -- by lock files


def uv_lock(*entries):
    blocks = (
        f'[[package]]\nname = "{name}"\nversion = "1"\nsource = {where}\n'
        for name, where in entries
    )
    return "version = 1\n\n" + "\n".join(blocks)


def registry(url):
    return f'{{ registry = "{url}" }}'


UNSAFE = UV + "[tool.uv]\nindex-strategy = 'unsafe-best-match'\n"


@pytest.mark.parametrize(
    ("entries", "is_internal"),
    [
        ([("acme-core", registry(CORP)), ("flask", registry(PUBLIC))], True),
        # All of one place: it may be a mirror.
        ([("acme-core", registry(CORP)), ("flask", registry(CORP))], False),
        ([("acme-core", registry(CORP)), ("torch", registry(TORCH))], False),
        ([("acme-core", registry(MIRROR)), ("flask", registry(PUBLIC))], False),
        ([("acme-core", registry(TORCH)), ("flask", registry(PUBLIC))], False),
        (
            [("acme-core", '{ git = "https://git.corp.example/x" }'), ("flask", registry(PUBLIC))],
            False,
        ),
        ([("acme-core", f'{{ url = "{CORP}/x.whl" }}'), ("flask", registry(PUBLIC))], False),
        ([("acme-core", '{ editable = "." }'), ("flask", registry(PUBLIC))], False),
    ],
)
def test_uv_lock(house, entries, is_internal):
    house.projects("pyproject.toml", UNSAFE)
    house.projects("uv.lock", uv_lock(*entries))
    said = "pyproject.toml: index-strategy = unsafe-best-match"
    assert of(house, "pypi/acme-core") == (("uv.lock", said) if is_internal else (None, None))
    assert of(house, "pypi/flask") == (None, None)


def test_a_lock_file_alone_is_not_blamed_on_anybody(house):
    house.projects("uv.lock", uv_lock(("acme-core", registry(CORP)), ("flask", registry(PUBLIC))))
    assert of(house, "pypi/acme-core") == (None, None)
    house.mine(".config/pip/pip.conf", EXTRA)
    assert of(house, "pypi/acme-core") == ("uv.lock", None)


def test_poetry_lock(house):
    house.projects("pyproject.toml", SOURCE.format("supplemental"))
    legacy = f'[package.source]\ntype = "legacy"\nurl = "{CORP}"\nreference = "corp"\n'
    git = f'[package.source]\ntype = "git"\nurl = "{CORP}"\nreference = "x"\n'
    package = '[[package]]\nname = "{}"\nversion = "1"\n\n'
    lock = (
        package.format("flask") + package.format("acme-core") + legacy + package.format("x") + git
    )
    house.projects("poetry.lock", lock)
    said = "pyproject.toml: tool.poetry.source 'corp'"
    assert of(house, "pypi/acme-core") == ("poetry.lock", said)
    assert of(house, "pypi/flask") == of(house, "pypi/x") == (None, None)
    house.projects("poetry.lock", package.format("acme-core") + legacy)
    assert of(house, "pypi/acme-core") == (None, None)


def test_pipfile_lock(house):
    search = "[pipenv]\ninstall_search_all_sources = true\n"
    house.projects(
        "Pipfile",
        f"[[source]]\nname='a'\nurl='{PUBLIC}'\n[[source]]\nname='b'\nurl='{CORP}'\n{search}",
    )
    sources = [{"name": "a", "url": PUBLIC}, {"name": "b", "url": CORP}]
    packages = {
        "acme-core": {"version": "==1", "index": "b"},
        "flask": {"version": "==1"},
        "x": {"path": "."},
    }
    house.projects("Pipfile.lock", json.dumps({"_meta": {"sources": sources}, "default": packages}))
    assert of(house, "pypi/acme-core") == ("Pipfile.lock", "Pipfile: install_search_all_sources")
    assert of(house, "pypi/flask") == (None, None)


@pytest.mark.parametrize("name", ["uv.lock", "poetry.lock", "Pipfile.lock"])
@pytest.mark.parametrize(
    "text", ["", "[", "[]", '{"default": [1], "_meta": 3}', "[[package]]\n" * 9, 'name = "' * 9]
)
def test_broken_lock_files_tell_nothing(house, name, text):
    house.projects("pyproject.toml", UNSAFE)
    house.projects(name, text)
    assert of(house, "pypi/acme-core") == (None, None)


def test_reading_a_lock_file_takes_time_by_its_size(house):
    house.projects("pyproject.toml", UNSAFE)
    entries = [(f"n{n}", registry(CORP if n % 9 else PUBLIC)) for n in range(20_000)]
    house.projects(
        "uv.lock", uv_lock(*entries) + 'source = { registry = "' * 20_000 + "name" * 50_000
    )
    assert of(house, "pypi/n1")[0] == "uv.lock"


def test_many_pins_take_time_by_their_number(house):
    pins = "".join(f"n{number} = {{ index = 'corp' }}\n" for number in range(15_000))
    house.projects("pyproject.toml", UV + "[tool.uv.sources]\n" + pins)
    house.projects("requirements.txt", f"--extra-index-url {CORP}\n")
    assert of(house, "pypi/n14999")[1] == "requirements.txt: --extra-index-url"
    assert of(house, "pypi/n15000") == (None, None)


# -- what is said


def said(house, names, *setting):
    """What is found of the internal package, with these public ones."""
    known = registries.facts(house.root, internal=setting, environ=house.environ())
    facts = Facts(universe=Sample(names), registries=known)
    return rules.found(of_name(package(Ecosystem.PYPI, "acme-core"), facts), "x", Span(0, 1))


@pytest.mark.parametrize(
    ("names", "is_confusion"),
    [
        (["pypi/acme-core?"], True),
        (["pypi/acme-core!"], True),
        (["pypi/acme-core"], False),  # the public package, hosted again
        (["pypi/flask"], False),  # nobody has taken the name: it is internal, not invented
    ],
)
def test_confusion_needs_a_public_package_that_hardly_anybody_uses(house, names, is_confusion):
    house.mine(".config/pip/pip.conf", EXTRA)
    found = said(house, names, "acme-*")
    assert (found is not None) == is_confusion
    if found is not None:
        assert (found.rule, found.package) == ("package/dependency-confusion", "pkg:pypi/acme-core")
        assert "both may answer: pip.conf: extra-index-url" in found.evidence
        assert CORP not in str(found)


def test_no_confusion_without_a_mix(house):
    house.mine(".config/pip/pip.conf", f"[global]\nindex-url = {CORP}\n")
    assert said(house, ["pypi/acme-core?"], "acme-*") is None
    house.projects("pyproject.toml", UV + PIN)
    assert said(house, ["pypi/acme-core?"]) is None
    house.projects("requirements.txt", f"--index-url {PUBLIC}\n--extra-index-url {CORP}\n")
    assert said(house, ["pypi/acme-core?"]) is not None
