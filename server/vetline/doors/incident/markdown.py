"""A report as Markdown, as CommonMark and GitHub's tables have it; no cell can be more than text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline.formats import visible, whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline.doors.incident.document import Document, Section, Table

_ACTIVE = re.compile(r"([\\`*_{}\[\]<>#|~&$])")
# GitHub makes links of these without any mark.
_LINKS = re.compile(r":(?=//)|(?<=[wW]{3})\.")


def render(document: Document) -> str:
    """The text of the file."""
    parts = [f"# {_text(document.title)}\n", *map(_section, filter(_is_told, document.sections))]
    return "\n".join(parts)


def _is_told(section: Section) -> bool:
    return bool(section.sentences or (section.table and section.table.rows))


def _section(section: Section) -> str:
    lines = [f"## {section.title}\n", *(f"{_text(one)}\n" for one in section.sentences)]
    if section.table and section.table.rows:
        lines.append(_table(section.table))
    return "\n".join(lines)


def _table(table: Table) -> str:
    rows = [_row(table.head), _row("---" for _ in table.head)]
    rows += [_row(map(_text, row)) for row in table.rows]
    return "".join(rows)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _text(text: str) -> str:
    """`text` on one line, where nothing in it is a link, an image, a tag or a mark."""
    escaped = _ACTIVE.sub(r"\\\1", visible(whole(" ".join(text.split()))))
    return _LINKS.sub(lambda found: f"&#{ord(found[0])};", escaped)
