"""Reviews beside the code: where each one stands in a text, and the lenses and words that an editor shows of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import review, subject
from vetline.formats import visible
from vetline.review import Status
from vetline.subject import Place
from vetline_analyzers.syntax import enclosing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vetline.review import ReviewRequest, Standing
    from vetline_analyzers.core.text import Snapshot, Span

APPROVE_REVIEW = "vetline.approveReview"
REJECT_REVIEW = "vetline.rejectReview"
SHOW_REVIEW = "vetline.showReview"
WITHDRAW_REVIEW = "vetline.withdrawReview"
NOTEBOOK = ".ipynb"
_WORDS = 120  # characters of what somebody wrote
# What is decided and unchanged is shown to who asks for it (`vetline.listReviews`), not to everybody all the time.
_OPEN = frozenset({Status.PENDING, Status.STALE, Status.EXPIRED, Status.INVALID})


class Mark(NamedTuple):
    """A review in a text.

    Attributes:
        request: what was asked for.
        standing: what it is worth for this text.
        lines: where it stands, first and last, from 1; when it is stale, where that stood.
        digest: of what stands there, as `Subject.digest`: who approves approves this and nothing else.
        current: what the review covers stands there, unchanged.
    """

    request: ReviewRequest
    standing: Standing
    lines: tuple[int, int]
    digest: str
    current: bool = True

    @property
    def is_open(self) -> bool:
        """Whether a person has something to decide."""
        return self.standing.status in _OPEN


def mark(request: ReviewRequest, snapshot: Snapshot, worth: Callable[..., Standing]) -> Mark:
    """Where a review of a text stands in it now.

    Args:
        request: the review; not one of a package.
        snapshot: the text of its file as it is.
        worth: gives the review's standing, when told how to find a subject.
    """
    standing = worth(request, partial(subject.find, snapshot=snapshot))
    covered = request.covered
    there = subject.find(covered, snapshot).lines
    lines = there or _where(covered, snapshot)
    first, last = (min(max(line, 1), len(snapshot.line_starts)) for line in lines)
    text = snapshot.text[snapshot.line_starts[first - 1] : snapshot.line_span(last - 1).end]
    return Mark(request, standing, (first, max(first, last)), subject.digest_of(text), bool(there))


def bare(request: ReviewRequest, worth: Callable[..., Standing]) -> Mark:
    """A review of a package, or of a file that is gone or cannot be read."""
    is_package = bool(request.subject.package)
    place = Place((0, 0) if is_package else None, "its file is gone or cannot be read")
    covered = request.covered
    return Mark(
        request, worth(request, lambda _: place), (covered.first, covered.last), "", is_package
    )


def named(snapshot: Snapshot, span: Span) -> str:
    """How a person calls what a review of a stretch of a text would cover. Blocks on a tree of syntax."""
    covered = subject.of_span(snapshot, span, snapshot.path)
    return covered.symbol or _lines(covered.first, covered.last)


def _lines(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first}-{last}"


def _where(gone: subject.Subject, snapshot: Snapshot) -> tuple[int, int]:
    """The lines of what has the name of a subject that was changed since, else those where it stood."""
    named = enclosing.named(snapshot, gone.symbol)
    places = [tuple(snapshot.position(at).line + 1 for at in one.span) for one in named]
    first, last = min(
        places, key=lambda place: abs(place[0] - gone.first), default=(gone.first, gone.last)
    )
    return first, last


def of_mark(found: Mark, uri: str, place: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The lenses above a review: what it is, and what can be decided.

    Args:
        found: the review.
        uri: of the document.
        place: its first line, as the client's range.
    """
    target = {"uri": uri, "request": found.request.id, "digest": found.digest}
    offered = [(suffix(found.standing), SHOW_REVIEW)]
    if not found.request.covered.path.endswith(
        NOTEBOOK
    ):  # its cells are no text that can be signed for
        offered += [("Approve…", APPROVE_REVIEW), ("Reject…", REJECT_REVIEW)]
    for words, command in offered:
        yield {
            "range": place,
            "command": {"title": words, "command": command, "arguments": [target]},
        }


def of_package(uri: str, fingerprint: str, asker: str, place: dict[str, Any]) -> dict[str, Any]:
    """The lens on a finding about a package that somebody wants to have vetted; that is decided at a shell."""
    target = {"uri": uri, "fingerprint": fingerprint}
    title = f"review requested by {_line(asker)}"
    return {
        "range": place,
        "command": {"title": title, "command": SHOW_REVIEW, "arguments": [target]},
    }


def title(found: Mark) -> str:
    """A review on one line: its id, what it is of, how it stands."""
    request = found.request
    place = request.subject.package or f"{request.subject.path}:{found.lines[0]}"
    return _line(f"{request.id}  {place}  {suffix(found.standing) or 'withdrawn'}")


def suffix(standing: Standing) -> str:
    """What a review is worth, in a few words; "" where it says nothing of the code any more."""
    by, why = (_line(words) for words in (standing.by, standing.why))
    if standing.status is Status.WITHDRAWN:
        return ""
    return {
        Status.PENDING: f"review requested by {by}",
        Status.APPROVED: f"approved by {by}",
        Status.REJECTED: f"rejected by {by}" + (f": {why}" if why else ""),
        Status.STALE: f"review is stale: {why}",
        Status.EXPIRED: f"review by {by} has expired: {why}",
        Status.INVALID: f"review by {by} does not count: {why}",
    }[standing.status]


def told(found: Mark) -> list[str]:
    """A review as a message has it: what, who asked, when, why, and how it stands."""
    request, standing = found.request, found.standing
    what = request.subject.package or request.subject.symbol or _lines(*found.lines)
    is_code = not request.subject.package and request.subject.rules
    rules = f" ({', '.join(request.subject.rules)})" if is_code else ""
    asked = f"{request.id}: review of {what}{rules} requested by {review.display_name(request.requester)}"
    lines = [f"{asked} at {request.at}" + (f": {request.note}" if request.note else "")]
    if request.assigned:
        lines.append(f"assigned to {', '.join(map(review.display_name, request.assigned))}")
    lines += [f"{review.display_name(one.by)}: {one.note}" for one in request.comments]
    is_pending = standing.status is Status.PENDING
    lines.append(f"pending: {standing.why}" if is_pending else suffix(standing) or "withdrawn")
    return [_line(line, 500) for line in lines]


def data(found: Mark) -> dict[str, Any]:
    """A review as `vetline.listReviews` gives it."""
    request = found.request
    return {
        "id": request.id,
        **standing_data(found.standing),
        "path": request.subject.path,
        "package": request.subject.package or None,
        "symbol": request.subject.symbol,
        "lines": {"start": found.lines[0], "end": found.lines[1]},
        "digest": found.digest,
        "rules": list(request.subject.rules),
        "fingerprints": list(request.subject.fingerprints),
        "requester": review.display_name(request.requester),
        "at": request.at,
        "note": request.note,
        "assigned": [review.display_name(one) for one in request.assigned],
    }


def standing_data(standing: Standing) -> dict[str, Any]:
    """What a review is worth, as `diagnostic.data.review` has it but for the request's id."""
    return {
        "status": str(standing.status),
        "by": standing.by,
        "why": standing.why,
        "signed": standing.signed,
    }


def _line(words: str, most: int = _WORDS) -> str:
    """Somebody's words on one line, cut where they get long."""
    flat = visible(" ".join(words.split()))
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"
