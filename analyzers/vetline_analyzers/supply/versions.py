"""Which versions advisories are about: OSV's ranges and lists, in the order of each registry.

The order of PyPI is `packaging`'s (PEP 440), that of npm is SemVer's. What cannot be read in that order is answered
with None, never with "not affected".
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline_analyzers.core.universe import Ecosystem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from vetline_analyzers.core.universe import Record

    Range = tuple[tuple[str, str], ...]

_LONGEST = (
    100  # characters of a version, and a few times that of a specifier: nobody writes longer ones
)
_MOST_POINTS = 2_000  # versions tried of a specifier
_NAMED = re.compile(r"\d[\w.!+-]{0,99}")
_PARTIAL = re.compile(r"\d{1,18}(?:\.\d{1,18})?")
_WILD = re.compile(r"\.(?:\*|x\b).*", re.DOTALL)
# Events at one version, in the order in which they take effect (ossf.github.io/osv-schema, "Evaluation").
_ORDER = {"fixed": 0, "introduced": 1, "last_affected": 2}


class _Grammar(NamedTuple):
    """How a registry reads versions.

    Attributes:
        parse: a version, something that compares; raises ValueError.
        admits: gives the test of a specifier; raises ValueError.
        around: versions next to one, as texts: just above and below it, and where its parts count one up.
        least: the lowest versions there are, a pre-release and a release.
    """

    parse: Callable[[str], Any]
    admits: Callable[[str], Callable[[str], bool]]
    around: Callable[[str], Iterator[str]]
    least: tuple[str, str]


def of_version(
    records: Iterable[Record], ecosystem: Ecosystem, version: str
) -> tuple[Record, ...] | None:
    """The records that a version is affected by; None when it or a range cannot be read and none is known to hold."""
    said = [(record, affects(record, ecosystem, version)) for record in records]
    if parse(ecosystem, version) is None and not any(holds for _, holds in said):
        return None
    hits = tuple(record for record, holds in said if holds)
    return None if not hits and any(holds is None for _, holds in said) else hits


def of_specifier(
    records: Sequence[Record], ecosystem: Ecosystem, specifier: str
) -> tuple[Record, ...] | None:
    """The records that affect every version a specifier admits.

    What is affected and what is admitted changes only at versions that a record or the specifier names, so one version
    in each interval between them stands for all of it.

    Args:
        records: all that is known of the package.
        ecosystem: its registry.
        specifier: as the registry's tools write it; "" admits everything.

    Returns:
        () when no version is affected, None when it depends on the version or something cannot be read.
    """
    if not records:
        return ()
    try:
        admits = _grammar(ecosystem).admits(specifier)
        points = _points(records, ecosystem, specifier)
    except ValueError:
        return None
    whole: set[Record] | None = None
    some: set[Record] = set()
    sound = False
    for point in points:
        if not admits(point):
            continue
        hits = of_version(records, ecosystem, point)
        if hits is None:
            return None
        sound = sound or not hits
        some.update(hits)
        whole = set(hits) if whole is None else whole & set(hits)
        if sound and some:
            return None
    return tuple(record for record in records if record in (whole or some))


def affects(record: Record, ecosystem: Ecosystem, version: str) -> bool | None:
    """Whether a record is about a version; None when that cannot be told."""
    if version in record.versions:
        return True
    here = parse(ecosystem, version)
    if here is None:
        return None
    if any(parse(ecosystem, listed) == here for listed in record.versions):
        return True
    said = [_is_within(events, ecosystem, here) for events in record.ranges]
    if True in said:
        return True
    return None if None in said else False


def nearest_fixed(records: Sequence[Record], ecosystem: Ecosystem, version: str) -> str:
    """The least version named as fixed that is not lower and that no record is about; "" when none is known.

    A pre-release is given only to who has one, or where there is nothing else.
    """
    here = parse(ecosystem, version)
    if here is None:
        return ""
    fixed = {
        text
        for record in records
        for events in record.ranges
        for kind, text in events
        if kind == "fixed"
    }
    early = is_prerelease(ecosystem, version)
    later = [
        (not early and is_prerelease(ecosystem, text), there, text)
        for text in fixed
        if (there := parse(ecosystem, text)) is not None and there >= here
    ]
    later.sort(key=lambda one: one[:2])
    fit = (text for _, _, text in later if of_version(records, ecosystem, text) == ())
    return next(fit, "")


def is_malware(records: Iterable[Record]) -> bool:
    """Whether every version is known to be malware, not some that somebody broke into."""
    return any(
        record.malicious and any(_is_endless(events) for events in record.ranges)
        for record in records
    )


def is_prerelease(ecosystem: Ecosystem, version: str) -> bool:
    """Whether a version is one before its release; False for one that cannot be read."""
    if ecosystem is Ecosystem.PYPI:
        found = parse(ecosystem, version)
        return bool(found is not None and found.is_prerelease)
    return "-" in version.partition("+")[0]


@lru_cache(maxsize=20_000)
def parse(ecosystem: Ecosystem, version: str) -> Any:
    """A version as something that compares with others of its registry; None when it cannot be read.

    Local parts ("+cu118") and builds do not count: they are made of the same code.
    """
    if not version or len(version) > _LONGEST:
        return None
    try:
        return _grammar(ecosystem).parse(version)
    except ValueError:
        return None


def _is_within(events: Range, ecosystem: Ecosystem, here: Any) -> bool | None:
    """Whether a version lies in a range, by OSV's own algorithm; None when an event cannot be read."""
    sorted_ = _in_order(events, ecosystem)
    if sorted_ is None:
        return None
    inside = False
    for kind, there in sorted_:
        if kind == "introduced":
            inside = inside or there is None or here >= there
        elif here > there or (kind == "fixed" and here == there):
            inside = False
    return inside


@lru_cache(maxsize=5_000)
def _in_order(events: Range, ecosystem: Ecosystem) -> tuple[tuple[str, Any], ...] | None:
    """The events with their versions parsed, the beginning None, sorted; None when one cannot be read."""
    first = [(kind, None) for kind, text in events if kind == "introduced" and text == "0"]
    rest = [(kind, parse(ecosystem, text)) for kind, text in events if (kind, text) != _BEGINNING]
    if any(there is None or kind not in _ORDER for kind, there in rest):
        return None
    return (*first, *sorted(rest, key=lambda event: (event[1], _ORDER[event[0]])))


_BEGINNING = ("introduced", "0")


def _is_endless(events: Range) -> bool:
    return _BEGINNING in events and all(kind == "introduced" for kind, _ in events)


def _points(records: Iterable[Record], ecosystem: Ecosystem, specifier: str) -> list[str]:
    """A version for each interval between those that are named, and these themselves.

    Raises:
        ValueError: one cannot be read, or there are too many.
    """
    named = _NAMED.findall(specifier)
    for record in records:
        named += record.versions
        named += [text for events in record.ranges for _, text in events]
    names = dict.fromkeys(_without_wildcard(name) for name in named)
    grammar = _grammar(ecosystem)
    points = dict.fromkeys(chain(grammar.least, names, *(grammar.around(name) for name in names)))
    if len(points) > _MOST_POINTS:
        raise ValueError("too many")
    return list(points)


def _without_wildcard(name: str) -> str:
    return _WILD.sub("", name).rstrip(".-")


@cache
def _grammar(ecosystem: Ecosystem) -> _Grammar:
    return _pypi() if ecosystem is Ecosystem.PYPI else _npm()


def _pypi() -> _Grammar:
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415 - only who compares versions pays for it
    from packaging.version import Version  # noqa: PLC0415 - as above

    def read(text: str) -> Version:
        version = Version(text)
        return Version(version.public) if version.local else version

    def admits(specifier: str) -> Callable[[str], bool]:
        if len(specifier) > 5 * _LONGEST:
            raise ValueError("too long")
        wanted = SpecifierSet("" if specifier.strip() == "*" else specifier)
        # As installers do, which take a pre-release only where one is asked for.
        early = bool(wanted.prereleases)
        return lambda text: wanted.contains(text, prereleases=early)

    def around(text: str) -> Iterator[str]:
        version = read(text)
        epoch = f"{version.epoch}!" if version.epoch else ""
        release = version.release
        whole = epoch + ".".join(map(str, release))
        if version.dev is not None:
            yield str(version.public).rpartition("dev")[0] + f"dev{version.dev + 1}"
        elif version.post is not None:
            yield str(version.public).rpartition("post")[0] + f"post{version.post + 1}"
        elif version.pre is not None:
            yield f"{whole}{version.pre[0]}{version.pre[1] + 1}"
        if version.dev is None:
            yield f"{version.public}.dev0"
        yield f"{whole}.0.0.0.1"
        for end in range(1, min(len(release), 4) + 1):
            up = (*release[: end - 1], release[end - 1] + 1)
            yield epoch + ".".join(map(str, up))

    return _Grammar(read, admits, around, ("0.dev0", "0"))


def _npm() -> _Grammar:
    from semantic_version import NpmSpec, Version  # noqa: PLC0415 - only who compares versions pays for it

    def whole(text: str) -> Version:
        bare = text.strip().lstrip("v=")
        return Version.coerce(bare) if _PARTIAL.fullmatch(bare) else Version(bare)

    def admits(specifier: str) -> Callable[[str], bool]:
        if len(specifier) > 5 * _LONGEST:
            raise ValueError("too long")
        wanted = NpmSpec(specifier.strip() or "*")
        return lambda text: bool(wanted.match(whole(text)))

    def around(text: str) -> Iterator[str]:
        version = whole(text)
        if version.prerelease:
            yield f"{version.truncate('prerelease')}.0"
            yield str(version.truncate())
        else:
            yield f"{version.truncate()}-0"
        yield from (str(version.next_patch()), str(version.next_minor()), str(version.next_major()))

    return _Grammar(lambda text: whole(text).precedence_key, admits, around, ("0.0.0-0", "0.0.0"))
