"""SQL as it stands in strings of other languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_HOLE = "\0"
_STATEMENT = re.compile(
    r"\s*(?:select\b.{1,2000}?\bfrom\b|insert\s+(?:or\s+\w+\s+)?into\b|replace\s+into\b"
    r"|update\s+\S+\s+set\b|delete\s+from\b|merge\s+into\b|with\s+\S+\s+as\s*\("
    r"|(?:create|drop|alter)\s+(?:(?:or\s+replace|temp(?:orary)?|unique|materialized|foreign|external)\s+)*"
    r"(?:table|database|schema|index|view|user|role|function|procedure|trigger|sequence|tablespace)\b"
    r"|truncate\s+table\b|grant\s+\w+|pragma\s+\S+|exec(?:ute)?\s+\w+|call\s+\w+\s*\("
    r"|show\s+(?:full\s+)?(?:columns|fields|index(?:es)?|keys|tables|create|databases|grants|triggers|table)\b"
    r"|(?:attach|detach)\s+(?:database\s+)?['\"\0]|(?:lock|optimize|repair|rename|analyze)\s+tables?\b"
    r"|revoke\s+\w+[^\n]{0,200}?\s(?:on|from)\b|load\s+data\s+(?:local\s+)?infile\b"
    r"|copy\s+\S+\s+(?:\([^)]{0,300}\)\s*)?(?:from|to)\s+(?:stdin|stdout|program|'))",
    re.IGNORECASE | re.DOTALL,
)
_NAME_PLACE = re.compile(
    r"(?:\b(?:from|into|update|join|table|index|view|exists|by|column|select|as|database|schema"
    r"|trigger|pragma|on|user|role|set)\s+[\"'`\[]?|[\w\"`\]\0]\.[\"`\[]?|`|pragma\s+\w+\s*\(['\"`]?)\0",
    re.IGNORECASE,
)


def statement(pieces: Iterable[object]) -> str | None:
    """The SQL statement that a string's parts make, None for any other text.

    Args:
        pieces: literal texts, None for a constant of which nothing is known, anything else for a part that is put
            in; a NUL character stands for that.
    """
    text = "".join(p if isinstance(p, str) else "" if p is None else _HOLE for p in pieces)
    return text if _STATEMENT.match(text) else None


def only_names(text: str) -> bool:
    """Whether all that is put in stands where a table or a column is named.

    No parameter can stand there, and what does is rarely a stranger's.
    """
    return _HOLE not in _NAME_PLACE.sub("", text)
