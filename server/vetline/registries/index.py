"""An index of packages as a setting names it, its credentials kept apart from what may be shown."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from vetline_analyzers.supply import public

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vetline_analyzers.core.universe import Ecosystem

_VARIABLE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]{0,99})(?P<or>\?|:?-[^${}]{0,200})?\}")
_HOST = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:.]{2,45}")
_LONGEST = 2000  # characters of an address
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Index:
    """One index.

    Attributes:
        url: its address without credentials and without a slash at its end. A path may hold a token (some hosts do
            that): messages name `host` instead.
        said: what names it, for people: "pip.conf: extra-index-url".
        own: the user's own settings name it, not the project's files.
        authorization: the header that lets us in; "" for none.
        trouble: why it cannot be asked; "" when it can.
    """

    url: str = field(repr=False)
    said: str = ""
    own: bool = True
    authorization: str = field(default="", repr=False, compare=False)
    trouble: str = ""

    @property
    def parts(self) -> SplitResult:
        """The address, taken apart."""
        return urlsplit(self.url)

    @property
    def host(self) -> str:
        """The part of the address that may be shown."""
        return self.parts.netloc or "a local folder"

    def is_private(self, ecosystem: Ecosystem) -> bool:
        """Whether it is somebody's own: neither a public registry, nor a mirror, nor a project's public index."""
        return not self.trouble and not public.is_known(self.parts.hostname or "", ecosystem)

    def is_registry(self, ecosystem: Ecosystem) -> bool:
        """Whether it is a public registry, where anybody may publish."""
        return public.is_registry(self.parts.hostname or "", ecosystem)

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this very machine, as a cache of another one is."""
        return self.parts.hostname in _LOCAL

    @property
    def is_safe_for_secrets(self) -> bool:
        """Whether the user's logins may go there: over TLS, or where the user's own settings name the address."""
        return self.own or self.parts.scheme == "https" or self.is_loopback


class Told(NamedTuple):
    """What the settings of one tool come to.

    Attributes:
        tool: its name.
        ecosystem: whose packages it installs.
        default: indexes that are asked for any name in the place of the public registry; none means that one.
        extra: those that are asked for any name too.
        pinned: names, or globs of names, that come from one index alone.
        mixes: what lets any of the indexes answer for a name, for people; "" when their order keeps them apart.
        own: `mixes` is the user's own doing, not the project's.
    """

    tool: str
    ecosystem: Ecosystem
    default: tuple[Index, ...] = ()
    extra: tuple[Index, ...] = ()
    pinned: tuple[tuple[str, Index], ...] = ()
    mixes: str = ""
    own: bool = True


def index(raw: object, said: str, *, own: bool, authorization: str = "") -> Index | None:
    """The index that an address means; None when it is none.

    Args:
        raw: the address as written, variables filled in where they may be.
        said: what names it.
        own: whether the user's own settings do.
        authorization: a header for it, where its login stands elsewhere.
    """
    if not isinstance(raw, str) or not 0 < len(raw) <= _LONGEST:
        return None
    try:
        parts = urlsplit(raw.strip())
        host, port, user = parts.hostname or "", parts.port, parts.username
    except ValueError:
        return None
    if _VARIABLE.search(raw):
        return Index("", said, own, trouble="its address names a variable of the environment")
    if parts.scheme == "file" and own and not host:
        return Index(urlunsplit(("file", "", parts.path.rstrip("/"), "", "")), said)
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return None
    if user is not None and not authorization:
        authorization = basic(unquote(user), unquote(parts.password or ""))
    bare = f"[{host}]" if ":" in host else host
    netloc = f"{bare}:{port}" if port else bare
    url = urlunsplit((parts.scheme, netloc, parts.path.rstrip("/"), "", ""))
    return Index(url, said, own, authorization)


def basic(user: str, password: str) -> str:
    """The header of a login by name and password (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def filled(text: str, environ: Mapping[str, str]) -> str:
    """A text of the user's own files with variables filled in; one that is not set stays as it is written."""

    def value(match: re.Match[str]) -> str:
        found = environ.get(match["name"])
        if found is not None:
            return found
        fallback = match["or"]
        return match[0] if fallback is None else fallback.lstrip(":").lstrip("?-")

    return _VARIABLE.sub(value, text)


def merged(indexes: Mapping[str, Index] | None, *more: Index) -> dict[str, Index]:
    """Indexes by address, each once; one with a login goes before the same without."""
    found = dict(indexes or {})
    for one in more:
        key = one.url or one.said
        known = found.get(key)
        if known is None or (one.authorization and not known.authorization):
            found[key] = replace(one, own=one.own or (known is not None and known.own))
    return found
