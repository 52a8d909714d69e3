"""What a declared type says of a value: in each pair the first is harmless, the second differs only in that."""

from __future__ import annotations

from textwrap import indent

import pytest
from flows import examined, facts_with, outcome

from vetline_analyzers.core.analyzer import Facts, Neighbour

HEAD = """\
import argparse, click, enum, msgspec, os, re
from datetime import date
from enum import Enum, StrEnum
from typing import Annotated, Literal, Optional
from uuid import UUID
from django import forms
from fastapi import FastAPI, Path, Query
from flask import Flask, abort, request
from flask_wtf import FlaskForm
from marshmallow import Schema, fields
from pydantic import BaseModel, Field, conint, constr
from rest_framework import serializers
from wtforms import IntegerField, StringField
app = FastAPI()
"""
CLASSES = """\
class Color(str, Enum):
    RED = "red"

class Shade(Color):
    pass

class Plain(str):
    RED = "red"

Size = Literal["s", "m"]
Free = Optional[str]
"""


def paths(text, facts=None):
    """What becomes of a path."""
    return outcome(text, "path-from-request", *((facts,) if facts is not None else ()))


# -- parameters

PARAMETERS = [
    ("x: int", "x: str"),
    ("x: Color", "x: Plain"),
    ("x: Shade", "x: Unknown"),
    ("x: 'Color'", "x: 'Plain'"),
    ("x: Size", "x: Free"),
    ("x: list[Color]", "x: list[Plain]"),
    ("x: Optional[Color] = None", "x: Optional[Plain] = None"),
    ("x: Color | None", "x: Color | str"),
    ("x: Annotated[int, Path(ge=1)]", "x: Annotated[str, Path(min_length=1)]"),
    ("x: Annotated[Optional[UUID], Query()] = None", "x: Annotated[Optional[str], Query()] = None"),
    ("x: dict[int, date]", "x: dict[int, str]"),
    ("x: conint(gt=1)", "x: constr(min_length=1)"),
    ("x: constr(regex='^[a-z]+$')", "x: constr(regex='^.+$')"),
    ("x: str = Query('a', pattern='^[a-z]+$')", "x: str = Query('a', title='^[a-z]+$')"),
    ("x: str = Query('a', regex=r'^(a|b)$')", "x: str = Query('a', regex=r'^a|b$')"),
    ("x: str = Query('a', pattern=r'^\\d+$')", "x: str = Query('a', pattern=r'\\d+')"),
    ("x: str = Query('a', pattern=r'^\\w+$')", "x: str = Query('a', pattern=r'^[\\w./]+$')"),
    ("x: str = Query('a', pattern='^[ab]$')", "x: str = Query('a', pattern='^[^b]+$')"),
    ("x: Annotated[str, Query(pattern='^[a-z]+$')]", "x: Annotated[str, Query(alias='^[a-z]+$')]"),
]


@pytest.mark.parametrize(("good", "bad"), PARAMETERS)
def test_parameters_of_a_handler(good, bad):
    """A framework gives what the annotation or the default of a parameter says."""
    code = f"{HEAD}{CLASSES}\n@app.get('/')\ndef view({{}}):\n    open(f'data/{{{{x}}}}')\n"
    assert paths(code.format(good)) == "nothing"
    assert paths(code.format(bad)) == "traced"


def test_a_pattern_says_as_much_as_its_characters():
    """A text of words and slashes is no command, but a path."""
    code = f"{HEAD}\n@app.get('/')\ndef view(x: str = Query('a', pattern='^[a-z/]+$')):\n    {{}}\n"
    assert paths(code.format("open(x)")) == "traced"
    assert outcome(code.format("os.system('ls ' + x)"), "command-from-string") != "traced"


# -- fields

BODIES = [
    ("BaseModel", "x: int", "x: str"),
    ("BaseModel", "x: Color = Color.RED", "x: Plain = ''"),
    ("BaseModel", "x: Optional[UUID] = None", "x: Optional[str] = None"),
    ("BaseModel", "x: str = Field(pattern='^[a-z]+$')", "x: str = Field(title='^[a-z]+$')"),
    ("Base", "x: Literal['a', 'b']", "x: str"),
    ("msgspec.Struct", "x: date", "x: bytes"),
]


@pytest.mark.parametrize(("base", "good", "bad"), BODIES)
def test_fields_of_a_body(base, good, bad):
    """A framework checks a body against the fields of its class."""
    code = f"""\
{HEAD}{CLASSES}
class Base(BaseModel):
    y: int

class Body({base}):
    {{}}

class Outer(BaseModel):
    inner: Body
    many: list[Body]

@app.post('/')
def view(b: Body, o: Outer, many: list[Body]):
    open(f'data/{{{{b.x}}}}')
    open(f'data/{{{{o.inner.x}}}}')
    for each in [*many, *o.many]:
        open(f'data/{{{{each.x}}}}')
"""
    assert paths(code.format(good)) == "nothing"
    assert paths(code.format(bad)) == "traced"


def test_the_fields_of_a_class_above_count():
    """What a class inherits is checked as well, and what nobody declares is not."""
    code = f"{HEAD}\nclass A(BaseModel):\n    x: int\n\nclass B(A):\n    y: str\n\n@app.post('/')\ndef view(b: B):\n"
    assert paths(f"{code}    open(f'd/{{b.x}}')\n") == "nothing"
    assert paths(f"{code}    open(f'd/{{b.y}}')\n") == "traced"
    assert paths(f"{code}    open(f'd/{{b.z}}')\n") == "traced"


# -- what checks

CHECKED = [
    ("x = Color(request.args['x']).value", "x = Plain(request.args['x']).strip()"),
    ("x = Model(**request.json).n", "x = Model(**request.json).s"),
    ("x = Model.model_validate(request.json).n", "x = Model.model_validate(request.json).s"),
    ("x = Model(n=request.json['n'], s='a').n", "x = Model(n=1, s=request.json['s']).s"),
    (
        "x = Model(n=1, s='a', t=request.json['t']).s",
        "x = Model(n=1, s='a', t=request.json['t']).t",
    ),
    ("x = Model(n=request.json['n']).n", "x = Record(request.json['n']).n"),
    (
        "x = msgspec.json.decode(request.data, type=Record).n",
        "x = msgspec.json.decode(request.data).n",
    ),
    ("x = Order().load(request.json)['n']", "x = Order().load(request.json)['s']"),
    ("x = request.args.get('n', 1, int)", "x = request.args.get('n', 1, str)"),
    ("x = request.args.get('n', type=Color)", "x = request.args.get('n', type=Plain)"),
    ("x = request.args.getlist('n', int)[0]", "x = request.args.getlist('n')[0]"),
]


@pytest.mark.parametrize(("good", "bad"), CHECKED)
def test_what_checks_a_value(good, bad):
    """A call that refuses what is not of a type gives what is; a dataclass refuses nothing."""
    code = f"""\
{HEAD}{CLASSES}
from dataclasses import dataclass

class Model(BaseModel):
    n: int
    s: str

@dataclass
class Record:
    n: int

class Order(Schema):
    n = fields.Int()
    s = fields.Str()

def view():
    {{}}
    open(f'data/{{{{x}}}}')
"""
    assert paths(code.format(good)) == "nothing"
    assert paths(code.format(bad)) == "traced"


FORMS = [
    ("forms.IntegerField()", "forms.CharField()"),
    ("forms.ChoiceField(choices=[('a', 'A')])", "forms.CharField(max_length=9)"),
    ("forms.SlugField()", "forms.URLField()"),
    ("forms.RegexField('^[a-z]+$')", "forms.RegexField('^.+$')"),
    ("forms.CharField(validators=[RegexValidator('^[a-z]+$')])", "forms.CharField(validators=[f])"),
]


@pytest.mark.parametrize(("good", "bad"), FORMS)
@pytest.mark.parametrize(
    ("base", "made", "data"),
    [
        ("forms.Form", "request.GET", "cleaned_data['x']"),
        ("forms.Form", "data=request.POST", "cleaned_data.get('x')"),
        ("serializers.Serializer", "data=request.data", "validated_data['x']"),
    ],
)
def test_forms(base, made, data, good, bad):
    """What a form or serializer has cleaned is what its fields say."""
    code = f"""\
{HEAD}
class Order({base}):
    x = {{}}

def view(request):
    order = Order({made})
    if order.is_valid():
        open(f'data/{{{{order.{data}}}}}')
"""
    assert paths(code.format(good)) == "nothing"
    assert paths(code.format(bad)) == "traced"
    raw = data.replace("cleaned_data", "data").replace("validated_data", "initial_data")
    assert paths(code.replace(data, raw).format(good)) == "traced"


def test_the_fields_of_wtforms():
    """Their data is in an attribute of each field."""
    code = f"{HEAD}\nclass F(FlaskForm):\n    x = {{}}('x')\n\ndef f():\n    form = F(request.form)\n    open(f'd/{{{{form.x.data}}}}')\n"
    assert paths(code.format("IntegerField")) == "nothing"
    assert paths(code.format("StringField")) == "traced"


# -- routes and command lines

ROUTES = [("<int:x>", "<x>"), ("<any(a, b):x>", "<path:x>"), ("<uuid:x>", "<string:x>")]


@pytest.mark.parametrize(("good", "bad"), ROUTES)
def test_routes(good, bad):
    """A converter of a route lets through what it is for."""
    code = f"{HEAD}\n@app.route('/{{}}')\ndef view(x):\n    open(f'data/{{{{x}}}}')\n"
    assert paths(code.format(good)) == "nothing"
    assert paths(code.format(bad)) == "traced"


OPTIONS = [
    ("'-x', type=int", "'-x', type=str"),
    ("'--x', type=Color", "'--x', type=Plain"),
    ("'-v', '--x', choices=['a', 'b']", "'-v', '--x', metavar='a'"),
    ("'--other', dest='x', action='store_true'", "'--x', dest='other', type=int"),
    ("'x', type=float", "'x', nargs=1"),
]


@pytest.mark.parametrize(("good", "bad"), OPTIONS)
def test_options_of_a_command_line(good, bad):
    """An option with a type or choices brings no text of somebody's."""
    code = f"""\
{HEAD}{CLASSES}
def main():
    p = argparse.ArgumentParser()
    p.add_argument({{}})
    args = p.parse_args()
    os.system(f'sleep {{{{args.x}}}}')
"""
    assert outcome(code.format(good), "command-from-string") != "traced"
    assert outcome(code.format(bad), "command-from-string") == "traced"


# -- other files


def test_types_of_other_files():
    """A class that is imported says as much as one of the file, under whatever name."""
    shared = f"{HEAD}{CLASSES}\nclass Body(BaseModel):\n    x: Color\n    y: Plain\n"
    facts = facts_with({"shared": shared})
    for head, name in (
        ("from shared import {0}", "{0}"),
        ("from shared import {0} as C", "C"),
        ("import shared", "shared.{0}"),
    ):
        code = "from fastapi import FastAPI\n{head}\napp = FastAPI()\n@app.get('/')\ndef view(x: {name}):\n    open(f'd/{{{what}}}')\n"
        for kind, what, expected in (
            ("Color", "x.value", "nothing"),
            ("Plain", "x", "traced"),
            ("Body", "x.x", "nothing"),
            ("Body", "x.y", "traced"),
        ):
            text = code.format(head=head.format(kind), name=name.format(kind), what=what)
            assert paths(text, facts) == expected, text


def test_files_that_import_each_other():
    """A circle of imports ends."""
    first, second = Neighbour("from b import X\n"), "from a import X\n"
    facts = Facts(modules=frozenset({"a", "b"}), neighbours={"a": first, "b": Neighbour(second)})
    text = f"{HEAD}from a import X\n@app.get('/')\ndef view(x: X):\n    open(x)\n"
    assert paths(text, facts) == "traced"


def test_a_class_that_is_above_itself():
    """Nonsense ends as well."""
    text = f"{HEAD}\nclass A(B):\n    x: 'A'\n\nclass B(A):\n    y: 'B'\n\n@app.get('/')\ndef view(x: A):\n    open(x.x.y.x)\n"
    assert paths(text) == "traced"


@pytest.mark.parametrize(
    "kind", ["list[" * 500 + "int" + "]" * 500, "a|" * 5000 + "a", "x[", "(", ""]
)
def test_a_type_that_cannot_be_read(kind):
    """It says nothing."""
    text = f"{HEAD}\n@app.get('/')\ndef view(x: '{kind}'):\n{indent('open(x)', '    ')}\n"
    assert paths(text) == "traced"


# -- TypeScript

NEST = "import {{ Controller, Get, Param, ParseIntPipe, Body }} from '@nestjs/common';\n@Controller('x')\nexport class X {{ @Get(':id') g({0}) {{ return db.query(`select a from t where i=${{{{x}}}}`); }} }}\n"
EXPRESS = "import {{ z }} from 'zod';\nimport * as yup from 'yup';\nimport Joi from 'joi';\napp.get('/s', (req, res) => {{ {0}; db.query(`select a from t order by ${{{{x}}}}`); }});\n"
SCRIPTS = [
    (NEST, "@Param('id') x: number", "@Param('id') x: string"),
    (NEST, "@Param('id', ParseIntPipe) x", "@Param('id', Other) x"),
    (NEST, "@Param('id') x: 'a' | 'b'", "@Param('id') x: 'a' | string"),
    (
        EXPRESS,
        "const {x} = z.object({x: z.number()}).parse(req.query)",
        "const {x} = z.object({x: z.string()}).parse(req.query)",
    ),
    (
        EXPRESS,
        "const {x} = z.object({x: z.enum(['a'])}).parse(req.query)",
        "const {x} = z.object({y: z.enum(['a'])}).parse(req.query)",
    ),
    (
        EXPRESS,
        "const x = z.object({x: z.coerce.number().min(1)}).safeParse(req.query).data.x",
        "const x = z.object({x: z.coerce.string().min(1)}).safeParse(req.query).data.x",
    ),
    (
        EXPRESS,
        "const x = z.object({o: z.object({x: z.string().uuid()})}).parse(req.query).o.x",
        "const x = z.object({o: z.object({x: z.string().email()})}).parse(req.query).o.x",
    ),
    (
        EXPRESS,
        "const x = z.object({x: z.string().regex(/^[a-z]+$/)}).parse(req.query).x",
        "const x = z.object({x: z.string().regex(/^.+$/)}).parse(req.query).x",
    ),
    (
        EXPRESS,
        "const [x] = z.array(z.number()).parse(req.query.x)",
        "const [x] = z.array(z.string()).parse(req.query.x)",
    ),
    (
        EXPRESS,
        "const x = yup.object({x: yup.number()}).validateSync(req.query).x",
        "const x = yup.object({x: yup.mixed()}).validateSync(req.query).x",
    ),
    (
        EXPRESS,
        "const {value} = Joi.object({x: Joi.string().valid('a')}).validate(req.query); const x = value.x",
        "const {value} = Joi.object({x: Joi.string().trim()}).validate(req.query); const x = value.x",
    ),
    (
        EXPRESS,
        "function is(s: string): s is C { return s === 'a' || s === 'b' } const x = String(req.query.x); if (!is(x)) return",
        "function is(s: string): s is C { return s !== 'a' } const x = String(req.query.x); if (!is(x)) return",
    ),
]


@pytest.mark.parametrize(("frame", "good", "bad"), SCRIPTS)
def test_scripts(frame, good, bad):
    """Schemas, pipes and predicates of JavaScript say what goes through."""
    for code, expected in ((good, False), (bad, True)):
        found, why = examined(
            frame.format(code).replace("{{", "{").replace("}}", "}"), language="typescript"
        )
        traced = any(f.rule == "javascript/sql-from-string" and not f.tentative for f in found)
        assert traced is expected, why
