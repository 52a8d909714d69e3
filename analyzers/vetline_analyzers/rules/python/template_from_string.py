"""A template that is built from a string."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import PEOPLE, FlowRule, Sink

RULE = FlowRule(
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
    kind="template",
    sinks=(
        Sink(
            names=(
                *(
                    "flask.render_template_string",
                    "render_template_string",
                    "jinja2.Template",
                    "mako.template.Template",
                ),
                *(
                    "django.template.Template",
                    "jinja2.Environment().from_string",
                    "tornado.template.Template",
                ),
                *(
                    "jinja2.sandbox.SandboxedEnvironment().from_string",
                    "Environment().from_string",
                    "chevron.render",
                ),
            ),
            arguments=(0, "source", "text", "template_string"),
        ),
        Sink(methods=("from_string",)),
    ),
    traced="{label} becomes template code here, which runs on the server. Write the template as a constant and pass values.",
    possible="A template is built from a string: a value in it becomes template code. "
    "Write the template as a constant and pass values.",
    sources=PEOPLE,
    attack='The name `{{ cycler.__init__.__globals__.os.popen("id").read() }}` runs a command.',
)
