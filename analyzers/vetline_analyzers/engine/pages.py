"""A rule's page as people see it: nothing hidden in it, and no whole secret.

The examples of some rules are secrets and invisible characters. A secret on a page, though invented,
sets off other people's scanners; what cannot be seen cannot be learnt from.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from unicodedata import name

from vetline_analyzers import languages
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Edit, Snapshot, apply

if TYPE_CHECKING:
    from vetline_analyzers.core.analyzer import Analyzer
    from vetline_analyzers.core.finding import Rule

_SHOWN = 4  # characters of a secret


def page(rule: Rule, secrets: Analyzer) -> str:
    """The rule's page in Markdown.

    Args:
        rule: the rule.
        secrets: the analyzer that knows a secret when it sees one.
    """
    return visible(_shown(rule, secrets).markdown(_mark(rule)))


def brief(rule: Rule, secrets: Analyzer) -> str:
    """What an editor shows of the page beside the code; the arguments are those of `page`."""
    return visible(_shown(rule, secrets).brief(_mark(rule)))


def _shown(rule: Rule, secrets: Analyzer) -> Rule:
    return replace(rule, bad=tuple(_cut(text, secrets) for text in rule.bad[:1]))


def _mark(rule: Rule) -> str:
    return languages.named(rule.language).comment or "#"


def _cut(text: str, secrets: Analyzer) -> str:
    spans = {f.span for f in secrets.analyze(Snapshot("", "python", 0, text), Facts(), {})}
    for span in sorted(spans, reverse=True):
        text = apply(text, [Edit(span, text[span.start : span.start + _SHOWN] + "…")])
    return text


def visible(text: str) -> str:
    """The text with characters that nobody sees written as `⟨U+202E⟩`."""
    return "".join(f"⟨U+{ord(char):04X}⟩" if _hidden(char) else char for char in text)


def _hidden(char: str) -> bool:
    # To Python a variation selector is printable.
    return char != "\n" and (not char.isprintable() or "VARIATION SELECTOR" in name(char, ""))
