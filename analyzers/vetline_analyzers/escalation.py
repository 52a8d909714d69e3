"""Escalation: what in AI-touched code a person should look at, though nothing is wrong.

A trigger fires at each site, whoever wrote it; `session` shows it in AI-touched lines only, once a region. What is found
stands at a name, never at a value, so that no fingerprint is made of a secret. Files of tests are passed over.
"""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING

from vetline_analyzers.core import shelf
from vetline_analyzers.core.analyzer import Analyzer, NotChecked, Pace
from vetline_analyzers.core.text import Span
from vetline_analyzers.places import is_test
from vetline_analyzers.syntax import around, blockwise, lined
from vetline_analyzers.syntax.document import kind
from vetline_analyzers.syntax.query import DIALECTS, merge
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import OutOfBudget, Scope, callee
from vetline_analyzers.syntax.trigger import definitions_query, items_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tree_sitter import Node as Grown

    from vetline_analyzers.core.analyzer import Facts, Memo
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.syntax.blockwise import Look
    from vetline_analyzers.syntax.document.node import Pair
    from vetline_analyzers.syntax.document.rule import Document
    from vetline_analyzers.syntax.query import Merged
    from vetline_analyzers.syntax.trigger import Mark, Sign, Trigger

    Check = Callable[[Sign, Hit], Report | None]

NAME = "escalation"
LIMIT = 1_000_000  # characters of a declarative file; a larger one is data
_SCHEMAS = frozenset({"CustomResourceDefinition"})  # they name keys of other documents
_SHIPPED = re.compile(r"/(?:testing|fixtures)(?=/)")
_MANY = (
    900  # sites; the engine leaves out what is beyond a thousand and says that something was missed
)
_SHORT = 60  # characters of a name that a message holds
_ODD = re.compile(r"[^\w.$@/-]+")  # what no message repeats, whatever a file calls its things
_GLOBAL = frozenset({"fetch", "$fetch", "WebSocket", "EventSource"})  # of no module
_CLAUSES = ("extends_clause", "implements_clause")
_VERBS = ("get", "post", "put", "patch", "delete", "all", "use")


@cache
def rules() -> tuple[Trigger, ...]:
    """The triggers on the shelf, by file name."""
    return tuple(shelf.load("vetline_analyzers.triggers", "TRIGGER").values())


# -- code


@cache
def merged(language: str) -> Merged:
    """What the triggers look for in a language, as one query."""
    found = (
        rule
        for trigger in rules()
        for sign in _signs(trigger, language)
        for rule in _asked(trigger, sign, python=language == "python")
    )
    return merge(language, found)


def _signs(trigger: Trigger, language: str) -> tuple[Sign, ...]:
    return trigger.python if language == "python" else trigger.javascript


def _asked(trigger: Trigger, sign: Sign, *, python: bool) -> Iterator[PatternRule]:
    """The rules on syntax that a sign comes to."""
    member, name = ("attribute", "attribute") if python else ("member_expression", "property")
    if sign.names or sign.methods:
        yield _rule(trigger, sign, _called, names=sign.names, methods=sign.methods)
    if sign.decorators:
        yield _rule(trigger, sign, _decorated, query="(decorator) @hit")
    if sign.bases:
        # Of a class at the top level the header is a block of its own.
        header = "(class_definition superclasses: (argument_list) @hit)"
        yield _rule(trigger, sign, _derived, query=header if python else "(class_heritage) @hit")
    if sign.guards:
        yield _rule(trigger, sign, _guarded, methods=_VERBS)
    if sign.members:
        last = " ".join(sorted({f'"{each.rpartition(".")[2]}"' for each in sign.members}))
        query = f"(({member} {name}: (_) @_name) @hit (#any-of? @_name {last}))"
        yield _rule(trigger, sign, _read, query=query)
    if sign.written:
        left = "(subscript)" if python else "[(member_expression) (subscript_expression)]"
        kind_ = "assignment" if python else "assignment_expression"
        yield _rule(trigger, sign, _written, query=f"({kind_} left: {left} @hit)")
    if sign.items:
        yield _rule(trigger, sign, _item, query=items_query(sign))
    if sign.defines:
        yield _rule(trigger, sign, _defined, query=definitions_query(sign, python=python))
    if sign.settings:
        yield _rule(trigger, sign, _set, query=around.settings_query(*sign.settings))


def _rule(
    trigger: Trigger,
    sign: Sign,
    check: Check,
    *,
    names: tuple[str, ...] = (),
    methods: tuple[str, ...] = (),
    query: str = "",
) -> PatternRule:
    return PatternRule(
        id=trigger.id,
        title=trigger.title,
        severity=trigger.severity,
        confidence=trigger.confidence,
        page=trigger.page,
        advice=trigger.advice,
        of_ai=trigger.of_ai,
        check=partial(_asking, check, sign),
        names=names,
        methods=methods,
        query=query,
    )


def _asking(check: Check, sign: Sign, hit: Hit) -> Report | None:
    if sign.uses and not hit.uses(*sign.uses):
        return None
    report = check(sign, hit)
    return report if report and (sign.when is None or sign.when(hit)) else None


def _report(sign: Sign, name: str, node: Grown) -> Report:
    """What a sign says; of a long name its end."""
    return Report(sign.says.format(name=_short(".".join(name.split(".")[-2:]))), node)


def _short(name: str) -> str:
    return _ODD.sub("", name)[-_SHORT:]


def _called(sign: Sign, hit: Hit) -> Report | None:
    function = callee(hit.node)
    if function is None or _is_own(hit, function):
        return None
    return _report(
        sign, hit.name or hit.resolve(function) or _last(hit, function), _place(hit, function)
    )


def _is_own(hit: Hit, function: Grown) -> bool:
    """Whether a plain name of a script is no module's: in Python imports give those a name with a dot."""
    if "." in hit.name or not hit.name or hit.scope.dialect is DIALECTS["python"]:
        return False
    plain = function.type in hit.scope.dialect.identifiers
    return plain and hit.name not in _GLOBAL and hit.name not in hit.scope.context.modules


def _decorated(sign: Sign, hit: Hit) -> Report | None:
    expression = hit.node.named_children[0] if hit.node.named_child_count else None
    return _fitting(sign, hit, sign.decorators, [expression] if expression is not None else [])


def _derived(sign: Sign, hit: Hit) -> Report | None:
    named = [node for node in hit.node.named_children if node.type != "keyword_argument"]
    for clause in [node for node in named if node.type in _CLAUSES]:
        named += clause.named_children
    return _fitting(sign, hit, sign.bases, named)


def _guarded(sign: Sign, hit: Hit) -> Report | None:
    given = hit.scope.dialect.argument_nodes(hit.node)
    function = callee(hit.node)
    if function is None or not given:
        return None
    if _last(hit, function) != "use":  # `cache.get(auth)` is no route
        if hit.scope.pieces(given[0]) is None:
            return None
        given = given[1:]
    return _fitting(sign, hit, sign.guards, given)


def _read(sign: Sign, hit: Hit) -> Report | None:
    name = next((n for n in hit.scope.names(hit.node) if n in sign.members), "")
    return _report(sign, name, hit.node) if name else None


def _written(sign: Sign, hit: Hit) -> Report | None:
    base = hit.node.child_by_field_name("object") or hit.node.child_by_field_name("value")
    name = hit.resolve(base)
    return _report(sign, name, base or hit.node) if name in sign.written else None


def _item(sign: Sign, hit: Hit) -> Report | None:
    holder = hit.node.child_by_field_name("value") or hit.node.named_children[-1]
    name = next((n for n in hit.scope.names(holder) if n in sign.items), "")
    return _report(sign, name, holder) if name else None


def _defined(sign: Sign, hit: Hit) -> Report:
    return _report(sign, hit.text(hit.node), hit.node)


def _set(sign: Sign, hit: Hit) -> Report | None:
    found = around.setting(hit)
    if found is None:
        return None
    key = hit.node
    for field in ("left", "key", "name"):
        key = hit.node.child_by_field_name(field) or key
    part = key.child_by_field_name("subscript") or key.child_by_field_name("attribute")
    return _report(sign, found[0], part or key)


def _fitting(
    sign: Sign, hit: Hit, wanted: tuple[str, ...], nodes: Iterable[Grown]
) -> Report | None:
    """A report on the first expression that stands for one of the names, called or not."""
    for node in nodes:
        function = callee(node) or node
        name = hit.text(node) if node.type == "type_identifier" else hit.resolve(function)
        if name and (name in wanted or name.rpartition(".")[2] in wanted):
            return _report(sign, name, _place(hit, function))
    return None


def _last(hit: Hit, function: Grown) -> str:
    found = hit.scope.dialect.member(function, hit.scope.read)
    return found[1] if found else ""


def _place(hit: Hit, function: Grown) -> Grown:
    """Where a callee is shown: whole, or only its last name where something is called in it."""
    base = function
    while (found := hit.scope.dialect.member(base, hit.scope.read)) is not None:
        hit.scope.spend()
        base = found[0]
    plain = base.type in hit.scope.dialect.identifiers or base.type == "this"
    return function if plain or base == function else function.named_children[-1]


def _code(snapshot: Snapshot, memo: Memo) -> Iterator[Finding]:
    blockwise.refuse(snapshot, memo, "triggers")
    machine = merged(snapshot.language)
    found = blockwise.look(snapshot, memo, machine, NAME)
    cut: list[int] = []
    for number, block in enumerate(found.blocks):
        yield from found.findings(number)
        if block.node.type == "argument_list":
            try:
                yield from _header(machine, found, block.node)
            except OutOfBudget:
                cut.append(number)
    blockwise.say_what_is_missing(snapshot, found, cut)


def _header(machine: Merged, found: Look, node: Grown) -> list[Finding]:
    """What the bases of a class at the top level tell."""
    hit = Hit(node, "", Scope(found.source, machine.dialect, found.context, node))
    reports = ((rule, rule.check(hit)) for rule in _on_bases())
    return [
        rule.found(NAME, found.source.span(report.node or node), report.message)
        for rule, report in reports
        if report is not None
    ]


@cache
def _on_bases() -> tuple[PatternRule, ...]:
    return tuple(
        _rule(trigger, sign, _derived)
        for trigger in rules()
        for sign in trigger.python
        if sign.bases
    )


# -- declarative files


def _documents(snapshot: Snapshot, memo: Memo) -> Iterator[Finding]:
    if len(snapshot.text) > LIMIT:
        memo.clear()
        if not kind.is_clear(snapshot):
            return  # data
        raise NotChecked(f"larger than {LIMIT:,} characters: triggers were not looked for")
    reading = kind.read(snapshot, memo)
    for document in reading.documents:
        if document.kind == "dockerfile":
            yield from _instructions(document)
        else:
            yield from _pairs(document)
    if reading.missing:
        raise NotChecked(reading.missing)


@cache
def _marks(kind_: str) -> tuple[tuple[Trigger, Mark], ...]:
    return tuple((t, m) for t in rules() for m in t.documents if kind_ in m.kinds)


def _pairs(document: Document) -> Iterator[Finding]:
    if document.root.string("kind") in _SCHEMAS:
        return
    for node in document.root.walk():
        for pair in node.pairs:
            for trigger, mark in _marks(document.kind):
                if _fits(mark, pair):
                    yield _found(trigger, mark, _name(pair), pair.span)
                    break


def _fits(mark: Mark, pair: Pair) -> bool:
    labels = pair.value.labels
    if mark.labels:
        return bool(labels) and labels[0].startswith(mark.labels)
    if mark.keys and pair.key not in mark.keys:
        return False
    return mark.holds is None or any(
        mark.holds.search(node.text) for node in (pair.value, *pair.value.items)
    )


def _name(pair: Pair) -> str:
    return pair.value.labels[0] if pair.value.labels else pair.key


def _instructions(document: Document) -> Iterator[Finding]:
    for each in document.instructions:
        span = Span(each.span.start, each.span.start + len(each.name))
        for trigger, mark in _marks(document.kind):
            if each.name in mark.keys and (mark.holds is None or mark.holds.search(each.text)):
                yield _found(trigger, mark, each.name, span)
                break


def _lines(snapshot: Snapshot) -> Iterator[Finding]:
    marks = _marks(lined.kind(snapshot.path))
    for name, span in lined.keys(snapshot) if marks else ():
        for trigger, mark in marks:
            if mark.holds is None or mark.holds.search(name):
                yield _found(trigger, mark, name, span)
                break


def _found(trigger: Trigger, mark: Mark, name: str, span: Span) -> Finding:
    return trigger.found(NAME, span, mark.says.format(name=_short(name)))


def is_passed_over(path: str) -> bool:
    """Whether the file at that POSIX path is a test's; the folders `testing` and `fixtures` ship with programs."""
    return is_test(_SHIPPED.sub("/", f"/{path}"))


def _analyze(snapshot: Snapshot, _facts: Facts, memo: Memo) -> Iterator[Finding]:
    if is_passed_over(snapshot.path):
        memo.clear()
        return
    found: list[Finding] = []
    missing: NotChecked | None = None
    try:
        found.extend(_sites(snapshot, memo))
    except NotChecked as why:
        missing = why
    yield from found if len(found) <= _MANY else _one_a_line(snapshot, found)
    if missing is not None:
        raise missing


def _sites(snapshot: Snapshot, memo: Memo) -> Iterator[Finding]:
    yield from _lines(snapshot)  # a script may be configuration too
    if snapshot.language in DIALECTS:
        yield from _code(snapshot, memo)
    elif snapshot.language in kind.LANGUAGES:
        yield from _documents(snapshot, memo)


def _one_a_line(snapshot: Snapshot, found: list[Finding]) -> Iterable[Finding]:
    """Of each trigger one site a line: so many stand in bundles, whose lines are long."""
    once: dict[tuple[str, int], Finding] = {}
    for finding in found:
        once.setdefault((finding.rule, snapshot.position(finding.span.start).line), finding)
    return once.values()


ANALYZER = Analyzer(
    name=NAME,
    pace=Pace.KEYSTROKE,
    rules=rules,
    analyze=_analyze,
    languages=frozenset({*DIALECTS, *kind.LANGUAGES, "text"}),
)
