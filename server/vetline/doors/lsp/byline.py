"""Who wrote a line, in words for a person who points at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline import review
from vetline.formats import visible
from vetline.provenance import Origin, State, Tier

if TYPE_CHECKING:
    from vetline.provenance import Attribution

_LONGEST = 60  # characters of a name that is shown
_WORDS = {State.AI: "**AI**", State.MIXED: "**Partly AI**", State.HUMAN: "Typed"}
_TIERS = {
    Tier.REPORTED: "reported by the agent",
    Tier.OBSERVED: "seen by the editor",
    Tier.IMPORTED: "imported",
}


def byline(said: Attribution) -> str:
    """Who wrote a line, as a line of Markdown; "" when that is not known."""
    origin = said.origin or Origin(Tier.SUSPECTED)
    if not (said.state.touched or said.state is State.HUMAN):
        return ""
    if said.state is State.SUSPECT_AI:
        return "**Perhaps AI**: much came at once, and nobody said where from"
    who = " ".join(_code(word) for word in (origin.agent, origin.model) if word)
    about = [
        _WORDS[said.state] + (f": {who}" if who else ""),
        f"{'by' if said.state is State.HUMAN else 'for'} {_code(review.display_name(origin.human))}"
        if origin.human
        else "",
        origin.at[:16].replace("T", " "),
        f"session {_code(origin.session)}" if origin.session else "",
        _TIERS.get(origin.tier, "") if said.state.touched else "",
    ]
    return " · ".join(filter(None, about))


def _code(word: str) -> str:
    """A word from outside, as code, in which nothing is Markdown."""
    shown = visible(word).replace("`", "'")
    return f"`{shown[:_LONGEST]}…`" if len(shown) > _LONGEST else f"`{shown}`"
