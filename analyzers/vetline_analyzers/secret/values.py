"""Whether a string that stands where a credential belongs is one."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret.names import Sense
from vetline_analyzers.secret.oddness import oddness
from vetline_analyzers.secret.published import is_published


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
_NAME = r"_*[A-Za-z]+(?:\d[A-Za-z]+|\d{0,3})(?:[_-](?:[A-Za-z]+\d[A-Za-z]+|[A-Za-z]*\d{0,3})){0,20}"
_VARIABLE = r"(?:[A-Z_][A-Z0-9_]*|[A-Za-z_]+\d?)"
_CLOSED = r"\[[^\[\]]*\]|\((?:[^()]|\([^()]*\))*\)"
_REFERENCE = late(
    rf"\$\{{.*\}}|\$\(.*\)|[$:]{_VARIABLE}|\{{\{{.*\}}\}}|\{{[^{{}}]*\}}|<[^<>]*>|\[[^\[\]]*\]|#\{{.*\}}"
    r"|%[-\w]*%|%\(\w+\)s|%[sdr]|@[\w.]+@|![A-Za-z]+\s.*|(?:arn|data|keyring|op|ssm|vault):.*"
    r"|(?:os\.environ|os\.getenv|getenv|process\.env|env|secrets?|config|settings|self|vault|ENC|keyring"
    rf"|ssm|data|var|local|module|params?|props|args?|request|req)(?=[.:\[(])(?:[.:]{_NAME}|{_CLOSED}){{0,20}}"
    rf"|{_NAME}(?:\.{_NAME}){{0,20}}\(.*\)",
    re.DOTALL,
)
# A hole of a template within a value: what stands around it is no secret by itself.
_HOLE = late(
    r"\$\{[^{}]*\}|\{\{[^{}]*\}\}|\$\([^()]*\)|<%|#\{[^{}]*\}|%\(\w{1,30}\)s|(?<![{$])\{[a-zA-Z_][\w.]{0,40}\}(?!\})"
    r"|%[sdv](?![0-9A-Za-z])|<[a-z][\w -]{1,40}>"
)
_PLACE = late(
    r"(?:@?/|\./|\.\./|~/)[\w./-]*|[a-z][a-z0-9+.-]*://[^@\s]*|\.[a-z]\w*(?:\.\w+){0,9}"
    r"|[a-z_][\w.]{0,60}\[[-\w]{0,20}\](?:\.[a-z_]\w{0,40}){0,5}",
    re.IGNORECASE,
)
_FILE = late(
    r"[\w./-]{1,80}\.(?:pem|crt|cer|key|pub|p8|p12|pfx|jks|json|ya?ml|txt|py|js|ts|html?|php|cfg|ini|env|xml|md|css)"
)
_COLOUR = r"(?:[\w:-]{1,20}\s){0,5}(?:[a-z]{2,6}:)?#[0-9a-fA-F]{3,8}(?:\s[\w:#-]{1,20}){0,5}"
_NOTHING = late(
    rf"{_COLOUR}|[+.&]\s.*\s[+.&]|"  # the second: between two strings that are joined
    r"[~^<>=v]{0,3}\d+\.\d+\.\d+[\w.+-]{0,20}|(?:none|null|nil|true|false|undefined|optional|required|string|str|bytes|any|hidden|redacted"
    r"|masked|removed|omitted|[x*.\-_#?•0y]+)"
    r"|[a-z]{2,3}-[A-Z][a-z]{3}(?:-[A-Z]{2})?|[a-z]{2}[-_][a-z]{2}|(?:non-?)?(?:utf|latin|iso|cp|ascii|us-ascii|windows|base)[-_]?\d[\d-]{0,8}(?:-?sig)?|-{1,2}[a-z][a-z-]{1,40}"
    r"|(?:hmac[-_]?)?(?:sha|md|aes|rsa|des|ecdsa|ed|hs|rs|es|ps|x)[-_]?\d{1,5}(?:[-_/][a-z\d]{1,9}){0,3}|[a-z][\w.:-]{1,60}-\d{1,3}\.\d{1,3}(?:\.\d{1,4})?(?:[-.][a-z\d]{1,12})?|[^\d\n]{0,60}[:?]|\d{1,3}(?:;\d{1,3}){1,4}|\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?",
    re.IGNORECASE,
)
# Words that nobody has in a password by chance, and words that are parts of others: those count only
# where a word starts and ends, in "test-key" and "myTestKey" and not in "Contest9".
_STARTS, _ENDS = r"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))", r"(?:(?![A-Za-z])|(?<=[a-z])(?=[A-Z]))"
_PLACEHOLDER = late(
    r"[Yy]our(?=[A-Z])|(?i:change[-_ ]?(?:me|it|this)|your?[-_ ]|your(?:secret|token|pass|api|key)|example|placeholder"
    r"|dummy|fixme|lorem|xxxx|\.\.\.|not[-_ ]?(?:a|the|so)?[-_ ]?(?:real|secret|secure)|redacted|removed|foobar|asdf"
    r"|abcdef|(?:value|token|key|password)[-_ ]?(?:goes[-_ ]?)?here|-{3}|<[a-z])"
    rf"|{_STARTS}(?i:xxx|here|replace|insert|fake|sample|todo|foo|bar|abcd|mock|stub"
    rf"|test(?:s|er|ing|user|pass(?:word)?|secret|token|key)?){_ENDS}"
)
# A demo's words, which are no password in earnest but do sign the cookies of many a site.
_DEMO = late(
    r"(?i:qwerty|insecure|(?:my|some|this|that|the|user|any)[-_ ]?(?:is[-_ ]?)?(?:my[-_ ]?|your[-_ ]?|an?[-_ ]?)?(?:secret|passw(?:or)?d|token|key)"
    r"|s(?:u|oo)per[-_ ]?secret|(?<![A-Za-z\d])abc123|01234|12345|(?<![A-Za-z\d])1234)"
    rf"|{_STARTS}(?i:default|demo|dev(?:elopment)?(?=[-_])){_ENDS}"
)
_COMMON = late(
    r"(?:admin|administrator|guest|letmein|pass|password|passwd|passphrase|postgres|root|secret|sekrit|token"
    r"|user|username|welcome|hunter|p@ssw0rd|passw0rd|key|apikey|auth|bearer|basic|login)\d*",
    re.IGNORECASE,
)
_GUESSED = late(
    r"(?!password)p[a@4][s5$]{2}w[o0]rd\d*!?|(?:admin|root|hunter|letmein|pass|passw(?:or|0r)d|passwd|secret|welcome)\d{1,6}!?",
    re.IGNORECASE,
)
_REGEX = late(r"\\[wWdDsSbB]|\(\?[:=!<P]|\[\^|\][+*?|{]|\)[+*?|{]")
# `urllib2`, `google.oauth2.service`: the name of a module or of what is in it.
_MODULE = late(r"[a-z_]{2,}[a-z]\d?(?:\.[A-Za-z_]+(?:\d(?:_[a-z]+){0,5})?){1,20}")
_IDENTIFIER = late(r"[A-Za-z_]+\d?")
_WORDS = late(r"[A-Za-z]+(?:[-_ .:/][A-Za-z]*)*")
_MADE_UP = late(
    r"example|placeholder|your|x{5}|\*{3}|#{3}|\.\.\.|changeme|fake|dummy|550e8400-e29b|1a2b3c4d-5e6f|1234abcd-1234",
    re.IGNORECASE,
)
# What is left of a password in a database: nobody gets in with it as it stands.
_HASHED = late(
    r"(?:pbkdf2[-_:]|bcrypt|argon2|scrypt|md5\$|sha\d{1,3}\$|crypt\$|\$(?:2[abxy]|[156]|argon2\w{0,2})\$|\{(?:SSHA|SHA|CRYPT)\})",
    re.IGNORECASE,
)
# A path of an image, a language with its script, the name of a class.
_DRAWN = late(r"[Mm] ?-?\d+(?:\.\d+)?[, ][-\d.].{8,}", re.DOTALL)
_CLASS = late(r"(?:[A-Z]{1,3}\d{0,2})?(?:[A-Z][a-z]{2,20}){2,8}(?:\d{1,2})?")
_ESCAPED = late(r"\\u[\dA-Fa-f]{4}")
# `secret_with_32_characters`: words, each apart.
_APART = late(r"[A-Za-z]{2,}(?:[-_.][A-Za-z]{2,}|[-_.]\d{1,4}){2,}")
_SEQUENCE = late(r"0{6}|1{6}|12345678|abcdefgh", re.IGNORECASE)
_SAMPLE_VARIETY = 8  # different characters at least in a token of twenty or more
_RANDOM = late(r"(?=.*\d)(?=.*[A-Za-z])\S+")
_WORDS_IN = late(r"[a-z]{5}|[A-Z]{6}|[A-Z][a-z]{4}")
_LONG = 20
_LONGEST = 500  # of longer ones the head says enough
_SHORTEST = 4
_PROSE = 3  # words and more
_WORDY = 24  # letters only, one case: longer ones are not words
# `sk_test_…`, `access-sandbox-…`: what kind of token it is says nothing of the token.
_KIND = late(
    r"[A-Za-z\d]{2,12}(?:[-_][A-Za-z]{2,8})?[-_](?:test|live|prod|production|dev|sandbox|staging)[-_=]{1,2}",
    re.IGNORECASE,
)
# What no machine has in a string by chance, and what is short for a word.
_TELLING = late(
    r"pass|pwd|secret|token|key|auth|cred|user|admin|root|login|sql|ssh|http|test|demo|host|mail|data|config|service|server"
    r"|client|name|word|code|public|private|qwert",
    re.IGNORECASE,
)
_HEX = late(r"(?=[^\d]{0,60}\d)(?:[\da-f]{12,}|[\dA-F]{12,})")
_CHOSEN = late(r"[A-Za-z]{6,20}\d{0,4}")
# A UUID: as a token it is one, as "some key" it is the name of a thing.
_UUID = late(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_PARTS = late(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ODD = 5.25  # bits a letter from which a run of letters is no word
_ODD_FROM, _ODD_LONG = ((4, 7.0), (7, 5.5), (9, 5.25)), 5.0  # by the number of letters
_SHORT = 8
_ODD_NAME = 6.0  # "Jelszo": the only word of a label
_WORD_AT_LEAST = 4  # shorter runs of letters stand in random strings too
# A token's share of words and mean length of parts at most; those of some key's value.
_MIXED, _FEW, _PIECES = 0.41, 0.15, 3.6
_SOME, _APIECE = 0.33, 3.0
_TOKEN, _KEY, _DIGEST, _NUMBER, _PIN = 8, 16, 32, 12, 6  # characters at least


@lru_cache(maxsize=1024)  # a file says the same things again and again
def judge(value: str, sense: Sense = Sense.PASSWORD) -> Strength:
    """How much a value looks like a secret that somebody could use.

    Args:
        value: the characters between the quotes.
        sense: what its name says; the less that is, the more the value has to look like one by itself.
    """
    # What startproject writes is a live key.
    value = value[:_LONGEST].strip().removeprefix("django-insecure-")
    value = _ESCAPED.sub("\N{LATIN SMALL LETTER O WITH STROKE}", value)
    if _is_nothing(value):
        return Strength.NONE
    if is_published(value):
        return Strength.WEAK
    if (
        sense is not Sense.PASSWORD
        and (kind := _KIND.match(value))
        and len(value) >= kind.end() + _TOKEN
    ):
        value = value[kind.end() :]
    if sense <= Sense.OWN_KEY:
        return _of_key(value, sense)
    return _of_secret(value, sense)


def _of_secret(value: str, sense: Sense) -> Strength:
    """Under a name that says by itself that its value is one."""
    if is_random(value):
        # Three letters of a stand-in turn up in long random strings by chance.
        return Strength.WEAK if is_sample(value) else Strength.REAL
    if _GUESSED.fullmatch(value):
        return Strength.FAIR
    if is_placeholder(value) or _is_demo(value):
        return Strength.WEAK
    if _HASHED.match(value) or len(set(value)) < _SHORTEST:
        return Strength.WEAK
    if sense is Sense.TOKEN:
        return Strength.REAL if _is_made(value) else Strength.WEAK
    if is_gibberish(value):
        return Strength.REAL
    return Strength.WEAK if _is_word(value) or _is_phrase(value) else Strength.REAL


def _is_demo(value: str) -> bool:
    return bool(_COMMON.fullmatch(value) or _DEMO.search(value))


def is_random(value: str) -> bool:
    """Whether a value is long, of letters and digits, and holds no words."""
    return bool(len(value) >= _LONG and _RANDOM.fullmatch(value) and not _WORDS_IN.search(value))


def is_gibberish(value: str) -> bool:
    """Whether a value is of ASCII letters, with dashes perhaps, that no language puts in that order."""
    letters = re.sub(r"[-_.=+/]", "", value)
    if (
        len(letters) < _SHORTEST
        or not (letters.isascii() and letters.isalpha())
        or _TELLING.search(letters)
    ):
        return False
    share, mean, odd = _words_in(value)
    if share >= _MIXED:
        return False
    if not all(
        part.islower() or part.isupper() or part.istitle()
        for part in re.findall(r"[A-Za-z]+", value)
    ):
        return mean < _SHORTEST - 1 or oddness(letters) >= _ODD_NAME
    label = letters.istitle() and len(letters) <= _SHORT
    return odd >= (_ODD_NAME if label else _odd_from(len(letters)))


def _odd_from(length: int) -> float:
    """The bits a letter from which so many letters are no word: the fewer there are, the more."""
    return next((bits for most, bits in _ODD_FROM if length <= most), _ODD_LONG)


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


def is_chosen(value: str) -> bool:
    """Whether a value is a word or a name that somebody may have chosen for a password, no demo's and no label."""
    return (
        bool(_CHOSEN.fullmatch(value))
        and not (_is_demo(value) or _TELLING.search(value))
        and not (is_placeholder(value) or _is_nothing(value))
    )


def _is_nothing(value: str) -> bool:
    """Whether it is no secret whatever its name says: too short, a reference, a path, a pattern, prose."""
    return (
        len(value) < _SHORTEST
        or bool(_NOTHING.fullmatch(value) or _REFERENCE.fullmatch(value))
        or bool(
            _PLACE.fullmatch(value)
            or _FILE.fullmatch(value)
            or _HOLE.search(value)
            or _DRAWN.match(value)
        )
        or len(set(_REGEX.findall(value))) > 1
        or _is_prose(value)
        or _is_label(value)
    )


def _of_key(value: str, sense: Sense) -> Strength:
    """Under a name that says little only what is long and random counts."""
    if sense is Sense.OWN_KEY and _UUID.fullmatch(value) and not is_sample(value):
        return Strength.REAL
    return Strength.REAL if len(value) >= _KEY and _is_drawn(value) else Strength.NONE


def _is_drawn(value: str) -> bool:
    """Whether it is drawn by lot: a digest's digits or letters and digits without words, no name and no path."""
    if not value.isascii() or " " in value or max(map(value.count, "./")) > _PROSE:
        return False
    if _UUID.fullmatch(value) or is_sample(value) or is_placeholder(value):
        return False
    if len(value) >= _DIGEST and _HEX.fullmatch(value):
        return not value.isdigit()
    if not any(map(str.isdigit, value)):
        return len(value) >= _LONG and is_gibberish(value)
    share, mean, odd = _words_in(value)
    return any(map(str.isalpha, value)) and share < _SOME and (mean < _APIECE or odd >= _ODD_LONG)


def _is_made(value: str) -> bool:
    """Whether a machine made it: letters and digits without words, an odd run of letters, a long number."""
    if _UUID.fullmatch(value) or (_HEX.fullmatch(value) and not value.isdigit()):
        return not is_sample(value)
    if len(value) < _TOKEN or not value.isascii() or " " in value:
        return False
    if value.isdigit():
        return len(value) >= _NUMBER and len(set(value)) > _SHORTEST
    if not any(map(str.isdigit, value)):
        return is_gibberish(value)
    share, mean, odd = _words_in(value)
    few = mean < _PIECES or share < _FEW or odd >= _ODD
    return share < _MIXED and few and len(set(value)) > _SHORTEST


def _words_in(value: str) -> tuple[float, float, float]:
    """The share of a value that is words, the mean length of its parts, the mean oddness of its letters.

    A part is a number, a word, a row of capitals.
    """
    parts = _PARTS.findall(value)
    odds = [(len(part), oddness(part)) for part in parts if part[0].isalpha()]
    words = sum(length for length, odd in odds if length >= _WORD_AT_LEAST and odd < _ODD)
    pairs = sum(length - 1 for length, _ in odds)
    odd = sum((length - 1) * odd for length, odd in odds) / max(1, pairs)
    return words / len(value), len(value) / max(1, len(parts)), odd


def _is_phrase(value: str) -> bool:
    """Whether it is of words that stand apart, the name of a module or of a thing."""
    return bool(_MODULE.fullmatch(value) or _CLASS.fullmatch(value)) or bool(
        _APART.fullmatch(value) and _words_in(value)[0] >= _MIXED
    )


def _is_prose(value: str) -> bool:
    words = [re.sub(r"['\u2019.,!?:;()]", "", word) for word in value.split()]
    if len(words) < _PROSE:
        return len(words) > 1 and all(word.isalpha() for word in words if word)
    return sum(any(c.isalpha() for c in word) for word in words) * 2 > len(words)


def _is_label(value: str) -> bool:
    """Whether it is a word in a script or with accents that no generator of passwords uses."""
    return not value.isascii() and all(c.isalpha() or c in "-'" for c in value)


def _is_word(value: str) -> bool:
    """Letters only: an identifier, a header's name, a label, a word of a demo."""
    if len(set(value)) < _SHORTEST or (value.isdigit() and len(value) < _PIN):
        return True
    if not _WORDS.fullmatch(value):
        return not value.isascii() and not any(map(str.isdigit, value))
    part: str = max(re.split(r"[-_ .:/]", value), key=len)
    if part.islower() or part.isupper() or part.istitle():
        return len(part) < _WORDY and not is_gibberish(part)
    # camelCase: a word has few capitals or longer runs of small letters, a key has neither.
    runs = sum(map(len, re.findall(r"[a-z]{3,}", part)))
    return sum(map(str.isupper, part)) * 3 < len(part) or runs * 2 >= len(part)
