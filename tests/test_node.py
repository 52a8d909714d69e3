"""Folders with a package.json: what is declared, aliased, installed and locked there, read from files alone."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetline.project import node, node_aliases

if TYPE_CHECKING:
    from pathlib import Path


def write(root: Path, place: str, content: object) -> Path:
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "repository"
    (folder / ".git").mkdir(parents=True)
    return folder


def read(root: Path, *folders: str):
    return {one.folder: one for one in node.read(root, [root / folder for folder in folders])}


def only(root: Path):
    (package,) = node.read(root, [root])
    return package


def test_what_a_package_declares(root):
    told = {
        "name": "@acme/web",
        "dependencies": {"react": "^19", "old-react": "npm:react-legacy@16", "own": "workspace:*"},
        "devDependencies": {"vitest": "*", "@types/node": "1"},
        "peerDependencies": {"vue": ">=3"},
        "optionalDependencies": {"fsevents": "2", "@scope/old": "npm:@scope/new@1"},
        "bundledDependencies": ["inside"],
    }
    write(root, "package.json", told)
    package = only(root)
    assert (package.folder, package.name, package.installed) == ("", "@acme/web", None)
    assert package.declared == {
        *("react", "old-react", "react-legacy", "own", "vitest", "@types/node", "vue", "fsevents"),
        *("@scope/old", "@scope/new", "inside"),
    }


def test_each_folder_is_a_package(root):
    write(root, "package.json", {"name": "top", "workspaces": ["packages/*"]})
    write(root, "packages/ui/package.json", {"name": "@acme/ui"})
    write(root, "tools/tsconfig.json", {"compilerOptions": {"paths": {"@t/*": ["./src/*"]}}})
    found = read(root, "", "packages/ui", "tools", "nothing")
    assert {folder: one.name for folder, one in found.items()} == {
        "": "top",
        "packages/ui": "@acme/ui",
        "tools": "",
    }
    assert found["tools"].aliases == (("@t/*", ("tools/src/*",)),)


def test_folders_are_given_in_any_form(root):
    path = write(root, "a/package.json", {"name": "a"})
    for one in (path, path.parent, "a", "a/package.json"):
        assert [package.folder for package in node.read(root, [one])] == ["a"]
    assert len(node.read(root, [path, path.parent, "a"])) == 1


def test_aliases_of_a_package(root):
    told = {
        "imports": {
            "#db": "./src/db.js",
            "#x/*": {"node": "./src/node/*.js", "default": ["./src/x/*.js", None]},
            "#dep": "lodash",
            "#out": "../../outside.js",
        },
        "browser": {"./a.js": "./b.js", "fs-like": False},
        "_moduleAliases": {"@root": "."},
        "jest": {"moduleNameMapper": {"^@/(.*)$": "<rootDir>/src/$1", "\\.css$": "x"}},
    }
    write(root, "package.json", told)
    assert dict(only(root).aliases) == {
        "#db": ("src/db.js",),
        "#x/*": ("src/node/*.js", "src/x/*.js"),
        "#dep": (),
        "#out": (),
        "fs-like": (),
        "@root": (),
        "@root/*": (),
        "@": (),
        "@/*": (),
    }


def test_a_tsconfig_with_comments_and_an_extended_one(root):
    write(root, "package.json", {})
    base = """{
      // the paths of all
      "compilerOptions": {
        "baseUrl": "./src", /* below */
        "paths": {"@/*": ["./*"], "~s": ["shared/index.ts",], "url": ["http://x/*y*/"]},
      },
    }"""
    write(root, "config/tsconfig.base.json", base)
    write(root, "tsconfig.json", {"extends": "./config/tsconfig.base"})
    package = only(root)
    aliases = dict(package.aliases)
    assert aliases["@/*"] == ("config/src/*",)
    assert aliases["~s"] == ("config/src/shared/index.ts",)
    assert package.bases == {"config/src"}


def test_what_a_tsconfig_says_itself_holds(root):
    write(root, "package.json", {})
    write(root, "base.json", {"compilerOptions": {"paths": {"a": ["x"]}, "baseUrl": "deep"}})
    options = {"paths": {"b": ["y"], "c": ["${configDir}/z"]}, "baseUrl": "."}
    told = {
        "extends": ["./base.json", "@tsconfig/node20/tsconfig.json"],
        "compilerOptions": options,
    }
    write(root, "tsconfig.json", told)
    write(root, "tsconfig.app.json", {"compilerOptions": {"paths": {"d": ["w"]}}})
    package = only(root)
    assert dict(package.aliases) == {"b": ("y",), "c": ("z",), "d": ("w",)}
    assert package.bases == {""}


def test_what_many_inherit_is_told_once(root):
    write(root, "tsconfig.base.json", {"compilerOptions": {"paths": {"@a/*": ["packages/*/src"]}}})
    inner = {"extends": "../../tsconfig.base.json"}
    write(root, "packages/a/tsconfig.json", inner)
    write(root, "packages/b/tsconfig.json", {**inner, "compilerOptions": {"baseUrl": "."}})
    found = read(root, "", "packages/a", "packages/b")
    assert found[""].aliases == (("@a/*", ("packages/*/src",)),)
    assert found["packages/a"].aliases == ()
    assert found["packages/b"].aliases == (("@a/*", ("packages/b/packages/*/src",)),)


def test_a_tsconfig_that_extends_itself(root):
    write(root, "tsconfig.json", {"extends": ["./tsconfig.json", "./gone.json"]})
    assert only(root).aliases == ()


def test_bundlers_settings_are_read_and_not_run(root):
    write(root, "package.json", {})
    text = """
    export default defineConfig({
      resolve: { alias: { "@": path.resolve(__dirname, "./src"), utils: "./src/utils", 'exact$': './x.js' } },
    })
    """
    write(root, "vite.config.ts", text)
    write(
        root, "webpack.config.js", "alias: [{ find: '~lib', replacement: 'x' }, { find: /^#own/ }]"
    )
    assert {name for name, places in only(root).aliases if not places} == {
        *("@", "@/*", "utils", "utils/*", "exact", "~lib", "~lib/*", "#own", "#own/*"),
    }


def test_import_maps_of_deno(root):
    told = """{
      // Deno reads comments, too
      "name": "@acme/tool",
      "imports": {"@std/assert": "jsr:@std/assert@1", "@/": "./src/", "chalk": "npm:chalk@5"},
    }"""
    write(root, "deno.jsonc", told)
    package = only(root)
    assert package.name == "@acme/tool"
    assert dict(package.aliases) == {"@std/assert": (), "@/*": ("src/*",), "chalk": ()}


def test_what_is_installed_is_seen_from_below(root):
    write(root, "package.json", {})
    write(root, "apps/web/package.json", {})
    for name in ("react", "@scope/one", "@scope/two", ".bin", ".cache"):
        (root / "node_modules" / name).mkdir(parents=True)
    (root / "apps/web/node_modules/vue").mkdir(parents=True)
    found = read(root, "", "apps/web")
    assert found[""].installed == {"react", "@scope/one", "@scope/two"}
    assert found["apps/web"].installed == {"react", "@scope/one", "@scope/two", "vue"}


def test_an_empty_installation_is_none(root):
    write(root, "package.json", {})
    (root / "node_modules/.cache").mkdir(parents=True)
    assert only(root).installed is None


def test_a_lock_file_is_read_with_and_without_an_installation(root):
    write(root, "package.json", {})
    lock = {
        "lockfileVersion": 3,
        "packages": {
            "": {"name": "x"},
            "node_modules/left-pad": {"version": "1.3.0"},
            "node_modules/@scope/b": {"version": "1.0.0"},
        },
    }
    write(root, "package-lock.json", lock)
    write(root, "packages/ui/package.json", {})
    found = read(root, "", "packages/ui")
    assert found[""].locked == found["packages/ui"].locked == {"left-pad", "@scope/b"}
    (root / "node_modules/left-pad").mkdir(parents=True)
    both = read(root, "")[""]
    assert (both.installed, both.locked) == ({"left-pad"}, {"left-pad", "@scope/b"})


@pytest.mark.parametrize("form", ["list", "object", "pnpm"])
def test_a_project_inside_a_workspace_knows_its_siblings(root, form):
    globs = ["packages/*", "!packages/no"]
    told = {"list": {"workspaces": globs}, "object": {"workspaces": {"packages": globs}}}.get(
        form, {}
    )
    write(root, "package.json", {"name": "top", "dependencies": {"hoisted": "1"}, **told})
    if form == "pnpm":
        write(
            root, "pnpm-workspace.yaml", "packages:\n  - 'packages/*' # all\n  - '!packages/no'\n"
        )
    web = write(root, "packages/web/package.json", {"name": "web"}).parent
    write(root, "packages/ui/package.json", {"name": "@acme/ui"})
    found = node.read(web, [web])
    assert {one.name for one in found} == {"top", "web", "@acme/ui"}
    assert [one.declared for one in found if one.name == "top"] == [{"hoisted"}]
    assert all(one.folder in {"", ".."} for one in found)


def test_nothing_above_the_repository_is_read(root):
    write(root.parent, "package.json", {"name": "stranger"})
    (root.parent / "node_modules/strange").mkdir(parents=True)
    write(root, "package.json", {"name": "own"})
    assert [one.name for one in node.read(root, [root])] == ["own"]
    assert only(root).installed is None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "{",
            "[]",
            "null",
            '"x"',
            '{"name": 1, "dependencies": []}',
            '{"imports": "x"}',
            "\0",
        ),
        *(
            '{"dependencies": {"a": 1}, "bundledDependencies": {"x": 1}, "workspaces": 3}',
            "[" * 100_000,
        ),
        '{"imports": {"#a": {"x": {"x": {"x": {"x": {"x": {"x": {"x": {"x": "./y"}}}}}}}}}}',
        '{"compilerOptions": {"paths": {"a": "b", "c": [1, "\\u0000"]}, "baseUrl": "\\u0000"}, "extends": 1}',
        '{"compilerOptions": {"paths": [], "baseUrl": {}}}',
    ],
)
def test_what_cannot_be_read_says_nothing(root, text):
    for name in ("package.json", "tsconfig.json", "deno.json", "vite.config.js"):
        write(root, name, text)
    assert isinstance(only(root).declared, frozenset)


def test_pipes_and_folders_in_the_place_of_files(root):
    (root / "package.json").mkdir()
    os.mkfifo(root / "tsconfig.json")
    write(root, "node_modules", "a file")
    assert only(root) == node.NodePackage("")


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=5))
def test_comments_are_no_part_of_what_json_says(data):
    plain = json.dumps(data)
    marked = plain.replace('", "', '" , // x"\n /* "y" */ "') if "\\" not in plain else plain
    stripped = node_aliases._COMMA.sub(
        node_aliases._kept,
        node_aliases._COMMENT.sub(node_aliases._kept, plain[:-1] + ",}" if data else marked),
    )
    assert json.loads(stripped) == data
