"""Protocols that send everything in clear."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_INSTEAD = {
    "ftplib.FTP": "ftplib.FTP_TLS with prot_p(), or SFTP",
    "telnetlib.Telnet": "SSH",
    "telnetlib3.open_connection": "SSH",
    "imaplib.IMAP4": "imaplib.IMAP4_SSL",
    "poplib.POP3": "poplib.POP3_SSL",
    "nntplib.NNTP": "nntplib.NNTP_SSL",
    "smtplib.SMTP": "starttls(context=…), or smtplib.SMTP_SSL",
    "urllib3.HTTPConnectionPool": "HTTPSConnectionPool",
    "urllib3.connectionpool.HTTPConnectionPool": "HTTPSConnectionPool",
    "http.client.HTTPConnection": "http.client.HTTPSConnection",
}
_UPGRADES = ("starttls(", "stls(")
_LOCAL = ("localhost", "127.0.0.1", "::1")


def _check(hit: Hit) -> Report | None:
    host = hit.string(hit.either(0, "host"))
    if host in _LOCAL:
        return None
    text = around.function_text(hit)
    if any(word in text for word in _UPGRADES):
        return None
    protocol = hit.name.rpartition(".")[2]
    if protocol == "SMTP" and (_kept(hit) or hit.either(0, "host") is None or ".login(" in text):
        return None  # upgraded elsewhere, to a mail server of this machine, or another rule's
    plain = protocol.startswith(("HTTP", "SMTP"))  # also spoken to neighbours and through tunnels
    return Report(
        f"{protocol if protocol != 'open_connection' else 'Telnet'} sends password and data in clear: "
        f"use {_INSTEAD[hit.name]}.",
        tentative=True if plain else None,
    )


def _kept(hit: Hit) -> bool:
    """Whether the connection is kept in an object, where other methods may go on with it."""
    return any("." in part.name for part in around.purposes(hit) if part.how == "target")


RULE = PatternRule(
    id="python/cleartext-protocol",
    title="Protocol without encryption",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(319, 311, 523),
    page="""
FTP, Telnet, and SMTP, IMAP, POP3 and NNTP without TLS send the password as it was typed, and everything after it.
Anybody on the way, in the same wireless network or at a provider, reads it and can change it.
""",
    attack="Listens on the network and reads the password from the first packets.",
    advice="Use SFTP or `ftplib.FTP_TLS`, SSH, `imaplib.IMAP4_SSL`, `poplib.POP3_SSL`.",
    bad=(
        """\
import ftplib

ftp = ftplib.FTP("ftp.example.com")
""",
        """\
from telnetlib import Telnet as Session

def start(host):
    with Session(host, 23) as session:
        session.write(b"ls")
""",
        """\
import imaplib

def fetch(host, user, password):
    box = imaplib.IMAP4(host)
    box.login(user, password)
""",
        """\
import poplib as mail

box = mail.POP3(host="pop.example.com")
""",
        """\
import smtplib

def send(mail):
    with smtplib.SMTP("mail.example.com", 25) as server:
        server.send_message(mail)
""",
    ),
    good=(
        """\
import ftplib

ftp = ftplib.FTP_TLS("ftp.example.com")
""",
        """\
import imaplib

def fetch(host, user, password):
    box = imaplib.IMAP4(host)
    box.starttls()
    box.login(user, password)
""",
        """\
import poplib as mail

box = mail.POP3_SSL(host="pop.example.com")
""",
        """\
import smtplib

def send(mail):
    with smtplib.SMTP("localhost", 25) as server:
        server.send_message(mail)
""",
        """\
import smtplib
import ssl

def send(mail):
    with smtplib.SMTP("mail.example.com", 587) as server:
        server.starttls(context=ssl.create_default_context())
        server.send_message(mail)
""",
    ),
    same_as=("bandit/B312", "bandit/B321", "bandit/B401", "bandit/B402"),
    url="https://docs.python.org/3/library/ftplib.html#ftplib.FTP_TLS",
    names=tuple(_INSTEAD),
    check=_check,
)
