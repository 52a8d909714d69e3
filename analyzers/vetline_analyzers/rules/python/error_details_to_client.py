"""An error's inside shown to whoever caused it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.python_web import decorators, definition, inside, parameters, route
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_HEAD = re.compile(r"except\b\s*\(?([^:]*?)\)?\s+as\s+(\w+)\s*:")
_TRACE = re.compile(r"\b(?:traceback\.)?format_exc\(|traceback\.format_\w+\(|sys\.exc_info\(")
_ANSWER = re.compile(
    r"jsonify|HttpResponse|JsonResponse|JSONResponse|PlainTextResponse|make_response|web\.json_response"
)
_RAISED = re.compile(
    r"HTTPException\([^()]*(?:detail|status_code|\d{3})|APIException|abort\(|web\.HTTP"
)
_KEPT = re.compile(r"\b(\w+)\s*=\s*(?:traceback\.)?format_exc\(")
_EVERY = re.compile(r"\(\s*(?:Exception|BaseException|500|InternalServerError)\b")
_MESSAGE = (
    "The client is shown what failed inside, with names, paths and queries: log it and answer with a general "
    "message."
)
_OWN = re.compile(
    r"Validation|NotFound|DoesNotExist|HTTP|Permission|Forbidden|Unauthorized|BadRequest|Form|Http404"
)


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "decorated_definition":
        return _handler(hit)
    if hit.scope.function(hit.node) is None and not hit.is_excerpt():
        return None
    found = _HEAD.match(hit.text(hit.node)[:300])
    if found and _OWN.search(found[1]):
        return None
    whole = hit.text(hit.node)
    names = [_told(found[2])] if found else []
    names += [rf"\b{kept[1]}\b" for kept in _KEPT.finditer(whole)]
    told = re.compile("|".join(names) or "$^")
    if not _TRACE.search(whole) and not told.search(whole):
        return None
    for node in inside(hit, hit.node, "return_statement", "raise_statement"):
        text = hit.text(node)
        if "DEBUG" in text:
            continue
        trace = _TRACE.search(text) is not None or any(
            re.search(rf"\b{kept[1]}\b", text) for kept in _KEPT.finditer(whole)
        )
        if not trace and not told.search(text):
            continue
        if _goes_out(hit, node, trace=trace):
            return Report(
                _MESSAGE,
                node,
                severity=Severity.MEDIUM if trace else Severity.LOW,
                confidence=Confidence.HIGH if trace else Confidence.MEDIUM,
                tentative=not trace,
            )
    return None


def _handler(hit: Hit) -> Report | None:
    """A framework's handler of every exception that answers with its text."""
    function = hit.node.child_by_field_name("definition")
    if function is None or function.type != "function_definition":
        return None
    for name, expression in decorators(hit, function):
        every = _EVERY.search(hit.text(expression))
        if not every or not name.endswith(("errorhandler", "exception_handler")):
            continue
        told = re.compile(
            "|".join(_told(parameter) for parameter in parameters(hit, function)) or "$^"
        )
        for node in inside(hit, function, "return_statement"):
            if told.search(hit.text(node)) or _TRACE.search(hit.text(node)):
                return Report(_MESSAGE, node)
    return None


def _told(name: str) -> str:
    return rf"(?:str|repr)\(\s*{name}\s*\)|\{{\s*{name}(?:![rsa])?\s*\}}|\b{name}\.(?:args|message)\b|%\s*\(?{name}\b|format\({name}\)"


def _goes_out(hit: Hit, node: Node, *, trace: bool) -> bool:
    """Whether a statement answers a request."""
    text = hit.text(node)
    if node.type == "raise_statement":
        return bool(_RAISED.search(text))
    if _ANSWER.search(text):
        return True
    function = definition(hit)
    if function is None:
        return False
    return route(hit, function) is not None and (trace or "log" not in text)


RULE = PatternRule(
    id="python/error-details-to-client",
    title="Error details in the answer",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(209, 497, 200),
    page="""
An exception's text and the trace to it name files, tables, queries, versions and sometimes values. Sent
back to the client they tell an attacker what to try next, and turn blind injection into one that answers.
""",
    attack="Sends broken input on purpose and reads the query and the path in the answer.",
    advice="Log it (`logger.exception`) and answer with a general sentence and a number to look it up by.",
    bad=(
        """\
@app.route("/total")
def total():
    try:
        return compute()
    except Exception:
        return traceback.format_exc()
""",
        """\
def view(request):
    try:
        return JsonResponse(compute(request.GET))
    except Exception as error:
        return JsonResponse({"error": str(error)}, status=500)
""",
        """\
@router.get("/total")
async def total():
    try:
        return await compute()
    except Exception as e:
        raise HTTPException(status_code=500, detail=f"failed: {e}")
""",
        """\
@app.errorhandler(Exception)
def failed(error):
    return jsonify(error=str(error)), 500
""",
        """\
@app.route("/total")
def total():
    try:
        return compute()
    except Exception:
        trace = traceback.format_exc()
        return trace, 500
""",
    ),
    good=(
        """\
@app.route("/total")
def total():
    try:
        return compute()
    except Exception:
        logger.exception("total")
        return "Something went wrong.", 500
""",
        """\
def view(request):
    try:
        return JsonResponse(compute(request.GET))
    except ValidationError as error:
        return JsonResponse({"error": str(error)}, status=400)
""",
        """\
def load(path):
    try:
        return read(path)
    except OSError as error:
        return str(error)
""",
    ),
    url="https://owasp.org/www-community/Improper_Error_Handling",
    query="""
        (except_clause) @hit
        (decorated_definition (decorator (call))) @hit
    """,
    check=_check,
)
