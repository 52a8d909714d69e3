"""How property tests run: without a clock, and in CI the same way each time.

Machines are noisy, so no example is timed. CI repeats what it has seen, so that a change is judged by
what it changed; whoever works here gets new examples with every run.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "here", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")
