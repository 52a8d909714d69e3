"""What the flow machine runs: a language's tree, lowered to a few kinds of expressions and statements.

A lowered block is a function of the block's text alone: places are byte offsets from the start of the block, no
tree is held on to. One machine runs what every language is lowered to, so a node's meaning is that of the
plainest imperative language.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Node:
    """A node and its place in bytes from the start of the block; written without it, which is what tests compare."""

    start: int = field(repr=False)
    end: int = field(repr=False)


# -- expressions


@dataclass(slots=True, eq=False)
class Expr(Node):
    """Anything that has a value."""


@dataclass(slots=True, eq=False)
class Const(Expr):
    """A literal.

    Attributes:
        value: str, bytes, int, float, bool, None, Ellipsis; of a number too long to be read, None of them: Other.
    """

    value: object


@dataclass(slots=True, eq=False)
class Name(Expr):
    """A plain name; `this` and `self` too."""

    id: str


@dataclass(slots=True, eq=False)
class Attr(Expr):
    """`base.name`; also JavaScript's `base?.name`."""

    base: Expr
    name: str


@dataclass(slots=True, eq=False)
class Item(Expr):
    """`base[key]`."""

    base: Expr
    key: Expr


@dataclass(slots=True, eq=False)
class Slice(Expr):
    """`base[low:high:step]`; absent parts are None."""

    base: Expr
    low: Expr | None
    high: Expr | None
    step: Expr | None


@dataclass(slots=True, eq=False)
class Call(Expr):
    """A call, also `new X(…)` and a tagged template (its substitutions are the arguments).

    A splat among `arguments` is a Star; the name in `keywords` is "" for `**mapping`. JavaScript has no keywords.
    """

    function: Expr
    arguments: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...]
    new: bool


@dataclass(slots=True, eq=False)
class Star(Expr):
    """`*value` or `...value` among arguments, items, targets."""

    value: Expr


@dataclass(slots=True, eq=False)
class Text(Expr):
    """A string that is put together: f-string, template literal, adjacent literals. `parts` are in order."""

    parts: tuple[str | Expr, ...]


@dataclass(slots=True, eq=False)
class Binary(Expr):
    """Arithmetic: `op` is "+", "-", "*", "/", "//", "%", "**", "|", "&", "^", "<<", ">>", "@"."""

    op: str
    left: Expr
    right: Expr


@dataclass(slots=True, eq=False)
class Compare(Expr):
    """`left op right`, op one of == != < <= > >= in "not in" is "is not"; a chain is a Logic "and" of such."""

    op: str
    left: Expr
    right: Expr


@dataclass(slots=True, eq=False)
class Logic(Expr):
    """`and`, `or`, `??`: gives one of its values."""

    op: str
    values: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Not(Expr):
    """`not value`."""

    value: Expr


@dataclass(slots=True, eq=False)
class Unary(Expr):
    """Any other unary operator: "-", "+", "~", "typeof", "void", "delete"; also `yield value`."""

    op: str
    value: Expr


@dataclass(slots=True, eq=False)
class Choice(Expr):
    """`then if test else other`."""

    test: Expr
    then: Expr
    other: Expr


@dataclass(slots=True, eq=False)
class Display(Expr):
    """A list, tuple or set display; as a target, what is unpacked into. `kind`: "list", "tuple", "set"."""

    kind: str
    items: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Table(Expr):
    """A dict display or an object literal; as a target, an object pattern (values are the targets).

    A key is None for `**value` and `...value`. A plain property's key is a Const.
    """

    pairs: tuple[tuple[Expr | None, Expr], ...]


@dataclass(slots=True, eq=False)
class Generator(Expr):
    """A comprehension. `kind`: "list", "set", "dict", "generator".

    It makes `element`, of a dict the value, and of a dict `key`; `clauses`: (target, iterable, conditions).
    """

    kind: str
    element: Expr
    key: Expr | None
    clauses: tuple[tuple[Expr, Expr, tuple[Expr, ...]], ...]


@dataclass(slots=True, eq=False)
class Parameter(Node):
    """A parameter of a function.

    Attributes:
        name: "" when it is a pattern only.
        kind: "" ordinary, "*" takes the rest, "**" takes the named rest.
        annotation: its type as written, "" without.
        default: its default.
        pattern: what it is unpacked into (JavaScript).
        keyword: it can only be given by name.
        decorators: those of the parameter itself (TypeScript).
    """

    name: str
    kind: str
    annotation: str
    default: Expr | None
    pattern: Expr | None
    keyword: bool
    decorators: tuple[Expr, ...] = ()


@dataclass(slots=True, eq=False)
class Function(Expr):
    """A function, lambda, arrow function or method, as a value.

    Attributes:
        name: "" when it has none.
        parameters: in order, `self` included.
        body: its statements; of a lambda a single Return.
        decorators: outermost first.
        is_async: declared so.
        owner: the class it is a member of, "" for none.
        returns: the annotation of what it returns, "" without.
    """

    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[Stmt, ...]
    decorators: tuple[Expr, ...]
    is_async: bool
    owner: str
    returns: str


@dataclass(slots=True, eq=False)
class Store(Expr):
    """An assignment inside an expression: `(x := value)`, `a = b = c` in JavaScript. Gives the value."""

    target: Expr
    value: Expr
    op: str


@dataclass(slots=True, eq=False)
class Other(Expr):
    """Anything else, also what could not be parsed: its parts are looked at, its value is any of them."""

    parts: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Cut(Other):
    """What lies too deep to be lowered; it has no parts, and who runs it does not know all."""


# -- statements


@dataclass(slots=True, eq=False)
class Stmt(Node):
    """Anything that is done."""


@dataclass(slots=True, eq=False)
class Do(Stmt):
    """An expression for its effect."""

    value: Expr


@dataclass(slots=True, eq=False)
class Assign(Stmt):
    """`target = … = value`; `op` is "" or the operator of an augmented assignment ("+", "??" …).

    A declaration without value has value None.
    """

    targets: tuple[Expr, ...]
    value: Expr | None
    op: str


@dataclass(slots=True, eq=False)
class Return(Stmt):
    """`return value`; also `yield value` as a statement of its own is a Do of Other."""

    value: Expr | None


@dataclass(slots=True, eq=False)
class Raise(Stmt):
    """`raise value`, `throw value`."""

    value: Expr | None


@dataclass(slots=True, eq=False)
class Leave(Stmt):
    """`break` or `continue`, by `kind`."""

    kind: str


@dataclass(slots=True, eq=False)
class If(Stmt):
    """A chain of `elif` is nested. `assert test` is If(test, (), (Raise,))."""

    test: Expr
    then: tuple[Stmt, ...]
    other: tuple[Stmt, ...]


@dataclass(slots=True, eq=False)
class For(Stmt):
    """`for target in iterable`; `keys` when it is JavaScript's `for … in`."""

    target: Expr
    iterable: Expr
    body: tuple[Stmt, ...]
    other: tuple[Stmt, ...]
    keys: bool


@dataclass(slots=True, eq=False)
class While(Stmt):
    """`while test`; a three-part `for` is its start statements, then this with `step` at the body's end.

    `first` when the body runs once before the test (do … while).
    """

    test: Expr | None
    body: tuple[Stmt, ...]
    other: tuple[Stmt, ...]
    first: bool


@dataclass(slots=True, eq=False)
class Try(Stmt):
    """`handlers`: (types as an expression or None, name of the exception or "", body)."""

    body: tuple[Stmt, ...]
    handlers: tuple[tuple[Expr | None, str, tuple[Stmt, ...]], ...]
    other: tuple[Stmt, ...]
    final: tuple[Stmt, ...]


@dataclass(slots=True, eq=False)
class With(Stmt):
    """`items`: (context expression, target or None)."""

    items: tuple[tuple[Expr, Expr | None], ...]
    body: tuple[Stmt, ...]


@dataclass(slots=True, eq=False)
class Match(Stmt):
    """`match` and `switch`.

    Attributes:
        subject: what is looked at.
        cases: (patterns, guard, body). A pattern is a Const or other expression to compare with, a Name that is bound
            to the subject, or Other for a structure (its Names are bound to parts of it). No patterns: `_`, `default`.
        falls: a body that does not end in `break` goes on with the next (switch); `break` there leaves the Match.
    """

    subject: Expr
    cases: tuple[tuple[tuple[Expr, ...], Expr | None, tuple[Stmt, ...]], ...]
    falls: bool


@dataclass(slots=True, eq=False)
class Define(Stmt):
    """A named function."""

    function: Function


@dataclass(slots=True, eq=False)
class Class(Stmt):
    """A class: its members are statements (Define, Assign, Do)."""

    name: str
    bases: tuple[Expr, ...]
    body: tuple[Stmt, ...]
    decorators: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Delete(Stmt):
    """`del targets`."""

    targets: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Import(Stmt):
    """An import inside a function or block: (name bound, dotted target). Those of the module level too."""

    bindings: tuple[tuple[str, str], ...]


@dataclass(slots=True, eq=False)
class Suite(Stmt):
    """Statements in a row: a block, what stands inside a broken stretch."""

    body: tuple[Stmt, ...]
