"""Who wrote which characters of a text, and how that is known. Pure: no disk, no clock, no editor.

Characters that nothing is known of are nobody's: the absence of evidence is never evidence of a human.
"""

from __future__ import annotations

from vetline.provenance.changes import Change
from vetline.provenance.claims import Claim, claim
from vetline.provenance.origin import UNKNOWN, Attribution, Origin, State, Tier
from vetline.provenance.replay import replay
from vetline.provenance.state import from_json, from_marks, to_json
from vetline.provenance.tracker import Tracker
from vetline.provenance.view import line_json

__all__ = [
    "UNKNOWN",
    "Attribution",
    "Change",
    "Claim",
    "Origin",
    "State",
    "Tier",
    "Tracker",
    "claim",
    "from_json",
    "from_marks",
    "line_json",
    "replay",
    "to_json",
]
