"""Imports of modules that nothing here provides: an assistant may have made up their names.

Imports are looked for in the text itself, strings and comments told apart, blocks by indentation: it
works while a person types, when no parser would, and takes a few milliseconds on ten thousand lines.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from vetline_analyzers.core.analyzer import Analyzer, Facts, NotChecked, Pace
from vetline_analyzers.core.text import Edit
from vetline_analyzers.core.universe import Sample
from vetline_analyzers.sites import python as sites
from vetline_analyzers.supply import import_rules
from vetline_analyzers.supply.import_rules import softened
from vetline_analyzers.supply.python import MAX_NAMES, Judge
from vetline_analyzers.supply.rules import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from vetline_analyzers.core.analyzer import Memo
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot, Span
    from vetline_analyzers.sites.python import Import

    Look = Callable[[Snapshot, Facts], Iterator[Finding]]

NAME = "imports"
_NO_LINE = "\n"  # what no line is
RULES = (*import_rules.RULES, *NAMES)

# What the rules' examples are true of.
EXAMPLE_FACTS = Facts(
    stdlib=frozenset({"os", "sys", "json", "typing", "urllib"}),
    installed={"flask": ("flask",), "werkzeug": ("werkzeug",)},
    declared=frozenset({"flask", "requests"}),
    modules=frozenset({"app"}),
    files=frozenset({"app/", "app/__init__.py", "app/main.py", "app/models.py"}),
    universe=Sample(
        (
            *("pypi/requests", "pypi/flask", "pypi/werkzeug", "npm/express"),
            *("pypi/flask-guard-pro!", "pypi/flask-oldguard?"),
        ),
        {"flask": ("flask",), "requests": ("requests",), "werkzeug": ("werkzeug",)},
    ),
)


def analyze(snapshot: Snapshot, facts: Facts, memo: Memo) -> Iterator[Finding]:
    """Findings on imports that cannot work, or should not, one for each name."""
    del memo  # nothing is worth keeping
    yield from _LOOKS[snapshot.language](snapshot, facts)


def _python(snapshot: Snapshot, facts: Facts) -> Iterator[Finding]:
    text = snapshot.text
    if "import" not in text:
        return
    is_code = sites.code(text)
    judge = Judge(snapshot, facts, _script_requirements(text), NAME, is_code)
    imports = list(sites.found(text, is_code))
    said = _judged(text, imports[: sites.MOST], judge)
    doubtful = [found for found in imports if found.span in said]
    told: dict[tuple[str, str], tuple[bool, Finding]] = {}
    for found in sites.guarded(snapshot, doubtful, is_code) if doubtful else ():
        for finding in () if sites.has_own_instead(text, found) else said[found.span]:
            key = finding.rule, finding.message
            if key not in told or (told[key][0] and not found.guarded):
                told[key] = found.guarded, softened(finding) if found.guarded else finding
    yield from (finding for _, finding in told.values())
    if len(imports) > sites.MOST:
        raise NotChecked(f"has over {sites.MOST:,} imports: the rest was not looked at")
    if judge.is_cut:
        raise NotChecked(
            f"imports over {MAX_NAMES:,} names that nobody knows; the rest was not looked up"
        )


def _judged(text: str, imports: Iterable[Import], judge: Judge) -> dict[Span, list[Finding]]:
    """What is said of imports, by where they stand; of those of one module alike, it is found out once."""
    said: dict[Span, list[Finding]] = {}
    first: dict[str, Import] = {}
    for found in imports:
        line = sites.line(text, found)
        if known := first.get(found.module) or first.get(line):
            by = found.span.start - known.span.start
            said[found.span] = [_moved(one, by) for one in said[known.span]]
        elif findings := list(judge(found)):
            said[found.span] = findings
            first[found.module if found.module in judge.plain else line or _NO_LINE] = found
    return said


def _moved(finding: Finding, by: int) -> Finding:
    """A finding on an import, for another one that stands so many characters on."""
    fix = finding.fix
    if fix is not None:
        edits = tuple(edit._replace(span=edit.span.shifted(by)) for edit in fix.edits)
        fix = fix._replace(edits=edits)
    return replace(finding, span=finding.span.shifted(by), fix=fix)


def _script_requirements(text: str) -> frozenset[str]:
    """Normalised names of what a script declares for itself (PEP 723)."""
    if "# /// script" not in text:
        return frozenset()
    from vetline_analyzers.sites import script  # noqa: PLC0415 - few texts have such a block

    return frozenset(one.package.name for one in script.read(text).requirements)


def _notebook(snapshot: Snapshot, facts: Facts) -> Iterator[Finding]:
    """Findings in the cells of a notebook's file, which are one program."""
    if not snapshot.path.lower().endswith(".ipynb"):
        return
    from vetline_analyzers.sites import notebook  # noqa: PLC0415 - as above

    book = notebook.read(snapshot.text)
    cells = [cell for cell in book.cells if cell.language == "python"]
    starts = [0, *accumulate(len(cell.text) + 1 for cell in cells)]
    program = replace(
        snapshot, language="python", text="\n".join(cell.text for cell in cells) + "\n"
    )
    for finding in _python(program, facts):
        index = bisect_right(starts, finding.span.start) - 1
        cell, by = cells[index], -starts[index]
        fix = finding.fix
        if fix is not None:
            edits = (Edit(cell.span(edit.span.shifted(by)), edit.text) for edit in fix.edits)
            fix = fix._replace(edits=tuple(edits))
        yield replace(finding, span=cell.span(finding.span.shifted(by)), fix=fix)
    if book.missing:
        raise NotChecked(book.missing)


def _javascript(snapshot: Snapshot, facts: Facts) -> Iterator[Finding]:
    from vetline_analyzers.supply import javascript  # noqa: PLC0415 - who checks Python alone does not pay for it

    yield from javascript.findings(snapshot, facts)


_LOOKS: Mapping[str, Look] = {
    "python": _python,
    "javascript": _javascript,
    "typescript": _javascript,
    "tsx": _javascript,
    "text": _notebook,
}

ANALYZER = Analyzer(
    NAME, Pace.KEYSTROKE, lambda: RULES, analyze, frozenset(_LOOKS), needs_facts=True
)
