"""A file that may change between the look at it and its use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.python_web import code, definition, inside, parameters
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_USES = frozenset(
    {
        "open",
        "io.open",
        "os.remove",
        "os.unlink",
        "os.rmdir",
        "os.rename",
        "shutil.rmtree",
        "os.chmod",
    }
    | {
        "os.chown",
        "shutil.move",
        "shutil.copy",
        "shutil.copyfile",
        "os.mkdir",
        "os.replace",
        "os.truncate",
    }
)
_METHODS = frozenset({"open", "unlink", "rename", "chmod", "write_text", "read_text", "read_bytes"})
_HELD = re.compile(
    r"\bflock\(|lockf\(|FileLock|\bO_EXCL\b|O_NOFOLLOW|FileNotFoundError|exist_ok|missing_ok"
)


def _check(hit: Hit) -> Report | None:
    path, function = _path(hit), definition(hit)
    if path is None or not _given(hit, path, function):
        return None  # whose file it is is only open for one that is named from outside
    if _HELD.search(code(hit, function or hit.scope.block)):
        return None
    name = hit.text(path)
    for statement in _decided(hit):
        for call in inside(hit, statement, "call"):
            if used := _used(hit, call, name):
                return Report(
                    f"{name} may be another file by the time {used} is reached: just do it and catch the error."
                )
    return None


def _given(hit: Hit, path: Node, function: Node | None) -> bool:
    """Whether a path is a parameter, or may be one where the head of the function was cut off."""
    if function is not None:
        return hit.text(path) in parameters(hit, function)
    return path.type == "identifier" and hit.is_excerpt() and not hit.scope.values(path)


def _path(hit: Hit) -> Node | None:
    if hit.name:
        return hit.argument(0)
    function = callee(hit.node)
    owner = function.child_by_field_name("object") if function is not None else None
    looks = hit.node.child_by_field_name("arguments")
    return owner if owner is not None and looks is not None and not looks.named_children else None


def _decided(hit: Hit) -> list[Node]:
    """The first statements that are reached, or passed by, when the look says yes."""
    answer, around = hit.node, hit.node.parent
    if around is not None and around.type == "assignment" and around.parent is not None:
        following = around.parent.next_named_sibling
        answer, around = around, following  # `there = exists(path)`, then `if there:`
        left = answer.child_by_field_name("left")
        test = following.child_by_field_name("condition") if following is not None else None
        if left is None or test is None or hit.text(left) not in hit.text(test):
            return []
    while around is not None and around.type in {"not_operator", "parenthesized_expression"}:
        around = around.parent
    if around is None or around.type != "if_statement":
        return []
    body = around.child_by_field_name("consequence")
    first = body.named_children[:1] if body is not None else []
    after = around.next_named_sibling
    return [*first, *([after] if after is not None and _leaves(first) else [])]


def _leaves(statements: list[Node]) -> bool:
    last = (
        statements[-1].parent.named_children[-1] if statements and statements[-1].parent else None
    )
    return last is not None and last.type in {
        "return_statement",
        "raise_statement",
        "continue_statement",
    }


def _used(hit: Hit, call: Node, path: str) -> str:
    function = callee(call)
    if function is None:
        return ""
    name = hit.resolve(function)
    first = next(iter(hit.scope.dialect.argument_nodes(call)), None)
    if name in _USES and first is not None and hit.text(first) == path:
        return name
    owner = function.child_by_field_name("object")
    last = hit.text(function).rpartition(".")[2]
    return last if owner is not None and hit.text(owner) == path and last in _METHODS else ""


RULE = PatternRule(
    id="python/check-then-use",
    title="File checked first and used later",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(367, 362),
    page="""
Between `os.path.exists(path)` and `open(path)` another process may remove the file, or put a link there
that leads elsewhere. What was checked is then not what is opened. In folders that others may write to
this is a way to read or destroy files; elsewhere it is a crash now and then.
""",
    attack="Swaps the checked file for a link to another one in the moment before it is opened.",
    advice="Open or remove it at once and catch `FileNotFoundError`; to create a file that must be new, "
    'use mode `"x"`.',
    bad=(
        """\
import os

def read(path):
    if os.path.exists(path):
        with open(path) as file:
            return file.read()
""",
        """\
import os

def drop(path):
    there = os.path.isfile(path)
    if there:
        os.remove(path)
""",
        """\
def read(path):
    if path.exists():
        return path.read_text()
""",
        """\
from os import access, R_OK

def read(name):
    if not access(name, R_OK):
        return None
    return open(name).read()
""",
    ),
    good=(
        """\
def read(path):
    try:
        with open(path) as file:
            return file.read()
    except FileNotFoundError:
        return None
""",
        """\
import os

def known(path, other):
    if os.path.exists(path):
        return open(other).read()
""",
        """\
def drop(path):
    path.unlink(missing_ok=True)
""",
    ),
    url="https://docs.python.org/3/library/os.html#os.access",
    names=("os.path.exists", "os.path.isfile", "os.access", "os.path.islink"),
    methods=("exists", "is_file"),
    check=_check,
)
