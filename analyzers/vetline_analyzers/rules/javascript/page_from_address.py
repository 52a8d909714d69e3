"""HTML or scripts that a page makes of its own address, or of another window's message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink
from vetline_analyzers.syntax.around_javascript import LANGUAGES

if TYPE_CHECKING:
    from vetline_analyzers.flow.rule import Called

_TAKEN = ("html", "append", "prepend", "after", "before", "replaceWith", "wrap", "wrapAll")


def _is_jquery(called: Called) -> bool:
    return any(name.startswith(("$(", "jQuery(", "jquery(")) for name in called.receiver.names)


def _judge(arrival: Arrival) -> bool:
    return bool(arrival.traced)


RULE = FlowRule(
    id="javascript/page-from-address",
    title="Page that shows a part of its address as HTML",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(79, 80),
    page="""
A part of the address, of the page that led here, or of a message from another window is put into the page as
HTML, and nothing cleaned it on the way. Whoever makes a visitor follow a link runs a script on your page,
with the visitor's session.
""",
    attack="`https://you.example/#<img src=x onerror=alert(document.cookie)>` runs in the visitor's browser.",
    advice="Use `textContent`, let the framework render the value, or put it through `DOMPurify.sanitize`.",
    bad=(
        "box.innerHTML = decodeURIComponent(location.hash.slice(1));\n",
        """\
function show() {
  const name = new URLSearchParams(window.location.search).get("name");
  const text = "Hello " + name;
  document.write(text);
}
""",
        """\
window.addEventListener("message", (event) => {
  const { html } = event.data;
  box.insertAdjacentHTML("beforeend", html);
});
""",
        """\
import { useSearchParams } from "react-router-dom";

export function Page() {
  const [parameters] = useSearchParams();
  const note = parameters.get("note");
  return React.createElement("div", { dangerouslySetInnerHTML: { __html: note } });
}
""",
    ),
    good=(
        "box.textContent = decodeURIComponent(location.hash.slice(1));\n",
        """\
function show() {
  const name = new URLSearchParams(window.location.search).get("name");
  box.innerHTML = DOMPurify.sanitize(name);
}
""",
        """\
function show() {
  const tab = location.hash.slice(1);
  if (!["news", "about"].includes(tab)) return;
  $("#tab").html(tab);
}
""",
        """\
function show() {
  const page = parseInt(new URLSearchParams(location.search).get("page"), 10);
  box.innerHTML = page;
}
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/DOM_based_XSS_Prevention_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    kind="html",
    sinks=(
        Sink(attributes=("innerHTML", "outerHTML", "srcdoc")),
        Sink(names=("document.write", "document.writeln"), arguments=("*",)),
        Sink(methods=("insertAdjacentHTML",), arguments=(1,)),
        Sink(methods=("createContextualFragment", "setHTMLUnsafe", "bypassSecurityTrustHtml")),
        Sink(methods=_TAKEN, when=_is_jquery),
        Sink(names=("$", "jQuery", "$.parseHTML")),
        Sink(keys=("__html",)),
    ),
    traced="{label} becomes HTML here, scripts too: use textContent, or sanitize it (DOMPurify).",
    judge=_judge,
)
