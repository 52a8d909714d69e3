"""A project and a command to check it with.

A fake analyzer stands in for the real ones: what is tested here is the door. It is put on the shelf of
every process through `sitecustomize`, so that the real workers run it.
"""

from __future__ import annotations

import json
import os
import sys

import pytest

import vetline_analyzers
from vetline.__main__ import main
from vetline_analyzers import engine

SITE = """
import vetline_analyzers
vetline_analyzers.__path__.append({shelf!r})
"""

FAKE = """
import os
import re

from vetline_analyzers.core.analyzer import Analyzer, NotChecked, Pace
from vetline_analyzers.core.finding import Confidence, Fix, Persona, Rule, Severity
from vetline_analyzers.core.text import Edit, Span


def rule(name, severity, persona=Persona.REGULAR, **more):
    return Rule(
        id=f"fake/{name}", title=f"A {name} thing", severity=severity, confidence=Confidence.HIGH,
        page="Why it is bad.", advice="Do not.", cwe=(79,), persona=persona, same_as=("bandit/B999",),
        **more,
    )


RULES = {
    "BAD": rule("bad", Severity.HIGH),
    "MEH": rule("meh", Severity.LOW),
    "NIT": rule("nit", Severity.HIGH, Persona.PEDANTIC),
    "HMM": rule("hmm", Severity.HIGH, tentative=True),
    "RISKY": rule("risky", Severity.HIGH),
    "CHAIN": rule("chain", Severity.HIGH),
    "SPOIL": rule("spoil", Severity.HIGH),
    "STAY": rule("stay", Severity.HIGH),
    "BLIND": rule("blind", Severity.HIGH),
}
# What takes the place of a word: something good, unless the fix is one of those that must not be made.
MENDED = {"CHAIN": "BAD", "SPOIL": "GOOD((", "STAY": "A_STAY", "BLIND": "UNPARSABLE"}


def analyze(snapshot, facts, memo):
    if "CRASH" in snapshot.text:
        os._exit(9)
    if "TELL" in snapshot.text:
        with open(snapshot.text.split()[1], "w") as fifo:
            print(os.getpid(), file=fifo)
    while "FOREVER" in snapshot.text:
        pass
    if "RAISE" in snapshot.text:
        raise RuntimeError(snapshot.text)
    for match in re.finditer(r"(BAD|MEH|NIT|HMM|RISKY|CHAIN|SPOIL|STAY|BLIND)\\((\\w*)\\)", snapshot.text):
        edit = Edit(Span(*match.span(1)), MENDED.get(match[1], "GOOD"))
        fix = Fix("Make it GOOD", (edit,), safe=match[1] != "RISKY")
        yield RULES[match[1]].found("fake", Span(*match.span()), f"{match[1]} is called.", fix=fix)
    if "UNPARSABLE" in snapshot.text:
        raise NotChecked("does not parse at line 1")


ANALYZER = Analyzer("fake", Pace.KEYSTROKE, lambda: tuple(RULES.values()), analyze)
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder to check, with the fake analyzer as the only one that is asked."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "fake.py").write_text(FAKE)
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(SITE.format(shelf=str(shelf)))
    monkeypatch.setenv("PYTHONPATH", str(site))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(vetline_analyzers, "__path__", [*vetline_analyzers.__path__, str(shelf)])
    engine.chosen.cache_clear()
    engine.rules.cache_clear()
    for name in [*os.environ]:
        if name.startswith(("VETLINE_", "GIT_")) or name in {"NO_COLOR", "FORCE_COLOR"}:
            monkeypatch.delenv(name)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "vetline.toml").write_text('analyzers = ["fake"]\n')
    monkeypatch.chdir(folder)
    yield folder
    engine.chosen.cache_clear()
    engine.rules.cache_clear()
    sys.modules.pop("vetline_analyzers.fake", None)


@pytest.fixture
def run(project, capsys):
    """Run the command in this process: gives the exit code, standard output, standard error."""

    def run(*words: str) -> tuple[int, str, str]:
        code = main([*words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture
def found(run):
    """The rules that `check` shows with these words, in order."""

    def found(*words: str) -> list[str]:
        _, out, _ = run("check", "--output-format", "json", *words)
        return [finding["rule"] for finding in json.loads(out)["findings"]]

    return found
