"""Markdown whose HTML goes into the page."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, is_text, of, option, options
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_MESSAGE = (
    "HTML in this Markdown goes into the page, scripts too: leave it off, or sanitize the result."
)

_MARKDOWN_IT = ("html", "true", "false")  # option, what lets HTML in, what does not
_MARKED = ("sanitize", "false", "true")


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "pair":
        value = hit.node.child_by_field_name("value")
        return Report(_MESSAGE) if is_text(hit, value, "true") else None
    name, wrong, right = _MARKDOWN_IT if "arkdown" in hit.name else _MARKED
    value = option(hit, options(hit), name)
    if value is None or not is_text(hit, value, wrong):
        return None
    fix = Fix("Leave HTML out", (hit.edit(value, right),), safe=False)
    return Report(_MESSAGE, value, fix=fix)


RULE = PatternRule(
    id="javascript/markdown-raw-html",
    title="Markdown whose HTML goes into the page",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(79,),
    page="""
Markdown may contain HTML. A renderer that lets it through (`html: true` of markdown-it, `sanitize: false` of
marked, `allowDangerousHtml` of remark, `supportHtml` of an editor's hover)
puts a writer's scripts into the readers' pages.
""",
    attack="Writes a comment in Markdown that holds one script element.",
    advice="Leave the option off, or clean the result with `DOMPurify.sanitize` or `rehype-sanitize`.",
    bad=(
        'const markdownIt = require("markdown-it");\n\nconst markdown = markdownIt({ html: true });\n',
        'import MarkdownIt from "markdown-it";\n\nconst markdown = new MarkdownIt({ html: true, linkify: true });\n',
        'const { marked } = require("marked");\n\nconst page = marked(text, { sanitize: false });\n',
        "const help = { value: text, isTrusted: false, supportHtml: true };\n",
    ),
    good=(
        'const markdownIt = require("markdown-it");\n\nconst markdown = markdownIt({ html: false });\n',
        'import MarkdownIt from "markdown-it";\n\nconst markdown = new MarkdownIt({ linkify: true });\n',
        "const help = { value: text, supportHtml: false };\n",
    ),
    url="https://github.com/markdown-it/markdown-it/blob/master/docs/security.md",
    language="javascript",
    languages=LANGUAGES,
    names=(
        *of("markdown-it", ""),
        "marked",
        "marked.marked",
        "marked.parse",
        "marked.setOptions",
        "marked.use",
    ),
    query="""
        ((pair key: (property_identifier) @_k) @hit (#any-of? @_k "supportHtml" "allowDangerousHtml"))
    """,
    check=_check,
)
