"""A template that is built from a string."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    template = hit.either(0, "source")
    if template is None:
        return None
    if hit.built(template) is None and not hit.from_request(template):
        return None
    return Report(
        "A value becomes part of the template: `{{ … }}` in it runs on the server. "
        "Pass values as the template's variables.",
        template,
    )


RULE = PatternRule(
    id="python/template-from-string",
    title="Template built from a string",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(1336, 94, 79),
    page="""
A Jinja template is put together from values. Whoever controls one writes template code:
`{{ cycler.__init__.__globals__.os.popen("id").read() }}` runs a command. Even harmless templates are
open to cross-site scripting this way, since the value is not escaped.
""",
    advice='Write the template as a constant and pass values: `render_template_string("Hi {{ name }}", name=name)`.',
    bad=(
        """\
from flask import render_template_string

def hi(name):
    return render_template_string(f"<p>Hi {name}</p>")
""",
        """\
from flask import render_template_string, request

def hi():
    return render_template_string(request.args['page'])
""",
        """\
from jinja2 import Template

def hi(n):
    return Template("Hi " + n).render()
""",
    ),
    good=(
        """\
from flask import render_template_string

def hi(name):
    return render_template_string("<p>Hi {{ name }}</p>", name=name)
""",
        """\
from string import Template

def hi(n):
    return Template('Hi ' + n).substitute()
""",
    ),
    names=("flask.render_template_string", "jinja2.Template", "mako.template.Template"),
    check=_check,
)
