"""Comments that silence findings: ours, and those of the tools whose rules we share.

Ours names the rule and gives a reason::

    # vetline: allow[python/sql-from-string] reason="the table name is an enum's value"

It holds for its own line, or, on a line of its own, for the next line of code. Without a reason it
silences nothing and is a finding itself. `# noqa: S608`, `# nosec B608` and `# pragma: allowlist secret`
are honoured for the rules they name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import (
    Confidence,
    Persona,
    Rule,
    Severity,
    Suppression,
)
from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot

NAME = "suppression"

NO_REASON = Rule(
    id="suppression/no-reason",
    title="Suppression without a reason",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    page="A comment allows a finding but does not say why. Whoever reads it later, the reviewer who "
    "signs or the team that answers for an incident, cannot tell a decision from a shrug. It "
    "silences nothing until it has a reason.",
    advice='Write why the code is safe: `reason="…"`, or remove the comment.',
    bad=("import hashlib\nhashlib.md5(x)  # vetline: allow[python/weak-hash]\n",),
    good=('x = 1  # vetline: allow[python/weak-hash] reason="a cache key"\n',),
)
UNUSED = Rule(
    id="suppression/unused",
    title="Suppression of nothing",
    severity=Severity.INFO,
    confidence=Confidence.HIGH,
    persona=Persona.PEDANTIC,
    page="A comment allows a rule that finds nothing here (any more). It would silence the next fault "
    "of that kind without anybody deciding so.",
    advice="Remove the comment.",
    bad=('x = 1  # vetline: allow[python/weak-hash] reason="a cache key"\n',),
    good=("x = 1\n",),
)
RULES = (NO_REASON, UNUSED)

_MARK = r"(?:#|//|/\*|<!--|--|;)\s*"
_OURS = re.compile(
    _MARK + r"vetline:\s*allow\[(?P<rules>[^\]\n]*)\]"
    r"(?:\s*reason\s*=\s*(?:\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)'))?"
)
_NOQA = re.compile(r"#\s*noqa(?::\s*(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?", re.I)
_NOSEC = re.compile(r"#\s*nosec\b:?\s*(?P<codes>(?:B[0-9]+[,\s]*)*)", re.I)
_PRAGMA = re.compile(r"(?:#|//|/\*|--|;|<!--)\s*pragma:\s*(?P<next>allowlist next[ -]?line|allowlist)\s+secret", re.I)  # fmt: skip
_QUICK = re.compile(r"vetline:\s*allow|noqa|nosec|pragma:\s*allowlist", re.I)


@dataclass(slots=True)
class _Comment:
    """A suppression comment: what it names, where it stands, the line it holds for."""

    kind: str
    names: frozenset[str]  # empty: every rule of its tool
    reason: str
    span: Span
    line: int
    used: frozenset[str] = frozenset()


def apply(snapshot: Snapshot, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, those silenced carrying their suppression, and findings on the comments."""
    comments = list(_comments(snapshot)) if _QUICK.search(snapshot.text) else []
    by_line: dict[int, list[_Comment]] = {}
    for comment in comments:
        by_line.setdefault(comment.line, []).append(comment)
    for finding in findings:
        if not by_line or finding.suppression is not None:
            yield finding
            continue
        first = snapshot.position(finding.span.start).line
        last = snapshot.position(finding.span.end).line
        near = (c for line in range(first, last + 1) for c in by_line.get(line, ()))
        comment = next((c for c in near if _silences(c, finding)), None)
        if comment is None:
            yield finding
        else:
            yield replace(finding, suppression=Suppression(comment.kind, comment.reason))
    yield from _about(comments)


def _about(comments: Iterable[_Comment]) -> Iterator[Finding]:
    for comment in comments:
        if comment.kind != "vetline":
            continue
        if not comment.reason:
            yield NO_REASON.found(
                NAME, comment.span, 'This suppression silences nothing: it has no reason="…".'
            )
        for name in sorted(comment.names - comment.used):
            if comment.reason:
                yield UNUSED.found(NAME, comment.span, f"{name} finds nothing here to allow.")


def _silences(comment: _Comment, finding: Finding) -> bool:
    ids = {finding.rule, *finding.also}
    if comment.kind == "vetline":
        hit = ids & comment.names
        if hit and comment.reason:
            comment.used |= hit
            return True
        return False
    if comment.kind == "pragma":
        return finding.secret or finding.rule.startswith("secret/")
    if comment.kind == "nosec" and finding.analyzer == "bandit":
        return False  # bandit's analyzer has asked bandit's own grammar
    codes = {name.removeprefix("bandit/") for name in (*ids, *finding.same_as)}
    codes = {code for code in codes if re.fullmatch(r"B[0-9]+", code)}
    if not comment.names:
        return bool(codes)
    return not codes.isdisjoint(comment.names)


def _comments(snapshot: Snapshot) -> Iterator[_Comment]:
    for line in range(len(snapshot.line_starts)):
        text = snapshot.line_text(line)
        if not _QUICK.search(text):
            continue
        start = snapshot.line_starts[line]
        for match in _OURS.finditer(text):
            names = frozenset(filter(None, re.split(r"[,\s]+", match["rules"])))
            reason = (match["double"] or match["single"] or "").strip()
            holds = line if text[: match.start()].strip() else _next_code(snapshot, line)
            span = Span(start + match.start(), start + match.end())
            yield _Comment("vetline", names, reason, span, holds)
        if match := _NOQA.search(text):
            codes = re.findall(r"S([0-9]+)", match["codes"] or "", re.I)
            if codes or not match["codes"]:
                names = frozenset(f"B{code}" for code in codes)
                yield _Comment("noqa", names, "", Span(start, start), line)
        if match := _NOSEC.search(text):
            names = frozenset(code.upper() for code in re.findall(r"B[0-9]+", match["codes"], re.I))
            yield _Comment("nosec", names, "", Span(start, start), line)
        if match := _PRAGMA.search(text):
            holds = line + 1 if "next" in match["next"].lower() else line
            yield _Comment("pragma", frozenset(), "", Span(start, start), holds)


def _next_code(snapshot: Snapshot, line: int) -> int:
    """The next line that is neither empty nor a comment."""
    for below in range(line + 1, len(snapshot.line_starts)):
        text = snapshot.line_text(below).strip()
        if text and not text.startswith(("#", "//", "/*", "<!--", "--", ";")):
            return below
    return line
