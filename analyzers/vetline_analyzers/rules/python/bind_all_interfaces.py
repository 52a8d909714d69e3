"""A server that everybody on the network can reach."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_ANY = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104 - what the rule looks for
_HOST = re.compile(
    r"(?i)(?:.*_)?(?:host|hosts|hostname|bind|bind_\w+|addr|address|listen\w*|interface|ip)"
)
_CALLS = re.compile(
    r"(?:.*\.)?(?:bind|run|run_simple|run_server|run_app|make_server|serve|serve_forever|listen"
    r"|create_server|start_server|\w*Server|TCPSite|launch|start_http_server|Process|sock_bind)"
)
_TUPLED = re.compile(
    r"(?:.*\.)?(?:bind|\w*HTTPServer|\w*TCPServer|\w*UDPServer|\w*RPCServer|create_server)"
)


def _check(hit: Hit) -> Report | None:
    text = hit.string(hit.node)
    if text is None or (text and text not in _ANY):
        return None
    around = hit.node.parent
    if around is not None and around.type == "tuple":
        if around.named_children[0] != hit.node or not _called(hit, _TUPLED):
            return None
    elif not text or around is None or not (_named(hit) or _passed(hit)):
        return None
    fix = Fix("Listen on this machine only", (hit.edit(hit.node, '"127.0.0.1"'),), safe=False)
    return Report(
        "This listens on every interface: whoever reaches the machine reaches it. Bind to 127.0.0.1, or to "
        "the address that is meant.",
        fix=fix,
    )


def _called(hit: Hit, calls: re.Pattern[str]) -> bool:
    call = next((n for n in hit.scope.up(hit.node) if n.type == "call"), None)
    function = callee(call) if call is not None else None
    return function is not None and bool(calls.fullmatch(hit.text(function)))


def _passed(hit: Hit) -> bool:
    around = hit.node.parent
    return around is not None and around.type == "argument_list" and _called(hit, _CALLS)


def _named(hit: Hit) -> bool:
    """Whether what it is given to is called a host: `host="…"`, `HOST = "…"`, `{"host": "…"}`."""
    around = hit.node.parent
    if around is None:
        return False
    if around.type == "keyword_argument" and _called(
        hit, re.compile(r".*(?:ArgumentParser|add_argument)")
    ):
        return False
    key = next(
        (n for f in ("name", "left", "key") if (n := around.child_by_field_name(f)) is not None),
        None,
    )
    return key is not None and bool(_HOST.fullmatch(hit.text(key).rpartition(".")[2].strip("'\"")))


RULE = PatternRule(
    id="python/bind-all-interfaces",
    title="Server on every interface",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(605, 668, 1327, 200),
    page="""
`0.0.0.0`, `::` and the empty address mean every network the machine is in. A development server, a
debugging port or an unauthenticated service is then open to the office, the café, or the internet. Inside
a container it is often meant; then say so.
""",
    attack="Scans the network, finds the port and talks to a service that was meant for its own machine.",
    advice="Bind to `127.0.0.1`, or read the address from the configuration.",
    bad=(
        """\
import socket

s = socket.socket()
s.bind(("0.0.0.0", 8080))
""",
        """\
app.run(host="0.0.0.0", port=80)
""",
        """\
from http.server import HTTPServer

HTTPServer(("", 8000), Handler).serve_forever()
""",
        """\
HOST = "::"
""",
    ),
    good=(
        """\
import socket

s = socket.socket()
s.bind(("127.0.0.1", 8080))
""",
        """\
app.run(host="127.0.0.1", port=80)
""",
        """\
def is_any(host):
    return host in {"0.0.0.0", "::"}
""",
        """\
names = ("", "x")
""",
    ),
    same_as=("bandit/B104",),
    url="https://docs.python.org/3/library/socket.html#socket-families",
    query="""
        ((string (string_content) @_text) @hit (#any-of? @_text "0.0.0.0" "::" "[::]"))
        ((tuple . (string) @hit) (#any-of? @hit "''" "\\"\\""))
    """,
    check=_check,
)
