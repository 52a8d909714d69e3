"""Where a stranger's text comes in, framework by framework, and what is only a parameter."""

from __future__ import annotations

import pytest
from flows import examined, facts_with, outcome

TRACED, POSSIBLE, NOTHING = "traced", "possible", "nothing"
FLASK = "from flask import Flask, request\nimport os\napp = Flask(__name__)\n"
DJANGO = "from django.views import View\nfrom django.http import HttpResponse\nimport os\n"
FASTAPI = "from fastapi import FastAPI, Depends, Request\nimport os\napp = FastAPI()\n"
AIOHTTP = "import os\nfrom aiohttp import web\n"
TORNADO = "import os, tornado.web\nclass Page(tornado.web.RequestHandler):\n"
BOTTLE = "import os\nfrom bottle import route, request\n@route('/x')\n"
SERVER = "import os\nfrom http.server import BaseHTTPRequestHandler\nclass Page(BaseHTTPRequestHandler):\n"

# `RUN` runs what stands behind it in a shell.
PROGRAMS = {
    TRACED: [
        FLASK + "def f():\n    RUN(request.args['x'])\n",
        FLASK + "def f():\n    RUN(request.args.get('x', ''))\n",
        FLASK + "def f():\n    RUN(request.form['x'])\n",
        FLASK + "def f():\n    RUN(request.get_json()['x']['y'])\n",
        FLASK + "def f():\n    for x in request.args.getlist('x'):\n        RUN(x)\n",
        FLASK + "def f():\n    for k, v in request.form.items():\n        RUN(k)\n",
        FLASK + "@app.route('/<n>')\ndef f(n):\n    RUN(n)\n",
        FLASK + "@app.route('/<path:n>')\ndef f(n):\n    RUN(n)\n",
        FLASK + "@app.get('/<n>')\ndef f(n):\n    RUN(n)\n",
        FLASK + "@app.route('/<int:m>/<n>')\ndef f(m, n):\n    RUN(n)\n",
        "import flask, os\ndef f():\n    r = flask.request\n    RUN(r.args['x'])\n",
        "from flask import request as r\nimport os\ndef f():\n    RUN(r.values['x'])\n",
        DJANGO + "def f(request):\n    RUN(request.GET['x'])\n",
        DJANGO + "def f(request):\n    RUN(request.POST.get('x'))\n",
        DJANGO + "def f(request, n):\n    RUN(n)\n",
        DJANGO + "class V(View):\n    def get(self, request, n):\n        RUN(n)\n",
        DJANGO
        + "class V(View):\n    def get(self, request):\n        RUN(self.request.GET.get('x'))\n",
        DJANGO
        + "class V(View):\n    def get(self, request, *args, **kwargs):\n        RUN(kwargs['x'])\n",
        FASTAPI + "@app.get('/{n}')\ndef f(n: str):\n    RUN(n)\n",
        FASTAPI
        + "@app.post('/')\nasync def f(r: Request):\n    d = await r.json()\n    RUN(d['x'])\n",
        "import os\nfrom starlette.requests import Request\nasync def f(request: Request):\n    RUN(request.path_params['x'])\n",
        AIOHTTP + "async def f(request):\n    d = await request.post()\n    RUN(d['x'])\n",
        AIOHTTP + "async def f(request):\n    RUN(request.match_info['x'])\n",
        TORNADO + "    def get(self):\n        RUN(self.get_argument('x'))\n",
        TORNADO + "    def get(self, n):\n        RUN(n)\n",
        BOTTLE + "def f():\n    RUN(request.query.x)\n",
        BOTTLE + "def f():\n    RUN(request.forms.get('x'))\n",
        SERVER + "    def do_GET(self):\n        RUN(self.path)\n",
        SERVER + "    def do_POST(self):\n        RUN(self.rfile.read(9).decode())\n",
        "import os, sys\nRUN(sys.argv[1])\n",
        "import os, sys\nname = sys.argv[1]\ndef f():\n    RUN(name)\n",
        "import os, sys\ndef main():\n    run(sys.argv[1])\ndef run(x):\n    RUN(x)\nmain()\n",
        "import os, sys\nif __name__ == '__main__':\n    RUN(sys.argv[1])\n",
        "import os\nx = input('x')\nRUN(x)\n",
        "import argparse, os\ndef main():\n    p = argparse.ArgumentParser()\n    a = p.parse_args()\n    RUN(a.x)\n",
        "import os, socket\ns = socket.socket()\nc, a = s.accept()\nRUN(c.recv(10).decode())\n",
    ],
    POSSIBLE: [
        "import os\ndef f(x):\n    RUN(x)\n",
        "import os\ndef f(x: str):\n    RUN(x)\n",
        "import os\ndef f(*x):\n    RUN(x[0])\n",
        "import os\nclass A:\n    def f(self, x):\n        RUN(x)\n",
        "import os\nf = lambda x: RUN(x)\n",
        "import os\nRUN(os.environ['X'])\n",
        "import os\ncommand = ''\ndef f():\n    RUN(command)\n",
        "import os\ndef f(x: int):\n    RUN(str(x))\n",
        FLASK + "@app.route('/<int:n>')\ndef f(n):\n    RUN(str(n))\n",
        FASTAPI + "@app.get('/{n}')\ndef f(n: int):\n    RUN(str(n))\n",
        FASTAPI + "@app.get('/{n}')\ndef f(n=Depends(given)):\n    RUN(n.x)\n",
    ],
    NOTHING: [
        "import os\nNAME = 'x'\ndef f():\n    RUN(NAME)\n",
        "import os\nname = 'x'\ndef f():\n    RUN(name)\n",
        "import os\ndef made():\n    return 'x'\nNAME = made()\ndef f():\n    RUN(NAME)\n",
        FLASK + "def f():\n    RUN(request.method)\n",
    ],
}

SOCKET = "import os\nfrom starlette.websockets import WebSocket\nasync def f(s: WebSocket):\n"
CLICK = "import click, os\n@click.command()\n"
STRAWBERRY = "import os, strawberry\nclass Query:\n"
GRAPHENE = "import os, graphene\nclass Query(graphene.ObjectType):\n"
CHANNELS = "import os, json\nfrom channels.generic.websocket import WebsocketConsumer\nclass C(WebsocketConsumer):\n"

# What frameworks give besides requests: each source, and a twin that does not come from it.
GIVEN = {
    TRACED: [
        SOCKET + "    RUN(await s.receive_text())\n",
        SOCKET + "    d = await s.receive_json()\n    RUN(d['x'])\n",
        SOCKET + "    async for d in s.iter_bytes():\n        RUN(d)\n",
        "import os\nasync def f(websocket):\n    RUN(await websocket.receive_text())\n",
        (
            "import os\nfrom starlette.endpoints import WebSocketEndpoint\nclass E(WebSocketEndpoint):\n"
            "    async def on_receive(self, websocket, data):\n        RUN(data)\n"
        ),
        CHANNELS + "    def receive(self, text_data):\n        RUN(json.loads(text_data)['x'])\n",
        "import os, flask_socketio\nio = flask_socketio.SocketIO()\n@io.on('a')\ndef f(d):\n    RUN(d['x'])\n",
        DJANGO + "class V(View):\n    def get(self, request):\n        RUN(self.kwargs['x'])\n",
        DJANGO + "class V(Mixin, View):\n    def get(self, request):\n        RUN(self.args[0])\n",
        (
            "import os\nfrom rest_framework.generics import ListAPIView\nclass V(ListAPIView):\n"
            "    def get_queryset(self):\n        RUN(self.kwargs.get('x'))\n"
        ),
        (
            "import os\nfrom flask_restful import reqparse\np = reqparse.RequestParser()\n"
            "def f():\n    RUN(p.parse_args()['x'])\n"
        ),
        CLICK + "@click.argument('x')\ndef f(x):\n    RUN(x)\n",
        CLICK + "@click.option('--my-x', default='a')\ndef f(my_x):\n    RUN(my_x)\n",
        "import os, typer\napp = typer.Typer()\n@app.command()\ndef f(x: str):\n    RUN(x)\n",
        STRAWBERRY + "    @strawberry.field\n    def a(self, x: str) -> str:\n        RUN(x)\n",
        STRAWBERRY
        + "    @strawberry.mutation()\n    def a(self, info, x: str) -> str:\n        RUN(x)\n",
        GRAPHENE + "    def resolve_a(root, info, x):\n        RUN(x)\n",
        GRAPHENE + "    def mutate(self, info, x):\n        RUN(x)\n",
        "import os\n@query.field('a')\ndef resolve_a(_, info, x):\n    RUN(x)\n",
        "import json, os\ndef lambda_handler(event, context):\n    RUN(json.loads(event['body'])['x'])\n",
        "import os\ndef handler(event, _):\n    RUN(event.get('x'))\n",
        FASTAPI + "@app.get('/')\ndef f(parent: str):\n    RUN(parent)\n",
        FLASK
        + "import contextlib\n@contextlib.contextmanager\ndef g():\n    yield request.args['x']\n"
        "def f():\n    with g() as x:\n        RUN(x)\n",
    ],
    POSSIBLE: [
        "import os\nasync def f(s: Socket):\n    RUN(await s.receive_text())\n",
        "import os\nclass V(Thing):\n    def get(self):\n        RUN(self.kwargs['x'])\n",
        CLICK + "@click.option('-x', '--more-x', type=int)\ndef f(more_x):\n    RUN(str(more_x))\n",
        CLICK + "@click.option('--x', is_flag=True)\ndef f(x):\n    RUN(str(x))\n",
        CLICK + "@click.option('--x', type=click.Choice(['a']))\ndef f(x):\n    RUN(str(x))\n",
        CLICK + "@click.pass_context\ndef f(ctx):\n    RUN(ctx.obj)\n",
        STRAWBERRY
        + "    @strawberry.field\n    def a(self, info) -> str:\n        RUN(info.name)\n",
        STRAWBERRY
        + "    @strawberry.field\n    def a(self, x: int) -> str:\n        RUN(str(x))\n",
        GRAPHENE + "    def other(self, x):\n        RUN(x)\n",
        "import os\ndef handler(signum, frame):\n    RUN(frame)\n",
        "import os\ndef pressed(event, widget):\n    RUN(event.x)\n",
        "import os\ndef lambda_handler(event, context):\n    RUN(context.name)\n",
        SERVER + "    def found(self, x):\n        RUN(x)\n",
    ],
    NOTHING: [
        SOCKET + "    await s.receive_text()\n    RUN('x')\n",
        "import os\ndef lambda_handler(event, context):\n    RUN('x')\n",
    ],
}

# The same of JavaScript, where Next tells by names and directives what a visitor gives.
NEXT = {
    TRACED: [
        "export async function GET(request) {\n  RUN(new URL(request.url).searchParams.get('x'));\n}\n",
        "export async function POST(r) {\n  const { x } = await r.json();\n  RUN(x);\n}\n",
        "export const PUT = async (request) => {\n  const d = await request.formData();\n  RUN(d.get('x'));\n};\n",
        "export async function DELETE(request, { params }) {\n  RUN((await params).x);\n}\n",
        "export default async function Home({ searchParams }) {\n  RUN((await searchParams).x);\n}\n",
        "export default function ShopPage({ params }) {\n  RUN(params.x);\n}\n",
        "export default async function Page(props) {\n  RUN((await props.searchParams).x);\n}\n",
        "export async function GET({ url, params }) {\n  RUN(params.x + url.searchParams.get('x'));\n}\n",
        "export const action = async ({ request }) => {\n  RUN((await request.formData()).get('x'));\n};\n",
        "export const GET = wrapped(async (r) => {\n  RUN(r.nextUrl.searchParams.get('x'));\n});\n",
        "export default { async fetch(request, env) {\n  RUN(new URL(request.url).search);\n} };\n",
        "Deno.serve(async (r) => {\n  RUN(await r.text());\n});\n",
        "'use server';\nexport async function save(form) {\n  RUN(form.get('x'));\n}\n",
        '// Kept.\n"use server"\nexport const save = async (x) => {\n  RUN(x);\n};\n',
        "export async function save(x) {\n  'use server';\n  RUN(x);\n}\n",
        "const app = require('express')();\napp.get('/', (q, res) => {\n  RUN(q.get('x'));\n});\n",
        "const app = require('express')();\napp.get('/', (req, res) => {\n  RUN(req.header('x'));\n});\n",
    ],
    POSSIBLE: [
        "export async function save(x) {\n  RUN(x);\n}\n",
        "'use client';\nexport async function save(x) {\n  RUN(x);\n}\n",
        "'use server';\nasync function own(x) {\n  RUN(x);\n}\n",
        "'use server';\nexport async function save(n) {\n  all.forEach(async (x) => RUN(x));\n}\n",
        "export function getPage(x) {\n  RUN(x);\n}\n",
        "export const action = async ({ request }) => {\n  RUN(request.method);\n};\n",
        "export default function Home({ searchParams, x }) {\n  RUN(x);\n}\n",
    ],
    NOTHING: [
        "export async function GET(request) {\n  RUN('x');\n}\n",
        "'use server';\nexport async function save(form) {\n  RUN('x');\n}\n",
    ],
}

# What a better machine would say stands behind; what it says today is what is asserted.
LIMITS = [
    (FLASK + "class A:\n    @property\n    def c(self):\n        return request.args['x']\n    def f(self):\n        RUN(self.c)\n", POSSIBLE, TRACED),
    (FLASK + "class B:\n    def same(self, v):\n        return v\nclass A(B):\n    def f(self):\n        RUN(self.same(request.args['x']))\n", POSSIBLE, TRACED),
    (FLASK + "class A:\n    def put(self):\n        self.c = request.args['x']\n    def f(self):\n        RUN(self.c)\n", POSSIBLE, TRACED),
    ("import os\nclass A:\n    c = 'x'\n    def f(self):\n        RUN(self.c)\n", POSSIBLE, NOTHING),
    ("import os\nclass A:\n    def __init__(self):\n        self.c = 'x'\n    def f(self):\n        RUN(self.c)\n", POSSIBLE, NOTHING),
]  # fmt: skip

HELPERS = """\
import os

TABLE = 'users'


def run(c):
    os.system('ls ' + c)


def same(v):
    return 'a' + v


def fixed(v):
    return 'a'


def checked(v):
    if v not in ('a', 'b'):
        raise ValueError
    return v


class Shop:
    def __init__(self, c):
        self.c = c

    def go(self):
        os.system('ls ' + self.c)

    def put(self, c):
        self.c = c
"""
HELPED = {
    "from own.helpers import run\ndef f():\n    run(X)\n": TRACED,
    "from own.helpers import run as r\ndef f():\n    r(X)\n": TRACED,
    "import own.helpers\ndef f():\n    own.helpers.run(X)\n": TRACED,
    "import own.helpers as h\ndef f():\n    h.run(X)\n": TRACED,
    "from own import helpers\ndef f():\n    helpers.run(X)\n": TRACED,
    "def f():\n    from own.helpers import run\n    run(X)\n": TRACED,
    "from own.helpers import same\ndef f():\n    RUN(same(X))\n": TRACED,
    "from own.helpers import Shop\ndef f():\n    Shop(X).go()\n": TRACED,
    "from own.helpers import Shop\ndef f():\n    s = Shop('a')\n    s.put(X)\n    s.go()\n": TRACED,
    "from own.helpers import fixed\ndef f():\n    RUN(fixed(X))\n": NOTHING,
    "from own.helpers import checked\ndef f():\n    RUN(checked(X))\n": NOTHING,
    "from own.helpers import run\ndef f():\n    run('a')\n": NOTHING,
    "from own.helpers import run\ndef f(x):\n    run(x)\n": NOTHING,
    "from own.helpers import TABLE\ndef f():\n    RUN(TABLE)\n": NOTHING,
    "from own.helpers import Shop\ndef f():\n    s = Shop(X)\n    s.put('a')\n    s.go()\n": NOTHING,
}


def cases(table):
    return [(code, wanted) for wanted, codes in table.items() for code in codes]


def said(text, **more):
    return outcome(text.replace("RUN(", "os.system('ls ' + "), "command-from-string", **more)


@pytest.mark.parametrize(("text", "wanted"), [*cases(PROGRAMS), *cases(GIVEN)])
def test_sources(text, wanted):
    assert said(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), cases(NEXT))
def test_sources_in_javascript(text, wanted):
    text = text.replace("RUN(", "require('child_process').exec('ls ' + ")
    found, why = examined(text, language="tsx")
    found = [f for f in found if f.rule == "javascript/command-from-string"]
    assert not why
    assert [POSSIBLE if f.tentative else TRACED for f in found] == [wanted] * (wanted != NOTHING)


def test_a_directive_that_is_added_makes_handlers_of_what_was_seen_before():
    text = "export async function save(x) {\n  require('child_process').exec('ls ' + x);\n}\n"
    memo = {}
    for head, tentative in (("", True), ("'use server';\n", False), ("", True)):
        found, _ = examined(head + text, memo, language="javascript")
        assert [f.tentative for f in found] == [tentative]


@pytest.mark.parametrize(("text", "today", "better"), LIMITS)
def test_limits(text, today, better):
    assert said(text) == today
    assert today != better


@pytest.mark.parametrize(("text", "wanted"), HELPED.items())
def test_helpers_of_the_project(text, wanted):
    text = "import os\nfrom flask import request\n" + text.replace("X)", "request.args['x'])")
    assert said(text, facts=facts_with({"own.helpers": HELPERS})) == wanted


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ("", NOTHING),
        ("    def translate_path(self, path):\n        return '/srv' + path\n", TRACED),
    ],
)
def test_a_path_that_the_server_itself_has_cleaned(more, wanted):
    head = "from http.server import SimpleHTTPRequestHandler\nclass H(SimpleHTTPRequestHandler):\n"
    text = f"{head}    def do_GET(self):\n        open(self.translate_path(self.path))\n{more}"
    assert outcome(text, "path-from-request") == wanted


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("return '<b>' + n", TRACED),
        ("return f'<b>{n}</b>', 200", TRACED),
        ("return html.escape(n)", NOTHING),
        ("return render_template('a.html', n=n)", NOTHING),
        ("return {'n': n}", NOTHING),
        ("return '<b>' + str(len(n))", NOTHING),
        ("return (part for part in ['<b>', n])", NOTHING),
        ("def g():\n        yield '<b>'\n        yield '<i>' + n\n    return g()", TRACED),
        (
            "def g():\n        yield f'<i>{n}</i>'\n    return Response(stream_with_context(g()))",
            TRACED,
        ),
        (
            "def g():\n        yield '<i>' + n\n    return Response(g(), mimetype='text/csv')",
            NOTHING,
        ),
        ("def g():\n        yield '<i>' + html.escape(n)\n    return Response(g())", NOTHING),
        ("def g():\n        yield {'n': n}\n    return list(g())", NOTHING),
    ],
)
def test_what_a_handler_gives_back(body, wanted):
    text = f"import html\nfrom flask import render_template, Response, stream_with_context\n{FLASK}@app.route('/<n>')\ndef f(n):\n    {body}\n"
    assert outcome(text, "reflected-html") == wanted
