"""Quoted values that are given a secret's name: `password = "…"`, `"api_key": "…"`, `getenv("TOKEN") or "…"`.

Everything is looked for within one line, from a name forward, so the time is linear in the line.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import values
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.names import ANCHORS, Name, Sense, names_in
from vetline_analyzers.secret.values import Strength, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

# `PASSWORD"]`, `X")`, `secret[25]`; `: Final[str]`, `: &'static str`, Go's `string`; `=`, `or`, `.unwrap_or(`.
_CLOSE = r"\}?(?P<close>\\{0,3}[\"'`]|&(?:quot|#34|#39);)?(?:\[\w{0,9}\]|[\])]){0,2}"
_TYPE = (
    r"(?:\s{0,9}:\s{0,9}&?(?:'\w{1,9}\s)?[A-Za-z][\w.:<>]{0,30}(?:\[[\w., |]{0,40}\])?[?!]?(?:\s?\|\s?\w{1,20})?(?=\s{0,9}=)"
    r"|\s{1,9}\*?(?:[Ss]tring|str|NSString|char|text)\b(?=\s{0,9}:?=)"
    r"|\s{1,9}As\s{1,9}\w{1,20}|\s?\{\s?get;[a-z; ]{0,30}\})?"
)
_OPERATOR = (
    r"(?P<operator>=>|<-|->|:{0,3}=(?!=)|[?+.]=|={2,3}|!==?|\|\|=?|\?\?=?|\?:|:|,(?:\s{0,9}default(?:_value)?\s?[=:])?"
    r"|\.(?:unwrap_or(?:_else)?|or(?:_else|Else)?|equals(?:IgnoreCase)?|eql\?|isEqual(?:To|ToString)?)[(:](?:\|\w{0,9}\|)?|[({]|\b(?:or|is|eq|ne)\b)"
)
# `password = safe = "…"`; `SecretStr("…")`, `new String(`, `(None, `, `b"…"`, `@"…"`.
_CHAIN = r"(?:[\w.]{1,30}(?:\s?=\s{0,3}(?!=)|\([^()]{0,60}\)\s?(?:or|\|\||\?\?|\?:)\s?))?"
_WRAPPER = r"(?:(?:new\s{1,3})?(?:\[\])?[A-Za-z_][\w.:]{0,40}!?\(\s{0,9}|[\[({]\s{0,3}(?:(?:None|null|nil),\s?)?)"
_QUOTED = late(
    rf"{_CLOSE}{_TYPE}\s{{0,40}}{_OPERATOR}\s{{0,40}}{_CHAIN}(?P<wrapper>{_WRAPPER}{{0,2}})(?P<prefix>[rbfuRBFULN@$]{{0,2}})"
    r"(?P<quote>\"\"\"|'''|\\{0,3}[\"'`]|&(?:quot|#34|#39);)"
)
_QUOTE = late(r"[\"'`&]")
# Functions that give back what they are given, as far as it is secret.
_GIVES_BACK = late(
    r"(?:secret_?(?:str|bytes|value|string)?|string|str|bytes|unicode|text|some|just|of|of_?nullable|ptr(?:\.to)?|to|from(?:_?string)?"
    r"|string_?ptr|encode_?utf_?8|get_?bytes|b64decode|base64_?decode|lit|literal|sensitive|as_?bytes|value|quote|unquote|char|"
    r"password|token|key|api_?key|credential|protected_?string|secure_?string|secret_?key_?spec|byte|nsstring|t|b|s)!?",
    re.IGNORECASE,
)
_SETS = late(r"(?:[Ss]et|[Ww]ith|[Uu]se|[Aa]dd|[Pp]ut|[Aa]ssign|[Dd]efault)[A-Z_]|(?:set|with)_")
# C++: `std::string password("…");`
_DECLARED = late(r"(?:[Ss]tring|auto|SecretStr|char|const)\s{1,9}$")
# What stands behind the end of a string rather than at the start of a secret.
_GOES_ON = late(r"\s{0,9}(?:[,)\]}+;?:&|]\s|[,)\]};]\S{0,1}$|[)\]]?\s?[+%])")
_JOINED = late(
    r"(?P<first>[\"'])(?:\s{0,9}(?:[+.&]|\|\|)\s{0,9}|\s{1,9})[rbu@]?(?P=first)(?P<more>[^\"'\\]{1,200})(?P=first)"
)
_LIST = late(r"\s{0,9},\s{0,9}[\"']")
_FIRST = late(r"[(\[{]\s{0,9}(?:\d{1,9}\s{0,3},\s{0,3})?[rbuRBU]?\\{0,3}[\"'`][\w.:-]{0,60}$")
_SCHEME = late(
    r"(?:bearer|token|api-?key|digest|api-token|key|jwt|oauth|bot|ntlm|ssws|negotiate)[ :]+",
    re.IGNORECASE,
)
_BASIC = late(r"basic\s", re.IGNORECASE)
_REVERSED = late(
    r"(?P<quote>[\"'])(?P<value>[^\"'\\]{4,200})(?P=quote)(?:\s{0,3}[!=]={1,2}\s{0,3}|\.equals(?:IgnoreCase)?\()(?:[\w$]{1,30}(?:\.|->|::)){0,3}[$@]?$"
)
_DEFAULT = late(
    r"\\?[\"']\s{0,3}(?:,|\)\.)[^\"'\n]{0,60}\b(?:default|default_value|fallback)\s{0,3}[=:(]\s{0,3}(?P<quote>[\"'])(?P<value>[^\"'\\]{4,200})(?P=quote)"
)
_ATTRIBUTE = late(  # <add key="password" value="…"/>, { name: "TOKEN", value: "…" }
    r"\\?[\"']\s{0,9}(?:,\s{0,9}[\"']?)?(?:\w{1,12}:)?(?:value|content|default(?:Value)?|newValue)[\"']?\s{0,9}[=:]\s{0,9}(?P<quote>\\?[\"'])(?P<value>[^\"'\\]{1,1000})(?P=quote)"
)
_SPACED = late(r"\s{1,20}(?:is\s)?(?P<quote>[\"'`])(?P<value>[^\"'`\\\s]{4,400})(?P=quote)")
_DEFINES = late(
    r"\s{0,40}#\s{0,9}define\s{1,9}[\w.]{0,9}|.{0,80}(?:setenv|Environment)\s{1,9}", re.IGNORECASE
)
_STRING = late(r"[\"'](?P<value>[^\"'\\\s]{16,400})\\{0,3}[\"']")
# What it is called when sessions, tokens or cookies are signed with it.
_SIGNING = late(
    r"(?:^|_|-)(?:secret[_-]?key(?:[_-]?base)?|(?:jwt|session|cookie|csrf|auth|app)[_-]?secret(?:[_-]?key)?"
    r"|(?:jwt|signing|encryption)[_-]?key)$",
    re.IGNORECASE,
)
_GIVEN = late(
    r"[\"'`]?\]?\s{0,20}"
    r"(?:(?::[^=:]{0,60})?:?=\s{0,20}(?:\w{1,12}\(\s{0,9})?[rbuRBU]?[\"'`]{0,3}|:\s{0,20}[\"'`])"
)
_PART = late(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
# `secretKey: api-key` says under which name a key is kept.
_USUAL = frozenset(
    {
        "access",
        "api",
        "app",
        "auth",
        "client",
        "field",
        "header",
        "key",
        "name",
        "param",
        "secret",
        "token",
    }
)
_COMMENT = late(r"\s*(?:#|//|/?\*|--|;|<!--|def |async def )")
_PHRASE = late(r"[-\d]|(?i:super|my)[-_]?")
_UNQUOTED_FILES = late(
    r"(?:^|[/.])env(?:\.[\w.-]+)?$|\.(?:ya?ml|ini|cfg|conf|cnf|properties|tfvars|sh|bash|zsh|envrc|toml)$"
    r"|(?:^|/)\.[\w-]{1,40}(?:rc|cfg|config|conf|profile|history|aliases|env)$"
    r"|(?:^|/)(?:\.?npmrc|\.?netrc|\.pypirc|Dockerfile[\w.-]*|\.envrc|\.?credentials)$"
)
_LONGEST = 1_000  # characters of a string
_HEAD = 120  # characters before what is defined or set
_STRINGS = 20  # in JSON, that are looked at


def takes_bare_values(path: str) -> bool:
    """Whether values stand without quotes in the files of that name."""
    return bool(_UNQUOTED_FILES.search(path))


def find(line: str) -> Iterator[Hit]:
    """The quoted values in a line that are given a secret's name, placeholders and references left out.

    Where two strings are joined, the span is that of both.

    Args:
        line: a line, or a piece of one of bounded length.
    """
    end = 0
    for name in names_in(line):
        if name.start < end:
            continue
        if hit := _quoted(line, name) or _elsewhere(line, name):
            if hit.strength is Strength.REAL:
                end = max(end, hit.end)
            yield hit._replace(strength=_in_its_place(line, name, hit))


class _Given(NamedTuple):
    """A string behind a secret's name: how it was given, the string's characters, where its quote ends."""

    line: str
    name: Name
    how: re.Match[str]
    start: int
    end: int
    after: int

    @property
    def value(self) -> str:
        """What stands between the quotes."""
        return self.line[self.start : self.end]


def _quoted(line: str, name: Name) -> Hit | None:
    how = _QUOTED.match(line, name.end)
    if how is None:
        return _spaced(line, name)
    start, end = how.end(), _closed(line, how.end(), how["quote"])
    given = _Given(line, name, how, start, end, end + len(how["quote"]))
    if end <= start or not _is_given(given):
        return None
    value = given.value
    if value[0] in "{[" and (inner := _in_json(value)):
        return _hit(name, start + inner.start("value"), start + inner.end("value"), Strength.REAL)
    more = _JOINED.match(line, end)
    if more:
        value += more["more"]
    strength = _judged(value, name.sense)
    if scheme := _SCHEME.match(value):
        start += scheme.end()
    if more and strength is not Strength.NONE:
        # Both halves are masked, and what joins them; of `"Bearer " + "…"` only the second is secret.
        start = start if start < end else more.start("more") + start - end
        end = more.end("more")
    if value[:2] == value[-2:] == '\\"':  # the value of a constant that is a string again
        start, end = start + 2, end - 2
    if how["operator"][0] in ",({" and not _is_pair(given, strength):
        return None
    return _hit(name, start, end, strength)


def _closed(line: str, start: int, quote: str) -> int:
    """Where the string ends that starts there; -1 when it is not closed or endless."""
    at, most = start, start + _LONGEST
    while (at := line.find(quote, at, most)) >= 0:
        before = line[max(start, at - 9) : at]
        if quote[0] == "\\" or (len(before) - len(before.rstrip("\\"))) % 2 == 0:
            return at
        at += 1
    return -1


def _spaced(line: str, name: Name) -> Hit | None:
    """A value that stands behind a name and nothing else: `#define KEY "…"`, `password "…"`."""
    match = _SPACED.match(line, name.end)
    if match is None or _is_end(match["value"]) or name.text.lower() == "pass":
        return None  # "Pass `timeout=10`" says what to do
    defined = name.start < _HEAD and _DEFINES.fullmatch(line, 0, name.start)
    sense = name.sense if defined or name.sense is Sense.PASSWORD else Sense.KEY
    strength = judge(match["value"], sense)
    if not defined and (strength is not Strength.REAL or not re.search(r"\d", match["value"])):
        return None
    return _hit(name, *match.span("value"), strength)


def _in_json(value: str) -> re.Match[str] | None:
    """The first random string in JSON that is the value of a secret's name."""
    inner = (
        m
        for m in islice(_STRING.finditer(value), _STRINGS)
        if judge(m["value"], Sense.TOKEN) is Strength.REAL
    )
    return next(inner, None)


def _judged(value: str, sense: Sense) -> Strength:
    """What a value is worth without the word for its scheme: "Bearer …"; what "Basic" encodes others read."""
    if _BASIC.match(value):
        return Strength.NONE
    if scheme := _SCHEME.match(value):
        return judge(value[scheme.end() :], max(sense, Sense.TOKEN))
    return judge(value, sense)


def _hit(name: Name, start: int, end: int, strength: Strength) -> Hit | None:
    if strength is Strength.NONE:
        return None
    return Hit("hard-coded-password", start, end, strength, name=name.text)


def _is_given(given: _Given) -> bool:
    """Whether the quote begins the name's value and is not the end of a string, or of another's value."""
    line, name, how, value = given.line, given.name, given.how, given.value
    if not how["close"] and _is_end(value):
        return False
    if how["operator"] in {"=>", "->"} and ")" in line[name.end : how.start("operator")]:
        return False  # `sign("secret") => "…"`: what a call gives
    if any(
        not _GIVES_BACK.fullmatch(re.split(r"[.:]", wrapper)[-1])
        for wrapper in re.findall(r"([\w.:]+)!?\(", how["wrapper"])
    ):
        return False
    prefix = how["prefix"].lower()
    if ("f" in prefix and "{" in value) or ("r" in prefix and values.is_pattern(value)):
        return False
    if how["operator"] not in "({" or how["close"]:
        return True
    return (
        bool(_SETS.match(name.text))
        or line[max(0, name.start - 1) : name.start] in {".", ">"}
        or bool(_DECLARED.search(line, max(0, name.start - 40), name.start))
    )


def _is_end(value: str) -> bool:
    """Whether the quote before it ended a string: `print("token:", name["key"])`."""
    return value[0] in ",)]};?&|" or bool(_GOES_ON.match(value))


def _is_pair(given: _Given, strength: Strength) -> bool:
    """Whether two strings beside each other are a name and its value; a list of words looks the same."""
    line, name, operator = given.line, given.name, given.how["operator"]
    if strength is not Strength.REAL:
        return False
    # A list of names looks the same, but for what is no name in any language.
    odd = name.sense is Sense.PASSWORD and values.is_gibberish(given.value)
    if len(operator) == 1 and values.is_identifier(given.value) and not odd:
        return False
    after = line[given.after : given.after + 9].lstrip()[:1]
    if operator in "({":
        return after in {")", ",", "}"}
    if len(operator) > 1:
        return True  # `default="…"`
    if line[max(0, name.start - 1) : name.start] == "{":  # Erlang's `{password, "…"}`
        return after == "}"
    if not given.how["close"]:
        return False
    if values.is_random(given.value):
        return True
    first = _FIRST.search(line, max(0, name.start - 80), name.start)
    return bool(first) and not _LIST.match(line, given.after)


def _elsewhere(line: str, name: Name) -> Hit | None:
    """A value that does not follow the name at once: a default, an attribute, the left side of a comparison."""
    if line[name.end : name.end + 1] in {"'", '"', "\\"}:
        for pattern in (_DEFAULT, _ATTRIBUTE):
            if match := pattern.match(line, name.end):
                return _hit(name, *match.span("value"), _judged(match["value"], name.sense))
    before = line[max(0, name.start - 40) : name.start]
    if "=" in before or ".equals" in before:
        match = _REVERSED.search(line, max(0, name.start - 240), name.start)
        if match:
            return _hit(name, *match.span("value"), judge(match["value"], name.sense))
    return None


def _in_its_place(line: str, name: Name, hit: Hit) -> Strength:
    """What a value is worth under its name: one easily guessed counts where it is used for sure."""
    if hit.strength is Strength.WEAK and _signs(line, name, hit):
        return Strength.FAIR
    if hit.strength is Strength.FAIR and not _is_argument(line, name.end, hit):
        return Strength.FAIR if _signs(line, name, hit) else Strength.WEAK
    return hit.strength


def _signs(line: str, name: Name, hit: Hit) -> bool:
    """Whether a phrase is the key that something is signed with: it is given to such a name."""
    text = line[hit.start : hit.end]
    words = {word.lower() for word in _PART.findall(text)}
    return bool(
        _SIGNING.search(_snake(name.text))
        and _GIVEN.fullmatch(line, name.end, hit.start)
        and _PHRASE.search(text)
        and not words <= _USUAL.union(word.lower() for word in _PART.findall(name.text))
        and not values.is_placeholder(text)
        and not _COMMENT.match(line)
    )


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)


def _is_argument(line: str, end: int, hit: Hit) -> bool:
    """Whether `password="…"` is an argument of a call, not a variable and not a parameter."""
    return bool(
        line[end : end + 1] == "="
        and hit.start == end + 2
        and re.match(r"\s{0,9}[,)]", line[hit.end + 1 : hit.end + 12])
        and not _COMMENT.match(line)
    )


def _find(passage: Passage) -> Iterator[Hit]:
    if not _QUOTE.search(passage.line):  # half the lines with such a name
        return
    for hit in find(passage.line):
        yield hit._replace(start=hit.start + passage.start, end=hit.end + passage.start)


DETECTORS = (Detector(ANCHORS, _find),)
