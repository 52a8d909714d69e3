"""A dependency as npm and its relatives write it: a name and what is said of it ("package spec" in npm's documentation)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.text import Span
from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.manifests import Requirement, places

if TYPE_CHECKING:
    from vetline_analyzers.manifests.json_places import Text

NAME = late(r"(?:@[a-z0-9~_-][a-z0-9._~-]{0,213}/)?[a-z0-9~_-][a-z0-9._~-]{0,213}", re.IGNORECASE)
_ALIAS = late(r"npm:(?P<name>(?:@[^/@\s]{1,214}/)?[^/@\s]{1,214})(?:@(?P<rest>.*))?", re.DOTALL)
_EXACT = late(r"[=v]?(?P<version>\d{1,9}\.\d{1,9}\.\d{1,9}(?:[-+][A-Za-z0-9.+-]{1,99})?)")
_ELSEWHERE = late(
    r"(?:file|link|portal|workspace|patch|exec|jsr|github|gitlab|bitbucket|gist|git|https?|ssh|git\+[a-z]{2,5}):"
    r"|[\w.-]{1,100}/[\w.-]{1,100}(?:#|$)"
)


def read(
    name: Text, spec: Text, *, optional: bool = False, dev: bool = False
) -> Requirement | None:
    """The requirement that a name and what is said of it make; None when the name cannot be one."""
    alias = _ALIAS.fullmatch(spec)
    written, at, said, said_at = str(name), name.at, str(spec), spec.at
    if alias is not None and NAME.fullmatch(alias["name"]):
        written, at = alias["name"], spec.at + alias.start("name")
        said, said_at = alias["rest"] or "", spec.at + max(alias.start("rest"), 0)
    elif said.startswith("npm:"):
        said, said_at = said.removeprefix("npm:"), said_at + 4
    if not NAME.fullmatch(written):
        return None
    elsewhere = places.is_path(said) or places.is_url(said) or _ELSEWHERE.match(said) is not None
    exact = _EXACT.fullmatch(said.strip())
    return Requirement(
        package=package(Ecosystem.NPM, written),
        span=Span(at, at + len(written)),
        written=written,
        specifier="" if elsewhere else said,
        version=exact["version"] if exact else "",
        version_span=Span(said_at, said_at + len(said)) if said else None,
        source=places.masked(said) if elsewhere else "",
        optional=optional,
        dev=dev,
    )


def locked(
    name: str,
    at: int,
    version: str,
    version_at: int,
    *,
    source: str = "",
    hashed: bool = False,
    optional: bool = False,
    dev: bool = False,
) -> Requirement | None:
    """A package in a lock file; None when the name cannot be one."""  # fmt: skip
    if not NAME.fullmatch(name):
        return None
    return Requirement(
        package=package(Ecosystem.NPM, name),
        span=Span(at, at + len(name)),
        written=name,
        specifier=version,
        version=version,
        version_span=Span(version_at, version_at + len(version)) if version else None,
        hashed=hashed,
        source=source,
        optional=optional,
        dev=dev,
    )
