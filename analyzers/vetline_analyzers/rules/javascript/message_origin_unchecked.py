"""Messages from any window that are believed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import (
    LANGUAGES,
    body_of,
    text_around,
)
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_WINDOW = re.compile(r"(?:window|globalThis|self|window\.parent|top)")
_ASKED = re.compile(r"(?i)origin|\.source\b|isTrusted")
_USED = re.compile(r"\.data\b|\{\s*data\b")
_ACTS = re.compile(
    r"\beval\b|innerHTML|location|document\.|\bFunction\b|localStorage|fetch\(|\]\(|\$\("
)


def _check(hit: Hit) -> Report | None:
    handler = _handler(hit)
    body = body_of(hit, handler)
    if body is None:
        return None
    text = text_around(hit, body)
    if _ASKED.search(text) or not _USED.search(text):
        return None
    return Report(
        "Any website that holds this window can send this message: compare event.origin first.",
        handler,
        tentative=None if _ACTS.search(text) else True,
    )


def _handler(hit: Hit) -> Node | None:
    if hit.node.type == "assignment_expression":
        return hit.node.child_by_field_name("right")
    function = callee(hit.node)
    if function is None or hit.string(hit.argument(0)) != "message":
        return None
    base = function.child_by_field_name("object")
    if base is not None and not _WINDOW.fullmatch(hit.text(base)):
        return None
    return hit.argument(1)


RULE = PatternRule(
    id="javascript/message-origin-unchecked",
    title="Message believed whoever sent it",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(346, 345, 20),
    page="""
A window's `message` event may come from every page that holds a handle on it: one that embeds it, one it
opened, an advertisement inside it. A handler that uses `event.data` without comparing `event.origin` does
what a stranger says. Handlers that only keep the data are reported tentatively.
""",
    attack="Embeds the page in a frame and posts it the message that only its own parts should send.",
    advice="Begin the handler with `if (event.origin !== 'https://app.example') return;`.",
    bad=(
        """\
window.addEventListener("message", (event) => {
  box.innerHTML = event.data.html;
});
""",
        """\
window.onmessage = function (message) {
  location.assign(message.data);
};
""",
        """\
addEventListener("message", ({ data }) => store(data));
""",
    ),
    good=(
        """\
window.addEventListener("message", (event) => {
  if (event.origin !== "https://app.example") return;
  box.textContent = event.data.text;
});
""",
        'worker.addEventListener("message", (event) => show(event.data));\n',
        'window.addEventListener("message", handle);\n',
    ),
    url="https://developer.mozilla.org/docs/Web/API/Window/message_event",
    language="javascript",
    languages=LANGUAGES,
    names=("addEventListener", "self.addEventListener"),
    query="""
        ((assignment_expression left: (member_expression) @_l) @hit
          (#any-of? @_l "window.onmessage" "globalThis.onmessage"))
    """,
    check=_check,
)
