"""The shelf of providers' tokens: each format is found, named and told apart, and what proves it.

Everything that looks like a secret is put together here, so that no scanner trips over this file.
"""

import json
import random
import re
import string
import time
from base64 import b64encode, urlsafe_b64encode
from collections import Counter
from zlib import crc32

import pytest

from vetline_analyzers import secrets, tokens
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.secret import checksums
from vetline_analyzers.secret.detector import Passage
from vetline_analyzers.secret.format import fill, hexadecimal, named
from vetline_analyzers.secret.rules import by_name

FORMATS = tokens.formats()
# Those told by their own shape; the others need a name beside them.
NAMELESS = [f for f in FORMATS if f.example == 'client = Client("{}")']
NAMED = [f for f in FORMATS if not f.bounded]
# Public by design: no more than a hint.
PUBLIC = {f"secret/{f.name}" for f in FORMATS if f.severity is Severity.INFO}
EXACT = [f for f in NAMED if not re.search(r"\{\d+,|\)\?", f.patterns[-1].split("(?P<secret>")[1])]
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def look(text, path="app.py"):
    return list(secrets.analyze(Snapshot("file:///x", "python", 1, text, path), Facts(), {}))


def seen(text, path="app.py"):
    """Rule and text of what a busy engineer is shown, and of keys that are public by design."""
    return [
        (f.rule.removeprefix("secret/"), text[f.span.start : f.span.end])
        for f in look(text, path)
        if f.persona is Persona.REGULAR or f.rule in PUBLIC
    ]


def own(format_, text):
    """What one format finds by itself."""
    hits = format_.detector.find(Passage(text, 0, len(text)))
    return [text[hit.start : hit.end] for hit in hits]


def called(format_):
    return f"{format_.name}-{FORMATS.index(format_)}"


def base(number, size, length):
    digits = ""
    while number:
        number, digit = divmod(number, size)
        digits = BASE62[digit] + digits
    return digits.rjust(length, "0")


def test_the_shelf_is_full_and_each_rule_is_one_kind():
    names = Counter(f.name for f in FORMATS)
    assert len(names) >= 160
    assert len([f for f in FORMATS if f.bounded]) >= 160
    titles = {}
    for format_ in FORMATS:
        assert titles.setdefault(format_.name, format_.title) == format_.title
        assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", format_.name)
    assert len(set(titles.values())) == len(titles), "two rules of one title"
    assert set(names) <= set(by_name())


def test_a_service_without_a_shape_has_no_shape_elsewhere():
    (listed,) = (f for f in FORMATS if f.name == "service-key")
    others = {anchor for f in FORMATS if f is not listed for anchor in f.anchors}
    assert not others & set(listed.anchors)
    assert len(listed.anchors) > 200
    value = fill(24)
    assert seen(f"scrapfly: {value}", "a.yml") == [("service-key", value)]
    assert seen(f"const coinApi = '{value}'") == [("service-key", value)]
    for text in (
        "scrapfly {}",
        "scrapfly_project_id = {}",
        "scrapfly: https://x/{}",
        "scrapflying: {}",
        "x: {}",
    ):
        assert seen(text.format(value), "a.yml") == []
    for words in ("scrapflyHandlerOfTheShop2", "scrapfly_handler_of_the_shop", "1234" * 8):
        assert seen(f"scrapfly: {words}", "a.yml") == []


@pytest.mark.parametrize("format_", FORMATS, ids=called)
def test_a_sample_is_found_in_its_example_exactly_and_by_nobody_else(format_):
    text = format_.example.format(format_.sample)
    assert format_.sample in own(format_, text)
    assert seen(text) == [(format_.name, format_.sample)]


@pytest.mark.parametrize("format_", FORMATS, ids=called)
def test_an_anchor_is_in_the_line_and_rare_enough(format_):
    text = format_.example.format(format_.sample).lower()
    assert any(anchor in text for anchor in format_.anchors)
    for anchor in format_.anchors:
        assert anchor
        assert anchor.isascii()
        assert anchor == anchor.lower()
        assert len(anchor) > 1


@pytest.mark.parametrize(
    "line",
    [
        'client = Client("{}")',
        'client = Client(api_key="{}")',
        'x = "{}"',
        '    return connect(region, "{}", timeout=3)',
        'os.environ["X"] = "{}"',
        "const client = new Client('{}');",
        "SERVICE_VALUE={}",
        '{{"service": "{}"}}',
        '-H "X-Service: {}" \\',
        'text = "a\\n{}\\nb"',
    ],
)
def test_a_token_needs_no_name(line):
    for format_ in NAMELESS:
        text = line.format(format_.sample)
        assert [found for found in seen(text) if found[0] != "hard-coded-password"] == [
            (format_.name, format_.sample)
        ], line


@pytest.mark.parametrize(
    "line",
    [
        '{} = "{}"',
        '{} := "{}"',
        '{}: "{}"',
        "{}: {}",
        "{}={}",
        '{{"{}": "{}"}}',
        'set("{}", "{}")',
        "{} ::= `{}`",
        "# {} is {}",
        'string {} = "{}";',
    ],
)
def test_a_name_tells_a_value_in_every_idiom(line):
    for format_ in NAMED:
        name = format_.example.split(" ", 1)[0]
        text = line.format(name, format_.sample)
        assert format_.sample in own(format_, text), (line, format_.name)


@pytest.mark.parametrize("format_", NAMELESS, ids=called)
def test_a_part_of_something_longer_is_no_token(format_):
    sample = format_.sample
    assert own(format_, f'"{sample[:12]}"') == []
    assert sample not in own(format_, f'"k7{sample}"')
    blob = b64encode(random.Random(7).randbytes(300)).decode().rstrip("=")
    assert sample not in [text for _, text in seen(f'"{blob}{sample}{blob}"')]


@pytest.mark.parametrize("format_", EXACT, ids=called)
def test_a_named_value_of_another_length_is_none(format_):
    example = format_.example
    assert format_.sample not in own(format_, example.format(format_.sample + "k7"))
    assert format_.sample not in own(format_, example.format("k7" + format_.sample))
    assert own(format_, example.format(format_.sample[:-3])) == []


@pytest.mark.parametrize(
    "text",
    [
        'fastly_sha256 = "{}"',
        'heroku_app_id = "{}"',
        'snyk_project_id = "{}"',
        "# heroku commit {}",
        'algolia = load("https://x.algolia.net/a/{}")',
        "datadog-agent.tar.gz md5 {}",
        'wave_form = "{}"',
        "<script src='/js/rollbar.min.js?v={}'>",
        "uses: codecov/codecov-action@{}  # v5",
        "image: datadog/agent@sha256:{}",
        "{} datadog_api_key = 1",
        "datadog_api_key = os.environ[x]  # is read long before the service starts {}",
    ],
)
def test_what_stands_between_says_that_it_is_something_else(text):
    for value in (
        hexadecimal(32),
        hexadecimal(40),
        fill(32),
        "9c3f07ad-5b81-e264-9c3f-07ad5b81e264",
    ):
        rules = [rule for rule, _ in seen(text.format(value)) if rule in by_name()]
        assert set(rules) <= {"hard-coded-password"}, text


def test_a_common_word_needs_a_word_for_a_secret():
    format_ = named("x", "x", "wave", r"[0-9a-f]{32}", hexadecimal(32), common=True)
    assert own(format_, f'wave = "{hexadecimal(32)}"') == []
    assert own(format_, f'microwave_key = "{hexadecimal(32)}"') == []
    assert own(format_, f'wave_token = "{hexadecimal(32)}"') == [hexadecimal(32)]
    uncommon = named("x", "x", "wavefront", r"[0-9a-f]{32}", hexadecimal(32))
    assert own(uncommon, f'wavefront = "{hexadecimal(32)}"') == [hexadecimal(32)]


def test_what_documentation_shows_is_for_pedants():
    for made_up in (
        "AKIA" + "IOSFODNN7EXAMPLE",
        "ghp_" + "x" * 36,
        "sk_" + "live_" + "1234567890abcdefghijklmn",
        "glpat-" + "your_token_goes_here",
        "sntryu_" + "a" * 64,
    ):
        assert seen(f'f("{made_up}")') == []
        assert len(look(f'f("{made_up}")')) == 1


def confidence(text):
    (found,) = look(f'f("{text}")')
    return found.confidence


def test_a_checksum_that_fits_makes_sure_and_one_that_does_not_makes_doubt():
    body = fill(30)
    fits = "ghp_" + body + base(crc32(body.encode()), 62, 6)
    assert checksums.github(fits) is True
    assert confidence(fits) is Confidence.HIGH
    wrong = fits[:-1] + ("1" if fits[-1] != "1" else "2")
    assert checksums.github(wrong) is False
    assert confidence(wrong) is Confidence.MEDIUM
    assert checksums.github("github_pat_" + fill(60)) is None


def test_gitlab_grafana_and_atlassian_have_checksums():
    routable = "glpat-" + fill(36) + ".01.10"
    routable += base(crc32(routable.encode()), 36, 7).lower()
    assert checksums.gitlab(routable) is True
    assert checksums.gitlab(routable[:-1] + "~") is False
    assert checksums.gitlab("glpat-" + fill(20)) is None
    assert seen(f'f("{routable}")') == [("gitlab-token", routable)]
    service = "glsa_" + fill(32)
    service += "_" + crc32(service.encode()).to_bytes(4, "little").hex()
    assert checksums.grafana(service) is True
    assert checksums.grafana(service[:-8] + "00000000") is False
    assert checksums.grafana("glc_" + fill(40)) is None
    account = "ATATT3" + fill(180) + "="
    account += f"{crc32(account.encode()):08X}"
    assert checksums.atlassian(account) is True
    assert checksums.atlassian(account[:-8] + "00000000") is False
    assert checksums.atlassian(account[:-9]) is None


def packed(found):
    return urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")


def test_what_is_packed_into_a_token_is_looked_at():
    web = packed({"alg": "HS256"}) + "." + packed({"sub": "shop"}) + "." + fill(43)
    assert checksums.json_web_token(web)
    assert confidence(web) is Confidence.HIGH
    assert not checksums.json_web_token(packed({"typ": "JWT"}) + ".a.b")
    assert not checksums.json_web_token(packed(["alg"]) + ".a.b")
    assert not checksums.json_web_token("e\u00e9J.a.b")
    assert checksums.one_password("ops_" + packed({"signInAddress": "shop"}))
    assert not checksums.one_password("ops_" + packed({"a": 1}))
    assert checksums.sentry("sntrys_" + packed({"org": "shop"}) + "_" + fill(43))
    assert checksums.sentry("sntrys_" + packed({"a": 1}) + "_" + fill(43)) is False
    assert checksums.sentry("sntryu_" + hexadecimal(64)) is None
    assert checksums.discord(b64encode(b"123456789012345678").decode() + ".a.b")
    assert not checksums.discord(fill(24) + ".a.b")


def test_a_macaroon_is_whole():
    location = b"".join((b"py", b"pi.", b"org"))
    fields = b"\x02\x01" + bytes([len(location)]) + location + b"\x02\x03abc\x00\x00"
    whole = fields + b"\x06\x20" + bytes(range(32))
    assert checksums.macaroon("pypi-" + urlsafe_b64encode(whole).decode().rstrip("="))
    for broken in (b"", fields, whole[:-1], whole + b"x", b"\x01" + whole[1:], b"\x02" * 40):
        assert not checksums.macaroon("pypi-" + urlsafe_b64encode(broken).decode().rstrip("="))
    long = fields.replace(b"\x02\x03abc", b"\x02\x80\x01" + b"a" * 128) + b"\x06\x20" + bytes(32)
    assert checksums.macaroon("pypi-" + urlsafe_b64encode(long).decode().rstrip("="))


@pytest.mark.parametrize(
    "proves", sorted({f.proves for f in FORMATS if f.proves}, key=lambda f: f.__name__)
)
def test_no_token_breaks_a_checksum(proves):
    dice = random.Random(5)
    for _ in range(300):
        token = "".join(dice.choices(BASE62 + "._-=|:+/\u00e9", k=dice.randrange(80)))
        for prefix in ("", "ghp_", "glpat-", "glsa_", "eyJ", "pypi-", "ops_", "sntrys_"):
            assert proves(prefix + token) in {True, False, None}
    start = time.process_time()
    for part in ("eyJ", "a", "[", "AAAA", packed([]), "=", "_"):
        proves("glsa_" + part * 30_000)
        proves("pypi-" + part * 30_000)
    assert time.process_time() - start < 2


def test_a_page_says_where_to_revoke():
    rule = by_name()["github-token"]
    assert "github.com/settings/tokens" in rule.advice
    assert "proof of itself" in rule.page
    assert sum(bool(f.revoke) for f in FORMATS) * 4 > len(FORMATS) * 3
    for name in {f.name for f in FORMATS}:
        assert by_name()[name].title.casefold() in by_name()[name].page.casefold()


def test_a_public_key_is_worth_a_remark_only():
    public = [f for f in FORMATS if f.severity is Severity.INFO]
    assert {f.name.rsplit("-", 2)[1] for f in public} == {"public"}
    assert len(public) >= 5
    for format_ in public:
        rule = by_name()[format_.name]
        assert "no secret" in rule.page
        assert "Revoke" not in rule.advice
        (found,) = look(format_.example.format(format_.sample))
        assert "Revoke" not in found.message
