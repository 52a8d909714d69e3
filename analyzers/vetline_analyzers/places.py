"""What a path says of a file: whether it is a test, whether a tool wrote it."""

from __future__ import annotations

import re

_TEST = re.compile(
    r"(?:^|/)(?:tests?|testing|__tests__|__mocks__|fixtures|e2e|cypress)/"
    r"|(?:^|/)(?:test_[^/]*|tests?|conftest)\.pyi?$"
    r"|_tests?\.(?:py|go|rb)$"
    r"|\.(?:test|spec|cy|e2e)\.[cm]?[jt]sx?$"
)
_LOCK = re.compile(
    r"(?:^|/)(?:[^/]*\.lock|[^/]*[.-]lock\.(?:json|yaml)|npm-shrinkwrap\.json|packages\.lock\.json"
    r"|pylock(?:\.[^/.]{1,200})?\.toml|go\.sum|Cartfile\.resolved|Package\.resolved)$"
)


def is_test(path: str) -> bool:
    """Whether the file at that POSIX path belongs to tests."""
    return bool(_TEST.search(path))


def is_lock(path: str) -> bool:
    """Whether a package manager wrote that file: names and digests, nothing a person typed."""
    return bool(_LOCK.search(path))
