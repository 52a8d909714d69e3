"""Secrets given to a command by an option's name: `--password …`, `--token=…`, `["--api-key", "…"]`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import values, worth
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPTION = late(r"(?<![\w-])--?(?P<name>[A-Za-z][\w-]{2,50})")
_SECRET = late(
    r"(?:passw(?:or)?d|passwd|passphrase|pwd|psk|secret|token|bearer|(?:^|[-_])pass|(?:store|key)pass"
    r"|(?:api|access|auth|account|client|consumer|encryption|master|private|signing|license|service|admin|secret)"
    r"[-_]?(?:key|token|pass))$",
    re.IGNORECASE,
)
_NEGATED = late(
    r"(?:no|without|skip|ask|prompt|print|show|use|disable|enable|revoke|list)[-_]", re.IGNORECASE
)
# Its value: in quotes, escaped perhaps, or to the next blank. `=` says for sure that it is one.
_SHELL = late(
    r"(?P<sign>=|:(?=\S)|\s{1,4}=?\s{0,2})(?:\\?(?P<quote>[\"'])(?P<quoted>[^\"'\n\\]{1,200})\\?(?P=quote)"
    r"|(?:pass:)?(?P<bare>[^\s\"'`;|&<>()\[\]{},\\-][^\s\"'`;|&<>\\(),]{2,200})(?=[\s\"'`;|&<>\\,)\]]|$))"
)
# The next string of a list of arguments, and what a definition of the option has for `default=`.
_LISTED = late(
    r"[\"'],?\s{0,9}(?P<quote>[\"'])(?P<value>[^\s\"'\\-][^\"'\n\\]{2,200})(?P=quote)\s{0,9}(?=[,\])]|$)"
)
_DEFAULT = late(
    r"[\"'][^\n]{0,200}?\bdefault\s{0,3}[=:]\s{0,3}(?P<quote>[\"'])(?P<value>[^\"'\n\\]{3,200})(?P=quote)"
)
_DEFINES = late(r"(?:argument|option|flag|param)\w{0,9}\(", re.IGNORECASE)
_NAMED_SO = 8  # characters that a bare value has at least when it has no digit
_SECURE = late(
    r"ConvertTo-SecureString\s{1,4}(?:-String\s{1,4}|-AsPlainText\s{1,4}|-Force\s{1,4}){0,3}(?P<quote>[\"'])"
    r"(?P<value>[^\"'\n]{1,200})(?P=quote)",
    re.IGNORECASE,
)


def _find(passage: Passage) -> Iterator[Hit]:
    line = passage.line
    defines = _DEFINES.search(line)
    for option in _OPTION.finditer(line):
        if not _SECRET.search(option["name"]) or _NEGATED.match(option["name"]):
            continue
        defined = defines is not None and defines.start() < option.start()
        found = _defined(line, option.end()) if defined else _given(line, option.end())
        if found is not None and found[2] is not Strength.NONE:
            yield _hit(passage, *found, option["name"].replace("-", "_"))
    for match in _SECURE.finditer(line):
        if (strength := worth.worth(match["value"])) is not Strength.NONE:
            yield _hit(passage, *match.span("value"), strength, "password")


_Found = tuple[int, int, Strength]


def _hit(passage: Passage, start: int, end: int, strength: Strength, name: str) -> Hit:
    return Hit(
        "hard-coded-password", passage.start + start, passage.start + end, strength, name=name
    )


def _given(line: str, at: int) -> _Found | None:
    """The value that stands behind the option where a command is called."""
    if (value := _LISTED.match(line, at)) is not None:
        return *value.span("value"), values.judge(value["value"])
    if (value := _SHELL.match(line, at)) is None:
        return None
    if value["quoted"] is not None:
        return *value.span("quoted"), worth.worth(value["quoted"])
    bare = value["bare"].rstrip(".:")
    start = value.start("bare")
    if not _is_bare_secret(bare, sign=value["sign"]):
        return None
    return start, start + len(bare), worth.worth(bare)


def _defined(line: str, at: int) -> _Found | None:
    """The value that the option has unless another is given."""
    value = _DEFAULT.match(line, at)
    return None if value is None else (*value.span("value"), values.judge(value["value"]))


def _is_bare_secret(value: str, *, sign: str) -> bool:
    """Whether a bare word is a value rather than a sentence's next word, or the name of what belongs there."""
    if any(map(str.isdigit, value)):
        return True
    return "=" in sign and len(value) >= _NAMED_SO and not value.isupper()


_ANCHORS = (
    *(
        "--pass",
        "--token",
        "--secret",
        "-password",
        "-token",
        "-secret",
        "-pwd",
        "-passwd",
        "-passphrase",
        "-psk",
    ),
    *(
        "-key",
        "-pass",
        "-apikey",
        "-accesstoken",
        "-authtoken",
        "-accesskey",
        "token=",
        "token ",
        "storepass",
    ),
    *("keypass", "securestring", "--bearer"),
)
DETECTORS = (Detector(_ANCHORS, _find),)
