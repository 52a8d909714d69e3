"""Functions that a message names."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import (
    LANGUAGES,
    text_around,
    text_before,
)
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_EVERYTHING = frozenset({"window", "globalThis", "global", "self", "this.window"})


def _check(hit: Hit) -> Report | None:
    base, index = (hit.node.child_by_field_name(field) for field in ("object", "index"))
    if base is None or index is None or hit.constant(index) or index.type == "string":
        return None
    everything = hit.text(base) in _EVERYTHING
    called = _is_called(hit)
    if not (everything and (called or _is_kept(hit))) and not (called and hit.from_request(index)):
        return None
    if "hasOwn" in text_before(hit) or hit.built(index):
        return None
    return Report(
        "The name that is called is known only at run time, and every function there is can be "
        "named: look it up in a Map of those that may."
    )


def _is_called(hit: Hit) -> bool:
    above = hit.node.parent
    return (
        above is not None
        and above.type == "call_expression"
        and (above.child_by_field_name("function") == hit.node)
    )


def _is_kept(hit: Hit) -> bool:
    """Whether the function is kept under a name that is called later."""
    above = hit.node.parent
    name = above.child_by_field_name("name") if above is not None else None
    around = hit.scope.function(hit.node)
    if above is None or name is None or above.type != "variable_declarator" or around is None:
        return False
    return f"{hit.text(name)}(" in text_around(hit, around)


RULE = PatternRule(
    id="javascript/dynamic-method",
    title="Function that a message names",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    tentative=True,
    cwe=(94, 470, 749),
    page="""
`window[name](value)` calls whatever function the name says: one that was meant, or `eval`, or `setTimeout`
with a text. The same goes for an object and a name that comes from a request, which may be `constructor`.
""",
    attack='Sends {"name": "eval", "payload": "…"} to the window that listens.',
    advice="Keep the functions that may be called in a `Map`, and call `actions.get(name)?.(value)`.",
    bad=(
        "window[message.name](message.payload);\n",
        """\
function run(data) {
  const action = globalThis[data.action];
  return action(data.value);
}
""",
        """\
app.get("/run", (req, res) => {
  res.json(api[req.query.method](req.query.value));
});
""",
    ),
    good=(
        "actions.get(message.name)?.(message.payload);\n",
        'window["show"](message.payload);\n',
        "const size = window[name];\n",
        "items[at](value);\n",
    ),
    url="https://cwe.mitre.org/data/definitions/470.html",
    language="javascript",
    languages=LANGUAGES,
    query="(subscript_expression) @hit",
    check=_check,
)
