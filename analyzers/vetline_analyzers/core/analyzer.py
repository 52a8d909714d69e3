"""The shape of an analyzer, and what it may know beyond the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from vetline_analyzers.core.finding import Finding, Rule
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.core.universe import (
        Advisories,
        Answer,
        Members,
        Package,
        Registries,
        Universe,
    )

    Memo = dict[str, Any]
    Analyze = Callable[[Snapshot, "Facts", Memo], Iterable[Finding]]


class Pace(IntEnum):
    """How dear an analyzer is.

    KEYSTROKE answers while a person types, SAVE when they pause, PROJECT when the whole tree is
    looked at.
    """

    KEYSTROKE = 0
    SAVE = 1
    PROJECT = 2


class Neighbour(NamedTuple):
    """A module of the analysed project that a text imports.

    Attributes:
        text: what it holds.
        imports: the modules that it imports in turn, by the names it does so by; two steps from the text at hand
            nothing more is known.
        path: where it lies, POSIX, relative to the project's root.
    """

    text: str
    imports: tuple[tuple[str, Neighbour], ...] = ()
    path: str = ""


class NodePackage(NamedTuple):
    """A folder with a `package.json`, and what code below it may import.

    Attributes:
        folder: POSIX, relative to the project's root; "" for the root itself.
        name: its own name, by which it may import itself.
        declared: names under any of its `dependencies`, the bare ones of `npm:` aliases too.
        aliases: specifiers, or patterns with at most one "*", of `imports`, tsconfig's or jsconfig's `paths`, or a
            bundler's settings, each with the places it leads to, relative to the root, with that "*" in them; with none
            where that is not known.
        bases: folders that bare specifiers are looked for in (tsconfig's `baseUrl`), relative to the root.
        installed: names in the `node_modules` that its code sees; None where there is none.
        locked: names in the lock file that holds for it.
        unproved: those of them that have neither a hash nor a source of their own there: anybody may have written them.
    """

    folder: str
    name: str = ""
    declared: frozenset[str] = frozenset()
    aliases: tuple[tuple[str, tuple[str, ...]], ...] = ()
    bases: frozenset[str] = frozenset()
    installed: frozenset[str] | None = None
    locked: frozenset[str] = frozenset()
    unproved: frozenset[str] = frozenset()


class Complaint(NamedTuple):
    """What a type checker said of a member that is not there.

    Attributes:
        line, column: from 0, the column in code points.
        owner: the module or class that has no such member: "json", "requests.Session".
        member: the name it does not have.
        by: who says so: "ty 0.0.105".
    """

    line: int
    column: int
    owner: str
    member: str
    by: str = ""


class DependencyPolicy(NamedTuple):
    """What the settings ask of dependencies.

    Attributes:
        pinned: each is to have one version, in the manifest or a lock file.
        hashed: each pinned one is to have a hash.
        sources: hosts that packages may come from beside the registries; none named means that none is asked for.
        approval: one that an AI brought in needs a person's approval.
        approved: packages that a person approved, by package URL.
    """

    pinned: bool = False
    hashed: bool = False
    sources: frozenset[str] = frozenset()
    approval: bool = False
    approved: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """What an analyzer may know beyond the text: pure data, gathered by the server.

    Attributes:
        stdlib: top-level modules of the standard library of the analysed project's Python.
        installed: import name → distributions that provide it, in the analysed project's
            environment; None when no environment was found.
        declared: normalised (PEP 503) names of the distributions the project declares.
        optional: those declared only in extras, dependency groups or environment markers.
        modules: top-level modules and packages that are the project's own; as "folder/name" those
            inside a package, which are importable by that name from the folder downwards.
        key: secret of the repository under which a secret's value enters `Finding.exact`; empty
            means that the value stays out of it.
        neighbours: those of the project's own modules that the text at hand imports, by the names that it
            writes: "helpers.db", ".db" for `from .db` and `from . import db`, "./db" in a script. Other than the
            rest they are of one text, not of the project.
        accepted: by POSIX path relative to the project's root, the SHA-1 digests of secrets that a
            `.secrets.baseline` of detect-secrets accepts there, in hexadecimal.
        files: POSIX paths relative to the project's root of what an import may lead to: sources, stubs, data that is
            imported by scripts; a folder with a "/" at its end. What git ignores by name is among them, whether it is there
            or not: "**/name" may lie anywhere. Empty when they were too many to be listed.
        locked: normalised names of the distributions in the project's lock files.
        unproved: those of them that have neither a hash nor a source of their own there: anybody may have written them.
        own_packages: packages that the project, or a member of its workspace, is itself.
        node: the folders with a `package.json`.
        universe: the names of the public registries; None where the data is not to be had.
        advisories: what is wrong with versions; None where nobody fetched any.
        registries: where the project's packages come from; None when nothing of it is known.
        members: what modules and classes have; None where the data is not to be had.
        answers: what registries said of names when they were asked (`--online`).
        complaints: what a type checker said of the text at hand; as `neighbours` of one text. None when none ran.
        dependency_policy: what the settings ask of dependencies.
        is_cut: of files that declare or lock packages of PyPI there were too many, so that some are not known.
        versions: normalised name → version of the distributions in the analysed project's environment.
    """

    stdlib: frozenset[str] = frozenset()
    installed: Mapping[str, tuple[str, ...]] | None = None
    declared: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    key: bytes = field(default=b"", repr=False)
    neighbours: Mapping[str, Neighbour] = field(default_factory=dict, repr=False)
    accepted: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    files: frozenset[str] = field(default=frozenset(), repr=False)
    locked: frozenset[str] = field(default=frozenset(), repr=False)
    unproved: frozenset[str] = field(default=frozenset(), repr=False)
    own_packages: frozenset[Package] = frozenset()
    node: tuple[NodePackage, ...] = ()
    universe: Universe | None = None
    advisories: Advisories | None = None
    registries: Registries | None = None
    members: Members | None = None
    answers: Mapping[Package, Answer] = field(default_factory=dict, repr=False)
    complaints: tuple[Complaint, ...] | None = None
    dependency_policy: DependencyPolicy = field(default=DependencyPolicy())
    is_cut: bool = False
    versions: Mapping[str, str] = field(default_factory=dict, repr=False)


class NotChecked(Exception):  # noqa: N818 - a state of the text more than an error
    """Raised by an analyzer that cannot check the text, or not all of it; the message says why.

    What it yielded before stays.
    """


class Unreadable(NotChecked):
    """Raised when a parser that an analyzer brings along cannot read the text."""


@dataclass(frozen=True, slots=True)
class Analyzer:
    """A pure function with a name, a price and rules.

    Attributes:
        name: as in `--analyzer NAME`; the module's name.
        pace: when it can be afforded.
        rules: gives its rules; called only when somebody asks for them, so it may be slow.
        analyze: `(snapshot, facts, memo) -> findings`. The memo is a dictionary that the caller
            keeps for one document and hands back next time; an empty one gives the same findings.
            May raise NotChecked.
        languages: languages it looks at; None means any text.
        needs_facts: it tells little without the facts of the project, so an editor waits for them.
        stand_in: the analyzer that covers what it would find in a text it cannot read.
    """

    name: str
    pace: Pace
    rules: Callable[[], tuple[Rule, ...]]
    analyze: Analyze
    languages: frozenset[str] | None = None
    needs_facts: bool = False
    stand_in: str = ""

    def serves(self, language: str) -> bool:
        """Whether it looks at texts of that language."""
        return self.languages is None or language in self.languages
