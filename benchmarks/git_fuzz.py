"""Random history for as long as wanted: `python benchmarks/git_fuzz.py --ops 1000 --seed 7`.

Stops at the first line that is given to a wrong author, and says how to see it again; else reports the
share of an AI's lines that history still knows.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from git_fuzz import Fuzz, share

REPOSITORY = 80  # operations on one; then a new one is begun
CHECKED = 10  # operations between checks


def main() -> int:
    """Run; the exit code says whether a line was given to a wrong author."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ops", type=int, default=400, help="operations in all (400)")
    parser.add_argument("--seed", type=int, default=Random().randrange(10**6))
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    done: Counter[str] = Counter()
    start = time.monotonic()
    for number in range((options.ops + REPOSITORY - 1) // REPOSITORY):
        seed = options.seed + number
        with tempfile.TemporaryDirectory() as folder:
            counts += run(Path(folder, "repo"), seed, min(REPOSITORY, options.ops), done)
    took = time.monotonic() - start
    print(f"seed {options.seed}: {options.ops} operations in {took:.0f} s, no wrong author")
    print("  " + ", ".join(f"{name.removeprefix('op_')} {n}" for name, n in done.most_common()))
    print("  " + ", ".join(f"{name}: {n}" for name, n in sorted(counts.items())))
    print(f"  an AI's lines that are known: {share(counts):.1%}")
    return 0


def run(root: Path, seed: int, operations: int, done: Counter[str]) -> Counter[str]:
    """One repository; gives what was known of its lines at the end."""
    fuzz = Fuzz(root, Random(seed))
    try:
        for number in range(operations):
            fuzz.step()
            if number % CHECKED == 0:
                fuzz.check()
        return fuzz.check()
    except AssertionError:
        print(f"see it again with --seed {seed} --ops {operations}", file=sys.stderr)
        raise
    finally:
        done.update(fuzz.done)
        fuzz.hooks.close()


if __name__ == "__main__":
    sys.exit(main())
