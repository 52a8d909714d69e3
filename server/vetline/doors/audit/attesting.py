"""Events as attestations: an in-toto statement about them, a CycloneDX 1.6 document with declarations. Pure.

The Python library of CycloneDX knows no declarations (as of 11.12), so the document is made by hand; tests hold it to the
library's copy of the schema.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from vetline import __version__, review
from vetline.doors.audit import choosing, telling
from vetline.formats import whole
from vetline.ledger import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vetline.ledger import AuditEvent

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_STATEMENT = "https://in-toto.io/Statement/v1"
_PREDICATE = "urn:vetline:ledger:v1"
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_AT = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[012][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z")
_REPOSITORY = "repository"  # the reference of the component that claims are made of
# What a project that is gated by Vetline is held to: the identifier, the title, and the events that show it.
_REQUIREMENTS = (
    ("gate", "Code passes the gate before it is accepted", (Kind.GATE_JUDGED,)),
    (
        "review",
        "A person other than its author reviews sensitive code",
        (Kind.REVIEW_APPROVED, Kind.REVIEW_REJECTED),
    ),
    (
        "provenance",
        "It is recorded which lines an AI wrote",
        (Kind.INSERTION, Kind.EDIT_REPORTED, Kind.EDIT_DENIED),
    ),
)


def in_toto(events: Sequence[AuditEvent]) -> dict[str, Any]:
    """A statement (v1) about the last of the events and the commits they name; the predicate has them all."""
    last = events[-1]
    subjects = [{"name": f"vetline-event-{last.seq}", "digest": {"sha256": last.hash}}]
    subjects += [
        {"name": f"commit-{commit[:12]}", "digest": {"gitCommit": commit}}
        for commit in _commits(events)
    ]
    return {
        "_type": _STATEMENT,
        "subject": subjects,
        "predicateType": _PREDICATE,
        "predicate": {"events": [telling.as_data(event) for event in events]},
    }


def cyclonedx(events: Sequence[AuditEvent], at: str) -> dict[str, Any]:
    """A document whose declarations say which requirement is met and which events show it.

    Args:
        events: the evidence.
        at: the time of writing.
    """
    parts = [_claims(name, title, kinds, events) for name, title, kinds in _REQUIREMENTS]
    claims = [claim for made, _ in parts for claim in made]
    shown = {ref for claim in claims for ref in (*claim["evidence"], *claim["counterEvidence"])}
    reviewers = sorted({event.actor for event in events if event.kind in _DECISIONS})
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": at,
            "tools": {
                "components": [{"type": "application", "name": "vetline", "version": __version__}]
            },
        },
        "definitions": {"standards": [_standard()]},
        "declarations": {
            "assessors": [
                {
                    "bom-ref": "assessor-gate",
                    "thirdParty": False,
                    "organization": {"name": "Vetline"},
                },
                *(
                    {
                        "bom-ref": f"assessor-{number}",
                        "thirdParty": False,
                        "organization": {"name": _name(actor), "contact": [_contact(actor)]},
                    }
                    for number, actor in enumerate(reviewers, 1)
                ),
            ],
            "attestations": [
                {
                    "summary": "What the ledger shows of the requirements",
                    "assessor": "assessor-gate",
                    "map": [mapped for _, mapped in parts],
                }
            ],
            "claims": claims,
            "evidence": [_evidence(event) for event in events if _ref(event) in shown],
            "targets": {
                "components": [{"type": "application", "name": _REPOSITORY, "bom-ref": _REPOSITORY}]
            },
        },
    }


_DECISIONS = {Kind.REVIEW_APPROVED, Kind.REVIEW_REJECTED}


def _standard() -> dict[str, Any]:
    return {
        "bom-ref": "standard",
        "name": "Vetline",
        "version": "1",
        "description": "What code that an AI wrote goes through before it is accepted",
        "requirements": [
            {"bom-ref": f"requirement-{name}", "identifier": name, "title": title}
            for name, title, _ in _REQUIREMENTS
        ],
    }


def _claims(
    name: str, title: str, kinds: Sequence[str], events: Iterable[AuditEvent]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The claim that a requirement is met, where there is anything to show, and how it is mapped to it."""
    shown = [event for event in events if event.kind in kinds]
    mapped: dict[str, Any] = {"requirement": f"requirement-{name}", "claims": []}
    if not shown:
        rationale = "No event in this export is about it"
        return [], mapped | {"conformance": {"score": 0, "rationale": rationale}}
    against = [event for event in shown if choosing.word(event, "verdict") == "block"]
    claim = {
        "bom-ref": f"claim-{name}",
        "target": _REPOSITORY,
        "predicate": title,
        "evidence": [_ref(event) for event in shown if event not in against],
        "counterEvidence": [_ref(event) for event in against],
    }
    conformance: dict[str, Any] = {"rationale": f"{len(shown)} events are about it"}
    if name == "gate":
        passes = shown[-1] not in against
        verdict = "let it pass" if passes else "blocked it"
        rationale = f"The last of {len(shown)} verdicts {verdict}; {len(against)} blocked"
        conformance = {"score": int(passes), "rationale": rationale}
    mapped["claims"] = [claim["bom-ref"]]
    return [claim], mapped | {"conformance": conformance}


def _evidence(event: AuditEvent) -> dict[str, Any]:
    return {
        "bom-ref": _ref(event),
        "propertyName": f"vetline:{whole(event.kind)}",
        "description": whole(
            f"Event {event.seq} of the ledger: {event.kind} {event.subject}".strip()
        ),
        "data": [
            {
                "name": "event",
                "classification": "audit",
                "contents": {
                    "attachment": {
                        "contentType": "application/json",
                        "content": json.dumps(telling.as_data(event)),
                    }
                },
            }
        ],
        **({"created": event.at} if _AT.fullmatch(event.at) else {}),
        "author": _contact(event.actor),
    }


def _ref(event: AuditEvent) -> str:
    # Several ledgers may have an event of one number.
    return f"event-{event.seq}-{event.hash[:12]}"


def _contact(actor: str) -> dict[str, str]:
    return {"name": _name(actor)}


def _name(actor: str) -> str:
    return whole(review.display_name(actor)) or "unknown"


def _commits(events: Iterable[AuditEvent]) -> list[str]:
    told = (choosing.word(event, "commit") for event in events)
    return sorted({commit for commit in told if _COMMIT.fullmatch(commit)})
