"""What each name of a Python text is bound to, scope by scope: one query over its tree, then dictionaries.

Every binding in a scope counts, wherever it stands in it: a name that is two things is neither.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tree_sitter import Query, QueryCursor

from vetline_analyzers.syntax.tree import grammar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from vetline_analyzers.syntax.tree import Source

_QUERY = """
    (function_definition) @function
    (lambda) @function
    (class_definition) @class
    [(list_comprehension) (set_comprehension) (dictionary_comprehension) (generator_expression)] @inner
    (import_statement) @import
    (import_from_statement) @import
    (assignment) @assignment
    (augmented_assignment left: (_) @target)
    (named_expression name: (_) @target)
    (for_statement left: (_) @target)
    (for_in_clause left: (_) @target)
    (as_pattern) @as
    (case_pattern) @target
    (delete_statement) @target
    (type_alias_statement left: (_) @target)
    (global_statement) @loose
    (nonlocal_statement) @loose
    [(print_statement) (exec_statement)] @old
    (attribute) @attribute
"""
_PARTS = frozenset(
    {"pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern", "dictionary_splat_pattern"}
    | {"tuple", "list", "expression_list", "parenthesized_expression", "as_pattern_target", "delete_statement"}
    | {"case_pattern", "as_pattern", "union_pattern", "dict_pattern", "splat_pattern", "keyword_pattern"}
    | {"dotted_name", "type", "list_splat"}
)  # fmt: skip
_SPLATS = frozenset({"list_splat_pattern", "dictionary_splat_pattern"})  # `*args: str` are many
_NAMED = frozenset({"default_parameter", "typed_default_parameter"})
_MATCHES = 4_096  # matches under way at once
_DEPTH = 200  # of a pattern


class Bound(NamedTuple):
    """One thing that a name is bound to.

    Attributes:
        module: what an import gives it, a full name; "" for anything else.
        value: the expression that an assignment gives it, None for anything else.
        enters: it is what entering the value gives (`with … as`).
        annotation: of a parameter what it is said to be, None for anything else.
    """

    module: str = ""
    value: Node | None = None
    enters: bool = False
    annotation: Node | None = None


class Imported(NamedTuple):
    """One name that an import statement takes from a module.

    Attributes:
        module: the module, without what it takes from it: "os" of `from os import path`, "os.path" of `import os.path`.
        name: what it takes, "" of `import os.path`.
        node: where that is written.
        renamed: it goes by another name here.
    """

    module: str
    name: str
    node: Node
    renamed: bool


_OTHER = Bound()
_MOST = 100  # things that are kept of one name: what is so many says nothing, and each is compared with all before it


class Names:
    """The names of one text, with its builtins unless something is imported by a star.

    Attributes:
        imports: what is imported from modules by their full names, in the order of the text.
        attributes: all `x.y` in it.
        patched: names of attributes that it assigns or deletes.
        is_whole: all of them were seen; not so where too much is nested.
        is_old: it has statements that only Python 2 knows.
    """

    def __init__(self, source: Source) -> None:
        """Look through the tree."""
        self._source = source
        captures, self.is_whole = _captured(source)
        self.is_old = "old" in captures
        self.attributes = captures.get("attribute", [])
        self.imports: list[Imported] = []
        self.patched: set[str] = set()
        self._starts, self._ends, self._outer = [0], [len(source.data) + 1], [-1]
        self._classes = [False]
        self._scopes: list[dict[str, list[Bound]]] = [{}]
        self._open_scopes(captures)
        for node in (*captures.get("function", ()), *captures.get("class", ())):
            self._define(node)
        for node in captures.get("assignment", ()):
            self._assign(node)
        for node in captures.get("as", ()):
            self._as(node)
        for node in captures.get("target", ()):
            self._bind_all(node)
        for node in captures.get("loose", ()):
            for each in node.named_children:
                self._bind(self._text(each), each.start_byte, _OTHER)
                self._scopes[0].setdefault(self._text(each), []).append(_OTHER)
        self._star = False
        for node in sorted(captures.get("import", ()), key=lambda node: node.start_byte):
            self._import(node)

    def lookup(self, name: str, at: int) -> list[Bound]:
        """What a name may be at a byte offset; none for a builtin, one that says nothing when that is not known."""
        scope = first = self._scope(at)
        while scope >= 0:
            found = self._scopes[scope].get(name)
            if found and (scope == first or not self._classes[scope]):
                return found
            scope = self._outer[scope]
        return [_OTHER] if self._star else []

    # -- scopes

    def _open_scopes(self, captures: dict[str, list[Node]]) -> None:
        found: list[tuple[int, int, bool]] = []
        for kind in ("function", "class", "inner"):
            for node in captures.get(kind, ()):
                inside = node if kind == "inner" else _inside(node)
                if inside is not None:
                    found.append((inside.start_byte, node.end_byte, kind == "class"))
        found.sort(key=lambda scope: (scope[0], -scope[1]))
        stack = [0]
        for start, end, is_class in found:
            while self._ends[stack[-1]] < end or self._ends[stack[-1]] <= start:
                stack.pop()
            self._starts.append(start)
            self._ends.append(end)
            self._outer.append(stack[-1])
            self._classes.append(is_class)
            self._scopes.append({})
            stack.append(len(self._starts) - 1)

    def _scope(self, at: int) -> int:
        scope = bisect_right(self._starts, at) - 1
        while self._ends[scope] <= at:
            scope = self._outer[scope]
        return scope

    # -- bindings

    def _text(self, node: Node) -> str:
        return self._source.read(node)

    def _bind(self, name: str, at: int, bound: Bound) -> None:
        bindings = self._scopes[self._scope(at)].setdefault(name, [])
        if len(bindings) < _MOST and bound not in bindings:
            bindings.append(bound)

    def _bind_all(self, node: Node) -> None:
        """Bind the names in a pattern to something that is not known."""
        for name in _names(node):
            if name.type == "attribute":
                if (attribute := name.child_by_field_name("attribute")) is not None:
                    self.patched.add(self._text(attribute))
            else:
                self._bind(self._text(name), name.start_byte, _OTHER)

    def _define(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        if name is not None:
            self._bind(self._text(name), node.start_byte, _OTHER)
        parameters, body = node.child_by_field_name("parameters"), _inside(node)
        if parameters is None or body is None:
            return
        for parameter in parameters.named_children:
            said = parameter.child_by_field_name("type")
            plain = said is not None and parameter.named_child(0).type not in _SPLATS
            bound = Bound(annotation=said) if plain else _OTHER
            for each in _names(parameter):
                self._bind(self._text(each), body.start_byte, bound)

    def _assign(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None:
            return
        if left.type != "identifier":
            self._bind_all(left)
        elif right is not None:
            self._bind(self._text(left), left.start_byte, Bound(value=right))
        elif node.child_by_field_name("type") is not None:
            self._bind(self._text(left), left.start_byte, _OTHER)

    def _as(self, node: Node) -> None:
        target = node.child_by_field_name("alias")
        inner = target.named_child(0) if target is not None else None
        value = node.named_child(0)
        if inner is None or inner.type != "identifier":
            self._bind_all(node)
            return
        is_with = node.parent is not None and node.parent.type == "with_item"
        bound = Bound(value=value, enters=True) if is_with else _OTHER
        self._bind(self._text(inner), inner.start_byte, bound)

    def _import(self, node: Node) -> None:
        module = node.child_by_field_name("module_name")
        source = "" if module is None else "".join(self._text(module).split())
        relative = source.startswith(".")
        if any(child.type == "wildcard_import" for child in node.named_children):
            self._star = True
            return
        for each in node.children_by_field_name("name"):
            alias = each.child_by_field_name("alias")
            named = each.child_by_field_name("name") if alias is not None else each
            if named is None:
                continue
            name = "".join(self._text(named).split())
            here = self._text(alias) if alias is not None else name.partition(".")[0]
            full = f"{source}.{name}" if source else name if alias is not None else here
            self._bind(here, each.start_byte, _OTHER if relative else Bound(module=full))
            if not relative:
                taken = (source, name) if source else (name, "")
                self.imports.append(Imported(*taken, named, alias is not None))


def _captured(source: Source) -> tuple[dict[str, list[Node]], bool]:
    """What the query wants to see, and whether that is all there is of it."""
    found: dict[str, list[Node]] = {}
    is_whole = True
    # Each statement for itself: over the root the library takes time with the square of their number.
    for statement in source.root.children:
        if statement.child_count:
            cursor = QueryCursor(_query(), match_limit=_MATCHES)
            for kind, nodes in cursor.captures(statement).items():
                found.setdefault(kind, []).extend(nodes)
            is_whole = is_whole and not cursor.did_exceed_match_limit
    return found, is_whole


def _inside(node: Node) -> Node | None:
    """Where the scope of a function or class begins: annotations and defaults are read outside."""
    return node.child_by_field_name("body")


def _names(node: Node) -> Iterator[Node]:
    """The identifiers and attributes that a pattern binds; in doubt too many."""
    stack = [(node, 0)]
    while stack:
        at, depth = stack.pop()
        if at.type in {"identifier", "attribute"}:
            yield at
        elif at.type == "dotted_name" and at.named_child_count > 1:
            continue  # `case ast.Name():` binds neither
        elif at.type == "typed_parameter":
            stack.append((at.named_children[0], depth + 1))
        elif at.type == "class_pattern":
            stack += [(child, depth + 1) for child in at.named_children[1:]]
        elif at.type in _NAMED:
            name = at.child_by_field_name("name")
            if name is not None:
                stack.append((name, depth + 1))
        elif at.type in _PARTS and depth < _DEPTH:
            stack += [(child, depth + 1) for child in at.named_children]


@cache
def _query() -> Query:
    return Query(grammar("python"), _QUERY)
