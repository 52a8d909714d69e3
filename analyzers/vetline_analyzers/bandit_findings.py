"""From bandit's issues to findings: where they are, who wants to hear of them, what is a secret."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from vetline_analyzers import places
from vetline_analyzers.bandit_tests import TESTS
from vetline_analyzers.core.finding import Confidence, Finding, Persona, Severity, Suppression
from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vetline_analyzers.core.text import Snapshot

_PASSWORDS = frozenset({"B105", "B106", "B107"})

# An import is no fault: what matters is the call, and bandit has tests for the calls. Starting a
# process without a shell (B603, B606, B607) is what one should do; only an audit wants the list.
_AUDITOR = frozenset({*(f"B{number}" for number in range(401, 416)), "B603", "B606", "B607"})
_FAR = 1 << 30  # a column behind each line's end
_QUOTE = re.compile(r"[rRbBuU]{0,2}(?P<quote>\"\"\"|'''|\"|')")


class Ruler:
    """Measures in code points what `ast` measures in lines and UTF-8 bytes.

    The lines are the snapshot's: line feed, carriage return and both together end one, nothing else.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._mark = 1 if snapshot.text.startswith("\ufeff") else 0

    def offset(self, line: int, column: int) -> int:
        """The offset of a line (from 1) and a column (in bytes, from 0)."""
        start, end = self._snapshot.line_span(line - 1)
        if line == 1:
            start += self._mark
        text = self._snapshot.text[start:end]
        if not text.isascii():
            column = len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))
        return min(start + column, end)

    def line(self, line: int) -> int:
        """The offset at which a line (from 1) begins behind its indentation."""
        start, end = self._snapshot.line_span(line - 1)
        text = self._snapshot.text[start:end]
        return start + len(text) - len(text.lstrip())

    def span(self, node: Any) -> Span:
        """The span of a node."""
        return Span(
            self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno, node.end_col_offset),
        )

    def character(self, line: int, column: int) -> Span:
        """The span of a character (column from 1) of a line (from 1) as `str.splitlines` counts."""
        lines = self._snapshot.text.splitlines(keepends=True)
        start = sum(map(len, lines[: line - 1])) + column - 1
        return Span(start, start + 1) if line > 1 else Span(start, start + 1).shifted(self._mark)


def finding(snapshot: Snapshot, ruler: Ruler, issue: Any, names: re.Pattern[str]) -> Finding:
    """The finding that an issue is.

    Args:
        snapshot: the text.
        ruler: that of the text.
        issue: bandit's, with its node and what a `# nosec` silences on its lines.
        names: bandit's names of passwords.
    """
    test = issue.test_id
    message, secret = issue.text, False
    persona = persona_of(test, issue.confidence, snapshot.path)
    if test in _PASSWORDS:
        literal = _literal(test, issue.node, names)
        span, value = _content(snapshot, ruler, literal)
        secret = bool(value)
        if (
            literal.lineno != issue.lineno
        ):  # a default's, below its `def`: that line is what is meant
            span, secret = Span(ruler.line(issue.lineno), ruler.offset(issue.lineno, _FAR)), False
        # Bandit's sentence quotes the value.
        message = "Possible hard-coded password." if value else "Possible empty password."
    elif issue.node is not None:
        span = ruler.span(issue.node)
        if issue.lineno != issue.node.lineno:  # a keyword's line, in a call of several lines
            span = Span(max(span.start, ruler.line(issue.lineno)), span.end)
    else:
        span = ruler.character(issue.lineno, issue.col_offset)
    return Finding(
        rule=f"bandit/{test}",
        span=span,
        message=message,
        severity=severity(issue.severity),
        confidence=Confidence[issue.confidence],
        analyzer="bandit",
        persona=persona,
        cwe=(issue.cwe.id,) if issue.cwe.id else (),
        secret=secret,
        suppression=suppression(issue),
    )


def suppression(issue: Any) -> Suppression | None:
    """Bandit's tester skips an issue under a `# nosec` that names no test, or this one."""
    if issue.nosec is None or (issue.nosec and issue.test_id not in issue.nosec):
        return None
    return Suppression("nosec", "")


def persona_of(test: str, confidence: str, path: str) -> Persona:
    """Who wants to hear of a test's finding of some confidence, in that file."""
    if test in _AUDITOR or (test == "B101" and places.is_test(path)):
        return Persona.AUDITOR
    # A rule of ours means the same as each of bandit's own tests and sees more of the code: what it is silent
    # about, where bandit is not, is a second opinion. A test that a plugin added has no such rule.
    if test in TESTS or test.startswith("B3") or confidence == "LOW":
        return Persona.PEDANTIC
    return Persona.REGULAR


def severity(word: str) -> Severity:
    """Ours for bandit's."""
    return Severity.INFO if word == "UNDEFINED" else Severity[word]


def _literal(test: str, node: Any, names: re.Pattern[str]) -> Any:
    """The constant that B105, B106 or B107 speaks of, looked for where bandit looks for it."""
    if test == "B105":
        return _compared(node)
    pairs: Iterable[tuple[str | None, Any]] = (
        ((word.arg, word.value) for word in node.keywords) if (test == "B106") else _defaults(node)
    )
    for name, value in pairs:
        if (
            isinstance(value, ast.Constant)
            and isinstance(value.value, str)
            and names.search(name or "")
        ):
            return value
    return node


def _defaults(node: Any) -> Iterator[tuple[str, Any]]:
    """Arguments and defaults as bandit pairs them, which is askew when some are positional only."""
    arguments, defaults = node.args.args, node.args.defaults
    padded = [None] * (len(arguments) - len(defaults)) + defaults
    for argument, value in zip(arguments, padded, strict=False):
        yield argument.arg, value


def _compared(node: Any) -> Any:
    """What stands against a name that looks like a password's, from the string bandit reported at."""
    parent = node._bandit_parent  # noqa: SLF001 - bandit's mark on the tree
    if isinstance(parent, ast.Dict) and node in parent.keys:
        return parent.values[parent.keys.index(node)]
    if isinstance(parent, ast.Subscript):
        return parent._bandit_parent.value  # type: ignore[attr-defined] # noqa: SLF001 - bandit's mark
    if isinstance(parent, ast.Compare):
        return parent.comparators[0]
    return node


def _content(snapshot: Snapshot, ruler: Ruler, literal: Any) -> tuple[Span, str]:
    """The span of a literal's content, without prefix and quotes, and its value.

    A number's own span and digits; the literal's own span and "" where it is empty or a constant
    such as None.
    """
    span = ruler.span(literal)
    value = getattr(literal, "value", None)
    if isinstance(value, (int, float, bytes)) and not isinstance(value, bool):
        return span, snapshot.slice(span)
    if not isinstance(value, str) or not value:
        return span, ""
    source = snapshot.slice(span)
    opening = _QUOTE.match(source)
    if opening is None:
        return span, value
    quote = opening["quote"]
    closing = len(quote) if source.endswith(quote) else 1
    return Span(span.start + opening.end(), span.end - closing), value
