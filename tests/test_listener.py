"""What a running server and its user's own processes say to each other, and what nobody else hears."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from vetline.doors import running
from vetline.doors.lsp import listener as module
from vetline.doors.lsp.listener import Handlers, Listener
from vetline.doors.verdict import Examined, Objection, Proposal, Redacted

QUESTION = {"examine": {"path": "/shop/a.py", "text": "after", "before": "before"}}
EXAMINED = Examined((Objection("python/x", "high", 3, "Bad."),), "not quite")


class Server:
    """What a listener's handlers heard."""

    def __init__(self) -> None:
        self.poked = asyncio.Event()
        self.heard: list[Any] = []
        self.hold: asyncio.Event | None = None

    async def examine(self, proposal: Proposal) -> Examined:
        self.heard.append(proposal)
        if self.hold is not None:
            await self.hold.wait()
        return EXAMINED

    async def redact(self, words: str) -> Redacted:
        self.heard.append(words)
        return Redacted("masked", ("password",), "…")


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, ...]:
    return (str(tmp_path / "first"), str(tmp_path / "second"))


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def ear(server, folders):
    made = Listener(Handlers(server.poked.set, server.examine, server.redact))
    await made.start()
    await made.register(folders)
    yield made
    made.stop()


async def ask(folders, question, budget=20.0):
    return await asyncio.to_thread(running.ask, folders, question, budget)


def registration(folders) -> Path:
    (found,) = Path(folders[0], "servers").iterdir()
    return found


async def test_a_question_is_answered(ear, server, folders):
    assert Examined.from_json(await ask(folders, QUESTION)) == EXAMINED
    part = {"examine": {**QUESTION["examine"], "whole": False}}
    assert Examined.from_json(await ask(folders, part)) == EXAMINED
    assert server.heard == [
        Proposal("/shop/a.py", "after", "before"),
        Proposal("/shop/a.py", "after", "before", whole=False),
    ]
    answer = await ask(folders, {"secrets": "words\ud800"})
    assert Redacted.from_json(answer) == Redacted("masked", ("password",), "…")
    assert server.heard[-1] == "words\ud800"


async def test_a_large_text_fits_and_a_larger_is_not_sent(ear, server, folders):
    large = {"examine": {**QUESTION["examine"], "text": "x" * 10_000_000}}
    assert Examined.from_json(await ask(folders, large)) == EXAMINED
    assert await ask(folders, {"secrets": "x" * running.LARGEST}) is None
    assert len(server.heard) == 1


async def test_a_poke_is_heard(ear, server, folders):
    await asyncio.to_thread(running.poke, folders)
    await asyncio.wait_for(server.poked.wait(), 20)


async def test_the_registration_is_its_users_alone(ear, folders):
    path = registration(folders)
    about = json.loads(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (about["port"], about["pid"], len(about["token"])) == (ear.port, os.getpid(), 64)
    assert [one.port for one in running.servers(folders)] == [ear.port]
    path.chmod(0o644)
    assert running.servers(folders) == []


async def test_a_place_is_registered_once_and_where_it_can_be(ear, server, folders, tmp_path):
    await ear.register(folders)
    (tmp_path / "blocked").write_text("")
    await ear.register((str(tmp_path / "blocked"), str(tmp_path / "third")))
    assert await ask([str(tmp_path / "third")], QUESTION)
    await ear.register(())
    ear.stop()
    assert not list(tmp_path.glob("*/servers/*"))
    assert await ask(folders, QUESTION) is None


async def test_who_cannot_be_found_is_logged(ear, tmp_path, caplog):
    (tmp_path / "blocked").write_text("")
    await ear.register((str(tmp_path / "blocked"),))
    assert "hooks cannot find this server" in caplog.text


async def test_an_answer_that_comes_late_is_not_waited_for(ear, server, folders):
    server.hold = asyncio.Event()
    start = time.monotonic()
    assert await ask(folders, QUESTION, 0.2) is None
    assert time.monotonic() - start < 10
    assert registration(folders).exists()
    server.hold.set()
    assert await ask(folders, QUESTION)


async def test_the_latest_of_several_servers_answers(ear, server, folders, monkeypatch):
    other = Server()
    later = Listener(Handlers(other.poked.set, other.examine, other.redact))
    await later.start()
    await later.register(folders[1:])
    try:
        assert await ask(folders, QUESTION)
        assert (len(server.heard), len(other.heard)) == (0, 1)
        await asyncio.to_thread(running.poke, folders)
        for one in (server, other):
            await asyncio.wait_for(one.poked.wait(), 20)
    finally:
        later.stop()


# -- strangers


def talk(port: int, *lines: bytes) -> bytes:
    """What one hears who says these lines and waits for the other side to close."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        try:
            for said in lines:
                line.sendall(said)
            line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(1 << 16), b""))
        except (ConnectionResetError, BrokenPipeError):
            return b""


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\n",
        b"{\n",
        b"[1]\n",
        b"[" * 3000 + b"\n",
        b"x" * 100_000 + b"\n",
        b'{"poke": "no"}\n',
        b'{"poke": 1}\n',
        b'{"poke": "\\ud800"}\n',
        b'{"hello": "x"}\n{"proof": "no", "size": 3}\n{}\n',
        b'{"hello": "x"}\n{"size": 99999999999}\n',
        json.dumps(QUESTION).encode() + b"\n",
    ],
)
async def test_a_stranger_is_not_heard(ear, server, folders, said, caplog):
    heard = await asyncio.to_thread(talk, ear.port, said)
    assert ear._token.hex().encode() not in heard
    assert heard.count(b"\n") <= 1
    assert (server.heard, server.poked.is_set()) == ([], False)
    assert caplog.text == ""
    assert await ask(folders, QUESTION)


async def test_a_proof_is_good_for_one_conversation(ear, server):
    """Whoever overhears one, or echoes the server's own, is as much a stranger as before."""
    first = json.loads(await asyncio.to_thread(talk, ear.port, b'{"hello": "x"}\n'))
    old = running.proof(ear._token, "client", first["nonce"])
    body = json.dumps(QUESTION).encode()
    for proof in (old, first["proof"]):
        head = json.dumps({"proof": proof, "size": len(body)}).encode() + b"\n"
        await asyncio.to_thread(talk, ear.port, b'{"hello": "x"}\n' + head + body)
    assert server.heard == []


async def test_one_who_says_nothing_is_shown_out(ear, folders, monkeypatch):
    monkeypatch.setattr(module, "_INTRODUCTION", 0.05)

    def wait() -> bytes:
        with socket.create_connection(("127.0.0.1", ear.port), timeout=20) as line:
            return line.recv(1)

    assert await asyncio.to_thread(wait) == b""


async def test_only_so_many_talk_at_once(ear, folders, monkeypatch):
    monkeypatch.setattr(module, "_MOST", 0)
    assert await ask(folders, QUESTION) is None
    monkeypatch.setattr(module, "_MOST", 1)
    assert await ask(folders, QUESTION)


async def test_a_handler_that_fails_quotes_nothing(ear, server, folders, monkeypatch, caplog):
    async def fail(proposal):
        raise RuntimeError(proposal.text)

    monkeypatch.setattr(ear, "_handlers", ear._handlers._replace(examine=fail))
    assert await ask(folders, QUESTION) is None
    assert "RuntimeError" in caplog.text
    assert "after" not in caplog.text


@pytest.mark.parametrize(
    "question", [{}, {"examine": {"path": "a"}}, {"examine": 1}, {"secrets": 1}]
)
async def test_a_question_nobody_knows_is_not_answered(ear, server, folders, question):
    assert await ask(folders, question) is None
    assert server.heard == []


class Impostor(threading.Thread):
    """Somebody on the port of a server that died: answers with what it makes up, keeps what it hears."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.heard = b""

    def run(self) -> None:
        line, _ = self.socket.accept()
        with line:
            self.heard += line.recv(1 << 16)
            line.sendall(b'{"proof": "' + b"0" * 64 + b'", "nonce": "1"}\n')
            self.heard += line.recv(1 << 16)


def test_an_impostor_on_a_dead_servers_port_hears_no_text(folders):
    impostor = Impostor()
    impostor.start()
    port = impostor.socket.getsockname()[1]
    path = running.announce(folders[0], port, b"t" * 32, "2026")
    assert running.ask(folders, {"secrets": "the text"}, 20) is None
    impostor.join(20)
    impostor.socket.close()
    assert not impostor.is_alive()
    assert list(json.loads(impostor.heard)) == ["hello"]
    assert not Path(path).exists()


# -- registrations of those who are gone


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


@pytest.mark.parametrize("meet", [running.poke, running.sweep, lambda f: running.ask(f, {}, 20)])
def test_a_refusing_port_is_forgotten(folders, meet):
    path = Path(running.announce(folders[0], closed_port(), b"t" * 32, "2026"))
    assert meet(folders) is None
    assert not path.exists()


def test_a_dead_process_is_forgotten(folders):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait(60)
    path = Path(running.announce(folders[0], 1, b"t" * 32, "2026"))
    about = json.loads(path.read_text())
    path.write_text(json.dumps({**about, "pid": gone.pid}))
    assert running.servers(folders) == []
    assert not path.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"host": "elsewhere"},
        {"port": 0},
        {"port": 70_000},
        {"port": "x"},
        {"token": "00"},
        {"token": "zz"},
        {"token": None},
    ],
)
def test_a_registration_that_is_not_for_us_is_left_alone(folders, change):
    """Another machine, or a container, may share the folder: its processes are not ours to judge."""
    path = Path(running.announce(folders[0], 1, b"t" * 32, "2026"))
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    assert running.servers(folders) == []
    assert path.exists()


def test_what_is_no_registration_is_passed_over(folders):
    inside = Path(running.announce(folders[0], 1, b"t" * 32, "2026")).parent
    for name, text in {"a.json": "{", "b.json": "[1]", "c.json": "{}"}.items():
        (inside / name).write_text(text)
        (inside / name).chmod(0o600)
    os.mkfifo(inside / "d.json", 0o600)
    assert [one.port for one in running.servers(folders)] == [1]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Examined, {}),
        (Examined, {"objections": [1], "unsure": ""}),
        (Examined, {"objections": [["a", "b", "c", "d"]], "unsure": ""}),
        (Redacted, {"text": 1, "kinds": [], "excerpt": ""}),
        (Redacted, {}),
    ],
)
def test_an_answer_in_other_words_leaves_everything_open(kind, data):
    found = kind.from_json(data)
    assert found.unsure
    assert found == kind.from_json(found.to_json())
