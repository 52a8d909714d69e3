"""No secret leaves the file it stands in: everything is run, and all that was written is searched for it.

The one place that may hold one is the store of texts, which exists to keep what files held; the settings turn
it off, and prompts are masked in it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from lsp_client import Client
from repositories import sh
from servers import SERVER, environment

from vetline import formats
from vetline.stores import origins
from vetline_analyzers import secrets, tokens
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.finding import Persona
from vetline_analyzers.core.text import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORD, URL_PASSWORD = "v9#kQ2" + "m!Lx84zR7tWc", "s9Kq" + "2vLx7wQ8zT4m"
KEY_LINES = ["MIIEv" + hashlib.sha512(b"%d" % n).hexdigest()[:59] for n in range(4)]
SPOKEN = "q8Zt" + "5mVw2xLs9pRk"  # in prompts, notes and settings only
_PUBLIC = 4  # characters at the start that every token of a provider has
_EACH = 12  # of so many formats one is planted
WINDOW = 12  # characters of a secret that nothing may show
SHELF = """
from vetline_analyzers.core.analyzer import Analyzer, Pace

def analyze(snapshot, facts, memo):
    raise ValueError(snapshot.text)

ANALYZER = Analyzer("raising", Pace.KEYSTROKE, tuple, analyze)
"""


def is_found(line: str, secret: str, path: str) -> bool:
    """Whether a regular reader is shown the secret in such a line, and as a whole."""
    told = secrets.analyze(Snapshot("x:", path.rpartition(".")[2], 0, line, path), Facts(), {})
    return [line[slice(*f.span)] for f in told if f.persona is Persona.REGULAR] == [secret]


def planted() -> dict[str, str]:
    """By the line of a program that it stands in, each secret that is planted."""
    lines = {f'password = "{PASSWORD}"': PASSWORD}
    lines[f'engine = create_engine("postgres://shop:{URL_PASSWORD}@db.internal/shop")'] = (
        URL_PASSWORD
    )
    for number, format_ in enumerate(tokens.formats()[::_EACH]):
        sample = format_.sample
        line = f"c{number} = 1; " + format_.example.format(sample)
        plain = "://" not in line and "\n" not in line and len(sample) >= WINDOW + _PUBLIC
        if plain and is_found(line, sample, "app.py"):
            lines[line] = sample
    return lines


PLANTED = planted()
ALL = [*PLANTED.values(), *KEY_LINES, SPOKEN]
CODE = "".join(f"{line}\n" for line in PLANTED)
PEM = "\n".join(("-----BEGIN " + "PRIVATE KEY-----", *KEY_LINES, "-----END " + "PRIVATE KEY-----"))
PROGRAM = f'import yaml\n\n{CODE}KEY = """{PEM}"""\nyaml.load("{PASSWORD}")\n'


def forms(secret: str) -> Iterator[bytes]:
    """What would give a secret away: its parts, its codes and its digests."""
    raw = secret.encode()
    for at in range(_PUBLIC, len(secret) - WINDOW + 1):
        yield raw[at : at + WINDOW]
    yield raw[::-1]
    yield raw.hex().encode()
    yield base64.b64encode(raw).rstrip(b"=")[: -1 if len(raw) % 3 else None]
    yield secret.encode("utf-16-le")
    for name in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(name, raw)
        yield digest.digest()
        yield digest.hexdigest().encode()[:40]
        yield base64.b64encode(digest.digest())[:-4]


HEADS = frozenset(form[:WINDOW] for secret in ALL for form in forms(secret))


def leaked(raw: bytes) -> list[bytes]:
    """What stands before each place of a text that gives a secret away."""
    places = range(len(raw) - WINDOW + 1)
    return [raw[max(0, at - 60) : at] for at in places if raw[at : at + WINDOW] in HEADS]


def test_enough_is_planted_and_what_leaks_is_seen():
    assert len(PLANTED) >= 20
    assert {len(head) for head in HEADS} == {WINDOW}
    for secret in ALL:
        coded = base64.b64encode(secret.encode()).decode(), secret.encode().hex()
        digest = hashlib.sha256(secret.encode()).hexdigest()
        for form in (secret, secret[4 : 4 + WINDOW], secret[::-1], *coded, digest):
            assert leaked(f"told {form} to all".encode()), form
    assert not leaked(b"".join(b"%d words that tell nothing at all\n" % n for n in range(99)))


class House:
    """A repository with secrets in its files, a home beside it, and all that was said so far."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.root = folder / "shop"
        self.said: dict[str, bytes] = {}
        self.root.mkdir()
        sh(self.root, "init", "-q", "-b", "main")
        (self.root / "conf").mkdir()
        self.sources = {
            "app.py": PROGRAM,
            "broken.py": PROGRAM + "def (:\n",
            "app.ts": "".join(
                line
                for number, secret in enumerate(PLANTED.values())
                if is_found(line := f'const k{number} = f("{secret}");\n', secret, "app.ts")
            ),
            "conf/app.yml": f"password: '{PASSWORD}'\nurl: postgres://a:{URL_PASSWORD}@b/c\n",
            ".env": f"PASSWORD='{PASSWORD}'\n",
            "package-lock.json": json.dumps(
                {"resolved": f"https://a:{URL_PASSWORD}@b.internal/c.tgz \u202e"}
            ),
            "joined.py": f'import yaml\n\nyaml.load("x"); password = "ab" + "{PASSWORD}"\n',
            "nb.ipynb": json.dumps(
                {"cells": [{"cell_type": "code", "source": [CODE], "outputs": [{"text": [CODE]}]}]}
            ),
            "x.diff": "--- a\n+++ b\n@@ -0,0 +1 @@\n" + "".join(f"+{line}\n" for line in PLANTED),
        }
        for name, text in self.sources.items():
            (self.root / name).write_text(text)
        sh(self.root, "add", ".")
        sh(self.root, "commit", "-qm", "first")

    def run(self, *words: str, given: str = "", **env: str) -> subprocess.CompletedProcess[bytes]:
        """Run the command in the repository."""
        done = subprocess.run(
            [sys.executable, "-m", "vetline", *words],
            cwd=self.root,
            env={**environment(self.home), **env},
            input=given.encode(),
            capture_output=True,
            timeout=120,
            check=False,
        )
        self.said[f"{' '.join(words)} #{len(self.said)}"] = done.stdout + done.stderr
        assert b"Traceback" not in done.stderr
        return done

    def check(self, *allowed: str) -> None:
        """Search all that was said and every file but the sources, and those named, by the end of their path."""
        for words, raw in self.said.items():
            assert not leaked(raw), words
        keep = {self.root / name for name in self.sources}
        for path in self.home.rglob("*"):
            name = path.relative_to(self.home).as_posix()
            if path.is_file() and path not in keep and not name.endswith(allowed or ("\0",)):
                assert not leaked(path.read_bytes()), name

    def event(self, name: str, **more: object) -> str:
        """An event of an agent's hook."""
        known = {
            "session_id": "s",
            "transcript_path": "/t.jsonl",
            "cwd": str(self.root),
            "prompt_id": "p",
        }
        return json.dumps({**known, "hook_event_name": name, **more})

    def wrote(self, name: str, text: str, event: str = "PostToolUse") -> str:
        """An event that tells of a file that is written."""
        given = {"file_path": str(self.root / name), "content": text}
        return self.event(
            event, tool_name="Write", tool_use_id="t", tool_input=given, tool_response={}
        )


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_reports_of_every_format_for_every_reader(house):
    out = house.home / "out"
    out.mkdir()
    for persona in Persona:
        files = [f"--output={name}:{out / f'{persona}.{name}'}" for name in formats.names()]
        done = house.run("check", "--persona", str(persona), *files, "--statistics")
        assert done.returncode in {1, 3}
        assert len(list(out.iterdir())) == len(formats.names()) * (persona + 1)
    sarif = json.loads((out / "regular.sarif").read_text())
    assert len(sarif["runs"][0]["results"]) > len(PLANTED)
    house.run("check", "--output-format", "json", "--diff-base", "HEAD")
    house.run("check", "-", "--stdin-filename", "app.py", given=PROGRAM)
    for rule in ("secret/hard-coded-password", "secret/private-key", "secret/url-password"):
        house.run("check", "--explain", rule)
    house.check()


def test_other_analyzers_quote_no_secret_either(house):
    for analyzer in ("patterns", "bandit", "configuration", "hidden_text", "imports"):
        house.run("check", "--analyzer", analyzer)
        house.run("check", "--analyzer", analyzer, "--output-format", "json")
    house.check()


def test_a_fix_that_writes_a_secret_down_again_is_not_listed(house):
    shell = f'import subprocess\n\nsubprocess.run("curl -u me:{URL_PASSWORD} https://shop.example", shell=True)\n'
    (house.root / "app.py").write_text(shell + f'password = "{URL_PASSWORD}"\n')
    for words in (("--persona", "auditor"), ("--analyzer", "patterns", "--persona", "auditor")):
        files = [f"--output={name}:{house.home / words[1]}.{name}" for name in formats.names()]
        house.run("check", "app.py", *words, *files)
        told = json.loads((house.home / f"{words[1]}.json").read_text())["findings"]
        shell = [found for found in told if found["rule"] == "python/needless-shell"]
        assert [found["fixes"] for found in shell] == [[]]
    house.check()


def test_fixes_and_diffs(house):
    diff, given = ("--diff", "--unsafe-fixes"), house.sources["app.ts"]
    house.run("check", *diff)
    house.run("check", "-", "--stdin-filename", "a.ts", *diff, given=given)
    done = house.run("check", "--fix", "--unsafe-fixes")
    assert b" in commit " in done.stderr
    assert "os.environ" in (house.root / "app.py").read_text()
    assert (house.root / ".env.example").exists()
    house.check()


def test_baselines_and_reviews(house):
    house.run("baseline", "create")
    house.run("baseline", "update")
    assert house.run("check").returncode in {0, 3}
    note = f'is password = "{SPOKEN}" fine?'
    house.run("review", "request", "app.py:3", "--note", note)
    house.run("review", "list")
    house.run("review", "list", "--output-format", "json")
    house.run("config", "show")
    house.run("rule", "--list")
    house.run("redact", given=PROGRAM)
    house.run("redact", "--check", given=PROGRAM)
    house.check()


@pytest.mark.parametrize("store", [False, True])
def test_agents_events_and_what_is_kept_of_them(house, store):
    mask = "" if store else "prompt-secrets = 'mask'\n"
    (house.root / "vetline.toml").write_text(
        f"store-text = {str(store).lower()}\n[hook]\nblock = 'medium'\n{mask}"
    )
    prompts = (f'use password = "{SPOKEN}"; {SPOKEN}', PROGRAM)
    for words in prompts:
        house.run("hook", given=house.event("UserPromptSubmit", prompt=words))
    house.check()
    house.run("hook", given=house.wrote("new.py", PROGRAM, "PreToolUse"))
    (house.root / "app.py").write_text(PROGRAM + "x = 1\n")
    house.run("hook", given=house.wrote("app.py", PROGRAM + "x = 1\n"))
    house.run(
        "hook", given=house.event("UserPromptSubmit", prompt=prompts[0]), VETLINE_FAIL_ON=SPOKEN
    )
    house.run("hook", given=f'{{"prompt": "{SPOKEN}')
    house.run("blame", "app.py")
    house.run("blame", "app.py", "--output-format", "json")
    house.run("trace", "--session", "s", "--output-format", "json")
    house.run("provenance", "status")
    sh(house.root, "commit", "-qam", "second")
    house.run("git-hook", "post-commit")
    house.run("provenance", "export")
    house.run("check", "--scope", "ai")
    house.run("rules", "export", "--agent", "codex")
    for form in ("markdown", "html", "json"):
        house.run("compliance", "--output-format", form)
    for words in ((), ("--html", "-")):
        house.run("dashboard", *words)
    # With texts stored, the store holds what files held: that is what it is for. Prompts are masked there.
    house.check(*(("vetline/provenance.db", "vetline/provenance.db-wal") if store else ()))
    folder = house.root / ".git" / "vetline"
    with closing(sqlite3.connect(folder / "provenance.db")) as database:
        digests = [bytes(row[0]).decode() for row in database.execute("SELECT digest FROM prompt")]
    kept = [origins.prompt_text(folder, digest) for digest in digests]
    assert any(text and "use password" in text for text in kept) == store
    assert not any(text and leaked(text.encode()) for text in kept)


def test_settings_that_quote_a_line(house):
    for text in (
        f'fail-on = "{SPOKEN}"\n',
        f"password = '{SPOKEN}'\n",
        f"fail-on = {SPOKEN}\n",
        f"persona = ['{SPOKEN}'\n",
        f"[hook]\nblock = '{SPOKEN}'\n",
        f"baseline = 'x'\n{SPOKEN}\n",
    ):
        (house.root / "vetline.toml").write_text(text)
        for words in (("check",), ("config", "show")):
            house.run(*words)
        house.run("hook", given=house.event("UserPromptSubmit", prompt="hello"))
        (house.root / "vetline.toml").unlink()
    house.run("check", VETLINE_FAIL_ON=SPOKEN)
    (house.root / ".vetline").mkdir(exist_ok=True)
    (house.root / ".vetline" / "baseline").write_text(f"{SPOKEN}\n")
    house.run("check")
    (house.root / ".vetline" / "baseline").unlink()
    house.check()


def test_an_analyzer_that_raises_with_the_text_in_its_words(house):
    shelf = house.home / "shelf"
    shelf.mkdir()
    (shelf / "raising.py").write_text(SHELF)
    site = "import vetline_analyzers\nvetline_analyzers.__path__.append({!r})\n"
    (house.home / "sitecustomize.py").write_text(site.format(str(shelf)))
    done = house.run("check", PYTHONPATH=str(house.home))
    assert b"raising failed (ValueError)" in done.stdout + done.stderr
    _in_an_editor(house, {"PYTHONPATH": str(house.home)})
    house.check()


def test_an_editor(house):
    _in_an_editor(house, {})
    house.check()


def _in_an_editor(house: House, env: dict[str, str]) -> None:
    log = house.home / "server.log"
    heard: list[bytes] = []

    class Listening(Client):
        def _take(self, message):
            heard.append(json.dumps(message, ensure_ascii=False).encode())
            super()._take(message)

    resolves = {"textDocument": {"codeAction": {"resolveSupport": {"properties": ["edit"]}}}}
    with log.open("wb") as stream:
        client = Listening(
            SERVER, env={**environment(house.home), **env}, stderr=stream, cwd=house.root
        )
        try:
            client.initialize(
                house.root,
                resolves,
                initializationOptions={"scope": "all", "persona": "auditor"},
                trace="verbose",
            )
            for name, language in (
                ("app.py", "python"),
                ("app.ts", "typescript"),
                ("conf/app.yml", "yaml"),
            ):
                text = house.sources[name]
                uri = (house.root / name).as_uri()
                client.open(uri, text, language)
                client.diagnosed(
                    uri, lambda items: any(i["code"].startswith("secret/") for i in items), 60
                )
                _ask(client, uri, len(text.splitlines()))
            client.result(
                "workspace/executeCommand",
                {"command": "vetline.scanWorkspace", "arguments": []},
                120,
            )
            client.ask("no/suchMethod", {"password": SPOKEN})
            client.send_raw(f'{{"jsonrpc": "2.0", "method": {SPOKEN}'.encode())
            client.notify("textDocument/didChange", {"password": SPOKEN})
            client.leave()
        finally:
            client.kill()
    sent = [message for message in heard if b'"edit"' not in message]
    assert len(sent) > len(house.sources)
    house.said[f"editor {len(house.said)}"] = b"\n".join(heard)


def _ask(client: Client, uri: str, lines: int) -> None:
    place = {"start": {"line": 0, "character": 0}, "end": {"line": lines, "character": 0}}
    asked = {
        "textDocument": {"uri": uri},
        "range": place,
        "context": {"diagnostics": client.diagnostics[uri]},
    }
    note = f'password = "{SPOKEN}"'
    for action in client.result("textDocument/codeAction", asked)[:12]:
        if "data" in action:
            client.ask("codeAction/resolve", action)
        if command := action.get("command"):
            command["arguments"] = [
                {**a, "note": note} if isinstance(a, dict) else a for a in command["arguments"]
            ]
            client.ask("workspace/executeCommand", command, 60)
    for line in (2, 3, lines - 1):
        client.ask(
            "textDocument/hover",
            {"textDocument": {"uri": uri}, "position": {"line": line, "character": 14}},
        )
    client.ask("textDocument/codeLens", {"textDocument": {"uri": uri}})
    client.ask("vetline/provenance", {"textDocument": {"uri": uri}})
