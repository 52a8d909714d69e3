"""Where a dependency comes from when not from its registry, and what is wrong with that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.finding import Persona, Severity
from vetline_analyzers.supply.tally import INDEX

if TYPE_CHECKING:
    from collections.abc import Collection

_HOST = re.compile(r"//(?:[^/@\s]{1,500}@)?(?P<host>\[[0-9a-fA-F:.]{2,60}\]|[^/:\s#?@]{1,255})")
_SCP = re.compile(r"(?:git\+)?(?:[a-z]{1,9}://)?git@(?P<host>[\w.-]{1,255})[:/]")
_OPEN = re.compile(r"(?:[a-z]{2,5}\+)?http://|(?:git\+)?git://", re.IGNORECASE)
_REPOSITORY = re.compile(
    r"(?:git|hg|svn|bzr)\+|git@|git:|ssh:|(?:github|gitlab|bitbucket|gist):|[\w.-]{1,100}/[\w.-]{1,100}(?:#|$)"
    r"|https?://[^\s#]{1,1000}\.git(?:[@#]|$)",
    re.IGNORECASE,
)
_COMMIT = re.compile(r"[@#=][0-9a-f]{7,64}(?![\w.-])", re.IGNORECASE)
_DIGEST = re.compile(r"[#&](?:md5|sha1|sha224|sha256|sha384|sha512)=", re.IGNORECASE)
_SHORT = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org", "gist": "gist.github.com"}  # fmt: skip
_LOOPBACK = re.compile(r"localhost|127(?:\.\d{1,3}){3}|\[::1\]")


class Fault(NamedTuple):
    """What is wrong with a source: the end of a sentence about the package, how bad it is, who wants to know."""

    words: str
    severity: Severity
    persona: Persona = Persona.REGULAR


def fault(source: str, allowed: Collection[str], *, hashed: bool) -> Fault | None:
    """What is wrong with a source that is no path of the project's own; None when nothing is.

    Args:
        source: as `Requirement.source` has it.
        allowed: hosts that may be installed from; none named means that none is asked for.
        hashed: a hash or a commit of what is installed is known from elsewhere.
    """
    place = source.removeprefix(INDEX)
    host = host_of(place)
    if is_open(place):
        return Fault(f"over a connection that is not encrypted ({host})", Severity.MEDIUM)
    if host and allowed and not _is_among(host, allowed):
        return Fault(f"from {host}, which `dependencies.sources` does not name", Severity.MEDIUM)
    if source.startswith(INDEX) or hashed:
        return None
    if _REPOSITORY.match(place):
        if _COMMIT.search(place):
            return None
        return Fault("from a repository without a commit", Severity.LOW, Persona.PEDANTIC)
    if host and not _DIGEST.search(place) and not _is_among(host, allowed):
        return Fault(f"from {host} as an archive without a hash", Severity.LOW)
    return None


def is_open(url: str) -> bool:
    """Whether anybody on the way can change what comes from there; the own machine is no way."""
    return bool(_OPEN.match(url)) and not _LOOPBACK.fullmatch(host_of(url))


def host_of(url: str) -> str:
    """The host of a URL or of a repository as tools abbreviate it; "" when it names none."""
    match = _SCP.match(url) or _HOST.search(url)
    if match:
        return match["host"].lower()
    scheme, colon, _ = url.partition(":")
    if colon and scheme in _SHORT:
        return _SHORT[scheme]
    return "github.com" if _REPOSITORY.match(url) else ""


def _is_among(host: str, allowed: Collection[str]) -> bool:
    return any(host == one or host.endswith(f".{one}") for one in allowed)
