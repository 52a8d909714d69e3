"""Django and Django REST framework."""

from __future__ import annotations

from vetline_analyzers.flow.model import Model
from vetline_analyzers.flow.value import Source

# What they hold is looked at where they are made.
_RESPONSES = (
    *(
        "HttpResponse",
        "django.http.HttpResponse",
        "HttpResponseRedirect",
        "HttpResponseBadRequest",
        "Response",
    ),
    *(
        "HttpResponseNotFound",
        "HttpResponseForbidden",
        "StreamingHttpResponse",
        "FileResponse",
        "TemplateResponse",
    ),
    *(
        "HTMLResponse",
        "PlainTextResponse",
        "JSONResponse",
        "RedirectResponse",
        "StreamingResponse",
        "render",
    ),
)

_VIEWS = (
    *("View", "TemplateView", "ListView", "DetailView", "FormView", "CreateView", "UpdateView"),
    *("DeleteView", "RedirectView", "ArchiveIndexView", "APIView", "ViewSet", "ModelViewSet"),
    *("GenericAPIView", "GenericViewSet", "ReadOnlyModelViewSet", "CreateAPIView", "ListAPIView"),
    *("RetrieveAPIView", "DestroyAPIView", "UpdateAPIView", "ListCreateAPIView"),
    *("RetrieveUpdateAPIView", "RetrieveDestroyAPIView", "RetrieveUpdateDestroyAPIView"),
)
_CONSUMERS = (
    *("WebsocketConsumer", "AsyncWebsocketConsumer", "JsonWebsocketConsumer"),
    *("AsyncJsonWebsocketConsumer",),
)

MODEL = Model(
    sources={f"{view}.{part}": Source.REQUEST for view in _VIEWS for part in ("args", "kwargs")},
    frameworks=("django", "rest_framework", "ninja"),
    request_parts=(
        *(
            "GET",
            "POST",
            "COOKIES",
            "META",
            "FILES",
            "body",
            "data",
            "query_params",
            "get_full_path",
            "content_params",
        ),
        *("build_absolute_uri", "get_raw_uri", "headers"),
    ),
    request_types={"HttpRequest": "request", "WSGIRequest": "request"},
    routes=(
        "api_view",
        "action",
        "require_http_methods",
        "require_POST",
        "require_GET",
        "csrf_exempt",
        "login_required",
    ),
    handler_bases=(*_VIEWS, *_CONSUMERS),
    sanitizers={
        "django.utils.html.escape": ("html",),
        "django.utils.html.conditional_escape": ("html",),
        "django.utils.html.strip_tags": ("html",),
        "django.utils.html.format_html": ("html",),
        "format_html": ("html",),
        "conditional_escape": ("html",),
        "strip_tags": ("html",),
        "django.utils.html.escapejs": ("html",),
        "django.utils.text.slugify": ("*",),
        "slugify": ("*",),
        "django.urls.reverse": ("redirect", "url"),
        "reverse": ("redirect", "url"),
        "django.utils._os.safe_join": ("path",),
        "get_valid_filename": ("path",),
        "JsonResponse": ("html",),
        **dict.fromkeys(_RESPONSES, ("html",)),
        "django.http.JsonResponse": ("html",),
        "django.shortcuts.render": ("html", "template"),
    },
    ends=("django.shortcuts.get_object_or_404()",),
)
