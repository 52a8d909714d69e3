"""Whether a secret stands in a committed version of a file: then it is known, however it is taken out now.

Git is asked which versions there are; they are searched here, in memory. No secret is in an argument, in an
environment or in a file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vetline import git
from vetline.history import asking

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SECONDS = 5.0  # that git may be asked for one file
_COMMITS = 200  # the newest that touch the file
_LARGEST = 4_000_000  # bytes of one version
_SHOWN = 8  # digits of a commit's name
_ENTRY = re.compile(r":\d{6} \d{6} [0-9a-f]+ (?P<blob>[0-9a-f]+) [A-Z]\d*")


class Exposed(NamedTuple):
    """The oldest commit seen that holds a secret: its short name and its day, "2026-03-01".

    Both are "" where none seen does and older ones were not looked at.
    """

    commit: str
    day: str

    def sentence(self, title: str) -> str:
        """What a person is told of a secret whose rule has that title: "AWS access key", "Private key"."""
        if not self.commit:
            return (
                f"{title} in none of the newest {_COMMITS} commits of the file, older ones were not searched: "
                "revoke it if it was ever committed."
            )
        return f"{title} in commit {self.commit} ({self.day}): revoke it, taking it out of the file is not enough."


def exposed(
    root: Path, place: str, secrets: Iterable[str], seconds: float = SECONDS
) -> dict[str, Exposed]:
    """By secret the oldest commit that has it in the file, for those that one has.

    All that has a name here is looked at, branches, tags and stashes, of each the newest 200 commits that touch the file at most;
    a name that it had before is not followed.

    Args:
        root: the folder that `place` is relative to.
        place: the file, POSIX.
        secrets: what is looked for.
        seconds: that git may take.

    Raises:
        GitError: git did not answer, or not in time.
    """
    wanted = {secret: _spellings(secret) for secret in secrets if secret}
    if git.git_dir(root) is None or not wanted:
        return {}
    repository = asking.opened(root, seconds)
    versions = list(_versions(repository, place))
    named = asking.named(repository, dict.fromkeys(blob for _, blob in versions))
    held = asking.contents(repository, (o for o in named if o[1] == "blob"), _LARGEST)
    found: dict[str, Exposed] = {}
    for commit, blob in reversed(versions):  # the oldest first
        raw = held.get(blob, b"")
        for secret, spellings in wanted.items():
            if secret not in found and any(each in raw for each in spellings):
                found[secret] = commit
    if len({commit.commit for commit, _ in versions}) >= _COMMITS:
        found |= {secret: Exposed("", "") for secret in wanted if secret not in found}
    return found


def _versions(repository: asking.Repository, place: str) -> Iterable[tuple[Exposed, str]]:
    """The commits that touch a file, the newest first, each with the blob that it makes of it."""
    told = repository.git(
        *("--literal-pathspecs", "log", "--all", "-n", str(_COMMITS)),
        *("--format=%x01%H %cs", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv"),
        *("--no-show-signature", "--ignore-submodules=all", "-m", "--", place),
    )  # fmt: skip
    commit = Exposed("", "")
    for line in told.decode("utf-8", "replace").splitlines():
        if line.startswith("\x01"):
            name, _, day = line[1:].partition(" ")
            commit = Exposed(name[:_SHOWN], day)
        elif (entry := _ENTRY.match(line)) and entry["blob"].strip("0"):
            yield commit, entry["blob"]


def _spellings(secret: str) -> tuple[bytes, ...]:
    """The bytes that a secret may be in a file: its lines may have been ended otherwise."""
    plain = secret.replace("\r\n", "\n")
    both = (plain, plain.replace("\n", "\r\n")) if "\n" in plain else (plain,)
    return tuple(each.encode("utf-8", "surrogatepass") for each in both)
