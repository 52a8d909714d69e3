"""A protection of the framework that a setting takes away."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around import setting, settings_query
from vetline_analyzers.syntax.python_web import FALSE
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_ON = ("SECURE_SSL_REDIRECT", "SECURE_CONTENT_TYPE_NOSNIFF", "SECURE_BROWSER_XSS_FILTER")
_OTHER = (
    *("SECURE_HSTS_SECONDS", "X_FRAME_OPTIONS", "X-Frame-Options", "SECURE_REFERRER_POLICY"),
    *("AUTH_PASSWORD_VALIDATORS", "DEFAULT_PERMISSION_CLASSES", "permission_classes"),
    *("authentication_classes", "X-XSS-Protection", "X-Content-Type-Options"),
)


def _check(hit: Hit) -> Report | None:
    found = setting(hit)
    if found is None:
        return None
    name, value = found
    if name in _ON:
        if hit.text(value) not in FALSE:
            return None
        fix = Fix(
            "Turn it on", (hit.edit(value, "True"),), safe=name == "SECURE_BROWSER_XSS_FILTER"
        )
        return Report(f"{name} is off: leave the protection on.", fix=fix)
    message = _weak(name, hit.text(value).strip("'\""))
    return Report(message) if message else None


def _weak(name: str, value: str) -> str:
    if name == "SECURE_HSTS_SECONDS":
        return (
            "Browsers are told to forget that this site has TLS: keep a year."
            if value == "0"
            else ""
        )
    if name.lower().replace("-", "_") == "x_frame_options":
        wide = value.upper().startswith(("ALLOWALL", "ALLOW-FROM *", "ALLOWALL"))
        return "Any site may put this one into a frame and catch clicks: use DENY." if wide else ""
    if name == "SECURE_REFERRER_POLICY":
        return (
            "Addresses leak to every site that is linked: use same-origin."
            if value == "unsafe-url"
            else ""
        )
    if name == "AUTH_PASSWORD_VALIDATORS":
        return "Any password will do, `a` too: keep Django's validators." if value == "[]" else ""
    if "_classes" in name.lower():
        nobody = value in {"[]", "()"} or "AllowAny" in value
        return "Everybody may call this without logging in: name who may." if nobody else ""
    return ""


RULE = PatternRule(
    id="python/django-protection-off",
    title="Framework's protection switched off",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(693, 1021, 862, 521, 319),
    page="""
Frameworks bring protections that cost nothing: the redirect to TLS, the header against foreign frames,
rules for passwords, the list of who may call a view. A setting that takes one away is easily written
while something is tried out, and stays.
""",
    attack="Uses what was left open: a frame over the page, a one-letter password, a call without a login.",
    advice="Keep the default, or the stricter value; where a view is public on purpose, say so beside it.",
    bad=(
        """\
SECURE_SSL_REDIRECT = False
""",
        """\
X_FRAME_OPTIONS = "ALLOWALL"
""",
        """\
AUTH_PASSWORD_VALIDATORS = []
""",
        """\
REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"]}
""",
        """\
class Orders(ModelViewSet):
    permission_classes = []
""",
    ),
    good=(
        """\
SECURE_SSL_REDIRECT = True
""",
        """\
X_FRAME_OPTIONS = "DENY"
""",
        """\
REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]}
""",
        """\
class Orders(ModelViewSet):
    permission_classes = [IsAuthenticated]
""",
    ),
    url="https://docs.djangoproject.com/en/stable/topics/security/",
    query=settings_query(*_ON, *_OTHER),
    check=_check,
)
