"""Keys of frameworks that a file defines by their well-known names: WordPress's salts, Rails's master key, Laravel's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import names, values
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    from collections.abc import Iterator

_SALT = late(
    r"\b(?:(?:SECURE_)?AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT)[\"']?\s{0,9}(?:,|=>|=|:)\s{0,40}(?P<quote>[\"'])(?P<value>.{16,100}?)(?P=quote)"
)
_DEFINE = late(
    r"\b(?:define|const)\b\s{0,4}\(?\s{0,4}[\"']?(?P<name>\w{0,40}?(?:PASSWORD|PASSWD|PASS|PWD|SECRET|TOKEN|(?:API|SECRET|PRIVATE|ACCESS|AUTH|ENCRYPTION)_?KEY|SALT))[\"']?"
    r"\s{0,4}[,=]\s{0,40}(?P<quote>[\"'])(?P<value>[^\"'\n]{1,200})(?P=quote)",
    re.IGNORECASE,
)
_KEY_FILES = late(r"(?:^|/)(?:master|[\w-]{1,40}/credentials/[\w-]{1,40}|production|staging)\.key$")
_KEY = late(r"^\s{0,4}(?P<value>[0-9a-f]{32}(?:[0-9a-f]{32})?)\s*$")
_APP_KEY = late(r"\bbase64:(?P<value>[A-Za-z0-9+/]{43}=)(?![A-Za-z0-9=])")

# Of these a line with such a pattern holds one; to look for them takes a tenth of the pattern's time.
_SALTS = ("AUTH_", "LOGGED_IN_", "NONCE_")
_NOUNS = ("pass", "pwd", "secret", "token", "key", "salt")


def _find(passage: Passage) -> Iterator[Hit]:
    line, at = passage.line, passage.start
    small = line.lower()
    for match in _SALT.finditer(line) if any(word in line for word in _SALTS) else ():
        strength = Strength.WEAK if " unique phrase" in match["value"] else Strength.REAL
        if (
            " " not in match["value"]
            or any(map(str.isdigit, match["value"]))
            or strength is Strength.WEAK
        ):
            yield _hit(at, match, strength, "auth_key")
    defines = "define" in small or "const" in small
    for match in _DEFINE.finditer(line) if defines and any(w in small for w in _NOUNS) else ():
        kind = names.sense(match["name"])
        strength = values.judge(match["value"], kind) if kind else Strength.NONE
        if strength is not Strength.NONE:
            yield _hit(at, match, strength, match["name"])
    for match in _APP_KEY.finditer(line) if "base64:" in line else ():
        yield _hit(
            at,
            match,
            Strength.WEAK if values.is_sample(match["value"]) else Strength.REAL,
            "app_key",
        )


def _hit(at: int, match: re.Match[str], strength: Strength, name: str) -> Hit:
    start, end = match.span("value")
    return Hit("hard-coded-password", at + start, at + end, strength, name=name)


def _master_key(passage: Passage) -> Iterator[Hit]:
    """The one line of a file that holds a key and nothing else."""
    if match := _KEY.match(passage.line):
        yield _hit(passage.start, match, Strength.REAL, "master_key")


DETECTORS = (
    Detector(
        ("auth_key", "auth_salt", "logged_in_", "nonce_", "define", "const ", "base64:"), _find
    ),
    Detector((), _master_key, files=_KEY_FILES),
)
