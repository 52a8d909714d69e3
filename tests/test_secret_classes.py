"""Classes of secrets that a fresh set of files brought up: calls, cookies, servers' own words, joined strings, keys by name."""

import base64

import pytest

from vetline_analyzers import secrets
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.finding import Persona, Severity
from vetline_analyzers.core.text import Snapshot

W = "Zk39" + "dk3aQ7"
K = "k7Rz2mQx9TbW4vLp" + "8Nf3HsY6cJd5Gg2w"
HEX = "9c3f07ad5b81e264" + "1f6a0c3d9e8b7254"
UUID = "9c3f07ad-5b81-4264" + "-9c3f-07ad5b81e264"


def look(text, path="app.py"):
    snapshot = Snapshot("file:///x", "plaintext", 1, text, path)
    return list(secrets.analyze(snapshot, Facts(), {}))


def seen(text, path="app.py"):
    """What a busy engineer is shown."""
    return [
        text[f.span.start : f.span.end] for f in look(text, path) if f.persona is Persona.REGULAR
    ]


@pytest.mark.parametrize(
    "line",
    [
        "$c = mysqli_connect('db', 'root', '{}', 'shop');",
        "$p = new PDO($dsn, 'shop', '{}');",
        'DriverManager.getConnection(url, "root", "{}");',
        'new UsernamePasswordCredentials("svc", "{}");',
        'val auth = Credentials.basic("svc", "{}")',
        "config.omniauth :github, 'a1', '{}'",
        "http.basic_auth 'svc', '{}'",
        'curl_setopt($h, CURLOPT_USERPWD, "svc:{}");',
        'es = Elasticsearch(URL, basic_auth=("elastic", "{}"))',
        'System.setProperty("javax.net.ssl.keyStorePassword", "{}");',
    ],
)
def test_a_call_that_logs_somebody_in_takes_a_secret(line):
    assert seen(line.format(W) + "\n") == [W]
    assert seen(line.format("password") + "\n") == []


@pytest.mark.parametrize(
    "line",
    [
        'k = new SecretKeySpec("{}".getBytes(), "AES");',
        'cipher = AES.new(b"{}", AES.MODE_CBC)',
        'f = Fernet(b"{}")',
        'crypto.createHmac("sha256", "{}")',
        'Algorithm a = Algorithm.HMAC256("{}");',
        'new SymmetricSecurityKey(Encoding.ASCII.GetBytes("{}"));',
        "const client = new Shop('{}');",
        'client := shop.NewClient("{}")',
        'let shop = Shop::new("{}".to_string());',
    ],
)
def test_a_call_that_encrypts_or_makes_a_client_takes_a_key(line):
    assert seen(line.format(K) + "\n") == [K]
    for other in ("shop-orders", "the-key-of-the-shop-of-books", "utf-8"):
        assert seen(line.format(other) + "\n") == []


def test_what_is_no_client_and_no_cipher_takes_none():
    for line in ('new ObjectId("{}")', 'hash = Digest("{}")', 'x = f("{}")', 'Uuid::parse("{}")'):
        assert seen(line.format(HEX) + "\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "Set-Cookie: sessionid={}; HttpOnly",
        "Cookie: theme=dark; PHPSESSID={}",
        "cookie: connect.sid=s%3A{}",
    ],
)
def test_a_recorded_session_is_of_medium_severity(line):
    (finding,) = (f for f in look(line.format(K) + "\n", "a.log") if f.persona is Persona.REGULAR)
    assert finding.severity is Severity.MEDIUM
    assert seen(line.format("deleted") + "\n", "a.log") == []
    assert seen(f"sessionid={HEX[:12]}\n") == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("redis.conf", "user shop on >{} ~* +@all"),
        ("sentinel.conf", "sentinel auth-pass main {}"),
        ("compose.yml", "    command: redis-server --requirepass {}"),
        ("etc/ppp/chap-secrets", '"shop" * "{}" *'),
        ("ipsec.secrets", ': PSK "{}"'),
        ("snmpd.conf", "rocommunity {}"),
        ("snmpd.conf", 'createUser shop SHA "{}"'),
        (".bundle/config", 'BUNDLE_GEMS__SHOP__NET: "ci:{}"'),
        ("server.cfg", 'rcon_password "{}"'),
        (".mbsyncrc", "Pass {}"),
        ("etc/postfix/sasl_passwd", "[smtp.shop.net]:587 shop:{}"),
        (".offlineimaprc", "remotepass = {}"),
        (".s3cfg", "gpg_passphrase = {}"),
        ("ci.yml", "      auth: {{user: ci, password: {}}}"),
    ],
)
def test_the_settings_of_a_server_know_their_secret_by_its_place(path, line):
    assert seen(line.format(W) + "\n", path) == [W]


def test_a_composer_token_stands_behind_its_host():
    assert seen(f'{{"gitlab-token": {{"git.shop.net": "{K[:20]}"}}}}\n', "auth.json") == [K[:20]]
    assert seen(f'{{"git.shop.net": "{K[:20]}"}}\n', "hosts.json") == []


def test_the_community_that_everybody_has_is_no_secret():
    assert seen("rocommunity public\nrwcommunity private\n", "snmpd.conf") == []


def test_a_token_in_two_strings_is_found_to_its_end():
    token = "AKIA" + "Q7RZ2MQX5TBW4VLP"
    for joint in ('" + "', '" "', '"."', '"+"'):
        text = f'key = "{token[:4]}{joint}{token[4:]}"\n'
        assert seen(text) == [f"{token[:4]}{joint}{token[4:]}"]
    assert seen('a = ["AKIA", "Q7RZ2MQX5TBW4VLP"]\n') == []


@pytest.mark.parametrize("name", ["moderation_key", "MAGNETIC_KEY", "stripeKey"])
def test_a_uuid_is_the_key_of_something_named(name):
    assert seen(f'{name} = "{UUID}"\n') == [UUID]


@pytest.mark.parametrize("name", ["key", "row_key", "cache_key", "primaryKey", "id_key", "keys"])
def test_a_uuid_is_the_name_of_a_thing_under_other_keys(name):
    assert seen(f'{name} = "{UUID}"\n') == []


def test_keys_that_browsers_are_given_are_hints():
    for token in ("pk_live_" + K, "pk.eyJ" + K * 2 + "." + K[:22], "sub-c-" + UUID):
        assert seen(f'key = "{token}"\n') == []


def test_what_a_standard_shows_is_a_hint():
    shown = base64.b64encode(("s6BhdRkqt3:" + "gX1fBat3bV").encode()).decode()
    for text in (
        f"Authorization: Basic {shown}\n",
        'access_token = "' + "2YotnFZFEjr1z" + 'CsicMWpAA"\n',
        "oauth_consumer_key=" + "dpf43f3p2l4k3l03" + "&x=1\n",
    ):
        assert seen(text, "oauth.py") == []


def test_a_key_in_armour_that_is_cut_is_a_hint_and_reaches_no_other_string():
    head, foot = (f"-----{side} RSA {'PRIVATE'} KEY-----" for side in ("BEGIN", "END"))
    assert seen(f'k = "{head}\\n...",\nsecret = {{\n"id": "{K}"\n}}\n') == []
    assert seen(f"For example, `{head} MIIEpQIBAAKCAQEA{K[:24]}... {foot}`\n") == []


def test_a_digest_can_be_guessed_offline():
    line = f'Authorization: Digest username="jo", nonce="{HEX[::-1]}", response="{HEX}"\n'
    assert seen(line, "a.http") == [HEX]
    assert seen(line.replace("nonce", "x"), "a.http") == []


def test_jenkins_keeps_its_secrets_in_braces():
    secret = "{AQAAABAAAA" + K + "ab=}"
    assert seen(f"<password>{secret}</password>\n", "credentials.xml") == [secret]


def test_documentation_signs_nothing():
    line = 'token = jwt.encode(payload, "shop-secret")\n'
    assert seen(line) == ["shop-secret"]
    assert seen(line, "docs/usage.rst") == seen(line, "README.md") == []


def test_a_file_is_no_secret_where_a_key_is_asked_for():
    assert seen("shop --private-key @AuthKey_9X.p8 --token x\n", "run.sh") == []


def test_a_list_of_classes_is_no_password():
    assert seen('PASSWORD_HASHERS = ["shop.auth.hashers.Argon2Password3Hasher"]\n') == []


def test_a_number_and_a_value_that_is_cut_are_none():
    assert seen('{"password": 864000, "id": 1}\n', "a.py") == []
    assert seen(f"http://localhost:8888/?token={HEX[:8]}... is up\n", "a.log") == []
    assert seen(f"http://localhost:8888/?token={HEX} is up\n", "a.log") == [HEX]
