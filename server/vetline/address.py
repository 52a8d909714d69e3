"""The address of a database server, as a setting gives it. Never with a password: that belongs to the person's own files.

Its form is libpq's URI, "postgresql://user@host:port/database?sslmode=verify-full": PostgreSQL's documentation,
"Connection URIs". One host only, and of the parameters those that say how the connection is protected.
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

_SCHEMES = ("postgresql", "postgres")
_LONGEST = 1000
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f]")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,250}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,60}")
_PROTECTION = frozenset({"sslmode", "sslrootcert", "sslcert", "sslkey", "channel_binding"})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PORT = 5432
_PASSES = 1_000_000  # bytes of a password file
_FIELDS = 5  # of its lines


class Address(NamedTuple):
    """Where a server is, and as whom and to which database to connect.

    Attributes:
        host: a name, an IP address, or the folder of a Unix socket.
        port: its TCP port, or the end of the socket's name.
        database: the database; "" for the one of the user's name.
        user: the role; "" for what the environment or the system says.
        protection: libpq's parameters about TLS, by name.
    """

    host: str
    port: int
    database: str
    user: str = ""
    protection: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """How messages name it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}/{self.database}"

    @property
    def is_local(self) -> bool:
        """Whether what is sent there stays on this machine."""
        return self.host in _LOOPBACK or self.host.startswith("/")

    @property
    def is_plain(self) -> bool:
        """Whether it names a host, and nothing about how to connect to it: no file, no protection."""
        return not self.protection and not self.host.startswith("/")


def parse(raw: str) -> Address:
    """The address that a text means.

    Raises:
        ValueError: it is none, or holds a password; the message quotes nothing of it.
    """
    if len(raw) > _LONGEST or _CONTROL.search(raw):
        raise ValueError("an address has no spaces and no control characters in it")
    try:
        parts = urlsplit(raw)
        port, host = parts.port or _PORT, (parts.hostname or "").lower()
        asked = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise ValueError("expected an address like 'postgresql://host:5432/database'") from None
    if parts.scheme not in _SCHEMES or not raw.startswith(f"{parts.scheme}://") or parts.fragment:
        raise ValueError("expected an address like 'postgresql://host:5432/database'")
    if parts.password is not None or any("pass" in name.lower() for name, _ in asked):
        raise ValueError("a password does not belong here: put it into ~/.pgpass or PGPASSWORD")
    given = dict(asked)
    socket = "" if host else given.pop("host", "")
    if not _HOST.fullmatch(host) and not socket.startswith("/"):
        raise ValueError("the address names no host, or more than one")
    if not given.keys() <= _PROTECTION:
        known = ", ".join(sorted(_PROTECTION))
        raise ValueError(f"an address has no other parameters than {known}")
    return Address(
        host or socket,
        port,
        unquote(parts.path[1:]),
        unquote(parts.username or ""),
        tuple(sorted(given.items())),
    )


def checked(raw: object) -> str:
    """A raw value of the setting, as it is when it is an address or empty.

    Raises:
        ValueError: it is none; the message quotes nothing of it.
    """
    if not isinstance(raw, str):
        raise ValueError("expected an address like 'postgresql://host:5432/database'")  # noqa: TRY004 - one type for what people write
    if raw:
        parse(raw)
    return raw


def has_login(address: Address) -> bool:
    """Whether the person keeps a login for exactly this host in the password file: PGPASSFILE, else ~/.pgpass.

    Its form: "hostname:port:database:username:password", with backslashes before colons and backslashes;
    PostgreSQL's documentation, "The Password File". A "*" for the host means no host in particular and counts for none.
    """
    from vetline import disk  # noqa: PLC0415 - only who names a server pays for it

    own = "~/.pgpass" if os.name == "posix" else "~/AppData/Roaming/postgresql/pgpass.conf"
    path = os.environ.get("PGPASSFILE") or os.path.expanduser(own)  # noqa: PTH111 - never raises
    try:
        lines = disk.read(path, _PASSES).decode("utf-8", "replace").splitlines()
    except OSError:
        return False
    for line in lines:
        fields = [part.replace("\\:", ":").replace("\\\\", "\\") for part in _split(line)]
        if len(fields) != _FIELDS or line.startswith("#") or fields[0].lower() != address.host:
            continue
        wanted = zip(fields[1:3], (str(address.port), address.database), strict=True)
        if all(field in ("*", value) for field, value in wanted):
            return True
    return False


def _split(line: str) -> list[str]:
    return re.split(r"(?<!\\):", line, maxsplit=_FIELDS - 1)
