"""What the form of a text shows of it: that a pattern matches it, how it starts, what it does not hold."""

from __future__ import annotations

import re
from functools import lru_cache

from vetline_analyzers.flow.model import NAMES
from vetline_analyzers.flow.signs import DOUBT, ROOT, absent, lacking, without
from vetline_analyzers.syntax.alphabet import excluded, sought

_NONE: frozenset[str] = frozenset()
_PLACE = frozenset({"redirect", "url"})
# A scheme, a host and the slash that ends it; a folder of this host.
_HOST = re.compile(r"(?:https?:)?//[^/]+/|/(?![/\\])\w")
_HOST_PATTERN = re.compile(
    r"(?:\^|\\A)?(?:https?\??:(?:\\?/){2}(?:[\w-]|\\\.)+(?::\d+)?\\?/|\\?/(?:\(\?!|\[\^)?(?:\w|\[\w))"
)
_HOST_PART = re.compile(r"\((?:\?:)?(?:[\w|-]|\\\.)+\)\??|\[(?:\\?[\w.-])+\][+*]?")


@lru_cache(maxsize=NAMES)
def matched(pattern: str, how: str) -> tuple[frozenset[str], frozenset[str]]:
    """What is shown of a text that a pattern matches, and of one that it does not.

    Args:
        pattern: a regular expression.
        how: "fullmatch", "match" at its start, "search" anywhere.
    """
    off = excluded(pattern, start=how != "search", end=how == "fullmatch")
    true = frozenset({DOUBT + "*"}) if off is None else absent(off)
    bare = _HOST_PART.sub("x", pattern)
    if (how != "search" or bare.startswith(("^", r"\A"))) and "|" not in bare:
        true |= _PLACE if _HOST_PATTERN.match(bare) else _NONE
    if how != "search":
        return true, _NONE
    signs, words = sought(pattern)
    return true, absent(signs).union(*(lacking(word) for word in words))


def starts(prefix: str) -> tuple[frozenset[str], frozenset[str]]:
    """What is shown of a text that starts so, and of one that does not."""
    true = _PLACE if _HOST.match(prefix) else _NONE
    return true | frozenset({f"from {prefix}"}), without("", ROOT) if prefix == "/" else _NONE
