"""Triggers on small pieces of the kind that an AI writes, each labelled by hand with what has to fire and what may.

`data/triggers/*.txt`: "=== NAME PATH | LABELS", then the piece. A label with a `?` may fire, any other has to, and
nothing else does; "-" stands for none.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vetline import files
from vetline_analyzers import engine, escalation
from vetline_analyzers.core.analyzer import Facts

LABELS = {
    "auth": "authentication",
    "crypto": "cryptography",
    "input": "input-validation",
    "fs": "file-system",
    "db": "database",
    "api": "external-api",
    "config": "configuration",
}


def cases():
    for path in sorted((Path(__file__).parent / "data" / "triggers").glob("*.txt")):
        for piece in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            head, _, text = piece.partition("\n")
            place, labels = head.split(" | ")
            name, path_ = place.split(" ", 1)
            yield pytest.param(path_, labels.split(), text, id=name)


CASES = tuple(cases())


def fired(path, text):
    reading = files.of_bytes(text.encode(), "file:///x", path)
    analysis = engine.examine(reading.snapshot, Facts(), [escalation.ANALYZER])
    assert not analysis.failures
    return {finding.rule.removeprefix("trigger/") for finding in analysis.findings}


def test_half_of_the_pieces_ask_for_eyes_and_half_do_not():
    silent = [case for case in CASES if case.values[1] == ["-"]]
    assert len(CASES) > 250
    assert len(silent) > 100


@pytest.mark.parametrize(("path", "labels", "text"), CASES)
def test_it_fires_where_a_person_said_so_and_nowhere_else(path, labels, text):
    wanted = {LABELS[label] for label in labels if label in LABELS}
    allowed = {LABELS[label[1:]] for label in labels if label.startswith("?")}
    assert wanted <= fired(path, text) <= wanted | allowed
