"""The format of a provider's token: what it looks like, how it is called, what proves it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import values
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_VARIETY = 6  # different characters at least in what is random
_PLENTY = 20  # so many in a whole token, and its parts need not be looked at
_PARTED = late(r"[^A-Za-z0-9]")
_SHOWN = 200  # characters by which a made-up token is known

# What may stand before a token: no letter and no digit, but those of an escape (`\n`, `%3D`) are none.
_BEFORE = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=%[0-9A-F]{2}))"
_AFTER = r"(?![A-Za-z0-9_-])"
_STARTS = late(_BEFORE)
# A pattern that starts with any letter finds its start by what stands before. Of one that starts with a known
# character `re` finds that ten times as fast, if nothing comes first, and what stands before is looked at then.
_WIDE = late(r"(?:\(\?:)*(?:\[(?![^\]\\-]{1,4}\])|\\w|\()")


@dataclass(frozen=True)
class Format:
    """One kind of token.

    Attributes:
        name: the rule's name, "aws-access-key".
        title: a noun phrase without article.
        anchors: lower-case strings of which a line holds one when it holds such a token.
        patterns: what it looks like; group "secret" is the secret, without that group the whole match.
        sample: a made-up token for the rule's example.
        revoke: where its issuer lets it be revoked: "Settings → API keys"; "" where we do not know.
        example: a line of code with a place for the sample.
        severity: how bad it is; of several formats of one name the first one says it.
        confidence: how sure we are that it is what its title says.
        bounded: no letter or digit may stand before it, none of those nor `_` nor `-` behind it.
        fits: what a pattern cannot say: whether a match is such a token.
        proves: whether a token's own checksum fits; gives None for a token that has none.
    """

    name: str
    title: str
    anchors: tuple[str, ...]
    patterns: tuple[str, ...]
    sample: str
    revoke: str = ""
    example: str = 'client = Client("{}")'
    severity: Severity = Severity.HIGH
    confidence: Confidence = Confidence.HIGH
    bounded: bool = True
    fits: Callable[[re.Match[str]], bool] | None = None
    proves: Callable[[str], bool | None] | None = None

    @cached_property
    def compiled(self) -> tuple[re.Pattern[str], ...]:
        """The patterns, compiled when first needed: most lines need none."""
        after = _AFTER if self.bounded else ""
        return tuple(
            late(f"{_BEFORE if self.bounded and _WIDE.match(pattern) else ''}(?:{pattern}){after}")
            for pattern in self.patterns
        )

    @cached_property
    def detector(self) -> Detector:
        """Finds tokens of this format in a line."""
        return Detector(self.anchors, self._find)

    def _find(self, passage: Passage) -> Iterator[Hit]:
        for pattern in self.compiled:
            group = "secret" if "secret" in pattern.groupindex else 0
            at = passage.start
            while match := pattern.search(passage.text, at, passage.end):
                if self.bounded and not _STARTS.match(passage.text, match.start()):
                    at = match.start() + 1
                    continue
                at = match.end()
                if not self.fits or self.fits(match):
                    yield self._hit(match[group], *match.span(group))

    def _hit(self, token: str, start: int, end: int) -> Hit:
        proven = self.proves(token) if self.proves else None
        # What is public by design is no more than a hint.
        weak = self.severity is Severity.INFO or (not proven and _is_made_up(token[:_SHOWN]))
        strength = Strength.WEAK if weak else Strength.REAL
        unsure = proven is False or self._less_sure
        return Hit(self.name, start, end, strength, False, self.name, bool(proven), unsure)  # noqa: FBT003 - a row

    @cached_property
    def _less_sure(self) -> bool:
        return self.confidence < Confidence.HIGH


def _is_made_up(token: str) -> bool:
    if len(set(token)) < _PLENTY:
        body = max(_PARTED.split(token), key=len)
        if len(set(body)) < min(_VARIETY, len(body)):
            return True
    return values.is_sample(token)


def has_digit(match: re.Match[str]) -> bool:
    """Whether a digit is in it: without one it is a word."""
    return bool(_DIGIT.search(match[0]))


# By name -------------------------------------------------------------------------------------------

_SPACES = ("", "_", "-", " ", ".")
# Between the name and the value: the rest of a variable's name, a type, an operator, quotes.
_GAP = r"(?P<gap>[^\r\n]{0,40}?)(?<=[\s\"'`=:>,(\[|&?;/])"
_CLOSES = r"(?![A-Za-z0-9_/+=-]|\.[A-Za-z0-9])"
# All of these are shown lower-case text: to ignore case costs a regex its speed.
_KEYED = late(r"key|token|secret|pass|pwd|auth|cred|bearer|login|licen[cs]e|pat\b|sid\b")
_ASSIGNED = late(r"[=:,(>|]\W{0,6}$")
_OTHER = late(
    r"sha[_-]?\d|sha\b|md5|hash|digest|commit|checksum|integrity|revision|rev\b|etag|fingerprint"
    r"|public|publishable|site[_-]?key|uuid|guid|https?:|identifier|version|signature|cursor|nonce|cache"
    r"|\.(?:js|css|svg|png|jpe?g|zip|t?gz|git)\b|[?&]v(?:er)?="
)
_PUBLIC_ID = late(
    r"(?:client|app|application|account|project|user|tenant|org|team|space|site|object|zone|item|page"
    r"|index|trace|span|session|request|widget|template|list|price|plan|customer)[_ -]?id\b"
)
_COMMIT, _ALONE = (
    late(r"[0-9a-f]{40}"),
    20,
)  # characters at least of a key with nothing but a blank before it
_DIGIT, _LETTER = late(r"\d"), late(r"[A-Za-z]")
_WORDS = late(r"[a-z]{4,}")


def named(  # noqa: PLR0917 - a row of a table
    name: str,
    title: str,
    words: str,
    value: str,
    sample: str,
    revoke: str = "",
    *,
    common: bool = False,
) -> Format:
    """A format that has no shape of its own: the provider's name tells it.

    The name stands at most 40 characters before the value, on its line, in a variable, a key or a comment:
    `lob_api_key = "…"`, `"lob token": …`. What lies between may not say that the value is something
    else: a digest, a public identifier.

    Args:
        name: the rule's name.
        title: a noun phrase without article.
        words: the provider's names, "new relic|newrelic"; for a blank stands nothing or any one separator.
        value: what the secret looks like, exactly.
        sample: a made-up one.
        revoke: where its issuer lets it be revoked.
        common: the name is a word of English, too, or the value short: a word for a secret must stand
            between them.
    """
    each = [word.split(" ") for word in words.split("|")]
    anchors = tuple(dict.fromkeys(space.join(parts) for parts in each for space in _SPACES))
    pattern = "|".join("[ _.-]?".join(map(re.escape, parts)) for parts in each)
    # `-Dsonar.login=…` of a Java program: a D is a letter of the name but behind a dash.
    before, after = (r"(?<![A-CE-Za-z])(?<!(?<!-)D)", r"(?![a-z])") if common else ("", "")
    return Format(
        name,
        title,
        anchors,
        (f"{before}(?i:{pattern}){after}{_GAP}(?P<secret>{value}){_CLOSES}",),
        sample,
        revoke,
        example=f'{each[0][0]}{"_".join(["", *each[0][1:]])}_api_key = "{{}}"',
        confidence=Confidence.MEDIUM,
        bounded=False,
        fits=_is_keyed if common else _is_assigned,
    )


def _is_keyed(match: re.Match[str]) -> bool:
    gap = match["gap"].lower()
    return bool(_KEYED.search(gap)) and is_value(match["secret"], gap)


def _is_assigned(match: re.Match[str]) -> bool:
    return is_value(match["secret"], match["gap"].lower())


def is_value(value: str, gap: str) -> bool:
    """Whether a value that looks like a secret behind a provider's name is one.

    Args:
        value: the value.
        gap: what stands between the name and it, in small letters.
    """
    if not _DIGIT.search(value) or not _LETTER.search(value) or len(set(value)) < _VARIETY:
        return False
    # Behind a blank alone a name has its key, too, but forty digits of hexadecimal are a commit.
    beside = not gap.strip() and len(value) >= _ALONE and not _COMMIT.fullmatch(value)
    if not (beside or _ASSIGNED.search(gap) or _KEYED.search(gap)) or _OTHER.search(gap):
        return False
    if "id" in gap and _PUBLIC_ID.search(gap):
        return False
    # "OAuth2TestsMixin" is the name of a class
    return value.islower() or sum(map(len, _WORDS.findall(value))) * 2 < len(value)


def fill(count: int, alphabet: str = "k7Rz2mQx9TbW4vLp8Nf3HsY6cJd5Gg") -> str:
    """Characters for a sample that no scanner takes for a live token."""
    return (alphabet * (count // len(alphabet) + 1))[:count]


def hexadecimal(count: int) -> str:
    """The same of hexadecimal digits."""
    return fill(count, "9c3f07ad5b81e264")


def lower(count: int) -> str:
    """The same of small letters and digits."""
    return fill(count, "k7rz2mqx9tbw4vlp8nf3hsy6cjd5gg")


def upper(count: int) -> str:
    """The same of capitals and digits."""
    return fill(count, "K7RZ2MQX5TBW4VLP3NF6HSY")


def uuid() -> str:
    """A sample in the shape of a UUID."""
    return "-".join(map(hexadecimal, (8, 4, 4, 4, 12)))
