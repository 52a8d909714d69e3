"""A repository with a reviewed change: a base that is trusted, people who may sign, and requests and decisions about code."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import signers
from repositories import sh, tree

from vetline import dossier, files, ledger, review, statement, stores, subject, trust
from vetline.settings import Settings
from vetline.statement import Signed, Statement
from vetline_analyzers.core.finding import Confidence, Finding, Severity
from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from pathlib import Path

    from signers import Person

    from vetline.dossier import Dossier
    from vetline.provenance import Attribution
    from vetline.review import Standing
    from vetline_analyzers.core.text import Snapshot

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ADA = "Ada <ada@example.org>"
PATH = "shop.py"
CODE = """\
import subprocess


def pay(command):
    return subprocess.call(command, shell=True)


def other():
    return 1
"""
NEEDLE = "shell=True"
SIGNERS = ".vetline/allowed_signers"


class Stage:
    """The repository: `main` is trusted as `origin/main`, the change is on a branch of its own.

    Ada asks. Bo and Cy may sign; the list on `main` says so.
    """

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.keys = folder / "keys"
        self.bo = signers.person(self.keys, "bo@example.org")
        self.cy = signers.person(self.keys, "cy@example.org")
        tree(self.root, ".vetline/")
        sh(self.root, "init", "-q", "-b", "main")
        self.write(SIGNERS, self.bo.line() + self.cy.line())
        self.write("README.md", "a shop\n")
        self.commit()
        self.trust_head()
        sh(self.root, "checkout", "-q", "-b", "change")
        self.write(PATH, CODE)
        self.settings = Settings()

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def commit(self) -> str:
        sh(self.root, "add", "-A")
        sh(self.root, "commit", "-q", "--allow-empty", "-m", "work")
        return sh(self.root, "rev-parse", "HEAD").strip()

    def trust_head(self) -> None:
        """Let what is committed be what the remote's main branch has."""
        sh(self.root, "update-ref", "refs/remotes/origin/main", "HEAD")
        sh(self.root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")

    # -- what is found

    def snapshot(self, path: str = PATH) -> Snapshot:
        found = files.read(files.found_at(self.root / path, self.root)).snapshot
        assert found
        return found

    def finding(self, path: str = PATH, needle: str = NEEDLE) -> Finding:
        """What an analyzer would find there: its identity is that of its words, as an engine's would be."""
        at = self.snapshot(path).text.index(needle)
        return Finding(
            rule="python/command-from-string", span=Span(at, at + len(needle)), message="A shell runs this.",
            severity=Severity.HIGH, confidence=Confidence.HIGH, analyzer="patterns", fingerprint="f" + needle,
        )  # fmt: skip

    # -- what people say

    def request(self, path: str = PATH, needle: str = NEEDLE, **changes: Any) -> Statement:
        snapshot, finding = self.snapshot(path), self.finding(path, needle)
        said = Statement(
            request="",
            subject=subject.of_span(snapshot, finding.span, path, [finding]),
            requester=ADA,
            requested=ledger.timestamp(NOW - timedelta(days=1)),
            repository=min(trust.repositories(self.root)),
        )
        said = statement.identified(replace(said, **changes))
        self.put(Signed(said))
        return said

    def request_whole(self, path: str) -> Statement:
        """A request for a whole file, as `vetline review request FILE` makes it."""
        snapshot = self.snapshot(path)
        whole = subject.of_span(snapshot, Span(0, len(snapshot.text)), path)
        return self.request(path, snapshot.text[:9], subject=whole)

    def decision(self, asked: Statement, state: str = "approved", **changes: Any) -> Statement:
        said = replace(
            asked,
            decision=state,
            reviewer=self.bo.address,
            at=ledger.timestamp(NOW - timedelta(hours=1)),
        )
        return replace(said, **changes)

    def decide(
        self, asked: Statement, state: str = "approved", by: Person | None = None, **changes: Any
    ) -> Signed:
        """A decision of somebody's, signed with their key and put where it belongs."""
        by = by or self.bo
        said = self.decision(asked, state, **{"reviewer": by.address, **changes})
        return self.put(Signed(said, by.sign(statement.payload(said))))

    def put(self, signed: Signed) -> Signed:
        path, content = statement.to_file(signed)
        self.write(path, content.decode())
        return replace(signed, path=path)

    def record(self, said: Statement, actor: str = ADA) -> None:
        """Tell the ledger."""
        location = stores.locate(self.root)
        stores.append(location, [review.draft(said)], at=said.at or said.requested, actor=actor)

    # -- what it is worth

    def dossier(self, **how: Any) -> Dossier:
        return dossier.load(self.root, self.settings, **{"now": NOW, "environ": {}, **how})

    def standing(
        self, path: str = PATH, needle: str = NEEDLE, origin: Attribution | None = None, **how: Any
    ) -> Standing | None:
        finding = self.finding(path, needle)
        return self.dossier(**how).standing(finding, path, self.snapshot(path), origin)

    def told(self, **how: Any) -> dict[str, tuple[str, bool]]:
        """The notices by their rules, the first of each: the text and whether it blocks."""
        first: dict[str, tuple[str, bool]] = {}
        for one in self.dossier(**how).notices:
            first.setdefault(one.rule, (one.text, one.blocks))
        return first
