"""Where packages come from, as manifests write it: masked for showing, and the name a URL gives away."""

from __future__ import annotations

import re
from typing import NamedTuple

from vetline_analyzers.core.regex import late

_USER = late(r"(?<=//)[^/\s]{1,2000}@")
_URL = late(r"(?:[a-z][a-z0-9]{0,19}\+)?[a-z][a-z0-9]{1,19}://|git@[\w.-]{1,200}:", re.IGNORECASE)
_EGG = late(r"[#&]egg=(?P<name>[A-Za-z0-9._-]+)")
_WHEEL = late(
    r"/?(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._]{0,200}[A-Za-z0-9])?)-[0-9][^/-]{0,99}(?:-[^/-]{1,99}){2,4}\.whl$"
)
_SDIST = late(
    r"/?(?P<name>[A-Za-z][A-Za-z0-9._-]{0,200})-v?[0-9][A-Za-z0-9.]{0,99}\.(?:tar\.(?:gz|bz2|xz)|tgz|zip)$"
)
_REPOSITORY = late(r"/?(?P<name>[A-Za-z0-9][A-Za-z0-9._-]{0,200}?)(?:\.git)?(?:@[^/]{0,300})?$")
_TARBALL = late(
    r"(?P<registry>https?://[^\s#?]{1,300}?)/(?:@[^/\s]{1,214}(?:/|%2f))?[^/@\s]{1,214}/-/(?:@[^/\s]{1,214}/)?[^/\s]{1,300}\.tgz",
    re.IGNORECASE,
)

# Hosts of the public registries and what they send their files from: nothing to tell.
PUBLIC = late(
    r"https?://(?:pypi\.org|pypi\.python\.org|files\.pythonhosted\.org|registry\.npmjs\.(?:org|com)|registry\.yarnpkg\.com)(?:[/:]|$)"
)


class Named(NamedTuple):
    """A name that a URL gives away, and where it stands in the URL."""

    name: str
    at: int


def masked(url: str) -> str:
    """A URL as it may be shown: without credentials and without a query, which may hold some."""
    plain = url.strip().partition("?")[0]
    return _USER.sub(lambda user: user[0] if user[0] == "git@" else "", plain)


def is_url(text: str) -> bool:
    """Whether it is a URL, one of a version control system included ("git+https://…", "git@host:…")."""
    return bool(_URL.match(text))


def is_path(text: str) -> bool:
    """Whether it names a file or a folder."""
    return text.startswith((".", "/", "~", "file:", "\\")) or text[1:3] in (":\\", ":/")


def named_by(url: str) -> Named | None:
    """The distribution that a URL or path names: by its `egg`, its file or its repository; None when it does not tell."""
    if egg := _EGG.search(url):
        return Named(egg["name"], egg.start("name"))
    plain = re.split("[#?]", url, maxsplit=1)[0]
    at = plain.rstrip("/").rfind("/") + 1
    last = plain[at:].rstrip("/")
    pattern = _REPOSITORY if url.startswith(("git+", "hg+", "svn+", "bzr+", "git@")) else None
    for each in (_WHEEL, _SDIST, *((pattern,) if pattern else ())):
        # A revision may have slashes in it; then the name is not at the end, and is not guessed.
        if match := each.match(last):
            return Named(match["name"], at + match.start("name"))
    return None


def index(url: str) -> str:
    """What `Requirement.source` says of a package that comes from the index at `url`: "" of a public registry."""
    url = masked(url)
    return "" if PUBLIC.match(url) or not url else f"registry+{url}"


def resolved(url: str) -> str:
    """The same of a package of npm by the URL of its file: of a registry that, of anything else the URL itself."""
    url = masked(url.partition("#")[0])
    if not url or PUBLIC.match(url):
        return ""
    tarball = _TARBALL.match(url)
    return f"registry+{tarball['registry']}" if tarball else url
