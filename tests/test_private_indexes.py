"""What an index of somebody's own may have is not said not to exist: who names one, and what stays loud all the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from households import House

from vetline import registries
from vetline.registries import where as places
from vetline_analyzers import dependencies, imports
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.finding import Severity
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.core.universe import Answer, Ecosystem, Registries, Sample, package
from vetline_analyzers.languages import of_path
from vetline_analyzers.supply import public
from vetline_analyzers.supply.verdict import Kind, of_name

PYPI, NPM = Ecosystem.PYPI, Ecosystem.NPM
CORP = "https://pypi.corp.example:8443/simple"
SHOWN = "pypi.corp.example:8443"
UNIVERSE = Sample(("pypi/requests", "pypi/flask", "npm/express"))
NAMED = "pip.conf: pypi.corp.example"
FACTS = Facts(universe=UNIVERSE, registries=Registries({}, {}, {PYPI: NAMED, NPM: ".npmrc: x.example"}))  # fmt: skip


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.setattr(places.Where, "systems", lambda _: [])
    return House(tmp_path)


def private(house):
    known = registries.facts(house.root, [*house.root.rglob("*.*")], environ=house.environ())
    return dict(known.private) if known else {}


UV = "[[tool.uv.index]]\nname = 'corp'\nurl = '{}'\n{} = true\n"
POETRY = "[[tool.poetry.source]]\nname = 'corp'\nurl = '{}'\npriority = '{}'\n"
NAMES_ONE = [
    ("requirements.txt", f"--index-url {CORP}\n", PYPI),
    ("requirements.txt", f"--extra-index-url {CORP}\n", PYPI),
    ("requirements/dev.txt", f"-i {CORP}\n", PYPI),
    ("requirements.txt", f"--index-url {CORP.replace('//', '//me:hunter2@')}\n", PYPI),
    ("pyproject.toml", UV.format(CORP, "default"), PYPI),
    ("pyproject.toml", POETRY.format(CORP, "primary"), PYPI),
    ("pyproject.toml", POETRY.format(CORP, "supplemental"), PYPI),
    ("Pipfile", f"[[source]]\nname = 'a'\nurl = '{CORP}'\n", PYPI),
    (".npmrc", f"registry={CORP}\n", NPM),
    (".yarnrc.yml", f"npmRegistryServer: '{CORP}'\n", NPM),
]


@pytest.mark.parametrize(("name", "text", "ecosystem"), NAMES_ONE)
def test_an_index_that_is_asked_for_any_name_is_known(house, name, text, ecosystem):
    house.projects(name, text)
    file = name.rpartition("/")[2]
    assert private(house) == {ecosystem: f"{file}: {SHOWN}"}


def test_an_address_with_a_variable_is_somebodys_own(house):
    house.projects("requirements.txt", "--index-url https://${TOKEN}@pypi.corp.example/simple\n")
    assert private(house) == {PYPI: "requirements.txt: an index"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", UV.format(CORP, "explicit")),
        ("pyproject.toml", POETRY.format(CORP, "explicit")),
        (".npmrc", f"@acme:registry={CORP}\n"),
        ("requirements.txt", f"--index-url {public.ADDRESS[PYPI]}\n"),
        ("requirements.txt", "--index-url https://mirrors.aliyun.com/pypi/simple\n"),
        ("requirements.txt", "--extra-index-url https://download.pytorch.org/whl/cpu\n"),
        (".npmrc", "registry=https://registry.npmmirror.com\n"),
        ("requirements.txt", "--index-url http://localhost:3141/root/pypi/+simple\n"),
    ],
)
def test_one_that_is_public_or_for_some_names_alone_vouches_for_nothing(house, name, text):
    house.projects(name, text)
    assert private(house) == {}


def test_the_users_own_settings_count_where_they_replace_the_public_registry(house):
    house.mine(".config/pip/pip.conf", f"[global]\nindex-url = {CORP}\n")
    assert private(house) == {PYPI: f"pip.conf: {SHOWN}"}
    house.mine(".config/pip/pip.conf", f"[global]\nextra-index-url = {CORP}\n")
    assert private(house) == {}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("acme-core", Kind.UNVERIFIED),
        ("reqests", Kind.TYPOSQUAT),
        ("flask", Kind.OK),
    ],
)
def test_a_name_that_it_may_have_is_not_said_not_to_exist(name, kind):
    found = of_name(package(PYPI, name), FACTS)
    assert found.kind is kind
    if kind is Kind.UNVERIFIED:
        assert found.evidence[-1] == f"{NAMED} may have it; --online asks it"
        bare = replace(FACTS, registries=None)
        assert of_name(package(PYPI, name), bare).kind is Kind.NONEXISTENT


def test_of_npm_the_evidence_tells_of_it():
    found = of_name(package(NPM, "acme-core"), FACTS)
    assert found.kind is Kind.UNVERIFIED
    assert found.evidence[-1] == ".npmrc: x.example may have it; --online asks it"


def test_whoever_asked_it_knows():
    name = package(PYPI, "acme-core")
    facts = replace(FACTS, answers={name: Answer(exists=False)})
    assert of_name(name, facts).kind is Kind.NONEXISTENT
    facts = replace(FACTS, answers={name: Answer(exists=None, reason="timeout")})
    assert of_name(name, facts).kind is Kind.UNVERIFIED


def look(analyzer, text, facts, path):
    snapshot = Snapshot("file:///x", of_path(path).name, 1, text, path)
    return [(f.rule, f.severity) for f in analyzer.analyze(snapshot, facts, {})]


def test_imports_and_requirements_are_quiet_about_it():
    quiet = [("package/unverified", Severity.LOW)]
    loud = [("package/nonexistent", Severity.HIGH)]
    bare = replace(FACTS, registries=None)
    for analyzer, text, path in (
        (imports.ANALYZER, "import acme_core\n", "app.py"),
        (dependencies.ANALYZER, "acme-core\n", "requirements.txt"),
    ):
        assert look(analyzer, text, FACTS, path) == quiet
        assert look(analyzer, text, bare, path) == loud
    assert look(imports.ANALYZER, "import reqests\n", FACTS, "app.py")[0][0] == "package/typosquat"


@pytest.mark.parametrize(
    ("command", "is_own"),
    [
        (f"pip install --index-url {CORP} acme-core", True),
        (f"pip install acme-core --extra-index-url={CORP}", True),
        (f"pip install -i {CORP} acme-core", True),
        (f"pip --index-url {CORP} install acme-core", True),
        (f"uv pip install --default-index {CORP} acme-core", True),
        (f"pip install -i {public.ADDRESS[PYPI]} acme-core", False),
        ("pip install -i https://mirrors.aliyun.com/pypi/simple acme-core", False),
        ("pip install --index-url acme-core", None),
        ("pip install acme-core", False),
    ],
)
def test_a_command_that_names_an_index(command, is_own):
    found = look(dependencies.ANALYZER, f"    {command}\n", Facts(universe=UNIVERSE), "README.md")
    if is_own is None:
        assert found == []
    else:
        severity = Severity.LOW if is_own else Severity.HIGH
        rule = "unverified" if is_own else "nonexistent"
        assert found == [(f"package/{rule}", severity)]


def test_where_files_were_left_out_a_name_may_stand_in_them():
    facts = Facts(universe=UNIVERSE, is_cut=True)
    found = of_name(package(PYPI, "acme-core"), facts)
    assert found.kind is Kind.UNVERIFIED
    assert "not every file" in found.evidence[-1]
    facts = replace(facts, answers={found.package: Answer(exists=False)})
    assert of_name(found.package, facts).kind is Kind.UNVERIFIED
    assert of_name(package(PYPI, "reqests"), facts).kind is Kind.TYPOSQUAT
