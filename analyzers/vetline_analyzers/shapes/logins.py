"""Passwords in files that list logins: `.netrc` and its like, `.pgpass`, Apache's and Tomcat's users, esmtp, irssi."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import worth
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    from collections.abc import Iterator

# `machine h login u password p`, over lines too; each word is one token, in quotes perhaps.
_GAP, _WORD = r"(?:\s|\\[nrt]){1,20}", r"(?:\"[^\"\n]{1,100}\"|[^\s\"'\\<>]{1,100})"
_VALUE = (
    rf"passw(?:or)?d{_GAP}(?:\"(?P<quoted>[^\"\n]{{1,200}})\"|(?P<bare>[^\s\"'\\<>()]{{3,200}}))"
)
_MACHINE = late(
    rf"(?:^|(?<=[\s\"'>n]))(?:machine{_GAP}{_WORD}|default){_GAP}(?:(?:login|account){_GAP}(?P<user>{_WORD}){_GAP}){{1,2}}"
    + _VALUE
)
_PASSWORD_FIRST = late(
    rf"(?:^|(?<=[\s\"'>n]))(?:machine{_GAP}{_WORD}|default){_GAP}"
    + _VALUE
    + rf"{_GAP}login{_GAP}(?P<user>{_WORD})"
)
_ANYBODY = frozenset({"anonymous", "ftp", "guest"})  # who log in with any password
_LONGEST = 600  # characters of what belongs to one machine


def _netrc(passage: Passage) -> Iterator[Hit]:
    """The password that belongs to the machine in the line."""
    end = min(len(passage.text), passage.end + _LONGEST)
    for pattern in (_MACHINE, _PASSWORD_FIRST):
        for match in pattern.finditer(passage.text, passage.start, end):
            if match.start() > passage.end:
                break
            yield from _given(match, 0)


# host:port:database:user:password, a colon in a field behind a backslash.
_FIELD = r"(?:[^:\\\n#\s]|\\.){1,200}"
_PGPASS = late(
    rf"^(?:{_FIELD}):(?:\d{{1,5}}|\*):(?:{_FIELD}):(?P<user>{_FIELD}):(?P<bare>(?:[^:\\\n]|\\.){{1,200}})$"
)
_PGPASS_FILES = late(r"pgpass[\w.-]{0,20}$", re.IGNORECASE)
# Settings of old mail and chat programs: the name, a blank, the value in quotes or to the end of the line.
_SET = late(
    r"^\s{0,20}(?:set\s{1,9})?(?:(?:smtp|imap|pop|nntp|my|proxy|account|default)_?)?(?P<name>pass(?:wor)?d?|passwd|secret|psk|bindpw|rootpw|requirepass|masterauth)"
    r"(?:\s{0,9}=\s{0,9}|\s{1,20})(?:\"(?P<quoted>[^\"\n]{2,200})\"|(?P<bare>[^\s\"'=(){}\[\]<>,;]{4,200}))\s{0,9};?\s*$"
)
_SET_FILES = late(
    r"(?:^|/)[\w.-]{0,40}(?:msmtprc|esmtprc|muttrc|mailrc|fetchmailrc|offlineimaprc|mbsyncrc|getmailrc|irssi|weechat|slapd|ldap"
    r"|redis|nslcd|sssd|wpa_supplicant|secrets|ppp|ini|rc|config)(?:[\w-]{0,20}\.(?:conf|cfg|ini))?$|\.(?:conf|cfg|rc|ini|cnf|cf)$",
    re.IGNORECASE,
)
_IDENTIFY = late(
    r"(?:nickserv|\bns)\s{1,4}(?:identify|id|register|ghost\s\S{1,40})\s{1,4}(?P<bare>[^\s;\"'<>\\]{4,100})",
    re.IGNORECASE,
)
_PSK = late(
    r"^\s{0,20}#?(?:psk|wpa_passphrase|wep_key\d|wpa_psk|password|private_key_passwd)\s{0,4}=\s{0,4}(?:\"(?P<quoted>[^\"\n]{4,100})\"|(?P<bare>[0-9a-fA-F]{64})|(?P<plain>[^\s\"']{8,63}))\s*$"
)
_PSK_NAMES = late(r"^\s{0,20}#?(?:psk|wpa_passphrase|wep_key\d|wpa_psk)\b")


def _lines(passage: Passage) -> Iterator[Hit]:
    """What one line says by itself in a file of such a name."""
    line, at = passage.line, passage.start
    if _PGPASS_FILES.search(passage.path) and (match := _PGPASS.match(line)):
        yield from _given(match, at)
    if _SET_FILES.search(passage.path) and (match := _SET.match(line)):
        yield from _given(match, at)
    for match in _IDENTIFY.finditer(line):
        yield from _given(match, at)
    if _PSK_NAMES.match(line) and (match := _PSK.match(line)):
        yield from _given(match, at)


def _given(match: re.Match[str], at: int) -> Iterator[Hit]:
    groups = match.groupdict()
    group = next(name for name in ("quoted", "plain", "bare") if groups.get(name) is not None)
    start, end = match.span(group)
    user = groups.get("user") or ""
    if user not in _ANYBODY:
        yield from _hit(at + start, at + end, worth.worth(match[group], user))


def _hit(start: int, end: int, strength: Strength) -> Iterator[Hit]:
    if strength is not Strength.NONE:
        yield Hit("hard-coded-password", start, end, strength, name="password")


DETECTORS = (
    Detector(("machine", "default login", "default\tlogin"), _netrc, beyond=True),
    Detector(
        (
            "pass",
            ":*:",
            ":5432:",
            ":6432:",
            "secret",
            "psk",
            "nickserv",
            "bindpw",
            "rootpw",
            "masterauth",
            "wep_key",
        ),
        _lines,
    ),
)
