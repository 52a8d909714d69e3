"""Measures the index of names: cold start, memory, look-ups and near names, beside what else could hold the same.

Run it with the project's Python: `.venv/bin/python benchmarks/index.py`. Each start is a process of its own. A goal that is
missed is marked. Nothing here passes or fails.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from rapidfuzz import process
from rapidfuzz.distance import OSA

from vetline import index
from vetline.index.names import NEAR
from vetline_analyzers.core.universe import Ecosystem, Package

COLD, RESIDENT, LOOKUP = 50.0, 12.0, 0.1  # goals: ms, MB, ms
SAMPLE = 2_000
LETTERS = "abcdefghijklmnopqrstuvwxyz"
START = """
import time, re, json, hashlib, logging, pathlib
import vetline_analyzers.core.universe as words
def memory():
    with open("/proc/self/status") as file:
        told = dict(line.split(":", 1) for line in file)
    return [int(told[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "RssAnon")]
before, start, cpu = memory(), time.perf_counter(), time.process_time()
{body}
took = [(time.perf_counter() - start) * 1e3, (time.process_time() - cpu) * 1e3]
print(*took, *(now - then for now, then in zip(memory(), before)))
"""
BODIES = {
    "the index, opened and asked": """
from vetline import index
from vetline.index.names import NEAR
found = index.load()
for name in ("requests", "reqeusts", "no-such-thing"):
    package = words.Package(words.Ecosystem.PYPI, name)
    found.has(package), found.rank(package), found.near(package)
""",
    "the same names as a Python set": """
names = set(pathlib.Path({names!r}).read_text().split())
"requests" in names
""",
}


def show(what: str, value: float, unit: str, goal: float | None = None) -> None:
    word = "" if goal is None else f"  <= {goal:g}" + ("" if value <= goal else "  MISSED")
    print(f"{what:<58}{value:>12.3f} {unit}{word}", flush=True)


def starts(names: str) -> None:
    if not sys.platform.startswith("linux"):
        print("starts are measured on Linux only")
        return
    for what, body in BODIES.items():
        runs = []
        for _ in range(7):
            code = START.replace("{body}", body.replace("{names!r}", repr(names)))
            done = subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            )
            runs.append([float(word) for word in done.stdout.split()])
        ours = what.startswith("the index")
        wall, cpu, resident, anonymous = (median(column) for column in zip(*runs, strict=True))
        show(f"{what}: cold start", wall, "ms", COLD if ours else None)
        show(f"{what}: cold start, CPU", cpu, "ms")
        show(f"{what}: memory", resident, "MB", RESIDENT if ours else None)
        show(f"{what}: of it no file's", anonymous, "MB")


def slipped(name: str, chance: random.Random) -> str:
    at = chance.randrange(len(name))
    return chance.choice(
        (
            name[:at] + name[at + 1 :],
            name[:at] + chance.choice(LETTERS) + name[at:],
            name[:at] + chance.choice(LETTERS) + name[at + 1 :],
            name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
        )
    )


def each(what: str, ask, words: list, goal: float | None = None) -> None:
    times = []
    for word in words:
        start = time.perf_counter()
        ask(word)
        times.append((time.perf_counter() - start) * 1e3)
    times.sort()
    show(f"{what}: median", median(times), "ms", goal)
    show(f"{what}: 95th of 100", times[int(len(times) * 0.95)], "ms")


def lookups(found) -> None:
    chance = random.Random(1)
    names = found.names(Ecosystem.PYPI)
    targets = [names.ranked(rank) for rank in range(1, NEAR + 1)]
    wrong = [
        slipped(name, chance) for name in chance.sample([n for n in targets if len(n) > 5], SAMPLE)
    ]
    packages = [Package(Ecosystem.PYPI, name) for name in wrong]
    each("is it there", found.has, packages, LOOKUP)
    each("what it is near", found.near, packages, LOOKUP)
    each(
        "what it is near, by trying all of them (rapidfuzz)",
        lambda name: process.extract(name, targets, scorer=OSA.distance, score_cutoff=1, limit=5),
        wrong[:200],
    )
    found_by_all = missed = 0
    for name in wrong[:500]:
        others = process.extract(name, targets, scorer=OSA.distance, score_cutoff=1, limit=None)
        near = {targets[place] for place in names.candidates(name)}
        found_by_all += len(others)
        missed += sum(other[0] not in near for other in others if other[0] != name)
    show("of what trying all finds, found", 100 * (1 - missed / found_by_all), "%")


def sizes(found) -> None:
    for name, file in sorted(found.manifest.files.items(), key=lambda pair: -pair[1].size):
        show(name, file.size / 1e6, "MB")
    show("all files", sum(file.size for file in found.manifest.files.values()) / 1e6, "MB", 7.0)


def main() -> None:
    found = index.load()
    with tempfile.TemporaryDirectory() as scratch:
        names = Path(scratch) / "names.txt"
        names.write_text("\n".join(found.names(Ecosystem.PYPI)))
        starts(str(names))
    lookups(found)
    sizes(found)


if __name__ == "__main__":
    main()
