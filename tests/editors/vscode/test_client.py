"""The extension by itself: its types, its lint and format, its tests without an editor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import node
import pytest
import vscode_client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.editor


@pytest.fixture(scope="module")
def client(vsix: Path) -> Iterator[Path]:
    """Its sources, built."""
    with vscode_client.copied() as copy:
        node.npm("run", "build", folder=copy, seconds=120)
        yield copy


def test_its_types_are_sound_and_its_style_is_the_houses(client):
    node.npm("run", "check", folder=client, seconds=120)


def test_its_parts_do_what_they_say(client):
    said = node.npm("test", folder=client, seconds=180)
    (passed,) = re.findall(r"^. pass (\d+)$", said, re.MULTILINE)
    assert int(passed) > 0, "no test ran"
