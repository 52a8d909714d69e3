"""Values that are read as instructions for output."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.syntax.around_javascript import LANGUAGES
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_FORMATS = re.compile(r"console\.\w+|util\.format(?:WithOptions)?")


def _check(hit: Hit) -> Report | None:
    first = hit.argument(0)
    function = callee(hit.node)
    if (
        function is None
        or first is None
        or hit.argument(1) is None
        or hit.string(first) is not None
    ):
        return None
    if not _FORMATS.fullmatch(hit.text(function)) and not hit.name:
        return None
    if not hit.built(first):
        return None
    return Report(
        "Placeholders like %s in this value swallow the next argument: write a constant text first, and "
        "hand the value over as an argument.",
        first,
        fix=_fix(hit, first),
    )


def _fix(hit: Hit, first: Node) -> Fix | None:
    """A format that shows the text as it is; those of the further arguments are shown alike then."""
    pieces = hit.built(first) or ()
    if "%" in "".join(piece for piece in pieces if isinstance(piece, str)) or not _is_string(
        hit, first
    ):
        return None
    start = hit.scope.source.span(first).start
    return Fix('Begin with "%s"', (Edit(Span(start, start), '"%s", '),), safe=True)


def _is_string(hit: Hit, node: Node) -> bool:
    """Whether an expression is a text whatever is put into it: `${x}`, or a sum with a text in it."""
    hit.scope.spend()
    node = hit.scope.bare(node)
    if node.type in {"string", "template_string"}:
        return True
    operator = node.child_by_field_name("operator")
    if node.type != "binary_expression" or operator is None or operator.type != "+":
        return False
    sides = (node.child_by_field_name("left"), node.child_by_field_name("right"))
    return any(side is not None and _is_string(hit, side) for side in sides)


RULE = PatternRule(
    id="javascript/format-string",
    title="Value read as an instruction for output",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(134, 117),
    page="""
`console.log` and `util.format` read `%s`, `%d` and `%c` in their first argument as instructions when there are
more. A value put into it may hold such placeholders: the line in the log then shows something else than what
happened, or hides who was there.
""",
    attack="Chooses the name %c%s, so that the log shows the next field in the place of the address.",
    advice='Write `console.log("Login of %s from", name, address)`.',
    bad=(
        "console.log(`Login of ${name} from`, address);\n",
        'const util = require("util");\n\nconst line = util.format("Login of " + name + " at %s", time);\n',
        """\
function told(user, error) {
  const text = "Failed for " + user;
  console.error(text, error);
}
""",
    ),
    good=(
        'console.log("Login of %s from", name, address);\n',
        "console.log(`Login of ${name}`);\n",
        'console.log("Login", name, address);\n',
    ),
    url="https://nodejs.org/api/util.html#utilformatformat-args",
    language="javascript",
    languages=LANGUAGES,
    names=(
        "util.format",
        *(f"console.{n}" for n in ("log", "error", "warn", "info", "debug", "trace")),
    ),
    check=_check,
)
