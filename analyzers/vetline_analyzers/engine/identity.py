"""A finding's identity across edits: no line number in it.

The fingerprint is a digest of the rule, the normalised text, the enclosing symbol and an ordinal among
equals. It survives edits elsewhere, re-indentation and moves within the symbol. The editor, the command
line, the baseline and SARIF share it.
"""

from __future__ import annotations

import hashlib
import hmac
from bisect import bisect_left
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from vetline_analyzers import languages
from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vetline_analyzers.core.analyzer import Facts
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot

MASK = "********"
_TELLING = 8  # characters of a secret that is known wherever it stands
_REPEATED = 500  # secrets of one text that are looked for again
_BYTES = 10  # 80 bits: no two findings of one repository meet by chance
_HEAD = 1000  # characters of a line in which a symbol's name must stand
_AROUND = 200  # characters on either side of a secret: a minified file is one line


def identify(snapshot: Snapshot, facts: Facts, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings with `symbol`, `fingerprint` and `exact` set, in the order of the text.

    A secret's value stays out of its fingerprint, which is the same with and without a key. It enters
    `exact` only through an HMAC under the repository's key; without a key it stays out there too, so
    that nobody can try values against a report.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    symbols: dict[int, str] = {}
    parents: dict[int, int] = {}
    findings = sorted(findings, key=lambda f: (f.span, f.rule, f.message))
    # By analyzer: a fingerprint must not depend on who else was asked.
    secrets: dict[str, list[Span]] = {}
    for finding in findings:
        if finding.secret:
            secrets.setdefault(finding.analyzer, []).append(finding.span)
    hidden = {analyzer: join(spans) for analyzer, spans in secrets.items()}
    for finding in findings:
        line = snapshot.position(finding.span.start).line
        if line not in symbols:
            symbols[line] = symbol_at(snapshot, line, parents)
        snippet = _snippet(snapshot, finding, hidden.get(finding.analyzer, []))
        fingerprint = exact = _digest(seen, finding.rule, snippet, symbols[line])
        if finding.secret and facts.key:
            value = snapshot.slice(finding.span).encode("utf-8", "surrogatepass")
            keyed = hmac.new(facts.key, value, "sha256").hexdigest()
            exact = _digest(seen, finding.rule, snippet + keyed, symbols[line])
        yield replace(finding, symbol=symbols[line], fingerprint=fingerprint, exact=exact)


def _digest(seen: Counter[tuple[str, ...]], *parts: str) -> str:
    """A digest of the parts and of how often they were seen before, which is counted up."""
    words = "\0".join((*parts, str(seen[parts]))).encode("utf-8", "surrogatepass")
    seen[parts] += 1
    return hashlib.blake2b(words, digest_size=_BYTES).hexdigest()


def _snippet(snapshot: Snapshot, finding: Finding, hidden: list[Span]) -> str:
    """What of the text tells a finding; of a secret, its line with it and its neighbours masked."""
    if not finding.secret:
        return " ".join(snapshot.slice(finding.span).split())
    around = _line_around(snapshot, finding.span)
    return " ".join(masked(snapshot, around, hidden).split())


def _line_around(snapshot: Snapshot, span: Span) -> Span:
    """The line of `span`, as far as it is near; the same however much of it lies before the span."""
    line = snapshot.line_span(snapshot.position(span.start).line)
    start = max(line.start, span.start - _AROUND)
    return Span(start, max(min(line.end, span.end + _AROUND), span.end))


def masked(snapshot: Snapshot, around: Span, hidden: Sequence[Span]) -> str:
    """The text of `around` with the spans of `hidden`, sorted and not overlapping, masked."""
    parts: list[str] = []
    at = around.start
    for span in hidden[max(0, bisect_left(hidden, around) - 1) :]:
        if span.start >= around.end:
            break
        if span.end > at:
            parts += (snapshot.text[at : span.start], MASK)
            at = span.end
    parts.append(snapshot.text[at : around.end])
    return "".join(parts)


def join(spans: Iterable[Span]) -> list[Span]:
    """The spans in their order, those that overlap made one."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def everywhere(text: str, spans: Iterable[Span], known: Iterable[str] = ()) -> list[Span]:
    """The spans of secrets, joined, and every other place of the text where the same characters stand.

    A secret that was found once may be used again in a shape by which nobody would find it. Short ones and words
    turn up by chance, so they are looked for nowhere else.

    Args:
        text: the text.
        spans: where secrets were found in it.
        known: others that may stand in it, too.
    """
    spans = list(spans)
    values = dict.fromkeys((*(text[slice(*span)] for span in spans), *known))
    telling = [value for value in values if len(value) >= _TELLING and not value.isalpha()]
    found = list(spans)
    for value in telling[:_REPEATED]:
        at = text.find(value)
        while at >= 0:
            found.append(Span(at, at + len(value)))
            at = text.find(value, at + len(value))
    return join(found)


def symbol_at(snapshot: Snapshot, line: int, parents: dict[int, int] | None = None) -> str:
    """Dotted name of the function or class that encloses a line (from 0), "" at module level.

    Told by indentation, so that it works on text that does not parse.

    Args:
        snapshot: the text.
        line: the line.
        parents: a dictionary to hand to further calls for the same text, which makes them quick.
    """
    pattern = languages.named(snapshot.language).symbol
    if pattern is None:
        return ""
    parents = {} if parents is None else parents
    names: list[str] = []
    while line >= 0:
        # Only the head matters: a name further on than this is no name.
        if match := pattern.match(snapshot.line_text(line)[:_HEAD]):
            names.append(match[match.lastgroup or 0])
        if line not in parents:
            parents[line] = _parent(snapshot, line, parents)
        line = parents[line]
    return ".".join(reversed(names))


def _parent(snapshot: Snapshot, line: int, parents: dict[int, int]) -> int:
    """The nearest line above that is indented less, -1 when there is none.

    Above a line that is not indented less, everything up to its own parent is not either.
    """
    indent = _indent(snapshot.line_text(line))
    above = line - 1 if indent else -1
    while above >= 0:
        text = snapshot.line_text(above)
        if text.strip() and _indent(text) < indent:
            return above
        above = parents.get(above, above - 1) if text.strip() else above - 1
    return -1


def _indent(line: str) -> int:
    blank = line[: len(line) - len(line.lstrip())]
    return len(blank.expandtabs(8))
