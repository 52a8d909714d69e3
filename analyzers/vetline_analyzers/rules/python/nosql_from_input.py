"""Queries to a document data base that a visitor shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink

if TYPE_CHECKING:
    from vetline_analyzers.flow.value import Value

_JSON = ("json", "get_json", "body", "data", "loads")


def _judge(arrival: Arrival) -> bool:
    if not arrival.traced:
        return False
    value = arrival.value
    if value.items is None:
        return True
    where = value.items.get("$where")
    if where is not None and where.every():
        return True
    return any(_may_be_object(item) for item in value.items.values()) or bool(
        value.rest and value.rest.every()
    )


def _may_be_object(value: Value) -> bool:
    """Whether a visitor may send an object where a text is meant: JSON holds any, a form does not."""
    return value.pieces is None and any(
        part in taint.label for taint in value.every() for part in _JSON
    )


RULE = FlowRule(
    id="python/nosql-from-input",
    title="Document query shaped by a visitor",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(943, 89),
    page="""
A part of a request stands in a query to MongoDB as it came. What is sent as JSON may be an object instead of a text:
`{"$ne": null}` matches every document, `$where` runs JavaScript in the data base.
""",
    advice="Make sure that it is a text, `str(value)` or a schema, and never hand over a whole object of the request.",
    attack='The password `{"$ne": null}` logs in as anybody.',
    bad=(
        """\
from flask import request

def login(db):
    return db.users.find_one({"name": request.json["name"], "password": request.json["password"]})
""",
        """\
from flask import request

def find(db):
    return db.users.find(request.get_json())
""",
        """\
from flask import request

def find(db):
    return db.users.find({"$where": "this.name == '" + request.args["name"] + "'"})
""",
    ),
    good=(
        """\
from flask import request

def login(db):
    return db.users.find_one({"name": str(request.json["name"])})
""",
        """\
from flask import request

def find(db):
    return db.users.find({"name": request.args["name"]})
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Injection_Prevention_Cheat_Sheet.html",
    kind="nosql",
    sinks=(
        Sink(
            methods=(
                *(
                    "find_one",
                    "find_one_and_update",
                    "find_one_and_delete",
                    "delete_one",
                    "delete_many",
                ),
                *("update_one", "update_many", "count_documents", "aggregate", "replace_one"),
            ),
        ),
        Sink(
            methods=("find",),
            when=lambda called: bool(called.arguments) and called.arguments[0].text is None,
        ),
    ),
    traced="{label} shapes a query here: an object in it matches any document. Make a text of it.",
    judge=_judge,
)
