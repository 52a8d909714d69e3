"""An address that a visitor chooses and the server fetches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink
from vetline_analyzers.flow.value import Value
from vetline_analyzers.syntax.around_javascript import LANGUAGES, of_browser

if TYPE_CHECKING:
    from vetline_analyzers.flow.rule import Called

_HOST_ENDS = re.compile(r"(?s)[a-zA-Z][\w+.-]*://[^/?#]+[/?#]|/(?!/)|[?#]")
_VERBS = ("get", "post", "put", "patch", "delete", "head", "request", "stream", "fetch", "all")
_CLIENTS = (
    *("axios", "got", "request", "needle", "superagent", "ky", "http", "https", "undici", "phin"),
    *(
        "http2",
        "bent",
        "node-fetch",
        "cross-fetch",
        "isomorphic-fetch",
        "urllib",
        "follow-redirects.http",
    ),
    *("axios.create()", "got.extend()", "request-promise", "request-promise-native", "httpService"),
    *("this.httpService", "this.http", "this.httpService.axiosRef", "follow-redirects.https"),
)
_NAMES = (
    *(
        "fetch",
        "axios",
        "got",
        "node-fetch",
        "request",
        "request-promise",
        "cross-fetch",
        "ky",
        "phin",
    ),
    *(
        "isomorphic-fetch",
        "needle",
        "superagent",
        "bent",
        "wget",
        "download",
        "image-size",
        "got.got",
    ),
    *("request-promise-native", "urllib.request", "http2.connect", "net.connect", "undici.fetch"),
    *(
        "globalThis.fetch",
        "$fetch",
        "ofetch.ofetch",
        "node-fetch.default",
        "Request",
        "rp",
        "link-preview-js",
    ),
    *(f"{client}.{verb}" for client in _CLIENTS for verb in _VERBS),
)
_BROWSERS = re.compile(r"(?i)page|tab|browser|frame|puppeteer|playwright|phantom")


def _is_page(called: Called) -> bool:
    return any(_BROWSERS.search(name) for name in called.receiver.names)


def _judge(arrival: Arrival) -> bool:
    if not arrival.traced or arrival.value.items is not None:
        return False
    taints = [taint for taint in arrival.traced if not of_browser(taint.label)]
    host = ""
    for piece in arrival.pieces:
        if isinstance(piece, Value):
            return any(taint in taints for taint in piece.every())
        host += piece
        if _HOST_ENDS.match(host):
            return False
    return False


RULE = FlowRule(
    id="javascript/ssrf-from-request",
    title="Address that a visitor chooses and the server fetches",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(918,),
    page="""
The host of an address that the server fetches, or that a browser on the server opens, comes from a request.
The server stands behind the firewall: it reaches the cloud's metadata with its keys, the data base and the
administration pages of others, and hands on what they answer.
""",
    attack="`http://169.254.169.254/latest/meta-data/` gives the machine's cloud credentials.",
    advice="Look the address up in a list, or parse it with `new URL` and compare its host with those you allow.",
    bad=(
        """\
app.get("/proxy", async (req, res) => {
  const answer = await fetch(req.query.url);
  res.json(await answer.json());
});
""",
        """\
const axios = require("axios");

app.post("/hook", async ({ body }, res) => {
  const { host } = body;
  await axios.post(`https://${host}/notify`, { done: true });
  res.end();
});
""",
        """\
import http from "http";

export default function handler(req, res) {
  http.get({ hostname: req.query.host, path: "/" }, (answer) => answer.pipe(res));
}
""",
        """\
const puppeteer = require("puppeteer");

app.get("/shot", async (req, res) => {
  const browser = await puppeteer.launch();
  const page = await browser.newPage();
  await page.goto(req.query.address);
});
""",
    ),
    good=(
        """\
app.get("/user", async (req, res) => {
  const answer = await fetch(`https://api.example/users/${req.query.id}`);
  res.json(await answer.json());
});
""",
        """\
const HOSTS = new Set(["a.example", "b.example"]);

app.get("/proxy", async (req, res) => {
  const address = new URL(req.query.url);
  if (!HOSTS.has(address.hostname)) return res.sendStatus(400);
  res.json(await (await fetch(address)).json());
});
""",
        "const load = (address) => fetch(address);\n",
        "fetch(`/search${location.search}`);\n",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    kind="url",
    sinks=(
        Sink(names=_NAMES, arguments=(0, "url", "uri", "host", "hostname", "baseURL")),
        Sink(methods=("goto", "newPage", "openUrl"), when=_is_page),
        Sink(names=("wkhtmltopdf", "wkhtmltoimage.generate", "html-pdf.create", "phantom.open")),
    ),
    traced="{label} chooses the address that the server fetches: it may lead behind the firewall. "
    "Look it up in a list, or check its host.",
    judge=_judge,
)
