"""Commands that install packages, wherever they stand, and sentences that are none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetline_analyzers.sites import commands


def names(text):
    """What commands in a text install; each name stands where it is said to stand."""
    found = list(commands.found(text))
    assert all(text[one.span.start : one.span.end] == one.written for one in found)
    return [one.package.name for one in found]


INSTALLERS = {
    "pip install alpha beta": ["alpha", "beta"],
    "pip3 install alpha": ["alpha"],
    "pip3.12 install alpha": ["alpha"],
    "python -m pip install alpha": ["alpha"],
    "./venv/bin/python3 -m pip install alpha": ["alpha"],
    "sudo -H pip install alpha": ["alpha"],
    "PIP_NO_CACHE=1 pip install alpha": ["alpha"],
    "pip --quiet --proxy http://x.example install alpha": ["alpha"],
    "pip download alpha": ["alpha"],
    "rye add alpha": ["alpha"],
    "easy_install alpha": ["alpha"],
    "pipx install alpha": ["alpha"],
    "pipx run alpha arg": ["alpha"],
    "pipx inject env alpha": ["alpha"],
    "pipenv install --dev alpha": ["alpha"],
    "uv add alpha --group dev beta": ["alpha", "beta"],
    "uv pip install alpha": ["alpha"],
    "uv tool install alpha": ["alpha"],
    "uv tool run alpha arg": ["alpha"],
    "uv run --with alpha script.py": ["alpha"],
    "uvx alpha arg": ["alpha"],
    "uvx --from alpha program arg": ["alpha"],
    "poetry add alpha@^1.2 --group dev beta": ["alpha", "beta"],
    "pdm add -dG test alpha": ["alpha"],
    "npm install alpha": ["alpha"],
    "npm i -D alpha @vendor/beta@^1": ["alpha", "@vendor/beta"],
    "npm install --save-exact alpha@1.2.3": ["alpha"],
    "npm --prefix web add alpha": ["alpha"],
    "npm install other@npm:alpha@1": ["alpha"],
    "npx alpha@latest app": ["alpha"],
    "npx -y alpha": ["alpha"],
    "npx --package alpha program": ["alpha"],
    "npm exec alpha": ["alpha"],
    "yarn add alpha": ["alpha"],
    "yarn global add alpha": ["alpha"],
    "yarn workspace web add alpha": ["alpha"],
    "yarn dlx alpha": ["alpha"],
    "pnpm add alpha": ["alpha"],
    "pnpm --filter web add alpha": ["alpha"],
    "pnpm dlx alpha app": ["alpha"],
    "bun add alpha": ["alpha"],
    "bunx alpha": ["alpha"],
    "deno add npm:alpha jsr:@std/beta": ["alpha"],
}


@pytest.mark.parametrize("text", INSTALLERS)
def test_each_installer(text):
    assert names(text) == INSTALLERS[text]


PLACES = {
    "a line of code": "Install it:\n\n```bash\npip install alpha beta\n```\n",
    "a prompt": "    $ pip install alpha beta\n",
    "code in a sentence": "Say `pip install alpha beta` and go on.",
    "double quotes": 'print("pip install alpha beta")',
    "a hint in a message": 'raise SystemExit("Nothing here. Install it with: pip install alpha beta")',
    "a table": "| pip install alpha beta | it |",
    "a cell of a table": "| `pip install alpha beta` | it |",
    "a Dockerfile": "FROM x\nRUN pip install --no-cache-dir alpha beta && rm -r /tmp/x\n",
    "an image's list": 'RUN ["pip", "install", "alpha", "beta"]',
    "an argument list": 'run([sys.executable, "-m", "pip", "install", *flags, "alpha", "beta"], check=True)',
    "a list over lines": "run([\n    'pip',\n    'install',\n    'alpha',\n    'beta',\n])",
    "a step": "    - run: pip install alpha beta\n",
    "a block of steps": "  run: |\n    cd x && pip install alpha beta\n",
    "a magic": "%pip install alpha beta\n",
    "a shell of a cell": "!pip install alpha beta\n",
    "a notebook": '"source": ["import x\\n", "!pip install alpha beta\\n"]',
    "a comment": "# pip install alpha beta\n",
    "continued": "pip install \\\n  alpha \\\n  beta\n",
    "continued in Windows": "pip install ^\r\n  alpha ^\r\n  beta\r\n",
    "in brackets": "(pip install alpha beta)",
    "versions": "pip install \"alpha>=1,<2\" 'beta[x]==2.0'",
    "versions without quotes": "pip install alpha>=1,<2 beta==2 > /dev/null 2>&1",
    "a comment behind it": "pip install alpha beta  # gamma delta",
    "the end of a sentence": "- pip install alpha beta.",
    "a script's wants": '{"scripts": {"setup": "pip install alpha beta"}}',
    "a target": "deps:\n\tpip install -U alpha beta\n",
    "a numbered step": "1. pip install alpha beta",
    "options with values": "pip install -i https://x.example/s --trusted-host h -t lib alpha -c limits.txt beta",
}


@pytest.mark.parametrize("place", PLACES)
def test_each_place(place):
    assert names(PLACES[place]) == ["alpha", "beta"]


@pytest.mark.parametrize(
    "text",
    [
        "pip install the package",
        "Run npm install and then start it.",
        "npm install and then run",
        "you can pip install something",
        "- pip install fails with an error",
        "# npm install must be run first",
        "After npm install, run it.",
        "pip install",
        "pip install -r requirements.txt",
        "pip install -e .[dev] ./local ../up C:\\x",
        "pip install git+https://x.example/r.git https://x.example/x.whl x-1.0-py3-none-any.whl",
        "pip install <package> your-package my_package PACKAGE_NAME package-name foo ...",
        "pip install $PKG ${PKG} {name} name{x} alpha$X %s",
        "pip install pytest-NAME",
        "pip uninstall alpha",
        "pip list alpha",
        "npm install",
        "npm run install alpha",
        "npm ci alpha",
        "npm install @your-org/thing @scope/name user/repo file:x ./x",
        "apt install alpha",
        "easy_install is old",
        "conda install alpha",
        "uvx python -c 1",
        "poetry install alpha",
        "uv sync alpha",
        "snippet install alpha",
        "xpip install alpha",
        "/x/pip.install alpha",
        "run(['pip', 'install', wanted])",
        "npm install --silent 2>/dev/null || true",
        "Use `pip install`\n    thing = 1",
    ],
)
def test_sentences_placeholders_and_paths_are_no_packages(text):
    assert names(text) == []


def test_versions_are_read():
    (alpha, beta, gamma) = commands.found("pip install alpha==1.0\nnpm i beta@2.0.0 gamma@^3")
    assert (alpha.version, beta.version, gamma.version) == ("1.0", "2.0.0", "")
    assert gamma.specifier == "^3"


def test_what_is_only_run_may_be_another_packages_program():
    (alpha, beta) = commands.found("npx alpha\nnpm install beta")
    assert (alpha.optional, beta.optional) == (True, False)


PIECES = st.sampled_from(
    [
        *("pip", "npm", "uvx", "npx", "uv", "install", "add", "alpha", "-r", "--with", "@a/b", "==1", "$", "`", "'", '"'),
        *(" ", "\n", "\\", "\\\n", ",", "[", "]", "&&", "|", "(", ")", "\x00", "\u00e9", "{", ">=", "# ", "\t"),
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=80).map("".join) | st.lists(PIECES, max_size=80).map(" ".join))
def test_any_text_can_be_looked_at(text):
    names(text)


N = 200_000
HOSTILE = [
    "pip install " * (N // 12),
    "pip install " + "a " * (N // 2),
    "pip install " + "a" * N,
    "pip " * (N // 4),
    "uv " * (N // 3),
    '"pip",' * (N // 6),
    '"pip", ' + '"a",' * (N // 4),
    '"pip"' + " " * N,
    "pip install " + "\\\n" * (N // 2),
    "npm " + "--x " * (N // 4),
    "$ " * (N // 2) + "pip install x",
    "A=1 " * (N // 4) + "pip install x",
    " " * N + "pip install x",
    "pip install '" * (N // 13),
    "session.install(" * (N // 16),
    "session.install(" + '"a", ' * (N // 5),
    "session.install(" + " " * N,
    "pip.main([" * (N // 10),
    "sudo " * (N // 5) + "pip install a",
    "pip install my" + "my" * (N // 2),
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20])
def test_no_text_takes_long(text):
    start = time.process_time()
    list(commands.found(text))
    assert time.process_time() - start < 1  # measured: 0.08 at most; the square of it is minutes


@pytest.mark.parametrize(
    "line",
    [
        "Do not `pip install reqeusts`.",
        "Never pip install reqeusts",
        "- Don't just run `pip install reqeusts`",
        "- Don\u2019t `pip install reqeusts`",
        "Avoid `pip install reqeusts`: it is malware.",
        "You should NOT use: x. You must not `pip install reqeusts`",
        "# avoid running `pip install reqeusts`",
        "`uv add requests`, instead of `pip install reqeusts`",
    ],
)
def test_what_is_said_not_to_be_done_is_no_command(line):
    assert "reqeusts" not in [one.written for one in commands.found(line + "\n")]


@pytest.mark.parametrize(
    "line",
    [
        "If you have not installed it, run `pip install reqeusts`",
        "If it is not installed `pip install reqeusts`",
        "Do not forget to `pip install reqeusts`",
        "Why not `pip install reqeusts`?",
        'if not run("pip install reqeusts"):',
        "It does not work. `pip install reqeusts`",
        "Not only `pip install reqeusts` but also",
        "do not\n`pip install reqeusts`",
        "avoid it && pip install reqeusts",
    ],
)
def test_a_negation_of_something_else_silences_no_command(line):
    assert [one.written for one in commands.found(line + "\n")] == ["reqeusts"]
