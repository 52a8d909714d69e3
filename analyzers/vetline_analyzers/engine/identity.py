"""A finding's identity across edits: no line number in it.

The fingerprint is a digest of the rule, the normalised text, the enclosing symbol and an ordinal among
equals. It survives edits elsewhere, re-indentation and moves within the symbol. The editor, the command
line, the baseline and SARIF share it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from vetline_analyzers import languages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vetline_analyzers.core.analyzer import Facts
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot

MASK = "********"
_BYTES = 10  # 80 bits: no two findings of one repository meet by chance


def identify(snapshot: Snapshot, facts: Facts, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings with `symbol` and `fingerprint` set, in the order of the text.

    A secret enters its fingerprint only through an HMAC under the repository's key; without a key it
    stays out, so that nobody can try values against a report.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    symbols: dict[int, str] = {}
    for finding in sorted(findings, key=lambda f: (f.span, f.rule, f.message)):
        line = snapshot.position(finding.span.start).line
        if line not in symbols:
            symbols[line] = symbol_at(snapshot, line)
        snippet = _snippet(snapshot, facts, finding, line)
        same = (finding.rule, snippet, symbols[line])
        parts = (*same, str(seen[same]))
        seen[same] += 1
        digest = hashlib.blake2b(
            "\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=_BYTES
        )
        yield replace(finding, symbol=symbols[line], fingerprint=digest.hexdigest())


def _snippet(snapshot: Snapshot, facts: Facts, finding: Finding, line: int) -> str:
    if not finding.secret:
        return " ".join(snapshot.slice(finding.span).split())
    start, end = snapshot.line_span(line)
    around = snapshot.text[start : finding.span.start] + MASK
    around += snapshot.text[finding.span.end : max(end, finding.span.end)]
    value = ""
    if facts.key:
        secret = snapshot.slice(finding.span).encode("utf-8", "surrogatepass")
        value = hmac.new(facts.key, secret, "sha256").hexdigest()
    return " ".join(around.split()) + value


def symbol_at(snapshot: Snapshot, line: int) -> str:
    """Dotted name of the function or class that encloses a line (from 0), "" at module level.

    Told by indentation, so that it works on text that does not parse.
    """
    pattern = languages.named(snapshot.language).symbol
    if pattern is None:
        return ""
    names: list[str] = []
    indent = _indent(snapshot.line_text(line))
    if match := pattern.match(snapshot.line_text(line)):
        names.append(match[match.lastgroup or 0])
    while line > 0 and indent > 0:
        line -= 1
        text = snapshot.line_text(line)
        if not text.strip() or _indent(text) >= indent:
            continue
        indent = _indent(text)
        if match := pattern.match(text):
            names.append(match[match.lastgroup or 0])
    return ".".join(reversed(names))


def _indent(line: str) -> int:
    expanded = line.expandtabs(8)
    return len(expanded) - len(expanded.lstrip())
