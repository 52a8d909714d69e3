"""The extension in VS Code's real extension host."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.editor


def test_inside(extension_host, subtests):
    results = extension_host(Path(__file__).parent / "host.js")
    for result in results:
        with subtests.test(result["name"]):
            assert result["error"] is None, result["error"]
