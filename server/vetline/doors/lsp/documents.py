"""The client's documents as we hold them: text, authors, and what was found so far.

A `Unit` is what is analysed as one text: a document, or all code cells of a notebook together, so that
an import in one cell is known in the next. Its parts are the documents of the protocol.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from vetline.doors.lsp.authorship import Authorship, Edited, came, left
from vetline.provenance import parts as trackers
from vetline_analyzers import languages
from vetline_analyzers.core.finding import Fix
from vetline_analyzers.core.text import Edit, Snapshot, Span, difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lsprotocol import types

    from vetline.provenance import Attribution, Claim, Origin, Tracker
    from vetline_analyzers.core.analyzer import Neighbour
    from vetline_analyzers.core.finding import Finding, Related
    from vetline_analyzers.engine import Analysis, Failure

_HISTORY = 64  # versions for which an insertion may still be reported late
_MANY = (
    8  # edits at once; beyond it the findings between the first and the last are looked for anew
)
SIZE = "size"
_MAGIC = re.compile(r"^[ \t]*[%!]", re.MULTILINE)


class Step(NamedTuple):
    """An edit that can be taken back: the version before it, and what it removed."""

    version: int
    edit: Edit
    removed: str


class Insertion(NamedTuple):
    """An insertion that a client reported for a version we do not have yet."""

    version: int
    place: types.Range
    origin: Origin


@dataclass(slots=True)
class Document:
    """One text document of the protocol."""

    snapshot: Snapshot
    authors: Authorship = field(init=False)
    waiting: list[Insertion] = field(default_factory=list)
    _past: deque[Step] = field(default_factory=lambda: deque(maxlen=_HISTORY))

    def __post_init__(self) -> None:
        """Begin with nothing known of its authors."""
        self.authors = Authorship(self.snapshot)

    def edit(self, edit: Edit, version: int) -> Edited:
        """Apply an edit that leads to `version`; its authors are told by who calls."""
        before = self.snapshot
        self._past.append(Step(before.version, edit, before.slice(edit.span)))
        self.snapshot = before.edited(edit, version)
        return Edited(before, edit, self.snapshot)

    def at(self, version: int) -> Snapshot | None:
        """The text as it was at a version, the newest of that number; None when it is forgotten."""
        steps = self._since(version)
        if steps is None:
            return None
        snapshot = self.snapshot
        for step in steps:
            start = step.edit.span.start
            back = Edit(Span(start, start + len(step.edit.text)), step.removed)
            snapshot = snapshot.edited(back, step.version)
        return snapshot

    def mark(self, span: Span, version: int, origin: Origin) -> Span | None:
        """Give `span` of the text at `version` to an origin.

        Returns:
            The span that now holds what is left of it; None when nothing is, or the version is
            forgotten.
        """
        steps = self._since(version)
        if steps is None:
            return None
        spans = [span] if span.start < span.end else []
        for step in reversed(steps):
            spans = left(spans, step.edit)
        self.authors.mark(self.snapshot, spans, origin)
        return Span(spans[0].start, spans[-1].end) if spans else None

    def _since(self, version: int) -> list[Step] | None:
        """The edits made after a version, the newest first; None when it is forgotten."""
        steps: list[Step] = []
        at = self.snapshot.version
        for step in reversed(self._past):
            if at <= version:
                break
            steps.append(step)
            at = step.version
        return steps if at == version else None


class Part(NamedTuple):
    """A document within a unit: where its text starts."""

    document: Document
    start: int


@dataclass(slots=True)
class Unit:
    """What is analysed as one text.

    Attributes:
        uri: of the document or the notebook.
        parts: the documents, in order.
        snapshot: their text as one.
        answers: by desk, the findings last given, moved along with edits.
        failures: by desk, what could not be checked; under SIZE, that the text is too large.
        neighbours: the project's own modules that it imports, as `Beside` last read them.
    """

    uri: str
    parts: list[Part]
    snapshot: Snapshot
    answers: dict[str, list[Finding]] = field(default_factory=dict)
    failures: dict[str, tuple[Failure, ...]] = field(default_factory=dict)
    neighbours: dict[str, Neighbour] = field(default_factory=dict)

    @property
    def revision(self) -> tuple[int, ...]:
        """Changes when anything is learned of who wrote it."""
        return tuple(part.document.authors.revision for part in self.parts)

    def who(self, span: Span) -> Attribution | None:
        """Who wrote what stands at a span, as far as its lines tell; None when nothing is known."""
        at = max(bisect_right(self.parts, span.start, key=lambda part: part.start) - 1, 0)
        if not self.parts:
            return None
        document, start = self.parts[at]
        size = len(document.snapshot.text)
        own = Span(min(span.start - start, size), min(span.end - start, size))
        return document.authors.tracker.touching(document.snapshot, own)

    def tracker(self) -> Tracker:
        """Who owns which characters of the unit's text by now; a copy."""
        own = [part.document.authors.tracker for part in self.parts]
        if len(own) == 1 and self.parts[0].document.snapshot is self.snapshot:
            return trackers.part(own[0], 0, len(own[0].lines))
        return trackers.whole(own)

    def know(self, cells: Iterable[Document], tracker: Tracker) -> None:
        """What is remembered of the unit's text as it was opened is there.

        Args:
            cells: the documents it was opened with.
            tracker: who owns which characters of it.
        """
        first = 0
        for document in cells:
            count = document.authors.lines_opened
            document.authors.know(trackers.part(tracker, first, count))
            first += count

    def claim(self, report: Claim) -> bool:
        """Take an agent's report; whether it explained something."""
        told = [part.document.authors.claim(part.document.snapshot, report) for part in self.parts]
        return any(told)

    def carry(self, edits: list[Edit], before: str) -> None:
        """Move the findings along with edits of the text `before`; those they touched are dropped."""
        if len(edits) > _MANY:
            one = difference(before, self.snapshot.text)
            edits = [one] if one else []
        for edit in edits:
            for desk, findings in self.answers.items():
                self.answers[desk] = _moved(findings, edit)

    def take(self, desk: str, snapshot: Snapshot, analysis: Analysis) -> None:
        """Take a desk's answer about `snapshot`, which may be older than the text is now.

        Where an analyzer could not read the text, what it said before still stands: while a line is
        half typed bandit cannot parse.
        """
        findings = list(analysis.findings)
        if snapshot is not self.snapshot:
            edit = difference(snapshot.text, self.snapshot.text)
            findings = _moved(findings, edit) if edit else findings
        told = {finding.analyzer for finding in findings}
        blind = {f.analyzer for f in analysis.failures if f.partial} - told
        findings += [f for f in self.answers.get(desk, ()) if f.analyzer in blind]
        self.answers[desk] = findings
        self.failures[desk] = analysis.failures


def _moved(findings: list[Finding], edit: Edit) -> list[Finding]:
    return [moved for finding in findings if (moved := carried(finding, edit)) is not None]


def carried(finding: Finding, edit: Edit) -> Finding | None:
    """The finding after an edit of its text; its fix only while what the fix replaces is untouched."""
    alone = finding.fix is None and len(finding.spans) == 1
    if finding.span.end < edit.span.start and alone:
        return finding
    span = edit.carry(finding.span)
    if span is None:
        return None
    fix = finding.fix
    if fix is not None:
        moved = [(edit.carry(part.span), part.text) for part in fix.edits]
        kept = tuple(Edit(span, text) for span, text in moved if span is not None)
        fix = Fix(fix.title, kept, fix.safe) if len(kept) == len(moved) else None
    related, flow = (_carried(notes, edit) for notes in (finding.related, finding.flow))
    return replace(finding, span=span, fix=fix, related=related, flow=flow)


def _carried(notes: Iterable[Related], edit: Edit) -> tuple[Related, ...]:
    places = ((note, note.span if note.path else edit.carry(note.span)) for note in notes)
    return tuple(note._replace(span=place) for note, place in places if place is not None)


class Documents:
    """All open documents and units.

    Args:
        path_of: gives a URI's path relative to its project, for rules that look at it.
    """

    def __init__(self, path_of: Callable[[str], str]) -> None:
        """Hold nothing yet."""
        self._path_of = path_of
        self.open: dict[str, Document] = {}
        self.units: dict[str, Unit] = {}
        self._unit_of: dict[str, str] = {}
        self._cells: dict[str, list[str]] = {}

    def unit_of(self, uri: str) -> Unit | None:
        """The unit that a document belongs to."""
        return self.units.get(self._unit_of.get(uri, ""))

    def part_of(self, uri: str) -> tuple[Unit, Part] | None:
        """A document's unit and its part of it."""
        unit = self.unit_of(uri)
        if unit is None:
            return None
        document = self.open[uri]
        return next(((unit, part) for part in unit.parts if part.document is document), None)

    def add(self, uri: str, language_id: str, version: int, text: str) -> Unit:
        """Open a document as a unit of its own."""
        self.open[uri] = self._document(uri, language_id, version, text)
        snapshot = self.open[uri].snapshot
        unit = Unit(uri, [Part(self.open[uri], 0)], snapshot)
        self.units[uri] = unit
        self._unit_of[uri] = uri
        return unit

    def edit(
        self, uri: str, edits: Iterable[Callable[[Snapshot], Edit]], version: int, at: float
    ) -> tuple[Unit, bool]:
        """Apply changes of a time one after the other, each made from the text before it.

        Returns:
            The document's unit, and whether an agent's report had told of one of the changes.

        Raises:
            KeyError: the document is not open.
        """
        document = self.open[uri]
        unit = self.units[self._unit_of[uri]]
        start = next(part.start for part in unit.parts if part.document is document)
        before = unit.snapshot.text
        made: list[Edit] = []
        told = False
        makes, done = list(edits), list[Edited]()
        for make in makes:
            edit = make(document.snapshot)
            done.append(document.edit(edit, version))
            if len(makes) > _MANY:  # a text for each would be too much to hold
                told |= document.authors.edits(done, at)
                done.clear()
            made.append(Edit(edit.span.shifted(start), edit.text))
        told |= document.authors.edits(done, at)
        if unit.uri == uri:
            unit.snapshot = document.snapshot
        else:
            self.rebuild(unit.uri)
        unit.carry(made, before)
        return unit, told

    def remove(self, uri: str) -> Unit | None:
        """Close a document; returns its unit when that is gone with it."""
        self.open.pop(uri, None)
        owner = self._unit_of.pop(uri, None)
        return self.units.pop(uri, None) if owner == uri else None

    # -- notebooks

    def add_notebook(self, uri: str, cells: list[tuple[str, str, int, str]]) -> Unit:
        """Open a notebook; a cell is (uri, languageId, version, text), code cells in order."""
        for cell, language_id, version, text in cells:
            self.open[cell] = self._document(cell, language_id, version, text)
        self._cells[uri] = [cell for cell, *_ in cells]
        return self.rebuild(uri)

    def splice_cells(
        self,
        uri: str,
        at: int,
        gone: int,
        cells: list[tuple[str, str | None, int, str]],
        now: float,
    ) -> list[str]:
        """Replace `gone` cells from `at` by `cells`; returns the URIs of those now closed.

        A cell with the language None is one we have: it was moved.
        """
        before = self._cells[uri]
        after = [*before[:at], *(cell for cell, *_ in cells), *before[at + gone :]]
        for cell, language_id, version, text in cells:
            if language_id is not None:
                document = self.open[cell] = self._document(cell, language_id, version, text)
                document.authors = came(document.snapshot, now)
        self._cells[uri] = after
        closed = [cell for cell in before if cell not in after]
        for cell in closed:
            self.open.pop(cell, None)
            self._unit_of.pop(cell, None)
        return closed

    def remove_notebook(self, uri: str) -> list[str]:
        """Close a notebook; returns the URIs of its cells."""
        cells = self._cells.pop(uri, [])
        for cell in cells:
            self.open.pop(cell, None)
            self._unit_of.pop(cell, None)
        self.units.pop(uri, None)
        return cells

    def rebuild(self, uri: str) -> Unit:
        """Put a notebook's text together anew."""
        parts: list[Part] = []
        texts: list[str] = []
        at = 0
        language = "python"
        for cell in self._cells[uri]:
            document = self.open.get(cell)
            if document is None or document.snapshot.language == "text":
                continue  # a Markdown cell
            language = document.snapshot.language
            parts.append(Part(document, at))
            texts.append(_quiet_magics(document.snapshot.text) + "\n")
            at += len(texts[-1])
            self._unit_of[cell] = uri
        old = self.units.get(uri)
        version = old.snapshot.version + 1 if old else 1
        snapshot = Snapshot(uri, language, version, "".join(texts), self._path_of(uri))
        unit = old or Unit(uri, parts, snapshot)
        unit.parts, unit.snapshot = parts, snapshot
        self.units[uri] = unit
        return unit

    def _document(self, uri: str, language_id: str, version: int, text: str) -> Document:
        language = languages.named(language_id)
        if language is languages.TEXT:
            language = languages.of_path(uri.partition("#")[0])
        return Document(Snapshot(uri, language.name, version, text, self._path_of(uri)))


def _quiet_magics(text: str) -> str:
    """The text with IPython's `%` and `!` lines made comments of the same length."""
    return _MAGIC.sub(lambda match: match[0][:-1] + "#", text)
