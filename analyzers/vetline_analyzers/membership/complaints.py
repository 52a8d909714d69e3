"""Which complaints of a type checker are heeded: those of members that libraries do not have.

A type checker knows less of an object than the object has wherever it was declared as something more general. So a
complaint about an object counts only where the text shows that it comes from a library that is installed; of the
standard library's classes the index knows more than stubs tell.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from vetline_analyzers.core.analyzer import Complaint, Facts
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.core.universe import Members
    from vetline_analyzers.syntax.python_names import Names
    from vetline_analyzers.syntax.tree import Source

# Classes that say little of what an object of theirs has.
_VAGUE = re.compile(
    r"(?:None|object|type|auto|\w*Type|super|Any|Never|Unknown|\w*(?:Exception|Error|Warning|Mock|IO|Proxy)"
    r"|Iterable|Iterator|Generator|Sequence|Mapping|Mutable\w+|Collection|Callable|Awaitable|Coroutine|Async\w+"
    r"|Supports\w+|Namespace|_\w+)\Z"
)
# Modules that are put in the place of others when a program runs.
_REPLACED = re.compile(r"distutils\b|[\w.]*\.(?:extern|_?vendor|vendored|packages|moves)\b")
_MOST = 300  # complaints that are looked into
_HOPS = 8  # names and calls gone through


def heeded(
    snapshot: Snapshot, facts: Facts, source: Source, names: Names, own: Callable[[str], bool]
) -> Iterator[tuple[Node, Complaint]]:
    """The complaints that count, by the full name of what lacks the member, each with the name in the text."""
    for complaint in (facts.complaints or ())[:_MOST]:
        owner = complaint.owner
        if _VAGUE.match(owner.rpartition(".")[2]) or complaint.member.startswith("_"):
            continue
        if _REPLACED.match(owner) or _is_own(owner, snapshot.text) or own(owner.partition(".")[0]):
            continue
        full = facts.members.find(owner) if facts.members else ""
        if facts.members is not None and full and _clears(facts.members, full, complaint.member):
            continue
        node = _at(complaint, snapshot, source)
        if node is not None and _is_shown(node, owner, facts, source, names):
            yield node, complaint._replace(owner=full or owner)


def _is_own(owner: str, text: str) -> bool:
    """Whether the text itself makes a class of that name, or something else that goes by it."""
    last = re.escape(owner.rpartition(".")[2])
    return bool(re.search(rf"\bclass\s+{last}\b|^[ \t]*{last}[ \t]*=", text, re.MULTILINE))


def _clears(members: Members, owner: str, member: str) -> bool:
    """Whether the index knows the member: another Python, or another release, has it, or it makes up its names."""
    there = members.names(owner)
    return member in there if there is not None else not members.is_class(owner)


def _at(complaint: Complaint, snapshot: Snapshot, source: Source) -> Node | None:
    """The name that a complaint means, None when the text there is another one."""
    starts = snapshot.line_starts
    if complaint.line >= len(starts):
        return None
    at = starts[complaint.line] + complaint.column
    byte = len(snapshot.text[:at].encode("utf-8", "replace"))
    node = source.root.descendant_for_byte_range(byte, byte + len(complaint.member.encode()))
    if node is None or node.type != "identifier" or source.read(node) != complaint.member:
        return None
    return node


def _is_shown(node: Node, owner: str, facts: Facts, source: Source, names: Names) -> bool:
    """Whether the owner is a module, or the text shows that a library gives it."""
    access = node.parent
    if access is None or access.type != "attribute":
        return True  # an import: it names its module
    base, hops, last = access.child_by_field_name("object"), _HOPS, owner.rpartition(".")[2]
    is_called = access.parent is not None and access.parent.type == "call"
    while base is not None and hops:
        hops -= 1
        if base.type == "call":
            base = callee(base)
            if not (is_called or base is None or source.read(base).rpartition(".")[2] == last):
                return False  # a function may give more than it says it does
        elif base.type in {"attribute", "parenthesized_expression"}:
            base = base.named_child(0)
        elif base.type == "identifier":
            bindings = names.lookup(source.read(base), base.start_byte)
            if len(bindings) != 1:
                return False
            if bindings[0].module:
                return _gives(bindings[0].module, owner, facts)
            base = bindings[0].value
        else:
            return False
    return False


def _gives(module: str, owner: str, facts: Facts) -> bool:
    """Whether an imported name is the module that is complained of, or belongs to a library."""
    top = module.partition(".")[0]
    if owner in {module, top} or owner.startswith(f"{top}."):
        return True
    known = facts.members.versions(top) if facts.members else None
    return top not in facts.stdlib and known != ()
