"""Measures what an agent's hook costs, beside a Python that does nothing: `python benchmarks/hook.py`.

Each of 200 edits is reported by a process of its own, once without a server and once with one that is
told. Runs alternate, so that a busy moment of the machine hits all; 20 before them are not counted.
Nothing here passes or fails.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median, quantiles

from vetline import spool
from vetline.doors.lsp.listener import Handlers, Listener
from vetline.places import place_of

RUNS, WARM_UP = 200, 20
HOOK = [str(Path(sys.executable).with_name("vetline")), "hook"]
NOTHING = [sys.executable, "-c", "pass"]
TEXT = "".join(f"    total += {n}\n" for n in range(40))


def environment(home: Path) -> dict[str, str]:
    """Compiled modules are kept, as they are where a package is installed."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    kept = {"HOME": home, "XDG_STATE_HOME": home / "state", "PYTHONPYCACHEPREFIX": home / "cache"}
    return {**env, **{name: str(path) for name, path in kept.items()}}


def payload(root: Path) -> bytes:
    given = {"file_path": str(root / "a.py"), "old_string": "    return 0\n", "new_string": TEXT}
    event = {
        "session_id": "7c1f0f5e", "transcript_path": str(root / "7c1f.jsonl"), "cwd": str(root),
        "prompt_id": "0d2f6c1e", "hook_event_name": "PostToolUse", "tool_name": "Edit",
        "tool_use_id": "toolu_01", "tool_input": given,
        "tool_response": {"originalFile": TEXT * 10, "userModified": False},
    }  # fmt: skip
    return json.dumps(event).encode()


def once(command: list[str], raw: bytes, cwd: Path, env: dict[str, str]) -> float:
    """Milliseconds of one run.

    Raises:
        SystemExit: it failed or said something.
    """
    start = time.perf_counter()
    done = subprocess.run(command, input=raw, cwd=cwd, env=env, capture_output=True, check=False)
    took = (time.perf_counter() - start) * 1000
    if done.returncode or done.stdout or done.stderr:
        raise SystemExit(f"{command}: exit {done.returncode} {done.stdout!r} {done.stderr!r}")
    return took


async def listening(root: Path, ready: threading.Event, end: threading.Event) -> int:
    """A server's ear, until `end`; gives how often it was poked."""
    pokes = 0

    def poked() -> None:
        nonlocal pokes
        pokes += 1

    async def never(_: object) -> None:
        raise NotImplementedError

    listener = Listener(Handlers(poked, never, never))
    await listener.start()
    await listener.register(place_of(str(root)).folders)
    ready.set()
    await asyncio.to_thread(end.wait)
    listener.stop()
    return pokes


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name).resolve()
        env = environment(home)
        alone, served = home / "alone", home / "served"
        for root in (alone, served):
            subprocess.run(["git", "init", "-q", root], check=True)
        ready, end = threading.Event(), threading.Event()
        pokes: list[int] = []
        ear = threading.Thread(
            target=lambda: pokes.append(asyncio.run(listening(served, ready, end)))
        )
        ear.start()
        ready.wait()
        ways = {
            "python -c pass": (NOTHING, alone),
            "vetline hook, no server": (HOOK, alone),
            "vetline hook, server told": (HOOK, served),
        }
        times: dict[str, list[float]] = {way: [] for way in ways}
        try:
            for _ in range(WARM_UP + RUNS):
                for way, (command, root) in ways.items():
                    times[way].append(once(command, payload(root), root, env))
        finally:
            end.set()
            ear.join()
        print(f"{RUNS} runs, milliseconds            median     p95")
        for way, took in times.items():
            counted = took[WARM_UP:]
            print(f"  {way:<30} {median(counted):>8.1f} {quantiles(counted, n=20)[-1]:>7.1f}")
        kept = [len(spool.pending(place_of(str(root)).folders)) for root in (alone, served)]
        print(f"  edits kept: {kept[0]} and {kept[1]} of {WARM_UP + RUNS}; pokes heard: {pokes[0]}")


if __name__ == "__main__":
    main()
