"""TypeScript."""

from __future__ import annotations

from vetline_analyzers.languages import CURLY_OPAQUE, CURLY_SYMBOL, Language


def _grammar() -> object:
    import tree_sitter_typescript  # noqa: PLC0415 - a grammar is loaded when its first text comes

    return tree_sitter_typescript.language_typescript()


LANGUAGE = Language(
    name="typescript",
    suffixes=(".ts", ".mts", ".cts"),
    comment="//",
    grammar=_grammar,
    opaque=CURLY_OPAQUE,
    symbol=CURLY_SYMBOL,
)
