"""Names where they are seldom looked for (mocks, Nox, tox, catalogs), and names that something unobvious vouches for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vetline_analyzers import dependencies, imports, manifests
from vetline_analyzers.core.analyzer import Facts, Neighbour, NodePackage
from vetline_analyzers.core.finding import Persona
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.core.universe import Ecosystem, Sample, package
from vetline_analyzers.languages import of_path
from vetline_analyzers.sites import commands

_READERS = [f"cloud-readers-{name}" for name in ("file", "web", "mail", "wiki")]
UNIVERSE = Sample(
    [
        *("pypi/requests", "pypi/secret-manager-client", "pypi/google-cloud-secret-manager"),
        *("npm/react", "npm/uglify-js", *(f"pypi/{name}" for name in _READERS)),
    ],
    {
        "cloud": ("cloud-core", *_READERS),
        "cloud.readers": tuple(_READERS),
        "cloud.readers.file": ("cloud-readers-file",),
    },
)
FACTS = Facts(stdlib=frozenset({"os", "sys"}), universe=UNIVERSE)


def told(path: str, text: str, facts: Facts = FACTS, analyzer=imports) -> list[tuple[str, str]]:
    """The rules that an analyzer names to everybody, each with what stands under it."""
    snapshot = Snapshot("file:///x", of_path(path).name, 1, text, path)
    found = analyzer.ANALYZER.analyze(snapshot, facts, {})
    return [(f.rule, snapshot.slice(f.span)) for f in found if f.persona is Persona.REGULAR]


class TestNamespaces:
    def test_one_that_the_map_tells_of(self):
        text = "from cloud.readers.file import A\nfrom cloud.readers.dream import B\nfrom cloud.readers import mail, moon\n"
        assert told("a.py", text) == [
            ("package/nonexistent", "cloud.readers.dream"),
            ("package/nonexistent", "moon"),
        ]

    def test_what_one_distribution_has_is_none(self):
        assert told("a.py", "import cloud.dream\n") == []

    def test_a_members_distribution_may_have_other_hyphens(self):
        assert told("a.py", "from google.cloud import secretmanager\n") == []
        text = "from google.cloud import secretmanagers\n"
        assert told("a.py", text) == [("package/typosquat", "secretmanagers")]


FILES = frozenset(
    {"shop/", "shop/__init__.py", "shop/cart.py", "shop/open/", "shop/open/__init__.py"}
)


def beside(name: str, text: str, path: str = "shop/__init__.py") -> Facts:
    neighbours = {name: Neighbour(text, path=path)}
    return replace(FACTS, files=FILES, modules=frozenset({"shop"}), neighbours=neighbours)


class TestRegularPackages:
    def test_what_is_neither_a_module_nor_named(self):
        text = "from shop import cart, VERSION, cash, Order\n"
        facts = beside("shop", "from shop.x import VERSION\nOrder = 1\n")
        assert told("main.py", text, facts) == [("import/broken-local", "cash")]
        text = "from . import cart, cash\n"
        facts = beside(".", "")
        assert told("shop/run.py", text, facts) == [("import/broken-local", "cash")]

    @pytest.mark.parametrize(
        "text",
        [
            "from .x import *\n",
            "def __getattr__(name): ...\n",
            "globals()['cash'.upper()] = 1\n",
            "import sys\nsys.modules[__name__] = Lazy()\n",
            "__path__ = []\n",
        ],
    )
    def test_a_package_may_have_what_its_text_does_not_name(self, text):
        assert told("main.py", "from shop import cash\n", beside("shop", text)) == []

    def test_a_module_has_what_it_has(self):
        assert (
            told("main.py", "from shop.cart import cash\n", beside("shop.cart", "", "shop/cart.py"))
            == []
        )

    def test_what_is_not_known_is_not_missed(self):
        assert (
            told("main.py", "from shop import cash\n", replace(beside("shop", ""), neighbours={}))
            == []
        )


def test_what_a_compiler_makes_may_lie_in_a_folder_that_it_makes():
    facts = replace(FACTS, files=FILES, modules=frozenset({"shop"}))
    assert told("main.py", "import shop.proto.order_pb2\n", facts) == []
    assert told("main.py", "import shop.proto.order\n", facts) == [
        ("import/broken-local", "shop.proto.order")
    ]


def test_a_portion_of_a_namespace_does_not_have_the_others():
    files = frozenset({"src/", "src/corp/", "src/corp/bill/", "src/corp/bill/__init__.py"})
    own = frozenset({package(Ecosystem.PYPI, "corp-bill")})
    facts = replace(FACTS, files=files, modules=frozenset({"corp"}), own_packages=own)
    path = "src/corp/bill/__init__.py"
    assert told(path, "import corp.shared\n", facts) == []
    assert told(path, "import corp.bill.none\n", facts) == [
        ("import/broken-local", "corp.bill.none")
    ]
    alone = replace(facts, own_packages=frozenset())
    assert told(path, "import corp.shared\n", alone) == [("import/broken-local", "corp.shared")]


@pytest.mark.parametrize(
    ("path", "count"), [("run.py", 1), ("tests/run.py", 0), ("testdata/run.py", 0)]
)
def test_tests_put_what_they_make_up_on_the_path(path, count):
    text = "import os, sys\nsys.path.insert(0, os.path.dirname(__file__))\nimport made_up_thing\n"
    assert [rule for rule, _ in told(path, text)] == ["package/unverified"] * count


class TestMocks:
    @pytest.mark.parametrize(
        "call",
        [
            "jest.mock('ghost-lib')",
            "jest.doMock('ghost-lib', () => ({}))",
            "vi.mock(`ghost-lib`, async () => {})",
            "jest.requireActual<typeof X>('ghost-lib')",
            "await vi.importActual('ghost-lib')",
        ],
    )
    def test_a_mock_wants_the_package(self, call):
        assert told("a.test.ts", call + ";\n") == [("package/unverified", "ghost-lib")]

    @pytest.mark.parametrize(
        "call",
        [
            "jest.mock('react')",
            "jest.mock('ghost-lib', () => ({}), { virtual: true })",
            "jest.mock(name)",
            "mine.jest.mock('ghost-lib')",
            "// jest.mock('ghost-lib')",
        ],
    )
    def test_what_is_none(self, call):
        assert told("a.test.ts", call + ";\n") == []


class TestScopes:
    FACTS = replace(
        FACTS,
        node=(
            NodePackage("", "vite", frozenset()),
            NodePackage("p/a", "@acme-corp/a", frozenset()),
        ),
    )

    @pytest.mark.parametrize(
        "name", ["@vite/thing", "@acme-corp/other", "@my/project", "@vendor/package"]
    )
    def test_nobody_else_can_publish_there(self, name):
        assert told("p/a/x.ts", f'import x from "{name}";\n', self.FACTS) == []
        text = f'{{"dependencies": {{"{name}": "^1"}}}}'
        assert told("p/a/package.json", text, self.FACTS, dependencies) == []

    def test_aliases_of_folders(self):
        assert told("x.ts", 'import x from "@components/button";\n') == []

    def test_types_of_a_package_that_there_is(self):
        text = 'import type x from "@types/uglify-js";\n'
        assert told("x.ts", text) == []
        assert told("x.ts", text.replace("uglify", "invented")) == [
            ("package/unverified", "@types/invented-js")
        ]

    def test_what_tests_are_fed_with(self):
        text = 'import x from "test-app-of-a-kind";\n'
        assert told("x/router.js", text) == [("package/unverified", "test-app-of-a-kind")]
        assert told("tests/fixtures/x/router.js", text) == []

    def test_others_are_told_of(self):
        assert told("x.ts", 'import x from "@other/thing";\n', self.FACTS) == [
            ("package/unverified", "@other/thing")
        ]

    def test_a_member_of_the_workspace_is_no_strangers_package(self):
        text = '{"dependencies": {"member-of-ours": "*"}}'
        assert told("package.json", text, FACTS, dependencies) == [
            ("package/unverified", "member-of-ours")
        ]
        node = (*self.FACTS.node, NodePackage("m", "member-of-ours", frozenset()))
        assert told("package.json", text, replace(FACTS, node=node), dependencies) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('import pip\npip.main(["install", "alpha", "-q"])\n', ["alpha"]),
        (
            "from pip._internal.cli.main import main as pip_main\npip_main(['install', 'alpha'])\n",
            ["alpha"],
        ),
        ("pip._internal.main([\n    'install',\n    'alpha',\n    'beta'])", ["alpha", "beta"]),
        (
            "import nox\nsession.install('alpha', '-r', 'x.txt', \"beta>=1\", '-e', '.')\n",
            ["alpha", "beta"],
        ),
        ("session.install(*wanted, 'alpha')\n", ["alpha"]),
        ("session.install(f'{name}')\n", []),
        ("pip.main(['list', 'alpha'])\n", []),
        ("mypip.main(['install', 'alpha'])\n", []),
        (
            "install:\n\t@pip install alpha\n\t-pip install beta\n\t@-pip3 install gamma\n",
            ["alpha", "beta", "gamma"],
        ),
        ("see me@pip install alpha\n", []),
    ],
)
def test_calls_and_recipes_that_install(text, names):
    found = list(commands.found(text))
    assert [one.package.name for one in found] == names
    assert all(text[one.span.start : one.span.end] == one.written for one in found)


def test_a_table_in_one_long_line_is_no_argument_list():
    rest = ",".join(f'"t{number}"' for number in range(1_000))
    assert list(commands.found(f'x={{{rest},"y":["uvx","uvvx"]}}')) == []


def test_a_program_is_spelt_otherwise_than_its_package():
    assert told("x.md", "`npx uglifyjs x`\n", FACTS, dependencies) == []
    assert told("x.md", "`npm install uglifyjs`\n", FACTS, dependencies) == [
        ("package/typosquat", "uglifyjs")
    ]


def test_a_manifest_that_tests_are_fed_with_may_make_things_up():
    text = "made-up-thing==1\nrequsts\n"
    where = "tests/fixtures/requirements.txt"
    assert told(where, text, FACTS, dependencies) == [("package/typosquat", "requsts")]


class TestFormats:
    def test_tox(self):
        text = (
            "[tox]\nrequires = tox-uv\nenvlist = py\n[testenv]\ndeps =\n  one>=1\n  py38: two==2\n  py{39,310}: three\n"
            "  -r req.txt\n  {[base]deps}\n  https://x.example/a.zip\n[testenv:docs]\ndeps = four\ncommands = pip list\n[flake8]\ndeps = no\n"
        )
        reading = manifests.of_path("x/tox.ini").read(text)
        assert [(one.written, one.specifier) for one in reading.requirements] == [
            *(("tox-uv", ""), ("one", ">=1"), ("two", "==2"), ("three", ""), ("four", "")),
        ]
        assert all(one.dev and one.optional for one in reading.requirements)
        assert all(text[slice(*one.span)] == one.written for one in reading.requirements)
        assert reading.includes == ("req.txt",)

    def test_catalogs_of_pnpm(self):
        text = 'packages:\n  - "libs/*"\ncatalog:\n  react: ^18\n  "@a/b": npm:c@1.0.0\ncatalogs:\n  old:\n    lodash: 3.0.0\nother:\n  no: 1\n'
        reading = manifests.of_path("pnpm-workspace.yaml").read(text)
        assert [(one.written, one.version) for one in reading.requirements] == [
            ("react", ""),
            ("c", "1.0.0"),
            ("lodash", "3.0.0"),
        ]
        assert all(text[slice(*one.span)] == one.written for one in reading.requirements)
        assert manifests.of_path("pnpm-workspace.yaml").read("a: [").missing

    def test_arguments_of_calls_in_setup_py_are_no_requirements(self):
        text = 'REQUIREMENTS = [\n  join(HERE, ["x"], "requirements"), "one", paths["base"], "two",\n]\n'
        found = manifests.of_path("setup.py").read(text).requirements
        assert [one.written for one in found] == ["one", "two"]


def test_a_second_name_that_its_own_people_hold_is_not_wrong():
    universe = Sample(
        ["pypi/beautifulsoup4", "pypi/bs4?", "pypi/pyjwt", "pypi/jwt?"],
        {"bs4": ("beautifulsoup4",), "jwt": ("pyjwt",)},
    )
    text = "bs4\njwt\n"
    facts = replace(FACTS, universe=universe)
    assert told("requirements.txt", text, facts, dependencies) == [
        ("package/wrong-distribution", "jwt")
    ]
