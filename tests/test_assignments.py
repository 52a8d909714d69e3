"""The shapes in which a value gets a secret's name: what is found in each language, exactly where, and what is not.

Everything that looks like a secret is put together here, so that no scanner trips over this file: in the tables
«P» stands for a password, «R» for a token.
"""

import base64
import random
import string
import time
from itertools import pairwise

import pytest

from vetline_analyzers import secrets
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.finding import Persona, Severity
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.secret.detector import Passage
from vetline_analyzers.secret.values import Strength
from vetline_analyzers.shapes import arguments, quoted, unquoted, xml

PASSWORD = "Zk39!" + "dk3a"
TOKEN = "q7Rz2mQx9" + "TbW4vLp8Nf3"
OURS = [d for m in (quoted, unquoted, arguments, xml) for d in m.DETECTORS]


def filled(text):
    return text.replace("«P»", PASSWORD).replace("«R»", TOKEN)


def look(text, path="app.py"):
    return list(secrets.analyze(Snapshot("file:///x", "text", 1, text, path), Facts(), {}))


def seen(text, path="app.py", persona=Persona.REGULAR):
    """What that persona is shown."""
    return [text[f.span.start : f.span.end] for f in look(text, path) if f.persona <= persona]


def hits(text, path="app.py"):
    """What our own detectors say of a line, whatever others say of the same characters."""
    bare_values = quoted.takes_bare_values(path)
    passage = Passage(text, 0, len(text), bare_values, path)
    return [hit for detector in OURS for hit in detector.find(passage)]


FOUND = [
    ("app.py", 'password = "«P»"'),
    ("app.py", 'password: str = "«P»"'),
    ("app.py", "self.password = '«P»'"),
    ("app.py", 'def connect(user, password="«P»"):'),
    ("app.py", 'connect(user="a", password="«P»")'),
    ("app.py", 'db = dict(password="«P»", user="x")'),
    ("app.py", 'd["password"] = "«P»"'),
    ("app.py", 'd.setdefault("password", "«P»")'),
    ("app.py", 'os.environ["API_KEY"] = "«R»"'),
    ("app.py", 'os.environ.setdefault("API_KEY", "«R»")'),
    ("app.py", 'key = os.environ.get("API_KEY", "«R»")'),
    ("app.py", 'key = os.getenv("API_KEY", default="«R»")'),
    ("app.py", 'key = config("API_KEY", default="«R»")'),
    ("app.py", 'parser.add_argument("--password", default="«P»")'),
    ("app.py", 'parser.add_argument("--token", type=str, help="the token", default="«R»")'),
    ("app.py", 'password = getpass() or "«P»"'),
    ("app.py", 'if password == "«P»":'),
    ("app.py", 'if "«P»" == user.password:'),
    ("app.py", 'assert token == "«R»"'),
    ("app.py", 'headers = {"X-Api-Key": "«R»"}'),
    ("app.py", 'headers = {"Authorization": "Token «R»"}'),
    ("app.py", 'headers = {"Authorization": f"Bearer «R»"}'),
    ("app.py", 'session.headers.update({"x-auth-token": "«R»"})'),
    ("app.py", 'r = requests.get("https://api.x.io/v1?api_key=«R»&page=2")'),
    ("app.py", 'url = "https://api.x.io/v1?token=«R»"'),
    ("app.py", 'token = ("«R»")'),
    ("app.py", 'token = b"«R»"'),
    ("app.py", "# the password: «P»"),
    ("app.py", '# password = "«P»"'),
    ("app.py", 'print("api_key=«R»")'),
    ("app.py", "cursor.execute(\"SET api_token = '«R»'\")"),
    ("app.js", 'const apiKey = "«R»";'),
    ("app.js", "const apiKey = `«R»`;"),
    ("app.js", "export const config = { apiKey: '«R»', x: 1 };"),
    ("app.js", 'var token = process.env.TOKEN || "«R»";'),
    ("app.js", "const token = process.env.TOKEN ?? '«R»';"),
    ("app.js", 'process.env.API_KEY = "«R»";'),
    ("app.js", 'localStorage.setItem("token", "«R»");'),
    ("app.js", 'req.set("X-API-KEY", "«R»");'),
    ("app.js", "headers.append('x-api-key', '«R»')"),
    ("app.js", 'axios.defaults.headers.common["Authorization"] = "Bearer «R»";'),
    ("app.js", 'document.cookie = "auth_token=«R»; path=/";'),
    ("app.js", 'new Client({password: "«P»"})'),
    ("app.ts", 'private readonly apiKey: string = "«R»";'),
    ("app.ts", 'const { secret = "«R»" } = options;'),
    ("app.ts", "@Input() token = '«R»';"),
    ("app.tsx", '<Login password="«P»" />'),
    ("App.java", 'String password = "«P»";'),
    ("App.java", 'private static final String API_KEY = "«R»";'),
    ("App.java", 'props.setProperty("password", "«P»");'),
    ("App.java", 'props.put("api.token", "«R»");'),
    ("App.java", 'ds.setPassword("«P»");'),
    ("App.java", 'builder.password("«P»").build();'),
    ("App.java", 'char[] password = "«P»".toCharArray();'),
    ("App.java", '@Value("${db.password:«P»}")'),
    ("App.java", 'System.getenv().getOrDefault("API_KEY", "«R»")'),
    ("App.java", 'map.put("secret", new String("«R»"));'),
    ("App.java", 'if (password.equals("«P»")) {'),
    ("App.java", 'if ("«P»".equals(password)) {'),
    ("App.kt", 'val apiKey: String = "«R»"'),
    ("App.kt", 'val token = System.getenv("TOKEN") ?: "«R»"'),
    ("App.kt", 'buildConfigField("String", "API_KEY", "\\"«R»\\"")'),
    ("App.swift", 'let apiKey: String = "«R»"'),
    ("App.swift", 'static let secret = "«R»"'),
    ("app.go", 'password := "«P»"'),
    ("app.go", 'var apiKey = "«R»"'),
    ("app.go", 'const APIKey string = "«R»"'),
    ("app.go", 'cfg := Config{Password: "«P»"}'),
    ("app.go", 'os.Setenv("API_KEY", "«R»")'),
    ("app.go", 'req.Header.Set("X-Api-Key", "«R»")'),
    ("app.go", 'req.Header.Add("Authorization", "Bearer «R»")'),
    ("app.go", 'token := flag.String("token", "«R»", "the token")'),
    ("app.go", 'viper.SetDefault("db.password", "«P»")'),
    ("app.go", 'secret := []byte("«R»")'),
    ("app.go", 'Token: aws.String("«R»"),'),
    ("app.go", "apiKey = `«R»`"),
    ("app.rs", 'let api_key = "«R»";'),
    ("app.rs", 'const API_KEY: &str = "«R»";'),
    ("app.rs", 'let token = env::var("TOKEN").unwrap_or("«R»".to_string());'),
    ("app.rs", 'let t = env::var("TOKEN").unwrap_or_else(|_| "«R»".into());'),
    ("app.rs", 'password: "«P»".to_string(),'),
    ("app.rs", 'password: String::from("«P»"),'),
    ("app.rs", '.header("x-api-key", "«R»")'),
    ("app.rb", 'password = "«P»"'),
    ("app.rb", ':password => "«P»"'),
    ("app.rb", "password: '«P»',"),
    ("app.rb", 'ENV["API_KEY"] = "«R»"'),
    ("app.rb", 'ENV.fetch("API_KEY", "«R»")'),
    ("app.rb", "ENV['API_KEY'] ||= '«R»'"),
    ("app.rb", 'config.secret_key_base = "«R»«R»"'),
    ("app.php", "$password = '«P»';"),
    ("app.php", "'password' => '«P»',"),
    ("app.php", "define('DB_PASSWORD', '«P»');"),
    ("app.php", "$config['db']['password'] = '«P»';"),
    ("app.php", '$this->apiKey = "«R»";'),
    ("app.php", "env('API_KEY', '«R»')"),
    ("app.php", 'putenv("API_KEY=«R»");'),
    ("App.cs", 'string password = "«P»";'),
    ("App.cs", 'var apiKey = @"«R»";'),
    ("App.cs", 'public string ApiKey { get; set; } = "«R»";'),
    ("App.cs", 'client.DefaultRequestHeaders.Add("X-Api-Key", "«R»");'),
    ("App.cs", 'Environment.SetEnvironmentVariable("API_KEY", "«R»");'),
    ("App.m", 'NSString *apiKey = @"«R»";'),
    ("app.c", '#define API_KEY "«R»"'),
    ("app.c", 'const char* password = "«P»";'),
    ("app.c", 'static const char token[] = "«R»";'),
    ("app.cpp", 'std::string password("«P»");'),
    ("app.cpp", 'std::string token{"«R»"};'),
    ("app.dart", "final String apiKey = '«R»';"),
    ("app.dart", "static const token = '«R»';"),
    ("app.scala", 'val password = "«P»"'),
    ("app.scala", 'val token: Option[String] = Some("«R»")'),
    ("app.groovy", 'password = "«P»"'),
    ("app.groovy", 'password "«P»"'),
    ("app.pl", 'my $password = "«P»";'),
    ("app.pl", 'password => "«P»",'),
    ("app.ex", 'config :app, secret_key_base: "«R»"'),
    ("app.erl", '{password, "«P»"},'),
    ("app.clj", '{:password "«P»"}'),
    ("app.lua", 'local token = "«R»"'),
    ("app.r", 'api_key <- "«R»"'),
    ("app.hs", 'apiKey = "«R»"'),
    ("app.ps1", '$password = "«P»"'),
    ("app.ps1", '$env:API_KEY = "«R»"'),
    ("app.ps1", 'ConvertTo-SecureString -String "«P»" -AsPlainText'),
    ("app.bat", "set PASSWORD=«P»"),
    ("app.bat", 'set "API_KEY=«R»"'),
    ("app.sh", "export API_KEY=«R»"),
    ("app.sh", "PASSWORD='«P»'"),
    ("app.sh", 'API_KEY="«R»" ./run.sh'),
    ("app.sh", "TOKEN=${TOKEN:-«R»}"),
    ("app.sh", "export A=1 API_KEY=«R» B=2"),
    ("app.sh", 'curl -H "X-Api-Key: «R»" https://x'),
    ("app.sh", "curl -H 'apikey: «R»' https://x"),
    ("app.sh", 'curl -d "password=«P»" https://x'),
    ("app.sh", 'curl -d \'{"password":"«P»"}\' https://x'),
    ("app.sh", 'curl -d "{\\"password\\":\\"«P»\\"}" https://x'),
    ("main.tf", 'password = "«P»"'),
    ("main.tf", 'variable "api_key" { default = "«R»" }'),
    ("main.tf", 'secret_key = "«R»"'),
    ("app.yml", "password: «P»"),
    ("app.yml", 'password: "«P»"'),
    ("app.yml", "- API_KEY=«R»"),
    ("app.yml", '- "API_KEY=«R»"'),
    ("app.yml", "api-key: «R»"),
    ("app.yml", "db: {password: «P», user: x}"),
    ("app.yml", "      DB_PASSWORD: '«P»' # x"),
    ("app.json", '{"password": "«P»"}'),
    ("app.json", '"apiKey": "«R»",'),
    ("app.json", '"body": "{\\"token\\":\\"«R»\\"}"'),
    ("app.json", '"cmd": "API_KEY=«R» node x.js"'),
    ("app.toml", 'password = "«P»"'),
    ("app.toml", "API_TOKEN=«R» \\"),
    ("app.ini", "password = «P»"),
    ("app.ini", "password=«P» ; the password"),
    ("app.properties", "db.password=«P»"),
    ("app.properties", "spring.datasource.password=«P»"),
    ("app.properties", "api.key: «R»"),
    (".env", "API_KEY=«R»"),
    (".env", 'API_KEY="«R»"'),
    (".env", "export PASSWORD=«P»"),
    (".env", "# API_KEY=«R»"),
    (".env.local", "SECRET=«R»"),
    ("app.xml", "<password>«P»</password>"),
    ("app.xml", '<add key="password" value="«P»" />'),
    ("app.xml", '<add key="ApiKey" value="«R»"/>'),
    ("app.xml", '<property name="password" value="«P»"/>'),
    ("app.xml", '<property name="password">«P»</property>'),
    ("app.xml", '<entry key="password">«P»</entry>'),
    ("app.xml", '<string name="api_key">«R»</string>'),
    ("app.xml", "<key>apiKey</key><string>«R»</string>"),
    ("app.xml", '<user name="x" password="«P»"/>'),
    ("app.xml", '<env name="TOKEN" value="«R»"/>'),
    ("app.html", '<input type="hidden" name="api_key" value="«R»">'),
    ("app.html", '<script>var apiKey = "«R»"</script>'),
    ("app.html", 'data-api-key="«R»"'),
    ("README.md", "password: `«P»`"),
    ("README.md", "API_KEY=«R» \\"),
    ("README.md", 'export TOKEN="«R»"'),
    ("README.md", "The api key is «R»."),
    ("README.md", "- password: «P»"),
    ("README.md", "| password | «P» |"),
    ("x.log", "2024 INFO login token=«R» ok"),
    ("x.log", "Authorization: Bearer «R»"),
    ("x.diff", '+  password = "«P»"'),
    ("x.diff", "-API_KEY=«R»"),
    ("x.ipynb", '    "api_key = \\"«R»\\"\\n",'),
    ("x.ipynb", "    \"os.environ['API_KEY'] = '«R»'\\n\","),
    ("x.txt", "password: «P»"),
    ("x.txt", "password = «P»"),
    ("x.txt", "Acme api key: «R»"),
    ("x.txt", "acme_token «R»"),
    ("Dockerfile", "ENV API_KEY=«R»"),
    ("Dockerfile", "ENV API_KEY «R»"),
    ("Dockerfile", "ARG TOKEN=«R»"),
    ("Jenkinsfile", 'environment { API_KEY = "«R»" }'),
    ("x.http", "X-Api-Key: «R»"),
    ("x.graphql", 'login(password: "«P»")'),
    ("x.sql", "-- password: «P»"),
    ("x.vue", "token: '«R»',"),
    ("x.conf", "requirepass «P»"),
    ("x.conf", 'auth_token "«R»";'),
    ("x.vb", 'Dim password As String = "«P»"'),
    ("x.pas", "password := '«P»';"),
    ("x.jl", 'password = "«P»"'),
    ("x.nix", 'password = "«P»";'),
    ("x.cfg", "senha = «P»"),
    ("x.py", 'contraseña = "«P»"'),
    ("x.py", 'mot_de_passe = "«P»"'),
    ("x.py", 'passwort = "«P»"'),
    ("x.py", 'acme_key = "«R»"'),
    ("x.py", 'acmeKey: "«R»"'),
    ("x.py", '"name": "acme", "test_secrets": {"acme_secret": "«R»"}'),
    ("x.py", 'client = acme.Client(app_id="12", app_secret="«R»")'),
    ("x.py", 'credentials = ("user", "«P»")'),
    ("x.js", 'const key = new Key({ secret: Buffer.from("«R»") });'),
    ("x.js", '{ name: "API_KEY", value: "«R»" }'),
    ("x.js", '"apiKey" in x ? x.apiKey : "«R»"'),
]


@pytest.mark.parametrize(("path", "text"), FOUND)
def test_a_value_with_a_secrets_name_is_found_exactly(path, text):
    secret = PASSWORD if "«P»" in text else TOKEN
    text = filled(text)
    assert set(seen(text, path)) in ({secret}, {secret * 2})
    real = [hit for hit in hits(text, path) if hit.strength is Strength.REAL]
    assert {text[hit.start : hit.end] for hit in real} <= {secret, secret * 2}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('self.db_password = "«P»"', "db_password"),
        ('os.environ["API_KEY"] = "«R»"', "API_KEY"),
        ("headers: {'X-Api-Key': '«R»'}", "X-Api-Key"),
        ("DB_PASSWORD=«P» ./run", "DB_PASSWORD"),
        ("<clientSecret>«R»</clientSecret>", "clientSecret"),
        ('<add key="api-token" value="«R»"/>', "api-token"),
        ('curl -H "Authorization: Bearer «R»"', "Authorization"),
        ('parser.add_argument("--api-key", default="«R»")', "api-key"),
    ],
)
def test_a_hit_knows_what_the_code_calls_it(text, name):
    assert name in {hit.name for hit in hits(filled(text), "x.sh")}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app.py", 'password = os.environ["PASSWORD"]'),
        ("app.py", 'password = os.getenv("DB_PASSWORD")'),
        ("app.py", "token = config.password"),
        ("app.py", 'SECRET_KEY = os.environ.get("SECRET_KEY", "dev-secret-key")'),
        ("app.py", 'token = get_token("«R»")'),
        ("app.py", 'digest = hash_password("«P»", key)'),
        ("app.py", 'password = password.encode("utf-8")'),
        ("app.py", 'password = request.form["password"]'),
        ("app.py", 'password = input("Enter your password 2: ")'),
        ("app.py", 'p2 = self._get_pass("Password (again): ")'),
        ("app.py", 'password = f"{user}-{number}"'),
        ("app.py", 'password = "${DB_PASSWORD}"'),
        ("app.py", 'password = "{{ db_password }}"'),
        ("app.py", 'password = "<your password>"'),
        ("app.py", 'password = "%(password)s"'),
        ("app.py", 'password = "********"'),
        ("app.py", 'password = ""; x = "«P»"'),
        ("app.py", 'password = None; token = "null"'),
        ("app.py", 'label = {"password": "Enter the new password"}'),
        ("app.py", 'token_url = "https://auth.internal/v2/token"'),
        ("app.py", 'token = "https://auth.internal/v2/token"'),
        ("app.py", 'password_file = "/run/secrets/db9"'),
        ("app.py", 'password_hash = "«P»"'),
        ("app.py", 'public_key = "«R»"'),
        ("app.py", 'cache_key = "«R»"'),
        ("app.py", 'next_page_token = "«R»"'),
        ("app.py", 'tokenizer = "bert-base-v2"'),
        ("app.py", 'key = "plugin.src.dir9"'),
        ("app.py", 'common.add_argument("--token", "--api-key", dest="api_key")'),
        ("app.py", 'MovedAttribute("HTTPPasswordMgr", "urllib2", "urllib.request"),'),
        ("app.py", "x = ['ChangeToken', 'CKShare3D', 'PKAddPassButton']"),
        ("app.py", 'User.objects.filter(password__startswith="bcrypt$$")'),
        ("app.py", "username=auth_info[0], password=auth_info[2]"),
        ("app.py", '"secret": "V1SecretVolumeSource",'),
        ("app.py", r"_token_end = r'(?=\s|#|[)\]]|$)'"),
        ("app.py", "x = 'Credential=' + key9 + '/' + scope"),
        ("app.py", 'Token: "#ddd0c0",'),
        ("app.js", "const token = process.env.TOKEN;"),
        ("app.js", "const auth = `Bearer ${token}`;"),
        ("app.js", "f({password: pass1, token: token2, secret: s.k9})"),
        (
            "app.js",
            'e("label",{htmlFor:"p"},"Password:"),B?$e.createElement("code",null," ****** "):f',
        ),
        ("app.js", "if(a.password===this._newUser.password_confirm&&a.token!=b)"),
        ("app.js", "const generate = require('generate-password');"),
        ("app.js", "res.set('Access-Control-Allow-Headers', 'Authorization, X-Api-Key')"),
        ("app.ts", "  token: AccessTokenValue;"),
        ("app.ts", "  private password: string;"),
        ("App.java", 'String password = System.getenv("DB_PASSWORD");'),
        ("App.java", "String token = token.substring(7);"),
        ("app.go", 'password := os.Getenv("PASSWORD")'),
        ("app.go", "cfg := Config{Password: pass1, Token: tok2}"),
        ("app.go", 'EnvAPIKey = envNamespace + "API_KEY"'),
        ("app.go", 'api_token := fmt.Sprintf(`{"name": "%v", "sig": "%v"}`, a, b)'),
        ("app.rs", 'let token = env::var("TOKEN").unwrap();'),
        ("app.php", "$password = $_POST['password'];"),
        ("app.rb", "password = ENV['PASSWORD']"),
        ("app.sh", "PASSWORD=$1"),
        ("app.sh", 'curl -H "Authorization: Bearer $(gcloud auth print-access-token)"'),
        ("app.sh", ': "${TOKEN:?TOKEN is required}"'),
        ("ci.yml", "token: ${{ secrets.GITHUB_TOKEN }}"),
        ("app.yml", "password: !vault k3d9d8s7"),
        ("app.yml", "password: *anchor9"),
        ("app.yml", "secretName: tls-cert-9"),
        (".env", "DB_PASSWORD=${DB_PASSWORD}"),
        (".env", "DB_PASSWORD=$DB_PASSWORD"),
        (".env", "DB_PASSWORD="),
        ("main.tf", 'password = "${aws_db_instance.default.password}"'),
        ("main.tf", "password = var.db_password"),
        ("package.json", '"passport-token": "^1.2.3"'),
        ("api.json", '"NextToken": "9f4d9f69-275a-41fe"'),
        ("api.json", '"ApiKeySelectionExpression": "$request.header.x-api-key1"'),
        ("api.json", '"ClientRequestToken": "1d2129a1-3d38-460a-9756-e5b91fddb951"'),
        ("api.json", '"integrity": "sha512-«R»", "token": "string"'),
        ("de.json", '"LABEL_CURRENT_PASSWORD": "Senha Atual"'),
        ("de.json", '"password": "Passwort"'),
        ("pl.json", '"forgotPassword": "Zapomniałeś hasła?"'),
        ("uz.json", '"passwordShow": "Parolni ko\'rsatish"'),
        ("tr.properties", r"password=\u015Eifre"),
        ("icons.json", '"form-textbox-password": "M17,7H22V17H17V19A1,1 0 0,0 18,20H20V22"'),
        ("locale.js", 'psq:"psq-Latn-PG",psw:"psw-Latn-VU",pt:"pt-Latn-BR"'),
        ("x.xml", "<password>${db.password}</password>"),
        ("x.xml", '<input type="password" name="password" value=""/>'),
        ("x.xml", '<key tag="Id" name="SecurityIdentifier9" type="STRING" />'),
        ("README.md", "The api key is generated by the server."),
        ("README.md", "| password | the password of the user, 8 characters |"),
        ("README.md", "Set `TOKEN` to the value that token_v2 returns."),
    ],
)
def test_what_is_no_value_or_no_secret_is_not_shown(path, text):
    assert seen(filled(text), path) == []


@pytest.mark.parametrize(
    "text",
    [
        'SECRET_KEY = "changeme"',
        'SECRET_KEY = "your-secret-key"',
        'JWT_SECRET = "xxx-xxx-xxx-xxx1"',
        'SECRET_KEY = "test-secret-key"',
        'SECRET_KEY = os.environ["SECRET_KEY"] or "dev-secret-key"',
        'CONF_SECRET_KEY = "secret_key"',
        '# SECRET_KEY = "my-secret-key-1"',
        'if secret_key == "my-secret-key-1":',
        'connect(password="password")',
        'def connect(user, password="hunter2"):',
        'get(u, auth=("user", "pass"))',
        'smtp.login("a@b.c", "your-password")',
        'jwt.encode(x, "your-256-bit-secret")',
    ],
)
def test_demos_and_placeholders_are_for_pedants(text):
    assert seen(text) == []
    assert seen(text, persona=Persona.PEDANTIC)


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
        ('TOKEN_SIGNING_KEY = "{}"', "blue-" + "horse-42a", Severity.MEDIUM),
        ('Middleware(app, secret_key="{}")', "super-secret" + "-session", Severity.MEDIUM),
        ('connect(host=h, user="app", password="{}")', "P@ss" + "w0rd1", Severity.MEDIUM),
        ('requests.get(u, auth=("admin", "{}"))', LOGIN, Severity.HIGH),
        ('HTTPBasicAuth("admin", "{}")', LOGIN, Severity.HIGH),
        ('credentials = ("admin", "{}")', LOGIN, Severity.HIGH),
        ('new NetworkCredential("admin", "{}")', LOGIN, Severity.HIGH),
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


def test_a_word_counts_where_a_variable_is_what_a_program_runs_with():
    word = "white" + "duke"
    assert seen(f"DB_PASSWORD={word}", ".env") == [word]
    assert seen(f"  - MYSQL_PASSWORD={word}", "compose.yml") == [word]
    for text, path in (
        (f"DB_PASSWORD={word}", "app.py"),
        (f'password = "{word}"', "app.py"),
        (f"DB_TOKEN={word}", ".env"),
        ("DB_PASSWORD=postgres", ".env"),
        ("DB_PASSWORD=DatabasePassword", ".env"),
    ):
        assert seen(text, path) == []


@pytest.mark.parametrize("gap", ["", "\n    ", "\r\n\t"])
def test_an_element_may_hold_its_value_in_a_line_of_its_own(gap):
    text = filled(f"<config>\n  <acme_token>{gap}«R»{gap}</acme_token>\n</config>")
    assert seen(text, "config.xml") == [TOKEN]
    assert seen(text.replace("acme_token", "acme_title"), "config.xml") == []


def test_a_token_that_is_json_is_found_in_it():
    text = filled(r""""Apitoken": "{\"user\":\"anna\",\"sig\":\"«R»\"}",""")
    assert seen(text, "x.json") == [TOKEN]
    assert seen(filled(r'"Apitoken": "{\"user\":\"anna\"}",'), "x.json") == []


def test_joined_strings_are_weighed_and_marked_as_one():
    half = len(TOKEN) // 2
    for joint in ('" + "', '" "', '" . "'):
        text = f'TOKEN = "{TOKEN[:half]}{joint}{TOKEN[half:]}"'
        assert seen(text) == [f"{TOKEN[:half]}{joint}{TOKEN[half:]}"]
    assert seen(f'auth = {{"Authorization": "Bearer " + "{TOKEN}"}}') == [TOKEN]


def test_what_a_basic_header_encodes_is_weighed():
    for pair, shown in (("shop:" + PASSWORD, True), ("user:password", False)):
        encoded = base64.b64encode(pair.encode()).decode()
        text = f'headers = {{"Authorization": "Basic {encoded}"}}'
        assert seen(text) == [encoded] * shown


def test_several_on_a_line_and_the_same_twice():
    text = filled('f(password="«P»", token="«R»"); g({"password": "«P»"}, \'token\', "x")')
    assert seen(text) == [PASSWORD, TOKEN, PASSWORD]
    text = filled("A=1 API_KEY=«R» DB_PASSWORD=«P» \\\\")
    assert seen(text, "README.md") == [TOKEN, PASSWORD]


HOSTILE = {
    "names": "password{}",
    "quotes": "password{}\"'",
    "open": "token{}:\"token:'",
    "escapes": "token{}:'\\",
    "escaped": 'token=\\"{}',
    "equals": "secret{}== == ",
    "annotations": "token: Optional[{}",
    "bearer": "Bearer {} ",
    "blank": "secret {}          ",
    "pairs": 'auth=("{}",',
    "logins": ".login(a{}, ",
    "signers": "jwt.sign({{{}, ",
    "colours": "token: 'a{} ",
    "joined": "token: '+ {} ",
    "modules": "secret_key = 'a.b{}.",
    "json": "token='{{\"{}",
    "tags": '<token a{}="',
    "elements": "<token>{}",
    "reversed": "'{}' == token",
    "defaults": "'token',default{}",
    "chains": "token=a=b{}.",
    "wrappers": "token=new a.b({}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_line_makes_it_slow(name):
    dice = random.Random(name)
    text = ""
    while len(text) < 100_000:
        text += HOSTILE[name].format(dice.randrange(10_000))
    start = time.process_time()
    hits(text, "a.yml")
    assert time.process_time() - start < 2  # a nested repetition takes minutes here


def test_random_text_breaks_nothing():
    dice = random.Random(11)
    alphabet = string.printable + "éKİ\u017f\u2028\x85\U0001f600\ud800\x00" + "\"'=:\\" * 10
    parts = [
        "password",
        "token",
        "secret",
        "Bearer ",
        "<key>",
        "</",
        "jwt.sign(",
        "auth=(",
        "\\u00e9",
    ]
    for _ in range(300):
        text = "".join(
            dice.choice(parts) if dice.random() < 0.2 else dice.choice(alphabet) for _ in range(200)
        )
        spans = [
            f.span for f in look(text, dice.choice(("a.py", ".env", "a.yml", "a.md", "a.xml")))
        ]
        assert all(0 <= s.start < s.end <= len(text) for s in spans)
        assert all(a.end <= b.start for a, b in pairwise(spans))


@pytest.mark.parametrize(
    ("path", "takes"),
    [
        (".env", True),
        ("a/.env.local", True),
        ("x.yml", True),
        ("Dockerfile", True),
        ("x.py", False),
    ],
)
def test_where_values_stand_without_quotes(path, takes):
    assert quoted.takes_bare_values(path) is takes
