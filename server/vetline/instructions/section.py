"""Where the section lies in a file of somebody else's, and how it gets there: between two marks, all else untouched."""

from __future__ import annotations

import re

BEGIN = (
    "<!-- vetline:rules:begin (`vetline rules export` writes this section; write outside of it) -->"
)
END = "<!-- vetline:rules:end -->"
_MARK = re.compile(
    r"^\ufeff?[ \t]*(?P<mark><!-- vetline:rules:(?P<kind>begin|end)\b[^\r\n]*?-->)[ \t]*\r?$",
    re.MULTILINE,
)


class SectionError(ValueError):
    """The marks in a file are not one pair; the message says what is wrong with them."""


def place_of(text: str) -> tuple[int, int] | None:
    """Where the section stands in a file's text, marks included, without the last one's line end; None for nowhere.

    Raises:
        SectionError: its marks are not one pair.
    """
    marks = [(match["kind"], *match.span("mark")) for match in _MARK.finditer(text)]
    if not marks:
        return None
    if [kind for kind, _, _ in marks] != ["begin", "end"]:
        raise SectionError(
            "has marks of vetline that are not one pair: leave one begin and one end, or none"
        )
    return marks[0][1], marks[1][2]


def put(text: str, section: str, front: str = "") -> str:
    """A file's text with the section in the place of the old one, else at its end; all else stays to the letter.

    Args:
        text: the file's, "" when there is none.
        section: as `render` gives it; it gets the line ends that the file has.
        front: what the file begins with when it is new or empty.

    Raises:
        SectionError: its marks are not one pair.
    """
    first = re.search(r"\r\n|\n", text)
    end = first[0] if first else "\n"
    section = section.replace("\n", end)
    place = place_of(text)
    if place:
        return text[: place[0]] + section + text[place[1] :]
    if not text.strip("\ufeff \t\r\n"):
        return text.rstrip() + front + section + end
    gap = "" if text.endswith(("\n\n", "\r\n\r\n")) else end if text.endswith("\n") else end * 2
    return text + gap + section + end
