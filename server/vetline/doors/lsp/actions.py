"""Code actions: what a person can do about a finding.

Each finding offers its fix where there is one, a human review, a suppression with a reason, and the
rule's page. Only a safe fix is preferred; silencing never is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from vetline_analyzers.core.text import Edit
from vetline_analyzers.engine import suppression

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vetline.doors.lsp.documents import Part, Unit
    from vetline.doors.lsp.units import Units
    from vetline.gate import Sighting
    from vetline_analyzers.core.finding import Finding

REQUEST_REVIEW = "vetline.requestReview"
OPEN_RULE_PAGE = "vetline.openRulePage"
SHOW_REVIEW = "vetline.showReview"
SCAN_WORKSPACE = "vetline.scanWorkspace"
QUICK_FIX = "quickfix"


class Place(NamedTuple):
    """A document within its unit, as one client counts it."""

    unit: Unit
    part: Part
    units: Units

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
    actions: list[dict[str, Any]] = []
    if finding.fix is not None:
        actions.append(
            {
                "title": f"Fix: {finding.fix.title}",
                "kind": QUICK_FIX,
                "isPreferred": finding.fix.safe,
                "data": {**target, "action": "fix"},
            }
        )
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
    return actions


def edit(place: Place, finding: Finding, action: str) -> dict[str, Any] | None:
    """The workspace edit of an action ("fix" or "suppress"); None when it no longer applies."""
    snapshot = place.part.document.snapshot
    local = _local(finding, place)
    if action == "fix":
        edits = list(local.fix.edits) if local.fix is not None else []
    else:
        comment = suppression.comment(snapshot, local)
        edits = [comment] if comment is not None else []
    if not edits:
        return None
    changes = [
        {"range": place.units.range(snapshot, part.span), "newText": part.text} for part in edits
    ]
    # `changes`, not `documentChanges`: every client has it.
    return {"changes": {place.uri: changes}}


def _local(finding: Finding, place: Place) -> Finding:
    """The finding in the document's own offsets."""
    from vetline.doors.lsp.documents import carried
    from vetline_analyzers.core.text import Span

    if place.part.start == 0:
        return finding
    moved = carried(finding, Edit(Span(0, place.part.start), ""))
    return moved if moved is not None else finding
