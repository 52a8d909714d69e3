"""A value declared to be HTML that nobody escaped here."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.python_web import called, definition, inside, parameters
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_CLEAN = re.compile(
    r"(?i)escape|bleach|sanit|clean|render|format_html|join|json|dumps|markdown|highlight|icon|svg|trans|_\(|gettext|conditional_escape|nh3"
)

_DONE = re.compile(r"(?i)escape\(|bleach|sanit|nh3")


def _check(hit: Hit) -> Report | None:
    given = hit.argument(0)
    if hit.name == "" and not hit.text(callee(hit.node) or hit.node).endswith("Markup.unescape"):
        return None
    if given is None or hit.constant(given):
        return None
    if hit.name.endswith("format_html"):
        pieces = hit.built(given) if given.type != "identifier" else None
        return (
            Report(
                "format_html escapes its arguments, not what is in its text: put the value behind it.",
                given,
            )
            if pieces
            else None
        )
    function = definition(hit)
    if given.type != "identifier" or function is None or hit.built(given):
        return None  # what is put together is another rule's
    values = hit.scope.values(given)
    if any(_CLEAN.search(hit.text(v)) or not hit.from_request(v) for v in values):
        return None
    if not values and hit.text(given) not in parameters(hit, function):
        return None
    if called(hit, function).startswith("__") or _DONE.search(hit.before()):
        return None
    if any(
        hit.text(n) in {"register.filter", "register.simple_tag"}
        for n in inside(hit, function, "decorator")
    ):
        return None
    return Report(
        "This value is taken for HTML as it is: escape it, or let the template do so.", given
    )


RULE = PatternRule(
    id="python/markup-of-variable",
    title="Variable declared to be safe HTML",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    tentative=True,
    cwe=(79, 116),
    page="""
`Markup(x)` and `mark_safe(x)` say that a value is HTML already, so the template does not escape it. Where
the value came in as a parameter, nothing here shows that it is. A comment with a script in it then runs in
every reader's browser.
""",
    attack="Writes a comment with a script in it; the page shows it as part of itself.",
    advice="Drop the call and let the template escape; for real HTML from people, clean it with `nh3` first.",
    bad=(
        """\
from markupsafe import Markup

def show(comment):
    return render_template("page.html", comment=Markup(comment))
""",
        """\
from django.utils.safestring import mark_safe

def show(text):
    return mark_safe(text)
""",
        """\
from django.utils.html import format_html

def bold(name):
    return format_html(f"<b>{name}</b>")
""",
    ),
    good=(
        """\
from markupsafe import Markup

def show(comment):
    return render_template("page.html", comment=comment)
""",
        """\
from django.utils.html import format_html

def bold(name):
    return format_html("<b>{}</b>", name)
""",
        """\
from markupsafe import Markup

def show(comment):
    safe = nh3.clean(comment)
    return Markup(safe)
""",
    ),
    same_as=("bandit/B703", "bandit/B704", "bandit/B308"),
    url="https://markupsafe.palletsprojects.com/en/stable/escaping/",
    names=(
        *(f"{m}.Markup" for m in ("markupsafe", "flask", "jinja2")),
        *(f"django.utils.safestring.{name}" for name in ("mark_safe", "SafeString", "SafeText")),
        *("django.utils.html.format_html", "wtforms.widgets.HTMLString", "mark_safe", "Markup"),
    ),
    methods=("unescape",),
    check=_check,
)
