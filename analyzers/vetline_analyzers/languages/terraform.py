"""Terraform and OpenTofu."""

from __future__ import annotations

import re

from vetline_analyzers.languages import Language


def _grammar() -> object:
    import tree_sitter_hcl  # noqa: PLC0415 - a grammar is loaded when its first text comes

    return tree_sitter_hcl.language()


LANGUAGE = Language(
    name="terraform",
    suffixes=(".tf", ".tofu"),
    grammar=_grammar,
    symbol=re.compile(
        r'(?:resource|data)\s+"\w+"\s+"(?P<block>[\w-]+)"|module\s+"(?P<module>[\w-]+)"'
    ),
    language_ids=("opentofu", "tf"),
)
