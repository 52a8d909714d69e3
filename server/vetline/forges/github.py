"""GitHub: comments of a pull request, or issues, by its REST API (version 2022-11-28, docs.github.com/rest)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from vetline import disk
from vetline.forges import LABEL, ForgeError, Given, Known, Post, Remote, Target, address, token

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vetline.forges.api import Api

TITLE = "GitHub"
NEEDS = "it needs `pull-requests: write` and `issues: write`"
TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")
_PUBLIC = "github.com"
_PROJECT = re.compile(r"\w[\w.-]{0,99}/(?!\.{1,2}$)[\w.-]{1,100}", re.ASCII)
_PULL = re.compile(r"refs/pull/([0-9]{1,10})/(?:merge|head)")
_EVENT = 5_000_000  # bytes
_COLOUR, _ABOUT = "d93f0b", "A person has to decide on code here: see `vetline review list`."


def target(given: Given, remote: Remote, environ: Mapping[str, str]) -> Target:
    """Where to post: what is given, else what Actions says, else the remote.

    Raises:
        ForgeError: it cannot be told, or there is no token.
    """
    source, secret = token(environ, *TOKENS)
    told = environ.get("GITHUB_API_URL", "")
    project = given.repository or environ.get("GITHUB_REPOSITORY", "")
    if not project and remote.host:
        if not (given.url or told) and remote.host != _PUBLIC:
            raise ForgeError(
                f"the remote is at {remote.host}: say --url https://{remote.host}/api/v3"
            )
        project = remote.path
    if not _PROJECT.fullmatch(project):
        raise ForgeError("which repository is not known: say --repository OWNER/NAME")
    headers = {
        "accept": "application/vnd.github+json",
        "x-github-api-version": "2022-11-28",
        "authorization": f"Bearer {secret}",
    }
    url = address(given.url, told, "https://api.github.com", "/api/v3")
    number = 0 if given.issues else given.number or _pull(environ)
    return Target(url, project, number, headers, secret, source)


def known(api: Api, target: Target) -> Iterator[Known]:
    """The comments of the pull request, or the issues with our label, that we or another program wrote."""
    mine = _account(api)
    if target.number:
        for one in api.pages(f"{_issues(target)}/{target.number}/comments"):
            if _is_ours(one, mine):
                yield Known(_number(one, "id"), str(one.get("body") or ""))
        return
    listed = api.pages(_issues(target), state="all", labels=LABEL, sort="created", direction="asc")
    for one in listed:
        if _is_ours(one, mine) and "pull_request" not in one:
            body, title = str(one.get("body") or ""), str(one.get("title") or "")
            yield Known(_number(one, "number"), body, title, open=one.get("state") == "open")


def create(api: Api, target: Target, post: Post) -> None:
    """Write a comment, or open an issue under our label."""
    if target.number:
        api.one("POST", f"{_issues(target)}/{target.number}/comments", {"body": post.body})
        return
    # Whoever may not set labels has them dropped without a word, and the issue would not be found again.
    _make_label(api, target)
    made = api.one(
        "POST", _issues(target), {"title": post.title, "body": post.body, "labels": [LABEL]}
    )
    if made and not post.open:
        _set(api, target, _number(made, "number"), post)


def change(api: Api, target: Target, there: Known, post: Post) -> None:
    """Write a comment or an issue anew; an issue is closed when it is decided."""
    if target.number:
        api.one("PATCH", f"{_issues(target)}/comments/{there.number}", {"body": post.body})
    else:
        _set(api, target, there.number, post)


def label(api: Api, target: Target, *, pending: bool) -> None:
    """Put our label on the pull request, or take it off."""
    path = f"{_issues(target)}/{target.number}/labels"
    if pending:
        _make_label(api, target)
        api.one("POST", path, {"labels": [LABEL]})
    else:
        api.one("DELETE", f"{path}/{quote(LABEL, safe='')}", ok=(404,))


def _set(api: Api, target: Target, number: int, post: Post) -> None:
    state: dict[str, object] = {"state": "open"}
    if not post.open:
        state = {"state": "closed", "state_reason": "completed" if post.accepted else "not_planned"}
    api.one(
        "PATCH", f"{_issues(target)}/{number}", {"title": post.title, "body": post.body, **state}
    )


def _make_label(api: Api, target: Target) -> None:
    """Make our label; that it is there already (422) is as good."""
    body = {"name": LABEL, "color": _COLOUR, "description": _ABOUT}
    api.one("POST", f"/repos/{target.project}/labels", body, ok=(422,))


def _account(api: Api) -> str:
    """The account that the token is of; "" for one of an app, as in Actions, which has none (403)."""
    return str((api.one("GET", "/user", ok=(403,)) or {}).get("login") or "")


def _is_ours(one: Mapping[str, Any], mine: str) -> bool:
    """Whether we wrote it, or a program: no person can make theirs look like one."""
    author = one.get("user")
    if not isinstance(author, dict):
        return False
    return author.get("type") == "Bot" or bool(mine and author.get("login") == mine)


def _issues(target: Target) -> str:
    return f"/repos/{target.project}/issues"


def _number(one: Mapping[str, Any], name: str) -> int:
    value = one.get(name)
    if not isinstance(value, int):
        raise ForgeError(f"{TITLE} did not answer as its API does: is --url its API?")
    return value


def _pull(environ: Mapping[str, str]) -> int:
    """The number of the pull request that Actions runs for; 0 for none."""
    if match := _PULL.fullmatch(environ.get("GITHUB_REF", "")):
        return int(match[1])
    try:
        event = json.loads(disk.read(environ.get("GITHUB_EVENT_PATH", ""), _EVENT))
        number = event["pull_request"]["number"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return 0
    return number if isinstance(number, int) else 0
