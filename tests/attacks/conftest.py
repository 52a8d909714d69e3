"""What attacks start from: a change that needs a review, in a repository whose main branch is trusted."""

from __future__ import annotations

import pytest
from reviewed import Stage


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path)
