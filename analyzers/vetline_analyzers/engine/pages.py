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
from vetline_analyzers.engine.identity import join

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline_analyzers.core.analyzer import Analyzer
    from vetline_analyzers.core.finding import Rule

_SHOWN = 4  # characters of a secret


def page(rule: Rule, maskers: Iterable[Analyzer]) -> str:
    """The rule's page in Markdown.

    Args:
        rule: the rule.
        maskers: the analyzers that know a secret when they see one.
    """
    return visible(_shown(rule, maskers).markdown(_mark(rule)))


def brief(rule: Rule, maskers: Iterable[Analyzer]) -> str:
    """What an editor shows of the page beside the code; the arguments are those of `page`."""
    return visible(_shown(rule, maskers).brief(_mark(rule)))


def _shown(rule: Rule, maskers: Iterable[Analyzer]) -> Rule:
    return replace(rule, bad=tuple(_cut(text, maskers) for text in rule.bad[:1]))


def _mark(rule: Rule) -> str:
    return languages.named(rule.language).comment or "#"


def _cut(text: str, maskers: Iterable[Analyzer]) -> str:
    snapshot = Snapshot("", "python", 0, text)
    found = [f for analyzer in maskers for f in analyzer.analyze(snapshot, Facts(), {})]
    for span in reversed(join(finding.span for finding in found)):
        text = apply(text, [Edit(span, text[span.start : span.start + _SHOWN] + "…")])
    return text


def visible(text: str) -> str:
    """The text with characters that nobody sees written as `⟨U+202E⟩`."""
    return "".join(f"⟨U+{ord(char):04X}⟩" if _hidden(char) else char for char in text)


def _hidden(char: str) -> bool:
    # To Python a variation selector is printable.
    return char != "\n" and (not char.isprintable() or "VARIATION SELECTOR" in name(char, ""))
