"""Documents, positions, notebooks: what a client sends is what is analysed, and where."""

from __future__ import annotations

import random

import pytest
from chance import SEED
from servers import found, notebook, rules

LOAD = "python/unsafe-yaml-load"


def general(*encodings):
    return {"general": {"positionEncodings": list(encodings)}}


@pytest.mark.parametrize(
    ("encodings", "character"),
    [(["utf-8"], 8), (["utf-16"], 6), (["utf-32"], 5), ([], 6), (["utf-32", "utf-8"], 5)],
)
def test_columns_are_counted_as_the_client_counts(start, workspace, encodings, character):
    client = start()
    client.initialize(
        workspace,
        general(*encodings) if encodings else {},
        initializationOptions={"scope": "all"},
    )
    uri = (workspace / "a.py").as_uri()
    client.open(uri, "import yaml\n'😀'\n")
    # Before the call stand two quotes, an astral character, a semicolon and a space.
    end = {"utf-8": 6, "utf-16": 4, "utf-32": 3}[(encodings or ["utf-16"])[0]]
    client.edit(uri, (1, end), (1, end), "; yaml.load(x)")
    (there,) = client.diagnosed(uri, found(LOAD))
    assert there["range"]["start"] == {"line": 1, "character": character}


def test_every_publication_carries_its_version_and_nothing_is_pulled(client, workspace):
    assert "diagnosticProvider" not in client.capabilities
    uri = (workspace / "a.py").as_uri()
    client.open(uri, "import yaml\nyaml.load(x)\n")
    seen = client.notes("textDocument/publishDiagnostics")
    assert seen["version"] == 1
    version = client.edit(uri, (1, 0), (1, 0), "\n")
    while client.notes("textDocument/publishDiagnostics")["version"] != version:
        pass
    # The second opinion may come first; then both are one.
    (there,) = client.diagnosed(uri, found(LOAD))
    assert there["range"]["start"]["line"] == 2


@pytest.mark.fuzz
def test_random_edits_keep_the_servers_copy(client, workspace):
    # Whatever is done to a text, the finding stands where the client's own copy has it.
    chance = random.Random(SEED)
    uri = (workspace / "a.py").as_uri()
    # All in comments: where a text does not parse, whether something is found there is the parser's affair.
    text = "import yaml\n#"
    client.open(uri, text)
    for _ in range(300):
        lines = text.split("\n")
        line = chance.randrange(1, len(lines))
        column = chance.randrange(1, len(lines[line]) + 1)
        gone = chance.randrange(len(lines[line]) - column + 1)
        new = chance.choice(["x = 1\n#", " 😀 é\n#", "", "\u2028", "'\x0c'", "\n#\n#"])
        units = len(lines[line][:column].encode("utf-16-le")) // 2
        stop = len(lines[line][: column + gone].encode("utf-16-le")) // 2
        client.edit(uri, (line, units), (line, stop), new)
        lines[line] = lines[line][:column] + new + lines[line][column + gone :]
        text = "\n".join(lines)
    last = text.count("\n")
    client.edit(uri, (last, 0), (last, 10**6), "")
    text = text[: text.rfind("\n") + 1]
    client.edit(uri, (last, 0), (last, 0), "yaml.load(x)")
    there = client.diagnosed(
        uri,
        lambda items: [
            i for i in items if i["code"] == LOAD and i["range"]["start"]["line"] == last
        ],
    )
    assert there, f"VETLINE_FUZZ_SEED={SEED}"


def test_a_change_without_a_range_replaces_everything(client, workspace):
    uri = (workspace / "a.py").as_uri()
    client.open(uri, "import yaml\nyaml.load(x)\n")
    client.diagnosed(uri, found(LOAD))
    client.change(uri, [{"text": "x = 1\n"}])
    client.diagnosed(uri, lambda items: items == [])


def test_closing_takes_everything_down(client, workspace):
    uri = (workspace / "a.py").as_uri()
    client.open(uri, "import yaml\nyaml.load(x)\n")
    client.diagnosed(uri, found(LOAD))
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    client.diagnosed(uri, lambda items: items == [])


def test_a_file_deleted_while_open_is_still_served(client, workspace):
    path = workspace / "a.py"
    path.write_text("import yaml\n")
    client.open(path.as_uri(), "import yaml\n")
    path.unlink()
    client.edit(path.as_uri(), (1, 0), (1, 0), "yaml.load(x)\n")
    assert client.diagnosed(path.as_uri(), found(LOAD))
    client.notify("textDocument/didSave", {"textDocument": {"uri": path.as_uri()}})
    assert client.actions(path.as_uri(), (1, 2))


def test_an_unsaved_document_is_served(client):
    client.open("untitled:Untitled-1", "import yaml\nyaml.load(x)\n")
    assert client.diagnosed("untitled:Untitled-1", found(LOAD))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("empty.py", ""),
        ("nul.py", "import yaml\nyaml.load(x)\n\0"),
        ("parens.py", "x = " + "(" * 100_000),
        ("line.py", "x = '" + "a" * 5_000_000 + "'"),
        ("broken.py", "def (:\n  ]]\nimport yaml\nyaml.load(x)\n"),
        ("surrogate.py", "x = '\ud800'\n"),
    ],
)
def test_hostile_text_does_not_stop_the_others(client, workspace, name, text):
    bad, good = (workspace / name).as_uri(), (workspace / "good.py").as_uri()
    client.open(bad, text)
    client.open(good, "import yaml\nyaml.load(x)\n")
    assert client.diagnosed(good, found(LOAD))
    if name in {"broken.py", "nul.py"}:
        assert client.diagnosed(bad, found(LOAD)), "what parses is still checked"
        assert client.diagnosed(bad, found("gate/not-checked")), "and the rest is said"
    if name == "line.py":
        assert client.diagnosed(bad, found("gate/not-checked"))


def test_each_cell_has_its_own_findings(start, workspace):
    client = start()
    synchronization = {"notebookDocument": {"synchronization": {}}}
    told = client.initialize(workspace, synchronization, initializationOptions={"scope": "all"})
    assert told["notebookDocumentSync"]
    uri, cells, opened = notebook(
        workspace, "%pip install pyyaml\nimport yaml as y", "x = 1", "x = input()\ny.load(x)"
    )
    client.notify("notebookDocument/didOpen", opened)
    (there,) = client.diagnosed(cells[2], found(LOAD))
    assert there["range"]["start"] == {"line": 1, "character": 0}
    assert client.diagnostics[cells[1]] == []

    # Type in the second cell, then move it to the end: its finding moves with it.
    client.notify("notebookDocument/didChange", {
        "notebookDocument": {"uri": uri, "version": 2},
        "change": {"cells": {"textContent": [{
            "document": {"uri": cells[1], "version": 2},
            "changes": [{"range": {"start": {"line": 0, "character": 0},
                                   "end": {"line": 0, "character": 5}}, "text": "y.load(z)"}],
        }]}},
    })  # fmt: skip
    client.diagnosed(cells[1], found(LOAD))
    client.notify("notebookDocument/didChange", {
        "notebookDocument": {"uri": uri, "version": 3},
        "change": {"cells": {"structure": {"array": {
            "start": 1, "deleteCount": 2,
            "cells": [{"kind": 2, "document": cells[2]}, {"kind": 2, "document": cells[1]}],
        }}}},
    })  # fmt: skip
    assert client.diagnosed(cells[1], found(LOAD))[0]["range"]["start"]["line"] == 0
    assert client.diagnosed(cells[2], found(LOAD))[0]["range"]["start"]["line"] == 1

    titles = [action["title"] for action in client.actions(cells[2], (1, 3))]
    assert any(title.startswith("Fix:") for title in titles)

    client.notify(
        "notebookDocument/didClose",
        {"notebookDocument": {"uri": uri}, "cellTextDocuments": [{"uri": c} for c in cells]},
    )
    client.diagnosed(cells[2], lambda items: items == [])
    client.diagnosed(cells[1], lambda items: items == [])


def test_diagnostics_of_a_syntax_error_come_back_when_it_is_mended(client, workspace):
    uri = (workspace / "a.py").as_uri()
    client.open(uri, "import yaml\nyaml.load(x)\nassert_ = (\n")
    client.diagnosed(uri, found("gate/not-checked"))
    client.edit(uri, (2, 10), (2, 11), "1")
    client.diagnosed(uri, lambda items: rules(items) == [LOAD])
