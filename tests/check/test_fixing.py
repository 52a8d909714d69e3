"""`check --fix` and `--diff`: what is mended, what stays out and why, and how it is written."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from vetline import disk


@pytest.fixture
def stdin(monkeypatch):
    """Puts bytes on standard input."""

    def put(raw: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))

    return put


def test_what_is_shown_is_mended_and_the_rest_is_left(project, run):
    path = project / "a.py"
    path.write_text(
        "BAD(x)\nRISKY(y)\nBAD(z)  # vetline: allow[fake/bad] reason='a test'\nNIT(n)\nHMM(h)\n"
    )
    code, out, _ = run("check", "--fix")
    assert code == 1
    assert path.read_text() == (
        "GOOD(x)\nRISKY(y)\nBAD(z)  # vetline: allow[fake/bad] reason='a test'\nNIT(n)\nHMM(h)\n"
    )
    assert "1 fixed, 1 left: 1 high · suppressed: 1 by vetline · 1 for stricter personas" in out
    assert "1 fixable with `--fix --unsafe-fixes`, which may change behaviour" in out
    code, out, _ = run("check", "--fix", "--unsafe-fixes", "--persona", "pedantic")
    assert code == 0
    assert "GOOD(x)\nGOOD(y)\nBAD(z)" in path.read_text()
    assert "3 fixed, 0 left" in out


def test_how_many_could_be_mended_is_told_beforehand(project, run):
    (project / "a.py").write_text("BAD(x)\nBAD(y)\nRISKY(z)\n")
    assert "2 fixable with `--fix`; 1 more with `--fix --unsafe-fixes`" in run("check")[1]
    assert "3 fixable with `--fix --unsafe-fixes`\n" in run("check", "--unsafe-fixes")[1]
    assert (project / "a.py").read_text() == "BAD(x)\nBAD(y)\nRISKY(z)\n"


def test_a_fix_that_uncovers_a_finding_has_it_mended_too(project, run):
    (project / "a.py").write_text("CHAIN(x)\n")
    code, out, _ = run("check", "--fix")
    assert (code, (project / "a.py").read_text()) == (0, "GOOD(x)\n")
    assert "2 fixed, 0 left" in out


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("SPOIL", "the text would parse worse with it"),
        ("STAY", "the finding would still be there"),
    ],
)
def test_a_fix_that_does_no_good_stays_out_and_the_others_do_not(project, run, word, why):
    (project / "a.py").write_text(f"BAD(x)\n{word}(y)\nBAD(z)\n")
    code, out, err = run("check", "--fix")
    assert code == 1
    assert (project / "a.py").read_text() == f"GOOD(x)\n{word}(y)\nGOOD(z)\n"
    assert "2 fixed, 1 left" in out
    (line,) = err.splitlines()
    assert line.startswith("vetline check: a.py: a fix")
    assert line.endswith(f"is left out: {why}")


def test_a_file_that_could_no_longer_be_checked_stays_as_it_is(project, run):
    (project / "a.py").write_text("BLIND(x)\n")
    code, out, err = run("check", "--fix")
    assert (code, (project / "a.py").read_text()) == (1, "BLIND(x)\n")
    assert "0 fixed, 1 left" in out
    assert "a.py: what could be fixed is left out: fake could not read it any more" in err


def test_files_that_cannot_be_checked_wholly_are_mended_and_the_exit_code_says_it(project, run):
    (project / "a.py").write_text("BAD(x)\nUNPARSABLE\n")
    code, out, _ = run("check", "--fix")
    assert (code, (project / "a.py").read_text()) == (3, "GOOD(x)\nUNPARSABLE\n")
    assert "1 fixed, 0 left" in out


@pytest.mark.parametrize(
    ("raw", "mended"),
    [
        (b"BAD(x)\r\nBAD(y)\r\n", b"GOOD(x)\r\nGOOD(y)\r\n"),
        (b"\xef\xbb\xbfBAD(x)\n", b"\xef\xbb\xbfGOOD(x)\n"),
        ("# coding: latin-1\nBAD(é)\n".encode("latin-1"), "# coding: latin-1\nGOOD(é)\n".encode("latin-1")),
        ("BAD(x) # é".encode("utf-16"), "GOOD(x) # é".encode("utf-16")),
    ],
    ids=["line ends", "byte order mark", "declared encoding", "utf-16"],
)  # fmt: skip
def test_bytes_that_are_not_mended_stay(project, run, raw, mended):
    path = project / "a.py"
    path.write_bytes(raw)
    path.chmod(0o751)
    assert run("check", "--fix")[0] == 0
    assert path.read_bytes() == mended
    assert path.stat().st_mode & 0o777 == 0o751
    assert sorted(p.name for p in project.iterdir()) == ["a.py", "vetline.toml"]


def test_a_file_that_is_not_in_one_encoding_is_not_written(project, run):
    (project / "a.py").write_bytes(b"BAD(x)  # \xff\n")
    code, _, err = run("check", "--fix")
    assert (code, (project / "a.py").read_bytes()) == (3, b"BAD(x)  # \xff\n")
    assert "a.py: what could be fixed is left out: it is not plain UTF-8" in err


def test_a_link_still_points_to_what_it_pointed_to(project, run):
    (project / "real.py").write_text("BAD(x)\n")
    (project / "link.py").symlink_to("real.py")
    assert run("check", "--fix", "link.py")[0] == 0
    assert (project / "link.py").is_symlink()
    assert (project / "real.py").read_text() == "GOOD(x)\n"


@pytest.mark.parametrize("how", ["read-only", "hard link", "changed"])
def test_what_cannot_be_written_is_a_failure_and_its_findings_stay(project, run, how, monkeypatch):
    path = project / "a.py"
    path.write_text("BAD(x)\n")
    (project / "b.py").write_text("BAD(x)\n")
    if how == "read-only":
        path.chmod(0o444)
    elif how == "hard link":
        os.link(path, project / "other")
    else:
        whole = disk.replace

        def late(place: Path, old: bytes, new: bytes) -> None:
            if Path(place).name == "a.py":
                Path(place).write_text("BAD(x)\nmore\n")
            whole(place, old, new)

        monkeypatch.setattr(disk, "replace", late)
    code, out, _ = run("check", "--fix", "a.py", "b.py")
    assert code == 3
    assert path.read_text().startswith("BAD(x)\n")
    assert (project / "b.py").read_text() == "GOOD(x)\n"
    assert "1 fixed, 1 left" in out
    reason = {
        "read-only": "is read-only",
        "hard link": "is a hard link",
        "changed": "is another text",
    }
    assert f"a.py: its fixes are not written: it {reason[how]}" in out
    assert "Traceback" not in out


def test_a_diff_writes_nothing_and_can_be_applied(project, run):
    path = project / "a.py"
    path.write_text("BAD(x)\nsame\nRISKY(y)\nBAD(z)")
    code, out, err = run("check", "--diff")
    assert code == 1
    assert err == "vetline check: would fix 2 findings in 1 file\n"
    assert out == (
        "--- a.py\n+++ a.py\n@@ -1,4 +1,4 @@\n-BAD(x)\n+GOOD(x)\n same\n RISKY(y)\n"
        "-BAD(z)\n\\ No newline at end of file\n+GOOD(z)\n\\ No newline at end of file\n"
    )
    assert path.read_text() == "BAD(x)\nsame\nRISKY(y)\nBAD(z)"
    subprocess.run(["git", "apply", "-p0", "-"], input=out, text=True, cwd=project, check=True)
    assert path.read_text() == "GOOD(x)\nsame\nRISKY(y)\nGOOD(z)"
    assert run("check", "--diff") == (0, "", "")
    assert run("check", "--diff", "--unsafe-fixes")[0] == 1
    assert run("check", "--diff", "--unsafe-fixes", "--exit-zero")[0] == 0


def test_a_diff_quotes_no_secret(project, run):
    token = "AKIA" + "Q3EGRZ6T7YHNB2LM"
    (project / "a.py").write_text(f"key = '{token}'\nBAD(x)\n")
    code, out, err = run("check", "--diff")
    assert code == 1
    assert token not in out
    assert "-BAD(x)" in out
    assert "secrets in the diff are masked" in err


def test_a_diff_goes_with_no_report(project, run):
    for words in (["--output", "json:x.json"], ["-o", "x"], ["--statistics"]):
        code, _, err = run("check", "--diff", *words)
        assert code == 2
        assert "--diff shows a diff only" in err


def test_standard_input_is_mended_to_standard_output(project, run, stdin):
    stdin(b"BAD(x)\r\nRISKY(y)\r\n")
    code, out, err = run("check", "--fix", "-", "--stdin-filename", "a.py")
    assert (code, out) == (1, "GOOD(x)\r\nRISKY(y)\r\n")
    assert "1 fixed, 1 left" in err
    stdin(b"fine\n")
    assert run("check", "--fix", "-", "--stdin-filename", "a.py")[:2] == (0, "fine\n")
    stdin(b"BAD(x)\n")
    code, out, _ = run("check", "--diff", "-", "--stdin-filename", "a.py")
    assert (code, out) == (1, "--- a.py\n+++ a.py\n@@ -1 +1 @@\n-BAD(x)\n+GOOD(x)\n")


def test_only_what_is_in_scope_is_mended(project, run):
    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(project), *words], check=True, capture_output=True)

    git("init", "-q")
    path = project / "a.py"
    path.write_text("BAD(old)\n")
    git("add", "-A")
    git("-c", "user.name=A", "-c", "user.email=a@b", "commit", "-q", "-m", "x")
    path.write_text("BAD(old)\nBAD(new)\nCHAIN(newer)\n")
    assert run("check", "--fix", "--scope", "ai")[0] == 0
    assert path.read_text() == "BAD(old)\nBAD(new)\nCHAIN(newer)\n"
    code, out, _ = run("check", "--fix", "--diff-base", "HEAD", "--output-format", "json")
    assert code == 0
    assert json.loads(out)["counts"]["fixed"] == 3
    assert path.read_text() == "BAD(old)\nGOOD(new)\nGOOD(newer)\n"


def test_what_the_baseline_accepts_is_not_mended(project, run):
    (project / "a.py").write_text("BAD(x)\n")
    assert run("baseline", "create")[0] == 0
    (project / "a.py").write_text("BAD(x)\nBAD(y)\n")
    assert run("check", "--fix")[0] == 0
    assert (project / "a.py").read_text() == "BAD(x)\nGOOD(y)\n"
