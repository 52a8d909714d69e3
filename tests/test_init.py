"""`vetline init`: what it writes where nothing is, and that it leaves alone what is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from repositories import sh

from vetline import config, signatures, templates
from vetline.doors import init
from vetline.doors.install_git_hooks import HOOKS
from vetline.templates import Project, github, gitlab, policy, pre_commit, signers

ROOT = Path(__file__).parents[1]
SOURCE = "vetline @ git+https://git.example.com/acme/vetline@" + "0123456789" * 4
BAD = (
    "import subprocess\n\n\ndef run(request):\n    subprocess.call(request.args['x'], shell=True)\n"
)
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBZ9kHQj3b1Hb8n4Yw2o0g3b6qkYxT3o9H1m5Zq8f2Lw"


@pytest.fixture
def repo(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("VETLINE_GATE_SIGNING_KEY", raising=False)
    root = tmp_path / "shop"
    root.mkdir()
    sh(root, "init", "-q", "-b", "trunk")
    sh(root, "config", "user.email", "ana@example.org")
    monkeypatch.chdir(root)
    return root


def files(root):
    """All that is there beside git's own, and its hooks."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and (".git" not in path.relative_to(root).parts or path.parent.name == "hooks")
    }


def of(**there):
    """A project that has these files."""
    return Project(there.get)


# -- the door


def test_a_new_project_gets_a_policy_signers_ci_and_hooks(repo, capsys):
    assert init.main(["--ci", "github", "--from", SOURCE]) == 0
    told = capsys.readouterr()
    assert "vetline.toml: written\n" in told.out
    assert "git hooks: set up in .git/hooks" in told.out
    assert told.err == ""
    assert told.out.partition("Next:\n")[2].count("\n  - ") == 2
    assert {"vetline.toml", ".vetline/allowed_signers", ".github/workflows/vetline.yml"} <= files(
        repo
    ).keys()
    assert {f".git/hooks/{name}" for name in HOOKS} <= files(repo).keys()
    loaded = config.load(repo)
    assert loaded.problems == ()
    assert loaded.settings.gate_review
    assert loaded.settings.gate_unsigned is False


def test_a_second_run_changes_nothing(repo, capsys):
    words = ["--ci", "github", "--ci", "gitlab", "--from", SOURCE, "--pre-commit"]
    assert init.main(words) == 0
    once = files(repo)
    capsys.readouterr()
    assert init.main(words) == 0
    assert capsys.readouterr().out == (
        "Policy, signers and CI are there already.\ngit hooks: set up already in .git/hooks\n"
    )
    assert files(repo) == once


def test_a_dry_run_shows_all_and_writes_nothing(repo, capsys):
    before = files(repo)
    assert init.main(["--ci", "github", "--dry-run", "--from", SOURCE]) == 0
    told = capsys.readouterr().out
    for path in (
        "vetline.toml",
        ".vetline/allowed_signers",
        ".github/workflows/vetline.yml",
        ".git/hooks/pre-push",
    ):
        assert f"+++ {path}\n" in told
    assert files(repo) == before


def test_what_is_there_is_left_alone_and_it_is_said_what_to_add(repo, capsys):
    mine = {
        "vetline.toml": "[gate]\nreview = []\n",
        ".vetline/allowed_signers": "# mine\n",
        ".github/workflows/vetline.yml": "name: mine\n",
        ".gitlab-ci.yml": "build:\n  script: make\n",
        ".pre-commit-config.yaml": "repos: []\n",
    }
    for name, text in mine.items():
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_text(text)
    assert init.main(["--ci", "github", "--ci", "gitlab", "--from", SOURCE]) == 0
    told = capsys.readouterr().out
    assert {name: (repo / name).read_text() for name in mine} == mine
    assert (
        ".github/workflows/vetline.yml is there already, and is not what would be written: it stays"
        in told
    )
    assert (
        ".gitlab-ci.yml does not include the job; add to it:\ninclude:\n  - local: .gitlab/vetline.yml"
        in told
    )
    assert "add to its `repos:`" in told
    assert (repo / ".gitlab/vetline.yml").is_file()


@pytest.mark.parametrize(
    ("signs", "remote", "expected"),
    [
        ([".github/x"], "", ["github"]),
        ([".gitlab-ci.yml"], "", ["gitlab"]),
        ([".gitlab-ci.yml", ".github/x"], "", ["github", "gitlab"]),
        ([], "git@github.com:acme/shop.git", ["github"]),
        ([], "https://gitlab.example.com/acme/shop", ["gitlab"]),
        ([], "https://example.com/github/shop", []),
        ([], "", []),
    ],
)
def test_the_ci_is_what_the_project_shows(repo, capsys, signs, remote, expected):
    for name in signs:
        (repo / name).parent.mkdir(exist_ok=True)
        (repo / name).write_text("{}\n")
    if remote:
        sh(repo, "remote", "add", "origin", remote)
    assert init.main(["--no-hooks", "--from", SOURCE]) == 0
    found = [
        name
        for name in templates.CI
        if {"github": github, "gitlab": gitlab}[name].PATH in files(repo)
    ]
    assert found == expected
    assert ("No CI was recognised" in capsys.readouterr().out) == (expected == [])


def test_the_main_branch_is_the_remotes(repo):
    sh(repo, "commit", "-q", "--allow-empty", "-m", "x")
    sh(repo, "update-ref", "refs/remotes/origin/stable", "HEAD")
    sh(repo, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/stable")
    assert init.main(["--no-hooks", "--ci", "github", "--from", SOURCE]) == 0
    assert 'branches: ["stable"]' in (repo / github.PATH).read_text()


def test_where_ci_gets_vetline_from_is_never_invented(repo, capsys, monkeypatch):
    monkeypatch.setattr(init, "_installed_from", lambda: "")
    assert init.main(["--no-hooks", "--ci", "github"]) == 0
    assert "fill in VETLINE_FROM" in capsys.readouterr().err
    assert 'VETLINE_FROM: ""' in (repo / github.PATH).read_text()
    (step,) = [step for step in steps(repo / github.PATH) if step.get("name") == "Install Vetline"]
    done = bash(step["run"], repo, VETLINE_FROM="")
    assert done.returncode == 3
    assert "::error file=" in done.stdout


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (None, "vetline=="),
        ({"url": "file:///srv/vetline", "dir_info": {"editable": True}}, ""),
        ({"url": "https://x.example/v", "vcs_info": {"vcs": "git", "commit_id": "a" * 40}},
         "vetline @ git+https://x.example/v@" + "a" * 40),
        ({"url": "https://me:pw@x.example/v", "vcs_info": {"vcs": "git", "commit_id": "a" * 40}}, ""),
        ({"url": "https://x.example/v.whl", "archive_info": {"hashes": {"sha256": "b" * 64}}},
         "vetline @ https://x.example/v.whl#sha256=" + "b" * 64),
        ({"url": "https://x.example/v.whl", "archive_info": {}}, ""),
    ],
)  # fmt: skip
def test_ci_gets_the_vetline_that_is_here(monkeypatch, told, expected):
    class Distribution:
        def read_text(self, _):
            return told and json.dumps(told)

    monkeypatch.setattr(init.metadata, "distribution", lambda _: Distribution())
    found = init._installed_from()
    assert found == expected if told else found.startswith(expected)


def test_me_is_whose_key_git_signs_with(repo, tmp_path, capsys):
    assert init.main(["--me"]) == 2
    assert "--me: no signing key is set up" in capsys.readouterr().err
    assert files(repo).keys() <= {name for name in files(repo) if name.endswith(".sample")}
    key = tmp_path / "id.pub"
    key.write_text(KEY + " ana@laptop\n")
    sh(repo, "config", "gpg.format", "ssh")
    sh(repo, "config", "user.signingkey", str(key))
    assert init.main(["--me", "--ci", "none", "--no-hooks"]) == 0
    text = (repo / signers.PATH).read_text()
    assert text.endswith(f'\nana@example.org namespaces="vetline" {KEY}\n')
    (known,) = signatures.signers(text.encode())
    assert "ana@example.org" in str(known)
    capsys.readouterr()
    assert init.main(["--me", "--ci", "none", "--no-hooks"]) == 0
    assert "add to it" not in capsys.readouterr().out
    sh(repo, "config", "user.email", "ana")
    assert init.main(["--me"]) == 2
    assert "set user.email" in capsys.readouterr().err


def test_links_are_not_followed_out_of_the_project(repo, tmp_path, capsys):
    outside = tmp_path / "outside"
    outside.mkdir()
    (repo / ".vetline").symlink_to(outside)
    (repo / "vetline.toml").symlink_to(outside / "x.toml")
    assert init.main(["--ci", "none", "--no-hooks"]) == 3
    assert capsys.readouterr().err.count("is a link, or lies behind one: it is left alone") == 2
    assert list(outside.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read_is_said(repo, capsys):
    (repo / "vetline.toml").write_text("x")
    (repo / "vetline.toml").chmod(0)
    assert init.main(["--ci", "none", "--no-hooks"]) == 3
    assert "vetline.toml cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--ci", "none", "--ci", "github"], "--ci none goes with no other"),
        (["--ci", "jenkins"], "invalid choice"),
        (["--from", "a\nb"], "on one line"),
    ],
)
def test_what_is_wrong_is_one_line(repo, capsys, words, says):
    assert init.main(words) == 2
    told = capsys.readouterr()
    assert says in told.err
    assert told.err.count("\n") == 1


def test_outside_of_a_repository_the_hooks_wait(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert init.main(["--ci", "none"]) == 0
    assert "run `vetline install-hooks --git` once it is" in capsys.readouterr().err
    assert (tmp_path / "vetline.toml").is_file()


# -- the policy


TOML = "# mine\r\n[project]\r\nname = 'x' # a name\r\n"


def test_a_pyproject_keeps_its_text_and_gets_the_policy_at_its_end():
    (step,) = policy.steps(of(**{"pyproject.toml": TOML}))
    assert step.path == "pyproject.toml"
    assert step.text.startswith(TOML)
    assert "\n[tool.vetline.gate]\r\n" in step.text
    assert step.text.count("\n") == step.text.count("\r\n")


@pytest.mark.parametrize(
    ("there", "path"),
    [
        ({"pyproject.toml": "[project]\nname='x'"}, "pyproject.toml"),
        ({"pyproject.toml": "[tool.vetline]\nscope = 'ai'\n[tool.ruff]\n"}, "pyproject.toml"),
        ({"pyproject.toml": "", "vetline.toml": "scope = 'ai'\n"}, "vetline.toml"),
        ({"vetline.toml": ""}, "vetline.toml"),
        ({}, "vetline.toml"),
    ],
)
def test_the_policy_is_read_where_it_is_put(tmp_path, there, path):
    (step,) = policy.steps(of(**there))
    assert step.path == path
    for name, text in {**there, path: step.text}.items():
        (tmp_path / name).write_text(text)
    loaded = config.load(tmp_path)
    assert loaded.problems == ()
    assert loaded.file.name == path
    assert "secret/*" in loaded.settings.gate_block


@pytest.mark.parametrize("text", ["[gate]\n", "gate.review = []\n", "gate = {review = []}\n"])
def test_a_policy_that_is_there_stays(text):
    assert list(policy.steps(of(**{"vetline.toml": text}))) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[tool]\nvetline = {scope = 'ai'}\n", "takes no [tool.vetline.gate] at its end"),
        ("[tool\n", "is not understood"),
        ("[[tool.vetline]]\n", "takes no"),
    ],
)
def test_a_file_that_takes_no_more_is_told_about(text, says):
    (step,) = policy.steps(of(**{"pyproject.toml": text}))
    assert step.text is None
    assert says in step.advice
    assert "review = [" in step.advice


# -- what runs in CI


def steps(path):
    data = yaml.safe_load(path.read_text())
    if "runs" in data:
        return data["runs"]["steps"]
    return [step for job in data["jobs"].values() for step in job["steps"]]


def bash(script, where, **environ):
    known = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": os.environ["HOME"],
    }
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script], cwd=where, env=known | environ, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


def test_our_own_rules_find_nothing_in_what_is_written(repo):
    words = ["--ci", "github", "--ci", "gitlab", "--pre-commit", "--no-hooks", "--from", SOURCE]
    assert init.main(words) == 0
    for name in ("action.yml", ".pre-commit-hooks.yaml"):
        (repo / name).write_text((ROOT / name).read_text())
    done = subprocess.run(
        [sys.executable, "-m", "vetline", "check", "--persona", "auditor", "--fail-on", "info", "--output-format", "json"],
        cwd=repo, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert report["findings"] == []
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["workflow", "action"])
def test_actions_are_pinned_to_commits_and_scripts_hold_no_expression(repo, name):
    init.main(["--ci", "github", "--no-hooks", "--from", SOURCE])
    path = repo / github.PATH if name == "workflow" else ROOT / "action.yml"
    used = [step["uses"] for step in steps(path) if "uses" in step]
    assert used
    for action in used:
        _, _, rev = action.partition("@")
        assert len(rev) == 40
    assert not [step for step in steps(path) if "${{" in step.get("run", "")]
    assert not [step for step in steps(path) if "python -m" in step.get("run", "")], (
        "the folder is the change's"
    )


def test_the_action_and_the_workflow_use_the_same_actions(repo):
    init.main(["--ci", "github", "--no-hooks", "--from", SOURCE])
    ours = {step["uses"] for step in steps(ROOT / "action.yml") if "uses" in step}
    assert ours <= {step["uses"] for step in steps(repo / github.PATH) if "uses" in step}


@pytest.mark.parametrize("name", ["workflow", "action"])
def test_the_steps_of_github_judge_what_a_change_brings(repo, tmp_path, name):
    init.main(["--ci", "github", "--no-hooks", "--from", SOURCE])
    path = repo / github.PATH if name == "workflow" else ROOT / "action.yml"
    scripts = {
        step.get("id") or step.get("name"): step["run"] for step in steps(path) if "run" in step
    }
    gate = scripts.get("gate") or scripts["Ask the gate"]
    (repo / "old.py").write_text(BAD)
    sh(repo, "add", "-A")
    sh(repo, "commit", "-q", "-m", "x")
    base = sh(repo, "rev-parse", "HEAD").strip()
    output, runner = tmp_path / "output", tmp_path / "runner" / "vetline" / "bin"
    runner.mkdir(parents=True)
    (runner / "vetline").symlink_to(Path(sys.executable).with_name("vetline"))
    environ = {
        "BASE": base, "PATHS": ".\n", "POLICY": "", "SARIF": "vetline.sarif", "GITHUB_OUTPUT": str(output),
        "RUNNER_TEMP": str(tmp_path / "runner"),
    }  # fmt: skip
    (repo / "fine.py").write_text("x = 1\n")
    sh(repo, "add", "fine.py")
    sh(repo, "commit", "-q", "-m", "x")
    done = bash(gate, repo, **environ)
    assert done.returncode == 0, done.stdout + done.stderr
    (repo / "new.py").write_text(BAD)
    done = bash(gate, repo, **environ)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "file=new.py" in done.stdout
    assert "old.py" not in done.stdout
    assert json.loads((repo / "vetline.sarif").read_text())["version"] == "2.1.0"
    if name == "action":
        assert output.read_text() == "exit-code=0\nexit-code=1\n"
    done = bash(gate, repo, **environ | {"BASE": "0" * 40})
    assert "old.py" in done.stdout, "with nothing to compare with, all of it is judged"


@pytest.mark.parametrize("name", ["workflow", "action"])
def test_the_notes_come_with_the_token_and_the_token_stays_nowhere(repo, tmp_path, name):
    init.main(["--ci", "github", "--no-hooks", "--from", SOURCE])
    path = repo / github.PATH if name == "workflow" else ROOT / "action.yml"
    (fetch,) = [step["run"] for step in steps(path) if "refs/notes" in step.get("run", "")]
    sh(repo, "add", "-A")
    sh(repo, "commit", "-q", "-m", "x")
    sh(repo, "notes", "--ref=vetline", "add", "-m", "who")
    sh(tmp_path, "clone", "-q", str(repo), "clone")
    clone = tmp_path / "clone"
    done = bash(
        fetch, clone, GITHUB_TOKEN="s3cret-token", TOKEN="s3cret-token", GITHUB_BASE_REF="trunk"
    )
    assert done.returncode == 0, done.stderr
    assert sh(clone, "notes", "--ref=vetline", "list").strip()
    assert "s3cret" not in (clone / ".git" / "config").read_text()
    assert "extraheader" not in (clone / ".git" / "config").read_text()


def test_the_job_of_gitlab_judges_what_a_change_brings(repo):
    init.main(["--ci", "gitlab", "--no-hooks", "--from", SOURCE])
    job = yaml.safe_load((repo / gitlab.PATH).read_text())["vetline"]
    script = "\n".join(
        line for line in job["script"] if "pip install" not in line and "git fetch" not in line
    )
    (repo / "old.py").write_text(BAD)
    sh(repo, "add", "-A")
    sh(repo, "commit", "-q", "-m", "x")
    base = sh(repo, "rev-parse", "HEAD").strip()
    environ = {"VETLINE_FROM": SOURCE, "CI_COMMIT_BEFORE_SHA": base}
    done = bash(script, repo, **environ)
    assert done.returncode == 0, done.stdout + done.stderr
    (repo / "new.py").write_text(BAD)
    done = bash(script, repo, **environ)
    assert done.returncode == 1
    (report,) = json.loads((repo / "gl-code-quality-report.json").read_text())
    assert report["location"]["path"] == "new.py"
    assert bash(script, repo, VETLINE_FROM="").returncode == 3
    included = yaml.safe_load((repo / ".gitlab-ci.yml").read_text())["include"]
    assert included == [{"local": gitlab.PATH}]


def test_the_hooks_for_pre_commit_name_commands_that_there_are():
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    (written,) = pre_commit.steps(of())
    (own,) = yaml.safe_load(written.text)["repos"][0]["hooks"]
    for hook in (*hooks, own):
        words = hook["entry"].split()
        assert words[0] == "vetline"
        done = subprocess.run(
            [sys.executable, "-m", "vetline", words[1], "--help"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert all(word in done.stdout for word in words[2:] if word != "HEAD")


def test_the_component_for_gitlab_is_the_job_that_is_written(repo):
    init.main(["--ci", "gitlab", "--no-hooks", "--from", SOURCE])
    text = (ROOT / "templates" / "gate.yml").read_text()
    spec = next(iter(yaml.safe_load_all(text)))["spec"]["inputs"]
    for name, given in spec.items():
        text = text.replace(f"$[[ inputs.{name} ]]", given.get("default", SOURCE))
    _, component = yaml.safe_load_all(text)
    written = yaml.safe_load((repo / gitlab.PATH).read_text())
    for job in (component["vetline"], written["vetline"]):
        assert "exit 3" in job["script"].pop(0)
    assert component == written
    assert "$[[" not in text
