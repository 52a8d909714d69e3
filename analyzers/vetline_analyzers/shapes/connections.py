"""Passwords in connection strings: ADO, ODBC, JDBC, libpq, Azure, and `user:password@tcp(host)`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import worth
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    from collections.abc import Iterator

_RULE = "hard-coded-password"
_USER = late(
    r"(?:user(?:[ _]?(?:id|name))?|uid|username|login)\s{0,3}=\s{0,3}(?P<user>[^;&\s\"',)]{1,100})",
    re.IGNORECASE,
)
# In a connection string fields stand between semicolons; a value in quotes may hold one.
_ADO = late(
    r"(?<![A-Za-z0-9_%?&-])(?:password|pwd|passwd|trustStorePassword|keyStorePassword|trustCertificateKeyStorePassword)"
    r"\s{0,3}=\s{0,3}(?:'(?P<single>[^'\"\n]{1,200})'|\{(?P<braced>[^{}\"'\n]{1,200})\}"
    r"|(?P<plain>[^;\"'`<>{}\s\\(),]{1,200})(?=[;\"'`<\\]|\s{0,9}$))",
    re.IGNORECASE,
)
# That it is one is seen by another field beside it.
_FIELD = late(
    r"(?:(?:^|[;\"'`=>{\s])(?:server|data source|addr(?:ess)?|network address|host(?:name)?|initial catalog|database"
    r"|db|uid|user ?id|user|username|driver|dsn|provider|port|dbname|integrated security|endpoint"
    r"|trusted_connection|persist security info|encrypt)\s{0,3}=|jdbc:|(?:mysql|pgsql|odbc|dblib|oci|sqlsrv):)",
    re.IGNORECASE,
)
_QUERY = late(
    r"[?&;](?:amp;)?(?:password|passwd|pwd|pass)=(?P<value>[^&;#\"'`\s<>\\)]{1,200})", re.IGNORECASE
)
_JDBC = late(
    r"[?&;:,(](?:password|pwd|secretaccesskey|secretkey|private_key_pwd|token)=(?P<value>[^&;,#\"'`\s<>\\)(]{1,200})",
    re.IGNORECASE,
)
_LIBPQ = late(
    r"(?<![\w.-])(?:(?:host|hostaddr|user|dbname|port|sslmode|service|connect_timeout)=[^\s=\"',()]{1,100}\s{1,3}){1,8}"
    r"password=\\?'?(?P<after>[^\s\"'\\;,()]{1,200})"
    r"|(?<![\w.-])password=\\?'?(?P<before>[^\s\"'\\;,()]{1,200})\\?'?\s{1,3}"
    r"(?:host|hostaddr|user|dbname|port|sslmode)=[^\s,()]{1,100}(?:[\s\"']|$)"
)
# `jdbc:oracle:thin:shop/…@db:1521`; Go's `shop:…@tcp(db)/shop`; a pair before `@(DESCRIPTION=`.
_ORACLE = late(
    r"jdbc:oracle:(?:thin|oci8?):(?P<user>[^/:@\s\"']{1,60})/(?P<value>[^\s\"'@<>]{1,200})@",
    re.IGNORECASE,
)
_GO = late(
    r"(?:^|[\"'`\s=])(?P<user>[\w.${}-]{1,60}):(?P<value>[^\s\"'`:@/]{1,100}(?:[@/:][^\s\"'`:@/]{1,60}){0,2})"
    r"@(?:tcp|unix|udp|tcp6)?\("
)
_AZURE = late(
    r"(?:(?:Account|SharedAccess|Shared|Access|Primary|Secondary|Storage)_?Key|;Key)\s{0,3}=\s{0,3}[\"']?"
    r"(?P<value>[A-Za-z0-9+/]{42,90}={0,2})(?![A-Za-z0-9+/])",
    re.IGNORECASE,
)
# A shared access signature: the signature beside the version, the expiry or the permissions.
_SIGNATURE = late(
    r"(?<![A-Za-z0-9])sig=(?P<value>[A-Za-z0-9%/+_-]{40,120}(?:=|%3[Dd]){0,2})(?![A-Za-z0-9])"
)
_SAS = late(r"(?:[?&;\s]|amp;)(?:s[evprt]|skn|ss|srt|sip|spr)=")


def _find(passage: Passage) -> Iterator[Hit]:
    for start, end, name, found in (*_fields(passage.line), *_azure(passage.line)):
        if found is not Strength.NONE:
            yield Hit(_RULE, start + passage.start, end + passage.start, found, name=name)


_Found = tuple[int, int, str, Strength]


def _fields(line: str) -> Iterator[_Found]:
    """Passwords that stand in a field of their own, and those in a pair."""
    lowered = line.lower()
    matches: list[tuple[re.Match[str], str]] = []
    if fields := list(_ADO.finditer(line)):
        matches += [(match, match.lastgroup or "plain") for match in fields if _FIELD.search(line)]
    if "jdbc:" in lowered or "://" in line or "pdo" in lowered:
        pattern = _JDBC if "jdbc:" in lowered else _QUERY
        matches += [(match, "value") for match in pattern.finditer(line)]
    if "password=" in line and ("host" in line or "user=" in line or "dbname=" in line):
        matches += [(match, match.lastgroup or "after") for match in _LIBPQ.finditer(line)]
    if matches:
        users = _USER.search(line)
        for match, group in matches:
            yield _found(match, group, users["user"] if users else "")
    for sign, pattern in (("jdbc:oracle", _ORACLE), ("@", _GO)):
        if sign in lowered:
            for match in pattern.finditer(line):
                yield _found(match, "value", match["user"])


def _found(match: re.Match[str], group: str, user: str) -> _Found:
    value = match[group].rstrip()
    start = match.start(group)
    # `passwd=os.environ["…"]` in a call is an expression, cut off at its quote.
    cut = value.endswith(("[", "("))
    strength = Strength.NONE if cut else worth.worth(value, user)
    return start, start + len(value), "db_password", strength


def _azure(line: str) -> Iterator[_Found]:
    for match in _AZURE.finditer(line) if "key" in line.lower() and "=" in line else ():
        yield *match.span("value"), "azure_key", _key(match["value"])
    if _SAS.search(line):
        for match in _SIGNATURE.finditer(line):
            yield *match.span("value"), "sas_signature", _key(match["value"])


def _key(value: str) -> Strength:
    """A key of base64; the documentation's own is one sign over and over, or spells words."""
    few = len(set(value)) < 12  # noqa: PLR2004 - a random key of that length has about forty different signs
    return Strength.WEAK if few else Strength.REAL


DETECTORS = (
    Detector(
        (
            "password",
            "pwd",
            "passwd",
            "pass=",
            "jdbc:oracle",
            "@tcp(",
            "@unix(",
            "@udp(",
            "@(",
            "key=",
            "key =",
            "sig=",
        ),
        _find,
    ),
)
