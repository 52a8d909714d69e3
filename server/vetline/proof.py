"""Proofs: an event and what leads from it to an anchor, so that whoever has the anchor needs no ledger. Pure.

The hash of an event is over all of it and the hash before. So between an event and the anchored one a proof holds
every event whole but for its hashes, which whoever checks works out; an anchor at each commit keeps that short.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import anchors, ledger
from vetline.ledger import AuditEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vetline.anchors import Anchor

VERSION = 1
TYPE = "urn:vetline:proof:v1"
_BODY = ("actor", "at", "kind", "payload", "subject")


class ProofError(ValueError):
    """A proof proves nothing, or none can be made; the message is one line."""


class Proven(NamedTuple):
    """What a proof shows: that the event lay in the chain whose head the anchor names."""

    event: AuditEvent
    anchor: Anchor


def under(seq: int, chain: str, found: Iterable[Anchor]) -> Anchor | None:
    """The nearest anchor of a chain at or behind an event, a signed one first; None when there is none.

    Args:
        seq: the event's number.
        chain: the hash of the chain's first event.
        found: the anchors there are.
    """
    fit = [anchor for anchor in found if anchor.chain == chain and anchor.seq >= seq]
    return min(fit, key=lambda anchor: (anchor.seq, not anchor.signature), default=None)


def make(events: Iterable[AuditEvent], seq: int, anchor: Anchor) -> dict[str, Any]:
    """The proof, as JSON, that the event of the number `seq` lies under an anchor.

    Args:
        events: the whole chain.
        seq: the event's number.
        anchor: an anchor that this chain bears out.

    Raises:
        ProofError: the chain is broken between the two, so that nothing can be proved.
    """
    event, *between = islice(events, seq - 1, anchor.seq)
    proof = {
        "type": TYPE,
        "version": VERSION,
        "event": asdict(event),
        "between": [{name: getattr(each, name) for name in _BODY} for each in between],
        "anchor": anchors.to_json(anchor),
    }
    check(proof)
    return proof


def check(proof: object) -> Proven:
    """What a proof shows. Whether its anchor is a real one is for who asks to say.

    Raises:
        ProofError: it is damaged, of another version, or shows nothing.
    """
    if not isinstance(proof, dict) or proof.get("type") != TYPE or proof.get("version") != VERSION:
        raise ProofError("this is no proof that this version knows")
    try:
        event, anchor = _event(proof.get("event")), anchors.of_json(proof.get("anchor"))
        digest = _end(event, proof.get("between"), anchor.seq)
    except (RecursionError, TypeError):
        raise ProofError("the proof is damaged") from None
    except ProofError:
        raise
    except ValueError as error:
        raise ProofError(f"the proof is damaged: its anchor {error}") from None
    if digest != anchor.hash:
        raise ProofError(f"the events of the proof do not lead to its anchor {anchor.hash[:12]}")
    return Proven(event, anchor)


def _end(event: AuditEvent, between: object, last: int) -> str:
    """The hash that the last of the events must have had."""
    digest = ledger.digest(event)
    if event.hash != digest:
        raise ProofError(f"event {event.seq} is not what its hash was made of")
    if not isinstance(between, list) or event.seq + len(between) != last:
        raise ProofError(f"the proof does not lead from event {event.seq} to {last}")
    for seq, body in enumerate(between, event.seq + 1):
        digest = ledger.digest(replace(_body(body), seq=seq, prev_hash=digest))
    return digest


def _event(data: object) -> AuditEvent:
    body = _body(data)
    assert isinstance(data, dict)  # noqa: S101 - `_body` has looked
    seq, prev_hash, digest = data.get("seq"), data.get("prev_hash"), data.get("hash")
    if type(seq) is not int or not isinstance(prev_hash, str) or not isinstance(digest, str):
        raise ProofError("the proof is damaged: its event is none")
    return replace(body, seq=seq, prev_hash=prev_hash, hash=digest)


def _body(data: object) -> AuditEvent:
    words: Mapping[str, Any] = data if isinstance(data, dict) else {}
    payload = words.get("payload")
    texts = [words.get(name) for name in ("at", "actor", "kind", "subject")]
    if not isinstance(payload, dict) or not all(isinstance(text, str) for text in texts):
        raise ProofError("the proof is damaged: an event of it is none")
    at, actor, kind, subject = map(str, texts)
    return AuditEvent(0, at, actor, kind, subject, payload, "")
