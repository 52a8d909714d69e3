"""Whether a string that stands where a credential belongs is one."""

from __future__ import annotations

import re
from enum import Enum


class Strength(Enum):
    """What a value is: NONE no secret at all, WEAK a placeholder or a demo's word, REAL the rest."""

    NONE = 0
    WEAK = 1
    REAL = 2


# A reference to a secret is what we ask people to write.
_REFERENCE = re.compile(
    r"\$\{.*\}|\$\(.*\)|\$[A-Za-z_]\w*|\{\{.*\}\}|\{[^{}]*\}|<[^<>]*>|\[[^\[\]]*\]|#\{.*\}"
    r"|%[-\w]*%|%\(\w+\)s|%[sdr]|@[\w.]+@|:\w+"
    r"|(?:os\.environ|os\.getenv|getenv|process\.env|env|secrets?|config|settings|self|vault|op|arn"
    r"|ENC|keyring|ssm|data|var|local|module|params?|props|args?|request|req)\b[.:\[(].*"
    r"|[A-Za-z_][\w.]*\(.*\)?|!\w+.*",
    re.DOTALL,
)
_PLACE = re.compile(r"(?:/|\./|\.\./|~/)[\w./-]*|[a-z][a-z0-9+.-]*://[^@\s]*", re.IGNORECASE)
_NOTHING = re.compile(
    r"[~^<>=v]{0,3}\d+\.\d+\.\d+[\w.+-]{0,20}|(?:none|null|nil|true|false|undefined|optional|required|string|str|bytes|any|hidden|redacted"
    r"|masked|removed|omitted|[x*.\-_#?•0]+)",
    re.IGNORECASE,
)
_STAND_IN = re.compile(
    r"change[-_ ]?(?:me|it|this)|your?[-_ ]|[-_ ]here\b|example|placeholder|replace|insert|dummy|fake"
    r"|sample|todo|fixme|foo|bar\b|lorem|xxxx|\.\.\.|1234|abcd|qwerty|not[-_ ]?(?:a|the|so)?[-_ ]?"
    r"(?:real|secret|secure)|redacted|insecure|my[-_ ]?(?:secret|password|token|key)|default|demo"
    r"|mock|stub|test|dev(?:elopment)?[-_]|super[-_ ]?secret",
    re.IGNORECASE,
)
_COMMON = re.compile(
    r"(?:admin|administrator|guest|letmein|pass|password|passwd|passphrase|postgres|root|secret|token"
    r"|user|username|welcome|hunter|p@ssw0rd|passw0rd|key|apikey|auth|bearer|basic|login)\d*",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[A-Za-z]+(?:[-_ .:/][A-Za-z]*)*")
_SAMPLE = re.compile(
    r"example|placeholder|your|x{5}|X{5}|0{6}|1{6}|\*{3}|\.\.\.|12345678|abcdefgh|changeme|fake|dummy",
    re.IGNORECASE,
)
_SAMPLE_VARIETY = 8  # different characters at least in a token of twenty or more
_RANDOM = re.compile(r"(?=.*\d)(?=.*[A-Za-z])\S+")
_WORDS_IN = re.compile(r"[a-z]{5}|[A-Z]{6}|[A-Z][a-z]{4}")
_LONG = 20
_SHORTEST = 4
_PROSE = 3  # words and more
_WORDY = 24  # letters only, one case: longer ones are not words


def judge(value: str) -> Strength:
    """How much a value looks like a secret that somebody could use.

    Args:
        value: the characters between the quotes.
    """
    value = value.strip().removeprefix("django-insecure-")  # what startproject writes is a live key
    if (
        len(value) < _SHORTEST
        or _NOTHING.fullmatch(value)
        or _REFERENCE.fullmatch(value)
        or _PLACE.fullmatch(value)
        or _is_prose(value)
    ):
        return Strength.NONE
    if len(value) >= _LONG and _RANDOM.fullmatch(value) and not _WORDS_IN.search(value):
        # Three letters of a stand-in turn up in long random strings by chance.
        return Strength.WEAK if is_sample(value) else Strength.REAL
    if _COMMON.fullmatch(value) or _STAND_IN.search(value) or _is_word(value):
        return Strength.WEAK
    return Strength.REAL


def is_sample(token: str) -> bool:
    """Whether a provider's token is one of the made-up ones that documentation shows."""
    return bool(_SAMPLE.search(token)) or len(set(token)) < _SAMPLE_VARIETY


def _is_prose(value: str) -> bool:
    words = value.split()
    if len(words) < _PROSE:
        return len(words) > 1 and all(word.isalpha() for word in words)
    return sum(any(c.isalpha() for c in word) for word in words) * 2 > len(words)


def _is_word(value: str) -> bool:
    """Letters only: an identifier, a header's name, a label, a word of a demo."""
    if len(set(value)) < _SHORTEST or value.isdigit():
        return True
    if not _WORDS.fullmatch(value):
        return not value.isascii() and not any(c.isdigit() for c in value)
    part: str = max(re.split(r"[-_ .:/]", value), key=len)
    if part.islower() or part.isupper() or part.istitle():
        return len(part) < _WORDY
    # camelCase: a word has few capitals, in a key every second letter is one.
    return sum(map(str.isupper, part)) * 3 < len(part)
