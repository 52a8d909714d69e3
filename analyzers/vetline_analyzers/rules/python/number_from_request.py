"""A number from outside that may be NaN, or zero."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.python_web import code, definition, inside, parameters
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_SENT = re.compile(
    r"request\.(?:args|form|json|values|GET|POST|data|query_params|get_json|cookies)|\binput\(|sys\.argv|self\.get_argument\("
)
_COUNT = re.compile(r"(?:.*_)?(?:count|total_items|divisor|denominator|quantity)")
_FINITE = re.compile(r"isfinite|isnan|nan\b|is_nan|Decimal")


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "binary_operator":
        return _divided(hit)
    given = hit.argument(0)
    if given is None or hit.name not in {"float", "complex"}:
        return None
    around = hit.node.parent
    if (
        around is not None
        and around.type == "argument_list"
        and hit.text(around.parent or around).startswith(("int(", "round("))
    ):
        return None
    function = definition(hit)
    text = code(hit, function)
    if _FINITE.search(text) or "input(" in hit.text(given) or not _sent(hit, given):
        return None
    return Report(
        f"{hit.name}('nan') is a number too, and every comparison with it is False: check math.isfinite first.",
    )


def _divided(hit: Hit) -> Report | None:
    right = hit.node.child_by_field_name("right")
    function = definition(hit)
    if right is None or function is None:
        return None
    name = hit.text(right)
    counted = _COUNT.fullmatch(name) and name in parameters(hit, function)
    if not counted and not _sent(hit, right):
        return None
    if right.type == "identifier":
        asks = re.compile(
            rf"(?:if|while|assert)\b[^:\n]*\b{re.escape(name)}\b|max\([^)]*\b{re.escape(name)}\b|ZeroDivision"
        )
        if asks.search(code(hit, function)):
            return None
    if any(
        "ZeroDivisionError" in hit.text(n) or "except Exception" in hit.text(n)
        for n in inside(hit, function, "except_clause")
    ):
        return None
    return Report(
        "A zero here ends the call with an error, and whoever sends it chooses when: refuse it first.",
        right,
    )


def _sent(hit: Hit, node: Node) -> bool:
    nodes = [node, *(v for n in inside(hit, node, "identifier") for v in hit.scope.values(n))]
    return any(_SENT.search(hit.text(n)) for n in nodes)


RULE = PatternRule(
    id="python/number-from-request",
    title="Number from a request taken as it is",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(704, 20, 369, 1287),
    page="""
`float` reads `nan` and `inf`, and no comparison with NaN is true: a check for too much or too little lets
it pass, and sums with it stay NaN for good. A zero that something is divided by ends the request. Both
come in as harmless text.
""",
    attack="Sends `amount=nan`; it is neither below nor above the limit, and the balance is NaN from then on.",
    advice="Check `math.isfinite(x)` and the range before using it; use `Decimal` for money.",
    bad=(
        """\
def pay():
    amount = float(request.form["amount"])
    if amount > LIMIT:
        abort(400)
    return book(amount)
""",
        """\
def average():
    count = int(request.args["count"])
    return str(TOTAL / count)
""",
        """\
def price(request):
    sent = request.GET.get("price")
    return show(float(sent))
""",
    ),
    good=(
        """\
def pay():
    amount = float(request.form["amount"])
    if not math.isfinite(amount) or amount > LIMIT:
        abort(400)
    return book(amount)
""",
        """\
def average():
    count = int(request.args["count"])
    if count == 0:
        abort(400)
    return str(TOTAL / count)
""",
        """\
def mean(total, count):
    return float(total) / count if count else 0.0
""",
    ),
    url="https://docs.python.org/3/library/math.html#math.isfinite",
    names=("float", "complex"),
    query="""((binary_operator operator: ["/" "//"] right: (identifier)) @hit)""",
    check=_check,
)
