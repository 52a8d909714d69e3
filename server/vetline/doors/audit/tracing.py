"""`vetline audit trace`: who asked for a finding, a line or a commit, with what, and who let it pass."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import config, files, git, provenance, review, stores
from vetline.doors import options as words
from vetline.doors import trace as search
from vetline.doors.audit import case, choosing, telling
from vetline.doors.audit.case import Lines, Seeds
from vetline.formats import json_text, visible, whole
from vetline.git import GitError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from vetline.doors.audit.case import Case
    from vetline.doors.audit.commits import Brought
    from vetline.formats import Screen
    from vetline.ledger import AuditEvent
    from vetline.provenance import Origin
    from vetline.review import Decision, ReviewRequest
    from vetline.stores import Location

VERSION = 1  # of the JSON
_LEAST = 6  # characters that stand for a whole fingerprint
_PLACE = re.compile(r"(?P<file>.+?):(?P<first>[1-9][0-9]{0,8})(?:-(?P<last>[1-9][0-9]{0,8}))?")
_SHOWN = 20  # of anything
_UNREAD = 3


class Target(NamedTuple):
    """What was asked about: its seeds, and its name for a person."""

    seeds: Seeds
    name: str


def trace(options: argparse.Namespace) -> int:
    """Tell all that is known of a finding, a line or a commit; gives the exit code.

    Raises:
        UsageError: there is no such thing.
        LedgerError: what is recorded cannot be read.
        GitError: git does not answer.
    """
    root = config.load(Path()).root
    location = stores.locate(root)
    target = meant(options.target, location, stores.stream(location))
    found = case.gather(target.seeds, root)
    if options.output_format == "json":
        words.write(json_text(_as_json(target, found), 2))
    else:
        words.write(
            _as_text(
                target, found, words.screen(sys.stdout, no_color=options.no_color), location.base
            )
        )
    for path, reason in found.left.unread:
        words.tell("audit", f"not looked into: {path} {reason}")
    return _UNREAD if found.left.unread else 0


def meant(word: str, location: Location, events: Iterable[AuditEvent]) -> Target:
    """What a word means: a finding's fingerprint, lines of a file, or a commit.

    Raises:
        UsageError: nothing, or several findings.
    """
    place = None if os.path.lexists(word) else _PLACE.fullmatch(word)
    file = Path(place["file"] if place else word)
    if os.path.isfile(file):  # noqa: PTH113 - never raises
        first = int(place["first"]) if place else 1
        last = int(place["last"] or first) if place else 0
        return Target(Seeds(lines=(Lines(location.subject(file), first, last),)), word)
    known = {
        one
        for event in events
        for one in case.fingerprints_of(event)
        if one == word or (len(word) >= _LEAST and one.startswith(word))
    }
    found = sorted(known)
    if len(found) > 1:
        raise words.UsageError(f"{word} is ambiguous: {', '.join(found[:4])}")
    if found:
        return Target(Seeds(findings=tuple(found)), f"finding {found[0]}")
    if commit := commit_of(word, location):
        return Target(Seeds(commits=(commit,)), f"commit {commit[:12]}")
    if place:
        raise words.UsageError(f"{place['file']}: no such file or folder")
    raise words.UsageError(
        f"{word} is no file, no commit, and no finding that the ledger knows: give FILE:LINE, a commit or a fingerprint"
    )


def commit_of(word: str, location: Location) -> str:
    """The full name of a commit; "" when there is none."""
    if not (location.base / ".git").exists():
        return ""
    try:
        return git.commit(location.base, word)
    except GitError:
        return ""


# -- for people


def _as_text(target: Target, found: Case, screen: Screen, base: Path) -> str:
    parts: list[tuple[str, Iterator[str]]] = [
        ("Who", _who(found)),
        ("Commits", _commits(found.commits)),
        ("Reviews", _reviews(found.reviews)),
        ("Gate", _gate(found)),
        ("Incidents", map(_incident, found.incidents[-_SHOWN:])),
        ("Events", iter(telling.table(found.events[-_SHOWN:], screen, 0).splitlines())),
        ("Still there", _left(found, screen, base)),
    ]
    text = screen.paint(visible(target.name), "bold") + "\n"
    for title, lines in parts:
        told = list(lines) or ["nothing is known"]
        text += screen.paint(title, "bold") + "\n" + "".join(f"  {line}\n" for line in told)
    return text


def _who(found: Case) -> Iterator[str]:
    for each in found.ranges[:_SHOWN]:
        origin = each.attribution.origin
        yield visible(f"{_place(each)}  {each.attribution}")
        if origin is not None:
            yield from (f"  {visible(line)}" for line in _origin(origin))
    if len(found.ranges) > _SHOWN:
        yield f"and {len(found.ranges) - _SHOWN} more"
    for digest, text in found.prompts.items():
        said = f"“{' '.join(text.split())}”" if text else "its text is not kept"
        yield visible(f"prompt {digest[:12]}: {said}")


def _place(each: search.Range | Brought) -> str:
    return f"{each.path}:{each.first}" + (f"-{each.last}" if each.last != each.first else "")


def _commits(found: Sequence[Brought]) -> Iterator[str]:
    for each in found[:_SHOWN]:
        if not each.commit:
            yield visible(f"{_place(each)}  not committed")
            continue
        by = f"by {review.display_name(each.author)}" if each.author else ""
        older = "(or an older one: this clone is shallow)" if each.is_edge else ""
        place = _place(each) if each.path else ""
        told = (place, f"commit {each.commit[:12]}", by, telling.when(each.at), older)
        yield visible("  ".join(filter(None, told)))
    if len(found) > _SHOWN:
        yield f"and {len(found) - _SHOWN} more"


def _incident(event: AuditEvent) -> str:
    name = (choosing.word(event, "id") or event.hash)[:12]
    return visible(f"{name}  {telling.when(event.at)}  {telling.about(event)}")


def _origin(origin: Origin) -> Iterator[str]:
    asked = "  ".join(filter(None, (review.display_name(origin.human), telling.when(origin.at))))
    yield from (
        f"{name} {value}"
        for name, value in (
            ("asked for by", asked),
            ("session", origin.session),
            ("prompt", origin.prompt[:12]),
            ("known by", f"{origin.source} ({origin.tier.name.lower()})" if origin.source else ""),
        )
        if value
    )


def _reviews(found: Sequence[ReviewRequest]) -> Iterator[str]:
    for one in found:
        lines = f":{one.subject.first}-{one.subject.last}" if one.subject.first else ""
        place = f"{one.subject.path or one.subject.package}{lines}"
        who = review.display_name(one.requester)
        yield visible(f"{one.id}  {telling.when(one.at)}  asked for by {who}  {place}")
        yield from (visible(f"  {line}") for line in map(decided, one.decisions))


def decided(decision: Decision) -> str:
    """Who decided what and when, whether that is signed, and why it does not count if so."""
    worth = f"signed with {decision.key}" if decision.signer else "not signed"
    if decision.problem:
        worth = f"does not count: {decision.problem}"
    who = review.display_name(decision.by)
    return f"{telling.when(decision.at)}  {decision.state} by {who}, {worth}"


def _gate(found: Case) -> Iterator[str]:
    passed = found.passed
    shown = found.gates[-_SHOWN:]
    if passed is not None and passed not in shown:
        shown = [passed, *shown]
    for event in shown:
        mark = "  (the first to let it pass)" if event is passed else ""
        yield visible(f"{event.seq}  {telling.when(event.at)}  {telling.about(event)}{mark}")


def _left(found: Case, screen: Screen, base: Path) -> Iterator[str]:
    if found.left.ranges or found.left.gone:
        named = search.as_text(
            found.left, screen, lambda path: files.relative(base / path, Path.cwd())
        )
        yield from named.splitlines()


# -- for programs


def _as_json(target: Target, found: Case) -> dict[str, Any]:
    return {
        "version": VERSION,
        "target": whole(target.name),
        "lines": [range_json(each) for each in found.ranges],
        "commits": [commit_json(each) for each in found.commits],
        "sessions": [whole(one) for one in found.sessions],
        "prompts": found.prompts,
        "reviews": [review_json(one) for one in found.reviews],
        "gates": [telling.as_data(event) for event in found.gates],
        "passed_by": found.passed.seq if found.passed else None,
        "incidents": [telling.as_data(event) for event in found.incidents],
        "events": [telling.as_data(event) for event in found.events],
        "still_there": [range_json(each) for each in found.left.ranges],
        "gone": [whole(path) for path in found.left.gone],
    }


def range_json(each: search.Range) -> dict[str, Any]:
    """Lines and who wrote them, as `vetline trace` gives them."""
    told = provenance.line_json(each.first, each.attribution)
    told.pop("line")
    return {"path": whole(each.path), "start": each.first, "end": each.last, **told}


def commit_json(each: Brought) -> dict[str, Any]:
    """A commit and the lines that it brought; null for what there is none of."""
    return {
        "path": whole(each.path) or None,
        "start": each.first or None,
        "end": each.last or None,
        "commit": each.commit or None,
        "author": whole(each.author) or None,
        "at": each.at or None,
        "shallow": each.is_edge,
    }


def review_json(found: ReviewRequest) -> dict[str, Any]:
    """A request for a review and all that was decided on it, also what does not count."""
    return {
        "id": found.id,
        "state": str(found.state),
        "path": found.subject.path,
        "package": found.subject.package or None,
        "lines": [found.subject.first, found.subject.last],
        "requester": found.requester,
        "at": found.at,
        "decisions": [
            {
                "state": str(one.state),
                "by": one.by,
                "at": one.at,
                "signer": one.signer,
                "key": one.key,
                "problem": one.problem,
            }
            for one in found.decisions
        ],
    }
