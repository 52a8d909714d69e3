"""Imports that nothing provides: what is found, where, how loudly, and what stays quiet."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetline_analyzers import imports, providers, statements
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.finding import Persona, Severity
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.imports import EXAMPLE_FACTS, RULES

FACTS = EXAMPLE_FACTS
NO_ENVIRONMENT = replace(FACTS, installed=None)
NOTHING = Facts(stdlib=FACTS.stdlib)


def found(text: str, facts: Facts = FACTS, path: str = "app/main.py"):
    snapshot = Snapshot("file:///x.py", "python", 0, text, path)
    return [(f, snapshot.slice(f.span)) for f in imports.ANALYZER.analyze(snapshot, facts, {})]


def names(text: str, facts: Facts = FACTS, path: str = "app/main.py") -> list[str]:
    return [name for _, name in found(text, facts, path)]


def one(text: str, facts: Facts = FACTS):
    ((finding, _),) = found(text, facts)
    return finding


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_rules_examples(rule):
    for text in rule.bad:
        assert [f.rule for f, _ in found(text)] == [rule.id]
    for text in rule.good:
        assert found(text) == []
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
        ("from . import nope\nfrom .nope import a\nfrom ..x.nope import b", []),
        ("import_nope = 1\nfrom_nope = 2\nimportant('import nope')\nyield_from = x", []),
        ("import\nimport \nfrom\nfrom nope\nfrom nope imp", []),
        ("def f(:\n  import nope\n ]]]", ["nope"]),
        ("import nope\nimport nope.sub\nfrom nope import c", ["nope"]),
        ("import nopé", ["nopé"]),
        ("async def f():\n\timport nope", ["nope"]),
    ],
)
def test_what_is_an_import(text, expected):
    assert names(text) == expected


def test_what_provides_a_module():
    facts = replace(FACTS, modules=frozenset({"ours", "app/beside", "app/sub/deep", "corp.auth"}))
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
    assert names(text, Facts(declared=frozenset({declared}))) == []


def test_a_namespace_is_not_one_package():
    installed = {
        "google": ("google-cloud-storage", "protobuf"),
        "google.cloud.storage": ("google-cloud-storage",),
        "google.protobuf": ("protobuf",),
    }
    facts = Facts(installed=installed, declared=frozenset({"google-cloud-storage", "protobuf"}))
    ok = "import google\nfrom google.cloud import storage\nimport google.cloud.storage.blob\nimport google.protobuf"
    assert names(ok, facts) == []
    assert names("import google.cloud.nope\nimport google.other", facts) == [
        "google.cloud.nope",
        "google.other",
    ]


def test_how_loud_an_unknown_module_is():
    def loud(facts: Facts, text: str = "import nope"):
        finding = one(text, facts)
        assert finding.rule == "import/unknown"
        return finding.severity, finding.persona

    empty = replace(FACTS, installed={"pip": ("pip",)})
    assert loud(FACTS) == (Severity.HIGH, Persona.REGULAR)
    assert loud(empty) == (Severity.MEDIUM, Persona.REGULAR)
    assert loud(NO_ENVIRONMENT) == (Severity.MEDIUM, Persona.REGULAR)
    assert loud(NOTHING) == (Severity.LOW, Persona.PEDANTIC)
    assert loud(FACTS, "import yaml") == (Severity.MEDIUM, Persona.REGULAR)
    assert loud(NOTHING, "import yaml") == (Severity.INFO, Persona.PEDANTIC)
    assert loud(FACTS, "import urllib2") == (Severity.MEDIUM, Persona.REGULAR)


def test_another_part_of_a_declared_namespace_is_unknown():
    facts = Facts(declared=frozenset({"google-cloud-storage"}))
    assert names("import google.cloud.storage, google.cloud.nope, google.nope", facts) == [
        "google.cloud.nope",
        "google.nope",
    ]


def test_what_the_message_says():
    assert one("import flask_secure_login").message == (
        "Nothing here provides 'flask_secure_login': not installed in the project's environment, not "
        "declared, not part of the project. An assistant may have invented it; look it up before you "
        "install it."
    )
    assert "not installed" not in one("import nope", NO_ENVIRONMENT).message
    assert "neither an environment nor" in one("import nope", NOTHING).message
    assert "comes with numpy" in one("import numpy.linalg").message
    assert "comes with pyyaml" in one("import yaml").message
    assert "invented" not in one("import urllib2").message


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
def test_an_import_that_may_fail_is_softer(text):
    finding = one(text)
    assert (finding.severity, finding.persona) == (Severity.MEDIUM, Persona.PEDANTIC)


@pytest.mark.parametrize("text", LOUD)
def test_an_import_that_must_work_is_not(text):
    assert one(text).severity is Severity.HIGH


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
    by_hand = replace(FACTS, installed={"odd": (), "flask": ("Flask",)})
    assert names("import odd", by_hand) == []


def test_a_script_declares_for_itself():
    text = (
        "# /// script\n# dependencies = [\n#   'nope>=1',\n# ]\n# ///\nimport nope\nimport other\n"
    )
    assert names(text) == ["other"]


def test_every_well_known_name_is_provided_by_its_package():
    assert len(providers.PROVIDERS) <= 80
    for module, distributions in providers.PROVIDERS.items():
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
    ],
    ids=range(9),
)
def test_hostile_texts_take_no_ages(text):
    start = time.process_time()
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
        assert finding.rule == "import/unknown"


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
