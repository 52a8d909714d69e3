"""OSV documents and stores of them, as tests need them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vetline.advisories import store
from vetline_analyzers.core.universe import Ecosystem, Record, package

if TYPE_CHECKING:
    from pathlib import Path

HIGH = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"


def document(name: str, *affected: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An OSV document."""
    return {"id": name, "modified": "2026-07-23T10:00:00Z", "affected": list(affected), **more}


def affected(name: str, *events: str, listed: tuple[str, ...] = (), registry: str = "PyPI", **more: Any) -> dict[str, Any]:  # fmt: skip
    """What a document says of a package; events as "introduced 0", "fixed 2.0"."""
    told = [dict([event.split()]) for event in events]
    ranges = [{"type": "ECOSYSTEM", "events": told}] if told else []
    about = {"ecosystem": registry, "name": name}
    return {"package": about, "ranges": ranges, "versions": list(listed), **more}


def write_documents(folder: Path, *documents: dict[str, Any]) -> Path:
    """A folder with the documents, a file each."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in documents:
        (folder / f"{one['id']}.json").write_text(json.dumps(one))
    return folder


def write_store(path: Path, records: dict[str, list[Record]], as_of: str = "2026-07-23") -> Path:
    """A store; packages by "pypi/requests"."""
    named = {}
    for name, known in records.items():
        registry, _, bare = name.partition("/")
        named[package(Ecosystem(registry), bare)] = known
    store.write(path, named, as_of, as_of)
    return path


class Known:
    """Advisories in memory: records by "pypi/requests"."""

    def __init__(self, records: dict[str, list[Record]], *covered: Ecosystem) -> None:
        """Know the records."""
        self.as_of = "2026-07-23"
        self.is_stale = False
        self._covered = covered or (Ecosystem.PYPI, Ecosystem.NPM)
        self._records = records

    def covers(self, ecosystem: Ecosystem) -> bool:
        """As of `Advisories`."""
        return ecosystem in self._covered

    def of(self, about: Any) -> tuple[Record, ...]:
        """As of `Advisories`."""
        return tuple(self._records.get(f"{about.ecosystem}/{about.name}", ()))


def below(fixed: str, name: str = "PYSEC-1", **more: Any) -> Record:
    """A record about all versions before one."""
    events = (("introduced", "0"), ("fixed", fixed))
    return Record(name, more.pop("aliases", ()), more.pop("summary", "It is bad."), (events,), **more)  # fmt: skip


def everything(name: str = "MAL-1", **more: Any) -> Record:
    """A record about all versions there will ever be."""
    return Record(name, (), "", ((("introduced", "0"),),), **more)
