"""Which versions advisories are about, against `packaging` and SemVer taken by hand."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from vetline_analyzers.core.universe import Ecosystem, Record
from vetline_analyzers.supply import versions

PYPI, NPM = Ecosystem.PYPI, Ecosystem.NPM


def record(*ranges, listed=(), name="X-1", malicious=False):
    """A record; a range is a row of events, "0 <2.0" for introduced 0 and fixed 2.0, "<=" for last affected."""
    told = []
    for words in ranges:
        events = []
        for word in words.split():
            kind = "last_affected" if word[:2] == "<=" else "fixed" if word[0] == "<" else "introduced"  # fmt: skip
            events.append((kind, word.lstrip("<=")))
        told.append(tuple(events))
    return Record(name, (), "", tuple(told), frozenset(listed), malicious=malicious)


@pytest.mark.parametrize(
    ("ranges", "inside", "outside"),
    [
        (("0 <2.0",), ["0", "0.dev1", "1.9.9", "2.0rc1", "1.0+local"], ["2.0", "2.0.0", "2.0.post1", "3"]),
        (("1.0 <1.5 2.0 <2.2",), ["1.0", "1.4", "2.0", "2.1.9"], ["0.9", "1.0rc1", "1.5", "1.9", "2.2"]),
        (("1.0 <=1.5",), ["1.0", "1.5", "1.5.0", "1.5+cu118"], ["1.5.1", "1.5.post1"]),
        (("2.0 <2.1", "0 <1.1"), ["1.0", "2.0"], ["1.1", "1.9", "2.1"]),
        (("<1.5 0 3 <2.0 1.9",), ["1.4", "1.9", "1.95", "3", "9"], ["1.5", "1.8", "2.0"]),
        (("1.0",), ["1.0", "99"], ["0.9"]),
        (("1!1.0 <1!2.0",), ["1!1.5"], ["1.5", "1!2.0"]),
    ],
)  # fmt: skip
def test_ranges_of_pypi(ranges, inside, outside):
    one = record(*ranges)
    assert [v for v in inside if not versions.affects(one, PYPI, v)] == []
    assert [v for v in outside if versions.affects(one, PYPI, v) is not False] == []


@pytest.mark.parametrize(
    ("ranges", "inside", "outside"),
    [
        (("0 <2.0.0",), ["0.0.0", "1.9.9", "2.0.0-rc.1", "1.0.0+build", "v1.0.0"], ["2.0.0", "2.0.0+x"]),
        (("1.0.0-beta.2 <1.0.0",), ["1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc"], ["1.0.0-beta.1", "1.0.0"]),
        (("1.0 <=1.5.2",), ["1.0.0", "1.5.2"], ["1.5.3", "0.9.9"]),
    ],
)  # fmt: skip
def test_ranges_of_npm(ranges, inside, outside):
    one = record(*ranges)
    assert [v for v in inside if not versions.affects(one, NPM, v)] == []
    assert [v for v in outside if versions.affects(one, NPM, v) is not False] == []


def test_listed_versions_count_however_they_are_written():
    one = record(listed=["1.0.0rc1", "2.0"])
    assert versions.affects(one, PYPI, "1.0.0-RC.1")
    assert versions.affects(one, PYPI, "2.0.0")
    assert versions.affects(one, PYPI, "2.1") is False


@pytest.mark.parametrize(
    "version", ["", "latest", "1.x", "not a version", "1" * 200, "9" * 90 + ".x"]
)
def test_what_cannot_be_read_is_not_called_safe(version):
    assert versions.of_version([record("0 <2.0")], PYPI, version) is None
    assert versions.of_version([record("0 <2.0.0")], NPM, version) is None
    assert versions.of_version([], PYPI, version) is None


def test_a_range_that_cannot_be_read_is_not_called_safe_but_another_may_hold():
    strange = record("0 <2024-09-19b")
    assert versions.of_version([strange], PYPI, "1.0") is None
    plain = record("0 <2.0", name="X-2")
    assert versions.of_version([strange, plain], PYPI, "1.0") == (plain,)


# -- specifiers


@pytest.mark.parametrize(
    ("specifier", "said"),
    [
        ("", None), ("*", None), (">=1", None), (">=2.0", False), ("<2", True), ("<=2", None), ("==1.*", True),
        ("==2.*", False), ("~=1.4", True), ("~=2.1", False), ("!=1.3.*", None), (">1,<3", None), ("^1.2", None),
        ("===1.2", True), (">=1,<1.5,!=1.2", True), ("==1.2,==1.3", False),
    ],
)  # fmt: skip
def test_a_specifier_of_pypi_is_judged_by_all_it_admits(specifier, said):
    one = record("0 <2.0")
    expected = {None: None, True: (one,), False: ()}[said]
    assert versions.of_specifier([one], PYPI, specifier) == expected


@pytest.mark.parametrize(
    ("specifier", "said"),
    [
        ("", None), ("*", None), ("latest", None), ("^1.2.0", True), ("~1.4", True), ("1.x", True), ("^2.1.0", False),
        ("^1.2 || ~1.9", True), ("^1.2 || ^2.0.0", None), (">=1.0.0 <2.0.0", True), ("1.2.3 - 1.9", True),
        (">=2", False), ("workspace:*", None),
    ],
)  # fmt: skip
def test_a_specifier_of_npm_is_judged_by_all_it_admits(specifier, said):
    one = record("0 <2.0.0")
    expected = {None: None, True: (one,), False: ()}[said]
    assert versions.of_specifier([one], NPM, specifier) == expected


def test_records_that_together_affect_all_are_all_told():
    low, high = record("0 <1.5", name="X-1"), record("1.5 <2.0", name="X-2")
    assert versions.of_specifier([low, high], PYPI, ">=1,<2") == (low, high)
    whole = record("0 <3", name="X-3")
    assert versions.of_specifier([low, high, whole], PYPI, ">=1,<2") == (whole,)


numbers = st.integers(0, 4)
plain = st.builds(
    lambda parts, end: ".".join(map(str, parts)) + end,
    st.lists(numbers, min_size=1, max_size=3),
    st.sampled_from(["", "", "", "rc1", "a2", ".post1", ".dev1"]),
)
clauses = st.builds(
    lambda op, version: op + version,
    st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
    plain,
) | st.builds(
    lambda op, parts: f"{op}{'.'.join(map(str, parts))}.*",
    st.sampled_from(["==", "!="]),
    st.lists(numbers, min_size=1, max_size=2),
)
specifiers = st.lists(clauses, max_size=3).map(",".join)


@st.composite
def records(draw):
    bounds = sorted(set(draw(st.lists(plain, min_size=1, max_size=4))), key=Version)
    bounds = [v for at, v in enumerate(bounds) if not at or Version(bounds[at - 1]) != Version(v)]
    kinds = [("introduced", "fixed")[at % 2] for at in range(len(bounds))]
    if len(bounds) % 2 == 0 and draw(st.booleans()):
        kinds[-1] = "last_affected"
    return Record("X", (), "", (tuple(zip(kinds, bounds, strict=True)),), frozenset(draw(st.lists(plain, max_size=2))))  # fmt: skip


def by_hand(one: Record, version: str) -> bool:
    """Whether a record is about a version, pair by pair of its bounds."""
    here = Version(version)
    if any(Version(listed) == here for listed in one.versions):
        return True
    ((*events,),) = one.ranges
    for at in range(0, len(events), 2):
        low = events[at][1]
        inside = low == "0" or here >= Version(low)
        if at + 1 < len(events):
            kind, end = events[at + 1]
            inside = inside and (here < Version(end) if kind == "fixed" else here <= Version(end))
        if inside:
            return True
    return False


@given(records(), plain)
def test_matching_is_that_of_packaging(one, version):
    assert versions.affects(one, PYPI, version) is by_hand(one, version)


@settings(max_examples=200)
@given(st.lists(records(), min_size=1, max_size=2), specifiers, st.lists(plain, max_size=30))
def test_no_version_that_is_admitted_belies_what_is_said_of_a_specifier(known, specifier, tried):
    said = versions.of_specifier(known, PYPI, specifier)
    if said is None:
        return
    wanted = SpecifierSet(specifier)
    for version in tried:
        if wanted.contains(version, prereleases=bool(wanted.prereleases)):
            assert any(by_hand(one, version) for one in known) is bool(said), version


@settings(max_examples=200)
@given(st.lists(records(), min_size=1, max_size=3), plain)
def test_the_nearest_fixed_version_is_the_least_that_nothing_affects(known, version):
    found = versions.nearest_fixed(known, PYPI, version)
    ends = {v for one in known for events in one.ranges for kind, v in events if kind == "fixed"}
    fit = [
        Version(v)
        for v in ends
        if Version(v) >= Version(version) and not any(by_hand(one, v) for one in known)
    ]
    if not Version(version).is_prerelease:
        fit = [v for v in fit if not v.is_prerelease] or fit
    assert (Version(found) if found else None) == min(fit, default=None)


def test_the_nearest_fixed_version_passes_over_one_that_another_record_is_about():
    known = [record("0 <2.0"), record("2.0 <2.3"), record(listed=["2.3"])]
    assert versions.nearest_fixed(known, PYPI, "1.0") == ""
    assert versions.nearest_fixed([*known, record("1.0 <2.4")], PYPI, "1.0") == "2.4"
    assert versions.nearest_fixed([record("0 <1.2.0-rc.1 1.2.0-rc.2 <1.3.0")], NPM, "1.0.0") == "1.3.0"  # fmt: skip


def test_malware_is_all_of_a_package_or_some_versions():
    assert versions.is_malware([record("0", malicious=True)])
    assert not versions.is_malware([record("0 <=0", malicious=True)])
    assert not versions.is_malware([record(listed=["1.0"], malicious=True)])
    assert not versions.is_malware([record("0")])


@pytest.mark.parametrize("ecosystem", [PYPI, NPM])
@pytest.mark.parametrize(
    "hostile", [">=1" * 70_000, "1." * 100_000, "1 || " * 40_000, "a" * 200_000, "-" * 200_000, "," * 200_000]
)  # fmt: skip
def test_hostile_texts_take_no_time(ecosystem, hostile):
    start = time.perf_counter()
    assert versions.of_version([record("0 <2.0.0")], ecosystem, hostile) is None
    assert versions.of_specifier([record("0 <2.0.0")], ecosystem, hostile) is None
    assert time.perf_counter() - start < 0.05


def test_a_specifier_with_too_many_bounds_is_not_judged():
    many = [record(f"{n} <{n}.5", name=f"X-{n}") for n in range(1_000)]
    start = time.perf_counter()
    assert versions.of_specifier(many, PYPI, "<1000") is None
    assert time.perf_counter() - start < 5
