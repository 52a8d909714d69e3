"""detect_secrets.py: the second opinion, its settings, its baseline and its comments.

Everything that looks like a secret is put together here, so that no scanner trips over this file.
"""

import contextlib
import hashlib
import inspect
import json
import logging
import random
import socket
import string
import subprocess
import sys
import sysconfig
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vetline import project, session
from vetline.settings import Settings
from vetline_analyzers import detect_secrets, engine
from vetline_analyzers.core.analyzer import Facts, NotChecked, Pace
from vetline_analyzers.core.finding import Persona, Severity
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.detect_secrets_plugins import LEFT_OUT, PLUGINS
from vetline_analyzers.secret import accepted

STDLIB = Path(sysconfig.get_path("stdlib"))
AWS = "AKIA" + "Q7RZ2MQX5TBW4VLP"
OTHER = "AKIA" + "Z3WX9KLM2QVT7BNC"
GITHUB = "ghp_" + "k7Rz2mQx9TbW4vLp8Nf3" + "HsY6cJd5Ggk7Rz2m"
GITHUB2 = "ghp_" + "Qx9TbW4vLp8Nf3HsY6cJ" + "d5Ggk7Rz2mk7Rz2m"
WORD = "s9Kq" + "2vLx7!"
STRIPE = "sk_live_" + "k7Rz2mQx9TbW4vLp8Nf3HsY6" + "cJd5Ggk7Rz2m"
JWT = "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiI3MzkxNjQ4MjAifQ." + "k7Rz2mQx9TbW4vLp8Nf3HsY6"
RANDOM = "k7Rz2mQx9TbW4vLp8Nf" + "3HsY6cJd5Gg1Xw0Ue"
HEAD = f"-----BEGIN RSA {'PRIVATE'} KEY-----"


def snap(text, path="app.py", language="python"):
    return Snapshot("file:///x", language, 1, text, path)


def look(text, path="app.py", memo=None, facts=None):
    memo = {} if memo is None else memo
    return list(detect_secrets.analyze(snap(text, path), facts or Facts(), memo))


def seen(text, path="app.py", persona=Persona.AUDITOR):
    """Plugin and text of what that persona is shown."""
    return [
        (f.rule.removeprefix("detect-secrets/"), text[f.span.start : f.span.end])
        for f in look(text, path)
        if f.persona <= persona and f.suppression is None
    ]


def sha1(value):
    return hashlib.sha1(value.encode()).hexdigest()  # noqa: S324 - what detect-secrets writes


# -- the library


def test_every_plugin_of_the_library_is_asked_or_left_out_on_purpose():
    detect_secrets._library()
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    every = {kind.__name__ for kind in get_mapping_from_secret_type_to_class().values()}
    assert {plugin.name for plugin in PLUGINS} == every - LEFT_OUT
    assert every > LEFT_OUT


def test_the_settings_verify_nothing_and_drop_no_reference():
    detect_secrets._library()
    from detect_secrets.settings import get_filters, get_plugins, get_settings

    active = {*get_settings().filters, *(filter_.path for filter_ in get_filters())}
    assert active == set(detect_secrets.FILTERS)
    assert not any("verif" in name or "indirect" in name for name in active)
    assert {type(plugin).__name__ for plugin in get_plugins()} == {p.name for p in PLUGINS}


def test_a_plugin_that_is_not_there_is_an_error():
    with pytest.raises(LookupError, match="NoSuchDetector"):
        detect_secrets._entered(("AWSKeyDetector", "NoSuchDetector"))


def test_the_settings_are_entered_once():
    first = detect_secrets._library()
    look(f'x = "{AWS}"\n')
    assert detect_secrets._library() is first


def test_nothing_opens_a_socket(monkeypatch):
    def refuse(*_args, **_more):
        raise AssertionError("a socket")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    text = "".join(rule.bad[0] for rule in detect_secrets.rules())
    assert len({f.rule for f in look(text)}) >= len(PLUGINS) - 1


def test_it_comes_late_without_an_http_client_and_leaves_no_trace():
    script = (
        "import logging, sys, warnings\n"
        "before = warnings.showwarning\n"
        "from vetline_analyzers import detect_secrets\n"
        "from vetline_analyzers.core.analyzer import Facts\n"
        "from vetline_analyzers.core.text import Snapshot\n"
        "def look(text):\n"
        "    snapshot = Snapshot('u', 'python', 0, text, 'a.py')\n"
        "    return list(detect_secrets.analyze(snapshot, Facts(), {}))\n"
        "assert not look('import os\\nx = os.path.join(a, \"some words\")\\n')\n"
        "assert 'detect_secrets' not in sys.modules and 'requests' not in sys.modules\n"
        "assert look('x = \"AKIA' + 'Q7RZ2MQX5TBW4VLP\"')\n"
        "assert 'detect_secrets.plugins.keyword' in sys.modules\n"
        "assert not {'requests', 'urllib3', 'http.client', 'ssl'} & set(sys.modules)\n"
        "assert warnings.showwarning is before\n"
        "assert not logging.getLogger('detect-secrets').isEnabledFor(logging.CRITICAL)\n"
        "import requests\n"
        "assert requests.get\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_threads_find_what_one_finds():
    texts = [
        f'a = "{AWS}"\nb{n} = "{GITHUB}"\nservice_password = "{WORD}"\n'
        f'client = Client("{STRIPE}")\nc = "{RANDOM}"\n'
        for n in range(100)
    ]
    alone = [[(f.rule, f.span) for f in look(text)] for text in texts]
    assert all(len(found) == 5 for found in alone)
    with ThreadPoolExecutor(4) as pool:
        together = pool.map(lambda t: [(f.rule, f.span) for f in look(t)], texts * 4)
    assert list(together) == alone * 4


# -- what is found, and where


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.name)
def test_every_rule_finds_its_example_as_a_secret(plugin):
    (text,) = plugin.rule.bad
    (found,) = look(text, "example")
    assert found.rule == f"detect-secrets/{plugin.name}"
    assert found.secret
    assert found.persona is plugin.persona
    secret = text[found.span.start : found.span.end]
    assert not any(secret[at : at + 6] in found.message for at in range(len(secret) - 6))
    assert look(plugin.rule.good[0], "example") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'client = Client("{GITHUB}")', [("GitHubTokenDetector", GITHUB)]),
        (f'client = Client(api_key="{AWS}")', [("AWSKeyDetector", AWS)]),
        (f'a, b = "{AWS}", "{OTHER}"', [("AWSKeyDetector", AWS), ("AWSKeyDetector", OTHER)]),
        (f'a = "{AWS}"\nb = "{AWS}"', [("AWSKeyDetector", AWS)] * 2),
        (
            f'a, b = "{GITHUB}", "{GITHUB2}"',
            [("GitHubTokenDetector", t) for t in (GITHUB, GITHUB2)],
        ),
        (f'a = "{GITHUB}"; b = "{GITHUB}"', [("GitHubTokenDetector", GITHUB)] * 2),
        (f'key = "{STRIPE}"', [("StripeDetector", STRIPE)]),
        (f"header = 'Bearer {JWT}'", [("JwtTokenDetector", JWT)]),
        (f'"postgres://shop:{WORD[:-1]}@db.internal/x"', [("BasicAuthDetector", WORD[:-1])]),
        (f'if "{WORD}" == service_password:', [("KeywordDetector", WORD)]),
        (f'seal = "{RANDOM}"', [("Base64HighEntropyString", RANDOM)]),
        (f'K = """{HEAD}\n', [("PrivateKeyDetector", HEAD.lstrip("-"))]),
        (f'K = "{HEAD}\\nMIIEvQ"', [("PrivateKeyDetector", HEAD.lstrip("-") + "\\nMIIEvQ")]),
        ('url = "postgres://user:${DB_PASSWORD}@db/x"', []),
        ('service_password = "<your password>"', []),
        ('password = ""', []),
        ("x = '9c3f07ad-5b81-e264-9c3f-07ad5b81e264'", []),
    ],
)
def test_what_is_found_stands_where_it_stands(text, expected):
    assert seen(text) == expected
    assert seen(f"é\u2028 = 1\r\n  {text}") == expected


def test_several_plugins_on_the_same_characters_are_one_finding():
    assert seen(f'aws_secret_key = "{RANDOM}Ab12"') == [("AWSKeyDetector", RANDOM + "Ab12")]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (f'x = "{AWS[:-7]}EXAMPLE"\n', "app.py"),
        ('u = "postgres://user:password@db/x"\n', "app.py"),
        (f'u = "postgres://shop:{WORD[:-1]}@db/x"\n', "tests/test_a.py"),
        ('password = "changeme"\n', "app.py"),
        (f'seal = "{RANDOM}"\n', "app.py"),
    ],
)
def test_a_busy_reader_sees_no_sample_and_nothing_vague(text, path):
    assert seen(text, path)
    assert seen(text, path, Persona.REGULAR) == []
    assert all(f.severity is Severity.LOW for f in look(text, path))


def test_files_that_tools_write_are_passed_over():
    text = json.dumps({"hashed_secret": sha1("x"), "integrity": RANDOM})
    assert seen(text, "data.json")
    assert seen(text, "package-lock.json") == []
    assert seen(text, "sub/.secrets.baseline") == []


def test_a_table_of_digests_is_no_list_of_secrets():
    digests = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(201)]
    assert len(seen("".join(f'"{d}",\n' for d in digests[:200]))) == 200
    text = "".join(f'"{d}",\n' for d in digests) + f'x = "{AWS}"\n'
    assert seen(text) == [("AWSKeyDetector", AWS)]


def test_half_a_character_breaks_nothing():
    assert seen(f'\ud800 password = "{WORD}\ud800"\n') == [("KeywordDetector", WORD + "\ud800")]


def test_a_token_nested_beyond_reason_breaks_nothing():
    from base64 import urlsafe_b64encode

    head = urlsafe_b64encode(b'{"a":' + b"[" * 100_000).decode().rstrip("=")
    look(f'x = "{head}.{head}.a"\n')
    small = urlsafe_b64encode(b'{"a":' + b"[" * 600).decode().rstrip("=")
    look(f'x = "{small}.e30.a"\n')


# -- what it costs


def test_no_line_is_kept_from_a_plugin_that_finds_something_in_it():
    """The prefilter: each plugin, asked of each line, finds nothing in those it was not chosen for."""
    library = detect_secrets._library()
    lines = [line for rule in detect_secrets.rules() for line in rule.bad[0].splitlines()]
    lines += [line.upper() for line in lines] + [line.replace('"', "'") for line in lines]
    for name in ("hmac.py", "netrc.py", "smtplib.py", "urllib/request.py", "ssl.py", "uuid.py"):
        lines += (STDLIB / name).read_text("utf-8").splitlines()
    dice = random.Random(5)
    for _ in range(300):
        kind = dice.choice((string.hexdigits, string.ascii_letters + string.digits + "+/-_"))
        value = "".join(dice.choice(kind) for _ in range(dice.choice((9, 20, 32, 40, 60))))
        lines.append(f"{dice.choice(('key', 'aws_token', 'db_pass', 'x'))} = '{value}'")
    chosen = detect_secrets.candidates(lines)
    found = 0
    for line, numbers in zip(lines, chosen, strict=True):
        for number, plugin in enumerate(PLUGINS):
            asked = library.plugins[plugin.name].analyze_line(filename="a.py", line=line)
            asked = {s for s in asked if not any(f(secret=s.secret_value) for f in library.filters)}
            found += len(asked)
            assert not asked or number in numbers, (plugin.name, line)
    assert found > 300
    assert sum(map(len, chosen)) < len(lines) * 2


def test_memory_changes_nothing():
    dice = random.Random(3)
    parts = [f'a = "{AWS}"', f'b = "{RANDOM}"', "x = 1", f'password = "{WORD}"', "", "z" * 3_000]
    memo = {}
    for _ in range(30):
        text = "\n".join(dice.choice(parts) for _ in range(12))
        assert look(text, memo=memo) == look(text) == look(text, memo=memo)
        assert look(text, "app.yaml", memo=memo) == look(text, "app.yaml")


def test_only_lines_never_seen_are_asked_about(monkeypatch):
    asked = []
    real = detect_secrets._ask
    monkeypatch.setattr(
        detect_secrets, "_ask", lambda *given: asked.append(given[1]) or real(*given)
    )
    memo = {}
    text = "".join(f'a{n} = "{AWS}"\n' for n in range(50))
    look(text, memo=memo)
    assert len(asked) == 51
    del asked[:]
    look(f'{text}b = "{GITHUB}"\n', memo=memo)
    assert asked == [f'b = "{GITHUB}"']


def test_a_thousand_lines_of_code_cost_milliseconds():
    lines = [
        line
        for name in ("argparse.py", "smtplib.py", "ssl.py", "urllib/request.py")
        for line in (STDLIB / name).read_text("utf-8").splitlines()
    ]
    text = "\n".join(lines)
    look(text[:1000])
    cost = []
    for _ in range(3):
        start = time.process_time()
        look(text)
        cost.append(time.process_time() - start)
    assert min(cost) / len(lines) * 1_000 < 0.040  # 5 ms measured


HOSTILE = {
    "jwt": "eyJ",
    "jwt dots": "eyJa.",
    "openai": "sk-aT3BlbkFJ",
    "npm": "//a/:_authToken=",
    "aws": "awskey",
    "aws pass": "aws pass ",
    "words": "password",
    "compared": "`secret",
    "quotes": "\"secret'",
    "spaces": "password" + " " * 500,
    "urls": "://a:b",
    "agents": "glagent-",
    "pypi": "pypi-AgEIcHlwaS5vcmc",
    "slack": "xoxb-1-",
    "hex": '"' + "0123456789abcdef" * 8,
    "discord": ".aaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "twilio": "SKAC",
    "colons": ":a",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_line_makes_it_slow(name):
    text = HOSTILE[name] * (200_000 // len(HOSTILE[name]))
    look(f'x = "{AWS}"\n')
    start = time.process_time()
    with contextlib.suppress(NotChecked):
        look(text)
    assert time.process_time() - start < 0.5  # without bounds it takes minutes


def test_a_secret_in_a_long_line_is_found_wherever_it_stands():
    for at in (0, 990, 999, 1000, 1001, 1500, 4321, 99_950):
        text = ("ab " * 34_000)[:at] + f' "{AWS}" ' + "cd " * 2_000
        assert seen(text) == [("AWSKeyDetector", AWS)]


def test_a_line_without_end_is_said_once():
    line = "ab " * 700_000
    analysis = engine.examine(
        snap(line), Facts(), engine.chosen(("secrets", "detect_secrets")).values()
    )
    assert {failure.analyzer for failure in analysis.failures} == {"secrets", "detect_secrets"}
    assert len({failure.reason for failure in analysis.failures}) == 1


def test_what_is_too_dense_is_said():
    text = "eyJa." * 1_000 + f'"{AWS}"'
    memo = {}
    for _ in range(2):
        with pytest.raises(NotChecked, match="line 2"):
            look("x = 1\n" + text, memo=memo)
    (failure,) = engine.examine(snap(text), Facts(), [detect_secrets.ANALYZER]).failures
    assert failure.partial
    assert engine.is_blind(failure)


# -- beside the others


def both(text, path="app.py", facts=None, language="python"):
    snapshot = snap(text, path, language)
    asked = engine.chosen(("secrets", "detect_secrets")).values()
    analysis = engine.examine(snapshot, facts or Facts(), asked)
    assert not analysis.failures
    return engine.conclude(snapshot, analysis.findings)


def test_it_waits_for_a_pause_and_can_be_left_out():
    assert detect_secrets.ANALYZER.pace is Pace.SAVE
    assert engine.analyzers()["detect_secrets"] is detect_secrets.ANALYZER
    assert list(engine.chosen(("secrets",))) == ["secrets"]


@pytest.mark.parametrize("token", [AWS, GITHUB, STRIPE, JWT])
def test_the_user_sees_one_finding_and_it_is_ours(token):
    (found,) = both(f'client = Client("{token}")\n')
    assert found.analyzer == "secrets"
    assert any(rule.startswith("detect-secrets/") for rule in found.also)


def test_a_sample_does_not_become_more_by_a_second_opinion():
    for found in both(f'x = "{AWS[:-7]}EXAMPLE"\nu = "postgres://user:password@db/x"\n'):
        assert found.persona >= Persona.PEDANTIC


# -- the comment


STYLES = [
    "# pragma: allowlist secret",
    "#pragma: allowlist secret",
    "# pragma:allowlist secret",
    "# pragma: whitelist secret",
    "# pragma: allowlist-secret",
    "# pragma: allowlist secret because it is a test's",
    "// pragma: allowlist secret",
    "/* pragma: allowlist secret */",
    "/* pragma: allowlist secret why */  ",
    "' pragma: allowlist secret",
    "-- pragma: allowlist secret",
    "<!-- pragma: allowlist secret -->",
    "<!-- # pragma: allowlist secret -->",
    "/* pragma: allowlist secret",
    "/* pragma: allowlist secret */ more()",
    "<!-- pragma: allowlist secret --> <b>",
    "pragma: allowlist secret",
    "# pragma allowlist secret",
    "# pragma: allow secret",
    "# pragma: allowlist",
    "# a pragma: allowlist secret",
    "# no cover",
]


def theirs(lines, number):
    from detect_secrets.filters.allowlist import is_line_allowlisted
    from detect_secrets.util.code_snippet import get_code_snippet

    context = get_code_snippet(lines, number)
    return is_line_allowlisted(filename="a.txt", line=lines[number - 1], context=context)


@pytest.mark.parametrize("comment", STYLES)
def test_the_comment_is_the_librarys_in_every_style(comment):
    detect_secrets._library()
    line = f'key = "{AWS}"  {comment}'
    found = both(f"a\n{line}\nb\n", "a.txt", language="text")
    assert {f.suppression is not None for f in found} == {theirs(["a", line, "b"], 2)}


NEXT_LINE = [
    *(
        c.replace("allowlist secret", "allowlist nextline secret")
        for c in STYLES[:1] + STYLES[6:13]
    ),
    "x = 1  # pragma: allowlist nextline secret",
    "# pragma: allowlist-nextline-secret",
    "# pragma: allowlist next secret",
]


@pytest.mark.parametrize("comment", NEXT_LINE)
def test_so_is_the_one_about_the_next_line(comment):
    detect_secrets._library()
    line = f'key = "{AWS}"'
    found = both(f"{comment}\n{line}\n{line}\n", "a.txt", language="text")
    heeded = theirs([comment, line, line], 2)
    assert [f.suppression is not None for f in found] == [heeded, False]


def test_the_comment_silences_either_analyzer():
    for text in (
        f'x = "{AWS}"  # pragma: allowlist secret\n',  # both see it
        f'seal = "{RANDOM}"  # pragma: allowlist secret\n',  # this one alone
        f"    # pragma: allowlist nextline secret\nx = '{AWS}'\n",
    ):
        found = both(text)
        assert found
        assert all(f.suppression.kind == "pragma" for f in found)


def test_what_only_looks_like_a_comment_silences_nothing():
    text = f'x = "{AWS} # pragma: allowlist secret"\n'
    assert any(f.suppression is None for f in both(text))
    assert any(f.suppression is None for f in both(f"x = '{AWS}' 'pragma: allowlist secret'\n"))


# -- the baseline


def baseline(folder, results, **more):
    path = folder / ".secrets.baseline"
    path.write_text(json.dumps({"version": "1.5.0", "results": results, **more}))
    return path


def entry(value, **more):
    return {"type": "x", "hashed_secret": sha1(value), "line_number": 1, **more}


def facts_of(folder):
    return project.facts(folder, Settings(), {})


@pytest.mark.parametrize(
    ("value", "digested"),
    [
        (AWS, AWS),
        (GITHUB, GITHUB),
        (STRIPE, STRIPE[:32]),
        (JWT, JWT.rpartition(".")[0] + "."),
        (WORD[:-1], WORD[:-1]),
    ],
)
def test_a_secret_of_the_baseline_is_silent_for_its_path(tmp_path, value, digested):
    baseline(tmp_path, {"app.py": [entry(digested)]})
    facts = facts_of(tmp_path)
    text = f'url = "https://shop:{value}@db.internal/x"\nother = "{OTHER}"\n'
    if value != WORD[:-1]:
        text = f'client = Client("{value}")\nother = "{OTHER}"\n'
    told = both(text, facts=facts)
    assert {f.suppression.kind for f in told if f.suppression} == {"secrets-baseline"}
    assert {text[f.span.start : f.span.end] for f in told if not f.suppression} == {OTHER}
    assert all(f.suppression is None for f in both(text, "elsewhere.py", facts=facts))


def test_the_digests_are_the_librarys(tmp_path):
    """A baseline as the library writes it accepts what the library found, whatever that calls the secret."""
    detect_secrets._library()
    from detect_secrets.core.potential_secret import PotentialSecret

    results = {"app.py": []}
    text = ""
    for plugin in (p for p in PLUGINS if not p.partial):
        library = detect_secrets._library().plugins[plugin.name]
        (line,) = plugin.rule.bad[0].splitlines()
        text += f"{line}\n"
        for found in library.analyze_line(filename="app.py", line=line, line_number=1):
            assert isinstance(found, PotentialSecret)
            results["app.py"].append(found.json())
    baseline(tmp_path, results)
    (name,) = {inspect.getmodule(PotentialSecret).__name__}
    assert name == "detect_secrets.core.potential_secret"
    told = look(text, facts=facts_of(tmp_path))
    assert len(told) >= len(PLUGINS) - 4
    assert [f.rule for f in told if f.suppression is None] == []


def test_the_name_of_a_kind_accepts_no_token(tmp_path):
    """The library digests "ghp" of every GitHub token: that one would accept the next one, too."""
    baseline(tmp_path, {"app.py": [entry("ghp")]})
    (found,) = both(f'client = Client("{GITHUB}")\n', facts=facts_of(tmp_path))
    assert found.suppression is None


def test_an_accepted_key_is_told_by_its_header(tmp_path):
    body = "MIIEvQ" * 10
    text = f'K = """{HEAD}\n{body}\n{body}\n{HEAD.replace("BEGIN", "END")}"""\n'
    baseline(tmp_path, {"app.py": [entry(HEAD.strip("-"))]})
    assert all(f.suppression for f in both(text, facts=facts_of(tmp_path)))
    assert any(f.suppression is None for f in both(text))


@pytest.mark.parametrize("label", [None, False])
def test_what_an_audit_did_not_call_a_secret_is_accepted(tmp_path, label):
    baseline(tmp_path, {"app.py": [entry(AWS, is_secret=label)]})
    assert facts_of(tmp_path).accepted == {"app.py": frozenset({sha1(AWS)})}


def test_what_an_audit_called_a_secret_is_told(tmp_path):
    baseline(tmp_path, {"app.py": [entry(AWS, is_secret=True), entry(GITHUB, is_secret=False)]})
    assert facts_of(tmp_path).accepted == {"app.py": frozenset({sha1(GITHUB)})}


def test_old_baselines_and_those_of_windows_are_read(tmp_path):
    old = {
        "exclude": {"files": None, "lines": None},
        "plugins_used": [{"name": "AWSKeyDetector"}],
        "results": {"src\\app.py": [entry(AWS)], "./b.py": [entry(GITHUB)]},
        "version": "0.14.3",
    }
    (tmp_path / ".secrets.baseline").write_text(json.dumps(old))
    assert facts_of(tmp_path).accepted == {
        "src/app.py": frozenset({sha1(AWS)}),
        "b.py": frozenset({sha1(GITHUB)}),
    }


def test_a_baseline_of_the_repository_holds_for_a_project_in_it(tmp_path):
    (tmp_path / ".git").mkdir()
    inner = tmp_path / "services" / "shop"
    inner.mkdir(parents=True)
    baseline(tmp_path, {"services/shop/app.py": [entry(AWS)], "app.py": [entry(GITHUB)]})
    assert facts_of(inner).accepted == {"app.py": frozenset({sha1(AWS)})}
    assert project.accepted(inner) == facts_of(inner).accepted
    baseline(inner, {"app.py": [entry(JWT)]})
    assert facts_of(inner).accepted == {"app.py": frozenset({sha1(JWT)})}
    (tmp_path / ".git").rmdir()
    (inner / ".secrets.baseline").unlink()
    assert facts_of(inner).accepted == {}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"{", "is not a baseline of detect-secrets"),
        (b"[]", "is not a baseline of detect-secrets"),
        (b'{"results": []}', "is not a baseline of detect-secrets"),
        (b"[" * 100_000, "is not a baseline of detect-secrets"),
        (b'{"results": ' + b"9" * 5_000 + b"}", "is not a baseline of detect-secrets"),
        (b'{"results": "\xff"}', "is not UTF-8"),
        (b" " * 10_000_001, "over the limit"),
    ],
)
def test_a_bad_baseline_is_said_in_a_line_and_accepts_nothing(tmp_path, caplog, raw, words):
    (tmp_path / ".secrets.baseline").write_bytes(raw)
    with caplog.at_level(logging.WARNING):
        assert project.accepted(tmp_path) == {}
    (record,) = caplog.records
    assert words in record.getMessage()
    assert "\n" not in record.getMessage()


def test_a_folder_in_its_place_is_said(tmp_path, caplog):
    (tmp_path / ".secrets.baseline").mkdir()
    assert project.accepted(tmp_path) == {}
    assert "is a folder" in caplog.text


@pytest.mark.parametrize(
    "results",
    [
        {"a.py": None},
        {"a.py": [None, 3, {}, {"hashed_secret": 5}, {"hashed_secret": "short"}]},
        {"../a.py": [entry(AWS)], "..\\..\\b.py": [entry(AWS)]},
    ],
)
def test_odd_entries_accept_nothing(tmp_path, caplog, results):
    inner = tmp_path / "inner"
    inner.mkdir()
    baseline(inner, results)
    accepted_there = project.accepted(inner)
    assert not any(not path.startswith("..") for path in accepted_there)
    assert caplog.records == []


def test_a_digest_of_what_cannot_be_encoded_is_none_of_the_librarys():
    assert accepted.digest("\ud800") != accepted.digest("?")


# -- what is masked


def test_what_is_accepted_is_masked_all_the_same(tmp_path):
    baseline(tmp_path, {"app.py": [entry(AWS)]})
    snapshot = snap(f'eval(x); key = "{AWS}"\n')
    analysis = engine.examine(snapshot, facts_of(tmp_path), engine.chosen(engine.MASKERS).values())
    (hidden,) = engine.to_mask(analysis)
    assert snapshot.slice(hidden) == AWS


def test_what_only_the_second_opinion_sees_is_kept_nowhere():
    words = f"look at 'seal = \"{RANDOM}\"' please"
    assert RANDOM not in session.without_secrets(words)


def test_its_rules_show_no_secret_on_their_pages():
    for plugin in PLUGINS:
        page = engine.page(plugin.rule)
        assert "…" in page
        (text,) = plugin.rule.bad
        assert all(text[f.span.start : f.span.end] not in page for f in look(text, "example"))
