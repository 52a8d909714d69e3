"""The baseline: findings a team knows of and lives with, by fingerprint, in a file of the repository.

One sorted entry a line, without line numbers and dates, so that the file changes only when findings
come or go and two branches merge without a fight. The same folder holds the key under which a secret's
value enters its fingerprint: the file tells a secret from another one without telling either.
"""

from __future__ import annotations

import json
import re
import secrets
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

DEFAULT = Path(".vetline", "baseline")
_KEY = Path(".vetline", "fingerprint-key")
_KEY_BYTES = 32
_LIMIT = 50_000_000  # bytes; a line of it is about 100
_VERSION = 1
_HEADER = f"# vetline baseline {_VERSION}: findings accepted as they are (fingerprint, rule, path)"
_HEAD = re.compile(r"# vetline baseline (\d+)\b")
_LINE = re.compile(r"(?P<fingerprint>[0-9a-f]{8,64}) (?P<rule>[\w-]+/[\w-]+) (?P<path>\S.*)")


class BaselineError(Exception):
    """The baseline or its key cannot be read or written; the message is for a person."""


class Entry(NamedTuple):
    """What the baseline keeps of a finding."""

    fingerprint: str
    rule: str
    path: str


def parse(text: str, name: str) -> Counter[Entry]:
    """The entries of a baseline file, with how often each stands in it.

    Args:
        text: its content.
        name: its name, for the message.

    Raises:
        BaselineError: a line is no entry, or another version wrote the file; says which line.
    """
    lines = text.split("\n")
    head = _HEAD.match(lines[0])
    if head is None:
        raise BaselineError(f"{name}:1: this is not a baseline: it does not start with {_HEADER!r}")
    if int(head[1]) != _VERSION:
        raise BaselineError(f"{name}:1: version {head[1]} of the baseline needs another vetline")
    entries: Counter[Entry] = Counter()
    for number, raw in enumerate(lines[1:], start=2):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        path = _path(match["path"]) if match else None
        if match is None or path is None:
            hint = ": resolve the merge conflict" if line.startswith(("<<<", "===", ">>>")) else ""
            raise BaselineError(f"{name}:{number}: expected 'fingerprint rule path'{hint}")
        entries[Entry(match["fingerprint"], match["rule"], path)] += 1
    return entries


def render(entries: Iterable[Entry]) -> str:
    """The file for the entries; the same findings give the same text."""
    lines = sorted(f"{e.fingerprint} {e.rule} {_quoted(e.path)}" for e in entries)
    return "\n".join([_HEADER, *lines]) + "\n"


def accept(
    known: Counter[Entry], found: Sequence[Entry], exists: Callable[[str], bool]
) -> list[bool]:
    """Which of the findings the baseline knows, each of its entries used once.

    A finding is looked for under its path first. What is left over is looked for under the paths of
    files that are gone: renaming a file does not make its findings new.

    Args:
        known: the baseline's entries.
        found: the findings.
        exists: tells whether a path of the baseline is still in the tree.
    """
    left = Counter(known)
    accepted = [_take(left, entry) for entry in found]
    orphans: Counter[tuple[str, str]] = Counter()
    for entry, count in left.items():
        if count and not exists(entry.path):
            orphans[entry.fingerprint, entry.rule] += count
    for index, entry in enumerate(found):
        if not accepted[index] and orphans:
            accepted[index] = _take(orphans, (entry.fingerprint, entry.rule))
    return accepted


def find(root: Path, chosen: Path | None) -> Path | None:
    """The baseline that holds at `root`: the chosen file, else the default one if it is there."""
    if chosen:
        return chosen
    path = root / DEFAULT
    return path if path.exists() else None


def load(path: Path) -> Counter[Entry]:
    """The entries of a baseline file.

    Raises:
        BaselineError: it cannot be read or is malformed.
    """
    try:
        text = disk.read(path, _LIMIT).decode("utf-8")
    except UnicodeDecodeError:
        raise BaselineError(f"{path}:1: this is not a baseline: it is not UTF-8 text") from None
    except OSError as error:
        raise BaselineError(f"{path}: the baseline {disk.reason(error)}") from None
    return parse(text, str(path))


def save(path: Path, entries: Iterable[Entry]) -> None:
    """Write a baseline file, whole or not at all.

    Raises:
        BaselineError: it cannot be written.
    """
    try:
        _write(path, render(entries))
    except OSError as error:
        raise BaselineError(f"{path}: cannot write the baseline: {error.strerror}") from None


def key(root: Path) -> bytes:
    """The key of the repository at `root` for `Facts.key`; empty when it has none.

    Raises:
        BaselineError: there is one that cannot be read.
    """
    path = root / _KEY
    try:
        value = bytes.fromhex(disk.read(path, 1000).decode("ascii").strip())
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as error:
        raise BaselineError(f"{path}: the key {disk.reason(error)}") from None
    except ValueError:
        value = b""
    if len(value) != _KEY_BYTES:
        raise BaselineError(
            f"{path}: this is not a key of {_KEY_BYTES} bytes in hexadecimal: restore it from the "
            "repository's history"
        )
    return value


def make_key(root: Path) -> bytes:
    """The key of the repository at `root`, made when there is none. It is committed with the code.

    Raises:
        BaselineError: it cannot be read or written.
    """
    if found := key(root):
        return found
    made = secrets.token_bytes(_KEY_BYTES)
    path = root / _KEY
    try:
        _write(path, made.hex() + "\n")
    except OSError as error:
        raise BaselineError(f"{path}: cannot write the key: {error.strerror}") from None
    return made


def _take(bag: Counter[Any], item: object) -> bool:
    if bag[item] < 1:
        return False
    bag[item] -= 1
    return True


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        beside.write_text(text, "utf-8", newline="\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _quoted(path: str) -> str:
    plain = path.isprintable() and path == path.strip() and not path.startswith('"')
    return path if plain else json.dumps(path)


def _path(text: str) -> str | None:
    if not text.startswith('"'):
        return text
    try:
        path = json.loads(text)
    except ValueError:
        return None
    return path if isinstance(path, str) else None
