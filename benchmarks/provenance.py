"""Measures what provenance costs: each keystroke, reloads, and texts that nobody writes by hand.

Run it with the project's Python: `.venv/bin/python benchmarks/provenance.py`. Figures are of one process
on an otherwise quiet machine; a goal that is missed is marked. Nothing here passes or fails.
"""

from __future__ import annotations

import platform
import random
import time
from statistics import median, quantiles

from vetline.agents import FileEdit
from vetline.provenance import Origin, Tier, Tracker, claim, from_json, to_json
from vetline_analyzers.core.text import Edit, Snapshot, Span

AGENT = Origin(Tier.REPORTED, agent="agent", source="hook")
KEYSTROKE, RELOAD = 0.1, 200.0  # goals, milliseconds
SIZES = (500, 2_000, 10_000, 100_000)


def code(lines: int) -> list[str]:
    return [
        f"def function_{n}(value):" if n % 4 == 0 else f"    local_{n} = value + {n}"
        for n in range(lines)
    ]


def made(text: str, *, ai: bool = True) -> tuple[Snapshot, Tracker]:
    snapshot = Snapshot("file:///x.py", "python", 0, text)
    _ = snapshot.line_starts
    return snapshot, Tracker.fresh(snapshot, AGENT if ai else None)


def milliseconds(start: float) -> float:
    return (time.perf_counter() - start) * 1e3


def show(what: str, figure: str, worst: float, goal: float | None) -> None:
    word = "" if goal is None else f"< {goal:g} ms" + ("" if worst < goal else "  MISSED")
    print(f"{what:<58} {figure:>22}  {word}", flush=True)


def keystrokes(text: str, count: int = 400) -> list[float]:
    """One key each a tenth of a second, then a pause in which another place is chosen."""
    snapshot, tracker = made(text)
    chance, found = random.Random(1), []
    at = len(text) // 2
    for number in range(count):
        if number % 20 == 0:
            at = chance.randrange(len(text))
        edit = Edit(Span(at, at), "k")
        after = snapshot.edited(edit, number)
        start = time.perf_counter()
        tracker.edit(snapshot, after, edit, number / 10 + number // 20 * 2)
        found.append(milliseconds(start))
        snapshot, at = after, at + 1
    return found


def typing(what: str, text: str, goal: float | None, count: int = 400) -> None:
    found = keystrokes(text, count)
    late = quantiles(found, n=20)[-1]
    show(what, f"{median(found):.3f} (p95 {late:.3f})", late, goal)


def once(what: str, text: str, new: str, goal: float | None, **report) -> None:
    """The time of one change of the whole text, and of an agent's report of it."""
    snapshot, tracker = made(text, ai=not report)
    edit = Edit(Span(0, len(text)), new)
    after = snapshot.edited(edit, 1)
    start = time.perf_counter()
    tracker.edit(snapshot, after, edit, 1.0)
    if report:
        tracker.claim(after, claim(2.0, AGENT, FileEdit("x", **report)))
    taken = milliseconds(start)
    show(what, f"{taken:.1f}", taken, goal)


def lines_changed(lines: list[str], share: float) -> str:
    chance = random.Random(2)
    changed = list(lines)
    for number in chance.sample(range(len(lines)), int(len(lines) * share)):
        changed[number] += f"  # changed {number}"
    return "\n".join(changed)


def ordinary() -> None:
    for size in SIZES:
        typing(f"keystroke, {size:,} lines", "\n".join(code(size)), KEYSTROKE)
    block = "\n".join(f"    inserted_{n} = compute({n})" for n in range(50)) + "\n"
    for size in SIZES[:3]:
        text = "\n".join(code(size))
        snapshot, tracker = made(text, ai=False)
        at = text.index("\n", len(text) // 2) + 1
        after = snapshot.edited(Edit(Span(at, at), block), 1)
        start = time.perf_counter()
        tracker.edit(snapshot, after, Edit(Span(at, at), block), 1.0)
        seen = milliseconds(start)
        start = time.perf_counter()
        tracker.claim(after, claim(2.0, AGENT, FileEdit("x", changes=(("", block),))))
        show(
            f"50 lines inserted, {size:,} lines; and the report",
            f"{seen:.2f} + {milliseconds(start):.2f}",
            seen,
            None,
        )
    for size in SIZES[:3]:
        lines = code(size)
        once(
            f"reload, 1 % of {size:,} lines changed",
            "\n".join(lines),
            lines_changed(lines, 0.01),
            RELOAD,
        )
    two = code(2_000)
    once("reindent, 2,000 lines", "\n".join(two), "\n".join("    " + line for line in two), RELOAD)
    snapshot, tracker = made("\n".join(code(10_000)))
    start = time.perf_counter()
    tracker.attributions(snapshot)
    show("attributions, 10,000 lines", f"{milliseconds(start):.1f}", 0, None)
    start = time.perf_counter()
    from_json(to_json(tracker), snapshot)
    show("to JSON and back, 10,000 lines", f"{milliseconds(start):.1f}", 0, None)


def worst() -> None:
    lines = code(10_000)
    text = "\n".join(lines)
    other = "\n".join(f"entirely_{n * 7} other {n * 3} text" for n in range(10_000))
    commented = "\n".join(f"# {line}" for line in lines)
    renamed = text.replace("value", "amount")
    once("10,000 lines, each another", text, other, None)
    once("10,000 lines, each another, written by an agent", text, other, None, after=other)
    once("10,000 lines, each a comment now", text, commented, None)
    once("10,000 lines, a word renamed", text, renamed, None)
    once("10,000 lines, renamed by an agent", text, renamed, None, before=text, after=renamed)
    shuffled = list(lines)
    random.Random(3).shuffle(shuffled)
    once("10,000 lines, shuffled", text, "\n".join(shuffled), None)
    hundred = code(100_000)
    once("100,000 lines, 1 % changed", "\n".join(hundred), lines_changed(hundred, 0.01), None)
    once("100,000 lines, 50 % changed", "\n".join(hundred), lines_changed(hundred, 0.5), None)
    once("20,000 equal lines, half of them gone", "same\n" * 20_000, "same\n" * 10_000, None)
    once(
        "20,000 equal lines, every other changed", "same\n" * 20_000, "same\nelse\n" * 10_000, None
    )
    long = "value, " * 750_000
    once("a line of 5 MB, changed in two places", long, "x" + long[1:-10] + "zz" + long[-9:], None)
    typing("keystroke in a line of 5 MB", long, None, count=20)
    once("a line of 5 MB becomes another", long, "other; " * 750_000, None)


def busy() -> None:
    """Keys while two hundred reports wait and thousands of changes have been seen."""
    snapshot, tracker = made("\n".join(code(2_000)))
    for number in range(200):
        tracker.claim(
            snapshot, claim(1.0, AGENT, FileEdit("x", changes=(("", f"never_{number} = came"),)))
        )
    found, chance = [], random.Random(4)
    for number in range(3_000):
        at = chance.choice(snapshot.line_starts)
        edit = Edit(Span(at, at), f"burst{number}")
        after = snapshot.edited(edit, number)
        start = time.perf_counter()
        tracker.edit(snapshot, after, edit, 2.0 + number / 100)
        found.append(milliseconds(start))
        snapshot = after
    late = quantiles(found[-500:], n=20)[-1]
    show(
        "burst, 200 reports waiting, 3,000 changes seen",
        f"{median(found[-500:]):.2f} (p95 {late:.2f})",
        late,
        None,
    )


def main() -> None:
    print(f"Python {platform.python_version()}, milliseconds\n")
    ordinary()
    print("\nworst cases")
    worst()
    busy()


if __name__ == "__main__":
    main()
