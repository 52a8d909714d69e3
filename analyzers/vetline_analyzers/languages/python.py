"""Python."""

from __future__ import annotations

import re

from vetline_analyzers.languages import Language

_OPAQUE = re.compile(  # strings and comments; one that is not closed ends with its line or the text
    r'#[^\r\n]*|"""[^"\\]*(?:(?:\\(?:.|\Z)|"(?!""))[^"\\]*)*(?:"""|\Z)'
    r"|'''[^'\\]*(?:(?:\\(?:.|\Z)|'(?!''))[^'\\]*)*(?:'''|\Z)"
    r'|"[^"\\\n]*(?:\\(?:.|\Z)[^"\\\n]*)*"?'
    r"|'[^'\\\n]*(?:\\(?:.|\Z)[^'\\\n]*)*'?",
    re.DOTALL,
)


def _grammar() -> object:
    import tree_sitter_python  # noqa: PLC0415 - a grammar is loaded when its first text comes

    return tree_sitter_python.language()


LANGUAGE = Language(
    name="python",
    suffixes=(".py", ".pyi", ".pyw"),
    grammar=_grammar,
    opaque=_OPAQUE,
    symbol=re.compile(r"\s*(?:async\s+def|def|class)\s+(?P<name>\w+)"),
)
