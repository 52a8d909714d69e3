"""bandit.py: the same findings as bandit's command, on texts that need not be saved."""

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from vetline_analyzers import bandit, bandit_findings
from vetline_analyzers.bandit_tests import TESTS
from vetline_analyzers.core.analyzer import Facts, NotChecked
from vetline_analyzers.core.finding import Persona, Suppression
from vetline_analyzers.core.text import Snapshot

STDLIB = Path(sysconfig.get_path("stdlib"))

SAMPLE = '''\
"""Ünïcode before everything, so that bytes are no columns."""
import pickle, subprocess, hashlib
from flask import Flask
import requests, yaml, random, ssl, os, tempfile

app = Flask(__name__)
password = "Zk39" "dk3a"
d = {"password": "ü3x9ü3x9", "token": None, "pwd": 12345}
d["secret"] = r'raw\\d9'

def login(user, password="Adm1n9xx", token=None):
    if password == """multi
line9""":
        pass
    assert user, "größe"
    try:
        subprocess.call("ls " + user,
                        shell=True)
    except Exception:
        pass
    for _ in range(3):
        try:
            eval(user)
        except:
            continue
    é = connect(user, naïve="ö",
        password="qwe98zz7",
    ); random.random()
    cursor.execute(f"SELECT * FROM users WHERE name = '{user}'")
    query = "DELETE FROM " + user + " WHERE 1"
    requests.get(url, verify=False)
    yaml.load(é)
    hashlib.md5(b"x"); hashlib.new("sha1")
    pickle.loads(data); __import__("telnetlib"); open("/tmp/x", "w")
    os.chmod("/etc/x", 0o777); os.popen("ls"); ssl.wrap_socket(ssl_version=ssl.PROTOCOL_SSLv3)

app.run(host="0.0.0.0",
        debug=True)
'''

NOSEC = '''\
import subprocess  # nosec
import pickle  # nosec B403
import marshal  # nosec B101
subprocess.call(x, shell=True)  # nosec B602, B607
subprocess.call("ls",
    shell=True,  # nosec: B602 because we know
)
subprocess.call("ls",
    shell=True,
)  # nosec
eval(x)  # nosec eval
eval(x)  # nosec no such words
eval(x)  # nosec B307 # more
exec(x)  # nosec exec_used
assert x  #nosec
assert x  # NOSEC
password = "hunter999"  # nosec B105
try:
    a()
except Exception:  # nosec B110
    pass
try:
    a()
except Exception:
    pass  # nosec
f(
    password="hunter998",  # nosec B106
)
text = """
# nosec
""" + eval(x)
'''


def look(text: str, path: str = "app.py") -> list:
    snapshot = Snapshot("file:///x", "python", 1, text, path)
    return list(bandit.analyze(snapshot, Facts(), {}))


def offsets_of_command(text: str, file: Path) -> list[tuple]:
    """What the command finds: id, line, severity, confidence, column in code points."""
    file.write_bytes(text.encode())
    run = subprocess.run(
        [sys.executable, "-m", "bandit", "-f", "json", "-q", str(file)],
        capture_output=True,
        check=False,
        timeout=120,
    )
    report = json.loads(run.stdout)
    assert report["errors"] == []
    return sorted(
        (
            r["test_id"],
            r["line_number"],
            r["issue_severity"],
            r["issue_confidence"],
            r["col_offset"],
        )
        for r in report["results"]
    )


def issues(text: str, *, silenced: bool = False) -> list[tuple]:
    """What our adapter hears from bandit, in the same form."""
    tester = bandit._ask(bandit._bandit(), text)
    return sorted(
        (i.test_id, i.lineno, i.severity, i.confidence, i.col_offset)
        for i in tester.results
        if (bandit_findings.suppression(i) is not None) is silenced
    )


def findings(text: str) -> list[tuple]:
    """Our findings, with the line of their start; a password's span is its literal's content."""
    snapshot = Snapshot("file:///x", "python", 1, text, "app.py")
    return sorted(
        (f.rule[7:], snapshot.position(f.span.start).line + 1, str(f.severity), str(f.confidence))
        for f in bandit.analyze(snapshot, Facts(), {})
        if f.suppression is None
    )


TEXTS = {
    "sample": SAMPLE,
    "nosec": NOSEC,
    "crlf": SAMPLE.replace("\n", "\r\n"),
    "cr": "import pickle\rx = 1\rassert x\reval(x)\r",
    "form feed": "import pickle\n\x0cx = 1\nassert x; y = '\x0c'; eval(x)\n",
    "separators": "x = '\u2028\x85'\nassert x\n",
    "bidi": "x = '\u2028'\ny = 1  # \u202e ohno\n",
    "cookie": "# -*- coding: utf-8 -*-\ny = 'é'; eval(y)\n",
    "empty": "",
}


@pytest.mark.parametrize("name", TEXTS)
def test_it_finds_what_the_command_finds(name, tmp_path):
    text = TEXTS[name]
    expected = offsets_of_command(text, tmp_path / "text.py")
    assert issues(text) == expected
    assert name == "empty" or expected
    assert sorted(f[:1] + f[2:] for f in findings(text)) == sorted(
        (test, severity.lower(), confidence.lower())
        for test, _, severity, confidence, _ in expected
    )


@pytest.mark.parametrize("module", ["tarfile", "subprocess", "http/server", "pickle", "imaplib"])
def test_it_finds_what_the_command_finds_in_the_standard_library(module, tmp_path):
    text = (STDLIB / f"{module}.py").read_text("utf-8")
    expected = offsets_of_command(text, tmp_path / "text.py")
    assert expected
    assert issues(text) == expected
    assert len(findings(text)) == len(expected)


def test_nosec_is_kept_as_a_suppression(tmp_path):
    commented = issues(NOSEC, silenced=True)
    without = offsets_of_command(NOSEC.replace("nosec", "no-sec"), tmp_path / "text.py")
    kept = [(test, line) for test, line, *_ in issues(NOSEC)]
    assert len(commented) >= 12
    assert sorted(kept + [(test, line) for test, line, *_ in commented]) == [
        (test, line) for test, line, *_ in without
    ]
    silenced = [f for f in look(NOSEC) if f.suppression is not None]
    assert len(silenced) == len(commented)
    assert {f.suppression for f in silenced} == {Suppression("nosec", "")}
    assert ("B307", 11) not in kept  # by the name of its list
    assert ("B403", 3) not in kept or ("B101", 3) not in commented


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_spans_are_the_nodes(end):
    text = end.join(
        ["é = 'ü'; eval(", "    'ä', x)", "\x0cif é:", "\x0c    assert 'ö'; eval(z)", ""]
    )
    snapshot = Snapshot("u", "python", 0, text, "app.py")
    found = [snapshot.slice(f.span) for f in bandit.analyze(snapshot, Facts(), {})]
    assert found == [f"eval({end}    'ä', x)", "assert 'ö'", "eval(z)"]


def test_a_byte_order_mark_moves_nothing():
    for text in ("\ufeffé = 1; eval(x)\neval(y)\n", "é = 1; eval(x)\neval(y)\n"):
        snapshot = Snapshot("u", "python", 0, text, "app.py")
        assert [snapshot.slice(f.span) for f in look(text)] == ["eval(x)", "eval(y)"]


def test_a_bidi_character_is_pointed_at():
    text = "x = '\u2028'\ny = 1  # \u202e ohno\n"
    snapshot = Snapshot("u", "python", 0, text, "app.py")
    (found,) = look(text)
    assert found.rule == "bandit/B613"
    assert snapshot.slice(found.span) == "\u202e"


def test_a_coding_cookie_does_not_blind_it():
    text = "# -*- coding: latin-1 -*-\nx = 1  # \u202e\n"
    assert [f.rule for f in look(text)] == ["bandit/B613"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('password = "Zk39dk3a"', "Zk39dk3a"),
        ('é = 1; obj.password = rb"", "x"; token = r"Zk39\\dk"', r"Zk39\dk"),
        ('d = {"ü": 1, "password": "Zkü9dk3a"}', "Zkü9dk3a"),
        ('d["password"] = "Zk39dk3a"', "Zk39dk3a"),
        ('if password == "Zk39dk3a": pass', "Zk39dk3a"),
        ('f("Zk39dk3a", name="Zk39dk3a", password="Zk39dk3a")', "Zk39dk3a"),
        ('def f(a, b, password="Zk39dk3a", c=None): pass', "Zk39dk3a"),
        ('def f(a="Zk39dk3a", /, password="x"): pass', "Zk39dk3a"),
        ('password = """Zk39\ndk3a"""', "Zk39\ndk3a"),
        ("password = ('Zk39'\n  \"dk3a\")", "Zk39'\n  \"dk3a"),
        ("d = {'pwd': 1234567}", "1234567"),
    ],
)
def test_a_password_is_marked_and_never_told(text, value):
    snapshot = Snapshot("u", "python", 0, text, "app.py")
    (found,) = (f for f in look(text) if f.rule in {"bandit/B105", "bandit/B106", "bandit/B107"})
    assert found.secret
    assert snapshot.slice(found.span) == value
    assert text.rindex(value) == found.span.start
    assert "39" not in found.message
    assert "1234" not in found.message


def test_an_empty_password_is_no_secret():
    (found,) = look('password = ""')
    assert not found.secret
    assert found.persona is Persona.PEDANTIC


@pytest.mark.parametrize(
    ("text", "path", "persona"),
    [
        ("assert x", "app.py", Persona.PEDANTIC),
        ("assert x", "tests/unit/x.py", Persona.AUDITOR),
        ("assert x", "pkg/test_x.py", Persona.AUDITOR),
        ("assert x", "pkg/x_test.py", Persona.AUDITOR),
        ("assert x", "conftest.py", Persona.AUDITOR),
        ("assert x", "pkg/contest.py", Persona.PEDANTIC),
        ("import subprocess", "app.py", Persona.AUDITOR),
        ("import xml.sax", "app.py", Persona.AUDITOR),
        ("import random; random.random()", "app.py", Persona.PEDANTIC),
        ("try:\n  f()\nexcept Exception:\n  pass\n", "app.py", Persona.PEDANTIC),
        ('q = "SELECT * FROM t WHERE x = " + y', "app.py", Persona.PEDANTIC),
        ("eval(x)", "app.py", Persona.PEDANTIC),
        ('password = "Zk39dk3a"', "app.py", Persona.PEDANTIC),
        ('password = "Zk39dk3a"', "tests/app.py", Persona.PEDANTIC),
        ('token_type = "bearer"', "app.py", Persona.PEDANTIC),
    ],
)
def test_who_wants_to_hear_of_it(text, path, persona):
    assert [f.persona for f in look(text, path)] == [persona]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = 1\n\nsecret = = 'hunter2'\n", "invalid syntax on line 3"),
        ("if x:\n    y\n  z\n", "wrong indentation on line 3"),
        ("if x:\n\ty\n        z\n", "tabs and spaces mixed on line 3"),
        ("(" * 100_000, "invalid syntax"),
        ("x = 1" + " + 1" * 50_000, "nested too deeply"),
        ("x = '\x00hunter2'", ("invalid syntax", "a character that no Python source may hold")),
        ("x = '\ud800'", "a character that no Python source may hold"),
    ],
)
def test_what_cannot_be_parsed_is_said_and_not_quoted(text, reason):
    with pytest.raises(NotChecked) as caught:
        look(text)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    message = str(caught.value)
    assert message.startswith(f"bandit could not parse it with Python {version}: ")
    assert "hunter2" not in message
    if sys.version_info < (3, 12):  # later parsers choose other words for some of these
        assert message.removesuffix(" on line 1").endswith(reason)


def test_a_failing_test_of_bandits_is_said(monkeypatch):
    def broken(context):
        raise RuntimeError(context.string_val)

    broken._test_id = "B999"
    monkeypatch.setitem(
        bandit._bandit().tests.tests, "Call", [broken, *bandit._bandit().tests.get_tests("Call")]
    )
    found = []
    with pytest.raises(NotChecked, match="bandit's own test failed on it: broken"):
        found.extend(bandit.analyze(Snapshot("u", "python", 0, "eval(x)", "a.py"), Facts(), {}))
    snapshot = Snapshot("u", "python", 0, "eval(x)", "a.py")
    stream = bandit.analyze(snapshot, Facts(), {})
    assert next(stream).rule == "bandit/B307"


def test_its_import_leaves_the_process_as_it_was():
    script = (
        "import sys, warnings, logging; before = warnings.formatwarning\n"
        "from vetline_analyzers import bandit\n"
        "assert 'bandit' not in sys.modules\n"
        "from vetline_analyzers.core.analyzer import Facts\n"
        "from vetline_analyzers.core.text import Snapshot\n"
        "list(bandit.analyze(Snapshot('u', 'python', 0, 'eval(x)  # nosec hunter2', 'a.py'), Facts(), {}))\n"
        "assert 'bandit' in sys.modules and warnings.formatwarning is before\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_every_test_of_bandits_has_a_rule():
    rules = {rule.id: rule for rule in bandit.rules()}
    assert len(rules) == len(bandit.rules()) > 60
    assert {f.rule for text in TEXTS.values() for f in look(text)} <= set(rules)
    assert rules["bandit/B608"].title == "SQL built from strings"
    assert rules["bandit/B608"].cwe == (89,)
    assert rules["bandit/B608"].url.endswith("/plugins/b608_hardcoded_sql_expressions.html")
    assert "`pickle.loads`" in rules["bandit/B301"].page
    tests = {plugin.plugin._test_id for plugin in bandit._bandit().manager.plugins}
    assert tests == set(TESTS)
    found = [f for text in TEXTS.values() for f in look(text)]
    for finding in found:
        assert rules[finding.rule].cwe == finding.cwe
    assert all(rule.markdown() for rule in rules.values())
