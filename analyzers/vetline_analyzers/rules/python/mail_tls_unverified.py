"""Mail and file transfer over TLS that verifies nothing unless given a context."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax import around, known
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

# The keyword of a context, and the place of it where it may be positional.
_MAKERS = {
    "smtplib.SMTP_SSL": ("context", None),
    "imaplib.IMAP4_SSL": ("ssl_context", None),
    "poplib.POP3_SSL": ("context", None),
    "ftplib.FTP_TLS": ("context", None),
    "nntplib.NNTP_SSL": ("ssl_context", 4),
}
# What `starttls` and its like are called on, with where the context stands.
_UPGRADES = {
    "smtplib.SMTP": ("context", None),
    "imaplib.IMAP4": ("ssl_context", 0),
    "poplib.POP3": ("context", 0),
    "nntplib.NNTP": ("context", 0),
}
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def _check(hit: Hit) -> Report | None:
    found = _MAKERS.get(hit.name) if hit.name else _upgraded(hit)
    if found is None or around.splatted(hit):
        return None
    keyword, place = found
    given = hit.keyword(keyword) or (hit.argument(place) if place is not None else None)
    if (given is not None and hit.text(given) != "None") or hit.keyword("certfile") is not None:
        return None
    if hit.name and hit.string(hit.either(0, "host")) in _LOCAL:
        return None
    return Report(
        f"Without a context this checks no certificate: pass {keyword}=ssl.create_default_context().",
        fix=_fix(hit, keyword) if given is None else None,
    )


def _upgraded(hit: Hit) -> tuple[str, int | None] | None:
    """How a connection that begins in clear is given a context; None for anything else that is so called."""
    owner = around.owner(hit)
    if owner is None or owner.type not in {"identifier", "attribute"}:
        return None
    made = known.maker(hit, owner) or _opened(hit, hit.text(owner)) or _kept(hit, hit.text(owner))
    return _UPGRADES.get(made)


def _kept(hit: Hit, name: str) -> str:
    """The function whose result the function around the place keeps under a dotted name."""
    found = re.search(rf"(?<![\w.]){re.escape(name)}\s*=\s*([\w.]+)\(", around.function_text(hit))
    if found is None or "." not in name:
        return ""
    head, _, rest = found[1].partition(".")
    names = hit.scope.context.aliases.get(head, (head,))
    return f"{names[0]}.{rest}" if rest else names[0]


def _opened(hit: Hit, name: str) -> str:
    """The function whose result a `with` around the place gives that name."""
    for at in hit.scope.up(hit.node):
        if at.type != "with_statement":
            continue
        for item in at.named_children[0].named_children:
            value = item.child_by_field_name("value")
            pattern = value if value is not None and value.type == "as_pattern" else None
            alias = pattern.child_by_field_name("alias") if pattern is not None else None
            if pattern is not None and alias is not None and hit.text(alias) == name:
                return known.maker(hit, pattern.named_children[0])
    return ""


def _fix(hit: Hit, keyword: str) -> Fix | None:
    add = around.extended(hit, f"{keyword}=ssl.create_default_context()")
    first = around.importing(hit, "ssl")
    if add is None or first is None:
        return None
    return Fix("Verify certificates", (*first, add), safe=False)


RULE = PatternRule(
    id="python/mail-tls-unverified",
    title="Mail or FTP over unverified TLS",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(295, 297),
    page="""
`smtplib`, `imaplib`, `poplib` and `ftplib` check neither the certificate nor the name of the server unless they are
given a context: `starttls()` alone encrypts to whoever answers. Of Python's modules only `urllib` and `http.client`
verify on their own. The password that is sent next is then anybody's who stands in between.
""",
    attack="Answers in the mail server's place with a certificate made a minute ago and reads the login.",
    advice="`server.starttls(context=ssl.create_default_context())`; the same for `SMTP_SSL`, `IMAP4_SSL` "
    "(`ssl_context=`), `POP3_SSL` and `FTP_TLS`.",
    bad=(
        """\
import smtplib

def send(host, user, word, mail):
    server = smtplib.SMTP(host, 587)
    server.starttls()
    server.login(user, word)
    server.send_message(mail)
""",
        """\
from smtplib import SMTP as Mail

def send(host, mail):
    with Mail(host) as server:
        server.starttls()
        server.send_message(mail)
""",
        """\
import smtplib

class Mailer:
    def start(self, host):
        self.server = smtplib.SMTP(host)
        self.server.starttls()
""",
        """\
import imaplib

def fetch(host, user, word):
    box = imaplib.IMAP4_SSL(host)
    box.login(user, word)
""",
        """\
import ftplib as files

def load(host):
    return files.FTP_TLS(host, context=None)
""",
    ),
    good=(
        """\
import smtplib
import ssl

def send(host, user, word, mail):
    server = smtplib.SMTP(host, 587)
    server.starttls(context=ssl.create_default_context())
    server.login(user, word)
    server.send_message(mail)
""",
        """\
import imaplib
import ssl

def fetch(host, user, word):
    box = imaplib.IMAP4_SSL(host, ssl_context=ssl.create_default_context())
    box.login(user, word)
""",
        """\
def begin(stream):
    stream.starttls()
""",
    ),
    url="https://docs.python.org/3/library/ssl.html#best-defaults",
    tentative=True,
    names=tuple(_MAKERS),
    methods=("starttls", "stls"),
    check=_check,
)
