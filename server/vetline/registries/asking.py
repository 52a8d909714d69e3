"""Single names looked up in the configured registries: at once, but bounded in number, time and bytes.

A name that none of the registries has is absent; when one of them could not say, nothing is known. Names of packages
are all that is sent, those of internal packages to private indexes only.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from urllib.request import url2pathname

import httpx

from vetline.registries import configured, http, remembered, replies
from vetline.registries.remembered import Remembered
from vetline.registries.replies import Reply
from vetline_analyzers.core.universe import Answer, Ecosystem, Package

if TYPE_CHECKING:
    import ssl
    from collections.abc import Container, Coroutine, Iterable

    from vetline.registries.configured import Configured
    from vetline.registries.index import Index
    from vetline.registries.where import Where

_POSSIBLE = {
    Ecosystem.PYPI: re.compile(r"[a-z0-9](?:[a-z0-9-]{0,198}[a-z0-9])?"),
    Ecosystem.NPM: re.compile(
        r"(?:@[a-z0-9~_-][a-z0-9._~-]{0,100}/)?[a-z0-9~_-][a-z0-9._~-]{0,213}"
    ),
}
_LARGEST = 4_000_000  # bytes of an answer
_OK, _GONE = 200, (404, 410)
_STRIKES = 3  # failures in a row after which a registry is asked no more


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may be asked.

    Attributes:
        names: that are not remembered, in one run.
        indexes: that one name is asked of; a project may name any number.
        at_once: requests.
        each: seconds for one.
        whole: seconds for all.
    """

    names: int = 200
    indexes: int = 12
    at_once: int = 8
    each: float = 10.0
    whole: float = 60.0


def look_up(
    packages: Iterable[Package],
    where: Where,
    *,
    internal: Container[Package] = (),
    bounds: Bounds | None = None,
    now: float | None = None,
) -> dict[Package, Answer]:
    """What the registries say of packages; of each one that could have a name like that.

    Args:
        packages: which.
        where: whose settings say which registries there are.
        internal: packages that no public registry is to hear of.
        bounds: how much may be asked.
        now: seconds since the epoch; by the clock when not given.
    """
    bounds = bounds or Bounds()
    said = configured.read(where)
    memory = Remembered(remembered.folder(), time.time() if now is None else now)
    desk = _Desk(bounds, memory)
    wanted: dict[Package, list[Index]] = {}
    left = bounds.names
    answers: dict[Package, Answer] = {}
    for one in dict.fromkeys(packages):
        if not _POSSIBLE[one.ecosystem].fullmatch(one.name):
            continue
        asked = _indexes(one, said, internal)
        left -= not all(index.url and memory.get(index, one.name) for index in asked)
        if len(asked) > bounds.indexes:
            answers[one] = Answer(None, reason=f"more than {bounds.indexes} indexes may have it")
        elif not asked:
            answers[one] = Answer(
                None, reason="it is internal, and no index of one's own is configured"
            )
        elif left < 0:
            answers[one] = Answer(
                None, reason=f"more than {bounds.names} names would have been asked for"
            )
        else:
            wanted[one] = asked
    if wanted:
        try:
            asyncio.run(desk.ask(wanted, http.certificates(where.environ)))
        except http.PROXY_ERRORS:
            return answers | dict.fromkeys(wanted, Answer(None, reason=http.PROXY))
        memory.save()
    for one, asked in wanted.items():
        answers[one] = _joined(one, [(index, desk.reply(index, one)) for index in asked])
    return answers


def _indexes(one: Package, said: Configured, internal: Container[Package]) -> list[Index]:
    found = said.of(one)
    if one in internal:
        return [index for index in found if index.is_private(one.ecosystem) or index.trouble]
    return found


def _joined(one: Package, told: list[tuple[Index, Reply]]) -> Answer:
    """What all that were asked say together."""
    for index, reply in told:
        if reply.exists:
            where = "" if index.is_registry(one.ecosystem) else f"{index.host} ({index.said})"
            return Answer(
                exists=True,
                first_release=reply.first_release,
                releases=reply.releases,
                yanked=reply.yanked,
                where=where,
            )
    unknown = next(((i, r) for i, r in told if r.exists is None), None)
    if unknown is None:
        return Answer(exists=False)
    index, reply = unknown
    return Answer(None, reason=f"{index.host if index.url else index.said} {reply.reason}")


@dataclass(slots=True)
class _Desk:
    """Asks, and collects what is said."""

    bounds: Bounds
    memory: Remembered
    said: dict[tuple[str, Package], Reply] = field(default_factory=dict)
    strikes: dict[str, int] = field(default_factory=dict)

    def reply(self, index: Index, one: Package) -> Reply:
        """What an index said; that it was not asked in time when it said nothing."""
        if index.trouble:
            return Reply(None, reason=f"cannot be asked: {index.trouble}")
        late = Reply(None, reason=f"was not done within {self.bounds.whole:g} s")
        return self.said.get((index.url, one), late)

    async def ask(self, wanted: dict[Package, list[Index]], context: ssl.SSLContext) -> None:
        """Ask all, within the time there is."""
        gate = asyncio.Semaphore(self.bounds.at_once)
        async with httpx.AsyncClient(
            verify=context,
            timeout=self.bounds.each,
            limits=httpx.Limits(max_connections=self.bounds.at_once),
        ) as client:
            jobs: list[Coroutine[None, None, None]] = []
            for one, indexes in wanted.items():
                for index in indexes:
                    if known := self.memory.get(index, one.name):
                        self.said[index.url, one] = known
                    elif not index.trouble:
                        jobs.append(self._one(client, gate, index, one))
            tasks = [asyncio.ensure_future(job) for job in jobs]
            if tasks:
                _, late = await asyncio.wait(tasks, timeout=self.bounds.whole)
                for task in late:
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)

    async def _one(
        self, client: httpx.AsyncClient, gate: asyncio.Semaphore, index: Index, one: Package
    ) -> None:
        async with gate:
            if self.strikes.get(index.url, 0) >= _STRIKES:
                self.said[index.url, one] = Reply(None, reason="could not be asked before")
                return
            try:
                async with asyncio.timeout(self.bounds.each):
                    reply = await _fetched(client, index, one)
                self.strikes[index.url] = 0
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                self.strikes[index.url] = self.strikes.get(index.url, 0) + 1
                reply = Reply(None, reason=http.why(error))
            except http.NotToldError as error:
                reply = Reply(None, reason=str(error))
        self.said[index.url, one] = reply
        self.memory.put(index, one.name, reply)


async def _fetched(client: httpx.AsyncClient, index: Index, one: Package) -> Reply:
    """What an index says of a package when it is asked.

    Raises:
        http.NotToldError: it leads astray.
        httpx.HTTPError, OSError: it cannot be asked.
    """
    if index.parts.scheme == "file":
        return _of_folder(index, one)
    name = quote(one.name, safe="@~")
    url = httpx.URL(f"{index.url}/{name}" + ("/" if one.ecosystem is Ecosystem.PYPI else ""))
    for _ in range(http.REDIRECTS + 1):
        told = http.headers(index, url, replies.ACCEPT[one.ecosystem])
        async with client.stream("GET", url, headers=told) as response:
            if further := http.following(url, response):
                url = further
                continue
            if response.status_code in _GONE:
                return Reply(exists=False)
            if response.status_code != _OK:
                return Reply(None, reason=http.why_not(response.status_code))
            body, whole = await _body(response)
            kind = response.headers.get("content-type", "")
            return replies.read(one, kind, body, whole=whole)
    raise http.NotToldError("redirects without end")


async def _body(response: httpx.Response) -> tuple[bytes, bool]:
    """The content up to a bound, and whether that is all."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _LARGEST:
            return bytes(body[:_LARGEST]), False
    return bytes(body), True


def _of_folder(index: Index, one: Package) -> Reply:
    """An index that is a folder (PEP 503 served from a disk): a folder a name."""
    folder = Path(url2pathname(index.parts.path))
    if not os.path.isdir(folder):  # noqa: PTH112 - never raises
        return Reply(None, reason="is not there")
    return Reply(os.path.isdir(folder / one.name))  # noqa: PTH112 - never raises
