"""Sources and stores of advisories that somebody made to crash, to hang, to overwrite or to tell secrets."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from advised import affected, document, write_documents

from vetline.__main__ import main
from vetline.advisories import intake, osv, store

GOOD = document("PYSEC-1", affected("requests", "introduced 0", "fixed 2.0"))


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)

    def run(*words):
        code = main(["advisories", *map(str, words)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def taken(source):
    found = intake.Intake()
    found.take(str(source), "2026-11-22")
    return found


@pytest.mark.parametrize("ranges", [5, {"a": 1}, [{"type": "SEMVER", "events": 5}], [{"type": "SEMVER", "events": {"introduced": "0"}}]])  # fmt: skip
def test_ranges_of_another_shape_cost_their_entry_only(ranges):
    broken = {**affected("a"), "ranges": ranges}
    found = osv.read(document("X", broken, affected("b", "introduced 0")))
    assert [about.name for about, _ in found.records] == ["b"]
    assert found.vague == 1


def test_many_versions_with_many_ranges_are_not_all_compared():
    events = [e for n in range(2000) for e in (f"introduced 9{n}", f"fixed 9{n}.1")]
    listed = [f"1.{n}" for n in range(5000)]
    ((_, record),) = osv.read(document("X", affected("a", *events, listed=listed))).records
    assert record.versions == frozenset(listed)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 500_000,  # libyaml's constructor calls itself for each level
        "id: X\nz: &e [1]\naffected: [*e, *e]\n",
        "&a\nid: X\naffected: [*a]\n",
    ],
)
def test_a_yaml_text_that_is_no_plain_tree_is_not_read(tmp_path, text):
    (tmp_path / "a.yaml").write_text(text)
    (tmp_path / "b.yaml").write_text(json.dumps(GOOD))
    assert taken(tmp_path).unread == 1


def zipped(path, *names, text="", method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in names:
            archive.writestr(name, text or json.dumps(GOOD) * 20)
    return path


def test_an_entry_whose_data_are_damaged_costs_itself_only(tmp_path):
    path = zipped(tmp_path / "a.zip", "a.json")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("b.json", json.dumps(GOOD))
    raw = bytearray(path.read_bytes())
    for at in range(36, 50):
        raw[at] ^= 0xFF
    path.write_bytes(raw)
    found = taken(path)
    assert (found.unread, list(found.documents)) == (1, ["PYSEC-1"])


def test_a_zip_of_a_version_nobody_knows_is_said(tmp_path):
    path = zipped(tmp_path / "a.zip", "a.json")
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 6] = 250
    path.write_bytes(raw)
    with pytest.raises(intake.SourceError, match="damaged zip"):
        taken(path)


def test_a_zip_whose_entries_are_one_text_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", " " * 100_000)
        archive.filelist.append(archive.filelist[0])
    with pytest.raises(intake.SourceError, match="damaged zip"):
        taken(path)


def test_what_is_too_large_counts_against_the_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "_DOCUMENT", 1000)
    monkeypatch.setattr(intake, "_TOTAL", 3500)
    path = zipped(tmp_path / "a.zip", *(f"{n}.json" for n in range(4)), text=" " * 50_000)
    with pytest.raises(intake.SourceError, match="more than can be taken in"):
        taken(path)


def test_names_in_a_zip_lead_nowhere(tmp_path, run):
    source = tmp_path / "in" / "a.zip"
    source.parent.mkdir()
    zipped(source, "../out.json", str(tmp_path / "absolute.json"), text=json.dumps(GOOD))
    assert run("update", "--from", source)[0] == 0
    assert not (tmp_path / "out.json").exists()
    assert not (tmp_path / "absolute.json").exists()


def test_folders_without_end_are_read_to_a_depth(tmp_path, monkeypatch):
    source = write_documents(tmp_path / "db", GOOD)
    monkeypatch.chdir(source)
    for _ in range(400):
        Path("a").mkdir()
        monkeypatch.chdir("a")
    monkeypatch.chdir(tmp_path)
    assert list(taken(source).documents) == ["PYSEC-1"]


def test_nothing_is_no_source(run):
    code, _, error = run("update", "--from", "")
    assert (code, error) == (3, "vetline advisories: --from names nothing; the store stays as it was\n")  # fmt: skip


@pytest.mark.parametrize("login", ["u:hunter2", "u:hun@ter2", "u:hun/ter2", "u:hun?ter2", "u:hun#ter2"])  # fmt: skip
def test_a_login_in_an_address_is_never_shown(run, login):
    code, out, error = run("update", "--from", f"https://{login}@127.0.0.1:1/x")
    assert code == 3
    assert "ter2" not in out + error
    assert "hun" not in out + error


@pytest.mark.parametrize("content", [b"precious", b"VET"])
def test_a_file_that_is_no_store_is_never_overwritten(tmp_path, run, monkeypatch, content):
    """The setting that says where the store lies may be mistyped."""
    source = write_documents(tmp_path / "db", GOOD)
    (tmp_path / "project").mkdir()
    monkeypatch.setenv("VETLINE_ADVISORIES", str(tmp_path / "victim"))
    (tmp_path / "victim").write_bytes(content)
    code, _, error = run("update", "--from", source)
    assert code == 3
    assert "no store of advisories: move it away" in error
    assert (tmp_path / "victim").read_bytes() == content
    (tmp_path / "victim").write_bytes(b"")
    assert run("update", "--from", source)[0] == 0
    (tmp_path / "victim").write_bytes(b"VETADV0\n damaged")
    assert run("update", "--from", source)[0] == 0


def test_a_source_without_any_record_of_use_leaves_the_store_alone(tmp_path, run):
    assert run("update", "--from", write_documents(tmp_path / "a", GOOD))[0] == 0
    other = document("GO-1", affected("x", "introduced 0", registry="Go"))
    code, _, error = run("update", "--from", write_documents(tmp_path / "b", other))
    assert code == 3
    assert "no record names a version" in error
    assert "1 vulnerabilities" in run("status")[1]


@pytest.mark.parametrize(
    "head",
    [
        "[]", '{"counts": []}', '{"counts": {"pypi": [1e999]}, "rows": 0, "as_of": "", "made": ""}',
        '{"counts": {"pypi": 5}}', '{"counts": {}, "rows": 1e999, "as_of": "2026-01-01", "made": "2026-01-01"}', "5",
    ],
)  # fmt: skip
def test_a_head_that_somebody_made_up_is_damage(tmp_path, head):
    body = struct.pack(">I", len(head)) + head.encode()
    path = tmp_path / "advisories.store"
    path.write_bytes(store.MAGIC + struct.pack(">I", zlib.crc32(body)) + body)
    with pytest.raises(store.DamagedError, match="is damaged"):
        store.opened(str(path))
