"""Secrets whose name stands on one line and the value on another: `name:`/`value:`, wrapped values, lists of arguments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import values
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.names import Sense, sense
from vetline_analyzers.secret.values import Strength, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOUN = (
    r"[\w.-]{0,60}?(?:passw(?:or)?d|passphrase|passwd|[_-]pass|secret|token|credential|(?:api|access|secret|auth|private|encryption|master|signing"
    r"|account|storage)[_.-]?key(?:[_-]?base)?|[a-zA-Z]{3}[_.-]?(?:key|KEY|Key)|[_-]pwd|pepper)(?:[_-]?(?:key|value|v?\d{1,2}|prod|dev|staging))?"
)
# `- name: DB_PASSWORD`, `"Key": "ApiToken",`, `<key>Password</key>`, `<property name="password">`, and
# `variable "db_password" {`: what it is called is itself a value.
_NAMED = late(
    r"(?:\b(?:name|key|parameter_?key|env|variable|label|option_?name|id|setting)\\?[\"']?\s{0,4}(?:[:=]|=>)\s{0,4}"
    rf"|<(?:key|name|string|entry key=|property name=|setting name=)\s{{0,4}}>?|\bvariable\s{{1,4}})\\?[\"']?(?P<name>{_NOUN})\\?[\"']?"
    r"(?P<after>\s{0,4}(?:</(?:key|name|string)>|[^>\n]{0,60}>|,|\{|\}|\\n)?)",
    re.IGNORECASE,
)
# The value, within the same object: another field may stand between.
_VALUE = late(
    r"[^\n}]{0,40}?(?:\b(?:value|parameter_?value|default(?:_?value)?|content|val)\\?[\"']?\s{0,4}(?:[:=]|=>)\s{0,4}"
    r"(?:\\?(?P<quote>[\"'])(?P<quoted>[^\"'\n\\]{1,400})\\?(?P=quote)|(?P<bare>[^\s\"'#{}\[\],&*|<>!][^\s\"'#{}\[\],<>]{3,400})(?=\s*$|\s#|\s{0,3}\}))"
    r"|<(?:string|value)>(?P<text>[^<>\n]{1,400})</)",
    re.IGNORECASE | re.MULTILINE,
)
# The name's line ends with its `:` or `=`, with a bracket perhaps.
_OPEN = late(
    r"(?<![\w.-])(?P<name>[\w.-]{4,120})\\?[\"']?\]?\s{0,4}(?P<sign>:=|=>|[:=])\s{0,4}"
    r"(?P<after>\(|\\|\{|[>|][+-]?)?\s{0,4}$"
)
_SECRET_NAME = late(rf"{_NOUN}$", re.IGNORECASE)
_LINE = late(
    r"\s{0,60}[rbRB]?(?P<quote>[\"'`])(?P<quoted>[^\"'`\n]{1,400})(?P=quote)\s{0,4}(?:[,;)]{0,3}\s*$)",
    re.MULTILINE,
)
_BLOCK = late(r"(?P<bare>[A-Za-z0-9+/_.!@$%^&*=~-]{6,400})\s{0,4}$", re.MULTILINE)
_XML_OPEN = late(r"<(?P<name>(?:\w{0,20}:)?\w{0,20}password)>\s{0,9}$", re.IGNORECASE)
_XML_VALUE = late(r"\s{0,60}<value>(?P<text>[^<>\n]{1,400})</value>", re.IGNORECASE)
_PLAIN = late(r"<plaintext>\s{0,4}false", re.IGNORECASE)
# `auth=(`, `HTTPBasicAuth(`, `.login(` at the end of a line: of two strings on lines of their own the second.
_CALL = late(
    r"(?:\bauth\s{0,3}=\s{0,3}|(?:Basic|Digest)Auth|\.login|set_credentials|PasswordCredentials?)\(\s{0,4}$"
)
_SECOND = late(
    r"\s{0,60}(?:[\"'](?P<user>[^\"'\n]{1,100})[\"']|[\w.]{1,60}),\s{0,60}[\"'](?P<quoted>[^\"'\n]{1,200})[\"']\s{0,4},?\s{0,60}\)"
)
_FORM = late(r"<(?:input|option|button|label|select|field|textarea|form|a|meta)\b", re.IGNORECASE)
_VALUES = ("val", "Val", "efault", "<string>", "ontent")
_OPENERS = (":", "=", "(", "{", "|", ">", "\\", "-", "+")
_TAIL = 160  # characters at the end of a line in which such a name stands
_AHEAD = 4  # lines after a name in which its value may stand
_WINDOW = 1_200


def _find(passage: Passage) -> Iterator[Hit]:
    text, line = passage.text, passage.line
    window = text[passage.end : passage.end + _WINDOW]
    if "val" in line or any(word in window for word in _VALUES):
        for named in _NAMED.finditer(line):
            if not _FORM.search(line):
                yield from _beside(text, named, passage.start + named.end())
    stripped = line.rstrip()
    if not stripped.endswith(_OPENERS):
        return
    for at in _lines_after(text, passage.end, 1):
        opened = _OPEN.search(line, max(0, len(line) - _TAIL))
        if opened and _SECRET_NAME.match(opened["name"]):
            yield from _below(text, opened, at, stripped)
        if opened := _XML_OPEN.search(line):
            yield from _element(text, at, opened["name"])
        match = _SECOND.match(text, at) if _CALL.search(line) else None
        if match is not None and match["user"] != match["quoted"]:
            yield from _hit(match, "password")


def _below(text: str, opened: re.Match[str], at: int, line: str) -> Iterator[Hit]:
    """The value on the line below its name: a string, the block of a YAML scalar, or an object with a `value`."""
    match = _LINE.match(text, at)
    if match is None and opened["sign"] == ":" and line.endswith(("|", ">", "|-", ">-")):
        start = at + len(text[at : at + 60]) - len(text[at : at + 60].lstrip(" "))
        match = _BLOCK.match(text, start) if start > at else None
    yield from _hit(match, opened["name"])
    if opened["sign"] == ":" and line.endswith("{"):
        yield from _beside(text, opened, at - 1)


def _beside(text: str, named: re.Match[str], at: int) -> Iterator[Hit]:
    """The value that belongs to a name which is a value itself: on its line, or on one of the next."""
    if "}" in (named["after"] or ""):
        return
    for start in (at, *_lines_after(text, at, _AHEAD)):
        line_end = text.find("\n", start)
        line_end = len(text) if line_end < 0 else line_end
        if match := _VALUE.match(text, start, min(line_end, start + _WINDOW)):
            yield from _hit(match, named["name"])
            return
        rest = text[start:line_end]
        if start > at and (_NAMED.search(rest[:200]) or rest.strip()[:1] in ("}", "]", "-", "")):
            return


def _element(text: str, at: int, name: str) -> Iterator[Hit]:
    """`<Password>`, and on the next line its `<Value>`, as Windows' answer files have it."""
    match = _XML_VALUE.match(text, at)
    if match is not None and not _PLAIN.match(text, match.end() + 8, match.end() + 80):
        yield from _hit(match, name)


def _lines_after(text: str, at: int, count: int) -> Iterator[int]:
    """Where the next lines start."""
    for _ in range(count):
        at = text.find("\n", at) + 1
        if at == 0:
            return
        yield at


_REFERENCE_NAMES = late(
    r"(?:name|path|file|url|uri|arn|id|ref|type|policy|field|label)$", re.IGNORECASE
)


def _hit(match: re.Match[str] | None, name: str) -> Iterator[Hit]:
    if match is None or _REFERENCE_NAMES.search(name):
        return
    groups = match.groupdict()
    group = next(g for g in ("quoted", "bare", "text") if groups.get(g) is not None)
    if (meant := sense(name)) is Sense.NONE or match[group].endswith(";"):
        return
    strength = judge(match[group], meant)
    if strength is Strength.REAL and group != "quoted" and values.is_identifier(match[group]):
        strength = Strength.WEAK
    if strength is not Strength.NONE:
        yield Hit("hard-coded-password", *match.span(group), strength, name=name)


DETECTORS = (
    Detector(
        (
            "passw",
            "passphrase",
            "_pass",
            "-pass",
            "secret",
            "token",
            "credential",
            "key",
            "auth=(",
            "auth(",
            "login(",
        ),
        _find,
        beyond=True,
        ahead=(_AHEAD + 1) * _WINDOW,
    ),
)
