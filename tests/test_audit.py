"""What is said of dependencies' versions, hashes and sources, and what is counted as not audited."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from advised import Known, below, everything

from vetline_analyzers import manifests
from vetline_analyzers.core.analyzer import DependencyPolicy, Facts, NodePackage
from vetline_analyzers.core.finding import Persona, Severity
from vetline_analyzers.core.text import Span, apply
from vetline_analyzers.core.universe import (
    Answer,
    Ecosystem,
    Record,
    Registries,
    Sample,
    package,
)
from vetline_analyzers.manifests import Reading, Requirement
from vetline_analyzers.supply import audit, sources, tally

PYPI, NPM = Ecosystem.PYPI, Ecosystem.NPM
DAY = "advisories of 2026-07-23"
BAD = below("2.0", "PYSEC-2", aliases=("CVE-2026-2",), severity=Severity.HIGH)
FACTS = Facts(advisories=Known({"pypi/shop": [BAD], "npm/shop": [below("2.0.0")]}))


def audited(text, facts=FACTS, path="requirements.txt"):
    """The findings in a file."""
    reading = manifests.of_path(path).read(text)
    return list(audit.findings(reading, path, facts, text))


def said(text, facts=FACTS, path="requirements.txt"):
    """The rules' names, with what stands under each."""
    return [(f.rule.partition("/")[2], text[f.span.start : f.span.end]) for f in audited(text, facts, path)]  # fmt: skip


def counted(text, facts=FACTS, path="requirements.txt"):
    found = tally.count([(path, manifests.of_path(path).read(text))], facts)
    return found and found[:3]


# -- vulnerable


def test_a_vulnerable_pin_is_told_at_its_version_with_evidence_and_mended():
    text = "flask==1.0\nshop==1.4  # the shop\n"
    (found,) = audited(text)
    assert found.rule == "dependency/vulnerable"
    assert text[found.span.start : found.span.end] == "==1.4"
    assert found.severity is Severity.HIGH
    assert found.package == "pkg:pypi/shop"
    assert found.evidence == ("PYSEC-2, CVE-2026-2 (high): It is bad.; fixed in 2.0", DAY)
    assert found.message == (
        "shop 1.4 has known vulnerabilities: CVE-2026-2 (high). 2.0 is the nearest version without one."
    )
    assert found.fix
    assert not found.fix.safe
    assert apply(text, found.fix.edits) == "flask==1.0\nshop==2.0  # the shop\n"
    assert said(apply(text, found.fix.edits)) == []


@pytest.mark.parametrize("text", ["shop==2.0", "shop>=1", "shop", "shop>=2", "flask==1.0", "shop==latest", "./shop"])  # fmt: skip
def test_what_is_not_vulnerable_or_not_known_has_no_finding(text):
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("shop<2", "Every version of shop that '<2' admits"),
        ("shop==1.*", "Every version of shop that '==1.*' admits"),
    ],
)
def test_a_range_that_admits_only_vulnerable_versions_is_told_without_a_fix(text, start):
    (found,) = audited(text)
    assert found.message.startswith(start)
    assert found.fix is None


def test_all_advisories_of_a_package_are_one_finding_the_worst_first_each_once():
    known = [
        below("1.5", "PYSEC-1", severity=Severity.LOW),
        below("3.0", "PYSEC-3"),
        below("2.0", "GHSA-9", aliases=("CVE-2026-9",), severity=Severity.CRITICAL),
        below("2.0", "PYSEC-9", aliases=("CVE-2026-9", "GHSA-9"), severity=Severity.HIGH),
        below("1.0", "PYSEC-0", severity=Severity.CRITICAL),
    ]
    (found,) = audited("shop==1.2", Facts(advisories=Known({"pypi/shop": known})))
    assert found.severity is Severity.CRITICAL
    assert [line.partition(" ")[0].rstrip(",") for line in found.evidence] == ["GHSA-9", "PYSEC-3", "PYSEC-1", "advisories"]  # fmt: skip
    assert "(medium)" in found.evidence[1]
    assert "CVE-2026-9 (critical) and 2 more." in found.message
    assert found.fix.edits[0].text == "3.0"


def test_hundreds_of_advisories_are_told_shortly():
    known = [below("2.0", f"PYSEC-{n}") for n in range(300)]
    (found,) = audited("shop==1.2", Facts(advisories=Known({"pypi/shop": known})))
    assert len(found.evidence) == 22
    assert found.evidence[-2] == "and 280 more"


def test_a_pin_with_hashes_is_not_rewritten():
    (found,) = audited(f"shop==1.4 --hash=sha256:{'0' * 64}")
    assert found.fix is None


def test_a_version_of_npm_is_mended_in_its_quotes():
    text = '{"dependencies": {"shop": "1.4.0", "other": "^1.0.0"}}'
    (found,) = audited(text, path="package.json")
    assert apply(text, found.fix.edits) == text.replace("1.4.0", "2.0.0")


UV = '[[package]]\nname = "shop"\nversion = "1.4"\nsource = { registry = "https://example.com/simple" }\n'


def test_a_lock_file_is_told_and_not_rewritten_and_speaks_for_ranges():
    (found,) = audited(UV, path="uv.lock")
    assert found.rule == "dependency/vulnerable"
    assert found.fix is None
    locked = replace(FACTS, locked=frozenset({"shop"}))
    assert said("shop<2", locked) == []
    assert said("shop==1.4", locked) == [("vulnerable", "==1.4")]


def test_the_nearest_package_json_says_what_is_locked_for_npm():
    node = (NodePackage("", locked=frozenset({"shop"})), NodePackage("web", "web"))
    facts = replace(FACTS, node=node, locked=frozenset({"other"}))
    text = '{"dependencies": {"shop": "^1.0.0"}}'
    assert said(text, facts, "package.json") == []
    assert said(text, facts, "tools/package.json") == []
    assert said(text, facts, "web/package.json") == [("vulnerable", "^1.0.0")]
    assert said(text, facts, "website/package.json") == []


def test_ones_own_package_is_not_a_strangers():
    facts = replace(FACTS, own_packages=frozenset({package(PYPI, "shop")}))
    assert said("shop==1.4", facts) == []
    assert counted("shop==1.4", facts) is None


# -- malware


def test_malware_is_told_by_version_of_a_real_package():
    known = {"npm/ua": [Record("MAL-7", (), "", (), frozenset({"0.7.29"}), malicious=True)]}
    facts = Facts(advisories=Known(known))
    text = '{"dependencies": {"ua": "%s"}}'
    (found,) = audited(text % "0.7.29", facts, "package.json")
    assert (found.rule, found.severity) == ("package/known-malicious", Severity.CRITICAL)
    assert found.message == "ua 0.7.29 is known to be malware (MAL-7): do not install it."
    assert found.evidence == ("MAL-7 (malware)", DAY)
    for version in ("0.7.28", "0.7.30", "^0.7.0", "*", ""):
        assert audited(text % version, facts, "package.json") == []


@pytest.mark.parametrize("text", ["evil", "evil==1.0", "evil>=3", "Evil<2"])
def test_a_package_that_is_malware_in_all_versions_is_told_at_its_name(text):
    facts = Facts(advisories=Known({"pypi/evil": [everything(malicious=True)]}))
    assert said(text, facts) == [("known-malicious", text[:4])]


def test_malware_goes_before_vulnerabilities():
    known = {"pypi/shop": [BAD, Record("MAL-7", (), "", (), frozenset({"1.4"}), malicious=True)]}
    assert said("shop==1.4", Facts(advisories=Known(known))) == [("known-malicious", "==1.4")]


def test_malware_that_the_registry_has_no_more_is_told_whatever_version_is_asked_for():
    known = Known({"pypi/gone": [Record("MAL-7", (), "", (), frozenset({"1.0"}), malicious=True)]})
    assert said("gone", Facts(advisories=known, universe=Sample())) == [("known-malicious", "gone")]
    assert said("gone", Facts(advisories=known, universe=Sample(["pypi/gone"]))) == []
    assert said("gone", Facts(advisories=known)) == []


def test_malware_is_told_of_a_registry_of_which_nothing_else_is_known():
    facts = Facts(advisories=Known({"npm/evil": [everything(malicious=True)]}, PYPI))
    text = '{"dependencies": {"evil": "1.0.0", "good": "1.0.0"}}'
    assert said(text, facts, "package.json") == [("known-malicious", "evil")]
    assert counted(text, facts, "package.json") == (1, {"no advisories for npm": 1}, "2026-07-23")


# -- yanked


def test_a_yanked_pin_is_told_where_the_registry_says_so():
    facts = Facts(answers={package(PYPI, "shop"): Answer(exists=True, yanked=frozenset({"1.4.0"}))})
    assert said("shop==1.4", facts) == [("yanked", "==1.4")]
    assert said("shop==1.5\nshop>=1.4\nother==1.4", facts) == []
    assert said("shop==1.4", Facts(answers={package(PYPI, "shop"): Answer(exists=None)})) == []


# -- policy


def test_pins_are_asked_for_only_by_the_policy():
    facts = Facts(dependency_policy=DependencyPolicy(pinned=True), locked=frozenset({"held"}))
    text = "shop>=1\nother\nfixed==1.0\nheld>=1\ngit+https://example.com/a/b@main#egg=b\n"
    assert said(text, facts) == [("unpinned", "shop"), ("unpinned", "other"), ("other-source", "b")]
    assert said("shop>=1", Facts()) == []
    assert said(UV.replace('version = "1.4"\n', ""), facts, "uv.lock") == [("unpinned", "shop")]


def test_hashes_are_asked_for_only_by_the_policy():
    facts = Facts(dependency_policy=DependencyPolicy(hashed=True), locked=frozenset({"held"}))
    text = f"shop==1.0\nloose>=1\nheld==1\nfine==1.0 --hash=sha256:{'0' * 64}\n"
    assert said(text, facts) == [("unhashed", "==1.0")]
    assert said(UV, facts, "uv.lock") == [("unhashed", "1.4")]
    assert said(text, Facts()) == []


# -- sources

HASH = "#sha256=" + "0" * 64
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("source", "severity", "persona"),
    [
        ("http://example.com/a-1.0.tar.gz" + HASH, Severity.MEDIUM, Persona.REGULAR),
        (f"git+http://example.com/a/b@{COMMIT}", Severity.MEDIUM, Persona.REGULAR),
        ("git://example.com/a/b", Severity.MEDIUM, Persona.REGULAR),
        ("registry+http://example.com/simple", Severity.MEDIUM, Persona.REGULAR),
        ("https://example.com/a-1.0.tar.gz", Severity.LOW, Persona.REGULAR),
        ("git+https://example.com/a/b", Severity.LOW, Persona.PEDANTIC),
        ("git+https://example.com/a/b@main", Severity.LOW, Persona.PEDANTIC),
        ("git+ssh://git@example.com/a/b.git@v1.0.0", Severity.LOW, Persona.PEDANTIC),
        ("git@example.com:a/b.git", Severity.LOW, Persona.PEDANTIC),
        ("github:a/b", Severity.LOW, Persona.PEDANTIC),
        ("a/b#semver:^1", Severity.LOW, Persona.PEDANTIC),
    ],
)
def test_sources_that_can_change_are_told(source, severity, persona):
    fault = sources.fault(source, (), hashed=False)
    assert (fault.severity, fault.persona) == (severity, persona)


@pytest.mark.parametrize(
    "source",
    [
        "https://example.com/a-1.0.tar.gz" + HASH, f"git+https://example.com/a/b@{COMMIT}", f"a/b#{COMMIT}", f"github:a/b#{COMMIT}",
        f"git+ssh://git@example.com/a/b.git#{COMMIT}", "registry+https://example.com/simple", "registry+http://localhost:8080/simple",
        "http://127.0.0.1:9000/a-1.0.tar.gz" + HASH,
    ],
)  # fmt: skip
def test_sources_that_cannot_change_are_silent(source):
    assert sources.fault(source, (), hashed=False) is None


def test_a_policy_of_sources_admits_its_hosts_and_what_lies_below_them():
    allowed = frozenset({"example.com"})
    assert sources.fault("https://files.example.com/a.zip", allowed, hashed=False) is None
    for source in ("https://badexample.com/a.zip" + HASH, f"git+https://other.org/a/b@{COMMIT}", "registry+https://other.org/simple", f"a/b#{COMMIT}"):  # fmt: skip
        assert sources.fault(source, allowed, hashed=True).severity is Severity.MEDIUM


def test_a_source_is_told_with_its_place_and_without_credentials():
    text = "shop @ https://user:hunter2@example.com/shop-1.0.tar.gz?token=hunter2\n"
    (found,) = audited(text, Facts())
    assert (found.rule, text[found.span.start : found.span.end]) == ("dependency/other-source", "shop")  # fmt: skip
    assert found.evidence == ("https://example.com/shop-1.0.tar.gz",)
    assert "hunter2" not in str(found)


def test_paths_are_silent_and_count_for_nothing():
    assert said("-e ./lib\nlib @ file:///srv/lib\n", Facts()) == []
    assert counted("lib @ file:///srv/lib\n") is None
    vendored = counted("lib @ file:///srv/lib-1.0-py3-none-any.whl\n")
    assert vendored[1] == {tally.ELSEWHERE: 1}


def test_packages_of_conda_have_no_advisories_but_those_that_pip_adds_do():
    text = "dependencies:\n  - shop=1.4\n  - pkgs/main::other\n  - pip:\n    - shop==1.5\n"
    assert said(text, path="environment.yml") == [("vulnerable", "==1.5")]
    told = counted(text, path="environment.yml")
    assert told == (1, {"no advisories for conda": 2}, "2026-07-23")


def test_an_index_in_the_clear_is_told_at_its_host():
    text = "--index-url http://user:hunter2@packages.example.com/simple\n--extra-index-url https://b.example.com/\nshop==3\n"
    (found,) = audited(text)
    assert (found.rule, found.severity) == ("dependency/other-source", Severity.MEDIUM)
    assert text[found.span.start : found.span.end] == "packages.example.com"
    assert "hunter2" not in found.message
    assert said("--index-url http://localhost/simple\n") == []


# -- what was audited


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("shop==1.4", ""),
        ("flask", tally.NO_VERSION),
        ("flask>=1", ""),
        ("shop>=2", ""),
        ("shop<2", ""),
        ("shop", tally.NO_VERSION),
        ("shop>=1", tally.NO_VERSION),
        ("shop==1.x.y", tally.NOT_UNDERSTOOD),
        ("git+https://example.com/shop@main#egg=shop", tally.ELSEWHERE),
    ],
)
def test_each_dependency_is_audited_or_has_a_reason(text, missing):
    expected = (0, {missing: 1}, "2026-07-23") if missing else (1, {}, "2026-07-23")
    assert counted(text) == expected


def test_without_advisories_nothing_is_audited():
    assert counted("shop==1.4\nflask", Facts()) == (0, {tally.NO_DATA: 2}, "")
    assert said("shop==1.4", Facts()) == []


def test_without_manifests_there_is_nothing_to_count():
    assert tally.count([], FACTS) is None
    assert counted("# nothing\n") is None


def test_a_dependency_counts_once_in_each_version_and_a_lock_file_answers_for_ranges():
    facts = replace(FACTS, locked=frozenset({"shop", "flask"}))
    files = {"requirements.txt": "shop>=1\nflask>=1\nother==1.0\n", "dev-requirements.txt": "other==1.0\nother==2.0\n"}  # fmt: skip
    readings = [(path, manifests.of_path(path).read(text)) for path, text in files.items()]
    lock = ("uv.lock", manifests.of_path("uv.lock").read(UV))
    assert tally.count([*readings, lock], facts)[:3] == (3, {tally.LOCK_UNSEEN: 1}, "2026-07-23")
    assert tally.count(readings, facts)[:3] == (2, {tally.LOCK_UNSEEN: 2}, "2026-07-23")


def test_what_nobody_writes_advisories_about_is_not_called_audited():
    ours, gone = package(PYPI, "acme-core"), package(PYPI, "invented")
    universe = Sample(["pypi/flask", "pypi/acme-core?"])
    internal = replace(FACTS, universe=universe, registries=Registries({ours: "uv.lock"}, {}))
    text = "acme-core==1.0\ninvented==1.0\nflask==1.0\n"
    expected = {tally.INTERNAL: 1, tally.ABSENT: 1}
    assert counted(text, internal)[:2] == (1, expected)
    there = replace(internal, answers={gone: Answer(exists=True)})
    assert counted(text, there)[:2] == (2, {tally.INTERNAL: 1})
    asked = replace(FACTS, answers={gone: Answer(exists=False)})
    assert counted("invented==1.0\n", asked)[:2] == (0, {tally.ABSENT: 1})
    hosted = replace(internal, registries=Registries({package(PYPI, "flask"): "uv.lock"}, {}))
    assert counted("flask==1.0", hosted)[:2] == (1, {})


@pytest.mark.parametrize("wanted", ["", "*", "latest"])
def test_a_bare_name_of_npm_has_no_version_to_audit(wanted):
    text = f'{{"dependencies": {{"left-pad": "{wanted}"}}}}'
    assert counted(text, path="package.json")[:2] == (0, {tally.NO_VERSION: 1})


# -- time


def test_a_lock_file_of_thousands_of_packages_takes_no_time():
    known = {f"pypi/p{n}": [below("2.0", f"X-{n}-{m}") for m in range(5)] for n in range(0, 2_000, 4)}  # fmt: skip
    span = Span(0, 1)
    wanted = tuple(
        Requirement(package=package(PYPI, f"p{n}"), span=span, written=f"p{n}", specifier=f"1.{n}", version=f"1.{n}", version_span=span)
        for n in range(2_000)
    )  # fmt: skip
    reading = Reading(wanted, locks=True)
    start = time.perf_counter()
    found = list(audit.findings(reading, "uv.lock", Facts(advisories=Known(known))))
    assert time.perf_counter() - start < 2
    assert len(found) == 500


@pytest.mark.parametrize("hostile", ["http://" * 30_000, "git+" * 50_000, "a/" * 100_000, "@" * 200_000, "[:" * 100_000])  # fmt: skip
def test_hostile_sources_take_no_time(hostile):
    start = time.perf_counter()
    sources.fault(hostile, frozenset({"example.com"}), hashed=False)
    list(audit._indexes(Reading(indexes=("http://example.com",)), hostile))
    assert time.perf_counter() - start < 0.05
