"""Measures the search for secrets beside its peers in one run: `make bench`, or on a folder of your own.

Three questions: the CPU time for a thousand lines of other people's code, for an insertion of 40 lines into
a document of 2,000, and for a minified file of 1 MB. Ours runs with each of its two searches for anchors;
detect-secrets as a library with its default plugins; betterleaks, gitleaks and kingfisher as programs, a start
taken off, where they are on PATH. Runs alternate; figures are medians. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import resource
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from functools import cache, partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from detect_secrets.core import scan
from detect_secrets.settings import default_settings

from vetline_analyzers import secrets
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Edit, Snapshot, Span
from vetline_analyzers.secret import prefilter, search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from vetline_analyzers.core.analyzer import Memo

    Texts = dict[str, str]

KINDS = {".py", ".js", ".ts", ".mjs", ".json", ".md", ".rst", ".txt", ".html", ".css", ".ipynb"}
KINDS |= {".yml", ".yaml", ".toml", ".cfg", ".ini", ".sh"}
PEERS = {
    "betterleaks": ["dir", "--no-banner", "--exit-code", "0", "{}"],
    "gitleaks": ["dir", "--no-banner", "--exit-code", "0", "{}"],
    "kingfisher": ["scan", "--no-validate", "--no-update-check", "{}"],
}
LARGEST = 1_000_000
FACTS = Facts()


def ours(texts: Texts) -> None:
    """Look at each text as `check` does."""
    for path, text in texts.items():
        look(Snapshot("u", "text", 0, text, path), {})


def theirs(texts: Texts) -> None:
    """The same by detect-secrets, from memory."""
    with default_settings():
        for path, text in texts.items():
            list(scan._process_line_based_plugins(list(enumerate(text.splitlines(), 1)), path))  # noqa: SLF001 - it has no other way to scan an unsaved text


def look(snapshot: Snapshot, memo: Memo) -> int:
    """Have our analyzer look; gives how much it found."""
    return len(list(secrets.analyze(snapshot, FACTS, memo)))


def searched_by(engine: str, texts: Texts) -> None:
    """Ours with that search for anchors."""
    use(engine)
    ours(texts)


def use(engine: str) -> None:
    """Have anchors searched for by hyperscan from the start, or by the automaton alone."""
    search._machine = partial(machine, engine)  # type: ignore[assignment]  # noqa: SLF001 - what is measured


@cache
def machine(engine: str, real: Callable[[], Any] = search._machine) -> Any:  # noqa: SLF001 - the same
    """What the search works with, its anchors searched for by that engine."""
    anchors = tuple(search.detectors())
    patience = 0 if engine == "hyperscan" else sys.maxsize
    made = prefilter.Prefilter(anchors, patience)
    made.lines_with(["x"])  # here hyperscan is started
    return made, *real()[1:]


def seconds(work: Callable[[], object]) -> float:
    """CPU time of this process."""
    start = time.process_time()
    work()
    return time.process_time() - start


def alternate(works: Mapping[str, Callable[[], float]], runs: int) -> dict[str, float]:
    """The median of each, run in turns after one run in which patterns are compiled."""
    samples: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(runs + 1):
        for name, work in works.items():
            sample = work()
            if turn:
                samples[name].append(sample)
    return {name: median(taken) for name, taken in samples.items()}


def peer(command: list[str], full: Path, empty: Path) -> float:
    """CPU time of a program over a folder, without that of its start."""
    return program(command, full) - program(command, empty)


def program(command: list[str], folder: Path) -> float:
    """CPU time of a program over a folder."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    null = subprocess.DEVNULL
    filled = [part.format(folder) for part in command]
    subprocess.run(filled, check=False, timeout=900, stdout=null, stderr=null, cwd=folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def read(folders: Iterable[Path], lines: int) -> Texts:
    """Files of the folders in a fixed order that looks random, until there are so many lines."""
    paths = sorted(p for folder in folders for p in folder.rglob("*") if p.suffix in KINDS)
    random.Random(5).shuffle(paths)
    texts: Texts = {}
    for path in paths:
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if len(text) < LARGEST:
            texts[str(path)] = text
            lines -= text.count("\n") + 1
        if lines <= 0:
            break
    return texts


def minified(texts: Texts) -> str:
    """1 MB of code on one line."""
    code = " ".join("".join(texts.values()).split())
    return (code * (1 + 2**20 // len(code)))[: 2**20]


def insertion(texts: Texts, engine: str) -> float:
    """CPU time after 40 lines came into a document of 2,000 that was looked at before."""
    use(engine)
    lines = "\n".join(texts.values()).split("\n")[:2_040]
    first = Snapshot("u", "text", 1, "\n".join(lines[:2_000]), "app.py")
    memo: Memo = {}
    look(first, memo)
    at = first.line_starts[1_000]
    added = "".join(f"{line} \n" for line in lines[2_000:])
    second = first.edited(Edit(Span(at, at), added), 2)
    return seconds(lambda: look(second, memo))


def whole(texts: Texts) -> float:
    """CPU time of detect-secrets after that: it keeps nothing, so it reads all 2,040 lines."""
    lines = "\n".join(texts.values()).split("\n")[:2_040]
    return seconds(lambda: theirs({"app.py": "\n".join(lines)}))


def report(title: str, unit: float, found: dict[str, float]) -> None:
    """Print one question's answers."""
    print(f"\n{title}, milliseconds of CPU\n")
    for name, value in found.items():
        print(f"  {name:<28} {value / unit * 1e3:>9.2f}")


def over(texts: Texts, engines: list[str], peers: dict[str, str], runs: int) -> dict[str, float]:
    """The seconds that each takes for the texts."""
    works = {
        f"vetline, {name}": partial(seconds, partial(searched_by, name, texts)) for name in engines
    }
    works["detect-secrets"] = partial(seconds, partial(theirs, texts))
    with tempfile.TemporaryDirectory(prefix="vetline-bench-") as folder:
        full, empty = Path(folder, "full"), Path(folder, "empty")
        full.mkdir()
        empty.mkdir()
        for number, (path, text) in enumerate(texts.items()):
            full.joinpath(f"{number}{Path(path).suffix}").write_text(text, "utf-8")
        programs = {
            name: partial(peer, [path, *PEERS[name]], full, empty) for name, path in peers.items()
        }
        return alternate({**works, **programs}, runs)


def measure(texts: Texts, runs: int) -> None:
    """Print the answers to all three questions."""
    count = sum(text.count("\n") + 1 for text in texts.values())
    engines = ["hyperscan", "automaton"]
    if prefilter.by_hyperscan(("a",)) is None:
        engines.remove("hyperscan")
    peers = {name: path for name in PEERS if (path := shutil.which(name))}
    title = f"A thousand lines ({len(texts)} files, {count:,} lines)"
    report(title, count / 1_000, over(texts, engines, peers, runs))
    one = {"app.min.js": minified(texts)}
    report("A minified file of 1 MB", 1.0, over(one, engines, peers, runs))
    works = {f"vetline, {engine}": partial(insertion, texts, engine) for engine in engines}
    works["detect-secrets, all again"] = partial(whole, texts)
    report("40 lines into 2,000", 1.0, alternate(works, 5 * runs))
    if missing := [name for name in PEERS if name not in peers]:
        print(f"\nnot on PATH, so not measured: {', '.join(missing)}")


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few runs, few lines")
    parser.add_argument("folder", nargs="*", type=Path, help="instead of the standard library")
    options = parser.parse_args()
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load}")
    folders = options.folder or [Path(sysconfig.get_path("stdlib"))]
    texts = read(folders, 5_000 if options.quick else 20_000)
    if not texts:
        sys.exit(f"benchmarks/secret_search.py: no texts in {', '.join(map(str, folders))}")
    measure(texts, 1 if options.quick else 3)


if __name__ == "__main__":
    main()
