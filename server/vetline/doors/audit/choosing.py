"""Which events are asked for: the filters that the commands of `vetline audit` share."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import config, ledger, stores
from vetline.doors import options as words
from vetline.ledger import Kind

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from vetline.ledger import AuditEvent
    from vetline.stores import Location

_PREFIX = 6  # characters that stand for a whole name
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AGO = re.compile(r"([0-9]{1,5})([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


class Wanted(NamedTuple):
    """What an event must be; "" and an empty tuple mean any.

    Attributes:
        kinds: one of these, or of the family: "review" is "review.approved" too.
        actor: part of who did it, without regard to case.
        subject: the path, a folder that it lies in, or the package's URL.
        since, until: from and before when, as `ledger.timestamp` writes it.
        session: the agent's session, or its first six characters.
        request: the review's id, or its first six characters.
    """

    kinds: tuple[str, ...] = ()
    actor: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""
    session: str = ""
    request: str = ""

    def holds(self, event: AuditEvent) -> bool:
        """Whether an event is all this."""
        return (
            (not self.kinds or any(_of_kind(event.kind, kind) for kind in self.kinds))
            and self.actor.casefold() in event.actor.casefold()
            and (not self.subject or lies_in(event.subject, self.subject))
            and (not self.since or event.at >= self.since)
            and (not self.until or event.at < self.until)
            and (not self.session or begins(session_of(event), self.session))
            and (not self.request or begins(request_of(event), self.request))
        )


def refuse_empty(argv: Iterable[str]) -> None:
    """Refuse an empty word, which a script gives whose variable is not set: it would limit nothing.

    Raises:
        UsageError: there is one.
    """
    before = "an argument"
    for word in argv:
        if not word.strip() or (word.startswith("--") and word.endswith("=")):
            named = word.rstrip("= ") or before
            raise words.UsageError(f"{named} is empty: give it a value, or leave it out")
        before = word if word.startswith("-") else "an argument"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the filters to a command's parser."""
    parser.add_argument(
        "--kind", action="append", default=[], metavar="KIND",
        help="of this kind, or family of kinds: review.approved, review (repeatable)",
    )  # fmt: skip
    parser.add_argument("--actor", default="", metavar="TEXT", help="by somebody whose name has it")
    parser.add_argument(
        "--path", default="", metavar="PATH|PURL", help="about this file, folder or package"
    )
    parser.add_argument(
        "--since",
        default="",
        metavar="TIME",
        help="from then: 2026-03-01, 2026-03-01T09:05, 7d, 12h",
    )
    parser.add_argument(
        "--until", default="", metavar="TIME", help="up to then; a day with its end"
    )
    parser.add_argument("--session", default="", metavar="ID", help=f"or its first {_PREFIX}")
    parser.add_argument(
        "--request", default="", metavar="ID", help=f"of a review, or its first {_PREFIX}"
    )


def of(options: argparse.Namespace, location: Location) -> Wanted:
    """What the options ask for.

    Raises:
        UsageError: one of them means nothing.
    """
    families = {kind.partition(".")[0] for kind in Kind}
    for kind in options.kind:
        if not re.fullmatch(r"[a-z]{1,40}(?:\.[a-z]{1,40})?", kind):
            raise words.UsageError(f"--kind {kind}: give a kind of event, as review.approved")
        if kind not in {*Kind, *families}:
            why = f"--kind {kind} is no kind of event{words.did_you_mean(kind, [*Kind, *families])}"
            if "." not in kind:
                raise words.UsageError(why)
            words.tell("audit", f"{why} that this version knows")
    subject = options.path
    if subject and not subject.startswith("pkg:"):
        try:
            subject = location.subject(Path(subject))
        except ValueError:
            raise words.UsageError("--path has a character that no name can have") from None
    return Wanted(
        tuple(options.kind),
        options.actor.strip(),
        subject,
        instant(options.since, "--since"),
        instant(options.until, "--until", end=True),
        options.session.strip(),
        options.request.strip(),
    )


def instant(word: str, flag: str, *, end: bool = False) -> str:
    """A day, an instant or how long ago, as `ledger.timestamp` writes it; "" for none.

    Args:
        word: what was given; without a zone it is in UTC.
        flag: where, for the message.
        end: of a day its end is meant.

    Raises:
        UsageError: it is none.
    """
    if not word:
        return ""
    try:
        if ago := _AGO.fullmatch(word):
            when = datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        else:
            when = datetime.fromisoformat(word)
            when = when if when.tzinfo else when.replace(tzinfo=UTC)
            is_day = end and _DAY.fullmatch(word) and when.date() < date.max
            when += timedelta(days=1 if is_day else 0)
        return ledger.timestamp(when)
    except (ValueError, OverflowError):
        raise words.UsageError(
            f"{flag} {word}: give a date as 2026-03-01, an instant as 2026-03-01T09:05, or 7d for a"
            " week ago"
        ) from None


def locate(path: Path | None = None) -> Location:
    """Where the ledger of the project at `path`, or where we stand, lies: the same as an editor finds."""
    return stores.locate(config.load(path or Path()).root)


def chosen(events: Iterable[AuditEvent], wanted: Wanted) -> list[AuditEvent]:
    """Those that are wanted, in their order."""
    return [event for event in events if wanted.holds(event)]


def session_of(event: AuditEvent) -> str:
    """The agent's session that an event names, itself or in the origin it tells of; "" for none."""
    if found := word(event, "session"):
        return found
    origin = event.payload.get("origin")
    said = origin.get("session") if isinstance(origin, dict) else ""
    return said if isinstance(said, str) else ""


def request_of(event: AuditEvent) -> str:
    """The id of the review that an event is about; "" for none."""
    if found := word(event, "request"):
        return found
    return event.hash[:12] if event.kind == Kind.REVIEW_REQUESTED else ""


def lets_pass(event: AuditEvent) -> bool:
    """Whether a verdict of the gate lets what it is on pass."""
    return word(event, "verdict") != "block"


def word(event: AuditEvent, name: str) -> str:
    """A text in an event's payload; "" where there is none."""
    value = event.payload.get(name)
    return value if isinstance(value, str) else ""


def begins(value: str, wanted: str) -> bool:
    """Whether a name is the wanted one, or begins with it where that is long enough."""
    return value == wanted or (len(wanted) >= _PREFIX and value.startswith(wanted))


def lies_in(subject: str, under: str) -> bool:
    """Whether a path is the other, or lies in that folder."""
    return under in {".", subject} or subject.startswith(under.rstrip("/") + "/")


def _of_kind(kind: str, wanted: str) -> bool:
    return kind == wanted or kind.startswith(wanted + ".")
