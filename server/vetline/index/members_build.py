"""Makes the index of members from unpacked packages and the standard library's stubs and sources.

Nothing is imported. Several versions of a library, or of Python, are united: what one of them has is there.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections import defaultdict, deque
from typing import TYPE_CHECKING, NamedTuple

from vetline.index.members_source import Record, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

MAGIC = b"vetline-members-1\n"
_LARGEST = 3_000_000  # characters of a source
# Characters of one library; what lies deepest is left out, and nothing is said of it.
_BUDGET = 190_000
_HOPS = 12  # from a name to what it stands for
# Folders and modules that are nobody's library, and parts of libraries that nobody imports from.
_NOT_TOPS = frozenset(
    {
        "tests",
        "test",
        "docs",
        "doc",
        "examples",
        "scripts",
        "bin",
        "benchmarks",
        "build",
        "__pycache__",
    }
)
_PASSED = frozenset(
    {"tests", "test", "_vendor", "vendored", "externals", "idlelib", "lib2to3", "locale"}
)
_ABSTRACT = (
    "typing.",
    "typing_extensions.",
    "_typeshed.",
    "collections.abc.",
    "types.",
    "_collections_abc.",
)
_VARIED = frozenset({"msvcrt"})  # whose members depend on how Python was built
_NATIVE = (".so", ".pyd")
# Classes whose objects have their data for members too: a column that is not known, but no other method.
_TABLES = frozenset({"pandas.core.generic.NDFrame"})

Records = dict[str, Record]


class Library(NamedTuple):
    """What was read of one library.

    Attributes:
        distribution: its name on PyPI, "" for the standard library.
        versions: those that were united.
        records: of its modules and classes, by full name.
    """

    distribution: str
    versions: tuple[str, ...]
    records: Records


def package(folder: Path) -> dict[str, Records]:
    """The records of the packages and modules in a folder, by top-level name, their refs resolved inside it."""
    found: Records = {}
    for path in sorted(folder.iterdir()):
        top = path.name.removesuffix("-stubs") if path.is_dir() else path.name.partition(".")[0]
        if not top.isidentifier() or top in _NOT_TOPS:
            continue
        if path.is_dir() and any(path.iterdir()):
            _package(found, path, top)
        elif path.suffix in {".py", ".pyi", *_NATIVE}:
            _module(found, path, top)
    tops: dict[str, Records] = defaultdict(dict)
    for name, record in found.items():
        tops[name.partition(".")[0]][name] = record
    return {
        top: records
        for top, records in tops.items()
        if any(record.names or record.stars or record.is_open for record in records.values())
    }


def _package(found: Records, folder: Path, name: str) -> None:
    inits = [folder / f"__init__{suffix}" for suffix in (".py", ".pyi")]
    if not any(init.is_file() for init in inits):
        found.setdefault(name, Record(is_class=False, is_open=True))  # others may put modules here
    for init in inits:
        if init.is_file():
            _module(found, init, name)
    for path in sorted(folder.iterdir()):
        inner = path.name.partition(".")[0]
        if not inner.isidentifier() or inner in {"__init__", "__pycache__"}:
            continue
        if path.is_dir() or path.suffix in {".py", ".pyi", *_NATIVE}:
            _named(found, name, inner)
        if inner in _PASSED:
            continue
        if path.is_dir():
            _package(found, path, f"{name}.{inner}")
        elif path.suffix in {".py", ".pyi", *_NATIVE}:
            _module(found, path, f"{name}.{inner}")


def _named(found: Records, name: str, inner: str) -> None:
    """A module is a member of its package, unless that has another thing of its name."""
    record = found.setdefault(name, Record(is_class=False, is_open=True))
    if inner not in record.names:
        record.bind(inner, "" if inner in _PASSED else f"={name}.{inner}")


def _module(found: Records, path: Path, name: str) -> None:
    """Take in one file; of a module with a stub the stub says whether there is more than is known."""
    stub = path.suffix == ".pyi"
    if path.suffix in _NATIVE:
        found.setdefault(name, Record(is_class=False, is_open=True))
        return
    try:
        text = path.read_text("utf-8", "replace")
        parsed = read(name, text[:_LARGEST], package=path.stem == "__init__", stub=stub)
    except (SyntaxError, ValueError, RecursionError):
        found.setdefault(name, Record(is_class=False)).is_open = True
        return
    for key, record in parsed.items():
        known = found.get(key)
        if known is None:
            found[key] = record
            continue
        if stub:
            _yield_to(known, record)
        _unite(known, record)


def _yield_to(record: Record, stub: Record) -> None:
    """Keep only what a stub does not tell."""
    record.names -= stub.names
    record.refs = {name: ref for name, ref in record.refs.items() if name not in stub.names}
    record.is_open, record.bases, record.stars = stub.is_open, [], []


def _unite(record: Record, other: Record) -> None:
    """Have what either has; what they do not agree upon leads nowhere."""
    for name in record.names & other.names:
        if record.refs.get(name, "") != other.refs.get(name, ""):
            record.refs.pop(name, None)
    for name in other.refs.keys() - record.names:
        record.refs.setdefault(name, other.refs[name])
    record.names |= other.names
    record.bases += [base for base in other.bases if base not in record.bases]
    record.stars += [star for star in other.stars if star not in record.stars]
    record.is_open |= other.is_open


def united(versions: Iterable[dict[str, Records]]) -> dict[str, Records]:
    """Several versions of the same packages as one."""
    result: dict[str, Records] = {}
    for version in versions:
        for top, records in version.items():
            known = result.setdefault(top, {})
            for name, record in records.items():
                if name in known:
                    _unite(known[name], record)
                else:
                    known[name] = record
    return result


def flat(tops: Mapping[str, Records]) -> Records:
    """All records by full name."""
    return {name: record for records in tops.values() for name, record in records.items()}


class Linker:
    """Resolves refs to full names, within one top-level package and what it stands on.

    Args:
        records: of the package.
        below: of the standard library.
    """

    def __init__(self, records: Records, below: Records) -> None:
        """Resolve nothing yet."""
        self._records, self._below = records, below

    def link(self) -> Records:
        """The records with full names for refs."""
        for record in list(self._records.values()):
            self._stars(record)
        linked: Records = {}
        for name, record in self._records.items():
            module = self._module_of(name)
            bases = [self._absolute(module, base) for base in record.bases]
            made = Record(
                record.is_class,
                is_open=record.is_open or not all(bases),
                names={n for n in record.names if not n.startswith("_") or n == "__enter__"},
                bases=[base for base in bases if base],
            )
            for inner, ref in record.refs.items():
                if inner in made.names and (full := self._ref(module, ref)):
                    made.refs[inner] = full
            linked[name] = made
        return linked

    def _get(self, name: str) -> Record | None:
        return self._records.get(name) or self._below.get(name)

    def _module_of(self, name: str) -> str:
        while (record := self._get(name)) is not None and record.is_class:
            name = name.rpartition(".")[0]
        return name

    def _stars(self, record: Record) -> None:
        stars, record.stars = record.stars, []
        for star in stars:
            source = self._get(star)
            if source is None:
                record.is_open = True
                continue
            self._stars(source)
            record.is_open |= source.is_open
            for name in source.names - record.names:
                if not name.startswith("_"):
                    record.bind(name, f"={star}.{name}")
            for name in source.names & record.names - record.refs.keys():
                if (inner := self._get(f"{star}.{name}")) is not None and inner.is_class:
                    record.refs[name] = f"={star}.{name}"  # `__all__` lists it

    def _ref(self, module: str, ref: str, hops: int = _HOPS) -> str:
        """A ref with a full name, "" when it leads to nothing that has members."""
        if ref.startswith("=") and hops and not self._canonical(ref[1:]):
            holder = self._canonical(
                ref[1:].rpartition(".")[0]
            )  # a function or an object of another module
            record = self._get(holder) if holder else None
            inner = record.refs.get(ref.rpartition(".")[2], "") if record else ""
            if inner:
                is_raw = inner.removeprefix(">").startswith((":", "="))
                return self._ref(self._module_of(holder), inner, hops - 1) if is_raw else inner
        calls = ref.startswith(">")
        made = ref.endswith("()")
        name = self._absolute(module, ref.removeprefix(">").removesuffix("()"), quiet=True)
        if not name:
            return ""
        if name == "Self":
            return f"{'>' if calls else ''}Self()"
        target = self._get(name)
        if not made:
            return name if target is not None or ref.startswith("=") else ""
        if target is None or not target.is_class or name.startswith(_ABSTRACT):
            return ""
        return f"{'>' if calls else ''}{name}()"

    def _absolute(self, module: str, ref: str, *, quiet: bool = False) -> str:
        """The full name that a ref means, as far as it can be followed; "" when it cannot be told."""
        full = ref[1:]
        if ref.startswith(":"):
            head, dot, tail = full.partition(".")
            record = self._get(module)
            inner = record.refs.get(head, "") if record else ""
            if self._get(f"{module}.{head}") is not None:
                full = f"{module}.{full}"
            elif inner.startswith("="):
                full = inner[1:] + dot + tail
            elif inner.startswith(":") and not inner.endswith("()") and inner[1:] != head:
                return self._absolute(module, inner + dot + tail, quiet=quiet)
            elif record is not None and head in record.names:
                return ""
            elif head == "Self":
                return "Self"
            else:
                full = f"builtins.{full}"
        if full.endswith(".Self"):
            return "Self"
        found = self._canonical(full)
        if found or (quiet and ref.startswith(":")):
            return found
        own = full.partition(".")[0] in {name.partition(".")[0] for name in (module,)}
        return "" if own or full.startswith("builtins.") else full

    def _canonical(self, name: str, hops: int = _HOPS) -> str:
        """The name under which a record is kept, "" when there is none."""
        if self._get(name) is not None:
            return name
        head, _, last = name.rpartition(".")
        if not head or not hops:
            return ""
        holder = self._canonical(head, hops - 1)
        record = self._get(holder) if holder else None
        ref = record.refs.get(last, "") if record else ""
        if not ref or ref.startswith(">") or ref.endswith("()"):
            return ""
        if ref.startswith("="):
            return self._canonical(ref[1:], hops - 1)
        if ref.startswith(":"):
            return (
                self._absolute(self._module_of(holder), ref, quiet=True) if ref[1:] != last else ""
            )
        return self._canonical(ref, hops - 1)


def standard(stubs: Iterable[Path], sources: Iterable[Path]) -> dict[str, Records]:
    """The standard library: names from stubs and sources, and where there is a stub its word on whether that is all.

    Args:
        stubs: folders with stubs as typeshed has them.
        sources: folders as `lib/python3.12`.
    """
    told = united(package(folder) for folder in stubs)
    shown = united(package(folder) for folder in sources)
    stubs_by_name = flat(told)
    for records in shown.values():
        for name, record in records.items():
            if name in stubs_by_name:
                _yield_to(record, stubs_by_name[name])
    both = united([told, shown])
    for name in _VARIED & both.keys():
        both[name][name].is_open = True
    return both


def write(target: Path, libraries: Mapping[str, Library], *, as_of: str) -> None:
    """Write the index: a header with a place for each top-level name, and a block for each."""
    blocks: list[bytes] = []
    tops: dict[str, list[object]] = {}
    offset = 0
    for top, library in sorted(libraries.items()):
        block = zlib.compress(
            json.dumps(_block(top, library.records), separators=(",", ":")).encode(), 9
        )
        tops[top] = [offset, len(block), library.distribution, list(library.versions)]
        offset += len(block)
        blocks.append(block)
    header = zlib.compress(
        json.dumps({"as_of": as_of, "tops": tops}, separators=(",", ":")).encode(), 9
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(b"".join([MAGIC, struct.pack("<I", len(header)), header, *blocks]))


def _block(top: str, records: Records) -> dict[str, list[object]]:
    """The rows of a library: what public names lead to, the nearest first, as much as one may have."""
    waiting = deque([top])
    inner: dict[str, list[str]] = defaultdict(list)
    for name, record in sorted(records.items()):
        if not record.is_class and not name.rpartition(".")[2].startswith("_"):
            inner[name.rpartition(".")[0]].append(name)
    rows: dict[str, list[object]] = {}
    left = _BUDGET
    while waiting:
        name = waiting.popleft()
        if name in rows or name not in records:
            continue
        record = records[name]
        rows[name] = list(_row(record, is_table=name in _TABLES))
        left -= len(json.dumps(rows[name]))
        if left < 0:
            break
        waiting += inner[name]
        waiting.extendleft(record.bases)  # without them nothing can be said of the class
        waiting += [
            ref.removeprefix(">").removesuffix("()") for _, ref in sorted(record.refs.items())
        ]
    return rows


def _row(record: Record, *, is_table: bool) -> Iterator[object]:
    """What is kept of a record: 1 for a class, 2 for an open one, 4 for a table; its bare names, those with refs, bases."""
    yield record.is_class + 2 * record.is_open + 4 * is_table
    bare = () if record.is_open and not is_table else record.names - record.refs.keys()
    yield " ".join(sorted(bare))
    yield dict(sorted(record.refs.items()))
    if record.bases:
        yield record.bases
