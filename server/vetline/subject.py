"""What a review is about: a piece of a file that counts as reviewed while its text stays the same, or a package.

The digest is a plain one, since a clone without any key must be able to tell that the text is the same; it lies
beside that text.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline_analyzers.core.text import Span
from vetline_analyzers.core.universe import of_purl
from vetline_analyzers.syntax import enclosing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot

# As a compiler reads them. `str.splitlines` parts at more: a call could hide behind a comment that way.
_LINE_END = re.compile(r"\r\n|\n|\r")
_BLANKS = " \t"
_DIGEST = re.compile("[0-9a-f]{64}")
_HEAD = 4  # digits: enough to pass most lines over, and too few to guess what stood there
_LAST_LINE = 10_000_000
_WORDS, _WORD = 1000, 4000  # of a list, and characters of each
_COMPARED = 2_000_000  # characters that are compared before lines count as gone


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be reviewed, or was.

    Attributes:
        path: POSIX path relative to the repository's root; "" when it is a package.
        symbol: dotted name of the function or class that it is, whole; "" when it is lines.
        digest: of its text, as `digest_of` gives it; "" for a package.
        first, last: its lines at the time, from 1, inclusive; 0 for a package.
        fingerprints: the findings and triggers it is about, sorted; none when a person chose the lines.
        rules: the ids of their rules, sorted.
        package: the package's URL, when it is one; then there is no text.
        head: the first digits of the SHA-256 of its first line without the edges' blanks, for finding it soon.
    """

    path: str
    symbol: str = ""
    digest: str = ""
    first: int = 0
    last: int = 0
    fingerprints: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    package: str = ""
    head: str = ""

    @property
    def name(self) -> str:
        """What it is called: the package's URL, else the file's path."""
        return self.package or self.path

    def to_json(self) -> dict[str, Any]:
        """What an event and a review file hold of it."""
        if self.package:
            return {"package": self.package, "rules": list(self.rules)}
        return {
            "path": self.path,
            "symbol": self.symbol,
            "digest": self.digest,
            "lines": [self.first, self.last],
            "head": self.head,
            "fingerprints": list(self.fingerprints),
            "rules": list(self.rules),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Subject:
        """The subject that `to_json` gave; fields of newer versions are passed over.

        Raises:
            ValueError: it is none.
        """
        rules = _words(data, "rules")
        if "package" in data:
            package = of_purl(_word(data, "package"))
            if package is None or package.purl != data["package"]:
                raise ValueError("names a package that is none")
            return cls("", rules=rules, package=package.purl)
        path, digest, head = (_word(data, name) for name in ("path", "digest", "head"))
        if not path or not _DIGEST.fullmatch(digest):
            raise ValueError("names no file or no digest of its text")
        if head and not re.fullmatch(f"[0-9a-f]{{{_HEAD}}}", head):
            raise ValueError("its head is no digest")
        first, last = _lines(data)
        symbol, fingerprints = _word(data, "symbol"), _words(data, "fingerprints")
        return cls(path, symbol, digest, first, last, fingerprints, rules, head=head)


class Place(NamedTuple):
    """Where a subject stands in a text now.

    Attributes:
        lines: first and last, from 1, inclusive; None when it is not there as it was.
        why: then why not, a clause for people: "shop.Cart.pay was changed since".
    """

    lines: tuple[int, int] | None
    why: str = ""


def of_span(snapshot: Snapshot, span: Span, path: str, findings: Sequence[Finding] = ()) -> Subject:
    """The function, class or lines around a stretch of a text, as `enclosing.region` widens it.

    Args:
        snapshot: the text.
        span: the stretch.
        path: the file's path relative to the repository's root.
        findings: the findings and triggers it is about.
    """
    found = enclosing.region(snapshot, span)
    text = snapshot.slice(found.span)
    return Subject(
        path=path,
        symbol=found.symbol,
        digest=digest_of(text),
        first=snapshot.position(found.span.start).line + 1,
        last=snapshot.position(found.span.end).line + 1,
        fingerprints=tuple(sorted({finding.fingerprint for finding in findings} - {""})),
        rules=tuple(sorted({finding.rule for finding in findings})),
        head=_head(_LINE_END.split(text, maxsplit=1)[0]),
    )


def digest_of(text: str) -> str:
    """SHA-256 of a text as a reviewer sees it: line ends as LF, common indentation and trailing blank lines left out."""
    return _digest(_LINE_END.split(text))


def _digest(lines: Sequence[str]) -> str:
    written = [line.strip(_BLANKS) and line for line in lines]
    indents = [line[: len(line) - len(line.lstrip(_BLANKS))] for line in written if line]
    common = len(os.path.commonprefix(indents))  # noqa: RUF071 - these are no paths
    text = "\n".join(line[common:] for line in written).rstrip(_BLANKS + "\n")
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def find(subject: Subject, snapshot: Snapshot) -> Place:
    """Where the subject stands in a text of its file now: the symbol of its name with its text, or its lines."""
    if subject.package:
        return Place((0, 0))
    if subject.symbol:
        return _find_symbol(subject, snapshot)
    if lines := _find_lines(subject, snapshot):
        return Place(lines)
    first, last = subject.first, subject.last
    what = f"line {first} was" if first == last else f"lines {first} to {last} were"
    return Place(None, f"{what} changed since")


def _find_symbol(subject: Subject, snapshot: Snapshot) -> Place:
    regions = enclosing.named(snapshot, subject.symbol)
    if not regions:
        return Place(None, f"{subject.symbol} is no longer there")
    same = [one for one in regions if digest_of(snapshot.slice(one.span)) == subject.digest]
    places = [tuple(snapshot.position(at).line + 1 for at in one.span) for one in same]
    if not places:
        return Place(None, f"{subject.symbol} was changed since")
    first, last = min(places, key=lambda place: abs(place[0] - subject.first))
    return Place((first, last))


def _find_lines(subject: Subject, snapshot: Snapshot) -> tuple[int, int] | None:
    """Lines outside of every function and class; those nearest to where they stood."""
    lines, heads = _lined(snapshot)
    count = subject.last - subject.first + 1
    left = _COMPARED
    for start in _starts(subject, len(lines), heads, count):
        piece = lines[start : start + count]
        left -= sum(map(len, piece)) + count
        if left < 0:
            return None
        if _digest(piece) == subject.digest and _stands_alone(snapshot, start, start + count - 1):
            return start + 1, start + count
    return None


@lru_cache(
    maxsize=4
)  # of a file that many reviews are about, which are looked up one after the other
def _lined(snapshot: Snapshot) -> tuple[tuple[str, ...], dict[str, tuple[int, ...]]]:
    """The lines of a text, and by the head of a line where such lines stand."""
    lines = tuple(snapshot.line_text(number) for number in range(len(snapshot.line_starts)))
    heads: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        heads.setdefault(_head(line), []).append(number)
    return lines, {head: tuple(numbers) for head, numbers in heads.items()}


def _starts(
    subject: Subject, lines: int, heads: Mapping[str, Sequence[int]], count: int
) -> Iterator[int]:
    """Where the lines may begin, from 0, the nearest to where they stood first."""
    last = lines - count
    at = subject.first - 1
    if 0 <= at <= last:
        yield at
    places: Iterable[int] = range(last + 1)
    if subject.head:
        places = [place for place in heads.get(subject.head, ()) if place <= last]
    yield from sorted((place for place in places if place != at), key=lambda one: abs(one - at))


def _stands_alone(snapshot: Snapshot, first: int, last: int) -> bool:
    span = Span(snapshot.line_starts[first], snapshot.line_span(last).end)
    return not enclosing.region(snapshot, span).symbol


def _head(line: str) -> str:
    raw = line.strip(_BLANKS).encode("utf-8", "surrogatepass")
    return hashlib.sha256(raw).hexdigest()[:_HEAD]


def _word(data: Mapping[str, Any], name: str) -> str:
    word = data.get(name, "")
    if not isinstance(word, str) or len(word) > _WORD:
        raise ValueError(f"its {name} is no text, or too long")
    return word


def _words(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    words = data.get(name, [])
    if not isinstance(words, list) or len(words) > _WORDS:
        raise ValueError(f"its {name} are no list, or too many")
    return tuple(_word({name: word}, name) for word in words)


def _lines(data: Mapping[str, Any]) -> tuple[int, int]:
    lines = data.get("lines")
    if not isinstance(lines, list) or [type(line) for line in lines] != [int, int]:
        raise ValueError("names no lines")
    if not 1 <= lines[0] <= lines[1] <= _LAST_LINE:
        raise ValueError("names lines that no file has")
    return lines[0], lines[1]
