"""The rules on packages' names, and how a verdict becomes a finding of one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Finding, Persona, Rule, Severity
from vetline_analyzers.core.universe import Ecosystem
from vetline_analyzers.supply.verdict import REGISTRY, Kind

if TYPE_CHECKING:
    from vetline_analyzers.core.text import Span
    from vetline_analyzers.supply.verdict import Verdict

_INVENTED = (
    "Language models invent names of packages that sound right. Attackers register such names and wait: whoever "
    "installs one to make the code work runs what they put there (CWE-1357, CWE-829)."
)

NONEXISTENT = Rule(
    id="package/nonexistent",
    title="Package that does not exist",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(1357, 829),
    page="The registry has no package of this name, nothing in the project provides it, and no environment has it.\n\n"
    + _INVENTED,
    attack="Registers the name the model invented and waits for it to be installed.",
    advice="Do not install it, not even to see. Find out which package the code needs, or take the import out. Name your "
    "own modules in `own-modules` when they are made elsewhere.",
    bad=("import flask_secure_login\n", "def f():\n    from flask_secure_login import guard\n"),
    good=("import flask\n", "import os\nfrom . import flask_secure_login\n"),
)
TYPOSQUAT = Rule(
    id="package/typosquat",
    title="Package named almost like a popular one",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(1357, 829),
    page="The name is one slip away from that of a much used package, and nobody, or hardly anybody, uses it.\n\n"
    "Names like that are registered by the thousand to be installed by mistake (CWE-1357, CWE-829).",
    attack="Puts malware under a name that a slip of the finger or of a model makes of a popular one.",
    advice="Use the name that is meant.",
    bad=("import reqeusts\n",),
    good=("import requests\n",),
)
YOUNG = Rule(
    id="package/obscure-or-young",
    title="Package that is new and that hardly anybody uses",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(1357,),
    page="The package exists, but it was first seen within the last year, it is not among the most downloaded, and the "
    "project neither declares it nor has it installed; or it says of itself that it only holds the name.\n\n"
    + _INVENTED,
    attack="Registers a name that models keep inventing, so that it does exist when somebody looks.",
    advice="Look it up before you install it: who publishes it, where is its source, is it what the code needs?",
    bad=("import flask_guard_pro\n",),
    good=("import flask\n",),
)
OBSCURE = Rule(
    id="package/obscure",
    title="Package that hardly anybody uses",
    severity=Severity.INFO,
    confidence=Confidence.LOW,
    persona=Persona.PEDANTIC,
    cwe=(1357,),
    page="The package exists and has for long, but it is not among the most downloaded, and the project neither declares "
    "it nor has it installed. An invented name may collide with it.",
    attack="Takes over a forgotten package whose name models like to use.",
    advice="Make sure that it is the one the code needs, then declare it.",
    bad=("import flask_oldguard\n",),
    good=("import flask\n",),
)
UNVERIFIED = Rule(
    id="package/unverified",
    title="Package that cannot be verified",
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    cwe=(1357,),
    page="The list of names at hand is not whole, a registry could not be asked, or an index of one's own may have the "
    "name, which is not in the list; nothing of the project vouches for it. It may be real and rare, or invented.",
    attack="Registers the name the model invented and waits for it to be installed.",
    advice="Look it up, or check with `--online`; then declare and lock it.",
    language="javascript",
    bad=('import guard from "express-turbo-guard";\n',),
    good=('import express from "express";\n',),
)
WRONG = Rule(
    id="package/wrong-distribution",
    title="Package whose name is not the one that is meant",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(1357,),
    page="There is a package of this name, but the module everybody knows by it comes with another one, or what was once "
    "called so is called otherwise today. What is installed is a stranger's, holds the name only, or has been left alone for years.",
    attack="Holds the name that people and models take for the popular package's.",
    advice="Install the package that provides the module.",
    language="text",
    bad=(
        "pip install sklearn\n",  # vetline: allow[package/wrong-distribution] reason="an example"
    ),
    good=("pip install scikit-learn\n",),
)
CONFUSION = Rule(
    id="package/dependency-confusion",
    title="Internal package that a public registry may answer for",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(427, 1357),
    page="The package comes from a registry of your own, a public one has a package of the same name that hardly anybody "
    "uses, and the settings let both answer: the installer takes the higher version, whoever made it.\n\n"
    "A package is internal by `internal-packages`, by a tool's settings that give it to a private index (uv's `sources`, "
    "Poetry's `source`, PDM's `include_packages`, Pipenv's `index`, a registry of an npm scope), or by a lock file that has "
    "it from one while others in it come from the public registry. Both may answer with pip's `extra-index-url`, an "
    "unsafe `index-strategy` of uv's or a public index before the private one, several primary or supplemental sources of "
    "Poetry's, PDM without `respect-source-order`, Pipenv with `install_search_all_sources`, and for a name in "
    "`internal-packages` also when no index but a public one is configured. Known mirrors and projects' own public "
    "indexes (PyTorch's) are not private (CWE-427).",
    attack="Publishes the internal name with a high version number.",
    advice="Give the name to one index: with uv an `explicit` index and `sources`, with Poetry `source`, with npm a registry "
    "for the scope. pip cannot tell indexes apart: have it ask one index of your own (`index-url`) that passes on the "
    "public packages you want.",
    language="text",
    path="requirements.txt",
    bad=("internal-billing==1.0\n",),
    good=("scikit-learn==1.7.2\n",),
)
MALICIOUS = Rule(
    id="package/known-malicious",
    title="Package that is known malware",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    cwe=(506, 1357),
    page="An advisory (OpenSSF malicious-packages, or another source of `vetline advisories update`) says that the package, "
    "in the version that is asked for, is malware.",
    attack="Runs what the package brings as soon as it is installed.",
    advice="Take it out, do not install it; where it was installed, treat the machine as compromised and change its secrets.",
    language="text",
    path="requirements.txt",
    bad=("evil-package==1.0\n",),
    good=("scikit-learn==1.7.2\n",),
)
BY_KIND = {
    Kind.OBSCURE: OBSCURE,
    Kind.YOUNG: YOUNG,
    Kind.PLACEHOLDER: YOUNG,
    Kind.UNVERIFIED: UNVERIFIED,
    Kind.WRONG: WRONG,
    Kind.CONFUSION: CONFUSION,
    Kind.TYPOSQUAT: TYPOSQUAT,
    Kind.NONEXISTENT: NONEXISTENT,
    Kind.MALICIOUS: MALICIOUS,
}
# What the names that imports, manifests and commands bring may come to.
NAMES = tuple({rule.id: rule for rule in BY_KIND.values()}.values())
_SAID = {
    Kind.OBSCURE: "{registry} has {name!r}, but hardly anybody uses it, and the project does not name it.",
    Kind.YOUNG: "{registry} has {name!r} only since lately, and hardly anybody uses it: look it up before you install it.",
    Kind.PLACEHOLDER: "{registry} has {name!r}, but it says of itself that it only holds the name.",
    Kind.UNVERIFIED: "{name!r} is not among the names of {registry} that are known here; it may be invented.",
    Kind.WRONG: "{name!r} is not the package that everybody knows by that name: that one is {meant!r}.",
    Kind.CONFUSION: "{name!r} is internal, but {registry} has a package of that name, and it may be asked too.",
    Kind.TYPOSQUAT: "{name!r} is not among the names of {registry} that are known here; did you mean {meant!r}?",
    Kind.NONEXISTENT: "{registry} has no package {name!r}: an assistant may have invented it. Do not install it.",
    Kind.MALICIOUS: "{name!r} is known to be malware.",
}
# A slip, where it is known whether the registry has it.
_SQUATS = {
    True: "{registry} has {name!r}, but hardly anybody uses it; did you mean {meant!r}?",
    False: "{registry} has no package {name!r}; did you mean {meant!r}?",
}
_HINTED = frozenset(
    {Kind.NONEXISTENT, Kind.UNVERIFIED}
)  # whose sentence has no place for what is meant
_BY_A_LIST = frozenset(
    {Kind.NONEXISTENT, Kind.TYPOSQUAT, Kind.UNVERIFIED, Kind.YOUNG}
)  # which a newer one may clear

_SHOWN = 100  # characters


def found(
    verdict: Verdict, analyzer: str, span: Span, *, softer: bool = False, module: str = ""
) -> Finding | None:
    """The finding that a verdict comes to; None when all is well.

    Args:
        verdict: the verdict.
        analyzer: who found the name.
        span: where it stands.
        softer: the code expects that the package may be missing (a guarded import, an extra).
        module: the import that leads to the package, when it is called otherwise.
    """
    if verdict.kind is Kind.OK:
        return None
    rule = BY_KIND[verdict.kind]
    package = verdict.package
    is_squat = verdict.kind is Kind.TYPOSQUAT and verdict.is_there is not None
    said = _SQUATS[bool(verdict.is_there)] if is_squat else _SAID[verdict.kind]
    message = said.format(
        registry=REGISTRY[package.ecosystem], name=_cut(module or package.name), meant=verdict.meant
    )
    if verdict.meant and verdict.kind in _HINTED:
        message += f" Did you mean {verdict.meant!r}?"
    is_doubtful = verdict.is_stale and verdict.kind in _BY_A_LIST
    if is_doubtful:
        message += f" (Unverified as of {verdict.as_of}: the list of names is old. Try `vetline index update`.)"
    finding = rule.found(analyzer, span, message)
    finding = replace(
        finding,
        confidence=Confidence.LOW if is_doubtful else finding.confidence,
        # PyPI's list is whole: what is unverified there is so because the text itself gives reason to doubt.
        tentative=verdict.kind is Kind.UNVERIFIED and package.ecosystem is Ecosystem.PYPI,
        package=package.purl,
        meant=verdict.meant,
        evidence=verdict.evidence,
    )
    if not softer or verdict.kind is Kind.MALICIOUS:
        return finding
    return replace(finding, severity=Severity(max(finding.severity - 1, 0)))


def _cut(name: str) -> str:
    """A name as a message may show it; the longest that a registry takes has 214 characters (npm)."""
    return name if len(name) <= _SHOWN else name[: _SHOWN - 1] + "…"
