"""Warnings about TLS that are switched off."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Persona, Severity
from vetline_analyzers.syntax.around import removed
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_ABOUT_TLS = (
    "InsecureRequestWarning",
    "SecurityWarning",
    "InsecurePlatformWarning",
    "SubjectAltNameWarning",
)


def _check(hit: Hit) -> Report | None:
    filters = hit.name.startswith("warnings.")
    if filters and hit.string(hit.either(0, "action")) != "ignore":
        return None  # it is to be shown, each time perhaps
    warning = hit.keyword("category") or hit.argument(1 if filters else 0)
    named = hit.resolve(warning).rpartition(".")[2]
    if named not in _ABOUT_TLS and not (warning is None and hit.name.endswith("disable_warnings")):
        return None
    edit = removed(hit)
    return Report(
        "The warning says that connections are not verified, here or elsewhere: verify them instead of "
        "hiding it.",
        # Only what is written to the log changes.
        fix=Fix("Show the warning", (edit,), safe=True) if edit is not None else None,
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
        """\
import urllib3

def fetch(url):
    urllib3.disable_warnings()
    return urllib3.request("GET", url)
""",
        """\
import urllib3

def hush():
    urllib3.disable_warnings()
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
        """\
import warnings
from urllib3.exceptions import InsecureRequestWarning

warnings.simplefilter("always", InsecureRequestWarning)
""",
    ),
    url="https://urllib3.readthedocs.io/en/stable/advanced-usage.html#tls-warnings",
    names=(
        *("urllib3.disable_warnings", "requests.packages.urllib3.disable_warnings"),
        *("requests.urllib3.disable_warnings", "warnings.simplefilter", "warnings.filterwarnings"),
    ),
    check=_check,
)
