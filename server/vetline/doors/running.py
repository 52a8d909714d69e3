"""The running servers: where others find them, and how they are told and asked something.

A server listens on the loopback and registers in `<folder>/servers/<pid>.json`, which nobody but its user
can read. Its port may be anybody's once it died, so nothing is said before the other side has proved
that it knows the token of the registration, and the token itself never travels:

    poke      -> {"poke": proof}                          something is in the spool; no answer
    question  -> {"hello": nonce}  <- {"proof": proof, "nonce": nonce}
              -> {"proof": proof, "size": n}, n bytes of JSON  <- the answer, one line of JSON
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import disk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# ruff: noqa: PTH102, PTH103, PTH105, PTH108, PTH118, PTH208 - pathlib costs a hook 5 ms
HOST = "127.0.0.1"
LARGEST = 16_000_000  # bytes of a question and of an answer
TOKEN_BYTES = 32
_MOST = 8  # servers asked; more do not run on one project
_KNOCK = 0.1  # seconds for a connection; the system makes it, however busy the server is
_PATIENCE = 3.0  # seconds; a closed port is only found out after two on Windows
_CHUNK = 1 << 16


class Running(NamedTuple):
    """A registered server.

    Attributes:
        path: its registration.
        port: where it listens.
        token: what it and its user's processes know.
        started: when, in nanoseconds since the epoch, as text that sorts.
    """

    path: str
    port: int
    token: bytes
    started: str


class StrangerError(Exception):
    """Whoever listens there does not know the token."""


def proof(token: bytes, role: str, nonce: str = "") -> str:
    """What only one who knows the token can say to a nonce in a role: "server", "client" or "poke"."""
    words = f"{role}\0{nonce}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(words, key=token, digest_size=32).hexdigest()


def is_proof(said: object, token: bytes, role: str, nonce: str = "") -> bool:
    """Whether something received is that proof; takes as long for any wrong one."""
    import hmac

    expected = proof(token, role, nonce).encode("ascii")
    return isinstance(said, str) and hmac.compare_digest(said.encode("utf-8", "replace"), expected)


def announce(folder: str, port: int, token: bytes, started: str) -> str:
    """Register this process in a folder; gives the registration's path.

    Raises:
        OSError: it cannot be written.
    """
    servers = os.path.join(folder, "servers")
    os.makedirs(folder, 0o700, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.mkdir(servers, 0o700)
    path = os.path.join(servers, f"{os.getpid()}.json")
    about = {
        "port": port,
        "token": token.hex(),
        "pid": os.getpid(),
        "host": _host(),
        "started": started,
    }
    unfinished = f"{path}.{os.urandom(4).hex()}.part"
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(json.dumps(about).encode("ascii"))
    os.replace(unfinished, path)
    return path


def servers(folders: Iterable[str]) -> list[Running]:
    """The servers registered in the folders, the latest first; registrations of the dead are removed."""
    found: list[Running | None] = []
    for folder in folders:
        inside = os.path.join(folder, "servers")
        with contextlib.suppress(OSError):
            names = [name for name in os.listdir(inside) if name.endswith(".json")]
            found += [_read(os.path.join(inside, name)) for name in names]
    return sorted(filter(None, found), key=lambda one: one.started, reverse=True)[:_MOST]


def sweep(folders: Iterable[str]) -> None:
    """Remove registrations of servers that are gone, also where a process cannot be asked for."""
    for server in servers(folders):
        with contextlib.suppress(OSError), _connected(server, _PATIENCE):
            pass


def poke(folders: Iterable[str]) -> None:
    """Tell the running servers that something is in the spool. Does not wait for them."""
    for server in servers(folders):
        said = json.dumps({"poke": proof(server.token, "poke")}).encode("ascii") + b"\n"
        with contextlib.suppress(OSError), _connected(server, _KNOCK) as line:
            line.sendall(said)


def ask(
    folders: Iterable[str], question: Mapping[str, Any], budget: float
) -> dict[str, Any] | None:
    """The answer of a running server; None when there is none within `budget` seconds.

    Args:
        folders: where servers register.
        question: {"examine": …} or {"secrets": …}, as `doors.lsp.listener` has them.
        budget: seconds in all.
    """
    until = time.monotonic() + budget
    body = json.dumps(question).encode("ascii")
    for server in servers(folders) if len(body) <= LARGEST else ():
        try:
            with _connected(server, min(_KNOCK, _left(until))) as line:
                return _asked(line, server.token, body, until)
        except StrangerError:
            _forget(server.path)
        except (OSError, ValueError):  # busy, gone meanwhile, or it could not say
            continue
    return None


def _asked(line: socket.socket, token: bytes, body: bytes, until: float) -> dict[str, Any]:
    nonce = os.urandom(16).hex()
    _send(line, {"hello": nonce}, b"", until)
    hello = _receive(line, until)
    if not is_proof(hello.get("proof"), token, "server", nonce):
        raise StrangerError
    ours = proof(token, "client", str(hello.get("nonce")))
    _send(line, {"proof": ours, "size": len(body)}, body, until)
    return _receive(line, until)


def _send(line: socket.socket, head: Mapping[str, Any], body: bytes, until: float) -> None:
    line.settimeout(_left(until))
    line.sendall(json.dumps(head).encode("ascii") + b"\n" + body)


def _receive(line: socket.socket, until: float) -> dict[str, Any]:
    parts: list[bytes] = []
    size = 0
    while not (parts and parts[-1].endswith(b"\n")):
        line.settimeout(_left(until))
        parts.append(line.recv(_CHUNK))
        size += len(parts[-1])
        if not parts[-1] or size > LARGEST:
            raise ValueError("no answer")
    answer = json.loads(b"".join(parts))
    if not isinstance(answer, dict):
        raise ValueError("no answer")  # noqa: TRY004 - what is received is a value
    return answer


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@contextlib.contextmanager
def _connected(server: Running, timeout: float) -> Any:
    with socket.socket() as line:
        line.settimeout(timeout)
        try:
            line.connect((HOST, server.port))
        except ConnectionRefusedError:
            _forget(server.path)
            raise
        yield line


def _read(path: str) -> Running | None:
    """The server of a registration that is its user's alone, if it lives and on this machine."""
    try:
        about = os.lstat(path)
        if hasattr(os, "geteuid") and (about.st_uid != os.geteuid() or about.st_mode & 0o077):
            return None
        said = json.loads(disk.read(path, 4096))
        token, pid, port = bytes.fromhex(said["token"]), int(said["pid"]), int(said["port"])
        if said["host"] != _host() or len(token) != TOKEN_BYTES or not 0 < port < 1 << 16:
            return None
        if _is_dead(pid):
            _forget(path)
            return None
        return Running(path, port, token, str(said["started"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _is_dead(pid: int) -> bool:
    """Whether no process of ours has that number. Not known on Windows, where asking would end it."""
    if os.name == "nt":
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError, OverflowError):
        return True
    return pid <= 0


def _host() -> str:
    """This machine's name: a container shares the folder, but neither processes nor ports."""
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")


def _forget(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)
