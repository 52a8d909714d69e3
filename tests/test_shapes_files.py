"""shapes: the secrets in the files that tools keep, each found whole and nothing else shown.

Everything that looks like a secret is put together here, so that no scanner trips over this file.
"""

import base64

import pytest

from vetline_analyzers import secrets
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.finding import Persona
from vetline_analyzers.core.text import Snapshot

W = "Zk39" + "dk3a"
V = "qT7w" + "Rm2x"
HEX = "9c3f07ad" + "5b81e264" * 3
SALT = "k7Rz2mQx" + "9TbW4vLp"
LONG = "q7Rz2mQx9" + "TbW4vLp8Nf3HsY6cJd5Gg1Xw0Ue"
SIXTEEN = "q7Rz2mQx" + "9TbW4vLp"
AWS = "AKIA" + "Q7RZ2MQX5TBW4VLP"
AWS_SECRET = "q7Rz2mQx9TbW4vLp8Nf3" + "HsY6cJd5Gg1Xw0UeA/b+"
CRYPT6 = "$6$" + "q7Rz2mQx$" + ("k7Rz2mQx9TbW4vLp8Nf3HsY6cJd5Gg" * 3)[:86]
BCRYPT = "$2y$10$" + ("k7Rz2mQx9TbW4vLp8Nf3HsY6cJd5Gg" * 2)[:53]
APR1 = "$apr1$" + "q7Rz2mQx$" + "k7Rz2mQx9TbW4vLp8Nf3Hs"


def b64(text):
    return base64.b64encode(text.encode()).decode()


def shown(text, path, persona=Persona.REGULAR):
    snapshot = Snapshot("file:///x", "text", 1, text, path)
    return [
        text[f.span.start : f.span.end]
        for f in secrets.analyze(snapshot, Facts(), {})
        if f.persona <= persona
    ]


FILES = [
    (".netrc", f"machine h.internal login shop password {W}\n", [W]),
    (
        ".netrc",
        f"machine h.internal\n  login shop\n  password {W}\n\nmachine b\n login c\n password {V}\n",
        [W, V],
    ),
    ("README.md", f"machine h.internal login shop password {W}\n", [W]),
    (".pgpass", f"db.internal:5432:shop:shop:{W}\n*:*:*:admin:{V}\n", [W, V]),
    (".git-credentials", f"https://shop:{W}@git.internal\n", [W]),
    (".htpasswd", f"shop:{APR1}\nold:{'rq7Rz2mQ' + 'x9TbW'}\n", [APR1, "rq7Rz2mQ" + "x9TbW"]),
    ("etc/shadow", f"root:{CRYPT6}:18000:0:99999:7:::\ndaemon:*:18000:0:99999:7:::\n", [CRYPT6]),
    ("proftpd.passwd", f"shop:{BCRYPT}:1000:1000::/srv:/bin/false\n", [BCRYPT]),
    (
        ".dockercfg",
        '{"https://r.internal": {"auth": "' + b64(f"shop:{W}") + '", "email": "a@b.c"}}',
        [b64(f"shop:{W}")],
    ),
    (
        "config.json",
        '{\n "auths": {\n  "r.internal": {\n   "auth": "' + b64(f"shop:{W}") + '"\n  }\n }\n}',
        [b64(f"shop:{W}")],
    ),
    ("kube/config", f"users:\n- name: a\n  user:\n    password: {W}\n    username: admin\n", [W]),
    (
        "kube/config",
        "    client-key-data: "
        + b64(f"-----BEGIN RSA {'PRIVATE'} KEY-----\n" + "MIIEvQ" * 20)
        + "\n",
        [b64(f"-----BEGIN RSA {'PRIVATE'} KEY-----\n" + "MIIEvQ" * 20)],
    ),
    (
        "secret.yaml",
        f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: shop\ndata:\n  user: {b64('shop')}\n  DB_PASS: {b64(W)}\n",
        [b64(W)],
    ),
    (
        "secret.yaml",
        f"kind: Secret\nstringData:\n  value: {W}\n---\nkind: ConfigMap\ndata:\n  value: {V}\n",
        [W],
    ),
    (
        ".npmrc",
        f"//r.internal/:_auth={b64('shop:' + W)}\n//r.internal/:_password={b64(V)}\n",
        [b64("shop:" + W), b64(V)],
    ),
    (".pypirc", f"[pypi]\nusername = shop\npassword = {W}\n", [W]),
    (".s3cfg", f"[default]\naccess_key = {AWS}\nsecret_key = {AWS_SECRET}\n", [AWS, AWS_SECRET]),
    (
        ".aws/credentials",
        f"[default]\naws_access_key_id = {AWS}\naws_secret_access_key = {AWS_SECRET}\n",
        [AWS, AWS_SECRET],
    ),
    ("deploy.py", f'connect(\n    "{AWS}",\n    "{AWS_SECRET}",\n)\n', [AWS, AWS_SECRET]),
    (
        ".ftpconfig",
        f'{{\n "host": "h",\n "user": "shop",\n "pass": "{W}",\n "remote": "/"\n}}',
        [W],
    ),
    ("sftp-config.json", f'{{\n  "user": "shop",\n  "password": "{W}",\n  //"x": 1\n}}', [W]),
    (
        "filezilla.xml",
        f'<Server>\n<Host>h</Host>\n<User>shop</User>\n<Pass encoding="base64">{b64(W)}</Pass>\n</Server>',
        [b64(W)],
    ),
    ("recentservers.xml", f"<Server>\n<Pass>{W}</Pass>\n</Server>", [W]),
    ("data-sources.xml", f'<connection host="h" port="1" user="shop" password="{W}"/>', [W]),
    ("tomcat-users.xml", f'<user username="shop" password="{W}" roles="manager"/>', [W]),
    (
        "web.config",
        f'<add name="db" connectionString="Server=h;Database=d;User Id=shop;Password={W};" />',
        [W],
    ),
    (
        "settings.xml",
        f"<server>\n <id>a</id>\n <username>shop</username>\n <password>{W}</password>\n</server>",
        [W],
    ),
    (
        "unattend.xml",
        f"<AdministratorPassword>\n  <Value>{W}</Value>\n  <PlainText>true</PlainText>\n</AdministratorPassword>",
        [W],
    ),
    (
        "core-site.xml",
        f"<property>\n <name>fs.secret.key</name>\n <value>{W}</value>\n</property>",
        [W],
    ),
    ("Info.plist", f"<key>ApiSecret</key>\n<string>{LONG}</string>\n", [LONG]),
    (
        "wp-config.php",
        f"define('DB_PASSWORD', '{W}');\ndefine( 'AUTH_KEY',         '{SALT}:| 4%x{V}' );\n",
        [W, f"{SALT}:| 4%x{V}"],
    ),
    ("config.php", f"<?php\n$db_password = '{W}';\n$cfg['password'] = '{V}';\n", [W, V]),
    ("config/secrets.yml", f"production:\n  secret_key_base: {HEX * 4}\n", [HEX * 4]),
    ("ventrilo_srv.ini", f"[Server]\nName=x\nAdminPassword={W}\nPassword={V}\nAuth=1\n", [W, V]),
    (".msmtprc", f"account a\nhost h\nuser shop\npassword {W}\n", [W]),
    (".esmtprc", f'hostname = h:587\nusername = "shop"\npassword = "{W}"\n', [W]),
    (".muttrc", f'set imap_pass="{W}"\n', [W]),
    (
        ".irssi/config",
        f'servers = ({{ address = "h"; password = "{W}"; autosendcmd = "/msg NickServ identify {V}"; }});\n',
        [W, V],
    ),
    (".bash_history", f"ls\nmysql -u root -p{W}\nexport API_TOKEN={V}9x\n", [W, V + "9x"]),
    (".bashrc", f"alias ll='ls'\nexport GITHUB_SECRET={W}\n", [W]),
    (".env", f"DB_HOST=h\nDB_PASSWORD={W}\nMAIL_PASS={V}\n", [W, V]),
    ("wpa_supplicant.conf", f'network={{\n  ssid="home"\n  psk="{W}"\n}}\n', [W]),
    ("hostapd.conf", f"wpa_passphrase={W}\n", [W]),
    ("hosts", f"h1 ansible_user=a ansible_ssh_pass={W} ansible_become_pass={V}\n", [W, V]),
    ("robomongo.json", f'{{ "userName" : "shop", "userPassword" : "{W}" }}', [W]),
    ("terraform.tfstate", f'{{"attributes": {{"username": "a", "password": "{W}"}}}}', [W]),
    (
        "variables.tf",
        f'variable "db_password" {{\n  type    = string\n  default = "{W}"\n}}\n',
        [W],
    ),
    ("gradle.properties", f"signing.password={W}\nRELEASE_STORE_PASSWORD={V}\n", [W, V]),
    (
        "build.gradle",
        f"signingConfigs {{ release {{\n storePassword '{W}'\n keyPassword \"{V}\"\n}} }}",
        [W, V],
    ),
    (
        "logins.json",
        f'{{"hostname":"https://h","encryptedUsername":"x","encryptedPassword":"MD{LONG}"}}',
        ["MD" + LONG],
    ),
    ("config/master.key", HEX[:32] + "\n", [HEX[:32]]),
    (".tugboat", f"authentication:\n  client_key: {LONG}\n  api_key: {HEX}\n", [LONG, HEX]),
    ("heroku.json", f'{{"email": "a@b.c", "api_key": "{HEX}"}}', [HEX]),
    (
        "deploy.yaml",
        f"env:\n  - name: DB_PASSWORD\n    value: {W}\n  - name: DB_USER\n    value: shop\n",
        [W],
    ),
    ("deploy.yaml", f'env:\n  - name: DB_PASSWORD\n    value: "{W}"\n', [W]),
    (
        "task.json",
        f'"environment": [\n {{"name": "DB_PASSWORD", "value": "{W}"}},\n {{"name": "PORT", "value": "8080"}}\n]',
        [W],
    ),
    ("task.json", f'{{\n "name": "API_TOKEN",\n "value": "{LONG}"\n}}', [LONG]),
    ("arm.json", f'"parameters": {{\n "adminPassword": {{\n  "value": "{W}"\n }}\n}}', [W]),
    ("a.py", f'token = (\n    "{LONG}"\n)\n', [LONG]),
    (
        "a.py",
        f'requests.get(\n    url,\n    auth=(\n        "shop",\n        "{W}",\n    ),\n)\n',
        [W],
    ),
    ("a.json", f'{{\n "token":\n   "{LONG}"\n}}', [LONG]),
    (
        "wg0.conf",
        f"[Interface]\nPrivateKey = {'q7Rz2mQx9TbW4vLp8Nf3HsY6cJd5Gg1Xw0UeA/b+Zs' + 'E='}\n",
        ["q7Rz2mQx9TbW4vLp8Nf3HsY6cJd5Gg1Xw0UeA/b+Zs" + "E="],
    ),
]


@pytest.mark.parametrize(
    ("path", "text", "expected"), FILES, ids=[f"{n}-{f[0]}" for n, f in enumerate(FILES)]
)
def test_secrets_in_the_files_of_tools_are_found_whole(path, text, expected):
    assert shown(text, path) == expected
