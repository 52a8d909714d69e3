"""Reports to render, made of findings in a small text."""

from __future__ import annotations

from vetline import formats, session
from vetline.formats import Screen
from vetline.gate import Policy, Report, judge
from vetline.provenance import Attribution, Origin, State, Tier
from vetline_analyzers.core.finding import (
    Confidence,
    Finding,
    Fix,
    Rule,
    Severity,
)
from vetline_analyzers.core.text import Edit, Snapshot, Span

RULE = Rule(
    id="python/yaml-load",
    title="YAML that builds objects",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    page="It runs code from the document.",
    advice="Use yaml.safe_load.",
    cwe=(502, 20),
    bad=("yaml.load(x)\n",),
    url="https://example.org/yaml",
)
TEXT = "import yaml\n\ndef read(x):\n\treturn yaml.load(x)\n"
SECRET = "hunter" + "2-is-not-a-password"
HOSTILE = 'a:b,c]\n::error::x;%0A\x1b[31m\u202e<&"]]>\udcff.py'


def finding(text: str, part: str, **more) -> Finding:
    start = text.index(part)
    known = {
        "rule": RULE.id,
        "span": Span(start, start + len(part)),
        "message": "yaml.load runs code from the document.",
        "severity": Severity.HIGH,
        "confidence": Confidence.HIGH,
        "analyzer": "patterns",
        "cwe": (502,),
        "fingerprint": "0123456789abcdef0123",
    }
    return Finding(**(known | more))


def fixed(text: str, **more) -> Finding:
    start = text.index("load")
    edit = Edit(Span(start, start + 4), "safe_load")
    fix = Fix("Use yaml.safe_load", (edit,), safe=True)
    return finding(text, "yaml.load(x)", fix=fix, symbol="read", **more)


def by(agent: str, model: str = "", state: State = State.AI, **more: str) -> Attribution:
    """What is said of a line that an agent wrote."""
    return Attribution(state, Origin(Tier.OBSERVED, agent=agent, model=model, **more))


def report(
    *findings: Finding,
    text: str = TEXT,
    path: str = "shop/app.py",
    failures=(),
    origin: Attribution | None = None,
    policy: Policy | None = None,
) -> Report:
    snapshot = Snapshot("file:///x", "python", 0, text, path)
    sightings = tuple(session.sight(snapshot, findings, lambda _: origin))
    policy = policy or Policy()
    return Report(
        sightings=sightings,
        failures=tuple(failures),
        policy=policy,
        result=judge(sightings, failures, policy),
        files=1,
        rules=lambda: {RULE.id: RULE},
    )


def rendered(name: str, told: Report, screen: Screen | None = None) -> str:
    return formats.named(name).render(told, screen or Screen())
