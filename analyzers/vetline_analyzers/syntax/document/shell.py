"""What commands of a shell do, read from their text: in RUN instructions and in steps of workflows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTINUED = re.compile(r"\\(?:\r\n|\r|\n)")
_REST = r"[^\n;|&]{0,300}?"
# An interpreter that takes its program from what is piped in: with `-c`, `-m` or a file that is data.
_SHELL = (
    r"(?:sudo\s+(?:-\S+\s+){0,5})?(?:\S{0,40}/)?(?:env\s+)?"
    r"(?:(?:ba|z|da|k|a)?sh(?![\w./-])(?!\s+-\w*c\b)"
    r"|(?:python[\d.]*|perl|ruby|node|php|pwsh|iex)(?=\s*(?:-(?=\s|$)|$|[;&|)\"'\n])))"
)
_FETCH = r"(?:\b(?:curl|wget|iwr|irm|Invoke-WebRequest|Invoke-RestMethod)\b)"
_URL = re.compile(r"\b(?P<scheme>https?|ftp)://[^\s\"'|;)]{1,300}")
_PIPED = re.compile(
    rf"{_FETCH}[^\n|;]{{0,300}}\|(?!\|)(?:[^\n|;&]{{1,100}}\|(?!\|))?\s*{_SHELL}"
    rf"|(?<![\w./-])(?:(?:ba|z)?sh|source|\.)\s+(?:-\w+\s+)?<\(\s*{_FETCH}[^\n)]{{0,300}}\)"
    rf"|(?<![\w./-])(?:(?:(?:ba|z|da)?sh|python[\d.]*)\s+-\w*c|eval)\s+[\"']?(?:\$\(|`)\s*{_FETCH}[^\n]{{0,300}}?(?:\)|`)",
    re.IGNORECASE,
)

_PLAIN = "afgijlnpqsvBGIJLNOSRV0-6#"  # curl's one-letter options that take no value
_LOCAL = re.compile(r"\b(?:localhost|127\.0\.0\.1|host\.docker\.internal)\b|\[::1\]")
_UNVERIFIED = tuple(
    re.compile(pattern, re.IGNORECASE if "(?i)" in pattern else 0)
    for pattern in (
        rf"\bcurl\b{_REST}(?P<flag>\s(?:-[{_PLAIN}]*k[{_PLAIN}]*[a-zA-Z]?|--insecure|--proxy-insecure))(?=\s|$)",
        rf"\bwget\b{_REST}(?P<flag>\s--no-check-certificate)(?=[\s=]|$)",
        rf"\bpip[\d.]*\b{_REST}(?P<flag>\s--trusted-host(?:=|\s+)[\w.:-]+)",
        r"\bpip[\d.]*\s+config\s[^\n;|&]{0,60}trusted-host\s+\S+",
        r"\b(?:npm|yarn|pnpm)\s[^\n;|&]{0,60}strict-ssl[\s=]+false\b",
        r"\bhttp\.(?:\S{1,200}\.)?sslVerify[\s=]+[\"']?(?:false|0)\b",
        r"\bGIT_SSL_NO_VERIFY[=\s]+[\"']?(?:1|true)\b",
        r"\bNODE_TLS_REJECT_UNAUTHORIZED[=\s]+[\"']?0\b",
        r"\bPYTHONHTTPSVERIFY[=\s]+[\"']?0\b",
        r"\bVerify-Peer[\"']?[\s=]+[\"']?false\b",
        r"\bconda\s+config\s[^\n;|&]{0,60}ssl_verify\s+(?:false|no)\b",
        rf"\b(?:kubectl|helm|oc|argocd)\b{_REST}(?P<flag>\s--insecure(?:-skip-tls-verify)?(?:=true)?)(?=\s|$)",
        rf"\b(?:docker|podman|skopeo|buildah)\b{_REST}\s--(?:src-|dest-)?tls-verify=false\b",
        r"-Dmaven\.wagon\.http\.ssl\.insecure=true\b",
    )
)
_UNSIGNED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\bapt(?:-get)?\b{_REST}(?P<flag>\s--(?:allow-unauthenticated|force-yes|allow-insecure-repositories))(?=\s|$)",
        rf"\bapk\b{_REST}(?P<flag>\s--allow-untrusted)(?=\s|$)",
        rf"\b(?:yum|dnf|microdnf)\b{_REST}(?P<flag>\s--nogpgcheck)(?=\s|$)",
        rf"\bzypper\b{_REST}(?P<flag>\s--no-gpg-checks)(?=\s|$)",
        r"\bdeb\s+\[[^\]\n]{0,200}\btrusted=yes\b",
        r"\bAPT::Get::AllowUnauthenticated[\s\"'=]+(?:true|1)\b",
        r"\bgpgcheck\s*=\s*0\b",
    )
)


class Found(NamedTuple):
    """A place in a text of commands: from where to where, and its part that can be taken out."""

    start: int
    end: int
    flag: tuple[int, int] | None = None


def joined(text: str) -> str:
    """The text with continued lines made one, every other character at its place."""
    return _CONTINUED.sub(lambda match: " " * len(match[0]), text)


def piped(text: str) -> Iterator[tuple[Found, bool]]:
    """The downloads that go straight into an interpreter, and whether they come over plain HTTP."""
    text = joined(text)
    for match in _PIPED.finditer(text):
        urls = [url for url in _URL.finditer(match[0]) if not _LOCAL.search(url[0])]
        if urls or not _LOCAL.search(match[0]):
            plain = any(url["scheme"].lower() != "https" for url in urls)
            yield Found(*match.span()), plain


def unverified(text: str) -> Iterator[Found]:
    """The places where a certificate is not looked at, but for connections to the same machine."""
    text = joined(text)
    for pattern in _UNVERIFIED:
        for match in pattern.finditer(text):
            end = re.compile(r"[^\n;|&]{0,300}").match(text, match.start())
            if end is None or not _LOCAL.search(end[0]):
                yield _found(match)


def unsigned(text: str) -> Iterator[Found]:
    """The places where packages are installed whoever signed them."""
    text = joined(text)
    for pattern in _UNSIGNED:
        yield from map(_found, pattern.finditer(text))


def _found(match: re.Match[str]) -> Found:
    flag = match.span("flag") if "flag" in match.re.groupindex else None
    start = flag[0] + 1 if flag else match.start()
    return Found(start, match.end(), flag)


_COMMENT = re.compile(r"(?m)^[ \t]*#[^\n]*")


def without_comments(text: str) -> str:
    """The text with lines that are comments made blank."""
    return _COMMENT.sub(lambda match: " " * len(match[0]), text)
