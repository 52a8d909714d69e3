"""Triggers: what each fires at, framework by framework, and its silent twins."""

from __future__ import annotations

import importlib

import pytest

from vetline_analyzers import engine, escalation
from vetline_analyzers.core import shelf
from vetline_analyzers.core.analyzer import Facts, Pace
from vetline_analyzers.core.finding import Severity
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.syntax import lined

RULES = escalation.rules()
NAMES = {
    "authentication",
    "cryptography",
    "input-validation",
    "file-system",
    "database",
    "external-api",
    "configuration",
}


def examine(text, language="python", path="app/service.py"):
    snapshot = Snapshot("file:///x", language, 1, text, path)
    return engine.examine(snapshot, Facts(), [escalation.ANALYZER])


def fired(text, language="python", path="app/service.py"):
    analysis = examine(text, language, path)
    assert not analysis.failures
    return {finding.rule.removeprefix("trigger/") for finding in analysis.findings}


# -- what every trigger promises


def test_there_are_the_seven():
    assert {rule.id for rule in RULES} == {f"trigger/{name}" for name in NAMES}
    assert escalation.ANALYZER.pace is Pace.KEYSTROKE


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
class TestTrigger:
    def test_asks_without_blaming(self, rule):
        assert rule.severity is Severity.INFO
        assert rule.of_ai
        # With one, a finding that names the same weakness there would take its place.
        assert rule.cwe == ()
        assert rule.same_as == ()

    def test_lies_in_the_file_of_its_name(self, rule):
        name = rule.id.removeprefix("trigger/").replace("-", "_")
        module = importlib.import_module(f"vetline_analyzers.triggers.{name}")
        assert module.TRIGGER is rule
        assert name in shelf.load("vetline_analyzers.triggers", "TRIGGER")

    def test_says_what_it_is(self, rule):
        assert len(rule.page.split()) > 25
        assert rule.attack.endswith(".")
        assert "\n" not in rule.attack
        assert len(rule.bad) >= 2
        assert rule.good

    def test_each_sign_has_a_reason_and_something_to_look_for(self, rule):
        for sign in (*rule.python, *rule.javascript):
            assert sign.says.startswith("{name} ")
            assert ": check " in sign.says
            assert sign.says.endswith(".")
            asked = sign.names, sign.methods, sign.decorators, sign.bases, sign.items, sign.defines
            assert any((*asked, sign.guards, sign.members, sign.written, sign.settings))
        for mark in rule.documents:
            assert ": check " in mark.says
            assert mark.kinds
            assert mark.keys or mark.labels or mark.holds or lined.KINDS.issuperset(mark.kinds)

    def test_fires_at_its_examples_and_no_others(self, rule):
        short = rule.id.removeprefix("trigger/")
        for text in rule.bad:
            assert short in fired(text), text
        for text in rule.good:
            assert short not in fired(text), text


# -- code, framework by framework: a name is what the imports make of it


FIRES = {
    "authentication": {
        "flask_login": """
from flask_login import login_user as enter
def sign_in(user):
    enter(user)
""",
        "django view": """
from django.contrib.auth import authenticate
def sign_in(name, word):
    return authenticate(username=name, password=word)
""",
        "django mixin": """
from django.contrib.auth.mixins import LoginRequiredMixin
class Invoices(LoginRequiredMixin, ListView):
    model = Invoice
""",
        "drf permission": """
class IsOwner(permissions.BasePermission):
    def has_object_permission(self, request, view, obj):
        return obj.owner == request.user
""",
        "drf attribute": """
class Orders(ModelViewSet):
    permission_classes = [IsAuthenticated]
""",
        "fastapi scheme": """
from fastapi.security import OAuth2PasswordBearer
scheme = OAuth2PasswordBearer(tokenUrl="token")
""",
        "fastapi security": """
import fastapi
def me(user=fastapi.Security(current, scopes=["me"])):
    return user
""",
        "pyjwt": """
import jwt as tokens
def claims(text):
    return tokens.decode(text, KEY, algorithms=["HS256"])
""",
        "jose": """
from jose import jwt
def claims(text):
    return jwt.decode(text, KEY)
""",
        "jwt extended": """
from flask_jwt_extended import create_access_token
def token(user):
    return create_access_token(identity=user.id)
""",
        "own decorator": """
from .security import admin_required
@admin_required
def purge():
    clear()
""",
        "werkzeug": """
from werkzeug.security import check_password_hash
def fits(user, word):
    return check_password_hash(user.hash, word)
""",
        "session": """
from flask import session
def remember(user):
    session["user_id"] = user.id
""",
        "role": """
def listed(request):
    if not request.user.is_staff:
        raise PermissionDenied
""",
    },
    "cryptography": {
        "aesgcm": """
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
def seal(key, nonce, text):
    return AESGCM(key).encrypt(nonce, text, None)
""",
        "cipher": """
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
def open_(key, iv, text):
    return Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor().update(text)
""",
        "pycryptodome": """
from Crypto.Cipher import AES
def seal(key, text):
    return AES.new(key, AES.MODE_GCM).encrypt(text)
""",
        "rsa": """
from cryptography.hazmat.primitives.asymmetric import rsa
def pair():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
""",
        "bcrypt": """
import bcrypt
def hashed(word):
    return bcrypt.hashpw(word, bcrypt.gensalt())
""",
        "secrets": """
from secrets import token_urlsafe
def reset():
    return token_urlsafe(32)
""",
        "pbkdf2": """
import hashlib
def key_of(word, salt):
    return hashlib.pbkdf2_hmac("sha256", word, salt, 600000)
""",
        "hmac": """
import hmac, hashlib
def sign(key, body):
    return hmac.new(key, body, hashlib.sha256).hexdigest()
""",
        "tls": """
import ssl
context = ssl.create_default_context()
context.check_hostname = True
""",
        "hash by another name": """
import hashlib as h
def digest(text):
    return h.sha512(text).digest()
""",
    },
    "input-validation": {
        "flask form": """
from flask import request
def create():
    name = request.form.get("name")
    return keep(name)
""",
        "flask renamed": """
from flask import request as incoming
def create():
    return keep(incoming.get_json())
""",
        "django post": """
from django.http import HttpResponse
def create(request):
    return HttpResponse(request.POST["name"])
""",
        "drf data": """
from rest_framework.views import APIView
class Create(APIView):
    def post(self, request):
        return keep(request.data["name"])
""",
        "starlette": """
from fastapi import Request
async def hook(request: Request):
    body = await request.json()
    return body
""",
        "fastapi query": """
from fastapi import Query
def search(text: str = Query(max_length=50)):
    return find(text)
""",
        "pydantic": """
from pydantic import BaseModel, validator
class Item(BaseModel):
    price: float
    @validator("price")
    def positive(cls, value):
        return abs(value)
""",
        "django form": """
from django import forms
class Contact(forms.Form):
    mail = forms.EmailField()
""",
        "serializer": """
from rest_framework import serializers
class Order(serializers.ModelSerializer):
    class Meta:
        fields = "__all__"
""",
        "wtforms": """
from flask_wtf import FlaskForm
class Login(FlaskForm):
    name = StringField()
""",
        "filename": """
from werkzeug.utils import secure_filename
def place(name):
    return secure_filename(name)
""",
        "pickle": """
import pickle
def restored(data):
    return pickle.loads(data)
""",
        "mark_safe": """
from django.utils.safestring import mark_safe
def shown(text):
    return mark_safe(text)
""",
    },
    "file-system": {
        "append": """
def log(path, line):
    with open(path, mode="a", encoding="utf-8") as f:
        f.write(line)
""",
        "pathlib write": """
from pathlib import Path
def save(name, text):
    (Path("out") / name).write_text(text)
""",
        "pathlib open": """
from pathlib import Path
def save(path: Path):
    with path.open("wb") as f:
        f.write(b"")
""",
        "remove": """
import os
def drop(path):
    os.remove(path)
""",
        "from os": """
from os import unlink
def drop(path):
    unlink(path)
""",
        "rmtree": """
from shutil import rmtree
def clear(folder):
    rmtree(folder)
""",
        "chmod": """
import os
def share(path):
    os.chmod(path, 0o755)
""",
        "extract": """
import tarfile
def unpack(path):
    with tarfile.open(path) as archive:
        archive.extractall("out")
""",
        "path unlink": """
from pathlib import Path
def drop(path: Path):
    path.unlink(missing_ok=True)
""",
        "send file": """
from flask import send_file
def download(name):
    return send_file(folder / name)
""",
        "open what a request names": """
from flask import request
def show():
    return open(request.args["name"]).read()
""",
        "upload": """
from flask import request
def upload():
    file = request.files["file"]
    file.save(target)
""",
    },
    "database": {
        "psycopg": """
def order(conn, number):
    with conn.cursor() as cur:
        cur.execute("SELECT * FROM orders WHERE id = %s", (number,))
""",
        "sqlite f-string": """
def order(db, number):
    return db.execute(f"SELECT * FROM orders WHERE id = {number}").fetchone()
""",
        "sqlalchemy text": """
from sqlalchemy import text
def order(number):
    return session.execute(text(f"SELECT * FROM t WHERE id = {number}"))
""",
        "sqlalchemy params": """
from sqlalchemy import text
def order(session, number):
    return session.execute(text("SELECT * FROM t WHERE id = :n"), {"n": number})
""",
        "django raw": """
from django.db import models
def people(name):
    return Person.objects.raw("SELECT * FROM p WHERE name = %s", [name])
""",
        "django orm": """
from django.http import JsonResponse
def people(request):
    found = Person.objects.filter(name=request.GET["name"])
    return JsonResponse(list(found))
""",
        "django shortcut": """
from django.shortcuts import get_object_or_404
def show(request, number):
    return render(request, get_object_or_404(Order, pk=number))
""",
        "flask sqlalchemy": """
@app.route("/users/<int:number>")
def show(number):
    return User.query.filter_by(id=number).first_or_404()
""",
        "pymongo": """
from pymongo import MongoClient
from flask import request
def show():
    return db.people.find_one({"name": request.json["name"]})
""",
        "asyncpg": """
async def show(pool, number):
    return await pool.fetchrow("SELECT * FROM orders WHERE id = $1", number)
""",
        "pandas": """
import pandas as pd
def frame(engine, day):
    return pd.read_sql(f"SELECT * FROM t WHERE day = '{day}'", engine)
""",
    },
    "external-api": {
        "requests": """
import requests
def notify(text):
    requests.post("https://hooks.example/x", json={"text": text}, timeout=5)
""",
        "requests session": """
from requests import Session
class Client:
    def __init__(self):
        self.session = Session()
""",
        "httpx client": """
import httpx
class Client:
    async def get(self, path):
        return await self.http.get(f"{self.base}{path}")
""",
        "aiohttp": """
import aiohttp
async def page(url):
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as answer:
            return await answer.text()
""",
        "urllib": """
from urllib.request import urlopen
def page(url):
    return urlopen(url).read()
""",
        "boto3": """
import boto3
s3 = boto3.client("s3")
""",
        "boto3 method": """
import boto3
def keep(data):
    storage.put_object(Bucket="b", Key="k", Body=data)
""",
        "openai": """
from openai import OpenAI
client = OpenAI()
""",
        "stripe": """
import stripe
def pay(cents):
    return stripe.PaymentIntent.create(amount=cents, currency="eur")
""",
        "mail": """
from django.core.mail import send_mail
def welcome(user):
    send_mail("Hi", "Welcome", None, [user.email])
""",
        "ssh": """
import paramiko
def run(host):
    client = paramiko.SSHClient()
""",
    },
    "configuration": {
        "django": """
DEBUG = False
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
""",
        "flask item": """
app.config["SECRET_KEY"] = load()
""",
        "flask update": """
app.config.update(SESSION_COOKIE_SECURE=True)
""",
        "flask class": """
class Production(Base):
    WTF_CSRF_ENABLED = True
""",
        "cors": """
from flask_cors import CORS
CORS(app)
""",
        "fastapi": """
from fastapi.middleware.cors import CORSMiddleware
app.add_middleware(CORSMiddleware, allow_origins=origins)
""",
        "run": """
from flask import Flask
app = Flask(__name__)
app.run(host="0.0.0.0")
""",
        "uvicorn": """
import uvicorn
uvicorn.run(app, host="127.0.0.1")
""",
        "environ": """
import os
os.environ["PYTHONHTTPSVERIFY"] = "0"
""",
    },
}

FIRES_SCRIPT = {
    "authentication": {
        "jsonwebtoken": """
import jwt from 'jsonwebtoken';
export const token = (user) => jwt.sign({ id: user.id }, KEY, { expiresIn: '1h' });
""",
        "required": """
const { verify } = require('jsonwebtoken');
function claims(text) { return verify(text, KEY); }
""",
        "passport": """
const passport = require('passport');
passport.use(new LocalStrategy(check));
""",
        "guard": """
router.get('/orders', requireAuth, (req, res) => res.send('x'));
""",
        "guard called": """
router.delete('/users/:id', authorize('admin'), remove);
""",
        "session": """
app.post('/login', (req, res) => { req.session.userId = found.id; res.end(); });
""",
        "express-session": """
import session from 'express-session';
app.use(session({ secret: key, cookie: { secure: true } }));
""",
        "next-auth": """
import { getServerSession } from 'next-auth';
export async function page() { return getServerSession(options); }
""",
    },
    "cryptography": {
        "node": """
import { createCipheriv, randomBytes } from 'node:crypto';
export function seal(key, text) { return createCipheriv('aes-256-gcm', key, randomBytes(12)).update(text); }
""",
        "hash": """
const crypto = require('crypto');
const mark = (text) => crypto.createHash('sha256').update(text).digest('hex');
""",
        "webcrypto": """
export async function seal(key, iv, data) { return window.crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, data); }
""",
        "bcrypt": """
import bcrypt from 'bcryptjs';
export const fits = (word, hash) => bcrypt.compare(word, hash);
""",
        "timing": """
const { timingSafeEqual } = require('crypto');
const same = (a, b) => timingSafeEqual(a, b);
""",
    },
    "input-validation": {
        "express": """
app.post('/notes', (req, res) => { notes.push(req.body.text); res.end(); });
""",
        "zod": """
import { z } from 'zod';
export const Note = z.object({ text: z.string().max(100) });
""",
        "joi": """
const Joi = require('joi');
const schema = Joi.object({ name: Joi.string().required() });
""",
        "express-validator": """
const { body } = require('express-validator');
const rules = [body('mail').isEmail()];
""",
        "next route": """
export async function POST(request) { const data = await request.json(); return Response.json(data); }
""",
        "dompurify": """
import DOMPurify from 'dompurify';
export const clean = (html) => DOMPurify.sanitize(html);
""",
        "multer": """
const multer = require('multer');
const upload = multer({ dest: 'uploads/' });
""",
    },
    "file-system": {
        "write": """
import fs from 'fs';
export function save(path, text) { fs.writeFileSync(path, text); }
""",
        "promises": """
import { writeFile } from 'node:fs/promises';
export const save = (path, text) => writeFile(path, text);
""",
        "fs.promises": """
const fs = require('fs');
async function drop(path) { await fs.promises.unlink(path); }
""",
        "rm": """
import { rm } from 'fs/promises';
export const clear = (folder) => rm(folder, { recursive: true });
""",
        "send file": """
app.get('/file/:name', (req, res) => res.sendFile(path.join(root, req.params.name)));
""",
    },
    "database": {
        "pg": """
const find = (pool, id) => pool.query('SELECT * FROM users WHERE id = $1', [id]);
""",
        "template": """
const find = (db, id) => db.query(`SELECT * FROM users WHERE id = ${id}`);
""",
        "prisma": """
export async function GET(request, { params }) { return prisma.user.findUnique({ where: { id: params.id } }); }
""",
        "prisma raw": """
const found = await prisma.$queryRaw`SELECT * FROM "User" WHERE name = ${name}`;
""",
        "mongoose": """
app.get('/users/:id', async (req, res) => res.json(await User.findById(req.params.id)));
""",
        "better-sqlite": """
const row = (db, id) => db.prepare('SELECT * FROM t WHERE id = ?').get(id);
""",
    },
    "external-api": {
        "fetch": """
export const rate = (code) => fetch(`https://rates.example/${code}`);
""",
        "fetch of a variable": """
export const rate = (url) => fetch(url);
""",
        "axios": """
import axios from 'axios';
export const rate = () => axios.get('https://rates.example/eur');
""",
        "aws": """
import { S3Client } from '@aws-sdk/client-s3';
const s3 = new S3Client({ region: 'eu-central-1' });
""",
        "openai": """
import OpenAI from 'openai';
const client = new OpenAI();
""",
        "mail": """
import nodemailer from 'nodemailer';
const mailer = nodemailer.createTransport({ host: 'mail.example' });
""",
        "stripe": """
const stripe = require('stripe')(key);
""",
    },
    "configuration": {
        "cors": """
const cors = require('cors');
app.use(cors({ origin: true }));
""",
        "helmet": """
import helmet from 'helmet';
app.use(helmet());
""",
        "trust proxy": """
app.set('trust proxy', 1);
""",
        "environment": """
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
""",
    },
}


def cases(tables):
    return [
        pytest.param(name, text, id=f"{name}-{what}")
        for name, texts in tables.items()
        for what, text in texts.items()
    ]


@pytest.mark.parametrize(("name", "text"), cases(FIRES))
def test_it_fires_in_python(name, text):
    assert name in fired(text)


@pytest.mark.parametrize("language", ["javascript", "typescript", "tsx"])
@pytest.mark.parametrize(("name", "text"), cases(FIRES_SCRIPT))
def test_it_fires_in_javascript_and_typescript(name, text, language):
    assert name in fired(text, language, "src/service.js")


def test_nest():
    text = """
@Controller('orders')
export class Orders {
  @UseGuards(JwtAuthGuard)
  @Get()
  list() { return []; }
}
export class JwtStrategy extends PassportStrategy(Strategy) {}
"""
    found = examine(text, "typescript", "src/orders.ts").findings
    assert [text[slice(*f.span)] for f in found] == ["UseGuards", "PassportStrategy"]


SILENT = {
    "reads a constant place": 'def notes():\n    return open("notes.txt").read()\n',
    "reads a given place": "def notes(path):\n    with open(path) as f:\n        return f.read()\n",
    "reads in words": 'def notes(path):\n    return open(path, "rb").read()\n',
    "json": "import json\ndef told(x):\n    return json.dumps(x)\n",
    "logging": "import logging\ndef told(x):\n    logging.info('x %s', x)\n",
    "cache key": "import hashlib\ndef key(x):\n    return hashlib.md5(x, usedforsecurity=False)\n",
    "join": "import os\ndef place(a, b):\n    return os.path.join(a, b)\n",
    "makes a folder": "import os\ndef make(a):\n    os.makedirs(a, exist_ok=True)\n",
    "constant query": "def all_(cursor):\n    cursor.execute('SELECT * FROM orders')\n",
    "constant ORM": "@app.get('/')\ndef all_():\n    return Order.query.filter_by(open=True)\n",
    "ORM of the program's own": "def due(day):\n    return Order.query.filter_by(day=day).all()\n",
    "no database": "def go(command, x):\n    command.execute(x, 1)\n",
    "a dictionary": "def of(settings, name):\n    return settings.get(name)\n",
    "session of flask": (
        "import requests\nfrom flask import session\ndef who():\n    return session.get('theme')\n"
    ),
    "own request class": "class request:\n    args = {}\ndef f():\n    return request.args\n",
    "own login": "def login(user):\n    return user\ndef f(user):\n    login(user)\n",
    "a module of that name": "from .local import jwt\ndef f(x):\n    return jwt.decode(x)\n",
    "random choice": "import random\ndef dice():\n    return random.choice([1, 2, 3])\n",
    "uuid": "import uuid\ndef name():\n    return str(uuid.uuid4())\n",
    "replace of a text": "def tidy(text):\n    return text.replace('a', 'b')\n",
    "path in words": "from pathlib import Path\ndef text(p: Path):\n    return p.read_text()\n",
    "dependency": "from fastapi import Depends\ndef f(db=Depends(get_db)):\n    return db\n",
    "model without rules": (
        "from pydantic import BaseModel\nclass Item(BaseModel):\n    price: float\n"
    ),
    "reads the environment": "import os\ndef key():\n    return os.environ['KEY']\n",
    "plain settings": "LANGUAGE_CODE = 'en'\nTIME_ZONE = 'UTC'\nPAGE_SIZE = 20\n",
    "words in comments and strings": (
        "# jwt.encode, login_required, os.remove\nTEXT = 'requests.get(url) cursor.execute(sql)'\n"
    ),
    "safe yaml": "import yaml\ndef read(text):\n    return yaml.safe_load(text)\n",
    "subject of a click command": "import click\n@click.command()\ndef main():\n    print('x')\n",
    "dataclass": "from dataclasses import dataclass\n@dataclass\nclass A:\n    token: str\n",
    "parts of a text": "def f(s):\n    return s.str.extractall('a')\n",
    "parses an address": "from urllib.parse import urlparse\ndef h(u):\n    return urlparse(u)\n",
}
SILENT_SCRIPT = {
    "own server": "export const notes = () => fetch('/api/notes');\n",
    "own server, built": "export const note = (id) => fetch(`/api/notes/${id}`);\n",
    "own server, axios": (
        "import axios from 'axios';\nexport const notes = () => axios.get('/api/notes');\n"
    ),
    "component": "export const Title = ({ text }) => text.trim();\n",
    "state": "const [user, setUser] = useState(null);\n",
    "reads a file": "import fs from 'fs';\nexport const text = (p) => fs.readFileSync(p, 'utf8');\n",
    "array find": "export const first = (list, id) => list.find((x) => x.id === id);\n",
    "map": "const seen = new Map(); export const of = (k) => seen.get(k);\n",
    "own sign": "import { sign } from './math';\nexport const s = (x) => sign(x);\n",
    "json": "export const told = (x) => JSON.stringify(x);\n",
    "path": "import path from 'path';\nexport const p = (a) => path.join('x', a);\n",
    "route": "app.get('/', (req, res) => res.send('hello'));\n",
    "handler without guard": "router.get('/orders', listOrders);\n",
    "prisma of its own": "export const all = () => prisma.user.findMany({ where: { on: true } });\n",
    "environment read": "export const url = process.env.API_URL;\n",
    "words in text": "const help = 'jwt.sign(x) fs.unlink(y) db.query(z)'; // axios.get\n",
    "own function of a module's name": "function request(u) { return u; } request('x');\n",
    "something of a cache": "const of = (auth) => cache.get(auth);\n",
    "create element": "const node = document.createElement('div');\n",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_it_is_silent_in_python(text):
    assert fired(text) == set()


@pytest.mark.parametrize("language", ["javascript", "typescript"])
@pytest.mark.parametrize("text", SILENT_SCRIPT.values(), ids=SILENT_SCRIPT)
def test_it_is_silent_in_javascript(text, language):
    assert fired(text, language, "src/a.js") == set()


@pytest.mark.parametrize("path", ["tests/test_api.py", "app/test_client.py", "conftest.py"])
def test_files_of_tests_are_passed_over(path):
    text = FIRES["external-api"]["requests"]
    assert fired(text) == {"external-api"}
    assert fired(text, path=path) == set()


@pytest.mark.parametrize("path", ["app/fixtures/load.py", "shop/testing/api.py", "latest.py"])
def test_what_only_sounds_like_a_test_is_looked_at(path):
    assert fired("import os\nos.remove(x)\n", path=path) == {"file-system"}


def test_each_kind_that_is_read_line_by_line_is_asked_for():
    asked = {kind for rule in RULES for mark in rule.documents for kind in mark.kinds}
    assert asked >= lined.KINDS


@pytest.mark.parametrize(
    ("path", "text", "key"),
    [
        ("deploy/nginx.conf", "server {\n  ssl_protocols TLSv1;\n}\n", "ssl_protocols"),
        (".htaccess", "Require all granted\n", "Require"),
        ("Caddyfile", "a.example {\n  basic_auth {\n}\n", "basic_auth"),
        ("etc/sshd_config", "PermitRootLogin yes\n", "PermitRootLogin"),
        (".npmrc", "//npm.example/:_authToken=abc\n", "//npm.example/:_authToken"),
        ("firestore.rules", "match /a { allow read; }\n", "allow"),
        ("package.json", '{"scripts": {"postinstall": "node a.js"}}\n', "postinstall"),
        (".eslintrc", '{"rules": {"no-eval": "off"}}\n', "no-eval"),
        ("CODEOWNERS", "# all\n* @org/team\n", "*"),
        ("pyproject.toml", '[tool.ruff.lint]\nignore = ["S602"]\n', "ignore"),
        ("_headers", "/*\n  X-Frame-Options: DENY\n", "X-Frame-Options"),
    ],
)
def test_it_fires_at_the_key_of_what_is_read_line_by_line(path, text, key):
    (found,) = examine(text, "text", path).findings
    assert found.rule == "trigger/configuration"
    assert text[found.span.start : found.span.end] == key


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("deploy/nginx.conf", "# ssl_protocols TLSv1;\nworker_processes 4;\n"),
        ("package.json", '{"dependencies": {"install": "^0.13.0"}, "scripts": {"build": "a"}}\n'),
        (".eslintrc", '{"rules": {"semi": "error"}}\n'),
        ("notes.txt", "ssl_protocols TLSv1;\n"),
        ("pyproject.toml", '[tool.ruff.lint]\nignore = ["E501"]\n'),
    ],
)
def test_it_is_silent_at_other_lines(path, text):
    assert examine(text, "text", path).findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "id = int(request.args['id'])\n    return Order.query.filter_by(id=id).first()",
        "return Order.query.filter_by(id=int(request.args['id'])).first()",
        "cursor.execute('SELECT 1 FROM t WHERE id = %s', (int(request.args['id']),))",
    ],
)
def test_a_number_from_a_request_still_says_whose_row_it_is(text):
    """A number injects nothing, and asks for somebody else's row all the same."""
    found = fired(f"from flask import request\ndef f(cursor):\n    {text}\n")
    assert "database" in found


# -- declarative files


DOCUMENTS = {
    "dockerfile user": ("FROM python:3.12\nUSER app\n", "dockerfile", "Dockerfile", "USER"),
    "dockerfile secret": ("FROM a\nARG API_TOKEN\n", "dockerfile", "Dockerfile", "ARG"),
    "dockerfile port": ("FROM a\nEXPOSE 8080\n", "dockerfile", "Dockerfile", "EXPOSE"),
    "dockerfile pipe": ("FROM a\nRUN curl -s x | sh\n", "dockerfile", "Dockerfile", "RUN"),
    "compose": (
        "services:\n  web:\n    image: a\n    privileged: true\n",
        "yaml",
        "compose.yaml",
        "privileged",
    ),
    "compose ports": (
        "services:\n  web:\n    image: a\n    ports: ['80:80']\n",
        "yaml",
        "compose.yaml",
        "ports",
    ),
    "workflow": (
        "on: push\npermissions:\n  contents: write\njobs:\n  a:\n    runs-on: x\n",
        "yaml",
        ".github/workflows/ci.yml",
        "permissions",
    ),
    "workflow target": (
        "on: [pull_request_target]\njobs:\n  a:\n    runs-on: x\n",
        "yaml",
        ".github/workflows/ci.yml",
        "on",
    ),
    "workflow secret": (
        "on: push\njobs:\n  a:\n    env:\n      KEY: ${{ secrets.KEY }}\n",
        "yaml",
        ".github/workflows/ci.yml",
        "KEY",
    ),
    "kubernetes role": (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: a\n",
        "yaml",
        "role.yaml",
        "kind",
    ),
    "kubernetes context": (
        "apiVersion: v1\nkind: Pod\nspec:\n  securityContext:\n    runAsUser: 0\n",
        "yaml",
        "pod.yaml",
        "securityContext",
    ),
    "terraform": (
        'resource "aws_iam_role_policy" "a" {\n  name = "a"\n}\n',
        "terraform",
        "main.tf",
        "resource",
    ),
    "terraform network": (
        'resource "aws_security_group" "a" {\n}\n',
        "terraform",
        "main.tf",
        "resource",
    ),
    "environment": ("NAME=a\nexport API_KEY=abc\n", "text", "deploy/.env", "API_KEY"),
    "environment of production": ("DEBUG=1\n", "text", ".env.production", "DEBUG"),
}
SILENT_DOCUMENTS = {
    "dockerfile": ("FROM a\nWORKDIR /app\nCOPY . .\nRUN make\n", "dockerfile", "Dockerfile"),
    "dockerfile name": ("FROM a\nENV LANG=C.UTF-8\n", "dockerfile", "Dockerfile"),
    "compose": ("services:\n  web:\n    image: a\n    restart: always\n", "yaml", "compose.yaml"),
    "compose volume": (
        "services:\n  db:\n    image: a\n    volumes: ['data:/data']\n",
        "yaml",
        "compose.yaml",
    ),
    "workflow": (
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{run: make}]\n",
        "yaml",
        ".github/workflows/ci.yml",
    ),
    "kubernetes": (
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: b\n",
        "yaml",
        "map.yaml",
    ),
    "terraform": ('resource "aws_instance" "a" {\n  tags = {}\n}\n', "terraform", "main.tf"),
    "environment example": ("API_KEY=\n", "text", ".env.example"),
    "plain environment": ("PAGE_SIZE=20\nLANG=en\n", "text", ".env"),
    "other text": ("API_KEY=abc\n", "text", "notes.txt"),
    "other yaml": ("permissions: all\nports: [1]\nsecrets: x\n", "yaml", "data.yaml"),
}


@pytest.mark.parametrize("case", DOCUMENTS.values(), ids=DOCUMENTS)
def test_it_fires_in_declarative_files_at_the_key(case):
    text, language, path, key = case
    analysis = examine(text, language, path)
    assert not analysis.failures
    assert [f.rule for f in analysis.findings] == ["trigger/configuration"]
    assert text[slice(*analysis.findings[0].span)] == key


@pytest.mark.parametrize("case", SILENT_DOCUMENTS.values(), ids=SILENT_DOCUMENTS)
def test_it_is_silent_in_declarative_files(case):
    assert fired(*case) == set()


# -- what is said


def test_a_message_says_what_is_done_and_why_a_person_should_look():
    (finding,) = examine(FIRES["external-api"]["requests"]).findings
    assert finding.message == (
        "requests.post asks another machine: check which, what it is told, and what happens when "
        "its answer is late or a lie."
    )
    assert finding.of_ai


def test_a_message_is_one_short_line_whatever_the_code_says():
    long = "a" * 5000
    text = f"def f(x):\n    x.{long}.set_password(1)\n"
    found = examine(text).findings
    assert [f.rule for f in found] == ["trigger/authentication"]
    assert all(len(f.message) < 250 and "\n" not in f.message for f in found)


def test_a_message_repeats_nothing_that_is_no_name():
    text = 'resource "aws_iam_\u202eevil\\u0007 <b>" "a" {\n}\n'
    (finding,) = examine(text, "terraform", "main.tf").findings
    assert finding.message.startswith("aws_iam_evilu0007b decides what this may do")
    text = "require(`stripe\n`)(key); require('stripe')(key);\n"
    messages = {f.message for f in examine(text, "javascript").findings}
    assert [m.partition(" ")[0] for m in messages] == ["stripe"]


def test_no_finding_covers_a_value():
    """A fingerprint is a digest of what a finding covers, and a short secret could be tried against it."""
    value = "hunter2-but-longer"
    texts = {
        "python": f"""
import jwt, requests
app.config["SECRET_KEY"] = "{value}"
jwt.encode({{}}, "{value}")
requests.Session().get("https://x", auth=("a", "{value}"))
make("{value}").set_password("{value}")
make("{value}").SECRET_KEY = 1
app.config.update(SECRET_KEY="{value}")
""",
        "javascript": f"""
const jwt = require('jsonwebtoken');
jwt.sign({{}}, '{value}');
process.env.KEY = '{value}';
require('stripe')('{value}');
""",
    }
    for language, text in texts.items():
        found = examine(text, language).findings
        assert len(found) >= 3
        assert not [f for f in found if value in text[slice(*f.span)] + f.message]
    (finding,) = examine(f"API_KEY={value}\n", "text", ".env").findings
    assert finding.span.end == len("API_KEY")


def test_a_comment_with_a_reason_allows_it():
    text = 'import shutil\nshutil.rmtree(x)  # vetline: allow[trigger/file-system] reason="ours"\n'
    snapshot = Snapshot("file:///x", "python", 1, text, "a.py")
    analysis = engine.examine(snapshot, Facts(), [escalation.ANALYZER])
    (finding,) = engine.conclude(snapshot, analysis.findings)
    assert finding.suppression is not None
    assert finding.suppression.reason == "ours"


def test_a_fault_at_the_same_place_does_not_swallow_it():
    text = "import jwt\ndef f(t):\n    return jwt.decode(t, options={'verify_signature': False})\n"
    snapshot = Snapshot("file:///x", "python", 1, text, "a.py")
    asked = [escalation.ANALYZER, engine.analyzers()["patterns"]]
    found = engine.conclude(snapshot, engine.examine(snapshot, Facts(), asked).findings)
    assert {"trigger/authentication", "python/jwt-not-verified"} <= {f.rule for f in found}


def test_what_does_not_parse_is_looked_at_as_far_as_it_goes_and_said():
    text = "import shutil\ndef f(x):\n    shutil.rmtree(x)\n\ndef g(:\n"
    analysis = examine(text)
    assert {f.rule for f in analysis.findings} == {"trigger/file-system"}
    assert [f.partial for f in analysis.failures] == [True]


def spellings(name):
    """Texts that call what a name of the data stands for, in JavaScript."""
    parts = name.split(".")
    for cut in range(1, len(parts) + 1):
        module, rest = ".".join(parts[:cut]), "".join(f".{part}" for part in parts[cut:])
        yield f"import * as m from '{module}';\nm{rest}(x);\n"
        if cut < len(parts):
            first, *more = parts[cut:]
            tail = "".join(f".{part}" for part in more)
            yield f"import {{ {first} as n }} from '{module}';\nn{tail}(x);\n"
    yield f"{name}(x);\n"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_name_in_the_data_is_one_that_can_be_met(rule):
    """A typo in a name would silence it for good."""
    short = rule.id.removeprefix("trigger/")
    unmet = []
    for sign in (s for s in rule.python if s.when is None and not s.uses):
        for name in sign.names:
            plain = f"import {name.partition('.')[0]}\n{name}(x)\n"
            unmet += [name] if short not in fired(plain) else []
        unmet += [n for n in sign.methods if short not in fired(f"x.{n}(y)\n")]
        unmet += [n for n in sign.decorators if short not in fired(meant(n, "@{}\ndef f(): ...\n"))]
        unmet += [n for n in sign.bases if short not in fired(meant(n, "class A({}): ...\n"))]
        unmet += [n for n in sign.members if short not in fired(meant(n, "y = {}\n"))]
        unmet += [n for n in sign.items if short not in fired(meant(n, "y = {}['user']\n"))]
        unmet += [n for n in sign.defines if short not in fired(f"def {n}(x): ...\n")]
        unmet += [n for n in sign.settings if short not in fired(f'x["{n}"] = 1\n')]
    for sign in (s for s in rule.javascript if s.when is None and not s.uses):
        for name in sign.names:
            if not any(short in said(text) for text in spellings(name)):
                unmet.append(name)
        unmet += [n for n in sign.methods if short not in said(f"x.{n}(y);\n")]
        unmet += [n for n in sign.defines if short not in said(f"function {n}(x) {{}}\n")]
        unmet += [n for n in sign.guards if short not in said(f"app.get('/', {n}, show);\n")]
    assert not unmet


def meant(name, form):
    """A text that uses a name of Python, its module imported where it has one."""
    module, _, rest = name.partition(".")
    if not rest or module in {"request", "self", "current_user"}:
        return form.format(name)
    return f"import {module}\n" + form.format(name)


def said(text):
    """What fires in a JavaScript text that may not even parse."""
    found = examine(text, "javascript", "src/a.js").findings
    return {finding.rule.removeprefix("trigger/") for finding in found}
