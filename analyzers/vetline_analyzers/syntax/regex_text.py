"""Regular expressions as text: what stands outside their sets, and how a nested repetition is written plainly."""

from __future__ import annotations

import re

_SET = r"\[\^?+(?:\\.|[^\]\\])(?:\\.|[^\]\\])*+\]"
_ATOM = rf"(?:\\[dwsDWS]|\\[^\w\s]|{_SET}|[A-Za-z0-9_@#%&=~<>:;,./ -])"
# One character or set that is repeated alone in a group that is repeated, or what is none.
_NESTED = re.compile(
    rf"\(\?:(?P<atom>{_ATOM})(?P<inner>[+*])\)(?P<outer>[+*])(?![?+*{{])"
    rf"|(?P<kept>\({_ATOM}\+\))\+(?![?+*{{])"
    rf"|\\.|{_SET}",
    re.DOTALL,
)
_LITERAL = re.compile(rf"\\.|{_SET}", re.DOTALL)
# What may depend on how often a group was repeated, changes how a pattern is read, or is read in two ways.
_TIED = re.compile(r"\\[1-9kg]|\(\?(?:P=|\(|[a-zA-Z]*[x-])|\(\?<?[=!]|\[\^?\]")
_LONGEST = 2_000


def outside_sets(pattern: str) -> str:
    """A pattern whose sets are blanked out with brackets, all else at its offset; "" for one of no size people write."""
    if len(pattern) > _LONGEST:
        return ""
    return _LITERAL.sub(
        lambda found: found[0] if found[0][0] == "\\" else "]" * len(found[0]), pattern
    )


def simplified(pattern: str) -> str:
    """The same language and the same groups, with `(?:x+)+` written as `x+` and `(x+)+` as `(x+)`.

    A backtracking matcher first tries to take all in one round, and each further way in which several rounds
    take as much fails as the one did; so a group that matches holds what one round took. The pattern itself
    is given back where that is not certain.
    """
    if len(pattern) > _LONGEST or _TIED.search(pattern):
        return pattern
    return _NESTED.sub(_plain, pattern)


def _plain(found: re.Match[str]) -> str:
    if found["kept"]:
        return found["kept"]
    if found["atom"]:
        once = found["inner"] + found["outer"] == "++"
        return found["atom"] + ("+" if once else "*")
    return found[0]
