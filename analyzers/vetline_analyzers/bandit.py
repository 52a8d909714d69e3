"""The bandit library, over texts that need not be saved.

Bandit is asked through its own visitor and its own tests, so that what it says of a text is what its
command says of the file. It is imported on first use, because that costs a tenth of a second.
"""

from __future__ import annotations

import ast
import gc
import io
import logging
import re
import symtable
import sys
import tokenize
import warnings
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline_analyzers import bandit_triggers
from vetline_analyzers.bandit_findings import Ruler, finding, persona_of, severity
from vetline_analyzers.bandit_tests import TESTS, Test
from vetline_analyzers.bandit_walk import Judge, unmark
from vetline_analyzers.core.analyzer import Analyzer, NotChecked, Pace, Unreadable
from vetline_analyzers.core.finding import Confidence, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.core.analyzer import Facts, Memo
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot

NAME = "bandit"

_SOURCE = "./text.py"  # bandit asks the file system about the packages above any other path
_RETURN = re.compile(r"\r(?!\n)")
_COOKIE = re.compile(r"\A(?P<first>[^\n]*\n)?(?P<head>[ \t\f]*#[^\n]*?coding)[:=]")


def analyze(snapshot: Snapshot, facts: Facts, memo: Memo) -> Iterator[Finding]:
    """Bandit's findings in a Python text; those under a `# nosec` carry their suppression.

    Raises:
        NotChecked: this Python's parser cannot read the text, or one of bandit's tests failed on it.
    """
    del facts, memo
    try:
        # Python warns of odd literals while it parses; they are the author's business, not ours.
        with warnings.catch_warnings(), _no_collector():
            warnings.simplefilter("ignore")
            found, failed = _found(snapshot)
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        raise Unreadable(_why(error)) from None
    yield from found
    if failed:
        raise NotChecked(f"bandit's own test failed on it: {', '.join(sorted(failed))}")


def _found(snapshot: Snapshot) -> tuple[list[Finding], set[str]]:
    """What bandit finds, and the names of its tests that failed; its tree is gone by then."""
    bandit = _bandit()
    marked: list[Any] = []
    tester = _ask(bandit, snapshot.text.removeprefix("\ufeff"), marked)
    ruler = Ruler(snapshot)
    found = [finding(snapshot, ruler, issue, bandit.names) for issue in tester.results]
    unmark(marked)
    return found, tester.failed


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
    stand_in="patterns",
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
    words: str
    bidi: tuple[str, ...]
    call_name: Any
    release: str


@cache
def _bandit() -> _Bandit:
    """Import bandit, and undo what its import does to the process."""
    # Its log quotes comments and errors of the analysed file; its plugin loader's tells of formatters.
    for name in ("bandit", "stevedore"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    before = warnings.formatwarning
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its plugin loader warns of its own caller
        import bandit  # noqa: PLC0415 - only a process that analyses pays for it
        from bandit.core import (  # noqa: PLC0415 - as above
            config,
            extension_loader,
            manager,
            metrics,
            node_visitor,
            test_set,
            tester,
            utils,
        )
        from bandit.plugins import general_hardcoded_password as passwords  # noqa: PLC0415 - as above
        from bandit.plugins import trojansource  # noqa: PLC0415 - as above

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

    class Visitor(node_visitor.BanditNodeVisitor):  # type: ignore[misc] # as above
        """Bandit's visitor, which keeps no scores, and can learn what is imported without a test."""

        tester: Any
        context: Any

        def update_scores(self, scores: object) -> None:
            """Nobody asks for them."""

        def learn(self, node: object) -> None:
            """Note what an import brings in, as `visit` does."""
            asking, self.tester, self.context = self.tester, mute, {}
            self.visit(node)
            self.tester = asking

    mute = tester.BanditTester(SimpleNamespace(get_tests=lambda _: ()), False, {}, None)  # noqa: FBT003 - its signature

    return _Bandit(
        manager=extension_loader.MANAGER,
        tests=test_set.BanditTestSet(config.BanditConfig()),
        visitor=Visitor,
        tester=Tester,
        metrics=metrics.Metrics,
        nosec=manager._parse_nosec_comment,  # noqa: SLF001 - bandit's grammar, not a copy of it
        names=passwords.RE_CANDIDATES,
        words=passwords.RE_WORDS,
        bidi=trojansource.BIDI_CHARACTERS,
        call_name=utils.get_call_name,
        release=bandit.__version__,
    )


@contextmanager
def _no_collector() -> Iterator[None]:
    """Without the garbage collector, which would walk each tree several times while it grows."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _ask(bandit: _Bandit, text: str, marked: list[Any] | None = None) -> Any:
    """Do to a text what bandit's manager does to a file; gives the tester with its results.

    The nodes that got marks go into `marked`.
    """
    nosec = _nosec(bandit, text)
    # Tests that read the bytes look for these characters; they obey the coding cookie, which speaks of
    # the file and not of these bytes.
    bidi = any(character in text for character in bandit.bidi)
    judge = _judge(bandit, tuple(test for tests in bandit.tests.tests.values() for test in tests))
    raw = _COOKIE.sub(r"\g<first>\g<head> ", text).encode() if bidi or judge is None else b""
    metrics = bandit.metrics()
    visitor = bandit.visitor(_SOURCE, io.BytesIO(raw), None, bandit.tests, False, nosec, metrics)  # noqa: FBT003 - its signature
    visitor.tester = bandit.tester(bandit.tests, False, nosec, metrics)  # noqa: FBT003 - its signature
    visitor.marked = [] if marked is None else marked
    if judge is None:
        visitor.process(text)
        return visitor.tester
    lines = bandit_triggers.lines(judge.triggers, text)
    if lines.numbers or not _parses(text):
        judge.visit(visitor, ast.parse(text), lines)
    if bidi:
        visitor.process("")
    return visitor.tester


def _parses(text: str) -> bool:
    """Whether a text surely parses, told without making its tree, which costs as much again."""
    try:
        symtable.symtable(text, "", "exec")
    except (SyntaxError, RecursionError, MemoryError, ValueError):
        return False  # or it parses and has another fault
    return True


def _nosec(bandit: _Bandit, text: str) -> dict[int, set[str] | None]:
    """What the comments of each line silence, told as bandit tells it."""
    nosec = {}
    # Lines that end in a carriage return alone are none to the tokenizer, which may then fail.
    if "nosec" in text or _RETURN.search(text):
        try:
            for kind, word, (line, _), _, _ in tokenize.generate_tokens(io.StringIO(text).readline):
                if kind == tokenize.COMMENT:
                    nosec[line] = bandit.nosec(word)
        except tokenize.TokenError:
            pass  # an open bracket or string at the end, where bandit too goes on; the parser decides
    return nosec


@cache
def _judge(bandit: _Bandit, tests: tuple[Any, ...]) -> Judge | None:
    """Who tells what nodes to look at; None where a test is not known, which then sees them all."""
    if bandit.release not in bandit_triggers.RELEASES:
        return None
    triggers = bandit_triggers.make(tests, bandit.words)
    return Judge(triggers, bandit.names, bandit.call_name) if triggers else None


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
    number: str, title: str, page: str, level: str, confidence: str, cwe: int
) -> Rule:
    from bandit.core import docs_utils  # noqa: PLC0415 - only a process that analyses pays for it

    return Rule(
        id=f"bandit/{number}",
        title=title,
        severity=severity(level),
        confidence=Confidence[confidence],
        persona=persona_of(number, confidence, ""),
        cwe=(cwe,) if cwe else (),
        page=page,
        advice="Change the code as bandit's page says, or write `# nosec "
        f"{number}` on its line when it is safe.",
        url=docs_utils.get_url(number),
    )
