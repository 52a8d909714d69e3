"""Where documents wait for an analysis: one worker, one question at a time, the latest text wins."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from vetline.worker import CANCELLED, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from vetline.doors.lsp.documents import Unit
    from vetline_analyzers.core.analyzer import Complaint, Facts, Neighbour
    from vetline_analyzers.core.finding import Fix
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.engine import Analysis
    from vetline_analyzers.engine.mending import Mended

    Answer = Callable[["Desk", Unit, Snapshot, Analysis], None]

log = logging.getLogger(__name__)

_SETTLE = 2.0  # seconds a question about a text waits for the text's own findings


@dataclass(slots=True)
class Terms:
    """How a unit is to be looked at.

    Attributes:
        project: names the facts, as the worker was told them.
        analyzers: names of those to ask.
        timeout: seconds for one look.
        neighbours: what the unit imports from its project.
        second: asks a type checker about the text; on the desk's thread, before its worker.
    """

    project: str
    analyzers: tuple[str, ...]
    timeout: float
    neighbours: Mapping[str, Neighbour] | None = None
    second: Callable[[Snapshot], tuple[Complaint, ...] | None] | None = None


@dataclass(slots=True)
class _Question:
    unit: Unit
    terms: Terms
    due: float


class Desk:
    """A worker process and the units that wait for it.

    Args:
        name: the pace it serves, for people.
        answer: called on the event loop with each analysis and the snapshot it was made of.
        changed: called on the event loop when there may be more to do, or less.
    """

    def __init__(self, name: str, answer: Answer, changed: Callable[[], None]) -> None:
        """Sit down; the worker starts with the first question."""
        self.name = name
        self.worker = Worker()
        self._answer = answer
        self._changed = changed
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"{name}-desk")
        self._waiting: dict[str, _Question] = {}
        self._busy = ""
        self._timer: asyncio.TimerHandle | None = None
        self._settled: list[tuple[str, asyncio.Future[None]]] = []
        self._closed = False

    def ask(self, unit: Unit, terms: Terms, delay: float = 0.0) -> None:
        """Have a unit looked at, `delay` seconds from now or when the worker is free.

        A later question about the same unit takes the place of an earlier one.
        """
        due = asyncio.get_running_loop().time() + delay
        self._waiting[unit.uri] = _Question(unit, terms, due)
        self._next()
        self._changed()

    def know(self, project: str, facts: Facts) -> None:
        """Tell the worker a project's facts, before any later question."""
        if not self._closed:
            self._thread.submit(self.worker.know, project, facts)

    async def mend(self, snapshot: Snapshot, fixes: Sequence[Fix], within: float) -> Mended | None:
        """What the worker makes of a text with fixes in it, after what it is doing; None when it cannot."""
        if self._closed:
            return None
        mend = partial(self.worker.mend, snapshot, fixes, within)
        answer = await asyncio.get_running_loop().run_in_executor(self._thread, mend)
        return None if isinstance(answer, str) else answer

    async def examined(self, snapshot: Snapshot, terms: Terms) -> Analysis | None:
        """What the worker says of a text that nobody need have open, after what it is doing; None when it cannot."""
        if self._closed:
            return None
        # Under a name of its own: what is kept of the open document stays as it is.
        apart = replace(snapshot, uri=f"apart:{snapshot.uri}")
        loop = asyncio.get_running_loop()
        look = partial(_look, self.worker, apart, terms)
        analysis = await loop.run_in_executor(self._thread, look)
        if any(one.reason == CANCELLED for one in analysis.failures) and not self._closed:
            analysis = await loop.run_in_executor(self._thread, look)  # another document was meant
        if not self._closed:
            self._thread.submit(self.worker.forget, apart.uri)
        return analysis

    def drop(self, uri: str) -> None:
        """Forget a unit; a look at it that is under way is ended."""
        self._waiting.pop(uri, None)
        if self._busy == uri:
            self.worker.cancel()
        if not self._closed:
            self._thread.submit(self.worker.forget, uri)
        self._resolve()
        self._changed()

    @property
    def is_busy(self) -> bool:
        """Whether a unit is looked at or waits for it."""
        return bool(self._busy or self._waiting)

    def waits(self, uri: str) -> bool:
        """Whether a newer question about the unit is waiting."""
        return uri in self._waiting

    async def settled(self, uri: str) -> bool:
        """Wait until nothing is asked about a unit, for a bounded time; whether that is so."""
        if self._idle(uri):
            return True
        future = asyncio.get_running_loop().create_future()
        self._settled.append((uri, future))
        try:
            await asyncio.wait_for(future, _SETTLE)
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """End the worker; nothing is answered any more."""
        self._closed = True
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
        self.worker.cancel("closed")
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _next(self) -> None:
        if self._busy or self._closed or not self._waiting:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        question = next((q for q in self._waiting.values() if q.due <= now), None)
        if question is None:
            if self._timer is not None:
                self._timer.cancel()
            soonest = min(q.due for q in self._waiting.values())
            self._timer = loop.call_at(soonest, self._next)
            return
        unit, terms = question.unit, question.terms
        del self._waiting[unit.uri]
        self._busy = unit.uri
        snapshot = unit.snapshot
        future = loop.run_in_executor(self._thread, _look, self.worker, snapshot, terms)
        future.add_done_callback(partial(self._done, unit, snapshot))

    def _done(self, unit: Unit, snapshot: Snapshot, future: asyncio.Future[Analysis]) -> None:
        self._busy = ""
        if self._closed or future.cancelled():
            return
        try:
            self._answer(self, unit, snapshot, future.result())
        except Exception as error:  # noqa: BLE001 - one document's trouble is not the others'
            log.error("an answer about %s was lost: %s", unit.snapshot.path, type(error).__name__)  # noqa: TRY400 - a traceback quotes documents
        self._resolve()
        self._next()
        self._changed()

    def _idle(self, uri: str) -> bool:
        return self._busy != uri and uri not in self._waiting

    def _resolve(self) -> None:
        for uri, future in [entry for entry in self._settled if self._idle(entry[0])]:
            self._settled.remove((uri, future))
            if not future.done():
                future.set_result(None)


def _look(worker: Worker, snapshot: Snapshot, terms: Terms) -> Analysis:
    complaints = terms.second(snapshot) if terms.second else None
    asked = snapshot, terms.analyzers, terms.timeout, terms.project, terms.neighbours
    return worker.examine(*asked, complaints=complaints)
