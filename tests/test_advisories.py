"""The store of advisories: what is taken in and from where, what is passed over, what a damaged store comes to."""

from __future__ import annotations

import json
import logging
import os
import pickle
import threading
import zipfile
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from advised import HIGH, affected, below, document, everything, write_documents, write_store

from vetline import advisories
from vetline.__main__ import main
from vetline.advisories import intake, osv, severity, store
from vetline_analyzers.core.finding import Severity
from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.supply import versions

REQUESTS = package(Ecosystem.PYPI, "requests")
OLD = document(
    "PYSEC-1",
    affected("Requests", "introduced 0", "fixed 2.0", listed=("1.0", "1.9", "2.5")),
    aliases=["CVE-2026-1"],
    summary="It\n leaks.",
)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Where the store goes."""
    for name in [*os.environ]:
        if name.startswith("VETLINE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "cache" / "vetline" / "advisories" / "advisories.store"


@pytest.fixture
def run(place, capsys):
    def run(*words):
        code = main(["advisories", *map(str, words)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def update(run, *sources):
    return run("update", *(word for source in sources for word in ("--from", source)))


# -- what a document says


def only(*told, **more):
    ((about, record),) = osv.read(document("X-1", *told, **more)).records
    return about, record


def test_a_document_becomes_a_record_and_says_nothing_twice():
    about, record = osv.read(OLD).records[0]
    assert about == REQUESTS
    assert record == below("2.0", aliases=("CVE-2026-1",), summary="It leaks.", versions=frozenset({"2.5"}))  # fmt: skip


def test_what_is_withdrawn_or_of_other_registries_or_vague_is_counted_and_left_out():
    assert osv.read({**OLD, "withdrawn": "2026-01-01T00:00:00Z"}) == osv.Document("PYSEC-1", day="2026-07-23", withdrawn=True)  # fmt: skip
    found = osv.read(document("X", affected("a", "introduced 0", registry="Go"), affected("b")))
    assert (found.records, found.others, found.vague) == ((), 1, 1)
    git = {**affected("c"), "ranges": [{"type": "GIT", "events": [{"introduced": "abc"}]}]}
    assert osv.read(document("X", git)).vague == 1


@pytest.mark.parametrize(
    "data", [None, [], "x", {}, {"id": "X"}, {"affected": []}, {"id": 5, "affected": []}, {"id": "X" * 999, "affected": []}]
)  # fmt: skip
def test_what_is_no_document_is_none(data):
    assert osv.read(data) is None


@pytest.mark.parametrize(
    "broken",
    [
        None, 5, {}, {"package": 1}, {"package": {"ecosystem": 1, "name": "a"}}, {"package": {"ecosystem": "PyPI"}},
        {"package": {"ecosystem": "PyPI", "name": "a"}, "ranges": [1, {"type": "SEMVER", "events": [1, {"introduced": 2}]}], "versions": "no"},
    ],
)  # fmt: skip
def test_a_broken_entry_costs_itself_only(broken):
    ((about, _),) = osv.read(document("X", broken, affected("b", "introduced 0"))).records
    assert about.name == "b"


def test_several_entries_about_one_package_are_joined():
    _, record = only(affected("a", "introduced 0", "fixed 1.0"), affected("A", "introduced 2.0", "fixed 2.5"))  # fmt: skip
    assert len(record.ranges) == 2


def test_githubs_word_on_where_an_open_range_ends_is_heeded():
    more = {"database_specific": {"last_known_affected_version_range": "<= 1.4"}}
    assert only(affected("a", "introduced 0", **more))[1].ranges == ((("introduced", "0"), ("last_affected", "1.4")),)  # fmt: skip
    closed = only(affected("a", "introduced 0", "fixed 2", **more))[1]
    assert closed.ranges == ((("introduced", "0"), ("fixed", "2")),)


def test_nvds_marks_behind_versions_are_left_out_where_they_keep_them_from_being_read():
    assert (
        only(affected("a", "introduced 0", "last_affected 2.6.0-NA"))[1].ranges[0][1][1] == "2.6.0"
    )
    assert only(affected("a", "introduced 0", "fixed 2.6.0-rc1"))[1].ranges[0][1][1] == "2.6.0-rc1"
    npm = only(affected("a", "introduced 0", "fixed 2.6.0-NA", registry="npm"))[1]
    assert npm.ranges[0][1][1] == "2.6.0-NA"


def test_malware_is_told_by_its_id_or_its_weakness():
    whole = affected("a", "introduced 0", registry="npm")
    (_, one) = osv.read(document("MAL-2026-1", whole)).records[0]
    assert one.malicious
    (_, other) = osv.read(document("GHSA-x", whole, database_specific={"cwe_ids": ["CWE-506"]})).records[0]  # fmt: skip
    assert other.malicious
    assert not only(whole)[1].malicious


def test_what_is_said_of_malware_is_kept_where_it_says_something(place):
    plain = only(affected("a", "introduced 0"), summary="Malicious code in a (npm)", database_specific={"cwe_ids": ["CWE-506"]})[1]  # fmt: skip
    told = plain._replace(summary="It sends keys away.")
    write_store(place, {"npm/a": [plain, told._replace(id="X-2")]})
    known = advisories.load().of(package(Ecosystem.NPM, "a"))
    assert [record.summary for record in known] == ["malicious code", "It sends keys away."]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, None),
        ({"database_specific": {"severity": "MODERATE"}}, Severity.MEDIUM),
        ({"database_specific": {"severity": ["?"]}}, None),
        ({"severity": [{"type": "CVSS_V3", "score": HIGH}]}, Severity.HIGH),
        ({"severity": [{"type": "CVSS_V3", "score": HIGH}], "database_specific": {"severity": "LOW"}}, Severity.HIGH),
        ({"severity": [{"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:P/I:P/A:P"}]}, Severity.HIGH),
        (
            {"severity": [
                {"type": "CVSS_V3", "score": HIGH},
                {"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"},
            ]},
            Severity.CRITICAL,
        ),
        ({"severity": [{"score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N"}]}, Severity.INFO),
        ({"severity": [{"score": "CVSS:3.1/nonsense"}, {"score": 7}, 5], "database_specific": {"severity": "high"}}, Severity.HIGH),
        ({"severity": "no"}, None),
    ],
)  # fmt: skip
def test_severity_is_that_of_the_newest_vector_else_the_databases_word(told, expected):
    assert severity.of(told, {}) is expected
    assert severity.of({}, told) is expected


# -- sources


def test_a_folder_of_json_and_yaml_is_taken_in(tmp_path, run, place):
    folder = write_documents(tmp_path / "db" / "vulns" / "requests", OLD)
    (folder / "two.yaml").write_text(
        "id: PYSEC-2\nmodified: 2026-09-01T00:00:00Z\naffected:\n- package: {ecosystem: PyPI, name: flask}\n"
        "  ranges:\n  - type: ECOSYSTEM\n    events:\n    - introduced: 0\n    - fixed: 1.10\n"
    )
    (tmp_path / "db" / "README.md").write_text("hello")
    code, out, err = update(run, tmp_path / "db")
    assert (code, err) == (0, "")
    assert out.startswith("advisories of 2026-09-01, taken in on ")
    assert "PyPI        2 vulnerabilities and 0 packages with malware, in 2 packages" in out
    found = advisories.load()
    assert found.path == str(place)
    (flask,) = found.of(package(Ecosystem.PYPI, "Flask"))
    assert flask.ranges == ((("introduced", "0"), ("fixed", "1.10")),)
    assert found.covers(Ecosystem.PYPI)
    assert not found.covers(Ecosystem.NPM)
    assert found.of(package(Ecosystem.NPM, "requests")) == ()


def test_several_sources_join_and_what_is_passed_over_is_said(tmp_path, run):
    folder = write_documents(tmp_path / "db", OLD, document("X-2", affected("x", "introduced 0", registry="Go")))  # fmt: skip
    (folder / "broken.json").write_text("{")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("npm/MAL-1.json", json.dumps(document("MAL-1", affected("bad", "introduced 0", registry="npm"))))  # fmt: skip
        archive.writestr("../../GONE-1.json", json.dumps({**OLD, "id": "GONE-1", "withdrawn": "2026-01-01"}))  # fmt: skip
    code, out, err = update(run, folder, tmp_path / "all.zip")
    assert code == 0
    assert "passed over: 1 withdrawn, 1 of other registries" in out
    assert err == "vetline advisories: 1 file could not be read as OSV records\n"
    code, out, err = run("status", "--output-format", "json")
    told = json.loads(out)
    assert (code, told["as_of"], told["problem"]) == (0, "2026-07-23", None)
    assert told["ecosystems"] == {
        "pypi": {"packages": 1, "vulnerabilities": 1, "malicious": 0},
        "npm": {"packages": 1, "vulnerabilities": 0, "malicious": 1},
    }
    assert not (tmp_path.parent / "GONE-1.json").exists()


def test_malware_alone_does_not_make_a_registry_audited(tmp_path, run):
    update(run, write_documents(tmp_path / "db", document("MAL-1", affected("bad", "introduced 0", registry="npm"))))  # fmt: skip
    found = advisories.load()
    assert found.of(package(Ecosystem.NPM, "bad"))[0].malicious
    assert not found.covers(Ecosystem.NPM)


def test_of_two_documents_of_one_id_the_one_changed_last_holds(tmp_path, run):
    old = write_documents(tmp_path / "old", OLD)
    new = write_documents(tmp_path / "new", {**OLD, "modified": "2026-08-01T00:00:00Z", "withdrawn": "2026-08-01"})  # fmt: skip
    for sources in ((old, new), (new, old)):
        assert update(run, *sources)[0] == 0
        assert advisories.load().of(REQUESTS) == ()


def test_a_day_that_has_not_come_is_not_the_stores(tmp_path, run):
    late = document("X-9", affected("b", "introduced 0"), modified="9999-01-01T00:00:00Z")
    update(run, write_documents(tmp_path / "db", OLD, late))
    assert advisories.load().as_of == "2026-07-23"


@pytest.fixture
def server():
    """Answers with what it is given for a path."""
    answers = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = answers.get(self.path.partition("?")[0], (404, b""))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", body.decode())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        made.answers = answers
        made.address = f"http://127.0.0.1:{made.server_port}"
        yield made
        made.shutdown()
        thread.join()


def test_an_address_is_fetched(tmp_path, run, server):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("PYSEC-1.json", json.dumps(OLD))
    server.answers["/all.zip"] = 200, (tmp_path / "all.zip").read_bytes()
    server.answers["/moved"] = 302, b"/all.zip"
    code, _, err = update(run, f"{server.address}/moved?token=hunter2")
    assert code == 0, err
    assert "http is not encrypted" in err
    assert advisories.load().of(REQUESTS)


@pytest.mark.parametrize(
    "case",
    [
        ((404, b""), "answers 404"),
        ((500, b""), "answers 500"),
        ((200, b"<html>"), "there is no OSV record"),
        ((200, b"PK\x03\x04 no zip"), "is a damaged zip file"),
        ((200, b"x" * 5_000), "is over the limit"),
        ((302, b"/all.zip"), "cannot be fetched (TooManyRedirects)"),
    ],
)
def test_an_address_that_gives_nothing_leaves_the_store_alone(tmp_path, run, server, monkeypatch, case):  # fmt: skip
    answer, why = case
    update(run, write_documents(tmp_path / "db", OLD))
    monkeypatch.setattr(intake, "_DOWNLOAD", 4_000)
    server.answers["/all.zip"] = answer
    url = f"http://user:hunter2@{server.address.partition('//')[2]}/all.zip?key=hunter2"
    code, out, err = update(run, url)
    assert code == 3
    assert why in err
    assert "the store stays as it was" in err
    assert "hunter2" not in out + err
    assert advisories.load().of(REQUESTS)


def test_nobody_listens(run):
    code, _, err = update(run, "http://127.0.0.1:9/all.zip")
    assert (code, "cannot be fetched (ConnectError)" in err) == (3, True)


@pytest.mark.parametrize("source", ["missing", "empty", "nul\0"])
def test_a_source_that_is_not_there_or_empty_is_said(tmp_path, run, source):
    (tmp_path / "empty").mkdir()
    code, out, err = update(run, source)
    assert code == 3
    assert err.count("\n") == 1
    assert out == ""


def test_what_is_too_large_is_not_read(tmp_path, run, monkeypatch):
    monkeypatch.setattr(intake, "_DOCUMENT", 1_000)
    folder = write_documents(tmp_path / "db", OLD, document("X-2", affected("b", "introduced 0"), details="x" * 2_000))  # fmt: skip
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.json", " " * 50_000_000)
    code, _, err = update(run, folder, tmp_path / "all.zip")
    assert (code, "there is no OSV record" in err) == (3, True)
    code, _, err = update(run, folder)
    assert (code, "1 file could not be read" in err) == (0, True)
    monkeypatch.setattr(intake, "_MOST", 1)
    code, _, err = update(run, folder)
    assert (code, "more than can be taken in" in err) == (3, True)


def test_usage(run):
    assert run("update")[0] == 2
    assert run()[0] == 2


# -- the store


def test_without_a_store_there_is_none_and_status_says_so(run, place):
    assert advisories.load() is None
    code, out, err = run("status")
    assert (code, out) == (3, "")
    assert "there are no advisories yet" in err
    assert json.loads(run("status", "--output-format", "json")[1])["problem"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw[:-1],
        lambda raw: raw + b"x",
        lambda raw: raw[:200] + b"?" + raw[201:],
        lambda raw: raw[:10],
        lambda raw: b"",
        lambda raw: b"VETADV9\n" + raw[8:],
    ],
)
def test_a_damaged_store_is_said_in_one_line_and_counts_as_none(run, place, caplog, damage):
    write_store(place, {f"pypi/p{n}": [below("2.0")] for n in range(50)})
    place.write_bytes(damage(place.read_bytes()))
    with caplog.at_level(logging.WARNING):
        assert advisories.load() is None
    assert len(caplog.messages) == 1
    assert "\n" not in caplog.messages[0]
    assert "run `vetline advisories update --from DIR|ZIP|URL` again" in caplog.messages[0]
    code, out, err = run("status")
    assert (code, out, err.count("\n")) == (3, "", 1)


def test_what_is_no_file_counts_as_none(place, caplog):
    place.mkdir(parents=True)
    assert advisories.load() is None
    place.rmdir()
    os.mkfifo(place)
    assert advisories.load() is None
    assert len(caplog.messages) == 2


@pytest.mark.parametrize(
    "block",
    [
        None, 5, [], ["requests"], ["requests", 5], ["requests", [[1]]], ["requests", [[1, 2, 3, 4, 5, 6, 7]]],
        ["requests", [["X", [], "", [[["introduced"]]], [], None, 0]]], ["requests", [["X", [], "", [], [], 99, 0]]],
        ["requests", [[1, [2], 3, [[[4, 5]], [["introduced", 6]]], [7, [8], {}], 1, "yes"]]], ["flask", []],
    ],
)  # fmt: skip
def test_a_store_made_by_a_stranger_raises_nothing(place, monkeypatch, block):
    squeeze = zlib.compressobj(9, zdict=store._COMMON)
    packed = squeeze.compress(json.dumps(block).encode()) + squeeze.flush()
    monkeypatch.setattr(store, "_packed", lambda package, records: packed if block else b"none")
    write_store(place, {"pypi/requests": [below("2.0")]})
    for record in advisories.load().of(REQUESTS):
        assert versions.of_version([record], Ecosystem.PYPI, "1.0") is None


@pytest.mark.parametrize("day", ["\x1b[31m", "2026-7-1", "2026-07-23\n"])
def test_a_day_that_is_none_is_damage(place, day):
    write_store(place, {"pypi/requests": [below("2.0")]}, day)
    assert advisories.load() is None


def test_many_packages_are_each_found_and_no_other(place):
    write_store(place, {f"{eco}/p{n}": [below(f"{n}.0", f"X-{n}")] for n in range(500) for eco in ("pypi", "npm")})  # fmt: skip
    found = advisories.load()
    for ecosystem in Ecosystem:
        for n in range(500):
            (record,) = found.of(package(ecosystem, f"p{n}"))
            assert record.id == f"X-{n}"
        assert found.of(package(ecosystem, "p500")) == ()


def test_a_store_travels_as_its_place(place):
    write_store(place, {"pypi/requests": [below("2.0", severity=Severity.HIGH)], "npm/bad": [everything(malicious=True)]})  # fmt: skip
    found = advisories.load()
    sent = pickle.dumps(found)
    assert len(sent) < 300
    there = pickle.loads(sent)
    assert there == found
    assert there.of(REQUESTS) == found.of(REQUESTS) == (below("2.0", severity=Severity.HIGH),)
    place.unlink()
    assert pickle.loads(sent) is None
    assert found.of(REQUESTS), "what is open stays"


def test_a_new_store_is_another_and_the_old_one_still_reads(place):
    write_store(place, {"pypi/requests": [below("2.0")]})
    old = advisories.load()
    assert advisories.load() is old
    write_store(place, {"pypi/requests": [below("3.0")], "pypi/flask": [below("1.0")]})
    new = advisories.load()
    assert new != old
    assert old.of(REQUESTS)[0].ranges[0][1][1] == "2.0"
    assert new.of(REQUESTS)[0].ranges[0][1][1] == "3.0"
    assert [path.name for path in place.parent.iterdir()] == [place.name]


def test_the_setting_says_where_it_lies(tmp_path, run, monkeypatch):
    monkeypatch.setenv("VETLINE_ADVISORIES", str(tmp_path / "ci" / "known.store"))
    code, _, _ = update(run, write_documents(tmp_path / "db", OLD))
    assert code == 0
    assert (tmp_path / "ci" / "known.store").is_file()
    assert advisories.load(tmp_path / "ci" / "known.store").of(REQUESTS)
    assert advisories.load() is None
