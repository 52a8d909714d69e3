"""Express, Koa, Fastify, Hapi, Hono, Restify and Node's own server."""

from __future__ import annotations

from vetline_analyzers.flow.model import Model
from vetline_analyzers.flow.value import Source

_METHODS = (
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "del",
    "all",
    "use",
    "head",
    "options",
    "param",
)
_EXPRESS = ("app", "router", "express()", "express.Router()", "server", "restify.createServer()")
_KOA = ("koa-router()", "@koa/router()", "koa()")
_FASTIFY = ("fastify", "fastify()", "Fastify()")
_HONO = ("hono.Hono()",)

MODEL = Model(
    frameworks=(
        *("express", "koa", "@koa/router", "koa-router", "fastify", "@hapi/hapi", "hapi", "hono"),
        *("restify", "http", "https", "http2", "polka", "connect", "micro", "ws", "socket.io"),
        *("body-parser", "multer", "express-session", "passport"),
    ),
    request_names=("req", "request", "ctx", "context", "_req", "_request", "event", "httpRequest"),
    request_parts=(
        *("query", "params", "body", "rawBody", "cookies", "signedCookies", "originalUrl", "files"),
        *("url", "headers", "querystring", "payload", "path", "fields", "hostname", "file"),
        *("rawHeaders", "nextUrl", "json", "text", "formData", "search", "href"),
    ),
    vague_parts=(
        "url",
        "headers",
        "path",
        "json",
        "text",
        "formData",
        "search",
        "href",
        "hostname",
    ),
    request_types=dict.fromkeys(
        (
            *("IncomingMessage", "FastifyRequest", "ExpressRequest", "NextApiRequest"),
            *("NextRequest", "HonoRequest", "Request", "HttpRequest", "VercelRequest"),
        ),
        "req",
    )
    | dict.fromkeys(("ParameterizedContext", "KoaContext", "RouterContext", "Context"), "ctx")
    | dict.fromkeys(
        (
            *("APIGatewayProxyEvent", "APIGatewayEvent", "APIGatewayProxyEventV2", "ALBEvent"),
            *("APIGatewayProxyWebsocketEventV2", "RequestEvent"),
        ),
        "event",
    )
    | {
        "Response": "res",
        "ServerResponse": "res",
        "NextApiResponse": "res",
        "FastifyReply": "reply",
    },
    own_parameters=(
        *("res", "response", "_res", "resp", "reply", "next", "_next", "done", "h", "err", "error"),
        *("app", "router", "server", "fastify", "db", "callback", "cb", "resolve", "reject", "e"),
    ),
    handed={
        **{f"{base}.{name}": ("req", "res", "next") for base in _EXPRESS for name in _METHODS},
        **{f"{base}.{name}": ("ctx", "next") for base in (*_KOA, *_HONO) for name in _METHODS},
        **{f"{base}.{name}": ("request", "reply") for base in _FASTIFY for name in _METHODS},
        **dict.fromkeys(
            ("http.createServer", "https.createServer", "http2.createServer", "micro"),
            ("req", "res"),
        ),
        "req.on:data": ("a part of the body",),
        "request.on:data": ("a part of the body",),
        **dict.fromkeys(("ws.on:message", "socket.on:message"), ("a message",)),
        "socket.on": ("a message", "a message", "a message"),
    },
    sources={
        **dict.fromkeys(
            (
                *("req.get()", "req.header()", "req.param()", "ctx.get()", "request.header()"),
                *("req.accepts()", "ctx.request.get()", "a part of the body", "a message"),
                *("ctx.request.body", "ctx.request.query", "ctx.req.query", "ctx.req.param"),
                *("c.req.query", "c.req.param", "c.req.json", "c.req.header", "c.req.parseBody"),
                *("ctx.req.json", "ctx.req.header", "ctx.req.parseBody"),
            ),
            Source.REQUEST,
        )
    },
    harmless=(
        *(f"{r}.{p}" for r in ("req", "request", "ctx") for p in ("method", "ip", "protocol")),
        *("ctx.status", "req.secure", "req.xhr"),
    ),
    ends=("process.exit", "process.abort"),
)
