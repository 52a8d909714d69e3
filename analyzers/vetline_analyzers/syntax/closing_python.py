"""What an unfinished Python text lacks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from vetline_analyzers.syntax.closing import Reader

if TYPE_CHECKING:
    from vetline_analyzers.syntax.closing import Open

_TOKEN = re.compile(
    r"(?P<line>\n)|(?P<space>[ \t\r\f]+|\\\r?\n)|(?P<comment>\#[^\n]*)"
    r"|(?P<string>[rRbBuUfFtT]{0,2}(?P<quote>\"{3}|'{3}|\"|'))"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<word>\w+(?:\.\w+)*)|(?P<other>->|\.\.\.|[^\w])"
)
_STRICT = re.compile(  # what no line inside brackets begins with
    r"(?:async\s+)?def\s+\w+\s*[\[(]|class\s+\w+\s*[(:]|import\s+\w|from\s+[\w.]+\s+import\b"
    r"|(?:return|raise|elif|except|del|global|nonlocal|assert)\b(?!\s*[=,)])|(?:try|finally|else)\s*:"
    r"|(?:while|with|if|for|async\s+for|async\s+with)\b[^\n]*:[ \t]*(?:\#[^\n]*)?(?:\r?$|\Z)"
    r"|(?:break|continue|pass)[ \t]*(?:\#|;|\r?$|\Z)",
    re.MULTILINE,
)
_ASSIGNED = re.compile(
    r"@\w|[A-Za-z_][\w.]*(?:\[[^\]\n]*\])?(?:,[ \t]*[\w.]+)*[ \t]*(?:[-+*/|&%]?=(?!=)[ \t]|:[ \t]*\w[^\n=]*=[ \t])"
)
_LOOSE = re.compile(r"(?:await\s|yield\b|[A-Za-z_][\w.]*[(\[]|[A-Za-z_]\w*[ \t]*=(?!=))")
_STATEMENT = re.compile(
    r"^([ \t]*)(?:(?:async[ \t]+)?def[ \t]+\w+[ \t]*\(|class[ \t]+\w+[ \t]*[(:]|import[ \t]+\w+[ \t]*\r?$"
    r"|from[ \t]+[\w.]+[ \t]+import[ \t]+\w|@\w[\w.]*(?:\(|[ \t]*\r?$)|return[ \t]+\w+(?:[(.]|[ \t]*\r?$)"
    r"|[A-Za-z_][\w.]*[ \t]*=[ \t]*[\w.]+[(\[]|(?:if|for|while|with|try|except)\b[^\n]*:[ \t]*\r?$)",
    re.MULTILINE,
)
_HEADERS = frozenset(
    [
        "if",
        "elif",
        "else",
        "for",
        "while",
        "with",
        "try",
        "except",
        "finally",
        "def",
        "class",
        "async",
        "match",
        "case",
    ]
)
_SIMPLE_HEADERS = _HEADERS - {"match", "case", "async"}
_NEEDING = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "is",
        "if",
        "else",
        "from",
        "await",
        "del",
        "with",
        "for",
        "while",
        "elif",
        "lambda",
        "as",
    ]
)
_BEFORE_QUOTE = _NEEDING | frozenset(
    ["print", "return", "yield", "assert", "raise", "exec", "import", "except"]
)
_OPERATORS = frozenset("+-*/%|&^<>@~")
_CONTINUES = frozenset(",([{=:.") | _OPERATORS | _NEEDING
_BEFORE_MORE = _CONTINUES - {"("}
_WAITING = frozenset("=.") | (_NEEDING - {"else", "lambda"})
_CLOSERS = {"(": ")", "[": "]", "{": "}"}


def _body(quote: str, *, holds_code: bool) -> re.Pattern[str]:
    first = quote[0]
    stops, ways = first + r"\\" + ("{" if holds_code else ""), r"\\."
    if len(quote) == 1:
        stops += "\n"
    else:
        ways += f"|{first}(?!{first}{first})"
    if holds_code:
        ways += r"|\{\{"
    return re.compile(f"[^{stops}]*(?:(?:{ways})[^{stops}]*)*", re.DOTALL)


_BODIES = {
    (quote, holds): _body(quote, holds_code=holds)
    for quote in ('"', "'", '"""', "'''")
    for holds in (False, True)
}


@dataclass(slots=True)
class PythonReader(Reader):
    """Reads Python.

    Attributes:
        word: the word that the statement begins with, "" for none.
        begun: how far the statement is indented.
        colon: a colon outside brackets was read in it.
        inside: something of the statement has been read.
    """

    statement: ClassVar = _STATEMENT
    hole: ClassVar = "{"

    word: str = ""
    begun: int = 0
    colon: bool = False
    inside: bool = False

    def body(self, string: Open) -> re.Pattern[str]:
        """What a string's own text consists of, up to its end or to an expression in it."""
        return _BODIES[string.closer, string.holds_code]

    def read_token(self) -> None:
        """Reads the next token of code."""
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            self.at += 1
            return
        kind = found.lastgroup
        if kind == "quote":
            kind = "string"
        if kind == "line":
            self.line_ends()
            self.at, self.fresh, self.indent = found.end(), True, 0
        elif kind in {"space", "comment"}:
            if self.fresh and self.text[self.at - 1 : self.at] in {"\n", ""}:
                self.indent = len(found[0].expandtabs()) if kind == "space" else 0
            self.at = found.end()
        else:
            self.significant(kind or "", found)

    def significant(self, kind: str, found: re.Match[str]) -> None:
        """Reads a token that means something."""
        if self.fresh and self.stack and self.begins():
            self.close(0)
            self.statement_ends()
        if not self.inside:
            self.inside, self.begun, self.colon = True, self.indent, False
            self.word = found[0] if kind == "word" else ""
        if kind == "string":
            self.opens_string(found)
        elif kind == "open":
            self.push(_CLOSERS[found[0]])
            self.took(found.end(), found[0])
        elif kind == "close":
            self.closes(found[0])
        else:
            self.colon = self.colon or (found[0] == ":" and not self.stack)
            self.took(found.end(), found[0])

    def opens_string(self, found: re.Match[str]) -> None:
        """Reads the beginning of a string; an apostrophe of prose is passed over."""
        prefix = found[0].rstrip("\"'")
        around = next((each for each in reversed(self.stack) if each.closer[0] in "\"'"), None)
        if around is not None and around.closer == found["quote"] and self.last not in _CONTINUES:
            self.close(self.stack.index(around) + 1)  # the string ends, its expression is open
            return
        follows = self.last_end == self.at and self.last[-1:].isalnum()
        if follows and self.last not in _BEFORE_QUOTE:
            self.took(found.end(), "'")
            return
        long = len(found["quote"]) > 1
        self.push(found["quote"], holds_code=bool(set(prefix) & set("fFtT")), long=long)
        self.took(found.end(), '"')

    def closes(self, closer: str) -> None:
        """Reads a bracket that closes something, or nothing."""
        depth = self.depth_of(closer)
        if depth < 0:
            self.blank()
            return
        self.close(depth + 1)
        self.stack.pop()
        self.took(self.at + 1, closer)

    def begins(self) -> bool:
        """Whether the line that begins here, inside brackets, is another statement."""
        if any(each.long for each in self.stack):
            return False
        if _STRICT.match(self.text, self.at) or self.header_ended():
            return True
        if self.indent > self.begun:
            return False
        if _ASSIGNED.match(self.text, self.at):
            return True
        return self.last not in _BEFORE_MORE and _LOOSE.match(self.text, self.at) is not None

    def header_ended(self) -> bool:
        """Whether the line before ends as the header of a block does, but for a bracket."""
        return self.last == ":" and self.word in _HEADERS and self.stack[-1].closer == ")"

    def line_ends(self) -> None:
        """Closes what cannot run over the end of a line."""
        self.cut_lines()
        short = (n for n, each in enumerate(self.stack) if each.closer in {"'", '"'})
        if (depth := next(short, None)) is not None:
            self.close(depth)
        if not self.stack and self.inside:
            self.statement_ends()

    def statement_ends(self) -> None:
        """Gives a statement the operand or colon it lacks."""
        if self.inside and not self.stack:
            if self.word not in {"from", "import"} and (needed := self.placeholder()):
                self.insert(needed)
            if self.word in _SIMPLE_HEADERS and not self.colon and self.last_end > self.begun:
                self.insert(":")
        self.inside = False
        self.last = ""

    def close(self, depth: int) -> None:
        """Closes what is open down to a depth; before the colon that ends a header, when there is one."""
        if depth == 0 and self.last == ":" and self.word in _HEADERS and not self.in_string():
            self.last, self.last_end, self.colon = "", self.last_end - 1, True
            Reader.close(self, depth)
            self.last, self.last_end = ":", self.last_end + 1
            return
        Reader.close(self, depth)

    def end(self) -> None:
        """Closes all that is open at the end of the text."""
        self.close(0)
        self.statement_ends()

    def placeholder(self) -> str:
        """What the code read last still needs to be an expression."""
        if self.last in _OPERATORS:
            return '""'
        if self.last == "{" and len(self.stack) > 1 and self.stack[-2].closer[0] in "\"'":
            return "_"
        if self.last == ":":
            return "_" if self.stack and self.stack[-1].closer == "}" else ""
        return " _" if self.last in _WAITING else ""
