"""Lock files: what each format has locked, where in the text, and how fast that is read."""

from __future__ import annotations

import json
import time

import pytest

from vetline_analyzers import manifests
from vetline_analyzers.core.universe import Ecosystem, package

HASH = "sha256:" + "0123456789abcdef" * 4


def read(path, text):
    reading = manifests.of_path(path).read(text)
    assert reading.locks
    for one in reading.requirements:
        assert text[one.span.start : one.span.end] == one.written
        assert not one.version_span or text[slice(*one.version_span)] == one.specifier
    return reading


def told(reading):
    lines = []
    for one in reading.requirements:
        flags = "".join(f" +{flag}" for flag in ("hashed", "optional", "dev") if getattr(one, flag))
        source = f" <{one.source}>" if one.source else ""
        lines.append(f"{one.package.name} {one.version}{source}{flags}".strip())
    return lines


def own(ecosystem, *names):
    return tuple(package(ecosystem, name) for name in names)


def test_poetry_lock():
    text = f"""
[[package]]
name = "Flask"
version = "3.0.0"
optional = false
groups = ["main"]
files = [
    {{file = "flask.whl", hash = "{HASH}"}},
]
[package.dependencies]
version = "no"
name = "no"

[[package]]
name = "pytest"
version = "8.0"
optional = true
groups = ["dev"]
files = []

[[package]]
name = "ours"
version = "1.0"
[package.source]
type = "legacy"
url = "https://u:secret@ours.example/simple"

[[package]]
name = "forked"
version = "2.0"
[package.source]
type = "git"
url = "https://x.example/f.git"

[[package]]
name = "near"
version = "0.1"
[package.source]
type = "directory"
url = "../near"

[metadata]
lock-version = "2.0"
name = "no"
"""
    found = read("poetry.lock", text)
    assert told(found) == [
        "flask 3.0.0 +hashed",
        "pytest 8.0 +optional +dev",
        "ours 1.0 <registry+https://ours.example/simple>",
        "forked 2.0 <git+https://x.example/f.git>",
    ]
    assert found.own == own(Ecosystem.PYPI, "near")


def test_the_hashes_of_an_old_poetry_lock_stand_at_its_end():
    text = (
        '[[package]]\nname = "Flask"\nversion = "1"\ncategory = "dev"\n\n[[package]]\nname = "bare"\nversion = "1"\n\n'
        f'[metadata.files]\nflask = [\n  {{file = "f", hash = "{HASH}"}},\n]\nbare = []\n'
    )
    assert told(read("poetry.lock", text)) == ["flask 1 +hashed +dev", "bare 1"]


def test_uv_lock():
    text = f"""version = 1
[[package]]
name = "shop"
source = {{ editable = "." }}
[package.optional-dependencies]
name = "no"

[[package]]
name = "anyio"
version = "4.0"
source = {{ registry = "https://ours.example/simple" }}
wheels = [
    {{ url = "https://x.example/a.whl", hash = "{HASH}", size = 1 }},
]

[[package]]
name = "forked"
version = "1.0"
source = {{ git = "https://x.example/f?rev=1#0" }}
"""
    found = read("uv.lock", text)
    assert told(found) == [
        "anyio 4.0 <registry+https://ours.example/simple> +hashed",
        "forked 1.0 <git+https://x.example/f>",
    ]
    assert found.own == own(Ecosystem.PYPI, "shop")


def test_pdm_lock():
    text = (
        f'[[package]]\nname = "a"\nversion = "1"\ngroups = ["default"]\nfiles = [\n {{file = "x", hash = "{HASH}"}},\n]\n\n'
        '[[package]]\nname = "b"\nversion = "2"\ngroups = ["dev"]\n\n[[package]]\nname = "c"\nversion = "3"\npath = "./c"\n'
        '[[package]]\nname = "d"\nversion = "3"\ngit = "https://x.example/d"\n'
    )
    found = read("pdm.lock", text)
    assert told(found) == ["a 1 +hashed", "b 2 +dev", "d 3 <git+https://x.example/d>"]
    assert found.own == own(Ecosystem.PYPI, "c")


def test_pylock():
    text = (
        'lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1"\nindex = "https://ours.example/simple"\n'
        '[[packages.wheels]]\nname = "a-1.whl"\n[packages.wheels.hashes]\nsha256 = "0"\n'
        '[[packages]]\nname = "b"\nversion = "2"\nwheels = [{ name = "b", hashes = { sha256 = "0" } }]\n'
        '[[packages]]\nname = "c"\n[packages.directory]\npath = "."\n'
        '[[packages]]\nname = "d"\n[packages.vcs]\ntype = "git"\nurl = "https://x.example/d"\n'
        '[[packages]]\nname = "e"\narchive = { url = "https://x.example/e.zip" }\n'
    )
    found = read("pylock.toml", text)
    assert told(found) == [
        "a 1 <registry+https://ours.example/simple> +hashed",
        "b 2 +hashed",
        "d  <git+https://x.example/d>",
        "e  <https://x.example/e.zip>",
    ]
    assert found.own == own(Ecosystem.PYPI, "c")


def test_pipfile_lock():
    text = json.dumps(
        {
            "_meta": {"sources": [{"name": "ours", "url": "https://u:secret@ours.example/simple"}]},
            "default": {
                "a": {"hashes": [HASH], "version": "==1.0"},
                "b": {"version": "==2", "index": "ours"},
            },
            "develop": {"c": {"git": "https://x.example/c.git"}},
        },
        indent=4,
    )
    found = read("Pipfile.lock", text)
    assert told(found) == [
        "a 1.0 +hashed",
        "b 2 <registry+https://ours.example/simple>",
        "c  <git+https://x.example/c.git> +dev",
    ]
    assert found.indexes == ("https://ours.example/simple",)


def test_package_lock():
    registry = "https://registry.yarnpkg.com"
    text = json.dumps(
        {
            "name": "web",
            "lockfileVersion": 3,
            "packages": {
                "": {"name": "web", "dependencies": {"a": "^1"}},
                "node_modules/a": {"version": "1.0.0", "resolved": f"{registry}/a/-/a-1.0.0.tgz", "integrity": "sha512-x"},
                "node_modules/a/node_modules/@s/b": {"version": "2.0.0", "dev": True, "optional": True},
                "node_modules/alias": {"name": "real", "version": "3.0.0"},
                "node_modules/ours": {"version": "1.0.0", "resolved": "https://npm.ours.example/ours/-/ours-1.0.0.tgz"},
                "node_modules/forked": {"version": "1.0.0", "resolved": "git+ssh://git@x.example/f.git#0"},
                "packages/ui": {"name": "@acme/ui", "version": "1.0.0"},
                "node_modules/@acme/ui": {"resolved": "packages/ui", "link": True},
            },
        },
        indent=2,
    )  # fmt: skip
    found = read("package-lock.json", text)
    assert told(found) == [
        "a 1.0.0 +hashed",
        "@s/b 2.0.0 +optional +dev",
        "real 3.0.0",
        "ours 1.0.0 <registry+https://npm.ours.example>",
        "forked 1.0.0 <git+ssh://git@x.example/f.git>",
    ]
    assert found.own == own(Ecosystem.NPM, "@acme/ui", "web")


def test_package_lock_of_version_1():
    text = json.dumps(
        {
            "lockfileVersion": 1,
            "dependencies": {
                "a": {"version": "1.0.0", "integrity": "sha1-x", "dependencies": {"b": {"version": "2.0.0"}}},
                "alias": {"version": "npm:@s/real@3.0.0"},
                "git": {"version": "github:user/repo#0"},
            },
        }
    )  # fmt: skip
    found = read("npm-shrinkwrap.json", text)
    assert told(found) == [
        "a 1.0.0 +hashed",
        "@s/real 3.0.0",
        "git  <github:user/repo#0>",
        "b 2.0.0",
    ]


def test_yarn_lock():
    text = (
        "# yarn lockfile v1\n\n"
        '"@s/a@^1.0.0", "@s/a@^1.1.0":\n  version "1.1.0"\n  resolved "https://registry.yarnpkg.com/@s/a/-/a-1.1.0.tgz#0"\n'
        '  integrity sha512-x\n  dependencies:\n    version "no"\n\n'
        'alias@npm:real@^2:\n  version "2.0.0"\n\n'
        'ours@^1:\n  version "1.0.0"\n  resolved "https://npm.ours.example/ours/-/ours-1.0.0.tgz"\n\n'
        'near@file:../near:\n  version "0.0.0"\n'
    )
    found = read("yarn.lock", text)
    assert told(found) == [
        "@s/a 1.1.0 +hashed",
        "real 2.0.0",
        "ours 1.0.0 <registry+https://npm.ours.example>",
    ]
    assert found.own == own(Ecosystem.NPM, "near")


def test_yarn_lock_of_later_versions():
    text = (
        '__metadata:\n  version: 8\n\n"@s/a@npm:^1.0.0, @s/a@npm:^1.1.0":\n  version: 1.1.0\n  resolution: "@s/a@npm:1.1.0"\n'
        '  checksum: 10/0\n\n"alias@npm:real@^2":\n  version: 2.0.0\n  resolution: "real@npm:2.0.0"\n\n'
        '"web@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "web@workspace:."\n\n'
        '"forked@https://x.example/f.git":\n  version: 1.0.0\n  resolution: "forked@https://x.example/f.git#commit=0"\n'
    )
    found = read("yarn.lock", text)
    assert told(found) == [
        "@s/a 1.1.0 +hashed",
        "real 2.0.0",
        "forked 1.0.0 <https://x.example/f.git#commit=0>",
    ]
    assert found.own == own(Ecosystem.NPM, "web")


@pytest.mark.parametrize(
    "keys",
    [
        ("/a/1.0.0", "/@s/b/2.0.0_react@18.0.0"),
        ("/a@1.0.0", "/@s/b@2.0.0(react@18.0.0)"),
        ("a@1.0.0", "'@s/b@2.0.0'"),
    ],
)
def test_pnpm_lock(keys):
    text = (
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      no:\n        version: 1.0.0\npackages:\n"
        f"  {keys[0]}:\n    resolution: {{integrity: sha512-x}}\n    dev: true\n"
        f"  {keys[1]}:\n    resolution: {{integrity: sha512-x}}\n    optional: true\n"
        "snapshots:\n  no@1.0.0: {}\n  nor@1.0.0:\n    dependencies:\n"
    )
    found = read("pnpm-lock.yaml", text)
    assert told(found) == ["a 1.0.0 +hashed +dev", "@s/b 2.0.0 +hashed +optional"]


def test_what_pnpm_has_from_elsewhere():
    text = (
        "packages:\n  forked@https://codeload.x.example/u/f/tar.gz/0:\n    resolution: {tarball: https://codeload.x.example/u/f/tar.gz/0}\n"
        "  near@file:near:\n    resolution: {directory: near, type: directory}\n"
        "  ours@1.0.0:\n    resolution: {integrity: sha512-x, tarball: https://npm.ours.example/ours/-/ours-1.0.0.tgz}\n"
    )
    assert told(read("pnpm-lock.yaml", text)) == [
        "forked  <https://codeload.x.example/u/f/tar.gz/0>",
        "ours 1.0.0 <registry+https://npm.ours.example> +hashed",
    ]


def test_bun_lock():
    text = """{
  "lockfileVersion": 1,
  "workspaces": {"": {"name": "web", "dependencies": {"a": "^1"}}},
  "packages": {
    "a": ["a@1.0.0", "", {}, "sha512-x"],
    "alias": ["@s/real@2.0.0", "https://npm.ours.example/", {}, "sha512-x"],
    "ui": ["ui@workspace:packages/ui"],
    "forked": ["forked@github:u/f#0", {}, "u-f-0"],
  }
}
"""
    found = read("bun.lock", text)
    assert told(found) == [
        "a 1.0.0 +hashed",
        "@s/real 2.0.0 <registry+https://npm.ours.example/> +hashed",
        "forked  <github:u/f#0>",
    ]
    assert found.own == own(Ecosystem.NPM, "web")
    assert not found.missing


@pytest.mark.parametrize("path", ["uv.lock", "poetry.lock", "yarn.lock", "pnpm-lock.yaml"])
def test_conflicts_of_a_merge_are_told(path):
    assert (
        "conflicts of a merge" in read(path, "<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> main\n").missing
    )


def _row(path, n):
    """What a lock file of that format says of one package, about as long as tools write it."""
    digest = "0" * 64
    if path == "package-lock.json":
        told = {
            "version": "1.0.0",
            "resolved": "https://r.example/p/-/p-1.tgz",
            "integrity": digest,
        }
        return json.dumps({f"node_modules/p{n}": {**told, "license": "MIT"}}, indent=2)[1:-1] + ","
    if path == "pnpm-lock.yaml":
        return f"  p{n}@1.0.0:\n    resolution: {{integrity: {digest}}}\n    engines: {{node: '>=6'}}\n\n"
    if path == "yarn.lock":
        return f'p{n}@^1.0.0:\n  version "1.0.0"\n  resolved "https://r.example/p{n}/-/p.tgz"\n  integrity {digest}\n\n'
    return (
        f'[[package]]\nname = "p{n}"\nversion = "1.0.0"\nfiles = [\n'
        f'    {{file = "p{n}.whl", hash = "sha256:{digest}"}},\n]\n\n'
    )


@pytest.mark.parametrize(
    "path", ["package-lock.json", "pnpm-lock.yaml", "yarn.lock", "poetry.lock", "uv.lock"]
)
def test_thirty_thousand_lines_are_read_in_a_moment(path):
    text = "".join(_row(path, n) for n in range(6_000))
    text = {
        "package-lock.json": '{"packages": {' + text.rstrip(",") + "}}",
        "pnpm-lock.yaml": f"packages:\n{text}",
    }.get(path, text)
    assert text.count("\n") > 23_000
    start = time.process_time()
    assert len(read(path, text).requirements) == 6_000
    assert time.process_time() - start < 3  # measured: 0.2 at most on an idle machine
