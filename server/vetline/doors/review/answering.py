"""`vetline review assign`, `comment` and `withdraw`: what may be said of a request without deciding it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vetline import ledger, review, session, stores
from vetline.doors import options as words
from vetline.doors.review import filing, reading
from vetline.formats import visible
from vetline.review import State
from vetline.statement import Signed, Statement

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from vetline.config import Config
    from vetline.ledger import Draft
    from vetline.review import ReviewRequest
    from vetline.stores import Location

_PERSON = 200  # characters
_HERE = "(told by the ledger, and by `vetline review publish`)"


def assign(options: argparse.Namespace, config: Config) -> int:
    """Have these people look, and nobody else; gives the exit code."""
    found = _found(options.what, config)
    asked = people(options.who)
    _append(config, review.assigned(found, asked))
    words.write(f"Review {found.id}. {told(asked)}\n")
    return 0


def told(people: Sequence[str]) -> str:
    """That they are to look, and who hears of it."""
    return f"Assigned to {visible(', '.join(people))} {_HERE}"


def comment(options: argparse.Namespace, config: Config) -> int:
    """Write something to a request; gives the exit code."""
    found = _found(options.what, config)
    note = session.without_secrets(options.note)
    if not note.strip():
        raise words.UsageError("a comment says something: --note TEXT")
    _append(config, review.commented(found, note))
    words.write(f"Commented on review {found.id} {_HERE}\n")
    return 0


def withdraw(options: argparse.Namespace, config: Config) -> int:
    """Take a request back, or a decision of one's own; gives the exit code."""
    found = _found(options.what, config)
    location = stores.locate(config.root)
    who = reading.me(location)
    involved = replace(found, assigned=tuple(one.by for one in found.decisions))
    if not reading.is_of(involved, who):
        asked = review.display_name(found.requester)
        raise words.UsageError(f"{found.id} is withdrawn by who asked ({asked}) or decided")
    if found.state is State.WITHDRAWN:
        raise words.UsageError(f"{found.id} is withdrawn already")
    said = withdrawn(found, who, review.cut(session.without_secrets(options.note)))
    _append(config, review.draft(said))
    filing.put(location, Signed(said))
    words.write(f"Review {found.id} is withdrawn\n")
    return 0


def withdrawn(found: ReviewRequest, who: str, note: str) -> Statement:
    """What is said when somebody takes a review back. It only takes away, so it bears no signature."""
    return Statement(
        request=found.id,
        subject=found.covered,
        requester=found.requester,
        requested=found.at,
        reasons=found.reasons,
        authors=found.authors,
        origins=found.origins,
        decision=State.WITHDRAWN,
        reviewer=who,
        at=ledger.timestamp(datetime.now(UTC)),
        note=note,
        repository=found.repository,
    )


def people(given: list[str]) -> list[str]:
    """The people that were named, each once.

    Raises:
        UsageError: one is no name.
    """
    names = list(dict.fromkeys(name.strip() for word in given for name in word.split(",")))
    if not all(name and name.isprintable() and len(name) <= _PERSON for name in names):
        raise words.UsageError("people are named by an address, a login or a name")
    return names


def _found(word: str, config: Config) -> ReviewRequest:
    return reading.one(reading.requests(config.root, config.settings), word)


def _append(config: Config, draft: Draft) -> None:
    location: Location = stores.locate(config.root)
    at = ledger.timestamp(datetime.now(UTC))
    receipt = stores.append(location, [draft], at=at, actor=reading.me(location))
    if receipt.why:
        words.tell("review", f"{receipt.why}; kept in {receipt.path}")
