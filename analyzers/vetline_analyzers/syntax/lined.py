"""Configuration that is read line by line: which file is of which kind, and the keys in it that protection rests on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.core.text import Snapshot

_HEADERS = (
    r"Access-Control-Allow-[A-Za-z]{1,20}|Content-Security-Policy|Strict-Transport-Security"
    r"|X-Frame-Options|Cross-Origin-[A-Za-z-]{1,40}"
)


class _Kind(NamedTuple):
    """What a kind of file is called, and what in it is a key: the first group."""

    path: re.Pattern[str]
    key: re.Pattern[str]


def _kind(path: str, key: str) -> _Kind:
    return _Kind(re.compile(rf"(?:^|/)(?:{path})$"), re.compile(key, re.MULTILINE))


# A directive begins its line, or follows the brace or semicolon of the one before it.
_DIRECTIVE = r"(?:^|[{{;])[ \t]{{0,99}}({})(?![\w-])"
_KINDS = {
    "environment": _kind(
        r"\.env(?!\.(?:example|sample|template|dist)$)(?:\.[\w-]{1,60}){0,3}",
        r"^[ \t]{0,99}(?:export[ \t]{1,9})?([A-Za-z_]\w{0,199})[ \t]{0,99}=",
    ),
    # https://nginx.org/en/docs/dirindex.html
    "nginx": _kind(
        r"nginx[^/]{0,80}\.conf(?:\.template)?|sites-(?:available|enabled)/[^/]{1,99}"
        r"|(?:nginx|conf\.d)/[^/]{1,99}\.conf(?:\.template)?",
        _DIRECTIVE.format(
            r"ssl_\w{1,40}|proxy_ssl_\w{1,40}|auth_\w{1,40}|add_header|allow|deny|satisfy|internal"
            r"|listen|proxy_pass|fastcgi_pass|alias|autoindex|client_max_body_size|limit_req"
            r"|limit_conn|set_real_ip_from|server_tokens"
        ),
    ),
    # https://httpd.apache.org/docs/2.4/mod/quickreference.html
    "apache": _kind(
        r"\.htaccess|(?:httpd|apache2?)[^/]{0,40}\.conf",
        r"^[ \t]{0,99}(Require|Allow|Deny|Satisfy|Auth\w{1,40}|Options|Header|SSL\w{1,40}"
        r"|AllowOverride|ProxyPass|Alias)[ \t]",
    ),
    "caddy": _kind(
        r"Caddyfile",
        _DIRECTIVE.format(r"tls|basic_?auth|forward_auth|header|reverse_proxy|file_server"),
    ),
    # sshd_config(5)
    "sshd": _kind(
        r"sshd_config(?:\.d/[^/]{1,99})?",
        r"^[ \t]{0,99}(Permit\w{1,40}|\w{1,40}Authentication|Allow\w{1,40}|Deny\w{1,40}|Authorized\w{1,40}"
        r"|AuthenticationMethods|Match|Port|ListenAddress|GatewayPorts|Ciphers|MACs|KexAlgorithms)[ \t]",
    ),
    "registry": _kind(
        r"\.npmrc|\.yarnrc(?:\.yml)?|\.pypirc|pip\.conf|pip\.ini",
        r"^[ \t]{0,99}((?:[\w@:/.-]{0,200}[:@/])?(?:registry|_authToken|_auth|_password)|strict-ssl|cafile|ca"
        r"|ignore-scripts|npmRegistryServer|enableStrictSsl|npmAuthToken|enableScripts|repository|password"
        r"|(?:extra-)?index-url|trusted-host)[ \t]{0,99}[=: ]",
    ),
    # https://firebase.google.com/docs/rules/rules-language
    "firebase": _kind(
        r"(?:[\w-]{1,40}\.)?(?:firestore|storage|database)\.rules(?:\.json)?",
        r"(?:^|[{;])[ \t]{0,99}(allow)[ \t]|\"(\.(?:read|write|validate))\"",
    ),
    "package": _kind(
        r"package\.json", r"\"((?:pre|post)?install)\"[ \t]{0,9}:[ \t]{0,9}\"[^\"\d^~*]"
    ),
    "lint": _kind(
        r"eslint\.config\.[cm]?[jt]s|\.eslintrc(?:\.(?:json|[cm]?js|ya?ml))?",
        r"[\"']((?:security|no-unsanitized|no-secrets|xss)/[\w-]{1,80}|no-eval|no-implied-eval"
        r"|no-new-func|no-script-url|react/no-danger[\w-]{0,40}"
        r"|@typescript-eslint/no-implied-eval)[\"'][ \t]{0,9}:",
    ),
    "watch": _kind(
        r"\.bandit|\.semgrepignore|\.gitleaksignore|\.gitleaks\.toml|\.trivyignore|\.snyk"
        r"|CODEOWNERS",
        r"^[ \t]{0,9}(\[?[^\s#;=:\[\]{}]{1,200})",
    ),
    "tools": _kind(
        r"pyproject\.toml|(?:\.?ruff|vetline)\.toml|setup\.cfg|tox\.ini",
        r"^\[(tool\.(?:bandit|vetline|semgrep)[\w.-]{0,80}|gate|bandit)\]|^(skips|exclude_dirs)[ \t]{0,9}="
        r"|^[ \t]{0,9}((?:extend-)?(?:ignore|per-file-ignores))[ \t]{0,9}=[^\n]{0,300}[\"']S\d{0,3}[\"']",
    ),
    "site": _kind(
        r"(?:next|nuxt|vite|svelte|astro)\.config\.[cm]?[jt]s|vercel\.json|netlify\.toml|_headers"
        r"|firebase\.json|staticwebapp\.config\.json",
        rf"(?i:(?:^[ \t]{{0,99}}|[\"'])({_HEADERS})(?![\w-]))"
        r"|^[ \t]{0,99}[\"']?(remotePatterns|dangerouslyAllowSVG|allowedHosts|allowedOrigins)[\"']?[ \t]{0,9}:",
    ),
}
KINDS = frozenset(_KINDS)


def kind(path: str) -> str:
    """The kind of the file at that POSIX path, "" for none of them; an example of a `.env` is none."""
    return next((name for name, one in _KINDS.items() if one.path.search(path)), "")


def keys(snapshot: Snapshot) -> Iterator[tuple[str, Span]]:
    """The keys that protection may rest on and where they stand; never a value.

    Args:
        snapshot: a text; one of no kind has none.
    """
    found = kind(snapshot.path)
    for match in _KINDS[found].key.finditer(snapshot.text) if found else ():
        group = match.lastindex or 0
        yield match[group], Span(*match.span(group))
