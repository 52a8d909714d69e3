"""What one Python source or stub gives its module: names, what they lead to, and whether there may be more of them.

Read with the standard library's own parser, never imported. Every branch counts: a name that is bound on one platform
or in one version is there. Why not griffe: it keeps the last of several definitions of a class, drops what methods
other than `__init__` assign, and does not find single-file stubs, so that all of this would be needed beside it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Decorators that leave the members of a class, or what calling a function gives, as they are.
_HARMLESS = frozenset(
    {"dataclass", "dataclasses.dataclass", "total_ordering", "functools.total_ordering", "final", "unique"}
    | {"typing.final", "runtime_checkable", "typing.runtime_checkable", "type_check_only", "disjoint_base"}
    | {"abstractmethod", "abc.abstractmethod", "staticmethod", "classmethod", "overload", "typing.overload"}
    | {"t.overload", "te.final", "deprecated", "enum.unique", "verify", "set_module", "override"}
    | {"t.final", "t.runtime_checkable", "typing_extensions.final", "public", "_api.define_aliases"}
)  # fmt: skip
_PROPERTIES = frozenset(
    {"property", "cached_property", "functools.cached_property", "abc.abstractproperty"}
)
_METACLASSES = frozenset(
    {"ABCMeta", "abc.ABCMeta", "EnumMeta", "EnumType", "enum.EnumMeta", "enum.EnumType", "type"}
)
_WRAPPED = frozenset(
    {"ClassVar", "Final", "Annotated", "Required"}
)  # what says nothing of the type
_NO_TYPE = frozenset(
    {"Optional", "Union", "Type", "type", "Literal", "Callable", "Awaitable", "Coroutine", "Any"}
)
_NO_BASES = frozenset({"Generic", "Protocol", "object"})  # that bring no members of their own
# Methods that make an object of what another had.
_COPIES = frozenset(
    {"__setstate__", "__getstate__", "__reduce__", "__copy__", "__deepcopy__", "__repr__", "__eq__"}
)
_LAZY = frozenset(
    {"LazyLoader", "LazyModule", "_LazyModule", "lazy_import", "attach", "attach_stub"}
)
_DYNAMIC = frozenset(
    {"getattr", "import_module", "__import__", "globals", "vars", "locals", "eval"}
)


@dataclass(slots=True)
class Record:
    """The members of one module or class.

    Attributes:
        is_class: else it is a module.
        is_open: there may be more than are known.
        names: the members.
        refs: of some what they lead to: ":a.b" for an expression of this module, "=a.b" for a full name; with "()"
            behind it an instance of that, with ">" before it what gives an instance when it is called.
        bases: of a class the classes it derives from, written as refs.
        stars: of a module those that it imports everything from.
    """

    is_class: bool
    is_open: bool = False
    names: set[str] = field(default_factory=set)
    refs: dict[str, str] = field(default_factory=dict)
    bases: list[str] = field(default_factory=list)
    stars: list[str] = field(default_factory=list)

    def bind(self, name: str, ref: str = "") -> None:
        """Have a member; one that may be two things leads nowhere."""
        if name in self.names and self.refs.get(name, "") != ref:
            self.refs.pop(name, None)
        elif ref:
            self.refs[name] = ref
        self.names.add(name)


def read(module: str, text: str, *, package: bool, stub: bool) -> dict[str, Record]:
    """The records of a module and its classes, by full name.

    Args:
        module: its full name.
        text: its source.
        package: it is an `__init__`.
        stub: it is a stub, which gives away only what it imports under the same name.

    Raises:
        SyntaxError, ValueError, RecursionError: the source cannot be parsed by this Python.
    """
    reader = _Reader(module, package=package, stub=stub)
    tree = ast.parse(text)
    record = Record(is_class=False)
    reader.records[module] = record
    reader.body(record, module, tree.body)
    reader.list_exports(record)
    _look_for_magic(tree, record)
    return reader.records


class _Reader:
    """Reads one module."""

    def __init__(self, module: str, *, package: bool, stub: bool) -> None:
        self.module, self.package, self.stub = module, package, stub
        self.records: dict[str, Record] = {}
        self._listed: list[str] = []

    def list_exports(self, record: Record) -> None:
        """Give away what a stub's `__all__` lists, wherever it comes from."""
        for name in self._listed:
            if name not in record.names:
                record.names.add(name)

    def body(self, record: Record, path: str, statements: Iterable[ast.stmt]) -> None:
        """Take in the statements of a module's or class's body."""
        for node in _flat(statements):
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self._function(record, node)
                case ast.ClassDef():
                    self._class(record, f"{path}.{node.name}", node)
                case ast.Import():
                    for alias in node.names:
                        self._import(record, alias)
                case ast.ImportFrom():
                    self._import_from(record, node)
                case ast.Assign():
                    self._assign(record, node)
                case ast.AnnAssign(target=ast.Name(id=name)):
                    record.bind(name, _annotated(node))
                case _:
                    for name in _stored(node):
                        record.bind(name)

    def _function(self, record: Record, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if record.is_class:
            record.is_open |= node.name == "__getattr__"
            record.is_open |= node.name == "__getattribute__" and self.module != "builtins"
        elif node.name == "__getattr__":
            names = _closed(node)
            record.is_open |= names is None
            for name in names or ():
                record.bind(name)
        given = "" if isinstance(node, ast.AsyncFunctionDef) else _type(node.returns)
        first = (*node.args.posonlyargs, *node.args.args)[:1]
        if record.is_class and given and first and _type(first[0].annotation) == given:
            given = ":Self"  # `def f(self: T) -> T`
        marks = {_dotted(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list}
        if given and marks & _PROPERTIES and len(marks) == 1:
            record.bind(node.name, f"{given}()")
        elif given and marks <= _HARMLESS:
            record.bind(node.name, f">{given}()")
        elif not any(mark.endswith((".setter", ".deleter", ".getter")) for mark in marks):
            record.bind(node.name)

    def _class(self, outer: Record, path: str, node: ast.ClassDef) -> None:
        outer.bind(node.name, f"={path}")
        record = self.records.setdefault(path, Record(is_class=True))
        for base in node.bases:
            name = _dotted(base.value if isinstance(base, ast.Subscript) else base)
            record.is_open |= not name
            if name.rpartition(".")[2] in _NO_BASES:
                continue
            if name and f":{name}" not in record.bases:
                record.bases.append(f":{name}")
        record.is_open |= any(
            keyword.arg != "metaclass" or _dotted(keyword.value) not in _METACLASSES
            for keyword in node.keywords
            if keyword.arg not in {"total", "frozen"}
        )
        for decorator in node.decorator_list:
            at = decorator.func if isinstance(decorator, ast.Call) else decorator
            record.is_open |= not self.stub and _dotted(at) not in _HARMLESS
        self.body(record, path, node.body)
        if not self.stub:
            _look_into_methods(record, node)

    def _import(self, record: Record, alias: ast.alias) -> None:
        if alias.asname is None:
            top = alias.name.partition(".")[0]
            if not self.stub:
                record.bind(top, f"={top}")
            else:
                record.refs.setdefault(top, f"={top}")
        elif not self.stub or alias.asname == alias.name:
            record.bind(alias.asname, f"={alias.name}")
        else:
            record.refs.setdefault(alias.asname, f"={alias.name}")

    def _import_from(self, record: Record, node: ast.ImportFrom) -> None:
        source = node.module or ""
        if node.level:
            parts = self.module.split(".")
            kept = len(parts) - node.level + self.package
            source = ".".join([*parts[: max(kept, 0)], *filter(None, [source])])
        for alias in node.names:
            name = alias.asname or alias.name
            if alias.name == "*":
                record.stars.append(source)
            elif not self.stub or alias.asname == alias.name:
                record.bind(name, f"={source}.{alias.name}")
            else:  # known here, but given to nobody
                record.refs.setdefault(name, f"={source}.{alias.name}")

    def _assign(self, record: Record, node: ast.Assign) -> None:
        for name in _stored(node):
            ref = ""
            if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                if at := _dotted(node.value):
                    ref = f":{at}"
                elif isinstance(node.value, ast.Call) and (at := _dotted(node.value.func)):
                    ref = f":{at}()"
            record.bind(name, ref if ref.strip(":()") != name else "")
            if name == "__all__" and self.stub:
                self._listed += _strings(node.value)


def _flat(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements, with those inside blocks that make no scope, whatever their condition."""
    for node in statements:
        yield node
        for name in ("body", "orelse", "finalbody"):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from _flat(getattr(node, name, ()))
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            yield from _flat(part.body)


def _stored(node: ast.stmt) -> list[str]:
    """The names that a statement itself binds, not those inside its blocks."""
    inner = ("body", "orelse", "finalbody", "handlers", "cases")
    stack: list[ast.AST] = [
        part
        for name, value in ast.iter_fields(node)
        if name not in inner
        for part in (value if isinstance(value, list) else [value])
        if isinstance(part, ast.AST)
    ]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return []
    found = []
    while stack:
        at = stack.pop()
        if isinstance(at, ast.Name) and isinstance(at.ctx, ast.Store):
            found.append(at.id)
        elif not isinstance(at, ast.Lambda):
            stack += ast.iter_child_nodes(at)
    if (alias := getattr(node, "name", None)) is not None and isinstance(alias, ast.Name):
        found.append(alias.id)  # `type X = ...`
    return found


def _dotted(node: ast.expr | None) -> str:
    """A chain of names as it is written, "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _type(node: ast.expr | None) -> str:
    """The ref of the one class that an annotation names, "" when it is not one."""
    while True:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value.strip(), mode="eval").body
            except (SyntaxError, ValueError):
                return ""
        node = _but_none(node)
        if not isinstance(node, ast.Subscript):
            break
        last = _dotted(node.value).rpartition(".")[2]
        if last in _WRAPPED:
            inner = node.slice
            node = inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner
        else:
            node = None if last in _NO_TYPE else node.value
    name = _dotted(node)
    return f":{name}" if name and name.rpartition(".")[2] not in _NO_TYPE else ""


def _but_none(node: ast.expr | None) -> ast.expr | None:
    """A type without the None beside it: what it does not have, None does not have either."""
    match node:
        case ast.BinOp(left=kept, op=ast.BitOr(), right=ast.Constant(value=None)):
            return kept
        case ast.BinOp(left=ast.Constant(value=None), op=ast.BitOr(), right=kept):
            return kept
        case ast.Subscript(value=value, slice=kept):
            return kept if _dotted(value).rpartition(".")[2] == "Optional" else node
        case _:
            return node


def _annotated(node: ast.AnnAssign) -> str:
    """The ref of an annotated name: of an alias what it stands for, else an instance of its type."""
    if _dotted(node.annotation).rpartition(".")[2] == "TypeAlias":
        value = node.value.value if isinstance(node.value, ast.Subscript) else node.value
        return f":{name}" if (name := _dotted(value)) else ""
    given = _type(node.annotation)
    return f"{given}()" if given else ""


def _strings(node: ast.AST) -> list[str]:
    return [
        at.value
        for at in ast.walk(node)
        if isinstance(at, ast.Constant) and isinstance(at.value, str) and at.value.isidentifier()
    ]


def _closed(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str] | None:
    """What a module's `__getattr__` may answer to: the strings in it; None when it may make up anything."""
    raises = False
    for at in ast.walk(node):
        if isinstance(at, ast.Call) and _dotted(at.func).rpartition(".")[2] in _DYNAMIC:
            return None
        raises |= isinstance(at, ast.Raise) and "AttributeError" in ast.dump(at)
    return _strings(node) if raises else None


def _look_for_magic(tree: ast.Module, record: Record) -> None:
    """Note names that functions bind as `global`, and whatever else puts names into a module."""
    read_only = {
        id(node.value)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load))
        or (isinstance(node, ast.Attribute) and node.attr in {"get", "keys", "copy", "items"})
    }
    read_only |= {
        id(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _dotted(node.func) == "__import__"
        for argument in node.args
    }
    for node in ast.walk(tree):
        match node:
            case ast.Global(names=names):
                for name in names:
                    record.bind(name)
            case ast.Call(func=func):
                name = _dotted(func).rpartition(".")[2]
                lazy = name in _LAZY or (name == "globals" and id(node) not in read_only)
                sets = name == "setattr" and node.args and "modules" in ast.dump(node.args[0])
                record.is_open |= lazy or bool(sets)
            case ast.Subscript(ctx=ast.Store() | ast.Del(), value=ast.Attribute(attr="modules")):
                record.is_open = True
            case ast.Attribute(attr="__class__", ctx=ast.Store()):
                record.is_open |= "modules" in ast.dump(node.value)
            case _:
                pass


def _look_into_methods(record: Record, node: ast.ClassDef) -> None:
    """Note what methods assign to their object, and whatever puts other names on it."""
    for method in _flat(node.body):
        if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        first = (*method.args.posonlyargs, *method.args.args)[:1]
        own = first[0].arg if first else ""
        copies = method.name in _COPIES
        for at in ast.walk(method):
            match at:
                case ast.Attribute(value=ast.Name(id=base), attr="__dict__"):
                    record.is_open |= base == own and not copies
                case ast.Attribute(value=ast.Name(id=base), attr=name, ctx=ast.Store()):
                    if base == own:
                        record.bind(name)
                case ast.Call(func=ast.Name(id="setattr" | "vars"), args=[ast.Name(id=base), *_]):
                    record.is_open |= base == own and not copies
                case _:
                    pass
