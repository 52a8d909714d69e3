"""Links to new windows that keep a handle on the old one."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Persona, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    element = hit.node.parent
    if element is None or hit.text(hit.node.named_children[-1]).strip("{}'\"") != "_blank":
        return None
    attributes = {}
    for child in element.named_children:
        if child.type == "jsx_expression":
            return None  # attributes that are spread in
        if child.type == "jsx_attribute":
            attributes[hit.text(child.named_children[0])] = child
    name = element.child_by_field_name("name")
    link = attributes.get("href")
    if name is None or hit.text(name) not in {"a", "area", "form"} or link is None:
        return None
    if "rel" in attributes or not _is_foreign(hit.text(link)):
        return None
    fix = Fix("Add rel", (hit.insert_after(hit.node, ' rel="noopener"'),), safe=True)
    return Report(
        'The page behind this link may lead yours elsewhere: add rel="noopener".', fix=fix
    )


def _is_foreign(link: str) -> bool:
    value = link.partition("=")[2].strip()
    return value.startswith("{") or "://" in value


RULE = PatternRule(
    id="javascript/blank-target",
    title="Link that keeps a handle on its window",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    persona=Persona.PEDANTIC,
    cwe=(1022,),
    page="""
A link with `target="_blank"` and no `rel` gives the page it opens a handle on yours in browsers before 2021,
and still tells it where the visitor came from. That page can lead the window behind it to a copy of your
login form.
""",
    attack="Gets a link posted on your site, and swaps the tab it was opened from for a copy of your "
    "login form.",
    advice='Add `rel="noopener"`; with `noreferrer` the page is not told where the visitor came from, either.',
    bad=(
        'const link = <a href="https://elsewhere.example" target="_blank">Go</a>;\n',
        'const link = <a target="_blank" href={item.url}>Go</a>;\n',
        "const link = <a href={item.url} target={'_blank'} className=\"x\">Go</a>;\n",
    ),
    good=(
        'const link = <a href="https://elsewhere.example" target="_blank" rel="noopener">Go</a>;\n',
        'const link = <a href="/help" target="_blank">Help</a>;\n',
        'const link = <a {...rest} href={item.url} target="_blank">Go</a>;\n',
    ),
    url="https://developer.mozilla.org/docs/Web/HTML/Attributes/rel/noopener",
    language="javascript",
    languages=("javascript", "tsx"),
    query='((jsx_attribute . (property_identifier) @_n) @hit (#eq? @_n "target"))',
    check=_check,
)
