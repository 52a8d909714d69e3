"""Who is who: two addresses of one person, and who may not decide on what they wrote or asked for. Pure."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from vetline.standings import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline.signatures import Signer

# What agents and bots commit as: no person signs with it, whatever a list says.
_MACHINES = frozenset(
    {"noreply@anthropic.com", "cursoragent@cursor.com", "copilot@github.com", "noreply@openai.com"}
)
_ANY = re.compile("[*?!]")


class People(NamedTuple):
    """Who goes by several addresses.

    Attributes:
        by_address: an address in lower case → all of that person's; who has only one need not be in it.
        patterns: of each key that a line with `*` or `?` lists whom it may sign for, as such a line has it.
    """

    by_address: dict[str, frozenset[str]]
    patterns: tuple[tuple[tuple[str, ...], ...], ...] = ()

    def same(self, one: str, other: str) -> bool:
        """Whether two actors, "Name <address>" or an address, are one person, or may be, as far as is known.

        Whose key may sign for both addresses may be either of them.
        """
        first, second = address(one), address(other)
        if first == second or second in self.by_address.get(first, ()):
            return True
        return any(_fits(lines, first) and _fits(lines, second) for lines in self.patterns)


def of_signers(signers: Iterable[Signer]) -> People:
    """The people of an allowed-signers file: the addresses of one line, and of lines with one key, are one person's."""
    found: dict[str, frozenset[str]] = {}
    by_key: dict[bytes, set[str]] = {}
    lines: dict[bytes, list[tuple[str, ...]]] = {}
    for signer in signers:
        if (
            signer.authority
        ):  # several people share it, and each one's certificate says who they are
            continue
        names = tuple(name.casefold() for name in signer.principals)
        lines.setdefault(signer.blob, []).append(names)
        by_key.setdefault(signer.blob, set()).update(n for n in names if not _ANY.search(n))
    for own_names in by_key.values():
        known = frozenset(own_names.union(*(found.get(name, ()) for name in own_names)))
        found |= dict.fromkeys(known, known)
    wide = (tuple(own) for own in lines.values() if any(_ANY.search(n) for one in own for n in one))
    return People(found, tuple(wide))


def _fits(lines: Iterable[tuple[str, ...]], name: str) -> bool:
    """Whether one of the lines of a key is somebody's; a pattern with `!` takes them out of its line."""

    def matches(pattern: str) -> bool:
        return fnmatchcase(name, pattern.replace("[", "[[]"))

    return any(
        any(matches(one) for one in line if not one.startswith("!"))
        and not any(matches(one[1:]) for one in line if one.startswith("!"))
        for line in lines
    )


def address(actor: str) -> str:
    """What tells a person from another: the address of "Name <address>", else the word itself; in lower case."""
    inside = actor.rpartition("<")[2].partition(">")[0]
    return (inside or actor).strip().casefold()


def objection(
    state: State, reviewer: str, people: People, *, requester: str, authors: Iterable[str]
) -> str:
    """Why somebody may not approve this; "" when they may. Everybody may reject or withdraw.

    Args:
        state: what they decided.
        reviewer: who.
        people: who goes by several addresses.
        requester: who asked.
        authors: for whom an AI wrote it, or who did themselves.
    """
    if state is not State.APPROVED:
        return ""
    mail = address(reviewer)
    if mail in _MACHINES or mail.partition("@")[0].endswith("[bot]"):
        return f"was approved by {reviewer}, which is no person"
    if people.same(reviewer, requester):
        return f"was approved by {reviewer}, who asked for it: somebody else has to"
    if any(people.same(reviewer, author) for author in authors):
        return f"was approved by {reviewer}, for whom it was written: somebody else has to"
    return ""
