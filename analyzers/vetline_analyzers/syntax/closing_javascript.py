"""What an unfinished JavaScript or TypeScript text lacks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from vetline_analyzers.syntax.closing import Reader

if TYPE_CHECKING:
    from vetline_analyzers.syntax.closing import Open

_TOKEN = re.compile(
    r"(?P<line>\n)|(?P<space>[ \t\r\f\v]+)|(?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z))"
    r"|(?P<string>[\"'`])|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<word>[\w$]+(?:\.[\w$]+)*)"
    r"|(?P<other>=>|\?\.|\+\+|--|\.\.\.|[^\w$])"
)
_REGEX = re.compile(r"/(?![*/])(?:[^\\/\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_STRICT = re.compile(  # what no line inside parentheses, brackets or an object begins with
    r"(?:const|let|var)\s+[\w$\[{]|(?:return|throw)\b(?!\s*[:,)=(])|(?:if|for|while|switch)\s*\([^\n]*\{[ \t]*\r?$"
    r"|(?:try|finally)\s*\{|export\s+(?:default|const|let|function|class|async)\b|import\s+[\w{*\"'][^\n]*[\"']",
    re.MULTILINE,
)
_DECLARES = re.compile(
    r"(?:async\s+)?function\b|class\s+[\w$]+|export\s|import\s+[\w{*\"']|(?:const|let|var)\s"
    r"|(?:app|router|server|module|exports)\.\w|describe\(|interface\s+\w|type\s+\w+\s*="
)
_LOOSE = re.compile(
    r"(?:async\s+)?function\s+[\w$]|class\s+[\w$]+|(?:await|if|for|while|return|throw)\b|[\w$][\w$.]*\s*(?:\(|=(?![=>]))"
)
_STATEMENT = re.compile(
    r"^([ \t]*)(?:(?:const|let|var)[ \t]+[\w$\[{][^\n]*=|(?:async[ \t]+)?function[ \t]+[\w$]+[ \t]*\("
    r"|(?:export|import)[ \t]+[\w{*]|[\w$.]+\([^\n]*(?:;|\{)[ \t]*\r?$|(?:return|throw)\b[^\n]*;[ \t]*\r?$"
    r"|\}[)\];,]*[ \t]*\r?$)",
    re.MULTILINE,
)
_BODIES = {
    '"': re.compile(r'[^\\\n"]*(?:\\.[^\\\n"]*)*', re.DOTALL),
    "'": re.compile(r"[^\\\n']*(?:\\.[^\\\n']*)*", re.DOTALL),
    "`": re.compile(r"[^\\`$]*(?:(?:\\.|\$(?!\{))[^\\`$]*)*", re.DOTALL),
}
_FOLLOW = frozenset(["else", "catch", "finally", "while", "case", "default"])
_WORDS = frozenset(
    [
        "return",
        "throw",
        "case",
        "typeof",
        "void",
        "delete",
        "in",
        "of",
        "instanceof",
        "new",
        "await",
        "yield",
        "else",
        "do",
        "extends",
        "default",
    ]
)
_NEEDING = frozenset(
    [
        "typeof",
        "void",
        "delete",
        "in",
        "of",
        "instanceof",
        "new",
        "await",
        "extends",
        "=",
        ".",
        "?.",
        ":",
    ]
)
_OPERATORS = frozenset("+-*/%|&^~")
_CONTINUES = frozenset(",([{=:.?") | _OPERATORS | _WORDS | {"=>", "?.", "!", "<"}
_BEFORE_BLOCK = frozenset({")", "=>", "{", "}", ";", "else", "try", "finally", "do", "static", ""})
_HEADERS = frozenset({"if", "for", "while", "switch", "catch", "function"})
_LINE_END = re.compile(r"[ \t]*(?://[^\n]*)?\r?(?:\n|\Z)")
_CLOSERS = {"(": ")", "[": "]", "{": "}"}


@dataclass(slots=True)
class JavaScriptReader(Reader):
    """Reads JavaScript, TypeScript and what is like them.

    Attributes:
        before: the token before the last one.
    """

    statement: ClassVar = _STATEMENT
    hole: ClassVar = "${"

    before: str = ""

    def body(self, string: Open) -> re.Pattern[str]:
        """What a string's own text consists of, up to its end or to an expression in it."""
        return _BODIES[string.closer]

    def read_token(self) -> None:
        """Reads the next token of code."""
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            self.at += 1
            return
        kind = found.lastgroup
        if kind == "line":
            self.line_ends()
            self.at, self.fresh, self.indent = found.end(), True, 0
        elif kind in {"space", "comment"}:
            if self.fresh and kind == "space":
                self.indent = len(found[0].expandtabs())
            self.at = found.end()
        else:
            self.significant(kind or "", found)

    def significant(self, kind: str, found: re.Match[str]) -> None:
        """Reads a token that means something."""
        if self.fresh and self.stack and kind != "close":
            self.line_begins()
        if kind == "string":
            self.opens_string(found[0])
        elif kind == "open":
            if found[0] == "{" and self.header_ends():
                self.close(len(self.stack) - 1)
            holds = self.opens_block() if found[0] == "{" else self.opens_header()
            self.push(_CLOSERS[found[0]], holds_code=holds)
            self.token(found.end(), found[0])
        elif kind == "close":
            self.closes(found[0])
        elif (
            found[0] == "/" and not self.is_value() and (regex := _REGEX.match(self.text, self.at))
        ):
            self.token(regex.end(), '"')
        else:
            self.token(found.end(), found[0])

    def token(self, end: int, last: str) -> None:
        """Moves on behind a token and keeps the one before it."""
        self.before = self.last
        self.took(end, last)

    def is_value(self) -> bool:
        """Whether what was read last ends an expression."""
        return self.last in {")", "]", "}", '"'} or (
            self.last[-1:].isalnum() and self.last not in _WORDS
        )

    def opens_header(self) -> bool:
        """Whether a parenthesis here is that of a statement or function with a body behind it."""
        return self.last in _HEADERS or self.before == "function"

    def header_ends(self) -> bool:
        """Whether the brace here opens the body that belongs to an open parenthesis."""
        if not self.stack or self.stack[-1].closer != ")" or not self.stack[-1].holds_code:
            return False
        begins = self.last in {"(", ",", "=", ":", "=>"} or self.last in _WORDS
        return not begins and _LINE_END.match(self.text, self.at + 1) is not None

    def opens_block(self) -> bool:
        """Whether the brace here holds statements rather than properties."""
        return self.last in _BEFORE_BLOCK or (
            self.last[-1:].isalnum() and self.last not in _WORDS | {"import", "export"}
        )

    def opens_string(self, quote: str) -> None:
        """Reads the beginning of a string; an apostrophe of prose is passed over."""
        if quote == "`" and self.is_value():
            around = [n for n, each in enumerate(self.stack) if each.closer == "`"]
            if around:
                self.close(around[-1] + 1)  # the template ends, its expression is open
                return
        elif self.last_end == self.at and self.last[-1:].isalnum() and self.last not in _WORDS:
            self.token(self.at + 1, "'")
            return
        self.push(quote, long=quote == "`")
        self.token(self.at + 1, '"')

    def closes(self, closer: str) -> None:
        """Reads a bracket that closes something, or nothing."""
        depth = self.depth_of(closer)
        if depth < 0:
            self.blank()
            return
        if closer == "}" and self.fresh:
            depth = self.level(depth)
        self.close(depth + 1)
        self.stack.pop()
        self.token(self.at + 1, closer)

    def level(self, depth: int) -> int:
        """The brace that one at the beginning of a line closes: by its indentation, the innermost in doubt."""
        for outer in range(depth, -1, -1):
            each = self.stack[outer]
            if each.closer[0] == "`":
                break
            if each.closer == "}" and each.indent == self.indent:
                return outer
        return depth

    def line_begins(self) -> None:
        """Closes what the line that begins here shows to be at its end."""
        if any(each.closer == "`" for each in self.stack):
            return
        depth = len(self.stack)
        while depth and self.ends(depth - 1):
            depth -= 1
        self.close(depth)
        if self.stack and self.stack[-1].inner < 0:
            self.stack[-1].inner = self.indent

    def ends(self, depth: int) -> bool:
        """Whether the bracket at that depth ends before the line that begins here."""
        each = self.stack[depth]
        if each.closer == "}" and each.holds_code:
            lower = self.indent <= each.indent and self.indent < each.inner
            clean = self.last in {";", "}"} and self.text[self.at].isalpha()
            word = re.match(r"\w*", self.text[self.at : self.at + 20])
            follows = word is not None and word[0] in _FOLLOW
            return (
                lower and not follows and (clean or _DECLARES.match(self.text, self.at) is not None)
            )
        if _STRICT.match(self.text, self.at):
            return True
        if self.indent > each.indent:
            return False
        return self.last not in _CONTINUES and _LOOSE.match(self.text, self.at) is not None

    def line_ends(self) -> None:
        """Closes the strings that are to end with their first line; notes doubt in a template's expression."""
        self.cut_lines()
        template = next((each for each in self.stack if each.closer == "`"), None)
        if template is not None and self.doubtful < 0:
            found = _STATEMENT.match(self.text, self.at + 1)
            if found and len(found[1].expandtabs()) <= template.indent:
                self.doubtful = template.at

    def placeholder(self) -> str:
        """What the code read last still needs to be an expression."""
        if self.last in _OPERATORS:
            return '""'
        if self.last == "=>":
            return " {}"
        if self.last == "else":
            return " {}"
        return " _" if self.last in _NEEDING or self.last == "${" else ""

    def end(self) -> None:
        """Closes all that is open at the end of the text."""
        if not self.stack and (needed := self.placeholder()):
            self.insert(needed)
        self.close(0)
