"""Modules whose name is known only at run time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_HERE = re.compile(r"\b__(?:dirname|filename)\b")


def _check(hit: Hit) -> Report | None:
    name = hit.argument(0)
    if name is None or hit.constant(name) or _is_here(hit, name):
        return None
    outside = hit.from_request(name)
    return Report(
        "Which module is run here is known only at run time: look the name up in a list of modules.",
        severity=Severity.HIGH if outside else None,
        confidence=Confidence.HIGH if outside else None,
        tentative=False if outside else None,
    )


def _is_here(hit: Hit, name: Node) -> bool:
    """Whether it is the folder of this file with a constant path behind it."""
    node = hit.scope.bare(name)
    if node.type == "call_expression" and hit.text(node).startswith(
        ("path.join(", "path.resolve(")
    ):
        parts = hit.scope.dialect.argument_nodes(node)
    else:
        pieces = hit.scope.pieces(node) or (node,)
        parts = [piece for piece in pieces if piece is not None and not isinstance(piece, str)]
    return all(hit.constant(part) or _HERE.search(_told(hit, part)) for part in parts)


def _told(hit: Hit, part: Node) -> str:
    """Its text, or that of the one value its name holds."""
    values = hit.scope.values(part) if part.type in hit.scope.dialect.identifiers else []
    return hit.text(values[0] if len(values) == 1 else part)


RULE = PatternRule(
    id="javascript/dynamic-require",
    title="Module whose name is known only at run time",
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    tentative=True,
    cwe=(95, 94, 98, 706, 829),
    page="""
`require` and `import()` run what the module says at its top. With a name that is put together, whoever
chooses a part of it chooses the program; `../` leads out of the folder that was meant, to an uploaded file
for one. A name that visibly comes from a request is reported to everybody, others tentatively.
""",
    attack="Uploads a file, and asks for the controller named ../../uploads/mine.",
    advice="Keep an object of the modules that may be asked for, and look the name up in it.",
    bad=(
        "const plugin = require(name);\n",
        """\
app.get("/:page", (req, res) => {
  require("./pages/" + req.params.page)(req, res);
});
""",
        "const theme = await import(`./themes/${theme}.js`);\n",
    ),
    good=(
        'const plugin = require("./plugin");\n',
        'const own = require(__dirname + "/own");\n',
        'const own = require(path.join(__dirname, "own"));\n',
        'const theme = await import("./themes/dark.js");\n',
    ),
    url="https://nodejs.org/api/modules.html#requireid",
    language="javascript",
    languages=LANGUAGES,
    names=("require",),
    query="(call_expression function: (import)) @hit",
    check=_check,
)
