"""Forms that other websites may send."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, option, shaped
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_MESSAGE = "Another website can send this form in its visitors' name: leave the protection on."


def _check(hit: Hit) -> Report | None:
    key, value = (hit.node.child_by_field_name(field) for field in ("key", "value"))
    if key is None or value is None:
        return None
    name = hit.text(key).strip("'\"")
    if name == "ignoreMethods":
        listed = shaped(hit, value, "array")
        names = (
            {hit.string(each) for each in listed.named_children} if listed is not None else set()
        )
        return None if _CHANGES.isdisjoint(names) else Report(_MESSAGE)
    if hit.text(value) != "false" or (name == "checkOrigin" and not _is_of_a_site(hit)):
        return None
    return Report(
        _MESSAGE, fix=Fix("Leave the protection on", (hit.edit(value, "true"),), safe=False)
    )


def _is_of_a_site(hit: Hit) -> bool:
    """Whether `checkOrigin` stands in the settings of Astro or SvelteKit."""
    for above in hit.scope.up(hit.node):
        if above.type == "pair" and above != hit.node:
            key = above.child_by_field_name("key")
            return key is not None and hit.text(key).strip("'\"") in {"csrf", "security"}
    return option(hit, hit.node.parent, "allowedDomains") is not None


RULE = PatternRule(
    id="javascript/csrf-off",
    title="Form that other websites may send",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(352,),
    page="""
The protection against forms sent from other websites is switched off: `csrf: false`, `checkOrigin: false`, or
`ignoreMethods` with a method that changes something. A browser sends its cookies along with such a form, so
that a page of the attacker's acts as whoever looks at it.
""",
    attack="Puts a form that changes the mail address into a page, which sends it as soon as somebody looks.",
    advice="Leave the protection on, and set `sameSite` for the session's cookie.",
    bad=(
        "app.use(lusca({ csrf: false, xframe: 'SAMEORIGIN' }));\n",
        "app.use(csrf({ cookie: true, ignoreMethods: ['GET', 'POST'] }));\n",
        "export default { kit: { csrf: { checkOrigin: false } } };\n",
    ),
    good=(
        "app.use(lusca({ csrf: true, xframe: 'SAMEORIGIN' }));\n",
        "app.use(csrf({ cookie: true, ignoreMethods: ['GET', 'HEAD'] }));\n",
        "const probe = { checkOrigin: false };\n",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    query="""
        ((pair key: [(property_identifier) (string)] @_k) @hit
          (#match? @_k "^['\\"]?(csrf|csrfProtection|ignoreMethods|checkOrigin)['\\"]?$"))
    """,
    check=_check,
)
