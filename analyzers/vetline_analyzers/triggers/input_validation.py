"""What comes in from anybody, and what decides whether it is taken."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.given import called_on, in_handler, varies
from vetline_analyzers.syntax.trigger import Sign, Trigger

_READ = "{name} brings in what anybody may send: check that it is limited to what is expected before it is used."
_RULE = "{name} decides which input is taken: check what it lets through, and that nothing comes in beside it."
_CLEAN = "{name} is to make input harmless: check that it fits the place where the result is used."
_LOAD = "{name} makes objects of text from outside: check that it can make none that do harm."

_FLASK = ("args", "form", "values", "files", "json", "data", "cookies")
_PYTHON = (
    Sign(
        says=_READ,
        members=tuple(
            f"{module}.request.{part}" for module in ("flask", "quart") for part in _FLASK
        ),
        names=tuple(
            f"{module}.request.{part}"
            for module in ("flask", "quart")
            for part in ("get_json", "get_data", "stream.read")
        ),
    ),
    Sign(
        says=_READ,
        members=(
            *(
                f"request.{part}"
                for part in ("POST", "GET", "FILES", "body", "data", "query_params", "COOKIES")
            ),
            *(f"self.request.{part}" for part in ("POST", "GET", "FILES", "data", "query_params")),
        ),
        uses=("django", "rest_framework", "ninja"),
    ),
    Sign(
        says=_READ,
        names=(
            *(f"request.{part}" for part in ("json", "form", "body", "post", "text", "read")),
            *(
                f"self.{part}"
                for part in (
                    "get_argument",
                    "get_arguments",
                    "get_query_argument",
                    "get_body_argument",
                )
            ),
        ),
        members=(
            *("request.query_params", "request.path_params", "request.match_info"),
            *("request.cookies",),
        ),
        uses=(
            *("fastapi", "starlette", "aiohttp", "sanic", "tornado", "quart", "litestar"),
            *("blacksheep",),
        ),
    ),
    Sign(
        says=_RULE,
        names=tuple(
            f"fastapi.{name}"
            for name in ("Query", "Path", "Body", "Form", "File", "Header", "Cookie")
        ),
    ),
    Sign(
        says=_RULE,
        decorators=(
            *(
                "field_validator",
                "model_validator",
                "root_validator",
                "validates",
                "validates_schema",
            ),
            *(
                "pydantic.validator",
                "pydantic.v1.validator",
                "pydantic.validate_call",
                "attrs.validators",
            ),
            *("use_args", "use_kwargs", "webargs.flaskparser.use_args"),
        ),
        bases=(
            *("django.forms.Form", "django.forms.ModelForm", "flask_wtf.FlaskForm", "wtforms.Form"),
            *(
                "FlaskForm",
                "ModelForm",
                "marshmallow.Schema",
                "ModelSerializer",
                "wtforms.validators.ValidationError",
            ),
            *(f"rest_framework.serializers.{name}" for name in ("Serializer", "ModelSerializer")),
        ),
    ),
    Sign(
        says=_CLEAN,
        names=(
            *(
                "bleach.clean",
                "bleach.linkify",
                "nh3.clean",
                "html.escape",
                "markupsafe.escape",
                "markupsafe.Markup",
            ),
            *("werkzeug.utils.secure_filename", "secure_filename", "flask.escape", "flask.Markup"),
            *(
                "django.utils.html.escape",
                "django.utils.html.format_html",
                "django.utils.html.strip_tags",
            ),
            *(
                "django.utils.safestring.mark_safe",
                "jsonschema.validate",
                "email_validator.validate_email",
            ),
            *("django.core.validators.validate_email", "django.core.validators.RegexValidator"),
            *(
                "django.core.validators.URLValidator",
                "validators.url",
                "validators.email",
                "phonenumbers.parse",
            ),
        ),
    ),
    Sign(
        says=_LOAD,
        names=(
            *(
                "pickle.loads",
                "pickle.load",
                "marshal.loads",
                "dill.loads",
                "jsonpickle.decode",
                "shelve.open",
            ),
            *(
                "yaml.load",
                "yaml.unsafe_load",
                "yaml.full_load",
                "joblib.load",
                "cloudpickle.loads",
            ),
            *("lxml.etree.fromstring", "lxml.etree.parse", "xml.etree.ElementTree.fromstring"),
            *("xml.dom.minidom.parseString", "xml.sax.parseString"),
        ),
        when=varies(0),
    ),
)

_PARTS = ("body", "query", "params", "cookies", "files", "file", "rawBody")
_JAVASCRIPT = (
    Sign(
        says=_READ,
        members=(
            *(f"{name}.{part}" for name in ("req", "request") for part in _PARTS),
            *(
                f"ctx.{part}"
                for part in ("request.body", "query", "params", "request.query", "request.files")
            ),
            *(
                "event.body",
                "event.queryStringParameters",
                "event.pathParameters",
                "req.nextUrl.searchParams",
            ),
            *("request.nextUrl.searchParams", "request.payload", "context.params"),
        ),
        when=in_handler("_?req|request|ctx|context|event"),
    ),
    Sign(
        says=_READ,
        names=tuple(
            f"{name}.{how}"
            for name in ("req", "request", "c.req", "ctx.req", "context.request")
            for how in ("json", "formData", "text", "parseBody", "param", "get", "header")
            if how not in {"get", "header"}
        ),
        when=in_handler("_?req|request|c|ctx|context|\\{[^}]{0,200}request[^}]{0,200}\\}"),
    ),
    Sign(
        says=_RULE,
        names=(
            *(
                f"{zod}.{kind}"
                for zod in ("zod.z", "zod", "z")
                for kind in ("object", "strictObject", "discriminatedUnion")
            ),
            *(
                f"{joi}.object"
                for joi in ("joi", "Joi", "@hapi/joi", "yup", "superstruct", "valibot")
            ),
            *("yup.object.shape", "ajv().compile", "ajv.compile", "class-validator.validate"),
            *("class-validator.validateOrReject", "express-validator.validationResult"),
            *(
                f"express-validator.{name}"
                for name in ("body", "check", "param", "query", "checkSchema", "header")
            ),
            *(
                f"validator.{name}"
                for name in ("isEmail", "isURL", "isUUID", "isAlphanumeric", "isLength", "matches")
            ),
        ),
        decorators=("UsePipes", "ValidateNested", "Body", "Query", "Param"),
    ),
    Sign(
        says=_RULE,
        decorators=tuple(
            f"class-validator.{name}"
            for name in (
                *("IsEmail", "IsString", "IsNotEmpty", "IsInt", "IsNumber", "IsUUID", "IsUrl"),
                *("IsOptional", "IsEnum", "IsBoolean", "IsDateString", "IsArray", "IsMongoId"),
                *("Length", "MinLength", "MaxLength", "Min", "Max", "Matches", "ArrayMaxSize"),
            )
        ),
    ),
    Sign(
        says=_CLEAN,
        names=(
            *(
                "dompurify.sanitize",
                "DOMPurify.sanitize",
                "isomorphic-dompurify.sanitize",
                "sanitize-html",
                "xss",
            ),
            *(
                "validator.escape",
                "validator.trim",
                "escape-html",
                "he.encode",
                "he.escape",
                "sanitize-filename",
            ),
            *("xss-filters.inHTMLData", "sanitizeHtml", "escapeHtml"),
        ),
    ),
    Sign(
        says=_RULE,
        names=("multer", "multer.diskStorage", "formidable", "formidable.IncomingForm", "busboy"),
    ),
    Sign(
        says=_LOAD,
        names=(
            *("js-yaml.load", "node-serialize.unserialize", "xml2js.parseString"),
            *("libxmljs.parseXml", "fast-xml-parser.XMLParser"),
        ),
    ),
    Sign(
        says=_RULE,
        methods=("safeParse", "safeParseAsync", "parseAsync", "validateAsync"),
        when=called_on("[\\w.]{0,60}[sS]chema|[A-Z]\\w{0,40}|.{0,40}Validator"),
    ),
)

TRIGGER = Trigger(
    id="trigger/input-validation",
    title="Code that takes in what anybody may send, or decides what is taken",
    severity=Severity.INFO,
    confidence=Confidence.MEDIUM,
    of_ai=True,
    page="""
An AI wrote or changed code that reads what a request brought, decides which input is taken, or is to make it harmless.
Rules follow such a value into the places that they know. What it may be is known to people only: how long, of which
set, whose, and what happens when it is something else.
""",
    attack="Sends the field that the generated form does not check, with a value nobody thought of.",
    advice="Say for each value what it may be, check that nothing else comes through, and request a review where that "
    "matters.",
    bad=(
        """\
from flask import request

@app.post("/notes")
def note():
    return keep(request.form["text"])
""",
        """\
from pydantic import BaseModel, field_validator

class Order(BaseModel):
    count: int

    @field_validator("count")
    def limited(cls, value):
        return max(value, 1)
""",
        """\
import bleach

def shown(text):
    return bleach.clean(text)
""",
    ),
    good=(
        """\
@app.get("/notes")
def notes():
    return listed()
""",
        """\
from pydantic import BaseModel

class Order(BaseModel):
    count: int
""",
        """\
import textwrap

def shown(text):
    return textwrap.shorten(text, 80)
""",
    ),
    python=_PYTHON,
    javascript=_JAVASCRIPT,
)
