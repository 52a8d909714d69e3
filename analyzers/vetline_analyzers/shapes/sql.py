"""Passwords in SQL: `IDENTIFIED BY '…'`, `CREATE USER shop PASSWORD '…'`, `ENCRYPTION BY PASSWORD = '…'`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import worth
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTED = r"[NnEe]?(?:\\?[\"'`]|'')(?P<quoted>[^\"'`\\\n]{1,200})(?=\\?[\"'`])"
# Names in SQL are words too, so a value without quotes has to end as the statement does.
_BARE = r"(?P<bare>[A-Za-z0-9_#$@!.-]{4,60})(?=\s{0,3}(?:;|\"|'|\\n|$|\s(?:DEFAULT|TEMPORARY|PROFILE|ACCOUNT|USING|REQUIRE|WITH|QUOTA)\b))"
_IDENTIFIED = late(
    r"\bIDENTIFIED\s{1,9}(?:WITH\s{1,9}[\w'\"`]{1,60}\s{1,9})?(?:BY|AS)\s{1,9}(?:PASSWORD\s{1,9})?"
    rf"(?:{_QUOTED}|{_BARE})",
    re.IGNORECASE,
)
# `PASSWORD '…'`, `PASSWORD = '…'`, `PASSWORD('…')`, `SECRET = '…'`, in a statement about who may come in.
_PASSWORD = late(
    rf"\b(?:(?:OLD_)?PASSWORD|SECRET|SECRET_KEY)\s{{0,9}}(?:=\s{{0,9}}|\(\s{{0,9}}|TO\s{{1,9}})?{_QUOTED}",
    re.IGNORECASE,
)
_ENCRYPTION = late(
    rf"\b(?:EN|DE)CRYPTION\s{{1,9}}BY\s{{1,9}}PASSWORD\s{{0,9}}=\s{{0,9}}{_QUOTED}", re.IGNORECASE
)
_SETTING = late(
    rf"\bSET\s{{1,9}}[\"']?[\w.]{{1,60}}(?:secret|password|passphrase|_key)[\"']?\s{{1,9}}?(?:=|TO)\s{{0,9}}{_QUOTED}",
    re.IGNORECASE,
)
_STATEMENT = late(
    r"\b(?:CREATE|ALTER|SET|ADD|GRANT|UPDATE)\s{1,9}(?:OR\s{1,9}REPLACE\s{1,9})?(?:PUBLIC\s{1,9}|SHARED\s{1,9}|PERSISTENT\s{1,9}"
    r"|DATABASE\s{1,9}SCOPED\s{1,9}|SERVER\s{1,9})?(?:USER|ROLE|LOGIN|GROUP|PASSWORD|APPLICATION|CREDENTIAL|SECRET"
    r"|MASTER\s{1,9}KEY|SYMMETRIC|DATABASE|CERTIFICATE|SUBSCRIPTION|ENDPOINT|STAGE|SERVER|STORAGE|mysql\.user)\b"
    r"|\bGRANT\s.{1,200}\bTO\b|^[\s\"'(]{0,40}(?:(?:LOGIN|ENCRYPTED|UNENCRYPTED|WITH)\s{1,9}){1,3}(?:ENCRYPTED\s{1,9})?PASSWORD\b"
    r"|\bUSER\s{1,9}MAPPING\b",
    re.IGNORECASE,
)
_KEYWORDS = late(
    r"^[\s\"'#*/+-]{0,40}IDENTIFIED\s|\bIDENTIFIED\s{1,9}(?:WITH|BY)\b|\b(?i:create|alter|grant)\s.{0,200}?\bidentified\s",
    re.DOTALL,
)
_USER = late(
    r"\b(?:USER|ROLE|LOGIN|FOR|GRANT\s.{1,200}?\sTO)\s{1,9}[\"'`]?(?P<user>[\w.-]{1,60})",
    re.IGNORECASE,
)
_DASHED = late(r"[A-Za-z]+(?:-[A-Za-z]+)+")  # ASN.1's `IDENTIFIED BY id-ce-keyUsage`
_OUR_WORDS = frozenset({"by", "password", "values", "globally", "externally", "default", "random"})


def _find(passage: Passage) -> Iterator[Hit]:
    line = passage.line
    matches = list(_matches(line))
    user = _USER.search(line) if matches else None
    for match in matches:
        group = match.lastgroup or "quoted"
        value = match[group]
        if value.lower() in _OUR_WORDS or (group == "bare" and _DASHED.fullmatch(value)):
            continue
        strength = worth.worth(value, user["user"] if user else "")
        if strength is not Strength.NONE:
            start, end = match.span(group)
            yield Hit(
                "hard-coded-password",
                start + passage.start,
                end + passage.start,
                strength,
                name="db_password",
            )


def _matches(line: str) -> Iterator[re.Match[str]]:
    if "identified" in line.lower() and _KEYWORDS.search(line):
        yield from _IDENTIFIED.finditer(line)
    if (statement := _STATEMENT.search(line)) is not None:
        yield from _PASSWORD.finditer(line, statement.start())
        yield from _SETTING.finditer(line, statement.start())
    yield from _ENCRYPTION.finditer(line)


DETECTORS = (Detector(("identified", "password", "secret", "encryption by"), _find),)
