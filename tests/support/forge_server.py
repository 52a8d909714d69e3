"""A local server that speaks the parts of GitHub's and GitLab's REST APIs that we use, in their shapes, and fails as they do."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from loopback import listening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GITHUB, GITLAB = "ghs_" + "A1b2C3d4E5" * 3 + "F6g7H8", "glpat-" + "Zx81Qw72Er63Ty54Ui45"


class Asked(NamedTuple):
    """A request that came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: dict[str, Any]


class Fault(NamedTuple):
    """How a request is answered instead: once for each time it is put into `faults`.

    Attributes:
        method: of the request; "" for any.
        path: a piece of it.
        status: of the answer; 0 to hang up.
        headers: of the answer.
        body: of the answer.
        after: what was asked for is done all the same, and only the answer is lost.
    """

    method: str
    path: str
    status: int
    headers: dict[str, str] | None = None
    body: Any = None
    after: bool = False


class Forge:
    """What the server holds and how it behaves; tests change it as they like.

    Attributes:
        account: the login of the token; "" for an app's, which GitHub does not tell.
        comments: of pull or merge request 7, each as the API gives it.
        issues: of the repository, likewise.
        labels: the repository's, and those of request 7.
        page: how many entries a page has at most, whatever is asked for.
        faults: what goes wrong next.
        asked: each request.
    """

    def __init__(self) -> None:
        """Have nothing yet."""
        self.account = "ana"
        self.comments: list[dict[str, Any]] = []
        self.issues: list[dict[str, Any]] = []
        self.labels: set[str] = set()
        self.on_request: set[str] = set()
        self.page = 100
        self.faults: list[Fault] = []
        self.asked: list[Asked] = []
        self.url = ""
        self._numbers = iter(range(101, 10_000))

    def number(self) -> int:
        """One that nothing has yet."""
        return next(self._numbers)

    def user(self, name: str = "") -> dict[str, Any]:
        """An author as both give them, each with a few of its own fields."""
        name = name or self.account or "github-actions[bot]"
        kind = "Bot" if name.endswith("[bot]") else "User"
        return {
            "login": name,
            "username": name,
            "id": sum(name.encode()),
            "type": kind,
            "name": name.title(),
        }

    def says(self, body: str, by: str) -> None:
        """Have a comment of somebody else."""
        self.comments.append(
            {
                "id": self.number(),
                "body": body,
                "user": self.user(by),
                "author": self.user(by),
                "system": False,
            }
        )

    @property
    def sent(self) -> list[tuple[str, str]]:
        """What was asked for beside reading."""
        return [(one.method, one.path) for one in self.asked if one.method != "GET"]


@contextmanager
def serving() -> Iterator[Forge]:
    """A server on the loopback interface while the block runs."""
    state = Forge()

    class Handler(_Handler):
        forge = state

    with listening(Handler) as state.url:
        yield state


class _Handler(BaseHTTPRequestHandler):
    forge: Forge
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _any(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, query, headers, body)
        self.forge.asked.append(asked)
        fault = next(
            (
                f
                for f in self.forge.faults
                if f.method in {"", asked.method} and f.path in asked.path
            ),
            None,
        )
        if fault:
            self.forge.faults.remove(fault)
            if fault.after:
                self._answer(asked)
            if not fault.status:
                self.close_connection = True
                return
            self._say(fault.status, fault.body, fault.headers or {})
            return
        self._say(*self._answer(asked))

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _any  # noqa: N815 - http.server's names

    def _answer(self, asked: Asked) -> tuple[int, Any, dict[str, str]]:
        api = _GitLab if "/api/v4" in asked.path else _GitHub
        status, data = api(self.forge).answer(asked)
        if not isinstance(data, list):
            return status, data, {}
        size = min(int(asked.query.get("per_page", "30")), self.forge.page)
        page = int(asked.query.get("page", "1"))
        left = data[page * size :]
        query = "&".join(f"{n}={v}" for n, v in (asked.query | {"page": str(page + 1)}).items())
        link = f'<{self.forge.url}{asked.path}?{query.replace(" ", "%20")}>; rel="next", <{self.forge.url}>; rel="last"'
        return status, data[(page - 1) * size : page * size], {"Link": link} if left else {}

    def _say(self, status: int, data: Any, headers: dict[str, str]) -> None:
        raw = b"" if status == 204 else json.dumps(data).encode()
        try:
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json; charset=utf-8",
                **headers,
            }.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)
        except OSError:  # who asked has heard enough
            self.close_connection = True


_Answer = tuple[int, Any]


class _Api:
    routes: tuple[tuple[str, str, str], ...] = ()

    def __init__(self, forge: Forge) -> None:
        self.forge = forge

    def answer(self, asked: Asked) -> _Answer:
        if refused := self.refused(asked):
            return refused
        for method, pattern, name in self.routes:
            match = re.fullmatch(pattern, asked.path)
            if method == asked.method and match:
                handle: Callable[..., _Answer] = getattr(self, name)
                return handle(asked, *map(unquote, match.groups()))
        return 404, {
            "message": "Not Found",
            "documentation_url": "https://docs.example/rest",
            "status": "404",
        }

    def refused(self, asked: Asked) -> _Answer | None:
        raise NotImplementedError

    def _one(self, listed: list[dict[str, Any]], name: str, number: str) -> dict[str, Any] | None:
        return next((one for one in listed if str(one[name]) == number), None)


class _GitHub(_Api):
    """https://docs.github.com/rest: issues, issue comments, labels, users; version 2022-11-28."""

    _R = "/api/v3/repos/acme/shop"
    routes = (
        ("GET", "/api/v3/user", "user"),
        ("GET", f"{_R}/issues/7/comments", "comments"),
        ("POST", f"{_R}/issues/7/comments", "comment"),
        ("PATCH", f"{_R}/issues/comments/([0-9]+)", "edit_comment"),
        ("GET", f"{_R}/issues", "issues"),
        ("POST", f"{_R}/issues", "open_issue"),
        ("PATCH", f"{_R}/issues/([0-9]+)", "edit_issue"),
        ("POST", f"{_R}/labels", "make_label"),
        ("POST", f"{_R}/issues/7/labels", "put_on"),
        ("DELETE", f"{_R}/issues/7/labels/([^/]+)", "take_off"),
    )

    def refused(self, asked: Asked) -> _Answer | None:
        if asked.headers.get("authorization") != f"Bearer {GITHUB}":
            return 401, {"message": "Bad credentials", "status": "401"}
        if (
            asked.headers.get("x-github-api-version") != "2022-11-28"
            or "user-agent" not in asked.headers
        ):
            return 400, {"message": "Problems with the headers"}
        return None

    def user(self, _: Asked) -> _Answer:
        if not self.forge.account:
            return 403, {"message": "Resource not accessible by integration", "status": "403"}
        return 200, self.forge.user()

    def comments(self, _: Asked) -> _Answer:
        return 200, self.forge.comments

    def comment(self, asked: Asked) -> _Answer:
        if not asked.body.get("body"):
            return 422, {
                "message": "Validation Failed",
                "errors": [{"field": "body", "code": "missing_field"}],
            }
        made = {"id": self.forge.number(), "body": asked.body["body"], "user": self.forge.user()}
        self.forge.comments.append(made)
        return 201, made

    def edit_comment(self, asked: Asked, number: str) -> _Answer:
        found = self._one(self.forge.comments, "id", number)
        if found is None:
            return 404, {"message": "Not Found"}
        found["body"] = asked.body["body"]
        return 200, found

    def issues(self, asked: Asked) -> _Answer:
        state = asked.query.get("state", "open")
        wanted = asked.query.get("labels")
        return 200, [
            one
            for one in self.forge.issues
            if state in {"all", one["state"]}
            and (not wanted or wanted in {label["name"] for label in one["labels"]})
        ]

    def open_issue(self, asked: Asked) -> _Answer:
        number = self.forge.number()
        made = {
            "id": number + 5_000_000_000, "number": number, "state": "open", "state_reason": None,
            "title": asked.body["title"], "body": asked.body["body"], "user": self.forge.user(),
            "labels": [{"name": name} for name in asked.body.get("labels", []) if name in self.forge.labels],
        }  # fmt: skip
        self.forge.issues.append(made)
        return 201, made

    def edit_issue(self, asked: Asked, number: str) -> _Answer:
        found = self._one(self.forge.issues, "number", number)
        if found is None:
            return 404, {"message": "Not Found"}
        if asked.body.get("state", "open") not in {"open", "closed"}:
            return 422, {"message": "Validation Failed"}
        found.update(asked.body)
        return 200, found

    def make_label(self, asked: Asked) -> _Answer:
        name = asked.body["name"]
        if name in self.forge.labels:
            error = {"resource": "Label", "code": "already_exists", "field": "name"}
            return 422, {"message": "Validation Failed", "errors": [error]}
        if (
            not re.fullmatch("[0-9a-f]{6}", asked.body["color"])
            or len(asked.body["description"]) > 100
        ):
            return 422, {"message": "Validation Failed"}
        self.forge.labels.add(name)
        return 201, {"id": 1, **asked.body}

    def put_on(self, asked: Asked) -> _Answer:
        self.forge.on_request |= set(asked.body["labels"])
        return 200, [{"name": name} for name in self.forge.on_request]

    def take_off(self, _: Asked, name: str) -> _Answer:
        if name not in self.forge.on_request:
            return 404, {"message": "Label does not exist", "status": "404"}
        self.forge.on_request.remove(name)
        return 200, [{"name": name} for name in self.forge.on_request]


class _GitLab(_Api):
    """https://docs.gitlab.com/api: notes, issues, merge requests, users; version 4."""

    _P = "/api/v4/projects/(?:acme%2Fteam%2Fshop|42)"
    routes = (
        ("GET", "/api/v4/user", "user"),
        ("GET", f"{_P}/merge_requests/7/notes", "notes"),
        ("POST", f"{_P}/merge_requests/7/notes", "note"),
        ("PUT", f"{_P}/merge_requests/7/notes/([0-9]+)", "edit_note"),
        ("PUT", f"{_P}/merge_requests/7", "edit_request"),
        ("GET", f"{_P}/issues", "issues"),
        ("POST", f"{_P}/issues", "open_issue"),
        ("PUT", f"{_P}/issues/([0-9]+)", "edit_issue"),
    )

    def refused(self, asked: Asked) -> _Answer | None:
        if asked.headers.get("private-token") != GITLAB:
            return 401, {"message": "401 Unauthorized"}
        return None

    def user(self, _: Asked) -> _Answer:
        return 200, self.forge.user()

    def notes(self, asked: Asked) -> _Answer:
        newest_first = asked.query.get("sort", "desc") == "desc"
        return 200, self.forge.comments[::-1] if newest_first else self.forge.comments

    def note(self, asked: Asked) -> _Answer:
        if not asked.body.get("body"):
            return 400, {"error": "body is missing"}
        made = {
            "id": self.forge.number(), "body": asked.body["body"], "author": self.forge.user(),
            "system": False, "noteable_type": "MergeRequest", "noteable_iid": 7,
        }  # fmt: skip
        self.forge.comments.append(made)
        return 201, made

    def edit_note(self, asked: Asked, number: str) -> _Answer:
        found = self._one(self.forge.comments, "id", number)
        if found is None:
            return 404, {"message": "404 Note Not Found"}
        found["body"] = asked.body["body"]
        return 200, found

    def edit_request(self, asked: Asked) -> _Answer:
        self.forge.on_request |= set(filter(None, asked.body.get("add_labels", "").split(",")))
        self.forge.on_request -= set(asked.body.get("remove_labels", "").split(","))
        return 200, {"iid": 7, "labels": sorted(self.forge.on_request)}

    def issues(self, asked: Asked) -> _Answer:
        wanted = asked.query.get("labels")
        listed = [one for one in self.forge.issues if not wanted or wanted in one["labels"]]
        return 200, listed if asked.query.get("sort") == "asc" else listed[::-1]

    def open_issue(self, asked: Asked) -> _Answer:
        number = self.forge.number()
        made = {
            "id": number + 9000, "iid": number, "state": "opened", "author": self.forge.user(),
            "title": asked.body["title"], "description": asked.body["description"],
            "labels": [name for name in asked.body.get("labels", "").split(",") if name],
        }  # fmt: skip
        self.forge.issues.append(made)
        return 201, made

    def edit_issue(self, asked: Asked, number: str) -> _Answer:
        found = self._one(self.forge.issues, "iid", number)
        if found is None:
            return 404, {"message": "404 Issue Not Found"}
        event = asked.body.get("state_event")
        if event not in {None, "close", "reopen"}:
            return 400, {"error": "state_event does not have a valid value"}
        found["state"] = {"close": "closed", "reopen": "opened"}.get(event, found["state"])
        found |= {name: asked.body[name] for name in ("title", "description") if name in asked.body}
        return 200, found
