"""The lines of pip's requirements files, which other formats take in: requirements, options, files they include."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.regex import late
from vetline_analyzers.manifests import Reading, pep508, places

if TYPE_CHECKING:
    from vetline_analyzers.manifests import Requirement

_COMMENT = late(r"(?:^|[ \t])#", re.MULTILINE)
_OPTION = late(
    r"(?P<option>--[a-z][a-z-]{1,40}|-[a-zA-Z])(?:[ \t]*=[ \t]*|[ \t]+|(?=[^-\s]))(?P<value>\S+)"
)
_PER_REQUIREMENT = late(r"[ \t]--[a-z]")
_CONTINUED = late(r"\\\r?\n")
_HASH = late(r"--hash[= \t]")
_KINDS = {
    "-r": "include", "--requirement": "include", "-c": "include", "--constraint": "include",
    "-e": "editable", "--editable": "editable",
    "-i": "index", "--index-url": "index", "--pypi-url": "index",
    "--extra-index-url": "extra", "-f": "links", "--find-links": "links",
}  # fmt: skip


class Line(NamedTuple):
    """What one line says: a requirement, or an option of a kind with its value; neither when it is not understood."""

    requirement: Requirement | None = None
    kind: str = ""
    value: str = ""


def line(text: str, start: int, end: int) -> Line | None:
    """What the logical line from `start` to `end` says; None when it is blank or a comment."""
    comment = _COMMENT.search(text, start, end)
    end = comment.start() if comment else end
    while start < end and text[start] in " \t\r\f\v\ufeff":
        start += 1
    if not text[start:end].strip():
        return None
    if text[start] == "-":
        return _option(text, start, end)
    options = _PER_REQUIREMENT.search(text, start, end)
    hashed = bool(options and _HASH.search(text, options.start(), end))
    return _wanted(text, start, options.start() if options else end, hashed=hashed)


def _option(text: str, start: int, end: int) -> Line:
    match = _OPTION.match(text, start, end)
    if match is None:
        return Line(kind="other")
    kind = _KINDS.get(match["option"], "other")
    if kind == "editable":
        return _wanted(text, match.start("value"), end)
    return Line(kind=kind, value=match["value"].strip("\"'"))


def _wanted(text: str, start: int, end: int, *, hashed: bool = False) -> Line:
    word = text[start:end].split(None, 1)[0].partition(";")[0] if start < end else ""
    if places.is_url(word) or places.is_path(word):
        after = start + len(word)
        optional = text.find(";", after, end) >= 0
        return Line(pep508.direct(text, start, after, optional=optional), kind="direct")
    return Line(pep508.read(text, start, end, hashed=hashed))


def read(text: str) -> Reading:
    """What a text of such lines says."""
    requirements: list[Requirement] = []
    values: dict[str, list[str]] = {}
    junk = 0
    # A backslash continues a line; as many blanks in its place leave the offsets as they are.
    plain = _CONTINUED.sub(lambda match: " " * len(match[0]), text)
    at = 0
    for raw in plain.split("\n"):
        found = line(plain, at, at + len(raw))
        at += len(raw) + 1
        if found is None:
            continue
        if found.requirement is not None:
            requirements.append(found.requirement)
        elif found.kind:
            values.setdefault(found.kind, []).append(found.value)
        else:
            junk += 1
    if junk > len(requirements) + len(values):
        return Reading()  # prose under a name like that
    index = [*values.get("index", []), *values.get("extra", [])]
    return Reading(
        tuple(requirements),
        includes=tuple(value for value in values.get("include", ()) if "://" not in value),
        indexes=tuple(map(places.masked, index)),
        extra_index="extra" in values,
        missing=f"{junk} of its lines cannot be read" if junk else "",
    )
