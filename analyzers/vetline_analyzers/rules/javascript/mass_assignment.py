"""Records whose every field a visitor may set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, option, shaped
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_SENT = re.compile(r"(?:ctx\.|this\.)?(?:req|request)\??\.(?:body|query)(?:\s+as\s+\w+)?")
_MODEL = re.compile(
    r"(?:await\s+)?(?:[\w.]+\.)?(?:[A-Z]\w*|prisma\.\w+|db\.\w+|models?\.\w+|\w*(?:[rR]epo(?:sitory)?|[mM]odel))"
)
_MESSAGE = (
    "A visitor may set every field of this record here, such as its role or its owner: name the "
    "fields you take."
)


def _check(hit: Hit) -> Report | None:
    if hit.name == "Object.assign":
        return _assigned(hit)
    function = callee(hit.node)
    if function is None:
        return None
    base = function.child_by_field_name("object")
    if hit.node.type != "new_expression" and (base is None or not _MODEL.fullmatch(hit.text(base))):
        return None
    for argument in hit.scope.dialect.argument_nodes(hit.node)[:3]:
        data = option(hit, argument, "data") or argument
        if found := _whole(hit, data):
            return Report(_MESSAGE, found)
    return None


def _assigned(hit: Hit) -> Report | None:
    first = hit.argument(0)
    if first is None or first.type == "object":
        return None  # a new object, not a record
    for each in hit.scope.dialect.argument_nodes(hit.node)[1:]:
        if hit.from_request(each) and not hit.constant(each) and _whole(hit, each):
            fresh = shaped(hit, first, "object") is not None  # defaults, more likely
            return Report(_MESSAGE, each, tentative=True if fresh else None)
    return None


def _whole(hit: Hit, node: Node) -> Node | None:
    """The place where all that a request holds is handed over, if it is."""
    for each in _held(hit, node):
        inner = hit.scope.bare(each)
        if _SENT.fullmatch(hit.text(inner)):
            return node
        if inner.type == "object":
            for child in inner.named_children:
                value = child.named_children[0] if child.type == "spread_element" else None
                if value is not None and _SENT.fullmatch(hit.text(value)):
                    return node
    return None


def _held(hit: Hit, node: Node) -> Iterator[Node]:
    yield node
    if node.type in hit.scope.dialect.identifiers:
        yield from hit.scope.values(node)


RULE = PatternRule(
    id="javascript/mass-assignment",
    title="Record whose every field a visitor may set",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(915,),
    page="""
The whole body of a request is made into a record, or written over one. The form shows name and mail, but
whoever sends `"role": "admin"` besides gets that stored too, because nothing here says which fields a
visitor may choose.
""",
    attack='Adds "isAdmin": true to the form that changes a user\'s own name.',
    advice="Take the fields by name, `const { name, mail } = req.body`, or put the body through a schema that drops the rest.",
    bad=(
        """\
app.post("/users", async (req, res) => {
  res.json(await User.create(req.body));
});
""",
        """\
app.put("/users/:id", async (req, res) => {
  const changes = { ...req.body };
  await User.findByIdAndUpdate(req.params.id, changes);
});
""",
        "const user = new User(req.body);\n",
        "await prisma.user.update({ where: { id }, data: req.body });\n",
        "Object.assign(user, req.body);\n",
    ),
    good=(
        """\
app.post("/users", async (req, res) => {
  const { name, mail } = req.body;
  res.json(await User.create({ name, mail }));
});
""",
        "const user = new User(schema.parse(req.body));\n",
        "const shown = Object.assign({}, req.body);\n",
        "await prisma.user.update({ where: { id }, data: { name: req.body.name } });\n",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Mass_Assignment_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    names=("Object.assign",),
    methods=(
        *("create", "insertMany", "insertOne", "insert", "build", "upsert", "update", "updateOne"),
        *("findByIdAndUpdate", "findOneAndUpdate", "findOneAndReplace", "replaceOne", "bulkCreate"),
    ),
    query="""
        ((new_expression constructor: (identifier) @_c arguments: (arguments . (member_expression) .)) @hit
          (#match? @_c "^[A-Z]"))
    """,
    check=_check,
)
