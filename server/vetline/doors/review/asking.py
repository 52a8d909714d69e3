"""Asking for a review: what the request says, where it is kept, and that asking twice is asking once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from vetline import git, ledger, review, session, statement, stores, subject, trust
from vetline.doors.review import filing, reading
from vetline.statement import Signed, Statement, Verified
from vetline.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from vetline.provenance import Attribution
    from vetline.review import ReviewRequest
    from vetline.settings import Settings
    from vetline.sighting import Sighting
    from vetline.stores import Location
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot, Span
    from vetline_analyzers.core.universe import Package

_MOST = 20  # reasons, authors and origins


class Wish(NamedTuple):
    """What somebody wants to have reviewed.

    Attributes:
        subject: the code or the package.
        reasons: why, a sentence each; no code and no secret in them.
        note: what they wrote; secrets in it are masked by `ask`.
        authors: for whom an AI wrote the lines.
        origins: of the lines: "agent model session", one each.
        assigned: who is to look.
    """

    subject: Subject
    reasons: tuple[str, ...] = ()
    note: str = ""
    authors: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()


class Asked(NamedTuple):
    """What came of asking.

    Attributes:
        request: the request, an older one that asks for all of it where there is one.
        new: it is this one.
        path: its file, relative to the repository's root; "" when it has none.
        notice: one line where the ledger is kept elsewhere; else "".
    """

    request: ReviewRequest
    new: bool
    path: str = ""
    notice: str = ""


def wish(
    snapshot: Snapshot,
    span: Span,
    path: str,
    sightings: Iterable[Sighting] = (),
    authors: Sequence[Attribution] = (),
) -> Wish:
    """The wish to have the function, class or lines around a stretch of a text reviewed.

    Args:
        snapshot: the text.
        span: the stretch.
        path: the file's, relative to the repository's root.
        sightings: what was found in the text; what lies in the region is what the review is about.
        authors: what is known of each line.
    """
    bare = subject.of_span(snapshot, span, path)
    inside = [one for one in sightings if _lies_in(one, bare.first, bare.last)]
    what = subject.of_span(snapshot, span, path, [one.finding for one in inside])
    said = authors[bare.first - 1 : bare.last]
    origins = [one.origin for one in said if one.origin and one.state.touched]
    return Wish(
        what,
        _some(one.finding.message for one in inside),
        authors=_some(origin.human for origin in origins),
        origins=_some(f"{o.agent} {o.model} {o.session}".strip() for o in origins),
    )


def of_package(package: Package, findings: Sequence[Finding] = ()) -> Wish:
    """The wish to have a package reviewed, wherever it is used.

    Args:
        package: it.
        findings: on it, as far as they are why.
    """
    rules = tuple(sorted({one.rule for one in findings}))
    reasons = _some(one.message for one in findings)
    return Wish(Subject("", rules=rules, package=package.purl), reasons)


def ask(root: Path, settings: Settings, wanted: Wish) -> Asked:
    """Record a request in the ledger, and in a file that travels with the code.

    Blocks on disk and git.

    Args:
        root: the project's root.
        settings: its settings.
        wanted: what somebody wants.

    Raises:
        LedgerError: the ledger cannot be read or written.
        UsageError: the file cannot be written.
    """
    location = stores.locate(root)
    said = stated(location, wanted)
    asked = review.waiting(reading.requests(root, settings), said.subject, said.requested)
    new, drafts = asked is None, []
    if asked is None:
        drafts.append(review.draft(said))
        (asked,) = review.fold((), [Verified(Signed(said))])
    people = tuple(dict.fromkeys((*asked.assigned, *wanted.assigned)))
    if people != asked.assigned:
        drafts.append(review.assigned(asked, people))
        asked = replace(asked, assigned=people)
    path = filing.put(location, Signed(said)) if new else ""
    if not drafts:
        return Asked(asked, new)
    receipt = stores.append(location, drafts, at=said.requested, actor=ledger.actor(location.base))
    return Asked(asked, new, path, f"{receipt.why}; kept in {receipt.path}" if receipt.why else "")


def stated(location: Location, wanted: Wish, *, requester: str | None = None) -> Statement:
    """The request for it, as of now.

    Args:
        location: the project.
        wanted: what is to be reviewed.
        requester: who asks; None for whom git names, "" when nobody did.
    """
    base = location.base
    return statement.identified(
        Statement(
            request="",
            subject=wanted.subject,
            requester=ledger.actor(base) if requester is None else requester,
            requested=ledger.timestamp(datetime.now(UTC)),
            reasons=wanted.reasons,
            authors=wanted.authors,
            origins=wanted.origins,
            note=review.cut(session.without_secrets(wanted.note)),
            repository=repository(base),
        )
    )


def repository(base: Path) -> str:
    """The first commit of the repository at `base`, which names it in every clone; "" where git tells of none."""
    try:
        return min(trust.repositories(base), default="")
    except git.GitError:
        return ""


def _lies_in(sighting: Sighting, first: int, last: int) -> bool:
    return first - 1 <= sighting.start.line <= last - 1


def _some(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for word in dict.fromkeys(words) if word)[:_MOST]
