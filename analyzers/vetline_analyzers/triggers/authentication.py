"""Who somebody is and what they may do."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import of
from vetline_analyzers.syntax.given import called_on, every, named, reads, says
from vetline_analyzers.syntax.trigger import Sign, Trigger

_GUARD = "{name} decides who may call this: check that it is the right guard, and that nothing beside it is left open."
_TOKEN = "{name} makes or reads a token that stands for a person: check its key, its algorithm, its expiry and its claims."  # noqa: S105 - a sentence
_LOGIN = "{name} decides who is logged in: check what is compared, and what happens when it does not hold."
_PASSWORD = (
    "{name} sets or compares a password: check the algorithm, and that no way leads past it."  # noqa: S105 - a sentence
)
_SESSION = "{name} is given who somebody is: check that it was proved before, and that the session is a new one."
_ROLE = "{name} decides what somebody may do: check that it is the right question, asked of the right object."
_PROOF = "{name} brings in what is to prove who calls: check what it is compared with, and that nothing goes on without it."
_SCHEME = (
    "{name} is how callers prove who they are: check that it is asked for wherever it has to be."
)

_WHO = r"(?i)[\"'](?:_?user\w{0,20}|uid|account\w{0,10}|role\w{0,5}|is_?admin|admin|logged_?in|auth\w{0,20})[\"']"
_HEADER = r"(?i)[\"'](?:authorization|x-api-key|x-auth-token|proxy-authorization)[\"']"
_NAMED = (
    r"(?i)(?:\w{0,30}[_-])?(?:session\w{0,10}|\w{0,20}token|jwt|auth\w{0,20}|sid|user(?:_?id)?)\Z"
)
_PYTHON = (
    Sign(
        says=_GUARD,
        defines=(
            *("login_required", "permission_required", "admin_required", "superuser_required"),
            *("token_required", "auth_required", "requires_auth", "require_auth", "require_role"),
            *("role_required", "roles_required", "jwt_required", "require_api_key"),
            *("api_key_required", "verify_api_key", "verify_token", "require_permission"),
            *("require_admin", "get_current_user", "get_current_active_user", "authenticate_user"),
            *("has_permission", "has_object_permission", "get_current_admin", "require_login"),
        ),
    ),
    Sign(
        says=_ROLE,
        names=("flask.session.get", "request.session.get", "self.request.session.get"),
        items=("flask.session", "request.session", "self.request.session"),
        when=reads(_WHO),
    ),
    Sign(
        says=_PROOF,
        names=("flask.request.headers.get", "request.headers.get", "self.request.headers.get"),
        items=("flask.request.headers", "request.headers", "self.request.headers"),
        when=reads(_HEADER),
    ),
    Sign(
        says=_SESSION,
        methods=("set_cookie", "set_signed_cookie"),
        when=says((0, "key"), _NAMED),
    ),
    Sign(
        says=_GUARD,
        decorators=(
            *("login_required", "fresh_login_required", "permission_required", "user_passes_test"),
            *("staff_member_required", "superuser_required", "admin_required", "jwt_required"),
            *("token_required", "auth_required", "requires_auth", "require_auth", "authenticated"),
            *("roles_required", "roles_accepted", "role_required", "require_role"),
            *("requires_scope",),
            *("permission_classes", "authentication_classes", "csrf_exempt", "login_not_required"),
            *("api_key_required", "require_api_key", "user_loader", "request_loader", "protected"),
            *("unauthorized_handler", "verify_password", "verify_token", "require_permission"),
        ),
    ),
    Sign(
        says=_SCHEME,
        names=(
            *(
                f"fastapi.security.{name}"
                for name in (
                    *("OAuth2PasswordBearer", "OAuth2AuthorizationCodeBearer", "HTTPBearer"),
                    *("HTTPBasic", "HTTPDigest", "APIKeyHeader", "APIKeyCookie", "APIKeyQuery"),
                )
            ),
            *("fastapi.Security", "flask_httpauth.HTTPBasicAuth", "flask_httpauth.HTTPTokenAuth"),
            *("flask_login.LoginManager", "flask_jwt_extended.JWTManager"),
            *("msal.ConfidentialClientApplication",),
            *("requests_oauthlib.OAuth2Session", "authlib.integrations.flask_client.OAuth"),
            *("ldap3.Connection", "ldap.initialize", "pam.authenticate"),
            *("flask_dance.consumer.OAuth2ConsumerBlueprint",),
        ),
    ),
    Sign(
        says=_GUARD,
        names=("fastapi.Depends", "fastapi.params.Depends"),
        when=named(
            (0, "dependency"),
            r"(?i)(?:auth|current_\w{0,30}(?:user|admin)|permission|require_|role|token|api_?key|admin|login)",
        ),
    ),
    Sign(
        says=_LOGIN,
        names=(
            *("flask_login.login_user", "flask_login.logout_user", "flask_login.confirm_login"),
            *(f"django.contrib.auth.{name}" for name in ("login", "logout", "authenticate")),
            *("django.contrib.auth.update_session_auth_hash", "django.contrib.auth.aauthenticate"),
            *("google.oauth2.id_token.verify_oauth2_token", "firebase_admin.auth.verify_id_token"),
        ),
    ),
    Sign(
        says=_PASSWORD,
        names=(
            *("werkzeug.security.generate_password_hash", "werkzeug.security.check_password_hash"),
            *("django.contrib.auth.hashers.make_password",),
            *("django.contrib.auth.hashers.check_password",),
            *("django.contrib.auth.password_validation.validate_password", "crypt.crypt"),
            *("generate_password_hash", "check_password_hash"),
        ),
        methods=("set_password", "check_password", "set_unusable_password", "verify_password"),
    ),
    Sign(
        says=_TOKEN,
        names=(
            *("jwt.encode", "jwt.decode", "jwt.get_unverified_header", "jwt.get_unverified_claims"),
            *("jose.jwt.encode", "jose.jwt.decode", "jose.jwt.get_unverified_claims"),
            *("authlib.jose.jwt.encode", "authlib.jose.jwt.decode", "jwt.PyJWKClient"),
            *(
                f"flask_jwt_extended.{name}"
                for name in (
                    *("create_access_token", "create_refresh_token", "decode_token"),
                    *("set_access_cookies", "verify_jwt_in_request", "get_jwt_identity", "get_jwt"),
                )
            ),
            *("itsdangerous.URLSafeTimedSerializer", "itsdangerous.URLSafeSerializer"),
            *("itsdangerous.TimestampSigner", "itsdangerous.Signer"),
            *("itsdangerous.url_safe.URLSafeTimedSerializer",),
            *("django.core.signing.dumps", "django.core.signing.loads"),
            *("django.core.signing.TimestampSigner",),
            *("rest_framework_simplejwt.tokens.RefreshToken.for_user",),
            *("rest_framework.authtoken.models.Token.objects.create",),
            "rest_framework.authtoken.models.Token.objects.get_or_create",
        ),
    ),
    Sign(
        says=_ROLE,
        methods=(
            *("has_perm", "has_perms", "has_module_perms", "has_object_permission"),
            *("check_object_permissions",),
        ),
        members=(
            *(
                f"request.user.{name}"
                for name in ("is_staff", "is_superuser", "is_authenticated", "role")
            ),
            *(
                f"self.request.user.{name}"
                for name in ("is_staff", "is_superuser", "is_authenticated")
            ),
            *(
                f"flask_login.current_user.{name}"
                for name in ("is_authenticated", "is_admin", "role")
            ),
            *(
                f"current_user.{name}"
                for name in ("is_authenticated", "is_admin", "role", "is_superuser")
            ),
        ),
    ),
    Sign(
        says=_GUARD,
        bases=(
            *("BasePermission", "BaseAuthentication", "TokenAuthentication", "LoginRequiredMixin"),
            *("PermissionRequiredMixin", "UserPassesTestMixin", "AbstractUser", "AbstractBaseUser"),
            *("ModelBackend", "BaseBackend", "AuthenticationBackend", "AccessMixin"),
            *("flask_login.UserMixin", "rest_framework.permissions.IsAuthenticated"),
            *("django.contrib.auth.middleware.AuthenticationMiddleware",),
            *("fastapi.security.HTTPBearer",),
        ),
        settings=("permission_classes", "authentication_classes"),
    ),
    Sign(
        says=_SESSION,
        written=("flask.session", "request.session", "self.request.session"),
    ),
)

_JAVASCRIPT = (
    Sign(
        says=_GUARD,
        defines=(
            *("requireAuth", "requireLogin", "requireUser", "requireRole", "requireAdmin"),
            *("requiresAuth", "isAuthenticated", "isLoggedIn", "isAdmin", "ensureAuthenticated"),
            *("ensureLoggedIn", "authenticateToken", "authenticateUser", "authenticateJWT"),
            *("authenticateJwt", "authorizeRoles", "verifyToken", "verifyJWT", "verifyJwt"),
            *("checkAuth", "checkRole", "authMiddleware", "authGuard", "adminOnly", "restrictTo"),
            *("checkJwt", "adminAuth", "requireApiKey", "verifyAdmin", "checkPermission"),
            *("withAuth", "requirePermission", "authenticateRequest"),
        ),
    ),
    Sign(
        says=_PROOF,
        methods=("get", "header", "has"),
        when=every(
            says((0,), r"(?i)(?:authorization|x-api-key|x-auth-token)\Z"),
            called_on(r"(?:\w{1,40}\.){0,3}headers(?:\(\))?|_?req|request|c\.req"),
        ),
    ),
    Sign(
        says=_SCHEME,
        methods=("register",),
        when=named(
            (0,), r"@fastify/(?:jwt|session|secure-session|auth|oauth2|basic-auth|bearer-auth)\Z"
        ),
    ),
    Sign(
        says=_SESSION,
        methods=("cookie", "setCookie", "set"),
        when=every(
            says((0,), _NAMED),
            called_on(r"res|response|reply|ctx\.cookies|cookies(?:\(\))?|cookieStore"),
        ),
    ),
    Sign(
        says=_SCHEME,
        names=(
            *of("passport", "use", "authenticate", "initialize", "session"),
            *of("passport", "serializeUser", "deserializeUser"),
            *(
                "express-session",
                "cookie-session",
                "lucia.Lucia",
                "iron-session.getIronSession",
                "express-basic-auth",
                "express-jwt.expressjwt",
            ),
            *("express-oauth2-jwt-bearer.auth", "express-openid-connect.auth", "keycloak-connect"),
            *("next-auth", "next-auth.NextAuth", "better-auth.betterAuth"),
            *("next-auth/middleware.withAuth",),
            *("@clerk/nextjs/server.clerkMiddleware", "@clerk/nextjs.authMiddleware"),
        ),
    ),
    Sign(
        says=_LOGIN,
        names=(
            *("req.login", "req.logIn", "req.logout", "req.logOut", "req.isAuthenticated"),
            *("request.logIn", "request.logout", "next-auth.getServerSession"),
            *("next-auth/react.signIn",),
            *("next-auth/jwt.getToken", "@clerk/nextjs/server.auth"),
            *("@clerk/nextjs/server.currentUser",),
            *("firebase/auth.signInWithEmailAndPassword",),
            *("firebase/auth.createUserWithEmailAndPassword",),
            *("firebase/auth.signInWithPopup", "@supabase/supabase-js.createClient().auth.getUser"),
        ),
        methods=(
            *("signInWithPassword", "signInWithOAuth", "signInWithOtp", "verifyIdToken"),
            *("createCustomToken",),
            *("setCustomUserClaims", "signInWithIdToken"),
        ),
    ),
    Sign(
        says=_TOKEN,
        names=(
            *of("jsonwebtoken", "sign", "verify", "decode"),
            *("jose.SignJWT", "jose.jwtVerify", "jose.jwtDecrypt", "jose.decodeJwt"),
            *("jose.createRemoteJWKSet",),
            *("jwt-decode", "jwt-decode.jwtDecode", "jwks-rsa", "@nestjs/jwt.JwtModule.register"),
        ),
    ),
    Sign(
        says=_TOKEN,
        methods=("signAsync", "verifyAsync", "sign", "verify"),
        when=called_on("jwtService|jwt"),
    ),
    Sign(
        says=_GUARD,
        guards=(
            *("requireAuth", "requireLogin", "requireUser", "requireRole", "requireAdmin"),
            *("requiresAuth",),
            *("isAuthenticated", "isLoggedIn", "isAuth", "isAdmin", "ensureAuthenticated"),
            *("ensureLoggedIn",),
            *("authenticate", "authenticateToken", "authenticateUser", "authenticateJWT"),
            *("authenticateJwt",),
            *("authorize", "authorizeRoles", "verifyToken", "verifyJWT", "verifyJwt"),
            *("checkAuth", "checkRole"),
            *("authMiddleware", "authGuard", "adminOnly", "protect", "restrictTo", "jwtAuth"),
            *("checkJwt",),
            *("auth", "adminAuth", "requireApiKey", "verifyAdmin", "authorization"),
            *("checkPermission",),
        ),
        decorators=("UseGuards", "Roles", "Public", "Authorized", "SkipAuth", "RequirePermissions"),
        bases=("PassportStrategy", "AuthGuard", "CanActivate"),
    ),
    Sign(
        says=_ROLE,
        members=(
            *("req.headers.authorization", "request.headers.authorization"),
            *("req.session.user", "req.session.userId", "req.session.isAdmin"),
            *("req.user.role", "req.user.isAdmin", "req.user.roles", "req.user.permissions"),
            *("session.user.role", "session.user.isAdmin", "user.isAdmin", "request.user.role"),
            *("user.role",),
        ),
        methods=("canActivate",),
        uses=("express", "next", "next-auth", "@nestjs/common", "koa", "fastify"),
    ),
    Sign(says=_SESSION, written=("req.session", "request.session", "ctx.session")),
)

TRIGGER = Trigger(
    id="trigger/authentication",
    title="Code that decides who somebody is or what they may do",
    severity=Severity.INFO,
    confidence=Confidence.HIGH,
    of_ai=True,
    page="""
An AI wrote or changed code that logs people in, makes or reads their tokens, compares passwords, or guards what not
everybody may do. Nothing is wrong as far as rules can tell. What such code should do stands in nobody's text: which
route is public, who owns which object. A person who knows reads it.
""",
    attack="Finds the one route that the generated guard does not cover, and calls it without logging in.",
    advice="Read the whole function, ask what happens when the check does not hold, and request a review from "
    "somebody who knows who may do what.",
    bad=(
        """\
from flask_login import login_required

@app.route("/invoices")
@login_required
def invoices():
    return listed()
""",
        """\
import jwt

def token_of(user):
    return jwt.encode({"sub": user.id}, KEY, algorithm="HS256")
""",
        """\
from fastapi import Depends

@app.get("/me")
def me(user: User = Depends(get_current_user)):
    return user
""",
    ),
    good=(
        """\
@app.route("/invoices")
def invoices():
    return listed()
""",
        """\
import json

def token_of(user):
    return json.dumps({"sub": user.id})
""",
        """\
from fastapi import Depends

@app.get("/me")
def me(database: Session = Depends(get_database)):
    return database.name
""",
    ),
    python=_PYTHON,
    javascript=_JAVASCRIPT,
)
