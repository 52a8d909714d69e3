"""environment.yml of conda, whose packages have names of their own, and what pip is to add."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.text import Span
from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.manifests import Manifest, Reading, Requirement, pip_lines
from vetline_analyzers.syntax.document import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node

_PATH = late(r"(?:.*/)?(?:[^/]*[-_.])?(?:environment|conda)(?:[-_.][^/]*)?\.ya?ml")
_WANTED = late(
    r"(?:(?P<channel>[\w/.-]{1,200})::)?(?P<name>[A-Za-z0-9_][\w.-]*)[ \t]{0,9}(?P<specifier>[=<>!~ ].*)?",
    re.DOTALL,
)
_EXACT = late(r"={1,2}[ \t]*(?P<version>[0-9][\w.+!]*)(?:=.*)?", re.DOTALL)


def matches(path: str) -> bool:
    """Whether its name says so."""
    return path.endswith((".yml", ".yaml")) and _PATH.fullmatch(path) is not None


def read(text: str) -> Reading:
    """What a text of this format says."""
    try:
        documents, broken, _ = yaml.read(text)
    except yaml.TooLargeError:
        return Reading(missing="it has too many values, or they nest too deeply")
    found: list[Requirement] = []
    includes: list[str] = []
    for document in documents:
        listed = document.get("dependencies")
        for item in listed.items if listed is not None else ():
            if pip := item.pair("pip"):
                for inner in pip.value.items:
                    said = pip_lines.line(text, inner.at, inner.at + len(inner.text))
                    found += [said.requirement] if said and said.requirement else []
                    includes += [said.value] if said and said.kind == "include" else []
            else:
                found += _of_conda(item)
    missing = f"line {broken[0] + 1} is not valid YAML" if broken else ""
    return Reading(tuple(found), includes=tuple(includes), missing=missing)


def _of_conda(item: Node) -> Iterator[Requirement]:
    match = _WANTED.fullmatch(item.text)
    if match is None:
        return
    specifier = (match["specifier"] or "").strip()
    exact = _EXACT.fullmatch(specifier)
    at = item.at + item.text.rfind(specifier)
    yield Requirement(
        package=package(Ecosystem.PYPI, match["name"]),
        span=item.part(match, "name"),
        written=match["name"],
        specifier=specifier,
        version=exact["version"] if exact else "",
        version_span=Span(at, at + len(specifier)) if specifier else None,
        source=f"conda:{match['channel'] or ''}",
    )


MANIFEST = Manifest("environment.yml", matches, read)
