"""Calls that ask for an address in clear: which they are, and what is known of the address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.finding import Fix
from vetline_analyzers.syntax import around, known

if TYPE_CHECKING:
    from tree_sitter import Node

    from vetline_analyzers.syntax.rule import Hit

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")
_CLEAR = re.compile(r"(http|ftp|ws|ldap)://([^/:?#\s]*)", re.IGNORECASE)
# Hosts of one's own machine or network, and names that only an inner network knows.
_INNER = re.compile(
    r"(?i)(?:.*@)?(?:localhost|127\.\d+\.\d+\.\d+|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+"
    r"|169\.254\.\d+\.\d+|0\.0\.0\.0|\[?::1?\]?|[^.]*|.*\.(?:local|internal|localdomain|test|invalid|lan|svc|onion|localhost)"
    r"|metadata\.google\.internal|host\.docker\.internal)"
)
# They answer every such request by sending it on to HTTPS.
_REDIRECTING = re.compile(
    r"(?i)(?:(?:api\.|gist\.|www\.)?github\.com|raw\.githubusercontent\.com|pypi\.org|files\.pythonhosted\.org"
    r"|(?:\w+\.)?wikipedia\.org)"
)
_SESSIONS = frozenset(
    {
        "requests.Session",
        "requests.session",
        "requests.sessions.Session",
        "httpx.Client",
        "httpx.AsyncClient",
    }
    | {"aiohttp.ClientSession", "urllib3.PoolManager", "Session"}
)
_OPENERS = frozenset(
    {
        "urllib.request.OpenerDirector",
        "urllib.request.URLopener",
        "urllib.request.FancyURLopener",
        "OpenerDirector",
    }
    | {"urllib.request.build_opener", "URLopener", "urllib.URLopener", "urllib2.build_opener"}
)


_LOGIN = re.compile(
    r"(?i)['\"](?:proxy-)?authorization['\"]|['\"][\w-]*(?:password|passwd|api[-_]?key|token|secret)[\w-]*['\"]\s*:"
)
NAMES = (
    *(f"{module}.{verb}" for module in ("requests", "httpx") for verb in _VERBS),
    *("requests.Request", "httpx.Request", "urllib.request.urlopen", "urllib.request.Request"),
    *(
        "urllib.request.urlretrieve",
        "urllib2.urlopen",
        "urllib2.Request",
        "urlopen",
        "aiohttp.request",
    ),
    *("urllib.urlopen", "urllib.urlretrieve", "pandas.read_csv", "pandas.read_json"),
)
METHODS = (*_VERBS, "open", "retrieve")


class Address(NamedTuple):
    """An address of another machine that is asked in clear.

    Attributes:
        scheme: "http", "ftp", "ws" or "ldap".
        node: the expression that gives the address.
    """

    scheme: str
    node: Node


def address(hit: Hit) -> Address | None:
    """The address that a call of one of `NAMES` or `METHODS` asks in clear, None for every other."""
    last = hit.name.rpartition(".")[2] if hit.name else _method(hit)
    if not last:
        return None
    second = last in {"request", "stream"} or hit.name in {"requests.Request", "httpx.Request"}
    url = hit.either(1 if second else 0, "url") or hit.keyword("fullurl")
    text = _beginning(hit, url)
    found = _CLEAR.match(text)
    if url is None or found is None:
        return None
    host = found[2]
    if (host and _INNER.fullmatch(host)) or (not host and "{" not in text and text.endswith("//")):
        return None
    return Address(found[1].lower(), url)


def _method(hit: Hit) -> str:
    """The verb when the object is a client of HTTP or an opener of URLs."""
    function = hit.node.child_by_field_name("function")
    name = "" if function is None else hit.text(function).rpartition(".")[2]
    owner = around.owner(hit)
    made = known.maker(hit, owner)
    if name in {"open", "retrieve"}:
        return name if made in _OPENERS else ""
    if made in _SESSIONS:
        return name
    if owner is None or owner.type != "identifier":
        return ""
    opened = rf"(?:Session|ClientSession|Client|AsyncClient)\([^\n]*\)\s*as\s+{re.escape(hit.text(owner))}\b"
    return name if re.search(opened, around.function_text(hit)) else ""


def _beginning(hit: Hit, url: Node | None) -> str:
    """How the text of a URL begins, as far as it is known; a parameter's default counts."""
    if url is None:
        return ""
    pieces = hit.scope.pieces(url)
    if pieces is None:
        default = _default(hit, url)
        return hit.string(default) or "" if default is not None else ""
    text = ""
    for piece in pieces:
        if not isinstance(piece, str):
            return text
        text += piece
    return text


def _default(hit: Hit, name: Node) -> Node | None:
    function = hit.scope.function(name)
    parameters = function.child_by_field_name("parameters") if function is not None else None
    for parameter in parameters.named_children if parameters is not None else ():
        named = parameter.child_by_field_name("name")
        if named is not None and hit.text(named) == hit.text(name):
            return parameter.child_by_field_name("value")
    return None


def credentials(hit: Hit) -> Node | None:
    """What a request carries that lets somebody in: a login, a token, a password in its data."""
    for key in ("auth", "headers", "data", "json", "params", "cookies"):
        given = hit.keyword(key)
        if given is None or hit.text(given) == "None":
            continue
        values = [given, *hit.scope.values(given)] if given.type == "identifier" else [given]
        if key == "auth" or any(_LOGIN.search(hit.text(node)) for node in values):
            return given
    return None


def fix(hit: Hit, url: Node) -> Fix | None:
    """A change of the address's scheme to HTTPS."""
    text = hit.text(url)
    at = text.find("http://")
    if url.type != "string" or at < 0:
        return None
    host = text[at + len("http://") :].partition("/")
    edit = hit.edit(url, text.replace("http://", "https://", 1))
    return Fix("Use HTTPS", (edit,), safe=bool(host[1]) and bool(_REDIRECTING.fullmatch(host[0])))
