"""Characters that choose a glyph, where there is none to choose: they can carry any bytes."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Rule, Severity
from vetline_analyzers.core.text import Span
from vetline_analyzers.hidden import decoding
from vetline_analyzers.hidden.excerpt import shown
from vetline_analyzers.hidden.removal import without
from vetline_analyzers.hidden.source import Carrier, Trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.hidden.source import Source

_RULE = Rule(
    id="text/variation-selectors",
    title="Variation selectors that select nothing",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(1007, 94),
    page="""
A run of variation selectors, or one behind a character that has no variants, is invisible and can carry any
bytes: code that a decoder on the next line runs, or orders to a language model.
""",
    attack="Carries a program in characters that nobody sees, and decodes and runs it with one harmless line.",
    advice="Remove them, and find out who put them there.",
    bad=(
        'data = "x\U000e0120\U000e0131\U000e0142"\n',
        'data = "\u2764\ufe0f\ufe01\ufe02"\n',
        'data = "a\ufe05"\n',
    ),
    good=(
        'heart = "\u2764\ufe0f"\n',
        'kanji = "\u845b\U000e0100"\n',
        'key = "1\ufe0f\u20e3"\n',
    ),
)


def _find(source: Source) -> Iterator[Trace]:
    for match in source.runs("variation"):
        run = match[0]
        if len(run) == 1 and _selects(run, source.text[match.start() - 1 : match.start()]):
            continue
        said = decoding.from_variations(run)
        message = f"{len(run)} invisible variation selectors can carry a message: remove them."
        if said:
            message = f"Invisible variation selectors say {shown(said)}: remove them."
        yield Trace(*match.span(), message, without(source, Span(*match.span())))


def _selects(selector: str, before: str) -> bool:
    """Whether a selector chooses text or emoji style, harmless wherever it stands, or a glyph."""
    if selector in "\ufe0e\ufe0f":
        return True
    known = {"Lo", "Lm", "So", "Sm", "Mn", "Mc", "Po", "Pd", "Ps", "Pe"}
    return bool(before) and not before.isascii() and unicodedata.category(before) in known


CARRIER = Carrier(_RULE, _find)
