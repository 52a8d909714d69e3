"""Prose that steers an agent: rules on its phrases, and what takes the sting out of a phrase.

A phrase counts where the text itself says it: not where it is quoted, forbidden, or listed as something to look for.
It is searched for in the lines that hold a word it needs, a paragraph being one line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.finding import Rule
from vetline_analyzers.core.regex import late
from vetline_analyzers.core.text import Span
from vetline_analyzers.secret.prefilter import Prefilter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vetline_analyzers.core.finding import Severity

_ANY_CASE = re.IGNORECASE
_WINDOW, _OVERLAP = 3_000, 600  # characters of a line that are looked at at once
_PATIENCE = 70_000  # characters that are looked at for one phrase
_BEFORE = 160  # characters before a phrase in which it may be taken back
_FENCE = late(r"^[ \t>]{0,20}(?P<mark>`{3,}|~{3,})", re.MULTILINE)
_HEADING = late(r"^(?:#{1,6}[ \t]+|\*\*)(?P<title>[^\n]{1,200})", re.MULTILINE)
# A line of prose that goes on on the next.
_WRAPPED = late(
    r"^(?![ \t]{0,9}[#|])(?P<line>[^\n]{0,2000}[^\s>|:.!?\\])[ \t]{0,9}\n(?=[ \t]{0,9}[^\W\d_(\"'`])",
    re.MULTILINE,
)
_SENTENCE = late(r"[.!?:]\s|[.!?。\uff01\uff1f]|\n|;\s|,\s(?=then\b|and then\b)")
_TAKEN_BACK = late(
    r"\b(?:never|not|don['\u2019]?t|doesn['\u2019]?t|mustn['\u2019]?t|cannot|can['\u2019]?t|won['\u2019]?t|refuse|reject|decline|avoid|without"
    r"|detect(?:s|ed|ing|ion)?|flag(?:s|ged)?|block(?:s|ed)?|prevent(?:s|ed)?|report(?:s|ed)?|guard(?:s)? against"
    r"|protect(?:s)? (?:against|from)|look(?:ing)? for|scan(?:s|ning)? for|check(?:s|ing)? for|watch for|beware"
    r"|attempts?|(?:may|might|could|can|would) (?:tell|ask|instruct|order|say)|tr(?:y|ies|ying) to|trick(?:s|ed|ing)?|attack(?:s|er|ers)?|malicious|injection|injected|jailbreaks?"
    r"|fiction(?:al)?|novel|story|imagines?|explain(?:s|ing)?|so-called|suspicious|untrusted|hijack\w{0,4}|adversar\w{1,4}|phrases? (?:like|such)|patterns? (?:like|such)|such as|e\.g"
    r"|example|instead of|rather than|if (?:an?|the|some|any)\w{0,4} [^\n]{1,60}(?:asks?|says?|tells?|contains?)"
    r"|risk|anti-?pattern|red flags?|bad|wrong|nie|niemals|nicht|jamais|nunca|não|никогда|不要|请勿|しない)\b"
    r"|❌|🚫|✗|⛔",
    _ANY_CASE,
)
_NOTHING = late(
    r"\b(?:(?:will|does|do|may|can|could|would) not (?:work|function|operate|run|be|start)|cannot (?:work|function|be|start)"
    r"|won['\u2019]?t (?:work|function|start)|without (?:this|it|that|running|installing|first)|not only|do not hesitate|don['\u2019]?t hesitate|don['\u2019]?t forget|do not forget|without fail)\b",
    _ANY_CASE,
)
_LOOKED_FOR = late(
    r"detect|attack|threat|inject|jailbreak|malicious|red flag|vulnerab|anti-?pattern|forbidden|prohibited|never"
    r"|don['\u2019]?t|do not|avoid|bad |wrong|examples? of|adversar|what to (?:look|watch|check)|security (?:rules|checks)"
    r"|risk|suspicious|scan",
    _ANY_CASE,
)
_QUOTES = late(
    r"\"[^\"\n]{1,400}\"|“[^”\n]{1,400}”|«[^»\n]{1,400}»|\u2018[^\u2019\n]{1,400}\u2019|「[^」\n]{1,400}」|(?<!\w)'[^'\n]{1,400}'(?!\w)|`[^`\n]{1,400}`"
)
_SECURITY = late(
    r"prompt[- ]injection|jailbreak|exfiltrat\w{1,4}|malicious|adversarial|red[- ]team\w{0,4}|threat model|attack (?:vector|surface)s?"
    r"|tool poisoning|owasp|guardrails?|vulnerabilit(?:y|ies)|pentest\w{0,4}|penetration test\w{0,4}|malware|phishing"
    r"|exploit\w{0,4}|detection rules?|payloads?|\bcve-\d|incident response|credential theft|reverse shells?",
    _ANY_CASE,
)
_KINDS = 4  # different words of the trade that make a text one about security
_OFTEN = 8  # of them, in all
_MOST = 50  # findings of one rule in one text
_TRIED = 500  # places where one phrase may stand
_EXAMPLES = ("|", ">", "-", "*", "+", "1", "2", "3", "4", "5", "6", "7", "8", "9", "`", '"')


class Phrase(NamedTuple):
    """What a rule looks for in a text.

    Attributes:
        pattern: matches it within a line.
        message: what is wrong with it and what to do, one sentence.
        in_code: it counts in a fenced block and in backticks, too, as a command does.
        severity: when it differs from the rule's.
        quoted: it counts in quotation marks, too.
        needs: words in lower case of which every line with a match holds one; no other line is searched.
    """

    pattern: re.Pattern[str]
    message: str
    in_code: bool = False
    severity: Severity | None = None
    quoted: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseRule(Rule):
    """A rule on phrases in texts that steer agents.

    Attributes:
        phrases: what it looks for; of several that match a place the first counts.
    """

    phrases: tuple[Phrase, ...]


class Found(NamedTuple):
    """A phrase and where it stands."""

    phrase: Phrase
    span: Span


class Words:
    """The words that phrases need, searched for in a text all at once."""

    def __init__(self, rules: Iterable[PhraseRule]) -> None:
        """Take the rules whose phrases will be searched for."""
        needed = {word for rule in rules for phrase in rule.phrases for word in phrase.needs}
        self._plain = sorted(word for word in needed if word.isascii())
        self._others = sorted(needed.difference(self._plain))
        self._filter = Prefilter(self._plain)

    def lines(self, lines: Sequence[str]) -> dict[str, set[int]]:
        """By each word that stands in a text, the numbers of the lines that hold it, from 0."""
        found: dict[str, set[int]] = {}
        for number, held in self._filter.lines_with(lines).items():
            for index in held:
                found.setdefault(self._plain[index], set()).add(number)
        for number, line in enumerate(lines):
            if not line.isascii():
                folded = line.lower()
                for word in self._others:
                    if word in folded:
                        found.setdefault(word, set()).add(number)
        return found


class Prose:
    """A text, and what is known of the places in it.

    Attributes:
        is_cut: a phrase was not searched for in all lines that hold its words, because they are too many.
    """

    def __init__(self, text: str, words: Words) -> None:
        """Take a text, and the words of the rules that it will be asked for."""
        self.text = text
        self.is_cut = False
        self._words = words

    @cached_property
    def about_security(self) -> bool:
        """Whether the text is about attacks, so that what it shows is an example."""
        words = [match[0].lower() for match in _SECURITY.finditer(self.text)]
        return len(set(words)) >= _KINDS and len(words) >= _OFTEN

    def find(self, rule: PhraseRule) -> Iterator[Found]:
        """The places where a text says one of a rule's phrases in earnest."""
        taken: list[Span] = []
        for phrase in rule.phrases:
            for number, span in enumerate(self._matches(phrase)):
                if number >= _TRIED or len(taken) >= _MOST:
                    break
                if any(span.overlaps(other) for other in taken) or not self._counts(phrase, span):
                    continue
                taken.append(span)
                yield Found(phrase, span)

    @cached_property
    def _flat(self) -> str:
        """The text with wrapped lines joined, every character in its place."""
        parts, after = [], 0
        for fence in (*self._fences[1], Span(len(self.text), len(self.text))):
            parts.append(_WRAPPED.sub(_one_line, self.text[after : fence.start]))
            parts.append(self.text[fence.start : fence.end].replace("\\\n", "  "))
            after = fence.end
        return "".join(parts).replace("\r", " ")

    @cached_property
    def _having(self) -> dict[str, set[int]]:
        return self._words.lines(self._flat.split("\n"))

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self._flat))]

    def _matches(self, phrase: Phrase) -> Iterator[Span]:
        left = _PATIENCE
        for start, end in self._places(phrase.needs):
            left -= end - start
            if left < 0:
                self.is_cut = True
                return
            for match in phrase.pattern.finditer(self._flat, start, end):
                yield Span(*match.span())

    def _places(self, needs: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        """The lines that hold a word, a long one in parts, in their order."""
        starts, size = self._starts, len(self.text)
        for line in sorted(set().union(*(self._having.get(word, ()) for word in needs))):
            start = starts[line]
            end = starts[line + 1] - 1 if line + 1 < len(starts) else size
            while end - start > _WINDOW:
                yield start, start + _WINDOW
                start += _WINDOW - _OVERLAP
            yield start, end

    @cached_property
    def _fences(self) -> tuple[list[int], list[Span]]:
        spans = list(fences(self.text))
        return [span.start for span in spans], spans

    @cached_property
    def _headings(self) -> tuple[list[int], list[bool]]:
        """Where the headings are, and whether what stands below is to be looked for or not to be done."""
        found = list(_HEADING.finditer(self.text))
        return [m.start() for m in found], [bool(_LOOKED_FOR.search(m["title"])) for m in found]

    def _counts(self, phrase: Phrase, span: Span) -> bool:
        fenced = self._fenced(span.start)
        if fenced and (not phrase.in_code or self.about_security):
            return False
        start = max(self._flat.rfind("\n", 0, span.start) + 1, span.start - _WINDOW)
        end = self._flat.find("\n", span.end, span.end + _WINDOW)
        line = self._flat[start : end if end >= 0 else span.end + _WINDOW]
        is_example = line.lstrip().startswith(_EXAMPLES)
        if (fenced or is_example) and self._listed(span.start):
            return False
        if not phrase.quoted and _is_quoted(line, span.shifted(-start), code=phrase.in_code):
            return False
        if fenced:
            return True
        if self.about_security and not phrase.in_code and is_example:
            return False
        return not _is_taken_back(self._flat[max(start, span.start - _BEFORE) : span.start])

    def _fenced(self, at: int) -> bool:
        starts, spans = self._fences
        index = bisect_right(starts, at) - 1
        return index >= 0 and at < spans[index].end

    def _listed(self, at: int) -> bool:
        starts, listed = self._headings
        index = bisect_right(starts, at) - 1
        return index >= 0 and listed[index]


def _one_line(match: re.Match[str]) -> str:
    return match["line"].ljust(len(match[0]))


def fences(text: str) -> Iterator[Span]:
    """The blocks of code between fences; one that is not closed ends with the text."""
    start, mark = -1, ""
    for match in _FENCE.finditer(text):
        if start < 0:
            start, mark = match.end(), match["mark"]
        elif match["mark"].startswith(mark):
            yield Span(start, match.start())
            start = -1
    if start >= 0:
        yield Span(start, len(text))


def _is_quoted(line: str, span: Span, *, code: bool) -> bool:
    """Whether a phrase stands in quotation marks together with less than all the rest of its line."""
    for match in _QUOTES.finditer(line):
        if match.start() > span.start:
            break
        if code and match[0].startswith(("`", '"', "'")):
            continue
        if match.start() <= span.start and span.end <= match.end():
            return True
    return False


def _is_taken_back(before: str) -> bool:
    """Whether the words before a phrase, in its sentence, forbid it or speak about it."""
    cut = 0
    for match in _SENTENCE.finditer(before):
        # A colon opens what the sentence speaks about: "Never do this: …".
        if match[0][0] != ":":
            cut = match.end()
    return bool(_TAKEN_BACK.search(_NOTHING.sub(" ", before[cut:])))
