"""What a gate adds to `vetline check`: `python benchmarks/gate.py`.

A repository has a policy, signed reviews and the code of our own doors. A plain check and one at a gate run by turns, so
that a busy moment of the machine hits both, and the first of each is not counted. Told are the medians of the time on the
clock and of the time on processors, children included. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent.parent
sys.path.insert(0, str(HERE / "tests" / "support"))

import signers  # noqa: E402 - of the tests
from repositories import sh  # noqa: E402 - of the tests

from vetline import statement  # noqa: E402 - with the others
from vetline.statement import Signed  # noqa: E402 - with the others

POLICY = """
[gate]
fail-on-ai = "low"
review = ["trigger/*"]
agents = ["codex", "claude-*"]
suppression-days = 90
"""
VETLINE = [sys.executable, "-m", "vetline"]
KINDS = {
    "plain": [*VETLINE, "check", "--isolated", "--assume-origin", "ai"],
    "gate": [*VETLINE, "check", "--gate", "--assume-origin", "ai"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--reviews", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "project")
        foreign = ("VETLINE_", "GITHUB_", "CI_")
        environ = {name: v for name, v in os.environ.items() if not name.startswith(foreign)}
        environ["XDG_STATE_HOME"] = str(Path(folder, "state"))
        made(root, Path(folder, "keys"), options.reviews, environ)
        took: dict[str, list[tuple[float, float]]] = {kind: [] for kind in KINDS}
        for run in range(options.runs + 1):
            for kind, command in KINDS.items():
                told = timed(root, command, environ)
                took[kind] += [told] if run else []
        files = sum(1 for _ in root.rglob("*.py"))
    print(f"{files} files, {options.reviews} signed reviews, medians of {options.runs}")
    for index, what in enumerate(("clock", "processors")):
        plain, gate = (median(one[index] for one in took[kind]) for kind in KINDS)
        share = (gate - plain) / plain * 100
        print(f"{what:<10}  check {plain:.2f} s, at a gate {gate:.2f} s: {share:+.1f} %")


def timed(root: Path, command: list[str], environ: dict[str, str]) -> tuple[float, float]:
    began, before = time.perf_counter(), os.times()
    done = subprocess.run(
        [*command, "."], cwd=root, env=environ, capture_output=True, timeout=600, check=False
    )
    took, after = time.perf_counter() - began, os.times()
    assert done.returncode in (0, 1), done.stderr.decode()
    used = after.children_user - before.children_user
    return took, used + after.children_system - before.children_system


def made(root: Path, keys: Path, reviews: int, environ: dict[str, str]) -> None:
    """A copy of our doors, with reviews of files by somebody who may sign."""
    left_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(HERE / "server" / "vetline" / "doors", root / "doors", ignore=left_out)
    sh(root, "init", "-q", "-b", "main")
    sh(root, "config", "user.name", "Ada")
    sh(root, "config", "user.email", "ada@example.org")
    who = signers.person(keys, "bo@example.org")
    (root / ".vetline").mkdir()
    (root / ".vetline" / "allowed_signers").write_text(who.line())
    (root / "vetline.toml").write_text(POLICY)
    sh(root, "add", "-A")
    sh(root, "commit", "-qm", "all")
    for path in sorted(root.rglob("*.py"))[:reviews]:
        place = f"{path.relative_to(root)}:1"
        subprocess.run(
            [*VETLINE, "review", "request", place],
            cwd=root, env=environ, check=True, capture_output=True, timeout=60,
        )  # fmt: skip
    for file in (root / ".vetline" / "reviews").glob("*/request.json"):
        asked = statement.from_file(file.relative_to(root).as_posix(), file.read_bytes()).statement
        said = replace(asked, decision="approved", reviewer=who.address, at=asked.requested)
        path, content = statement.to_file(Signed(said, who.sign(statement.payload(said))))
        (root / path).write_bytes(content)
    sh(root, "add", "-A")
    sh(root, "commit", "-qm", "reviews")


if __name__ == "__main__":
    main()
