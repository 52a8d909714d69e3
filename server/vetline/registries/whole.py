"""All names of an index: PyPI's list of projects (PEP 691, or PEP 503's page), read as it arrives.

It is asked of the user's own settings only: no project decides what the list of public names is.
"""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING

import httpx

from vetline.registries import RegistryError, configured, http, where
from vetline.registries.replies import ACCEPT
from vetline_analyzers.core.universe import Ecosystem, package

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vetline.registries.index import Index

_LARGEST = 500_000_000  # bytes; PyPI's list had 40 million in 2026
_LONGEST = 900.0  # seconds
_STEP = 30.0  # seconds for any one part of it
_CARRY = 400  # characters kept of a part: no name and its markup are longer
_OK = 200
_IN_JSON = re.compile(r"\"name\"\s{0,9}:\s{0,9}\"([A-Za-z0-9._-]{1,200})\"")
_IN_HTML = re.compile(r">\s{0,20}([A-Za-z0-9._-]{1,200})\s{0,20}</a>", re.IGNORECASE)


def names(ecosystem: Ecosystem, environ: Mapping[str, str] | None = None) -> Iterator[str]:
    """As `vetline.registries.whole_list`."""
    if ecosystem is not Ecosystem.PYPI:
        raise RegistryError(f"{ecosystem} registries offer no list of their names")
    environ = os.environ if environ is None else environ
    index = configured.read(where.own(environ)).base(ecosystem)
    if index.trouble:
        raise RegistryError(f"{index.said}: {index.trouble}")
    if index.parts.scheme == "file":
        raise RegistryError(f"{index.said} is a local folder, which is no list of public names")
    try:
        with httpx.Client(verify=http.certificates(environ), timeout=_STEP) as client:
            yield from _asked(client, index, ACCEPT[ecosystem])
    except (httpx.HTTPError, OSError) as error:
        raise RegistryError(f"{index.host} {http.why(error)}") from None
    except http.NotToldError as error:
        raise RegistryError(f"{index.host} {error}") from None
    except http.PROXY_ERRORS:
        raise RegistryError(http.PROXY) from None


def _asked(client: httpx.Client, index: Index, accept: str) -> Iterator[str]:
    url = httpx.URL(index.url + "/")
    for _ in range(http.REDIRECTS + 1):
        told = http.headers(index, url, accept)
        with client.stream("GET", url, headers=told) as response:
            if further := http.following(url, response):
                url = further
                continue
            if response.status_code != _OK:
                raise http.NotToldError(http.why_not(response.status_code))
            yield from _listed(response)
            return
    raise http.NotToldError("redirects without end")


def _listed(response: httpx.Response) -> Iterator[str]:
    is_json = "json" in response.headers.get("content-type", "")
    pattern, end = (_IN_JSON, "}") if is_json else (_IN_HTML, ">")
    until, size, rest, count = time.monotonic() + _LONGEST, 0, "", 0
    for chunk in response.iter_text(1 << 18):
        size += len(chunk)
        if size > _LARGEST or time.monotonic() > until:
            raise http.NotToldError("has a list without end")
        rest += chunk
        at = 0
        for match in pattern.finditer(rest):
            at = match.end()
            count += 1
            yield package(Ecosystem.PYPI, match[1]).name
        rest = rest[max(at, len(rest) - _CARRY) :]
    if not count:
        raise http.NotToldError("gave no list of names")
    if not rest.rstrip().endswith(end):
        raise http.NotToldError("broke its list off")
