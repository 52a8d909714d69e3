"""Who may approve: an allowed-signers file, as ssh-keygen reads it (ssh-keygen(1), ALLOWED SIGNERS)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.templates import Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline.templates import Project

PATH = ".vetline/allowed_signers"
_TEXT = """\
# Whose signature counts under an approval (`vetline review approve`). One line each: an address, what for, the public key.
#
#   ana@example.com namespaces="vetline" ssh-ed25519 AAAA...
#
# A key that asks a person each time is best: `ssh-keygen -t ed25519-sk` (a touch), or `-t ed25519` with a passphrase.
# The gate reads this file as it is in the commit that a change is compared with: nobody lets themselves in.
"""


def steps(project: Project) -> Iterator[Step]:
    """Write the file where there is none; of one that is there say which line is missing."""
    there = project.read(PATH)
    if there is None:
        yield Step(PATH, _TEXT + (project.signer + "\n" if project.signer else ""))
    elif project.signer and _key(project.signer) not in there:
        yield Step(PATH, None, f"does not have your key; add to it:\n{project.signer}\n")


def line(address: str, key: str) -> str:
    """The line that lets a person approve.

    Args:
        address: the person's.
        key: the public key, its type and its base64.
    """
    return f'{address} namespaces="vetline" {key}'


def _key(signer: str) -> str:
    return signer.rpartition(" ")[2]
