"""JSON as editors and agents write it, with comments and trailing commas, as plain trees.

It is nearly YAML: with its comments blanked, and what YAML's strings do not know, libyaml reads it, the half-typed too.
"""

from __future__ import annotations

import re

from vetline_analyzers.syntax.document import yaml

# A string, in which nothing is a comment, or a comment. `#` begins one on a line of its own, for suppressions.
_PART = re.compile(
    r'(?P<string>"(?:[^"\\\n]|\\.)*(?:"|$))|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)|^[ \t]*#[^\n]*',
    re.MULTILINE,
)
_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|.)")


def read(text: str) -> yaml.Reading:
    """The trees of a text; a line that cannot be parsed is left out.

    Raises:
        yaml.TooLargeError: it nests too deeply or has too many nodes.
    """
    return yaml.read(_PART.sub(_plain, text))


def _plain(match: re.Match[str]) -> str:
    if match["string"] is None:
        return re.sub(r"[^\r\n]", " ", match[0])
    # Half of a surrogate pair is an error in YAML.
    return _ESCAPE.sub(lambda one: "?" * len(one[0]) if one[0][1] == "u" else one[0], match[0])
