"""Forges, one file each, and what they share: what is posted, where to, and how it is kept to one post a request.

A post is found again by the marker in its first line, in comments of our own account only. So publishing twice changes
nothing, and nobody else's comment is taken for ours.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vetline.forges.api import Api

LABEL = "vetline: review pending"
NAMES = ("github", "gitlab")
_ATTEMPTS = 3  # at a post of which it is not known whether it arrived
_MARKER = re.compile(r"<!-- vetline:review ([0-9a-f]{12}) -->(?=\r?\n|$)")
_SSH = re.compile(r"(?:[^@/:\s]{1,100}@)?(?P<host>[\w.-]{1,253}):(?P<path>[^:\s]{1,500})")


class ForgeError(Exception):
    """A forge could not be asked or said no; one line that says what to do and holds no token."""


class UnsureError(ForgeError):
    """What was sent may have arrived or not."""


class Post(NamedTuple):
    """What is to be seen of a request.

    Attributes:
        id: the request's.
        title: one line; of an issue.
        text: Markdown, without the marker.
        open: somebody has to decide still.
        accepted: the decision was yes; of one that is not open.
        wanted: it is posted where it is not there yet; else it is only kept up to date.
    """

    id: str
    title: str
    text: str
    open: bool
    accepted: bool = False
    wanted: bool = True

    @property
    def body(self) -> str:
        """The whole text, by whose first line it is found again."""
        return f"<!-- vetline:review {self.id} -->\n{self.text}"


class Known(NamedTuple):
    """A post that is there: its number, for the forge, and how it reads; `open` and `title` of an issue."""

    number: int
    body: str
    title: str = ""
    open: bool = True


class Given(NamedTuple):
    """What a person said of where to post; "" and 0 for nothing."""

    url: str = ""
    repository: str = ""
    number: int = 0
    issues: bool = False


class Remote(NamedTuple):
    """Where a repository's remote is: its host and path, without a login."""

    host: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to post.

    Attributes:
        url: of the API, without a slash at the end.
        project: the repository's name, or its number.
        number: of the pull or merge request; 0 for an issue a request.
        headers: what to ask with: the login, last, and what the API wants.
        secret: the token among them.
        source: the variable that the token comes from.
    """

    url: str
    project: str
    number: int
    headers: Mapping[str, str] = field(repr=False)
    secret: str = field(repr=False)
    source: str


class Forge(Protocol):
    """What a file on this shelf has."""

    TITLE: str
    NEEDS: str  # what a token has to be allowed
    TOKENS: tuple[str, ...]  # the variables it may come from, the best first

    def target(self, given: Given, remote: Remote, environ: Mapping[str, str]) -> Target:
        """Where to post.

        Raises:
            ForgeError: it cannot be told.
        """

    def known(self, api: Api, target: Target) -> Iterator[Known]:
        """The posts of our own that are there, oldest first; anything of ours may be among them."""

    def create(self, api: Api, target: Target, post: Post) -> None:
        """Post it."""

    def change(self, api: Api, target: Target, there: Known, post: Post) -> None:
        """Put it in the place of what is there."""

    def label(self, api: Api, target: Target, *, pending: bool) -> None:
        """Say of the pull or merge request as a whole whether something is to be decided."""


def named(name: str) -> Forge:
    """The forge of that name, one of `NAMES`."""
    module: Forge = importlib.import_module(f"{__name__}.{name}")
    return module


def publish(
    forge: Forge, api: Api, target: Target, posts: Iterable[Post], *, whole: bool = True
) -> Iterator[tuple[str, str]]:
    """Post what is not there and bring up to date what is; gives each request's id and what was done.

    Args:
        forge: where.
        api: what it is asked with.
        target: the place there.
        posts: what is to be seen.
        whole: these are all the requests that there are, and so the label goes when none of them waits.

    Raises:
        ForgeError: the forge could not be asked or said no; what was given before is done.
    """
    there = _known(forge, api, target)
    is_pending = False
    for post in posts:
        found = there.get(post.id)
        if found:
            stale = [one for one in found if not _same(one, post, issue=not target.number)]
            for one in stale:
                forge.change(api, target, one, post)
            yield post.id, "updated" if stale else "is up to date"
        elif post.wanted:
            _create(forge, api, target, post)
            yield post.id, "posted"
        is_pending |= post.open and bool(found or post.wanted)
    if target.number and (is_pending or whole):
        forge.label(api, target, pending=is_pending)


def _create(forge: Forge, api: Api, target: Target, post: Post) -> None:
    """Post it once, also where the first try was cut off and nobody knows what came of it."""
    for attempt in range(_ATTEMPTS):
        try:
            forge.create(api, target, post)
        except UnsureError:
            if attempt == _ATTEMPTS - 1:
                raise
            api.back_off(attempt)
            if post.id in _known(forge, api, target):
                return
        else:
            return


def _known(forge: Forge, api: Api, target: Target) -> dict[str, list[Known]]:
    found: dict[str, list[Known]] = {}
    for one in forge.known(api, target):
        if marker := _MARKER.match(one.body):
            found.setdefault(marker[1], []).append(one)
    return found


def _same(there: Known, post: Post, *, issue: bool) -> bool:
    body = there.body.replace("\r\n", "\n").strip()
    named_so = not issue or (there.title, there.open) == (post.title, post.open)
    return body == post.body.strip() and named_so


def remote_of(address: str) -> Remote:
    """The host and the path of a remote's address: https, ssh or `git@host:path`; empty for anything else.

    A login in it is left out.
    """
    if "://" in address:
        try:
            parts = urlsplit(address)
            host = parts.hostname or ""
        except ValueError:
            return Remote()
        path = parts.path if parts.scheme in {"https", "http", "ssh", "git"} else ""
    else:
        match = _SSH.fullmatch(address)
        host, path = (match["host"], match["path"]) if match else ("", "")
    path = path.strip("/").removesuffix(".git")
    return Remote(host.lower(), path) if host and path else Remote()


def token(environ: Mapping[str, str], *names: str) -> tuple[str, str]:
    """The first variable among `names` that is set, and the token in it.

    Raises:
        ForgeError: none is, or what it holds cannot be a token.
    """
    name = next((name for name in names if environ.get(name, "").strip()), "")
    if not name:
        raise ForgeError(f"there is no token: set {' or '.join(names)}")
    value = environ[name].strip()
    if not (value.isascii() and value.isprintable() and " " not in value):
        raise ForgeError(f"{name} holds no token: there is a space or a control character in it")
    return name, value


def address(given: str, environment: str, default: str, path: str) -> str:
    """The address of an API: what a person gave, else what CI says, else the default.

    Args:
        given: by a person; one without a path gets the usual one.
        environment: by CI.
        default: where neither says any.
        path: the usual path.

    Raises:
        ForgeError: it is none, or a token would go there without encryption and no person said so.
    """
    url = (given or environment or default).strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if (
        not host
        or parts.scheme not in {"https", "http"}
        or parts.username
        or parts.query
        or parts.fragment
    ):
        raise ForgeError(
            "the forge's address must be like https://HOST/PATH, without a login: see --url"
        )
    if parts.scheme == "http" and not given and host not in {"127.0.0.1", "localhost", "::1"}:
        raise ForgeError(
            f"{host} is to be asked without encryption: name it with --url if that is meant"
        )
    return url if parts.path or not given else url + path
