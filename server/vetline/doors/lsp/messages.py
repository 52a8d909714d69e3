"""Our own messages, as types; docs/protocol.md is their contract."""

from __future__ import annotations

import attrs
from lsprotocol import types  # noqa: TC002 - cattrs reads the annotations when it runs

DID_INSERT = "vetline/didInsert"
POSTURE = "vetline/posture"
PROVENANCE = "vetline/provenance"
PROVENANCE_CHANGED = "vetline/provenanceChanged"  # server to client: {"uri"}
REVIEW = "vetline/review"
REVIEWS_CHANGED = "vetline/reviewsChanged"  # server to client: {}
SESSIONS = "vetline/sessions"
STATUS = "vetline/status"  # server to client: {"state"}
SHOWN = {"shown": True}  # the data of an error that the person was told of already
# What `initialize` tells of it.
SPOKEN = {
    "version": 1,
    "requests": [POSTURE, PROVENANCE, REVIEW, SESSIONS],
    "notifications": [DID_INSERT, PROVENANCE_CHANGED, REVIEWS_CHANGED, STATUS],
}


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


@attrs.define
class PostureParams:
    """Asks for the page on how a project stands."""

    uri: str | None = None


@attrs.define
class PostureRequest:
    """The request `vetline/posture`."""

    id: int | str
    params: PostureParams
    method: str = POSTURE
    jsonrpc: str = "2.0"


@attrs.define
class ReviewParams:
    """Asks for all that a person who decides on a review has to see."""

    request: str
    uri: str | None = None


@attrs.define
class ReviewRequest:
    """The request `vetline/review`."""

    id: int | str
    params: ReviewParams
    method: str = REVIEW
    jsonrpc: str = "2.0"


@attrs.define
class SessionsParams:
    """Asks for the agents' sessions that are known, of one project or of all."""

    uri: str | None = None


@attrs.define
class SessionsRequest:
    """The request `vetline/sessions`."""

    id: int | str
    params: SessionsParams
    method: str = SESSIONS
    jsonrpc: str = "2.0"


TYPES = {
    DID_INSERT: DidInsertNotification,
    POSTURE: PostureRequest,
    PROVENANCE: ProvenanceRequest,
    REVIEW: ReviewRequest,
    SESSIONS: SessionsRequest,
}
