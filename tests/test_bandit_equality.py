"""bandit.py against bandit: the same results on real code and on texts made to hide what its tests look for.

The real code is what Python and our dependencies are made of; `benchmarks/bandit.py` looks at all of it.
"""
# ruff: noqa: RUF001 - letters that Python reads as others are the point

import gc
import random
import sysconfig
import time
import warnings
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetline.files import decode
from vetline_analyzers import bandit, bandit_findings, bandit_triggers
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Snapshot

STDLIB = Path(sysconfig.get_path("stdlib"))
SITE = Path(sysconfig.get_path("purelib"))
SHARE = 400_000  # bytes of each that are looked at, which takes seconds


@pytest.fixture(scope="module")
def ask():
    """Bandit's results for a file, as its command has them; None when it skips the file."""
    warnings.simplefilter("ignore")
    bandit._bandit()
    from bandit.core import config, manager

    def run(path: Path) -> Counter | None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            asked = manager.BanditManager(config.BanditConfig(), "file")
            asked.discover_files([str(path)])
            asked.run_tests()
        return None if asked.skipped else told(asked.results)

    return run


def told(issues) -> Counter:
    return Counter(
        (
            issue.test_id,
            issue.lineno,
            issue.severity,
            issue.confidence,
            issue.text,
            issue.col_offset,
            tuple(issue.linerange),
        )
        for issue in issues
    )


def ours(text: str) -> Counter | None:
    """The same from our driver; None when it cannot be parsed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tester = bandit._ask(bandit._bandit(), text.removeprefix("\ufeff"))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    return told(issue for issue in tester.results if bandit_findings.suppression(issue) is None)


def findings(text: str) -> Counter:
    """What is reported: test, line, severity, confidence."""
    snapshot = Snapshot("file:///x", "python", 1, text, "app.py")
    found = bandit.analyze(snapshot, Facts(), {})
    return Counter(
        (f.rule[7:], snapshot.position(f.span.start).line + 1, str(f.severity), str(f.confidence))
        for f in found
        if f.suppression is None
    )


def as_findings(results: Counter) -> Counter:
    told: Counter = Counter()
    for (test, line, severity, confidence, *_), count in results.items():
        level = "info" if severity == "UNDEFINED" else severity.lower()
        told[test, line, level, confidence.lower()] += count
    return told


def some(folder: Path, seed: int) -> list[Path]:
    """Files of a folder, chosen by chance, of a size together."""
    paths = sorted(
        path
        for path in folder.rglob("*.py")
        if "site-packages" not in path.relative_to(folder).parts
    )
    random.Random(seed).shuffle(paths)
    chosen, size = [], 0
    for path in paths:
        if size < SHARE and path.stat().st_size < 200_000:
            chosen.append(path)
            size += path.stat().st_size
    return chosen


@pytest.mark.parametrize("folder", [STDLIB, SITE], ids=["stdlib", "site-packages"])
def test_real_code_is_judged_as_bandit_judges_it(folder, ask):
    total = 0
    for path in some(folder, 4):
        expected = ask(path)
        text, wrong = decode(path.read_bytes(), "python")
        if expected is None:
            assert wrong or ours(text) is None, path
            continue
        assert ours(text) == expected, path
        assert findings(text) == as_findings(expected), path
        total += expected.total()
    assert total > 20


# Paragraphs, each with something that a test of bandit's reports, or nearly, in some disguise.
HOSTILE = r'''
import pickle as p; p.loads(x)

from pickle import loads as l; l(x)

from pickle import (loads  # why
    as m); m(x)

from pickle import ｌoads as l9
l9(x)

g = "/t\
mp"

import subprocess as sp, os; sp.call("ls *", shell=True); os.system("chmod * x")

from subprocess import Popen as run_it; run_it(["ls"], shell = True)

import xml.etree.ElementTree as ET; ET.parse(x); ET(x)

from xml.dom import minidom; minidom.parseString(x)

from .pickle import load; load(f)

import importlib; importlib.import_module("tel" "netlib"); importlib.import_module(name="ftplib")

__import__("ftp" + "lib"); __import__("subprocess"); __import__()

ｅval(x); ｓystem = 1

(eval)(x); eval (x); eval \
  (x); eval

pickle . loads(x); pickle.\
loads(x); shelve.open("/t" "mp/x")

x = "0.0.0.0"; y = "0.0" ".0.0"; z = "0.0.0\x2e0"; w = ("0.0.0." # odd
    "0")

f = open("/tm\x70/x"); g = "/t\
mp"; h = f"/tmp/{x}"; i = "/dev/" "shm"; j = rb"/tmp"; k = "/var/tm" 'p' "/x"

password = "a"; my_token: str = "b"; obj.pwd = secret = "c"; PASSWORD = "d"; paſſword = "e"

password = (
    "later"
)

d = {"password": "x", "pass" "word": "y", "tok\x65n": "z", "Pass": 1, "my_token": None, "ｐwd": "q"}

d["secret"] = "v"; d["sec" "ret"] = "v"; d["x_pass"] = "v"; d["pass\n"] = "v"

if pwd == "x": pass

f(password="x", token="y"); f(my_secret_="z", **{"password": "x"}); f(**k)

def f(a, password="x", *, token="y"): pass

async def f(password="x"): pass

def g(a,
      b=ssl.PROTOCOL_SSLv3, token="later"): pass

class A:
    """password = 'x'"""
    async def m(self, token="x"): return [eval(x) for x in y if (t := eval(x))]

assert x; assert (a, "/tmp/x")

try: f()
except: pass

try: f()
except* Exception: pass

try: f()
except (Exception): continue_ = 1

for x in y:
    try: f()
    except Exception as e: # why not
        continue
    except \
      Exception:
        pass

try: f()
except ValueError: pass
except ( # odd
  Exception): pass

q = "SELECT * FROM t WHERE a = %s" % x; cursor.execute("select %s " % a + "from b")

cursor.execute("SEL" "ECT * FROM t" + x); f"sel{x}ect a from b"; f"{x}select a from b"

cursor.execute(f"select {x} from {y}"); "update {} set x".format(y); "delete\tfrom x".replace("x", "y")

q = "insert" + " into t values (" + x; "update t set x = {x}".format(**locals()).strip(); "ınsert into x values (" % y

q = f"""
delete from {x} {f"select {y!r:>{w}} from z"}
"""

requests.get(x); requests.get(x, timeout=None, verify=False); httpx.Client(verify=False)

from requests import get as fetch; fetch(x)

import requests as r; r.post(x, verify = False); r.post(x, timeout=1)

import hashlib as h; h.md5(x); h.new("SHA1"); hashlib.sha1(x, usedforsecurity=False); h.md5

from flask import Flask; Flask(x).run(debug=True); app.run(host="0.0.0.0", debug = True)

import tarfile; tarfile.open(x).extractall(); t.my_extractall_(members=m(t)); t.extractall(filter="data")

os.chmod("x", 0o777); from os import chmod as c; c("x", 0o777); os.fchmod(f, 511)

import yaml; yaml.load(x); yaml.load(x, yaml.SafeLoader); yaml.load(x, Loader=L)

from django.utils.safestring import mark_safe as ms, SafeText; ms(x); SafeText(f(x)); mark_safe("a %s" % x)

def h(a):
    b = "x"
    b += a
    return mark_safe(b)

qs.extra(where=[x]); from django.db.models.expressions import RawSQL; RawSQL(x, ()); import django.db.models

import jinja2; jinja2.Environment(); jinja2.Environment(autoescape=False); from mako.template import Template; Template(x)

import markupsafe; markupsafe.Markup(f"{x}"); import torch; torch.load(x); torch.load(x, weights_only=True)

from transformers import AutoModel; AutoModel.from_pretrained("a/b"); transformers.A.from_pretrained(x, revision=y)

import paramiko; c.exec_command(x); c.set_missing_host_key_policy(paramiko.AutoAddPolicy)

ssl.wrap_socket(ssl_version=ssl.PROTOCOL_SSLv2); g(method="SSLv3_METHOD"); g(method=SSLv3_METHOD); ssl.wrap_socket()

from cryptography.hazmat.primitives.asymmetric import rsa, ec as e; rsa.generate_private_key(65537, 1024); e.generate_private_key(x)

import Crypto.PublicKey.RSA; Crypto.PublicKey.RSA.generate(512); random.choice(x); import random as r2; r2.random()

logging.config.listen(9); telnetlib.Telnet(x); tempfile.mktemp(); urllib.request.urlopen(x); exec(x); marshal.loads(x)

match x:
    case {"password": "y"} if eval(x): pass
    case "/tmp/x": eval(y)

with open("/tmp/x") as f, eval(x): eval(y)

@eval(x)
class B(eval(y), metaclass=eval(z)): password = "x"

lambda password="x": eval(password); x = y if eval(z) else "0.0.0.0"

y = {[1]: 2, **{[2]: 3}}; f(x={[1]}); subprocess.call("x", shell=True, y={[1]}); B703 = mark_safe()

subprocess.run(["ls", x]); os.execv("ls", x); call_it(shell=True); call_it(a, shell = x); os.popen(x)

pysnmp.hlapi.CommunityData("x", mpModel=0); pysnmp.hlapi.UsmUserData("x"); from pysnmp.hlapi import UsmUserData as U; U(x)

b"password"; "0.0.0.0"; ("0.0.0.0"); f(b"0.0.0.0"); x = b"/tmp/x"
'''.strip("\n")
PARTS = HOSTILE.split("\n\n")
COMMENTS = [
    "  # nosec",
    "  # nosec B301, B602",
    "  #nosec: B105 # x",
    " # nosec eval",
    "  # \u00e9",
]
WRAPS = ["{}", "if x:\n{}", "class A:\n{}", "def f():\n{}\n    return x", "async def f(a=1):\n{}"]
ENDS = ["\n", "\r\n", "\r"]


@st.composite
def texts(draw) -> str:
    """A few of the paragraphs, some indented, with comments, odd line ends and odd characters."""
    blocks = []
    for part in draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=6)):
        wrap = draw(st.sampled_from(WRAPS))
        lines = part.split("\n")
        if wrap != "{}":
            lines = ["    " + line for line in lines]
        for number in draw(st.lists(st.integers(0, len(lines) - 1), max_size=2)):
            lines[number] += draw(st.sampled_from(COMMENTS))
        blocks.append(
            wrap.format("\n".join(lines)) if wrap == "{}" else wrap.replace("{}", "\n".join(lines))
        )
    text = "\n".join(
        [draw(st.sampled_from(["", "\ufeff", "# coding: utf-8", "\x0c"])), *blocks, ""]
    )
    if text.startswith("\ufeff\n"):
        text = "\ufeff" + text[2:]
    if draw(st.booleans()):
        at = draw(st.integers(0, len(text) - 1))
        text = (
            text[:at]
            + draw(st.sampled_from(["", " ", "\x0c", "\\", "\u202e", '"', "#", "\t", "\x00"]))
            + text[at + 1 :]
        )
    return text.replace("\n", draw(st.sampled_from(ENDS)))


@given(text=texts())
def test_no_disguise_hides_anything(text, tmp_path_factory, ask):
    path = tmp_path_factory.getbasetemp() / "text.py"
    path.write_bytes(text.encode())
    assert ours(text) == ask(path)


@pytest.mark.parametrize("part", PARTS)
def test_each_disguise_by_itself(part, tmp_path, ask):
    path = tmp_path / "text.py"
    path.write_text(part, "utf-8")
    expected = ask(path)
    assert expected is not None
    assert ours(part) == expected


def test_the_disguises_are_of_every_test(tmp_path, ask):
    path = tmp_path / "text.py"
    found: set[str] = set()
    for part in PARTS:
        path.write_text(part, "utf-8")
        found |= {test for test, *_ in ask(path)}
    # B001 speaks under the numbers of its list; B613's characters are looked for in test_bandit.py.
    assert {*bandit_triggers.TESTS, "B301", "B307"} - found == {"B001", "B613"}


def test_a_release_we_do_not_know_sees_every_node(monkeypatch):
    known = bandit._bandit()
    text = "import pickle as p\np.loads(x)\n"
    stranger = known._replace(release="1.9.99")
    assert bandit._judge(stranger, ()) is None
    assert told(bandit._ask(stranger, text).results) == ours(text)


def test_a_test_that_we_do_not_know_sees_every_node(monkeypatch):
    seen = []

    def custom(context):
        seen.append(context.node.id)

    custom._test_id = "B998"
    monkeypatch.setitem(bandit._bandit().tests.tests, "Name", [custom])
    assert findings("a = b\neval(c)\n") == Counter({("B307", 2, "medium", "high"): 1})
    assert seen == ["a", "b", "eval", "c"]


@pytest.mark.parametrize(
    "text",
    [
        "x = " + '"b"' * 40_000 + "\n",
        "x = (" + '\n"a" #b"' * 20_000 + ")\n",
        "load # load " * 20_000 + "\n",
    ],
    ids=["pieces", "comments between pieces", "words in a comment"],
)
def test_a_text_made_to_hurt_does_not(text):
    triggers = bandit._judge(bandit._bandit(), every_test()).triggers
    before = time.process_time()
    bandit_triggers.lines(triggers, "import yaml\n" + text)
    assert time.process_time() - before < 5


def every_test() -> tuple:
    return tuple(test for tests in bandit._bandit().tests.tests.values() for test in tests)


def test_the_tree_is_let_go_of_at_once():
    collected = gc.isenabled()
    gc.disable()
    try:
        findings("import pickle\n" + "def f(): assert eval(x)\n" * 100)
        gc.collect()
        findings("import pickle\n" + "def f(): assert eval(x)\n" * 100)
        assert gc.collect() < 500
        assert not gc.isenabled()
    finally:
        if collected:
            gc.enable()
