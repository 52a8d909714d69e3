"""Passwords in URLs: `postgres://shop:…@db`, `redis://:…@cache`, `https://<token>@git.example.org`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Rule, Severity
from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import values, worth
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCHEME = late(r"[A-Za-z][A-Za-z0-9+.-]{1,29}$")
# What a URL ends with. A password may hold the rest, even where it ought to be encoded.
_RUN = late(r"[^\s\"'`<>\\|]{3,400}")
_HOST = late(
    r"(?:tcp\(|unix\()?(?:[A-Za-z0-9_](?:[\w.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\]|[$%{(][\w${}()%.-]{0,80}|(?=/|$))"
)
# A port, or the start of a path or of a query: what stands before it is the host, not a user.
_PORT = late(r"\d{1,5}[/?#,;)]")
_LOCAL = late(r"(?:localhost|127\.|0\.0\.0\.0|\[::1\])")
_EXAMPLE = late(
    r"(?:[\w-]{1,63}\.){0,5}(?:example|test|invalid)(?:\.(?:com|org|net|edu|io))?(?![\w.-])|(?:my|your|some)?[-_]?"
    r"(?:host(?:name)?|server|domain|proxy|ip|address)(?:\.(?:com|org|net|tld))?(?![\w.-])",
    re.IGNORECASE,
)
_ENCODED = late(r"%([0-9A-Fa-f]{2})")
# Whose address holds a key that everybody may know.
_PUBLIC = late(r"[\w.-]{0,100}(?:sentry|ingest|bugsnag|glitchtip)", re.IGNORECASE)
_MARKERS = frozenset(
    {"x-oauth-basic", "x-oauth-token", "oauth2", "x", "unused", "api_token", "blank"}
)
_SERVED = late(
    r"(?:jdbc:|r2dbc:)?(?:postgres|pgsql|mysql|maria|mongo|redis|amqp|mssql|sqlserver|oracle|cockroach|clickhouse"
    r"|smtp|imap|ldap|db2|cassandra|neo4j|bolt|snowflake|redshift|vertica|nats|kafka|mqtt|s?ftp|ssh|stomp|couch"
    r"|elastic|rtsp|influx|trino|presto|hive|firebird|sybase|informix|teradata|rabbit|smb|vnc)",
    re.IGNORECASE,
)


def find(line: str) -> Iterator[Hit]:
    """The passwords and tokens in the URLs of a line."""
    at, done = line.find("://"), 0
    while at >= 0:
        start = at + 3
        scheme = _SCHEME.search(line, max(done, at - 30), at)
        at = line.find("://", start)
        run = _RUN.match(line, start, at if at >= 0 else len(line))
        if scheme and run and (hit := _in(line, scheme[0], start, run.end())):
            yield hit
            done = hit.end


def _in(line: str, scheme: str, start: int, end: int) -> Hit | None:
    """The secret in what stands behind `scheme://`."""
    at = _before_host(line, start, end, served=bool(_SERVED.match(scheme)))
    if at < 0 or _HOST.match(line, at + 1, end) is None:
        return None
    colon = line.find(":", start, at)
    if colon < 0 or colon + 1 == at or line[colon + 1 : at].lower() in _MARKERS:
        return _user(line, start, colon if colon >= 0 else at, at)
    user, password = line[start:colon], line[colon + 1 : at]
    if _PORT.match(password):
        return None
    strength = _strength(line[at + 1 : end], scheme, user, password)
    if strength is Strength.NONE:
        return None
    return Hit("url-password", colon + 1, at, strength, name=f"{scheme.lower()}_password")


def _before_host(line: str, start: int, end: int, *, served: bool) -> int:
    """Where the `@` stands that ends the user and the password; -1 where there is none."""
    ends = [at for sign in "/?#" if (at := line.find(sign, start, end)) >= 0]
    authority = min(ends, default=end)
    at = line.rfind("@", start, authority)
    if at >= 0 or not served:
        return at
    # A database's password with a slash that should have been encoded.
    colon = line.find(":", start, authority)
    return line.find("@", authority, end) if colon >= 0 else -1


def _user(line: str, start: int, end: int, at: int) -> Hit | None:
    """A token in the user's place."""
    user = line[start:end]
    if not values.is_random(user) or _PUBLIC.match(line, at + 1) or "." in user:
        return None
    strength = Strength.WEAK if values.is_sample(user) else Strength.REAL
    return Hit("url-password", start, end, strength, name="access_token")


def _strength(host: str, scheme: str, user: str, password: str) -> Strength:
    """What a password in a URL is worth: a word counts when it opens something on another machine."""
    plain = _ENCODED.sub(lambda sign: chr(int(sign[1], 16)), password)
    strength = worth.worth(plain, user) if plain.isprintable() else Strength.REAL
    if strength is Strength.NONE:
        return strength
    if _EXAMPLE.match(host):
        real = strength is Strength.REAL and _SERVED.match(scheme)
        return Strength.FAIR if real else Strength.WEAK
    if strength is not Strength.FAIR:
        return strength
    if _LOCAL.match(host):
        return Strength.WEAK
    return strength


def _find(passage: Passage) -> Iterator[Hit]:
    for hit in find(passage.line):
        yield hit._replace(start=hit.start + passage.start, end=hit.end + passage.start)


DETECTORS = (Detector(("://",), _find),)
RULES = (
    Rule(
        id="secret/url-password",
        title="Password in a URL",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        cwe=(798,),
        page="A password, or a token, stands in a URL between the user and the host. Everybody who can read the "
        "file, a fork or an old commit can use it; and URLs are logged, shown in errors and in lists of "
        "processes.\n\nReferences (`${PASSWORD}`) are no findings; a word of a demo, a password that equals the "
        "user and those for hosts of examples are shown to the pedantic persona only. A plain word that opens a "
        "database on another machine is of medium severity.",
        attack="Reads the file and connects to the host that stands beside the password.",
        advice="Change the password first. Then read the URL, or the password in it, from the environment or from "
        "a secret store.",
        same_as=("bandit/B105", "bandit/B106", "bandit/B107"),
        bad=(
            f'engine = create_engine("postgres://shop:{"s9Kq" + "2vLx7"}@db.internal/shop")\n',
            f"cache: rediss://:{'w4Lp8' + 'Nf3Hs'}@cache.internal:6380/0\n",
            f"git clone https://deploy:{'t7Rz2' + 'mQx9T'}@git.internal/shop.git\n",
        ),
        good=(
            'import os\n\nengine = create_engine(os.environ["DATABASE_URL"])\n',
            'url = f"postgres://shop:{password}@db.internal/shop"\n',
            "git clone https://git.internal/shop.git\n",
        ),
    ),
)
