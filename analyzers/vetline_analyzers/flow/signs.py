"""What a text cannot do that has none of some signs: which kinds of sinks that settles, and which it only makes less likely.

That a text is without a sign is a fact as any other: "no ;" beside "sql". Tests add up, as `";" in x or "|" in x` does.
"""

from __future__ import annotations

import string

from vetline_analyzers.flow.model import ALL

DOUBT = "?"  # in front of a kind: somebody believes that it can do no harm there
ROOT = "root"  # the slash in front of a path
_SPECIAL = frozenset(string.punctuation + string.whitespace) - {"_", "-", "\x0b", "\x0c"}


def without(signs: str, *words: str) -> frozenset[str]:
    """The facts that a text has none of these signs and words."""
    return frozenset(f"no {each}" for each in (*signs, *words))


# Every set of facts suffices by itself.
_ENOUGH: dict[str, tuple[frozenset[str], ...]] = {
    "sql": (without("'\"`;()= \n"),),
    "command": (without(";&|`$()<>\n'\"\\"),),
    "path": (
        without("/"),
        without("", "..", ROOT),
        without("", "../", ROOT),
        without(".", ROOT),
    ),
    "html": (without("<"),),
    "header": (without("\r\n"),),
    "log": (without("\n"),),
    "redirect": (without("/\\:"),),
    "url": (without("/\\:.@?#"),),
    "xpath": (without("'\""), *(without(quote) | {f"in {quote}"} for quote in "'\"")),
    "ldap": (without("()*"),),
    "nosql": (without("$"),),
    "template": (without("{"), without("", "{{", "{%")),
    "code": (
        without("([=`'\""),
        without(string.ascii_letters + "_"),
        *(without(quote) | {f"from {quote}", f"to {quote}"} for quote in "'\""),
    ),
    "regex": (without("(*+{?|\\"),),
}
_LIKELY: dict[str, tuple[frozenset[str], ...]] = {
    "sql": (without("'"), without('"')),
    "command": (without(";&|"), without("`$;"), without(";|$")),
    "path": (without("", ".."), without("", "../"), without(".")),
    "header": (without("\n"),),
    "redirect": (without("", "//"), without("", "://"), without(":")),
    "url": (without("", "//"), without("", "://"), without("/:")),
    "xpath": (without("'"),),
    "ldap": (without("("), without("*")),
    "template": (without("", "{{"),),
    "code": (without("("), without("", "__")),
}
_TOLD: frozenset[str] = frozenset().union(
    *(each for sets in (*_ENOUGH.values(), *_LIKELY.values()) for each in sets)
)
_WORDS = tuple(fact.removeprefix("no ") for fact in _TOLD if len(fact) > len("no ;"))


def absent(signs: frozenset[str]) -> frozenset[str]:
    """What is shown of a text that has none of these ASCII signs: of one that has only letters and digits, all."""
    if signs >= _SPECIAL:
        return ALL
    words = (word for word in _WORDS if not signs.isdisjoint(word))
    return without("".join(signs), *words) & _TOLD


def lacking(word: str) -> frozenset[str]:
    """What is shown of a text that does not hold this one."""
    return absent(frozenset(word)) if len(word) == 1 else without("", word) & _TOLD


def around(before: str, *, is_path: bool) -> frozenset[str]:
    """What is known of a text by what stands before it: inside which quotes it is, and that it is no whole path."""
    found = {f"in {quote}" for quote in "'\"" if before.count(quote) % 2}
    if "/" in before and not is_path:
        found |= without("", ROOT)
    return frozenset(found)


def settles(facts: frozenset[str], kind: str) -> bool:
    """Whether text of which that was shown can do no harm at sinks of that kind."""
    if kind in facts or "*" in facts:
        return True
    return any(enough <= facts for enough in _ENOUGH.get(kind, ()))


def doubts(facts: frozenset[str], kind: str) -> bool:
    """Whether it is unlikely to, or said to be so by nothing but a name."""
    if DOUBT + "*" in facts or DOUBT + kind in facts:
        return True
    return any(likely <= facts for likely in _LIKELY.get(kind, ()))
