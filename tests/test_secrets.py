"""secrets.py: what is found, exactly where, and at what price.

Everything that looks like a secret is put together here, so that no scanner trips over this file.
"""

import random
import socket
import string
import subprocess
import sys
import sysconfig
import time
from itertools import pairwise
from pathlib import Path

import pytest

from vetline_analyzers import credentials, places, secrets, tokens
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.credentials import Strength
from vetline_analyzers.engine import conclude, examine

STDLIB = Path(sysconfig.get_path("stdlib"))
AWS = "AKIA" + "Q7RZ2MQX5TBW4VLP"
GITHUB = "ghp_" + "k7Rz2mQx9TbW4vLp8Nf3" + "HsY6cJd5Ggk7Rz2m"
WORD = "Zk39" + "dk3a"
RANDOM = "q7Rz2mQx9" + "TbW4vLp8Nf3"
BODY = "MIIEvQ" * 10
PEM = f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{BODY}\n{BODY}\n-----END RSA {'PRIVATE'} KEY-----"

# Those told by their own shape; the others need a name beside them.
NAMELESS = [f for f in tokens.formats() if f.example == 'client = Client("{}")']


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
        assert not any(secret[at : at + 5] in found.message for at in range(len(secret) - 5))
        assert found.severity is rule.severity
    assert rule.bad
    assert rule.good
    for text in rule.good:
        assert look(text) == []
    assert rule.markdown()


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
        "service: {}",
        "# {}",
        "é = '\U0001f600'; x = \"{}\"",
    ],
)
@pytest.mark.parametrize("format_", NAMELESS, ids=lambda f: f.name)
def test_a_token_is_found_and_named_in_every_idiom(format_, line):
    text = line.format(format_.sample)
    found = [(f.rule, text[f.span.start : f.span.end]) for f in look(text)]
    assert found == [(f"secret/{format_.name}", format_.sample)]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('SECRET_KEY = "{}"', "settings.py"),
        ('SECRET_KEY = "django-insecure-{}"', "settings.py"),
        ("app.secret_key = '{}'", "app.py"),
        ('app.config["SECRET_KEY"] = "{}"', "app.py"),
        ('API_KEY = "{}"', "app.py"),
        ('API_KEY: Final[str] = "{}"', "app.py"),
        ('password: str | None = "{}"', "app.py"),
        ('client = Client(api_key="{}")', "app.py"),
        ('secret = SecretStr("{}")', "app.py"),
        ('key = os.environ.get("API_KEY", "{}")', "app.py"),
        ('key = os.environ["API_KEY"] or "x"; token = "{}"', "app.py"),
        ('headers = {{"Authorization": "Bearer {}"}}', "app.py"),
        ('{{"password": "{}"}}', "app.py"),
        ('if password == "{}":', "app.py"),
        ('token = """{}"""', "app.py"),
        ("const apiKey = '{}';", "app.js"),
        ("const secret = process.env.SECRET || `{}`;", "app.js"),
        ("headers.set('Authorization', 'Bearer {}')", "app.js"),
        ("  clientSecret: '{}',", "app.ts"),
        ('export const password: string = "{}";', "app.ts"),
        ("db:\n  password: {}  # the database", "config.yaml"),
        ("password: '{}'", "config.yml"),
        ("DB_PASSWORD={}\n", ".env"),
        ("export API_TOKEN={}\n", "prod.env"),
        ("ENV API_KEY={}\n", "Dockerfile"),
        ("aws_secret_access_key = {}\n", "credentials"),
        ('c = "Server=x;User=a;Password={};"', "app.cs"),
        ('curl -H "Authorization: Bearer {}" https://x', "x.sh"),
    ],
)
def test_a_value_with_a_secrets_name_is_found(text, path):
    text = text.format(RANDOM)
    (found,) = look(text, path)
    secret = text[found.span.start : found.span.end]
    assert secret.removeprefix("django-insecure-") == RANDOM
    assert found.rule == "secret/hard-coded-password"
    assert found.severity >= Severity.MEDIUM
    assert found.persona is Persona.REGULAR


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('password = os.environ["PASSWORD"]', "app.py"),
        ('password = os.getenv("DB_PASSWORD")', "app.py"),
        ("token = config.password", "app.py"),
        ('token = get_token("k3d9d8s7x")', "app.py"),
        ('password = request.form["password"]', "app.py"),
        ('password = input("Enter your password 2: ")', "app.py"),
        ('password = f"{user}-{number}"', "app.py"),
        ('password = "${DB_PASSWORD}"', "app.py"),
        ('password = "{{ db_password }}"', "app.py"),
        ('password = "<your password>"', "app.py"),
        ('password = "%(password)s"', "app.py"),
        ('password = "********"', "app.py"),
        ('password = ""', "app.py"),
        ('password = None; token = "null"', "app.py"),
        ('label = {"password": "Enter the new password"}', "app.py"),
        ('token_url = "https://auth.internal/v2/token"', "app.py"),
        ('token = "https://auth.internal/v2/token"', "app.py"),
        ('password_file = "/run/secrets/db9"', "app.py"),
        ('secret = "/run/secrets/db9"', "app.py"),
        ('tokenizer = "bert-base-v2"', "app.py"),
        ('max_tokens = "4096x"', "app.py"),
        ("const token = process.env.TOKEN;", "app.js"),
        ("const auth = `Bearer ${token}`;", "app.js"),
        ("token: ${{ secrets.GITHUB_TOKEN }}", "ci.yml"),
        ("password: !vault k3d9d8s7", "app.yml"),
        ("password: *anchor9", "app.yml"),
        ("DB_PASSWORD=${DB_PASSWORD}", ".env"),
        ("DB_PASSWORD=$DB_PASSWORD", ".env"),
        ("DB_PASSWORD=", ".env"),
        ('"passport-token": "^1.2.3"', "package.json"),
        ('create_engine(f"postgres://{user}:{password}@db/x")', "app.py"),
        ('create_engine("postgres://$USER:$PASSWORD@db/x")', "app.py"),
        ('HEADER = "-----BEGIN ' + 'PRIVATE KEY-----"', "app.py"),
    ],
)
def test_a_reference_is_no_secret(text, path):
    assert seen(text, path) == []


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
    assert (found.severity, found.confidence) == (Severity.LOW, Confidence.LOW)
    assert found.persona is Persona.PEDANTIC
    assert found.secret


PHRASE = "super-secret" + "-shop-key-2024"
JWT = "my-super-" + "secret-jwt-key"
LOGIN = "S3cr3t" + "Pw!9"


@pytest.mark.parametrize(
    ("text", "secret", "severity"),
    [
        ('app.config["SECRET_KEY"] = "{}"', PHRASE, Severity.MEDIUM),
        ('SECRET_KEY = "{}"', "dev-secret" + "-key", Severity.MEDIUM),
        ('SECRET_KEY: Final[str] = "{}"', PHRASE, Severity.MEDIUM),
        ("app.secret_key = '{}'", JWT, Severity.MEDIUM),
        ("const JWT_SECRET = '{}';", JWT, Severity.MEDIUM),
        ("const jwtSecret = '{}';", "mysuper" + "secretkey", Severity.MEDIUM),
        ('TOKEN_SIGNING_KEY = "{}"', "blue-" + "horse-42a", Severity.HIGH),
        ('Middleware(app, secret_key="{}")', "super-secret" + "-session", Severity.MEDIUM),
        ('connect(host=h, user="app", password="{}")', "P@ss" + "w0rd1", Severity.MEDIUM),
        ('requests.get(u, auth=("admin", "{}"))', LOGIN, Severity.HIGH),
        ('HTTPBasicAuth("admin", "{}")', LOGIN, Severity.HIGH),
        ('smtp.login("a@b.c", "{}")', LOGIN, Severity.HIGH),
        ('jwt.encode(x, "{}", algorithm="HS256")', "secret", Severity.MEDIUM),
        ("jwt.sign({{ id: a.b, c }}, '{}', x)", JWT, Severity.MEDIUM),
    ],
)
def test_what_the_program_runs_with_counts_even_if_it_is_of_words(text, secret, severity):
    text = text.format(secret)
    (found,) = look(text)
    assert text[found.span.start : found.span.end] == secret
    assert (found.severity, found.persona) == (severity, Persona.REGULAR)
    for path in ("tests/a.py", "shop/tests.py", "shop_tests.py", "e2e/shop.ts"):
        assert seen(text, path) == []


@pytest.mark.parametrize(
    "text",
    [
        'SECRET_KEY = "changeme"',
        'SECRET_KEY = "your-secret-key"',
        'SECRET_KEY = "<secret-key-1>"',
        'JWT_SECRET = "xxx-xxx-xxx-xxx1"',
        'SECRET_KEY = "test-secret-key"',
        'SECRET_KEY = os.environ.get("SECRET_KEY", "dev-secret-key")',
        'SECRET_KEY = os.environ["SECRET_KEY"] or "dev-secret-key"',
        'CONF_SECRET_KEY = "secret_key"',
        'CONF_JWT_SECRET = "jwt-secret"',
        '# SECRET_KEY = "my-secret-key-1"',
        'if secret_key == "my-secret-key-1":',
        '  secretKey: "api-key"',
        'connect(password="password")',
        'def connect(user, password="hunter2"):',
        'get(u, auth=("user", "pass"))',
        'get(u, auth=("shop9k", "shop9k"))',
        'smtp.login("a@b.c", "your-password")',
        'jwt.encode(x, "your-256-bit-secret")',
        'MovedAttribute("HTTPPasswordMgr", "urllib2", "urllib.request"),',
        "x = ['PKAddCarKeyPassConfiguration', 'PKAddPassButton', 'ChangeToken', 'CKShare3D']",
        r"jsonnet_token = r'[^\W\d]\w*'",
        r"_token_end = r'(?=\s|#|[)\]]|$)'",
        'Token: "#ddd0c0",',
        '"NextToken": "9f4d9f69-275a-41fe"',
        '"ApiKeySelectionExpression": "$request.header.x-api-key1"',
        "x = 'Credential=' + key9 + '/' + scope",
    ],
)
def test_names_patterns_colours_and_placeholders_are_not_shown(text):
    assert seen(text) == []


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://admin:{}@db.example.com/shop", True),
        ("postgres://shop:secret" + "horse@db.internal:5432/shop", True),
        ("postgresql://admin:{}@localhost/shop", False),
        ("postgresql://{0}:{0}@db/shop", False),
        ("postgres://postgres:postgres@db/shop", False),
        ("postgres://user:password@db/shop", False),
        ("https://user:{}@example.com/", False),
    ],
)
def test_a_guessed_password_in_a_url_counts_where_it_opens_a_database(url, shown):
    text = 'URL = "' + url.format("hunter" + "2") + '"'
    (found,) = look(text)
    assert found.rule == "secret/url-password"
    assert found.persona is (Persona.REGULAR if shown else Persona.PEDANTIC)
    assert found.severity is (Severity.MEDIUM if shown else Severity.LOW)


def test_numbers_of_a_workspace_make_no_sample_of_a_token():
    token = "xoxb-" + "2123456789-2123456789012-" + "k7Rz2mQx9TbW4vLp8Nf3HsY6"
    assert seen(f'slack = "{token}"') == [("slack-token", token)]
    assert seen(f'slack = "{token[:29]}' + 'abcdefghijklmnop12345678"') == []


def test_letters_in_a_certificate_are_no_token():
    line = "AKChOBZmLqdWHyGcBvod7bkixTgm2E5P"
    armour = f"-----BEGIN CERTIFICATE-----\n{line}7KN\n-----END CERTIFICATE-----\n"
    assert seen(armour, "ca.pem") == []
    assert seen(f"{line}/ed5GIaGHd48HCJqypMWvDzKYC3xm", "blob.txt") == []
    hidden = armour.replace("7KN", f'x = "{AWS}"')
    assert seen(hidden, "ca.pem")[-1] == ("aws-access-key", AWS)
    assert seen(armour + line, "ca.pem") == [("artifactory-credential", line)]


def test_a_password_in_a_test_is_for_pedants_but_a_token_is_not():
    text = f'password = "{WORD}"\nkey = "{AWS}"\n'
    assert seen(text, "tests/app.py") == [("aws-access-key", AWS)]
    assert seen(text, "tests/app.py", Persona.PEDANTIC) == [
        ("hard-coded-password", WORD),
        ("aws-access-key", AWS),
    ]


def test_several_on_a_line_and_the_same_twice():
    text = f'f("{GITHUB}", "{AWS}", password="{WORD}", token="{WORD}"); g("{AWS}")\r\nh("{AWS}")'
    assert seen(text) == [
        ("github-token", GITHUB),
        ("aws-access-key", AWS),
        ("hard-coded-password", WORD),
        ("hard-coded-password", WORD),
        ("aws-access-key", AWS),
        ("aws-access-key", AWS),
    ]
    assert len({f.span for f in look(text)}) == 6


def test_a_private_key_is_one_finding_from_header_to_footer():
    for text in (PEM, PEM.replace("\n", "\r\n"), PEM.replace("\n", "\r"), PEM.replace("\n", "\\n")):
        source = f'x = 1\nKEY = """{text}"""\ny = 2\n'
        assert seen(source) == [("private-key", text)]
    headless = PEM.split("-----END", maxsplit=1)[0]
    ((rule, secret),) = seen(headless)
    assert rule == "private-key"
    assert secret == PEM.split("\n", maxsplit=1)[0]


def test_the_whole_token_is_marked_where_a_plugin_sees_its_head_only():
    longer = "sk_" + "live_" + "k7Rz2mQx9TbW4vLp8Nf3HsY6" * 4
    web = "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiJzaG9wIn0." + "k7Rz2mQx9TbW4vLp8Nf3HsY6-_x"
    assert seen(f'f("{longer}")') == [("stripe-key", longer)]
    assert seen(f'f("{web}")') == [("json-web-token", web)]


def test_a_quote_that_ends_a_string_begins_no_secret():
    assert look('print("token:", reply["access_token"])\n') == []
    assert look('print("password: " + user["pw_of_today"])\n') == []


def test_lock_files_are_left_alone():
    text = f'password = "{WORD}"\n"{AWS}"\n'
    for path in ("poetry.lock", "a/package-lock.json", "pnpm-lock.yaml", "go.sum", "uv.lock"):
        assert places.is_lock(path)
        assert look(text, path) == []
    assert look(text, "a/block.py")


def test_one_diagnostic_where_bandit_sees_the_same():
    from vetline_analyzers import bandit

    snapshot = Snapshot("u", "python", 1, f'password = "{WORD}"\nf(token="{GITHUB}")\n', "app.py")
    analysis = examine(snapshot, Facts(), [bandit.ANALYZER, secrets.ANALYZER])
    merged = conclude(snapshot, analysis.findings)
    assert [(f.rule, f.also) for f in merged] == [
        ("secret/hard-coded-password", ("bandit/B105",)),
        ("secret/github-token", ("bandit/B106",)),
    ]


def planted() -> str:
    """Real code with every rule's example somewhere in it, lines of all lengths."""
    dice = random.Random(7)
    lines = (STDLIB / "argparse.py").read_text("utf-8").splitlines()[:600]
    lines += (STDLIB / "http" / "client.py").read_text("utf-8").splitlines()[:300]
    for rule in secrets.rules():
        for text in rule.bad:
            lines.insert(dice.randrange(len(lines)), text.rstrip("\n"))
    lines.insert(100, "x" * 9_000 + f' f("{GITHUB}") password = "{WORD}" ' + "y" * 9_000)
    lines += [
        "PASSWORD = 'İ9kdI3\u017fd'",
        "api-key: 'K9d8f7g6h'",
        '\u017fecret = "k3d9d8s7"',
        "\x85\u2028 x",
    ]
    return "\n".join(lines)


def test_the_filter_before_the_patterns_loses_nothing(monkeypatch):
    text = planted()
    filtered = look(text)
    every = dict.fromkeys(d for group in secrets._by_anchor().values() for d in group)
    every.update(dict.fromkeys(detect for _, detect in secrets._by_hint()))
    monkeypatch.setattr(secrets, "_candidates", lambda lines: [list(every) for _ in lines])
    assert look(text) == filtered
    assert len({f.rule for f in filtered}) == len(secrets.rules())


def test_only_lines_never_seen_are_searched(monkeypatch):
    text = planted()
    memo = {}
    before = look(text, memo=memo)
    searched = []
    search = secrets._search
    monkeypatch.setattr(
        secrets, "_search", lambda lines, **how: searched.extend(lines) or search(lines, **how)
    )
    line = f'added = Client("{AWS}")'
    after = look(f"{line}\n{text}\n{line}", memo=memo)
    assert searched == [line]
    assert after == look(f"{line}\n{text}\n{line}")
    assert len(after) == len(before) + 2
    assert look(text, memo=memo) == before
    assert line not in memo["pieces"]  # what is gone is forgotten


def test_a_secret_on_the_border_of_two_pieces_is_found_once():
    for at in (*range(3_950, 4_050, 7), 7_990, 8_000, 11_995):
        text = "x " * (at // 2) + f' f("{GITHUB}", password="{RANDOM}") ' + "y " * 3_000
        assert seen(text) == [("github-token", GITHUB), ("hard-coded-password", RANDOM)]


def test_what_is_left_out_of_an_endless_line_is_said():
    text = f'x = 1\ny = "{AWS}"' + " " * 5_000_000 + f'"{GITHUB}"\nz = "{AWS}"\n'
    snapshot = Snapshot("u", "text", 1, text, "a.js")
    start = time.process_time()
    analysis = examine(snapshot, Facts(), [secrets.ANALYZER])
    assert [snapshot.slice(f.span) for f in analysis.findings] == [AWS, AWS]
    (failure,) = analysis.failures
    assert failure.reason.endswith("beyond its first 1,000,000 characters: line 2")
    assert time.process_time() - start < 5


HOSTILE = {
    "names": "password{}",
    "quotes": "password{}\"'",
    "open": "token{}:\"token:'",
    "escapes": "token{}:'\\",
    "equals": "secret{}== == ",
    "urls": "://a{}:",
    "annotations": "token: Optional[{}",
    "aws": "aws key {} ",
    "jwt": "eyJ{}.",
    "slack": "xoxb-{}-",
    "npm": "//{}/:_authToken=",
    "openai": "sk-{}-",
    "pem": "-----BEGIN PRIVATE KEY-----{}",
    "bearer": "Bearer {} ",
    "blank": "secret {}          ",
    "private": "private_key{} x",
    "pairs": 'auth=("{}",',
    "logins": ".login(a{}, ",
    "signers": "jwt.sign({{{}, ",
    "colours": "token: 'a{} ",
    "joined": "token: '+ {} ",
    "modules": "secret_key = 'a.b{}.",
    "certificates": "-----BEGIN CERTIFICATE-----{}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_line_makes_it_slow(name):
    dice = random.Random(name)
    text = ""
    while len(text) < 100_000:
        text += HOSTILE[name].format(dice.randrange(10_000))
    start = time.process_time()
    look(text, "a.yml", "text")
    look(text, "a.py")
    assert time.process_time() - start < 4  # a nested repetition takes minutes here


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
    assert len(look(planted())) > len(secrets.rules())


def test_detect_secrets_comes_late_and_without_an_http_client():
    script = (
        "import sys\n"
        "from vetline_analyzers import secrets\n"
        "from vetline_analyzers.core.analyzer import Facts\n"
        "from vetline_analyzers.core.text import Snapshot\n"
        "def look(text): return list(secrets.analyze(Snapshot('u', 'python', 0, text, 'a.py'), Facts(), {}))\n"
        "assert not look('import os\\nx = os.path.join(a, \"some words\")\\n')\n"
        "assert 'detect_secrets' not in sys.modules and 'requests' not in sys.modules\n"
        "assert look('x = \"AKIA' + 'Q7RZ2MQX5TBW4VLP\"')\n"
        "for kind in secrets.tokens.formats():\n"
        "    assert look(kind.example.format(kind.sample))\n"
        "look('password == \\'x9\\'')\n"
        "assert 'detect_secrets.plugins.keyword' in sys.modules\n"
        "assert not {'requests', 'urllib3', 'http.client', 'ssl'} & set(sys.modules)\n"
        "import requests\n"
        "assert requests.get\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("value", "strength"),
    [
        ("", Strength.NONE),
        ("abc", Strength.NONE),
        ("None", Strength.NONE),
        ("xxxxxxxx", Strength.NONE),
        ("<token>", Strength.NONE),
        ("${TOKEN}", Strength.NONE),
        ("os.environ['X']", Strength.NONE),
        ("Please enter it twice", Strength.NONE),
        ("Senha Atual", Strength.NONE),
        ("1.2.3", Strength.NONE),
        ("Content-Type", Strength.WEAK),
        ("passwordResetToken", Strength.WEAK),
        ("mysite.forms.MyCustomChangePasswordForm", Strength.WEAK),
        ("password123", Strength.FAIR),
        ("hunter2", Strength.FAIR),
        ("P@ss" + "w0rd1", Strength.FAIR),
        ("#ddd0c0", Strength.NONE),
        ("bold bg:#ddd0c0", Strength.NONE),
        (r"[^\W\d]\w*", Strength.NONE),
        (". name . ", Strength.NONE),
        ("PKAddPassButton", Strength.WEAK),
        ("google.oauth2.service_account", Strength.WEAK),
        ("xxx-xxx-xxx-xxx1", Strength.WEAK),
        ("a-default-1x", Strength.WEAK),
        ("myTestPassword1", Strength.WEAK),
        ("test-key-1", Strength.WEAK),
        ("yourStrong(!)Password", Strength.WEAK),
        ("abc123456", Strength.WEAK),
        ("config.oauth2_token", Strength.NONE),
        ("settings.DB_PASSWORD", Strength.NONE),
        ('os.environ.get("DB9", "")', Strength.NONE),
        ("get_token(name)", Strength.NONE),
        ("$DB_PASSWORD2", Strength.NONE),
        ("!Ref DbPassword1", Strength.NONE),
        (":password", Strength.NONE),
        ("Latest!" + "Xk92-prod", Strength.REAL),
        ("Contest9" + "!kLq", Strength.REAL),
        ("Winter" + "1234!x", Strength.REAL),
        ("$ecret" + "2024", Strength.REAL),
        ("Sup3rS3cret" + "(2024", Strength.REAL),
        ("env." + "Xk29dkq81", Strength.REAL),
        ("!Xk29" + "dkq81", Strength.REAL),
        (":Xk29" + "dkq81", Strength.REAL),
        ("Sommer" + "2024!", Strength.REAL),
        ("correct9 horse", Strength.REAL),
        (RANDOM, Strength.REAL),
        ("xk2tEsT9" * 4, Strength.REAL),
        ("8f14e45fceea167a" + "5a36dedd4bea2543", Strength.REAL),
    ],
)
def test_what_a_value_is_worth(value, strength):
    assert credentials.judge(value) is strength


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


@pytest.mark.parametrize(
    "part", ["()", "(a)", "[]", "_", "a_", "a-", ".a", "a1", "(", "test", "1234"]
)
@pytest.mark.parametrize("head", ["config", "a", "$a", "{{", "!a "])
def test_no_value_makes_the_judgement_slow(head, part):
    start = time.process_time()
    credentials.judge((head + part * 1000)[:999] + "!")
    assert time.process_time() - start < 5  # a nested repetition never comes back
