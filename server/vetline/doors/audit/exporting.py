"""`vetline audit export`: events as JSON lines, a table, an in-toto statement or a CycloneDX attestation.

What was exported, in which form and with which digest, is an event itself.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from vetline import ledger, stores
from vetline.doors import options as words
from vetline.doors.audit import attesting, checking, choosing, sealing, telling
from vetline.formats import json_text, visible
from vetline.ledger import Draft, Kind, LedgerError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator

    from vetline.ledger import AuditEvent

_UNRECORDED = 3
_T = TypeVar("_T")
_COLUMNS = ("seq", "at", "actor", "kind", "subject", "payload", "prev_hash", "hash")
# What spreadsheets take for the beginning of a formula, whatever blanks stand before it.
_FORMULA = ("=", "+", "-", "@", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def export(options: argparse.Namespace) -> int:
    """Write the events that are wanted; gives the exit code.

    Raises:
        UsageError: there is nothing to export, or it cannot be written.
        LedgerError: a ledger cannot be read.
    """
    if options.sign and options.format != "in-toto":
        raise words.UsageError("--sign is for --format in-toto: the others have no place for it")
    location = choosing.locate()
    watch = _Watch()
    events = watch.over(filter(choosing.of(options, location).holds, stores.stream(location)))
    now = ledger.timestamp(datetime.now(UTC))
    if options.sign:
        there = _some(list(events))
        text = _envelope(attesting.in_toto(there), sealing.signer(location.base))
    else:
        text = rendered(options.format, events, now)
    _some(watch.hashes)
    checking.put(text, options.output)
    payload = {
        "format": options.format,
        "count": watch.count,
        "first": watch.hashes[0],
        "last": watch.hashes[-1],
        "digest": hashlib.sha256(text.encode("utf-8")).hexdigest(),
    }
    try:
        who = ledger.actor(location.base)
        stores.append(location, [Draft(Kind.LEDGER_EXPORTED, "", payload)], at=now, actor=who)
    except LedgerError as error:
        words.tell("audit", f"exported, but that could not be recorded: {error}")
        return _UNRECORDED
    if options.output not in {"", "-"}:
        words.write(f"{watch.count} exported to {visible(options.output)}\n")
    return 0


class _Watch:
    """Counts events that somebody else goes through, and keeps the hashes of the first and the last."""

    def __init__(self) -> None:
        self.count = 0
        self.hashes: list[str] = []

    def over(self, events: Iterable[AuditEvent]) -> Iterator[AuditEvent]:
        """The events, counted one by one."""
        for event in events:
            self.count += 1
            self.hashes[min(self.count - 1, 1) :] = [event.hash]
            yield event


def _some(found: list[_T]) -> list[_T]:
    if not found:
        raise words.UsageError("there is no such event to export (see `vetline audit log`)")
    return found


def rendered(form: str, events: Iterable[AuditEvent], at: str) -> str:
    """Events in a format that `vetline audit export` takes; "" for none.

    Args:
        form: which.
        events: those to write; of a long ledger they need not all be in memory for the first two formats.
        at: the time of writing.
    """
    if form == "jsonl":
        return "".join(map(telling.json_line, events))
    if form == "csv":
        return table(events)
    if not (known := list(events)):
        return ""
    if form == "in-toto":
        return json_text(attesting.in_toto(known), 2)
    return json_text(attesting.cyclonedx(known, at), 2)


def table(events: Iterable[AuditEvent]) -> str:
    """Events as RFC 4180 has tables; a cell that a spreadsheet would run is led by an apostrophe.

    The payload is one cell of JSON in ASCII.
    """
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(_COLUMNS)
    for event in events:
        data = telling.as_data(event) | {"payload": json.dumps(event.payload, sort_keys=True)}
        rows.writerow(harmless(data[name]) for name in _COLUMNS)
    return out.getvalue()


def harmless(value: object) -> str:
    """A cell on one line that is text to a spreadsheet; a control character in it shows."""
    text = visible(str(value))
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) else text


def _envelope(statement: object, sign: Callable[[bytes], str]) -> str:
    """A statement in an envelope with an SSH signature, as DSSE 1.0.2 has it (github.com/secure-systems-lab/dsse)."""
    kind, body = (
        attesting.PAYLOAD_TYPE,
        ledger.canonical(statement).encode("utf-8", "surrogatepass"),
    )
    signed = b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(body), body)
    signature = base64.b64encode(sign(signed).encode()).decode()
    return json_text(
        {
            "payloadType": kind,
            "payload": base64.b64encode(body).decode(),
            "signatures": [{"sig": signature}],
        },
        2,
    )
