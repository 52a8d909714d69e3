"""secrets.py and secret/search.py: what a detector is shown, what is made of its hits, and at what price.

Everything that looks like a secret is put together here, so that no scanner trips over this file.
"""

import base64
import hashlib
import random
import re
import socket
import string
import subprocess
import sys
import sysconfig
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vetline_analyzers import bandit, places, secrets
from vetline_analyzers.core.analyzer import Facts, Pace
from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.core.text import Edit, Snapshot, Span
from vetline_analyzers.engine import conclude, examine
from vetline_analyzers.secret import search
from vetline_analyzers.secret.detector import AHEAD, AROUND, Detector, Hit
from vetline_analyzers.secret.prefilter import Prefilter
from vetline_analyzers.secret.values import Strength

STDLIB = Path(sysconfig.get_path("stdlib"))
AWS = "AKIA" + "Q7RZ2MQX5TBW4VLP"
WORD = "Zk39" + "dk3a"
RANDOM = "q7Rz2mQx9" + "TbW4vLp8Nf3"
BODY = "MIIEvQ" * 10
PEM = f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{BODY}\n{BODY}\n-----END RSA {'PRIVATE'} KEY-----"


def look(text, path="app.py", memo=None, facts=None, language="python"):
    snapshot = Snapshot("file:///x", language, 1, text, path)
    return list(secrets.analyze(snapshot, facts or Facts(), {} if memo is None else memo))


def seen(text, path="app.py", memo=None, persona=Persona.REGULAR):
    """Rule and text of what that persona is shown."""
    return [
        (f.rule.removeprefix("secret/"), text[f.span.start : f.span.end])
        for f in look(text, path, memo)
        if f.persona <= persona
    ]


@pytest.fixture
def only(monkeypatch):
    """Have the engine know these detectors and no others."""

    def put(*detectors):
        groups = {}
        for detector in detectors:
            for anchor in detector.anchors:
                groups[anchor] = (*groups.get(anchor, ()), detector)
        monkeypatch.setattr(search, "detectors", lambda: groups)
        search._machine.cache_clear()

    yield put
    search._machine.cache_clear()


def marks(rule="private-key", **more):
    """A detector of `mark:` and the digits after it, and the passages that it was shown."""
    shown = []

    def find(passage):
        shown.append(passage)
        for match in re.finditer(r"mark:(\d+)", passage.text[: passage.end]):
            if match.start() >= passage.start:
                yield Hit(rule, *match.span(1), **more)

    return Detector(("mark:",), find), shown


# -- which lines are searched


def planted():
    """Real code with every rule's example somewhere in it, lines of all lengths."""
    dice = random.Random(7)
    lines = (STDLIB / "argparse.py").read_text("utf-8").splitlines()[:150]
    lines += (STDLIB / "http" / "client.py").read_text("utf-8").splitlines()[:100]
    for rule in secrets.rules():
        for text in rule.bad:
            lines.insert(dice.randrange(len(lines)), text.rstrip("\n"))
    lines.insert(100, "x " * 4_500 + f' f("{AWS}") password = "{WORD}" ' + "y " * 4_500)
    lines += [
        "PASSWORD = 'İ9kdI3\u017fd'",
        "api-key: 'K9d8f7g6h'",
        '\u017fecret = "k3d9d8s7"',
        "\x85\u2028 x",
    ]
    return "\n".join(lines)


def test_the_filter_before_the_patterns_loses_nothing(monkeypatch):
    text = planted()
    filtered = look(text, language="text")
    every = set(range(len(search.detectors())))
    monkeypatch.setattr(
        Prefilter, "lines_with", lambda _, lines: dict.fromkeys(range(len(lines)), every)
    )
    plain = look(text, language="text")
    lost = [(f.rule, text[slice(*f.span)][:6]) for f in plain if f not in filtered]
    assert (lost, len(plain)) == ([], len(filtered))
    assert len({f.rule for f in filtered}) > 20


def test_only_lines_never_seen_are_searched(monkeypatch):
    text = planted()
    memo = {}
    before = look(text, memo=memo, language="text")
    searched = []
    real = search.search
    monkeypatch.setattr(
        secrets,
        "search",
        lambda lines, *how, **more: searched.extend(lines) or real(lines, *how, **more),
    )
    line = f'added = Client("{AWS}")'
    after = look(f"{line}\n{text}\n{line}", memo=memo, language="text")
    assert searched == [line]
    assert after == look(f"{line}\n{text}\n{line}", language="text")
    assert len(after) == len(before) + 2
    searched.clear()
    assert look(text, memo=memo, language="text") == before
    assert searched == []
    look(f"{line}\n{text}", memo=memo, language="text")
    assert searched == [line]  # what is gone is forgotten


def test_a_text_of_another_name_is_searched_anew(only):
    def find(passage):
        if passage.bare and passage.path == ".env":
            yield Hit("private-key", passage.start, passage.end)

    only(Detector(("mark:",), find))
    memo = {}
    for path, count in (("app.py", 0), (".env", 1), ("app.py", 0)):
        assert len(look("mark:1", path, memo)) == count


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            [f'x = "{AWS}"', f'password = "{RANDOM}"', *PEM.split("\n"), "", "y", "# \U0001f600 é"]
        ),
        max_size=12,
    ),
    st.lists(
        st.tuples(
            st.integers(0, 400), st.integers(0, 40), st.sampled_from(["", "a", "\n", '"', AWS])
        )
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_a_memo_changes_nothing_whatever_was_typed(lines, edits, end):
    memo = {}
    snapshot = Snapshot("u", "python", 1, end.join(lines), "app.py")
    for version, (at, size, new) in enumerate(edits, 2):
        start = min(at, len(snapshot.text))
        snapshot = snapshot.edited(
            Edit(Span(start, min(start + size, len(snapshot.text))), new), version
        )
        assert list(secrets.analyze(snapshot, Facts(), memo)) == look(snapshot.text)


# -- where a secret is


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_span_is_the_secrets_characters_whatever_stands_around(end):
    text = end.join(
        [
            "# \U0001f600",
            f'é = "\u2028"; a = "{AWS}"',
            "",
            f'f("{AWS}", password="{WORD}"); g("{AWS}")',
            f'"{AWS}"',
        ]
    )
    assert seen(text) == [
        ("aws-access-key", AWS),
        ("aws-access-key", AWS),
        ("hard-coded-password", WORD),
        ("aws-access-key", AWS),
        ("aws-access-key", AWS),
    ]
    assert len({f.span for f in look(text)}) == 5
    assert seen(f"{end}{PEM.replace(chr(10), end)}{end}") == [
        ("private-key", PEM.replace("\n", end))
    ]


def test_a_secret_on_the_border_of_two_parts_is_found_once_and_whole():
    for at in (*range(3_900, 4_100, 7), *range(480, 520, 3), 7_990, 8_000, 11_995):
        text = "x " * (at // 2) + f' f("{AWS}", password="{RANDOM}") ' + "y " * 3_000
        assert seen(text) == [("aws-access-key", AWS), ("hard-coded-password", RANDOM)], at


def test_of_a_long_line_a_detector_is_shown_what_is_around_its_anchors(only):
    detector, shown = marks()
    only(detector)
    far = "x" * 60_000
    for text in (
        f"mark:1{far} mark:22 {far}mark:333",
        f"{far}mark:1{'9' * 900}",
        f"mark:{far}mark:7",
    ):
        shown.clear()
        expected = [match[1] for match in re.finditer(r"mark:(\d+)", text)]
        assert [text[slice(*f.span)] for f in look(text, language="text")] == expected
        assert all(len(passage.text) <= 6_000 for passage in shown)
        assert sum(len(passage.text) for passage in shown) < 12_000
    shown.clear()
    look(
        "mark:1 " * 20_000
    )  # where they stand close together nearly all is shown, some of it twice
    assert sum(len(passage.text) for passage in shown) < 1.5 * 140_000


def test_what_is_left_out_of_an_endless_line_is_said():
    text = f'x = 1\ny = "{AWS}"' + " " * 3_000_000 + f'"{AWS}"\nz = "{AWS}"\n'
    snapshot = Snapshot("u", "text", 1, text, "a.js")
    start = time.process_time()
    analysis = examine(snapshot, Facts(), [secrets.ANALYZER])
    assert [snapshot.slice(f.span) for f in analysis.findings] == [AWS, AWS]
    (failure,) = analysis.failures
    assert failure.reason.endswith("beyond its first 2,000,000 characters: line 2")
    assert time.process_time() - start < 5


# -- who looks beyond a line


def test_what_looks_beyond_its_line_is_shown_so_much_and_no_more(only):
    detector, shown = marks()
    beyond = Detector(detector.anchors, detector.find, beyond=True)
    only(beyond)
    wall = "w" * 3_000 + "\n"
    text = wall * 40 + "mark:12\n" + wall * 40
    (found,) = look(text)
    assert text[slice(*found.span)] == "12"
    (passage,) = shown
    assert passage.line == "mark:12"
    at = text.index("mark:")
    assert passage.text == text[at - AROUND : at + len("mark:12") + AHEAD]
    shown.clear()
    (found,) = look("a\nmark:3")
    assert found.span == (7, 8)
    assert shown == [("a\nmark:3", 2, 8, False, "app.py")]


def test_what_looks_beyond_its_line_is_asked_again_when_another_line_changed(only):
    def find(passage):
        at = passage.text.find("mark:")
        if passage.text.find("on", 0, at) >= 0:
            yield Hit("private-key", at, passage.end)

    only(Detector(("mark:",), find, beyond=True))
    memo = {}
    assert look("off\nmark:1", memo=memo) == []
    assert seen("on\nmark:1", memo=memo) == [("private-key", "mark:1")]
    assert look("off\nmark:1", memo=memo) == []


# -- of several hits the one that says most


def test_the_longer_the_surer_and_the_proven_hit_wins():
    long, short = Hit("private-key", 0, 9), Hit("aws-access-key", 2, 6)
    assert search.best([short, long]) == [long]
    named = Hit("hard-coded-password", 0, 9)
    assert search.best([named, short]) == [short]
    doubtful = named._replace(doubtful=True)
    assert search.best([doubtful, named._replace(start=4)]) == [named._replace(start=4)]
    proven = Hit("aws-access-key", 3, 5, proven=True)
    assert search.best([short, proven]) == [proven]


RULES = st.sampled_from(["private-key", "hard-coded-password", "aws-access-key", "url-password"])
HITS = st.builds(
    lambda rule, start, size, doubtful, proven: Hit(
        rule, start, start + size, doubtful=doubtful, proven=proven
    ),
    RULES,
    st.integers(0, 60),
    st.integers(1, 12),
    st.booleans(),
    st.booleans(),
)


@settings(deadline=None)
@given(st.lists(HITS, max_size=30))
def test_what_is_kept_never_overlaps_and_what_is_dropped_always_does(hits):
    kept = search.best(hits)
    assert all(a.end <= b.start for a, b in pairwise(kept))
    for hit in set(hits) - set(kept):
        over = [k for k in kept if k.start < hit.end and hit.start < k.end]
        assert min(map(search._rank, over)) <= search._rank(hit)


def test_one_diagnostic_where_bandit_sees_the_same():
    snapshot = Snapshot("u", "python", 1, f'password = "{WORD}"\nf(token="{AWS}")\n', "app.py")
    analysis = examine(snapshot, Facts(), [bandit.ANALYZER, secrets.ANALYZER])
    assert [(f.rule, f.also) for f in conclude(snapshot, analysis.findings)] == [
        ("secret/hard-coded-password", ("bandit/B105",)),
        ("secret/aws-access-key", ("bandit/B106",)),
    ]


# -- what is no secret by its place


def test_letters_in_a_certificate_are_no_token():
    armour = f"-----BEGIN CERTIFICATE-----\n{AWS}\n{BODY}\n-----END CERTIFICATE-----\n"
    assert seen(armour, "ca.pem") == []
    hidden = armour.replace(BODY, f'x = "{AWS}"')
    assert seen(hidden, "ca.pem")[-1] == ("aws-access-key", AWS)
    assert seen(armour + AWS, "ca.pem") == [("aws-access-key", AWS)]
    assert seen(AWS + "\n" + armour, "ca.pem") == [("aws-access-key", AWS)]


def noise(size, dice):
    return base64.b64encode(dice.randbytes(size * 3 // 4)).decode()


def test_letters_amid_base64_are_no_token(only):
    def find(passage):
        return (
            Hit("aws-access-key", *m.span()) for m in re.finditer("AKIA[A-Z0-9]{16}", passage.text)
        )

    only(Detector(("akia",), find))
    dice = random.Random(5)
    digest, picture = noise(88, dice)[:44], noise(400, dice)
    for around in (
        f'<script integrity="sha384-{digest[:10]}/{{}}/{digest}">',
        f'"integrity": "sha512-{digest}+{{}}=="',
        f"url(data:image/png;base64,{picture[:9]}/{{}}{picture})",
        f'"image/png": "{picture}/{{}}+{picture}\\n",',
    ):
        assert seen(around.format(AWS), "a.html") == [], around
    for around in ('"{}"', "/{}", "https://host.internal/api/v1/Keys/{}", "a/{}", "AWS={}", "x+{}"):
        assert seen(around.format(AWS), "a.html") == [("aws-access-key", AWS)], around


def test_blobs_hold_no_token_by_chance():
    dice = random.Random(9)
    blob = noise(300_000, dice)
    safe = blob.replace("+", "-").replace("/", "_")
    lines = [blob[at : at + 76] for at in range(0, len(blob), 76)]
    text = "\n".join(
        (
            f'<img src="data:image/png;base64,{blob}">',
            f'"image/png": "{blob}\\n",',
            f'x = "{safe}"',
            *lines,
            "".join(dice.choices("0123456789abcdef", k=100_000)),
            *(f'<script src="a.js" integrity="sha512-{line}">' for line in lines[:500]),
            *(hashlib.sha256(line.encode()).hexdigest() for line in lines[:500]),
        )
    )
    assert [(f.rule, f.span.end - f.span.start) for f in look(text, "page.html")] == []


def test_a_random_string_without_a_name_is_not_our_business():
    assert look(f'seal = "{RANDOM}{RANDOM}"') == []


def test_in_lock_files_names_tell_nothing_and_minified_ones_are_searched():
    text = f'password = "{WORD}"\n"{AWS}"\n"https://deploy:{WORD}@npm.corp/x.tgz"\n'
    for path in ("poetry.lock", "a/package-lock.json", "pnpm-lock.yaml", "go.sum", "uv.lock"):
        assert places.is_lock(path)
        found = [f.rule for f in look(text, path)]
        assert found == ["secret/aws-access-key", "secret/url-password"]
    text = text[: text.index('"https')]
    for path in ("a/block.py", "dist/app.min.js", "generated/api_pb2.py"):
        assert len(look(text, path)) == 2


def test_without_hits_no_text_is_read_for_certificates(monkeypatch):
    def refuse(_):
        raise AssertionError

    monkeypatch.setattr(secrets.pem, "find_public", refuse)
    assert look("-----BEGIN CERTIFICATE-----\nx = 1\n") == []
    assert len(look(f'x = "{AWS}"')) == 1


# -- what is said of a hit


@pytest.mark.parametrize(
    ("rule", "more", "path", "expected"),
    [
        ("private-key", {}, "a.py", (Severity.CRITICAL, Confidence.HIGH, Persona.REGULAR)),
        ("private-key", {}, "tests/a.py", (Severity.CRITICAL, Confidence.HIGH, Persona.REGULAR)),
        ("hard-coded-password", {}, "a.py", (Severity.HIGH, Confidence.MEDIUM, Persona.REGULAR)),
        (
            "hard-coded-password",
            {"proven": True},
            "a.py",
            (Severity.HIGH, Confidence.HIGH, Persona.REGULAR),
        ),
        (
            "hard-coded-password",
            {"strength": Strength.FAIR},
            "a.py",
            (Severity.MEDIUM, Confidence.MEDIUM, Persona.REGULAR),
        ),
        (
            "private-key",
            {"strength": Strength.WEAK},
            "a.py",
            (Severity.INFO, Confidence.LOW, Persona.PEDANTIC),
        ),
        (
            "hard-coded-password",
            {},
            "tests/a.py",
            (Severity.INFO, Confidence.LOW, Persona.PEDANTIC),
        ),
        (
            "hard-coded-password",
            {"doubtful": True},
            "a.py",
            (Severity.INFO, Confidence.LOW, Persona.PEDANTIC),
        ),
    ],
)
def test_how_bad_a_hit_is(only, rule, more, path, expected):
    only(marks(rule, **more)[0])
    (found,) = look("mark:1234567", path)
    assert (found.severity, found.confidence, found.persona) == expected
    assert found.secret
    assert found.rule == f"secret/{rule}"
    assert "1234567" not in repr(found)


def test_what_a_baseline_accepts_is_found_and_silenced():
    text = f'key = "{AWS}"\n'
    digest = hashlib.sha1(AWS.encode(), usedforsecurity=False).hexdigest()
    for accepted, silent in (({"app.py": {digest}}, True), ({"b.py": {digest}}, False)):
        facts = Facts(accepted={path: frozenset(digests) for path, digests in accepted.items()})
        (found,) = look(text, facts=facts)
        assert bool(found.suppression) is silent


def test_a_secret_in_code_has_a_fix_that_holds_no_secret():
    first, second = look(f'a = Client("{AWS}")\npassword = "{RANDOM}"\n')
    for found in (first, second):
        assert found.fix
        assert not found.fix.safe
        assert AWS not in repr(found.fix)
        assert RANDOM not in repr(found.fix)
    assert first.fix.additions != second.fix.additions
    (pedantic,) = look('password = "changeme"\n')
    assert pedantic.persona is Persona.PEDANTIC
    assert pedantic.fix is None


# -- price and manners


def test_random_text_breaks_nothing():
    dice = random.Random(11)
    alphabet = string.printable + "éKİ\u017f\u2028\x85\U0001f600\ud800\x00" + "\"'=:" * 10
    parts = [AWS, "password", "token", "secret", "://", "Bearer ", PEM, "\r\n", "\r", "SG.", "eyJ"]
    for _ in range(300):
        text = "".join(
            dice.choice(parts) if dice.random() < 0.2 else dice.choice(alphabet) for _ in range(200)
        )
        spans = [f.span for f in look(text, dice.choice(("a.py", ".env", "a.yml")))]
        assert all(0 <= s.start < s.end <= len(text) for s in spans)
        assert all(a.end <= b.start for a, b in pairwise(spans))


def test_nothing_opens_a_socket(monkeypatch):
    def refuse(*_args, **_more):
        raise AssertionError("a socket")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    assert len(look(planted())) > 20


def test_a_clean_file_loads_neither_a_parser_nor_a_second_scanner():
    script = (
        "import sys\n"
        "from vetline_analyzers import secrets\n"
        "from vetline_analyzers.core.analyzer import Facts\n"
        "from vetline_analyzers.core.text import Snapshot\n"
        "text = 'import os\\npassword = os.environ[\"PASSWORD\"]\\n' * 200\n"
        "assert not list(secrets.analyze(Snapshot('u', 'python', 0, text, 'a.py'), Facts(), {}))\n"
        "print(*{'detect_secrets', 'hyperscan', 'requests', 'urllib3', 'http.client', 'ssl'} & set(sys.modules))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert (run.returncode, run.stdout.strip(), run.stderr) == (0, "", "")


def test_it_keeps_pace_with_typing():
    assert secrets.ANALYZER.pace is Pace.KEYSTROKE
    lines = (STDLIB / "argparse.py").read_text("utf-8").splitlines()[:2_000]
    added = "".join(f"{line}\n" for line in lines[100:140]).replace("self", "that")
    times = []
    for _ in range(5):
        memo = {}
        first = Snapshot("u", "python", 1, "\n".join(lines), "app.py")
        list(secrets.analyze(first, Facts(), memo))
        at = first.line_starts[1_000]
        second = first.edited(Edit(Span(at, at), added), 2)
        start = time.process_time()
        list(secrets.analyze(second, Facts(), memo))
        times.append(time.process_time() - start)
    assert min(times) < 0.004  # twice what it is on a busy machine


@pytest.mark.parametrize(
    "path",
    [
        *("AGENTS.md", "CLAUDE.md", "GEMINI.md", ".cursor/rules/a.mdc", ".windsurfrules"),
        *(".clinerules", ".github/copilot-instructions.md", "skills/x/SKILL.md"),
        *("review.prompt.md", ".mcp.json", ".claude/settings.json"),
    ],
)
def test_what_agents_are_given_to_read_is_searched(path):
    text = f'Log in with password: `{WORD}`\n"env": {{"TOKEN": "{AWS}"}}\n'
    found = [text[f.span.start : f.span.end] for f in look(text, path, language="text")]
    assert found == [WORD, AWS]
