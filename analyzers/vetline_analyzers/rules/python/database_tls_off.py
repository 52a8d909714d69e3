"""Databases and brokers spoken to without TLS."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_URL = re.compile(
    r"(?i)^(?:postgres\w*|mysql|mariadb|mongodb|redis|cockroachdb)[\w+]*://\S*[?&](?:sslmode|ssl|tls|ssl-mode|ssl_disabled)"
    r"=(?:disable[d]?|allow|prefer(?:red)?|false|0)\b"
)
_LOCAL = re.compile(r"(?i)localhost|127\.0\.0\.1|::1|/var/run|unix")
_MODES = frozenset({"disable", "disabled", "allow", "prefer", "preferred"})
_SECURITY = frozenset({"plaintext", "sasl_plaintext"})


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "string":
        text = hit.string(hit.node) or ""
        return _report("The URL") if _URL.search(text) and not _LOCAL.search(text) else None
    found = around.setting(hit)
    if found is None:
        return None
    key, value = found
    text = (hit.string(value) or hit.text(value)).lower()
    switched = {
        "sslmode": text in _MODES,
        "ssl_mode": text in _MODES,
        "ssl_disabled": text == "true",
        "security_protocol": text in _SECURITY,
        "require_encryption": text == "false" and hit.uses("distributed", "dask"),
    }
    if not switched.get(key) or _LOCAL.search(_beside(hit)):
        return None
    return _report(f"{key}={text}")


def _report(what: str) -> Report:
    return Report(
        f"{what} lets the connection go without TLS: its password and data can be read on the way. Require TLS."
    )


def _beside(hit: Hit) -> str:
    """The call or dictionary that the setting stands in."""
    around_it = hit.node.parent
    return (
        around.wide_text(hit, around_it)
        if around_it is not None and around_it.type != "module"
        else ""
    )


RULE = PatternRule(
    id="python/database-tls-off",
    title="Database connection without TLS",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(319, 311),
    page="""
The connection to the database carries its password and everything it holds. With TLS switched off, or only
preferred, anybody on the way reads and changes it; `prefer` and `allow` go on in clear when somebody in the middle
says that there is no TLS.
""",
    attack="Listens on the network between application and database, or answers that it has no TLS.",
    advice='`sslmode="verify-full"` with the CA\'s file; `ssl=True` for redis; `security_protocol="SASL_SSL"` for Kafka.',
    bad=(
        """\
import psycopg2

connection = psycopg2.connect(host="db.example.com", user="app", sslmode="disable")
""",
        """\
engine = create_engine("postgresql://app@db.example.com/app?sslmode=disable")
""",
        """\
from mysql.connector import connect as open_database

def start(host, word):
    return open_database(host=host, user="app", passwd=word, ssl_disabled=True)
""",
        """\
from kafka import KafkaProducer

producer = KafkaProducer(bootstrap_servers=servers, security_protocol="SASL_PLAINTEXT")
""",
    ),
    good=(
        """\
import psycopg2

connection = psycopg2.connect(host="db.example.com", user="app", sslmode="verify-full")
""",
        """\
engine = create_engine("postgresql://app@localhost/app?sslmode=disable")
""",
        """\
import psycopg2

connection = psycopg2.connect(host="127.0.0.1", user="app", sslmode="disable")
""",
    ),
    url="https://www.postgresql.org/docs/current/libpq-ssl.html",
    tentative=True,
    query=around.settings_query(
        "sslmode", "ssl_mode", "ssl_disabled", "security_protocol", "require_encryption"
    )
    + """
        ((string (string_content) @_text) @hit (#match? @_text "://.*[?&](ssl|tls)"))
    """,
    check=_check,
)
