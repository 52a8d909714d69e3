"""A route that changes things for whoever calls it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.python_web import called, code, decorators, parameters, route
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_GUARD = re.compile(
    r"(?i)login|auth|permission|role|requir|jwt|token|admin|protect|secur|user_passes|private|session|scope"
    r"|access|policy|guard|credential|internal|exempt|expect|validate|acl"
)
_WHO = re.compile(
    r"current_user|current_identity|(?<!\.)\bsession(?:\[|\.(?:get|pop|user\w*)\b)|in session\b|\bg\.\w*user|request\.user\b|get_jwt|authoriz|authentic|permission"
    r"|is_admin|is_staff|is_superuser|abort\(\s*40[13]|\b40[13]\b|api_?key|verify_|has_perm|check_|login|signature"
    r"|request\.auth|Security\(|token|owner|PermissionDenied|Unauthorized|Forbidden|role|require|secret"
    r"|password|guard|ensure_|validate_",
    re.IGNORECASE,
)
_INJECTED = re.compile(r"Depends\(([^()]*)\)?")
_CALLER = re.compile(r"(?i)\b(?:user|principal|identity|caller|me)\b(?!\.)")
_VERB = re.compile(
    r"(?i)(?:^|[_/])(?:delete|remove|destroy|drop|purge|update|edit|admin)(?:$|[_/])"
)
_CHANGES = re.compile(
    r"\.(?:delete|remove|save|commit|insert_one|insert_many|update_one|update_many|delete_one|delete_many"
    r"|execute|update|destroy|unlink|pop)\(|\bos\.(?:remove|unlink|rmdir)\(|\brmtree\(|^\s*del\s+\w+\["
    r"|\b(?:delete|remove|update|edit|change|set|create|transfer|approve|cancel|promote|ban|disable)_\w+\(",
    re.MULTILINE,
)
_OPEN = re.compile(
    r"(?i)login|logout|log_in|sign_?(?:in|up|out)|register|registration|reset|forgot|webhook|callback|token|oauth|sso"
    r"|health|search|contact|subscribe|newsletter|feedback|verify|confirm|public|track|metric|ping|predict|graphql"
    r"|upload|convert|echo|chat|generate|query|todo|test|comment|guest|vote|captcha|notify|slack|telegram"
)


def _check(hit: Hit) -> Report | None:
    function = hit.node
    found = route(hit, function)
    name = called(hit, function)
    if found is None or not (found.writes or _VERB.search(f"{name}/{found.path}")):
        return None
    if _OPEN.search(name) or _OPEN.search(found.path) or _guarded(hit, function):
        return None
    body = function.child_by_field_name("body")
    if body is None or not _CHANGES.search(text := code(hit, body)) or _WHO.search(text):
        return None
    at = function.child_by_field_name("name")
    return Report(
        f"Nothing here asks who calls {name}, which changes things: check the login and the right to do it.",
        at,
    )


def _guarded(hit: Hit, function: Node) -> bool:
    for name, expression in decorators(hit, function):
        if _GUARD.search(name) or "dependencies" in hit.text(expression):
            return True
    given = " ".join(hit.text(node) for node in parameters(hit, function).values())
    if any(_GUARD.search(name) for name in _INJECTED.findall(given)):
        return True
    return bool(_WHO.search(_INJECTED.sub("", given))) or bool(_CALLER.search(given))


RULE = PatternRule(
    id="python/route-without-authorization",
    title="Route that changes things for anybody",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    tentative=True,
    cwe=(862, 306, 285),
    page="""
A route for POST, PUT, PATCH or DELETE that changes or removes something, and neither a decorator, a
dependency nor its body asks who is calling. Links to it may be hidden, but an address can be guessed and
called without the page. If a middleware or the gateway checks, say so here.
""",
    attack="Calls `DELETE /orders/1`, then 2, then 3, without ever logging in.",
    advice="Require a login (`@login_required`, `Depends(current_user)`) and check that this user may change "
    "this object.",
    bad=(
        """\
@app.route("/orders/<int:number>", methods=["DELETE"])
def drop_order(number):
    db.session.delete(Order.query.get(number))
    db.session.commit()
    return "", 204
""",
        """\
@router.put("/items/{number}")
async def change(number: int, item: Item):
    store.update(number, item)
    return item
""",
        """\
@app.delete("/users/{number}")
async def drop_user(number: int, db: Session = Depends(get_db)):
    db.query(User).filter(User.id == number).delete()
    db.commit()
""",
        """\
def drop_post(request, number):
    if request.method == "POST":
        Post.objects.get(pk=number).delete()
    return redirect("/")
""",
        """\
@api_view(["POST"])
def cancel(request, number):
    Order.objects.get(pk=number).delete()
    return Response()
""",
    ),
    good=(
        """\
@app.route("/orders/<int:number>", methods=["DELETE"])
@login_required
def drop_order(number):
    db.session.delete(Order.query.get(number))
    db.session.commit()
    return "", 204
""",
        """\
@router.put("/items/{number}")
async def change(number: int, item: Item, user: User = Depends(current_user)):
    store.update(number, item)
    return item
""",
        """\
@app.route("/orders/<int:number>", methods=["DELETE"])
def drop_order(number):
    if not current_user.is_admin:
        abort(403)
    db.session.delete(Order.query.get(number))
    return "", 204
""",
        """\
@app.route("/login", methods=["POST"])
def enter():
    audit.save()
    return "ok"
""",
    ),
    url="https://owasp.org/Top10/A01_2021-Broken_Access_Control/",
    query="(function_definition) @hit",
    check=_check,
)
