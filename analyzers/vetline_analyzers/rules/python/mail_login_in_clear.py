"""Logging in to a mail server before the connection is encrypted."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around, known
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_TLS = re.compile(r"starttls|SMTP_SSL|use_tls|ssl\b", re.IGNORECASE)
_MAKERS = frozenset({"smtplib.SMTP", "smtplib.LMTP", "aiosmtplib.SMTP"})


def _check(hit: Hit) -> Report | None:
    owner = around.owner(hit)
    if owner is None or (hit.argument(1) is None and hit.keyword("password") is None):
        return None
    text = around.function_text(hit)
    made = known.maker(hit, owner) in _MAKERS
    opened = re.search(rf"\bSMTP\([^\n]*\)\s*as\s+{re.escape(hit.text(owner))}\b", text)
    if not (made or opened) or _TLS.search(text):
        return None
    return Report(
        "The password goes over the network in clear: call starttls() first, or use SMTP_SSL."
    )


RULE = PatternRule(
    id="python/mail-login-in-clear",
    title="Mail login in clear",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(319, 523, 522),
    page="""
`smtplib.SMTP` speaks in clear until `starttls()` is called. A `login()` before that sends the mailbox's password,
encoded in base64, to everybody on the way, and the mail after it.
""",
    attack="Listens on the network, decodes the login and sends mail in the mailbox's name.",
    advice="`server.starttls(context=ssl.create_default_context())` before `login`, or `smtplib.SMTP_SSL`.",
    bad=(
        """\
import smtplib

def send(user, password, mail):
    server = smtplib.SMTP("mail.example.com", 25)
    server.login(user, password)
    server.send_message(mail)
""",
        """\
from smtplib import SMTP

def send(user, password, mail):
    with SMTP("mail.example.com") as server:
        server.login(user, password)
        server.send_message(mail)
""",
        """\
import smtplib as mail

def send(user, secret, text):
    server = mail.SMTP(host="mail.example.com")
    server.login(user, password=secret)
""",
    ),
    good=(
        """\
import smtplib

def send(user, password, mail):
    server = smtplib.SMTP("mail.example.com", 587)
    server.starttls()
    server.login(user, password)
    server.send_message(mail)
""",
        """\
import smtplib

def send(user, password, mail):
    with smtplib.SMTP_SSL("mail.example.com") as server:
        server.login(user, password)
""",
    ),
    url="https://docs.python.org/3/library/smtplib.html#smtplib.SMTP.starttls",
    methods=("login",),
    check=_check,
)
