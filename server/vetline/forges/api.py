"""How a forge is asked over HTTP: tried again where that helps, in pages, and to limits of time and size."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import httpx

import vetline
from vetline.forges import ForgeError, Target, UnsureError
from vetline.registries import http

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_ATTEMPTS = 4
_EACH, _WHOLE = 10.0, 30.0  # seconds for one step of a request, and for all of it
_LONGEST, _PATIENCE = 60.0, 180.0  # seconds of one pause, and of all
_LARGEST = 20_000_000  # bytes of an answer
_PAGES, _A_PAGE = 100, 100
_OK, _REDIRECT, _NO = 200, 300, 400
_LOGIN, _FORBIDDEN, _ABSENT, _UNFIT, _OFTEN, _FAILED = 401, 403, 404, 422, 429, 500
_QUOTED = 200  # characters of what a forge says


class _Reply(NamedTuple):
    """An answer: its status, headers, JSON and where the next page is."""

    status: int
    headers: httpx.Headers
    data: Any
    next: str


class Api:
    """A forge's API, asked with a token that goes to its own address only; used as a context."""

    def __init__(
        self,
        title: str,
        needs: str,
        target: Target,
        environ: Mapping[str, str],
        *,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Make one.

        Args:
            title: the forge's name for people.
            needs: what its tokens have to be allowed.
            target: where to ask, and with what.
            environ: names proxies and authorities.
            pause: waits for some seconds.
            clock: gives the time in seconds since the epoch.

        Raises:
            ForgeError: the environment's proxies cannot be used.
        """
        self.title, self.needs, self.target = title, needs, target
        self._pause, self._clock, self._left = pause, clock, _PATIENCE
        if authority := environ.get("CI_SERVER_TLS_CA_FILE"):  # of a GitLab of one's own
            environ = {"REQUESTS_CA_BUNDLE": authority, **environ}
        told = {"user-agent": f"vetline/{vetline.__version__}", "accept": "application/json"}
        try:
            self._client = httpx.Client(
                verify=http.certificates(environ), timeout=_EACH, headers=told | {**target.headers}
            )
        except http.PROXY_ERRORS:
            raise ForgeError(http.PROXY) from None

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close its connections."""
        self._client.close()

    def pages(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """The items of a list, over all of its pages.

        Raises:
            ForgeError: it could not be had, or is longer than anybody reads.
        """
        url = self._url(path)
        params: dict[str, str] | None = {**query, "per_page": str(_A_PAGE)}
        for _ in range(_PAGES):
            reply = self._ask("GET", url, params=params)
            if not isinstance(reply.data, list):
                raise ForgeError(f"{self.title} did not answer with a list: is --url its API?")
            yield from (item for item in reply.data if isinstance(item, dict))
            if not reply.next:
                return
            url, params = self._within(reply.next), None
        raise ForgeError(
            f"{self.title} has over {_PAGES * _A_PAGE:,} entries there: they were not all read"
        )

    def one(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        ok: tuple[int, ...] = (),
    ) -> dict[str, Any] | None:
        """Ask for one thing, or send one.

        Args:
            method: of HTTP.
            path: under the API's address.
            body: what is sent, as JSON.
            ok: statuses from 400 on that are an answer.

        Returns:
            The object that came; None with a status of `ok`.

        Raises:
            UnsureError: a POST may have arrived or not.
            ForgeError: it could not be done.
        """
        reply = self._ask(method, self._url(path), body=body, ok=ok)
        if reply.status >= _NO:
            return None
        return reply.data if isinstance(reply.data, dict) else {}

    def back_off(self, attempt: int) -> None:
        """Wait, longer with each attempt, from 0.

        Raises:
            ForgeError: all the time there is was waited.
        """
        self._wait(2.0**attempt)

    def _url(self, path: str) -> str:
        return self.target.url + path

    def _within(self, url: str) -> str:
        """The address of a next page, which must be the same server's: the token goes with it.

        Raises:
            ForgeError: it is another one's.
        """
        try:
            base = httpx.URL(self.target.url)
            found = base.join(url)
        except (httpx.InvalidURL, ValueError):
            raise ForgeError(f"{self.title} names no address as its next page") from None
        if (found.scheme, found.host, found.port) != (base.scheme, base.host, base.port):
            raise ForgeError(
                f"{self.title} leads to another server for the next page: not followed"
            )
        return str(found.copy_with(username=None, password=None))

    def _ask(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        ok: tuple[int, ...] = (),
    ) -> _Reply:
        for attempt in range(_ATTEMPTS):
            is_last = attempt == _ATTEMPTS - 1
            try:
                reply = self._once(method, url, params, body)
            except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
                why = f"{self.title} {http.why(error)}"
                if method == "POST":
                    raise UnsureError(why) from None
                if is_last:
                    raise ForgeError(why) from None
                self.back_off(attempt)
                continue
            if _OK <= reply.status < _REDIRECT or reply.status in ok:
                return reply
            if method == "POST" and reply.status >= _FAILED:
                raise UnsureError(self._refusal(reply))
            wait = _pause_for(reply, attempt, self._clock())
            if wait is None or is_last:
                raise ForgeError(self._refusal(reply))
            self._wait(wait)
        raise AssertionError

    def _wait(self, seconds: float) -> None:
        if seconds > min(_LONGEST, self._left):
            raise ForgeError(f"{self.title} wants us to wait for {seconds:.0f} s: try again then")
        self._left -= seconds
        self._pause(seconds)

    def _once(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None,
        body: Mapping[str, object] | None,
    ) -> _Reply:
        started = time.monotonic()
        with self._client.stream(method, url, params=params, json=body) as response:
            raw = bytearray()
            for chunk in response.iter_bytes():
                raw += chunk
                if len(raw) > _LARGEST:
                    raise ForgeError(f"{self.title} answers with over {_LARGEST // 1_000_000} MB")
                if time.monotonic() - started > _WHOLE:
                    raise TimeoutError
            try:
                data = json.loads(raw) if raw else None
            except (ValueError, RecursionError):
                data = None
            following = response.links.get("next", {}).get("url", "")
            return _Reply(response.status_code, response.headers, data, following)

    def _refusal(self, reply: _Reply) -> str:
        status, said = reply.status, self._said(reply.data)
        source = self.target.source
        if status == _LOGIN:
            return f"{self.title} does not take the token in {source} ({status}): {self.needs}"
        if status == _OFTEN or _is_limit(reply):
            return f"{self.title} is asked too often ({status}): try again later"
        if status == _FORBIDDEN:
            return f"{self.title} forbids that to the token in {source} ({status}): {self.needs}"
        if status == _ABSENT:
            return (
                f"{self.title} has no such repository or request, or does not show it to the token in {source} "
                f"({status}): see --repository and --number; {self.needs}"
            )
        if _REDIRECT <= status < _NO:
            return f"{self.title} redirects ({status}): it has another name by now, see --url and --repository"
        if status == _UNFIT:
            return f"{self.title} does not take what was sent ({status}){said}"
        if status >= _FAILED:
            return f"{self.title} failed ({status}): try again later"
        return f"{self.title} answered {status}{said}"

    def _said(self, data: Any) -> str:
        """What a forge says of its refusal, as the end of a sentence; whoever shows it takes care of its characters."""
        words = [part for part in _texts(data, 3) if part]
        text = " ".join(" ".join(words).split()).replace(self.target.secret, "********")
        return f": {text[:_QUOTED]}" if text else ""


def _texts(data: Any, deep: int) -> Iterator[str]:
    """The words in an error's `message`, `error` and `errors`, which may be texts, lists or objects."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list) and deep:
        for item in data[:5]:
            yield from _texts(item, deep - 1)
    elif isinstance(data, dict) and deep:
        for name in ("message", "error", "error_description", "errors", "field", "code"):
            yield from _texts(data.get(name), deep - 1)


def _is_limit(reply: _Reply) -> bool:
    """Whether a refusal is about how often we ask; GitHub says so with 403, too."""
    if reply.status == _OFTEN:
        return True
    spent = reply.headers.get("x-ratelimit-remaining") == "0"
    return reply.status == _FORBIDDEN and (spent or "retry-after" in reply.headers)


def _pause_for(reply: _Reply, attempt: int, now: float) -> float | None:
    """How long to wait before asking again; None where that would not help.

    As documented by both: seconds in `Retry-After`, else the time in `X-RateLimit-Reset` (GitHub) or
    `RateLimit-Reset` (GitLab), in seconds since the epoch.
    """
    limited = _is_limit(reply)
    if not limited and reply.status < _FAILED:
        return None
    after = reply.headers.get("retry-after", "")
    if after.isdecimal() and after.isascii():
        return float(after[:9])
    reset = reply.headers.get("x-ratelimit-reset") or reply.headers.get("ratelimit-reset", "")
    if limited and reset.isdecimal() and reset.isascii():
        return max(1.0, float(reset[:12]) - now)
    return 2.0**attempt
