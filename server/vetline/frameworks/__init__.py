"""The frameworks that evidence is sorted by: what each control asks, and which findings and events say something of it.

One TOML file a framework. The texts are our own words, to find a control by; what holds is the publisher's. A control is
joined to rules by the OWASP Top 10 of 2025, by CWE numbers and by families, and to the ledger by kinds of events: no rule
names a framework.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vetline_analyzers.core import weaknesses

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline_analyzers.core.finding import Rule

_EDITION = 2025  # of the OWASP Top 10


@dataclass(frozen=True, slots=True)
class Control:
    """Something that a framework asks for.

    Attributes:
        id: the publisher's number of it.
        title: what it is called there, or in short.
        asks: what it asks, in our words.
        beyond: what else it takes, of which nothing is seen here.
        owasp: categories of the OWASP Top 10 of 2025, "A05", whose findings say something of it.
        cwe: so do findings with these numbers,
        families: and those of rules of these families.
        events: kinds of events that do.
        chain: so does that the record itself is whole.
    """

    id: str
    title: str
    asks: str
    beyond: str
    owasp: tuple[str, ...] = ()
    cwe: tuple[int, ...] = ()
    families: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    chain: bool = False

    @property
    def asks_for_rules(self) -> bool:
        """Whether findings say something of it."""
        return bool(self.owasp or self.cwe or self.families)

    def rules(self, known: Iterable[Rule]) -> frozenset[str]:
        """The ids of the rules whose findings say something of it."""
        return frozenset(rule.id for rule in known if self._is_on(rule))

    def _is_on(self, rule: Rule) -> bool:
        codes = {one.code for one in weaknesses.categories(rule.cwe) if one.year == _EDITION}
        return (
            rule.id.partition("/")[0] in self.families
            or not codes.isdisjoint(self.owasp)
            or not set(rule.cwe).isdisjoint(self.cwe)
        )


@dataclass(frozen=True, slots=True)
class Framework:
    """A law, a standard or a list that people are asked about.

    Attributes:
        key: the word for `--framework`: the file's name.
        name: what it is called.
        edition: which one the numbers are of.
        publisher: who wrote it.
        url: where it is to be had.
        scope: which part of it evidence is gathered for, and what is left out.
        controls: in its order.
    """

    key: str
    name: str
    edition: str
    publisher: str
    url: str
    scope: str
    controls: tuple[Control, ...]


@cache
def all_frameworks() -> dict[str, Framework]:
    """Those on the shelf, by their words."""
    paths = sorted(Path(__file__).parent.glob("*.toml"))
    return {
        path.stem: _framework(path.stem, tomllib.loads(path.read_text("utf-8"))) for path in paths
    }


def _framework(key: str, data: dict[str, Any]) -> Framework:
    controls = tuple(_control(one) for one in data.pop("control"))
    return Framework(key=key, controls=controls, **data)


def _control(data: dict[str, Any]) -> Control:
    frozen: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
    }
    return Control(**frozen)
