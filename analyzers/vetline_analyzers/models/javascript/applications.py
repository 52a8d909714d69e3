"""Next.js, Remix, SvelteKit, NestJS, Angular, React Router, Vue Router and serverless functions."""

from __future__ import annotations

from vetline_analyzers.flow.model import Model
from vetline_analyzers.flow.value import Source

_ROUTES = ("route", "$route", "this.$route", "useRoute()", "vue-router.useRoute()")
_HANDLERS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")

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
        **dict.fromkeys(_HANDLERS, ("request", "ctx")),
        "getServerSideProps": ("context",),
        "middleware": ("req",),
        "onRequest": ("context",),
    },
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
