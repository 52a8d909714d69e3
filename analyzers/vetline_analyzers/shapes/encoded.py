"""Secrets behind base64 in files of tools: registries' logins, Kubernetes' secrets, client keys, FileZilla's sites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import values, worth
from vetline_analyzers.secret.detector import AROUND, Detector, Hit, Passage
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    from collections.abc import Iterator

_BASE64 = r"(?P<value>[A-Za-z0-9+/_-]{8,6000}={0,2})"
# `"auth": "…"` of a registry, `_auth=…` of npm; the value is a user and a password.
_AUTH = late(
    rf"(?<![A-Za-z0-9])_?auth\\?[\"']?\s{{0,4}}[:=]\s{{0,4}}\\?[\"']?{_BASE64}(?![A-Za-z0-9+/=_-])"
)
_REGISTRIES = late(
    rf"(?:\.docker(?:config)?(?:json|cfg)\b|DOCKER_AUTH_CONFIG)\\?[\"']?\s{{0,4}}[:=]\s{{0,4}}(?:\|-?\s{{1,20}})?\\?[\"']?{_BASE64}"
)
_LOGIN = late(r"\"auths?\"\s{0,4}:|\"password\"\s{0,4}:")
_CLIENT = late(rf"client-key-data\\?[\"']?\s{{0,4}}[:=]\s{{0,4}}\\?[\"']?{_BASE64}")
_XML = late(rf"<pass(?:word)?\s{{1,4}}encoding=[\"']base64[\"']\s{{0,4}}>{_BASE64}<", re.IGNORECASE)
# Firefox's logins: with the profile's key file beside them they are in clear. The base64 of a DER sequence.
_FIREFOX = late(
    r"encryptedPassword\\?[\"']\s{0,4}:\s{0,4}\\?[\"'](?P<value>M[A-P][A-Za-z0-9+/]{30,400}={0,2})"
)
# PKCS#12 is a sequence in DER that starts with version 3; Java's key store has a first word of its own.
_STORE = late(
    r"(?i:pfx|p12|pkcs-?_?12|key_?store|jks|signing_?cert(?:ificate)?|cert(?:ificate)?_?base64)[\w-]{0,30}\\?[\"']?"
    r"\s{0,4}[:=]\s{0,4}\\?[\"']?(?P<value>(?:MI[I-L][A-Za-z0-9+/]{3}IBAzCC|/u3\+7QAAAA)[A-Za-z0-9+/]{100,20000}={0,2})"
)
_NPM = late(rf":_password\s{{0,3}}=\s{{0,3}}[\"']?{_BASE64}")


def _find(passage: Passage) -> Iterator[Hit]:
    """What stands in one line: the name of the field says that it is base64 of a secret."""
    line = passage.line
    for match in _AUTH.finditer(line):
        yield from _hit(passage, match, worth.pair(match["value"]), "registry_auth")
    for match in _REGISTRIES.finditer(line):
        found = Strength.REAL if _LOGIN.search(worth.decoded(match["value"])) else Strength.NONE
        yield from _hit(passage, match, found, "registry_auth")
    for match in _CLIENT.finditer(line):
        found = (
            Strength.REAL if "PRIVATE KEY" in worth.decoded(match["value"][:200]) else Strength.NONE
        )
        yield from _hit(passage, match, found, "client_key", rule="private-key")
    for match in _STORE.finditer(line):
        yield from _hit(passage, match, Strength.FAIR, "keystore", rule="private-key")
    for match in _FIREFOX.finditer(line):
        yield from _hit(passage, match, Strength.FAIR, "password")
    for pattern in (_XML, _NPM):
        for match in pattern.finditer(line):
            yield from _hit(passage, match, worth.worth(worth.decoded(match["value"])), "password")


def _hit(
    passage: Passage,
    match: re.Match[str],
    strength: Strength,
    name: str,
    *,
    rule: str = "hard-coded-password",
) -> Iterator[Hit]:
    start, end = match.span("value")
    if strength is not Strength.NONE:
        yield Hit(rule, passage.start + start, passage.start + end, strength, name=name)


_SECTION = late(
    r"^(?P<indent>[ \t]{0,40})[\"']?(?P<name>data|stringData)[\"']?\s{0,4}:[ \t]{0,4}\{?\s*?$",
    re.MULTILINE,
)
_ENTRY = late(
    r"(?P<indent>[ \t]{0,40})[\"']?(?P<name>[\w.-]{1,100})[\"']?\s{0,4}:\s{0,4}(?:[|>][-+]?[ \t]{0,9}\n[ \t]{1,40})?[\"']?(?P<value>[^\s\"',#]{4,4000})"
)
_DOCUMENT = late(r"^---", re.MULTILINE)
_PUBLIC = late(
    r"(?:^|[._-])(?:ca|cert|crt|pub|user(?:name)?|host(?:name)?|port|url|uri|namespace|name|type|id|version|email|region|database|db|endpoint)$",
    re.IGNORECASE,
)
_ENTRIES = 60


def _manifest(passage: Passage) -> Iterator[Hit]:
    """The values of a Kubernetes manifest whose kind is a Secret, under `data` and `stringData`."""
    first = max(0, passage.start - AROUND)
    last = min(len(passage.text), passage.end + AROUND)
    for mark in _DOCUMENT.finditer(passage.text, first, last):
        if mark.start() < passage.start:
            first = mark.end()
        elif mark.start() > passage.end:
            last = mark.start()
            break
    for section in _SECTION.finditer(passage.text, first, last):
        yield from _section(passage.text, section, last)


def _section(text: str, section: re.Match[str], last: int) -> Iterator[Hit]:
    at = section.end() + 1
    for _ in range(_ENTRIES):
        entry = _ENTRY.match(text, at, last)
        if entry is None or len(entry["indent"]) <= len(section["indent"]):
            return
        at = text.find("\n", entry.end("value"), last) + 1
        if not _PUBLIC.search(entry["name"]):
            strength = _in_manifest(entry["value"], encoded=section["name"] == "data")
            if strength is not Strength.NONE:
                yield Hit("hard-coded-password", *entry.span("value"), strength, name=entry["name"])
        if at == 0:
            return


def _in_manifest(value: str, *, encoded: bool) -> Strength:
    if not encoded:
        return worth.worth(value)
    plain = worth.decoded(value)
    if "-----BEGIN" in plain:
        return Strength.REAL if "PRIVATE KEY" in plain else Strength.NONE
    if not plain:  # random bytes, or no base64 at all
        return (
            Strength.REAL
            if values.is_random(value) and not values.is_sample(value)
            else Strength.NONE
        )
    if "{" in plain:
        return Strength.REAL if _LOGIN.search(plain) else Strength.NONE
    return worth.worth(plain.strip())


_KIND = late(
    r"^[ \t{]{0,20}[\"']?kind[\"']?\s{0,4}:\s{0,4}[\"']?Secret[\"']?\s{0,4},?\s{0,9}(?:#.{0,100})?$"
)


def _secrets(passage: Passage) -> Iterator[Hit]:
    if _KIND.match(passage.line):
        yield from _manifest(passage)


DETECTORS = (
    Detector(
        (
            "auth",
            "docker",
            "client-key-data",
            "encoding=",
            "_password",
            "encryptedpassword",
            "pfx",
            "p12",
            "pkcs",
            "keystore",
            "key_store",
            "jks",
            "signing",
            "base64",
        ),
        _find,
    ),
    Detector(("secret",), _secrets, beyond=True),
)
