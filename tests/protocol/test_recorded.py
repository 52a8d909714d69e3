"""What editors really send, played to the server: what it says of the lines is what is true of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lsp_client import Client
from origins import lines
from servers import SERVER, environment

RECORDED = sorted(Path(__file__).with_name("recorded").glob("*.json"))


@pytest.fixture(scope="module")
def editors(tmp_path_factory):
    """Gives a client of a running server and its folder, by the encoding of positions."""
    started = {}

    def client_for(encoding):
        if encoding not in started:
            root = tmp_path_factory.mktemp("shop")
            client = Client(SERVER, env=environment(root))
            client.initialize(root, {"general": {"positionEncodings": [encoding]}})
            started[encoding] = client, root
        return started[encoding]

    yield client_for
    for client, _ in started.values():
        client.kill()


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_the_lines_have_the_authors_they_have(path, editors):
    scene = json.loads(path.read_text("utf-8"))
    client, root = editors(scene["encoding"])
    uri = (root / f"{path.stem}.py").as_uri()
    messages = json.loads(json.dumps(scene["messages"]).replace(scene["uri"], uri))
    first = 0 if scene["editor"].startswith("Neovim") else 1
    item = {"uri": uri, "languageId": "python", "version": first, "text": scene["text"]}
    client.notify("textDocument/didOpen", {"textDocument": item})
    for message in messages:
        client.notify(message["method"], message["params"])
    told = [line["state"] for line in lines(client, uri)]
    assert len(told) == len(scene["expect"])
    wrong = [
        f"{wanted} is {got}: {text}"
        for wanted, got, text in zip(
            scene["expect"], told, scene["final"].splitlines(), strict=True
        )
        if wanted not in (None, got)
    ]
    assert not wrong, "\n".join(wrong)
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
