"""A real PostgreSQL of the tests' own: in a temporary folder, on a Unix socket, stopped in the end.

PostgreSQL refuses to run as root, so that its programs are then run as another user. Where it is not installed
the tests that need it are skipped, which says so.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 60  # for a program to start or stop, on a busy machine
MISSING = "PostgreSQL is not installed: as root on Debian `make test` installs it; else install the package postgresql"
_PORT = 5432  # of the socket's name: nothing listens on TCP
_USERS = ("postgres", "nobody")
# What is tested is ours and not PostgreSQL's: that it survives a power cut is taken for granted.
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "log_min_messages": "fatal",
}


def program(name: str) -> str:
    """Where a program of PostgreSQL's is; "" when it is not installed. Debian's are not on PATH."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/local/bin", *map(str, places)))
    return shutil.which(name, path=path) or ""


class Postgres(NamedTuple):
    """A server that runs."""

    folder: Path
    user: str

    @property
    def url(self) -> str:
        """Its address, as the setting `ledger.url` gives it."""
        return f"postgresql://{self.user}@/postgres?host={self.folder}"

    def connect(self, database: str = "postgres", user: str = "") -> psycopg.Connection:
        """A connection that no code under test has a part in."""
        words = {"host": str(self.folder), "dbname": database, "user": user or self.user}
        return psycopg.connect(**words, autocommit=True, connect_timeout=SECONDS)

    def stop(self) -> None:
        """Stop it at once, as a power cut would."""
        if (pid := self.pid) is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
        self._control("stop", "-m", "immediate")

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = " ".join(f"-c {name}={value!r}" for name, value in _SETTINGS.items())
        self._control("start", "-l", str(self.folder / "log"), "-o", f"{options} -k {self.folder}")

    @property
    def pid(self) -> int | None:
        """The number of its main process; None while it does not run."""
        try:
            return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _control(self, *words: str) -> None:
        data = str(self.folder / "data")
        run("pg_ctl", "-D", data, "-w", "-t", str(SECONDS), *words, cwd=self.folder)


def run(name: str, *words: str, cwd: Path) -> None:
    """Run a program of PostgreSQL's as somebody who may.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    who = _other() if os.geteuid() == 0 else None
    as_whom = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
    # A file and not a pipe: the server that is started keeps what it inherits open.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [program(name), *words], cwd=cwd, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            timeout=2 * SECONDS, env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            check=False, **as_whom,
        )  # fmt: skip
        if done.returncode:
            said.seek(0)
            raise RuntimeError(f"{name}: {said.read().decode(errors='replace')}")


def _other() -> pwd.struct_passwd | None:
    for name in _USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    return None


@contextlib.contextmanager
def running() -> Iterator[Postgres]:
    """A server with an empty database, which is gone afterwards whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="vl-pg-"))  # the name of a socket is a short one
    who = _other() if os.geteuid() == 0 else None
    server = Postgres(folder, who.pw_name if who else pwd.getpwuid(os.geteuid()).pw_name)
    try:
        if who:
            os.chown(folder, who.pw_uid, who.pw_gid)
        run("initdb", "-D", str(folder / "data"), "-A", "trust", "-E", "UTF8", "-N", "--locale=C", "-U", server.user, cwd=folder)  # fmt: skip
        server.start()
        yield server
    finally:
        try:
            server.stop()
        finally:
            for _ in range(50):  # its processes may still write
                shutil.rmtree(folder, ignore_errors=True)
                if not folder.exists():
                    break
                time.sleep(0.1)
