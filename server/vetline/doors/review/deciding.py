"""`vetline review approve` and `reject`: a person decides, signs what they saw, and it is kept; the editor does it here, too.

Who is shown what and signs which bytes is one path: the request is found, its code is looked at as it is now, the
person is shown what changed since, and what they sign lists all that stands there.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from vetline import (
    agents,
    dossier,
    git,
    ledger,
    review,
    session,
    signatures,
    signing,
    statement,
    stores,
    subject,
)
from vetline.doors import options as words
from vetline.doors.review import asking, filing, looking
from vetline.dossier import people
from vetline.formats import visible
from vetline.signing import Guard
from vetline.ssh import SigningError
from vetline.statement import Signed, Statement
from vetline_analyzers.core.text import Span
from vetline_analyzers.syntax import enclosing

if TYPE_CHECKING:
    from collections.abc import Callable

    from vetline.config import Config
    from vetline.dossier import Dossier
    from vetline.review import ReviewRequest, State
    from vetline.sighting import Sighting
    from vetline.signing import Key
    from vetline.stores import Location
    from vetline.subject import Subject
    from vetline_analyzers.core.text import Snapshot

_MOST = 1000  # findings that one decision lists, as many as a statement holds
_SHOWN = 20


class View(NamedTuple):
    """What a person decides on.

    Attributes:
        request: what was asked for.
        subject: the code as it is now, with all that was found in it; or the package.
        findings: what was found in it.
        authors: for whom an AI wrote it, as far as recorded now and when it was asked for.
        origins: which AI, likewise.
        changed: how it differs from what was asked for, a clause; "" when it does not.
    """

    request: ReviewRequest
    subject: Subject
    findings: tuple[Sighting, ...] = ()
    authors: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    changed: str = ""


class Decided(NamedTuple):
    """What came of it.

    Attributes:
        statement: what the person said.
        path: the file that says so, relative to the repository's root; "" outside of one.
        problem: why it does not count, as far as can be seen here; "" when it does.
        notice: one line where the ledger is kept elsewhere; else "".
    """

    statement: Statement
    path: str
    problem: str = ""
    notice: str = ""


def at_terminal(
    config: Config, request: ReviewRequest, state: State, note: str, expires: str
) -> int:
    """Have whoever sits at the terminal decide; gives the exit code. The arguments and errors are those of `decide`."""
    terminal = sys.stdin is not None and sys.stdin.isatty()
    agrees = _agrees if terminal else _unchanged
    done = decide(
        config, request, state, note=note, expires=expires, terminal=terminal, agrees=agrees
    )
    what = done.statement.subject
    place = f"{what.path}:{what.first}-{what.last}" + (f" ({what.symbol})" if what.symbol else "")
    until = f", until {expires[:10]}" if expires else ""
    words.write(f"{state.capitalize()}: {visible(what.package or place)}{until}\n")
    if done.path:
        words.write(f"Commit {done.path}, so that others and CI know of it.\n")
    if done.problem:
        words.tell("review", visible(f"it does not count yet: the decision {done.problem}"))
    if done.notice:
        words.tell("review", visible(done.notice))
    return 0


def decide(
    config: Config,
    request: ReviewRequest,
    state: State,
    *,
    note: str = "",
    expires: str = "",
    terminal: bool,
    agrees: Callable[[View], bool],
) -> Decided:
    """Have a person decide on a request, and keep what they said. Blocks until they have signed, on disk and on git.

    What ends it before they have signed leaves nothing behind.

    Args:
        config: the project's settings and root.
        request: what was asked for.
        state: approved or rejected.
        note: what they write.
        expires: until when it holds, as `ledger.timestamp`; "" for as long as the text stays.
        terminal: they sit at ours; else their key asks them by SSH_ASKPASS or a touch.
        agrees: is shown what they decide on, and says whether they do; it may ask them.

    Raises:
        UsageError: nobody can decide so; says why.
        LedgerError: the ledger cannot be read or written.
    """
    _not_an_agent()
    location = stores.locate(config.root)
    try:
        known = dossier.load(config.root, config.settings, now=datetime.now(UTC))
    except git.GitError as error:
        raise words.UsageError(f"reviews cannot be read: {error}") from None
    key = _key(config, request, terminal=terminal)
    seen = view(config, request)
    reviewer = _reviewer(known, location, key)
    _may(known, seen, state, reviewer)
    if not agrees(seen):
        raise words.UsageError(f"{request.id} is not decided")
    said = _statement(location, seen, state, reviewer, note=note, expires=expires)
    signed = Signed(said, _signature(config, key, said, terminal=terminal))
    _still_there(config, location, seen)
    return _kept(known, location, signed)


def view(config: Config, request: ReviewRequest) -> View:
    """What a person who decides on a request now has to see.

    Raises:
        UsageError: what was asked for is no longer there, or cannot be read.
    """
    what = request.subject
    if what.package:
        return View(request, what)
    location = stores.locate(config.root)
    path = location.base / what.path
    if not path.resolve().is_relative_to(location.base):
        raise words.UsageError(f"{request.id} is about a file outside of the project")
    here = looking.look(config, path)
    place = subject.find(what, here.snapshot)
    span = _span(here.snapshot, place.lines) if place.lines else _same_name(what, here.snapshot)
    if span is None:
        raise words.UsageError(f"{request.id}: {place.why}: ask for a review of what is there now")
    wanted = asking.wish(here.snapshot, span, here.path, here.sightings, here.authors)
    found = wanted.subject
    if len(found.fingerprints) > _MOST:
        raise words.UsageError(
            f"{request.id}: over {_MOST} findings are in it, too many to be looked at"
        )
    lines = range(found.first - 1, found.last)
    return View(
        request,
        found,
        tuple(one for one in here.sightings if one.start.line in lines),
        tuple(dict.fromkeys((*request.authors, *wanted.authors))),
        tuple(dict.fromkeys((*request.origins, *wanted.origins))),
        ""
        if found.digest == what.digest
        else place.why or "it is part of another piece of code now",
    )


# -- who may


def refusal(
    config: Config, request: ReviewRequest, known: Dossier, state: State, authors: tuple[str, ...]
) -> str:
    """Why who works here cannot decide so without a terminal; "" when they can. Asks git and keys, and no person.

    Args:
        config: the project's settings and root.
        request: what was asked for.
        known: the reviews of the project.
        state: approved or rejected.
        authors: for whom an AI wrote the code as it is now.
    """
    try:
        _not_an_agent()
        who = _reviewer(known, stores.locate(config.root), _key(config, request, terminal=False))
        seen = View(request, request.subject, authors=(*request.authors, *authors))
        _may(known, seen, state, who)
    except words.UsageError as error:
        return str(error)
    return ""


def _not_an_agent() -> None:
    if agent := agents.running(os.environ):
        raise words.UsageError(
            f"this runs under {agent.TITLE}: a review is decided by a person, in a shell of their own"
        )


def _key(config: Config, request: ReviewRequest, *, terminal: bool) -> Key | None:
    """The key to sign with; None where nothing is to be signed.

    Raises:
        UsageError: there is none, it would let a program decide, or nobody can be asked.
    """
    settings = config.settings
    try:
        key = signing.key_of(config.root, settings.gate_signing_key)
    except SigningError as error:
        if settings.gate_signing_key or not (settings.gate_unsigned or request.subject.package):
            raise words.UsageError(str(error)) from None
        key = None
    if key and key.guard is Guard.NONE and not settings.gate_unprotected_keys:
        raise words.UsageError(
            f"{key.path} has no passphrase, so any program that runs as you could sign with it: set one with "
            f"`ssh-keygen -p -f {key.path}`"
        )
    if not terminal and not (key and key.guard.asks):
        raise words.UsageError(
            "standard input is no terminal: a review is decided by a person, at one, or with a key that asks for a "
            "touch or a passphrase"
        )
    return key


def _reviewer(known: Dossier, location: Location, key: Key | None) -> str:
    """Who decides: the principal of their key, else whom git names.

    Raises:
        UsageError: the key is nobody's; says what to write where.
    """
    me = ledger.actor(location.base)
    if key is None:
        return me
    mine, held = people.address(me), known.trusted
    for listed in (held.allowed, held.present):
        names = [
            n for one in signatures.signers(listed) if one.blob == key.blob for n in one.principals
        ]
        plain = [name for name in names if signatures.is_signer(name)]
        if own := next((name for name in plain if name.casefold() == mine), None):
            return own
        if names:
            return plain[0] if plain else mine  # a pattern: whom it fits, ssh-keygen says
    line = f'{mine} namespaces="{statement.NAMESPACE}" {key.line}'
    raise words.UsageError(
        f"your key is not among the allowed signers: have this line merged into {held.signers}: {line}"
    )


def _may(known: Dossier, seen: View, state: State, reviewer: str) -> None:
    """Refuse a decision that would not count because of who makes it.

    Raises:
        UsageError: it would not.
    """
    if seen.subject.package:
        return
    request = seen.request
    why = people.objection(
        state, reviewer, known.people, requester=request.requester, authors=seen.authors
    )
    if why:
        raise words.UsageError(
            f"{request.id} {why.replace('was approved', 'would be approved', 1)}"
        )


def _still_there(config: Config, location: Location, seen: View) -> None:
    """Refuse what was signed when the text went on changing meanwhile.

    Raises:
        UsageError: it did.
    """
    what = seen.subject
    if what.package:
        return
    place = subject.find(what, looking.text(config, location.base / what.path))
    if place.lines is None:
        raise words.UsageError(f"nothing is decided, for while you did, {place.why}")


# -- what they say


def _statement(
    location: Location, seen: View, state: State, reviewer: str, *, note: str, expires: str
) -> Statement:
    request = seen.request
    return Statement(
        request=request.id,
        subject=seen.subject,
        requester=request.requester,
        requested=request.at,
        reasons=tuple(dict.fromkeys(one.finding.message for one in seen.findings))[:_SHOWN],
        authors=seen.authors,
        origins=seen.origins,
        decision=str(state),
        reviewer=reviewer,
        at=max(ledger.timestamp(datetime.now(UTC)), request.at),
        expires=expires,
        note=review.cut(session.without_secrets(note)),
        repository=asking.repository(location.base),
    )


def _signature(config: Config, key: Key | None, said: Statement, *, terminal: bool) -> str:
    if key is None:
        return ""
    try:
        return signing.sign(
            key, statement.payload(said), statement.NAMESPACE, root=config.root, terminal=terminal
        )
    except SigningError as error:
        raise words.UsageError(str(error)) from None


def _kept(known: Dossier, location: Location, signed: Signed) -> Decided:
    """Write the file, which appears whole or not at all, then the event; either alone tells of the decision."""
    said = signed.statement
    path = filing.put(location, signed)
    worth = known.judged(signed)
    actor = ledger.actor(location.base)
    receipt = stores.append(location, [review.draft(said)], at=said.at, actor=actor)
    notice = f"{receipt.why}; kept in {receipt.path}" if receipt.why else ""
    return Decided(said, path, worth.problem, notice)


# -- where, and what a person is shown


def _span(snapshot: Snapshot, lines: tuple[int, int]) -> Span:
    first, last = lines
    return Span(snapshot.line_starts[first - 1], snapshot.line_span(last - 1).end)


def _same_name(what: Subject, snapshot: Snapshot) -> Span | None:
    """What goes by the name of what was asked for, where its text is another by now."""
    found = enclosing.named(snapshot, what.symbol) if what.symbol else []
    return found[0].span if len(found) == 1 else None


def told(seen: View) -> str:
    """What a person decides on, as lines for a terminal."""
    what, asked = seen.subject, seen.request
    if what.package:
        return f"{what.package}\n"
    name = f" ({what.symbol})" if what.symbol else ""
    lines = [f"{what.path}:{what.first}-{what.last}{name}, asked for by {asked.requester}"]
    if seen.changed:
        lines.append(f"  changed since it was asked for: {seen.changed}")
    findings = [
        f"  {one.start.line + 1}: {one.finding.rule}: {one.finding.message}"
        for one in seen.findings
    ]
    lines += findings[:_SHOWN]
    if len(findings) > _SHOWN:
        lines.append(f"  and {len(findings) - _SHOWN} more findings")
    return "".join(visible(line) + "\n" for line in lines)


def _agrees(seen: View) -> bool:
    """Show a person at the terminal what they decide on; what changed they have to say yes to."""
    sys.stderr.write(told(seen))
    if not seen.changed:
        return True
    sys.stderr.write("Decide on it as it is now? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _unchanged(seen: View) -> bool:
    """Without a terminal nobody can be shown a change."""
    sys.stderr.write(told(seen))
    return not seen.changed
