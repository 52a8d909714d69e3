"""Text that a framework is told to trust."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, is_text, shaped
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_SAFE = re.compile(r"(?i)(?:.*\.)?\w*(?:sanit|escape|purify|encode)\w*")
_ALL = re.compile(r"\*\*|.*//\*\*.*|\.\*")
_HTML = ("Html", "HTML", "Script", "Js", "As")


def _check(hit: Hit) -> Report | None:
    value, function = hit.argument(0), callee(hit.node)
    if value is None or function is None:
        return None
    called, last = hit.text(function), hit.text(function).rpartition(".")[2]
    if last == "enabled":
        off = called.startswith("$sce") and is_text(hit, value, "false")
        return Report("AngularJS trusts all text as HTML then: leave $sce on.") if off else None
    if last.startswith("resourceUrl"):
        return _list(hit)
    if hit.constant(value) or _SAFE.fullmatch(hit.text(callee(hit.scope.bare(value)) or value)):
        return None
    return Report(
        f"{last}() switches off the framework's protection for this text: sanitize it, or leave it "
        "to the template.",
        severity=None if last.endswith(_HTML) else Severity.MEDIUM,
    )


def _list(hit: Hit) -> Report | None:
    found = shaped(hit, hit.argument(0), "array")
    if found is None or not any(_ALL.fullmatch(hit.string(n) or "") for n in found.named_children):
        return None
    return Report("Every address is trusted as a source of templates: name your own hosts.")


RULE = PatternRule(
    id="javascript/trusted-html",
    title="Text that a framework is told to trust",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(79, 116),
    page="""
Angular and AngularJS clean what they put into a page. `bypassSecurityTrustHtml`, `$sce.trustAsHtml` and
their siblings tell them not to, and `$sceProvider.enabled(false)` does so for the whole application: a
script in the text then runs with the visitor's session.
""",
    attack="Saves a profile with a script in it, and lets the page that trusts it show it to an "
    "administrator.",
    advice="Bind with `[innerHTML]` and let Angular clean the text, or clean it with `DOMPurify.sanitize` first.",
    bad=(
        "this.page = this.sanitizer.bypassSecurityTrustHtml(comment.body);\n",
        "$scope.page = $sce.trustAsHtml($scope.text);\n",
        """\
export function frame(sanitizer, address) {
  return sanitizer.bypassSecurityTrustResourceUrl(`https://${address}/embed`);
}
""",
        "$sceProvider.enabled(false);\n",
        "$sceDelegateProvider.resourceUrlWhitelist(['self', '**']);\n",
    ),
    good=(
        "this.page = this.sanitizer.sanitize(SecurityContext.HTML, comment.body);\n",
        "this.page = this.sanitizer.bypassSecurityTrustHtml('<b>Hello</b>');\n",
        "$scope.page = $sce.trustAsHtml(DOMPurify.sanitize($scope.text));\n",
        "$sceDelegateProvider.resourceUrlWhitelist(['self', 'https://cdn.example/**']);\n",
    ),
    url="https://angular.dev/best-practices/security#bypass-security-apis",
    language="javascript",
    languages=LANGUAGES,
    names=("$sceProvider.enabled",),
    methods=(
        *(
            f"bypassSecurityTrust{kind}"
            for kind in ("Html", "Script", "Style", "Url", "ResourceUrl")
        ),
        *(f"trustAs{kind}" for kind in ("", "Html", "Js", "Css", "Url", "ResourceUrl")),
        *("resourceUrlWhitelist", "trustedResourceUrlList"),
    ),
    check=_check,
)
