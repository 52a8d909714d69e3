"""The lines of files of sections and keys, whose values go on in indented lines: setup.cfg, tox.ini."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECTION = late(r"\[(?P<name>[^\]\n]{1,200})\]")
_KEY = late(r"(?P<key>[^\s#;=:\[][^\s=:]{0,100})[ \t]{0,99}[=:][ \t]{0,99}(?P<value>[^\n]*)")


def values(text: str) -> Iterator[tuple[str, str, int, int]]:
    """The lines of each value: section, key, start, end. A comment is none."""
    section = key = ""
    at = 0
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        if line[:1] in " \t\r" or line[:1] in "#;":
            if key and line.strip() and line.lstrip()[0] not in "#;":
                yield section, key, start, start + len(line)
        elif found := _SECTION.match(line):
            section, key = found["name"], ""
        elif found := _KEY.match(line):
            key = found["key"].lower().replace("-", "_")
            if found["value"].strip():
                yield section, key, start + found.start("value"), start + len(line)
