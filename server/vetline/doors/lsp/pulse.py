"""Whether the server is at work, told to the client when that lasts."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BUSY, IDLE = "busy", "idle"
_HOLD = 0.2  # seconds that a state lasts before it is told: a keystroke's look is over by then


class Pulse:
    """What the client was told last, and whether that is still so.

    Args:
        busy: whether there is work.
        tell: tells the client a state; a client that was told none takes it for IDLE.
    """

    def __init__(self, busy: Callable[[], bool], tell: Callable[[str], None]) -> None:
        """Be idle."""
        self._busy = busy
        self._tell = tell
        self._told = IDLE
        self._works = 0
        self._due: asyncio.TimerHandle | None = None

    def beat(self) -> None:
        """There may be more to do, or less."""
        if self._state == self._told:
            self.close()
        elif self._due is None:
            self._due = asyncio.get_running_loop().call_later(_HOLD, self._say)

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Be at work for as long as a block takes, whatever else there is."""
        self._works += 1
        self.beat()
        try:
            yield
        finally:
            self._works -= 1
            self.beat()

    def close(self) -> None:
        """Tell nothing that is not told yet."""
        if self._due is not None:
            self._due.cancel()
            self._due = None

    @property
    def _state(self) -> str:
        return BUSY if self._works or self._busy() else IDLE

    def _say(self) -> None:
        self._due = None
        if (state := self._state) != self._told:
            self._told = state
            self._tell(state)
