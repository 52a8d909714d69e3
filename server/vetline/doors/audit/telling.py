"""`vetline audit log`, `query` and `show`: events for people and for programs."""

from __future__ import annotations

import json
import re
import sys
from collections import deque
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size

from vetline import ledger, review, stores
from vetline.doors import options as words
from vetline.doors.audit import choosing
from vetline.formats import json_text, visible
from vetline.stores import chains

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from vetline.formats import Screen
    from vetline.ledger import AuditEvent

VERSION = 1  # of the JSON
_NONE_FOUND, _BROKEN = 1, 1
_AT_ONCE = 100  # events that are written
_CUT = 60  # characters of one thing told of an event
_MOST = 8  # things told of an event
_LEAST_HASH = 6  # characters that stand for a whole hash
_DIGEST = re.compile(r"[0-9a-f]{32,64}")
_HASH = re.compile(rf"[0-9a-f]{{{_LEAST_HASH},64}}")
# What of a payload says most, and the word before it.
_ABOUT = {
    "verdict": "", "title": "", "rule": "", "rules": "", "severity": "", "agent": "", "model": "",
    "session": "session ", "prompt": "prompt ", "tool": "", "request": "request ", "assigned": "to ", "line": "line ",
    "lines": "lines ", "symbol": "", "why": "", "note": "", "comment": "", "format": "", "count": "events ",
    "commit": "commit ", "policy": "policy ", "fingerprint": "",
}  # fmt: skip


def log(options: argparse.Namespace) -> int:
    """The events that are wanted, the newest first; gives the exit code.

    Raises:
        UsageError: what is asked for makes no sense.
        LedgerError: a ledger cannot be read.
    """
    if options.limit < 0:
        raise words.UsageError("--limit: give how many events, or 0 for all")
    location = choosing.locate()
    wanted, total, fit = choosing.of(options, location), 0, 0
    last: deque[AuditEvent] = deque(maxlen=min(options.limit, sys.maxsize) or None)
    for event in stores.stream(location):
        total += 1
        if wanted.holds(event):
            fit += 1
            last.append(event)
    page = list(last)[::-1]
    left = fit - len(page)
    if options.output_format == "json":
        data = {"version": VERSION, "events": [as_data(event) for event in page], "more": left}
        words.write(json_text(data, 2))
        return 0
    screen = words.screen(sys.stdout, no_color=options.no_color)
    words.write(table(page, screen, screen.width if sys.stdout.isatty() else 0))
    if not total:
        words.tell("audit", "nothing is recorded here yet")
    elif not page:
        words.tell("audit", f"none of the {total} events is all of that")
    elif left:
        words.tell("audit", f"{left} older: --limit 0 shows all")
    return 0


def query(options: argparse.Namespace) -> int:
    """The events that are wanted, the oldest first, a line of JSON each; 1 when there is none.

    Raises:
        UsageError: what is asked for makes no sense.
        LedgerError: a ledger cannot be read.
    """
    location = choosing.locate()
    wanted, code = choosing.of(options, location), _NONE_FOUND
    found = map(json_line, filter(wanted.holds, stores.stream(location)))
    while lines := "".join(islice(found, _AT_ONCE)):
        words.write(lines)
        code = 0
    return code


def show(options: argparse.Namespace) -> int:
    """One event, whole; gives the exit code, which is 1 when it is not what its hash was made of.

    Raises:
        UsageError: there is no such event, or several.
        LedgerError: a ledger cannot be read.
    """
    there = chains.chains(choosing.locate())
    event = one((event for chain in there for event in chain.events), options.event)
    whole = event.hash == ledger.digest(event)
    if options.output_format == "json":
        words.write(json_text({"version": VERSION, **as_data(event), "intact": whole}, 2))
        return 0 if whole else _BROKEN
    rows = {
        "event": str(event.seq), "hash": event.hash, "after": event.prev_hash, "at": event.at,
        "by": event.actor, "kind": event.kind, "about": event.subject,
    }  # fmt: skip
    words.write("".join(f"{name:<6} {visible(value)}\n" for name, value in rows.items() if value))
    words.write(json_text(event.payload, 2))
    if not whole:
        words.tell(
            "audit", "this event is not what its hash was made of: see `vetline audit verify`"
        )
    return 0 if whole else _BROKEN


def one(events: Iterable[AuditEvent], name: str) -> AuditEvent:
    """The event of a number or of the start of a hash.

    Raises:
        UsageError: there is none, or several.
    """
    is_number = name.isdecimal() and name.isascii() and len(name) < _LEAST_HASH * 3
    number, is_hash = int(name) if is_number else -1, bool(_HASH.fullmatch(name))
    # By their hashes: what was imported into a team's ledger may be in both with one.
    numbered: dict[str, AuditEvent] = {}
    begun: dict[str, AuditEvent] = {}
    for event in events:
        if event.seq == number:
            numbered[event.hash] = event
        elif is_hash and event.hash.startswith(name):
            begun[event.hash] = event
    found = list((numbered or begun).values())
    if not found:
        raise words.UsageError(
            f"{visible(name)[:80]}: there is no such event (see `vetline audit log`)"
        )
    if len(found) > 1:
        raise words.UsageError(
            f"{name}: several events are called so, name one by its hash: "
            + ", ".join(visible(event.hash[:12]) for event in found[:4])
        )
    return found[0]


def as_data(event: AuditEvent) -> dict[str, Any]:
    """An event as JSON: all that its hash is made of, and the hash."""
    return asdict(event)


def json_line(event: AuditEvent) -> str:
    """An event as one line of JSON in ASCII."""
    return json.dumps(as_data(event)) + "\n"


def table(events: Sequence[AuditEvent], screen: Screen, width: int) -> str:
    """A row an event: number, hash, time, kind, who, and what it says.

    Args:
        events: those to tell of.
        screen: whether there are colours.
        width: columns; 0 cuts nothing.
    """
    rows = [_row(event) for event in events]
    sizes = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [set_cell_size(cell, size) for cell, size in zip(row[:-1], sizes, strict=False)]
        line = "  ".join([*cells, row[-1]]).rstrip()
        if width and cell_len(line) > width:
            line = set_cell_size(line, width - 1) + "…"
        head = len(cells[0]) + 2 + len(cells[1])
        lines.append(screen.paint(line[:head], "dim") + line[head:] + "\n")
    return "".join(lines)


def _row(event: AuditEvent) -> list[str]:
    who = review.display_name(event.actor)
    told = "  ".join(part for part in (event.subject, about(event)) if part)
    cells = (str(event.seq), event.hash[:8], when(event.at), event.kind, who[:_CUT], told)
    return [visible(cell) for cell in cells]


def when(at: str) -> str:
    """A timestamp for people, in UTC, to the minute."""
    return at[:16].replace("T", " ")


def about(event: AuditEvent) -> str:
    """What an event says, in a few words; of kinds that are not known what its payload begins with."""
    inner = event.payload.get("subject")
    payload = {**inner, **event.payload} if isinstance(inner, dict) else event.payload
    names = [name for name in _ABOUT if name in payload] or list(payload)[:_MOST]
    told = [
        f"{_ABOUT.get(name, f'{name} ')}{said}"
        for name in names
        if (said := _said(payload[name])) and said != event.subject
    ]
    return "  ".join(told[:_MOST])


def _said(value: object) -> str:
    """A value of a payload in a few characters; "" for what has no short form."""
    if isinstance(value, str):
        text = value[:12] if _DIGEST.fullmatch(value) else " ".join(value[: _CUT * 4].split())
    elif isinstance(value, int) and not isinstance(value, bool):
        text = str(value) if value.bit_length() < _CUT else "…"
    elif isinstance(value, list):
        parts = [_said(item) for item in value[:_MOST] if isinstance(item, str | int)]
        is_range = len(value) == 2 and all(type(item) is int for item in value)  # noqa: PLR2004 - first and last
        text = "-".join(dict.fromkeys(parts)) if is_range else " ".join(parts)
    else:
        text = ""
    return text if len(text) <= _CUT else text[:_CUT] + "…"
