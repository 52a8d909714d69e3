"""Only new findings count: `--diff-base`, `--scope changed` and `vetline baseline`."""

from __future__ import annotations

import json
import subprocess


def git(folder, *words: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, timeout=30)


def commit(folder) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x")


# New findings only


def test_diff_base_counts_what_the_commit_does_not_have(project, found, run):
    git(project, "init", "-q")
    (project / "a.py").write_text("BAD(x)\nBAD(y)\n")
    (project / "b.py").write_text("BAD(x)\n")
    commit(project)
    (project / "a.py").write_text("# moved down\n\n\nBAD(x)\nBAD(y)\nBAD(z)\n")
    (project / "new.py").write_text("BAD(x)\n")
    code, out, _ = run("check", "--diff-base", "HEAD", "--output-format", "json")
    document = json.loads(out)
    places = [(f["path"], f["start"]["line"]) for f in document["findings"]]
    assert code == 1
    assert places == [("a.py", 6), ("new.py", 1)]
    assert document["counts"]["accepted"] == 2
    assert document["counts"]["files"] == 2
    commit(project)
    assert run("check", "--diff-base", "HEAD")[0] == 0
    assert run("check", "--diff-base", "HEAD~1")[0] == 1
    assert run("check", "--scope", "changed")[0] == 0
    (project / ".gitignore").write_text("ignored.py\n")
    (project / "ignored.py").write_text("BAD(x)\n")
    assert run("check", "--scope", "changed")[0] == 0
    assert run("check", "--scope", "changed", "ignored.py", "a.py")[0] == 1


def test_a_renamed_file_is_compared_with_what_it_was(project, found):
    git(project, "init", "-q")
    (project / "a.py").write_text("BAD(x)\n" * 20)
    (project / "c.py").write_text("x = 1\n")
    commit(project)
    git(project, "mv", "a.py", "b c.py")
    git(project, "mv", "c.py", "d.py")
    (project / "b c.py").write_text("BAD(x)\n" * 20 + "MEH(y)\n")
    assert found("--diff-base", "HEAD") == ["fake/meh"]


def test_a_branch_is_not_blamed_for_what_was_mended_elsewhere(project, found):
    git(project, "init", "-q", "-b", "main")
    (project / "a.py").write_text("BAD(x)\n")
    commit(project)
    git(project, "checkout", "-qb", "branch")
    (project / "b.py").write_text("MEH(x)\n")
    commit(project)
    git(project, "checkout", "-q", "main")
    (project / "a.py").write_text("GOOD(x)\n")
    commit(project)
    git(project, "checkout", "-q", "branch")
    assert found("--diff-base", "main") == ["fake/meh"]


def test_a_nested_repository_is_new(project, found):
    git(project, "init", "-q")
    (project / "inner").mkdir()
    (project / "inner" / "a.py").write_text("BAD(x)\n")
    git(project / "inner", "init", "-q")
    commit(project / "inner")
    commit(project)
    assert found("--diff-base", "HEAD") == ["fake/bad"]


def test_a_second_finding_of_the_same_text_is_new(project, found):
    git(project, "init", "-q")
    (project / "a.py").write_text("BAD(x)\n")
    commit(project)
    (project / "a.py").write_text("BAD(x)\nBAD(x)\n")
    assert found("--diff-base", "HEAD") == ["fake/bad"]


def test_a_suppression_taken_away_is_new(project, found):
    git(project, "init", "-q")
    (project / "a.py").write_text("BAD(x)  # noqa: S999\n")
    commit(project)
    (project / "a.py").write_text("BAD(x)\n")
    assert found("--diff-base", "HEAD") == ["fake/bad"]


def test_diff_base_with_another_scope(project, found):
    git(project, "init", "-q")
    (project / "a.py").write_text("BAD(x)\n")
    commit(project)
    (project / "a.py").write_text("BAD(x)\nMEH(y)\n")
    assert found("--diff-base", "HEAD", "--scope", "ai") == []
    ai = ("--scope", "ai", "--assume-origin", "ai")
    assert found("--diff-base", "HEAD", *ai) == ["fake/meh"]


def test_a_base_that_cannot_be_analysed_hides_nothing(project, run, monkeypatch):
    monkeypatch.setenv("VETLINE_TIMEOUT", "5")
    git(project, "init", "-q")
    (project / "a.py").write_text("BAD(x) CRASH\n")
    commit(project)
    (project / "a.py").write_text("BAD(x)\n")
    code, out, err = run("check", "--diff-base", "HEAD", "--output-format", "json")
    assert code == 1
    assert json.loads(out)["not_checked"] == []
    assert "a.py as it was: the analysis crashed; what it held before counts as new" in err


# The baseline


def test_the_baseline_accepts_what_there_is(project, run, found):
    (project / "a.py").write_text("BAD(x)\nBAD(y)\n")
    assert run("baseline", "create") == (
        0, ".vetline/baseline: 2 accepted (2 added, 0 removed)\n", "",
    )  # fmt: skip
    first = (project / ".vetline" / "baseline").read_text()
    assert found() == []
    (project / "a.py").write_text("\n\n\ndef f(): pass\nBAD(y)\nBAD(x)\n")
    code, out, _ = run("check")
    assert code == 0
    assert "2 accepted as known" in out
    assert run("baseline", "update")[0] == 0
    assert (project / ".vetline" / "baseline").read_text() == first
    (project / "a.py").write_text("BAD(x)\nBAD(y)\nBAD(new)\n")
    assert found() == ["fake/bad"]
    assert found("--no-baseline") == ["fake/bad"] * 3


def test_create_does_not_overwrite(project, run):
    (project / "a.py").write_text("BAD(x)\n")
    code, _, err = run("baseline", "update")
    assert code == 2
    assert "use `vetline baseline create`" in err
    assert run("baseline", "create")[0] == 0
    code, _, err = run("baseline", "create")
    assert code == 2
    assert "use `vetline baseline update`, or --force" in err
    assert run("baseline", "create", "--force")[0] == 0


def test_update_forgets_what_is_gone_and_keeps_what_it_did_not_look_at(project, run, found):
    for name in ("one", "two"):
        (project / name).mkdir()
        (project / name / "a.py").write_text(f"BAD({name})\nBAD(x)\n")
    run("baseline", "create")
    for name in ("one", "two"):
        (project / name / "a.py").write_text("BAD(x)\n")
    assert run("baseline", "update", "one")[1] == (
        ".vetline/baseline: 3 accepted (0 added, 1 removed)\n"
    )
    (project / "two" / "a.py").write_text("CRASH\n")
    code, out, err = run("baseline", "update")
    assert code == 3
    assert "3 accepted (0 added, 0 removed)" in out
    assert "not checked: two/a.py: the analysis crashed" in err


def test_a_renamed_file_keeps_its_baseline(project, run, found):
    (project / "old.py").write_text("BAD(x)\n")
    run("baseline", "create")
    (project / "old.py").rename(project / "new.py")
    assert found() == []


def test_a_broken_baseline_is_wrong_usage(project, run):
    (project / ".vetline").mkdir()
    (project / ".vetline" / "baseline").write_text("# vetline baseline 1\n=======\n")
    code, _, err = run("check")
    assert code == 2
    assert "baseline:2: expected 'fingerprint rule path': resolve the merge conflict" in err


def test_a_baseline_elsewhere(project, run):
    (project / "a.py").write_text("BAD(x)\n")
    assert run("baseline", "create", "--baseline", "known.txt")[0] == 0
    assert run("check")[0] == 1
    assert run("check", "--baseline", "known.txt")[0] == 0
    (project / "vetline.toml").write_text('analyzers = ["fake"]\nbaseline = "known.txt"\n')
    assert run("check")[0] == 0
