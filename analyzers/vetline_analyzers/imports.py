"""Imports of modules that nothing here provides: an assistant may have made up their names.

Imports are looked for in the text itself, strings and comments told apart, blocks by indentation: it
works while a person types, when no parser would, and takes a few milliseconds on ten thousand lines.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.analyzer import Analyzer, Facts, Pace
from vetline_analyzers.core.finding import Confidence, Finding, Persona, Rule, Severity
from vetline_analyzers.core.text import Span
from vetline_analyzers.providers import (
    BUILDERS,
    HOSTS,
    NAMESPACES,
    PYTHON_2,
    candidates,
    well_known,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from vetline_analyzers.core.analyzer import Memo
    from vetline_analyzers.core.text import Snapshot

NAME = "imports"

_ALWAYS = HOSTS | BUILDERS | {"__main__", "__future__"}
_MAX_INDENT = 400  # characters of a line that are looked at
_MAX_DEPTH = 100  # Python itself takes no more

# What the rules' examples are true of.
EXAMPLE_FACTS = Facts(
    stdlib=frozenset({"os", "sys", "typing"}),
    installed={"flask": ("Flask",), "werkzeug": ("Werkzeug",)},
    declared=frozenset({"flask", "requests"}),
)

UNKNOWN = Rule(
    id="import/unknown",
    title="Import of a module that nothing provides",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(1357, 829),
    page="The module is not in the standard library, not part of the project, not installed in its "
    "environment and not among its declared dependencies.\n\n"
    "Language models invent names of packages that sound right. Attackers register such names and "
    "wait: whoever installs the name to make the import work runs their code (CWE-1357, reliance on a "
    "component nobody has vouched for; CWE-829 once its code runs). A name that is merely missing "
    "breaks when the code runs.\n\n"
    "The severity is high when the project's environment was found, medium when only its declared "
    "dependencies are known, and low, for pedantic readers, when neither is. It is one step lower "
    "where the code expects that the module may be missing: in `try` with `except ImportError`, under "
    "`if TYPE_CHECKING` or a check of the platform or version, and for well-known packages.",
    advice="Look the package up before you install it: who publishes it, since when, and is it what "
    "the code needs? Then declare it, or correct the name. Name your own modules in `own-modules` "
    "when they are made elsewhere.",
    bad=("import flask_secure_login\n", "def f():\n    from flask_secure_login import guard\n"),
    good=("import flask\n", "import os\nfrom . import flask_secure_login\n"),
)
NOT_INSTALLED = Rule(
    id="import/not-installed",
    title="Import of a dependency that is not installed",
    severity=Severity.INFO,
    confidence=Confidence.HIGH,
    persona=Persona.PEDANTIC,
    cwe=(1357,),
    page="The project declares the dependency, but its environment does not have it, so nobody has run "
    "this import here.",
    advice="Install the project's dependencies.",
    bad=("import requests\n",),
    good=("import flask\n",),
)
NOT_DECLARED = Rule(
    id="import/not-declared",
    title="Import of a package that the project does not declare",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    persona=Persona.PEDANTIC,
    cwe=(1357,),
    page="The package is installed because something else depends on it. It may change or vanish with "
    "the next update of that other package, and nobody decided to trust it.",
    advice="Declare it, with a version.",
    bad=("import werkzeug\n",),
    good=("import flask\n",),
)
RULES = (UNKNOWN, NOT_INSTALLED, NOT_DECLARED)

_BLANK = r"(?:[ \t\f]|\\\r?\n)"
_DOTTED = rf"[^\W\d]\w*(?:{_BLANK}*\.{_BLANK}*\w+)*"
_OPAQUE = re.compile(  # strings and comments; one that is not closed ends with its line or the text
    r'#[^\r\n]*|"""[^"\\]*(?:(?:\\(?:.|\Z)|"(?!""))[^"\\]*)*(?:"""|\Z)'
    r"|'''[^'\\]*(?:(?:\\(?:.|\Z)|'(?!''))[^'\\]*)*(?:'''|\Z)"
    r'|"[^"\\\n]*(?:\\(?:.|\Z)[^"\\\n]*)*"?'
    r"|'[^'\\\n]*(?:\\(?:.|\Z)[^'\\\n]*)*'?",
    re.DOTALL,
)
_OPENING = re.compile(r"(?:^|(?<=\r)|[;:])[ \t\f\ufeff]*(?:from|import)", re.MULTILINE)
_STATEMENT = re.compile(
    rf"(?:^|(?<=\r)|[;:])[ \t\f\ufeff]*(?:from{_BLANK}+(?P<source>{_DOTTED}){_BLANK}+import\b"
    rf"|import{_BLANK}+(?P<names>{_DOTTED}[^;#\r\n\\]*(?:\\\r?\n[^;#\r\n\\]*)*))",
    re.MULTILINE,
)
_NAMED = re.compile(rf"{_BLANK}*(?P<name>{_DOTTED})(?:{_BLANK}+as{_BLANK}+\w+)?{_BLANK}*(?:,|$)")
_CALL = re.compile(
    r"(?P<call>\b(?:import_module|__import__))\(\s*(?P<quote>['\"])(?P<name>[^\W\d]\w*(?:\.\w+)*)(?P=quote)"
)
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
    r"|\bPY[23]\b|\bIS_?(?:WIN|LINUX|MAC)|find_spec"
)
_SUPPRESSES = re.compile(r"suppress\(.*(?:ImportError|ModuleNotFoundError|Exception)", re.DOTALL)
_SCRIPT = re.compile(r"^# /// script[ \t]*\r?\n(?P<body>(?:#.*\r?\n)+?)# ///[ \t]*$", re.MULTILINE)
_SCRIPT_NAMES = re.compile(r"dependencies\s*=\s*\[(?P<list>[^\]]*)\]")
_STRING = re.compile(r"['\"]\s*([A-Za-z0-9][\w.-]*)")


class _Import(NamedTuple):
    """An import of a module, and whether the code expects that it may be missing."""

    span: Span
    module: str
    guarded: bool = False


@dataclass(slots=True)
class _Block:
    """A block by its first line; `chain` is shared by what belongs together, as `try` and `except`."""

    indent: int
    end: int
    word: str
    chain: list[str]

    def guards(self) -> bool:
        """Whether an import inside may fail without harm, or is for other circumstances."""
        if self.chain[0].startswith("try"):
            return self.word in {"try", "except"} and any(map(_CATCHES.match, self.chain))
        if self.word in {"if", "elif", "else"}:
            return any(map(_CONDITION.search, self.chain))
        return self.word == "with" and bool(_SUPPRESSES.search(self.chain[0]))


def analyze(snapshot: Snapshot, facts: Facts, memo: Memo) -> Iterator[Finding]:
    """Findings on imports that cannot work, one for each module's name."""
    del memo  # nothing is worth keeping
    if "import" not in snapshot.text:
        return
    knowledge = _Knowledge(snapshot, facts)
    is_code = _code(snapshot.text)
    fine: dict[str, bool] = {}
    doubtful: list[_Import] = []
    for found in _imports(snapshot.text, is_code):
        if found.module not in fine:
            fine[found.module] = knowledge.judge(found) is None
        if not fine[found.module]:
            doubtful.append(found)
    if not doubtful:
        return
    judged: dict[str, tuple[_Import, Finding]] = {}
    for found in _guarded(snapshot, doubtful, is_code):
        top = found.module.partition(".")[0]
        name = found.module if top in NAMESPACES else top
        earlier = judged.get(name)
        if earlier and (found.guarded or not earlier[0].guarded):
            continue
        if (finding := knowledge.judge(found)) is not None:
            judged[name] = (found, finding)
    yield from (finding for _, finding in judged.values())


def _code(text: str) -> Callable[[int], bool]:
    """Tells whether an offset lies outside strings and comments.

    It reads the text only as far as it is asked: imports stand at the top, and this runs with every
    keystroke.
    """
    strings = (match.span() for match in _OPAQUE.finditer(text))
    starts: list[int] = []
    ends: list[int] = []

    def is_code(at: int) -> bool:
        while not starts or starts[-1] <= at:
            start, end = next(strings, (len(text) + 1, len(text) + 1))
            starts.append(start)
            ends.append(end)
        index = bisect_right(starts, at) - 1
        return index < 0 or ends[index] <= at

    return is_code


def _imports(text: str, is_code: Callable[[int], bool]) -> Iterator[_Import]:
    """The absolute imports in a text, in its order, none of them guarded yet."""
    spans = [
        span
        for match in _statements(text)
        if is_code(match.end("source") - 1 if match["source"] else match.start("names"))
        for span in _spans(text, match)
    ]
    if "import_module" in text or "__import__" in text:
        calls = (match for match in _CALL.finditer(text) if is_code(match.start("call")))
        spans += [Span(*match.span("name")) for match in calls]
    for span in sorted(spans):
        yield _Import(span, re.sub(r"[\s\\]", "", text[span.start : span.end]))


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


def _spans(text: str, match: re.Match[str]) -> Iterator[Span]:
    if match["source"]:
        yield Span(*match.span("source"))
        return
    at, end = match.span("names")
    while named := _NAMED.match(text, at, end):
        yield Span(*named.span("name"))
        at = named.end()
        if text[at - 1] != ",":
            return


def _guarded(
    snapshot: Snapshot, imports: Iterable[_Import], is_code: Callable[[int], bool]
) -> Iterator[_Import]:
    """The imports, in the order of the text, each knowing whether a block around it guards it."""
    text, line_starts = snapshot.text, snapshot.line_starts
    stack: list[_Block] = []
    around: list[tuple[_Import, list[_Block]]] = []
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
        yield found._replace(guarded=any(block.guards() for block in blocks))


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


class _Knowledge:
    """What is known of the modules that one file may import."""

    def __init__(self, snapshot: Snapshot, facts: Facts) -> None:
        self.facts = facts
        folders = list(accumulate(snapshot.path.split("/")[:-1], "{}/{}".format))
        self._near = [f"{folder}/" for folder in folders]
        self._script = _script_requirements(snapshot.text)
        self._declared = facts.declared | self._script

    def judge(self, found: _Import) -> Finding | None:
        """The finding on an import, or None when something provides the module."""
        facts = self.facts
        top = found.module.partition(".")[0]
        if self._is_local(found.module) or top in facts.stdlib or top in _ALWAYS:
            return None
        wanted = candidates(found.module)
        declared = self._declares(wanted, found.module)
        if facts.installed is not None and _is_installed(found.module, facts.installed):
            by = {_normalised(name) for name in facts.installed.get(top, ())}
            if declared or not by or not facts.declared or by & self._declared:
                return None
            message = f"{top!r} comes with {_listed(by)}, which the project does not declare."
            return _found(NOT_DECLARED, found, message)
        if declared:
            if facts.installed is None or wanted & self._script:
                return None
            message = f"{top!r} is declared but not installed in the project's environment."
            softer = found.guarded or not wanted.isdisjoint(facts.optional)
            return _found(NOT_INSTALLED, found, message, softer=softer)
        return self._unknown(found, top)

    def _is_local(self, module: str) -> bool:
        """Whether it is the project's own: anywhere on the path, or beside the file or above it."""
        modules = self.facts.modules
        prefixes = accumulate(module.split("."), "{}.{}".format)
        top = module.partition(".")[0]
        return any(prefix in modules for prefix in prefixes) or any(
            near + top in modules for near in self._near
        )

    def _declares(self, wanted: set[str], module: str) -> bool:
        if not wanted.isdisjoint(self._declared):
            return True
        # `psycopg2` of psycopg2-binary, `google.cloud` of google-cloud-storage.
        top = module.partition(".")[0]
        head = _normalised(module if top in NAMESPACES else top) + "-"
        return any(name.startswith(head) for name in self._declared)

    def _unknown(self, found: _Import, top: str) -> Finding:
        facts = self.facts
        shared = top in NAMESPACES or top in (facts.installed or ())
        name = ".".join(found.module.split(".")[:3]) if shared else top
        known = well_known(found.module)
        severity = Severity.HIGH if _tells(facts.installed) else Severity.MEDIUM
        where = "" if facts.installed is None else "not installed in the project's environment, "
        message = f"Nothing here provides {name!r}: {where}not declared, not part of the project."
        if top in PYTHON_2:
            message = f"{top!r} was a module of Python 2; Python 3 has none of that name."
        elif known:
            message += f" It comes with {_listed(known)}."
        else:
            message += " An assistant may have invented it; look it up before you install it."
        if facts.installed is None and not facts.declared:
            severity = Severity.LOW
            message += (
                " (There is neither an environment nor a declared dependency to compare with.)"
            )
        quiet = found.guarded or severity is Severity.LOW
        return replace(
            UNKNOWN.found(NAME, found.span, message),
            severity=Severity(max(severity - found.guarded - bool(known or top in PYTHON_2), 0)),
            persona=Persona.PEDANTIC if quiet else Persona.REGULAR,
        )


def _found(rule: Rule, found: _Import, message: str, *, softer: bool = False) -> Finding:
    finding = rule.found(NAME, found.span, message)
    if not softer and not found.guarded:
        return finding
    severity = Severity(max(rule.severity - 1, 0))
    return replace(finding, severity=severity, persona=Persona.AUDITOR)


def _tells(installed: Mapping[str, tuple[str, ...]] | None) -> bool:
    """Whether more is installed than an empty environment has."""
    return installed is not None and not BUILDERS.issuperset(installed)


def _is_installed(module: str, installed: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether an environment has a module; of a shared namespace, that part of it."""
    parts = module.split(".")
    if parts[0] not in installed:
        return False
    if len(parts) == 1 or not any(name.startswith(parts[0] + ".") for name in installed):
        return True
    prefixes = accumulate(parts, "{}.{}".format)
    next(prefixes)
    return any(prefix in installed for prefix in prefixes) or any(
        name.startswith(module + ".") for name in installed
    )


def _script_requirements(text: str) -> frozenset[str]:
    """Normalised names of what a script declares for itself (PEP 723)."""
    script = _SCRIPT.search(text) if "# /// script" in text else None
    listed = _SCRIPT_NAMES.search(script["body"]) if script else None
    return frozenset(map(_normalised, _STRING.findall(listed["list"]))) if listed else frozenset()


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _listed(names: Iterable[str]) -> str:
    return " or ".join(sorted(names)[:3])


ANALYZER = Analyzer(NAME, Pace.KEYSTROKE, lambda: RULES, analyze, frozenset({"python"}))
