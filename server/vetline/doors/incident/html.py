"""A report as one HTML file: no script, nothing fetched from anywhere, and fit to be printed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from vetline.formats import visible, whole

if TYPE_CHECKING:
    from vetline.doors.incident.document import Document, Section, Table

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --quiet: #8882; }
body { background: Canvas; color: CanvasText; font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .87rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
th { white-space: nowrap; }
td { overflow-wrap: anywhere; min-width: 14rem; }
td.short { white-space: nowrap; min-width: 0; }
tbody tr:nth-child(even) { background: var(--quiet); }
@page { margin: 15mm; }
@media print {
  :root { color-scheme: light; }
  body { font-size: 10pt; margin: 0; max-width: none; padding: 0; }
  .scroll { overflow: visible; }
  table { font-size: 8pt; }
  td { min-width: 0; }
  thead { display: table-header-group; }
  tr, h2 { break-inside: avoid; }
  h2 { break-after: avoid; }
}
"""
# Should anything in the file ever be taken for more than text, a browser fetches and runs nothing for it.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

_SHORT = 20  # characters of a cell that stays on one line


def render(document: Document) -> str:
    """The text of the file."""
    title = _text(document.title)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        + "".join(map(_section, document.sections))
        + "</main>\n</body>\n</html>\n"
    )


def _section(section: Section) -> str:
    rows = section.table.rows if section.table else ()
    if not rows and not section.sentences:
        return ""
    said = "".join(f"<p>{_text(one)}</p>\n" for one in section.sentences)
    table = _table(section.title, section.table) if section.table and rows else ""
    return f"<section>\n<h2>{_text(section.title)}</h2>\n{said}{table}</section>\n"


def _table(title: str, table: Table) -> str:
    """A table that is scrolled within itself, also by the keyboard."""
    head = "".join(f'<th scope="col">{_text(name)}</th>' for name in table.head)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>\n" for row in table.rows)
    return f'<div class="scroll" role="region" aria-label="{_text(title)}" tabindex="0"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table></div>\n'


def _cell(text: str) -> str:
    """A cell; a name, a time or a digest in it is not broken, which nobody could read or copy."""
    about = ' class="short"' if len(text) <= _SHORT else ""
    return f"<td{about}>{_text(text)}</td>"


def _text(text: str) -> str:
    """`text` with nothing in it that is markup, or that could steer or hide."""
    return escape(visible(whole(" ".join(text.split()))))
