"""The bandit library, over texts that need not be saved.

Bandit is asked through its own visitor and its own tests, so that what it says of a text is what its
command says of the file. It is imported on first use, because that costs a tenth of a second.
"""

from __future__ import annotations

import ast
import io
import logging
import re
import sys
import tokenize
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline_analyzers import places
from vetline_analyzers.bandit_tests import TESTS, Test
from vetline_analyzers.core.analyzer import Analyzer, NotChecked, Pace
from vetline_analyzers.core.finding import (
    Confidence,
    Finding,
    Persona,
    Rule,
    Severity,
    Suppression,
)
from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vetline_analyzers.core.analyzer import Facts, Memo
    from vetline_analyzers.core.text import Snapshot

NAME = "bandit"

_PASSWORDS = frozenset({"B105", "B106", "B107"})

# An import is no fault: what matters is the call, and bandit has tests for the calls. Starting a
# process without a shell (B603, B606, B607) is what one should do; only an audit wants the list.
_AUDITOR = frozenset(
    {"B403", "B404", *(f"B{number}" for number in range(405, 416)), "B603", "B606", "B607"}
)
# B101: `python -O` drops asserts, which matters only where one guards something. B110, B112: a silent
# except is a smell. B311: `random` is a fault only where its value becomes a secret, and bandit
# does not look where it goes.
# B105-B107 judge a name; the secrets analyzer judges the value, and says it first where it is one.
# B608 takes each f-string with SQL words for a query, B310 each constant address, B301 each load: rules
# of ours that look at what is put in and where it came from find the ones that matter.
_PEDANTIC = frozenset(
    {"B101", "B105", "B106", "B107", "B110", "B112", "B301", "B310", "B311", "B608"}
)

_SOURCE = "./text.py"  # bandit asks the file system about the packages above any other path
_COOKIE = re.compile(r"\A(?P<first>[^\n]*\n)?(?P<head>[ \t\f]*#[^\n]*?coding)[:=]")
_QUOTE = re.compile(r"[rRbBuU]{0,2}(?P<quote>\"\"\"|'''|\"|')")


def analyze(snapshot: Snapshot, facts: Facts, memo: Memo) -> Iterator[Finding]:
    """Bandit's findings in a Python text; those under a `# nosec` carry their suppression.

    Raises:
        NotChecked: this Python's parser cannot read the text, or one of bandit's tests failed on it.
    """
    del facts, memo
    bandit = _bandit()
    text = snapshot.text.removeprefix("\ufeff")
    try:
        # Python warns of odd literals while it parses; they are the author's business, not ours.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tester = _ask(bandit, text)
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        raise NotChecked(_why(error)) from None
    ruler = _Ruler(snapshot)
    for issue in tester.results:
        yield _finding(snapshot, ruler, issue)
    if tester.failed:
        names = ", ".join(sorted(tester.failed))
        raise NotChecked(f"bandit's own test failed on it: {names}")


@cache
def rules() -> tuple[Rule, ...]:
    """A rule for each of bandit's tests and each entry of its lists of calls and imports."""
    manager = _bandit().manager
    tests = [_of_test(extension.plugin) for extension in manager.plugins]
    return (*tests, *(_of_entry(entry) for entry in manager.blacklist_by_id.values()))


ANALYZER = Analyzer(
    name=NAME,
    pace=Pace.SAVE,
    rules=rules,
    analyze=analyze,
    languages=frozenset({"python"}),
)


class _Bandit(NamedTuple):
    """What of bandit is needed, imported once."""

    manager: Any
    tests: Any
    visitor: Any
    tester: Any
    metrics: Any
    nosec: Any
    names: re.Pattern[str]


@cache
def _bandit() -> _Bandit:
    """Import bandit, and undo what its import does to the process."""
    # Its log quotes comments and errors of the analysed file; its plugin loader's tells of formatters.
    for name in ("bandit", "stevedore"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    before = warnings.formatwarning
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its plugin loader warns of its own caller
        from bandit.core import (  # noqa: PLC0415 - only a process that analyses pays for it
            config,
            extension_loader,
            manager,
            metrics,
            node_visitor,
            test_set,
            tester,
        )
        from bandit.plugins import general_hardcoded_password  # noqa: PLC0415 - as above

    warnings.formatwarning = before

    class Tester(tester.BanditTester):  # type: ignore[misc] # bandit has no types
        """Bandit's tester, which keeps what a `# nosec` silences and the node of each issue."""

        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            self.failed: set[str] = set()

        def _get_nosecs_from_contexts(self, context: Any, test_result: Any = None) -> None:
            if test_result is not None:
                test_result.node = context.get("node")
                test_result.nosec = super()._get_nosecs_from_contexts(context, test_result)

        def report_error(self, test: str, _context: Any, _error: Exception) -> None:
            self.failed.add(test)

    return _Bandit(
        manager=extension_loader.MANAGER,
        tests=test_set.BanditTestSet(config.BanditConfig()),
        visitor=node_visitor.BanditNodeVisitor,
        tester=Tester,
        metrics=metrics.Metrics,
        nosec=manager._parse_nosec_comment,  # noqa: SLF001 - bandit's grammar, not a copy of it
        names=general_hardcoded_password.RE_CANDIDATES,
    )


def _ask(bandit: _Bandit, text: str) -> Any:
    """Do to a text what bandit's manager does to a file; gives the tester with its results."""
    nosec = {}
    try:
        for kind, word, (line, _), _, _ in tokenize.generate_tokens(io.StringIO(text).readline):
            if kind == tokenize.COMMENT:
                nosec[line] = bandit.nosec(word)
    except tokenize.TokenError:
        pass  # an open bracket or string at the end, where bandit too goes on; the parser decides
    # A test that reads the bytes obeys the coding cookie, which speaks of the file, not of these.
    raw = io.BytesIO(_COOKIE.sub(r"\g<first>\g<head> ", text).encode())
    metrics = bandit.metrics()
    visitor = bandit.visitor(_SOURCE, raw, None, bandit.tests, False, nosec, metrics)  # noqa: FBT003 - its signature
    visitor.tester = bandit.tester(bandit.tests, False, nosec, metrics)  # noqa: FBT003 - its signature
    visitor.process(text)
    return visitor.tester


def _why(error: BaseException) -> str:
    """Why it could not be parsed. The parser's own words may quote the text, so they are not used."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    match error:
        case TabError():
            what = "tabs and spaces mixed"
        case IndentationError():
            what = "wrong indentation"
        case SyntaxError():
            what = "invalid syntax"
        case RecursionError() | MemoryError():
            what = "nested too deeply"
        case _:
            what = "a character that no Python source may hold"
    if isinstance(error, SyntaxError) and error.lineno:
        what += f" on line {error.lineno}"
    return f"bandit could not parse it with Python {version}: {what}"


class _Ruler:
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


def _finding(snapshot: Snapshot, ruler: _Ruler, issue: Any) -> Finding:
    test = issue.test_id
    message, secret = issue.text, False
    persona = _persona(test, issue.confidence, snapshot.path)
    if test in _PASSWORDS:
        literal = _literal(test, issue.node)
        span, value = _content(snapshot, ruler, literal)
        secret = bool(value)
        # Bandit's sentence quotes the value.
        message = "Possible hard-coded password." if secret else "Possible empty password."
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
        severity=_severity(issue.severity),
        confidence=Confidence[issue.confidence],
        analyzer=NAME,
        persona=persona,
        cwe=(issue.cwe.id,) if issue.cwe.id else (),
        secret=secret,
        suppression=_suppression(issue),
    )


def _suppression(issue: Any) -> Suppression | None:
    """Bandit's tester skips an issue under a `# nosec` that names no test, or this one."""
    if issue.nosec is None or (issue.nosec and issue.test_id not in issue.nosec):
        return None
    return Suppression("nosec", "")


def _persona(test: str, confidence: str, path: str) -> Persona:
    if test in _AUDITOR or (test == "B101" and places.is_test(path)):
        return Persona.AUDITOR
    if test in _PEDANTIC or confidence == "LOW":
        return Persona.PEDANTIC
    return Persona.REGULAR


def _severity(word: str) -> Severity:
    return Severity.INFO if word == "UNDEFINED" else Severity[word]


def _literal(test: str, node: Any) -> Any:
    """The constant that B105, B106 or B107 speaks of, looked for where bandit looks for it."""
    if test == "B105":
        return _compared(node)
    names = _bandit().names
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


def _content(snapshot: Snapshot, ruler: _Ruler, literal: Any) -> tuple[Span, str]:
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


def _of_test(test: Any) -> Rule:
    """The rule of a test; one that a plugin of the user's added is known by its name only."""
    number = test._test_id  # noqa: SLF001 - the name that bandit gives it
    unknown = Test(test.__name__.replace("_", " ").capitalize(), "MEDIUM", "MEDIUM", 0, "")
    known = TESTS.get(number, unknown)
    page = f"{known.why}\n\nBandit's test {number}, `{test.__name__}`."
    return _rule(number, known.title, page, known.severity, known.confidence, known.cwe)


def _of_entry(entry: dict[str, Any]) -> Rule:
    """The rule of an entry of bandit's lists of calls and imports."""
    names = entry["qualnames"]
    listed = ", ".join(f"`{name}`" for name in names[:6]) + (", …" if len(names) > 6 else "")  # noqa: PLR2004 - a line's worth
    kind = "Import" if entry["id"].startswith("B4") else "Call"
    title = f"{kind} of {names[0]}" + (" and its kin" if len(names) > 1 else "")
    message = entry["message"].replace("{name}", "it")
    page = f"{message}\n\nBandit's list `{entry['name']}`: {listed}."
    return _rule(entry["id"], title, page, entry["level"], "HIGH", entry["cwe"])


def _rule(  # noqa: PLR0917 - in the order in which bandit tells them
    number: str, title: str, page: str, severity: str, confidence: str, cwe: int
) -> Rule:
    from bandit.core import docs_utils  # noqa: PLC0415 - only a process that analyses pays for it

    return Rule(
        id=f"bandit/{number}",
        title=title,
        severity=_severity(severity),
        confidence=Confidence[confidence],
        persona=_persona(number, confidence, ""),
        cwe=(cwe,) if cwe else (),
        page=page,
        advice="Change the code as bandit's page says, or write `# nosec "
        f"{number}` on its line when it is safe.",
        url=docs_utils.get_url(number),
    )
