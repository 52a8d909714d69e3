"""Git's hooks from end to end: an agent's report, a commit, and what the note on it says."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from repositories import sh

from vetline import history
from vetline.authors import Authors
from vetline.doors import git_hook
from vetline.git import GitError
from vetline.provenance import UNKNOWN, Attribution, Origin, State, Tier
from vetline_analyzers.core.text import Snapshot

LINES = "".join(f"line {number} of a person\n" for number in range(1, 9))
OURS = "def by_an_agent(cursor):\n"


class Agent:
    """Somebody whose edits are reported, and a repository whose hooks are called by hand."""

    def __init__(self, root):
        self.root = root
        sh(root, "init", "-q", "-b", "main")
        for name, value in (("user.name", "Ana"), ("user.email", "ana@example.org")):
            sh(root, "config", name, value)
        (root / "a.py").write_text(LINES)
        self.commit()

    def edits(self, path, *, put=OURS, after="line 4 of a person\n"):
        place = self.root / path
        text = place.read_text() if place.exists() else ""
        new = text.replace(after, after + put) if text else put
        place.write_text(new)
        payload = {
            "session_id": "s", "cwd": str(self.root), "hook_event_name": "PostToolUse",
            "tool_name": "Write", "tool_use_id": path,
            "tool_input": {"file_path": str(place), "content": new},
            "tool_response": {"type": "update" if text else "create", "filePath": str(place),
                              "content": new, "originalFile": text or None, "structuredPatch": []},
        }  # fmt: skip
        program = "import sys; from vetline.doors.hook import main; sys.exit(main([]))"
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=self.root, input=json.dumps(payload), text=True,
            capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def commit(self):
        sh(self.root, "add", "-A")
        sh(self.root, "commit", "-q", "-m", "x")
        assert git_hook.main(["post-commit"]) == 0

    def noted(self, path):
        """The lines that notes call an AI's."""
        found = history.committed(self.root, path)
        if found is None:
            return ""
        lines = found.text.splitlines(keepends=True)
        return "".join(
            line
            for line, said in zip(lines, found.lines, strict=False)
            if said and said.state is State.AI
        )


@pytest.fixture
def agent(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    root = tmp_path / "repo"
    root.mkdir()
    monkeypatch.chdir(root)
    return Agent(root)


def test_what_was_reported_is_noted(agent):
    agent.edits("a.py")
    agent.commit()
    assert agent.noted("a.py") == OURS


@pytest.mark.parametrize("person", ["", "a line that a person put first\n"])
def test_what_was_renamed_before_it_was_committed_is_noted(agent, person):
    agent.edits("a.py")
    text = (agent.root / "a.py").read_text()
    (agent.root / "a.py").unlink()
    (agent.root / "b.py").write_text(person + text)
    agent.commit()
    assert agent.noted("b.py") == OURS


def test_a_new_file_in_the_place_of_a_reported_one_is_not_the_agents(agent):
    agent.edits("a.py")
    (agent.root / "a.py").unlink()
    (agent.root / "b.py").write_text(LINES + "a line that a person put last\n")
    agent.commit()
    assert agent.noted("b.py") == ""


def test_authors_are_asked_of_files_with_a_record_only(agent, monkeypatch):
    agent.edits("a.py")
    agent.edits("new.py", put="def another_one(window):\n")
    Authors(agent.root).drain()
    for number in range(3):
        (agent.root / f"{number}.py").write_text(f"a person wrote file {number}\n")
    asked = []
    tracker = Authors.tracker

    def counted(self, snapshot, *, keep=True):
        asked.append(snapshot.path)
        return tracker(self, snapshot, keep=keep)

    monkeypatch.setattr(Authors, "tracker", counted)
    agent.commit()
    assert sorted(asked) == ["a.py", "new.py"]
    assert agent.noted("a.py") == OURS


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not allow")
@pytest.mark.parametrize(
    "name", ["back\\slash.py", "tab\there.py", "bell\a\\t.py", "\\303\\274 ü.py"]
)
def test_names_that_git_puts_in_quotes(agent, name):
    agent.edits(name)
    agent.commit()
    assert agent.noted(name) == OURS


def test_a_partial_clone_says_what_to_do(agent, tmp_path):
    agent.edits("a.py")
    agent.commit()
    sh(agent.root, "config", "uploadpack.allowFilter", "true")
    sh(tmp_path, "-c", "protocol.file.allow=always", "clone", "-q", "--filter=blob:none",
       f"file://{agent.root}", "part")  # fmt: skip
    part = tmp_path / "part"
    sh(part, "fetch", "-q", "origin", "refs/notes/vetline:refs/notes/vetline")
    with pytest.raises(GitError, match=r"^this clone has only a part of it: run `git fetch --"):
        history.committed(part, "a.py")
    sh(part, "fetch", "-q", "--refetch", "--no-filter", "origin", "refs/notes/vetline", "main")
    found = history.committed(part, "a.py")
    assert [said is not None for said in found.lines].count(True) == 1


def test_what_a_person_typed_is_known_in_another_clone(agent, tmp_path):
    typed = Attribution(State.HUMAN, Origin(Tier.OBSERVED, human="Ada", source="typed", ai=False))
    text = LINES + "a line that Ada typed\n"
    (agent.root / "a.py").write_text(text)
    sh(agent.root, "commit", "-q", "-a", "-m", "x")
    history.record(agent.root, "HEAD", lambda _: [UNKNOWN] * 8 + [typed, UNKNOWN])
    sh(tmp_path, "clone", "-q", str(agent.root), "other")
    other = tmp_path / "other"
    sh(other, "fetch", "-q", "origin", "refs/notes/vetline:refs/notes/vetline")
    said = Authors(other).attributions(Snapshot("", "python", 1, text, "a.py"))
    assert said[7].state is State.UNKNOWN
    assert (said[8].state, said[8].origin.human) == (State.HUMAN, "Ada")
