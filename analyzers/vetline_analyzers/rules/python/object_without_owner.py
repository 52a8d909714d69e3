"""An object that a logged-in user gets by its number, whoever owns it."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.python_web import (
    code,
    decorators,
    definition,
    last_part,
    parameters,
    route,
)
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_OWNER = re.compile(
    r"current_user|request\.user|get_jwt_identity|session\[|session\.get\(|\bg\.\w*user|owner|user_id\b|author"
    r"|is_admin|is_staff|permission|has_perm|authoriz|abort\(\s*403|\b403\b|tenant|account_id|for_user|Forbidden",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"(?i)login_required|jwt_required|authenticated|auth_required|token_required")
_STRICT = re.compile(r"(?i)permission|admin|role|staff|owner|superuser|scope")
_KEYS = frozenset({"id", "pk", "uuid", "_id"})


def _check(hit: Hit) -> Report | None:
    function = definition(hit)
    if function is None or route(hit, function) is None:
        return None
    guards = [name for name, _ in decorators(hit, function)]
    if not any(_LOGIN.search(name) for name in guards) or any(
        _STRICT.search(name) for name in guards
    ):
        return None
    body = function.child_by_field_name("body")
    if body is None or _OWNER.search(code(hit, body)):
        return None
    known = parameters(hit, function)
    keys = [hit.argument(n) for n in range(2)] + [hit.keyword(key) for key in _KEYS]
    named = {hit.text(node) for node in keys if node is not None and node.type == "identifier"}
    if not named & set(known) or (
        last_part(hit) == "get"
        and "query" not in hit.text(hit.node)
        and "objects" not in hit.text(hit.node)
    ):
        return None
    return Report(
        "Any user who is logged in gets any object by its number: look it up among their own."
    )


RULE = PatternRule(
    id="python/object-without-owner",
    title="Object fetched without asking whose it is",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    tentative=True,
    cwe=(639, 863, 284),
    page="""
The route makes sure that somebody is logged in, then takes an object by the number in the address and
never asks whose it is. Each user can count through the numbers and read or change what belongs to others.
A login is not a right.
""",
    attack="Logs in with an own account, changes the number in the address, and reads other people's orders.",
    advice="Fetch among the user's own: `Order.query.filter_by(id=number, owner=current_user)`.",
    bad=(
        """\
@app.route("/orders/<int:number>")
@login_required
def order(number):
    return render_template("order.html", order=Order.query.get_or_404(number))
""",
        """\
@app.route("/notes/<number>", methods=["POST"])
@jwt_required()
def note(number):
    found = Note.query.filter_by(id=number).first()
    found.text = request.json["text"]
    return found.text
""",
        """\
@login_required
@require_POST
def drop(request, number):
    get_object_or_404(Order, pk=number).delete()
    return redirect("orders")
""",
    ),
    good=(
        """\
@app.route("/orders/<int:number>")
@login_required
def order(number):
    found = Order.query.filter_by(id=number, owner=current_user).first_or_404()
    return render_template("order.html", order=found)
""",
        """\
@login_required
@permission_required("shop.delete_order")
@require_POST
def drop(request, number):
    get_object_or_404(Order, pk=number).delete()
    return redirect("orders")
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Insecure_Direct_Object_Reference_Prevention_Cheat_Sheet.html",
    names=("django.shortcuts.get_object_or_404", "get_object_or_404"),
    methods=("get", "get_or_404", "filter_by", "filter"),
    check=_check,
)
