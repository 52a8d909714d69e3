"""What the server answers: code actions, hover, lenses, commands, our own messages."""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from vetline import files
from vetline.doors.lsp import (
    actions,
    condition,
    diagnostics,
    exposure,
    lenses,
    posture,
    reviewing,
    sheet,
)
from vetline.doors.lsp.actions import Place
from vetline.doors.lsp.messages import (
    DID_INSERT,
    POSTURE,
    PROVENANCE,
    REVIEW,
    SESSIONS,
    DidInsertParams,
    PostureParams,
    ProvenanceParams,
    ReviewParams,
    SessionsParams,
)
from vetline.doors.lsp.protocol import command_token
from vetline.doors.lsp.scan import scan
from vetline.doors.lsp.server import Server  # noqa: TC001 - pygls reads annotations when it runs
from vetline.formats import visible
from vetline_analyzers.core.finding import TRIGGERS
from vetline_analyzers.core.universe import of_purl

if TYPE_CHECKING:
    from collections.abc import Callable

    from vetline.gate import Sighting
    from vetline_analyzers.core.finding import Finding, Fix
    from vetline_analyzers.core.text import Span

DEBUG_INFORMATION = "vetline.debugInformation"
_MARKS = re.compile(r"[\\`*<\[\]]")  # what begins something in Markdown and may stand in a name


def register(server: Server) -> None:
    """Teach a server its features."""
    handlers: dict[str, Callable[..., Any]] = {
        types.INITIALIZE: _initialize,
        types.INITIALIZED: _initialized,
        types.TEXT_DOCUMENT_DID_SAVE: _did_save,
        types.WORKSPACE_DID_CHANGE_CONFIGURATION: _did_change_configuration,
        types.WORKSPACE_DID_CHANGE_WATCHED_FILES: _did_change_watched_files,
        types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: _did_change_folders,
        types.CODE_ACTION_RESOLVE: _resolve,
        types.TEXT_DOCUMENT_HOVER: _hover,
        types.WINDOW_WORK_DONE_PROGRESS_CANCEL: _cancel_progress,
        DID_INSERT: _did_insert,
        POSTURE: _posture,
        PROVENANCE: _provenance,
        REVIEW: _review,
        SESSIONS: _sessions,
    }
    for method, handler in handlers.items():
        server.feature(method)(handler)
    server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(
            code_action_kinds=[types.CodeActionKind.QuickFix, actions.FIX_ALL, actions.REVIEW],
            resolve_provider=True,
        ),
    )(_code_actions)
    server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions())(_code_lenses)
    commands: dict[str, Callable[..., Any]] = {
        actions.REQUEST_REVIEW: reviewing.request,
        actions.REQUEST_PACKAGE_REVIEW: reviewing.request_package,
        actions.LIST_REVIEWS: reviewing.listed,
        lenses.APPROVE_REVIEW: reviewing.approve,
        lenses.REJECT_REVIEW: reviewing.reject,
        lenses.WITHDRAW_REVIEW: reviewing.withdraw,
        lenses.SHOW_REVIEW: reviewing.show,
        actions.OPEN_RULE_PAGE: _open_rule_page,
        actions.SCAN_WORKSPACE: _scan_workspace,
        actions.SAY_EXPOSED: _say_exposed,
        DEBUG_INFORMATION: _debug_information,
    }
    for command, handler in commands.items():
        server.command(command)(handler)


# -- life


def _initialize(ls: Server, params: types.InitializeParams) -> None:
    ls.introduce(params)
    ls.projects.initialized_with(params.initialization_options)


async def _initialized(ls: Server, _: types.InitializedParams) -> None:
    await ls.hooks.start()
    await ls.projects.subscribe()


def _did_save(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    if (found := ls.documents.part_of(params.text_document.uri)) is not None:
        ls.origins.saved(found[0], found[1].document)
    ls.projects.saved(params.text_document.uri)
    ls.beside.refresh(ls.documents.units.values())
    if found is not None:
        ls.saves.saved(found[0])


async def _did_change_configuration(ls: Server, params: types.DidChangeConfigurationParams) -> None:
    await ls.projects.configuration_changed(params.settings)


def _did_change_watched_files(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
    ls.projects.files_changed([change.uri for change in params.changes])


def _did_change_folders(ls: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    folders = ls.projects.workspace.folders
    gone = {files.path_of(folder.uri) for folder in params.event.removed}
    added = [path for folder in params.event.added if (path := files.path_of(folder.uri))]
    ls.projects.workspace.folders = [*(f for f in folders if f not in gone), *added]


def _did_insert(ls: Server, params: DidInsertParams) -> None:
    ls.origins.inserted(params)


def _cancel_progress(ls: Server, params: types.WorkDoneProgressCancelParams) -> None:
    if (task := ls.cancellable.get(params.token)) is not None:
        task.cancel()


# -- questions about a place


def _touched(ls: Server, uri: str, place: types.Range) -> list[tuple[Place, Sighting]]:
    """The findings that a range of a document touches, and that the editor shows."""
    found = ls.documents.part_of(uri)
    if found is None:
        return []
    unit, part = found
    span = ls.units.span(part.document.snapshot, place).shifted(part.start)
    policy = ls.projects.of(uri).policy
    where = Place(unit, part, ls.units, exposure.reach(ls, uri))
    touched = [
        (where, sighting)
        for sighting in ls.display.sightings(unit)
        if sighting.finding.span.overlaps(span) and diagnostics.visible(sighting, policy)
    ]
    # What is wrong goes before what only has to be looked at.
    return sorted(touched, key=lambda one: one[1].finding.rule.startswith(TRIGGERS))


async def _code_actions(ls: Server, params: types.CodeActionParams) -> list[dict[str, Any]]:
    uri = params.text_document.uri
    unit = ls.documents.unit_of(uri)
    only = params.context.only
    quick, everything = (actions.wanted(k, only) for k in (actions.QUICK_FIX, actions.FIX_ALL))
    reviewing_too = _wants_review(params)
    if unit is None or not (quick or everything or reviewing_too):
        return []
    await ls.quick.settled(unit.uri)
    document = ls.capabilities.text_document
    support = document.code_action.resolve_support if document and document.code_action else None
    resolve = support is not None and "edit" in support.properties
    offered: list[dict[str, Any]] = []
    touched = _touched(ls, uri, params.range)
    for place, sighting in touched if quick else []:
        answered = [
            item
            for item in params.context.diagnostics
            if item.code == sighting.finding.rule
            and ls.units.span(place.part.document.snapshot, item.range)
            == sighting.finding.span.shifted(-place.part.start)
        ]
        if sighting.finding.secret and sighting.finding.fix:
            finding = sighting.finding
            secret = unit.snapshot.slice(finding.span)
            ls.exposure.offer(uri, finding.fingerprint, unit.uri, finding.rule, secret)
        offered += actions.of_sighting(
            place, sighting, [ls.plain(item) for item in answered], resolve=resolve
        )
    if everything and (only or any(s.finding.fix for _, s in touched)):
        offered += await _fix_all(ls, uri, resolve=resolve, least=1 if only else 2)
    # At a place with a finding that one's action asks for the same.
    at_finding = params.range.start == params.range.end and touched
    if reviewing_too and not at_finding and (found := ls.documents.part_of(uri)) is not None:
        place = Place(*found, ls.units, exposure.reach(ls, uri))
        span = ls.units.span(place.part.document.snapshot, params.range)
        around = span.shifted(place.part.start)
        what = await asyncio.to_thread(lenses.named, unit.snapshot, around)
        offered.append(actions.of_range(place, span, what))
    return offered


def _wants_review(params: types.CodeActionParams) -> bool:
    """Whether somebody may want a person to look at the range: they selected it, or ask what can be done at a place."""
    context, place = params.context, params.range
    automatic = context.trigger_kind == types.CodeActionTriggerKind.Automatic
    invoked = context.trigger_kind == types.CodeActionTriggerKind.Invoked
    asked = place.start != place.end or invoked or context.only
    return bool(asked) and not automatic and actions.wanted(actions.REVIEW, context.only)


def _safe_fixes(ls: Server, uri: str) -> tuple[Place, list[Fix]] | None:
    found = ls.documents.part_of(uri)
    if found is None:
        return None
    place = Place(*found, ls.units, exposure.reach(ls, uri))
    policy = ls.projects.of(uri).policy
    return place, actions.safe_fixes(place, ls.display.sightings(place.unit), policy)


async def _fix_all(ls: Server, uri: str, *, resolve: bool, least: int) -> list[dict[str, Any]]:
    """The action for all safe fixes of a document, where there are at least so many."""
    found = _safe_fixes(ls, uri)
    if found is None or len(found[1]) < least:
        return []
    place, fixes = found
    action = actions.fix_all(place, place.part.document.snapshot.version, len(fixes))
    if resolve:
        return [action]
    edit = await _all_edits(ls, action.pop("data"))
    return [{**action, "edit": edit}] if edit else []


async def _all_edits(ls: Server, data: dict[str, Any]) -> dict[str, Any] | None:
    """The edit of such an action; None when the text has changed or nothing can be mended."""
    found = _safe_fixes(ls, str(data.get("uri", "")))
    if found is None:
        return None
    place, fixes = found
    snapshot = place.part.document.snapshot
    if snapshot.version != data.get("version"):
        return None
    mended = await ls.quick.mend(snapshot, fixes, ls.projects.of(place.uri).config.settings.timeout)
    if mended is None or not mended.done or place.part.document.snapshot is not snapshot:
        return None
    return actions.all_edits(place, fixes, mended.done)


async def _resolve(ls: Server, action: types.CodeAction) -> types.CodeAction:
    data = action.data if isinstance(action.data, dict) else {}
    wish = str(data.get("action"))
    uri, fingerprint = str(data.get("uri", "")), str(data.get("fingerprint", ""))
    edit = None
    if wish == "fixAll":
        edit = await _all_edits(ls, data)
    elif (found := ls.display.finding(uri, fingerprint)) is not None:
        unit, part, sighting = found
        place = Place(unit, part, ls.units, exposure.reach(ls, uri))
        edit = actions.edit(place, sighting.finding, wish)
    if edit is None:
        raise JsonRpcInvalidParams("the text has changed: this action no longer applies")
    action.edit = ls.typed(edit, types.WorkspaceEdit)
    return action


async def _hover(ls: Server, params: types.HoverParams) -> dict[str, Any] | None:
    uri = params.text_document.uri
    document = ls.documents.open.get(uri)
    if document is None:
        return None
    said = await ls.origins.line(document, params.position.line)
    parts = []
    touched = _touched(ls, uri, types.Range(params.position, params.position))
    for _, sighting in touched[:3]:
        finding = sighting.finding
        page = await ls.page(finding.rule, brief=True)
        said_of = [_escaped(finding.message), page or f"`{finding.rule}`"]
        parts.append("\n\n".join(said_of + _evidence(ls, uri, finding)))
    parts += [said] if said else []
    if not parts:
        return None
    hover: dict[str, Any] = {"contents": {"kind": "markdown", "value": "\n\n---\n\n".join(parts)}}
    if touched:
        place, sighting = touched[0]
        span: Span = sighting.finding.span.shifted(-place.part.start)
        hover["range"] = ls.units.range(place.part.document.snapshot, span)
    return hover


def _evidence(ls: Server, uri: str, finding: Finding) -> list[str]:
    """What a finding rests on, and of one on a package the day of what is known, in Markdown."""
    facts = ls.projects.of(uri).facts
    if facts is None:
        return []
    subject = of_purl(finding.package) if finding.package else None
    days = []
    if subject and facts.universe:
        days.append(f"names as of {facts.universe.day(subject.ecosystem)}")
    if finding.package and facts.advisories:
        days.append(f"advisories as of {facts.advisories.as_of}")
    said = [_escaped(words) for words in finding.evidence]
    about = f", {finding.package}" if finding.package else ""
    told = [f"**Evidence**{about}" + (f" ({', '.join(days)}):" if days else ":")]
    return ["\n".join((*told, *(f"- {words}" for words in said)))] if said or days else []


def _escaped(words: str) -> str:
    """Words in which a name may be anybody's, as Markdown: no link, no picture that is fetched."""
    return _MARKS.sub(r"\\\g<0>", visible(words))


async def _provenance(ls: Server, params: ProvenanceParams) -> dict[str, Any]:
    document = ls.documents.open.get(params.text_document.uri)
    if document is None:
        raise JsonRpcInvalidParams("there is no such document open")
    lines = await ls.origins.lines(document)
    return {"version": document.snapshot.version, "lines": lines}


async def _review(ls: Server, params: ReviewParams) -> dict[str, Any]:
    return await sheet.of_review(ls, params.request, params.uri)


async def _posture(ls: Server, params: PostureParams) -> dict[str, str]:
    return {"html": await posture.of_project(ls, params.uri)}


async def _sessions(ls: Server, params: SessionsParams) -> dict[str, Any]:
    return {"sessions": await ls.sittings.known(params.uri)}


async def _code_lenses(ls: Server, params: types.CodeLensParams) -> list[dict[str, Any]]:
    found = ls.documents.part_of(params.text_document.uri)
    return await ls.reviews.lenses(*found) if found is not None else []


# -- commands


def _aim(ls: Server, target: Any) -> tuple[str, str, str]:
    """The document, the fingerprint and the note that a command is about."""
    target = ls.plain(target)
    if not isinstance(target, dict) or not {"uri", "fingerprint"} <= target.keys():
        raise JsonRpcInvalidParams('the argument must be {"uri", "fingerprint", "note"?}')
    return str(target["uri"]), str(target["fingerprint"]), str(target.get("note") or "")


async def _open_rule_page(ls: Server, rule: Any = None) -> dict[str, Any]:
    page = await ls.page(rule) if isinstance(rule, str) else None
    if page is None:
        raise JsonRpcInvalidParams(f"there is no rule {rule!r}")
    # A folder that is new and ours: in a shared one, somebody's link could wait under a known name.
    folder = ls.pages_folder = ls.pages_folder or Path(tempfile.mkdtemp(prefix="vetline-"))
    path = folder / (rule.replace("/", "-") + ".md")
    path.write_text(page, encoding="utf-8")
    window = ls.capabilities.window
    if window and window.show_document and window.show_document.support:
        ls.spawn(ls.window_show_document_async(types.ShowDocumentParams(uri=files.uri_of(path))))
    else:
        ls.say(f"The page of {rule} is in {path}")
    return {"uri": files.uri_of(path)}


async def _scan_workspace(ls: Server) -> dict[str, Any]:
    with ls.pulse.working():
        return await scan(ls, command_token.get())


async def _say_exposed(ls: Server, target: Any = None) -> dict[str, Any] | None:
    uri, fingerprint, _ = _aim(ls, target)
    return await ls.exposure.tell(uri, fingerprint)


async def _debug_information(ls: Server, *_: Any) -> dict[str, Any]:
    return {"text": await condition.report(ls)}
