"""A bar on the terminal for what takes its time."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_AFTER = 1.0  # seconds


@contextmanager
def bar(total: int) -> Iterator[Callable[[], None]]:
    """A bar on the terminal when it takes over a second; gives what to call after each file."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    shown = Progress(console=Console(stderr=True), transient=True)
    task = shown.add_task("checking", total=total)
    lock = threading.Lock()
    done = False

    def show() -> None:
        with lock:
            if not done:
                shown.start()

    timer = threading.Timer(_AFTER, show)
    timer.daemon = True
    timer.start()
    try:
        yield lambda: shown.advance(task)
    finally:
        with lock:
            done = True
        timer.cancel()
        shown.stop()
