"""FastAPI, Starlette and Pydantic."""

from __future__ import annotations

from vetline_analyzers.flow.model import Model
from vetline_analyzers.flow.value import Source

_RECEIVED = (
    *("receive", "receive_text", "receive_json", "receive_bytes", "iter_text", "iter_json"),
    *("iter_bytes", "query_params", "path_params", "headers", "cookies", "recv"),
)

MODEL = Model(
    frameworks=("fastapi", "starlette", "litestar"),
    request_parts=(
        "query_params",
        "path_params",
        "headers",
        "cookies",
        "body",
        "json",
        "form",
        "stream",
        "url",
    ),
    sources={
        f"{socket}.{part}": Source.REQUEST for socket in ("websocket", "ws") for part in _RECEIVED
    },
    request_types={"Request": "request", "WebSocket": "websocket"},
    own_parameters=("websocket",),
    data_routes=("fastapi", "starlette", "litestar"),
    routes=("get", "post", "put", "patch", "delete", "api_route", "websocket", "head", "options"),
    handler_bases=("HTTPEndpoint", "WebSocketEndpoint"),
    injected=r"Depends\(|Security\(|\bSession\b|AsyncSession|BackgroundTasks|\bResponse\b|Settings\b|\bDepends\b",
)
