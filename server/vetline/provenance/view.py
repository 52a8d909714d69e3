"""What is said of lines: the state that the owners of their letters come to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from vetline.provenance.changes import Change, Guess
from vetline.provenance.origin import UNKNOWN, Attribution, Origin, State, Tier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vetline.provenance.runs import Line

    Sources = Mapping[int, Origin | Change]

# Of several lines one finding touches, the one that needs most care speaks for all.
_CARE = (State.AI, State.MIXED, State.SUSPECT_AI, State.HUMAN, State.UNKNOWN)


def attributions(
    texts: Sequence[str], lines: Sequence[Line], sources: Sources
) -> list[Attribution]:
    """What is said of each line; a blank line has no state of its own but its neighbours'."""
    view = _View(sources)
    said = [view.of_line(text, line) for text, line in zip(texts, lines, strict=True)]
    return _filled(said, [view.of_owner(line.end) for line in lines])


def foremost(texts: Sequence[str], lines: Sequence[Line], sources: Sources) -> Attribution | None:
    """Of these lines' attributions the one that needs most care; None when nothing is known."""
    known = [
        line for line in attributions(texts, lines, sources) if line.state is not State.UNKNOWN
    ]
    return min(known, key=lambda line: _CARE.index(line.state), default=None)


def line_json(number: int, said: Attribution) -> dict[str, Any]:
    """What is said of the line with this number, from 1, as `vetline blame` and editors give it."""
    origin = said.origin
    return {
        "line": number,
        "state": str(said.state),
        "agent": said.agent,
        "model": said.model,
        "session": origin.session if origin else "",
        "turn": origin.turn if origin else "",
        "tool_call": origin.tool_call if origin else "",
        "tier": origin.tier.name.lower() if origin else None,
        "source": origin.source if origin else "",
        "human": origin.human if origin else "",
        "at": origin.at if origin else "",
        "prompt_digest": origin.prompt if origin else "",
        "modified": bool(origin and origin.modified),
    }


class _View:
    """The states of owners, each looked up once."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._known: dict[int, Attribution] = {0: UNKNOWN}

    def of_owner(self, owner: int) -> Attribution:
        found = self._known.get(owner)
        if found is None:
            found = self._known[owner] = _said(self._sources.get(owner))
        return found

    def of_line(self, text: str, line: Line) -> Attribution | None:
        """None for a blank line."""
        if len(line.runs) == 1:
            said = self.of_owner(line.runs[0][1])
            return said if text and not text.isspace() else None
        count = _count(text, line, _is_letter) or _count(text, line, _is_mark)
        if not count:
            return None
        states: dict[State, list[tuple[int, Attribution]]] = {}
        for owner, letters in count.items():
            said = self.of_owner(owner)
            states.setdefault(said.state, []).append((letters, said))
        ais = states.get(State.AI, []) + states.get(State.MIXED, [])
        if ais:
            origin = max(ais, key=lambda item: item[0])[1].origin
            pure = states.keys() == {State.AI}
            return Attribution(State.AI if pure else State.MIXED, origin)
        for state in (State.SUSPECT_AI, State.HUMAN):
            if state in states:
                return max(states[state], key=lambda item: item[0])[1]
        return max(states[State.UNKNOWN], key=lambda item: item[0])[1]


def _said(source: Origin | Change | None) -> Attribution:
    if isinstance(source, Origin):
        if source.ai:
            return Attribution(State.MIXED if source.modified else State.AI, source)
        if source.source == "typed":
            return Attribution(State.HUMAN, source)
        return Attribution(State.UNKNOWN, source)
    if source is None or source.guess is Guess.UNKNOWN:
        return UNKNOWN
    if source.guess is Guess.BULK:
        return Attribution(State.SUSPECT_AI, _SUSPECTED)
    at = datetime.fromtimestamp(source.at, UTC).isoformat(timespec="milliseconds")
    at = at.replace("+00:00", "Z")
    typist = Origin(Tier.OBSERVED, source="typed", ai=False, human=source.human, at=at)
    return Attribution(State.HUMAN, typist)


_SUSPECTED = Origin(Tier.SUSPECTED, source="bulk", ai=False)


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"


def _is_mark(character: str) -> bool:
    return not character.isspace()


def _count(text: str, line: Line, counts: Any) -> dict[int, int]:
    count: dict[int, int] = {}
    at = 0
    for length, owner in line.runs:
        letters = sum(map(counts, text[at : at + length]))
        if letters:
            count[owner] = count.get(owner, 0) + letters
        at += length
    return count


def _filled(said: list[Attribution | None], ends: list[Attribution]) -> list[Attribution]:
    """Blank lines get what their neighbours share, else what is said of who made them."""
    filled: list[Attribution] = []
    following: list[Attribution | None] = [None] * len(said)
    after: Attribution | None = None
    for number in range(len(said) - 1, -1, -1):
        following[number] = after
        after = said[number] or after
    for number, own in enumerate(said):
        if own is not None:
            filled.append(own)
            continue
        above = filled[-1] if filled else None
        below = following[number]
        alike = above is not None and below is not None and above.state is below.state
        filled.append(above if alike and above else ends[number])
    return filled
