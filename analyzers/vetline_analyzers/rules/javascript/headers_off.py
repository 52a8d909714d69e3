"""Headers that protect a page and are switched off."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, is_text, option, options
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_HEADERS = {
    "contentSecurityPolicy": "scripts from anywhere may run",
    "frameguard": "other sites may put the page into a frame",
    "xFrameOptions": "other sites may put the page into a frame",
    "hsts": "the first visit may be led to plain HTTP",
    "strictTransportSecurity": "the first visit may be led to plain HTTP",
    "noSniff": "browsers may take a picture for a script",
    "xContentTypeOptions": "browsers may take a picture for a script",
}
_REMOVED = frozenset({"x-frame-options", "content-security-policy", "strict-transport-security"})


def _check(hit: Hit) -> Report | None:
    if not hit.name:
        function = callee(hit.node)
        base = function.child_by_field_name("object") if function is not None else None
        header = (hit.string(hit.argument(0)) or "").lower()
        if base is None or header not in _REMOVED or "res" not in hit.text(base)[:20]:
            return None
        return Report(
            f"{header} is taken out of the answer, and with it the protection: leave it in."
        )
    found = options(hit)
    for name, danger in _HEADERS.items():
        value = option(hit, found, name)
        if value is not None and is_text(hit, value, "false"):
            fix = Fix("Send the header", (hit.edit(value, "true"),), safe=False)
            return Report(f"Without {name} {danger}: leave it on.", value, fix=fix)
    return None


RULE = PatternRule(
    id="javascript/headers-off",
    title="Protecting header that is switched off",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    tentative=True,
    cwe=(693, 1021),
    page="""
Helmet sends headers that tell browsers what a page may do. Here one of them is switched off or taken out: a
policy for scripts, the ban on frames, the order to stay on HTTPS. The page works as before, and one more
mistake elsewhere becomes an attack.
""",
    attack="Puts the page into a transparent frame over a game, and has the visitor click.",
    advice="Leave the header on, and give the sources that you need as its directives.",
    bad=(
        'const helmet = require("helmet");\n\napp.use(helmet({ contentSecurityPolicy: false }));\n',
        'import helmet from "helmet";\n\napp.use(helmet({ hsts: true, frameguard: false }));\n',
        'res.removeHeader("X-Frame-Options");\n',
    ),
    good=(
        'const helmet = require("helmet");\n\napp.use(helmet());\n',
        'import helmet from "helmet";\n\napp.use(helmet({ contentSecurityPolicy: { directives } }));\n',
        'res.removeHeader("X-Powered-By");\n',
    ),
    url="https://helmetjs.github.io/",
    language="javascript",
    languages=LANGUAGES,
    names=("helmet", "@fastify/helmet", "helmet.helmet"),
    methods=("removeHeader",),
    check=_check,
)
