"""What an answer of an index says of a package: a page of PyPI's simple API (PEP 503, 691, 700), a document of npm's."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)

from vetline_analyzers.core.universe import Ecosystem, package

if TYPE_CHECKING:
    from vetline_analyzers.core.universe import Package

ACCEPT = {
    Ecosystem.PYPI: "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1",
    Ecosystem.NPM: "application/json",
}
_JSON = "application/vnd.pypi.simple.v1+json"
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?=T|$)")
_ANCHOR = re.compile(r">([^<>]{1,300})</a", re.IGNORECASE)
_ARCHIVES = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz", ".egg", ".exe")
_NOT_AN_INDEX = "did not answer as an index does"


class Reply(NamedTuple):
    """What one index says of one name; as of `Answer`."""

    exists: bool | None
    first_release: str = ""
    releases: int = 0
    reason: str = ""
    yanked: frozenset[str] = frozenset()


def read(wanted: Package, kind: str, body: bytes, *, whole: bool) -> Reply:
    """What a page that was found says. A page that is none of an index's, as a portal's login, says nothing.

    Args:
        wanted: the package it was asked for.
        kind: its media type.
        body: its content.
        whole: that is all of it; else it was too large to be read.
    """
    kind = kind.partition(";")[0].strip().lower()
    if wanted.ecosystem is Ecosystem.PYPI and not kind.endswith("json"):
        return _html(wanted, body)
    if not kind.endswith("json"):
        return Reply(None, reason=_NOT_AN_INDEX)
    if not whole:  # nothing but an index has that much to say of a name
        return (
            Reply(exists=True)
            if kind == _JSON or body[:1] == b"{"
            else Reply(None, reason=_NOT_AN_INDEX)
        )
    try:
        data: Any = json.loads(body)
    except (ValueError, RecursionError):
        return Reply(None, reason=_NOT_AN_INDEX)
    name = data.get("name") if isinstance(data, dict) else None
    if not isinstance(name, str) or package(wanted.ecosystem, name) != wanted:
        return Reply(None, reason=_NOT_AN_INDEX)
    return _simple(data) if wanted.ecosystem is Ecosystem.PYPI else _npm(data)


def _simple(data: dict[str, Any]) -> Reply:
    listed = data.get("files")
    if not isinstance(listed, list):
        return Reply(None, reason=_NOT_AN_INDEX)
    files = [file for file in listed if isinstance(file, dict)]
    if not files:  # some proxies say so of every name
        return Reply(None, reason="has no file of it")
    days = [day for file in files if (day := _day(file.get("upload-time")))]
    withdrawn: dict[str, bool] = {}
    for file in files:
        if version := _version(str(file.get("filename") or "")):
            withdrawn[version] = withdrawn.get(version, True) and bool(file.get("yanked"))
    versions = data.get("versions")
    count = len(versions) if isinstance(versions, list) else len(withdrawn)
    yanked = frozenset(version for version, gone in withdrawn.items() if gone)
    return Reply(exists=True, first_release=min(days, default=""), releases=count, yanked=yanked)


def _html(wanted: Package, body: bytes) -> Reply:
    text = body.decode("utf-8", "replace")
    names = [name.strip().lower() for name in _ANCHOR.findall(text)]
    files = [name for name in names if name.endswith(_ARCHIVES)]
    if not any(package(Ecosystem.PYPI, name).name.startswith(wanted.name + "-") for name in files):
        return Reply(None, reason=_NOT_AN_INDEX)
    return Reply(
        exists=True, releases=len({version for name in files if (version := _version(name))})
    )


def _npm(data: dict[str, Any]) -> Reply:
    versions, time = data.get("versions"), data.get("time")
    times = time if isinstance(time, dict) else {}
    count = len(versions) if isinstance(versions, dict) else 0
    if not count and "unpublished" in times:
        return Reply(exists=False)
    days = [day for key, value in times.items() if key != "modified" and (day := _day(value))]
    return Reply(exists=True, first_release=min(days, default=""), releases=count)


def _day(value: object) -> str:
    match = _DAY.match(value) if isinstance(value, str) else None
    return match[0] if match else ""


def _version(file: str) -> str:
    try:
        if file.endswith(".whl"):
            return str(parse_wheel_filename(file)[1])
        return str(parse_sdist_filename(file)[1])
    except (InvalidWheelFilename, InvalidSdistFilename, ValueError):
        return ""
