"""Files of npm's format (.npmrc): registries, those of scopes, and the logins for addresses."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from vetline.registries.index import Index, basic, filled, index

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_SCOPE = re.compile(r"(?P<scope>@[A-Za-z0-9._~-]{1,100}):registry")
_LOGIN = re.compile(r"(?P<at>//[^\s]{1,1000}?):(?P<what>_authToken|_auth|username|_password)")

Logins = dict[str, dict[str, str]]


class Npmrc(NamedTuple):
    """What one such file says.

    Attributes:
        registry: the registry for everything; None when it does not say.
        scopes: scope → its registry.
        logins: "//host/path/" → what it says of the login there.
    """

    registry: Index | None
    scopes: dict[str, Index]
    logins: Logins


def parse(text: str, said: str, *, own: bool, environ: Mapping[str, str] | None = None) -> Npmrc:
    """What a text of npm's format says; of an ini file the part before its first section, as npm reads it.

    Args:
        text: the text.
        said: its name, for people.
        own: it is the user's own.
        environ: variables that are filled in; None for a file in which none is.
    """
    if environ is not None:
        text = filled(text, environ)
    return of_pairs(_pairs(text), said, own=own)


def of_pairs(pairs: Iterable[tuple[str, str]], said: str, *, own: bool) -> Npmrc:
    """What settings of npm's names say."""
    registry: Index | None = None
    scopes: dict[str, Index] = {}
    logins: Logins = {}
    for key, value in pairs:
        if key == "registry":
            registry = index(value, f"{said}: registry", own=own) or registry
        elif match := _SCOPE.fullmatch(key):
            scope = match["scope"].lower()
            if one := index(value, f"{said}: {scope}:registry", own=own):
                scopes[scope] = one
        elif (match := _LOGIN.fullmatch(key)) and "${" not in value:
            logins.setdefault(match["at"].rstrip("/") + "/", {})[match["what"]] = value
    return Npmrc(registry, scopes, logins)


def let_in(one: Index, users: Logins, projects: Logins) -> Index:
    """The index with the login for its address, the longest prefix first, as npm looks for it.

    Args:
        one: the index.
        users: what the user's own settings say; goes to safe addresses only.
        projects: what the project's files say: goes where they say.
    """
    if one.authorization or not one.url:
        return one
    for logins in (users, projects):
        if logins is users and not one.is_safe_for_secrets:
            continue
        for prefix in _prefixes(one):
            if header := _header(logins.get(prefix, {})):
                return replace(one, authorization=header)
    return one


def _prefixes(one: Index) -> Iterator[str]:
    path = f"//{one.host}{one.parts.path}/"
    while path != "//":
        yield path
        path = path.rstrip("/").rpartition("/")[0] + "/"


def _header(login: Mapping[str, str]) -> str:
    if token := login.get("_authToken"):
        return f"Bearer {token}"
    if pair := login.get("_auth"):
        return f"Basic {pair}"
    if login.get("username") and login.get("_password"):
        try:
            password = base64.b64decode(login["_password"], validate=True).decode()
        except (binascii.Error, ValueError):
            return ""
        return basic(login["username"], password)
    return ""


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("["):
            return
        key, equals, value = line.partition("=")
        if equals and line[0] not in "#;":
            yield key.strip(), value.strip().strip("\"'")
