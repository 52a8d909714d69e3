"""pip's requirements and constraints files (pip.pypa.io, "Requirements File Format")."""

from __future__ import annotations

from vetline_analyzers.core.regex import late
from vetline_analyzers.manifests import Manifest, pip_lines

_PATH = late(
    r"(?:.*/)?(?:[^/]*[-_.])?(?:requirements|constraints)(?:[-_.][^/]*)?\.(?:txt|in)"
    r"|(?:.*/)?(?:requirements|constraints)/[^/]+\.(?:txt|in)"
)


def matches(path: str) -> bool:
    """Whether its name says so, or that of the folder it is in."""
    return path.endswith((".txt", ".in")) and _PATH.fullmatch(path) is not None


MANIFEST = Manifest("requirements.txt", matches, pip_lines.read)
