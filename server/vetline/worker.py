"""A process that analyses: it may be slow, be cancelled, or die, and nothing else suffers.

The keystroke path and `check` both hand texts to a worker. A parse holds the interpreter's lock and a
native library may crash, so neither happens in the process that talks to a person. One worker answers
one question at a time; ask it from a thread of its own.
"""

from __future__ import annotations

import contextlib
import pickle
import struct
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from vetline_analyzers import engine
from vetline_analyzers.engine import Analysis, Failure
from vetline_analyzers.engine.mending import Mended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from vetline_analyzers.core.analyzer import Complaint, Facts, Neighbour, Pace
    from vetline_analyzers.core.finding import Fix
    from vetline_analyzers.core.text import Snapshot

CANCELLED = "cancelled"  # why a question has no answer when somebody ended it
_LENGTH = struct.Struct("<Q")


def send(stream: IO[bytes], message: object) -> None:
    """Write one message: eight bytes of length, then a pickle.

    Both ends are ours and of one version; nothing else ever writes to this pipe.
    """
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(body)))
    stream.write(body)
    stream.flush()


def receive(stream: IO[bytes]) -> object:
    """Read one message.

    Raises:
        EOFError: the other end is gone.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    body = stream.read(length)
    if len(body) < length:
        raise EOFError
    return pickle.loads(body)  # noqa: S301 - written by `send` in our own process


class Pages(NamedTuple):
    """By rule, its page, what an editor shows of it beside the code, and its title."""

    whole: dict[str, str]
    brief: dict[str, str]
    titles: dict[str, str]


class _Child:
    """A running process, and why it was ended if it was."""

    def __init__(self) -> None:
        self.why = ""
        self.facts: dict[str, Facts] = {}
        self.beside: dict[str, Mapping[str, Neighbour]] = {}
        # -P: the folder we stand in belongs to the analysed project; nothing is imported from it.
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "vetline.doors.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def tell(self, message: object) -> None:
        assert self.process.stdin is not None  # noqa: S101 - it was opened as a pipe
        send(self.process.stdin, message)

    def hear(self) -> object:
        assert self.process.stdout is not None  # noqa: S101 - it was opened as a pipe
        return receive(self.process.stdout)

    def kill(self, why: str) -> None:
        """End the process, from any thread; the first reason is kept."""
        self.why = self.why or why
        self.process.kill()

    def bury(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


class Worker:
    """One analysing process, started when first asked and started again after it died."""

    def __init__(self) -> None:
        """Make a worker; nothing runs yet."""
        self._facts: dict[str, Facts] = {}
        self._child: _Child | None = None
        self._lock = threading.Lock()
        self._closed = False

    def start(self, pace: Pace | None = None) -> None:
        """Start the process ahead of the first question; with a pace it loads the analyzers of that."""
        with self._lock, contextlib.suppress(OSError, EOFError):
            child = self._alive()
            if pace is not None:
                child.tell(("warm", pace))

    @property
    def health(self) -> str:
        """How the process fares, in a few words."""
        child = self._child
        if child is None:
            return "closed" if self._closed else "not started"
        if (code := child.process.poll()) is not None or child.why:
            return f"ended: {child.why or f'exit code {code}'}; it starts again when asked"
        return f"running as process {child.process.pid}"

    def know(self, project: str, facts: Facts) -> None:
        """Use `facts` for the project of that name, from the next question on."""
        self._facts[project] = facts

    def examine(
        self,
        snapshot: Snapshot,
        analyzers: tuple[str, ...] | None,
        timeout: float,
        project: str = "",
        neighbours: Mapping[str, Neighbour] | None = None,
        *,
        complaints: tuple[Complaint, ...] | None = None,
    ) -> Analysis:
        """Ask the named analyzers; blocks until they answered or `timeout` seconds went by.

        Args:
            snapshot: the text.
            analyzers: their names; None means all.
            timeout: seconds.
            project: whose facts to use, as `know` named them.
            neighbours: what `Facts.neighbours` is to hold for this text; the same mapping is sent once.
            complaints: what `Facts.complaints` is to hold for this text.

        Returns:
            Their analysis. When the process died, ran out of time or was cancelled, an analysis
            without findings whose failure says so; the next question starts a new process.
        """
        question = ("examine", snapshot, analyzers, project, complaints)
        answer = self._ask(question, timeout, project, (snapshot.uri, neighbours or {}))
        if isinstance(answer, Analysis):
            return answer
        return Analysis(failures=(Failure(snapshot.path, str(answer), ", ".join(analyzers or ())),))

    def mend(self, snapshot: Snapshot, fixes: Sequence[Fix], timeout: float) -> Mended | str:
        """The text with the fixes that fit in it, as `engine.mend` gives it; else why there is none."""
        answer = self._ask(("mend", snapshot, tuple(fixes)), timeout)
        return answer if isinstance(answer, Mended) else str(answer)

    def pages(self, timeout: float) -> Pages:
        """The Markdown pages of all rules; none when the worker cannot say in time."""
        answer = self._ask(("pages",), timeout)
        return answer if isinstance(answer, Pages) else Pages({}, {}, {})

    def forget(self, uri: str) -> None:
        """Let go of what is kept to make the next look at a document faster."""
        with self._lock, contextlib.suppress(OSError):
            if self._child is not None:
                self._child.beside.pop(uri, None)
                self._child.tell(("forget", uri))

    def cancel(self, why: str = CANCELLED) -> None:
        """End the process, from any thread; a question under way comes back as a failure."""
        child = self._child
        if child is not None:
            child.kill(why)

    def close(self) -> None:
        """End the process for good; a question that comes later is a failure."""
        self._closed = True
        self.cancel("closed")
        with self._lock:
            self._end()

    def _ask(
        self,
        question: object,
        timeout: float,
        project: str | None = None,
        beside: tuple[str, Mapping[str, Neighbour]] | None = None,
    ) -> object:
        """The answer to a question, or a string that says why there is none."""
        with self._lock:
            try:
                child = self._alive()
            except (OSError, EOFError):
                return "closed" if self._closed else "the analysis could not be started"
            watchdog = threading.Timer(timeout, child.kill, (f"took over {timeout:g} s",))
            watchdog.daemon = True
            watchdog.start()
            try:
                if self._closed:  # meanwhile, when there was no child to kill
                    child.kill("closed")
                self._inform(child, project, beside)
                child.tell(question)
                return child.hear()
            except (OSError, EOFError, pickle.UnpicklingError):
                self._end()
                return child.why or "the analysis crashed"
            finally:
                watchdog.cancel()

    def _inform(
        self,
        child: _Child,
        project: str | None,
        beside: tuple[str, Mapping[str, Neighbour]] | None,
    ) -> None:
        """Tell what the next question is to be answered with, unless the process has it."""
        facts = self._facts.get(project) if project is not None else None
        if project is not None and facts and child.facts.get(project) is not facts:
            child.tell(("facts", project, facts))
            child.facts[project] = facts
        uri, neighbours = beside or ("", {})
        if beside and child.beside.get(uri, {}) is not neighbours:
            if neighbours or child.beside.get(uri):
                child.tell(("beside", uri, dict(neighbours)))
            child.beside[uri] = neighbours

    def _alive(self) -> _Child:
        if self._closed:
            raise EOFError
        child = self._child
        if child is not None and (child.why or child.process.poll() is not None):
            self._end()  # it died, or was killed and is dying, while nobody asked: no text is to blame
        if self._child is None:
            self._child = _Child()
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.bury()


def examine_all(
    snapshots: Iterable[Snapshot],
    analyzers: tuple[str, ...] | None,
    facts: Facts,
    *,
    workers: int,
    timeout: float,
    beside: Callable[[Snapshot], Mapping[str, Neighbour]] | None = None,
    second: Callable[[Snapshot], tuple[Complaint, ...] | None] | None = None,
) -> Iterator[tuple[Snapshot, Analysis]]:
    """Examine many snapshots on several workers, in the order given.

    Args:
        snapshots: taken one by one as workers become free, so that a large tree is never in memory.
        analyzers: names of the analyzers to ask; None means all, whose names nobody here need know.
        facts: what is known beyond the texts.
        workers: how many processes at most; each is started only when there is work for it.
        timeout: seconds for one snapshot.
        beside: gives what `Facts.neighbours` is to hold for a snapshot; asked by the thread that asks for
            the answers.
        second: gives what `Facts.complaints` is to hold for a snapshot; asked likewise.
    """
    idle: SimpleQueue[Worker] = SimpleQueue()
    crew = [Worker() for _ in range(workers)]
    for worker in crew:
        worker.know("", facts)
        idle.put(worker)

    def ask(snapshot: Snapshot, **more: Any) -> Analysis:
        worker = idle.get()
        try:
            answer = worker.examine(snapshot, analyzers, timeout, **more)
            if any(failure.analyzer not in engine.analyzers() for failure in answer.failures):
                examine = partial(worker.examine, timeout=timeout, **more)
                answer = _apart(examine, snapshot, analyzers) or answer
            return answer
        finally:
            worker.forget(snapshot.uri)
            idle.put(worker)

    pending: list[tuple[Snapshot, Future[Analysis]]] = []
    with ThreadPoolExecutor(workers) as threads:
        try:
            for snapshot in snapshots:
                more = {
                    "neighbours": beside(snapshot) if beside else None,
                    "complaints": second(snapshot) if second else None,
                }
                pending.append((snapshot, threads.submit(ask, snapshot, **more)))
                if len(pending) > 2 * workers:
                    yield _first(pending)
            while pending:
                yield _first(pending)
        finally:
            for _, future in pending:  # left over when the caller stopped early
                future.cancel()
            for worker in crew:
                worker.close()


def _apart(
    examine: Callable[[Snapshot, tuple[str, ...]], Analysis],
    snapshot: Snapshot,
    analyzers: tuple[str, ...] | None,
) -> Analysis | None:
    """Ask each analyzer on its own, after the process failed: one must not cost the others' answers."""
    names = analyzers or tuple(engine.analyzers())
    if len(names) < 2:  # noqa: PLR2004 - it was on its own
        return None
    answers = [examine(snapshot, (name,)) for name in names]
    return Analysis(
        tuple(finding for answer in answers for finding in answer.findings),
        tuple(failure for answer in answers for failure in answer.failures),
    )


def _first(pending: list[tuple[Snapshot, Future[Analysis]]]) -> tuple[Snapshot, Analysis]:
    snapshot, future = pending.pop(0)
    return snapshot, future.result()
