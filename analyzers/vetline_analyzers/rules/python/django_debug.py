"""Django settings with DEBUG on."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.python_web import TRUE
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_SETTINGS = frozenset(
    {
        "INSTALLED_APPS",
        "MIDDLEWARE",
        "MIDDLEWARE_CLASSES",
        "ROOT_URLCONF",
        "ALLOWED_HOSTS",
        "SECRET_KEY",
    }
    | {"DATABASES", "TEMPLATES", "WSGI_APPLICATION", "BASE_DIR", "STATIC_URL"}
)


def _check(hit: Hit) -> Report | None:
    value = hit.node.child_by_field_name("right")
    if value is None or hit.text(value) not in TRUE or hit.scope.function(hit.node) is not None:
        return None
    if hit.scope.block.parent is None or hit.scope.block.parent.type != "module":
        return None  # a class of that attribute
    known = {*hit.scope.context.strings, *hit.scope.context.aliases}
    name = hit.node.child_by_field_name("left")
    if not known & _SETTINGS and (name is None or hit.text(name) == "DEBUG"):
        return None
    fix = Fix("Turn DEBUG off", (hit.edit(value, "False"),), safe=False)
    return Report(
        "With DEBUG on, every error page shows settings, code and variables to whoever caused it: "
        "read it from the environment, off by default.",
        fix=fix,
    )


RULE = PatternRule(
    id="python/django-debug",
    title="Django with DEBUG on",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(489, 215, 209),
    page="""
With `DEBUG = True` Django answers an error with a page of settings, code, SQL and local variables, serves
any `Host`, and keeps every query in memory. `startproject` writes it, and it goes into production with
everything else.
""",
    attack="Asks for an address that fails and reads paths, settings and tokens from the error page.",
    advice='Write `DEBUG = os.environ.get("DJANGO_DEBUG") == "1"`, and set it on your own machine.',
    bad=(
        """\
SECRET_KEY = read_key()
DEBUG = True
ALLOWED_HOSTS = []
""",
        """\
ROOT_URLCONF = "shop.urls"
DEBUG = 1
""",
        """\
DEBUG = True

INSTALLED_APPS = ["django.contrib.admin", "shop"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
""",
    ),
    good=(
        """\
import os

DEBUG = os.environ.get("DJANGO_DEBUG") == "1"
ALLOWED_HOSTS = []
""",
        """\
ROOT_URLCONF = "shop.urls"
DEBUG = False
""",
        """\
DEBUG = True

def log(text):
    if DEBUG:
        show(text)
""",
    ),
    url="https://docs.djangoproject.com/en/stable/ref/settings/#debug",
    query="""((assignment left: (identifier) @_key) @hit
        (#any-of? @_key "DEBUG" "TEMPLATE_DEBUG" "DEBUG_PROPAGATE_EXCEPTIONS"))""",
    check=_check,
)
