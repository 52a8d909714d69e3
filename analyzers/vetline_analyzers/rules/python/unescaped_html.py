"""Text that is declared to be safe HTML."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import PEOPLE, FlowRule, Sink

RULE = FlowRule(
    id="python/unescaped-html",
    title="Value declared to be safe HTML",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
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
    kind="html",
    sinks=(
        Sink(
            names=(
                *(
                    "markupsafe.Markup",
                    "flask.Markup",
                    "jinja2.Markup",
                    "Markup",
                    "SafeString",
                    "SafeText",
                ),
                *(
                    "django.utils.safestring.mark_safe",
                    "django.utils.safestring.SafeString",
                    "mark_safe",
                ),
                *(
                    "django.utils.safestring.SafeText",
                    "webhelpers.html.literal",
                    "jinja2.utils.Markup",
                ),
            ),
        ),
    ),
    traced="{label} is declared to be safe HTML here: a script in it runs in the visitor's browser. Let it be escaped.",
    possible="A value is put into HTML that is declared to be safe: a script in it runs in the visitor's browser. "
    "Let it be escaped.",
    sources=PEOPLE,
    attack="The name `<script src=//evil.example></script>` runs in the browser of everybody who sees it.",
)
