"""What is known of a stretch of text: where it came from, who says so, and what a line is for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple


class State(StrEnum):
    """What a line is, by the letters and digits on it.

    `unknown` is the absence of evidence, which is never evidence of a human; `suspect_ai` is unknown and
    came in bulk with nothing to explain it.
    """

    AI = "ai"
    MIXED = "mixed"
    HUMAN = "human"
    UNKNOWN = "unknown"
    SUSPECT_AI = "suspect_ai"

    @property
    def touched(self) -> bool:
        """Whether gates and scans treat it as an AI's: for security a miss is dearer than a look."""
        return self in _TOUCHED


_TOUCHED = frozenset({State.AI, State.MIXED, State.SUSPECT_AI})


class Tier(IntEnum):
    """How an origin is known, the best first; a better one is never overwritten by a worse."""

    REPORTED = 1  # an agent's hook said so, and its text was found
    OBSERVED = 2  # an editor's shim saw it happen
    IMPORTED = 3  # a git note, an Agent Trace record
    SUSPECTED = 4  # its size only


@dataclass(frozen=True, slots=True)
class Origin:
    """Where text came from. Digests and names only: neither code nor a prompt is in it.

    Attributes:
        tier: how it is known.
        agent: the tool, as it names itself ("claude-code"); "" when not said.
        model: the model's name; "" when not said.
        session: the agent's conversation.
        turn: what one prompt of the user set off.
        tool_call: the call of the agent's tool that wrote it.
        prompt: SHA-256 of the prompt, in hexadecimal.
        source: how it came in: "hook", "completion", "chat", "paste", "notes", …
        human: who was at the keyboard, "Name <address>" where git knows it.
        at: when, as `ledger.timestamp` writes it.
        event: the id of the record that reported it.
        modified: a person changed the proposal before it was written.
        ai: an AI wrote it; a paste or an undo that an editor saw is no AI's.
    """

    tier: Tier
    agent: str = ""
    model: str = ""
    session: str = ""
    turn: str = ""
    tool_call: str = ""
    prompt: str = ""
    source: str = ""
    human: str = ""
    at: str = ""
    event: str = ""
    modified: bool = False
    ai: bool = True

    def to_json(self) -> dict[str, Any]:
        """What is known, as JSON; what is not is left out."""
        return {
            name: int(value) if name == "tier" else value
            for name, value in asdict(self).items()
            if value != _DEFAULTS.get(name)
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Origin:
        """The origin that `to_json` gave; fields of newer versions are passed over.

        Raises:
            ValueError: its tier is missing or unknown.
        """
        known = {name: data[name] for name in _DEFAULTS if name in data}
        return cls(Tier(data.get("tier", 0)), **known)


_DEFAULTS = {field.name: field.default for field in fields(Origin) if field.name != "tier"}


class Attribution(NamedTuple):
    """What is said of a line, or of a stretch of text.

    Attributes:
        state: what it is.
        origin: the origin that most of its AI's letters are from; of a human line who typed it; else
            None.
    """

    state: State
    origin: Origin | None = None

    @property
    def agent(self) -> str:
        """The tool that wrote it; "" when none did or it is not known."""
        return self.origin.agent if self.origin else ""

    @property
    def model(self) -> str:
        """The model that wrote it; "" when none did or it is not known."""
        return self.origin.model if self.origin else ""

    def __str__(self) -> str:
        model = f"({self.model})" if self.model else ""
        who = " ".join(part for part in (self.agent, model) if part)
        word = _WORDS.get(self.state, self.state.upper())
        return f"{word}: {who}" if who else word


_WORDS = {State.SUSPECT_AI: "perhaps AI", State.MIXED: "partly AI"}
UNKNOWN = Attribution(State.UNKNOWN)
