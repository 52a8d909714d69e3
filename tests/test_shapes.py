"""shapes: secrets known by how they are written down, each found where it starts and ends, and what is none.

Everything that looks like a secret is put together here, so that no scanner trips over this file.
"""

import base64
from itertools import pairwise

import pytest

from vetline_analyzers import secrets
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.finding import Persona, Severity
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.secret import worth
from vetline_analyzers.secret.values import Strength

W = "Zk39" + "dk3a"
P = "p%40" + "ss9W!x"
WORD = "glimmer" + "stoat"
RANDOM = "q7Rz2mQx9" + "TbW4vLp8Nf3"
KEY64 = "q7Rz2mQx9TbW4vLp8Nf3HsY6cJd5Gg1X" * 2 + "w0UeA/b+Zs3D4f5G6h7J8k" + "=="
HEX64 = "9c3f07ad5b81e264" + "7c1d0e9ab53f8246" * 3
AWS = "AKIA" + "Q7RZ2MQX5TBW4VLP"
BODY = ("k7Rz2mQx9TbW4vLp8Nf3HsY6cJd5Gg" * 3)[:64]
NUMBER = ("k7Rz2mQx9TbW4vLp8Nf3HsY6cJd5Gg-_" * 6)[:171]
PHRASE = "ladder orbit velvet canyon mimic drift oyster ribbon plunge amber quick walnut"


def b64(text):
    return base64.b64encode(text.encode()).decode()


def header(kind="RSA ", side="BEGIN"):
    return f"-----{side} {kind}{'PRIVATE'} KEY-----"


def look(text, path="a.py"):
    return list(secrets.analyze(Snapshot("file:///x", "text", 1, text, path), Facts(), {}))


def found(text, path="a.py", persona=Persona.REGULAR):
    return [text[f.span.start : f.span.end] for f in look(text, path) if f.persona <= persona]


URLS = [
    (f"DATABASE_URL=postgres://shop:{W}@db.internal/shop", W),
    (f'engine = create_engine("mysql+pymysql://shop:{W}@db:3306/shop")', W),
    (f"# mongodb+srv://shop:{P}@c0.abcde.mongodb.net/?retryWrites=true", P),
    (f"cache: rediss://:{W}@cache.internal:6380/0", W),
    (f"  - amqp://shop:{W}@mq:5672/%2f", W),
    (f"smtp://bot%40shop.io:{W}@mail.internal:587", W),
    (f"ftp://shop:{W}@files.internal/in", W),
    (f"sftp://shop:{W}@files.internal/in", W),
    (f"ldap://cn=admin:{W}@ldap.internal", W),
    (f"git clone https://deploy:{W}@git.internal/shop.git", W),
    (f"clickhouse://shop:{W}@ch:9000/shop", W),
    (f"sqlserver://shop:{W}@db:1433?database=shop", W),
    (f"snowflake://shop:{W}@acme/db", W),
    (f"nats://shop:{W}@nats:4222", W),
    (f"mqtt://shop:{W}@broker", W),
    (f"postgres://shop:{W}/x@z@db.internal/shop", f"{W}/x"),
    (f"postgres://shop:{WORD}@db.internal/shop", WORD),
    (f"https://oauth2:{RANDOM}@gitlab.internal/shop.git", RANDOM),
    (f"https://{RANDOM}:x-oauth-basic@github.com/a/b", RANDOM),
    (f"https://{RANDOM}@github.com/a/b", RANDOM),
]
CONNECTIONS = [
    (f'"Server=db;Database=shop;User Id=shop;Password={W};"', W),
    (f'"Driver={{ODBC Driver 18}};Server=db;Uid=shop;Pwd={W}"', W),
    (f"jdbc:sqlserver://db:1433;databaseName=shop;user=shop;password={W};encrypt=true", W),
    (f'url = "jdbc:mysql://db/shop?user=shop&password={W}"', W),
    (f'"jdbc:oracle:thin:shop/{W}@db:1521:XE"', W),
    (f"dsn: host=db user=shop password={W} dbname=shop sslmode=disable", W),
    (f"new PDO('pgsql:host=db;dbname=shop;user=shop;password={W}');", W),
    (f'sql.Open("mysql", "shop:{W}@tcp(db:3306)/shop")', W),
    (f'"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={KEY64}"', KEY64),
    (
        f'"Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={KEY64[20:63]}="',
        KEY64[20:63] + "=",
    ),
    (
        f"https://shop.blob.core.windows.net/c?sv=2022-11-02&sp=r&sig={'q7Rz2mQx9TbW4vLp8Nf3HsY6cJd5Gg1Xw0UeA%2Fb3D4f' + '%3D'}",
        "q7Rz2mQx9TbW4vLp8Nf3HsY6cJd5Gg1Xw0UeA%2Fb3D4f" + "%3D",
    ),
]
SQL = [
    (f"CREATE USER shop IDENTIFIED BY '{W}';", W),
    (f"CREATE USER shop IDENTIFIED BY {W};", W),
    (f"create user shop identified by '{W}';", W),
    (f"CREATE USER 'shop'@'%' IDENTIFIED WITH mysql_native_password BY '{W}';", W),
    (f"GRANT ALL ON shop.* TO 'shop'@'%' IDENTIFIED BY '{W}';", W),
    (f"  - mysql -e \"CREATE USER shop IDENTIFIED BY '{WORD}'\"", WORD),
    (f"# CREATE USER shop WITH PASSWORD '{WORD}';", WORD),
    (f"ALTER ROLE shop WITH LOGIN ENCRYPTED PASSWORD '{W}';", W),
    (f"CREATE LOGIN shop WITH PASSWORD = N'{W}', CHECK_POLICY = OFF;", W),
    (f"SET PASSWORD FOR 'root'@'localhost' = PASSWORD('{W}');", W),
    (f"ALTER DATABASE shop SET app.jwt_secret TO '{RANDOM}';", RANDOM),
    (f"CREATE MASTER KEY ENCRYPTION BY PASSWORD = '{W}';", W),
    (f"CREATE DATABASE LINK far CONNECT TO shop IDENTIFIED BY {W} USING 'far';", W),
    (f"CREATE USER MAPPING FOR shop SERVER far OPTIONS (user 'shop', password '{W}');", W),
    (f"CREATE CREDENTIAL c WITH IDENTITY = 'shop', SECRET = '{RANDOM}';", RANDOM),
]
COMMANDS = [
    (f"mysql -u root -p{W} shop", W),
    (f'run(["mysqldump", "-u", "root", "-p{W}"])', W),
    (f"sshpass -p '{W}' ssh shop@h", W),
    (f"curl -u shop:{W} https://h", W),
    (f'curl --user "shop:{W}" https://h', W),
    (f"      --user shop4x:{RANDOM} \\", RANDOM),
    (f"curl -u {RANDOM}: https://api.h", RANDOM),
    (f"http -a shop:{W} https://h", W),
    (f"docker login -u shop -p {W} r.internal", W),
    (f"htpasswd -bc /etc/nginx/.htpasswd shop {W}", W),
    (rf"net use Z: \\h\share /user:dom\shop {W}", W),
    (f"openssl rsa -in a.pem -passin pass:{W}", W),
    (f"keytool -genkey -alias a -storepass {W}", W),
    (f"redis-cli -h cache -a {W} ping", W),
    (f"mongodump -u shop -p {W} --db shop", W),
    (f"PGPASSWORD={W} psql -h db", W),
    (f"ldapsearch -x -D cn=admin -w {W} -b dc=h", W),
    (f"smbclient //h/s -U shop%{W}", W),
    (f"echo {W} | sudo -S apt install x", W),
    (f"echo 'shop:{W}' | chpasswd", W),
    (f"echo {W} | passwd --stdin shop", W),
    (f'$s = ConvertTo-SecureString "{W}" -AsPlainText -Force', W),
    (f"az login -u shop -p {W}", W),
    (f"gpg --batch --passphrase {W} -d a.gpg", W),
    (f"zip -P {W} a.zip a", W),
    (f"7z a -p{W} a.7z a", W),
    (f"aws configure set aws_secret_access_key {KEY64[:40]}", KEY64[:40]),
    (f"export DB_PASSWORD={W}", W),
    (f"setx API_TOKEN {RANDOM}", RANDOM),
    (f"deploy --password {W} --host h", W),
    (f"deploy --password={W}", W),
    (f'deploy --token "{RANDOM}"', RANDOM),
    (f'run(["deploy", "--api-key", "{RANDOM}"])', RANDOM),
    (f"Connect-Server -User shop -Password {W}", W),
    (f'parser.add_argument("--password", default="{W}", help="the password")', W),
]
OTHERS = [
    (f"Authorization: Basic {b64('shop:' + W)}", b64("shop:" + W)),
    (f'headers = {{"Authorization": "Basic {b64("ab:" + W)}"}}', b64("ab:" + W)),
    (f"PRIVATE_KEY_B64={b64(header() + chr(10) + BODY * 3)}", b64(header() + "\n" + BODY * 3)),
    (f'private_key = "{HEX64}"', HEX64),
    (f'"privateKey": "0x{HEX64}"', f"0x{HEX64}"),
    (f'mnemonic = "{PHRASE}"', PHRASE),
    (
        "AGE-SECRET-KEY-1" + "QZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" * 2,
        ("AGE-SECRET-KEY-1" + "QZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" * 2),
    ),
    (
        f"wallet_key = [{', '.join(str(n * 7 % 256) for n in range(64))}]",
        ", ".join(str(n * 7 % 256) for n in range(64)),
    ),
]
OTHERS[6] = tuple(text[: 16 + 58] for text in OTHERS[6])


@pytest.mark.parametrize(("text", "secret"), [*URLS, *CONNECTIONS, *SQL, *COMMANDS, *OTHERS])
@pytest.mark.parametrize("path", ["run.sh", "docs/setup.md", "a.py", "ci.yml"])
def test_a_secret_is_found_by_how_it_is_written(text, secret, path):
    assert found(text, path) == [secret]


@pytest.mark.parametrize(
    "text",
    [
        "postgres://${USER}:${PASSWORD}@db/shop",
        'f"postgres://{user}:{password}@{host}/shop"',
        "postgres://shop:<password>@db/shop",
        "postgres://shop:$PGPASSWORD@db/shop",
        "https://user:pass@host/",
        "redis://username:password@example.com",
        "postgres://postgres:postgres@localhost/shop",
        "amqp://guest:guest@mq/",
        "http://h.internal:8080/@shop/a:b@c",
        "https://h:443,admin@h2/",
        "https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/12",
        "see http://h.internal:8080 or mail a@b.c",
        "Server=db;User Id=shop;Password={0};",
        '"Server=db;Password=" + password + ";"',
        "jdbc:mysql://db/shop?user=shop&password=${DB_PASSWORD}",
        "CREATE USER shop IDENTIFIED BY '${PASSWORD}';",
        "CREATE USER shop WITH PASSWORD '%s';",
        "CREATE USER shop WITH PASSWORD :password;",
        "a table is identified by name;",
        "users are identified by their 'login' and password",
        "mysql -u root -p shop",
        "mysql -u root -p$PASSWORD shop",
        'mysql -u root -p"$(cat /run/secrets/db)"',
        "curl -u $USER:$TOKEN https://h",
        'curl -u "shop:${TOKEN}" https://h',
        "docker run -u 1000:1000 -p 8080:80 image",
        "docker login -u shop --password-stdin",
        "deploy --password-file /run/secrets/a1b2",
        "deploy --token $TOKEN --password %PASSWORD%",
        "deploy --password <password> --token TOKEN",
        "  --token string   the token to log in with (default 10m0s)",
        'parser.add_argument("--token", "-t", help="a token4 of h")',
        'option("--password", "password_arg")',
        "export DB_PASSWORD=$(cat /run/secrets/db)",
        "ConvertTo-SecureString $env:PW4X -AsPlainText",
        "Basic authentication is required",
        f"Authorization: Basic {b64('user:password')}",
        "Authorization: Basic dXNlcg==",
        f'HEADER = "{header()}"',
        f"starts with {header()} and ends with {header(side='END')}",
        '{"kty": "RSA", "n": "' + NUMBER + '", "e": "AQAB"}',
        '{"auth": "' + b64("user:pass") + '"}',
        "machine learning models login with a password that is long",
        "machine h login shop password $PW4X",
        'FORMAT = "$2b$12$..."',
        'seed = "the words of a phrase that nobody would ever use for a wallet of theirs"',
        f'sha256 = "{HEX64}"',
        f"id: {AWS[4:]}\nsum: {'9c3f07ad5b' * 4}\n",
        "- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: shop\n      key: db4x\n",
        '- name: DB_PASSWORD\n  value: "$(DB_PW)"\n',
        "- name: TOKEN_URL\n  value: https://h/a1b2\n",
        "kind: ConfigMap\ndata:\n  value: YTFiMmMz\n",
        "kind: Secret\ndata:\n  tls.crt: " + b64("-----BEGIN CERTIFICATE-----\n" + BODY) + "\n",
        '<input name="password"\n value="Zk39x">',
        "define('AUTH_KEY', 'put your unique phrase here');",
    ],
)
def test_what_only_looks_like_it_is_shown_to_nobody(text):
    for path in ("run.sh", "docs/setup.md", "a.py"):
        assert found(text, path) == []


def test_the_arguments_of_a_call_are_no_connection_string():
    assert found("connect(host=host, user=user, password=password)") == []
    assert found("connect(host=self.host, user=self.user, password=self._secret)") == []


def test_a_value_is_worth_more_where_only_a_secret_can_stand():
    assert worth.worth(WORD) in {Strength.FAIR, Strength.REAL}
    assert worth.worth(W) is Strength.REAL
    assert worth.worth(WORD, user=WORD) is Strength.WEAK
    assert {worth.worth(v) for v in ("password", "secret1", "mypass", "12345", "aaaaaaaa")} <= {
        Strength.WEAK,
        Strength.NONE,
    }
    for reference in (
        "${PW}",
        "$PW",
        "{password}",
        "<password>",
        "%PW%",
        "pre-${X}",
        "DB_PASSWORD",
    ):
        assert worth.worth(reference) is Strength.NONE


def test_base64_of_a_user_and_a_password_is_told_from_other_base64():
    assert worth.decoded(b64("shop:" + W)) == f"shop:{W}"
    assert worth.decoded(b64("shop:" + W).rstrip("=")) == f"shop:{W}"
    for none in ("not base64!", "q7Rz2mQx9TbW4vLp", base64.b64encode(bytes(range(9))).decode(), ""):
        assert worth.decoded(none) == ""
    assert worth.pair(b64("shop:" + W)) is Strength.REAL
    assert worth.pair(b64("shop:shop")) is Strength.WEAK
    assert worth.pair(b64("no colon")) is Strength.NONE
    assert worth.pair(b64(RANDOM + ":")) is Strength.REAL


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "DSA ", "OPENSSH "])
def test_a_key_in_armour_is_found_from_its_header_to_its_footer(kind):
    lines = [header(kind), BODY, BODY, header(kind, "END")]
    for text in ("\n".join(lines), "\r\n".join(lines), "\\n".join(lines)):
        assert found(f'k = """{text}"""\n') == [text]
    wrapped = ' \\n" +\n  "'.join(lines)
    assert found(f'k = "{wrapped}"\n') == [wrapped]


def test_keys_in_other_armour_are_found():
    pgp = f"-----BEGIN PGP {'PRIVATE'} KEY BLOCK-----\nVersion: 1\n\n{BODY}\n=abcd\n-----END PGP {'PRIVATE'} KEY BLOCK-----"
    putty = (
        f"PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: shop\nPublic-Lines: 1\n{BODY}\n"
        f"Private-Lines: 1\n{BODY}\nPrivate-MAC: {'9c3f07ad' * 5}"
    )
    ssh2 = f"---- BEGIN SSH2 ENCRYPTED {'PRIVATE'} KEY ----\n{BODY}\n---- END SSH2 ENCRYPTED {'PRIVATE'} KEY ----"
    for key in (pgp, putty, ssh2):
        assert found(f"{key}\n") == [key]
    store = "MIIKcQ" + "IBAzCC" + BODY * 3
    assert found(f'SIGNING_PFX: "{store}"\n', "ci.yml") == [store]


def test_a_key_without_its_footer_ends_with_its_last_line():
    text = f"{header()}\n{BODY}\n{BODY}\n"
    assert found(text + "words that follow\n") == [text.rstrip()]


def test_a_key_that_a_passphrase_protects_is_of_medium_severity():
    info = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,9C3F07AD5B81E264\n\n"
    for text in (
        f"{header('ENCRYPTED ')}\n{BODY}\n{header('ENCRYPTED ', 'END')}",
        f"{header()}\n{info}{BODY}\n{header(side='END')}",
        f"{header('OPENSSH ')}\n{'b3BlbnNzaC1rZXktdjEAAAAA' + 'CmFlczI1Ni1jdHI'}{BODY}\n{header('OPENSSH ', 'END')}",
    ):
        (finding,) = look(text)
        assert finding.severity is Severity.MEDIUM
        assert text[finding.span.start : finding.span.end] == text


def test_the_private_members_of_a_json_web_key_are_found_and_its_public_ones_are_not():
    secret = {"d": NUMBER, "p": NUMBER[:86], "q": NUMBER[1:87]}
    members = {"kty": "RSA", "n": NUMBER[2:], "e": "AQAB", **secret}
    one = "{" + ", ".join(f'"{k}": "{v}"' for k, v in members.items()) + "}"
    lines = "{\n" + ",\n".join(f"  '{k}': '{v}'" for k, v in members.items()) + "\n}"
    yaml = "\n".join(f"  {k}: {v}" for k, v in members.items())
    for text in (one, lines, yaml, one.replace('"', '\\"')):
        assert found(text) == list(secret.values())
    assert found('{"kty":"oct","k":"' + RANDOM * 2 + '"}') == [RANDOM * 2]
    assert found('{"k":"' + RANDOM * 2 + '", "keys": [1]}') == []


def test_a_secret_is_known_by_the_identifier_on_a_line_near_it():
    secret = "q7Rz2mQx9TbW4vLp8Nf3" + "HsY6cJd5Gg1Xw0UeA/b+"
    assert found(f'connect(\n  "{AWS}",\n  "{secret}",\n)\n')[-1] == secret
    assert secret not in found(f'connect(\n  "{AWS}",' + "\n" * 9 + f'  "{secret}",\n)\n')
    assert "9c3f07ad5b" * 4 not in found(f"{AWS}\n{'9c3f07ad5b' * 4}\n")


def test_hashes_are_found_by_their_own_form():
    signs = "k7Rz2mQx9TbW4vLp8Nf3HsY6cJd5Gg" * 3
    for hashed in (
        f"$1$q7Rz2mQx${signs[:22]}",
        f"$5$q7Rz2mQx${signs[:43]}",
        f"$6$rounds=5000$q7Rz2mQx${signs[:86]}",
        f"$2b$12${signs[:53]}",
        f"$argon2id$v=19$m=65536,t=3,p=4${signs[:22]}${signs[:43]}",
        "{SSHA}" + signs[:32],
        f"pbkdf2_sha256$260000${signs[:22]}${signs[:43]}=",
    ):
        (finding,) = look(f'x = "{hashed}"\n')
        assert finding.rule == "secret/password-hash"
        assert f'x = "{hashed}"\n'[finding.span.start : finding.span.end] == hashed
        assert found(f'x = "{hashed}"\n', "tests/test_a.py") == []


def test_findings_never_overlap():
    text = "\n".join(text for text, _ in (*URLS, *CONNECTIONS, *SQL, *COMMANDS, *OTHERS))
    findings = look(text)
    assert len(findings) >= len(URLS)
    assert all(a.span.end <= b.span.start for a, b in pairwise(findings))
