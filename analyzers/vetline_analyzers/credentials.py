"""Whether a string that stands where a credential belongs is one."""

from __future__ import annotations

import re
from enum import Enum


class Strength(Enum):
    """What a value is.

    NONE no secret at all, WEAK a placeholder or a demo's word, FAIR one that is easily guessed and yet
    the secret where the code shows that it is used as one, REAL the rest.
    """

    NONE = 0
    WEAK = 1
    FAIR = 2
    REAL = 3


# A reference to a secret is what we ask people to write. Its names are words, with a digit or a number
# perhaps: what has digits here and there is a password that merely starts like one.
_NAME = r"_*[A-Za-z]+(?:\d[A-Za-z]+|\d{0,3})(?:[_-](?:[A-Za-z]+\d[A-Za-z]+|[A-Za-z]*\d{0,3}))*+"
_VARIABLE = r"(?:[A-Z_][A-Z0-9_]*|[A-Za-z_]+\d?)"
_CLOSED = r"\[[^\[\]]*\]|\((?:[^()]|\([^()]*\))*\)"
_REFERENCE = re.compile(
    rf"\$\{{.*\}}|\$\(.*\)|[$:]{_VARIABLE}|\{{\{{.*\}}\}}|\{{[^{{}}]*\}}|<[^<>]*>|\[[^\[\]]*\]|#\{{.*\}}"
    r"|%[-\w]*%|%\(\w+\)s|%[sdr]|@[\w.]+@|![A-Za-z]+\s.*|(?:arn|data|keyring|op|ssm|vault):.*"
    r"|(?:os\.environ|os\.getenv|getenv|process\.env|env|secrets?|config|settings|self|vault|ENC|keyring"
    rf"|ssm|data|var|local|module|params?|props|args?|request|req)(?=[.:\[(])(?:[.:]{_NAME}|{_CLOSED})*+"
    rf"|{_NAME}(?:\.{_NAME})*+\(.*\)",
    re.DOTALL,
)
_PLACE = re.compile(r"(?:/|\./|\.\./|~/)[\w./-]*|[a-z][a-z0-9+.-]*://[^@\s]*", re.IGNORECASE)
_COLOUR = r"(?:[\w:-]{1,20}\s){0,5}(?:[a-z]{2,6}:)?#[0-9a-fA-F]{3,8}(?:\s[\w:#-]{1,20}){0,5}"
_NOTHING = re.compile(
    rf"{_COLOUR}|[+.&]\s.*\s[+.&]|"  # the second: between two strings that are joined
    r"[~^<>=v]{0,3}\d+\.\d+\.\d+[\w.+-]{0,20}|(?:none|null|nil|true|false|undefined|optional|required|string|str|bytes|any|hidden|redacted"
    r"|masked|removed|omitted|[x*.\-_#?•0]+)",
    re.IGNORECASE,
)
# Words that nobody has in a password by chance, and words that are parts of others: those count only
# where a word starts and ends, in "test-key" and "myTestKey" and not in "Contest9".
_STARTS, _ENDS = r"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))", r"(?:(?![A-Za-z])|(?<=[a-z])(?=[A-Z]))"
_PLACEHOLDER = re.compile(
    r"[Yy]our(?=[A-Z])|(?i:change[-_ ]?(?:me|it|this)|your?[-_ ]|example|placeholder|dummy|fixme|lorem|xxxx|\.\.\."
    r"|not[-_ ]?(?:a|the|so)?[-_ ]?(?:real|secret|secure)|redacted|foobar|asdf|abcdef)"
    rf"|{_STARTS}(?i:xxx|here|replace|insert|fake|sample|todo|foo|bar|abcd|mock|stub"
    rf"|test(?:s|er|ing|user|pass(?:word)?|secret|token|key)?){_ENDS}"
)
# A demo's words, which are no password in earnest but do sign the cookies of many a site.
_DEMO = re.compile(
    r"(?i:qwerty|insecure|my[-_ ]?(?:secret|password|token|key)|super[-_ ]?secret|01234|12345"
    r"|(?<![A-Za-z\d])1234)"
    rf"|{_STARTS}(?i:default|demo|dev(?:elopment)?(?=[-_])){_ENDS}"
)
_COMMON = re.compile(
    r"(?:admin|administrator|guest|letmein|pass|password|passwd|passphrase|postgres|root|secret|token"
    r"|user|username|welcome|hunter|p@ssw0rd|passw0rd|key|apikey|auth|bearer|basic|login)\d*",
    re.IGNORECASE,
)
_GUESSED = re.compile(
    r"p@ssw0rd\d*!?|(?:admin|root|hunter|letmein|pass|passw(?:or|0r)d|passwd|secret|welcome)\d{1,6}!?",
    re.IGNORECASE,
)
_REGEX = re.compile(r"\\[wWdDsSbB]|\(\?[:=!<P]|\[\^|\][+*?|{]|\)[+*?|{]")
# `urllib2`, `google.oauth2.service`: the name of a module or of what is in it.
_MODULE = re.compile(r"[a-z_]{2,}[a-z]\d?(?:\.[A-Za-z_]+\d?(?:_[a-z]+)*)++")
_IDENTIFIER = re.compile(r"[A-Za-z_]+\d?")
_WORDS = re.compile(r"[A-Za-z]+(?:[-_ .:/][A-Za-z]*)*")
_MADE_UP = re.compile(
    r"example|placeholder|your|x{5}|0{6}|1{6}|\*{3}|\.\.\.|changeme|fake|dummy", re.IGNORECASE
)
_SEQUENCE = re.compile(r"12345678|abcdefgh", re.IGNORECASE)
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
        or len(set(_REGEX.findall(value))) > 1
        or _is_prose(value)
    ):
        return Strength.NONE
    if is_random(value):
        # Three letters of a stand-in turn up in long random strings by chance.
        return Strength.WEAK if is_sample(value) else Strength.REAL
    if _GUESSED.fullmatch(value):
        return Strength.FAIR
    if _COMMON.fullmatch(value) or is_placeholder(value) or _DEMO.search(value):
        return Strength.WEAK
    if _is_word(value) or _MODULE.fullmatch(value):
        return Strength.WEAK
    return Strength.REAL


def is_random(value: str) -> bool:
    """Whether a value is long, of letters and digits, and holds no words."""
    return bool(len(value) >= _LONG and _RANDOM.fullmatch(value) and not _WORDS_IN.search(value))


def is_placeholder(value: str) -> bool:
    """Whether a value says itself that another is to take its place."""
    return bool(_PLACEHOLDER.search(value))


def is_common(value: str) -> bool:
    """Whether a value is the word for what it stands for: "password", "admin", "secret"."""
    return bool(_COMMON.fullmatch(value))


def is_pattern(value: str) -> bool:
    """Whether a raw string is a regular expression."""
    return bool(_REGEX.search(value))


def is_identifier(value: str) -> bool:
    """Whether a value could be the name of a module, a class or a variable."""
    return bool(_IDENTIFIER.fullmatch(value) or _MODULE.fullmatch(value))


def is_sample(token: str) -> bool:
    """Whether a provider's token is one of the made-up ones that documentation shows.

    A token's longest part is the secret one; in the others, a workspace's number, any digits may stand.
    """
    secret = max(token.split("-"), key=len)
    return (
        bool(_MADE_UP.search(token) or _SEQUENCE.search(secret))
        or len(set(token)) < _SAMPLE_VARIETY
    )


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
    # camelCase: a word has few capitals or longer runs of small letters, a key has neither.
    runs = sum(map(len, re.findall(r"[a-z]{3,}", part)))
    return sum(map(str.isupper, part)) * 3 < len(part) or runs * 2 >= len(part)
