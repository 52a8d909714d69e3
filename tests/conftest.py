"""How property tests run: without a clock, and the same way each time.

Machines are noisy, so no example is timed. Every run has the same examples, so that a change is judged by what
it changed; `make fuzz` looks for new ones, ten times as many.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

settings.register_profile(
    "fuzz",
    deadline=None,
    max_examples=1000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "same", settings.get_profile("fuzz"), max_examples=100, derandomize=True, database=None
)
settings.load_profile("fuzz" if os.environ.get("VETLINE_FUZZ_SEED") else "same")


@pytest.fixture(scope="session", autouse=True)
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where compiled modules are not kept, each of the hundreds of processes started would compile them anew."""
    with pytest.MonkeyPatch.context() as patch:
        if sys.dont_write_bytecode:
            patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
            patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("compiled")))
        yield
