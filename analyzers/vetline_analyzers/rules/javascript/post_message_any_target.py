"""Messages that any window may receive."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, secretive
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_OWN = re.compile(r"_?(?:window|self|global|globalThis)\.postMessage")  # the page speaks to itself


def _check(hit: Hit) -> Report | None:
    target, sent = hit.argument(1), hit.argument(0)
    if target is None or sent is None or hit.string(target) != "*":
        return None
    function = callee(hit.node)
    own = function is not None and _OWN.fullmatch(hit.text(function))
    secret = not own and secretive(hit.text(sent)[:80]) and not hit.constant(sent)
    return Report(
        'With the target "*" whichever page is in that window reads this message: name its origin.',
        target,
        severity=Severity.HIGH if secret else None,
        tentative=None if secret else True,
    )


RULE = PatternRule(
    id="javascript/post-message-any-target",
    title="Message that any window may receive",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(346, 345, 359, 201),
    page="""
`postMessage(data, "*")` gives the data to whatever page is in the window by then. A site that embeds
yours, or that has led the opened window elsewhere, reads it. Unless a name says that a secret is sent, the
finding is tentative.
""",
    attack="Embeds the page in another, waits for its message, and reads what it tells its parent.",
    advice="Name the receiver's origin: `parent.postMessage(data, 'https://app.example')`.",
    bad=(
        'parent.postMessage({ height: box.offsetHeight }, "*");\n',
        "window.opener.postMessage({ token }, '*');\n",
        """\
function tell(frame, state) {
  const anybody = "*";
  frame.contentWindow.postMessage(JSON.stringify(state), anybody);
}
""",
    ),
    good=(
        'parent.postMessage({ height: box.offsetHeight }, "https://app.example");\n',
        "window.opener.postMessage({ token }, location.origin);\n",
        "worker.postMessage({ rows });\n",
    ),
    url="https://developer.mozilla.org/docs/Web/API/Window/postMessage#security_concerns",
    language="javascript",
    languages=LANGUAGES,
    methods=("postMessage",),
    check=_check,
)
