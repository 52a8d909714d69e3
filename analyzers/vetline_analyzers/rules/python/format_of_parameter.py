"""A format string that somebody else chooses."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.python_web import called, definition, parameters
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_TEMPLATE = re.compile(
    r"(?i)(?:.*_)?(?:template|message|msg|user_input|format_string|fmt_string|user_format|text|greeting|body|pattern_string)"
)


def _check(hit: Hit) -> Report | None:
    function = callee(hit.node)
    owner = function.child_by_field_name("object") if function is not None else None
    around = definition(hit)
    arguments = hit.node.child_by_field_name("arguments")
    if owner is None or around is None or arguments is None or not arguments.named_children:
        return None
    sent = hit.from_request(owner)
    if not sent:
        if (
            owner.type != "identifier"
            or hit.scope.values(owner)
            or not _TEMPLATE.fullmatch(hit.text(owner))
        ):
            return None
        if hit.text(owner) not in parameters(hit, around) or called(hit, around).startswith("_"):
            return None
        given = [
            n.child_by_field_name("value") or n
            for n in arguments.named_children
            if n.type != "comment"
        ]
        if not any(
            n.type in {"identifier", "attribute"} and n.type != "dictionary_splat" for n in given
        ):
            return None
    return Report(
        "Whoever chooses this text reaches the attributes of what is put in, as in {0.__class__}: keep it "
        "constant, or use string.Template.",
        severity=Severity.HIGH if sent else Severity.LOW,
        tentative=not sent,
    )


RULE = PatternRule(
    id="python/format-of-parameter",
    title="Format string chosen by somebody else",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(134, 200, 94),
    page="""
`str.format` follows dots and brackets in its text: `{user.password}`, `{app.config[SECRET_KEY]}`,
`{0.__init__.__globals__}`. Whoever writes the text reads whatever the objects lead to. A template that
users may edit is such a text.
""",
    attack="Writes `{order.customer.card_number}` into the greeting of a mail that goes to themselves.",
    advice="Keep the text constant and let people choose only values, or use `string.Template` with a "
    "dictionary of plain strings.",
    bad=(
        """\
def receipt(template, order):
    return template.format(order=order)
""",
        """\
def hello():
    return request.args["text"].format(user=current_user)
""",
        """\
def notify(user, message):
    text = message.format(user)
    send(user, text)
""",
    ),
    good=(
        """\
def receipt(order):
    return "Order {number}".format(number=order.number)
""",
        """\
def receipt(template, order):
    return Template(template).substitute(number=order.number)
""",
        """\
def day(fmt, date):
    return date.format(fmt)
""",
    ),
    url="https://docs.python.org/3/library/string.html#format-string-syntax",
    methods=("format", "format_map"),
    check=_check,
)
