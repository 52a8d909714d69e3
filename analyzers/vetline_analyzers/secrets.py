"""Secrets in any text: providers' tokens, private keys, values with a secret's name.

One engine of our own, at the pace of typing: only lines never seen are searched. Of hits on the same
characters the one that says most stays. Nothing is ever verified over the network.
"""

from __future__ import annotations

import string
from bisect import bisect_right
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from vetline_analyzers import places, shapes, tokens
from vetline_analyzers.core.analyzer import Analyzer, NotChecked, Pace
from vetline_analyzers.core.finding import Confidence, Finding, Persona, Rule, Severity
from vetline_analyzers.core.text import Span
from vetline_analyzers.secret import accepted, around
from vetline_analyzers.secret.fix import fix
from vetline_analyzers.secret.rules import KEY, PASSWORD, by_name, message
from vetline_analyzers.secret.search import LONGEST, Seen, best, search
from vetline_analyzers.secret.values import Strength
from vetline_analyzers.shapes import pem, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.core.analyzer import Facts, Memo
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.secret.detector import Hit

NAME = "secrets"

_BASE64 = string.ascii_letters + string.digits + "+/"
_BLOB = 40  # characters of base64 before a token: the token is more of it
_BLOB_STARTS = (";base64,", "sha1-", "sha256-", "sha384-", "sha512-")


def analyze(snapshot: Snapshot, facts: Facts, memo: Memo) -> Iterator[Finding]:
    """The secrets in a text, each span exactly the secret's characters.

    The memo keeps what was found in each line, so that only lines never seen cost something.

    Raises:
        NotChecked: a line is too long to be looked at to its end.
    """
    path, text = snapshot.path, snapshot.text
    bare = quoted.takes_bare_values(path)
    ends = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    lines = ends.split("\n")
    seen = _remembered(lines, path, memo, bare=bare)
    known = [(number, held) for number, line in enumerate(lines) if (held := seen[line])]
    own = (hit for number, held in known for hit in _hits(snapshot, number, held))
    hits = best((*own, *around.find(snapshot, known, memo, bare=bare)))
    public = list(pem.find_public(text)) if hits and "-----BEGIN " in text else []
    names: dict[str, str] = {}
    is_test, is_lock = places.is_test(path), places.is_lock(path)
    for hit in hits:
        at = bisect_right(public, hit.start, key=lambda span: span.start)
        if at and hit.start < public[at - 1].end:
            continue
        if _is_chance(text, hit) or (is_lock and hit.rule not in _by_shape()):
            continue
        finding = _finding(hit, is_test=is_test)
        if finding.persona is Persona.REGULAR:
            finding = replace(finding, fix=fix(snapshot, hit, names, memo.setdefault("syntax", {})))
        yield replace(
            finding, suppression=accepted.suppression(facts, path, snapshot.slice(finding.span))
        )
    if cut := [str(number) for number, line in enumerate(lines, 1) if len(line) > LONGEST]:
        raise NotChecked(
            f"too long to be searched for secrets beyond its first {LONGEST:,} characters: line {', '.join(cut)}"
        )


def rules() -> tuple[Rule, ...]:
    """A rule for each format of token, and those for keys and passwords."""
    return tuple(by_name().values())


ANALYZER = Analyzer(name=NAME, pace=Pace.KEYSTROKE, rules=rules, analyze=analyze)


def _remembered(lines: list[str], path: str, memo: Memo, *, bare: bool) -> dict[str, Seen | None]:
    """What each line holds, of the memo or searched for; a line that is gone is forgotten."""
    before, known = memo.get("lines", ("", {}))
    if before != path:  # of which it depends what a line may hold
        known = {}
    fresh = [line for line in dict.fromkeys(lines) if line not in known]
    found = search(fresh, path, bare=bare) if fresh else {}
    known = {**known, **dict.fromkeys(fresh), **found}
    now = {line: known[line] for line in lines}
    memo["lines"] = path, now
    return now


def _hits(snapshot: Snapshot, number: int, held: Seen) -> Iterator[Hit]:
    """The hits that a line has by itself, at their offsets in the text."""
    offset = snapshot.line_starts[number]
    for hit in held.hits:
        yield hit._replace(start=hit.start + offset, end=hit.end + offset)


def _is_chance(text: str, hit: Hit) -> bool:
    """Whether a token's letters stand amid base64: in a digest, a `data:` address, a notebook's image."""
    if hit.rule == KEY or hit.proven:
        return False
    before = text[max(0, hit.start - _BLOB - len(_BLOB_STARTS[0])) : hit.start]
    head = before.rstrip(_BASE64)
    run = before[len(head) :]
    return head.endswith(_BLOB_STARTS) or (
        len(run) >= _BLOB and not run.islower() and not run.isupper() and any(map(str.isdigit, run))
    )


@cache
def _by_shape() -> frozenset[str]:
    """The rules on what its own shape tells; a name in a lock file is a package's, and the value beside it a digest."""
    told = (format_.name for format_ in tokens.formats() if format_.confidence is Confidence.HIGH)
    return frozenset((*told, "url-password", KEY))


@cache
def _named() -> frozenset[str]:
    """The rules on values that are known by what stands around them: in a test they open nothing."""
    of_shapes = (
        rule.id.removeprefix("secret/")
        for rule in shapes.rules()
        if rule.severity < Severity.CRITICAL
    )
    return frozenset((PASSWORD, "url-password", *of_shapes))


def _finding(hit: Hit, *, is_test: bool) -> Finding:
    found = by_name()[hit.rule].found(NAME, Span(hit.start, hit.end), message(hit.rule))
    if hit.strength is Strength.WEAK or (hit.rule in _named() and (hit.doubtful or is_test)):
        # A placeholder, a demo's word, a test's fixture: seldom worth a look, never a secret for long.
        found = replace(
            found, severity=Severity.INFO, confidence=Confidence.LOW, persona=Persona.PEDANTIC
        )
    elif hit.strength is Strength.FAIR:
        found = replace(found, severity=Severity.MEDIUM, confidence=Confidence.MEDIUM)
    elif hit.proven:
        found = replace(found, confidence=Confidence.HIGH)
    elif hit.unsure:
        found = replace(found, confidence=min(found.confidence, Confidence.MEDIUM))
    return replace(found, secret=True)
