"""A check of a host or address that another one passes too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.python_web import definition, last_part
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_TLD = r"(?:com|org|net|io|edu|gov|mil|info|biz|dev|app|cloud|co|ai|me|de|fr|uk|eu|us|ca|jp|internal|local)"
_HOST = re.compile(rf"(?:[\w-]+\.)*[\w-]+\.{_TLD}(?::\d+)?")
_ADDRESS = re.compile(r"(?:https?|wss?|ftp)?:?//[^/?#\s]*[^/?#:\s]")
_ENDING = re.compile(rf"(?:[\w-]*\.)?(?:[\w-]+\.)*{_TLD}/?")
_VALUE = re.compile(
    r"(?:ur[li]|host|domain|netloc|origin|referr?er|link|href|redirect|callback|webhook|endpoint|address"
    r"|target|next|location|site|server)(?!\w*s\b)",
    re.IGNORECASE,
)
_LISTS = re.compile(
    r"(?i)(?:hosts|domains|urls|origins|list|allowed|links|lines|text|content|html|body)\b"
)


def _check(hit: Hit) -> Report | None:
    if any(n.type == "assert_statement" for n in hit.scope.up(hit.node)):
        return None
    if hit.node.type == "comparison_operator":
        return _contained(hit)
    function, given = callee(hit.node), hit.argument(0)
    owner = function.child_by_field_name("object") if function is not None else None
    if owner is None or given is None:
        return None
    if last_part(hit) == "startswith":
        return _started(hit, owner, given)
    return _ended(hit, owner, given)


def _started(hit: Hit, owner: Node, given: Node) -> Report | None:
    loose = [
        node
        for node in (given.named_children if given.type == "tuple" else (given,))
        if _ADDRESS.fullmatch(hit.string(node) or "") and "." in hit.text(node)
    ]
    if loose:
        edits = tuple(
            hit.insert_after(_content(node), "/") for node in loose if node.type == "string"
        )
        return Report(
            f"{hit.string(loose[0])}.evil.example passes this check as well: compare the host that urlparse "
            "finds.",
            fix=Fix('End it with "/"', edits, safe=False) if len(edits) == len(loose) else None,
        )
    return _local(hit, owner, hit.string(given))


def _local(hit: Hit, owner: Node, text: str | None) -> Report | None:
    """`next.startswith("/")` before a redirect: `//evil.example` is another host."""
    function = definition(hit)
    if text != "/" or function is None:
        return None
    whole = hit.text(function)
    if (
        "redirect" not in whole
        or "//" in whole.lower()
        or "netloc" in whole
        or "url_has_allowed" in whole
    ):
        return None
    if not re.search(rf"edirect\w{{0,20}}\([^()]{{0,200}}{re.escape(hit.text(owner))}\b", whole):
        return None
    return Report(
        "An address that starts with // is another host's: ask that urlparse finds no host in it."
    )


def _content(node: Node) -> Node:
    return next((n for n in reversed(node.named_children) if n.type == "string_content"), node)


def _ended(hit: Hit, owner: Node, given: Node) -> Report | None:
    if not _VALUE.search(hit.text(owner)):
        return None
    for node in given.named_children if given.type == "tuple" else (given,):
        text = hit.string(node)
        if text is None:
            if (
                node.type == "identifier"
                and re.search(r"(?i)domain|host", hit.text(node))
                and _bare(hit, node)
            ):
                return Report(
                    f"evil-{hit.text(node)} ends like this too: compare the whole host, or put a dot before.",
                    confidence=Confidence.LOW,
                    tentative=True,
                )
        elif _ENDING.fullmatch(text) and (text.endswith("/") or text[:1] not in {".", "@", "/"}):
            return Report(
                f"evil{text if text[:1] != '.' else '.example/' + text} passes this check as well: compare "
                "the host that urlparse finds, with a dot before the domain."
            )
    return None


def _bare(hit: Hit, name: Node) -> bool:
    values = hit.scope.values(name)
    return not any(
        "." in hit.text(value) and "'" in hit.text(value).replace('"', "'") for value in values
    )


def _contained(hit: Hit) -> Report | None:
    found = [n for n in hit.node.named_children if n.type != "comment"]
    operator = hit.node.child_by_field_name("operators")
    if len(found) != 2 or operator is None or hit.text(operator) not in {"in", "not in"}:  # noqa: PLR2004 - sides
        return None
    text, value = hit.string(found[0]), found[1]
    if text is None or not (_HOST.fullmatch(text) or _ADDRESS.fullmatch(text)):
        return None
    name = hit.text(value)
    if value.type not in {"identifier", "attribute", "call", "subscript"} or len(name) > _LONG:
        return None
    if not _VALUE.search(name) or _LISTS.search(name) or name.isupper():
        return None
    return Report(
        f"{text} may stand anywhere in {name}, in a path or before .evil.example: compare the host that "
        "urlparse finds."
    )


_LONG = 80

RULE = PatternRule(
    id="python/host-check-loose",
    title="Check of a host that others pass too",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(20, 1023, 601, 918, 346),
    page="""
`url.startswith("https://example.com")` is also true for `https://example.com.evil.example`,
`host.endswith("example.com")` for `evilexample.com`, and `"example.com" in url` for an address with that
name in its path. A check that others pass opens the redirect, the request or the origin it guards.
""",
    attack="Registers `example.com.evil.example`, and the link in the mail passes the check.",
    advice='Compare what `urlparse(url).hostname` gives: equal to the host, or ending in `".example.com"`.',
    bad=(
        """\
def allowed(url):
    return url.startswith("https://example.com")
""",
        """\
def allowed(host):
    return host.endswith("example.com")
""",
        """\
if "example.com" in url:
    fetch(url)
""",
        """\
def back(request):
    target = request.args["next"]
    if target.startswith("/"):
        return redirect(target)
""",
        """\
def trusted(origin):
    return origin.startswith(("https://a.example.org", "https://b.example.org"))
""",
    ),
    good=(
        """\
def allowed(url):
    return url.startswith("https://example.com/")
""",
        """\
def allowed(host):
    return host == "example.com" or host.endswith(".example.com")
""",
        """\
if "example.com" in allowed_hosts:
    fetch(url)
""",
        """\
def secure(url):
    return url.startswith(("http://", "https://"))
""",
        """\
def back(request):
    target = request.args["next"]
    if target.startswith("/") and not target.startswith("//"):
        return redirect(target)
""",
    ),
    url="https://docs.python.org/3/library/urllib.parse.html#url-parsing-security",
    methods=("startswith", "endswith"),
    query="""((comparison_operator . (string)) @hit (#match? @hit "\\\\bin\\\\b"))""",
    check=_check,
)
