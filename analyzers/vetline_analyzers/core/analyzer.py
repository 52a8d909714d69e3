"""The shape of an analyzer, and what it may know beyond the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from vetline_analyzers.core.finding import Finding, Rule
    from vetline_analyzers.core.text import Snapshot

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
    """

    stdlib: frozenset[str] = frozenset()
    installed: Mapping[str, tuple[str, ...]] | None = None
    declared: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    key: bytes = field(default=b"", repr=False)
    neighbours: Mapping[str, Neighbour] = field(default_factory=dict, repr=False)
    accepted: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)


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
