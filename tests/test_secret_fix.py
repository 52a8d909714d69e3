"""The fix of a secret: where it is put, what it is called, and that the program still parses."""

from __future__ import annotations

import ast
import itertools

import pytest

from vetline_analyzers import engine, secrets
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Snapshot, apply
from vetline_analyzers.engine import mending
from vetline_analyzers.secret.detector import Hit
from vetline_analyzers.secret.fix import EXAMPLE, fix

SECRET = "s9Kq" + "2vLx7wQ8zT4m"
OTHER = "r7Hw" + "4nBc9kY3pX6d"
GENERIC = "hard-coded-password"
PYTHON = 'os.environ["{}"]'


def snapshot(text: str, language: str, path: str = "shop/app") -> Snapshot:
    return Snapshot("file:///a", language, 0, text, path)


def fixed(
    text: str, language: str = "python", rule: str = GENERIC, name: str = "", path: str = "x"
):
    """The text with its SECRET mended, and the lines for other files; None where there is no fix."""
    text = text.replace("TOKEN", SECRET)
    at = text.index(SECRET)
    hit = Hit(rule, at, at + len(SECRET), name=name)
    found = fix(snapshot(text, language, path), hit)
    if found is None:
        return None
    assert not found.safe
    assert SECRET not in repr(found)
    return apply(text, set(found.edits)), [tuple(line) for line in found.additions]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('import os\nclient = Client(token="TOKEN")', 'import os\nclient = Client(token=os.environ["TOKEN"])'),
        ("import os\nkey = 'TOKEN'", "import os\nkey = os.environ['KEY']"),
        ('import os\nx["api-key"] = "TOKEN"', 'import os\nx["api-key"] = os.environ["API_KEY"]'),
        ('import os\nself.dbPassword = """TOKEN"""', 'import os\nself.dbPassword = os.environ["DB_PASSWORD"]'),
        ('import os\nkey = b"TOKEN"', 'import os\nkey = os.environ["KEY"].encode()'),
        ('import os\nh = {"X-Api-Key": "TOKEN"}', 'import os\nh = {"X-Api-Key": os.environ["API_KEY"]}'),
        (
            'import os\nh = {"Authorization": "Bearer TOKEN {}"}',
            "import os\nh = {\"Authorization\": f\"Bearer {os.environ['APP_SECRET']} {{}}\"}",
        ),
        (
            'import os\nDATABASE_URL = "db://me:TOKEN@host/{name}"',
            "import os\nDATABASE_URL = f\"db://me:{os.environ['DATABASE_PASSWORD']}@host/{{name}}\"",
        ),
        ('import os\nu = f"{a}TOKEN"', "import os\nu = f\"{a}{os.environ['APP_SECRET']}\""),
        ("import os\nu = r'\\d TOKEN'", "import os\nu = fr'\\d {os.environ[\"APP_SECRET\"]}'"),
        ('import os\nu = u"a TOKEN"', "import os\nu = f\"a {os.environ['APP_SECRET']}\""),
        ('import os\nkey = "TOKEN" + tail', 'import os\nkey = os.environ["KEY"] + tail'),
        ('import os\nkey = ("a-" "TOKEN")', "import os\nkey = (\"a-\" f\"{os.environ['KEY']}\")"),
        ('import os\nkey = f"{g(\'TOKEN\')}"', "import os\nkey = f\"{g(os.environ['APP_SECRET'])}\""),
        ('import os\nreturn"TOKEN"if x else y', 'import os\nreturn os.environ["APP_SECRET"] if x else y'),
        ('import os\nkey = os.getenv("A_KEY", "TOKEN")', 'import os\nkey = os.environ["A_KEY"]'),
        ('import os\nkey = os.environ.get("A_KEY", default="TOKEN")', 'import os\nkey = os.environ["A_KEY"]'),
        ('import os\nkey = os.environ.get("A_KEY") or "TOKEN"', 'import os\nkey = os.environ["A_KEY"]'),
        ('import os\nPWD = "TOKEN"', 'import os\nPWD = os.environ["APP_PWD"]'),
    ],
)  # fmt: skip
def test_a_python_literal_reads_the_environment(text, wanted):
    assert fixed(text)[0] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('import os\nos.environ["A_KEY"] = "TOKEN"\ng()\n', "import os\ng()\n"),
        ('import os\r\nos.environ["A_KEY"] = "TOKEN"\r\n', "import os\r\n"),
        ('from os import environ\nenviron["A_KEY"]="TOKEN"', "from os import environ\n"),
        ('import os\nos.environ.setdefault("A_KEY", "TOKEN")\n', "import os\n"),
        ('import os; os.environ["A_KEY"] = "TOKEN"', "import os; pass"),
        ('def f():\n    os.environ["A_KEY"] = "TOKEN"\n    g()', "def f():\n    g()"),
        ('def f():\n    # why\n    os.environ["A_KEY"] = "TOKEN"\n', "def f():\n    # why\n    pass\n"),
        ('os.environ["A_KEY"] = "TOKEN"  # why\n', "pass  # why\n"),
    ],
)  # fmt: skip
def test_a_statement_that_sets_the_variable_goes(text, wanted):
    assert fixed(text) == (wanted, [(EXAMPLE, "A_KEY=")])


@pytest.mark.parametrize(
    "text",
    [
        'import os\nos.environ["A"]["b"] = "TOKEN"',
        'import os\nos.environ["A"] += "TOKEN"',
        'import os\na = os.environ["A"] = "TOKEN"',
        'import os\na = os.environ.setdefault("A", "TOKEN")',
        'import os\nos.environ["A"] = "TOKEN" + tail',
        'import os\nos.environ["A"] = g("TOKEN")',
    ],
)
def test_one_that_does_more_stays(text):
    found = fixed(text)
    assert found is None or len(found[0].splitlines()) == len(text.splitlines())


@pytest.mark.parametrize(
    "text",
    [
        "# TOKEN",
        '"""Use TOKEN here."""',
        'def f(key="TOKEN"): pass',
        'def f(key: str = "TOKEN"): pass',
        'g = lambda key="TOKEN": key',
        'x: Literal["TOKEN"] = y',
        'match x:\n    case "TOKEN":\n        pass',
        'x = b"key TOKEN"',
        'x = f"{y:TOKEN}"',
        "x = f\"{g('a TOKEN')}\"",
        'os = Shop()\nx = "TOKEN"',
        'def f(os):\n    return "TOKEN"',
        'def f():\n    import os\n    return "TOKEN"',
        'for os in systems:\n    x = "TOKEN"',
        'key = config("A_KEY", default="TOKEN")',
        'x = "TOKEN',
    ],
)
def test_where_it_would_mean_something_else_there_is_no_fix(text):
    assert fixed(text) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('k = "TOKEN"\n', "import os\n\nk = "),
        ('"""Doc."""\n\nk = "TOKEN"\n', '"""Doc."""\n\nimport os\n\nk = '),
        (
            '"""Doc."""\nfrom __future__ import annotations\n\nimport re\n\nk = "TOKEN"',
            '"""Doc."""\nfrom __future__ import annotations\n\nimport os\nimport re\n\nk = ',
        ),
        ('import abc\nimport sys\nk = "TOKEN"', "import abc\nimport os\nimport sys\nk = "),
        (
            'import abc\nfrom a import b\nk = "TOKEN"',
            "import abc\nimport os\nfrom a import b\nk = ",
        ),
        ('#!/bin/python\n# of us\nk = "TOKEN"', "#!/bin/python\n# of us\nimport os\n\nk = "),
        ('import os.path\nk = "TOKEN"', "import os.path\nk = "),
        ('import os as o\nk = "TOKEN"', "import os as o\nimport os\nk = "),
        ('import a; k = (\n"TOKEN")', "import os\nimport a; k = (\n"),
        ('def f():\n    return "TOKEN"\nimport os\n', "def f():\n    return "),
        ('import abc\r\nk = "TOKEN"\r\n', "import abc\r\nimport os\nk = "),
    ],
)
def test_os_is_imported_in_its_place(text, wanted):
    """In a text of other line ends, who puts the edits in turns them into its own."""
    assert fixed(text)[0].startswith(wanted + "os.environ" * wanted.endswith(("= ", "return ")))


@pytest.mark.parametrize(
    ("text", "wanted", "language"),
    [
        ('const c = new Client("TOKEN")', "const c = new Client(process.env.APP_SECRET)", "javascript"),
        ("const c = { apiKey: 'TOKEN' }", "const c = { apiKey: process.env.API_KEY }", "javascript"),
        ("const key = `TOKEN`", "const key = process.env.KEY", "javascript"),
        ("const u = `a${b}TOKEN`", "const u = `a${b}${process.env.APP_SECRET}`", "javascript"),
        (
            'const h = {"Authorization": "Bearer TOKEN `${x}"}',
            'const h = {"Authorization": `Bearer ${process.env.APP_SECRET} \\`\\${x}`}',
            "javascript",
        ),
        ("const key = process.env.A_KEY || 'TOKEN'", "const key = process.env.A_KEY", "javascript"),
        ("const key = process.env['A_KEY'] ?? 'TOKEN'", "const key = process.env.A_KEY", "javascript"),
        ('function f(){return"TOKEN"in x}', "function f(){return process.env.APP_SECRET in x}", "javascript"),
        ('const c = new Client({ token: "TOKEN" })', "const c = new Client({ token: process.env.TOKEN! })", "typescript"),
        ("const u = `a${b}TOKEN`", "const u = `a${b}${process.env.APP_SECRET}`", "typescript"),
        ('const c = <C token="TOKEN"/>', "const c = <C token={process.env.TOKEN!}/>", "tsx"),
        ('let a = 1;\nprocess.env.A_KEY = "TOKEN";\ng()', "let a = 1;\ng()", "javascript"),
        ('let a = 1\nprocess.env.A_KEY = "TOKEN"\n;[1].map(g)', "let a = 1\n;[1].map(g)", "javascript"),
        ('let a = 1\nprocess.env["A_KEY"] = "TOKEN";\n[1].map(g)', "let a = 1\n;\n[1].map(g)", "javascript"),
        ('if (x) process.env.A_KEY = "TOKEN"', "if (x) ;", "typescript"),
        ('const process = require("process")\nx("TOKEN")', 'const process = require("process")\nx(process.env.APP_SECRET)', "javascript"),
        ('import process from "node:process"\nx("TOKEN")', 'import process from "node:process"\nx(process.env.APP_SECRET!)', "typescript"),
        ('g(process)\nx("TOKEN")', "g(process)\nx(process.env.APP_SECRET)", "javascript"),
        ('const c = <C url="a TOKEN"/>', "const c = <C url={`a ${process.env.DATABASE_PASSWORD}`}/>", "tsx"),
    ],
)  # fmt: skip
def test_a_script_reads_the_environment(text, wanted, language):
    assert fixed(text, language)[0] == wanted


@pytest.mark.parametrize(
    "text",
    [
        'import x from "TOKEN"', 'const o = { "TOKEN": 1 }', 'enum E { A = "TOKEN" }', "'TOKEN';",
        'const x = "TOKEN" as const', "let x: 'TOKEN'", "sql`TOKEN`", "// TOKEN", 'const x = "\\1 TOKEN"',
    ],
)  # fmt: skip
def test_in_a_script_too_what_is_no_expression_stays(text):
    assert fixed(text, "typescript") is None


@pytest.mark.parametrize("text", ['<C a="&amp; TOKEN"/>', '<C a="\\n TOKEN"/>'])
def test_an_attribute_that_a_template_would_read_otherwise_stays(text):
    assert fixed(text, "tsx") is None


@pytest.mark.parametrize(
    "text",
    [
        'const process = {}\nx("TOKEN")', 'function f(process) { return "TOKEN" }', 'process => "TOKEN"',
        'import { process } from "./run"\nx("TOKEN")', 'import * as process from "./run"\nx("TOKEN")',
        'const { process } = shop\nx("TOKEN")', 'try {} catch (process) { x("TOKEN") }',
        'class process {}\nx("TOKEN")', 'process = g()\nx("TOKEN")', 'function process() {}\nx("TOKEN")',
        'import process from "./run"\nx("TOKEN")', 'for (const process of a) x("TOKEN")',
        'const { a: process } = shop\nx("TOKEN")', 'const [process] = shop\nx("TOKEN")',
    ],
)  # fmt: skip
def test_where_process_is_something_else_there_is_no_fix(text):
    assert fixed(text, "javascript") is None


@pytest.mark.parametrize(
    ("rule", "called", "wanted"),
    [
        ("openai-key", "key", "OPENAI_API_KEY"),
        ("openai-key", "api_key", "OPENAI_API_KEY"),
        ("openai-key", "BILLING_OPENAI_KEY", "BILLING_OPENAI_KEY"),
        ("aws-access-key", "x", "AWS_ACCESS_KEY_ID"),
        ("github-token", "token", "GITHUB_TOKEN"),
        ("acme-token", "t", "ACME_TOKEN"),
        ("acme-key", "t", "ACME_API_KEY"),
        ("private-key", "t", "PRIVATE_KEY"),
        ("private-key", "key", "PRIVATE_KEY"),
        ("private-key", "jwt_key", "JWT_KEY"),
        (GENERIC, "aws_secret_access_key", "AWS_SECRET_ACCESS_KEY"),
        (GENERIC, "smtpPassword", "SMTP_PASSWORD"),
        (GENERIC, "x", "APP_SECRET"),
        ("url-password", "redis_password", "REDIS_PASSWORD"),
        (GENERIC, "pwd", "APP_PWD"),
        (GENERIC, "Österreich_password", "STERREICH_PASSWORD"),
    ],
)
def test_the_variable_is_called_as_people_would(rule, called, wanted):
    text, additions = fixed(f'import os\n{called} = "TOKEN"', rule=rule)
    assert f'os.environ["{wanted}"]' in text
    assert additions == [(EXAMPLE, f"{wanted}=")]


@pytest.mark.parametrize(
    ("rule", "called", "wanted"),
    [
        ("github-token", "url", "GITHUB_TOKEN"),
        ("url-password", "url", "DATABASE_PASSWORD"),
        ("url-password", "REDIS_URL", "REDIS_PASSWORD"),
        (GENERIC, "DATABASE_URL", "DATABASE_PASSWORD"),
    ],
)
def test_a_token_in_an_address_is_a_token_still(rule, called, wanted):
    text, _ = fixed(f'import os\n{called} = "https://x:TOKEN@host"', rule=rule)
    assert wanted in text


def test_what_the_detector_knows_of_the_name_counts_where_the_program_has_none():
    assert "os.environ['SMTP_PASSWORD']" in fixed("f('TOKEN')", name="smtp_password")[0]


def test_two_secrets_never_share_a_name_and_one_has_one():
    text = f'import os\na = Client(token="{SECRET}")\nb = Client(token="{OTHER}")\nc = Client(token="{SECRET}")\n'
    names: dict[str, str] = {}
    fixes = []
    for secret, start in ((SECRET, 0), (OTHER, 0), (SECRET, text.index(OTHER))):
        at = text.index(secret, start)
        fixes.append(fix(snapshot(text, "python"), Hit(GENERIC, at, at + len(secret)), names))
    done = mending.mend(snapshot(text, "python"), fixes).text
    assert [line.partition("token=")[2] for line in done.splitlines()[1:]] == [
        'os.environ["TOKEN"])', 'os.environ["TOKEN_2"])', 'os.environ["TOKEN"])',
    ]  # fmt: skip


def test_a_variable_that_is_read_already_is_another_one():
    assert 'os.environ["ACME_KEY_2"]' in fixed('import os\na(os.getenv("ACME_KEY"))\nb(acme_key="TOKEN")')[0]  # fmt: skip


COMPOSE = "services:\n  db:\n    image: x\n    environment:\n      DB_PASSWORD: {}\n"
FLOW = "name: ci\non: push\njobs:\n  a:\n    steps:\n      - run: x\n        env:\n          {}\n"


@pytest.mark.parametrize(
    ("text", "path", "wanted"),
    [
        (COMPOSE.format("TOKEN"), "compose.yml", "DB_PASSWORD: ${DB_PASSWORD}\n"),
        (COMPOSE.format("'TOKEN'"), "docker-compose.yml", "DB_PASSWORD: '${DB_PASSWORD}'\n"),
        (COMPOSE.format("x # TOKEN"), "compose.yml", None),
        (FLOW.format("DB_PASSWORD: TOKEN"), ".github/workflows/a.yml", "DB_PASSWORD: ${{ secrets.DB_PASSWORD }}\n"),
        (FLOW.format("GITHUB_PAT: TOKEN"), ".github/workflows/a.yml", "GITHUB_PAT: ${{ secrets.GH_PAT }}\n"),
        ("a:\n  password: TOKEN\n", "values.yml", None),
    ],
)  # fmt: skip
def test_of_yaml_only_what_is_filled_in_by_somebody(text, path, wanted):
    done = fixed(text, "yaml", path=path)
    assert (done is None) == (wanted is None)
    if done and wanted:
        assert done[0].endswith(wanted)
        assert done[1] == ([] if "workflows" in path else [(EXAMPLE, "DB_PASSWORD=")])


@pytest.mark.parametrize("language", ["text", "json", "dockerfile", "terraform"])
def test_what_is_no_code_has_no_fix(language):
    assert fixed('{"password": "TOKEN"}', language) is None


HEADS = (
    "",
    "import os\n",
    '"""Doc {x}."""\n',
    "import sys\nfrom a import b\n",
    "# -*- coding: utf-8 -*-\n",
)
AROUND = (
    "{}", "def f(x):\n    return {}", "x = [{}, 1]", 'x = {{"é": {}}}', "x = f({}, y=2)", "x = g(token={})",
    "class A:\n    key = {}", "x = {} if y else {}", "async def f():\n    await g({})", "x = ({}\n     + y)",
    "with f({}) as x:\n    pass", "assert {} == x", "@deco({})\ndef f(): pass", "x = y[{}]", "lambda: {}",
    "try:\n    f({})\nexcept E: pass", "x = [y for y in {}]", "raise E({})", "print({}, end='')", "if {}: pass",
)  # fmt: skip
LITERALS = (
    '"S"', "'S'", '"""S"""', "'''S'''", 'r"S"', 'b"S"', 'u"S"', 'f"S"', 'f"{y}S"', '"a S b"', "'a {S} \\' \"b'",
    '"""a\nS "b" \\n"""', 'rb"S"', 'F"{y!r:>{w}}S"', '"a" "S" "b"', "'S' 'c'", '"\\N{BULLET} x S"', 'Rb"""S"""',
)  # fmt: skip


def test_every_shape_parses_afterwards_and_the_secret_is_gone():
    count = 0
    for head, around, literal in itertools.product(HEADS, AROUND, LITERALS):
        code = around.replace("{{", "{").replace("}}", "}")
        text = head + code.replace("{}", literal.replace("S", SECRET))
        before = ast.dump(ast.parse(text))
        at = text.index(SECRET)
        made = fix(snapshot(text, "python"), Hit(GENERIC, at, at + len(SECRET)))
        if made is None:
            continue
        count += 1
        done = apply(text, set(made.edits))
        parsed = ast.parse(done)
        assert done.count(SECRET) == text.count(SECRET) - 1, text
        assert ast.dump(parsed) != before
        # All that was there is there, but for the secret, the import and what reads the variable.
        assert abs(len(list(ast.walk(parsed))) - len(list(ast.walk(ast.parse(text))))) < 20
    assert count > 1_000


def test_the_value_of_a_template_is_that_of_the_literal(monkeypatch):
    monkeypatch.setenv("KEY", SECRET)
    for literal in (
        *LITERALS[:8],
        '"a S {} b"',
        "'a {S} \\' \"b'",
        '"""a\nS "b" \\n"""',
        '"a" "S" "b"',
    ):
        text = "key = " + literal.replace("S", SECRET)
        before: dict[str, object] = {}
        exec(text, before)  # noqa: S102 - our own text
        at = text.index(SECRET)
        made = fix(snapshot(text, "python"), Hit(GENERIC, at, at + len(SECRET)))
        after: dict[str, object] = {}
        exec(apply(text, set(made.edits)), after)  # noqa: S102 - our own text
        assert after["key"] == before["key"], literal


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", 'import shop\n\npassword = "{}"\nclient = shop.Client(api_key="{}")\n'),
        ("typescript", 'const password = "{}";\nconst client = new Client({{ apiKey: "{}" }});\n'),
    ],
)
def test_the_analyzer_finds_nothing_where_it_was_mended(language, text):
    text = text.format("v9#kQ2" + "m!Lx84z", SECRET)
    found = list(secrets.analyze(snapshot(text, language), Facts(), {}))
    assert len(found) == 2
    done = mending.mend(snapshot(text, language), [f.fix for f in found if f.fix])
    assert len(done.done) == 2
    assert mending.errors(snapshot(text, language), done.text) == 0
    assert list(secrets.analyze(snapshot(done.text, language), Facts(), {})) == []


def test_a_great_many_secrets_cost_no_more_than_they_are():
    """Names run out, and the file is not walked through once more for each of them."""
    lines = "".join(f'k{n} = os.getenv and "{SECRET}{n:05}"\n' for n in range(2_000))
    text = "import os\n" + lines
    names: dict[str, str] = {}
    made = []
    for number in range(2_000):
        at = text.index(f"{SECRET}{number:05}")
        made.append(fix(snapshot(text, "python"), Hit(GENERIC, at, at + len(SECRET) + 5), names))
    assert made[0] is not None
    assert made[-1] is None
    assert len(names) <= 501


def test_of_a_large_file_no_fix_is_made():
    text = f'key = "{SECRET}"\n' + "# a comment\n" * 40_000
    assert fix(snapshot(text, "python"), Hit(GENERIC, 7, 7 + len(SECRET))) is None
    assert engine.rules()["secret/" + GENERIC].id == "secret/" + GENERIC
