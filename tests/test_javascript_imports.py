"""Imports of JavaScript and TypeScript: where they stand, what provides them, what is said of the rest."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vetline_analyzers import imports
from vetline_analyzers.core.analyzer import Facts, NodePackage, NotChecked
from vetline_analyzers.core.finding import Persona, Severity
from vetline_analyzers.core.text import Snapshot, apply
from vetline_analyzers.core.universe import Answer, Ecosystem, Sample, package
from vetline_analyzers.sites import javascript as sites
from vetline_analyzers.supply.import_rules import BROKEN_LOCAL, NOT_DECLARED, NOT_INSTALLED

UNIVERSE = Sample(
    (
        *("npm/react", "npm/express", "npm/lodash", "npm/@babel/core", "npm/@types/estree"),
        *("npm/express-guard-pro!", "npm/express-oldguard?"),
    )
)
APP = NodePackage("", "@acme/web", frozenset({"react", "@types/node", "@types/geojson"}))
FACTS = Facts(universe=UNIVERSE, node=(APP,))
FILES = frozenset(
    {
        "package.json",
        "src/",
        "src/app.ts",
        "src/util.ts",
        "src/view.d.ts",
        "src/data.json",
        "src/logo.svg",
        "src/base.scss",
        "src/shared/",
        "src/shared/index.tsx",
        "src/empty/",
        "src/empty/x.md",
        "packages/ui/",
        "packages/ui/package.json",
        "packages/ui/main.js",
        "**/made",
        "secret",
    }
)
LOCAL = replace(FACTS, files=FILES)


def specifiers(text: str) -> list[str]:
    return [one.specifier for one in sites.found(text, sites.code(text))]


def guards(text: str) -> list[bool]:
    is_code = sites.code(text)
    return [one.guarded for one in sites.guarded(text, sites.found(text, is_code), is_code)]


def found(text: str, facts: Facts = FACTS, path: str = "src/app.ts", language: str = "typescript"):
    snapshot = Snapshot("file:///x", language, 0, text, path)
    return [(f, snapshot.slice(f.span)) for f in imports.ANALYZER.analyze(snapshot, facts, {})]


def rules(text: str, facts: Facts = FACTS, path: str = "src/app.ts") -> list[str]:
    return [finding.rule for finding, _ in found(text, facts, path)]


def of(specifier: str, facts: Facts = FACTS, path: str = "src/app.ts") -> str:
    """The rule that one import comes to, "" for none."""
    return "".join(rules(f'import x from "{specifier}";\n', facts, path))


# -- where they stand


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('import a from "x"', ["x"]),
        ("import a from 'x'", ["x"]),
        ('import "x";import"y"', ["x", "y"]),
        ('import * as a from "x"', ["x"]),
        ('import a, { b as c } from "x"', ["x"]),
        ('import a, * as b from "x"', ["x"]),
        ('import{a}from"x";import b from"y"', ["x", "y"]),
        ('import {\n  a, // it\'s\n  b,\n} from "x"', ["x"]),
        ('import /* why */ a /* not */ from /* ? */ "x"', ["x"]),
        ('import type { A } from "x"', ["x"]),
        ('import type from "x"', ["x"]),
        ('import typeof A from "x"', ["x"]),
        ('import json from "./x.json" with { type: "json" }', ["./x.json"]),
        ('import a = require("x")', ["x"]),
        ('export { a } from "x"', ["x"]),
        ('export * from "x"; export * as y from "y"', ["x", "y"]),
        ('export type { A } from "x"', ["x"]),
        ('const a = await import("x")', ["x"]),
        ('import(/* webpackChunkName: "c" */ "x")', ["x"]),
        ("import(`x`)", ["x"]),
        ("let a: import('x').A", ["x"]),
        ('require("x")', ["x"]),
        ('require.resolve("x")', ["x"]),
        ('import.meta.resolve("x")', ["x"]),
        ('const load = createRequire(import.meta.url); load("x")', ["x"]),
        ('const load = module.createRequire(__filename); load.resolve("x")', ["x"]),
        ('new Worker(new URL("./x.js", import.meta.url), {})', ["./x.js"]),
        ('/// <reference types="x" />', ["x"]),
        ('/// <reference path="x.d.ts" />', ["./x.d.ts"]),
        ('"use strict";import a from "x"', ["x"]),
        ('\ufeffimport a from "x"', ["x"]),
        ('if (a) { require("x") }', ["x"]),
        ('const f = () =>require("x")', ["x"]),
        ('const a = { ...require("x") }; module.require("y")', ["x", "y"]),
        ('#!/usr/bin/env node\nrequire("x")', ["x"]),
    ],
)
def test_what_is_an_import(text, expected):
    assert specifiers(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        '// import a from "x"',
        '/* import a from "x"\nrequire("x") */',
        " * @example\n",
        "const a = 'import a from \"x\"'",
        'const a = `\nimport a from "x"\nrequire("x")\n`',
        'const a = `${b}\nimport a from "x"\n${c}`',
        'const a = `\n/// <reference types="x" />\n`',
        "import(`./${name}.js`)",
        'import("./" + name)',
        'require("x" + name)',
        "require(name)",
        "import a from",
        "import\nexport\nrequire\nrequire(",
        'important("x"); exports("x"); my_require("x"); this.require("x")',
        '$import("x"); $require("x")',
        "import.meta.url",
        "export const a = 1; export default a; export { a }",
        '<p>Take import from "Bob"</p>',
        '<code>require("x")</code>',
        '(function (require, module) { require("x") })',
        'define(["require", "x"], function (require) { require("x") })',
        '((require) => { require("x") })()',
        'const a = /"/, b = /import a from "x"/',
    ],
)
def test_what_is_none(text):
    assert specifiers(text) == []


@pytest.mark.parametrize(
    "before",
    [
        "const a = /[`'\"]/g;",
        "f(/`/)",
        "return /[/`]/.test(a)",
        "return/[/`]/.test(a)",
        "const a = b / c / d;",
        "const a = `x ${ `don't ${b}` } y`;",
        "const a = `${ { b: `}` } }`;",
        "const a = 'it\\'s';",
        "const a = <p>Don't</p>;",
        "const a = 'unclosed",
        "const a = `\\``;",
        "const a = `$`; const b = `$$${c}`;",
        "const a = <a href='x'/>;",
        "a\n  / b\n",
        "const a = // `\n 1;",
        "/* ` */",
        "const a = ''; const b = \"\";",
        "x = a[0] / 2; y = (a) / `b`;",
    ],
)
def test_what_stands_before_does_not_hide_it(before):
    assert specifiers(f'{before}\nimport a from "x";\nb(require("y"))') == ["x", "y"]


@given(st.text(alphabet='/*`\'"${}\\\n[](),import require"x"from ab', max_size=60))
@settings(max_examples=300, deadline=None)
def test_spans_are_what_they_say(text):
    is_code = sites.code(text)
    for one in sites.guarded(text, sites.found(text, is_code), is_code):
        assert text[slice(*one.span)] == one.specifier
        assert is_code(one.span.start) is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('import a from "x"', False),
        ('import type { A } from "x"', True),
        ('type A = typeof import("x")', True),
        ('try { require("x") } catch {}', True),
        ('try {\n  if (a) { require("x") }\n} catch (e) {}', True),
        ('try { a() } catch (e) { require("x") }', True),
        ('try { a() } catch {}\nrequire("x")', False),
        ('if (typeof window === "undefined") { require("x") }', True),
        ('if (process.platform === "win32") {\n  require("x")\n}', True),
        ('const a = typeof window === "undefined" ? require("x") : null', True),
        ('import("x").catch(() => null)', True),
        ('const a = "try {"; require("x")', False),
        ('if (a) { require("x") }', False),
    ],
)
def test_guards(text, expected):
    assert guards(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        '"' * 200_000,
        "`" * 199_999,
        "`${" * 66_000,
        "/ " * 100_000,
        "([/" * 66_000,
        "import{" * 28_000,
        "import/*" * 25_000,
        "import(" * 28_000,
        "import " * 28_000 + "from",
        "import" + " " * 200_000,
        "import " + "a" * 200_000,
        "export{" * 28_000,
        "require(" * 25_000,
        'require("' + "x" * 200_000,
        "try{" * 50_000 + 'require("x")',
        "createRequire" * 15_000,
        "function(require," * 12_000,
        "/// <reference types=" * 9_000,
        "Worker(" * 28_000 + "import.meta",
        "{" * 200_000 + 'require("x")',
        "a=" * 100_000 + "createRequire(",
    ],
)
def test_hostile_texts_take_linear_time(text):
    def seconds(text: str) -> float:
        text += '\nimport a from "nope-x"\nrequire("nope-y")'
        start = time.process_time()
        is_code = sites.code(text)
        list(sites.guarded(text, sites.found(text, is_code), is_code))
        return time.process_time() - start

    assert min(seconds(text) for _ in range(2)) < 0.5


# -- the project's own


@pytest.mark.parametrize(
    "specifier",
    [
        *(
            "./util",
            "./util.js",
            "./util.ts",
            "./view",
            "./data.json",
            "./data",
            "./shared",
            "./shared/",
        ),
        *(
            "../src/util",
            "./logo.svg",
            "./logo.svg?raw",
            "raw-loader!./util",
            "!!raw-loader!./logo.svg?x",
        ),
        *("./base.css", "../packages/ui", "../package.json", "..", "/absolute.js", "../../outside"),
    ],
)
def test_a_path_that_leads_somewhere(specifier):
    assert of(specifier, LOCAL) == ""


@pytest.mark.parametrize(
    "specifier",
    [
        *(
            "../dist/index.js",
            "../generated/client",
            "./routes.gen",
            "./x.wasm",
            "./.hidden/x",
            "./x_pb",
        ),
        *(
            "./+types/root",
            "./$types",
            "./version",
            "./photo.png",
            "./{{name}}",
            "../lib/x",
            "./made/x",
        ),
        *("../secret/x", "./config.json", "../made", "../node_modules/x"),
    ],
)
def test_what_a_build_makes_or_is_not_listed_is_not_missed(specifier):
    assert of(specifier, LOCAL) == ""


@pytest.mark.parametrize(
    "specifier",
    [
        "./nope",
        "./nope.js",
        "./empty",
        "./sub/nope",
        "../nope.svg",
        "./shared/nope",
        "./util/x",
        "./Util",
    ],
)
def test_a_path_that_leads_nowhere(specifier):
    assert of(specifier, LOCAL) == "import/broken-local"


def test_a_near_file_is_offered():
    ((finding, name),) = found('import { a } from "./utli.js"', LOCAL)
    assert (finding.rule, name) == (BROKEN_LOCAL.id, "./utli.js")
    assert "did you mean './util.js'" in finding.message
    assert finding.fix is not None
    assert (
        apply('import { a } from "./utli.js"', finding.fix.edits) == 'import { a } from "./util.js"'
    )


def test_local_files_are_not_missed_where_they_are_not_known():
    assert of("./nope", FACTS) == ""
    assert of("./nope", LOCAL, "elsewhere/app.ts") == ""
    assert of("./nope", LOCAL, "../outside/app.ts") == ""
    assert of("./nope", replace(LOCAL, files=FILES | {"dist/", "dist/a.js"}), "dist/a.js") == ""


def test_own_names():
    ui = NodePackage("packages/ui", "@acme/ui")
    facts = replace(LOCAL, node=(APP, ui))
    for name in ("@acme/web", "@acme/web/util", "@acme/ui", "@acme/ui/x"):
        assert of(name, facts) == ""


def test_aliases_lead_to_files():
    app = APP._replace(
        aliases=(
            ("@/*", ("src/*",)),
            ("#db", ("src/util.ts",)),
            ("~shared", ("src/shared/index.tsx",)),
            ("$made/*", ("dist/*",)),
            ("virtual-thing", ()),
            ("@acme/*", ("packages/*/main.js",)),
            ("*", ("src/*",)),
        )
    )
    facts = replace(LOCAL, node=(app,))
    for name in (
        "@/util",
        "#db",
        "~shared",
        "$made/x",
        "virtual-thing",
        "@acme/ui",
        "util",
        "react",
    ):
        assert of(name, facts) == "", name
    assert of("@/nope", facts) == "import/broken-local"
    assert of("@acme/nope", facts) == "import/broken-local"
    assert of("nope", facts) == "package/unverified"
    declared = facts.node[0]._replace(declared=frozenset({"@acme/nope"}))
    assert of("@acme/nope", replace(facts, node=(declared,))) == ""
    assert of("@/nope", replace(facts, files=frozenset())) == ""


def test_bare_names_that_a_folder_has():
    assert of("shared", LOCAL) == ""
    assert of("shared/nope", LOCAL) == "package/unverified"
    assert of("src/util", LOCAL) == of("src/dist/x", LOCAL) == ""
    assert of("src/nope", LOCAL) == of("src/sub/nope", LOCAL) == "import/broken-local"
    based = replace(LOCAL, node=(APP._replace(bases=frozenset({"packages"})),))
    assert of("ui/main", based) == ""
    assert of("ui/nope", based) == "import/broken-local"
    assert of("uix/nope", based) == "package/unverified"
    assert of("ui/main", replace(based, files=frozenset())) == ""


# -- what others bring along


@pytest.mark.parametrize(
    "specifier",
    [
        *(
            "fs",
            "node:fs",
            "fs/promises",
            "node:test",
            "node:test/reporters",
            "node:sqlite",
            "path/posix",
        ),
        *(
            "sys",
            "_stream_wrap",
            "punycode/",
            "virtual:pwa-register",
            "$app/stores",
            "$lib/x",
            "astro:content",
        ),
        *(
            "bun:test",
            "jsr:@std/path",
            "https://esm.sh/zod@3",
            "data:text/javascript,1",
            "vscode",
            "electron",
        ),
        *(
            "electron/main",
            "k6/http",
            "@ember/object",
            "cloudflare:workers",
            "wix-data",
            "uxp",
            "figma",
        ),
        *("#imports", "@/anything", "~/anything", "~icons/x", "@site/x", "private-next-pages/x"),
        *(
            "VAR_USERLAND",
            "__SERVER__/internal",
            ".prisma/client/x",
            "file:///x.js",
            "webpack/hot/dev-server",
        ),
    ],
)
def test_what_hosts_provide(specifier):
    assert of(specifier) == ""


def test_what_a_host_does_not_provide():
    assert of("fs-promises-node") == "package/unverified"
    assert of("test-nope") == "package/unverified"


def test_deno_names_packages_by_a_scheme():
    assert of("npm:express@5/lib") == of("npm:react@19") == ""
    assert of("npm:express-turbo-guard@1") == "package/unverified"


# -- packages


def test_what_is_declared():
    for name in ("react/jsx-runtime", "@types/node", "node", "@types/geojson"):
        assert of(name) == "", name
    assert of("react") == of("react/deep/path.js") == of("geojson") == ""


def test_what_is_declared_further_out():
    inner = NodePackage("src", "inner", frozenset({"express"}))
    facts = replace(FACTS, node=(APP, inner))
    assert of("react", facts) == of("express", facts) == ""
    assert of("express", facts, "other/app.ts") == "import/not-declared"


def test_what_the_settings_call_our_own():
    assert (
        of("@acme/made-elsewhere/x", replace(FACTS, modules=frozenset({"@acme/made-elsewhere"})))
        == ""
    )


def test_what_a_text_declares_itself():
    text = 'declare module "made-up-thing" {\n  import type { A } from "nowhere-thing";\n}\n'
    text += 'import a from "made-up-thing";\nconst b = "module \'nowhere-thing\'";'
    assert [name for _, name in found(text)] == ["nowhere-thing"]


def test_nothing_is_undeclared_without_a_manifest():
    assert of("express", replace(FACTS, node=(NodePackage("src"),))) == ""


def test_what_is_installed():
    facts = replace(FACTS, node=(APP._replace(installed=frozenset({"werk", "@acme/lib"})),))
    ((finding, _),) = found('import a from "werk/sub"', facts)
    assert (finding.rule, finding.package) == (NOT_DECLARED.id, "pkg:npm/werk")
    assert finding.persona is Persona.PEDANTIC
    ((finding, _),) = found('import a from "react"', facts)
    assert (finding.rule, finding.package) == (NOT_INSTALLED.id, "pkg:npm/react")
    assert of("@acme/lib", facts) == "import/not-declared"


def test_what_is_locked():
    facts = replace(FACTS, node=(APP._replace(locked=frozenset({"inner-thing"})),))
    assert of("inner-thing", facts) == "import/not-declared"
    assert of("other-thing", facts) == "package/unverified"


def test_the_registry_is_asked_last():
    bare = replace(FACTS, node=())
    for name in ("react", "lodash/fp", "@babel/core", "estree", "@types/estree"):
        assert of(name, bare) == "", name
    assert of("express-guard-pro", bare) == "package/obscure-or-young"
    assert of("express-oldguard", bare) == "package/obscure"
    assert of("expresss", bare) == "package/typosquat"
    assert of("lodsh/fp", bare) == "package/typosquat"
    assert of("express-turbo-guard", bare) == "package/unverified"
    assert of("@nobody/turbo-guard", bare) == "package/unverified"
    assert of("express-turbo-guard", Facts()) == ""


def test_an_answer_of_the_registry():
    name = package(Ecosystem.NPM, "express-turbo-guard")
    there = replace(FACTS, answers={name: Answer(exists=True, first_release="2015-01-01")})
    nowhere = replace(FACTS, answers={name: Answer(exists=False)})
    assert of(name.name, nowhere) == "package/nonexistent"
    assert of(name.name, there) != "package/nonexistent"


def test_a_finding_names_its_package_and_what_it_rests_on():
    facts = replace(FACTS, node=(APP._replace(installed=frozenset({"react"})),))
    ((finding, name),) = found("const g = require('@nobody/turbo-guard/sub')", facts)
    assert name == "@nobody/turbo-guard/sub"
    assert finding.package == "pkg:npm/%40nobody/turbo-guard"
    assert not finding.tentative
    assert "not declared in package.json" in finding.evidence
    assert "not in node_modules" in finding.evidence
    ((finding, _),) = found('import a from "expresss"')
    assert finding.meant == "express"


def test_a_guarded_import_is_softer_and_not_silent():
    ((loud, _),) = found('import a from "expresss"')
    ((soft, _),) = found('try { require("expresss") } catch {}')
    assert soft.severity == loud.severity - 1
    ((finding, _),) = found('import type { A } from "./nope"', LOCAL)
    assert finding.severity is Severity.LOW
    facts = replace(FACTS, node=(APP._replace(installed=frozenset({"werk"})),))
    ((finding, _),) = found('try { require("werk") } catch {}', facts)
    assert finding.persona is Persona.AUDITOR


def test_each_package_is_told_once_and_where_it_is_worst():
    text = 'import type { A } from "expresss"\nimport b from "expresss/b"\nrequire("expresss")'
    ((finding, name),) = found(text)
    assert (finding.severity, name) == (Severity.HIGH, "expresss/b")


def test_what_is_too_much_is_said():
    text = "".join(f'require("./{number}");\n' for number in range(2_001))
    snapshot = Snapshot("file:///x", "javascript", 0, text, "src/app.js")
    looked = imports.ANALYZER.analyze(snapshot, LOCAL, {})
    assert len(list(islice(looked, 400))) == 400
    with pytest.raises(NotChecked, match="imports more than 400 modules"):
        next(iter(looked))


@pytest.mark.parametrize("language", ["javascript", "typescript", "tsx"])
def test_the_languages(language):
    assert len(found('import a from "expresss"', language=language)) == 1


def test_ten_thousand_lines_take_milliseconds():
    block = "const a = { b: 'c', d: `e ${f}` }; // it's\nfunction g(h) { return h / 2 && /[`'\"]/.test(h); }\n"
    text = 'import x from "expresss"\n' + block * 5_000 + 'require("lodsh")'
    start = time.process_time()
    assert rules(text) == ["package/typosquat", "package/typosquat"]
    assert time.process_time() - start < 0.5
