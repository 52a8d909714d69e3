"""`vetline install-hooks`: in the files of agents and of git, on a real disk with a real git."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from repositories import sh

from vetline import agents
from vetline.doors import install_hooks
from vetline.doors.install_git_hooks import HOOKS

NAMES = [agent.NAME for agent in agents.all_agents() if agent.NAME != "agent-v1"]
# Where what is called and how is written down, by a program that takes vetline's place.
FAKE = """#!/bin/sh
{ printf '%s|' "$@"; [ "$2" != post-rewrite ] || cat; echo; } >> "$VETLINE_TEST_LOG"
exit 9
"""


@pytest.fixture
def repo(tmp_path, monkeypatch):
    """A repository we stand in, with a home beside it and a git that reads nobody's settings."""
    home, root = tmp_path / "home", tmp_path / "repo"
    home.mkdir()
    root.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    sh(root, "init", "-q", "-b", "main")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def calls(tmp_path, monkeypatch):
    """What git's hooks call vetline with: a fake one is the only one on PATH."""
    folder, log = tmp_path / "programs", tmp_path / "log"
    folder.mkdir()
    program = folder / "vetline"
    program.write_text(FAKE)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("VETLINE_TEST_LOG", str(log))
    monkeypatch.setattr(install_hooks, "program", lambda: [str(program)])
    return lambda: log.read_text().splitlines() if log.exists() else []


def run(*argv):
    return install_hooks.main(list(argv))


def snapshot(root: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path.relative_to(root).as_posix(): (stat.S_IMODE(path.stat().st_mode), path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }


def hooks(root: Path) -> dict[str, bytes]:
    folder = root / ".git" / "hooks"
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".sample"}


def commit(root: Path, text: str, *options: str) -> None:
    (root / "a.py").write_text(text)
    sh(root, "add", "a.py")
    sh(root, "commit", "-q", "-m", text, *options)


# -- agents


@pytest.mark.parametrize("scope", ["--project", "--user"])
@pytest.mark.parametrize("name", NAMES)
def test_an_agent_is_set_up_once_and_taken_out_whole(repo, scope, name, capsys):
    base = repo if scope == "--project" else Path.home()
    before = snapshot(base)
    assert run("--agent", name, scope) == 0
    assert "set up in" in capsys.readouterr().out
    (file,) = snapshot(base).keys() - before.keys()
    text = (base / file).read_text()
    assert "hook" in text
    assert str(repo.parent) not in text, "a path of the test's"
    if scope == "--project":
        assert sys.prefix not in text, "a committed file holds no path of this machine"
    else:
        assert str(Path(sys.executable).parent) in text
    once = snapshot(base)
    assert run("--agent", name, scope) == 0
    assert "set up already" in capsys.readouterr().out
    assert snapshot(base) == once
    assert run("--agent", name, scope, "--uninstall") == 0
    assert snapshot(base) == before


SETTINGS = {
    "claude-code": (".claude/settings.json", '{\n\t"model": "opus",\n\t"hooks": {}\n}'),
    "cursor": (".cursor/hooks.json", '{"version": 1, "hooks": {"stop": [{"command": "x"}]}}\r\n'),
    "codex": (".codex/hooks.json", '{\n    "description": "ours",\n    "hooks": {}\n}\n'),
    "gemini-cli": (".gemini/settings.json", '\ufeff{\r\n  "theme": "é"\r\n}\r\n'),
    "windsurf": (".windsurf/hooks.json", "{}"),
    "copilot-cli": (".github/hooks/vetline.json", '{"version": 1, "hooks": {}}'),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_what_is_there_stays_beside_ours_and_comes_back(repo, name, capsys):
    file, text = SETTINGS[name]
    path = repo / file
    path.parent.mkdir(parents=True)
    path.write_bytes(text.encode())
    path.chmod(0o640)
    before = snapshot(repo)
    assert run("--agent", name) == 0
    data, theirs = json.loads(path.read_text("utf-8-sig")), json.loads(text.lstrip("\ufeff"))
    for key in theirs.keys() - {"hooks"}:
        assert data[key] == theirs[key]
    assert data["hooks"].keys() > theirs.get("hooks", {}).keys() - {"hooks"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert run("--agent", name, "--uninstall") == 0
    assert snapshot(repo) == before
    assert capsys.readouterr().err == ""


def test_times_are_in_each_agents_own_unit(repo):
    for name in NAMES:
        run("--agent", name)
    seconds = {
        ".claude/settings.json": 10,
        ".codex/hooks.json": 10,
        ".gemini/settings.json": 10_000,
    }
    for file, timeout in seconds.items():
        data = json.loads((repo / file).read_text())
        told = {hook["timeout"] for groups in data["hooks"].values() for hook in groups[0]["hooks"]}
        assert told == {timeout}
    for file in (".cursor/hooks.json", ".github/hooks/vetline.json"):
        data = json.loads((repo / file).read_text())
        assert data["version"] == 1
        assert {entries[0]["timeout"] for entries in data["hooks"].values()} == {10}


def test_those_that_are_found_are_set_up(repo, capsys):
    (repo / ".cursor").mkdir()
    (Path.home() / ".codex").mkdir()
    assert run() == 0
    told = capsys.readouterr().out
    assert "Cursor: set up in .cursor/hooks.json" in told
    assert "Codex CLI: set up in .codex/hooks.json" in told
    assert "/hooks" in told, "what the user must do"
    assert sorted(snapshot(repo)) == [".codex/hooks.json", ".cursor/hooks.json"]
    assert snapshot(Path.home()) == {}
    assert run("--uninstall") == 0
    assert snapshot(repo) == {}
    capsys.readouterr()
    assert run("--uninstall") == 0
    assert capsys.readouterr().out == "No hooks of agents were found here.\n"


def test_where_none_is_found_the_names_are_told(repo, capsys):
    assert run() == 0
    told = capsys.readouterr().out
    assert all(name in told for name in NAMES)
    assert snapshot(repo) == {}


def test_the_two_that_share_a_file_share_it(repo, capsys):
    assert run("--agent", "copilot-cli", "--agent", "copilot-vscode") == 0
    told = capsys.readouterr().out
    assert "Copilot CLI and Copilot in VS Code: set up in .github/hooks/vetline.json" in told
    assert list(snapshot(repo)) == [".github/hooks/vetline.json"]


def test_a_file_that_is_not_understood_is_left_and_the_others_are_done(repo, capsys):
    path = repo / ".gemini" / "settings.json"
    path.parent.mkdir()
    path.write_text('{\n  // mine\n  "theme": "dark"\n}\n')
    before = path.read_bytes()
    assert run("--agent", "gemini-cli", "--agent", "cursor") == 3
    told = capsys.readouterr()
    (line,) = told.err.splitlines()
    assert ".gemini/settings.json is not plain JSON (line 2" in line
    assert path.read_bytes() == before
    assert (repo / ".cursor" / "hooks.json").is_file()


@pytest.mark.parametrize("content", [b"\xff\xfe{\x00}\x00", b"[]", b"\x00"])
def test_other_files_of_no_use_are_left_too(repo, content, capsys):
    path = repo / ".claude" / "settings.json"
    path.parent.mkdir()
    path.write_bytes(content)
    assert run("--agent", "claude-code") == 3
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert path.read_bytes() == content


def test_a_plugin_that_somebody_else_wrote_is_left(repo, capsys):
    path = repo / ".opencode" / "plugins" / "vetline.js"
    path.parent.mkdir(parents=True)
    path.write_text("export const Mine = 1\n")
    for option in ("--project", "--uninstall"):
        assert run("--agent", "opencode", option) == 3
    assert "was not written by vetline" in capsys.readouterr().err
    assert path.read_text() == "export const Mine = 1\n"


def test_a_dry_run_shows_a_diff_and_writes_nothing(repo, capsys):
    path = repo / ".claude" / "settings.json"
    path.parent.mkdir()
    key = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    path.write_text(json.dumps({"env": {"TOKEN": key}}, indent=2) + "\n")
    before = snapshot(repo)
    assert run("--agent", "claude-code", "--git", "--dry-run") == 0
    told = capsys.readouterr().out
    assert "--- .claude/settings.json\n+++ .claude/settings.json\n" in told
    assert '+    "PreToolUse": [' in told
    assert "+++ .git/hooks/post-commit" in told
    assert key not in told
    assert snapshot(repo) == before
    assert hooks(repo) == {}


def test_a_link_is_followed_and_told_of(repo, capsys):
    target = Path.home() / "dotfiles.json"
    target.write_text("{}\n")
    (repo / ".cursor").mkdir()
    link = repo / ".cursor" / "hooks.json"
    link.symlink_to(target)
    assert run("--agent", "cursor") == 0
    assert f"(a link to {target})" in capsys.readouterr().out
    assert link.is_symlink()
    assert "afterFileEdit" in target.read_text()
    assert run("--agent", "cursor", "--uninstall") == 0
    assert target.read_text() == "{}\n"


def test_a_folder_where_the_file_should_be(repo, capsys):
    (repo / ".cursor" / "hooks.json").mkdir(parents=True)
    assert run("--agent", "cursor") == 3
    assert (
        capsys.readouterr().err == "vetline install-hooks: Cursor: .cursor/hooks.json is a folder\n"
    )


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--agent", "claud-code"], "did you mean claude-code"),
        (["--agent", "agent-v1"], "no hooks can be set up for agent 'agent-v1'"),
        (["--user", "--project"], "not allowed with"),
        (["--what"], "unrecognized"),
    ],
)
def test_wrong_usage(repo, argv, said, capsys):
    assert run(*argv) == 2
    told = capsys.readouterr().err
    assert said in told.replace("'claude-code'", "claude-code")
    assert len(told.splitlines()) == 1


@pytest.mark.skipif(os.name == "nt", reason="the command is one for sh")
def test_the_projects_command_disturbs_nobody_without_vetline(repo, tmp_path):
    run("--agent", "claude-code")
    data = json.loads((repo / ".claude" / "settings.json").read_text())
    command = data["hooks"]["PreToolUse"][0]["hooks"][0]["command"]
    shell = shutil.which("sh")
    bare = subprocess.run(
        [shell, "-c", command], env={"PATH": ""}, capture_output=True, timeout=60, check=False
    )
    assert (bare.returncode, bare.stdout, bare.stderr) == (0, b"", b"")
    program = tmp_path / "vetline"
    program.write_text(f'#!{shell}\necho "$@"; exit 2\n')
    program.chmod(0o755)
    there = subprocess.run(
        [shell, "-c", command],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (there.returncode, there.stdout) == (2, b"hook\n")


@pytest.mark.skipif(not shutil.which("node"), reason="the plugin is JavaScript")
def test_the_plugin_sends_what_is_recognised_and_throws_what_is_refused(repo, tmp_path):
    log, program = tmp_path / "events", tmp_path / "my vetline"
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"told = sys.stdin.read()\nopen({str(log)!r}, 'a').write(told + '\\n')\n"
        'print(\'{"decision": "deny", "reason": "no SQL"}\')\n'
        "sys.exit(2 if 'DROP' in told else 0)\n"
    )
    program.chmod(0o755)
    opencode = next(agent for agent in agents.all_agents() if agent.NAME == "opencode")
    plugin = tmp_path / "vetline.mjs"
    plugin.write_text(opencode.merged("", f"'{program}' hook"))
    driver = tmp_path / "driver.mjs"
    driver.write_text(
        'import { Vetline } from "./vetline.mjs"\n'
        'const hooks = await Vetline({ directory: "/repo" })\n'
        'const input = { sessionID: "s", messageID: "m1" }\n'
        'const model = { providerID: "p", modelID: "x" }\n'
        'const parts = [{ type: "text", text: "go" }]\n'
        'await hooks["chat.message"]({ ...input, model }, { parts })\n'
        'const call = { tool: "write", sessionID: "s", callID: "c" }\n'
        'const args = { filePath: "/repo/a.py", content: "x = 1" }\n'
        'await hooks["tool.execute.before"](call, { args })\n'
        'await hooks["tool.execute.after"]({ ...call, args }, { metadata: {} })\n'
        'await hooks["tool.execute.before"]({ ...call, tool: "read" }, { args })\n'
        "args.content = 'DROP'\n"
        'try { await hooks["tool.execute.before"](call, { args }) }\n'
        "catch (error) { console.log(error.message) }\n"
    )
    done = subprocess.run(
        ["node", str(driver)], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "no SQL\n"
    events = [agents.recognise(p).read(p) for p in map(json.loads, log.read_text().splitlines())]
    assert [event.kind for event in events] == ["prompt", "pre-edit", "post-edit", "pre-edit"]
    assert {(e.agent, e.session, e.turn, e.model, e.cwd) for e in events} == {
        ("opencode", "s", "m1", "p/x", "/repo")
    }


# -- git


def test_git_tells_of_commits_rewrites_and_merges(repo, calls, capsys):
    assert run("--git") == 0
    assert "git hooks: set up in .git/hooks: " + ", ".join(HOOKS) in capsys.readouterr().out
    commit(repo, "one")
    assert [call.split("|")[:2] for call in calls()] == [
        ["git-hook", "prepare-commit-msg"],
        ["git-hook", "post-commit"],
    ]
    old = sh(repo, "rev-parse", "HEAD").strip()
    commit(repo, "two", "--amend")
    new = sh(repo, "rev-parse", "HEAD").strip()
    assert f"git-hook|post-rewrite|amend|{old} {new}" in calls()
    sh(repo, "checkout", "-q", "-b", "side", "HEAD")
    commit(repo, "three")
    sh(repo, "checkout", "-q", "main")
    sh(repo, "merge", "-q", "side")
    assert "git-hook|post-merge|0|" in calls()


def test_hooks_are_set_up_once_and_taken_out_whole(repo, calls, capsys):
    assert run("--git") == 0
    once = hooks(repo)
    assert sorted(once) == sorted(HOOKS)
    assert all(os.access(repo / ".git/hooks" / name, os.X_OK) for name in HOOKS)
    assert run("--git") == 0
    assert "set up already in .git/hooks" in capsys.readouterr().out
    assert hooks(repo) == once
    assert run("--git", "--uninstall") == 0
    assert hooks(repo) == {}


SCRIPT = '#!/usr/bin/env bash\nset -eu\n{ echo "theirs $*"; cat; } >> "$VETLINE_TEST_LOG"\nexit 7\n'


@pytest.mark.parametrize(
    "theirs",
    [SCRIPT, SCRIPT.replace("/usr/bin/env bash", "/bin/sh"), None],
    ids=["bash", "sh", "python"],
)
def test_a_hook_that_is_there_runs_with_its_arguments_input_and_exit_code(repo, calls, theirs):
    theirs = theirs or (
        f"#!{sys.executable}\nimport os, sys\n"
        "with open(os.environ['VETLINE_TEST_LOG'], 'a') as log:\n"
        "    print('theirs', *sys.argv[1:], file=log)\n"
        "    log.write(sys.stdin.read())\n"
        "sys.exit(7)\n"
    )
    folder = repo / ".git" / "hooks"
    path = folder / "post-rewrite"
    path.write_text(theirs)
    path.chmod(0o750)
    before = hooks(repo)
    assert run("--git") == 0
    for told in ("old new\nolder newer extra\n", ""):
        done = subprocess.run(
            [path, "rebase"], input=told, text=True, cwd=repo, timeout=60, check=False
        )
        assert done.returncode == 7
    told = "\n".join(calls())
    assert "git-hook|post-rewrite|rebase|old new\nolder newer extra" in told
    assert "theirs rebase\nold new\nolder newer extra\n" in told
    once = hooks(repo)
    assert run("--git") == 0
    assert hooks(repo) == once
    assert run("--git", "--uninstall") == 0
    assert hooks(repo) == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o750


def test_a_commit_that_their_hook_refuses_stays_refused(repo, calls):
    path = repo / ".git" / "hooks" / "prepare-commit-msg"
    path.write_text("#!/bin/sh\nexit 1\n")
    path.chmod(0o755)
    assert run("--git") == 0
    with pytest.raises(subprocess.CalledProcessError):
        commit(repo, "one")
    path.write_text(path.read_text().replace("exit 1", "exit 0"))
    commit(repo, "one")


def test_a_link_and_a_hook_that_is_off_are_moved_aside(repo, calls):
    folder = repo / ".git" / "hooks"
    script = repo / "tracked.sh"
    script.write_text(SCRIPT.replace("exit 7", "exit 0"))
    script.chmod(0o755)
    (folder / "post-commit").symlink_to(script)
    (folder / "post-merge").write_text(SCRIPT)
    (folder / "post-merge").chmod(0o644)
    before = hooks(repo)
    assert run("--git") == 0
    assert script.read_text() == SCRIPT.replace("exit 7", "exit 0")
    commit(repo, "one")
    assert "theirs " in calls()
    done = subprocess.run([folder / "post-merge", "0"], cwd=repo, timeout=60, check=False)
    assert done.returncode == 0, "what is off stays off"
    assert run("--git", "--uninstall") == 0
    assert hooks(repo) == before
    assert (folder / "post-commit").is_symlink()


def test_nothing_is_lost_when_the_place_aside_is_taken(repo, calls, capsys):
    folder = repo / ".git" / "hooks"
    (folder / "post-commit").write_bytes(b"\x7fELF")
    (folder / "post-commit.vetline-original").write_text("precious")
    before = hooks(repo)
    assert run("--git") == 3
    assert "post-commit.vetline-original is there already" in capsys.readouterr().err
    assert hooks(repo).items() > before.items()


def test_a_hook_without_vetline_lets_git_go_on(repo, calls, monkeypatch):
    monkeypatch.setattr(install_hooks, "program", lambda: ["/nowhere/vetline"])
    assert run("--git") == 0
    path = os.environ["PATH"].split(os.pathsep)
    monkeypatch.setenv("PATH", os.pathsep.join(p for p in path if not Path(p, "vetline").exists()))
    commit(repo, "one")
    assert calls() == []


def test_hooks_kept_in_the_work_tree_name_no_path_and_are_told_of(repo, calls, capsys):
    sh(repo, "config", "core.hooksPath", ".githooks")
    assert run("--git") == 0
    told = capsys.readouterr().out
    assert "set up in .githooks" in told
    assert "commit them" in told
    text = (repo / ".githooks" / "post-commit").read_text()
    assert str(repo.parent) not in text
    commit(repo, "one")
    assert "git-hook|post-commit|" in calls()
    assert hooks(repo) == {}


def test_husky_keeps_its_own_files(repo, calls):
    (repo / ".husky" / "_").mkdir(parents=True)
    theirs = repo / ".husky" / "post-commit"
    theirs.write_text('echo "theirs" >> "$VETLINE_TEST_LOG"\n')
    stub = repo / ".husky" / "_" / "post-commit"
    stub.write_text('#!/bin/sh\nsh -e "$(dirname "$(dirname "$0")")/$(basename "$0")" "$@"\n')
    stub.chmod(0o755)
    before = (stub.read_bytes(), theirs.read_bytes())
    sh(repo, "config", "core.hooksPath", ".husky/_")
    assert run("--git") == 0
    commit(repo, "one")
    assert calls() == ["git-hook|post-commit|", "theirs"]
    assert run("--git", "--uninstall") == 0
    assert (stub.read_bytes(), theirs.read_bytes()) == before


def test_a_shared_folder_of_hooks_is_told_of(repo, calls, capsys):
    sh(repo, "config", "--global", "core.hooksPath", "~/shared-hooks")
    assert run("--git") == 0
    assert "these hooks run for every repository" in capsys.readouterr().out
    assert (Path.home() / "shared-hooks" / "post-commit").is_file()


def test_a_worktree_shares_the_repositorys_hooks(repo, calls, monkeypatch):
    commit(repo, "one")
    sh(repo, "worktree", "add", "-q", "../other")
    monkeypatch.chdir(repo.parent / "other")
    assert run("--git") == 0
    assert sorted(hooks(repo)) == sorted(HOOKS)


def test_without_a_repository_there_are_no_git_hooks(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run("--git") == 2
    assert (
        capsys.readouterr().err == "vetline install-hooks: git hooks: this is no git repository\n"
    )
