"""A report on evidence, before it is Markdown, HTML or JSON. What others wrote is in cells only, as plain text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import compliance
from vetline.doors.incident import html, markdown
from vetline.doors.incident.document import Document, Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from vetline.compliance import Assessed, Decided, Evidence, Findings, Period, Proof, Tally
    from vetline.frameworks import Framework
    from vetline.review import ReviewRequest

VERSION = 1  # of the JSON
_MOST = 1_000  # decisions that are listed
_DAY = 10  # characters of an instant
_DIGITS = 12  # of an event's hash that people are shown
NO_VERDICT = (
    "This report gathers what Vetline recorded. It does not say that anything complies with anything: that is for an "
    "assessor to judge, by the publisher's text and not by our words for it. What was not recorded is not in it, and "
    "findings are what Vetline's rules look for, which is not all there is."
)


class Report(NamedTuple):
    """What a report is made of.

    Attributes:
        project: the name of its folder.
        at: when it is made.
        period: what it is on.
        evidence, reviews, proof: what was found.
        requests: all reviews there are.
        frameworks: those that it is for.
    """

    project: str
    at: str
    period: Period
    evidence: Evidence
    reviews: Decided
    requests: Sequence[ReviewRequest]
    proof: Proof
    frameworks: Sequence[Framework]

    def assessed(self) -> Iterator[tuple[Framework, list[Assessed]]]:
        """The evidence for each control, framework by framework."""
        for one in self.frameworks:
            yield one, list(compliance.assess(one, self.evidence, self.reviews, self.proof))

    def decisions(self) -> Iterator[dict[str, Any]]:
        """The decisions of the period, the oldest first."""
        made = [(one.at, one, request) for request in self.requests for one in request.decisions]
        for at, one, request in sorted(made, key=lambda each: (each[0], each[2].id)):
            if self.period.has(at):
                yield {
                    "request": request.id,
                    "about": _about(request),
                    "decision": str(one.state),
                    "by": one.by,
                    "at": at,
                    "signer": one.signer,
                    "key": one.key,
                    "problem": one.problem,
                }


def as_markdown(told: Report) -> str:
    """The text of a Markdown file."""
    return markdown.render(_document(told))


def as_html(told: Report) -> str:
    """The text of an HTML file, which fetches nothing and prints well."""
    return html.render(_document(told))


def as_json(told: Report) -> str:
    """The text of a JSON file, as docs/compliance.md describes it."""
    data = {
        "version": VERSION,
        "no_verdict": NO_VERDICT,
        "project": told.project,
        "at": told.at,
        "period": told.period._asdict(),
        "ledger": {
            "events": told.evidence.events,
            "invented": told.evidence.invented,
            "whole": told.proof.whole,
            "anchored": told.proof.anchored,
            "proof": list(told.proof.sentences),
        },
        "verdicts": {
            "words": dict(told.evidence.verdicts),
            "not_wholly_checked": told.evidence.unsure,
        },
        "reviews": {**told.reviews._asdict(), "decisions": list(told.decisions())},
        "frameworks": [_framework(one, controls) for one, controls in told.assessed()],
    }
    return json.dumps(data, indent=2) + "\n"


def _framework(one: Framework, controls: Sequence[Assessed]) -> dict[str, Any]:
    about = ("key", "name", "edition", "publisher", "url", "scope")
    return {**{name: getattr(one, name) for name in about}, "controls": [*map(_control, controls)]}


def _control(one: Assessed) -> dict[str, Any]:
    return {
        "id": one.control.id,
        "title": one.control.title,
        "asks": one.control.asks,
        "evidence": one.evidence,
        "rules": one.rules,
        "findings": one.findings._asdict() if one.findings else None,
        "events": {kind: tally._asdict() for kind, tally in one.events.items()},
        "gaps": list(one.gaps),
        "beyond": one.control.beyond,
    }


# -- for people


def _document(told: Report) -> Document:
    names = (
        ", ".join(one.name for one in told.frameworks) if len(told.frameworks) == 1 else "controls"
    )
    sections = [_intro(told), _record(told), _gate(told), _reviews(told)]
    for framework, controls in told.assessed():
        sections.append(_overview(framework, controls))
        sections += [_on_control(framework, one, told.period) for one in controls]
    return Document(f"Evidence for {names}: {told.project}", sections)


def _intro(told: Report) -> Section:
    period = f"Period: from {_day(told.period.since)} up to {_day(told.period.until)} (UTC). Made: {told.at}."
    invented = told.evidence.invented
    said = f"NOT EVIDENCE: vetline demo invented {invented:,} of these events." if invented else ""
    return Section("What this is", tuple(filter(None, (said, NO_VERDICT, period))))


def _record(told: Report) -> Section:
    rows = [
        (kind, f"{tally.total:,}", _short(tally.first), _short(tally.last))
        for kind, tally in sorted(told.evidence.kinds.items())
    ]
    many = f"{told.evidence.events:,} events are of the period."
    return Section(
        "The record",
        (*told.proof.sentences, many),
        Table(("Kind of event", "How many", "First", "Last"), rows),
    )


def _gate(told: Report) -> Section:
    verdicts = told.evidence.verdicts
    rows = [(word, f"{number:,}") for word, number in sorted(verdicts.items())]
    unsure = told.evidence.unsure
    said = (
        f"{unsure} of {verdicts.total()} rest on something that could not be checked."
        if unsure
        else ""
    )
    none = "" if rows else "No verdict of a gate is of the period."
    return Section(
        "Verdicts of the gate",
        tuple(filter(None, (said, none))),
        Table(("Verdict", "How many"), rows),
    )


def _reviews(told: Report) -> Section:
    made = list(told.decisions())
    rows = [
        (one["request"], one["about"], one["decision"], one["by"], one["at"], _worth(one))
        for one in made[:_MOST]
    ]
    left = f"{len(made) - _MOST:,} more are not listed." if len(made) > _MOST else ""
    counts = told.reviews
    said = (
        f"Asked for: {counts.requested}. Approvals with a good signature: {counts.signed}, without: {counts.unsigned}. "
        f"Rejections: {counts.rejected}. Decisions that do not count: {counts.refused}. Waiting at the end: {counts.waiting}."
    )
    return Section(
        "Reviews by people",
        tuple(filter(None, (said, left))),
        Table(("Request", "About", "Decision", "By", "When", "Signature"), rows),
    )


def _worth(one: Mapping[str, Any]) -> str:
    if one["problem"]:
        return f"does not count: {one['problem']}"
    return f"{one['signer']}, {one['key']}" if one["signer"] else "none: in the ledger only"


def _overview(framework: Framework, controls: Sequence[Assessed]) -> Section:
    rows = [
        (one.control.id, one.control.title, one.evidence, str(len(one.gaps))) for one in controls
    ]
    about = f"{framework.edition}. {framework.publisher}: {framework.url}"
    return Section(
        framework.name,
        (about, framework.scope),
        Table(("Control", "Title", "Evidence", "Gaps"), rows),
    )


def _on_control(framework: Framework, one: Assessed, period: Period) -> Section:
    control = one.control
    rows = [*_of_findings(one), *_of_events(one.events)]
    said = [control.asks, f"Evidence: {one.evidence}."]
    said += [f"Gap: {gap}" for gap in one.gaps]
    said.append(f"Not seen by Vetline: {control.beyond}.")
    kinds = " ".join(f"--kind {kind}" for kind in one.events)
    if kinds:
        span = f"--since {period.since} --until {period.until}"
        said.append(f"Its events: vetline audit query {kinds} {span}")
    title = f"{framework.name}, {control.id}: {control.title}"
    return Section(title, said, Table(("What was recorded", "How many", "First", "Last"), rows))


def _of_findings(one: Assessed) -> Iterator[tuple[str, ...]]:
    found: Findings | None = one.findings
    if found is None:
        return
    named = {
        "Rules that look for it": one.rules,
        "Findings opened": found.opened,
        "  of them in lines that an AI touched": found.of_ai,
        "Findings mended": found.mended,
        "Findings approved or suppressed by people": found.accepted,
        "Findings open at the end": found.open,
        "  of them critical or high": found.severe,
    }
    yield from ((name.strip(), f"{number:,}", "", "") for name, number in named.items())


def _of_events(events: Mapping[str, Tally]) -> Iterator[tuple[str, ...]]:
    for kind, tally in events.items():
        yield f"Events {kind}", f"{tally.total:,}", _short(tally.first), _short(tally.last)


def _short(name: str) -> str:
    """An event's number and as much of its hash as `vetline audit show` needs."""
    number, _, digest = name.partition(":")
    return f"{number}:{digest[:_DIGITS]}"


def _about(request: ReviewRequest) -> str:
    """What a review is about; no path that leads out of the project is told."""
    name = request.subject.name
    outside = name.startswith("/") or name[1:3] in {":/", ":\\"}
    symbol = f" ({request.subject.symbol})" if request.subject.symbol else ""
    return "a file outside of the project" if outside else f"{name}{symbol}"


def _day(at: str) -> str:
    midnight = "T00:00:00.000Z"
    return at[:_DAY] if at.endswith(midnight) else at
