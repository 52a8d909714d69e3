"""Code actions: what a person can do about a finding.

Each finding offers its fix where there is one, what can be done about its package, a human review, a suppression
with a reason, and the rule's page. Only a safe fix is preferred; silencing never is. A document offers all its safe fixes at once.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import gate
from vetline.doors.lsp import exposure, packages
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.core.universe import of_purl
from vetline_analyzers.engine import suppression
from vetline_analyzers.engine.mending import fitting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vetline.doors.lsp.documents import Part, Unit
    from vetline.doors.lsp.exposure import Reach
    from vetline.doors.lsp.packages import Plan
    from vetline.doors.lsp.units import Units
    from vetline.gate import Policy, Sighting
    from vetline_analyzers.core.finding import Finding, Fix

REQUEST_REVIEW = "vetline.requestReview"
REQUEST_PACKAGE_REVIEW = "vetline.requestPackageReview"
OPEN_RULE_PAGE = "vetline.openRulePage"
LIST_REVIEWS = "vetline.listReviews"
SCAN_WORKSPACE = "vetline.scanWorkspace"
SAY_EXPOSED = "vetline.sayExposed"
QUICK_FIX = "quickfix"
FIX_ALL = "source.fixAll.vetline"
REVIEW = "review.vetline"


def wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Whether a client that asks for some kinds only, or for all of them, asks for this one."""
    return not only or any(part in ("", kind) or kind.startswith(f"{part}.") for part in only)


class Place(NamedTuple):
    """A document within its unit, as one client counts it, and what its edits may touch elsewhere."""

    unit: Unit
    part: Part
    units: Units
    reach: Reach

    @property
    def uri(self) -> str:
        """The document's URI."""
        return self.part.document.snapshot.uri


def of_sighting(
    place: Place, sighting: Sighting, diagnostics: Sequence[dict[str, Any]], *, resolve: bool
) -> list[dict[str, Any]]:
    """The actions for one finding.

    Args:
        place: where.
        sighting: the finding in its place.
        diagnostics: the client's diagnostics it answers, to be handed back.
        resolve: whether the client asks for edits later; else they are given at once.
    """
    finding = sighting.finding
    target = {"uri": place.uri, "fingerprint": finding.fingerprint}
    actions = _of_package(place, finding)
    if finding.fix is not None and not finding.meant:  # else it is among those
        fix: dict[str, Any] = {
            "title": f"Fix: {finding.fix.title}",
            "kind": QUICK_FIX,
            "isPreferred": finding.fix.safe,
            "data": {**target, "action": "fix"},
        }
        if finding.secret:
            told = {"title": "Say whether a commit holds it", "command": SAY_EXPOSED}
            fix["command"] = {**told, "arguments": [target]}
        actions.append(fix)
    actions.append(
        {
            "title": f"Request human security review: {finding.rule}",
            "kind": QUICK_FIX,
            "command": {
                "title": "Request human security review",
                "command": REQUEST_REVIEW,
                "arguments": [target],
            },
        }
    )
    if suppression.comment(place.part.document.snapshot, _local(finding, place)) is not None:
        actions.append(
            {
                "title": f"Suppress with reason…: {finding.rule}",
                "kind": QUICK_FIX,
                "data": {**target, "action": "suppress"},
            }
        )
    actions.append(
        {
            "title": f"Open rule page: {finding.rule}",
            "kind": QUICK_FIX,
            "command": {
                "title": "Open rule page",
                "command": OPEN_RULE_PAGE,
                "arguments": [finding.rule],
            },
        }
    )
    for action in actions:
        if diagnostics:
            action["diagnostics"] = list(diagnostics)
        if "data" in action and not resolve:
            action["edit"] = edit(place, finding, action.pop("data")["action"])
    return [action for action in actions if action.get("edit", True)]


def of_range(place: Place, span: Span, what: str) -> dict[str, Any]:
    """The action that asks for a review of what a range stands in, whatever was found there.

    Args:
        place: where.
        span: the range, in the document's own offsets.
        what: how a person calls what is to be reviewed.
    """
    target = {"uri": place.uri, "range": place.units.range(place.part.document.snapshot, span)}
    told = {"title": "Request human security review", "command": REQUEST_REVIEW}
    title = f"{told['title']} of {what}"
    return {"title": title, "kind": REVIEW, "command": {**told, "arguments": [target]}}


def _of_package(place: Place, finding: Finding) -> list[dict[str, Any]]:
    """What can be done about the package that a finding is on, and that somebody looks at it."""
    if of_purl(finding.package) is None:
        return []
    target = {"uri": place.uri, "fingerprint": finding.fingerprint}
    offers = packages.offers(place.unit.snapshot, finding, place.reach)
    actions: list[dict[str, Any]] = [
        {"title": title, "kind": QUICK_FIX, "data": {**target, "action": word}}
        for word, title in offers
    ]
    title = f"Ask security to vet this package: {finding.package}"
    vet = {"title": title, "command": REQUEST_PACKAGE_REVIEW, "arguments": [target]}
    return [*actions, {"title": title, "kind": QUICK_FIX, "command": vet}]


def edit(place: Place, finding: Finding, action: str) -> dict[str, Any] | None:
    """The workspace edit of an action: "fix", "suppress" or one of `packages`; None when it no longer applies."""
    snapshot = place.part.document.snapshot
    if action in packages.ACTIONS:
        return _planned(place, packages.plan(place.unit.snapshot, finding, action, place.reach))
    if action != "fix":
        comment = suppression.comment(snapshot, _local(finding, place))
        return _changes(place, [comment]) if comment is not None else None
    if finding.fix is None or (made := _by_document(place, finding.fix.edits)) is None:
        return None
    lines = finding.fix.additions
    versions = _versions(place)
    return exposure.extended(made, versions, lines, place.reach, place.units) if lines else made


def _planned(place: Place, plan: Plan | None) -> dict[str, Any] | None:
    """The workspace edit of a plan; None without one, or where an edit of it fits in no document."""
    if plan is None:
        return None
    own = _by_document(place, plan.here) if plan.here else {"changes": {}}
    if own is None:
        return None
    others = {
        snapshot.uri: [
            {"range": place.units.range(snapshot, span), "newText": text} for span, text in edits
        ]
        for snapshot, edits in plan.there
    }
    return exposure.together(own["changes"], _versions(place), others, plan.new)


def _versions(place: Place) -> dict[str, int]:
    return {p.document.snapshot.uri: p.document.snapshot.version for p in place.unit.parts}


def safe_fixes(place: Place, sightings: Iterable[Sighting], policy: Policy) -> list[Fix]:
    """The safe fixes of a document's findings that are shown, in the document's own offsets."""
    whole = Span(0, len(place.part.document.snapshot.text))
    fixes = (_local(s.finding, place).fix for s in sightings if gate.shown(s, policy))
    return [
        fix
        for fix in fixes
        # Of a notebook: what lies in this cell, all of it.
        if fix and fix.safe and all(whole.contains(edit.span) for edit in fix.edits)
    ]


def fix_all(place: Place, version: int, count: int) -> dict[str, Any]:
    """The action that makes so many fixes at once; its edit is to be filled in."""
    return {
        "title": f"Fix all that can be fixed safely ({count})",
        "kind": FIX_ALL,
        "data": {"uri": place.uri, "version": version, "action": "fixAll"},
    }


def all_edits(place: Place, fixes: Sequence[Fix], done: Iterable[int]) -> dict[str, Any]:
    """The workspace edit of those fixes whose numbers are in `done`."""
    snapshot = place.part.document.snapshot
    _, native = fitting(snapshot, [fixes[number] for number in done])
    edits = sorted({edit for own in native.values() for edit in own})
    return _changes(place, edits)


def _changes(place: Place, edits: Iterable[Edit]) -> dict[str, Any]:
    snapshot = place.part.document.snapshot
    changes = [
        {"range": place.units.range(snapshot, edit.span), "newText": edit.text} for edit in edits
    ]
    # `changes`, not `documentChanges`: every client has it.
    return {"changes": {place.uri: changes}}


def _by_document(place: Place, edits: Iterable[Edit]) -> dict[str, Any] | None:
    """The workspace edit of a unit's edits: of a notebook each in its cell; None when one fits in none."""
    changes: dict[str, list[dict[str, Any]]] = {}
    parts = place.unit.parts
    for span, text in edits:
        document, start = parts[max(bisect_right(parts, span.start, key=lambda p: p.start) - 1, 0)]
        own, snapshot = span.shifted(-start), document.snapshot
        if not Span(0, len(snapshot.text)).contains(own):
            return None
        edit = {"range": place.units.range(snapshot, own), "newText": text}
        changes.setdefault(snapshot.uri, []).append(edit)
    return {"changes": changes} if changes else None


def _local(finding: Finding, place: Place) -> Finding:
    """The finding in the document's own offsets."""
    from vetline.doors.lsp.documents import carried

    if place.part.start == 0:
        return finding
    moved = carried(finding, Edit(Span(0, place.part.start), ""))
    return moved if moved is not None else finding
