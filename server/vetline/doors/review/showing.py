"""`vetline review show`: all that a reviewer needs to decide, with every secret masked."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from vetline import codeowners, decisions, disk, review, stores
from vetline.doors import blame
from vetline.doors import options as words
from vetline.doors.review import listing, looking, reading
from vetline.formats import visible
from vetline.policy import policy_of
from vetline.provenance import Attribution, State

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from vetline.config import Config
    from vetline.doors.review.looking import Look
    from vetline.doors.review.reading import Row
    from vetline.formats import Screen
    from vetline.policy import Policy
    from vetline.review import Decision
    from vetline.sighting import Sighting
    from vetline.stores import Location

_DIGITS = 12  # of a digest


def main(options: argparse.Namespace, config: Config) -> int:
    """Show a review; gives the exit code."""
    found = reading.one(reading.requests(config.root, config.settings), options.what)
    location = stores.locate(config.root)
    row = reading.Reader(config).row(found)
    screen = words.screen(sys.stdout, no_color=options.no_color)
    lines = None if found.covered.package else row.place.lines
    look = looking.look(config, location.base / found.covered.path) if lines else None
    inside = _inside(look, *lines) if look and lines else []
    said = [*_head(row, location, {one.finding.message for one in inside})]
    if look and lines:
        said += _code(row, look, lines, config, screen)
    elif not found.covered.package:
        said.append(_line(f"  The code is not shown: {row.place.why}."))
    said += _history(row)
    words.write("\n".join(said) + "\n")
    return 0


def _inside(look: Look, first: int, last: int) -> list[Sighting]:
    """What is found in these lines."""
    return [one for one in look.sightings if first <= one.start.line + 1 <= last]


def _head(row: Row, location: Location, found_still: set[str]) -> Iterator[str]:
    """What is asked, of whom, and why, apart from what is found still and shown with the code."""
    found = row.request
    yield f"Review {found.id}  {_line(listing.worth(row))}"
    yield _line(listing.where(row))
    who = f"requested by {found.requester}" if found.requester else "nobody asked for it"
    yield _line(f"  {who}, {listing.minute(found.at)} UTC")
    yield from (_line(f"  why: {reason}") for reason in found.reasons if reason not in found_still)
    if found.note:
        yield _line(f"  note: {found.note}")
    if found.assigned:
        yield _line(f"  assigned to: {', '.join(found.assigned)}")
    if people := suggested(location, found.covered.path):
        yield _line(f"  suggested reviewers: {', '.join(people)} (CODEOWNERS)")


def suggested(location: Location, path: str) -> tuple[str, ...]:
    """Who owns a file, as the first CODEOWNERS file says; none for a package."""
    for place in codeowners.PLACES if path else ():
        if text := disk.text(location.base / place, codeowners.LIMIT):
            return codeowners.owners(text, path)
    return ()


def _code(
    row: Row, look: Look, at: tuple[int, int], config: Config, screen: Screen
) -> Iterator[str]:
    """The code as it stands now, who wrote it and what was found in it."""
    first, last = at
    yield from (_line(f"  written by: {one}") for one in _origins(look, first, last))
    yield ""
    told = look.authors or [Attribution(State.UNKNOWN)] * blame.count_of(look.snapshot)
    numbers = range(first, last + 1)
    code = blame.shown("review", look.snapshot, numbers, config.settings.timeout)
    lines = [(number, told[number - 1]) for number in numbers]
    yield blame.table(lines, code, screen, screen.width if sys.stdout.isatty() else 0).rstrip()
    yield ""
    inside = _inside(look, first, last)
    policy = policy_of(config.settings, today=date.today().isoformat())  # noqa: DTZ011 - the reader's day
    yield "Found in it:" if inside else "Nothing is found in it."
    yield from (_line(f"  {one}") for one in (_finding(one, policy) for one in inside))
    new = {one.finding.fingerprint for one in inside} - {*row.request.covered.fingerprints, ""}
    if new and row.request.decision:
        count = f"{len(new)} of these" if len(new) < len(inside) else "All of this"
        yield f"  {count} came after the decision, which does not cover it."


def _finding(sighting: Sighting, policy: Policy) -> str:
    finding = sighting.finding
    unsettled = decisions.words(replace(sighting, review=None), policy)
    silenced = f"  ({unsettled[0] if unsettled else 'suppressed'})" if finding.suppression else ""
    place = f"{sighting.start.line + 1}:{sighting.start.column + 1}"
    return f"{place}  {finding.severity}  {finding.rule}  {finding.message}{silenced}"


def _origins(look: Look, first: int, last: int) -> list[str]:
    """Who wrote the lines, one each: agent, model, session, the prompt's digest, for whom and when."""
    said: dict[str, int] = {}
    for number in range(first, min(last, len(look.authors)) + 1):
        one = look.authors[number - 1]
        origin = one.origin
        parts = [str(one)]
        if origin is not None and one.state is not State.UNKNOWN:
            parts += [
                f"session {origin.session}" if origin.session else "",
                f"prompt {origin.prompt[:_DIGITS]}" if origin.prompt else "",
                f"for {origin.human}" if origin.human and one.state.touched else origin.human,
                blame.day(origin.at),
            ]
        words_ = ", ".join(filter(None, parts))
        said[words_] = said.get(words_, 0) + 1
    total = sum(said.values())
    return [f"{words_} ({count} of {total} lines)" for words_, count in said.items()]


def _history(row: Row) -> Iterator[str]:
    """What was said and decided, oldest first, and whether it counts."""
    found = row.request
    said = [(one.at, one.by, f"commented: {one.note}") for one in found.comments]
    said += [(one.at, one.by, _decided(one)) for one in found.decisions]
    if said:
        yield ""
        yield "History:"
    for at, by, words_ in sorted(said):
        yield _line(f"  {listing.minute(at)}  {by}  {words_}")


def _decided(one: Decision) -> str:
    parts = [str(one.state)]
    if one.expires:
        parts.append(f"until {listing.minute(one.expires)}")
    if one.problem:
        parts.append(f"does not count: {one.problem}")
    elif one.signer:
        parts.append(f"signed by {one.signer} with {one.key}")
    elif one.state is not review.State.WITHDRAWN:
        parts.append("unsigned")
    said = ", ".join(parts)
    return f"{said}: {one.note}" if one.note else said


def _line(text: str) -> str:
    """One line that a screen can be given: what came from files and ledgers is anybody's word."""
    indent = text[: len(text) - len(text.lstrip())]
    return indent + visible(" ".join(text.split()))
