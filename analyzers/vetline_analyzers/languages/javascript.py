"""JavaScript, with JSX."""

from __future__ import annotations

from vetline_analyzers.languages import CURLY_OPAQUE, CURLY_SYMBOL, Language


def _grammar() -> object:
    import tree_sitter_javascript  # noqa: PLC0415 - a grammar is loaded when its first text comes

    return tree_sitter_javascript.language()


LANGUAGE = Language(
    name="javascript",
    suffixes=(".js", ".jsx", ".mjs", ".cjs"),
    comment="//",
    grammar=_grammar,
    opaque=CURLY_OPAQUE,
    symbol=CURLY_SYMBOL,
    language_ids=("javascriptreact",),
)
