"""The shape of a rule on declarative files, and what it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.finding import Fix, Rule
from vetline_analyzers.core.text import Edit
from vetline_analyzers.syntax.document.node import NOTHING, Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vetline_analyzers.core.finding import Confidence, Persona, Severity
    from vetline_analyzers.core.text import Span


class Instruction(NamedTuple):
    """An instruction of a Dockerfile.

    Attributes:
        name: in upper case.
        text: what stands behind the name, each character at its place, but for line continuations
            and the comments between them, which are blank.
        at: the offset of `text`.
        span: the place of the whole.
        stage: the number of its build stage, from 0; -1 before the first FROM.
    """

    name: str
    text: str
    at: int
    span: Span
    stage: int


@dataclass(frozen=True, slots=True)
class Document:
    """A file of a kind, or one of the documents in it.

    Attributes:
        kind: "dockerfile", "workflow", "action", "compose", "kubernetes", "terraform" or "agent".
        text: the whole file.
        path: where it is, relative to the project's root.
        root: the tree; empty of a Dockerfile.
        instructions: of a Dockerfile.
    """

    kind: str
    text: str
    path: str = ""
    root: Node = NOTHING
    instructions: tuple[Instruction, ...] = ()


class Report(NamedTuple):
    """What a rule says of a place.

    Attributes:
        message: one sentence: what is wrong here and what to do.
        span: where.
        fix: a change that mends it.
        severity, confidence, persona, tentative: when they differ from the rule's.
        secret: the characters under `span` are a secret.
    """

    message: str
    span: Span
    fix: Fix | None = None
    severity: Severity | None = None
    confidence: Confidence | None = None
    persona: Persona | None = None
    tentative: bool | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationRule(Rule):
    """A rule that looks at declarative files.

    Attributes:
        kinds: the kinds of document it is shown, see `Document`.
        check: says what is wrong in one.
    """

    kinds: tuple[str, ...]
    check: Callable[[Document], Iterable[Report]]


def put(node: Node, text: str, title: str, *, safe: bool) -> Fix:
    """The fix that writes `text` in the place of a scalar, between its quotes."""
    place = node.span._replace(start=node.at, end=node.at + len(node.text))
    return Fix(title, (Edit(place, text),), safe=safe)


def indent_at(text: str, offset: int) -> str:
    """The blank characters that a new line needs to stand under what starts at an offset."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    return " " * (offset - start)


def is_flow(document: Document, node: Node) -> bool:
    """Whether a mapping is written in braces, so that no line can be put into it."""
    return document.text[node.span.start : node.span.start + 1] == "{"
