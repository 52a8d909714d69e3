"""Bills of materials: whole, true to the schema, the same every time, and they say what an AI brought in."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from origins import report
from servers import environment

from vetline.__main__ import main
from vetline.advisories import store
from vetline_analyzers.core.finding import Severity
from vetline_analyzers.core.universe import Ecosystem, Record, package

HASH = "0123456789abcdef" * 4
SRI = "sha512-" + "A" * 86 + "=="
PYPROJECT = """[project]
name = "Shop"
version = "1.2"
dependencies = [
  "flask>=3",
  "Foo_Bar==1.0",
]
[project.optional-dependencies]
fast = ["httpx"]
[dependency-groups]
dev = ["pytest"]
"""
UV_LOCK = f"""version = 1

[[package]]
name = "flask"
version = "3.0.1"
source = {{ registry = "https://pypi.org/simple" }}
dependencies = [
    {{ name = "werkzeug" }},
]
sdist = {{ url = "https://files.pythonhosted.org/flask.tgz", hash = "sha256:{HASH}", size = 1 }}

[[package]]
name = "pytest"
version = "8.0"
source = {{ registry = "https://pypi.org/simple" }}

[[package]]
name = "shop"
version = "1.2"
source = {{ editable = "." }}

[[package]]
name = "werkzeug"
version = "3.0"
source = {{ registry = "https://pypi.org/simple" }}
"""
PACKAGE = {
    "name": "web",
    "dependencies": {"@shop/ui": "^1.0.0"},
    "devDependencies": {"eslint": "^9.0.0"},
}
PACKAGE_LOCK = {
    "name": "web",
    "lockfileVersion": 3,
    "packages": {
        "": PACKAGE,
        "node_modules/@shop/ui": {"version": "1.2.3", "integrity": SRI},
        "node_modules/eslint": {"version": "9.1.0", "dev": True, "integrity": SRI},
        "node_modules/left-pad": {"version": "1.3.0"},
    },
}


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A project in both languages, locked, in a repository."""
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    root = tmp_path / "shop"
    (root / "web").mkdir(parents=True)
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "uv.lock").write_text(UV_LOCK)
    (root / "web" / "package.json").write_text(json.dumps(PACKAGE, indent=2))
    (root / "web" / "package-lock.json").write_text(json.dumps(PACKAGE_LOCK, indent=2))
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def sbom(shop, capsys):
    """Runs the command: exit code, what it wrote, what it said."""

    def sbom(*words: str) -> tuple[int, str, str]:
        code = main(["sbom", *words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return sbom


def components(text: str) -> dict[str, dict]:
    return {one["purl"]: one for one in json.loads(text)["components"]}


def marks(component: dict) -> dict[str, str]:
    return {one["name"]: one["value"] for one in component.get("properties", ())}


def test_what_is_locked_is_listed_with_versions_scopes_and_hashes(sbom):
    code, out, err = sbom()
    assert (code, err) == (0, "")
    found = components(out)
    assert {purl: one["scope"] for purl, one in found.items()} == {
        "pkg:npm/%40shop/ui@1.2.3": "required",
        "pkg:npm/eslint@9.1.0": "excluded",
        "pkg:npm/left-pad@1.3.0": "required",
        "pkg:pypi/flask@3.0.1": "required",
        "pkg:pypi/foo-bar@1.0": "required",
        "pkg:pypi/httpx": "optional",
        "pkg:pypi/pytest@8.0": "excluded",
        "pkg:pypi/werkzeug@3.0": "required",
    }
    assert found["pkg:pypi/flask@3.0.1"]["hashes"] == [{"alg": "SHA-256", "content": HASH}]
    ui = found["pkg:npm/%40shop/ui@1.2.3"]
    assert (ui["group"], ui["name"], ui["version"]) == ("@shop", "ui", "1.2.3")
    assert ui["hashes"] == [{"alg": "SHA-512", "content": "00" * 64}]
    assert "hashes" not in found["pkg:npm/left-pad@1.3.0"]
    assert marks(found["pkg:pypi/flask@3.0.1"]) == {
        "vetline:manifest": "pyproject.toml",
        "vetline:origin": "unknown",
    }
    assert marks(found["pkg:pypi/werkzeug@3.0"]) == {}, "nobody asked for it by name"


def test_the_project_is_the_root_and_needs_what_its_manifests_name(sbom):
    document = json.loads(sbom()[1])
    root = document["metadata"]["component"]
    assert (root["name"], root["version"], root["type"]) == ("shop", "1.2", "application")
    (needs,) = [one for one in document["dependencies"] if one["ref"] == root["bom-ref"]]
    assert needs["dependsOn"] == sorted(
        ref for ref in components(sbom()[1]) if "werkzeug" not in ref and "left-pad" not in ref
    )


@pytest.mark.parametrize("version", ["1.4", "1.5", "1.6", "1.7"])
def test_it_is_true_to_the_schema(sbom, version):
    _, out, _ = sbom("--spec-version", version, "--serial-number")
    assert json.loads(out)["specVersion"] == version
    validator = JsonStrictValidator(SchemaVersion.from_version(version))
    assert validator.validate_str(out) is None


@pytest.mark.parametrize("version", ["1.5", "1.6"])
def test_as_xml_it_says_the_same(sbom, version):
    xml = sbom("--output-format", "cyclonedx-xml", "--spec-version", version)[1]
    assert ET.fromstring(xml).tag == f"{{http://cyclonedx.org/schema/bom/{version}}}bom"  # noqa: S314 - our own
    read = Bom.from_xml(io.StringIO(xml))
    assert {str(one.purl) for one in read.components} == set(components(sbom()[1]))
    flask = next(one for one in read.components if one.name == "flask")
    assert [one.content for one in flask.hashes] == [HASH]


def test_the_same_project_gives_the_same_bytes(sbom, shop, monkeypatch):
    first = sbom()[1]
    assert sbom()[1] == first
    assert "serialNumber" not in first
    assert "timestamp" not in first
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    document = json.loads(sbom()[1])
    assert document["metadata"]["timestamp"] == "1970-01-02T00:00:00+00:00"
    one, other = (json.loads(sbom("--serial-number")[1])["serialNumber"] for _ in range(2))
    assert one != other
    assert one.startswith("urn:uuid:")


def test_what_an_ai_brought_in_is_marked(sbom, shop):
    before = PYPROJECT.replace('  "flask>=3",\n', "")
    report(shop / "pyproject.toml", (before, PYPROJECT))
    found = components(sbom()[1])
    assert marks(found["pkg:pypi/flask@3.0.1"]) == {
        "vetline:agent": "claude-code",
        "vetline:manifest": "pyproject.toml",
        "vetline:model": "opus",
        "vetline:origin": "ai",
    }
    assert marks(found["pkg:pypi/foo-bar@1.0"])["vetline:origin"] != "ai"
    assert marks(found["pkg:pypi/werkzeug@3.0"]) == {}


def test_of_two_lines_the_one_that_needs_more_care_counts(sbom, shop):
    (shop / "requirements.txt").write_text("flask\n")
    report(shop / "requirements.txt", ("", "flask\n"))
    flask = components(sbom()[1])["pkg:pypi/flask@3.0.1"]
    assert marks(flask)["vetline:origin"] == "ai"
    places = [p["value"] for p in flask["properties"] if p["name"] == "vetline:manifest"]
    assert places == ["pyproject.toml", "requirements.txt"]


def test_known_vulnerabilities_are_told_of_the_version_that_is_locked(sbom, tmp_path, monkeypatch):
    flask = package(Ecosystem.PYPI, "flask")
    ranges = ((("introduced", "0"), ("fixed", "3.1")),)
    fixed = ((("introduced", "0"), ("fixed", "2.0")),)
    records = [
        Record("PYSEC-1", ("CVE-2026-1",), "Sessions of others.", ranges, severity=Severity.HIGH),
        Record("PYSEC-2", (), "Long mended.", fixed),
    ]
    path = tmp_path / "advisories.store"
    store.write(path, {flask: records}, "2026-03-01", "2026-03-02")
    monkeypatch.setenv("VETLINE_ADVISORIES", str(path))
    _, out, _ = sbom()
    (one,) = json.loads(out)["vulnerabilities"]
    assert (one["id"], one["description"]) == ("PYSEC-1", "Sessions of others.")
    assert one["affects"] == [{"ref": "pkg:pypi/flask@3.0.1"}]
    assert one["ratings"] == [{"severity": "high"}]
    assert [reference["id"] for reference in one["references"]] == ["CVE-2026-1"]
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(out) is None


def test_without_a_lock_file_manifests_tell(sbom, shop):
    (shop / "uv.lock").unlink()
    found = components(sbom()[1])
    assert {"pkg:pypi/flask", "pkg:pypi/foo-bar@1.0"} <= found.keys()
    assert "version" not in found["pkg:pypi/flask"]
    assert "pkg:pypi/werkzeug@3.0" not in found


def test_a_part_of_a_project_and_a_file(sbom, shop):
    found = components(sbom("web")[1])
    assert all(purl.startswith("pkg:npm/") for purl in found)
    assert json.loads(sbom("web")[1])["metadata"]["component"]["name"] == "web"
    target = shop / "bill.json"
    code, out, err = sbom("-o", str(target))
    assert (code, out, err) == (0, "", "")
    assert components(target.read_text("utf-8")) == components(sbom()[1])


def test_hostile_names_stay_in_their_place(sbom, shop):
    hostile = {"dependencies": {"a\x1b[31m<&\u202e": "1.0.0", "../x": "2"}, "version": {"a": 1}}
    (shop / "web" / "package.json").write_text(json.dumps(hostile))
    for form in ("cyclonedx-json", "cyclonedx-xml"):
        _, out, err = sbom("--output-format", form)
        assert not {"\x1b", "\u202e"} & {*out, *err}
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(sbom()[1]) is None
    ET.fromstring(sbom("--output-format", "cyclonedx-xml")[1])  # noqa: S314 - our own


@pytest.mark.parametrize(
    "text", ["tool = 3\nproject = 4\n", "[tool]\npoetry = 3\n", "[project]\nversion = 1\n"]
)
def test_a_manifest_of_another_shape_is_no_harm(sbom, shop, text):
    (shop / "pyproject.toml").write_text(text)
    code, out, err = sbom()
    assert (code, err) == (0, "")
    assert "version" not in json.loads(out)["metadata"]["component"]


def test_credentials_in_addresses_are_not_told(sbom, shop):
    word = "p4ss" + "w0rd-of-ours"
    (shop / "requirements.txt").write_text(f"inner @ https://bot:{word}@example.com/inner-1.tgz\n")
    _, out, _ = sbom()
    assert word not in out
    assert any(purl.startswith("pkg:pypi/inner") for purl in components(out))


def test_nothing_to_list_is_said(shop, sbom, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    code, out, err = sbom(str(empty))
    assert (code, out) == (2, "")
    assert "no manifest and no lock file" in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["gone"], "gone: no such file"),
        (["--spec-version", "0.9"], "invalid choice"),
        (["--output-format", "spdx"], "invalid choice"),
        (["-o", "no/such/folder/x"], "cannot write"),
    ],
)
def test_wrong_usage_is_one_line(sbom, argv, words):
    code, out, err = sbom(*argv)
    assert (code, out) == (2, "")
    assert words in err
    assert len(err.splitlines()) == 1


def test_a_time_that_is_none_is_said(sbom, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    code, out, err = sbom()
    assert (code, out, "SOURCE_DATE_EPOCH" in err) == (2, "", True)


def test_a_file_that_cannot_be_read_makes_the_bill_not_whole(sbom, shop):
    (shop / "web" / "package-lock.json").write_text("{")
    code, out, err = sbom()
    assert code == 3
    assert "web/package-lock.json" in err
    assert "pkg:pypi/flask@3.0.1" in components(out)


def test_a_damaged_record_of_authors_is_said(sbom, shop):
    (shop / ".git" / "vetline").mkdir()
    (shop / ".git" / "vetline" / "provenance.db").write_bytes(b"not a database" * 100)
    code, out, err = sbom()
    assert code == 3
    assert err.count("provenance.db") == 1
    assert marks(components(out)["pkg:pypi/flask@3.0.1"])["vetline:origin"] == "unknown"


def test_the_library_is_loaded_by_this_command_only():
    code = "import sys, vetline.doors.check, vetline.__main__; sys.exit('cyclonedx' in sys.modules)"
    root = Path(__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
