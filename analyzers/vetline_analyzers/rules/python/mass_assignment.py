"""An object whose every field a request may set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.python_web import called, definition, inside
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_DATA = re.compile(
    r"(?:dict\()?(?:flask\.|self\.)?request\.(?:json|form|data|POST|GET|args|values|get_json\(|params|body)|await\s+request\.(?:json|form)\("
    r"|json\.loads\(request\."
)
_MODEL = re.compile(
    r"(?:\w+\.)*[A-Z]\w*|(?:\w+\.)*objects\.(?:create|update_or_create|filter\([^)]*\)\.update)|(?:\w+\.)+update"
)
_PICKED = re.compile(
    r"(?i)allowed|permitted|editable|fields|whitelist|allowlist|schema|serializer|validated|pick|continue|hasattr\(.*Column"
)
_SPARE = frozenset(
    {"dict", "defaultdict", "Response", "TemplateResponse", "OrderedDict", "update_wrapper"}
)


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "dictionary_splat":
        return _splat(hit)
    if hit.name == "setattr":
        return _loop(hit)
    return _attributes(hit)


def _attributes(hit: Hit) -> Report | None:
    """`thing.__dict__.update(data)`."""
    function, given = callee(hit.node), hit.argument(0)
    owner = function.child_by_field_name("object") if function is not None else None
    if owner is None or given is None or hit.constant(given):
        return None
    if not hit.text(owner).endswith("__dict__") or hit.text(given).endswith("__dict__"):
        return None
    sent = _sent(hit, given)
    return Report(_MESSAGE, tentative=not sent) if sent or _edits(hit) else None


def _splat(hit: Hit) -> Report | None:
    value = hit.node.named_children[0] if hit.node.named_child_count else None
    call = hit.node.parent.parent if hit.node.parent is not None else None
    function = callee(call) if call is not None and call.type == "call" else None
    if value is None or function is None:
        return None
    name = hit.text(function)
    if (
        not _MODEL.fullmatch(name)
        or name.rpartition(".")[2] in _SPARE
        or name.endswith(("Schema", "Form", "Serializer", "In", "Request"))
    ):
        return None
    if not _sent(hit, value):
        return None
    return Report(_MESSAGE)


def _loop(hit: Hit) -> Report | None:
    """`for key, value in data.items(): setattr(thing, key, value)`."""
    key = hit.argument(1)
    if key is None or key.type != "identifier" or hit.argument(2) is None:
        return None
    loop = next((n for n in hit.scope.up(hit.node) if n.type == "for_statement"), None)
    left = loop.child_by_field_name("left") if loop is not None else None
    right = loop.child_by_field_name("right") if loop is not None else None
    if loop is None or left is None or right is None or hit.text(key) not in hit.text(left):
        return None
    if any(
        re.search(rf"\b{re.escape(hit.text(key))}\b", _test(hit, n))
        for n in inside(hit, loop, "if_statement")
    ):
        return None
    source = next((n for n in inside(hit, right, "identifier")), None)
    sent = _sent(hit, right)
    if not sent and (
        source is None or hit.text(source) in {"self", "kwargs", "defaults", "options", "attrs"}
    ):
        return None
    return Report(_MESSAGE, tentative=not sent) if sent or _edits(hit) else None


def _edits(hit: Hit) -> bool:
    """Whether the function says that it changes something for somebody."""
    return bool(
        re.match(
            r"(?i)(?:update|edit|patch|modify|change|save)(?:$|_)", called(hit, definition(hit))
        )
    )


def _test(hit: Hit, node: Node) -> str:
    condition = node.child_by_field_name("condition")
    return hit.text(condition) if condition is not None else ""


def _sent(hit: Hit, value: Node) -> bool:
    names = [value, *(n for n in inside(hit, value, "identifier"))]
    made = [v for n in names if n.type == "identifier" for v in hit.scope.values(n)]
    return any(_DATA.match(hit.text(n)) and not _PICKED.search(hit.text(n)) for n in (value, *made))


_MESSAGE = (
    "Whoever sends the request sets every field, also role, owner and price: take the ones that are meant "
    "by name."
)

RULE = PatternRule(
    id="python/mass-assignment",
    title="Every field set from a request",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(915, 20),
    page="""
All that a request holds is put into an object: `User(**request.json)`, or a loop of `setattr`. The form
shows name and address, but nothing keeps a sender from adding `is_admin`, `balance` or `owner_id`, and
the object takes them.
""",
    attack='Adds `"is_admin": true` to the JSON of the profile form.',
    advice="Take the fields by name, or let a schema, a form or a serializer with named fields pick them.",
    bad=(
        """\
@app.post("/users")
def create():
    user = User(**request.json)
    db.session.add(user)
""",
        """\
def change(request, user):
    for key, value in request.POST.items():
        setattr(user, key, value)
    user.save()
""",
        """\
def create(request):
    data = request.get_json()
    return Order.objects.create(**data)
""",
        """\
def update_profile(user, data):
    for key, value in data.items():
        setattr(user, key, value)
""",
        """\
def patch(user, data):
    user.__dict__.update(data)
""",
    ),
    good=(
        """\
@app.post("/users")
def create():
    user = User(name=request.json["name"])
    db.session.add(user)
""",
        """\
def change(request, user):
    for key, value in request.POST.items():
        if key in EDITABLE:
            setattr(user, key, value)
    user.save()
""",
        """\
def create(request):
    form = OrderForm(request.POST)
    return Order.objects.create(**form.cleaned_data)
""",
        """\
def __init__(self, **kwargs):
    for key, value in kwargs.items():
        setattr(self, key, value)
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Mass_Assignment_Cheat_Sheet.html",
    names=("setattr",),
    methods=("update",),
    query="((call arguments: (argument_list (dictionary_splat) @hit)))",
    check=_check,
)
