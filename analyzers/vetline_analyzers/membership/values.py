"""What an expression of a Python text is, as far as imports, literals and calls tell: written as `Members` does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from vetline_analyzers.core.universe import Members
    from vetline_analyzers.syntax.python_names import Bound, Names
    from vetline_analyzers.syntax.tree import Source

_DEPTH = 12  # names and calls gone through for one expression
_BINDINGS = 8  # things that a name may be and still be looked at
_LITERALS = {
    "list": "builtins.list()",
    "list_comprehension": "builtins.list()",
    "dictionary": "builtins.dict()",
    "dictionary_comprehension": "builtins.dict()",
    "set": "builtins.set()",
    "set_comprehension": "builtins.set()",
    "tuple": "builtins.tuple()",
    "integer": "builtins.int()",
    "float": "builtins.float()",
}
# Classes whose objects are what an annotation says: nobody derives from them to add members, or sets some.
_VALUES = frozenset(
    {"builtins.str", "builtins.bytes", "builtins.bytearray", "builtins.int", "builtins.float", "builtins.bool"}
    | {"builtins.list", "builtins.dict", "builtins.tuple", "builtins.set", "builtins.frozenset"}
    | {"pathlib.Path", "datetime.datetime", "datetime.date", "datetime.time", "datetime.timedelta"}
    | {"decimal.Decimal", "uuid.UUID", "re.Match", "re.Pattern", "collections.Counter", "collections.deque"}
)  # fmt: skip
# Functions that give one class whatever they are called with, though their signatures cannot tell.
_ARRAYS = ("array", "zeros", "ones", "empty", "full", "arange", "linspace", "eye")
_READERS = ("csv", "excel", "json", "parquet", "sql", "table", "feather")  # unless in pieces
_GENERICS = ("List", "Dict", "Set", "FrozenSet", "Tuple")  # of `typing`, for what is built in
_GIVEN = {
    **{f"numpy.{name}": "numpy.ndarray" for name in _ARRAYS},
    **{f"pandas.read_{name}": "pandas.DataFrame" for name in _READERS},
    "sqlite3.connect": "sqlite3.Connection",
}
_IN_PIECES = re.compile(r"chunksize|iterator|sheet_name|\*\*|typ\s*=")
_WRITTEN = re.compile(r"""[bru]?(["'])(?P<name>\w{1,100})(?:\[.{0,300}\])?\1\Z""", re.DOTALL)
_OPTIONAL = re.compile(r"(?:\w{1,100}\.)?Optional\Z")
# What calling them gives depends on more than their name, or members of theirs are made up.
_MAKERS = ("enum.", "typing.")  # calling these makes a class: `Enum("Color", "RED")`
_UNSURE = frozenset({"builtins.type", "builtins.super", "builtins.object", "types.ModuleType"})


class Values:
    """What the expressions of one text are.

    Args:
        source: the text.
        names: its names.
        members: what libraries have.
        own: tells whether a module's name means something of the project's own.
    """

    def __init__(
        self, source: Source, names: Names, members: Members, own: Callable[[str], bool]
    ) -> None:
        """Look at nothing yet."""
        self._source, self._names, self._members, self._own = source, names, members, own
        self._known: dict[tuple[int, int, int], str] = {}

    def of(self, node: Node | None, depth: int = _DEPTH) -> str:
        """What an expression is: "json", "requests.sessions.Session()"; "" when that is not known."""
        if node is None or not depth:
            return ""
        key = node.start_byte, node.end_byte, node.kind_id
        if key not in self._known:
            self._known[key] = ""  # while it is being asked for: it stands on itself
            self._known[key] = self._of(node, depth - 1)
        return self._known[key]

    def module(self, name: str) -> str:
        """What an import of a full name gives."""
        top = name.partition(".")[0]
        if self._own(top) or self._members.versions(top) is None:
            return ""
        if found := self._members.find(name):
            return found
        head, _, last = name.rpartition(".")
        holder = self._members.find(head) if head else ""
        return self._member(holder, last) if holder else ""

    def is_lent(self, node: Node | None) -> bool:
        """Whether a library hands out the object, or an annotation tells its class: others may have set members of it."""
        if node is None or not self.of(node).endswith("()"):
            return False
        if node.type == "attribute":
            base = self.of(node.child_by_field_name("object"))
            is_module = base != "" and not base.endswith("()") and not self._members.is_class(base)
            return is_module and self._members.versions(base.partition(".")[0]) != ()
        if node.type != "identifier":
            return False
        bindings = self._names.lookup(self._source.read(node), node.start_byte)
        return any(
            (bound.module and self._members.versions(bound.module.partition(".")[0]) != ())
            or (bound.annotation and self.of(node).removesuffix("()") not in _VALUES)
            for bound in bindings
        )

    def _member(self, owner: str, name: str) -> str:
        if found := self._members.member(owner, name):
            return found
        if owner == "typing" and name in _GENERICS:
            return f"builtins.{name.lower()}"
        given = _GIVEN.get(f"{owner}.{name}", "")
        target = self._members.find(given) if given else ""
        return f">{target}()" if target else ""

    def _of(self, node: Node, depth: int) -> str:
        kind = node.type
        if kind in _LITERALS:
            return _LITERALS[kind]
        if kind == "string":
            return f"builtins.{_kind_of_string(self._source.read(node))}()"
        if kind in {"concatenated_string", "parenthesized_expression"}:
            return self.of(node.named_child(0), depth)
        if kind == "identifier":
            return self._name(node, depth)
        if kind == "attribute":
            return self._attribute(node, depth)
        if kind == "call":
            return self._call(node, depth)
        if kind in {"subscript", "binary_operator"}:
            return self._derived(node, depth)
        return ""

    def _derived(self, node: Node, depth: int) -> str:
        """A part of a text is a text, and so is what is put together from one; what is below a path is a path."""
        left = self.of(node.named_child(0), depth)
        if node.type == "subscript":
            within = node.child_by_field_name("subscript")
            is_text = left == "builtins.str()" and within is not None
            is_slice = within is not None and within.type == "slice"
            return left if is_text or (is_slice and left == "builtins.bytes()") else ""
        operator = node.child_by_field_name("operator")
        sign = operator.type if operator is not None else ""
        if (sign, left) in {("%", "builtins.str()"), ("/", "pathlib.Path()")}:
            return left
        same = sign == "+" and left in {"builtins.str()", "builtins.bytes()", "builtins.list()"}
        return left if same and self.of(node.named_child(1), depth) == left else ""

    def _annotated(self, node: Node, depth: int) -> str:
        """What an annotation says: an instance of the class that it names; None beside it does not count."""
        if node.type == "type":
            return self._annotated(node.named_children[0], depth) if node.named_children else ""
        if not depth:
            return ""
        if node.type in {"binary_operator", "union_type"}:
            kept = [each for each in node.named_children if self._source.read(each) != "None"]
            return self._annotated(kept[0], depth - 1) if len(kept) == 1 else ""
        if node.type == "string":
            written = _WRITTEN.match(self._source.read(node))
            given = self._members.find(f"builtins.{written['name']}") if written else ""
            return f"{given}()" if given in _VALUES else ""
        if node.type in {"generic_type", "subscript"}:
            head = node.named_child(0)
            if head is not None and _OPTIONAL.match(self._source.read(head)):
                within = node.named_children[-1]
                inner = within.named_children if within.type == "type_parameter" else [within]
                return self._annotated(inner[0], depth - 1) if len(inner) == 1 else ""
            return self._annotated(head, depth - 1) if head is not None else ""
        given = self.of(node, depth)
        is_known = given and self._members.is_class(given)
        is_value = given in _VALUES or self._members.versions(given.partition(".")[0])
        return f"{given}()" if is_known and is_value else ""

    def _name(self, node: Node, depth: int) -> str:
        name = self._source.read(node)
        bindings = self._names.lookup(name, node.start_byte)
        if not bindings:
            return self._members.find(f"builtins.{name}") or self._member("builtins", name)
        if len(bindings) > _BINDINGS:
            return ""
        if any(bound.value and node.start_byte < bound.value.end_byte for bound in bindings):
            return ""  # it is used before it is that
        found = {self._bound(bound, depth) for bound in bindings}
        return found.pop() if len(found) == 1 else ""

    def _bound(self, bound: Bound, depth: int) -> str:
        if bound.module:
            return self.module(bound.module)
        if bound.annotation is not None:
            return self._annotated(bound.annotation, depth)
        value = self.of(bound.value, depth)
        if not bound.enters or not value.endswith("()") or value.startswith(">"):
            return "" if bound.enters else value
        given = self._members.member(value.removesuffix("()"), "__enter__")
        return given.removeprefix(">")

    def _attribute(self, node: Node, depth: int) -> str:
        base, name = node.child_by_field_name("object"), node.child_by_field_name("attribute")
        owner = self.owner(base, depth)
        if not owner or name is None:
            return ""
        member = self._source.read(name)
        return "" if member in self._names.patched else self._member(owner, member)

    def _call(self, node: Node, depth: int) -> str:
        value = self.of(callee(node), depth)
        if value.startswith(">"):
            arguments = node.child_by_field_name("arguments")
            text = self._source.read(arguments) if arguments is not None else ""
            return "" if value.startswith(">pandas.") and _IN_PIECES.search(text) else value[1:]
        if (
            value in _UNSURE
            or value.startswith(_MAKERS)
            or value.endswith("()")
            or not value
            or not self._members.is_class(value)
        ):
            return ""
        return f"{value}()"

    def owner(self, node: Node | None, depth: int = _DEPTH) -> str:
        """The module or class whose members an expression has; "" when that is not known."""
        value = self.of(node, depth)
        return "" if value.startswith(">") else value.removesuffix("()")

    def is_plain(self, node: Node | None) -> bool:
        """Whether what an expression is stands in it: a name, a module's member, a literal, a class that is called."""
        while node is not None and node.type in {"attribute", "parenthesized_expression"}:
            node = node.named_child(0)
        if node is None or node.type != "call":
            return True
        return self.of(callee(node)) != "" and not self.of(callee(node)).startswith(">")


def _kind_of_string(text: str) -> str:
    prefix = text.partition('"')[0].partition("'")[0].lower()
    return "bytes" if "b" in prefix else "str"
