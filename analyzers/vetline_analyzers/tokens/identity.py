"""Tokens of those who log people in, and tokens that any of them may issue."""

from __future__ import annotations

from vetline_analyzers.core.finding import Severity
from vetline_analyzers.secret import checksums
from vetline_analyzers.secret.format import (
    Format,
    fill,
    has_digit,
    hexadecimal,
    named,
    uuid,
)

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

_HEAD, _CLAIMS = "eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiJzaG9wIn0"
FORMATS = (
    # Many have long expired. Its own characters and its dots touch it nowhere, so that all is read but once.
    Format("json-web-token", "JSON web token", ("eyj",), (r"(?:(?<![\w.-])|(?<=\\[nrt])|(?<=%[0-9A-F]{2}))eyJ[A-Za-z0-9_-]{10,}\.(?:eyJ[A-Za-z0-9_-]{6,}|[A-Za-z0-9_-]{30,})\.(?:[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]{10,}){0,2})?(?!\.\.)",), f"{_HEAD}.{_CLAIMS}.{fill(43)}", "its issuer: change the key that signed it", severity=Severity.MEDIUM, proves=checksums.json_web_token),
    Format("okta-token", "Okta token", ("ssws", "okta"), (r"SSWS (?P<secret>00[A-Za-z0-9_-]{40})", r"(?i:okta)[^\r\n]{0,40}?[\s\"'=:`](?P<secret>00[A-Za-z0-9=_-]{40})(?![A-Za-z0-9_-])"), "00" + fill(40), "Okta, Security → API → Tokens", example='okta_api_token = "{}"', bounded=False, fits=has_digit),
    named("auth0-secret", "Auth0 client secret", "auth0", r"[A-Za-z0-9_-]{64}", fill(64), "manage.auth0.com, Applications → Settings"),
    Format("workos-key", "WorkOS key", ("sk_live_", "sk_test_"), (r"sk_(?:live|test)_a2V5[A-Za-z0-9]{40,120}",), "sk_" + "live_a2V5" + fill(60), "dashboard.workos.com/api-keys"),
    Format("stytch-secret", "Stytch secret", ("secret-live-", "secret-test-"), (r"secret-(?:live|test)-[A-Za-z0-9_-]{35}=",), "secret-live-" + fill(35) + "=", "stytch.com/dashboard/api-keys"),
    named("onelogin-secret", "OneLogin secret", "onelogin|one login", r"[0-9a-f]{64}", hexadecimal(64), "OneLogin, Developers → API Credentials"),
    named("duo-secret", "Duo secret key", "duo", r"[A-Za-z0-9]{40}", fill(40), "admin.duosecurity.com, Applications", common=True),
    named("fusionauth-key", "FusionAuth key", "fusionauth", r"[A-Za-z0-9_-]{40,64}", fill(60), "FusionAuth, Settings → API Keys"),
    named("descope-key", "Descope key", "descope", r"K2[A-Za-z0-9]{60,80}", "K2" + fill(64), "app.descope.com, Company → Management Keys"),
    named("recaptcha-secret", "reCAPTCHA secret", "recaptcha", r"6L[0-9A-Za-z_-]{38}", "6L" + fill(38), "google.com/recaptcha/admin"),
    Format("turnstile-secret", "Turnstile secret", ("0x4aaaaaaa",), (r"0x4AAAAAAA[A-Za-z0-9_-]{25,30}",), "0x4AAAAAAA" + fill(27), "dash.cloudflare.com, Turnstile"),
    Format("hcaptcha-secret", "hCaptcha secret", ("es_",), (r"ES_[0-9a-f]{32}",), "ES_" + hexadecimal(32), "dashboard.hcaptcha.com/settings", fits=has_digit),
    Format("facebook-token", "Facebook access token", ("eaa",), (r"(?<![/+])EAA[A-Za-z0-9]{3}[A-Za-z0-9]{20,400}(?![/+=])",), "EAACE" + fill(120), "developers.facebook.com/tools/accesstoken", fits=has_digit),
    Format("facebook-token", "Facebook access token", ("facebook", "access_token", "fb_"), (r"\d{15,16}(?:\||%7[cC])[0-9A-Za-z_-]{27,40}",), "273645091827364" + "|" + fill(27), "developers.facebook.com/tools/accesstoken", example='facebook_token = "{}"'),
    Format("linkedin-token", "LinkedIn token", ("aqx", "aqv", "aqw", "aqu"), (r"AQ[UVWX][A-Za-z0-9_-]{140,500}",), "AQX" + fill(200), "linkedin.com/developers/apps", fits=has_digit),
    Format("amazon-login-token", "Login with Amazon token", ("atzr|", "atza|"), (r"Atz[ar]\|[A-Za-z0-9_-]{50,}",), "Atzr|" + fill(200), "amazon.com, Login with Amazon"),
    Format("persona-key", "Persona key", ("persona_production_", "persona_sandbox_"), (rf"persona_(?:production|sandbox)_{_UUID}",), "persona_production_" + uuid(), "app.withpersona.com, API Keys"),
)  # fmt: skip
