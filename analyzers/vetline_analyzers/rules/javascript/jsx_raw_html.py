"""Attributes of elements that let HTML or scripts in."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import opening
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_ON = frozenset({"allowDangerousHtml", "dangerouslyAllowHtml", "allowDangerousProtocol"})
_OFF = frozenset({"escapeHtml", "sanitize"})
_HTML = frozenset({"innerHTML", "srcDoc", "srcdoc"})
_SAFE = re.compile(r"(?i)\{?\s*(?:\w+\.)*\w*(?:sanit|purify|escape)")


def _check(hit: Hit) -> Report | None:
    children = [n for n in hit.node.named_children if n.type != "comment"]
    name = hit.text(children[0])
    value = hit.text(children[1]).strip("{} \n") if len(children) > 1 else "true"
    if (name in _ON and value == "true") or (name in _OFF and value == "false"):
        return Report(f"{name} lets HTML of the text into the page, scripts too: leave it off.")
    inner = children[1].named_children[:1] if len(children) > 1 else []
    if children[1:] and children[1].type != "jsx_expression":
        return None
    if not inner or hit.constant(inner[0]) or _SAFE.match(hit.text(inner[0])):
        return None
    if name in _HTML:
        return Report(
            f"{name} makes HTML of this value, scripts too: sanitize it (DOMPurify).",
            confidence=Confidence.LOW,
            tentative=True,
        )
    if opening(hit.scope.pieces(inner[0])).lower().startswith("javascript:"):
        return Report("This link runs a text put together here as JavaScript: use onClick.")
    return None


RULE = PatternRule(
    id="javascript/jsx-raw-html",
    title="Attribute that lets HTML in",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(79, 80),
    page="""
React escapes what it shows, but some attributes are ways around it: `allowDangerousHtml` and
`escapeHtml={false}` of Markdown components, `srcDoc` and `innerHTML` with a value, and a link that begins
with `javascript:`. A script in the value then runs with the visitor's session.
""",
    attack="Writes a script into the text that a page shows with escaping switched off.",
    advice="Leave the attribute out, or clean the value with `DOMPurify.sanitize` or `rehype-sanitize`.",
    bad=(
        "const page = <ReactMarkdown allowDangerousHtml children={text} />;\n",
        "const page = <Markdown escapeHtml={false} source={text} />;\n",
        "const frame = <iframe srcDoc={mail.body} />;\n",
        "const link = <a href={`javascript:show(${id})`}>Show</a>;\n",
    ),
    good=(
        "const page = <ReactMarkdown children={text} />;\n",
        "const page = <Markdown escapeHtml={true} source={text} />;\n",
        "const frame = <iframe srcDoc={DOMPurify.sanitize(mail.body)} />;\n",
        "const link = <a href={`/show/${id}`}>Show</a>;\n",
    ),
    url="https://react.dev/reference/react-dom/components/common#dangerously-setting-the-inner-html",
    language="javascript",
    languages=("javascript", "tsx"),
    query="""
        ((jsx_attribute . (property_identifier) @_n) @hit
          (#any-of? @_n "allowDangerousHtml" "dangerouslyAllowHtml" "allowDangerousProtocol" "escapeHtml"
            "sanitize" "innerHTML" "srcDoc" "srcdoc" "href"))
    """,
    check=_check,
)
