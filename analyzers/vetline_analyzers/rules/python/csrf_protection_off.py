"""Protection against forged requests that is switched off."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax import around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_MESSAGE = "Another site can send this form in the name of a visitor who is logged in: leave the protection on."
_PYRAMID = ("require_csrf", "check_origin")


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "decorator":
        name = hit.resolve(hit.node.named_child(0))
        exempt = name.rpartition(".")[2] == "csrf_exempt" or name == "csrf.exempt"
        exempt = exempt or "method_decorator(csrf_exempt" in hit.text(hit.node)
        return Report(_MESSAGE, tentative=True) if exempt else None
    if hit.node.type == "call":
        return Report(_MESSAGE, tentative=True)
    found = around.setting(hit)
    if found is None or hit.text(found[1]) != "False":
        return None
    key, value = found
    if key == "csrf" and (hit.node.type == "pair" or not _of_form(hit)):
        return None
    fix = Fix("Leave the protection on", (hit.edit(value, "True"),), safe=False)
    return Report(_MESSAGE, fix=fix)


def _of_form(hit: Hit) -> bool:
    """Whether `csrf` belongs to WTForms: `class Meta: csrf = False`, `meta={"csrf": False}`."""
    if hit.uses("wtforms", "flask_wtf"):
        return True
    return any(
        at.type == "class_definition" and around.is_named(hit, at, "Meta")
        for at in hit.scope.up(hit.node)
    )


RULE = PatternRule(
    id="python/csrf-protection-off",
    title="CSRF protection switched off",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(352,),
    page="""
A browser sends the session's cookie with every request to your site, also with one that a page of somebody else
starts. The token in the form is what tells the two apart; without it any page the visitor opens can change his
address, his password or his data.
""",
    attack="Lets the visitor's browser send a hidden form to your site from a page of his own.",
    advice="Remove the switch. Exempt only endpoints that are not used by browsers and check a signature or token.",
    bad=(
        """\
from flask import Flask

app = Flask(__name__)
app.config["WTF_CSRF_ENABLED"] = False
""",
        """\
from django.views.decorators.csrf import csrf_exempt as public

@public
def change_mail(request):
    request.user.save()
""",
        """\
def setup(config):
    config.set_default_csrf_options(require_csrf=False)
""",
        """\
from flask_wtf import FlaskForm

class Form(FlaskForm):
    class Meta:
        csrf = False
""",
    ),
    good=(
        """\
from flask import Flask

app = Flask(__name__)
app.config["WTF_CSRF_ENABLED"] = True
""",
        """\
from django.views.decorators.csrf import csrf_protect as public

@public
def change_mail(request):
    request.user.save()
""",
        """\
options = {"csrf": False}
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html",
    names=("django.views.decorators.csrf.csrf_exempt", "csrf_exempt", "csrf.exempt"),
    query=around.settings_query(
        "WTF_CSRF_ENABLED", "WTF_CSRF_CHECK_DEFAULT", "JWT_COOKIE_CSRF_PROTECT", "csrf", *_PYRAMID
    )
    + """
        ((decorator [(identifier) (attribute) (call)]) @hit)
    """,
    check=_check,
)
