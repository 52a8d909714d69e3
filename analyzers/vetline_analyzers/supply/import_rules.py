"""The rules on imports that say nothing of a package's name: what Python and JavaScript have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Persona, Rule, Severity
from vetline_analyzers.supply.rules import MALICIOUS

if TYPE_CHECKING:
    from vetline_analyzers.core.finding import Finding

NOT_INSTALLED = Rule(
    id="import/not-installed",
    title="Import of a package that is not installed",
    severity=Severity.INFO,
    confidence=Confidence.HIGH,
    persona=Persona.PEDANTIC,
    cwe=(1357,),
    page="The package is real, but the project's environment does not have it, so nobody has run this import here.",
    advice="Install the project's dependencies; where the project does not declare this one, declare it first.",
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
    page="The package is real, but the project declares other dependencies and not this one. Where it is installed, "
    "something else depends on it: it may change or vanish with the next update of that, and nobody decided to trust it.",
    advice="Declare it, with a version.",
    bad=("import werkzeug\n",),
    good=("import flask\n",),
)
OBSOLETE = Rule(
    id="import/obsolete",
    title="Import of a module that Python has given up",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    # What people wrote for Python 2 knows that it is.
    tentative=True,
    cwe=(477,),
    page="The module was in the standard library of Python 2, or of an earlier Python 3, and is no more. Models write what "
    "they have read, and much of that is old.\n\n"
    "Where the project's own Python may still have it, the finding is low and for pedantic readers: the module is gone "
    "with the next version. Some of these names are taken on PyPI by now, by whoever wanted them.",
    attack="Registers the old name, for people who install what an import lacks.",
    advice="Use what took its place; the message names it.",
    bad=("import urllib2\n", "from ConfigParser import SafeConfigParser\n"),
    good=("import urllib.request\n", "import json\n"),
)
BROKEN_LOCAL = Rule(
    id="import/broken-local",
    title="Import of a file that the project does not have",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(1357,),
    page="The import leads to the project's own code, by a path, an alias or one of its packages, and nothing is there.\n\n"
    "Assistants write imports of helpers that they mean to write, or that another project has. The code fails as soon as "
    "it is loaded.\n\n"
    "Nothing is said of what a build makes: files that `.gitignore` names, folders called `dist` or `generated`, "
    "`_version.py`, and what a `.proto`, a `.pyx` or a source in another language stands for.",
    advice="Make the file, or correct the name; a module that is made elsewhere is named in `own-modules`.",
    path="app/main.py",
    bad=("from .modles import User\n", "from app.storage import save\n"),
    good=("from .models import User\n", "from app.models import save\n"),
)
RULES = (NOT_INSTALLED, NOT_DECLARED, OBSOLETE, BROKEN_LOCAL)


def softened(finding: Finding) -> Finding:
    """A finding on an import that the code can do without: a step less severe, a hint for auditors only; malware stays."""
    if finding.rule == MALICIOUS.id:
        return finding
    persona: Persona = finding.persona
    if persona is Persona.PEDANTIC:
        persona = Persona.AUDITOR
    elif finding.rule == OBSOLETE.id and persona is Persona.REGULAR:  # code for both Pythons
        persona = Persona.PEDANTIC
    return replace(finding, severity=Severity(max(finding.severity - 1, 0)), persona=persona)
