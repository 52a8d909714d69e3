"""What people may write as a setting's value, and the value it means. Who writes something else gets a ValueError of one line."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import RULE_ID

if TYPE_CHECKING:
    from collections.abc import Iterable

# As long as no choice is, with a digit in it: a token, a key, a password.
_KEYLIKE = re.compile(r"(?=[^\s\d'\"]{0,200}\d)[^\s'\"]{10,}")
_FAMILY = re.compile(r"[a-z][a-z0-9-]*/\*")
_PACKAGES = re.compile(r"(?:@[\w.~*?-]{1,100}/)?[\w.~*?-]{1,214}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BOUND = re.compile(r"([a-z0-9-]{1,60}) ?= ?([0-9]{1,9}(?:\.[0-9]{1,9})?) ?(%|min|h|d|)")
_UNITS = {"": 1.0, "%": 0.01, "min": 60.0, "h": 3600.0, "d": 86_400.0}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?|\[[0-9a-f:.]{2,60}\]")


def quoted(value: object, limit: int = 40) -> str:
    """A raw value as a message may show it: what may be a secret that went into the wrong line is masked."""
    text = repr(value)
    if not isinstance(value, (int, float)):
        text = _KEYLIKE.sub("********", text)
    return text if len(text) <= limit else text[:limit] + "…"


def words(raw: object) -> tuple[str, ...]:
    """Strings, each once."""
    if not isinstance(raw, (list, tuple)) or not all(isinstance(item, str) for item in raw):
        raise ValueError("expected a list of strings")
    return tuple(dict.fromkeys(raw))


def word(raw: object) -> str:
    """A string without control characters."""
    if not isinstance(raw, str):
        raise ValueError(f"expected a string, not {quoted(raw)}")  # noqa: TRY004 - one type for what people write
    if _CONTROL.search(raw):  # it would steer the screen of who reads a message with it
        raise ValueError("a path has no line ends and no control characters in it")
    return raw


def choice(raw: object, choices: Iterable[str]) -> str:
    """One of the choices."""
    choices = tuple(choices)
    if raw not in choices:
        raise ValueError(f"{quoted(raw)} is not one of {', '.join(choices)}")
    return str(raw)


def analyzers(raw: object) -> tuple[str, ...]:
    """Names of analyzers, at least one."""
    from vetline_analyzers import engine  # noqa: PLC0415 - only who names analyzers pays for it

    told = words(raw)
    if not told:
        raise ValueError("name at least one, or leave it out for all")
    for name in told:
        choice(name, engine.analyzers())
    return told


def rules(raw: object) -> tuple[str, ...]:
    """Rules, or families like `bandit/*`."""
    for name in (told := words(raw)):
        if not RULE_ID.fullmatch(name) and not _FAMILY.fullmatch(name):
            raise ValueError(f"{quoted(name)} is not a rule like 'bandit/B101' or 'bandit/*'")
    return told


def globs(raw: object) -> tuple[str, ...]:
    """Patterns as in `.gitignore`."""
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only who excludes pays for it

    for pattern in (told := words(raw)):
        try:
            GitIgnoreSpec.from_lines([pattern])
        except ValueError:
            raise ValueError(f"{quoted(pattern)} is not a .gitignore pattern") from None
    return told


def modules(raw: object) -> tuple[str, ...]:
    """Names of modules."""
    for name in (told := words(raw)):
        if not all(part.isidentifier() for part in name.split(".")):
            raise ValueError(f"{quoted(name)} is not a module's name")
    return told


def packages(raw: object) -> tuple[str, ...]:
    """Names of packages, with `*` and `?`."""
    for name in (told := words(raw)):
        if not _PACKAGES.fullmatch(name):
            raise ValueError(f"{quoted(name)} is not a package like 'acme-core' or '@acme/*'")
        if not name.strip("@*?/-_."):
            raise ValueError(f"{quoted(name)} fits every package")
    return told


def hosts(raw: object) -> tuple[str, ...]:
    """Names or addresses of hosts, in lower case."""
    told = tuple(name.lower() for name in words(raw))
    for host in told:
        if not _HOST.fullmatch(host):
            raise ValueError(f"{quoted(host)} is not a host like 'packages.example.com'")
    return told


def names(raw: object) -> tuple[str, ...]:
    """Names, with `*` and `?`."""
    for name in (told := words(raw)):
        if not name.strip() or _CONTROL.search(name):
            raise ValueError(f"{quoted(name)} is not a name like 'claude-code' or 'gpt-*'")
    return told


def digest(raw: object) -> str:
    """A SHA-256 in hexadecimal digits, without the word before it; "" for none."""
    told = word(raw).lower().removeprefix("sha256:")
    if told and not _SHA256.fullmatch(told):
        raise ValueError(
            "expected the 64 hexadecimal digits of a SHA-256, as sha256sum prints them"
        )
    return told


def bounds(raw: object) -> tuple[str, ...]:
    """Figures and numbers, "gate-pass-rate=0.9": a percentage is a share, minutes, hours and days are seconds."""
    return tuple(f"{name}={number:g}" for name, number in map(_bound, words(raw)))


def _bound(told: str) -> tuple[str, float]:
    found = _BOUND.fullmatch(told)
    if not found:
        raise ValueError(
            f"{quoted(told)} is not like 'gate-pass-rate=90%' or 'time-to-remediate=2d'"
        )
    return found[1], float(found[2]) * _UNITS[found[3]]


def number(raw: object, least: float, most: float) -> float:
    """A number within bounds."""
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not math.isfinite(raw):
        raise ValueError(f"expected a number, not {quoted(raw)}")
    if not least <= raw <= most:
        raise ValueError(f"{quoted(raw)} is not between {least:,} and {most:,}")
    return raw


def whole(raw: object, least: int, most: int) -> int:
    """A whole number within bounds."""
    told = number(raw, least, most)
    if told != int(told):
        raise ValueError(f"expected a whole number, not {quoted(raw)}")
    return int(told)


def flag(raw: object) -> bool:
    """True or false."""
    if not isinstance(raw, bool):
        raise ValueError(f"expected true or false, not {quoted(raw)}")  # noqa: TRY004 - one type for what people write
    return raw
