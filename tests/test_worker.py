"""Workers: what dies, hangs or is cancelled costs one answer and blames no innocent text."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from vetline.worker import Worker, examine_all
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Snapshot

pytestmark = pytest.mark.skipif(os.name != "posix", reason="stops processes with signals")

TEXT = Snapshot("file:///a.py", "python", 0, "import yaml\nyaml.load(x)\n", "a.py")
ASK = ("patterns",)


@pytest.fixture
def worker():
    made = Worker()
    yield made
    made.close()


def pid(worker: Worker) -> int:
    assert worker._child is not None
    return worker._child.process.pid


def test_an_answer(worker):
    (finding,) = worker.examine(TEXT, ASK, 30).findings
    assert finding.rule == "python/unsafe-yaml-load"


def test_a_death_while_idle_blames_nobody(worker):
    worker.examine(TEXT, ASK, 30)
    os.kill(pid(worker), signal.SIGKILL)
    worker._child.process.wait(10)
    assert worker.examine(TEXT, ASK, 30).failures == ()


def test_a_cancel_that_comes_too_late_costs_the_next_question_nothing(worker):
    for _ in range(5):
        worker.examine(TEXT, ASK, 30)
        os.kill(pid(worker), signal.SIGSTOP)  # it takes its time to die
        worker.cancel()
        assert worker.examine(TEXT, ASK, 30).failures == ()


def test_a_hang_ends_with_its_time(worker):
    worker.start()
    os.kill(pid(worker), signal.SIGSTOP)
    began = time.monotonic()
    (failure,) = worker.examine(TEXT, ASK, 0.5).failures
    assert failure.reason == "took over 0.5 s"
    assert time.monotonic() - began < 10
    assert worker.examine(TEXT, ASK, 30).findings, "the next question has a new process"


def test_facts_that_nobody_reads_do_not_hang_either(worker):
    worker.start()
    os.kill(pid(worker), signal.SIGSTOP)
    worker.know("p", Facts(modules=frozenset(f"module{n}" for n in range(100_000))))
    began = time.monotonic()
    assert worker.examine(TEXT, ASK, 0.5, "p").failures
    assert time.monotonic() - began < 10


def test_cancelling_ends_the_question_under_way(worker):
    worker.start()
    os.kill(pid(worker), signal.SIGSTOP)
    threading.Timer(0.2, worker.cancel).start()
    (failure,) = worker.examine(TEXT, ASK, 30).failures
    assert failure.reason == "cancelled"


def test_a_closed_worker_answers_nothing(worker):
    worker.close()
    assert worker.examine(TEXT, ASK, 30).failures


def test_pages(worker):
    pages = worker.pages(60)
    assert "What to do" in pages.whole["python/unsafe-yaml-load"]
    assert "bandit/B602" in pages.whole


def test_many_are_answered_in_order():
    texts = [Snapshot(f"file:///{n}.py", "python", 0, TEXT.text, f"{n}.py") for n in range(12)]
    told = list(examine_all(texts, ASK, Facts(), workers=2, timeout=30))
    assert [snapshot.path for snapshot, _ in told] == [text.path for text in texts]
    assert all(len(analysis.findings) == 1 for _, analysis in told)
