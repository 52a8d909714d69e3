"""Secrets in what is no program: notebooks with what they printed, and diffs."""

from __future__ import annotations

import io
import json
import sys

import pytest

from vetline.__main__ import main

PASSWORD = "v9#kQ2" + "m!Lx84z"


@pytest.fixture
def found(tmp_path, monkeypatch, capsys):
    """Checks a file, or what stands for one on standard input; gives line, column and text of each secret."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VETLINE_ANALYZERS", "secrets")

    def found(name: str, text: str, *words: str):
        if words:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        else:
            (tmp_path / name).write_text(text, encoding="utf-8")
        main(["check", *(words or (name,)), "--output-format", "json"])
        told = capsys.readouterr().out
        assert PASSWORD not in told
        lines = text.split("\n")
        return [
            (
                f["start"]["line"],
                lines[f["start"]["line"] - 1][f["start"]["column"] - 1 : f["end"]["column"] - 1],
            )
            for f in json.loads(told)["findings"]
        ]

    return found


def notebook(source: list[str], printed: list[str]) -> dict[str, object]:
    output = {"output_type": "stream", "name": "stdout", "text": printed}
    shown = {"output_type": "execute_result", "data": {"text/plain": [f"'é', token='{PASSWORD}3'"]}}
    code = {"cell_type": "code", "source": source, "outputs": [output, shown]}
    return {"cells": [{"cell_type": "markdown", "source": ["# é"]}, code], "nbformat": 4}


@pytest.mark.parametrize("indent", [1, None])
def test_a_notebooks_sources_and_outputs_are_searched(found, indent):
    made = notebook(
        ["import x\n", f'password = "{PASSWORD}"\n'],
        [f'DB_PASSWORD="{PASSWORD}1"\n'],
    )
    text = json.dumps(made, indent=indent, ensure_ascii=False)
    seen = found("a.ipynb", text)
    assert [secret for _, secret in seen] == [PASSWORD, *(f"{PASSWORD}{n}" for n in (1, 3))]
    lines = text.split("\n")
    assert all(secret in lines[line - 1] for line, secret in seen)


def test_lines_that_a_diff_adds_or_takes_away_are_searched(found):
    diff = (
        "--- a/shop.py\n+++ b/shop.py\n@@ -1,2 +1,3 @@\n import os\n"
        f'-password = "{PASSWORD}1"\n+password = "{PASSWORD}2"\n+DB_PASSWORD={PASSWORD}3\n+x = 1\n'
    )
    assert found("x.diff", diff, "-", "--stdin-filename", "x.diff") == [
        (5, f"{PASSWORD}1"), (6, f"{PASSWORD}2"), (7, f"{PASSWORD}3"),
    ]  # fmt: skip
