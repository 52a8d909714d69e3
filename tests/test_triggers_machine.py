"""Triggers as a machine: edits, hostile texts, one voice a region, and how often they fire."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from vetline import escalations, gate, session
from vetline.__main__ import main
from vetline.gate import Fate, Policy
from vetline.provenance import Attribution, Origin, State, Tier
from vetline_analyzers import engine, escalation
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.finding import Persona, Suppression
from vetline_analyzers.core.text import Snapshot

AI = Attribution(State.AI, Origin(Tier.OBSERVED, session="s"))
HUMAN = Attribution(State.HUMAN, Origin(Tier.OBSERVED, human="Jo <jo@example.com>"))

SERVICE = """\
import hashlib
import os
import requests
from flask import request


class Store(Base):
    def keep(self, name):
        os.remove(name)
        return hashlib.sha256(name).hexdigest()

    def ask(self):
        return requests.get("https://a.example/", timeout=1)


@app.route("/")
def show():
    return request.args["x"]


DEBUG = True
"""


def look(text, language="python", memo=None, path="app.py"):
    """What is found, and what is said of the rest."""
    snapshot = Snapshot("file:///x", language, 1, text, path)
    memos = {} if memo is None else {escalation.NAME: memo}
    analysis = engine.examine(snapshot, Facts(), [escalation.ANALYZER], memos)
    return [(f.rule, f.span, f.message) for f in analysis.findings], analysis.failures


# -- what is remembered changes nothing


def test_an_edited_text_is_judged_as_if_it_were_new():
    chance = random.Random(7)
    pieces = (
        *("\n", "import jwt\n", "x = jwt.decode(y)\n", "    os.unlink(a)\n", "@login_required\n"),
        *(
            "(",
            ")",
            '"',
            "é",
            "class A(BasePermission):\n    pass\n",
            "import shutil as os\n",
            "# ",
        ),
    )
    text, memo = SERVICE, {}
    for _ in range(250):
        at = chance.randrange(len(text) + 1)
        if chance.random() < 0.4:
            text = text[:at] + text[at + chance.randrange(1, 30) :]
        else:
            text = text[:at] + chance.choice(pieces) + text[at:]
        if len(text) < 200:
            text += SERVICE
        assert look(text, memo=memo) == look(text)


def test_what_an_import_means_is_asked_again_everywhere():
    memo = {}
    before, _ = look(SERVICE, memo=memo)
    after, _ = look(SERVICE.replace("import os\n", "import own as os\n"), memo=memo)
    gone = {rule for rule, _, _ in before} - {rule for rule, _, _ in after}
    assert gone == {"trigger/file-system"}


# -- hostile texts cost what their size costs


BOMBS = {
    "calls in calls": ("python", "import os\n" + "os.remove(" * 400 + "x" + ")" * 400, 1),
    "chain": ("python", "x" + ".filter(request.args)" * 300 + "\n", 1),
    "calls": ("python", "import requests\n" + "requests.get(x)\n" * 800, 10),
    "imports": ("python", "".join(f"import m{i}\nm{i}.execute(x, y)\n" for i in range(400)), 8),
    "one function": ("python", "def f(a):\n" + "    a.execute(a, b)\n" * 800, 8),
    "assignments": ("python", "def f(a):\n" + "    c = a\n    c.get(c)\n" * 400, 8),
    "many arguments": ("python", "cur.execute(" + "a, " * 4000 + ")\n", 8),
    "strings": ("python", "cur.execute(" + "'a' + " * 3000 + "x)\n", 1),
    "bases": ("python", "class A(" + ", ".join(f"b.C{i}" for i in range(3000)) + "): ...\n", 4),
    "decorators": ("python", "@a.b\n" * 1500 + "def f(): ...\n", 4),
    "routes": ("python", "@a.route('/')\ndef f(x):\n    y.query.filter(x)\n" * 300, 8),
    "members": ("javascript", "f(req" + ".body" * 2000 + ");\n", 1),
    "handlers": ("javascript", "app.get('/', (req) => db.user.find(req.body.x));\n" * 300, 8),
    "arrows": ("javascript", "f((req) => " * 120 + "req.body" + ")" * 120 + ";\n", 1),
    "templates": ("javascript", "fetch(`" + "${a}" * 3000 + "`);\n", 4),
    "objects": ("javascript", "x.create({" + "a: {" * 150 + "}" * 150 + "});\n", 1),
    "broken": ("python", "import os\n" + "os.remove((\n" * 400, 1),
    "instructions": ("dockerfile", "FROM a\n" + "RUN curl | sh " * 2000, 4),
    "pipes": ("dockerfile", "FROM a\nRUN " + "|   sudo   " * 4000, 4),
    "expressions": ("yaml", "on: push\njobs:\n  a: {b: '" + "${{" * 8000 + "'}\n", 4),
    "variables": ("text", "A" * 60_000 + "\n" + "  export  " * 3000, 4),
}


@pytest.mark.parametrize("name", BOMBS)
def test_cost_grows_with_the_size(name):
    """A second of the processor's time for what is at most 400 KB; what is square takes minutes."""
    language, text, times = BOMBS[name]
    path = {"text": ".env", "yaml": ".github/workflows/a.yml"}.get(language, "app.py")
    text = "\n".join([text] * times)
    look("x = 1\n" if language == "python" else "", language, path=path)
    start = time.process_time()
    look(text, language, path=path)
    assert time.process_time() - start < 4


def test_aliases_of_yaml_are_read_once():
    lines = ["services: &a0 {web: {image: x, privileged: true}}"]
    lines += [f"x{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    start = time.process_time()
    found, _ = look("\n".join(lines) + "\n", "yaml", path="compose.yaml")
    assert time.process_time() - start < 4
    assert len(found) <= 1


def test_a_text_too_large_is_said():
    _, failures = look("x = 1\n" * 400_000)
    assert [f.reason.partition(":")[0] for f in failures] == ["larger than 2,000,000 characters"]


def test_of_a_bundle_each_line_is_told_once():
    line = "fetch(a);" * 200 + "\n"
    found, failures = look(line * 10, "javascript", path="dist/bundle.js")
    assert len(found) == 10
    assert not failures


def test_a_schema_of_manifests_is_no_manifest():
    text = "apiVersion: a/v1\nkind: CustomResourceDefinition\nspec:\n  securityContext: {}\n"
    assert look(text, "yaml", path="crd.yaml") == ([], ())
    assert look(text.replace("CustomResourceDefinition", "Pod"), "yaml", path="pod.yaml")[0]


# -- one voice a region, and none in a person's lines


def seen(text, who, language="python", path="app.py"):
    snapshot = Snapshot("file:///x", language, 1, text, path)
    analysis = engine.examine(snapshot, Facts(), [escalation.ANALYZER])
    found = engine.conclude(snapshot, analysis.findings)
    return snapshot, session.sight(snapshot, found, who)


def speaking(sightings, snapshot):
    told = escalations.once(sightings, snapshot)
    assert [s.finding for s in told] == [s.finding for s in sightings]
    return [s.start.line for s in told if not s.repeated]


TWICE = """\
import os

def a(x):
    os.remove(x)
    os.unlink(x)

class B:
    def c(self, x):
        os.remove(x)

    def d(self, x):
        os.remove(x)
        os.remove(x)

os.remove("a")
os.remove("b")
"""


def test_of_a_trigger_one_site_speaks_in_each_function_and_run_of_lines():
    snapshot, found = seen(TWICE, lambda _: AI)
    assert [s.start.line for s in found] == [3, 4, 8, 11, 12, 14, 15]
    assert speaking(found, snapshot) == [3, 8, 11, 14]


def test_the_site_of_an_ai_speaks_and_not_the_person_s_before_it():
    snapshot, _ = seen(TWICE, lambda _: None)
    line = 4
    snapshot, found = seen(
        TWICE, lambda span: AI if snapshot.position(span.start).line == line else HUMAN
    )
    told = escalations.once(found, snapshot)
    shown = [s.start.line for s in told if gate.fate(s, Policy()) is Fate.SHOWN]
    assert shown == [line]


def test_nothing_is_shown_in_a_person_s_lines_whoever_reads():
    for persona in Persona:
        for who in (HUMAN, None):
            snapshot, found = seen(TWICE, lambda _, who=who: who)
            told = escalations.once(found, snapshot)
            fates = {gate.fate(s, Policy(persona=persona)) for s in told}
            assert fates == {Fate.UNSAID}


def test_other_triggers_speak_for_themselves():
    text = "import os, jwt\ndef f(x):\n    os.remove(x)\n    jwt.decode(x)\n    os.remove(x)\n"
    snapshot, found = seen(text, lambda _: AI)
    assert speaking(found, snapshot) == [2, 3]


@pytest.mark.parametrize("how", ["silenced", "accepted"])
def test_what_is_silenced_or_accepted_speaks_for_nothing_else(how):
    snapshot, found = seen(TWICE, lambda _: AI)
    first = found[0]
    if how == "silenced":
        quiet = replace(first.finding, suppression=Suppression("vetline", "ours"))
        first = replace(first, finding=quiet)
    else:
        first = replace(first, accepted=True)
    assert speaking([first, *found[1:]], snapshot) == [3, 4, 8, 11, 14]


def test_other_rules_are_left_alone():
    snapshot, found = seen(TWICE, lambda _: AI)
    others = [replace(s, finding=replace(s.finding, rule="python/x")) for s in found]
    assert escalations.once(others, snapshot) == others


def test_a_thousand_sites_cost_little_more_than_ten():
    texts = {
        ("yaml", "compose.yaml"): "services:\n"
        + "".join(f"  s{n}:\n    image: a\n    ports: [1]\n    x: 1\n" for n in range(1000)),
        ("text", ".env"): "".join(f"KEY_{n}_SECRET=1\n" for n in range(1000)),
        ("python", "a.py"): "import os\n"
        + "".join(f"def f{n}(x):\n    os.remove(x)\n" for n in range(1000)),
    }
    for (language, path), text in texts.items():
        snapshot, found = seen(text, lambda _: AI, language, path)
        assert len(found) >= 1000
        start = time.process_time()
        escalations.once(found, snapshot)
        assert time.process_time() - start < 3


# -- the door


@pytest.fixture
def project(tmp_path):
    (tmp_path / "app.py").write_text(SERVICE)
    (tmp_path / "plain.py").write_text("def f():\n    return 1\n\ndef g():\n    return 2\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_app.py").write_text("import requests\nrequests.get('https://a')\n")
    (tmp_path / "Dockerfile").write_text("FROM a\nUSER b\nRUN make\n")
    (tmp_path / "notes.txt").write_text("requests.get\n")
    return tmp_path


def told(capsys, *words):
    code = main(["triggers", *map(str, words)])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_the_list_names_the_seven(capsys):
    code, out, _ = told(capsys, "list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [r.id for r in escalation.rules()]
    code, out, _ = told(capsys, "list", "--output-format", "json")
    data = json.loads(out)
    assert data["version"] == 1
    assert [one["id"] for one in data["triggers"]] == [r.id for r in escalation.rules()]


def test_stats_count_insertions_and_those_that_escalate(project, capsys):
    code, out, err = told(capsys, "stats", "--isolated", project, "--output-format", "json")
    assert (code, err) == (0, "")
    data = json.loads(out)
    # app.py: the class, its two methods, the view, the setting; plain.py: two; Dockerfile: three.
    assert (data["files"], data["insertions"], data["escalated"]) == (3, 10, 5)
    assert data["share"] == 0.5
    fired = {name: one["insertions"] for name, one in data["triggers"].items()}
    assert fired == {
        "trigger/authentication": 0,
        "trigger/configuration": 2,
        "trigger/cryptography": 1,
        "trigger/database": 0,
        "trigger/external-api": 1,
        "trigger/file-system": 1,
        "trigger/input-validation": 1,
    }
    assert data["triggers"]["trigger/configuration"]["share"] == 0.2


def test_stats_print_a_line_a_trigger(project, capsys):
    code, out, _ = told(capsys, "stats", "--isolated", project)
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "10 insertions in 3 files"
    assert lines[1].split() == ["escalate", "5", "50.0%"]
    assert len(lines) == 2 + len(escalation.rules())


def test_stats_of_nothing_are_nothing(tmp_path, capsys):
    code, out, _ = told(capsys, "stats", "--isolated", tmp_path)
    assert code == 0
    assert out.startswith("0 insertions in 0 files\n")


def test_what_could_not_be_checked_is_said(tmp_path, capsys):
    (tmp_path / "a.py").write_text("import os\ndef f(:\n    os.remove(x)\n")
    code, out, err = told(capsys, "stats", "--isolated", tmp_path)
    assert code == 3
    assert "could not be checked" in out
    assert "a.py" in err


@pytest.mark.parametrize("words", [(), ("count",), ("stats", "--output-format", "xml")])
def test_wrong_words_are_refused_in_one_line(words, capsys):
    code, out, err = told(capsys, *words)
    assert code == 2
    assert not out
    assert err.startswith("vetline triggers: ")
    assert err.count("\n") == 1


def test_a_path_that_is_not_there_is_said(tmp_path, capsys):
    code, _, err = told(capsys, "stats", "--isolated", tmp_path / "gone")
    assert code == 3
    assert "no such file" in err


def test_check_asks_them_as_the_others(project):
    command = [sys.executable, "-m", "vetline", "check", "--isolated", "--output-format", "json"]
    done = subprocess.run(
        [*command, "--analyzer", "escalation", "app.py"],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # Nobody is known to be an AI, so nothing is shown.
    assert json.loads(done.stdout)["findings"] == []
