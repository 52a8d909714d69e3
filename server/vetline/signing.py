"""Which SSH key a person signs with, what stands between it and a program, and signing with it.

`ssh-keygen -Y sign` does it, as for git.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import signal
import struct
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from vetline import disk, git, ssh
from vetline.ssh import SigningError

PATIENCE = 120.0  # seconds that a person has to touch a key or to type a passphrase
_KEY_BYTES = 64_000
_PRIVATE = b"openssh-key-v1\0"
_BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----"
_END = "-----END OPENSSH PRIVATE KEY-----"
_CONTROL = re.compile(r"[^\x20-\x7e]")
_SETUP = (
    "no signing key is set up: make one with `ssh-keygen -t ed25519-sk` (or ed25519 with a passphrase) and set "
    "VETLINE_GATE_SIGNING_KEY to its file, or git's gpg.format to ssh and user.signingkey"
)


class Guard(StrEnum):
    """What stands between a key and a program that runs as its owner."""

    TOUCH = "touch"
    PASSPHRASE = "passphrase"  # noqa: S105 - a word for a kind of key
    AGENT = "agent"
    NONE = "none"

    @property
    def asks(self) -> bool:
        """Whether the key itself asks a person each time."""
        return self in {Guard.TOUCH, Guard.PASSPHRASE}


@dataclass(frozen=True, slots=True)
class Key:
    """A key to sign with.

    Attributes:
        type: "ssh-ed25519", "sk-ssh-ed25519@openssh.com", …
        blob: its public half, as signatures name it.
        guard: what it takes to use it.
        path: the file of its private half; None when only an SSH agent has that.
    """

    type: str
    blob: bytes
    guard: Guard
    path: Path | None = None

    @property
    def line(self) -> str:
        """Its public half as an allowed-signers file has it."""
        return f"{self.type} {base64.b64encode(self.blob).decode('ascii')}"


def key_of(root: Path, given: str = "") -> Key:
    """The key that a person signs with.

    Args:
        root: the folder they work in; git is asked there.
        given: the file of the key, or of its public half, or that half itself ("ssh-ed25519 AAAA…"); "" for the
            one that git signs with, if that is an SSH key.

    Raises:
        SigningError: there is none, or it cannot be used; says how to set one up.
    """
    name = given or _of_git(root)
    if not name:
        raise SigningError(_SETUP)
    if public := ssh.PUBLIC.match(name.removeprefix("key::")):
        return _public(public)
    return read_key(Path(os.path.expanduser(name)))  # noqa: PTH111 - never raises


def read_key(path: Path) -> Key:
    """The key in a file, be it the private or the public half; where both are there, the private one.

    Raises:
        SigningError: there is none that OpenSSH could sign with.
    """
    private = path.with_suffix("") if path.suffix == ".pub" else path
    text = _text(private if private.exists() or path == private else path)
    if public := ssh.PUBLIC.match(text):
        return _public(public)
    raw = ssh.unarmored(text, _BEGIN, _END)
    if raw is None:
        raise SigningError(
            f"{private} is no OpenSSH private key: `ssh-keygen -p -f FILE` rewrites an older format"
        )
    try:
        return _private(raw, private)
    except (struct.error, ValueError, IndexError):
        raise SigningError(f"{private} is damaged: it is no OpenSSH private key") from None


def _of_git(root: Path) -> str:
    """What git is set to sign with, where that is an SSH key."""
    asked = ("config", "--null", "--get-regexp", r"^(gpg\.format|user\.signingkey)$")
    try:
        told = git.run(root, *asked, ok=(0, 1)).decode("utf-8", "replace")
    except git.GitError as error:
        raise SigningError(str(error)) from None
    known = dict(record.split("\n", 1) for record in told.split("\0") if "\n" in record)
    return known.get("user.signingkey", "") if known.get("gpg.format") == "ssh" else ""


def _text(path: Path) -> str:
    try:
        return disk.read(path, _KEY_BYTES).decode("ascii", "replace")
    except OSError as error:
        raise SigningError(f"the signing key {path} {disk.reason(error)}") from None


def _public(match: re.Match[str]) -> Key:
    try:
        return Key(match[1], base64.b64decode(match[2], validate=True), Guard.AGENT)
    except binascii.Error:
        raise SigningError("the signing key is no public key of OpenSSH's") from None


def _private(raw: bytes, path: Path) -> Key:
    if not raw.startswith(_PRIVATE):
        raise ValueError
    cipher, rest = ssh.string(raw[len(_PRIVATE) :])
    rest = ssh.string(ssh.string(rest)[1])[1]  # how the passphrase is stretched
    if struct.unpack_from(">I", rest) != (1,):
        raise ValueError
    blob, rest = ssh.string(rest[4:])
    kind = ssh.string(blob)[0].decode("ascii")
    if cipher != b"none":
        return Key(kind, blob, Guard.PASSPHRASE, path)
    touch = kind.startswith("sk-") and _wants_touch(kind, ssh.string(rest)[0])
    return Key(kind, blob, Guard.TOUCH if touch else Guard.NONE, path)


def _wants_touch(kind: str, secret: bytes) -> bool:
    """Whether a hardware key was made to ask for a touch, by the flags beside its handle."""
    rest = ssh.string(secret[8:])[1]  # two equal numbers, the type
    for _ in range(3 if "ecdsa" in kind else 2):  # the curve, the public half, the application
        rest = ssh.string(rest)[1]
    return bool(rest[0] & ssh.PRESENT)


def sign(key: Key, payload: bytes, namespace: str, *, root: Path, terminal: bool) -> str:
    """The armored signature of a person over some bytes; blocks until they have typed or touched, or a limit.

    Args:
        key: their key.
        payload: what they sign.
        namespace: what for.
        root: the project; no program that lies there is run.
        terminal: they sit at ours, which the question goes to; else it goes to SSH_ASKPASS.

    Raises:
        SigningError: nothing was signed.
    """
    with TemporaryDirectory(prefix="vetline-") as folder:
        path = key.path
        if path is None:
            path = Path(folder, "key.pub")
            path.write_text(key.line + "\n", "ascii")
        environ = dict(os.environ, LC_ALL="C")
        if key.guard is not Guard.AGENT:
            # An agent that holds the key would sign without asking anybody.
            environ.pop("SSH_AUTH_SOCK", None)
        if not terminal and environ.get("SSH_ASKPASS"):
            environ["SSH_ASKPASS_REQUIRE"] = "force"
        command = [ssh.program(root), "-Y", "sign", "-f", str(path), "-n", namespace]
        armor = _signed(command, payload, environ, terminal=terminal)
    made = ssh.parsed(armor)
    if made is None or made.blob != key.blob or made.namespace != namespace:
        raise SigningError("ssh-keygen signed with another key")
    return armor


def _signed(command: list[str], payload: bytes, environ: dict[str, str], *, terminal: bool) -> str:
    # A terminal that is an editor's must not be asked: without it there is only SSH_ASKPASS.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=None if terminal else subprocess.PIPE, env=environ, start_new_session=not terminal,
    ) as process:  # fmt: skip
        try:
            out, words = process.communicate(payload, PATIENCE)
        except BaseException as error:
            _end(process, group=not terminal)
            if isinstance(error, subprocess.TimeoutExpired):
                raise SigningError(f"nobody answered for {PATIENCE:g} s: not signed") from None
            raise
    if process.returncode:
        raise SigningError(_why(words or b""))
    return out.decode("ascii", "replace")


def _end(process: subprocess.Popen[bytes], *, group: bool) -> None:
    """End ssh-keygen, and with it the window that asks for a passphrase."""
    if group and hasattr(os, "killpg"):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()
    else:
        process.kill()


def _why(told: bytes) -> str:
    words = told.decode("utf-8", "replace")
    if "passphrase" in words:
        return "not signed: the passphrase was wrong, or there was no way to ask for it (a terminal or SSH_ASKPASS)"
    if "agent" in words or "No private key" in words:
        return "not signed: the SSH agent does not hold the key, or refused (`ssh-add -l` lists what it has)"
    last = _CONTROL.sub("?", next(reversed(words.splitlines()), ""))[:200]
    return f"not signed: ssh-keygen said {last!r}" if last else "not signed"
