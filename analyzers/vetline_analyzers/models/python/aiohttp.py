"""aiohttp, Tornado, Sanic, Bottle, Falcon and Pyramid."""

from __future__ import annotations

from vetline_analyzers.flow.model import Model
from vetline_analyzers.flow.value import Source

MODEL = Model(
    frameworks=(
        "aiohttp",
        "tornado",
        "sanic",
        "bottle",
        "falcon",
        "pyramid",
        "webob",
        "cherrypy",
        "webapp2",
    ),
    sources={
        **{
            f"self.{name}()": Source.REQUEST
            for name in (
                "get_argument",
                "get_arguments",
                "get_query_argument",
                "get_body_argument",
                "get_cookie",
            )
        },
        **{
            f"bottle.request.{part}": Source.REQUEST
            for part in (
                "query",
                "forms",
                "params",
                "cookies",
                "headers",
                "json",
                "body",
                "files",
                "GET",
                "POST",
            )
        },
        "self.request.body": Source.REQUEST,
        "self.request.arguments": Source.REQUEST,
    },
    request_parts=(
        *(
            "match_info",
            "rel_url",
            "query",
            "post",
            "text",
            "read",
            "multipart",
            "query_string",
            "params",
            "param",
        ),
        *(
            "forms",
            "get_param",
            "media",
            "get_media",
            "matchdict",
            "json_body",
            "raw_args",
            "arguments",
            "body_arguments",
        ),
    ),
    handler_bases=(
        "RequestHandler",
        "WebSocketHandler",
        "HTTPMethodView",
        "BaseHTTPRequestHandler",
    ),
    sanitizers={"tornado.escape.xhtml_escape": ("html",), "self.render": ("html", "template")},
)
