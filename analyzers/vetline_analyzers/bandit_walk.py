"""The nodes of a tree that one of bandit's tests may report, in the order in which bandit visits them.

Bandit makes a context of each node and hands it to each test. Here a node is looked at only when its
statement has a line that counts, and told only when it has what a test looks for; which of the tests
reports it, and what, bandit's own visitor and tests say.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from vetline_analyzers import bandit_triggers

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator

    from vetline_analyzers.bandit_triggers import Lines, Triggers

    # A node, and the same of the one it is a part of.
    Step = tuple[ast.AST, "Step | None"]

_LEAVES = frozenset(
    {"ctx", "op", "ops", "kind", "id", "attr", "type_comment", "conversion", "level"}
)
_STATEMENTS = (ast.stmt, ast.excepthandler)
_FORMATTED = frozenset({"format", "replace"})


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """By kind of node, the fields that may hold nodes which are more than a word."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        fields = () if kind is ast.Constant else kind._fields
        self[kind] = names = tuple(name for name in fields if name not in _LEAVES)
        return names


_FIELDS = _Fields()


def steps(tree: ast.AST, numbers: list[int]) -> Iterator[Step]:
    """The nodes of the statements that have one of these lines, each before its parts."""
    stack: list[Step] = [(tree, None)]
    while stack:
        step = stack.pop()
        yield step
        node = step[0]
        parts: list[Step] = []
        for name in _FIELDS[type(node)]:
            value = getattr(node, name, None)
            if isinstance(value, list):
                if value and isinstance(value[0], _STATEMENTS):
                    parts += [(item, step) for item in value if _counts(item, numbers)]
                else:
                    parts += [(item, step) for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST):
                parts.append((value, step))
        parts.reverse()
        stack += parts


def _counts(statement: Any, numbers: list[int]) -> bool:
    decorators = getattr(statement, "decorator_list", None)
    start = decorators[0].lineno if decorators else statement.lineno
    at = bisect_left(numbers, start)
    return at < len(numbers) and numbers[at] <= statement.end_lineno


class Judge:
    """Whether one of bandit's tests may report a node, whose statement has a line that counts."""

    def __init__(
        self, triggers: Triggers, names: re.Pattern[str], called: Callable[..., str]
    ) -> None:
        """Make a judge of all texts.

        Args:
            triggers: what the tests look for.
            names: bandit's names of passwords.
            called: bandit's name of a call, with what names are imported as.
        """
        self.triggers = triggers
        self._names = names
        self._called = called
        self._by_kind: dict[type[ast.AST], Callable[..., bool]] = {
            ast.Assert: lambda *_: True,
            ast.Call: self._call,
            ast.Constant: self._literal,
            ast.ExceptHandler: self._handler,
            ast.FunctionDef: self._function,
            ast.Import: self._import,
            ast.ImportFrom: self._import,
        }

    def visit(self, visitor: Any, tree: ast.AST, lines: Lines) -> None:
        """Have bandit's visitor visit the nodes that may be reported, and learn what is imported."""
        for step in steps(tree, lines.numbers):
            node = step[0]
            judge = self._by_kind.get(type(node))
            if judge is None:
                continue
            if judge(step, visitor.import_aliases, lines):
                _mark(step, visitor.marked)
                visitor.pre_visit(node)
                visitor.visit(node)
                visitor.post_visit(node)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                visitor.learn(node)

    def _call(self, step: Any, aliases: dict[str, str], _: Lines) -> bool:
        name = self._called(step[0], aliases)
        last = name.rpartition(".")[2]
        return (
            any(within in name for within in self.triggers.calls.get(last, ()))
            or any(part in last for part in bandit_triggers.PARTS)
            or any(self._keyword(keyword) for keyword in step[0].keywords)
        )

    def _keyword(self, keyword: ast.keyword) -> bool:
        if keyword.arg in bandit_triggers.KEYWORDS:
            return True
        return _text(keyword.value) is not None and bool(
            self._names.search(keyword.arg or "password")
        )

    def _literal(self, step: Any, _: dict[str, str], lines: Lines) -> bool:
        value = _text(step[0])
        if value is None:
            return False
        if value == bandit_triggers.ADDRESS or value.startswith(self.triggers.folders):
            return True
        match step[1][0]:
            case ast.Assign(targets=targets):
                return any(self._is_password(target) for target in targets)
            case ast.Dict() | ast.Subscript() | ast.Index():
                return bool(self._names.search(value))
            case ast.Compare(left=left):
                return self._is_password(left)
            case ast.BinOp() | ast.JoinedStr():
                return lines.sql
            case ast.Attribute(attr=attribute):
                return lines.sql and attribute in _FORMATTED
        return False

    def _is_password(self, target: ast.expr) -> bool:
        match target:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return bool(self._names.search(name))
        return False

    def _function(self, step: Any, *_: object) -> bool:
        arguments = step[0].args
        passwords = any(self._names.search(argument.arg) for argument in arguments.args)
        return any(
            passwords
            if _text(default) is not None
            else getattr(default, "attr", "") in self.triggers.versions
            for default in arguments.defaults
        )

    @staticmethod
    def _handler(step: Any, *_: object) -> bool:
        body = step[0].body
        return len(body) == 1 and isinstance(body[0], ast.Pass | ast.Continue)

    def _import(self, step: Any, *_: object) -> bool:
        module = getattr(step[0], "module", None)
        prefix = f"{module}." if module else ""
        return any((prefix + name.name).startswith(self.triggers.imports) for name in step[0].names)


def _text(node: ast.expr) -> str | None:
    value = getattr(node, "value", None)
    return value if isinstance(node, ast.Constant) and isinstance(value, str) else None


def _mark(step: Step | None, marked: list[Any]) -> None:
    """Tell each node above what it is a part of, as bandit does; its tests look up."""
    while step is not None and (above := step[1]) is not None:
        node: Any = step[0]
        if hasattr(node, "_bandit_parent"):
            return
        node._bandit_parent = above[0]  # noqa: SLF001 - bandit's mark
        marked.append(node)
        step = above


def unmark(marked: list[Any]) -> None:
    """Cut the marks, so that the tree is let go of at once and not when somebody looks for rings."""
    for node in marked:
        del node._bandit_parent  # noqa: SLF001 - bandit's mark
    marked.clear()
