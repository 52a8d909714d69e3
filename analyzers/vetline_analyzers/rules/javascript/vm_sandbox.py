"""A sandbox that is none any more."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(_hit: Hit) -> Report | None:
    return Report(
        "vm2 was given up with its sandbox broken: use isolated-vm, a container, or a process without "
        "rights."
    )


RULE = PatternRule(
    id="javascript/vm-sandbox",
    title="Sandbox that does not hold",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(94, 1104, 693),
    page="""
`vm2` promised to run code that is not trusted. Ways out of it were found again and again, and in 2023 its
makers gave it up. Code that runs in its `VM` or `NodeVM` can reach the process around it, its files and its keys.
""",
    attack="Sends a formula that catches an error of the host, follows its constructor, and starts a shell.",
    advice="Use `isolated-vm`, a container or WebAssembly, and hand in only the values that are needed.",
    bad=(
        'const { VM } = require("vm2");\n\nconst result = new VM({ timeout: 100 }).run(code);\n',
        'import { NodeVM as Box } from "vm2";\n\nexport const box = new Box();\n',
        'const vm2 = require("vm2");\n\nconst script = new vm2.VMScript(`show(${name})`);\n',
    ),
    good=(
        'const ivm = require("isolated-vm");\n\nconst box = new ivm.Isolate({ memoryLimit: 8 });\n',
        'import { VM } from "./machines";\n\nexport const machine = new VM();\n',
    ),
    url="https://github.com/patriksimek/vm2/issues/533",
    language="javascript",
    languages=LANGUAGES,
    names=("vm2.VM", "vm2.NodeVM", "vm2.VMScript", "NodeVM", "VMScript"),
    check=_check,
)
