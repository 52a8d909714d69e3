"""Queries of databases with data in them that the program itself does not decide on."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.given import (
    begins,
    brought,
    built,
    called_on,
    differs,
    either,
    every,
    from_view,
    in_handler,
    varies,
)
from vetline_analyzers.syntax.trigger import Sign, Trigger

_SQL = "{name} runs SQL with data in it: check that each value is bound, and that the caller may see or change those rows."
_ORM = "{name} asks a database with what a request brought: check that the caller may see or change what it finds."
_RAW = "{name} passes by what the library binds: check that no text from outside gets into it."

_STATEMENT = r"(?i)\s*(?:select|insert|update|delete|replace|merge|with|call|exec|alter|drop|create|truncate|grant)\b"
_CONNECTION = r"(?i:\w{0,40}(?:cur|cursor|conn|connection|db|database|session|engine|pool|tx|trx|transaction|sqlite))|c"
_OBJECTS = r"(?:\w{1,60}\.)?(?:query|objects)|(?:\w{1,60}\.){0,3}query\(\)|(?:\w{1,60}\.){0,3}(?:filter|filter_by|all|select_related)\(\)"

_PYTHON = (
    Sign(
        says=_SQL,
        methods=("execute", "executemany", "executescript", "exec_driver_sql"),
        when=every(
            either(called_on(_CONNECTION), begins((0,), _STATEMENT)),
            either(differs(1, "parameters", "params"), built(0), brought(0)),
        ),
    ),
    Sign(
        says=_SQL,
        methods=("fetch", "fetchrow", "fetchval", "fetch_all", "fetch_one", "fetchmany"),
        when=every(called_on(_CONNECTION), begins((0,), _STATEMENT), differs()),
    ),
    Sign(
        says=_SQL,
        names=("pandas.read_sql", "pandas.read_sql_query", "polars.read_database"),
        when=either(built(0), varies("params")),
    ),
    Sign(
        says=_RAW,
        names=(
            *("sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.literal_column"),
            *("sqlmodel.text",),
            *("django.db.models.expressions.RawSQL", "peewee.SQL", "psycopg2.sql.SQL"),
            *("psycopg.sql.SQL",),
        ),
        when=built(0),
    ),
    Sign(
        says=_RAW,
        methods=("raw", "extra"),
        when=called_on(r"(?:\w{1,60}\.)?objects(?:\.\w{1,40}\(\)){0,4}"),
    ),
    Sign(
        says=_RAW,
        methods=("raw", "extra"),
        when=called_on(r"(?:\w{1,60}\.){0,3}\w{1,40}\(\)"),
        uses=("django",),
    ),
    Sign(
        says=_RAW,
        methods=("eval", "register_script", "execute_command"),
        when=varies(0),
        uses=("redis", "aioredis"),
    ),
    Sign(
        says=_ORM,
        methods=("get_or_404", "first_or_404", "one_or_404"),  # they answer a request
        when=called_on(rf"{_OBJECTS}|db"),
    ),
    Sign(
        says=_ORM,
        methods=(
            *("filter", "filter_by", "get", "get_or_404", "first_or_404", "exclude", "create"),
            *("get_or_create",),
            *("update_or_create", "update", "where", "order_by"),
        ),
        when=every(called_on(_OBJECTS), either(brought(), from_view())),
    ),
    Sign(
        says=_ORM,
        methods=("where", "scalar", "get", "add", "merge", "delete"),
        when=every(
            called_on(
                r"(?i:\w{0,40}(?:session|db))|(?:sqlalchemy|sqlmodel)\.(?:select|update|delete|insert)\(\)"
            ),
            either(brought(), from_view()),
        ),
        uses=("sqlalchemy", "sqlmodel", "flask_sqlalchemy"),
    ),
    Sign(
        says=_ORM,
        methods=("scalar", "get", "add", "merge", "delete"),
        when=every(called_on(r"db\.session"), either(brought(), from_view())),
    ),
    Sign(
        says=_ORM,
        methods=("where", "get", "get_or_none", "filter", "get_by_id", "delete_by_id", "create"),
        when=either(brought(), from_view()),
        uses=("peewee", "tortoise", "playhouse", "mongoengine", "beanie", "ormar"),
    ),
    Sign(
        says=_ORM,
        methods=("where",),
        when=every(
            called_on(r"[A-Z]\w{0,60}\.(?:select|update|delete|insert)\(\)"),
            either(brought(), from_view()),
        ),
    ),
    Sign(
        says=_ORM,
        methods=("get_item", "put_item", "update_item", "delete_item", "batch_get_item"),
        when=differs(),
        uses=("boto3", "aioboto3"),
    ),
    Sign(
        says=_ORM,
        names=("django.shortcuts.get_object_or_404", "django.shortcuts.get_list_or_404"),
    ),
    Sign(
        says=_ORM,
        methods=(
            *("find", "find_one", "insert_one", "insert_many", "update_one", "update_many"),
            *("delete_one",),
            *("delete_many", "replace_one", "find_one_and_update", "find_one_and_delete"),
            *("count_documents",),
            "aggregate",
        ),
        when=either(brought(), from_view()),
        uses=("pymongo", "motor", "flask_pymongo", "mongoengine", "beanie", "bson"),
    ),
)

_CLIENT = (
    r"(?:this\.)?(?i:\w{0,40}(?:db|database|pool|client|conn|connection|knex|sequelize|mysql|pg|tx|trx"
    r"|transaction|sqlite|prisma|postgres|data_?source|runner|manager|repo|repository))|ds|em|sql"
)
_HANDLER = in_handler("_?req|request|ctx|context|event|c|input|formData")
_JAVASCRIPT = (
    Sign(
        says=_SQL,
        methods=(
            *("query", "execute", "run", "all", "get", "each", "one", "many", "none"),
            *("oneOrNone", "any", "raw"),
        ),
        when=every(called_on(_CLIENT), begins((0,), _STATEMENT), differs()),
    ),
    Sign(
        says=_SQL,
        methods=("query", "execute"),
        when=every(called_on(_CLIENT), differs(1)),
    ),
    Sign(
        says=_SQL,
        methods=("prepare",),
        when=every(called_on(_CLIENT), begins((0,), _STATEMENT)),
    ),
    Sign(
        says=_RAW,
        methods=(
            *("$queryRawUnsafe", "$executeRawUnsafe", "whereRaw", "havingRaw", "orderByRaw"),
            *("joinRaw",),
            *("$queryRaw", "$executeRaw", "selectRaw", "fromRaw", "andWhereRaw", "orWhereRaw"),
        ),
        when=varies(),
    ),
    Sign(
        says=_ORM,
        methods=(
            *("findMany", "findUnique", "findFirst", "findUniqueOrThrow", "findFirstOrThrow"),
            *("create",),
            *("createMany", "update", "updateMany", "upsert", "delete", "deleteMany"),
            *("aggregate", "groupBy"),
        ),
        when=every(
            called_on(
                r"(?:\w{1,40}\.){0,3}(?:prisma|db|tx|prismaClient)\.\w{1,60}|prisma\.\w{1,60}"
            ),
            either(brought(), every(differs(), _HANDLER)),
        ),
    ),
    Sign(
        says=_ORM,
        methods=(
            *("find", "findOne", "findById", "findByPk", "findAll", "findOrCreate"),
            *("findByIdAndUpdate",),
            *("findByIdAndDelete", "findOneAndUpdate", "findOneAndDelete", "updateOne"),
            *("updateMany",),
            *("deleteOne", "deleteMany", "insertOne", "insertMany", "replaceOne", "create"),
            *("update",),
            *("destroy", "aggregate", "countDocuments", "findAndCountAll"),
        ),
        when=every(
            called_on(
                r"[A-Z]\w{0,60}|(?:\w{1,40}\.){0,3}(?:models?\.\w{1,60}|collection\(\))|\w{0,40}(?:[cC]ollection|Repository|Repo|Model)"
            ),
            either(brought(), every(differs(), _HANDLER)),
        ),
    ),
    Sign(
        says=_ORM,
        methods=("eq", "insert", "update", "upsert", "match", "where"),
        when=every(
            called_on(
                r"(?:\w{1,40}\.)?(?:supabase|knex|db)(?:\(\))?\.(?:from|select|table|delete|update)\(\)(?:\.\w{1,40}\(\)){0,4}|(?:knex|db)\(\)"
            ),
            either(brought(), every(differs(), _HANDLER)),
        ),
    ),
)

TRIGGER = Trigger(
    id="trigger/database",
    title="Query of a database with data from outside",
    severity=Severity.INFO,
    confidence=Confidence.MEDIUM,
    of_ai=True,
    page="""
An AI wrote or changed a query with data in it: SQL with values, or a question to an ORM in code that answers requests.
Rules see whether a value is bound. Whether the caller may see these rows, whether a filter is missing, and what an
update changes besides, stands in no rule. Queries of constants are passed over.
""",
    attack="Asks for `/orders/17`, which is somebody else's, and gets it, since the query asks for the number only.",
    advice="Check that the query is limited to what the caller may see or change, and request a review from somebody "
    "who knows whose data it is.",
    bad=(
        """\
def order(cursor, number):
    cursor.execute("SELECT * FROM orders WHERE id = %s", (number,))
    return cursor.fetchone()
""",
        """\
from flask import request

@app.get("/people")
def people():
    return Person.query.filter_by(name=request.args["name"]).all()
""",
        """\
@app.get("/orders/{number}")
def order(number: int, db: Session):
    return db.query(Order).filter(Order.id == number).first()
""",
    ),
    good=(
        """\
def orders(cursor):
    cursor.execute("SELECT * FROM orders WHERE open = 1")
    return cursor.fetchall()
""",
        """\
@app.get("/people")
def people():
    return Person.query.filter_by(public=True).all()
""",
        """\
def run(command, number):
    command.execute(number)
""",
    ),
    python=_PYTHON,
    javascript=_JAVASCRIPT,
)
