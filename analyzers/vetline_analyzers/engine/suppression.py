"""Comments that silence findings: ours, and those of the tools whose rules we share.

Ours names the rule and gives a reason::

    # vetline: allow[python/sql-from-string] reason="the table name is an enum's value"
    # vetline: allow[python/weak-hash] reason="a cache key" owner="ana" expires="2026-12-31"

It holds for its own line, or, on a line of its own, for the next line of code. Without a reason, or with a last day
that is none, it silences nothing and is a finding itself. Whether it counts the gate decides, which knows the day and
who wrote the line.

Of other tools' comments, `# noqa: S608` and `# nosec B608` silence the rule they name unless the finding
is critical; without a code they silence what bandit has a rule for, below high severity. `# pragma:
allowlist secret` silences any secret. In Python a comment within a string silences nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from vetline_analyzers import languages
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.finding import RULE_ID, Severity, Suppression
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.engine import identity
from vetline_analyzers.engine.suppression_rules import NO_DATE, NO_REASON, RULES, UNUSED
from vetline_analyzers.syntax.document.role import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot

__all__ = ["RULES", "apply", "comment"]

NAME = "suppression"

# Repeats are bounded: a comment is short, and a line may be a megabyte that somebody made to hurt.
_MARK = r"(?:#|//|/\*|<!--|--|;)\s{0,9}"
_VALUE = r"""\s{0,9}=\s{0,9}(?:"[^"]{0,1000}"|'[^']{0,1000}')"""
_OURS = re.compile(
    _MARK + r"vetline:\s{0,9}allow\[(?P<rules>[^\]]{0,500})\]"
    rf"(?P<words>(?:\s{{0,9}}(?:reason|owner|expires){_VALUE}){{0,3}})"
)
_SAID = re.compile(rf"(?P<key>reason|owner|expires){_VALUE}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NOQA = re.compile(
    r"#\s{0,9}noqa\b(?P<some>:\s{0,9}(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*)?)?",
    re.IGNORECASE,
)
_NOSEC = re.compile(r"#\s{0,9}nosec\b(?P<words>[^#]{0,500})", re.IGNORECASE)
_TEST_NAME = re.compile(r"\b(?:[a-z]+_)+[a-z0-9]+\b")  # bandit's other way to name a test
_PRAGMA = re.compile(
    r"(?P<mark>#|//|/\*|<!--|--|;|')[#\s]{0,9}pragma:\s{0,9}(?:allow|white)list"
    r"(?P<next>[\s-]{1,9}next[ -]?line)?[\s-]{1,9}secret",
    re.IGNORECASE,
)
# With these a comment that "/*" begins must end its line for detect-secrets to heed it; the second is JSX.
_ENDS = ("*/", "*/}")
_WORDS = ("vetline:", "noqa", "nosec", "allowlist", "whitelist")
_QUICK = re.compile("|".join(_WORDS), re.IGNORECASE)
_COMMENT_STARTS = {
    "": ("#", "//", "/*", "<!--", "--", ";"),  # a language we do not know
    "//": ("//", "/*", "{/*"),
}
# How a comment behind code is written where there is no tree to ask, by the file's name. What is not
# here has no comments, or a comment at a line's end may fall into a value.
_COMMENTS = {
    (".css", ".scss"): ("/*", " */"),
    (".sql",): ("--", ""),
    (".sh", ".bash", ".zsh", ".rb", ".tf", ".toml", ".mk"): ("#", ""),
    (".go", ".java", ".rs", ".c", ".h", ".cpp", ".cs", ".kt", ".swift"): ("//", ""),
}
_STRANGERS = frozenset(
    {Role.TICKET, Role.DOC}
)  # what a text is that somebody from outside may have written
_MARKUP = re.compile(r"</|/>|<[A-Za-z]|^\s*\{")  # in it "//" is text for the page's reader


@dataclass(slots=True)
class _Comment:
    """A suppression comment: what it names, where it stands, the line it holds for."""

    kind: str
    names: frozenset[str]  # empty: every rule of its tool
    reason: str
    span: Span
    line: int
    owner: str = ""
    expires: str = ""
    used: frozenset[str] = frozenset()

    @property
    def complete(self) -> bool:
        """It says why, and until when if it says that at all."""
        return bool(self.reason) and (not self.expires or _is_day(self.expires))

    @property
    def said(self) -> Suppression:
        """What a finding carries that it silences."""
        return Suppression(
            self.kind, self.reason, span=self.span, owner=self.owner, expires=self.expires
        )


def apply(snapshot: Snapshot, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, those silenced carrying their suppression, and findings on the comments."""
    # Who writes a ticket does not decide what is said of it.
    comments = [] if snapshot.language in _STRANGERS else list(_comments(snapshot))
    shelf = _Shelf(comments)
    for finding in findings:
        if finding.suppression is not None:
            yield _placed(snapshot, finding, finding.suppression)
            continue
        if not comments:
            yield finding
            continue
        lines = [_lines(snapshot, span) for span in finding.spans]
        near = (c for first, last in lines for c in shelf.between(first, last, finding))
        why = next((c for c in near if _silences(c, finding)), None)
        yield replace(finding, suppression=why.said) if why else finding
    # What a comment says is no secret's business, so no key is needed.
    yield from identity.identify(snapshot, Facts(), _about(comments))


def _placed(snapshot: Snapshot, finding: Finding, said: Suppression) -> Finding:
    """A finding that its analyzer knows to be silenced: by a comment on one of its lines, if by any."""
    if not said.in_source or said.span is not None:
        return finding
    first, last = _lines(snapshot, finding.span)
    span = Span(snapshot.line_starts[first], snapshot.line_span(last).end)
    return replace(finding, suppression=said._replace(span=span))


def _is_day(word: str) -> bool:
    if not _DAY.fullmatch(word):
        return False
    try:
        date.fromisoformat(word)
    except ValueError:
        return False
    return True


def _lines(snapshot: Snapshot, span: Span) -> tuple[int, int]:
    """The first and the last line of a span."""
    last = max(span.start, span.end - 1)
    return snapshot.position(span.start).line, snapshot.position(last).line


class _Shelf:
    """The comments by the lines they hold for, so that many on one line cost no more than one."""

    def __init__(self, comments: Iterable[_Comment]) -> None:
        self._ours: dict[tuple[int, str], _Comment] = {}
        self._foreign: dict[int, list[_Comment]] = {}
        for comment in comments:
            if comment.kind != "vetline":
                self._foreign.setdefault(comment.line, []).append(comment)
            elif comment.complete:
                for name in comment.names:
                    self._ours.setdefault((comment.line, name), comment)
        self._lines = sorted({line for line, _ in self._ours} | set(self._foreign))

    def between(self, first: int, last: int, finding: Finding) -> Iterator[_Comment]:
        """The comments that hold for one of those lines and may mean the finding."""
        begin, end = bisect_left(self._lines, first), bisect_right(self._lines, last)
        for line in self._lines[begin:end]:
            for name in (finding.rule, *finding.also):
                if comment := self._ours.get((line, name)):
                    yield comment
            yield from self._foreign.get(line, ())


def _about(comments: Iterable[_Comment]) -> Iterator[Finding]:
    for comment in comments:
        if comment.kind != "vetline":
            continue
        if not comment.reason:
            yield NO_REASON.found(
                NAME, comment.span, 'This suppression silences nothing: it has no reason="…".'
            )
        elif not comment.complete:
            yield NO_DATE.found(
                NAME,
                comment.span,
                'This suppression silences nothing: expires="…" is no day like 2026-12-31.',
            )
        for name in sorted(comment.names - comment.used):
            if comment.complete:
                what = name if RULE_ID.fullmatch(name) else "What this names"
                yield UNUSED.found(NAME, comment.span, f"{what} finds nothing here to allow.")


def _silences(comment: _Comment, finding: Finding) -> bool:
    ids = {finding.rule, *finding.also}
    if comment.kind == "vetline":
        comment.used |= ids & comment.names
        return True
    if comment.kind == "pragma":
        return finding.secret or finding.rule.startswith("secret/")
    if comment.kind == "nosec" and finding.analyzer == "bandit":
        return False  # bandit's analyzer has asked bandit's own grammar
    codes = {name.removeprefix("bandit/") for name in (*ids, *finding.same_as)}
    codes = {code for code in codes if re.fullmatch(r"B[0-9]+", code)}
    if not comment.names:
        # "All of them" was hardly said by somebody who had seen this one.
        return bool(codes) and finding.severity < Severity.HIGH
    # Neither tool knows a critical finding: its rule means something milder, a word like "password".
    return finding.severity < Severity.CRITICAL and not codes.isdisjoint(comment.names)


def _comments(snapshot: Snapshot) -> Iterator[_Comment]:
    """The suppression comments, from the last line to the first."""
    lines = {snapshot.position(at).line for at in _marks(snapshot.text)}
    below: dict[int, int] = {}
    holds = _holds(snapshot)
    for line in sorted(lines, reverse=True):
        start = snapshot.line_starts[line]
        text = snapshot.line_text(line)
        indent = len(text) - len(text.lstrip())
        # In JSX a comment of its own stands in braces.
        own = indent + (text[indent] == "{")
        for match in _OURS.finditer(text):
            if not holds(start + match.start()):
                continue
            if match.start() == own:
                below[line] = _next_code(snapshot, line, below)
            names = frozenset(filter(None, re.split(r"[,\s]+", match["rules"])))
            told = {m["key"]: _unquoted(m[0]) for m in reversed([*_SAID.finditer(match["words"])])}
            yield _Comment(
                "vetline",
                names,
                told.get("reason", ""),
                Span(start + match.start(), start + match.end()),
                below.get(line, line),
                told.get("owner", ""),
                told.get("expires", ""),
            )
        yield from _foreign(text, start, line, holds)
        if pragma := _pragma(snapshot, text, start, holds):
            below_it = line + 1 if pragma["next"] else line
            at = Span(start + pragma.start(), start + pragma.end())
            yield _Comment("pragma", frozenset(), "", at, below_it)


def _unquoted(pair: str) -> str:
    """The value of `key="value"`."""
    return pair.partition("=")[2].strip()[1:-1].strip()


def _holds(snapshot: Snapshot) -> Callable[[int], bool]:
    """Tells whether what starts at an offset may be a comment, where the language tells us."""
    language = languages.named(snapshot.language)
    if language.opaque is None:
        return lambda _: True
    around = languages.opaque(language, snapshot.text)

    def holds(at: int) -> bool:
        span = around(at)
        starts = ("//", "/*") if language.comment == "//" else language.comment
        return span is not None and snapshot.text.startswith(starts, span.start)

    return holds


def _marks(text: str) -> Iterator[int]:
    """Where a suppression comment may stand. Plain search: this runs with every keystroke."""
    folded = text.lower()
    if len(folded) != len(text):  # a letter whose lower case is two: offsets would shift
        yield from (match.start() for match in _QUICK.finditer(text))
        return
    for word in _WORDS:
        at = folded.find(word)
        while at >= 0:
            yield at
            at = folded.find(word, at + len(word))


def _foreign(text: str, start: int, line: int, holds: Callable[[int], bool]) -> Iterator[_Comment]:
    """The suppression comments of linters on a line that starts at `start`, one of each tool."""

    def first(pattern: re.Pattern[str]) -> re.Match[str] | None:
        return next((m for m in pattern.finditer(text) if holds(start + m.start())), None)

    if noqa := first(_NOQA):
        codes = re.findall(r"\bS([0-9]+)", noqa["codes"] or "", re.IGNORECASE)
        # "noqa: words" names something, though nothing that we know.
        if codes or not noqa["some"]:
            span = Span(start + noqa.start(), start + noqa.end())
            yield _Comment("noqa", frozenset(f"B{code}" for code in codes), "", span, line)
    if nosec := first(_NOSEC):
        codes = [code.upper() for code in re.findall(r"\bB[0-9]+", nosec["words"], re.IGNORECASE)]
        if codes or not _TEST_NAME.search(nosec["words"]):
            span = Span(start + nosec.start(), start + nosec.end())
            yield _Comment("nosec", frozenset(codes), "", span, line)


def _pragma(
    snapshot: Snapshot, text: str, start: int, holds: Callable[[int], bool]
) -> re.Match[str] | None:
    """The comment of detect-secrets on a line that starts at `start`, where that library would heed it.

    It ends its line, and where it speaks of the next one it also begins it. An apostrophe begins a comment only
    where the language is not known, which may be a Basic.
    """
    begin = len(text) - len(text.lstrip(" \t{"))
    end = text.rstrip()[-3:]
    for match in _PRAGMA.finditer(text):
        mark = match["mark"]
        if (
            (mark != "/*" or end.endswith(_ENDS))
            and (match.start() <= begin or not match["next"])
            and (mark != "'" or snapshot.language == languages.TEXT.name)
            and holds(start + match.start())
        ):
            return match
    return None


def _next_code(snapshot: Snapshot, line: int, known: dict[int, int]) -> int:
    """The next line that is neither empty nor a comment; `known` holds those of lines below."""
    mark = languages.named(snapshot.language).comment
    starts = _COMMENT_STARTS.get(mark if snapshot.language != "text" else "", (mark,))
    for below in range(line + 1, len(snapshot.line_starts)):
        if below in known:
            return known[below]
        text = snapshot.line_text(below).lstrip()
        if text and not text.startswith(starts):
            return below
    return line


def comment(snapshot: Snapshot, finding: Finding) -> Edit | None:
    """The edit that adds a suppression of the finding, its reason left for the person to write.

    None where no comment can stand: in a format without comments, in markup, or inside a string of
    several lines.
    """
    language = languages.named(snapshot.language)
    line = snapshot.position(finding.span.start).line
    begin, end = snapshot.line_span(line)
    text = snapshot.text[begin:end]
    indent = text[: len(text) - len(text.lstrip())]
    if language.opaque is None:
        lower = snapshot.path.lower()
        marks = next((m for ends, m in _COMMENTS.items() if lower.endswith(ends)), None)
        if marks is None:
            return None
        words = f'{marks[0]} vetline: allow[{finding.rule}] reason=""{marks[1]}'
        return Edit(Span(end, end), f"  {words}")
    if language.comment == "//" and _MARKUP.search(text):
        return None
    words = f'{language.comment} vetline: allow[{finding.rule}] reason=""'
    around = languages.opaque(language, snapshot.text)
    if _runs_over(around, begin):
        return None
    if text.endswith("\\") or _runs_over(around, end):
        return Edit(Span(begin, begin), f"{indent}{words}\n")
    return Edit(Span(end, end), f"  {words}")


def _runs_over(around: Callable[[int], Span | None], at: int) -> bool:
    """Whether a string or comment that began before `at` goes on behind it."""
    span = around(at)
    return span is not None and span.start < at
