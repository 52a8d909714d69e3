"""What a person can do about reviews from an editor: ask for one, decide on it, look at it.

Nothing here decides: a decision goes the way of `vetline review approve`, with the same checks and the same signature.
Who drives the client cannot sign with it.
"""

from __future__ import annotations

import asyncio
from argparse import Namespace
from functools import partial
from typing import TYPE_CHECKING, Any

from cattrs import BaseValidationError
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from vetline.doors.lsp import diagnostics, lenses, messages, records
from vetline.doors.lsp.lenses import NOTEBOOK
from vetline.doors.lsp.server import Server  # noqa: TC001 - pygls reads annotations when it runs
from vetline.doors.options import UsageError
from vetline.doors.review import answering, asking, deciding
from vetline.ledger import LedgerError
from vetline.review import State
from vetline.ssh import SigningError
from vetline_analyzers.core.universe import of_purl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vetline.doors.lsp.documents import Part, Unit
    from vetline.doors.lsp.lenses import Mark
    from vetline.doors.lsp.workspace import Project
    from vetline.doors.review.deciding import Decided, View
    from vetline.gate import Sighting
    from vetline_analyzers.core.text import Span

CELLS = "the cells of a notebook are no text on the disk that could be signed for"
UNSAVED = "save the file first: what is decided on is what is saved"
_TOLD = 10  # reviews in one message
_FAULTS = (LedgerError, UsageError, SigningError)
_WANTS = {
    "ask": '{"uri", "fingerprint", "note"?} or {"uri", "range", "note"?}',
    "decide": '{"request", "uri"?, "digest"?, "note"?}',
    "list": '{"uri"?, "quiet"?}',
    "show": '{"uri", "fingerprint"} or {"request", "uri"?}',
}


# -- asking


async def request(ls: Server, target: Any = None) -> dict[str, Any]:
    """Ask for a review of what a finding, a trigger or a range stands in."""
    given = _given(ls, target, "ask", {"uri", "fingerprint"}, {"uri", "range"})
    unit, part = _document(ls, str(given["uri"]))
    if "fingerprint" in given:
        _, _, sighting = _finding(ls, given)
        span, what = sighting.finding.span, sighting.finding.rule
    else:
        span = _span(ls, part, given["range"])
        what = await asyncio.to_thread(lenses.named, unit.snapshot, span)
    project = ls.projects.of(unit.uri)
    shown = [s for s in ls.display.sightings(unit) if diagnostics.visible(s, project.policy)]
    authors = unit.tracker().attributions(unit.snapshot)

    def ask() -> tuple[dict[str, Any], str]:
        path = records.subject(project.root, unit.uri)
        wanted = asking.wish(unit.snapshot, span, path, shown, authors)
        note = str(given.get("note") or "")
        return records.request(project.root, project.config.settings, wanted._replace(note=note))

    return await _asked(ls, project, ask, what)


async def request_package(ls: Server, target: Any = None) -> dict[str, Any]:
    """Ask for a review of the package that a finding is about."""
    given = _given(ls, target, "ask", {"uri", "fingerprint"})
    unit, _, sighting = _finding(ls, given)
    package = of_purl(sighting.finding.package)
    if package is None:
        raise JsonRpcInvalidParams("this finding is not about a package")
    wanted = asking.of_package(package, [sighting.finding])
    wanted = wanted._replace(note=str(given.get("note") or ""))
    project = ls.projects.of(unit.uri)
    ask = partial(records.request, project.root, project.config.settings, wanted)
    return await _asked(ls, project, ask, package.purl)


async def _asked(
    ls: Server, project: Project, ask: Callable[[], tuple[dict[str, Any], str]], what: str
) -> dict[str, Any]:
    try:
        answer, notice = await ls.projects.beside(ask)
    except _FAULTS as error:
        raise _failed(ls, error) from error
    kind = types.MessageType.Warning if notice else types.MessageType.Info
    ls.say(f"Review of {what} requested. {notice}".strip(), kind)
    await ls.reviews.refreshed(project)
    return answer


# -- looking


async def show(ls: Server, target: Any = None) -> None:
    """Tell who asked for a review, when and why, and how it stands."""
    given = _given(ls, target, "show", {"uri", "fingerprint"}, {"request"})
    lines: list[str] = []
    for project in await projects_meant(ls, given):
        for found in await ls.reviews.every(project):
            if _is_meant(ls, found, given):
                lines += lenses.told(found)
    ls.say("\n".join(lines) or "There is no review request here.")


async def listed(ls: Server, *targets: Any) -> dict[str, Any]:
    """The reviews of a project, as data and, but for a client that shows them itself, as a message."""
    given = _given(ls, targets[0] if targets else {}, "list", set())
    found = [
        one
        for project in await projects_meant(ls, given)
        for one in await ls.reviews.every(project)
    ]
    titles = [lenses.title(one) for one in found if one.is_open]
    more = f"\nand {len(titles) - _TOLD} more" if len(titles) > _TOLD else ""
    if not given.get("quiet"):
        ls.say("\n".join(titles[:_TOLD]) + more if titles else "No review waits for anybody.")
    return {"reviews": [lenses.data(one) for one in found]}


def _is_meant(ls: Server, found: Mark, given: dict[str, Any]) -> bool:
    if "request" in given:
        return found.request.id == str(given["request"])
    mark, subject = str(given["fingerprint"]), found.request.subject
    if subject.package:
        sighting = ls.display.finding(str(given["uri"]), mark)
        asked = bool(sighting and sighting[2].finding.package == subject.package)
        return asked and found.request.decision is None
    covered: tuple[str, ...] = found.request.covered.fingerprints
    return bool(mark) and (mark in subject.fingerprints or mark in covered)


async def projects_meant(ls: Server, given: Mapping[str, Any]) -> list[Project]:
    """The projects that are meant, their reviews read anew."""
    if "uri" in given:
        found = [ls.projects.of(str(given["uri"]))]
    else:
        found = ls.projects.workspace.projects
    await ls.projects.beside(lambda: None)  # what was to be written before is
    for project in found:
        await ls.reviews.refreshed(project)
    return found


# -- deciding


async def approve(ls: Server, target: Any = None) -> dict[str, Any]:
    """Approve what stands under a review, with the reviewer's signature."""
    return await _decide(ls, target, State.APPROVED)


async def reject(ls: Server, target: Any = None) -> dict[str, Any]:
    """Reject what stands under a review, with the reviewer's signature."""
    return await _decide(ls, target, State.REJECTED)


async def withdraw(ls: Server, target: Any = None) -> dict[str, Any]:
    """Take back a request, or a decision of one's own."""
    return await _decide(ls, target, State.WITHDRAWN)


async def _decide(ls: Server, target: Any, state: State) -> dict[str, Any]:
    given = _given(ls, target, "decide", {"request"})
    for project in await projects_meant(ls, given):
        if found := await _one(ls, project, given):
            break
    else:
        raise JsonRpcInvalidParams("there is no such review request any more")
    note = str(given.get("note") or "")
    problem = ""
    try:
        if state is State.WITHDRAWN:
            options = Namespace(what=found.request.id, note=note)
            await ls.reviews.signing(partial(answering.withdraw, options, project.config))
        else:
            await _ask_to_have_seen(ls, project, found, given)
            done = await ls.reviews.signing(partial(_sign, project, found, state, note))
            problem = done.problem and f" It does not count yet: the decision {done.problem}."
            problem += f" {done.notice}" if done.notice else ""
    except _FAULTS as error:
        raise _failed(ls, error) from error
    kind = types.MessageType.Warning if problem else types.MessageType.Info
    ls.say(f"Review {found.request.id} is {state}.{problem}", kind)
    await ls.reviews.refreshed(project)
    return lenses.data(await _one(ls, project, given) or found)


async def _one(
    ls: Server, project: Project, given: dict[str, Any], *, saved: bool = False
) -> Mark | None:
    """The review that is meant, as it stands in what is open, or in what is saved."""
    found = await ls.reviews.one(project, str(given["request"]), saved=saved)
    return found.mark if found else None


async def _ask_to_have_seen(
    ls: Server, project: Project, found: Mark, given: dict[str, Any]
) -> None:
    """Refuse a decision on another text than the one that its reviewer was shown, or that is not saved.

    Raises:
        UsageError: so it is.
    """
    if found.request.subject.package:
        return
    if found.request.covered.path.endswith(NOTEBOOK):
        raise UsageError(CELLS)
    if given.get("digest", found.digest) != found.digest:
        raise UsageError("the code has changed since it was shown: look at it again, then decide")
    on_disk = await _one(ls, project, given, saved=True)
    if on_disk is None or on_disk.digest != found.digest:
        raise UsageError(UNSAVED)


def _sign(project: Project, shown: Mark, state: State, note: str) -> Decided:
    """Decide, and sign it. Blocks until the reviewer has typed a passphrase or touched their key, or a limit."""

    def agrees(seen: View) -> bool:
        # What is signed is read from the disk; the reviewer pressed the button on what the editor showed.
        return seen.subject.digest == shown.digest or bool(seen.subject.package)

    return deciding.decide(
        project.config, shown.request, state, note=note, terminal=False, agrees=agrees
    )


# -- arguments


def _given(ls: Server, target: Any, use: str, *needed: set[str]) -> dict[str, Any]:
    """A command's argument.

    Raises:
        JsonRpcInvalidParams: it holds none of the sets of keys that are needed.
    """
    given = ls.plain(target)
    if not isinstance(given, dict) or not any(keys <= given.keys() for keys in needed):
        raise JsonRpcInvalidParams(f"the argument must be {_WANTS[use]}")
    return given


def _document(ls: Server, uri: str) -> tuple[Unit, Part]:
    found = ls.documents.part_of(uri)
    if found is None:
        raise JsonRpcInvalidParams("there is no such document open")
    return found


def _finding(ls: Server, given: dict[str, Any]) -> tuple[Unit, Part, Sighting]:
    found = ls.display.finding(str(given["uri"]), str(given["fingerprint"]))
    if found is None:
        raise JsonRpcInvalidParams("there is no such finding in this document any more")
    return found


def _span(ls: Server, part: Part, place: Any) -> Span:
    """A range of a document as a stretch of its unit's text."""
    try:
        asked = ls.typed(place, types.Range)
    except (BaseValidationError, TypeError, ValueError, KeyError) as error:
        raise JsonRpcInvalidParams("range must be {start, end} of {line, character}") from error
    return ls.units.span(part.document.snapshot, asked).shifted(part.start)


def _failed(ls: Server, error: Exception) -> JsonRpcInvalidParams:
    """What the client is answered; a person is told by a message, for many clients keep the answer to themselves."""
    ls.say(str(error), types.MessageType.Error)
    return JsonRpcInvalidParams(str(error), data=messages.SHOWN)
