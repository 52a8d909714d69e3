"""Where a Python text imports something, and whether it expects that this may fail.

Told from the text alone, without a tree: a text that is being typed seldom parses, and its imports are
what an assistant invents.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers import languages
from vetline_analyzers.core.text import Span
from vetline_analyzers.languages import python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vetline_analyzers.core.text import Snapshot

_MAX_INDENT = 400  # characters of a line that are looked at
MOST = 3_000  # imports of one text that are looked at
_MAX_DEPTH = 100  # Python itself takes no more

_BLANK = r"(?:[ \t\f]|\\\r?\n)"
_DOTTED = rf"[^\W\d]\w*(?:{_BLANK}*\.{_BLANK}*\w+)*"
_OPENING = re.compile(r"(?:^|(?<=\r)|[;:])[ \t\f\ufeff]*(?:from|import)", re.MULTILINE)
_STATEMENT = re.compile(
    rf"(?:^|(?<=\r)|[;:])[ \t\f\ufeff]*(?:from(?:{_BLANK}+(?P<source>{_DOTTED}){_BLANK}+"
    rf"|{_BLANK}*(?P<near>\.(?:{_BLANK}*\.)*(?:{_BLANK}*{_DOTTED}(?={_BLANK}))?){_BLANK}*)import\b"
    rf"|import{_BLANK}+(?P<names>{_DOTTED}[^;#\r\n\\]*(?:\\\r?\n[^;#\r\n\\]*)*))",
    re.MULTILINE,
)
_NAMED = re.compile(rf"{_BLANK}*(?P<name>{_DOTTED})(?:{_BLANK}+as{_BLANK}+\w+)?{_BLANK}*(?:,|$)")
_CALL = re.compile(
    r"(?P<call>\b(?:import_module|__import__|find_spec|importorskip))\(\s*(?P<quote>['\"])"
    r"(?P<name>[^\W\d]\w*(?:\.\w+)*)(?P=quote)"
)
_CALLED = ("import_module", "__import__", "find_spec", "importorskip")
_ASKING = frozenset({"find_spec", "importorskip"})  # they are made for what may be missing
_BETWEEN = rf"(?:{_BLANK}|[\r\n]|#[^\r\n]*(?:[\r\n]|\Z))*"
_LISTED = re.compile(
    rf"{_BETWEEN}(?:\({_BETWEEN})?(?P<name>[^\W\d]\w*)(?:{_BLANK}+as{_BLANK}+\w+)?{_BETWEEN}(?P<more>,)?"
)
_MAX_NAMES = 200  # of one statement
_BLOCK = re.compile(
    r"^(?P<indent>[ \t\f]*)(?:async[ \t]+)?"
    r"(?P<word>try|except|else|elif|if|with|finally|for|while|def|class|match|case)\b"
    r"(?P<rest>[^\n(]*(?:\([^)]{0,300}\))?[^\n]*)",
    re.MULTILINE,
)
_FOLLOWS = {"except": ("try",), "finally": ("try",), "elif": ("if",), "else": ("try", "if")}
_CATCHES = re.compile(r"except\s*\*?\s*(?::|.*\b(?:ImportError|ModuleNotFoundError|(?:Base)?Exception)\b)", re.DOTALL)  # fmt: skip
_CONDITION = re.compile(
    r"TYPE_CHECKING|sys\.(?:platform|version|implementation|hexversion)|version_info|os\.name|platform\."
    r"|\bPY[23]\b|\bIS_?(?:WIN|LINUX|MAC)|find_spec|\b(?:HAS|HAVE|WITH|USE)_[A-Z]|_(?:available|installed)\b"
)
_EXPECTS = re.compile(r"[rR]aises\w*\(.{0,80}\b(?:ImportError|ModuleNotFoundError)", re.DOTALL)
_SUPPRESSES = re.compile(r"suppress\(.*(?:ImportError|ModuleNotFoundError|Exception)", re.DOTALL)


# An import of one's own module under the name that it has elsewhere, and what is done where it has not.
_OR_OWN = re.compile(
    r"[^\n]{0,200}\n(?:[ \t]*(?:#[^\n]{0,200})?\n){0,5}[ \t]*except\b[^\n]{0,100}:(?:[ \t]*(?:#[^\n]{0,200})?\n){0,5}[ \t]*from[ \t]+\."
)


class Import(NamedTuple):
    """An import of a module.

    Attributes:
        span: its name as it stands there.
        module: its name without blanks; a relative one with its dots in front.
        guarded: the code expects that it may be missing.
        end: where the names begin that a `from … import` takes out of it; 0 for other imports.
    """

    span: Span
    module: str
    guarded: bool = False
    end: int = 0


@dataclass(slots=True)
class _Block:
    """A block by its first line; `chain` is shared by what belongs together, as `try` and `except`."""

    indent: int
    end: int
    word: str
    chain: list[str]

    def expects(self) -> bool:
        """Whether an import inside is there to fail: a test of what happens then."""
        return self.word == "with" and bool(_EXPECTS.search(self.chain[0]))

    def guards(self) -> bool:
        """Whether an import inside may fail without harm, or is for other circumstances."""
        if self.chain[0].startswith("try"):
            return self.word in {"try", "except"} and any(map(_CATCHES.match, self.chain))
        if self.word in {"if", "elif", "else"}:
            return any(map(_CONDITION.search, self.chain))
        return self.word == "with" and bool(_SUPPRESSES.search(self.chain[0]))


def code(text: str) -> Callable[[int], bool]:
    """Tells whether an offset lies outside strings and comments.

    It reads the text only as far as it is asked: imports stand at the top, and this runs with every
    keystroke.
    """
    opaque = languages.opaque(python.LANGUAGE, text)
    return lambda at: opaque(at) is None


def found(text: str, is_code: Callable[[int], bool]) -> Iterator[Import]:
    """The imports in a text, in its order, of too many one more than `MOST`; guarded are only those that ask for a module."""
    stated = (
        Import(span, re.sub(r"[\s\\]", "", text[span.start : span.end]), end=end)
        for match in _statements(text)
        if is_code(_witness(match))
        for span, end in _spans(text, match)
    )
    imports = list(islice(stated, MOST + 1))
    if any(name in text for name in _CALLED):
        calls = (match for match in _CALL.finditer(text) if is_code(match.start("call")))
        imports += [
            Import(Span(*match.span("name")), match["name"], match["call"] in _ASKING)
            for match in islice(calls, MOST + 1)
        ]
        imports.sort(key=lambda found: found.span)
    yield from imports[: MOST + 1]


def names(text: str, found: Import) -> Iterator[tuple[str, Span]]:
    """What a `from … import` takes out of its module, each name with its place; "*" is none."""
    at = found.end
    for _ in range(_MAX_NAMES if at else 0):
        listed = _LISTED.match(text, at)
        if listed is None:
            return
        yield listed["name"], Span(*listed.span("name"))
        if not listed["more"]:
            return
        at = listed.end()


def line(text: str, found: Import) -> str:
    """An import from its module to the end of its line; "" when that is not all of it."""
    end = text.find("\n", found.span.start, found.span.start + _MAX_INDENT)
    rest = text[found.span.start : end] if end >= 0 else ""
    return "" if "(" in rest or "\\" in rest else rest


def has_own_instead(text: str, found: Import) -> bool:
    """Whether a module of the same package is imported where an import in a `try` fails: it is one's own, too."""
    return found.guarded and _OR_OWN.match(text, found.span.end) is not None


def _witness(match: re.Match[str]) -> int:
    """A place in an import statement that lies in a string or comment when the statement does."""
    group = next(name for name in ("source", "near", "names") if match[name])
    return match.start("names") if group == "names" else match.end(group) - 1


def _statements(text: str) -> Iterator[re.Match[str]]:
    """What looks like an import statement, looked for only on lines with the word on them."""
    at, begin = text.find("import"), 0
    while at >= 0:
        start = max(text.rfind("\n", 0, at) + 1, begin)
        # It may have begun on an earlier line that a backslash continues.
        while start > begin and text[max(0, start - 3) : start].rstrip("\r\n").endswith("\\"):
            start = max(text.rfind("\n", 0, start - 1) + 1, begin)
        end = text.find("\n", at) + 1 or len(text)
        begin = max(start, begin)
        while opening := _OPENING.search(text, begin, end):
            match = _STATEMENT.match(text, opening.start())
            if match is not None:
                yield match
            begin = match.end() if match else opening.start() + 1
        begin = max(begin, end)
        at = text.find("import", begin)


def _spans(text: str, match: re.Match[str]) -> Iterator[tuple[Span, int]]:
    """The modules of a statement, each with where the names begin that are taken out of it."""
    for group in ("source", "near"):
        if match[group]:
            yield Span(*match.span(group)), match.end()
            return
    at, end = match.span("names")
    while named := _NAMED.match(text, at, end):
        yield Span(*named.span("name")), 0
        at = named.end()
        if text[at - 1] != ",":
            return


def guarded(
    snapshot: Snapshot, imports: Iterable[Import], is_code: Callable[[int], bool]
) -> Iterator[Import]:
    """The imports, in the order of the text, each knowing whether a block around it guards it.

    Those that are there to fail (`with raises(ImportError)`) are left out.
    """
    text, line_starts = snapshot.text, snapshot.line_starts
    stack: list[_Block] = []
    around: list[tuple[Import, list[_Block]]] = []
    headers = (match for match in _BLOCK.finditer(text) if is_code(match.start("word")))
    header = next(headers, None)
    for found in imports:
        offset = found.span.start
        while header is not None and header.start() <= offset:
            _open(stack, header)
            header = next(headers, None)
        line = line_starts[bisect_right(line_starts, offset) - 1]
        indent = _width(text[line : line + _MAX_INDENT])
        around.append((found, [b for b in stack if b.indent < indent or offset < b.end]))
    while header is not None:  # an `except` that comes after the last import
        if not header["indent"] and header["word"] not in _FOLLOWS:
            break
        _open(stack, header)
        header = next(headers, None)
    for found, blocks in around:
        if not any(block.expects() for block in blocks):
            is_guarded = found.guarded or any(block.guards() for block in blocks)
            yield found._replace(guarded=is_guarded)


def _open(stack: list[_Block], header: re.Match[str]) -> None:
    """Put a block on the stack, in the place of those it ends."""
    indent = _width(header["indent"] + "x")
    sibling = None
    while stack and stack[-1].indent >= indent:
        last = stack.pop()
        sibling = last if last.indent == indent else None
    words = _FOLLOWS.get(header["word"], ())
    chain = sibling.chain if sibling and sibling.chain[0].startswith(words or ("\0",)) else []
    chain.append(header["word"] + header["rest"])
    if len(stack) < _MAX_DEPTH:
        stack.append(_Block(indent, header.end(), header["word"], chain))


def _width(line: str) -> int:
    """How far a line is indented."""
    line = line.expandtabs(8)
    return len(line) - len(line.lstrip(" \f"))
