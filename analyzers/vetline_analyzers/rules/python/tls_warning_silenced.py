"""Warnings about TLS that are switched off."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_ABOUT_TLS = (
    "InsecureRequestWarning",
    "SecurityWarning",
    "InsecurePlatformWarning",
    "SubjectAltNameWarning",
)


def _check(hit: Hit) -> Report | None:
    warning = hit.argument(1 if hit.name.startswith("warnings.") else 0) or hit.keyword("category")
    named = hit.resolve(warning).rpartition(".")[2]
    if named not in _ABOUT_TLS and not (warning is None and hit.name.endswith("disable_warnings")):
        return None
    return Report(
        "The warning says that connections are not verified, here or elsewhere: verify them instead of "
        "hiding it."
    )


RULE = PatternRule(
    id="python/tls-warning-silenced",
    title="Silenced TLS warning",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    persona=Persona.PEDANTIC,
    cwe=(295,),
    page="""
urllib3 warns of each connection whose certificate is not checked. Silencing the warning hides the fault and all
later ones of the same kind, in every part of the program.
""",
    attack="Stands in the middle of connections that nobody is warned about any more.",
    advice='Remove the line and the `verify=False` it hides; pass `verify="ca.pem"` for a private CA.',
    bad=(
        """\
import urllib3

urllib3.disable_warnings()
""",
        """\
import requests

requests.packages.urllib3.disable_warnings(requests.packages.urllib3.exceptions.InsecureRequestWarning)
""",
        """\
import warnings
from urllib3.exceptions import InsecureRequestWarning as Loud

warnings.simplefilter("ignore", Loud)
""",
    ),
    good=(
        """\
import urllib3

urllib3.disable_warnings(urllib3.exceptions.SNIMissingWarning)
""",
        """\
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
""",
    ),
    url="https://urllib3.readthedocs.io/en/stable/advanced-usage.html#tls-warnings",
    names=(
        *("urllib3.disable_warnings", "requests.packages.urllib3.disable_warnings"),
        *("requests.urllib3.disable_warnings", "warnings.simplefilter", "warnings.filterwarnings"),
    ),
    check=_check,
)
