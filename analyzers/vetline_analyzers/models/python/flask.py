"""Flask and Werkzeug."""

from __future__ import annotations

from vetline_analyzers.flow.model import Model
from vetline_analyzers.flow.value import Source

_PARTS = (
    *(
        "args",
        "form",
        "values",
        "cookies",
        "headers",
        "files",
        "json",
        "data",
        "query_string",
        "get_json",
    ),
    *(
        "get_data",
        "stream",
        "referrer",
        "user_agent",
        "full_path",
        "url",
        "authorization",
        "view_args",
    ),
)

MODEL = Model(
    frameworks=("flask", "quart", "werkzeug"),
    sources={
        **{f"flask.request.{part}": Source.REQUEST for part in _PARTS},
        **{f"flask.globals.request.{part}": Source.REQUEST for part in _PARTS},
        **{
            f"{module}.RequestParser().parse_args()": Source.REQUEST
            for module in ("reqparse", "flask_restful.reqparse", "flask_restx.reqparse")
        },
    },
    request_names=("request", "req", "flask_request", "_request", "http_request"),
    request_parts=_PARTS,
    vague_parts=(
        *(
            "headers",
            "stream",
            "url",
            "data",
            "json",
            "files",
            "cookies",
            "authorization",
            "body",
            "path",
            "query",
            "params",
        ),
        *(
            "text",
            "read",
            "post",
            "media",
            "multipart",
            "param",
            "forms",
            "arguments",
        ),
    ),
    given=("sid",),
    resolvers=tuple(
        f"{server}.{how}"
        for server in ("sio", "socketio", "flask_socketio.SocketIO()", "socketio.AsyncServer()")
        for how in ("on", "event")
    ),
    routes=("route", "get", "post", "put", "patch", "delete", "expose", "websocket"),
    handler_bases=("MethodView", "Resource", "View"),
    sanitizers={
        "werkzeug.utils.secure_filename": ("path", "command", "html", "header", "log"),
        "secure_filename": ("path", "command", "html", "header", "log"),
        "werkzeug.utils.safe_join": ("path",),
        "werkzeug.security.safe_join": ("path",),
        "flask.safe_join": ("path",),
        "safe_join": ("path",),
        "flask.escape": ("html",),
        "flask.url_for": ("redirect", "url", "html"),
        "url_for": ("redirect", "url", "html"),
        "flask.jsonify": ("html", "template"),
        "jsonify": ("html", "template"),
        "flask.render_template": ("html", "template"),
        "render_template": ("html", "template"),
        "flask.send_from_directory": ("html", "path"),
        "flask.send_file": ("html",),
        "send_file": ("html",),
        "flask.make_response": ("html",),
        "make_response": ("html",),
        "flask.Response": ("html",),
        "Response": ("html",),
        "werkzeug.wrappers.Response": ("html",),
        "flask.redirect": ("html",),
        "redirect": ("html",),
    },
    harmless=(
        *(
            f"{r}.{p}"
            for r in ("flask.request", "request", "req")
            for p in ("path", "method", "endpoint", "remote_addr")
        ),
        *(
            "flask.request.url_rule",
            "flask.request.blueprint",
            "flask.request.scheme",
            "flask.request.is_json",
        ),
    ),
    passes=("stream_with_context",),
    ends=("flask.abort", "abort", "werkzeug.exceptions.abort"),
)
