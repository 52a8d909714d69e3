"""The index of names: made of small lists, opened, refreshed, damaged, and the copy that comes with the program."""

from __future__ import annotations

import json
import logging
import pickle
import random
import shutil
from datetime import date
from pathlib import Path

import pytest
from rapidfuzz.distance import OSA

from vetline import index, project
from vetline.__main__ import main
from vetline.doors import options
from vetline.index import lists, opened
from vetline.index.build import Before, BuildError, Given, build
from vetline.index.layout import DataError
from vetline.index.lists import ListError
from vetline.index.names import NEAR
from vetline.index.update import update
from vetline.settings import Settings
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.supply.slips import Slip, keys, slip
from vetline_analyzers.supply.verdict import Kind, of_name

PYPI, NPM = Ecosystem.PYPI, Ecosystem.NPM
DAY = "2026-06-01"
PYPI_LIST = """name\tversion\tmonth\trank\tsummary
requests\t2\t2026-01\t1\tHTTP
PyYAML\t6\t2026-01\t2\t
scikit-learn\t1\t2026-01\t3\t
google-cloud-storage\t1\t2026-01\t4\t
google-cloud-core\t1\t2026-01\t5\t
google-cloud-bigquery-storage\t1\t2026-01\t6\t
google-auth\t1\t2026-01\t7\t
sklearn\t0\t2020-01\t\tuse scikit-learn
old-one\t1\t2019-01\t\t
missing-before\t1\t2019-01\t\t
new-one\t1\t2026-05\t\t
held-one\t1\t2020-01\t\tPlaceholder for a later release
guard-tool\t1\t2020-01\t\tFinds packages that squat names
"""
NPM_LIST = "name\tversion\tdownloads_a_month\tsummary\nexpress\t4\t900\t\n@types/Node\t1\t1000\t\nheld\t0.0.1-security\t\t\n"
MODULES = """yaml\tpyyaml
sklearn\tscikit-learn
requests\trequests
google\tgoogle-cloud-storage
google\tgoogle-cloud-core
google\tgoogle-auth
dusty\told-one
reqests\told-one
tests\trequests
tests\told-one
gone\tno-longer-there
"""


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "lists"
    folder.mkdir()
    for name, text in (
        ("pypi.tsv", PYPI_LIST),
        ("npm.tsv", NPM_LIST),
        ("modules.tsv", MODULES),
        ("before.txt", "requests\nPyYAML\nold_one\nsklearn\nheld-one\nguard-tool\n"),
        ("notice.txt", "somebody's map\nBSD-3-Clause\nCopyright somebody\n"),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty cache of the user, and a fixed day."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(opened, "today", lambda: date(2026, 6, 11))
    monkeypatch.setattr(index, "_told", set())
    return tmp_path / "cache" / "vetline" / "index"


def words(files, out, **changed):
    given = {
        "--pypi": files / "pypi.tsv",
        "--npm": files / "npm.tsv",
        "--previous": files / "before.txt",
        "--previous-date": "2025-06-01",
        "--modules": files / "modules.tsv",
        "--notice": files / "notice.txt",
        "--date": DAY,
        "-o": out,
    } | changed
    flat = [str(word) for pair in given.items() if pair[1] is not None for word in pair]
    return ["index", "build", "--whole", *flat]


@pytest.fixture
def made(files, tmp_path, home, capsys):
    assert main(words(files, tmp_path / "made")) == 0
    capsys.readouterr()
    return opened.Index(tmp_path / "made")


def of(name, ecosystem=PYPI):
    return package(ecosystem, name)


def test_it_has_what_the_lists_have(made):
    assert made.as_of == DAY
    assert made.has(of("Py_YAML".replace("_", "")))
    assert made.has(of("@types/node", NPM))
    assert not made.has(of("reqeusts"))
    assert not made.has(of("half a \ud800 character"))
    assert made.is_whole(PYPI)
    assert not made.is_whole(NPM)
    assert [made.rank(of(name)) for name in ("requests", "scikit-learn", "old-one")] == [1, 3, 0]
    assert [made.rank(of(name, NPM)) for name in ("@types/node", "express")] == [1, 2]
    assert list(made.names(PYPI).by_rank())[:3] == ["requests", "pyyaml", "scikit-learn"]


def test_young_is_what_is_new_and_nobody_uses(made):
    young = {name for name in made.names(PYPI) if made.is_young(of(name))}
    assert young == {"new-one"}


def test_a_placeholder_says_so_itself(made):
    assert {name for name in made.names(PYPI) if made.is_placeholder(of(name))} == {"held-one"}
    assert made.is_placeholder(of("held", NPM))


def test_modules_lead_to_all_that_provide_them(made):
    assert made.providers("yaml") == ("pyyaml",)
    assert made.providers("requests") == ("requests",)
    assert made.providers("google.cloud.storage") == ("google-cloud-storage",)
    assert made.providers("google.cloud.bigquery_storage") == ("google-cloud-bigquery-storage",)
    assert set(made.providers("google.cloud")) == {
        "google-cloud-storage",
        "google-cloud-core",
        "google-cloud-bigquery-storage",
    }
    assert made.providers("google.cloud.quantum") == ()
    assert made.providers("old_one") == ()
    assert made.providers("\ud800") == ()


def test_what_everybody_has_tells_nothing_and_a_slip_excuses_nothing(made):
    assert made.providers("tests") == ()
    assert made.is_module("tests")
    assert made.is_module("dusty")
    assert not made.is_module("reqests")
    assert not made.is_module("gone")
    assert not made.is_module("\ud800")


def test_the_package_that_is_meant(made):
    assert made.meant(of("sklearn")) == "scikit-learn"
    assert made.meant(of("yaml")) == "pyyaml"
    assert made.meant(of("requests")) == ""


def test_near_names(made):
    assert made.near(of("reqeusts"))[0] == "requests"
    assert made.near(of("python-requests")) == ("requests",)
    assert made.near(of("scikitlearn")) == ("scikit-learn",)
    assert "requests" not in made.near(of("requests"))
    assert made.near(of("\ud800bc-requests-x" * 40)) == ()


def test_it_is_pickled_by_its_place(made, home):
    raw = pickle.dumps(made)
    assert len(raw) < 500
    assert pickle.loads(raw) == made
    shutil.rmtree(made.folder)
    opened.at.cache_clear()
    other = pickle.loads(raw)  # another copy takes its place
    assert other is None or other.folder == index.EMBEDDED


def test_it_grows_old(made, monkeypatch):
    assert not made.is_stale(PYPI)
    monkeypatch.setattr(opened, "today", lambda: date(2026, 12, 1))
    assert made.is_stale(PYPI)


def test_each_registrys_list_is_of_its_own_day(made, home, monkeypatch, capsys):
    """What `index update` cannot fetch stays as old as it is."""
    monkeypatch.setattr(index, "EMBEDDED", made.folder)
    monkeypatch.setattr(opened, "today", lambda: date(2026, 12, 1))
    update({PYPI: [*made.names(PYPI)]}, made, date(2026, 12, 1))
    found = index.load()
    assert (found.as_of, found.day(PYPI), found.day(NPM)) == ("2026-12-01", "2026-12-01", DAY)
    assert (found.is_stale(PYPI), found.is_stale(NPM)) == (False, True)
    facts = Facts(universe=found)
    absent, unknown = (of_name(of("no-such-thing-at-all", eco), facts) for eco in (PYPI, NPM))
    assert (absent.as_of, absent.is_stale) == ("2026-12-01", False)
    assert (unknown.as_of, unknown.is_stale) == (DAY, True)
    assert not any("2026-12-01" in words for words in unknown.evidence)
    assert main(["index", "status"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told if "old: `vetline index update`" in line] == ["npm"]


def test_youth_ends_a_year_after_the_list_that_had_a_name_first(made, home, monkeypatch):
    """Also where the list is made new each month, and when the first list does not tell the days."""
    monkeypatch.setattr(index, "EMBEDDED", made.folder)
    (made.folder / "pypi.since").unlink()  # as in the data that comes with the program
    manifest = json.loads((made.folder / "manifest.json").read_text())
    del manifest["files"]["pypi.since"]
    (made.folder / "manifest.json").write_text(json.dumps(manifest))
    opened.at.cache_clear()
    found, ends = opened.at(made.folder), {}
    for month in range(1, 20):
        day = date(2026 + (5 + month) // 12, (5 + month) % 12 + 1, 1)
        names = [*found.names(PYPI), *(["later-one"] if month == 3 else [])]
        found = opened.at(update({PYPI: names}, found, day))
        for name in ("new-one", "later-one"):
            if found.is_young(of(name)):
                ends[name] = day.isoformat()
    assert ends == {"new-one": "2027-05-01", "later-one": "2027-08-01"}


def test_the_days_of_young_names_are_read_as_they_were_written(made, home):
    assert made.since(PYPI) == {"new-one": DAY}
    for raw in (b"", b"\0", b"\0\0", b"\xff\xff", b"\1\0" * 9):
        (made.folder / "pypi.since").write_bytes(raw)
        if len(raw) % 2:
            with pytest.raises(DataError, match="since"):
                made.since(PYPI)
        else:
            assert made.since(PYPI).keys() == {"new-one"}
            assert made.since(PYPI)["new-one"] <= DAY


@pytest.mark.parametrize(("there", "whole"), [(8, True), (7, False)])
def test_a_list_of_pypi_is_whole_by_what_comes_with_the_program(
    files, embedded, monkeypatch, there, whole
):
    """A list of one's own does not say that what it lacks does not exist."""
    tmp_path, made = files.parent, embedded
    known = sorted(made.names(PYPI))[:10]
    small = tmp_path / "known"
    argv = words(
        files, small, **{"--pypi": _list(files / "ten.txt", known), "--date": "2026-05-01"}
    )
    assert main(argv) == 0
    monkeypatch.setattr(index, "EMBEDDED", small)
    mine = _list(files / "mine.txt", [*known[:there], "our-own"])
    out = tmp_path / "out"
    argv = [w for w in words(files, out, **{"--pypi": mine}) if w != "--whole"]
    told = []
    monkeypatch.setattr(options, "tell", lambda _door, said: told.append(said))
    assert main(argv) == 0
    assert ("is a part: a name that it lacks is unverified" in " ".join(told)) is not whole
    found = opened.Index(out)
    assert found.is_whole(PYPI) is whole
    verdict = of_name(of("no-such-thing-at-all"), Facts(universe=found))
    assert verdict.kind is (Kind.NONEXISTENT if whole else Kind.UNVERIFIED)
    # Of what a part lacks nobody knows whether it is new.
    again = tmp_path / "again"
    argv = words(files, again, **{"--pypi": _list(files / "all.txt", [*known, "our-own", "x-y"])})
    argv[argv.index("--previous") + 1] = str(out)
    del argv[argv.index("--previous-date") : argv.index("--previous-date") + 2]
    assert main(argv) == 0
    assert opened.Index(again).is_young(of("x-y")) is whole


def _list(path, names):
    path.write_text("\n".join(names) + "\n", encoding="utf-8")
    return path


@pytest.mark.usefixtures("embedded")
def test_a_build_says_how_it_comes_into_use(files, home, tmp_path, capsys):
    assert main(words(files, tmp_path / "same")) == 0
    assert f"it is not used: the list of {DAY} is as new" in capsys.readouterr().err
    out = tmp_path / "later"
    assert main(words(files, out, **{"--date": "2026-06-09"})) == 0
    told = capsys.readouterr().err
    place = told.split(f"move {out} to ")[1].split(":")[0]
    home.mkdir(parents=True)
    out.rename(place)
    assert index.load().folder == Path(place)
    assert index.load().as_of == "2026-06-09"


def test_an_update_takes_no_part(embedded, home):
    """Although it has all that is much downloaded."""
    ranked = list(embedded.names(PYPI).by_rank())
    with pytest.raises(BuildError, match="known names of pypi: it is not the whole"):
        update({PYPI: ranked}, embedded, date(2026, 6, 10))
    assert index.load() == embedded


def test_an_update_is_measured_by_what_comes_with_the_program(files, embedded, home, tmp_path):
    """The copy before it may be a part, too."""
    mine = _list(files / "mine.txt", list(embedded.names(PYPI).by_rank()))
    argv = [w for w in words(files, tmp_path / "part", **{"--pypi": mine}) if w != "--whole"]
    assert main(argv) == 0
    part = opened.Index(tmp_path / "part")
    with pytest.raises(BuildError, match="known names of pypi: it is not the whole"):
        update({PYPI: [*part.names(PYPI)]}, part, date(2026, 6, 10))


def test_a_build_keeps_what_is_not_given(files, made, tmp_path):
    more = files / "more.txt"
    more.write_text(PYPI_LIST.split("\n", 1)[1].replace("\t", "\n"), encoding="utf-8")
    names = [line.partition("\t")[0] for line in PYPI_LIST.splitlines()[1:]]
    more.write_text("\n".join([*names, "newest-one"]) + "\n", encoding="utf-8")
    out = tmp_path / "next"
    changed = {"--pypi": more, "--npm": None, "--modules": None, "--notice": None}
    changed |= {"--previous": made.folder, "--previous-date": None, "--date": "2026-06-10"}
    assert main(words(files, out, **changed)) == 0
    found = opened.Index(out)
    assert found.as_of == "2026-06-10"
    assert found.rank(of("scikit-learn")) == 3
    assert found.providers("google.cloud.storage") == ("google-cloud-storage",)
    assert found.is_module("dusty")
    assert {n for n in found.names(PYPI) if found.is_young(of(n))} == {"new-one", "newest-one"}
    assert found.is_placeholder(of("held-one"))
    assert found.manifest.counts["npm"].as_of == DAY
    assert sorted(source.licence for source in found.manifest.sources) == [
        "BSD-3-Clause",
        "facts",
        "facts",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read"),
        ("title\tother\nx\ty\n", "names no column 'name'"),
        ("name\trank\nx\tfirst\n", ":2: 'first' is not a number"),
        ("name\trank\nx\t²\n", "is not a number"),
        ("", "has no names"),
        ("x" * 200_000, "is longer than"),
    ],
)
def test_a_list_that_cannot_be_read_is_said(files, tmp_path, capsys, text, said):
    path = files / "other.tsv"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert main(words(files, tmp_path / "out", **{"--pypi": path})) == 3
    told = capsys.readouterr().err
    assert said in told
    assert len(told.splitlines()) == 1
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".vetline-*"))


@pytest.mark.parametrize(
    "changed",
    [
        {"--pypi": None, "--npm": None},
        {"--previous-date": None},
        {"--previous-date": "yesterday"},
        {"--date": "2026-13-01"},
        {"--notice": "/no/such/file"},
    ],
)
def test_wrong_usage_is_one_line(files, tmp_path, home, capsys, changed):
    assert main(words(files, tmp_path / "out", **changed)) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_nothing_is_built_over(files, made, home, capsys):
    assert main(words(files, made.folder)) == 3
    assert "cannot be written" in capsys.readouterr().err
    assert opened.Index(made.folder).has(of("requests"))


def test_a_missing_registry_is_said(files, tmp_path, home, capsys):
    assert main(words(files, tmp_path / "out", **{"--npm": None})) == 3
    assert "there is no list of npm" in capsys.readouterr().err


def test_modules_that_are_no_pairs_are_said(files):
    (files / "modules.tsv").write_text("yaml\n", encoding="utf-8")
    with pytest.raises(ListError, match=r"modules\.tsv:1"):
        list(lists.pairs(files / "modules.tsv"))


# -- the user's copy


@pytest.fixture
def embedded(made, monkeypatch):
    monkeypatch.setattr(index, "EMBEDDED", made.folder)
    return made


def names_of(found):
    return [*found.names(PYPI), "brand-new", "Not A Name"]


def test_a_refreshed_copy_wins_and_takes_the_older_ones_place(embedded, home):
    first = update({PYPI: names_of(embedded)}, embedded, date(2026, 6, 10))
    loaded = index.load()
    assert loaded.folder == first
    assert loaded.has(of("brand-new"))
    assert loaded.is_young(of("brand-new"))
    assert not loaded.has(of("Not A Name"))
    assert loaded.rank(of("requests")) == 1
    assert loaded.meant(of("sklearn")) == "scikit-learn"
    second = update({PYPI: names_of(loaded)}, loaded, date(2026, 6, 11))
    assert [path.name for path in home.iterdir()] == [second.name]
    assert index.load().folder == second


def test_facts_that_are_gathered_anew_have_the_refreshed_copy(embedded, tmp_path):
    before = project.facts(tmp_path / "lists", Settings())
    assert not before.universe.has(of("brand-new"))
    update({PYPI: names_of(embedded)}, embedded, date(2026, 6, 10))
    after = pickle.loads(pickle.dumps(project.facts(tmp_path / "lists", Settings())))
    assert after.universe.has(of("brand-new"))
    assert after != before


def test_an_older_copy_does_not_win(embedded, home):
    update({PYPI: names_of(embedded)}, embedded, date(2026, 5, 1))
    assert index.load() == embedded


def test_a_list_that_is_not_the_registrys_changes_nothing(embedded, home):
    with pytest.raises(BuildError, match="not the whole registry's"):
        update({PYPI: ["our-own-package", "requests"]}, embedded, date(2026, 6, 10))
    assert list(home.iterdir()) == []
    assert index.load() == embedded


def test_there_may_be_no_place_for_a_copy(embedded, monkeypatch):
    monkeypatch.setenv("HOME", "")
    monkeypatch.delenv("XDG_CACHE_HOME")
    with pytest.raises(BuildError, match="XDG_CACHE_HOME"):
        update({PYPI: []}, embedded, date(2026, 6, 10))
    assert index.load() == embedded


def test_the_door_fetches_and_says_what_stays(embedded, home, monkeypatch, capsys):
    from vetline import registries

    def whole_list(ecosystem):
        if ecosystem is NPM:
            raise registries.RegistryError("it offers no list")
        return iter(names_of(embedded))

    monkeypatch.setattr(registries, "whole_list", whole_list)
    assert main(["index", "update"]) == 0
    told = capsys.readouterr()
    assert f"npm: it offers no list; the list of {DAY} stays" in told.err
    assert "your refreshed copy" in told.out
    assert index.load().has(of("brand-new"))


@pytest.mark.parametrize("names", [None, ["requests"]])
def test_the_door_changes_nothing_when_it_cannot(embedded, home, monkeypatch, capsys, names):
    from vetline import registries

    def whole_list(ecosystem):
        if names is None or ecosystem is NPM:
            raise registries.RegistryError("it cannot be reached")
        return iter(names)

    monkeypatch.setattr(registries, "whole_list", whole_list)
    assert main(["index", "update"]) == 3
    assert "nothing was changed" in capsys.readouterr().err
    assert index.load() == embedded


# -- damage


@pytest.mark.parametrize("harm", ["gone", "cut", "manifest", "format", "outside", "magic"])
def test_damage_is_logged_and_another_copy_taken(made, embedded, home, caplog, harm):
    copy = update({PYPI: names_of(embedded)}, embedded, date(2026, 6, 10))
    manifest = copy / "manifest.json"
    found = json.loads(manifest.read_text())
    if harm == "gone":
        (copy / "pypi.marisa").unlink()
    elif harm == "cut":
        (copy / "pypi.ranks").write_bytes(b"")
    elif harm == "manifest":
        manifest.write_text("[" * 5000)
    elif harm == "format":
        manifest.write_text(json.dumps(found | {"format": 99}))
    elif harm == "outside":
        manifest.write_text(json.dumps(found | {"files": {"../x": {"size": 1, "sha256": ""}}}))
    else:
        path = copy / "pypi.marisa"
        path.write_bytes(b"\0" * path.stat().st_size)
    with caplog.at_level(logging.WARNING):
        assert index.load() == embedded
        assert index.load() == embedded
    assert len([r for r in caplog.records if "cannot be used" in r.message]) == 1


def test_without_any_data_there_is_none(home, tmp_path, monkeypatch, caplog, capsys):
    monkeypatch.setattr(index, "EMBEDDED", tmp_path / "nothing")
    assert index.load() is None
    assert "cannot be used" in caplog.text
    assert main(["index", "status"]) == 3
    assert "no list of names" in capsys.readouterr().err


def test_status_finds_what_a_size_does_not_tell(embedded, home, capsys):
    path = embedded.folder / "npm.ranks"
    raw = path.read_bytes()
    path.write_bytes(bytes([raw[0] ^ 1]) + raw[1:])
    assert main(["index", "status"]) == 3
    assert "DAMAGED: npm.ranks" in capsys.readouterr().out
    assert main(["index", "status", "--output-format", "json"]) == 3
    assert json.loads(capsys.readouterr().out)["damaged"] == ["npm.ranks"]


def test_status_says_what_there_is(embedded, home, capsys):
    assert main(["index", "status"]) == 0
    told = capsys.readouterr().out
    assert f"{DAY}, 10 days old" in told
    assert "13 names (all), 7 ranked, 1 young, 1 placeholders" in told
    assert "members   of the standard library and " in told
    assert main(["index", "status", "--output-format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["registries"]["npm"]["names"] == 3
    assert document["embedded"]
    assert document["members"]["libraries"] > 100
    assert {
        "what": "import names",
        "origin": "somebody's map",
        "licence": "BSD-3-Clause",
    }.items() <= (next(s for s in document["sources"] if s["what"] == "import names").items())


def test_a_folder_that_is_none_is_said(tmp_path):
    with pytest.raises(DataError, match="manifest"):
        index.open_at(tmp_path)
    with pytest.raises(BuildError, match="no list of pypi"):
        build(Given(DAY, {}, Before(DAY, lambda _: False)), tmp_path / "x")


# -- the data that comes with the program


@pytest.fixture(scope="module")
def real():
    return opened.Index(index.EMBEDDED)


def test_the_embedded_data_is_whole_and_small(real):
    from vetline.index import layout

    assert layout.damaged(real.folder, real.manifest) == []
    assert sum(file.size for file in real.manifest.files.values()) < 7_000_000
    assert real.manifest.counts["pypi"].names > 880_000
    assert {source.licence for source in real.manifest.sources} == {"facts", "BSD-3-Clause"}
    assert "Redistribution" in next(s.notice for s in real.manifest.sources if s.notice)


def test_the_embedded_map_knows_what_everybody_uses(real):
    for module, name in {
        "yaml": "pyyaml",
        "cv2": "opencv-python",
        "airflow": "apache-airflow",
        "airflow.providers.amazon": "apache-airflow-providers-amazon",
        "google.protobuf": "protobuf",
        "opentelemetry.trace": "opentelemetry-api",
        "azure.mgmt.compute": "azure-mgmt-compute",
        "numpy": "numpy",
    }.items():
        assert name in real.providers(module), module
    assert real.providers("google.cloud.quantum_storage") == ()
    assert real.providers("utils") == ()


def mutated(name, chance):
    """One slip of the finger."""
    at = chance.randrange(len(name))
    how = chance.randrange(4)
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    if how == 0:
        return name[:at] + name[at + 1 :]
    if how == 1:
        return name[:at] + letter + name[at:]
    if how == 2:
        return name[:at] + letter + name[at + 1 :]
    return name[:at] + name[at : at + 2][::-1] + name[at + 2 :]


def test_near_names_are_those_that_brute_force_finds(real):
    chance = random.Random(5)
    targets = [real.names(PYPI).ranked(rank) for rank in range(1, NEAR + 1)]
    found = missed = 0
    for name in chance.sample([name for name in targets if len(name) > 5], 150):
        wrong = mutated(name, chance)
        for other in targets:
            if other != wrong and OSA.distance(wrong, other, score_cutoff=1) <= 1:
                found += 1
                near = real.names(PYPI).candidates(wrong)
                missed += targets.index(other) not in near or not slip(wrong, other)
    assert found > 130
    assert missed <= found * 0.02  # delimiters are left out before letters are compared


def test_slips_agree_with_the_distance():
    chance = random.Random(9)
    for _ in range(3000):
        name = "".join(chance.choice("abc") for _ in range(chance.randrange(4, 9)))
        other = mutated(name, chance) if chance.random() < 0.5 else name[::-1]
        if name == other or min(len(name), len(other)) < 4:
            continue
        assert (slip(name, other) is Slip.SMALL) == (OSA.distance(name, other) <= 1), (name, other)
        if slip(name, other) is Slip.SMALL:
            assert keys(name) & keys(other)
