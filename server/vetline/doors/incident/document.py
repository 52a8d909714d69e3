"""An incident's report as sections of tables, before it is Markdown or HTML. Cells are plain text, and hostile."""

from __future__ import annotations

import re
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from vetline import review
from vetline.doors.audit import choosing, telling, tracing
from vetline.doors.audit.case import Lines
from vetline.formats import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vetline.doors.audit.case import Case
    from vetline.doors.trace import Range
    from vetline.ledger import AuditEvent
    from vetline.review import ReviewRequest

ID_BYTES = 6
_ID = re.compile(rf"[0-9a-f]{{{2 * ID_BYTES}}}")
_MOST = 2_000  # rows of a table
_DIGITS = 16  # of a digest that is shown


class Table(NamedTuple):
    """Rows under a head; a cell is text of anybody's."""

    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


class Section(NamedTuple):
    """A title, sentences of ours or of anybody's, and a table; one without rows is left out."""

    title: str
    sentences: Sequence[str] = ()
    table: Table | None = None


class Document(NamedTuple):
    """A report: its title, and what stands under it."""

    title: str
    sections: Sequence[Section]


class Told(NamedTuple):
    """What a report is made of.

    Attributes:
        opened: the event that opened the incident.
        case: what is known.
        at: when the report is made, for people.
        texts: of prompts, secrets masked, as far as they are to be shown.
        proof: what the ledger's chain and its anchors show, a sentence each.
        gone: what the incident was opened with and is not there any more.
    """

    opened: AuditEvent
    case: Case
    at: str
    texts: Mapping[str, str]
    proof: Sequence[str]
    gone: Sequence[str] = ()


def document(told: Told) -> Document:
    """The report."""
    case = told.case
    return Document(
        title_of(told.opened),
        (
            _summary(told),
            _timeline(told),
            Section("Lines", (), _lines(case.ranges)),
            _sessions(case),
            _prompts(told),
            _reviews(case.reviews),
            _gates(case),
            _left(case),
            Section("Proof", told.proof),
        ),
    )


def name_of(opened: AuditEvent) -> str:
    """An incident's id."""
    told = choosing.word(opened, "id")
    return told if _ID.fullmatch(told) else opened.hash[: 2 * ID_BYTES]


def title_of(opened: AuditEvent) -> str:
    """An incident's title."""
    return choosing.word(opened, "title") or "Incident"


def _summary(told: Told) -> Section:
    opened, case = told.opened, told.case
    people = dict.fromkeys(review.display_name(one.human) for one in case.origins if one.human)
    agents = dict.fromkeys(f"{one.agent} {one.model}".strip() for one in case.origins)
    passed = case.passed
    facts = {
        "Incident": name_of(opened),
        "Opened": f"{telling.when(opened.at)} UTC by {review.display_name(opened.actor)}",
        "Reported": f"{told.at} UTC",
        "About": ", ".join(_about(opened)),
        "Not there any more": ", ".join(told.gone),
        "Asked for by": ", ".join(filter(None, people)),
        "Written by": ", ".join(filter(None, agents)),
        "Sessions": str(len(case.sessions)),
        "First let pass": f"{telling.when(passed.at)} UTC, event {passed.seq}" if passed else "",
        "Still there": f"{number(case.left.lines, 'line')} of these sessions"
        if case.sessions
        else "",
    }
    rows = [(name, value) for name, value in facts.items() if value]
    return Section("Summary", (), Table(("What", "Known"), rows))


def _about(opened: AuditEvent) -> Iterable[str]:
    """What the incident was opened with."""
    for name in ("findings", "commits", "sessions"):
        told = opened.payload.get(name)
        for one in told if isinstance(told, list) else ():
            yield f"{name.removesuffix('s')} {str(one)[:40]}"
    for lines in lines_of(opened):
        yield spelled(lines)


def lines_of(opened: AuditEvent) -> Iterable[Lines]:
    """The lines that an incident was opened with."""
    told = opened.payload.get("lines")
    for one in told if isinstance(told, list) else ():
        match one:
            case [str(path), int(first), int(last)]:
                yield Lines(path, first, last)


def spelled(lines: Lines) -> str:
    """Lines as a person writes them: "shop/pay.py:4-9"."""
    if not lines.last:
        return lines.path
    return f"{lines.path}:{lines.first}" + (f"-{lines.last}" if lines.last != lines.first else "")


def _timeline(told: Told) -> Section:
    events = {
        event.hash: event for event in chain(told.case.events, told.case.gates, [told.opened])
    }
    rows: list[tuple[str, ...]] = [
        (
            event.at,
            str(event.seq),
            event.kind,
            review.display_name(event.actor),
            "  ".join(
                part for part in (event.subject, telling.about(event)) if part not in {"", "."}
            ),
            event.hash[:_DIGITS],
        )
        for event in sorted(events.values(), key=lambda event: event.seq)
    ]
    rows += _elsewhere(told.case.reviews, {event.at for event in events.values()})
    rows = [(telling.when(row[0]), *row[1:]) for row in sorted(rows, key=itemgetter(0))]
    head = ("When (UTC)", "Event", "Kind", "Who", "What", "Hash")
    return Section("Timeline", _cut(rows), Table(head, rows[:_MOST]))


def _elsewhere(found: Sequence[ReviewRequest], known: set[str]) -> Iterable[tuple[str, ...]]:
    """What people decided in other clones: of that there is a review file here, and no event."""
    for one in found:
        for decision in one.decisions:
            if decision.at not in known:
                who = review.display_name(decision.by)
                what = f"{one.subject.name}  request {one.id}  {decision.note}".rstrip()
                yield (decision.at, "-", f"review.{decision.state}", who, what, "review file")


def _lines(ranges: Sequence[Range]) -> Table:
    head = (
        "Lines",
        "Written by",
        "Agent",
        "Model",
        "Session",
        "Asked for by",
        "When (UTC)",
        "Prompt",
    )
    return Table(head, list(dict.fromkeys(_line(each) for each in ranges[:_MOST])))


def _line(each: Range) -> tuple[str, ...]:
    place = f"{each.path}:{each.first}" + (f"-{each.last}" if each.last != each.first else "")
    state, origin = each.attribution
    if origin is None:
        return (place, str(state), *("",) * 6)
    who, when = review.display_name(origin.human), telling.when(origin.at)
    known = (origin.agent, origin.model, origin.session, who, when, origin.prompt[:_DIGITS])
    return (place, str(state), *known)


def _sessions(case: Case) -> Section:
    rows = []
    for session in case.sessions:
        here = [each for each in case.left.ranges if _session(each) == session]
        known = [
            each.attribution.origin for each in (*case.ranges, *here) if _session(each) == session
        ]
        origin = next(filter(None, known), None)
        lines = sum(each.last - each.first + 1 for each in here)
        who = (
            (origin.agent, origin.model, review.display_name(origin.human)) if origin else ("",) * 3
        )
        files = len({each.path for each in here})
        rows.append((session, *who, f"{lines} in {number(files, 'file')}"))
    head = ("Session", "Agent", "Model", "Asked for by", "Lines still there")
    return Section("Sessions", (), Table(head, rows))


def _session(each: Range) -> str:
    return each.attribution.origin.session if each.attribution.origin else ""


def _prompts(told: Told) -> Section:
    digests = list(dict.fromkeys([*told.case.prompts, *told.case.asked]))
    rows = [
        (
            digest,
            "asked for these lines" if digest in told.case.prompts else "same session",
            told.texts.get(digest, ""),
        )
        for digest in digests[:_MOST]
    ]
    head = ("SHA-256", "What it did", "Text, secrets masked")
    if not told.texts:
        return Section("Prompts", _cut(digests), Table(head[:2], [row[:2] for row in rows]))
    return Section("Prompts", _cut(digests), Table(head, rows))


def _reviews(found: Sequence[ReviewRequest]) -> Section:
    rows: list[tuple[str, ...]] = []
    for one in found[:_MOST]:
        subject = one.subject
        place = subject.package or f"{subject.path}:{subject.first}-{subject.last}"
        asked = f"{review.display_name(one.requester)}, {telling.when(one.at)}"
        told = [(tracing.decided(decision), decision.note) for decision in one.decisions]
        rows += [(one.id, place, asked, *each) for each in told or [("not decided", one.note)]]
    head = ("Review", "Of", "Asked for", "Decided (UTC)", "Note")
    none = () if rows else ("Nobody was asked to review this.",)
    return Section("Reviews", none, Table(head, rows))


def _gates(case: Case) -> Section:
    rows = [
        (
            telling.when(event.at),
            str(event.seq),
            choosing.word(event, "verdict"),
            choosing.word(event, "commit")[:12],
            choosing.word(event, "policy")[:_DIGITS],
            "the first to let it pass" if event is case.passed else "",
        )
        for event in case.gates[:_MOST]
    ]
    head = ("When (UTC)", "Event", "Verdict", "Commit", "Policy", "")
    none = () if rows else ("No verdict on this is recorded.",)
    return Section("Gate", none, Table(head, rows))


def _left(case: Case) -> Section:
    rows = [row[:5] for row in _lines(case.left.ranges).rows]
    rows += [(path, "gone", "", "", "") for path in case.left.gone]
    none = () if rows else ("No other line of these sessions is known to be there.",)
    return Section("Still there", none, Table(_lines([]).head[:5], rows[:_MOST]))


def _cut(rows: Sequence[object]) -> tuple[str, ...]:
    return (f"The first {_MOST} of {len(rows)} are shown.",) if len(rows) > _MOST else ()
