"""Values that are given a secret's name: `password = "…"`, `"api_key": "…"`, `-H "Authorization: Bearer …"`.

Everything is looked for within one line, from a name forward, so the time is linear in the line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers import credentials
from vetline_analyzers.credentials import Strength, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

# What a line must hold (lower-case) for `find` to find something; "key" alone is too common.
NAMES = (
    r"passw(?:or)?d|passphrase|passwd|pwd|contrase(?:ñ|n)a|secret|credentials?|token|authorization"
    r"|(?:api|auth|access|private|priv|client|service|account|encryption|signing|master|db|database"
    r"|storage|shared|consumer|app|session|deploy|license|webhook|jwt)[_-]?key"
    r"|(?:db|database|key|user|smtp|mail|email|redis|mysql|pg|root|admin|ssh|login)[_-]?pass(?!w|phrase)"
)
# The calls that `find` knows, lower-case: what stands in them has a place instead of a name.
CALLS = (
    r"auth\s{0,3}=\s{0,3}\(|(?:basic|digest)auth\(|\.login\(|jwt\.(?:encode|decode|sign|verify)\("
)
_NAME = re.compile(NAMES, re.IGNORECASE)
# What it is called when sessions, tokens or cookies are signed with it.
_SIGNING = re.compile(
    r"(?:^|_|-)(?:secret[_-]?key(?:[_-]?base)?|(?:jwt|session|cookie|csrf|auth|app)[_-]?secret(?:[_-]?key)?"
    r"|(?:jwt|signing|encryption)[_-]?key)$",
    re.IGNORECASE,
)
_FIRST = re.compile(r"[(\[{]\s{0,9}[rbuRBU]?[\"'`][\w.-]{0,60}$")
# A place in a list of results, which a service gives with every page of them.
_PAGE = re.compile(r"(?:next|page|pagination|continuation|starting)[_-]?$", re.IGNORECASE)
_BEFORE = re.compile(r"[\w-]{0,60}$")
_GIVEN = re.compile(
    r"[\"'`]?\]?\s{0,20}"
    r"(?:(?::[^=:]{0,60})?:?=\s{0,20}(?:\w{1,12}\(\s{0,9})?[rbuRBU]?[\"'`]{0,3}|:\s{0,20}[\"'`])"
)
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
# `secretKey: api-key` says under which name a key is kept.
_USUAL = frozenset({"access", "api", "app", "auth", "client", "key", "name", "secret", "token"})
_COMMENT = re.compile(r"\s*(?:#|//|/?\*|--|;|<!--|def |async def )")
_PHRASE = re.compile(r"[-\d]|(?i:super|my)[-_]?")
_IN_CALL = re.compile(
    r"[rbuRBU]?(?P<quote>[\"'`])(?P<value>(?:\\.|(?!(?P=quote))[^\\]){1,200}?)(?P=quote)\s{0,9}(?P<next>[,)])"
)
_PAIR_CALL = re.compile(
    r"(?:\bauth\s{0,3}=\s{0,3}\(|(?:Basic|Digest)Auth\(|\.login\()\s{0,9}(?P<user>[\"'][^\"']{1,100}[\"']|[\w.]{1,60})\s{0,9},\s{0,9}"
)
_JWT_CALL = re.compile(
    r"(?i:\bjwt)\.(?:encode|decode|sign|verify)\(\s{0,9}(?:[^,{}\"'`]{1,100}|\{[^{}]{0,200}\})\s{0,9},\s{0,9}"
)
_REST = re.compile(r"[\w-]{0,60}")
# `password_field`, `token_url`, `secretName`: the name of something about a secret.
_ABOUT = re.compile(
    r"(?:^|[_-]|(?<=[a-z])(?=[A-Z]))(?:field|url|uri|hash|hashed|digest|name|path|file|filename|dir|type"
    r"|kind|ids?|length|len|size|min|max|label|error|err|message|msg|regex|pattern|re|env|var|variable"
    r"|column|header|param|parameter|prefix|suffix|placeholder|hint|prompt|help|title|text|expiry|expires"
    r"|expiration|ttl|age|count|limit|policy|reset|endpoint|class|format|template|input|selector|event"
    r"|action|version|algorithm|alg|method|mode|scheme|strategy|provider|backend|validator|required"
    r"|enabled|scope|scopes|ref|reference|store|manager|arn|location|region|rotation|salt|data|info"
    r"|status|state|code|form|view|page|route|link|button|changed?|confirm|confirmation|encoder|expression|config|configuration)$",
    re.IGNORECASE,
)
_PREFIX = (
    r"(?P<prefix>[rbfuRBFU]{0,2}|@|(?:SecretStr|SecretBytes|Secret|String|str|bytes)\(\s{0,9})"
)
_QUOTED = re.compile(
    r"(?P<close>[\"'`]?\]?|\[\w{0,9}\])"
    r"(?:\s{0,9}:\s{0,9}[A-Za-z][\w.]{0,30}(?:\[[\w., |]{0,40}\])?(?:\s?\|\s?\w{1,20})?(?=\s{0,9}=))?"
    r"\s{0,20}(?P<operator>=>|:=|={1,3}|!==?|\|\||\?\?|:|,|\bor\b)\s{0,20}"
    + _PREFIX
    + r"(?P<quote>\"\"\"|'''|[\"'`])(?P<value>(?:\\.|(?!(?P=quote))[^\\]){1,1000}?)(?P=quote)"
)
# What stands behind the end of a string rather than at the start of a secret.
_GOES_ON = re.compile(r"\s{0,9}[,)\]}+;]")
_BARE = re.compile(
    r"[\"']?\s{0,9}(?:[?:+]?=|:)\s{0,20}(?P<value>[^\s\"'`#;,&|<>(){}\[\]$*!%@][^\s\"'`;,{}]{3,400})(?=\s*$|\s+\#)"
)
# `Server=db;Password=…;`, `?password=…&`: inside a string, where nothing is quoted.
_PAIR = re.compile(r"=(?P<value>[^;\"'`\s&{}$<>%,()\[\]]{4,200})(?=[;\"'&])")
_SCHEME = re.compile(r"(?:bearer|basic|token|apikey|digest)\s+", re.IGNORECASE)
_AUTHORIZATION = re.compile(
    r"\b(?:bearer|basic)\s{1,4}(?P<value>[A-Za-z0-9._~+/=-]{16,1000})", re.IGNORECASE
)
_UNQUOTED_FILES = re.compile(
    r"(?:^|[/.])env(?:\.[\w.-]+)?$|\.(?:ya?ml|ini|cfg|conf|cnf|properties|tfvars|sh|bash|zsh|envrc|toml)$"
    r"|(?:^|/)(?:\.?npmrc|\.?netrc|\.pypirc|Dockerfile[\w.-]*|\.envrc|credentials)$"
)


class Value(NamedTuple):
    """A value with a secret's name, and how much it looks like a secret."""

    start: int
    end: int
    strength: Strength


def takes_bare_values(path: str) -> bool:
    """Whether values stand without quotes in the files of that name."""
    return bool(_UNQUOTED_FILES.search(path))


def find(line: str, *, bare: bool) -> Iterator[Value]:
    """The values in a line that are given a secret's name, placeholders and references left out.

    Args:
        line: a line, or a piece of one of bounded length.
        bare: whether values may stand without quotes.
    """
    end = 0
    for match in _NAME.finditer(line):
        rest = _REST.match(line, match.end())
        assert rest is not None  # noqa: S101 - the pattern matches the empty string
        if match.start() < end or _is_another_word(match[0], rest[0]) or _ABOUT.search(rest[0]):
            continue
        if match[0].lower() == "token" and _PAGE.search(
            line, max(0, match.start() - 20), match.start()
        ):
            continue
        value = _quoted(line, match.start(), rest.end()) or _unquoted(line, rest.end(), bare=bare)
        if value is not None and value.strength is not Strength.NONE:
            end = value.end
            yield value._replace(strength=_in_its_place(line, match.start(), rest.end(), value))
    yield from _in_calls(line)
    for match in _AUTHORIZATION.finditer(line):
        strength = judge(match["value"])
        if strength is Strength.REAL and any(c.isdigit() for c in match["value"]):
            yield Value(*match.span("value"), strength)


def _in_its_place(line: str, start: int, end: int, value: Value) -> Strength:
    """What a value is worth under its name: one easily guessed counts where it is used for sure."""
    before = _BEFORE.search(line, max(0, start - 60), start)
    name = (before[0] if before else "") + line[start:end]
    if value.strength is Strength.WEAK and _signs(line, name, end, value):
        return Strength.FAIR
    if value.strength is Strength.FAIR and not _is_argument(line, end, value):
        return Strength.FAIR if _signs(line, name, end, value) else Strength.WEAK
    return value.strength


def _signs(line: str, name: str, end: int, value: Value) -> bool:
    """Whether a phrase is the key that something is signed with: it is given to such a name."""
    text = line[value.start : value.end]
    words = {word.lower() for word in _PART.findall(text)}
    return bool(
        _SIGNING.search(_snake(name))
        and _GIVEN.fullmatch(line, end, value.start)
        and _PHRASE.search(text)
        and not words <= _USUAL.union(word.lower() for word in _PART.findall(name))
        and not credentials.is_placeholder(text)
        and not _COMMENT.match(line)
    )


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)


def _is_argument(line: str, end: int, value: Value) -> bool:
    """Whether `password="…"` is an argument of a call, not a variable and not a parameter."""
    return bool(
        line[end : end + 1] == "="
        and value.start == end + 2
        and re.match(r"\s{0,9}[,)]", line[value.end + 1 : value.end + 12])
        and not _COMMENT.match(line)
    )


def _in_calls(line: str) -> Iterator[Value]:
    """The second argument of the calls whose second argument is a secret."""
    for call in _PAIR_CALL.finditer(line):
        value = _IN_CALL.match(line, call.end())
        if value is None or value["next"] != ")" or value["value"] == call["user"].strip("\"'"):
            continue
        strength = judge(value["value"])
        if strength is not Strength.NONE:
            yield Value(*value.span("value"), strength)
    for call in _JWT_CALL.finditer(line):
        value = _IN_CALL.match(line, call.end())
        if value is None or (strength := judge(value["value"])) is Strength.NONE:
            continue
        if strength is Strength.WEAK and not credentials.is_placeholder(value["value"]):
            strength = Strength.FAIR  # "secret", and it does sign the tokens
        yield Value(*value.span("value"), strength)


def _is_another_word(name: str, rest: str) -> bool:
    """`tokenizer` is no token, `SECRETARY` no secret; `secretkey` and `apiKeyProd` are."""
    if not rest or not rest[0].isalpha() or rest.lower().startswith("key"):
        return False
    return rest[0].isupper() == name[-1].isupper()


def _quoted(line: str, named: int, at: int) -> Value | None:
    match = _QUOTED.match(line, at)
    if match is None:
        return None
    start, end = match.span("value")
    value = match["value"]
    if not match["close"] and _GOES_ON.match(value):
        return None  # `print("token:", name["key"])`: that quote ends a string
    if "f" in match["prefix"].lower() and "{" in value and "(" not in match["prefix"]:
        return None
    if (
        "r" in match["prefix"].lower()
        and "(" not in match["prefix"]
        and credentials.is_pattern(value)
    ):
        return None
    if scheme := _SCHEME.match(value):
        start, value = start + scheme.end(), value[scheme.end() :]
    strength = judge(value)
    # A pair such as ("Authorization", "…") or getenv("SECRET", "…") has a quoted name; a list of
    # words looks the same.
    if match["operator"] == "," and not (
        match["close"]
        and strength is Strength.REAL
        and (_FIRST.search(line, max(0, named - 80), named) or credentials.is_random(value))
        and not credentials.is_identifier(value)
        and not re.match(r"\s{0,9},\s{0,9}[\"']", line[match.end() : match.end() + 20])
    ):
        return None
    return Value(start, end, strength)


def _unquoted(line: str, at: int, *, bare: bool) -> Value | None:
    match = _BARE.match(line, at) if bare else None
    if match is None:
        match = _PAIR.match(line, at)
        if match is None or judge(match["value"]) is not Strength.REAL:
            return None
        if not any(not c.isalpha() for c in match["value"]):
            return None
    return Value(*match.span("value"), judge(match["value"]))
