"""GitLab: notes of a merge request, or issues, by its REST API (version 4, docs.gitlab.com/api)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from vetline.forges import LABEL, ForgeError, Given, Known, Post, Remote, Target, address, token

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vetline.forges.api import Api

TITLE = "GitLab"
NEEDS = "it needs the scope `api` and the role Reporter; a job's own token (CI_JOB_TOKEN) may not write comments, set GITLAB_TOKEN"
_PUBLIC = "gitlab.com"
_PROJECT = re.compile(r"[0-9]{1,12}|[\w.-]{1,255}(?:/[\w.-]{1,255}){1,20}")
TOKENS = ("GITLAB_TOKEN", "CI_JOB_TOKEN")
_HEADERS = {"GITLAB_TOKEN": "private-token", "CI_JOB_TOKEN": "job-token"}


def target(given: Given, remote: Remote, environ: Mapping[str, str]) -> Target:
    """Where to post: what is given, else what CI says, else the remote.

    Raises:
        ForgeError: it cannot be told, or there is no token.
    """
    source, secret = token(environ, *TOKENS)
    told = environ.get("CI_API_V4_URL", "")
    # A merge request from a fork is the project's that it wants to get into.
    asked = environ.get("CI_MERGE_REQUEST_PROJECT_ID") or environ.get("CI_PROJECT_ID", "")
    project = given.repository or asked
    if not project and remote.host:
        if not (given.url or told) and remote.host != _PUBLIC:
            raise ForgeError(
                f"the remote is at {remote.host}: say --url https://{remote.host}/api/v4"
            )
        project = remote.path
    if not _PROJECT.fullmatch(project):
        raise ForgeError("which repository is not known: say --repository GROUP/NAME")
    url = address(given.url, told, "https://gitlab.com", "/api/v4")
    url = url if url.endswith("/api/v4") else url + "/api/v4"
    iid = environ.get("CI_MERGE_REQUEST_IID", "")
    number = given.number or (int(iid) if iid.isdecimal() and iid.isascii() else 0)
    number = 0 if given.issues else number
    return Target(url, project, number, {_HEADERS[source]: secret}, secret, source)


def known(api: Api, target: Target) -> Iterator[Known]:
    """The notes of the merge request, or the issues with our label, that we wrote."""
    mine = _account(api)
    if target.number:
        for one in api.pages(f"{_merge_request(target)}/notes", sort="asc", order_by="created_at"):
            if _is_ours(one, mine) and not one.get("system"):
                yield Known(_number(one, "id"), str(one.get("body") or ""))
        return
    for one in api.pages(f"{_project(target)}/issues", labels=LABEL, scope="all", sort="asc"):
        if _is_ours(one, mine):
            body, title = str(one.get("description") or ""), str(one.get("title") or "")
            yield Known(_number(one, "iid"), body, title, open=one.get("state") == "opened")


def create(api: Api, target: Target, post: Post) -> None:
    """Write a note, or open an issue under our label, which is made with it."""
    if target.number:
        api.one("POST", f"{_merge_request(target)}/notes", {"body": post.body})
        return
    told = {"title": post.title, "description": post.body, "labels": LABEL}
    made = api.one("POST", f"{_project(target)}/issues", told)
    if made and not post.open:
        _set(api, target, _number(made, "iid"), post, is_open=True)


def change(api: Api, target: Target, there: Known, post: Post) -> None:
    """Write a note or an issue anew; an issue is closed when it is decided."""
    if target.number:
        api.one("PUT", f"{_merge_request(target)}/notes/{there.number}", {"body": post.body})
    else:
        _set(api, target, there.number, post, is_open=there.open)


def label(api: Api, target: Target, *, pending: bool) -> None:
    """Put our label on the merge request, or take it off."""
    api.one("PUT", _merge_request(target), {"add_labels" if pending else "remove_labels": LABEL})


def _set(api: Api, target: Target, iid: int, post: Post, *, is_open: bool) -> None:
    told = {"title": post.title, "description": post.body}
    if post.open != is_open:
        told["state_event"] = "reopen" if post.open else "close"
    api.one("PUT", f"{_project(target)}/issues/{iid}", told)


def _account(api: Api) -> str:
    return str((api.one("GET", "/user") or {}).get("username") or "")


def _is_ours(one: Mapping[str, Any], mine: str) -> bool:
    author = one.get("author")
    return isinstance(author, dict) and bool(mine) and author.get("username") == mine


def _project(target: Target) -> str:
    return f"/projects/{quote(target.project, safe='')}"


def _merge_request(target: Target) -> str:
    return f"{_project(target)}/merge_requests/{target.number}"


def _number(one: Mapping[str, Any], name: str) -> int:
    value = one.get(name)
    if not isinstance(value, int):
        raise ForgeError(f"{TITLE} did not answer as its API does: is --url its API?")
    return value
