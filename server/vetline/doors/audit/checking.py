"""`vetline audit verify`, `anchor` and `prove`: whether a ledger is what was written, and how others can tell."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import anchors, disk, ledger, proof, stores
from vetline.doors import options as words
from vetline.doors.audit import choosing, sealing, telling
from vetline.doors.audit.examining import Examined, examine
from vetline.formats import json_text, visible
from vetline.git import GitError
from vetline.proof import ProofError
from vetline.stores import chains
from vetline.stores.team import AwayError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Container, Sequence

    from vetline.anchors import Anchor, Held
    from vetline.doors.audit.sealing import Seal
    from vetline.proof import Proven
    from vetline.stores import Location

VERSION = 1  # of the JSON
_WHOLE, _BROKEN, _UNCHECKED = 0, 1, 3
_LARGEST = 64_000_000  # bytes of a proof
_SHOWN = 10  # anchors that are told one by one
_GIVEN = re.compile(r"(?P<seq>[1-9][0-9]{0,17}):(?P<hash>[0-9a-f]{12,64})")
_NOWHERE = "of the command line"


class _Given(NamedTuple):
    """An anchor that was given by hand: an event's number and its hash, or the start of it."""

    seq: int
    hash: str


# -- verify


def verify(options: argparse.Namespace) -> int:
    """Say whether the ledgers are whole and what the anchors say they were, or what a proof shows; gives the exit code.

    Raises:
        UsageError: what is asked for makes no sense.
        LedgerError: a ledger cannot be read.
        GitError: git's notes cannot be read.
    """
    given = [_given(word) for word in options.anchor]
    location = choosing.locate()
    found = anchors_of(location)
    if options.proof:
        return _verify_proof(options.proof, given, found)
    checked = _checked(location, {*(each.seq for each in given), *(each.seq for each in found)})
    held = anchors.hold([each.known for each in checked], _own(location), found)
    missed = [_missed(each, checked) for each in given]
    faults = [f"{each.name}: {each.why}" for each in checked if each.why]
    problems = [*faults, *(why for _, why in held.broken), *missed]
    if options.require_anchor and not held.borne and not given:
        problems.append("no anchor bears this ledger out: `vetline audit anchor` sets one")
    seal = sealing.seal_of(location, held.borne)
    if options.require_signed and not seal.principal:
        problems.append(seal.why)
    problems = [why for why in problems if why]
    if options.output_format == "json":
        words.write(json_text(_as_json(location, checked, held, seal, problems), 2))
    else:
        words.write(_as_text(location, checked, held, len(given) - len(list(filter(None, missed)))))
        if seal.anchor:
            words.write(f"{visible(seal.told)}\n")
    for each in checked:
        for note in each.notes:
            words.tell("audit", f"note: {_name(location, each)}: {note}")
    for why in problems[:_SHOWN]:
        words.tell("audit", why)
    if len(problems) > _SHOWN:
        words.tell("audit", f"and {len(problems) - _SHOWN} more")
    return _BROKEN if problems else _WHOLE


def _checked(location: Location, asked: Container[int] = ()) -> list[Examined]:
    """The ledgers, a team's as it is on its server; where that is away as it is known here, which is said."""
    try:
        there = [examine(chain, asked) for chain in chains.chains(location, at_source=True)]
    except AwayError as error:
        words.tell("audit", f"{error}; what is known here is checked")
        there = [examine(chain, asked) for chain in chains.chains(location)]
    return [each for each in there if each is not None]


def _given(word: str) -> _Given:
    match = _GIVEN.fullmatch(word.strip())
    if match is None:
        raise words.UsageError(
            f"--anchor {word}: give an event's number and its hash, or 12 digits of it, as 12:3f9a0c1d22be"
        )
    return _Given(int(match["seq"]), match["hash"])


def _missed(given: _Given, checked: Sequence[Examined]) -> str:
    """Why no ledger has the event that was given; "" when one has."""
    if any(each.hashes.get(given.seq, "").startswith(given.hash) for each in checked):
        return ""
    last = max((each.last.seq for each in checked), default=0)
    if given.seq > last:
        return f"there is no event {given.seq}, which the anchor {given.hash[:12]} {_NOWHERE} names: the last is {last}"
    return f"event {given.seq} is not the one that the anchor {given.hash[:12]} {_NOWHERE} names"


def anchors_of(location: Location) -> list[Anchor]:
    """The anchors in the notes of the repository; none outside of one.

    Raises:
        GitError: git's notes cannot be read.
    """
    try:
        return anchors.read(location.base)
    except GitError:
        if not (location.base / ".git").exists():
            return []
        raise


def _own(location: Location) -> str:
    """What this repository's anchors have in common; "" when nothing was ever recorded here."""
    folders = (*location.folders, *location.former)
    known = any((folder / "key").exists() for folder in folders)
    return anchors.identity(stores.key(location)) if known else ""


def _as_text(location: Location, checked: Sequence[Examined], held: Held, given: int) -> str:
    lines = []
    for each in checked:
        state = f"broken at event {each.seq}" if each.seq else "unsound" if each.why else "whole"
        lines.append(
            f"{_name(location, each)}: {_count(each.events, 'event')}, {state};"
            f" the last is {each.last.seq}:{each.last.hash}"
        )
    if not checked:
        lines.append("Nothing is recorded here yet.")
    if held.borne:
        last_anchor = held.borne[-1]
        where = f" in the note on commit {last_anchor.commit[:12]}" if last_anchor.commit else ""
        lines.append(
            f"{_count(len(held.borne), 'anchor')} {'bears' if len(held.borne) == 1 else 'bear'} it out,"
            f" the last of event {last_anchor.seq}{where}."
        )
    elif checked and not given and not held.broken:
        lines.append("No anchor bears it out, so that nothing shows whether its end was cut off.")
    if given:
        lines.append(f"{_count(given, 'anchor')} {_NOWHERE} {'holds' if given == 1 else 'hold'}.")
    if held.foreign:
        what = "is of another ledger" if len(held.foreign) == 1 else "are of other ledgers"
        lines.append(f"{_count(len(held.foreign), 'anchor')} {what}.")
    return "".join(f"{visible(line)}\n" for line in lines)


def _as_json(
    location: Location, checked: Sequence[Examined], held: Held, seal: Seal, problems: Sequence[str]
) -> dict[str, Any]:
    return {
        "version": VERSION,
        "whole": not problems,
        "ledgers": [
            {
                "path": _name(location, each),
                "events": each.events,
                "head": {"seq": each.last.seq, "hash": each.last.hash},
                "broken_at": each.seq or None,
                "notes": list(each.notes),
            }
            for each in checked
        ],
        "anchors": {
            "borne_out": [anchors.to_json(anchor) for anchor in held.borne],
            "broken": [{**anchors.to_json(anchor), "why": why} for anchor, why in held.broken],
            "of_others": len(held.foreign),
            "signed_by": seal.principal or None,
        },
        "problems": list(problems),
    }


def _name(location: Location, each: Examined) -> str:
    inside = Path(each.name).is_relative_to(location.base)
    return str(Path(each.name).relative_to(location.base)) if inside else each.name


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


# -- anchor


def anchor(options: argparse.Namespace) -> int:
    """Set an anchor on HEAD; gives the exit code.

    Raises:
        UsageError: there is nothing to anchor, or no repository.
        LedgerError: a ledger cannot be read.
        GitError: the note cannot be written.
    """
    location = choosing.locate()
    if not (location.base / ".git").exists():
        raise words.UsageError("this is no git repository: an anchor is a note on a commit")
    for each in _checked(location):
        if each.why:
            words.tell("audit", f"{each.name}: {each.why}; no anchor is set")
            return _BROKEN
    now = ledger.timestamp(datetime.now(UTC))
    sign = sealing.signer(location.base) if options.sign else None
    written = anchors.write(location.base, location, at=now, sign=sign)
    if not written:
        raise words.UsageError("nothing is recorded here yet, so that there is nothing to anchor")
    for one in written:
        words.write(f"{one.seq}:{one.hash} in the note on commit {one.commit[:12]}\n")
    return _WHOLE


# -- prove


def prove(options: argparse.Namespace) -> int:
    """Write a proof that an event lies under an anchor; gives the exit code.

    Raises:
        UsageError: there is no such event, or no anchor behind it.
        LedgerError: a ledger cannot be read.
        GitError: git's notes cannot be read.
    """
    location = choosing.locate()
    there, found = chains.chains(location), anchors_of(location)
    event = telling.one((event for chain in there for event in chain.events), options.event)
    asked = {event.seq, *(each.seq for each in found)}
    having = [
        (chain, known)
        for chain in there
        if (known := examine(chain, asked)) and known.hashes.get(event.seq) == event.hash
    ]
    # Of several that have it the one that goes on the furthest.
    chain, known = max(having, key=lambda pair: pair[1].events)
    held = anchors.hold([known.known], "", found).borne
    under = proof.under(event.seq, known.first.hash, held)
    if under is None:
        raise words.UsageError(
            f"no anchor lies behind event {event.seq}: `vetline audit anchor` sets one"
        )
    try:
        made = proof.make(chain.events, event.seq, under)
    except ProofError as error:
        words.tell("audit", f"{error}: see `vetline audit verify`")
        return _BROKEN
    put(json_text(made, 2), options.output)
    return _WHOLE


def put(text: str, output: str) -> None:
    """Write a result into a file, or to standard output where none is named.

    Raises:
        UsageError: it cannot be written.
    """
    if not output or output == "-":
        words.write(text, encoding="utf-8")
        return
    try:
        disk.write(output, text.encode("utf-8"))
    except OSError as error:
        raise words.UsageError(f"cannot write {output}: {error.strerror}") from None


def _verify_proof(path: str, given: Sequence[_Given], found: Sequence[Anchor]) -> int:
    try:
        data = json.loads(disk.read(path, _LARGEST).decode("utf-8"))
        proven = proof.check(data)
    except OSError as error:
        raise words.UsageError(f"{path} {disk.reason(error)}") from None
    except ProofError as error:
        words.tell("audit", f"{path}: {error}")
        return _BROKEN
    except (ValueError, RecursionError):
        raise words.UsageError(f"{path} is no JSON") from None
    event, under = proven
    words.write(
        visible(f"Event {event.seq} ({event.kind}, {telling.when(event.at)}, by {event.actor})")
        + f" lies under {under.seq}:{under.hash}.\n"
    )
    return _vouched(proven, given, found)


def _vouched(proven: Proven, given: Sequence[_Given], found: Sequence[Anchor]) -> int:
    """Whether somebody else than the proof knows its anchor; gives the exit code."""
    under = proven.anchor
    named = (under.seq, under.hash)
    if any(under.seq == each.seq and under.hash.startswith(each.hash) for each in given):
        words.write("That is the anchor you gave.\n")
        return _WHOLE
    if given:
        words.tell("audit", "that is not the anchor you gave")
        return _BROKEN
    known = next((each for each in found if (each.seq, each.hash) == named), None)
    if known is not None:
        words.write(f"That anchor stands in the note on commit {known.commit[:12]} here.\n")
        return _WHOLE
    words.tell(
        "audit",
        "nothing here knows that anchor: name the one you trust with --anchor SEQ:HASH, or run this in a clone with"
        f" the notes in {anchors.REF}",
    )
    return _UNCHECKED
