"""What a test shows of a value, and what it does not; what sanitizers clear, and what they do not."""

from __future__ import annotations

import pytest
from flows import outcome

TRACED, POSSIBLE, NOTHING = "traced", "possible", "nothing"
HEAD = """\
import bleach, html, os, re, requests, shlex
from pathlib import Path
from urllib.parse import urlparse
from flask import abort, redirect, request
from markupsafe import Markup
from werkzeug.utils import safe_join, secure_filename
ALLOWED = ['a', 'b']
NAMES = {'a': 1}
PATTERN = re.compile(r'^[a-z]+$')
SOME = load()
from elsewhere import OTHER

def is_valid_here(x):
    return True

def check_path_here(x):
    print(len(x))

def seen_in(x):
    return x in ALLOWED

def unseen(x):
    if x not in ALLOWED:
        return True
    return False

def validated_here(x):
    if x not in ALLOWED:
        raise ValueError


def view(cursor, u):
    t = x = request.args['x']
"""
SINKS = {
    "sql-from-string": "cursor.execute('SELECT a FROM b WHERE c = ' + x)",
    "path-from-request": "open(x)",
    "command-from-string": "os.system('ls ' + x)",
    "unescaped-html": "Markup(x)",
    "redirect-from-request": "return redirect(x)",
    "ssrf-from-request": "requests.get(x)",
}

# Where one of these holds, `x` may be used …
GUARDS = {
    NOTHING: [
        "x in ['a', 'b']",
        "x in {'a', 'b'}",
        "x in {'a': 1}",
        "x in ALLOWED",
        "x in NAMES",
        "x in SOME",
        "x == 'a'",
        "'a' == x",
        "x == u",
        "x.isdigit()",
        "x.isalnum() and u",
        "x.strip().isdigit()",
        "re.fullmatch('[a-z]+', x)",
        "re.match('[a-z]+$', x)",
        "re.search('^[a-z]+$', x)",
        "re.match('[a-z]+$', x) is not None",
        "PATTERN.match(x)",
        "not re.search('[^a-z]', x)",
        "isinstance(x, int)",
        "bool(x in ALLOWED)",
        "re.fullmatch('[a-zA-Z0-9_]{1,255}', x)",
        "re.match('^(a|b)$', x)",
        "re.match('a$|b$', x)",
        "PATTERN.fullmatch(x)",
        "seen_in(x)",
        "not unseen(x)",
        "all(c in 'ab' for c in x)",
        "all(c.isalnum() for c in x)",
        "x.lower() in ALLOWED",
        "u and x in ALLOWED",
        "x in ('a',) or x == 'b'",
        "(y := x) in ALLOWED",
        "not x not in ALLOWED",
    ],
    POSSIBLE: [
        '"\'" not in x',
        "OTHER.match(x)",
        "re.match(SOME, x)",
        "re.search('(?m)^[a-z]+$', x)",
        "is_valid(x)",
        "isSafe(x)",
        "validators.allowed_name(x)",
        "check_filename(x)",
        "not invalid(x)",
        "not is_blacklisted(x)",
    ],
    TRACED: [
        "x",
        "x is not None",
        "x != 'a'",
        "x > 'a'",
        "len(x) < 5",
        "x not in ALLOWED",
        "not (x in ALLOWED)",
        "not x.isdigit()",
        "x.isalnum() or u",
        "x in ('a',) or u",
        "re.match('[a-z]+', x)",
        "re.search('[a-z]+$', x)",
        "re.fullmatch('.*', x)",
        "re.fullmatch('a.+', x)",
        "not PATTERN.match(x)",
        "PATTERN.match(x) is None",
        "re.search('[^a-z]', x)",
        "isinstance(x, str)",
        "invalid(x)",
        "x.startswith('a')",
        "'a' in x",
        "hasattr(u, x)",
        "any(c in 'ab' for c in x)",
        "x in 'some help text'",
        "';' not in x",
        "'|' not in x",
        "re.match('a?', x)",
        "re.match(r'^\\S+$', x)",
        "re.match('^[^/]+$', x)",
        "re.match('^a|b$', x)",
        "re.match('[a-z]+\\\\$', x)",
        "not re.match(r'\\d+', x)",
        "not re.match(r'\\s+', x)",
        "not re.search(r'\\d+', x)",
        "not re.search('[;]{2,}', x)",
        "matches(x)",
        "known_user(x)",
        "is_known_user(u, x)",
        "check_password(x)",
        "checksum(x)",
        "checkout(x)",
        "not badge(x)",
        "not block_user(x)",
        "is_valid_here(x)",
        "check_path_here(x)",
        "x in request.args",
        "x in request.json['a']",
        "x == request.args['y']",
        "u if x in ALLOWED else 1",
        "x[:4] == 'abcd'",
        "x.rsplit('.', 1)[1] in ALLOWED",
        "os.path.splitext(x)[1] in ALLOWED",
        "x.rsplit('.')[-1].lower() in ALLOWED",
    ],
}

# … and after these.
WAYS = {
    NOTHING: [
        "if x not in ALLOWED:\n    return",
        "if x not in ALLOWED:\n    raise ValueError",
        "if x not in ALLOWED:\n    abort(400)",
        "if x not in ALLOWED:\n    x = 'a'",
        "if t not in ALLOWED:\n    return",
        "if not x or x not in ALLOWED:\n    return",
        "if not (x in ALLOWED and u):\n    return",
        "y = x.strip()\nif y not in ALLOWED:\n    return",
        "ok = re.fullmatch('[a-z]+', x)\nif not ok:\n    abort(400)",
        "ok = PATTERN.match(x)\nif ok is None:\n    return",
        "assert x in ALLOWED",
        "ok = x in ALLOWED\nif not ok:\n    return",
        "validated_here(x)",
        "try:\n    int(x)\nexcept ValueError:\n    abort(400)",
        "try:\n    x = int(x)\nexcept ValueError:\n    return",
        "while x not in ALLOWED:\n    x = request.args['y']",
        "while True:\n    if x in ALLOWED:\n        break\n    x = request.args['y']",
        "match x:\n    case 'a' | 'b':\n        pass\n    case _:\n        return",
        "match x:\n    case y if y in ALLOWED:\n        pass\n    case _:\n        return",
        "x = x if x in ALLOWED else 'a'",
        "x = 'a' if x not in ALLOWED else x",
        "x = [y for y in [x] if y in ALLOWED][0]",
        "x = next((a for a in ALLOWED if a == x), None)",
        "x = ALLOWED[ALLOWED.index(x)]",
        "x = NAMES[x]",
    ],
    POSSIBLE: [
        "x = SOME[x]",
        "x = SOME.get(x)",
        "validate(x)",
        "ensureSafe(x)",
        "check_path(x)",
        "if '\"' in x or \"'\" in x:\n    return",
        "if x not in ALLOWED and not is_valid(x):\n    return",
    ],
    TRACED: [
        "check_path_here(x)",
        "checkout(x)",
        "cleanup(x)",
        "accept_friend(x)",
        "checksum(x)",
        "matcher(x)",
        "check_password(x)",
        "subprocess.check_output(['echo', x])",
        "is_valid(x)",
        "if u:\n    abort(400)",
        "if x not in ALLOWED:\n    print(1)",
        "if u:\n    if x not in ALLOWED:\n        return",
        "if x not in ALLOWED and u:\n    return",
        "if x in ALLOWED:\n    y = 1\nelse:\n    y = 2",
        "if x in ALLOWED:\n    pass",
        "y = request.args['y']\nif y not in ALLOWED:\n    return",
        "assert x",
        "ok = x in ALLOWED\nok = f()\nif not ok:\n    return",
        "ok = x in ALLOWED\nok |= u\nif not ok:\n    return",
        "ok = u\nok |= x in ALLOWED\nif not ok:\n    return",
        "ok = x in ALLOWED\nif u:\n    ok = True\nif not ok:\n    return",
        "ok = x in ALLOWED\nx = request.args['y']\nif not ok:\n    return",
        "ok = x in ALLOWED\nfor ok in u:\n    pass\nif not ok:\n    return",
        "ok = x in ALLOWED\nwith u as ok:\n    pass\nif not ok:\n    return",
        "try:\n    validate(x)\nexcept ValueError:\n    pass",
        "try:\n    int(x)\nexcept ValueError:\n    pass",
        "match x:\n    case str():\n        pass",
        "y = x.rsplit('.')[1]\nif y not in ALLOWED:\n    return",
        "def get(n):\n    return request.args[n]\ny, x = get('y'), get('x')\nif y not in ALLOWED:\n    return",
        "x = x if x else 'a'",
    ],
}

# What a better machine would say stands behind; what it says today is what is asserted.
LIMITS = [
    ("if not any(x == a for a in ALLOWED):\n    return", TRACED, NOTHING),
    ("ok = False\nif x in ALLOWED:\n    ok = True\nif not ok:\n    return", TRACED, NOTHING),
    ("if (x in ALLOWED) == False:\n    return", TRACED, NOTHING),
]

KINDS = [
    ("path-from-request", "x = os.path.basename(x)", NOTHING),
    ("path-from-request", "x = secure_filename(x)", NOTHING),
    ("path-from-request", "x = safe_join('files', x)", NOTHING),
    ("path-from-request", "x = str(int(x))", NOTHING),
    ("path-from-request", "if '..' in x or x.startswith('/'):\n    return", NOTHING),
    ("path-from-request", "x = os.path.realpath('/f/' + x)\nif not x.startswith('/f/'):\n    return", NOTHING),
    ("path-from-request", "x = (Path('/f') / x).resolve()\nif not x.is_relative_to('/f'):\n    return", NOTHING),
    ("path-from-request", "x = (Path('/f') / x).resolve()\nx.relative_to('/f')", NOTHING),
    ("path-from-request", "x = os.path.realpath(x)\nif os.path.commonpath(['/f', x]) != '/f':\n    return", NOTHING),
    ("path-from-request", "if os.path.commonpath(['/f', x]) != '/f':\n    return", TRACED),
    ("path-from-request", "if not x.startswith('/f/'):\n    return", TRACED),
    ("path-from-request", "x = os.path.join('/f', x)\nif not x.startswith('/f/'):\n    return", TRACED),
    ("path-from-request", "if not os.path.exists(x):\n    return", TRACED),
    ("path-from-request", "x = html.escape(x)", TRACED),
    ("path-from-request", "x = x.replace('..', '')", TRACED),
    ("path-from-request", "if x.rsplit('.', 1)[1] not in ALLOWED:\n    return", TRACED),
    ("redirect-from-request", "if urlparse(x).netloc not in ALLOWED:\n    return", NOTHING),
    ("redirect-from-request", "y = urlparse(x)\nif y.netloc != 'a.b':\n    return", NOTHING),
    ("redirect-from-request", "if not x.startswith('https://a.b/'):\n    return", NOTHING),
    ("redirect-from-request", "if not url_has_allowed_host_and_scheme(x, None):\n    return", NOTHING),
    ("redirect-from-request", "if not is_safe_url(x):\n    return", NOTHING),
    ("redirect-from-request", "if not is_safe(x):\n    return", POSSIBLE),
    ("redirect-from-request", "if not is_safe_path(x):\n    return", POSSIBLE),
    ("path-from-request", "if not is_safe_path(x):\n    return", NOTHING),
    ("path-from-request", "validateFileName(x)", NOTHING),
    ("path-from-request", "validate(x)", POSSIBLE),
    ("redirect-from-request", "if not x.startswith('https://a.b'):\n    return", TRACED),
    ("redirect-from-request", "if not x.startswith('/'):\n    return", TRACED),
    ("redirect-from-request", "y = urlparse(x)\nif y.scheme not in ('http', 'https'):\n    return", TRACED),
    ("ssrf-from-request", "if urlparse(x).hostname not in ALLOWED:\n    return", NOTHING),
    ("ssrf-from-request", "if urlparse(x).scheme != 'https':\n    return", TRACED),
    ("ssrf-from-request", "if not x.startswith('https://'):\n    return", TRACED),
    ("ssrf-from-request", "if not re.match(r'https://example\\.com/', x):\n    return", NOTHING),
    ("ssrf-from-request", "if not re.match(r'https?://(www\\.)?example\\.com/', x):\n    return", NOTHING),
    ("ssrf-from-request", "if not re.search(r'^https://example\\.com/', x):\n    return", NOTHING),
    ("ssrf-from-request", "if not re.match(r'https://example', x):\n    return", TRACED),
    ("ssrf-from-request", "if not re.match(r'https://example.com/', x):\n    return", TRACED),
    ("ssrf-from-request", "if not re.match(r'https://(.*)\\.example\\.com/', x):\n    return", TRACED),
    ("ssrf-from-request", "if not re.search(r'https://example\\.com/', x):\n    return", TRACED),
    ("ssrf-from-request", "if not re.match(r'[\\w.]+$', x):\n    return", POSSIBLE),
    ("command-from-string", "if not re.match(r'https://example\\.com/', x):\n    return", TRACED),
    ("command-from-string", "if urlparse(x).netloc not in ALLOWED:\n    return", TRACED),
    ("command-from-string", "if '|' in x:\n    return", TRACED),
    ("command-from-string", "if ';' in x:\n    return", TRACED),
    ("command-from-string", "if ';' in x or '&' in x or '|' in x:\n    return", POSSIBLE),
    ("command-from-string", "if re.search('[;&|`$]', x):\n    return", POSSIBLE),
    ("command-from-string", "if re.search('[^a-z/.]', x):\n    return", NOTHING),
    ("path-from-request", "if '..' in x:\n    return", POSSIBLE),
    ("path-from-request", "if '..' in x or os.path.isabs(x):\n    return", NOTHING),
    ("path-from-request", "if '..' in x:\n    return\nx = 'files/' + x", NOTHING),
    ("path-from-request", "if '../' in x:\n    return\nx = f'files/{x}'", NOTHING),
    ("path-from-request", "if '..' in x:\n    return\nx = os.path.join('/files', x)", POSSIBLE),
    ("path-from-request", "if '/' in x:\n    return", NOTHING),
    ("path-from-request", "if not re.match(r'^[^/]+$', x):\n    return", NOTHING),
    ("path-from-request", "x = 'files/' + x", TRACED),
    ("unescaped-html", "if 'script' in x:\n    return", TRACED),
    ("unescaped-html", "x = html.escape(x)", NOTHING),
    ("unescaped-html", "x = bleach.clean(x)", NOTHING),
    ("unescaped-html", "if '<' in x:\n    return", NOTHING),
    ("unescaped-html", "x = shlex.quote(x)", TRACED),
    ("unescaped-html", "x = x.replace('a', '')", TRACED),
    ("command-from-string", "x = shlex.quote(x)", NOTHING),
    ("command-from-string", "if not re.match('^[a-z.]+$', x):\n    return", NOTHING),
    ("command-from-string", "x = html.escape(x)", TRACED),
    ("sql-from-string", "x = shlex.quote(x)", TRACED),
    ("sql-from-string", "x = secure_filename(x)", TRACED),
]  # fmt: skip


def cases(table):
    return [(code, wanted) for wanted, codes in table.items() for code in codes]


def after(code, rule="sql-from-string"):
    lines = f"{code}\n{SINKS[rule]}\n".splitlines()
    return outcome(HEAD + "".join(f"    {line}\n" for line in lines), rule)


@pytest.mark.parametrize(("test", "wanted"), cases(GUARDS))
def test_guards(test, wanted):
    assert after(f"if not ({test}):\n    return") == wanted
    assert after(f"if {test}:\n    pass\nelse:\n    return") == wanted
    assert after(f"while not ({test}):\n    return") == wanted


@pytest.mark.parametrize(("code", "wanted"), cases(WAYS))
def test_ways(code, wanted):
    assert after(code) == wanted


@pytest.mark.parametrize(("code", "today", "better"), LIMITS)
def test_limits(code, today, better):
    assert after(code) == today
    assert today != better


@pytest.mark.parametrize(("rule", "code", "wanted"), KINDS)
def test_kinds(rule, code, wanted):
    assert after(code, rule) == wanted
