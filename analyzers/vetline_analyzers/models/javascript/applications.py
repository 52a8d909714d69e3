"""Next.js, Remix, SvelteKit, NestJS, Angular, React Router, Vue Router and serverless functions."""

from __future__ import annotations

from vetline_analyzers.flow.model import Model
from vetline_analyzers.flow.value import Source

_ROUTES = ("route", "$route", "this.$route", "useRoute()", "vue-router.useRoute()")
_HANDLERS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_REQUEST, _ADDRESS, _PAGE = "the route's request", "the route's context", "the page's props"
_PARTS = (
    *("url", "nextUrl", "headers", "cookies", "body", "json", "text", "formData", "arrayBuffer"),
    *("blob", "bytes"),
)

MODEL = Model(
    frameworks=(
        *(
            "next",
            "next/server",
            "next/headers",
            "next/router",
            "next/navigation",
            "@nestjs/common",
        ),
        *("@remix-run/node", "@sveltejs/kit", "aws-lambda", "@vercel/node", "firebase-functions"),
        *("@azure/functions", "@google-cloud/functions-framework"),
    ),
    request_parts=(
        *("queryStringParameters", "pathParameters", "multiValueQueryStringParameters"),
        *("searchParams",),
    ),
    handlers={
        **dict.fromkeys(_HANDLERS, (_REQUEST, _ADDRESS)),
        # Cloudflare's workers.
        **dict.fromkeys(("fetch(request, env)", "fetch(request, env, ctx)"), (_REQUEST,)),
        **dict.fromkeys(("fetch(req, env)", "fetch(req, env, ctx)"), (_REQUEST,)),
        **dict.fromkeys(("Page", "generateMetadata", "generateViewport"), (_PAGE,)),
        **dict.fromkeys(("loader", "action"), (_REQUEST,)),
        "getServerSideProps": ("context",),
        "middleware": ("req",),
        "onRequest": ("context",),
    },
    handed={"Deno.serve": (_REQUEST,)},
    properties={"searchParams": _PAGE},
    parameter_decorators={
        **{
            name: f"@{name}"
            for name in ("Body", "Query", "Param", "Headers", "Cookies", "HostParam")
        },
        **dict.fromkeys(("UploadedFile", "UploadedFiles"), "@UploadedFile"),
        **dict.fromkeys(("Req", "Request"), "req"),
        **dict.fromkeys(("Res", "Response"), "res"),
    },
    sources={
        # Remix, SvelteKit and Astro hand over an object with the request in it.
        **{f"{_REQUEST}.{part}": Source.REQUEST for part in (*_PARTS, "params")},
        **{f"{_REQUEST}.request.{part}": Source.REQUEST for part in _PARTS},
        f"{_ADDRESS}.params": Source.REQUEST,
        **{f"{_PAGE}.{part}": Source.REQUEST for part in ("params", "searchParams")},
        **{
            f"@{name}": Source.REQUEST
            for name in (
                "Body",
                "Query",
                "Param",
                "Headers",
                "Cookies",
                "HostParam",
                "UploadedFile",
            )
        },
        **{f"{route}.{part}": Source.REQUEST for route in _ROUTES for part in ("query", "params")},
        **{
            f"{router}.query": Source.REQUEST
            for router in ("router", "useRouter()", "next/router.useRouter()", "props.router")
        },
        **dict.fromkeys(
            (
                *("next/navigation.useSearchParams()", "react-router-dom.useSearchParams()"),
                *("react-router-dom.useParams()", "next/navigation.useParams()"),
                *("react-router.useParams()", "react-router.useSearchParams()"),
                *("useSearchParams()", "react-router-dom.useLocation().search"),
                *("useLocation().search", "props.location.search", "this.props.location.search"),
                *("this.route.snapshot.queryParams", "this.route.snapshot.params"),
                *("this.route.snapshot.queryParamMap", "this.route.snapshot.paramMap"),
                *("this.props.match.params", "props.match.params", "match.params"),
                *("next/headers.headers()", "next/headers.cookies()"),
            ),
            Source.REQUEST,
        ),
    },
)
