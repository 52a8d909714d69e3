"""`vetline incident`: opens an incident and reports all that is known of it in one file.

Exit codes: 0; 2 wrong usage; 3 something cannot be read or written.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import anchors, config, ledger, session, stores
from vetline.doors import options as words
from vetline.doors.audit import case, checking, choosing, telling, tracing
from vetline.doors.audit.case import Seeds
from vetline.doors.audit.examining import examine
from vetline.doors.incident import document, html, markdown
from vetline.formats import visible
from vetline.git import GitError
from vetline.ledger import Draft, Kind, LedgerError
from vetline.stores import chains

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator

    from vetline.doors.incident.document import Document
    from vetline.ledger import AuditEvent
    from vetline.stores import Location

_USAGE, _UNREADABLE = 2, 3
_TITLE = 200  # characters
_MANY = 200  # of what an incident is opened with
_FORMS: dict[str, Callable[[Document], str]] = {"markdown": markdown.render, "html": html.render}


def main(argv: list[str]) -> int:
    """Do what was asked; gives the exit code."""
    try:
        choosing.refuse_empty(argv)
        options = _parser().parse_args(argv)
        code: int = options.do(options)
    except words.UsageError as error:
        words.tell("incident", str(error))
        return _USAGE
    except (LedgerError, GitError) as error:
        words.tell("incident", str(error))
        return _UNREADABLE
    return code


def _parser() -> argparse.ArgumentParser:
    parser = words.Parser(prog="vetline incident", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    opening = commands.add_parser("open", help="note that something is wrong, and what it is about")
    opening.add_argument("--title", required=True, metavar="TEXT", help="what happened")
    for name, metavar, about in (
        ("finding", "FINGERPRINT", "or its first 6 digits"),
        ("path", "FILE[:START[-END]]", "lines as they are now"),
        ("commit", "REV", "a commit that brought it"),
        ("session", "ID", "an agent's session"),
    ):
        opening.add_argument(
            f"--{name}", action="append", default=[], metavar=metavar, help=f"{about} (repeatable)"
        )
    opening.set_defaults(do=_open)
    listing = commands.add_parser("list", help="the incidents there are")
    listing.set_defaults(do=_list)
    report = commands.add_parser("report", help="all that is known of an incident, in one file")
    report.add_argument("id", metavar="ID", help="as `open` printed it, or its first 6 digits")
    report.add_argument("--output-format", choices=[*_FORMS], default="markdown")
    report.add_argument("-o", "--output", default="", metavar="FILE", help="(standard output)")
    report.add_argument(
        "--with-prompts",
        action="store_true",
        help="with the texts of prompts that are kept, secrets masked",
    )
    report.set_defaults(do=_report)
    return parser


# -- open


def _open(options: argparse.Namespace) -> int:
    root = config.load(Path()).root
    location = stores.locate(root)
    seeds = _seeds(options, location)
    title = session.without_secrets(" ".join(options.title.split()))[:_TITLE]
    if not title:
        raise words.UsageError("--title: say in a few words what happened")
    found = case.gather(seeds, root)
    payload = {
        # No hash, since an event that waits for a team's server has none for good.
        "id": secrets.token_hex(document.ID_BYTES),
        "title": title,
        "findings": list(seeds.findings),
        "lines": [list(lines) for lines in seeds.lines],
        "commits": list(seeds.commits),
        "sessions": list(found.sessions[:_MANY]),
        "prompts": list(found.prompts)[:_MANY],
    }
    subject = seeds.lines[0].path if len(seeds.lines) == 1 else ""
    at, who = ledger.timestamp(datetime.now(UTC)), ledger.actor(location.base)
    receipt = stores.append(
        location, [Draft(Kind.INCIDENT_OPENED, subject, payload)], at=at, actor=who
    )
    if receipt.why:
        words.tell("incident", f"{receipt.why}; kept in {receipt.path}")
    words.write(f"Incident {payload['id']} opened: {visible(title)}\n")
    return 0


def _seeds(options: argparse.Namespace, location: Location) -> Seeds:
    """What the options name.

    Raises:
        UsageError: they name nothing, too much, or what is not there.
    """
    asked = [*options.finding, *options.path, *options.commit]
    if not asked and not options.session:
        raise words.UsageError("about what? give --finding, --path, --commit or --session")
    if len(asked) + len(options.session) > _MANY:
        raise words.UsageError(f"an incident is opened with {_MANY} things at most")
    sessions = (_session(one, stores.stream(location)) for one in options.session)
    seeds = Seeds(sessions=tuple(sessions))
    named = {"findings": options.finding, "lines": options.path, "commits": options.commit}
    flags = {"findings": "--finding", "lines": "--path", "commits": "--commit"}
    for kind, asked_for in named.items():
        for word in asked_for:
            told = getattr(tracing.meant(word, location, stores.stream(location)).seeds, kind)
            if not told:
                raise words.UsageError(f"{flags[kind]} {word}: there is no such thing here")
            seeds = seeds._replace(**{kind: (*getattr(seeds, kind), *told)})
    return seeds


def _session(word: str, events: Iterable[AuditEvent]) -> str:
    known = {choosing.session_of(event) for event in events} - {""}
    found = [one for one in known if choosing.begins(one, word)]
    if len(found) != 1:
        why = (
            "is ambiguous"
            if found
            else f"is no session that the ledger knows{words.did_you_mean(word, known)}"
        )
        raise words.UsageError(f"--session {word} {why}")
    return found[0]


# -- list and report


def _list(_options: argparse.Namespace) -> int:
    for event in _opened():
        words.write(
            visible(
                f"{document.name_of(event)}  {telling.when(event.at)}  {document.title_of(event)}"
            )
            + "\n"
        )
    return 0


def _opened() -> list[AuditEvent]:
    return stores.read(choosing.locate(), (Kind.INCIDENT_OPENED,))


def _report(options: argparse.Namespace) -> int:
    root = config.load(Path()).root
    found = [event for event in _opened() if choosing.begins(document.name_of(event), options.id)]
    if len(found) != 1:
        why = "several incidents are called so" if found else "there is no such incident"
        raise words.UsageError(f"{options.id}: {why} (see `vetline incident list`)")
    location = stores.locate(root)
    seeds, gone = _still_there(found[0], location)
    known = case.gather(seeds, root)
    digests = [*known.prompts, *known.asked]
    told = document.Told(
        opened=found[0],
        case=known,
        at=telling.when(ledger.timestamp(datetime.now(UTC))),
        texts=case.texts(digests, root) if options.with_prompts else {},
        proof=list(_proof(location, found[0])),
        gone=gone,
    )
    checking.put(_FORMS[options.output_format](document.document(told)), options.output)
    for path, reason in known.left.unread:
        words.tell("incident", f"not looked into: {path} {reason}")
    return _UNREADABLE if known.left.unread else 0


def _still_there(opened: AuditEvent, location: Location) -> tuple[Seeds, list[str]]:
    """What the incident was opened with, as far as it is there, and what is not."""
    names = {name: opened.payload.get(name) for name in ("findings", "commits", "sessions")}
    told = {
        name: tuple(one for one in many if isinstance(one, str)) if isinstance(many, list) else ()
        for name, many in names.items()
    }
    lines, gone = [], []
    for one in document.lines_of(opened):
        try:
            case.written(location.base, one)
        except words.UsageError:
            gone.append(document.spelled(one))
        else:
            lines.append(one)
    commits = [one for one in told["commits"] if tracing.commit_of(one, location)]
    gone += [f"commit {one[:12]}" for one in told["commits"] if one not in commits]
    return Seeds(told["findings"], tuple(lines), tuple(commits), told["sessions"]), gone


def _proof(location: Location, opened: AuditEvent) -> Iterator[str]:
    """What the chain and its anchors show, a sentence each."""
    found = checking.anchors_of(location)
    asked = {anchor.seq for anchor in found}
    there = [known for chain in chains.chains(location) if (known := examine(chain, asked))]
    held = anchors.hold([each.known for each in there], "", found)
    for each in there:
        state = f"The ledger is NOT whole: {each.why}" if each.why else "The ledger is whole"
        yield f"{state}. It has {each.events} events; the last is {each.last.seq}:{each.last.hash}."
        yield from (f"{note[:1].upper()}{note[1:]}." for note in each.notes)
    for anchor in held.borne[-1:]:
        yield f"An anchor in the note on commit {anchor.commit} bears it out up to {anchor.seq}:{anchor.hash}."
    for _, why in held.broken:
        yield f"An anchor does NOT bear it out: {why}."
    if not held.borne and not held.broken:
        yield "No anchor in git's notes bears it out."
    if opened.seq:
        yield (
            f"This incident is event {opened.seq}:{opened.hash}. To see whether a ledger still has it, run vetline audit"
            f" verify --anchor {opened.seq}:{opened.hash}; vetline audit show with a hash shows an event whole."
        )
    else:
        yield "This incident waits to be sent to the team's ledger and is in no chain yet."
