"""Lines known by keyed digests, so that the ledger can speak of them and never holds their text."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from vetline.ledger import Draft, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vetline.provenance import Origin
    from vetline_analyzers.core.text import Snapshot, Span


class Line(NamedTuple):
    """A line that is not blank: its number, from 0, and a keyed digest of it, the edges' spaces apart."""

    number: int
    digest: str


def lines_of(snapshot: Snapshot, key: bytes, numbers: Iterable[int]) -> Iterator[Line]:
    """Those lines of the given numbers that are not blank."""
    keyed = hashlib.blake2b(key=key, digest_size=8)
    for number in numbers:
        text = snapshot.line_text(number).strip()
        if text:
            one = keyed.copy()
            one.update(text.encode("utf-8", "surrogatepass"))
            yield Line(number, one.hexdigest())


def insertion(
    snapshot: Snapshot, span: Span, origin: Origin, *, key: bytes, subject: str
) -> Draft | None:
    """What to append to the ledger when `origin` inserted what stands at `span` of `snapshot`.

    Returns:
        The draft, or None when there is nothing but blank lines.
    """
    first = snapshot.position(span.start).line
    last = snapshot.position(max(span.start, span.end - 1)).line
    digests = [line.digest for line in lines_of(snapshot, key, range(first, last + 1))]
    if not digests:
        return None
    payload = {
        "agent": origin.agent,
        "model": origin.model,
        "session": origin.session,
        "turn": origin.turn,
        "source": origin.source,
        "digest": snapshot.digest,
        "first": first + 1,
        "lines": digests,
    }
    return Draft(Kind.INSERTION, subject, payload)
