"""What a call is given and called on: the questions that signs of triggers ask, in every language.

Each of these makes a test of a hit, so that a trigger stays data.
"""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING

from vetline_analyzers.syntax import python_web
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from vetline_analyzers.syntax.rule import Hit

    Test = Callable[[Hit], bool]

_NAME = 80  # characters of a name that are looked at
_OF_THE_PROJECT = (".", "@/", "~/")  # what the address of a module of one's own begins with
_LONG = 200  # characters of a place that are looked at
_SOME = 20  # arguments that are looked at


def _late(pattern: str) -> Callable[[], re.Pattern[str]]:
    """Gives a pattern, compiled when it is first asked for: few of them ever are, and they are most of the start."""
    return cache(partial(re.compile, pattern))


def every(*tests: Test) -> Test:
    """Whether all of them hold."""
    return lambda hit: all(test(hit) for test in tests)


def either(*tests: Test) -> Test:
    """Whether one of them holds."""
    return lambda hit: any(test(hit) for test in tests)


def no(test: Test) -> Test:
    """Whether it does not hold."""
    return lambda hit: not test(hit)


def varies(*which: int | str) -> Test:
    """Whether one of these arguments, by place or name, is known only at run time; of none named, any."""
    return lambda hit: any(not hit.constant(node) for node in _arguments(hit, which))


def differs(*which: int | str) -> Test:
    """As `varies`, and what was made a number on the way counts: `Number(params.id)`."""
    return lambda hit: any(
        not hit.constant(part) for node in _arguments(hit, which) for part in _uncleaned(hit, node)
    )


def says(which: tuple[int | str, ...], pattern: str) -> Test:
    """Whether the constant text of one of these arguments has the pattern in it from its beginning on."""
    compiled = _late(pattern)
    return lambda hit: any(
        compiled().match(text) for node in _arguments(hit, which) if (text := hit.string(node))
    )


def is_(name: str, *texts: str) -> Test:
    """Whether a named argument is exactly one of these words: `False`."""
    return lambda hit: (node := hit.keyword(name)) is not None and hit.text(node) in texts


def called_on(pattern: str) -> Test:
    """Whether the end of the name of what the method is called on fits: "cursor"; what it is made by counts too."""
    compiled = _late(rf"(?:\A|(?<=[./]))(?:{pattern})(?:\(\))?(?:\.[cm]?[jt]s)?\Z")
    return lambda hit: any(compiled().search(name[-_NAME:]) for name in (*owners(hit), *_own(hit)))


def _own(hit: Hit) -> tuple[str, ...]:
    """What the file itself calls the thing that a method is called on, where a module of the project gave it."""
    function = callee(hit.node)
    found = hit.scope.dialect.member(function, hit.scope.read) if function is not None else None
    if found is None or found[0].type not in hit.scope.dialect.identifiers:
        return ()
    return (hit.text(found[0]),) if hit.resolve(found[0]).startswith(_OF_THE_PROJECT) else ()


def made_by(*makers: str) -> Test:
    """Whether what the method is called on is what one of these gives, by its whole name: "requests.Session"."""
    wanted = frozenset(f"{maker}()" for maker in makers)
    return lambda hit: any(name in wanted for name in owners(hit))


def from_request(*which: int | str) -> Test:
    """Whether one of these arguments visibly holds what a request brought; of none named, any."""
    return lambda hit: any(hit.from_request(node) for node in _arguments(hit, which))


def brought(*which: int | str) -> Test:
    """As `from_request`, and what was made a number or cleaned on the way counts: `int(request.args["id"])`.

    Neither says whose the row is.
    """
    return lambda hit: any(
        hit.from_request(part) for node in _arguments(hit, which) for part in _uncleaned(hit, node)
    )


def of_request(hit: Hit) -> bool:
    """Whether the method is called on what a request brought: `file = request.files["file"]; file.save(…)`."""
    function = callee(hit.node)
    found = hit.scope.dialect.member(function, hit.scope.read) if function is not None else None
    return found is not None and hit.from_request(found[0])


def _uncleaned(hit: Hit, node: Node) -> Iterator[Node]:
    """An expression, and what is given to each function in it, or in its names' values, that cleans."""
    yield node
    stack, followed = [node], set()
    while stack:
        hit.scope.spend()
        node = stack.pop()
        if node.type in hit.scope.dialect.identifiers and hit.text(node) not in followed:
            followed.add(hit.text(node))
            stack += hit.scope.values(node)
        function = callee(node) if node.type in hit.scope.dialect.calls else None
        if function is not None and hit.scope.dialect.sanitizers.fullmatch(hit.text(function)):
            yield from hit.scope.dialect.argument_nodes(node)
        stack += node.named_children


def reads(pattern: str) -> Test:
    """Whether the pattern is in the text of the place itself."""
    compiled = _late(pattern)
    return lambda hit: compiled().search(hit.text(hit.node)[:_LONG]) is not None


def from_view(*which: int | str) -> Test:
    """Whether one of these arguments names a parameter of the view around the place (Python); of none named, any."""

    def test(hit: Hit) -> bool:
        function = python_web.definition(hit)
        if function is None or python_web.route(hit, function) is None:
            return False
        given = python_web.parameters(hit, function)
        return any(
            hit.text(name) in given
            for node in _arguments(hit, which)
            for name in python_web.inside(hit, node, "identifier")
        )

    return test


def in_handler(pattern: str) -> Test:
    """Whether the function around the place has a parameter whose name fits, as what answers requests has."""
    compiled = _late(rf"(?<![\w$.])(?:{pattern})(?![\w$])")
    return lambda hit: any(compiled().search(hit.text(node)[:1000]) for node in _parameters(hit))


def named(which: tuple[int | str, ...], pattern: str) -> Test:
    """Whether the name of one of these arguments, called or not, has the pattern in it."""
    compiled = _late(pattern)
    return lambda hit: any(
        compiled().search(hit.resolve(callee(node) or node)[-_NAME:])
        for node in _arguments(hit, which)
    )


def built(*which: int | str) -> Test:
    """Whether one of these arguments is a text into which something is put at run time."""
    return lambda hit: any(hit.built(node) is not None for node in _arguments(hit, which))


def begins(which: tuple[int | str, ...], pattern: str) -> Test:
    """Whether the text of one of these arguments, constant or not, begins so."""
    compiled = _late(pattern)

    def test(hit: Hit) -> bool:
        for node in _arguments(hit, which):
            first = next(iter(hit.scope.pieces(node) or ()), None)
            if isinstance(first, str) and compiled().match(first or _second(hit, node)):
                return True
        return False

    return test


def _second(hit: Hit, node: Node) -> str:
    """What a text begins with when its first part is empty."""
    pieces = [piece for piece in hit.scope.pieces(node) or () if piece != ""][:1]
    return next((piece for piece in pieces if isinstance(piece, str)), "")


def owners(hit: Hit) -> tuple[str, ...]:
    """The names of what a method is called on, and of what was called to make that."""
    function = callee(hit.node)
    found = hit.scope.dialect.member(function, hit.scope.read) if function is not None else None
    if found is None:
        return ()
    base = hit.scope.bare(found[0])
    own = base.type in hit.scope.dialect.identifiers
    values = hit.scope.values(base)[-_SOME:] if own else []
    return tuple(name for node in (base, *values) for name in hit.scope.names(node))


def _arguments(hit: Hit, which: tuple[int | str, ...]) -> Iterator[Node]:
    holder = hit.node.child_by_field_name("arguments")
    if holder is not None and holder.type == "template_string":
        yield holder
        return
    if not which:
        yield from hit.scope.dialect.argument_nodes(hit.node)[:_SOME]
        for node in holder.named_children[:_SOME] if holder is not None else ():
            value = node.child_by_field_name("value") if node.type == "keyword_argument" else None
            if value is not None:
                yield value
    for each in which:
        found = hit.argument(each) if isinstance(each, int) else hit.keyword(each)
        if found is not None:
            yield found


def _parameters(hit: Hit) -> Iterator[Node]:
    for node in hit.scope.up(hit.node):
        if node.type in hit.scope.dialect.functions:
            found = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
            if found is not None:
                yield found
