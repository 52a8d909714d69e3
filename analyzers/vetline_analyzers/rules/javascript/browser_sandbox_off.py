"""Browsers that are started without their walls."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, opening
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_FLAG = re.compile(
    r"--(?P<name>no-sandbox|disable-setuid-sandbox|disable-web-security|allow-running-insecure-content"
    r"|ignore-certificate-errors|remote-debugging-(?:port|address|pipe)|disable-site-isolation-trials)"
)


def _check(hit: Hit) -> Report | None:
    above = hit.node.parent
    found = _FLAG.match(hit.string(hit.node) or opening(hit.scope.pieces(hit.node)))
    if found is None or above is None or above.type not in {"array", "arguments"}:
        return None
    name = found["name"]
    if name.startswith("remote"):
        return Report(
            "Whoever reaches this port drives the browser and runs code in its pages: leave the flag out."
        )
    return Report(f"--{name} takes a wall of the browser down: leave it out.", tentative=True)


RULE = PatternRule(
    id="javascript/browser-sandbox-off",
    title="Browser started without its walls",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(693, 94, 250, 346),
    page="""
A browser is started with `--no-sandbox`, `--disable-web-security` or an open port for debugging. A page that
it visits can then break out of its process with one fault instead of two, read other sites' answers, or,
through the port, be driven from outside.
""",
    attack="Has the service make a picture of a page that uses one known fault of the browser.",
    advice="Leave the flags out, and run the browser as a user of its own; in a container give it the seccomp profile it needs.",
    bad=(
        'const browser = await puppeteer.launch({ args: ["--no-sandbox"] });\n',
        "const browser = await chromium.launch({ args: [`--remote-debugging-port=${port}`] });\n",
        'app.commandLine.appendSwitch("--disable-web-security");\n',
    ),
    good=(
        'const browser = await puppeteer.launch({ args: ["--lang=en"] });\n',
        "const help = 'Never use --no-sandbox';\n",
    ),
    url="https://pptr.dev/troubleshooting#setting-up-chrome-linux-sandbox",
    language="javascript",
    languages=LANGUAGES,
    query="""
        ([(string) (template_string)] @hit (#match? @hit "^.--"))
    """,
    check=_check,
)
