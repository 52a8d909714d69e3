"""What git's history knows of who wrote a line: recorded, read, and carried along when commits are remade."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hooks import Hooks
from repositories import sh

from vetline import git, history
from vetline.doors import git_hook
from vetline.git import GitError
from vetline.history import Trailer, asking, changes, trailers
from vetline.provenance import UNKNOWN, Attribution, Origin, State, Tier

AI = Origin(Tier.REPORTED, agent="claude-code", model="opus", session="s", turn="t", source="hook")
STATES = {"ai": State.AI, "me": State.HUMAN, "mix": State.MIXED}


def tracked(snapshot) -> list[Attribution]:
    """What is known of a text: the first word of a line says who wrote it."""
    found = []
    for line in map(snapshot.line_text, range(len(snapshot.line_starts))):
        state = STATES.get(line.split(" ")[0].strip(), State.UNKNOWN)
        found.append(Attribution(state, AI if state in (State.AI, State.MIXED) else None))
    return found


class Repository:
    """A repository whose hooks are answered."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        sh(root, "init", "-q", "-b", "main")
        self.hooks = Hooks(root, lambda snapshot: self.live(snapshot))  # noqa: PLW0108 - `live` is changed later
        self.live = tracked
        self.commit("old 1\nold 2\nold 3\nold 4\n")

    def git(self, *words: str, fails: bool = False) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=Ana", "-c", "user.email=ana@example.org", *words],
            cwd=self.root, capture_output=True, text=True, timeout=60, check=False,
            env={**os.environ, "GIT_EDITOR": "true"},
        )  # fmt: skip
        if self.hooks.error:
            raise self.hooks.error
        assert (done.returncode != 0) == fails, (words, done.stdout, done.stderr)
        return done.stdout.strip()

    def write(self, text: str, path: str = "a.py") -> None:
        place = self.root / path
        place.parent.mkdir(exist_ok=True)
        place.write_text(text)

    def commit(self, text: str = "", path: str = "a.py", *words: str) -> str:
        if text:
            self.write(text, path)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x", *words)
        return self.git("rev-parse", "HEAD")

    def forget(self) -> None:
        """From now on nothing is known but what git has."""
        self.live = lambda snapshot: [UNKNOWN] * len(snapshot.line_starts)

    def known(self, rev: str = "HEAD", path: str = "a.py") -> str:
        """A letter a line: what is known of it."""
        found = history.committed(self.root, path, rev)
        if found is None:
            return ""
        lines = found.text.split("\n")
        assert len(found.lines) == len(found.commits) == len(lines)
        return "".join((one.state[0] if one else ".") for one in found.lines[: len(lines) - 1])


@pytest.fixture
def repo(tmp_path):
    made = Repository(tmp_path / "repo")
    yield made
    made.hooks.close()
    assert made.hooks.error is None


def test_a_commit_is_noted(repo):
    commit = repo.commit("old 1\nai line_1\nme line_1\nmix line_1\nold 2\nother\nold 3\n")
    assert repo.known() == ".ahm..."
    found = history.committed(repo.root, "a.py")
    assert found.text == "old 1\nai line_1\nme line_1\nmix line_1\nold 2\nother\nold 3\n"
    assert found.commits[1] == commit
    origin = found.lines[1].origin
    assert (origin.tier, origin.source, origin.agent) == (Tier.IMPORTED, "notes", "claude-code")
    assert (origin.model, origin.session, origin.turn) == ("opus", "s", "t")
    assert found.lines[2].origin.human == "Ana <ana@example.org>"
    assert history.noted(repo.root) == {"a.py"}
    assert history.has_notes(repo.root)


def test_lines_that_a_commit_does_not_add_get_no_entry(repo):
    repo.live = lambda snapshot: [Attribution(State.AI, AI)] * len(snapshot.line_starts)
    repo.commit("old 1\nnew\nold 2\nold 3\nold 4\n")
    assert repo.known() == ".a..."


def test_nothing_to_say_is_no_note(repo):
    repo.commit("old 1\nnew\n")
    assert not history.has_notes(repo.root)
    assert history.committed(repo.root, "a.py") is None
    assert repo.git("for-each-ref", "refs/notes") == ""


def test_without_notes_git_is_not_run(repo, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert history.committed(repo.root, "a.py") is None
    repo.commit = None
    assert history.rewritten(repo.root, [("0" * 40, "1" * 40)]) == 0
    with pytest.raises(GitError, match="not in a git repository"):
        history.committed(Path(repo.root.anchor), "a.py")
    assert not history.has_notes(Path(repo.root.anchor))


def test_what_is_not_there_is_not_known(repo):
    repo.commit("ai line_1\n")
    for path, rev in (
        ("nope", "HEAD"),
        ("a.py", "nope"),
        ("a.py", "--all"),
        ("", "HEAD"),
        ("a\nb", "HEAD"),
    ):
        assert history.committed(repo.root, path, rev) is None
    with pytest.raises(GitError, match="is not a commit here"):
        history.record(repo.root, "nope", tracked)


def test_later_edits_of_people(repo):
    repo.commit("old 1\nai line_1\nai line_2\nai line_3\nold 2\n")
    repo.forget()
    repo.commit("new 0\nold 1\nai line_1\nnew 2\nai line_3\nold 2\n")
    assert repo.known() == "..a.a."


def test_a_renamed_file(repo):
    repo.commit("old 1\nai one 1\nai two 2\nold 2\nold 3\nold 4\n")
    repo.git("mv", "a.py", "b c.py")
    repo.forget()
    repo.commit()
    assert repo.known(path="b c.py") == ".aa..."
    repo.live = tracked
    repo.commit("old 1\nai one 1\nai two 2\nold 2\nold 3\nai line_4\n", "b c.py")
    repo.forget()
    old = repo.git("rev-parse", "HEAD~1", "HEAD").split()
    repo.git("reset", "-q", "--hard", "HEAD~2")
    repo.write("x\n", "z.py")
    base = repo.commit()
    repo.git("cherry-pick", *old)
    assert repo.git("rev-parse", "HEAD~2") == base
    assert repo.known(path="b c.py") == ".aa..a"


# -- a text that occurs twice


def test_a_persons_line_is_not_taken_for_the_ais(repo):
    repo.commit("old 1\nai line_1\n    return None\nold 2\n")  # the AI's, says the next line
    repo.live = lambda snapshot: [Attribution(State.AI, AI)] * len(snapshot.line_starts)
    repo.commit("old 1\nai line_1\nai line_2\n    return None\nold 2\n", "b.py")
    assert repo.known(path="b.py") == "aaaaa"
    repo.forget()
    repo.commit(
        "old 1\nai line_1\nai line_2\n    return None\nperson\n    return None\nold 2\n", "b.py"
    )
    assert repo.known(path="b.py") == "aaa...a", "which of the two is the AI's cannot be told"
    repo.commit("old 1\nai line_1\nperson\n    return None\nold 2\n", "b.py")
    assert repo.known(path="b.py") == "aa..a"


def test_lines_like_no_other_are_known_whatever_stands_around_them(repo):
    repo.commit("old 1\nai verify=False\nold 2\nold 3\n")
    repo.forget()
    repo.commit("new 1\nai verify=False\nnew 2\nold 3\n")
    assert repo.known() == ".a.."
    repo.commit("new 1\nnew 2\nold 3\n")
    repo.commit("new 1\nnew 2\nai verify=False\nold 3\n")
    assert repo.known() == "....", "that one was typed by somebody else"


# -- commits that are made of others


def test_amend(repo):
    repo.commit("old 1\nai line_1\nai line_2\nold 2\n")
    repo.forget()
    repo.commit("old 1\nai line_1\nnew\nai line_2\nold 2\nnew 2\n", "a.py", "--amend")
    assert repo.known() == ".a.a.."


def test_what_is_known_while_amending_holds(repo):
    repo.commit("old 1\nai line_1\nai line_2\nold 2\n")
    person = Attribution(State.HUMAN)
    repo.live = lambda _: [UNKNOWN, person, UNKNOWN, UNKNOWN, UNKNOWN]
    repo.commit("old 1\nai line_1\nai line_2\nold 2\n", "a.py", "--amend", "--allow-empty")
    assert repo.known() == ".ha."


def test_what_is_noted_already_is_not_written_again(repo):
    old = repo.commit("old 1\nai line_1\n")
    new = repo.commit("old 1\nai line_1\nold 2\n", "a.py", "--amend")
    at = repo.git("rev-parse", "refs/notes/vetline")
    assert history.rewritten(repo.root, [(old, new)]) == 1
    assert history.record(repo.root, new, tracked)
    assert repo.git("rev-parse", "refs/notes/vetline") == at


def branched(repo) -> None:
    """A branch with two commits of an AI's and a person's lines, and main gone on meanwhile."""
    repo.git("checkout", "-q", "-b", "branch")
    repo.commit("old 1\nold 2\nai line_1\nme line_1\nold 3\nold 4\n")
    repo.commit("old 1\nold 2\nai line_1\nme line_1\nai line_2\nold 3\nold 4\n")
    repo.git("checkout", "-q", "main")
    repo.commit("new 0\nold 1\nold 2\nold 3\nold 4\n")
    repo.git("checkout", "-q", "branch")
    repo.forget()


def test_rebase(repo):
    branched(repo)
    repo.git("rebase", "-q", "main")
    assert repo.known() == "...aha.."
    assert repo.known("HEAD~1") == "...ah.."


def test_rebase_without_hooks_of_single_commits(repo):
    branched(repo)
    repo.git("rebase", "-q", "--apply", "main")
    assert repo.known() == "...aha.."


def test_rebase_onto_moved_code(repo):
    block = "".join(f"def line {number}\n" for number in range(8))
    repo.commit(f"{block}old 1\nold 2\n")
    repo.git("checkout", "-q", "-b", "branch")
    repo.commit(f"{block}old 1\nold 2\nai line_1\nai line_2\n")
    repo.git("checkout", "-q", "main")
    repo.commit(f"old 1\nold 2\n{block}".replace("old 2\n", "old 2\n"), "b.py")
    repo.commit(f"{block[4:]}old 1\nold 2\n")
    repo.git("checkout", "-q", "branch")
    repo.forget()
    repo.git("rebase", "-q", "main")
    assert repo.known()[-2:] == "aa"


@pytest.mark.parametrize("word", ["squash", "fixup"])
def test_commits_that_are_joined(repo, word, monkeypatch):
    repo.commit("old 1\nai line_1\nme line_1\nai line_2\nold 2\n")
    repo.commit("old 1\nai line_1\nmix line_1\nme line_1\nold 2\nold 3\n")
    repo.commit("old 1\nai line_1\nmix line_1\nme line_1\nold 2\nold 3\nother\nai line_3\n")
    repo.forget()
    monkeypatch.setenv("GIT_SEQUENCE_EDITOR", f"sed -i -e '2,$s/^pick/{word}/'")
    repo.git("rebase", "-q", "-i", "HEAD~3")
    assert repo.git("rev-list", "--count", "HEAD") == "2"
    assert repo.known() == ".amh...a"


def test_a_conflict_that_an_ai_resolves(repo):
    repo.git("checkout", "-q", "-b", "branch")
    repo.commit("old 1\nai line_1\nold 3\nold 4\nai line_5\n")
    repo.git("checkout", "-q", "main")
    repo.commit("old 1\nnew 2\nold 3\nold 4\n")
    repo.git("checkout", "-q", "branch")
    repo.git("rebase", "-q", "main", fails=True)
    repo.write("old 1\nai both\nold 3\nold 4\nai line_5\n")
    repo.git("add", "-A")
    repo.live = lambda snapshot: [a if "both" in line else UNKNOWN
                                  for a, line in zip(tracked(snapshot), snapshot.text.split("\n"), strict=True)]  # fmt: skip
    repo.git("rebase", "--continue")
    assert repo.known() == ".a..a"


def test_cherry_picks(repo):
    branched(repo)
    repo.git("checkout", "-q", "main")
    asked = []
    repo.live = lambda snapshot: asked.append(snapshot) or tracked(snapshot)
    repo.git("cherry-pick", "branch~1", "branch")
    assert repo.known() == "...aha.."
    assert asked == [], "nothing was written now"


def test_a_cherry_pick_with_a_conflict(repo):
    repo.git("checkout", "-q", "-b", "branch")
    repo.commit("old 1\nai line_2\nold 3\nold 4\nai line_5\n")
    repo.git("checkout", "-q", "main")
    repo.commit("old 1\nnew 2\nold 3\nold 4\n")
    repo.forget()
    repo.git("cherry-pick", "branch", fails=True)
    repo.write("old 1\nnew 2\nold 3\nold 4\nai line_5\n")
    repo.git("add", "-A")
    repo.git("commit", "-q", "--no-edit")
    assert repo.known() == "....a"


@pytest.mark.parametrize("words", [("-m", "squashed"), ("--no-edit",)])
def test_a_squashed_merge(repo, words):
    branched(repo)
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--squash", "branch")
    repo.git("commit", "-q", *words)
    assert repo.known() == "...aha.."


def test_a_squash_that_was_given_up_says_nothing_of_the_next_commit(repo):
    branched(repo)
    text = (repo.root / "a.py").read_text()
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--squash", "branch")
    repo.git("reset", "-q", "--hard")
    repo.commit(text)
    assert repo.known() == "......."


def test_a_merge_and_its_conflict(repo):
    repo.git("checkout", "-q", "-b", "branch")
    repo.commit("old 1\nai line_2\nold 3\nold 4\nai line_5\n")
    repo.git("checkout", "-q", "main")
    repo.commit("old 1\nme line_2\nold 3\nold 4\n")
    repo.git("merge", "-q", "branch", fails=True)
    repo.write("old 1\nai both\nme line_2\nold 3\nold 4\nai line_5\n")
    repo.commit()
    assert len(repo.git("rev-parse", "HEAD^@").split()) == 2
    assert repo.known() == ".ah..a"
    note = repo.git("notes", "--ref=vetline", "show", "HEAD")
    assert [row.strip().partition(" ")[2] for row in note.split("---")[0].split("\n")[1:-1]] == [
        "2"
    ]


def test_stash_and_soft_reset(repo):
    """The text in the work tree is the same again: the tracker knows it."""
    repo.write("old 1\nai line_1\nold 2\n")
    repo.git("stash", "-q")
    repo.commit("x\n", "b.py")
    repo.git("stash", "pop", "-q")
    repo.commit()
    assert repo.known() == ".a."
    repo.git("reset", "-q", "--soft", "HEAD~2")
    repo.commit()
    assert repo.known() == ".a."


def test_a_linked_work_tree(repo, tmp_path):
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "linked")
    main, repo.root = repo.root, tmp_path / "linked"
    repo.hooks.root = repo.root
    commit = repo.commit("old 1\nai line_1\n")
    assert repo.known() == ".a"
    repo.forget()
    repo.hooks.root = repo.root = main
    repo.git("cherry-pick", commit)
    assert repo.known() == ".a"


# -- notes


def test_a_fresh_clone_knows_the_same(repo, tmp_path):
    branched(repo)
    bare = tmp_path / "bare.git"
    repo.git("init", "-q", "--bare", str(bare))
    repo.git("remote", "add", "origin", str(bare))
    repo.git("push", "-q", "origin", "--all")
    assert history.sync(repo.root, "origin") == "0 notes taken from origin; there are 2 now."
    clone = tmp_path / "clone"
    sh(tmp_path, "clone", "-q", "-b", "branch", str(bare), str(clone))
    assert history.committed(clone, "a.py") is None
    sh(clone, "fetch", "-q", "origin", "refs/notes/vetline:refs/notes/remotes/origin/vetline")
    want = history.committed(repo.root, "a.py", "branch")
    assert history.committed(clone, "a.py") == want, "notes that were fetched"
    assert history.sync(clone, "origin") == "2 notes taken from origin; there are 2 now."
    assert history.committed(clone, "a.py") == want
    # Both write, one after the other.
    repo.live = tracked
    repo.commit("ai one\n", "one.py")
    (clone / "two.py").write_text("ai two\n")
    sh(clone, "add", "-A")
    sh(clone, "commit", "-qm", "two")
    assert history.record(clone, "HEAD", tracked)
    assert history.sync(clone, "origin") == "0 notes taken from origin; there are 3 now."
    assert history.sync(repo.root, "origin") == "1 note taken from origin; there are 4 now."
    assert history.sync(clone, "origin") == "1 note taken from origin; there are 4 now."
    assert repo.known(path="one.py") == "a"
    assert history.sync(clone, "origin", push=False).startswith("0 notes")


def test_ours_are_never_overwritten(repo, tmp_path):
    commit = repo.commit("old 1\nai line_1\n")
    bare = tmp_path / "bare.git"
    repo.git("init", "-q", "--bare", str(bare))
    repo.git("remote", "add", "origin", str(bare))
    repo.git("notes", "--ref=theirs", "add", "-m", "theirs", commit)
    repo.git("push", "-q", "origin", "refs/notes/theirs:refs/notes/vetline")
    ours = repo.git("notes", "--ref=vetline", "show", commit)
    history.sync(repo.root, "origin")
    assert repo.git("notes", "--ref=vetline", "show", commit) == ours


@pytest.mark.parametrize("remote", ["nope", "--upload-pack=x", "", "/tmp"])
def test_a_remote_that_is_none(repo, remote):
    with pytest.raises(GitError, match="is no remote"):
        history.sync(repo.root, remote)


def test_notes_outlive_a_collection_of_garbage(repo):
    repo.commit("old 1\nai line_1\n")
    repo.git("gc", "-q", "--prune=now")
    assert not (repo.root / ".git/refs/notes/vetline").exists(), "the ref is packed"
    assert repo.known() == ".a"
    repo.commit("old 1\nai line_1\nai line_2\n")
    assert repo.known() == ".aa"
    repo.git("gc", "-q", "--prune=now")
    assert repo.known() == ".aa"


def test_many_notes_lie_in_folders(repo):
    """As git sorts them once there are many, and as one made by git itself."""
    commit = repo.commit("old 1\nai line_1\n")
    blob = repo.git("rev-parse", f"refs/notes/vetline:{commit}")
    for name in (f"{commit[:2]}/{commit[2:]}", f"{commit[:2]}/{commit[2:4]}/{commit[4:]}"):
        index = {"GIT_INDEX_FILE": str(repo.root / ".git/notes-index")}
        Path(index["GIT_INDEX_FILE"]).unlink(missing_ok=True)
        for words in (
            ["update-index", "--add", "--cacheinfo", f"100644,{blob},{name}"],
            ["write-tree"],
        ):
            tree = subprocess.run(["git", *words], cwd=repo.root, env={**os.environ, **index},
                                  check=True, capture_output=True, text=True, timeout=60).stdout.strip()  # fmt: skip
        made = repo.git("commit-tree", "-m", "notes", tree)
        repo.git("update-ref", "refs/notes/vetline", made)
        assert repo.known() == ".a"
    repo.commit("old 1\nai line_1\nai line_2\n")
    assert repo.known() == ".aa"


def test_damaged_and_foreign_notes(repo, caplog):
    commit = repo.commit("old 1\nai line_1\n")
    note = repo.git("notes", "--ref=vetline", "show", commit)
    repo.git("notes", "--ref=vetline", "add", "-f", "-m", "nonsense", commit)
    assert repo.known() == ".."
    assert f"the note on commit {commit[:12]} in refs/notes/vetline has no divider" in caplog.text
    repo.git("notes", "--ref=ai", "add", "-m", note.replace("claude-code", "git-ai"), commit)
    assert history.committed(repo.root, "a.py").lines[1].agent == "git-ai"
    repo.git("notes", "--ref=remotes/origin/vetline", "add", "-m", note, commit)
    assert history.committed(repo.root, "a.py").lines[1].agent == "claude-code"


def test_a_note_that_is_too_large(repo, caplog):
    commit = repo.commit("old 1\nai line_1\n")
    (repo.root / "large").write_text("x" * 1_000_001)
    blob = repo.git("hash-object", "-w", "large")
    repo.git("notes", "--ref=vetline", "add", "-f", "-C", blob, commit)
    assert repo.known() == ".."
    assert "is too large" in caplog.text


def test_two_write_at_once(repo):
    """Neither loses the other's notes."""
    names = [repo.commit(f"other {n}\n") for n in range(6)]
    program = (
        "import sys; from pathlib import Path; from vetline.history import asking, shelf\n"
        "r = asking.opened(Path(sys.argv[1]), 60)\n"
        "for n in sys.argv[2:]: shelf.write(r, {n: 'x'})\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(repo.root), *half])
        for half in (names[:3], names[3:])
    ]
    assert [one.wait(60) for one in running] == [0, 0]
    listed = repo.git("notes", "--ref=vetline", "list").split("\n")
    assert sorted(row.split(" ")[1] for row in listed) == sorted(names)


def test_nobody_needs_to_be_configured(repo, monkeypatch, tmp_path):
    commit = repo.commit("old 1\nai line_1\n")
    repo.git("update-ref", "-d", "refs/notes/vetline")
    for name, value in (("HOME", str(tmp_path)), ("GIT_CONFIG_GLOBAL", os.devnull), ("EMAIL", "")):
        monkeypatch.setenv(name, value)
    for name in (
        "GIT_AUTHOR_NAME",
        "GIT_AUTHOR_EMAIL",
        "GIT_COMMITTER_NAME",
        "GIT_COMMITTER_EMAIL",
    ):
        monkeypatch.delenv(name, raising=False)
    sh(repo.root, "config", "user.useConfigOnly", "true")
    # A hook's variables, of another work tree.
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    monkeypatch.setenv("GIT_NOTES_REF", "refs/notes/other")
    monkeypatch.setenv("GIT_DIFF_OPTS", "--unified=9")
    assert history.record(repo.root, commit, tracked)
    assert [one and one.state for one in history.committed(repo.root, "a.py").lines[:2]] == [
        None,
        "ai",
    ]


# -- texts


def test_line_ends_and_encodings(repo):
    repo.commit("old 1\r\nai line_1\r\nold 2\r\n")
    assert repo.known() == ".a."
    (repo.root / "b.py").write_bytes(b"# coding: latin-1\nai \xe9\nai one\rai two\nai line_3\n")
    repo.commit()
    found = history.committed(repo.root, "b.py")
    assert found.text.split("\n")[1] == "ai é"
    # Git counts a carriage return alone as a character; both halves are on one of its lines.
    assert [one.state if one else None for one in found.lines] == [
        None,
        "ai",
        "ai",
        "ai",
        "ai",
        None,
    ]


def test_what_has_no_lines(repo):
    (repo.root / "binary").write_bytes(b"ai line_1\n\0\n")
    (repo.root / "link").symlink_to("ai line_1")
    (repo.root / "empty").touch()
    repo.commit("old 1\nai line_1\n")
    assert history.noted(repo.root) == {"a.py"}
    assert history.committed(repo.root, "link") is not None
    assert repo.known(path="empty") == ""


def test_odd_paths(repo):
    for path in ("é ü.py", "[x].py", ":(top)y.py", 'q"uote.py', "tab\tb.py"):
        repo.commit("ai line_1\nai line_2\n", path)
        repo.forget()
        repo.commit("new\nai line_1\nnew 2\n    return None\n", path)
        repo.live = tracked
    assert repo.known(path="é ü.py") == repo.known(path="[x].py") == repo.known(path=":(top)y.py")
    assert repo.known(path="[x].py") == ".a.."
    assert repo.known(path='q"uote.py') == "....", "the format cannot hold it"


def test_the_first_commit_and_one_of_many_files(tmp_path):
    root = tmp_path / "r"
    root.mkdir()
    sh(root, "init", "-q", "-b", "main")
    for number in range(30):
        (root / f"{number}.py").write_text("ai line_1\n")
    sh(root, "add", "-A")
    sh(root, "commit", "-qm", "x")
    assert history.record(root, "HEAD", tracked)
    assert len(history.noted(root)) == 30


def test_a_repository_of_long_names(tmp_path):
    sh(tmp_path, "init", "-q", "-b", "main", "--object-format=sha256")
    (tmp_path / "a.py").write_text("ai line_1\nx\n")
    sh(tmp_path, "add", "-A")
    sh(tmp_path, "commit", "-qm", "x")
    assert history.record(tmp_path, "HEAD", tracked)
    assert history.committed(tmp_path, "a.py").lines[0].state is State.AI


def test_differences_without_a_line_end(repo):
    repo.commit("a\nb", "b.py")
    repo.commit("a\nc\nd", "b.py")
    head, before = repo.git("rev-parse", "HEAD", "HEAD~1").split()
    (changed,) = changes.between(asking.opened(repo.root, 9), [(head, before)])
    assert changed["b.py"].hunks == (changes.Hunk(2, 2, (b"b",), (b"c", b"d")),)
    assert changed["b.py"].unchanged(range(1, 4)) == {1: 1}


# -- nothing that the repository names is run


@pytest.mark.parametrize("part", ["textconv", "command"])
def test_no_driver_of_differences_is_run(repo, tmp_path, part):
    trap = tmp_path / "trap"
    trap.write_text(f'#!/bin/sh\ntouch {tmp_path}/sprung\ncat "$1"\n')
    trap.chmod(0o700)
    (repo.root / ".git/info/attributes").write_text("* diff=evil\n")
    for name in (
        f"diff.evil.{part}",
        "diff.external",
        "core.fsmonitor",
        "core.pager",
        "gpg.program",
    ):
        sh(repo.root, "config", name, str(trap))
    sh(repo.root, "config", "commit.gpgsign", "false")
    shutil.copy(trap, repo.root / ".git/hooks/reference-transaction")
    (repo.root / ".git/hooks/reference-transaction").unlink()
    repo.commit("ai line_1\n    return None\n")
    (tmp_path / "sprung").unlink(missing_ok=True)  # git's own commands may run it
    shutil.copy(trap, repo.root / ".git/hooks/reference-transaction")
    commit = repo.git("rev-parse", "HEAD")
    before = repo.git("rev-parse", "HEAD~1")
    (tmp_path / "sprung").unlink(missing_ok=True)
    assert history.record(repo.root, commit, tracked)
    history.rewritten(repo.root, [(before, commit)])
    assert repo.known() == "a."
    assert not (tmp_path / "sprung").exists()


# -- trailers


@pytest.mark.parametrize(
    ("line", "trailer"),
    [
        ("Co-Authored-By: Claude <noreply@anthropic.com>", ("claude-code", "", "co-authored-by")),
        ("Co-authored-by: Claude Opus 4.6 <noreply@anthropic.com>",
         ("claude-code", "Claude Opus 4.6", "co-authored-by")),
        ("Co-authored-by: Copilot <223556219+Copilot@users.noreply.github.com>",
         ("copilot", "", "co-authored-by")),
        ("Assisted-by: Claude:claude-3-opus coccinelle sparse",
         ("claude-code", "claude-3-opus", "assisted-by")),
        ("Assisted-by: Claude Code:claude-opus-4.6 [lint] [sparse]",
         ("claude-code", "claude-opus-4.6", "assisted-by")),
        ("Assisted-by: Copilot (GPT-5.4)", ("copilot", "GPT-5.4", "assisted-by")),
        ("Assisted-by: Claude Code / opus", ("claude-code", "opus", "assisted-by")),
        ("Generated-by: Codex", ("codex", "", "generated-by")),
        ("Generated-by: Some Tool 1.0", ("Some Tool 1.0", "", "generated-by")),
    ],
)  # fmt: skip
def test_a_trailer(line, trailer):
    assert trailers(f"Mend it\n\nWhy.\n\n{line}\n") == [Trailer(*trailer)]


@pytest.mark.parametrize(
    "message",
    ["", "Claude", "Co-authored-by: Claude Monet <claude@example.org>", "Signed-off-by: A <a@b.c>",
     "Co-authored-by: noreply@anthropic.com", "Assisted-by:", "a" * 100_000, "\n" * 100_000],
)  # fmt: skip
def test_no_trailer(message):
    assert trailers(message) == []


def test_a_trailer_makes_no_line_an_ais(repo):
    repo.commit("ai line_1\n", "b.py")
    said = "Generated-by: Codex"
    commit = repo.commit("old 1\nnew\nold 2\n", "a.py", "-m", said)
    found = history.committed(repo.root, "a.py")
    assert found.flags == {commit: Trailer("codex", "", "generated-by")}
    assert set(found.lines) == {None}


# -- the command


def hook(root: Path, *words: str, told: str = "") -> subprocess.CompletedProcess[str]:
    program = "import sys; from vetline.doors.git_hook import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.run([sys.executable, "-c", program, *words], cwd=root, input=told, text=True,
                          capture_output=True, timeout=60, check=False)  # fmt: skip


def test_a_repository_without_records_is_left_alone(repo):
    program = (
        "import sys; before = set(sys.modules); from vetline.doors.git_hook import main\n"
        "code = main(sys.argv[1:]); new = set(sys.modules) - before\n"
        "sys.exit(code or ','.join(new & {'subprocess', 'vetline.git', 'vetline.history', 'pathlib', 'sqlite3'}) or None)"
    )
    before = sorted((repo.root / ".git").rglob("*"))
    for words in (
        ["prepare-commit-msg", "x"],
        ["post-commit"],
        ["post-rewrite", "amend"],
        ["post-merge", "1"],
    ):
        done = subprocess.run([sys.executable, "-c", program, *words], cwd=repo.root, text=True, input="",
                              capture_output=True, timeout=60, check=False)  # fmt: skip
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert sorted((repo.root / ".git").rglob("*")) == before


def test_the_hooks_by_their_command(repo):
    old = repo.commit("old 1\nai line_1\nold 2\n")
    repo.git("cherry-pick", "--no-commit", "HEAD")
    new = repo.git("commit-tree", "-m", "new", "-p", "HEAD~1", "HEAD^{tree}")
    done = hook(repo.root, "post-rewrite", "amend", told=f"{old} {new}\nnonsense\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert repo.known(new) == ".a."
    for words in (
        ["prepare-commit-msg", ".git/COMMIT_EDITMSG"],
        ["post-commit"],
        ["post-merge", "1"],
    ):
        done = hook(repo.root, *words)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_fault_is_one_line_and_no_failure(repo):
    repo.commit("old 1\nai line_1\n")
    shutil.rmtree(repo.root / ".git/objects")
    (repo.root / ".git/objects").mkdir()
    done = hook(repo.root, "post-commit")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("vetline git-hook post-commit: ")
    assert done.stderr.count("\n") == 1


def test_what_does_not_come_back_is_left(tmp_path):
    program = (
        "import sys, time; from vetline.doors import git_hook as g; g._SECONDS, g._GRACE = 0.05, 0.05\n"
        "g.places.place_of = lambda path: time.sleep(50)\n"
        "sys.exit(g.main(['post-commit']) + 1)"
    )
    start = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, text=True, timeout=40,
                          capture_output=True, check=False)  # fmt: skip
    assert time.monotonic() - start < 30
    assert (done.returncode, done.stderr) == (0, "vetline git-hook post-commit: took over 0.1 s\n")


def test_wrong_usage(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert git_hook.main([]) == git_hook.main(["nope"]) == 2
    assert "usage: vetline git-hook" in capsys.readouterr().err
    assert git_hook.main(["--help"]) == 0
    assert git_hook.main(["post-commit"]) == 0, "outside a repository there is nothing to do"


def test_refs_are_read_without_git(repo, monkeypatch):
    repo.commit("ai line_1\n")
    at = repo.git("rev-parse", "refs/notes/vetline")
    common = repo.root / ".git"
    monkeypatch.setattr(git, "_REFS", 10)
    repo.git("pack-refs", "--all")
    assert git.refs(common, "refs/notes/") == {"refs/notes/vetline": at}, (
        "too many to read: git is asked"
    )
    monkeypatch.undo()
    monkeypatch.setenv("PATH", "")
    assert git.refs(common, "refs/notes/") == {"refs/notes/vetline": at}
    (common / "refs/notes").mkdir(exist_ok=True)
    (common / "refs/notes/broken").write_text("nonsense")
    (common / "refs/notes/vetline").write_text("1" * 40 + "\n")
    assert git.refs(common, "refs/notes/") == {"refs/notes/vetline": "1" * 40}


def test_where_sources_say_different_things_none_is_believed_whoever_comes_third(repo):
    for name, who in (("one", "ai"), ("two", "me"), ("three", "ai")):
        repo.git("checkout", "-q", "-b", name, "main")
        repo.live = lambda snapshot, who=who: (
            [Attribution(STATES[who], AI if who == "ai" else None)] * len(snapshot.line_starts)
        )
        repo.commit("old 1\nold 2\nold 3\nold 4\nline_5 of all\n", "a.py", "-m", name)
        repo.commit(f"{name}\n", f"{name}.py")
    repo.git("checkout", "-q", "main")
    repo.forget()
    repo.git("merge", "-q", "--squash", "one", "two", "three")
    repo.git("commit", "-q", "--no-edit")
    assert [repo.known(path=path) for path in ("a.py", "one.py", "two.py")] == [".....", "a", "h"]


def test_a_clone_that_was_cut_off_is_known_for_one(tmp_path):
    origin = tmp_path / "origin"
    origin.mkdir()
    sh(origin, "init", "-q")
    for number in range(2):
        (origin / "a.py").write_text(f"x = {number}\n")
        sh(origin, "add", ".")
        sh(origin, "commit", "-qm", f"{number}")
    sh(origin, "notes", "--ref=refs/notes/vetline", "add", "-m", "a.py", "HEAD~1")
    fetch = ("fetch", "-q", "origin", "refs/notes/vetline:refs/notes/vetline")
    for name, depth in (("whole", ()), ("cut", ("--depth=1",))):
        sh(tmp_path, "clone", "-q", *depth, origin.as_uri(), name)
        assert not history.is_cut(tmp_path / name)
        sh(tmp_path / name, *fetch)
    assert history.is_cut(tmp_path / "cut")
    assert not history.is_cut(tmp_path / "whole")
