"""`vetline check` on dependencies: what was audited and what was not, and `--require-audit`."""

from __future__ import annotations

import json
from datetime import date

import pytest
from advised import below, everything, write_store

from vetline.advisories import store
from vetline_analyzers.core.finding import Severity

SHOP = {"pypi/shop": [below("2.0", "PYSEC-2", aliases=("CVE-2026-2",), severity=Severity.HIGH)]}


@pytest.fixture
def audited(project, tmp_path, monkeypatch):
    """A project whose dependencies are looked up; gives a function that makes the store."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(
        store, "today", lambda: date(2026, 10, 21)
    )  # the last day on which it is not old
    (project / "vetline.toml").write_text('analyzers = ["dependencies"]\n')
    place = tmp_path / "cache" / "vetline" / "advisories" / "advisories.store"
    return lambda records=SHOP: write_store(place, records)


def counts(run, *words):
    code, out, _ = run("check", "--output-format", "json", *words)
    return code, json.loads(out)["counts"]["dependencies"]


def test_what_was_audited_is_said_and_a_vulnerable_pin_blocks(project, run, audited):
    audited()
    (project / "requirements.txt").write_text("shop==1.4\nflask==1.0\n")
    code, out, _ = run("check", "--output-format", "concise")
    assert code == 1
    assert "requirements.txt:1:5: high dependency/vulnerable shop 1.4 has known" in out
    assert "  2 of 2 dependencies audited (advisories of 2026-07-23)\n" in out
    assert run("check", "--require-audit")[0] == 1, "all was audited: the finding decides"


def test_what_was_not_audited_is_said_with_its_reason(project, run, audited):
    audited()
    (project / "requirements.txt").write_text("shop>=1\nflask==1.0\n")
    (project / "package.json").write_text('{"dependencies": {"shop": "1.0.0"}}')
    code, out, _ = run("check", "--output-format", "concise")
    assert code == 0
    assert "1 of 3 dependencies audited (advisories of 2026-07-23); 2 not: 1 no advisories for npm, 1 no version\n" in out  # fmt: skip
    assert counts(run) == (
        0,
        {"audited": 1, "not_audited": {"no advisories for npm": 1, "no version": 1}, "as_of": "2026-07-23"},
    )  # fmt: skip


def test_who_requires_an_audit_is_told_what_was_not(project, run, audited):
    audited()
    (project / "requirements.txt").write_text("shop>=1\nflask==1.0\n")
    code, out, _ = run("check", "--require-audit", "--output-format", "concise")
    assert code == 3
    assert "the dependencies: 1 of 2 dependencies audited (advisories of 2026-07-23); 1 not: no version\n" in out  # fmt: skip
    assert run("check", "--require-audit", "--exit-zero")[0] == 3
    assert run("check", "--require-audit", "--diff")[0] == 3


def test_old_advisories_are_said_and_are_no_audit(project, run, audited, monkeypatch):
    audited()
    (project / "requirements.txt").write_text("flask==1.0\n")
    assert run("check", "--require-audit")[0] == 0
    monkeypatch.setattr(store, "today", lambda: date(2026, 10, 22))
    code, out, _ = run("check", "--output-format", "concise")
    assert code == 0
    assert "  1 of 1 dependency audited (advisories of 2026-07-23, which are old)\n" in out
    code, out, _ = run("check", "--require-audit", "--output-format", "concise")
    assert code == 3
    assert (
        "the dependencies: the advisories are of 2026-07-23, older than 90 days: "
        "run `vetline advisories update --from DIR|ZIP|URL`\n"
    ) in out
    assert run("check", "--require-audit", "--exit-zero")[0] == 3
    code, out, _ = run("advisories", "status")
    assert (code, "(old: run `vetline advisories update --from DIR|ZIP|URL`)" in out) == (0, True)


@pytest.mark.parametrize("name", ["vetline.toml", "pyproject.toml"])
def test_a_project_does_not_say_what_is_known_to_be_bad(project, run, audited, monkeypatch, name):
    empty = write_store(project / "empty.store", {"pypi/other": [everything()]}, "2026-10-01")
    audited()
    (project / "vetline.toml").unlink()
    table = "[tool.vetline]\n" if name == "pyproject.toml" else ""
    (project / name).write_text(
        f'{table}analyzers = ["dependencies"]\nadvisories = "empty.store"\n'
    )
    (project / "requirements.txt").write_text("shop==1.4\n")
    code, _, err = run("check")
    assert code == 2
    assert "advisories: a config file cannot set it" in err
    assert "VETLINE_ADVISORIES" in err
    (project / name).unlink()
    assert run("check", "--require-audit", "requirements.txt")[0] == 1
    monkeypatch.setenv("VETLINE_ADVISORIES", str(empty))
    assert run("check", "--require-audit", "requirements.txt")[0] == 0


def test_without_advisories_nothing_is_clean(project, run, audited):
    (project / "requirements.txt").write_text("shop==1.4\n")
    code, out, _ = run("check")
    assert code == 0
    assert "0 of 1 dependency audited; 1 not: no advisories at hand: run `vetline advisories update --from DIR|ZIP|URL`" in out  # fmt: skip
    code, out, _ = run("check", "--require-audit")
    assert code == 3
    assert "BLOCK" in out
    assert counts(run)[1] == {
        "audited": 0,
        "not_audited": {
            "no advisories at hand: run `vetline advisories update --from DIR|ZIP|URL`": 1
        },
        "as_of": None,
    }


def test_a_damaged_store_audits_nothing(project, run, audited, caplog):
    place = audited()
    place.write_bytes(place.read_bytes()[:-3])
    (project / "requirements.txt").write_text("shop==1.4\n")
    code, out, _ = run("check", "--require-audit")
    assert code == 3
    assert "0 of 1 dependency audited" in out
    assert any("is damaged" in message for message in caplog.messages)


def test_where_nothing_is_declared_nothing_is_said(project, run, audited):
    audited()
    (project / "a.py").write_text("x = 1\n")
    code, out, err = run("check", "--require-audit")
    assert (code, "audited" in out) == (0, False)
    assert "no manifest names a dependency" in err
    assert counts(run)[1] is None


def test_an_audit_that_nobody_was_asked_for_is_not_made(project, run, audited):
    audited()
    (project / "vetline.toml").write_text('analyzers = ["fake"]\n')
    (project / "requirements.txt").write_text("shop==1.4\n")
    assert counts(run) == (0, None)
    code, out, _ = run("check", "--require-audit")
    assert code == 3
    assert "the analyzer dependencies was not asked" in out


def test_a_lock_file_answers_for_the_ranges_of_a_manifest_once(project, run, audited):
    audited()
    (project / "pyproject.toml").write_text(
        '[project]\nname = "mine"\nversion = "1"\ndependencies = ["shop<2"]\n'
    )
    (project / "uv.lock").write_text('version = 1\n\n[[package]]\nname = "shop"\nversion = "1.4"\n')
    code, out, _ = run("check", "--output-format", "concise")
    assert code == 1
    assert out.count("dependency/vulnerable shop") == 1
    assert "uv.lock:5:12: high dependency/vulnerable shop 1.4" in out
    assert "1 of 1 dependency audited" in out


def test_malware_is_critical(project, run, audited):
    audited({"pypi/evil": [everything(malicious=True)]})
    (project / "requirements.txt").write_text("evil\n")
    code, out, _ = run("check", "--output-format", "concise")
    assert code == 1
    assert out.count("package/known-malicious") == 2, "the finding, and where to read more"
    assert "requirements.txt:1:1: critical package/known-malicious" in out


def test_the_nearest_fixed_version_is_written_when_asked_for(project, run, audited):
    audited()
    file = project / "requirements.txt"
    file.write_text("shop==1.4  # the shop\n")
    run("check", "--fix")
    assert file.read_text() == "shop==1.4  # the shop\n"
    code, _, _ = run("check", "--fix", "--unsafe-fixes")
    assert code == 0
    assert file.read_text() == "shop==2.0  # the shop\n"


def test_a_requirement_on_standard_input_is_audited(project, run, audited, monkeypatch):
    import io
    import sys

    audited()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"shop==1.4\n"), "utf-8"))
    code, out, _ = run("check", "-", "--stdin-filename", "requirements.txt", "--output-format", "json")  # fmt: skip
    told = json.loads(out)
    assert [finding["rule"] for finding in told["findings"]] == ["dependency/vulnerable"]
    assert (code, told["counts"]["dependencies"]["audited"]) == (1, 1)


def test_the_settings_ask_for_pins_hashes_and_sources(project, run, audited):
    audited()
    (project / "vetline.toml").write_text(
        'analyzers = ["dependencies"]\n[dependencies]\npinned = true\nhashed = true\nsources = ["example.com"]\n'
    )
    (project / "requirements.txt").write_text(
        "loose\nflask==1.0\nlib @ git+https://other.org/a/lib@0123456789abcdef0123456789abcdef01234567\n"
    )
    code, out, _ = run("check", "--output-format", "json")
    rules = {finding["rule"] for finding in json.loads(out)["findings"]}
    assert code == 1
    assert {"dependency/unpinned", "dependency/unhashed", "dependency/other-source"} <= rules


@pytest.mark.parametrize("host", ["https://example.com", "a b", "", "-"])
def test_a_source_that_is_no_host_is_a_usage_error(project, run, host):
    (project / "vetline.toml").write_text(f'[dependencies]\nsources = ["{host}"]\n')
    code, _, err = run("check")
    assert (code, "is not a host" in err) == (2, True)
