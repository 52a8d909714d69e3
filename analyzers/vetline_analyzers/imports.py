"""Imports of modules that nothing here provides: an assistant may have made up their names.

Imports are looked for in the text itself, strings and comments told apart, blocks by indentation: it
works while a person types, when no parser would, and takes a few milliseconds on ten thousand lines.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from vetline_analyzers import statements
from vetline_analyzers.core.analyzer import Analyzer, Facts, Pace
from vetline_analyzers.core.finding import Confidence, Finding, Persona, Rule, Severity
from vetline_analyzers.providers import (
    BUILDERS,
    HOSTS,
    NAMESPACES,
    PYTHON_2,
    candidates,
    well_known,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vetline_analyzers.core.analyzer import Memo
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.statements import Import

NAME = "imports"

_ALWAYS = HOSTS | BUILDERS | {"__main__", "__future__"}

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

_SCRIPT = re.compile(r"^# /// script[ \t]*\r?\n(?P<body>(?:#.*\n)+?)# ///[ \t]*\r?$", re.MULTILINE)
_SCRIPT_NAMES = re.compile(r"dependencies\s*=\s*\[(?P<list>[^\]]*)\]")
_STRING = re.compile(r"['\"]\s*([A-Za-z0-9][\w.-]*)")


def analyze(snapshot: Snapshot, facts: Facts, memo: Memo) -> Iterator[Finding]:
    """Findings on imports that cannot work, one for each module's name."""
    del memo  # nothing is worth keeping
    if "import" not in snapshot.text:
        return
    knowledge = _Knowledge(snapshot, facts)
    is_code = statements.code(snapshot.text)
    fine: dict[str, bool] = {}
    doubtful: list[Import] = []
    for found in statements.found(snapshot.text, is_code):
        if found.module not in fine:
            fine[found.module] = knowledge.judge(found) is None
        if not fine[found.module]:
            doubtful.append(found)
    if not doubtful:
        return
    judged: dict[str, tuple[Import, Finding]] = {}
    for found in statements.guarded(snapshot, doubtful, is_code):
        top = found.module.partition(".")[0]
        name = found.module if top in NAMESPACES else top
        earlier = judged.get(name)
        if earlier and (found.guarded or not earlier[0].guarded):
            continue
        if (finding := knowledge.judge(found)) is not None:
            judged[name] = (found, finding)
    yield from (finding for _, finding in judged.values())


class _Knowledge:
    """What is known of the modules that one file may import."""

    def __init__(self, snapshot: Snapshot, facts: Facts) -> None:
        self.facts = facts
        folders = list(accumulate(snapshot.path.split("/")[:-1], "{}/{}".format))
        self._near = [f"{folder}/" for folder in folders]
        self._script = _script_requirements(snapshot.text)
        self._declared = facts.declared | self._script

    def judge(self, found: Import) -> Finding | None:
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

    def _declares(self, wanted: frozenset[str], module: str) -> bool:
        if not wanted.isdisjoint(self._declared):
            return True
        # `psycopg2` of psycopg2-binary, `google.cloud` of google-cloud-storage.
        top = module.partition(".")[0]
        head = _normalised(module if top in NAMESPACES else top) + "-"
        return any(name.startswith(head) for name in self._declared)

    def _unknown(self, found: Import, top: str) -> Finding:
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


def _found(rule: Rule, found: Import, message: str, *, softer: bool = False) -> Finding:
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


ANALYZER = Analyzer(
    NAME, Pace.KEYSTROKE, lambda: RULES, analyze, frozenset({"python"}), needs_facts=True
)
