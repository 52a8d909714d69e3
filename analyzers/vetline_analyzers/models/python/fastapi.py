"""FastAPI, Starlette and Pydantic."""

from __future__ import annotations

from vetline_analyzers.flow.model import Model

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
    request_types={"Request": "request", "WebSocket": "request"},
    data_routes=("fastapi", "starlette", "litestar"),
    routes=("get", "post", "put", "patch", "delete", "api_route", "websocket", "head", "options"),
    handler_bases=("HTTPEndpoint",),
    injected=r"Depends\(|Security\(|\bSession\b|AsyncSession|BackgroundTasks|\bResponse\b|Settings\b|\bDepends\b",
)
