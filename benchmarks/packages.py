"""Measures what it costs to look at imports and dependencies: each keystroke, and the gathering of a project's facts.

Run it with the project's Python: `.venv/bin/python benchmarks/packages.py`. Times are CPU time, the median of five looks at
texts of the sizes that people write and machines make. A goal that is missed is marked. Nothing here passes or fails.
"""

from __future__ import annotations

import pickle
import random
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from vetline import project
from vetline.settings import Settings
from vetline_analyzers import dependencies, imports, members
from vetline_analyzers.core.analyzer import NotChecked
from vetline_analyzers.core.text import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from vetline_analyzers.core.analyzer import Analyzer, Facts

LOOKS = 5
ANALYZERS = (imports.ANALYZER, dependencies.ANALYZER, members.ANALYZER)
GOALS = {
    "imports": 10.0,
    "dependencies": 10.0,
}  # ms for a thousand lines; `members` waits for a save
PYTHON = '''import os
import requests
from flask import Flask


def total(order: dict[str, int], rate: float) -> float:
    """Add it up; what pip does not know stays out."""
    found = [value * rate for key, value in order.items() if key != "npm"]
    return sum(found) + len(os.fspath("a"))
'''
SCRIPT = """import { a } from "react";
import x from "./near.js";
export function total(order: Record<string, number>, rate: number): number {
  // what npm does not know stays out
  const found = Object.values(order).map((value) => value * rate);
  return found.reduce((sum, value) => sum + value, 0) + `${rate}/`.length / 2;
}
"""
PROSE = """# Orders

What is ordered is added up, see [the page](https://example.com/a). It is installed with pip, as usual:

```sh
pip install requests flask
npm install react
```

- a point about uv, which is a tool
"""
LOCKED = """    "node_modules/name-{n}": {{
      "version": "1.{n}.0",
      "resolved": "https://packages.example.com/name-{n}/-/name-{n}-1.{n}.0.tgz",
      "integrity": "sha512-aaaaaaaaaaaaaaaaaaaaaaaa=="
    }},
"""
BUNDLED = (
    'var a{n}=e("name{n}")',
    "function(t,n){return t(n,0)}",
    "n.exports=r({n})",
    "/ab+c/.test(t)",
    "x.y.z=[1,2,3]",
    'require("name{n}")',
)


class Text(NamedTuple):
    """A text to look at."""

    language: str
    path: str
    text: str


def repeated(block: str, lines: int) -> str:
    return "".join((block * (lines // block.count("\n") + 1)).splitlines(keepends=True)[:lines])


def texts() -> dict[str, Text]:
    chance = random.Random(1)
    rows = "".join(LOCKED.format(n=n) for n in range(600)).rstrip(",\n")
    bundle = ";".join(chance.choice(BUNDLED).replace("{n}", str(n)) for n in range(60_000))
    return {
        "Python, 1,000 lines": Text("python", "a.py", repeated(PYTHON, 1_000)),
        "Python, 10,000 lines": Text("python", "a.py", repeated(PYTHON, 10_000)),
        "TypeScript, 1,000 lines": Text("typescript", "a.ts", repeated(SCRIPT, 1_000)),
        "TypeScript, 10,000 lines": Text("typescript", "a.ts", repeated(SCRIPT, 10_000)),
        "Markdown, 1,000 lines": Text("text", "README.md", repeated(PROSE, 1_000)),
        "Markdown, 10,000 lines": Text("text", "README.md", repeated(PROSE, 10_000)),
        "package-lock.json, 3,000 lines": Text(
            "text", "package-lock.json", f'{{"lockfileVersion":3,"packages":{{\n{rows}\n}}}}\n'
        ),
        "a bundle of 1 MB on one line": Text("javascript", "a.min.js", bundle[:1_000_000]),
    }


def cpu(work: Callable[[], object]) -> float:
    """Milliseconds of CPU, the median of some looks."""
    took = []
    for _ in range(LOOKS):
        start = time.process_time()
        work()
        took.append((time.process_time() - start) * 1e3)
    return median(took)


def look(analyzer: Analyzer, snapshot: Snapshot, facts: Facts) -> None:
    try:
        for _ in analyzer.analyze(snapshot, facts, {}):
            pass
    except NotChecked:
        pass


def show(what: str, value: float, unit: str, goal: float | None = None) -> None:
    word = "" if goal is None else f"  <= {goal:g}" + ("" if value <= goal else "  MISSED")
    print(f"{what:<58}{value:>12.3f} {unit}{word}", flush=True)


def keystrokes(facts: Facts) -> None:
    for what, (language, path, text) in texts().items():
        snapshot = Snapshot("u", language, 1, text, path)
        for analyzer in ANALYZERS:
            if analyzer.serves(language):
                took = cpu(lambda a=analyzer, s=snapshot: look(a, s, facts))  # type: ignore[misc]
                goal = GOALS.get(analyzer.name) if " 1,000 lines" in what else None
                show(f"{what}: {analyzer.name}", took, "ms", goal)


def gathering(root: Path, what: str) -> None:
    found = project.facts(root, Settings())
    show(f"facts of {what}", cpu(lambda: project.facts(root, Settings())), "ms")
    show(f"facts of {what}, as a worker is told", len(pickle.dumps(found)) / 1e3, "kB")


def grown(root: Path) -> None:
    """Make a project of 20,000 files in both languages."""
    for number in range(400):
        is_python = number < 200
        folder = root / ("src" if is_python else "web") / f"part{number // 20}" / f"unit{number}"
        folder.mkdir(parents=True)
        for file in range(50):
            (folder / f"file{file}{'.py' if is_python else '.ts'}").touch()
        if not is_python:
            (folder / "package.json").write_text(f'{{"name": "@acme/unit{number}"}}')


def main() -> None:
    here = Path(__file__).parents[1]
    keystrokes(project.facts(here, Settings()))
    gathering(here, "this project")
    with tempfile.TemporaryDirectory() as scratch:
        grown(Path(scratch))
        gathering(Path(scratch), "20,000 files")


if __name__ == "__main__":
    main()
