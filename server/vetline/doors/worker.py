"""The inside of a worker process: reads questions from stdin, writes answers to stdout.

Not for people; `vetline.worker` starts it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from vetline.worker import Pages, receive, send
from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.engine.mending import mend

if TYPE_CHECKING:
    from vetline_analyzers.core.analyzer import Memo, Neighbour
    from vetline_analyzers.core.finding import Rule

# What makes each analyzer load what it usually needs, before anybody waits for it.
_USUAL = Snapshot("warm:", "python", 0, 'import os\n\npassword = ""  # "token: "\n', "usual.py")


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
    # What an analysis makes dies as it goes, by reference counting; looking for cycles in between costs a tenth.
    gc.set_threshold(50_000, 20, 20)
    facts: dict[str, Facts] = {}
    memos: dict[str, dict[str, Memo]] = {}
    beside: dict[str, dict[str, Neighbour]] = {}
    while True:
        message: Any = receive(questions)
        match message:
            case ("facts", project, known):
                facts[project] = known
                memos.clear()
            case ("warm", pace):
                ready = [one for one in engine.chosen(None).values() if one.pace is pace]
                engine.examine(_USUAL, Facts(), ready)
            case ("forget", uri):
                memos.pop(uri, None)
                beside.pop(uri, None)
            case ("beside", uri, neighbours):
                beside[uri] = neighbours
                memos.pop(uri, None)  # what is remembered was said with others
            case ("pages",):
                rules = engine.rules().items()
                ways = (engine.page, engine.brief, _title)
                made = ({name: way(rule) for name, rule in rules} for way in ways)
                send(answers, Pages(*made))
            case ("mend", snapshot, fixes):
                send(answers, mend(snapshot, fixes))
            case ("examine", snapshot, names, project, complaints):
                ask = engine.chosen(names).values()
                memo = memos.setdefault(snapshot.uri, {})
                known = replace(facts.get(project, Facts()), complaints=complaints)
                if snapshot.uri in beside:
                    known = replace(known, neighbours=beside[snapshot.uri])
                send(answers, engine.examine(snapshot, known, ask, memo))


def _title(rule: Rule) -> str:
    return rule.title


if __name__ == "__main__":
    main()
