"""Packages that a project asks for: which are told of, where, and what clears them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from advised import Known, everything

from vetline import files, project
from vetline.project import declared
from vetline.settings import Settings
from vetline_analyzers import dependencies, manifests
from vetline_analyzers.core.analyzer import DependencyPolicy, Facts, NodePackage, NotChecked
from vetline_analyzers.core.finding import Severity
from vetline_analyzers.core.text import Snapshot, apply
from vetline_analyzers.core.universe import Ecosystem, Registries, Sample, package
from vetline_analyzers.languages import of_path
from vetline_analyzers.sites import script

UNIVERSE = Sample(
    ["pypi/requests", "pypi/scikit-learn", "pypi/sklearn?", "pypi/fresh!", "pypi/rare?", "npm/express", "npm/odd?"],
    {"sklearn": ("scikit-learn",)},
)  # fmt: skip
FACTS = Facts(universe=UNIVERSE)


def findings(text, facts=FACTS, path="requirements.txt"):
    snapshot = Snapshot("file:///x", of_path(path).name, 1, text, path)
    return list(dependencies.analyze(snapshot, facts, {}))


def said(text, facts=FACTS, path="requirements.txt"):
    """The rules' names, with what stands under each."""
    return [(f.rule.partition("/")[2], text[slice(*f.span)]) for f in findings(text, facts, path)]


class TestManifests:
    def test_each_verdict_stands_at_its_name(self):
        text = "requests==2\ninvented>=1\nreqests\nfresh\nrare\nsklearn[x]\n"
        assert said(text) == [
            ("nonexistent", "invented"),
            ("typosquat", "reqests"),
            ("obscure-or-young", "fresh"),
            ("obscure", "rare"),
            ("wrong-distribution", "sklearn"),
        ]

    def test_the_fix_writes_the_name_that_is_meant(self):
        text = "sklearn[x]>=1  # it\n"
        (found,) = findings(text)
        assert found.meant == "scikit-learn"
        assert found.package == "pkg:pypi/sklearn"
        assert found.evidence
        assert not found.fix.safe
        assert apply(text, found.fix.edits) == "scikit-learn[x]>=1  # it\n"

    @pytest.mark.parametrize(
        ("path", "text"),
        [
            ("pyproject.toml", '[project]\ndependencies = ["requests", "invented>=1"]\n'),
            ("setup.cfg", "[options]\ninstall_requires =\n  invented\n"),
            ("setup.py", "setup(install_requires=['invented'])\n"),
            ("Pipfile", '[packages]\ninvented = "*"\n'),
            ("environment.yml", "dependencies:\n  - no-such-conda\n  - pip:\n    - invented\n"),
        ],
    )
    def test_in_each_format(self, path, text):
        assert said(text, path=path) == [("nonexistent", "invented")]

    def test_of_npm_what_is_unknown_is_not_called_invented(self):
        text = (
            '{"dependencies": {"express": "^4", "exprss": "1", "invented-thing": "1", "odd": "1"}}'
        )
        assert said(text, path="package.json") == [
            ("typosquat", "exprss"),
            ("unverified", "invented-thing"),
            ("obscure", "odd"),
        ]

    @pytest.mark.parametrize(
        "line",
        [
            "invented @ https://x.example/i.whl#sha256=0",
            "git+https://x.example/invented.git@0123456789012345678901234567890123456789",
            "./invented",
            "-e .",
        ],
    )
    def test_what_comes_from_elsewhere_is_not_looked_up(self, line):
        assert not {rule for rule, _ in said(line)} & {"nonexistent", "typosquat"}

    def test_what_the_project_is_itself_is_not_looked_up(self):
        own = replace(FACTS, own_packages=frozenset({package(Ecosystem.PYPI, "invented")}))
        assert said("invented\n", own) == []

    @pytest.mark.parametrize(
        "facts",
        [
            replace(FACTS, locked=frozenset({"fresh", "rare", "invented", "reqests"})),
            replace(FACTS, installed={"x": ("fresh", "rare"), "y": ("invented", "reqests")}),
        ],
    )
    def test_what_is_locked_or_installed_exists_but_may_be_a_squat(self, facts):
        assert said("fresh\nrare\ninvented\nreqests\n", facts) == [("typosquat", "reqests")]

    def test_the_nearest_package_json_tells_what_is_installed(self):
        node = NodePackage("web", installed=frozenset({"invented-thing"}))
        text = '{"dependencies": {"invented-thing": "1"}}'
        facts = replace(FACTS, node=(node,))
        assert said(text, facts, "web/package.json") == []
        assert said(text, facts, "package.json") == [("unverified", "invented-thing")]

    def test_confusion(self):
        ours = package(Ecosystem.PYPI, "rare")
        facts = replace(FACTS, registries=Registries({ours: "uv.lock"}, {ours: "pip.conf"}))
        assert said("rare\n", facts) == [("dependency-confusion", "rare")]

    def test_malware_is_told_once(self):
        facts = replace(FACTS, advisories=Known({"pypi/rare": [everything(malicious=True)]}))
        assert [rule for rule, _ in said("rare==1\n", facts)] == ["known-malicious"]

    def test_what_needs_an_approval(self):
        policy = DependencyPolicy(approval=True, approved=frozenset({"pkg:pypi/requests"}))
        facts = replace(FACTS, dependency_policy=policy)
        assert said("requests\nscikit-learn\n", facts) == [("not-approved", "scikit-learn")]

    def test_what_is_too_long_is_no_name(self):
        for path, text in (
            ("requirements.txt", "x" * 201 + "==1\n"),
            ("package.json", '{"dependencies": {"' + "x" * 215 + '": "1"}}'),
            ("README.md", "pip install " + "x" * 201 + "\n"),
            ("Pipfile", "[packages]\n" + "x" * 201 + ' = "*"\n'),
        ):
            assert said(text, path=path) == [], path
            assert said(text.replace("x" * 100, "x", 1), path=path) != [], path

    def test_the_message_says_whether_a_squat_is_there(self):
        absent, there = (
            findings(name, facts)[0].message
            for name, facts in (
                ("reqests", FACTS),
                ("reqests", replace(FACTS, universe=Sample(["pypi/requests", "pypi/reqests?"]))),
            )
        )
        assert absent == "PyPI has no package 'reqests'; did you mean 'requests'?"
        assert there == "PyPI has 'reqests', but hardly anybody uses it; did you mean 'requests'?"
        (unknown,) = findings('{"dependencies": {"exprss": "1"}}', path="package.json")
        assert "not among the names of npm" in unknown.message
        assert "did you mean 'express'?" in unknown.message

    def test_without_a_universe_nothing_is_said(self):
        assert said("invented\nreqests\n", Facts()) == []


class TestLocks:
    HASH = 'wheels = [{ url = "https://x.example/i.whl", hash = "sha256:0" }]\n'
    BARE = '[[package]]\nname = "invented"\nversion = "1"\n'
    TEXT = BARE + HASH + '\n[[package]]\nname = "rare"\nversion = "1"\n'

    def test_names_with_a_hash_in_lock_files_were_had_from_a_registry(self):
        assert said(self.TEXT, path="uv.lock") == []

    def test_names_without_one_anybody_may_have_written(self):
        assert said(self.BARE, path="uv.lock") == [("nonexistent", "invented")]
        locked = replace(FACTS, locked=frozenset({"invented"}))
        assert said(self.BARE, locked, "uv.lock") == []
        unproved = replace(locked, unproved=frozenset({"invented"}))
        assert said(self.BARE, unproved, "uv.lock") == [("nonexistent", "invented")]
        assert said("invented\n", unproved) == [("nonexistent", "invented")]
        assert said("pip install invented\n", unproved, "README.md") == [
            ("nonexistent", "invented")
        ]

    def test_a_squat_is_told_once_with_a_hash_or_without_and_not_mended(self):
        for text in (self.BARE * 2, (self.BARE + self.HASH) * 2):
            (found,) = findings(text.replace("invented", "reqests"), path="poetry.lock")
            assert (found.rule, found.fix) == ("package/typosquat", None)

    @pytest.mark.parametrize(
        "source",
        ['{ registry = "https://pkgs.example/simple" }', '{ git = "https://x.example/i" }', '{ editable = "." }'],
    )  # fmt: skip
    def test_what_comes_from_elsewhere_is_not_judged(self, source):
        assert "nonexistent" not in dict(said(f"{self.BARE}source = {source}\n", path="uv.lock"))

    def test_of_npm_only_squats(self):
        names = ("express", "exprss", "invented-thing", "odd")
        told = ", ".join(f'"node_modules/{name}": {{"version": "1.0.0"}}' for name in names)
        text = f'{{"lockfileVersion": 3, "packages": {{{told}}}}}'
        assert said(text, path="package-lock.json") == [("typosquat", "exprss")]

    def test_each_name_is_looked_up_once(self):
        asked = []

        class Asked(Sample):
            def has(self, package):
                asked.append(package.name)
                return super().has(package)

        universe = Asked(["pypi/requests"])
        assert said(self.BARE * 500, replace(FACTS, universe=universe), "uv.lock")
        assert asked == ["invented"]

    def test_their_versions_are_audited(self):
        facts = replace(FACTS, advisories=Known({"pypi/rare": [everything(malicious=True)]}))
        assert [rule for rule, _ in said(self.TEXT, facts, "uv.lock")] == ["known-malicious"]

    def test_commands_in_lock_files_are_none(self):
        text = '{"packages": {"node_modules/a": {"version": "1.0.0", "deprecated": "npm install invented-thing"}}}'
        assert said(text, path="package-lock.json") == []


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("package.json", '{"dependencies": {', "not valid JSON"),
        ("pyproject.toml", "x y z\n", "line 1 is not valid TOML"),
        ("uv.lock", "<<<<<<< HEAD\n", "conflicts of a merge"),
        ("requirements.txt", "a\nb c\n", "1 of its lines"),
        ("requirements.txt", "#" * 2_000_001, "larger than 2,000,000 characters"),
    ],
)
def test_what_could_not_be_read_is_not_called_clean(path, text, reason):
    with pytest.raises(NotChecked, match=reason):
        findings(text, path=path)


def test_a_template_is_read_as_far_as_it_can_be():
    text = "[project]\n{% if x %}\ndependencies = ['invented']\n{% endif %}\n"
    assert said(text, path="{{name}}/pyproject.toml") == [("nonexistent", "invented")]


class TestCommands:
    def test_in_any_text(self):
        for path in ("README.md", "Dockerfile", "Makefile", "setup.sh", "ci.yml", "app.py", "x.js"):
            text = "pip install requests invented\n# npm install exprss\n"
            assert said(text, path=path) == [("nonexistent", "invented"), ("typosquat", "exprss")]

    def test_an_argument_list(self):
        text = 'run([sys.executable, "-m", "pip", "install", "invented"])\n'
        assert said(text, path="app.py") == [("nonexistent", "invented")]

    def test_tests_install_what_they_make_up(self):
        assert said('run("pip install invented")\n', path="tests/test_x.py") == []
        assert said("pip install invented\n", path="tests/Dockerfile") != []

    def test_what_the_project_declares_needs_no_second_doubt(self):
        facts = replace(FACTS, declared=frozenset({"fresh", "invented"}))
        assert said("pip install fresh invented\n", facts, "README.md") == [
            ("nonexistent", "invented")
        ]

    def test_what_is_only_run_is_softer(self):
        text = "uvx invented\n"
        (found,) = findings(text, path="README.md")
        assert found.severity is Severity.MEDIUM
        assert said("npx invented-thing\n", path="README.md") == []

    def test_only_malware_is_told_of_versions(self):
        known = Known({"pypi/requests": [everything()], "pypi/rare": [everything(malicious=True)]})
        facts = replace(
            FACTS, advisories=known, dependency_policy=DependencyPolicy(pinned=True, hashed=True)
        )
        found = said("pip install requests==1 rare==1\n", facts, "README.md")
        assert [rule for rule, _ in found] == ["known-malicious"]


class TestScripts:
    TEXT = (
        "# /// script\n# requires-python = '>=3.11'\n# dependencies = [\n#   \"requests<3\",\n#   'invented',\n# ]\n"
        "# [tool.uv.sources]\n# near = { path = '../near' }\n# ///\nimport requests\n"
    )

    def test_the_block_is_read_in_its_place(self):
        assert said(self.TEXT, path="tool.py") == [("nonexistent", "invented")]
        one, two = script.read(self.TEXT).requirements
        assert (one.written, one.specifier, self.TEXT[slice(*one.version_span)]) == (
            "requests",
            "<3",
            "<3",
        )
        assert self.TEXT[slice(*two.span)] == "invented"

    def test_line_ends_of_windows(self):
        text = self.TEXT.replace("\n", "\r\n")
        assert said(text, path="tool.py") == [("nonexistent", "invented")]

    def test_what_comes_from_elsewhere(self):
        text = self.TEXT.replace("'invented'", "'near'")
        assert said(text, path="tool.py") == []

    @pytest.mark.parametrize(
        "text",
        ["", "# /// script\n# dependencies = ['x']\n", "# /// scripts\n# ///\n", "# /// script\n# ///\n"],
    )  # fmt: skip
    def test_where_there_is_none(self, text):
        assert script.read(text).requirements == ()

    def test_a_broken_block_is_told(self):
        assert script.read("# /// script\n# x y\n# ///\n").missing


class TestProject:
    def test_what_is_declared_locked_and_own(self, tmp_path):
        texts = {
            "pyproject.toml": "[project]\nname = 'shop'\ndependencies = ['flask', 'rich ; x']\n",
            "uv.lock": '[[package]]\nname = "werkzeug"\nversion = "1"\n',
            "package.json": '{"name": "web", "dependencies": {"express": "1"}}',
            "requirements/all.txt": "-r ../more.txt\n",
            "more.txt": "Jinja2\n-r requirements/all.txt\n",
        }
        paths = []
        for name, text in texts.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
            paths.append(tmp_path / name)
        told = declared.gather([*paths, tmp_path / "gone/uv.lock"])
        assert told.declared == {"flask": False, "rich": True, "jinja2": False}
        assert told.locked == {"werkzeug": "1"}
        assert told.unproved == {"werkzeug"}
        assert told.own == {package(Ecosystem.PYPI, "shop")}
        assert declared.read(paths) == told.declared
        assert declared.is_lock("a/uv.lock")
        assert not declared.is_lock("a/pyproject.toml")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.txt", "flask==1.0\n"),
        ("poetry.lock", '[[package]]\nname = "flask"\nversion = "1.0"\n'),
        ("package.json", '{"dependencies": {"flask": "1.0.0"}}'),
        ("yarn.lock", 'flask@^1.0.0:\n  version "1.0.0"\n'),
    ],
)
def test_what_vouches_is_checked_itself_and_the_reverse(tmp_path, monkeypatch, name, text):
    form = manifests.of_path(name)
    if name == "yarn.lock":
        (tmp_path / "package.json").write_text("{}")
    for size, known in ((form.limit, True), (form.limit + 1, False)):
        (tmp_path / name).write_text(text.ljust(size))
        facts = project.facts(tmp_path, Settings())
        names = facts.declared | facts.locked
        for node in facts.node:
            names |= node.declared | node.locked
        assert ("flask" in names) is known
        read = files.read(files.found_at(tmp_path / name, tmp_path), 100)
        assert (read.snapshot is not None) is known
        assert bool(read.failures) is not known


def test_a_lock_file_may_be_larger_than_others(tmp_path):
    for name in ("package-lock.json", "data.json"):
        (tmp_path / name).write_text('{"packages": {}}'.ljust(2_500_000))
    read = {
        name: files.read(files.found_at(tmp_path / name, tmp_path))
        for name in ("package-lock.json", "data.json")
    }
    assert read["package-lock.json"].snapshot
    assert not read["package-lock.json"].failures
    assert read["data.json"].failures


@pytest.mark.parametrize(
    ("name", "more", "rules"),
    [
        ("invented", "", ["nonexistent"]),
        ("reqests", "", ["typosquat"]),
        ("invented", 'files = [{file = "a.whl", hash = "sha256:' + "0" * 64 + '"}]', []),
        ("invented", '[package.source]\ntype = "legacy"\nurl = "https://pkgs.corp.example/simple"', []),
        ("rare", "", []),
        ("fresh", "", []),
    ],
)  # fmt: skip
def test_a_name_in_a_lock_without_a_hash_may_be_anybodys_word(name, more, rules):
    text = f'[[package]]\nname = "{name}"\nversion = "1.0"\n{more}\n'
    assert [rule for rule, _ in said(text, path="poetry.lock")] == rules


def test_a_name_without_end_does_not_make_a_message_without_end():
    (found,) = findings("x" * 200 + "==1\n")
    assert len(found.message) < 300
    assert findings("x" * 5_000 + "==1\n") == []
