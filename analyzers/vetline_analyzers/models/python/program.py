"""The command line, prompts, the environment and files."""

from __future__ import annotations

from vetline_analyzers.flow.model import Model
from vetline_analyzers.flow.value import Source

MODEL = Model(
    sources={
        "input()": Source.INPUT,
        "raw_input()": Source.INPUT,
        "sys.argv": Source.INPUT,
        "sys.stdin": Source.INPUT,
        "sys.stdin.read()": Source.INPUT,
        "getpass.getpass()": Source.INPUT,
        "argparse.ArgumentParser().parse_args()": Source.INPUT,
        "parser.parse_args()": Source.INPUT,
        "click.prompt()": Source.INPUT,
        "typer.prompt()": Source.INPUT,
        "os.environ": Source.ENVIRONMENT,
        "os.getenv()": Source.ENVIRONMENT,
        "open()": Source.FILE,
        "socket.socket().recv()": Source.REQUEST,
        "socket.socket().accept().recv()": Source.REQUEST,
        "socket.socket().accept()[].recv()": Source.REQUEST,
        "BaseHTTPRequestHandler.rfile": Source.REQUEST,
        "BaseHTTPRequestHandler.path": Source.REQUEST,
        "BaseHTTPRequestHandler.headers": Source.REQUEST,
        "SimpleHTTPRequestHandler.rfile": Source.REQUEST,
        "SimpleHTTPRequestHandler.path": Source.REQUEST,
        "SimpleHTTPRequestHandler.headers": Source.REQUEST,
        "cgi.FieldStorage()": Source.REQUEST,
        "form.getvalue()": Source.REQUEST,
        "event[].queryStringParameters": Source.REQUEST,
        "event[].pathParameters": Source.REQUEST,
        "event[].body": Source.REQUEST,
        "event[].headers": Source.REQUEST,
    },
    commands=("command",),
    given=("ctx", "_ctx", "context", "_context", "_"),
    shapes=r"\w*(?:handler|lambda)\w*\(event, \w+\)$|\w+\(event, _?(?:lambda_)?context\)$",
    sanitizers={"SimpleHTTPRequestHandler.translate_path": ("path",)},
    handler_bases=("BaseHTTPRequestHandler", "SimpleHTTPRequestHandler"),
    bases_without=("BaseHTTPRequestHandler", "SimpleHTTPRequestHandler"),
    harmless=(
        "sys.executable",
        "sys.platform",
        "os.name",
        "os.sep",
        "os.getcwd",
        "os.getpid",
        "__file__",
    ),
    ends=("sys.exit", "exit", "quit", "os._exit", "os.abort"),
)
