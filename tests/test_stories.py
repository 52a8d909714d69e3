"""The stories, played by two drivers: in this process, and against the real server over stdio.

Both must see the same. The in-process driver joins engine, provenance, session and gate by hand, so what
a story shows is what these say; the other one shows that the doors hand it on unchanged.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
import signers
from lsp_client import Client, span
from servers import SERVER, environment
from stories import Driver, Seen, steps, stories

from vetline import (
    agents,
    baseline,
    config,
    decisions,
    formats,
    insertions,
    ledger,
    project,
    review,
    session,
    stores,
)
from vetline.doors.review import asking
from vetline.gate import Fate, fate, policy_of
from vetline.provenance import Origin, Tier, Tracker
from vetline_analyzers import engine, languages
from vetline_analyzers.core.finding import TRIGGERS, Severity
from vetline_analyzers.core.text import Edit, Snapshot, Span, line_starts
from vetline_analyzers.core.universe import of_purl
from vetline_analyzers.engine import suppression

LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning"}
WORDS = ("", "error", "warning", "information", "hint")
_ASKED = 60  # times; each is a process of its own, so this is no short wait


class InProcess(Driver):
    """Plays with the functions under the doors."""

    # It has no command line, and a notebook is the language server's way to put texts together.
    cannot = re.compile(r"(?:run|signer|lenses|press) |.*\.ipynb")

    def __init__(self, folder):
        super().__init__(folder)
        self.open = {}
        self.trackers = {}

    def show(self, name, text):
        uri = (self.folder / name).as_uri()
        self.open[name] = Snapshot(uri, languages.of_path(name).name, 1, text, name)
        self.trackers[name] = Tracker.fresh(self.open[name])

    def content(self, name):
        return self.open[name].text

    def insert(self, at, text, agent, model):
        start = self.open[at.name].line_starts[at.line - 1] + (at.column or 1) - 1
        self._edit(at.name, Edit(Span(start, start), text))
        if agent:
            new = Span(start, start + len(text))
            origin = Origin(Tier.OBSERVED, agent=agent, model=model)
            self.trackers[at.name].mark(self.open[at.name], new, origin)
            self._append(
                lambda **key: insertions.insertion(self.open[at.name], new, origin, **key), at.name
            )

    def look(self, name):
        snapshot = self.open[name]
        settings = config.load(self.folder, defaults={"scope": "ai"}).settings
        policy = policy_of(settings)
        requests = review.fold(stores.read(stores.locate(self.folder)))
        askers = review.requesters(requests)
        asked = {**askers.get("", {}), **askers.get(name, {})}
        seen = [
            Seen(1, "hint" if failure.partial else "warning", "gate/not-checked", failure.reason)
            for failure in self._examined(name).failures
        ]
        for sighting in self._sighted(name):
            finding, where = sighting.finding, fate(sighting, policy)
            tag = formats.origin_tag(sighting.origin)
            message = finding.message + (f" [{tag}]" if tag else "")
            for words in decisions.words(replace(sighting, review=None), policy):
                message += f" [{words}]"
            if asker := asked.get(finding.fingerprint) or asked.get(finding.package):
                message += f" [review requested by {asker}]"
            self.said += [message, sighting.excerpt]
            level = LEVELS.get(finding.severity, "information")
            if where in (Fate.SHOWN, Fate.SCOPE):
                level = level if where is Fate.SHOWN else "hint"
                seen.append(
                    Seen(
                        snapshot.position(finding.span.start).line + 1, level, finding.rule, message
                    )
                )
        return seen

    def act(self, title, at):
        snapshot = self.open[at.name]
        found, *_ = sorted(
            (
                s.finding
                for s in self._sighted(at.name)
                if s.start.line == at.line - 1 and s.finding.suppression is None
            ),
            key=lambda finding: finding.rule.startswith(TRIGGERS),
        )
        if title.startswith("Fix"):
            for edit in sorted(found.fix.edits, reverse=True):
                self._edit(at.name, edit)
        elif title.startswith("Ask security"):
            self._ask(asking.of_package(of_purl(found.package), [found]))
        elif title.startswith("Suppress"):
            self._edit(at.name, suppression.comment(snapshot, found))
        else:
            self._ask(asking.wish(snapshot, found.span, at.name, self._sighted(at.name)))

    def _ask(self, wanted):
        asking.ask(self.folder, config.load(self.folder).settings, wanted)

    def _edit(self, name, edit):
        snapshot = self.open[name]
        self.open[name] = snapshot.edited(edit, snapshot.version + 1)
        self.trackers[name].edit(snapshot, self.open[name], edit, time.time())

    def _append(self, make, name):
        where = stores.locate(self.folder)
        draft = make(key=stores.key(where), subject=name)
        now = ledger.timestamp(datetime.now(UTC))
        stores.append(where, [draft], at=now, actor=ledger.actor(self.folder))

    def _examined(self, name):
        settings = config.load(self.folder, defaults={"scope": "ai"}).settings
        facts = replace(project.facts(self.folder, settings), key=baseline.key(self.folder))
        return engine.examine(self.open[name], facts, engine.analyzers().values())

    def _sighted(self, name):
        snapshot = self.open[name]
        found = engine.conclude(snapshot, self._examined(name).findings)
        return session.sight(snapshot, found, partial(self.trackers[name].touching, snapshot))


class OverStdio(Driver):
    """Plays as an editor would, and as a person at a shell."""

    client: Client  # one for all stories, because a start costs a second
    home = None
    signer: signers.Person  # who sits at the editor and has the key

    def __init__(self, folder):
        super().__init__(folder)
        self.texts = {}
        self.versions = {}
        self.published = {}

    def show(self, name, text):
        if not name.endswith(".ipynb"):
            self.texts[name], self.versions[name] = text, 1
            self.client.open(self._uri(name), text)
            return
        texts = [f"{part.strip()}\n" for part in text.split("# %%\n")[1:]]
        names = [f"{name}#{number}" for number, _ in enumerate(texts, 1)]
        self.texts.update(zip(names, texts, strict=True))
        self.versions.update(dict.fromkeys(names, 1))
        items = [
            {"uri": self._uri(cell), "languageId": "python", "version": 1, "text": self.texts[cell]}
            for cell in names
        ]
        cells = [{"kind": 2, "document": item["uri"]} for item in items]
        notebook = {
            "uri": self._uri(name),
            "notebookType": "jupyter-notebook",
            "version": 1,
            "cells": cells,
        }
        self.client.notify(
            "notebookDocument/didOpen", {"notebookDocument": notebook, "cellTextDocuments": items}
        )

    def content(self, name):
        return self.texts[name]

    def insert(self, at, text, agent, model):
        start = (at.line - 1, (at.column or 1) - 1)
        version = self._edit(at.name, start, start, text)
        if agent:
            lines = text.split("\n")
            end = (start[0] + len(lines) - 1, len(lines[-1]) + (start[1] if len(lines) == 1 else 0))
            document = {"uri": self._uri(at.name), "version": version}
            params = {
                "textDocument": document,
                "range": span(start, end),
                "agent": agent,
                "model": model,
            }
            self.client.notify("vetline/didInsert", params)

    def look(self, name):
        uri = self._uri(name)
        while self.published.get(uri) != self.versions[name]:
            self._take_news()  # what was published before speaks of another text
        there = self.client.diagnostics[uri]
        self.said.append(str(there))
        return [
            Seen(d["range"]["start"]["line"] + 1, WORDS[d["severity"]], d["code"], d["message"])
            for d in there
        ]

    def act(self, title, at):
        uri, line = self._uri(at.name), at.line - 1
        actions = self.client.actions(uri, (line, 0), (line, 999))
        action = next(action for action in actions if action["title"].startswith(title))
        self.said.append(str(action))
        if "command" in action:
            self.said.append(str(self.client.result("workspace/executeCommand", action["command"])))
            return
        for edit in reversed(action["edit"]["changes"][uri]):
            ends = [
                (p["line"], p["character"]) for p in (edit["range"]["start"], edit["range"]["end"])
            ]
            self._edit(at.name, *ends, edit["newText"])

    def lenses(self, name):
        there = self.client.result(
            "textDocument/codeLens", {"textDocument": {"uri": self._uri(name)}}
        )
        titles = [(lens["range"]["start"]["line"] + 1, lens["command"]["title"]) for lens in there]
        self.said.append(str(there))
        return [f"{line} {title}" for line, title in titles]

    def press(self, title, at):
        there = self.client.result(
            "textDocument/codeLens", {"textDocument": {"uri": self._uri(at.name)}}
        )
        lens = next(
            lens
            for lens in there
            if lens["command"]["title"].startswith(title)
            and lens["range"]["start"]["line"] == at.line - 1
        )
        done = self.client.result("workspace/executeCommand", lens["command"], 120)
        self.said.append(str(done))

    def trust(self):
        path = self.folder / ".vetline" / "allowed_signers"
        path.parent.mkdir()
        path.write_text(self.signer.line())
        for words in (("add", "-A"), ("commit", "-q", "-m", "Bo may sign")):
            subprocess.run(["git", "-C", str(self.folder), *words], check=True)

    def write(self, name, text, agent):
        path = self.folder / name
        before = path.read_text("utf-8") if path.exists() else None
        path.write_text(text, "utf-8")
        if name in self.texts:
            whole = span((0, 0), (self.texts[name].count("\n") + 1, 0))
            self.versions[name] = self.client.change(
                self._uri(name), [{"range": whole, "text": text}]
            )
            self.texts[name] = text
        assert agent == "claude-code", "the only one whose hook is known here"
        payload = {
            "session_id": "s1", "transcript_path": "/t.jsonl", "cwd": str(self.folder),
            "prompt_id": "p1", "hook_event_name": "PostToolUse", "tool_name": "Write",
            "tool_use_id": f"toolu_{name}", "tool_input": {"file_path": str(path), "content": text},
            "tool_response": {
                "type": "update" if before else "create", "filePath": str(path),
                "content": text, "structuredPatch": [], "originalFile": before},
        }  # fmt: skip
        code, output = self._command(["vetline", "hook"], json.dumps(payload))
        assert (code, output) == (0, "")

    def settle(self):
        # The server asks its ledger in order: when this is answered, what came before is written.
        nothing = {"uri": (self.folder / "a.py").as_uri(), "fingerprint": ""}
        self.client.result(
            "workspace/executeCommand", {"command": "vetline.showReview", "arguments": [nothing]}
        )

    def run(self, words):
        for name, text in self.texts.items():
            if "#" not in name:
                (self.folder / name).write_text(text, "utf-8")
        self.settle()
        self._wait_until_stored()
        return self._command(words)

    def _wait_until_stored(self):
        """The server stores who wrote a line a moment after; a person who asks elsewhere is slower than this."""
        for name in self.texts:
            for _ in range(_ASKED if "#" not in name else 0):
                document = {"textDocument": {"uri": self._uri(name)}}
                known = self.client.result("vetline/provenance", document)["lines"]
                _, told = self._command(["vetline", "blame", "--output-format", "json", name])
                if _states(json.JSONDecoder().raw_decode(told)[0]["lines"]) == _states(known):
                    break
            else:
                pytest.fail(f"{name}: the server has not stored who wrote it")

    def _command(self, words, told=""):
        command = [sys.executable, "-m", *words]
        done = subprocess.run(
            command, cwd=self.folder, env=environment(self.home), capture_output=True, text=True,
            input=told, timeout=60, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def more(self, deadline):
        try:
            self._take_news(max(0.1, deadline - time.monotonic()))
        except TimeoutError:
            return False
        return True

    def _take_news(self, timeout=30):
        news = self.client.notes("textDocument/publishDiagnostics", timeout)
        self.published[news["uri"]] = news.get("version")

    def _uri(self, name):
        path, _, cell = name.partition("#")
        uri = (self.folder / path).as_uri()
        return f"vscode-notebook-cell{uri.removeprefix('file')}#{cell}" if cell else uri

    def _edit(self, name, start, end, text):
        old = self.texts[name]
        at, until = (line_starts(old)[line] + column for line, column in (start, end))
        self.texts[name] = old[:at] + text + old[until:]
        self.versions[name] = version = self.versions[name] + 1
        notebook, _, cell = name.partition("#")
        if not cell:
            assert self.client.edit(self._uri(name), start, end, text) == version
            return version
        document = {"uri": self._uri(name), "version": version}
        change = {"document": document, "changes": [{"range": span(start, end), "text": text}]}
        params = {
            "notebookDocument": {"uri": self._uri(notebook), "version": version},
            "change": {"cells": {"textContent": [change]}},
        }
        self.client.notify("notebookDocument/didChange", params)
        return version


def _states(lines):
    return [line["state"] for line in lines]


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in (sign for agent in agents.all_agents() for sign in agent.SIGNS):
            patch.delenv(name, raising=False)
        signers.answers(patch, home)
        OverStdio.signer = signers.person(home / "keys", "bo@example.org", signers.PASSPHRASE)
        env = {**environment(home), "VETLINE_GATE_SIGNING_KEY": str(OverStdio.signer.key)}
    client = Client(SERVER, env=env)
    client.initialize(home)
    OverStdio.client, OverStdio.home = client, home
    yield client
    client.kill()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("VETLINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    root = tmp_path / "shop"
    root.mkdir()
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    for name, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        subprocess.run(["git", "-C", str(root), "config", name, value], check=True)
    return root


def play(driver, path):
    played = [step for step in steps(path) if driver.plays(step)]
    for step in played:
        driver.play(step)
    assert any(step.word in ("see", "run") for step in played), "the story looks at nothing"


@pytest.mark.parametrize("path", stories(), ids=lambda path: path.stem)
def test_over_stdio(path, folder, server):
    play(OverStdio(folder), path)


def _for_functions(path):
    played = [step.word for step in steps(path) if InProcess.plays(step)]
    # A hook is a command, and what is pressed is signed at a door.
    return "see" in played and not {"write", "press"} & {step.word for step in steps(path)}


@pytest.mark.parametrize(
    "path", list(filter(_for_functions, stories())), ids=lambda path: path.stem
)
def test_in_process(path, folder):
    play(InProcess(folder), path)


def test_a_story_that_is_not_true_fails_with_its_place(folder, tmp_path):
    story = tmp_path / "wrong.md"
    story.write_text("Once\n```open a.py\nx = 1\n```\n```see a.py\n1 error python/weak-hash\n```\n")
    with pytest.raises(pytest.fail.Exception, match=r"wrong\.md:5: `see a\.py` (?s:.*)nothing$"):
        play(InProcess(folder), story)


def test_a_step_that_nobody_knows_is_an_error(tmp_path):
    story = tmp_path / "typo.md"
    story.write_text("```sea a.py\n```\n")
    with pytest.raises(ValueError, match=r"typo\.md:1: no step is called 'sea'"):
        list(steps(story))
