"""Random history: whatever is done with git, no line of a person is called an AI's, and most of an AI's are known."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from chance import OPERATIONS, SEED
from git_fuzz import Fuzz, share

STEPS = 20
KNOWN = [1, 2]
FRESH = [SEED + number for number in range(max(OPERATIONS // 10_000, 1))]


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", KNOWN + FRESH)
def test_nobodys_line_is_given_to_another(tmp_path, seed):
    print(f"VETLINE_FUZZ_SEED={seed} VETLINE_FUZZ_OPERATIONS=1")
    fuzz = Fuzz(tmp_path / "repo", Random(seed))
    try:
        for _ in range(STEPS):
            fuzz.step()
        counts = fuzz.check()
    finally:
        fuzz.hooks.close()
    assert counts["ai as ai"], counts
    if seed in KNOWN:
        assert share(counts) > 0.7, (counts, fuzz.log)


def test_the_model_sees_a_wrong_author(tmp_path):
    """A model that agrees with everything would prove nothing."""
    fuzz = Fuzz(tmp_path / "repo", Random(1))
    try:
        fuzz.op_commit()
        fuzz.check()
        fuzz.who = dict.fromkeys(fuzz.who, "human")
        with pytest.raises(AssertionError, match="human"):
            fuzz.check()
    finally:
        fuzz.hooks.close()


def test_counts_and_shares():
    assert share(Counter({"ai as ai": 3, "ai as unknown": 1, "human as unknown": 9})) == 0.75
