"""All rules of a language as one query, and the tables that say which rule asked for what.

Two hundred queries one by one cost 240 ms a run on 735 lines, merged 3 ms; so every pattern of a rule's query
goes into one, and calls are captured once and told apart by name. What costs in a query is the predicates:
patterns that differ only in the words they compare with go in as one, and the words are told apart here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tree_sitter import Query, QueryCursor

from vetline_analyzers.syntax import javascript, python
from vetline_analyzers.syntax.rule import Hit
from vetline_analyzers.syntax.scope import callee
from vetline_analyzers.syntax.tree import deeper_than, grammar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tree_sitter import Node

    from vetline_analyzers.syntax.dialect import Binding, Dialect
    from vetline_analyzers.syntax.rule import PatternRule
    from vetline_analyzers.syntax.scope import Scope
    from vetline_analyzers.syntax.tree import Source

    # By the word that a pattern compares with, None where it compares with none: who wants its matches.
    Words = dict[bytes | None, tuple[str, ...]]

DIALECTS: dict[str, Dialect] = {
    "python": python.DIALECT,
    "javascript": javascript.DIALECT,
    "typescript": javascript.DIALECT,
    "tsx": javascript.DIALECT,
}
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|;[^\n]*|[()\[\]]|[^\s()\[\]";]+')
_COMPARED = re.compile(
    r"\( (?P<body>[^#*+?]* @hit) \( \#(?:any-of|eq)\? (?P<name>@_\w+) (?P<words>[^#@\\]*) \) \)"
)
_WORD = re.compile(r'"([^"]*)"')
_DEPTH = 5_000  # levels; a query over 32,767 takes half a minute and then misses the rest
_MATCHES = 4_096  # matches under way at once


@dataclass(frozen=True, slots=True)
class Merged:
    """The rules of a language, ready to be asked.

    Attributes:
        dialect: the language's.
        query: everything any rule wants to see.
        patterns: of each of its patterns who wants its matches, "binding" and "call" among them.
        by_query: rules by what their own query is called.
        by_name: rules by the full name of a callee.
        by_method: rules by the last part of a callee's name.
        last_parts: the last parts of all names and methods.
    """

    dialect: Dialect
    query: Query
    patterns: tuple[Words, ...]
    by_query: dict[str, tuple[PatternRule, ...]]
    by_name: dict[str, tuple[PatternRule, ...]]
    by_method: dict[str, tuple[PatternRule, ...]]
    last_parts: frozenset[str]

    def look(self, block: Node) -> dict[str, list[Node]] | None:
        """What who wants to see in a block, None when the block is nested too deeply to ask."""
        # As few nodes as that cannot stand so deep, and to count them costs nothing.
        if block.descendant_count > _DEPTH and deeper_than(block, _DEPTH):
            return None
        cursor = QueryCursor(self.query, match_limit=_MATCHES)
        matches = cursor.matches(block)
        if cursor.did_exceed_match_limit:
            return None
        found: dict[str, list[Node]] = {}
        for number, captures in matches:
            word = captures["word"][0].text if "word" in captures else None
            for name in self.patterns[number][word]:
                found.setdefault(name, []).extend(captures.get("hit", ()))
        for nodes in found.values():  # the library promises no order
            nodes.sort(key=lambda node: (node.start_byte, -node.end_byte))
        return found

    def bindings(self, source: Source, captures: dict[str, list[Node]]) -> tuple[Binding, ...]:
        """The names a block binds to things of other modules, in the order of the text."""
        return tuple(
            each
            for node in captures.get("binding", ())
            for each in self.dialect.bindings(node, source.read)
            # `x = a.b` is of interest only when somebody may ask for a call of b.
            if node.type != "assignment" or each.target.rpartition(".")[2] in self.last_parts
        )

    def hits(
        self, scope: Scope, captures: dict[str, list[Node]]
    ) -> Iterator[tuple[PatternRule, Hit]]:
        """The rules that want to see something in the block, and what."""
        for call in captures.get("call", ()):
            function = callee(call)
            if function is None:
                continue
            function = scope.bare(function)
            last = last_part(scope, function)
            if last not in self.last_parts and last not in scope.context.aliases:
                continue
            for rule in self.by_method.get(last, ()):
                yield rule, Hit(call, "", scope)
            for name in scope.names(function):
                for rule in self.by_name.get(name, ()):
                    yield rule, Hit(call, name, scope)
        for name, rules in self.by_query.items():
            for node in captures.get(name, ()):
                for rule in rules:
                    yield rule, Hit(node, "", scope)


def merge(language: str, rules: Iterable[PatternRule]) -> Merged:
    """One query for all the rules of a language.

    Raises:
        tree_sitter.QueryError: a rule's query is wrong.
    """
    rules = tuple(rules)
    dialect = DIALECTS[language]
    texts: dict[str, list[PatternRule]] = {}
    for rule in rules:
        if query := rule.query.strip():
            texts.setdefault(query, []).append(rule)
    shapes: dict[str, dict[bytes | None, list[str]]] = {}
    own = {"binding": dialect.bindings_query.replace("@binding", "@hit")}
    own |= {"call": " ".join(f"({kind}) @hit" for kind in sorted(dialect.calls))}
    for name, text in (*own.items(), *((f"hit{n}", text) for n, text in enumerate(texts))):
        for pattern in _patterns(text):
            shape, words = _compared(pattern)
            for word in words:
                shapes.setdefault(shape, {}).setdefault(word, []).append(name)
    names, methods = _table(rules, "names"), _table(rules, "methods")
    return Merged(
        dialect=dialect,
        query=Query(grammar(language), "\n".join(_whole(s, words) for s, words in shapes.items())),
        patterns=tuple(
            {word: tuple(dict.fromkeys(who)) for word, who in words.items()}
            for words in shapes.values()
        ),
        by_query={f"hit{n}": tuple(owners) for n, owners in enumerate(texts.values())},
        by_name=names,
        by_method=methods,
        last_parts=frozenset(name.rpartition(".")[2] for name in (*names, *methods)),
    )


def _patterns(query: str) -> Iterator[str]:
    """The patterns that a query consists of, written alike."""
    pattern: list[str] = []
    depth = 0
    for part in _TOKEN.findall(query):
        if part.startswith(";"):
            continue
        if pattern and not depth and not part.startswith("@"):
            yield " ".join(pattern)
            pattern = []
        depth += (part in "([") - (part in ")]")
        pattern.append(part)
    if pattern:
        yield " ".join(pattern)


def _compared(pattern: str) -> tuple[str, Iterable[bytes | None]]:
    """A pattern without the words that it compares one of its parts with, which is called @word then, and the words."""
    found = _COMPARED.fullmatch(pattern)
    if found is None or found["body"].split().count(found["name"]) != 1:
        return pattern, (None,)
    body = " ".join("@word" if t == found["name"] else t for t in found["body"].split(" "))
    return body, [word.encode() for word in _WORD.findall(found["words"])]


def _whole(shape: str, words: Mapping[bytes | None, object]) -> str:
    told = " ".join(f'"{word.decode()}"' for word in words if word is not None)
    return f"( {shape} ( #any-of? @word {told} ) )" if told else shape


def compile_alone(language: str, rule: PatternRule) -> Query:
    """A rule's own query: one bad query in the merged one silences all, so each is tried alone.

    Raises:
        tree_sitter.QueryError: it is wrong.
    """
    return Query(grammar(language), rule.query)


def _table(rules: Iterable[PatternRule], attribute: str) -> dict[str, tuple[PatternRule, ...]]:
    table: dict[str, list[PatternRule]] = {}
    for rule in rules:
        for name in getattr(rule, attribute):
            table.setdefault(name, []).append(rule)
    return {name: tuple(owners) for name, owners in table.items()}


def last_part(scope: Scope, function: Node) -> str:
    """The last name of a callee, without resolving anything."""
    if function.type in scope.dialect.members:
        found = scope.dialect.member(function, scope.read)
        return found[1] if found else ""
    if function.type in scope.dialect.identifiers:
        return scope.read(function)
    return scope.dialect.root(function, scope.read).rpartition(".")[2]
