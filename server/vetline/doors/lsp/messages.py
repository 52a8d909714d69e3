"""Our own messages, as types; docs/protocol.md is their contract."""

from __future__ import annotations

import attrs
from lsprotocol import types  # noqa: TC002 - cattrs reads the annotations when it runs

DID_INSERT = "vetline/didInsert"
PROVENANCE = "vetline/provenance"
PROVENANCE_CHANGED = "vetline/provenanceChanged"  # server to client: {"uri"}


@attrs.define
class DidInsertParams:
    """What a client says of an insertion; docs/protocol.md is its contract."""

    text_document: types.OptionalVersionedTextDocumentIdentifier
    range: types.Range
    source: str = ""
    agent: str = ""
    model: str = ""
    session: str = ""
    turn: str = ""


@attrs.define
class DidInsertNotification:
    """The notification `vetline/didInsert`."""

    params: DidInsertParams
    method: str = DID_INSERT
    jsonrpc: str = "2.0"


@attrs.define
class ProvenanceParams:
    """Asks what is known of a document's lines."""

    text_document: types.TextDocumentIdentifier


@attrs.define
class ProvenanceRequest:
    """The request `vetline/provenance`."""

    id: int | str
    params: ProvenanceParams
    method: str = PROVENANCE
    jsonrpc: str = "2.0"


TYPES = {DID_INSERT: DidInsertNotification, PROVENANCE: ProvenanceRequest}
