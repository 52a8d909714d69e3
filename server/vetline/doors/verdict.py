"""What a proposed edit would bring in, and a prompt with its secrets masked.

The server and a hook that finds no server judge by the same functions; they differ in whom they ask for
an analysis. Analyzers are imported only when somebody judges here.
"""

from __future__ import annotations

from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline_analyzers.core.finding import TRIGGERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vetline.config import Config
    from vetline.provenance import Attribution
    from vetline.settings import Settings
    from vetline.worker import Worker
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.engine import Analysis

    Ask = Callable[[Snapshot], Analysis]
    Mark = Callable[[Snapshot, Finding], str]

_AROUND = 30  # characters shown on each side of a masked secret


class Proposal(NamedTuple):
    """What an agent wants to write.

    Attributes:
        path: the file, absolute.
        text: its text after the edit, or only the new parts.
        before: the same before the edit.
        whole: the texts are the file's whole.
    """

    path: str
    text: str
    before: str
    whole: bool = True


class Objection(NamedTuple):
    """A finding that an edit would bring in; its line from 1, 0 where it is not known."""

    rule: str
    severity: str
    line: int
    message: str


class Examined(NamedTuple):
    """The objections to an edit, the severest first, and in `unsure` why there may be more."""

    objections: tuple[Objection, ...] = ()
    unsure: str = ""

    def to_json(self) -> dict[str, Any]:
        """The same as JSON."""
        return {"objections": [list(one) for one in self.objections], "unsure": self.unsure}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Examined:
        """What `to_json` gave; of anything else, that nothing is sure."""
        match data:
            case {"objections": list(listed), "unsure": str(unsure)}:
                objections = [one for one in map(_objection, listed) if one]
                if len(objections) == len(listed):
                    return cls(tuple(objections), unsure)
        return cls(unsure="the server answered in words of its own")


class Redacted(NamedTuple):
    """A prompt that may be kept.

    Attributes:
        text: the prompt, its secrets masked; None when the search for them was not finished.
        kinds: what its secrets are, "aws access key"; placeholders are masked but not told.
        excerpt: what the first of them stands in, masked.
        unsure: why the search was not finished.
        places: of each kind the line and the column of the first, from 1.
    """

    text: str | None
    kinds: tuple[str, ...] = ()
    excerpt: str = ""
    unsure: str = ""
    places: tuple[tuple[int, int], ...] = ()

    @property
    def told(self) -> str:
        """The kinds and where they stand, in a few words: "aws access key at line 3, column 7"."""
        return "; ".join(
            f"{kind} at line {place[0]}, column {place[1]}" if place else kind
            for kind, place in zip_longest(self.kinds, self.places[: len(self.kinds)])
        )

    def to_json(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            **self._asdict(),
            "kinds": list(self.kinds),
            "places": [list(p) for p in self.places],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Redacted:
        """What `to_json` gave; of anything else, that nothing may be kept."""
        match data:
            case {"text": str() | None as text, "kinds": list(kinds), "excerpt": str(excerpt)}:
                unsure = str(data.get("unsure", ""))
                places = tuple(_places(data.get("places")))
                return cls(text, tuple(map(str, kinds)), excerpt, unsure, places)
        return cls(None, unsure="the server answered in words of its own")


def asking(
    worker: Worker, analyzers: tuple[str, ...] | None, timeout: float, project: str = ""
) -> Ask:
    """Asks a worker, as `Worker.examine` has it; it keeps nothing of the text afterwards."""

    def ask(snapshot: Snapshot) -> Analysis:
        try:
            return worker.examine(snapshot, analyzers, timeout, project)
        finally:
            worker.forget(snapshot.uri)

    return ask


def examine(proposal: Proposal, config: Config, ask: Ask) -> Examined:
    """What an edit would bring in for the reader that the settings name. Blocks while `ask` does.

    Args:
        proposal: the edit.
        config: the settings that hold for the file.
        ask: gives what the analyzers find in a text.
    """
    from dataclasses import replace
    from pathlib import Path

    from vetline import files
    from vetline.provenance import Attribution, State
    from vetline_analyzers import engine

    limit = files.bound(Path(proposal.path).as_posix(), config.settings.max_file_size)
    if max(len(proposal.text), len(proposal.before)) > limit:
        return Examined(unsure=f"is over the limit of {limit:,} characters (max-file-size)")
    path = Path(proposal.path)
    raw = proposal.text.encode("utf-8", "replace")
    reading = files.of_bytes(raw, f"hook:{files.uri_of(path)}", files.relative(path, config.root))
    if reading.snapshot is None or _is_excluded(reading.snapshot.path, config.settings):
        return Examined(unsure="; ".join(failure.reason for failure in reading.failures))
    after = replace(reading.snapshot, text=proposal.text)
    new = ask(after)
    failures = [*reading.failures, *new.failures]
    # Of parts no more is expected than that they can be read: they need not parse.
    unsure = [f.reason for f in failures if proposal.whole or not f.partial]
    findings = engine.conclude(after, new.findings)
    if findings and proposal.before:
        before = replace(after, text=proposal.before)
        old = ask(before)
        lost = {failure.analyzer for failure in old.failures}
        if lost - engine.analyzers().keys():
            return Examined(unsure="; ".join(f.reason for f in old.failures))
        if lost & {finding.analyzer for finding in findings}:
            unsure += [f"as it was: {f.reason}" for f in old.failures]
        findings = [finding for finding in findings if finding.analyzer not in lost]
        known = engine.conclude(before, old.findings)
        findings = _brought_in(after, findings, before, known)
    objections = [
        Objection(
            finding.rule,
            str(finding.severity),
            after.position(finding.span.start).line + 1 if proposal.whole else 0,
            finding.message,
        )
        for finding in sorted(
            _shown(findings, config.settings, silencer=Attribution(State.AI)),
            key=lambda f: (-f.severity, f.span),
        )
    ]
    return Examined(tuple(objections), "; ".join(dict.fromkeys(unsure)))


def redact(words: str, settings: Settings, ask: Ask) -> Redacted:
    """A prompt with its secrets masked. Blocks while `ask` does.

    Args:
        words: the prompt.
        settings: those that say which rules are ignored.
        ask: gives what the analyzers that mask find in a text.
    """
    from vetline_analyzers import engine
    from vetline_analyzers.core.text import Snapshot, Span
    from vetline_analyzers.engine.identity import everywhere, masked

    snapshot = Snapshot("hook:prompt", "text", 0, words)
    analysis = ask(snapshot)
    hidden = engine.to_mask(analysis)
    if hidden is None:
        return Redacted(None, unsure="; ".join(failure.reason for failure in analysis.failures))
    hidden = everywhere(words, hidden)
    text = masked(snapshot, Span(0, len(words)), hidden)
    told = list(_shown(engine.conclude(snapshot, analysis.findings), settings))
    if not told:
        return Redacted(text)
    start, end = told[0].span
    line = snapshot.line_span(snapshot.position(start).line)
    around = Span(max(line.start, start - _AROUND), max(end, min(line.end, end + _AROUND)))
    excerpt = " ".join(masked(snapshot, around, hidden).split())
    kinds: dict[str, tuple[int, int]] = {}
    for finding in told:
        kind = finding.rule.rpartition("/")[2].replace("-", " ")
        at = snapshot.position(finding.span.start)
        kinds.setdefault(kind, (at.line + 1, at.column + 1))
    return Redacted(text, tuple(kinds), excerpt, places=tuple(kinds.values()))


def _brought_in(
    after: Snapshot, new: Iterable[Finding], before: Snapshot, old: Iterable[Finding]
) -> list[Finding]:
    """The findings that were not there before, nor the same text under another name or elsewhere.

    One that a comment silenced before counts as there only while one does; one that a new comment silences was there
    if it stood there without.
    """
    new, old = list(new), list(old)
    silenced = _unmatched(
        after,
        [f for f in new if f.suppression is not None],
        before,
        [f for f in old if f.suppression is not None],
    )
    free = [f for f in new if f.suppression is None]
    return _unmatched(after, free + silenced, before, [f for f in old if f.suppression is None])


def _unmatched(
    after: Snapshot, new: list[Finding], before: Snapshot, old: list[Finding]
) -> list[Finding]:
    for mark in (_exact, _words):
        common = Counter(mark(after, f) for f in new) & Counter(mark(before, f) for f in old)
        new = list(_without(common.copy(), after, new, mark))
        old = list(_without(common, before, old, mark))
    return new


def _without(
    common: Counter[str], snapshot: Snapshot, findings: Iterable[Finding], mark: Mark
) -> Iterator[Finding]:
    for finding in findings:
        key = mark(snapshot, finding)
        if common[key] > 0:
            common[key] -= 1
        else:
            yield finding


def _exact(snapshot: Snapshot, finding: Finding) -> str:
    del snapshot
    return finding.exact


def _words(snapshot: Snapshot, finding: Finding) -> str:
    return " ".join((finding.rule, *snapshot.slice(finding.span).split()))


def _shown(
    findings: Iterable[Finding], settings: Settings, silencer: Attribution | None = None
) -> Iterator[Finding]:
    """The findings that the reader of the settings sees in what an agent wrote; `silencer` as of Sighting."""
    from vetline import gate
    from vetline.provenance import Attribution, State
    from vetline_analyzers.core.text import Position

    policy = gate.Policy(persona=settings.persona, ignore=settings.ignore)
    nowhere, ai = Position(0, 0), Attribution(State.AI)
    for finding in findings:
        sighting = gate.Sighting(
            path="", finding=finding, start=nowhere, end=nowhere, origin=ai, silencer=silencer
        )
        # A trigger is for a person who looks; an agent has nothing to mend there.
        if gate.shown(sighting, policy) and not finding.rule.startswith(TRIGGERS):
            yield finding


def _is_excluded(place: str, settings: Settings) -> bool:
    if not settings.exclude:
        return False
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(settings.exclude).match_file(place)


def _places(data: object) -> Iterator[tuple[int, int]]:
    for place in data if isinstance(data, list) else ():
        match place:
            case [int(line), int(column)]:
                yield line, column


def _objection(data: object) -> Objection | None:
    match data:
        case [str(rule), str(severity), int(line), str(message)]:
            return Objection(rule, severity, line, message)
    return None
