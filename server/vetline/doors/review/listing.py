"""`vetline review list`: who asked for a review of what, and what each is worth now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vetline import review, stores
from vetline.doors import options as words
from vetline.doors.review import reading
from vetline.formats import number, visible
from vetline.review import Status

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from vetline.config import Config
    from vetline.doors.review.reading import Row
    from vetline.review import Decision

VERSION = 1  # of the JSON


def main(options: argparse.Namespace, config: Config) -> int:
    """List the requests that were asked for; gives the exit code."""
    package = reading.package(options.path) if options.path is not None else None
    location = stores.locate(config.root)
    found: Iterable[review.ReviewRequest] = reading.requests(config.root, config.settings)
    if package:
        found = [one for one in found if one.subject.package == package.purl]
    elif options.path is not None:
        under = location.subject(Path(options.path))
        found = [one for one in found if _lies_in(one.subject.path, under)]
    total = len(found := list(found))
    if options.state is not None:
        found = [one for one in found if one.state == options.state]
    if options.mine:
        person = reading.me(location)
        found = [one for one in found if reading.is_of(one, person)]
    reader = reading.Reader(config)
    rows = [reader.row(one) for one in found]
    if options.pending:
        rows = [row for row in rows if row.is_open]
    if options.output_format == "json":
        data = {"version": VERSION, "requests": [as_json(row) for row in rows]}
        words.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
    else:
        text = "".join(f"{as_text(row)}\n" for row in rows)
        words.write(text or _none(total))
    return 0


def _none(total: int) -> str:
    """That nothing is listed, and what was left out."""
    if not total:
        return "No review is requested.\n"
    return f"None of {number(total, 'review')} fits; `vetline review list` shows all.\n"


def _lies_in(path: str, under: str) -> bool:
    return bool(path) and (under in {".", path} or path.startswith(f"{under}/"))


def where(row: Row) -> str:
    """The place of what a request is about, as a person would type it, and its name where it has one."""
    subject = row.request.covered
    if subject.package:
        return subject.package
    first, last = row.place.lines or (subject.first, subject.last)
    lines = f"{first}-{last}" if last != first else f"{first}"
    return f"{subject.path}:{lines}" + (f" ({subject.symbol})" if subject.symbol else "")


def worth(row: Row) -> str:
    """What a request is worth now, in a few words."""
    status, _, by, why, signed = row.standing
    if status is Status.PENDING:
        people = ", ".join(map(review.display_name, row.request.assigned))
        return f"waits for {people}" if people else "waits"
    if status is Status.STALE:
        return f"stale: {why}"
    if status is Status.INVALID:
        return f"waits: the decision by {by} does not count, it {why}"
    said = f"{status} by {by}" + ("" if signed or status is Status.WITHDRAWN else ", unsigned")
    return f"{said}: {why}" if why else said


def as_text(row: Row) -> str:
    """One line about a request, what says most first, since a screen cuts the end off; a note has one line here."""
    found = row.request
    parts = (
        found.id,
        where(row),
        worth(row),
        " ".join(found.subject.rules),
        found.requester or "nobody asked",
        minute(found.at),
        found.note,
    )
    return "  ".join(visible(" ".join(part.split())) for part in parts if part)


def minute(at: str) -> str:
    """A timestamp to the minute, in UTC."""
    return at[:16].replace("T", " ")


def as_json(row: Row) -> dict[str, Any]:
    """A request as the JSON contract has it (docs/review-output.md)."""
    found, standing = row.request, row.standing
    subject = found.covered
    first, last = row.place.lines or (subject.first, subject.last)
    return {
        "id": found.id,
        "state": str(found.state),
        "status": str(standing.status),
        "why": standing.why,
        "signed": standing.signed,
        "at": found.at,
        "requester": found.requester,
        "path": subject.path,
        "package": subject.package or None,
        "symbol": subject.symbol,
        "lines": {"start": first, "end": last},
        "current": row.place.lines is not None,
        "rules": list(found.subject.rules),
        "fingerprints": list(found.subject.fingerprints),
        "reasons": list(found.reasons),
        "note": found.note,
        "digest": subject.digest,
        "authors": list(found.authors),
        "origins": list(found.origins),
        "assigned": list(found.assigned),
        "comments": [one._asdict() for one in found.comments],
        "decision": found.decision and _decision(found.decision),
        "decisions": [_decision(one) for one in found.decisions],
    }


def _decision(one: Decision) -> dict[str, Any]:
    return {
        "state": str(one.state),
        "by": one.by,
        "at": one.at,
        "note": one.note,
        "expires": one.expires,
        "fingerprints": list(one.subject.fingerprints),
        "signer": one.signer,
        "key": one.key,
        "problem": one.problem,
    }
