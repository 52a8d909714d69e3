"""Checks of an address that other hosts pass as well."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, given_names, last_name, words
from vetline_analyzers.syntax.regex_text import outside_sets
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_ENDINGS = r"(?:com|net|org|io|dev|app|example|test|gov|edu|eu|de|uk|fr|nl|ch|at|ru|cn|jp|br|ai|co|me|info)"
_HOST = re.compile(rf"(?:[\w-]+\.)+{_ENDINGS}(?:/?)", re.IGNORECASE)
_ORIGIN = re.compile(r"(?:https?|wss?)://[^/?#\s]+", re.IGNORECASE)
_OPEN_DOT = re.compile(rf"(?<![\\\]\)*+?.])[a-z0-9-]\.{_ENDINGS}(?![\w(*+?{{])", re.IGNORECASE)
_HOST_PATTERN = re.compile(rf"\\\.{_ENDINGS}\b", re.IGNORECASE)
_ADDRESS = frozenset(
    {
        "url",
        "uri",
        "host",
        "hostname",
        "origin",
        "href",
        "referer",
        "referrer",
        "domain",
        "redirect",
    }
    | {"link", "target", "location", "address", "callback", "site", "endpoint", "return", "next"}
)
_ADDRESSES = _ADDRESS | {"origins", "hosts", "domains", "urls"}


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "regex":
        return _pattern(hit)
    function = callee(hit.node)
    base = function.child_by_field_name("object") if function is not None else None
    text = hit.string(hit.argument(0))
    if function is None or base is None or not text or not _is_address(hit, base):
        return None
    method = hit.text(function).rpartition(".")[2]
    if method == "startsWith":
        loose = bool(_ORIGIN.fullmatch(text)) and "." in text
    elif method == "endsWith":
        loose = bool(_HOST.fullmatch(text)) and not text.startswith(".")
    else:
        loose = bool(
            _HOST.fullmatch(text.removeprefix("https://").removeprefix("http://").lstrip("."))
        )
    if not loose or _is_compared_whole(hit):
        return None
    return Report(
        "Other hosts pass this check, such as one that begins or ends with this text: compare new "
        "URL(…).hostname with ===."
    )


def _is_address(hit: Hit, base: Node) -> bool:
    """Whether the name of what is looked at says that it is an address."""
    node = hit.scope.bare(base)
    while node.type == "call_expression" and (function := callee(node)) is not None:
        inner = function.child_by_field_name("object")
        if inner is None:
            break
        node = hit.scope.bare(inner)
    name = last_name(hit, node) or hit.text(node)[-40:]
    return not _ADDRESS.isdisjoint(words(name))


def _is_compared_whole(hit: Hit) -> bool:
    """`url.indexOf("https://a.example/") === 0` asks for the beginning, with the slash behind it."""
    text = hit.string(hit.argument(0)) or ""
    above = hit.node.parent
    return (
        text.endswith("/") and "://" in text and above is not None and "0" in hit.text(above)[-3:]
    )


def _pattern(hit: Hit) -> Report | None:
    found = hit.node.child_by_field_name("pattern")
    pattern = hit.text(found) if found is not None else ""
    above = hit.node.parent
    asked = _asked(hit, above)
    # In a set a dot is a dot.
    dots = {dot.start() + 1 for dot in _OPEN_DOT.finditer(outside_sets(pattern))}
    if found is not None and dots and (asked or "http" in pattern):
        escaped = "".join("\\" * (n in dots) + letter for n, letter in enumerate(pattern))
        return Report(
            "A dot matches any character, so other hosts pass this pattern: write \\. for it.",
            fix=Fix("Escape the dot", (hit.edit(found, escaped),), safe=True),
        )
    if asked and _HOST_PATTERN.search(pattern) and not _is_bounded(pattern):
        return Report(
            "This pattern finds the host anywhere in an address: begin it with ^ and end the host "
            "with $ or a slash."
        )
    return None


def _asked(hit: Hit, above: Node | None) -> bool:
    """Whether the pattern is tested on something whose name says that it is an address."""
    call = above.parent if above is not None else None
    if above is None or call is None:
        return False
    if above.type in {"pair", "array"}:
        return any(not _ADDRESSES.isdisjoint(words(name)) for name in given_names(hit, hit.node))
    if above.type == "member_expression" and call.type == "call_expression":
        if last_name(hit, above) not in {"test", "exec"}:
            return False
        arguments = hit.scope.dialect.argument_nodes(call)
        return bool(arguments) and _is_address(hit, arguments[0])
    function = callee(call) if above.type == "arguments" else None
    base = function.child_by_field_name("object") if function is not None else None
    return base is not None and last_name(hit, function) == "match" and _is_address(hit, base)


def _is_bounded(pattern: str) -> bool:
    last = list(_HOST_PATTERN.finditer(pattern))[-1]
    rest = pattern[last.end() :]
    starts = pattern.startswith(("^", "(^", "(?:^", "\\."))
    return (starts or "^" in pattern) and rest.startswith(
        ("$", "\\/", "/", "(", ":", "[", "\\b", ")")
    )


RULE = PatternRule(
    id="javascript/loose-host-check",
    title="Host check that other hosts pass",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(20, 625, 183, 601, 346),
    page="""
Whether an address belongs to a trusted host is asked of its text: `includes("shop.example")` is true for
`evil.test/?shop.example`, `startsWith("https://shop.example")` for `https://shop.example.evil.test`,
`endsWith("shop.example")` for `evilshop.example`, and an unescaped dot in a pattern for any character.
""",
    attack="Registers a host whose name begins with the trusted one, and has the token sent there.",
    advice='Compare `new URL(address).hostname === "shop.example"`, or `.endsWith(".shop.example")` with the dot.',
    bad=(
        'if (url.includes("shop.example")) go(url);\n',
        'if (req.headers.origin.startsWith("https://shop.example")) allow();\n',
        'const own = hostname.endsWith("shop.example");\n',
        "if (/^https:\\/\\/www.shop.com\\//.test(redirect)) go(redirect);\n",
        "const own = /shop\\.example/.test(origin);\n",
        "if (/^https?:\\/\\/x.com\\//.test(url)) go(url);\n",
        "app.use(cors({ origin: [/\\.shop.example$/] }));\n",
        'if (target.indexOf("shop.example") !== -1) go(target);\n',
    ),
    good=(
        'if (new URL(url).hostname === "shop.example") go(url);\n',
        'if (req.headers.origin.startsWith("https://shop.example/")) allow();\n',
        'const own = hostname.endsWith(".shop.example");\n',
        "if (/^https:\\/\\/www\\.shop\\.com\\//.test(redirect)) go(redirect);\n",
        "const own = /^https:\\/\\/shop\\.example$/.test(origin);\n",
        'if (text.includes("shop.example")) count();\n',
        "const own = /^[a.com]+$/.test(origin);\n",
        'const hosts = ["shop.example"];\nif (hosts.includes("shop.example")) go();\n',
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Unvalidated_Redirects_and_Forwards_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    methods=("includes", "indexOf", "startsWith", "endsWith", "search"),
    query="(regex) @hit",
    check=_check,
)
