"""The shape of a trigger: the kinds of places, in code and in declarative files, that a person should look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Rule

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from vetline_analyzers.syntax.rule import Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One kind of place in code, found by what the names in it stand for.

    A name with a dot in it is a whole one, seen through imports and aliases: "jwt.encode". In `decorators`, `bases`
    and `guards` one without is the last part of such a name, wherever it comes from.

    Attributes:
        says: one sentence: what `{name}` does there, and why a person should look.
        names: callees.
        methods: methods that are called, whatever on.
        decorators: what stands above a function or a class.
        bases: what a class is derived from.
        guards: what a route is given before its handler: `app.get("/", requireAuth, show)`.
        members: `a.b` that is read.
        written: what is given an item or a member: `session["user"] = …`, `req.session.user = …`.
        items: mappings of which an item is read, or asked whether it is there: `"user" in session`. In Python only.
        defines: functions that are defined here, of whatever module: the guard itself, where nobody imports it.
        settings: what is given a value, see `around.settings_query`. In Python only.
        uses: modules, of which the file must import one, or something of it.
        when: asked of a place when all else fits; without it the place counts.
    """

    says: str
    names: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    when: Callable[[Hit], bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One kind of place in declarative files.

    Attributes:
        says: one sentence: what `{name}` decides, and why a person should look.
        kinds: the kinds of document, as of `document.rule.Document`, or of `lined.KINDS`.
        keys: keys, or of a Dockerfile instructions; empty for any.
        labels: of Terraform what the first label of a block begins with, in the place of keys.
        holds: found in the value's text, of what is read line by line in the key; None for any.
    """

    says: str
    kinds: tuple[str, ...]
    keys: frozenset[str] = frozenset()
    labels: tuple[str, ...] = ()
    holds: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger(Rule):
    """What asks for a person's eyes, though nothing is wrong.

    It has no CWE: a finding that names a weakness there would take its place.

    Attributes:
        python, javascript: what it looks for in code; the latter in TypeScript too.
        documents: what it looks for in declarative files.
    """

    python: tuple[Sign, ...] = ()
    javascript: tuple[Sign, ...] = ()
    documents: tuple[Mark, ...] = ()


def items_query(sign: Sign) -> str:
    """A query for `session["user"]` and `"user" in session`; in Python only."""
    lasts = " ".join(sorted({f'"{each.rpartition(".")[2]}"' for each in sign.items}))
    holders = ("(identifier) @_name", "(attribute attribute: (identifier) @_name)")
    forms = ("(subscript value: {} subscript: (string))", "(comparison_operator (string) {})")
    return "\n".join(
        f"({form.format(holder)} @hit (#any-of? @_name {lasts}))"
        for form in forms
        for holder in holders
    )


def definitions_query(sign: Sign, *, python: bool) -> str:
    """A query for the names of the functions that a sign names, where they are defined."""
    names = " ".join(f'"{each}"' for each in sign.defines)
    forms = (
        ("(function_definition name: (identifier) @hit)",)
        if python
        else (
            "(function_declaration name: (identifier) @hit)",
            "(variable_declarator name: (identifier) @hit value: (arrow_function))",
            "(variable_declarator name: (identifier) @hit value: (function_expression))",
        )
    )
    return "\n".join(f"({form} (#any-of? @hit {names}))" for form in forms)
