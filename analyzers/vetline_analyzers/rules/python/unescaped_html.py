"""Text that is declared to be safe HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node


def _check(hit: Hit) -> Report | None:
    markup = hit.argument(0)
    if markup is None:
        return None
    pieces = hit.built(markup)
    if pieces is None and not hit.from_request(markup):
        return None
    holes = [p for p in pieces or () if p is not None and not isinstance(p, str)]
    if holes and all(_escaped(hit, hole) for hole in holes):
        return None
    return Report(
        "Text is declared safe HTML with a value in it that is not escaped: it can be a script. "
        "Let format_html or Markup.format put the value in.",
        markup,
    )


def _escaped(hit: Hit, node: Node) -> bool:
    function = callee(node)
    return function is not None and "escape" in hit.text(function)


RULE = PatternRule(
    id="python/unescaped-html",
    title="Value declared to be safe HTML",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(79,),
    page="""
`Markup` and `mark_safe` switch escaping off for a text that has a value in it. A name such as
`<script src=//evil.example></script>` then runs in the browser of everybody who sees it.
""",
    advice='Keep the text constant and let it escape: `format_html("<b>{}</b>", name)`, '
    '`Markup("<b>{}</b>").format(name)`.',
    bad=(
        """\
from markupsafe import Markup

def bold(n):
    return Markup(f"<b>{n}</b>")
""",
        """\
from django.utils.safestring import mark_safe

def bold(n):
    return mark_safe("<b>%s</b>" % n)
""",
    ),
    good=(
        """\
from markupsafe import Markup

def bold(n):
    return Markup("<b>{}</b>").format(n)
""",
        """\
from markupsafe import Markup, escape

def bold(n):
    return Markup(f"<b>{escape(n)}</b>")
""",
        """\
from markupsafe import Markup

BR = Markup("<br>")
""",
    ),
    same_as=("bandit/B703", "bandit/B704", "bandit/B308"),
    names=(
        *("markupsafe.Markup", "flask.Markup", "jinja2.Markup"),
        *("django.utils.safestring.mark_safe", "django.utils.safestring.SafeString"),
    ),
    check=_check,
)
