"""Pictures that may hold scripts."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import (
    LANGUAGES,
    text_around,
)
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    value = hit.node.child_by_field_name("value")
    if value is None or hit.text(value) != "true":
        return None
    around = hit.node.parent
    if around is not None and "contentSecurityPolicy" in text_around(hit, around):
        return None
    fix = Fix("Leave SVG out", (hit.edit(value, "false"),), safe=False)
    return Report(
        "An SVG may hold scripts, which run as your site: leave it out, or forbid scripts by "
        "contentSecurityPolicy.",
        fix=fix,
    )


RULE = PatternRule(
    id="javascript/dangerous-svg",
    title="Picture that may hold scripts",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(79,),
    page="""
`dangerouslyAllowSVG` lets the image service of Next.js pass SVG on. An SVG is a document: opened by itself it
runs the scripts in it, with the cookies of the site that sent it. Together with a `contentSecurityPolicy`
for images it is left alone.
""",
    attack="Uploads an SVG with a script as a profile picture, and sends somebody its address.",
    advice="Leave the option out, or add `contentSecurityPolicy: \"default-src 'self'; script-src 'none'; sandbox;\"`.",
    bad=(
        "module.exports = { images: { dangerouslyAllowSVG: true } };\n",
        "export default { images: { domains, dangerouslyAllowSVG: true } };\n",
        "const images = {\n  'dangerouslyAllowSVG': true,\n};\n",
    ),
    good=(
        "module.exports = { images: { dangerouslyAllowSVG: false } };\n",
        "export default { images: { dangerouslyAllowSVG: true, contentSecurityPolicy: policy } };\n",
    ),
    url="https://nextjs.org/docs/app/api-reference/components/image#dangerouslyallowsvg",
    language="javascript",
    languages=LANGUAGES,
    query="""
        ((pair key: [(property_identifier) (string)] @_k) @hit (#match? @_k "^['\\"]?dangerouslyAllowSVG"))
    """,
    check=_check,
)
