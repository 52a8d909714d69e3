"""The command itself: doors, help, mistakes, interrupts, and whose modules are imported."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from vetline import __main__ as main_module
from vetline import __version__
from vetline.__main__ import COMMANDS, main

COMMAND = [sys.executable, "-m", "vetline"]


def test_help_names_each_command_once(capsys):
    assert main(["help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    width = max(map(len, COMMANDS))
    for name, command in COMMANDS.items():
        assert [line for line in lines if line.split()[:1] == [name]] == [
            f"  {name:<{width}}  {command.about}"
        ]
    for spelling in ("--help", "-h"):
        assert main([spelling]) == 0
        assert capsys.readouterr().out.splitlines() == lines


def test_no_command_is_wrong_usage(capsys):
    assert main([]) == 2
    told = capsys.readouterr()
    assert "usage: vetline COMMAND" in told.err
    assert told.out == ""


@pytest.mark.parametrize("spelling", ["version", "--version", "-V"])
def test_version(spelling, capsys):
    assert main([spelling]) == 0
    assert capsys.readouterr().out == f"vetline {__version__}\n"


def test_an_unknown_command_gets_a_hint(capsys):
    assert main(["chekc"]) == 2
    told = capsys.readouterr().err
    assert told == "vetline: unknown command 'chekc': did you mean 'check'?\n"
    assert main(["\x1b[31m"]) == 2
    assert capsys.readouterr().err == "vetline: unknown command '\\x1b[31m': see `vetline help`\n"


def test_a_door_gives_its_exit_code_and_its_interrupts_are_quiet(monkeypatch, capsys):
    class Door:
        @staticmethod
        def main(argv):
            if argv == ["stop"]:
                raise KeyboardInterrupt
            return 7

    monkeypatch.setattr(main_module, "import_module", lambda name: Door)
    assert main(["check", "x"]) == 7
    assert main(["check", "stop"]) == 130
    assert capsys.readouterr().err == ""


def test_help_imports_next_to_nothing():
    code = "import sys, vetline.__main__ as m; m.main(['help']); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {"argparse", "subprocess", "pygls", "rich", "vetline_analyzers", "asyncio"}


@pytest.mark.parametrize("name", ["check", "baseline", "rule"])
def test_a_command_tells_its_options_and_its_mistakes(name, capsys):
    with pytest.raises(SystemExit) as stop:
        main([name, "--help"])
    assert stop.value.code == 0
    assert f"usage: vetline {name}" in capsys.readouterr().out
    assert main([name, "--nonsense"]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"vetline {name}: ")
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    "words", [["help"], ["check", "nope"], ["check", "nope", "--output-format", "json"]]
)
def test_a_closed_pipe_is_quiet(words, tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            [*COMMAND, *words],
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
            timeout=30,
            cwd=tmp_path,
        )
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr
    assert done.returncode == 130


def test_modules_of_the_folder_we_stand_in_are_not_run(tmp_path):
    for name in ("typing", "argparse", "json", "subprocess", "rich", "bandit"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the project was run')\n")
    (tmp_path / "clean.py").write_text("x = 1\n")
    for words in (["version"], ["check", "--analyzer", "bandit", "clean.py"]):
        done = subprocess.run(
            [*COMMAND, *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_a_check_with_the_real_analyzers(tmp_path):
    (tmp_path / "app.py").write_text("import yaml\nyaml.load(input())\n")
    done = subprocess.run(
        [*COMMAND, "check", "--output-format", "concise"], cwd=tmp_path, capture_output=True,
        text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout.startswith("app.py:2:1: ")
    assert done.stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps the folder")
@pytest.mark.parametrize(
    "words", [["check"], ["check", "/"], ["config", "show"], ["review", "list"]]
)
def test_a_folder_that_is_gone_is_said(tmp_path, words):
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f'cd {gone} && rmdir {gone} && exec "$@"'
    done = subprocess.run(
        ["sh", "-c", script, "sh", *COMMAND, *words],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    said = "vetline: the folder we stand in is gone: change to another one\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('"$0" -m vetline redact <&-', 2),
        ('echo x | "$0" -m vetline redact >&-', 0),
        ('"$0" -m vetline check - <&-', 2),
        ('echo x | "$0" -m vetline check - --isolated >&-', 0),
        ('echo x | "$0" -m vetline check - --isolated 2>&-', 0),
        ('"$0" -m vetline version >&- 2>&-', 0),
    ],
)
def test_what_the_caller_has_closed_is_nothing(line, code, tmp_path):
    told = subprocess.run(
        [
            "sh",
            "-c",
            line,
            sys.executable,
        ],  # vetline: allow[python/command-from-string] reason="the lines stand above, with redirections"
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == code
    assert "Traceback" not in told.stderr
    assert ("standard input is closed" in told.stderr) == (code == 2)
