"""What an editor watches is what facts are read from: each file that counts is asked for, in folders too."""

from __future__ import annotations

import itertools
import pickle
import re
from fnmatch import fnmatch

import pytest
from advised import below, write_store

from vetline import project
from vetline.doors.lsp import projects
from vetline.project import watched
from vetline.settings import Settings
from vetline_analyzers import manifests
from vetline_analyzers.core.universe import Ecosystem, package

COUNT = [
    "vetline.toml",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
    "setup.py",
    "Pipfile",
    "Pipfile.lock",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "pylock.toml",
    "pylock.ci.toml",
    "requirements.txt",
    "requirements-dev.txt",
    "requirements/dev.txt",
    "requirements/base.in",
    "constraints.txt",
    "constraints-3.12.txt",
    "a/b/requirements.in",
    "environment.yml",
    "environment-dev.yaml",
    "package.json",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "pnpm-workspace.yaml",
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    "bunfig.toml",
    "uv.toml",
    "pip.conf",
    ".venv/pip.ini",
    "deno.json",
    "deno.jsonc",
    "jsr.json",
    "import_map.json",
    "tsconfig.json",
    "tsconfig.app.json",
    "jsconfig.json",
    "vite.config.ts",
    "electron.vite.config.mts",
    "webpack.config.js",
    "jest.config.json",
    "babel.config.cjs",
    ".babelrc",
    ".babelrc.json",
    "next.config.mjs",
    ".venv/pyvenv.cfg",
    ".vetline/baseline",
    ".vetline/fingerprint-key",
    ".secrets.baseline",
    ".gitignore",
]
NOT = [
    "a.py",
    "a.txt",
    "notes/dev.txt",
    "data.json",
    "a.toml",
    "main.ts",
    "README.md",
    "config.js",
    "docs/a.yaml",
]


def expanded(pattern: str) -> list[str]:
    """The patterns that one with groups in braces stands for."""
    parts = [part[1:-1].split(",") if part[:1] == "{" else [part] for part in re.split(r"(\{[^}]*\})", pattern)]  # fmt: skip
    return ["".join(chosen) for chosen in itertools.product(*parts)]


GLOBS = [one for pattern in watched.GLOBS for one in expanded(pattern)]


@pytest.mark.parametrize("path", COUNT)
def test_what_facts_are_read_from_counts_and_is_asked_for(path):
    assert watched.counts(path)
    assert watched.counts(f"/shops/one/{path}")
    assert any(fnmatch(path.rpartition("/")[2], glob) for glob in GLOBS)


def test_a_client_tells_of_files_by_their_uris(tmp_path):
    for path, wanted in (
        ("requirements/dev ops.txt", True),
        (".npmrc", True),
        ("docs/a.txt", False),
    ):
        assert projects._is_watched((tmp_path / path).as_uri()) is wanted
    assert not projects._is_watched("untitled:requirements.txt")


@pytest.mark.parametrize("path", NOT)
def test_what_no_fact_is_read_from_does_not(path):
    assert not watched.counts(path)


def test_every_format_is_among_them():
    known = {found.name for path in COUNT if (found := manifests.of_path(path))}
    assert {form.name for form in manifests._all()} <= known


# -- what lies outside the project: nobody tells of it, so that facts are gathered anew at each save


def test_gathering_anew_takes_in_what_was_renewed_meanwhile(tmp_path):
    root = tmp_path / "shop"
    root.mkdir()
    place = tmp_path / "known.store"
    settings = Settings(advisories=str(place))
    shop = package(Ecosystem.PYPI, "shop")

    def gathered():
        return pickle.loads(pickle.dumps(project.facts(root, settings)))

    assert gathered().advisories is None
    write_store(place, {"pypi/other": [below("2.0", "PYSEC-1")]})
    first = gathered()
    assert first.advisories.of(shop) == ()
    assert gathered() == first
    write_store(place, {"pypi/shop": [below("2.0", "PYSEC-2")]}, "2026-07-24")
    assert [one.id for one in gathered().advisories.of(shop)] == ["PYSEC-2"]
