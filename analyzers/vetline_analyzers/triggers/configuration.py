"""What decides how a program, or the machine below it, is protected."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.given import called_on, named, says
from vetline_analyzers.syntax.trigger import Mark, Sign, Trigger

_SETTING = (
    "{name} is a setting that protection rests on: check its value where the program really runs."
)
_ENVIRON = "{name} is changed for all that runs from here on: check that no protection goes, and no secret gets further."
_HEADERS = "{name} decides what browsers and other websites may do: check whom it lets in."
_SERVE = "{name} decides how the program is reached: check the address, and that debugging is off where people use it."
_RIGHTS = "{name} decides what this may do: check that it gets no more than it needs."
_REACH = "{name} decides who can reach this: check that nobody else can."
_SECRET = "{name} gives a secret to a program: check which, and who else gets to see it."  # noqa: S105 - a sentence
_WHEN = "{name} decides who can make this run: check that a stranger's change does not run with the project's rights."
_BASE = "{name} decides what the image is made of, or who runs in it: check where that comes from and what it may do."
_SOURCE = "{name} decides where packages come from and how that is proved: check both."
_INSTALL = "{name} runs on every machine that installs this: check what it does there."
_WATCH = "{name} decides what checks and reviewers look at: check that nothing is left unseen."
_STORED = (
    "{name} decides how data is kept or who may use a key: check that only those who need it can."
)

_DJANGO = (
    *("DEBUG", "ALLOWED_HOSTS", "SECRET_KEY", "MIDDLEWARE", "AUTHENTICATION_BACKENDS"),
    *("AUTH_USER_MODEL",),
    *("AUTH_PASSWORD_VALIDATORS", "PASSWORD_HASHERS", "REST_FRAMEWORK", "SIMPLE_JWT", "DATABASES"),
    *("CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL", "CORS_ALLOWED_ORIGINS"),
    *("CORS_ALLOW_CREDENTIALS",),
    *("CORS_ORIGINS", "CSRF_TRUSTED_ORIGINS", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY"),
    *("CSRF_USE_SESSIONS",),
    *("SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE"),
    *("SESSION_COOKIE_AGE",),
    *("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_PROXY_SSL_HEADER"),
    *("SECURE_HSTS_PRELOAD",),
    *("SECURE_CONTENT_TYPE_NOSNIFF", "SECURE_REFERRER_POLICY", "X_FRAME_OPTIONS", "SESSION_ENGINE"),
    *("SESSION_SERIALIZER", "FILE_UPLOAD_PERMISSIONS", "FILE_UPLOAD_MAX_MEMORY_SIZE"),
    *("TRUSTED_HOSTS",),
)
_FLASK = (
    *("WTF_CSRF_ENABLED", "WTF_CSRF_SECRET_KEY", "JWT_SECRET_KEY", "JWT_ACCESS_TOKEN_EXPIRES"),
    *("JWT_ALGORITHM",),
    *("SQLALCHEMY_DATABASE_URI", "MAX_CONTENT_LENGTH", "PERMANENT_SESSION_LIFETIME"),
    *("UPLOAD_FOLDER",),
    *("REMEMBER_COOKIE_SECURE", "REMEMBER_COOKIE_HTTPONLY", "SECURITY_PASSWORD_SALT"),
    *("JWT_COOKIE_SECURE",),
    *("ACCESS_TOKEN_EXPIRE_MINUTES",),
)
_PYTHON = (
    Sign(says=_SETTING, settings=(*_DJANGO, *_FLASK)),
    Sign(
        says=_SETTING,
        names=(
            *("app.config.from_object", "app.config.from_pyfile", "app.config.from_envvar"),
            *("app.config.from_mapping",),
            "django.conf.settings.configure",
        ),
    ),
    Sign(says=_ENVIRON, written=("os.environ",)),
    Sign(
        says=_HEADERS,
        names=(
            *("flask_cors.CORS", "flask_cors.cross_origin", "flask_talisman.Talisman"),
            *("flask_wtf.csrf.CSRFProtect", "flask_wtf.CSRFProtect", "aiohttp_cors.setup"),
            *("litestar.config.cors.CORSConfig", "litestar.config.csrf.CSRFConfig"),
            *("starlette.middleware.Middleware", "sanic_cors.CORS", "secure.Secure"),
        ),
        methods=("add_middleware",),
        settings=(
            *("Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"),
            *("Content-Security-Policy", "Strict-Transport-Security", "X-Frame-Options"),
        ),
    ),
    Sign(
        says=_SERVE,
        names=(
            *("uvicorn.run", "gunicorn.app.base.BaseApplication", "waitress.serve"),
            *("flask.Flask().run",),
        ),
    ),
    Sign(
        says=_SERVE,
        methods=("run",),
        when=called_on("app|application|socketio"),
        uses=("flask", "flask_socketio", "sanic", "quart", "bottle"),
    ),
)
_JAVASCRIPT = (
    Sign(
        says=_HEADERS,
        names=(
            *("helmet", "cors", "@fastify/cors", "@koa/cors", "csurf", "lusca"),
            *("helmet.contentSecurityPolicy", "@fastify/helmet", "hono/cors.cors"),
            *("express-rate-limit", "express-rate-limit.rateLimit"),
        ),
        methods=("enableCors",),
    ),
    Sign(
        says=_HEADERS,
        methods=("register",),
        when=named((0,), r"@fastify/(?:cors|helmet|rate-limit|csrf-protection)\Z"),
    ),
    Sign(
        says=_HEADERS,
        methods=("setHeader", "header", "set", "append"),
        when=says(
            (0,),
            r"(?i)access-control-|content-security-policy|strict-transport-security|x-frame-options",
        ),
    ),
    Sign(
        says=_SETTING,
        names=("express.static",),
        methods=("disable", "enable", "set"),
        when=says(
            (0,),
            r"trust proxy|x-powered-by|etag|query parser|case sensitive routing|\w{0,40}secret",
        ),
    ),
    Sign(says=_ENVIRON, written=("process.env",)),
)

_KEYED = re.compile(r"\$\{\{[^}]{0,100}\bsecrets\b")
_DOCUMENTS = (
    # Dockerfile
    Mark(says=_BASE, kinds=("dockerfile",), keys=frozenset({"USER", "ADD"})),
    Mark(says=_REACH, kinds=("dockerfile",), keys=frozenset({"EXPOSE"})),
    Mark(
        says=_BASE,
        kinds=("dockerfile",),
        keys=frozenset({"RUN"}),
        holds=re.compile(
            r"\|[ \t]{0,9}(?:sudo[ \t]{1,9})?(?:ba|z|da)?sh\b|\bchmod\b|\bchown\b|\buseradd\b|\badduser\b|\bsetcap\b|--privileged|--mount=type=(?:secret|ssh)"
        ),
    ),
    Mark(
        says=_SECRET,
        kinds=("dockerfile",),
        keys=frozenset({"ENV", "ARG"}),
        holds=re.compile(
            r"(?i)(?:secret|token|passw|api_?key|credential|private_key|_key\b|tls|ssl|debug)"
        ),
    ),
    # Compose
    Mark(
        says=_RIGHTS,
        kinds=("compose",),
        keys=frozenset(
            (
                *("privileged", "cap_add", "security_opt", "devices", "user", "userns_mode"),
                *("pid", "ipc", "read_only"),
            )
        ),
    ),
    Mark(says=_REACH, kinds=("compose",), keys=frozenset({"ports", "network_mode", "extra_hosts"})),
    Mark(says=_SECRET, kinds=("compose",), keys=frozenset({"secrets", "env_file"})),
    Mark(
        says=_STORED,
        kinds=("compose",),
        keys=frozenset({"volumes"}),
        holds=re.compile(r"\A(?:/|~|\$|\.\.)"),
    ),
    # GitHub Actions
    Mark(says=_RIGHTS, kinds=("workflow", "action"), keys=frozenset({"permissions"})),
    Mark(
        says=_WHEN,
        kinds=("workflow",),
        keys=frozenset(
            {"pull_request_target", "workflow_run", "issue_comment", "repository_dispatch"}
        ),
    ),
    Mark(
        says=_WHEN,
        kinds=("workflow",),
        keys=frozenset({"on"}),
        holds=re.compile(
            r"\A(?:pull_request_target|workflow_run|issue_comment|repository_dispatch)\Z"
        ),
    ),
    Mark(
        says=_WHEN,
        kinds=("workflow",),
        keys=frozenset({"runs-on"}),
        holds=re.compile("self-hosted"),
    ),
    Mark(says=_SECRET, kinds=("workflow", "action"), holds=_KEYED),
    Mark(says=_SECRET, kinds=("workflow",), keys=frozenset({"secrets"})),
    # Kubernetes
    Mark(
        says=_RIGHTS,
        kinds=("kubernetes",),
        keys=frozenset(
            (
                *("securityContext", "serviceAccountName", "automountServiceAccountToken"),
                *("capabilities", "rules", "roleRef"),
            )
        ),
    ),
    Mark(
        says=_REACH,
        kinds=("kubernetes",),
        keys=frozenset(
            (
                *("hostNetwork", "hostPID", "hostIPC", "hostPath", "hostPort", "nodePort"),
                *("loadBalancerSourceRanges", "ingress"),
            )
        ),
    ),
    Mark(
        says=_REACH,
        kinds=("kubernetes",),
        keys=frozenset({"kind", "type"}),
        holds=re.compile(r"\A(?:Ingress|NetworkPolicy|LoadBalancer|NodePort|HTTPRoute)\Z"),
    ),
    Mark(
        says=_RIGHTS,
        kinds=("kubernetes",),
        keys=frozenset({"kind"}),
        holds=re.compile(
            r"\A(?:Role|ClusterRole|RoleBinding|ClusterRoleBinding|ServiceAccount|PodSecurityPolicy)\Z"
        ),
    ),
    Mark(
        says=_SECRET,
        kinds=("kubernetes",),
        keys=frozenset(
            {"secretKeyRef", "secretName", "secretRef", "stringData", "imagePullSecrets"}
        ),
    ),
    # Terraform
    Mark(
        says=_RIGHTS,
        kinds=("terraform",),
        labels=(
            *("aws_iam_", "aws_organizations_policy", "aws_lambda_permission"),
            *("google_project_iam", "google_service_account"),
            *("google_storage_bucket_iam", "azurerm_role_", "azuread_", "kubernetes_role"),
            *("kubernetes_cluster_role",),
            *("kubernetes_service_account", "google_organization_iam", "google_folder_iam"),
            *("github_repository_collaborator",),
        ),
    ),
    Mark(
        says=_REACH,
        kinds=("terraform",),
        labels=(
            *("aws_security_group", "aws_vpc_security_group", "aws_network_acl"),
            *("aws_lb_listener", "aws_wafv2_"),
            *("google_compute_firewall", "azurerm_network_security_", "azurerm_firewall"),
            *("aws_route53_record",),
            *("cloudflare_", "kubernetes_network_policy", "kubernetes_ingress"),
            *("aws_internet_gateway", "aws_api_gateway"),
        ),
    ),
    Mark(
        says=_STORED,
        kinds=("terraform",),
        labels=(
            *("aws_s3_bucket_policy", "aws_s3_bucket_acl", "aws_s3_bucket_public_access_block"),
            *("aws_kms_", "aws_secretsmanager_"),
            *("aws_ssm_parameter", "aws_s3_bucket_server_side_encryption", "google_kms_"),
            *("google_secret_manager_",),
            *("azurerm_key_vault", "random_password", "tls_private_key", "aws_db_instance"),
            *("aws_rds_cluster", "aws_cloudtrail"),
        ),
    ),
    Mark(says=_RIGHTS, kinds=("terraform",), keys=frozenset({"assume_role", "backend"})),
    # what is read line by line
    Mark(
        says=_REACH,
        kinds=("nginx", "apache", "caddy"),
    ),
    Mark(says=_RIGHTS, kinds=("firebase",)),
    Mark(says=_REACH, kinds=("sshd",)),
    Mark(says=_SOURCE, kinds=("registry",)),
    Mark(says=_INSTALL, kinds=("package",)),
    Mark(says=_WATCH, kinds=("lint", "watch", "tools")),
    Mark(says=_HEADERS, kinds=("site",)),
    Mark(
        says=_SETTING,
        kinds=("environment",),
        holds=re.compile(
            r"(?i)(?:secret|token|passw|api_?key|credential|private|_key\Z|debug|allowed|cors|origin|ssl|tls|jwt|auth|admin|database_url|_dsn|_uri\Z|node_env|flask_env|cookie|session)"
        ),
    ),
)

TRIGGER = Trigger(
    id="trigger/configuration",
    title="Setting that protection rests on",
    severity=Severity.INFO,
    confidence=Confidence.MEDIUM,
    of_ai=True,
    page="""
An AI wrote or changed a setting that decides how a program is protected: what Django or Flask, a Dockerfile, a compose
file, a workflow, a manifest or Terraform says of rights, of who can reach it, of secrets. One word there opens what
pages of code keep shut, and no test notices. Settings of how a program looks or is built are passed over.
""",
    attack="Reaches the port, the bucket or the workflow that the generated setting opened to everybody.",
    advice="Check each value for the place where it really holds, and request a review from whoever runs that place.",
    bad=(
        """\
DEBUG = True
ALLOWED_HOSTS = ["*"]
""",
        """\
app.config["SESSION_COOKIE_SECURE"] = False
""",
        """\
from fastapi.middleware.cors import CORSMiddleware

app.add_middleware(CORSMiddleware, allow_origins=["*"])
""",
    ),
    good=(
        """\
LANGUAGE_CODE = "en"
STATIC_URL = "/static/"
""",
        """\
app.config["ITEMS_PER_PAGE"] = 20
""",
    ),
    python=_PYTHON,
    javascript=_JAVASCRIPT,
    documents=_DOCUMENTS,
)
