"""`vetline audit import`: the events of the ledgers on this machine go into the team's, each once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vetline import ledger, stores
from vetline.doors import options as words
from vetline.doors.audit import choosing

if TYPE_CHECKING:
    import argparse


def take_in(_options: argparse.Namespace) -> int:
    """Import them; gives the exit code.

    Raises:
        UsageError: the settings name no server.
        LedgerError: the server cannot be asked, or a ledger here is damaged.
    """
    location = choosing.locate()
    if location.server is None:
        raise words.UsageError(location.why or "there is no team's ledger: set `ledger.url`")
    now, who = ledger.timestamp(datetime.now(UTC)), ledger.actor(location.base)
    count = stores.import_local(location, at=now, actor=who)
    words.write(f"{count} event{'s' * (count != 1)} imported.\n")
    return 0
