"""Bandit's command beside ours: `python benchmarks/bandit.py FOLDER …` (the standard library).

Both look at copies of a folder's Python files, in turn, each as one command with one process that analyses,
and write what they found as JSON. Told are seconds, seconds of processor (of all processes), how much
faster we are by both, and in how many findings (file, test, line, severity, confidence) we disagree; the
exit code says whether we do. Files that bandit cannot read are counted apart.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

BIN = Path(sys.executable).parent


class Run(NamedTuple):
    """A command's answer and what it cost."""

    report: dict[str, Any]
    wall: float
    processor: float


def run(command: list[str], home: Path, report: Path) -> Run:
    """Run a command that writes JSON to `report`.

    Raises:
        SystemExit: it wrote nothing.
    """
    env = {**os.environ, "HOME": str(home), "XDG_STATE_HOME": str(home / "state")}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=home, env=env, capture_output=True, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if not report.exists():
        raise SystemExit(f"{command}: exit {done.returncode} {done.stderr!r}")
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(json.loads(report.read_text()), wall, spent)


def theirs(home: Path) -> Run:
    report = home / "bandit.json"
    command = [sys.executable, "-m", "bandit", "-q", "-r", "tree", "-f", "json", "-o", str(report)]
    return run(command, home, report)


def ours(home: Path) -> Run:
    report = home / "vetline.json"
    command = [
        str(BIN / "vetline"), "check", "--isolated", "--analyzer", "bandit", "--persona", "auditor",
        "--jobs", "1", "--output-format", "json", "-o", str(report), "tree",
    ]  # fmt: skip
    return run(command, home, report)


def found_by_bandit(report: dict[str, Any]) -> Counter[tuple[object, ...]]:
    return Counter(
        (r["filename"], r["test_id"], r["line_number"], r["issue_severity"], r["issue_confidence"])
        for r in report["results"]
    )


def found_by_us(report: dict[str, Any]) -> Counter[tuple[object, ...]]:
    return Counter(
        (
            r["path"],
            r["rule"].removeprefix("bandit/"),
            r["start"]["line"],
            r["severity"].upper().replace("INFO", "UNDEFINED"),
            r["confidence"].upper(),
        )
        for r in report["findings"]
        if r["analyzer"] == "bandit"
    )


def compare(name: str, folder: Path) -> tuple[float, float, float, float, int]:
    """Run both on the Python files of a folder, and tell; gives the sums' parts."""
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary).resolve()
        size = copy(folder, home / "tree")
        bandit, vetline = theirs(home), ours(home)
    unread = {error["filename"] for error in bandit.report["errors"]}
    expected, found = found_by_bandit(bandit.report), found_by_us(vetline.report)
    wrong = (expected - found) + (found - expected)
    counted = Counter({key: n for key, n in wrong.items() if key[0] not in unread})
    for key in sorted(counted)[:10]:
        print(f"  {'missing' if expected[key] else 'more'}: {' '.join(map(str, key))}")
    print(
        f"{name:16} {size / 1e6:6.1f} MB  {sum(expected.values()):6} findings  bandit {bandit.wall:6.1f} s"
        f" ({bandit.processor:6.1f} cpu)  vetline {vetline.wall:5.1f} s ({vetline.processor:5.1f} cpu)  "
        f"{bandit.wall / vetline.wall:5.1f}x ({bandit.processor / vetline.processor:5.1f}x)  "
        f"disagreements {counted.total()}" + (f", not read {len(unread)}" if unread else ""),
        flush=True,
    )
    return bandit.wall, bandit.processor, vetline.wall, vetline.processor, counted.total()


def copy(folder: Path, target: Path) -> int:
    """Copy the Python files of a folder; gives their size."""
    size = 0
    for path in sorted(folder.rglob("*.py")):
        place = path.relative_to(folder)
        if not path.is_file() or {"site-packages", "__pycache__", ".git"} & set(place.parts):
            continue
        (target / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / place)
        size += path.stat().st_size
    return size


def main() -> int:
    """Compare; 1 when something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folders", nargs="*", type=Path, help="what to look at (the standard library)"
    )
    options = parser.parse_args()
    folders = options.folders or [Path(sysconfig.get_path("stdlib"))]
    rows = [compare(folder.resolve().name, folder) for folder in folders]
    walls, processors, our_walls, our_processors, wrong = (
        sum(column) for column in zip(*rows, strict=True)
    )
    print(
        f"all: {walls / our_walls:.1f} times as fast, {processors / our_processors:.1f} times by processor; "
        f"{wrong} disagreements"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
