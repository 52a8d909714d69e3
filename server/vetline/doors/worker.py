"""The inside of a worker process: reads questions from stdin, writes answers to stdout.

Not for people; `vetline.worker` starts it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from vetline.worker import Pages, receive, send
from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Facts

if TYPE_CHECKING:
    from vetline_analyzers.core.analyzer import Memo


def main() -> None:
    """Answer until the other end closes."""
    # Whoever asked may be gone, in the middle of a question or of an answer.
    with contextlib.suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        _serve()


def _serve() -> None:
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Ctrl-C reaches everybody at the terminal; whoever started us decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A library that prints must not be taken for an answer.
    os.dup2(2, 1)
    sys.setrecursionlimit(5000)
    facts: dict[str, Facts] = {}
    memos: dict[str, dict[str, Memo]] = {}
    while True:
        message: Any = receive(questions)
        match message:
            case ("facts", project, known):
                facts[project] = known
                memos.clear()
            case ("forget", uri):
                memos.pop(uri, None)
            case ("pages",):
                made = {name: engine.page(rule) for name, rule in engine.rules().items()}
                send(answers, Pages(made))
            case ("examine", snapshot, names, project):
                shelf = engine.analyzers()
                ask = [shelf[name] for name in shelf if names is None or name in names]
                memo = memos.setdefault(snapshot.uri, {})
                send(answers, engine.examine(snapshot, facts.get(project, Facts()), ask, memo))


if __name__ == "__main__":
    main()
