"""tox.ini (tox.wiki, "Configuration"): what its environments are made of, and what tox itself needs."""

from __future__ import annotations

from dataclasses import replace

from vetline_analyzers.core.regex import late
from vetline_analyzers.manifests import Manifest, Reading, ini_lines, pip_lines

_FACTOR = late(r"[ \t]*[\w.,{}!-]{1,200}:(?!//)[ \t]*")


def matches(path: str) -> bool:
    """Whether it is called so."""
    return path.rpartition("/")[2] == "tox.ini"


def read(text: str) -> Reading:
    """What a text of this format says; what it takes from elsewhere (`{[base]deps}`) is said there."""
    found = []
    includes = []
    for section, key, start, end in ini_lines.values(text):
        is_environment = section.partition(":")[0] in ("testenv", "env_run_base")
        if not ((key == "deps" and is_environment) or (section, key) == ("tox", "requires")):
            continue
        factor = _FACTOR.match(text, start, end)
        at = factor.end() if factor else start
        if "{" in text[at:end]:
            continue
        said = pip_lines.line(text, at, end)
        if said is not None and said.requirement is not None:
            found.append(replace(said.requirement, optional=True, dev=True))
        elif said is not None and said.kind == "include" and "://" not in said.value:
            includes.append(said.value)
    return Reading(tuple(found), includes=tuple(includes))


MANIFEST = Manifest("tox.ini", matches, read)
