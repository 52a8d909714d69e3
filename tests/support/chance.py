"""What random tests start from: the same in every run, so that CI is a function of the commit.

VETLINE_FUZZ_SEED=n starts from elsewhere, VETLINE_FUZZ_OPERATIONS=n makes a run longer or shorter; `make fuzz`
sets both.
"""

from __future__ import annotations

import os

SEED = int(os.environ.get("VETLINE_FUZZ_SEED") or 20_261_123)
OPERATIONS = int(os.environ.get("VETLINE_FUZZ_OPERATIONS") or 10_000)
