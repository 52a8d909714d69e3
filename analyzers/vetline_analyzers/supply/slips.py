"""How a name may be mistaken for another: slips of the finger and of the memory, and where to look for them.

`keys` files a name so that two that are a slip apart share a key; `slip` then says whether they are, and how far.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKS = re.compile(r"[-_./@]")
_LONG = 48  # characters beyond which two names are compared by their words alone
_SHORT = 4  # characters under which everything is near something
_TWO = 9  # characters from which on two slips still point to one name
_ALIKE = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"))
_DOUBLED = re.compile(r"(.)\1")
_PLURAL = 4  # characters from which on a last "s" makes a plural
_AFFIXES = frozenset(
    {"api", "client", "core", "dev", "js", "lib", "library", "module", "new", "node", "nodejs"}
    | {
        "official",
        "package",
        "pkg",
        "plus",
        "pro",
        "py",
        "py3",
        "python",
        "python3",
        "sdk",
        "ts",
        "utils",
    }
)
_ATTACHED = re.compile(r"^py(?=.{3})|(?<=.{3})(?:py|js|lib)$|(?<=.{3})\d+$")


class Slip(IntEnum):
    """How far a name is from another: the more, the less likely it is meant.

    NONE is no slip at all. SMALL is a delimiter, one character, or two that changed places; FAMILIAR the same words in another
    order, or with what people put before and behind names ("python-", "-js"); LARGE two characters of a long name.
    """

    NONE = 0
    SMALL = 1
    FAMILIAR = 2
    LARGE = 3


def keys(name: str) -> frozenset[str]:
    """What a normalised name is filed under; a key with a "=" before it is one of words."""
    bare = _MARKS.sub("", name)
    found = {"=" + _folded(name)}
    if _SHORT <= len(bare) <= _LONG:
        found |= {bare[:at] + bare[at + 1 :] for at in range(len(bare))}
        found.add(bare)
    return frozenset(found)


def slip(name: str, other: str) -> Slip:
    """How far a name is from another one, both normalised; NONE also when they are the same."""
    bare, wanted = _MARKS.sub("", name), _MARKS.sub("", other)
    shorter = min(len(bare), len(wanted))
    if name == other or shorter < _SHORT:
        return Slip.NONE
    if bare == wanted or (max(len(bare), len(wanted)) <= _LONG and _is_one(bare, wanted)):
        return Slip.SMALL
    if _folded(name) == _folded(other):
        return Slip.FAMILIAR
    if _TWO <= shorter <= _LONG and any(
        _is_one(*rest) or rest[0] == rest[1] for rest in _after_one(bare, wanted)
    ):
        return Slip.LARGE
    return Slip.NONE


def is_version(name: str, other: str) -> bool:
    """Whether two names differ in digits alone, as those of two generations of a library do."""
    return name.translate(_NO_DIGITS) == other.translate(_NO_DIGITS)


_NO_DIGITS = {ord(digit): None for digit in "0123456789"}


def _folded(name: str) -> str:
    """The words of a name in order, without what does not tell names apart."""
    words = [word for word in _MARKS.split(name) if word]
    telling = [word for word in words if word not in _AFFIXES] or words
    return "".join(sorted(_plain(word) for word in telling))


def _plain(word: str) -> str:
    word = _ATTACHED.sub("", word)
    for look, meant in _ALIKE:
        word = word.replace(look, meant)
    word = _DOUBLED.sub(r"\1", word)
    return word[:-1] if len(word) >= _PLURAL and word.endswith("s") else word


def _is_one(name: str, other: str) -> bool:
    """Whether one character put in, left out or exchanged, or two neighbours swapped, makes one of the other."""
    return any(one == two for one, two in _after_one(name, other))


def _after_one(name: str, other: str) -> Iterator[tuple[str, str]]:
    """What is left of two names behind their first difference, for each slip that it may be."""
    at, short = 0, min(len(name), len(other))
    while at < short and name[at] == other[at]:
        at += 1
    if at == len(name) == len(other):
        return
    yield name[at + 1 :], other[at + 1 :]
    yield name[at + 1 :], other[at:]
    yield name[at:], other[at + 1 :]
    if name[at : at + 2] == other[at : at + 2][::-1]:
        yield name[at + 2 :], other[at + 2 :]
