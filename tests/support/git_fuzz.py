"""Random history in a real repository, and an independent model that knows who wrote each line.

Lines are told by their text: each is unlike any other, so that its author is known wherever git takes it.
Lines that are not (`return None`) are known by the one before them, to which they belong.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hooks import Hooks

from vetline import history
from vetline.provenance import UNKNOWN, Attribution, Origin, State, Tier

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from vetline_analyzers.core.text import Snapshot

COMMON = ("    return None", "}", "    pass", "    else:", "    x = 1")
FILES = ("a.py", "lib/b.py", "c d.js")
AI = Origin(Tier.REPORTED, agent="claude-code", model="opus", session="s1", source="hook")
STATES = {"ai": State.AI, "human": State.HUMAN, "mixed": State.MIXED}
CONFLICT = re.compile(r"<<<<<<< [^\n]*\n(.*?)=======\n(.*?)>>>>>>> [^\n]*\n", re.DOTALL)


@dataclass
class Fuzz:
    """A repository, the model, and what is done to both."""

    root: Path
    random: Random
    who: dict[str, str] = field(default_factory=dict)  # a line's text → its author
    follows: dict[str, str] = field(
        default_factory=dict
    )  # → the author of the common line after it
    fresh: set[str] = field(default_factory=set)  # lines that were written and not yet committed
    done: Counter[str] = field(default_factory=Counter)
    count: int = 0
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")
        for name, value in (("user.name", "Ana"), ("user.email", "ana@example.org")):
            self.git("config", name, value)
        self.git("config", "commit.gpgsign", "false")
        self.git("config", "gc.auto", "0")
        self.hooks = Hooks(self.root, self.live)
        for path in FILES:
            self.write(path, [self.line("human") for _ in range(12)])
        self.commit()

    # -- the model

    def line(self, author: str) -> str:
        self.count += 1
        text = f"    {author}_{self.count:05d} = call({self.random.randrange(10**6)})"
        self.who[text] = author
        self.fresh.add(text)
        return text

    def block(self, author: str) -> list[str]:
        lines = [self.line(author) for _ in range(self.random.randint(1, 4))]
        if self.random.random() < 0.6:
            self.follows[lines[-1]] = author
            lines.append(self.random.choice(COMMON))
        return lines

    def authors(self, lines: list[str]) -> list[str]:
        """Of each line its author; "" of what is nobody's."""
        return [
            self.who.get(text) or (self.follows.get(before, "") if text in COMMON else "")
            for before, text in zip(["", *lines], lines, strict=False)
        ]

    def live(self, snapshot: Snapshot) -> list[Attribution]:
        """What a tracker knows of a committed text: who wrote what was written since the last commit."""
        lines = snapshot.text.split("\n")
        found = []
        for before, text, author in zip(["", *lines], lines, self.authors(lines), strict=False):
            known = text in self.fresh or (text in COMMON and before in self.fresh)
            state = STATES[author] if known and author else None
            origin = AI if state in (State.AI, State.MIXED) else None
            found.append(Attribution(state, origin) if state else UNKNOWN)
        return found

    # -- git

    def git(self, *words: str, ok=(0,), **variables: str) -> str:
        environ = {**os.environ, "GIT_EDITOR": "true", "GIT_MERGE_AUTOEDIT": "no", **variables}
        done = subprocess.run(
            ["git", *words], cwd=self.root, capture_output=True, text=True, timeout=60,
            check=False, env=environ,
        )  # fmt: skip
        if getattr(self, "hooks", None) and self.hooks.error:
            raise self.hooks.error
        if ok is not None and done.returncode not in ok:
            raise AssertionError((words, done.stdout, done.stderr, self.log[-5:]))
        self.failed = done.returncode != 0
        return done.stdout.strip()

    def read(self, path: str, at: str = "") -> list[str]:
        if at:
            return self.git("show", f"{at}:{path}", ok=None).split("\n")
        with suppress(FileNotFoundError):
            return (self.root / path).read_text().split("\n")[:-1]
        return []

    def write(self, path: str, lines: list[str]) -> None:
        place = self.root / path
        place.parent.mkdir(exist_ok=True)
        place.write_text("".join(f"{line}\n" for line in lines))

    def commit(self, *words: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", f"c{self.count}", *words)
        self.fresh.clear()

    def branches(self) -> list[str]:
        return self.git("for-each-ref", "--format=%(refname:short)", "refs/heads").split()

    def other(self) -> str:
        here = self.git("branch", "--show-current")
        return self.random.choice([b for b in self.branches() if b != here] or [here])

    # -- what people and agents do to a file

    def edit(self) -> None:
        for _ in range(self.random.randint(1, 3)):
            path = self.random.choice(FILES)
            lines = self.read(path)
            for _ in range(self.random.randint(1, 3)):
                how = self.random.choice(
                    (self.insert, self.insert, self.remove, self.change, self.move)
                )
                lines = how(lines)
            self.write(path, lines)

    def cut(self, lines: list[str]) -> int:
        """A place where lines can be parted: a common line stays with the one before it."""
        places = [at for at in range(len(lines) + 1) if at == len(lines) or lines[at] not in COMMON]
        return self.random.choice(places)

    def insert(self, lines: list[str]) -> list[str]:
        at = self.cut(lines)
        block = self.block(self.random.choice(("ai", "human")))
        if self.random.random() < 0.3:
            block += self.block(self.random.choice(("ai", "human")))
        return lines[:at] + block + lines[at:]

    def remove(self, lines: list[str]) -> list[str]:
        first, last = sorted((self.cut(lines), self.cut(lines)))
        last = self.cut_after(lines, min(last, first + 4))
        return lines[:first] + lines[last:] if len(lines) > 12 else lines

    def cut_after(self, lines: list[str], at: int) -> int:
        while at < len(lines) and lines[at] in COMMON:
            at += 1
        return at

    def change(self, lines: list[str]) -> list[str]:
        """A person rewrites or retouches a line, or an agent rewrites it."""
        at = self.random.randrange(len(lines)) if lines else 0
        if not lines or lines[at] in COMMON:
            return lines
        old = lines[at]
        touched = "mixed" if self.who[old] in ("ai", "mixed") else "human"
        new = self.line(self.random.choice(("ai", "human", touched)))
        self.follows[new] = self.follows.get(old, "")
        return [*lines[:at], new, *lines[at + 1 :]]

    def move(self, lines: list[str]) -> list[str]:
        first = self.cut(lines)
        last = self.cut_after(lines, min(len(lines), first + self.random.randint(1, 5)))
        block, rest = lines[first:last], lines[:first] + lines[last:]
        self.fresh.update(line for line in block if line not in COMMON)
        at = self.cut(rest)
        return rest[:at] + block + rest[at:]

    # -- what is done with git

    def op_commit(self) -> None:
        self.edit()
        self.commit()

    def op_amend(self) -> None:
        if self.random.random() < 0.7:
            self.edit()
        self.commit("--amend")

    def op_branch(self) -> None:
        if len(self.branches()) < 4:
            self.git("checkout", "-q", "-b", f"b{len(self.log)}")
        self.op_commit()

    def op_checkout(self) -> None:
        self.git("checkout", "-q", self.other())
        self.op_commit()

    def op_rename(self) -> None:
        path = self.random.choice(FILES)
        lines = self.read(path)
        self.git("mv", path, f"{path}.moved")
        self.commit()
        self.write(f"{path}.moved", self.insert(lines))
        self.commit()
        self.git("mv", f"{path}.moved", path)
        self.commit()

    def op_rebase(self) -> None:
        self.git("rebase", "-q", self.other(), ok=None)
        self.resolve("rebase")

    def op_reorder(self) -> None:
        self.interactive("sed -i -e '1{h;d};2G'")

    def op_squash(self) -> None:
        self.interactive("sed -i -e '2,$s/^pick/squash/'")

    def op_fixup(self) -> None:
        self.op_commit()
        self.edit()
        self.commit("--fixup", f"HEAD~{self.random.randint(0, 1)}")
        self.interactive("true", "--autosquash")

    def interactive(self, editor: str, *words: str) -> None:
        depth = int(self.git("rev-list", "--count", "--first-parent", "HEAD"))
        if depth > 4 and not self.git("rev-list", "--merges", "HEAD~3..HEAD"):
            words = ("rebase", "-q", "-i", *words, "HEAD~3")
            self.git(*words, ok=None, GIT_SEQUENCE_EDITOR=editor)
            self.resolve("rebase")

    def op_pick(self) -> None:
        commits = self.git(
            "rev-list", "--no-merges", "--max-count=6", self.other(), "^HEAD"
        ).split()
        if commits:
            self.git("cherry-pick", "--allow-empty", self.random.choice(commits), ok=None)
            self.resolve("cherry-pick")

    def op_merge(self) -> None:
        words = self.random.choice(([], ["--no-ff"]))
        self.git("merge", "-q", *words, self.other(), ok=None)
        self.resolve("merge")

    def op_merge_squash(self) -> None:
        self.git("merge", "-q", "--squash", self.other(), ok=None)
        self.settle()
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "squashed")
        self.fresh.clear()

    def op_stash(self) -> None:
        self.edit()
        mine = set(self.fresh)
        self.git("stash", "-q", "-u", ok=None)
        self.fresh.clear()
        self.op_commit()
        if self.git("stash", "list"):
            self.git("stash", "pop", "-q", ok=None)
            if self.failed:
                self.settle()
                self.git("reset", "-q")
                self.git("stash", "drop", "-q")
        self.fresh |= mine
        self.commit()

    def op_reset(self) -> None:
        """What was committed is committed anew; the tracker still knows these very lines."""
        if int(self.git("rev-list", "--count", "--first-parent", "HEAD")) > 3:
            told = self.git("diff", "-U0", "HEAD~2", "HEAD")
            self.git("reset", "-q", "--soft", "HEAD~2")
            self.fresh.update(row[1:] for row in told.split("\n") if row[1:] in self.who)
            self.commit()

    # -- conflicts

    def resolve(self, what: str) -> None:
        """Settle conflicts until git is done, or give up and go back."""
        for _ in range(20):
            state = self.root / ".git"
            waiting = {
                "rebase": "rebase-merge",
                "cherry-pick": "CHERRY_PICK_HEAD",
                "merge": "MERGE_HEAD",
            }
            if not (state / waiting[what]).exists():
                return
            self.done["conflict"] += 1
            if self.random.random() < 0.1:
                self.git(what, "--abort")
                return
            self.settle()
            self.git("add", "-A")
            if what != "merge" and not self.git("status", "--porcelain"):
                self.git(what, "--skip", ok=None)
            elif what == "merge":
                self.git("commit", "-q", "-m", "merged")
            else:
                self.git(what, "--continue", ok=None)
            self.fresh.clear()
        self.git(what, "--abort")

    def settle(self) -> None:
        """A person, or an agent, makes an end of each conflict."""
        for path in set(self.git("diff", "--name-only", "--diff-filter=U", "-z").split("\0")) - {
            ""
        }:
            place = self.root / path
            if place.exists():
                place.write_text(CONFLICT.sub(self.choose, place.read_text()))

    def choose(self, conflict: re.Match[str]) -> str:
        ours, theirs = conflict.groups()
        new = "".join(f"{line}\n" for line in self.block(self.random.choice(("ai", "human"))))
        return self.random.choice((ours, theirs, ours + theirs, new, ours + new, ""))

    # -- the run

    def step(self) -> str:
        names = [name for name in dir(self) if name.startswith("op_")]
        name = self.random.choice([*names, *["op_commit"] * 6, *["op_branch"] * 2])
        self.log.append(name)
        self.done[name] += 1
        getattr(self, name)()
        return name

    def check(self) -> Counter[str]:
        """Compare what history knows of each branch with the model; gives the counts."""
        counts: Counter[str] = Counter()
        for branch in self.branches():
            for path in FILES:
                known = history.committed(self.root, path, branch)
                if known is None:
                    continue
                lines = known.text.split("\n")
                for number, (text, author, said) in enumerate(
                    zip(lines, self.authors(lines), known.lines, strict=True), 1
                ):
                    if not author:
                        continue
                    state = said.state if said else State.UNKNOWN
                    counts[f"{author} as {state}"] += 1
                    right = state in (State.UNKNOWN, STATES[author])
                    assert right, (branch, path, number, text, author, state, self.log[-10:])
        return counts


def share(counts: Counter[str]) -> float:
    """The share of an AI's lines that are known as such."""
    kept = counts["ai as ai"] + counts["mixed as mixed"]
    return kept / max(1, kept + counts["ai as unknown"] + counts["mixed as unknown"])
