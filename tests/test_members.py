"""Members that are not there: what is found, what is excused, what is put in their place."""

from __future__ import annotations

import pytest

from vetline.index import members as member_index
from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Complaint, Facts
from vetline_analyzers.core.finding import Confidence
from vetline_analyzers.core.text import Snapshot, apply

INDEX = member_index.load()


def look(text, language="python", path="pkg/example.py", **facts):
    """The findings in a text, with the index that comes with the program unless `members` says otherwise."""
    known = Facts(**({"members": INDEX} | facts))
    analysis = engine.examine(
        Snapshot("file:///x", language, 1, text, path), known, engine.chosen(("members",)).values()
    )
    assert not analysis.failures
    return list(analysis.findings)


def names(text, **facts):
    """The characters that are found fault with."""
    return [text[slice(*finding.span)] for finding in look(text, **facts)]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("from os import get_env\n", "get_env"),
        ("from os import (\n    getcwd,\n    get_env as env,\n)\n", "get_env"),
        ("import requests\nrequests.fetch('u')\n", "fetch"),
        ("import requests as r\nr.exceptions.NetworkError\n", "NetworkError"),
        ("import pandas as pd\npd.read_yaml('a')\n", "read_yaml"),
        ("import numpy as np\nnp.linalg.fast_solve(a, b)\n", "fast_solve"),
        ("import flask\nflask.Flask('a').enable_cors()\n", "enable_cors"),
        ("import requests\ns = requests.Session()\n\ndef f():\n    return s.fetch('u')\n", "fetch"),
        ("import httpx\nwith httpx.Client() as c:\n    c.fetch('u')\n", "fetch"),
        ("from pathlib import Path\nPath('a').copy_everything('b')\n", "copy_everything"),
        ("import subprocess\nsubprocess.run(['a']).text_of_all\n", "text_of_all"),
        ("import os.path\nos.path.is_valid('a')\n", "is_valid"),
        ("import xml.etree.FastTree\n", "xml.etree.FastTree"),
        ("from xml.etree.FastTree import parse\n", "parse"),
        ("'abc'.trim()\n", "trim"),
        ("items = [1]\nitems.push(2)\n", "push"),
        ("x = {'a': 1}\nif x.has_key('a'):\n    pass\n", "has_key"),
        ("f'{a}'.to_upper()\n", "to_upper"),
        ("b'a'.encode()\n", "encode"),
        ("import datetime\ndatetime.now()\n", "now"),
        ("from datetime import datetime\ndatetime.parse('a')\n", "parse"),
        (
            "def f(json):\n    json.parse\n\ndef g():\n    import json\n    json.parse('a')\n",
            "parse",
        ),
        ("dict().iteritems()\n", "iteritems"),
        # annotated parameters
        ("def f(s: str):\n    s.contains('a')\n", "contains"),
        ("async def f(s: str = 'a', *, t: int):\n    s.strip().trim()\n", "trim"),
        ("def f(d: dict[str, int] | None = None):\n    d.has_key('a')\n", "has_key"),
        ("import typing\ndef f(d: typing.Optional[typing.List[int]]):\n    d.push(1)\n", "push"),
        ("def f(d: 'list[int]'):\n    d.size()\n", "size"),
        (
            "from pathlib import Path\ndef f(p: Path):\n    (p / 'a').is_directory()\n",
            "is_directory",
        ),
        (
            "from starlette.requests import Request\ndef f(r: Request):\n    r.get_json()\n",
            "get_json",
        ),
        # what operators and functions give
        ("('a %s' % b).to_upper()\n", "to_upper"),
        ("('a' + 'b')[1:].to_upper()\n", "to_upper"),
        ("x = sorted([1])\nx.shift()\n", "shift"),
        ("import numpy as np\nnp.zeros(3).to_list()\n", "to_list"),
        ("import re\nre.match('a', 'b').get_group(0)\n", "get_group"),
        ("import asyncio\nasyncio.Queue().push(1)\n", "push"),
        ("import hashlib\nhashlib.md5(b'').to_hex()\n", "to_hex"),
        # tables
        ("import pandas as pd\npd.DataFrame({}).group_by('a')\n", "group_by"),
        ("import pandas as pd\nx = pd.read_csv('a')\nx.drop_na()\n", "drop_na"),
        ("from flask import current_app\ncurrent_app.enable_cors()\n", "enable_cors"),
    ],
)
def test_what_is_not_there_is_found(text, wrong):
    assert names(text) == [wrong]


@pytest.mark.parametrize(
    "text",
    [
        "import os\nos.getenv('A'); os.O_BINARY; os.startfile\n",
        "import json\njson.decoder.scanstring; json.codecs\n",
        "import asyncio\nasyncio.TaskGroup; asyncio.coroutine\n",
        "import datetime\ndatetime.UTC; datetime.datetime.now(datetime.timezone.utc)\n",
        "import flask\nflask.g.user; flask.session.get('a'); flask.request.json\n",
        "import requests\nrequests.codes.ok; requests.packages.urllib3.disable_warnings()\n",
        "import pandas as pd\npd.DataFrame({'a': [1]}).a; pd.Series(['a']).str.upper()\n",
        "import numpy as np\nnp.add.reduce([1]); np.random.default_rng().normal()\n",
        "from unittest import mock\nmock.MagicMock().anything.at_all()\n",
        "import unknown_library\nunknown_library.anything\n",
        # other names
        "import json\njson = load()\njson.parse\n",
        "import json\ndef f(json):\n    return json.parse\n",
        "import json\nfor json in things:\n    json.parse\n",
        "items = []\nitems = Stack()\nitems.push(1)\n",
        "def f(items=[]):\n    items.push(1)\n",
        "import threading\ndef f(t: t.Callable) -> None:\n    t = threading.Thread()\n",
        "import math\nclass A:\n    math = Other()\n    x = math.clamp(1)\n",
        "from os import *\nlist.push\n",
        "x = {'a': x.b}\n",
        "def f(s: str):\n    s = Other(s)\n    s.contains('a')\n",
        "def f(s: str | bytes, *t: str, **u: int):\n    s.contains('a'); t.index(1); u.items()\n",
        "from typing import Any, Sequence\ndef f(s: Any, t: Sequence[str]):\n    s.contains('a'); t.first()\n",
        "import logging\ndef f(log: logging.Logger):\n    log.trace('a')\n",
        "class str: ...\ndef f(s: str):\n    s.contains('a')\n",
        "def f(s: str):\n    if isinstance(s, Other):\n        s.contains('a')\n",
        "(a / 'b').anything; (a % b).anything; ([1][0]).anything; {'a': x}['a'].anything; ('a' + b).anything\n",
        "import pandas as pd\npd.DataFrame({'a': [1]}).price; pd.read_csv('a', chunksize=3).get_chunk()\n",
        "import pandas as pd, janitor\npd.DataFrame({}).clean_names()\n",
        "import enum, typing\nC = enum.Enum('C', 'RED')\nC.RED\nT = typing.NamedTuple('T', [('a', int)])\nT.a\n",
        # what a library lends may have been given more
        "from flask import current_app, request\ncurrent_app.my_extension.start(); request.tenant\n",
        "import flask\nflask.current_app.my_extension\n",
        "from django.http import HttpRequest\ndef f(r: HttpRequest):\n    r.tenant\n",
        # excuses
        "import os\nif hasattr(os, 'get_env'):\n    os.get_env('a')\n",
        "import os\ntry:\n    os.get_env('a')\nexcept AttributeError:\n    pass\n",
        "try:\n    from os import get_env\nexcept ImportError:\n    get_env = None\n",
        "import sys, string\nif sys.version_info[0] == 2:\n    string.letters\n",
        "import string\nx = string.letters if PY2 else string.ascii_letters\n",
        "import os\nos.get_env = lambda: 1\nos.get_env()\n",
        "import os\nsetattr(os, 'get_env', f)\nos.get_env()\n",
        "import os\nfrom unittest.mock import patch\nwith patch('os.get_env', create=True):\n    os.get_env()\n",
        "import os, pytest\ndef test():\n    with pytest.raises(AttributeError):\n        os.get_env()\n",
        "if NEW:\n    OldMeta = type\nelse:\n    from typing import OldMeta\n",
        "import operator\nclass A:\n    def __div__(self, other):\n        return operator.div(self, other)\n",
        "import string\nprint string.letters\n",
        "import io\nio.TextIOBase.register(A)\n",
        "'a'._private; 'a'.__no__\n",
        "from . import os\nos.get_env()\n",
    ],
)
def test_what_is_there_or_expected_to_be_missing_is_not(text):
    assert names(text) == []


def test_what_the_project_defines_is_its_own():
    text = "import requests\nrequests.fetch('u')\n"
    assert names(text, modules=frozenset({"requests"})) == []
    assert names(text, modules=frozenset({"pkg/requests"})) == []
    assert names(text, modules=frozenset({"other/requests"})) == ["fetch"]


def test_without_an_index_nothing_is_said():
    assert names("import os\nos.get_env\n", members=None) == []


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("import json\njson.parse(a)\n", "import json\njson.loads(a)\n"),
        ("from json import parse\n", "from json import loads as parse\n"),
        ("from json import parse as p\n", "from json import loads as p\n"),
        ("from collections import Mapping\n", None),
        ("x = []\nx.push(1)\n", "x = []\nx.append(1)\n"),
        ("n = 'abc'.length\n", "n = len('abc')\n"),
        ("n = 'abc'.length()\n", "n = len('abc')\n"),
        ("f = 'abc'.contains(b)\n", "f = (b in 'abc')\n"),
        ("d = {}\nd.has_key(k)\n", "d = {}\n(k in d)\n"),
        ("import itertools\nitertools.izip(a, b)\n", "import itertools\nzip(a, b)\n"),
        ("x = []\nx.forEach(f)\n", None),
        (
            "import collections\ncollections.Mapping\n",
            "import collections\ncollections.abc.Mapping\n",
        ),
        ("import logging\nlogging.getloger('a')\n", "import logging\nlogging.getLogger('a')\n"),
        ("import os\nos.qqqq()\n", None),
    ],
)
def test_what_is_put_in_its_place(text, mended):
    (finding,) = look(text)
    assert (apply(text, finding.fix.edits) if finding.fix else None) == mended
    assert finding.fix is None or not finding.fix.safe
    if mended is not None:
        assert not look(mended), "and that is right"


def test_who_is_said_to_have_given_it_is_believed_less():
    (given,) = look("import subprocess\nsubprocess.run(['a']).text_of_all\n")
    (made,) = look("import requests\nrequests.Session().fetch('b')\n")
    assert (given.confidence, made.confidence) == (Confidence.MEDIUM, Confidence.HIGH)
    assert made.meant == ""
    assert "versions" in made.evidence[0]


def test_a_guess_names_what_is_meant():
    (finding,) = look("import logging\nlogging.get_logger('a')\n")
    assert finding.meant == "logging.getLogger"
    assert finding.rule == "member/slip"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("const a = JSON.loads(b);", ["loads"]),
        ("const a = ' b '.strip();", ["strip"]),
        ("[1].append(2);", ["append"]),
        ("const JSON = mine; JSON.loads(b);", []),
        ("JSON.loads = f; JSON.loads(b);", []),
        ("a.append(2); a.strip(); JSON.parse(b);", []),
    ],
)
@pytest.mark.parametrize("language", ["javascript", "typescript", "tsx"])
def test_scripts(text, wrong, language):
    assert [text[slice(*f.span)] for f in look(text, language)] == wrong


class Sparing:
    """An index that knows that there is a standard library, and nothing else."""

    as_of = "2026-01-02"

    def versions(self, top):
        return () if top in {"abc", "builtins"} else None

    def find(self, name):
        return ""

    def is_class(self, owner):
        return False

    def names(self, owner, *, called=False):
        return None

    def member(self, owner, name):
        return ""


class TestComplaints:
    """What a type checker says."""

    TEXT = "import lib\nlib.Thing().nothing()\nlib.absent\nx = y.nothing\n"

    def test_of_a_library_is_heeded(self):
        said = (Complaint(1, 12, "Thing", "nothing"), Complaint(2, 4, "lib", "absent"))
        assert names(self.TEXT, complaints=said) == ["nothing", "absent"]

    @pytest.mark.parametrize(
        "complaint",
        [
            Complaint(3, 6, "Thing", "nothing"),  # nothing shows what y is
            Complaint(1, 12, "object", "nothing"),
            Complaint(1, 12, "ValueError", "nothing"),
            Complaint(1, 11, "Thing", "nothing"),  # there is another name there
            Complaint(1, 12, "Thing", "other"),
            Complaint(90, 12, "Thing", "nothing"),
        ],
    )
    def test_of_what_is_not_shown_is_not(self, complaint):
        assert names(self.TEXT, complaints=(complaint,)) == []

    def test_of_a_class_of_the_text_is_not(self):
        text = self.TEXT + "class Thing(lib.Thing): ...\n"
        assert names(text, complaints=(Complaint(1, 12, "Thing", "nothing"),)) == []

    def test_of_the_projects_own_module_is_not(self):
        said = (Complaint(2, 4, "lib", "absent"),)
        assert names(self.TEXT, complaints=said, modules=frozenset({"lib"})) == []

    def test_of_what_the_index_knows_is_not(self):
        text = "import asyncio\nasyncio.coroutine\n"
        assert names(text, complaints=(Complaint(1, 8, "asyncio", "coroutine"),)) == []

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("requests.packages.urllib3\n", Complaint(0, 18, "requests.packages", "urllib3")),
            (
                "from pygments.lexers import PrologLexer\n",
                Complaint(0, 28, "pygments.lexers", "PrologLexer"),
            ),
            ("from distutils.core import A\n", Complaint(0, 27, "distutils.core", "A")),
            ("from lib.extern import six\n", Complaint(0, 23, "lib.extern", "six")),
        ],
    )
    def test_of_a_module_that_makes_up_its_names_is_not(self, text, complaint):
        assert names(text, complaints=(complaint,)) == []

    @pytest.mark.parametrize(
        ("text", "wrong"),
        [
            ("import lib\nlib.make().nothing\n", []),
            ("import lib\nlib.make().nothing()\n", ["nothing"]),
            ("import lib\nlib.Item().nothing\n", ["nothing"]),
        ],
    )
    def test_of_what_a_function_gives_is_heeded_where_it_is_called(self, text, wrong):
        assert names(text, complaints=(Complaint(1, 11, "Item", "nothing"),)) == wrong

    def test_of_what_a_library_lends_is_heeded_where_it_is_called(self):
        text = "from flask import request\nrequest.tenant\nrequest.get_tenant()\n"
        said = (Complaint(1, 8, "Request", "tenant"), Complaint(2, 8, "Request", "get_tenant"))
        assert names(text, complaints=said) == ["get_tenant"]

    @pytest.mark.parametrize(
        ("text", "owner", "where"),
        [
            ("import lib\nlib.absent\n", "lib", "lib-dist as it is installed"),
            ("import abc\nabc.absent\n", "abc", "Python's standard library"),
            ("import nix\nnix.absent\n", "nix", "what is installed"),
        ],
    )
    def test_says_whose_word_it_is(self, text, owner, where):
        known = Sparing()
        said = (Complaint(1, 4, owner, "absent", by="ty 1"),)
        (finding,) = look(text, complaints=said, members=known, installed={"lib": ("lib-dist",)})
        assert finding.evidence == (f"ty 1 sees no such member in {where}",)

    def test_that_says_the_same_is_said_once(self):
        text = "import os\nos.get_env\n"
        assert names(text, complaints=(Complaint(1, 3, "os", "get_env"),)) == ["get_env"]


@pytest.mark.parametrize(
    "text",
    [
        "import os\n" + "os.get_env(" * 900,
        "x = " + "(" * 50_000,
        "import os\n" + "os" + ".path" * 20_000,
        "import os\nhasattr(" + "'get_env'," * 20_000 + "\nos.get_env\n",
        "def f():\n" * 4_000,
        "x = y\ny = x\nx.a\n" * 2_000,
        "import json\n" + "json.parse('a')\n" * 900,
    ],
)
def test_hostile_texts_take_bounded_work(text):
    snapshot = Snapshot("file:///x", "python", 1, text[:200_000], "x.py")
    asked = engine.chosen(("members",)).values()
    analysis = engine.examine(snapshot, Facts(members=INDEX), asked)
    assert all(failure.partial for failure in analysis.failures), "it came to its end"
