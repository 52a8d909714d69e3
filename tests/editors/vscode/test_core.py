"""The extension's server in VS Code: found, told its settings, started again."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.editor


def test_its_life(extension_host, subtests):
    for result in extension_host(Path(__file__).parent / "core.js"):
        with subtests.test(result["name"]):
            assert result["error"] is None, result["error"]
