"""secrets.py as a whole: what the rules' own examples give, what a busy reader is shown of them and what not.

Everything that looks like a secret is put together here, so that no scanner trips over this file.
"""

import pytest

from vetline_analyzers import places, secrets
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.core.text import Snapshot

AWS = "AKIA" + "Q7RZ2MQX5TBW4VLP"
GITHUB = "ghp_" + "k7Rz2mQx9TbW4vLp8Nf3" + "HsY6cJd5Ggk7Rz2m"
WORD = "Zk39" + "dk3a"


def look(text, path="app.py", language="python", memo=None):
    snapshot = Snapshot("file:///x", language, 1, text, path)
    return list(secrets.analyze(snapshot, Facts(), {} if memo is None else memo))


def seen(text, path="app.py", persona=Persona.REGULAR):
    """Rule and text of what that persona is shown."""
    return [
        (f.rule.removeprefix("secret/"), text[f.span.start : f.span.end])
        for f in look(text, path)
        if f.persona <= persona
    ]


@pytest.mark.parametrize("rule", secrets.rules(), ids=lambda rule: rule.id)
def test_every_rule_finds_its_example_and_nothing_in_its_good_ones(rule):
    for text in rule.bad:
        (found,) = look(text)
        assert found.rule == rule.id
        assert found.secret
        secret = text[found.span.start : found.span.end]
        assert len(secret) >= 8
        assert secret not in found.message
        half = secret[len(secret) // 2 :]  # a token starts with its provider's name
        assert not any(half[at : at + 5] in found.message for at in range(len(half) - 5))
        assert found.severity is rule.severity
    assert rule.bad
    assert rule.good
    for text in rule.good:
        assert look(text) == []
    assert rule.markdown()


@pytest.mark.parametrize(
    "text",
    [
        'password = "changeme"',
        'password = "password"',
        'SECRET = "secret"',
        'password = "test"',
        'api_key = "your-key-here"',
        'api_key = "xxxxYOURKEYxxxx"',
        'password = "hunter2"',
        'connect("amqp://guest:guest@localhost")',
        'key = "' + "AKIAIOSFODNN7" + 'EXAMPLE"',
    ],
)
def test_a_placeholder_is_for_pedants(text):
    (found,) = look(text)
    assert (found.severity, found.confidence) == (Severity.INFO, Confidence.LOW)
    assert found.persona is Persona.PEDANTIC
    assert found.secret


def test_a_password_in_a_test_is_for_pedants_but_a_token_is_not():
    text = f'password = "{WORD}"\nkey = "{AWS}"\n'
    assert seen(text, "tests/app.py") == [("aws-access-key", AWS)]
    assert seen(text, "tests/app.py", Persona.PEDANTIC) == [
        ("hard-coded-password", WORD),
        ("aws-access-key", AWS),
    ]


def test_a_quote_that_ends_a_string_begins_no_secret():
    assert look('print("token:", reply["access_token"])\n') == []
    assert look('print("password: " + user["pw_of_today"])\n') == []


@pytest.mark.parametrize(
    ("path", "test"),
    [
        ("tests/x.py", True),
        ("a/test/x.js", True),
        ("src/__tests__/x.ts", True),
        ("x.spec.ts", True),
        ("x_test.go", True),
        ("a/conftest.py", True),
        ("shop/tests.py", True),
        ("x_tests.py", True),
        ("e2e/login.ts", True),
        ("contest.py", False),
        ("latest/x.py", False),
        ("src/testimony.py", False),
    ],
)
def test_what_a_path_says(path, test):
    assert places.is_test(path) is test
