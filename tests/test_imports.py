"""Imports in Python: what is one, what vouches for it, how loud a finding is, and what stays quiet."""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetline_analyzers import imports
from vetline_analyzers.core.analyzer import Facts, NotChecked
from vetline_analyzers.core.finding import Persona, Severity
from vetline_analyzers.core.text import Snapshot, apply
from vetline_analyzers.core.universe import Ecosystem, Record, Sample, package
from vetline_analyzers.imports import EXAMPLE_FACTS, RULES
from vetline_analyzers.sites import python as statements
from vetline_analyzers.supply import hosts, obsolete, provided

FACTS = EXAMPLE_FACTS
NO_ENVIRONMENT = replace(FACTS, installed=None)
NOTHING = Facts(stdlib=FACTS.stdlib, universe=FACTS.universe)


def found(text: str, facts: Facts = FACTS, path: str = "app/main.py"):
    snapshot = Snapshot("file:///x.py", "python", 0, text, path)
    return [(f, snapshot.slice(f.span)) for f in imports.ANALYZER.analyze(snapshot, facts, {})]


def names(text: str, facts: Facts = FACTS, path: str = "app/main.py") -> list[str]:
    return [name for _, name in found(text, facts, path)]


def one(text: str, facts: Facts = FACTS):
    ((finding, _),) = found(text, facts)
    return finding


PYTHON_RULES = [rule for rule in RULES if rule.language == "python"]


@pytest.mark.parametrize("rule", PYTHON_RULES, ids=lambda rule: rule.id)
def test_the_rules_examples(rule):
    for text in rule.bad:
        assert [f.rule for f, _ in found(text, path=rule.path)] == [rule.id]
    for text in rule.good:
        assert rule.id not in [f.rule for f, _ in found(text, path=rule.path)]
    assert rule.markdown()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import nope", ["nope"]),
        ("import os, nope.sub as n, also.x", ["nope.sub", "also.x"]),
        ("import nope . sub", ["nope . sub"]),
        ("import os, \\\n  nope, \\\r\n  more", ["nope", "more"]),
        ("from nope.sub import (a,\n b)", ["nope.sub"]),
        ("from \\\n nope import a", ["nope"]),
        ("x = 1; import nope; import os", ["nope"]),
        ("if x: import nope", ["nope"]),
        ("import os\rimport nope\r", ["nope"]),
        ("\ufeffimport nope", ["nope"]),
        ("importlib.import_module('nope.x')", ["nope.x"]),
        ('__import__( "nope")', ["nope"]),
        ("importlib.import_module(f'{x}'); import_module('.rel'); import_module(name)", []),
        ('\'\'\'\nimport nope\n\'\'\'\n""" \\""" \nimport nope\n"""', []),
        ("# import nope\nx = 'a; import nope' # '''\nimport yes", ["yes"]),
        ("x = '\\'; import nope'\ny = \"it's\"\nimport yes", ["yes"]),
        ("from . import nope\nfrom .nope import a\nfrom ..x.nope import b", [".nope", "..x.nope"]),
        ("import_nope = 1\nfrom_nope = 2\nimportant('import nope')\nyield_from = x", []),
        ("import\nimport \nfrom\nfrom nope\nfrom nope imp", []),
        ("importlib.util.find_spec('nope'); pytest.importorskip(\"also\")", ["nope", "also"]),
        ("with pytest.raises(ImportError):\n    import nope\nimport yes", ["yes"]),
        ("def f(:\n  import nope\n ]]]", ["nope"]),
        ("import nope\nimport nope.other\nfrom nope import c", ["nope"]),
        ("import nopé", ["nopé"]),
        ("async def f():\n\timport nope", ["nope"]),
    ],
)
def test_what_is_an_import(text, expected):
    assert names(text) == expected


def test_what_provides_a_module():
    facts = replace(
        FACTS,
        modules=frozenset({"ours", "app/beside", "app/sub/deep", "corp.auth"}),
        files=frozenset(),
    )
    text = "import os.path, __main__, bpy, ours.x, beside, flask.views, corp.auth.x\nimport deep"
    assert names(text, facts) == ["deep"]
    assert names(text, facts, "app/sub/x.py") == []
    assert names("import beside", facts, "other/x.py") == ["beside"]
    assert names("import beside", facts, "x.py") == ["beside"]
    assert names("import corp.other", facts) == ["corp.other"]


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ("pyyaml", "import yaml"),
        ("pillow", "from PIL import Image"),
        ("opencv-python-headless", "import cv2"),
        ("python-dateutil", "import dateutil"),
        ("pyserial", "import serial"),
        ("psycopg2-binary", "import psycopg2"),
        ("google-cloud-storage", "from google.cloud.storage import Client"),
        ("protobuf", "import google.protobuf.message"),
        ("foo-bar", "import foo_bar.x"),
        ("Foo".lower(), "import Foo"),
        ("types-requests", "import requests"),
        ("google-cloud-storage", "from google.cloud import storage"),
        ("azure-storage-blob", "from azure.storage import blob"),
        ("opentelemetry-api", "from opentelemetry import trace"),
        ("other", "import setuptools, pkg_resources"),
    ],
)
def test_a_package_declared_under_another_name(declared, text):
    for universe in (None, FACTS.universe):
        assert names(text, Facts(declared=frozenset({declared}), universe=universe)) == []


def test_a_namespace_is_not_one_package():
    installed = {
        "google": ("google-cloud-storage", "protobuf"),
        "google.cloud.storage": ("google-cloud-storage",),
        "google.protobuf": ("protobuf",),
    }
    facts = Facts(
        installed=installed,
        declared=frozenset({"google-cloud-storage", "protobuf"}),
        universe=FACTS.universe,
    )
    ok = "import google\nfrom google.cloud import storage\nimport google.cloud.storage.blob\nimport google.protobuf"
    assert names(ok, facts) == []
    assert names("import google.cloud.nope\nimport google.other", facts) == [
        "google.cloud.nope",
        "google.other",
    ]


UNIVERSE = Sample(
    (
        *("pypi/requests", "pypi/flask", "pypi/numpy", "pypi/pyyaml", "pypi/python-quiet", "pypi/google-cloud-storage"),
        *("pypi/jwt?", "pypi/old-thing?", "pypi/young-thing!", "pypi/made-of-it?", "pypi/pyjwt", "pypi/google-cloud-vision"),
    ),
    {"yaml": ("pyyaml",), "jwt": ("pyjwt",), "odd_name": ("made-of-it",), "requestz": ("made-of-it",)},
)  # fmt: skip
ALONE = Facts(stdlib=FACTS.stdlib, universe=UNIVERSE)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("import flask_secure_login", "package/nonexistent"),
        ("import reqests", "package/typosquat"),
        ("import young_thing", "package/obscure-or-young"),
        ("import old_thing", "package/obscure"),
        ("import odd_name", "package/obscure"),  # an obscure package provides it under another name
        ("import requestz", "package/typosquat"),  # and clears no slip of the finger
        ("from google.cloud import storage, hyperfoo", "package/nonexistent"),
        ("import google.hyperfoo.client", "package/nonexistent"),
        ("import urllib2", "import/obsolete"),
    ],
)
def test_what_is_said_where_nothing_vouches_for_a_module(text, rule):
    finding = one(text, ALONE)
    assert finding.rule == rule
    assert finding.evidence
    assert finding.package.startswith("pkg:pypi/") or rule == "import/obsolete"


@pytest.mark.parametrize(
    "text",
    [
        "import yaml, requests, flask.views",
        "import jwt",  # of the map, though a stranger has the name
        "import quiet",  # of python-quiet, by the form of its name
        "from google.cloud import storage\nimport google.cloud.vision_v1",
        "import google, google.cloud",
        "from google.cloud import Client, core, _private",  # no package is called like that
        "import tests, utils.x, config, _speedups",
        "import your_module, my_package, some_module, foo, api_pb2, does_not_exist, unknown",
        "import idaapi, machine, google.colab.drive, xbmcgui, FreeCAD",
        "import sys\nsys.modules['made_up'] = x\nimport made_up",
        "try:\n    import app_helpers_here as h\nexcept ImportError:\n    from . import helpers as h",
    ],
)
def test_what_stays_quiet_where_nothing_is_known(text):
    assert names(text, ALONE) == []


def test_what_the_project_says_comes_before_what_the_registry_has():
    for facts in (
        replace(ALONE, declared=frozenset({"made-up-name"})),
        replace(ALONE, installed={"made_up_name": ("made-up-name",)}),
        replace(ALONE, own_packages=frozenset({package(Ecosystem.PYPI, "made-up-name")})),
        replace(ALONE, modules=frozenset({"made_up_name"})),
        replace(ALONE, files=frozenset({"deep/", "deep/made_up_name.py"})),
    ):
        assert names("import made_up_name", facts) == []
    locked = replace(ALONE, locked=frozenset({"made-up-name"}))
    assert one("import made_up_name", locked).rule == "import/not-declared"
    assert one("import made_up_name", ALONE).rule == "package/nonexistent"


def test_a_real_package_that_nobody_declared():
    def said(text, facts):
        finding = one(text, facts)
        assert finding.persona is Persona.PEDANTIC
        return finding.rule, finding.package, finding.message

    declaring = replace(ALONE, declared=frozenset({"flask"}))
    rule, purl, message = said("import jwt", declaring)
    assert (rule, purl) == ("import/not-declared", "pkg:pypi/pyjwt")
    assert "comes with pyjwt" in message
    rule, purl, message = said("import yaml", replace(ALONE, installed={"flask": ("flask",)}))
    assert (rule, purl) == ("import/not-installed", "pkg:pypi/pyyaml")
    assert "it comes with pyyaml" in message
    assert names("import yaml", replace(ALONE, installed={"pip": ("pip",)})) == []


def test_without_a_list_of_names_nothing_is_said_to_be_invented():
    for facts in (FACTS, NO_ENVIRONMENT):
        finding = one("import nope", replace(facts, universe=None))
        assert (finding.rule, finding.severity, finding.tentative) == (
            "package/unverified",
            Severity.LOW,
            True,
        )
    assert names("import nope, yaml", Facts(stdlib=FACTS.stdlib)) == []
    assert one("import yaml", replace(FACTS, universe=None)).rule == "import/not-declared"


def test_a_text_that_changes_where_modules_are_looked_for_is_only_doubted():
    text = "import sys\nsys.path.insert(0, __file__ + '/../lib')\nimport made_up_name\n"
    assert one(text, ALONE).rule == "package/unverified"
    assert one(text.replace("made_up_name", "reqests"), ALONE).rule == "package/typosquat"
    assert one("import made_up_name", ALONE).evidence[0] == "no module of the project"
    ((finding, _),) = found("import made_up_name", ALONE, "tests/data/case.py")
    assert finding.rule == "package/unverified"


def test_a_slip_is_mended_by_the_import_name_of_what_is_meant():
    def mended(text):
        finding = one(text, ALONE)
        assert finding.fix is not None
        assert not finding.fix.safe
        return apply(text, finding.fix.edits)

    assert mended("import reqests.adapters as r") == "import requests.adapters as r"
    assert mended("from pyyam import load") == "from yaml import load"
    assert one("import pyjw", ALONE).meant == "pyjwt"
    assert mended("import pyjw") == "import jwt"


def test_malware_is_no_less_bad_where_the_code_can_do_without_it():
    class Known:
        as_of = "2026-01-01"

        def covers(self, ecosystem):
            return True

        def of(self, asked):
            return (Record("MAL-1", (), "steals", ((("introduced", "0"),),), malicious=True),)

    facts = replace(ALONE, advisories=Known())
    finding = one("try:\n    import evil\nexcept ImportError:\n    pass", facts)
    assert (finding.rule, finding.severity) == ("package/known-malicious", Severity.CRITICAL)


def test_what_python_has_given_up():
    finding = one("import ConfigParser")
    assert (finding.severity, finding.meant) == (Severity.MEDIUM, "configparser")
    assert "Python 3.0" in finding.message
    assert one("import distutils.core").severity is Severity.MEDIUM
    older = replace(FACTS, stdlib=FACTS.stdlib | {"distutils"})
    finding = one("import distutils.core", older)
    assert (finding.severity, finding.persona) == (Severity.LOW, Persona.PEDANTIC)
    both = "try:\n    import urllib2\nexcept ImportError:\n    import urllib.request as urllib2"
    assert one(both).persona is Persona.PEDANTIC
    assert names("import cgi", replace(FACTS, installed={"cgi": ("legacy-cgi",)})) == []
    assert names("import Queue", replace(FACTS, modules=frozenset({"Queue"}))) == []
    assert not (obsolete.PYTHON_2.keys() | obsolete.REMOVED.keys()) & hosts.HOSTS


OURS = replace(
    FACTS,
    modules=frozenset({"core", "corp", "auth", "tests", "yaml"}),
    files=frozenset(
        ["src/", "src/core/", "src/core/__init__.py", "src/core/api.py", "src/core/models.py", "src/core/_fast.pyx", "src/core/plugins/", "src/core/plugins/__init__.py", "src/core/plugins/base.py", "src/core/service.proto", "src/core/made.py.in", "src/core/tpl/", "src/core/tpl/page.html", "src/corp/", "src/corp/auth/", "src/corp/auth/tokens.py", "tests/", "tests/__init__.py", "tests/test_a.py", "**/built.py", "src/core/out/later.py", "yaml/", "yaml/data.yaml", "src/core/native.rs", "src/core/pkg/", "src/core/pkg.py", "src/core/pkg/x.py"]
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("from .missing import x", [".missing"]),
        ("from ..missing import x", ["..missing"]),
        ("import core.missing.deep", ["core.missing.deep"]),
        ("from core.plugins.bass import x", ["core.plugins.bass"]),
        ("from corp.payments import x", ["corp.payments"]),
        ("from corp.auth import tokens, tokns", ["tokns"]),
        ("import tests.nope", ["tests.nope"]),
        ("from . import api, anything\nfrom .models import User\nimport core.plugins.base", []),
        ("from core import anything\nfrom core.api import x\nimport core.api.inner", []),
        ("from . import _fast\nfrom ._fast import f\nimport core._version, core.service_pb2", []),
        (
            "from .made import x\nfrom .built import y\nfrom ._rust import z\nfrom .native import q",
            [],
        ),
        ("import yaml.nodes\nfrom .pkg import anything", []),
        ("from ....far import x", []),
    ],
)
def test_imports_of_ones_own_code_lead_somewhere(text, broken):
    told = found(text, OURS, "src/core/main.py")
    assert [name for finding, name in told if finding.rule == "import/broken-local"] == broken
    assert len(told) == len(broken)


def test_what_was_not_walked_is_not_judged():
    assert names("from .missing import x", OURS, ".github/scripts/x.py") == []
    assert names("from .missing import x", replace(OURS, files=frozenset()), "src/core/x.py") == []
    assert names("from .missing import x", OURS, "src/core/tests/data/x.py") == []
    named = replace(OURS, modules=OURS.modules | {"core.missing"})
    assert names("import core.missing.x", named, "src/core/x.py") == []


def test_ones_own_package_that_another_distribution_adds_to():
    declared = replace(OURS, declared=OURS.declared | {"core-sdk"})
    assert names("import core.sdk.x", declared, "src/core/x.py") == []
    assert names("import core.sdk.x", OURS, "src/core/x.py") == ["core.sdk.x"]


def test_a_sibling_is_offered():
    text = "from .modls import User\nimport core.plugin.base\n"
    first, second = (finding for finding, _ in found(text, OURS, "src/core/main.py"))
    assert (first.meant, second.meant) == (".models", "core.plugins.base")
    assert apply(text, [*first.fix.edits, *second.fix.edits]) == (
        "from .models import User\nimport core.plugins.base\n"
    )
    (finding,) = (finding for finding, _ in found("from corp.auth import tokns", OURS, "x.py"))
    assert apply("from corp.auth import tokns", finding.fix.edits) == "from corp.auth import tokens"


def test_a_notebooks_cells_are_one_program():
    def cell(source, kind="code"):
        return {"cell_type": kind, "metadata": {}, "source": source}

    text = json.dumps(
        {
            "cells": [
                cell("import not_in_prose", "markdown"),
                cell(["%matplotlib inline\n", "import sys, reqests\n", "!pip list"]),
                cell("%%bash\nimport no_python"),
                cell("from \\\n  made_up_name import x"),
            ],
            "metadata": {},
            "nbformat": 4,
        },
        indent=1,
    )
    snapshot = Snapshot("file:///x.ipynb", "text", 0, text, "x.ipynb")
    told = list(imports.ANALYZER.analyze(snapshot, ALONE, {}))
    assert [(f.rule, snapshot.slice(f.span)) for f in told] == [
        ("package/typosquat", "reqests"),
        ("package/nonexistent", "made_up_name"),
    ]
    assert "import sys, requests" in apply(text, told[0].fix.edits)
    assert list(imports.ANALYZER.analyze(replace(snapshot, path="x.txt"), ALONE, {})) == []


def test_another_part_of_a_declared_namespace_is_unknown():
    facts = replace(ALONE, declared=frozenset({"google-cloud-storage"}))
    assert names("import google.cloud.storage, google.cloud.nope, google.nope", facts) == [
        "google.cloud.nope",
        "google.nope",
    ]


GUARDED = [
    "try:\n    import nope\nexcept ImportError:\n    nope = None",
    "try:\n    import nope\nexcept (ValueError, ModuleNotFoundError) as e:\n    pass",
    "try:\n    import nope\nexcept (\n    ImportError,\n    OSError,\n):\n    pass",
    "try: import nope\nexcept: pass",
    "try:\n    import os\nexcept ImportError:\n    import nope",
    "def f():\n    try:\n        if x:\n            import nope\n    except Exception:\n        pass",
    "if TYPE_CHECKING:\n    import nope",
    "if typing.TYPE_CHECKING:\n\n# at the margin\n\n\timport nope",
    "if sys.platform == 'win32':\n    import os\nelse:\n    import nope",
    "if a:\n    pass\nelif sys.version_info < (3, 11):\n    import nope",
    "with contextlib.suppress(ImportError):\n    import nope",
    "if HAS_NOPE:\n    import nope",
    "if is_nope_available():\n    import nope",
    "importlib.util.find_spec('nope')",
]
LOUD = [
    "try:\n    import nope\nexcept ValueError:\n    pass",
    "try:\n    import os\nexcept ImportError:\n    pass\nimport nope",
    "try:\n    import os\nexcept ImportError:\n    pass\nelse:\n    import nope",
    "try:\n    import nope\nfinally:\n    pass",
    "try:\n    x()\nexcept ImportError: pass\ntry:\n    import nope\nexcept KeyError: pass",
    "if x:\n    import nope",
    "if TYPE_CHECKING:\n    pass\ndef f():\n    import nope",
    "'''\nif TYPE_CHECKING:\n'''\nif x:\n    import nope",
    "if TYPE_CHECKING:\n    import nope\nimport nope",
]


@pytest.mark.parametrize("text", GUARDED)
def test_an_import_that_may_fail_is_softer_and_not_silent(text):
    finding = one(text)
    assert finding.rule == "package/nonexistent"
    assert (finding.severity, finding.persona) == (Severity.MEDIUM, Persona.REGULAR)


@pytest.mark.parametrize("text", LOUD)
def test_an_import_that_must_work_is_not(text):
    assert one(text).severity is Severity.HIGH


def test_more_names_than_are_looked_up_are_said():
    text = "\n".join(f"import invented_{n}" for n in range(1_100))
    with pytest.raises(NotChecked, match="over 300 names"):
        found(text, ALONE)


def test_declared_but_not_installed():
    finding = one("import requests")
    assert (finding.rule, finding.severity, finding.persona) == (
        "import/not-installed",
        Severity.INFO,
        Persona.PEDANTIC,
    )
    extra = replace(FACTS, optional=frozenset({"requests"}))
    assert one("import requests", extra).persona is Persona.AUDITOR
    assert names("import requests", NO_ENVIRONMENT) == []


def test_installed_but_not_declared():
    assert one("import werkzeug").rule == "import/not-declared"
    assert names("import werkzeug", replace(FACTS, declared=frozenset())) == []
    by_hand = replace(FACTS, installed={"odd": (), "flask": ("flask",)})
    assert names("import odd", by_hand) == []


def test_a_script_declares_for_itself():
    text = (
        "# /// script\n# dependencies = [\n#   'nope>=1',\n# ]\n# ///\nimport nope\nimport other\n"
    )
    assert names(text) == ["other"]


def test_every_well_known_name_is_provided_by_its_package():
    for module, distributions in provided.PROVIDERS.items():
        for distribution in distributions:
            assert names(f"import {module}", Facts(declared=frozenset({distribution}))) == []


@pytest.mark.parametrize(
    "text",
    [
        ";".join(f"import a{n}" for n in range(20_000)),
        "import " + ",".join(f"a{n}" for n in range(20_000)),
        "".join(" " * n + "if x:\n" + " " * n + f" import a{n}\n" for n in range(1_000)),
        '"""' + "a\\" * 500_000,
        "import " + "\\\n" * 300_000,
        "from " + "a." * 300_000 + " import",
        "if " + "(" * 300_000 + ":\n import nope",
        "(" * 300_000 + "\nimport nope",
        "except" + " " * 500_000 + "\nimport nope",
        "from ." + " " * 200_000 + "x",
        "from " + ". " * 100_000 + "import x",
        "from google import (" + "#" * 200_000,
        "from google import (" + "# a\n" * 50_000 + "x)",
        "from google import " + "a," * 100_000,
        "".join(f"from .nope{n} import x\n" for n in range(2_000)),
        "import nope, sys.path" + " " * 200_000,
        "import " + "a." * 100_000 + "b",
        "import google.cloud." + "_v1" * 60_000 + "_x",
        "try:\n    import nope" + "\n    # x" * 50_000 + "\nexcept ImportError:\n    pass",
    ],
    ids=range(19),
)
def test_hostile_texts_take_no_ages(text):
    start = time.process_time()
    with contextlib.suppress(NotChecked):
        found(text)
    assert time.process_time() - start < 5


@given(
    st.lists(
        st.sampled_from(
            [
                "import ",
                "from ",
                "nope",
                ".",
                ",",
                " as x",
                "\n",
                "    ",
                "try:",
                "except ImportError:",
                "'",
                '"""',
                "#",
                "\\",
                "if TYPE_CHECKING:",
                "(",
                ")",
                ";",
                "\r",
                "import_module('q')",
            ]
        ),
        max_size=30,
    ).map("".join)
)
def test_any_text_gives_spans_of_names(text):
    for finding, name in found(text):
        assert "".join(name.replace("\\", "").split()).replace(".", "a").isidentifier()
        assert finding.rule in {rule.id for rule in RULES}


@given(
    st.lists(
        st.sampled_from(
            [
                "import",
                "from",
                "a.b",
                " ",
                "\n",
                "\r",
                "\r\n",
                "\\\n",
                ";",
                ":",
                ",",
                "as",
                "x",
                "#",
                "'",
            ]
        ),
        max_size=30,
    ).map("".join)
)
def test_statements_are_found_without_reading_everything(text):
    naive = [match.span() for match in statements._STATEMENT.finditer(text)]
    assert [match.span() for match in statements._statements(text)] == naive
