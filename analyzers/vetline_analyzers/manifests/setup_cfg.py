"""setup.cfg of setuptools."""

from __future__ import annotations

from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.manifests import Manifest, Reading, ini_lines, pep508

_LISTS = {"install_requires": False, "setup_requires": True, "tests_require": True}


def matches(path: str) -> bool:
    """Whether it is called so."""
    return path.rpartition("/")[2] == "setup.cfg"


def read(text: str) -> Reading:
    """What a text of this format says."""
    found, own = [], []
    for section, key, start, end in ini_lines.values(text):
        if section == "metadata" and key == "name":
            own.append(package(Ecosystem.PYPI, text[start:end].strip()))
        optional = _is_list(section, key)
        if optional is None:
            continue
        requirement = pep508.read(text, start, end, optional=optional, dev=key == "tests_require")
        if requirement is not None:
            found.append(requirement)
    return Reading(tuple(found), own=tuple(own[:1]))


def _is_list(section: str, key: str) -> bool | None:
    """Whether what stands there are optional requirements; None when it is none at all."""
    if section == "options":
        return _LISTS.get(key)
    return True if section == "options.extras_require" else None


MANIFEST = Manifest("setup.cfg", matches, read)
