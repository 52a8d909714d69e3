"""Our own messages, as types; docs/protocol.md is their contract."""

from __future__ import annotations

import attrs
from lsprotocol import types  # noqa: TC002 - cattrs reads the annotations when it runs

DID_INSERT = "vetline/didInsert"


@attrs.define
class DidInsertParams:
    """What a client says of an insertion; docs/protocol.md is its contract."""

    text_document: types.OptionalVersionedTextDocumentIdentifier
    range: types.Range
    source: str = ""
    agent: str = ""
    model: str = ""


@attrs.define
class DidInsertNotification:
    """The notification `vetline/didInsert`."""

    params: DidInsertParams
    method: str = DID_INSERT
    jsonrpc: str = "2.0"


TYPES = {DID_INSERT: DidInsertNotification}
