"""`vetline check`: exit codes, output, what counts, what cannot be checked."""

from __future__ import annotations

import hashlib
import io
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from vetline import worker
from vetline.doors import progress
from vetline_analyzers.engine import MASKERS, Analysis, Failure

COMMAND = [sys.executable, "-m", "vetline"]


# What is said, and the exit code


def test_nothing_found_passes(project, run):
    (project / "a.py").write_text("x = 1\n")
    assert run("check") == (
        0,
        "PASS: nothing found that counts.\n  0 findings · 2 files\n",
        "",
    )


def test_a_finding_blocks_and_says_what_to_do_next(project, run):
    (project / "shop").mkdir()
    (project / "shop" / "a.py").write_text("def f():\n\tBAD(x)\n")
    code, out, err = run("check", "shop")
    assert (code, err) == (1, "")
    assert out == textwrap.dedent(
        """\
        shop/a.py:2:2: high[fake/bad] BAD is called.
           2 |     BAD(x)
             |     ^^^^^^
             fix: Make it GOOD
             CWE-79

        BLOCK: 1 finding of severity medium or above.
          1 finding: 1 high · 1 file
          1 fixable with `--fix`
          Next: `vetline check --explain fake/bad` says why it is bad and what to do.
        """
    )


def test_what_is_below_the_threshold_warns(project, run):
    (project / "a.py").write_text("MEH(x)\n")
    code, out, _ = run("check", "--output-format", "concise", "a.py")
    assert code == 0
    assert "WARN: 1 finding below medium." in out
    assert run("check", "--fail-on", "low", "a.py")[0] == 1
    (project / "a.py").write_text("BAD(x)\n")
    assert run("check", "--fail-on", "critical", "a.py")[0] == 0


def test_exit_zero_hides_the_findings_exit_code_only(project, run):
    (project / "a.py").write_text("BAD(x)\n")
    code, out, _ = run("check", "--exit-zero", "a.py")
    assert code == 0
    assert "BLOCK" in out
    assert run("check", "--exit-zero", "a.py", "missing.py")[0] == 3
    assert run("check", "--exit-zero", "--nonsense")[0] == 2


def test_findings_come_by_path_and_place(project, found, run):
    (project / "b.py").write_text("BAD(1)\nMEH(2)\nBAD(3)\n")
    (project / "a.py").write_text("MEH(1)\n")
    _, out, _ = run("check", "--output-format", "concise", "b.py", "a.py")
    assert [line.split(": ")[0] for line in out.splitlines()[:4]] == [
        "a.py:1:1", "b.py:1:1", "b.py:2:1", "b.py:3:1",
    ]  # fmt: skip


def test_many_files_on_several_processes_give_the_same_report(project, run):
    for number in range(30):
        (project / f"{number:02}.py").write_text("BAD(x)\n" * (number % 3))
    one = run("check", "--output-format", "json", "--jobs", "1")
    assert one == run("check", "--output-format", "json", "--jobs", "3")
    assert json.loads(one[1])["counts"] == {
        "files": 31, "shown": 30, "suppressed": {}, "accepted": 0, "out_of_scope": 0,
        "other_personas": 0, "tentative": 0, "fixed": 0, "dependencies": None,
        "approved": 0, "suppressions": dict.fromkeys(
            ("accepted", "approved", "pending", "expired", "undated", "critical"), 0),
    }  # fmt: skip


# Exit 3: what was asked for and could not be checked


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("CRASH", "the analysis crashed"),
        ("FOREVER", "took over 1 s"),
        ("RAISE hunter2", "fake failed (RuntimeError)"),
        ("UNPARSABLE", "does not parse at line 1"),
        (b"x = '\xff'", "not valid UTF-8 at line 1; the rest was checked"),
        ("x" * 5000, "is 0.0 MB, over the limit of 0.0 MB: raise max-file-size or exclude it"),
    ],
)
def test_what_cannot_be_checked_is_said(project, run, monkeypatch, content, reason):
    monkeypatch.setenv("VETLINE_TIMEOUT", "1")
    monkeypatch.setenv("VETLINE_MAX_FILE_SIZE", "4000")
    raw = content if isinstance(content, bytes) else content.encode()
    (project / "a.py").write_bytes(raw)
    (project / "b.py").write_text("BAD(x)\n")
    code, out, err = run("check", "--output-format", "json", "a.py", "b.py")
    document = json.loads(out)
    assert code == 3
    assert document["not_checked"] == [{"path": "a.py", "reason": reason}]
    assert document["verdict"] == "block"
    assert [finding["path"] for finding in document["findings"]] == ["b.py"]
    assert f"not checked: a.py: {reason}" in err
    assert "hunter2" not in out + err


def test_what_was_found_before_the_parser_gave_up_stays(project, found):
    (project / "a.py").write_text("BAD(x) UNPARSABLE\n")
    assert found("a.py") == ["fake/bad"]


def test_a_missing_path_is_said_and_goes_before_findings(project, run):
    (project / "a.py").write_text("BAD(x)\n")
    code, out, _ = run("check", "a.py", "nope.py")
    assert code == 3
    assert "    nope.py: no such file or folder\n" in out


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_an_unreadable_file_is_said(project):
    (project / "a.py").write_text("x = 1\n")
    (project / "a.py").chmod(0)
    prefix = []
    if os.geteuid() == 0:  # root reads everything, unless that is taken away
        prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        if not shutil.which(prefix[0]):
            pytest.skip("root without setpriv")
    done = subprocess.run(
        [*prefix, *COMMAND, "check", "a.py"], cwd=project, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 3
    assert "a.py: cannot be read: permission denied" in done.stdout


def test_an_empty_folder_is_no_failure_but_is_said(project, run):
    (project / "empty").mkdir()
    code, out, err = run("check", "empty")
    assert code == 0
    assert out.startswith("PASS")
    assert err == "vetline check: no files found under the given paths\n"


# Exit 2: wrong usage, wrong settings


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--output-format", "jsno"], "argument --output-format: invalid choice: 'jsno'"),
        (["--fail-on", "bad"], "argument --fail-on: invalid choice: 'bad'"),
        (["--jobs", "0"], "argument --jobs: '0' is not a number of at least 1"),
        (["--output", "sarif"], "--output sarif: expected FORMAT:FILE"),
        (["--output", "srif:x"], "no format 'srif': did you mean 'sarif'?"),
        (["--analyzer", "fke"], "command line: analyzers: 'fke' is not one of"),
        (["--config", "nope.toml"], "nope.toml"),
        (["--config", "x", "--isolated"], "not allowed with argument --config"),
        (["-", "a.py"], "- goes with no other path"),
        (["--stdin-filename", "x.py"], "--stdin-filename goes with -"),
        (["--statistics", "--output-format", "json"], "--statistics goes with"),
        (["--explain", "fake/bda"], "there is no rule 'fake/bda': did you mean 'fake/bad'?"),
        (["--baseline", "nope"], "nope: the baseline cannot be read: no such file"),
        (["--diff-base", "nope"], "cannot compare with 'nope'"),
        (["-o", "no/such/folder"], "cannot write no/such/folder"),
        (["--output", "sarif:.", "CRASH"], "cannot write .: it is a folder"),
        (["--output", "sarif:a.py", "a.py"], "a.py is to be checked"),
        (["--output", "sarif:x", "-o", "./x"], "two reports would be written to one file"),
    ],
)
def test_wrong_usage_is_one_line_on_stderr(project, run, words, says):
    (project / "a.py").write_text("BAD(x)\n")
    code, _, err = run("check", *words)
    assert code == 2
    assert says in err
    assert err.count("\n") == 1
    assert err.startswith("vetline check: ")


def test_a_wrong_setting_says_where(project, run, monkeypatch):
    (project / "vetline.toml").write_text('fail-on = "hgh"\n')
    code, _, err = run("check")
    assert code == 2
    assert "vetline.toml:1:11: fail-on: 'hgh' is not one of" in err
    assert run("check", "--isolated", "--analyzer", "fake")[0] == 0
    monkeypatch.setenv("VETLINE_PERSONA", "nobody")
    code, _, err = run("check", "--config", str(project / "vetline.toml"))
    assert code == 2
    assert "environment VETLINE_PERSONA: persona: 'nobody' is not one of" in err


# What counts


def test_a_flag_goes_before_the_environment_before_the_file(project, run, monkeypatch):
    (project / "a.py").write_text("MEH(x)\n")
    (project / "vetline.toml").write_text('analyzers = ["fake"]\nfail-on = "low"\n')
    assert run("check")[0] == 1
    monkeypatch.setenv("VETLINE_FAIL_ON", "high")
    assert run("check")[0] == 0
    assert run("check", "--fail-on", "info")[0] == 1


def test_personas_rules_to_ignore_and_suppressions(project, found, run):
    (project / "a.py").write_text(
        "NIT(x)\nMEH(x)\nBAD(y)  # noqa: S999\n"
        'BAD(z)  # vetline: allow[fake/bad] reason="it is a test"\n'
    )
    assert found() == ["fake/meh"]
    assert found("--persona", "pedantic") == ["fake/nit", "fake/meh"]
    _, out, _ = run("check")
    assert "suppressed: 1 by noqa, 1 by vetline · 1 for stricter personas" in out
    (project / "vetline.toml").write_text('analyzers = ["fake"]\nignore = ["fake/*"]\n')
    assert found("--persona", "auditor") == []


def test_exclude_and_gitignore_hold_for_what_is_found_not_for_what_is_named(project, found):
    (project / ".git").mkdir()
    (project / ".gitignore").write_text("built.py\n")
    (project / "built.py").write_text("BAD(x)\n")
    assert found() == []
    assert found("built.py") == ["fake/bad"]


def test_scope_ai_without_provenance_does_not_look_clean(project, run):
    (project / "a.py").write_text("BAD(x)\n")
    code, out, err = run("check", "--scope", "ai", "--output-format", "json")
    assert code == 0
    assert json.loads(out)["verdict"] == "warn"
    assert json.loads(out)["counts"]["out_of_scope"] == 1
    assert "nothing here is known to be written by an AI" in err


def test_scope_ai_without_provenance_and_without_findings_does_not_look_clean(project, run):
    (project / "a.py").write_text("x = 1\n")
    _, _, err = run("check", "--scope", "ai")
    assert "nothing here is known to be written by an AI" in err
    assert "nothing here is known" not in run("check", "--scope", "ai", "--assume-origin", "ai")[2]


def test_assumed_origin_counts_as_ai(project, run):
    (project / "a.py").write_text("BAD(x)\n")
    code, out, err = run(
        "check", "--scope", "ai", "--assume-origin", "ai", "--output-format", "json", "a.py"
    )
    assert code == 1
    (finding,) = json.loads(out)["findings"]
    assert finding["origin"] == {"state": "ai", "agent": "", "model": ""}
    assert err == "vetline check: BLOCK: 1 finding of severity medium or above\n"


# What is tentative


def test_what_is_tentative_is_shown_in_an_ais_lines_and_to_stricter_readers(project, run, found):
    (project / "a.py").write_text("HMM(x)\nMEH(y)\n")
    code, out, _ = run("check")
    assert code == 0
    assert "fake/hmm" not in out
    assert "1 tentative, shown in an AI's lines only" in out
    assert found("--assume-origin", "ai") == ["fake/hmm", "fake/meh"]
    assert found("--assume-origin", "ai", "--scope", "ai") == ["fake/hmm", "fake/meh"]
    assert found("--persona", "pedantic") == ["fake/hmm", "fake/meh"]
    _, out, _ = run("check", "--output-format", "json", "--assume-origin", "ai")
    told = json.loads(out)
    assert [finding["tentative"] for finding in told["findings"]] == [True, False]
    assert told["counts"]["tentative"] == 0


def test_a_project_may_say_once_whose_its_lines_are(project, run, found):
    (project / "a.py").write_text("HMM(x)\n")
    assert found() == []
    (project / "vetline.toml").write_text('analyzers = ["fake"]\nassume-origin = "ai"\n')
    assert found() == ["fake/hmm"]
    (project / "vetline.toml").write_text('assume-origin = "human"\n')
    code, _, err = run("check")
    assert code == 2
    assert "assume-origin" in err
    assert "is not one of ai" in err


def test_a_baseline_accepts_what_is_tentative_whoever_wrote_it(project, run, found):
    (project / "a.py").write_text("HMM(x)\n")
    assert run("baseline", "create")[0] == 0
    assert found("--assume-origin", "ai") == []
    assert found("--assume-origin", "ai", "--no-baseline") == ["fake/hmm"]


# What is quoted


@pytest.fixture
def token() -> str:
    return "AKIA" + "Q3EGRZ6T7YHNB2LM"


def test_a_secret_is_not_quoted_whoever_was_asked(project, run, token):
    (project / "a.py").write_text(f"BAD(x); key = '{token}'\n")
    _, out, _ = run("check", "a.py")
    assert "fake/bad" in out
    assert "BAD(x); key = " in out
    assert token not in out
    (finding,) = json.loads(run("check", "--output-format", "json", "a.py")[1])["findings"]
    assert finding["rule"] == "fake/bad"


@pytest.mark.parametrize(
    ("name", "line", "secret"),
    [
        (
            "a.py",
            'BAD(x); seal = "{}"',
            "k7Rz2mQx9TbW4vLp8Nf" + "3HsY6cJd5Gg1Xw0Ue",
        ),  # detect-secrets' alone
        ("Dockerfile", "FROM debian:12\nRUN echo 'root:{}' | chpasswd # BAD(x)", "to" + "or"),
    ],
)
def test_no_secret_that_any_analyzer_knows_is_quoted(project, run, name, line, secret):
    (project / name).write_text(line.format(secret) + "\n")
    for words in ((), ("--output-format", "json"), ("--diff",)):
        _, out, _ = run("check", *words, name)
        assert "BAD" in out or "bad" in out
        assert secret not in out.replace("root", "")
    code, out, _ = run("check", "--analyzer", "detect_secrets", "--persona", "auditor", name)
    assert code == 0
    assert secret not in out


def test_the_baseline_of_detect_secrets_holds_and_is_counted(project, run, token):
    digest = hashlib.sha1(token.encode()).hexdigest()  # noqa: S324 - what detect-secrets writes
    results = {"a.py": [{"hashed_secret": digest}]}
    (project / "a.py").write_text(f"key = '{token}'; BAD(x)\n")
    told = {}
    for state, text in (("none", None), ("good", json.dumps({"results": results})), ("bad", "{")):
        if text:
            (project / ".secrets.baseline").write_text(text)
        names = ("--analyzer", "secrets", "--analyzer", "detect_secrets", "--analyzer", "fake")
        _, out, _ = run("check", "--output-format", "json", *names, "a.py")
        data = json.loads(out)
        told[state] = {f["rule"] for f in data["findings"]}, data["counts"]["suppressed"]
        assert token not in out
    both = {"secret/aws-access-key", "fake/bad"}
    assert told["none"] == told["bad"] == (both, {})
    assert told["good"] == ({"fake/bad"}, {"secrets-baseline": 1})
    (project / ".secrets.baseline").write_text(json.dumps({"results": results}))
    assert token not in run("check", *names, "a.py")[1]
    sarif = json.loads(run("check", "--output-format", "sarif", *names, "a.py")[1])
    silenced = [s for r in sarif["runs"][0]["results"] for s in r["suppressions"]]
    assert [s["kind"] for s in silenced] == ["external"]


def test_where_secrets_cannot_be_looked_for_nothing_is_quoted(project, run, token, monkeypatch):
    real = worker.Worker.examine

    def examine(self, snapshot, analyzers, *rest, **more):
        if analyzers == MASKERS:
            return Analysis(failures=(Failure(snapshot.path, "died", "secrets"),))
        return real(self, snapshot, analyzers, *rest, **more)

    (project / "a.py").write_text(f"BAD(x); key = '{token}'\n")
    monkeypatch.setattr(worker.Worker, "examine", examine)
    code, out, _ = run("check", "--jobs", "1", "a.py")
    assert (code, "fake/bad" in out, "key = " in out) == (1, True, False)


def test_no_process_looks_for_secrets_in_what_is_clean(project, run, monkeypatch):
    asked = []
    real = worker.Worker.examine

    def examine(self, snapshot, analyzers, *rest, **more):
        asked.append((snapshot.path, analyzers))
        return real(self, snapshot, analyzers, *rest, **more)

    monkeypatch.setattr(worker.Worker, "examine", examine)
    (project / "a.py").write_text("BAD(x)\n")
    (project / "b.py").write_text("GOOD(x)\n")
    assert run("check", "a.py", "b.py")[0] == 1
    assert [path for path, names in asked if names == MASKERS] == ["a.py"]


# Standard input


def test_standard_input_stands_for_a_file(project, run, monkeypatch):
    def given(text: str, *words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        return run("check", "-", "--output-format", "concise", *words)

    code, out, err = given("BAD(x)\n", "--stdin-filename", "shop/new.py")
    assert (code, err) == (1, "")
    assert out.startswith("shop/new.py:1:1: high fake/bad")
    code, out, err = given("BAD(x)\n")
    assert code == 1
    assert "checked as plain text" in err
    monkeypatch.setenv("VETLINE_MAX_FILE_SIZE", "10")
    code, out, _ = given("x = 1\n" * 9, "--stdin-filename", "a.py")
    assert code == 3
    assert "a.py: is over the limit" in out


# Output


def test_several_outputs_at_once(project, run):
    (project / "a.py").write_text("BAD(x)\n")
    code, out, _ = run("check", "--output", "json:out.json", "--output", "sarif:out.sarif", "a.py")
    assert code == 1
    assert out.startswith("a.py:1:1: high[fake/bad]")
    assert json.loads((project / "out.json").read_text())["verdict"] == "block"
    (run_,) = json.loads((project / "out.sarif").read_text())["runs"]
    assert run_["tool"]["driver"]["rules"][0]["shortDescription"]["text"] == "A bad thing"


def test_an_output_file_takes_the_place_of_stdout(project, run):
    (project / "a.py").write_text("BAD(x)\n")
    code, out, err = run("check", "-o", "report.txt", "a.py")
    assert (code, out) == (1, "")
    assert err == "vetline check: BLOCK: 1 finding of severity medium or above\n"
    assert (project / "report.txt").read_text("utf-8").startswith("a.py:1:1: high[fake/bad]")


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on files there")
@pytest.mark.parametrize("words", [["-o", "report.txt"], ["--output", "json:report.txt"]])
def test_a_full_disk_costs_no_report_that_is_there(project, run, words):
    import resource

    (project / "a.py").write_text("BAD(x)\n" * 200)
    (project / "report.txt").write_text("the one before")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        code, _, err = run("check", *words, "a.py")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (code, "cannot write report.txt: File too large" in err) == (2, True)
    assert (project / "report.txt").read_text() == "the one before"
    assert not list(project.glob(".vetline-*"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk of Linux")
def test_a_full_disk_is_said(project):
    (project / "a.py").write_text("x = 1\n")
    for words in (["check"], ["check", "--output-format", "json"], ["config", "show"]):
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                [*COMMAND, *words], stdout=full, stderr=subprocess.PIPE, timeout=60, check=False
            )
        said = f"vetline {words[0]}: cannot write to standard output: No space left on device\n"
        assert (done.returncode, done.stderr.decode()) == (2, said)


def test_colours_are_for_terminals_and_who_asks(project, run, monkeypatch):
    (project / "a.py").write_text("BAD(x)\n")
    assert "\x1b" not in run("check")[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[31mhigh[fake/bad]\x1b[0m" in run("check")[1]
    assert "\x1b" not in run("check", "--output-format", "github")[1]
    assert "\x1b" not in run("check", "--no-color")[1]
    run("check", "-o", "report.txt")
    assert "\x1b" not in (project / "report.txt").read_text("utf-8")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("check")[1]


def test_paths_are_as_one_would_type_them_here(project, run, monkeypatch):
    (project / "shop").mkdir()
    (project / "shop" / "a.py").write_text("BAD(x)\n")
    (project / "b.py").write_text("BAD(x)\n")
    run("baseline", "create", "b.py")
    monkeypatch.chdir(project / "shop")
    assert run("check", "..", "nope")[1].startswith("a.py:1:1")
    (finding,) = json.loads(run("check", "--output-format", "json", "..")[1])["findings"]
    assert finding["path"] == "a.py"
    assert run("check", "--show-files", "..")[1] == "../b.py\na.py\n../vetline.toml\n"
    assert "../nope: no such file" in run("check", "../nope")[1]


class Terminal(io.StringIO):
    """A standard error on which somebody looks."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("after", "shown"), [(0.0, True), (1000.0, False)])
def test_a_bar_shows_when_it_takes_long_and_somebody_looks(project, monkeypatch, run, after, shown):
    monkeypatch.setattr(progress, "_AFTER", after)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    assert run("check")[0] == 0
    assert ("checking" in terminal.getvalue()) is shown


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_ends_the_workers_and_is_quiet(project, monkeypatch):
    fifo = project / "fifo"
    os.mkfifo(fifo)
    up = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
    for name in "abcd":
        (project / f"{name}.py").write_text(f"TELL {fifo} FOREVER\n")
    with subprocess.Popen(
        [*COMMAND, "check", "a.py", "b.py", "c.py", "d.py"], cwd=project,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    ) as process:  # fmt: skip
        assert select.select([up], [], [], 30)[0]
        worker = int(os.read(up, 100).split()[0])
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    os.close(up)
    assert (process.returncode, out, err) == (130, b"", b"")
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def test_show_files(project, run):
    (project / "a.py").write_text("BAD(x)\n")
    assert run("check", "--show-files") == (0, "a.py\nvetline.toml\n", "")
    code, out, err = run("check", "--show-files", "a.py", "nope")
    assert (code, out) == (3, "a.py\n")
    assert err == "vetline check: not checked: nope: no such file or folder\n"


def test_statistics(project, run):
    (project / "a.py").write_text("BAD(1)\nMEH(1)\nMEH(2)\n")
    code, out, _ = run("check", "--statistics")
    assert code == 1
    assert out.splitlines()[:2] == ["     2  low       fake/meh", "     1  high      fake/bad"]
    assert "BLOCK" in out
    assert "a.py" not in out


def test_explain_shows_the_rules_page(project, run, monkeypatch):
    code, out, _ = run("check", "--explain", "fake/bad")
    assert code == 0
    assert out.startswith("# A bad thing\n")
    assert run("rule", "fake/bad")[1] == out
    code, out, _ = run("rule", "fake/bad", "--output-format", "json")
    assert json.loads(out)["rules"][0]["cwe"] == [79]
    code, out, _ = run("rule", "--list")
    assert "fake/bad" in [line.split()[0] for line in out.splitlines()]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1" in run("rule", "fake/bad")[1]
    assert run("rule")[0] == run("rule", "fake/bad", "--list")[0] == 2
