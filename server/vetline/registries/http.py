"""How registries are asked over HTTP: redirects, certificates and bounds, the same for single names and whole lists."""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
import httpx

import vetline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vetline.registries.index import Index

REDIRECTS = 5
# What the variables for proxies may be wrong about when a client is made.
PROXY_ERRORS = (ValueError, ImportError, httpx.InvalidURL)
PROXY = "the variables for proxies (HTTPS_PROXY, ALL_PROXY) cannot be used"
# Where people put the authorities their network needs; pip's and npm's variables among them.
_AUTHORITIES = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
_CLIENT_ERROR, _ASKS = 400, (401, 403, 407)
_OFTEN, _SERVER_ERROR = 429, 500


class NotToldError(Exception):
    """An index did not say; a few words on why, without credentials."""


def certificates(environ: Mapping[str, str]) -> ssl.SSLContext:
    """The authorities that are trusted: the system's, those of certifi, the ones the user's variables name."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    for name in _AUTHORITIES:
        path = environ.get(name, "")
        if path and os.path.exists(path):  # noqa: PTH110 - never raises
            try:
                given = {"capath": path} if Path(path).is_dir() else {"cafile": path}
                context.load_verify_locations(**given)
            except (OSError, ssl.SSLError):
                continue
    return context


def headers(index: Index, url: httpx.URL, accept: str) -> dict[str, str]:
    """What to ask with; the login goes to the index's own origin and nowhere else."""
    told = {"accept": accept, "user-agent": f"vetline/{vetline.__version__}"}
    if index.authorization and _origin(url) == _origin(httpx.URL(index.url)):
        told["authorization"] = index.authorization
    return told


def following(url: httpx.URL, response: httpx.Response) -> httpx.URL | None:
    """Where an answer redirects to; None when it does not.

    Raises:
        NotToldError: nobody may be led there.
    """
    if not response.has_redirect_location:
        return None
    try:
        found = url.join(response.headers["location"]).copy_with(
            username=None, password=None, fragment=None
        )
    except (httpx.InvalidURL, ValueError):
        raise NotToldError("redirects to no address") from None
    if found.scheme != "https" and not (found.scheme == url.scheme == "http"):
        raise NotToldError("redirects to an address without encryption")
    return found


def why(error: Exception) -> str:
    """Why a request failed, in words that quote no address."""
    if isinstance(error, (httpx.TimeoutException, TimeoutError)):
        return "did not answer in time"
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "shows a certificate that is not trusted"
    if isinstance(error, httpx.ConnectError):
        return "could not be reached"
    return f"broke off ({type(error).__name__})"


def why_not(status: int) -> str:
    """What a status that is neither "here it is" nor "there is none" means."""
    if status in _ASKS:
        return f"asks for a login ({status})"
    if status == _OFTEN:
        return f"is asked too often ({status})"
    if status >= _SERVER_ERROR:
        return f"failed ({status})"
    return f"answered {status}"


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
