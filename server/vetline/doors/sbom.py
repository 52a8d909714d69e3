"""`vetline sbom`: a bill of materials of a project, which says what AI lines brought in.

Parts come from lock files, and from manifests where no lock file has them. Exit codes: 0; 2 wrong usage or settings, or
there is nothing to list; 3 something could not be read, so that the bill is not whole.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import uuid
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import advisories, disk, files, session, toml
from vetline.doors import options as words
from vetline.doors.bill import Part, Subject, Use, document, rendered
from vetline.formats import visible
from vetline.ledger import LedgerError
from vetline_analyzers import manifests
from vetline_analyzers.engine import Failure

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from vetline.config import Config
    from vetline.session import Recorded, Who
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.core.universe import Package
    from vetline_analyzers.manifests import Reading

_DONE, _USAGE, _NOT_WHOLE = 0, 2, 3
_FORMATS = {"cyclonedx-json": "json", "cyclonedx-xml": "xml"}
_VERSIONS = ("1.4", "1.5", "1.6", "1.7")
# "sha256:0a…", "sha256-0a…", "sha512-<base64>==".
_HASH = re.compile(
    r"\b(?P<name>md5|sha(?:1|256|384|512))[:=-](?P<value>[A-Za-z0-9+/]{32,128}={0,2})"
)
_APART = re.compile(r"^\[metadata\b", re.MULTILINE)  # of old lock files: hashes of all packages
_BYTES = {"md5": 16, "sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}


class _Read(NamedTuple):
    """A manifest or a lock file that was read."""

    snapshot: Snapshot
    reading: Reading


def main(argv: list[str]) -> int:
    """Write a bill; gives the exit code."""
    try:
        return _main(_parser().parse_args(argv))
    except words.UsageError as error:
        words.tell("sbom", str(error))
        return _USAGE


def _parser() -> argparse.ArgumentParser:
    parser = words.Parser(prog="vetline sbom", description=__doc__)
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="the project (.)")
    parser.add_argument("--output-format", choices=[*_FORMATS], default="cyclonedx-json")
    parser.add_argument(
        "--spec-version", choices=_VERSIONS, default="1.6", help="of CycloneDX (1.6)"
    )
    parser.add_argument(
        "-o", "--output-file", type=Path, metavar="FILE", help="write into this file"
    )
    parser.add_argument(
        "--serial-number", action="store_true", help="give it a number that no other has"
    )
    words.add_config(parser)
    return parser


def _main(options: argparse.Namespace) -> int:
    at = _timestamp()
    options.analyzer = None
    config = words.load_config(options, {}, [options.path])
    if not Path(options.path).exists():
        raise words.UsageError(f"{options.path}: no such file or folder")
    failures: list[Failure] = []
    found = list(_readings(config, Path(options.path), failures))
    if not found:
        _say(failures)
        if failures:
            return _NOT_WHOLE
        raise words.UsageError(f"{options.path}: no manifest and no lock file is there")
    bom = document(
        _subject(found, Path(options.path)),
        _parts(found, _Authors(config, failures)),
        advisories.load(config.path(config.settings.advisories)),
        at=at,
        serial=uuid.uuid4() if options.serial_number else None,
    )
    text = rendered(bom, _FORMATS[options.output_format], options.spec_version)
    if options.output_file:
        try:
            disk.write(options.output_file, text.encode("utf-8"))
        except OSError as error:
            raise words.UsageError(
                f"cannot write {options.output_file}: {error.strerror}"
            ) from None
    else:
        words.write(text, encoding="utf-8")
    _say(failures)
    return _NOT_WHOLE if failures else _DONE


def _say(failures: Iterable[Failure]) -> None:
    for failure in failures:
        words.tell("sbom", f"not read: {visible(failure.path)}: {visible(failure.reason)}")


def _timestamp() -> datetime | None:
    """The time that SOURCE_DATE_EPOCH says (reproducible-builds.org); None where it says none."""
    said = os.environ.get("SOURCE_DATE_EPOCH")
    if not said:
        return None
    try:
        return datetime.fromtimestamp(int(said), UTC)
    except (ValueError, OverflowError, OSError):
        raise words.UsageError(f"SOURCE_DATE_EPOCH: {said!r} is not a number of seconds") from None


# -- what there is to read


def _readings(config: Config, path: Path, failures: list[Failure]) -> Iterator[_Read]:
    for item in files.discover([path], config.root, config.settings.exclude):
        if isinstance(item, Failure):
            failures.append(item)
            continue
        format_ = manifests.of_path(item.place)
        if format_ is None:
            continue
        read = files.read(item, format_.limit)
        failures += read.failures
        if read.snapshot is not None:
            reading = format_.read(read.snapshot.text)
            if reading.missing:
                failures.append(Failure(item.place, reading.missing))
            yield _Read(read.snapshot, reading)


class _Authors:
    """Gives who wrote the lines of a text; where that cannot be read it is said once, and nobody is known."""

    def __init__(self, config: Config, failures: list[Failure]) -> None:
        self._settings, self._failures = config.settings, failures
        self._recorded: Recorded | None = None
        try:
            self._recorded = session.recorded(config.root, config.settings)
        except LedgerError as error:
            failures.append(Failure("the ledger", str(error)))

    def of(self, snapshot: Snapshot) -> Who:
        who: Who = session.nobody
        try:
            who = self._recorded(snapshot, keep=True) if self._recorded else who
        except LedgerError as error:
            failure = Failure("the ledger", str(error))
            self._failures += [] if failure in self._failures else [failure]
        return session.assuming(who, self._settings)


def _subject(found: Iterable[_Read], path: Path) -> Subject:
    """The project: what the outermost manifest says it is, else the name of its folder."""
    by_depth = sorted(found, key=lambda read: read.snapshot.path.count("/"))
    named = next((read for read in by_depth if read.reading.own and not read.reading.locks), None)
    if named is None:
        folder = path if path.is_dir() else path.parent
        return Subject(folder.resolve().name or "project", "", None)
    own = named.reading.own[0]
    return Subject(own.name, _own_version(named.snapshot), own)


def _own_version(snapshot: Snapshot) -> str:
    """The version that a manifest gives its project; "" when it says none."""
    if snapshot.path.endswith(".json"):
        try:
            tables: list[Any] = [json.loads(snapshot.text)]
        except (ValueError, RecursionError):
            tables = []
    else:
        data = toml.parse(snapshot.text.encode("utf-8", "replace")).data
        tool = data.get("tool")
        tables = [data.get("project"), tool.get("poetry") if isinstance(tool, dict) else None]
    said = (table.get("version") for table in tables if isinstance(table, dict))
    return next((version for version in said if isinstance(version, str)), "")


# -- what it is made of


def _parts(found: Iterable[_Read], authors: _Authors) -> list[Part]:
    """What the files list: each version that is locked, then what is asked for and locked nowhere."""
    found = list(found)
    own = {one for read in found for one in read.reading.own}
    uses: dict[Package, list[Use]] = {}
    asked: dict[tuple[Package, str, str], Part] = {}
    locked: dict[tuple[Package, str, str], Part] = {}
    for read in found:
        who = authors.of(read.snapshot) if not read.reading.locks else session.nobody
        hashes = _hashes(read)
        for number, one in enumerate(read.reading.requirements):
            if one.package in own:
                continue
            key = (one.package, one.version, one.source)
            part = Part(*key, hashes[number], (), one.optional, one.dev)
            if read.reading.locks:
                locked[key] = _joined(locked.get(key), part)
            else:
                asked[key] = _joined(asked.get(key), part)
                use = Use(read.snapshot.path, who(one.span), one.optional, one.dev)
                uses.setdefault(one.package, []).append(use)
    there = {key[0] for key in locked}
    parts = [*locked.values(), *(part for key, part in asked.items() if key[0] not in there)]
    return [
        part._replace(uses=tuple(uses.get(part.package, ())))
        for part in sorted(parts, key=lambda part: part[:3])
    ]


def _joined(one: Part | None, other: Part) -> Part:
    """The same part, listed twice: what one of the two needs for running is needed for running."""
    if one is None:
        return other
    optional, dev = min((part.dev, part.optional) for part in (one, other))[::-1]
    return other._replace(hashes=one.hashes | other.hashes, optional=optional, dev=dev)


def _hashes(read: _Read) -> list[frozenset[tuple[str, str]]]:
    """The hashes beside each requirement: behind its name and before the next one's."""
    text, requirements = read.snapshot.text, read.reading.requirements
    apart = _APART.search(text)
    ends = sorted(
        {one.span.start for one in requirements} | {apart.start() if apart else len(text)}
    )
    following = dict(pairwise(ends))
    return [
        frozenset(_digests(text[one.span.end : following.get(one.span.start, one.span.end)]))
        if one.hashed
        else frozenset()
        for one in requirements
    ]


def _digests(text: str) -> Iterator[tuple[str, str]]:
    """Algorithm and hexadecimal digest of each hash in a text, whether in hexadecimal or in base64 (SRI)."""
    for match in _HASH.finditer(text):
        name, value = match["name"], match["value"]
        try:
            is_hexadecimal = len(value) == 2 * _BYTES[name]
            raw = bytes.fromhex(value) if is_hexadecimal else base64.b64decode(value, validate=True)
        except (ValueError, binascii.Error):
            continue
        if len(raw) == _BYTES[name]:
            yield name, raw.hex()
