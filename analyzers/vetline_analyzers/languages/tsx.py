"""TypeScript with JSX, a grammar of its own."""

from __future__ import annotations

from vetline_analyzers.languages import CURLY_OPAQUE, CURLY_SYMBOL, Language


def _grammar() -> object:
    import tree_sitter_typescript  # noqa: PLC0415 - a grammar is loaded when its first text comes

    return tree_sitter_typescript.language_tsx()


LANGUAGE = Language(
    name="tsx",
    suffixes=(".tsx",),
    comment="//",
    grammar=_grammar,
    opaque=CURLY_OPAQUE,
    symbol=CURLY_SYMBOL,
    language_ids=("typescriptreact",),
)
