"""What the gate is told beside findings: that what it rests on was changed, or cannot be trusted."""

from __future__ import annotations

from typing import NamedTuple


class Notice(NamedTuple):
    """Something that no finding says and that the gate has to know.

    Attributes:
        rule: what it is, as a rule's id: "gate/signers-changed".
        text: what was seen, one sentence without its full stop.
        way_out: what a person can do about it, one sentence; "" when there is nothing to do.
        blocks: nothing may pass while it stands; else it is only told.
        path: the file that it is about, relative to the repository's root; "" when it is about none.
    """

    rule: str
    text: str
    way_out: str = ""
    blocks: bool = True
    path: str = ""
