"""Verdicts on names: each kind by what it rests on, and what they come to on the data of the program."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetline import index
from vetline.index import opened
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.core.text import Span
from vetline_analyzers.core.universe import (
    Answer,
    Ecosystem,
    Package,
    Record,
    Registries,
    Sample,
    package,
)
from vetline_analyzers.supply import rules
from vetline_analyzers.supply.slips import Slip, slip
from vetline_analyzers.supply.verdict import Kind, of_name

THERE = True
PYPI, NPM = Ecosystem.PYPI, Ecosystem.NPM
UNIVERSE = Sample(
    (
        *("pypi/requests", "pypi/numpy", "pypi/scikit-learn", "pypi/h5py", "pypi/sqlalchemy"),
        *("npm/express", "npm/left-pad", "pypi/sklearn?", "pypi/old-thing?", "pypi/new-thing!"),
        *("pypi/held-thing~", "pypi/numpi!", "pypi/h6py!", "pypi/sqlalchemi?", "npm/rare-thing?"),
    ),
    {"sklearn": ("scikit-learn",), "cv2": ("requests",)},
)


def of(name, ecosystem=PYPI, universe=UNIVERSE, **facts):
    return of_name(package(ecosystem, name), Facts(universe=universe, **facts))


@pytest.mark.parametrize(
    ("name", "kind", "meant"),
    [
        ("requests", Kind.OK, ""),
        ("Requests", Kind.OK, ""),
        ("reqests", Kind.TYPOSQUAT, "requests"),
        ("flask-secure-login", Kind.NONEXISTENT, ""),
        ("sklearn", Kind.WRONG, "scikit-learn"),
        ("cv2", Kind.NONEXISTENT, "requests"),
        ("old-thing", Kind.OBSCURE, ""),
        ("new-thing", Kind.YOUNG, ""),
        ("held-thing", Kind.PLACEHOLDER, ""),
        ("sqlalchemi", Kind.TYPOSQUAT, "sqlalchemy"),
        ("numpi", Kind.TYPOSQUAT, "numpy"),
        ("h6py", Kind.YOUNG, ""),
    ],
)
def test_names_of_pypi(name, kind, meant):
    found = of(name)
    assert (found.kind, found.meant) == (kind, meant)
    assert found.kind is Kind.OK or found.evidence
    assert found.kind is Kind.OK or UNIVERSE.as_of in " ".join(found.evidence) or found.as_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("express", Kind.OK),
        ("express-turbo-guard", Kind.UNVERIFIED),
        ("left-pda", Kind.TYPOSQUAT),
        ("leftpad", Kind.TYPOSQUAT),
        ("expres", Kind.TYPOSQUAT),
        ("rare-thing", Kind.OBSCURE),
    ],
)
def test_names_of_npm_are_never_said_not_to_exist(name, kind):
    assert of(name, NPM).kind is kind


def test_nothing_is_known_without_a_list():
    assert of("no-such-thing", universe=None).kind is Kind.OK
    assert of_name(package(PYPI, "x"), Facts()).evidence == ()


def test_own_packages_are_fine():
    own = package(PYPI, "no-such-thing")
    assert of("no-such-thing", own_packages=frozenset({own})).kind is Kind.OK


# -- what registries say


def answered(name, answer, ecosystem=PYPI, universe=UNIVERSE):
    return of(name, ecosystem, universe, answers={package(ecosystem, name): answer})


@pytest.mark.parametrize("universe", [UNIVERSE, None])
@pytest.mark.parametrize(
    ("name", "ecosystem"), [("requests", PYPI), ("rare-thing", NPM), ("x-y", NPM)]
)
def test_what_no_registry_has_does_not_exist(name, ecosystem, universe):
    found = answered(name, Answer(exists=False), ecosystem, universe)
    assert found.kind is Kind.NONEXISTENT
    assert found.as_of == ""


@pytest.mark.parametrize(
    ("name", "ecosystem", "answer", "kind"),
    [
        ("brand-new", PYPI, Answer(exists=True), Kind.YOUNG),
        ("brand-new", PYPI, Answer(THERE, "2025-12-24", 2), Kind.YOUNG),
        ("was-missing", PYPI, Answer(THERE, "2019-01-01", 9), Kind.OBSCURE),
        ("brand-new", NPM, Answer(THERE, "2026-01-03", 1), Kind.YOUNG),
        ("rare", NPM, Answer(exists=True), Kind.OBSCURE),
        ("reqests", PYPI, Answer(THERE, "2026-01-03", 1), Kind.TYPOSQUAT),
        ("requests", PYPI, Answer(exists=True), Kind.OK),
        ("old-thing", PYPI, Answer(exists=True), Kind.OBSCURE),
    ],
)
def test_what_a_registry_has_exists(name, ecosystem, answer, kind):
    assert answered(name, answer, ecosystem).kind is kind


def test_what_a_registry_cannot_tell_changes_nothing_and_is_said():
    found = answered("no-such-thing", Answer(None, reason="403"))
    assert found.kind is Kind.NONEXISTENT
    assert "403" in found.evidence[-1]
    assert answered("requests", Answer(None, reason="timeout")).kind is Kind.OK
    assert answered("requests", Answer(exists=None), universe=None).kind is Kind.OK


# -- one's own registries


@pytest.mark.parametrize(
    ("name", "mixed", "kind"),
    [
        ("old-thing", True, Kind.CONFUSION),
        ("old-thing", False, Kind.OK),
        ("no-such-thing", True, Kind.OK),
        ("requests", True, Kind.OK),
    ],
)
def test_an_internal_name_that_a_public_registry_has(name, mixed, kind):
    own = package(PYPI, name)
    registries = Registries({own: "uv.lock"}, {own: "pip.conf: extra-index-url"} if mixed else {})
    found = of(name, registries=registries)
    assert found.kind is kind
    if kind is Kind.CONFUSION:
        assert "uv.lock" in found.evidence[0]
        assert "extra-index-url" in found.evidence[-1]


# -- malware


class Known:
    as_of = "2026-01-01"

    def __init__(self, *records):
        self.records = records

    def covers(self, ecosystem):
        return True

    def of(self, package):
        return self.records if package.name == "requests" else ()


def record(*ranges, malicious=True, versions=()):
    return Record("MAL-2026-1", (), "steals", ranges, frozenset(versions), malicious=malicious)


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (record((("introduced", "0"),)), Kind.MALICIOUS),
        (record((("introduced", "0"), ("fixed", "2"))), Kind.OK),
        (record((("introduced", "0"), ("last_affected", "2"))), Kind.OK),
        (record((("introduced", "1"),)), Kind.OK),
        (record(versions=("1.0",)), Kind.OK),
        (record((("introduced", "0"),), malicious=False), Kind.OK),
    ],
)
def test_malware_in_every_version(one, kind):
    assert of("requests", advisories=Known(one)).kind is kind
    assert of("requests", universe=None, advisories=Known(one)).kind is kind


# -- old lists


class Old(Sample):
    def __init__(self, *names):
        super().__init__(names)

    def is_stale(self, ecosystem):
        return ecosystem is PYPI


@pytest.mark.parametrize("name", ["no-such-thing", "reqests"])
def test_an_old_list_keeps_the_verdict_and_says_so(name):
    new, old = of(name), of(name, universe=Old("pypi/requests", "pypi/old-thing?"))
    assert old.kind is new.kind
    assert old.evidence[-1].endswith("unverified as of 2026-01-01")
    found = rules.found(old, "imports", Span(0, 1))
    assert found.confidence is Confidence.LOW
    assert "Unverified as of 2026-01-01" in found.message
    assert found.severity is rules.found(new, "imports", Span(0, 1)).severity


def test_a_list_is_as_old_as_its_registrys():
    """One that could not be fetched is not made new by another that could."""

    class Apart(Sample):
        def day(self, ecosystem):
            return "2024-05-05" if ecosystem is NPM else self.as_of

        def is_stale(self, ecosystem):
            return ecosystem is NPM

    apart = Apart(("pypi/requests", "npm/express", "npm/rare-thing?", "pypi/old-thing?"))
    answer = Answer(None, reason="it answered 503")
    for name in ("no-such-thing", "rare-thing"):
        for known in ({}, {package(NPM, name): answer}):
            found = of(name, NPM, apart, answers=known)
            assert (found.as_of, found.is_stale) == ("2024-05-05", True)
            assert "2026" not in " ".join(found.evidence)
    assert (of("no-such-thing", PYPI, apart).as_of, of("old-thing", PYPI, apart).is_stale) == (
        "2026-01-01",
        False,
    )
    new = Answer(THERE, first_release="2024-03-01")
    assert of("later", NPM, apart, answers={package(NPM, "later"): new}).kind is Kind.YOUNG
    assert of("later", PYPI, apart, answers={package(PYPI, "later"): new}).kind is Kind.OBSCURE


def test_an_old_list_flags_nothing_that_it_has():
    old = Old("pypi/requests", "pypi/old-thing?")
    assert of("requests", universe=old).kind is Kind.OK
    found = rules.found(of("old-thing", universe=old), "imports", Span(0, 1))
    assert found.persona is Persona.PEDANTIC


# -- findings


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.OK])
def test_every_kind_comes_to_a_finding(kind):
    verdict = of("no-such-thing")._replace(kind=kind, meant="requests")
    found = rules.found(verdict, "imports", Span(2, 5))
    assert found.package == "pkg:pypi/no-such-thing"
    assert found.evidence == verdict.evidence
    assert "'no-such-thing'" in found.message
    assert "{" not in found.message
    softer = rules.found(verdict, "imports", Span(2, 5), softer=True)
    least = Severity.CRITICAL if kind is Kind.MALICIOUS else Severity(max(found.severity - 1, 0))
    assert softer.severity is least


def test_what_is_fine_has_none():
    assert rules.found(of("requests"), "imports", Span(0, 1)) is None


@given(st.text(max_size=60), st.sampled_from(Ecosystem))
def test_any_text_has_a_verdict(name, ecosystem):
    found = of(name, ecosystem)
    assert found.package == package(ecosystem, name)
    assert found.kind in Kind


@given(st.text("ab-1", min_size=1, max_size=12), st.text("ab-1", min_size=1, max_size=12))
def test_a_slip_goes_both_ways(name, other):
    assert slip(name, other) is slip(other, name)
    assert slip(name, name) is Slip.NONE


# -- the data of the program


@pytest.fixture(scope="module")
def real():
    return opened.Index(index.EMBEDDED)


@pytest.mark.parametrize(
    ("name", "kind", "meant"),
    [
        ("reqeusts", Kind.TYPOSQUAT, "requests"),
        ("python-dateutils", Kind.TYPOSQUAT, "python-dateutil"),
        ("sklearn", Kind.WRONG, "scikit-learn"),
        ("beautifulsoup", Kind.WRONG, "beautifulsoup4"),
        ("jwt", Kind.WRONG, "pyjwt"),
        ("dotenv", Kind.WRONG, "python-dotenv"),
        ("cv2", Kind.NONEXISTENT, "opencv-python"),
        ("yaml", Kind.NONEXISTENT, "pyyaml"),
        ("flask-quantum-auth-guardian", Kind.NONEXISTENT, ""),
        ("grpc", Kind.WRONG, "grpcio"),
    ],
)
def test_well_known_names(real, name, kind, meant):
    found = of(name, universe=real)
    assert (found.kind, found.meant) == (kind, meant)


def test_real_names_are_not_slandered(real):
    chance = random.Random(3)
    names = real.names(PYPI)
    ranked = list(names.by_rank())
    others = chance.sample([name for name in names if not names.rank(name)], 3000)
    kinds = {name: of(name, universe=real).kind for name in chance.sample(ranked, 3000)}
    assert sum(kind is not Kind.OK for kind in kinds.values()) <= 0.005 * len(kinds)
    assert Kind.NONEXISTENT not in kinds.values()
    old = [of(name, universe=real).kind for name in others if not names.is_young(name)]
    assert sum(kind is Kind.TYPOSQUAT for kind in old) <= 0.005 * len(old)
    assert sum(kind not in {Kind.OK, Kind.OBSCURE} for kind in old) <= 0.01 * len(old)
    young = [of(name, universe=real).kind for name in others if names.is_young(name)]
    assert not {Kind.OK, Kind.OBSCURE} & set(young)


def test_verdicts_are_the_same_through_a_pickle(real):
    import pickle

    other = pickle.loads(pickle.dumps(Facts(universe=real)))
    wanted = Package(PYPI, "reqeusts")
    assert of_name(wanted, other) == of_name(wanted, Facts(universe=real))
