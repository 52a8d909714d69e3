"""What was hidden, as a message may show it: short, on one line, visible, and without any secret."""

from __future__ import annotations

import re
from functools import lru_cache

from vetline_analyzers import shapes, tokens
from vetline_analyzers.secret import values
from vetline_analyzers.secret.detector import Passage

_SHOWN = 80  # characters of a hidden message that are told
_LOOKED_AT = 600  # characters in which secrets are looked for before it is cut
_MASK = "[secret]"
_WORD = re.compile(r"[^\s\"'`=,;()<>\[\]{}]{16,}")
_ADDRESS = re.compile(r"[a-z]{2,10}://[\w.-]+(?:/[\w./-]*)?", re.IGNORECASE)


@lru_cache(maxsize=512)
def shown(text: str) -> str:
    """A hidden text for a message, in quotation marks, its secrets masked."""
    plain = " ".join(text[:_LOOKED_AT].split())
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in plain)
    plain = _without_secrets(plain)
    cut = plain[:_SHOWN].rstrip()
    return f"“{cut}{'…' if len(plain) > len(cut) or len(text) > _LOOKED_AT else ''}”"


def _without_secrets(line: str) -> str:
    lower = line.lower()
    passage = Passage(line, 0, len(line), bare=True)
    detectors = (*(one.detector for one in tokens.formats()), *shapes.detectors())
    spans = [
        (hit.start, hit.end)
        for detector in detectors
        if any(anchor in lower for anchor in detector.anchors)
        for hit in detector.find(passage)
    ]
    spans += [m.span() for m in _WORD.finditer(line) if _is_opaque(m[0])]
    for start, end in sorted(spans, reverse=True):
        line = f"{line[:start]}{_MASK}{line[end:]}"
    return line


def _is_opaque(word: str) -> bool:
    """Whether a word could be a secret of a kind that no detector knows."""
    return not _ADDRESS.fullmatch(word) and values.is_random(f"{word:x<20}")
