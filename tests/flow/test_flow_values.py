"""How text is put together and taken apart, and what containers hold: small programs, and what comes of each."""

from __future__ import annotations

from textwrap import indent

import pytest
from flows import examined, of_value, outcome

TRACED, POSSIBLE, NOTHING = "traced", "possible", "nothing"

TEXT = {
    TRACED: [
        "x = 'a' + 'b' + t + 'c'",
        "x = 'a'\nx += t",
        "x = t + t",
        "x = '%s' % t",
        "x = '%s %s' % ('a', t)",
        "x = '%r' % (t,)",
        "x = '%(a)s' % {'a': t}",
        "x = '{}'.format(t)",
        "x = '{0}'.format(t)",
        "x = '{a}'.format(a=t)",
        "x = '{a}'.format_map({'a': t})",
        "x = '{a.b}'.format(a=t)",
        "x = '{a[b]}'.format(a=t)",
        "x = '{a}'.format(**{'a': t})",
        "x = f'{t}'",
        "x = f'{t!r:>10}'",
        "x = f'{1:{t}}'",
        "x = f'''{f'{t}'}'''",
        "x = ','.join(['a', t])",
        "x = ','.join(i for i in t)",
        "x = ','.join({t})",
        "x = ''.join(reversed(t))",
        "from string import Template\nx = Template('$a').substitute(a=t)",
        "x = t.upper().strip()[1:]",
        "x = t[0]",
        "x = t.split(',')[0]",
        "x = t.encode().decode()",
        "x = str(t)",
        "x = repr(t)",
        "x = max(t, 'a')",
        "import json\nx = json.loads(t)['a']",
        "import base64\nx = base64.b64decode(t).decode()",
        "import io\nb = io.StringIO()\nb.write(t)\nx = b.getvalue()",
        "x = os.path.join('a', t)",
        "x = html.escape(t)",
        "x = shlex.quote(t)",
        "x = os.path.basename(t)",
    ],
    POSSIBLE: ["x = '%d' % t", "x = int(t) + 1", "x = -t"],
    NOTHING: [
        "x = '{a}'.format(a='1', b=t)",
        "x = '{}{}'.format('1', '2')",
        "x = ','.join(str(int(i)) for i in t)",
        "x = ','.join('?' for i in t)",
        "x = ', '.join(['?'] * len(t))",
        "x = 'a' * int(t)",
        "x = str(len(t))",
        "x = bool(t)",
        "import uuid\nx = str(uuid.UUID(t))",
        "import io\nb = io.StringIO()\nb.write('a')\nx = b.getvalue()",
        "x = 'a'.zfill(10 ** 12)\nx = 'b'",
        "x = 'é'.encode('utf-8').decode()",
    ],
}

CONTAINERS = {
    TRACED: [
        "a, x = '1', t",
        "a, (b, x) = '1', ('2', t)",
        "a, *x = '1', t\nx = x[0]",
        "*a, x = '1', '2', t",
        "a, *b, x = t\n",
        "x = [*[t]][0]",
        "x = {**{'a': t}}['a']",
        "x = dict(a=t)['a']",
        "x = dict([('a', t)])['a']",
        "d = {'a': t, 'b': 'c'}\nx = d.get('a')",
        "d = {'a': 'c'}\nx = d.get(t, t)",
        "d = {}\nd['a'] = t\nx = d['a']",
        "d = {}\nd[u] = t\nx = d['a']",
        "d = {}\nd.update(a=t)\nx = d['a']",
        "d = {}\nd.setdefault('a', t)\nx = d['a']",
        "u['b']['c'] = t\nx = u['b']['c']",
        "l = ['b', 'a']\nl[-1] = t\nx = l[1]",
        "l = ['a', t]\nl.pop(0)\nx = l[0]",
        "l = ['a']\nl.extend([t])\nx = l[1]",
        "l = ['a']\nl += [t]\nx = l[1]",
        "l = []\nl.append(t)\nx = l.pop()",
        "x = sorted([t])[0]",
        "x = next(iter([t]))",
        "x = [i for i in [t]][0]",
        "x = {i: t for i in 'ab'}['a']",
        "for i, x in enumerate([t]):\n    pass",
        "for a, x in zip(['1'], [t]):\n    pass",
        "for k, x in {'a': t}.items():\n    pass",
        "for x in {'a': t}.values():\n    pass",
        "import configparser\nc = configparser.ConfigParser()\nc.set('a', 'b', t)\nx = c.get('a', 'b')",
    ],
    POSSIBLE: ["u['b']['c'] = t\nx = u['b']['d']"],
    NOTHING: [
        "a, x = t, '1'",
        "a, (b, x) = t, ('2', '3')",
        "x, *a = '1', t",
        "x, *a, b = '1', t, t",
        "x = {'a': 'b'}[t]",
        "d = {'a': t, 'b': 'c'}\nx = d['b']",
        "d = {'a': 'c'}\nx = d.get(t, 'd')",
        "d = {}\nd['a'] = t\nd['b'] = '1'\nx = d['b']",
        "l = [t, 'a']\nl[0] = 'b'\nx = l[0]",
        "l = ['b', 'a']\nl[-1] = t\nx = l[0]",
        "l = [t, 'a']\nl.pop(0)\nx = l[0]",
        "l = []\nl.insert(0, t)\nl.insert(0, 'a')\nx = l[0]",
        "l = [t]\nl.clear()\nl.append('a')\nx = l[0]",
        "x = [t for t in ['a']][0]",
        "for a, x in zip([t], ['1']):\n    pass",
        "for x in {'a': t}:\n    pass",
        "for k, x in {'a': 'b'}.items():\n    pass",
        "import configparser\nc = configparser.ConfigParser()\nc.set('a', 'b', t)\nc.set('a', 'c', '1')\nx = c.get('a', 'c')",
    ],
}

# What a better machine would say stands behind; what it says today is what is asserted.
LIMITS = [
    ("l = ['b', 'a']\nl[u] = t\nx = l[0]", NOTHING, TRACED),
]


def cases(table):
    return [(code, wanted) for wanted, codes in table.items() for code in codes]


@pytest.mark.parametrize(("code", "wanted"), cases(TEXT))
def test_text(code, wanted):
    assert of_value(code) == wanted


@pytest.mark.parametrize(("code", "wanted"), cases(CONTAINERS))
def test_containers(code, wanted):
    assert of_value(code) == wanted


@pytest.mark.parametrize(("code", "today", "better"), LIMITS)
def test_limits(code, today, better):
    assert of_value(code) == today
    assert today != better


FED = [
    ("yaml.load('a: 1')", False),
    ("y = 'a: 1'\nyaml.load(y)", False),
    ("for i in u:\n    yaml.load('a: 1')", False),
    ("yaml.load(u)", True),
    ("yaml.load(open('a'))", True),
    ("y = 'a: 1'\nif u:\n    y = u\nyaml.load(y)", True),
    ("f = lambda d: yaml.load(d)\nf('a: 1')", True),
    ("def f(d):\n    return yaml.load(d)\nf('a: 1')", True),
    ("if 1 == 2:\n    yaml.load(u)", True),
]


@pytest.mark.parametrize(("code", "wanted"), FED)
def test_a_call_that_is_given_a_constant_does_no_harm(code, wanted):
    body = "".join(f"    {line}\n" for line in code.split("\n"))
    found, _ = examined(f"import yaml\ndef f(u):\n{body}")
    assert any(f.rule == "python/unsafe-yaml-load" for f in found) is wanted


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("g = tame if u else risky\ng(request.args['a'])", "traced"),
        ("g = risky if u else tame\ng(request.args['a'])", "traced"),
        ("g = tame\nif u:\n    g = risky\ng(request.args['a'])", "traced"),
        ("{'a': tame, 'b': risky}[u](request.args['a'])", "traced"),
        ("{'a': tame, 'b': risky}['a'](request.args['a'])", "nothing"),
        ("g = tame if u else tamer\ng(request.args['a'])", "nothing"),
    ],
)
def test_a_function_that_may_be_one_of_several(code, wanted):
    inner = "def tame(x):\n    print(x)\ndef tamer(x):\n    return 1\ndef risky(x):\n    eval(x)\n"
    text = f"from flask import request\ndef view(u):\n{indent(inner + code, '    ')}\n"
    assert (outcome(text, "eval-of-input") == "traced") is (wanted == "traced")
