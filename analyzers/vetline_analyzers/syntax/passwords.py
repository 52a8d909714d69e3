"""Places where Python code gives something named after a password a text of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

    from vetline_analyzers.syntax.rule import Hit

SHORTEST, LONGEST = 3, 64  # characters of a text that may be a password
QUERY = """
    ((assignment left: (_) @_name right: (string)) @hit (#match? @_name "(?i)pass|pwd"))
    ((keyword_argument name: (identifier) @_name value: (string)) @hit (#match? @_name "(?i)pass|pwd"))
    ((pair key: (string) @_name value: (string)) @hit (#match? @_name "(?i)pass|pwd"))
    ((default_parameter name: (identifier) @_name value: (string)) @hit (#match? @_name "(?i)pass|pwd"))
    ((typed_default_parameter name: (identifier) @_name value: (string)) @hit (#match? @_name "(?i)pass|pwd"))
"""
_COMMON = re.compile(
    r"(?i)(?:admin|administrator|root|toor|guest|test|demo|secret|letmein|welcome|qwerty\w*|abc123|iloveyou|monkey"
    r"|dragon|master|changeme|change_me|default|postgres|mysql|oracle|p[a@][s$]{2}w[o0]rd|pass(?:word)?|hunter2)"
    r"[!@#]?\d{0,4}|(?:0?1234?5?6?7?8?9?0?|1111+|0000+)"
)


def named(hit: Hit) -> tuple[str, Node] | None:
    """The name and the string of what `QUERY` found, None for a name that only mentions a password."""
    node = hit.node
    for first, second in (("left", "right"), ("name", "value"), ("key", "value")):
        name, value = node.child_by_field_name(first), node.child_by_field_name(second)
        if name is None or value is None:
            continue
        found = re.search(r"(\w+)['\"\])]*$", hit.text(name))
        return (found[1], value) if found else None
    return None


def is_common(text: str) -> bool:
    """Whether a password is among those that everybody tries first."""
    return bool(_COMMON.fullmatch(text))
