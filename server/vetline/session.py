"""Where findings meet their authors: the join of a text, what was found and who wrote it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

from vetline import escalations, policy
from vetline.authors import Authors
from vetline.gate import Place, Sighting
from vetline.git import GitError
from vetline.ledger import LedgerError
from vetline.provenance import Attribution, State
from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Position, Snapshot, Span
from vetline_analyzers.engine import gate_rules, identity
from vetline_analyzers.engine.identity import MASK, everywhere, masked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from vetline.dossier import Dossier
    from vetline.settings import Settings
    from vetline_analyzers.core.finding import Finding, Related, Suppression

    Who = Callable[[Span], Attribution | None]


class Recorded(Protocol):
    """Gives who wrote what in a text; `keep` says that the text is the file as it is."""

    def __call__(self, snapshot: Snapshot, *, keep: bool) -> Who:
        """Gives it for one text.

        Raises:
            LedgerError: what is recorded cannot be read.
        """


_SHOWN = 4  # characters; what a fix writes and is shorter holds no secret
_AROUND = 200  # characters of a line kept on each side of a finding; a minified file is one line


def nobody(_: Span) -> None:
    """Who wrote a stretch of a text of which nothing is known."""


def recorded(root: Path, settings: Settings) -> Recorded | None:
    """Gives who wrote what in a text of the project at `root`; None when nothing is known of any.

    What it gives reads the disk, and runs git, when a text is first asked about; it raises LedgerError
    as this does. It is also told whether the text is the file as it is, so that what is found out may
    be remembered.

    Raises:
        LedgerError: what is recorded is there and cannot be read.
    """
    authors = Authors(root, store_text=settings.store_text)
    if not authors.known:
        return None
    authors.drain()

    def who(snapshot: Snapshot, *, keep: bool) -> Who:
        return partial(authors.tracker(snapshot, keep=keep).touching, snapshot)

    return who


def approving(
    facts: Facts,
    root: Path,
    settings: Settings,
    missed: Callable[[str], object],
    reviews: Callable[[], Dossier | None] | None = None,
) -> Facts:
    """The facts of the project at `root`, with the packages that a person approved where the settings ask for that.

    Args:
        facts: what else is known.
        root: the project.
        settings: its settings.
        missed: told in one line why what people decided cannot be read; then nothing is approved.
        reviews: gives what they decided to who asks for more of it, None when it cannot be read; else it is read here.
    """
    if not settings.dependencies_approval:
        return facts
    from vetline import dossier  # noqa: PLC0415 - only who asks for approvals pays for it

    purls: frozenset[str] = frozenset()
    try:
        known = reviews() if reviews else dossier.load(root, settings, now=datetime.now(UTC))
        purls = known.packages if known else purls
    except (LedgerError, GitError) as error:
        missed(str(error))
    policy = facts.dependency_policy._replace(approval=True, approved=purls)
    return replace(facts, dependency_policy=policy)


def assuming(who: Who, settings: Settings) -> Who:
    """The same `who`, but lines of unknown origin are what the settings take them for."""
    if not settings.assume_origin:
        return who
    taken = Attribution(State(settings.assume_origin))

    def told(span: Span) -> Attribution:
        said = who(span)
        return taken if said is None or said.state is State.UNKNOWN else said

    return told


def without_secrets(words: str) -> str:
    """What a person wrote, each secret in it masked, so that it may be kept.

    Where the search for secrets does not come to its end, all of it is masked.
    """
    if not words:
        return words
    snapshot = Snapshot("", "text", 0, words)
    hidden = engine.to_mask(
        engine.examine(snapshot, Facts(), engine.chosen(engine.MASKERS).values())
    )
    if hidden is None:
        return MASK
    return masked(snapshot, Span(0, len(words)), everywhere(words, hidden))


def unlisted(
    snapshot: Snapshot, who: Who, settings: Settings, known: Collection[str] = ()
) -> list[Finding]:
    """Code of agents and models that the settings do not list: of each one finding, at its first line.

    Args:
        snapshot: the text.
        who: gives who wrote a stretch of it.
        settings: they list what is allowed.
        known: lines that were there before, without the space around them; they are passed over.
    """
    if not settings.gate_agents and not settings.gate_models:
        return []
    found: dict[tuple[str, str], Finding] = {}
    for number in range(len(snapshot.line_starts)):
        span = snapshot.line_span(number)
        words = snapshot.slice(span).strip()
        said = who(span) if words and words not in known else None
        if said is not None and said.origin and said.state in (State.AI, State.MIXED):
            for finding in _strange(said, span, settings):
                found.setdefault((finding.rule, finding.message), finding)
    # Of who wrote a line no key is needed.
    return list(identity.identify(snapshot, Facts(), found.values()))


def _strange(said: Attribution, span: Span, settings: Settings) -> Iterator[Finding]:
    """What the settings have against whoever wrote a line."""
    for rule, listed, name, kind in (
        (gate_rules.AGENT, settings.gate_agents, said.agent, "agent"),
        (gate_rules.MODEL, settings.gate_models, said.model, "model"),
    ):
        if not policy.allows(listed, name):
            whom = f"the {kind} {name}" if name else f"an AI whose {kind} is not known"
            yield rule.found("gate", span, f"Written by {whom}: gate.{kind}s does not list it.")


def reviewed(
    sightings: Sequence[Sighting],
    snapshot: Snapshot,
    dossier: Callable[[], Dossier | None],
    *,
    all_of_them: bool = True,
) -> list[Sighting]:
    """The sightings of a text with what people's reviews of them are worth; of a trigger in one region one speaks.

    Args:
        sightings: what was seen, with origins; accepted ones known as such.
        snapshot: the text.
        dossier: gives the reviews; asked when a sighting needs them. None when they could not be read.
        all_of_them: look each finding up; else only those whose suppression waits for an approval.
    """
    return reviewed_together([(sightings, snapshot)], dossier, all_of_them=all_of_them)


def reviewed_together(
    looks: Iterable[tuple[Sequence[Sighting], Snapshot]],
    dossier: Callable[[], Dossier | None] | None,
    *,
    all_of_them: bool,
) -> list[Sighting]:
    """What `reviewed` gives for each of several texts, in their order; the signatures they need are verified together.

    Without a `dossier` nobody wants to know, and the sightings are given as they are.
    """
    if dossier is None:
        return [one for some, _ in looks for one in some]
    seen = [(one, text) for some, text in looks for one in escalations.once(some, text)]
    asked = [one.finding.fingerprint for one, _ in seen if all_of_them or _waits(one)]
    reviews = dossier() if asked else None
    if reviews is None:
        return [one for one, _ in seen]
    reviews.expect(asked)
    return [
        replace(one, review=reviews.standing(one.finding, one.path, text, one.origin))
        if all_of_them or _waits(one)
        else one
        for one, text in seen
    ]


def _waits(sighting: Sighting) -> bool:
    """Whether a comment that nobody may heed yet would silence it."""
    return bool(sighting.silencer and sighting.silencer.state.touched)


def sight(
    snapshot: Snapshot,
    findings: Sequence[Finding],
    who: Who = nobody,
    *,
    quoting: bool = True,
    blind: bool = False,
) -> list[Sighting]:
    """The findings in their places, each with its origin and a line to show with secrets masked.

    Args:
        snapshot: the text.
        findings: what `engine.conclude` gave for it.
        who: gives who wrote a stretch of it.
        quoting: also give the line to show; an editor shows the text itself. A text with so many
            secrets that some were left out is not quoted.
        blind: not all of its secrets are known, so nothing of it may be shown.
    """
    secrets = [finding.span for finding in findings if finding.secret]
    blind = blind or len(secrets) >= engine.MOST
    if any(finding.suppression for finding in findings):
        findings = [_discreet(finding, secrets, blind=blind) for finding in findings]
    hidden = everywhere(snapshot.text, secrets) if quoting and not blind else None
    values = {snapshot.slice(span) for span in secrets}
    return [
        replace(
            _sighting(snapshot, finding, hidden, who),
            edits=_edits(snapshot, finding, values, blind=blind),
        )
        for finding in findings
    ]


def _edits(
    snapshot: Snapshot, finding: Finding, secrets: Collection[str], *, blind: bool
) -> tuple[Place, ...]:
    """What a fix does, to be shown; nothing where it writes a secret down again."""
    edits = finding.fix.edits if finding.fix else ()
    written = [edit.text for edit in edits if len(edit.text) >= _SHOWN]
    if written and (blind or any(secret in text for text in written for secret in secrets)):
        return ()
    return tuple(_place(snapshot, edit.span, edit.text) for edit in edits)


def _sighting(
    snapshot: Snapshot, finding: Finding, secrets: Sequence[Span] | None, who: Who
) -> Sighting:
    excerpt, caret = "", Span(0, 0)
    if secrets is not None:
        excerpt, caret = _excerpt(snapshot, finding.span, secrets)
    edits = finding.fix.edits if finding.fix else ()
    return Sighting(
        path=snapshot.path,
        finding=finding,
        start=snapshot.position(finding.span.start),
        end=snapshot.position(finding.span.end),
        excerpt=excerpt,
        caret=caret,
        related=tuple(_related(snapshot, other) for other in finding.related),
        flow=tuple(_related(snapshot, step) for step in finding.flow),
        ascii=_ascii(snapshot, [finding.span, *(edit.span for edit in edits)]),
        origin=who(finding.span),
        silencer=_silencer(finding.suppression, who),
    )


def _silencer(comment: Suppression | None, who: Who) -> Attribution | None:
    return who(comment.span) if comment and comment.span is not None else None


def _discreet(finding: Finding, secrets: Sequence[Span], *, blind: bool) -> Finding:
    """The finding, what its suppression says masked when a secret may be in it."""
    comment = finding.suppression
    if comment is None or comment.span is None or not (comment.reason or comment.owner):
        return finding
    at = comment.span
    if not blind and not any(s.start < at.end and at.start < s.end for s in secrets):
        return finding
    return replace(finding, suppression=comment._replace(reason=MASK, owner=""))


def _place(snapshot: Snapshot, span: Span, text: str) -> Place:
    return Place(snapshot.position(span.start), snapshot.position(span.end), text)


def _related(snapshot: Snapshot, other: Related) -> Place:
    if not other.path:
        return _place(snapshot, other.span, other.message)
    there = Position(max(other.line - 1, 0), 0)
    return Place(there, there, other.message, other.path)


def _ascii(snapshot: Snapshot, spans: Sequence[Span]) -> bool:
    if snapshot.text.isascii():
        return True
    first = snapshot.position(min(span.start for span in spans)).line
    last = snapshot.position(max(span.end for span in spans)).line
    return snapshot.text[snapshot.line_starts[first] : snapshot.line_span(last).end].isascii()


def _excerpt(snapshot: Snapshot, span: Span, secrets: Sequence[Span]) -> tuple[str, Span]:
    """The line `span` starts on, masked and cut, and the part of it that `span` is."""
    line = snapshot.line_span(snapshot.position(span.start).line)
    at, until = min(span.start, line.end), min(span.end, line.end, span.start + _AROUND)
    first, last = max(line.start, at - _AROUND), min(line.end, until + _AROUND)
    before = ("…" if first > line.start else "") + masked(snapshot, Span(first, at), secrets)
    inside = masked(snapshot, Span(at, until), secrets)
    after = masked(snapshot, Span(until, last), secrets) + ("…" if last < line.end else "")
    return before + inside + after, Span(len(before), len(before) + len(inside))
