"""Whose SSH signature a text bears, by a list of allowed signers.

`ssh-keygen -Y verify` decides, as for git; the list's format is that of ssh-keygen(1), ALLOWED SIGNERS.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from vetline import ssh
from vetline.ssh import SigningError

if TYPE_CHECKING:
    from datetime import datetime

    from vetline.ssh import Signature

_SECONDS = 10.0  # for a verification, which asks nobody
_SIGNER = re.compile(r"[^\s,;<>\"'*?!\x00-\x1f\x7f-\x9f-][^\s,;<>\"'*?!\x00-\x1f\x7f-\x9f]{0,253}")
_AUTHORITY = re.compile(r"[ \t,]cert-authority(?=[ \t,]|$)", re.IGNORECASE)
_AT_LINE = re.compile(r"[^\n]{0,4096}?:([0-9]{1,7}): ([^\x00-\x1f]{1,300})")


class Seal(NamedTuple):
    """What a signature is worth.

    Attributes:
        principal: whose it is; "" when it does not count.
        key: the fingerprint of its key, "SHA256:…"; "" when there is none to tell.
        problem: why it does not count, a clause with the way out where there is one; "" when it does.
    """

    principal: str = ""
    key: str = ""
    problem: str = ""


class Signer(NamedTuple):
    """A line of an allowed-signers file.

    Attributes:
        principals: whose line it is, as patterns.
        blob: the public half of their key.
        authority: the key vouches for others' keys, so that several people share it.
    """

    principals: tuple[str, ...]
    blob: bytes
    authority: bool = False


def is_signer(word: str) -> bool:
    """Whether a word can be a principal: an address or a name, no pattern and no option."""
    return bool(_SIGNER.fullmatch(word))


def signers(listed: bytes) -> tuple[Signer, ...]:
    """The lines of an allowed-signers file; those that are none are passed over.

    To name people and to tell that two principals are one person. What a line allows, ssh-keygen says.
    """
    found = []
    for line in listed.decode("utf-8", "replace").splitlines():
        key = ssh.PUBLIC.search(line) if not line.lstrip().startswith("#") else None
        if key is None or len(key[2]) % 4:
            continue
        who = line.split(maxsplit=1)[0].strip('"')
        names = tuple(name for name in who.split(",") if name)
        vouches = bool(_AUTHORITY.search(line[: key.start()]))
        found.append(Signer(names, base64.b64decode(key[2]), vouches))
    return tuple(found)


@lru_cache(4096)
def verify(
    payload: bytes,
    armor: str,
    *,
    allowed: bytes,
    principal: str,
    namespace: str,
    when: str,
    root: Path,
) -> Seal:
    """What a signature over some bytes is worth. What was asked for lately is remembered.

    Args:
        payload: the bytes.
        armor: the signature; "" is none.
        allowed: the allowed-signers file.
        principal: whose it has to be.
        namespace: what it has to be made for.
        when: the time at which its key has to be allowed, as `moment` gives it.
        root: the project; no program that lies there is run.

    Raises:
        SigningError: ssh-keygen is not there, or too old, so that nobody can tell.
    """
    made = ssh.parsed(armor)
    if made is None:
        what = "is not signed" if not armor else "bears no SSH signature that can be read"
        return Seal(problem=what)
    mark = ssh.fingerprint(made.blob)
    if made.namespace != namespace:
        return Seal("", mark, f"was signed for {_shown(made.namespace)}, not for {namespace}")
    if not is_signer(principal):
        return Seal("", mark, "names no reviewer who could sign")
    if made.touched is False:
        return Seal("", mark, "was signed by a hardware key that nobody touched")
    with TemporaryDirectory(prefix="vetline-") as folder:
        listed, signature = Path(folder, "allowed_signers"), Path(folder, "signature")
        listed.write_bytes(allowed)
        signature.write_text(armor, "ascii", "replace")
        files = ["-f", str(listed), "-s", str(signature), "-O", f"verify-time={when}"]
        named = ["-I", principal, "-n", namespace]
        code, told = _ask(root, ["-Y", "verify", *files, *named], payload)
        if code == 0:
            return Seal(principal, mark)
        if "verify-time" in told or "usage" in told.lower():
            raise SigningError("ssh-keygen is too old to verify reviews: OpenSSH 8.9 is needed")
        alone = ["-Y", "check-novalidate", "-n", namespace, "-s", str(signature)]
        if _ask(root, alone, payload)[0]:
            return Seal("", mark, "was changed after it was signed")
    return Seal("", mark, _unlisted(made, allowed, principal, told))


def moment(when: datetime) -> str:
    """A time as `verify` takes it, in UTC to the minute."""
    return when.astimezone(UTC).strftime("%Y%m%d%H%M00")


def _unlisted(made: Signature, allowed: bytes, principal: str, told: str) -> str:
    """Why a good signature is not by an allowed signer."""
    key = f"its key {ssh.fingerprint(made.blob)}"
    lines = [line for line in signers(allowed) if line.blob == made.blob]
    if not lines:
        return f"was not signed by an allowed signer: {key} is not listed"
    said = _AT_LINE.match(next((w for w in told.splitlines() if _AT_LINE.match(w)), ""))
    if said:
        return f"was not signed by an allowed signer: line {said[1]} of their list says {said[2]!r}"
    others = ", ".join(_shown(name) for line in lines for name in line.principals[:3])
    return f"was not signed by {principal}, whom it names: {key} is that of {others}"


def _ask(root: Path, arguments: list[str], payload: bytes) -> tuple[int, str]:
    environ = dict(os.environ, LC_ALL="C", TZ="UTC")  # dates in the list have no zone of their own
    try:
        done = subprocess.run(
            [ssh.program(root), *arguments], input=payload, capture_output=True, env=environ,
            timeout=_SECONDS, check=False,
        )  # fmt: skip
    except OSError as error:
        raise SigningError(f"ssh-keygen cannot be run: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise SigningError(f"ssh-keygen took over {_SECONDS:g} s") from None
    return done.returncode, done.stderr.decode("utf-8", "replace")


def _shown(word: str) -> str:
    return repr(word[:80])
