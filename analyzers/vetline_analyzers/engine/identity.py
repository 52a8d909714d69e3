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
    from collections.abc import Iterable, Iterator

    from vetline_analyzers.core.analyzer import Facts
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot

MASK = "********"
_BYTES = 10  # 80 bits: no two findings of one repository meet by chance
_HEAD = 1000  # characters of a line in which a symbol's name must stand
_AROUND = 200  # characters on either side of a secret: a minified file is one line


def identify(snapshot: Snapshot, facts: Facts, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings with `symbol` and `fingerprint` set, in the order of the text.

    A secret enters its fingerprint only through an HMAC under the repository's key; without a key it
    stays out, so that nobody can try values against a report.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    symbols: dict[int, str] = {}
    parents: dict[int, int] = {}
    findings = sorted(findings, key=lambda f: (f.span, f.rule, f.message))
    # By analyzer: a fingerprint must not depend on who else was asked.
    hidden: dict[str, list[Span]] = {}
    for finding in findings:
        if finding.secret:
            _join(hidden.setdefault(finding.analyzer, []), finding.span)
    for finding in findings:
        line = snapshot.position(finding.span.start).line
        if line not in symbols:
            symbols[line] = symbol_at(snapshot, line, parents)
        snippet = _snippet(snapshot, facts, finding, hidden.get(finding.analyzer, []))
        same = (finding.rule, snippet, symbols[line])
        parts = (*same, str(seen[same]))
        seen[same] += 1
        digest = hashlib.blake2b(
            "\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=_BYTES
        )
        yield replace(finding, symbol=symbols[line], fingerprint=digest.hexdigest())


def _snippet(snapshot: Snapshot, facts: Facts, finding: Finding, hidden: list[Span]) -> str:
    if not finding.secret:
        return " ".join(snapshot.slice(finding.span).split())
    around = _line_around(snapshot, finding.span)
    value = ""
    if facts.key:
        secret = snapshot.slice(finding.span).encode("utf-8", "surrogatepass")
        value = hmac.new(facts.key, secret, "sha256").hexdigest()
    # Its neighbours on the line may be secrets too.
    return " ".join(_masked(snapshot, around, hidden).split()) + value


def _line_around(snapshot: Snapshot, span: Span) -> Span:
    """The line of `span`, as far as it is near; the same however much of it lies before the span."""
    line = snapshot.line_span(snapshot.position(span.start).line)
    start = max(line.start, span.start - _AROUND)
    return Span(start, max(min(line.end, span.end + _AROUND), span.end))


def _masked(snapshot: Snapshot, around: Span, hidden: list[Span]) -> str:
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


def _join(spans: list[Span], span: Span) -> None:
    """Add a span behind the others, joined with the last when both overlap."""
    if spans and span.start < spans[-1].end:
        spans[-1] = Span(spans[-1].start, max(spans[-1].end, span.end))
    else:
        spans.append(span)


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
