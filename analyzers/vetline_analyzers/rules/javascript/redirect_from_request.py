"""A redirect to where a visitor says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink
from vetline_analyzers.syntax.around_javascript import LANGUAGES, of_browser

if TYPE_CHECKING:
    from vetline_analyzers.flow.rule import Called

_OWN = re.compile(r"(?i)/(?![/\\])|\w+://[^/?#]+[/?#]|\?|#")
_LOCATION = re.compile(r"(?:^|\.)location(?:\.href)?")
_WINDOWS = ("", "window.", "document.", "self.", "top.", "parent.")


def _is_location(called: Called) -> bool:
    return any(
        _LOCATION.fullmatch(name) or name.endswith((".location", "location.href"))
        for name in called.names
    )


def _names_location(called: Called) -> bool:
    name = called.argument(0)
    return name is not None and (name.text or "").lower() == "location"


def _judge(arrival: Arrival) -> bool:
    value = arrival.value
    if value.pieces is not None and (_OWN.match(arrival.head) or not _begins_traced(arrival)):
        return False
    if value.items is not None:
        return False
    # To go to another part of the same address is what pages do.
    return any(not of_browser(t.label) or "href" not in t.label for t in arrival.traced)


def _begins_traced(arrival: Arrival) -> bool:
    """Whether what stands first after a scheme is a stranger's."""
    for piece in arrival.pieces:
        if not isinstance(piece, str):
            return any(taint in arrival.traced for taint in piece.every())
        if piece and not re.fullmatch(r"(?:\w+:)?/{0,2}", piece):
            return False
    return False


RULE = FlowRule(
    id="javascript/redirect-from-request",
    title="Redirect to where a visitor says",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(601,),
    page="""
The target of a redirect is taken from the request. A link to your own site then leads to an attacker's copy
of its login page, and OAuth tokens leak the same way. In a browser, a target that begins with `javascript:`
runs as a script besides.
""",
    attack="`https://you.example/go?next=https://evil.example/login` shows a copy of your login page.",
    advice="Allow paths of your own only: they begin with one `/` and no second one; or look the target up in a list.",
    bad=(
        'app.get("/go", (req, res) => res.redirect(req.query.next));\n',
        """\
router.get("/back", async (ctx) => {
  const { to = "/" } = ctx.query;
  ctx.redirect(to);
});
""",
        """\
import { NextResponse } from "next/server";

export async function GET(request) {
  const to = new URL(request.url).searchParams.get("to");
  return NextResponse.redirect(to);
}
""",
        'const next = new URLSearchParams(location.search).get("next");\nwindow.location.href = next;\n',
        """\
http.createServer((req, res) => {
  const to = url.parse(req.url, true).query.to;
  res.writeHead(302, { Location: to });
  res.end();
});
""",
    ),
    good=(
        'app.get("/go", (req, res) => res.redirect("/home"));\n',
        'app.get("/go", (req, res) => res.redirect(`/users/${req.query.id}`));\n',
        """\
const TARGETS = { home: "/home", shop: "https://shop.example/" };

app.get("/go", (req, res) => res.redirect(TARGETS[req.query.to] || "/"));
""",
        """\
app.get("/go", (req, res) => {
  const to = req.query.to;
  if (!to.startsWith("/files/")) return res.redirect("/");
  return res.redirect(to);
});
""",
        'window.location.href = window.location.href.split("#")[0];\n',
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Unvalidated_Redirects_and_Forwards_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    kind="redirect",
    sinks=(
        Sink(methods=("redirect", "permanentRedirect"), arguments=(0, 1)),
        Sink(names=("redirect", "next/navigation.redirect", "res.location"), arguments=(0,)),
        Sink(methods=("setHeader", "set", "header"), arguments=(1,), when=_names_location),
        Sink(
            names=tuple(
                f"{window}{name}"
                for window in _WINDOWS
                for name in ("location.assign", "location.replace", "open")
                if window or name != "open"
            ),
        ),
        Sink(attributes=("location", "href"), when=_is_location),
        Sink(keys=("Location", "location")),
    ),
    traced="{label} says where the visitor is sent: a link to your site leads to an attacker's. "
    "Allow paths of your own only.",
    judge=_judge,
)
