"""Lines at the end of a commit's message by which an agent says that it took part.

They speak of the commit as a whole and are easily lost or copied: a flag, never evidence about a line.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_LINES = 50  # of a message's end
_LONGEST = 500  # characters of a line
_TRAILER = re.compile(r"(?P<key>[A-Za-z][A-Za-z-]{2,30})[ \t]*:[ \t]*(?P<value>\S.*)")
_PERSON = re.compile(r"(?P<name>[^<>]*?)[ \t]*<(?P<mail>[^<>\s]+)>")
_KINDS = {"co-authored-by", "assisted-by", "generated-by"}
# Where agents' addresses end, and who they are.
_ADDRESSES = {
    "noreply@anthropic.com": "claude-code",
    "cursoragent@cursor.com": "cursor",
    "codex@openai.com": "codex",
    "noreply@openai.com": "codex",
    "+copilot@users.noreply.github.com": "copilot",
    "+gemini-code-assist[bot]@users.noreply.github.com": "gemini-cli",
    "+devin-ai-integration[bot]@users.noreply.github.com": "devin",
    "+factory-droid[bot]@users.noreply.github.com": "factory-droid",
    "noreply@windsurf.com": "windsurf",
    "noreply@codeium.com": "windsurf",
}
_NAMES = {
    "claude": "claude-code",
    "claude code": "claude-code",
    "copilot": "copilot",
    "github copilot": "copilot",
    "cursor": "cursor",
    "codex": "codex",
    "gemini": "gemini-cli",
    "gemini cli": "gemini-cli",
    "windsurf": "windsurf",
}


class Trailer(NamedTuple):
    """What a trailer says.

    Attributes:
        agent: our name for the agent, else the one it is given there.
        model: the model's name; "" when not said.
        kind: "co-authored-by", "assisted-by" or "generated-by".
    """

    agent: str
    model: str
    kind: str


def trailers(message: str) -> list[Trailer]:
    """What the trailers of a commit's message say of agents, in their order."""
    found = []
    for line in message.rstrip().splitlines()[-_LINES:]:
        match = _TRAILER.fullmatch(line[:_LONGEST].strip())
        kind = match["key"].lower() if match else ""
        if match is None or kind not in _KINDS:
            continue
        read = _co_author if kind == "co-authored-by" else _tool
        if said := read(match["value"], kind):
            found.append(said)
    return found


def _co_author(value: str, kind: str) -> Trailer | None:
    """An agent by its address; people have others, whatever their names."""
    person = _PERSON.fullmatch(value)
    if person is None:
        return None
    mail = person["mail"].lower()
    agent = next((name for end, name in _ADDRESSES.items() if mail.endswith(end)), "")
    if not agent:
        return None
    first, _, model = person["name"].partition(" ")
    return Trailer(agent, f"{first} {model}" if model and first == "Claude" else model, kind)


def _tool(value: str, kind: str) -> Trailer:
    """`AGENT:MODEL [TOOL]`, `AGENT / MODEL` or `AGENT (MODEL)`."""
    value = re.sub(r"[ \t]*\[[^\]]*\]", "", value)
    value = re.sub(r"[ \t]*<[^<>]*>$", "", value)
    agent, *rest = (part.strip() for part in re.split(r"([:/(])", value, maxsplit=1))
    mark, model = rest or ("", "")
    # After a colon stands one word; the kernel names tools behind it.
    words = model.split()[:1] if mark == ":" else model.removesuffix(")").split()
    return Trailer(_NAMES.get(agent.lower(), agent), " ".join(words), kind)
