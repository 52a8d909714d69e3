"""Measures Vetline beside its peers in one run: `make bench`, or with `--quick` in a fraction of the time.

Three questions: how long from an edit to its diagnostics, beside `ruff server`; how long a tree takes,
beside bandit and detect-secrets; how much a start costs. Runs alternate, so that a busy moment of the
machine hits both; figures are medians. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "demo"))

from lsp_client import Client

PUBLISH = "textDocument/publishDiagnostics"
SIZES = (500, 2_000, 10_000)
RUFF = Path(sys.executable).with_name("ruff")
VETLINE = [sys.executable, "-m", "vetline"]
PATIENCE = 60.0  # seconds
SETTLED = 3.0  # seconds of silence

SAFE = "    label = note.strip()\n"
UNSAFE = "    label = hashlib.md5(note.encode()).hexdigest()\n"

_HEAD = '''"""Orders, prices and parcels of a shop."""

import hashlib
import json
import logging
import subprocess
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

'''
_BLOCK = '''
@dataclass
class Parcel{n}:
    """What is sent for order {n}."""

    weight: float
    address: str
    notes: list[str]

    def total(self, rate: float, *, express: bool = False) -> float:
        """The price of sending it."""
        base = self.weight * rate
        if express:
            base += {n} * 0.5
        return round(base, 2)

    def lines(self) -> list[str]:
        """The label, a line each."""
        return [f"{{self.address}} #{n}", *(note.title() for note in self.notes)]


def load_{n}(folder: Path, name: str) -> dict[str, object]:
    """Read order {n} from the folder of orders."""
    path = folder / f"{{name}}-{n}.json"
    try:
        with path.open(encoding="utf-8") as stream:
            data = json.load(stream)
    except FileNotFoundError:
        log.warning("no order %s", name)
        return {{}}
    return {{key: value for key, value in data.items() if not key.startswith("_")}}


def price_{n}(order: dict[str, list[int]], note: str) -> int:
    """Add up order {n}, discounts included."""
    label = note.strip()
    total = 0
    for key, amounts in order.items():
        if key == "discount":
            total -= sum(amounts)
        elif amounts and len(label) > {n} % 7:
            total += max(amounts) * len(amounts)
    return total
'''
_FAULT = '''

def ship_{n}(database, customer: str) -> None:
    """Tell the warehouse."""
    rows = database.execute(f"SELECT * FROM parcels WHERE customer = '{{customer}}'").fetchall()
    for row in rows:
        subprocess.run(f"ship {{row[0]}}", shell=True, check=False)
'''


class Sample(NamedTuple):
    """What a command took: wall clock and processor time of all its processes, in seconds."""

    wall: float
    cpu: float


def text_of(lines: int) -> str:
    """A Python file of about that many lines with two or three findings in a hundred."""
    parts, count, number = [_HEAD], 12, 0
    while count < lines:
        number += 1
        block = _BLOCK.format(n=number) + (_FAULT.format(n=number) if number % 2 else "")
        parts.append(block)
        count += block.count("\n")
    return "".join(parts)


# -- from an edit to its diagnostics


class Editor:
    """One document in one server, and the time from an edit to the diagnostics that show it."""

    def __init__(self, command: list[str], root: Path, rule: str) -> None:
        """Start a server and introduce ourselves, as a client that takes pushed diagnostics."""
        self.client = Client(command, stderr=subprocess.DEVNULL)
        began = time.perf_counter()
        self.client.initialize(
            root, {"textDocument": {"publishDiagnostics": {"versionSupport": True}}}
        )
        self.initialized = time.perf_counter() - began
        self.rule = rule
        self.uri = ""
        self.lines: list[str] = []

    def open(self, path: Path, text: str) -> None:
        """Show a document and wait for its first diagnostics."""
        self.uri, self.lines = path.as_uri(), text.splitlines(keepends=True)
        self.client.open(self.uri, text)
        self._published(1, None)

    def edit(self, line: int) -> float:
        """Make a line unsafe; gives the seconds until that is shown."""
        began = time.perf_counter()
        version = self.client.edit(self.uri, (line, 0), (line + 1, 0), UNSAFE)
        return self._published(version, line) - began

    def all_told(self, began: float) -> float:
        """Wait until the slow analyzers have answered too; gives when, from `began`."""
        return self.client.timed(PUBLISH, PATIENCE)[0] - began

    def settle(self) -> None:
        """Wait until a server that has just opened a document has said all."""
        with contextlib.suppress(TimeoutError):
            while True:
                self.client.timed(PUBLISH, SETTLED)

    def _published(self, version: int, line: int | None) -> float:
        while True:
            at, news = self.client.timed(PUBLISH, PATIENCE)
            if news["uri"] != self.uri or (news.get("version") or 0) < version:
                continue
            there = [
                d["range"]["start"]["line"] for d in news["diagnostics"] if d["code"] == self.rule
            ]
            if line is None or line in there:
                return at


def edits(root: Path, count: int) -> None:
    """Print the time from an edit to its diagnostics, ours beside ruff's."""
    (root / "pyproject.toml").write_text(
        '[tool.ruff.lint]\nselect = ["S"]\n\n[tool.vetline]\nscope = "all"\n', encoding="utf-8"
    )
    ours = Editor([*VETLINE, "server"], root, "python/weak-hash")
    theirs = Editor([str(RUFF), "server"], root, "S324")
    rows = []
    for size in SIZES:
        text = text_of(size)
        path = root / f"shop_{size}.py"
        path.write_text(text, encoding="utf-8")
        for editor in (ours, theirs):
            editor.open(path, text)
            editor.settle()
        places = [number for number, line in enumerate(ours.lines) if line == SAFE]
        step = max(1, len(places) // count)
        times: dict[str, list[float]] = {"vetline": [], "all": [], "ruff": []}
        for line in (places[::step] * count)[:count]:
            began = time.perf_counter()
            times["vetline"].append(ours.edit(line))
            times["all"].append(ours.all_told(began))
            times["ruff"].append(theirs.edit(line))
        rows.append((len(ours.lines), times))
        for editor in (ours, theirs):
            editor.client.notify("textDocument/didClose", {"textDocument": {"uri": editor.uri}})
    print(f"\nFrom an edit to its diagnostics, milliseconds ({count} edits a size)\n")
    print("  lines   vetline            ruff server        vetline, all analyzers")
    print("          median     p95     median     p95     median (pause of 250 included)")
    for lines, times in rows:
        cells = [
            f"{_ms(median(times[who]))} {_ms(_p95(times[who]))}" for who in ("vetline", "ruff")
        ]
        print(f"  {lines:>6,} {cells[0]}   {cells[1]}   {_ms(median(times['all']))}")
    print(
        f"\n  initialize: vetline {ours.initialized * 1e3:.0f} ms, ruff {theirs.initialized * 1e3:.0f} ms"
    )
    for editor in (ours, theirs):
        editor.client.leave()


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:>7.1f}"


# -- a tree, and a start


def took(command: list[str], folder: Path) -> Sample:
    """Run a command and measure it. Its exit code is its verdict, not our business."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    null = subprocess.DEVNULL
    subprocess.run(command, cwd=folder, check=False, timeout=900, stdout=null, stderr=null)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Sample(time.perf_counter() - began, cpu)


def alternate(commands: dict[str, list[str]], folder: Path, runs: int) -> dict[str, Sample]:
    """The medians of each command, run in turns after one run that warms the disk's cache."""
    samples: dict[str, list[Sample]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            sample = took(command, folder)
            if turn:
                samples[name].append(sample)
    return {
        name: Sample(median(s.wall for s in taken), median(s.cpu for s in taken))
        for name, taken in samples.items()
    }


def tree(root: Path, packages: list[str], runs: int) -> None:
    """Print what a tree of other people's code takes."""
    folder = root / "tree"
    for name in packages:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        ignore = shutil.ignore_patterns("__pycache__", "*.so")
        shutil.copytree(Path(spec.origin).parent, folder / name, ignore=ignore)
    sources = list(folder.rglob("*.py"))
    lines = sum(path.read_bytes().count(b"\n") for path in sources)
    scripts = Path(sys.executable).parent
    commands = {
        "vetline check": [*VETLINE, "check", "--isolated", "tree"],
        "bandit -r": [str(scripts / "bandit"), "-q", "-r", "tree"],
        "detect-secrets scan": [str(scripts / "detect-secrets"), "scan", "--all-files", "tree"],
        "vetline check --analyzer bandit": [
            *VETLINE,
            "check",
            "--isolated",
            "--analyzer",
            "bandit",
            "tree",
        ],
    }
    found = alternate(commands, root, runs)
    print(
        f"\nA tree: {', '.join(packages)} ({len(sources)} files, {lines:,} lines; {runs} runs), seconds\n"
    )
    _print(found)
    both = [found[name] for name in ("bandit -r", "detect-secrets scan")]
    print(
        f"  {'bandit + detect-secrets':<34} {sum(s.wall for s in both):>6.2f} {sum(s.cpu for s in both):>6.2f}"
    )


def start(root: Path, runs: int) -> None:
    """Print what a start takes."""
    (root / "one.py").write_text("import yaml\nyaml.load(x)\n", encoding="utf-8")
    commands = {
        "vetline check one.py": [*VETLINE, "check", "one.py"],
        "vetline --help": [*VETLINE, "--help"],
        "bandit one.py": [str(Path(sys.executable).with_name("bandit")), "-q", "one.py"],
        "python -c pass": [sys.executable, "-c", "pass"],
    }
    print(f"\nA start ({runs} runs), seconds\n")
    _print(alternate(commands, root, runs))


def _print(found: dict[str, Sample]) -> None:
    print(f"  {'':<34} {'wall':>6} {'cpu':>6}")
    for name, sample in found.items():
        print(f"  {name:<34} {sample.wall:>6.2f} {sample.cpu:>6.2f}")


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few runs, a small tree")
    parts = ("edits", "tree", "start")
    parser.add_argument("--only", choices=parts, help="one part")
    options = parser.parse_args()
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load}")
    with tempfile.TemporaryDirectory(prefix="vetline-bench-") as folder:
        root = Path(folder)
        if options.only in {None, "start"}:
            start(root, 3 if options.quick else 9)
        if options.only in {None, "edits"}:
            edits(root, 8 if options.quick else 40)
        if options.only in {None, "tree"}:
            tree(
                root, ["rich"] if options.quick else ["rich", "pygments"], 1 if options.quick else 3
            )
    print(f"\nload {', '.join(f'{value:.2f}' for value in os.getloadavg())} at the end")


if __name__ == "__main__":
    main()
