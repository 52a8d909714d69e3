"""Questions to a document data base whose operators a visitor chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Opinion, Sink
from vetline_analyzers.syntax.around_javascript import LANGUAGES

if TYPE_CHECKING:
    from vetline_analyzers.flow.rule import Called
    from vetline_analyzers.flow.value import Value

_OBJECTS = frozenset(
    {"body", "query", "payload", "@Body", "@Query", "json", "a message", "rawBody"}
)
_TABLES = frozenset({"where", "include", "select", "attributes", "data"})  # of Sequelize and Prisma
_SAFE = frozenset(
    {"$eq", "$in", "$nin", "$gt", "$lt", "$gte", "$lte", "$ne", "$regex", "$text", "$set"}
)
_DEEP = 4


def _is_question(called: Called) -> bool:
    first = called.argument(0)
    return first is not None and first.closure is None and first.text is None


def _judge(arrival: Arrival) -> bool | Opinion:
    if arrival.sink.keys:
        return bool(arrival.traced) or (
            arrival.is_built
            and Opinion(
                "$where runs this text as JavaScript in the data base: use the operators instead."
            )
        )
    value = arrival.value
    if not arrival.traced or (value.items is not None and not _TABLES.isdisjoint(value.items)):
        return False
    return _may_be_object(arrival, value, _DEEP)


def _may_be_object(arrival: Arrival, value: Value, depth: int) -> bool:
    """Whether a visitor may send an object where a text is meant."""
    if value.items is not None:
        inner = [v for k, v in value.items.items() if k not in _SAFE]
        return depth > 0 and any(
            _may_be_object(arrival, v, depth - 1)
            for v in (*inner, *((value.rest,) if value.rest else ()))
        )
    if value.pieces is not None:
        return False
    return any(
        t in arrival.traced and t.label.rpartition(".")[2].removesuffix("()") in _OBJECTS
        for t in value.every()
    )


RULE = FlowRule(
    id="javascript/nosql-from-request",
    title="Question whose operators a visitor chooses",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(943, 89),
    page="""
A value of a request's body or query goes into a question to MongoDB as it is. Both may hold objects, and an
object with `$ne`, `$gt` or `$regex` is an operator: as a password it fits every record. `$where` with a text
put together runs that text as a program.
""",
    attack='Logs in with {"name": "admin", "password": {"$ne": ""}}.',
    advice="Check `typeof value === 'string'` or a schema first, write `String(value)` or `{ $eq: value }`, and turn on `sanitizeFilter`.",
    bad=(
        """\
app.post("/login", async (req, res) => {
  const user = await User.findOne({ name: req.body.name, password: req.body.password });
  res.json(user);
});
""",
        """\
async function remove(request) {
  const { key } = request.body;
  await items.deleteOne({ key });
}
""",
        "users.find(req.query);\n",
        "users.find({ $where: `this.name == '${name}'` });\n",
        """\
app.get("/list", (req, res) => {
  const question = { $or: [{ name: req.query.q }, { mail: req.query.q }] };
  Model.countDocuments(question).then((n) => res.json(n));
});
""",
    ),
    good=(
        """\
app.post("/login", async (req, res) => {
  const user = await User.findOne({ name: String(req.body.name) });
  res.json(user);
});
""",
        """\
async function remove(request) {
  const { key } = request.body;
  if (typeof key !== "string") return;
  await items.deleteOne({ key });
}
""",
        "const user = await User.findOne({ where: { name: req.body.name } });\n",
        "const user = await User.findOne({ name: { $eq: req.body.name } });\n",
        "const user = await User.findOne({ _id: req.params.id });\n",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Injection_Prevention_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    kind="nosql",
    sinks=(
        Sink(
            methods=(
                *("find", "findOne", "findOneAndUpdate", "findOneAndDelete", "findOneAndRemove"),
                *("deleteOne", "deleteMany", "updateOne", "updateMany", "countDocuments", "exists"),
                *(
                    "replaceOne",
                    "aggregate",
                    "findOneAndReplace",
                    "distinct",
                    "estimatedDocumentCount",
                ),
            ),
            when=_is_question,
        ),
        Sink(keys=("$where",)),
    ),
    traced="{label} shapes a question to the data base: an object in it fits any record. Check that it is a text.",
    possible="$where runs this text as JavaScript in the data base: use the operators instead.",
    judge=_judge,
)
