"""Text that was cut out of a file: it begins inside a string, or has lost its imports and the head of its function."""

from __future__ import annotations

import contextlib

import pytest

from vetline_analyzers.core.analyzer import Facts, NotChecked
from vetline_analyzers.core.finding import Persona
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.patterns import ANALYZER
from vetline_analyzers.syntax import sql, tree

ENDS = """        the address of the host, never checked
        :param host: which one it is
    {quotes}
    os.system("ping " + host)
    return True


def other(host):
    {quotes}What it does.{quotes}
    return host
"""


def found(text):
    """The rules that find something at the regular level, and where; what was not parsed counts for nothing."""
    findings = []
    with contextlib.suppress(NotChecked):
        findings.extend(ANALYZER.analyze(Snapshot("x", "python", 1, text), Facts(), {}))
    return {f.rule: text[slice(*f.span)] for f in findings if f.persona <= Persona.REGULAR}


@pytest.mark.parametrize("quotes", ['"""', "'''"])
@pytest.mark.parametrize("tail", ["", "def cut(a):\n    return check(\n"])
def test_what_begins_inside_a_string_is_read_as_code(quotes, tail):
    text = ENDS.format(quotes=quotes) + tail
    assert found(text) == {"python/command-from-string": '"ping " + host'}


def test_what_begins_and_ends_inside_strings_is_read_as_code():
    text = ENDS.format(quotes='"""') + '\ndef last(host):\n    """What it does, at some length'
    assert text.count('"""') % 2 == 0
    assert found(text) == {"python/command-from-string": '"ping " + host'}


@pytest.mark.parametrize(
    "text",
    [
        'TEXT = """\nos.system("ping " + host)\n',
        '"""About os.system("ping " + host)."""\n\ndef f(:\n    pass\n',
        'def f():\n    """About it.\n\n    os.system("ping " + host)\n    """\n    return (\n',
    ],
)
def test_what_stands_in_strings_of_a_broken_file_stays_text(text):
    assert found(text) == {}


def test_places_behind_a_lost_beginning_are_code_points():
    text = ENDS.format(quotes='"""').replace("never", "né😀ver")
    assert found(text) == {"python/command-from-string": '"ping " + host'}


def test_a_lost_beginning_has_no_tree_that_outlives_its_text():
    memo = {}
    cut = ENDS.format(quotes='"""')
    tree.parse(Snapshot("", "python", 1, cut), memo)
    whole = tree.parse(Snapshot("", "python", 2, "x = 1\n"), memo)
    assert not whole.root.has_error
    assert whole.read(whole.root) == "x = 1\n"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("tar.extractall(target)\n", "archive-extract-all"),
        ("    if os.path.exists(path):\n        os.remove(path)\n", "check-then-use"),
        ("h = md5(data).hexdigest()\n", "weak-hash"),
        ("tree = etree.parse(name)\n", "xml-parser-defaults"),
        ('exec "import " + name\n', "exec-statement"),
        ('exec "import %s" % name in globals()\n', "exec-statement"),
        (
            "try:\n    run()\nexcept Exception as e:\n    return jsonify(error=str(e)), 500\n",
            "error-details-to-client",
        ),
        ("sealer = Cipher(algorithms.AES(key), modes.CBC(iv))\n", "unauthenticated-encryption"),
    ],
)
def test_without_imports_a_name_says_what_it_is(text, rule):
    assert f"python/{rule}" in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "import shelf\n\nshelf.tar.extractall(target)\n",
        "import os\n\npath = find()\nif os.path.exists(path):\n    os.remove(path)\n",
        "from checks import md5\n\nh = md5(data).hexdigest()\n",
        "from forest import etree\n\ntree = etree.parse(name)\n",
        "from plugins import exec_\n\nexec_(name)\n",
    ],
)
def test_with_imports_they_say_it(text):
    assert found(text) == {}


@pytest.mark.parametrize(
    "text",
    [
        "SHOW FULL COLUMNS FROM t",
        "ATTACH DATABASE 'a' AS b",
        "CREATE OR REPLACE VIEW v AS SELECT 1",
        "DROP TRIGGER t",
        "REVOKE ALL ON t FROM u",
        "COPY t (a, b) FROM STDIN",
        "LOAD DATA LOCAL INFILE 'a' INTO TABLE t",
    ],
)
def test_statements_of_sql_are_known(text):
    assert sql.statement([text]) == text


@pytest.mark.parametrize(
    "text", ["show me the tables", "copy a to b", "attach it", "create a view"]
)
def test_english_is_no_sql(text):
    assert sql.statement([text]) is None


def test_what_a_replacement_puts_into_a_text_is_followed():
    page = (
        "from flask import Flask, request\n\napp = Flask(__name__)\n\n\n"
        '@app.get("/")\ndef show():\n    page = "<p>NAME</p>".replace("NAME", {value})\n    return page\n'
    )
    assert "python/reflected-html" in found(page.format(value='request.args["name"]'))
    assert found(page.format(value='escape(request.args["name"])')) == {}
    assert found(page.format(value='"you"')) == {}


def test_a_cookie_that_is_quoted_adds_no_header():
    handler = (
        "from http.cookies import SimpleCookie\nfrom http.server import BaseHTTPRequestHandler\n\n\n"
        "class Handler(BaseHTTPRequestHandler):\n    def do_GET(self):\n        jar = SimpleCookie()\n"
        '        jar["last"] = self.path\n        self.send_header("Set-Cookie", {value})\n'
    )
    assert found(handler.format(value='jar.output(header="")')) == {}
    assert found(handler.format(value='jar["last"].OutputString()')) == {}
    assert "python/header-injection" in found(handler.format(value='"last=" + self.path'))
