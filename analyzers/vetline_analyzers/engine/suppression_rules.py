"""What is to be said of a suppression comment that is incomplete, or that silences nothing."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Persona, Rule, Severity

_TOOL = "vetline"  # an example must not be taken for a comment of this file

NO_REASON = Rule(
    id="suppression/no-reason",
    title="Suppression without a reason",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    page="A comment allows a finding but does not say why. Whoever reads it later, the reviewer who "
    "signs or the team that answers for an incident, cannot tell a decision from a shrug. It "
    "silences nothing until it has a reason.",
    advice='Write why the code is safe: `reason="…"`, or remove the comment.',
    bad=(f"import hashlib\nhashlib.md5(x)  # {_TOOL}: allow[python/weak-hash]\n",),
    good=('x = 1  # vetline: allow[python/weak-hash] reason="a cache key"\n',),
)
NO_DATE = Rule(
    id="suppression/no-date",
    title="Suppression until a day that is none",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    page="A comment allows a finding until a day that the calendar does not have, or one that is not written as "
    "`2026-12-31`. It would never end, or never have begun, and nobody can tell which was meant. It silences "
    "nothing until its day can be read.",
    advice='Write the last day on which the finding may stay: `expires="2026-12-31"`.',
    bad=(
        f'import hashlib\nhashlib.md5(x)  # {_TOOL}: allow[python/weak-hash] reason="x" expires="soon"\n',
    ),
    good=(
        f'x = 1  # {_TOOL}: allow[python/weak-hash] reason="a cache key" expires="2026-12-31"\n',
    ),
)
UNUSED = Rule(
    id="suppression/unused",
    title="Suppression of nothing",
    severity=Severity.INFO,
    confidence=Confidence.HIGH,
    persona=Persona.PEDANTIC,
    page="A comment allows a rule that finds nothing here (any more). It would silence the next fault "
    "of that kind without anybody deciding so.",
    advice="Remove the comment.",
    bad=('x = 1  # vetline: allow[python/weak-hash] reason="a cache key"\n',),
    good=("x = 1\n",),
)

RULES = (NO_REASON, NO_DATE, UNUSED)
