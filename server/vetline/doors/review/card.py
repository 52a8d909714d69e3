"""What a forge shows of a review: Markdown in which nothing that anybody wrote acts.

All words that come from a review stand in code spans on lines of ours. There neither GitHub nor GitLab takes `@name` for
a person, `#1` for an issue, `/close` for a command or `<!--` for a comment, and the marker is looked for at the start
of a post only, where no such word can stand. No code and no prompt is in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline.doors.review import listing
from vetline.forges import Post
from vetline.formats import visible
from vetline.review import Status, display_name
from vetline.statement import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vetline.doors.review.reading import Row

    Mask = Callable[[str], str]

_LINE, _NOTE = 300, 2000  # characters of one word of a review, and of a note
_MANY = 20  # entries of a list
_TITLE = 120
_TICKS = re.compile("`+")
# In a title there are no code spans. What is left cannot name anybody or anything.
_ACTING = re.compile(r"[^\w ./()-]")
_STATES = {
    Status.PENDING: "It waits for a person's decision.",
    Status.INVALID: "It waits for a person's decision: one by {by} does not count, {why}.",
    Status.APPROVED: "Approved by {by}{unsigned}.",
    Status.REJECTED: "Rejected by {by}{unsigned}: {why}.",
    Status.WITHDRAWN: "Withdrawn by {by}.",
    Status.STALE: "It is about a text that is no longer there ({why}): what is there now needs a request of its own.",
    Status.EXPIRED: "The decision by {by} has expired ({why}): ask anew.",
}


def of(row: Row, mask: Mask, *, wanted: bool) -> Post:
    """What is to be seen of a request.

    Args:
        row: the request as it stands.
        mask: masks the secrets in a text.
        wanted: it is posted where it is not there yet.
    """
    status = row.standing.status
    is_open = status in {Status.PENDING, Status.INVALID}
    return Post(
        row.request.id, _title(row), "\n".join(_lines(row, mask)), is_open, status is Status.APPROVED, wanted
    )  # fmt: skip


def _title(row: Row) -> str:
    about = row.request.covered
    name = about.package or (f"{about.symbol} in {about.path}" if about.symbol else about.path)
    return f"Security review: {_ACTING.sub('_', visible(name))}"[:_TITLE].rstrip()


def _lines(row: Row, mask: Mask) -> Iterator[str]:
    def quoted(text: str, limit: int = _LINE) -> str:
        return code(mask(text), limit)

    found = row.request
    yield f"### Security review {found.id}"
    yield ""
    yield from _what(row, quoted)
    yield from _who(row, quoted)
    if found.note:
        yield f"- **Note:** {quoted(found.note, _NOTE)}"
    if found.covered.digest:
        yield f"- **SHA-256 of the text:** {code(found.covered.digest)}"
    yield ""
    yield f"**{_state(row, quoted)}**"
    yield ""
    yield from _how(found.id, is_open=row.standing.status in {Status.PENDING, Status.INVALID})


def _what(row: Row, quoted: Mask) -> Iterator[str]:
    found, about = row.request, row.request.covered
    where = quoted(about.package or about.path)
    first, last = row.place.lines or (about.first, about.last)
    if not about.package:
        where += f", lines {first} to {last}" if first != last else f", line {first}"
    yield f"- **What:** {where}" + (f", {quoted(about.symbol)}" if about.symbol else "")
    if found.subject.rules:
        yield f"- **Found there:** {_listed(found.subject.rules, quoted)}"
    for reason in found.reasons[:_MANY]:
        yield f"  - {quoted(reason)}"
    if len(found.reasons) > _MANY:
        yield f"  - and {len(found.reasons) - _MANY} more"


def _who(row: Row, quoted: Mask) -> Iterator[str]:
    found = row.request
    people = {
        "Written by": [_writer(one) for one in found.origins],
        "For": [display_name(one) for one in found.authors],
        "To look at it": [display_name(one) for one in found.assigned],
    }
    for label, names in people.items():
        if names:
            yield f"- **{label}:** {_listed(names, quoted)}"
    asker = quoted(display_name(found.requester) or "nobody")
    yield f"- **Asked by:** {asker}, {listing.minute(found.at)} UTC"


def _listed(texts: Sequence[str], quoted: Mask) -> str:
    rest = f" and {len(texts) - _MANY} more" if len(texts) > _MANY else ""
    return ", ".join(map(quoted, texts[:_MANY])) + rest


def _state(row: Row, quoted: Mask) -> str:
    standing = row.standing
    unsigned = "" if standing.signed else ", unsigned"
    by, why = quoted(standing.by or "nobody"), quoted(standing.why or "no reason given")
    return _STATES[standing.status].format(by=by, why=why, unsigned=unsigned)


def _how(id_: str, *, is_open: bool) -> Iterator[str]:
    if is_open:
        yield "A reviewer, who neither asked for it nor had it written, runs"
        yield ""
        yield "```sh"
        yield f"vetline review show {id_}"
        yield f'vetline review approve {id_} --note "why it is safe"   # or reject'
        yield "```"
        yield ""
        yield f"and commits `{FOLDER}/{id_}/`. What is written or clicked here decides nothing."
    else:
        yield f"`vetline review show {id_}` tells all of it."


def _writer(origin: str) -> str:
    """Agent and model of "agent model session": a session's id says nothing to who reads this."""
    return " ".join(origin.split()[:2])


def code(text: str, limit: int = _LINE) -> str:
    """A text as a code span on one line, which nothing in it can end (CommonMark 0.31.2, 6.1)."""
    line = visible(" ".join(text.split()))
    line = line if len(line) <= limit else line[:limit] + "…"
    fence = "`" * (1 + max(map(len, _TICKS.findall(line)), default=0))
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line or '-'}{pad}{fence}"
