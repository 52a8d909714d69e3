"""Names of container images."""

from __future__ import annotations

_REFERENCES = frozenset("${%<")


def floating(name: str) -> bool:
    """Whether an image's name has neither a digest nor a version; a reference to one may have both."""
    if not name or "@" in name or not _REFERENCES.isdisjoint(name):
        return False
    _, colon, tag = name.rpartition("/")[2].partition(":")
    return not colon or tag == "latest"
