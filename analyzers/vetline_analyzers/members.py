"""The analyzer of members: what a module, a class or a literal does not have, without importing anything."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import accumulate, chain, islice
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.analyzer import Analyzer, NotChecked, Pace
from vetline_analyzers.core.finding import Confidence, Fix
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.membership import complaints, rules, script
from vetline_analyzers.membership.excuses import excused, extended
from vetline_analyzers.membership.meant import fix_of, meant
from vetline_analyzers.membership.values import Values
from vetline_analyzers.syntax import unfinished
from vetline_analyzers.syntax.python_names import Names
from vetline_analyzers.syntax.query import DIALECTS
from vetline_analyzers.syntax.tree import deeper_than

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from vetline_analyzers.core.analyzer import Complaint, Facts, Memo
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.core.universe import Members
    from vetline_analyzers.syntax.python_names import Imported
    from vetline_analyzers.syntax.tree import Source

NAME = "members"
_NESTED = "what is nested too deeply was not searched for members that are not there"
_MOST = 300  # members looked into in one text
_OF_METACLASSES = frozenset({"mro", "register"})  # what classes have and their instances do not
_DEPTH = 2_000  # levels of a tree that is looked at


class Doubt(NamedTuple):
    """A member that is not there.

    Attributes:
        node: the name of the member, as it is written.
        owner: what does not have it: "json", "builtins.list".
        member: its name.
        sure: the owner is known by itself, not by what a function is said to give.
        access: the whole `x.y` it ends, None in an import.
        by: the type checker that says so, "" where the index does.
    """

    node: Node
    owner: str
    member: str
    sure: bool
    access: Node | None
    by: str = ""


def analyze(snapshot: Snapshot, facts: Facts, memo: Memo) -> Iterator[Finding]:
    """Findings on members that are not there.

    Raises:
        NotChecked: the text is nested too deeply.
    """
    source = unfinished.parse(snapshot, memo)
    if deeper_than(source.root, _DEPTH):
        raise NotChecked(_NESTED)
    if snapshot.language != "python":
        yield from map(partial(_script, source), script.found(source, snapshot.language))
        return
    known = facts.members
    if known is None:
        return
    names = Names(source)
    if not names.is_whole:
        raise NotChecked(_NESTED)
    if names.is_old:
        return
    own = _owned(snapshot, facts)
    values = Values(source, names, known, own)
    said: dict[Span, Finding] = {}
    heeded = complaints.heeded(snapshot, facts, source, names, own)
    found = _imported(names, known, own), _accessed(source, names, values, known)
    for doubt in islice(chain(*found, _complained(heeded, values)), _MOST):
        if excused(doubt.node, doubt.member, names, source):
            continue
        finding = _finding(doubt, source, facts, known)
        said.setdefault(finding.span, finding)
    yield from (said[span] for span in sorted(said))


def _owned(snapshot: Snapshot, facts: Facts) -> Callable[[str], bool]:
    """Tells whether a top-level name means a module of the project's own to this file."""
    folders = [f"{folder}/" for folder in accumulate(snapshot.path.split("/")[:-1], "{}/{}".format)]
    modules = facts.modules
    return lambda top: top in modules or any(folder + top in modules for folder in folders)


def _imported(names: Names, known: Members, own: Callable[[str], bool]) -> Iterator[Doubt]:
    """The members that import statements ask for and that are not there."""
    for each in names.imports:
        top = each.module.partition(".")[0]
        if own(top) or known.versions(top) is None or _has_another(each, names):
            continue
        full = f"{each.module}.{each.name}" if each.name else each.module
        parts = full.split(".")
        for length in range(1, len(parts)):
            owner = known.find(".".join(parts[:length]))
            if not owner or known.is_class(owner):
                break
            if _lacks(known, owner, parts[length]):
                yield Doubt(each.node, owner, parts[length], sure=True, access=None)
                break


def _has_another(each: Imported, names: Names) -> bool:
    """Whether the text gives the name another meaning too, for where it cannot be imported."""
    if not each.name or each.renamed:
        return False
    return any(not bound.module for bound in names.lookup(each.name, each.node.start_byte))


def _accessed(source: Source, names: Names, values: Values, known: Members) -> Iterator[Doubt]:
    """The members that expressions ask for and that are not there."""
    for access in names.attributes:
        name, base = access.child_by_field_name("attribute"), access.child_by_field_name("object")
        owner = values.owner(base)
        if not owner or name is None:
            continue
        member = source.read(name)
        if member in _OF_METACLASSES and known.is_class(values.of(base)):
            continue
        if not _lacks(known, owner, member, called=_is_called(access)):
            continue
        if known.names(owner) is None and extended(names):
            continue
        if not _is_set_elsewhere(access, values):
            yield Doubt(name, owner, member, values.is_plain(base), access)


def _is_called(access: Node) -> bool:
    parent = access.parent
    return parent is not None and parent.type == "call" and parent.named_child(0) == access


def _complained(heeded: Iterator[tuple[Node, Complaint]], values: Values) -> Iterator[Doubt]:
    """The members that a type checker complains of."""
    for node, said in heeded:
        if not _is_set_elsewhere(node.parent, values):
            yield Doubt(node, said.owner, said.member, sure=False, access=node.parent, by=said.by)


def _is_set_elsewhere(access: Node | None, values: Values) -> bool:
    """Whether other code may have set the member: of what a library lends, and what is set is hardly called."""
    if access is None or access.type != "attribute" or _is_called(access):
        return False
    return values.is_lent(access.child_by_field_name("object"))


def _lacks(known: Members, owner: str, member: str, *, called: bool = False) -> bool:
    if not member or member.startswith("_") or not member.isidentifier():
        return False
    if not known.is_class(owner) and (owner.startswith("_") or "._" in owner):
        return False  # what a library keeps to itself comes and goes
    there = known.names(owner, called=called)
    return there is not None and bool(there) and member not in there


def _finding(doubt: Doubt, source: Source, facts: Facts, known: Members) -> Finding:
    owner, member = doubt.owner, doubt.member
    guess = meant(doubt.access, owner, member, known)
    rule = rules.SLIP if guess.slip else rules.UNKNOWN
    what = f"`{owner.removeprefix('builtins.')}` has"
    message = f"{what} no `{member}`" + (f"; meant is {guess.says}." if guess.slip else ".")
    if not guess.slip and guess.says:
        message += f" Did you mean {guess.says}?"
    fix = _fixed(doubt, guess.replacement, source) if guess.replacement else None
    finding = rule.found(NAME, source.span(doubt.node), message, fix=fix)
    confidence = Confidence.HIGH if doubt.sure else Confidence.MEDIUM
    evidence = _evidence(doubt, facts, known)
    return replace(finding, confidence=confidence, meant=guess.name, evidence=evidence)


def _evidence(doubt: Doubt, facts: Facts, known: Members) -> tuple[str, ...]:
    top = doubt.owner.partition(".")[0]
    versions = known.versions(top)
    if doubt.by:
        installed = " and ".join((facts.installed or {}).get(top, ()))
        where = f"{installed} as it is installed" if installed else "what is installed"
        where = "Python's standard library" if versions == () else where
        return (f"{doubt.by} sees no such member in {where}",)
    looked = f"versions {', '.join(versions)}" if versions else "Python 3.8 and later"
    return (f"index of members of {known.as_of}: {looked}",) if doubt.sure else ()


def _script(source: Source, slip: script.Slip) -> Finding:
    message = f"{slip.owner[0].upper()}{slip.owner[1:]} has no `{slip.member}` in JavaScript"
    message += f"; meant is `{slip.meant}`." if slip.meant else "; Python has one."
    span = source.span(slip.node)
    fix = Fix(f"Replace with `{slip.meant}`", (Edit(span, slip.meant),), safe=False)
    return rules.SCRIPT_SLIP.found(NAME, span, message, fix=fix if slip.meant else None)


def _fixed(doubt: Doubt, replacement: str, source: Source) -> Fix | None:
    edit = fix_of(doubt.node, doubt.access, replacement, source)
    if edit is None:
        return None
    node, text = edit
    return Fix(f"Replace with `{text[:60]}`", (Edit(source.span(node), text),), safe=False)


ANALYZER = Analyzer(
    NAME, Pace.SAVE, lambda: rules.RULES, analyze, frozenset(DIALECTS), needs_facts=True
)
